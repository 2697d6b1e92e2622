"""Spin channels that nothing determines, found on the pieces of a mesh (see `device.checks`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..device import checks, topology
from ..device.contacts import channel, space
from .drawing import Drawing
from .piece import Piece
from .ranks import together


def check_channels(
    comm: Any, drawing: Drawing, piece: Piece, cell_region: np.ndarray, terminals: tuple[np.ndarray, ...]
) -> None:
    """Refuse a part between half metals in which a channel is undetermined: no relaxation, no terminal, one channel.

    Raises
    ------
    DeviceError
        On all processes.
    """
    regions = list(drawing.regions.items())
    half = np.array([space(r) == "half-metal" for _, r in regions])
    relaxes = np.array([np.isfinite(r.material.spin_diffusion_length) for _, r in regions])
    if not half.any() or (half | relaxes).all():
        return
    in_half = half[cell_region]
    cells, owner = piece.cells[~in_half], cell_region[~in_half]
    part = connected_parts(comm, piece, cells)
    inside = _pairs(comm, part[cells[:, 0]], owner)
    near, behind = part[piece.cells[in_half]].ravel(), np.repeat(cell_region[in_half], piece.cells.shape[1])
    met = np.isin(near, sorted({p for p, _ in inside}))  # inside the half metals every node is a part of its own
    around = _pairs(comm, near[met], behind[met])
    held = {p for p, _ in _pairs(comm, part[np.concatenate(terminals)], 0)}

    def check() -> None:
        for number in sorted({p for p, _ in inside} - held):
            own = sorted(r for p, r in inside if p == number)
            if not relaxes[own].any():
                channels = [channel(regions[r][1]) for r in sorted(r for p, r in around if p == number)]
                checks.check_channel(drawing.mesh.where, [regions[r] for r in own], channels)

    together(comm, check)


def connected_parts(comm: Any, piece: Piece, cells: np.ndarray) -> np.ndarray:
    """Lowest node number (of the device) of the part that each local node is connected to by some cells."""
    first = int(piece.starts[comm.rank])
    label = np.concatenate([np.arange(first, first + piece.own), piece.halo.ghosts])
    local = topology.connected_parts(cells, len(label)) if len(label) else label
    while True:
        lowest = np.full(int(local.max(initial=-1)) + 1, np.iinfo(np.int64).max)
        np.minimum.at(lowest, local, label)
        found = lowest[local]
        own = found[: piece.own].copy()
        piece.halo.give_back(own, found[piece.own :], np.minimum)
        found = np.concatenate([own, piece.halo.fetch(own)])
        changed = comm.allreduce(int((found != label).any()))
        label = found
        if not changed:
            return label


def _pairs(comm: Any, parts: np.ndarray, regions: Any) -> set[tuple[int, int]]:
    """All pairs that occur on any process."""
    both = np.unique(np.stack([parts, np.broadcast_to(regions, parts.shape)], axis=1), axis=0)
    return {(int(p), int(r)) for pairs in comm.allgather(both) for p, r in pairs}
