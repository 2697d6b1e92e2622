"""Compiled loops over the cells of a mesh: what checks ask of them, and linear elements on simplices row by row."""

from __future__ import annotations

import numpy as np

from .arrays import (
    Bytes,
    CellTable,
    Doubles,
    DoubleTable,
    Flags,
    FlagTable,
    Ints,
    IntTable,
    Keys,
    KeyTable,
    Longs,
    LongTable,
)
from .columns import is_new, place_of, sort
from .jit import Inner, jit


@jit
def count_flat(piece: int, start: int, stop: int, points: DoubleTable, cells: CellTable, tolerance: float,
               found: Longs):  # fmt: skip
    """Simplices of full dimension whose measure is at most `tolerance` of that of a cube on their longest edge."""
    dims = points.shape[1]
    found[piece] = 0
    for c in range(start, stop):
        longest = 0.0
        for a in range(dims + 1):
            for b in range(a):
                square = 0.0
                for k in range(dims):
                    d = points[cells[c, a], k] - points[cells[c, b], k]
                    square += d * d
                longest = max(longest, square)
        o, i, j = cells[c, 0], cells[c, 1], cells[c, 2]
        ax, ay = points[i, 0] - points[o, 0], points[i, 1] - points[o, 1]
        bx, by = points[j, 0] - points[o, 0], points[j, 1] - points[o, 1]
        volume = ax * by - ay * bx
        if dims == 3:
            k = cells[c, 3]
            az, bz = points[i, 2] - points[o, 2], points[j, 2] - points[o, 2]
            cx, cy, cz = points[k, 0] - points[o, 0], points[k, 1] - points[o, 1], points[k, 2] - points[o, 2]
            volume = volume * cz + (ay * bz - az * by) * cx + (az * bx - ax * bz) * cy
        if not abs(volume) > tolerance * longest ** (0.5 * dims):
            found[piece] += 1


@Inner
def _root(root, a):
    while root[a] != a:
        root[a] = root[root[a]]
        a = root[a]
    return a


@Inner
def _tie(root, cells):
    for c in range(len(cells)):
        a = _root(root, cells[c, 0])
        for k in range(1, cells.shape[1]):
            b = _root(root, cells[c, k])
            root[max(a, b)] = min(a, b)  # the lowest node names the part
            a = min(a, b)


@jit
def parts(cells: CellTable, links: LongTable, out: Longs):
    """Part number of each node, in the order of their first nodes; cells and links tie nodes together.

    `out` (n,) must hold 0 ... n - 1.
    """
    _tie(out, cells)
    _tie(out, links)
    number = 0
    for i in range(len(out)):
        if out[i] == i:
            out[i] = number
            number += 1
        else:
            out[i] = out[out[i]]


@jit
def any_equal(cells: CellTable, weights: Keys, table: Keys, found: Flags):
    """Whether two cells may have the same nodes: equal sums of the weights of their nodes.

    `table` holds zeros, a power of two of them, at least twice as many as there are cells.
    """
    found[0] = False
    mask = np.uint64(len(table) - 1)
    for c in range(len(cells)):
        key = np.uint64(0)
        for k in range(cells.shape[1]):
            key += weights[cells[c, k]]
        if key == 0:
            found[0] = True  # stands for an empty place; the caller looks closer
            return
        at = (key ^ (key >> np.uint64(32))) & mask
        while table[at] != 0:
            if table[at] == key:
                found[0] = True
                return
            at = (at + np.uint64(1)) & mask
        table[at] = key


@jit
def mark_cells(start: int, stop: int, cells: CellTable, mark: Flags, least: int, out: Flags):
    """out[c] = whether cell c has at least so many marked nodes."""
    for c in range(start, stop):
        number = 0
        for k in range(cells.shape[1]):
            number += mark[cells[c, k]]
        out[c] = number >= least


