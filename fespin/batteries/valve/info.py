"""All derived scales of a valve as text, and what should make a user think."""

from __future__ import annotations

import math
from itertools import pairwise

from ...errors import InputError
from .closed_forms import Spacer, best_load, series_resistance
from .layers import FINEST
from .phase import Phase
from .reservoir import WignerReservoir
from .reservoir_run import ReservoirValve
from .stack import SpinValve

Valve = SpinValve | ReservoirValve


def describe(valve: Valve, phases: tuple[Phase, ...] = ()) -> str:
    """Scales of a valve, a line each.

    Examples
    --------
    >>> from fespin.batteries.valve import half_metal_valve
    >>> from fespin import HalfMetal, NormalMetal
    >>> print(describe(half_metal_valve(NormalMetal(conductivity=2, spin_diffusion_length=5, diffusivity=0.5),
    ...     thickness=1, plate=HalfMetal(conductivity=10), plate_thickness=1)).splitlines()[-1])
    best load of a discharge   6.64 ohm
    """
    rows = _reservoir_rows(valve) if isinstance(valve, ReservoirValve) else _stack_rows(valve)
    rows += [(f"phase {k} {phase.name}", f"{phase.kind}, {phase.duration:.6g} s") for k, phase in enumerate(phases, 1)]
    return "\n".join([valve.name, *(f"{name:<27}{value}" for name, value in rows)])


def _stack_rows(valve: SpinValve) -> list[tuple[str, str]]:
    rows = [("configuration", valve.configuration), ("cross-section", f"{valve.cross_section:.6g} m^2")]
    for layer in valve.layers:
        up, down = layer.conductivities
        text = f"{layer.thickness:.6g} m, {layer.mesh_cells() if layer.nodes is None else len(layer.nodes) - 1} cells, "
        text += f"up {up:.6g}, down {down:.6g} S/m"
        if layer.two_channels:
            text += f", lambda {layer.material.spin_diffusion_length:.6g} m"
        rows.append((f"  {layer.name} {layer.magnetization or ''}", text))
        if layer.two_channels and layer.material.diffusivity is not None and layer.density_polarization is not None:
            rows.append(("", f"c_q {layer.spin_capacitance:.6g} F/m^3, tau {layer.relaxation_time:.6g} s, "
                             f"d^2/D {layer.thickness**2 / layer.spin_diffusivity:.6g} s"))  # fmt: skip
    try:
        spacer = Spacer.of(valve)
    except InputError:
        return rows
    A = valve.cross_section
    if valve.configuration == "locked":
        low, high = spacer.window
        rows += [
            ("capacitance C", f"{spacer.capacitance * A:.6g} F"),
            ("series resistance", f"{series_resistance(spacer) / A:.6g} ohm"),
            ("leak C/tau", f"{spacer.leak * A:.6g} S, for d << lambda"),
            ("capacitor between", f"{low / (2 * math.pi):.6g} Hz and {high / (2 * math.pi):.6g} Hz"
                                  + ("" if low < high else ": no such window, d > 2 lambda")),
            ("best load of a discharge", f"{best_load(spacer) / A:.4g} ohm"),
        ]  # fmt: skip
    return rows


def _reservoir_rows(valve: ReservoirValve) -> list[tuple[str, str]]:
    curve = valve.reservoir.curve()
    rows = [("series resistance", f"{valve.resistance:.6g} ohm, leak {valve.leak:.6g} S")]
    if isinstance(valve.reservoir, WignerReservoir):
        r = valve.reservoir
        rows += [
            ("energy scale E0/e", f"{r.units.volt:.6g} V, {r.units.kelvin:.6g} K"),
            ("temperature", f"{r.temperature:.6g} K, {r.temperature / r.units.kelvin:.4g} E0/k_B"),
            ("filling, sites per spin", f"{r.filling}, {r.sites:.6g}"),
        ]  # fmt: skip
    first = float(curve.start[0])
    rows += [
        ("EMF", f"{first:.6g} V for the first charge, {float(curve.end[-1]):.6g} V when full"),
        ("full", f"{curve.largest / 3600:.6g} A h, {float(curve.energy(curve.largest)) / 3600:.6g} W h"),
    ]
    return rows


def cautions(valve: Valve) -> list[str]:
    """What may mislead: meshes coarser than spins diffuse, plates that lock nothing.

    Examples
    --------
    >>> from fespin.batteries.valve import half_metal_valve
    >>> from fespin import HalfMetal, NormalMetal
    >>> cautions(half_metal_valve(NormalMetal(conductivity=2, spin_diffusion_length=0.01, diffusivity=0.5), thickness=1,
    ...          plate=HalfMetal(conductivity=10), plate_thickness=1, cells=10))[0][:47]
    "layer 'spacer' has cells of 0.1 m, longer than "
    """
    if isinstance(valve, ReservoirValve):
        return []
    out = []
    for layer in valve.layers:
        length = layer.material.spin_diffusion_length
        nodes = layer.nodes
        h = layer.thickness / layer.mesh_cells() if nodes is None else max(b - a for a, b in pairwise(nodes))
        if layer.two_channels and h > length / 5:
            out.append(f"layer {layer.name!r} has cells of {h:.4g} m, longer than a fifth of its spin diffusion length "
                       f"{length:.4g} m; give more cells" + (f" (at most {FINEST} are chosen by themselves)"
                       if layer.cells is None and nodes is None else ""))  # fmt: skip
        if valve.configuration == "locked" and layer.two_channels and layer.magnetization is None \
                and layer.thickness > 2 * length:  # fmt: skip
            out.append(f"layer {layer.name!r} is thicker than two spin diffusion lengths: nothing is locked, "
                       "there is no frequency at which the valve is a capacitor")  # fmt: skip
    return out
