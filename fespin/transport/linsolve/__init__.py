"""Linear solvers, one small file each: a matrix and right-hand sides in, the solution and its measured residual out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ...errors import SolverError, must_be, suggest

BACKENDS = ("auto", "direct", "multigrid")
# unknowns up to which factorising beats multigrid, by dimension of the mesh (measured: see README, Performance)
_DIRECT_UP_TO = {1: 10**9, 2: 70_000, 3: 8_000}
# a relative residual above this is refused: the entries of G would carry fewer than six digits
_WORST_RESIDUAL = 1e-6


@dataclass(frozen=True, kw_only=True)
class LinearReport:
    """How a system was solved: backend, unknowns, iterations (0 if direct), largest relative residual measured, and the
    error of G: where energies were iterated the largest relative one of its diagonal, else the residual."""

    backend: str
    unknowns: int
    iterations: int
    residual: float
    error: float = 0.0


# factors of matrices without symmetry take twice the work, those of complex ones four times
_WORK = {"symmetric": 1, "real": 2, "complex": 4}
# factors of quadratic elements in a plane fill up more: for 65 000 unknowns they take ten times as long as iterations
_PLANE_FILL = {1: 1, 2: 4}


def choose_backend(wanted: str, unknowns: int, dimension: int, kind: str = "symmetric", order: int = 1) -> str:
    """The backend for a system; "auto" factorises small ones and iterates on large ones.

    `kind` is "symmetric", "real" (without symmetry) or "complex".
    """
    if wanted not in BACKENDS:
        raise must_be("backend", "one of " + ", ".join(BACKENDS), wanted, suggest(wanted, BACKENDS))
    if wanted != "auto":
        return wanted
    work = unknowns * _WORK[kind] * (_PLANE_FILL[order] if dimension == 2 else 1)
    return "direct" if work <= _DIRECT_UP_TO[dimension] else "multigrid"


def solve_linear(
    matrix: csr_array,
    rhs: np.ndarray,
    symmetric: bool = True,
    *,
    tolerance: float,
    preconditioner: Any = None,
) -> tuple[np.ndarray, LinearReport]:
    """Solve A X = B by factors, or with a preconditioner by GMRES.

    Real symmetric systems that are large are iterated without their matrix, see `lifted`.

    Parameters
    ----------
    matrix : csr_array (n, n)
        Real or complex; its Hermitian part is positive definite.
    rhs : ndarray (n, j)
    symmetric : bool
        Whether A equals its transpose: factors without pivoting.
    tolerance : float
        Relative error in the energy norm that is wanted of iterations.
    preconditioner : optional
        Something with a method ``cycle``.

    Returns
    -------
    ndarray (n, j), LinearReport

    Raises
    ------
    SolverError
        Singular, not converged, or a residual that leaves too few digits.
    """
    backend = "direct" if preconditioner is None else "multigrid"
    if matrix.shape[0] == 0 or rhs.shape[1] == 0:
        return np.zeros(rhs.shape, matrix.dtype), LinearReport(
            backend=backend, unknowns=matrix.shape[0], iterations=0, residual=0.0
        )
    if preconditioner is None:
        from .direct import solve_direct

        x, iterations = solve_direct(matrix, rhs, symmetric=symmetric), 0
    else:
        from .gmres import solve_gmres

        x, iterations = solve_gmres(matrix, rhs, preconditioner, tolerance=tolerance)
    residual = _residual(matrix, x, rhs)
    if not residual <= _WORST_RESIDUAL:
        raise SolverError(
            f"the {backend} solver left a relative residual of {residual:.2g}; the system is singular or nearly so, "
            "check the device for parts that nothing drives"
        )
    # without an energy to watch: entries of G are off by at most the order of the residual
    return x, LinearReport(backend=backend, unknowns=matrix.shape[0], iterations=iterations, residual=residual,
                           error=residual)  # fmt: skip


def _residual(matrix: csr_array, x: np.ndarray, rhs: np.ndarray) -> float:
    """Largest ||b - A x|| / ||b|| over the columns."""
    norms = np.linalg.norm(rhs, axis=0)
    worst = np.linalg.norm(rhs - matrix @ x, axis=0)
    return float(np.max(np.divide(worst, norms, out=np.zeros_like(worst), where=norms > 0), initial=0.0))
