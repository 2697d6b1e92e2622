"""Multigrid on devices far from good ones: bounded iterations, the same G as factors, or a fall-back that says so."""

import json
import math
import warnings

import numpy as np
import pytest

from fespin import MeshWarning, SolverError, SolverWarning, conductance
from fespin.benchmark.cases import write_case
from fespin.benchmark.devices import standard_device
from fespin.benchmark.robustness import (
    CONTRASTS,
    LENGTHS,
    POLARIZATIONS,
    cell_size,
    energy_error,
    iterate,
    stretched,
    variations,
    with_contrast,
    with_length,
    with_polarization,
)
from fespin.cli import main
from fespin.device.contacts import widest, widest_terminal
from fespin.transport import linsolve
from fespin.transport.linsolve.cycle import inverse_on, padded
from fespin.transport.linsolve.error_bound import ErrorBound

MOST = 15  # iterations on the standard devices, whatever the size
HARD = 20  # the same where materials or lengths are extreme
SMALL = {2: 5e3, 3: 2e3}
pytestmark = pytest.mark.filterwarnings("ignore::fespin.MeshWarning")


@pytest.fixture(scope="module")
def devices():
    return {dimension: standard_device(dimension, nodes) for dimension, nodes in SMALL.items()}


def check(device):
    """Bounded iterations, and G of factors: entry by entry within 1e-8 of the geometric mean of its diagonal."""
    G = conductance(device, backend="multigrid")
    assert G.info["solver"]["iterations"] <= HARD
    exact = conductance(device, backend="direct")
    assert energy_error(G.values, exact.values) < 1e-8
    assert np.abs(G.values - exact.values).max() < 1e-8 * np.abs(exact.values).max()


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("contrast", CONTRASTS)
def test_contrasts_of_conductivity(devices, dimension, contrast):
    """The normal metal conducts 1e-6 ... 1e6 times what copper does; the magnets stay."""
    check(with_contrast(devices[dimension], contrast))


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("ratio", LENGTHS)
def test_spin_diffusion_lengths(devices, dimension, ratio):
    """From a thousandth of the cell size, where the reaction is all there is, to infinity, where there is none."""
    check(with_length(devices[dimension], ratio * cell_size(devices[dimension])))


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("p", POLARIZATIONS)
def test_polarizations(devices, dimension, p):
    """At |p| = 0.999 charge and spin are all but one field: one spin channel conducts 2000 times the other."""
    check(with_polarization(devices[dimension], p))


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("contrast", [1e-6, 1e6])
@pytest.mark.parametrize("ratio", [1e-3, math.inf])
def test_all_at_once(devices, dimension, contrast, ratio):
    device = with_polarization(with_contrast(devices[dimension], contrast), 0.999)
    check(with_length(device, ratio * cell_size(device)))


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("nodes", [5e3, 2.5e4, pytest.param(1e5, marks=pytest.mark.slow),
                                   pytest.param(4e5, marks=pytest.mark.slow)])  # fmt: skip
def test_iterations_do_not_grow_with_the_size(dimension, nodes):
    solver = conductance(standard_device(dimension, nodes), backend="multigrid").info["solver"]
    assert solver["iterations"] <= MOST
    assert solver["error_of_G"] < 1e-10
    assert solver["reaction_difference"] < 1e-5  # of first order in the error of the fields, 1e-6


@pytest.mark.parametrize("aspect", [10.0, 100.0])
@pytest.mark.parametrize(("dimension", "axis"), [(2, 0), (2, 1), (3, 0), (3, 2)])
def test_stretched_grids(devices, dimension, axis, aspect):
    """Cells along the axes: aggregates follow the strong couplings."""
    device = stretched(devices[dimension], aspect, axis)
    G = conductance(device, backend="multigrid")
    assert G.info["solver"]["iterations"] <= HARD
    exact = conductance(device, backend="direct").values
    assert np.abs(G.values - exact).max() < 1e-8 * np.abs(exact).max()


