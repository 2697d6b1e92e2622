"""How long a winding lives: Landau instability, growth rates, phase-slip barriers and lifetimes.

A planar winding phi = k x of an easy-plane magnet with energy A n'^2/2 + K n_z^2/2 per length is a local minimum up to
the Landau wave number sqrt(K/A) (Sonin; the paper's "rho ~ sqrt(K/A)" with its prefactor). Below it the winding number
changes by thermal phase slips only. A and K are those of the line, J m and J/m (bulk times cross-section), wherever an
energy in joule comes out; where only ratios matter, bulk values do as well.
"""

from __future__ import annotations

import cmath
import math
import warnings

import numpy as np
from numpy.typing import NDArray

from ...errors import must_be
from ...network.checks import positive, real
from .limits import WindingWarning, not_negative

_LINE = "J m (line) or J/m (bulk)"
_PLANE = "J/m (line) or J/m^3 (bulk)"


def landau_wave_number(*, A: float, K: float) -> float:
    """Steepest stable winding, kc = sqrt(K/A) in 1/m.

    Examples
    --------
    >>> landau_wave_number(A=2.0, K=8.0)
    2.0
    """
    A = positive("landau_wave_number.A", A, _LINE)
    return math.sqrt(positive("landau_wave_number.K", K, _PLANE) / A)


def healing_length(*, A: float, K: float) -> float:
    """Length xi = sqrt(A/K) in m over which the order parameter comes back to the easy plane.

    Examples
    --------
    >>> healing_length(A=2.0, K=8.0)
    0.5
    """
    return 1 / landau_wave_number(A=A, K=K)


def landau_torque(*, A: float, K: float) -> float:
    """Spin torque sqrt(A K), in J for line values, above which no planar winding carries the spin current.

    Examples
    --------
    >>> landau_torque(A=2.0, K=8.0)
    4.0
    """
    return positive("landau_torque.A", A, _LINE) * landau_wave_number(A=A, K=K)


def warn_beyond_landau(k: float, *, A: float, K: float) -> bool:
    """Whether |k| > sqrt(K/A), with a warning if so: easy-plane hydrodynamics does not hold there.

    Examples
    --------
    >>> warn_beyond_landau(0.99, A=1, K=1)
    False
    """
    kc = landau_wave_number(A=A, K=K)
    beyond = abs(real("warn_beyond_landau.k", k, "a number in 1/m")) > kc
    if beyond:
        warnings.warn(
            f"winding of {abs(k):.4g}/m is beyond the Landau limit sqrt(K/A) = {kc:.4g}/m: outside easy-plane "
            "hydrodynamics, the spiral leaves the plane and unwinds; use the full LLG (fespin.batteries.winding.llg)",
            WindingWarning,
            stacklevel=3,
        )
    return beyond


def spiral_mode(
    q: float, *, k: float, A: float, K: float, s: float, alpha: float = 0.0, cell: float | None = None
) -> complex:
    """Rate lambda (1/s) of the small mode exp(i q x + lambda t) on the planar spiral phi = k x that grows most.

    With a = A q^2 for in-plane and b = A q^2 + K - A k^2 for out-of-plane deviations, the linearised
    Landau-Lifshitz-Gilbert equation s dn/dt = n x (h - alpha s dn/dt) gives

        (1 + alpha^2) (s lambda)^2 + alpha (a + b) s lambda + a b = 0.

    Without damping lambda = i omega with omega^2 = A q^2 (A q^2 + K - A k^2)/s^2: unstable if and only if
    k > sqrt(K/A). On a mesh of equal cells h whose energy is A |n_i+1 - n_i|^2/(2h), a = A q_h^2 cos(k h) and
    b = A q_h^2 + K - A k_h^2, where q_h^2 = 2 (1 - cos q h)/h^2 and k_h likewise.

    Parameters
    ----------
    q, k : float
        Wave numbers of the mode and of the spiral, 1/m.
    A, K, s : float
        Stiffness J m, easy-plane constant J/m, spin density J s/m; positive.
    alpha : float
        Gilbert damping, not negative.
    cell : float, optional
        Cell length h in m: the rate on that mesh instead of the continuum.

    Returns
    -------
    complex
        The root with the largest real part, with Im >= 0: Re > 0 grows, Im is the angular frequency.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> round(spiral_mode(1.0, k=0.0, A=1.0, K=3.0, s=1.0).imag, 12)  # sqrt(1*4)
    2.0
    >>> from math import pi
    >>> round(spiral_mode(4*pi/32, k=12*pi/32, A=1.0, K=1.0, s=1.0).real, 12)
    0.189840886425
    >>> round(spiral_mode(4*pi/32, k=12*pi/32, A=1.0, K=1.0, s=1.0, cell=1/8).real, 12)
    0.187789231679
    """
    A = positive("spiral_mode.A", A, "J m")
    K = positive("spiral_mode.K", K, "J/m")
    s = positive("spiral_mode.s", s, "J s/m")
    alpha = not_negative("spiral_mode.alpha", alpha, "")
    q = real("spiral_mode.q", q, "a number in 1/m")
    k = real("spiral_mode.k", k, "a number in 1/m")
    q2, k2, turn = q**2, k**2, 1.0
    if cell is not None:
        h = positive("spiral_mode.cell", cell, "m")
        q2, k2, turn = (2 * math.sin(q * h / 2) / h) ** 2, (2 * math.sin(k * h / 2) / h) ** 2, math.cos(k * h)
    a, b = A * q2 * turn, A * q2 + K - A * k2
    root = cmath.sqrt(alpha**2 * (a + b) ** 2 - 4 * (1 + alpha**2) * a * b)
    return (-alpha * (a + b) + root) / (2 * s * (1 + alpha**2))


