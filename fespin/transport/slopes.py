"""How the operator K of a device changes with one parameter: exact derivatives of its laws, term by term."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ..device.interface import Interface
from ..device.region import Region
from ..errors import InputError
from ..materials import NormalMetal
from . import laws
from .contact_law import ContactLaw, Passages, between_magnets, lacking, one_magnet, over_sinh, passages
from .couplings import assemble_curl
from .parameters import AXES
from .system import Problem
from .terms import Term, terms_of_region

# causes of the terms that contain a length, and those with 1/D
_LENGTHS = {"spin_diffusion_length": "relaxation", "transverse_length": "dephasing", "precession_length": "exchange"}
_RATES = ("precession", "storage")


class Slope(NamedTuple):
    """One contribution operator (x) law to dK/dp; ``difference`` says that the operator is a stiffness."""

    operator: csr_array
    law: np.ndarray
    difference: bool = False


def region_slopes(problem: Problem, r: int, key: str) -> list[Slope]:
    """dK/dp of a parameter of the material or the magnetization of region number r.

    sigma is a factor of every term; lengths and D stand in single terms as 1/lambda^2 and 1/D; the laws are polynomials
    of degree two in p and in m, whose central differences are exact.
    """
    region = list(problem.device.regions.values())[r]
    material: Any = region.material
    own = [t for t in problem.terms if t.owner == ("region", r)]
    if key == "conductivity":
        return _scaled(own, 1.0 / material.conductivity)
    if key in _LENGTHS:
        return _scaled([t for t in own if t.cause == _LENGTHS[key]], -2.0 / getattr(material, key))
    if key == "diffusivity":
        return _scaled([t for t in own if t.cause in _RATES], -1.0 / material.diffusivity)
    if key == "spin_hall_angle":
        return _spin_hall(problem, r, material)
    at = lambda other, m: terms_of_region(problem.device, problem.operators, r, other, m, problem.omega)  # noqa: E731
    if key == "polarization":
        step = 0.5 * (1.0 - abs(material.polarization))
        ahead, behind = (replace(material, polarization=material.polarization + s) for s in (step, -step))
        m = region.magnetization
        return _scaled(at(ahead, m), 0.5 / step) + _scaled(at(behind, m), -0.5 / step)
    m, turn = np.array(region.magnetization), turning(region, key)
    return _scaled(at(material, _vector(m + turn)), 0.5) + _scaled(at(material, _vector(m - turn)), -0.5)


def turning(region: Region, key: str) -> np.ndarray:
    """dm/d angle = axis x m of a magnetization that turns about a fixed axis, (3,)."""
    return np.cross(np.eye(3)[AXES[key]], region.magnetization)


def _vector(x: np.ndarray) -> laws.Vector:
    a, b, c = x.tolist()
    return (a, b, c)


def _scaled(terms: Iterable[Term], factor: float) -> list[Slope]:
    return [Slope(t.operator, factor * t.law, t.cause == "conduction") for t in terms]


def _spin_hall(problem: Problem, r: int, material: NormalMetal) -> list[Slope]:
    """Linear in the angle; the operators do not exist yet where the angle is 0."""
    device = problem.device
    if device.dimension == 1:
        return []
    curl = problem.operators.curl[r] if problem.operators.curl else None
    if curl is None:
        cells = np.flatnonzero(device.cell_region == r)
        curl = assemble_curl(problem.space, cells, device.transverse_measure)
    per_angle = laws.spin_hall(replace(material, spin_hall_angle=0.5)) / 0.5
    return [Slope(operator, law) for operator, law in zip(curl, per_angle, strict=True) if operator.nnz]


def field_slopes(problem: Problem, axis: int) -> list[Slope]:
    """dK/dB along an axis, per tesla: precession is linear in the field."""
    device = problem.device
    assert device.precession is not None
    assert device.magnetic_field is not None
    per_tesla = np.linalg.norm(device.precession) / np.linalg.norm(device.magnetic_field) * np.sign(device.g_factor)
    out = []
    for r, region in enumerate(device.regions.values()):
        mass = problem.operators.mass[r]
        law = laws.field_precession(region.material, (0.0, 0.0, 1.0), per_tesla * np.eye(3)[axis])
        if law.any() and mass is not None:
            out.append(Slope(mass, law))
    return out


def contact_slopes(problem: Problem, c: int, key: str) -> list[Slope]:
    """dK/dp of a parameter of the interface that contact number c belongs to."""
    contact = problem.device.split.contacts[c]
    regions = list(problem.device.regions.values())
    first, second = (regions[r] for r in contact.regions)
    return _on_contact(problem, c, _contact_law_slope(contact.interface, first, second, key))


def turned_contact_slopes(problem: Problem, r: int, key: str) -> list[Slope]:
    """dK/d angle of the contacts of region number r as its magnetization turns: laws of degree three in m."""
    regions = list(problem.device.regions.values())
    out: list[Slope] = []
    for c, contact in enumerate(problem.device.split.contacts):
        sides = [regions[s] for s in contact.regions]
        if r not in contact.regions:
            continue
        moved = [np.array(turning(regions[s], key)) if s == r else 0.0 for s in contact.regions]

        def law(t: float, sides: list[Region] = sides, moved: list[Any] = moved, c: int = c) -> ContactLaw:
            ms = [None if s.magnetization is None else _vector(np.array(s.magnetization) + t * d)
                  for s, d in zip(sides, moved, strict=True)]  # fmt: skip
            return _law_at(problem.device.split.contacts[c].interface, sides, ms)

        out += _on_contact(problem, c, _exact_slope(law))
    return out


def _law_at(interface: Interface, sides: list[Region], ms: list[laws.Vector | None]) -> ContactLaw:
    """The law of a contact between sides with other magnetizations than theirs."""
    one, other = ms
    if one is not None and other is not None:
        strengths = float(np.sqrt(interface.conductance_up)), float(np.sqrt(interface.conductance_down))
        return between_magnets(strengths, one, other, lacks=(lacking(sides[0]), lacking(sides[1])))
    return one_magnet(passages(interface), one, other)


def _exact_slope(law: Callable[[float], ContactLaw]) -> ContactLaw:
    """Derivative at 0 of a polynomial of degree four at most, from five points: without error but rounding."""
    laws_at = [(law(t), weight / 12.0) for t, weight in ((1.0, 8.0), (-1.0, -8.0), (2.0, -1.0), (-2.0, 1.0))]
    parts = [sum(weight * np.asarray(found[i]) for found, weight in laws_at) for i in range(3)]
    nothing = np.zeros((4, 4))
    return ContactLaw(parts[0], parts[1], parts[2], (nothing, nothing))  # type: ignore[arg-type]


def _on_contact(problem: Problem, c: int, law: ContactLaw) -> list[Slope]:
    gamma = problem.operators.contacts[c]
    parts = [(gamma.first, law.first), (gamma.second, law.second), (gamma.across, law.across),
             (csr_array(gamma.across.T), law.across.T)]  # fmt: skip
    return [Slope(operator, m) for operator, m in parts if m.any()]


def _contact_law_slope(interface: Interface, first: Region, second: Region, key: str) -> ContactLaw:
    ms = first.magnetization, second.magnetization
    if any(m is None for m in ms):
        return one_magnet(_passage_slope(interface, key), *ms)
    strengths = np.sqrt([interface.conductance_up, interface.conductance_down])
    rate = np.array(_conductance_rates(interface, key))
    if ((strengths == 0) & (rate != 0)).any():
        raise InputError(f"interface between two ferromagnets: {key} has no derivative where a channel does not "
                         "conduct, sqrt(g) is steep there; give it a small conductance")  # fmt: skip
    change = rate / (2.0 * np.where(strengths == 0, 1.0, strengths))
    lacks = (lacking(first), lacking(second))
    # a quadratic form in the strengths: its central difference is exact, with a step of their own size
    step = float(strengths.max() / np.abs(change).max())
    ahead, behind = (
        between_magnets(tuple((strengths + s * step * change).tolist()), *ms, lacks=lacks) for s in (1.0, -1.0)
    )  # type: ignore[arg-type]
    parts = [(a - b) / (2.0 * step) for a, b in zip(ahead[:3], behind[:3], strict=True)]
    nothing = np.zeros((4, 4))
    return ContactLaw(parts[0], parts[1], parts[2], (nothing, nothing))


def _conductance_rates(interface: Interface, key: str) -> tuple[float, float]:
    """(dg_up, dg_dn)/dp; of AR* at constant asymmetry, and of the asymmetry at constant AR*."""
    up, down = interface.conductance_up, interface.conductance_down
    return {
        "conductance_up": lambda: (1.0, 0.0),
        "conductance_down": lambda: (0.0, 1.0),
        "area_resistance": lambda: (-up / interface.area_resistance, -down / interface.area_resistance),
        # g_up,dn = 1/(2 AR* (1 -+ gamma))
        "asymmetry": lambda: (up / (1.0 - interface.asymmetry), -down / (1.0 + interface.asymmetry)),
    }[key]()


def _passage_slope(interface: Interface, key: str) -> Passages:
    """Derivatives of what `passages` returns: in g, gamma, delta and the mixing conductance."""
    nothing = np.zeros((2, 2))
    if key.startswith("mixing_conductance"):
        return Passages(nothing, nothing, 1.0 if key.endswith("real") else 1.0j)
    g, gamma, delta = interface.conductance, interface.asymmetry, interface.spin_memory_loss
    if key == "spin_memory_loss":
        own, other = _layer_slopes(delta)
        scale = g * (1.0 - gamma**2)
        return Passages(np.diag([0.0, scale * own]), np.diag([0.0, scale * other]), 0.0)
    if g == 0:
        raise InputError(f"an insulating interface: {key} has no derivative where nothing conducts; leave it out")
    up, down = _conductance_rates(interface, key)
    dg, dgamma = up + down, ((1.0 - gamma) * up - (1.0 + gamma) * down) / g
    own, other = (delta / np.tanh(delta), over_sinh(delta)) if delta else (1.0, 1.0)
    mixed = np.array([[dg, dg * gamma + g * dgamma], [0.0, dg * gamma**2 + 2.0 * g * gamma * dgamma]])
    mixed[1, 0] = mixed[0, 1]
    bare = dg * (1.0 - gamma**2) - 2.0 * g * gamma * dgamma
    mix = 0.5 * dg if interface.mixing_conductance is None else 0.0  # its lower bound follows
    return Passages(mixed + np.diag([0.0, bare * own]), mixed + np.diag([0.0, bare * other]), mix)


def _layer_slopes(delta: float) -> tuple[float, float]:
    """d/d delta of delta coth delta and of delta/sinh delta; closed forms cancel near 0, where the series serves."""
    if delta < 1e-2:
        return 2 * delta / 3 - 4 * delta**3 / 45, -delta / 3 + 7 * delta**3 / 90
    coth = 1.0 / float(np.tanh(delta))
    one_over_sinh = over_sinh(delta) / delta
    return coth - delta * one_over_sinh**2, one_over_sinh * (1.0 - delta * coth)
