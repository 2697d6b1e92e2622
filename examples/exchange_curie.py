"""A device whose resistance switches at the Curie point of a ferroelectric, from its file to its resistance.

The barrier of the tunnel junction in exchange/curie.toml is TTF-CA: its permittivity has a peak at T_C = 56 K. The
interlayer exchange of Udalov and Beloborodov (arXiv:1607.00403) is H_ex = H0 + I1/eps(T), FM away from the peak and AFM
on it, so that the free layer turns over twice. Macrospins: with the energy E/S = -J_b cos(phi) - K t cos^2(phi),
J_b = H_ex/2, the parallel state lasts until

    H_ex = -4 K t   (to antiparallel),        H_ex = +4 K t   (back to parallel),

so that heating and cooling switch at other temperatures. The directions feed the finite elements, whose resistance is
that of a valve in closed form: exact wires on both sides of Julliere's barrier.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.optimize import brentq

import fespin
from fespin.network.elements import contact, ferromagnetic_wire, normal_wire
from fespin.network.experiments import resistance
from fespin.switching import SwitchingCurve, loop, switching_curve

FILE = Path(__file__).parent / "exchange" / "curie.toml"
STEP = 0.125  # K


def swept() -> tuple[fespin.Device, SwitchingCurve]:
    """The device, and its resistance on heating to 80 K and cooling to 30 K."""
    device = fespin.load(FILE)
    return device, switching_curve(device, "temperature", loop(30, 80, round(50 / STEP) + 1), spin="open", order=2)


def expected(device: fespin.Device) -> list[float]:
    """Temperatures at which a state becomes unstable: heating, then cooling."""
    exchange = device.exchanges["barrier"]
    free = exchange.layers[1]
    barrier = 4 * free.anisotropy * free.thickness
    reach = lambda T, sign: exchange.replace(temperature=T).energy() - sign * barrier  # noqa: E731
    return [brentq(reach, *between, args=(sign,)) for *between, sign in
            ((50, 56, -1), (56, 62, 1), (62, 56, -1), (56, 50, 1))]  # fmt: skip


def exact_resistance(device: fespin.Device, sign: int) -> float:
    """Fixed layer, barrier, free layer and lead in series, free layer along or against the fixed one.

    Against it every electron changes its channel: conductances sqrt(g_up g_dn) for both.
    """
    area, barrier = device.cross_section, device.interfaces["barrier"]
    g = [barrier.conductance_up, barrier.conductance_down]
    if sign < 0:
        g = [np.sqrt(g[0] * g[1])] * 2
    parts = {"barrier": contact(conductance_up=g[0], conductance_down=g[1], mixing_conductance=sum(g),
                                magnetization=(0, 0, 1), area=area)}  # fmt: skip
    for name, length in {"fixed": 10e-9, "free": 2e-9, "lead": 20e-9}.items():
        material = device.regions[name].material
        size = {"spin_diffusion_length": material.spin_diffusion_length, "length": length, "area": area}
        if device.regions[name].magnetization is None:
            parts[name] = normal_wire(conductivity=material.conductivity, **size)
        else:
            m = (0, 0, sign if name == "free" else 1)
            parts[name] = ferromagnetic_wire(conductivity=material.conductivity, polarization=material.polarization,
                                             magnetization=m, **size)  # fmt: skip
    joints = {"left": [("fixed", "1")], "a": [("fixed", "2"), ("barrier", "normal")],
              "b": [("barrier", "ferromagnet"), ("free", "1")], "c": [("free", "2"), ("lead", "1")],
              "right": [("lead", "2")]}  # fmt: skip
    chain = fespin.connect(parts, joints, external=("left", "right"))
    return resistance(chain, current=("left", "right"), spin="open").value


def run(out: Path | None = None) -> dict[str, float]:
    """Switching temperatures against the closed form; `out` is the folder for the picture."""
    device, curve = swept()
    if out is not None:
        from fespin.plotting import save_switching

        save_switching(curve, out / "exchange_curie.png")
    found, exact = curve.switches(), expected(device)
    P, AP = (exact_resistance(device, sign) for sign in (1, -1))
    return {
        **{f"switch_{k}": value for k, value in enumerate(found, 1)},
        **{f"switch_{k}_exact": value for k, value in enumerate(exact, 1)},
        "late_by": float(np.max(np.abs(np.array(found) - exact))),
        "R_parallel": float(curve.resistance.min()),
        "R_antiparallel": float(curve.resistance.max()),
        "R_error": float(max(abs(curve.resistance.min() / P - 1), abs(curve.resistance.max() / AP - 1))),
        "switches": float(len(found)),
    }


if __name__ == "__main__":
    result = run(Path())
    for k, what in enumerate(("heating, to AFM", "heating, to FM", "cooling, to AFM", "cooling, to FM"), 1):
        print(f"{what:16} {result[f'switch_{k}']:7.3f} K, unstable at {result[f'switch_{k}_exact']:.3f} K")
    print(
        f"resistance {result['R_parallel']:.6f} and {result['R_antiparallel']:.6f} ohm, off by {result['R_error']:.1e}"
    )
