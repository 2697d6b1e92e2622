"""Compiled loops give what NumPy and SciPy give, and only large systems pay for them."""

import os
import subprocess
import sys

import numpy as np
import pytest
from grids import layered
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse import random as random_sparse
from strategies import breaking_devices

import fespin
from fespin import Ferromagnet, NormalMetal
from fespin.benchmark.devices import standard_device
from fespin.device import topology
from fespin.errors import InputError
from fespin.kernels import build, cells, compiled, graphs, machine, rows
from fespin.kernels.threads import Pieces
from fespin.transport.response import assemble_conductance
from fespin.transport.simplices import stiffness_and_mass
from fespin.transport.solve import conductance_responses, prepare

numba = pytest.importorskip("numba", reason="Numba is not installed: there are no compiled loops")
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture
def both(monkeypatch):
    """Call a function with both kinds of loops."""

    def call(function):
        out = []
        for kind in ("numpy", "numba"):
            monkeypatch.setenv("FESPIN_KERNELS", kind)
            out.append(function())
        return out

    return call


def cloud(seed, d, n=60):
    """Points and a triangulation of them."""
    from scipy.spatial import Delaunay

    points = np.random.default_rng(seed).random((n, d))
    return points, Delaunay(points).simplices.astype(np.int64)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_operators_of_simplices(both, d, seed):
    points, cells = cloud(seed, d)
    cells = cells[::2]  # some nodes are left without cells
    plain, other = both(lambda: stiffness_and_mass(points, cells, 0.3))
    for a, b in zip(plain, other, strict=True):
        np.testing.assert_allclose(b.toarray(), a.toarray(), atol=1e-12 * abs(a).max())
        assert b.has_sorted_indices
        assert abs(b - b.T).max() == 0.0  # exactly: both rows add up the same numbers in the same order


def test_operators_of_lines_in_space(both):
    points = np.random.default_rng(1).random((30, 3))
    cells = np.stack([np.arange(29), np.arange(1, 30)], axis=1)
    plain, other = both(lambda: stiffness_and_mass(points, cells, 2.0))
    for a, b in zip(plain, other, strict=True):
        np.testing.assert_allclose(b.toarray(), a.toarray(), rtol=1e-12, atol=1e-12 * abs(a).max())


@given(seeds)
@settings(deadline=None)  # the first call compiles
def test_products_of_sparse_matrices(seed):
    from fespin.kernels.sparse import product

    rng = np.random.default_rng(seed)
    n, k, m = rng.integers(1, 40, 3)
    a, b = (csr_array(random_sparse(*shape, 0.2, "csr", random_state=seed)) for shape in ((n, k), (k, m)))
    np.testing.assert_allclose(product(a, b).toarray(), (a @ b).toarray(), atol=1e-14)


@pytest.mark.parametrize("number", [np.float32, np.float64])
@pytest.mark.parametrize("add", [False, True])
def test_products_with_any_number_of_columns(number, add):
    """Columns go in vectors that may overlap, and one by one where there are fewer; rows by several threads."""
    rng = np.random.default_rng(3)
    n = 30_000
    matrix = csr_array(random_sparse(n, 50, 0.1, "csr", dtype=number, random_state=4))
    arrays = (matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data)
    for width in (1, 7, 8, 9, 15, 16, 17, 24, 29, 31, 32, 33, 40, 47, 48, 64, 70):
        x, out = rng.random((50, width)).astype(number), rng.random((n, width)).astype(number)
        expected = matrix @ x + (out if add else 0)
        rows.product.over(Pieces.of(n, 77), *arrays, x, out, add)
        np.testing.assert_allclose(out, expected, rtol=20 * np.finfo(number).eps)


def test_every_piece_is_done_once():
    """Threads take pieces from a counter: none is left out, none is done twice."""
    points = np.random.default_rng(0).random((100_003, 3))
    stamp = np.zeros(len(points), np.uint64)
    for size in (1000, 777, 200_000):
        parts = Pieces.of(len(points), size)
        assert parts.count == -(-len(points) // size)
        work = np.zeros((parts.count, 3), np.uint64)
        cells.curve_keys.over(parts, points, np.zeros(3), 1.0, stamp, work)
        assert (work != 0).any(axis=1).all()
        keys = stamp.copy()
        cells.curve_keys.over(
            Pieces.of(len(points), work=1), points, np.zeros(3), 1.0, stamp, np.zeros((99, 3), np.uint64)
        )
        np.testing.assert_array_equal(keys, stamp)


@given(seeds)
@settings(deadline=None)  # the first call compiles
def test_connected_parts(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 30))
    cells, links = rng.integers(0, n, (int(rng.integers(1, 12)), 3)), rng.integers(0, n, (int(rng.integers(0, 4)), 2))
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for kind in ("numpy", "numba"):
            patch.setenv("FESPIN_KERNELS", kind)
            found.append(topology.connected_parts(cells, n, links))
    np.testing.assert_array_equal(*found)


