"""A row of a sparse matrix while it is made: which columns it has met, where they stand, and their order.

`seen` tells of each worker and column either the stamp of the last row that counted it, below -1, or the place of its
last entry: see `sparse.in_rows`.
"""

from __future__ import annotations

from .jit import Inner


@Inner
def is_new(seen, worker, column, i):
    """Whether row i has not counted a column yet; from now on it has."""
    stamp = -2 - i
    new = seen[worker, column] != stamp
    seen[worker, column] = stamp
    return new


@Inner
def place_of(seen, worker, column, begin, last):
    """Place of a column in the row that began at `begin`; `last`, the next free one, if it is new. No branches: which
    columns are new can't be guessed."""
    known = seen[worker, column]
    at = last if known < begin else known
    seen[worker, column] = at
    return at


@Inner
def sort(begin, end, columns, first, second):
    """A row by columns; few entries: by insertion. A row with one array of values gives it twice."""
    for at in range(begin + 1, end):
        j, v, w, to = columns[at], first[at], second[at], at
        while to > begin and columns[to - 1] > j:
            columns[to], first[to], second[to] = columns[to - 1], first[to - 1], second[to - 1]
            to -= 1
        columns[to], first[to], second[to] = j, v, w
