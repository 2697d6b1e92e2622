"""A spin potential drives a charge current from one end of an F/N wire only.

Ferromagnet (left) and normal metal (right), magnetized along x, no charge potential; fig 5 of Bazaliy and Ramazashvili,
"Reciprocity in diffusive spin-current circuits". A spin potential at the ferromagnetic end drives the charge current
I^e = C_1 V_x however long the wire; at the normal end spin must first reach the ferromagnet, so that

    C_2/G^ee = p R_eff/(s_N R_N)/(1 - p^2 R_eff/R) ~ exp(-L_N/lambda_N),   s_N = (lambda/L) sinh(L/lambda).

Exact answers: eqs 52-53 for C_2 (appendix D), wires joined by Kirchhoff's rules for C_1. C_1/G^ee depends on
L_N only through what spin is left at the interface, and so becomes constant.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import fespin
from fespin.network.circuit import join
from fespin.network.elements import ferromagnetic_wire, normal_wire

F = {"conductivity": 5e6, "polarization": 0.4, "spin_diffusion_length": 50e-9}
N = {"conductivity": 3e7, "spin_diffusion_length": 100e-9}
L_F, AREA, X = 200e-9, 1e-14, [1, 0, 0]


def device(length: float, cell: float = 4e-9) -> fespin.Device:
    """The wire with a normal part of the given length."""
    f, n = round(L_F / cell), round(length / cell)
    x = np.concatenate([np.linspace(-L_F, 0, f + 1), np.linspace(0, length, n + 1)[1:]])
    mesh = fespin.Mesh(
        points=x[:, None],
        cells=np.c_[0 : f + n, 1 : f + n + 1],
        cell_type="line",
        regions={"ferro": np.arange(f), "normal": np.arange(f, f + n)},
        boundaries={"left": [[0]], "right": [[f + n]]},
    )
    regions = {"ferro": (fespin.Ferromagnet(**F), X), "normal": fespin.NormalMetal(**N)}
    return fespin.Device.from_mesh(mesh, regions=regions, terminals=["left", "right"], cross_section=AREA)


def circuit(length: float) -> fespin.ConductanceMatrix:
    """The same wire out of exact elements."""
    ferro = ferromagnetic_wire(**F, magnetization=X, length=L_F, area=AREA)
    normal = normal_wire(**N, length=length, area=AREA)
    return join(
        [(ferro, {"1": "left", "2": "middle"}), (normal, {"1": "middle", "2": "right"})], external=["left", "right"]
    )


def couplings(G: fespin.ConductanceMatrix) -> tuple[float, float]:
    """|C_1| and |C_2| over G^ee: charge current through the wire per spin potential at its left or right end."""
    charge = G["right", "e", "left", "e"]
    return abs(G["left", "e", "left", "x"]) / charge, abs(G["left", "e", "right", "x"]) / charge


def run(out: Path | None = None) -> dict[str, float]:
    """Vary the normal part; `out` is the folder for the picture."""
    lengths = np.arange(100, 901, 100) * 1e-9
    found = np.array([couplings(fespin.conductance(device(L), order=2)) for L in lengths])
    exact = np.array([couplings(circuit(L)) for L in lengths])
    decay = -(lengths[-1] - lengths[-2]) / np.log(found[-1, 1] / found[-2, 1])
    if out is not None:
        draw(out, lengths, found)
    return {
        "worst_error": float(np.abs(found / exact - 1).max()),
        "decay_length": float(decay),
        "C1_kept": float(found[-1, 0] / found[-2, 0]),
        "C2_over_C1": float(found[-1, 1] / found[-1, 0]),
    }


def draw(out: Path, lengths: np.ndarray, found: np.ndarray) -> None:
    """Both couplings on a logarithmic scale."""
    import matplotlib.pyplot as plt

    x = np.linspace(lengths[0], lengths[-1], 200)
    curves = np.array([couplings(circuit(L)) for L in x])
    figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
    for k, (end, colour) in enumerate((("F", "tab:blue"), ("N", "tab:orange"))):
        ax.semilogy(x * 1e9, curves[:, k], color=colour, label=f"$|C_{k + 1}|/G$, drive at the {end} end, exact")
        ax.semilogy(lengths * 1e9, found[:, k], "o", ms=5, mfc="none", color=colour, label="finite elements")
    ax.set(xlabel="length of the normal part (nm)", ylabel="charge current per spin potential, over $G^{ee}$")
    ax.legend(frameon=False)
    figure.savefig(out / "fig5_one_way_coupling.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"largest difference from exact wires: {result['worst_error']:.1e} of the value")
    print(
        f"C_2 decays over {result['decay_length'] * 1e9:.3f} nm; lambda_N is {N['spin_diffusion_length'] * 1e9:.0f} nm"
    )
    print(f"C_1 keeps {result['C1_kept']:.6f} of its value over the last 100 nm; C_2/C_1 is {result['C2_over_C1']:.1e}")
