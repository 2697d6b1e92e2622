"""The mesh of a device as values: points, cells of one type, named groups of cells and of boundary facets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import MeshError, suggest
from . import topology
from .raw import CORNERS, DIMENSION

Group = str | int
_LARGEST = 1e90  # coordinate whose cube is far from overflow


class Groups:
    """Groups of cells and of boundary facets, asked for by name or integer tag."""

    regions: Mapping[str, np.ndarray]
    boundaries: Mapping[str, np.ndarray]
    tags: Mapping[tuple[int, int], str]

    @property
    def dimension(self) -> int:
        """Dimension of the cells: 1, 2 or 3."""
        raise NotImplementedError

    @property
    def where(self) -> str:
        """Name of the mesh in messages."""
        raise NotImplementedError

    def count(self, cells: np.ndarray) -> int:
        """How many cells of the file an array of cell numbers stands for."""
        return len(cells)

    def region_group(self, group: Group) -> tuple[str, np.ndarray]:
        """Name and cells of a group asked for by name or integer tag; MeshError lists what there is."""
        return self._find(group, self.dimension, self.regions, "cells")

    def boundary_group(self, group: Group) -> tuple[str, np.ndarray]:
        """Name and facets of a group asked for by name or integer tag; MeshError lists what there is."""
        return self._find(group, self.dimension - 1, self.boundaries, "boundary facets")

    def _find(
        self, group: Group, dimension: int, groups: Mapping[str, np.ndarray], what: str
    ) -> tuple[str, np.ndarray]:
        if isinstance(group, bool) or not isinstance(group, (str, Integral)):
            raise MeshError(f"{self.where}: a group of {what} must be a name or an integer tag, got {group!r}")
        if isinstance(group, str) and group in groups:
            return group, groups[group]
        if not isinstance(group, str) or group.isdecimal():
            name = self.tags.get((dimension, int(group)), str(group))
            if name in groups:
                return name, groups[name]
        elsewhere = self.boundaries if groups is self.regions else self.regions
        hint = suggest(group, groups)
        if group in elsewhere:
            other = "boundary facets" if groups is self.regions else "cells"
            hint = f"{group!r} is a group of {other} there; {hint}"
        raise MeshError(f"{self.where} has no group of {what} called {group!r}; {hint}")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Mesh(Groups):
    """Points, cells and named groups; read-only arrays, checked at birth.

    Parameters
    ----------
    points : ndarray (n, d)
        Coordinates in the unit of the mesh; d = 2 for plane and 3 for solid meshes, 1 to 3 for lines.
    cells : ndarray (m, k)
        Corner nodes in gmsh/VTK order.
    cell_type : str
        "line", "triangle", "quad", "tetra" or "hexahedron".
    regions : mapping
        Group name -> indices of cells.
    boundaries : mapping
        Group name -> facets by their nodes, (f, k_f).
    tags : mapping
        (dimension, integer tag) -> group name, for groups asked for by number.
    notes : tuple of str
        What was done on the way from the file that a user should know.
    source : Path, optional
        The file it was read from.
    tag_array : str, optional
        The cell data of that file which numbers the groups, where it was chosen by name.

    Raises
    ------
    MeshError
        Coordinates that are not finite, nodes out of range, cells without volume or folded, coincident nodes.
    """

    points: np.ndarray
    cells: np.ndarray
    cell_type: str
    regions: Mapping[str, np.ndarray]
    boundaries: Mapping[str, np.ndarray]
    tags: Mapping[tuple[int, int], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    source: Path | None = None
    tag_array: str | None = None

    def __post_init__(self) -> None:
        where = self.where
        if self.cell_type not in list(topology.FACETS):  # a list: it compares unhashable values as well
            raise MeshError(f"{where}: cells must be of type {', '.join(topology.FACETS)}, got {self.cell_type!r}")
        for name, groups in (("regions", self.regions), ("boundaries", self.boundaries)):
            if not isinstance(groups, Mapping):
                raise MeshError(f"{where}: {name} must be a mapping from names, got {type(groups).__name__}")
        try:
            points = self.points if _is_settled(self.points, float) else np.array(self.points, float, order="C")
        except (TypeError, ValueError):
            raise MeshError(
                f"{where}: points must be an array of numbers (n, d), got {type(self.points).__name__}"
            ) from None
        cells = _integers(where, "cells", self.cells, (-1, CORNERS[self.cell_type]))
        for name, value in (("points", points), ("cells", cells)):
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        # a set of cells: sorted, so that equal meshes compare equal
        regions = {name: _as_set(_cell_numbers(where, name, v, len(cells))) for name, v in self.regions.items()}
        object.__setattr__(self, "regions", _frozen(regions))
        shape = (-1, CORNERS[topology.FACET_TYPE[self.cell_type]])
        boundaries = {k: _integers(where, f"boundary group {k!r}", v, shape) for k, v in self.boundaries.items()}
        object.__setattr__(self, "boundaries", _frozen(boundaries))
        object.__setattr__(self, "tags", MappingProxyType(dict(self.tags)))
        _check_points(self)
        _check_cells(self)

    @property
    def dimension(self) -> int:
        """Dimension of the cells: 1, 2 or 3."""
        return DIMENSION[self.cell_type]

    @property
    def where(self) -> str:
        """Name of the mesh in messages: its file, if there is one."""
        return str(self.source) if self.source else "mesh"

    def measures(self) -> np.ndarray:
        """Length, area or volume of each cell, (m,), in mesh units."""
        return topology.cell_measures(self.points, self.cells, self.cell_type)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mesh):
            return NotImplemented
        return (
            self.cell_type == other.cell_type
            and np.array_equal(self.points, other.points)
            and np.array_equal(self.cells, other.cells)
            and _same(self.regions, other.regions)
            and _same(self.boundaries, other.boundaries)
        )

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        """For other processes: views of dictionaries cannot be sent, the dictionaries can."""
        return {k: dict(v) if isinstance(v, MappingProxyType) else v for k, v in self.__dict__.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Checked at birth: here it is only made read-only again."""
        for array in (state["points"], state["cells"]):
            array.flags.writeable = False
        frozen = {name: _frozen(state[name]) for name in ("regions", "boundaries")}
        self.__dict__.update(state, **frozen, tags=MappingProxyType(state["tags"]))

    def __repr__(self) -> str:
        source = f" from {self.source.name}" if self.source else ""
        return (
            f"<fespin.Mesh{source}: {len(self.points)} nodes, {len(self.cells)} {self.cell_type} cells; "
            f"regions {', '.join(self.regions) or 'none'}; boundaries {', '.join(self.boundaries) or 'none'}>"
        )


