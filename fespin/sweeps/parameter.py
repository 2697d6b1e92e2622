"""A parameter that a sweep can vary, found by its name in a device; a typo is answered with the near miss."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..device.device import Device
from ..errors import InputError, must_be, suggest
from ..materials import Ferromagnet, HalfMetal, NormalMetal

# keys of [materials.NAME] in device files and their units
MATERIAL = {"resistivity": "ohm m", "conductivity": "S/m", "spin_diffusion_length": "m", "diffusivity": "m^2/s",
            "density_of_states": "1/(J m^3)", "polarization": "", "spin_hall_angle": "", "transverse_length": "m",
            "precession_length": "m"}  # fmt: skip
_NOT_OF = {
    NormalMetal: ("polarization", "transverse_length", "precession_length"),
    Ferromagnet: ("spin_hall_angle",),
    HalfMetal: ("spin_hall_angle", "transverse_length", "precession_length"),
}
INTERFACE = {"conductance": "S/m^2", "conductance_up": "S/m^2", "conductance_down": "S/m^2",
             "area_resistance": "ohm m^2", "asymmetry": "", "spin_memory_loss": "", "mixing_conductance.real": "S/m^2",
             "mixing_conductance.imag": "S/m^2"}  # fmt: skip
FIELD = {"x": "T", "y": "T", "z": "T", "theta": "rad", "phi": "rad", "g_factor": ""}
DEVICE = {"thickness": "m", "cross_section": "m^2", "length_unit": "m"}
_AXIS = re.compile(r"\[([^\[\]]*)\]$")
# two keys that set one number
_SAME = {"resistivity": "conductivity", "density_of_states": "diffusivity"}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What a name stands for.

    Parameters
    ----------
    name : str
        As the user wrote it.
    unit : str
        SI.
    kind : str
        "material", "direction", "rotation", "interface", "field", "device", "frequency" or "function".
    owners : tuple of str
        Regions of a material, the region of a magnetization, the interface.
    key : str
        Which number of theirs.
    axis : (float, float, float), optional
        Unit vector that a magnetization is turned about.
    function : callable, optional
        The user's own, of device and value.
    """

    name: str
    unit: str
    kind: str
    owners: tuple[str, ...] = ()
    key: str = ""
    axis: tuple[float, float, float] | None = None
    function: Callable[[Device, float], Device] | None = None

    @property
    def sets(self) -> set[tuple[str, str, str]]:
        """The numbers it sets: two parameters of a sweep may not set the same one."""
        if self.kind in ("function", "rotation"):  # they act one after the other
            return set()
        key = _SAME.get(self.key, self.key)
        return {(self.kind, owner, key) for owner in self.owners or ("",)}


def find_parameter(
    name: str, device: Device, materials: Mapping[str, tuple[str, ...]] | None, functions: Mapping[str, Any],
    units: Mapping[str, str],
) -> Parameter:  # fmt: skip
    """The parameter of a name.

    Parameters
    ----------
    name : str
        ``field.x``, ``field.y``, ``field.z``; ``field`` (signed, along the direction given by the device or by
        ``field.theta`` and ``field.phi``); ``field.g_factor``; ``frequency``; ``materials.NAME.KEY`` or
        ``regions.NAME.KEY`` with the keys of [materials] in device files; ``regions.NAME.theta`` and ``.phi`` of the
        magnetization; ``regions.NAME.angle.y`` or ``regions.NAME.angle[1,0,1]``, by which it is turned about an axis;
        ``interfaces.NAME.KEY``, and its ``conductance`` with the asymmetry that it has; ``device.thickness``,
        ``.cross_section``, ``.length_unit``; or that of a function.
    device : Device
    materials : mapping, optional
        Name of a material in the device's file -> regions made of it; None for devices that come from no file.
    functions, units : mapping
        The user's own parameters.

    Raises
    ------
    InputError
        There is no such parameter; the message has the near miss.

    Examples
    --------
    >>> import fespin
    >>> valve = fespin.load("meshes/angular_valve_1d.toml")
    >>> find_parameter("regions.free.angel.y", valve, None, {}, {})
    Traceback (most recent call last):
    ...
    fespin.errors.InputError: regions.free has no parameter 'angel.y'; did you mean 'angle.y'?
    """
    if not isinstance(name, str):
        raise must_be("the name of a swept parameter", "a string like 'field.z'", name)
    if name in functions:
        return Parameter(name=name, unit=units.get(name, ""), kind="function", function=functions[name])
    if name == "frequency":
        return Parameter(name=name, unit="Hz", kind="frequency")
    if name == "field":
        return Parameter(name=name, unit="T", kind="field", key="magnitude")
    head, _, rest = name.partition(".")
    if head == "field" and rest:
        return Parameter(name=name, unit=_known(rest, FIELD, "field"), kind="field", key=rest)
    if head == "device" and rest:
        return Parameter(name=name, unit=_known(rest, DEVICE, "device"), kind="device", key=rest)
    finders = {"regions": _of_region, "interfaces": _of_interface}
    if head in finders and rest:
        return finders[head](name, rest, device)
    if head == "materials" and rest:
        return _of_material(name, rest, device, materials)
    heads = ["frequency", "field", *(f"field.{key}" for key in FIELD), *(f"device.{key}" for key in DEVICE), *functions]
    tables = ["materials.NAME.KEY", "regions.NAME.KEY", "interfaces.NAME.KEY"]
    near = suggest(head, ["materials", "regions", "interfaces", "field", "device", "frequency"])
    whole = suggest(name, heads)
    hint = whole if whole.startswith("did") else near if near.startswith("did") else suggest("", heads + tables)
    raise InputError(f"there is no parameter {name!r} to sweep; {hint}")


