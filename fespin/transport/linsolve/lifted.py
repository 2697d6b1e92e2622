"""One scalar hierarchy for all components: conjugate gradients whose matrix never exists.

The system is a sum of scalar operators times small laws on c components. What all components share is one matrix K
(stiffness with the conductivities, and conductances of contacts), what spins share beside it one matrix M (relaxation);
the rest (polarization, contacts, whatever else) acts on few rows. Every level of the hierarchy keeps this form, with M
lumped, in single precision; the iteration itself is in double precision. Nodes where only some combinations of components
exist (strong ferromagnets) are dealt with by the inverse of their diagonal block, which projects.

Reference: P. Vanek, J. Mandel, M. Brezina, Computing 56, 179 (1996), doi:10.1007/BF02238511.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from ...errors import SolverError
from .aggregation import STRENGTH, STRENGTH_BELOW, aggregate
from .kernels import Product

_COARSEST = 300  # nodes below which the last level is inverted
_LARGEST_LAST = 2500  # amplitudes that a last level may have
_DAMPING = 1.7  # over the largest eigenvalue of D^-1 A; below 2 for a positive definite smoother
_MAX_ITERATIONS = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class Extra:
    """A scalar operator that has few rows, times a law (c, c) without what K and M already hold."""

    rows: np.ndarray
    columns: np.ndarray
    operator: csr_array  # (rows, columns)
    law: np.ndarray

    @classmethod
    def of(cls, operator: csr_array, law: np.ndarray) -> Extra:
        """Without the empty rows and columns of an operator (n, n)."""
        rows = np.flatnonzero(np.diff(operator.indptr))
        kept = operator[rows]
        columns, place = np.unique(kept.indices, return_inverse=True)
        small = csr_array((kept.data, place.reshape(-1).astype(np.int32), kept.indptr), shape=(len(rows), len(columns)))
        return cls(rows=rows, columns=columns, operator=small, law=law)

    def whole(self, n: int) -> csr_array:
        """The operator (n, n)."""
        indptr = np.zeros(n + 1, np.int32)
        indptr[self.rows + 1] = np.diff(self.operator.indptr)
        indices = self.columns[self.operator.indices].astype(np.int32)
        return csr_array((self.operator.data, indices, np.cumsum(indptr, dtype=np.int32)), shape=(n, n))


@dataclass(frozen=True, kw_only=True, eq=False)
class LiftedSystem:
    """sum of operator (x) law on nodes with c components.

    Parameters
    ----------
    stiffness : csr_array (n, n)
        K, on every component.
    mass : ndarray
        M in the places of K, on the components from `split` on.
    extras : sequence of Extra
    label : ndarray (n,)
        Kind of amplitudes of each node.
    bases : sequence of ndarray (c, k)
        Orthonormal; by label.
    bound : ndarray of bool
        By label: whether some block has fewer amplitudes than components there.
    active : ndarray of bool (n,)
        False where potentials are imposed.
    split : int
        1 if the first component is charge, 0 if there are spins only.
    first : csr_array, optional
        Interpolation to the finest level from a coarser space (elements of lower order), before aggregates begin.
    """

    stiffness: csr_array
    mass: np.ndarray
    extras: Sequence[Extra]
    label: np.ndarray
    bases: Sequence[np.ndarray]
    bound: np.ndarray
    active: np.ndarray
    split: int
    first: csr_array | None = None
    hierarchy: list[_Scalar] = field(default_factory=list)  # filled by the first block that needs it, shared by others

    @property
    def components(self) -> int:
        return self.bases[0].shape[0]

    @cached_property
    def product(self) -> Product:
        from .kernels import COMPILE_FROM

        return Product(self.stiffness, self.mass if self.mass.any() else None, compile=len(self.label) >= COMPILE_FROM)

    def apply(self, x: np.ndarray) -> np.ndarray:
        """A x on (n, c j), components outermost; not projected."""
        j = x.shape[1] // self.components
        out = self.product(x, self.split * j)
        _add_extras(out, x, self.extras, self.components)
        return out

    def project(self, x: np.ndarray) -> None:
        """Take (n, c j) to the amplitudes that exist, in place."""
        c = self.components
        for q, basis in enumerate(self.bases):
            if basis.shape[1] < c:
                at = np.flatnonzero(self.label == q)
                own = x[at].reshape(len(at), c, -1)
                x[at] = np.einsum("ab,nbj->naj", basis @ basis.T, own).reshape(len(at), -1)


def _add_extras(out: np.ndarray, x: np.ndarray, extras: Sequence[Extra], c: int) -> None:
    for extra in extras:
        flow = (extra.operator @ x[extra.columns]).reshape(len(extra.rows), c, -1)
        out[extra.rows] += np.matmul(extra.law.astype(x.dtype), flow).reshape(len(flow), -1)


@dataclass(eq=False)
class _Scalar:
    """What a level has in common for all blocks of a problem."""

    stiffness: csr_array  # float32
    label: np.ndarray
    active: np.ndarray
    prolongation: csr_array | None = None
    restriction: csr_array | None = None


def scalar_hierarchy(system: LiftedSystem) -> list[_Scalar]:
    """Operators and interpolations from the finest to the coarsest level, built once."""
    if system.hierarchy:
        return system.hierarchy
    matrix, label, active, first = system.stiffness, system.label, system.active, system.first
    out = system.hierarchy
    while True:
        level = _Scalar(matrix.astype(np.float32), label, active)
        out.append(level)
        if matrix.shape[0] <= _COARSEST:
            return out
        if first is not None:
            found: tuple[csr_array, np.ndarray] | None = (first, label[: first.shape[1]])
            first = None
        else:
            strength = STRENGTH if len(out) == 1 else STRENGTH_BELOW
            found = aggregate(matrix, label, system.bound[label], active, strength)
        if found is None:
            return out
        prolongation, label = found
        restriction = csr_array(prolongation.T.tocsr())
        active = np.ones(len(label), bool)
        matrix = csr_array(restriction @ (matrix @ prolongation))
        level.prolongation = prolongation.astype(np.float32)
        level.restriction = restriction.astype(np.float32)


class _Level:
    """One level of the cycle of a block."""

    def __init__(self, scalar: _Scalar, mass: np.ndarray, extras: Sequence[Extra], system: LiftedSystem) -> None:
        from .kernels import COMPILE_FROM

        fast = len(scalar.label) >= COMPILE_FROM
        self.scalar, self.mass, self.extras = scalar, mass, extras
        self.split, self.c = system.split, system.components
        self.product = Product(scalar.stiffness, compile=fast)
        if scalar.prolongation is not None:
            self.prolong = Product(scalar.prolongation, compile=fast)
            self.restrict = Product(scalar.restriction, compile=fast)  # type: ignore[arg-type]
        self._invert_diagonal(system.bases)
        self.damping = np.float32(_DAMPING / self._radius())

    def _invert_diagonal(self, bases: Sequence[np.ndarray]) -> None:
        """Scalars where a node has all components and no extras, matrices (c, c) at the others."""
        diagonal, label, c = self.scalar.stiffness.diagonal().astype(float), self.scalar.label, self.c
        special = np.array([basis.shape[1] < c for basis in bases])[label]
        for extra in self.extras:
            special[extra.rows] = True
        special &= self.scalar.active
        at = np.flatnonzero(special)
        blocks = np.zeros((len(at), c, c))
        blocks[:, range(c), range(c)] = diagonal[at, None]
        blocks[:, range(self.split, c), range(self.split, c)] += self.mass[at, None]
        place = np.full(len(label), -1)
        place[at] = np.arange(len(at))
        for extra in self.extras:
            on = _diagonal_of(extra)
            inside = place[extra.rows] >= 0
            blocks[place[extra.rows[inside]]] += on[inside, None, None] * extra.law
        inverse = np.zeros_like(blocks)
        for q, basis in enumerate(bases):
            own = np.flatnonzero(label[at] == q)
            if len(own) and basis.shape[1]:
                inverse[own] = basis @ np.linalg.inv(basis.T @ blocks[own] @ basis) @ basis.T
        simple = self.scalar.active & ~special
        self.charge = np.where(simple, 1.0 / np.where(simple, diagonal, 1.0), 0.0).astype(np.float32)[:, None]
        spin = np.where(simple, diagonal + self.mass, 1.0)
        self.spin = np.where(simple, 1.0 / spin, 0.0).astype(np.float32)[:, None]
        self.special, self.inverse = at, inverse.astype(np.float32)

    def smooth(self, r: np.ndarray) -> np.ndarray:
        """D^-1 r."""
        j = r.shape[1] // self.c
        s = self.split * j
        out = np.empty_like(r)
        np.multiply(r[:, :s], self.charge, out=out[:, :s])
        np.multiply(r[:, s:], self.spin, out=out[:, s:])
        if len(self.special):
            own = r[self.special].reshape(len(self.special), self.c, j)
            out[self.special] = np.matmul(self.inverse, own).reshape(len(own), -1)
        return out

    def apply(self, x: np.ndarray) -> np.ndarray:
        s = self.split * (x.shape[1] // self.c)
        out = self.product(x)
        out[:, s:] += self.mass32 * x[:, s:]
        _add_extras(out, x, self.extras, self.c)
        return out

    @cached_property
    def mass32(self) -> np.ndarray:
        return self.mass.astype(np.float32)[:, None]

    def _radius(self) -> float:
        """Upper estimate of the largest eigenvalue of D^-1 A by power steps."""
        x = np.random.default_rng(0).standard_normal((len(self.scalar.label), self.c)).astype(np.float32)
        value = 1.0
        for _ in range(10):
            x = self.smooth(self.apply(x))
            value = float(np.linalg.norm(x))
            if value == 0.0:
                return 1.0
            x /= np.float32(value)
        return 1.1 * value


def _diagonal_of(extra: Extra) -> np.ndarray:
    """Entry of each row on its own node."""
    place = np.repeat(np.arange(len(extra.rows)), np.diff(extra.operator.indptr))
    own = np.flatnonzero(extra.rows[place] == extra.columns[extra.operator.indices])
    out = np.zeros(len(extra.rows))
    out[place[own]] = extra.operator.data[own]
    return out


class LiftedHierarchy:
    """The cycle of one block on the common hierarchy: a symmetric positive definite preconditioner."""

    def __init__(self, system: LiftedSystem) -> None:
        self.levels: list[_Level] = []
        mass = np.bincount(
            np.repeat(np.arange(len(system.label)), np.diff(system.stiffness.indptr)), system.mass, len(system.label)
        )
        extras = list(system.extras)
        for scalar in scalar_hierarchy(system):
            single = [replace(e, operator=e.operator.astype(np.float32)) for e in extras]
            self.levels.append(_Level(scalar, mass, single, system))
            if scalar.prolongation is not None:
                assert scalar.restriction is not None
                extras = [_coarsened(e, scalar) for e in extras]
                mass = np.maximum(scalar.restriction @ mass, 0.0)
        self.last = _inverse(self.levels[-1], system.bases)

    def cycle(self, r: np.ndarray, depth: int = 0) -> np.ndarray:
        """One W-cycle on single-precision residuals (n, c j)."""
        level = self.levels[depth]
        if depth == len(self.levels) - 1:
            return self.last(r)
        x = level.damping * level.smooth(r)
        defect = level.restrict(r - level.apply(x))
        correction = self.cycle(defect, depth + 1)
        if depth + 2 < len(self.levels):
            correction += self.cycle(defect - self.levels[depth + 1].apply(correction), depth + 1)
        x += level.prolong(correction)
        x += level.damping * level.smooth(r - level.apply(x))
        return x


def _coarsened(extra: Extra, scalar: _Scalar) -> Extra:
    """R C P of rows that exist; coarse rows without entries stay out."""
    assert scalar.prolongation is not None
    assert scalar.restriction is not None
    whole = extra.whole(len(scalar.label)) @ scalar.prolongation.astype(float)
    return Extra.of(csr_array(scalar.restriction.astype(float) @ whole), extra.law)


def _inverse(level: _Level, bases: Sequence[np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The last level: its amplitudes explicitly, inverted."""
    n, c = len(level.scalar.label), level.c
    widths = np.array([basis.shape[1] for basis in bases])[level.scalar.label]
    widths = np.where(level.scalar.active, widths, 0)
    size = int(widths.sum())
    if size > _LARGEST_LAST:
        raise SolverError(f"aggregation stopped at {n} nodes, too many to invert; use the backend 'direct'")
    lift = np.zeros((n, c, size))
    start = np.concatenate([[0], np.cumsum(widths)])
    for i in np.flatnonzero(widths):
        lift[i, :, start[i] : start[i + 1]] = bases[level.scalar.label[i]]
    columns = np.ascontiguousarray(lift.reshape(n, -1))
    kept, level.mass32 = level.mass32, level.mass[:, None]
    flow = level.product.stiffness.astype(float) @ columns
    flow = flow.reshape(n, c, size)
    flow[:, level.split :] += level.mass[:, None, None] * lift[:, level.split :]
    flow = np.ascontiguousarray(flow.reshape(n, -1))
    _add_extras(flow, columns, level.extras, c)
    level.mass32 = kept
    matrix = lift.reshape(n * c, size).T @ flow.reshape(n * c, size)
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as error:
        raise SolverError(f"the coarsest system cannot be factorised ({error}); use the backend 'direct'") from None
    thin = lift.reshape(n * c, size)
    inverse = (thin @ np.linalg.inv(matrix) @ thin.T).astype(np.float32)
    return lambda r: (inverse @ r.reshape(n * c, -1)).reshape(r.shape)


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
    held = np.flatnonzero(~system.active)

    def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.einsum("ij,ij->j", a, b).reshape(c, j).sum(axis=0)

    def spread(a: np.ndarray) -> np.ndarray:
        return np.tile(a, c)

    r = system.apply(x)
    energy = dot(x, r)  # of the lift; what is left of it at the end is the conductance
    np.negative(r, out=r)
    r[held] = 0.0
    system.project(r)
    scale = np.where(np.sqrt(energy) > 0, np.sqrt(np.abs(energy)), 1.0)
    before = np.sqrt(dot(r, r))
    p = np.zeros_like(r)
    rz, worst = np.ones(j), np.inf
    for iteration in range(_MAX_ITERATIONS + 1):
        # residuals of very different sizes (or tiny ones) must not underflow in single precision
        size = np.abs(r).max(axis=0).reshape(c, j).max(axis=0)
        size[size == 0] = 1.0
        z = cycle((r / spread(size)).astype(np.float32)).astype(float)
        z *= spread(size)
        rz_next = dot(r, z)
        worst = float(np.max(rz_next / np.maximum(np.abs(energy), 1e-12 * scale**2), initial=0.0))
        if worst <= tolerance**2:
            residual = np.max(np.sqrt(dot(r, r)) / np.where(before > 0, before, 1.0), initial=0.0)
            return x.reshape(n, c, j), iteration, float(residual), worst
        beta = np.where(rz > 0, rz_next / np.where(rz > 0, rz, 1.0), 0.0) if iteration else np.zeros(j)
        p *= spread(beta)
        p += z
        rz = rz_next
        q = system.apply(p)
        pq = dot(p, q)
        alpha = np.divide(rz, pq, out=np.zeros_like(rz), where=pq > 0)
        energy = energy - alpha * rz
        x += spread(alpha) * p
        q *= spread(alpha)
        r -= q
        r[held] = 0.0
        system.project(r)  # what nobody feels would stay, and drown the rest in single precision
    raise SolverError(
        f"multigrid did not converge in {_MAX_ITERATIONS} iterations (relative error {np.sqrt(worst):.1e}, wanted "
        f"{tolerance:.1e}); use the backend 'direct' or improve the mesh"
    )
