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
from ..network.table import LINE
from ..transport.stages import Stages

_log = logging.getLogger("fespin")
_PATIENCE = 2.0  # seconds after which progress is shown without being asked for


class _Progress(logging.StreamHandler):
    """Progress lines: all of them when verbose, else only once a command has run for a while.

    On a terminal they overwrite each other in one line, with a bar where a record says how much is `done` of a `total`,
    and the line is wiped in the end.
    """

    def __init__(self, verbose: bool) -> None:
        super().__init__(sys.stderr)
        self.verbose = verbose
        self.start = time.perf_counter()
        self.one_line = not verbose and sys.stderr.isatty()
        self.drawn = False
        self.setFormatter(logging.Formatter("fespin: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        seconds = time.perf_counter() - self.start
        if not self.verbose and seconds <= _PATIENCE:
            return
        if not self.one_line or record.levelno > logging.INFO:
            self.wipe()
            super().emit(record)
            return
        text = f"{bar(record)}{self.format(record)} [{seconds:.0f} s]"
        self.stream.write("\r\x1b[2K" + text[: line_width() - 1])
        self.stream.flush()
        self.drawn = True

    def wipe(self) -> None:
        """Leave no half line behind."""
        if self.drawn:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
            self.drawn = False


def bar(record: logging.LogRecord, width: int = 20) -> str:
    """[#####---------------] for a record that knows how much is done; empty for others."""
    done, total = getattr(record, "done", None), getattr(record, "total", None)
    if done is None or not total:
        return ""
    full = round(width * min(done, total) / total)
    return f"[{'#' * full}{'-' * (width - full)}] "


def _shown_by(handler: _Progress) -> Any:
    """Warnings as single lines; what is drawn of progress makes room for them."""

    def show(message: object, *_: Any, **__: Any) -> None:
        handler.wipe()
        print(f"fespin: warning: {message}", file=sys.stderr)

    return show


@contextmanager
def warnings_to_stderr(arguments: argparse.Namespace) -> Iterator[None]:
    """Show warnings and progress as single lines on standard error; --quiet shows neither."""
    log = logging.getLogger("fespin")
    handler = _Progress(arguments.verbose)
    before = log.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if arguments.quiet else "always")
        warnings.showwarning = _shown_by(handler)
        if not arguments.quiet:
            log.addHandler(handler)
            log.setLevel(logging.INFO)
        try:
            yield
        finally:
            handler.wipe()
            log.removeHandler(handler)
            log.setLevel(before)


def read_device(path: str) -> tuple[Device, Stages]:
    """The device, and what reading it took."""
    stages = Stages()
    with stages.stage("read"):
        device = load(path)
    return device, stages


def line_width() -> int:
    """Columns of the terminal (or of COLUMNS), for tables; wide where there is no terminal."""
    import shutil

    return max(40, shutil.get_terminal_size((LINE, 24)).columns)


def progress_of(arguments: argparse.Namespace) -> Callable[[float], None] | None:
    """A line every two seconds; a bar that rewrites itself where someone looks at it."""
    if arguments.quiet:
        return None
    last = time.monotonic()
    pause = 0.2 if sys.stderr.isatty() and not arguments.verbose else 2.0

    def show(fraction: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= pause or fraction == 1:
            last = now
            _log.info("%.1f %%", 100 * fraction, extra={"done": fraction, "total": 1.0})

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
