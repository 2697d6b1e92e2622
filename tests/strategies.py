"""Random materials, directions and devices for property-based tests."""

from __future__ import annotations

import numpy as np
from grids import DIMENSION, EXTRA, box, facets_at
from hypothesis import strategies as st

from fespin import Device, Ferromagnet, HalfMetal, Mesh, NormalMetal, Region

conductivities = st.floats(0.2, 5.0)
lengths = st.one_of(st.floats(0.3, 5.0), st.just(float("inf")))
polarizations = st.floats(-0.9, 0.9)


@st.composite
def directions(draw: st.DrawFn) -> tuple[float, float, float]:
    """A unit vector: along an axis, or anywhere."""
    if draw(st.booleans()):
        return draw(st.sampled_from([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)]))
    z, phi = draw(st.floats(-1.0, 1.0)), draw(st.floats(0.0, 6.28))
    s = np.sqrt(1 - z * z)
    return (float(s * np.cos(phi)), float(s * np.sin(phi)), float(z))


normals = st.builds(
    lambda s, lam: Region(material=NormalMetal(conductivity=s, spin_diffusion_length=lam)), conductivities, lengths
)
ferromagnets = st.builds(
    lambda s, p, lam, m: Region(
        material=Ferromagnet(conductivity=s, polarization=p, spin_diffusion_length=lam), magnetization=m
    ),
    conductivities, polarizations, lengths, directions(),
)  # fmt: skip
half_metals = st.builds(
    lambda s, p, m: Region(material=HalfMetal(conductivity=s, polarization=p), magnetization=m),
    conductivities, st.sampled_from([1.0, -1.0]), directions(),
)  # fmt: skip
magnets = st.one_of(ferromagnets, half_metals)


@st.composite
def small_devices(draw: st.DrawFn, magnetic: st.SearchStrategy[Region] = ferromagnets) -> Device:
    """A box of 4 x 3 (x 2) unit blocks: columns normal, block B and block C magnetic and separated; 2 to 4
    terminals."""
    kind = draw(st.sampled_from(["triangle", "quad", "tetra", "hexahedron"]))
    dims = DIMENSION[kind]
    edges = [np.linspace(0, 4, 9), np.linspace(0, 3, 7), np.linspace(0, 1, 2)][:dims]
    points, cells = box(kind, *edges)
    # shear and stretch: no symmetry of the grid shall hide a transposed index
    points = points @ np.array([[1.0, 0.1, 0.0], [0.2, 1.3, 0.05], [0.0, 0.1, 0.7]])[:dims, :dims]
    centre = np.stack(box_centres(kind, edges), axis=1)
    block = np.zeros(len(cells), int)
    block[(centre[:, 0] > 1) & (centre[:, 0] < 2) & (centre[:, 1] > 2)] = 1
    block[(centre[:, 0] > 2.5) & (centre[:, 0] < 3.5) & (centre[:, 1] < 1)] = 2
    ends = [np.flatnonzero(mask) for mask in _ends(edges)]
    names = ["west", "east", "south", "north"][: draw(st.integers(2, 4))]
    boundaries = {}
    for name, nodes in zip(["west", "east", "south", "north"], ends, strict=True):
        on = np.zeros(len(points), bool)
        on[nodes] = True
        boundaries[name] = facets_at(kind, points, cells, on)
    mesh = Mesh(points=points, cells=cells, cell_type=kind, boundaries=boundaries,
                regions={name: np.flatnonzero(block == i) for i, name in enumerate(("N", "B", "C"))})  # fmt: skip
    regions = {"N": draw(normals), "B": draw(magnetic), "C": draw(st.one_of(magnetic, normals))}
    return Device.from_mesh(mesh, regions=regions, terminals=names, **EXTRA[dims])


def box_centres(kind: str, edges: list[np.ndarray]) -> list[np.ndarray]:
    """Cell centres of the undistorted grid, one array per axis."""
    points, cells = box(kind, *edges)
    return list(points[cells].mean(axis=1).T)


def _ends(edges: list[np.ndarray]) -> list[np.ndarray]:
    """Marks of the nodes of four terminals that touch neither each other nor a magnet."""
    x, y = (g.ravel() for g in np.meshgrid(*edges, indexing="ij")[:2])
    return [
        (x == 0) & (y <= 2),
        (x == 4) & (y >= 1.5) & (y <= 2.5),
        (y == 0) & (x >= 0.5) & (x <= 1.5),
        (y == 3) & (x >= 2.5) & (x <= 3.5),
    ]
