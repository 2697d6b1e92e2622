"""The locked spin valve as capacitor and battery: half-metal or ferromagnetic plates around a normal metal.

Charge is stored as a splitting of the electrochemical potentials of spin up and down in a metal that stays neutral:
each plate lets one spin through. After Pastur, Slavin and Yanovsky, Low Temp. Phys. 46, 724 (2020), arXiv:2008.00068
(sections 2 and 3, conclusion, appendix), called the paper here. What of its claims holds is listed in
`fespin.batteries.valve.estimates`; where an equation is misprinted, the function that uses it says so.
"""

from .capacity import Capacity, capacity, linear_capacity
from .closed_forms import (
    Spacer,
    best_load,
    decay_numbers,
    decay_rates,
    discharge_share,
    impedance_of,
    load_share,
    low_frequency,
    polarised_resistance,
    series_resistance,
    step_current,
)
from .emf import EMFCurve, Reservoir
from .estimates import ampere_hours
from .exact import exact_admittance
from .free_electrons import COPPER_DENSITY, COPPER_MASS_DENSITY, FreeElectrons, free_electron_metal
from .info import cautions, describe
from .ladder_reservoir import LadderReservoir, ladder_emf
from .layers import Interface, Layer, ValveWarning
from .mesh import StackMesh
from .phase import Phase, charge, discharge, hold
from .potentials import Jump, Potentials, contact_jumps, potentials
from .reservoir import FreeElectronReservoir, WignerReservoir, neutral_emf, staircase_emf, thermal_emf
from .reservoir_run import ReservoirValve
from .result import ValveResult
from .runfile import RunFile, load_valve
from .screening import DoubleLayers, Screened, screened, screening_length
from .simulate import round_trip, simulate
from .stack import SpinValve, half_metal_valve
from .statics import StaticSolution, impedance, resistance, solve_static

__all__ = [
    "COPPER_DENSITY",
    "COPPER_MASS_DENSITY",
    "Capacity",
    "DoubleLayers",
    "EMFCurve",
    "FreeElectronReservoir",
    "FreeElectrons",
    "Interface",
    "Jump",
    "LadderReservoir",
    "Layer",
    "Phase",
    "Potentials",
    "Reservoir",
    "ReservoirValve",
    "RunFile",
    "Screened",
    "Spacer",
    "SpinValve",
    "StackMesh",
    "StaticSolution",
    "ValveResult",
    "ValveWarning",
    "WignerReservoir",
    "ampere_hours",
    "best_load",
    "capacity",
    "cautions",
    "charge",
    "contact_jumps",
    "decay_numbers",
    "decay_rates",
    "describe",
    "discharge",
    "discharge_share",
    "exact_admittance",
    "free_electron_metal",
    "half_metal_valve",
    "hold",
    "impedance",
    "impedance_of",
    "ladder_emf",
    "linear_capacity",
    "load_share",
    "load_valve",
    "low_frequency",
    "neutral_emf",
    "polarised_resistance",
    "potentials",
    "resistance",
    "round_trip",
    "screened",
    "screening_length",
    "series_resistance",
    "simulate",
    "solve_static",
    "staircase_emf",
    "step_current",
    "thermal_emf",
]
