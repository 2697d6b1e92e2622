"""What is done to a battery: drives and phases, as values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ...errors import must_be
from .limits import not_negative, positive, real

SHAPES = ("step", "ramp", "exponential", "sine")
_MOST_STEPS = 1e10  # days of computing
KINDS = ("current", "voltage", "load", "open")


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of time with one circuit.

    Parameters
    ----------
    kind : {"current", "voltage", "load", "open"}
        A current source, a voltage source, a load without a source (discharge), or no circuit (hold).
    duration : float
        s.
    amplitude : float
        Of the source, A or V.
    shape : {"step", "ramp", "exponential", "sine"}
        Course of the source: at once; linear over `time`; amplitude exp((t - duration)/time); amplitude
        sin(2 pi t/time).
    time : float or None
        s; of ramp, exponential and sine.
    load : float
        R_L in series with the wires, ohm.
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
    name : str

    Raises
    ------
    InputError
        A value out of range; a discharge with an amplitude.

    Examples
    --------
    >>> Phase(kind="current", duration=1e-6, amplitude=1e-3, shape="ramp", time=1e-7).value(2e-8)
    0.0002
    """

    kind: Literal["current", "voltage", "load", "open"]
    duration: float
    amplitude: float = 0.0
    shape: Literal["step", "ramp", "exponential", "sine"] = "step"
    time: float | None = None
    load: float = 0.0
    inductance: float = 0.0
    gate: float = 0.0
    gate_time: float = 0.0
    courant: float = 1.0
    dt: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise must_be("Phase.kind", "one of " + ", ".join(KINDS), self.kind)
        if self.shape not in SHAPES:
            raise must_be("Phase.shape", "one of " + ", ".join(SHAPES), self.shape)
        positive("Phase.duration", self.duration, "s")
        positive("Phase.courant", self.courant, "h/u")
        for key, unit in {"load": "ohm", "inductance": "H", "gate": "J", "gate_time": "s"}.items():
            not_negative(f"Phase.{key}", getattr(self, key), unit)
        if self.dt is not None:
            positive("Phase.dt", self.dt, "s")
        if not math.isfinite(real("Phase.amplitude", self.amplitude, "a finite number in A or V")):
            raise must_be("Phase.amplitude", "a finite number in A or V", self.amplitude)
        if self.kind in ("load", "open") and self.amplitude != 0:
            raise must_be("Phase.amplitude", f"0 in a phase of kind {self.kind!r}", self.amplitude,
                          "a source together with a load is kind 'current' or 'voltage' with load")  # fmt: skip
        if self.shape != "step" and self.time is None:
            raise must_be("Phase.time", f"given for the shape {self.shape!r}", None)
        if self.time is not None:
            positive("Phase.time", self.time, "s")

    def value(self, t: float) -> float:
        """Source in A or V at the time t after the start of the phase."""
        if self.shape == "step":
            return self.amplitude
        assert self.time is not None
        if self.shape == "ramp":
            return self.amplitude * min(t / self.time, 1.0)
        if self.shape == "exponential":
            return self.amplitude * math.exp((t - self.duration) / self.time)
        return self.amplitude * math.sin(2 * math.pi * t / self.time)

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
