"""``fespin benchmark [CASE ...]``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import InputError
from .common import write_json

_CASES = {
    "times": ["2d_1e4", "3d_1e4"],
    "accuracy": ["2d_3e3", "3d_2e3", "bar_3e3"],
    "robustness": ["2d_5e3", "3d_5e3"],
}

_OF_TIMES = ("compare", "peers", "python", "repeat", "limit", "folder")


def run(arguments: argparse.Namespace) -> int:
    """Time the standard devices; or what an accuracy costs; or how the iteration takes hard devices."""
    if arguments.accuracy and arguments.robustness:
        raise InputError("--accuracy and --robustness are two studies; ask for one at a time")
    study = "accuracy" if arguments.accuracy else "robustness" if arguments.robustness else "times"
    for option in _OF_TIMES if study != "times" else ():
        given = getattr(arguments, option)
        if given is not None and given is not False and given != []:
            raise InputError(f"--{study} is a study of fespin alone; leave out --{option}")
    if arguments.accuracy and arguments.mesh == "unstructured":
        raise InputError("--accuracy refines grids; leave out --mesh")
    studies: dict[str, Callable[..., tuple[Any, Callable[[], str]]]]
    studies = {"times": _times, "accuracy": _accuracy, "robustness": _robustness}
    report, table = studies[study](arguments.cases or _CASES[study], arguments)
    if arguments.json != "-":
        print(table())
    if arguments.json:
        write_json(arguments.json, report)
    return 0


def _times(cases: Sequence[str], arguments: argparse.Namespace) -> tuple[dict, Callable[[], str]]:
    from ..benchmark.measure import benchmark, exponents
    from ..benchmark.peers import pythons_of
    from ..benchmark.tables import scaling, times

    pythons = pythons_of(arguments.python)
    peers = arguments.peers.split(",") if arguments.peers else None if arguments.compare else []
    given = {key: value for key in ("repeat", "mesh", "limit", "folder")
             if (value := getattr(arguments, key)) is not None}  # fmt: skip
    results = benchmark(cases, peers=peers, pythons=pythons, **given)
    fits = exponents(results)
    table = times(results, stages=arguments.verbose)
    return {"cases": results, "exponents": fits}, lambda: "\n".join(filter(None, [table, scaling(fits)]))


def _accuracy(cases: Sequence[str], arguments: argparse.Namespace) -> tuple[dict, Callable[[], str]]:
    from ..benchmark.accuracy import accuracy
    from ..benchmark.tables import accuracies

    reports = [accuracy(case) for case in cases]
    return {"accuracy": reports}, lambda: accuracies(reports)


def _robustness(cases: Sequence[str], arguments: argparse.Namespace) -> tuple[dict, Callable[[], str]]:
    from ..benchmark.robustness import robustness
    from ..benchmark.tables import hardships

    rows = robustness(cases, mesh=arguments.mesh or "structured")
    return {"robustness": rows}, lambda: hardships(rows)
