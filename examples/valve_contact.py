"""What happens at a contact of magnet and normal metal: spins split, and the electric potential jumps.

Figs 10 and 11 of the paper on locked ideal spin valves (appendix); van Son, van Kempen and Wyder, PRL 58, 2271 (1987).
A current from a magnet of polarization beta brings unequal currents of both spins to the contact; their electrochemical
potentials split until both are continuous. With r_F = lambda_F/(s_F (1 - beta^2)), r_N = lambda_N/s_N and
m = w_up - w_dn in volts,

    m(0) = 2 beta j r_F r_N/(r_F + r_N),   R_contact = beta^2 r_F r_N/(r_F + r_N),

and m falls as exp(-|x|/lambda) to both sides. Neutrality fixes the electric potential, e phi = sum Pi_s mu_s/sum Pi_s,
so that phi jumps by P m/2 where the polarization P of the densities of states jumps: the magnetic-contact potential
difference. In a half metal (fig 11) r_F is infinite, one spin alone exists and the jump is m/2 = j lambda_N/s_N.
beta (of conductivities) and P (of densities of states) are two numbers, which the paper takes for one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from fespin import Ferromagnet, HalfMetal, NormalMetal
from fespin.batteries.valve import Layer, SpinValve, contact_jumps, solve_static
from fespin.batteries.valve.statics import StaticSolution

L_F, L_N, S_F, S_N, P = 60e-9, 200e-9, 5e6, 5e6, 0.4
BETAS = np.array([0.2, 0.4, 0.6, 0.8])


def contact(beta: float) -> SpinValve:
    """Ten spin diffusion lengths of either metal, which leave exp(-20); beta = 1 is a half metal."""
    magnet = (Layer(material=HalfMetal(conductivity=S_F), thickness=400e-9, magnetization="up", name="H") if beta == 1
              else Layer(material=Ferromagnet(conductivity=S_F, polarization=beta, spin_diffusion_length=L_F),
                         thickness=10 * L_F, magnetization="up", density_polarization=P, name="M",
                         nodes=tuple(10 * L_F * (1 - np.linspace(1, 0, 401) ** 2))))  # fmt: skip
    metal = NormalMetal(conductivity=S_N, spin_diffusion_length=L_N)
    thick = 10 * L_N
    normal = Layer(material=metal, thickness=thick, nodes=tuple(thick * np.linspace(0, 1, 401) ** 2), name="N")
    return SpinValve(layers=(magnet, normal), name="contact")


def exact(beta: float) -> float:
    """m(0)/j in ohm m^2."""
    inverse = 0.0 if beta == 1 else S_F * (1 - beta**2) / L_F  # 1/r_F
    return 2 * beta / (inverse + S_N / L_N)


def measured(beta: float) -> tuple[float, float, float]:
    """m(0)/j and jump/j in ohm m^2, and what the contact adds to the resistance."""
    valve = contact(beta)
    found = solve_static(valve, 1e-3)
    j = found.current
    first = found.mesh.first[1]
    up, down = found.potentials[:, first]
    bulk = sum(layer.thickness / layer.material.conductivity for layer in valve.layers)
    return abs((up - down) / j), abs(contact_jumps(found)[0].value / j), abs(1e-3 / j) - bulk


def run(out: Path | None = None) -> dict[str, float]:
    """Splitting, jump and resistance against the closed forms; `out` is the folder for the picture."""
    worst = {"splitting": 0.0, "jump": 0.0, "resistance": 0.0}
    for beta in (*BETAS, 1.0):
        split, jump, added = measured(beta)
        m = exact(beta)
        closed = {"splitting": m, "jump": (1.0 if beta == 1 else P) * m / 2, "resistance": beta * m / 2}
        for name, value in zip(worst, (split, jump, added), strict=True):
            worst[name] = max(worst[name], float(abs(value / closed[name] - 1)))
    if out is not None:
        draw(out)
    return {**worst, "half_metal_jump": measured(1.0)[1], "half_metal_jump_exact": L_N / S_N}


def near(ax: Any, found: StaticSolution, title: str) -> None:
    """Electrochemical potentials and phi around the contact."""
    from fespin.plotting import plot_valve_potentials

    ax = plot_valve_potentials(found, ax)
    for line in [*ax.texts, *(line for line in ax.lines if "eta" in str(line.get_label()))]:
        line.remove()  # names of layers whose middles are far outside, and chemical potentials
    edge = found.valve.edges[1]
    inside = (found.mesh.nodes > edge - 120e-9) & (found.mesh.nodes < edge + 250e-9)
    shown = found.potentials[:, inside] * 1e3
    low, high = np.nanmin(shown), np.nanmax(shown)
    ax.set(xlim=((edge - 120e-9) * 1e6, (edge + 250e-9) * 1e6), ylim=(low - 0.05 * (high - low), high))
    ax.set_title(title, fontsize=10)
    ax.legend(frameon=False)


def draw(out: Path) -> None:
    """Fig 10b for beta = 0.6, fig 11 for a half metal."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    near(left, solve_static(contact(0.6), 1e-3), "Fig 10b: M | N, beta = 0.6, P = 0.4")
    near(right, solve_static(contact(1.0), 1e-3), "Fig 11: H | N")
    figure.savefig(out / "valve_contact.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"largest relative errors: splitting {result['splitting']:.1e}, jump {result['jump']:.1e}, "
          f"resistance {result['resistance']:.1e}")  # fmt: skip
    print(f"half metal: jump {result['half_metal_jump']:.6e} V m^2/A, exact {result['half_metal_jump_exact']:.6e}")
