"""A normal element with three magnets that are not collinear: 64 entries of G, of which 28 are independent.

Fig 3 of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits": ferromagnetic parts of any shape
and magnetization inside, terminals on normal metal. With T terminals reciprocity (eq 16) makes the 4T x 4T matrix
symmetric, 4T(4T + 1)/2 entries, and gauge invariance with charge conservation (eq 25) takes 4T away:

    36 - 8 = 28 independent entries for T = 2.

The number is found, not assumed: matrices of the same geometry with random materials and magnetizations span a linear
space of that dimension. Charge drives spin about all three axes here, G^{x,e}, G^{y,e}, G^{z,e} != 0, and the spin
blocks are full: x, y and z mix.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import fespin
from fespin.audit.independent import count_independent_entries

MESHES = Path(__file__).resolve().parents[1] / "meshes"


def run(out: Path | None = None) -> dict[str, float]:
    """Count entries and check reciprocity; `out` is the folder for the picture."""
    device = fespin.load(MESHES / "composite.toml")
    G = fespin.check_ratchet(device, "left", "right").conductance  # terminal currents, every entry a number of its own
    if out is not None:
        draw(out, device, G)
    values = G.values
    scale = np.abs(values).max()
    mixed = np.abs(values[5:8, 1:4] - np.diag(np.diag(values[5:8, 1:4])))
    return {
        "independent_entries": count_independent_entries(device).rank,
        "asymmetry": float(np.abs(values - values.T).max() / scale),
        "charge_conservation": float(np.abs(values[::4].sum(axis=0)).max() / scale),
        "least_spin_from_charge": float(np.abs(values[5:8, 0]).min() / scale),
        "largest_mixing_of_spins": float(mixed.max() / scale),
    }


def draw(out: Path, device: fespin.Device, G: fespin.ConductanceMatrix) -> None:
    """The element and its matrix."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_conductance, plot_device

    figure, (left, right) = plt.subplots(1, 2, figsize=(15, 6), layout="constrained", width_ratios=(1, 1.1))
    plot_device(device, left)
    plot_conductance(G, right)
    figure.savefig(out / "fig3_composite_element.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"independent entries found: {result['independent_entries']:.0f} (expected 28 of 64)")
    print(
        f"max |G - G^T| / max |G|: {result['asymmetry']:.1e}, charge conservation {result['charge_conservation']:.1e}"
    )
    print(f"smallest spin from charge {result['least_spin_from_charge']:.1e}, largest mixing of spin components "
          f"{result['largest_mixing_of_spins']:.1e}, both over max |G|")  # fmt: skip
