"""Gmsh's own mesh files, versions 2.2 and 4.1, ASCII and binary, with every physical group they hold.

meshio reads these files too, but keeps only the first physical group of an entity, cannot read a 4.1 file in which
some entities have no group, and lets a boundary group replace a region group of the same name. Groups carry
the physics here, so this module reads the five sections that fespin needs itself
(format: https://gmsh.info/doc/texinfo/gmsh.html#MSH-file-format).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import MeshError
from .msh_numbers import Cursor, Malformed, integers, numbers
from .raw import Block, RawMesh

# gmsh element number -> (cell type, nodes in the file); corner nodes come first in all of them
_ELEMENTS = {
    15: ("vertex", 1),
    1: ("line", 2), 8: ("line", 3), 26: ("line", 4),
    2: ("triangle", 3), 9: ("triangle", 6), 20: ("triangle", 9), 21: ("triangle", 10),
    3: ("quad", 4), 16: ("quad", 8), 10: ("quad", 9),
    4: ("tetra", 4), 11: ("tetra", 10), 29: ("tetra", 20),
    5: ("hexahedron", 8), 17: ("hexahedron", 20), 12: ("hexahedron", 27),
    6: ("wedge", 6), 18: ("wedge", 15), 13: ("wedge", 18),
    7: ("pyramid", 5), 19: ("pyramid", 13), 14: ("pyramid", 14),
}  # fmt: skip


def read_msh(path: Path) -> RawMesh:
    """Read a gmsh file.

    Parameters
    ----------
    path : pathlib.Path
        A file of version 2.2 or 4.1, ASCII or binary.

    Returns
    -------
    RawMesh

    Raises
    ------
    MeshError
        Not such a file, another version, a truncated or inconsistent section.
    """
    data = path.read_bytes()
    spans = _spans(data)
    if spans is None:
        data = _without_comments(data)

    whole = memoryview(data)  # its slices are not copied

    def section(name: bytes) -> memoryview | None:
        span = _span(data, name) if spans is None else spans.get(name)
        return None if span is None else whole[span]

    version, binary = _header(path, data)
    try:
        names = _physical_names(section(b"PhysicalNames"))
        if section(b"ParametricNodes") is not None:
            raise MeshError(f"{path} must have a section $Nodes, got $ParametricNodes; write the mesh again with "
                            "Mesh.SaveParametric=0")  # fmt: skip
        if version == "2.2":
            points, node_ids = _nodes_22(_required(path, section, b"Nodes"), binary)
            blocks = _elements_22(_required(path, section, b"Elements"), binary)
            ungrouped: tuple[tuple[int, int], ...] = ()
        else:
            if section(b"PartitionedEntities") is not None:
                raise MeshError(f"{path}: a partitioned mesh must be saved whole; set Mesh.PartitionSplitMeshFiles=0 "
                                "or unpartition it in gmsh")  # fmt: skip
            entities = _entities_41(Cursor(section(b"Entities") or b"", binary))
            points, node_ids = _nodes_41(Cursor(_required(path, section, b"Nodes"), binary))
            blocks = _elements_41(Cursor(_required(path, section, b"Elements"), binary), entities)
            ungrouped = tuple(key for key, tags in entities.items() if not tags)
        return RawMesh(
            points=points,
            blocks=_renumber(path, blocks, node_ids),
            names=names,
            ungrouped_entities=ungrouped,
        )
    except Malformed as error:
        raise MeshError(f"{path}: damaged gmsh {version} file: {error}; write the mesh again") from None
    except _Unsupported as error:
        raise MeshError(f"{path}: {error}") from None
    except MeshError:
        raise
    except (ValueError, IndexError, OverflowError, TypeError, MemoryError) as error:
        raise MeshError(f"{path}: damaged gmsh {version} file ({error}); write the mesh again") from None


class _Unsupported(Exception):
    """A section holds something that fespin does not read."""


def _without_comments(data: bytes) -> bytes:
    """Comment sections may quote the other sections' marks."""
    if b"$Comments" not in data:
        return data
    return re.sub(rb"^\$Comments\b.*?^\$EndComments[ \t\r]*(?:\n|\Z)", b"", data, flags=re.S | re.M)


