"""`Circuit`: published devices as lumped circuits, laws of random networks, sources, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_strategies import ROUNDING, directions, finite_lengths, normal_wires, polarizations, sizes

from fespin.errors import InputError
from fespin.network.circuit import Circuit, join
from fespin.network.conductance import ConductanceMatrix
from fespin.network.elements import (
    contact,
    ferromagnetic_wire,
    half_metal_wire,
    normal_wire,
    resistor,
    spin_relaxing_node,
)
from fespin.network.sources import Source, current_source, norton, spin_battery, thevenin, voltage_source

X, Z = [1, 0, 0], [0, 0, 1]


def wire(*, length=0.8, lam=1.3, rho=0.5):
    return normal_wire(conductivity=1 / rho, spin_diffusion_length=lam, length=length, area=1)


def magnet(m=Z, *, p=0.35, R_F=0.1):
    """Forty spin diffusion lengths of ferromagnet with rho lambda/A = R_F."""
    return ferromagnetic_wire(
        conductivity=1 / R_F, polarization=p, spin_diffusion_length=1, magnetization=m, length=40, area=1
    )


def chain(count, lam):
    circuit = Circuit()
    for i in range(count):
        circuit.add(f"w{i}", wire(length=1.5 / count, lam=lam), [str(i), str(i + 1)])
    return circuit


@pytest.mark.parametrize("count", [2, 5, 12, 20])
@pytest.mark.parametrize("lam", [0.4, 3.0, math.inf])
def test_a_chain_of_wires_is_one_long_wire(count, lam):
    """B9: K pi-elements of length L/K are that of length L, to rounding."""
    G, whole = chain(count, lam).reduce(["0", str(count)]), wire(length=1.5, lam=lam)
    assert np.abs(G.values - whole.values).max() < 1e-13 * np.abs(whole.values).max()


@pytest.mark.parametrize("count", [500, 5000])
def test_long_chains_lose_no_more_than_rounding_must(count):
    """coth - csch of a short wire is a difference of K large numbers, summed over K wires: errors up to K^2 eps."""
    G, whole = chain(count, 0.4).reduce(["0", str(count)]), wire(length=1.5, lam=0.4)
    bound = count**2 * np.finfo(float).eps
    assert np.abs(G.values - whole.values).max() < bound * np.abs(whole.values).max()
    charge = chain(count, math.inf).reduce({"1": "0", "2": str(count)})
    assert charge["1", "e", "2", "e"] == pytest.approx(2 / 1.5, rel=count * 1e-15)


def nonlocal_circuit(sign, x, *, R_i=0.0, P=0.0, R_N=1.25, R_F=0.1, absorber=0.0):
    """Strip with arms of 40 lambda, injector at a, detector at b; currents in A, lengths in lambda."""
    circuit = Circuit("lateral valve")
    strip = {"rho": R_N, "lam": 1.0}
    circuit.add("left arm", wire(length=40, **strip), ["left", "a"])
    circuit.add("right arm", wire(length=40, **strip), ["b", "right"])
    circuit.add("half 1", wire(length=x / 2, **strip), ["a", "middle"])
    circuit.add("half 2", wire(length=x / 2, **strip), ["middle", "b"])
    if absorber:
        circuit.add("absorber", spin_relaxing_node(conductance=1 / absorber), ["middle"])
    for node, end, m in (("a", "F1", Z), ("b", "F2", [0, 0, sign])):
        circuit.add(end, magnet(m, R_F=R_F), [end, f"{node}F" if R_i else node])
        if R_i:
            up, down = (1 + P) / 2 / R_i, (1 - P) / 2 / R_i
            face = contact(
                conductance_up=up, conductance_down=down, mixing_conductance=1 / R_i, magnetization=m, area=1
            )
            circuit.add(f"junction {node}", face, {"normal": node, "ferromagnet": f"{node}F"})
    circuit.add("drive", current_source(current=1.0), ["F1", "left"])
    circuit.ground("right")  # where no current flows: a small signal is then not the difference of large voltages
    return circuit


def nonlocal_change(x, **kwargs):
    """Delta R = R_P - R_AP, by the voltage between the detector and the far end of the strip."""
    found = []
    for sign in (1, -1):
        V = nonlocal_circuit(sign, x, **kwargs).solve().potentials
        found.append(V["F2"]["e"])
    return found[0] - found[1]


@pytest.mark.parametrize(
    ("length", "interface", "tolerance", "published"),
    [
        (200, 0, 1e-12, 3.597456),
        (500, 0, 1e-12, 1.483328),
        (1000, 0, 1e-12, 0.499400),
        (200, 1000, 1e-12, 52.311923),
        (500, 1000, 1e-12, 28.709389),
        (1000, 1000, 1e-12, 10.561594),
    ],
)
def test_lateral_valve_by_a_lumped_circuit(length, interface, tolerance, published):
    """B2: Takahashi and Maekawa, PRB 67, 052409 (2003), formula to rounding and its published digits."""
    R_N, R_F, p, P, x = 1.25, 0.1, 0.35, 0.25 if interface else 0.0, length / 500
    share = P / (1 - P**2) * interface / R_N + p / (1 - p**2) * R_F / R_N
    load = 1 + 2 / (1 - P**2) * interface / R_N + 2 / (1 - p**2) * R_F / R_N
    exact = 4 * R_N * math.exp(-x) * share**2 / (load**2 - math.exp(-2 * x))
    found = nonlocal_change(x, R_i=float(interface), P=P)
    assert found == pytest.approx(exact, rel=tolerance)
    assert 1e3 * found == pytest.approx(published, abs=1e-6)


@pytest.mark.parametrize("theta", [0.0, 0.4, math.pi / 3, math.pi / 2, 2.5, math.pi])
def test_circuit_theory_valve_at_any_angle(theta):
    """B7: Brataas, Nazarov and Bauer, PRL 84, 2481 (2000); G = 2, p = 0.6, eta = 1.4 + 0.5i."""
    args = {"conductance_up": 1.6, "conductance_down": 0.4, "mixing_conductance": 1.4 + 0.5j, "area": 1}
    circuit = Circuit()
    circuit.add("first", contact(magnetization=Z, **args), {"normal": "n", "ferromagnet": "1"})
    m = [math.sin(theta), 0, math.cos(theta)]
    circuit.add("second", contact(magnetization=m, **args), {"normal": "n", "ferromagnet": "2"})
    circuit.hold("1", {"e": 1.0})
    circuit.ground("2")
    s2, c2 = math.sin(theta / 2) ** 2, math.cos(theta / 2) ** 2
    eta = abs(1.4 + 0.5j) ** 2 / 1.4
    exact = 1 - 0.36 * s2 / (s2 + eta * c2)
    solution = circuit.solve()
    assert solution.supply["2"]["e"] == pytest.approx(exact, rel=1e-12)
    assert solution.supply["1"]["e"] == pytest.approx(-exact, rel=1e-12)
    assert solution.balance < 1e-13


@pytest.mark.parametrize(("Q_F", "Q_M", "x"), [(0.05, 0.02, 1.0), (0.3, 2.0, 0.5), (1.0, 0.1, 2.0)])
def test_spin_absorption(Q_F, Q_M, x):
    """B8: Kimura 2005 in the form of Niimi; eta = signal with over without an absorber in the middle."""
    R_N, p = 1.25, 0.35
    valve = {"R_N": R_N, "R_F": Q_F * (1 - p**2) * R_N}
    found = nonlocal_change(x, absorber=Q_M * R_N, **valve) / nonlocal_change(x, **valve)
    e, sinh = math.exp(x), math.sinh(x)
    top = 2 * Q_M * (sinh + 2 * Q_F * e + 2 * Q_F**2 * e)
    bottom = math.cosh(x) - 1 + 2 * Q_M * sinh + 2 * Q_F * (e * (1 + Q_F) * (1 + 2 * Q_M) - 1)
    assert found == pytest.approx(top / bottom, rel=1e-12)
    if x == 1:
        assert found == pytest.approx(0.0742444669, abs=1e-10)


@st.composite
def networks(draw):
    """A tree of normal wires with further wires across it, relaxing nodes, and magnets behind contacts."""
    count = draw(st.integers(3, 7))
    parts = [
        (draw(normal_wires(finite_lengths)), [f"n{draw(st.integers(0, i - 1))}", f"n{i}"]) for i in range(1, count)
    ]
    node = st.integers(0, count - 1)
    for _ in range(draw(st.integers(0, 4))):
        parts.append((draw(normal_wires()), [f"n{draw(node)}", f"n{draw(node)}"]))
    for _ in range(draw(st.integers(0, 2))):
        parts.append((spin_relaxing_node(conductance=draw(sizes)), [f"n{draw(node)}"]))
        parts.append((resistor(resistance=draw(sizes), spin="blocked"), [f"n{draw(node)}", f"n{draw(node)}"]))
    for k in range(draw(st.integers(0, 3))):
        m, up, down = draw(directions()), draw(sizes), draw(sizes)
        face = contact(
            conductance_up=up,
            conductance_down=down,
            mixing_conductance=(up + down) / 2 + draw(st.floats(0, 2)),
            magnetization=m,
            area=1,
        )
        inside = ferromagnetic_wire(
            conductivity=draw(sizes),
            polarization=draw(polarizations),
            spin_diffusion_length=draw(finite_lengths),
            magnetization=m,
            length=draw(sizes),
            area=1,
        )
        parts += [(face, [f"n{draw(node)}", f"m{k}"]), (inside, [f"m{k}", f"end{k}"])]
    return parts


def built(parts, rename=lambda name: name):
    circuit = Circuit()
    for i, (element, nodes) in enumerate(parts):
        circuit.add(rename(f"e{i}"), element, [rename(node) for node in nodes])
    return circuit


@given(parts=networks())
@settings(deadline=None, max_examples=60)
def test_random_networks_are_reciprocal_passive_and_conserve_charge(parts):
    """Eq 16 and eq 25 for whatever is made of elements that obey them."""
    found = built(parts).reduce(["n0", "n1", "n2"]).identities()
    assert max(found["asymmetry"], found["charge_conservation"], found["gauge_invariance"]) < ROUNDING
    assert found["passivity"] > -ROUNDING


@given(parts=networks(), volts=st.lists(st.floats(-1, 1), min_size=5, max_size=5))
@settings(deadline=None, max_examples=60)
def test_powers_and_currents_balance_in_random_networks(parts, volts):
    """Tellegen: what the held nodes deliver is what passive elements take, each of them none or some."""
    circuit = built(parts)
    circuit.hold("n0", dict(zip("exyz", volts[:4], strict=True)))
    circuit.hold("n1", {"e": volts[4]}, components=("e",))
    solution = circuit.solve()
    assert solution.residual < 1e-14
    assert solution.kirchhoff < 1e-13
    assert solution.balance < 1e-13
    assert sum(solution.power.values()) == pytest.approx(solution.supply_power, abs=1e-11)
    assert all(watt >= -1e-11 for watt in solution.power.values())
    assert sum(row["e"] for row in solution.supply.values()) == pytest.approx(0, abs=1e-11)
    G = circuit.reduce(["n0", "n1"])
    V = {node: solution.potentials[node] for node in ("n0", "n1")}
    assert G.currents(V)["n0"]["x"] == pytest.approx(solution.supply["n0"]["x"], abs=1e-11)


@given(parts=networks(), order=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_neither_names_nor_the_order_of_adding_matter(parts, order):
    """The same physics in other words; and `join` is the same thing in one call."""
    one = built(parts).reduce(["n0", "n1"])
    shuffled = list(parts)
    order.shuffle(shuffled)
    other = built(shuffled, rename=lambda name: f"{name[::-1]} ~").reduce({"n0": "0n ~", "n1": "1n ~"})
    joined = join([(e, dict(zip(e.terminals, nodes, strict=True))) for e, nodes in parts], external=["n0", "n1"])
    for G in (other, joined):
        assert G.spaces == one.spaces
        assert np.abs(G.values - one.values).max() < ROUNDING * np.abs(one.values).max()


@given(parts=networks(), R=sizes, volt=st.floats(0.1, 2), spin=st.sampled_from(["blocked", "transmitted"]))
@settings(deadline=None, max_examples=40)
def test_thevenin_is_norton(parts, R, volt, spin):
    """A source and its dual drive the same currents everywhere; so does the circuit seen from the source's nodes."""
    inside = resistor(resistance=R, spin=spin)
    drives = [thevenin(inside, {"1": {"e": volt}}), norton(inside, {"1": {"e": volt / R}, "2": {"e": -volt / R}})]
    found = []
    for drive in drives:
        circuit = built(parts)
        circuit.add("drive", drive, ["n1", "n2"])
        circuit.ground("n0")
        found.append(circuit.solve().potentials)
    seen = Circuit()
    circuit = built(parts)
    circuit.add("drive", drives[0], ["n1", "n2"])
    seen.add("all", circuit.equivalent(["n0", "n2"]), ["n0", "n2"])
    seen.ground("n0")
    found.append(seen.solve().potentials)
    for component in "exyz":
        first = found[0]["n2"][component]
        assert found[1]["n2"][component] == pytest.approx(first, abs=1e-11)
        assert found[2]["n2"][component] == pytest.approx(first, abs=1e-10)


