"""One level of the cycle of a block: its operator, and the inverse of the diagonal blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from ...kernels import compiled
from .lifted_system import Extra, LiftedSystem

DAMPING = 1.7  # over the largest eigenvalue of D^-1 A; below 2 for a positive definite smoother
POWER_STEPS = 10


@dataclass(eq=False)
class ScalarLevel:
    """What a level has in common for all blocks of a problem."""

    stiffness: csr_array  # float32
    label: np.ndarray
    active: np.ndarray
    prolongation: csr_array | None = None
    restriction: csr_array | None = None


class Level:
    """One level of the cycle of a block, in single precision, on (n, c j) with components outermost.

    `charge` and `spin` are the damped inverses of the diagonal at nodes that have all components and nothing but K and
    the mass, `inverse` those of the diagonal blocks at the `special` ones.
    """

    def __init__(self, scalar: ScalarLevel, mass: np.ndarray, extras: Sequence[Extra], system: LiftedSystem) -> None:
        self.scalar, self.mass, self.extras, self.system = scalar, mass, extras, system
        self.split, self.components = system.split, system.components
        self._invert_diagonal(system.bases)
        self._buffers: dict[tuple[str, int], np.ndarray] = {}
        if compiled(len(system.label)):
            from .compiled import CompiledLoops as Loops
        else:
            from .plain import PlainLoops as Loops  # type: ignore[assignment]
        self.loops = Loops(self)
        radius = self._radius()
        self.loops.forget()
        for factor in (self.charge, self.spin, self.inverse):
            factor *= np.float32(DAMPING / radius)

    @cached_property
    def mass32(self) -> np.ndarray:
        return self.mass.astype(np.float32)

    def buffer(self, name: str, width: int) -> np.ndarray:
        """An array (n, width) that stays: memory that is new is slow."""
        if (name, width) not in self._buffers:
            self._buffers[name, width] = np.empty((len(self.scalar.label), width), np.float32)
        return self._buffers[name, width]

    def borrow(self, array: np.ndarray) -> None:
        """Take the memory of an array (n, width) in double precision for the two buffers of the cycle."""
        width = array.shape[1]
        halves = array.view(np.float32).reshape(2, len(array), width)
        self._buffers["x", width], self._buffers["out", width] = halves

    def _invert_diagonal(self, bases: Sequence[np.ndarray]) -> None:
        """Scalars where a node has all components and no extras, matrices (c, c) at the others."""
        diagonal, label, c = self.scalar.stiffness.diagonal().astype(float), self.scalar.label, self.components
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
        inverse = inverted(blocks, label[at], bases)
        simple = self.scalar.active & ~special
        self.charge = np.where(simple, 1.0 / np.where(simple, diagonal, 1.0), 0.0).astype(np.float32)
        spin = np.where(simple, diagonal + self.mass, 1.0)
        self.spin = np.where(simple, 1.0 / spin, 0.0).astype(np.float32)
        self.special, self.inverse = at, inverse.astype(np.float32)

    def _radius(self) -> float:
        """Upper estimate of the largest eigenvalue of D^-1 A by power steps."""
        x = np.random.default_rng(0).standard_normal((len(self.scalar.label), self.components)).astype(np.float32)
        zero, defect, value = np.zeros_like(x), np.empty_like(x), 1.0
        for _ in range(POWER_STEPS):
            self.loops.defect(zero, x, defect)
            self.loops.from_zero(defect, x)
            value = float(np.linalg.norm(x))
            if value == 0.0:
                return 1.0
            x /= np.float32(-value)
        return 1.1 * value


def inverted(blocks: np.ndarray, label: np.ndarray, bases: Sequence[np.ndarray]) -> np.ndarray:
    """Inverses of diagonal blocks (m, c, c) on the amplitudes that nodes of these labels (m,) have, else zero."""
    out = np.zeros_like(blocks)
    for q, basis in enumerate(bases):
        own = np.flatnonzero(label == q)
        if len(own) and basis.shape[1]:
            out[own] = basis @ np.linalg.inv(basis.T @ blocks[own] @ basis) @ basis.T
    return out


def _diagonal_of(extra: Extra) -> np.ndarray:
    """Entry of each row on its own node."""
    place = np.repeat(np.arange(len(extra.rows)), np.diff(extra.operator.indptr))
    own = np.flatnonzero(extra.rows[place] == extra.columns[extra.operator.indices])
    out = np.zeros(len(extra.rows))
    out[place[own]] = extra.operator.data[own]
    return out
