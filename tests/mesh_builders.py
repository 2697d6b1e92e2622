"""Small meshes and device files for the tests, written without any code of fespin.

The wire of tests/data runs along x from 0 to 64, half of it "normal" and half "ferro".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from fespin import Device, Ferromagnet, Mesh, NormalMetal

DATA = Path(__file__).parent / "data"
CELL_TYPES = ("line", "triangle", "quad", "tetra", "hexahedron")
FORMATS = ("22a", "22b", "41a", "41b")
GMSH_NUMBER = {"vertex": 15, "line": 1, "triangle": 2, "quad": 3, "tetra": 4, "hexahedron": 5, "wedge": 6}
DIMENSION = {"vertex": 0, "line": 1, "triangle": 2, "quad": 2, "tetra": 3, "hexahedron": 3, "wedge": 3}
FACET_TYPE = {"line": "vertex", "triangle": "line", "quad": "line", "tetra": "triangle", "hexahedron": "quad"}

NORMAL = NormalMetal(conductivity=1e7)
FERRO = Ferromagnet(conductivity=5e6, polarization=0.4)

# cell type -> keywords that give the device its missing extent
EXTENT: dict[str, dict[str, str]] = {
    "line": {"cross_section": "256 nm^2"},
    "triangle": {"thickness": "16 nm"},
    "quad": {"thickness": "16 nm"},
    "tetra": {},
    "hexahedron": {},
}

Rows = Sequence[tuple[str, int, Sequence[int]]]


def wire_device(mesh: object, cell_type: str, **changes: object) -> Device:
    """The wire of tests/data as a device."""
    keywords: dict[str, object] = {
        "regions": {"normal": NORMAL, "ferro": (FERRO, (0, 0, 1))},
        "terminals": ["left", "right"],
        "length_unit": "nm",
        **EXTENT[cell_type],
    }
    return Device.from_mesh(mesh, **{**keywords, **changes})  # type: ignore[arg-type]


def msh22(
    points: Iterable[Sequence[float]],
    cells: Rows,
    names: Mapping[tuple[int, int], str] | None = None,
    *,
    first: int = 1,
) -> str:
    """Text of a gmsh 2.2 file: cells are (type, physical tag, zero-based nodes), names (dimension, tag) -> name."""
    lines = ["$MeshFormat", "2.2 0 8", "$EndMeshFormat"]
    if names:
        quoted = [f'{d} {tag} "{name}"' for (d, tag), name in names.items()]
        lines += ["$PhysicalNames", str(len(quoted)), *quoted, "$EndPhysicalNames"]
    nodes = [f"{first + i} " + " ".join(map(str, [*p, 0, 0][:3])) for i, p in enumerate(points)]
    rows = [
        f"{i} {GMSH_NUMBER[kind]} 2 {tag} 1 " + " ".join(str(first + n) for n in corners)
        for i, (kind, tag, corners) in enumerate(cells, start=1)
    ]
    lines += ["$Nodes", str(len(nodes)), *nodes, "$EndNodes", "$Elements", str(len(rows)), *rows, "$EndElements"]
    return "\n".join(lines) + "\n"


# four quads in a row (x = 0..4, y = 0..1): two normal, two ferro; nodes 0-4 below, 5-9 above
STRIP_POINTS = [(x, y) for y in (0, 1) for x in range(5)]
STRIP_NAMES = {(1, 1): "left", (1, 2): "right", (2, 3): "normal", (2, 4): "ferro"}
STRIP_CELLS = [
    ("line", 1, (0, 5)),
    ("line", 2, (4, 9)),
    *(("quad", 3 if x < 2 else 4, (x, x + 1, x + 6, x + 5)) for x in range(4)),
]


def strip_text(
    points: Iterable[Sequence[float]] = STRIP_POINTS,
    cells: Rows = STRIP_CELLS,
    names: Mapping[tuple[int, int], str] = STRIP_NAMES,
) -> str:
    """The strip as a gmsh 2.2 file, with what a test changes."""
    return msh22(points, cells, names)


DEVICE_TOML = """\
[device]
name = "strip"
mesh = "strip.msh"
length_unit = "nm"
thickness = "1 nm"

[materials.Cu]
kind = "normal"
resistivity = "10 uohm cm"
spin_diffusion_length = "inf"

[materials.Co]
kind = "ferromagnet"
conductivity = "5e6 S/m"
spin_diffusion_length = "38 nm"
polarization = 0.4

[regions]
normal = "Cu"
ferro = { material = "Co", magnetization = [0, 0, 1] }

[terminals]
left = "left"
right = "right"
"""


def write_strip(folder: Path, toml: str = DEVICE_TOML, mesh: str | bytes | None = None) -> Path:
    """Write strip.toml and strip.msh into the folder; path of the device file."""
    text = strip_text() if mesh is None else mesh
    (folder / "strip.msh").write_bytes(text if isinstance(text, bytes) else text.encode())
    path = folder / "strip.toml"
    path.write_text(toml, encoding="utf-8")
    return path


def changed(old: str, new: str, text: str = DEVICE_TOML) -> str:
    """The device file with one passage replaced; the passage must be there once."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def line_mesh(n: int = 10, /, **changes: object) -> Mesh:
    """A wire of one region "wire" from 0 to 100 with ends "left" and "right"."""
    keywords: dict[str, object] = {
        "points": np.linspace(0, 100, n + 1)[:, None],
        "cells": np.c_[0:n, 1 : n + 1],
        "cell_type": "line",
        "regions": {"wire": np.arange(n)},
        "boundaries": {"left": [[0]], "right": [[n]]},
    }
    return Mesh(**{**keywords, **changes})  # type: ignore[arg-type]


def line_device(**changes: object) -> Device:
    """A normal wire of 1 S."""
    keywords: dict[str, object] = {
        "regions": {"wire": NORMAL},
        "terminals": ["left", "right"],
        "length_unit": "nm",
        "cross_section": "1e4 nm^2",
    }
    mesh = changes.pop("mesh", None) or line_mesh()
    return Device.from_mesh(mesh, **{**keywords, **changes})  # type: ignore[arg-type]


Summary = dict[str, set[frozenset[tuple[float, ...]]]]


def summary(mesh: Mesh) -> dict[str, Summary]:
    """Groups as sets of cells given by their corner coordinates: the same for any order of nodes and cells."""
    points = [tuple(row) for row in np.round(mesh.points, 6).tolist()]
    place: Callable[[np.ndarray], frozenset[tuple[float, ...]]] = lambda nodes: frozenset(points[n] for n in nodes)  # noqa: E731
    return {
        "regions": {name: {place(mesh.cells[c]) for c in cells} for name, cells in mesh.regions.items()},
        "boundaries": {name: {place(f) for f in facets} for name, facets in mesh.boundaries.items()},
    }
