"""A hash of everything that decides the numbers of a sweep, equal in every process: finished points belong to it."""

from __future__ import annotations

import functools
import hashlib
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..device.device import Device
from ..device.texture import MagnetizationField


def device_hash(device: Device) -> str:
    """SHA-256 of a device: mesh, materials, magnetizations, terminals, interfaces, lengths, field and exchange.

    Examples
    --------
    >>> import fespin
    >>> valve = fespin.load("meshes/angular_valve_1d.toml")
    >>> device_hash(valve) == device_hash(fespin.load("meshes/angular_valve_1d.toml"))
    True
    >>> device_hash(valve) == device_hash(valve.with_region("free", magnetization=(0, 0, -1)))
    False
    """
    mesh = device.mesh
    return digest((
        mesh.cell_type, mesh.points, mesh.cells, device.length_unit, device.thickness, device.cross_section,
        [(name, repr(r.material), r.magnetization, cells) for (name, r), cells in
         zip(device.regions.items(), _cells(device), strict=True)],
        list(device.terminal_facets.items()), [(name, repr(i)) for name, i in device.interfaces.items()],
        [c.facets for c in device.split.contacts], device.magnetic_field, device.g_factor,
        [(name, repr(x)) for name, x in device.exchanges.items()],
    ))  # fmt: skip


def _cells(device: Device) -> list[np.ndarray]:
    return [np.flatnonzero(device.cell_region == r) for r in range(len(device.regions))]


def digest(value: Any) -> str:
    """SHA-256 of nested values; functions count by their code and what they close over, not by what they call."""
    h = hashlib.sha256()
    _feed(h, value, set())
    return h.hexdigest()


def _feed(h: Any, value: Any, inside: set[int]) -> None:
    h.update(f"<{type(value).__qualname__}>".encode())
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, Path)):
        h.update(repr(value).encode())
        return
    if isinstance(value, np.ndarray):
        h.update(f"{value.dtype.str}{value.shape}".encode())
        h.update(np.ascontiguousarray(value).tobytes())
        return
    if id(value) in inside:  # functions and objects may refer to themselves
        return
    inside = inside | {id(value)}
    for part in _parts(value):
        _feed(h, part, inside)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return [part for item in value.items() for part in item]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, MagnetizationField):
        return [value.function]
    if isinstance(value, functools.partial):
        return [value.func, value.args, value.keywords]
    if isinstance(value, types.MethodType):
        return [value.__func__, value.__self__]
    if isinstance(value, types.CodeType):
        return [value.co_code, value.co_consts, value.co_names]
    if isinstance(value, types.FunctionType):
        held = [cell.cell_contents for cell in value.__closure__ or ()]
        return [value.__code__, value.__defaults__, value.__kwdefaults__, held]
    if isinstance(value, (type, types.ModuleType, types.BuiltinFunctionType)):
        return [value.__name__]
    return [type(value).__name__, getattr(value, "__dict__", None) or repr(value)]
