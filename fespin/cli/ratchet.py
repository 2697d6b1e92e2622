"""``fespin ratchet DEVICE T1 T2``."""

from __future__ import annotations

import argparse

from ..audit.ratchet import check_ratchet
from .common import one_stdout, read_device, write_json


def run(arguments: argparse.Namespace) -> int:
    """Print transmissions both ways and the verdict; exit code 1 if reciprocity is violated."""
    taken = one_stdout(json=arguments.json)
    device, _ = read_device(arguments.device)
    reference = read_device(arguments.reference)[0] if arguments.reference else None
    report = check_ratchet(
        device, arguments.t1, arguments.t2, reference, order=arguments.order, backend=arguments.backend
    )
    if not taken:
        print(report)
    if arguments.json:
        write_json(arguments.json, report.to_dict())
    return 1 if report.is_ratchet else 0
