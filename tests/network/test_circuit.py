"""Circuits of exact elements against closed forms of whole devices, and the rules at the nodes."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_strategies import (
    ROUNDING,
    directions,
    magnetic_wires,
    normal_wires,
    polarizations,
    rotations,
    sizes,
    stars,
)

from fespin.errors import InputError
from fespin.network.circuit import join
from fespin.network.closed_forms import annular_sector, cone, fn_wire, fnf_resistance
from fespin.network.conductance import ConductanceMatrix
from fespin.network.elements import contact, ferromagnetic_wire, half_metal_wire, normal_wire
from fespin.network.terminal import TerminalSpace

Z = [0, 0, 1]


def chain(*elements, external=("0", "end")):
    """Two-terminal elements in a row, from node "0" to node "end"."""
    nodes = [str(i) for i in range(len(elements))] + ["end"]
    parts = [
        (element, dict(zip(element.terminals, nodes[i : i + 2], strict=True))) for i, element in enumerate(elements)
    ]
    return join(parts, external=external)


def ferro(m=Z, *, p=0.6, rho=2.0, lam=0.5, length=8.0, area=1.0):
    return ferromagnetic_wire(
        conductivity=1 / rho,
        polarization=p,
        spin_diffusion_length=lam,
        magnetization=m,
        length=length,
        area=area,
    )


def normal(*, rho=0.5, lam=1.3, length=0.8, area=1.0):
    return normal_wire(conductivity=1 / rho, spin_diffusion_length=lam, length=length, area=area)


def close(G, H, tolerance=1e-12):
    return np.allclose(G.values, H.values, rtol=0, atol=tolerance * np.abs(H.values).max())


@pytest.mark.parametrize("count", [2, 7, 12])
@pytest.mark.parametrize("lam", [0.4, 1e6, math.inf])
def test_a_chain_of_wires_is_one_wire(count, lam):
    """K pi-elements of length L/K are the element of length L, for both kinds of wire and half metals."""
    for make in (
        lambda length: normal(lam=lam, length=length),
        lambda length: ferro([1, 2, 2], lam=lam, length=length),
        lambda length: half_metal_wire(conductivity=1, magnetization=[1, 2, 2], length=length, area=1),
    ):
        whole = make(1.5).renamed({"1": "0", "2": "end"})
        parts = chain(*[make(1.5 / count)] * count)
        assert close(parts, whole, 1e-13)
        assert list(parts.spaces.values()) == list(whole.spaces.values())


@pytest.mark.parametrize("shape", [(annular_sector, {"angle": 1, "thickness": 2}), (cone, {"solid_angle": 0.5})])
def test_tapered_pieces_add_up_to_the_whole(shape):
    """Bessel functions obey the composition law that Kirchhoff's rules demand."""
    make, size = shape
    radii = [0.3, 0.5, 1.1, 2.0]
    pieces = [
        make(conductivity=2, spin_diffusion_length=0.6, inner_radius=a, outer_radius=b, **size)
        for a, b in pairwise(radii)
    ]
    whole = make(conductivity=2, spin_diffusion_length=0.6, inner_radius=0.3, outer_radius=2, **size)
    assert close(chain(*pieces), whole, 1e-12)


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_fn_wires_in_series_are_the_closed_form(data):
    """Bazaliy and Ramazashvili, eqs 52-55: every entry of the block at the normal end, any parameters."""
    sigma_F, sigma_N, L_F, L_N, l_F, l_N, area = (data.draw(sizes) for _ in range(7))
    p = data.draw(polarizations)
    F = ferro(p=p, rho=1 / sigma_F, lam=l_F, length=L_F, area=area)
    G = chain(F, normal(rho=1 / sigma_N, lam=l_N, length=L_N, area=area))["end", "end"]
    exact = fn_wire(
        resistance_F=L_F / (sigma_F * area),
        resistance_N=L_N / (sigma_N * area),
        length_F=L_F,
        length_N=L_N,
        spin_diffusion_length_F=l_F,
        spin_diffusion_length_N=l_N,
        polarization=p,
    )
    S_x, S_z, C_z = exact.S_x, exact.S_z, exact.C_z
    expected = [[exact.G_ee, 0, 0, C_z], [0, S_x, 0, 0], [0, 0, S_x, 0], [C_z, 0, 0, S_z]]
    assert np.allclose(G, expected, rtol=0, atol=ROUNDING * np.abs(expected).max())


