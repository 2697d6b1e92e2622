"""Memory: what is free but still held by the process, and what is touched for the first time."""

from __future__ import annotations

import ctypes
import functools
import mmap
import os

import numpy as np

from . import compiled
from .threads import Pieces

_MAPPED_FROM, _TRIMMED_FROM = -3, -1  # M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h
_MAPPED = (1024**3, 32 * 1024**2)
_LOOSE = 256 * 1024**2  # bytes that may stay free with the process
_EACH, _MOST = 3072, 192 * 1024**2  # bytes in large pages for a node, and for all
_LINES = 128  # bytes that the caches hand over together


def make_room(nodes: int) -> None:
    """Before the arrays of a device of so many nodes: what freed ones leave serves the next, and in large pages.

    The C library returns arrays of 32 MB and more to the system, which clears the next ones page by page, 0.4 to 2 s
    for each GB: a sixth of the time of a million nodes, at the same peak. Pages of 2 MB are cleared five times as fast
    as those of 4 kB; NumPy asks for them for arrays of 4 MB and more, this for the smaller ones of up to 1e5 nodes, a
    tenth of their time. Does nothing for small devices, whose factors would leave holes, and where it is not glibc, old
    ones of which refuse the larger size; and without large pages where there are none, or NUMPY_MADVISE_HUGEPAGE=0
    says so.
    """
    if not compiled(nodes):
        return
    try:
        library = _library()
        advice = mmap.MADV_HUGEPAGE
    except (AttributeError, OSError, TypeError):
        return
    if os.environ.get("NUMPY_MADVISE_HUGEPAGE") == "0":
        return
    size = min(_EACH * nodes, _MOST)
    start = library.malloc(size)  # at the end of the heap, where the next arrays will lie
    if start:
        page = -start % mmap.PAGESIZE
        library.madvise(start + page, size - page, advice)
        library.free(start)


@functools.cache
def _library() -> ctypes.CDLL:
    """The C library, told to keep what is freed."""
    library = ctypes.CDLL(None)
    library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    library.free.argtypes, library.free.restype = [ctypes.c_void_p], None
    library.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    library.mallopt(_TRIMMED_FROM, _LOOSE)
    any(library.mallopt(_MAPPED_FROM, size) for size in _MAPPED)
    return library


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
