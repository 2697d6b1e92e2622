"""How much energy an easy-plane winding can hold: densities, the Landau limit, the paper's estimate and realistic ones.

Tserkovnyak and Xiao, PRL 121, 127701 (2018), eqs 8 and 11 and the text around them. The stiffness A and the easy-plane
constant K may be those of the line (J m and J/m; energies are then J/m) or those of the bulk (J/m and J/m^3; energies
are then J/m^3): the formulas are the same. A = 2 A_ex in the usual notation of micromagnetics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...network.checks import positive, real
from .stability import landau_wave_number, warn_beyond_landau

WATT_HOUR = 3600.0  # J
LITHIUM_ION = 200 * WATT_HOUR  # J/kg; the figure that the paper compares with


def winding_energy_density(*, A: float, k: float, K: float | None = None) -> float:
    """Exchange energy A k^2/2 of a uniform winding (eq 11), J/m for a line and J/m^3 for the bulk.

    Parameters
    ----------
    A : float
        Stiffness, J m (line) or J/m (bulk), positive.
    k : float
        Winding density d(phi)/dx in 1/m, of either sign.
    K : float, optional
        Easy-plane constant, J/m or J/m^3: if given, a warning says when |k| is beyond the Landau limit.

    Raises
    ------
    InputError
        A or K is not positive, or k is not a number.

    Examples
    --------
    >>> winding_energy_density(A=7.4e-12, k=1e7)
    370.0
    """
    A = positive("winding_energy_density.A", A, "J m (line) or J/m (bulk)")
    k = real("winding_energy_density.k", k, "a number in 1/m")
    if K is not None:
        warn_beyond_landau(k, A=A, K=K)
    return A * k**2 / 2


def landau_energy_density(*, K: float) -> float:
    """Largest energy density K/2 of a planar winding, at the Landau wave number k = sqrt(K/A); J/m or J/m^3.

    Examples
    --------
    >>> landau_energy_density(K=26.1e3)
    13050.0
    """
    return positive("landau_energy_density.K", K, "J/m (line) or J/m^3 (bulk)") / 2


def watt_hours_per_kg(energy_density: float, *, mass_density: float) -> float:
    """Gravimetric capacity in Wh/kg of a bulk energy density in J/m^3; 1 Wh = 3600 J.

    Examples
    --------
    >>> round(watt_hours_per_kg(landau_energy_density(K=26.1e3), mass_density=5260), 10)  # hematite
    0.0006891635
    """
    energy_density = real("watt_hours_per_kg.energy_density", energy_density, "a number in J/m^3")
    return energy_density / positive("watt_hours_per_kg.mass_density", mass_density, "kg/m^3") / WATT_HOUR


def atomistic_energy_density(*, exchange: float, lattice_constant: float, prefactor: float = 0.5) -> float:
    """Energy density J/m^3 of a winding on the atomic scale, prefactor * J/a^3.

    Eq 11 with a stiffness J/a and d(phi)/dx = 1/a has the prefactor 1/2. The 200 Wh/kg of the paper, "J per atomic
    site", leave it out: with prefactor=1 their numbers give 235 Wh/kg, with the 1/2 of their own eq 11 118 Wh/kg.

    Parameters
    ----------
    exchange, lattice_constant : float
        J in joule and a in m, positive.
    prefactor : float
        1/2 for eq 11, 1 for "J per atomic site".

    Examples
    --------
    >>> from scipy.constants import electron_volt
    >>> for prefactor in (1, 0.5):
    ...     u = atomistic_energy_density(exchange=electron_volt, lattice_constant=3e-10, prefactor=prefactor)
    ...     print(round(watt_hours_per_kg(u, mass_density=7e3), 6))
    235.475696
    117.737848
    """
    J = positive("atomistic_energy_density.exchange", exchange, "J")
    a = positive("atomistic_energy_density.lattice_constant", lattice_constant, "m")
    return positive("atomistic_energy_density.prefactor", prefactor, "units of J/a^3") * J / a**3


def smooth_energy_density(*, exchange: float, lattice_constant: float, wave_number: float) -> float:
    """Energy density (J/a) k^2/2 in J/m^3 of a winding smoother than the lattice, k < 1/a (eq 11).

    The paper's realistic case: J ten times smaller than 1 eV and k ten to a hundred times smaller than 1/a, "lower by
    at least 3 orders of magnitude" than the atomistic limit. That holds: it is 10^3 to 10^5.

    Examples
    --------
    >>> from scipy.constants import electron_volt as eV
    >>> limit = atomistic_energy_density(exchange=eV, lattice_constant=3e-10)
    >>> smooth = smooth_energy_density(exchange=0.1 * eV, lattice_constant=3e-10, wave_number=1e-1 / 3e-10)
    >>> round(limit / smooth, 9)
    1000.0
    """
    J = positive("smooth_energy_density.exchange", exchange, "J")
    a = positive("smooth_energy_density.lattice_constant", lattice_constant, "m")
    return winding_energy_density(A=J / a, k=positive("smooth_energy_density.wave_number", wave_number, "1/m"))


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What a bulk easy-plane magnet can store: the Landau limit, in the units that people compare.

    `wave_number` in 1/m and `period` = 2 pi/wave_number in m belong to the steepest stable winding; `volumetric` in
    J/m^3 and `gravimetric` in Wh/kg are its energy K/2; `orders_below_lithium` is the decimal logarithm of
    200 Wh/kg over it.
    """

    wave_number: float
    period: float
    volumetric: float
    gravimetric: float
    orders_below_lithium: float


def landau_capacity(*, A: float, K: float, mass_density: float) -> Capacity:
    """Realistic capacity of a bulk easy-plane magnet: k = sqrt(K/A), energy density K/2.

    Parameters
    ----------
    A, K, mass_density : float
        Bulk stiffness in J/m (twice the micromagnetic A_ex), easy-plane constant in J/m^3, density in kg/m^3.

    Raises
    ------
    InputError
        A parameter is not positive.

    Examples
    --------
    >>> from scipy.constants import mu_0
    >>> yig = landau_capacity(A=7.4e-12, K=mu_0 * 1.4e5**2, mass_density=5170)  # shape anisotropy of a film
    >>> print(f"{yig.period * 1e9:.0f} nm, {yig.gravimetric:.3e} Wh/kg, {yig.orders_below_lithium:.1f} orders")
    109 nm, 6.617e-04 Wh/kg, 5.5 orders
    """
    volumetric = landau_energy_density(K=K)
    gravimetric = watt_hours_per_kg(volumetric, mass_density=mass_density)
    kc = landau_wave_number(A=A, K=K)
    return Capacity(
        wave_number=kc,
        period=2 * math.pi / kc,
        volumetric=volumetric,
        gravimetric=gravimetric,
        orders_below_lithium=math.log10(LITHIUM_ION / WATT_HOUR / gravimetric),
    )
