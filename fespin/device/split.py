"""The mesh torn open along interfaces: nodes there exist once on each side, so that potentials can jump.

A node is split by the cells around it: those that hang together through facets without an interface keep one copy. So
an interface that ends inside the device is closed at its end, a triple line that one can walk around without crossing
an interface keeps its nodes, and where interfaces meet or reach the boundary nothing special happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import DeviceError, MeshError, suggest
from . import topology
from .interface import Interface

if TYPE_CHECKING:
    from .device import Device


class Contact(NamedTuple):
    """The facets of one interface, seen from both sides."""

    name: str
    interface: Interface
    regions: tuple[int, int]  # first and second side
    cells: np.ndarray  # (f, 2) cell on each side
    facets: np.ndarray  # (f, 2, k) nodes of the torn mesh on each side; column by column one place


@dataclass(frozen=True, kw_only=True, eq=False)
class SplitMesh:
    """Cells of a device over nodes that are split at its interfaces.

    Parameters
    ----------
    cells : ndarray (m, k)
        The first n numbers are the nodes of the mesh, one side of each interface; copies follow.
    parent : ndarray (N,)
        Mesh node that each node is a copy of; the first n are themselves.
    contacts : tuple of Contact
    """

    cells: np.ndarray
    parent: np.ndarray
    contacts: tuple[Contact, ...]

    @property
    def size(self) -> int:
        """Number of nodes, copies included."""
        return len(self.parent)


def split_mesh(device: Device) -> SplitMesh:
    """Tear the mesh of a device open along its interfaces.

    Raises
    ------
    DeviceError
        An interface that names unknown regions, has no facets, or is too small to open.
    """
    mesh = device.mesh
    n = len(mesh.points)
    if not device.interfaces:
        return SplitMesh(cells=mesh.cells, parent=np.arange(n), contacts=())
    found = [(name, interface, *_facets(device, name, interface)) for name, interface in device.interfaces.items()]
    _check_apart(device, found)
    separated = np.concatenate([_separated(device, regions, sides) for _, _, regions, sides in found])
    cells, parent = _tear(mesh.cells, mesh.cell_type, n, separated)
    contacts = []
    for name, interface, regions, sides in found:
        facets = _aligned(cells, mesh.cell_type, parent, sides)
        if (facets[:, 0] == facets[:, 1]).all():
            raise DeviceError(
                f"{mesh.where}: interface {name!r} is not resolved: none of the nodes of its {len(sides)} facets "
                "separates its sides; refine the mesh there, or extend it to the boundary"
            )
        contacts.append(Contact(name, interface, regions, sides[:, :, 0], facets))
    return SplitMesh(cells=cells, parent=parent, contacts=tuple(contacts))


def _facets(device: Device, name: str, interface: Interface) -> tuple[tuple[int, int], np.ndarray]:
    """Regions of the two sides, and (cell, local facet) on each of them, (f, 2, 2)."""
    names = list(device.regions)
    for region in interface.between or ():
        if region not in device.regions:
            raise DeviceError(f"interface {name!r}: no region {region!r}; {suggest(region, names)}")
    pair = None if interface.between is None else (names.index(interface.between[0]), names.index(interface.between[1]))
    if interface.group is not None:
        return _group_facets(device, name, interface.group, pair)
    assert pair is not None
    one, other = (np.flatnonzero(device.cell_region == r) for r in pair)
    first, second = topology.shared_facets(device.mesh.cells, device.mesh.cell_type, one, other)
    if len(first) == 0:
        a, b = interface.between  # type: ignore[misc]
        raise DeviceError(f"{device.mesh.where}: interface {name!r}: regions {a!r} and {b!r} share no facets")
    if device.dimension == 1:
        first, second = _at_junctions(device, name, first, second)
    return pair, np.stack([first, second], axis=1)


def _at_junctions(device: Device, name: str, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where lines branch: one line of one side may meet several of the other, which hang together."""
    local = np.array(topology.FACETS[device.mesh.cell_type])
    nodes = [device.mesh.cells[side[:, 0], local[side[:, 1], 0]] for side in (first, second)]
    for node in np.unique(nodes[0]).tolist():
        if min(np.count_nonzero(nodes[0] == node), np.count_nonzero(nodes[1] == node)) > 1:
            raise DeviceError(
                f"{device.mesh.where}: interface {name!r}: several lines of both regions meet at node {node}; put it "
                "where one line of either meets the other"
            )
    one, other = (np.unique(n, return_index=True)[1] for n in nodes)
    return first[one], second[other]


