"""What makes a drawing a device: every cell in one region, terminals on the boundary, one connected piece, contacts
that the theory covers. Each function refuses with a message that names the parts concerned and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import DeviceError, InputError, MeshError, must_be
from . import topology
from .contacts import COLLINEAR, channel, collinear, region_nodes, same_space, space, terminal_nodes
from .mesh import group_names

if TYPE_CHECKING:
    from .device import Device
    from .interface import Interface
    from .region import Region
    from .split import Contact


def check_device(device: Device) -> None:
    """Run every check that makes a `Device` valid."""
    if not device.regions:
        raise DeviceError(f"Device {device.name!r} must have regions, got none")
    if not device.terminals:
        raise DeviceError(f"Device {device.name!r} must have terminals, got none")
    _ = device.cell_region, device.terminal_facets  # each raises by itself
    _check_connected(device)
    _check_interfaces(device)
    touching = region_nodes(device)
    _check_terminals(device, touching)
    check_contacts(device, touching)
    _check_channels(device)


def check_exchanges(device: Device) -> None:
    """Exchange couples magnetic regions of the device."""
    if not device.exchanges:
        return
    from ..exchange.attachment import ExchangeCoupling, check_layers

    for name, exchange in device.exchanges.items():
        if not isinstance(name, str) or not isinstance(exchange, ExchangeCoupling):
            raise must_be(f"Device.exchanges[{name!r}]", "an ExchangeCoupling", exchange)
    magnets = [name for name, region in device.regions.items() if region.magnetization is not None]
    for exchange in device.exchanges.values():
        for name in exchange.regions:
            if name in magnets and device.regions[name].is_textured:
                raise DeviceError(f"Device {device.name!r}: the magnetization of {name!r} varies, but exchange "
                                  "couples uniform layers; give it one direction")  # fmt: skip
    try:
        check_layers(dict(device.exchanges), magnets, list(device.regions))
    except InputError as error:
        raise DeviceError(f"Device {device.name!r}: {error}") from None


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
            pair = f"{names[owner[taken[0]]]!r} and {name!r}"
            raise MeshError(
                f"{mesh.where}: {mesh.count(taken)} cells belong to two regions, {pair}; a cell must be in one"
            )
        owner[cells] = r
    left = np.flatnonzero(owner < 0)
    if len(left):
        groups = [g for g, cells in mesh.regions.items() if np.isin(cells, left).any()]
        what = f"{mesh.count(left)} cells are in no physical group and have"
        if groups:
            what = f"group {', '.join(map(repr, groups))} has"
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
    raise MeshError(
        f"{device.mesh.where} falls into {len(lines)} parts that share no nodes: {'; '.join(lines[:6])}; fragment the "
        "geometry so that touching parts share their nodes, or describe each part as a device of its own"
    )


def _check_interfaces(device: Device) -> None:
    """Laws that fit the regions on both sides, and no part without a conducting way to a terminal."""
    if not device.interfaces:
        return
    regions = list(device.regions.items())
    for contact in device.split.contacts:
        _check_law(contact.name, contact.interface, *(regions[r] for r in contact.regions))
    torn = device.split
    links = [c.facets.transpose(0, 2, 1).reshape(-1, 2) for c in torn.contacts if c.interface.conductance]
    parts = topology.connected_parts(torn.cells, torn.size, np.concatenate(links) if links else None)
    held = {int(p) for facets in terminal_nodes(device).values() for p in np.unique(parts[facets])}
    afloat = np.isin(parts, sorted(held), invert=True)
    if afloat.any():
        inside = np.zeros(len(device.mesh.points), bool)
        inside[torn.parent[afloat]] = True
        names = sorted({regions[r][0] for r in device.cell_region[afloat[torn.cells].all(axis=1)]})
        raise DeviceError(
            f"{device.mesh.where}: insulating interfaces cut {', '.join(map(repr, names))} off from every terminal; "
            "its potential is undetermined"
        )


def _check_law(name: str, interface: Interface, first: tuple[str, Region], second: tuple[str, Region]) -> None:
    where = f"interface {name!r} between {first[0]!r} and {second[0]!r}"
    magnets = [r for _, r in (first, second) if r.magnetization is not None]
    if not magnets and interface.conductance_up != interface.conductance_down:
        raise DeviceError(f"{where}: two normal metals need equal conductances for both spins (asymmetry 0), got "
                          f"{interface.conductance_up:g} and {interface.conductance_down:g} S/m^2")  # fmt: skip
    if len(magnets) != 1 and interface.mixing_conductance is not None:
        raise DeviceError(
            f"{where}: a mixing_conductance belongs between a ferromagnet and a normal metal; leave it out"
        )
    if len(magnets) == 2 and interface.spin_memory_loss:
        raise DeviceError(f"{where}: spin_memory_loss is not defined between two ferromagnets; put a thin layer there")
    for region in magnets:
        if region.is_textured:
            raise DeviceError(f"{where}: an interface needs uniform magnetizations, got {region.magnetization!r}")
        if len(magnets) == 1 and space(region) == "half-metal":
            blocked = "down" if region.material.polarization > 0 else "up"  # type: ignore[union-attr]
            if getattr(interface, f"conductance_{blocked}"):
                raise DeviceError(f"{where}: a half metal has no channel {blocked}; set conductance_{blocked} = 0")


def _check_terminals(device: Device, touching: np.ndarray) -> None:
    """Facets on the boundary, of regions that hold the same potentials, and no node in two terminals."""
    mesh, where = device.mesh, device.mesh.where
    holder = np.full(len(mesh.points), -1)
    names = list(device.terminals)
    for t, (name, facets) in enumerate(device.terminal_facets.items()):
        owners = _owners(device, name, facets)
        regions = sorted(set(device.cell_region[owners].tolist()))
        check_one_space(device, name, regions)
        nodes = np.unique(facets)
        check_half_metal_terminal(device, name, regions[0], touching[:, _copies(device, owners, nodes)])
        met = holder[nodes]
        if (met >= 0).any():
            raise MeshError(
                f"{where}: terminals {names[met[met >= 0][0]]!r} and {name!r} overlap in {np.count_nonzero(met >= 0)} "
                "nodes; leave a gap between them"
            )
        holder[nodes] = t


def _copies(device: Device, owners: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Nodes of the split mesh that the cells behind a terminal have on it."""
    own = np.unique(device.split.cells[owners])
    return own[np.isin(device.split.parent[own], nodes)]


