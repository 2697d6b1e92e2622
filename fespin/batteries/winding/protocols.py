"""What one does with a battery: charge, hold, discharge, cycle; its V-I curve, efficiencies and how they scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import must_be
from .battery import WindingBattery
from .closed_forms import slowest_odd_mode
from .limits import positive
from .phase import Phase
from .result import WindingResult
from .simulate import simulate

Floats = NDArray[np.float64]
_RISES = 10.0  # e-folds of an exponential charge that starts from nothing
_DECAYS = 12.0  # e-folds of amplitude after which a discharge is over: exp(-24) of the energy is left


def charge(
    *,
    current: float,
    duration: float,
    shape: Literal["step", "ramp", "exponential"] = "step",
    time: float | None = None,
    **options: Any,
) -> Phase:
    """A charging phase with a current source, link open: A, s; further options are those of `Phase`."""
    return Phase(kind="current", amplitude=current, duration=duration, shape=shape, time=time,
                 **{"name": "charge", **options})  # fmt: skip


def best_charge(battery: WindingBattery, *, current: float, rises: float = _RISES, **options: Any) -> Phase:
    """The exponential charge that reaches the bound at every instant, ending at `current` in A.

    Raises
    ------
    InputError
        Z >= g sqrt(1 - zeta): no exponential reaches it.
    """
    rate = battery.best_rate
    if rate is None:
        raise must_be("best_charge: Z", "below g sqrt(1 - zeta)", battery.impedance, "charge slowly instead")
    return charge(current=current, duration=rises / rate, shape="exponential", time=1 / rate, **options)


def hold(*, gate: float, duration: float, **options: Any) -> Phase:
    """Open circuit with the link closed to kg = `gate` in J, s."""
    return Phase(kind="open", gate=positive("hold.gate", gate, "J"), duration=duration, **{"name": "hold", **options})


def discharge(*, load: float, duration: float, **options: Any) -> Phase:
    """No source: the battery drives a load in ohm, link open."""
    return Phase(kind="load", load=load, duration=duration, **{"name": "discharge", **options})


def discharge_time(battery: WindingBattery, load: float | None) -> float:
    """Time in which a discharge into a load in ohm (None: an open battery) leaves exp(-24) of the energy, s."""
    return _DECAYS / slowest_odd_mode(battery, load).real


def current_for(battery: WindingBattery, phase: Phase, turns: float) -> float:
    """Current in A that leaves `turns` on the wire at the end of a charge of the shape of `phase`, from rest.

    Without in-plane anisotropy the winding is proportional to the current: one run decides.
    """
    if battery.anisotropy > 0:
        raise must_be("battery.anisotropy", "0: the winding is not proportional to the current", battery.anisotropy)
    quiet = replace(battery, easy_plane=None)  # the trial run may go beyond kc
    trial = simulate(quiet, replace(phase, amplitude=1.0 if not phase.amplitude else phase.amplitude), records=1)
    return float(trial.phases[0].amplitude * turns / trial.winding[-1])


@dataclass(frozen=True)
class Curve:
    """Voltage against discharge current in the first transit.

    Attributes
    ----------
    current, voltage : ndarray
        A and V.
    emf, resistance : float
        Of the straight line through them, V and ohm.
    """

    current: Floats
    voltage: Floats
    emf: float
    resistance: float


def vi_curve(
    battery: WindingBattery, density: float, currents: ArrayLike, *, at: float = 0.5, cells: int = 100
) -> Curve:
    """Terminal voltage of a freshly opened uniform winding at several discharge currents.

    Parameters
    ----------
    density : float
        Winding density, 1/m.
    currents : array_like
        Discharge currents J in A (opposite to charging).
    at : float
        Time of reading in units of L/u; below 1 no reflection has arrived.

    Examples
    --------
    >>> battery = WindingBattery(length=1, stiffness=1, susceptibility=1, spin_density=1, damping=0,
    ...                          contact_conductance=0.2, spin_torque=0.2, wire_resistance=0.5)
    >>> found = vi_curve(battery, 0.7, [0, 0.1, 0.2])
    >>> round(found.emf, 12), round(found.resistance, 12)
    (0.233333333333, 0.433333333333)
    """
    J = np.atleast_1d(np.asarray(currents, dtype=float))
    if J.ndim != 1 or len(J) < 2 or not np.isfinite(J).all() or np.ptp(J) == 0:
        raise must_be("vi_curve.currents", "two or more different currents in A", currents)
    duration = positive("vi_curve.at", at, "L/u") * battery.transit_time
    V = np.array([
        simulate(battery, Phase(kind="current", amplitude=-j, duration=duration), density=density, cells=cells,
                 records=1)["voltage"][-1]
        for j in J.tolist()
    ])  # fmt: skip
    slope, emf = np.polyfit(J, V, 1)
    return Curve(J, V, float(emf), float(-slope))


@dataclass(frozen=True)
class Efficiency:
    """Efficiencies of a charge and of a discharge, and the bound of their product.

    Attributes
    ----------
    charging : float
        Energy gained over the work of the source.
    discharging : float
        Energy of the load over the energy gained.
    bound : float
        ((1 - m)/(1 + m))^2, m = sqrt(1 - zeta).
    """

    charging: float
    discharging: float
    bound: float

    @property
    def round_trip(self) -> float:
        """Load energy over source energy."""
        return self.charging * self.discharging


def round_trip(
    battery: WindingBattery, *, charging: Phase, load: float | None = None, cells: int = 100, records: int = 50
) -> Efficiency:
    """Charge from rest, then discharge at once into a load in ohm (default: the best one) until nothing is left.

    Raises
    ------
    InputError
        The charging phase is no source.
    """
    if charging.kind not in ("current", "voltage"):
        raise must_be("round_trip.charging", "a phase with a source", charging.kind)
    load = battery.best_load if load is None else positive("round_trip.load", load, "ohm")
    if load == 0:
        raise must_be("round_trip.load", "positive; at zeta = 1 the best load is 0", load)
    after = discharge(load=load, duration=discharge_time(battery, load))
    result = simulate(battery, [charging, after], cells=cells, records=records)
    return efficiency(result)


def efficiency(result: WindingResult) -> Efficiency:
    """Efficiencies of a run whose first phase charges; work of the gate counts as paid."""
    first = result.rows(0)
    gained = float(result.energy[first[-1]] - result.energy[0])
    paid = result.over("source", 0) + float(result["gate_work"][-1])
    load = float(result["load"][-1]) - float(result["load"][first[-1]])
    nan = math.nan
    return Efficiency(gained / paid if paid > 0 else nan, load / gained if gained > 0 else nan,
                      result.battery.round_trip_bound)  # fmt: skip


Parameter = Literal["length", "damping", "contact_conductance", "spin_torque", "wire_resistance"]


def scaling(
    battery: WindingBattery,
    parameter: Parameter,
    values: Sequence[float],
    *,
    charging: Literal["best", "step"] = "best",
    cells: int = 100,
) -> list[Efficiency]:
    """Round trips of batteries that differ in one parameter.

    "best" charges exponentially at the rate of the bound; "step" with a constant current for 3 decay times of the
    slowest mode. Only ratios of energies are returned, so the current does not matter.
    """
    known = ("length", "damping", "contact_conductance", "spin_torque", "wire_resistance")
    if parameter not in known:
        raise must_be("scaling.parameter", "one of " + ", ".join(known), parameter)
    quiet = replace(battery, easy_plane=None)
    out = []
    for value in values:
        changes: Any = {parameter: float(value)}
        sample = replace(quiet, **changes)
        if charging == "best":
            phase = best_charge(sample, current=1.0)
        else:
            phase = charge(current=1.0, duration=3 / slowest_odd_mode(sample).real)
        out.append(round_trip(sample, charging=phase, cells=cells))
    return out


def cycle(
    battery: WindingBattery,
    *,
    charging: Phase,
    gate: float,
    hold_time: float,
    load: float | None = None,
    repeat: int = 1,
) -> list[Phase]:
    """Phases of full cycles: charge, hold with the link at `gate` in J for `hold_time` in s, discharge."""
    load = battery.best_load if load is None else load
    after = discharge(load=load, duration=discharge_time(battery, load))
    return [charging, hold(gate=gate, duration=hold_time), after] * repeat
