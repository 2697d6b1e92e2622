"""An interface from its table in a device file."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import DeviceError, InputError, MaterialWarning
from ..units import measured
from .interface import Interface
from .keys import refuse_unknown

PLACE = ("between", "group")
BASE = ("base",)
CONDUCTANCES = ("conductance_up", "conductance_down")
RESISTANCES = ("area_resistance", "asymmetry")
BOTH = ("mixing_conductance", "spin_memory_loss")
UNITS = {**dict.fromkeys(CONDUCTANCES, "S/m^2"), "area_resistance": "ohm m^2", "asymmetry": "", "spin_memory_loss": ""}


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
    refuse_unknown(entry, (*BASE, *PLACE, *CONDUCTANCES, *RESISTANCES, *BOTH), where)
    entry = _with_base(where, entry)
    values: dict[str, Any] = {key: entry[key] for key in PLACE if key in entry}
    spread: dict[str, float] = {}
    if "spin_memory_loss" in entry:
        values |= _read(where, entry, ("spin_memory_loss",), spread)
    if "mixing_conductance" in entry:
        values["mixing_conductance"] = _mixing(f"{where} mixing_conductance", entry["mixing_conductance"], spread)
    mixed = [key for key in CONDUCTANCES if key in entry], [key for key in RESISTANCES if key in entry]
    if all(mixed):
        raise DeviceError(f"{where} must have either {' and '.join(CONDUCTANCES)} or area_resistance (AR*) and "
                          f"asymmetry, got {', '.join(mixed[0] + mixed[1])}")  # fmt: skip
    try:
        if mixed[1]:
            numbers = _resistances(where, entry, spread)
            return Interface.from_area_resistance(**numbers, **values, uncertainty=spread)
        numbers = _conductances(where, entry, spread)
        return Interface(**numbers, **values, uncertainty=spread)  # type: ignore[arg-type]
    except InputError as error:
        raise DeviceError(f"{where} {error}") from None


def _with_base(where: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry on top of what the built-in table knows; conductances of the user replace area resistances."""
    if "base" not in entry:
        return entry
    from ..interface_table import base_interface, unconfirmed_interface

    try:
        known, doubts = base_interface(entry["base"]), unconfirmed_interface(entry["base"])
    except InputError as error:
        raise DeviceError(f"{where} {error}") from None
    replaced = {*entry, *(RESISTANCES if any(key in entry for key in CONDUCTANCES) else ())}
    taken = {key: value for key, value in known.items() if key not in replaced}
    for key, value in taken.items():
        if key in doubts:
            warnings.warn(
                f"{where} takes {key} = {value} from the built-in table, where it is unconfirmed ({doubts[key]}); give "
                "the value of your own contact",
                MaterialWarning,
                stacklevel=2,
            )
    return {**taken, **{key: value for key, value in entry.items() if key != "base"}}


def _read(where: str, entry: Mapping[str, Any], keys: Iterable[str], spread: dict[str, float]) -> dict[str, Any]:
    """The numbers of some keys in SI units; their uncertainties go into `spread`."""
    out = {}
    for key in keys:
        if key in entry:
            out[key], u = measured(entry[key], UNITS[key], f"{where} {key}")
            spread |= {key: u} if u else {}
    return out


def _conductances(where: str, entry: Mapping[str, Any], spread: dict[str, float]) -> dict[str, Any]:
    missing = [key for key in CONDUCTANCES if key not in entry]
    if missing:
        raise DeviceError(f"{where} must have the key {missing[0]!r} (or area_resistance, AR* = (AR_up + AR_dn)/4), "
                          "got none")  # fmt: skip
    return _read(where, entry, CONDUCTANCES, spread)


def _resistances(where: str, entry: Mapping[str, Any], spread: dict[str, float]) -> dict[str, Any]:
    if "area_resistance" not in entry:
        raise DeviceError(f"{where} must have the key 'area_resistance' (AR* = (AR_up + AR_dn)/4; tables often print "
                          "2AR*) beside 'asymmetry', got none")  # fmt: skip
    return _read(where, entry, RESISTANCES, spread)


def _mixing(where: str, value: Any, spread: dict[str, float]) -> complex:
    """One quantity, or two: real and imaginary part."""
    parts = value if isinstance(value, list) else [value, 0.0]
    if len(parts) != 2:
        raise DeviceError(f'{where} must be two quantities, real and imaginary part, like ["5e14 S/m^2", "0 S/m^2"], '
                          f"got {value!r}")  # fmt: skip
    (real, u), (imaginary, v) = (_areal_conductance(where, part) for part in parts)
    spread |= {f"mixing_conductance.{name}": size for name, size in (("real", u), ("imag", v)) if size}
    return complex(real, imaginary)


def _areal_conductance(where: str, value: Any) -> tuple[float, float]:
    """S/m^2, or what many publications print: channels per area in 1/m^2, each of e^2/h."""
    try:
        return measured(value, "S/m^2", where)
    except InputError as error:
        try:
            channels, spread = measured(value, "1/m^2", where)
        except InputError:
            raise error from None
    from scipy.constants import e, h

    return channels * e**2 / h, spread * e**2 / h
