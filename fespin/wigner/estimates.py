"""The paper's own estimate of what a valve stores, with its arithmetic done again."""

from __future__ import annotations

from scipy.constants import e

from ..network.checks import positive


def estimated_energy(*, volume: float, voltage: float, fermi_energy: float, fermi_wavelength: float) -> float:
    """(e V)^2/eps_F per cube of the Fermi wavelength, in J: eq 5 as the Conclusion of the paper uses it.

    Parameters
    ----------
    volume, voltage, fermi_energy, fermi_wavelength : float
        m^3, V, J, m; positive.

    Examples
    --------
    >>> micron = estimated_energy(volume=1e-18, voltage=0.01, fermi_energy=e, fermi_wavelength=1e-10)
    >>> f"{micron:.3e} J, {micron / 0.01 / 3600:.2e} A h"  # the paper says 1e-16 A h
    '1.602e-11 J, 4.45e-13 A h'
    """
    volume = positive("estimated_energy.volume", volume, "m^3")
    charge = e * positive("estimated_energy.voltage", voltage, "V")
    depth = positive("estimated_energy.fermi_energy", fermi_energy, "J")
    return volume / positive("estimated_energy.fermi_wavelength", fermi_wavelength, "m") ** 3 * charge**2 / depth
