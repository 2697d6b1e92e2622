"""Commands that make devices and files around them."""

from __future__ import annotations

import argparse
from typing import Any

from .base import add


def mesh_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "mesh", "mesh", "make a parametric device with gmsh, or convert a mesh")
    parser.add_argument("shape", metavar="NAME", nargs="?",
                        help="left out: list the shapes and their parameters; 'convert': store a mesh as HDF5 and "
                        "XDMF, which many processes read by slices")  # fmt: skip
    parser.add_argument("files", metavar="FILE", nargs="*",
                        help="of convert: device file or mesh, then OUT.h5 or OUT.xdmf")  # fmt: skip
    parser.add_argument("--param", action="append", default=[], metavar="K=V", help="parameter, lengths in nm")
    parser.add_argument("--out", metavar="DIR", default=".", help="folder to write to (default: here)")
    parser.add_argument("--name", metavar="STEM", help="name of the files (default: the shape's)")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are in the way")


def materials_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(
        commands, common, "materials", "materials", "show the built-in materials and where their values come from"
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="one material, or one interface like Co/Cu")
    parser.add_argument("--interfaces", action="store_true", help="the table of interfaces")


def benchmark_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "benchmark", "benchmark", "time standard devices, alone or against other packages")
    parser.add_argument("cases", metavar="CASE", nargs="*", help="like 2d_1e5 or 3d_1e4 (default: 2d_1e4 3d_1e4)")
    parser.add_argument("--repeat", type=int, metavar="N", help="rounds of which medians are taken (default: 3)")
    parser.add_argument("--mesh", choices=("structured", "unstructured"),
                        help="a grid (default), or the mesh that gmsh makes")  # fmt: skip
    parser.add_argument("--compare", action="store_true", help="run all other packages that are installed, too")
    parser.add_argument("--peers", metavar="NAMES", help="run these: scikit-fem, scikit-fem-cholmod, ngsolve, "
                        "dolfinx-mumps, dolfinx-gamg, dolfinx-gamg-mpi, separated by commas")  # fmt: skip
    parser.add_argument("--python", action="append", default=[], metavar="PACKAGE=PATH",
                        help="interpreter of a package (scikit-fem, ngsolve, dolfinx) in another environment "
                        "(also FESPIN_PYTHON_DOLFINX and the like); fespin need not be there")  # fmt: skip
    parser.add_argument("--limit", type=float, metavar="S",
                        help="seconds after which a run is given up (default: 600)")  # fmt: skip
    parser.add_argument("--folder", metavar="DIR", help="keep the meshes here, and take those that are there")
    parser.add_argument("--accuracy", action="store_true", help="instead: time to an accuracy of G, order 1 against "
                        "order 2 (bar_1e4 is a smooth device)")  # fmt: skip
    parser.add_argument("--robustness", action="store_true", help="instead: iterations at contrasts, lengths, "
                        "polarizations and cells far from good ones")  # fmt: skip
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; '-' is standard output")


def init_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "init", "init", "draft a commented device file for a mesh, from its groups")
    parser.add_argument("mesh", metavar="MESH")
    parser.add_argument("-o", "--out", metavar="DEVICE", help="device file to write (default: beside the mesh, .toml)")
    parser.add_argument("--mesh-tags", metavar="NAME", help="integer cell data that numbers the groups (VTU, XDMF)")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is in the way")


def schema_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "schema", "schema", "write the JSON Schema of device files, for editors")
    parser.add_argument("--out", metavar="FILE", default="-", help="default: '-', standard output")


def completion_command(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = add(commands, common, "completion", "completion", "print what makes a shell complete these commands")
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="bash|zsh|fish")