@given(seeds)
@settings(deadline=None)  # the first call compiles
def test_duplicate_cells(seed):
    rng = np.random.default_rng(seed)
    cells = np.array([rng.permutation(12)[:3] for _ in range(int(rng.integers(1, 20)))])
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for kind in ("numpy", "numba"):
            patch.setenv("FESPIN_KERNELS", kind)
            found.append(topology.duplicate_cells(cells))
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("d", [2, 3])
def test_flat_cells_are_looked_at(monkeypatch, d):
    monkeypatch.setenv("FESPIN_KERNELS", "numba")
    points, cells = cloud(5, d)
    kind = {2: "triangle", 3: "tetra"}[d]
    assert not topology.some_flat(points, cells, kind)
    points[cells[3, 0]] = points[cells[3, 1]]
    assert topology.some_flat(points, cells, kind)


@pytest.mark.parametrize(("case", "order"), [((2, 4000), 1), ((3, 1500), 1), ((2, 1500), 2)])
def test_conductances_of_both_loops_agree(both, case, order):
    """Assembly, aggregation, cycle, conjugate gradients, energies: everything between a mesh and its matrix."""
    device = standard_device(*case)
    plain, other = both(lambda: fespin.conductance(device, backend="multigrid", order=order))
    assert plain.info["solver"]["backend"] == other.info["solver"]["backend"] == "multigrid"
    assert abs(plain.info["solver"]["iterations"] - other.info["solver"]["iterations"]) <= 2
    np.testing.assert_allclose(other.values, plain.values, atol=1e-11 * np.abs(plain.values).max())
    assert np.abs(other.values - other.values.T).max() <= 1e-14 * np.abs(other.values).max()


@given(breaking_devices())
@settings(max_examples=15, deadline=None)
def test_whatever_the_physics_both_loops_agree(device):
    """Operators on few rows (interfaces), and the cycle as a preconditioner of systems without symmetry."""
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for kind in ("numpy", "numba"):
            patch.setenv("FESPIN_KERNELS", kind)
            problem = prepare(device, warn=False)
            responses = conductance_responses(problem, backend="multigrid", tolerance=1e-8)
            found.append(assemble_conductance(problem, responses))
    np.testing.assert_allclose(found[1], found[0], atol=1e-7 * np.abs(found[0]).max())


@pytest.mark.parametrize("contrast", [1.0, 1e6])
def test_residuals_stay_true_in_magnets(monkeypatch, contrast):
    """Directions in single precision must not round the residual: where a magnet conducts a million times better than
    what is beside it, G was off by 1e-9 and 1e-13 reported."""
    monkeypatch.setenv("FESPIN_KERNELS", "numba")
    f = Ferromagnet(conductivity=contrast, polarization=0.999)
    device = layered("triangle", [(1, 16), (1, 16)], [(f, (0, 0, 1)), NormalMetal(conductivity=1.0)], across=16)
    direct, iterated = (fespin.conductance(device, backend=b, tolerance=1e-6) for b in ("direct", "multigrid"))
    scale = np.abs(direct.values).max()
    np.testing.assert_allclose(iterated.values, direct.values, rtol=0, atol=1e-12 * scale)
    assert iterated.info["solver"]["reaction_difference"] < 1e-5


def test_blocks_side_by_side_are_those_one_by_one(monkeypatch):
    """Systems that do not couple share their passes over the mesh, and nothing else."""
    from fespin.transport.response import respond

    monkeypatch.setenv("FESPIN_KERNELS", "numba")
    problem = prepare(standard_device(3, 1500), warn=False)
    assert len(problem.blocks) > 1
    together = respond(problem, problem.blocks, backend="multigrid", tolerance=1e-10)
    for block, found in zip(problem.blocks, together, strict=True):
        (alone,) = respond(problem, [block], backend="multigrid", tolerance=1e-10)
        np.testing.assert_allclose(found.fields, alone.fields, atol=1e-8)
        np.testing.assert_allclose(found.energy, alone.energy, atol=1e-12 * np.abs(alone.energy).max())


def test_choice_by_size_and_by_hand(monkeypatch):
    monkeypatch.delenv("FESPIN_KERNELS", raising=False)
    monkeypatch.setattr(machine, "kept", lambda: None)
    monkeypatch.setattr(machine, "can_keep", lambda: True)
    assert not compiled(19_999)
    assert compiled(20_000)
    monkeypatch.setattr(machine, "kept", lambda: "a file")
    assert not compiled(10_999)
    assert compiled(11_000)
    monkeypatch.setenv("FESPIN_KERNELS", "numpy")
    assert not compiled(10**9)
    monkeypatch.setenv("FESPIN_KERNELS", "fortran")
    with pytest.raises(InputError, match='FESPIN_KERNELS must be "auto", "numba" or "numpy", got'):
        compiled(1)


