"""Gauss-Legendre rules on panels: nodes where integrands bend, square roots at the ends mapped away."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

import numpy as np

from .junction import Lead

_DROP = 1e-18  # of exp(-2 d (kappa - kappa_0)): what lies beyond is below rounding


@functools.cache
def gauss(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on [0, 1]."""
    t, w = np.polynomial.legendre.leggauss(n)
    return (t + 1) / 2, w / 2


def rooted(low: np.ndarray, high: np.ndarray, ends: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights (p, n) on p panels, for integrands with square roots of (end - K) for the sorted `ends`.

    K = end - s^2, with the first end at or above a panel, makes them smooth in s, also where the panel stops short of
    the end.
    """
    t, w = gauss(n)
    end = ends[np.minimum(np.searchsorted(ends, high), len(ends) - 1)]
    start, stop = np.sqrt(end - low)[:, None], np.sqrt(end - high)[:, None]
    s = start + (stop - start) * t
    return end[:, None] - s * s, 2 * s * (start - stop) * w


def both_rooted(low: np.ndarray, high: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights (p, n) for integrands with square roots at both ends: x = low + length sin^2(theta)."""
    t, w = gauss(n)
    angle = t * math.pi / 2
    length = (high - low)[:, None]
    return low[:, None] + length * np.sin(angle) ** 2, length * (math.pi / 2) * np.sin(2 * angle) * w


def breaks(leads: Iterable[Lead], decay: float, width: float) -> np.ndarray:
    """Ends of panels in the in-plane momentum K, 1/nm: the scales of exp(-2 d kappa(K)) and every Fermi momentum.

    If the Fermi momenta of a lead are close, panels shrink towards them: the difference of two square roots that end
    nearly together varies on the scale of their distance.
    """
    ends = fermi_momenta(leads)
    top = float(ends.max())
    last = decay - math.log(_DROP) / (2 * width)
    top = min(top, math.sqrt((last - decay) * (last + decay)))
    step = math.sqrt((1 / width) * (2 * decay + 1 / width))
    points = [0.0, *ends, *graded(leads)]
    while step < top:
        points.append(step)
        step *= 2.2
    return np.unique([p for p in [*points, top] if 0 <= p <= top])


def fermi_momenta(leads: Iterable[Lead]) -> np.ndarray:
    """Every Fermi momentum that is not zero, sorted, (k,)."""
    return np.unique([k for lead in leads for k in lead.fermi if k > 0])


def graded(leads: Iterable[Lead]) -> list[float]:
    """Ends of panels below two Fermi momenta of a lead that nearly coincide."""
    out: list[float] = []
    for lead in leads:
        high, low = lead.fermi
        distance = lead.gap / (high + low)
        if low == 0 or distance == 0:
            continue
        reach = 3 * distance
        while reach < 0.3 * low:
            out.append(low - reach)
            reach *= 6
    return out
