"""Commands of the batteries: windings, locked valves."""

from __future__ import annotations

import argparse
from typing import Any

from .base import add


def winding_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("winding", help="run or describe an easy-plane winding battery",
                                 description="Easy-plane winding battery: charge, hold, discharge.")  # fmt: skip
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    run = add(actions, common, "run", "winding", "run the phases of a run file; continues where a killed run stopped")
    run.add_argument("file", metavar="FILE", help="run file (TOML)")
    run.add_argument("--out", metavar="FILE", help="write the records (.npz); keeps FILE.part beside it while it runs")
    run.add_argument("--plot", metavar="FILE", help="draw winding, circuit and ledger (png, pdf, svg)")
    run.add_argument("--json", metavar="FILE", help="write the energies and efficiencies; '-' is standard output")
    info = add(actions, common, "info", "winding", "show all derived scales and bounds, and what may mislead")
    info.add_argument("file", metavar="FILE", help="run file (TOML)")


def valve_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("valve", help="a locked spin valve as capacitor and battery",
                                 description="Layered spin valve: statics, impedance, charging, EMF.")  # fmt: skip
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "info": "show all derived scales, and what may mislead",
        "static": "potentials, resistance, leak and stored energy at a voltage",
        "impedance": "impedance over frequency",
        "run": "run the phases of the file: charge, hold, discharge",
        "emf": "EMF over charge of a reservoir, in steps, and its capacity",
    }
    for name, text in texts.items():
        action = add(actions, common, name, "valve", text)
        action.add_argument("file", metavar="FILE", help="valve file (TOML)")
        if name != "info":
            action.add_argument("--plot", metavar="FILE", help="draw it (png, pdf, svg)")
            action.add_argument("--json", metavar="FILE", help="write the numbers; '-' is standard output")
        if name == "static":
            action.add_argument("--voltage", default="1 V", metavar="V", help="of the left reservoir (default: 1 V)")
            action.add_argument("--configuration", choices=("parallel", "locked"), help="turn the last magnet")
            action.add_argument("--screening", action="store_true", help="draw the double layers at the contacts too")
        elif name == "impedance":
            action.add_argument(
                "--frequency", required=True, action="append", metavar="F", help="e.g. 10GHz; repeatable"
            )
            action.add_argument("--to", metavar="F", help="sweep from --frequency to here")
            action.add_argument("--points", type=_points, default=25, metavar="N", help="of a sweep (default: 25)")
        elif name == "run":
            action.add_argument("--out", metavar="FILE", help="write the records (.npz)")
        elif name == "emf":
            action.add_argument("--voltage", metavar="V", help="of the source that charges (default: until full)")
            action.add_argument(
                "--steps", type=_points, default=10, metavar="N", help="largest jumps shown (default: 10)"
            )


def _points(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to 100000, got {text!r}")
    return int(text)
