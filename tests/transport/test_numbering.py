"""Nodes are numbered along a curve inside large systems, and nobody sees it: what is said per node follows the file."""

import dataclasses

import numpy as np
import pytest
from grids import layered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import breaking_devices, small_devices

import fespin
from fespin import Ferromagnet, Interface, NormalMetal
from fespin.transport.constraints import _distinct
from fespin.transport.cuts import cut_currents
from fespin.transport.lift import share
from fespin.transport.numbering import device_space, region_cells
from fespin.transport.response import unit_fields
from fespin.transport.solve import conductance_responses, prepare
from fespin.transport.system import build

pytest.importorskip("numba", reason="Numba is not installed: there are no compiled loops")
POTENTIALS = {"left": {"e": 1.0, "x": 0.3}, "right": {"y": -0.2, "z": 0.5}}


def contact_device(kind):
    """Normal metal between two magnets, one of them behind an interface that splits nodes."""
    f = Ferromagnet(conductivity=0.7, polarization=0.5, spin_diffusion_length=0.4)
    n = NormalMetal(conductivity=1.0, spin_diffusion_length=1.1)
    device = layered(kind, [(1, 4), (2, 6), (1, 4)], [(f, (0, 0, 1)), n, (f, (0.6, 0, 0.8))], across=5)
    face = Interface(between=("L0", "L1"), conductance_up=2.0, conductance_down=0.5, mixing_conductance=1.6 + 0.3j)
    return device.replace(interfaces={"face": face})


def shuffled(device, seed):
    """The same device with its nodes in random order, and where each went."""
    mesh, place = device.mesh, np.random.default_rng(seed).permutation(len(device.mesh.points))
    points = np.empty_like(mesh.points)
    points[place] = mesh.points
    boundaries = {name: place[facets] for name, facets in mesh.boundaries.items()}
    moved = dataclasses.replace(mesh, points=points, cells=place[mesh.cells], boundaries=boundaries)
    return device.replace(mesh=moved), place


def observed(solution):
    """What a solution says, each as an array in the order in which it is asked for."""
    out = {f"potential {c}": solution.potential(c) for c in "exyz"}
    out |= {f"cells {c}": solution.cell_potentials(c) for c in "exyz"}
    out |= {f"density {c}": solution.current_density(c) for c in "exyz"}
    for name in ("relaxation", "precession", "absorbed", "torques", "dissipated_power"):
        out |= {f"{name} {key}": np.array(value) for key, value in getattr(solution, name).items()}
    out["accumulation"], out["all"] = solution.spin_accumulation, solution.potentials
    return out | {f"current {t}": np.array(list(c.values())) for t, c in solution.currents.items()}


def assert_same(found, expected, tolerance=1e-9):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        scale = max(np.abs(value).max(), 1e-30) if "torque" in name else 1.0
        np.testing.assert_allclose(found[name], value, rtol=0, atol=tolerance * scale, err_msg=name)


@pytest.mark.parametrize("kind", ["triangle", "quad", "tetra"])
def test_fields_follow_the_nodes_of_the_file(kind, monkeypatch, tmp_path):
    """Nodes of the file in random order: fields move with them, and G stays."""
    monkeypatch.setenv("FESPIN_KERNELS", "numba")
    device = contact_device(kind)
    moved, place = shuffled(device, 3)
    moved = fespin.load(moved.write(tmp_path / "moved.toml"))
    one, other = fespin.solve(device, POTENTIALS), fespin.solve(moved, POTENTIALS)
    np.testing.assert_array_equal(moved.points[place], device.points)
    for c in "exyz":
        np.testing.assert_allclose(other.potential(c)[place], one.potential(c), atol=1e-11)
        np.testing.assert_allclose(other.cell_potentials(c), one.cell_potentials(c), atol=1e-11)
        np.testing.assert_allclose(other.current_density(c), one.current_density(c), atol=1e-10)
    G = [fespin.conductance(d, backend="multigrid").values for d in (device, moved)]
    np.testing.assert_allclose(G[1], G[0], atol=1e-11 * np.abs(G[0]).max())


@pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
@given(breaking_devices())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_solutions_of_both_loops_are_the_same_arrays(device):
    """Every array that a solution gives, with interfaces and whatever else there is in a device."""
    west, east = list(device.terminals)[:2]
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for kind in ("numpy", "numba"):
            patch.setenv("FESPIN_KERNELS", kind)
            found.append(observed(fespin.solve(device, {west: {"e": 1.0, "x": 0.4}, east: {"y": 0.3}})))
    assert_same(found[1], found[0])


