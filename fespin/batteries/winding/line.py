"""The line mesh of the magnet: generated, or the straight wire of a mesh file; its finite-element matrices."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import MeshError, must_be
from ..walk import walk

Floats = NDArray[np.float64]


def uniform(length: float, cells: int) -> Floats:
    """Nodes of `cells` equal cells from 0 to `length`, shape (cells + 1,)."""
    if isinstance(cells, bool) or not isinstance(cells, (int, np.integer)) or cells < 2:
        raise must_be("cells", "a whole number of cells, 2 or more", cells)
    return np.linspace(0.0, length, int(cells) + 1)


def checked_nodes(nodes: ArrayLike, length: float) -> Floats:
    """Nodes as an increasing array from 0 to `length`.

    Raises
    ------
    MeshError
        Fewer than 3 nodes, not increasing, or another length than the battery's (to 1e-9).
    """
    try:
        x = np.array(nodes, dtype=float)
    except (TypeError, ValueError):
        raise MeshError(f"the nodes of the battery must be numbers in m, got {nodes!r}") from None
    if x.ndim != 1 or len(x) < 3 or not np.isfinite(x).all() or not (np.diff(x) > 0).all():
        raise MeshError("the nodes of the battery must be 3 or more increasing positions in m")
    x -= x[0]
    if abs(x[-1] - length) > 1e-9 * length:
        raise MeshError(f"the mesh must be as long as the battery, {length:.6g} m, got {x[-1]:.6g} m")
    x[-1] = length
    return x


def nodes_from_mesh(source: str | os.PathLike[str] | Any, *, length_unit: float = 1.0) -> Floats:
    """Positions along the wire of a line mesh, from its one end to the other, in m.

    Parameters
    ----------
    source : path or mesh
        What `fespin.read_mesh` reads: a file, a meshio or scikit-fem mesh of lines without branches.
    length_unit : float
        Of its coordinates, m.

    Raises
    ------
    MeshError
        Not a line mesh, branches, or more than one piece.
    """
    from ...device.reader import read_mesh

    mesh = read_mesh(source)
    order = walk(mesh, what="a winding battery")
    steps = np.linalg.norm(np.diff(mesh.points[order], axis=0), axis=1)
    return length_unit * np.concatenate([[0.0], np.cumsum(steps)])


def matrices(nodes: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Tridiagonal matrices (diagonal, off-diagonal) of P1 elements, assembled by scikit-fem.

    "box" is the mass matrix with one quadrature point a cell, int mean(v) mean(w): with it rho_s lives in P0 and
    dt = h/u makes the midpoint rule exact for waves. "stiffness" is int v' w'. "lumped" is the diagonal of nodal
    weights, for the anisotropy.
    """
    import skfem

    @skfem.BilinearForm
    def mass(u: Any, v: Any, _: Any) -> Any:
        return u * v

    @skfem.BilinearForm
    def stiffness(u: Any, v: Any, _: Any) -> Any:
        return u.grad[0] * v.grad[0]

    @skfem.LinearForm
    def weight(v: Any, _: Any) -> Any:
        return v

    centre = (np.array([[0.5]]), np.array([1.0]))  # intorder=1 would take two points
    basis = skfem.Basis(skfem.MeshLine(nodes), skfem.ElementLineP1(), quadrature=centre)
    found = {"box": mass.assemble(basis), "stiffness": stiffness.assemble(basis)}
    out = {name: (matrix.diagonal(), matrix.diagonal(1)) for name, matrix in found.items()}
    return out | {"lumped": (weight.assemble(basis), np.zeros(len(nodes) - 1))}
