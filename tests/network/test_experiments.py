"""Measured quantities from one matrix: closed forms of the literature, definitions, sensitivities, refusals."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_strategies import stars

from fespin.errors import InputError
from fespin.network.circuit import join
from fespin.network.conductance import ConductanceMatrix
from fespin.network.drive import drive
from fespin.network.elements import contact, ferromagnetic_wire, half_metal_wire, normal_wire
from fespin.network.experiments import (
    angular_magnetoresistance,
    delta_nonlocal,
    effective_polarization,
    magnetoresistance,
    nonlocal_signal,
    resistance,
    spin_absorption_ratio,
    spin_resistance,
    thevenin_spin_source,
)
from fespin.network.joining import connect, series

Z = [0, 0, 1]
LAMBDA, R_N, R_F, P_F = 500.0, 1.25, 0.1, 0.35  # B2; lengths in nm, since only ratios count
INJECT, DETECT = ("F1", "L"), ("F2", "R")


def strip(length):
    return normal_wire(conductivity=LAMBDA / R_N, spin_diffusion_length=LAMBDA, length=length, area=1)


def arm(spin_resistance=R_N):
    """An infinite normal wire: no spin arrives at its far end. Its charge resistance does not count, so that it
    is a tenth of the spin resistance: signals are differences of potentials, and digits are lost to large ones.
    """
    g = 1 / spin_resistance
    charge, spin = np.diag([1.0, 0, 0, 0]), np.diag([0, 1.0, 1, 1])
    values = np.kron([[-1, 1], [1, -1]], 10 * g * charge) - np.kron(np.eye(2), g * spin)
    return ConductanceMatrix(values=values, terminals=["1", "2"])


def magnet(sign, p=P_F, R_F=R_F):
    """rho_F l_F/A = R_F, far longer than l_F = 1: what its far end does to the spin arrives as exp(-40)."""
    return ferromagnetic_wire(
        conductivity=1 / R_F,
        polarization=p,
        spin_diffusion_length=1,
        magnetization=[0, 0, sign],
        length=40,
        area=1,
    )


def lateral_valve(sign, length, *, interface=0.0, P=0.25, p=P_F, R_F=R_F, middle=()):
    """Takahashi and Maekawa's device; `middle` holds elements on a node half way, by their first terminal."""
    parts = [
        (arm(), {"1": "L", "2": "a"}),
        (strip(length / 2), {"1": "a", "2": "M"}),
        (strip(length / 2), {"1": "M", "2": "b"}),
        (arm(), {"1": "b", "2": "R"}),
    ]
    for node, end, s in (("a", "F1", 1), ("b", "F2", sign)):
        parts.append((magnet(s, p, R_F), {"1": end, "2": f"{node}F" if interface else node}))
        if interface:
            up, down = (1 / interface * (1 + t * P) / 2 for t in (1, -1))
            face = contact(
                conductance_up=up, conductance_down=down, mixing_conductance=1 / interface,
                magnetization=[0, 0, s], area=1,
            )  # fmt: skip
            parts.append((face, {"normal": node, "ferromagnet": f"{node}F"}))
    for k, (element, rest) in enumerate(middle):
        parts.append((element, {"1": "M", "2": f"{rest}{k}"}))
    return join(parts, external=["F1", "L", "F2", "R", "M"])


def takahashi_maekawa(length, *, interface=0.0, P=0.25, p=P_F, R_F=R_F):
    """Delta R_NS = twice V2/I of PRB 67, 052409 (2003), equal junctions."""
    i, f, decay = interface / R_N / (1 - P**2), R_F / R_N / (1 - p**2), math.exp(-length / LAMBDA)
    return 4 * R_N * decay * (P * i + p * f) ** 2 / ((1 + 2 * i + 2 * f) ** 2 - decay**2)


def signal(**kwargs):
    states = [lateral_valve(sign, **kwargs).without("M") for sign in (1, -1)]
    return delta_nonlocal(*states, inject=INJECT, detect=DETECT, spin="open")


# closed forms


