"""Spin-transfer torque of a spin valve, from the current to the local moments.

The transport theory of strong magnets says how much transverse spin current a magnet absorbs: the torque hbar/2e I. In
the picture of V. Zayets, J. Magn. Magn. Mater. 356, 52 (2014), section 10, the current turns the conduction spins (TIA)
away from the local moments, and their exchange precession and its damping pass the torque on, while spins relax:

    (1/tau + 1/t_lambda) S_perp - omega m x S_perp = Gamma,   torque on the moments / torque of the current
        = 1 - (1/tau) a/(a^2 + omega^2) along it,   a = 1/tau + 1/t_lambda,

for small tilts. All of the torque arrives if exchange precession is faster than relaxation; in a weak exchange field a
part goes to the lattice. Spins that enter one end of the magnet decay with the length 1/Re sqrt((a - i omega)/D).
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import fespin
from fespin.assemblies import ElectronGas, TorquePicture, torque_picture

VALVE = Path(__file__).resolve().parents[1] / "meshes" / "angular_valve_1d.toml"
FIELDS = np.geomspace(1, 3000, 15)  # T
AREA_DEPTH = 1e-18  # m^3 that take the current up


def gas(field: float) -> ElectronGas:
    """Electrons of a ferromagnet in an exchange field in T."""
    return ElectronGas(density_of_states=1.5e47, temperature=300, spin_lifetime=2e-13, damping=5e32, field=field)


def closed_form(electrons: ElectronGas) -> float:
    """Share of the torque that reaches the moments."""
    tau, a = electrons.spin_lifetime, 1 / electrons.spin_lifetime + 1 / electrons.damping_time
    return 1 - a / tau / (a**2 + electrons.precession_rate**2)


def pictures() -> list[TorquePicture]:
    """Free magnet (along x) of the valve, fixed magnet along z, a millivolt."""
    solution = fespin.solve(fespin.load(VALVE), {"left": {"e": 1e-3}})
    return [torque_picture(solution, gas(B), magnet="free", volume=AREA_DEPTH) for B in FIELDS]


def run(out: Path | None = None) -> dict[str, float]:
    """Shares of the torque, checked against the closed form; `out` is the folder for the picture."""
    found = pictures()
    exact = [closed_form(gas(B)) for B in FIELDS]
    if out is not None:
        draw(out, found, exact)
    solution = fespin.solve(fespin.load(VALVE), {"left": {"e": 1e-3}})
    applied = solution.torques["free"]
    return {
        "applied": float(np.linalg.norm(applied)),
        "strong_over_applied": float(found[-1].torque @ applied / (applied @ applied)),
        "weak_over_applied": float(found[0].torque @ applied / (applied @ applied)),
        "worst_error": float(max(abs(p.efficiency / e - 1) for p, e in zip(found, exact, strict=True))),
        "unaccounted": max(p.unaccounted for p in found),
        "tilt_strong": found[-1].tilt,
        "polarization_strong": gas(FIELDS[-1]).polarization,
    }


def draw(out: Path, found: list[TorquePicture], exact: list[float]) -> None:
    """Where the torque goes, and how far the conduction spins lean over."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
    left.semilogx(FIELDS, exact, color="0.6", lw=1, label="closed form")
    left.semilogx(FIELDS, [p.efficiency for p in found], "o", mfc="none", color="#b3202c", label="to the local moments")
    lost = [float(p.lattice @ p.applied / (p.applied @ p.applied)) for p in found]
    left.semilogx(FIELDS, lost, "s", mfc="none", color="#2b6ca3", label="to the lattice")
    left.set(xlabel="exchange field (T)", ylabel="share of the torque of the current", ylim=(-0.03, 1.05))
    left.legend(frameon=False)
    right.loglog(FIELDS, [math.degrees(p.tilt) for p in found], "o-", mfc="none", lw=1, color="#222222")
    right.set(xlabel="exchange field (T)", ylabel="tilt of the conduction spins (deg)")
    figure.savefig(out / "assemblies_torque.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    weak, strong = result["weak_over_applied"], result["strong_over_applied"]
    print(f"torque of the current {result['applied']:.4g} N m; of it reach the moments {weak:.2%} in an exchange field "
          f"of {FIELDS[0]:g} T, {strong:.4%} in {FIELDS[-1]:g} T")  # fmt: skip
    print(f"closed form within {result['worst_error']:.1e}")
