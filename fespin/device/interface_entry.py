"""An interface from its table in a device file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import DeviceError, InputError
from ..units import quantity
from .interface import Interface
from .keys import refuse_unknown

_PLACE = ("between", "group")
_CONDUCTANCES = ("conductance_up", "conductance_down")
_RESISTANCES = ("area_resistance", "asymmetry")
_BOTH = ("mixing_conductance", "spin_memory_loss")


def read_interface(name: str, entry: Any) -> Interface:
    """An interface from its table: either two conductances per area, or AR* and asymmetry.

    Parameters
    ----------
    name : str
        Of the table, for messages.
    entry : mapping
        Keys as in the device file.

    Returns
    -------
    Interface

    Raises
    ------
    DeviceError
        Names the interface and the key.

    Examples
    --------
    >>> entry = {"between": ["Co", "Cu"], "area_resistance": "0.51 fohm m^2", "asymmetry": 0.77}
    >>> round(read_interface("contact", entry).asymmetry, 12)
    0.77
    """
    where = f"[interfaces.{name}]"
    if not isinstance(entry, Mapping):
        raise DeviceError(f"{where} must be a table, got {entry!r}")
    refuse_unknown(entry, (*_PLACE, *_CONDUCTANCES, *_RESISTANCES, *_BOTH), where)
    values: dict[str, Any] = {key: entry[key] for key in _PLACE if key in entry}
    if "spin_memory_loss" in entry:
        values["spin_memory_loss"] = quantity(entry["spin_memory_loss"], "", f"{where} spin_memory_loss")
    if "mixing_conductance" in entry:
        values["mixing_conductance"] = _mixing(f"{where} mixing_conductance", entry["mixing_conductance"])
    mixed = [key for key in _CONDUCTANCES if key in entry], [key for key in _RESISTANCES if key in entry]
    if all(mixed):
        raise DeviceError(f"{where} must have either {' and '.join(_CONDUCTANCES)} or area_resistance (AR*) and "
                          f"asymmetry, got {', '.join(mixed[0] + mixed[1])}")  # fmt: skip
    try:
        if mixed[1]:
            return Interface.from_area_resistance(**_resistances(where, entry), **values)
        return Interface(**_conductances(where, entry), **values)
    except InputError as error:
        raise DeviceError(f"{where} {error}") from None


def _conductances(where: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    missing = [key for key in _CONDUCTANCES if key not in entry]
    if missing:
        raise DeviceError(f"{where} must have the key {missing[0]!r} (or area_resistance, AR* = (AR_up + AR_dn)/4), "
                          "got none")  # fmt: skip
    return {key: quantity(entry[key], "S/m^2", f"{where} {key}") for key in _CONDUCTANCES}


def _resistances(where: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    if "area_resistance" not in entry:
        raise DeviceError(f"{where} must have the key 'area_resistance' (AR* = (AR_up + AR_dn)/4; tables often print "
                          "2AR*) beside 'asymmetry', got none")  # fmt: skip
    units = {"area_resistance": "ohm m^2", "asymmetry": ""}
    return {key: quantity(entry[key], unit, f"{where} {key}") for key, unit in units.items() if key in entry}


def _mixing(where: str, value: Any) -> complex:
    """One quantity, or two: real and imaginary part."""
    parts = value if isinstance(value, list) else [value, 0.0]
    if len(parts) != 2:
        raise DeviceError(f'{where} must be two quantities, real and imaginary part, like ["5e14 S/m^2", "0 S/m^2"], '
                          f"got {value!r}")  # fmt: skip
    real, imaginary = (quantity(part, "S/m^2", where) for part in parts)
    return complex(real, imaginary)
