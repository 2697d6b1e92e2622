"""Device files: TOML in. Everything in a file is checked; what is not understood is refused."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import DeviceError, InputError, suggest
from ..materials import Material
from ..tomlfile import read_toml
from ..units import quantity
from .device import G_FACTOR, Device, length_of
from .exchange_entry import read_exchanges
from .interface_entry import read_interface
from .keys import refuse_unknown
from .material_entry import read_material
from .region import Region
from .texture import MagnetizationField

DEVICE_KEYS = ("name", "mesh", "length_unit", "thickness", "cross_section", "mesh_tags")


def load(path: str | os.PathLike[str]) -> Device:
    """Read a device file.

    Parameters
    ----------
    path : path
        TOML file; the mesh it names is looked for relative to it.

    Returns
    -------
    Device

    Raises
    ------
    DeviceError
        One or two lines that name the file, the key or group, what was found and what was expected.

    Examples
    --------
    >>> import fespin
    >>> fespin.load("no_such_file.toml")
    Traceback (most recent call last):
    ...
    fespin.errors.DeviceError: no_such_file.toml cannot be read: No such file or directory
    """
    return read_toml(path, _device, what="a device file", error=DeviceError)


def _device(document: dict[str, Any], path: Path) -> Device:
    return Device.from_mesh(**described(document, path))


def describe(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a device file says, as arguments of `Device.from_mesh`; the mesh is named but not read."""
    return read_toml(path, described, what="a device file", error=DeviceError)


def described(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """Arguments of `Device.from_mesh` out of the contents of a device file."""
    refuse_unknown(document, ("device", "materials", "regions", "terminals", "interfaces", "field", "exchange"),
                   "the file")  # fmt: skip
    head = _table(document, "device", required=True)
    refuse_unknown(head, DEVICE_KEYS, "[device]")
    if "mesh" not in head:
        raise DeviceError("[device] must have the key 'mesh' with the path of the mesh file, got none")
    for key in ("name", "mesh", "mesh_tags"):
        if not isinstance(head.get(key, ""), str):
            raise DeviceError(f"[device] {key} must be a string, got {head[key]!r}")
    entries = _table(document, "materials", required=True)
    materials = {name: read_material(name, entry) for name, entry in entries.items()}
    regions = _table(document, "regions", required=True)
    unit = length_of(head.get("length_unit", "m"), "[device] length_unit")
    field, g_factor = _field(_table(document, "field", required=False))
    return {
        "mesh": path.parent / head["mesh"],
        "regions": {name: _region(name, value, materials, path.parent, unit) for name, value in regions.items()},
        "terminals": _terminals(_table(document, "terminals", required=True)),
        "interfaces": {n: read_interface(n, v) for n, v in _table(document, "interfaces", required=False).items()},
        "magnetic_field": field,
        "g_factor": g_factor,
        "length_unit": unit,
        "thickness": _optional(head, "thickness", "m"),
        "cross_section": _optional(head, "cross_section", "m^2"),
        "name": head.get("name", path.stem),
        "mesh_tags": head.get("mesh_tags"),
        "exchanges": read_exchanges(document.get("exchange", {}), path.parent),
    }


def _optional(table: Mapping[str, Any], key: str, unit: str) -> float | None:
    return None if key not in table else quantity(table[key], unit, f"[device] {key}")


def _table(document: Mapping[str, Any], name: str, *, required: bool) -> Mapping[str, Any]:
    value = document.get(name, {})
    if not isinstance(value, Mapping):
        raise DeviceError(f"[{name}] must be a table, got {value!r}")
    if required and not value:
        raise DeviceError(f"the file must have a table [{name}] with at least one entry, got none")
    return value


def _field(table: Mapping[str, Any]) -> tuple[tuple[float, float, float] | None, float]:
    """``magnetic_field = ["0 T", "0 T", "0.1 T"]`` and the g factor."""
    refuse_unknown(table, ("magnetic_field", "g_factor"), "[field]")
    g_factor = quantity(table.get("g_factor", G_FACTOR), "", "[field] g_factor")
    if not table:
        return None, g_factor
    value = table.get("magnetic_field")
    if not isinstance(value, list) or len(value) != 3:
        raise DeviceError(
            f'[field] magnetic_field must be three components like ["0 T", "0 T", "0.1 T"], got {value!r}'
        )
    x, y, z = (quantity(v, "T", f"[field] magnetic_field {axis}") for v, axis in zip(value, "xyz", strict=True))
    return (x, y, z), g_factor


def _magnetization(where: str, value: Any, folder: Path, length_unit: float) -> Any:
    """``[0, 0, 1]``, or ``{ file = "vortex.vtu", data = "m" }`` for one that varies."""
    if isinstance(value, Mapping):
        refuse_unknown(value, ("file", "data"), f"{where} magnetization")
        if not all(isinstance(value.get(key), str) for key in ("file", "data")):
            raise DeviceError(f"{where} magnetization must name a 'file' and its 'data', got {dict(value)!r}")
        try:
            return MagnetizationField.from_file(folder / value["file"], value["data"], length_unit=length_unit)
        except InputError as error:
            raise DeviceError(f"{where} magnetization: {error}") from None
    if not (isinstance(value, list) and len(value) == 3 and all(type(v) in (int, float) for v in value)):
        raise DeviceError(f"{where} magnetization must be three numbers like [0, 0, 1], got {value!r}")
    return value


def _region(name: str, value: Any, materials: Mapping[str, Material], folder: Path, length_unit: float) -> Region:
    """``region = "Cu"`` or ``region = { material = "Co", magnetization = [0, 0, 1], group = 3 }``."""
    where = f"[regions] {name}"
    entry = {"material": value} if isinstance(value, str) else value
    if not isinstance(entry, Mapping) or "material" not in entry:
        raise DeviceError(f"{where} must be the name of a material or a table with 'material', got {value!r}")
    refuse_unknown(entry, ("material", "magnetization", "group"), where)
    if not isinstance(entry["material"], str):
        raise DeviceError(f"{where} material must be the name of a material, got {entry['material']!r}")
    if entry["material"] not in materials:
        raise DeviceError(f"{where} names the material {entry['material']!r}, which is not under [materials]; "
                          f"{suggest(entry['material'], materials)}")  # fmt: skip
    magnetization = entry.get("magnetization")
    if magnetization is not None:
        magnetization = _magnetization(where, magnetization, folder, length_unit)
    group = entry.get("group")
    if group is not None and type(group) not in (str, int):
        raise DeviceError(f"{where} group must be a name or an integer tag, got {group!r}")
    try:
        return Region(material=materials[entry["material"]], magnetization=magnetization, group=group)
    except InputError as error:
        raise DeviceError(f"{where}: {error}") from None


def _terminals(table: Mapping[str, Any]) -> dict[str, str | int]:
    for name, group in table.items():
        if type(group) not in (str, int):
            raise DeviceError(f"[terminals] {name} must be a group's name or integer tag, got {group!r}")
    return dict(table)
