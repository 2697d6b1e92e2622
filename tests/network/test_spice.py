"""Subcircuits as text: what the cards add up to, names, reading back, refusals."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_strategies import stars

from fespin.errors import InputError
from fespin.network.conductance import ConductanceMatrix
from fespin.network.elements import contact, ferromagnetic_wire, half_metal_wire, normal_wire
from fespin.network.spice import network_matrix, to_spice
from fespin.network.spice_cards import conductance_cards
from fespin.network.spice_names import pins_of
from fespin.network.spice_read import from_spice
from fespin.network.terminal import TerminalSpace

DIALECTS = ("ngspice", "ltspice")
TILTED = [0.48, 0.6, 0.64]


def valve():
    return ferromagnetic_wire(
        conductivity=3.0, polarization=0.5, spin_diffusion_length=0.4, magnetization=TILTED, length=1.0, area=1.0
    )


def half():
    return half_metal_wire(conductivity=2.0, polarization=-1, magnetization=TILTED, length=1.0, area=1.0)


def normal(terminals=("1", "2"), lam=0.7):
    return normal_wire(conductivity=3.0, spin_diffusion_length=lam, length=1.0, area=1.0, terminals=terminals)


def cards(text):
    """Element cards and the lines that are neither they nor comments."""
    lines = [line for line in text.splitlines() if not line.startswith("*")]
    return [line for line in lines if line[0] in "RG"], [line for line in lines if line[0] not in "RG"]


def spoiled(G, row, column, value):
    """The matrix with one entry changed."""
    values = np.array(G.values)
    values[row, column] += value
    return ConductanceMatrix(values=values, terminals=G.terminals, spaces=G.spaces)


def added_up(groups, pins):
    """Matrix of cards by superposition: 1 V at one pin after the other, Ohm's law card by card."""
    nodes = [pin.node for pin in pins]
    N = np.zeros((len(nodes), len(nodes)))
    for kind, ends, value in (card for group in groups.values() for card in group):
        for j, driven in enumerate(nodes):
            V = dict.fromkeys([*nodes, "0"], 0.0) | {driven: 1.0}
            current = (V[ends[0]] - V[ends[1]]) / value if kind == "R" else value * (V[ends[2]] - V[ends[3]])
            for end, sign in ((ends[0], 1), (ends[1], -1)):
                if end != "0":
                    N[nodes.index(end), j] += sign * current
    return N


@given(G=stars(), reduced=st.booleans())
@settings(deadline=None, max_examples=25)
def test_cards_add_up_to_the_matrix(G, reduced):
    """Every random circuit, to the rounding of sums of cards."""
    pins, N = pins_of(G, reduced=reduced), network_matrix(G, reduced=reduced)
    groups = conductance_cards(N, pins)
    assert np.abs(added_up(groups, pins) - N).max() < 1e-13 * np.abs(N).max()
    assert all(value > 0 for group in groups.values() for kind, _, value in group if kind == "R")


@given(
    G=stars(),
    dialect=st.sampled_from(DIALECTS),
    order=st.sampled_from(["exyz", "ezxy"]),
    options=st.sampled_from([{}, {"reduced": True}, {"absorbing": True}]),
    sign=st.sampled_from(["out", "in"]),
)
@settings(deadline=None, max_examples=40)
def test_what_was_written_is_read_back_exactly(G, dialect, order, options, sign):
    """Values, names, spaces, convention and info, to the last bit, for every option."""
    G = (G.as_network() if sign == "in" else G).with_info(note='x: "µ"\n*| # z')
    again = from_spice(to_spice(G, dialect=dialect, order=order, **options))
    assert again == G
    assert again.info == G.info
    assert np.array_equal(np.signbit(again.values), np.signbit(G.values))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("options", [{}, {"reduced": True}, {"absorbing": True}])
def test_text_follows_the_rules_of_both_simulators(dialect, options):
    """ASCII; comments with *, continuation with +; R and G cards with plain numbers; no negative resistance."""
    G = valve().renamed({"1": "a long name of the first terminal", "2": "Größe (2)"}).with_info(device="µ device")
    text = to_spice(G, dialect=dialect, **options)
    assert text.isascii()
    assert text.endswith("\n")
    elements, others = cards(text)
    assert others[0].startswith(".subckt ")
    assert others[-1] == f".ends {others[0].split()[1]}"
    assert all(line.startswith("+ ") for line in others[1:-1])
    number = r"-?\d\.\d{16}e[+-]\d+"
    for line in elements:
        assert re.fullmatch(rf"R\d+( [A-Za-z0-9_]+){{2}} {number}|G\d+( [A-Za-z0-9_]+){{4}} {number}", line)
        assert not (line[0] == "R" and "-" in line.split()[-1].split("e")[0])
    names = [line.split()[0] for line in elements]
    assert len(set(names)) == len(names)
    assert not any(line.startswith(("*#", "*ng_")) for line in text.splitlines())  # ngspice would obey these
    assert max(len(line) for line in text.splitlines() if not line.startswith("*|")) <= 130


