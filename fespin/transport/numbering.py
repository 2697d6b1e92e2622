"""How nodes and cells of large systems are numbered: along a curve through space, whatever their order in the file.

Mesh generators number nodes as they come. Passes over cells and rows then jump through memory, and wait for it more
than they compute. Where loops are compiled neighbours therefore get numbers near each other, in the finite element
space alone: what is said per node of the mesh stays in the order of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..kernels import compiled
from ..kernels.morton import inverse_order, morton_order
from .space import Space

if TYPE_CHECKING:
    from ..device.device import Device


def device_space(device: Device, order: int) -> Space:
    """The finite element space of a device on its mesh, torn open at the interfaces."""
    split, cell_type = device.split, device.mesh.cell_type
    points = device.points[split.parent] if split.contacts else device.points
    if order != 1 or not compiled(len(points)):
        return Space(points=points, cells=split.cells, cell_type=cell_type, order=order)
    along = morton_order(points)
    number = inverse_order(along)
    return Space(
        points=np.take(points, along, axis=0),
        cells=number[split.cells],
        cell_type=cell_type,
        order=order,
        number=number,
    )


def region_cells(device: Device, space: Space) -> list[np.ndarray]:
    """The cells of each region; where nodes are numbered along a curve, in the order in which it meets them."""
    owner = device.cell_region
    if space.number is None:
        return [np.flatnonzero(owner == r) for r in range(len(device.regions))]
    from ..kernels.curve import cells_by_first

    order = np.empty(len(space.cells), np.int64)
    cells_by_first(np.ascontiguousarray(space.cells), np.zeros(space.size + 1, np.int64), order)
    of_place = owner[order]
    return [order[of_place == r] for r in range(len(device.regions))]
