"""Compiled loops of smoothed aggregation: which nodes go together, how they interpolate, and products of matrices."""

from __future__ import annotations

import numpy as np

from .jit import jit


@jit
def strongest(start, stop, indptr, indices, data, most, sums):
    """The largest -a_ij of each row, and the sum of all sizes."""
    for i in range(start, stop):
        largest, total = 0.0, 0.0
        for q in range(indptr[i], indptr[i + 1]):
            total += abs(data[q])
            if indices[q] != i:
                largest = max(largest, -data[q])
        most[i], sums[i] = largest, total


@jit
def _binds(i, j, value, most, fraction, label, active):
    """Whether an entry a_ij is a strong coupling."""
    return (
        i != j
        and value < 0
        and -value >= fraction * min(most[i], most[j])
        and label[i] == label[j]
        and active[i]
        and active[j]
    )


@jit
def standard_aggregates(indptr, indices, data, most, fraction, label, active):
    """Number of the aggregate of each node, -1 for those in none, and how many aggregates there are.

    First whole neighbourhoods that are still free, then what is left joins a neighbour, then makes its own.
    """
    n = len(indptr) - 1
    out, count = np.full(n, -1, np.int32), 0
    for i in range(n):
        if out[i] != -1 or not active[i]:
            continue
        alone, free = True, True
        for q in range(indptr[i], indptr[i + 1]):
            if _binds(i, indices[q], data[q], most, fraction, label, active):
                alone = False
                if out[indices[q]] != -1:
                    free = False
                    break
        if alone:
            continue
        if free:
            out[i] = count
            for q in range(indptr[i], indptr[i + 1]):
                if _binds(i, indices[q], data[q], most, fraction, label, active):
                    out[indices[q]] = count
            count += 1
    joined = out.copy()
    for i in range(n):
        if out[i] != -1 or not active[i]:
            continue
        for q in range(indptr[i], indptr[i + 1]):
            j = indices[q]
            if out[j] != -1 and _binds(i, j, data[q], most, fraction, label, active):
                joined[i] = out[j]
                break
    for i in range(n):
        if joined[i] != -1 or not active[i]:
            continue
        some = False
        for q in range(indptr[i], indptr[i + 1]):
            j = indices[q]
            if _binds(i, j, data[q], most, fraction, label, active):
                some = True
                if joined[j] == -1:
                    joined[j] = count
        if some:
            joined[i] = count
            count += 1
    return joined, count


@jit
def smoothed_rows(start, stop, indptr, indices, data, aggregate, label, bound, damping, count, fill, columns, first,
                  length):  # fmt: skip
    """Lengths of the rows of (1 - damping D^-1 A) on the indicators of the aggregates; with `fill` these rows.

    What a bound node may not take from other labels counts to itself. `damping` is zero where nothing is interpolated.
    """
    seen = np.zeros(count, np.int32)
    filled = 0
    for i in range(start, stop):
        begin, last = filled, filled
        if damping[i] != 0:
            own, diagonal = 0.0, 1.0
            for q in range(indptr[i], indptr[i + 1]):
                j = indices[q]
                if j == i:
                    own += data[q]
                    diagonal = data[q]
                elif bound[i] and label[i] != label[j]:
                    own += data[q]
            for q in range(indptr[i], indptr[i + 1]):
                j = indices[q]
                a = aggregate[j]
                if a < 0:
                    continue
                if j == i:
                    value = 1.0 - damping[i] * own / diagonal
                elif bound[i] and label[i] != label[j]:
                    continue
                else:
                    value = -damping[i] * data[q] / diagonal
                at = seen[a] - 1
                if at < begin:
                    at = last
                    last += 1
                    seen[a] = last
                    if fill:
                        columns[at] = a
                        first[at] = 0.0
                if fill:
                    first[at] += value
        length[i] = last - begin
        filled = last
        if not fill:
            continue
        for at in range(begin + 1, last):
            j, v, to = columns[at], first[at], at
            while to > begin and columns[to - 1] > j:
                columns[to], first[to] = columns[to - 1], first[to - 1]
                to -= 1
            columns[to], first[to] = j, v


@jit
def product_rows(start, stop, a_indptr, a_indices, a_data, b_indptr, b_indices, b_data, width, fill, columns, first,
                 length):  # fmt: skip
    """Lengths of the rows of the product of two sparse matrices; with `fill` these rows, columns in no order."""
    seen = np.zeros(width, np.int32)
    filled = 0
    for i in range(start, stop):
        begin, last = filled, filled
        for q in range(a_indptr[i], a_indptr[i + 1]):
            v, k = a_data[q], a_indices[q]
            for p in range(b_indptr[k], b_indptr[k + 1]):
                j = b_indices[p]
                at = seen[j] - 1
                if at < begin:
                    at = last
                    last += 1
                    seen[j] = last
                    if fill:
                        columns[at] = j
                        first[at] = 0.0
                if fill:
                    first[at] += v * b_data[p]
        length[i] = last - begin
        filled = last
