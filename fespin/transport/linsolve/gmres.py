"""GMRES for systems that are not symmetric, or complex, preconditioned by the hierarchy of their symmetric part.

Precession and the spin Hall effect add antisymmetric terms to a positive definite matrix, frequencies an imaginary one:
multigrid on what is symmetric and real, with the sizes of the imaginary terms added, is a preconditioner for both. All
right-hand sides take their steps together, so that the sparse products work on blocks of columns; each column has its
own small least-squares problem.

Reference: Y. Saad and M. H. Schultz, SIAM J. Sci. Stat. Comput. 7, 856 (1986), doi:10.1137/0907058.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ...errors import SolverError

_RESTART = 30
_MAX_CYCLES = 20
# the error of G is first order in the residual here, unlike that of the energy of a symmetric system
_MARGIN = 1e-5
_LEAST = 1e-14  # below which no residual is asked for
# a residual that falls no further is taken below this, where rounding may be what keeps it
_STALLED = 1e-10


def solve_gmres(matrix: csr_array, rhs: np.ndarray, preconditioner: Any, *, tolerance: float) -> tuple[np.ndarray, int]:
    """Solve A X = B by restarted GMRES, preconditioned from the right.

    Stops when the residual of every column has fallen to `tolerance` / 100 000 of the right-hand side, or no further.

    Parameters
    ----------
    matrix : csr_array (n, n)
    rhs : ndarray (n, j)
    preconditioner
        Something with a method ``cycle`` that takes real columns.
    tolerance : float

    Returns
    -------
    ndarray (n, j), int
        The solution and the number of iterations.

    Raises
    ------
    SolverError
        No convergence; the message says how far it came.
    """
    norms = np.linalg.norm(rhs, axis=0)
    scale = np.where(norms > 0, norms, 1.0)
    wanted = max(_MARGIN * tolerance, _LEAST)
    x = np.zeros(rhs.shape, np.result_type(matrix.dtype, rhs.dtype))
    iterations, before = 0, np.inf
    for _ in range(_MAX_CYCLES):
        residual = rhs - matrix @ x
        now = float((np.linalg.norm(residual, axis=0) / scale).max())
        if now <= wanted or (now <= max(wanted, _STALLED) and now > 0.5 * before):
            return x, iterations
        before = now
        step, taken = _arnoldi(matrix, preconditioner, residual, wanted * scale)
        x += step
        iterations += taken
    raise SolverError(
        f"GMRES did not converge in {iterations} iterations (relative residual {before:.1e}, wanted {wanted:.1e}); use "
        "the backend 'direct' or improve the mesh"
    )


def _precondition(preconditioner: Any, r: np.ndarray) -> np.ndarray:
    """One cycle on real columns: real and imaginary parts side by side."""
    if not np.iscomplexobj(r):
        return preconditioner.cycle(r)
    both = preconditioner.cycle(np.hstack([r.real, r.imag]))
    return both[:, : r.shape[1]] + 1j * both[:, r.shape[1] :]


def _arnoldi(
    matrix: csr_array, preconditioner: Any, residual: np.ndarray, enough: np.ndarray
) -> tuple[np.ndarray, int]:
    """The correction (n, j) that one cycle of Arnoldi steps finds, and the number of steps."""
    j = residual.shape[1]
    beta = np.linalg.norm(residual, axis=0)
    basis = [residual / np.where(beta > 0, beta, 1.0)]
    searched: list[np.ndarray] = []
    h = np.zeros((_RESTART + 1, _RESTART, j), residual.dtype)
    taken = 0
    for k in range(_RESTART):
        searched.append(_precondition(preconditioner, basis[k]))
        w = matrix @ searched[k]
        for _ in range(2):  # the second pass removes what rounding left
            for i, v in enumerate(basis):
                overlap = np.einsum("nj,nj->j", v.conj(), w)
                h[i, k] += overlap
                w -= overlap * v
        norm = np.linalg.norm(w, axis=0)
        h[k + 1, k] = norm
        basis.append(w / np.where(norm > 0, norm, 1.0))
        taken = k + 1
        y, left = _least_squares(h[: taken + 1, :taken], beta)
        if (left <= enough).all():
            break
    correction = np.zeros_like(residual)
    for direction, weight in zip(searched, y, strict=True):
        correction += direction * weight
    return correction, taken


def _least_squares(h: np.ndarray, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (k, j) that minimise |beta e_1 - H y| in every column, and what is left, (j,)."""
    k = h.shape[1]
    y = np.zeros((k, h.shape[2]), h.dtype)
    left = np.zeros(h.shape[2])
    for column in range(h.shape[2]):
        if beta[column] == 0:
            continue
        target = np.zeros(k + 1, h.dtype)
        target[0] = beta[column]
        y[:, column] = np.linalg.lstsq(h[:, :, column], target, rcond=None)[0]
        left[column] = np.linalg.norm(target - h[:, :, column] @ y[:, column])
    return y, left
