"""The loops of the iteration in NumPy and SciPy, a few thousand rows at a time.

What follows a sparse product then finds its rows in the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...kernels.threads import by_rows, for_each, pieces
from .lifted_system import LiftedSystem, add_extras

if TYPE_CHECKING:
    from .level import Level


class PlainLoops:
    """What the cycle does on a level; `out` is written in place, and never one of the operands."""

    def __init__(self, level: Level) -> None:
        self.level, self.pieces = level, pieces(len(level.scalar.label))
        scalar = level.scalar
        self.stiffness = by_rows(scalar.stiffness)
        if scalar.prolongation is not None and scalar.restriction is not None:
            self.prolongation, self.restriction = by_rows(scalar.prolongation), by_rows(scalar.restriction)

    def forget(self) -> None:
        """Nothing is kept."""

    def from_zero(self, r: np.ndarray, out: np.ndarray) -> None:
        """A damped step from zero, D^-1 r."""
        level, s = self.level, self._first_spin(r)

        def work(k: int) -> None:
            part = self.pieces[k]
            np.multiply(r[part, :s], level.charge[part, None], out=out[part, :s])
            np.multiply(r[part, s:], level.spin[part, None], out=out[part, s:])

        for_each(work, len(self.pieces), len(r))
        if len(level.special):
            out[level.special] = self._special(r[level.special])

    def defect(self, r: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
        """r - A x."""
        s = self._first_spin(r)

        def work(k: int) -> None:
            part = self.pieces[k]
            flow = self.stiffness[k] @ x
            flow[:, s:] += self.level.mass32[part, None] * x[part, s:]
            np.subtract(r[part], flow, out=out[part])

        for_each(work, len(self.pieces), len(r))
        add_extras(out, x, self.level.extras, self.level.components, -1.0)

    def relax(self, r: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
        """A damped step, x + D^-1 (r - A x)."""
        self.defect(r, x, out)
        level, s = self.level, self._first_spin(r)
        special = self._special(out[level.special]) if len(level.special) else None

        def work(k: int) -> None:
            part = self.pieces[k]
            out[part, :s] *= level.charge[part, None]
            out[part, s:] *= level.spin[part, None]
            out[part] += x[part]

        for_each(work, len(self.pieces), len(r))
        if special is not None:
            out[level.special] = x[level.special] + special

    def restrict(self, d: np.ndarray, out: np.ndarray) -> None:
        parts = pieces(len(out))

        def work(k: int) -> None:
            out[parts[k]] = self.restriction[k] @ d

        for_each(work, len(parts), len(d))

    def prolong(self, x: np.ndarray, correction: np.ndarray) -> None:
        """x += P correction."""

        def work(k: int) -> None:
            x[self.pieces[k]] += self.prolongation[k] @ correction

        for_each(work, len(self.pieces), len(x))

    def _first_spin(self, r: np.ndarray) -> int:
        return self.level.split * (r.shape[1] // self.level.components)

    def _special(self, r: np.ndarray) -> np.ndarray:
        return np.matmul(self.level.inverse, r.reshape(len(r), self.level.components, -1)).reshape(r.shape)


class PlainVectors:
    """What conjugate gradients do on fields (n, c j) in double precision."""

    def __init__(self, system: LiftedSystem, width: int) -> None:
        self.system, n = system, len(system.label)
        self.parts, self.held = pieces(n), np.flatnonzero(~system.active)
        self.sums = np.empty((len(self.parts), width))

    def direction(self, x: np.ndarray) -> np.ndarray:
        """A search direction, zero to begin with."""
        return np.zeros_like(x)

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Sums of a b, (c j,)."""

        def work(k: int) -> None:
            np.einsum("ij,ij->j", a[self.parts[k]], b[self.parts[k]], out=self.sums[k])

        for_each(work, len(self.parts), len(a))
        return self.sums.sum(axis=0)  # in one order, whoever computed them

    def apply(self, x: np.ndarray, out: np.ndarray) -> np.ndarray:
        """out = A x; sums of x out."""
        self.system.apply(x, out)
        return self.dot(x, out)

    def turn(self, beta: np.ndarray, scale: np.ndarray, z: np.ndarray, p: np.ndarray) -> None:
        """p = beta p + scale z on the amplitudes that exist."""

        def work(k: int) -> None:
            p[self.parts[k]] *= beta
            p[self.parts[k]] += scale * z[self.parts[k]]

        for_each(work, len(self.parts), len(p))
        self.system.project(p)

    def advance(self, alpha: np.ndarray, down: np.ndarray, p: np.ndarray, q: np.ndarray, x: np.ndarray, r: np.ndarray,
                single: np.ndarray) -> None:  # fmt: skip
        """x += alpha p; r -= alpha q where potentials are free and amplitudes exist; single = down r."""

        def work(k: int) -> None:
            x[self.parts[k]] += alpha * p[self.parts[k]]
            r[self.parts[k]] -= alpha * q[self.parts[k]]

        for_each(work, len(self.parts), len(x))
        r[self.held] = 0.0
        self.system.project(r)
        for_each(
            lambda k: np.multiply(r[self.parts[k]], down, out=single[self.parts[k]], casting="same_kind"),
            len(self.parts), len(r),
        )  # fmt: skip
