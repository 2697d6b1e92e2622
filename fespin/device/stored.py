"""Meshes stored to be read by slices: HDF5, with an XDMF file beside it that ParaView opens.

Nodes lie along a space-filling curve (Morton order), so that any range of them is a compact piece of the device. Cells
follow the lowest of their nodes, so that those of a range of nodes are a range of cells.

    points (n, d)            coordinates in the unit of the mesh, node by node along the curve
    cells (m, k)             corners, sorted by the lowest
    cell_start (n + 1)       number of cells whose lowest node comes before each node
    cell_groups (m)          row in the table of combinations of groups that each cell belongs to
    boundaries/I/facets      facets of group number I by their nodes, and
    boundaries/I/nodes       these nodes, sorted
    attribute "header"       JSON: names, tags, combinations, what lies behind each boundary group, connected parts
"""

from __future__ import annotations

import json
import os
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError, MeshError
from ..kernels.morton import inverse_order, morton_order
from . import topology
from .raw import CORNERS
from .stored_header import BoundaryHeader, Header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mesh import Mesh

FORMAT, VERSION = "fespin mesh", 1
SUFFIXES = (".h5", ".xdmf")
_TOPOLOGY = {"line": "Polyline", "triangle": "Triangle", "quad": "Quadrilateral", "tetra": "Tetrahedron",
             "hexahedron": "Hexahedron"}  # fmt: skip


def write_stored(mesh: Mesh, path: str | os.PathLike[str], *, overwrite: bool = False) -> tuple[Path, Path]:
    """Store a mesh: an .h5 and an .xdmf file of one name.

    Parameters
    ----------
    mesh : Mesh
    path : path
        Either of the two files.
    overwrite : bool

    Returns
    -------
    tuple of Path
        The HDF5 and the XDMF file.

    Raises
    ------
    InputError
        Another suffix, files in the way, a folder that cannot be written, or h5py is missing.
    """
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path} must end in .h5 or .xdmf to store a mesh in")
    data, shown = target.with_suffix(".h5"), target.with_suffix(".xdmf")
    for there in (data, shown):
        if there.exists() and not overwrite:
            raise InputError(f"{there} exists already; choose another name or say --overwrite")
    from ..atomic import write_atomic

    with _written(data) as file:
        header = _fill(file, mesh)
    write_atomic(shown, _xdmf(header, data.name, mesh.points.shape[1]))
    return data, shown


def is_stored(path: str | os.PathLike[str]) -> bool:
    """Whether a mesh file is one of a stored pair."""
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES or not target.with_suffix(".h5").is_file():
        return False
    try:
        with opened(target) as file:
            return file is not None
    except InputError:
        return False


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Any]:
    """The HDF5 file of a stored mesh, for reading.

    Raises
    ------
    InputError
        h5py is missing; `MeshError`: not a stored mesh.
    """
    data, h5py = Path(path).with_suffix(".h5"), _h5py()
    try:
        file = h5py.File(data, "r")
    except OSError as error:
        raise MeshError(f"{data} cannot be read as HDF5: {' '.join(str(error).split())[:200]}") from None
    with file:
        if file.attrs.get("format") != FORMAT:
            raise MeshError(f"{data} is not a mesh that fespin stored; make one with: fespin mesh convert MESH {data}")
        if int(file.attrs["version"]) > VERSION:
            raise MeshError(f"{data} comes from a newer fespin (version {file.attrs['version']} of the format); "
                            "update fespin or convert the mesh again")  # fmt: skip
        yield file


def read_header(file: Any) -> Header:
    """What a stored mesh says of itself, out of its open file."""
    try:
        return Header.from_json(json.loads(file.attrs["header"]))
    except (KeyError, TypeError, ValueError) as error:
        raise MeshError(f"{file.filename}: damaged header ({error}); convert the mesh again") from None


def read_stored(path: str | os.PathLike[str]) -> Mesh:
    """The whole mesh, as any other mesh file gives it."""
    from .mesh import Mesh

    with opened(path) as file:
        header = read_header(file)
        combination = file["cell_groups"][:]
        members = header.combinations
        regions = {name: np.flatnonzero(members[combination, g]) for g, name in enumerate(header.groups)}
        return Mesh(
            points=file["points"][:],
            cells=file["cells"][:],
            cell_type=header.cell_type,
            regions=regions,
            boundaries={b.name: file[f"boundaries/{i}/facets"][:] for i, b in enumerate(header.boundaries)},
            tags=header.tags,
            notes=tuple(header.notes),
            source=Path(path),
        )


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise InputError("stored meshes need the package h5py; pip install 'fespin[hdf5]'") from None
    return h5py


