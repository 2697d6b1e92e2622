"""Files of valves: TOML in; what is not understood is refused.

[valve]      name, cross_section; or mesh and length_unit, with [regions] and [terminals] as in device files
[materials]  as in device files, with relaxation_time, spin_capacitance, density_polarization besides
[[layer]]    name, material, thickness, magnetization = "up" | "down", cells; one of kind = "wigner" or
             "free-electrons" instead of a material makes it a reservoir
[interfaces] between, conductance_up and conductance_down or area_resistance and asymmetry, spin_memory_loss,
             spin_flip_conductance
[initial]    splitting in V, or charge in C of a reservoir
[solver]     records
[[phase]]    kind, duration, voltage | current, load, series, shape, time, dt, name
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...device.keys import refuse_unknown
from ...errors import DeviceError, InputError
from ...tomlfile import read_toml
from ...units import quantity
from ..entries import drive_values, quantities, subtable, tables, whole
from .phase import Phase
from .reservoir_run import ReservoirValve
from .result import ValveResult
from .simulate import simulate
from .stack import SpinValve
from .stackfile import read_reservoir_valve, read_stack

_PHASE = {"duration": "s", "time": "s", "load": "ohm", "series": "ohm", "dt": "s"}
_SECTIONS = ("valve", "materials", "layer", "regions", "terminals", "interfaces", "initial", "solver", "phase")


@dataclass(frozen=True)
class RunFile:
    """A valve and what is done to it; `initial` is a splitting in V, or a charge in C of a reservoir."""

    valve: SpinValve | ReservoirValve
    phases: tuple[Phase, ...]
    initial: float = 0.0
    records: int = 400

    def run(self, progress: Any = None) -> ValveResult:
        """Run the phases.

        Raises
        ------
        InputError
            The file has no phases.
        """
        if not self.phases:
            raise InputError("the file must have at least one table [[phase]] to be run, got none")
        if isinstance(self.valve, ReservoirValve):
            return self.valve.simulate(self.phases, charge=self.initial, records=self.records, progress=progress)
        return simulate(self.valve, self.phases, splitting=self.initial, records=self.records, progress=progress)


def load_valve(path: str | os.PathLike[str]) -> RunFile:
    """Read a valve file.

    Raises
    ------
    DeviceError
        One line that names the file, the key, what was found and what was expected.

    Examples
    --------
    >>> load_valve("no_such_file.toml")
    Traceback (most recent call last):
    ...
    fespin.errors.DeviceError: no_such_file.toml cannot be read: No such file or directory
    """
    return read_toml(path, read_document, what="a valve file", error=DeviceError)


def read_document(document: Mapping[str, Any], path: Path) -> RunFile:
    """A parsed file; `path` is where meshes are looked for, and gives the name."""
    refuse_unknown(document, _SECTIONS, "the file")
    reservoir = any("kind" in entry for entry in tables(document, "layer"))
    valve = read_reservoir_valve(document, path) if reservoir else read_stack(document, path)
    initial = subtable(document, "initial")
    key, unit = ("charge", "C") if reservoir else ("splitting", "V")
    refuse_unknown(initial, (key,), "[initial]")
    solver = subtable(document, "solver")
    refuse_unknown(solver, ("records",), "[solver]")
    phases = tuple(_phase(entry, f"[[phase]] {k}") for k, entry in enumerate(tables(document, "phase"), 1))
    return RunFile(
        valve, phases, quantity(initial.get(key, 0.0), unit, f"[initial] {key}"), whole(solver, "records", 400)
    )


def _phase(entry: Mapping[str, Any], where: str) -> Phase:
    refuse_unknown(entry, ("kind", "name", "shape", "current", "voltage", *_PHASE), where)
    values = drive_values(entry, where) | quantities(entry, _PHASE, where)
    if "duration" not in values:
        raise DeviceError(f"{where} must have the key 'duration' in seconds, got none")
    try:
        return Phase(**values)
    except InputError as error:
        raise DeviceError(f"{where}: {error}") from None
