"""Fields seen from one side of chosen facets: what turns degrees of freedom into fluxes through them."""

from __future__ import annotations

import numpy as np

from ..device.topology import FACET_TYPE, FACETS
from .operators import Space


def flux_weights(space: Space, cells: np.ndarray, local: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Integrals of n . grad phi_i over facets, each seen from one given cell, n pointing out of it.

    Works on the reference cell, so that it needs no facet table and serves branching lines as well.

    Parameters
    ----------
    space : Space
    cells, local : ndarray (f,)
        Cell and local number of each facet.

    Returns
    -------
    weights, dofs : ndarray (k, f)
        The integrals for the k functions of the cell, and their degrees of freedom.
    """
    reference, shares = _reference_facets(space.cell_type, space.order)
    mesh = space.skfem_mesh
    # scikit-fem may renumber the corners of a cell: the facet is found again by its nodes
    nodes = space.cells[cells[:, None], np.array(FACETS[space.cell_type])[local]]
    corners = mesh.t[:, cells].T if space.cell_type != "line" else space.cells[cells]
    where = (nodes[:, :, None] == corners[:, None, :]).argmax(axis=2)  # (f, k) corner number in scikit-fem's cell
    x = np.einsum("kq,fkd->dfq", reference, np.asarray(mesh.elem.doflocs, float)[where])
    mapping = mesh._mapping()
    areas, normals = _surface(space, nodes)
    if space.cell_type == "line":
        normals = np.where(local == 0, -1.0, 1.0)[None, :]
    else:
        away = mapping.F(x, tind=cells).mean(axis=2) - space.points[space.cells[cells]].mean(axis=1).T
        normals = normals * np.sign(np.einsum("df,df->f", normals, away))
    dofs = space.element_dofs[:, cells]
    gradients = (space.element.gbasis(mapping, x, i, tind=cells)[0].grad for i in range(len(dofs)))
    return np.array([np.einsum("dfq,df,q,f->f", g, normals, shares, areas) for g in gradients]), dofs


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


def _surface(space: Space, facets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Areas (f,) and unit normals (d, f) of flat facets; the sign of the normals is not fixed yet."""
    x = space.points[facets]  # (f, k, d)
    if x.shape[1] == 1:
        return np.ones(len(x)), np.ones((1, len(x)))
    if x.shape[1] == 2:
        along = x[:, 1] - x[:, 0]
        normal = np.stack([along[:, 1], -along[:, 0]], axis=1)
    elif x.shape[1] == 3:
        normal = np.cross(x[:, 1] - x[:, 0], x[:, 2] - x[:, 0]) / 2
    else:
        normal = np.cross(x[:, 2] - x[:, 0], x[:, 3] - x[:, 1]) / 2
    area = np.linalg.norm(normal, axis=1)
    return area, (normal / area[:, None]).T
