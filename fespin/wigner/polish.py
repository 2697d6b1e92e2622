"""Upper bounds made better: best-improvement descent, and shakes that shift a stretch of a crystal by one site."""

from __future__ import annotations

import numpy as np

from .ladder import Ladder
from .pace import Pace

_GAIN = 1e-12  # improvements below it are rounding
_LONGEST = 30  # rungs that a shake shifts at most


def value(U: np.ndarray, gain: np.ndarray, n: np.ndarray) -> float:
    """n.U.n/2 - gain.n."""
    return float(n @ U @ n / 2 - gain @ n)


def polish(U: np.ndarray, gain: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Add, remove or move one particle, the best of all such changes each time, until none lowers the value."""
    n = n.astype(float)
    h = U @ n - gain  # energy to add a particle
    while True:
        full, empty = np.flatnonzero(n == 1), np.flatnonzero(n == 0)
        single = np.where(n == 1, -h, h)
        k = int(single.argmin())
        change, sites = single[k], [k]
        if len(full) and len(empty):
            moves = (h[empty] - h[full][:, None]) - U[full[:, None], empty]
            i, j = np.unravel_index(int(moves.argmin()), moves.shape)
            if moves[i, j] < change:
                change, sites = moves[i, j], [int(full[i]), int(empty[j])]
        if change > -_GAIN:
            return n
        for site in sites:
            h += U[site] * (1 - 2 * n[site])
            n[site] = 1 - n[site]


def shake(ladder: Ladder, U: np.ndarray, gain: np.ndarray, n: np.ndarray, kicks: int, pace: Pace) -> np.ndarray:
    """Shift a random stretch of each chain by -1, 0 or 1 and polish; keep what is better.

    Phase slips between stretches of crystal are what single moves cannot undo. The shakes of an input never change.
    """
    rng = np.random.default_rng(0)
    L, best, lowest = ladder.length, n, value(U, gain, n)
    for k in range(kicks if L > 2 else 0):
        pace.tell("bounds: shake %d of %d", k + 1, kicks)
        other = best.reshape(ladder.chains, L).copy()
        start, width = int(rng.integers(0, L)), int(rng.integers(3, min(L, _LONGEST) + 1))
        sites = start + np.arange(width)
        sites = sites % L if ladder.closed else sites[sites < L]
        for chain in other:
            chain[sites] = np.roll(chain[sites], int(rng.integers(-1, 2)))
        other = polish(U, gain, other.ravel())
        found = value(U, gain, other)
        if found < lowest - _GAIN:
            best, lowest = other, found
    return best
