"""Closed forms of the winding battery: transients, discharges, hold, slowest mode (winding notes, section 4)."""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

from scipy.optimize import brentq

from ...errors import must_be
from .battery import WindingBattery
from .limits import not_negative, positive

_OVERDAMPED = 40.0  # alpha s L/Z above which the slowest mode is the diffusive one on the real axis
_BRANCHES = 4  # odd modes that are followed: with strong damping the first is not always the slowest


def loaded_conductance(battery: WindingBattery, load: float | None) -> float:
    """g_e = g - 2 theta^2/(R_w + R_L) of odd modes with a load in ohm, g at open circuit (None), J s."""
    if load is None:
        return battery.contact_conductance
    R = battery.wire_resistance + not_negative("load", load, "ohm")
    return battery.contact_conductance - 2 * battery.spin_torque**2 / R


def reflection(battery: WindingBattery, load: float | None = None) -> float:
    """Amplitude r = (Z - g_e)/(Z + g_e) of odd waves at the ends; E falls by r^2 each transit without Gilbert damping.

    Examples
    --------
    >>> from fespin.batteries.winding.magnets import yig_film
    >>> round(reflection(yig_film()), 6)
    0.985181
    """
    g, Z = loaded_conductance(battery, load), battery.impedance
    return (Z - g) / (Z + g)


@dataclass(frozen=True)
class FirstTransit:
    """The battery as a source until the first reflection: V(J) = emf - resistance J, J the discharge current."""

    emf: float
    resistance: float

    def voltage(self, current: float) -> float:
        """V at the discharge current J in A."""
        return self.emf - self.resistance * current


def first_transit(battery: WindingBattery, density: float) -> FirstTransit:
    """EMF 2 theta A rho_0/(Z + g) and internal resistance R_w - 2 theta^2/(Z + g) of a uniform winding, 1/m.

    Exact for t < L/u without Gilbert damping; with it the EMF falls after tau_alpha.
    """
    bottom = battery.impedance + battery.contact_conductance
    theta = battery.spin_torque
    return FirstTransit(
        2 * theta * battery.stiffness * density / bottom, battery.wire_resistance - 2 * theta**2 / bottom
    )


def load_share(battery: WindingBattery, load: float) -> float:
    """Share of the stored energy that a load gets in a discharge without Gilbert damping: (a/(g - a)) R_L/R.

    R = R_w + R_L, a = 2 theta^2/R; whatever L and u. Largest, (1 - m)/(1 + m), at `battery.best_load`.
    """
    R = battery.wire_resistance + positive("load", load, "ohm")
    a = 2 * battery.spin_torque**2 / R
    return a / (battery.contact_conductance - a) * load / R


def slow_load_share(battery: WindingBattery, load: float) -> float:
    """The same for a discharge that is slow against diffusion, with g + alpha s L/6 for g (an estimate, 1-3 %)."""
    R = battery.wire_resistance + positive("load", load, "ohm")
    a = 2 * battery.spin_torque**2 / R
    g = battery.contact_conductance + battery.damping_per_length * battery.length / 6
    return a / (g - a) * load / R


@dataclass(frozen=True)
class Held:
    """Winding held by the closed link: drop X in rad, energy in J, winding density in 1/m."""

    drop: float
    energy: float
    density: float


