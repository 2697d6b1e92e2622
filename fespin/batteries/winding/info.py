"""All derived scales of a battery as text, and what should make a user think."""

from __future__ import annotations

import math

from .battery import WindingBattery
from .closed_forms import first_transit, slowest_odd_mode
from .impedance import leaky_capacitor
from .magnets import landau_energy_per_mass
from .phase import Phase


def describe(battery: WindingBattery, phases: tuple[Phase, ...] = ()) -> str:
    """Scales, bounds and warnings, a line each.

    Examples
    --------
    >>> from fespin.batteries.winding.magnets import yig_film
    >>> print(describe(yig_film()).splitlines()[2])
    wave speed u               536.964 m/s, transit L/u 1.86232e-08 s
    """
    b, kc = battery, battery.landau_wave_number
    rows = [
        ("length L", f"{b.length:.6g} m"),
        ("wave speed u", f"{b.wave_speed:.6g} m/s, transit L/u {b.transit_time:.6g} s"),
        ("wave impedance Z", f"{b.impedance:.6g} J s, contact g {b.contact_conductance:.6g} J s, "
                             f"g/Z {b.contact_conductance / b.impedance:.4g}"),
        ("damping time tau_alpha", f"{b.damping_time:.6g} s, alpha s L/Z "
                                   f"{b.damping_per_length * b.length / b.impedance:.4g}"),
        ("spin torque theta", f"{b.spin_torque:.6g} V s, wires R_w {b.wire_resistance:.6g} ohm"),
        ("coupling zeta", f"{b.coupling:.6g} of at most 1"),
        ("bound of one way", f"{b.one_way_bound:.6g}, of a round trip {b.round_trip_bound:.6g}: zeta alone decides"),
        ("best load", f"{b.best_load:.6g} ohm"),
        ("best charge", "slow: Z >= g sqrt(1 - zeta)" if b.best_rate is None else f"exp(t/{1 / b.best_rate:.6g} s)"),
        ("winding per current", f"{b.density(1.0) * 1e-3:.6g} 1/m per mA"),
    ]  # fmt: skip
    if b.spin_torque > 0 and b.anisotropy == 0:
        cell, source = leaky_capacitor(b), first_transit(b, 1.0)
        mode = slowest_odd_mode(b)
        rows += [
            ("slowest decay, open", f"{1 / mode.real:.6g} s"),
            ("source, first transit", f"EMF {source.emf:.6g} V m x density, resistance {source.resistance:.6g} ohm"),
            ("leaky capacitor", f"{cell.series_resistance:.6g} ohm + ({cell.leak_resistance:.6g} ohm || "
                                f"{cell.capacitance:.6g} F)"),
        ]  # fmt: skip
    if kc is not None:
        rows.append(("Landau wave number kc", f"{kc:.6g} 1/m, healing length {1 / kc:.4g} m"))
        rows.append(("energy at kc", f"{b.energy(kc):.6g} J"))
        per_mass = landau_energy_per_mass(b)
        if not math.isnan(per_mass):
            rows.append(("  per mass (K/2)", f"{per_mass / 3600:.6g} Wh/kg"))
    if b.anisotropy > 0:
        rows.append(("in-plane anisotropy", f"{b.folds}-fold, wall width {b.wall_width:.4g} m"))
    return "\n".join([b.name, *(f"{name:<27}{value}" for name, value in rows)])


def cautions(battery: WindingBattery, phases: tuple[Phase, ...] = (), density: float = 0.0) -> list[str]:
    """What may mislead: winding beyond kc, links too weak, steps at which waves are not exact.

    Examples
    --------
    >>> from fespin.batteries.winding.magnets import yig_film
    >>> cautions(yig_film(), density=1e8)[0][:62]
    'the initial winding leads to a winding density of 1e+08 1/m, b'
    """
    out, kc = [], battery.landau_wave_number
    sources = [p.amplitude if p.kind == "current" else p.amplitude / (battery.wire_resistance + p.load)
               for p in phases]  # fmt: skip
    reached = [(abs(density), "the initial winding")]
    for k, (current, phase) in enumerate(zip(sources, phases, strict=True), 1):
        reached.append((abs(battery.density(current)), f"phase {k} ({phase.name})"))
    if kc is not None:
        out += [
            f"{who} leads to a winding density of {rho:.4g} 1/m, beyond kc = {kc:.4g} 1/m: the spiral is unstable and "
            "outside easy-plane hydrodynamics; use the Landau-Lifshitz-Gilbert model"
            for rho, who in reached
            if rho > kc
        ]
    before = 0.0
    for k, phase in enumerate(phases, 1):
        if phase.gate > 0 and before == 0:
            most = phase.gate * battery.length / (2 * math.pi * battery.stiffness)
            turns = max(rho for rho, _ in reached[:k]) * battery.length / (2 * math.pi)
            if turns > most + 0.5:
                out.append(
                    f"the link of phase {k} holds at most {most:.4g} turns, up to {turns:.3g} are wound: it slips"
                )
        before = phase.gate
    g, Z = battery.contact_conductance, battery.impedance
    if battery.spin_torque > 0 and (g < Z / 10 or battery.damping_per_length * battery.length > Z):
        out.append("charging takes much longer than L/u: g << Z or alpha s L > Z; see the slowest decay")
    return out
