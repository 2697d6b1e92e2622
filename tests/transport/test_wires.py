"""Wires against closed forms: every cell type, both orders, random parameters, and networks of wires by Kirchhoff."""

import numpy as np
import pytest
from grids import KINDS, fn_device, half_metal, layered, wire_network
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import ferromagnets, normals, polarizations

import fespin
from fespin import Ferromagnet, NormalMetal, Region
from fespin.network.circuit import join
from fespin.network.closed_forms import fn_wire, fnf_resistance
from fespin.network.elements import ferromagnetic_wire, half_metal_wire, normal_wire

# BENCHMARKS B1, sign of currents out of the device
B1 = {"ee": -0.381091361895, "ez": -0.008352713957, "xx": -1.008729154215, "yy": -1.008729154215, "zz": -0.988931373104}


def b1_errors(kind, cells, order):
    G = fespin.conductance(fn_device(kind, cells), order=order)
    return np.array([G["right", k[0], "right", k[1]] - value for k, value in B1.items()])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("order", "rate", "bound"), [(1, 2, 5e-4), (2, 4, 2e-7)])
def test_fn_wire_converges_to_eqs_52_to_55(kind, order, rate, bound):
    """G of the F/N wire: error h^2 with linear, h^4 with quadratic elements, for all five entries (B1)."""
    coarse, fine = (np.abs(b1_errors(kind, n, order)) for n in (8, 16))
    assert fine.max() < bound
    np.testing.assert_allclose(np.log2(coarse / fine), rate, atol=0.06)


def test_fn_wire_in_one_two_and_three_dimensions_is_one_device():
    """Solutions depend on x alone: tensor grids agree to rounding, triangles and tetrahedra to their own error."""
    G = {kind: fespin.conductance(fn_device(kind, 16)).values for kind in KINDS}
    np.testing.assert_allclose(G["quad"], G["line"], atol=1e-12)
    np.testing.assert_allclose(G["hexahedron"], G["line"], atol=1e-12)
    np.testing.assert_allclose(G["triangle"], G["line"], rtol=2e-2, atol=1e-4)
    np.testing.assert_allclose(G["tetra"], G["line"], rtol=4e-2, atol=1e-4)


@settings(deadline=None, max_examples=25)
@given(
    st.floats(0.5, 2.0), st.floats(0.5, 2.0), st.floats(0.4, 5.0), st.floats(0.4, 5.0),
    st.floats(0.1, 5.0), st.floats(0.1, 5.0), polarizations,
)  # fmt: skip
def test_fn_wire_for_any_parameters(L_F, L_N, l_F, l_N, R_F, R_N, p):
    """Eqs 52-55 for drawn parameters; 40 quadratic cells per wire leave (h/lambda)^4 / 4e3 < 1e-7."""
    G = fespin.conductance(fn_device("line", 40, p=p, L_F=L_F, L_N=L_N, l_F=l_F, l_N=l_N, R_F=R_F, R_N=R_N), order=2)
    exact = fn_wire(resistance_F=R_F, resistance_N=R_N, length_F=L_F, length_N=L_N,
                    spin_diffusion_length_F=l_F, spin_diffusion_length_N=l_N, polarization=p)  # fmt: skip
    block = G["right", "right"]
    expected = np.diag([exact.G_ee, exact.S_x, exact.S_x, exact.S_z])
    expected[0, 3] = expected[3, 0] = exact.C_z
    np.testing.assert_allclose(block, expected, atol=1e-7 * np.abs(expected).max())


