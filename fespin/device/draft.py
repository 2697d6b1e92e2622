"""A first device file for a mesh: its groups as regions and terminals, guesses marked for the user to check."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from ..errors import DeviceError, MeshError
from . import topology
from .mesh import Mesh
from .writer import quoted

MARK = "CHECK"
# words in the name of a group -> entry of the built-in table
_METALS = {
    "cu": "Cu", "copper": "Cu", "al": "Al", "aluminium": "Al", "aluminum": "Al", "ag": "Ag", "silver": "Ag", "pt": "Pt",
    "platinum": "Pt", "ta": "Ta", "tantalum": "Ta", "co": "Co", "cobalt": "Co", "py": "Py", "permalloy": "Py",
    "nife": "Py", "ni": "Ni", "nickel": "Ni", "cofe": "CoFe", "ferro": "Co", "ferromagnet": "Co", "magnet": "Co",
    "fm": "Co", "free": "Co", "fixed": "Co", "pinned": "Co",
}  # fmt: skip
_MAGNETS = ("Co", "Py", "Ni", "CoFe")


def draft_device(mesh: Mesh, path: Path) -> str:
    """Text of a device file at `path` for a mesh that was read from a file.

    Raises
    ------
    DeviceError
        The mesh names no regions or no terminals; the message says how to draw them.

    Examples
    --------
    >>> from fespin import read_mesh
    >>> print(draft_device(read_mesh("meshes/fn_wire_1d.msh"), Path("meshes/new.toml")))    # doctest: +SKIP
    """
    _check_groups(mesh)
    bases = {name: guessed_metal(name) for name in mesh.regions}
    lines = [
        f"# Device file drafted from {mesh.source.name if mesh.source else 'a mesh'}: {_size(mesh)}.",
        f"# What fespin had to guess is marked {MARK}: put in what your sample has.",
        "# Materials of the built-in table: fespin materials. All keys: fespin schema.",
        "",
        "[device]",
        f"name = {quoted(path.stem)}",
        f"mesh = {quoted(_relative(mesh, path))}",
        *([f"mesh_tags = {quoted(mesh.tag_array)}"] if mesh.tag_array is not None else []),
        *_lengths(mesh),
    ]
    for base in dict.fromkeys(bases.values()):
        lines += ["", f"[materials.{base}]", *_material(base)]
    lines += ["", "[regions]                       # name of a group of cells -> its material"]
    lines += [_region(mesh, name, base) for name, base in bases.items()]
    terminals, inner = _boundaries(mesh)
    lines += [
        "",
        "[terminals]                     # name -> group of facets on the boundary: where current leaves",
        f"# {MARK}: remove the groups that are no contacts; a boundary without a terminal is insulating",
    ]
    lines += [f"{_key(_spoken('terminal', name))} = {_group(name)}" for name in terminals]
    for name in inner:
        lines += ["", *_interface(name)]
    return "\n".join(lines) + "\n"


def guessed_metal(name: str) -> str:
    """Entry of the built-in table that a group's name speaks of; copper where it says nothing.

    Examples
    --------
    >>> guessed_metal("ferro_left"), guessed_metal("PtStrip"), guessed_metal("3")
    ('Co', 'Pt', 'Cu')
    """
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    whole = re.findall(r"[a-z]+", name.lower())
    return next((_METALS[w] for w in (*whole, *(word.lower() for word in words)) if w in _METALS), "Cu")


def _check_groups(mesh: Mesh) -> None:
    """Regions and boundaries must exist before a file can name them."""
    cells, facets = {1: ("curves", "points"), 2: ("surfaces", "curves"), 3: ("volumes", "surfaces")}[mesh.dimension]
    way = "in gmsh: Modules > Geometry > Physical groups > Add > {}, give it a name, then mesh and save again"
    if not mesh.regions:
        raise MeshError(f"{mesh.where} has no groups of cells to be regions; {way.format(cells[:-1].capitalize())} "
                        f"(and likewise {facets} for the terminals)")  # fmt: skip
    if not mesh.boundaries:
        raise MeshError(f"{mesh.where} has no groups of boundary facets to be terminals; "
                        f"{way.format(facets[:-1].capitalize())}")  # fmt: skip
    grouped = np.zeros(len(mesh.cells), bool)
    for numbers in mesh.regions.values():
        grouped[numbers] = True
    if not grouped.all():
        raise MeshError(f"{mesh.where}: {np.count_nonzero(~grouped)} of {len(grouped)} cells are in no group; every "
                        f"cell needs a region; {way.format(cells[:-1].capitalize())}")  # fmt: skip
    if not _boundaries(mesh)[0]:
        raise DeviceError(f"{mesh.where}: none of the groups {', '.join(mesh.boundaries)} lies on the boundary, where "
                          "terminals are; " + way.format(facets[:-1].capitalize()))  # fmt: skip


def _boundaries(mesh: Mesh) -> tuple[list[str], list[str]]:
    """Groups of facets on the boundary, and those inside."""
    outer: list[str] = []
    inner: list[str] = []
    for name, facets in mesh.boundaries.items():
        owners = topology.facet_owners(mesh.cells, mesh.cell_type, facets).number
        (outer if (owners == 1).all() else inner).append(name)
    return outer, inner


def _size(mesh: Mesh) -> str:
    extent = " x ".join(f"{x:g}" for x in np.ptp(mesh.points, axis=0))
    return f"{len(mesh.points)} nodes, {len(mesh.cells)} {mesh.cell_type} cells, {extent}"


def _relative(mesh: Mesh, path: Path) -> str:
    assert mesh.source is not None
    return Path(os.path.relpath(mesh.source.resolve(), path.parent.resolve())).as_posix()


def _lengths(mesh: Mesh) -> list[str]:
    """The unit by the size of the drawing: a device is some nanometres to micrometres long."""
    extent = float(np.ptp(mesh.points, axis=0).max())
    unit = "m" if extent < 1e-3 else "um" if extent < 5 else "nm"
    lines = [f'length_unit = "{unit}"              # {MARK}: of the mesh coordinates; the drawing is {extent:g} long']
    if mesh.dimension == 2:
        lines.append(f'thickness = "20 nm"             # {MARK}: of the film; currents are proportional to it')
    if mesh.dimension == 1:
        lines.append(f'cross_section = "1e4 nm^2"      # {MARK}: of the wire; currents are proportional to it')
    return lines


def _material(base: str) -> list[str]:
    from .. import table

    known = table.base_entry(base)
    shown = [f"# {key} = {quoted(str(value)) if isinstance(value, str) else value}" for key, value in known.items()
             if key != "kind"]  # fmt: skip
    doubts = f" (unconfirmed: {', '.join(table.unconfirmed(base))})" if table.unconfirmed(base) else ""
    return [f'base = "{base}"', f"# {MARK}: guessed. Its values{doubts}, to be overridden by your own:", *shown]


def _region(mesh: Mesh, name: str, base: str) -> str:
    spoken = _spoken("region", name)
    parts = [f"material = {quoted(base)}"]
    if base in _MAGNETS:
        parts.append("magnetization = [0, 0, 1]")
    if spoken != name:
        parts.append(f"group = {_group(name)}")
    what = " and the direction of its magnetization" if base in _MAGNETS else ""
    return f"{_key(spoken)} = {{ {', '.join(parts)} }}   # {MARK}: material{what}; {len(mesh.regions[name])} cells"


def _interface(name: str) -> list[str]:
    return [f"# The group {quoted(name)} lies inside the device: an interface, if it has a conductance of its own.",
            f"# [interfaces.{_key(_spoken('interface', name))}]",
            f"# group = {_group(name)}",
            '# area_resistance = "0.5 fohm m^2"    # AR* = (AR_up + AR_dn)/4, half of the 2AR* that tables print',
            "# asymmetry = 0.7"]  # fmt: skip


def _spoken(kind: str, name: str) -> str:
    """A name for a group that has a number only."""
    return f"{kind}_{name}" if name.isdecimal() else name


def _group(name: str) -> str:
    return name if name.isdecimal() else quoted(name)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)
