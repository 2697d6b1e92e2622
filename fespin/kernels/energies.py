"""Compiled bilinear forms of the fields that many columns hold, (j, j) for all pairs of drives.

Columns are components outermost, as many `drives` of each. Pieces of rows are done side by side, each with a total for
itself: the first j j numbers of its row. Each has RESTING rows of `work` and one of `flows` for itself, too.
"""

from __future__ import annotations

from .arrays import Doubles, DoubleTable, Ints
from .jit import Inner, Vectors, jit
from .rows import RESTING

_differences = Vectors("differences")


@Inner
def _add_form(law, scale, drives, left, right, flow, total):
    """total += scale left^T law right for all pairs of drives."""
    components = law.shape[0]
    for c in range(components * drives):
        flow[c] = 0.0
    for a in range(components):
        for b in range(components):
            weight = scale * law[a, b]
            if weight != 0.0:
                for t in range(drives):
                    flow[a * drives + t] += weight * right[b * drives + t]
    for a in range(components):
        for s in range(drives):
            for t in range(drives):
                total[s * drives + t] += left[a * drives + s] * flow[a * drives + t]


@jit
def pair_energy(piece: int, start: int, stop: int, indptr: Ints, indices: Ints, data: Doubles, law: DoubleTable,
                drives: int, x: DoubleTable, totals: DoubleTable, work: DoubleTable,
                flows: DoubleTable):  # fmt: skip
    """total -= sum over i < j of data_ij (x_i - x_j)^T law (x_i - x_j), rows i; (j, j) for all pairs of columns."""
    d = work[piece * RESTING]
    for i in range(start, stop):
        for q in range(indptr[i], indptr[i + 1]):
            j = indices[q]
            if j <= i:
                continue
            for c in range(x.shape[1]):
                d[c] = x[i, c] - x[j, c]
            _add_form(law, -data[q], drives, d, d, flows[piece], totals[piece])


@jit
def row_energy(piece: int, start: int, stop: int, indptr: Ints, indices: Ints, data: Doubles, differences: bool,
               law: DoubleTable, drives: int, x: DoubleTable, totals: DoubleTable, work: DoubleTable,
               flows: DoubleTable):  # fmt: skip
    """total += sum over rows i of x_i^T law (A x)_i; (j, j) for all pairs of columns.

    With `differences` the rows of A are taken to sum to zero: (A x)_i is the sum of data_ij (x_j - x_i).
    """
    for first in range(start, stop, RESTING):
        last = min(first + RESTING, stop)
        for i in range(first, last):
            if indptr[i] < indptr[i + 1]:
                at = piece * RESTING + i - first
                _differences(indptr[i], indptr[i + 1], indices, data, x, i, differences, work, at)
        for i in range(first, last):
            if indptr[i] < indptr[i + 1]:
                at = piece * RESTING + i - first
                _add_form(law, 1.0, drives, x[i], work[at], flows[piece], totals[piece])
