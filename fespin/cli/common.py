"""What commands share: reading devices with a clock, progress and warnings on standard error, output to file or '-'."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..device.device import Device
from ..device.file import load
from ..errors import InputError
from ..transport.stages import Stages

_log = logging.getLogger("fespin")
_PATIENCE = 2.0  # seconds after which progress is shown without being asked for


class _Progress(logging.StreamHandler):
    """Progress lines: all of them when verbose, else only once a command has run for a while."""

    def __init__(self, verbose: bool) -> None:
        super().__init__(sys.stderr)
        self.verbose = verbose
        self.start = time.perf_counter()
        self.setFormatter(logging.Formatter("fespin: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if self.verbose or time.perf_counter() - self.start > _PATIENCE:
            super().emit(record)


@contextmanager
def warnings_to_stderr(arguments: argparse.Namespace) -> Iterator[None]:
    """Show warnings and progress as single lines on standard error; --quiet shows neither."""
    log = logging.getLogger("fespin")
    handler = _Progress(arguments.verbose)
    before = log.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if arguments.quiet else "always")
        warnings.showwarning = lambda message, *_, **__: print(f"fespin: warning: {message}", file=sys.stderr)  # type: ignore[assignment]
        if not arguments.quiet:
            log.addHandler(handler)
            log.setLevel(logging.INFO)
        try:
            yield
        finally:
            log.removeHandler(handler)
            log.setLevel(before)


def read_device(path: str) -> tuple[Device, Stages]:
    """The device, and what reading it took."""
    stages = Stages()
    with stages.stage("read"):
        device = load(path)
    return device, stages


def progress_of(arguments: argparse.Namespace) -> Callable[[float], None] | None:
    """A line every two seconds; a bar that rewrites itself where someone looks at it."""
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


def write_text(path: str, text: str) -> None:
    """Write a text to a file, whole or not at all, or to standard output for '-'."""
    if path == "-":
        print(text)
        return
    from ..atomic import write_atomic

    write_atomic(Path(path), text if text.endswith("\n") else text + "\n")


def write_json(path: str, value: Any) -> None:
    """Write a value as JSON; see `write_text`."""
    write_text(path, json.dumps(value, indent=1))


def one_stdout(**targets: str | None) -> bool:
    """Whether standard output is taken by a file option; two of them cannot share it."""
    taken = [name for name, target in targets.items() if target == "-"]
    if len(taken) > 1:
        raise InputError(f"only one of --{' and --'.join(taken)} can go to standard output ('-')")
    return bool(taken)
