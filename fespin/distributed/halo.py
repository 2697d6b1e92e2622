"""Rows of other processes: who owns them, how their values are fetched, how contributions to them are sent back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_TAG = 71


def equal_ranges(n: int, parts: int) -> np.ndarray:
    """Starts (parts + 1,) of contiguous ranges of 0 ... n - 1 that differ by one in length at most.

    Examples
    --------
    >>> equal_ranges(10, 3).tolist()
    [0, 4, 7, 10]
    """
    size, more = divmod(n, parts)
    return np.concatenate([[0], np.cumsum(np.full(parts, size) + (np.arange(parts) < more))])


class Halo:
    """Exchange of the rows `ghosts` (sorted, owned by others) for contiguous ranges of ownership.

    Parameters
    ----------
    comm
    starts : ndarray (ranks + 1,)
        Process r owns the rows starts[r] ... starts[r + 1] - 1.
    ghosts : ndarray (g,)
    """

    def __init__(self, comm: Any, starts: np.ndarray, ghosts: np.ndarray) -> None:
        self.comm, self.ghosts = comm, ghosts
        self.own = int(starts[comm.rank + 1] - starts[comm.rank])
        ends = np.searchsorted(ghosts, starts)
        wanted = np.diff(ends).astype(np.int64)  # from each process
        asked = np.empty_like(wanted)
        comm.Alltoall(wanted, asked)
        self.sources = [(int(r), slice(int(ends[r]), int(ends[r + 1]))) for r in np.flatnonzero(wanted)]
        lists = {int(r): np.empty(int(asked[r]), np.int64) for r in np.flatnonzero(asked)}
        pending = [comm.Irecv(rows, source=r, tag=_TAG) for r, rows in lists.items()]
        for r, part in self.sources:
            pending.append(comm.Isend(np.ascontiguousarray(ghosts[part], np.int64), dest=r, tag=_TAG))
        _wait(pending)
        self.targets = [(r, rows - starts[comm.rank]) for r, rows in lists.items()]

    def fetch(self, own: np.ndarray) -> np.ndarray:
        """Values (g, ...) of the ghosts, out of everybody's own ones (own, ...)."""
        out = np.empty((len(self.ghosts), *own.shape[1:]), own.dtype)
        pending = [self.comm.Irecv(out[part], source=r, tag=_TAG) for r, part in self.sources]
        parcels = [(r, np.ascontiguousarray(own[rows])) for r, rows in self.targets]
        pending += [self.comm.Isend(parcel, dest=r, tag=_TAG) for r, parcel in parcels]
        _wait(pending)
        return out

    def give_back(
        self, own: np.ndarray, ghosts: np.ndarray, join: Callable[[np.ndarray, np.ndarray], np.ndarray] = np.add
    ) -> None:
        """Join values (g, ...) that were found for ghosts to their owners' (own, ...), in place."""
        parcels = [(r, np.ascontiguousarray(ghosts[part])) for r, part in self.sources]
        found = [(rows, np.empty((len(rows), *own.shape[1:]), own.dtype), r) for r, rows in self.targets]
        pending = [self.comm.Irecv(values, source=r, tag=_TAG) for _, values, r in found]
        pending += [self.comm.Isend(parcel, dest=r, tag=_TAG) for r, parcel in parcels]
        _wait(pending)
        for rows, values, _ in found:  # rows of one process are unique, those of several are not
            own[rows] = join(own[rows], values)


def send_to_owners(comm: Any, starts: np.ndarray, rows: np.ndarray, *columns: np.ndarray) -> list[np.ndarray]:
    """Records (row, ...) go to the processes that own their rows; what arrived, rows first."""
    owner = np.searchsorted(starts, rows, side="right") - 1
    order = np.argsort(owner, kind="stable")
    counts = np.bincount(owner, minlength=comm.size).astype(np.int64)
    arriving = np.empty_like(counts)
    comm.Alltoall(counts, arriving)
    ends = np.concatenate([[0], np.cumsum(counts)])
    starts_in = np.concatenate([[0], np.cumsum(arriving)])
    out = []
    for column in (rows, *columns):
        leaving = np.ascontiguousarray(column[order])
        found = np.empty(int(starts_in[-1]), column.dtype)
        pending = [comm.Irecv(found[starts_in[r] : starts_in[r + 1]], source=int(r), tag=_TAG)
                   for r in np.flatnonzero(arriving)]  # fmt: skip
        pending += [comm.Isend(leaving[ends[r] : ends[r + 1]], dest=int(r), tag=_TAG) for r in np.flatnonzero(counts)]
        _wait(pending)
        out.append(found)
    return out


def _wait(pending: list[Any]) -> None:
    for request in pending:
        request.Wait()
