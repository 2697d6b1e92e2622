"""The finite element space of a device: degrees of freedom on its mesh, through scikit-fem."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..device.reader import SKFEM_HEXAHEDRON
from ..device.topology import EDGES, FACET_TYPE, row_numbers

_SKFEM = {"line": "Line", "triangle": "Tri", "quad": "Quad", "tetra": "Tet", "hexahedron": "Hex"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """Continuous finite elements of order 1 or 2 on a mesh of straight cells.

    Parameters
    ----------
    points : ndarray (n, d)
        m.
    cells : ndarray (m, k)
        In gmsh/VTK order.
    cell_type : str
    order : int
        1 (linear: one degree of freedom per node) or 2 (quadratic: edges, quadrilateral facets and hexahedra have
        their own as well).
    number : ndarray (n,), optional
        Number that each node of the (torn) mesh has here, where that is not its own: see `numbering`.
    """

    points: np.ndarray
    cells: np.ndarray
    cell_type: str
    order: int
    number: np.ndarray | None = None

    def numbered(self, nodes: np.ndarray) -> np.ndarray:
        """Nodes of the mesh by their numbers here."""
        return nodes if self.number is None else self.number[nodes]

    def per_node(self, values: np.ndarray) -> np.ndarray:
        """Values per degree of freedom (N, ...) in the order of the nodes of the mesh."""
        return values if self.number is None else np.take(values, self.number, axis=0)

    def from_nodes(self, values: np.ndarray) -> np.ndarray:
        """Values in the order of the nodes of the mesh (N, ...) by degrees of freedom."""
        if self.number is None:
            return values
        out = np.empty_like(values)
        out[self.number] = values
        return out

    @cached_property
    def skfem_mesh(self) -> Any:
        """The mesh of scikit-fem. Lines are laid out one by one, so that networks of wires may branch and close."""
        import skfem

        if self.cell_type == "line":
            length = np.linalg.norm(self.points[self.cells[:, 1]] - self.points[self.cells[:, 0]], axis=1)
            ends = np.zeros((len(length), 2))
            ends[:, 1] = length
            # contiguous: else scikit-fem copies it, and says so
            pairs = np.ascontiguousarray(np.arange(2 * len(length)).reshape(-1, 2).T)
            return skfem.MeshLine1(ends.reshape(1, -1), pairs)
        cells = self.cells[:, SKFEM_HEXAHEDRON] if self.cell_type == "hexahedron" else self.cells
        mesh_class = getattr(skfem, f"Mesh{_SKFEM[self.cell_type]}1")
        return mesh_class(np.ascontiguousarray(self.points.T), np.ascontiguousarray(cells.T))

    @cached_property
    def element(self) -> Any:
        import skfem

        letter = "" if self.cell_type in ("quad", "hexahedron") else "P"
        return getattr(skfem, f"Element{_SKFEM[self.cell_type]}{letter}{self.order}")()

    @cached_property
    def _skfem_dofs(self) -> Any:
        from skfem.assembly.dofs import Dofs

        return Dofs(self.skfem_mesh, self.element)

    @cached_property
    def element_dofs(self) -> np.ndarray:
        """Degrees of freedom of each cell, (k, m). The first n are the nodes."""
        if self.order == 1 and self.cell_type in ("line", "triangle", "tetra"):
            # scikit-fem sorts the corners of triangles, and a few operators still come from there
            return (np.sort(self.cells, axis=1) if self.cell_type == "triangle" else self.cells).T
        if self.cell_type != "line":
            return self._skfem_dofs.element_dofs
        nodes = self.cells.T
        return np.vstack([nodes, len(self.points) + np.arange(len(self.cells))])

    @property
    def cell_dofs(self) -> np.ndarray:
        """The same as `element_dofs`, in any order within a cell; no copy where nodes are all there is."""
        return self.cells.T if self.size == len(self.points) else self.element_dofs

    @cached_property
    def size(self) -> int:
        """Number of degrees of freedom."""
        if self.order == 1:
            return len(self.points)
        if self.cell_type == "line":
            return len(self.points) + len(self.cells)
        return int(self._skfem_dofs.N)

    @cached_property
    def positions(self) -> np.ndarray:
        """Where each degree of freedom is, (size, d), m; those that are no nodes about there: the centre of a cell."""
        if self.size == len(self.points):
            return self.points
        out = np.empty((self.size, self.points.shape[1]))
        out[self.element_dofs] = self.points[self.cells].mean(axis=1)
        out[: len(self.points)] = self.points
        return out

    def facet_dofs(self, facets: np.ndarray) -> np.ndarray:
        """Degrees of freedom on facets given by their nodes (f, k), sorted and unique.

        For linear elements these are the nodes; no table of facets is built.
        """
        dofs = [np.unique(facets)]
        if self.order == 2 and self.cell_type != "line":
            mesh, own = self.skfem_mesh, self._skfem_dofs
            edges = np.unique(np.sort(facets[:, EDGES[FACET_TYPE[self.cell_type]]].reshape(-1, 2), axis=1), axis=0)
            flat = self.points.shape[1] == 2
            table, numbers = (mesh.facets, own.facet_dofs) if flat else (mesh.edges, own.edge_dofs)
            dofs.append(numbers[:, _rows_in(table.T, edges)].ravel())
            if self.cell_type == "hexahedron":
                dofs.append(own.facet_dofs[:, _rows_in(mesh.facets.T, facets)].ravel())
        return np.unique(np.concatenate(dofs))

    def cell_basis(self, cells: np.ndarray | None = None, quadrature: int | None = None) -> Any:
        """scikit-fem basis on some cells (all of them by default), exact to degree `quadrature`."""
        import skfem

        return skfem.CellBasis(self.skfem_mesh, self.element, elements=cells, intorder=quadrature,
                               dofs=self._skfem_dofs, disable_doflocs=True)  # fmt: skip


def _rows_in(table: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Row number in `table` of each row of `wanted`, both taken as sets of nodes."""
    both = np.vstack([np.sort(table, axis=1), np.sort(wanted, axis=1)])
    ids = row_numbers(both, int(both.max()) + 1)
    position = np.full(int(ids.max()) + 1, -1)
    position[ids[: len(table)]] = np.arange(len(table))
    return position[ids[len(table) :]]


def positions(space: Space, cells: np.ndarray, basis: Any) -> np.ndarray:
    """Quadrature points of a basis on some cells in coordinates of the device, (d, m, q)."""
    if space.cell_type != "line":
        return np.asarray(basis.global_coordinates())
    ends = space.points[space.cells[cells]]  # (m, 2, d); lines are laid out one by one in scikit-fem's mesh
    t = basis.X[0]
    return (ends[:, 0, :, None] * (1 - t) + ends[:, 1, :, None] * t).transpose(1, 0, 2)
