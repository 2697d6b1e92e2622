"""Nonlocal spin Hall signal: charge in across a strip here, voltage across it there, spins in between.

A strip of width w, thickness t and spin Hall angle theta along x. A current I across it at x = 0 (terminals on its
lower and upper edge, a cross with the strip) drives spins along z both ways along the strip; where they pass a second
pair of terminals at x = L the inverse effect turns them into a voltage (Abanin et al, PRB 79, 035304 (2009)). For w <<
lambda

    R_nl = dV/I = -theta^2 w exp(-L/lambda)/(2 sigma t lambda),

minus for a drive and a detector in the same sense. The ordinary spread of the current decays as exp(-pi L/w) and is
gone after a few widths. The direct and the inverse effect are one number in the model, so exchanging source and
detector changes nothing: R_nl is reciprocal although the spin conductances are antisymmetric.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import skfem

import fespin
from fespin.network.experiments import nonlocal_signal

THETA, SIGMA, LAMBDA, WIDTH, THICKNESS = 0.1, 5e6, 400e-9, 40e-9, 10e-9
DISTANCES = (4, 8, 12, 16, 20, 24)  # of the detectors, in widths


def exact(distance: float | np.ndarray) -> np.ndarray:
    """Nonlocal resistance of a narrow strip, ohm."""
    return -(THETA**2) * WIDTH * np.exp(-np.asarray(distance) / LAMBDA) / (2 * SIGMA * THICKNESS * LAMBDA)


def strip() -> fespin.Device:
    """A long strip with pairs of terminals on its edges, in units of the width.

    Terminals hold one spin potential each, so a wide one shorts the spin accumulation that passes it: they are narrow.
    """
    near = np.array([0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 1.5])
    around = np.concatenate([-near, [0.0], near])
    coarse = np.arange(-60, 84.1, 1.0)
    places = np.array((0, *DISTANCES), float)
    coarse = coarse[np.abs(coarse[:, None] - places).min(axis=1) > 1.6]
    x = np.sort(np.concatenate([coarse, (places[:, None] + around).ravel()]))
    edge = np.array([0.0, 0.03, 0.08, 0.16, 0.3, 0.5])
    mesh = skfem.MeshQuad.init_tensor(x, np.concatenate([edge, 1 - edge[-2::-1]]))
    boundaries = {}
    for k, place in enumerate((0, *DISTANCES)):
        for name, edge in (("low", 0.0), ("high", 1.0)):
            boundaries[f"{name}{k}"] = lambda x, place=place, edge=edge: (
                (np.abs(x[1] - edge) < 1e-9) & (np.abs(x[0] - place) < 0.021)
            )
    platinum = fespin.NormalMetal(conductivity=SIGMA, spin_diffusion_length=LAMBDA, spin_hall_angle=THETA)
    return fespin.Device.from_mesh(
        mesh.with_boundaries(boundaries).with_subdomains({"strip": lambda x: x[0] < 1e9}),
        regions={"strip": platinum},
        terminals=list(boundaries),
        length_unit=f"{WIDTH} m",
        thickness=THICKNESS,
    )


def run(out: Path | None = None) -> dict[str, float]:
    """Compare at six distances; `out` is the folder for the picture."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="spin Hall effect of")  # spins along z are those that count here
        G = fespin.conductance(strip(), order=2)
    found, back = (
        np.array([float(nonlocal_signal(G, **_wiring(k, turned), spin="open")) for k in range(1, len(DISTANCES) + 1)])
        for turned in (False, True)
    )
    far = np.array(DISTANCES) * WIDTH
    fit = np.polyfit(far, np.log(-found), 1)
    if out is not None:
        draw(out, far, found)
    return {
        "decay_length": -1.0 / fit[0],
        "worst_error": float(np.abs(found / exact(far) - 1).max()),
        "not_reciprocal": float(np.abs(found / back - 1).max()),
        "R_first": found[0],
    }


def _wiring(k: int, turned: bool) -> dict[str, tuple[str, str]]:
    here, there = ("low0", "high0"), (f"high{k}", f"low{k}")
    return {"inject": there, "detect": here} if turned else {"inject": here, "detect": there}


def draw(out: Path, far: np.ndarray, found: np.ndarray) -> None:
    """Signal against distance."""
    import matplotlib.pyplot as plt

    x = np.linspace(0, far[-1] * 1.05, 200)
    figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
    ax.semilogy(x * 1e9, -exact(x) * 1e3, label="narrow strip, closed form")
    ax.semilogy(far * 1e9, -found * 1e3, "o", ms=6, mfc="none", color="black", label="finite elements")
    ax.set(xlabel="distance (nm)", ylabel="$-R_{nl}$ (mΩ)", title="w = 40 nm, λ = 400 nm, θ = 0.1")
    ax.legend(frameon=False)
    figure.savefig(out / "spin_hall_cross.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"decay length {result['decay_length'] * 1e9:.1f} nm, expected {LAMBDA * 1e9:.1f} nm")
    print(f"largest relative difference from the narrow strip: {result['worst_error']:.1e} (w/lambda = 0.1)")
    print(f"source and detector exchanged: {result['not_reciprocal']:.1e}")
