"""The loops of the iteration, compiled: one pass over the rows for what belongs together, no memory of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ...kernels import rows
from ...kernels.jit import Call
from ...kernels.memory import apart, zeros
from ...kernels.sparse import with_int32
from ...kernels.threads import Pieces
from .lifted_system import Extra, LiftedSystem

if TYPE_CHECKING:
    from .level import Level

_NUMBERS = 65_536  # entries of a matrix in a piece of rows, about
_MOST_CALLS = 16  # that a level keeps ready; a cycle has eight


class _Further(NamedTuple):
    """What acts on few rows, as `kernels.rows` takes it."""

    place: np.ndarray
    law: np.ndarray
    pointer: np.ndarray
    column: np.ndarray
    entry: np.ndarray


def _further(extras: Sequence[Extra], at: np.ndarray, n: int, dtype: type, sign: float) -> _Further:
    """The rows `at` of some operators (ascending, as theirs), one operator after the other."""
    place = np.full(n, -1, np.int32)
    place[at] = np.arange(len(at))
    pointer = np.zeros((len(extras), len(at) + 1), np.int32)
    index, start = [np.empty(0, np.int32)], 0
    value: list[np.ndarray] = [np.empty(0, dtype)]
    for e, extra in enumerate(extras):
        k = place[extra.rows]
        length = np.diff(extra.operator.indptr)
        entries = np.repeat(k >= 0, length)
        pointer[e, 1 + k[k >= 0]] = length[k >= 0]
        pointer[e] = start + np.cumsum(pointer[e])
        start = pointer[e, -1]
        index.append(extra.columns[extra.operator.indices[entries]].astype(np.int32))
        value.append(extra.operator.data[entries].astype(dtype))
    c = extras[0].law.shape[0] if extras else 1
    law: np.ndarray = np.array([sign * extra.law for extra in extras]).reshape(len(extras), c, c).astype(dtype)
    return _Further(place, law, pointer, np.concatenate(index), np.concatenate(value))


class _Matrix:
    """A sparse matrix in pieces of rows."""

    def __init__(self, matrix: csr_array) -> None:
        self.arrays = with_int32(matrix)
        self.parts = _pieces(matrix)

    def product(self, x: np.ndarray, out: np.ndarray, add: bool) -> Call:
        return rows.product.ready(self.parts, *self.arrays, x, out, add)


def _pieces(matrix: csr_array) -> Pieces:
    n = matrix.shape[0]
    return Pieces.of(n, max(64, _NUMBERS * n // (4 * max(matrix.nnz, 1))), work=matrix.nnz // 4)


class CompiledLoops:
    """As `plain.PlainLoops`.

    What is called with the same arrays again is prepared once: on small levels that takes longer than the loop.
    """

    def __init__(self, level: Level) -> None:
        self.level, scalar = level, level.scalar
        self.matrix = _Matrix(scalar.stiffness)
        self.further = _further(level.extras, level.special, len(scalar.label), np.float32, -1.0)
        if scalar.prolongation is not None and scalar.restriction is not None:
            self.prolongation, self.restriction = _Matrix(scalar.prolongation), _Matrix(scalar.restriction)
        self._calls: dict[tuple[object, ...], Call] = {}

    def forget(self) -> None:
        """Let go of the arrays that were worked on."""
        self._calls.clear()

    def from_zero(self, r: np.ndarray, out: np.ndarray) -> None:
        self._again("from_zero", self._from_zero, r, out)

    def defect(self, r: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
        self._again("defect", lambda *arrays: self._smooth(False, *arrays), r, x, out)

    def relax(self, r: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
        self._again("relax", lambda *arrays: self._smooth(True, *arrays), r, x, out)

    def restrict(self, d: np.ndarray, out: np.ndarray) -> None:
        self._again("restrict", lambda x, out: self.restriction.product(x, out, False), d, out)

    def prolong(self, x: np.ndarray, correction: np.ndarray) -> None:
        self._again("prolong", lambda x, out: self.prolongation.product(x, out, True), correction, x)

    def _again(self, name: str, prepare: Callable[..., Call], *arrays: np.ndarray) -> None:
        key = (name, *map(id, arrays))  # which stay alive with the call
        call = self._calls.get(key)
        if call is None:
            if len(self._calls) >= _MOST_CALLS:
                self.forget()
            call = self._calls[key] = prepare(*arrays)
        call()

    def _from_zero(self, r: np.ndarray, out: np.ndarray) -> Call:
        level, offset = self.level, self.level.system.offsets(r.shape[1])
        return rows.step_from_zero.ready(self.matrix.parts, level.charge, level.spin, level.inverse, self.further.place,
                                         offset, offset[level.system.split], r, out)  # fmt: skip

    def _smooth(self, relax: bool, r: np.ndarray, x: np.ndarray, out: np.ndarray) -> Call:
        level, parts, offset = self.level, self.matrix.parts, self.level.system.offsets(r.shape[1])
        work = apart(parts.count, r.shape[1], np.float32)
        return rows.smooth.ready(parts, *self.matrix.arrays, level.mass32, level.charge, level.spin, level.inverse,
                                 *self.further, offset, offset[level.system.split], relax, r, x, out, work)  # fmt: skip


class CompiledVectors:
    """As `plain.PlainVectors`."""

    def __init__(self, system: LiftedSystem, width: int) -> None:
        n, c = len(system.label), system.components
        self.system, k = system, system.stiffness
        self.parts = _pieces(k)
        self.matrix = (*with_int32(k), system.mass)
        special = np.unique(np.concatenate([e.rows for e in system.extras])) if system.extras else np.empty(0, int)
        self.further = _further(system.extras, special, n, float, 1.0)
        self.offset = system.offsets(width)
        self.split = self.offset[system.split]
        self.projectors = np.array([basis @ basis.T for basis in system.bases])
        self.bound = np.array([basis.shape[1] < c for basis in system.bases])
        self.label = system.label.astype(np.int32, copy=False)
        self.sums, self.work = apart(self.parts.count, width), apart(self.parts.count, width)

    def direction(self, x: np.ndarray) -> np.ndarray:
        """In single precision where amplitudes lie along axes: half to read, and the residual stays true, which takes
        the direction as it is. Along others rounding would lead out of the amplitudes, into x for good."""
        along_axes = np.isin(self.projectors, (0.0, 1.0)).all()
        return zeros(x.shape, np.float32 if along_axes else float)

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        rows.dot.over(self.parts, a, b, self.sums)
        return self._total()

    def apply(self, x: np.ndarray, out: np.ndarray) -> np.ndarray:
        rows.apply.over(self.parts, *self.matrix, *self.further, self.offset, self.split, x, out, self.sums, self.work)
        return self._total()

    def turn(self, beta: np.ndarray, scale: np.ndarray, z: np.ndarray, p: np.ndarray) -> None:
        work = apart(self.parts.count, p.shape[1], p.dtype)
        rows.turn.over(self.parts, self.label, self.bound, self.projectors, self.offset, beta, scale, z, p, work)

    def advance(self, alpha: np.ndarray, down: np.ndarray, p: np.ndarray, q: np.ndarray, x: np.ndarray, r: np.ndarray,
                single: np.ndarray) -> None:  # fmt: skip
        rows.advance.over(self.parts, self.label, self.bound, self.projectors, self.offset, self.system.active, alpha,
                          down, p, q, x, r, single, self.work)  # fmt: skip

    def _total(self) -> np.ndarray:
        return self.sums[:, : self.offset[-1]].sum(axis=0)  # in one order, whoever computed them
