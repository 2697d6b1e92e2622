"""Spins that turn towards a field by damped precession, and the share of TIS that this converts (eqs 31-48)."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike

from ..errors import must_be
from .checks import Floats, angle, choice, positive, ratio, shown

CONVENTIONS = {"spin": 1.0, "paper": 2.0}
WAITING = ("fixed", "exponential")

_SERIES = 0.3  # below this time <cos> is summed: (0.3/pi)^20 is left
_TERMS = 10
_ASYMPTOTIC = 0.05  # ratio below which the Poisson mean is expanded: its closed form cancels


def damping_time(*, damping: float, field: float, g: float = 2.0) -> float:
    """t_lambda = 2/(lambda g muB B) (eqs 34, 47).

    Parameters
    ----------
    damping : float
        lambda, 1/(J s), positive.
    field : float
        Magnetic or effective exchange field, T, positive.
    g : float
        g factor.

    Returns
    -------
    float
        s.

    Raises
    ------
    InputError
        A value is not positive.

    Examples
    --------
    >>> f"{damping_time(damping=1e33, field=1.0):.4e}"
    '1.0783e-10'
    """
    from scipy.constants import physical_constants

    moment = positive("g", g, "1") * physical_constants["Bohr magneton"][0]
    return 2 / (positive("damping", damping, "1/(J s)") * positive("field", field, "T") * moment)


def damped_angle(angle0: ArrayLike, time: ArrayLike) -> Floats:
    """Angle between spin and field: tan(theta/2) = e^-t tan(theta0/2), the solution of eq 33.

    A2.8 prints the constant of integration outside the exponential and eq 31 a sign that turns M away from H.

    Parameters
    ----------
    angle0 : float or ndarray
        theta at t = 0, rad, in [0, pi].
    time : float or ndarray
        In units of t_lambda, zero or positive.

    Raises
    ------
    InputError
        An angle outside [0, pi], a negative time.

    Examples
    --------
    >>> round(float(damped_angle(3.0, 2.0)), 12)
    2.176276941689
    """
    half, t = angle("angle0", angle0) / 2, ratio("time", time)
    return 2 * np.arctan2(np.exp(-t) * np.sin(half), np.cos(half))


def angular_density(theta: ArrayLike, time: ArrayLike) -> Floats:
    """rho(theta, t) of spins that were isotropic at t = 0, the solution of eq 38; its integral over theta is 1.

    sin(theta)/[2 (cosh t - sinh t cos theta)^2]; figure 6 solves it numerically.

    Parameters
    ----------
    theta : float or ndarray
        Angle to the field, rad, in [0, pi].
    time : float or ndarray
        In units of t_lambda, zero or positive.

    Returns
    -------
    ndarray
        1/rad.

    Raises
    ------
    InputError
        An angle outside [0, pi], a negative time.

    Examples
    --------
    >>> round(float(angular_density(1.0, 1.0)), 12)
    0.510182791832
    """
    theta, t = np.broadcast_arrays(angle("theta", theta), ratio("time", time))
    q = np.exp(-2 * t)
    bottom = q + -np.expm1(-2 * t) * np.sin(theta / 2) ** 2  # e^-t (cosh t - sinh t cos theta)
    return np.divide(np.sin(theta) * q, 2 * bottom**2, out=np.zeros(theta.shape), where=bottom > 1e-150)


def mean_cosine(time: ArrayLike) -> Floats:
    """C(t) = <cos theta> = coth t - t/sinh^2 t = 2t/3 - 4t^3/45 + ...: spin per spin state that damping has aligned.

    Parameters
    ----------
    time : float or ndarray
        In units of t_lambda, zero or positive.

    Raises
    ------
    InputError
        A negative time.

    Examples
    --------
    >>> round(float(mean_cosine(0.5)), 12)
    0.322606225323
    """
    t = ratio("time", time)
    n, c = _series()
    small = np.sum(c * np.minimum(t, _SERIES)[..., None] ** (2 * n - 1), axis=-1)
    u = np.maximum(t, _SERIES)
    q = np.exp(-2 * u)
    large = (1 + q) / (1 - q) - 4 * u * q / (1 - q) ** 2
    return np.where(t < _SERIES, small, large)


@functools.cache
def _series() -> tuple[Floats, Floats]:
    """C = d(t coth t)/dt, t coth t = sum 4^n B_2n t^2n/(2n)!: n and the coefficients of t^(2n-1)."""
    from scipy.special import bernoulli, factorial

    n = np.arange(1, _TERMS + 1)
    return n.astype(float), 4.0**n * bernoulli(2 * _TERMS)[2 * n] / factorial(2 * n - 1)


def conversion_coefficient(r: ArrayLike, *, convention: str = "spin", waiting: str = "fixed") -> Floats:
    """k(r) of dn_TIA/dt = k n_TIS/t_lambda (eqs 44-46), r = t_scattering/t_lambda.

    C(r)/r if every spin scatters after t_scattering ("fixed"), (1/r) times the integral of exp(-u) C(u r) du, in closed
    form by the trigamma function, if scatterings come at random ("exponential").

    The paper's 4/3 at r = 0 is twice the truth, 2/3: n_TIA is the integral of p cos(theta), without the factor 2 of
    eqs 6, 43 and A1.7, by which all spins along z would give p_TIA = 2 and k r -> 2 converts more than there is.

    Parameters
    ----------
    r : float or ndarray
        Zero or positive.
    convention : {"spin", "paper"}
        Without or with the factor 2.
    waiting : {"fixed", "exponential"}

    Raises
    ------
    InputError
        A negative ratio, an unknown convention or waiting.

    Examples
    --------
    >>> round(float(conversion_coefficient(3.0, convention="paper")), 12)
    0.650051190667
    >>> round(float(conversion_coefficient(1.0, convention="paper", waiting="exponential")), 12)
    0.934802200545
    """
    r = ratio("r", r)
    factor = CONVENTIONS[choice("convention", convention, CONVENTIONS)]
    choice("waiting", waiting, WAITING)
    if waiting == "fixed":
        safe = np.where(r > 0, r, 1.0)
        return factor * np.where(r > 1e-30, mean_cosine(r) / safe, 2 / 3)
    return factor * _poisson(r)


def _poisson(r: Floats) -> Floats:
    """(1/r) integral exp(-u) C(u r) du = a - a^2 + (a^3/2) trigamma(1 + a/2), a = 1/r, since C = d(t coth t - 1)/dt."""
    from scipy.special import bernoulli, zeta

    a = 1 / np.maximum(r, _ASYMPTOTIC)
    closed = a - a**2 + a**3 / 2 * zeta(2.0, 1 + a / 2)
    n = np.arange(1, 9)
    # trigamma's expansion in 2 r = 1/y, where the terms that cancel are gone
    small = np.sum(4 * bernoulli(16)[2 * n] * (2 * np.minimum(r, _ASYMPTOTIC)[..., None]) ** (2 * n - 2), axis=-1)
    return np.where(r < _ASYMPTOTIC, small, closed)


def conversion_rate(
    damping_time: float, *, scattering_time: float = 0.0, convention: str = "spin", waiting: str = "fixed"
) -> float:
    """k/t_lambda, 1/s: dn_TIA/dt = (k/t_lambda) n_TIS (eqs 45, 46, 48, 55).

    Parameters
    ----------
    damping_time : float
        t_lambda, s; inf without a field.
    scattering_time : float
        t_scattering, s; 0: scatterings are frequent (eq 40).
    convention, waiting : str
        See `conversion_coefficient`.

    Raises
    ------
    InputError
        A value out of range.

    Examples
    --------
    >>> round(conversion_rate(1e-10) * 1e-9, 9)
    6.666666667
    """
    t = positive("damping_time", damping_time, "s", allow_inf=True)
    wait = ratio("scattering_time", scattering_time)
    if wait.shape:
        raise must_be("scattering_time", "one number in s", shown(wait, wait >= 0))
    return float(conversion_coefficient(wait / t, convention=convention, waiting=waiting)) / t
