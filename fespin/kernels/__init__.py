"""Loops over rows and cells, twice: compiled ones for large systems, and NumPy and SciPy everywhere else.

Compiled ones are functions of Numba that the interpreter calls as those of C (`jit`, `machine`), without its lock.
Threads take the next piece of rows from a counter as they get free, so that a busy neighbour holds up nobody; helpers
look for work for 0.15 ms before they sleep (`helpers`). Both ways give the same numbers but for rounding.

What they cost, measured on two virtual cores: the first large device on a machine pays 15 s once, for compiling all of
them; the machine code is then kept in the package's folder, or where that may not be written in the user's cache (or in
the folder FESPIN_CACHE). From there it comes in 0.05 s and 45 MB without Numba, whose import and kept functions take
0.4 s and 95 MB. A call takes 20 microseconds, 0.5 without its arrays. Two threads are 1.7 to 1.9 times as fast as one
where memory is not the limit.

What made them fast, on the fine level of a plane of 1.15 million nodes (17 columns, one thread): the product of the
iteration took 88 ms as loops over columns in double precision, and takes 34; the damped step 94 and 40, the defect 68
and 36. Rows stay in registers with all that is done to them (`vectors`), functions are joined into one (`build`), rows
that an entry will need are asked for 128 entries before, and threads write to lines of the cache of their own
(`memory.apart`): sums of neighbouring pieces that shared a line cost the second thread two thirds of its gain.

Below `COMPILED_FROM` nodes nothing is compiled, and what is kept is used from `KEPT_FROM`; where nothing can be kept,
loops are compiled for ten times as many.
"""

from __future__ import annotations

import os

from ..errors import must_be

COMPILED_FROM = 20_000  # nodes; below, nothing is compiled
KEPT_FROM = 11_000  # nodes; below, loops that are kept are not even fetched: that is 50 MB for nothing
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
    if wanted == "numpy" or (wanted == "auto" and nodes < KEPT_FROM):
        return False
    from . import machine

    if wanted == "numba":
        if not machine.available():
            raise must_be(VARIABLE, '"auto" or "numpy" where Numba is not installed', wanted)
        return True
    if machine.kept() is None:
        least = COMPILED_FROM if machine.can_keep() else 10 * COMPILED_FROM
        return nodes >= least and machine.available()
    return machine.available()
