"""Fields seen from one side of chosen facets: what turns degrees of freedom into fluxes through them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..device.topology import FACET_TYPE, FACETS
from .space import Space


class FluxWeights(NamedTuple):
    """What turns degrees of freedom into gradients on facets: ``gradients`` (k, d, f) are the integrals of grad phi_i
    for the k functions of the cell, ``normals`` (d, f) point out of it, ``dofs`` are (k, f)."""

    gradients: np.ndarray
    normals: np.ndarray
    dofs: np.ndarray


def flux_weights(space: Space, cells: np.ndarray, local: np.ndarray) -> FluxWeights:
    """Integrals of grad phi_i over facets, each seen from one given cell.

    Works on the reference cell, so that it needs no facet table and serves branching lines as well.

    Parameters
    ----------
    space : Space
    cells, local : ndarray (f,)
        Cell and local number of each facet.
    """
    # scikit-fem may renumber the corners of a cell: the facet is found again by its nodes
    nodes = space.cells[cells[:, None], np.array(FACETS[space.cell_type])[local]]
    x, shares = _facet_points(space, cells, nodes)
    mapping = space.skfem_mesh._mapping()
    areas, normals = _surface(space, nodes)
    if space.cell_type == "line":
        normals = np.where(local == 0, -1.0, 1.0)[None, :]
    else:
        away = mapping.F(x, tind=cells).mean(axis=2) - space.points[space.cells[cells]].mean(axis=1).T
        normals = normals * np.sign(np.einsum("df,df->f", normals, away))
    dofs = space.element_dofs[:, cells]
    gradients = (space.element.gbasis(mapping, x, i, tind=cells)[0].grad for i in range(len(dofs)))
    return FluxWeights(np.array([np.einsum("dfq,q,f->df", g, shares, areas) for g in gradients]), normals, dofs)


def facet_traces(space: Space, cells: np.ndarray, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values of the functions of a cell at quadrature points of one of its facets.

    Parameters
    ----------
    space : Space
    cells : ndarray (f,)
        The cell from which each facet is seen.
    nodes : ndarray (f, k)
        Nodes of each facet; their order fixes that of the points, so that two sides can be matched.

    Returns
    -------
    values : ndarray (k, f, q)
    weights : ndarray (f, q)
        They sum to the length or area of the facet (1 for points of a line mesh).
    dofs : ndarray (k, f)
    """
    x, shares = _facet_points(space, cells, nodes)
    mapping = space.skfem_mesh._mapping()
    areas, _ = _surface(space, nodes)
    dofs = space.element_dofs[:, cells]
    values = [np.asarray(space.element.gbasis(mapping, x, i, tind=cells)[0]) for i in range(len(dofs))]
    shape = (len(cells), len(shares))
    return np.array([np.broadcast_to(v, shape) for v in values]), areas[:, None] * shares, dofs


def _facet_points(space: Space, cells: np.ndarray, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Quadrature points of facets in the reference cell, (d, f, q), and their shares of the area, (q,)."""
    reference, shares = _reference_facets(space.cell_type, space.order)
    mesh = space.skfem_mesh
    corners = mesh.t[:, cells].T if space.cell_type != "line" else space.cells[cells]
    where = (nodes[:, :, None] == corners[:, None, :]).argmax(axis=2)  # (f, k) corner number in scikit-fem's cell
    return np.einsum("kq,fkd->dfq", reference, np.asarray(mesh.elem.doflocs, float)[where]), shares


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