def _owners(device: Device, name: str, facets: np.ndarray) -> np.ndarray:
    """The cell behind each facet of a terminal."""
    where = device.mesh.where
    if len(facets) == 0:
        group = device.terminals[name]
        raise MeshError(f"{where}: terminal {name!r} must have facets, but group {group!r} is empty")
    owners = device.terminal_owners[name]
    astray, inner = np.count_nonzero(owners.number == 0), np.count_nonzero(owners.number > 1)
    if astray:
        raise MeshError(
            f"{where}: {astray} facets of terminal {name!r} are facets of no cell; mesh region and terminal together"
        )
    if inner:
        raise MeshError(
            f"{where}: terminal {name!r} must lie on the boundary, but {inner} of its {len(facets)} facets are inside "
            "the device; a terminal is where current leaves"
        )
    return owners.cell


def check_one_space(device: Device, terminal: str, owners: list[int]) -> None:
    """All facets of a terminal must hold the same potentials: normal metal, or one axis of magnetization."""
    items = [list(device.regions.items())[r] for r in owners]
    (first, a), *others = items
    for second, b in others:
        if not same_space(a, b):
            raise MeshError(
                f"{device.mesh.where}: terminal {terminal!r} is shared by {first!r} ({_state(a)}) and {second!r} "
                f"({_state(b)}); split it, or lead both into one normal metal that carries the terminal"
            )


def check_half_metal_terminal(device: Device, terminal: str, owner: int, touching: np.ndarray) -> None:
    """A terminal on a half metal fixes one channel; where other metals meet it, that is not all there is to fix."""
    items = list(device.regions.items())
    if space(items[owner][1]) != "half-metal":
        return
    for (name, region), met in zip(items, np.any(touching, axis=1).tolist(), strict=True):
        if met and not same_space(region, items[owner][1]):
            raise MeshError(
                f"{device.mesh.where}: terminal {terminal!r} on the half metal {items[owner][0]!r} must not touch "
                f"{name!r}; leave a gap between them"
            )


def _state(region: Region) -> str:
    if region.magnetization is None:
        return "normal metal"
    m = ", ".join(f"{x:.4g}" for x in region.magnetization)
    return f"{space(region)}, magnetization ({m})"


