"""Which spin amplitudes live at which node.

A degree of freedom in normal metal has four amplitudes: (V_e, V_x, V_y, V_z). One that touches a strong ferromagnet
keeps two, V_e and u, with V_alpha = m_alpha u (eq 11 of Bazaliy and Ramazashvili); one inside a half metal keeps the
potential of the conducting channel alone. Few kinds of nodes exist, so each is stored once and the nodes only carry
its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..device import topology
from ..device.contacts import channel, space
from ..device.region import Region


class NodeKind(NamedTuple):
    """The amplitudes y of a kind of node.

    ``basis`` (4, k) gives the potentials x = basis @ y. ``trace`` (k, 4) gives the amplitudes that potentials applied
    by a terminal impose; it equals the transpose of the basis but for half metals, whose single amplitude is w = V_e
    + q . V_s and is shown as a charge potential.
    """

    basis: np.ndarray
    trace: np.ndarray


class NodeSpaces(NamedTuple):
    """Kind of every degree of freedom: ``kinds[kind[i]]`` belongs to number i."""

    kind: np.ndarray  # (N,)
    kinds: tuple[NodeKind, ...]


def node_spaces(element_dofs: np.ndarray, size: int, cell_region: np.ndarray, regions: Sequence[Region]) -> NodeSpaces:
    """Find the amplitudes at every degree of freedom from the regions of the cells around it.

    Parameters
    ----------
    element_dofs : ndarray (k, m)
    size : int
        Number of degrees of freedom N.
    cell_region : ndarray (m,)
    regions : sequence of Region
        Magnetic regions that touch are collinear (a `Device` is).

    Returns
    -------
    NodeSpaces
    """
    touching = topology.touching(element_dofs.T, cell_region, len(regions), size)
    patterns, kind = _distinct(touching)
    kinds = tuple(node_kind([regions[r] for r in np.flatnonzero(pattern).tolist()]) for pattern in patterns)
    return NodeSpaces(kind, kinds)


def _distinct(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different columns of a table of truth values (R, N), in lexicographic order (K, R), and which each is (N,).

    Few differ: row by row each column has the number of what it held so far, and numbers that nobody has are left out.
    """
    patterns, kind = np.zeros((1, 0), bool), np.zeros(table.shape[1], np.int64)
    for row in table:
        kind = 2 * kind + row
        met = np.bincount(kind, minlength=2 * len(patterns)) > 0
        code = np.flatnonzero(met)
        patterns = np.column_stack([patterns[code // 2], code % 2 == 1])
        if not met.all():
            kind = (np.cumsum(met) - 1)[kind]
    return patterns, kind


def node_kind(regions: list[Region]) -> NodeKind:
    """The amplitudes of nodes that touch these regions."""
    magnetic = [r for r in regions if r.is_strong]
    if not magnetic:
        return NodeKind(np.eye(4), np.eye(4))
    if all(space(r) == "half-metal" for r in regions):
        channels = [channel(r) for r in regions]
        if all(np.dot(channels[0], q) > 0 for q in channels):  # they are collinear, so the same channel
            basis = np.zeros((4, 1))
            basis[0] = 1.0
            return NodeKind(basis, np.concatenate([[1.0], channels[0]])[None, :])
    basis = np.zeros((4, 2))
    basis[0, 0] = 1.0
    basis[1:, 1] = magnetic[0].magnetization
    return NodeKind(basis, basis.T.copy())
