"""Conductance of a spin valve with complex mixing conductances against the angle of its magnetizations.

Two ferromagnets on a normal island through contacts with G = g_up + g_dn per area, polarization p and
eta = 2 g_mix/G. Where the metals themselves have next to no resistance, circuit theory (Brataas, Nazarov and Bauer, PRL
84, 2481 (2000)) gives the conductance times area

    G(theta) = (G/2) {1 - p^2 tan^2(theta/2)/[tan^2(theta/2) + |eta|^2/Re eta]}.

A large Im eta turns the spin accumulation about the magnetizations and brings the antiparallel part of the curve up.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import skfem

import fespin

G_CONTACT, P = 2e15, 0.6  # S/m^2
ETAS = {"0.55": 1.2 + 0.55j, "2": 1.2 + 2j, "0": 1.2 + 0j}


def exact(theta: float | np.ndarray, eta: complex) -> np.ndarray:
    """Conductance per area, S/m^2."""
    t = np.tan(np.asarray(theta) / 2) ** 2
    return G_CONTACT / 2 * (1 - P**2 * t / (t + abs(eta) ** 2 / eta.real))


def valve(theta: float, eta: complex) -> fespin.Device:
    """Three films of 1 nm, 10 nm wide, of metals so good that the contacts alone resist."""
    mesh = skfem.MeshTri.init_tensor(np.linspace(0, 3, 13), np.linspace(0, 10, 6)).with_subdomains(
        {"fixed": lambda x: x[0] < 1, "island": lambda x: (x[0] > 1) & (x[0] < 2), "free": lambda x: x[0] > 2}
    )
    mesh = mesh.with_boundaries({"left": lambda x: x[0] == 0, "right": lambda x: x[0] == 3})
    magnet = fespin.Ferromagnet(conductivity=1e11, polarization=0.0)
    contact = {
        "conductance_up": G_CONTACT * (1 + P) / 2,
        "conductance_down": G_CONTACT * (1 - P) / 2,
        "mixing_conductance": eta * G_CONTACT / 2,
    }
    return fespin.Device.from_mesh(
        mesh,
        regions={
            "fixed": (magnet, (0, 0, 1)),
            "island": fespin.NormalMetal(conductivity=1e11),
            "free": (magnet, (math.sin(theta), 0, math.cos(theta))),
        },
        terminals=["left", "right"],
        interfaces={name: fespin.Interface(between=(name, "island"), **contact) for name in ("fixed", "free")},
        length_unit="nm",
        thickness="10 nm",
    )


def conductance(theta: float, eta: complex) -> float:
    """Charge conductance per area, S/m^2."""
    return fespin.conductance(valve(theta, eta))["right", "e", "left", "e"] / (10e-9 * 10e-9)


def run(out: Path | None = None) -> dict[str, float]:
    """Compare at thirteen angles for three mixing conductances; `out` is the folder for the picture."""
    angles = np.radians(np.arange(0, 181, 15))
    found = {name: np.array([conductance(theta, eta) for theta in angles]) for name, eta in ETAS.items()}
    if out is not None:
        draw(out, angles, found)
    return {
        "worst_error": max(float(np.abs(v / exact(angles, ETAS[n]) - 1).max()) for n, v in found.items()),
        "antiparallel": float(found["0"][-1] / found["0"][0]),
    }


def draw(out: Path, angles: np.ndarray, found: dict[str, np.ndarray]) -> None:
    """Conductance over that of the parallel state."""
    import matplotlib.pyplot as plt

    theta = np.linspace(0, np.pi - 1e-6, 300)
    figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
    for colour, (name, values) in zip(("C0", "C1", "0.4"), found.items(), strict=True):
        ax.plot(np.degrees(theta), exact(theta, ETAS[name]) / (G_CONTACT / 2), color=colour, label=f"Im η = {name}")
        ax.plot(np.degrees(angles), values / (G_CONTACT / 2), "o", ms=5, mfc="none", color=colour)
    ax.plot([], [], "o", ms=5, mfc="none", color="black", label="finite elements")
    ax.set(xlabel="angle (deg)", ylabel="G(θ)/G(0)", xticks=range(0, 181, 45), title="Re η = 1.2, p = 0.6")
    ax.legend(frameon=False)
    figure.savefig(out / "angular_spin_valve.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"largest relative difference from circuit theory: {result['worst_error']:.1e}")
