"""Transfer matrices over the last R rungs of a ladder: exact minima and free energies of short-ranged repulsion.

A rung of n chains has K = 2^n occupations, bit a for chain a; a state is R rungs, the newest the least significant of
its digits of base K. All states are moved by one rung in K array operations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import must_be
from .split import Split


def check_reach(reach: Any, length: int, chains: int, *, closed: bool) -> int:
    """Number of rungs R that the transfer matrix keeps; chosen if None.

    Raises
    ------
    InputError
        R < 1 or too many states.
    """
    # bits of (2^n)^(R + 1) and (2^n)^(2 R)
    most = 10 // chains if closed else 22 // chains - 1
    usual = 8 // chains if closed else 16 // chains
    limit = (length - 1) // 2 if closed else max(length - 1, 1)  # a ring's first and last rungs must not mix
    if limit < 1:
        raise must_be("Ladder.length", "at least 3 in closed ladders here", length, "use exact_table")
    if most < 1:
        raise must_be("Ladder.chains", f"at most {10 if closed else 11} here", chains,
                      f"the transfer matrix has {2**chains}**R states")  # fmt: skip
    if reach is None:
        return max(1, min(usual, most, limit))
    if isinstance(reach, bool) or not isinstance(reach, (int, np.integer)) or not 1 <= reach <= most:
        raise must_be("reach", f"a whole number of rungs R from 1 to {most}", reach,
                      f"the transfer matrix has {2**chains}**R states")  # fmt: skip
    return min(int(reach), limit)


class Transfer:
    """Moves of the states of a split ladder."""

    def __init__(self, parts: Split) -> None:
        self.length, self.closed, self.reach = parts.ladder.length, parts.ladder.closed, parts.reach
        n, R = parts.ladder.chains, self.reach
        self.K = K = 2**n
        self.bits = (np.arange(K)[:, None] >> np.arange(n) & 1).astype(float)  # (K, n)
        apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
        # energies of two rungs k apart, (R + 1, K, K); inside a rung each pair counts once
        self.pairs = np.array([self.bits @ parts.short[apart, k] @ self.bits.T for k in range(R + 1)])
        cost = np.zeros((K,) * (R + 1)) + np.diagonal(self.pairs[0]) / 2
        for k in range(1, R + 1):
            shape = [1] * (R + 1)
            shape[R - k] = shape[R] = K
            cost = cost + self.pairs[k].reshape(shape)
        self.cost = cost.reshape(K, K ** (R - 1), K)  # oldest rung, those between, new rung

    def field(self, field: np.ndarray) -> np.ndarray:
        """Field on sites (n L,) -> energy of the occupations of each rung, (L, K)."""
        return field.reshape(-1, self.length).T @ self.bits.T

    def occupations(self, rungs: np.ndarray) -> np.ndarray:
        """Occupations of rungs (L,) -> sites (n L,)."""
        return self.bits[rungs].T.ravel()

    def minimise(self, field: np.ndarray) -> tuple[float, np.ndarray]:
        """Lowest energy of the short pairs in a field on the sites, and the sites (n L,) of a state that has it."""
        f = self.field(field)
        energy, rungs = self._closed(f) if self.closed else self._open(f)
        return energy, self.occupations(rungs)

    def _step(self, V: np.ndarray, f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """V (..., K, M) over (oldest, rest) -> the same one rung on, and the oldest rung that was best, (..., M, K)."""
        best = V[..., 0, :, None] + self.cost[0]
        oldest = np.zeros(best.shape, np.uint16 if self.K > 256 else np.uint8)
        better = np.empty(best.shape, bool)
        for b in range(1, self.K):
            other = V[..., b, :, None] + self.cost[b]
            np.less(other, best, out=better)
            np.copyto(best, other, where=better)
            np.copyto(oldest, oldest.dtype.type(b), where=better)
        return (best + f).reshape(V.shape), oldest

    def _start(self) -> np.ndarray:
        V = np.full((self.K, self.cost.shape[1]), np.inf)
        V[0, 0] = 0.0  # nothing before the first rung
        return V

    def _open(self, f: np.ndarray) -> tuple[float, np.ndarray]:
        V, back = self._start(), []
        for one in f:
            V, oldest = self._step(V, one)
            back.append(oldest.ravel())
        return float(V.min()), self._trace(back, int(V.argmin()))

    def _closed(self, f: np.ndarray) -> tuple[float, np.ndarray]:
        """As many runs as there are first R rungs, side by side; the last rungs then meet the first."""
        R, S = self.reach, self.K**self.reach
        V = self._start()
        for one in f[:R]:
            V = self._step(V, one)[0]
        runs = np.full((S, S), np.inf)
        np.fill_diagonal(runs, V.ravel())
        runs, back = runs.reshape(S, *V.shape), []
        for one in f[R:]:
            runs, oldest = self._step(runs, one)
            back.append(oldest.reshape(S, S))
        total = runs.reshape(S, S) + self._closing()
        first, last = np.unravel_index(int(total.argmin()), total.shape)
        end = self._trace([one[first] for one in back], int(last))
        return float(total[first, last]), np.concatenate([self._digits(int(first)), end])

    def _closing(self) -> np.ndarray:
        """Energy between the first R rungs (rows) and the last R (columns) across the closure."""
        R, S = self.reach, self.K**self.reach
        digits = np.array([self._digits(state) for state in range(S)])  # oldest first
        total = np.zeros((S, S))
        for i in range(R):  # i-th of the first rungs, j-th before the end: i + j + 1 apart
            for j in range(R - i):
                total += self.pairs[i + j + 1][np.ix_(digits[:, i], digits[:, R - 1 - j])]
        return total

    def _digits(self, state: int) -> np.ndarray:
        return state // self.K ** np.arange(self.reach - 1, -1, -1) % self.K

    def _trace(self, back: list[np.ndarray], state: int) -> np.ndarray:
        """Rungs that led to the last state."""
        rungs = np.empty(len(back), int)
        for i in range(len(back) - 1, -1, -1):
            rungs[i] = state % self.K
            state = int(back[i][state]) * self.cost.shape[1] + state // self.K
        return rungs

    def free_energy(self, field: np.ndarray, temperature: float) -> tuple[float, np.ndarray]:
        """-T ln Z of the short pairs in a field on the sites of an open ladder, and the mean occupations (n L,)."""
        if self.closed:
            raise must_be("Ladder.boundary", "'open' at T > 0 beyond exact tables", "a closed one")
        f, T = self.field(field), temperature
        M = self.cost.shape[1]
        forward = [-self._start() / T]
        cost = -self.cost / T
        for one in f:
            x = _log_sum(forward[-1][:, :, None] + cost, axis=0) - one / T
            forward.append(x.reshape(self.K, M))
        logZ = float(_log_sum(forward[-1].ravel(), axis=0))
        backward = np.zeros((self.K, M))
        means = np.empty((self.length, self.K))
        for i in range(self.length - 1, -1, -1):
            joint = np.exp(forward[i + 1] + backward - logZ).reshape(-1, self.K)  # newest rung last
            means[i] = joint.sum(axis=0)
            ahead = backward.reshape(M, self.K) - f[i] / T
            backward = _log_sum(cost + ahead, axis=2)
        return -T * logZ, (means @ self.bits).T.ravel()


def _log_sum(x: np.ndarray, axis: int) -> np.ndarray:
    """ln sum exp along an axis; -inf where all are."""
    top = x.max(axis=axis, keepdims=True)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(x - safe).sum(axis=axis)) + np.squeeze(safe, axis)
