"""Loops over rows and cells, twice: compiled ones for large systems, and NumPy and SciPy everywhere else.

Compiled ones are functions of Numba, on pieces of rows and without the interpreter's lock: threads take the next piece
as they get free, so that a busy neighbour holds up nobody, and nobody spins. Both ways give the same numbers but for
rounding.

What they cost, measured on two virtual cores: importing Numba 0.12 s, its first function 0.15 s more, 3 ms for each of
25 loops that were compiled before, 50 MB. The first large device on a machine pays 8 s once, for compiling; the loops
are then kept in the package's folder, or where that may not be written in the user's cache. A product with the number
of columns built in was no faster than one for any number (32 columns on 1.4 million entries: 7.4 and 5.3 ms), so that
there is one for all. Below `COMPILED_FROM` nodes nothing is compiled, nor is Numba imported; where nothing can be kept,
below ten times as many.
"""

from __future__ import annotations

import functools
import logging
import os

from ..errors import must_be

log = logging.getLogger("fespin")

COMPILED_FROM = 20_000  # nodes; below, the import alone takes longer than what it saves
VARIABLE = "FESPIN_KERNELS"  # "auto", "numba" or "numpy"


def compiled(nodes: int) -> bool:
    """Whether a system with so many nodes goes through compiled loops.

    The environment variable FESPIN_KERNELS chooses: "numpy" or "numba" for all sizes, "auto" (or nothing) by size.

    Raises
    ------
    InputError
        Another value of the variable, or "numba" without Numba.
    """
    wanted = os.environ.get(VARIABLE, "auto") or "auto"
    if wanted not in ("auto", "numba", "numpy"):
        raise must_be(VARIABLE, '"auto", "numba" or "numpy"', wanted)
    if wanted == "numpy" or (wanted == "auto" and nodes < COMPILED_FROM):
        return False
    kept = _kept()
    if kept is None and wanted == "numba":
        raise must_be(VARIABLE, '"auto" or "numpy" where Numba is not installed', wanted)
    return kept is not None and (wanted == "numba" or kept or nodes >= 10 * COMPILED_FROM)


@functools.cache
def _kept() -> bool | None:
    """Whether compiled loops can be kept on disk; None where there is no Numba."""
    try:
        from .jit import KEPT
    except ImportError as error:  # not there, or made for another NumPy
        log.info("compiled loops are left out: %s", error)
        return None
    return KEPT
