"""A full cycle of the easy-plane winding battery: charge, hold, discharge.

Tserkovnyak and Xiao (PRL 121, 127701) store energy in the winding density -d phi/dx of an easy-plane magnet: a current
in metal contacts winds it up by spin Hall torques, a gate closes the loop, and after opening the loop the unwinding
drives a current through a load, opposite to the charging one. Here in reduced units (A = chi = s = L = 1), with
contacts close to perfect coupling, zeta = 2 theta^2/(g R_w) = 0.8, and Gilbert damping alpha s = 0.05: three turns are
charged at the best rate, held by a link of kg = 400 until they are at rest, and discharged. At rest

    A X/L = kg sin(6 pi - X),   E = A X^2/2L + kg (1 - cos(6 pi - X)) = 177.209773157,

and what the load gets of what was paid stays below ((1 - m)/(1 + m))^2 = 0.1459, m = sqrt(1 - zeta).
"""

from __future__ import annotations

from pathlib import Path

from fespin.batteries.winding import (
    WindingBattery,
    WindingResult,
    best_charge,
    current_for,
    cycle,
    held,
    simulate,
)

GATE, TURNS = 400.0, 3


def cycled() -> WindingResult:
    """The records of the cycle."""
    battery = WindingBattery(
        length=1,
        stiffness=1,
        susceptibility=1,
        spin_density=1,
        damping=0.05,
        contact_conductance=5,
        spin_torque=1,
        wire_resistance=0.5,
        name="tight",
    )
    current = current_for(battery, best_charge(battery, current=1.0), TURNS)
    phases = cycle(battery, charging=best_charge(battery, current=current), gate=GATE, hold_time=400)
    return simulate(battery, phases, cells=50, records=2000)


def run(out: Path | None = None) -> dict[str, float]:
    """Energies of the cycle against closed forms; `out` is the folder for the picture."""
    result = cycled()
    if out is not None:
        draw(out)
    exact = held(result.battery, TURNS, GATE)
    end = result.rows("hold")[-1]
    return {
        "turns_held": float(result.turns[end]),
        "energy_held": float(result.energy[end]),
        "held_error": abs(float(result.energy[end]) / exact.energy - 1),
        "current_of_discharge": float(result["current"][result.rows("discharge")[1]]),
        "efficiency": result.efficiency,
        "bound": result.battery.round_trip_bound,
        "ledger": float(result.ledger_error.max()),
    }


def draw(out: Path) -> None:
    """The same cycle with a shorter hold: winding density, voltage and turns, and where the energy goes."""
    from dataclasses import replace

    from fespin.plotting import save_winding

    result = cycled()
    charging, holding, after = result.phases
    phases = [charging, replace(holding, duration=10.0), replace(after, duration=10.0)]
    save_winding(simulate(result.battery, phases, cells=50), out / "winding_cycle.png")


if __name__ == "__main__":
    result = run(Path())
    print(f"held: {result['turns_held']:.0f} turns, {result['energy_held']:.9f}, off by {result['held_error']:.1e}")
    print(f"the load got {result['efficiency']:.5f} of what was paid, bound {result['bound']:.5f}")
    print(f"energy unaccounted for: {result['ledger']:.1e} of the throughput")
