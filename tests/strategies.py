"""Random materials, directions and devices for property-based tests."""

from __future__ import annotations

import numpy as np
from grids import DIMENSION, EXTRA, box, facets_at
from hypothesis import strategies as st
from scipy.constants import hbar, physical_constants

from fespin import Device, Ferromagnet, HalfMetal, Interface, Mesh, NormalMetal, Region

OMEGA_PER_TESLA = 2.00232 * physical_constants["Bohr magneton"][0] / hbar  # rad/s
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


@st.composite
def breaking_devices(draw: st.DrawFn) -> Device:
    """A small device with any combination of what breaks plain reciprocity, and at least one of it.

    Magnets at interfaces with complex mixing conductance, normal metal with a spin Hall angle, ferromagnets of finite
    strength, a magnetic field. Lengths are of order one, so a field of 1/omega_per_tesla turns spins by an angle of
    one.
    """
    device = draw(small_devices())
    terms = draw(st.sets(st.sampled_from(["mixing", "spin Hall", "weak", "field"]), min_size=1))
    regions, faces = dict(device.regions), {}
    metal = regions["N"].material
    angle = draw(st.floats(-0.5, 0.5)) if "spin Hall" in terms else 0.0
    regions["N"] = Region(material=NormalMetal(conductivity=metal.conductivity, diffusivity=draw(st.floats(0.3, 3.0)),
                                               spin_diffusion_length=metal.spin_diffusion_length,
                                               spin_hall_angle=angle))  # fmt: skip
    if isinstance(regions["C"].material, NormalMetal):
        regions["C"] = Region(material=NormalMetal(conductivity=regions["C"].material.conductivity, diffusivity=1.0))
    if "weak" in terms:
        old = regions["B"]
        weak = Ferromagnet(conductivity=old.material.conductivity, polarization=old.material.polarization,
                           spin_diffusion_length=old.material.spin_diffusion_length, diffusivity=0.7,
                           transverse_length=draw(st.floats(0.2, 3.0)),
                           precession_length=draw(st.floats(0.3, 3.0)))  # fmt: skip
        regions["B"] = Region(material=weak, magnetization=old.magnetization)
    if "mixing" in terms:
        up, down = draw(st.floats(0.05, 2.0)), draw(st.floats(0.05, 2.0))
        mix = complex(up + down, draw(st.floats(-3.0, 3.0)))
        for name in ("B", "C"):
            if regions[name].magnetization is not None:
                faces[name] = Interface(between=("N", name), conductance_up=up, conductance_down=down,
                                        mixing_conductance=mix,
                                        spin_memory_loss=draw(st.sampled_from([0.0, 0.4])))  # fmt: skip
    field = None
    if "field" in terms:
        field = tuple(draw(st.floats(-3.0, 3.0)) / OMEGA_PER_TESLA for _ in range(3))
    return device.replace(regions=regions, interfaces=faces, magnetic_field=field)
