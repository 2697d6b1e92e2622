"""The Coulomb matrix element of a slab between two metals, and the overlap of two Fermi disks."""

from __future__ import annotations

import numpy as np
from scipy.special import zeta

# power series of x coth x and x/sinh x in x^2, second derivatives; |x^2| < 1 against a radius of pi^2
_n = np.arange(2, 21)
_ZETA = 2 * zeta(2 * _n) / np.pi ** (2.0 * _n) * _n * (_n - 1)
_COTH_SERIES = ((-1.0) ** (_n + 1) * _ZETA)[::-1]
_CSCH_SERIES = ((-1.0) ** _n * (1 - 2.0 ** (1 - 2 * _n)) * _ZETA)[::-1]
_T, _W = np.polynomial.legendre.leggauss(6)  # 2e-15 in the strip where they are used
_T, _W = (_T + 1) / 2, _W / 2
_W = _W * (1 - _T)


def slab_element(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The matrix element F of the screened Coulomb interaction in a slab, times exp(-|Y|).

    F(X, Y) = int int dz dz' exp(-Y (z + z')) g(z, z') over a slab of unit thickness, |z| < 1/2, where
    g = sinh(X (1/2 - z_>)) sinh(X (1/2 + z_<))/(X sinh X) is the potential of a charge wave exp(i X x) between two
    grounded planes. In closed form

        F = [(X^2 + Y^2) sinh(Y)/Y - 2 X (cosh X cosh Y - 1)/sinh X] / (X^2 - Y^2)^2.

    This is omega_I/(4 d^3) of Udalov and Beloborodov (arXiv:1607.00403), X = q d and Y = (kappa_1 - kappa_2) d, whose
    eqs 56, 58 and 60 are misprinted: sinh(d dkappa)/q is sinh(d dkappa)/dkappa, alpha~_1 = -alpha_1 and
    alpha~_2 = alpha_2; as printed omega_I has a pole at q = dkappa and cannot be integrated.

    Parameters
    ----------
    X, Y : array of float
        Shapes that broadcast to that of X; X >= 0, F is even in Y.

    Returns
    -------
    array of float
        exp(-|Y|) F, to 1e-14; bounded, so nothing overflows.

    Examples
    --------
    >>> slab_element(np.array([0.0]), np.array([0.0]))   # 1/12
    array([0.08333333])
    """
    Y = np.abs(Y)
    near = (np.abs(X - Y) < 0.10 * (1 + Y / 2)) | (X + Y < 0.8)
    with np.errstate(divide="ignore", invalid="ignore"):  # what is singular is replaced below
        out = _apart(X, Y)
    if near.any():
        out[near] = _together(X[near], np.broadcast_to(Y, X.shape)[near])
    return out


def _apart(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The closed form where X and Y are not close, every exponential decaying."""
    a, b = np.exp(-X), np.exp(-Y)
    sinhc = np.where(Y > 1e-4, -np.expm1(-2 * Y) / np.where(Y > 0, 2 * Y, 1.0), b * (1 + Y * Y / 6))
    square, fall = X * X, a * a
    slope = np.where(X > 1e-8, X / -np.expm1(-2 * X), 0.5)  # X/(1 - exp(-2 X))
    pull = slope * ((1 + fall) * (1 + b * b) - 4 * a * b)
    difference = square - Y * Y
    return ((square + Y * Y) * sinhc - pull) / (difference * difference)


def _together(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The numerator vanishes twice at X = Y: F = int_0^1 (1 - t) P''(v + t (w - v)) dt, w = X^2, v = Y^2.

    P(w) = -2 cosh(Y) x coth(x) + 2 x/sinh(x), x = sqrt(w), is what the numerator holds besides a linear function of w.
    """
    v = Y * Y
    w = v[:, None] + (X * X - v)[:, None] * _T
    coth, csch = _second_derivatives(w)
    b = np.exp(-Y)
    return (2 * b[:, None] * csch - (1 + b * b)[:, None] * coth) @ _W


def _second_derivatives(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """d^2/dw^2 of x coth x and of x/sinh x at w = x^2."""
    coth2, csch2 = np.empty_like(w), np.empty_like(w)
    small = w < 1
    coth2[small] = np.polyval(_COTH_SERIES, w[small])
    csch2[small] = np.polyval(_CSCH_SERIES, w[small])
    x = np.sqrt(w[~small])
    fall = np.exp(-x)
    csch = 2 * fall / (1 - fall * fall)
    coth = (1 + fall * fall) / (1 - fall * fall)
    s, i = csch * csch, 1 / x
    coth2[~small] = (2 * coth * s - (s + coth * i) * i) * i / 4
    csch2[~small] = (csch + 2 * csch * s - (csch * i + coth * csch) * i) * i / 4
    return coth2, csch2


def lens_area(q: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Area common to two disks of radii `a` and `b` whose centres are `q` apart.

    Equal to 2 int k zeta dk of eqs 62-67 of arXiv:1607.00403, whose zeta holds for k1max <= k2max only.

    Examples
    --------
    >>> lens_area(np.array([3.0, 6.0]), np.array([2.0, 2.0]), np.array([3.0, 3.0]))
    array([5.38404779, 0.        ])
    """
    a, b = np.minimum(a, b), np.maximum(a, b)
    s = np.sqrt(np.maximum((a + b - q) * (q + a - b) * (q - a + b) * (q + a + b), 0.0))
    with np.errstate(invalid="ignore"):
        area = a * a * np.arctan2(s, q * q + a * a - b * b) + b * b * np.arctan2(s, q * q + b * b - a * a) - s / 2
    inside = q <= (b - a) + 1e-15 * b
    return np.where(q >= a + b, 0.0, np.where(inside, np.pi * a * a, area))
