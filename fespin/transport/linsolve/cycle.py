"""The cycle on one scalar hierarchy for all components of a lifted system.

Every level keeps the form of the finest one, with the mass lumped, in single precision. Nodes where only some
combinations of components exist (strong ferromagnets) are dealt with by the inverse of their diagonal block, which
projects.

Reference: P. Vanek, J. Mandel, M. Brezina, Computing 56, 179 (1996), doi:10.1007/BF02238511.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from ...errors import SolverError
from .aggregation import STRENGTH, STRENGTH_BELOW, aggregate
from .kernels import by_rows, for_each, pieces
from .lifted_system import Extra, LiftedSystem, add_extras

_COARSEST = 300  # nodes below which the last level is inverted
_LARGEST_LAST = 2500  # amplitudes that a last level may have
_DAMPING = 1.7  # over the largest eigenvalue of D^-1 A; below 2 for a positive definite smoother


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
            found: tuple[csr_array, np.ndarray] | None = first
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
        return np.matmul(self.inverse, r.reshape(len(r), self.c, r.shape[1] // self.c)).reshape(r.shape)

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
        add_extras(out, x, self.extras, self.c, -1.0)
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
    add_extras(flow, columns, level.extras, c)
    matrix = lift.reshape(n * c, size).T @ flow.reshape(n * c, size)
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as error:
        raise SolverError(f"the coarsest system cannot be factorised ({error}); use the backend 'direct'") from None
    thin = lift.reshape(n * c, size)
    inverse = (thin @ np.linalg.inv(matrix) @ thin.T).astype(np.float32)
    return lambda r: (inverse @ r.reshape(n * c, -1)).reshape(r.shape)
