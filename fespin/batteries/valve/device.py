"""A stack as a device for the transport core, and a device on a straight line as a stack."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ...device.device import Device
from ...device.interface import Interface as Contact
from ...device.mesh import Mesh
from ...device.region import Region
from ...errors import DeviceError, InputError
from ..walk import walk
from .layers import Direction, Interface, Layer
from .mesh import StackMesh
from .stack import SpinValve


def to_device(valve: SpinValve) -> Device:
    """The stack on the same line mesh, magnetizations along z, terminals "left" and "right".

    `fespin.conductance` of it gives the same static answers; where both reservoirs keep their spins in equilibrium, the
    charge current per volt of charge is G["right", "e", "left", "e"].

    Interfaces become those of the device, with the least mixing conductance: transverse spins do not occur.

    Raises
    ------
    InputError
        An interface that flips spins by a conductance, is transparent to one channel alone, or lies between opposite
        magnets: the device has none of that kind.

    Examples
    --------
    >>> import fespin
    >>> from fespin.batteries.valve import half_metal_valve
    >>> valve = half_metal_valve(fespin.NormalMetal(conductivity=2, spin_diffusion_length=0.5**0.5), thickness=1,
    ...                          plate=fespin.HalfMetal(conductivity=10), plate_thickness=1)
    >>> round(1 / fespin.conductance(to_device(valve))["right", "e", "left", "e"], 4)
    1.8613
    """
    mesh = StackMesh(valve)
    keep = np.ones(len(mesh.nodes), bool)
    keep[mesh.first[1:-1]] = False  # the second node of each interface
    number = np.cumsum(keep) - 1
    layer_of_cell = mesh.layer_of[mesh.cells[:, 0]]
    line = Mesh(
        points=mesh.nodes[keep][:, None],
        cells=number[mesh.cells],
        cell_type="line",
        regions={layer.name: np.flatnonzero(layer_of_cell == k) for k, layer in enumerate(valve.layers)},
        boundaries={"left": np.array([[0]]), "right": np.array([[number[-1]]])},
    )
    regions = {
        layer.name: Region(
            material=layer.material,
            magnetization=None if layer.magnetization is None else (0.0, 0.0, float(layer.sign)),
        )
        for layer in valve.layers
    }
    contacts = {f"contact_{k}": _contact(valve, k, gate) for k, gate in enumerate(valve.interfaces)
                if gate is not None and not gate.transparent}  # fmt: skip
    return Device(mesh=line, regions=regions, terminals={"left": "left", "right": "right"}, interfaces=contacts,
                  cross_section=valve.cross_section, name=valve.name)  # fmt: skip


def _contact(valve: SpinValve, k: int, gate: Interface) -> Contact:
    """The device's interface after layer k; a half metal's missing channel does not conduct there."""
    left, right = valve.layers[k : k + 2]
    where = f"the interface between {left.name!r} and {right.name!r} must"
    hint = "to be that of a device; solve_static and exact_admittance take it"
    if gate.spin_flip_conductance > 0:
        raise InputError(f"{where} have spin_memory_loss instead of a spin_flip_conductance {hint}")
    magnets = [layer for layer in (left, right) if layer.magnetization is not None]
    if len(magnets) == 2 and (gate.loses or _antiparallel(left, right, gate)):
        raise InputError(f"{where} lie between parallel magnets and lose no spin {hint}")
    up, down = gate.conductance_up, gate.conductance_down
    missing = next((layer for layer in magnets if not layer.two_channels), None)
    if missing is not None and len(magnets) == 1:
        if gate.loses:
            raise InputError(f"{where} have no memory loss at a half metal {hint}")
        majority = missing.channels[0] == (missing.sign > 0)  # whether the channel is that along the magnetization
        up, down = (up, 0.0) if majority else (0.0, down)
    if math.isinf(up + down):
        raise InputError(f"{where} resist both channels or none {hint}")
    mixing = (up + down) / 2 if len(magnets) == 1 else None
    return Contact(between=(left.name, right.name), conductance_up=up, conductance_down=down,
                   spin_memory_loss=gate.memory_loss if gate.loses else 0.0, mixing_conductance=mixing)  # fmt: skip


def _antiparallel(left: Layer, right: Layer, gate: Interface) -> bool:
    """Whether the device's law of two magnets, sqrt(g_s g_s') between channels, is another than that of the stack."""
    return left.magnetization != right.magnetization and gate.conductance_up != gate.conductance_down


def from_device(device: Device) -> SpinValve:
    """The layers of a device along its line, in the order of its coordinates; up is the first magnetization.

    Raises
    ------
    DeviceError
        Not a line, terminals elsewhere than at its two ends, a region in two pieces, magnets that are not collinear.
    """
    if device.magnetic_field is not None:
        raise DeviceError(f"the valve {device.name!r} must have no magnetic field, in which spins precess; use "
                          "fespin.conductance")  # fmt: skip
    textured = next((name for name, region in device.regions.items() if region.is_textured), None)
    if textured is not None:
        raise DeviceError(f"magnets of the valve {device.name!r} must be uniform, got a field in {textured!r}; use "
                          "fespin.conductance")  # fmt: skip
    mesh = device.mesh
    order = walk(mesh, what=f"the valve {device.name!r}")
    ends = {int(f[0, 0]) for f in device.terminal_facets.values()}
    if len(device.terminals) != 2 or ends != {order[0], order[-1]}:
        raise DeviceError(f"the valve {device.name!r} must have two terminals, one at each end of its line, got "
                          f"{', '.join(device.terminals)}")  # fmt: skip
    region_of = {frozenset(cell): int(r) for cell, r in zip(mesh.cells.tolist(), device.cell_region, strict=True)}
    along = [region_of[frozenset(pair)] for pair in pairwise(order)]
    breaks = [0, *(k for k in range(1, len(along)) if along[k] != along[k - 1]), len(along)]
    steps = np.linalg.norm(np.diff(device.points[order], axis=0), axis=1)
    axis = next((r.magnetization for r in device.regions.values() if r.magnetization is not None), None)
    names = list(device.regions)
    layers: list[Layer] = []
    for start, stop in pairwise(breaks):
        name = names[along[start]]
        if any(layer.name == name for layer in layers):
            raise DeviceError(f"region {name!r} of the valve {device.name!r} must be one layer, got two pieces; give "
                              "each a region of its own")  # fmt: skip
        nodes = np.concatenate([[0.0], np.cumsum(steps[start:stop])])
        region = device.regions[name]
        layers.append(Layer(material=region.material, thickness=float(nodes[-1]), nodes=tuple(nodes.tolist()),
                            magnetization=_direction(device, name, region, axis), name=name))  # fmt: skip
    assert device.cross_section is not None
    return SpinValve(layers=tuple(layers), interfaces=_gates(device, layers), cross_section=device.cross_section,
                     name=device.name)  # fmt: skip


def _gates(device: Device, layers: list[Layer]) -> tuple[Interface | None, ...]:
    out: list[Interface | None] = [None] * (len(layers) - 1)
    regions, names = list(device.regions), [layer.name for layer in layers]
    for contact in device.split.contacts:
        k = min(names.index(regions[r]) for r in contact.regions)
        given = contact.interface
        gate = Interface(conductance_up=given.conductance_up, conductance_down=given.conductance_down,
                         memory_loss=given.spin_memory_loss)  # fmt: skip
        left, right = layers[k : k + 2]
        if left.magnetization and right.magnetization and _antiparallel(left, right, gate):
            raise DeviceError(f"interface {contact.name!r} of the valve {device.name!r} must lie between parallel "
                              "magnets; between opposite ones channels mix; use fespin.conductance")  # fmt: skip
        out[k] = gate
    return tuple(out)


def _direction(device: Device, name: str, region: Region, axis: tuple[float, float, float] | None) -> Direction | None:
    if region.magnetization is None or axis is None:
        return None
    cosine = float(np.dot(region.magnetization, axis))
    if abs(cosine) < 1 - 1e-9:
        angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
        raise DeviceError(f"magnets of the valve {device.name!r} must be parallel or antiparallel, got {name!r} "
                          f"at {angle:.4g} deg; use fespin.conductance")  # fmt: skip
    return "up" if cosine > 0 else "down"