def _frozen(groups: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    for array in groups.values():
        array.flags.writeable = False
    return MappingProxyType({str(name): array for name, array in groups.items()})


def _integers(where: str, what: str, value: object, shape: tuple[int, ...]) -> np.ndarray:
    """An integer array of the shape that nobody changes; nothing is rounded on the way."""
    try:
        array = np.asarray(value)
        if array.size == 0:
            return np.empty((0, *shape[1:]), np.int64)
        if array.dtype.kind not in "iu":
            raise ValueError
        shaped = array.reshape(shape)
        if _is_settled(array, np.int64) and array.shape == shaped.shape:
            return array
        return np.array(shaped, np.int64, order="C")
    except (TypeError, ValueError, OverflowError):
        columns = f"rows of {shape[1]} node numbers" if len(shape) > 1 else "numbers of cells"
        raise MeshError(f"{where}: {what} must be {columns}, got an array that is not") from None


def _is_settled(value: object, dtype: type) -> bool:
    """Whether an array is read-only, and no view of one that is not: there is no need to copy it."""
    return (
        type(value) is np.ndarray
        and value.dtype == dtype
        and value.flags.c_contiguous
        and value.flags.owndata
        and not value.flags.writeable
    )


def _cell_numbers(where: str, name: object, value: object, m: int) -> np.ndarray:
    """Numbers of the cells in a group; a mask with one truth value per cell will do."""
    if isinstance(value, np.ndarray) and value.dtype == bool and value.shape == (m,):
        return np.flatnonzero(value)
    return _integers(where, f"group {name!r}", value, (-1,))


def _as_set(numbers: np.ndarray) -> np.ndarray:
    """Sorted, each once; most are already."""
    return numbers if (numbers[1:] > numbers[:-1]).all() else np.unique(numbers)


def _same(a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


def _check_points(mesh: Mesh) -> None:
    points, where, dims = mesh.points, mesh.where, mesh.dimension
    columns = (1, 2, 3) if dims == 1 else (dims,)
    if points.ndim != 2 or len(points) == 0 or points.shape[1] not in columns:
        raise MeshError(f"{where}: points must be an array (n, {dims}), got shape {points.shape}")
    check_finite(points, where)
    if len(mesh.cells) == 0:
        raise MeshError(
            f"{where} must have cells (lines, triangles, quadrilaterals, tetrahedra or hexahedra), got none"
        )
    for name, nodes in {"cells": mesh.cells, **mesh.boundaries}.items():
        if nodes.size and (nodes.min() < 0 or nodes.max() >= len(points)):
            raise MeshError(f"{where}: {name} must refer to nodes 0 to {len(points) - 1}, got {nodes.max()}")
    for name, cells in mesh.regions.items():
        if cells.size and (cells.min() < 0 or cells.max() >= len(mesh.cells)):
            raise MeshError(
                f"{where}: group {name!r} must refer to cells 0 to {len(mesh.cells) - 1}, got {cells.max()}"
            )


def check_finite(points: np.ndarray, where: str) -> None:
    """Refuse coordinates that are not numbers, or so large that no volume could be computed."""
    if points.min(initial=0.0) > -_LARGEST and points.max(initial=0.0) < _LARGEST:  # neither where one is no number
        return
    bad = np.flatnonzero(~(np.abs(points) < _LARGEST).all(axis=1))
    if len(bad):
        raise MeshError(f"{where}: coordinates must be finite numbers, got {points[bad[0]].tolist()} at node {bad[0]} "
                        f"({len(bad)} such nodes); write the mesh again")  # fmt: skip


def _check_cells(mesh: Mesh) -> None:
    """Refuse cells without volume, folded cells, and nodes that lie on top of each other."""
    if topology.some_flat(mesh.points, mesh.cells, mesh.cell_type):
        _check_volumes(mesh)
    pairs = topology.coincident_nodes(mesh.points, 1e-9 * float(topology.extents(mesh.points).max()))
    if len(pairs):
        _refuse_seam(mesh, pairs)


def _check_volumes(mesh: Mesh) -> None:
    where, dims = mesh.where, mesh.dimension
    jacobians = topology.corner_jacobians(mesh.points, mesh.cells, mesh.cell_type)
    size = topology.longest_edges(mesh.points, mesh.cells, mesh.cell_type)
    flat = np.abs(jacobians).max(axis=1) <= 1e-12 * size**dims
    if flat.any():
        raise MeshError(f"{where}: {flat.sum()} of {len(flat)} cells have no volume, the first is {mesh.cell_type} "
                        f"{np.flatnonzero(flat)[0]} near {_place(mesh, np.flatnonzero(flat)[0])}; "
                        "repair or remesh the geometry")  # fmt: skip
    folded = (jacobians.min(axis=1) < 0) & (jacobians.max(axis=1) > 0)
    if folded.any():
        raise MeshError(f"{where}: {folded.sum()} of {len(folded)} cells are folded (negative volume at a corner), the "
                        f"first is {mesh.cell_type} {np.flatnonzero(folded)[0]} near "
                        f"{_place(mesh, np.flatnonzero(folded)[0])}; check the order of their nodes")  # fmt: skip


def _refuse_seam(mesh: Mesh, pairs: np.ndarray) -> None:
    """Coincident nodes cut the device open where it looks whole: name the parts they separate."""
    parts = topology.connected_parts(mesh.cells, len(mesh.points))
    cut = pairs[parts[pairs[:, 0]] != parts[pairs[:, 1]]]
    consequence = "no current crosses there"
    if len(cut):
        a, b = (group_names(mesh, parts == parts[node]) for node in cut[0])
        consequence = f"they disconnect {a} from {b}"
    raise MeshError(f"{mesh.where}: {len(pairs)} pairs of nodes lie on top of each other along a seam, first at "
                    f"{mesh.points[pairs[0, 0]].tolist()}, so that {consequence}; merge them (gmsh: fragment the "
                    "geometry, or 'Coherence Mesh')")  # fmt: skip


def group_names(mesh: Mesh, nodes: np.ndarray) -> str:
    """Names of the region groups with cells on the marked nodes, for messages."""
    names = [repr(name) for name, cells in mesh.regions.items() if nodes[mesh.cells[cells]].any()]
    return "region" + ("s " if len(names) > 1 else " ") + (", ".join(names) or "without a name")


def _place(mesh: Mesh, cell: int) -> list[float]:
    return [float(f"{x:.4g}") for x in mesh.points[mesh.cells[cell]].mean(axis=0)]
