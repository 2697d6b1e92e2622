"""Memory: what is free but still held by the process, and what is touched for the first time."""

from __future__ import annotations

import ctypes
import functools

import numpy as np

from . import compiled
from .threads import Pieces

_MAPPED_FROM, _TRIMMED_FROM = -3, -1  # M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h
_MAPPED, _LOOSE = (1024**3, 32 * 1024**2), 64 * 1024**2
_LINES = 128  # bytes that the caches hand over together


@functools.cache
def reuse_large_arrays() -> None:
    """From now on the memory of freed arrays serves those that follow.

    The C library returns arrays of 32 MB and more to the system, which clears the next ones page by page, 0.4 to 2 s
    for each GB: a sixth of the time of a million nodes, at the same peak. Does nothing where it is not glibc, old ones
    of which refuse the larger size.
    """
    try:
        library = ctypes.CDLL(None)
        library.mallopt(_TRIMMED_FROM, _LOOSE)
        any(library.mallopt(_MAPPED_FROM, size) for size in _MAPPED)
    except (AttributeError, OSError, TypeError):
        return


def give_back() -> None:
    """Return freed memory to the system before much is asked for at once; some milliseconds.

    For processes that share a machine. Does nothing where it is not glibc.
    """
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return


def zeros(shape: tuple[int, int], dtype: type = float) -> np.ndarray:
    """A table of zeros. To touch memory for the first time takes as long as several passes over it: all threads do."""
    if not compiled(shape[0]):
        return np.zeros(shape, dtype)
    from .rows import clear

    out: np.ndarray = np.empty(shape, dtype)
    clear.over(Pieces.of(shape[0]), out)
    return out


def apart(pieces: int, width: int, dtype: type | np.dtype = float) -> np.ndarray:
    """A row of `width` numbers and some more for each piece: what one thread writes is never in the line of the cache
    that another one reads, which would wait for it each time."""
    return np.empty((pieces, width + _LINES // np.dtype(dtype).itemsize), dtype)