def _header(path: Path, data: bytes) -> tuple[str, bool]:
    match = re.match(rb"\s*\$MeshFormat\s+(\S+)\s+([01])\s+(\d+)[ \t\r]*\n", data)
    if match is None:
        raise MeshError(f"{path} must be a gmsh mesh file starting with $MeshFormat, got {data[:20]!r}")
    version, binary, size = match[1].decode("ascii", "replace"), match[2] == b"1", int(match[3])
    if version not in ("2", "2.2", "4.1"):
        raise MeshError(f"{path} must be of gmsh format 2.2 or 4.1, got {version}; set Mesh.MshFileVersion=4.1")
    if binary and (size != 8 or data[match.end() : match.end() + 4] != b"\x01\x00\x00\x00"):
        raise MeshError(f"{path}: binary gmsh files must be little-endian with 8-byte sizes; write it as ASCII")
    return ("4.1" if version == "4.1" else "2.2"), binary


def _spans(data: bytes) -> dict[bytes, slice] | None:
    """Where the sections of a file are that holds nothing else, in one pass; None if it holds comments, text between
    sections or one that does not end: look for each by itself."""
    head, tail = re.compile(rb"\s*\$(\w+)[ \t\r]*\n"), re.compile(rb"[ \t\r]*(?:\n|\Z)")
    out: dict[bytes, slice] = {}
    at = 0
    while (begin := head.match(data, at)) is not None:
        name = begin[1]
        stop = data.find(b"$End" + name, begin.end())
        end = tail.match(data, stop + 4 + len(name)) if stop >= 0 else None
        if end is None or name in out or name == b"Comments":
            return None
        out[name], at = slice(begin.end(), stop), end.end()
    return out if not data[at:].strip() else None


def _span(data: bytes, name: bytes) -> slice | None:
    """What is between ``$name`` and ``$Endname``; binary content cannot hold the end mark by chance twice."""
    mark, at = b"$" + name, -1
    while (at := data.find(mark, at + 1)) >= 0:  # ten times as fast as a regular expression
        head = re.compile(rb"[ \t\r]*\n").match(data, at + len(mark))
        if head is not None and (at == 0 or data[at - 1 : at] == b"\n"):
            break
    else:
        return None
    end = data.find(b"$End" + name, head.end())  # type: ignore[union-attr]
    if end < 0:
        raise Malformed(f"section {name.decode()} does not end")
    return slice(head.end(), end)  # type: ignore[union-attr]


def _required(path: Path, section: Callable[[bytes], memoryview | None], name: bytes) -> memoryview:
    found = section(name)
    if found is None:
        raise MeshError(f"{path} must have a section ${name.decode()}; write the mesh again")
    return found


def _physical_names(section: memoryview | None) -> dict[tuple[int, int], str]:
    """(dimension, tag) -> name. The same name may serve a region and a boundary."""
    if section is None:
        return {}
    names = {}
    count, *lines = (line for line in str(section, "utf-8", "replace").split("\n") if line.strip())
    for line in lines:
        match = re.match(r'\s*([0-3])\s+(\d{1,10})\s+"(.*)"\s*$', line)
        if match is None:
            raise Malformed(f"{line[:40]!r} under $PhysicalNames is not a dimension, a number and a name in quotes")
        names[int(match[1]), int(match[2])] = match[3]
    if len(lines) != int(count):
        raise Malformed(f"{int(count)} names of groups announced, {len(lines)} found")
    return names


def _entities_41(cursor: Cursor) -> dict[tuple[int, int], tuple[int, ...]]:
    """(dimension, entity) -> its physical tags (signs give orientation only)."""
    if len(cursor.data) == 0:
        return {}
    entities = {}
    for dimension, count in enumerate(cursor.take(4, "u")):
        for _ in range(int(count)):
            tag = cursor.one("i")
            cursor.skip(3 if dimension == 0 else 6, "d")
            entities[dimension, tag] = tuple(abs(cursor.one("i")) for _ in range(cursor.one("u")))
            if dimension:
                cursor.skip(cursor.one("u"), "i")
    return entities


