"""Nonlocal spin valve: spin signal against distance, from transparent contacts to tunnel junctions.

Takahashi and Maekawa, PRB 67, 052409 (2003): a current enters a normal wire through one magnet and leaves to one side;
a second magnet at the distance L on the other side, where no charge flows, senses the spins that arrive. With R_N =
rho lambda/A of the wire, R_F = rho_F lambda_F/A of the magnets (polarization p) and contacts R_i of polarization P,

    Delta R = R_P - R_AP = 4 R_N e^-x [P/(1-P^2) R_i/R_N + p/(1-p^2) R_F/R_N]^2/(D^2 - e^-2x),
    D = 1 + 2/(1-P^2) R_i/R_N + 2/(1-p^2) R_F/R_N,    x = L/lambda.

Expected at L = lambda = 500 nm: 1.483328 mohm with transparent contacts, where R_F << R_N sucks the spins back, and
28.709389 mohm with tunnel contacts of 1 kohm. Tunnel signals fall as exp(-L/lambda), which measures lambda; with
transparent contacts closer than lambda the fall is steeper.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np

import fespin
from fespin import Ferromagnet, Interface, NormalMetal
from fespin.network.experiments import delta_nonlocal

LAMBDA, AREA = 500e-9, 1e-14  # m, m^2
R_N, R_F, P_F, P_I = 1.25, 0.1, 0.35, 0.25  # ohm, ohm
CONTACTS = {"transparent": 0.0, "1 ohm": 1.0, "tunnel, 1 kohm": 1000.0}  # ohm
DISTANCES = np.array([100, 200, 350, 500, 700, 1000, 1400]) * 1e-9


def exact(distance: float | np.ndarray, R_i: float) -> np.ndarray:
    """Delta R in ohm."""
    P, decay = (P_I if R_i else 0.0), np.exp(-np.asarray(distance) / LAMBDA)
    share = P / (1 - P**2) * R_i / R_N + P_F / (1 - P_F**2) * R_F / R_N
    load = 1 + 2 / (1 - P**2) * R_i / R_N + 2 / (1 - P_F**2) * R_F / R_N
    return np.asarray(4 * R_N * decay * share**2 / (load**2 - decay**2))


def valve(distance: float, R_i: float, m: int) -> fespin.Device:
    """Wires as lines: N along x, 12 lambda to both sides, and the magnets upwards at 0 and L."""
    arm, tall = 12 * LAMBDA, 100e-9
    x = np.concatenate([np.linspace(-arm, 0, 241)[:-1], np.linspace(0, distance, 41)[:-1],
                        np.linspace(distance, distance + arm, 241)])  # fmt: skip
    points, lines, ends, parts = [(a, 0.0) for a in x], [(i, i + 1) for i in range(len(x) - 1)], {}, {}
    parts["N"] = np.arange(len(lines))
    for name, foot in (("injector", 240), ("detector", 280)):
        nodes = [foot, *range(len(points), len(points) + 100)]
        points += [(x[foot], y) for y in np.linspace(0, tall, 101)[1:]]
        parts[name] = np.arange(len(lines), len(lines) + 100)
        lines += list(itertools.pairwise(nodes))
        ends[name] = [[nodes[-1]]]
    mesh = fespin.Mesh(points=np.array(points), cells=np.array(lines), cell_type="line", regions=parts,
                       boundaries={"left": [[0]], "right": [[len(x) - 1]], **ends})  # fmt: skip
    metal = NormalMetal(conductivity=LAMBDA / (R_N * AREA), spin_diffusion_length=LAMBDA)
    magnet = Ferromagnet(conductivity=5e-9 / (R_F * AREA), polarization=P_F, spin_diffusion_length=5e-9)
    contacts = {}
    if R_i:
        up, down = ((1 + s * P_I) / (2 * R_i * AREA) for s in (1, -1))
        contacts = {n: Interface(between=(n, "N"), conductance_up=up, conductance_down=down,
                                 mixing_conductance=(up + down) / 2) for n in ("injector", "detector")}  # fmt: skip
    return fespin.Device.from_mesh(
        mesh, regions={"N": metal, "injector": (magnet, (0, 1, 0)), "detector": (magnet, (0, m, 0))},
        terminals=["left", "right", "injector", "detector"], cross_section=AREA, interfaces=contacts,
    )  # fmt: skip


def signal(distance: float, R_i: float) -> float:
    """Delta R in ohm by finite elements."""
    states = [fespin.conductance(valve(distance, R_i, m), order=2) for m in (1, -1)]
    return delta_nonlocal(*states, inject=("injector", "left"), detect=("detector", "right"), spin="grounded").value


def run(out: Path | None = None) -> dict[str, float]:
    """Compare with the closed form; `out` is the folder for the picture."""
    found = {name: np.array([signal(d, R_i) for d in DISTANCES]) for name, R_i in CONTACTS.items()}
    off = [np.abs(found[name] / exact(DISTANCES, R_i) - 1).max() for name, R_i in CONTACTS.items()]
    if out is not None:
        draw(out, found)
    tunnel, at = found["tunnel, 1 kohm"], int(np.abs(DISTANCES - 500e-9).argmin())
    return {
        "worst_error": float(max(off)),
        "transparent_at_500nm": found["transparent"][at],
        "tunnel_at_500nm": tunnel[at],
        "decay_length": (DISTANCES[-1] - DISTANCES[0]) / math.log(tunnel[0] / tunnel[-1]),
    }


def draw(out: Path, found: dict[str, np.ndarray]) -> None:
    """Signals against distance."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(5.8, 4.2), layout="constrained")
    x = np.linspace(DISTANCES[0], DISTANCES[-1], 200)
    for k, (name, R_i) in enumerate(CONTACTS.items()):
        ax.semilogy(x * 1e9, exact(x, R_i) * 1e3, color=f"C{k}", label=name.replace("ohm", "Ω"))
        ax.semilogy(DISTANCES * 1e9, found[name] * 1e3, "o", ms=5, mfc="none", color="black")
    ax.plot([], [], "o", ms=5, mfc="none", color="black", label="finite elements")
    ax.set(xlabel="distance of injector and detector (nm)", ylabel=r"$R_\mathrm{P} - R_\mathrm{AP}$ (mΩ)")
    ax.legend(frameon=False)
    figure.savefig(out / "nonlocal_valve.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"500 nm: {result['transparent_at_500nm'] * 1e3:.6f} mohm transparent (exact 1.483328), "
          f"{result['tunnel_at_500nm'] * 1e3:.6f} mohm tunnel (exact 28.709389)")  # fmt: skip
    print(f"decay length of the tunnel signal {result['decay_length'] * 1e9:.3f} nm, spin diffusion length 500 nm")
    print(f"largest relative error at {len(CONTACTS) * len(DISTANCES)} points: {result['worst_error']:.1e}")
