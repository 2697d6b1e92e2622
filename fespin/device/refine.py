"""Uniform refinement: every cell is halved in each direction; groups of cells and facets follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import topology
from .mesh import Mesh

# children in terms of local points: corners 0..k-1, then edge midpoints, then face centres, then the cell centre
_CHILDREN: dict[str, list[list[int]]] = {
    "vertex": [[0]],
    "line": [[0, 2], [2, 1]],
    "triangle": [[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]],
    "quad": [[0, 4, 8, 7], [4, 1, 5, 8], [8, 5, 2, 6], [7, 8, 6, 3]],
    # edges 01 02 03 12 13 23 are local points 4..9; the octahedron is cut along the diagonal 4-9 (mid 01, mid 23)
    "tetra": [[0, 4, 5, 6], [4, 1, 7, 8], [5, 7, 2, 9], [6, 8, 9, 3],
              [4, 9, 5, 6], [4, 9, 6, 8], [4, 9, 8, 7], [4, 9, 7, 5]],
    "hexahedron": [[0, 8, 20, 11, 16, 22, 26, 25], [8, 1, 9, 20, 22, 17, 23, 26],
                   [20, 9, 2, 10, 26, 23, 18, 24], [11, 20, 10, 3, 25, 26, 24, 19],
                   [16, 22, 26, 25, 4, 12, 21, 15], [22, 17, 23, 26, 12, 5, 13, 21],
                   [26, 23, 18, 24, 21, 13, 6, 14], [25, 26, 24, 19, 15, 21, 14, 7]],
}  # fmt: skip
_CENTRE = {"quad": True, "hexahedron": True}


def refine(mesh: Mesh) -> Mesh:
    """The mesh with 2, 4 or 8 cells for each; straight edges are halved, so the geometry stays what it was.

    Children of cell c are cells c q ... c q + q - 1, with q children per cell.
    """
    points, edge_ids = _midpoints(mesh)
    local, points = _local_points(mesh.cells, mesh.cell_type, points, edge_ids)
    children = _split(local, mesh.cell_type)
    q = len(_CHILDREN[mesh.cell_type])
    facet_type = topology.FACET_TYPE[mesh.cell_type]
    boundaries = {}
    for name, facets in mesh.boundaries.items():
        local_facets, points = _local_points(facets, facet_type, points, edge_ids)
        boundaries[name] = _split(local_facets, facet_type)
    return replace(
        mesh,
        points=points,
        cells=children,
        regions={name: (cells[:, None] * q + np.arange(q)).ravel() for name, cells in mesh.regions.items()},
        boundaries=boundaries,
        source=None,
    )


class _Midpoints:
    """Node number of the midpoint of each edge or face of the mesh, by its corner nodes."""

    def __init__(self, mesh: Mesh) -> None:
        self.n = len(mesh.points)
        edges = mesh.cells[:, topology.EDGES[mesh.cell_type]].reshape(-1, 2)
        self.edges = np.unique(self._edge_key(edges))
        self.points = [mesh.points, 0.5 * (mesh.points[self.edges // self.n] + mesh.points[self.edges % self.n])]
        self.faces = np.empty((0, 4), np.int64)
        if mesh.cell_type == "hexahedron":
            faces = mesh.cells[:, topology.FACETS["hexahedron"]].reshape(-1, 4)
            self.faces, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
            self.points.append(mesh.points[faces[first]].mean(axis=1))

    def _edge_key(self, edges: np.ndarray) -> np.ndarray:
        return edges.min(axis=-1) * self.n + edges.max(axis=-1)

    def edge(self, edges: np.ndarray) -> np.ndarray:
        return self.n + np.searchsorted(self.edges, self._edge_key(edges))

    def face(self, faces: np.ndarray) -> np.ndarray:
        both = np.vstack([self.faces, np.sort(faces.reshape(-1, 4), axis=1)])
        inverse = topology.row_numbers(both, self.n)[len(self.faces) :]
        return (self.n + len(self.edges) + inverse).reshape(faces.shape[:-1])


def _midpoints(mesh: Mesh) -> tuple[np.ndarray, _Midpoints]:
    midpoints = _Midpoints(mesh)
    return np.concatenate(midpoints.points), midpoints


def _local_points(
    cells: np.ndarray, cell_type: str, points: np.ndarray, midpoints: _Midpoints
) -> tuple[np.ndarray, np.ndarray]:
    """Corners, edge midpoints, face centres and cell centre of each cell (new centres are appended to the points)."""
    columns = [cells]
    if topology.EDGES[cell_type]:
        columns.append(midpoints.edge(cells[:, topology.EDGES[cell_type]]))
    if cell_type == "hexahedron":
        order = [0, 1, 2, 3, 4, 5]  # faces: bottom 20, top 21, front 22, right 23, back 24, left 25
        columns.append(midpoints.face(cells[:, topology.FACETS[cell_type]])[:, order])
    if cell_type == "quad" and len(midpoints.faces):  # a facet of a hexahedron: its centre exists already
        columns.append(midpoints.face(cells)[:, None])
    elif cell_type in _CENTRE:
        columns.append(len(points) + np.arange(len(cells))[:, None])
        points = np.concatenate([points, points[cells].mean(axis=1)])
    return np.concatenate(columns, axis=1), points


def _split(local: np.ndarray, cell_type: str) -> np.ndarray:
    children = np.array(_CHILDREN[cell_type])
    return local[:, children].reshape(-1, children.shape[1])
