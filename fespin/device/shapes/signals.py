"""Signals stay as the caller has set them, whatever a library does to them.

gmsh carries PETSc, which catches signals for itself, and sets them to the system's default at its end: from then on a
write to a pipe or socket that nobody reads any more ends the whole process without a word (SIGPIPE, which Python
ignores), and `faulthandler` no longer says where a crash was.
"""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Iterator
from contextlib import contextmanager

_ROOM = 1024  # bytes for a struct sigaction; the largest in use has 152


@contextmanager
def kept_signals() -> Iterator[None]:
    """Put every signal's handler back at the end, also those that Python has not set itself."""
    sigaction = getattr(ctypes.CDLL(None), "sigaction", None) if hasattr(signal, "pthread_kill") else None
    if sigaction is None:  # Windows has no signals of this kind
        yield
        return
    sigaction.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    kept = {}
    for number in signal.valid_signals():
        room = ctypes.create_string_buffer(_ROOM)
        if sigaction(number, None, room) == 0:
            kept[number] = room
    try:
        yield
    finally:
        for number, room in kept.items():
            sigaction(number, room, None)  # refused for SIGKILL and SIGSTOP, which nobody can change
