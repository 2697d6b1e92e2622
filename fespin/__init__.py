"""fespin: finite elements for spintronic devices.

From a mesh with named regions and terminals to the 4T x 4T matrix of charge and spin conductances:

    device = fespin.load("meshes/fn_wire_1d.toml")
    print(fespin.conductance(device))

Potentials are in volts, currents in amperes, counted positive out of the device; spin currents count charge
(J_up - J_down), so every entry of the matrix is in siemens.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .audit.convergence import Convergence, check_convergence
    from .audit.ratchet import RatchetReport, check_ratchet
    from .audit.reciprocity import ReciprocityReport, check_reciprocity
    from .batteries.valve.result import ValveResult
    from .batteries.valve.runfile import load_valve
    from .batteries.valve.stack import SpinValve
    from .batteries.winding.battery import WindingBattery
    from .batteries.winding.result import WindingResult
    from .batteries.winding.runfile import load_run
    from .device.device import Device
    from .device.file import load
    from .device.interface import Interface
    from .device.mesh import Mesh
    from .device.reader import read_mesh
    from .device.region import Region
    from .device.texture import MagnetizationField
    from .errors import (
        DeviceError,
        FespinError,
        InputError,
        MaterialWarning,
        MeshError,
        MeshWarning,
        SolverError,
        SolverWarning,
    )
    from .materials import Ferromagnet, HalfMetal, NormalMetal
    from .netlist.reader import load_circuit
    from .network.circuit import Circuit
    from .network.conductance import ConductanceMatrix
    from .network.contact_theory import ContactReport, as_contact
    from .network.drive import drive
    from .network.joining import connect, parallel, series
    from .network.operating_point import CircuitSolution
    from .network.relaxing_circuit import RelaxingCircuit, relaxing_circuit
    from .network.sources import Source
    from .network.spice import to_spice
    from .network.spice_read import from_spice
    from .network.terminal import TerminalSpace
    from .report.write import Report, write_report
    from .sweeps.result import SweepResult
    from .sweeps.sweep import sweep
    from .transport.sensitivities import Sensitivities
    from .transport.sensitivity import sensitivities
    from .transport.solution import Solution
    from .transport.solve import conductance, solve

# name -> module; resolved at first use (PEP 562), so that `import fespin` costs no heavy import
_HOME = {
    "Circuit": "network.circuit",
    "CircuitSolution": "network.operating_point",
    "ConductanceMatrix": "network.conductance",
    "ContactReport": "network.contact_theory",
    "Convergence": "audit.convergence",
    "Device": "device.device",
    "DeviceError": "errors",
    "Ferromagnet": "materials",
    "FespinError": "errors",
    "HalfMetal": "materials",
    "InputError": "errors",
    "Interface": "device.interface",
    "MagnetizationField": "device.texture",
    "MaterialWarning": "errors",
    "Mesh": "device.mesh",
    "MeshError": "errors",
    "MeshWarning": "errors",
    "NormalMetal": "materials",
    "RatchetReport": "audit.ratchet",
    "ReciprocityReport": "audit.reciprocity",
    "Region": "device.region",
    "RelaxingCircuit": "network.relaxing_circuit",
    "Report": "report.write",
    "Sensitivities": "transport.sensitivities",
    "Solution": "transport.solution",
    "SolverError": "errors",
    "SolverWarning": "errors",
    "Source": "network.sources",
    "SpinValve": "batteries.valve.stack",
    "SweepResult": "sweeps.result",
    "TerminalSpace": "network.terminal",
    "ValveResult": "batteries.valve.result",
    "WindingBattery": "batteries.winding.battery",
    "WindingResult": "batteries.winding.result",
    "as_contact": "network.contact_theory",
    "check_convergence": "audit.convergence",
    "check_ratchet": "audit.ratchet",
    "check_reciprocity": "audit.reciprocity",
    "conductance": "transport.solve",
    "connect": "network.joining",
    "drive": "network.drive",
    "from_spice": "network.spice_read",
    "load": "device.file",
    "load_circuit": "netlist.reader",
    "load_run": "batteries.winding.runfile",
    "load_valve": "batteries.valve.runfile",
    "parallel": "network.joining",
    "read_mesh": "device.reader",
    "relaxing_circuit": "network.relaxing_circuit",
    "sensitivities": "transport.sensitivity",
    "series": "network.joining",
    "solve": "transport.solve",
    "sweep": "sweeps.sweep",
    "to_spice": "network.spice",
    "write_report": "report.write",
}

__all__ = [
    "Circuit",
    "CircuitSolution",
    "ConductanceMatrix",
    "ContactReport",
    "Convergence",
    "Device",
    "DeviceError",
    "Ferromagnet",
    "FespinError",
    "HalfMetal",
    "InputError",
    "Interface",
    "MagnetizationField",
    "MaterialWarning",
    "Mesh",
    "MeshError",
    "MeshWarning",
    "NormalMetal",
    "RatchetReport",
    "ReciprocityReport",
    "Region",
    "RelaxingCircuit",
    "Report",
    "Sensitivities",
    "Solution",
    "SolverError",
    "SolverWarning",
    "Source",
    "SpinValve",
    "SweepResult",
    "TerminalSpace",
    "ValveResult",
    "WindingBattery",
    "WindingResult",
    "__version__",
    "as_contact",
    "check_convergence",
    "check_ratchet",
    "check_reciprocity",
    "conductance",
    "connect",
    "drive",
    "from_spice",
    "load",
    "load_circuit",
    "load_run",
    "load_valve",
    "parallel",
    "read_mesh",
    "relaxing_circuit",
    "sensitivities",
    "series",
    "solve",
    "sweep",
    "to_spice",
    "write_report",
]


# packages reached as attributes: `fespin.wigner`
_PACKAGES = ("assemblies", "distributed", "exchange", "switching", "wigner")


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'fespin' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_PACKAGES])
