"""The labelled matrix: index order, signs, spaces, drives, relabelling, and what it refuses."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from network_strategies import rotations, stars

from fespin.errors import InputError
from fespin.network.conductance import ConductanceMatrix
from fespin.network.elements import contact, ferromagnetic_wire, half_metal_wire, normal_wire
from fespin.network.terminal import TerminalSpace

LABELS = [(t, c) for t in ("left", "right", "top") for c in "exyz"]


def counted(**kwargs):
    """Every entry tells its row and column: 100 * row + column."""
    values = 100.0 * np.arange(12)[:, None] + np.arange(12)
    return ConductanceMatrix(values=values, terminals=("left", "right", "top"), **kwargs)


def test_index_order_is_current_then_potential_terminal_major():
    """A matrix that is not symmetric pins the convention that a symmetric one would hide."""
    G = counted()
    for i, row in enumerate(LABELS):
        for j, column in enumerate(LABELS):
            assert G[(*row, *column)] == 100 * i + j == G.tensor[i // 4, i % 4, j // 4, j % 4]
    assert np.array_equal(G["right", "left"], G.values[4:8, 0:4])
    assert G.components == ("e", "x", "y", "z")


def test_currents_are_the_matrix_times_the_potentials():
    G = counted()
    currents = G.currents({"left": {"z": 2.0}, "top": {"e": -1.0}})
    for t, c in LABELS:
        assert currents[t][c] == 2 * G[t, c, "left", "z"] - G[t, c, "top", "e"]
    assert set(G.currents({})["top"].values()) == {0.0}


def test_currents_of_an_admittance_are_complex():
    G = ConductanceMatrix(values=np.full((4, 4), 1 + 2j), terminals=["a"])
    assert G.currents({"a": {"x": 1j}})["a"]["y"] == -2 + 1j
    assert isinstance(G["a", "e", "a", "e"], complex)


def test_network_sign_is_the_negative_and_comes_back():
    G = counted()
    assert G.as_network()["right", "e", "left", "z"] == -G["right", "e", "left", "z"]
    assert G.as_network().as_device() == G != G.as_network()
    assert G.as_device() is G


def test_identities_do_not_depend_on_the_sign_convention():
    G = normal_wire(conductivity=2, spin_diffusion_length=0.3, length=1, area=1)
    assert G.as_network().identities() == G.identities()
    assert G.identities()["passivity"] == pytest.approx(0, abs=1e-15)


def test_values_cannot_be_changed_and_are_a_copy():
    source = np.zeros((4, 4))
    G = ConductanceMatrix(values=source, terminals=["a"])
    source[0, 0] = 1
    assert G["a", "e", "a", "e"] == 0
    with pytest.raises(ValueError, match="read-only"):
        G.values[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        G["a", "a"][0, 0] = 1


def test_copies_and_pickles_are_equal():
    G = ferromagnetic_wire(
        conductivity=2, polarization=0.4, spin_diffusion_length=1, magnetization=[1, 2, 3], length=1, area=1
    )
    assert copy.deepcopy(G) == pickle.loads(pickle.dumps(G)) == G
    assert pickle.loads(pickle.dumps(G)).info == G.info


def test_equality_sees_values_names_spaces_and_sign():
    G = counted()
    others = [
        counted(spaces={"top": TerminalSpace.ferromagnet([0, 0, 1])}),
        ConductanceMatrix(values=G.values + 1e-9, terminals=G.terminals),
        ConductanceMatrix(values=G.values, terminals=("a", "b", "c")),
        ConductanceMatrix(values=G.values, terminals=G.terminals, convention="in"),
    ]
    assert all(other != G for other in others)
    assert G != 1
    assert counted(info={"a": 1}) == G


@given(G=stars(), R=rotations())
@settings(deadline=None, max_examples=25)
def test_rotation_turns_every_spin_index_and_axis(G, R):
    """I = G V for turned potentials gives turned currents; charge is a scalar."""
    turned = G.rotated(R)
    V = np.random.default_rng(1).normal(size=(len(G.terminals), 4))

    def turn(vectors):
        return np.concatenate([vectors[:, :1], vectors[:, 1:] @ R.T], axis=1)

    expected = turn((G.values @ V.ravel()).reshape(-1, 4))
    assert np.allclose(turned.values @ turn(V).ravel(), expected.ravel(), atol=1e-12 * np.abs(G.values).max())
    for name, space in G.spaces.items():
        if space.axis is not None:
            assert np.allclose(turned.spaces[name].axis, R @ space.axis, atol=1e-14)
    assert np.allclose(turned.rotated(R.T).values, G.values, atol=1e-12 * np.abs(G.values).max())


@given(G=stars())
@settings(deadline=None, max_examples=25)
def test_reduced_and_back_is_the_same_matrix(G):
    """i = g v with v = B^T V and I = B i holds for normal, ferromagnetic and half-metallic terminals."""
    g, labels = G.reduced()
    spaces = [G.spaces[name] for name in G.terminals]
    again = ConductanceMatrix.from_reduced(g, terminals=G.terminals, spaces=spaces)
    assert np.allclose(again.values, G.values, atol=1e-13 * np.abs(G.values).max())
    assert labels == [(name, label) for name in G.terminals for label in G.spaces[name].labels]


def test_reduced_half_metal_is_the_channel_conductance():
    """I_a = g (1,q)_a (1,q).V between w = V_e + q.V_s: the reduced entry is g itself."""
    wire = half_metal_wire(conductivity=3, polarization=-1, magnetization=[1, 2, 2], length=1, area=1)
    g, labels = wire.reduced()
    assert np.allclose(g, [[-3, 3], [3, -3]], rtol=1e-14)
    assert labels == [("1", "channel"), ("2", "channel")]
    column = np.array([1, -1 / 3, -2 / 3, -2 / 3])
    assert np.allclose(wire["1", "2"], 3 * np.outer(column, column), rtol=1e-14)


def test_reduced_refuses_entries_outside_the_spaces():
    G = normal_wire(conductivity=1, length=1, area=1)
    wrong = ConductanceMatrix(values=G.values, terminals=("1", "2"), spaces={"1": TerminalSpace.ferromagnet([0, 0, 1])})
    with pytest.raises(InputError, match="zero outside the spaces of its terminals"):
        wrong.reduced()


def test_terminal_space_normalises_and_labels():
    assert np.allclose(TerminalSpace.ferromagnet([3e-200, 0, 4e-200]).axis, [0.6, 0, 0.8], rtol=1e-15)
    for space, labels in (
        (TerminalSpace.normal(), ("e", "x", "y", "z")),
        (TerminalSpace.ferromagnet([1, 1, 1]), ("e", "m")),
        (TerminalSpace.half_metal([1, 0, 0]), ("channel",)),
    ):
        assert space.labels == labels
        assert space.basis.shape == (4, len(labels))
        assert np.allclose(space.basis.T @ space.dual, np.eye(len(labels)), atol=1e-15)


def test_renamed_and_reordered_keep_every_labelled_entry():
    up = TerminalSpace.ferromagnet([0, 0, 1])
    G = counted(spaces={"left": up})
    new = G.renamed({"left": "L"})
    assert new["L", "x", "top", "e"] == G["left", "x", "top", "e"]
    assert new.spaces["L"] == up
    moved = G.reordered(["top", "left", "right"])
    assert moved.terminals == ("top", "left", "right")
    assert moved.spaces["left"] == up
    for row in LABELS:
        for column in LABELS:
            assert moved[(*row, *column)] == G[(*row, *column)]
    assert G.renamed({"left": "right", "right": "left"})["left", "x", "top", "e"] == G["right", "x", "top", "e"]


def test_info_is_a_plain_copy_and_can_be_extended():
    source = {"solver": {"residual": np.float64(1e-12), "unknowns": np.int64(7)}, "sizes": (1, 2)}
    G = counted(info=source)
    source["solver"]["unknowns"] = 8
    assert G.info == {"solver": {"residual": 1e-12, "unknowns": 7}, "sizes": [1, 2]}
    assert G.with_info(version="1").info == {**G.info, "version": "1"}


def test_xarray_has_named_axes():
    array = counted().to_xarray()
    assert array.dims == ("terminal_out", "component_out", "terminal_in", "component_in")
    entry = array.sel(terminal_out="top", component_out="x", terminal_in="left", component_in="z")
    assert entry.item() == counted()["top", "x", "left", "z"]
    assert array.attrs["unit"] == "S"


def test_missing_xarray_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(InputError, match=r"install fespin\[xarray\]"):
        counted().to_xarray()


def test_table_shows_every_number_and_dots_only_for_exact_zeros():
    values = np.zeros((8, 8))
    values[0, 5], values[7, 2] = 1.23456e-30, -4.0
    text = str(ConductanceMatrix(values=values, terminals=("left", "right")))
    assert "1.235e-30" in text
    assert "-4.000e+00" in text
    assert text.count(" .") == 62


@pytest.mark.parametrize("factor", [1.0, 1 + 1j])
def test_wide_tables_wrap_into_blocks_that_fit(factor):
    names = [f"contact{i}" for i in range(5)]
    values = -np.random.default_rng(0).uniform(1e-9, 1, (20, 20)) * factor
    lines = str(ConductanceMatrix(values=values, terminals=names)).splitlines()
    assert max(len(line) for line in lines) <= 120
    for name in names:
        assert sum(name in line.split() for line in lines if " e " not in line) == 1


def test_repr_is_a_readable_table_and_a_line_for_many_terminals():
    wire = normal_wire(conductivity=1, length=1, area=1, terminals=("left", "right"))
    head, table = repr(wire).split("\n", 1)
    assert head.startswith("<ConductanceMatrix of 2 terminals (left, right), out: asymmetry 0,")
    assert table == str(wire)
    many = ConductanceMatrix(values=np.zeros((40, 40)), terminals=[f"T{i}" for i in range(10)])
    assert "T5, ...)" in repr(many)
    assert "\n" not in repr(many)


def test_onsager_holds_for_a_contact_and_plain_symmetry_does_not():
    """Im(g_mix) is odd in m: G^ab(m) = eps_a eps_b G^ba(-m), while G differs from its transpose."""
    args = {"conductance_up": 3, "conductance_down": 1, "mixing_conductance": 2.5 + 0.7j, "area": 1}
    G, back = (contact(magnetization=sign * np.array([1, 2, 2]), **args) for sign in (1, -1))
    eps = np.tile([1, -1, -1, -1], 2)
    assert np.allclose(G.values, eps[:, None] * eps * back.values.T, rtol=1e-14)
    assert G.identities()["asymmetry"] > 0.1
    assert G.identities()["passivity"] > -1e-14


GOOD = {"values": np.zeros((8, 8)), "terminals": ("left", "right")}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": np.zeros((8, 4))}, r"of shape \(8, 8\) for 2 terminals, got \(8, 4\)"),
        ({"values": np.full((8, 8), np.nan)}, "values must be finite, got nan"),
        ({"values": "abc"}, "values must be an array of numbers"),
        ({"terminals": "ab"}, "sequence of different printable names, got 'ab'"),
        ({"terminals": ("a", "a")}, "different printable names"),
        ({"terminals": ("a", "")}, "different printable names"),
        ({"terminals": ("a", "b\n")}, "different printable names"),
        ({"terminals": (), "values": np.zeros((0, 0))}, "different printable names"),
        ({"convention": "inwards"}, "'out' or 'in', got 'inwards'"),
        ({"spaces": {"lft": TerminalSpace.normal()}}, "TerminalSpace objects by terminal"),
        ({"spaces": {"left": "normal"}}, "TerminalSpace objects by terminal"),
        ({"info": {"x": float("inf")}}, "JSON-able"),
        ({"info": {"x": object()}}, "JSON-able"),
    ],
)
def test_constructor_refuses(change, message):
    with pytest.raises(InputError, match=message):
        ConductanceMatrix(**{**GOOD, **change})


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda G: G["lft", "right"], "no terminal 'lft' .*did you mean 'left'"),
        (lambda G: G["left", "up", "right", "e"], "no component 'up' .*known: e, x, y, z"),
        (lambda G: G["left", "e", "right"], "the index of a ConductanceMatrix"),
        (lambda G: G[0, 1], "no terminal 0"),
        (lambda G: G["left"], "the index of a ConductanceMatrix"),
        (lambda G: G.currents({"lft": {"e": 1}}), "no terminal 'lft'"),
        (lambda G: G.currents({"left": {"s": 1}}), "no component 's'"),
        (lambda G: G.currents({"left": {"e": "1 V"}}), "the potential left:e must be a finite number"),
        (lambda G: G.currents({"left": {"e": float("nan")}}), "a finite number in V, got nan"),
        (lambda G: G.rotated(np.diag([1, 1, -1])), "a 3x3 rotation matrix"),
        (lambda G: G.rotated(2 * np.eye(3)), "a 3x3 rotation matrix"),
        (lambda G: G.renamed({"lft": "a"}), "no terminal 'lft'"),
        (lambda G: G.renamed({"left": "right"}), "different printable names"),
        (lambda G: G.reordered(["left"]), "every terminal once"),
    ],
)
def test_misuse_is_named(action, message):
    with pytest.raises(InputError, match=message):
        action(ConductanceMatrix(**GOOD))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"kind": "metal"}, "one of normal, ferromagnet, half-metal"),
        ({"kind": "ferromagnet"}, "given for a magnetic terminal"),
        ({"kind": "normal", "axis": (0, 0, 1)}, "given for a magnetic terminal"),
        ({"kind": "ferromagnet", "axis": (0, 0, 2)}, "a unit vector"),
        ({"kind": "half-metal", "axis": (0, 0)}, "a direction of three numbers"),
    ],
)
def test_terminal_space_refuses(args, message):
    with pytest.raises(InputError, match=message):
        TerminalSpace(**args)
