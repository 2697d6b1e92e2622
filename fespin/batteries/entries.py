"""Reading tables of run files: what is missing or of the wrong kind is refused with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import DeviceError
from ..units import quantity


def subtable(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The table of a name, empty if it is left out.

    Examples
    --------
    >>> subtable({"solver": {"cells": 3}}, "solver")
    {'cells': 3}
    """
    value = document.get(name, {})
    if not isinstance(value, Mapping):
        raise DeviceError(f"[{name}] must be a table, got {value!r}")
    return value


def tables(document: Mapping[str, Any], name: str, *, required: bool = False) -> list[Mapping[str, Any]]:
    """The tables [[name]]."""
    entries = document.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(e, Mapping) for e in entries) or (required and not entries):
        raise DeviceError(f"the file must have at least one table [[{name}]], got {entries or 'none'}")
    return entries


def whole(table: Mapping[str, Any], key: str, default: int, *, where: str = "[solver]") -> int:
    """A whole number, 1 or more."""
    value = table.get(key, default)
    if type(value) is not int or value < 1:
        raise DeviceError(f"{where} {key} must be a whole number, 1 or more, got {value!r}")
    return value


def quantities(table: Mapping[str, Any], units: Mapping[str, str], where: str) -> dict[str, Any]:
    """The quantities among the keys of `units` that are given, SI.

    Examples
    --------
    >>> quantities({"load": "2 kohm"}, {"load": "ohm", "time": "s"}, "[[phase]] 1")
    {'load': 2000.0}
    """
    return {key: quantity(table[key], unit, f"{where} {key}") for key, unit in units.items() if key in table}


def drive_values(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What every phase has: kind, amplitude from "current" or "voltage", name, shape; other keys are left.

    Raises
    ------
    DeviceError
        A source without its value, a value without its source, a load that is missing.
    """
    out: dict[str, Any] = {}
    kind = entry.get("kind")
    if not isinstance(kind, str):
        raise DeviceError(f"{where} must have the key 'kind' with current, voltage, load or open, got {kind!r}")
    for source, unit in (("current", "A"), ("voltage", "V")):
        if (source in entry) != (kind == source):
            raise DeviceError(f"{where} must have the key {source!r} if its kind is {source!r} and else not")
        if source in entry:
            out["amplitude"] = quantity(entry[source], unit, f"{where} {source}")
    if kind == "load" and "load" not in entry:
        raise DeviceError(f"{where} must have the key 'load', got none; 0 is a short circuit")
    name, shape = entry.get("name", kind), entry.get("shape", "step")
    if not isinstance(name, str) or not isinstance(shape, str):
        raise DeviceError(f"{where} name and shape must be strings")
    return {"kind": kind, "name": name, "shape": shape, **out}
