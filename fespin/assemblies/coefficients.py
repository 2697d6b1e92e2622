"""Spin torque and conversion by a few spins that arrive: A(phi), B(phi), eqs 62 and 63 (figure 11)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..errors import must_be
from .checks import Floats, angle, choice, positive, shown, unit_vector
from .interaction import RULES

_HALVINGS = 12  # terms of B that are summed; of what follows phi^4/32^12 is left out
_SMALL = 1e-4  # rad below which sin(phi)/phi is a series

Coefficient = float | str  # a number, or "angle": A(phi) and B(phi) of the paper's recursion


def torque_coefficient(phi: ArrayLike, *, rule: str = "conserving") -> Floats:
    """A(phi) of ds1/dt = (A/n1) (dn2/dt) [s2 - s1 (s1.s2)], in rad.

    sin(phi)/phi by the recursion of eq 59 ("paper"; A(0) = 1 rad is the printed 57, which are degrees), 1 if spin is
    conserved. Eq 62 has the sign of s1 x [s1 x s2] wrong: it would turn TIA1 away from what is injected.

    Parameters
    ----------
    phi : float or ndarray
        Angle between TIA1 and the spins that arrive, rad, in [0, pi].
    rule : {"conserving", "paper"}

    Raises
    ------
    InputError
        An angle outside [0, pi], an unknown rule.

    Examples
    --------
    >>> import math
    >>> round(float(torque_coefficient(math.pi / 2, rule="paper")), 12)
    0.636619772368
    """
    phi = angle("phi", phi)
    if choice("rule", rule, RULES) == "conserving":
        return np.ones_like(phi)
    return np.where(phi == math.pi, 0.0, np.sinc(phi / math.pi))  # pi/pi is 1, but sin(pi) no zero in floats


def tis_coefficient(phi: ArrayLike, *, rule: str = "conserving") -> Floats:
    """B(phi) of dn_TIS/dt = B (dn2/dt)(1 - s1.s2) (eq 63).

    (1 + cos phi) sum_j 2^-j / cos^2(phi/2^j), j >= 1, by the recursion of eq 59 ("paper"): 2 at 0, 1 at pi. 1 if spin
    is conserved. The caption of figure 11 cites eq 19 for eq 63.

    Parameters
    ----------
    phi : float or ndarray
        rad, in [0, pi].
    rule : {"conserving", "paper"}

    Raises
    ------
    InputError
        An angle outside [0, pi], an unknown rule.

    Examples
    --------
    >>> import math
    >>> round(float(tis_coefficient(math.pi / 2, rule="paper")), 12)
    1.548531450983
    """
    phi = angle("phi", phi)
    if choice("rule", rule, RULES) == "conserving":
        return np.ones_like(phi)
    return conversion_of_cosine(np.where(phi == math.pi, -1.0, np.cos(phi)))


def torque_of_cosine(c: Floats) -> Floats:
    """sin(phi)/phi for c = cos(phi) in [-1, 1]."""
    phi = np.arccos(c)
    sine = np.sqrt((1 - c) * (1 + c))
    return np.divide(sine, phi, out=np.ones_like(phi), where=phi > _SMALL)


def conversion_of_cosine(c: Floats) -> Floats:
    """The paper's B for c = cos(phi) in [-1, 1], by half-angle formulas; the tail of the sum in closed form."""
    total = np.zeros_like(c)
    half = np.sqrt((1 + c) / 2)  # j = 1 contributes exactly 1
    weight = 0.5
    for _ in range(2, _HALVINGS + 1):
        half = np.sqrt((1 + half) / 2)
        weight /= 2
        total = total + weight / half**2
    # sum over j > J of 2^-j (1 + phi^2/4^j): 2^-J + phi^2 8^-J/7, and tan^2(phi/2^J) for phi^2/4^J
    tail = weight * (1 + (1 - half**2) / half**2 / 7)
    return 1 + (1 + c) * (total + tail)


def small_injection(ratio: ArrayLike, phi: ArrayLike, *, rule: str = "conserving") -> tuple[Floats, Floats]:
    """Rotation of TIA1 in rad and n_TIS/n1 after n2 << n1 spins have merged with it, to first order in n2/n1.

    (n2/n1) A sin(phi) and (n2/n1) B (1 - cos phi). By eq 59 the rotation is largest at tan(phi) = 2 phi, 66.78 deg, and
    conversion exceeds what was injected from 64.66 deg on; the paper gives 67 deg for both. With spin conserved, 90 deg
    for both.

    Parameters
    ----------
    ratio : float or ndarray
        n2/n1, zero or positive.
    phi : float or ndarray
        rad.
    rule : {"conserving", "paper"}

    Raises
    ------
    InputError
        A value out of range.

    Examples
    --------
    >>> rotation, tis = small_injection(0.01, 1.0, rule="paper")
    >>> round(float(rotation), 9), round(float(tis), 9)
    (0.007080734, 0.008268714)
    """
    share = np.asarray(ratio, dtype=float)
    if not np.all(np.isfinite(share) & (share >= 0)):
        raise must_be("ratio", "zero or positive", shown(share, ~(share >= 0)) if share.size else ratio)
    A, B = torque_coefficient(phi, rule=rule), tis_coefficient(phi, rule=rule)
    phi = np.asarray(phi, dtype=float)
    return share * A * np.sin(phi), share * B * 2 * np.sin(phi / 2) ** 2


def spin_torque(
    s1: ArrayLike, s2: ArrayLike, *, n1: float, rate: float, rule: str = "conserving"
) -> tuple[Floats, float]:
    """ds1/dt and dn_TIS/dt of an assembly into which spins are injected (eqs 62 and 63, sign of 62 corrected).

    Parameters
    ----------
    s1, s2 : array_like (3,)
        Spin directions of TIA1 and of what is injected; normalised.
    n1 : float
        Number or density of TIA1, positive.
    rate : float
        dn2/dt in the same unit per second, zero or positive.
    rule : {"conserving", "paper"}

    Returns
    -------
    ds1 : ndarray (3,)
        1/s.
    conversion : float
        dn_TIS/dt.

    Raises
    ------
    InputError
        A value out of range.

    Examples
    --------
    >>> ds1, conversion = spin_torque([1, 0, 0], [0, 0, 1], n1=1.0, rate=0.01)
    >>> float(ds1[2]), round(conversion, 12)
    (0.01, 0.01)
    """
    a, b = unit_vector("s1", np.asarray(s1)), unit_vector("s2", np.asarray(s2))
    n = positive("n1", n1, "any unit")
    if not (np.isfinite(rate) and rate >= 0):
        raise must_be("rate", "zero or positive", rate)
    across = np.cross(np.cross(a, b), a)
    phi = math.atan2(float(np.linalg.norm(across)), float(a @ b))
    A, B = float(torque_coefficient(phi, rule=rule)), float(tis_coefficient(phi, rule=rule))
    return A * rate / n * across, B * rate * 2 * math.sin(phi / 2) ** 2
