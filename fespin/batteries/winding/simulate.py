"""Running phases one after the other and keeping records of them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...errors import must_be
from .battery import WindingBattery
from .limits import WindingWarning, positive
from .line import checked_nodes, uniform
from .phase import Phase, checked_phases
from .result import WindingResult
from .state import BOOKS, State, stored
from .stepper import Stepper

# scalars of each record; energies in J, since the start
SCALARS = ("time", "phase", "current", "voltage", "slip", "gate", "inductor_current", *BOOKS, "flow", "exchange",
           "spin", "anisotropy", "link", "inductor")  # fmt: skip


class Simulation:
    """A run that can be stopped between two records and continued, bit for bit.

    Parameters
    ----------
    battery : WindingBattery
    phases : Phase or sequence of Phase
    cells : int
        Equal cells; ignored if `nodes` are given.
    nodes : array_like or None
        Positions of a mesh of the user, m; see `nodes_from_mesh`.
    records : int
        About as many records are kept, spread over all steps; the ends of phases are always kept.
    density : float
        Initial winding density, 1/m.
    initial : State or None
        Initial state instead; its nodes count.
    """

    def __init__(
        self,
        battery: WindingBattery,
        phases: Sequence[Phase] | Phase,
        *,
        cells: int = 100,
        nodes: ArrayLike | None = None,
        records: int = 400,
        density: float = 0.0,
        initial: State | None = None,
    ) -> None:
        if not isinstance(battery, WindingBattery):
            raise must_be("battery", "a WindingBattery", battery)
        if isinstance(records, bool) or not isinstance(records, int) or records < 1:
            raise must_be("records", "a whole number, 1 or more", records)
        if not math.isfinite(density):
            raise must_be("density", "a finite number in 1/m", density)
        self.battery, self.phases = battery, checked_phases(phases)
        if initial is not None:
            self.state = initial.copy()
            checked_nodes(self.state.nodes, battery.length)
        else:
            x = uniform(battery.length, cells) if nodes is None else checked_nodes(nodes, battery.length)
            self.state = State.spiral(battery, x, density)
        shortest = float(np.diff(self.state.nodes).min()) / battery.wave_speed
        self.plan = [phase.steps(shortest) for phase in self.phases]
        total = sum(count for count, _ in self.plan)
        self.every = max(1, round(total / positive("records", records, "")))
        self.total, self.done = total, 0
        self.index, self.step, self.start = 0, 0, 0.0
        self.gate_before = self.state.gate
        self.scalars: list[list[float]] = []
        self.fields: list[tuple[Any, Any]] = []
        self._stepper: Stepper | None = None
        self._begin(None)
        self._record(0.0, 0.0, self.state.slip)

    def _begin(self, before: Phase | None) -> None:
        """Switch the circuit: an inductor that is taken out loses its energy in the switch."""
        state, phase = self.state, self.phases[self.index]
        if before is not None:
            kept = phase.inductance == before.inductance and phase.kind != "open"
            if before.inductance > 0 and not kept:
                lost = before.inductance * state.current * state.current / 2
                state.books[BOOKS.index("switch")] += lost
                state.flow += lost
            if not kept or before.inductance == 0:
                state.current = 0.0
        elif phase.inductance == 0 or phase.kind == "open":
            state.current = 0.0
        self.gate_before = state.gate
        if phase.gate > 0 and state.gate == 0:
            turns = round(state.winding)
            needed = self.battery.stiffness * abs(self.battery.density_of_turns(turns))
            if phase.gate < needed:
                warnings.warn(
                    f"the link of kg = {phase.gate:.4g} J cannot hold {abs(turns)} turns, which needs "
                    f"A 2 pi N/L = {needed:.4g} J: it slips",
                    WindingWarning,
                    stacklevel=3,
                )
        self._stepper = None

    def _record(self, current: float, voltage: float, slip: float) -> None:
        state, phase = self.state, self.phases[self.index]
        energies = stored(self.battery, state, phase.inductance)
        time = self.start + self.step * self.plan[self.index][1]
        self.scalars.append([time, float(self.index), current, voltage, slip, state.gate, state.current,
                             *state.books.tolist(), state.flow, *energies.values()])  # fmt: skip
        self.fields.append((state.phi.copy(), state.rho_s.copy()))

    @property
    def finished(self) -> bool:
        """Whether all phases are over."""
        return self.done >= self.total

    def advance(self) -> None:
        """Go on to the next record."""
        if self.finished:
            return
        count, dt = self.plan[self.index]
        if self.step == count:
            self.start += count * dt
            before = self.phases[self.index]
            self.index, self.step = self.index + 1, 0
            self._begin(before)
            count, dt = self.plan[self.index]
        if self._stepper is None:
            self._stepper = Stepper(self.battery, self.state.nodes, self.phases[self.index], dt)
        end = min(self.step + self.every, count)
        self._stepper.advance(self.state, self.step, end, self.gate_before)
        self.done += end - self.step
        self.step = end
        if not np.isfinite(self.state.phi).all():
            raise must_be("the drive", "small enough for floating-point numbers", "an angle that is not finite")
        self._record(*self._stepper.last)

    def result(self) -> WindingResult:
        """The records so far."""
        table = np.array(self.scalars)
        return WindingResult(
            battery=self.battery,
            phases=self.phases,
            nodes=self.state.nodes,
            phi=np.array([phi for phi, _ in self.fields]),
            rho_s=np.array([rho for _, rho in self.fields]),
            columns={name: table[:, k] for k, name in enumerate(SCALARS)},
            steps=self.done,
        )


def simulate(
    battery: WindingBattery,
    phases: Sequence[Phase] | Phase,
    *,
    progress: Callable[[float], None] | None = None,
    **options: Any,
) -> WindingResult:
    """Run phases and return their records; options are those of `Simulation`.

    Parameters
    ----------
    battery : WindingBattery
    phases : Phase or sequence of Phase
    progress : callable or None
        Called with the fraction done after each record.

    Warns
    -----
    WindingWarning
        The winding density exceeded the Landau wave number, or the link cannot hold the winding.

    Examples
    --------
    >>> battery = WindingBattery(length=1, stiffness=1, susceptibility=1, spin_density=1, damping=0,
    ...                          contact_conductance=1, spin_torque=0.4, wire_resistance=0.4)
    >>> result = simulate(battery, Phase(kind="current", amplitude=1.75, duration=1), cells=50)
    >>> round(float(result.energy[-1]), 12), round(float(result["source"][-1]), 12)
    (0.245, 0.735)
    """
    simulation = Simulation(battery, phases, **options)
    while not simulation.finished:
        simulation.advance()
        if progress is not None:
            progress(simulation.done / simulation.total)
    return warned(simulation.result())


def warned(result: WindingResult) -> WindingResult:
    """The result, after a warning if its winding is beyond easy-plane hydrodynamics."""
    kc = result.battery.landau_wave_number
    top = float(np.abs(result.density).max())
    if kc is not None and top > kc:
        warnings.warn(
            f"the winding density reached {top:.4g} 1/m, beyond the Landau wave number kc = {kc:.4g} 1/m: outside "
            "easy-plane hydrodynamics; use the Landau-Lifshitz-Gilbert model",
            WindingWarning,
            stacklevel=3,
        )
    return result
