"""Giant magnetoresistance of Co/Cu/Co with the current perpendicular to the planes (CPP).

Valet and Fert, PRB 48, 7099 (1993): electrons scatter differently by spin in the bulk of cobalt (beta) and at its
interfaces (gamma), and the spins that pile up add resistance. With rho_up,dn = 2 rho* (1 -+ beta), AR_up,dn = 2 AR*
(1 -+ gamma), r_F = rho* l_F, r_N = rho_N l_N and a spacer d between thick layers of cobalt, the state enters by
X = r_N tanh(d/2l_N) (parallel) or r_N coth(d/2l_N) (antiparallel):

    A R = const + 2 (beta^2 r_F + AR*) - 2 (beta r_F + gamma AR*)^2/(r_F + AR* + X).

Cobalt: rho* = 75 nohm m, beta = 0.46, l_F = 60 nm; interfaces: AR* = 0.51 fohm m^2, gamma = 0.77; copper: 6 nohm m,
l_N = 500 nm. Expected: A (R_AP - R_P) = 2.366936 fohm m^2 at d = 10 nm, which dies out as exp(-d/l_N) in thick spacers.
The ratio R_AP/R_P - 1 is small there because most of the resistance is that of cobalt where spin no longer
matters; between leads that take up all spin it grows as the cobalt becomes thinner than l_F.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import fespin
from fespin import Ferromagnet, Interface, NormalMetal
from fespin.network.experiments import magnetoresistance

BETA, GAMMA, AR, RHO, L_F = 0.46, 0.77, 0.51e-15, 75e-9, 60e-9
RHO_N, L_N, THICK = 6e-9, 500e-9, 1.2e-6  # ohm m, m, m: 20 l_F
SPACERS = np.array([5, 10, 30, 100, 300, 700, 1500, 2500]) * 1e-9
LAYERS = np.array([3, 6, 12, 25, 50, 100, 300]) * 1e-9


def exact(d: np.ndarray) -> np.ndarray:
    """A (R_AP - R_P) of thick layers, ohm m^2."""
    r_F, r_N = RHO * L_F, RHO_N * L_N
    X = {"P": r_N * np.tanh(d / (2 * L_N)), "AP": r_N / np.tanh(d / (2 * L_N))}
    spin = {state: -2 * (BETA * r_F + GAMMA * AR) ** 2 / (r_F + AR + x) for state, x in X.items()}
    return spin["AP"] - spin["P"]


def stack(d: float, thickness: float, m: int) -> fespin.Device:
    """Co | Cu | Co on a line, 1 m^2, the right layer along +-z."""
    cells = (200, 60, 200)
    ends = np.cumsum([0, *cells])
    x = np.concatenate([thickness * np.linspace(0, 1, 201), thickness + d * np.linspace(0, 1, 61)[1:],
                        thickness + d + thickness * np.linspace(0, 1, 201)[1:]])  # fmt: skip
    names = ("Co1", "Cu", "Co2")
    mesh = fespin.Mesh(
        points=x[:, None], cells=np.c_[np.arange(len(x) - 1), np.arange(1, len(x))], cell_type="line",
        regions={n: np.arange(a, b) for n, a, b in zip(names, ends, ends[1:], strict=False)},
        boundaries={"left": [[0]], "right": [[len(x) - 1]]},
    )  # fmt: skip
    cobalt = Ferromagnet(conductivity=1 / (RHO * (1 - BETA**2)), polarization=BETA, spin_diffusion_length=L_F)
    copper = NormalMetal(conductivity=1 / RHO_N, spin_diffusion_length=L_N)
    faces = {name: Interface.from_area_resistance(between=(name, "Cu"), area_resistance=AR, asymmetry=GAMMA,
                                                  mixing_conductance=1e16) for name in ("Co1", "Co2")}  # fmt: skip
    return fespin.Device.from_mesh(
        mesh, regions={"Co1": (cobalt, (0, 0, 1)), "Cu": copper, "Co2": (cobalt, (0, 0, m))},
        terminals=["left", "right"], cross_section=1.0, interfaces=faces,
    )  # fmt: skip


def ratio(d: float, thickness: float) -> tuple[float, float]:
    """A (R_AP - R_P) in ohm m^2, and R_AP/R_P - 1."""
    states = [fespin.conductance(stack(d, thickness, m), order=2) for m in (1, -1)]
    found = magnetoresistance(*states, current=("left", "right"), spin="grounded")
    return found.parts[1].value - found.parts[0].value, found.value


def run(out: Path | None = None) -> dict[str, float]:
    """Differences against the spacer, ratios against the layers; `out` is the folder for the picture."""
    over_spacer = np.array([ratio(d, THICK)[0] for d in SPACERS])
    over_layer = np.array([ratio(10e-9, thickness)[1] for thickness in LAYERS])
    if out is not None:
        draw(out, over_spacer, over_layer)
    return {
        "difference_at_10nm": over_spacer[1],
        "worst_error": float(np.abs(over_spacer / exact(SPACERS) - 1).max()),
        "decay_length": (SPACERS[-1] - SPACERS[-2]) / float(np.log(over_spacer[-2] / over_spacer[-1])),
        "largest_ratio": float(over_layer.max()),
        "ratio_at_300nm": over_layer[-1],
    }


def draw(out: Path, over_spacer: np.ndarray, over_layer: np.ndarray) -> None:
    """Both dependences."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
    d = np.geomspace(SPACERS[0], SPACERS[-1], 200)
    left.loglog(d * 1e9, exact(d) * 1e15, label="Valet and Fert")
    left.loglog(SPACERS * 1e9, over_spacer * 1e15, "o", ms=5, mfc="none", color="black", label="finite elements")
    left.set(xlabel="copper (nm), between thick cobalt", ylabel="$A\\,(R_{AP} - R_P)$ (fΩ m$^2$)")
    left.legend(frameon=False)
    right.semilogx(LAYERS * 1e9, over_layer * 100, "o-", ms=4, color="black")
    right.set(xlabel="cobalt (nm), 10 nm of copper", ylabel="$R_{AP}/R_P - 1$ (%)", ylim=(0, None))
    figure.savefig(out / "cpp_magnetoresistance.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"A (R_AP - R_P) = {result['difference_at_10nm'] * 1e15:.6f} fohm m^2 at 10 nm (exact 2.366936)")
    print(f"largest relative error over the spacer: {result['worst_error']:.1e}; decay length "
          f"{result['decay_length'] * 1e9:.1f} nm beyond 700 nm (500 nm)")  # fmt: skip
    print(f"ratio {result['ratio_at_300nm']:.1%} with 300 nm of cobalt, at most {result['largest_ratio']:.1%}")
