"""From the contents of a mesh file to `Mesh`: choose the cells, gather the groups, drop what carries no equation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import MeshError
from ..kernels.memory import make_room
from ..kernels.morton import inverse_order
from . import topology
from .mesh import Mesh, check_finite
from .raw import CORNERS, DIMENSION, Block, RawMesh

LINEAR_NOTE = "cells of higher order are used as linear geometry (corner nodes only)"


def mesh_from_raw(raw: RawMesh, where: str, source: Path | None, tag_array: str | None = None) -> Mesh:
    """The mesh of highest dimension in a file, with its groups of cells and of boundary facets.

    Raises
    ------
    MeshError
        No cells, cells of several types, groups that lost their cells, or whatever `Mesh` refuses.
    """
    make_room(len(raw.points))
    cell_type, top = _top_blocks(raw, where)
    dimension, k = DIMENSION[cell_type], CORNERS[cell_type]
    _check_groups(raw, top, dimension, where)
    names = _group_names(raw, where)
    cells, places = _in_order(top, np.concatenate([b.nodes[:, :k] for b in top]))
    cells, regions = _without_duplicates(cells, _gather(top, names, dimension, places))
    facet_type = topology.FACET_TYPE[cell_type]
    low = [b for b in raw.blocks if b.cell_type == facet_type]
    facets = _gather(low, names, dimension - 1, [b.nodes[:, : CORNERS[facet_type]] for b in low])
    used = np.zeros(len(raw.points), bool)
    used[cells] = True
    boundaries = _on_cells(facets, used, where)
    points, all_used = raw.points, bool(used.all())
    if not all_used:
        points, number = points[used], np.cumsum(used) - 1
        cells, boundaries = number[cells], {name: number[nodes] for name, nodes in boundaries.items()}
    check_finite(points, where)
    for array in (cells, *regions.values()):
        array.flags.writeable = False  # the mesh may have them as they are
    return Mesh(
        points=_flatten(points, dimension, where),
        cells=cells,
        cell_type=cell_type,
        regions=regions,
        boundaries=boundaries,
        tags={key: name for key, name in names.items() if key[0] in (dimension, dimension - 1)},
        notes=_notes(raw, top, k, all_used),
        source=source,
        tag_array=tag_array,
    )


def _top_blocks(raw: RawMesh, where: str) -> tuple[str, list[Block]]:
    """The one type of cells of the highest dimension, and its blocks."""
    dimension = max((DIMENSION[b.cell_type] for b in raw.blocks), default=0)
    if dimension == 0:
        raise MeshError(
            f"{where} must have cells (lines, triangles, quadrilaterals, tetrahedra or hexahedra), got none"
        )
    top = [b for b in raw.blocks if DIMENSION[b.cell_type] == dimension]
    kinds = sorted({b.cell_type for b in top})
    if len(kinds) > 1 or kinds[0] not in topology.FACETS:
        raise MeshError(
            f"{where} must have cells of one type among {', '.join(topology.FACETS)}, got {' and '.join(kinds)}; mesh "
            "it with one type (gmsh: recombine all or nothing)"
        )
    return kinds[0], top


def _check_groups(raw: RawMesh, top: list[Block], dimension: int, where: str) -> None:
    """Refuse files in which cells are missing or lost their groups, where the file tells of it."""
    missing = [str(entity) for d, entity in raw.ungrouped_entities if d == dimension]
    if missing and any(b.tags for b in top):
        what = {1: "curve", 2: "surface", 3: "volume"}[dimension]
        raise MeshError(
            f"{where}: {what} {', '.join(missing)} of the geometry belongs to no physical group, so its cells are "
            "missing or nameless; give it a group or remove it from the geometry"
        )
    named = [name for (d, _), name in raw.names.items() if d == dimension]
    if named and not any(b.tags for b in top):
        raise MeshError(
            f"{where}: no cell is in any of the physical groups {', '.join(named)}; gmsh drops the groups from files "
            "of version 2.2 when everything is saved, set Mesh.SaveAll=0"
        )


def _on_cells(groups: dict[str, np.ndarray], used: np.ndarray, where: str) -> dict[str, np.ndarray]:
    """Boundary groups, each facet once; one that lies on no cell tells of cells that were not saved."""
    out = {}
    for name, facets in groups.items():
        out[name] = _each_once(facets)
        if not used[facets].all():
            raise MeshError(
                f"{where}: boundary group {name!r} has facets on no cell; was a region left without a physical group, "
                "so that its cells were not saved?"
            )
    return out


def _notes(raw: RawMesh, top: list[Block], corners: int, all_used: bool) -> tuple[str, ...]:
    """What was done on the way that a user should know."""
    notes = [LINEAR_NOTE] if any(b.nodes.shape[1] > corners for b in top) else []
    if all_used:
        return tuple(notes)
    in_any = np.zeros(len(raw.points), bool)
    for block in raw.blocks:
        in_any[block.nodes] = True
    orphans = int(np.count_nonzero(~in_any))
    return (*notes, orphan_note(orphans)) if orphans else tuple(notes)


def orphan_note(count: int) -> str:
    return f"{count} nodes of the file belong to no cell and were left out"


def _in_order(blocks: list[Block], cells: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Cells in the order of the file, and where the cells of each block went."""
    ends = np.cumsum([len(b.nodes) for b in blocks])
    places = np.split(np.arange(len(cells)), ends[:-1])
    if any(b.place is None for b in blocks):
        return cells, places
    order = np.argsort(np.concatenate([b.place for b in blocks]), kind="stable")  # type: ignore[misc]
    rank = inverse_order(order)
    return cells[order], [rank[p] for p in places]


