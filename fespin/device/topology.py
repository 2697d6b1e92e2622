"""Facts about cells given by node lists: facets, measures, owners of facets, connected parts, coincident nodes.

Nothing here builds the table of all facets of a mesh: on three-dimensional meshes that costs more than the whole
solution, so facets are looked for only around the nodes asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..kernels import compiled
from ..kernels.threads import Pieces

# local node numbers of the facets and edges of a cell, in the ordering that gmsh, VTK and meshio share
FACETS: dict[str, list[list[int]]] = {
    "line": [[0], [1]],
    "triangle": [[0, 1], [1, 2], [2, 0]],
    "quad": [[0, 1], [1, 2], [2, 3], [3, 0]],
    "tetra": [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]],
    "hexahedron": [[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]],
}
EDGES: dict[str, list[list[int]]] = {
    "vertex": [],
    "line": [[0, 1]],
    "triangle": FACETS["triangle"],
    "quad": FACETS["quad"],
    "tetra": [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]],
    "hexahedron": [[0, 1], [1, 2], [2, 3], [3, 0], [4, 5], [5, 6], [6, 7], [7, 4], [0, 4], [1, 5], [2, 6], [3, 7]],
}  # fmt: skip
FACET_TYPE = {"line": "vertex", "triangle": "line", "quad": "line", "tetra": "triangle", "hexahedron": "quad"}

# corner -> its three (two) neighbours in a right-handed order: the Jacobian there must be positive
_CORNERS = {
    "quad": [[0, 1, 3], [1, 2, 0], [2, 3, 1], [3, 0, 2]],
    "hexahedron": [[0, 1, 3, 4], [1, 2, 0, 5], [2, 3, 1, 6], [3, 0, 2, 7],
                   [4, 7, 5, 0], [5, 4, 6, 1], [6, 5, 7, 2], [7, 6, 4, 3]],
}  # fmt: skip


def extents(points: np.ndarray) -> np.ndarray:
    """Sides of the box around points (n, d), (d,); column by column, ten times as fast as along an axis."""
    return np.array([np.ptp(column) for column in points.T])


def corner_jacobians(points: np.ndarray, cells: np.ndarray, cell_type: str) -> np.ndarray:
    """Signed Jacobian determinant at each corner of each cell, (m, c); one column for simplices.

    Lines embedded in a plane or in space give their length.
    """
    if cell_type == "line":
        return np.linalg.norm(points[cells[:, 1]] - points[cells[:, 0]], axis=1)[:, None]
    corners = _CORNERS.get(cell_type, [list(range(cells.shape[1]))])
    columns = []
    coordinates = np.ascontiguousarray(points.T)
    for corner, *neighbours in corners:
        start = coordinates[:, cells[:, corner]]
        a, b, *c = (coordinates[:, cells[:, k]] - start for k in neighbours)
        if c:
            normal = (b[1] * c[0][2] - b[2] * c[0][1], b[2] * c[0][0] - b[0] * c[0][2], b[0] * c[0][1] - b[1] * c[0][0])
            columns.append(a[0] * normal[0] + a[1] * normal[1] + a[2] * normal[2])
        else:
            columns.append(a[0] * b[1] - a[1] * b[0])
    return np.stack(columns, axis=1)


def cell_measures(points: np.ndarray, cells: np.ndarray, cell_type: str) -> np.ndarray:
    """Length, area or volume of each cell, (m,), in units of the coordinates."""
    jacobians = np.abs(corner_jacobians(points, cells, cell_type))
    if cell_type == "hexahedron":
        # exact for any trilinear cell: six tetrahedra around the main diagonal, each face split consistently
        tets = np.array([[0, 1, 2, 6], [0, 2, 3, 6], [0, 3, 7, 6], [0, 7, 4, 6], [0, 4, 5, 6], [0, 5, 1, 6]])
        return sum(np.abs(corner_jacobians(points, cells[:, t], "tetra")[:, 0]) for t in tets) / 6  # type: ignore[return-value]
    if cell_type == "quad":  # the mean of the corner Jacobians is the area of the bilinear cell
        return jacobians.mean(axis=1)
    return jacobians[:, 0] / {"line": 1, "triangle": 2, "tetra": 6}[cell_type]


def some_flat(points: np.ndarray, cells: np.ndarray, cell_type: str) -> bool:
    """Whether a cell may have no volume or be folded; for large meshes of simplices, else True: look closer."""
    if cell_type not in ("triangle", "tetra") or not compiled(len(points)):
        return True
    from ..kernels.cells import count_flat

    parts = Pieces.of(len(cells))
    found = np.zeros(parts.count, np.int64)
    count_flat.over(parts, points, np.ascontiguousarray(cells), 1e-12, found)
    return bool(found.any())


def longest_edges(points: np.ndarray, cells: np.ndarray, cell_type: str) -> np.ndarray:
    """Length of the longest edge of each cell, (m,)."""
    out = np.zeros(len(cells))
    corners = [np.ascontiguousarray(points.T)[:, column] for column in np.ascontiguousarray(cells.T)]
    for a, b in EDGES[cell_type]:
        np.maximum(out, sum((x - y) ** 2 for x, y in zip(corners[a], corners[b], strict=True)), out=out)
    return np.sqrt(out)


def heights(points: np.ndarray, cells: np.ndarray, cell_type: str) -> np.ndarray:
    """Extent of each cell across its flattest direction, (m,), to a factor of order one: measure over longest edges.

    Layers that hug an interface have long edges along it, which do no harm; this is what must resolve a decay length.
    """
    power = {"line": 0, "triangle": 1, "quad": 1, "tetra": 2, "hexahedron": 2}[cell_type]
    shape = {"line": 1.0, "triangle": 2.0, "quad": 1.0, "tetra": 6.0, "hexahedron": 1.0}[cell_type]
    return shape * cell_measures(points, cells, cell_type) / longest_edges(points, cells, cell_type) ** power


class Owners(NamedTuple):
    """Cells that have given facets."""

    number: np.ndarray  # (f,) how many cells own the facet
    cell: np.ndarray  # (f,) one of them, -1 if none
    local: np.ndarray  # (f,) local number of the facet in that cell


def facet_owners(cells: np.ndarray, cell_type: str, facets: np.ndarray) -> Owners:
    """Find the cells that own each of `facets` (f, k), given by their nodes in any order."""
    f, k = facets.shape
    mark = np.zeros(int(max(cells.max(initial=-1), facets.max(initial=-1))) + 1, bool)
    mark[facets] = True
    candidates = np.flatnonzero(with_marked(cells, mark, k))
    local = FACETS[cell_type]
    theirs = cells[candidates][:, local].reshape(-1, k)  # candidate-major, local-minor
    near = np.flatnonzero(mark[theirs].all(axis=1))
    number = np.cumsum(mark) - 1  # of the nodes of facets among themselves
    both = np.sort(number[np.concatenate([facets, theirs[near]])], axis=1)
    wanted, found = np.split(row_numbers(both, int(np.count_nonzero(mark))), [f])
    counts = np.bincount(found, minlength=int(wanted.max(initial=-1)) + 1)
    last = np.full(len(counts), -1)
    last[found] = near
    position = last[wanted]
    cell = np.where(position >= 0, candidates[position // len(local)] if len(candidates) else -1, -1)
    return Owners(counts[wanted], cell, np.where(position >= 0, position % len(local), -1))


def row_numbers(rows: np.ndarray, below: int) -> np.ndarray:
    """Numbers (r,) of `rows` (r, k) of integers from 0 to below - 1 in their order, the same for equal ones.

    They are compared as single numbers where these are not too large: ten times as fast.
    """
    k = rows.shape[1]
    keys = rows @ below ** np.arange(k)[::-1] if below**k < 2**63 else rows
    return np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)


def owners_of(cells: np.ndarray, cell_type: str, facets: Mapping[str, np.ndarray]) -> dict[str, Owners]:
    """The same for several lists of facets: all cells are gone through once."""
    if not facets:
        return {}
    found = facet_owners(cells, cell_type, np.concatenate(list(facets.values())))
    ends = np.cumsum([len(given) for given in facets.values()])[:-1]
    parts = zip(*(np.split(values, ends) for values in found), strict=True)
    return {name: Owners(*part) for name, part in zip(facets, parts, strict=True)}


def with_marked(cells: np.ndarray, mark: np.ndarray, least: int = 1) -> np.ndarray:
    """Which cells have at least so many marked nodes, bool (m,)."""
    if not compiled(len(mark)):
        return np.asarray(mark[cells].sum(axis=1) >= least)
    from ..kernels.cells import mark_cells

    out = np.empty(len(cells), bool)
    mark_cells.over(Pieces.of(len(cells)), np.ascontiguousarray(cells), mark, least, out)
    return out


def shared_facets(
    cells: np.ndarray, cell_type: str, one: np.ndarray, other: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Facets that cells of `one` share with cells of `other` (cell indices).

    Returns
    -------
    ndarray (f, 2), ndarray (g, 2)
        (cell, local facet) seen from `one` and from `other`. The two lists pair up row by row unless more than two
        cells meet, as at the junctions of a network of lines.
    """
    local = np.array(FACETS[cell_type])
    k = local.shape[1]
    mark = np.zeros((2, int(cells.max(initial=0)) + 1), bool)
    mark[0, cells[one]] = True
    mark[1, cells[other]] = True
    common = np.asarray(mark.all(axis=0))
    sides, keys = [], []
    for side in (one, other):
        near = side[common[cells[side]].sum(axis=1) >= k]
        nodes = np.sort(cells[near][:, local], axis=2)  # (c, facets, k)
        inside = common[nodes].all(axis=2)
        sides.append(np.stack([near[np.nonzero(inside)[0]], np.nonzero(inside)[1]], axis=1))
        keys.append(nodes[inside])
    ids = row_numbers(np.vstack(keys), mark.shape[1])
    first, second = ids[: len(keys[0])], ids[len(keys[0]) :]
    both = np.intersect1d(first, second)
    pick = [np.flatnonzero(np.isin(side, both)) for side in (first, second)]
    ordered = [p[np.argsort(side[p], kind="stable")] for p, side in zip(pick, (first, second), strict=True)]
    return sides[0][ordered[0]], sides[1][ordered[1]]