@pytest.mark.parametrize("aspect", [3.0, 10.0, 30.0, 100.0])
@pytest.mark.parametrize(("case", "axis"), [("2d_5e3", 0), ("2d_5e3", 1), ("3d_3e3", 1)])
def test_stretched_meshes_of_gmsh(case, axis, aspect, tmp_path, monkeypatch):
    """Cells in all directions, all stretched in one: the automatic choice iterates to the same G, or says that it
    factorised instead."""
    pytest.importorskip("gmsh", exc_type=ImportError)
    monkeypatch.setattr(linsolve, "_DIRECT_UP_TO", {1: 0, 2: 0, 3: 0})  # as large devices have it
    device = stretched(write_case(case, tmp_path, mesh="unstructured")[1], aspect, axis)
    exact = conductance(device, backend="direct").values
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", SolverWarning)
        G = conductance(device)
    said = [w for w in heard if issubclass(w.category, SolverWarning)]
    assert np.abs(G.values - exact).max() < 1e-8 * np.abs(exact).max()
    backend = G.info["solver"]["backend"]
    assert ("direct" in backend) == bool(said), f"{backend}: {[str(w.message) for w in said]}"
    if aspect <= 3.0:
        assert not said


def test_no_convergence_is_an_error_where_multigrid_is_forced(devices, monkeypatch):
    """And a fall-back with a warning where it is not."""
    monkeypatch.setattr(linsolve, "_DIRECT_UP_TO", {1: 0, 2: 0, 3: 0})
    monkeypatch.setattr("fespin.transport.linsolve.lifted._MAX_ITERATIONS", 3)
    with pytest.raises(SolverError, match="did not converge in 3 iterations"):
        conductance(devices[2], backend="multigrid")
    with pytest.warns(SolverWarning, match="did not converge in 3 iterations.*factorised instead"):
        G = conductance(devices[2])
    assert G.info["solver"]["backend"] == "direct"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)
        assert iterate(devices[2])["iterations"] is None


def test_error_of_weak_entries_counts():
    """1e-9 of the largest entry is all of a small one; components that do not exist do not count."""
    exact = -np.diag([1.0, 1e-6, 0.0])
    assert energy_error(exact + np.diag([0, 1e-9, 0]), exact) == pytest.approx(1e-3)
    assert energy_error(exact + np.diag([1e-9, 0, 0]), exact) == pytest.approx(1e-9)


def test_variations_are_what_they_say(devices):
    """Each changes one thing of the standard device, by the factor it names."""
    device = devices[3]
    found = {(kind, value): varied for kind, value, varied in variations(device)}
    assert len(found) == 1 + 4 + 5 + 3 + 12 + 1
    assert found["conductivity of N", 1e6].regions["N"].material.conductivity == pytest.approx(3e13)
    assert found["polarization", -0.999].regions["F2"].material.polarization == -0.999
    lengths = found["lambda / cell size", 1e-3]
    for region in lengths.regions.values():
        assert region.material.spin_diffusion_length == pytest.approx(1e-3 * cell_size(device))
    longer = found["cells stretched along y", 100.0]
    assert sum(longer.volumes().values()) == pytest.approx(100 * sum(device.volumes().values()))
    assert len(longer.mesh.points) == len(device.mesh.points)


def test_study_through_the_command_line(capsys, tmp_path):
    """Every variation in the table; iterations bounded but for stretched cells."""
    assert main(["benchmark", "2d_400", "--robustness", "--json", str(tmp_path / "out.json"), "--quiet"]) == 0
    rows = json.loads((tmp_path / "out.json").read_text())["robustness"]
    assert len(rows) == 22
    assert len(capsys.readouterr().out.splitlines()) == 24
    for row in rows:
        assert row["said"] or (row["iterations"] <= HARD and row["error"] < 1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_inverse_of_the_last_level(seed):
    """On amplitudes that nodes have: against their explicit matrix, however much scales differ."""
    rng = np.random.default_rng(seed)
    n, k = 9, 3
    bases = [np.linalg.qr(rng.standard_normal((k, k)))[0][:, :width] for width in (0, 1, 2, 3)]
    label = rng.integers(0, 4, n)
    half = rng.standard_normal((n * k, n * k)) * 10.0 ** rng.uniform(-3, 3, n * k)[:, None]
    matrix = half @ half.T
    thin = np.zeros((n * k, sum(bases[q].shape[1] for q in label)))
    column = 0
    for node, q in enumerate(label):
        width = bases[q].shape[1]
        thin[node * k : (node + 1) * k, column : column + width] = bases[q]
        column += width
    expected = thin @ np.linalg.inv(thin.T @ matrix @ thin) @ thin.T
    found = inverse_on(matrix.reshape(n, k, n, k), padded(bases, slice(0, k))[label])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max())
    with pytest.raises(SolverError, match="cannot be factorised"):
        inverse_on(-matrix.reshape(n, k, n, k), padded(bases, slice(0, k))[label])


