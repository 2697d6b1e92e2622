"""The steps between mesh and matrix, each alone: operators, node spaces, frame, blocks, solvers."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp
from grids import KINDS, fn_device, half_metal, layered
from hypothesis import given, settings
from strategies import magnets, small_devices

import fespin
from fespin import Ferromagnet, NormalMetal, SolverError
from fespin.benchmark.devices import standard_device
from fespin.transport.constraints import node_spaces
from fespin.transport.frame import spin_frame
from fespin.transport.laws import conduction, relaxation
from fespin.transport.lift import lifted_system
from fespin.transport.linsolve import choose_backend, cycle, solve_linear
from fespin.transport.operators import quadrature_mass, quadrature_stiffness, region_operators
from fespin.transport.response import assemble_conductance
from fespin.transport.solve import conductance_responses, prepare
from fespin.transport.system import build


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", [1, 2])
def test_operators_integrate_polynomials_exactly(kind, order):
    """S annihilates constants and gives |grad x|^2 = 1 per volume; M integrates 1 and x^2."""
    problem = build(fn_device(kind, 4), order=order)
    space, operators = problem.space, problem.operators
    n = len(space.points)
    x = np.zeros(space.size)
    x[:n] = space.points[:, 0]
    for cells, node in zip(space.element_dofs.T, space.cells, strict=True) if order == 2 else ():
        fill_quadratic(x, cells, node, space)
    for r, (start, stop) in enumerate([(0.0, 1.3), (1.3, 3.3)]):
        S, M = operators.stiffness[r], operators.mass[r]
        assert np.abs(S @ np.ones(space.size)).max() < 1e-12
        assert x @ S @ x == pytest.approx(stop - start)
        assert M.sum() == pytest.approx(stop - start)
        assert x @ M @ x == pytest.approx((stop**3 - start**3) / 3)
        assert np.array_equal(S.indices, M.indices)


@pytest.mark.parametrize("kind", ["line", "triangle", "tetra"])
def test_closed_forms_equal_quadrature(kind):
    """Linear simplices without scikit-fem: the same operators, the same numbering of cells."""
    problem = build(fn_device(kind, 5))
    space = problem.space
    if kind != "line":
        assert np.array_equal(space.element_dofs, space._skfem_dofs.element_dofs)
    for r in range(2):
        cells = np.flatnonzero(problem.device.cell_region == r)
        closed = region_operators(space, cells, 2.0, mass=True)
        for matrix, slow in zip(closed, (quadrature_stiffness, quadrature_mass), strict=True):
            expected = slow(space, cells, 2.0)
            assert matrix.indices.dtype == np.int32
            np.testing.assert_allclose(matrix.toarray(), expected.toarray(), atol=1e-13 * np.abs(expected.data).max())


def fill_quadratic(x, dofs, nodes, space):
    """Values of the coordinate x at the extra degrees of freedom of a quadratic cell, by least squares on its
    corners."""
    import skfem

    element, mesh = space.element, space.skfem_mesh
    cell = int(np.flatnonzero((space.cells == nodes).all(axis=1))[0])
    reference = np.asarray(element.doflocs, float).T
    if space.cell_type == "line":
        x[dofs[2]] = space.points[nodes, 0].mean()
        return
    assert isinstance(mesh, skfem.Mesh)
    x[dofs] = mesh._mapping().F(reference, tind=np.array([cell]))[0, 0]


def test_node_spaces_follow_the_regions_around_a_node():
    """Four amplitudes in N, two where F touches, one inside a half metal, two where a half metal touches N."""
    n = NormalMetal(conductivity=1.0, spin_diffusion_length=1.0)
    f = Ferromagnet(conductivity=1.0, polarization=0.5, spin_diffusion_length=1.0)
    device = layered("line", [(1, 2)] * 4, [(f, (0, 0.6, 0.8)), n, half_metal(1.0, (0, 0, 1)), n])
    problem = build(device)
    widths = np.array([k.basis.shape[1] for k in problem.nodes.kinds])[problem.nodes.kind]
    assert widths.tolist() == [2, 2, 2, 4, 2, 1, 2, 4, 4]
    for kind in problem.nodes.kinds:
        np.testing.assert_allclose(kind.trace @ kind.basis, np.eye(kind.basis.shape[1]), atol=1e-15)
    again = node_spaces(
        problem.space.element_dofs, problem.space.size, device.cell_region, list(device.regions.values())
    )
    assert np.array_equal(again.kind, problem.nodes.kind)


@pytest.mark.parametrize("directions", [
    [], [(0, 0, 1)], [(1, 0, 0), (0, 0, 1)], [(0.6, 0, 0.8), (0, 0.6, 0.8)], [(0.6, 0.48, 0.64)],
    [(0, 0, 1), (0, 0, -1)], [(0, 0, 1), (1e-7, 0, 1.0)], [(1, 0, 0), (0, 1, 0), (0, 0, 1)],
])  # fmt: skip
def test_spin_frame_is_orthonormal_and_spans_the_magnetizations(directions):
    """First axes span all m, the others are normal to them; coordinate axes stay exact."""
    Q = spin_frame(directions)
    np.testing.assert_allclose(Q @ Q.T, np.eye(3), atol=1e-15)
    if directions:
        rank = np.linalg.matrix_rank(np.array(directions), tol=1e-8)
        assert np.abs(Q[rank:] @ np.array(directions, float).T).max(initial=0) < 1e-15


@settings(deadline=None, max_examples=15)
@given(small_devices(magnets))
def test_block_systems_equal_the_full_four_component_system(device):
    """G through blocks, frame and copies = G of P^T K P with K = sum S (x) Sigma + M (x) R written out in full."""
    problem = prepare(device, warn=False)
    n = problem.space.size
    laws = [(conduction(r.material, r.magnetization), relaxation(r.material, r.magnetization))
            for r in device.regions.values()]  # fmt: skip
    K = sum(
        sp.kron(S, D) + (sp.kron(M, R) if M is not None else 0)
        for S, M, (D, R) in zip(problem.operators.stiffness, problem.operators.mass, laws, strict=True)
    ).toarray()
    columns = [(i, k) for i in range(n) for k in range(problem.nodes.kinds[problem.nodes.kind[i]].basis.shape[1])]
    P, L = np.zeros((4 * n, len(columns))), np.zeros((len(columns), 4 * n))
    for c, (i, k) in enumerate(columns):
        kind = problem.nodes.kinds[problem.nodes.kind[i]]
        P[4 * i : 4 * i + 4, c] = kind.basis[:, k]
        L[c, 4 * i : 4 * i + 4] = kind.trace[k]
    A = P.T @ K @ P
    U = np.zeros((4 * n, 4 * len(problem.terminal_dofs)))
    for t, dofs in enumerate(problem.terminal_dofs):
        for a in range(4):
            U[4 * dofs + a, 4 * t + a] = 1
    lift = L @ U
    at_terminal = np.isin([i for i, _ in columns], np.concatenate(problem.terminal_dofs))
    X = lift.copy()
    f, d = ~at_terminal, at_terminal
    X[f] = np.linalg.solve(A[np.ix_(f, f)], -A[np.ix_(f, d)] @ lift[d])
    expected = -lift.T @ A @ X
    G = assemble_conductance(problem, conductance_responses(problem))
    np.testing.assert_allclose(G, expected, atol=1e-11 * np.abs(expected).max())


def test_apply_is_the_assembled_operator():
    """K x from scalar operators equals the block matrix on the same fields."""
    problem = build(fn_device("triangle", 4, m=(0.6, 0, 0.8)))
    rng = np.random.default_rng(3)
    for block in problem.blocks:
        for copy in block.copies:
            y = rng.standard_normal(block.size)
            axes = problem.frame[list(copy)]
            flow = problem.apply(block.expand(y[:, None])[:, :, 0] @ axes)
            back = np.zeros(block.size)
            for q, basis in enumerate(block.bases):
                dofs = np.flatnonzero(block.kind == q)
                for slot in range(basis.shape[1]):
                    back[block.offset[dofs] + slot] = flow[dofs] @ axes.T @ basis[:, slot]
            np.testing.assert_allclose(back, block.matrix @ y, atol=1e-12)


def test_decoupled_components_are_solved_alone():
    """Normal device: one scalar problem for charge, one for all spins; collinear: (e, m) and one for the rest."""
    n = NormalMetal(conductivity=1.0, spin_diffusion_length=1.0)
    f = Ferromagnet(conductivity=1.0, polarization=0.5, spin_diffusion_length=1.0)
    assert [b.copies for b in build(layered("quad", [(1, 2)], [n])).blocks] == [((0,),), ((1,), (2,), (3,))]
    assert [b.copies for b in build(layered("quad", [(1, 2)] * 2, [(f, (1, 1, 0)), n])).blocks] == [
        ((0, 1),),
        ((2,), (3,)),
    ]
    both = layered("quad", [(1, 2)] * 3, [(f, (1, 0, 0)), n, (f, (0, 0, 1))])
    assert [b.copies for b in build(both).blocks] == [((0, 1, 2),), ((3,),)]
    free = NormalMetal(conductivity=1.0)
    assert [b.copies for b in build(layered("quad", [(1, 2)], [free])).blocks] == [((0,), (1,), (2,), (3,))]


def test_laws_are_symmetric_and_positive():
    """Appendix B: Sigma and R are symmetric; Sigma is positive on the amplitudes that exist."""
    f = Ferromagnet(conductivity=2.0, polarization=-0.7, spin_diffusion_length=0.5)
    for law in (conduction(f, (0.6, 0, 0.8)), relaxation(f, (0.6, 0, 0.8))):
        np.testing.assert_allclose(law, law.T)
        assert np.linalg.eigvalsh(law).min() > -1e-14


@pytest.mark.parametrize("kind", ["triangle", "tetra", "hexahedron"])
@pytest.mark.parametrize("order", [1, 2])
def test_multigrid_gives_the_matrix_of_the_direct_solver(kind, order):
    """The error of G is quadratic in that of the fields, and bounded."""
    f = Ferromagnet(conductivity=0.3, polarization=0.9, spin_diffusion_length=0.3)
    n = NormalMetal(conductivity=2.0, spin_diffusion_length=1.0)
    cells = 12 if kind == "triangle" else 5
    device = layered(
        kind, [(1, cells), (0.5, cells), (1, cells)], [(f, (0, 0, 1)), n, (f, (0.6, 0.64, 0.48))], across=cells
    )
    direct, iterated = (fespin.conductance(device, order=order, backend=b) for b in ("direct", "multigrid"))
    assert iterated.info["solver"]["iterations"] > 0
    assert iterated.info["solver"]["residual"] < 1e-5
    assert iterated.info["solver"]["error_of_G"] < 1e-10
    np.testing.assert_allclose(iterated.values, direct.values, atol=1e-10 * np.abs(direct.values).max())


@pytest.mark.parametrize("kind", ["triangle", "tetra"])
def test_quadratic_elements_coarsen_to_linear_ones(kind, monkeypatch):
    """Below order 2 lies order 1, exactly: linear functions are quadratic ones."""
    monkeypatch.setattr(cycle, "_COARSEST", 10)
    device = fn_device(kind, 6, m=(0.6, 0, 0.8))
    quadratic, linear = (build(device, order=order) for order in (2, 1))
    systems = [lifted_system(problem, problem.blocks[:1]) for problem in (quadratic, linear)]
    fine, coarse = cycle.scalar_hierarchy(systems[0])[:2]
    n = len(device.mesh.points)
    place = linear.space.per_node(linear.shared.numbered(np.arange(n)))
    K = systems[1].stiffness[place][:, place]
    held = np.unique(np.concatenate(quadratic.terminal_dofs))
    free = np.setdiff1d(np.arange(n), held)
    expected = K[free][:, free].toarray()
    assert len(fine.label) == quadratic.space.size
    np.testing.assert_allclose(coarse.stiffness.toarray(), expected, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize("contrast", [1e-6, 1e-3, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("lam", [1e-3, 0.3, np.inf])
def test_multigrid_survives_contrasts_and_short_lengths(contrast, lam):
    """Conductivities apart by 1e6, lambda from far below the cells to infinity, p = 0.999."""
    f = Ferromagnet(conductivity=contrast, polarization=0.999, spin_diffusion_length=lam)
    n = NormalMetal(conductivity=1.0, spin_diffusion_length=lam)
    device = layered("triangle", [(1, 16), (1, 16)], [(f, (0, 0, 1)), n], across=16)
    G = [assemble_conductance(p, conductance_responses(p, backend=b)) for p in [prepare(device, warn=False)]
         for b in ("direct", "multigrid")]  # fmt: skip
    np.testing.assert_allclose(G[1], G[0], atol=1e-10 * np.abs(G[0]).max())


@pytest.mark.parametrize(("aspect", "most"), [(1, 15), (100, 50)])
def test_multigrid_needs_few_iterations_on_solids(aspect, most):
    """Two magnets on a cross: at most fifteen; pressed flat a hundred times, where cells are slivers, more."""
    device = standard_device(3, 2500)
    flat = device.replace(mesh=dataclasses.replace(device.mesh, points=device.mesh.points * [1, 1, 1 / aspect]))
    direct, iterated = (fespin.conductance(flat, backend=b) for b in ("direct", "multigrid"))
    assert 0 < iterated.info["solver"]["iterations"] <= most
    np.testing.assert_allclose(iterated.values, direct.values, atol=1e-10 * np.abs(direct.values).max())


@pytest.mark.parametrize("kind", ["quad", "triangle"])
@pytest.mark.parametrize("aspect", [10, 100])
def test_multigrid_follows_stretched_cells(kind, aspect):
    """Cells 100 times longer than high: aggregates form along the short side."""
    f = Ferromagnet(conductivity=0.2, polarization=0.8, spin_diffusion_length=0.2)
    n = NormalMetal(conductivity=1.0, spin_diffusion_length=1.0)
    device = layered(kind, [(1, 40), (1, 40)], [(f, (0, 0, 1)), n], across=40)
    flat = device.replace(mesh=dataclasses.replace(device.mesh, points=device.mesh.points * [1, 1 / aspect]))
    direct, iterated = (fespin.conductance(flat, backend=b) for b in ("direct", "multigrid"))
    assert iterated.info["solver"]["iterations"] < 100
    np.testing.assert_allclose(iterated.values, direct.values, atol=1e-12 * np.abs(direct.values).max())


def test_system_of_masses_alone_is_iterated():
    """Diffusion lengths far below the cells leave mass matrices, in which nothing can be aggregated."""
    n = NormalMetal(conductivity=1.0, spin_diffusion_length=1e-4)
    problem = prepare(layered("triangle", [(1, 30)], [n], across=30), warn=False)
    G = [assemble_conductance(problem, conductance_responses(problem, backend=b)) for b in ("direct", "multigrid")]
    np.testing.assert_allclose(G[1], G[0], atol=1e-10 * np.abs(G[0]).max())


def test_iterated_fields_keep_to_the_amplitudes_that_exist():
    """The preconditioner works in single precision: what it leaves normal to m in a magnet must not enter fields."""
    problem = prepare(fn_device("triangle", 40, m=(0.6, 0.0, 0.8)), warn=False)
    direct, iterated = (conductance_responses(problem, backend=b, tolerance=1e-12) for b in ("direct", "multigrid"))
    for one, other in zip(direct, iterated, strict=True):
        assert np.abs(one.fields - other.fields).max() < 1e-11
        flow = other.block.matrix @ other.block.restrict(other.fields)
        assert np.abs(flow[~other.block.fixed]).max() < 1e-11 * np.abs(flow).max()


def test_automatic_choice_falls_back_and_says_so(monkeypatch):
    """Where iterations do not converge, auto factorises with a warning; a forced backend gives the error."""
    from fespin.transport import linsolve
    from fespin.transport.linsolve import lifted

    monkeypatch.setattr(linsolve, "_DIRECT_UP_TO", {1: 0, 2: 0, 3: 0})
    monkeypatch.setattr(lifted, "_MAX_ITERATIONS", 1)
    monkeypatch.setattr(cycle, "_COARSEST", 20)
    device = fn_device("triangle", 16)
    with pytest.warns(fespin.SolverWarning, match="factorised instead"):
        G = fespin.conductance(device)
    assert G.info["solver"]["backend"] == "direct"
    with pytest.raises(SolverError, match="did not converge in 1 iterations"):
        fespin.conductance(device, backend="multigrid")


def test_backend_is_chosen_by_size_and_can_be_forced():
    """auto factorises small systems, iterates on large ones; unknown names are refused."""
    assert choose_backend("auto", 1000, 3) == "direct"
    assert choose_backend("auto", 10**6, 3) == "multigrid"
    assert choose_backend("auto", 10**6, 1) == "direct"
    assert [choose_backend("auto", 30_000, 2, order=order) for order in (1, 2)] == ["direct", "multigrid"]
    assert choose_backend("direct", 10**6, 3) == "direct"
    with pytest.raises(ValueError, match="did you mean 'multigrid'"):
        choose_backend("multgrid", 10, 2)


def test_residual_is_measured_and_singular_systems_are_refused():
    """A Laplacian without fixed values has no solution for a load with a net current."""
    n = 50
    A = sp.csr_array(sp.diags([-np.ones(n - 1), 2 * np.ones(n), -np.ones(n - 1)], [-1, 0, 1]))
    A = A.tolil()
    A[0, 0] = A[-1, -1] = 1.0
    with pytest.raises(SolverError):
        solve_linear(sp.csr_array(A), np.ones((n, 1)), tolerance=1e-10)
    A[0, 0] = 2.0
    x, report = solve_linear(sp.csr_array(A), np.ones((n, 1)), tolerance=1e-10)
    assert report.residual == pytest.approx(np.linalg.norm(A @ x[:, 0] - 1) / np.sqrt(n))
    assert 0 < report.residual < 1e-12


@pytest.mark.parametrize("kind", ["triangle", "tetra", "hexahedron"])
def test_no_table_of_facets_on_the_way_to_the_matrix(kind, monkeypatch, tmp_path):
    """From file to G nothing asks scikit-fem for facets or edges: in 3D that table costs more than the solution."""
    import skfem

    path = fn_device(kind, 4).write(tmp_path / "wire.toml")

    def forbidden(self):
        raise AssertionError("facet table")

    monkeypatch.setattr(skfem.Mesh, "_init_facets", forbidden)
    monkeypatch.setattr(skfem.MeshHex, "_init_facets", forbidden)
    monkeypatch.setattr(skfem.Mesh, "_init_edges", forbidden)
    fespin.conductance(fespin.load(path))
    with pytest.raises(AssertionError, match="facet table"):
        fespin.conductance(fespin.load(path), order=2)


FORK = """
import os
from fespin.kernels.threads import for_each
done = []
for_each(done.append, 8, 10**6)
child = os.fork()
if child == 0:
    for_each(done.append, 8, 10**6)
    os._exit(0 if sorted(done) == sorted([*range(8), *range(8)]) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_threads_survive_a_fork():
    """A process forked after a solution starts threads of its own instead of waiting for those left in the parent."""
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", FORK], env=environment, check=True, timeout=60)
