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
from .kernels import by_rows, for_each, pieces, total

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
    def of(cls, operator: csr_array, law: np.ndarray, order: np.ndarray | None = None) -> Extra:
        """Without the empty rows and columns of an operator (n, n), whose nodes may be put into another order."""
        number = np.arange(operator.shape[0]) if order is None else np.argsort(order)
        rows = np.flatnonzero(np.diff(operator.indptr))
        rows = rows[np.argsort(number[rows])]
        kept = operator[rows]
        rows = number[rows]
        columns, place = np.unique(number[kept.indices], return_inverse=True)
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
    def _pieces(self) -> list[tuple[slice, csr_array, csr_array]]:
        k = self.stiffness
        both = csr_array((k.data + self.mass, k.indices, k.indptr), shape=k.shape) if self.mass.any() else k
        return list(zip(pieces(k.shape[0]), by_rows(k), by_rows(both), strict=True))

    def apply(self, x: np.ndarray, out: np.ndarray) -> np.ndarray:
        """A x on (n, c j), components outermost; not projected."""
        s = self.split * (x.shape[1] // self.components)
        charge, spin = np.ascontiguousarray(x[:, :s]), np.ascontiguousarray(x[:, s:])

        def work(k: int) -> None:
            part, stiffness, both = self._pieces[k]
            out[part, :s] = stiffness @ charge
            out[part, s:] = both @ spin

        for_each(work, len(self._pieces), len(x))
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


def _add_extras(out: np.ndarray, x: np.ndarray, extras: Sequence[Extra], c: int, sign: float = 1.0) -> None:
    for extra in extras:
        flow = (extra.operator @ x[extra.columns]).reshape(len(extra.rows), c, -1)
        out[extra.rows] += np.matmul((sign * extra.law).astype(x.dtype), flow).reshape(len(flow), -1)


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
        self.scalar, self.mass, self.extras = scalar, mass, extras
        self.split, self.c = system.split, system.components
        self.pieces = pieces(len(scalar.label))
        self.stiffness = by_rows(scalar.stiffness)
        if scalar.prolongation is not None and scalar.restriction is not None:
            self.prolongation, self.restriction = by_rows(scalar.prolongation), by_rows(scalar.restriction)
        self._invert_diagonal(system.bases)
        radius = self._radius()
        for factor in (self.charge, self.spin, self.inverse):
            factor *= np.float32(_DAMPING / radius)

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

    def first(self, r: np.ndarray) -> np.ndarray:
        """A damped step from zero, D^-1 r."""
        out = np.empty_like(r)
        s = self.split * (r.shape[1] // self.c)

        def work(k: int) -> None:
            part = self.pieces[k]
            np.multiply(r[part, :s], self.charge[part], out=out[part, :s])
            np.multiply(r[part, s:], self.spin[part], out=out[part, s:])

        for_each(work, len(self.pieces), len(r))
        if len(self.special):
            out[self.special] = self._special(r[self.special])
        return out

    def _special(self, r: np.ndarray) -> np.ndarray:
        return np.matmul(self.inverse, r.reshape(len(r), self.c, -1)).reshape(r.shape)

    def defect(self, r: np.ndarray, x: np.ndarray) -> np.ndarray:
        """r - A x."""
        out = np.empty_like(r)
        s = self.split * (r.shape[1] // self.c)

        def work(k: int) -> None:
            part = self.pieces[k]
            flow = self.stiffness[k] @ x
            flow[:, s:] += self.mass32[part] * x[part, s:]
            np.subtract(r[part], flow, out=out[part])

        for_each(work, len(self.pieces), len(r))
        _add_extras(out, x, self.extras, self.c, -1.0)
        return out

    def correct(self, x: np.ndarray, d: np.ndarray) -> None:
        """x += D^-1 d."""
        s = self.split * (d.shape[1] // self.c)

        def work(k: int) -> None:
            part = self.pieces[k]
            x[part, :s] += self.charge[part] * d[part, :s]
            x[part, s:] += self.spin[part] * d[part, s:]

        for_each(work, len(self.pieces), len(d))
        if len(self.special):
            x[self.special] += self._special(d[self.special])

    def restrict(self, d: np.ndarray) -> np.ndarray:
        out = np.empty((self.scalar.restriction.shape[0], d.shape[1]), d.dtype)  # type: ignore[union-attr]
        _multiply(self.restriction, d, out)
        return out

    def prolong(self, x: np.ndarray, correction: np.ndarray) -> None:
        """x += P correction."""

        def work(k: int) -> None:
            x[self.pieces[k]] += self.prolongation[k] @ correction

        for_each(work, len(self.pieces), len(x))

    @cached_property
    def mass32(self) -> np.ndarray:
        return self.mass.astype(np.float32)[:, None]

    def _radius(self) -> float:
        """Upper estimate of the largest eigenvalue of D^-1 A by power steps."""
        x = np.random.default_rng(0).standard_normal((len(self.scalar.label), self.c)).astype(np.float32)
        zero, value = np.zeros_like(x), 1.0
        for _ in range(10):
            x = -self.first(self.defect(zero, x))
            value = float(np.linalg.norm(x))
            if value == 0.0:
                return 1.0
            x /= np.float32(value)
        return 1.1 * value


def _multiply(matrix: list[csr_array], x: np.ndarray, out: np.ndarray) -> None:
    parts = pieces(len(out))

    def work(k: int) -> None:
        out[parts[k]] = matrix[k] @ x

    for_each(work, len(parts), len(x))


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
        x = level.first(r)
        defect = level.restrict(level.defect(r, x))
        correction = self.cycle(defect, depth + 1)
        if depth + 2 < len(self.levels):
            correction += self.cycle(self.levels[depth + 1].defect(defect, correction), depth + 1)
        level.prolong(x, correction)
        level.correct(x, level.defect(r, x))
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
    flow = level.scalar.stiffness.astype(float) @ columns
    flow = flow.reshape(n, c, size)
    flow[:, level.split :] += level.mass[:, None, None] * lift[:, level.split :]
    flow = np.ascontiguousarray(flow.reshape(n, -1))
    _add_extras(flow, columns, level.extras, c)
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
    held, parts = np.flatnonzero(~system.active), pieces(n)
    sums = np.empty((len(parts), c * j))

    def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        def work(k: int) -> None:
            np.einsum("ij,ij->j", a[parts[k]], b[parts[k]], out=sums[k])

        for_each(work, len(parts), n)
        return total(sums).reshape(c, j).sum(axis=0)

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
