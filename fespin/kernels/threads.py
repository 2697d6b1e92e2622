"""Work on blocks of columns, a few thousand rows at a time: what follows a sparse product finds its rows in the cache.

Pieces are independent, so that threads share them (SciPy and NumPy let go of the interpreter meanwhile).
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from scipy.sparse import csr_array

ROWS = 2048
_ALONE = 10_000  # rows up to which one thread does it


@functools.cache
def number() -> int:
    """Threads: as many as OMP_NUM_THREADS says or the process may use, at most four (memory is the limit beyond)."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(wanted) if wanted.isdecimal() and int(wanted) else free, free, 4)


@functools.cache
def _pool() -> ThreadPoolExecutor | None:
    """All but the caller, who works as well."""
    return ThreadPoolExecutor(number() - 1, "fespin") if number() > 1 else None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        after_in_child=_pool.cache_clear
    )  # threads stay behind in the parent: a child would wait for them


def pieces(n: int, rows: int = ROWS) -> list[slice]:
    """Rows 0 ... n - 1 in pieces that fit into the cache."""
    return [slice(start, min(start + rows, n)) for start in range(0, n, rows)]


@dataclass(frozen=True)
class Pieces:
    """Rows in pieces that threads share: `work` says in about how many rows there is as much to do."""

    rows: int
    size: int
    work: int

    @classmethod
    def of(cls, rows: int, size: int = ROWS, work: int | None = None) -> Pieces:
        return cls(rows, size, rows if work is None else work)

    @property
    def count(self) -> int:
        """How many there are."""
        return -(-self.rows // self.size)


def workers(rows: int) -> int:
    """How many threads share work on so many rows."""
    return number() if rows > _ALONE else 1


def for_each(work: Callable[[int], None], count: int, rows: int) -> None:
    """Call work(0) ... work(count - 1), by several threads where there is enough to do: in about so many rows."""
    left = iter(range(count))  # the next piece goes to whoever is free: busy neighbours hold up nobody

    def take() -> None:
        for k in left:
            work(k)

    pool = _pool() if rows > _ALONE else None
    others = [] if pool is None else [pool.submit(take) for _ in range(1, number())]
    try:
        take()
    finally:  # nobody goes on when arrays may be gone
        wait(others)
    for other in others:
        other.result()


def by_rows(matrix: csr_array) -> list[csr_array]:
    """A matrix piece by piece; its entries are not copied."""
    out = []
    for part in pieces(matrix.shape[0]):
        start, stop = int(matrix.indptr[part.start]), int(matrix.indptr[part.stop])
        indptr = matrix.indptr[part.start : part.stop + 1] - matrix.indptr[part.start]
        piece = csr_array((part.stop - part.start, matrix.shape[1]), dtype=matrix.dtype)
        piece.data, piece.indices, piece.indptr = matrix.data[start:stop], matrix.indices[start:stop], indptr
        out.append(piece)
    return out


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep the matrix products of NumPy and SciPy to one thread.

    Those of the solver are small. Several threads of OpenBLAS gain nothing on them, and wait for each other at full
    speed: on a busy machine that took most of the time.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
