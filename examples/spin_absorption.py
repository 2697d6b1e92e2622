"""Spin absorption: a wire across a lateral spin valve drinks spin, and tells its own spin diffusion length.

Two ferromagnetic wires F inject and detect spins in a wire N; a third wire M crosses N half way. With transparent
contacts and R = rho lambda/A of each wire the nonlocal signal with M over that without (Kimura, Hamrle and Otani, PRB
72, 014461 (2005), in the form of Niimi), Q_F = R_F/[(1 - p^2) R_N], Q_M = R_M/R_N with R_M = rho_M l_M/[A_M
tanh(t_M/l_M)] and l = L/lambda_N, is

    eta = 2 Q_M [sinh l + 2 Q_F e^l (1 + Q_F)] /
          {cosh l - 1 + 2 Q_M sinh l + 2 Q_F [e^l (1 + Q_F)(1 + 2 Q_M) - 1]}.

The formula is one-dimensional. Here the wires are meshed, 20 nm wide with lambda_N = 1 um: what they spread at the
junctions changes the signal by a few per cent, the ratio by less.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import skfem

import fespin
from fespin.network.experiments import spin_absorption_ratio

W, L, LAMBDA_N, LENGTH = 20.0, 500.0, 1000.0, 3000.0  # nm; LENGTH of N beyond the magnets
P, LAMBDA_F, STUB_F = 0.4, 40.0, 320.0
LAMBDA_M, STUB_M = 60.0, 100.0
INJECT, DETECT = ("f1", "left"), ("f2", "right")


def exact(q_m: float | np.ndarray, q_f: float) -> np.ndarray:
    """The ratio eta of signals with and without absorber."""
    m, f, l = np.asarray(q_m), q_f, L / LAMBDA_N  # noqa: E741 the symbol of the formula
    e = math.exp(l)
    spread = 2 * m * (math.sinh(l) + 2 * f * e * (1 + f))
    return spread / (math.cosh(l) - 1 + 2 * m * math.sinh(l) + 2 * f * (e * (1 + f) * (1 + 2 * m) - 1))


def comb(sigma_f: float, sigma_m: float | None, second: int) -> fespin.Device:
    """N along x, F wires upwards at -L/2 and L/2, the absorber downwards at 0; magnetization of F2 along +-z."""
    fine = np.linspace(-W / 2, W / 2, 5)
    x = np.concatenate([place + fine for place in (-L / 2, 0.0, L / 2)])
    far = L / 2 + W / 2 + np.geomspace(5, LENGTH, 40)
    between = np.concatenate([np.linspace(W / 2, L / 2 - W / 2, 25)[1:-1]])
    x = np.unique(np.concatenate([x, far, -far, between, -between]))
    up = W / 2 + np.concatenate([np.linspace(0, 3 * W, 16), np.linspace(3 * W, STUB_F, 24)[1:]])
    down = -W / 2 - np.linspace(0, STUB_M, 26)
    mesh = skfem.MeshQuad.init_tensor(x, np.unique(np.concatenate([fine, up, down])))
    cx, cy = mesh.p[:, mesh.t].mean(axis=1)
    parts = {
        "N": np.abs(cy) < W / 2,
        "F1": (cy > W / 2) & (np.abs(cx + L / 2) < W / 2),
        "F2": (cy > W / 2) & (np.abs(cx - L / 2) < W / 2),
        "M": (cy < -W / 2) & (np.abs(cx) < W / 2),
    }
    if sigma_m is None:
        del parts["M"]
    mesh = mesh.restrict(np.flatnonzero(np.any(list(parts.values()), axis=0)))
    low, high = mesh.p.min(axis=1), mesh.p.max(axis=1)
    ends = {
        "left": lambda x: np.abs(x[0] - low[0]) < 1e-6,
        "right": lambda x: np.abs(x[0] - high[0]) < 1e-6,
        "f1": lambda x: (np.abs(x[1] - high[1]) < 1e-6) & (x[0] < 0),
        "f2": lambda x: (np.abs(x[1] - high[1]) < 1e-6) & (x[0] > 0),
    }
    inside = {
        "N": lambda x: np.abs(x[1]) < W / 2,
        "F1": lambda x: (x[1] > W / 2) & (x[0] < 0),
        "F2": lambda x: (x[1] > W / 2) & (x[0] > 0),
        "M": lambda x: x[1] < -W / 2,
    }
    magnet = fespin.Ferromagnet(conductivity=sigma_f, polarization=P, spin_diffusion_length=LAMBDA_F * 1e-9)
    regions = {
        "N": fespin.NormalMetal(conductivity=5e7, spin_diffusion_length=LAMBDA_N * 1e-9),
        "F1": (magnet, (0, 0, 1)),
        "F2": (magnet, (0, 0, second)),
    }
    if sigma_m is not None:
        regions["M"] = fespin.NormalMetal(conductivity=sigma_m, spin_diffusion_length=LAMBDA_M * 1e-9)
    mesh = mesh.with_subdomains({name: inside[name] for name in parts}).with_boundaries(ends)
    return fespin.Device.from_mesh(mesh, regions=regions, terminals=list(ends), length_unit="nm", thickness="20 nm")


def states(sigma_f: float, sigma_m: float | None) -> tuple[fespin.ConductanceMatrix, fespin.ConductanceMatrix]:
    """Parallel and antiparallel; the far end of the absorber is a free end."""
    parallel, antiparallel = (fespin.conductance(comb(sigma_f, sigma_m, second), order=2) for second in (1, -1))
    return parallel, antiparallel


def run(out: Path | None = None) -> dict[str, float]:
    """Absorbers of four resistivities; `out` is the folder for the picture."""
    sigma_f = 1.5e6
    q_f = (LAMBDA_F / sigma_f) / ((1 - P**2) * LAMBDA_N / 5e7)
    sigmas = np.array([2e5, 1e6, 5e6, 2.5e7])
    q_m = LAMBDA_M / sigmas / math.tanh(STUB_M / LAMBDA_M) / (LAMBDA_N / 5e7)
    bare = states(sigma_f, None)
    found = np.array(
        [
            float(spin_absorption_ratio(states(sigma_f, s), bare, inject=INJECT, detect=DETECT, spin="grounded"))
            for s in sigmas
        ]
    )
    if out is not None:
        draw(out, q_m, found, q_f)
    return {"worst_error": float(np.abs(found - exact(q_m, q_f)).max()), "strongest": found[-1], "weakest": found[0]}


def draw(out: Path, q_m: np.ndarray, found: np.ndarray, q_f: float) -> None:
    """Ratio against the spin resistance of the absorber."""
    import matplotlib.pyplot as plt

    q = np.geomspace(q_m.min() / 2, q_m.max() * 2, 200)
    figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
    ax.semilogx(q, exact(q, q_f), label="wires without width, closed form")
    ax.semilogx(q_m, found, "o", ms=6, mfc="none", color="black", label="finite elements, 20 nm wide")
    ax.set(xlabel="spin resistance of the absorber $Q_M = R_M/R_N$", ylabel="signal with / without absorber")
    ax.legend(frameon=False)
    figure.savefig(out / "spin_absorption.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"signal left: {result['weakest']:.3f} (weak absorber) to {result['strongest']:.3f} (strong absorber)")
    print(f"largest difference from the formula for thin wires: {result['worst_error']:.3f}")
