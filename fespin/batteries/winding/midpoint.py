"""One implicit midpoint step of the Landau-Lifshitz-Gilbert equation: Newton's method on a banded system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import SolverError

if TYPE_CHECKING:
    from .llg import EasyPlaneLine

Array = NDArray[np.float64]
_ITERATIONS = 15
_TOLERANCE = 1e-9  # of the last correction of |n| = 1; convergence is quadratic, so that the error left is its square


def cross(a: Array, b: Array) -> Array:
    """a x b along the first axis, shape (3, n); numpy's own is several times slower on short arrays.

    Examples
    --------
    >>> cross(np.array([[1.0], [0], [0]]), np.array([[0.0], [1], [0]])).ravel()
    array([0., 0., 1.])
    """
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


class MidpointSolver:
    """Solves for the midpoint m = (n0 + n1)/2 of a step of length dt (s).

    The residual per node, with D = alpha s m_i + g_i and f the force at m, is

        (2 s m_i/dt) (m - n0) - m x f(m) - (2 D/dt) m x n0 - tau [z |m|^2 - m m_z].

    A node couples to its neighbours only. A ring keeps a narrow band by the order 0, N-1, 1, N-2, ...
    """

    def __init__(self, line: EasyPlaneLine, dt: float) -> None:
        self.line = line
        self.inertia = 2 * line.s * line.masses / dt
        self.friction = 2 * line.alpha * line.s * line.masses / dt
        self.friction[0] += 2 * line.g / dt  # a ring has g = 0
        self.friction[-1] += 2 * line.g / dt
        nodes = np.arange(line.nodes)
        self.order = np.where(2 * nodes < line.nodes, 2 * nodes, 2 * (line.nodes - nodes) - 1) if line.ring else nodes
        self.left = nodes if line.ring else nodes[:-1]
        self.right = (self.left + 1) % line.nodes
        self.bond = line.A / line.cells  # J per node pair
        self.own = np.bincount(self.left, self.bond) if line.ring else np.append(self.bond, 0.0)
        self.own = self.own + np.bincount(self.right, self.bond, minlength=line.nodes)
        self.band = 8 if line.ring else 5
        self.shape = (2 * self.band + 1, 3 * line.nodes)
        self.places = np.concatenate(
            [self._places(nodes, nodes), self._places(self.left, self.right), self._places(self.right, self.left)]
        )
        self.matrix = np.zeros(self.shape)

    def _places(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions in the flat band matrix of the 3 x 3 blocks that couple these nodes, shape (9 blocks,)."""
        axis = np.arange(3)
        i = 3 * self.order[rows][:, None, None] + axis[None, :, None]
        j = 3 * self.order[columns][:, None, None] + axis[None, None, :]
        return np.asarray((self.band + i - j) * self.shape[1] + j).ravel()

    def middle(self, n0: Array, *, guess: Array, tau: float) -> Array:
        """The midpoint of the step that starts from n0, shape (3, n)."""
        from scipy.linalg import solve_banded

        m = guess
        unknowns = np.empty(self.shape[1])
        rows = 3 * self.order[None, :] + np.arange(3)[:, None]
        for _ in range(_ITERATIONS):
            residual, jacobian = self._linearise(m, n0, tau)
            unknowns[rows] = residual
            self.matrix.ravel()[self.places] = jacobian
            correction = solve_banded((self.band, self.band), self.matrix, unknowns, check_finite=False)[rows]
            m = m - correction
            size = float(np.abs(correction).max())
            if size < _TOLERANCE:
                return m
            if not np.isfinite(size):
                break
        raise SolverError(
            f"the midpoint step of the LLG equation did not converge in {_ITERATIONS} Newton steps (last correction "
            f"{size:.1e}); take a smaller dt"
        )

    def _linearise(self, m: Array, n0: Array, tau: float) -> tuple[Array, Array]:
        """Residual, shape (3, n), and the blocks of its derivative in the order of `places`."""
        line = self.line
        force = line.force(m)
        residual = self.inertia * (m - n0) - cross(m, force) - self.friction * cross(m, n0)
        along = _cross_matrix(m)
        diagonal = _cross_matrix(force + self.friction * n0) + self.own[:, None, None] * along
        diagonal[:, :, 2] += line.K * line.masses[:, None] * along[:, :, 2]
        for a in range(3):
            diagonal[:, a, a] += self.inertia
        if tau != 0:
            for node, sign in ((0, 1.0), (line.nodes - 1, -1.0)):
                v = m[:, node]
                residual[:, node] -= sign * tau * (np.array([0, 0, v @ v]) - v * v[2])
                slope = -v[2] * np.eye(3)
                slope[2] += 2 * v
                slope[:, 2] -= v
                diagonal[node] -= sign * tau * slope
        upper = -self.bond[:, None, None] * along[self.left]
        lower = -self.bond[:, None, None] * along[self.right]
        return residual, np.concatenate([diagonal.ravel(), upper.ravel(), lower.ravel()])


def _cross_matrix(v: Array) -> Array:
    """Matrices [v x], shape (n, 3, 3), of the vectors v, shape (3, n)."""
    matrix = np.zeros((v.shape[1], 3, 3))
    matrix[:, 0, 1], matrix[:, 0, 2] = -v[2], v[1]
    matrix[:, 1, 0], matrix[:, 1, 2] = v[2], -v[0]
    matrix[:, 2, 0], matrix[:, 2, 1] = -v[1], v[0]
    return matrix
