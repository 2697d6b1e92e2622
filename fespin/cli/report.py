"""``fespin report DEVICE -o report.html``."""

from __future__ import annotations

import argparse

from ..report import write_report
from .solve import settings


def run(arguments: argparse.Namespace) -> int:
    """Write the page, print the verdicts; exit code 1 if a check fails."""
    report = write_report(
        arguments.device,
        arguments.out,
        potentials=settings(arguments.settings) or None,
        order=arguments.order,
        backend=arguments.backend,
        refine=arguments.refine,
    )
    print(report)
    return 0 if report.passed else 1
