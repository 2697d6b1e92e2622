"""A cloud of spins: do spin-independent scatterings conserve the number of spin-polarized electrons?

Claimed (V. Zayets, J. Magn. Magn. Mater. 356, 52 (2014), appendix 1): yes. But its eq 4 gives two spins at an angle phi
the probability sin^2(phi/2) of becoming a full and an empty place. The singlet that these are has a factor 1/sqrt 2:

    P = sin^2(phi/2)/2,   up-down = (singlet + triplet)/sqrt 2.

With eqs 4 and 5 one meeting of TIA with TIS keeps <2 cos^3(phi/2)> = 4/5 of the spin, and half polarized spins decay:
0.500 0.451 0.397 0.342 0.291 0.243 ... 0.088 after ten collisions each. With the normalised singlet 0.5 stays 0.5. Both
make a mixture of spins up and down isotropic within 8 collisions, as the paper says: <s_z^2> = 1, 2/3, 1/2, ... 1/3.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fespin.assemblies import mixture, scatter_cloud

SPINS = 200_000  # noise of a mean: 1/sqrt(N) = 0.002
PRINTED = (0.500, 0.451, 0.397, 0.342, 0.291, 0.243)


def run(out: Path | None = None) -> dict[str, float]:
    """Shares of TIA after ten sweeps, and how soon up and down are isotropic; `out` is the folder for the picture."""
    half = mixture(SPINS, 0.5, seed=1)
    updown = np.zeros((SPINS, 3))
    updown[:, 2] = np.where(np.arange(SPINS) % 2, 1.0, -1.0)
    share = {rule: scatter_cloud(half, rule=rule, seed=2).polarization for rule in ("conserving", "paper")}
    square = {rule: scatter_cloud(updown, rule=rule, seed=3).second[:, 2, 2] for rule in share}
    if out is not None:
        draw(out, share, square)
    return {
        "kept": float(share["conserving"][-1]),
        "kept_paper": float(share["paper"][-1]),
        "first_meeting_paper": float(share["paper"][1]),
        "worst_of_the_decay": float(np.abs(share["paper"][:6] - PRINTED).max()),
        "anisotropy_after_8": max(abs(float(z[8]) - 1 / 3) for z in square.values()),
    }


def draw(out: Path, share: dict[str, np.ndarray], square: dict[str, np.ndarray]) -> None:
    """Share of TIA and isotropy over collisions."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for rule, colour in (("conserving", "#2b6ca3"), ("paper", "#b3202c")):
        left.plot(share[rule], "o-", ms=4, lw=1, color=colour, label=rule)
        right.plot(square[rule], "o-", ms=4, lw=1, color=colour, label=rule)
    right.axhline(1 / 3, color="0.6", lw=0.8, ls=":")
    left.set(xlabel="collisions of each spin", ylabel="share of TIA, half at first", ylim=(0, 0.55))
    right.set(xlabel="collisions of each spin", ylabel=r"$\langle s_z^2\rangle$ of spins up and down", ylim=(0.3, 1.02))
    left.legend(frameon=False)
    figure.savefig(out / "assemblies_cloud.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"half of the spins in TIA; after ten collisions each {result['kept']:.3f} with the normalised singlet, "
          f"{result['kept_paper']:.3f} with eqs 4 and 5")  # fmt: skip
