"""Commands of spin assemblies and of interlayer exchange."""

from __future__ import annotations

import argparse
from typing import Any

from .base import add, solver_options


def assemblies_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("assemblies", help="spin statistics, conversion, torque and transport",
                                 description="Spin assemblies: TIA of one direction, TIS of all.")  # fmt: skip
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str, *, flavour: bool = True) -> argparse.ArgumentParser:
        added = add(actions, common, name, "assemblies", text)
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
    solver_options(torque)
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


def exchange_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("exchange", help="interlayer exchange of tunnel junctions, devices that it switches",
                                 description="Interlayer exchange of magnetic tunnel junctions.")  # fmt: skip
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    coupling = add(actions, common, "coupling", "exchange", "compute the three terms of a junction")
    _junction_options(coupling)
    table = add(actions, common, "map", "exchange", "compute the coupling over one or two ranges, 0.1eV:1eV:100")
    _junction_options(table)
    table.add_argument("--workers", type=int, metavar="N", help="processes (default: one for each processor)")
    table.add_argument("--csv", metavar="FILE", help="write every point; '-' is standard output")
    table.add_argument("--plot", metavar="FILE", help="draw it (png, pdf, svg)")
    zeros = add(actions, common, "critical", "exchange", "find where the coupling changes sign along a range")
    _junction_options(zeros)
    zeros.add_argument("--contribution", default="total", metavar="NAME",
                       help="total, coulomb, insulator, leads or hopping")  # fmt: skip
    figure = add(actions, common, "figure", "exchange", "compute figure 2 to 9 of arXiv:1607.00403 again")
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
    rest = add(actions, common, "equilibrium", "switching", "turn the magnets of a device to where they come to rest")
    sweep = add(actions, common, "sweep", "switching", "sweep temperature or a field: coupling, directions, resistance")
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
    solver_options(sweep)