@pytest.mark.parametrize("interface", [0.0, 0.3, 20.0, 1000.0])
@pytest.mark.parametrize("length", [200.0, 500.0, 1000.0])
def test_nonlocal_spin_signal(length, interface):
    """Takahashi and Maekawa, PRB 67, 052409 (2003), from transparent to tunnel junctions."""
    assert signal(length=length, interface=interface).value == pytest.approx(
        takahashi_maekawa(length, interface=interface), rel=1e-12
    )


@pytest.mark.parametrize(
    ("length", "interface", "milliohm"),
    [(200, 0, 3.597456), (500, 0, 1.483328), (1000, 0, 0.4994), (200, 1000, 52.311923), (1000, 1000, 10.561594)],
)
def test_nonlocal_numbers(length, interface, milliohm):
    assert 1e3 * signal(length=float(length), interface=float(interface)).value == pytest.approx(milliohm, abs=5.1e-7)


def test_nonlocal_limits():
    """Transparent, R_F << R_N: p^2/(1-p^2)^2 (R_F^2/R_N)/sinh; tunnel: P^2 R_N exp(-x)/2; each twice."""
    small = 1e-7
    expected = 2 * P_F**2 / (1 - P_F**2) ** 2 * small**2 / R_N / math.sinh(0.4)
    assert signal(length=200.0, R_F=small).value == pytest.approx(expected, rel=1e-6)
    tunnel = signal(length=200.0, interface=1e7).value
    assert tunnel == pytest.approx(0.25**2 * R_N * math.exp(-0.4), rel=1e-6)


def test_nonlocal_signal_changes_sign_between_the_states_and_the_spin_of_far_ends_does_not_matter():
    up, down = (
        nonlocal_signal(lateral_valve(s, 500.0).without("M"), inject=INJECT, detect=DETECT, spin=spin)
        for s, spin in ((1, "open"), (-1, "grounded"))
    )
    assert up.value == pytest.approx(-down.value, rel=1e-12)
    assert up.unit == "ohm"


@pytest.mark.parametrize(("Q_F", "Q_M", "l"), [(0.05, 0.02, 1.0), (0.3, 0.7, 0.4), (0.1, 5.0, 1.5)])
def test_spin_absorption(Q_F, Q_M, l):  # noqa: E741 the symbol of the formula
    """Kimura, Hamrle and Otani, PRB 72, 014461 (2005), Niimi form: transparent F, absorber half way."""
    p, thickness = 0.9, 0.8  # eta does not depend on p; thickness of the absorber over its lambda
    R_M = Q_M * R_N
    absorber = normal_wire(
        conductivity=1 / (R_M * math.tanh(thickness)), spin_diffusion_length=1, length=thickness, area=1
    ).without("2")
    kind = {"length": l * LAMBDA, "p": p, "R_F": Q_F * (1 - p**2) * R_N}
    states = [lateral_valve(sign, **kind) for sign in (1, -1)]
    covered = [
        connect({"v": G, "a": absorber}, {"M": [("v", "M"), ("a", "1")]}).renamed(
            {f"v.{t}": t for t in INJECT + DETECT}
        )
        for G in states
    ]
    e, f, m = math.exp(l), Q_F, Q_M
    expected = (
        2 * m * (math.sinh(l) + 2 * f * e + 2 * f**2 * e)
        / (math.cosh(l) - 1 + 2 * m * math.sinh(l) + 2 * f * (e * (1 + f) * (1 + 2 * m) - 1))
    )  # fmt: skip
    eta = spin_absorption_ratio(
        tuple(covered), tuple(G.without("M") for G in states), inject=INJECT, detect=DETECT, spin="open"
    )
    assert eta.value == pytest.approx(expected, rel=1e-12)
    if (Q_F, Q_M, l) == (0.05, 0.02, 1.0):
        assert eta.value == pytest.approx(0.0742444669, abs=5e-11)
    perfect = tuple(G.grounded({"M": "spin"}).with_open({"M": "charge"}) for G in states)
    none = spin_absorption_ratio(
        perfect, tuple(G.without("M") for G in states), inject=INJECT, detect=DETECT, spin="open"
    )
    assert none.value == pytest.approx(0, abs=1e-12)


ETA, P_C, G_C = 1.4 + 0.5j, 0.6, 2.0