def test_header_states_units_sign_names_and_laws():
    G = valve().renamed({"1": "Größe (1)"}).with_info(device="my valve")
    header = " ".join(line[1:].strip() for line in to_spice(G).splitlines() if line.startswith("* "))
    for words in (
        "my_valve: passive subcircuit",
        '"my valve"',
        "volt, ampere, ohm, siemens",
        "positive INTO a pin",
        "node 0 is spin equilibrium",
        "ferromagnet along (0.48, 0.6, 0.64)",
        json.dumps("Größe (1)") + ": ferromagnet",
        "passivity",
        "asymmetry 0.00e+00",
    ):
        assert words in header
    assert "ngspice dialect" in header
    assert "ltspice dialect" in to_spice(G, dialect="ltspice")


def test_pins_come_in_the_order_asked_for():
    def subcircuit(**options):
        return cards(to_spice(normal(("a", "b")), name="w", **options))[1][0]

    assert subcircuit() == ".subckt w a_e a_x a_y a_z b_e b_x b_y b_z"
    assert subcircuit(order="ezxy") == ".subckt w a_e a_z a_x a_y b_e b_z b_x b_y"
    assert subcircuit(order="e,z,x,y") == subcircuit(order="ezxy")
    assert cards(to_spice(valve(), reduced=True))[1] == [".subckt device 1_e 1_m 2_e 2_m", ".ends device"]
    assert cards(to_spice(half(), reduced=True))[1][0] == ".subckt device 1_channel 2_channel"


def test_names_that_spice_cannot_tell_apart_are_numbered_and_mapped():
    text = to_spice(normal(("Left", "left")))
    assert cards(text)[1][0] == ".subckt device Left_e Left_x Left_y Left_z left_2_e left_2_x left_2_y left_2_z"
    assert '* terminal "left": normal; pins left_2_e left_2_x left_2_y left_2_z' in text
    assert from_spice(text).terminals == ("Left", "left")


def test_pins_of_absent_components_are_free_and_listed():
    """A magnet along z: its x and y pins exist, nothing inside touches them, the header says so."""
    wire = ferromagnetic_wire(
        conductivity=1, polarization=0.4, spin_diffusion_length=1, magnetization=[0, 0, 1], length=1, area=1
    )
    text = to_spice(wire)
    assert "connected to nothing inside: 1_x 1_y 2_x 2_y" in text
    elements, others = cards(text)
    assert "1_x" in others[0]
    assert not any("_x" in line or "_y" in line for line in elements)
    # m is tied to nothing across, but by the gyrators if asked for
    held = to_spice(wire, absorbing=["1"])
    assert "1_x 0 1_absorb1 0" in held
    assert "connected to nothing inside: 2_x 2_y" in held


def test_charge_never_touches_ground():
    """No card lets charge flow to node 0 or measures a charge potential against it."""
    for G in (valve(), half(), normal()):
        for card in cards(to_spice(G))[0]:
            _, *nodes, _ = card.split()
            for pair in (nodes[:2], nodes[2:]):
                assert not (len(pair) == 2 and pair[0].endswith("_e") and pair[1] == "0"), card


def test_without_relaxation_rounding_makes_no_leak():
    """Spin that does not relax is conserved, whatever the last bits of the sums say."""
    G = normal_wire(conductivity=0.1, length=0.3, area=1.0)
    values = np.array(G.values)
    values[5, 5] *= 1 + 4e-16
    G = ConductanceMatrix(values=values, terminals=G.terminals)
    assert not any(" 0 " in line for line in cards(to_spice(G))[0])


def test_numbers_of_any_size_survive():
    """Conductances whose reciprocal overflows become G cards."""
    values = np.diag([0, -1e-310, -1e300, -1e-200])
    G = ConductanceMatrix(values=values, terminals=["a"])
    text = to_spice(G)
    assert from_spice(text) == G
    assert "G1 a_x 0 a_x 0" in text


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30])
def test_matrix_that_is_not_symmetric_reads_back(size):
    """Im(g_mix): x and y drive each other with opposite signs."""
    G = contact(
        conductance_up=3, conductance_down=1, mixing_conductance=2 + 0.5j, magnetization=TILTED, area=size
    )  # fmt: skip
    assert from_spice(to_spice(G, absorbing=True)) == G


