"""A device with other numbers: all parameters of a point are set at once, so that none passes through a state that is
refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..device.device import Device, Region
from ..device.interface import Interface
from ..device.texture import MagnetizationField
from ..errors import InputError, must_be
from ..materials import Material
from ..transport.laws import cross_matrix
from .parameter import Parameter

Settings = Sequence[tuple[Parameter, float]]
_CARTESIAN = ("x", "y", "z")
_RESISTANCES = ("area_resistance", "asymmetry")


def variant(device: Device, settings: Settings) -> tuple[Device, float]:
    """The device with its parameters set, and the frequency in Hz (0 if it is not among them).

    Raises
    ------
    InputError
        A value that the device cannot have, or what a user's function raised.

    Examples
    --------
    >>> import math, fespin
    >>> from fespin.sweeps.parameter import find_parameter
    >>> valve = fespin.load("meshes/angular_valve_1d.toml")
    >>> angle = find_parameter("regions.free.angle.y", valve, None, {}, {})
    >>> turned, _ = variant(valve, [(angle, math.pi / 2)])
    >>> valve.regions["free"].magnetization, turned.regions["free"].magnetization
    ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
    """
    of = {kind: [(p, v) for p, v in settings if p.kind == kind] for kind in {p.kind for p, _ in settings}}
    changes: dict[str, Any] = {p.key: v for p, v in of.get("device", ())}
    regions = _regions(device, of)
    if regions:
        changes["regions"] = {**device.regions, **regions}
    if "interface" in of:
        changes["interfaces"] = {**device.interfaces, **_interfaces(device, of["interface"])}
    if "field" in of:
        changes |= _field(device, {p.key: v for p, v in of["field"]})
    if changes:
        device = device.replace(**changes)
    for parameter, value in of.get("function", ()):
        device = _own(parameter, device, value)
    return device, _frequency(of.get("frequency", ()))


def _frequency(found: Settings) -> float:
    if not found:
        return 0.0
    value = found[0][1]
    if not 0 <= value < math.inf:
        raise must_be("frequency", "a finite number in Hz that is not negative", value)
    return value


def _own(parameter: Parameter, device: Device, value: float) -> Device:
    assert parameter.function is not None
    out = parameter.function(device, value)
    if not isinstance(out, Device):
        raise must_be(f"what the function of {parameter.name!r} returns", "a fespin.Device", out)
    return out


def _regions(device: Device, of: Mapping[str, Settings]) -> dict[str, Region]:
    """Regions that differ."""
    numbers: dict[str, dict[str, float]] = {}
    for parameter, value in of.get("material", ()):
        for owner in parameter.owners:
            numbers.setdefault(owner, {})[parameter.key] = value
    angles: dict[str, dict[str, float]] = {}
    for parameter, value in of.get("direction", ()):
        angles.setdefault(parameter.owners[0], {})[parameter.key] = value
    out: dict[str, dict[str, Any]] = {name: {"material": _material(device.regions[name].material, changes)}
                                      for name, changes in numbers.items()}  # fmt: skip
    for name, changes in angles.items():
        theta, phi = spherical(device.regions[name].magnetization)[1:]
        out.setdefault(name, {})["magnetization"] = direction(changes.get("theta", theta), changes.get("phi", phi))
    for parameter, value in of.get("rotation", ()):
        assert parameter.axis is not None
        region = out.setdefault(parameter.owners[0], {})
        before = region.get("magnetization", device.regions[parameter.owners[0]].magnetization)
        turn = rotation(parameter.axis, value)
        textured = isinstance(before, MagnetizationField)
        region["magnetization"] = _turned(before, turn) if textured else tuple(_snapped(turn @ np.array(before)))
    return {name: replace(device.regions[name], **changes) for name, changes in out.items()}


def _material(material: Material, changes: Mapping[str, float]) -> Material:
    """The other numbers keep their values, the diffusivity too; a density of states sets it with the conductivity."""
    values: dict[str, Any] = {k: v for k, v in changes.items() if k not in ("resistivity", "density_of_states")}
    if "resistivity" in changes:
        if not 0 < changes["resistivity"] < math.inf:
            raise must_be("resistivity", "a positive finite number in ohm m", changes["resistivity"])
        values["conductivity"] = 1.0 / changes["resistivity"]
    if "density_of_states" in changes:
        from scipy.constants import e

        states = changes["density_of_states"]
        if not 0 < states < math.inf:
            raise must_be("density_of_states", "a positive finite number in 1/(J m^3)", states)
        values["diffusivity"] = values.get("conductivity", material.conductivity) / (e**2 * states)
    return replace(material, **values)


def _interfaces(device: Device, found: Settings) -> dict[str, Interface]:
    changes: dict[str, dict[str, float]] = {}
    for parameter, value in found:
        changes.setdefault(parameter.owners[0], {})[parameter.key] = value
    return {name: _interface(name, device.interfaces[name], values) for name, values in changes.items()}


def _interface(name: str, interface: Interface, changes: Mapping[str, float]) -> Interface:
    parts = {key: value for key, value in changes.items() if key.startswith("mixing_conductance.")}
    values: dict[str, Any] = {k: v for k, v in changes.items() if k not in (*parts, *_RESISTANCES)}
    if parts:
        values["mixing_conductance"] = _mixing(name, interface, parts)
    if any(key in changes for key in _RESISTANCES):
        found = Interface.from_area_resistance(
            area_resistance=changes.get("area_resistance", interface.area_resistance),
            asymmetry=changes.get("asymmetry", interface.asymmetry),
            between=interface.between,
            group=interface.group,
        )
        values |= {"conductance_up": found.conductance_up, "conductance_down": found.conductance_down}
    if "conductance" in values:
        total, gamma = values.pop("conductance"), interface.asymmetry
        values |= {"conductance_up": total * (1 + gamma) / 2, "conductance_down": total * (1 - gamma) / 2}
    return replace(interface, **values)


def _mixing(name: str, interface: Interface, parts: Mapping[str, float]) -> complex:
    before = interface.mixing_conductance
    real = parts.get("mixing_conductance.real")
    if real is None and before is None:
        raise InputError(f"interface {name!r} has no mixing_conductance; vary or fix "
                         f"interfaces.{name}.mixing_conductance.real as well")  # fmt: skip
    if real is None:
        real = before.real  # type: ignore[union-attr]
    return complex(real, parts.get("mixing_conductance.imag", before.imag if before is not None else 0.0))


def _field(device: Device, found: Mapping[str, float]) -> dict[str, Any]:
    """Field and g factor: by components, or by magnitude and angles."""
    out: dict[str, Any] = {"g_factor": found["g_factor"]} if "g_factor" in found else {}
    keys = found.keys() - {"g_factor"}
    if not keys:
        return out
    before = device.magnetic_field or (0.0, 0.0, 0.0)
    if keys <= set(_CARTESIAN):
        vector = [found.get(axis, before[i]) for i, axis in enumerate(_CARTESIAN)]
    else:
        size, theta, phi = spherical(before)
        unit = direction(found.get("theta", theta), found.get("phi", phi))
        # the device's own direction stays what it is to the last bit: no detour through its angles
        if keys == {"magnitude"}:
            unit = tuple((np.array(before) / size).tolist())
        vector = [found.get("magnitude", size) * u for u in unit]
    return {**out, "magnetic_field": tuple(v + 0.0 for v in vector)}


def spherical(vector: Any) -> tuple[float, float, float]:
    """Length, angle from z, and angle from x in the x-y plane, rad.

    Examples
    --------
    >>> [round(v, 12) for v in spherical((0, 2, 0))]
    [2.0, 1.570796326795, 1.570796326795]
    """
    x, y, z = (float(v) for v in vector)
    return math.hypot(x, y, z), math.atan2(math.hypot(x, y), z), math.atan2(y, x)


def direction(theta: float, phi: float) -> tuple[float, float, float]:
    """Unit vector of two angles in rad; where it is along an axis, exactly so.

    Examples
    --------
    >>> direction(math.pi / 2, math.pi)
    (-1.0, 0.0, 0.0)
    """
    x, y, z = _snapped(np.array([math.sin(theta) * math.cos(phi), math.sin(theta) * math.sin(phi), math.cos(theta)]))
    return x, y, z


def rotation(axis: tuple[float, float, float], angle: float) -> np.ndarray:
    """Matrix of the turn by an angle (rad) about a unit vector, right-handed, (3, 3)."""
    cross = cross_matrix(axis)
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * (cross @ cross)


def _snapped(vector: np.ndarray) -> list[float]:
    """Rounding of sines and cosines must not couple what is decoupled."""
    return np.where(np.abs(vector) < 1e-15, 0.0, vector).tolist()


class _Rotated:
    """A field of directions, each turned by one rotation; a class so that it can be sent to other processes."""

    def __init__(self, field: MagnetizationField, turn: np.ndarray) -> None:
        self.field, self.turn = field, turn

    def __call__(self, positions: np.ndarray) -> np.ndarray:
        return self.turn @ self.field(positions)


def _turned(field: MagnetizationField, turn: np.ndarray) -> MagnetizationField:
    return MagnetizationField(_Rotated(field, turn), f"{field.origin}, turned")
