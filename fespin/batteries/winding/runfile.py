"""Run files of winding batteries: TOML in; what is not understood is refused."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...device.device import length_of
from ...device.keys import refuse_unknown
from ...errors import DeviceError, InputError, suggest
from ...tomlfile import read_toml
from ...units import quantity
from ..entries import drive_values, quantities, subtable, tables, whole
from . import magnets
from .battery import WindingBattery
from .contact import ContactFilm
from .line import Floats, nodes_from_mesh
from .phase import Phase
from .simulate import Simulation

_STRIP = {"length": "m", "width": "m", "thickness": "m"}
_FERRO = {"saturation_magnetization": "A/m", "exchange_stiffness": "J/m", "damping": "", "easy_plane": "J/m^3",
          "mass_density": "kg/m^3"}  # fmt: skip
_ANTIFERRO = {"sublattice_magnetization": "A/m", "exchange_field": "T", "anisotropy_field": "T", "wave_speed": "m/s",
              "damping": "", "mass_density": "kg/m^3"}  # fmt: skip
_WIRES = {"width": "m", "thickness": "m", "resistivity": "ohm m", "spin_hall_angle": "", "spin_diffusion_length": "m",
          "mixing_conductance": "1/m^2"}  # fmt: skip
_REDUCED = {"length": "m", "stiffness": "J m", "susceptibility": "J s^2/m", "spin_density": "J s/m", "damping": "",
            "contact_conductance": "J s", "spin_torque": "V s", "wire_resistance": "ohm", "easy_plane": "J/m",
            "anisotropy": "J/m"}  # fmt: skip
_PHASE = {"duration": "s", "time": "s", "load": "ohm", "inductance": "H", "gate": "J", "gate_time": "s", "courant": "",
          "dt": "s"}  # fmt: skip
_TRANSITS = ("duration", "time", "gate_time")  # may be given as "100 L/u"


@dataclass(frozen=True)
class RunFile:
    """A battery, what is done to it, and on which mesh."""

    battery: WindingBattery
    phases: tuple[Phase, ...]
    cells: int = 100
    nodes: Floats | None = None
    records: int = 400
    density: float = 0.0

    def simulation(self) -> Simulation:
        """The run before its first step."""
        return Simulation(self.battery, self.phases, cells=self.cells, nodes=self.nodes, records=self.records,
                          density=self.density)  # fmt: skip


def load_run(path: str | os.PathLike[str]) -> RunFile:
    """Read a run file.

    Raises
    ------
    DeviceError
        One line that names the file, the key, what was found and what was expected.

    Examples
    --------
    >>> load_run("no_such_file.toml")
    Traceback (most recent call last):
    ...
    fespin.errors.DeviceError: no_such_file.toml cannot be read: No such file or directory
    """
    return read_toml(path, read_document, what="a run file", error=DeviceError)


def read_document(document: Mapping[str, Any], path: Path) -> RunFile:
    """A parsed run file; `path` is where meshes are looked for, and gives the name."""
    refuse_unknown(document, ("battery", "magnet", "wires", "parameters", "initial", "solver", "phase"), "the file")
    battery = _battery(document, path)
    solver = subtable(document, "solver")
    refuse_unknown(solver, ("cells", "mesh", "length_unit", "records"), "[solver]")
    nodes = None
    if "mesh" in solver:
        if not isinstance(solver["mesh"], str) or "cells" in solver:
            raise DeviceError("[solver] mesh must be the path of a line mesh, without 'cells'")
        unit = length_of(solver.get("length_unit", "m"), "[solver] length_unit")
        nodes = nodes_from_mesh(path.parent / solver["mesh"], length_unit=unit)
    initial = subtable(document, "initial")
    refuse_unknown(initial, ("density", "turns"), "[initial]")
    if len(initial) > 1:
        raise DeviceError("[initial] must have one of 'density' and 'turns', got both")
    density = quantity(initial.get("density", 0.0), "1/m", "[initial] density")
    if "turns" in initial:
        density = battery.density_of_turns(quantity(initial["turns"], "", "[initial] turns"))
    entries = tables(document, "phase", required=True)
    phases = tuple(_phase(entry, f"[[phase]] {number}", battery) for number, entry in enumerate(entries, 1))
    return RunFile(battery, phases, whole(solver, "cells", 100), nodes, whole(solver, "records", 400), density)


def _needed(values: Mapping[str, Any], keys: Mapping[str, str], where: str, optional: tuple[str, ...] = ()) -> None:
    for key in keys:
        if key not in values and key not in optional:
            raise DeviceError(f"{where} must have the key {key!r}, got none")


def _battery(document: Mapping[str, Any], path: Path) -> WindingBattery:
    """``[battery]`` with ``preset``, or with tables [magnet] and [wires], or the reduced [parameters] alone."""
    head = subtable(document, "battery")
    refuse_unknown(head, ("name", "preset", "contact_model", "anisotropy", "folds", *_STRIP), "[battery]")
    name = head.get("name", path.stem)
    if "parameters" in document:
        for other in ("magnet", "wires"):
            if other in document:
                raise DeviceError(f"the file must have [parameters] or [{other}], got both")
        refuse_unknown(head, ("name",), "[battery] beside [parameters]")
        table = subtable(document, "parameters")
        refuse_unknown(table, (*_REDUCED, "folds"), "[parameters]")
        values = quantities(table, _REDUCED, "[parameters]")
        _needed(values, _REDUCED, "[parameters]", ("easy_plane", "anisotropy"))
        return WindingBattery(**values, folds=table.get("folds", 2), name=name)
    preset = head.get("preset")
    if preset is not None and (not isinstance(preset, str) or preset not in magnets.PRESETS):
        raise DeviceError(f"[battery] preset {preset!r} is not known; {suggest(preset, magnets.PRESETS)}")
    strip: dict[str, Any] = {**(magnets.STRIP if preset else {}), **quantities(head, _STRIP, "[battery]")}
    _needed(strip, _STRIP, "[battery]")
    wires = subtable(document, "wires")
    refuse_unknown(wires, tuple(_WIRES), "[wires]")
    base: dict[str, Any] = {}
    if preset:
        base = {**magnets.WIRE, **magnets.PT, "mixing_conductance": magnets.MIXING[preset]}
    film = {**base, **quantities(wires, _WIRES, "[wires]")}
    _needed(film, _WIRES, "[wires]")
    magnet = _magnet(document, preset)
    return magnets.strip_battery(
        magnet,
        ContactFilm(length=strip["width"], **film),
        **strip,
        contact_model=head.get("contact_model", "diffusion"),
        anisotropy=quantity(head.get("anisotropy", 0.0), "J/m^3", "[battery] anisotropy"),
        folds=head.get("folds", 2),
        name=name,
    )


def _magnet(document: Mapping[str, Any], preset: str | None) -> magnets.EasyPlaneMagnet:
    table = subtable(document, "magnet")
    if not table:
        if preset is None:
            raise DeviceError("the file must have a preset in [battery], a table [magnet] or [parameters], got none")
        return magnets.PRESETS[preset]
    if preset is not None:
        raise DeviceError("the file must have a preset or [magnet], got both; copy the numbers of the preset")
    kind = table.get("kind")
    if kind not in ("ferromagnet", "antiferromagnet"):
        raise DeviceError(f"[magnet] kind must be 'ferromagnet' or 'antiferromagnet', got {kind!r}")
    units = _FERRO if kind == "ferromagnet" else _ANTIFERRO
    refuse_unknown(table, ("kind", *units), "[magnet]")
    values = quantities(table, units, "[magnet]")
    _needed(values, units, "[magnet]", ("easy_plane", "mass_density"))
    return magnets.ferromagnet(**values) if kind == "ferromagnet" else magnets.antiferromagnet(**values)


def _phase(entry: Mapping[str, Any], where: str, battery: WindingBattery) -> Phase:
    refuse_unknown(entry, ("kind", "name", "shape", "current", "voltage", *_PHASE), where)
    values: dict[str, Any] = {}
    for key, unit in _PHASE.items():
        if key not in entry:
            continue
        value = entry[key]
        if key in _TRANSITS and isinstance(value, str) and value.strip().endswith("L/u"):
            values[key] = quantity(value.strip()[:-3].strip(), "", f"{where} {key}") * battery.transit_time
        else:
            values[key] = quantity(value, unit, f"{where} {key}")
    values |= drive_values(entry, where)
    if "duration" not in values:
        raise DeviceError(f"{where} must have the key 'duration', in seconds or like '100 L/u', got none")
    try:
        return Phase(**values)
    except InputError as error:
        raise DeviceError(f"{where}: {error}") from None