def test_files_for_paraview_keep_the_order(monkeypatch, tmp_path):
    import meshio

    device, found = contact_device("triangle"), []
    for kind in ("numpy", "numba"):
        monkeypatch.setenv("FESPIN_KERNELS", kind)
        found.append(meshio.read(fespin.solve(device, POTENTIALS).write(tmp_path / f"{kind}.vtu")))
    plain, other = found
    np.testing.assert_array_equal(other.points, plain.points)
    np.testing.assert_array_equal(other.cells[0].data, plain.cells[0].data)
    for name, values in plain.point_data.items():
        np.testing.assert_allclose(other.point_data[name], values, atol=1e-11)


@pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
@given(small_devices())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_derivatives_of_both_loops_agree(device):
    """Among them those by the angle of a magnetization, which ask for the nodes of a region and of terminals."""
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for kind in ("numpy", "numba"):
            patch.setenv("FESPIN_KERNELS", kind)
            found.append(fespin.sensitivities(device).values)
    np.testing.assert_allclose(found[1], found[0], atol=1e-9 * np.abs(found[0]).max())


@pytest.mark.parametrize("kind", ["triangle", "hexahedron"])
def test_cuts_through_interfaces(kind, monkeypatch):
    found = []
    for loops in ("numpy", "numba"):
        monkeypatch.setenv("FESPIN_KERNELS", loops)
        problem = prepare(contact_device(kind), warn=False)
        found.append(cut_currents(problem, unit_fields(problem, conductance_responses(problem))))
    np.testing.assert_allclose(found[1], found[0], atol=1e-11)


@pytest.mark.parametrize("kind", ["triangle", "tetra"])
def test_numbers_are_local_whatever_the_file_says(kind, monkeypatch):
    """Ends of an edge are near each other in memory, most of all; in a shuffled file they are anywhere."""
    monkeypatch.setenv("FESPIN_KERNELS", "numba")
    f = Ferromagnet(conductivity=0.7, polarization=0.5, spin_diffusion_length=0.4)
    n = NormalMetal(conductivity=1.0)
    layers = [(1, 24), (1, 24)] if kind == "triangle" else [(1, 6), (1, 6)]
    device = layered(kind, layers, [(f, (0, 0, 1)), n], across=48 if kind == "triangle" else 12)
    face = Interface(between=("L0", "L1"), conductance_up=2.0, conductance_down=0.5)
    moved, _ = shuffled(device.replace(interfaces={"face": face}), 5)
    space = device_space(moved, 1)
    far = [np.abs(np.diff(cells[:, :2], axis=1)) for cells in (moved.split.cells, space.cells)]
    assert np.mean(far[0]) > space.size / 4
    assert np.mean(far[1]) < space.size / 12
    assert np.median(far[1]) < space.size / 40
    np.testing.assert_array_equal(space.points[space.number], moved.points[moved.split.parent])
    np.testing.assert_array_equal(space.cells, space.numbered(moved.split.cells))
    values = np.random.default_rng(0).random((space.size, 3))
    np.testing.assert_array_equal(space.per_node(space.from_nodes(values)), values)
    for r, cells in enumerate(region_cells(moved, space)):
        np.testing.assert_array_equal(np.sort(cells), np.flatnonzero(moved.cell_region == r))
        assert (np.diff(space.cells[cells].min(axis=1)) >= 0).all()


def test_only_what_is_compiled_and_linear_is_numbered_anew(monkeypatch):
    device = contact_device("triangle")
    monkeypatch.setenv("FESPIN_KERNELS", "numpy")
    assert device_space(device, 1).number is None
    monkeypatch.setenv("FESPIN_KERNELS", "numba")
    assert device_space(device, 2).number is None
    assert device_space(device, 1).number is not None
    assert share(build(device)).order is None


@given(breaking_devices())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_shared_matrices_are_those_of_the_plain_loops(device):
    """K and M: rows of one region are copied, those of several added up."""
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for kind in ("numpy", "numba"):
            patch.setenv("FESPIN_KERNELS", kind)
            problem = build(device)
            shared = problem.shared
            at = problem.space.per_node(shared.numbered(np.arange(problem.space.size)))
            for values in (shared.stiffness.data, shared.mass):
                matrix = type(shared.stiffness)((values, shared.stiffness.indices, shared.stiffness.indptr))
                found.append(matrix[at][:, at].toarray())
            assert shared.stiffness.has_sorted_indices
    for one, other in zip(found[:2], found[2:], strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-13 * np.abs(found[0]).max())


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 7, 70, 150]))
def test_kinds_of_nodes_by_the_regions_around_them(seed, regions):
    """More regions than a number has bits, and in the order in which NumPy sorts columns."""
    rng = np.random.default_rng(seed)
    few = rng.random((regions, 5)) < 0.3
    table = few[:, rng.integers(0, 5, 200)]
    patterns, kind = _distinct(table)
    expected, inverse = np.unique(table, axis=1, return_inverse=True)
    np.testing.assert_array_equal(patterns, expected.T)
    np.testing.assert_array_equal(kind, inverse.reshape(-1))
