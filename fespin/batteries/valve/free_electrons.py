"""Free electrons: what a metal stores beyond the linear law, and the numbers of copper.

With n/2 (1 +- m) electrons of each spin per volume at T = 0, neutral (so that the potential does not enter),

    eV = E_F [(1 + m)^(2/3) - (1 - m)^(2/3)],   energy n E_F (3/10) [(1 + m)^(5/3) + (1 - m)^(5/3) - 2],

up to full polarization, eV = 2^(2/3) E_F. For eV << E_F the energy is e^2 V^2 Pi_N/4 per volume with the density of
states Pi_N = 3n/(4 E_F) per spin: the prefactor 1/4 that eq 5 of the paper leaves open. Its eq 6 prints m e^2/hbar^3
where the dimension needs hbar^2, and C ~ Omega/lambda_F^2, in Gaussian units: in SI C = eps_0 Omega/(4 r^2) with the
Thomas-Fermi length r.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import e, epsilon_0, hbar, m_e

from ...errors import InputError
from ...materials import NormalMetal
from ...network.checks import positive

COPPER_DENSITY = 8.47e28  # electrons per m^3, one per atom (Ashcroft and Mermin, Solid State Physics, table 1.1)
COPPER_MASS_DENSITY = 8960.0  # kg/m^3


@dataclass(frozen=True, kw_only=True)
class FreeElectrons:
    """A gas of free electrons.

    Parameters
    ----------
    density : float
        n, 1/m^3.

    Examples
    --------
    >>> copper = FreeElectrons(density=8.47e28)
    >>> f"{copper.states_per_spin * e:.8e} {copper.spin_capacitance:.8e}"
    '9.03272518e+27 7.23601061e+08'
    """

    density: float

    def __post_init__(self) -> None:
        positive("FreeElectrons.density", self.density, "1/m^3")

    @property
    def fermi_energy(self) -> float:
        """E_F = hbar^2 (3 pi^2 n)^(2/3)/2m, J."""
        return hbar**2 * (3 * math.pi**2 * self.density) ** (2 / 3) / (2 * m_e)

    @property
    def fermi_wavelength(self) -> float:
        """2 pi/k_F, m: 0.46 nm in copper, not the 0.1 nm of the paper."""
        return 2 * math.pi / (3 * math.pi**2 * self.density) ** (1 / 3)

    @property
    def states_per_spin(self) -> float:
        """Pi_N = 3n/(4 E_F), 1/(J m^3)."""
        return 3 * self.density / (4 * self.fermi_energy)

    @property
    def spin_capacitance(self) -> float:
        """c_q = e^2 Pi_N/2, F/m^3."""
        return e**2 * self.states_per_spin / 2

    @property
    def screening_length(self) -> float:
        """Thomas-Fermi length, r^2 = eps_0/(2 e^2 Pi_N), m."""
        return math.sqrt(epsilon_0 / (2 * e**2 * self.states_per_spin))

    @property
    def largest_voltage(self) -> float:
        """2^(2/3) E_F/e, V: all electrons have one spin."""
        return 2 ** (2 / 3) * self.fermi_energy / e

    def gain_over_plates(self, thickness: float) -> float:
        """C/C_geometric = (d/2r)^2 against plates in vacuum at the distance d in m.

        Examples
        --------
        >>> f"{FreeElectrons(density=8.47e28).gain_over_plates(1e-6):.5e}"
        '8.17242e+07'
        """
        return (positive("thickness", thickness, "m") / (2 * self.screening_length)) ** 2

    def voltage(self, m: ArrayLike) -> NDArray[np.float64]:
        """V at the polarization m = (n_up - n_dn)/n between -1 and 1."""
        m = _polarization(m)
        return np.asarray(self.fermi_energy / e * ((1 + m) ** (2 / 3) - (1 - m) ** (2 / 3)))

    def energy(self, m: ArrayLike) -> NDArray[np.float64]:
        """Stored per volume, J/m^3."""
        m = _polarization(m)
        small = np.abs(m) < 1e-3
        # (1 + m)^(5/3) + (1 - m)^(5/3) - 2 = (10/9) m^2 + (10/243) m^4 + ..., where the difference cancels
        series = m**2 * (10 / 9 + m**2 * (10 / 243))
        bracket = np.where(small, series, (1 + m) ** (5 / 3) + (1 - m) ** (5 / 3) - 2)
        return np.asarray(0.3 * self.density * self.fermi_energy * bracket)

    def polarization(self, voltage: float) -> float:
        """The m of a voltage in V.

        Raises
        ------
        InputError
            Beyond 2^(2/3) E_F/e.

        Examples
        --------
        >>> f"{FreeElectrons(density=8.47e28).polarization(1.0):.9f}"
        '0.106553733'
        """
        from scipy.optimize import brentq

        V = self._within(voltage)
        top = self.largest_voltage
        if abs(V) >= top:
            return math.copysign(1.0, V)
        return float(brentq(lambda m: float(self.voltage(m)) - V, -1.0, 1.0, xtol=1e-16, rtol=1e-15))

    def _within(self, voltage: float) -> float:
        top = self.largest_voltage
        if not abs(voltage) <= top * (1 + 1e-12):
            raise InputError(
                f"voltage must be within 2^(2/3) E_F/e = {top:.6g} V, got {voltage!r}; there all have one spin"
            )
        return float(voltage)

    def stored(self, voltage: float) -> float:
        """Energy per volume at a voltage in V, J/m^3."""
        return float(self.energy(self.polarization(voltage)))


def _polarization(m: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(m, dtype=float)
    if not (np.abs(found) <= 1).all():
        raise InputError(f"the polarization must be between -1 and 1, got {m!r}")
    return found


def free_electron_metal(density: float, *, conductivity: float, **options: Any) -> NormalMetal:
    """A normal metal with the states of free electrons; further options are those of `NormalMetal`.

    Parameters
    ----------
    density : float
        n, 1/m^3.
    conductivity : float
        S/m.

    Examples
    --------
    >>> f"{free_electron_metal(8.47e28, conductivity=5.96e7).diffusivity:.4f}"  # m^2/s
    '0.0206'
    """
    states = 2 * FreeElectrons(density=density).states_per_spin
    return NormalMetal(conductivity=conductivity, diffusivity=conductivity / (e**2 * states), **options)
