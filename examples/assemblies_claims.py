"""Spin assemblies: which claims of the paper hold, and what its figures are.

Model (V. Zayets, "Spin rotation after a spin-independent scattering. Spin properties of an electron gas in a solid", J.
Magn. Magn. Mater. 356, 52 (2014)): conduction spins split into TIA, all along one direction, and TIS, isotropic.

| printed | what holds |
|---|---|
| n_spin = 1.1428 D kT (eq 21) | 1.142295 with the paper's plane angles between spins; 1 with angles in space: Fermi |
| k = 4/3 at small fields (eq 44) | 2/3: eqs 6, 43 count spins along the field double |
| one assembly after 10-15 scatterings | 11 for 80/20 and 98/2 at 145 deg |
| equal numbers after 5-7 scatterings | 5 for 80/20, 9 for 98/2 |
| largest rotation at 67 deg (99/1) | 67.26 by eq 59, which loses spin; 90.6 for the vector sum |
| conversion below the injection up to 67 deg | up to 64.9 deg |
| A = 57, B = 2 (figure 11) | A = 1 rad; B = 2 is the spin that eq 59 loses, B = 1 if it is kept |

The six figures are written beside the overview with captions that say what differs and why.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from fespin.assemblies import conversion_coefficient, interact, merged, small_injection, spin_number, spin_states


def largest(values: np.ndarray, phi: np.ndarray) -> float:
    """Angle of the largest value, deg."""
    return math.degrees(phi[int(np.argmax(values))])


def run(out: Path | None = None) -> dict[str, float]:
    """The numbers of the claims; `out` is the folder for the pictures."""
    a, b = (interact(n1, n2, math.radians(145), rule="paper") for n1, n2 in ((0.8, 0.2), (0.98, 0.02)))
    phi = np.radians(np.linspace(0, 180, 18001))
    paper, vector = (merged(0.99, 0.01, phi, rule=rule) for rule in ("paper", "conserving"))
    above = spin_states(2.0, rule="paper")
    if out is not None:
        draw(out)
    return {
        "n_spin_paper": float(spin_number(0.0, rule="paper")),
        "n_spin": float(spin_number(0.0)),
        "full_over_spin_at_2kT": float(above.full / above.spin),
        "k_paper": float(conversion_coefficient(0.0, convention="paper")),
        "k": float(conversion_coefficient(0.0)),
        "steps_80_20": a.steps(),
        "steps_98_2": b.steps(),
        "time_80_20": float(a.time[a.steps()]),
        "time_98_2": float(b.time[b.steps()]),
        "largest_rotation_paper": largest(paper.rotation, phi),
        "largest_rotation": largest(vector.rotation, phi),
        "tis_at_120": float(merged(0.99, 0.01, math.radians(120), rule="paper").tis),
        "threshold": math.degrees(phi[int(np.argmax(paper.tis > 0.01))]),
        "rotation_of_a_small_injection": float(small_injection(1e-3, math.pi / 2)[0]),
    }


def draw(out: Path) -> None:
    """The six figures with their captions, and an overview."""
    import matplotlib.pyplot as plt

    from fespin import plotting
    from fespin.plotting.assemblies_paper import PAPER_FIGURES, save_paper_figure

    for number in PAPER_FIGURES:
        save_paper_figure(number, out / f"assemblies_fig{number}.png")
    figure, axes = plt.subplots(2, 3, figsize=(14, 7.5), layout="constrained")
    plotting.plot_spin_states(0.75, axes[0, 0], rule="paper")
    plotting.plot_angular_density(ax=axes[0, 1])
    plotting.plot_conversion_coefficient(axes[0, 2], convention="paper", color="#b3202c")
    plotting.plot_conversion_coefficient(axes[0, 2], color="#2b6ca3")
    plotting.plot_interaction(interact(0.8, 0.2, math.radians(145), rule="paper"), axes[1, 0])
    for draw_one, ax in ((plotting.plot_merging, axes[1, 1]), (plotting.plot_torque_coefficients, axes[1, 2])):
        first = (0.99, 0.01) if draw_one is plotting.plot_merging else ()
        draw_one(*first, ax, rule="paper")
        draw_one(*first, ax, rule="conserving", ls="--")
        ax.legend(frameon=False, loc="lower left" if draw_one is plotting.plot_torque_coefficients else "upper left")
    figure.savefig(out / "assemblies_claims.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"n_spin = {result['n_spin_paper']:.6f} D kT as printed, {result['n_spin']:.6f} in Fermi statistics")
    print(f"k(0) = {result['k_paper']:.4f} as printed, {result['k']:.4f} if every spin counts once")
    print(f"{result['steps_80_20']} and {result['steps_98_2']} scatterings to 0.1 deg; largest rotation at "
          f"{result['largest_rotation_paper']:.2f} deg by eq 59, {result['largest_rotation']:.1f} deg for the vector "
          "sum")  # fmt: skip