def test_collinear_device_without_relaxation_transmits_spin_as_charge():
    """Appendix C: S^z = G^ee between the terminals, and no entry mixes x or y with anything."""
    G = chain(ferro(lam=math.inf), normal(lam=math.inf), ferro([0, 0, -1], p=-0.3, lam=math.inf))
    assert G["0", "z", "end", "z"] == pytest.approx(G["0", "e", "end", "e"], rel=1e-13)
    assert not G.tensor[:, 1:3].any()


@pytest.mark.parametrize("theta", [0, 1.0, math.pi / 2, 2.2, math.pi])
def test_spin_valve_at_any_angle(theta):
    """Three wires, transverse spin absorbed at both interfaces; exp(-2 L_F/l_F) = 1e-14 is left out."""
    m = [math.sin(theta), 0, math.cos(theta)]
    G = chain(ferro(), normal(), ferro(m))
    exact = fnf_resistance(
        theta,
        resistivity_F=2,
        resistivity_N=0.5,
        length_F=8,
        length_N=0.8,
        spin_diffusion_length_F=0.5,
        spin_diffusion_length_N=1.3,
        polarization=0.6,
    )
    assert 1 / G["0", "e", "end", "e"] == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("theta", [0, 1.0, math.pi])
def test_spin_valve_with_interface_resistance(theta):
    """Valet-Fert interfaces AR* = 0.3, gamma = 0.7 (and transverse spin fully absorbed: g_mix -> inf)."""
    r_b, gamma, beta = 0.3, 0.7, 0.6
    r_F, r_N, x = 2 * 0.5 / (1 - beta**2), 0.5 * 1.3, 0.8 / 1.3
    m = [math.sin(theta), 0, math.cos(theta)]

    def face(m):
        up, down = (1 / (2 * r_b * (1 + s * gamma)) for s in (-1, 1))
        return contact(conductance_up=up, conductance_down=down, mixing_conductance=1e9, magnetization=m, area=1)

    X = r_N / (1 / math.tanh(x) + math.cos(theta) / math.sinh(x))
    spin = r_b + beta**2 * r_F - (beta * r_F + gamma * r_b) ** 2 / (r_F + r_b + X)
    faces = [face(Z).reordered(["ferromagnet", "normal"]), face(m)]
    G = chain(ferro(), faces[0], normal(), faces[1], ferro(m))
    assert 1 / G["0", "e", "end", "e"] == pytest.approx(2 * 2 * 8 + 0.5 * 0.8 + 2 * spin, rel=1e-8)