def circuit_valve(theta):
    kind = {"conductance_up": 1.6, "conductance_down": 0.4, "mixing_conductance": ETA * G_C / 2, "area": 1}
    first = contact(magnetization=Z, **kind, terminals=("n", "a"))
    second = contact(magnetization=[math.sin(theta), 0, math.cos(theta)], **kind, terminals=("n", "b"))
    return series(first.reordered(["a", "n"]), second)


def test_angular_magnetoresistance_of_circuit_theory():
    """Brataas, Nazarov and Bauer, PRL 84, 2481 (2000) and the universal law of PRB 67, 094421 (2003)."""
    angles = [0.0, 0.3, math.pi / 3, math.pi / 2, 2.2, math.pi]
    found = angular_magnetoresistance(
        [(theta, circuit_valve(theta)) for theta in angles], current=("a", "b"), spin="grounded"
    )
    tan2 = np.tan(np.array(angles[:-1]) / 2) ** 2
    exact = G_C / 2 * (1 - P_C**2 * tan2 / (tan2 + abs(ETA) ** 2 / ETA.real))
    assert np.allclose(1 / found.values, [*exact, G_C / 2 * (1 - P_C**2)], rtol=1e-12)
    assert np.allclose(1 / found.values[[2, 3, 5]], [0.9372353674, 0.8603878116, 0.64], atol=5e-11)
    law = found.law()
    assert law.chi.value == pytest.approx(abs(ETA) ** 2 / ETA.real / (1 - P_C**2) - 1, rel=1e-11)
    assert law.parallel.value == pytest.approx(found.values[0], rel=1e-12)
    assert law.change.value == pytest.approx(found.values[-1] - found.values[0], rel=1e-12)
    assert law.residual < 1e-12
    assert found.ratio[-1] == pytest.approx(1 / (1 - P_C**2) - 1, rel=1e-12)


def cpp_valve(theta):
    """B3: strong ferromagnets on a spacer, ohmic."""
    F = {"conductivity": 0.5, "polarization": 0.6, "spin_diffusion_length": 0.5, "length": 8, "area": 1}
    spacer = normal_wire(conductivity=2, spin_diffusion_length=1.3, length=0.8, area=1)
    second = ferromagnetic_wire(magnetization=[math.sin(theta), 0, math.cos(theta)], **F)
    return series(ferromagnetic_wire(magnetization=Z, **F), spacer, second)


def test_magnetoresistance_of_a_diffusive_valve():
    """B3: R = 32.5242063751 parallel, 33.0551536479 antiparallel; chi = 2v/u of the same law."""
    P, AP = 32.5242063751, 33.0551536479
    states = cpp_valve(0), cpp_valve(math.pi)
    MR = magnetoresistance(*states, current=("1", "2"), spin="grounded")
    assert MR.value == pytest.approx((AP - P) / P, abs=1e-11)
    low = magnetoresistance(*states, current=("1", "2"), spin="grounded", relative_to="antiparallel")
    assert low.value == pytest.approx((AP - P) / AP, abs=1e-11)
    law = angular_magnetoresistance(
        [(t, cpp_valve(t)) for t in (0, 1, 2, 3)], current=("1", "2"), spin="grounded"
    ).law()
    r_F, r_N, x = 2 * 0.5 / (1 - 0.36), 0.5 * 1.3, 0.8 / 1.3
    # 1/(u + v cos) with u = 1/r_F + coth/r_N, v = csch/r_N
    u, v = 1 / r_F + 1 / math.tanh(x) / r_N, 1 / math.sinh(x) / r_N
    assert law.chi.value == pytest.approx(2 * v / (u - v), rel=1e-8)
    assert law.residual < 1e-9


def test_spin_resistance_of_long_wires():
    """rho lambda/A of a normal wire, over 1 - p^2 in a ferromagnet without charge current; coth and tanh."""
    assert spin_resistance(strip(20 * LAMBDA), "1", "x", charge="open", spin="open").value == pytest.approx(
        R_N, rel=1e-14
    )
    for m, component, sign in ((1, "m", 1), (-1, "z", 1)):
        R = spin_resistance(magnet(m), "1", component, charge="open", spin="open")
        assert R.value == pytest.approx(sign * R_F / (1 - P_F**2), rel=1e-13)
    short = strip(0.7 * LAMBDA)
    for rule, shape in (("open", 1 / math.tanh(0.7)), ("grounded", math.tanh(0.7))):
        R = spin_resistance(short, "2", "z", charge="grounded", spin={"1": rule, "2": "open"})
        assert R.value == pytest.approx(R_N * shape, rel=1e-13)


