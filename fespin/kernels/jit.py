"""How loops are compiled: without the interpreter's lock, kept on disk where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

# sums may be done in another order and multiplications joined with them; what is not a number stays so
_FAST = {"contract", "reassoc", "nsz", "arcp"}


def _can_keep() -> bool:
    try:
        numba.njit(cache=True)(_nothing)
    except RuntimeError:  # no folder that may be written
        return False
    return True


def _nothing() -> None:
    """A function of this folder, for asking where its compiled form would be kept."""


KEPT = _can_keep()


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function on its first call."""
    return numba.njit(nogil=True, cache=KEPT, fastmath=_FAST, error_model="numpy")(function)
