"""Transients of a meshed valve: charging, holding, discharging."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError, must_be
from ...network.checks import real
from .operators import Operators
from .phase import Phase, checked_phases, plan
from .result import ValveResult, columns_of
from .stack import SpinValve
from .stepper import BOOKS, Circuit, Floats, Momentary, Splitting, Stepper, fastest_diffusion


def simulate(
    valve: SpinValve,
    phases: Sequence[Phase] | Phase,
    *,
    splitting: float | ArrayLike = 0.0,
    records: int = 400,
    progress: Callable[[float], None] | None = None,
) -> ValveResult:
    """Run phases one after the other.

    Parameters
    ----------
    valve : SpinValve
    phases : Phase or sequence of Phase
    splitting : float or array_like (n,)
        Initial w_up - w_dn in V, everywhere or at the nodes of `StackMesh(valve).nodes`; it vanishes at reservoirs on
        layers of two channels whatever is given.
    records : int
        About as many are kept, spread over all steps; the ends of phases are always kept.
    progress : callable or None
        Called with the fraction done after each record.

    Raises
    ------
    InputError
        A layer without states, a channel that floats.

    Examples
    --------
    >>> from fespin.batteries.valve import charge, half_metal_valve
    >>> from fespin import HalfMetal, NormalMetal
    >>> valve = half_metal_valve(NormalMetal(conductivity=2, diffusivity=0.5), thickness=1,
    ...                          plate=HalfMetal(conductivity=10), plate_thickness=1)
    >>> result = simulate(valve, charge(voltage=1.0, duration=20.0, series=0.5))
    >>> round(float(result.energy[-1]), 5), bool(result.ledger_error.max() < 1e-12)
    (0.5, True)
    """
    if not isinstance(valve, SpinValve):
        raise must_be("valve", "a SpinValve", valve)
    if type(records) is not int or records < 1:
        raise must_be("records", "a whole number, 1 or more", records)
    phases = checked_phases(phases)
    operators = Operators.of(valve)
    if valve.capacitance == 0:
        raise InputError(f"{valve.name!r} has no layer of two channels: nothing stores charge")
    operators.refuse_floating(operators.static + operators.capacitance)
    stored = Splitting(operators)
    momentary = Momentary(operators, stored)
    m = _initial(operators, stored, splitting)
    plans = [plan(phase, diffusion=fastest_diffusion(operators), relaxation=_slowest(valve, phase)) for phase in phases]
    total = sum(steps.count for steps_of in plans for steps in steps_of)
    every, done = max(1, round(total / records)), 0
    books, charge, flow, start = np.zeros(len(BOOKS)), 0.0, 0.0, 0.0
    rows: list[list[float]] = []
    fields: list[Floats] = []

    def record(index: int, t: float) -> None:
        w, j = momentary(m, Circuit.of(phases[index], t))
        rows.append([start + t, float(index), j, float(w[0] - w[-1]), stored.mean(m), charge, *books.tolist(), flow,
                     stored.energy(m)])  # fmt: skip
        fields.append(operators.mesh.values(w))

    record(0, 0.0)
    for index, phase in enumerate(phases):
        t = 0.0
        for steps in plans[index]:
            count, dt = steps.count, steps.dt
            stepper = Stepper(operators, stored, dt, steps.theta)
            before = t
            for k in range(count):
                entries = np.zeros(len(BOOKS))
                m, j = stepper.step(m, phase, before + k * dt, entries)
                books += entries
                charge += j * dt
                flow += float(np.abs(entries).sum())
                done += 1
                if done % every == 0:
                    record(index, before + (k + 1) * dt)
                    if progress is not None:
                        progress(done / total)
            t = before + count * dt
        if done % every:
            record(index, t)
        start += phase.duration
    if progress is not None and done % every:
        progress(1.0)
    if not np.isfinite(m).all():
        raise must_be("the drive", "small enough for floating-point numbers", "a potential that is not finite")
    return ValveResult(name=valve.name, phases=phases, columns=columns_of(rows), nodes=operators.mesh.nodes,
                       potentials=np.array(fields), steps=total)  # fmt: skip


def _initial(operators: Operators, stored: Splitting, splitting: float | ArrayLike) -> Floats:
    given = np.asarray(splitting, dtype=float)
    nodes = len(operators.mesh.nodes)
    if given.shape not in ((), (nodes,)) or not np.isfinite(given[..., stored.at] if given.ndim else given).all():
        raise must_be("splitting", f"a finite number in V or {nodes} of them, one per node", given.shape)
    m = np.zeros(len(stored.pairs))
    m[stored.place] = given if given.ndim == 0 else given[stored.at]
    return m


def _slowest(valve: SpinValve, phase: Phase) -> float:
    """Time constant to resolve: of the circuit where one is closed, of relaxation where it is open, s."""
    ohmic = sum(layer.thickness / layer.material.conductivity for layer in valve.layers) / valve.cross_section
    tau = min((layer.relaxation_time for layer in valve.layers if layer.spin_capacitance > 0), default=math.inf)
    if phase.kind in ("open", "current"):
        return tau
    RC = (ohmic + phase.resistance) * valve.capacitance
    return min(RC, tau) if math.isfinite(tau) else RC


def round_trip(
    valve: SpinValve, *, voltage: float, load: float, series: float = 0.0, charging: float | None = None
) -> ValveResult:
    """Charge from empty at `voltage`, then discharge at once into a load until exp(-24) of the energy is left.

    Parameters
    ----------
    voltage : float
        V.
    load, series : float
        ohm; the load is in the circuit of the discharge alone, `series` in both.
    charging : float, optional
        s; left out: eight time constants of the circuit, after which the energy lacks 7e-4.
    """
    real("round_trip.voltage", voltage, "a number in V")
    found = [
        Phase(kind="voltage", amplitude=voltage, duration=1.0, series=series),
        Phase(kind="load", load=load, duration=1.0, series=series),
    ]
    ohmic = sum(layer.thickness / layer.material.conductivity for layer in valve.layers) / valve.cross_section
    times = [(4 / 3 * ohmic + phase.resistance) * valve.capacitance for phase in found]
    first = Phase(kind="voltage", amplitude=voltage, duration=charging or 8 * times[0], series=series, name="charge")
    after = Phase(kind="load", load=load, duration=12 * times[1], series=series, name="discharge")
    return simulate(valve, [first, after])
