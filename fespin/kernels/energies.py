"""Compiled bilinear forms of the fields that many columns hold, (j, j) for all pairs of drives.

Columns are components outermost, as many `drives` of each. Pieces of rows are done side by side, each with a total for
itself: the first j j numbers of its row.
"""

from __future__ import annotations

from .arrays import DoubleCube, Doubles, DoubleTable, Ints
from .jit import Vectors, jit
from .rows import RESTING

_differences = Vectors("differences")


@jit
def pair_energy(piece: int, start: int, stop: int, indptr: Ints, indices: Ints, data: Doubles, law: DoubleTable,
                drives: int, x: DoubleTable, totals: DoubleTable, work: DoubleCube):  # fmt: skip
    """total -= sum over i < j of data_ij (x_i - x_j)^T law (x_i - x_j), rows i; (j, j) for all pairs of columns."""
    components, total = law.shape[0], totals[piece]
    d, flow = work[piece, 0], work[piece, 1]
    for i in range(start, stop):
        for q in range(indptr[i], indptr[i + 1]):
            j = indices[q]
            if j <= i:
                continue
            v = data[q]
            for c in range(x.shape[1]):
                d[c] = x[i, c] - x[j, c]
                flow[c] = 0.0
            for a in range(components):
                for b in range(components):
                    weight = v * law[a, b]
                    if weight != 0.0:
                        for t in range(drives):
                            flow[a * drives + t] += weight * d[b * drives + t]
            for a in range(components):
                for s in range(drives):
                    left = d[a * drives + s]
                    for t in range(drives):
                        total[s * drives + t] -= left * flow[a * drives + t]


@jit
def row_energy(piece: int, start: int, stop: int, indptr: Ints, indices: Ints, data: Doubles, differences: bool,
               law: DoubleTable, drives: int, x: DoubleTable, totals: DoubleTable, work: DoubleTable,
               flows: DoubleTable):  # fmt: skip
    """total += sum over rows i of x_i^T law (A x)_i; (j, j) for all pairs of columns.

    With `differences` the rows of A are taken to sum to zero: (A x)_i is the sum of data_ij (x_j - x_i). Each piece has
    RESTING rows of `work` and one of `flows` for itself.
    """
    components, total, flow = law.shape[0], totals[piece], flows[piece]
    for first in range(start, stop, RESTING):
        last = min(first + RESTING, stop)
        for i in range(first, last):
            if indptr[i] < indptr[i + 1]:
                at = piece * RESTING + i - first
                _differences(indptr[i], indptr[i + 1], indices, data, x, i, differences, work, at)
        for i in range(first, last):
            if indptr[i] == indptr[i + 1]:
                continue
            at = piece * RESTING + i - first
            for c in range(x.shape[1]):
                flow[c] = 0.0
            for a in range(components):
                for b in range(components):
                    weight = law[a, b]
                    if weight != 0.0:
                        for t in range(drives):
                            flow[a * drives + t] += weight * work[at, b * drives + t]
            for a in range(components):
                for s in range(drives):
                    left = x[i, a * drives + s]
                    for t in range(drives):
                        total[s * drives + t] += left * flow[a * drives + t]
