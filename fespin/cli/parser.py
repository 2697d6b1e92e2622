"""Arguments of all commands; no heavy import happens here."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from .._version import __version__


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line and the way to help instead of the whole usage."""
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Take ``--field -3mT`` as it is meant: argparse sees an option in values that begin with a minus."""
        words = [str(word) for word in (sys.argv[1:] if args is None else args)]
        joined: list[str] = []
        for word in words:
            if re.match(r"-[\d.]", word) and joined and re.fullmatch(r"--[a-z][a-z-]*", joined[-1]):
                joined[-1] += f"={word}"
            else:
                joined.append(word)
        return super().parse_known_args(joined, namespace)


def _command(module: str) -> Callable[[argparse.Namespace], int]:
    """Import the command's module when it runs, so that --help and --version stay fast."""
    return lambda arguments: importlib.import_module(f"fespin.cli.{module}").run(arguments)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(prog="fespin", description="Charge and spin conductance matrices of meshed devices.")
    parser.add_argument("--version", action="version", version=f"fespin {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--quiet", action="store_true", help="neither progress nor warnings")
    common.add_argument("--verbose", action="store_true", help="every stage with its time and peak memory")
    for add in (_info, _conductance, _reciprocity, _ratchet, _solve, _circuit, _export, _winding, _exchange, _mesh,
                _materials):  # fmt: skip
        add(commands, common)
    return parser


def _add(commands: Any, common: argparse.ArgumentParser, name: str, module: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, parents=[common], help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=_command(module))
    return parser


def _solver_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--order", type=int, choices=(1, 2), default=1, help="1: linear elements, 2: quadratic")
    parser.add_argument("--backend", default="auto", metavar="NAME", help="auto, direct or multigrid")


def _info(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(
        commands, common, "info", "info", "show regions, terminals, materials and mesh quality, and what is missing"
    )
    parser.add_argument("device", metavar="DEVICE", help="device file, or a bare mesh file to see its groups")


def _conductance(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "conductance", "conductance", "compute the 4T x 4T conductance matrix")
    parser.add_argument("device", metavar="DEVICE")
    _solver_options(parser)
    parser.add_argument("--frequency", metavar="F", help="not available in this version: static conductances only")
    for kind in ("json", "csv", "netcdf"):
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"write {kind}; '-' is standard output")


