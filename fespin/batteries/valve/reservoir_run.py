"""Charging and discharging a reservoir between half-metal plates through a circuit, piece by piece in closed form.

    dQ/dt = j - G V(Q),    j = (V_s - V(Q))/R,

On a piece of V(Q) this is an exponential, and where V is flat the current is constant. Where V jumps across V_s the
charge stays: the reservoir holds any voltage within its step. Within a step in time the source is constant at its value
in the middle; all else is exact, and so is the energy ledger.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import InputError, must_be
from ...network.checks import not_negative, positive, real
from .emf import EMFCurve, Reservoir
from .phase import Phase, checked_phases
from .result import ValveResult, columns_of
from .stepper import BOOKS, Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
_LONGEST = 1.0  # of an exponential within one quadrature: its error is below rounding
_END = 1e-12  # of a piece: closer to its end is at its end


@dataclass(frozen=True, kw_only=True)
class ReservoirValve:
    """A locked valve whose N layer is a reservoir with an EMF of its own.

    Parameters
    ----------
    reservoir : Reservoir
        Has ``curve()``: `WignerReservoir`, `FreeElectronReservoir` or any other.
    resistance : float
        Of plates, contacts and the transport within the reservoir, in series with it, ohm, positive.
    leak : float
        Conductance of spin flips across the reservoir, S.
    name : str

    Examples
    --------
    >>> class Capacitor:
    ...     def curve(self):
    ...         return EMFCurve(np.array([0.0, 2.0]), np.array([0.0]), np.array([1.0]))  # 2 F up to 1 V
    >>> valve = ReservoirValve(reservoir=Capacitor(), resistance=0.5)
    >>> result = valve.simulate(Phase(kind="voltage", amplitude=1.0, duration=1.0))
    >>> round(float(result["charge"][-1]), 12), bool(result.ledger_error.max() < 1e-13)  # 2 (1 - 1/e)
    (1.264241117657, True)
    """

    reservoir: Reservoir
    resistance: float
    leak: float = 0.0
    name: str = "valve"

    def __post_init__(self) -> None:
        if not callable(getattr(self.reservoir, "curve", None)):
            raise must_be("ReservoirValve.reservoir", "a reservoir with curve()", self.reservoir)
        positive("ReservoirValve.resistance", self.resistance, "ohm")
        not_negative("ReservoirValve.leak", self.leak, "S")

    def simulate(
        self,
        phases: Sequence[Phase] | Phase,
        *,
        charge: float = 0.0,
        records: int = 400,
        progress: Callable[[float], None] | None = None,
    ) -> ValveResult:
        """Run phases from a charge in C; records as of a meshed valve, "splitting" being the EMF.

        Raises
        ------
        InputError
            A charge or a current beyond what the reservoir holds.
        """
        return run(self, checked_phases(phases), charge=charge, records=records, progress=progress)


def run(
    valve: ReservoirValve,
    phases: tuple[Phase, ...],
    *,
    charge: float,
    records: int,
    progress: Callable[[float], None] | None,
) -> ValveResult:
    """See `ReservoirValve.simulate`."""
    if type(records) is not int or records < 1:
        raise must_be("records", "a whole number, 1 or more", records)
    curve = valve.reservoir.curve()
    q = real("charge", charge, "a number in C")
    _ = curve.limits(q)  # refuses what is beyond
    books, crossed, flow, start = np.zeros(len(BOOKS)), 0.0, 0.0, 0.0
    rows: list[list[float]] = []
    plans = [_steps(phase, max(2, records // len(phases))) for phase in phases]
    total, done = sum(plans), 0

    def record(index: int, t: float) -> None:
        law = _Law.of(valve, phases[index], t)
        v, j, _ = law.state(curve, q)
        rows.append([start + t, float(index), j, v + valve.resistance * j, v, crossed, *books.tolist(), flow,
                     float(curve.energy(q))])  # fmt: skip

    record(0, 0.0)
    for index, phase in enumerate(phases):
        count = plans[index]
        dt = phase.duration / count
        for k in range(count):
            law = _Law.of(valve, phase, (k + 0.5) * dt)
            q, entries, passed = _advance(law, curve, q, dt)
            books += entries
            flow += float(np.abs(entries).sum())
            crossed += passed
            done += 1
            record(index, (k + 1) * dt)
            if progress is not None:
                progress(done / total)
        start += phase.duration
    return ValveResult(name=valve.name, phases=phases, columns=columns_of(rows), nodes=np.empty(0),
                       potentials=np.empty((len(rows), 2, 0)), steps=total)  # fmt: skip


def _steps(phase: Phase, records: int) -> int:
    count = records
    if phase.time is not None:
        count = max(count, math.ceil(100 * phase.duration / phase.time))
    if phase.dt is not None:
        count = max(1, math.ceil(phase.duration / phase.dt - 1e-9))
    if count > 10**7:
        raise must_be("Phase.dt", "long enough for at most 1e7 steps", phase.dt)
    return count


@dataclass(frozen=True)
class _Law:
    """dQ/dt = alpha - beta V with a constant source: a voltage behind R, or a current."""

    voltage: float | None
    given: float
    resistance: float  # of the whole circuit
    load: float
    series: float
    plates: float
    leak: float

    @classmethod
    def of(cls, valve: ReservoirValve, phase: Phase, t: float) -> _Law:
        voltage = None if phase.kind in ("open", "current") else phase.value(t) if phase.kind == "voltage" else 0.0
        given = phase.value(t) if phase.kind == "current" else 0.0
        return cls(voltage, given, valve.resistance + phase.resistance, phase.load, phase.series, valve.resistance,
                   valve.leak)  # fmt: skip

    @property
    def alpha(self) -> float:
        return self.given if self.voltage is None else self.voltage / self.resistance

    @property
    def beta(self) -> float:
        return self.leak + (0.0 if self.voltage is None else 1 / self.resistance)

    def current(self, v: float) -> float:
        """Through the circuit at an EMF in V."""
        return self.given if self.voltage is None else (self.voltage - v) / self.resistance

    def rate(self, v: float) -> float:
        """dQ/dt at an EMF in V."""
        return self.alpha - self.beta * v if self.beta > 0 else self.alpha  # v is infinite beyond the full reservoir

    def state(self, curve: EMFCurve, q: float) -> tuple[float, float, float]:
        """EMF, current and dQ/dt at a charge; within a jump the EMF that stops the charge, or the end it runs from."""
        low, high = (float(x) for x in curve.limits(q))
        for v, sign in ((low, -1), (high, 1)):
            if low == high or sign * self.rate(v) > 0:
                return v, self.current(v), self.rate(v)
        v = self.alpha / self.beta if self.beta > 0 else float(curve.voltage(q))
        return v, self.leak * v, 0.0  # what still flows is lost at once: exactly, so that nothing is booked else

    def entries(self, j1: float, j2: float, v2: float, vj: float) -> Floats:
        """Books from the integrals of j, j^2, V^2 and V j."""
        burnt = j2
        load, series, plates, leak = self.load * burnt, self.series * burnt, self.plates * burnt, self.leak * v2
        work = vj + load + series + plates if self.voltage is None else self.voltage * j1
        return np.array([work, load, series, plates, 0.0, leak, 0.0])


def _advance(law: _Law, curve: EMFCurve, q: float, left: float) -> tuple[float, Floats, float]:
    """Charge after a time with a constant source, what was booked, and the charge through the circuit."""
    books, passed = np.zeros(len(BOOKS)), 0.0
    whole = left
    while left > 1e-15 * whole:
        v, at, u = law.state(curve, q)
        if u == 0:
            books += law.entries(at * left, at * at * left, v * v * left, v * at * left)
            return q, books, passed + at * left
        if (u > 0 and q >= curve.largest) or (u < 0 and q <= -curve.largest):
            raise InputError(
                f"the current drives the reservoir beyond its largest charge of {curve.largest:.6g} C, "
                "where it is full; shorten the phase, or charge with a voltage"
            )
        end, slope = _piece(curve, q, up=u > 0)
        k = law.beta * slope
        t = _time_to(u, k, end - q)
        dt = min(t, left, _LONGEST / k if k > 0 else math.inf)
        s = 0.5 * dt * (1 + _NODES)
        w = 0.5 * dt * _WEIGHTS
        emf = v + slope * u * (s if k == 0 else -np.expm1(-k * s) / k)
        flow = np.full(8, law.given) if law.voltage is None else (law.voltage - emf) / law.resistance
        moved = u * (dt if k == 0 else -math.expm1(-k * dt) / k)
        books += law.entries(*(float(w @ x) for x in (flow, flow * flow, emf * emf, emf * flow)))
        passed += float(w @ flow)
        q = end if dt == t else q + moved
        left -= dt
    return q, books, passed


def _piece(curve: EMFCurve, q: float, *, up: bool) -> tuple[float, float]:
    """End towards which the charge runs on its piece, and dV/dQ there."""
    outward = up if q >= 0 else not up
    if q == 0:
        outward = True
    size = abs(q)
    k = curve.piece(size)
    if not outward and size == curve.charge[k]:
        k -= 1
    slope = float((curve.end[k] - curve.start[k]) / (curve.charge[k + 1] - curve.charge[k]))
    end = float(curve.charge[k + 1] if outward else curve.charge[k])
    sign = 1.0 if (q > 0 or (q == 0 and up)) else -1.0
    return sign * end, slope


def _time_to(u: float, k: float, distance: float) -> float:
    """Time in which u exp(-k t) covers a distance, s."""
    if k == 0:
        return distance / u
    share = k * distance / u
    return -math.log1p(-share) / k if share < 1 - _END else math.inf