def _each_once(facets: np.ndarray) -> np.ndarray:
    """Facets that a file lists twice in one group, once."""
    if len(facets) == 0:
        return facets
    _, first = np.unique(np.sort(facets, axis=1), axis=0, return_index=True)
    return facets[np.sort(first)]


def _group_names(raw: RawMesh, where: str) -> dict[tuple[int, int], str]:
    """(dimension, tag) -> name of every group: its name in the file, else its number."""
    names = {key: name for key, name in raw.names.items() if name}
    taken = {(dimension, name) for (dimension, _), name in names.items()}
    for block in raw.blocks:
        dimension = DIMENSION[block.cell_type]
        for tag in block.tags:
            if (dimension, tag) not in names and (dimension, str(tag)) in taken:
                raise MeshError(f"{where}: group {tag} has no name, and another group is called '{tag}'; name it")
            names.setdefault((dimension, tag), str(tag))
    return names


def _gather(
    blocks: list[Block], names: dict[tuple[int, int], str], dimension: int, items: list[np.ndarray]
) -> dict[str, np.ndarray]:
    """Group name -> concatenated items of the blocks in it; groups without any stay in, empty."""
    parts: dict[str, list[np.ndarray]] = {name: [] for (d, _), name in names.items() if d == dimension}
    for block, item in zip(blocks, items, strict=True):
        for tag in block.tags:
            parts[names[dimension, tag]].append(item)
    return {name: np.concatenate(p) if p else np.empty(0, np.int64) for name, p in parts.items()}


def _without_duplicates(cells: np.ndarray, regions: dict[str, np.ndarray]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """A cell in two groups is written twice in MSH 2.2: keep it once, a member of both groups."""
    first = topology.duplicate_cells(cells)
    if first is None:
        return cells, regions
    kept = first == np.arange(len(cells))
    number = np.cumsum(kept) - 1
    return cells[kept], {name: np.unique(number[first[index]]) for name, index in regions.items()}


def _flatten(points: np.ndarray, dimension: int, where: str) -> np.ndarray:
    """Drop coordinates that do not vary: plane meshes live in (x, y), straight lines in x."""
    if dimension == 3:
        return points
    if dimension == 2:
        spread = topology.extents(points).max()
        if np.ptp(points[:, 2]) > 1e-9 * spread:
            raise MeshError(f"{where}: a two-dimensional mesh must lie in a plane z = constant, got z from "
                            f"{points[:, 2].min():g} to {points[:, 2].max():g}; rotate it")  # fmt: skip
        return points[:, :2]
    varying = np.flatnonzero(topology.extents(points) > 0)
    return points[:, : int(varying[-1]) + 1] if len(varying) else points[:, :1]
