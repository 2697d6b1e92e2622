"""Commands that join devices, and that hand them to circuit simulators."""

from __future__ import annotations

import argparse
from typing import Any

from .base import add


def circuit_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "circuit", "circuit", "solve a circuit of lumped elements and meshed devices")
    parser.add_argument("circuit", metavar="FILE", help="netlist (TOML)")
    parser.add_argument("--reduce", metavar="N1,N2", help="print the matrix between these nodes instead")
    parser.add_argument("--json", metavar="FILE", help="write what is printed as JSON; '-' is standard output")


def export_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "export", "export", "write the matrix as a subcircuit for a circuit simulator")
    parser.add_argument("device", metavar="DEVICE", help="device file, or a saved matrix (.json, .csv, .npz, .nc)")
    parser.add_argument("--spice", required=True, choices=("ngspice", "ltspice"), help="dialect of the netlist")
    parser.add_argument("--order", default="exyz", metavar="exyz|ezxy", help="order of a terminal's pins")
    parser.add_argument("--name", metavar="NAME", help="of the subcircuit (default: the device's)")
    pins = parser.add_mutually_exclusive_group()
    pins.add_argument("--reduced", action="store_true", help="pins e, m at ferromagnets, channel at half metals")
    pins.add_argument("--absorbing", action="store_true",
                      help="magnetic terminals hold their transverse spin potentials at zero")  # fmt: skip
    parser.add_argument("--out", metavar="FILE", default="-", help="default: '-', standard output")
    parser.add_argument("--element-order", type=int, choices=(1, 2), default=1, help="1: linear elements, 2: quadratic")
    parser.add_argument("--backend", default="auto", metavar="NAME", help="auto, direct or multigrid")
