"""Parametric device geometries: each makes a mesh and the device file that goes with it.

`SHAPES` lists them by name and `build` writes one of them into a folder. Lengths are in nm, as in the files.
The mesh holds one named group of cells for every region and one named group of boundary facets for every
terminal, and nothing else. Meshing needs the optional package gmsh; names and parameters can be looked at,
and are checked, without it.

>>> SHAPES["normal_strip"].parameters["length"]
Parameter(default=400.0, meaning='nm; between the terminals')
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...errors import InputError, suggest
from .composites import composite, ferro_contacts
from .files import write_files
from .layered import cross, lateral_valve
from .shape import Parameter, Plan, Region, Shape
from .strips import arrow_reference, arrow_wire, normal_strip, t_element
from .tapers import annular_sector, cone
from .wires import angular_valve_1d, fn_wire, fn_wire_1d, fn_wire_2d

__all__ = ["SHAPES", "Parameter", "Plan", "Region", "Shape", "build"]

SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (
        normal_strip, t_element, arrow_wire, arrow_reference, annular_sector, cone,
        fn_wire_1d, fn_wire_2d, fn_wire, angular_valve_1d, composite, ferro_contacts, lateral_valve, cross,
    )
}  # fmt: skip


def build(
    name: str,
    folder: str | Path,
    *,
    params: Mapping[str, float | str] | None = None,
    file_name: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Make the mesh of a shape and its device file.

    Parameters
    ----------
    name : str
        One of `SHAPES`.
    folder : path
        Where the two files go; made if it is not there.
    params : mapping of str to float or str, optional
        Parameters that differ from their defaults; lengths in nm, angles in degrees.
    file_name : str, optional
        Name of both files without suffix, and of the device; the name of the shape if not given.
    overwrite : bool
        Replace files of that name.

    Returns
    -------
    pathlib.Path
        The device file (TOML); the mesh (.msh, gmsh 4.1 ASCII) lies beside it.

    Raises
    ------
    InputError
        Unknown shape or parameter, a value or a combination out of range, or files that exist already.
    FespinError
        gmsh cannot be imported; the message says what to install.
    """
    if name not in SHAPES:
        raise InputError(f"there is no shape {name!r}; {suggest(name, SHAPES)}")
    return write_files(SHAPES[name], folder, params, file_name, overwrite)
