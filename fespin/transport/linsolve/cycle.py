"""The cycle on one scalar hierarchy for all components of a lifted system.

Every level keeps the form of the finest one, with the mass lumped, in single precision. Nodes where only some
combinations of components exist (strong ferromagnets) are dealt with by the inverse of their diagonal block, which
projects.

Reference: P. Vanek, J. Mandel, M. Brezina, Computing 56, 179 (1996), doi:10.1007/BF02238511.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from ...errors import SolverError
from ...kernels import compiled
from ...kernels.sparse import product
from .aggregation import STRENGTH, aggregate
from .level import Level, ScalarLevel
from .lifted_system import Extra, LiftedSystem, add_extras

_COARSEST = 300  # nodes below which the last level is inverted
LARGEST_LAST = 2500  # amplitudes that a last level may have


def scalar_hierarchy(system: LiftedSystem) -> list[ScalarLevel]:
    """Operators and interpolations from the finest to the coarsest level, built once."""
    if system.hierarchy:
        return system.hierarchy
    times = product if compiled(len(system.label)) else _product
    matrix, label, active, first = system.stiffness, system.label, system.active, system.first
    out = system.hierarchy
    while True:
        level = ScalarLevel(_single(matrix), label, active)
        out.append(level)
        if matrix.shape[0] <= _COARSEST:
            return out
        if first is not None:
            found: tuple[csr_array, np.ndarray] | None = first
            first = None
        else:
            found = aggregate(matrix, label, system.bound[label], active, STRENGTH, len(system.label))
        if found is None:
            return out
        prolongation, label = found
        restriction = csr_array(prolongation.T.tocsr())
        active = np.ones(len(label), bool)
        matrix = times(restriction, times(matrix, prolongation))
        level.prolongation = _single(prolongation)
        level.restriction = _single(restriction)


def _single(matrix: csr_array) -> csr_array:
    """In single precision, with the same index arrays."""
    return csr_array((matrix.data.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)


def _product(a: csr_array, b: csr_array) -> csr_array:
    return csr_array(a @ b)


class LiftedHierarchy:
    """The cycle of one block on the common hierarchy: a symmetric positive definite preconditioner."""

    def __init__(self, system: LiftedSystem) -> None:
        self.levels: list[Level] = []
        k = system.stiffness
        mass = csr_array((system.mass, k.indices, k.indptr), shape=k.shape) @ np.ones(len(system.label))
        extras = list(system.extras)
        for scalar in scalar_hierarchy(system):
            single = [replace(e, operator=e.operator.astype(np.float32)) for e in extras]
            self.levels.append(Level(scalar, mass, single, system))
            if scalar.prolongation is not None:
                assert scalar.restriction is not None
                extras = [_coarsened(e, scalar) for e in extras]
                mass = np.maximum(scalar.restriction @ mass, 0.0)
        self.last = _inverse(self.levels[-1], system)

    def cycle(self, r: np.ndarray, depth: int = 0) -> np.ndarray:
        """One W-cycle on single-precision residuals (n, c j); the result lives until the next cycle."""
        level = self.levels[depth]
        if depth == len(self.levels) - 1:
            return self.last(r)
        loops, below, width = level.loops, self.levels[depth + 1], r.shape[1]
        x, out = level.buffer("x", width), level.buffer("out", width)
        loops.from_zero(r, x)
        loops.defect(r, x, out)
        rest = below.buffer("rest", width)
        loops.restrict(out, rest)
        correction = self.cycle(rest, depth + 1)
        if depth + 2 < len(self.levels):
            total, second = below.buffer("total", width), below.buffer("second", width)
            np.copyto(total, correction)
            below.loops.defect(rest, total, second)
            total += self.cycle(second, depth + 1)
            correction = total
        loops.prolong(x, correction)
        loops.relax(r, x, out)
        return out


def _coarsened(extra: Extra, scalar: ScalarLevel) -> Extra:
    """R C P of rows that exist; coarse rows without entries stay out."""
    assert scalar.prolongation is not None
    assert scalar.restriction is not None
    whole = extra.whole(len(scalar.label)) @ scalar.prolongation.astype(float)
    return Extra.of(csr_array(scalar.restriction.astype(float) @ whole), extra.law)


def embedding(label: np.ndarray, widths: np.ndarray, bases: Sequence[np.ndarray]) -> np.ndarray:
    """Components (n, c, s) of nodes out of all their amplitudes, of which node i has `widths[i]`, none or all."""
    out = np.zeros((len(label), bases[0].shape[0], int(widths.sum())))
    start = np.concatenate([[0], np.cumsum(widths)])
    for i in np.flatnonzero(widths):
        out[i, :, start[i] : start[i + 1]] = bases[label[i]]
    return out


def _inverse(level: Level, system: LiftedSystem) -> Callable[[np.ndarray], np.ndarray]:
    """The last level: its amplitudes explicitly, inverted, one group of components after the other."""
    n, c = len(level.scalar.label), level.components
    widths = np.array([basis.shape[1] for basis in system.bases])[level.scalar.label]
    widths = np.where(level.scalar.active, widths, 0)
    size = int(widths.sum())
    if size > LARGEST_LAST:
        raise SolverError(f"aggregation stopped at {n} nodes, too many to invert; use the backend 'direct'")
    lift = embedding(level.scalar.label, widths, system.bases)
    columns = np.ascontiguousarray(lift.reshape(n, -1))
    flow = level.scalar.stiffness.astype(float) @ columns
    flow = flow.reshape(n, c, size)
    flow[:, level.split :] += level.mass[:, None, None] * lift[:, level.split :]
    flow = np.ascontiguousarray(flow.reshape(n, -1))
    add_extras(flow, columns, level.extras, c)
    flow = flow.reshape(n, c, size)
    blocks = []
    for own, _ in system.parts(c):
        inside = np.flatnonzero(lift[:, own].any(axis=(0, 1)))
        thin, pulled = (table[:, own, inside].reshape(-1, len(inside)) for table in (lift, flow))
        matrix = thin.T @ pulled
        try:
            np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError as error:
            raise SolverError(f"the coarsest system cannot be factorised ({error}); use the backend 'direct'") from None
        blocks.append((thin @ np.linalg.inv(matrix) @ thin.T).astype(np.float32))

    def apply(r: np.ndarray) -> np.ndarray:
        out = np.empty_like(r)
        for block, (_, at) in zip(blocks, system.parts(r.shape[1]), strict=True):
            out[:, at] = (block @ np.ascontiguousarray(r[:, at]).reshape(len(block), -1)).reshape(n, -1)
        return out

    return apply
