"""A material from its table in a device file, on top of the built-in table if it names a base."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

from ..errors import DeviceError, InputError, MaterialWarning
from ..materials import Ferromagnet, HalfMetal, Material, NormalMetal
from ..units import measured
from .keys import refuse_unknown

KINDS: dict[str, type[NormalMetal] | type[Ferromagnet] | type[HalfMetal]] = {
    "normal": NormalMetal,
    "ferromagnet": Ferromagnet,
    "half-metal": HalfMetal,
}
KEYS = ("base", "kind", "resistivity", "conductivity", "spin_diffusion_length", "polarization", "diffusivity",
         "density_of_states", "spin_hall_angle", "transverse_length", "precession_length")  # fmt: skip
UNITS = {"resistivity": "ohm m", "conductivity": "S/m", "spin_diffusion_length": "m", "polarization": "",
         "diffusivity": "m^2/s", "density_of_states": "1/(J m^3)", "spin_hall_angle": "", "transverse_length": "m",
         "precession_length": "m"}  # fmt: skip
# keys that only one kind has
ONLY = {"spin_hall_angle": "normal", "transverse_length": "ferromagnet", "precession_length": "ferromagnet"}
PAIR = {"resistivity": "conductivity", "conductivity": "resistivity"}
# keys that a kind cannot do without, and what to say beside
REQUIRED = {
    "normal": {"spin_diffusion_length": "inf switches relaxation off"},
    "ferromagnet": {"spin_diffusion_length": "inf switches relaxation off", "polarization": ""},
    "half-metal": {"polarization": "1 or -1 names the channel that conducts"},
}


def read_material(name: str, entry: Any) -> Material:
    """A material from its table.

    Parameters
    ----------
    name : str
        Of the table, for messages.
    entry : mapping
        Keys as in the device file; a ``base`` is looked up in the built-in table and overridden.

    Returns
    -------
    NormalMetal, Ferromagnet or HalfMetal

    Raises
    ------
    DeviceError
        Names the material and the key.

    Warns
    -----
    MaterialWarning
        A value of the built-in table is used whose source has not been confirmed.

    Examples
    --------
    >>> read_material("Cu", {"kind": "normal", "resistivity": "2 uohm cm", "spin_diffusion_length": "inf"}).conductivity
    50000000.0
    """
    where = f"[materials.{name}]"
    if not isinstance(entry, Mapping):
        raise DeviceError(f"{where} must be a table, got {entry!r}")
    refuse_unknown(entry, KEYS, where)
    merged = _with_base(where, entry)
    kind = merged.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise DeviceError(f"{where} kind must be one of {', '.join(KINDS)}, got {kind!r}")
    read = {"conductivity": _conductivity(where, merged), **_plain_values(where, merged)}
    if "density_of_states" in merged:
        read["diffusivity"] = _diffusivity(where, merged, read["conductivity"][0])
    values = {key: value for key, (value, _) in read.items()}
    if kind == "normal" and "polarization" in values:
        raise DeviceError(f"{where} polarization must be left out for a normal metal, got {values['polarization']!r}")
    for key, only in ONLY.items():
        if key in values and kind != only:
            raise DeviceError(f"{where} {key} is for materials of kind {only!r} in this model, got it for {kind!r}; "
                              "leave it out")  # fmt: skip
    for key, hint in REQUIRED[kind].items():
        if key not in values:
            raise DeviceError(f"{where} must have the key {key!r}, got none" + (f"; {hint}" if hint else ""))
    try:
        return KINDS[kind](**values, uncertainty={key: u for key, (_, u) in read.items() if u})  # type: ignore[arg-type]
    except InputError as error:
        raise DeviceError(f"{where} {error}") from None


def _with_base(where: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry on top of what the built-in table knows; the user's resistivity decides lengths that scale with it."""
    if "base" not in entry:
        return entry
    if not isinstance(entry["base"], str):
        raise DeviceError(f"{where} base must be the name of a material of the table, got {entry['base']!r}")
    from .. import table

    own = None
    if any(key in entry for key in PAIR):
        own = 1.0 / _conductivity(where, entry)[0]
    try:
        known = table.base_entry(entry["base"], resistivity=own)
        spread = table.spreads(entry["base"], resistivity=own)
        doubts = table.unconfirmed(entry["base"])
    except InputError as error:
        raise DeviceError(f"{where} {error}") from None
    replaced = {*entry, *(PAIR[key] for key in PAIR if key in entry)}
    for key in known:
        if key in doubts and key not in replaced:
            warnings.warn(
                f"{where} takes {key} = {known[key]} from the built-in table, where it is unconfirmed ({doubts[key]}); "
                "give the value of your own film",
                MaterialWarning,
                stacklevel=2,
            )
    taken = {k: f"{v} +- {spread[k]}" if k in spread else v for k, v in known.items() if k not in replaced}
    return {**taken, **entry}


def _conductivity(where: str, entry: Mapping[str, Any]) -> tuple[float, float]:
    """The conductivity and its uncertainty; that of a resistivity is equal in relative terms."""
    given = [key for key in PAIR if key in entry]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        raise DeviceError(f"{where} must have exactly one of 'resistivity' and 'conductivity', got {found}")
    (key,) = given
    value, spread = measured(entry[key], UNITS[key], f"{where} {key}")
    if not 0 < value < math.inf:
        raise DeviceError(f"{where} {key} must be a positive finite number in {UNITS[key]}, got {entry[key]!r}")
    return (1.0 / value, spread / value**2) if key == "resistivity" else (value, spread)


def _plain_values(where: str, entry: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    elsewhere = (*PAIR, "density_of_states")
    return {key: measured(entry[key], unit, f"{where} {key}") for key, unit in UNITS.items()
            if key in entry and key not in elsewhere}  # fmt: skip


def _diffusivity(where: str, entry: Mapping[str, Any], conductivity: float) -> tuple[float, float]:
    """D from sigma = e^2 N D, N the density of states of both spins."""
    if "diffusivity" in entry:
        raise DeviceError(f"{where} must have at most one of 'diffusivity' and 'density_of_states', got both")
    from scipy.constants import e

    states, spread = measured(entry["density_of_states"], UNITS["density_of_states"], f"{where} density_of_states")
    if not 0 < states < math.inf or states * e**2 == 0:
        raise DeviceError(f"{where} density_of_states must be positive and finite, got {entry['density_of_states']!r}")
    value = conductivity / (e**2 * states)
    return value, value * spread / states
