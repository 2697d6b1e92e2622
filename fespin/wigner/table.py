"""All 4^L states of two chains of L sites, block by block: exact minima and partition functions at fixed (N_up, N_dn).

E(A, B) = E0(A) + E0(B) + A.U1.B, with the masks A, B sorted by their number of particles: a pair of groups is one
matrix product. Equal chains give E(A, B) = E(B, A), and only one mask A of each orbit of the symmetries that a chain
has (reflection; rotations if closed) is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import must_be
from .ladder import Ladder
from .thermal import check_temperature

LONGEST = 14  # 4^14 states take seconds; a step further is sixteen times as many
_TILE = 2**20  # energies at a time: they stay in the cache


@dataclass(frozen=True, eq=False, repr=False)
class ExactTable:
    """Exact minima and partition functions of a ladder of two chains at fixed particle numbers.

    Parameters
    ----------
    ladder : Ladder
    energy : ndarray, shape (L + 1, L + 1)
        Lowest energy E[N_up, N_dn] in E0.
    masks : ndarray of int, shape (L + 1, L + 1, 2)
        A state that has it: bit k of a mask is site k.
    temperatures : tuple of float
    log_partition : ndarray, shape (temperatures, L + 1, L + 1)
        ln Z[N_up, N_dn] at each temperature.
    """

    ladder: Ladder
    energy: np.ndarray
    masks: np.ndarray
    temperatures: tuple[float, ...]
    log_partition: np.ndarray

    def __repr__(self) -> str:
        return f"<ExactTable of 2 x {self.ladder.length} sites, {self.ladder.boundary}, d = {self.ladder.distance:g}>"

    def state(self, up: int, down: int) -> np.ndarray:
        """Occupations (2, L) of a state of lowest energy with these numbers of particles."""
        L = self.ladder.length
        for value in (up, down):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value <= L:
                raise must_be("up and down", f"whole numbers from 0 to {L}", (up, down))
        return _bits(self.masks[up, down], L).astype(int)

    def log_weights(self, temperature: float) -> np.ndarray:
        """ln Z[N_up, N_dn] at one of the temperatures of the table."""
        if temperature not in self.temperatures:
            raise must_be("temperature", f"one the table was made for, {self.temperatures}", temperature)
        return self.log_partition[self.temperatures.index(temperature)]


def exact_table(ladder: Ladder, temperatures: Sequence[float] = ()) -> ExactTable:
    """Go through all states of two chains of at most 14 sites.

    Parameters
    ----------
    ladder : Ladder
        Two chains.
    temperatures : sequence of float
        In E0/k_B, positive; each costs another pass over the energies.

    Raises
    ------
    InputError
        Not two chains, more than 14 sites, a temperature that is not positive.

    Examples
    --------
    >>> table = exact_table(Ladder(length=8))
    >>> table.energy.shape, f"{table.energy[2, 2]:.6f}"
    ((9, 9), '0.600000')
    """
    L = ladder.length
    if ladder.chains != 2:
        raise must_be("exact_table.ladder", "of two chains", f"{ladder.chains}", "use bounds")
    if L > LONGEST:
        raise must_be("exact_table.ladder", f"of at most {LONGEST} sites per chain", L,
                      "use bounds, a transfer matrix with rigorous bounds")  # fmt: skip
    temperatures = tuple(check_temperature(T) for T in temperatures)
    bits = _bits(np.arange(2**L), L)
    groups = [np.flatnonzero(bits.sum(axis=1) == N) for N in range(L + 1)]
    index = np.abs(np.subtract.outer(np.arange(L), np.arange(L)))
    U0, U1 = (ladder.pair_energies(j)[index] for j in (0, 1))
    alone = ((bits @ U0) * bits).sum(axis=1) / 2 + ladder.self_energy * bits.sum(axis=1)
    one = np.ones(len(bits))
    left = np.column_stack([bits @ U1, alone, one])
    right = np.column_stack([bits, one, alone])
    orbit = _orbits(L, closed=ladder.closed)

    energy = np.empty((L + 1, L + 1))
    masks = np.empty((L + 1, L + 1, 2), int)
    logs = np.empty((len(temperatures), L + 1, L + 1))
    for up in range(L + 1):
        rows = groups[up][orbit[groups[up]] > 0]
        for down in range(up + 1):
            best, where, weights = _scan(left[rows], right[groups[down]], orbit[rows], temperatures)
            energy[up, down] = energy[down, up] = best
            masks[up, down] = rows[where[0]], groups[down][where[1]]
            masks[down, up] = masks[up, down][::-1]
            logs[:, up, down] = logs[:, down, up] = weights
    for array in (energy, masks, logs):
        array.setflags(write=False)
    return ExactTable(ladder, energy, masks, temperatures, logs)


def _scan(
    left: np.ndarray, right: np.ndarray, orbit: np.ndarray, temperatures: Sequence[float]
) -> tuple[float, tuple[int, int], np.ndarray]:
    """Lowest energy, its row and column, and ln Z at each temperature, of the block left @ right.T."""
    best, where = np.inf, (0, 0)
    logs = np.full(len(temperatures), -np.inf)
    for rows in _tiles(len(left), len(right)):
        block = left[rows] @ right.T
        at = np.unravel_index(int(block.argmin()), block.shape)
        low = float(block[at])
        if low < best:
            best, where = low, (rows.start + int(at[0]), int(at[1]))
        for t, T in enumerate(temperatures):
            total = np.exp((low - block) / T).sum(axis=1) @ orbit[rows]
            logs[t] = np.logaddexp(logs[t], np.log(total) - low / T)
    return best, where, logs


def _tiles(rows: int, columns: int) -> Iterator[slice]:
    size = max(1, _TILE // columns)
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


def _bits(masks: np.ndarray, L: int) -> np.ndarray:
    return (np.asarray(masks)[..., None] >> np.arange(L) & 1).astype(float)


def _orbits(L: int, *, closed: bool) -> np.ndarray:
    """Size of the orbit of the masks that stand for theirs, 0 for all others, shape (2^L,)."""
    masks = np.arange(2**L)
    mirrored = (_bits(masks, L)[:, ::-1] @ 2.0 ** np.arange(L)).astype(int)
    lowest = masks.copy()
    for turn in range(L if closed else 1):
        for image in (masks, mirrored):
            np.minimum(lowest, (image << turn | image >> (L - turn)) & (2**L - 1), out=lowest)
    return np.where(lowest == masks, np.bincount(lowest, minlength=2**L), 0)
