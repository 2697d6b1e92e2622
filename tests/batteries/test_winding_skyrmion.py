"""Skyrmion numbers on triangulations."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, Delaunay
from scipy.spatial.transform import Rotation

from fespin import InputError
from fespin.batteries.winding.skyrmion import skyrmion_number, triangle_charges


def sphere(nodes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Random points on a sphere and their hull, anticlockwise from outside."""
    points = np.random.default_rng(seed).standard_normal((nodes, 3))
    points /= np.linalg.norm(points, axis=1)[:, None]
    triangles = ConvexHull(points).simplices
    a, b, c = (points[triangles[:, i]] for i in range(3))
    inward = np.einsum("ti,ti->t", np.cross(b - a, c - a), a - points.mean(axis=0)) < 0
    triangles[inward] = triangles[inward][:, [0, 2, 1]]
    return points.T, triangles.T


def disk(rings: int, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Concentric rings of 6, 12, 18, ... nodes."""
    radii = np.repeat(np.arange(1, rings + 1), 6 * np.arange(1, rings + 1)) * radius / rings
    angles = np.concatenate([2 * np.pi * np.arange(6 * r) / (6 * r) for r in range(1, rings + 1)])
    points = np.stack([np.append(0, radii * np.cos(angles)), np.append(0, radii * np.sin(angles))])
    return points, Delaunay(points.T).simplices.T


def stereographic(w: np.ndarray) -> np.ndarray:
    """n of the complex w, with n_z = 1 at infinity."""
    square = np.abs(w) ** 2
    return np.stack([2 * w.real, 2 * w.imag, square - 1]) / (1 + square)


def powers(points: np.ndarray, degree: int) -> np.ndarray:
    """The map of degree `degree` of the sphere that multiplies the azimuth."""
    azimuth, planar = np.arctan2(points[1], points[0]) * degree, np.hypot(points[0], points[1])
    return np.stack([planar * np.cos(azimuth), planar * np.sin(azimuth), points[2]])


@pytest.mark.parametrize("degree", [-3, -1, 0, 1, 2, 4])
def test_whole_on_a_sphere(degree: int) -> None:
    """Maps of known degree; exact, not to a tolerance."""
    points, triangles = sphere(1500)
    n = powers(points, degree)
    assert skyrmion_number(n, triangles) == degree
    assert triangle_charges(n, triangles).sum() == pytest.approx(degree, abs=1e-12)


def test_whole_on_a_torus() -> None:
    """Periodic plane: a texture that wraps the sphere once has 1, one along a single direction 0."""
    size = 40
    i, j = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")

    def node(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a % size * size + b % size).ravel()

    lower = [node(i, j), node(i + 1, j), node(i + 1, j + 1)]
    upper = [node(i, j), node(i + 1, j + 1), node(i, j + 1)]
    triangles = np.concatenate([lower, upper], axis=1)
    x, y = (i.ravel() / size - 0.5), (j.ravel() / size - 0.5)
    # constant beyond half the period: a skyrmion in a uniform sea
    theta = np.pi * np.clip(1 - 2.2 * np.hypot(x, y), 0, 1)
    azimuth = np.arctan2(y, x)
    n = np.stack([np.sin(theta) * np.cos(azimuth), np.sin(theta) * np.sin(azimuth), np.cos(theta)])
    assert skyrmion_number(n, triangles) == -1
    spiral = np.stack([np.cos(2 * np.pi * x), np.sin(2 * np.pi * x), np.zeros(size**2)])
    assert skyrmion_number(spiral, triangles) == 0


@pytest.mark.parametrize(("rings", "value"), [(20, -0.941198790398), (40, -0.941182050733), (80, -0.941177865637)])
def test_belavin_polyakov(rings: int, value: float) -> None:
    """w = (x + iy)/r0 in a disk of 4 r0: reference values, and -16/17 with errors of second order."""
    points, triangles = disk(rings, 4.0)
    found = skyrmion_number(stereographic(points[0] + 1j * points[1]), triangles, points)
    assert found == pytest.approx(value, abs=2e-12)
    assert abs(found + 16 / 17) * rings**2 == pytest.approx(8.928e-3, rel=1e-3)


def test_constant_rim_makes_it_whole() -> None:
    """A skyrmion that ends inside the disk, on any mesh fine enough."""
    for rings in (9, 14, 25):
        points, triangles = disk(rings, 1.0)
        theta = np.pi * np.clip(np.hypot(*points) / 0.8, 0, 1)
        azimuth = np.arctan2(points[1], points[0])
        n = np.stack([np.sin(theta) * np.cos(azimuth), np.sin(theta) * np.sin(azimuth), np.cos(theta)])
        assert skyrmion_number(n, triangles, points) == pytest.approx(1, abs=1e-12)


def test_plane_meshes_of_scikit_fem() -> None:
    """Their nodes are sorted, not oriented: the points say which way round."""
    skfem = pytest.importorskip("skfem")
    mesh = skfem.MeshTri.init_circle(4)
    n = stereographic(4 * (mesh.p[0] + 1j * mesh.p[1]))
    assert skyrmion_number(n, mesh.t, mesh.p) == pytest.approx(-16 / 17, abs=2e-3)
    clockwise = mesh.t[:, ::-1][[1, 0, 2]]
    assert skyrmion_number(n, clockwise, mesh.p) == pytest.approx(skyrmion_number(n, mesh.t, mesh.p), abs=1e-12)


@given(seed=st.integers(0, 2**31), nodes=st.integers(8, 80))
@settings(deadline=None, max_examples=40)
def test_invariances(seed: int, nodes: int) -> None:
    """Rotating n, renaming nodes and reordering triangles change nothing; mirrors change the sign."""
    rng = np.random.default_rng(seed)
    _, triangles = sphere(nodes, seed)
    triangles = triangles[:, : -max(1, nodes // 10)]  # open, so that the number is not whole
    n = rng.standard_normal((3, nodes))
    n /= np.sqrt((n**2).sum(axis=0))
    Q = skyrmion_number(n, triangles)
    turn = Rotation.random(random_state=seed % 2**31).as_matrix()
    assert skyrmion_number(turn @ n, triangles) == pytest.approx(Q, abs=1e-11)
    assert skyrmion_number(-n, triangles) == pytest.approx(-Q, abs=1e-11)
    assert skyrmion_number(n, triangles[[0, 2, 1]]) == pytest.approx(-Q, abs=1e-11)
    names = rng.permutation(nodes)
    renamed = np.empty_like(n)
    renamed[:, names] = n
    shuffled = names[triangles][:, rng.permutation(triangles.shape[1])]
    assert skyrmion_number(renamed, np.roll(shuffled, 1, axis=0)) == pytest.approx(Q, abs=1e-11)


@given(seed=st.integers(0, 2**31), nodes=st.integers(4, 60))
@settings(deadline=None, max_examples=40)
def test_any_field_on_a_closed_surface_is_whole(seed: int, nodes: int) -> None:
    rng = np.random.default_rng(seed)
    _, triangles = sphere(nodes, seed)
    n = rng.standard_normal((3, nodes))
    n /= np.sqrt((n**2).sum(axis=0))
    raw = triangle_charges(n, triangles)
    assert skyrmion_number(n, triangles) == pytest.approx(raw.sum(), abs=1e-11)
    assert (np.abs(raw) < 0.5).all()


def bad(**change: Any) -> tuple[Any, ...]:
    values: dict[str, Any] = {
        "n": np.array([[1, 0, 0, -1], [0, 1, 0, 0], [0, 0, 1, 0]], dtype=float),
        "triangles": np.array([[0], [1], [2]]),
        "points": None,
    }
    values.update(change)
    return tuple(values.values())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (bad(n=np.ones((2, 4))), r"n must be an array of shape \(3, nodes\)"),
        (bad(n=np.ones((3, 4))), "n must be of unit length.*node 0; divide"),
        (bad(n=np.full((3, 4), math.nan)), "n must be of unit length"),
        (bad(triangles=np.array([[0.0], [1.0], [2.0]])), "triangles must be whole numbers"),
        (bad(triangles=np.array([[0, 1, 2]])), "triangles must be whole numbers of shape"),
        (bad(triangles=np.array([[0], [1], [4]])), "triangles must be nodes from 0 to 3"),
        (bad(triangles=np.array([[0], [-1], [2]])), "triangles must be nodes from 0 to 3"),
        (bad(triangles=np.array([[0], [1], [1]])), "triangles must be of three different nodes"),
        (bad(triangles=np.array([[0], [1], [3]])), "cover half a sphere.*refine the mesh"),  # opposite vectors
        (bad(triangles=np.array([[0, 0], [1, 1], [2, 3]])), "oriented alike.*give its points"),
        (bad(triangles=np.array([[0, 1, 0], [1, 0, 1], [2, 3, 3]])), "two to an edge at most"),
        (bad(points=np.zeros((3, 4))), r"points must be an array of shape \(2, 4\)"),
        (bad(points=np.array([[0, 1, 2, 3], [0, 1, 2, 3.0]])), "corners of triangles with an area"),
    ],
)
def test_bad_input(values: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        skyrmion_number(*values)


def test_great_circle_around_has_no_sign() -> None:
    """Three vectors 120 degrees apart in a plane: their triangle is half a sphere, of either sign."""
    angles = 2 * np.pi * np.arange(3) / 3
    n = np.stack([np.cos(angles), np.sin(angles), np.zeros(3)])
    with pytest.raises(InputError, match="cover half a sphere"):
        skyrmion_number(n, [[0], [1], [2]])
    narrow = np.stack([np.cos(angles / 3), np.sin(angles / 3), np.zeros(3)])
    assert skyrmion_number(narrow, [[0], [1], [2]]) == 0
