"""Contacts on ferromagnets: two potentials per terminal, six independent entries, and a valve that turns.

Fig 4 of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits": a normal body between two strong
ferromagnets, which carry the terminals. A strong ferromagnet has spin along its magnetization only, so a terminal has
the components (e, m) instead of (e, x, y, z). The 4 x 4 matrix of T = 2 terminals is symmetric, which leaves 10
entries, and charge conservation with gauge invariance takes 4 away, eq 22:

    6 independent entries, whatever the angle between the magnets.

Turning one magnet changes the entries, not their number: at every angle spin along m passes into spin along m' as well
as spin along m' into spin along m, and the charge conductance falls from the parallel to the antiparallel state.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import fespin
from fespin.audit.independent import count_independent_entries

MESHES = Path(__file__).resolve().parents[1] / "meshes"
ANGLES = np.radians(np.arange(0, 181, 15))


def turned(device: fespin.Device, theta: float) -> np.ndarray:
    """G in siemens from terminal currents, (4, 4): (e, m) of left and right, the right magnet turned by theta."""
    m = (math.sin(theta), 0, math.cos(theta))
    values = fespin.check_ratchet(
        device.with_region("ferro_right", magnetization=m), "left", "right"
    ).conductance.values
    axes = np.zeros((8, 4))  # columns: left e, left m = z, right e, right m
    axes[0, 0] = axes[3, 1] = axes[4, 2] = 1
    axes[5:, 3] = m
    return axes.T @ values @ axes


def run(out: Path | None = None) -> dict[str, float]:
    """Count the entries and turn a magnet; `out` is the folder for the picture."""
    device = fespin.load(MESHES / "ferro_contacts.toml")
    found = np.array([turned(device, theta) for theta in ANGLES])
    if out is not None:
        draw(out, device, found)
    charge = found[:, 2, 0]
    return {
        "independent_entries": count_independent_entries(device).rank,
        "asymmetry": float(np.abs(found - found.transpose(0, 2, 1)).max() / np.abs(found).max()),
        "parallel": charge[0],
        "antiparallel": charge[-1],
        "largest_rise": float(np.diff(charge).max()),
        "spin_parallel": found[0, 3, 1],
        "spin_antiparallel": found[-1, 3, 1],
    }


def draw(out: Path, device: fespin.Device, found: np.ndarray) -> None:
    """The element, its charge conductance and its two spin transmissions against the angle."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_device

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
    plot_device(device, left)
    degrees = np.degrees(ANGLES)
    middle.plot(degrees, found[:, 2, 0] * 1e3, "o-", ms=4, color="black")
    middle.set(ylabel="charge conductance (mS)")
    right.axhline(0, color="0.85", lw=0.8)
    right.plot(degrees, found[:, 3, 1] * 1e3, color="tab:red", label="$G^{m'm}$, left to right")
    right.plot(degrees, found[:, 1, 3] * 1e3, "o", ms=5, mfc="none", color="black", label="$G^{mm'}$, right to left")
    right.set(ylabel="spin transmission (mS)")
    right.legend(frameon=False, fontsize=9)
    for ax in (middle, right):
        ax.set(xlabel="angle between the magnets (deg)", xticks=range(0, 181, 45))
    figure.savefig(out / "fig4_ferro_contacts.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"independent entries found: {result['independent_entries']:.0f} (expected 6)")
    print(f"charge conductance {result['parallel']:.6e} S parallel, {result['antiparallel']:.6e} S antiparallel")
    print(f"transmissions at any angle equal to {result['asymmetry']:.1e} of the largest entry")
