"""What makes a drawing a device: every cell in one region, terminals on the boundary, one connected piece, contacts
that the theory covers. Each function refuses with a message that names the parts concerned and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import DeviceError, MeshError
from ..materials import Ferromagnet, HalfMetal
from . import topology
from .mesh import group_names

if TYPE_CHECKING:
    from .device import Device, Region

COLLINEAR = 1e-9  # sine of the angle below which two directions count as one


def check_device(device: Device) -> None:
    """Run every check that makes a `Device` valid."""
    if not device.regions:
        raise DeviceError(f"Device {device.name!r} must have regions, got none")
    if not device.terminals:
        raise DeviceError(f"Device {device.name!r} must have terminals, got none")
    _ = device.cell_region, device.terminal_facets  # each raises by itself
    _check_connected(device)
    touching = region_nodes(device)
    _check_terminals(device)
    _check_contacts(device, touching)
    _check_channels(device)


def region_nodes(device: Device) -> np.ndarray:
    """Which regions a node belongs to, bool (R, n)."""
    out = np.zeros((len(device.regions), len(device.mesh.points)), bool)
    for r in range(len(device.regions)):
        out[r, device.mesh.cells[device.cell_region == r]] = True
    return out


def assign_regions(device: Device) -> np.ndarray:
    """Region index of each cell, (m,): every cell must be in exactly one region."""
    mesh = device.mesh
    owner = np.full(len(mesh.cells), -1)
    names = list(device.regions)
    for r, (name, region) in enumerate(device.regions.items()):
        group, cells = mesh.region_group(name if region.group is None else region.group)
        if len(cells) == 0:
            raise MeshError(f"{mesh.where}: region {name!r} must have cells, but group {group!r} is empty")
        taken = cells[owner[cells] >= 0]
        if len(taken):
            raise MeshError(f"{mesh.where}: {len(taken)} cells belong to two regions, {names[owner[taken[0]]]!r} and {name!r}; "
                            "a cell must be in one")  # fmt: skip
        owner[cells] = r
    left = np.flatnonzero(owner < 0)
    if len(left):
        groups = [g for g, cells in mesh.regions.items() if np.isin(cells, left).any()]
        what = "group " + ", ".join(map(repr, groups)) + " has" if groups else f"{len(left)} cells are in no physical group and have"
        raise DeviceError(f"{mesh.where}: {what} no material; every group of cells must appear under [regions]")
    return owner


def _check_connected(device: Device) -> None:
    parts = topology.connected_parts(device.mesh.cells, len(device.mesh.points))
    if parts.max() == 0:
        return
    lines = []
    for part in range(parts.max() + 1):
        inside = parts == part
        terminals = [t for t, f in device.terminal_facets.items() if inside[f].any()]
        held = f"terminal {', '.join(terminals)}" if terminals else "no terminal: it floats"
        lines.append(f"{group_names(device.mesh, inside)} ({inside.sum()} nodes, {held})")
    raise MeshError(f"{device.mesh.where} falls into {len(lines)} parts that share no nodes: {'; '.join(lines)}; fragment the "
                    "geometry so that touching parts share their nodes, or describe each part as a device of its own")  # fmt: skip


def _check_terminals(device: Device) -> None:
    mesh, where = device.mesh, device.mesh.where
    holder = np.full(len(mesh.points), -1)
    names = list(device.terminals)
    for t, (name, facets) in enumerate(device.terminal_facets.items()):
        if len(facets) == 0:
            raise MeshError(f"{where}: terminal {name!r} must have facets, but group {device.terminals[name]!r} is empty")
        owners = topology.facet_owners(mesh.cells, mesh.cell_type, facets)
        inner = np.count_nonzero(owners.count > 1)
        if (owners.count == 0).any():
            raise MeshError(f"{where}: {np.count_nonzero(owners.count == 0)} facets of terminal {name!r} are facets of no cell; "
                            "mesh region and terminal together")  # fmt: skip
        if inner:
            raise MeshError(f"{where}: terminal {name!r} must lie on the boundary, but {inner} of its {len(facets)} facets are "
                            "inside the device; a terminal is where current leaves")  # fmt: skip
        _check_one_space(device, name, sorted(set(device.cell_region[owners.cell].tolist())))
        nodes = np.unique(facets)
        met = holder[nodes]
        if (met >= 0).any():
            other = names[met[met >= 0][0]]
            raise MeshError(f"{where}: terminals {other!r} and {name!r} overlap in {np.count_nonzero(met >= 0)} nodes; "
                            "leave a gap between them")  # fmt: skip
        holder[nodes] = t


def _check_one_space(device: Device, terminal: str, owners: list[int]) -> None:
    """All facets of a terminal must hold the same potentials: normal metal, or one axis of magnetization."""
    items = [list(device.regions.items())[r] for r in owners]
    (first, a), *others = items
    for second, b in others:
        if not same_space(a, b):
            raise MeshError(f"{device.mesh.where}: terminal {terminal!r} is shared by {first!r} ({_state(a)}) and {second!r} "
                            f"({_state(b)}); split it, or lead both into one normal metal that carries the terminal")  # fmt: skip


def _state(region: Region) -> str:
    if region.magnetization is None:
        return "normal metal"
    m = ", ".join(f"{x:.4g}" for x in region.magnetization)
    return f"{type(region.material).__name__.lower()}, magnetization ({m})"


def space(region: Region) -> str:
    """Kind of potentials a region holds: "normal", "ferromagnet" or "half-metal"."""
    if isinstance(region.material, HalfMetal):
        return "half-metal"
    return "ferromagnet" if isinstance(region.material, Ferromagnet) else "normal"


def channel(region: Region) -> np.ndarray:
    """Spin direction q = p m of the conducting channel of a half metal, (3,)."""
    return region.material.polarization * np.array(region.magnetization)  # type: ignore[union-attr]


def same_space(a: Region, b: Region) -> bool:
    """Whether the two regions hold the same potentials at a terminal."""
    if space(a) != space(b):
        return False
    if space(a) == "half-metal":
        return bool(np.linalg.norm(channel(a) - channel(b)) < COLLINEAR)
    return a.magnetization is None or collinear(a.magnetization, b.magnetization)  # type: ignore[arg-type]


def collinear(a: tuple[float, float, float], b: tuple[float, float, float]) -> bool:
    """Whether two unit vectors are parallel or antiparallel."""
    return bool(np.linalg.norm(np.cross(a, b)) < COLLINEAR)


def _check_contacts(device: Device, touching: np.ndarray) -> None:
    """Two non-collinear magnets in direct contact are outside the theory (they need a normal spacer)."""
    magnets = [(i, name, r) for i, (name, r) in enumerate(device.regions.items()) if r.magnetization is not None]
    for a, (i, first, one) in enumerate(magnets):
        for j, second, two in magnets[a + 1 :]:
            shared = np.count_nonzero(touching[i] & touching[j])
            if shared and not collinear(one.magnetization, two.magnetization):  # type: ignore[arg-type]
                cosine = float(np.clip(np.dot(one.magnetization, two.magnetization), -1, 1))  # type: ignore[arg-type]
                raise DeviceError(f"{device.mesh.where}: regions {first!r} and {second!r} touch at {shared} nodes and their "
                                  f"magnetizations differ by {np.degrees(np.arccos(cosine)):.4g} deg; put a normal metal "
                                  "between them")  # fmt: skip


def _check_channels(device: Device) -> None:
    """Refuse a spin channel that nothing determines: no relaxation, no terminal, and only half metals around it.

    Between half metals that all conduct the same channel the potential of the other one, V_e - q V_s, is an
    arbitrary constant unless spins relax or a terminal fixes it.
    """
    half = np.array([space(r) == "half-metal" for r in device.regions.values()])
    if not half.any():
        return
    mesh, regions = device.mesh, list(device.regions.items())
    open_cells = ~half[device.cell_region]
    if not open_cells.any():
        return
    parts = topology.connected_parts(mesh.cells[open_cells], len(mesh.points))
    at_terminal = np.zeros(len(mesh.points), bool)
    for facets in device.terminal_facets.values():
        at_terminal[facets] = True
    for part in np.unique(parts[mesh.cells[open_cells][:, 0]]):
        nodes = parts == part
        inside = [regions[r] for r in np.unique(device.cell_region[open_cells & nodes[mesh.cells[:, 0]]])]
        if (at_terminal & nodes).any() or any(np.isfinite(r.material.spin_diffusion_length) for _, r in inside):
            continue
        touched = mesh.cells[~open_cells]
        around = {device.cell_region[~open_cells][k] for k in np.flatnonzero(nodes[touched].any(axis=1))}
        channels = [channel(regions[r][1]) for r in sorted(around)]
        axes = [*channels, *(np.array(r.magnetization) for _, r in inside if r.magnetization is not None)]
        if channels and all(np.linalg.norm(channels[0] - q) < COLLINEAR for q in channels) and all(
            np.linalg.norm(np.cross(channels[0], q)) < COLLINEAR for q in axes
        ):
            names = ", ".join(repr(name) for name, _ in inside)
            raise DeviceError(f"{mesh.where}: in {names} the spin channel that the half metals block is undetermined without "
                              "spin relaxation; give a finite spin_diffusion_length")  # fmt: skip


def find_cautions(device: Device) -> tuple[str, ...]:
    """Drawings that give a number which depends on the mesh."""
    touching = region_nodes(device)
    return (*_touching_terminals(device, touching), *_coarse_regions(device, touching))


def _touching_terminals(device: Device, touching: np.ndarray) -> list[str]:
    """A transverse spin potential jumps where a normal terminal touches a magnet: its current diverges there."""
    regions = list(device.regions.items())
    out = []
    for name, facets in device.terminal_facets.items():
        owner = topology.facet_owners(device.mesh.cells, device.mesh.cell_type, facets).cell[0]
        if regions[device.cell_region[owner]][1].magnetization is not None:
            continue
        met = [n for i, (n, r) in enumerate(regions) if r.magnetization is not None and touching[i][facets].any()]
        if met:
            out.append(f"terminal {name!r} touches the magnetic region {', '.join(map(repr, met))}: its transverse spin "
                       "conductance grows with the logarithm of mesh refinement; leave a gap")  # fmt: skip
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
        size = float(np.median(topology.heights(device.mesh.points, cells, device.mesh.cell_type))) * device.length_unit
        if size > length:
            out.append(f"region {name!r}: cells at its interfaces and terminals are {size:.3g} m high, its spin diffusion "
                       f"length is {length:.3g} m; refine the mesh there")  # fmt: skip
    return out