@contextmanager
def _written(path: Path) -> Iterator[Any]:
    """A new HDF5 file that takes its place when it is whole."""
    h5py = _h5py()
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with h5py.File(temporary, "w") as file:
            yield file
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or " ".join(str(error).split())[:200]
        raise InputError(f"{path} cannot be written: {reason}; choose a writable folder") from None
    finally:
        temporary.unlink(missing_ok=True)


def _fill(file: Any, mesh: Mesh) -> Header:
    """All data sets of a mesh, and its header."""
    n = len(mesh.points)
    order = morton_order(mesh.points)
    index = np.int32 if max(n, len(mesh.cells)) < 2**31 else np.int64
    number = inverse_order(order)
    cells = number[mesh.cells]
    lowest = cells.min(axis=1)
    along = np.argsort(lowest, kind="stable")
    members = np.zeros((len(cells), len(mesh.regions)), bool)
    for g, inside in enumerate(mesh.regions.values()):
        members[inside, g] = True
    combinations, of_cell = np.unique(members, axis=0, return_inverse=True)
    of_cell = of_cell.reshape(-1)
    file["points"] = mesh.points[order]
    file["cells"] = cells[along].astype(index)
    file["cell_groups"] = of_cell[along].astype(np.int32)
    file["cell_start"] = np.concatenate([[0], np.cumsum(np.bincount(lowest, minlength=n))])
    if mesh.points.shape[1] == 1:  # pictures need two coordinates at least
        file["points_shown"] = np.pad(mesh.points[order], ((0, 0), (0, 1)))
    behind = []
    for i, (name, facets) in enumerate(mesh.boundaries.items()):
        owners = topology.facet_owners(mesh.cells, mesh.cell_type, facets)
        new = number[facets].astype(index)
        file[f"boundaries/{i}/facets"] = new
        file[f"boundaries/{i}/nodes"] = np.unique(new)
        behind.append(BoundaryHeader(
            name=name, facets=len(facets), astray=int((owners.number == 0).sum()),
            inner=int((owners.number > 1).sum()),
            combinations=sorted(set(of_cell[owners.cell[owners.number > 0]].tolist())),
        ))  # fmt: skip
    header = Header(
        cell_type=mesh.cell_type, nodes=n, cells=len(cells), groups=tuple(mesh.regions), combinations=combinations,
        counts=np.bincount(of_cell, minlength=len(combinations)), boundaries=tuple(behind), tags=dict(mesh.tags),
        notes=mesh.notes, parts=int(topology.connected_parts(mesh.cells, n).max()) + 1,
    )  # fmt: skip
    file.attrs["header"] = json.dumps(header.to_json())
    file.attrs["format"], file.attrs["version"] = FORMAT, VERSION
    return header


def _xdmf(header: Header, data: str, dims: int) -> str:
    """The light file: what lies where in the heavy one."""
    from xml.sax.saxutils import escape

    data, lines = escape(data), header.cell_type == "line"
    corners, size = CORNERS[header.cell_type], 4 if max(header.nodes, header.cells) < 2**31 else 8
    points, geometry = ("points_shown", "XY") if dims == 1 else ("points", "XYZ"[:dims])

    def item(name: str, shape: str, kind: str, precision: int) -> str:
        return (f'<DataItem Dimensions="{shape}" NumberType="{kind}" Precision="{precision}" Format="HDF">'
                f"{data}:/{name}</DataItem>")  # fmt: skip

    topology_of = f'TopologyType="{_TOPOLOGY[header.cell_type]}"' + (' NodesPerElement="2"' if lines else "")
    return f"""<?xml version="1.0"?>
<Xdmf Version="3.0"><Domain><Grid Name="mesh" GridType="Uniform">
<Topology {topology_of} NumberOfElements="{header.cells}">
{item("cells", f"{header.cells} {corners}", "Int", size)}
</Topology>
<Geometry GeometryType="{geometry}">
{item(points, f"{header.nodes} {max(dims, 2)}", "Float", 8)}
</Geometry>
<Attribute Name="groups" AttributeType="Scalar" Center="Cell">
{item("cell_groups", f"{header.cells}", "Int", 4)}
</Attribute>
</Grid></Domain></Xdmf>
"""