def test_equal_potentials_are_no_failed_balance():
    """Currents of rounding alone at 1 V everywhere: measured against the terms that cancel, not against nothing."""
    circuit = chain(7, math.inf)
    circuit.hold("0", {"e": 1.0})
    circuit.hold("7", {"e": 1.0})
    solution = circuit.solve()
    assert max(solution.balance, solution.kirchhoff, solution.residual) < 1e-14


def test_thousands_of_elements_are_solved_to_rounding():
    """Wires in a ladder; measured on two cores: 500 take 0.06 s, 5000 take 0.7 s."""
    for count in (500, 5000):
        circuit = Circuit()
        for i in range(count // 2):
            circuit.add(f"a{i}", wire(), [f"a{i}", f"a{i + 1}"])
            circuit.add(f"b{i}", wire(), [f"a{i + 1}", f"b{i % 7}"])
        circuit.ground("a0")
        circuit.hold(f"a{count // 2}", {"e": 1.0, "z": 0.1})
        assert circuit.solve().balance < 1e-10


def test_battery_and_resistors():
    """1 V behind 1 ohm at 3 ohm: 0.25 A, 187.5 mW delivered, 62.5 mW kept inside; spin stays out of it."""
    circuit = Circuit("lamp")
    circuit.add("battery", voltage_source(voltage=1, resistance=1, spin="blocked"), {"plus": "a", "minus": "0"})
    circuit.add("lamp", resistor(resistance=3, spin="blocked"), ["a", "0"])
    circuit.ground("0", ["e"])
    solution = circuit.solve()
    assert solution.potentials["a"] == pytest.approx({"e": 0.75, "x": 0, "y": 0, "z": 0})
    assert solution.currents["battery"]["plus"]["e"] == pytest.approx(0.25)
    assert solution.power == pytest.approx({"battery": -0.1875, "lamp": 0.1875})
    assert "lamp" in str(solution)
    assert solution.to_dict()["units"]["power"] == "W"
    assert repr(circuit) == "<Circuit 'lamp': 2 elements, 1 of them a source, 2 nodes, 1 held>"


def test_spin_battery_reaches_its_accumulation():
    """Open: V_s as stated. Loaded with an equal conductance: half; both spellings of the drive agree."""
    for drive in (
        spin_battery(direction=[0, 3, 4], accumulation=1e-6, conductance=2.0),
        spin_battery(direction=[0, 3, 4], spin_current=2e-6, conductance=2.0),
    ):
        for load, expected in ((None, 1e-6), (2.0, 0.5e-6)):
            circuit = Circuit()
            circuit.add("pump", drive, "n")
            circuit.add("tie", resistor(resistance=1, spin="blocked"), ["n", "0"])
            if load:
                circuit.add("sink", spin_relaxing_node(conductance=load), "n")
            circuit.ground("0", ["e"])
            V = circuit.solve().potentials["n"]
            assert [V[c] for c in "exyz"] == pytest.approx([0, 0, 0.6 * expected, 0.8 * expected], abs=1e-18)


def test_polarised_current_source_injects_spin():
    """I P of spin at plus; in a node that relaxes with g it makes V_s = P I/g."""
    circuit = Circuit()
    circuit.add("drive", current_source(current=2.0, spin_polarization=[0.3, 0, 0.4]), ["n", "0"])
    circuit.add("lead", resistor(resistance=5, spin="blocked"), ["n", "0"])
    circuit.add("node", spin_relaxing_node(conductance=10), ["n"])
    circuit.ground("0")
    V = circuit.solve().potentials["n"]
    assert list(V.values()) == pytest.approx([10, 0.06, 0, 0.08])


def test_transverse_spin_absorbed_at_a_node_is_reported():
    """A spin current along x that arrives at a magnet along z is absorbed there, and counted."""
    circuit = Circuit()
    circuit.add("lead", wire(), ["n", "face"])
    circuit.add("magnet", magnet(Z), ["face", "0"])
    circuit.hold("n", {"x": 1e-3, "z": 1e-3})
    circuit.ground("0")
    solution = circuit.solve()
    assert solution.absorbed["face"] == pytest.approx([wire()["2", "x", "1", "x"] * 1e-3, 0, 0], rel=1e-12)
    assert solution.kirchhoff < 1e-14


def test_contact_with_a_spin_active_interface_is_not_symmetric():
    """Im g_mix: the matrix of the circuit with m reversed is the transpose, times the signs of Onsager."""

    def reduced(sign):
        circuit = Circuit()
        args = {"conductance_up": 2, "conductance_down": 1, "area": 1, "mixing_conductance": 2 + 0.7j}
        face = contact(magnetization=[0, 0.6 * sign, 0.8 * sign], **args)
        circuit.add("lead", wire(), ["n", "face"])
        circuit.add("face", face, {"normal": "face", "ferromagnet": "F"})
        return circuit.reduce(["n", "F"]).values

    sign = np.tile([1, -1, -1, -1], 2)
    assert np.abs(reduced(1) - reduced(1).T).max() > 0.01
    assert np.allclose(reduced(1), sign[:, None] * reduced(-1).T * sign, atol=1e-14)


def test_a_node_of_a_ferromagnet_is_held_along_its_axis():
    """Holding x at a magnet along x is holding its amplitude; holding y there is holding what is zero anyway."""
    circuit = Circuit()
    circuit.add("magnet", magnet(X), ["a", "0"])
    circuit.ground("0")
    circuit.hold("a", {"x": 1.0}, components=["e", "x"])
    assert circuit.solve().currents["magnet"]["1"]["x"] == pytest.approx(magnet(X)["1", "x", "1", "x"])
    circuit.ground("a", ["y"])
    assert circuit.solve().potentials["a"]["x"] == pytest.approx(0, abs=1e-18)


def test_admittances_are_solved_as_phasors():
    """Complex elements: current 1/(1/y1 + 1/y2), power Re(V* I)."""
    circuit = Circuit()
    y = ConductanceMatrix(values=(1 + 2j) * wire(lam=math.inf, rho=1, length=1).values, terminals=["1", "2"])
    circuit.add("y", y, ["a", "b"])
    circuit.add("g", wire(lam=math.inf, rho=1, length=1), ["b", "0"])
    circuit.hold("a", {"e": 1.0})
    circuit.ground("0")
    solution = circuit.solve()
    assert solution.supply["0"]["e"] == pytest.approx(1 / (1 / (1 + 2j) + 1), rel=1e-14)
    assert solution.balance < 1e-14
    assert solution.to_dict()["supply"]["0"]["e"] == pytest.approx([0.75, 0.25])
    assert "j" in str(solution)


def test_half_metal_nodes_are_held_whole():
    """A reservoir at a half metal sets w = V_e + q.V_s; a voltage alone would leave the channel undecided."""
    half = half_metal_wire(conductivity=2, polarization=-1, magnetization=Z, length=1, area=1)
    circuit = Circuit()
    circuit.add("half", half, ["a", "0"])
    circuit.hold("a", {"e": 1.0})
    circuit.ground("0")
    assert circuit.solve().supply["0"] == {"e": 2.0, "x": 0.0, "y": 0.0, "z": -2.0}
    circuit.ground("0", ["e"])
    with pytest.raises(InputError, match="node '0' must be all of e, z or none"):
        circuit.solve()


def test_reduced_circuits_ignore_what_holds_their_external_nodes():
    """Grounding an external node changes nothing; an internal one becomes the zero of the potentials."""
    circuit = Circuit()
    for a, b in (("a", "hub"), ("b", "hub"), ("0", "hub")):
        circuit.add(a, wire(), [a, b])
    free = circuit.reduce(["a", "b", "0"])
    circuit.ground("0")
    circuit.hold("a", {"e": 1.0})
    assert circuit.reduce(["a", "b", "0"]) == free
    assert np.allclose(circuit.reduce(["a", "b"]).values, free.values[:8, :8], atol=1e-14)
    with pytest.raises(InputError, match=r"drives currents .* use Circuit.equivalent"):
        circuit.reduce(["b", "0"])
    seen = circuit.equivalent(["b", "0"])
    assert seen.currents[0] == pytest.approx(free["b", "e", "a", "e"])


AB = ["a", "b"]


def refuse(action, message):
    with pytest.raises(InputError, match=message) as caught:
        action()
    assert "\n" not in str(caught.value)


def circuit_with(*elements, ground=None, hold=None):
    circuit = Circuit("c")
    for i, (element, nodes) in enumerate(elements):
        circuit.add(f"e{i}", element, nodes)
    if ground:
        circuit.ground(*ground)
    if hold:
        circuit.hold(*hold)
    return circuit


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: circuit_with((wire(), AB)).solve(), "no node with a held voltage.*ground one of 'a', 'b'"),
        (lambda: circuit_with((wire(), AB), ground=("a", ["z"])).solve(), "no node with a held voltage"),
        (
            lambda: circuit_with((wire(), AB), (wire(), ["c", "d"]), ground=("a",)).solve(),
            r"leaves node 'c' \(e\), 'd' \(e\) floating: no element ties it to a held node",
        ),
        (
            lambda: circuit_with((wire(lam=math.inf), AB), ground=("a", ["e"])).solve(),
            r"leaves node 'a' \(x\), 'a' \(y\), 'a' \(z\), 'b' \(x\).* floating",
        ),
        (
            lambda: circuit_with((wire(), AB), (current_source(current=1), ["b", "c"]), ground=("a",)).solve(),
            r"leaves node 'c' \(e\) floating",
        ),
        (
            lambda: circuit_with((magnet(Z), AB), (magnet(X), ["b", "c"]), ground=("a",)).solve(),
            r"element e0 \(terminal 2\) and element e1 \(terminal 1\) meet at node 'b' .*differ by 90 deg",
        ),
        (lambda: circuit_with((wire(), AB), ground=("A",)).solve(), "no node 'A' in circuit 'c' to be held"),
        (
            lambda: circuit_with((magnet(X), AB), hold=("a", {"e": 1, "z": 1})).solve(),
            "along .*: no other exists there",
        ),
        (lambda: circuit_with((magnet([1, 1, 1]), AB), ground=("a", ["e", "x"])).solve(), "all of x, y, z or none"),
        (lambda: circuit_with((wire(), AB), hold=("a", {"w": 1})), "no component 'w' at node 'a'"),
        (lambda: circuit_with((wire(), AB), hold=("a", {"e": math.nan})), "a finite number in V, got nan"),
        (lambda: circuit_with((wire(), AB), hold=("a", {"e": "1 V"})), "a finite number in V, got '1 V'"),
        (lambda: Circuit().hold("a", {"e": 1}, components=["z"]), "with e to give it a value"),
        (lambda: circuit_with((wire(), ["a"])), "to one node for each of the terminals 1, 2"),
        (lambda: circuit_with((wire(), {"1": "a"})), "a node for every terminal and for nothing else: 1, 2"),
        (lambda: circuit_with((wire(), ["a", ""])), "to nodes with names"),
        (lambda: circuit_with((wire().values, AB)), "a ConductanceMatrix or a Source"),
        (lambda: [c := circuit_with((wire(), AB)), c.add("e0", wire(), AB)], "no other element of the circuit"),
        (lambda: circuit_with((wire(), AB)).reduce(["a", "q"]), "no node 'q' in the circuit to be external"),
        (lambda: circuit_with((wire(), AB)).reduce("ab"), "at least one node, each named once"),
        (lambda: resistor(resistance=0, spin="blocked"), "resistor.resistance must be a positive number in ohm"),
        (lambda: resistor(resistance=1, spin="lost"), "'blocked' or 'transmitted', got 'lost'"),
        (lambda: spin_relaxing_node(conductance=-1), "a positive number in S"),
        (lambda: spin_battery(direction=Z), "exactly one of accumulation"),
        (lambda: spin_battery(direction=Z, accumulation=1), "spin_relaxing_node.conductance must be a positive"),
        (lambda: current_source(current=1, spin_polarization=[2, 0, 0]), "of length 1 at most"),
        (lambda: current_source(current=1, conductance=-1), "current_source.conductance must be a positive"),
        (lambda: thevenin(wire(), {"3": {"e": 1}}), "no terminal '3'"),
        (lambda: norton(wire(), {"1": {"q": 1}}), "no component 'q'"),
        (lambda: Source(matrix=wire(), currents=[1, 2]), "8 finite numbers in A"),
        (lambda: Source(matrix=wire(), currents=["a"] * 8), "8 finite numbers in A"),
        (lambda: Source(matrix=np.eye(4), currents=[0] * 4), "a ConductanceMatrix"),
        (lambda: Source(matrix=magnet(Z), currents=[0, 1] + 6 * [0]), "a ferromagnet terminal carries"),
    ],
)
def test_what_cannot_be_is_refused_with_the_culprit(action, message):
    refuse(action, message)


def test_sources_take_either_sign_convention():
    """Turning the convention of the matrix round does not turn the drive round."""
    inside = resistor(resistance=2, spin="blocked")
    one, two = thevenin(inside, {"1": {"e": 1}}), thevenin(inside.as_network(), {"1": {"e": 1}})
    assert one.matrix == two.matrix
    assert np.array_equal(one.currents, two.currents)
    assert repr(one) == "<Source of 2 terminals (1, 2), up to 0.5 A>"
