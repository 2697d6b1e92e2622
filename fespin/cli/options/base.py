"""What the options of all commands share."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from .examples import EXAMPLES

# a number below zero with something behind it: a unit, the rest of a range
_MINUS = re.compile(r"-(?=[\d.])(?!(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$)")


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line and the way to help instead of the whole usage."""
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Take ``--field -3mT`` as it is meant: argparse sees an option in all that begins with a minus but numbers."""
        words = [str(word) for word in (sys.argv[1:] if args is None else args)]
        joined: list[str] = []
        for word in words:
            if _MINUS.match(word) and joined and re.fullmatch(r"--[a-z][a-z-]*", joined[-1]):
                joined[-1] += f"={word}"
            else:
                joined.append(word)
        return super().parse_known_args(joined, namespace)


def command(module: str) -> Callable[[argparse.Namespace], int]:
    """Import the command's module when it runs, so that --help and --version stay fast."""
    return lambda arguments: importlib.import_module(f"fespin.cli.{module}").run(arguments)


def common_options() -> argparse.ArgumentParser:
    """Options of every command."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("-q", "--quiet", action="store_true", help="neither progress nor warnings")
    common.add_argument("-v", "--verbose", action="store_true", help="every stage with its time and peak memory")
    return common


def add(commands: Any, common: argparse.ArgumentParser, name: str, module: str, text: str) -> argparse.ArgumentParser:
    """A command that the module of that name in `fespin.cli` runs; its help ends in examples."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help=text,
        description=text[0].upper() + text[1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.epilog = examples_of(parser.prog)
    parser.set_defaults(run=command(module))
    return parser


def examples_of(program: str) -> str | None:
    """Lines for the end of the help of "fespin conductance"."""
    lines = EXAMPLES.get(program.removeprefix("fespin").strip())
    return "examples:\n" + "\n".join(f"  fespin {line}" for line in lines) if lines else None


def solver_options(parser: argparse.ArgumentParser) -> None:
    """Order of the elements and backend."""
    parser.add_argument("--order", type=int, choices=(1, 2), default=1, help="1: linear elements, 2: quadratic")
    parser.add_argument(
        "--backend",
        default="auto",
        metavar="NAME",
        help="auto, direct or multigrid (conductance: or petsc, by all processes of mpirun)",
    )
