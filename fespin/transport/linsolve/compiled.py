"""Kernels that numba compiles once and keeps on disk: rows in parallel, all columns of a row at a time.

Importing this module needs numba (`pip install 'fespin[fast]'`).
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange


@njit(parallel=True, fastmath=True, cache=True, nogil=True)
def multiply(indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
    """out = A x."""
    columns = x.shape[1]
    for i in prange(out.shape[0]):
        for c in range(columns):
            out[i, c] = 0
        for p in range(indptr[i], indptr[i + 1]):
            a, j = data[p], indices[p]
            for c in range(columns):
                out[i, c] += a * x[j, c]


@njit(parallel=True, fastmath=True, cache=True, nogil=True)
def multiply_two(
    indptr: np.ndarray, indices: np.ndarray, k: np.ndarray, m: np.ndarray, x: np.ndarray, split: int, out: np.ndarray
) -> None:
    """out = K x in the columns before `split`, (K + M) x in the others."""
    columns = x.shape[1]
    for i in prange(out.shape[0]):
        for c in range(columns):
            out[i, c] = 0
        for p in range(indptr[i], indptr[i + 1]):
            j = indices[p]
            a = k[p]
            b = a + m[p]
            for c in range(split):
                out[i, c] += a * x[j, c]
            for c in range(split, columns):
                out[i, c] += b * x[j, c]
