"""How loops are compiled: without the interpreter's lock, kept on disk where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

# sums may be done in another order and multiplications joined with them; what is not a number stays so
_FAST = {"contract", "reassoc", "nsz", "arcp"}


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function on its first call."""
    try:
        return numba.njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")(function)
    except RuntimeError:  # no folder that may be written: compiled anew by each process
        return numba.njit(nogil=True, fastmath=_FAST, error_model="numpy")(function)
