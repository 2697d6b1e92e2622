"""Commands of Wigner chains."""

from __future__ import annotations

import argparse
from typing import Any

from .base import command, examples_of


def wigner_command(commands: Any, common: argparse.ArgumentParser) -> None:
    text = "staircases, ladders and phase diagrams of Wigner chains"
    parser = commands.add_parser(
        "wigner", help=text, description=f"{text[0].upper()}{text[1:]}; energies in E0, lengths in a."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    potential = argparse.ArgumentParser(add_help=False)
    potential.add_argument("--alpha", type=float, default=2.0, help="repulsion r^-alpha (default: 2)")
    potential.add_argument("--lattice-constant", metavar="A", help="e.g. '4 angstrom': say what E0 is in eV and K")
    potential.add_argument("--permittivity", type=float, metavar="EPS", help="relative; with --lattice-constant")
    potential.add_argument("--plot", metavar="FILE", help="draw it (png, pdf, svg)")
    potential.add_argument("--json", metavar="FILE", help="write all numbers as JSON; '-' is standard output")
    ladder = argparse.ArgumentParser(add_help=False)
    ladder.add_argument("--length", type=int, default=12, metavar="L", help="sites per chain (default: 12)")
    ladder.add_argument("--distance", type=float, default=1.0, metavar="D", help="between the chains (default: 1)")
    ladder.add_argument("--boundary", default="open", metavar="NAME", help="open (default), ring or images")

    def add(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        one = actions.add_parser(
            name,
            parents=[common, *parents],
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.epilog = examples_of(one.prog)
        one.set_defaults(run=command("wigner"))
        return one

    stairs = add("staircase", "filling of one infinite chain against mu or pressure", potential)
    stairs.add_argument(
        "--variable", choices=("mu", "pressure"), default="mu", help="true chemical potential or pressure"
    )
    stairs.add_argument("--q-max", type=int, default=60, metavar="Q", help="largest period (default: 60)")
    stairs.add_argument("--rows", type=int, default=20, metavar="N", help="print the widest N steps (default: 20)")
    stairs.add_argument("--at", type=float, action="append", metavar="X", help="print the filling here instead")
    stairs.add_argument("--temperature", type=float, metavar="T", help="nearest-particle repulsion at T > 0, E0/k_B")
    state = add("ladder", "ground state, thermal means or phases of chains side by side", potential, ladder)
    state.add_argument("--chains", type=int, default=2, metavar="N", help="number of chains (default: 2)")
    state.add_argument("--mu", type=float, metavar="X", help="chemical potential")
    state.add_argument("--delta-eta", type=float, default=0.0, metavar="X", help="splitting mu_up - mu_dn (default: 0)")
    state.add_argument("--sweep", choices=("mu", "delta-eta"), help="all phases along this variable, exact")
    state.add_argument("--temperature", type=float, metavar="T", help="thermal means, E0/k_B")
    state.add_argument("--reach", type=int, metavar="R",
                       help="rungs of a transfer matrix; its bounds replace an exact answer")  # fmt: skip
    phases = add("phase-diagram", "exact phases of two chains over (mu, delta_eta)", potential, ladder)
    for name in ("mu", "delta-eta"):
        phases.add_argument(f"--{name}-range", type=float, nargs=2, metavar=("FROM", "TO"), help="window in E0")
    timing = add("benchmark", "time all of it and print how it grows")
    timing.add_argument("--quick", action="store_true", help="small sizes only")
    timing.add_argument("--json", metavar="FILE", help="write the times as JSON; '-' is standard output")