def run(code, **env):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **env}
    )
    return done.stdout.strip()


def test_small_devices_import_neither_numba_nor_llvm():
    code = """
import sys, fespin
fespin.conductance(fespin.load("meshes/cross.toml"))
print("numba" in sys.modules, "llvmlite" in sys.modules)"""
    assert run(code, FESPIN_KERNELS="auto") == "False False"


def test_without_numba_the_same_numbers(monkeypatch):
    """Where Numba is missing large systems go through NumPy; asking for it by name is an error."""
    monkeypatch.setattr(machine, "available", lambda: False)
    monkeypatch.delenv("FESPIN_KERNELS", raising=False)
    assert not compiled(10**6)
    monkeypatch.setenv("FESPIN_KERNELS", "numba")
    with pytest.raises(InputError, match="where Numba is not installed"):
        compiled(10**6)


@pytest.mark.parametrize("missing", ["numba", "llvmlite"])
def test_a_missing_package_is_found_out(missing, tmp_path):
    code = f"""
import sys
sys.modules[{missing!r}] = None
from fespin.kernels import build, cells, compiled, graphs, machine, rows
from fespin.kernels.threads import Pieces
print(compiled(10**7))"""
    assert run(code, FESPIN_KERNELS="auto", FESPIN_CACHE=str(tmp_path)) == "False"


def test_where_nothing_can_be_kept_only_very_large_devices_are_compiled(monkeypatch):
    monkeypatch.setattr(machine, "kept", lambda: None)
    monkeypatch.setattr(machine, "can_keep", lambda: False)
    monkeypatch.delenv("FESPIN_KERNELS", raising=False)
    assert not compiled(100_000)
    assert compiled(200_000)


USE = """
import sys, numpy as np
from fespin.kernels.graphs import strongest
from fespin.kernels.threads import Pieces
a, i = np.array([-3.0]), np.zeros(1, np.int32)
strongest.over(Pieces.of(1), np.array([0, 1], np.int32), i, a, a.copy(), sums := np.empty(1))
print(float(sums[0]), "numba" in sys.modules)"""


def test_loops_are_kept_on_disk_and_taken_from_there_without_numba(tmp_path):
    """A second process finds what the first one compiled; a file that is damaged is not taken."""
    assert run(USE, FESPIN_CACHE=str(tmp_path)) == "3.0 True"
    (kept,) = tmp_path.iterdir()
    assert run(USE, FESPIN_CACHE=str(tmp_path)) == "3.0 False"
    assert machine._read(kept) is not None
    kept.write_bytes(kept.read_bytes()[:-100])
    assert machine._read(kept) is None


def test_loops_refuse_arrays_of_other_kinds(monkeypatch):
    """Machine code would take them for what they are not."""
    good = (np.array([0, 1], np.int32), np.zeros(1, np.int32), np.ones(1), np.ones(1), np.ones(1))
    graphs.strongest.over(Pieces.of(1), *good)
    wrong = {0: np.array([0, 1]), 2: np.ones(1, np.float32), 3: np.ones((1, 1)), 4: np.ones(4)[::2]}
    for place, array in wrong.items():
        with pytest.raises(TypeError, match=r"loop graphs\.strongest takes indptr int32 1d, .*, got "):
            graphs.strongest.over(Pieces.of(1), *good[:place], array, *good[place + 1 :])
    with pytest.raises(TypeError, match="no variant for arrays of"):
        rows.product.over(Pieces.of(1), *good[:3], np.ones((1, 1)), np.ones((1, 1), np.float32), False)


def test_calls_are_done_again_on_what_arrays_hold_then():
    """Arguments are looked at once, and stay alive."""
    a, b, sums = np.ones((7, 3)), np.ones((7, 3)), np.zeros((1, 24))
    call = rows.dot.ready(Pieces.of(7), a, b, sums)
    call()
    assert sums[0, :3].tolist() == [7.0, 7.0, 7.0]
    a[:] = [1.0, 2.0, 3.0]
    del b
    call()
    assert sums[0, :3].tolist() == [7.0, 14.0, 21.0]


@given(seeds, st.integers(1, 4), st.sampled_from([3, 40, 2**40]))
def test_numbers_of_rows(seed, k, below):
    """The same for equal rows and no others, whether or not a row fits into one number."""
    table = np.random.default_rng(seed).integers(max(0, below - 40), below, (30, k))
    found = topology.row_numbers(table, below)
    assert found.shape == (30,)
    np.testing.assert_array_equal(found[:, None] == found, (table[:, None] == table).all(axis=2))


def test_what_numba_makes_must_be_what_is_called(monkeypatch):
    """A version that passes arrays in another way is found out before anything is called."""
    monkeypatch.setattr(build, "_names", lambda loop: ["something", "else"])
    with pytest.raises(machine.Unsupported, match="to something else"):
        build.compile_all()
