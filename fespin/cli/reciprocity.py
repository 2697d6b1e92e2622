"""``fespin reciprocity DEVICE``."""

from __future__ import annotations

import argparse

from ..audit.reciprocity import check_reciprocity
from .common import one_stdout, read_device, write_json


def run(arguments: argparse.Namespace) -> int:
    """Print one line per identity; exit code 1 if one fails."""
    taken = one_stdout(json=arguments.json)
    device, _ = read_device(arguments.device)
    report = check_reciprocity(
        device,
        order=arguments.order,
        backend=arguments.backend,
        refine=arguments.refine,
        independent_entries=arguments.independent_entries,
    )
    if not taken:
        print(report)
    if arguments.json:
        write_json(arguments.json, report.to_dict())
    return 0 if report.passed else 1
