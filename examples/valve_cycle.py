"""Charging, self-discharge and discharge of a copper valve, against closed forms.

100 nm of copper between half metals that lock it. The splitting diffuses within d^2/D = 0.5 ps and relaxes
within tau = 49 ps (lambda = 1 um). Closed forms: the current after a voltage step,

    j(t) = V/Z(0) + V sum exp(s_n t)/(s_n Z'(s_n)),   j(0+) = V/R0,

the energy of the open valve, which falls exactly as exp(-2t/tau), and the share of the stored energy that a load gets,
R_L sum A_n A_m/(2/tau - s_n - s_m). Within tau this is a capacitor of e^2 Pi_N d/2 per area; 8.2e7 times that of plates
at 1 um (the gain grows as the square of the thickness), but it empties itself in a few times tau.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fespin import HalfMetal
from fespin.batteries.valve import (
    COPPER_DENSITY,
    FreeElectrons,
    Spacer,
    SpinValve,
    ValveResult,
    charge,
    discharge,
    discharge_share,
    free_electron_metal,
    half_metal_valve,
    hold,
    simulate,
    step_current,
)

SERIES, LOAD, AREA, PLATE = 0.05, 0.1, 1e-12, HalfMetal(conductivity=5e5)


def valve() -> SpinValve:
    """Copper, tau = 49 ps."""
    bare = free_electron_metal(COPPER_DENSITY, conductivity=5.9e7)
    assert bare.diffusivity is not None
    metal = free_electron_metal(
        COPPER_DENSITY, conductivity=5.9e7, spin_diffusion_length=(bare.diffusivity * 49e-12) ** 0.5
    )
    return half_metal_valve(
        metal, thickness=100e-9, plate=PLATE, plate_thickness=5e-9, cross_section=AREA, name="copper"
    )


def cycled() -> ValveResult:
    """Charged at 10 mV, held, discharged."""
    phases = [
        charge(voltage=0.01, duration=40e-12, series=SERIES),
        hold(duration=15e-12),
        discharge(load=LOAD, duration=80e-12),
    ]
    return simulate(valve(), phases)


def run(out: Path | None = None) -> dict[str, float]:
    """Finite elements against the closed forms; `out` is the folder for the picture."""
    sample = valve()
    spacer = Spacer.of(sample)
    result = cycled()
    if out is not None:
        draw(out, result)
    rows = result.rows("charge")[1:]
    t = result.time[rows]
    exact = AREA * step_current(spacer, t, voltage=0.01, external=SERIES * AREA)
    held = result.rows("hold")
    share = simulate(sample, discharge(load=LOAD, duration=200e-12), splitting=0.01)
    return {
        "first_current": float(result["current"][0]),
        "first_current_exact": 0.01 / (SERIES + (spacer.plates + 100e-9 / 5.9e7) / AREA),
        "worst_current_error": float(np.abs(result["current"][rows] / exact - 1).max()),
        "decay": float(result.energy[held[-1]] / result.energy[held[0]]),
        "decay_exact": float(np.exp(-2 * 15 / 49)),
        "share": float(share["load"][-1] / share.energy[0]),
        "share_exact": discharge_share(spacer, LOAD * AREA),
        "gain_over_plates": FreeElectrons(density=COPPER_DENSITY).gain_over_plates(1e-6),
        "ledger": float(result.ledger_error.max()),
    }


def draw(out: Path, result: ValveResult) -> None:
    """Voltage, splitting and current; where the energy goes."""
    from fespin.plotting import save_valve_run

    save_valve_run(result, out / "valve_cycle.png")


if __name__ == "__main__":
    result = run(Path())
    print(f"current after the switch: {result['first_current']:.6f} A, V/R0 = {result['first_current_exact']:.6f} A")
    print(f"current while charging within {result['worst_current_error']:.1e} of the sum of modes")
    print(f"energy kept while open: {result['decay']:.6f}, exp(-2t/tau) = {result['decay_exact']:.6f}")
    print(f"the load's share: {result['share']:.6f}, modes {result['share_exact']:.6f}")
    print(f"energy unaccounted for: {result['ledger']:.1e} of the throughput")
