"""Reservoirs as the N layer of a valve: Wigner chains, free electrons.

The chains (fig 3 of the paper) hold spin up or spin down by their place, so that spins cannot flip. The plates hold the
difference of their chemical potentials, mu_up - mu_dn = eV, and the metal stays neutral: what enters the one kind of
chain leaves the other, c_up = c_0 + delta and c_dn = c_0 - delta. The paper (eqs 14, 15) moves both chemical potentials
by +-eV/2 about a fixed one instead, which is neutral only at half filling: at c_0 = 0.4, T = 0.05, eV = 1 the total
filling would fall from 0.8 to 0.6388.

Chains are independent, as in the paper's eqs 14 and 18-21, and in equilibrium at every instant: processes are slow
against everything inside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from scipy.constants import e

from ...errors import InputError, must_be
from ...network.checks import not_negative, positive
from ...wigner import ThermalChain, Units, chemical_potential, staircase
from ..records import Floats
from .emf import EMFCurve
from .free_electrons import FreeElectrons

_CLOSE = 1e-13  # fillings that are one
_MOST_NODES = 100_000
_FULL = 1e-3  # filling of the last electrons and holes that T > 0 leaves: their mu goes to infinity as T log c


@dataclass(frozen=True, kw_only=True)
class WignerReservoir:
    """Chains with one electron or none at each site, repelling each other like r^-alpha, half of them for each spin.

    Parameters
    ----------
    filling : float or str or Fraction
        c_0 of the neutral reservoir, between 0 and 1; '1/2' is exact.
    thickness, cross_section : float
        Of the layer, m and m^2; the chains run across it, from plate to plate.
    lattice_constant : float
        a, m.
    spacing : float
        Distance of neighbouring chains, in a square array, m.
    permittivity : float
        Relative.
    temperature : float
        K. At 0 the interaction reaches all electrons of a chain and the staircase is exact up to periods of `q_max`
        sites; above it is that of nearest electrons, as in eqs 17-21 of the paper, and steps have c = 1/l alone.
    potential : float or Potential
        alpha of r^-alpha, or another convex repulsion in units of e^2/(4 pi eps0 eps a).
    q_max : int
        Longest period at T = 0.
    name : str

    Raises
    ------
    InputError
        A filling outside [0, 1] or at its ends, where no charge can be exchanged; a temperature below 0.

    Examples
    --------
    >>> reservoir = WignerReservoir(filling="1/2", thickness=1e-6, cross_section=1e-12, lattice_constant=4e-10,
    ...                             spacing=1e-9)
    >>> first = reservoir.curve().steps(1)[0]
    >>> round(first[2] / reservoir.units.volt, 12)  # charge enters above 2 ln 2
    1.38629436112
    """

    filling: Any
    thickness: float
    cross_section: float
    lattice_constant: float
    spacing: float
    permittivity: float = 1.0
    temperature: float = 0.0
    potential: Any = 2.0
    q_max: int = 60
    name: str = "crystal"

    def __post_init__(self) -> None:
        try:
            c = Fraction(self.filling)
        except (TypeError, ValueError, OverflowError, ZeroDivisionError):
            raise must_be("WignerReservoir.filling", "a number or fraction between 0 and 1", self.filling) from None
        if not 0 < c < 1:
            raise must_be("WignerReservoir.filling", "between 0 and 1, both excluded: empty and full chains cannot "
                          "exchange charge", self.filling)  # fmt: skip
        for key, unit in {"thickness": "m", "cross_section": "m^2", "spacing": "m"}.items():
            positive(f"WignerReservoir.{key}", getattr(self, key), unit)
        not_negative("WignerReservoir.temperature", self.temperature, "K")
        _ = self.units
        if self.sites < 1:
            raise InputError(f"WignerReservoir {self.name!r} must hold one site or more of each spin, got "
                             f"{self.sites:.3g}; it is smaller than its lattice")  # fmt: skip

    @property
    def units(self) -> Units:
        """E0 = e^2/(4 pi eps0 eps a) and its voltage and temperature."""
        return Units(lattice_constant=self.lattice_constant, permittivity=self.permittivity)

    @property
    def sites(self) -> float:
        """Sites of chains of one spin: volume/(2 a spacing^2)."""
        return self.thickness * self.cross_section / (2 * self.lattice_constant * self.spacing**2)

    @property
    def charge_per_filling(self) -> float:
        """Charge that moves if delta grows by 1, e times `sites`, C."""
        return e * self.sites

    @cached_property
    def reduced(self) -> EMFCurve:
        """mu(c_0 + delta) - mu(c_0 - delta) in E0 against delta."""
        c = Fraction(self.filling)
        if self.temperature == 0:
            return staircase_emf(c, potential=self.potential, q_max=self.q_max)
        return thermal_emf(float(c), self.temperature / self.units.kelvin, potential=self.potential)

    def curve(self) -> EMFCurve:
        """V(Q) of the whole reservoir."""
        found = self.reduced
        return EMFCurve(found.charge * self.charge_per_filling, found.start * self.units.volt,
                        found.end * self.units.volt)  # fmt: skip

    def fillings(self, charge: float) -> tuple[float, float]:
        """c_up and c_dn at a charge in C."""
        delta, c = charge / self.charge_per_filling, float(Fraction(self.filling))
        return c + delta, c - delta


def staircase_emf(filling: Any, *, potential: Any = 2.0, q_max: int = 60) -> EMFCurve:
    """EMF of two exact chains at T = 0 against delta, in E0.

    At each fraction p/q the EMF jumps by the exact width of its step, 2 ln 2 at q = 2; between neighbouring fractions
    with q <= q_max it is almost flat: it goes from the upper edge of the one to the lower edge of the next, which is
    where all steps of longer periods lie.

    Examples
    --------
    >>> curve = staircase_emf("1/2", q_max=30)
    >>> round(float(curve.limits(0.1)[1] - curve.limits(0.1)[0]), 10)  # of 3/5 and 2/5: twice 0.0612073
    0.122414608
    """
    stairs = staircase(q_max, potential=potential)
    c = Fraction(filling)
    return _opposite(float(c), float(min(c, 1 - c)), stairs.filling, stairs.mu_high[:-1], stairs.mu_low[1:])


def thermal_emf(filling: float, temperature: float, *, potential: Any = 2.0, tolerance: float = 1e-5) -> EMFCurve:
    """EMF of two chains at T > 0 against delta, in E0 and E0/k_B.

    Linear between nodes that are added until the middle of every piece is right to `tolerance` of E0; the last 1e-3 of
    a filling, where mu goes to infinity like T log c, are left out.

    Raises
    ------
    InputError
        T <= 0, a filling outside [0, 1].

    Examples
    --------
    >>> round(float(thermal_emf(0.4, 0.05).voltage(0.1)), 4)
    0.8184
    """
    if not 0 < filling < 1:
        raise must_be("filling", "between 0 and 1, both excluded", filling)
    largest = min(filling, 1 - filling) - _FULL
    if largest <= 0:
        raise must_be("filling", f"between {_FULL:g} and 1 - {_FULL:g} at T > 0", filling)
    c, mu = _isotherm(ThermalChain(temperature, potential), tolerance)
    keep = np.diff(c) > _CLOSE
    nodes = np.concatenate([c[:-1][keep], c[-1:]])
    return _opposite(filling, largest, nodes, mu[:-1][keep], mu[1:][keep])


def _isotherm(chain: ThermalChain, tolerance: float) -> tuple[Floats, Floats]:
    """Filling and mu, both growing, along pressures between which mu(c) is straight to `tolerance`.

    Where a step is almost vertical, an error of mu matters as much as the charge over which it extends.
    """
    low = high = chain.temperature
    while chain.at(low, variable="pressure").filling > _FULL / 2:
        low /= 2
    while chain.at(high, variable="pressure").filling < 1 - _FULL / 2:
        high *= 2

    def along(pressures: Floats) -> Floats:
        found = [chain.at(P, variable="pressure") for P in pressures.tolist()]
        return np.array([[state.filling for state in found], [state.mu for state in found]])

    P = np.geomspace(low, high, 200)
    table = along(P)
    fresh = np.ones(len(P) - 1, bool)
    while fresh.any() and len(P) < _MOST_NODES:
        at = np.flatnonzero(fresh)
        middle = np.sqrt(P[at] * P[at + 1])
        found = along(middle)
        (c0, c1), (mu0, mu1) = ((row[at], row[at + 1]) for row in table)
        rise = np.maximum(c1 - c0, 1e-300)
        error = np.abs(found[1] - mu0 - (mu1 - mu0) * np.clip((found[0] - c0) / rise, 0, 1))
        coarse = (error > tolerance) & (error * rise > tolerance**2)
        P = np.insert(P, at + 1, middle)
        table = np.insert(table, at + 1, found, axis=1)
        new = np.zeros(len(P) - 1, bool)
        places = at + np.arange(len(at))  # of the lower halves
        new[places[coarse]] = new[places[coarse] + 1] = True
        fresh = new
    return table[0], np.maximum.accumulate(table[1])


def _opposite(c0: float, largest: float, nodes: Floats, start: Floats, end: Floats) -> EMFCurve:
    """mu(c0 + delta) - mu(c0 - delta) from pieces of mu(c) that are straight from `start` to `end` between nodes."""
    ends = np.abs(nodes - c0)
    ends = np.sort(np.concatenate([[0.0], ends[ends <= largest + _CLOSE], [largest]]))
    delta = ends[np.concatenate([[True], np.diff(ends) > _CLOSE])]
    delta[-1] = largest
    middle = (delta[1:] + delta[:-1]) / 2

    def mu(inside: Floats, x: Floats) -> Floats:
        """At x, on the piece on which `inside` lies."""
        k = np.clip(np.searchsorted(nodes, inside, side="right") - 1, 0, len(start) - 1)
        share = np.clip((x - nodes[k]) / (nodes[k + 1] - nodes[k]), 0.0, 1.0)
        return start[k] + share * (end[k] - start[k])

    emf = (mu(c0 + middle, c0 + x) - mu(c0 - middle, c0 - x) for x in (delta[:-1], delta[1:]))
    return EMFCurve(delta, *emf)


def neutral_emf(filling: Any, delta: float, *, temperature: float = 0.0, potential: Any = 2.0) -> tuple[float, float]:
    """Lower and upper value of mu(c_0 + delta) - mu(c_0 - delta), in E0: equal but on steps at T = 0.

    Examples
    --------
    >>> [round(x, 11) for x in neutral_emf("1/2", 0.1, temperature=0.05)]
    [1.12873141152, 1.12873141152]
    """
    c = Fraction(filling)
    shift = Fraction(delta).limit_denominator(10**6)
    if temperature > 0:
        chain = ThermalChain(temperature, potential)
        value = float(chain.chemical_potential(float(c + shift)) - chain.chemical_potential(float(c - shift)))
        return value, value
    above = chemical_potential(c + shift, potential=potential)
    below = chemical_potential(c - shift, potential=potential)
    return above[0] - below[1], above[1] - below[0]


@dataclass(frozen=True, kw_only=True)
class FreeElectronReservoir:
    """A normal metal beyond the linear law, up to full polarization.

    Parameters
    ----------
    density : float
        n, 1/m^3.
    thickness, cross_section : float
        m and m^2.
    pieces : int
        Straight pieces of V(Q); its error falls with their square.
    name : str

    Examples
    --------
    >>> copper = FreeElectronReservoir(density=8.47e28, thickness=1e-6, cross_section=1e-12)
    >>> round(float(copper.curve().held_at(0.01)) / 7.23601060871e-12, 6)  # C V
    1.0
    """

    density: float
    thickness: float
    cross_section: float
    pieces: int = 2000
    name: str = "free electrons"

    def __post_init__(self) -> None:
        for key, unit in {"density": "1/m^3", "thickness": "m", "cross_section": "m^2"}.items():
            positive(f"FreeElectronReservoir.{key}", getattr(self, key), unit)
        if type(self.pieces) is not int or self.pieces < 1:
            raise must_be("FreeElectronReservoir.pieces", "a whole number, 1 or more", self.pieces)

    def curve(self) -> EMFCurve:
        """V(Q) with Q = e n m/2 per volume."""
        m = np.sin(np.pi / 2 * np.linspace(0, 1, self.pieces + 1))  # V is steep towards m = 1
        v = FreeElectrons(density=self.density).voltage(m)
        full = e * self.density / 2 * self.thickness * self.cross_section
        return EMFCurve(m * full, v[:-1], v[1:])
