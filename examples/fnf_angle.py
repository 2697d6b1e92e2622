"""Resistance of an F/N/F spin valve against the angle between its magnetizations.

Thick ferromagnets, spacer d, ohmic interfaces that absorb transverse spin (the boundary conditions of Bazaliy and
Ramazashvili, "Reciprocity in diffusive spin-current circuits"). With r_F = rho_F l_F/(1 - p^2) and r_N = rho_N l_N,
resistance times area is

    R(theta) = 2 rho_F L_F + rho_N d + 2 p^2/{1/r_F + [coth(d/l_N) + cos(theta)/sinh(d/l_N)]/r_N}.

It has the angular dependence of circuit theory (Bauer et al, PRB 67, 094421 (2003)), flatter than a cosine at small
angles. Three components of spin take part, so this tests the vector coupling at F/N interfaces.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import fespin
from fespin.network.closed_forms import fnf_resistance

MESHES = Path(__file__).resolve().parents[1] / "meshes"


def exact(theta: float | np.ndarray) -> np.ndarray:
    """Resistance times area of meshes/angular_valve_1d.toml, ohm m^2."""
    return np.asarray(
        fnf_resistance(
            theta,
            resistivity_F=2e-7,
            resistivity_N=0.5e-7,
            length_F=80e-9,
            length_N=8e-9,
            spin_diffusion_length_F=5e-9,
            spin_diffusion_length_N=13e-9,
            polarization=0.6,
        )
    )


def resistance(valve: fespin.Device, theta: float) -> float:
    """Resistance times area in ohm m^2 with the free layer turned by theta in the x-z plane."""
    turned = valve.with_region("free", magnetization=(math.sin(theta), 0, math.cos(theta)))
    G = fespin.conductance(turned, order=2)
    return valve.transverse_measure / G["right", "e", "left", "e"]


def run(out: Path | None = None) -> dict[str, float]:
    """Compare at thirteen angles; `out` is the folder for the picture."""
    valve = fespin.load(MESHES / "angular_valve_1d.toml")
    angles = np.radians(np.arange(0, 181, 15))
    found = np.array([resistance(valve, theta) for theta in angles])
    if out is not None:
        draw(out, angles, found)
    fohm = found * 1e15  # fohm m^2
    return {
        "R_parallel": fohm[0],
        "R_90": fohm[6],
        "R_antiparallel": fohm[-1],
        "worst_error": float(np.abs(found - exact(angles)).max() / np.ptp(found)),
    }


def draw(out: Path, angles: np.ndarray, found: np.ndarray) -> None:
    """Change of the resistance, with a cosine for comparison."""
    import matplotlib.pyplot as plt

    theta = np.linspace(0, np.pi, 200)
    curve = exact(theta) * 1e15
    cosine = curve[0] + (curve[-1] - curve[0]) * (1 - np.cos(theta)) / 2
    figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
    ax.plot(np.degrees(theta), curve, label="closed form")
    ax.plot(np.degrees(theta), cosine, color="0.6", ls=":", label="cosine")
    ax.plot(np.degrees(angles), found * 1e15, "o", ms=5, mfc="none", color="black", label="finite elements")
    ax.set(xlabel="angle (deg)", ylabel="resistance times area (fΩ m$^2$)", xticks=range(0, 181, 45))
    ax.legend(frameon=False)
    figure.savefig(out / "fnf_angle.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    for name, theta in (("parallel", 0.0), ("90", math.pi / 2), ("antiparallel", math.pi)):
        print(f"{name:>12}: {result[f'R_{name}']:.6f} fohm m^2, exact {exact(theta) * 1e15:.6f} fohm m^2")
    print(f"largest difference: {result['worst_error']:.1e} of the change of resistance")
