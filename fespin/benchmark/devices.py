"""Devices of any size on structured grids: a plane spin valve with four terminals, and a cross with two magnets."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..device.device import Device
from ..device.mesh import Mesh
from ..device.region import Region
from ..device.topology import FACETS
from ..errors import InputError
from ..materials import Ferromagnet, NormalMetal

_COPPER = NormalMetal(conductivity=3e7, spin_diffusion_length=400e-9)
_FIRST = Region(material=Ferromagnet(conductivity=5e6, polarization=0.6, spin_diffusion_length=10e-9),
                magnetization=(0.6, 0.0, 0.8))  # fmt: skip
_SECOND = Region(material=Ferromagnet(conductivity=4e6, polarization=0.5, spin_diffusion_length=12e-9),
                 magnetization=(0.0, 0.6, 0.8))  # fmt: skip
Box = Sequence[tuple[float, float]]
NAMES = {2: "plane", 3: "solid"}


def parse_case(text: str) -> tuple[int, float]:
    """Dimension and number of nodes of a case such as "3d_1e5".

    Examples
    --------
    >>> parse_case("2d_1e4")
    (2, 10000.0)
    """
    kind, _, number = text.partition("_")
    try:
        nodes = float(number)
    except ValueError:
        nodes = 0.0
    if kind not in ("2d", "3d") or not 300 <= nodes <= 1e8:
        raise InputError(f"a case must be 2d_N or 3d_N with N nodes from 300 to 1e8, like 3d_1e5, got {text!r}")
    return int(kind[0]), nodes


class Drawing(NamedTuple):
    """Boxes of each region and planes of each terminal (axis, position), nm; two in one plane are told apart by x."""

    boxes: dict[str, list[Box]]
    planes: dict[str, tuple[int, float]]
    regions: dict[str, Region]

    @property
    def frame(self) -> list[tuple[float, float]]:
        """What encloses all boxes."""
        every = np.array([box for parts in self.boxes.values() for box in parts], float)
        return list(zip(every[:, :, 0].min(axis=0), every[:, :, 1].max(axis=0), strict=True))

    def mine(self, terminal: str, x: float) -> bool:
        """Whether x is on the side of a terminal that shares its plane with another one."""
        same = [name for name, plane in self.planes.items() if plane == self.planes[terminal]]
        start, stop = self.frame[0]
        return len(same) == 1 or (x < (start + stop) / 2) == (terminal == same[0])


# channel 1000 nm x 100 nm with a leg and one magnetic arm, 1 nm thick
PLANE = Drawing(
    {"N": [((0, 1000), (0, 100)), ((600, 700), (-300, 0))], "F1": [((250, 350), (100, 300))]},
    {"T1": (1, 300.0), "T2": (0, 0.0), "T3": (0, 1000.0), "T4": (1, -300.0)},
    {"N": Region(material=_COPPER), "F1": _FIRST},
)
# two crossing copper bars, 100 nm wide and high, with two magnets on top of one of them
SOLID = Drawing(
    {
        "N": [((0, 600), (250, 350), (0, 100)), ((250, 350), (0, 600), (0, 100))],
        "F1": [((100, 200), (250, 350), (100, 150))],
        "F2": [((400, 500), (250, 350), (100, 150))],
    },
    {"T1": (2, 150.0), "T2": (2, 150.0), "T3": (1, 0.0), "T4": (1, 600.0)},
    {"N": Region(material=_COPPER), "F1": _FIRST, "F2": _SECOND},
)
DRAWINGS = {2: PLANE, 3: SOLID}


def standard_device(dimension: int, nodes: float) -> Device:
    """The plane or solid device with about as many nodes, on a grid."""
    if dimension == 2:
        h = 100.0 / max(2, round(100.0 / np.sqrt(150_000.0 / nodes)))
    else:
        h = 50.0 / max(1, round(50.0 / (12e6 / nodes) ** (1 / 3)))
    return device_on(grid(DRAWINGS[dimension], h), dimension, f"{NAMES[dimension]}_{nodes:.0e}")


def device_on(mesh: Any, dimension: int, name: str) -> Device:
    """The standard device on a mesh of its drawing (a `Mesh` or a file)."""
    drawing = DRAWINGS[dimension]
    return Device.from_mesh(mesh, regions=drawing.regions, terminals=list(drawing.planes), length_unit="nm", name=name,
                            thickness="1 nm" if dimension == 2 else None)  # fmt: skip


def grid(drawing: Drawing, h: float) -> Mesh:
    """Simplices over the boxes on a grid of spacing h."""
    boxes, frame = drawing.boxes, drawing.frame
    counts = [round((stop - start) / h) for start, stop in frame]
    centres = np.meshgrid(*(start + h * (np.arange(n) + 0.5) for (start, _), n in zip(frame, counts, strict=True)),
                          indexing="ij")  # fmt: skip
    owner = np.full(counts, -1, np.int8)
    for r, parts in enumerate(boxes.values()):
        for part in parts:
            owner[np.all([(c > a) & (c < b) for c, (a, b) in zip(centres, part, strict=True)], axis=0)] = r
    chosen = np.argwhere(owner >= 0)
    shape = [n + 1 for n in counts]
    paths = [np.concatenate([[np.zeros(len(shape), int)], np.cumsum(np.eye(len(shape), dtype=int)[list(axes)], axis=0)])
             for axes in itertools.permutations(range(len(shape)))]  # fmt: skip
    cells = np.concatenate(
        [
            np.stack([np.ravel_multi_index(tuple((chosen + corner).T), shape) for corner in path], axis=1)
            for path in paths
        ]
    )
    region = np.tile(owner[tuple(chosen.T)], len(paths))
    used, cells = np.unique(cells, return_inverse=True)
    cells = cells.reshape(len(region), -1)
    points = np.stack(np.unravel_index(used, shape), axis=1) * h + [start for start, _ in frame]
    kind = {2: "triangle", 3: "tetra"}[len(shape)]
    boundaries = {}
    for name, (axis, value) in drawing.planes.items():
        on = np.abs(points[:, axis] - value) < h / 4
        on[on] = [drawing.mine(name, x) for x in points[on, 0].tolist()]
        boundaries[name] = _facets(cells, kind, on)
    return Mesh(points=points, cells=cells, cell_type=kind, boundaries=boundaries,
                regions={name: np.flatnonzero(region == r) for r, name in enumerate(boxes)})  # fmt: skip


def _facets(cells: np.ndarray, kind: str, on: np.ndarray) -> np.ndarray:
    """Facets all of whose nodes are marked."""
    local = np.array(FACETS[kind])
    near = cells[on[cells].sum(axis=1) >= local.shape[1]]
    facets = near[:, local].reshape(-1, local.shape[1])
    return facets[on[facets].all(axis=1)]
