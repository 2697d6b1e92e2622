"""The command line: thin commands over the Python functions, one file each."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .parser import build_parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done; 1: a physical check failed; 2: bad input, one or two lines on standard error; 130: interrupted. Numbers
    go to standard output, progress and warnings to standard error.

    Examples
    --------
    >>> main(["conductance", "no_such_file.toml"])
    2
    """
    if _one_of_many(sys.argv[1:] if argv is None else argv):
        # the first process speaks and fails for all: mpirun stops everything at the first exit code that is not 0
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
        code = _run(argv)
        return 0 if code == 2 else code
    return _run(argv)


def _one_of_many(words: Sequence[str]) -> bool:
    """Whether this is one of the processes that solve a device together, and not the first."""
    if "petsc" not in " ".join(words).replace("=", " ").split():
        return False
    from ..distributed.ranks import launched_rank

    return launched_rank() > 0


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as stop:  # argparse ends --help, --version and its own errors this way
        return int(stop.code or 0)
    from ..errors import FespinError
    from .common import warnings_to_stderr

    try:
        with warnings_to_stderr(arguments):
            return int(arguments.run(arguments))
    except FespinError as error:
        print(f"fespin: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has left: `fespin ... | head`
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("fespin: interrupted", file=sys.stderr)
        return 130
