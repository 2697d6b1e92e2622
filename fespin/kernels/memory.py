"""Memory that is free but still held by the process."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Return freed memory to the system before much is asked for at once; some milliseconds.

    The C library keeps arrays of up to 32 MB that are freed in pieces too small for what follows: a third of the peak
    of large devices. Does nothing where it is not glibc.
    """
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return
