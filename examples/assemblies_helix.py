"""Spin torque transport: a helix of spins unwinds by losing spins, not by turning.

Spins of direction s = (cos qx, sin qx, 0) and constant density n diffuse between places of different directions. The
torques from both sides cancel, the spins that do not add up go to TIS:

    n_t = D n_xx - B D n |s_x|^2  =>  n = exp(-B D q^2 t),   s_t = 0.

B = 1 is diffusion of the spin vector; B = 2, by eqs 59 and 63 of V. Zayets, J. Magn. Magn. Mater. 356, 52 (2014), loses
spins twice as fast. Eq 64 of the paper leaves out s_xx and has the other sign; the reduced eq 65 would give a negative
loss. On cells of dx the exponent has 2 (1 - cos q dx)/dx^2 for q^2: an error of (q dx)^2/12.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from fespin.assemblies import SpinTransport, TransportLaw, spin_torque_transport

TIME = 0.25
PRINTED = {"conserving": 0.7788007831, "paper": 0.6065306597}  # exp(-B D q^2 t)


def unwind(cells: int, flavour: str, records: int = 1) -> SpinTransport:
    """One turn on a closed line of length 2 pi, D = 1."""
    x = (np.arange(cells) + 0.5) * 2 * math.pi / cells
    helix = np.stack([np.cos(x), np.sin(x), 0 * x], axis=1)
    law = TransportLaw(diffusivity=1.0, flavour=flavour, boundary="periodic")
    return spin_torque_transport(law, x, helix, duration=TIME, records=records, tolerance=1e-9)


def run(out: Path | None = None) -> dict[str, float]:
    """Errors and rates of both flavours; `out` is the folder for the picture."""
    found: dict[str, float] = {}
    for flavour, exact in PRINTED.items():
        coarse, fine = (unwind(n, flavour) for n in (32, 64))
        errors = [abs(float(r.tia[-1, 0]) - exact) for r in (coarse, fine)]
        found[f"tia_{flavour}"] = float(fine.tia[-1, 0])
        found[f"error_{flavour}"] = errors[1]
        found[f"rate_{flavour}"] = math.log2(errors[0] / errors[1])
        found[f"turned_{flavour}"] = float(np.abs(fine.direction[-1] - fine.direction[0]).max())
        found[f"number_{flavour}"] = float(fine.number[-1] / fine.number[0] - 1)
    if out is not None:
        draw(out)
    return found


def draw(out: Path) -> None:
    """n_TIA over time against the exponentials; the line at the end."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_spin_transport

    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.8), layout="constrained")
    for flavour, B, colour in (("conserving", 1, "#2b6ca3"), ("paper", 2, "#b3202c")):
        name = "$e^{-Dq^2t}$" if B == 1 else f"$e^{{-{B}Dq^2t}}$"
        result = unwind(64, flavour, records=10)
        left.plot(result.time, np.exp(-B * result.time), color=colour, lw=1, label=name)
        left.plot(result.time, result.tia[:, 0], "o", mfc="none", color=colour, label=f"{flavour}, 64 cells")
    left.set(xlabel="time (1/Dq²)", ylabel=r"$n_\mathrm{TIA}$ / start")
    left.legend(frameon=False)
    plot_spin_transport(unwind(64, "conserving"), right)
    right.set(xlabel="position (1/q)", ylabel="density / start")
    right.set_title("conserving, t = 0.25/Dq²", fontsize=9)
    figure.savefig(out / "assemblies_helix.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    for flavour, exact in PRINTED.items():
        n, rate = result[f"tia_{flavour}"], result[f"rate_{flavour}"]
        print(f"{flavour}: n_TIA = {n:.8f}, exactly {exact:.8f}, rate {rate:.3f}")
