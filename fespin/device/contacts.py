"""What regions hold and how they meet: kinds of potentials, channels of half metals, collinearity, shared nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..materials import Ferromagnet, HalfMetal
from . import topology

if TYPE_CHECKING:
    from .device import Device, Region

COLLINEAR = 1e-9  # sine of the angle below which two directions count as one


def space(region: Region) -> str:
    """Kind of potentials a region holds: "normal", "ferromagnet" or "half-metal"."""
    if isinstance(region.material, HalfMetal):
        return "half-metal"
    return "ferromagnet" if isinstance(region.material, Ferromagnet) else "normal"


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
    if a.magnetization is None or b.magnetization is None:
        return True
    return collinear(a.magnetization, b.magnetization)


def region_nodes(device: Device) -> np.ndarray:
    """Which regions a node belongs to, bool (R, n)."""
    return topology.touching(device.mesh.cells, device.cell_region, len(device.regions), len(device.mesh.points))
