"""Symmetric banded systems: the matrices of a line are factorised in O(n)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_banded
from scipy.linalg.lapack import dpbtrf, dpbtrs
from scipy.sparse import coo_array, csr_array

from ...errors import SolverError

Floats = NDArray[np.float64]


def _entries(matrix: Any) -> tuple[Any, Any, Any, int]:
    found = coo_array(matrix)
    width = int(np.abs(found.row - found.col).max(initial=0))
    return found.row, found.col, found.data, width


class Cholesky:
    """Factor of a sparse positive definite matrix of small bandwidth.

    Raises
    ------
    SolverError
        Not positive definite.

    Examples
    --------
    >>> from scipy.sparse import diags_array
    >>> Cholesky(diags_array([2.0, 4.0])).solve(np.array([2.0, 2.0]))
    array([1. , 0.5])
    """

    def __init__(self, matrix: Any) -> None:
        rows, columns, data, width = _entries(matrix)
        lower = np.zeros((width + 1, matrix.shape[0]))
        keep = rows >= columns
        np.add.at(lower, (rows[keep] - columns[keep], columns[keep]), data[keep])
        self._factor, info = dpbtrf(lower, lower=1)
        if info != 0:
            raise SolverError("the matrix of the stack is not positive definite: a channel's potential floats")

    def solve(self, right: Floats, multiply: Callable[[Floats], Floats] | None = None) -> Floats:
        """Solution for a right-hand side (n,).

        With `multiply`, the product with the matrix to better than rounding of its entries (see `Conduction`), one step
        of refinement takes the solution to that accuracy: a Laplacian of n nodes alone loses a factor n^2.
        """
        x = dpbtrs(self._factor, right, lower=1)[0]
        if multiply is not None:
            x += dpbtrs(self._factor, right - multiply(x), lower=1)[0]
        return x


def solve_complex(matrix: Any, right: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Solve one complex symmetric banded system."""
    rows, columns, data, width = _entries(matrix)
    band = np.zeros((2 * width + 1, matrix.shape[0]), dtype=complex)
    np.add.at(band, (width + rows - columns, columns), data)
    return np.asarray(solve_banded((width, width), band, right))


class Conduction:
    """K w and w.K.w of a matrix whose rows sum to zero, through differences: no digit of a small current is lost.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> conduction = Conduction(csr_array([[2.0, -2.0], [-2.0, 2.0]]))
    >>> float(conduction.heat(np.array([1.0, 1.0 - 2.0**-26]))) * 2.0**51
    1.0
    """

    def __init__(self, matrix: Any) -> None:
        rows, columns, data, _ = _entries(matrix)
        keep = rows < columns
        k = int(keep.sum())
        edge = np.concatenate([np.arange(k)] * 2)
        signs = np.concatenate([np.ones(k), -np.ones(k)])
        self._difference = csr_array((signs, (edge, np.r_[rows[keep], columns[keep]])), shape=(k, matrix.shape[0]))
        self._weights = -data[keep]
        self._currents = csr_array(self._difference.T * self._weights[None, :])

    def currents(self, w: NDArray[Any]) -> NDArray[Any]:
        """Out of each node into the conductors (n,)."""
        return self._currents @ (self._difference @ w)

    def heat(self, w: NDArray[Any]) -> Any:
        """w.K.w."""
        steps = self._difference @ w
        return self._weights @ (steps * steps)
