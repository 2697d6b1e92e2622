"""Fields seen from one side of chosen facets: gradients and outward normals at quadrature points."""

from __future__ import annotations

import numpy as np

from ..device.topology import FACET_TYPE, FACETS
from .operators import Space


class FacetPoints:
    """Gradients, values and normals at quadrature points of facets, each seen from one given cell.

    Works on the reference cell, so that it needs no facet table and serves branching lines as well.
    """

    def __init__(self, space: Space, cells: np.ndarray, local: np.ndarray) -> None:
        self.space, self.cells = space, cells
        reference, weights = _reference_facets(space.cell_type, space.order)
        mesh = space.skfem_mesh
        # scikit-fem may renumber the corners of a cell: the facet is found again by its nodes
        ours = space.cells[cells[:, None], np.array(FACETS[space.cell_type])[local]]
        corner = np.asarray(mesh.elem.doflocs, float)  # reference corners in scikit-fem's numbering
        theirs = mesh.t[:, cells].T if space.cell_type != "line" else space.cells[cells]
        where = (ours[:, :, None] == theirs[:, None, :]).argmax(axis=2)  # (f, k) corner number in scikit-fem's cell
        x = np.einsum("kq,fkd->dfq", reference, corner[where])
        mapping = mesh._mapping()
        physical = mapping.F(x, tind=cells)
        self.weights, self.normals = _surface(space, ours, weights)
        if space.cell_type == "line":
            self.normals = np.where(local == 0, -1.0, 1.0)[None, :]
        else:
            centre = space.points[space.cells[cells]].mean(axis=1).T
            self.normals = self.normals * np.sign(np.einsum("df,df->f", self.normals, physical.mean(axis=2) - centre))
        self.elementary = [
            space.element.gbasis(mapping, x, i, tind=cells)[0] for i in range(space.element_dofs.shape[0])
        ]
        self.dofs = space.element_dofs[:, cells]

    def flux_weights(self) -> np.ndarray:
        """Integrals of n . grad phi_i over each facet, (k, f): what turns degrees of freedom into normal
        derivatives."""
        along = [np.einsum("dfq,df->fq", phi.grad, self.normals) for phi in self.elementary]
        return np.array([np.einsum("fq,fq->f", value, self.weights) for value in along])


def _reference_facets(cell_type: str, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Corner weights (k, q) of the quadrature points of a facet, and their weights (q,), summing to one."""
    from skfem.quadrature import get_quadrature
    from skfem.refdom import RefLine, RefQuad, RefTri

    kind = FACET_TYPE[cell_type]
    if kind == "vertex":
        return np.ones((1, 1)), np.ones(1)
    domain = {"line": RefLine, "triangle": RefTri, "quad": RefQuad}[kind]
    x, w = get_quadrature(domain, 2 * order)
    if kind == "line":
        corners = np.stack([1 - x[0], x[0]])
    elif kind == "triangle":
        corners = np.stack([1 - x[0] - x[1], x[0], x[1]])
    else:
        a, b = x
        corners = np.stack([(1 - a) * (1 - b), a * (1 - b), a * b, (1 - a) * b])
    return corners, w / w.sum()


def _surface(space: Space, facets: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Quadrature weights with area (f, q) and unit normals (d, f) of facets; the sign is not fixed yet."""
    x = space.points[facets]  # (f, k, d)
    if x.shape[1] == 1:
        return np.ones((len(x), 1)), np.ones((1, len(x)))
    if x.shape[1] == 2:
        t = x[:, 1] - x[:, 0]
        area = np.linalg.norm(t, axis=1)
        normal = np.stack([t[:, 1], -t[:, 0]], axis=1)
    else:
        normal = np.cross(x[:, 1] - x[:, 0], x[:, 2] - x[:, 0]) / 2
        if x.shape[1] == 4:
            normal = np.cross(x[:, 2] - x[:, 0], x[:, 3] - x[:, 1]) / 2
        area = np.linalg.norm(normal, axis=1)
    normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return area[:, None] * weights[None, :], normal.T
