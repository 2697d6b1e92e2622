"""The piece of a stored mesh that one process reads: a range of nodes, the cells whose lowest node is in it, and the
other nodes of these cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..device.stored import opened, read_header
from ..device.stored_header import Header
from .halo import Halo, equal_ranges


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Nodes are numbered locally: first the own ones, then those of others (`halo.ghosts`), which all come later.

    Parameters
    ----------
    starts : ndarray (ranks + 1,)
        Ranges of ownership.
    halo : Halo
    points : ndarray (own + ghosts, d)
        In the unit of the mesh.
    cells : ndarray (m, k)
        Local node numbers.
    combination : ndarray (m,)
        Row of the header's table for each cell.
    boundary : mapping of int to ndarray
        Own nodes (local numbers) of the boundary groups asked for.
    """

    starts: np.ndarray
    halo: Halo
    points: np.ndarray
    cells: np.ndarray
    combination: np.ndarray
    boundary: dict[int, np.ndarray]

    @property
    def own(self) -> int:
        """Number of own nodes."""
        return self.halo.own


def read_slices(path: Any, first: int, last: int, boundaries: list[int]) -> tuple[np.ndarray, ...]:
    """Of nodes first ... last - 1: their points, the cells that begin there and their combinations, and the nodes of
    some boundary groups, all in numbers of the file. Nothing else of the file is read.

    Returns
    -------
    tuple of ndarray
        points, cells, combinations, then one array of nodes per boundary group.
    """
    with opened(path) as file:
        begin, end = (int(file["cell_start"][i]) for i in (first, last))
        out = [file["points"][first:last], file["cells"][begin:end].astype(np.int64), file["cell_groups"][begin:end]]
        for i in boundaries:
            nodes = file[f"boundaries/{i}/nodes"]
            out.append(nodes[_lower_bound(nodes, first) : _lower_bound(nodes, last)].astype(np.int64))
        return tuple(out)


def _lower_bound(values: Any, wanted: int) -> int:
    """First place of a sorted data set that is not below `wanted`, by reading single entries."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def header_of(path: Any) -> Header:
    """The header of a stored mesh."""
    with opened(path) as file:
        return read_header(file)


def exchange_piece(comm: Any, header: Header, slices: tuple[np.ndarray, ...], boundaries: list[int]) -> Piece:
    """The piece out of what `read_slices` read on each process."""
    starts = equal_ranges(header.nodes, comm.size)
    first, last = (int(s) for s in starts[comm.rank : comm.rank + 2])
    own_points, cells, combination, *nodes = slices
    ghosts = np.unique(cells[cells >= last])
    halo = Halo(comm, starts, ghosts)
    return Piece(
        starts=starts,
        halo=halo,
        points=np.concatenate([own_points, halo.fetch(np.ascontiguousarray(own_points))]),
        cells=np.where(cells < last, cells - first, last - first + np.searchsorted(ghosts, cells)),
        combination=combination,
        boundary={i: part - first for i, part in zip(boundaries, nodes, strict=True)},
    )
