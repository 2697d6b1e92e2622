"""A mesh as gmsh 2.2 text: for devices whose mesh came from memory."""

from __future__ import annotations

import numpy as np

from ..errors import MeshError
from .mesh import Mesh
from .topology import FACET_TYPE

_NUMBER = {"vertex": 15, "line": 1, "triangle": 2, "quad": 3, "tetra": 4, "hexahedron": 5}


def msh_text(mesh: Mesh) -> str:
    """The mesh as ASCII MSH 2.2; coordinates are written to the last bit.

    Format 2.2 keeps the order of nodes and cells, so that a mesh reads back equal. A cell in two groups is
    written once per group, as gmsh does.
    """
    dims = mesh.dimension
    tags = _tags(mesh)
    for name in (*mesh.regions, *mesh.boundaries):
        if not name or "\n" in name:
            raise MeshError(f"group {name!r} must have a name of one line to be written to a gmsh file; rename it")
    names = [f'{d} {tag} "{name}"' for (d, name), tag in tags.items()]
    rows: list[str] = []
    facet_number = _NUMBER[FACET_TYPE[mesh.cell_type]]
    for name, facets in mesh.boundaries.items():
        rows += _rows(facet_number, tags[dims - 1, name], facets)
    rows += _cell_rows(mesh, tags)
    points = np.pad(mesh.points, ((0, 0), (0, 3 - mesh.points.shape[1])))
    nodes = [f"{i} {x!r} {y!r} {z!r}" for i, (x, y, z) in enumerate(points.tolist(), start=1)]
    numbered = [f"{i} {row}" for i, row in enumerate(rows, start=1)]
    return "\n".join(["$MeshFormat", "2.2 0 8", "$EndMeshFormat",
                      "$PhysicalNames", str(len(names)), *names, "$EndPhysicalNames",
                      "$Nodes", str(len(nodes)), *nodes, "$EndNodes",
                      "$Elements", str(len(rows)), *numbered, "$EndElements", ""])  # fmt: skip


def _tags(mesh: Mesh) -> dict[tuple[int, str], int]:
    """(dimension, name) -> integer tag; tags of the file are kept where there are any."""
    dims = mesh.dimension
    known = {(d, name): tag for (d, tag), name in mesh.tags.items() if tag > 0}
    out: dict[tuple[int, str], int] = {}
    for d, groups in ((dims - 1, mesh.boundaries), (dims, mesh.regions)):
        for name in groups:
            used = {t for (e, _), t in {**known, **out}.items() if e == d}
            out[d, name] = known.get((d, name)) or max(used, default=0) + 1
    return out


def _cell_rows(mesh: Mesh, tags: dict[tuple[int, str], int]) -> list[str]:
    """Cells in their own order, each with the tag of its group; further memberships follow at the end."""
    number, dims = _NUMBER[mesh.cell_type], mesh.dimension
    tag = np.zeros(len(mesh.cells), int)
    again: list[str] = []
    for name, cells in mesh.regions.items():
        second = cells[tag[cells] > 0]
        again += _rows(number, tags[dims, name], mesh.cells[second])
        first = cells[tag[cells] == 0]
        tag[first] = tags[dims, name]
    return [f"{number} 2 {t} {t} {' '.join(map(str, nodes))}"
            for t, nodes in zip(tag.tolist(), (mesh.cells + 1).tolist(), strict=True)] + again  # fmt: skip


def _rows(number: int, tag: int, nodes: np.ndarray) -> list[str]:
    return [f"{number} 2 {tag} {tag} {' '.join(map(str, row))}" for row in (nodes + 1).tolist()]