def _nodes_41(cursor: Cursor) -> tuple[np.ndarray, np.ndarray]:
    n_blocks, n_nodes, _, _ = cursor.take(4, "u")
    ids, points = [np.empty(0, np.int64)], [np.empty((0, 3))]
    for _ in range(int(n_blocks)):
        dimension, _, parametric = cursor.take(3, "i")
        count = cursor.one("u")
        ids.append(cursor.take(count, "u"))
        width = 3 + (int(dimension) if parametric else 0)
        points.append(cursor.take(count * width, "d").reshape(count, width)[:, :3])
    if sum(map(len, ids)) != n_nodes:
        raise Malformed(f"{n_nodes} nodes announced, {sum(map(len, ids))} found")
    return np.concatenate(points), np.concatenate(ids)


def _elements_41(cursor: Cursor, entities: dict[tuple[int, int], tuple[int, ...]]) -> list[Block]:
    n_blocks, n_elements, _, _ = cursor.take(4, "u")
    blocks, total = [], 0
    for _ in range(int(n_blocks)):
        dimension, entity, number = (int(v) for v in cursor.take(3, "i"))
        count = cursor.one("u")
        cell_type, width = _element(number)
        nodes = cursor.take(count * (width + 1), "u").reshape(count, width + 1)[:, 1:]
        blocks.append(Block(cell_type, nodes, entities.get((dimension, entity), ())))
        total += count
    if total != n_elements:
        raise Malformed(f"{n_elements} elements announced, {total} found")
    return blocks


def _element(number: int) -> tuple[str, int]:
    if number not in _ELEMENTS:
        raise _Unsupported(f"gmsh element type {number} is not supported; use lines, triangles, quadrilaterals, "
                           "tetrahedra or hexahedra of order 1 or 2")  # fmt: skip
    return _ELEMENTS[number]


def _nodes_22(section: memoryview, binary: bool) -> tuple[np.ndarray, np.ndarray]:
    first, _, rest = bytes(section).partition(b"\n")
    count = int(first)
    if binary:
        dtype = np.dtype([("id", "<i4"), ("x", "<f8", (3,))])
        if count < 0 or count * dtype.itemsize > len(rest):
            raise Malformed("section Nodes ends early")
        table = np.frombuffer(rest, dtype, count)
        return table["x"], table["id"].astype(np.int64)
    values = numbers(rest)
    if values.size != 4 * count:
        raise Malformed(f"{count} nodes announced, {values.size / 4:g} found")
    table = values.reshape(count, 4)
    return table[:, 1:], integers(table[:, 0])


def _elements_22(section: memoryview, binary: bool) -> list[Block]:
    first, _, rest = bytes(section).partition(b"\n")
    runs = _runs_22_binary(rest, int(first)) if binary else _runs_22_ascii(rest, int(first))
    blocks, start = [], 0
    for cell_type, tags, nodes in runs:
        for tag in np.unique(tags):
            index = np.flatnonzero(tags == tag)
            blocks.append(Block(cell_type, nodes[index], (int(abs(tag)),) if tag else (), start + index))
        start += len(tags)
    if start != int(first):
        raise Malformed(f"{int(first)} elements announced, {start} found")
    return blocks


