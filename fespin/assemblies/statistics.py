"""How the spin places of a metal are filled: spin states of both assemblies, full and empty places (eqs 8-30)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .checks import Floats, choice, fraction, number_or_array, positive

RULES = ("complete", "isotropic", "paper")

_SERIES = 0.1  # 1 - s below which the sum of n_spin is taken as a series: the closed form cancels there
_TERMS = 18


@dataclass(frozen=True, eq=False)
class SpinStates:
    """States per spin place: F_TIS + F_TIA + F_full + F_empty = 1/2, as every state has two places.

    Attributes
    ----------
    tis, tia : ndarray
        Spin states of the symmetric assembly (all directions) and of the asymmetric one (one direction).
    full, empty : ndarray
        Places with both electrons, with none; F_e = F_TIS + F_TIA + 2 F_full.
    """

    tis: Floats
    tia: Floats
    full: Floats
    empty: Floats

    @property
    def spin(self) -> Floats:
        """F_TIS + F_TIA."""
        return self.tis + self.tia

    @property
    def electrons(self) -> Floats:
        """F_e, the Fermi function."""
        return self.spin + 2 * self.full


def balance(x: ArrayLike, rule: str = "complete") -> Floats:
    """s(x) of the balance s F^2 = 4 F_full F_empty between "spin + spin" and "full + empty".

    Parameters
    ----------
    x : float or ndarray
        Spin polarization n_TIA/(n_TIA + n_TIS), in [0, 1].
    rule : {"complete", "isotropic", "paper"}
        1 - x^2 (all pairs, averaged over the solid angle: the two bands of polarization x), (1 - x)^2 (TIS-TIS pairs
        only) or (1 - pi^2/16)(1 - x)^2: eqs 12-15 take |theta1 - theta2| for the angle between two spins, true in one
        plane only; rounded to 0.3832 in eqs 27, 28.

    Raises
    ------
    InputError
        x outside [0, 1], an unknown rule.

    Examples
    --------
    >>> float(balance(0.5))
    0.75
    """
    x = fraction("x", x)
    choice("rule", rule, RULES)
    if rule == "complete":
        return (1 - x) * (1 + x)
    return (1 - x) ** 2 * (1 - math.pi**2 / 16 if rule == "paper" else 1.0)


def spin_states(z: ArrayLike, x: ArrayLike = 0.0, *, rule: str = "complete") -> SpinStates:
    """Occupation at an energy: eqs 10, 17 and 25 solved without cancellation.

    F = 2 Q/(1 + sqrt(1 - 4 g Q)), Q = F_e F_h, g = 1 - s(x). Eq 18 prints F_electrons + F_spin where F_electrons +
    F_holes is meant. "complete" is the Fermi gas of two bands; at x = 1 every rule gives min(F_e, F_h).

    Parameters
    ----------
    z : float or ndarray
        (E - E_F)/kT.
    x : float or ndarray
        Spin polarization, in [0, 1]; broadcasts with z.
    rule : {"complete", "isotropic", "paper"}
        See `balance`.

    Returns
    -------
    SpinStates
        Arrays of the common shape.

    Raises
    ------
    InputError
        x outside [0, 1], an unknown rule.

    Examples
    --------
    >>> states = spin_states(0.0, 0.75)
    >>> round(float(states.tia), 9), round(float(states.full), 9)
    (0.225708115, 0.099527923)
    """
    z = number_or_array("z", z)
    s, x = np.broadcast_arrays(balance(x, rule), fraction("x", x))
    small = np.exp(-np.abs(z))
    Q = small / (1 + small) ** 2
    t = np.tanh(np.abs(z) / 2)
    F = 2 * Q / (1 + np.sqrt(t**2 + 4 * s * Q))  # 1 - 4 g Q = tanh^2 + 4 s Q
    # F_full and F_empty differ by tanh(z/2)/2 and have the product s F^2/4
    larger = (t / 2 + np.sqrt(t**2 / 4 + s * F**2)) / 2
    product = s * F**2 / 4
    smaller = np.divide(product, larger, out=np.zeros(np.broadcast(product, larger).shape), where=larger > 0)
    larger = np.broadcast_to(larger, smaller.shape)
    return SpinStates((1 - x) * F, x * F, np.where(z > 0, smaller, larger), np.where(z > 0, larger, smaller))


def spin_number(x: ArrayLike = 0.0, *, rule: str = "complete") -> Floats:
    """n_spin/(D kT) of a constant density of places, the integral of F over z (eqs 20, 21).

    [(1 + q) ln(1 + q) + (1 - q) ln(1 - q)]/g with q^2 = g = 1 - s(x): 1 for g = 0, 2 ln 2 for g = 1. Eq 21 prints
    1.1428 for the paper's rule at x = 0; its integral is 1.142294704. Fermi statistics gives 1.

    Parameters
    ----------
    x : float or ndarray
    rule : {"complete", "isotropic", "paper"}

    Raises
    ------
    InputError
        x outside [0, 1], an unknown rule.

    Examples
    --------
    >>> round(float(spin_number(0.0)), 12), round(float(spin_number(0.0, rule="paper")), 12)
    (1.0, 1.142294704374)
    """
    from scipy.special import xlogy

    s = balance(x, rule)
    g = fraction("x", x) ** 2 if rule == "complete" else 1 - s
    q = np.sqrt(g)
    with np.errstate(divide="ignore", invalid="ignore"):
        closed = (np.log1p(q) * (1 + q) + xlogy(s / (1 + q), s / (1 + q))) / g
    n = np.arange(1, _TERMS + 1)
    series = np.sum(np.asarray(g)[..., None] ** (n - 1) / (n * (2 * n - 1)), axis=-1)
    return np.where(g < _SERIES, series, closed)


def spin_density(x: float = 0.0, *, density_of_states: float, temperature: float, rule: str = "complete") -> float:
    """n_spin of a metal, 1/m^3: D kT times `spin_number`.

    Parameters
    ----------
    x : float
        Spin polarization, in [0, 1].
    density_of_states : float
        D(E_F) of both spins, 1/(J m^3).
    temperature : float
        K, positive.
    rule : str

    Raises
    ------
    InputError
        A value out of range.

    Examples
    --------
    >>> f"{spin_density(density_of_states=1.5e47, temperature=300):.4g}"
    '6.213e+26'
    """
    from scipy.constants import k

    D = positive("density_of_states", density_of_states, "1/(J m^3)")
    return D * k * positive("temperature", temperature, "K") * float(spin_number(x, rule=rule))
