"""The problem of one process: the serial `Problem` on its piece of the mesh, with kinds of nodes that all agree on.

Operators hold the contributions of own cells only: summed over the processes, energies and currents are those of the
whole device. Everything that is physics (laws, node spaces, frames, blocks, drives) is the serial code.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np

from ..device import cautions, checks, topology
from ..device.contacts import space, widest
from ..device.region import Region
from ..device.stored_header import Header
from ..errors import MeshError, MeshWarning
from ..transport.constraints import NodeSpaces, node_kind
from ..transport.frame import spin_frame
from ..transport.space import Space
from ..transport.system import Problem, operators_on, space_on
from ..transport.terms import region_terms
from .channels import check_channels
from .drawing import Drawing, regions_behind
from .piece import Piece
from .ranks import together


class Patterns(NamedTuple):
    """Which regions meet at nodes: the combinations that occur anywhere, and that of each local node."""

    regions: np.ndarray  # (R, q) bool
    counts: np.ndarray  # (q,) nodes of the device
    of_node: np.ndarray  # (own + ghosts,)


def find_patterns(comm: Any, piece: Piece, cell_region: np.ndarray, count: int) -> Patterns:
    """Regions around each node, cells of other processes included."""
    touching = topology.touching(piece.cells, cell_region, count, len(piece.points))
    packed = np.ascontiguousarray(np.packbits(touching, axis=0).T)  # (nodes, bytes)
    own = packed[: piece.own].copy()
    piece.halo.give_back(own, packed[piece.own :], np.bitwise_or)
    packed = np.concatenate([own, piece.halo.fetch(own)])
    here, inverse = np.unique(packed, axis=0, return_inverse=True)
    everywhere = np.unique(np.concatenate(comm.allgather(here)), axis=0)
    place = {row.tobytes(): i for i, row in enumerate(everywhere)}
    number = np.array([place[row.tobytes()] for row in here], np.int64)
    of_node = number[inverse.reshape(-1)] if len(packed) else np.zeros(0, np.int64)
    counts = comm.allreduce(np.bincount(of_node[: piece.own], minlength=len(everywhere)))
    regions = np.unpackbits(everywhere.T, axis=0, count=count).astype(bool)
    return Patterns(regions, counts, of_node)


def terminal_nodes(comm: Any, drawing: Drawing, piece: Piece) -> tuple[np.ndarray, ...]:
    """Local nodes (own and ghosts) of each terminal; no node may be in two."""
    holder = np.full(piece.own, -1, np.int32)
    met = np.zeros((len(drawing.terminals), len(drawing.terminals)), np.int64)
    for t, number in enumerate(drawing.boundary_numbers):
        nodes = piece.boundary[number]
        before = holder[nodes]
        np.add.at(met[t], before[before >= 0], 1)
        holder[nodes] = t
    met = comm.allreduce(met)

    def refuse() -> None:
        names = list(drawing.terminals)
        for t, s in np.argwhere(met):
            raise MeshError(f"{drawing.mesh.where}: terminals {names[s]!r} and {names[t]!r} overlap in {met[t, s]} "
                            "nodes; leave a gap between them")  # fmt: skip

    together(comm, refuse)
    both = np.concatenate([holder, piece.halo.fetch(holder)])
    return tuple(np.flatnonzero(both == t) for t in range(len(drawing.terminals)))


def local_problem(
    comm: Any, drawing: Drawing, header: Header, piece: Piece, of_combination: np.ndarray
) -> tuple[Problem, Patterns]:
    """The problem of this process, and which kinds of nodes (its numbers) touch which regions.

    Raises
    ------
    DeviceError
        On all processes: magnets that touch and are not collinear, terminals that overlap or touch what they must not.
    """
    regions = list(drawing.regions.values())
    cell_region = of_combination[piece.combination]
    patterns = find_patterns(comm, piece, cell_region, len(regions))
    terminals = terminal_nodes(comm, drawing, piece)
    check_channels(comm, drawing, piece, cell_region, terminals)
    _check_meetings(comm, drawing, header, of_combination, patterns, terminals, piece.own)
    _caution(comm, drawing, piece, cell_region, patterns, terminals, of_combination, header)

    def build() -> Problem:
        cell_type = header.cell_type
        where = Space(points=piece.points * drawing.length_unit, cells=piece.cells, cell_type=cell_type, order=1)
        cells = [np.flatnonzero(cell_region == r) for r in range(len(regions))]
        operators = operators_on(drawing, where, cells, 0.0)  # type: ignore[arg-type]
        kinds = tuple(node_kind([regions[r] for r in np.flatnonzero(column)]) for column in patterns.regions.T)
        frame = np.eye(4)
        frame[1:, 1:] = spin_frame(r.magnetization for r in regions if r.magnetization is not None)
        return Problem(
            device=drawing,  # type: ignore[arg-type]
            space=where,
            operators=operators,
            nodes=NodeSpaces(patterns.of_node, kinds),
            terms=tuple(region_terms(drawing, operators)),  # type: ignore[arg-type]
            frame=frame,
            terminal_dofs=terminals,
            terminal_spaces=tuple(space_on(region) for region in _behind(drawing, header, of_combination)),
        )

    return together(comm, build), patterns


def widest_terminal(
    comm: Any, drawing: Drawing, header: Header, piece: Piece, terminals: tuple[np.ndarray, ...],
    of_combination: np.ndarray,
) -> int:  # fmt: skip
    """Index of the terminal that seems to conduct best, the same on all processes."""
    low, high = (
        np.array([np.min(sign * piece.points[nodes], axis=0, initial=np.inf) for nodes in terminals])
        for sign in (1.0, -1.0)
    )
    sides = -np.min(comm.allgather(high), axis=0) - np.min(comm.allgather(low), axis=0)
    conductivity = [region.material.conductivity for region in _behind(drawing, header, of_combination)]
    return widest(sides, np.array(conductivity), drawing.dimension)


def _behind(drawing: Drawing, header: Header, of_combination: np.ndarray) -> list[Region]:
    """The region that each terminal belongs to, or one of several that hold the same potentials there."""
    regions = list(drawing.regions.values())
    return [regions[regions_behind(of_combination, header, number)[0]] for number in drawing.boundary_numbers]


def _met_by(comm: Any, patterns: Patterns, nodes: np.ndarray, own: int) -> np.ndarray:
    """Regions (R,) that some of the nodes touch, on any process."""
    seen = np.zeros(patterns.regions.shape[1], np.int64)
    seen[patterns.of_node[nodes[nodes < own]]] = 1
    return np.asarray(patterns.regions[:, np.flatnonzero(comm.allreduce(seen))])


def _check_meetings(
    comm: Any, drawing: Drawing, header: Header, of_combination: np.ndarray, patterns: Patterns,
    terminals: tuple[np.ndarray, ...], own: int,
) -> None:  # fmt: skip
    """Contacts that the theory covers, from the combinations of regions that occur."""
    met = [_met_by(comm, patterns, nodes, own) for nodes in terminals]

    def check() -> None:
        checks.check_contacts(drawing, patterns.regions, patterns.counts)  # type: ignore[arg-type]
        for name, number, touching in zip(drawing.terminals, drawing.boundary_numbers, met, strict=True):
            behind = regions_behind(of_combination, header, number)[0]
            checks.check_half_metal_terminal(drawing, name, behind, touching)  # type: ignore[arg-type]

    together(comm, check)


def _caution(
    comm: Any, drawing: Drawing, piece: Piece, cell_region: np.ndarray, patterns: Patterns,
    terminals: tuple[np.ndarray, ...], of_combination: np.ndarray, header: Header,
) -> None:  # fmt: skip
    """The warnings of `device.cautions`, from the first process."""
    texts, regions = [], list(drawing.regions.items())
    important = patterns.regions.sum(axis=0)[patterns.of_node] > 1
    for name, number, nodes in zip(drawing.terminals, drawing.boundary_numbers, terminals, strict=True):
        important[nodes] = True
        met = set(np.flatnonzero(_met_by(comm, patterns, nodes, piece.own).any(axis=1)).tolist())
        behind = regions[regions_behind(of_combination, header, number)[0]][1]
        magnets = [n for i, (n, r) in enumerate(regions) if r.is_strong and i in met]
        if not behind.is_strong and magnets:
            texts.append(cautions.touching_text(name, magnets))
    chosen = important[piece.cells].any(axis=1)
    for r, (name, region) in enumerate(regions):
        what, length = cautions.shortest_length(drawing, region)  # type: ignore[arg-type]
        if not np.isfinite(length) or space(region) == "half-metal":
            continue
        cells = piece.cells[chosen & (cell_region == r)]
        found = comm.gather(topology.heights(piece.points, cells, header.cell_type))
        if comm.rank == 0 and sum(map(len, found)):
            size = float(np.median(np.concatenate(found))) * drawing.length_unit
            if size > length:
                texts.append(cautions.coarse_text(name, size, what, length))
    for text in texts if comm.rank == 0 else ():
        warnings.warn(text, MeshWarning, stacklevel=2)
