"""Products of sparse matrices with blocks of columns: SciPy's, or compiled by numba where it is installed and pays."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from scipy.sparse import csr_array

COMPILE_FROM = 20_000  # nodes below which loading compiled code takes longer than it saves


@functools.cache
def compiled() -> Any:
    """The module of compiled kernels, or None where numba is not installed."""
    try:
        from . import compiled as module
    except ImportError:
        return None
    return module


class Product:
    """Y = K X, with (K + M) in place of K from column `split` on; K and M share their pattern.

    Parameters
    ----------
    stiffness : csr_array (m, n)
    mass : ndarray, optional
        Entries of M in the places of those of K.
    compile : bool
        Whether to use compiled kernels, if there are any.
    """

    def __init__(self, stiffness: csr_array, mass: np.ndarray | None = None, *, compile: bool = False) -> None:
        self.stiffness, self.mass = stiffness, mass
        self.kernels = compiled() if compile else None
        self.shape = stiffness.shape
        self.both = None
        if mass is not None and self.kernels is None:
            data = stiffness.data + mass
            self.both = csr_array((data, stiffness.indices, stiffness.indptr), shape=stiffness.shape)

    def __call__(self, x: np.ndarray, split: int = 0) -> np.ndarray:
        """Apply to columns (n, j)."""
        if self.kernels is not None:
            k = self.stiffness
            out = np.empty((k.shape[0], x.shape[1]), x.dtype)
            if self.mass is None:
                self.kernels.multiply(k.indptr, k.indices, k.data, x, out)
            else:
                self.kernels.multiply_two(k.indptr, k.indices, k.data, self.mass, x, split, out)
            return out
        if self.both is None:
            return self.stiffness @ x
        if split == 0:
            return self.both @ x
        out = np.empty((self.shape[0], x.shape[1]), x.dtype)
        out[:, :split] = self.stiffness @ np.ascontiguousarray(x[:, :split])
        out[:, split:] = self.both @ np.ascontiguousarray(x[:, split:])
        return out