def fastest_growth(*, k: float, A: float, K: float, s: float) -> tuple[float, float]:
    """Wave number and rate of the fastest undamped instability of a spiral: q^2 = (k^2 - kc^2)/2, (A k^2 - K)/(2 s).

    Returns
    -------
    tuple of float
        q in 1/m and the rate in 1/s; (0, 0) if the spiral is stable.

    Examples
    --------
    >>> fastest_growth(k=3.0, A=1.0, K=1.0, s=2.0)
    (2.0, 2.0)
    """
    kc = landau_wave_number(A=A, K=K)
    s = positive("fastest_growth.s", s, "J s/m")
    excess = max(real("fastest_growth.k", k, "a number in 1/m") ** 2 - kc**2, 0.0)
    return math.sqrt(excess / 2), A * excess / (2 * s)


def slip_barrier(*, A: float, K: float, k: float, reverse: bool = False) -> float:
    """Energy barrier (J) of a phase slip in a narrow wire that unwinds, or with `reverse` winds, by one turn.

    The saddle is a bump n_z = z0 sech(z0 x/xi) with kappa = |k| xi, z0 = sqrt(1 - kappa^2), where
    phi' = k/(1 - n_z^2) turns by 2 arccos(kappa) more than the spiral does. At constant spin current A k,

        barrier = 2 sqrt(A K) [z0 - kappa arccos(kappa)],
        reverse = 2 sqrt(A K) [z0 + kappa (pi - arccos(kappa))],

    and their difference is 2 pi A |k|, the work of the spin current in one turn. Derived by integrating the Euler
    equations once; compare Kim, Takei and Tserkovnyak, PRB 92, 220409 (2015), not used here. Valid for widths below
    about pi xi; see `vortex_barrier` for wide films.

    Parameters
    ----------
    A, K, k : float
        Stiffness J m and easy-plane constant J/m of the line, winding 1/m of either sign.
    reverse : bool
        The slip that adds a turn instead of taking one away.

    Returns
    -------
    float
        J; the forward barrier is 0 for |k| >= sqrt(K/A).

    Examples
    --------
    >>> [round(slip_barrier(A=1.0, K=1.0, k=k), 11) for k in (0, 0.3, 0.9, 1.2)]
    [2.0, 1.14821619917, 0.05993152747, 0.0]
    >>> round(slip_barrier(A=1.0, K=1.0, k=0.3, reverse=True), 11)
    3.03317179132
    """
    kappa = abs(real("slip_barrier.k", k, "a number in 1/m")) * healing_length(A=A, K=K)
    scale = 2 * landau_torque(A=A, K=K)
    forward = scale * _reduced_barrier(kappa)
    return forward + scale * math.pi * kappa if reverse else forward


def _reduced_barrier(kappa: float) -> float:
    """z0 - kappa arccos(kappa); with kappa = cos c it is sin c - c cos c, whose series avoids the cancellation."""
    if kappa >= 1:
        return 0.0
    z0 = math.sqrt((1 - kappa) * (1 + kappa))
    c = math.atan2(z0, kappa)
    return z0 - c * kappa if c > 0.05 else c**3 * (1 / 3 - c**2 / 30 + c**4 / 840)


def ring_barrier(*, A: float, K: float, length: float, turns: int) -> float:
    """Barrier (J) of the slip from `turns` to `turns` - 1 on a closed ring, at fixed total angle.

    Outside the bump of `slip_barrier` the spiral relaxes to k' with k' L + 2 arccos(k' xi) = 2 pi N; the saddle has
    the energy A k'^2 L/2 + 2 sqrt(A K) z0(k'). Up to terms exp(-z0 L/xi). The infinite wire is its limit of large L.

    Raises
    ------
    InputError
        `turns` is not a positive whole number, or A, K, length is not positive.

    Examples
    --------
    >>> ring = ring_barrier(A=1.0, K=1.0, length=2000 * 3.141592653589793, turns=300)
    >>> print(f"{ring:.4f} {slip_barrier(A=1.0, K=1.0, k=0.3):.4f}")
    1.1487 1.1482
    """
    from scipy.optimize import brentq

    L = positive("ring_barrier.length", length, "m")
    if turns != int(turns) or turns < 1:
        raise must_be("ring_barrier.turns", "a positive whole number", turns)
    xi = healing_length(A=A, K=K)
    k = 2 * math.pi * turns / L
    if k * xi >= 1:
        return 0.0

    def excess(kappa: float) -> float:
        return (kappa - k * xi) * L / xi + 2 * math.acos(kappa)

    # the extra angle lowers k'; for one turn it may even vanish or turn round
    low = max(k * xi - 2 * math.pi * xi / L, -1.0)
    kappa = brentq(excess, low, k * xi, xtol=1e-15)
    saddle = A * (kappa / xi) ** 2 * L / 2 + 2 * landau_torque(A=A, K=K) * math.sqrt(1 - kappa**2)
    return saddle - A * k**2 * L / 2