def test_spin_resistance_is_one_over_the_spin_current_drawn_per_volt():
    """With the other ports as stated: the entry of the reduced matrix."""
    G = lateral_valve(1, 300.0)
    R = spin_resistance(G, "M", "z", charge="grounded", spin="grounded")
    assert 1 / R.value == pytest.approx(-G["M", "z", "M", "z"], rel=1e-13)
    point = drive(G, potentials={"M": {"z": 1.0}, "L": {"e": 0.0}}, spin="open")
    R = spin_resistance(G, "M", "z", charge="open", spin="open")
    assert 1 / R.value == pytest.approx(-point.current("M", "z"), rel=1e-12)


def test_effective_polarization_of_a_contact_and_a_wire():
    """p at both ends of a ferromagnetic wire; a contact into a spin ground has (g_up - g_dn)/(g_up + g_dn)."""
    for at, component, m in (("1", "m", -1), ("2", "m", 1), ("2", "z", -1)):
        P = effective_polarization(magnet(m), current=("1", "2"), at=at, component=component, spin="grounded")
        assert P.value == pytest.approx(P_F if component == "m" else -P_F, rel=1e-13)
    face = contact(conductance_up=3, conductance_down=1, mixing_conductance=2, magnetization=[0, 1, 0], area=1)
    for pair in (("ferromagnet", "normal"), ("normal", "ferromagnet")):
        P = effective_polarization(face, current=pair, at="normal", component="y", spin="grounded")
        assert P.value == pytest.approx(0.5, rel=1e-14)


def test_effective_polarization_after_a_normal_wire():
    """F of resistance R_F/(1-p^2), then N of length L: P = p r_F/(r_F cosh + R_N sinh) into a spin ground."""
    x = 0.9
    device = series(magnet(1), strip(x * LAMBDA))
    r = R_F / (1 - P_F**2)
    P = effective_polarization(device, current=("1", "2"), at="2", component="z", spin="grounded")
    # u(0) continuous: p J - u/r = I_s(0); in N the spin current at the grounded end is u(0)/(R_N sinh x)
    spin_potential = P_F / (1 / r + 1 / (R_N * math.tanh(x)))
    assert P.value == pytest.approx(spin_potential / (R_N * math.sinh(x)), rel=1e-12)


@pytest.mark.parametrize("per", ["ampere", "volt"])
@pytest.mark.parametrize("output", ["M", ("F2", "M")])
def test_thevenin_source_feeds_loads_as_the_device_does(output, per):
    """Open circuit, short circuit and a real load on the ports, against the device with the load connected."""
    G = lateral_valve(1, 300.0).rotated([[0.6, 0, 0.8], [0, 1, 0], [-0.8, 0, 0.6]])
    source = thevenin_spin_source(G, output, through=("F1", "L"), per=per, spin="open")
    assert source.ports[-3:] == (("M", "x"), ("M", "y"), ("M", "z"))
    Y = source.matrix
    assert np.allclose(Y, Y.T, atol=1e-12)
    assert np.linalg.eigvalsh(Y).min() > 0
    short = [part.value for part in source.short_circuit]
    assert np.allclose(short, Y @ source.potentials, rtol=1e-11, atol=1e-15)
    unit = {"potentials": {"L": {"e": 0.0}}, "currents": {"F1": {"e": -1.0}}}
    if per == "volt":
        unit = {"potentials": {"L": {"e": 0.0}, "F1": {"e": 1.0}}, "currents": {}}
    opened = drive(G, **unit, spin="open")
    assert np.allclose(source.potentials, [opened.potential(*port) for port in source.ports], atol=1e-15)
    load = np.diag(np.linspace(0.5, 2, len(Y)))
    I = source.into(load)  # noqa: E741
    assert np.allclose(load @ np.linalg.solve(Y + load, np.array(short)), I, rtol=1e-12)
    currents = dict(unit["currents"])
    for (t, c), value in zip(source.ports, I, strict=True):
        currents[t] = {**currents.get(t, {}), c: value}
    loaded = drive(G, potentials=unit["potentials"], currents=currents, spin="open")
    V = np.array([loaded.potential(*port) for port in source.ports])
    assert np.allclose(load @ V, I, rtol=1e-10, atol=1e-15)
    assert "SpinSource, open circuit in " in repr(source)


