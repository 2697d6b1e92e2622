"""``fespin schema [--out FILE]``."""

from __future__ import annotations

import argparse

from ..device.schema import device_schema
from .common import write_json


def run(arguments: argparse.Namespace) -> int:
    """Write the JSON Schema of device files."""
    write_json(arguments.out, device_schema())
    return 0
