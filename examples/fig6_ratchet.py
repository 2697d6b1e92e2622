"""An arrow-shaped wire is no spin ratchet.

Fig 6 and section IV of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits": in a normal metal
div(sigma grad V_a) = (sigma/lambda^2) V_a is its own adjoint, so that for any shape

    G^aa_12 = G^aa_21:   at a given spin potential the arrow transmits as much against its direction as along it.

What may differ is the current that the driven end draws, G^aa_11 and G^aa_22, and with it the transmitted *fraction*.
The reference strip has exact answers: (sigma A/lambda)/sinh(L/lambda) transmitted, (sigma A/lambda) coth(L/lambda)
drawn.
"""

from __future__ import annotations

import math
from pathlib import Path

import fespin

MESHES = Path(__file__).resolve().parents[1] / "meshes"


def run(out: Path | None = None) -> dict[str, float]:
    """Check the arrow wire against the strip; `out` is the folder for the picture."""
    arrow, strip = fespin.load(MESHES / "arrow_wire.toml"), fespin.load(MESHES / "arrow_reference.toml")
    report = fespin.check_ratchet(arrow, "left", "right", reference=strip, order=2)
    z = next(t for t in report.transmissions if t.component == "z")
    G = fespin.conductance(strip, order=2)
    if out is not None:
        draw(out, arrow)
    metal = strip.regions["normal"].material
    length = strip.points[:, 0].max() - strip.points[:, 0].min()
    area = strip.volumes()["normal"] / length
    unit, x = metal.conductivity * area / metal.spin_diffusion_length, length / metal.spin_diffusion_length
    return {
        "along": z.forward,
        "against": z.backward,
        "difference": z.difference,
        "drawn_left": z.drawn_forward,
        "drawn_right": z.drawn_backward,
        "fraction_along": z.fraction_forward,
        "fraction_against": z.fraction_backward,
        "strip": G["right", "z", "left", "z"],
        "strip_exact": unit / math.sinh(x),
        "strip_drawn": -G["left", "z", "left", "z"],
        "strip_drawn_exact": unit / math.tanh(x),
    }


def draw(out: Path, arrow: fespin.Device) -> None:
    """Spin accumulation with the drive at either end."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_potential

    figure, axes = plt.subplots(2, 1, figsize=(6.4, 5.2), layout="constrained")
    for ax, (driven, other) in zip(axes, (("left", "right"), ("right", "left")), strict=True):
        solution = fespin.solve(arrow, {driven: {"z": 1e-3}}, order=2)
        plot_potential(solution, "z", ax=ax)
        arriving, drawn = solution.currents[other]["z"], -solution.currents[driven]["z"]
        ax.set_title(
            f"1 mV at {driven}: draws {drawn * 1e6:.2f} µA, transmits {arriving * 1e6:.4f} µA", fontsize="medium"
        )
    figure.savefig(out / "fig6_ratchet.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    r = run(Path())
    print(
        f"transmitted along the arrow {r['along']:.9f} S, against it {r['against']:.9f} S: {r['difference']:.0e} apart"
    )
    print(f"drawn at the left {r['drawn_left']:.6f} S, at the right {r['drawn_right']:.6f} S")
    print(f"transmitted fractions {r['fraction_along']:.5f} and {r['fraction_against']:.5f}: a matter of contacts")
    print(f"reference strip: {r['strip']:.9f} S transmitted, exact {r['strip_exact']:.9f} S")
