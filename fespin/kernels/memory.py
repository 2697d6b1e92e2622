"""Memory that is free but still held by the process."""

from __future__ import annotations

import ctypes
import functools

_MAPPED_FROM, _TRIMMED_FROM = -3, -1  # M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h
_LARGE, _LOOSE = 8 * 1024**2, 128 * 1024


@functools.cache
def return_large_arrays() -> None:
    """From now on arrays of 8 MB and more go back to the system as soon as they are freed.

    The C library raises that size to 32 MB by itself, and what stays is in pieces that larger arrays do not fit into:
    some percent of the peak of devices of 1e5 nodes. Does nothing where it is not glibc.
    """
    try:
        library = ctypes.CDLL(None)
        library.mallopt(_MAPPED_FROM, _LARGE)
        library.mallopt(_TRIMMED_FROM, _LOOSE)
    except (AttributeError, OSError, TypeError):
        return


def give_back() -> None:
    """Return freed memory to the system before much is asked for at once; some milliseconds.

    A third of the peak of large devices. Does nothing where it is not glibc.
    """
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return
