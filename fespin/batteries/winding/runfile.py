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
    solver = _table(document, "solver")
    refuse_unknown(solver, ("cells", "mesh", "length_unit", "records"), "[solver]")
    nodes = None
    if "mesh" in solver:
        if not isinstance(solver["mesh"], str) or "cells" in solver:
            raise DeviceError("[solver] mesh must be the path of a line mesh, without 'cells'")
        unit = length_of(solver.get("length_unit", "m"), "[solver] length_unit")
        nodes = nodes_from_mesh(path.parent / solver["mesh"], length_unit=unit)
    initial = _table(document, "initial")
    refuse_unknown(initial, ("density", "turns"), "[initial]")
    if len(initial) > 1:
        raise DeviceError("[initial] must have one of 'density' and 'turns', got both")
    density = quantity(initial.get("density", 0.0), "1/m", "[initial] density")
    if "turns" in initial:
        density = battery.density_of_turns(quantity(initial["turns"], "", "[initial] turns"))
    entries = document.get("phase")
    if not isinstance(entries, list) or not entries or not all(isinstance(e, Mapping) for e in entries):
        raise DeviceError("the file must have at least one table [[phase]], got none")
    phases = tuple(_phase(entry, f"[[phase]] {number}", battery) for number, entry in enumerate(entries, 1))
    return RunFile(battery, phases, _count(solver, "cells", 100), nodes, _count(solver, "records", 400), density)


def _count(table: Mapping[str, Any], key: str, default: int) -> int:
    value = table.get(key, default)
    if type(value) is not int or value < 1:
        raise DeviceError(f"[solver] {key} must be a whole number, 1 or more, got {value!r}")
    return value


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name, {})
    if not isinstance(value, Mapping):
        raise DeviceError(f"[{name}] must be a table, got {value!r}")
    return value


def _values(table: Mapping[str, Any], units: Mapping[str, str], where: str) -> dict[str, Any]:
    return {key: quantity(table[key], unit, f"{where} {key}") for key, unit in units.items() if key in table}


def _needed(values: Mapping[str, Any], keys: Mapping[str, str], where: str, optional: tuple[str, ...] = ()) -> None:
    for key in keys:
        if key not in values and key not in optional:
            raise DeviceError(f"{where} must have the key {key!r}, got none")


def _battery(document: Mapping[str, Any], path: Path) -> WindingBattery:
    """``[battery]`` with ``preset``, or with tables [magnet] and [wires], or the reduced [parameters] alone."""
    head = _table(document, "battery")
    refuse_unknown(head, ("name", "preset", "contact_model", "anisotropy", "folds", *_STRIP), "[battery]")
    name = head.get("name", path.stem)
    if "parameters" in document:
        for other in ("magnet", "wires"):
            if other in document:
                raise DeviceError(f"the file must have [parameters] or [{other}], got both")
        refuse_unknown(head, ("name",), "[battery] beside [parameters]")
        table = _table(document, "parameters")
        refuse_unknown(table, (*_REDUCED, "folds"), "[parameters]")
        values = _values(table, _REDUCED, "[parameters]")
        _needed(values, _REDUCED, "[parameters]", ("easy_plane", "anisotropy"))
        return WindingBattery(**values, folds=table.get("folds", 2), name=name)
    preset = head.get("preset")
    if preset is not None and (not isinstance(preset, str) or preset not in magnets.PRESETS):
        raise DeviceError(f"[battery] preset {preset!r} is not known; {suggest(preset, magnets.PRESETS)}")
    strip: dict[str, Any] = {**(magnets.STRIP if preset else {}), **_values(head, _STRIP, "[battery]")}
    _needed(strip, _STRIP, "[battery]")
    wires = _table(document, "wires")
    refuse_unknown(wires, tuple(_WIRES), "[wires]")
    base: dict[str, Any] = {}
    if preset:
        base = {**magnets.WIRE, **magnets.PT, "mixing_conductance": magnets.MIXING[preset]}
    film = {**base, **_values(wires, _WIRES, "[wires]")}
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
    table = _table(document, "magnet")
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
    values = _values(table, units, "[magnet]")
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
    kind = entry.get("kind")
    if not isinstance(kind, str):
        raise DeviceError(f"{where} must have the key 'kind' with current, voltage, load or open, got {kind!r}")
    for source, unit in (("current", "A"), ("voltage", "V")):
        if (source in entry) != (kind == source):
            raise DeviceError(f"{where} must have the key {source!r} if its kind is {source!r} and else not")
        if source in entry:
            values["amplitude"] = quantity(entry[source], unit, f"{where} {source}")
    if kind == "load" and "load" not in values:
        raise DeviceError(f"{where} must have the key 'load', got none; 0 is a short circuit")
    if "duration" not in values:
        raise DeviceError(f"{where} must have the key 'duration', in seconds or like '100 L/u', got none")
    name, shape = entry.get("name", kind), entry.get("shape", "step")
    if not isinstance(name, str) or not isinstance(shape, str):
        raise DeviceError(f"{where} name and shape must be strings")
    try:
        return Phase(kind=kind, shape=shape, name=name, **values)  # type: ignore[arg-type]
    except InputError as error:
        raise DeviceError(f"{where}: {error}") from None
