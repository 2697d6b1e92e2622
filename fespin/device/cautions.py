"""Drawings that give a number which depends on the mesh: the device is solved, and a warning says why to look twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..materials import Ferromagnet, HalfMetal, NormalMetal
from . import topology
from .contacts import region_behind, region_nodes, terminal_nodes

if TYPE_CHECKING:
    from .device import Device
    from .region import Region


def find_cautions(device: Device) -> tuple[str, ...]:
    """One sentence for each thing that may mislead."""
    touching = region_nodes(device)
    return (
        *_touching_terminals(device, touching),
        *_coarse_regions(device, touching),
        *_assumed_mixing(device),
        *_flat_spin_hall(device),
    )


def _touching_terminals(device: Device, touching: np.ndarray) -> list[str]:
    """A transverse spin potential jumps where a normal terminal touches a magnet: its current diverges there."""
    regions = list(device.regions.items())
    out = []
    for name, facets in terminal_nodes(device).items():
        if region_behind(device, name).is_strong:
            continue
        met = [n for i, (n, r) in enumerate(regions) if r.is_strong and touching[i][facets].any()]
        if met:
            out.append(touching_text(name, met))
    return out


def touching_text(terminal: str, magnets: list[str]) -> str:
    return (
        f"terminal {terminal!r} touches the magnetic region {', '.join(map(repr, magnets))}: its transverse spin "
        "conductance grows with the logarithm of mesh refinement; leave a gap"
    )


def _coarse_regions(device: Device, touching: np.ndarray) -> list[str]:
    """Cells at interfaces and terminals should resolve the spin diffusion length."""
    important = np.zeros(touching.shape[1], bool)
    before = touching[0].copy()
    for row in touching[1:]:
        important |= before & row
        before |= row
    for facets in terminal_nodes(device).values():
        important[facets] = True
    for contact in device.split.contacts:
        important[contact.facets] = True
    near = topology.with_marked(device.split.cells, important)
    out = []
    for r, (name, region) in enumerate(device.regions.items()):
        what, length = shortest_length(device, region)
        if not np.isfinite(length):
            continue
        cells = device.split.cells[near & (device.cell_region == r)]
        if len(cells) == 0:
            continue
        heights = topology.heights(device.mesh.points, device.split.parent[cells], device.mesh.cell_type)
        size = float(np.median(heights)) * device.length_unit
        if size > length:
            out.append(coarse_text(name, size, what, length))
    return out


def coarse_text(region: str, size: float, what: str, length: float) -> str:
    return (
        f"region {region!r}: cells at its interfaces and terminals are {size:.3g} m high, its {what} is "
        f"{length:.3g} m; refine the mesh there"
    )


def shortest_length(device: Device, region: Region) -> tuple[str, float]:
    """The shortest length over which a spin potential decays or turns in a region, m."""
    material = region.material
    if isinstance(material, HalfMetal):
        return "", np.inf
    lengths = {"spin diffusion length": material.spin_diffusion_length}
    if not region.is_strong:
        if isinstance(material, Ferromagnet):
            lengths["transverse length"] = material.transverse_length or np.inf
            lengths["precession length"] = material.precession_length
        if device.precession is not None and material.diffusivity is not None:
            rate = float(np.abs(device.precession).max())
            lengths["length of precession in the field"] = (
                float(np.sqrt(material.diffusivity / rate)) if rate else np.inf
            )
    return min(lengths.items(), key=lambda item: item[1])


def _assumed_mixing(device: Device) -> list[str]:
    """Contacts whose transverse conductance was not given."""
    regions = list(device.regions.values())
    out = []
    for contact in device.split.contacts:
        magnetic = [regions[r].magnetization is not None for r in contact.regions]
        if sum(magnetic) == 1 and contact.interface.mixing_conductance is None and contact.interface.conductance:
            least = contact.interface.least_mixing_conductance
            out.append(
                f"interface {contact.name!r} has no mixing_conductance: its lower bound (g_up + g_dn)/2 = {least:.3g} "
                "S/m^2 is taken; only spins normal to the magnetization depend on it"
            )
    return out


def _flat_spin_hall(device: Device) -> list[str]:
    """What a mesh of fewer dimensions leaves out of the spin Hall effect."""
    names = [n for n, r in device.regions.items() if isinstance(r.material, NormalMetal) and r.material.spin_hall_angle]
    if not names or device.dimension == 3:
        return []
    which = ", ".join(map(repr, names))
    if device.dimension == 1:
        return [f"spin_hall_angle of {which} has no effect on a line mesh: currents along one direction do not couple"]
    return [
        f"spin Hall effect of {which} on a plane mesh: only spins along z couple to the currents in the plane; spin "
        "currents through the faces of the film are left out"
    ]
