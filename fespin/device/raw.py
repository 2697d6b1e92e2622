"""What a mesh file holds, before anything is decided about it: points, blocks of cells, integer tags and names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

# corner nodes per cell type, its dimension and the type of its facets
CORNERS = {"vertex": 1, "line": 2, "triangle": 3, "quad": 4, "tetra": 4, "hexahedron": 8, "wedge": 6, "pyramid": 5}
DIMENSION = {"vertex": 0, "line": 1, "triangle": 2, "quad": 2, "tetra": 3, "hexahedron": 3, "wedge": 3, "pyramid": 3}


class Block(NamedTuple):
    """Cells of one type that share their integer tags (a cell may be in several groups)."""

    cell_type: str
    nodes: np.ndarray  # (m, k) rows of the point array, corner nodes first
    tags: tuple[int, ...]
    place: np.ndarray | None = None  # (m,) place of each cell in the file, where blocks are not in that order


@dataclass(frozen=True, kw_only=True, eq=False)
class RawMesh:
    """Contents of a mesh file.

    Parameters
    ----------
    points : ndarray (n, 3)
        Coordinates in the file's unit.
    blocks : list of Block
    names : dict
        (dimension, tag) -> name of a group.
    ungrouped_entities : tuple
        (dimension, entity) of geometry that the file declares without a physical group.
    """

    points: np.ndarray
    blocks: list[Block]
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    ungrouped_entities: tuple[tuple[int, int], ...] = ()
