"""Sparse matrices row by row out of compiled loops, pieces of rows side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from .threads import for_each, pieces

_PIECES = 16  # at most: each has a table of all columns


def in_rows(loop: Callable[..., None], n: int, *arguments: Any, values: int = 1) -> tuple[Any, ...]:
    """Row pointers, columns and arrays of values out of `loop`, which runs twice: new memory costs more than counting.

    Parameters
    ----------
    loop : function
        ``loop(start, stop, *arguments, fill, columns, *values, length)`` gives the lengths of some rows, and with
        `fill` their entries.
    n : int
        Number of rows.
    values : int
        Number of arrays of values.
    """
    parts, length = pieces(n, max(2048, -(-n // _PIECES))), np.zeros(n, np.int32)

    def run(fill: bool, ends: np.ndarray, arrays: list[np.ndarray]) -> None:
        def work(k: int) -> None:
            part = parts[k]
            own = [array[ends[part.start] : ends[part.stop]] for array in arrays]
            loop(part.start, part.stop, *arguments, fill, *own, length)

        for_each(work, len(parts), n)

    indptr = np.zeros(n + 1, np.int32)
    run(False, indptr, [np.empty(0, np.int32), *(np.empty(0) for _ in range(values))])
    np.cumsum(length, out=indptr[1:])
    out = [np.empty(indptr[-1], np.int32), *(np.empty(indptr[-1]) for _ in range(values))]
    run(True, indptr, out)
    return indptr, *out


def product(a: csr_array, b: csr_array) -> csr_array:
    """A B; its columns stand in no order."""
    from .graphs import product_rows

    indptr, columns, data = in_rows(product_rows, a.shape[0], a.indptr, a.indices, a.data, b.indptr, b.indices, b.data,
                                    b.shape[1])  # fmt: skip
    return csr_array((data, columns, indptr), shape=(a.shape[0], b.shape[1]))
