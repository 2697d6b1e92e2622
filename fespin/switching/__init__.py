"""Devices whose magnets turn: equilibrium under interlayer exchange, and resistance through a reversal.

Exchange across a tunnel barrier (`fespin.exchange`) depends on temperature and electric field through the permittivity;
with anisotropy and an applied field it decides where the magnetizations of a device point, and they decide its
resistance.
"""

from .curve import SwitchingCurve
from .descent import is_stable, nearest_minimum
from .equilibrium import equilibrium, ground_state, macrospins, with_conditions, with_directions
from .macrospins import Macrospins
from .reversal import loop, switching_curve

__all__ = [
    "Macrospins",
    "SwitchingCurve",
    "equilibrium",
    "ground_state",
    "is_stable",
    "loop",
    "macrospins",
    "nearest_minimum",
    "switching_curve",
    "with_conditions",
    "with_directions",
]
