"""What must hold for any device: Onsager symmetry, conservation, passivity, invariance, scaling, limits."""

import dataclasses
import itertools

import numpy as np
import pytest
from grids import layered, layered_mesh
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from strategies import magnets, small_devices

import fespin
from fespin import Device, Ferromagnet, NormalMetal
from fespin.network import identities
from fespin.transport.response import assemble_conductance
from fespin.transport.solve import conductance_responses, prepare

PRECISION = 1e-10  # of the linear solver


@settings(deadline=None, max_examples=30)
@given(small_devices(magnets))
def test_reciprocity_conservation_gauge_and_passivity(device):
    """Eqs 16 and 25 for random shapes, materials and directions, on terminal reactions, which know of no symmetry."""
    problem = prepare(device, warn=False)
    responses = conductance_responses(problem)
    reactions = assemble_conductance(problem, responses, "reactions")
    G = assemble_conductance(problem, responses)
    assert identities.asymmetry(reactions) < PRECISION
    assert identities.charge_conservation(reactions) < PRECISION
    assert identities.gauge_invariance(reactions) < PRECISION
    assert identities.passivity(G) > -PRECISION
    assert np.abs(G - reactions).max() < PRECISION * np.abs(G).max()


@settings(deadline=None, max_examples=15)
@given(small_devices(), st.integers(0, 2**31))
def test_rotating_all_magnetizations_rotates_the_matrix(device, seed):
    """Spin space has no preferred axis: m -> R m turns the spin indices of G by R."""
    R = Rotation.random(random_state=seed).as_matrix()
    turned = device.replace(regions={
        name: r if r.magnetization is None else dataclasses.replace(r, magnetization=tuple(R @ r.magnetization))
        for name, r in device.regions.items()
    })  # fmt: skip
    G = quiet(device)
    np.testing.assert_allclose(quiet(turned).values, G.rotated(R).values, atol=PRECISION * np.abs(G.values).max())


@settings(deadline=None, max_examples=15)
@given(small_devices(magnets), st.floats(1e-9, 1e-6), st.floats(0.1, 1e8))
def test_scaling_of_length_and_conductivity(device, length, sigma):
    """All lengths times a (thickness too), conductivity times s: G scales by a s."""
    regions = {}
    for name, r in device.regions.items():
        lam = r.material.spin_diffusion_length * length
        material = dataclasses.replace(
            r.material, conductivity=r.material.conductivity * sigma, spin_diffusion_length=lam
        )
        regions[name] = dataclasses.replace(r, material=material)
    extra = {} if device.dimension == 3 else {"thickness": device.thickness * length}
    scaled = device.replace(regions=regions, length_unit=length, **extra)
    G = quiet(device).values
    np.testing.assert_allclose(quiet(scaled).values, G * length * sigma, atol=1e-11 * length * sigma * np.abs(G).max())


@settings(deadline=None, max_examples=15)
@given(small_devices(), st.randoms(use_true_random=False))
def test_names_and_numbering_do_not_matter(device, random):
    """Terminals renamed and reordered, nodes and cells renumbered, cells turned over: the same matrix."""
    G = quiet(device)
    mesh = device.mesh
    nodes = list(range(len(mesh.points)))
    random.shuffle(nodes)
    old = np.argsort(nodes)
    cells = np.array(nodes)[mesh.cells]
    if mesh.cell_type in ("triangle", "tetra"):
        cells = cells[:, [1, 0, *range(2, cells.shape[1])]]  # reversed orientation
    renumbered = dataclasses.replace(
        mesh,
        points=mesh.points[old],
        cells=cells,
        boundaries={k: np.array(nodes)[v] for k, v in mesh.boundaries.items()},
    )
    names = list(device.terminals)
    random.shuffle(names)
    other = device.replace(mesh=renumbered, terminals={f"new {t}": device.terminals[t] for t in names})
    expected = G.renamed({t: f"new {t}" for t in device.terminals}).reordered([f"new {t}" for t in names])
    np.testing.assert_allclose(quiet(other).values, expected.values, atol=PRECISION * np.abs(G.values).max())


@settings(deadline=None, max_examples=10)
@given(small_devices())
def test_flipping_a_magnetization_and_its_polarization_changes_nothing(device):
    """(m, p) and (-m, -p) are the same ferromagnet."""
    regions = {}
    for name, r in device.regions.items():
        if r.magnetization is not None:
            material = dataclasses.replace(r.material, polarization=-r.material.polarization)
            r = dataclasses.replace(r, material=material, magnetization=tuple(-np.array(r.magnetization)))
        regions[name] = r
    G = quiet(device).values
    np.testing.assert_allclose(quiet(device.replace(regions=regions)).values, G, atol=PRECISION * np.abs(G).max())