def _separated(device: Device, regions: tuple[int, int], sides: np.ndarray) -> np.ndarray:
    """Pairs of cells that an interface keeps apart, (f, 2); at a junction of lines more than the pairs of its
    facets."""
    if device.dimension > 1 or regions[0] == regions[1]:
        return sides[:, :, 0]
    cells = device.mesh.cells
    local = np.array(topology.FACETS[device.mesh.cell_type])
    pairs = []
    for node in cells[sides[:, 0, 0], local[sides[:, 0, 1], 0]].tolist():
        near = np.flatnonzero((cells == node).any(axis=1))
        one, other = (near[device.cell_region[near] == r] for r in regions)
        pairs += [(a, b) for a in one.tolist() for b in other.tolist()]
    return np.array(pairs)


def _group_facets(
    device: Device, name: str, group: str | int, pair: tuple[int, int] | None
) -> tuple[tuple[int, int], np.ndarray]:
    mesh, names = device.mesh, list(device.regions)
    try:
        label, facets = mesh.boundary_group(group)
    except MeshError as error:
        raise DeviceError(f"interface {name!r}: {error}") from None
    if len(facets) == 0:
        raise DeviceError(f"{mesh.where}: interface {name!r} must have facets, but group {label!r} is empty")
    sides, counts = _both_owners(mesh.cells, mesh.cell_type, facets)
    if (counts != 2).any():
        raise DeviceError(
            f"{mesh.where}: interface {name!r}: {np.count_nonzero(counts != 2)} of the {len(facets)} facets of group "
            f"{label!r} are not between two cells; an interface lies inside the device"
        )
    regions = device.cell_region[sides[:, :, 0]]
    there = np.unique(np.sort(regions, axis=1), axis=0)
    if len(there) > 1 or (pair is not None and tuple(sorted(pair)) != tuple(there[0])):
        found = "; ".join(f"{names[a]!r} and {names[b]!r}" for a, b in there.tolist())
        wanted = "" if pair is None else f", not {names[pair[0]]!r} and {names[pair[1]]!r}"
        raise DeviceError(
            f"{mesh.where}: interface {name!r}: the facets of group {label!r} separate {found}{wanted}; one interface "
            "lies between one pair of regions"
        )
    first, second = pair or (int(there[0, 0]), int(there[0, 1]))
    turned = regions[:, 0] != first
    sides[turned] = sides[turned][:, ::-1]
    return (first, second), sides


