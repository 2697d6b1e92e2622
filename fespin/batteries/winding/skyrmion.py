"""Skyrmion number of a unit-vector field on a triangulation: what two-dimensional textures would store.

Tserkovnyak and Xiao, PRL 121, 127701 (2018), eq 12, give the density n.(d_x n x d_y n); the number needs 1/(4 pi):
Q = (1/4 pi) int n.(d_x n x d_y n) dx dy. On a triangulation each triangle contributes the signed area of the geodesic
triangle of its three vectors (Berg and Luscher, Nucl. Phys. B 190, 412 (1981)), so that Q is a whole number on closed
surfaces, and wherever the rim is constant, on any mesh.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import InputError, must_be

_UNIT = 1e-8  # |n| may be wrong by this
_HALF = 1e-12  # and a triangle this close to covering half a sphere has no sign


def skyrmion_number(n: ArrayLike, triangles: ArrayLike, points: ArrayLike | None = None) -> float:
    """Skyrmion number Q = (1/2 pi) sum over triangles of atan2(n1.(n2 x n3), 1 + n1.n2 + n2.n3 + n3.n1).

    Parameters
    ----------
    n : array, shape (3, nodes)
        Unit vectors.
    triangles : array of int, shape (3, t)
        Nodes of each triangle, as `mesh.t` of a scikit-fem mesh.
    points : array, shape (2, nodes), optional
        Positions in a plane: triangles then count as anticlockwise whatever their order, which is what meshes of
        scikit-fem need. Without it neighbours must run through their common edge in opposite directions.

    Returns
    -------
    float
        Q, +1 for n = the outward normal of an anticlockwise sphere. A whole number, exactly, if the surface is closed;
        any number if it has a rim where n varies.

    Raises
    ------
    InputError
        Shapes or nodes are wrong, n is not of unit length, the triangles are not consistently oriented, a triangle
        is degenerate, or its vectors cover half a sphere: the mesh is too coarse for the texture there.

    Examples
    --------
    >>> corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]).T / 3**0.5  # tetrahedron
    >>> skyrmion_number(corners, np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]]).T)
    1.0
    """
    n, triangles = _checked(n, triangles)
    if points is not None:
        triangles = _anticlockwise(triangles, np.asarray(points, dtype=float), n.shape[1])
    closed = _rim(triangles) == 0
    total = float(triangle_charges(n, triangles).sum())
    if closed:
        return float(round(total))  # a theorem; what is taken off is rounding
    return total


def triangle_charges(n: ArrayLike, triangles: ArrayLike) -> NDArray[np.float64]:
    """Part of the skyrmion number in each triangle, shape (t,), between -1/2 and 1/2; order of nodes as given.

    Raises
    ------
    InputError
        As `skyrmion_number`, orientation aside.

    Examples
    --------
    >>> float(round(triangle_charges(np.eye(3), [[0], [1], [2]])[0], 12))  # an octant
    0.125
    """
    n, triangles = _checked(n, triangles)
    a, b, c = n[:, triangles[0]], n[:, triangles[1]], n[:, triangles[2]]
    volume = (a * np.cross(b, c, axis=0)).sum(axis=0)
    base = 1 + (a * b).sum(axis=0) + (b * c).sum(axis=0) + (c * a).sum(axis=0)
    half = (np.abs(volume) < _HALF) & (base < _HALF)
    if half.any():
        raise InputError(
            f"skyrmion_number: the vectors of {half.sum()} triangle(s), first {int(half.argmax())}, cover half a "
            "sphere (two are opposite, or all three on a great circle around), so that the sign of its area is "
            "undefined; refine the mesh there"
        )
    return np.asarray(np.arctan2(volume, base) / (2 * np.pi))


def _checked(n: ArrayLike, triangles: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    field, nodes = np.asarray(n, dtype=float), np.asarray(triangles)
    if field.ndim != 2 or field.shape[0] != 3:
        raise must_be("skyrmion_number.n", "an array of shape (3, nodes)", field.shape)
    if nodes.ndim != 2 or nodes.shape[0] != 3 or nodes.dtype.kind not in "iu":
        raise must_be("skyrmion_number.triangles", "whole numbers of shape (3, t)", (nodes.shape, str(nodes.dtype)))
    nodes = nodes.astype(np.int64)
    if nodes.size and not (nodes.min() >= 0 and nodes.max() < field.shape[1]):
        raise must_be(
            "skyrmion_number.triangles", f"nodes from 0 to {field.shape[1] - 1}", (int(nodes.min()), int(nodes.max()))
        )
    length = np.sqrt((field**2).sum(axis=0))
    wrong = ~(np.abs(length - 1) < _UNIT)  # nan is wrong too
    if wrong.any():
        node = int(wrong.argmax())
        raise must_be(
            "skyrmion_number.n", "of unit length", float(length[node]), f"node {node}; divide n by its length"
        )
    twice = (nodes[0] == nodes[1]) | (nodes[1] == nodes[2]) | (nodes[2] == nodes[0])
    if twice.any():
        which = int(twice.argmax())
        raise must_be("skyrmion_number.triangles", "of three different nodes", nodes[:, which].tolist())
    return field, nodes


def _anticlockwise(triangles: NDArray[np.int64], points: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Triangles with the last two nodes exchanged where they run clockwise in the plane."""
    if points.shape != (2, count):
        raise must_be("skyrmion_number.points", f"an array of shape (2, {count})", points.shape)
    p, q = points[:, triangles[1]] - points[:, triangles[0]], points[:, triangles[2]] - points[:, triangles[0]]
    area = p[0] * q[1] - p[1] * q[0]
    flat = ~(np.abs(area) > 1e-14 * ((p**2).sum(axis=0) + (q**2).sum(axis=0)))
    if flat.any():
        which = int(flat.argmax())
        raise must_be("skyrmion_number.points", "corners of triangles with an area", f"triangle {which} without one")
    return np.where(area > 0, triangles, triangles[[0, 2, 1]])


def _rim(triangles: NDArray[np.int64]) -> int:
    """Number of edges with one triangle only; refuses edges that two triangles run through in the same direction."""
    ends = np.concatenate([triangles[[0, 1]], triangles[[1, 2]], triangles[[2, 0]]], axis=1)
    key = np.sort(ends, axis=0)
    _, edge, uses = np.unique(key, axis=1, return_inverse=True, return_counts=True)
    balance = np.bincount(edge.ravel(), np.where(ends[0] < ends[1], 1, -1))
    if (uses > 2).any():
        raise must_be("skyrmion_number.triangles", "a surface, two to an edge at most", f"{uses.max()} at one edge")
    if ((uses == 2) & (balance != 0)).any():
        raise must_be(
            "skyrmion_number.triangles",
            "oriented alike",
            f"{int(((uses == 2) & (balance != 0)).sum())} edges run through twice in the same direction",
            "reorder their nodes, or for a plane mesh give its points",
        )
    return int((uses == 1).sum())
