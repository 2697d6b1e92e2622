"""``fespin circuit FILE``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import InputError
from ..netlist.reader import load_circuit
from ..network.circuit import Circuit
from ..network.operating_point import cell, plain
from ..network.sources import Source
from ..network.terminal import COMPONENTS
from .common import one_stdout, write_json

_BALANCE = 1e-8  # of the powers and of the currents: far above rounding in circuits of thousands of elements


def run(arguments: argparse.Namespace) -> int:
    """Solve a circuit, or reduce it to external nodes; exit code 1 if powers or currents do not balance."""
    taken = one_stdout(json=arguments.json)
    circuit = load_circuit(arguments.circuit)
    return _reduce(circuit, arguments, taken) if arguments.reduce is not None else _solve(circuit, arguments, taken)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Errors of the circuit name its file."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _solve(circuit: Circuit, arguments: argparse.Namespace, taken: bool) -> int:
    with _named(arguments.circuit):
        solution = circuit.solve()
    if not taken:
        print(f"{circuit!r}\n\n{solution}")
    if arguments.json:
        write_json(arguments.json, {"circuit": circuit.name, **solution.to_dict()})
    return 0 if max(solution.balance, solution.kirchhoff, solution.residual) < _BALANCE else 1


def _reduce(circuit: Circuit, arguments: argparse.Namespace, taken: bool) -> int:
    with _named(arguments.circuit):
        source = circuit.equivalent(_names(arguments.reduce, circuit))
    if not taken:
        print(_matrix_text(circuit, source))
    if arguments.json:
        write_json(arguments.json, _matrix_dict(circuit, source))
    return 0


def _names(text: str, circuit: Circuit) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names) or len(set(names)) < len(names):
        some = ",".join(circuit.nodes[:2])
        raise InputError(f"--reduce must be different nodes like {some}, got {text!r}")
    return names


def _matrix_text(circuit: Circuit, source: Source) -> str:
    lines = [f"{circuit!r}", "", f"{source.matrix}"]
    if source.currents.any():
        lines += ["", "currents out of the circuit with all these nodes at zero, A"]
        lines.append(f"{'':12}" + "".join(f"{c:>15}" for c in COMPONENTS))
        for name, row in zip(source.terminals, source.currents.reshape(-1, 4), strict=True):
            lines.append(f"{name:12}" + "".join(map(cell, row.tolist())))
    found = ", ".join(f"{name.replace('_', ' ')} {value:.1e}" for name, value in source.matrix.identities().items())
    return "\n".join([*lines, "", found])


def _matrix_dict(circuit: Circuit, source: Source) -> dict[str, Any]:
    matrix = json.loads(source.matrix.to_json())
    return {"circuit": circuit.name, **matrix, "source_currents": plain(source.currents)}