def _both_owners(cells: np.ndarray, cell_type: str, facets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(cell, local facet) on both sides of facets given by nodes, (f, 2, 2), and how many cells own each."""
    mark = np.zeros(int(cells.max()) + 1, bool)
    mark[facets] = True
    keys, owner = _facet_table(cells, cell_type, mark)
    ids = topology.row_numbers(np.vstack([np.sort(facets, axis=1), keys]), len(mark))
    wanted, theirs = ids[: len(facets)], ids[len(facets) :]
    order = np.argsort(theirs, kind="stable")
    start = np.searchsorted(theirs[order], wanted)
    counts = np.searchsorted(theirs[order], wanted, side="right") - start
    last = len(order) - 1
    sides = np.stack([owner[order[np.minimum(start + k, last)]] for k in (0, 1)], axis=1)
    return sides, counts


def _facet_table(cells: np.ndarray, cell_type: str, mark: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sorted nodes (p, k) and (cell, local facet) (p, 2) of all facets of the cells that touch marked nodes."""
    local = np.array(topology.FACETS[cell_type])
    near = np.flatnonzero(mark[cells].any(axis=1))
    keys = np.sort(cells[near][:, local], axis=2).reshape(-1, local.shape[1])
    owner = np.stack([np.repeat(near, len(local)), np.tile(np.arange(len(local)), len(near))], axis=1)
    return keys, owner


def _check_apart(device: Device, found: list) -> None:
    """No facet may belong to two interfaces."""
    taken: dict[tuple[int, int], str] = {}
    for name, _, _, sides in found:
        for pair in np.sort(sides[:, :, 0], axis=1).tolist():
            other = taken.setdefault((pair[0], pair[1]), name)
            if other != name:
                raise DeviceError(
                    f"{device.mesh.where}: interfaces {other!r} and {name!r} share facets; a contact has one law"
                )


def _tear(cells: np.ndarray, cell_type: str, n: int, separated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells over split nodes and the parents of these; `separated` (f, 2) lists pairs of cells that do not hang
    together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    touched = np.zeros((2, n), bool)
    for side in (0, 1):
        touched[side, cells[separated[:, side]]] = True
    mark = np.asarray(touched.all(axis=0))
    near = np.flatnonzero(mark[cells].any(axis=1))
    k = cells.shape[1]
    row = np.full(len(cells), -1)
    row[near] = np.arange(len(near))
    a, b, nodes = _neighbours(cells, cell_type, mark, separated)
    shared = mark[nodes]  # (p, k_f)
    at = np.repeat(np.arange(len(a)), nodes.shape[1])[shared.ravel()]
    node = nodes[shared]
    corners = [row[c[at]] * k + (cells[c[at]] == node[:, None]).argmax(axis=1) for c in (a, b)]
    size = len(near) * k
    graph = coo_array((np.ones(len(at), np.int8), (corners[0], corners[1])), shape=(size, size))
    part = connected_components(graph, directed=False)[1].reshape(len(near), k)
    return _renumbered(cells, near, mark, part, n)


def _neighbours(
    cells: np.ndarray, cell_type: str, mark: np.ndarray, separated: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of cells that share a facet which no interface occupies, and its nodes."""
    keys, owner = _facet_table(cells, cell_type, mark)
    ids = topology.row_numbers(keys, len(mark))
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    firsts, seconds = [], []
    for step in range(1, int(np.bincount(ids).max(initial=1))):  # junctions of lines: a point of many cells
        same = np.flatnonzero(ids[step:] == ids[:-step])
        firsts.append(order[same])
        seconds.append(order[same + step])
    first = np.concatenate(firsts) if firsts else np.empty(0, int)
    second = np.concatenate(seconds) if seconds else np.empty(0, int)
    pairs = np.sort(np.stack([owner[first, 0], owner[second, 0]], axis=1), axis=1)
    barred = np.sort(separated, axis=1)
    m = len(cells)
    keep = ~np.isin(pairs[:, 0] * m + pairs[:, 1], barred[:, 0] * m + barred[:, 1])
    return owner[first[keep], 0], owner[second[keep], 0], keys[first[keep]]


def _renumbered(
    cells: np.ndarray, near: np.ndarray, mark: np.ndarray, part: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """New node numbers: the first part of the cells around a node keeps its number, others get numbers from n on."""
    node = cells[near]
    inside = mark[node]
    code = np.stack([node[inside], part[inside]], axis=1)
    copies, first, inverse = np.unique(code, axis=0, return_index=True, return_inverse=True)
    # the copy that comes first in the order of the cells keeps the number of the node
    order = np.lexsort([first, copies[:, 0]])
    leads = np.ones(len(order), bool)
    leads[1:] = copies[order][1:, 0] != copies[order][:-1, 0]
    number = np.empty(len(copies), np.int64)
    number[order[leads]] = copies[order[leads], 0]
    extra = order[~leads]
    number[extra] = n + np.arange(len(extra))
    out = cells.copy()
    changed = node.copy()
    changed[inside] = number[inverse.reshape(-1)]
    out[near] = changed
    return out, np.concatenate([np.arange(n), copies[extra, 0]])


def _aligned(cells: np.ndarray, cell_type: str, parent: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Nodes of the facets on both sides, (f, 2, k), those of the second in the order of the first."""
    local = np.array(topology.FACETS[cell_type])
    first, second = (cells[sides[:, s, 0][:, None], local[sides[:, s, 1]]] for s in (0, 1))
    order = (parent[second][:, None, :] == parent[first][:, :, None]).argmax(axis=2)
    return np.stack([first, np.take_along_axis(second, order, axis=1)], axis=1)
