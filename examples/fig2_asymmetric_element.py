"""An asymmetric normal element: both ends transmit spin alike, but they draw different spin currents.

Fig 2 of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits": a piece of normal metal without any
symmetry between its two contacts. Reciprocity, eq 16, asks for G12 = G21 of the spin transmissions; nothing asks for
G11 = G22, the currents that a spin potential draws at its own terminal. Here a bar near the right end takes up spin
on its way. Expected, for any spin diffusion length lambda:

    G12 = G21 <= -G11, -G22,    -G11 != -G22 for finite lambda,    -G11 = -G22 = G12 = sigma A/L_eff for lambda -> inf,

the last because spin without relaxation is conserved like charge: the bar then is a dead end that draws nothing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import fespin

MESHES = Path(__file__).resolve().parents[1] / "meshes"
LENGTHS = np.geomspace(50e-9, 20e-6, 12)  # spin diffusion lengths, m


def element(length: float) -> fespin.Device:
    """The shipped strip with a bar, with another spin diffusion length."""
    shipped = fespin.load(MESHES / "t_element.toml")
    metal = fespin.NormalMetal(conductivity=1 / 2.9e-8, spin_diffusion_length=length)
    return shipped.with_region("normal", material=metal)


def run(out: Path | None = None) -> dict[str, float]:
    """Transmissions and what the ends draw; `out` is the folder for the picture."""
    spin = [fespin.check_ratchet(element(length), "left", "right").transmissions[0] for length in LENGTHS]
    charge = fespin.conductance(element(np.inf))["left", "e", "right", "e"]
    if out is not None:
        draw(out, spin, charge)
    near = int(np.abs(LENGTHS - 350e-9).argmin())
    at = spin[near]
    return {
        "difference": max(s.difference for s in spin),
        "length": LENGTHS[near],
        "drawn_ratio": at.drawn_backward / at.drawn_forward,
        "fraction_forward": at.fraction_forward,
        "fraction_backward": at.fraction_backward,
        "long_over_charge": spin[-1].forward / charge,
    }


def draw(out: Path, spin: list, charge: float) -> None:
    """The element, and its three conductances over the spin diffusion length."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_device

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    plot_device(element(350e-9), left)
    x = LENGTHS * 1e9
    right.loglog(x, [s.drawn_forward / charge for s in spin], color="tab:red", label="$-G_{11}$, drawn at left")
    right.loglog(x, [s.drawn_backward / charge for s in spin], color="tab:blue", label="$-G_{22}$, drawn at right")
    right.loglog(x, [s.forward / charge for s in spin], color="black", label="$G_{12}$, left to right")
    right.loglog(x, [s.backward / charge for s in spin], "o", ms=5, mfc="none", color="black",
                 label="$G_{21}$, right to left")  # fmt: skip
    right.set(xlabel="spin diffusion length (nm)", ylabel="spin conductance / charge conductance", ylim=(3e-2, 30))
    right.legend(frameon=False, fontsize=9)
    figure.savefig(out / "fig2_asymmetric_element.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"largest (G12 - G21)/G12: {result['difference']:.1e}")
    print(f"at lambda = {result['length'] * 1e9:.0f} nm the right end draws {result['drawn_ratio']:.3f} times as much,")
    print(f"so {result['fraction_forward']:.3f} of that passes one way and {result['fraction_backward']:.3f} the other")
    print(f"long spin diffusion length: G12 / charge conductance = {result['long_over_charge']:.4f} (exact limit 1)")
