"""Sparse matrices row by row out of compiled loops, pieces of rows side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from .jit import Loop
from .threads import ROWS, Pieces, workers

_FINE = 16  # products of entries that a row of a fine mesh asks for, about


def in_rows(loop: Loop, shape: tuple[int, int], *arguments: Any, values: int = 1, each: int = 1) -> tuple[Any, ...]:
    """Row pointers, columns and arrays of values out of `loop`, which runs twice: new memory costs more than counting.

    Parameters
    ----------
    loop : Loop
        ``loop(worker, start, stop, *arguments, fill, length, indptr, columns, *values, seen)`` gives the lengths of
        some rows, or with `fill` their entries. Row `worker` of `seen` tells for each column where it stands: numbers
        below -1 are stamps of rows that are counted, others places in `columns`; a worker's rows ascend.
    shape : tuple of int
        Of the matrix.
    values : int
        Number of arrays of values.
    each : int
        How many times as much there is to do in a row as in one of a fine mesh.
    """
    n = shape[0]
    parts = Pieces.of(n, max(32, ROWS // each), n * each)
    length, indptr, seen = (
        np.zeros(n, np.int32),
        np.zeros(n + 1, np.int32),
        np.full((workers(parts.work), shape[1]), -1, np.int32),
    )

    def run(fill: bool, columns: np.ndarray, *arrays: np.ndarray) -> None:
        loop.over(parts, *arguments, fill, length, indptr, columns, *arrays, seen)

    run(False, np.empty(0, np.int32), *(np.empty(0) for _ in range(values)))
    np.cumsum(length, out=indptr[1:])
    out = [np.empty(indptr[-1], np.int32), *(np.empty(indptr[-1]) for _ in range(values))]
    run(True, *out)
    return indptr, *out


def with_int32(matrix: csr_array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row pointers, columns and values as loops take them."""
    return matrix.indptr.astype(np.int32, copy=False), matrix.indices.astype(np.int32, copy=False), matrix.data


def product(a: csr_array, b: csr_array) -> csr_array:
    """A B; its columns stand in no order."""
    from .graphs import product_rows

    shape = (a.shape[0], b.shape[1])
    each = max(1, a.nnz * b.nnz // (_FINE * max(1, a.shape[0] * b.shape[0])))
    indptr, columns, data = in_rows(product_rows, shape, *with_int32(a), *with_int32(b), each=each)
    return csr_array((data, columns, indptr), shape=shape)