def slip_profile(
    x: NDArray[np.float64], *, A: float, K: float, k: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The saddle of a phase slip at x = 0: n_z and phi at the points x.

    n_z = z0 sech(z0 x/xi), phi = k x + arctan[(z0/kappa) tanh(z0 x/xi)], sign of phi as k.

    Parameters
    ----------
    x : array, shape (n,)
        m; x = 0 is the top of the bump.
    A, K, k : float
        As in `slip_barrier`, |k| < sqrt(K/A).

    Returns
    -------
    tuple of array, shapes (n,)
        n_z, and phi in rad, odd in x; at k = 0 the angle jumps by pi.

    Examples
    --------
    >>> nz, phi = slip_profile(np.array([0.0, 40.0]), A=1.0, K=1.0, k=0.6)
    >>> [float(round(v, 9)) for v in (*nz, 2 * (phi[1] - 0.6 * 40))]  # 2 arccos(0.6)
    [0.8, 0.0, 1.854590436]
    """
    xi = healing_length(A=A, K=K)
    kappa = abs(real("slip_profile.k", k, "a number in 1/m")) * xi
    if kappa >= 1:
        raise must_be("slip_profile.k", f"below the Landau limit {1 / xi:.6g}/m", k, "there is no saddle beyond it")
    z0 = math.sqrt(1 - kappa**2)
    u = z0 * np.asarray(x, dtype=float) / xi
    with np.errstate(over="ignore"):
        nz = z0 / np.cosh(u)
    phi = kappa * np.asarray(x) / xi + np.arctan2(z0 * np.tanh(u), kappa)
    return nz, (phi if k >= 0 else -phi)


def vortex_barrier(*, A_bulk: float, thickness: float, k: float, K_bulk: float, core: float = 0.0) -> float:
    """Estimate (J) of the barrier in a wide film, where a vortex crosses: pi A t [ln(1/(k xi)) - 1 + core].

    Widths above about pi xi slip this way, much cheaper than `slip_barrier`. The core energy is of order one in these
    units and not known better here: with core = 0 this is an estimate, never a closed form. Not below 0.

    Parameters
    ----------
    A_bulk, K_bulk : float
        Stiffness J/m and easy-plane constant J/m^3.
    thickness, k : float
        Film thickness m; winding 1/m, not zero.
    core : float
        Energy of the vortex core in units of pi A t.

    Examples
    --------
    >>> energy = vortex_barrier(A_bulk=7.4e-12, K_bulk=2.463e4, thickness=20e-9, k=0.033 * 5.77e7)
    >>> round(energy / 1.602e-19)  # eV
    7
    """
    A = positive("vortex_barrier.A_bulk", A_bulk, "J/m")
    t = positive("vortex_barrier.thickness", thickness, "m")
    core = real("vortex_barrier.core", core, "a number in units of pi A t")
    kappa = positive("vortex_barrier.k (modulus)", abs(k), "1/m") * healing_length(A=A, K=K_bulk)
    return max(math.pi * A * t * (math.log(1 / kappa) - 1 + core), 0.0)


def log10_lifetime(barrier: float, *, temperature: float = 300.0, attempt_frequency: float = 1e10) -> float:
    """Decimal logarithm of the lifetime exp(barrier/kT)/f0 in seconds; the lifetime itself would overflow.

    Parameters
    ----------
    barrier : float
        J, not negative.
    temperature, attempt_frequency : float
        K; f0 in 1/s, 1e9 to 1e11 being usual: one unit of the result either way.

    Raises
    ------
    InputError
        barrier < 0, temperature or attempt_frequency not positive.

    Examples
    --------
    >>> A, K = 7.4e-12 * 1e-15, 2.463e4 * 1e-15  # YIG wire of 50 nm x 20 nm
    >>> round(log10_lifetime(slip_barrier(A=A, K=K, k=landau_wave_number(A=A, K=K) / 2)), 1)
    20.7
    """
    from scipy.constants import k as boltzmann

    barrier = not_negative("log10_lifetime.barrier", barrier, "J")
    kT = boltzmann * positive("log10_lifetime.temperature", temperature, "K")
    f0 = positive("log10_lifetime.attempt_frequency", attempt_frequency, "1/s")
    return barrier / kT / math.log(10) - math.log10(f0)
