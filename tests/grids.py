"""Meshes and devices for tests, made in memory: layered boxes of every cell type and networks of wires."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from fespin import Device, Ferromagnet, HalfMetal, Mesh, NormalMetal, Region

KINDS = ("line", "triangle", "quad", "tetra", "hexahedron")
DIMENSION = {"line": 1, "triangle": 2, "quad": 2, "tetra": 3, "hexahedron": 3}
EXTRA = {1: {"cross_section": 1.0}, 2: {"thickness": 1.0}, 3: {}}


def box(kind: str, *edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points and cells of a structured box with the given grid lines."""
    shape = [len(e) for e in edges]
    points = np.stack([g.ravel() for g in np.meshgrid(*edges, indexing="ij")], axis=1)
    number = np.arange(len(points)).reshape(shape)
    corner = {}
    for offset in itertools.product((0, 1), repeat=len(edges)):
        window = tuple(slice(o, n - 1 + o) for o, n in zip(offset, shape, strict=True))
        corner["".join(map(str, offset))] = number[window].ravel()
    if kind == "line":
        return points, np.stack([corner["0"], corner["1"]], axis=1)
    if kind == "quad":
        return points, np.stack([corner[c] for c in ("00", "10", "11", "01")], axis=1)
    if kind == "triangle":
        lower = np.stack([corner[c] for c in ("00", "10", "11")], axis=1)
        upper = np.stack([corner[c] for c in ("00", "11", "01")], axis=1)
        return points, np.concatenate([lower, upper])
    if kind == "hexahedron":
        order = ("000", "100", "110", "010", "001", "101", "111", "011")
        return points, np.stack([corner[c] for c in order], axis=1)
    tetrahedra = []  # Kuhn: one tetrahedron per order in which the axes are walked
    for axes in itertools.permutations(range(3)):
        at, path = [0, 0, 0], ["000"]
        for axis in axes:
            at[axis] = 1
            path.append("".join(map(str, at)))
        tetrahedra.append(np.stack([corner[c] for c in path], axis=1))
    return points, np.concatenate(tetrahedra)


