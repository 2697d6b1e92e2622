"""A stack as a device for the transport core, and a device on a straight line as a stack."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ...device.device import Device, Region
from ...device.mesh import Mesh
from ...errors import DeviceError, InputError
from ..walk import walk
from .layers import Direction, Layer
from .mesh import StackMesh
from .stack import SpinValve


def to_device(valve: SpinValve) -> Device:
    """The stack on the same line mesh, magnetizations along z, terminals "left" and "right".

    `fespin.conductance` of it gives the same static answers; where both reservoirs keep their spins in equilibrium, the
    charge current per volt of charge is G["right", "e", "left", "e"].

    Raises
    ------
    InputError
        Interfaces that are not transparent.

    Examples
    --------
    >>> import fespin
    >>> from fespin.batteries.valve import half_metal_valve
    >>> valve = half_metal_valve(fespin.NormalMetal(conductivity=2, spin_diffusion_length=0.5**0.5), thickness=1,
    ...                          plate=fespin.HalfMetal(conductivity=10), plate_thickness=1)
    >>> round(1 / fespin.conductance(to_device(valve))["right", "e", "left", "e"], 4)
    1.8613
    """
    resistive = [k for k, gate in enumerate(valve.interfaces) if gate is not None]
    if resistive:
        pair = " and ".join(layer.name for layer in valve.layers[resistive[0] : resistive[0] + 2])
        raise InputError(f"{valve.name!r} must have transparent interfaces to become a device, got a resistance or "
                         f"spin flip between {pair}; solve_static and exact_admittance take it")  # fmt: skip
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
    return Device(mesh=line, regions=regions, terminals={"left": "left", "right": "right"},
                  cross_section=valve.cross_section, name=valve.name)  # fmt: skip


def from_device(device: Device) -> SpinValve:
    """The layers of a device along its line, in the order of its coordinates; up is the first magnetization.

    Raises
    ------
    DeviceError
        Not a line, terminals elsewhere than at its two ends, a region in two pieces, magnets that are not collinear.
    """
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
    return SpinValve(layers=tuple(layers), cross_section=device.cross_section, name=device.name)


def _direction(device: Device, name: str, region: Region, axis: tuple[float, float, float] | None) -> Direction | None:
    if region.magnetization is None or axis is None:
        return None
    cosine = float(np.dot(region.magnetization, axis))
    if abs(cosine) < 1 - 1e-9:
        angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
        raise DeviceError(f"magnets of the valve {device.name!r} must be parallel or antiparallel, got {name!r} "
                          f"at {angle:.4g} deg; use fespin.conductance")  # fmt: skip
    return "up" if cosine > 0 else "down"