@pytest.mark.parametrize(
    ("theta", "expected"), [(math.pi / 3, 0.9372353674), (math.pi / 2, 0.8603878116), (math.pi, 0.64)]
)
def test_circuit_theory_valve_with_complex_mixing(theta, expected):
    """Brataas, Nazarov and Bauer, PRL 84, 2481 (2000): one node between two contacts, eta = 1.4 + 0.5i."""
    args = {"conductance_up": 1.6, "conductance_down": 0.4, "mixing_conductance": 1.4 + 0.5j, "area": 1}
    first = contact(magnetization=Z, **args).reordered(["ferromagnet", "normal"])
    second = contact(magnetization=[math.sin(theta), 0, math.cos(theta)], **args)
    assert chain(first, second)["0", "e", "end", "e"] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(
    ("length", "interface", "expected"),
    [
        (200, 0, 3.597456),
        (500, 0, 1.483328),
        (1000, 0, 0.4994),
        (200, 1000, 52.311923),
        (1000, 1000, 10.561594),
    ],
)
def test_lateral_spin_valve(length, interface, expected):
    """Takahashi and Maekawa, PRB 67, 052409 (2003): nonlocal signal in milliohm, arms of 40 lambda."""
    lam, R_N, R_F, p, P = 500.0, 1.25, 0.1, 0.35, 0.25

    def nonlocal_resistance(sign):
        strip = {"rho": R_N / lam, "lam": lam}
        parts = [
            (normal(length=40 * lam, **strip), {"1": "L", "2": "a"}),
            (normal(length=length, **strip), {"1": "a", "2": "b"}),
            (normal(length=40 * lam, **strip), {"1": "b", "2": "R"}),
        ]
        for node, end, m in (("a", "F1", Z), ("b", "F2", [0, 0, sign])):
            parts.append((ferro(m, p=p, rho=R_F, lam=1, length=40), {"1": end, "2": f"{node}F" if interface else node}))
            if interface:
                g = 1 / interface
                face = contact(
                    conductance_up=g * (1 + P) / 2,
                    conductance_down=g * (1 - P) / 2,
                    mixing_conductance=g,
                    magnetization=m,
                    area=1,
                )
                parts.append((face, {"normal": node, "ferromagnet": f"{node}F"}))
        charge = join(parts, external=["F1", "L", "F2", "R"]).as_network().tensor[:, 0, :, 0]
        live = [0, 2, 3]  # 1 A in at F1, out at the grounded L; F2 and R are voltage probes
        V = np.linalg.solve(charge[np.ix_(live, live)], [1, 0, 0])
        return V[1] - V[2]

    change = abs(nonlocal_resistance(1) - nonlocal_resistance(-1))
    assert 1e3 * change == pytest.approx(expected, rel=1e-6)


@given(a=directions(), b=directions(), p=polarizations)
@settings(deadline=None, max_examples=25)
def test_two_ferromagnetic_terminals_have_six_parameters(a, b, p):
    """Eq 22: charge rows and columns (G, C1, C2) repeat with opposite sign, the spin block is symmetric."""
    g, labels = chain(ferro(a, p=p, length=0.5), normal(), ferro(b, length=0.4)).reduced()
    assert labels == [("0", "e"), ("0", "m"), ("end", "e"), ("end", "m")]
    G, C1, C2, S1, S2, S12 = -g[0, 0], g[0, 1], g[0, 3], g[1, 1], g[3, 3], g[1, 3]
    expected = [[-G, C1, G, C2], [C1, S1, -C1, S12], [G, -C1, -G, -C2], [C2, S12, -C2, S2]]
    assert np.allclose(g, expected, rtol=0, atol=1e-13 * np.abs(g).max())


@given(m=directions(), R=rotations(), wire=magnetic_wires())
@settings(deadline=None, max_examples=25)
def test_turning_all_elements_turns_the_circuit(m, R, wire):
    elements = [ferro(m), normal(), wire, normal(length=2)]
    assert close(chain(*[e.rotated(R) for e in elements]), chain(*elements).rotated(R), ROUNDING)


@given(G=stars(), wire=normal_wires())
@settings(deadline=None, max_examples=25)
def test_names_and_order_of_nodes_and_elements_do_not_matter(G, wire):
    swap = dict(zip(G.terminals, reversed(G.terminals), strict=True))
    parts = [(G, {t: t for t in G.terminals}), (wire, {"1": "T0", "2": "T1"})]
    other = [(wire, {"1": "T0", "2": "T1"}), (G.renamed(swap), {swap[t]: t for t in G.terminals})]
    one = join(parts, external=list(G.terminals))
    two = join(other, external={swap[t]: t for t in reversed(G.terminals)})
    assert close(two.renamed({swap[t]: t for t in G.terminals}).reordered(one.terminals), one, ROUNDING)


def test_circuits_nest():
    """A circuit reduced to its ports is an element again: joining in steps or at once is the same."""
    elements = [ferro(), normal(), ferro([1, 0, 0]), normal(length=2)]
    stepwise = chain(chain(*elements[:2]), chain(*elements[2:]))
    assert close(stepwise, chain(*elements), 1e-13)


