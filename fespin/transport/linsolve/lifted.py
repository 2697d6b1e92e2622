"""Conjugate gradients on a lifted system, all drives together, one step size each; its matrix never exists.

The iteration is in double precision, the cycle that preconditions it in single precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import SolverError
from ...kernels import compiled
from ...kernels.memory import zeros
from .cycle import LiftedHierarchy
from .error_bound import ErrorBound
from .lifted_system import LiftedSystem
from .plain import PlainVectors

if TYPE_CHECKING:
    from .compiled import CompiledVectors

_MAX_ITERATIONS = 100


def solve_lifted(system: LiftedSystem, x: np.ndarray, *, tolerance: float) -> tuple[int, float, float]:
    """Change fields where no potentials are imposed until they carry no net current there.

    Conjugate gradients, one step size per drive. Stops when the energy of the error has fallen below `tolerance`
    squared of the conductance of each drive: that is the relative error of the entries of G (`ErrorBound`). Those of
    the charge drive that follows from the others have the absolute errors of theirs.

    Parameters
    ----------
    system : LiftedSystem
    x : ndarray (n, w)
        The potentials of all drives, components outermost (and groups of components before them), zero but where they
        are imposed; changed in place.
    tolerance : float

    Returns
    -------
    int, float, float
        Iterations, largest relative residual, bound of the relative error of the entries.

    Raises
    ------
    SolverError
        No convergence; the message says how far it came.
    """
    n, width = x.shape
    hierarchy = LiftedHierarchy(system)
    drive = system.drive_of_column(width)
    j = int(drive.max()) + 1
    vectors = _vectors(system, width)
    p, q, r, single = vectors.direction(x), np.empty(x.shape), zeros(x.shape), np.empty(x.shape, np.float32)

    hierarchy.levels[0].borrow(q)  # the cycle works there; its result is used up before q is needed

    def per_drive(sums: np.ndarray) -> np.ndarray:
        return np.bincount(drive, sums, j)

    bound = ErrorBound(per_drive(vectors.apply(x, q)))
    vectors.advance(np.ones(width), np.ones(width), p, q, x, r, single)
    before = np.sqrt(per_drive(vectors.dot(r, r)))
    size = np.where(before > 0, before, 1.0) / np.sqrt(n)  # so that nothing underflows in single precision
    down, up = (1.0 / size)[drive], size[drive]
    np.multiply(r, down, out=single, casting="same_kind")
    worst = np.inf
    for iteration in range(_MAX_ITERATIONS + 1):
        z = hierarchy.cycle(single)
        beta = bound.turn(size * per_drive(vectors.dot(r, z)))
        worst = bound.worst(tolerance**2)
        if worst <= tolerance**2:
            residual = np.max(np.sqrt(per_drive(vectors.dot(r, r))) / np.where(before > 0, before, 1.0), initial=0.0)
            return iteration, float(residual), worst
        # the cycle keeps to the amplitudes that exist in single precision only
        vectors.turn(beta[drive], up, z, p)
        alpha = bound.step(per_drive(vectors.apply(p, q)))
        # what nobody feels would stay in the residual, and drown the rest in single precision
        vectors.advance(alpha[drive], down, p, q, x, r, single)
    raise SolverError(
        f"multigrid did not converge in {_MAX_ITERATIONS} iterations (relative error {np.sqrt(worst):.1e}, wanted "
        f"{tolerance:.1e}); use the backend 'direct' or improve the mesh"
    )


def _vectors(system: LiftedSystem, width: int) -> PlainVectors | CompiledVectors:
    if compiled(len(system.label)):
        from .compiled import CompiledVectors

        return CompiledVectors(system, width)
    return PlainVectors(system, width)