def _reciprocity(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(
        commands, common, "reciprocity", "reciprocity", "check every identity of the matrix; exit code 1 if one fails"
    )
    parser.add_argument("device", metavar="DEVICE")
    _solver_options(parser)
    parser.add_argument("--refine", action=argparse.BooleanOptionalAction, default=None,
                        help="solve the refined mesh too: cut currents must converge (default: if small)")  # fmt: skip
    parser.add_argument(
        "--independent-entries", action="store_true", help="count the independent entries (dozens of solutions)"
    )
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; '-' is standard output")


def _ratchet(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "ratchet", "ratchet", "compare spin transmission between two terminals both ways")
    parser.add_argument("device", metavar="DEVICE")
    parser.add_argument("t1", metavar="T1")
    parser.add_argument("t2", metavar="T2")
    parser.add_argument("--reference", metavar="DEVICE2", help="device to compare the transmission with")
    _solver_options(parser)
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; '-' is standard output")


def _solve(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "solve", "solve", "solve for given potentials of the terminals")
    parser.add_argument("device", metavar="DEVICE")
    parser.add_argument("--set", action="append", default=[], metavar="T:C=V", dest="settings",
                        help="potential of a terminal's component, e.g. left:e=1mV; what is not set is 0")  # fmt: skip
    _solver_options(parser)
    parser.add_argument("--vtu", metavar="FILE", help="write the fields for ParaView")
    parser.add_argument("--plot", metavar="FILE", help="draw the potentials (png, pdf, svg)")
    parser.add_argument("--json", metavar="FILE", help="write currents, power and torques; '-' is standard output")


def _circuit(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "circuit", "circuit", "solve a circuit of lumped elements and meshed devices")
    parser.add_argument("circuit", metavar="FILE", help="netlist (TOML)")
    parser.add_argument("--reduce", metavar="N1,N2", help="print the matrix between these nodes instead")
    parser.add_argument("--json", metavar="FILE", help="write what is printed as JSON; '-' is standard output")


def _export(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "export", "export", "write the matrix as a subcircuit for a circuit simulator")
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


def _mesh(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "mesh", "mesh", "make a parametric device with gmsh")
    parser.add_argument("shape", metavar="NAME", nargs="?", help="left out: list the shapes and their parameters")
    parser.add_argument("--param", action="append", default=[], metavar="K=V", help="parameter, lengths in nm")
    parser.add_argument("--out", metavar="DIR", default=".", help="folder to write to (default: here)")
    parser.add_argument("--name", metavar="STEM", help="name of the files (default: the shape's)")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are in the way")


def _materials(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(
        commands, common, "materials", "materials", "show the built-in materials and where their values come from"
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="one material")


def _winding(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("winding", help="run or describe an easy-plane winding battery",
                                 description="Easy-plane winding battery: charge, hold, discharge.")  # fmt: skip
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    run = _add(actions, common, "run", "winding", "run the phases of a run file; continues where a killed run stopped")
    run.add_argument("file", metavar="FILE", help="run file (TOML)")
    run.add_argument("--out", metavar="FILE", help="write the records (.npz); keeps FILE.part beside it while it runs")
    run.add_argument("--plot", metavar="FILE", help="draw winding, circuit and ledger (png, pdf, svg)")
    run.add_argument("--json", metavar="FILE", help="write the energies and efficiencies; '-' is standard output")
    info = _add(actions, common, "info", "winding", "show all derived scales and bounds, and what may mislead")
    info.add_argument("file", metavar="FILE", help="run file (TOML)")


def _exchange(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("exchange", help="interlayer exchange of tunnel junctions, devices that it switches",
                                 description="Interlayer exchange of magnetic tunnel junctions.")  # fmt: skip
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    coupling = _add(actions, common, "coupling", "exchange", "compute the three terms of a junction")
    _junction_options(coupling)
    table = _add(actions, common, "map", "exchange", "compute the coupling over one or two ranges, 0.1eV:1eV:100")
    _junction_options(table)
    table.add_argument("--workers", type=int, metavar="N", help="processes (default: one for each processor)")
    table.add_argument("--csv", metavar="FILE", help="write every point; '-' is standard output")
    table.add_argument("--plot", metavar="FILE", help="draw it (png, pdf, svg)")
    zeros = _add(actions, common, "critical", "exchange", "find where the coupling changes sign along a range")
    _junction_options(zeros)
    zeros.add_argument("--contribution", default="total", metavar="NAME",
                       help="total, coulomb, insulator, leads or hopping")  # fmt: skip
    figure = _add(actions, common, "figure", "exchange", "compute figure 2 to 9 of arXiv:1607.00403 again")
    figure.add_argument("number", type=int, metavar="N")
    figure.add_argument("--plot", metavar="FILE", help="draw it with its caption (png, pdf, svg)")
    figure.add_argument("--json", metavar="FILE", help="write curves and caption; '-' is standard output")
    _switching(actions, common)


def _junction_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--well-depth", required=True, metavar="U", help="5eV; or 5eV,4eV for different leads")
    parser.add_argument("--splitting", required=True, metavar="J", help="4.5eV; or 4.5eV,1eV")
    parser.add_argument("--barrier-height", required=True, metavar="H", help="above the Fermi level, 0.2eV")
    parser.add_argument("--thickness", required=True, metavar="D", help="of the barrier, 1nm")
    parser.add_argument("--permittivity", default="1", metavar="EPS", help="a number, or TTF-CA (default: 1)")
    parser.add_argument("--temperature", default="0 K", metavar="T", help="(default: 0 K)")
    parser.add_argument("--effective-mass", default="1", metavar="M", help="m*/m_e (default: 1)")
    parser.add_argument("--hop", choices=("integral", "asymptotic"), default="integral", help="asymptotic: eq 29")
    parser.add_argument("--contact", choices=("mean", "tf"), default="mean", help="interaction inside the leads")
    parser.add_argument("--printed-prefactor", action="store_true", help="Coulomb terms times pi, as printed")
    parser.add_argument("--accuracy", choices=("fast", "normal", "high"), default="normal")
    parser.add_argument("--json", metavar="FILE", help="write what is printed as JSON; '-' is standard output")


def _switching(actions: Any, common: argparse.ArgumentParser) -> None:
    rest = _add(actions, common, "equilibrium", "switching", "turn the magnets of a device to where they come to rest")
    sweep = _add(
        actions, common, "sweep", "switching", "sweep temperature or a field: coupling, directions, resistance"
    )
    for parser in (rest, sweep):
        value = "" if parser is rest else "; a:b:n is swept"
        parser.add_argument("device", metavar="DEVICE", help="device file with [exchange.NAME]")
        parser.add_argument("--temperature", metavar="T", help=f"30K{value}")
        parser.add_argument("--electric-field", metavar="E", help=f"in the barrier, 1MV/cm{value}")
        parser.add_argument("--applied-field", metavar="B", help=f"mu0 H, 5mT, along --along{value}")
        parser.add_argument("--along", metavar="X,Y,Z", help="direction of the applied field")
        parser.add_argument("--ground", action="store_true", help="begin in the lowest state, not in the drawn one")
        parser.add_argument("--json", metavar="FILE", help="write the result as JSON; '-' is standard output")
    rest.add_argument("--out", metavar="FILE", help="write the device with these directions")
    sweep.add_argument("--loop", action="store_true", help="there and back")
    sweep.add_argument("--spin", required=True, choices=("open", "grounded"), help="what the terminals do with spin")
    sweep.add_argument("--current", metavar="A,B", help="terminals of the current (default: of two, both)")
    sweep.add_argument("--voltage", metavar="C,D", help="terminals of the voltmeter (default: those of the current)")
    sweep.add_argument("--csv", metavar="FILE", help="write every point; '-' is standard output")
    sweep.add_argument("--plot", metavar="FILE", help="draw coupling, angle and resistance (png, pdf, svg)")
    _solver_options(sweep)