def test_parallel_elements_add():
    one, two = normal(), normal(lam=0.2)
    both = join([(one, {"1": "a", "2": "b"}), (two, {"1": "a", "2": "b"})], external=["a", "b"])
    assert np.allclose(both.values, one.values + two.values, rtol=1e-15)


def test_two_half_metals_in_parallel_are_a_ferromagnet():
    """Both channels without relaxation: sigma_up,dn = sigma (1 +- p)/2."""
    up, down = (
        half_metal_wire(conductivity=2 * share, polarization=s, magnetization=[0, 3, 4], length=1, area=1)
        for share, s in ((0.8, 1), (0.2, -1))
    )
    both = join([(up, {"1": "a", "2": "b"}), (down, {"1": "a", "2": "b"})], external={"1": "a", "2": "b"})
    assert close(both, ferro([0, 3, 4], p=0.6, rho=0.5, lam=math.inf, length=1), 1e-15)
    assert both.spaces["1"] == TerminalSpace.ferromagnet([0, 3, 4])


def test_half_metal_between_normal_wires_is_the_limit_of_a_ferromagnet():
    """Transverse spin is absorbed at a half metal as at a ferromagnet: nothing jumps as p -> -1."""
    size = {"conductivity": 0.5, "magnetization": [1, 2, 2], "length": 2, "area": 1}
    half = half_metal_wire(polarization=-1, **size)
    nearly = ferromagnetic_wire(polarization=-1 + 1e-9, spin_diffusion_length=0.5, **size)
    assert close(chain(normal(), half, normal()), chain(normal(), nearly, normal()), 1e-8)


def test_locked_half_metals_leak_only_through_spin_flip():
    """Antiparallel plates: R = 2 L_H/s_H + d/s_N + (2 lambda/s_N) coth(d/2 lambda); plates 0.2 together."""
    plate, back = (
        half_metal_wire(conductivity=1, polarization=s, magnetization=Z, length=0.1, area=1) for s in (1, -1)
    )
    for tau, expected in ((0.05, 0.858681505211), (1, 1.86136306973), (100, 100.866611138)):
        G = chain(plate, normal(rho=0.5, lam=math.sqrt(tau / 2), length=1), back)
        assert 1 / G.reduced()[0][0, 1] == pytest.approx(expected, rel=1e-11)
        assert [s.kind for s in G.spaces.values()] == ["half-metal"] * 2
    parallel = chain(plate, normal(rho=0.5, lam=math.sqrt(0.5), length=1), plate)
    assert 1 / parallel.reduced()[0][0, 1] == pytest.approx(1.13052858579, rel=1e-11)


def test_spaces_of_external_nodes_follow_what_touches_them():
    half = half_metal_wire(conductivity=1, polarization=-1, magnetization=Z, length=1, area=1)
    cases = [
        ([normal()], TerminalSpace.normal()),
        ([normal(), ferro([1, 0, 0])], TerminalSpace.ferromagnet([1, 0, 0])),
        ([half, half], TerminalSpace.half_metal([0, 0, -1])),
        ([half, normal()], TerminalSpace.ferromagnet([0, 0, -1])),
        ([half, ferro(Z)], TerminalSpace.ferromagnet(Z)),
        ([ferro([0, 0, -1]), ferro(Z)], TerminalSpace.ferromagnet([0, 0, -1])),
    ]
    for elements, space in cases:
        G = join([(e, {"1": "hub", "2": f"{i}"}) for i, e in enumerate(elements)], external=["hub", "0"])
        assert G.spaces["hub"] == space
        G.reduced()  # refuses entries outside the spaces


def test_antiparallel_ferromagnets_may_share_a_node():
    """Collinear contact keeps one amplitude; reversing m is reversing the sign of p."""
    assert close(chain(ferro(Z), ferro([0, 0, -1], p=0.3)), chain(ferro(Z), ferro(Z, p=-0.3)), 1e-14)


