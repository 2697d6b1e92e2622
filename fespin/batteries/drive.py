"""What drives any battery through a stretch of time: a source with its course in time, a load, or nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from ..errors import must_be
from ..network.checks import not_negative, positive, real

SHAPES = ("step", "ramp", "exponential", "sine")
KINDS = ("current", "voltage", "load", "open")


@dataclass(frozen=True, kw_only=True)
class Drive:
    """A stretch of time with one circuit; batteries add what is theirs.

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
        R_L in series with the battery, ohm.
    dt : float or None
        Step, s; None: chosen by the battery.
    name : str

    Raises
    ------
    InputError
        A value out of range; a discharge with an amplitude.

    Examples
    --------
    >>> Drive(kind="current", duration=1e-6, amplitude=1e-3, shape="ramp", time=1e-7).value(2e-8)
    0.0002
    """

    kind: Literal["current", "voltage", "load", "open"]
    duration: float
    amplitude: float = 0.0
    shape: Literal["step", "ramp", "exponential", "sine"] = "step"
    time: float | None = None
    load: float = 0.0
    dt: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise must_be("Phase.kind", "one of " + ", ".join(KINDS), self.kind)
        if self.shape not in SHAPES:
            raise must_be("Phase.shape", "one of " + ", ".join(SHAPES), self.shape)
        positive("Phase.duration", self.duration, "s")
        not_negative("Phase.load", self.load, "ohm")
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