@jit
def mark_owners(cells: CellTable, owner: Longs, out: FlagTable):
    """out[r, i] = True where a cell of owner r has node i."""
    for c in range(len(cells)):
        for k in range(cells.shape[1]):
            out[owner[c], cells[c, k]] = True


@jit
def cells_of_nodes(cells: CellTable, pointer: Ints, near: Ints, place: Bytes):
    """The cells of node i are near[pointer[i] : pointer[i + 1]], ascending; its places in them stand in `place`.

    `pointer` (n + 2,) holds zeros and has one place to spare in the end.
    """
    for c in range(len(cells)):
        for k in range(cells.shape[1]):
            pointer[cells[c, k] + 2] += 1
    for i in range(2, len(pointer)):
        pointer[i] += pointer[i - 1]
    for c in range(len(cells)):
        for k in range(cells.shape[1]):
            i = cells[c, k]
            at = pointer[i + 1]  # where its next cell goes; in the end, where those of the next node start
            near[at] = c
            place[at] = k
            pointer[i + 1] += 1


@jit
def simplex_pairs(start: int, stop: int, points: DoubleTable, cells: CellTable, factor: float,
                  stiffness: DoubleTable, measure: Doubles):  # fmt: skip
    """Measure of simplices, and |K| grad phi_a . grad phi_b of their pairs a < b of corners, in the order of `pair`."""
    for c in range(start, stop):
        o = cells[c, 0]
        if cells.shape[1] == 2:
            square = 0.0
            for k in range(points.shape[1]):
                square += (points[cells[c, 1], k] - points[o, k]) ** 2
            measure[c] = factor * np.sqrt(square)
            stiffness[c, 0] = -factor / np.sqrt(square)
        elif cells.shape[1] == 3:
            ax, ay = points[cells[c, 1], 0] - points[o, 0], points[cells[c, 1], 1] - points[o, 1]
            bx, by = points[cells[c, 2], 0] - points[o, 0], points[cells[c, 2], 1] - points[o, 1]
            double = abs(ax * by - ay * bx)
            measure[c] = factor * double / 2
            scale = factor / (2 * double)
            aa, ab, bb = ax * ax + ay * ay, ax * bx + ay * by, bx * bx + by * by
            stiffness[c, 0] = scale * (ab - bb)
            stiffness[c, 1] = scale * (ab - aa)
            stiffness[c, 2] = -scale * ab
        else:
            ax, ay, az = (points[cells[c, 1], 0] - points[o, 0], points[cells[c, 1], 1] - points[o, 1],
                          points[cells[c, 1], 2] - points[o, 2])  # fmt: skip
            bx, by, bz = (points[cells[c, 2], 0] - points[o, 0], points[cells[c, 2], 1] - points[o, 1],
                          points[cells[c, 2], 2] - points[o, 2])  # fmt: skip
            cx, cy, cz = (points[cells[c, 3], 0] - points[o, 0], points[cells[c, 3], 1] - points[o, 1],
                          points[cells[c, 3], 2] - points[o, 2])  # fmt: skip
            # facets opposite to corners 1, 2, 3 and 0 as vectors: gradients times six volumes
            px, py, pz = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
            qx, qy, qz = cy * az - cz * ay, cz * ax - cx * az, cx * ay - cy * ax
            rx, ry, rz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
            sx, sy, sz = -(px + qx + rx), -(py + qy + ry), -(pz + qz + rz)
            six = abs(ax * px + ay * py + az * pz)
            measure[c] = factor * six / 6
            scale = factor / (6 * six)
            stiffness[c, 0] = scale * (sx * px + sy * py + sz * pz)
            stiffness[c, 1] = scale * (sx * qx + sy * qy + sz * qz)
            stiffness[c, 2] = scale * (sx * rx + sy * ry + sz * rz)
            stiffness[c, 3] = scale * (px * qx + py * qy + pz * qz)
            stiffness[c, 4] = scale * (px * rx + py * ry + pz * rz)
            stiffness[c, 5] = scale * (qx * rx + qy * ry + qz * rz)


