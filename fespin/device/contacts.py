"""What regions hold and how they meet: kinds of potentials, channels of half metals, collinearity, shared nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..materials import HalfMetal
from . import topology

if TYPE_CHECKING:
    from .device import Device
    from .region import Region

COLLINEAR = 1e-9  # sine of the angle below which two directions count as one


def space(region: Region) -> str:
    """Kind of potentials a region holds: "normal" (all four), "ferromagnet" or "half-metal"."""
    if isinstance(region.material, HalfMetal):
        return "half-metal"
    return "ferromagnet" if region.is_strong else "normal"


def channel(region: Region) -> np.ndarray:
    """Spin direction q = p m of the conducting channel of a half metal, (3,)."""
    return region.material.polarization * np.array(region.magnetization)  # type: ignore[union-attr]


def collinear(a: tuple[float, float, float], b: tuple[float, float, float]) -> bool:
    """Whether two unit vectors are parallel or antiparallel."""
    return bool(np.linalg.norm(np.cross(a, b)) < COLLINEAR)


def same_space(a: Region, b: Region) -> bool:
    """Whether the two regions hold the same potentials at a terminal."""
    if space(a) != space(b):
        return False
    if space(a) == "half-metal":
        return bool(np.linalg.norm(channel(a) - channel(b)) < COLLINEAR)
    if not a.is_strong:
        return True
    return collinear(a.magnetization, b.magnetization)


def region_nodes(device: Device) -> np.ndarray:
    """Which regions a node of the split mesh belongs to, bool (R, N)."""
    return topology.touching(device.split.cells, device.cell_region, len(device.regions), device.split.size)


def terminal_nodes(device: Device) -> dict[str, np.ndarray]:
    """Facets of each terminal by nodes of the split mesh, (f, k)."""
    facets = device.terminal_facets
    if not device.split.contacts:
        return dict(facets)
    local, owners = np.array(topology.FACETS[device.mesh.cell_type]), device.terminal_owners
    return {name: device.split.cells[owners[name].cell[:, None], local[owners[name].local]] for name in facets}


def region_behind(device: Device, terminal: str) -> Region:
    """The region that the facets of a terminal belong to, or one of several that hold the same potentials there."""
    owner = device.terminal_owners[terminal].cell[0]
    return list(device.regions.values())[device.cell_region[owner]]


def widest_terminal(device: Device) -> int:
    """Index of the terminal that seems to conduct best."""
    sides = [topology.extents(device.mesh.points[facets.ravel()]) for facets in device.terminal_facets.values()]
    conductivity = [region_behind(device, name).material.conductivity for name in device.terminals]
    return widest(np.array(sides), np.array(conductivity), device.dimension)


def widest(sides: np.ndarray, conductivity: np.ndarray, dimension: int) -> int:
    """Index of the best conductor among facets with boxes of these `sides` (T, d) around them, by what is behind."""
    if dimension == 1:
        area = np.ones(len(sides))
    elif dimension == 2:
        area = np.linalg.norm(sides, axis=1)
    else:
        area = np.linalg.norm(sides * np.roll(sides, 1, axis=1), axis=1)
    return int(np.argmax(area * conductivity))
