"""``fespin export DEVICE --spice ngspice|ltspice``."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import InputError
from ..network.conductance import ConductanceMatrix
from ..network.spice import pin_order, to_spice
from ..transport.solve import conductance
from .common import read_device, write_text

_SAVED = (".json", ".csv", ".npz", ".nc")


def run(arguments: argparse.Namespace) -> int:
    """Write the matrix of a device, solved or saved, as a subcircuit."""
    order = pin_order(arguments.order)  # a mistake shows before a long solution
    G = _matrix(arguments)
    text = to_spice(
        G,
        name=arguments.name or str(G.info.get("device") or Path(arguments.device).stem),
        dialect=arguments.spice,
        order=order,
        reduced=arguments.reduced,
        absorbing=arguments.absorbing,
    )
    write_text(arguments.out, text.removesuffix("\n"))
    if arguments.out != "-":
        print(f"wrote {arguments.out}")
    return 0


def _matrix(arguments: argparse.Namespace) -> ConductanceMatrix:
    suffix = Path(arguments.device).suffix.lower()
    if suffix in _SAVED:
        return ConductanceMatrix.load(arguments.device)
    if suffix != ".toml":
        raise InputError(f"{arguments.device} must be a device file (.toml) or a saved matrix ({', '.join(_SAVED)})")
    device, _ = read_device(arguments.device)
    return conductance(device, order=arguments.element_order, backend=arguments.backend)