def test_limit_without_relaxation_is_eq_56():
    """lambda -> inf: G = -S^z = ((R_N+R_F) - p^2 R_N)/((R_N+R_F)^2 - p^2 R_N^2), exact with linear elements."""
    R_F, R_N, p = 0.7, 1.9, 0.35
    G = fespin.conductance(fn_device("line", 3, p=p, l_F=np.inf, l_N=np.inf))
    limit = ((R_N + R_F) - p**2 * R_N) / ((R_N + R_F) ** 2 - p**2 * R_N**2)
    assert G["right", "e", "right", "e"] == pytest.approx(-limit, rel=1e-13)
    assert G["right", "z", "right", "z"] == pytest.approx(-limit, rel=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_ferromagnetic_contacts_leave_six_parameters(kind):
    """Eq 22: between ferromagnetic terminals G is 4 x 4 and charge conservation leaves 6 of its 10 entries free."""
    one, two = (Ferromagnet(conductivity=2.0, polarization=p, spin_diffusion_length=0.7) for p in (0.4, -0.6))
    spacer = NormalMetal(conductivity=1.5, spin_diffusion_length=0.9)
    G = fespin.conductance(
        layered(kind, [(1.0, 4), (0.8, 4), (1.2, 4)], [(one, (0, 0, 1)), spacer, (two, (0.6, 0, 0.8))])
    )
    g, labels = G.reduced()
    assert labels == [("left", "e"), ("left", "m"), ("right", "e"), ("right", "m")]
    np.testing.assert_allclose(g, g.T, atol=1e-12)
    np.testing.assert_allclose(g[0] + g[2], 0, atol=1e-12)
    np.testing.assert_allclose(g[:, 0] + g[:, 2], 0, atol=1e-12)
    assert abs(g[0, 1]) > 1e-3
    assert abs(g[0, 3]) > 1e-4
    assert abs(g[1, 3]) > 1e-4
    assert not G["left", "left"][1:3].any()  # rows of components that the terminal cannot hold


def element(region, length):
    """The exact lumped wire for a region of unit cross-section."""
    material = region.material
    common = {"conductivity": material.conductivity, "length": length, "area": 1.0}
    if isinstance(material, NormalMetal):
        return normal_wire(spin_diffusion_length=material.spin_diffusion_length, **common)
    if isinstance(material, Ferromagnet):
        return ferromagnetic_wire(polarization=material.polarization, magnetization=region.magnetization,
                                  spin_diffusion_length=material.spin_diffusion_length, **common)  # fmt: skip
    return half_metal_wire(polarization=material.polarization, magnetization=region.magnetization, **common)


def assert_equals_network(wires, nodes, terminals, tolerance=1e-7):
    device = wire_network(wires, nodes, terminals)
    G = fespin.conductance(device, order=2)
    lengths_ = [np.linalg.norm(np.subtract(nodes[b], nodes[a])) for a, b, _, _ in wires]
    exact = join([(element(r, length), {"1": a, "2": b}) for (a, b, r, _), length in zip(wires, lengths_, strict=True)],
                 external=list(terminals))  # fmt: skip
    np.testing.assert_allclose(G.values, exact.values, atol=tolerance * np.abs(exact.values).max())
    assert {t: s.kind for t, s in G.spaces.items()} == {t: s.kind for t, s in exact.spaces.items()}


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(normals, st.one_of(ferromagnets, normals)), min_size=1, max_size=3), st.booleans())
def test_any_chain_of_wires_equals_the_exact_network(pairs, ends_normal):
    """N-F-N-F ... with random non-collinear magnets against Kirchhoff's rules; 24 cells a wire leave < 1e-7."""
    regions = [r for pair in pairs for r in pair] + ([pairs[0][0]] if ends_normal else [])
    nodes = {f"n{k}": (0.7 * k,) for k in range(len(regions) + 1)}
    wires = [(f"n{k}", f"n{k + 1}", region, 24) for k, region in enumerate(regions)]
    assert_equals_network(wires, nodes, ["n0", f"n{len(regions)}"])


@settings(deadline=None, max_examples=25)
@given(ferromagnets, st.lists(normals, min_size=2, max_size=3), ferromagnets)
def test_any_star_of_wires_equals_the_exact_network(centre_magnet, arms, far_magnet):
    """A junction of one magnet and normal arms, one of which ends in a second magnet: more than two wires at a
    point."""
    nodes = {"c": (0.0, 0.0, 0.0), "f": (-0.8, 0.0, 0.3)}
    wires = [("f", "c", centre_magnet, 40)]
    for k, arm in enumerate(arms):
        nodes[f"a{k}"] = (0.5 + 0.2 * k, np.cos(2.0 * k), np.sin(2.0 * k))
        wires.append(("c", f"a{k}", arm, 60))
    nodes["g"] = (1.5, 1.0, 0.1)
    wires.append(("a0", "g", far_magnet, 90))  # the longest of them
    assert_equals_network(wires, nodes, ["f", "g", *(f"a{k}" for k in range(1, len(arms)))])


