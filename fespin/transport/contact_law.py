"""What an interface does to the potentials of its two sides: four 4 x 4 laws per area."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..device.contacts import space
from ..device.interface import Interface
from ..device.region import Region
from .laws import cross_matrix


class ContactLaw(NamedTuple):
    """Current into the interface from each side, S/m^2: J_1 = L11 V_1 + L12 V_2, J_2 = L12^T V_1 + L22 V_2.

    ``mixing`` is the antisymmetric part of L11 + L22 from Im(g_mix), by side; the laws contain it.
    """

    first: np.ndarray
    second: np.ndarray
    across: np.ndarray
    mixing: tuple[np.ndarray, np.ndarray]


def contact_law(interface: Interface, first: Region, second: Region) -> ContactLaw:
    """The laws of an interface between two regions; see `Interface` for the formulas.

    Examples
    --------
    >>> from fespin.materials import NormalMetal
    >>> copper = Region(material=NormalMetal(conductivity=5e7))
    >>> law = contact_law(Interface(between=("a", "b"), conductance_up=1.0, conductance_down=1.0), copper, copper)
    >>> float(law.first[0, 0]), float(law.across[0, 0])
    (2.0, -2.0)
    """
    magnetic = [r.magnetization is not None for r in (first, second)]
    if all(magnetic):
        return _between_magnets(interface, first, second)
    if not any(magnetic):
        return _between_normal(interface)
    if magnetic[0]:
        law = _normal_to_magnet(interface, first.magnetization)
        return ContactLaw(law.second, law.first, law.across.T, (law.mixing[1], law.mixing[0]))
    return _normal_to_magnet(interface, second.magnetization)


def _layer(interface: Interface) -> tuple[np.ndarray, np.ndarray]:
    """Same-side and opposite-side conductances of (charge, longitudinal spin), (2, 2) each.

    That of a ferromagnetic wire with p -> gamma, L/lambda -> delta and g the charge conductance; delta -> 0 is the
    plain interface.
    """
    g, gamma, delta = interface.conductance, interface.asymmetry, interface.spin_memory_loss
    own = other = g * (1.0 - gamma**2)
    if delta > 0:
        own, other = own * delta / np.tanh(delta), own * _over_sinh(delta)
    mixed = np.array([[g, gamma * g], [gamma * g, gamma**2 * g]])
    return mixed + np.diag([0.0, own]), mixed + np.diag([0.0, other])


def _over_sinh(delta: float) -> float:
    """delta/sinh(delta) without overflow."""
    return float(2.0 * delta * np.exp(-delta) / -np.expm1(-2.0 * delta))


def _between_normal(interface: Interface) -> ContactLaw:
    own, other = _layer(interface)
    nothing = np.zeros((4, 4))
    charge, spin = np.diag([1.0, 0.0, 0.0, 0.0]), np.diag([0.0, 1.0, 1.0, 1.0])
    first = own[0, 0] * charge + own[1, 1] * spin
    return ContactLaw(first, first, -(other[0, 0] * charge + other[1, 1] * spin), (nothing, nothing))


def _normal_to_magnet(interface: Interface, magnetization: tuple[float, float, float]) -> ContactLaw:
    """Normal metal first."""
    m = np.array(magnetization)
    frame = np.zeros((4, 2))  # charge, longitudinal spin
    frame[0, 0], frame[1:, 1] = 1.0, m
    own, other = _layer(interface)
    mix = interface.mixing_conductance
    mix = complex(interface.least_mixing_conductance) if mix is None else mix
    transverse, turning = np.zeros((4, 4)), np.zeros((4, 4))
    transverse[1:, 1:] = 2.0 * mix.real * (np.eye(3) - np.outer(m, m))
    turning[1:, 1:] = -2.0 * mix.imag * cross_matrix(m)
    magnet = frame @ own @ frame.T
    nothing = np.zeros((4, 4))
    return ContactLaw(magnet + transverse + turning, magnet, -frame @ other @ frame.T, (turning, nothing))


def _between_magnets(interface: Interface, first: Region, second: Region) -> ContactLaw:
    """Channels s of the one and s' of the other: sqrt(g_s g_s') (1 + s s' m1 . m2)/2 (Slonczewski 1989)."""
    one, other = (_channels(interface, side) for side in (first, second))
    alignment = float(np.dot(first.magnetization, second.magnetization))
    laws = [np.zeros((4, 4)) for _ in range(3)]
    for a, p in enumerate(one):
        for b, q in enumerate(other):
            overlap = (1.0 + (alignment if a == b else -alignment)) / 2.0
            laws[0] += overlap * q.strength * p.strength * np.outer(p.potential, p.potential)
            laws[1] += overlap * q.strength * p.strength * np.outer(q.potential, q.potential)
            laws[2] -= overlap * q.strength * p.strength * np.outer(p.potential, q.potential)
    nothing = np.zeros((4, 4))
    return ContactLaw(laws[0], laws[1], laws[2], (nothing, nothing))


class _Channel(NamedTuple):
    potential: np.ndarray  # (4,) V_e + s m . V_s
    strength: float  # square root of its conductance, S^(1/2)/m


def _channels(interface: Interface, side: Region) -> list[_Channel]:
    """The channels up and down of a ferromagnet; the one that a half metal lacks has no strength."""
    out = []
    for sign, g in ((1.0, interface.conductance_up), (-1.0, interface.conductance_down)):
        lacking = space(side) == "half-metal" and sign * side.material.polarization < 0  # type: ignore[union-attr]
        potential = np.concatenate([[1.0], sign * np.array(side.magnetization)])
        out.append(_Channel(potential, 0.0 if lacking else float(np.sqrt(g))))
    return out
