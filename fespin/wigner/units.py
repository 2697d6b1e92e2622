"""Real units of a chain: one length and one permittivity fix E0 = e^2/(4 pi eps0 eps a) and all else.

The estimate of the paper after its fig 9, e^2/(eps eps0 a k_B), lacks the 4 pi of SI: the steps that persist to
T = 1e-2 E0 mean 418 K/eps at a = 4 angstrom, so "~100 K" needs eps of about 4, not 40 to 70.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.constants import e, epsilon_0, k

from ..network.checks import positive


@dataclass(frozen=True, kw_only=True)
class Units:
    """Scales of a chain of lattice constant a in a medium of relative permittivity eps.

    Parameters
    ----------
    lattice_constant : float
        a in m, positive.
    permittivity : float
        Relative, positive.

    Raises
    ------
    InputError
        Not a positive number.

    Examples
    --------
    >>> scale = Units(lattice_constant=4e-10, permittivity=1.0)
    >>> f"{scale.volt:.3f} V, {scale.kelvin:.0f} K"
    '3.600 V, 41775 K'
    """

    lattice_constant: float
    permittivity: float = 1.0

    def __post_init__(self) -> None:
        positive("Units.lattice_constant", self.lattice_constant, "m")
        positive("Units.permittivity", self.permittivity, "units of the permittivity of the vacuum")

    @property
    def joule(self) -> float:
        """E0 in J."""
        return e**2 / (4 * math.pi * epsilon_0 * self.permittivity * self.lattice_constant)

    @property
    def volt(self) -> float:
        """E0/e in V: mu, eV and delta_eta of 1 in reduced units; also E0 in eV."""
        return self.joule / e

    @property
    def kelvin(self) -> float:
        """E0/k_B in K: T = 1 in reduced units."""
        return self.joule / k

    @property
    def newton(self) -> float:
        """E0/a in N: P = 1 in reduced units."""
        return self.joule / self.lattice_constant
