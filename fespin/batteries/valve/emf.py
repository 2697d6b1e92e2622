"""The electromotive force of a reservoir: V(Q), single valued, with a convex energy.

A curve is made of pieces on which V is linear in the charge; between pieces V may jump up. V(Q) is a function, while
Q(V) is none where V is flat over a range of charge: a staircase is implemented as V(Q) and never the other way round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError, must_be
from ..records import Floats

_CLOSE = 1e-12  # of the largest charge: nearer to an end is at the end


@dataclass(frozen=True, eq=False)
class EMFCurve:
    """V(Q) of a reservoir from its neutral state Q = 0, odd in Q.

    Parameters
    ----------
    charge : ndarray (n + 1,)
        Ends of the pieces, from 0 to the largest charge, C.
    start, end : ndarray (n,)
        V at the lower and upper end of each piece; never falling along the curve.

    Raises
    ------
    InputError
        Charges that do not grow, voltages that fall: the energy would not be convex.

    Examples
    --------
    >>> curve = EMFCurve(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0]), np.array([1.0, 3.0]))
    >>> [float(curve.voltage(q)) for q in (0.0, 0.5, 1.0, 1.5, -0.5)], float(curve.energy(1.5))
    ([0.0, 1.0, 2.0, 3.0, -1.0], 2.5)
    """

    charge: Floats
    start: Floats
    end: Floats

    def __post_init__(self) -> None:
        q, a, b = (np.array(x, dtype=float) for x in (self.charge, self.start, self.end))
        if q.ndim != 1 or len(q) < 2 or a.shape != (len(q) - 1,) or b.shape != a.shape:
            raise must_be("EMFCurve", "n + 1 charges and n voltages at both ends", (q.shape, a.shape, b.shape))
        if q[0] != 0 or not (np.diff(q) > 0).all() or not np.isfinite(q).all():
            raise must_be("EMFCurve.charge", "growing from 0", q)
        along = np.column_stack([a, b]).ravel()
        slack = 1e-12 * np.abs(along).max(initial=0.0)
        if not np.isfinite(along).all() or along[0] < -slack or (np.diff(along) < -slack).any():
            raise must_be("EMFCurve", "voltages from 0 that never fall, so that the energy is convex", along)
        along = np.maximum.accumulate(np.maximum(along, 0.0))  # rounding
        for name, value in (("charge", q), ("start", along[::2]), ("end", along[1::2])):
            object.__setattr__(self, name, value)

    @property
    def largest(self) -> float:
        """Charge at which the reservoir is full, C."""
        return float(self.charge[-1])

    @cached_property
    def _energies(self) -> Floats:
        return np.concatenate([[0.0], np.cumsum((self.start + self.end) / 2 * np.diff(self.charge))])

    def piece(self, q: float) -> int:
        """Index of the piece of a charge >= 0; the upper one at an end."""
        return min(int(np.searchsorted(self.charge, q, side="right")) - 1, len(self.start) - 1)

    def _within(self, charge: ArrayLike) -> Floats:
        q = np.asarray(charge, dtype=float)
        if not (np.abs(q) <= self.largest * (1 + 1e-12)).all():
            raise InputError(f"charge must be within {self.largest:.6g} C, where the reservoir is full, got {charge!r}")
        return q

    def limits(self, charge: ArrayLike) -> tuple[Floats, Floats]:
        """V just below and just above a charge, V; equal where it does not jump, +-inf at the full reservoir."""
        q = self._within(charge)
        size = np.abs(q)
        near = _CLOSE * self.largest
        inside = np.clip(np.searchsorted(self.charge, size + near, side="right") - 1, 0, len(self.start) - 1)
        share = np.clip((size - self.charge[inside]) / np.diff(self.charge)[inside], 0.0, 1.0)
        value = self.start[inside] + share * (self.end[inside] - self.start[inside])
        at_start = (np.abs(size - self.charge[inside]) <= near) & (size > near)
        low = np.where(at_start, self.end[np.maximum(inside - 1, 0)], value)
        high = np.where(size >= self.largest - near, math.inf, value)
        low = np.where(size <= near, -high, low)
        return np.where(q < 0, -high, low), np.where(q < 0, -low, high)

    def voltage(self, charge: ArrayLike) -> Floats:
        """V(Q), V; the middle of a jump, the lower end at the full reservoir."""
        low, high = self.limits(charge)
        low = np.where(np.isinf(low), high, low)
        return (low + np.where(np.isinf(high), low, high)) / 2

    def energy(self, charge: ArrayLike) -> Floats:
        """Integral of V dQ, J: even and convex."""
        q = np.abs(self._within(charge))
        inside = np.clip(np.searchsorted(self.charge, q, side="right") - 1, 0, len(self.start) - 1)
        done = q - self.charge[inside]
        slope = (self.end - self.start)[inside] / np.diff(self.charge)[inside]
        return self._energies[inside] + done * (self.start[inside] + slope * done / 2)

    def held_at(self, voltage: float) -> float:
        """Charge that a source of a voltage in V drives in, C: the largest Q >= 0 with V(Q) <= voltage."""
        if math.isnan(voltage) or voltage < 0:
            raise must_be("voltage", "a number >= 0 in V", voltage)
        k = int(np.searchsorted(self.end, voltage, side="right"))
        if k == len(self.end) or voltage < self.start[k]:
            return float(self.charge[k])
        share = (voltage - self.start[k]) / (self.end[k] - self.start[k])
        return float(self.charge[k] + share * (self.charge[k + 1] - self.charge[k]))

    def steps(self, count: int = 10) -> list[tuple[float, float, float]]:
        """The largest jumps as (charge, V below, V above), in the order of their charge; C and V."""
        below = np.concatenate([[0.0], self.end[:-1]])
        order = np.sort(np.argsort(-(self.start - below), kind="stable")[:count])
        order = order[(self.start - below)[order] > _CLOSE * float(self.end[-1])]  # what is left is rounding
        return list(zip(self.charge[order].tolist(), below[order].tolist(), self.start[order].tolist(), strict=True))


class Reservoir(Protocol):
    """What stores the charge of a valve."""

    def curve(self) -> EMFCurve:
        """V(Q) of the whole reservoir."""