def test_grounded_charge_is_not_grounded_twice():
    """With a terminal grounded the current may leave there: R of 1 ohm to ground, 2 ohm between the ends."""
    wire = normal_wire(conductivity=1, length=1, area=1)
    middle = connect({"a": wire, "b": wire}, {"c": [("a", "2"), ("b", "1")]}, external=["c"])
    whole = resistance(middle, current=("a.1", "b.2"), spin="grounded")
    grounded = resistance(middle.grounded({"c": "all"}), current=("a.1", "b.2"), spin="grounded")
    assert whole.value == pytest.approx(2, rel=1e-13)
    assert grounded.value == pytest.approx(2, rel=1e-13)
    half = resistance(middle.grounded({"c": "all"}), current=("a.1", "b.2"), voltage=("b.2", "a.1"), spin="grounded")
    assert half.value == pytest.approx(-2, rel=1e-13)


def test_half_metals_measure_with_their_channel():
    """Parallel plates of 0.1 ohm on a relaxing spacer; the number is that of the circuit tests."""
    plate = half_metal_wire(conductivity=1, magnetization=Z, length=0.1, area=1)
    wire = normal_wire(conductivity=2, spin_diffusion_length=math.sqrt(0.5), length=1, area=1)
    R = resistance(series(plate, wire, plate), current=("1", "2"), spin="open")
    assert R.value == pytest.approx(1.13052858579, rel=1e-11)


def test_complex_admittances_have_impedances():
    G = ConductanceMatrix(values=(1 + 2j) * strip(300.0).values, terminals=["1", "2"])
    Z12 = resistance(G, current=("1", "2"), spin="open")
    assert Z12.value == pytest.approx(R_N * 300 / LAMBDA / (1 + 2j), rel=1e-13)


# reciprocity


def chiral(sign):
    """Magnetic wires of four directions on two nodes by complex mixing: not symmetric. All m times `sign`."""
    directions = {"A": [0, 0, 1], "B": [1, 2, 2], "C": [1, 0, 0], "D": [-2, 1, 2]}
    parts = [(strip(0.6 * LAMBDA), {"1": "n1", "2": "n2"}), (strip(0.9 * LAMBDA), {"1": "n2", "2": "N"})]
    for k, (name, m) in enumerate(directions.items()):
        face = contact(
            conductance_up=3 + k, conductance_down=1, mixing_conductance=(4 + k) * (1 + 0.3j),
            magnetization=sign * np.array(m), area=1,
        )  # fmt: skip
        wire = ferromagnetic_wire(
            conductivity=4, polarization=0.5, spin_diffusion_length=0.7, magnetization=sign * np.array(m),
            length=1, area=1,
        )  # fmt: skip
        parts += [
            (face, {"normal": "n1" if k < 2 else "n2", "ferromagnet": f"f{k}"}),
            (wire, {"1": f"f{k}", "2": name}),
        ]
    return join(parts, external=["A", "B", "C", "D", "N"])


@pytest.mark.parametrize(
    "spin", ["open", "grounded", {"A": "open", "B": "grounded", "C": "open", "D": "open", "N": "grounded"}]
)
def test_four_terminal_resistances_are_reciprocal_with_m_reversed(spin):
    """R_{ij,kl}(m) = R_{kl,ij}(-m), Buettiker, IBM J. Res. Dev. 32, 317 (1988), while R_{kl,ij}(m) differs."""
    G, back = chiral(1), chiral(-1)
    worst = 0.0
    for pair, other in (
        (("A", "B"), ("C", "D")),
        (("A", "C"), ("B", "D")),
        (("A", "N"), ("B", "C")),
        (("A", "B"), ("B", "D")),
    ):
        R = resistance(G, current=pair, voltage=other, spin=spin).value
        turned = resistance(back, current=other, voltage=pair, spin=spin).value
        same = resistance(G, current=other, voltage=pair, spin=spin).value
        assert turned == pytest.approx(R, rel=1e-12, abs=1e-16)
        worst = max(worst, abs(same - R))
    assert worst > 1e-4


