"""Sums over arithmetic progressions: Hurwitz zeta functions and their differences, without cancellation."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import bernoulli, exprel, zeta

_ORDERS = 10  # Bernoulli terms; with 10 + s direct terms the remainder is below rounding
_BERNOULLI = bernoulli(2 * _ORDERS)[2::2]


def progression(power: float, a: np.ndarray, q: int) -> np.ndarray:
    """sum_{j>=0} (a + j q)^-power for power > 1, same shape as `a`.

    Examples
    --------
    >>> round(float(progression(2.0, np.array([1.0]), 1)[0]) - math.pi**2 / 6, 15)
    0.0
    """
    return np.asarray(a**-power + float(q) ** -power * zeta(power, a / q + 1))  # no overflow of (a/q)^-power


def progression_difference(power: float, a: np.ndarray, q: int) -> np.ndarray:
    """sum_{j>=0} [(a + j q)^-power - (a + 1 + j q)^-power] for power > 0, same shape as `a`.

    For power > 1 the difference of two Hurwitz zeta functions, for power = 1 of two digamma functions, below 1 their
    analytic continuation: all of them from one Euler-Maclaurin formula whose terms are differences already.

    Examples
    --------
    >>> round(float(progression_difference(1.0, np.array([1.0]), 2)[0]) - math.log(2), 15)  # 1 - 1/2 + 1/3 - ...
    -0.0
    """
    a = np.asarray(a, float)
    direct = 10 + math.ceil(power)
    total = sum(_drop(power, a + k * q) for k in range(direct))
    end = a + direct * q
    ratio = np.log1p(1 / end)
    total = total + end ** (1 - power) * ratio * exprel((1 - power) * ratio) / q + _drop(power, end) / 2
    rising = power  # s (s + 1) ... (s + 2j - 2) q^(2j - 1)/(2j)!
    for j, number in enumerate(_BERNOULLI, 1):
        grown = 1 / 2 if j == 1 else (power + 2 * j - 3) * (power + 2 * j - 2) / (2 * j * (2 * j - 1)) * q
        rising = rising * grown * q
        total = total + number * rising * _drop(power + 2 * j - 1, end)
    return np.asarray(total)


def _drop(power: float, x: np.ndarray) -> np.ndarray:
    """x^-power - (x + 1)^-power."""
    return -(x**-power) * np.expm1(-power * np.log1p(1 / x))


def even_zeta_series(alpha: float, q: np.ndarray) -> np.ndarray:
    """2 sum_{j>=1} binom(alpha+2j-1, 2j) zeta(alpha+2j-1) q^(1-alpha-2j) for q >= 2, same shape as `q`.

    It is q sum_k k [U(kq+1) + U(kq-1) - 2U(kq)] of U = l^-alpha; every term is positive.
    """
    q = np.asarray(q, float)
    binomial, total, j = 1.0, np.zeros_like(q), 0
    while True:
        j += 1
        binomial *= (alpha + 2 * j - 2) * (alpha + 2 * j - 1) / ((2 * j - 1) * (2 * j))
        term = 2 * binomial * zeta(alpha + 2 * j - 1, 1.0) * q ** (1 - alpha - 2 * j)
        total += term
        if (term <= 1e-17 * total).all():
            return total