def test_closed_loop_of_wires_equals_the_exact_network():
    """Two paths between the terminals: meshes of lines may close as well as branch."""
    n = Region(material=NormalMetal(conductivity=2.0, spin_diffusion_length=0.8))
    f = Region(
        material=Ferromagnet(conductivity=1.0, polarization=0.5, spin_diffusion_length=0.3), magnetization=(0, 0.6, 0.8)
    )
    nodes = {"a": (0, 0), "b": (1, 0), "c": (1, 1), "d": (0, 1), "in": (-0.5, -0.5), "out": (1.5, 1.5)}
    wires = [("a", "b", n, 40), ("b", "c", f, 60), ("c", "d", n, 40), ("d", "a", n, 40),
             ("in", "a", n, 30), ("c", "out", n, 30)]  # fmt: skip
    assert_equals_network(wires, nodes, ["in", "out"])


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("channel", [(0, 0, 1), (0, 0, -1), (0.6, 0, 0.8)])
def test_half_metal_wires_equal_the_exact_network(channel, order):
    """Half metal - normal - ferromagnet: inside the half metal one amplitude is kept, so its part is exact."""
    n = Region(material=NormalMetal(conductivity=2.0, spin_diffusion_length=0.8))
    f = Region(
        material=Ferromagnet(conductivity=1.0, polarization=0.5, spin_diffusion_length=0.3), magnetization=(0, 0.6, 0.8)
    )
    nodes = {"a": (0,), "b": (0.7,), "c": (1.5,), "d": (2.0,)}
    wires = [("a", "b", half_metal(3.0, channel), 5), ("b", "c", n, 80), ("c", "d", f, 80)]
    tolerance = {1: 1e-3, 2: 1e-8}[order]
    device = wire_network(wires, nodes, ["a", "d"])
    G = fespin.conductance(device, order=order)
    pieces = [(element(wires[0][2], 0.7), "ab"), (element(n, 0.8), "bc"), (element(f, 0.5), "cd")]
    exact = join([(piece, {"1": ends[0], "2": ends[1]}) for piece, ends in pieces], external=["a", "d"])
    np.testing.assert_allclose(G.values, exact.values, atol=tolerance * np.abs(exact.values).max())
    assert G.spaces["a"].kind == "half-metal"


def test_locked_half_metals_stop_current_without_relaxation_elsewhere():
    """Opposite half metals in direct contact conduct opposite channels: no current passes."""
    device = layered("line", [(1.0, 4), (1.0, 4)], [half_metal(1.0, (0, 0, 1)), half_metal(1.0, (0, 0, -1))])
    G = fespin.conductance(device)
    assert np.abs(G["right", "left"]).max() < 1e-14


def test_equal_half_metals_in_contact_are_one_wire():
    """The channel goes through: w = V_e + q.V_s sees two resistors in series."""
    device = layered("line", [(1.0, 3), (2.0, 3)], [half_metal(1.0, (1, 0, 0)), half_metal(2.0, (1, 0, 0))])
    G = fespin.conductance(device)
    g, labels = G.reduced()
    assert labels == [("left", "channel"), ("right", "channel")]
    np.testing.assert_allclose(g, [[-0.5, 0.5], [0.5, -0.5]], atol=1e-14)


@pytest.mark.parametrize("kind", ["triangle", "hexahedron"])
def test_half_metal_is_the_limit_of_a_ferromagnet(kind):
    """p -> 1: entries approach those of the half metal linearly in 1 - p."""
    n = NormalMetal(conductivity=2.0, spin_diffusion_length=0.8)
    layers = [(0.8, 4), (0.7, 4), (0.8, 4)]

    def solved(region):
        return fespin.conductance(layered(kind, layers, [n, region, n])).values

    limit = solved(half_metal(3.0, (0.6, 0, 0.8)))
    errors = []
    for gap in (1e-3, 1e-4):
        f = Ferromagnet(conductivity=3.0, polarization=1 - gap, spin_diffusion_length=0.5)
        errors.append(np.abs(solved(Region(material=f, magnetization=(0.6, 0, 0.8))) - limit).max())
    assert errors[1] < 1e-3 * np.abs(limit).max()
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.1)


