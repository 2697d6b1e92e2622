"""Hubbard's crystals p/q of one chain at T = 0: sites, energy, range of stability in mu and in pressure.

J. Hubbard, PRB 17, 494 (1978): for a convex decreasing repulsion the l-th neighbours of every particle sit at
floor(l/c) or floor(l/c) + 1. So the energy per particle is eps(v) = sum_l Ubar(l v) at v = 1/c, Ubar being U made
linear between the integers, and all else follows from its kinks.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, inf
from numbers import Integral, Rational, Real
from typing import Any

import numpy as np

from ..errors import InputError, must_be
from .potential import as_potential
from .variable import check_variable


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the staircase: filling p/q, energies in E0, and edges in mu (E0) and in pressure (E0/a).

    The empty chain (filling 0) is stable below mu = 0, the full one (filling 1) above mu = 2 sum U(l).
    """

    filling: Fraction
    energy_per_particle: float
    mu_low: float
    mu_high: float
    pressure_low: float
    pressure_high: float

    @property
    def energy_per_site(self) -> float:
        """e(c) = c eps(1/c)."""
        return float(self.filling) * self.energy_per_particle

    def edges(self, variable: str = "mu") -> tuple[float, float]:
        """Lower and upper edge in ``"mu"`` or ``"pressure"``."""
        if check_variable(variable) == "mu":
            return self.mu_low, self.mu_high
        return self.pressure_low, self.pressure_high

    def width(self, variable: str = "mu") -> float:
        """Width in ``"mu"`` or ``"pressure"``; infinite for the empty and the full chain."""
        low, high = self.edges(variable)
        return high - low


def check_fraction(p: Any, q: Any, *, least: int = 0) -> tuple[int, int]:
    """Whole numbers `least` <= p <= q in lowest terms, or InputError."""
    for name, value in (("p", p), ("q", q)):
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise must_be(name, "a whole number", value)
    p, q = int(p), int(q)
    if not least <= p <= q or q < 1:
        raise must_be("p/q", f"a filling: need 0 {'<' if least else '<='} p <= q and q >= 1", f"{p}/{q}")
    if gcd(p, q) != 1:
        raise must_be("p/q", "in lowest terms", f"{p}/{q}", f"{Fraction(p, q)} is not in lowest terms as written")
    return p, q


def ground_sites(p: int, q: int, *, phase: Fraction | float | str = 0) -> np.ndarray:
    """Occupied sites floor(j q/p + phase), j = 0 ... p - 1, of one period of q sites (eq 10 of the paper).

    Parameters
    ----------
    p, q : int
        Filling p/q in lowest terms, p >= 1.
    phase : Fraction, int, str or float
        Shift of the crystal; all phases have the same energy. Integer arithmetic: a float stands for its exact value.

    Returns
    -------
    ndarray of int, shape (p,)
        Sites modulo q, ascending.

    Raises
    ------
    InputError
        Not in lowest terms, p < 1, p > q.

    Examples
    --------
    >>> ground_sites(3, 7).tolist(), ground_sites(3, 8, phase="1/2").tolist()
    ([0, 2, 4], [0, 3, 5])
    """
    p, q = check_fraction(p, q, least=1)
    try:
        shift = Fraction(phase)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise must_be("phase", "a finite number or a fraction such as '1/2'", phase) from None
    sites = [(j * q * shift.denominator + p * shift.numerator) // (p * shift.denominator) % q for j in range(p)]
    return np.array(sorted(sites))


def step(p: int, q: int, *, potential: Any = 2.0) -> Step:
    """Step p/q of the complete staircase.

    eps = sum_l Ubar(l q/p); lower edge P = sum_l l [U(m) - U(m + 1)], m = floor(l q/p); mu = eps + P q/p; widths as in
    `width`. For U = l^-alpha the sums are Hurwitz zeta functions, for alpha = 2 also digamma functions.

    Parameters
    ----------
    p, q : int
        Filling in lowest terms, 0 <= p <= q.
    potential : Potential, float or callable
        A number alpha stands for l^-alpha.

    Raises
    ------
    InputError
        Not in lowest terms; alpha <= 1; U not convex and decreasing.

    Examples
    --------
    >>> half = step(1, 2)
    >>> print(f"{half.energy_per_particle:.12f} {half.mu_low:.12f} {half.mu_high:.12f}")
    0.411233516712 0.951786886288 2.338081247408
    """
    p, q = check_fraction(p, q)
    U = as_potential(potential)
    if p == 0:
        return Step(Fraction(0), 0.0, -inf, 0.0, -inf, 0.0)
    if q == 1:
        total = U.total()
        return Step(Fraction(1), total, 2 * total, inf, total, inf)
    energy, pressure = (float(x[0]) for x in U.crystals(np.array([p]), q))
    rise = float(U.widths(np.array([q]))[0])
    mu = energy + pressure * q / p
    return Step(Fraction(p, q), energy, mu, mu + rise, pressure, pressure + rise * p / q)


def width(p: int, q: int, *, variable: str = "mu", potential: Any = 2.0) -> float:
    """Width of the step p/q: q sum_k k F(kq) in mu and p sum_k k F(kq) in pressure, F(x) = U(x+1) + U(x-1) - 2 U(x).

    Eq 11 of the paper has p and calls it the width in mu of eq 8: it is the width in pressure. With q the widths of
    all steps add up to 2 sum U(l), the range of mu between the empty and the full chain (`Staircase.missing`); with p
    to sum U(l), the range of pressures.

    Examples
    --------
    >>> print(f"{width(1, 2):.12f} {width(1, 2, variable='pressure'):.12f}")  # 2 ln 2, ln 2
    1.386294361120 0.693147180560
    """
    p, q = check_fraction(p, q)
    check_variable(variable)
    if q == 1:
        return inf
    rise = float(as_potential(potential).widths(np.array([q]))[0])
    return rise if variable == "mu" else rise * p / q


def as_filling(c: Any, where: str = "filling") -> Fraction | float:
    """A filling in [0, 1]: exact if it came as a fraction, a string or a whole number, else a float."""
    if isinstance(c, str):
        try:
            c = Fraction(c)
        except (ValueError, ZeroDivisionError):
            raise must_be(where, "a number or a fraction such as '3/7'", c) from None
    if isinstance(c, bool) or not isinstance(c, (Real, np.floating)):
        raise must_be(where, "a number from 0 to 1", c)
    value: Fraction | float = Fraction(c) if isinstance(c, Rational) else float(c)
    if not 0 <= value <= 1:
        raise InputError(f"{where} must be from 0 (empty) to 1 (full), got {c}")
    return value
