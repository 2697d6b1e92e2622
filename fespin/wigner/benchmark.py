"""How long the work takes and how it grows: measured, not promised."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .bounds import bounds
from .ladder import Ladder
from .phases import phase_diagram
from .stairs import staircase
from .table import exact_table

_LONG = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one job at growing sizes, the best of three runs if they are short.

    `growth` between the last two sizes: the power of the size, or with `per_site` the factor per unit of size.
    """

    job: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    per_site: bool

    @property
    def growth(self) -> float:
        """Power of the size, or factor per site."""
        ratio = self.seconds[-1] / self.seconds[-2]
        if self.per_site:
            return ratio ** (1 / (self.sizes[-1] - self.sizes[-2]))
        return math.log(ratio) / math.log(self.sizes[-1] / self.sizes[-2])


def benchmark(*, quick: bool = False) -> list[Timing]:
    """Time staircases, exact tables and their phase diagrams, tables at T > 0, and bounds of long ladders.

    Parameters
    ----------
    quick : bool
        Small sizes only.

    Examples
    --------
    >>> [timing.job.split(":")[0] for timing in benchmark(quick=True)]
    ['staircase', 'exact minima', 'phase diagram', 'finite temperature', 'bounds', 'bounds']
    """
    fractions = (10, 20) if quick else (50, 100, 200, 400)
    sites = (4, 6) if quick else (8, 10, 12, 14)
    long = (10, 20) if quick else (25, 50, 100, 200)
    ring = (8, 10) if quick else (25, 50, 100)

    def minima(length: int) -> Any:
        return exact_table(Ladder(length=length))

    def diagram(length: int) -> Any:
        return phase_diagram(minima(length))

    def warm(length: int) -> Any:
        return exact_table(Ladder(length=length), temperatures=[0.1])

    def point(length: int, **kw: Any) -> Any:
        return bounds(Ladder(length=length, **kw), mu=1.5, delta_eta=0.1, reach=3 if quick else None)

    return [
        _time("staircase: all steps p/q, q up to", fractions, staircase, per_site=False),
        _time("exact minima: all N_up, N_dn, 2 x L open, L =", sites, minima, per_site=True),
        _time("phase diagram: exact, 2 x L open, L =", sites, diagram, per_site=True),
        _time("finite temperature: exact ln Z at one T, 2 x L open, L =", sites, warm, per_site=True),
        _time("bounds: 2 x L open, R = 8, L =", long, point, per_site=False),
        _time("bounds: 2 x L ring, R = 4, L =", ring, lambda length: point(length, boundary="ring"), per_site=False),
    ]


def _time(job: str, sizes: tuple[int, ...], run: Callable[[int], Any], *, per_site: bool) -> Timing:
    return Timing(job, sizes, tuple(_best(run, size) for size in sizes), per_site)


def _best(run: Callable[[int], Any], size: int) -> float:
    first = _once(run, size)
    return first if first > _LONG else min(first, _once(run, size), _once(run, size))


def _once(run: Callable[[int], Any], size: int) -> float:
    start = time.perf_counter()
    run(size)
    return time.perf_counter() - start
