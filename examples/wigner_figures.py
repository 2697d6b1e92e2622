"""Figures 4 to 9 of the paper on Wigner chains in locked spin valves, with the true name of every axis.

Two chains of r^-2 repulsion carry one spin each; a voltage splits their chemical potentials by delta_eta = eV.

* Fig 4: m = (c_up - c_dn)/(c_up + c_dn) of two independent chains (eqs 14-15), T = 0, all repulsions. Axis: eV.
* Fig 5: m over mu of 2 x 12 interacting sites, T = 0, all 2^24 states. Axis: the true chemical potential.
* Fig 6: the same over delta_eta at fixed mu.
* Figs 7-9: nearest-particle repulsion at T > 0 (eq 21). What the paper calls mu there is the *pressure* P of eq 19: its
  weight is exp(-(E + P L)/T). The true chemical potential is mu = -T ln sum_l exp(-(U(l) + P l)/T). Dashed: the same
  curves over the true mu. In figs 8 and 9 P +- delta_eta/2 must stay positive, so fig 9 ends at delta_eta = 1.

Exact answers: m = 0 in fig 4 up to eV = 2 ln 2 at half filling, m = 1/3 at eV = 2; in fig 5, delta_eta = 0.1, m = 0 on
[1.9811, 2.4843] and [2.5965, 3.8164]; in fig 6, mu = 1, full polarization from 0.29669058 on; c = dP/dmu in fig 7.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from fespin.wigner import (
    Ladder,
    ThermalChain,
    exact_table,
    polarization,
    staircase,
    sweep_delta_eta,
    sweep_mu,
)

HALF = math.pi**2 / 6  # mu of half filling, zeta(2)
TEMPERATURES = (0.01, 0.05, 0.1)
SPLITTINGS = (0.01, 0.1, 0.5, 1.0)  # fig 5
POTENTIALS = (0.5, 1.0, 1.5, 2.2)  # fig 6


def run(out: Path | None = None) -> dict[str, float]:
    """Numbers of each figure that have an exact answer; `out` is the folder for the picture."""
    stairs, table = staircase(200), exact_table(Ladder(length=12))
    low, high = polarization(HALF, [2 * math.log(2) - 1e-9, 2.0], stairs=stairs)
    windows = sweep_mu(table, 0.1)
    neutral = np.flatnonzero((windows.up == windows.down) & (windows.up > 0) & (windows.up < 12))
    full = sweep_delta_eta(table, 1.0)
    chain, h = ThermalChain(0.05), 1e-4
    slope = (chain.at(1 + h).pressure - chain.at(1 - h).pressure) / (2 * h)
    if out is not None:
        draw(out, stairs, table)
    return {
        "m_before_the_first_step": float(high[0]),
        "m_at_2": float(low[1]),
        "first_window_from": float(windows.edges[neutral[0] - 1]),
        "first_window_to": float(windows.edges[neutral[0]]),
        "second_window_from": float(windows.edges[neutral[1] - 1]),
        "second_window_to": float(windows.edges[neutral[1]]),
        "full_polarization_from": float(full.edges[int(np.argmax(full.down == 0)) - 1]),
        "c_at_mu_1": float(chain.filling(1.0)),
        "dP_dmu_at_mu_1": slope,
        "m_fig_8": float(polarization(0.1, 0.1, variable="pressure", temperature=0.01)[0]),
        "m_fig_9": float(polarization(0.5, 0.5, variable="pressure", temperature=0.05)[0]),
        "m_fig_9_true_mu": float(polarization(0.5, 0.5, temperature=0.05)[0]),
    }


def draw(out: Path, stairs: Any, table: Any) -> None:
    """Six panels; each title says which variable its axis is."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_polarization, plot_thermal_filling

    figure, axes = plt.subplots(3, 2, figsize=(11, 12), layout="constrained")
    (fig4, fig5), (fig6, fig7), (fig8, fig9) = axes

    V = np.linspace(0, 3.3, 3301)
    for mu, name in ((HALF, r"$\mu = \zeta(2)$, half filling"), (0.9, r"$\mu = 0.9$")):
        low, high = polarization(mu, V, stairs=stairs)
        fig4.plot(V, (low + high) / 2, lw=1.2, label=name)
    fig4.axvline(2 * math.log(2), color="0.6", lw=0.8, ls=":")
    fig4.annotate("2 ln 2", (2 * math.log(2), 0.93), (4, 0), textcoords="offset points", fontsize=8, color="0.35")
    fig4.set(xlabel="$eV = \\delta\\eta$ ($E_0$)", ylabel="polarization $m$")
    fig4.set_title("Fig 4: two independent chains, T = 0, complete staircases\naxis: splitting of the true $\\mu$",
                   fontsize=9)  # fmt: skip

    for eta in SPLITTINGS:
        plot_polarization(sweep_mu(table, eta), (-0.6, 6.5), fig5, label=f"$\\delta\\eta = {eta:g}$")
    fig5.set_title("Fig 5: 2 × 12 sites, open, d = 1, T = 0, exact steps\naxis: true chemical potential", fontsize=9)
    for mu in POTENTIALS:
        plot_polarization(sweep_delta_eta(table, mu), (0, 1.4), fig6, label=f"$\\mu = {mu:g}$")
    fig6.set_title("Fig 6: the same ladder against the splitting\naxis: splitting of the true $\\mu$", fontsize=9)

    x = np.linspace(0.005, 1.6, 320)
    for k, T in enumerate(TEMPERATURES):
        chain = ThermalChain(T)
        plot_thermal_filling(chain, x, fig7, variable="pressure", color=f"C{k}")
        plot_thermal_filling(chain, x, fig7, color=f"C{k}", ls="--", lw=0.9, label="_")
    for k, (ax, fixed) in enumerate(((fig8, "$\\delta\\eta = 0.1$"), (fig9, "$P = 0.5$; dashed $\\mu = 0.5$"))):
        for color, T in enumerate(TEMPERATURES):
            if k == 0:
                x = np.linspace(0.053, 1.2, 240)
                curves = [polarization(x, 0.1, variable=v, temperature=T)[0] for v in ("pressure", "mu")]
            else:
                x = np.linspace(0, 0.98, 197)
                curves = [polarization(0.5, x, variable=v, temperature=T)[0] for v in ("pressure", "mu")]
            ax.plot(x, curves[0], lw=1.2, color=f"C{color}", label=f"T = {T:g}")
            ax.plot(x, curves[1], lw=0.9, ls="--", color=f"C{color}")
        ax.set(ylabel="polarization $m$")
        ax.text(0.98, 0.04 if k else 0.5, fixed, transform=ax.transAxes, ha="right", fontsize=9)
    for ax in (fig7, fig8):
        ax.set_xlabel("pressure $P$ ($E_0/a$); dashed: true $\\mu$ ($E_0$)")
    fig9.set_xlabel("splitting of $P$ ($E_0/a$); dashed: of the true $\\mu$ ($E_0$)")
    for ax, number, axis in ((fig7, 7, "pressure"), (fig8, 8, "pressure"), (fig9, 9, "splitting of the pressure")):
        text = f"Fig {number}: nearest-particle repulsion, T > 0\naxis: {axis}, which the paper calls $\\mu$"
        ax.set_title(text.replace("calls $\\mu$", "calls $\\delta\\eta$") if number == 9 else text, fontsize=9)
    for ax in axes.ravel():
        ax.legend(frameon=False, fontsize=8)
    figure.savefig(out / "wigner_figures.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(
        f"fig 4: m = {result['m_before_the_first_step']:g} just below 2 ln 2, {result['m_at_2']:.12f} at 2 (exact 1/3)"
    )
    print(f"fig 5: m = 0 on [{result['first_window_from']:.4f}, {result['first_window_to']:.4f}] and "
          f"[{result['second_window_from']:.4f}, {result['second_window_to']:.4f}]")  # fmt: skip
    print(f"fig 6: fully polarised from delta_eta = {result['full_polarization_from']:.8f} on")
    print(f"fig 7: c = {result['c_at_mu_1']:.10f}, dP/dmu = {result['dP_dmu_at_mu_1']:.10f} at mu = 1, T = 0.05")
    print(f"fig 9: m = {result['m_fig_9']:.9f} at P = 0.5, {result['m_fig_9_true_mu']:.9f} at mu = 0.5: not one axis")
