"""Sparse matrices row by row out of compiled loops, pieces of rows side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from .threads import for_each, pieces

_PIECES = 16  # at most: each has a table of all columns


def in_rows(loop: Callable[..., int], capacity: np.ndarray, *arguments: Any, values: int = 1) -> tuple[Any, ...]:
    """Row pointers, columns and arrays of values out of `loop`.

    Parameters
    ----------
    loop : function
        ``loop(start, stop, *arguments, columns, *values, length)`` fills the entries of some rows, and the
        lengths of these, and returns their number.
    capacity : ndarray (n + 1,)
        Entries that the rows before each may have at most.
    values : int
        Number of arrays of values.
    """
    n = len(capacity) - 1
    parts, length = pieces(n, max(2048, -(-n // _PIECES))), np.zeros(n, np.int32)
    # room for all that may come; what is not written takes no memory
    room: list[np.ndarray] = [np.empty(capacity[-1], np.int32), *(np.empty(capacity[-1]) for _ in range(values))]

    def work(k: int) -> None:
        part = parts[k]
        own = [array[capacity[part.start] : capacity[part.stop]] for array in room]
        loop(part.start, part.stop, *arguments, *own, length)

    for_each(work, len(parts), n)
    indptr = np.zeros(n + 1, np.int32)
    np.cumsum(length, out=indptr[1:])
    out = []
    while room:
        array = room.pop(0)
        whole = np.empty(indptr[-1], array.dtype)
        for part in parts:
            first, last = indptr[part.start], indptr[part.stop]
            start = capacity[part.start]
            whole[first:last] = array[start : start + last - first]
        out.append(whole)
    return indptr, *out


def product(a: csr_array, b: csr_array) -> csr_array:
    """A B; its columns stand in no order."""
    from .graphs import product_rows

    lengths = np.diff(b.indptr).astype(np.int64)
    entries = np.concatenate([[0], np.cumsum(lengths[a.indices])])
    indptr, columns, data = in_rows(product_rows, entries[a.indptr], a.indptr, a.indices, a.data, b.indptr, b.indices,
                                    b.data, b.shape[1])  # fmt: skip
    return csr_array((data, columns, indptr), shape=(a.shape[0], b.shape[1]))
