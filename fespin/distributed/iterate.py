"""Conjugate gradients on a block whose nodes are spread over the processes, all drives together.

The iteration of `transport.linsolve.lifted`: double precision, one step size per drive, stopped on the energy error of
each conductance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..errors import SolverError
from ..transport.linsolve.error_bound import ErrorBound
from .cycle import Cycle, apply
from .matrices import Columns
from .ranks import agreed

_MAX_ITERATIONS = 100
_ROWS = 4096  # rows that work at once, so that no second copy of a block of columns is made


@dataclass(frozen=True, kw_only=True, eq=False)
class SpreadSystem:
    """Own rows of a block in double precision.

    Parameters
    ----------
    columns : Columns
    stiffness, both : csr_array
    extras : list of (rows, csr_array, law)
    label : ndarray (own,)
    bases : list of ndarray
        Orthonormal; by label.
    active : ndarray of bool (own,)
    split : int
        Number of charge components, 0 or 1.
    """

    columns: Columns
    stiffness: csr_array
    both: csr_array
    extras: list[tuple]
    label: np.ndarray
    bases: list[np.ndarray]
    active: np.ndarray
    split: int

    @property
    def components(self) -> int:
        return int(self.bases[0].shape[0])

    def apply(self, x: np.ndarray) -> np.ndarray:
        """A x (own, c j), not projected."""
        return apply(self.columns, self.stiffness, self.both, self.extras, x, self.components, self.split)

    def project(self, x: np.ndarray) -> None:
        """Take (own, c j) to the amplitudes that exist, in place."""
        c = self.components
        for q, basis in enumerate(self.bases):
            if basis.shape[1] < c:
                at = np.flatnonzero(self.label == q)
                own = x[at].reshape(len(at), c, x.shape[1] // c)
                x[at] = np.einsum("ab,nbj->naj", basis @ basis.T, own).reshape(len(at), x.shape[1])


def iterate(
    comm: Any, system: SpreadSystem, cycle: Cycle, x: np.ndarray, *, tolerance: float
) -> tuple[int, float, float]:
    """Turn own rows (own, c j) of lifted potentials into fields without net currents, in place.

    Returns
    -------
    int, float, float
        Iterations, largest relative residual, bound of the relative error of the entries of G.

    Raises
    ------
    SolverError
        On all processes: no convergence; the message says how far it came.
    """
    c, (n, columns) = system.components, x.shape
    j = columns // c
    held = np.flatnonzero(~system.active)
    nodes = comm.allreduce(n)

    def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(comm.allreduce(np.einsum("ij,ij->j", a, b).reshape(c, j).sum(axis=0)))

    r = system.apply(x)
    np.negative(r, out=r)
    bound = ErrorBound(-dot(x, r))
    r[held] = 0.0
    system.project(r)
    before = np.sqrt(dot(r, r))
    size = np.where(before > 0, before, 1.0) / np.sqrt(nodes)  # so that nothing underflows in single precision
    down, up = np.tile(1.0 / size, c), np.tile(size, c)
    p, single = np.zeros_like(r), np.empty(r.shape, np.float32)
    worst = np.inf
    for iteration in range(_MAX_ITERATIONS + 1):
        np.multiply(r, down, out=single, casting="same_kind")
        z = cycle(single)
        beta = np.tile(bound.turn(size * dot(r, z)), c)
        worst = bound.worst(tolerance**2)
        if worst <= tolerance**2:
            residual = np.max(np.sqrt(dot(r, r)) / np.where(before > 0, before, 1.0), initial=0.0)
            return iteration, float(residual), worst
        for part in _parts(n):
            p[part] *= beta
            p[part] += up * z[part]
        del z
        system.project(p)  # the cycle keeps to the amplitudes that exist in single precision only
        q = system.apply(p)
        wide = np.tile(bound.step(dot(p, q)), c)
        for part in _parts(n):
            x[part] += wide * p[part]
            r[part] -= wide * q[part]
        del q
        r[held] = 0.0
        system.project(r)
    raise agreed(SolverError(
        f"multigrid did not converge in {_MAX_ITERATIONS} iterations (relative error {np.sqrt(worst):.1e}, wanted "
        f"{tolerance:.1e}); leave out --backend petsc or improve the mesh"
    ))  # fmt: skip


def _parts(n: int) -> Iterator[slice]:
    return (slice(start, min(start + _ROWS, n)) for start in range(0, n, _ROWS))
