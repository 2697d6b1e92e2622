"""What is done to a valve: a drive, and the steps in time that follow its transients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import must_be
from ...network.checks import not_negative
from ..drive import Drive

_MOST_STEPS = 1e9
JUMP_STEPS = 4  # half-size backward-Euler steps after a jump (Rannacher): they damp what the jump excites
PER_LEVEL = 32  # steps of one length before it doubles


@dataclass(frozen=True, kw_only=True)
class Phase(Drive):
    """A stretch of time with one circuit; the source is at the left reservoir, the right one is grounded.

    Parameters
    ----------
    kind, duration, amplitude, shape, time, load, name
        As for `fespin.batteries.drive.Drive`.
    series : float
        Resistance of source and wires, in series with the load and booked apart from it, ohm.
    dt : float or None
        Step, s; None: short ones that follow diffusion after the switching, growing to a fiftieth of the time
        constant of the circuit.

    Raises
    ------
    InputError
        A value out of range, such as dt <= 0.

    Examples
    --------
    >>> Phase(kind="load", duration=1e-9, load=50, series=2).resistance
    52
    """

    series: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative("Phase.series", self.series, "ohm")

    @property
    def resistance(self) -> float:
        """Load and series together, ohm."""
        return self.load + self.series


@dataclass(frozen=True)
class Steps:
    """A number of equal steps: theta = 1 backward Euler, 1/2 midpoint."""

    count: int
    dt: float
    theta: float


def plan(phase: Phase, *, diffusion: float, relaxation: float) -> list[Steps]:
    """Steps of a phase.

    Parameters
    ----------
    phase : Phase
    diffusion : float
        d^2/D of the fastest layer, s; 0 if nothing diffuses.
    relaxation : float
        Slowest time constant of the circuit, s.

    Returns
    -------
    list of Steps
        Their lengths add up to the duration.

    Examples
    --------
    >>> plan(Phase(kind="open", duration=1.0, dt=0.25), diffusion=2.0, relaxation=1.0)
    [Steps(count=4, dt=0.125, theta=1.0), Steps(count=2, dt=0.25, theta=0.5)]
    """
    if phase.dt is not None:
        first = longest = phase.dt
    else:
        longest = min(relaxation / 50, phase.duration / 50)
        if phase.time is not None:
            longest = min(longest, phase.time / 50)
        first = min(longest, diffusion / 2000) if diffusion > 0 else longest
        first = max(first, longest * 2.0**-50)  # shorter steps add nothing, and halves of nothing would never end
    if not phase.duration / longest < _MOST_STEPS:
        raise must_be("Phase.duration", f"at most {_MOST_STEPS:.0e} steps of {longest:.4g} s", phase.duration,
                      "give a longer dt or split the phase")  # fmt: skip
    left = phase.duration
    dt = min(first, left / 2)
    out = [Steps(JUMP_STEPS, dt / 2, 1.0)]
    left -= JUMP_STEPS * dt / 2
    while dt < longest and left > PER_LEVEL * dt:
        out.append(Steps(PER_LEVEL, dt, 0.5))
        left -= PER_LEVEL * dt
        dt = min(2 * dt, longest)
    if left > 1e-12 * phase.duration:
        count = max(1, math.ceil(left / dt - 1e-9))
        out.append(Steps(count, left / count, 0.5))
    return out


def checked_phases(phases: Sequence[Phase] | Phase) -> tuple[Phase, ...]:
    """One phase or several as a tuple."""
    out = (phases,) if isinstance(phases, Phase) else tuple(phases)
    if not out or not all(isinstance(phase, Phase) for phase in out):
        raise must_be("phases", "one Phase or more", phases)
    return out


def charge(*, voltage: float, duration: float, **options: object) -> Phase:
    """A charging phase with a voltage source; V, s, and further options of `Phase`."""
    return Phase(kind="voltage", amplitude=voltage, duration=duration, **{"name": "charge", **options})  # type: ignore[arg-type]


def hold(*, duration: float, **options: object) -> Phase:
    """Open circuit: the valve discharges itself."""
    return Phase(kind="open", duration=duration, **{"name": "hold", **options})  # type: ignore[arg-type]


def discharge(*, load: float, duration: float, **options: object) -> Phase:
    """No source: the valve drives a load in ohm."""
    return Phase(kind="load", load=load, duration=duration, **{"name": "discharge", **options})  # type: ignore[arg-type]
