"""H_hop: coupling by virtual hopping, from the phases of electrons that the barrier reflects."""

from __future__ import annotations

import math

import numpy as np

from ..errors import must_be
from .constants import BOLTZMANN
from .junction import Junction, Lead
from .panels import both_rooted

_NODES = {"fast": 16, "normal": 24, "high": 32}
_THERMAL = 40.0  # k_B T beyond which the Fermi function has ended


def hopping_term(
    junction: Junction, hop: str = "integral", accuracy: str = "normal", temperature: float = 0.0
) -> float:
    """H_hop, eV/nm^2.

    Integral: H_hop = 1/(4 pi^2 A0) int dE (E_F - E)_+ Im[dr_L dr_R](E) exp(-2 kappa(E) d), of Bruno, PRB 52, 411
    (1995), to first order in exp(-2 kappa d); with temperature (E_F - E)_+ becomes k_B T ln(1 + exp((E_F - E)/k_B T)),
    and the integral ends at the top of the barrier. Asymptotic: its limit for thick barriers, eq 29 of
    arXiv:1607.00403, times `bruno_factor`. Its limit of small splittings and low barriers is +(2 hbar^2/(pi^2 m d^2))
    (J/(U - h_B))^2 kappa_0^5/kF^3 exp(-2 kappa_0 d), ferromagnetic: eqs 4 and 30 are printed with a minus sign.
    """
    left, right = junction.leads
    if left.gap == 0 or right.gap == 0:
        return 0.0
    if hop == "asymptotic":
        decay, d = junction.decay, junction.width
        phase = _reflected(left, 0.0) * _reflected(right, 0.0)
        cold = junction.kinetic * decay**2 / (4 * math.pi**2 * d**2) * float(phase.imag) * math.exp(-2 * decay * d)
        return cold * bruno_factor(junction, temperature)
    return _integral(junction, BOLTZMANN * temperature, _NODES[accuracy])


def bruno_factor(junction: Junction, temperature: float) -> float:
    """x/sin x, x = 2 pi k_B T m d/(hbar^2 kappa_0): how temperature enhances the asymptotic hopping term.

    It fails near a change of sign, where the integral over energies does not.

    Raises
    ------
    InputError
        x >= pi: too warm for the thick-barrier limit.

    Examples
    --------
    >>> half = Junction(well_depth="5 eV", splitting="5.2 eV", barrier_height="1 eV", thickness="1 nm")
    >>> round(bruno_factor(half, 300.0), 3)
    1.029
    """
    x = math.pi * BOLTZMANN * temperature * junction.width / (junction.kinetic * junction.decay)
    if x >= math.pi:
        raise must_be("temperature", f"below {temperature * math.pi / x:.4g} K for the asymptotic hopping term",
                      temperature, "hop='integral' holds at any temperature")  # fmt: skip
    return x / math.sin(x) if x else 1.0


def _reflected(lead: Lead, below: np.ndarray | float) -> np.ndarray:
    """dr = r_up - r_down = 2 i kappa (k_- - k_+)/[(i kappa + k_-)(i kappa + k_+)] at E = E_F - A0 `below`.

    k_s is i |k_s| outside its subband: one formula for metals and half metals.
    """
    below = np.asarray(below, float)
    kappa = 1j * np.sqrt(lead.decay + below)
    high, low = np.emath.sqrt(lead.majority - below + 0j), np.emath.sqrt(lead.minority - below + 0j)
    return 2 * kappa * (lead.gap / (high + low)) / ((kappa + high) * (kappa + low))


def _integral(junction: Junction, thermal: float, n: int) -> float:
    """The integral over x = (E_F - E)/A0, on panels that end at band bottoms, decay scales and the Fermi edge."""
    left, right = junction.leads
    decay, d = junction.decay, junction.width
    kT = thermal / junction.kinetic
    edges = _edges(junction, kT)
    x, weight = (a.ravel() for a in both_rooted(edges[:-1], edges[1:], n))
    filled = x if kT == 0 else kT * np.logaddexp(0.0, x / kT)
    kappa = np.sqrt(decay**2 + x)
    phase = (_reflected(left, x) * _reflected(right, x)).imag
    return junction.kinetic / (4 * math.pi**2) * float(weight * filled * phase @ np.exp(-2 * d * kappa))


def _edges(junction: Junction, kT: float) -> np.ndarray:
    decay, d = junction.decay, junction.width
    bottoms = [square for lead in junction.leads for square in (lead.majority, lead.minority)]
    top = max(bottoms)
    low = -min(_THERMAL * kT, decay**2)
    points = [low, top, 0.0, *bottoms, *(sign * m * kT for m in (2, 5, 10, 20, 40) for sign in (1, -1))]
    step = 1 / d
    while step < 60 / d:  # exp(-2 d (kappa - kappa_0)) has fallen to 1e-52
        points.append(step * (2 * decay + step))
        step *= 2.2
    edges = np.unique([p for p in points if low <= p <= top])
    return edges[np.concatenate([[True], np.diff(edges) > 1e-13 * top])]
