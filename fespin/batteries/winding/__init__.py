"""The easy-plane winding battery: energy in the winding of a magnet's order parameter, charged by spin Hall torques.

After Tserkovnyak and Xiao, "Energy storage via topological spin textures", PRL 121, 127701 (2018).
"""

from .battery import WindingBattery
from .closed_forms import (
    FirstTransit,
    Held,
    first_transit,
    held,
    load_share,
    loaded_conductance,
    reflection,
    slow_load_share,
    slowest_odd_mode,
)
from .contact import Contact, ContactFilm, film_contact, paper_contact
from .files import run_to_file
from .impedance import LeakyCapacitor, admittance, impedance, leaky_capacitor
from .info import cautions, describe
from .limits import WindingWarning
from .line import nodes_from_mesh
from .magnets import (
    HEMATITE,
    STRIP,
    WIRE,
    YIG,
    EasyPlaneMagnet,
    antiferromagnet,
    ferromagnet,
    hematite_film,
    strip_battery,
    yig_film,
)
from .phase import Phase
from .protocols import (
    Curve,
    Efficiency,
    best_charge,
    charge,
    current_for,
    cycle,
    discharge,
    discharge_time,
    efficiency,
    hold,
    round_trip,
    scaling,
    vi_curve,
)
from .result import WindingResult
from .runfile import RunFile, load_run
from .simulate import Simulation, simulate
from .source import battery_source
from .state import State

__all__ = [
    "HEMATITE",
    "STRIP",
    "WIRE",
    "YIG",
    "Contact",
    "ContactFilm",
    "Curve",
    "EasyPlaneMagnet",
    "Efficiency",
    "FirstTransit",
    "Held",
    "LeakyCapacitor",
    "Phase",
    "RunFile",
    "Simulation",
    "State",
    "WindingBattery",
    "WindingResult",
    "WindingWarning",
    "admittance",
    "antiferromagnet",
    "battery_source",
    "best_charge",
    "cautions",
    "charge",
    "current_for",
    "cycle",
    "describe",
    "discharge",
    "discharge_time",
    "efficiency",
    "ferromagnet",
    "film_contact",
    "first_transit",
    "held",
    "hematite_film",
    "hold",
    "impedance",
    "leaky_capacitor",
    "load_run",
    "load_share",
    "loaded_conductance",
    "nodes_from_mesh",
    "paper_contact",
    "reflection",
    "round_trip",
    "run_to_file",
    "scaling",
    "simulate",
    "slow_load_share",
    "slowest_odd_mode",
    "strip_battery",
    "vi_curve",
    "yig_film",
]