@given(G=stars(), spin=st.sampled_from(["grounded"]))
@settings(deadline=None, max_examples=25)
def test_two_terminal_resistances_are_positive_and_reversible(G, spin):
    a, b = G.terminals[:2]
    forward = resistance(G, current=(a, b), spin=spin).value
    assert forward > 0
    assert resistance(G, current=(b, a), spin=spin).value == pytest.approx(forward, rel=1e-9)


# sensitivities


def perturbed(G, i, j, step):
    values = np.array(G.values)
    values[i, j] += step
    return replace(G, values=values)


def normal_box(terminals=("a", "b", "c", "d"), seed=0):
    """A passive matrix of normal terminals without any symmetry but charge conservation."""
    rng = np.random.default_rng(seed)
    size = 4 * len(terminals)
    factor = rng.normal(size=(size, size))
    values = -(factor @ factor.T) / size + 0.1 * (lambda a: a - a.T)(rng.normal(size=(size, size)))
    for axis in (0, 1):
        charge = values[0::4].mean(axis=0) if axis == 0 else values[:, 0::4].mean(axis=1)
        if axis == 0:
            values[0::4] -= charge
        else:
            values[:, 0::4] -= charge[:, None]
    return ConductanceMatrix(values=values, terminals=terminals)


ROUND = {"a": "open", "b": "grounded", "c": "open", "d": "grounded"}
MEASURED = {
    "two terminal": lambda G: resistance(G, current=("a", "b"), spin="open"),
    "three terminal": lambda G: resistance(G, current=("a", "b"), voltage=("a", "c"), spin=ROUND),
    "nonlocal": lambda G: nonlocal_signal(G, inject=("a", "b"), detect=("c", "d"), spin="grounded"),
    "spin resistance": lambda G: spin_resistance(G, "c", "y", charge="open", spin=ROUND),
    "spin resistance, charge grounded": lambda G: spin_resistance(G, "c", "y", charge="grounded", spin=ROUND),
    "polarization": lambda G: effective_polarization(G, current=("a", "b"), at="b", component="z", spin="open"),
    "polarization at the source": lambda G: effective_polarization(
        G, current=("a", "b"), at="a", component="x", spin=ROUND
    ),
    "open circuit": lambda G: thevenin_spin_source(
        G, ("c", "d"), through=("a", "b"), per="ampere", spin="open"
    ).open_circuit[1],
    "short circuit": lambda G: thevenin_spin_source(
        G, "c", through=("a", "b"), per="volt", spin=ROUND
    ).short_circuit[2],
    "source conductance": lambda G: thevenin_spin_source(
        G, ("c", "d"), through=("a", "b"), per="ampere", spin="open"
    ).conductance[1][4],
}  # fmt: skip


@pytest.mark.parametrize("convention", ["out", "in"])
@pytest.mark.parametrize("name", MEASURED)
def test_sensitivity_to_every_entry_is_the_difference_quotient(name, convention):
    """Central differences with a step of 1e-5 S: errors of 1e-10 from the step and 1e-11 from rounding."""
    G, step = normal_box() if convention == "out" else normal_box().as_network(), 1e-5
    measured = MEASURED[name](G)
    assert measured.sensitivity.shape == (16, 16)
    numeric = np.zeros((16, 16))
    for i in range(16):
        for j in range(16):
            # an entry of charge alone breaks conservation: take the wiring of the unperturbed matrix
            up, down = (perturbed(G, i, j, s * step) for s in (1, -1))
            numeric[i, j] = (value_with_reference(name, up) - value_with_reference(name, down)) / (2 * step)
    scale = np.abs(measured.sensitivity).max()
    assert scale > 0
    assert np.allclose(measured.sensitivity, numeric, rtol=0, atol=1e-6 * scale)


def value_with_reference(name, G):
    from fespin.network.amplitudes import Amplitudes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Amplitudes, "conserves_charge", True)
        return MEASURED[name](G).value