def _runs_22_binary(data: bytes, total: int) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """(cell type, physical tags, nodes) of each run of equal elements."""
    values = np.frombuffer(data, "<i4", len(data) // 4)
    runs, position, seen = [], 0, 0
    while seen < total:
        if position + 3 > len(values):
            raise Malformed(f"{total} elements announced, {seen} found")
        number, count, n_tags = (int(v) for v in values[position : position + 3])
        cell_type, width = _element(number)
        stride = 1 + n_tags + width
        if count < 1 or n_tags < 0:
            raise Malformed(f"a block of {count} elements with {n_tags} tags")
        rows = values[position + 3 : position + 3 + count * stride].reshape(count, stride)
        runs.append(_split_row(cell_type, rows[:, 1:], n_tags))
        position, seen = position + 3 + count * stride, seen + count
    return runs


def _runs_22_ascii(data: bytes, total: int) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Rows are ragged (type and number of tags vary), so equal neighbours are taken together."""
    values = integers(numbers(data))
    runs, position, seen = [], 0, 0
    while seen < total:
        if position + 3 > len(values):
            raise Malformed(f"{total} elements announced, {seen} found")
        number, n_tags = int(values[position + 1]), int(values[position + 2])
        cell_type, width = _element(number)
        stride = 3 + n_tags + width
        possible = min((len(values) - position) // stride, total - seen) if n_tags >= 0 else 0
        if possible < 1:
            raise Malformed("section Elements ends early")
        rows = values[position : position + possible * stride].reshape(possible, stride)
        other = np.flatnonzero((rows[:, 1] != number) | (rows[:, 2] != n_tags))
        count = int(other[0]) if len(other) else possible
        runs.append(_split_row(cell_type, rows[:count, 3:], n_tags))
        position, seen = position + count * stride, seen + count
    if position != len(values):
        raise Malformed(f"{total} elements announced, more found")
    return runs


def _split_row(cell_type: str, rows: np.ndarray, n_tags: int) -> tuple[str, np.ndarray, np.ndarray]:
    tags = rows[:, 0] if n_tags else np.zeros(len(rows), np.int64)
    return cell_type, tags, rows[:, n_tags:].astype(np.int64)


def _renumber(path: Path, blocks: list[Block], node_ids: np.ndarray) -> list[Block]:
    """Node ids of the file (any positive numbers) -> rows of the point array."""
    if len(node_ids) == 0:
        raise MeshError(f"{path} must have nodes, got none")
    if (np.diff(node_ids) == 1).all():
        return [block._replace(nodes=_counted(path, block, int(node_ids[0]), len(node_ids))) for block in blocks]
    nearly_consecutive = node_ids.min() >= 0 and node_ids.max() < 8 * len(node_ids) + 1000
    lookup = _table if nearly_consecutive else _search
    rows = lookup(node_ids)
    back = rows(node_ids)
    if (back != np.arange(len(node_ids))).any():
        twice = node_ids[back != np.arange(len(node_ids))][0]
        raise MeshError(f"{path}: node {twice} is in the file twice; write the mesh again")
    out = []
    for block in blocks:
        nodes = rows(block.nodes)
        if (nodes < 0).any():
            raise _missing(path, block)
        out.append(block._replace(nodes=nodes))
    return out


def _counted(path: Path, block: Block, first: int, count: int) -> np.ndarray:
    """Rows of the nodes of a block where those of the file are numbered one by one."""
    nodes = block.nodes - first
    if nodes.size and not 0 <= nodes.min() <= nodes.max() < count:
        raise _missing(path, block)
    return nodes


def _missing(path: Path, block: Block) -> MeshError:
    return MeshError(f"{path}: a {block.cell_type} refers to a node that is not in the file; write the mesh again")


def _table(node_ids: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Row of a node by its number, -1 if there is none: a table, for numbers that are nearly consecutive."""
    table = np.full(int(node_ids.max()) + 2, -1, np.int64)  # the last entry stands for all numbers out of range
    table[node_ids] = np.arange(len(node_ids))
    return lambda ids: table[np.where((ids < 0) | (ids >= len(table)), len(table) - 1, ids)]


def _search(node_ids: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The same by searching: slower, but one wild number in a damaged file must not claim all the memory."""
    order = np.argsort(node_ids, kind="stable")
    ordered = node_ids[order]

    def rows(ids: np.ndarray) -> np.ndarray:
        place = np.minimum(np.searchsorted(ordered, ids), len(ordered) - 1)
        return np.where(ordered[place] == ids, order[place], -1)

    return rows
