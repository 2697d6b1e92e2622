"""The multigrid cycle of one block on the scalar hierarchy, all drives together: the preconditioner.

The same as the serial `transport.linsolve.cycle`, in single precision, with rows on several processes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..errors import SolverError
from ..transport.linsolve.cycle import inverse_on, padded, refuse_many
from ..transport.linsolve.level import DAMPING, POWER_STEPS, inverted
from .hierarchy import ScalarLevel
from .matrices import product, times
from .ranks import agreed


class BlockLevel:
    """One level of the cycle of a block with c components, `split` of them charge."""

    def __init__(self, comm: Any, scalar: ScalarLevel, laws: list[np.ndarray | None], bases: list[np.ndarray],
                 split: int) -> None:  # fmt: skip
        self.comm, self.scalar, self.split, self.bases = comm, scalar, split, bases
        self.c = bases[0].shape[0]
        self.extras = [(rows, matrix, law.astype(np.float32)) for (rows, matrix), law in
                       zip(map(filled, scalar.extras), laws, strict=True) if law is not None]  # fmt: skip
        self._invert_diagonal()
        radius = self._radius()
        for factor in (self.charge, self.spin, self.inverse):
            factor *= np.float32(DAMPING / radius)

    def _invert_diagonal(self) -> None:
        """Scalars where a node has all components and no extras, matrices (c, c) at the others."""
        c, split, label = self.c, self.split, self.scalar.label
        charge, spin = (m.diagonal().astype(float) for m in (self.scalar.stiffness, self.scalar.both))
        active = self.scalar.active & (charge > 0.0)
        special = np.array([basis.shape[1] < c for basis in self.bases])[label]
        for rows, *_ in self.extras:
            special[rows] = True
        at = np.flatnonzero(special & active)
        blocks = np.zeros((len(at), c, c))
        blocks[:, range(split), range(split)] = charge[at, None]
        blocks[:, range(split, c), range(split, c)] = spin[at, None]
        place = np.full(len(label), -1)
        place[at] = np.arange(len(at))
        for rows, matrix, law in self.extras:
            own = np.zeros(len(rows))
            entries = np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
            diagonal = rows[entries] == matrix.indices
            own[entries[diagonal]] = matrix.data[diagonal]
            inside = place[rows] >= 0
            blocks[place[rows[inside]]] += own[inside, None, None] * law
        inverse = inverted(blocks, label[at], self.bases)
        simple = active & ~special
        self.charge = np.where(simple, 1.0 / np.where(simple, charge, 1.0), 0.0).astype(np.float32)[:, None]
        self.spin = np.where(simple, 1.0 / np.where(simple, spin, 1.0), 0.0).astype(np.float32)[:, None]
        self.special, self.inverse = at, inverse.astype(np.float32)

    def smooth(self, r: np.ndarray) -> np.ndarray:
        """D^-1 r, damped."""
        s = self.split * (r.shape[1] // self.c)
        out = np.empty_like(r)
        np.multiply(r[:, :s], self.charge, out=out[:, :s])
        np.multiply(r[:, s:], self.spin, out=out[:, s:])
        if len(self.special):
            part = r[self.special]
            out[self.special] = np.matmul(self.inverse, part.reshape(len(part), self.c, r.shape[1] // self.c)).reshape(
                part.shape
            )
        return out

    def defect(self, r: np.ndarray, x: np.ndarray) -> np.ndarray:
        """r - A x."""
        flow = apply(self.scalar.columns, self.scalar.stiffness, self.scalar.both, self.extras, x, self.c, self.split)
        return np.subtract(r, flow, out=flow)

    def _radius(self) -> float:
        """Largest eigenvalue of D^-1 A, from above, by powers."""
        random = np.random.default_rng(self.comm.rank)
        x = random.standard_normal((len(self.scalar.label), self.c)).astype(np.float32)
        zero, value = np.zeros_like(x), 1.0
        for _ in range(POWER_STEPS):
            x = -self.smooth(self.defect(zero, x))
            value = float(np.sqrt(self.comm.allreduce(float(np.vdot(x, x)))))
            if value == 0.0:
                return 1.0
            x /= np.float32(value)
        return 1.1 * value


def filled(matrix: csr_array) -> tuple[np.ndarray, csr_array]:
    """The rows that have entries, and these alone."""
    rows = np.flatnonzero(np.diff(matrix.indptr))
    return rows, matrix[rows]


def apply(columns: Any, stiffness: csr_array, both: csr_array, extras: list[tuple], x: np.ndarray, c: int,
          split: int) -> np.ndarray:  # fmt: skip
    """A x of own rows (own, c j), components outermost; one exchange for all columns."""
    j = x.shape[1] // c
    whole = columns.with_fetched(x)
    out = np.empty_like(x)
    s = split * j
    if s:
        out[:, :s] = product(stiffness, np.ascontiguousarray(whole[:, :s]))
    if s < x.shape[1]:
        out[:, s:] = product(both, np.ascontiguousarray(whole[:, s:]) if s else whole)
    for rows, matrix, law in extras:
        if len(rows):
            flow = (matrix @ whole).reshape(len(rows), c, j)
            out[rows] += np.matmul(law, flow).reshape(len(rows), c * j)
    return out


class Cycle:
    """The W-cycle of a block: symmetric, positive definite."""

    def __init__(self, comm: Any, scalars: list[ScalarLevel], laws: list[np.ndarray | None],
                 bases: list[np.ndarray], split: int) -> None:  # fmt: skip
        self.levels = [BlockLevel(comm, scalar, laws, bases, split) for scalar in scalars]
        self.last = _inverse(self.levels[-1])

    def __call__(self, r: np.ndarray, depth: int = 0) -> np.ndarray:
        """One cycle on single-precision residuals (own, c j)."""
        level = self.levels[depth]
        if level.scalar.down is None or level.scalar.up is None:
            return self.last(r)
        x = level.smooth(r)
        coarse = times(*level.scalar.down, level.defect(r, x))
        correction = self(coarse, depth + 1)
        if depth + 2 < len(self.levels):
            correction += self(self.levels[depth + 1].defect(coarse, correction), depth + 1)
        x += times(*level.scalar.up, correction)
        x += level.smooth(level.defect(r, x))
        return x


def _inverse(level: BlockLevel) -> Callable[[np.ndarray], np.ndarray]:
    """The last level: its amplitudes gathered, inverted on every process."""
    comm, c = level.comm, level.c
    label = np.concatenate(comm.allgather(level.scalar.label))
    n = len(label)
    try:
        refuse_many(level.bases, label)
        inverse = _inverted(level, label)
    except SolverError as error:
        raise agreed(SolverError(f"{error}; leave out --backend petsc")) from None
    counts = comm.allgather(len(level.scalar.label))
    mine = slice(sum(counts[: comm.rank]) * c, sum(counts[: comm.rank + 1]) * c)
    inverse = np.ascontiguousarray(inverse[mine])

    def solve(r: np.ndarray) -> np.ndarray:
        whole = np.concatenate(comm.allgather(r)).reshape(n * c, r.shape[1] // c)
        return (inverse @ whole).reshape(r.shape)

    return solve


def _inverted(level: BlockLevel, label: np.ndarray) -> np.ndarray:
    """The inverse between all nodes, of these labels."""
    c, n = level.c, len(label)
    whole = [_whole(extra, len(level.scalar.label)) for extra in level.extras]
    charge, spin, *extras = (_gathered(level, m) for m in (level.scalar.stiffness, level.scalar.both, *whole))
    active = np.concatenate(level.comm.allgather(level.scalar.active)) & (np.diagonal(charge) > 0.0)
    matrix = np.zeros((n, c, n, c))
    for component in range(c):
        matrix[:, component, :, component] = charge if component < level.split else spin
    for operator, (_, _, law) in zip(extras, level.extras, strict=True):
        matrix += operator[:, None, :, None] * law[None, :, None, :]
    return inverse_on(matrix, padded(level.bases, slice(0, c))[label] * active[:, None, None])


def _whole(extra: tuple, n: int) -> csr_array:
    """All own rows of an extra, most of them empty."""
    rows, matrix, _ = extra
    indptr = np.zeros(n + 1, np.int64)
    indptr[rows + 1] = np.diff(matrix.indptr)
    return csr_array((matrix.data, matrix.indices, np.cumsum(indptr)), shape=(n, matrix.shape[1]))


def _gathered(level: BlockLevel, matrix: csr_array) -> np.ndarray:
    """A small spread matrix whole, on every process."""
    columns = level.scalar.columns
    number = np.concatenate([np.arange(columns.first, columns.last), columns.halo.ghosts])
    n = int(level.comm.allreduce(matrix.shape[0]))
    out = np.zeros((matrix.shape[0], n))
    np.add.at(out, (np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), number[matrix.indices]), matrix.data)
    return np.concatenate(level.comm.allgather(out))
