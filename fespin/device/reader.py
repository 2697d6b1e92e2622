"""From a mesh file, a meshio mesh or a scikit-fem mesh to `Mesh`: one cell type, named groups, corner nodes only."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MeshError
from .gather import LINEAR_NOTE, mesh_from_raw, orphan_note
from .mesh import Mesh
from .msh import read_msh
from .raw import DIMENSION, Block, RawMesh
from .stored import is_stored, read_stored

# scikit-fem numbers the corners of a hexahedron differently: VTK corner of each of its corners
SKFEM_HEXAHEDRON = [0, 4, 3, 1, 7, 5, 2, 6]
# cell arrays in which meshio keeps the groups of formats that have them; 0 is no group there
_USUAL_ARRAYS = ("gmsh:physical", "medit:ref")
_SKFEM_TYPES = {
    "MeshLine": "line",
    "MeshTri": "triangle",
    "MeshQuad": "quad",
    "MeshTet": "tetra",
    "MeshHex": "hexahedron",
}
_NO_TAG = np.iinfo(np.int64).min
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
        file has several integer arrays. In gmsh's own arrays 0 means no group; elsewhere 0 is a tag like any other.

    Returns
    -------
    Mesh

    Raises
    ------
    MeshError
        Names the file, what was found and what was expected.

    Examples
    --------
    >>> import meshio
    >>> read_mesh(meshio.Mesh([[0, 0], [1, 0], [0, 1]], [("triangle", [[0, 1, 2]])], cell_sets={"film": [[0]]}))
    <fespin.Mesh: 3 nodes, 1 triangle cells; regions film; boundaries none>
    """
    if tag_array is not None and not isinstance(tag_array, str):
        raise MeshError(f"mesh_tags must be the name of a cell array, got {tag_array!r}")
    if isinstance(source, Mesh):
        return source
    if isinstance(source, (str, Path)):
        path = Path(source)
        if is_stored(path) and tag_array is None:
            return read_stored(path)
        return mesh_from_raw(_read_file(path, tag_array), str(path), path, tag_array)
    if hasattr(source, "cells") and hasattr(source, "cell_data"):
        try:
            return mesh_from_raw(_from_meshio(source, "meshio mesh", tag_array), "meshio mesh", None)
        except (ValueError, TypeError, IndexError) as error:
            if isinstance(error, MeshError):
                raise
            raise MeshError(f"meshio mesh: cells, cell_data and cell_sets must fit each other, got: {error}") from None
    if hasattr(source, "doflocs") and hasattr(source, "t"):
        return _from_skfem(source)
    raise MeshError(f"mesh must be a path, a meshio mesh or a scikit-fem mesh, got {type(source).__name__}")


def _read_file(path: Path, tag_array: str | None) -> RawMesh:
    try:
        if not path.is_file():
            raise MeshError(f"{path} must be a mesh file, got {'a folder' if path.is_dir() else 'nothing there'}")
        if path.suffix.lower() == ".msh":
            if tag_array is not None:
                raise MeshError(
                    f"{path}: mesh_tags must be left out for gmsh files, whose groups have numbers, got {tag_array!r}"
                )
            return read_msh(path)
        import meshio

        silent = io.StringIO()  # meshio prints warnings and errors of its own
        with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            mesh = meshio.read(path)
        return _from_meshio(mesh, str(path), tag_array)
    except MeshError:
        raise
    except ImportError as error:
        raise MeshError(f"{path}: this format needs the package {error.name}; pip install 'fespin[hdf5]'") from None
    except OSError as error:
        raise MeshError(f"{path} cannot be read: {error.strerror or error}") from None
    except (Exception, SystemExit) as error:  # meshio exits or raises anything at all on damaged files
        detail = " ".join(str(error).split())[:200]
        raise MeshError(
            f"{path} cannot be read as a mesh: meshio says {type(error).__name__} {detail}".rstrip()
        ) from None


def _corner_type(meshio_type: str) -> str | None:
    return next((p for p in _PREFIXES if re.fullmatch(rf"{p}\d*", meshio_type)), None)


def _from_meshio(mesh: Any, where: str, tag_array: str | None) -> RawMesh:
    """Groups are integer cell data (tags) and, where the format has them, named cell sets."""
    name = _tag_array(mesh, where, tag_array)
    none = 0 if name is None or name in _USUAL_ARRAYS else _NO_TAG
    tags = mesh.cell_data[name] if name else [np.zeros(len(c.data), int) for c in mesh.cells]
    sets = {k: v for k, v in mesh.cell_sets.items() if not k.startswith("gmsh:")}
    names = _field_names(mesh.field_data)
    set_tag = {k: _NO_TAG + 1 + i for i, k in enumerate(sets)}  # cannot meet an integer tag of the file
    blocks: list[Block] = []
    start = 0
    for i, block in enumerate(mesh.cells):
        cell_type = _corner_type(block.type)
        if cell_type is None:
            raise MeshError(f"{where}: cells of type {block.type!r} are not supported; use lines, triangles, "
                            "quadrilaterals, tetrahedra or hexahedra of order 1 or 2")  # fmt: skip
        first = np.asarray(tags[i], np.int64).reshape(-1)
        columns = [np.where(first == none, _NO_TAG, first)]
        for key, members in sets.items():
            inside = np.full(len(block.data), _NO_TAG)
            if members[i] is not None and len(members[i]):
                inside[np.asarray(members[i], int)] = set_tag[key]
                names[DIMENSION[cell_type], set_tag[key]] = key
            columns.append(inside)
        blocks += _split(cell_type, np.asarray(block.data), np.stack(columns, axis=1), start)
        start += len(block.data)
    points = np.asarray(mesh.points, float)
    for block in blocks:
        if block.nodes.min() < 0 or block.nodes.max() >= len(points):
            raise MeshError(f"{where}: cells must refer to nodes 0 to {len(points) - 1}, got {block.nodes.min()} to "
                            f"{block.nodes.max()}")  # fmt: skip
    return RawMesh(points=np.pad(points, ((0, 0), (0, 3 - points.shape[1]))), blocks=blocks, names=names)


