"""What a sweep will do, checked before anything is solved: device, parameters, grid, elements."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from ..device.device import Device, check_device
from ..device.file import load
from ..errors import InputError, must_be, suggest
from ..tomlfile import read_toml
from ..transport.linsolve import BACKENDS
from .grid import Axis, Grid
from .parameter import Parameter, find_parameter
from .values import axis_values


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A device, the parameters in the order of a point's coordinates, their grid, and how each point is solved."""

    device: Device
    parameters: tuple[Parameter, ...]
    grid: Grid
    order: int
    backend: str
    tolerance: float

    @property
    def has_functions(self) -> bool:
        """Whether code of the user takes part: as a parameter, or as a magnetization that varies in space."""
        textures = any(region.is_textured for region in self.device.regions.values())
        return textures or any(p.kind == "function" for p in self.parameters)


def make_plan(
    device: Device | str | os.PathLike[str],
    vary: Mapping[str, Any],
    *,
    functions: Mapping[str, Callable[[Device, float], Device]],
    units: Mapping[str, str],
    order: int,
    backend: str,
    tolerance: float,
) -> Plan:
    """Check everything that can be checked without solving.

    Raises
    ------
    InputError
        An unknown parameter, values that do not fit it, two parameters for one number, an unknown order or backend.
    """
    materials = None
    if isinstance(device, (str, os.PathLike)):
        materials = material_regions(device)
        device = load(device)
    check_device(device)
    if not isinstance(vary, Mapping) or not vary:
        raise must_be("vary", "a mapping like {'field.z': [0.0, 0.1]} with at least one parameter", vary)
    _check_functions(functions, units, vary)
    if not isinstance(order, Integral) or isinstance(order, bool) or order not in (1, 2):
        raise must_be("order", "1 or 2", order)
    if backend not in BACKENDS:
        raise must_be("backend", "one of " + ", ".join(BACKENDS), backend, suggest(backend, BACKENDS))
    axes, fixed = [], []
    for name, value in vary.items():
        parameter = find_parameter(name, device, materials, functions, units)
        values, single = axis_values(value, parameter.unit, name)
        (fixed if single else axes).append((parameter, Axis(name=name, unit=parameter.unit, values=values)))
    parameters = tuple(parameter for parameter, _ in (*axes, *fixed))
    _check_together(parameters)
    _check_field(device, {p.key for p in parameters if p.kind == "field"})
    grid = Grid(axes=tuple(axis for _, axis in axes), fixed=tuple(axis for _, axis in fixed))
    return Plan(device=device, parameters=parameters, grid=grid, order=int(order), backend=backend, tolerance=tolerance)


def material_regions(path: str | os.PathLike[str]) -> dict[str, tuple[str, ...]]:
    """Name of each material in a device file -> the regions made of it.

    Examples
    --------
    >>> material_regions("meshes/angular_valve_1d.toml")
    {'F': ('fixed', 'free'), 'N': ('spacer',)}
    """
    return read_toml(path, _material_regions, what="a device file")


def _material_regions(document: dict[str, Any], path: Any) -> dict[str, tuple[str, ...]]:
    tables = [document.get(name) for name in ("regions", "materials")]
    if not all(isinstance(table, Mapping) for table in tables):
        return {}  # `load` says what is wrong
    regions, materials = tables
    made_of = {name: entry.get("material") if isinstance(entry, Mapping) else entry for name, entry in regions.items()}  # type: ignore[union-attr]
    return {m: tuple(name for name, of in made_of.items() if of == m) for m in materials}  # type: ignore[union-attr]


def terminal_names(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Terminals that a device file declares, without reading its mesh.

    Examples
    --------
    >>> terminal_names("meshes/angular_valve_1d.toml")
    ('left', 'right')
    """
    table = read_toml(path, lambda document, _: document.get("terminals"), what="a device file")
    return tuple(table) if isinstance(table, Mapping) else ()


def _check_functions(functions: Any, units: Any, vary: Mapping[str, Any]) -> None:
    if not isinstance(functions, Mapping) or not all(callable(f) for f in functions.values()):
        raise must_be("functions", "a mapping from names to functions of (device, value)", functions)
    for what, table in (("functions", functions), ("units", units)):
        for name in table:
            if name not in vary:
                raise InputError(f"{what}: {name!r} is not among the varied parameters; {suggest(name, vary)}")
    for name in units:
        if name not in functions:
            raise InputError(f"units: {name!r} has its own unit; units are for the parameters of functions")


def _check_together(parameters: tuple[Parameter, ...]) -> None:
    """No number is set twice, nor by two descriptions of one thing."""
    by: dict[tuple[str, str, str], str] = {}
    for parameter in parameters:
        for number in sorted(parameter.sets):
            if number in by:
                raise InputError(f"{by[number]!r} and {parameter.name!r} set the same number; vary one of them")
            by[number] = parameter.name
    field = {p.key: p.name for p in parameters if p.kind == "field" and p.key != "g_factor"}
    _apart(field, ("x", "y", "z"), "components of the field or its magnitude and angles")
    for owner in {p.owners for p in parameters if p.kind == "interface"}:
        keys = {p.key: p.name for p in parameters if p.kind == "interface" and p.owners == owner}
        keys = {
            k: name for k, name in keys.items() if k.startswith("conductance") or k in ("area_resistance", "asymmetry")
        }
        _apart(keys, ("conductance_up", "conductance_down"), "both conductances, or other numbers alone")
        _apart(keys, ("conductance",), "the conductance alone, or both of its channels")


def _apart(names: Mapping[str, str], family: tuple[str, ...], what: str) -> None:
    inside = [name for key, name in names.items() if key in family]
    outside = [name for key, name in names.items() if key not in family]
    if inside and outside:
        raise InputError(f"{inside[0]!r} and {outside[0]!r} cannot be varied together: give {what}")


def _check_field(device: Device, keys: set[str]) -> None:
    """A magnitude needs a direction, a direction a magnitude."""
    if any(device.magnetic_field or ()):
        return
    angles = keys & {"theta", "phi"}
    if "magnitude" in keys and len(angles) < 2:
        raise InputError("'field' has no direction, for the device has no magnetic field; vary field.x, field.y or "
                         "field.z, or give field.theta and field.phi as well")  # fmt: skip
    if angles and "magnitude" not in keys:
        raise InputError(f"'field.{min(angles)}' turns no field, for the device has none; give 'field' as well")
