"""Exported subcircuits in the real ngspice: voltages and currents are those of fespin to 1e-9.

Relative to the largest voltage or current of the circuit: two linear solvers, each at rounding.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from ngspice import needs_ngspice, operating_point

import fespin
from fespin.network.circuit import join
from fespin.network.elements import contact, ferromagnetic_wire, half_metal_wire, normal_wire
from fespin.network.spice import network_matrix, to_spice
from fespin.network.spice_names import pins_of

pytestmark = needs_ngspice
MESHES = Path(__file__).resolve().parents[1] / "meshes"
TILTED = [0.48, 0.6, 0.64]


@cache
def meshed(name):
    return fespin.conductance(fespin.load(MESHES / f"{name}.toml"))


def listed(text):
    """Pins in the order of the .subckt card, continuation lines and all."""
    words = text[text.index("\n.subckt") + 1 :].replace("\n+", " ").splitlines()[0].split()
    return words[2:]


def instance(number, text, node):
    """The card of a subcircuit; `node` takes a pin to a node, pins not in it keep their names."""
    words = text[text.index("\n.subckt") :].split()
    return f"X{number} " + " ".join(node.get(pin, pin) for pin in listed(text)) + f" {words[1]}"


def relative(found, expected):
    return np.abs(np.asarray(found) - np.asarray(expected)).max() / np.abs(expected).max()


def voltage_driven(G, folder, V, **options):
    """Currents into the pins while a source holds every pin, in the order of the matrix."""
    text = to_spice(G, name="dev", **options)
    nodes = [pin.node for pin in pins_of(G, reduced=options.get("reduced", False))]
    sources = [f"V{i} {node} 0 {value:.17g}" for i, (node, value) in enumerate(zip(nodes, V, strict=True))]
    found = operating_point(folder, [text], [instance(1, text, {}), *sources])
    return np.array([-found[f"i(v{i})"] for i in range(len(nodes))])


@pytest.mark.parametrize("dialect", ["ngspice", "ltspice"])
@pytest.mark.parametrize("order", ["exyz", "ezxy"])
@pytest.mark.parametrize("name", ["fn_wire_2d", "composite", "cross", "lateral_valve"])
def test_currents_for_given_voltages(name, order, dialect, tmp_path):
    """I = N V with every pin held: collinear, three and two magnets that are not, four terminals."""
    G = meshed(name)
    V = np.random.default_rng(1).normal(size=len(G.values))
    found = voltage_driven(G, tmp_path, V, order=order, dialect=dialect)
    assert relative(found, G.as_network().values @ V) < 1e-9


@pytest.mark.parametrize("name", ["fn_wire_2d", "composite", "cross"])
def test_each_potential_gives_its_column(name, tmp_path):
    """One pin at 1 V at a time: every entry of the matrix, relative to the largest of its column."""
    G = meshed(name)
    for j in range(len(G.values)):
        column = G.as_network().values[:, j]
        found = voltage_driven(G, tmp_path, np.eye(len(column))[j])
        assert relative(found, column) < 1e-9 if column.any() else not found.any()


@pytest.mark.parametrize("name", ["composite", "cross"])
def test_voltages_for_given_currents(name, tmp_path):
    """Non-collinear valves fed by current sources: charge at the first terminal, one at zero, spin everywhere."""
    G = meshed(name)
    pins = [pin.node for pin in pins_of(G, reduced=False)]
    current = np.random.default_rng(2).normal(size=len(pins))
    grounded = pins.index(f"{G.terminals[-1]}_e")
    free = [i for i in range(len(pins)) if i != grounded]
    text = to_spice(G)
    cards = [instance(1, text, {pins[grounded]: "0"}), *(f"I{i} 0 {pins[i]} {current[i]:.17g}" for i in free)]
    found = operating_point(tmp_path, [text], cards)
    expected = np.linalg.solve(G.as_network().values[np.ix_(free, free)], current[free])
    assert relative([found[f"v({pins[i]})"] for i in free], expected) < 1e-9


@pytest.mark.parametrize(("name", "injector"), [("composite", "left"), ("cross", "west")])
def test_spin_valve_between_reservoirs(name, injector, tmp_path):
    """A charge current with spin at zero in all terminals: charge voltages and the spin currents that leave."""
    G, sink = meshed(name), meshed(name).terminals[-1]
    pins = pins_of(G, reduced=False)
    ground = {pin.node: "0" for pin in pins if pin.node == f"{sink}_e"}
    meters = [pin.node for pin in pins if pin.label != "e"]
    text = to_spice(G)
    cards = [instance(1, text, ground), f"I1 0 {injector}_e 1e-3", *(f"V{node} {node} 0 0" for node in meters)]
    found = operating_point(tmp_path, [text], cards)
    N = G.as_network().values
    charge = [i for i, pin in enumerate(pins) if pin.label == "e"][:-1]
    V = np.zeros(len(pins))
    V[charge] = np.linalg.solve(N[np.ix_(charge, charge)], [1e-3 * (pins[i].node == f"{injector}_e") for i in charge])
    spins = [i for i, pin in enumerate(pins) if pin.label != "e"]
    assert relative([found[f"v({pins[i].node})"] for i in charge], V[charge]) < 1e-9
    assert relative([-found[f"i(v{node})"] for node in meters], (N @ V)[spins]) < 1e-9


def in_ngspice(folder, parts, *, external):
    """Currents into the external nodes, all pins held: of ngspice, and of `join`; and all that ngspice wrote.

    Parts are (matrix, {terminal: node}, which terminals absorb).
    """
    texts, cards = [], []
    for number, (G, nodes, absorbing) in enumerate(parts):
        texts.append(to_spice(G, name=f"dev{number}", absorbing=absorbing))
        pins = pins_of(G, reduced=False)
        cards.append(instance(number, texts[-1], {p.node: f"{nodes[G.terminals[p.terminal]]}_{p.label}" for p in pins}))
    whole = join([(G, nodes) for G, nodes, _ in parts], external=external)
    V = np.random.default_rng(3).normal(size=len(whole.values))
    names = [f"{node}_{label}" for node in external for label in "exyz"]
    sources = [f"V{name} {name} 0 {value:.17g}" for name, value in zip(names, V, strict=True)]
    found = operating_point(folder, texts, [*cards, *sources])
    return np.array([-found[f"i(v{name})"] for name in names]), whole.as_network().values @ V, found


def test_two_meshed_devices_at_a_common_node(tmp_path):
    """The normal end of a meshed F/N wire on a meshed strip, against the circuit of the two matrices."""
    parts = [
        (meshed("fn_wire_1d"), {"left": "a", "right": "m"}, False),
        (meshed("normal_strip"), {"left": "m", "right": "b"}, False),
    ]
    found, expected, _ = in_ngspice(tmp_path, parts, external=["a", "b"])
    assert relative(found, expected) < 1e-9


@pytest.mark.parametrize("m", [[0, 0, 1], TILTED])
@pytest.mark.parametrize("kind", ["ferromagnet", "half-metal", "contact"])
def test_absorbing_terminal_meets_a_normal_one(m, kind, tmp_path):
    """The rule of `join` where a magnet ends on a normal element: gyrators pin the transverse potential."""
    size = {"length": 1.0, "area": 1.0, "magnetization": m}
    magnet = {
        "ferromagnet": lambda: ferromagnetic_wire(
            conductivity=0.7, polarization=0.4, spin_diffusion_length=0.6, **size
        ),
        "half-metal": lambda: half_metal_wire(conductivity=0.7, polarization=-1, **size),
        "contact": lambda: contact(
            conductance_up=3.0, conductance_down=1.0, mixing_conductance=4 + 1.5j, magnetization=m, area=1.0
        ),
    }[kind]()
    strip = normal_wire(conductivity=2.0, spin_diffusion_length=0.9, length=0.5, area=1.0)
    first, second = magnet.terminals
    # the far end of the magnet would be held by sources against its own gyrators: put a normal piece there
    lead = normal_wire(conductivity=5.0, spin_diffusion_length=2.0, length=1.0, area=1.0)
    parts = [
        (lead, {"1": "a", "2": "p"}, False),
        (magnet, {first: "p", second: "q"}, True),
        (strip, {"1": "q", "2": "b"}, False),
    ]
    currents, expected, found = in_ngspice(tmp_path, parts, external=["a", "b"])
    assert relative(currents, expected) < 1e-9
    spin = np.array([found[f"v(q_{c})"] for c in "xyz"])
    assert np.abs(np.cross(m, spin)).max() < 1e-12


def test_meshed_wire_joined_at_its_magnet(tmp_path):
    """The ferromagnetic end of the meshed wire on the strip; open pins would let transverse spin pass by."""
    wire, strip = meshed("fn_wire_1d"), meshed("normal_strip")
    for absorbing in (True, False):
        parts = [(wire, {"left": "m", "right": "a"}, absorbing), (strip, {"left": "m", "right": "b"}, False)]
        currents, expected, found = in_ngspice(tmp_path, parts, external=["a", "b"])
        assert (relative(currents, expected) < 1e-9) == absorbing
        assert (abs(found["v(m_x)"]) + abs(found["v(m_y)"]) < 1e-12) == absorbing


@pytest.mark.parametrize("m", [[0, 0, 1], TILTED])
def test_collinear_magnets_in_a_row(m, tmp_path):
    """Where two magnets of one axis meet, one of them absorbs: normal, two ferromagnets, normal."""
    lead = normal_wire(conductivity=5.0, spin_diffusion_length=2.0, length=1.0, area=1.0)
    magnet = ferromagnetic_wire(
        conductivity=0.7, polarization=0.4, spin_diffusion_length=0.6, magnetization=m, length=1.0, area=1.0
    )
    parts = [
        (lead, {"1": "a", "2": "p"}, False),
        (magnet, {"1": "p", "2": "q"}, True),
        (magnet, {"1": "q", "2": "r"}, ["2"]),
        (lead, {"1": "r", "2": "b"}, False),
    ]
    found, expected, _ = in_ngspice(tmp_path, parts, external=["a", "b"])
    assert relative(found, expected) < 1e-9


def test_reduced_export(tmp_path):
    """Pins for V_e and m.V_s, and for the channel of a half metal, against the reduced matrix."""
    half = half_metal_wire(conductivity=2.0, polarization=1, magnetization=TILTED, length=1.0, area=1.0)
    for G in (meshed("lateral_valve"), half):
        N = network_matrix(G, reduced=True)
        V = np.random.default_rng(5).normal(size=len(N))
        assert relative(voltage_driven(G, tmp_path, V, reduced=True), N @ V) < 1e-9


def test_no_charge_leaks(tmp_path):
    """All charge pins at a common 1 kV draw nothing: neither gmin nor rounding ties charge to 0."""
    G = meshed("cross")
    V = np.tile([1e3, 0, 0, 0], len(G.terminals))
    assert np.abs(voltage_driven(G, tmp_path, V)).max() < 1e-12  # 1e-9 A through a gmin of 1e-12 S


def test_matrix_that_is_not_symmetric(tmp_path):
    """A transposed index or an antisymmetric part left out would show here and in no reciprocal device."""
    G = twisted()
    V = np.random.default_rng(6).normal(size=12)
    assert relative(voltage_driven(G, tmp_path, V), G.as_network().values @ V) < 1e-9
    assert G.identities()["asymmetry"] > 0.01


def twisted():
    """A passive matrix of three terminals with every kind of antisymmetric part, charge conserved."""
    random = np.random.default_rng(7)
    size = 12
    square = random.normal(size=(size, size))
    skew = random.normal(size=(size, size))
    N = square @ square.T + skew - skew.T
    shift = np.eye(size)
    shift[0::4, 0::4] -= 1 / 3  # takes the common charge potential out
    return fespin.ConductanceMatrix(values=-shift @ N @ shift, terminals=("a", "b", "c"))
