"""Wigner crystals on chains."""

from .crystal import Step, ground_sites, step, width
from .potential import ConvexPotential, Potential, PowerLaw, as_potential
from .stairs import Filling, Staircase, chemical_potential, filling, staircase
from .thermal import ThermalChain, ThermalState, nearest_step
from .units import Units

__all__ = [
    "ConvexPotential",
    "Filling",
    "Potential",
    "PowerLaw",
    "Staircase",
    "Step",
    "ThermalChain",
    "ThermalState",
    "Units",
    "as_potential",
    "chemical_potential",
    "filling",
    "ground_sites",
    "nearest_step",
    "staircase",
    "step",
    "width",
]
