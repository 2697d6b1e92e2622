"""Arguments of all commands; no heavy import happens here."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from .._version import __version__

# a number below zero with something behind it: a unit, the rest of a range
_MINUS = re.compile(r"-(?=[\d.])(?!(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$)")


class _Parser(argparse.ArgumentParser):
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
    for add in (
        _info,
        _conductance,
        _reciprocity,
        _ratchet,
        _solve,
        _sweep,
        _circuit,
        _export,
        _winding,
        _valve,
        _wigner,
        _assemblies,
        _exchange,
        _mesh,
        _materials,
        _benchmark,
    ):
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
    parser.add_argument("--frequency", metavar="F", help="complex admittance at this frequency, e.g. 10GHz")
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


def _sweep(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "sweep", "sweep", "solve over a grid of fields, angles, frequencies or parameters")
    parser.add_argument("device", metavar="DEVICE")
    parser.add_argument("--vary", action="append", required=True, metavar="NAME=VALUES",
                        help="field.z=-1T:1T:201, frequency=1GHz:1THz:7:log, regions.free.angle.y=0deg:180deg:13, "
                        "materials.Cu.resistivity='2 uohm cm,3 uohm cm', interfaces.fn.conductance_up=...; several "
                        "make a grid, a single value is held")  # fmt: skip
    parser.add_argument("--entry", action="append", default=[], metavar="T:C,T:C",
                        help="entry to print and draw, current then potential, e.g. right:z,left:e (default: those "
                        "that change most)")  # fmt: skip
    _solver_options(parser)
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: all processors if that saves time)")
    parser.add_argument("--store", metavar="FILE", help="keep finished points here and take over those that are there "
                        "(default: beside the first output file, until the sweep is done)")  # fmt: skip
    for kind in ("json", "csv", "netcdf"):
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"write {kind}; '-' is standard output")
    parser.add_argument("--plot", metavar="FILE", help="draw the entries (png, pdf, svg)")


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


def _benchmark(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _add(commands, common, "benchmark", "benchmark", "time standard devices, alone or against other packages")
    parser.add_argument("cases", metavar="CASE", nargs="*", help="like 2d_1e5 or 3d_1e4 (default: 2d_1e4 3d_1e4)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="rounds of which medians are taken")
    parser.add_argument("--compare", action="store_true", help="run NGSolve on the same devices, if it is installed")
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; '-' is standard output")


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


def _valve(commands: Any, common: argparse.ArgumentParser) -> None:
    from .valve_arguments import add_valve

    add_valve(commands, common, _add)


def _wigner(commands: Any, common: argparse.ArgumentParser) -> None:
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
            name, parents=[common, *parents], help=text, description=f"{text[0].upper()}{text[1:]}."
        )
        one.set_defaults(run=_command("wigner"))
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


def _assemblies(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("assemblies", help="spin statistics, conversion, torque and transport",
                                 description="Spin assemblies: TIA of one direction, TIS of all.")  # fmt: skip
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str, *, flavour: bool = True) -> argparse.ArgumentParser:
        added = _add(actions, common, name, "assemblies", text)
        added.add_argument("--json", metavar="FILE", help="write what is printed as JSON; '-' is standard output")
        if flavour:
            added.add_argument("--flavour", choices=("conserving", "paper"), default="conserving",
                               help="spin conserved, or as printed")  # fmt: skip
        return added

    statistics = action("statistics", "occupation of spin places over the energy")
    statistics.add_argument("--x", default="0", metavar="X", help="spin polarization (default 0)")
    statistics.add_argument("--z", nargs="+", default=("-4", "-2", "0", "2", "4"), metavar="Z", help="(E - E_F)/kT")
    statistics.add_argument("--rule", choices=("complete", "isotropic", "paper"), help="default: that of the flavour")
    conversion = action("conversion", "conversion coefficient of damped precession")
    conversion.add_argument("--r", nargs="+", default=("0", "0.5", "1", "2", "3"), metavar="R",
                            help="t_scattering/t_lambda")  # fmt: skip
    interact = action("interact", "merge two assemblies scattering by scattering")
    for name in ("n1", "n2"):
        interact.add_argument(name, metavar=name.upper(), help="number of spins")
    interact.add_argument("angle", metavar="ANGLE", help="between their spins, e.g. 145deg")
    interact.add_argument("--tis", default="0", metavar="N", help="number in TIS at first")
    coefficients = action("coefficients", "torque and conversion by a small injection: A and B over the angle")
    coefficients.add_argument("--angles", nargs="+", default=[f"{30 * i}deg" for i in range(7)], metavar="PHI",
                              help="between the spins, e.g. 90deg")  # fmt: skip
    material = action("material", "material parameters for device files from life time, damping and exchange field")
    material.add_argument("--conductivity", required=True, metavar="S/m")
    material.add_argument("--name", default="metal", metavar="NAME", help="of the table that is printed")
    _gas_options(material)
    transport = action("transport", "spin torque transport on a line", flavour=False)
    transport.add_argument("file", metavar="FILE", help="run file (TOML)")
    transport.add_argument("--plot", metavar="FILE", help="draw the first and the last record (png, pdf, svg)")
    torque = action("torque", "spin-transfer torque of a solved device: from the current to the local moments")
    torque.add_argument("device", metavar="DEVICE")
    torque.add_argument("--set", action="append", default=[], metavar="T:C=V", dest="settings",
                        help="potential of a terminal's component, e.g. left:e=1mV; what is not set is 0")  # fmt: skip
    torque.add_argument("--magnet", metavar="REGION", help="may be left out if there is only one")
    torque.add_argument("--volume", metavar="V", help="in which the current is taken up (default: the region's)")
    _gas_options(torque)
    _solver_options(torque)
    figures = action("figures", "draw figures 5-7, 9-11 of the paper with captions that say what does not hold",
                     flavour=False)  # fmt: skip
    figures.add_argument("numbers", nargs="*", metavar="N", help="which (default: all)")
    figures.add_argument("--out", default=".", metavar="DIR")
    figures.add_argument("--format", default="png", metavar="png|pdf|svg")


def _gas_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("electron gas, quantities with units")
    for name, text in (("density-of-states", "both spins, e.g. '1.5e47 1/(J m^3)'"), ("spin-lifetime", "e.g. 0.2ps")):
        group.add_argument(f"--{name}", required=True, metavar="Q", help=text)
    group.add_argument("--temperature", default="300 K", metavar="Q", help="default: 300 K")
    group.add_argument("--damping", metavar="Q", help="lambda of damped precession, e.g. '5e32 1/(J s)'")
    group.add_argument("--field", metavar="Q", help="exchange or magnetic field, e.g. '500 T'; none in a normal metal")
    group.add_argument("--scattering-time", metavar="Q", help="of a spin state (default: 0, frequent)")
    group.add_argument("--waiting", choices=("fixed", "exponential"), help="times between scatterings")


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