def facets_at(kind: str, points: np.ndarray, cells: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Facets all of whose nodes are marked."""
    from fespin.device.topology import FACETS

    local = np.array(FACETS[kind])
    facets = cells[:, local].reshape(-1, local.shape[1])
    facets = facets[on[facets].all(axis=1)]
    _, first = np.unique(np.sort(facets, axis=1), axis=0, return_index=True)
    return facets[np.sort(first)]


def layered_mesh(kind: str, layers: Sequence[tuple[float, int]], across: int = 2) -> Mesh:
    """Layers along x of (length, cells); groups L0, L1, ... and boundaries left, right; cross-section 1."""
    ends = np.concatenate([[0.0], np.cumsum([length for length, _ in layers])])
    x = np.unique(np.concatenate([np.linspace(a, b, n + 1) for a, b, (_, n) in
                                  zip(ends[:-1], ends[1:], layers, strict=True)]))  # fmt: skip
    y = np.linspace(0.0, 1.0, across + 1)
    points, cells = box(kind, *[x, y, y][: DIMENSION[kind]])
    layer = np.searchsorted(ends, points[cells, 0].mean(axis=1)) - 1
    return Mesh(
        points=points,
        cells=cells,
        cell_type=kind,
        regions={f"L{i}": np.flatnonzero(layer == i) for i in range(len(layers))},
        boundaries={
            "left": facets_at(kind, points, cells, points[:, 0] == 0.0),
            "right": facets_at(kind, points, cells, points[:, 0] == x[-1]),
        },
    )


def layered(kind: str, layers: Sequence[tuple[float, int]], regions: Sequence[object], across: int = 2) -> Device:
    """A device of layers; `regions` holds a Region, a material or (material, magnetization) for each."""
    return Device.from_mesh(
        layered_mesh(kind, layers, across),
        regions={f"L{i}": r for i, r in enumerate(regions)},
        terminals=["left", "right"],
        **EXTRA[DIMENSION[kind]],
    )


def fn_device(kind: str, cells: int, m: Sequence[float] = (0, 0, 1), p: float = 0.35, **changes: float) -> Device:
    """The F/N wire of benchmark B1: L_F=1.3, L_N=2, l_F=0.4, l_N=1.1, R_F=0.7, R_N=1.9."""
    v = {"l_F": 0.4, "l_N": 1.1, "R_F": 0.7, "R_N": 1.9, "L_F": 1.3, "L_N": 2.0} | changes
    ferro = Ferromagnet(conductivity=v["L_F"] / v["R_F"], polarization=p, spin_diffusion_length=v["l_F"])
    normal = NormalMetal(conductivity=v["L_N"] / v["R_N"], spin_diffusion_length=v["l_N"])
    return layered(kind, [(v["L_F"], cells), (v["L_N"], cells)], [(ferro, tuple(m)), normal])


def wire_network(wires: Sequence[tuple[str, str, Region, int]], nodes: dict[str, Sequence[float]],
                 terminals: Sequence[str]) -> Device:  # fmt: skip
    """A line mesh of straight wires (from, to, region, cells) between named points; some points are terminals."""
    points = [np.array(p, float) for p in nodes.values()]
    index = {name: i for i, name in enumerate(nodes)}
    cells, regions = [], {}
    for w, (a, b, _, n) in enumerate(wires):
        start = len(points)
        points += [points[index[a]] + (points[index[b]] - points[index[a]]) * k / n for k in range(1, n)]
        chain = [index[a], *range(start, start + n - 1), index[b]]
        regions[f"w{w}"] = np.arange(len(cells), len(cells) + n)
        cells += list(itertools.pairwise(chain))
    mesh = Mesh(points=np.array(points), cells=np.array(cells), cell_type="line", regions=regions,
                boundaries={t: [[index[t]]] for t in terminals})  # fmt: skip
    return Device.from_mesh(mesh, regions={f"w{w}": r for w, (_, _, r, _) in enumerate(wires)},
                            terminals=list(terminals), cross_section=1.0)  # fmt: skip


def half_metal(conductivity: float, q: Sequence[float]) -> Region:
    """A half metal whose channel lies along q."""
    return Region(material=HalfMetal(conductivity=conductivity), magnetization=tuple(q))


def stack(layers: Sequence[tuple[str, float, int, object]], **changes: object) -> Device:
    """A line of named layers (name, length, cells, region) between terminals left and right; cross-section 1 m^2."""
    points, regions, first = [np.zeros(1)], {}, 0
    for name, length, cells, _ in layers:
        regions[name] = np.arange(first, first + cells)
        points.append(points[-1][-1] + length * np.arange(1, cells + 1) / cells)
        first += cells
    mesh = Mesh(points=np.concatenate(points)[:, None], cells=np.c_[:first, 1 : first + 1], cell_type="line",
                regions=regions, boundaries={"left": [[0]], "right": [[first]]})  # fmt: skip
    keywords = {"terminals": ["left", "right"], "cross_section": 1.0, **changes}
    return Device.from_mesh(mesh, regions={name: region for name, _, _, region in layers}, **keywords)  # type: ignore[arg-type]


def branched(wires: Sequence[tuple], ends: dict[str, int], **changes: object) -> Device:
    """Wires (name, from, to, length, cells, region) between numbered knots, and terminals at some knots.

    Knots and wires lie anywhere in the plane: only lengths count in a network of lines.
    """
    knots = sorted({knot for _, a, b, *_ in wires for knot in (a, b)})
    shortest = min(length for _, _, _, length, *_ in wires)
    angle = 2 * np.pi * np.arange(len(knots)) / len(knots) + 0.1
    circle = 0.1 * shortest * np.stack([np.cos(angle), np.sin(angle), np.zeros(len(knots))], axis=1)
    place = dict(zip(knots, circle, strict=True))
    points, cells, regions = list(place.values()), [], {}
    index = {knot: i for i, knot in enumerate(knots)}
    for w, (name, a, b, length, n, _) in enumerate(wires):
        start, end = place[a], place[b]  # two straight pieces through a point off the chord make the length right
        half = np.linalg.norm(end - start) / 2
        tilt = np.cross(end - start, [0.0, 0.0, 1.0]) / (2 * half)
        off = np.cos(0.7 * w) * np.array([0.0, 0.0, 1.0]) + np.sin(0.7 * w) * tilt  # wires must not meet on the way
        apex = (start + end) / 2 + np.sqrt((length / 2) ** 2 - half**2) * off
        path = [start + (apex - start) * t for t in np.arange(1, n // 2 + 1) / (n // 2)]
        path += [apex + (end - apex) * t for t in np.arange(1, n - n // 2 + 1) / (n - n // 2)]
        numbers = [index[a], *range(len(points), len(points) + n - 1), index[b]]
        points += path[:-1]
        regions.setdefault(name, []).extend(range(len(cells), len(cells) + n))
        cells += list(itertools.pairwise(numbers))
    mesh = Mesh(points=np.array(points), cells=np.array(cells), cell_type="line", regions=regions,
                boundaries={name: [[index[knot]]] for name, knot in ends.items()})  # fmt: skip
    materials = {name: region for name, *_, region in wires}
    keywords = {"terminals": list(ends), "cross_section": 1.0, **changes}
    return Device.from_mesh(mesh, regions=materials, **keywords)  # type: ignore[arg-type]
