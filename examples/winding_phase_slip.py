"""How long a magnetic winding lasts: the Landau instability and thermal phase slips.

Tserkovnyak and Xiao, "Energy Storage via Topological Spin Textures", PRL 121, 127701 (2018).

*Claimed*: the winding is unstable beyond "rho ~ sqrt(K/A)"; below, "the injected energy can be stored essentially
indefinitely". *Holds*, with numbers: the limit is exactly kc = sqrt(K/A), as the linearised Landau-Lifshitz-Gilbert
equation shows (growth (A q^2 (A k^2 - K - A q^2))^(1/2)/s); below it a narrow wire loses turns over the barrier

    2 sqrt(A K) [z0 - kappa arccos(kappa)],    kappa = k/kc,    z0^2 = 1 - kappa^2,

which is compared with saddles found on a mesh by Newton's method, errors of order h^2. A YIG wire of 50 nm x 20 nm
at 300 K lasts 10^20.7 s at kc/2, but ten years only up to 0.64 kc, 41 % of the energy at the Landau limit. A film of
1 um width loses turns by vortices that cross it, whose barrier does not grow with the width and is known up to the
energy of their cores only: there the claim rests on an estimate.

The right picture is a ring of seven turns, k = 1.37 kc: it leaves the plane and slips, to and fro, down to one.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from scipy.constants import mu_0
from scipy.optimize import brentq

from fespin.batteries.winding.llg import EasyPlaneLine, LLGRun, evolve
from fespin.batteries.winding.saddle import mesh_saddle
from fespin.batteries.winding.stability import (
    landau_wave_number,
    log10_lifetime,
    slip_barrier,
    spiral_mode,
    vortex_barrier,
)

SECTION = 50e-9 * 20e-9  # m^2
BULK = {"A": 2 * 3.7e-12, "K": mu_0 * 1.4e5**2}  # YIG film
WIRE = {"A": BULK["A"] * SECTION, "K": BULK["K"] * SECTION}
TEN_YEARS = math.log10(10 * 365.25 * 86400)
RATIOS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)


def lifetime(ratio: float) -> float:
    """log10 of seconds at k = ratio * kc in the YIG wire, 300 K and 1e10 attempts a second."""
    return log10_lifetime(slip_barrier(**WIRE, k=ratio * landau_wave_number(**WIRE)))


def ring(turns: int, *, alpha: float, tilt: float | np.ndarray, dt: float, steps: int) -> LLGRun:
    """A ring of 32 healing lengths, A = K = s = 1."""
    line = EasyPlaneLine(A=1.0, K=1.0, s=1.0, alpha=alpha, points=np.linspace(0, 32, 129), ring=True)
    return evolve(line, line.spiral(turns=turns, tilt=tilt), dt=dt, steps=steps, keep=10)


def growth() -> tuple[float, float]:
    """Rate of the second mode on six undamped turns: fitted to the run, and of the linearised mesh."""
    wave = np.cos(4 * math.pi * np.arange(128) / 128)
    run = ring(6, alpha=0.0, tilt=1e-7 * wave, dt=0.05, steps=1000)
    amplitude = 2 * (run.fields[:, 2] * wave).mean(axis=1)
    t = run.t[::10]
    late = (t > 25) & (amplitude < 1e-2)
    fitted = np.polyfit(t[late], np.log(amplitude[late]), 1)[0]
    mode = spiral_mode(4 * math.pi / 32, k=12 * math.pi / 32, A=1.0, K=1.0, s=1.0, cell=0.25)
    return float(fitted), mode.real


def run(out: Path | None = None) -> dict[str, float]:
    """Barriers, lifetimes, growth and slips; `out` is the folder for the picture."""
    found = np.array([mesh_saddle(A=1.0, K=1.0, k=ratio, cell=0.025).barrier for ratio in RATIOS])
    exact = np.array([slip_barrier(A=1.0, K=1.0, k=ratio) for ratio in RATIOS])
    fitted, mode = growth()
    slipping = ring(7, alpha=0.1, tilt=1e-3 * np.random.default_rng(1).standard_normal(128), dt=0.05, steps=1000)
    ten_years = float(brentq(lambda ratio: lifetime(ratio) - TEN_YEARS, 0.1, 0.99))
    film = vortex_barrier(A_bulk=BULK["A"], K_bulk=BULK["K"], thickness=20e-9, k=0.033 * landau_wave_number(**BULK))
    if out is not None:
        draw(out, found, ten_years, slipping)
    return {
        "worst_barrier_error": float(np.abs(found - exact).max()),
        "log10_lifetime_half": lifetime(0.5),
        "ratio_ten_years": ten_years,
        "energy_ten_years": ten_years**2,
        "growth_error": fitted / mode - 1,
        "turns_left": float(slipping.winding[-1]),
        "slips": float(-slipping.slips[-1]),
        "ledger_error": slipping.ledger_error,
        "film_barrier_kT": film / (1.380649e-23 * 300),
    }


def draw(out: Path, found: np.ndarray, ten_years: float, slipping: LLGRun) -> None:
    """Barrier and lifetime against the winding; winding and n_z of the unstable ring in time."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4), layout="constrained")
    ratio = np.linspace(0, 1, 200)
    left.plot(ratio, [slip_barrier(A=1.0, K=1.0, k=r) for r in ratio], color="tab:blue", label="closed form")
    left.plot(RATIOS, found, "o", mfc="none", color="black", ms=5, label="saddle on a mesh")
    left.plot(ten_years, slip_barrier(A=1.0, K=1.0, k=ten_years), "s", color="tab:red")
    at = (ten_years, slip_barrier(A=1.0, K=1.0, k=ten_years))
    left.annotate("ten years", at, (8, 6), textcoords="offset points", color="tab:red", fontsize=9)
    left.set(xlabel="winding $k/k_c$", ylabel=r"barrier / $\sqrt{AK}$", xlim=(0, 1), ylim=(0, 2.1))
    left.legend(frameon=False)
    slope = (lifetime(0.0) - lifetime(1.0)) / 2
    other = left.secondary_yaxis(
        "right", functions=(lambda b: lifetime(1.0) + slope * b, lambda t: (t - lifetime(1.0)) / slope)
    )
    other.set_ylabel("log$_{10}$(lifetime/s), YIG wire, 300 K")

    image = right.pcolormesh(
        slipping.t[::10], slipping.line.points[:-1], slipping.fields[:, 2].T, cmap="RdBu", vmin=-1, vmax=1,
        shading="nearest", rasterized=True,
    )  # fmt: skip
    figure.colorbar(image, ax=right, label="$n_z$", pad=0.12)
    right.set(xlabel="time $tK/s$", ylabel=r"position $x/\xi$", xlim=(0, slipping.t[-1]))
    turns = right.twinx()
    turns.plot(slipping.t, slipping.winding, color="black", lw=1.2)
    turns.set(ylabel="turns", ylim=(0, 8))
    figure.savefig(out / "winding_phase_slip.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"barriers on a mesh of xi/40: {result['worst_barrier_error']:.1e} sqrt(A K) from the closed form")
    print(f"growth of an unstable mode: {result['growth_error']:.1e} from the linearised equation")
    print(f"k = 1.37 kc: {result['slips']:.0f} of 7 turns slip, energy ledger closed to {result['ledger_error']:.0e}")
    print(f"YIG wire at kc/2: 10^{result['log10_lifetime_half']:.1f} s; ten years up to")
    print(f"{result['ratio_ten_years']:.2f} kc, {100 * result['energy_ten_years']:.0f} % of the energy at the limit")
    print(f"wide film at 0.033 kc: vortex barrier about {result['film_barrier_kT']:.0f} kT, an estimate")