@pytest.mark.parametrize("dimension", [2, 3])
def test_the_reported_error_of_G_is_the_true_one(devices, dimension):
    """Of the worst entry beside its own terminals, on devices near and far from good ones; stopped early, so that
    factors are exact beside it."""
    found = []
    for name, value, device in [("as it is", 0.0, devices[dimension]), *variations(devices[dimension])]:
        for tolerance in (1e-2, 1e-4):
            G = conductance(device, backend="multigrid", tolerance=tolerance)
            exact = conductance(device, backend="direct").values
            true = energy_error(G.values, exact)
            reported = G.info["solver"]["error_of_G"]
            # charge from the widest terminal follows from the other drives, with their errors
            assert true <= 2.0 * reported, (name, value)
            assert reported <= tolerance**2, (name, value)
            found.append(reported / true)
    assert np.median(found) < 4.0


@pytest.mark.parametrize("seed", range(5))
def test_error_bound_along_conjugate_gradients(seed):
    """Of three drives on one matrix, one of which needs two steps, and one nothing."""
    rng = np.random.default_rng(seed)
    n, spread = 60, 10.0 ** rng.uniform(0.5, 1.5)
    vectors = np.linalg.qr(rng.standard_normal((n, n)))[0]
    values = np.concatenate([[1.0 / spread], rng.uniform(1.0 / spread, 1.0, n - 1)])
    matrix = (vectors * values) @ vectors.T
    right = np.stack([rng.standard_normal(n), vectors[:, 3] + vectors[:, 9], np.zeros(n)], axis=1)
    exact = np.linalg.solve(matrix, right)
    lift = 2.0 * np.einsum("ij,ij->j", exact, right) + [0.0, 0.0, 1.0]  # energies at the beginning
    bound = ErrorBound(lift)
    x, r, p = np.zeros_like(right), right.copy(), np.zeros_like(right)
    ratios = []
    for _ in range(n):
        p = bound.turn(np.einsum("ij,ij->j", r, r)) * p + r
        error = exact - x
        true = float(np.max(np.einsum("ij,ij->j", error, matrix @ error) / bound.energy))
        if 1e-14 < true < 1e-4:
            ratios.append(bound.worst(np.inf) / true)
        assert bound.worst(0.0) <= bound.worst(np.inf) * (1.0 + 1e-9)
        alpha = bound.step(np.einsum("ij,ij->j", p, matrix @ p))
        x, r = x + alpha * p, r - alpha * (matrix @ p)
    np.testing.assert_allclose(bound.energy[:2], 0.5 * lift[:2], rtol=1e-9)
    assert min(ratios) >= 1.0
    assert max(ratios) < 20.0


@pytest.mark.parametrize("rz", [-1e-3, np.nan])
def test_a_cycle_that_fails_is_not_taken_for_a_solution(rz):
    """Products that are negative or no numbers."""
    bound = ErrorBound(np.ones(2))
    bound.turn(np.array([1e-2, 1e-2]))
    bound.step(np.array([2e-2, 2e-2]))
    bound.turn(np.array([1e-30, rz]))
    assert not bound.worst(1e-10) <= 1e-10


def test_the_widest_terminal_follows_from_the_others():
    """Its conductances are the largest, and bear best what the errors of the others add up to."""
    sides = np.array([[0.0, 2.0, 3.0], [4.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    assert widest(sides, np.array([1.0, 1.0, 1.0]), 3) == 0
    assert widest(sides, np.array([1.0, 2.0, 1.0]), 3) == 1
    assert widest(sides, np.array([1.0, 1.0, 9.0]), 3) == 2
    assert widest(sides[:, :2], np.array([1.0, 1.0, 1.0]), 2) == 1
    assert widest(0.0 * sides, np.array([1.0, 1.0, 3.0]), 1) == 2
    narrow = stretched(standard_device(3, 2e3), 100.0, 1)
    G = conductance(narrow, backend="multigrid").values
    charge = -np.diag(G)[::4]
    assert widest_terminal(narrow) == np.argmax(charge)
    assert charge.max() > 1e2 * charge.min()
