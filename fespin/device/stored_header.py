"""The header of a stored mesh: what can be known of it without reading its nodes and cells."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from .mesh import Groups
from .raw import DIMENSION


@dataclass(frozen=True, kw_only=True)
class BoundaryHeader:
    """A group of boundary facets.

    Parameters
    ----------
    name : str
    facets : int
        How many; `astray` of them belong to no cell, `inner` to more than one.
    astray, inner : int
    combinations : list of int
        Combinations of groups of the cells behind it.
    """

    name: str
    facets: int
    astray: int
    inner: int
    combinations: list[int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Header:
    """Names and numbers of a stored mesh.

    Parameters
    ----------
    cell_type : str
    nodes, cells : int
    groups : tuple of str
        Groups of cells.
    combinations : ndarray of bool (q, groups)
        Which groups cells may belong to together; every cell has one of these rows.
    counts : ndarray of int (q,)
        How many cells each row has.
    boundaries : tuple of BoundaryHeader
    tags : dict
        (dimension, integer tag) -> name.
    notes : tuple of str
    parts : int
        Connected parts.
    """

    cell_type: str
    nodes: int
    cells: int
    groups: tuple[str, ...]
    combinations: np.ndarray
    counts: np.ndarray
    boundaries: tuple[BoundaryHeader, ...]
    tags: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    parts: int = 1

    @property
    def dimension(self) -> int:
        """Dimension of the cells: 1, 2 or 3."""
        return DIMENSION[self.cell_type]

    def to_json(self) -> dict[str, Any]:
        """Of what JSON holds."""
        return {
            **{name: getattr(self, name) for name in ("cell_type", "nodes", "cells", "parts")},
            "groups": list(self.groups),
            "combinations": self.combinations.astype(int).tolist(),
            "counts": self.counts.tolist(),
            "boundaries": [asdict(b) for b in self.boundaries],
            "tags": [[d, tag, name] for (d, tag), name in self.tags.items()],
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Header:
        """The inverse of `to_json`."""
        groups = tuple(found["groups"])
        return cls(
            **{name: found[name] for name in ("cell_type", "nodes", "cells", "parts")},
            groups=groups,
            combinations=np.array(found["combinations"], bool).reshape(-1, len(groups)),
            counts=np.array(found["counts"], np.int64),
            boundaries=tuple(BoundaryHeader(**b) for b in found["boundaries"]),
            tags={(d, tag): name for d, tag, name in found["tags"]},
            notes=tuple(found["notes"]),
        )


class Catalogue(Groups):
    """The groups of a stored mesh with one cell for each combination: what checks of names need."""

    def __init__(self, header: Header, where: str) -> None:
        self._where, self._dimension, self.tags = where, header.dimension, header.tags
        self.cells, self.counts = np.arange(len(header.combinations)), header.counts
        self.regions = {name: np.flatnonzero(header.combinations[:, g]) for g, name in enumerate(header.groups)}
        self.boundaries = {b.name: np.empty(0) for b in header.boundaries}
        self.number = {b.name: i for i, b in enumerate(header.boundaries)}

    @property
    def dimension(self) -> int:
        """Dimension of the cells: 1, 2 or 3."""
        return self._dimension

    @property
    def where(self) -> str:
        """Name of the mesh in messages."""
        return self._where

    def count(self, cells: np.ndarray) -> int:
        """How many cells of the file some combinations stand for."""
        return int(self.counts[cells].sum())
