"""A Wigner crystal as the reservoir of a locked valve: charge enters in steps of a devil's staircase.

Spin up and spin down live on chains of their own, c_up = c_0 + delta and c_dn = c_0 - delta, neutral at any charge
Q = e delta per site of one spin. The EMF is a function of the charge, V(Q) = mu(c_0 + delta) - mu(c_0 - delta), in
units of E0/e = e/(4 pi eps0 eps a): flat in pieces, with jumps at every fraction. From half filling

    no charge enters below V = 2 ln 2 = 1.386294,   it is full at V = 2 zeta(2) = pi^2/3 = 3.289868,

and a load R_L behind R takes R_L/(R + R_L) of the energy exactly on every flat piece. The paper's eq 15 plots the
polarization over V at fixed chemical potential, which at other fillings is not neutral. Capacity: 1 um^3 of chains
1 nm apart holds 2.8e-14 A h, where the estimate of the paper's conclusion for a metal at 10 mV comes to 4.45e-13 A h
(not the 1e-16 printed there). Above T of about 0.01 E0/k_B the steps wash out.
"""

from __future__ import annotations

import math
from pathlib import Path

from scipy.constants import electron_volt

from fespin.batteries.valve import (
    ReservoirValve,
    ValveResult,
    WignerReservoir,
    ampere_hours,
    capacity,
    charge,
    discharge,
    hold,
)
from fespin.wigner import estimated_energy


def crystal(temperature: float = 0.0) -> WignerReservoir:
    """1 um^3 at half filling, a = 4 angstrom, eps = 10; the temperature in E0/k_B."""
    shape = {"thickness": 1e-6, "cross_section": 1e-12, "lattice_constant": 4e-10, "spacing": 1e-9}
    found = WignerReservoir(filling="1/2", permittivity=10.0, **shape)
    return WignerReservoir(filling="1/2", permittivity=10.0, temperature=temperature * found.units.kelvin, **shape)


def charged() -> ValveResult:
    """Charged at 0.9 V, held, discharged into 2 kohm behind 1 kohm."""
    valve = ReservoirValve(reservoir=crystal(), resistance=1e3, name="crystal")
    return valve.simulate(
        [charge(voltage=0.9, duration=1e-6), hold(duration=2e-7), discharge(load=2e3, duration=1e-6)], records=2000
    )


def run(out: Path | None = None) -> dict[str, float]:
    """Steps and capacity against closed forms; `out` is the folder for the picture."""
    reservoir = crystal()
    curve, E0 = reservoir.curve(), reservoir.units.volt
    result = charged()
    if out is not None:
        draw(out, result)
    held = result.rows("charge")[-1]
    paper = estimated_energy(volume=1e-18, voltage=0.01, fermi_energy=electron_volt, fermi_wavelength=1e-10)
    return {
        "first": float(curve.start[0]) / E0,
        "first_exact": 2 * math.log(2),
        "last": float(curve.end[-1]) / E0,
        "last_exact": math.pi**2 / 3,
        "below_first_step": capacity(curve, 1.38 * E0).charge,
        "ampere_hours": capacity(curve).ampere_hours,
        "watt_hours": capacity(curve).watt_hours,
        "share": result.over("load", "discharge") / float(result.energy[held]),
        "ledger": float(result.ledger_error.max()),
        "paper_ampere_hours": ampere_hours(paper, 0.01),
        "first_warm": float(crystal(0.05).curve().voltage(0.05 * reservoir.charge_per_filling)) / E0,
    }


def draw(out: Path, result: ValveResult) -> None:
    """The EMF at three temperatures, and the run."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_emf, plot_valve_run

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    names = {0.0: "T = 0, all neighbours", 0.01: "T = 0.01 E0/k, nearest ones", 0.05: "T = 0.05 E0/k, nearest ones"}
    plot_emf({name: crystal(T).curve() for T, name in names.items()}, left, lw=1.0)
    left.set_title("V(Q) = [mu(c0 + delta) - mu(c0 - delta)]/e, neutral; mu is the true one", fontsize=8)
    plot_valve_run(result, right)
    figure.savefig(out / "valve_staircase.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"charge enters above {result['first']:.9f} E0/e; 2 ln 2 = {result['first_exact']:.9f}")
    print(f"full at {result['last']:.9f} E0/e; pi^2/3 = {result['last_exact']:.9f}")
    print(f"full: {result['ampere_hours']:.4e} A h, {result['watt_hours']:.4e} W h; the paper's formula at 10 mV gives "
          f"{result['paper_ampere_hours']:.3e} A h")  # fmt: skip
    print(f"the load got {result['share']:.9f} of what was stored; R_L/(R + R_L) = {2 / 3:.9f}")
    print(f"energy unaccounted for: {result['ledger']:.1e} of the throughput")
