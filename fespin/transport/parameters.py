"""Names and values of the parameters of a device on which its matrix depends, and why others do not count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..device.contacts import region_nodes
from ..device.device import Device
from ..device.region import Region
from ..errors import InputError, must_be, suggest
from ..materials import Ferromagnet, HalfMetal, NormalMetal

# keys that a device may have to no effect
_IDLE = ("spin_diffusion_length", "diffusivity", "transverse_length", "precession_length")
AXES = {"rotation_x": 0, "rotation_y": 1, "rotation_z": 2}


def parameter_names(device: Device, *, frequency: float = 0.0) -> tuple[str, ...]:
    """The parameters of a device that `sensitivities` knows, those on which its matrix depends.

    Examples
    --------
    >>> import fespin
    >>> parameter_names(fespin.load("meshes/fn_wire_1d.toml"))[:3]    # doctest: +SKIP
    ('regions.ferro.conductivity', 'regions.ferro.spin_diffusion_length', 'regions.ferro.polarization')
    """
    field = device.precession is not None
    out = []
    for name, region in device.regions.items():
        keys = _material_keys(region, field=field, frequency=bool(frequency))
        if region.magnetization is not None and not _refused_rotation(device, name):
            keys += list(AXES)
        out += [f"regions.{name}.{key}" for key in keys]
    for name in device.interfaces:
        out += [f"interfaces.{name}.{key}" for key in _interface_keys(device, name)]
    out += [f"field.{axis}" for axis in "xyz" if field]
    out += [f"device.{key}" for key in ("thickness", "cross_section") if getattr(device, key) is not None]
    return tuple(out)


def _interface_keys(device: Device, name: str) -> list[str]:
    """What an interface depends on; between normal metals both spins move together, so that only AR* is left."""
    interface = device.interfaces[name]
    regions = list(device.regions.values())
    magnets = [sum(regions[r].magnetization is not None for r in c.regions)
               for c in device.split.contacts if c.name == name]  # fmt: skip
    if not interface.conductance or not magnets:
        return []
    out = []
    if min(magnets) > 0:
        out += ["conductance_up", "conductance_down"] if _both(interface) or max(magnets) < 2 else []
        out += ["area_resistance", "asymmetry"] if _both(interface) else []
    elif _both(interface):
        out += ["area_resistance"]
    if interface.mixing_conductance is not None:
        out += ["mixing_conductance.real", "mixing_conductance.imag"]
    return [*out, "spin_memory_loss"] if max(magnets) < 2 else out


def _both(interface: Any) -> bool:
    return bool(interface.conductance_up and interface.conductance_down)


def chosen_parameters(device: Device, parameters: Any, frequency: float) -> list[str]:
    known = parameter_names(device, frequency=frequency)
    if parameters is None:
        return list(known)
    names = [parameters] if isinstance(parameters, str) else parameters
    if not isinstance(names, Iterable):
        raise must_be("parameters", "names like 'regions.ferro.polarization'", parameters)
    out = []
    for name in names:
        if name not in known and not _allowed_beside(device, name):
            raise InputError(f"parameters: {name!r} is none of this device{_reason(device, name, known)}")
        out.append(name)
    return out


def _allowed_beside(device: Device, name: Any) -> bool:
    """A spin Hall angle that is 0 has a derivative as well."""
    kind, owner, key = split_name(name)
    if kind != "regions" or key != "spin_hall_angle" or owner not in device.regions:
        return False
    return isinstance(device.regions[owner].material, NormalMetal)


def depends_on(device: Device, name: str, *, frequency: float = 0.0) -> bool:
    """Whether the matrix depends on an uncertain parameter; a length or a diffusivity may have no part in it.

    Raises
    ------
    InputError
        It does, in a way that has no derivative.
    """
    known = parameter_names(device, frequency=frequency)
    kind, _, key = split_name(name)
    if name not in known and not (kind == "regions" and key in _IDLE):
        raise InputError(f"the uncertainty of {name} cannot be propagated{_reason(device, name, known)}")
    return name in known


def _reason(device: Device, name: Any, known: Sequence[str]) -> str:
    kind, owner, key = split_name(name)
    region = device.regions.get(owner) if kind == "regions" else None
    if region is not None and key in AXES and region.magnetization is not None:
        return f": {_refused_rotation(device, owner)}"
    if region is not None and key == "polarization" and isinstance(region.material, HalfMetal):
        return ": the polarization of a half metal is +1 or -1, nothing between"
    if region is not None and key in ("diffusivity", "spin_diffusion_length") and hasattr(region.material, key):
        return f": its matrix does not depend on {key} as it is"
    if kind == "interfaces" and owner in device.interfaces and key in ("conductance_up", "conductance_down"):
        return ": both spins move together between normal metals, ask for area_resistance; a channel that does not " \
               "conduct has no derivative between ferromagnets"  # fmt: skip
    return f"; {suggest(name, known)}"


def _refused_rotation(device: Device, name: str) -> str:
    """Why the magnetization of a region cannot turn by itself; empty if it can."""
    region = device.regions[name]
    if region.is_textured:
        return f"the magnetization of {name!r} varies in space"
    if not region.is_strong:
        return ""
    touching = region_nodes(device)
    names = list(device.regions)
    own = touching[names.index(name)]
    for other, nodes in zip(names, touching, strict=True):
        if other != name and device.regions[other].is_strong and (own & nodes).any():
            return f"{name!r} touches {other!r}, and magnets in direct contact are collinear: they turn together only"
    return ""


def parameter_value(device: Device, name: str) -> float:
    """The value of a parameter, SI; 1 for angles of rotation and field components that are zero."""
    kind, owner, key = split_name(name)
    if kind == "device":
        return float(getattr(device, key))
    if kind == "field":
        return float((device.magnetic_field or (0.0, 0.0, 0.0))["xyz".index(key)])
    if kind == "interfaces":
        whole, _, part = key.partition(".")
        value = getattr(device.interfaces[owner], whole)
        return float(getattr(value, part) if part else value)
    return 1.0 if key.startswith("rotation") else float(getattr(device.regions[owner].material, key))


def split_name(name: Any) -> tuple[str, str, str]:
    """("regions", "ferro", "polarization") of a parameter's name; names of regions may contain dots."""
    if not isinstance(name, str) or "." not in name:
        return "", "", ""
    kind, _, rest = name.partition(".")
    if kind in ("field", "device"):
        return kind, "", rest
    for tail in ("mixing_conductance.real", "mixing_conductance.imag"):
        if kind == "interfaces" and rest.endswith(f".{tail}"):
            return kind, rest.removesuffix(f".{tail}"), tail
    owner, _, key = rest.rpartition(".")
    return kind, owner, key


def _material_keys(region: Region, *, field: bool, frequency: bool) -> list[str]:
    """Parameters of a region on which the operator depends."""
    material = region.material
    out = ["conductivity"]
    if isinstance(material, HalfMetal):
        return out
    finite = lambda key: np.isfinite(getattr(material, key) or np.inf)  # noqa: E731
    if finite("spin_diffusion_length"):
        out.append("spin_diffusion_length")
    if isinstance(material, Ferromagnet):
        out.append("polarization")
        out += [key for key in ("transverse_length", "precession_length") if finite(key)]
    elif material.spin_hall_angle or "spin_hall_angle" in dict(material.uncertainty):
        out.append("spin_hall_angle")
    if material.diffusivity is not None and (frequency or (field and not region.is_strong)):
        out.append("diffusivity")
    return out
