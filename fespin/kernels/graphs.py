"""Compiled loops of smoothed aggregation: which nodes go together, how they interpolate, and products of matrices."""

from __future__ import annotations

from .arrays import Doubles, Flags, Ints, IntTable, Longs
from .columns import is_new, place_of, sort
from .jit import Inner, jit


@jit
def strongest(start: int, stop: int, indptr: Ints, indices: Ints, data: Doubles, most: Doubles, sums: Doubles):
    """The largest -a_ij of each row, and the sum of all sizes."""
    for i in range(start, stop):
        largest, total = 0.0, 0.0
        for q in range(indptr[i], indptr[i + 1]):
            total += abs(data[q])
            if indices[q] != i:
                largest = max(largest, -data[q])
        most[i], sums[i] = largest, total


@Inner
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
def standard_aggregates(indptr: Ints, indices: Ints, data: Doubles, most: Doubles, fraction: float, label: Ints,
                        active: Flags, out: Ints, joined: Ints, number: Longs):  # fmt: skip
    """Number of the aggregate of each node in `joined`, -1 for those in none, and how many aggregates there are.

    First whole neighbourhoods that are still free, then what is left joins a neighbour, then makes its own. `out` is
    work space.
    """
    n, count = len(indptr) - 1, 0
    for i in range(n):
        out[i] = -1
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
    for i in range(n):
        joined[i] = out[i]
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
    number[0] = count


@jit
def smoothed_rows(worker: int, start: int, stop: int, indptr: Ints, indices: Ints, data: Doubles, aggregate: Ints,
                  label: Ints, bound: Flags, damping: Doubles, fill: bool, length: Ints, pointer: Ints, columns: Ints,
                  first: Doubles, seen: IntTable):  # fmt: skip
    """Rows of (1 - damping D^-1 A) on the indicators of the aggregates, as `sparse.in_rows` asks for them.

    What a bound node may not take from other labels counts to itself. `damping` is zero where nothing is interpolated.
    """
    for i in range(start, stop):
        if damping[i] == 0:
            length[i] = 0
            continue
        if not fill:
            count = 0
            for q in range(indptr[i], indptr[i + 1]):
                j = indices[q]
                a = aggregate[j]
                if a < 0 or (bound[i] and label[i] != label[j]):
                    continue
                if is_new(seen, worker, a, i):
                    count += 1
            length[i] = count
            continue
        begin = pointer[i]
        last = begin
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
            if a < 0 or (bound[i] and label[i] != label[j]):
                continue
            value = 1.0 - damping[i] * own / diagonal if j == i else -damping[i] * data[q] / diagonal
            at = place_of(seen, worker, a, begin, last)
            if at == last:
                last += 1
                columns[at] = a
                first[at] = 0.0
            first[at] += value
        sort(begin, last, columns, first, first)


@jit
def product_rows(worker: int, start: int, stop: int, a_indptr: Ints, a_indices: Ints, a_data: Doubles, b_indptr: Ints,
                 b_indices: Ints, b_data: Doubles, fill: bool, length: Ints, indptr: Ints, columns: Ints,
                 first: Doubles, seen: IntTable):  # fmt: skip
    """Rows of the product of two sparse matrices, as `sparse.in_rows` asks for them; columns in no order."""
    for i in range(start, stop):
        count, begin, last = 0, indptr[i], indptr[i]
        for q in range(a_indptr[i], a_indptr[i + 1]):
            v, k = a_data[q], a_indices[q]
            for p in range(b_indptr[k], b_indptr[k + 1]):
                j = b_indices[p]
                if fill:
                    at = place_of(seen, worker, j, begin, last)
                    new, before = at == last, first[at]
                    columns[at] = j
                    first[at] = (0.0 if new else before) + v * b_data[p]
                    last += new
                elif is_new(seen, worker, j, i):
                    count += 1
        if not fill:
            length[i] = count
