"""A tapered conductor transmits spin equally both ways, and yet another fraction of what it draws.

Annular sector of a normal metal with its two arcs as terminals, x = r/lambda, opening phi, thickness t:

    Delta = I0(x2) K0(x1) - K0(x2) I0(x1),   G_12 = G_21 = phi sigma t/Delta,
    -G_11 = phi sigma t x1 [I1(x1) K0(x2) + K1(x1) I0(x2)]/Delta,   -G_22 the same with 1 and 2 exchanged.

For r1 = 0.5, r2 = 2, lambda = 0.8 the transfer is 0.41926 phi sigma t both ways, but the inner arc passes on 0.393
of what it draws and the outer arc 0.204: a number that can be misread as a ratchet (section IV of Bazaliy and
Ramazashvili, "Reciprocity in diffusive spin-current circuits"). Linear elements converge with the square of the
cell size.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import fespin
from fespin.network.closed_forms import annular_sector

R1, R2, LAMBDA, PHI, THICKNESS, SIGMA = 50e-9, 200e-9, 80e-9, math.pi / 3, 20e-9, 1e7


def sector(n: int) -> fespin.Device:
    """n by n quadrilaterals on circles whose radii grow in proportion."""
    radius, angle = np.meshgrid(np.geomspace(R1, R2, n + 1), np.linspace(-PHI / 2, PHI / 2, n + 1))
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2).reshape(-1, 2)
    node = np.arange((n + 1) ** 2).reshape(n + 1, n + 1)  # rows: angles, columns: radii
    corners = [node[:-1, :-1], node[:-1, 1:], node[1:, 1:], node[1:, :-1]]
    mesh = fespin.Mesh(
        points=points,
        cells=np.stack(corners, axis=2).reshape(-1, 4),
        cell_type="quad",
        regions={"metal": np.arange(n * n)},
        boundaries={name: np.c_[node[:-1, k], node[1:, k]] for name, k in (("inner", 0), ("outer", -1))},
    )
    metal = fespin.NormalMetal(conductivity=SIGMA, spin_diffusion_length=LAMBDA)
    return fespin.Device.from_mesh(mesh, regions={"metal": metal}, terminals=["inner", "outer"], thickness=THICKNESS)


def run(out: Path | None = None) -> dict[str, float]:
    """Refine four times; `out` is the folder for the picture."""
    exact = annular_sector(
        conductivity=SIGMA,
        spin_diffusion_length=LAMBDA,
        inner_radius=R1,
        outer_radius=R2,
        angle=PHI,
        thickness=THICKNESS,
    )
    counts = np.array([8, 16, 32, 64])
    matrices = [fespin.conductance(sector(n)) for n in counts]
    errors = np.array([np.abs(G.values - exact.values).max() / np.abs(exact.values).max() for G in matrices])
    if out is not None:
        draw(out, counts, errors)
    G = matrices[-1]
    transfer, back = G["outer", "z", "inner", "z"], G["inner", "z", "outer", "z"]
    return {
        "transfer": transfer / (PHI * SIGMA * THICKNESS),
        "difference": abs(transfer - back) / transfer,
        "fraction_inner": -transfer / G["inner", "z", "inner", "z"],
        "fraction_outer": -back / G["outer", "z", "outer", "z"],
        "error": float(errors[-1]),
        "rate": float(np.log2(errors[-2] / errors[-1])),
    }


def draw(out: Path, counts: np.ndarray, errors: np.ndarray) -> None:
    """Spin accumulation driven at the inner arc, and the convergence of G."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_potential

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    plot_potential(fespin.solve(sector(48), {"inner": {"z": 1e-3}}), "z", ax=left)
    right.loglog(counts, errors, "o-", label="largest error of G")
    right.loglog(counts, errors[-1] * (counts[-1] / counts) ** 2, ":", color="0.5", label="$n^{-2}$")
    right.set(xlabel="cells along the radius, $n$", ylabel="relative error", xticks=counts)
    right.set_xticks(counts, [str(n) for n in counts])
    right.minorticks_off()
    right.legend(frameon=False)
    figure.savefig(out / "tapers.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"transfer {result['transfer']:.6f} phi sigma t, exact 0.419264; both ways to {result['difference']:.0e}")
    print(f"fractions {result['fraction_inner']:.4f} and {result['fraction_outer']:.4f}, exact 0.3928 and 0.2043")
    print(f"largest error of G: {result['error']:.1e}, falling with the power {result['rate']:.2f} of the cell size")
