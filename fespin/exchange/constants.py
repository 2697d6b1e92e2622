"""Constants in electronvolt and nanometre: the units in which the integrals are of order one; SI outside."""

from __future__ import annotations

from scipy import constants as _c

ELECTRONVOLT: float = _c.e  # J
NANOMETRE: float = _c.nano  # m
KINETIC: float = _c.hbar**2 / (2 * _c.m_e) / _c.e / _c.nano**2  # hbar^2/2m, eV nm^2
COULOMB: float = _c.e / _c.epsilon_0 / _c.nano  # e^2/eps0, eV nm
BOLTZMANN: float = _c.k / _c.e  # eV/K
SURFACE_ENERGY: float = _c.e / _c.nano**2  # J/m^2 per eV/nm^2