@settings(deadline=None, max_examples=10)
@given(small_devices())
def test_reversing_all_magnetizations_flips_spin_charge_entries_only(device):
    """G^{e a}(-m) = -G^{e a}(m); G^{ee} and G^{ab} are even in m."""
    reverse = {
        name: r if r.magnetization is None else dataclasses.replace(r, magnetization=[-x for x in r.magnetization])
        for name, r in device.regions.items()
    }
    sign = np.array([1.0, -1, -1, -1])
    G, H = quiet(device), quiet(device.replace(regions=reverse))
    expected = G.tensor * sign[None, :, None, None] * sign[None, None, None, :]
    np.testing.assert_allclose(H.tensor, expected, atol=PRECISION * np.abs(G.values).max())


def quiet(device, **options):
    """G without the warnings about the coarse meshes of random devices."""
    problem = prepare(device, options.pop("order", 1), warn=False)
    from fespin.transport.solve import conductance_matrix

    return conductance_matrix(problem, conductance_responses(problem, **options))


def collinear_device(kind, lam):
    f = Ferromagnet(conductivity=2.0, polarization=0.5, spin_diffusion_length=lam)
    n = NormalMetal(conductivity=1.0, spin_diffusion_length=lam)
    return layered(kind, [(1.0, 3), (0.6, 3), (1.0, 3)], [n, (f, (0.0, 0.6, 0.8)), n])


@pytest.mark.parametrize("kind", ["line", "triangle", "tetra"])
def test_collinear_device_has_the_zeros_of_appendix_c(kind):
    """Charge and longitudinal spin never mix with transverse spin; the two transverse components are alike."""
    G = fespin.conductance(collinear_device(kind, 0.8))
    m, t = np.array([0, 0.6, 0.8]), np.array([0, 0.8, -0.6])
    for out, into in itertools.product(("left", "right"), repeat=2):
        block = G[out, into]
        assert np.abs(block[0, 1:] @ t) < 1e-15
        assert np.abs(m @ block[1:, 1:] @ t) < 1e-15
        assert block[1, 1] == pytest.approx(t @ block[1:, 1:] @ t, rel=1e-12)


@pytest.mark.parametrize("kind", ["line", "triangle", "tetra"])
def test_spin_follows_charge_without_relaxation(kind):
    """Appendix C: collinear, lambda = inf everywhere, then G^{mm} = G^{ee} at every pair of terminals."""
    G = fespin.conductance(collinear_device(kind, np.inf))
    m = np.array([0, 0.6, 0.8])
    for out, into in itertools.product(("left", "right"), repeat=2):
        assert m @ G[out, into][1:, 1:] @ m == pytest.approx(G[out, into][0, 0], rel=1e-12)


def test_unpolarized_ferromagnet_decouples_charge_from_spin():
    """p = 0: no entry between charge and spin, but transverse spin still ends at the interface."""
    f = Ferromagnet(conductivity=2.0, polarization=0.0, spin_diffusion_length=0.7)
    n = NormalMetal(conductivity=1.0, spin_diffusion_length=0.8)
    G = fespin.conductance(layered("triangle", [(1, 3), (0.6, 3), (1, 3)], [n, (f, (0, 0, 1)), n]))
    assert not G.tensor[:, 0, :, 1:].any()
    assert G["left", "x", "right", "x"] == 0.0
    assert G["left", "z", "right", "z"] > 0.01


def test_a_single_terminal_draws_no_charge():
    """T = 1: only spin can flow, into relaxation."""
    device = Device.from_mesh(layered_mesh("quad", [(1.0, 4)]), terminals=["left"], thickness=1.0,
                              regions={"L0": NormalMetal(conductivity=1.0, spin_diffusion_length=0.5)})  # fmt: skip
    G = fespin.conductance(device, order=2)
    assert np.abs(G.values[0]).max() < 1e-14
    assert G["left", "x", "left", "x"] == pytest.approx(-2 * np.tanh(2.0), rel=1e-4)


def test_antiparallel_magnets_may_touch():
    """Collinear magnets share one amplitude at their contact, whichever way they point."""
    f = Ferromagnet(conductivity=2.0, polarization=0.5, spin_diffusion_length=0.7)
    device = layered("quad", [(1, 4), (1, 4)], [(f, (0, 0, 1)), (f, (0, 0, -1))])
    flipped = layered(
        "quad", [(1, 4), (1, 4)], [(f, (0, 0, 1)), (dataclasses.replace(f, polarization=-0.5), (0, 0, 1))]
    )
    np.testing.assert_allclose(fespin.conductance(device).values, fespin.conductance(flipped).values, atol=1e-13)


@pytest.mark.parametrize("m", [(1, 0, 0), (0.6, 0, 0.8)])
def test_charge_and_longitudinal_spin_may_share_one_problem(m):
    """p = 0 and no relaxation: both obey the same Laplace problem, and each keeps its own row and column."""
    f = Ferromagnet(conductivity=1.0, polarization=0.0)
    device = layered("quad", [(0.7, 2), (0.7, 2)], [NormalMetal(conductivity=1.0), (f, m)])
    G = fespin.conductance(device)
    expected = np.zeros((4, 4))
    expected[0, 0] = 1 / 1.4
    expected[1:, 1:] = np.outer(m, m) / 1.4
    np.testing.assert_allclose(G["left", "right"], expected, atol=1e-14)
    assert not G["right", "right"][2].any()
