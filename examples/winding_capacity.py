"""How much energy a magnetic winding stores per kilogram: what the paper claims and what holds.

Tserkovnyak and Xiao, "Energy Storage via Topological Spin Textures", PRL 121, 127701 (2018), eq 11: a winding
d(phi)/dx = k holds the energy A k^2/2 per volume.

*Claimed*: with a stiffness A = J/a and k = 1/a, J = 1 eV, a = 3 angstrom and 7000 kg/m^3 give "~ 200 Wh/kg", exactly
as lithium ions. *Holds* to the order: J per site gives 235 Wh/kg, eq 11 with its 1/2 gives 118 Wh/kg.

*Claimed*: realistic magnets store less by at least 3 orders of magnitude. *Holds*: J/10 and a texture 10 to 100 times
smoother are 3 to 5 orders. The Landau limit k = sqrt(K/A), where the energy density is exactly K/2, is harder still:
6.6e-4 Wh/kg in a YIG film, 6.9e-4 Wh/kg in hematite, 5.5 orders below lithium ions.

The right picture tests that limit with the full Landau-Lifshitz-Gilbert equation: rings of 32 healing lengths are
wound up to N turns, disturbed by a little noise and left alone. Below sqrt(K/A) they keep their energy, above they
leave the plane and slip to fewer turns than fit below the limit. Exact answer: what stays has A k^2/2 < K/2.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from scipy.constants import electron_volt, mu_0

from fespin.batteries.winding.capacity import (
    LITHIUM_ION,
    WATT_HOUR,
    atomistic_energy_density,
    landau_capacity,
    landau_energy_density,
    smooth_energy_density,
    watt_hours_per_kg,
)
from fespin.batteries.winding.llg import EasyPlaneLine, evolve

LATTICE, DENSITY = 3e-10, 7e3  # the paper's numbers
LENGTH, CELLS = 32.0, 96  # of the rings, in healing lengths; A = K = s = 1
TURNS = range(1, 9)


def gravimetric() -> dict[str, float]:
    """Wh/kg of the paper's estimates and of two real magnets at their Landau limit."""
    J = electron_volt
    bulk = {
        "J_per_site": atomistic_energy_density(exchange=J, lattice_constant=LATTICE, prefactor=1),
        "eq_11": atomistic_energy_density(exchange=J, lattice_constant=LATTICE),
    }
    for smoother in (10, 100):
        k = 1 / (smoother * LATTICE)
        bulk[f"smooth_{smoother}"] = smooth_energy_density(exchange=J / 10, lattice_constant=LATTICE, wave_number=k)
    found = {name: watt_hours_per_kg(u, mass_density=DENSITY) for name, u in bulk.items()}
    # YIG film: shape anisotropy mu0 M^2, A = 2 A_ex; hematite: u = 22.5 km/s, B_E = 1000 T, B_A = 15 mT
    found["yig"] = landau_capacity(A=2 * 3.7e-12, K=mu_0 * 1.4e5**2, mass_density=5170).gravimetric
    chi = 8.7e5 / (1.760859630e11**2 * 1000)
    found["hematite"] = landau_capacity(A=chi * 22.5e3**2, K=2 * 8.7e5 * 15e-3, mass_density=5260).gravimetric
    return found


def kept(turns: int) -> tuple[float, float]:
    """Energy density of a ring at the start and after 100 s/K, and the turns that are left."""
    ring = EasyPlaneLine(A=1.0, K=1.0, s=1.0, alpha=0.2, points=np.linspace(0, LENGTH, CELLS + 1), ring=True)
    noise = 1e-3 * np.random.default_rng(turns).standard_normal(CELLS)
    run = evolve(ring, ring.spiral(turns=turns, tilt=noise), dt=0.1, steps=1000)
    return float(run.energy[-1] / LENGTH), float(run.winding[-1])


