"""Fig 2 of the locked ideal spin valve: a charged H | N | H without spin flip carries no current and splits the spins.

Equilibrium: mu_up = eV wherever spin up exists (left plate and N), mu_dn = 0 in N and the right plate. N stays neutral:

    e phi = (mu_up + mu_dn)/2 = eV/2,   eta_up,dn = mu - e phi = +- eV/2,   delta eta = eV,

and the electric potential jumps by V/2 at each contact (magnetic-contact potential difference). The paper's eq 2 prints
Pi_s for Pi_-s, which is the same in N alone; its eq 1 holds for mu_up(0) - mu_dn(L). With Poisson's equation the jumps
become double layers of the screening lengths r_H and r_N: phi(contact)/V = 1 - a, a = 1/2/(1 + (r_N/r_H) tanh(d/2r_N)
tanh(L_H/r_H)).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.constants import e

from fespin import HalfMetal, NormalMetal
from fespin.batteries.valve import (
    DoubleLayers,
    SpinValve,
    contact_jumps,
    half_metal_valve,
    potentials,
    screened,
    screening_length,
    solve_static,
)


def valve() -> SpinValve:
    """Pi_N = 5e46 and Pi_H = 3e46 1/(J m^3), d = 1 nm, L_H = 0.4 nm: thin enough to see the double layers."""
    normal = NormalMetal(conductivity=1e7, diffusivity=1e7 / (e**2 * 1e47))
    half = HalfMetal(conductivity=1e6, diffusivity=1e6 / (e**2 * 3e46))
    return half_metal_valve(normal, thickness=1e-9, plate=half, plate_thickness=0.4e-9)


def run(out: Path | None = None) -> dict[str, float]:
    """Finite elements against the closed forms; `out` is the folder for the picture."""
    sample = valve()
    found = solve_static(sample, 1.0)
    spins = potentials(found).chemical
    layers = screened(found)
    r_H, r_N = (screening_length(layer) for layer in sample.layers[:2])
    exact = DoubleLayers(thickness=1e-9, plate=0.4e-9, normal=r_N, half=r_H)
    if out is not None:
        draw(out)
    x = np.array([0.1e-9, 0.4e-9, 0.5e-9, 0.7e-9])
    return {
        "current": found.current,
        "splitting": float(np.nanmax(spins[0] - spins[1])),
        "jump": contact_jumps(found)[0].value,
        "contact": float(layers.at(0.4e-9)[0]),
        "contact_exact": exact.at_contact,
        "worst_error": float(np.abs(layers.at(x) - [exact.at(v) for v in x.tolist()]).max()),
        "capacitance_ratio": (layers.charge - sample.capacitance) / exact.capacitance,
    }


def draw(out: Path) -> None:
    """The potentials of fig 2, neutral and screened."""
    from fespin.plotting import plot_valve_potentials

    found = solve_static(valve(), 1.0)
    ax = plot_valve_potentials(found, screened=screened(found))
    ax.set_title("potentials over e against x/nm; V = [mu_up(0) - mu_dn(L)]/e = 1 V", fontsize=9, pad=16)
    ax.figure.savefig(out / "valve_potentials.png", dpi=150)


if __name__ == "__main__":
    result = run(Path())
    print(f"current {result['current']:g}, splitting {result['splitting']:.12f} V at 1 V, jump {result['jump']:.12f} V")
    print(f"phi at the contact {result['contact']:.9f} V, closed form {result['contact_exact']:.9f} V")