def _field_names(field_data: Mapping[str, Any]) -> dict[tuple[int, int], str]:
    """(dimension, tag) -> name, from gmsh's entries; VTU files keep other things there, such as the time."""
    pairs = {str(k): np.asarray(v) for k, v in field_data.items()}
    return {(int(v[1]), int(v[0])): k for k, v in pairs.items() if v.shape == (2,) and v.dtype.kind in "iu"}


def _split(cell_type: str, nodes: np.ndarray, tags: np.ndarray, start: int) -> list[Block]:
    """One block per combination of tags; `start` cells of the file come before these."""
    if len(nodes) == 0:
        return []
    rows, inverse = np.unique(tags, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    blocks = []
    for i, row in enumerate(rows):
        index = np.flatnonzero(inverse == i)
        blocks.append(Block(cell_type, nodes[index], tuple(int(t) for t in row if t != _NO_TAG), start + index))
    return blocks


def _tag_array(mesh: Any, where: str, wanted: str | None) -> str | None:
    integer = [k for k, v in mesh.cell_data.items() if all(_is_tags(np.asarray(a)) for a in v)]
    if wanted is not None:
        if wanted not in mesh.cell_data:
            raise MeshError(f"{where} has no cell data called {wanted!r}; there: {', '.join(mesh.cell_data) or 'none'}")
        if wanted not in integer:
            raise MeshError(
                f"{where}: cell data {wanted!r} must be one integer per cell to number groups, got something else"
            )
        return wanted
    for usual in _USUAL_ARRAYS:
        if usual in integer:
            return usual
    candidates = [k for k in integer if not k.startswith("gmsh:")]
    if len(candidates) > 1:
        raise MeshError(f"{where} has several integer cell arrays ({', '.join(candidates)}); say which one numbers the "
                        'groups with mesh_tags = "..." under [device]')  # fmt: skip
    return candidates[0] if candidates else None


def _is_tags(array: np.ndarray) -> bool:
    return array.dtype.kind in "iu" and array.size == len(array)


def _from_skfem(mesh: Any) -> Mesh:
    cell_type = _SKFEM_TYPES.get(type(mesh).__name__.rstrip("12"))
    if cell_type is None:  # the periodic and discontinuous ones keep their points elsewhere
        raise MeshError(f"skfem mesh must be of lines, triangles, quads, tets or hexes, got {type(mesh).__name__}")
    cells = mesh.t.T
    if cell_type == "hexahedron":
        cells = cells[:, np.argsort(SKFEM_HEXAHEDRON)]
    notes = []
    if len(mesh.elem.doflocs) > len(mesh.t):
        notes.append(LINEAR_NOTE)
    boundaries = {}
    for name, facets in (mesh.boundaries or {}).items():
        nodes = mesh.facets[:, np.asarray(facets)].T
        boundaries[name] = _cyclic_quads(mesh.doflocs, nodes) if cell_type == "hexahedron" else nodes
    used, cells = np.unique(cells, return_inverse=True)  # of higher order the corners; orphans have no equation
    number = np.full(mesh.doflocs.shape[1], -1)
    number[used] = np.arange(len(used))
    orphans = mesh.doflocs.shape[1] - len(used)
    if orphans and not notes:
        notes.append(orphan_note(orphans))
    return Mesh(
        points=mesh.doflocs[:, used].T,
        cells=cells.reshape(mesh.t.T.shape),
        cell_type=cell_type,
        regions=dict(mesh.subdomains or {}),
        boundaries={name: number[facets] for name, facets in boundaries.items()},
        notes=tuple(notes),
    )


def _cyclic_quads(points: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """Order the corners of planar quads around their centre: scikit-fem lists them in its own order."""
    x = points[:, quads.T]  # (3, 4, f)
    r = x - x.mean(axis=1, keepdims=True)
    normal = np.cross(r[:, 0].T, r[:, 1].T) + np.cross(r[:, 0].T, r[:, 2].T)
    side = np.cross(normal, r[:, 0].T)
    angle = np.arctan2(np.einsum("fi,ikf->fk", side, r), np.einsum("if,ikf->fk", r[:, 0], r) * 1.0
                       * np.linalg.norm(normal, axis=1)[:, None])  # fmt: skip
    return np.take_along_axis(quads, np.argsort(angle, axis=1), axis=1)