def test_active_element_is_refused():
    with pytest.raises(InputError, match=r"must be passive.*got -1\.\d*.*give energy"):
        to_spice(ConductanceMatrix(values=-normal().values, terminals=["1", "2"]))
    # an eigenvalue of -1e-6 is as active; rounding is not
    with pytest.raises(InputError, match="must be passive"):
        to_spice(spoiled(normal(lam=np.inf), 1, 1, 1e-5))
    to_spice(spoiled(normal(lam=np.inf), 1, 1, 1e-14))


def test_charge_that_goes_to_ground_is_refused():
    with pytest.raises(InputError, match=r"charge rows that sum to zero.*keep a grounded terminal external"):
        to_spice(spoiled(normal(), 0, 0, -0.1))
    with pytest.raises(InputError, match="charge columns that sum to zero"):
        to_spice(spoiled(normal(), 5, 0, 1e-6))  # so small that it is passive to the square of it


def test_admittance_is_refused():
    with pytest.raises(InputError, match="complex admittance holds at one frequency"):
        to_spice(ConductanceMatrix(values=normal().values * (1 + 0.1j), terminals=["1", "2"]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dialect": "spectre"}, "'ngspice' or 'ltspice', got 'spectre'"),
        ({"order": "xyze"}, "'exyz' or 'ezxy', got 'xyze'"),
        ({"order": None}, "'exyz' or 'ezxy', got None"),
        ({"reduced": True, "absorbing": True}, "no transverse pins"),
        ({"absorbing": ["3"]}, r"magnetic terminals, here 1, 2, got \['3'\]"),
        ({"absorbing": "1"}, "magnetic terminals, here 1, 2, got '1'"),
    ],
)
def test_unknown_options_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        to_spice(valve(), **options)


def test_matrix_outside_its_spaces_cannot_be_reduced():
    spaces = {"1": TerminalSpace.ferromagnet([0, 0, 1])}
    G = ConductanceMatrix(values=normal().values, terminals=["1", "2"], spaces=spaces)
    with pytest.raises(InputError, match="zero outside the spaces"):
        to_spice(G, reduced=True)


def test_files_are_read_and_missing_ones_named(tmp_path):
    path = tmp_path / "wire.cir"
    path.write_text(to_spice(valve()))
    assert from_spice(path) == from_spice(str(path)) == valve()
    with pytest.raises(InputError, match=r"none\.cir cannot be read"):
        from_spice(tmp_path / "none.cir")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="must be the path of a text file"):
        from_spice(path)
    with pytest.raises(InputError, match="a subcircuit that fespin wrote"):
        from_spice("* a filter\n.subckt rc a b\nR1 a b 1k\n.ends\n")


def changed(pattern, replacement):
    text, count = re.subn(pattern, replacement, to_spice(valve(), absorbing=True), count=1, flags=re.M)
    assert count == 1
    return text


@pytest.mark.parametrize(
    ("pattern", "replacement", "message"),
    [
        (r"^R1 (.*) .*$", r"R1 \1 2.0", "add up to its matrix"),
        (r"^R1 (.*) .*$", r"R1 \1 2k", "a number as the value of r1, got '2k'"),
        (r"^R1 (.*) .*$", r"R1 \1 0", "a number as the value of r1"),
        (r"^R1 (.*) .*$", r"R1 \1 nan", "a number as the value of r1"),
        (r"^R1 .*$", "R1 1_e", "must hold only cards"),
        (r"^R1 .*$", "C1 1_e 2_e 1e-12", "must hold only cards"),
        (r"^R1 .*\n", "", "add up to its matrix"),
        (r"^R1 ", "R0 1_e 0 1e3\nR1 ", "add up to its matrix"),
        (r"^R1 ", "R0 1_absorb1 0 1e3\nR1 ", "only in lossless gyrators"),
        (r"^R1 ", "G0 inner 0 1_e 0 1\nG00 1_e 0 inner 0 -1\nR1 ", "only in lossless gyrators"),
        (r"^\.ends.*$", ".end", "from .subckt to .ends"),
        (r"^\.subckt (\S+) 1_e", r".subckt \1 other", "must have the pins"),
        (r"^\*\|  \"conductance.*$", "*|", "must hold a whole matrix"),
    ],
)  # fmt: skip
def test_cards_changed_by_hand_are_refused(pattern, replacement, message):
    """A file whose cards and matrix differ would say one thing to the simulator and another to fespin."""
    with pytest.raises(InputError, match=message):
        from_spice(changed(pattern, replacement))


def test_folded_and_capital_cards_are_the_same():
    """Continuation lines, capital letters, blank lines and comments of one's own change nothing."""
    text = changed(r"^R1 (\S+) ", "\n* mine\nr1 \\1\n+ ")
    elements = [line.upper() if line[:1] == "G" else line for line in text.splitlines()]
    assert from_spice("\n".join(elements)) == valve()
