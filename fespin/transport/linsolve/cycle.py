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
from .lifted_system import Extra, LiftedSystem

_COARSEST = 300  # nodes below which the last level is inverted
_LARGEST_LAST = 2500  # amplitudes that a last level may have


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
    left, right = (scalar.prolongation[at].astype(float) for at in (extra.rows, extra.columns))
    return Extra.of(csr_array(left.T.tocsr() @ (extra.operator @ right)), extra.law)


def _inverse(level: Level, system: LiftedSystem) -> Callable[[np.ndarray], np.ndarray]:
    """The last level: inverted explicitly, one group of components after the other."""
    scalar, n = level.scalar, len(level.scalar.label)
    try:
        refuse_many(system.bases, scalar.label)
        blocks = [_inverted(level, own, padded(system.bases, own)[scalar.label] * scalar.active[:, None, None])
                  for own, _ in system.parts(level.components)]  # fmt: skip
    except SolverError as error:
        raise SolverError(f"{error}; use the backend 'direct'") from None

    def apply(r: np.ndarray) -> np.ndarray:
        out = level.buffer("out", r.shape[1])
        for block, (_, at) in zip(blocks, system.parts(r.shape[1]), strict=True):
            out[:, at] = (block @ np.ascontiguousarray(r[:, at]).reshape(len(block), -1)).reshape(n, -1)
        return out

    return apply


def _inverted(level: Level, own: slice, basis: np.ndarray) -> np.ndarray:
    """The inverse of the operator between some components."""
    n, k = basis.shape[:2]
    nodes, matrix = np.arange(n), np.zeros((n, k, n, k))
    stiffness = level.scalar.stiffness.toarray()
    for a in range(k):
        matrix[:, a, :, a] = stiffness
        if own.start + a >= level.split:
            matrix[nodes, a, nodes, a] += level.mass
    for extra in level.extras:
        law = extra.law[own, own]
        if law.any():
            at = np.ix_(extra.rows, np.arange(k), extra.columns, np.arange(k))
            matrix[at] += extra.operator.toarray()[:, None, :, None] * law[None, :, None, :]
    return inverse_on(matrix, basis)


def refuse_many(bases: Sequence[np.ndarray], label: np.ndarray) -> None:
    """Raise a SolverError if nodes of these labels have too many amplitudes for a full matrix."""
    if np.array([basis.shape[1] for basis in bases])[label].sum() > _LARGEST_LAST:
        raise SolverError(f"aggregation stopped at {len(label)} nodes, too many to invert")


def padded(bases: Sequence[np.ndarray], own: slice) -> np.ndarray:
    """What bases give some components (k of them), with columns of zeros for those that are missing, (labels, k, k)."""
    parts = [basis[own][:, basis[own].any(axis=0)] for basis in bases]
    out = np.zeros((len(bases), len(parts[0]), len(parts[0])))
    for q, part in enumerate(parts):
        out[q, :, : part.shape[1]] = part
    return out


def inverse_on(matrix: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Inverse (n k, n k) of a matrix (n, k, n, k) on the amplitudes of each node, else zero.

    `basis` (n, k, k) holds their components, zeros for amplitudes that do not exist: a 1 in their place on the diagonal
    leaves the inverse of the others as it is.

    Raises
    ------
    SolverError
        The matrix is not positive definite on them.
    """
    n, k = basis.shape[:2]
    inside = _between(basis.transpose(0, 2, 1), matrix, basis).reshape(n * k, n * k)
    none = np.flatnonzero(~basis.any(axis=1).reshape(n * k))
    inside[none, none] = 1.0
    try:
        np.linalg.cholesky(inside)
    except np.linalg.LinAlgError as error:
        raise SolverError(f"the coarsest system cannot be factorised ({error})") from None
    inverse = np.linalg.inv(inside)
    inverse[none, none] = 0.0
    out = _between(basis, inverse.reshape(n, k, n, k), basis.transpose(0, 2, 1))
    return out.reshape(n * k, n * k).astype(np.float32)


def _between(left: np.ndarray, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """L_i A_ij R_j for matrices (k, k) of nodes."""
    n, k = left.shape[:2]
    rows = np.matmul(left, matrix.reshape(n, k, n * k)).reshape(n * k, n, k)
    return np.matmul(rows.transpose(1, 0, 2), right).transpose(1, 0, 2).reshape(n, k, n, k)
