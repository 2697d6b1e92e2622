"""A device from a scikit-fem mesh, in ten lines.

A strip of scikit-fem's own making, its left quarter a ferromagnet magnetized along z, terminals on its short edges. All
fields depend on the length alone, so that the closed form of the F/N wire (appendix D of Bazaliy and Ramazashvili,
"Reciprocity in diffusive spin-current circuits") is exact:

    G^ez = -p R_eff/(s_N R_N (R_N + R_F)),   1/R_eff = 1/(R_N t_N) + p^2/(R_N + R_F) + (1 - p^2)/(R_F t_F).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import skfem

import fespin
from fespin.network.closed_forms import fn_wire

Co = fespin.Ferromagnet(conductivity=4.8e6, polarization=0.36, spin_diffusion_length=38e-9)
Cu = fespin.NormalMetal(conductivity=3.4e7, spin_diffusion_length=350e-9)


def strip() -> fespin.Device:
    """400 nm by 40 nm, 20 nm thick."""
    mesh = skfem.MeshTri.init_tensor(np.linspace(0, 400, 81), np.linspace(0, 40, 5))
    mesh = mesh.with_subdomains({"ferro": lambda x: x[0] < 100, "normal": lambda x: x[0] > 100})
    mesh = mesh.with_boundaries({"left": lambda x: x[0] == 0, "right": lambda x: x[0] == 400})
    return fespin.Device.from_mesh(
        mesh,
        regions={"ferro": (Co, [0, 0, 1]), "normal": Cu},
        terminals=["left", "right"],
        length_unit="nm",
        thickness="20 nm",
        name="strip",
    )


def run(out: Path | None = None) -> dict[str, float]:
    """Compare G^ez with the closed form; `out` is the folder for the picture."""
    device = strip()
    G = fespin.conductance(device, order=2)
    area = 40e-9 * 20e-9
    exact = fn_wire(
        resistance_F=100e-9 / (Co.conductivity * area),
        resistance_N=300e-9 / (Cu.conductivity * area),
        length_F=100e-9,
        length_N=300e-9,
        spin_diffusion_length_F=Co.spin_diffusion_length,
        spin_diffusion_length_N=Cu.spin_diffusion_length,
        polarization=Co.polarization,
    )
    if out is not None:
        draw(out, device, G)
    return {"G_ez": G["right", "e", "right", "z"], "exact": exact.C_z}


def draw(out: Path, device: fespin.Device, G: fespin.ConductanceMatrix) -> None:
    """The device and its matrix."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_conductance, plot_device

    figure = plt.figure(figsize=(6, 7.5), layout="constrained")
    top, bottom = figure.subplots(2, 1, height_ratios=[1, 4])
    plot_device(device, ax=top)
    plot_conductance(G, ax=bottom)
    figure.savefig(out / "from_scikit_fem.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"G^ez at the normal end: {result['G_ez']:.9f} S, exact {result['exact']:.9f} S")