def run(out: Path | None = None) -> dict[str, float]:
    """Estimates in Wh/kg and the largest energy density that stays; `out` is the folder for the picture."""
    estimates = gravimetric()
    rings = np.array([kept(turns) for turns in TURNS])
    if out is not None:
        draw(out, estimates, rings)
    kc = LENGTH / (2 * math.pi)  # turns at the Landau limit
    stable = [turns for turns in TURNS if turns < kc]
    # on the mesh a winding of k h per cell has 2 (1 - cos k h)/h^2 in place of k^2
    h = LENGTH / CELLS
    exact = [(1 - math.cos(2 * math.pi * turns / CELLS)) / h**2 for turns in stable]
    return {
        **estimates,
        "orders_below_lithium": math.log10(LITHIUM_ION / WATT_HOUR / estimates["hematite"]),
        "landau_density": landau_energy_density(K=1.0),
        "largest_density_kept": float(rings[:, 0].max()),
        "worst_error_below": float(np.abs(rings[: len(stable), 0] / exact - 1).max()),
        "turns_kept_of_8": float(rings[-1, 1]),
    }


def draw(out: Path, estimates: dict[str, float], rings: np.ndarray) -> None:
    """Estimates on a logarithmic scale; energy put into rings and kept by them."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4), layout="constrained")
    labels = {
        "J_per_site": "paper: $J/a^3$",
        "eq_11": "eq 11: $J/2a^3$",
        "smooth_10": "$J/10$, 10 × smoother",
        "smooth_100": "$J/10$, 100 × smoother",
        "hematite": "hematite, Landau limit",
        "yig": "YIG film, Landau limit",
    }
    colors = ["0.7", "0.7", "0.5", "0.5", "tab:blue", "tab:blue"]
    values = [estimates[name] for name in labels]
    left.barh(range(6), values, color=colors)
    for row, value in enumerate(values):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        left.text(value * 1.4, row, f"{value:.3g}", va="center", fontsize=8, bbox=box)
    left.axvline(LITHIUM_ION / WATT_HOUR, color="tab:red", lw=1)
    left.text(LITHIUM_ION / WATT_HOUR / 1.2, 5.55, "lithium ion", color="tab:red", ha="right", va="center", fontsize=8)
    left.set(xscale="log", xlim=(1e-4, 2e3), ylim=(5.8, -0.6), yticks=range(6), xlabel="capacity (Wh/kg)")
    left.set_yticklabels(list(labels.values()))

    ratio = 2 * math.pi * np.array(TURNS) / LENGTH
    k = np.linspace(0, ratio[-1], 200)
    right.plot(k, k**2 / 2, color="0.6", label="put in, $Ak^2/2$")
    right.plot(ratio, rings[:, 0], "o", color="tab:blue", label="kept (LLG)")
    for x, (energy, turns), wound in zip(ratio, rings, TURNS, strict=True):
        if round(turns) != wound:
            text = f"{wound} → {round(turns)} turns"
            right.annotate(text, (x, energy), (0, 7), textcoords="offset points", ha="center", fontsize=7)
    right.axhline(0.5, color="black", lw=0.8, ls=":")
    right.text(0.02, 0.515, "Landau limit $K/2$", fontsize=8)
    right.axvline(1, color="black", lw=0.8, ls=":")
    right.set(xlabel=r"winding $k\,\sqrt{A/K}$", ylabel="energy density / $K$", xlim=(0, 1.75), ylim=(-0.03, 1.1))
    right.legend(frameon=False, loc="upper left")
    figure.savefig(out / "winding_capacity.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"atomic scale: {result['J_per_site']:.1f} Wh/kg (J per site), {result['eq_11']:.1f} Wh/kg (eq 11)")
    print(f"Landau limit: YIG {result['yig']:.3e} Wh/kg, hematite {result['hematite']:.3e} Wh/kg,")
    print(f"              {result['orders_below_lithium']:.1f} orders below lithium ions")
    print(f"largest energy density that stays: {result['largest_density_kept']:.3f} K, limit {0.5:.3f} K")
    print(f"rings below the limit: {result['worst_error_below']:.1e} from the mesh's A k^2/2")