def test_sensitivity_of_comparisons():
    """Delta R_NS, magnetoresistance, absorption and chi: against differences of every entry of one state."""
    states = [normal_box(seed=s) for s in range(4)]
    wiring = {"inject": ("a", "b"), "detect": ("c", "d"), "spin": "open"}
    cases = [
        lambda G: delta_nonlocal(*G[:2], **wiring),
        lambda G: magnetoresistance(*G[:2], current=("a", "b"), spin="open"),
        lambda G: magnetoresistance(*G[:2], current=("a", "b"), spin="open", relative_to="antiparallel"),
        lambda G: spin_absorption_ratio(tuple(G[:2]), tuple(G[2:]), **wiring),
    ]
    rng = np.random.default_rng(5)
    for measure in cases:
        found = measure(states)
        for k, sensitivity in enumerate(found.sensitivities):
            # a change that conserves charge
            change = normal_box(seed=int(rng.integers(100, 200))).values
            moved = []
            for s in (1, -1):
                new = list(states)
                new[k] = replace(states[k], values=states[k].values + s * 1e-5 * change)
                moved.append(float(measure(new)))
            assert (moved[0] - moved[1]) / 2e-5 == pytest.approx(np.sum(sensitivity * change), rel=1e-6)


def test_sensitivity_of_the_angular_law():
    """Fits of resistances that do not follow the law, so that the residual enters."""
    angles = [0.1, 0.9, 1.7, 2.4, 3.0]
    states = [circuit_valve(t).grounded("spin") for t in angles]
    states[2] = replace(states[2], values=1.02 * states[2].values)

    def law(states):
        return angular_magnetoresistance(
            list(zip(angles, states, strict=True)), current=("a", "b"), spin="grounded"
        ).law()

    found = law(states)
    assert found.residual > 1e-3
    for part in ("chi", "parallel", "change"):
        for k in range(len(states)):
            change = states[k].values
            moved = []
            for s in (1, -1):
                new = list(states)
                new[k] = replace(states[k], values=(1 + s * 1e-6) * change)
                moved.append(getattr(law(new), part).value)
            expected = np.sum(getattr(found, part).sensitivities[k] * change)
            assert (moved[0] - moved[1]) / 2e-6 == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_sensitivity_at_magnetic_terminals_lies_in_their_spaces():
    """Changes of G within the spaces change the value by the sum over entries."""
    G = lateral_valve(1, 400.0).rotated([[0.6, 0, 0.8], [0, 1, 0], [-0.8, 0, 0.6]])
    other = lateral_valve(1, 250.0, R_F=0.2).rotated([[0.6, 0, 0.8], [0, 1, 0], [-0.8, 0, 0.6]])
    R = nonlocal_signal(G, inject=INJECT, detect=DETECT, spin="open")
    step = 1e-4
    up, down = (
        nonlocal_signal(
            replace(G, values=G.values + s * step * (other.values - G.values)),
            inject=INJECT,
            detect=DETECT,
            spin="open",
        ).value
        for s in (1, -1)
    )
    assert (up - down) / (2 * step) == pytest.approx(np.sum(R.sensitivity * (other.values - G.values)), rel=1e-6)
    with pytest.raises(ValueError, match="read-only"):
        R.sensitivity[0, 0] = 1


def test_results_say_what_they_are():
    R = resistance(strip(LAMBDA), current=("1", "2"), spin="open")
    assert repr(R) == "<resistance: 1.25 ohm>"
    assert float(R) == pytest.approx(1.25)
    found = signal(length=500.0)
    assert repr(found) == "<nonlocal spin signal: 0.00148333 ohm>"
    assert [part.name for part in found.parts] == ["nonlocal signal", "nonlocal signal"]
    amr = angular_magnetoresistance([(t, cpp_valve(t)) for t in (0, 1, 2)], current=("1", "2"), spin="grounded")
    assert repr(amr).startswith("<AngularResistance in ohm by radian: 0: 32.5242,")
    assert repr(amr.law()).startswith("<AngularLaw: R_P 32.5242 ohm, Delta R 0.530947 ohm")


# refusals

