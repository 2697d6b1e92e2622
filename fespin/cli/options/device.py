"""Commands on one device file."""

from __future__ import annotations

import argparse
from typing import Any

from .base import add, solver_options


def info_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(
        commands, common, "info", "info", "show regions, terminals, materials and mesh quality, and what is missing"
    )
    parser.add_argument("device", metavar="DEVICE", help="device file, or a bare mesh file to see its groups")


def conductance_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "conductance", "conductance", "compute the 4T x 4T conductance matrix")
    parser.add_argument("device", metavar="DEVICE")
    solver_options(parser)
    parser.add_argument("--frequency", metavar="F", help="complex admittance at this frequency, e.g. 10GHz")
    parser.add_argument("--uncertainty", action="store_true",
                        help="+- of every entry from those of materials and interfaces")  # fmt: skip
    for kind in ("json", "csv", "netcdf"):
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"write {kind}; '-' is standard output")


def reciprocity_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(
        commands, common, "reciprocity", "reciprocity", "check every identity of the matrix; exit code 1 if one fails"
    )
    parser.add_argument("device", metavar="DEVICE")
    solver_options(parser)
    parser.add_argument("--refine", action=argparse.BooleanOptionalAction, default=None,
                        help="solve the refined mesh too: cut currents must converge (default: if small)")  # fmt: skip
    parser.add_argument(
        "--independent-entries", action="store_true", help="count the independent entries (dozens of solutions)"
    )
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; '-' is standard output")


def ratchet_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "ratchet", "ratchet", "compare spin transmission between two terminals both ways")
    parser.add_argument("device", metavar="DEVICE")
    parser.add_argument("t1", metavar="T1")
    parser.add_argument("t2", metavar="T2")
    parser.add_argument("--reference", metavar="DEVICE2", help="device to compare the transmission with")
    solver_options(parser)
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; '-' is standard output")


def solve_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "solve", "solve", "solve for given potentials of the terminals")
    parser.add_argument("device", metavar="DEVICE")
    parser.add_argument("--set", action="append", default=[], metavar="T:C=V", dest="settings",
                        help="potential of a terminal's component, e.g. left:e=1mV; what is not set is 0")  # fmt: skip
    solver_options(parser)
    parser.add_argument("--vtu", metavar="FILE", help="write the fields for ParaView")
    parser.add_argument("--plot", metavar="FILE", help="draw the potentials (png, pdf, svg)")
    parser.add_argument("--json", metavar="FILE", help="write currents, power and torques; '-' is standard output")


def sweep_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "sweep", "sweep", "solve over a grid of fields, angles, frequencies or parameters")
    parser.add_argument("device", metavar="DEVICE")
    parser.add_argument("--vary", action="append", required=True, metavar="NAME=VALUES",
                        help="field.z=-1T:1T:201, frequency=1GHz:1THz:7:log, regions.free.angle.y=0deg:180deg:13, "
                        "materials.Cu.resistivity='2 uohm cm,3 uohm cm', interfaces.fn.conductance_up=...; several "
                        "make a grid, a single value is held")  # fmt: skip
    parser.add_argument("--entry", action="append", default=[], metavar="T:C,T:C",
                        help="entry to print and draw, current then potential, e.g. right:z,left:e (default: those "
                        "that change most)")  # fmt: skip
    solver_options(parser)
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: all processors if that saves time)")
    parser.add_argument("--store", metavar="FILE", help="keep finished points here and take over those that are there "
                        "(default: beside the first output file, until the sweep is done)")  # fmt: skip
    for kind in ("json", "csv", "netcdf"):
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"write {kind}; '-' is standard output")
    parser.add_argument("--plot", metavar="FILE", help="draw the entries (png, pdf, svg)")


def report_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "report", "report", "write one HTML page about a device: pictures, matrix, checks")
    parser.description = (
        "Write one HTML page about a device that opens in any browser without a network: drawing, materials, mesh\n"
        "quality, conductance matrix (blocks and units to choose, copy as CSV), every identity check with its number,\n"
        "fields of one drive, ratchet verdict, versions and file hashes. Exit code 1 if a check fails."
    )
    parser.add_argument("device", metavar="DEVICE", help="device file")
    parser.add_argument(
        "-o", "--out", metavar="FILE", default="report.html", help="page to write (default: report.html)"
    )
    parser.add_argument("--set", action="append", default=[], metavar="T:C=V", dest="settings",
                        help="drive to draw the fields of, e.g. left:e=1mV (default: 1 mV at the first)")  # fmt: skip
    solver_options(parser)
    parser.add_argument("--refine", action=argparse.BooleanOptionalAction, default=None,
                        help="solve refined meshes too, for the error of the mesh (default: if small)")  # fmt: skip