def check_contacts(device: Device, touching: np.ndarray, weights: np.ndarray | None = None) -> None:
    """Two non-collinear magnets in direct contact are outside the theory (they need a normal spacer).

    `touching` (R, n) says which regions each node belongs to; a column may stand for several equal nodes, `weights`.
    """
    magnets = [(i, name, r.magnetization) for i, (name, r) in enumerate(device.regions.items()) if r.is_strong]
    for a, (i, first, one) in enumerate(magnets):
        for j, second, two in magnets[a + 1 :]:
            both = touching[i] & touching[j]
            shared = np.count_nonzero(both) if weights is None else int(weights[both].sum())
            if shared and not collinear(one, two):
                angle = np.degrees(np.arccos(np.clip(np.dot(one, two), -1, 1)))
                raise DeviceError(
                    f"{device.mesh.where}: regions {first!r} and {second!r} touch at {shared} nodes and their "
                    f"magnetizations differ by {angle:.4g} deg; put a normal metal between them, or declare an "
                    "interface with its own conductances"
                )


def _check_channels(device: Device) -> None:
    """Refuse a spin channel that nothing determines: no relaxation, no terminal, and only one channel leads away.

    Between half metals (or contacts that conduct one channel) that all conduct the same channel the potential of the
    other one, V_e - q.V_s, is an arbitrary constant unless spins relax or a terminal fixes it.
    """
    half = np.array([space(r) == "half-metal" for r in device.regions.values()])
    in_half = half[device.cell_region]
    single = [c for c in device.split.contacts if _conducting_channel(device, c) is not None]
    if not (in_half.any() or single) or in_half.all():
        return
    torn, regions = device.split, list(device.regions.items())
    whole = [c for c in device.split.contacts if c.interface.conductance and _conducting_channel(device, c) is None]
    links = [c.facets.transpose(0, 2, 1).reshape(-1, 2) for c in whole]
    open_cells, half_cells = torn.cells[~in_half], torn.cells[in_half]
    owner = device.cell_region[~in_half]
    parts = topology.connected_parts(open_cells, torn.size, np.concatenate(links) if links else None)
    held = set(parts[np.concatenate([f.ravel() for f in terminal_nodes(device).values()])].tolist())
    for part in set(parts[open_cells[:, 0]].tolist()) - held:
        nodes = parts == part
        inside = [regions[r] for r in np.unique(owner[nodes[open_cells[:, 0]]])]
        if any(np.isfinite(r.material.spin_diffusion_length) for _, r in inside):
            continue
        around = np.unique(device.cell_region[in_half][nodes[half_cells].any(axis=1)])
        channels = [channel(regions[r][1]) for r in around]
        channels += [q for c in single if nodes[c.facets].any() and (q := _conducting_channel(device, c)) is not None]
        check_channel(device.mesh.where, inside, channels)


def check_channel(where: str, inside: list[tuple[str, Region]], channels: list[np.ndarray]) -> None:
    """Refuse regions without relaxation or terminal from which only equal channels lead away."""
    axes = [np.array(r.magnetization) for _, r in inside if r.is_strong]
    if channels and _one_direction(channels, axes):
        names = ", ".join(repr(name) for name, _ in inside)
        raise DeviceError(
            f"{where}: in {names} the spin channel that the half metals or contacts around block is "
            "undetermined without spin relaxation; give a finite spin_diffusion_length"
        )


def _conducting_channel(device: Device, contact: Contact) -> np.ndarray | None:
    """Spin direction of the only channel that a contact conducts, (3,); None if it conducts both or none."""
    interface = contact.interface
    sides = [list(device.regions.values())[r] for r in contact.regions]
    for side in sides:
        if space(side) == "half-metal" and interface.conductance:
            return channel(side)
    if bool(interface.conductance_up) == bool(interface.conductance_down):
        return None
    magnet = next(side for side in sides if side.magnetization is not None)
    return np.array(magnet.magnetization) * (1.0 if interface.conductance_up else -1.0)


def _one_direction(channels: list[np.ndarray], axes: list[np.ndarray]) -> bool:
    """Whether all channels are equal and all axes collinear with them."""
    return all(np.linalg.norm(channels[0] - q) < COLLINEAR for q in channels) and all(
        np.linalg.norm(np.cross(channels[0], m)) < COLLINEAR for m in axes
    )
