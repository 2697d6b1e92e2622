"""Drawings that give a number which depends on the mesh: the device is solved, and a warning says why to look twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..materials import HalfMetal
from . import topology
from .contacts import region_nodes

if TYPE_CHECKING:
    from .device import Device


def find_cautions(device: Device) -> tuple[str, ...]:
    """One sentence for each thing that may mislead."""
    touching = region_nodes(device)
    return (*_touching_terminals(device, touching), *_coarse_regions(device, touching))


def _touching_terminals(device: Device, touching: np.ndarray) -> list[str]:
    """A transverse spin potential jumps where a normal terminal touches a magnet: its current diverges there."""
    regions = list(device.regions.items())
    out = []
    for name, facets in device.terminal_facets.items():
        owner = topology.facet_owners(device.mesh.cells, device.mesh.cell_type, facets[:1]).cell[0]
        if regions[device.cell_region[owner]][1].magnetization is not None:
            continue
        met = [n for i, (n, r) in enumerate(regions) if r.magnetization is not None and touching[i][facets].any()]
        if met:
            out.append(
                f"terminal {name!r} touches the magnetic region {', '.join(map(repr, met))}: its transverse spin "
                "conductance grows with the logarithm of mesh refinement; leave a gap"
            )
    return out


def _coarse_regions(device: Device, touching: np.ndarray) -> list[str]:
    """Cells at interfaces and terminals should resolve the spin diffusion length."""
    important = touching.sum(axis=0) > 1
    for facets in device.terminal_facets.values():
        important[facets] = True
    out = []
    for r, (name, region) in enumerate(device.regions.items()):
        length = region.material.spin_diffusion_length
        if isinstance(region.material, HalfMetal) or not np.isfinite(length):
            continue
        cells = device.mesh.cells[device.cell_region == r]
        cells = cells[important[cells].any(axis=1)]
        if len(cells) == 0:
            continue
        heights = topology.heights(device.mesh.points, cells, device.mesh.cell_type)
        size = float(np.median(heights)) * device.length_unit
        if size > length:
            out.append(
                f"region {name!r}: cells at its interfaces and terminals are {size:.3g} m high, its spin diffusion "
                f"length is {length:.3g} m; refine the mesh there"
            )
    return out
