"""Charge and spin conductance of an F/N wire against the spin diffusion length.

A ferromagnetic wire (left) in series with a normal one (right), m along z; fig 8 of Bazaliy and Ramazashvili,
"Reciprocity in diffusive spin-current circuits". With t = (lambda/L) tanh(L/lambda), s = (lambda/L) sinh(L/lambda):

    1/R_eff = 1/(R_N t_N) + p^2/(R_N + R_F) + (1 - p^2)/(R_F t_F)
    G     = (1 - p^2 R_eff/(R_N + R_F))/(R_N + R_F)            (eq 52)
    -G^zz = (1/t_N - R_eff/(s_N^2 R_N))/R_N                    (eq 55)

Without relaxation both approach ((R_N + R_F) - p^2 R_N)/((R_N + R_F)^2 - p^2 R_N^2)   (eq 56).
As in the figure R_F = 0.1 R_N and lambda_F/L_F = 0.1 lambda_N/L_N; the figure does not say p.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import fespin
from fespin.network.closed_forms import FNWire, fn_wire

R_N, R_F = 1.0, 0.1  # ohm
LENGTH, AREA = 1e-7, 1e-14  # m, m^2; both parts are equally long


def wire(cells: int = 400) -> fespin.Mesh:
    """Line mesh of the two parts with equal cells."""
    n = 2 * cells
    return fespin.Mesh(
        points=np.linspace(-LENGTH, LENGTH, n + 1)[:, None],
        cells=np.c_[0:n, 1 : n + 1],
        cell_type="line",
        regions={"ferro": np.arange(cells), "normal": np.arange(cells, n)},
        boundaries={"left": [[0]], "right": [[n]]},
    )


def finite_elements(mesh: fespin.Mesh, x: float, p: float) -> tuple[float, float]:
    """G and -G^zz in siemens at the normal end for lambda_N/L_N = x."""
    ferro = fespin.Ferromagnet(
        conductivity=LENGTH / (R_F * AREA), polarization=p, spin_diffusion_length=0.1 * x * LENGTH
    )
    normal = fespin.NormalMetal(conductivity=LENGTH / (R_N * AREA), spin_diffusion_length=x * LENGTH)
    regions = {"ferro": (ferro, [0, 0, 1]), "normal": normal}
    device = fespin.Device.from_mesh(mesh, regions=regions, terminals=["left", "right"], cross_section=AREA)
    G = fespin.conductance(device, order=2)
    return -G["right", "e", "right", "e"], -G["right", "z", "right", "z"]


def exact(x: float, p: float) -> FNWire:
    """The closed forms for lambda_N/L_N = x."""
    return fn_wire(
        resistance_F=R_F,
        resistance_N=R_N,
        length_F=LENGTH,
        length_N=LENGTH,
        spin_diffusion_length_F=0.1 * x * LENGTH,
        spin_diffusion_length_N=x * LENGTH,
        polarization=p,
    )


def run(out: Path | None = None, p: float = 0.6) -> dict[str, float]:
    """Compare at ten lengths; `out` is the folder for the picture."""
    ratios = np.geomspace(0.1, 30, 10)  # lambda_N/L_N
    mesh = wire()
    points = np.array([finite_elements(mesh, x, p) for x in ratios])
    closed = np.array([(-exact(x, p).G_ee, -exact(x, p).S_z) for x in ratios])
    limit = (R_N + R_F - p**2 * R_N) / ((R_N + R_F) ** 2 - p**2 * R_N**2)
    if out is not None:
        draw(out, ratios, points, limit, p)
    return {
        "worst_error": float(np.abs(points / closed - 1).max()),
        "limit": limit,
        "G_at_30": float(points[-1, 0]),
        "minus_G_zz_at_30": float(points[-1, 1]),
    }


def draw(out: Path, ratios: np.ndarray, points: np.ndarray, limit: float, p: float) -> None:
    """Finite elements as marks on the closed forms, in units of G_0 = 1/(R_N + R_F)."""
    import matplotlib.pyplot as plt

    unit = R_N + R_F
    x = np.geomspace(ratios[0], ratios[-1], 300)
    curves = np.array([(-exact(v, p).G_ee, -exact(v, p).S_z) for v in x]) * unit
    figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
    for k, (name, colour) in enumerate((("$G/G_0$", "tab:red"), ("$-G^{zz}/G_0$", "tab:green"))):
        ax.plot(x, curves[:, k], color=colour, ls=("-", "--")[k], label=f"{name}, closed form")
        ax.plot(ratios, points[:, k] * unit, "o", ms=4.5, mfc="none", color=colour, label=f"{name}, finite elements")
    ax.axhline(limit * unit, color="black", lw=0.9, label="no relaxation, eq 56")
    ax.set(xlabel=r"$\lambda_N/L_N$", ylabel="conductance", xscale="log", ylim=(0.8, 2), title=f"F/N wire, $p = {p}$")
    ax.legend(frameon=False)
    figure.savefig(out / "fig8_fn_wire.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"largest difference from the closed forms: {result['worst_error']:.1e} of the value")
    print(f"at lambda_N = 30 L_N: G = {result['G_at_30']:.5f} S, -G^zz = {result['minus_G_zz_at_30']:.5f} S,")
    print(f"without relaxation (eq 56): {result['limit']:.5f} S")
