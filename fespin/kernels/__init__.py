"""Loops over rows and cells, twice: compiled ones for large systems, and NumPy and SciPy everywhere else.

Compiled ones are functions of Numba, on pieces of rows and without the interpreter's lock, so that threads share the
pieces; they are compiled on their first use on a machine and kept on its disk. Below `COMPILED_FROM` nodes nothing is
compiled, nor is Numba imported. Both ways give the same numbers but for rounding.
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
    if not _available() and wanted == "numba":
        raise must_be(VARIABLE, '"auto" or "numpy" where Numba is not installed', wanted)
    return _available()


@functools.cache
def _available() -> bool:
    try:
        import numba  # noqa: F401
    except ImportError as error:  # not there, or made for another NumPy
        log.info("compiled loops are left out: %s", error)
        return False
    return True