def _known(key: str, units: Mapping[str, str], where: str) -> str:
    if key not in units:
        raise InputError(f"{where} has no parameter {key!r}; {suggest(key, units)}")
    return units[key]


def _split(rest: str, names: Iterable[str], what: str) -> tuple[str, str]:
    """Name and key of ``NAME.KEY``; names may hold dots themselves."""
    names = list(names)
    fitting = [name for name in names if rest == name or rest.startswith(f"{name}.")]
    if not fitting:
        asked = rest.partition(".")[0]
        raise InputError(f"there is no {what} {asked!r} to sweep; {suggest(asked, names)}")
    name = max(fitting, key=len)
    return name, rest[len(name) + 1 :]


def _of_region(name: str, rest: str, device: Device) -> Parameter:
    region, key = _split(rest, device.regions, "region")
    where = f"regions.{region}"
    if _magnet_key(key):
        if device.regions[region].magnetization is None:
            raise InputError(f"{where} has no magnetization that {name!r} could turn: it is a normal metal")
        if key in ("theta", "phi"):
            if device.regions[region].is_textured:
                raise InputError(f"{where}: a magnetization that varies in space has no {key}; sweep its angle")
            return Parameter(name=name, unit="rad", kind="direction", owners=(region,), key=key)
        axis = _rotation_axis(key, where)
        return Parameter(name=name, unit="rad", kind="rotation", owners=(region,), key="angle", axis=axis)
    own = _material_keys(device, (region,))
    more = () if device.regions[region].magnetization is None else ("theta", "phi", "angle.x", "angle.y", "angle.z")
    if key not in own:
        raise InputError(f"{where} has no parameter {key!r}; {suggest(key, (*own, *more))}")
    return Parameter(name=name, unit=MATERIAL[key], kind="material", owners=(region,), key=key)


def _magnet_key(key: str) -> bool:
    return key in ("theta", "phi", "angle") or key.startswith("angle[") or re.fullmatch(r"angle\..", key) is not None


def _rotation_axis(key: str, where: str) -> tuple[float, float, float]:
    """The unit vector in ``angle.y`` or ``angle[1,0,1]``."""
    rule = f"an axis to turn about: {where}.angle.y, or {where}.angle[1,0,1]"
    if key[6:] in ("x", "y", "z") and key[5] == ".":
        x, y, z = (float(key[6:] == a) for a in "xyz")
        return x, y, z
    found = _AXIS.search(key)
    try:
        axis = [float(part) for part in found[1].split(",")] if found else []
    except ValueError:
        axis = []
    length = math.hypot(*axis)
    if len(axis) != 3 or not 0 < length < math.inf:
        raise must_be(f"{where}.{key}", f"given {rule}", key)
    return axis[0] / length, axis[1] / length, axis[2] / length


def _material_keys(device: Device, regions: Iterable[str]) -> dict[str, str]:
    """Keys that the materials of some regions all have, with their units."""
    refused = {key for r in regions for key in _NOT_OF[type(device.regions[r].material)]}
    return {key: unit for key, unit in MATERIAL.items() if key not in refused}


def _of_material(name: str, rest: str, device: Device, materials: Mapping[str, tuple[str, ...]] | None) -> Parameter:
    if materials is None:
        raise InputError(f"{name!r}: a Device does not remember what its file called materials; give fespin.sweep the "
                         f"path of the file, or vary regions.{next(iter(device.regions))}.KEY")  # fmt: skip
    material, key = _split(rest, materials, "material")
    regions = materials[material]
    if not regions:
        raise InputError(f"{name!r}: no region is made of the material {material!r}")
    unit = _known(key, _material_keys(device, regions), f"materials.{material}")
    return Parameter(name=name, unit=unit, kind="material", owners=regions, key=key)


def _of_interface(name: str, rest: str, device: Device) -> Parameter:
    interface, key = _split(rest, device.interfaces, "interface")
    return Parameter(name=name, unit=_known(key, INTERFACE, f"interfaces.{interface}"), kind="interface",
                     owners=(interface,), key=key)  # fmt: skip