def held(battery: WindingBattery, turns: int, gate: float) -> Held:
    """Equilibrium with `turns` N of the loop: A X/L = kg sin(2 pi N - X), E = A X^2/2L + kg (1 - cos).

    Raises
    ------
    InputError
        kg < A 2 pi N/L: no link of that strength holds N turns safely.

    Examples
    --------
    >>> battery = WindingBattery(length=1, stiffness=1, susceptibility=1, spin_density=1, damping=0,
    ...                          contact_conductance=5, spin_torque=1, wire_resistance=0.5)
    >>> round(held(battery, 3, 400.0).drop, 10), round(held(battery, 3, 400.0).energy, 8)
    (18.8025322628, 177.20977316)
    """
    kg = positive("held.gate", gate, "J")
    if isinstance(turns, bool) or not isinstance(turns, int):
        raise must_be("held.turns", "a whole number", turns)
    total, c = 2 * math.pi * abs(turns), battery.stiffness / battery.length
    if kg < c * total:
        raise must_be("held.gate", f"at least A 2 pi N/L = {c * total:.6g} J to hold {abs(turns)} turns", gate)
    gap = float(brentq(lambda d: c * (total - d) - kg * math.sin(d), 0.0, math.pi / 2, xtol=1e-15)) if turns else 0.0
    X = math.copysign(total - gap, turns)
    return Held(X, c * X**2 / 2 + 2 * kg * math.sin(gap / 2) ** 2, X / battery.length)


def slowest_odd_mode(battery: WindingBattery, load: float | None = None) -> complex:
    """Rate l of the slowest decay exp(-l t) of odd modes: chi l^2 - alpha s l = -A q^2, A q cot(qL/2) = g_e l; 1/s.

    Without Gilbert damping (u/L) ln|(Z + g_e)/(Z - g_e)| plus i 2 pi k u/L, or i (2k + 1) pi u/L if g_e < Z. These
    roots are followed from there to the damping asked for; an overdamped root on the real axis is taken if it is
    slower than all of them.
    """
    g, Z, t = loaded_conductance(battery, load), battery.impedance, battery.transit_time
    if g <= 0:
        raise must_be("the loaded contact conductance g_e", "positive", g, "no mode decays without it")
    if abs(g - Z) < 1e-9 * Z:
        g = Z * (1 + 1e-9)  # matched: the rate is infinite without damping
    rate, offset = math.log(abs((Z + g) / (Z - g))), 0.0 if g > Z else math.pi
    friction = battery.damping_per_length * battery.length / Z  # in units of Z/L
    ratio = g / Z
    count = max(1, math.ceil(20 * friction)) * 10
    found = []
    for branch in range(0 if friction > _OVERDAMPED else _BRANCHES if friction > 0 else 1):
        l = complex(rate, offset + 2 * math.pi * branch)  # noqa: E741 the symbol of the notes, in units of u/L
        for k in range(1, count + 1):
            l = _newton(l, friction * k / count, ratio)  # noqa: E741
        if l.real > 0:
            found.append(l)
    real = _real_root(friction, ratio)
    if real is not None:
        found.append(complex(real))
    slowest = min(found, key=lambda rate: rate.real) / t
    return complex(slowest.real, slowest.imag if abs(slowest.imag) > 1e-12 * abs(slowest) else 0.0)


def _mode(l: complex, friction: float, ratio: float) -> complex:  # noqa: E741
    q = cmath.sqrt(friction * l - l * l)
    return (q / cmath.tan(q / 2) if abs(q) > 1e-9 else 2.0) - ratio * l


def _newton(l: complex, friction: float, ratio: float) -> complex:  # noqa: E741
    for _ in range(50):
        step = 1e-6 * max(abs(l), 1e-3)
        slope = (_mode(l + step, friction, ratio) - _mode(l - step, friction, ratio)) / (2 * step)
        change = _mode(l, friction, ratio) / slope
        l -= change  # noqa: E741
        if abs(change) < 1e-15 * abs(l):
            break
    return l


def _real_root(friction: float, ratio: float) -> float | None:
    """The first real root below the pole of the cotangent (q = 2 pi) or the turning point of q."""
    top = friction / 2
    if friction > 4 * math.pi:
        top = 8 * math.pi**2 / (friction + math.sqrt(friction**2 - 16 * math.pi**2)) * (1 - 1e-12)
    if top == 0 or _mode(complex(top), friction, ratio).real > 0:
        return None
    return float(brentq(lambda x: _mode(complex(x), friction, ratio).real, 1e-12 * top, top, xtol=1e-15 * top + 1e-300))
