"""What an experiment would measure on a device, from its conductance matrix alone: no new solve.

Every result carries its derivative to every entry of the matrix. Charge potentials are V_e and spin potentials
V_s = (mu_up - mu_down)/(2e) in volt, spin currents I_up - I_down in ampere, so that a spin resistance V_s/I_s of
a long wire is rho lambda/A, the R_N of Takahashi and Maekawa.
"""

from .angular import AngularLaw, AngularResistance, angular_magnetoresistance
from .measurement import Comparison, Measurement
from .resistances import (
    delta_nonlocal,
    magnetoresistance,
    nonlocal_signal,
    resistance,
    spin_absorption_ratio,
)
from .spin import SpinSource, effective_polarization, spin_resistance, thevenin_spin_source

__all__ = [
    "AngularLaw",
    "AngularResistance",
    "Comparison",
    "Measurement",
    "SpinSource",
    "angular_magnetoresistance",
    "delta_nonlocal",
    "effective_polarization",
    "magnetoresistance",
    "nonlocal_signal",
    "resistance",
    "spin_absorption_ratio",
    "spin_resistance",
    "thevenin_spin_source",
]
