"""The parser of the whole command line; no heavy import happens here."""

from __future__ import annotations

import argparse

from .._version import __version__
from .options import batteries, circuit, device, spins, tools, wigner
from .options.base import Parser, common_options, examples_of

_COMMANDS = (
    device.info_command,
    device.conductance_command,
    device.reciprocity_command,
    device.ratchet_command,
    device.solve_command,
    device.sweep_command,
    device.report_command,
    circuit.circuit_command,
    circuit.export_command,
    batteries.winding_command,
    batteries.valve_command,
    wigner.wigner_command,
    spins.assemblies_command,
    spins.exchange_command,
    tools.init_command,
    tools.mesh_command,
    tools.materials_command,
    tools.benchmark_command,
    tools.schema_command,
    tools.completion_command,
)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = Parser(
        prog="fespin",
        description="Charge and spin conductance matrices of meshed devices.",
        epilog=f"{examples_of('fespin')}\n\nfespin COMMAND --help shows the options of a command, and examples",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"fespin {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = common_options()
    for add in _COMMANDS:
        add(commands, common)
    return parser
