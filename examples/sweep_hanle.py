"""Hanle effect of a nonlocal spin valve: spins that diffuse turn in a magnetic field, and the signal changes its sign.

Two magnets inject and detect spin through tunnel contacts on a long normal wire, a distance L apart. A field normal to
their magnetizations turns each spin by omega t on its way, omega = g mu_B B/hbar; the times of diffusion differ, so the
signal oscillates and dies out (Johnson and Silsbee, PRL 55, 1790 (1985); Jedema et al, Nature 416, 713 (2002)). With
lambda_w = lambda/sqrt(1 + i omega tau), lambda^2 = D tau and contacts of polarization P,

    R_parallel - R_antiparallel = P^2 rho/A Re[lambda_w exp(-L/lambda_w)].

A Lorentzian holds for a point-like island only: this curve changes sign, first at 0.168492 T for the numbers below
(g = 2). One sweep over the angle of the detecting magnet and the field gives both states.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import fespin
from fespin import Ferromagnet, Interface, NormalMetal
from fespin.network.experiments import delta_nonlocal

D, TAU, L, G = 5e-3, 100e-12, 650e-9, 2.0  # m^2/s, s, m, 1
SIGMA, AREA = 3.4e7, 1e-14  # S/m, m^2
P, BARRIER = 0.3, 1e7  # polarization of the contacts; their resistance over that of a spin diffusion length of wire
LENGTH = np.sqrt(D * TAU)


def exact(field: np.ndarray) -> np.ndarray:
    """R_parallel - R_antiparallel against the field in T, ohm."""
    from scipy.constants import hbar, physical_constants

    omega = G * physical_constants["Bohr magneton"][0] * field / hbar
    length = LENGTH / np.sqrt(1 + 1j * omega * TAU)
    return P**2 / (SIGMA * AREA) * np.real(length * np.exp(-L / length))


def valve() -> fespin.Device:
    """A wire along x that is long to both sides, and at 0 and L a magnet on a stub too short for spins to relax."""
    cells, arm, stub = 60, 10 * LENGTH, 1e-13
    x = np.concatenate([np.linspace(-arm, 0, 5 * cells)[:-1], np.linspace(0, L, cells)[:-1],
                        np.linspace(L, L + arm, 5 * cells)])  # fmt: skip
    points, lines = [(a, 0.0) for a in x], [(i, i + 1) for i in range(len(x) - 1)]
    magnets, tops = {}, {}
    wire = list(range(len(lines)))
    for name, at in (("injector", 0.0), ("detector", L)):
        foot = int(np.abs(x - at).argmin())
        n, heights = len(points), stub + np.linspace(0, 50e-9, 21)
        points += [(at, y) for y in heights]
        wire.append(len(lines))
        lines.append((foot, n))
        magnets[name] = list(range(len(lines), len(lines) + 20))
        lines += [(n + i, n + i + 1) for i in range(20)]
        tops[name] = [[n + 20]]
    mesh = fespin.Mesh(points=np.array(points), cells=np.array(lines), cell_type="line",
                       regions={"wire": np.array(wire), **{k: np.array(v) for k, v in magnets.items()}},
                       boundaries={"left": [[0]], "right": [[len(x) - 1]], **tops})  # fmt: skip
    metal = NormalMetal(conductivity=SIGMA, spin_diffusion_length=LENGTH, diffusivity=D)
    magnet = Ferromagnet(conductivity=5e6, polarization=0.3, spin_diffusion_length=5e-9)
    g = SIGMA / LENGTH / BARRIER
    up, down = (0.5 * g * (1 + s * P) for s in (1, -1))
    contacts = {f"{name} contact": Interface(between=(name, "wire"), conductance_up=up, conductance_down=down,
                                             mixing_conductance=g / 2) for name in magnets}  # fmt: skip
    return fespin.Device.from_mesh(
        mesh, regions={"wire": metal, "injector": (magnet, (0, 1, 0)), "detector": (magnet, (0, 1, 0))},
        terminals=["left", "right", "injector", "detector"], cross_section=AREA, interfaces=contacts, g_factor=G,
        name="hanle",
    )  # fmt: skip


def signal() -> tuple[np.ndarray, np.ndarray]:
    """Fields in T and R_parallel - R_antiparallel in ohm."""
    found = fespin.sweep(
        valve(), {"regions.detector.angle.z": "0deg, 180deg", "field.z": "-0.4T:0.4T:81"}, order=2, jobs=1
    )
    field = found.coordinate("field.z")
    states = [[found.at({"regions.detector.angle.z": a, "field.z": B}) for B in field] for a in (0.0, np.pi)]
    pins = {"inject": ("injector", "left"), "detect": ("detector", "right"), "spin": "open"}
    return field, np.array([delta_nonlocal(*pair, **pins).value for pair in zip(*states, strict=True)])


def run(out: Path | None = None) -> dict[str, float]:
    """Compare with the closed form; `out` is the folder for the picture."""
    from scipy.interpolate import CubicSpline

    field, found = signal()
    zeros = CubicSpline(field, found).roots(extrapolate=False)
    if out is not None:
        draw(out, field, found)
    peak = found[len(field) // 2]
    at = {B: found[int(np.abs(field - B).argmin())] / peak for B in (0.02, 0.05, 0.1, 0.2, 0.3)}
    return {
        "peak": float(peak),
        "peak_exact": float(exact(np.zeros(1))[0]),
        **{f"normalised_at_{B}": float(value) for B, value in at.items()},
        "first_zero": float(zeros[zeros > 0][0]),
        "worst_error": float(np.abs(found - exact(field)).max() / peak),
    }


def draw(out: Path, field: np.ndarray, found: np.ndarray) -> None:
    """Signal against field, with the Lorentzian of an island that has the same peak and the same lifetime."""
    import matplotlib.pyplot as plt
    from scipy.constants import hbar, physical_constants

    B = np.linspace(field[0], field[-1], 400)
    omega = G * physical_constants["Bohr magneton"][0] * B / hbar
    lorentzian = exact(np.zeros(1)) / (1 + (omega * TAU) ** 2)
    figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
    ax.axhline(0, color="0.85", lw=0.8)
    ax.plot(B, exact(B) * 1e3, label="closed form")
    ax.plot(B, lorentzian * 1e3, color="0.6", ls=":", label="Lorentzian of an island")
    ax.plot(field, found * 1e3, "o", ms=4, mfc="none", color="black", label="finite elements")
    ax.set(xlabel="magnetic field (T)", ylabel=r"$R_\mathrm{P} - R_\mathrm{AP}$ (mΩ)")
    ax.legend(frameon=False)
    figure.savefig(out / "sweep_hanle.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"without field {result['peak'] * 1e3:.6f} mohm, closed form {result['peak_exact'] * 1e3:.6f} mohm")
    print(f"first zero at {result['first_zero']:.6f} T, closed form 0.168492 T")
    print(f"largest difference over the curve: {result['worst_error']:.1e} of the peak")