# BENCHMARKS B3: F/N/F with strong-F interfaces, per unit area
B3 = {"length_F": 8.0, "length_N": 0.8, "resistivity_F": 2.0, "resistivity_N": 0.5, "spin_diffusion_length_F": 0.5,
      "spin_diffusion_length_N": 1.3, "polarization": 0.6}  # fmt: skip


@pytest.mark.parametrize("kind", ["line", "quad", "tetra"])
@pytest.mark.parametrize("theta", [0.0, 1.0, np.pi / 2, 2.2, np.pi])
def test_valve_resistance_against_angle(kind, theta):
    """B3, coupling of vectors at the two F/N interfaces; the ends hold no spin potential, so R = 1/G_ee."""
    f = Ferromagnet(conductivity=1 / B3["resistivity_F"], polarization=B3["polarization"],
                    spin_diffusion_length=B3["spin_diffusion_length_F"])  # fmt: skip
    n = NormalMetal(conductivity=1 / B3["resistivity_N"], spin_diffusion_length=B3["spin_diffusion_length_N"])
    cells = (96, 10) if kind == "line" else (64, 6)
    device = layered(kind, [(8.0, cells[0]), (0.8, cells[1]), (8.0, cells[0])],
                     [(f, (0, 0, 1)), n, (f, (np.sin(theta), 0, np.cos(theta)))], across=1)  # fmt: skip
    G = fespin.conductance(device, order=2)
    assert 1 / G["left", "e", "right", "e"] == pytest.approx(fnf_resistance(theta, **B3), rel=2e-6)


@pytest.mark.parametrize(("theta", "value"), [(0.0, 32.5242063751), (np.pi / 2, 32.6088232841), (np.pi, 33.0551536479)])
def test_valve_closed_form_gives_the_published_numbers(theta, value):
    """The formula that the meshes are compared with, against the numbers of B3 (terms beyond exp(-16) left out)."""
    assert fnf_resistance(theta, **B3) == pytest.approx(value, abs=2e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_chain_of_pieces_is_one_long_wire(kind):
    """B9: diagonal coth(L/l), off-diagonal csch(L/l) in units of sigma A/l, whatever the wire is cut into."""
    n = NormalMetal(conductivity=2.0, spin_diffusion_length=0.9)
    G = fespin.conductance(layered(kind, [(0.5, 4), (0.5, 4), (1.0, 8)], [n, n, n]), order=2)
    x = 2.0 / 0.9
    assert G["left", "x", "left", "x"] == pytest.approx(-(2.0 / 0.9) / np.tanh(x), rel=1e-5)
    assert G["left", "y", "right", "y"] == pytest.approx((2.0 / 0.9) / np.sinh(x), rel=1e-5)
    assert G["left", "e", "right", "e"] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(("name", "tolerance"), [("fn_wire_1d", 1e-9), ("fn_wire_2d", 2e-7), ("fn_wire", 1e-6)])
def test_shipped_wire_obeys_eqs_52_to_55_in_every_dimension(name, tolerance):
    """100 nm of F, 300 nm of N, 40 nm x 20 nm: the same closed form for lines, triangles and tetrahedra (order 2)."""
    from pathlib import Path

    device = fespin.load(Path(__file__).parents[2] / "meshes" / f"{name}.toml")
    f, n = device.regions["ferro"].material, device.regions["normal"].material
    area = 40e-9 * 20e-9
    exact = fn_wire(
        resistance_F=100e-9 / (f.conductivity * area),
        resistance_N=300e-9 / (n.conductivity * area),
        length_F=100e-9,
        length_N=300e-9,
        spin_diffusion_length_F=f.spin_diffusion_length,
        spin_diffusion_length_N=n.spin_diffusion_length,
        polarization=f.polarization,
    )
    block = fespin.conductance(device, order=2)["right", "right"]
    for value, expected in (
        (block[0, 0], exact.G_ee), (block[0, 3], exact.C_z), (block[1, 1], exact.S_x), (block[3, 3], exact.S_z)
    ):  # fmt: skip
        assert value == pytest.approx(expected, rel=tolerance)