def connected_parts(cells: np.ndarray, n: int, links: np.ndarray | None = None) -> np.ndarray:
    """Part number of each of `n` nodes, (n,); nodes of one cell are in one part, and so are pairs in `links` (l, 2)."""
    if compiled(n):
        from ..kernels.cells import parts

        out = np.arange(n)
        links = np.empty((0, 2)) if links is None else links
        parts(np.ascontiguousarray(cells), np.ascontiguousarray(links, np.int64), out)
        return out
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first = np.repeat(cells[:, 0], cells.shape[1] - 1)
    other = cells[:, 1:].ravel()
    if links is not None:
        first, other = np.concatenate([first, links[:, 0]]), np.concatenate([other, links[:, 1]])
    graph = coo_array((np.ones(len(first), np.int8), (first, other)), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def coincident_nodes(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Nodes that have another within `tolerance`, each with its nearest, as sorted pairs (k, 2).

    Sorting along skew directions leaves few to compare: n log n, and no tree unless some are close along all of them.
    Not all pairs: a stray node far away makes the tolerance large, and all pairs of a large mesh would not fit into
    memory.
    """
    suspects = np.arange(len(points))
    for skew in ((1.0, np.sqrt(2.0), np.pi), (np.pi, 1.0, -np.sqrt(3.0)), (-np.sqrt(5.0), np.e, 1.0)):
        direction = np.array(skew)[: points.shape[1]]
        key = points[suspects] @ (direction / np.linalg.norm(direction))
        order = np.argsort(key)
        close = np.flatnonzero(np.diff(key[order]) <= tolerance)
        suspects = suspects[order[np.unique(np.concatenate([close, close + 1]))]]
        if len(close) == 0:
            return np.empty((0, 2), int)
    from scipy.spatial import cKDTree

    reach = np.nextafter(tolerance, np.inf)  # the tree excludes the bound itself
    _, near = cKDTree(points[suspects]).query(points[suspects], k=2, distance_upper_bound=reach)
    own = np.arange(len(suspects))
    other = np.where(near[:, 0] == own, near[:, 1], near[:, 0])
    found = other < len(suspects)  # the tree's length stands for none
    return np.unique(np.sort(suspects[np.stack([own[found], other[found]], axis=1)], axis=1), axis=0)


def touching(cells: np.ndarray, owner: np.ndarray, n_owners: int, n: int) -> np.ndarray:
    """Which owners have each of `n` nodes in their `cells` (m, k), bool (R, n); `owner` (m,) runs from 0 to R - 1."""
    out = np.zeros((n_owners, n), bool)
    if compiled(n):
        from ..kernels.cells import mark_owners

        mark_owners(np.ascontiguousarray(cells), np.ascontiguousarray(owner, np.int64), out)
        return out
    for r in range(n_owners):
        out[r, cells[owner == r]] = True
    return out


def duplicate_cells(cells: np.ndarray) -> np.ndarray | None:
    """Index of the first cell with the same nodes, (m,); None for a mesh without duplicates."""
    weights = np.random.default_rng(7).integers(1, 2**62, int(cells.max(initial=0)) + 1, dtype=np.uint64)
    if compiled(len(weights)):
        from ..kernels.cells import any_equal

        found, table = np.zeros(1, bool), np.zeros(1 << (2 * len(cells)).bit_length(), np.uint64)
        any_equal(np.ascontiguousarray(cells), weights, table, found)
        if not found[0]:
            return None
    key = weights[cells].sum(axis=1, dtype=np.uint64)  # equal node sets, equal sums; the converse is checked below
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    if not same.any():
        return None
    _, first, inverse = np.unique(np.sort(cells, axis=1), axis=0, return_index=True, return_inverse=True)
    return None if len(first) == len(cells) else first[inverse.reshape(-1)]
