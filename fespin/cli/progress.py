"""The progress of a run as a fraction, on standard error."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable

_log = logging.getLogger("fespin")


def progress_of(arguments: argparse.Namespace) -> Callable[[float], None] | None:
    """A line every two seconds; a bar that rewrites itself where someone looks at it; None if --quiet."""
    if arguments.quiet:
        return None
    start = last = time.monotonic()
    live = sys.stderr.isatty()

    def show(fraction: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < (0.2 if live else 2.0) and fraction < 1:
            return
        last = now
        if live and now - start > 0.5:
            print(f"\rfespin: {100 * fraction:5.1f} %, {now - start:.0f} s", end="\n" if fraction == 1 else "",
                  file=sys.stderr, flush=True)  # fmt: skip
        elif not live:
            _log.info("%.1f %%, %.0f s", 100 * fraction, now - start)

    return show