def test_dangling_wire_sinks_spin_and_no_charge():
    """An open arm is a spin sink of conductance (sigma A/lambda) tanh(L/lambda)."""
    arm, line = normal(lam=0.5, length=0.7, rho=1), normal(lam=math.inf)
    parts = [(line, {"1": "a", "2": "b"}), (arm, {"1": "b", "2": "open"})]
    G = join(parts, external=["a", "b"])
    assert G["b", "e", "b", "e"] == pytest.approx(line["2", "e", "2", "e"], rel=1e-13)
    sink = line["2", "z", "2", "z"] - G["b", "z", "b", "z"]
    assert sink == pytest.approx(2 * math.tanh(0.7 / 0.5), rel=1e-12)


def test_both_ends_on_one_node_make_a_loop_that_only_relaxes():
    """A closed loop carries no charge in or out; its spin is lost at both ends."""
    ring = normal(lam=0.5)
    parts = [(ring, {"1": "a", "2": "a"}), (normal(), {"1": "a", "2": "b"})]
    G = join(parts, external=["a", "b"])
    extra = G["a", "a"] - normal()["1", "1"]
    loss = 2 * (ring["1", "z", "1", "z"] + ring["1", "z", "2", "z"])
    assert np.allclose(extra, np.diag([0, loss, loss, loss]), atol=1e-14)


def test_elements_in_network_sign_are_understood():
    assert chain(normal().as_network(), ferro()) == chain(normal(), ferro())


def test_admittances_join():
    """A complex element in series with a real one: 1/(1/y1 + 1/y2)."""
    values = (1 + 2j) * normal_wire(conductivity=1, length=1, area=1).values
    G = chain(ConductanceMatrix(values=values, terminals=["1", "2"]), normal(rho=1, lam=math.inf, length=1))
    assert G["0", "z", "end", "z"] == pytest.approx(1 / (1 / (1 + 2j) + 1), rel=1e-14)


def test_weak_links_are_not_taken_for_floating():
    """Twelve decades between the elements: the weak one rules, to the accuracy that is left."""
    G = chain(normal(rho=1e-6, lam=math.inf), normal(rho=1e6, lam=math.inf), normal(rho=1e-6, lam=math.inf))
    assert G["0", "e", "end", "e"] == pytest.approx(1 / 0.8e6, rel=1e-3)


LOOSE = normal(lam=0.4)
UP, DOWN = (half_metal_wire(conductivity=1, polarization=s, magnetization=Z, length=1, area=1) for s in (1, -1))
AB = {"1": "a", "2": "b"}


@pytest.mark.parametrize(
    ("parts", "external", "message"),
    [
        (
            [(ferro(), AB), (ferro([1, 0, 0]), {"1": "b", "2": "c"})],
            ["a", "c"],
            r"element 1 \(terminal 2\) and element 2 \(terminal 1\) meet at node 'b' .*differ by 90 deg",
        ),
        ([(ferro(), AB), (UP.rotated([[0, 0, 1], [0, 1, 0], [-1, 0, 0]]), AB)], ["a"], "differ by 90 deg"),
        ([(LOOSE, AB), (LOOSE, {"1": "c", "2": "d"})], ["a", "b"], r"'c' \(e\), 'd' \(e\) floating"),
        (
            [(UP, AB), (DOWN, {"1": "b", "2": "c"})],
            ["a"],
            r"leaves node 'b' \(e\), 'b' \(m\), 'c' \(channel\) floating",
        ),
        ([(LOOSE, AB)], ["a", "B"], "no node 'B' in the circuit"),
        ([(LOOSE, AB)], ["a", "a"], "at least one node, each named once"),
        ([(LOOSE, AB)], [], "at least one node, each named once"),
        ([(LOOSE, AB)], "ab", "at least one node, each named once"),
        ([(LOOSE, {"1": "a"})], ["a"], "the connections of element 1 must be a node for every terminal"),
        ([(LOOSE, {**AB, "3": "c"})], ["a"], "a node for every terminal and for nothing else: 1, 2"),
        ([], ["a"], "no node 'a' in the circuit"),
    ],
)
def test_impossible_circuits_are_refused_with_the_culprit(parts, external, message):
    with pytest.raises(InputError, match=message):
        join(parts, external=external)
