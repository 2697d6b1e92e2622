"""From a mesh file, a meshio mesh or a scikit-fem mesh to `Mesh`: one cell type, named groups, corner nodes only."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MeshError
from . import topology
from .mesh import Mesh
from .msh import read_msh
from .raw import CORNERS, DIMENSION, Block, RawMesh

# scikit-fem numbers the corners of a hexahedron differently: VTK corner of each of its corners
SKFEM_HEXAHEDRON = [0, 4, 3, 1, 7, 5, 2, 6]
# cell types of meshio that are read as their corners; beyond the linear ones (quad8, hexahedron27, ...)
_PREFIXES = ("hexahedron", "triangle", "pyramid", "vertex", "wedge", "tetra", "line", "quad")


def read_mesh(source: Any, *, tag_array: str | None = None) -> Mesh:
    """Read a mesh.

    Parameters
    ----------
    source : path, meshio.Mesh, skfem.Mesh or Mesh
        Gmsh 2.2 and 4.1 (ASCII, binary) and whatever meshio reads (VTU, XDMF, ...).
    tag_array : str, optional
        Name of the integer cell data that numbers the groups in formats other than gmsh's; needed only if the
        file has several integer arrays.

    Returns
    -------
    Mesh

    Raises
    ------
    MeshError
        Names the file, what was found and what was expected.
    """
    if isinstance(source, Mesh):
        return source
    if isinstance(source, (str, Path)):
        path = Path(source)
        raw = _read_file(path, tag_array)
        return _mesh(raw, str(path), path)
    if hasattr(source, "cells") and hasattr(source, "cell_data"):
        return _mesh(_from_meshio(source, "meshio mesh", tag_array), "meshio mesh", None)
    if hasattr(source, "doflocs") and hasattr(source, "t"):
        return _from_skfem(source)
    raise MeshError(f"mesh must be a path, a meshio mesh or a scikit-fem mesh, got {type(source).__name__}")


def _read_file(path: Path, tag_array: str | None) -> RawMesh:
    if not path.is_file():
        raise MeshError(f"{path} must be a mesh file, got {'a folder' if path.is_dir() else 'nothing there'}")
    try:
        if path.suffix == ".msh":
            return read_msh(path)
        import meshio

        with contextlib.redirect_stdout(io.StringIO()):  # meshio prints warnings of its own formats
            mesh = meshio.read(path)
    except MeshError:
        raise
    except ImportError as error:
        raise MeshError(f"{path}: this format needs the package {error.name}; pip install 'fespin[hdf5]'") from None
    except OSError as error:
        raise MeshError(f"{path} cannot be read: {error.strerror or error}") from None
    except (Exception, SystemExit) as error:  # meshio exits or raises anything at all on damaged files
        detail = " ".join(str(error).split())[:200] or type(error).__name__
        raise MeshError(f"{path} cannot be read as a mesh: {detail}") from None
    return _from_meshio(mesh, str(path), tag_array)


def _corner_type(meshio_type: str) -> str | None:
    return next((p for p in _PREFIXES if meshio_type.startswith(p) and meshio_type[len(p) :].isdecimal() or
                 meshio_type == p), None)  # fmt: skip


def _from_meshio(mesh: Any, where: str, tag_array: str | None) -> RawMesh:
    """Groups are integer cell data (tags) and, where the format has them, named cell sets."""
    name = _tag_array(mesh, where, tag_array)
    tags = mesh.cell_data[name] if name else [np.zeros(len(c.data), int) for c in mesh.cells]
    sets = {k: v for k, v in mesh.cell_sets.items() if not k.startswith("gmsh:")}
    names = {(int(dim), int(tag)): str(k) for k, (tag, dim) in mesh.field_data.items()}
    set_tag = {k: -1 - i for i, k in enumerate(sets)}  # negative: cannot meet an integer tag of the file
    blocks = []
    for i, block in enumerate(mesh.cells):
        cell_type = _corner_type(block.type)
        if cell_type is None:
            raise MeshError(f"{where}: cells of type {block.type!r} are not supported; use lines, triangles, "
                            "quadrilaterals, tetrahedra or hexahedra of order 1 or 2")  # fmt: skip
        columns = [np.asarray(tags[i]).reshape(-1)]
        for key, members in sets.items():
            inside = np.zeros(len(block.data), int)
            if members[i] is not None and len(members[i]):
                inside[np.asarray(members[i], int)] = set_tag[key]
                names[DIMENSION[cell_type], set_tag[key]] = key
            columns.append(inside)
        blocks += _split(cell_type, np.asarray(block.data), np.stack(columns, axis=1))
    points = np.asarray(mesh.points, float)
    return RawMesh(points=np.pad(points, ((0, 0), (0, 3 - points.shape[1]))), blocks=blocks, names=names)


def _split(cell_type: str, nodes: np.ndarray, tags: np.ndarray) -> list[Block]:
    """One block per combination of tags; 0 stands for no tag unless it is all that the file has."""
    if len(nodes) == 0:
        return []
    rows, inverse = np.unique(tags, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    return [Block(cell_type, nodes[inverse == i], tuple(int(t) for t in row if t)) for i, row in enumerate(rows)]


def _tag_array(mesh: Any, where: str, wanted: str | None) -> str | None:
    integer = [k for k, v in mesh.cell_data.items() if all(np.asarray(a).dtype.kind in "iu" for a in v)]
    if wanted is not None:
        if wanted not in mesh.cell_data:
            raise MeshError(f"{where} has no cell data called {wanted!r}; there: {', '.join(mesh.cell_data) or 'none'}")
        if wanted not in integer:
            raise MeshError(f"{where}: cell data {wanted!r} must be integers to number groups, got floats")
        return wanted
    for usual in ("gmsh:physical", "medit:ref"):
        if usual in integer:
            return usual
    candidates = [k for k in integer if not k.startswith("gmsh:")]
    if len(candidates) > 1:
        raise MeshError(f"{where} has several integer cell arrays ({', '.join(candidates)}); say which one numbers the "
                        'groups with mesh_tags = "..." under [device]')  # fmt: skip
    return candidates[0] if candidates else None


def _from_skfem(mesh: Any) -> Mesh:
    cell_type = {("line", 2): "line", ("tri", 3): "triangle", ("quad", 4): "quad",
                 ("tet", 4): "tetra", ("hex", 8): "hexahedron"}.get(_skfem_kind(mesh))  # fmt: skip
    if cell_type is None:
        raise MeshError(f"skfem mesh must be of lines, triangles, quads, tets or hexes, got {type(mesh).__name__}")
    cells = mesh.t.T
    if cell_type == "hexahedron":
        cells = cells[:, np.argsort(SKFEM_HEXAHEDRON)]
    n = int(mesh.t.max()) + 1
    notes = () if n == mesh.doflocs.shape[1] else ("curved cells are used as linear geometry (corner nodes only)",)
    boundaries = {}
    for name, facets in (mesh.boundaries or {}).items():
        nodes = mesh.facets[:, np.asarray(facets)].T
        boundaries[name] = _cyclic_quads(mesh.doflocs, nodes) if cell_type == "hexahedron" else nodes
    return Mesh(
        points=mesh.doflocs[:, :n].T,
        cells=cells,
        cell_type=cell_type,
        regions=dict(mesh.subdomains or {}),
        boundaries=boundaries,
        notes=notes,
    )


def _skfem_kind(mesh: Any) -> tuple[str, int]:
    kind = type(mesh).__name__.removeprefix("Mesh").lower()
    return next((k for k in ("line", "tri", "quad", "tet", "hex") if kind.startswith(k)), kind), mesh.t.shape[0]


def _cyclic_quads(points: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """Order the corners of planar quads around their centre: scikit-fem lists them in its own order."""
    x = points[:, quads.T]  # (3, 4, f)
    r = x - x.mean(axis=1, keepdims=True)
    normal = np.cross(r[:, 0].T, r[:, 1].T) + np.cross(r[:, 0].T, r[:, 2].T)
    side = np.cross(normal, r[:, 0].T)
    angle = np.arctan2(np.einsum("fi,ikf->fk", side, r), np.einsum("if,ikf->fk", r[:, 0], r) * 1.0
                       * np.linalg.norm(normal, axis=1)[:, None])  # fmt: skip
    return np.take_along_axis(quads, np.argsort(angle, axis=1), axis=1)


def _mesh(raw: RawMesh, where: str, source: Path | None) -> Mesh:
    """Choose the cells, gather the groups, drop what carries no equation."""
    dimension = max((DIMENSION[b.cell_type] for b in raw.blocks), default=0)
    if dimension == 0:
        raise MeshError(f"{where} must have cells (lines, triangles, quadrilaterals, tetrahedra or hexahedra), got none")
    top = [b for b in raw.blocks if DIMENSION[b.cell_type] == dimension]
    kinds = sorted({b.cell_type for b in top})
    if len(kinds) > 1 or kinds[0] not in topology.FACETS:
        raise MeshError(f"{where} must have cells of one type among {', '.join(topology.FACETS)}, got {' and '.join(kinds)}; "
                        "mesh it with one type (gmsh: recombine all or nothing)")  # fmt: skip
    missing = [str(entity) for d, entity in raw.ungrouped_entities if d == dimension]
    if missing and any(b.tags for b in top):
        what = {1: "curve", 2: "surface", 3: "volume"}[dimension]
        raise MeshError(f"{where}: {what} {', '.join(missing)} of the geometry belongs to no physical group, so its cells are "
                        "missing or nameless; give it a group or remove it from the geometry")  # fmt: skip
    k = CORNERS[kinds[0]]
    notes = []
    if any(b.nodes.shape[1] > k for b in top):
        notes.append("cells of higher order are used as linear geometry (corner nodes only)")
    cells = np.concatenate([b.nodes[:, :k] for b in top])
    names = _group_names(raw)
    regions = _gather(top, names, dimension, np.split(np.arange(len(cells)), np.cumsum([len(b.nodes) for b in top])[:-1]))
    cells, regions = _without_duplicates(cells, regions)
    low = [b for b in raw.blocks if DIMENSION[b.cell_type] == dimension - 1]
    facet_type = topology.FACET_TYPE[kinds[0]]
    low = [b for b in low if b.cell_type == facet_type]
    boundaries = _gather(low, names, dimension - 1, [b.nodes[:, : CORNERS[facet_type]] for b in low])
    used = np.zeros(len(raw.points), bool)
    used[cells] = True
    in_any = np.zeros(len(raw.points), bool)
    for block in raw.blocks:
        in_any[block.nodes] = True
    if not in_any.all():
        notes.append(f"{np.count_nonzero(~in_any)} nodes of the file belong to no cell and were left out")
    number = np.cumsum(used) - 1
    for name, facets in boundaries.items():
        if not used[facets].all():
            raise MeshError(f"{where}: boundary group {name!r} has facets on no cell; was a region left without a physical "
                            "group, so that its cells were not saved?")  # fmt: skip
    points = raw.points[used]
    return Mesh(
        points=_flatten(points, dimension, where),
        cells=number[cells],
        cell_type=kinds[0],
        regions=regions,
        boundaries={name: number[facets] for name, facets in boundaries.items()},
        tags={key: name for key, name in names.items() if key[0] in (dimension, dimension - 1)},
        notes=tuple(notes),
        source=source,
    )


def _group_names(raw: RawMesh) -> dict[tuple[int, int], str]:
    """(dimension, tag) -> name of every group: its name in the file, else its number."""
    names = {key: name for key, name in raw.names.items() if name}
    for block in raw.blocks:
        for tag in block.tags:
            names.setdefault((DIMENSION[block.cell_type], tag), str(tag))
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


def _without_duplicates(
    cells: np.ndarray, regions: dict[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """A cell in two groups is written twice in MSH 2.2: keep it once, a member of both groups."""
    first = topology.duplicate_cells(cells)
    kept = first == np.arange(len(cells))
    if kept.all():
        return cells, regions
    number = np.cumsum(kept) - 1
    return cells[kept], {name: np.unique(number[first[index]]) for name, index in regions.items()}


def _flatten(points: np.ndarray, dimension: int, where: str) -> np.ndarray:
    """Drop coordinates that do not vary: plane meshes live in (x, y), straight lines in x."""
    if dimension == 3:
        return points
    if dimension == 2:
        spread = np.nanmax(np.ptp(points, axis=0)) if len(points) else 0.0
        if np.isfinite(points).all() and np.ptp(points[:, 2]) > 1e-9 * spread:
            raise MeshError(f"{where}: a two-dimensional mesh must lie in a plane z = constant, got z from "
                            f"{points[:, 2].min():g} to {points[:, 2].max():g}; rotate it")  # fmt: skip
        return points[:, :2]
    varying = np.flatnonzero(np.ptp(points, axis=0) > 0)
    return points[:, : int(varying[-1]) + 1] if len(varying) else points[:, :1]