BOX = normal_box()
TWO = strip(LAMBDA)
SOURCE = {"through": ("a", "b"), "per": "volt", "spin": "open"}


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: resistance(BOX, current=("a", "a"), spin="open"), "current must be a pair of two different terminals"),
        (lambda: resistance(BOX, current="ab", spin="open"), "current must be a pair of two different terminals"),
        (lambda: resistance(BOX, current=("a", "b"), voltage=("c",), spin="open"), "voltage must be a pair of two"),
        (lambda: resistance(BOX, current=("a", "x"), spin="open"), "no terminal 'x'"),
        (lambda: resistance(BOX, current=("a", "b"), spin="free"), "spin must be 'open' or 'grounded'"),
        (
            lambda: resistance(TWO.with_open({"1": "charge"}), current=("1", "2"), spin="open"),
            r"'1' \(partial\) holds no potential 'e'",
        ),
        (
            lambda: resistance(
                ConductanceMatrix(
                    values=np.kron(np.eye(2), TWO.values), terminals=["1", "2", "3", "4"]
                ), current=("1", "2"), spin="open",
            ),
            r"the potential of '3' \(e\), '4' \(e\) floats",
        ),
        (
            lambda: resistance(
                normal_wire(conductivity=1, length=1, area=1), current=("1", "2"), spin="open"
            ),
            r"'1' \(x\), .* floats: .*ground the spin",
        ),
        (
            lambda: nonlocal_signal(BOX, inject=("a", "b"), detect=("b", "c"), spin="open"),
            "without the terminals that carry the current.*shared: b; use resistance for three terminals",
        ),
        (
            lambda: magnetoresistance(BOX, BOX, current=("a", "b"), spin="open", relative_to="up"),
            "'parallel' or 'antiparallel'",
        ),
        (
            lambda: magnetoresistance(
                replace(TWO.with_open("spin"), values=-TWO.with_open("spin").values * 0 + 0),
                TWO, current=("1", "2"), spin="open",
            ),
            "floats",
        ),
        (
            lambda: spin_absorption_ratio((BOX, BOX), (BOX, BOX), inject=("a", "b"), detect=("c", "d"), spin="open"),
            "there is no spin signal without the absorber",
        ),
        (lambda: spin_resistance(BOX, "a", "e", charge="open", spin="open"), "component must be one of spin"),
        (lambda: spin_resistance(BOX, "a", "w", charge="open", spin="open"), "holds no potential 'w'"),
        (lambda: spin_resistance(BOX, "q", "z", charge="open", spin="open"), "no terminal 'q'"),
        (lambda: spin_resistance(BOX, "a", "z", charge="free", spin="open"), "charge must be 'open' or 'grounded'"),
        (
            lambda: effective_polarization(BOX, current=("a", "b"), at="c", component="z", spin="open"),
            "a terminal that carries the current, a or b, got 'c'",
        ),
        (lambda: thevenin_spin_source(BOX, "q", **SOURCE), "output must be terminals of the matrix: a, b, c, d"),
        (lambda: thevenin_spin_source(BOX, "c", **{**SOURCE, "per": "watt"}), "per must be 'ampere' or 'volt'"),
        (lambda: thevenin_spin_source(BOX, "c", **{**SOURCE, "through": ("a", "a")}), "through must be a pair"),
        (
            lambda: thevenin_spin_source(BOX.with_open({"c": "spin"}), "c", **SOURCE),
            "terminal 'c' has no spin port of its own; it holds e only",
        ),
        (lambda: angular_magnetoresistance([], current=("a", "b"), spin="open"), "one or more pairs of angle"),
        (lambda: angular_magnetoresistance([("x", BOX)], current=("a", "b"), spin="open"), "a number in radian"),
        (
            lambda: angular_magnetoresistance([(0, BOX), (1, BOX), (-1, BOX)], current=("a", "b"), spin="open").law(),
            "of three or more different cosines",
        ),
        (
            lambda: angular_magnetoresistance([(0, BOX), (1, BOX), (2, BOX)], current=("a", "b"), spin="open").law(),
            "does not depend on the angle",
        ),
        (
            lambda: angular_magnetoresistance(
                [(t, replace(BOX, values=(1 + 1j) * BOX.values)) for t in (0, 1, 2)], current=("a", "b"), spin="open"
            ).law(),
            "the resistances of an angular law must be real",
        ),
    ],
)  # fmt: skip
def test_what_has_no_value_is_refused_with_the_reason(action, message):
    with pytest.raises(InputError, match=message):
        action()
