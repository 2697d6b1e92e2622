"""Hysteresis of a multiferroic tunnel junction: over the electric field in the barrier, and over a magnetic field.

The permittivity of the barrier in exchange/field.toml has a peak on each branch of the ferroelectric (a made-up table).
At a peak the interlayer exchange H_ex = H0 + I1/eps (arXiv:1607.00403) turns antiferromagnetic: the free layer and with
it the resistance follow, on the other side for the falling field. At a fixed electric field E a magnetic field along
the easy axis gives the minor loop of the free layer, which the exchange shifts:

    M_s t B = -H_ex(E)/2 -+ 2 K t        (falling, growing field),

so that its centre, -H_ex/(2 M_s t), measures the coupling and how the electric field drives it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import fespin
from fespin.exchange import exchange_field
from fespin.switching import SwitchingCurve, loop, switching_curve, with_conditions

FILE = Path(__file__).parent / "exchange" / "field.toml"
STEP = 2e-6  # T


def electric_loop() -> SwitchingCurve:
    """Resistance over the electric field, there and back."""
    return switching_curve(fespin.load(FILE), "electric_field", loop(-3e8, 3e8, 301), spin="open")


def minor_loop(field: float) -> tuple[SwitchingCurve, float, float]:
    """Resistance over the magnetic field at an electric field; exact centre and half width of the loop, T."""
    device = with_conditions(fespin.load(FILE), electric_field=field)
    exchange = device.exchanges["barrier"]
    free = exchange.layers[1]
    shift = -exchange_field(exchange.energy(), saturation_magnetization=free.saturation_magnetization,
                            thickness=free.thickness)  # fmt: skip
    curve = switching_curve(
        device, "applied_field", loop(-4e-4, 4e-4, round(8e-4 / STEP) + 1), spin="open", along=(0, 0, 1)
    )
    return curve, shift, 2 * free.anisotropy / free.saturation_magnetization


def run(out: Path | None = None) -> dict[str, float]:
    """Where the loops switch against the closed form; `out` is the folder for the picture."""
    electric = electric_loop()
    result = {"electric_switches": float(len(electric.switches())), "asymmetry": 0.0, "late_by": 0.0}
    up, down = electric.switches()[:2], electric.switches()[2:]
    result["asymmetry"] = float(np.max(np.abs(np.array(up) + down)))  # the branches mirror each other
    loops = {}
    for name, field in (("off", -3e8), ("peak", 1e8)):
        curve, shift, half_width = minor_loop(field)
        loops[name] = curve
        growing, falling = curve.switches()
        result |= {f"centre_{name}": (growing + falling) / 2, f"centre_{name}_exact": shift,
                   f"half_width_{name}": (growing - falling) / 2, "half_width_exact": half_width}  # fmt: skip
        late = max(growing - shift - half_width, shift - half_width - falling)
        result["late_by"] = max(result["late_by"], late)
    if out is not None:
        draw(electric, loops, out)
    return result


def draw(electric: SwitchingCurve, loops: dict[str, SwitchingCurve], out: Path) -> None:
    """Both kinds of loops side by side."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_coupling, plot_switching

    figure, axes = plt.subplots(2, 2, figsize=(9, 6.4), layout="constrained")
    plot_coupling(electric, axes[0, 0])
    plot_switching(electric, axes[1, 0])
    for ax, (name, curve) in zip(axes[:, 1], loops.items(), strict=True):
        plot_switching(curve, ax)
        ax.set_title({"off": "away from the peaks of eps", "peak": "on a peak"}[name], fontsize=10)
    figure.savefig(out / "exchange_field.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    for name in ("off", "peak"):
        centre, exact, half = (1e3 * result[key + name + end] for key, end in
                               (("centre_", ""), ("centre_", "_exact"), ("half_width_", "")))  # fmt: skip
        print(f"{name:5} centre {centre:8.4f} mT, exact {exact:8.4f} mT; half width {half:.4f} mT, "
              f"exact {1e3 * result['half_width_exact']:.4f} mT")  # fmt: skip
    print(f"switches at most {result['late_by'] * 1e6:.2f} uT late, in steps of {STEP * 1e6:.0f} uT")
