"""Smoothed aggregation of nodes for one scalar operator; whatever the number of components, they share the result.

Aggregates hold nodes of one label (one space of amplitudes) only, and a node with fewer amplitudes than components
interpolates from aggregates of its own label alone: then interpolation and the choice of amplitudes commute, and the
coarse system is again a sum of scalar operators times 4 x 4 laws.

Reference: P. Vanek, J. Mandel, M. Brezina, Computing 56, 179 (1996), doi:10.1007/BF02238511.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from ...kernels import compiled

# couplings below this fraction of the strongest do not bind nodes into an aggregate
STRENGTH = 0.28
_DAMPING = 4.0 / 3.0


def aggregate(
    matrix: csr_array, label: np.ndarray, bound: np.ndarray, active: np.ndarray, strength: float, nodes: int
) -> tuple[csr_array, np.ndarray] | None:
    """Interpolation from aggregates.

    Parameters
    ----------
    matrix : csr_array (n, n)
        Symmetric scalar operator.
    label : ndarray (n,)
        Nodes of different labels never meet in an aggregate.
    bound : ndarray of bool (n,)
        Nodes that interpolate from aggregates of their own label only.
    active : ndarray of bool (n,)
        The others (terminals) are held at zero.
    strength : float
    nodes : int
        Of the finest level: the size by which compiled loops are chosen.

    Returns
    -------
    (csr_array (n, m), ndarray (m,)) or None
        Interpolation and the labels of the aggregates; None if nothing is left to aggregate.
    """
    make = _row_by_row if compiled(nodes) else _entry_by_entry
    return make(matrix, label, bound, active, strength)


def _entry_by_entry(
    matrix: csr_array, label: np.ndarray, bound: np.ndarray, active: np.ndarray, strength: float
) -> tuple[csr_array, np.ndarray] | None:
    from pyamg.aggregation.aggregate import standard_aggregation

    n = matrix.shape[0]
    rows = np.repeat(np.arange(n, dtype=np.int32), np.diff(matrix.indptr))
    columns, value = matrix.indices, matrix.data
    aggregates, _ = standard_aggregation(_strong(matrix, rows, label, active, strength))
    count = aggregates.shape[1]
    if not 0 < count <= 0.8 * np.count_nonzero(active):
        return None
    member = aggregates.tocoo()
    of_node = np.full(n, -1)
    of_node[member.row] = member.col
    of_node[~active] = -1
    used, compact = np.unique(of_node[of_node >= 0], return_inverse=True)
    of_node[of_node >= 0] = compact
    of_label = np.empty(len(used), label.dtype)
    kept = of_node >= 0
    of_label[of_node[kept]] = label[kept]
    # one damped step on the piecewise constants, row by row; what a bound node may not use counts to itself
    crosses = bound[rows] & (label[rows] != label[columns])
    diagonal = matrix.diagonal()
    lumped = diagonal + np.bincount(rows[crosses], value[crosses], minlength=n)
    inside = np.where(crosses | (rows == columns), 0.0, value)
    radius = float(np.max(np.bincount(rows, np.abs(value), minlength=n)[active] / diagonal[active]))
    weight = np.where(active, _DAMPING / radius / np.where(active, diagonal, 1.0), 0.0)
    scaled = csr_array((-weight[rows] * inside, columns, matrix.indptr), shape=matrix.shape)
    own = csr_array(
        (np.where(kept, 1.0, 0.0)[kept], of_node[kept], np.concatenate([[0], np.cumsum(kept)])), shape=(n, len(used))
    )
    smoothed = scaled @ own
    centre = csr_array(((1.0 - weight * lumped)[kept], own.indices, own.indptr), shape=own.shape)
    return csr_array(smoothed + centre), of_label


def _row_by_row(
    matrix: csr_array, label: np.ndarray, bound: np.ndarray, active: np.ndarray, strength: float
) -> tuple[csr_array, np.ndarray] | None:
    """The same, compiled."""
    from ...kernels import graphs
    from ...kernels.sparse import in_rows, with_int32
    from ...kernels.threads import Pieces

    n, arrays, label = matrix.shape[0], with_int32(matrix), label.astype(np.int32)
    most, sums = np.empty(n), np.empty(n)
    graphs.strongest.over(Pieces.of(n), *arrays, most, sums)
    aggregate, work, number = np.empty(n, np.int32), np.empty(n, np.int32), np.zeros(1, np.int64)
    graphs.standard_aggregates(*arrays, most, strength, label, active, work, aggregate, number)
    count = int(number[0])
    if not 0 < count <= 0.8 * np.count_nonzero(active):
        return None
    of_label = np.empty(count, label.dtype)
    kept = aggregate >= 0
    of_label[aggregate[kept]] = label[kept]
    radius = float(np.max(sums[active] / matrix.diagonal()[active]))
    damping = np.where(active, _DAMPING / radius, 0.0)
    indptr, columns, data = in_rows(graphs.smoothed_rows, (n, count), *arrays, aggregate, label, bound, damping)
    return csr_array((data, columns, indptr), shape=(n, count)), of_label


def _strong(matrix: csr_array, rows: np.ndarray, label: np.ndarray, active: np.ndarray, fraction: float) -> csr_matrix:
    """Graph of nodes that belong together: negative couplings, comparable to the strongest of the node, in one label.

    Positive couplings (obtuse or stretched cells) do not smooth an error. Comparison with the strongest neighbour
    follows stretched cells along their short side.
    """
    n, columns = matrix.shape[0], matrix.indices
    value = np.where(rows == columns, 0.0, -matrix.data)
    strongest = np.zeros(n)
    filled = np.diff(matrix.indptr) > 0
    strongest[filled] = np.maximum.reduceat(value, matrix.indptr[:-1][filled]) if len(value) else 0.0
    strong = (value > 0) & (value >= fraction * np.minimum(strongest[rows], strongest[columns]))
    strong &= (label[rows] == label[columns]) & active[rows] & active[columns]
    keep = strong | (rows == columns)
    indptr = np.concatenate([[0], np.cumsum(np.add.reduceat(keep.astype(np.int32), matrix.indptr[:-1]))]).astype(
        np.int32
    )
    return csr_matrix((np.ones(int(indptr[-1])), columns[keep], indptr), shape=(n, n))
