"""Compiled loops for nodes that are numbered along a curve: cells in their order, matrices added up row by row."""

from __future__ import annotations

from .arrays import CellTable, Doubles, Flags, Ints, Longs
from .jit import jit


@jit
def cells_by_first(cells: CellTable, pointer: Longs, out: Longs):
    """out = the cells in the order of their lowest nodes; `pointer` (n + 1,) must hold zeros."""
    for c in range(len(cells)):
        first = cells[c, 0]
        for k in range(1, cells.shape[1]):
            first = min(first, cells[c, k])
        pointer[first + 1] += 1
    for i in range(len(pointer) - 1):
        pointer[i + 1] += pointer[i]
    for c in range(len(cells)):
        first = cells[c, 0]
        for k in range(1, cells.shape[1]):
            first = min(first, cells[c, k])
        out[pointer[first]] = c
        pointer[first] += 1


@jit
def add_rows(start: int, stop: int, indptr: Ints, indices: Ints, data: Doubles, one: float, other: float,
             alone: Flags, pointer: Ints, columns: Ints, first: Doubles, second: Doubles):  # fmt: skip
    """Add one and other times the rows of a matrix to two matrices that have no other entries in the rows `alone`.

    Row i of these begins at pointer[i].
    """
    for i in range(start, stop):
        if alone[i]:
            shift = pointer[i] - indptr[i]
            for q in range(indptr[i], indptr[i + 1]):
                columns[q + shift] = indices[q]
                first[q + shift] += one * data[q]
                second[q + shift] += other * data[q]
