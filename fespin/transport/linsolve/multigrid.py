"""Conjugate gradients with a smoothed-aggregation hierarchy built on nodes, for all right-hand sides together.

Aggregates are sets of nodes of one kind (a normal node never joins a ferromagnet's), so the amplitudes of an
aggregate are those of its nodes: constants of every amplitude are interpolated exactly and coarse systems have the
form of the fine one. pyamg supplies the aggregation; the cycle works on blocks of right-hand sides, where sparse
products are cheapest.

Reference: P. Vanek, J. Mandel, M. Brezina, Computing 56, 179 (1996), doi:10.1007/BF02238511.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array, csr_matrix

from ...errors import SolverError

_COARSEST = 600  # unknowns below which a dense factorisation is cheaper than another level
_DENSE, _FACTORISED = 800, 20_000  # unknowns up to which a last level is factorised, dense or sparse
# couplings below this fraction of the strongest do not bind nodes into an aggregate: on the finest level, and below it
_STRENGTH, _STRENGTH_BELOW = 0.5, 0.25
_MAX_ITERATIONS = 400
_RESIDUAL = 1e-7  # of ||b||; only where conductivities differ by many orders does the energy fall before this
_DAMPING = 1.7  # over the largest eigenvalue of D^-1 A; below 2 for a positive definite smoother


class _Smoother:
    """Damped block-Jacobi steps: symmetric, without ordering, and cheaper per digit than Chebyshev steps here."""

    def __init__(self, matrix: csr_array, block_inverse: csr_array) -> None:
        self.matrix, self.block_inverse = matrix, block_inverse
        self.top = _largest_eigenvalue(matrix, block_inverse)

    def first(self, rhs: np.ndarray) -> np.ndarray:
        """A step from zero."""
        return (_DAMPING / self.top) * (self.block_inverse @ rhs)

    def step(self, rhs: np.ndarray, x: np.ndarray) -> np.ndarray:
        """A step from x."""
        return x + self.first(rhs - self.matrix @ x)


@dataclass(eq=False)
class _Level:
    smoother: _Smoother
    prolongation: csr_array
    restriction: csr_array


class Hierarchy:
    """Smoothed-aggregation multigrid; `cycle` is a symmetric positive definite preconditioner."""

    def __init__(self, matrix: csr_array, node: np.ndarray, label: np.ndarray) -> None:
        self.levels: list[_Level] = []
        slot = _slots(node)
        while matrix.shape[0] > _COARSEST:
            smoother = _Smoother(matrix, _block_inverse(matrix, node, slot))
            strength = _STRENGTH_BELOW if self.levels else _STRENGTH
            tentative, *coarse = _tentative(matrix, node, label, slot, strength)
            if not 0 < tentative.shape[1] <= 0.8 * matrix.shape[0]:
                break  # nothing left to aggregate
            node, label, slot = coarse
            smoothed = smoother.block_inverse @ (matrix @ tentative)
            prolongation = csr_array(tentative - (4.0 / 3.0 / smoother.top) * smoothed)
            restriction = csr_array(prolongation.T)
            self.levels.append(_Level(smoother, prolongation, restriction))
            matrix = csr_array(restriction @ (matrix @ prolongation))
        self.coarse = _Coarse(matrix, node, slot)

    def cycle(self, residual: np.ndarray, depth: int = 0) -> np.ndarray:
        """One W-cycle on residuals (n, j): coarse levels are cheap, and V-cycles slow down with their number."""
        if depth == len(self.levels):
            return self.coarse(residual)
        level = self.levels[depth]
        x = level.smoother.first(residual)
        defect = level.restriction @ (residual - level.smoother.matrix @ x)
        correction = self.cycle(defect, depth + 1)
        if depth + 1 < len(self.levels):
            again = defect - self.levels[depth + 1].smoother.matrix @ correction
            correction += self.cycle(again, depth + 1)
        return level.smoother.step(residual, x + level.prolongation @ correction)


class _Coarse:
    """The last level: solved exactly, or smoothed where it is too large for that.

    A large last level has nothing to aggregate because mass dominates it (spin diffusion lengths below the cells), and
    then its blocks are nearly all of it.
    """

    def __init__(self, matrix: csr_array, node: np.ndarray, slot: np.ndarray) -> None:
        from scipy.linalg import cho_factor, cho_solve
        from scipy.sparse.linalg import splu

        self.apply: Callable[[np.ndarray], np.ndarray]
        size = matrix.shape[0]
        try:
            if size <= _DENSE:
                factor = cho_factor(matrix.toarray())
                self.apply = lambda rhs: cho_solve(factor, rhs)
            elif size <= _FACTORISED:
                self.apply = splu(matrix.tocsc()).solve
            else:
                smoother = _Smoother(matrix, _block_inverse(matrix, node, slot))
                self.apply = lambda rhs: smoother.step(rhs, smoother.first(rhs))
        except (np.linalg.LinAlgError, RuntimeError) as error:
            raise SolverError(f"the coarsest system cannot be factorised ({error}); use the backend 'direct'") from None

    def __call__(self, rhs: np.ndarray) -> np.ndarray:
        return self.apply(rhs)


def _slots(node: np.ndarray) -> np.ndarray:
    """Position of each unknown among those of its node; unknowns of a node are neighbours."""
    first = np.flatnonzero(np.concatenate([[True], node[1:] != node[:-1]]))
    counts = np.diff(np.concatenate([first, [len(node)]]))
    return np.arange(len(node)) - np.repeat(first, counts)


def _block_inverse(matrix: csr_array, node: np.ndarray, slot: np.ndarray) -> csr_array:
    """Inverse of the diagonal block of each node: it absorbs the coupling of charge and spin in ferromagnets."""
    coo = matrix.tocoo()
    _, compact = np.unique(node, return_inverse=True)
    inside = compact[coo.row] == compact[coo.col]
    i, j, value = coo.row[inside], coo.col[inside], coo.data[inside]
    width = int(slot.max()) + 1
    blocks = np.zeros((int(compact.max()) + 1, width, width))
    blocks[:, range(width), range(width)] = 1.0  # slots that a node does not have
    blocks[compact[i], slot[i], slot[j]] = value
    inverse = np.linalg.inv(blocks)
    return csr_array((inverse[compact[i], slot[i], slot[j]], (i, j)), shape=matrix.shape)


def _tentative(
    matrix: csr_array, node: np.ndarray, label: np.ndarray, slot: np.ndarray, strength: float
) -> tuple[csr_array, np.ndarray, np.ndarray, np.ndarray]:
    """Aggregate nodes of equal label and interpolate each amplitude by a constant over its aggregate."""
    from pyamg.aggregation.aggregate import standard_aggregation

    _, compact = np.unique(node, return_inverse=True)
    n_nodes = int(compact.max()) + 1
    node_label = np.empty(n_nodes, label.dtype)
    node_label[compact] = label
    aggregates, _ = standard_aggregation(_strength(matrix, compact, slot, node_label, strength))
    member = aggregates.tocoo()
    of_node = np.full(n_nodes, -1)
    of_node[member.row] = member.col
    n_aggregates = aggregates.shape[1]
    aggregate = of_node[compact]
    kept = aggregate >= 0  # nodes without strong neighbours stay on the fine level
    width = int(slot.max()) + 1
    code = aggregate[kept] * width + slot[kept]
    codes, column = np.unique(code, return_inverse=True)
    size = np.bincount(column)
    tentative = csr_array((1.0 / np.sqrt(size[column]), (np.flatnonzero(kept), column)), shape=(len(node), len(codes)))
    aggregate_label = np.empty(n_aggregates, label.dtype)
    aggregate_label[of_node[of_node >= 0]] = node_label[of_node >= 0]
    coarse_node = codes // width
    return tentative, coarse_node, aggregate_label[coarse_node], codes % width


def _strength(matrix: csr_array, node: np.ndarray, slot: np.ndarray, label: np.ndarray, fraction: float) -> csr_matrix:
    """Graph of nodes that belong together: negative couplings, comparable to the strongest of the node, in one label.

    Positive couplings (mass, obtuse or stretched cells) do not smooth an error. Comparison with the strongest neighbour
    follows stretched cells along their short side.
    """
    n = len(label)
    coo = matrix.tocoo()
    same = slot[coo.row] == slot[coo.col]
    i, j = node[coo.row[same]], node[coo.col[same]]
    weight = coo_array((-coo.data[same], (i, j)), shape=(n, n)).tocsr()
    weight.sum_duplicates()
    rows, columns = np.repeat(np.arange(n), np.diff(weight.indptr)), weight.indices
    value = np.where(rows == columns, 0.0, weight.data)
    strongest = np.zeros(n)
    np.maximum.at(strongest, rows, value)
    strong = (value > 0) & (value >= fraction * np.minimum(strongest[rows], strongest[columns]))
    strong &= label[rows] == label[columns]
    keep = strong | (rows == columns)
    return csr_matrix((np.ones(np.count_nonzero(keep)), (rows[keep], columns[keep])), shape=(n, n))


def _largest_eigenvalue(matrix: csr_array, block_inverse: csr_array) -> float:
    """Upper estimate of the largest eigenvalue of D^-1 A by a few power steps on a block of vectors."""
    x = np.random.default_rng(0).standard_normal((matrix.shape[0], 4))
    value = 1.0
    for _ in range(12):
        x = block_inverse @ (matrix @ x)
        norms = np.linalg.norm(x, axis=0)
        value = float(norms.max())
        x /= norms
    return 1.1 * value


def solve_multigrid(
    matrix: csr_array, rhs: np.ndarray, node: np.ndarray, label: np.ndarray, *, tolerance: float
) -> tuple[np.ndarray, int]:
    """Solve A X = B by preconditioned conjugate gradients, one step size per column.

    Stops when r . M r, the energy of the error as the preconditioner sees it, has fallen by `tolerance` squared against
    the energy of the solution, and the residual itself to 1e-7 of the right-hand side, in every column.

    Returns
    -------
    ndarray (n, j), int
        The solution and the number of iterations.

    Raises
    ------
    SolverError
        No convergence; the message says how far it came.
    """
    hierarchy = Hierarchy(matrix, node, label)
    x = np.zeros_like(rhs)
    r = rhs.copy()
    z = hierarchy.cycle(r)
    p = z.copy()
    rz = np.einsum("ij,ij->j", r, z)
    energy = np.zeros_like(rz)
    norms = np.linalg.norm(rhs, axis=0)
    for iteration in range(1, _MAX_ITERATIONS + 1):
        q = matrix @ p
        pq = np.einsum("ij,ij->j", p, q)
        alpha = np.divide(rz, pq, out=np.zeros_like(rz), where=pq > 0)
        x += alpha * p
        r -= alpha * q
        energy += alpha * rz
        z = hierarchy.cycle(r)
        rz_next = np.einsum("ij,ij->j", r, z)
        if (rz_next <= tolerance**2 * energy).all() and (np.linalg.norm(r, axis=0) <= _RESIDUAL * norms).all():
            return x, iteration
        beta = np.divide(rz_next, rz, out=np.zeros_like(rz), where=rz > 0)
        p = z + beta * p
        rz = rz_next
    worst = float(np.sqrt(np.max(rz / np.maximum(energy, np.finfo(float).tiny))))
    raise SolverError(
        f"multigrid did not converge in {_MAX_ITERATIONS} iterations (relative error {worst:.1e}, wanted "
        f"{tolerance:.1e}); use the backend 'direct' or improve the mesh"
    )
