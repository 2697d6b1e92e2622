"""Conjugate gradients on a lifted system, all drives together, one step size each; its matrix never exists.

The iteration is in double precision, the cycle that preconditions it in single precision.
"""

from __future__ import annotations

import numpy as np

from ...errors import SolverError
from .cycle import LiftedHierarchy
from .kernels import for_each, pieces
from .lifted_system import LiftedSystem

_MAX_ITERATIONS = 100


def solve_lifted(system: LiftedSystem, lifted: np.ndarray, *, tolerance: float) -> tuple[np.ndarray, int, float, float]:
    """Fields that equal `lifted` where potentials are imposed and carry no net current elsewhere.

    Conjugate gradients, one step size per drive. Stops when the energy of the error, as the preconditioner sees it, has
    fallen below `tolerance` squared of the conductance of each drive: that is the relative error of the entries of G.

    Parameters
    ----------
    system : LiftedSystem
    lifted : ndarray (n, c, j)
    tolerance : float

    Returns
    -------
    ndarray (n, c, j), int, float, float
        Fields, iterations, largest relative residual, estimated relative error of the entries.

    Raises
    ------
    SolverError
        No convergence; the message says how far it came.
    """
    n, c, j = lifted.shape
    cycle = LiftedHierarchy(system).cycle
    x = np.ascontiguousarray(lifted.reshape(n, c * j))
    held, parts = np.flatnonzero(~system.active), pieces(n)
    sums = np.empty((len(parts), c * j))

    def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        def work(k: int) -> None:
            np.einsum("ij,ij->j", a[parts[k]], b[parts[k]], out=sums[k])

        for_each(work, len(parts), n)
        return sums.sum(axis=0).reshape(c, j).sum(axis=0)  # in one order, whoever computed them

    q = np.empty_like(x)
    r = -system.apply(x, q)
    energy = -dot(x, r)  # of the lift; what is left of it at the end is the conductance
    r[held] = 0.0
    system.project(r)
    least = 1e-12 * np.maximum(energy, np.finfo(float).tiny)
    before = np.sqrt(dot(r, r))
    size = np.where(before > 0, before, 1.0) / np.sqrt(n)  # so that nothing underflows in single precision
    down, up = np.tile(1.0 / size, c), np.tile(size, c)
    p, single = np.zeros_like(r), np.empty(r.shape, np.float32)
    rz, worst = np.zeros(j), np.inf
    for iteration in range(_MAX_ITERATIONS + 1):
        for_each(lambda k: np.multiply(r[parts[k]], down, out=single[parts[k]], casting="same_kind"), len(parts), n)
        z = cycle(single)
        rz_next = size * dot(r, z)
        worst = float(np.max(rz_next / np.maximum(energy, least), initial=0.0))
        if worst <= tolerance**2:
            residual = np.max(np.sqrt(dot(r, r)) / np.where(before > 0, before, 1.0), initial=0.0)
            return x.reshape(n, c, j), iteration, float(residual), worst
        beta = np.tile(np.divide(rz_next, rz, out=np.zeros(j), where=rz > 0), c)

        def turn(k: int, beta: np.ndarray = beta, z: np.ndarray = z) -> None:
            p[parts[k]] *= beta
            p[parts[k]] += up * z[parts[k]]

        for_each(turn, len(parts), n)
        system.project(p)  # the cycle keeps to the amplitudes that exist in single precision only
        rz = rz_next
        pq = dot(p, system.apply(p, q))
        alpha = np.divide(rz, pq, out=np.zeros(j), where=pq > 0)
        energy = energy - alpha * rz

        def advance(k: int, alpha: np.ndarray = np.tile(alpha, c)) -> None:  # noqa: B008
            x[parts[k]] += alpha * p[parts[k]]
            r[parts[k]] -= alpha * q[parts[k]]

        for_each(advance, len(parts), n)
        r[held] = 0.0
        system.project(r)  # what nobody feels would stay, and drown the rest in single precision
    raise SolverError(
        f"multigrid did not converge in {_MAX_ITERATIONS} iterations (relative error {np.sqrt(worst):.1e}, wanted "
        f"{tolerance:.1e}); use the backend 'direct' or improve the mesh"
    )
