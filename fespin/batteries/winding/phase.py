"""What is done to a battery: drives and phases, as values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import must_be
from ..drive import Drive
from .limits import not_negative, positive

_MOST_STEPS = 1e10  # days of computing


@dataclass(frozen=True, kw_only=True)
class Phase(Drive):
    """A stretch of time with one circuit.

    Parameters
    ----------
    kind, duration, amplitude, shape, time, load, name
        As for `fespin.batteries.drive.Drive`; the load is in series with the wires.
    inductance : float
        L_c in series, H.
    gate : float
        kg of the link at the end of the phase, J: 0 open, positive closed.
    gate_time : float
        Time over which kg goes there from its value before, s; 0: within the first step.
    courant : float
        Step dt = courant h/u with the shortest cell h; see `dt`. At 1 waves are exact on equal cells.
    dt : float or None
        Step in s instead.

    Raises
    ------
    InputError
        A value out of range; a discharge with an amplitude.

    Examples
    --------
    >>> Phase(kind="current", duration=1e-6, amplitude=1e-3, shape="ramp", time=1e-7).value(2e-8)
    0.0002
    """

    inductance: float = 0.0
    gate: float = 0.0
    gate_time: float = 0.0
    courant: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        positive("Phase.courant", self.courant, "h/u")
        for key, unit in {"inductance": "H", "gate": "J", "gate_time": "s"}.items():
            not_negative(f"Phase.{key}", getattr(self, key), unit)

    def steps(self, limit: float) -> tuple[int, float]:
        """Number and length of equal steps no longer than wanted; `limit` is h/u."""
        wanted = self.courant * limit if self.dt is None else self.dt
        ratio = self.duration / wanted
        if not ratio < _MOST_STEPS:
            raise must_be("Phase.duration", f"at most {_MOST_STEPS:.0e} steps of {wanted:.4g} s", self.duration)
        # a whole number of steps h/u to rounding keeps the exact dt, on which the box scheme depends
        if round(ratio) >= 1 and abs(ratio - round(ratio)) < 1e-6:
            return round(ratio), wanted
        count = max(1, math.ceil(ratio))
        return count, self.duration / count

    def kg(self, t: float, before: float) -> float:
        """kg at the time t after the start of the phase, which found it at `before`."""
        if self.gate_time == 0:
            return self.gate if t > 0 else before
        return before + (self.gate - before) * min(t / self.gate_time, 1.0)


def checked_phases(phases: Sequence[Phase] | Phase) -> tuple[Phase, ...]:
    """One phase or several as a tuple."""
    out = (phases,) if isinstance(phases, Phase) else tuple(phases)
    if not out or not all(isinstance(phase, Phase) for phase in out):
        raise must_be("phases", "one Phase or more", phases)
    return out
