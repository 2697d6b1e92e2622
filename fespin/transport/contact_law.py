"""What an interface does to the potentials of its two sides: four 4 x 4 laws per area."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..device.contacts import space
from ..device.interface import Interface
from ..device.region import Region
from .laws import cross_matrix

Direction = tuple[float, float, float]


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
    magnets = first.magnetization, second.magnetization
    if all(m is not None for m in magnets):
        strengths = float(np.sqrt(interface.conductance_up)), float(np.sqrt(interface.conductance_down))
        return between_magnets(strengths, *magnets, lacks=(lacking(first), lacking(second)))
    return one_magnet(passages(interface), *magnets)


class Passages(NamedTuple):
    """What a contact with at most one magnet lets pass, S/m^2: its laws are linear in all three.

    ``own`` and ``other`` (2, 2) take charge and longitudinal spin of the same and of the opposite side; ``mixing`` is
    g_mix.
    """

    own: np.ndarray
    other: np.ndarray
    mixing: complex


def passages(interface: Interface) -> Passages:
    """Same-side and opposite-side conductances of an interface.

    They are those of a ferromagnetic wire with p -> gamma, L/lambda -> delta and g the charge conductance; delta -> 0
    is the plain interface.
    """
    g, gamma, delta = interface.conductance, interface.asymmetry, interface.spin_memory_loss
    own = other = g * (1.0 - gamma**2)
    if delta > 0:
        own, other = own * delta / np.tanh(delta), own * over_sinh(delta)
    mixed = np.array([[g, gamma * g], [gamma * g, gamma**2 * g]])
    mix = interface.mixing_conductance
    mix = complex(interface.least_mixing_conductance) if mix is None else mix
    return Passages(mixed + np.diag([0.0, own]), mixed + np.diag([0.0, other]), mix)


def over_sinh(delta: float) -> float:
    """delta/sinh(delta) without overflow."""
    return float(2.0 * delta * np.exp(-delta) / -np.expm1(-2.0 * delta))


def one_magnet(parts: Passages, first: Direction | None, second: Direction | None) -> ContactLaw:
    """The laws of a contact between sides of which at most one has a magnetization."""
    if first is not None:
        law = _normal_to_magnet(parts, np.array(first))
        return ContactLaw(law.second, law.first, law.across.T, (law.mixing[1], law.mixing[0]))
    if second is not None:
        return _normal_to_magnet(parts, np.array(second))
    nothing = np.zeros((4, 4))
    charge, spin = np.diag([1.0, 0.0, 0.0, 0.0]), np.diag([0.0, 1.0, 1.0, 1.0])
    own = parts.own[0, 0] * charge + parts.own[1, 1] * spin
    return ContactLaw(own, own, -(parts.other[0, 0] * charge + parts.other[1, 1] * spin), (nothing, nothing))


def _normal_to_magnet(parts: Passages, m: np.ndarray) -> ContactLaw:
    """Normal metal first."""
    frame = np.zeros((4, 2))  # charge, longitudinal spin
    frame[0, 0], frame[1:, 1] = 1.0, m
    transverse, turning = np.zeros((4, 4)), np.zeros((4, 4))
    transverse[1:, 1:] = 2.0 * parts.mixing.real * (np.eye(3) - np.outer(m, m))
    turning[1:, 1:] = -2.0 * parts.mixing.imag * cross_matrix(m)
    magnet = frame @ parts.own @ frame.T
    nothing = np.zeros((4, 4))
    return ContactLaw(magnet + transverse + turning, magnet, -frame @ parts.other @ frame.T, (turning, nothing))


def between_magnets(
    strengths: tuple[float, float], first: Direction, second: Direction, *, lacks: tuple[float, float]
) -> ContactLaw:
    """Channels s of the one and s' of the other: sqrt(g_s g_s') (1 + s s' m1 . m2)/2 (Slonczewski 1989).

    Parameters
    ----------
    strengths : (float, float)
        Square roots of the conductances up and down, S^(1/2)/m; the law is a quadratic form in them.
    lacks : (float, float)
        Sign of the channel that a side has not, as `lacking` says.
    """
    one, other = (_channels(strengths, m, lack) for m, lack in zip((first, second), lacks, strict=True))
    alignment = float(np.dot(first, second))
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


def _channels(strengths: tuple[float, float], m: Direction, lack: float) -> list[_Channel]:
    """The channels up and down of a ferromagnet; the one that a half metal lacks has no strength."""
    return [
        _Channel(np.concatenate([[1.0], sign * np.array(m)]), 0.0 if sign == lack else strength)
        for sign, strength in zip((1.0, -1.0), strengths, strict=True)
    ]


def lacking(side: Region) -> float:
    """Sign of the spin channel that does not exist in a half metal, 0 elsewhere."""
    return -float(side.material.polarization) if space(side) == "half-metal" else 0.0  # type: ignore[union-attr]
