"""Ports fixed for good, connections and drives: closed forms, laws that survive, and what is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_strategies import ROUNDING, finite_lengths, magnetic_wires, normal_wires, rotations, stars

from fespin.errors import InputError
from fespin.network.circuit import join
from fespin.network.conductance import ConductanceMatrix
from fespin.network.drive import drive
from fespin.network.elements import contact, ferromagnetic_wire, half_metal_wire, normal_wire
from fespin.network.joining import connect, parallel, series
from fespin.network.ports import eliminate, ground, open_ports
from fespin.network.terminal import TerminalSpace

Z = [0, 0, 1]
P, X_F, X_N = 0.6, 0.7, 1.3  # polarisation and length over lambda of the two wires below


def ferro(m=Z, terminals=("1", "2")):
    """g = 1 S."""
    return ferromagnetic_wire(
        conductivity=1,
        polarization=P,
        spin_diffusion_length=1 / X_F,
        magnetization=m,
        length=1,
        area=1,
        terminals=terminals,
    )


def normal(terminals=("1", "2"), lam=1 / X_N):
    """g = 1 S."""
    return normal_wire(conductivity=1, spin_diffusion_length=lam, length=1, area=1, terminals=terminals)


def half(m=Z, sign=1):
    return half_metal_wire(conductivity=1, polarization=sign, magnetization=m, length=1, area=1)


def tee():
    """A magnet, a normal wire and a second magnet of another direction on one normal node; none is in contact."""
    wires = {"F": series(ferro(), normal(lam=0.8)), "N": normal(), "G": series(ferro([1, 2, 2]), normal())}
    return connect(wires, {"hub": [("F", "2"), ("N", "2"), ("G", "2")]}).renamed({"F.1": "F", "N.1": "N", "G.1": "G"})


def chiral():
    """A matrix that is not symmetric: complex mixing conductances of two magnets."""
    kind = {"conductance_up": 3, "conductance_down": 1, "mixing_conductance": 2.5 + 0.9j, "area": 1}
    first = contact(magnetization=Z, **kind, terminals=("n", "f"))
    second = contact(magnetization=[1, 2, 2], **kind, terminals=("n", "g"))
    wires = {"1": first, "2": second, "N": normal()}
    G = connect(wires, {"hub": [("1", "n"), ("2", "n"), ("N", "2")]})
    return G.renamed({"1.f": "F", "2.g": "G", "N.1": "N"})


def close(G, H, tolerance=1e-13):
    return np.allclose(G.values, H.values, rtol=0, atol=tolerance * np.abs(H.values).max())


# closed forms


def test_grounded_and_open_spin_of_a_ferromagnetic_wire():
    """Charge conductance g with spin grounded at both ends; with open ends 1/R = 1/(1/g + p^2/((1-p^2) ...)).

    Open: u obeys u'' = u/lambda^2 with u' = -p V_e' at the ends, so that
    R = (1/g) [1 + p^2/(1-p^2) tanh(x/2)/(x/2)].
    """
    assert ferro().grounded("spin")["1", "e", "2", "e"] == pytest.approx(1, rel=1e-14)
    expected = 1 + P**2 / (1 - P**2) * math.tanh(X_F / 2) / (X_F / 2)
    assert 1 / ferro().with_open("spin")["1", "e", "2", "e"] == pytest.approx(expected, rel=1e-13)


def test_what_is_left_is_a_matrix_over_all_components_with_zeros_for_what_is_gone():
    G = tee().grounded({"N": ["x", "y"], "F": "m"}).with_open({"N": "z"})
    assert G.values.shape == (12, 12)
    assert G.terminals == ("F", "N", "G")
    assert [space.labels for space in G.spaces.values()] == [("e",), ("e",), ("e", "m")]
    assert not G["F", "N"][1:].any()
    assert not G["F", "N"][:, 1:].any()
    assert G.info["ports"] == [{"grounded": {"F": ["m"], "N": ["x", "y"]}}, {"open": {"N": ["z"]}}]
    G.reduced()  # refuses entries outside the spaces


@pytest.mark.parametrize("make", [tee, chiral])
def test_grounding_takes_rows_and_columns_and_opening_is_the_schur_complement(make):
    G = make()
    g, labels = G.reduced()
    gone = [labels.index(("N", "z")), labels.index(("F", "m"))]
    keep = [k for k in range(len(labels)) if k not in gone]
    ports = {"N": "z", "F": "m"}
    assert np.allclose(ground(G, ports).reduced()[0], g[np.ix_(keep, keep)], atol=1e-15)
    schur = g[np.ix_(keep, keep)] - g[np.ix_(keep, gone)] @ np.linalg.inv(g[np.ix_(gone, gone)]) @ g[np.ix_(gone, keep)]
    assert np.allclose(open_ports(G, ports).reduced()[0], schur, atol=1e-14)


def test_names_of_ports():
    """Groups, single components, several in one string, the axis of a magnet by its letter."""
    G = tee()
    same = [{"N": "spin"}, {"N": ["x", "y", "z"]}, {"N": "xyz"}, {"N": ("z", "x", "y", "x")}]
    assert all(ground(G, ports) == ground(G, same[0]) for ports in same)
    assert ground(G, {"F": "m"}) == ground(G, {"F": "z"}) == ground(G, {"F": "spin"})
    assert ground(G, "spin") == ground(G, {"F": "spin", "N": "spin", "G": "spin"})
    assert ground(half(), {"1": "e"}) == ground(half(), {"1": "channel"}) == ground(half(), {"1": "charge"})
    assert ground(half(), "spin") == half()


def test_convention_and_provenance_stay():
    G = tee().with_info(mesh={"nodes": 5})
    for H in (G.grounded("spin"), G.with_open({"N": "spin"}), G.without("G")):
        assert H.info["mesh"] == {"nodes": 5}
    turned = G.as_network()
    assert turned.with_open({"N": "spin"}).convention == "in"
    assert close(turned.with_open({"N": "spin"}).as_device(), G.with_open({"N": "spin"}))


def test_grounded_charge_is_missing_from_the_sums_and_the_ground_is_zero():
    """Two wires of 1 S on a grounded middle terminal: what enters at 1 leaves there."""
    G = connect({"a": normal(), "b": normal()}, {"c": [("a", "2"), ("b", "1")]}, external=["c"]).grounded({"c": "all"})
    assert G["a.1", "e", "a.1", "e"] == pytest.approx(-1, rel=1e-14)
    assert G["a.1", "e", "b.2", "e"] == 0
    assert G.identities()["charge_conservation"] > 0.1


def test_eliminated_terminal_is_a_dangling_end():
    """An open arm is a spin sink (sigma A/lambda) tanh(L/lambda) and no charge leaves through it."""
    G = normal().without("2")
    assert G["1", "z", "1", "z"] == pytest.approx(-X_N * math.tanh(X_N), rel=1e-13)
    assert G["1", "e", "1", "e"] == pytest.approx(0, abs=1e-15)


# terminals that lost some of their components


@given(G=stars(), R=rotations())
@settings(deadline=None, max_examples=25)
def test_turning_and_grounding_commute(G, R):
    for change in (lambda H: H.grounded("spin"), lambda H: H.with_open({"T0": "charge"})):
        one, two = change(G.rotated(R)), change(G).rotated(R)
        # of the entries there were: between half metals nothing but rounding may be left
        assert np.allclose(one.values, two.values, rtol=0, atol=ROUNDING * np.abs(G.values).max())


@given(R=rotations(), S=rotations())
@settings(deadline=None, max_examples=25)
def test_partial_terminals_turn_with_their_columns(R, S):
    G = tee().grounded({"N": "x"}).with_open({"F": "m"}).rotated(R).rotated(S)
    G.reduced()
    assert G.spaces["N"].labels[0] == "e"
    assert np.allclose(G.spaces["N"].pinned[1:, 0], S @ R @ [1, 0, 0], atol=1e-13)
    assert close(G, tee().grounded({"N": "x"}).with_open({"F": "m"}).rotated(S @ R), 1e-12)


@pytest.mark.parametrize("suffix", ["csv", "json", "npz", "nc"])
def test_partial_terminals_survive_files(suffix, tmp_path):
    turn = [[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1]]
    G = tee().grounded({"N": "x"}).with_open({"F": "m"}).rotated(turn)
    again = ConductanceMatrix.load(G.save(tmp_path / f"G.{suffix}"))
    assert again == G
    assert again.info == G.info


def test_files_of_whole_terminals_hold_what_they_held():
    assert TerminalSpace.normal().as_dict() == {"kind": "normal", "axis": None}


def test_joined_to_a_node_grounded_spin_is_zero_for_all_and_open_spin_is_free():
    """A wire on a contact for charge only: its end is a spin ground or an open end."""
    wire, lead = normal(), normal(lam=2.0)
    for change, sink in (("grounded", X_N / math.tanh(X_N)), ("open", X_N * math.tanh(X_N))):
        contact_only = ground(lead, "spin") if change == "grounded" else open_ports(lead, "spin")
        G = series(wire, contact_only)
        assert G.spaces["1"].kind == "normal"
        assert G.spaces["2"].labels == ("e",)
        assert -G["1", "z", "1", "z"] == pytest.approx(sink, rel=1e-13)
        assert G["1", "e", "2", "e"] == pytest.approx(0.5, rel=1e-13)


@pytest.mark.parametrize(
    ("first", "second", "labels", "pinned"),
    [
        (normal().grounded({"2": "x"}), normal(), ("e", "y", "z"), 1),
        (normal().grounded({"2": "x"}), normal().grounded({"1": "z"}), ("e", "y"), 2),
        (normal().grounded({"2": "x"}), ferro(), ("e", "m"), 2),
        (normal().grounded({"2": "z"}), ferro(), ("e",), 3),
        (normal().grounded({"2": "spin"}), half(), ("e",), 3),
        (normal().with_open({"2": "spin"}), half(), ("e", "m"), 2),
        (normal().with_open({"2": "spin"}), ferro([1, 2, 2]), ("e", "m"), 2),
        (normal().with_open({"2": "xy"}), normal().with_open({"1": "yz"}), ("e", "x", "z"), 0),
        (normal().with_open({"2": "charge"}), normal().with_open({"1": "charge"}), ("x", "y", "z"), 0),
        (normal().with_open({"2": "charge"}), half(), ("e", "m"), 2),
        (normal().grounded({"2": "charge"}), normal(), ("x", "y", "z"), 1),
        (normal().grounded({"2": "charge"}), ferro(), ("m",), 3),
        (ferro().with_open({"2": "m"}), ferro().with_open({"1": "m"}), ("e",), 2),
        (half(), half(), ("channel",), 2),
    ],
)
def test_nodes_keep_what_is_carried_and_not_pinned(first, second, labels, pinned):
    parts = {"a": first, "b": second}
    G = connect(parts, {"n": [("a", "2"), ("b", "1")]}, external=["n"])
    assert G.spaces["n"].labels == labels
    assert G.spaces["n"].pinned.shape == (4, pinned)
    G.reduced()
    assert G.identities()["asymmetry"] < 1e-14


def test_a_tilted_pin_leaves_a_tilted_remainder():
    turn = np.array([[0.6, 0, 0.8], [0, 1, 0], [-0.8, 0, 0.6]])
    wire = normal().grounded({"2": "x"}).rotated(turn)
    G = series(wire, normal(), terminals=("a", "b"))
    node = connect({"w": wire, "n": normal()}, {"n": [("w", "2"), ("n", "1")]}, external=["n"]).spaces["n"]
    assert node.labels == ("e", "y", "m")
    assert np.allclose(node.basis[1:, 2] @ turn @ [1, 0, 0], 0, atol=1e-14)
    assert close(G, series(normal().grounded({"2": "x"}), normal(), terminals=("a", "b")).rotated(turn))


# connections


def test_parallel_matrices_add_and_series_resistances_do():
    both = parallel(tee(), tee(), tee())
    assert close(both, replace(tee(), values=3 * tee().values))
    assert series(normal(), normal(), normal())["2", "e", "1", "e"] == pytest.approx(1 / 3, rel=1e-13)
    assert series(normal(("a", "b")), normal(("c", "d"))).terminals == ("a", "d")
    assert series(normal()) == normal()


def test_connect_is_join_by_names():
    parts = [(ferro(), {"1": "left", "2": "m"}), (normal(), {"1": "m", "2": "right"})]
    one = join(parts, external=["m", "left", "right"])
    two = connect({"F": ferro(), "N": normal()}, {"m": [("F", "2"), ("N", "1")]}, external=["m"])
    assert two.terminals == ("m", "F.1", "N.2")
    assert np.array_equal(one.values, two.values)


def test_one_matrix_may_be_connected_with_itself():
    """Two ends of a tee tied together: the loop relaxes spin and carries no net charge."""
    G = connect({"t": tee()}, {"loop": [("t", "N"), ("t", "F")]})
    assert G.terminals == ("t.G",)
    assert G["t.G", "e", "t.G", "e"] == pytest.approx(0, abs=1e-14)


@given(data=st.data())
@settings(deadline=None, max_examples=30)
def test_order_of_reduction_does_not_matter(data):
    """Leaving out ports one by one, in any order, or all at once, is the same."""
    G = data.draw(stars())
    names = data.draw(st.permutations(list(G.terminals)))[: len(G.terminals) - 1]
    at_once = eliminate(G, names)
    stepwise = G
    for name in names:
        for port in data.draw(st.permutations(G.spaces[name].labels)):
            # a terminal whose charge goes first can leave its spin alone, and the other way round
            stepwise = open_ports(stepwise, {name: [port]})
    assert np.allclose(stepwise.values, at_once.values, rtol=0, atol=ROUNDING * np.abs(G.values).max())


@given(data=st.data())
@settings(deadline=None, max_examples=30)
def test_grounding_and_opening_different_ports_commute(data):
    G = data.draw(stars())
    a, b = G.terminals[:2]
    one = open_ports(ground(G, {a: "spin"}), {b: "spin"})
    two = ground(open_ports(G, {b: "spin"}), {a: "spin"})
    assert close(one, two, ROUNDING)
    assert one.spaces == two.spaces


@given(data=st.data())
@settings(deadline=None, max_examples=30)
def test_reciprocity_conservation_and_passivity_survive(data):
    """Of random stars of non-collinear wires, grounded and opened in part, connected through normal wires."""
    G, H = data.draw(stars()), data.draw(stars())
    G = G.grounded({"T0": "spin"}).with_open({"T1": "spin"})
    bridge = data.draw(normal_wires(finite_lengths))
    joined = connect(
        {"G": G, "H": H, "bridge": bridge}, {"a": [("G", "T0"), ("bridge", "1")], "b": [("H", "T1"), ("bridge", "2")]}
    )
    found = joined.identities()
    assert found["asymmetry"] < ROUNDING
    assert found["charge_conservation"] < ROUNDING
    assert found["gauge_invariance"] < ROUNDING
    assert found["passivity"] > -ROUNDING


@given(data=st.data())
@settings(deadline=None, max_examples=30)
def test_power_balance_closes(data):
    """Tellegen: what the sources deliver at the ports is what all elements together turn into heat."""
    wires = [data.draw(normal_wires(finite_lengths)), data.draw(normal_wires()), data.draw(magnetic_wires())]
    names = [("a", "hub"), ("hub", "hub2"), ("hub2", "b")]
    parts = [(w, {"1": i, "2": j}) for w, (i, j) in zip(wires, names, strict=True)]
    G = join(parts, external=["a", "b"])
    volt, ampere, spin_ampere = (data.draw(st.floats(-2, 2)) for _ in range(3))
    currents = {"b": {"e": ampere}, "a": {"x": spin_ampere}}  # an end of a normal wire, and one of any kind
    point = drive(G, potentials={"a": {"e": volt}}, currents=currents, spin={"a": "open", "b": "grounded"})
    whole = join(parts, external=["a", "b", "hub", "hub2"])
    inside = drive(
        whole,
        potentials=point.potentials,
        spin={"a": "open", "b": "open", "hub": "open", "hub2": "open"},
    )
    heat = 0.0
    for matrix, nodes in parts:
        v = []
        for terminal, node in nodes.items():
            V = whole.spaces[node].dual @ list(inside.potentials[node].values())
            v += (matrix.spaces[terminal].basis.T @ V).tolist()
        heat -= np.array(v) @ matrix.reduced()[0] @ v
    assert point.power == pytest.approx(heat, rel=1e-9, abs=1e-10)
    assert point.power > -1e-12


# drives


def test_all_potentials_fixed_is_the_matrix_times_them():
    G = chiral()
    potentials = {"F": {"e": 1.0, "m": -0.3}, "G": {"e": 0.2, "m": 0.5}, "N": {"e": 0.0, "x": 1, "y": 2, "z": -1}}
    point = drive(G, potentials=potentials, spin="open")
    m = np.array([1, 2, 2]) / 3
    whole = {"F": {"e": 1.0, "z": -0.3}, "G": {"e": 0.2} | dict(zip("xyz", 0.5 * m, strict=True)), "N": potentials["N"]}
    expected = G.currents(whole)
    for t in G.terminals:
        for c in "exyz":
            assert point.current(t, c) == pytest.approx(expected[t][c], abs=1e-14)
    V = np.concatenate([[whole[t].get(c, 0.0) for c in "exyz"] for t in G.terminals])
    assert point.power == pytest.approx(-V @ G.values @ V, rel=1e-13)


def test_mixed_drive_keeps_what_was_fixed_and_obeys_the_matrix():
    G = chiral()
    point = drive(
        G,
        potentials={"N": {"e": 0.25, "z": 0.1}},
        currents={"F": {"e": -1.0}, "G": {"m": 0.2}},
        spin={"F": "grounded", "G": "open", "N": "open"},
    )
    assert point.potential("N", "e") == 0.25
    assert point.potential("N", "z") == 0.1
    assert point.potential("F", "m") == point.potential("F", "z") == 0
    assert point.current("F", "e") == -1
    assert point.current("G", "e") == point.current("N", "x") == point.current("N", "y") == 0
    assert point.current("G", "m") == 0.2
    assert point.current("N", "e") == pytest.approx(1, rel=1e-13)
    g, labels = G.reduced()
    v = [point.potentials[t][c] for t, c in labels]
    i = [point.currents[t][c] for t, c in labels]
    assert np.allclose(g @ v, i, atol=1e-14)
    assert "W delivered" in repr(point)


def test_the_axis_of_a_magnet_may_be_named_by_its_letter_with_its_sign():
    wire = ferro([0, -1, 0])
    point = drive(wire, potentials={"1": {"e": 0.0, "y": 1.0}, "2": {"e": 0.0}}, spin="grounded")
    assert point.potentials["1"]["m"] == -1
    assert point.potential("1", "y") == 1
    assert point.current("1", "y") == -point.current("1", "m")


def test_half_metals_are_driven_by_their_channel():
    point = drive(half(), potentials={"1": {"e": 1.0}, "2": {"channel": 0.0}}, spin="open")
    assert point.potentials == {"1": {"channel": 1.0}, "2": {"channel": 0.0}}
    assert point.current("2", "channel") == point.current("2", "e") == point.current("2", "z") == 1
    assert point.power == 1


def test_network_convention_counts_currents_in():
    point = drive(normal().as_network(), currents={"1": {"e": 2.0}}, potentials={"2": {"e": 0}}, spin="open")
    assert point.potential("1", "e") == pytest.approx(2, rel=1e-14)
    assert point.power == pytest.approx(4, rel=1e-14)


def test_admittances_are_driven_in_complex_numbers():
    Y = ConductanceMatrix(values=(1 + 2j) * normal().values, terminals=["1", "2"])
    point = drive(Y, currents={"1": {"e": -1j}}, potentials={"2": {"e": 0}}, spin="open")
    assert point.potential("1", "e") == pytest.approx(1j / (1 + 2j), rel=1e-14)
    assert point.power == pytest.approx(0.2, rel=1e-14)


# refusals


LOSSLESS = normal(lam=math.inf)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: ground(tee(), {"Nn": "spin"}), "no terminal 'Nn' .*did you mean 'N'"),
        (lambda: ground(tee(), {"G": "x"}), r"'G' \(ferromagnet along 0.3333, 0.6667, 0.6667\) holds no potential 'x'"),
        (lambda: ground(tee(), {"N": "spinn"}), r"'N' \(normal\) holds no potential 'spinn' .*there: e, x, y, z"),
        (lambda: ground(half(), {"1": "z"}), "holds no potential 'z' .*there: channel"),
        (lambda: ground(tee(), "N"), "ports must be a mapping of terminals to components, or one of charge, spin, all"),
        (lambda: ground(normal(), "all"), "the ports to ground must be some of the ports"),
        (lambda: open_ports(ferro(), "all"), "the ports to open must be some of the ports"),
        (lambda: open_ports(normal(), "charge"), r"opening '1' \(e\), '2' \(e\) leaves them floating"),
        (lambda: open_ports(LOSSLESS, {"1": "z", "2": "z"}), r"opening '1' \(z\), '2' \(z\) leaves them floating"),
        (lambda: eliminate(normal(), ["1", "2"]), "the ports to open must be some of the ports"),
        (lambda: eliminate(normal(), "3"), "no terminal '3'"),
        (lambda: parallel(normal(), ferro(terminals=("1", "3"))), "one or more with the same terminals"),
        (lambda: parallel(), "one or more with the same terminals"),
        (lambda: parallel(ferro(), ferro([1, 0, 0])), "differ by 90 deg"),
        (lambda: series(), "one or more with two terminals each"),
        (lambda: series(normal(), tee()), "one or more with two terminals each"),
        (lambda: series(normal(("a", "b")), normal(("b", "a"))), "two different names.*name them by terminals="),
        (lambda: series(ferro(), ferro([1, 0, 0])), "differ by 90 deg; put a normal element"),
        (lambda: connect({"a": normal()}, {"n": [("b", "1")]}), "no part 'b' to connect at node 'n'"),
        (lambda: connect({"a": normal()}, {"n": [("a", "3")]}), "no terminal '3' of part 'a' to connect at node 'n'"),
        (lambda: connect({"a": normal()}, {"n": [("a", "1")], "o": [("a", "1")]}), "on one node, got .'n', 'o'"),
        (lambda: connect({"a": normal()}, {"n": [("a", "1")]}, external=["m"]), "no node 'm' among the joints"),
        (lambda: connect({"a": normal()}, {"a.2": [("a", "1")]}), "different from those of free terminals, got 'a.2'"),
        (lambda: connect({"a": normal()}, {"n": [("a", "1"), ("a", "2")]}), "at least one node, since no terminal"),
        (
            lambda: series(normal().grounded({"2": "charge"}), normal().grounded({"1": "spin"})),
            "every potential of node 'node 1' is grounded",
        ),
        (lambda: drive(normal(), spin="open"), r"potential of '1' \(e\), '2' \(e\) floats: only the current is fixed"),
        (lambda: drive(normal(), currents={"1": {"e": 1}, "2": {"e": -1}}, spin="open"), "fix a potential among them"),
        (
            lambda: drive(LOSSLESS, potentials={"1": {"e": 0}}, spin="open"),
            r"'1' \(x\), '1' \(y\), .* floats: .*ground the spin",
        ),
        (lambda: drive(tee(), potentials={"F": {"e": 0}}, spin="opened"), "spin must be 'open' or 'grounded'"),
        (lambda: drive(tee(), spin={"F": "open", "G": "open"}), "at every terminal with spin, N too"),
        (lambda: drive(tee(), spin={"T": "open"}), "no terminal 'T'"),
        (
            lambda: drive(tee(), potentials={"F": {"m": 0}}, currents={"F": {"z": 0}}, spin="open"),
            "the port F:z must be fixed once",
        ),
        (lambda: drive(tee(), potentials={"F": {"e": "1 V"}}, spin="open"), "at F:e must be a finite number in V"),
        (lambda: drive(tee(), currents={"F": {"e": math.nan}}, spin="open"), "at F:e must be a finite number in A"),
        (lambda: drive(tee(), currents={"F": {"e": 1j}}, spin="open"), "at F:e must be a finite number in A"),
        (lambda: drive(tee(), currents={"F": {"e": [1]}}, spin="open"), "at F:e must be a finite number in A"),
        (
            lambda: drive(tee(), potentials={"N": {"e": 0}}, spin="open").potential("F", "x"),
            "holds no potential 'x' that could be driven or read by itself",
        ),
        (lambda: drive(tee(), potentials={"N": {"e": 0}}, spin="open").current("T", "e"), "no terminal 'T'"),
    ],
)
def test_impossible_wirings_are_refused_with_the_reason(action, message):
    with pytest.raises(InputError, match=message):
        action()


E, X = ("e", (1, 0, 0, 0)), ("x", (0, 1, 0, 0))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"kind": "partial"}, "given for a partial terminal and for no other"),
        ({"kind": "normal", "amplitudes": (E,)}, "given for a partial terminal and for no other"),
        ({"kind": "normal", "grounded": ((1, 0, 0, 0),)}, "given for a partial terminal and for no other"),
        ({"kind": "partial", "amplitudes": (E, E)}, "labelled columns over e, x, y, z"),
        ({"kind": "partial", "amplitudes": (("e", (0, 1, 0, 0)),)}, "labelled columns over e, x, y, z"),
        ({"kind": "partial", "amplitudes": (("w", (0.6, 0.8, 0, 0)),)}, "labelled columns over e, x, y, z"),
        ({"kind": "partial", "amplitudes": (("x", (0, 2, 0, 0)),)}, "labelled columns over e, x, y, z"),
        ({"kind": "partial", "amplitudes": (("x", (0, 1, 0)),)}, "labelled columns over e, x, y, z"),
        ({"kind": "partial", "amplitudes": ((1, (0, 1, 0, 0)),)}, "labelled columns over e, x, y, z"),
        ({"kind": "partial", "amplitudes": ("e",)}, "labelled columns over e, x, y, z"),
        ({"kind": "partial", "amplitudes": (X,), "grounded": ((0, 1, 0, 0),)}, "orthonormal with the grounded ones"),
    ],
)
def test_partial_spaces_are_checked(args, message):
    with pytest.raises(InputError, match=message):
        TerminalSpace(**args)