@jit
def simplex_rows(worker: int, start: int, stop: int, cells: CellTable, pointer: Ints, near: Ints, place: Bytes,
                 pair: LongTable, pairs: DoubleTable, measure: Doubles, fill: bool, length: Ints, indptr: Ints,
                 columns: Ints, stiffness: Doubles, mass: Doubles, seen: IntTable):  # fmt: skip
    """Rows of the stiffness and the mass of linear elements, as `sparse.in_rows` asks for them; columns ascending.

    pair[a, b] is the number of a pair of corners. Rows gather from their cells: no two write to the same place.
    """
    corners = cells.shape[1]
    share = 1.0 / (corners * (corners + 1))
    for i in range(start, stop):
        if pointer[i] == pointer[i + 1]:
            length[i] = 0
            continue
        if not fill:
            count = 1
            for q in range(pointer[i], pointer[i + 1]):
                c, a = near[q], place[q]
                for b in range(corners):
                    if b != a and is_new(seen, worker, cells[c, b], i):
                        count += 1
            length[i] = count
            continue
        own, weight = 0.0, 0.0
        first = indptr[i]
        last = first + 1
        for q in range(pointer[i], pointer[i + 1]):
            c, a = near[q], place[q]
            m = measure[c] * share
            weight += 2 * m
            for b in range(corners):
                if b != a:
                    k, j = pairs[c, pair[a, b]], cells[c, b]
                    own -= k
                    at = place_of(seen, worker, j, first, last)
                    if at == last:
                        last += 1
                        columns[at] = j
                        stiffness[at] = 0.0
                        mass[at] = 0.0
                    stiffness[at] += k
                    mass[at] += m
        columns[first], stiffness[first], mass[first] = i, own, weight
        sort(first, last, columns, stiffness, mass)


@jit
def combined_rows(worker: int, start: int, stop: int, order: Longs, number: Ints, pointer: IntTable, indices: Ints,
                  first_part: Doubles, second_part: Doubles, fill: bool, length: Ints, indptr: Ints, columns: Ints,
                  first: Doubles, second: Doubles, seen: IntTable):  # fmt: skip
    """Rows of two sums of sparse matrices in another order, as `sparse.in_rows` asks for them; columns ascending.

    Row i of the result is row order[i] of each matrix p, whose entries are pointer[p, row] ... pointer[p, row + 1].
    """
    for i in range(start, stop):
        row = order[i]
        if not fill:
            count = 0
            for p in range(pointer.shape[0]):
                for q in range(pointer[p, row], pointer[p, row + 1]):
                    if is_new(seen, worker, number[indices[q]], i):
                        count += 1
            length[i] = count
            continue
        begin = indptr[i]
        last = begin
        for p in range(pointer.shape[0]):
            for q in range(pointer[p, row], pointer[p, row + 1]):
                j = number[indices[q]]
                at = place_of(seen, worker, j, begin, last)
                if at == last:
                    last += 1
                    columns[at] = j
                    first[at] = 0.0
                    second[at] = 0.0
                first[at] += first_part[q]
                second[at] += second_part[q]
        sort(begin, last, columns, first, second)


@jit
def curve_keys(piece: int, start: int, stop: int, points: DoubleTable, low: Doubles, scale: float, out: Keys,
               work: KeyTable):  # fmt: skip
    """Place of each point along a Z curve: the bits of its coordinates in turn."""
    dims, place = points.shape[1], work[piece]
    bits = 63 // dims
    size = 2.0 ** min(bits, 52) - 1.0
    for i in range(start, stop):
        for k in range(dims):
            place[k] = np.uint64((points[i, k] - low[k]) * scale * size)
        key = np.uint64(0)
        for bit in range(bits - 1, -1, -1):
            for k in range(dims):
                key = (key << np.uint64(1)) | ((place[k] >> np.uint64(bit)) & np.uint64(1))
        out[i] = key
