"""Interfaces with conductances of their own: closed forms, limits, topology of the split."""

import itertools

import numpy as np
import pytest
from grids import KINDS, box, branched, facets_at, layered, stack
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import directions

import fespin
from fespin import Device, DeviceError, Ferromagnet, HalfMetal, Interface, Mesh, NormalMetal, Region
from fespin.network.experiments import nonlocal_signal

COPPER = NormalMetal(conductivity=2.0, spin_diffusion_length=1.3)
FREE = NormalMetal(conductivity=2.0)
COBALT = Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5)


def tunnel(*between, g=0.7, **changes):
    return Interface(between=between or None, conductance_up=g, conductance_down=g, **changes)


# ---- closed forms ----------------------------------------------------------------------------------------------------


def valve_resistance(theta, r_b, gamma, d=0.8, L=8.0, rho_F=2.0, rho_N=0.5, l_F=0.5, l_N=1.3, beta=0.6):
    """B3 with interfaces in the convention of Valet and Fert: r_b = AR*, gamma; perfect transverse absorption.

    The charge resistance of an interface is r_b (1 - gamma^2), so that 2 r_b stands beside what spin adds.
    """
    r_F, r_N = rho_F * l_F / (1 - beta**2), rho_N * l_N
    X = r_N / (1 / np.tanh(d / l_N) + np.cos(theta) / np.sinh(d / l_N))
    spin = 2 * (r_b + beta**2 * r_F - (beta * r_F + gamma * r_b) ** 2 / (r_F + r_b + X))
    return 2 * rho_F * L + rho_N * d + spin


@pytest.mark.parametrize("theta", [0.0, 1.0, np.pi / 2, 2.2, np.pi])
def test_valve_with_interfaces_against_angle(theta):
    """B3 with r_b = 0.3, gamma = 0.7; a large mixing conductance absorbs all transverse spin, as the formula
    assumes."""
    contact = {"area_resistance": 0.3, "asymmetry": 0.7, "mixing_conductance": 1e7}
    pairs = (("F1", "N"), ("N", "F2"))
    turned = (np.sin(theta), 0, np.cos(theta))
    layers = [("F1", 8.0, 200, (COBALT, (0, 0, 1))), ("N", 0.8, 20, COPPER), ("F2", 8.0, 200, (COBALT, turned))]
    faces = {"-".join(pair): Interface.from_area_resistance(between=pair, **contact) for pair in pairs}
    device = stack(layers, interfaces=faces)
    G = fespin.conductance(device, order=2)
    assert 1 / G["left", "e", "right", "e"] == pytest.approx(valve_resistance(theta, 0.3, 0.7), rel=3e-8)


def test_cpp_magnetoresistance_of_cobalt_and_copper():
    """B3b, Valet and Fert, PRB 48, 7099 (1993): A Delta R = 2.366936 fohm m^2 for two thick layers of Co."""
    beta, gamma, r_b = 0.46, 0.77, 0.51e-15
    cobalt = Ferromagnet(conductivity=1 / (75e-9 * (1 - beta**2)), polarization=beta, spin_diffusion_length=60e-9)
    copper = NormalMetal(conductivity=1 / 6e-9, spin_diffusion_length=500e-9)
    resistance = []
    for m in (1, -1):
        contact = {"area_resistance": r_b, "asymmetry": gamma, "mixing_conductance": 1e16}
        faces = {n: Interface.from_area_resistance(between=(n, "N"), **contact) for n in ("F1", "F2")}
        layers = [("F1", 1.2e-6, 200, (cobalt, (0, 0, 1))), ("N", 10e-9, 10, copper),
                  ("F2", 1.2e-6, 200, (cobalt, (0, 0, m)))]  # fmt: skip
        device = stack(layers, interfaces=faces)
        resistance.append(1 / fespin.conductance(device, order=2)["left", "e", "right", "e"])
    assert resistance[1] - resistance[0] == pytest.approx(2.366936e-15, rel=1e-6)


@pytest.mark.parametrize(("theta", "value"), [(0.0, 1.0), (np.pi / 3, 0.9372353674), (np.pi / 2, 0.8603878116),
                                              (np.pi, 0.64)])  # fmt: skip
@pytest.mark.parametrize("sign", [1, -1])
def test_circuit_theory_valve_with_complex_mixing(theta, value, sign):
    """B7, Brataas et al, PRL 84, 2481 (2000): G = 2, p = 0.6, eta = 1.4 + 0.5i; the node is a short piece of metal."""
    contact = {"conductance_up": 1.6, "conductance_down": 0.4, "mixing_conductance": 1.4 + sign * 0.5j}
    lead = Ferromagnet(conductivity=1e9, polarization=0.0)
    device = stack(
        [("F1", 1.0, 1, (lead, (0, 0, 1))), ("N", 1.0, 1, NormalMetal(conductivity=1e9)),
         ("F2", 1.0, 1, (lead, (np.sin(theta), 0, np.cos(theta))))],
        interfaces={"a": Interface(between=("F1", "N"), **contact), "b": Interface(between=("F2", "N"), **contact)},
    )  # fmt: skip
    assert fespin.conductance(device)["left", "e", "right", "e"] == pytest.approx(value, abs=3e-8)


def lateral_valve(distance, contact, *, m=1, fine=1.0):
    """B2 as a network of lines: R_N = 1.25 ohm, R_F = 0.1 ohm, p = 0.35, lambda = 500 nm; the ends are 6 um away."""
    metal = NormalMetal(conductivity=0.5e-6 / 1.25, spin_diffusion_length=500e-9)
    magnet = Ferromagnet(conductivity=5e-9 / 0.1, polarization=0.35, spin_diffusion_length=5e-9)
    wires = [
        ("N", 0, 1, 6e-6, int(300 * fine), metal),
        ("N", 1, 2, distance, int(40 * fine), metal),
        ("N", 2, 3, 6e-6, int(300 * fine), metal),
        ("F1", 1, 4, 100e-9, int(200 * fine), (magnet, (0, 0, 1))),
        ("F2", 2, 5, 100e-9, int(200 * fine), (magnet, (0, 0, m))),
    ]
    faces = {} if contact is None else {n: Interface(between=(n, "N"), **contact) for n in ("F1", "F2")}
    return branched(wires, {"start": 0, "end": 3, "injector": 4, "detector": 5}, interfaces=faces)


@pytest.mark.parametrize(
    ("distance", "transparent", "barrier"),
    [(200e-9, 3.597456e-3, 52.311923e-3), (500e-9, 1.483328e-3, 28.709389e-3), (1000e-9, 0.499400e-3, 10.561594e-3)],
)
def test_lateral_spin_valve_in_both_limits(distance, transparent, barrier):
    """B2, Takahashi and Maekawa, PRB 67, 052409 (2003): transparent contacts, and R_i = 1000 ohm with P = 0.25."""
    contact = {"conductance_up": 0.5e-3 * 1.25, "conductance_down": 0.5e-3 * 0.75, "mixing_conductance": 1.0}
    for faces, expected in ((None, transparent), (contact, barrier)):
        signal = []
        for m in (1, -1):
            G = fespin.conductance(lateral_valve(distance, faces, m=m), order=2)
            signal.append(
                float(nonlocal_signal(G, inject=("injector", "start"), detect=("detector", "end"), spin="grounded"))
            )
        assert signal[0] - signal[1] == pytest.approx(expected, rel=2e-6)


def valve_error(fine):
    """Relative error of B2, transparent, 500 nm, linear elements."""
    signal = []
    for m in (1, -1):
        G = fespin.conductance(lateral_valve(500e-9, None, m=m, fine=fine))
        signal.append(
            float(nonlocal_signal(G, inject=("injector", "start"), detect=("detector", "end"), spin="grounded"))
        )
    return abs((signal[0] - signal[1]) / 1.483328e-3 - 1)


def angle_error(fine):
    """Relative error of what spin adds to R in B3 with interfaces at 2.2, linear elements."""
    contact = {"area_resistance": 0.3, "asymmetry": 0.7, "mixing_conductance": 1e7}
    n = int(100 * fine)
    layers = [("F1", 8.0, n, (COBALT, (0, 0, 1))), ("N", 0.8, int(10 * fine), COPPER),
              ("F2", 8.0, n, (COBALT, (np.sin(2.2), 0, np.cos(2.2))))]  # fmt: skip
    faces = {n: Interface.from_area_resistance(between=(n, "N"), **contact) for n in ("F1", "F2")}
    G = fespin.conductance(stack(layers, interfaces=faces))
    exact = valve_resistance(2.2, 0.3, 0.7)
    return abs(1 / G["left", "e", "right", "e"] - exact) / (exact - 32.4)


def absorption_error(fine):
    """Error of B8's ratio for l = 1, Q_F = 0.05, Q_M = 0.02 (0.0742444669), lines, linear elements."""
    signal = {}
    for absorber, m in itertools.product((True, False), (1, -1)):
        G = fespin.conductance(absorbing_valve(absorber, m, fine))
        signal[absorber, m] = float(
            nonlocal_signal(G, inject=("injector", "start"), detect=("detector", "end"), spin="grounded")
        )
    eta = (signal[True, 1] - signal[True, -1]) / (signal[False, 1] - signal[False, -1])
    return abs(eta / 0.0742444669 - 1)


def absorbing_valve(absorber, m, fine):
    """B8 in units of lambda_N and R_N: F wires at a distance of one, and half way a closed wire M."""
    p, q_f, q_m = 0.5, 0.05, 0.02
    metal = NormalMetal(conductivity=1.0, spin_diffusion_length=1.0)
    magnet = Ferromagnet(conductivity=0.1 / (q_f * (1 - p**2)), polarization=p, spin_diffusion_length=0.1)
    sink = NormalMetal(conductivity=0.1 / (q_m * np.tanh(1.0)), spin_diffusion_length=0.1)
    n = lambda cells: max(2, int(cells * fine))  # noqa: E731
    wires = [
        ("N", 0, 1, 12.0, n(120), metal), ("N", 1, 2, 0.5, n(10), metal), ("N", 2, 3, 0.5, n(10), metal),
        ("N", 3, 4, 12.0, n(120), metal), ("F1", 1, 5, 2.0, n(200), (magnet, (0, 0, 1))),
        ("F2", 3, 6, 2.0, n(200), (magnet, (0, 0, m))),
    ]  # fmt: skip
    if absorber:
        wires.append(("M", 2, 7, 0.1, n(10), sink))
    return branched(wires, {"start": 0, "end": 4, "injector": 5, "detector": 6})


@pytest.mark.parametrize("error", [valve_error, angle_error, absorption_error])
def test_signals_of_experiments_converge_with_the_square_of_the_cells(error):
    """B2, B3 with interfaces, B8 (Kimura, Hamrle and Otani, PRB 72, 014461 (2005)): h^2 with linear elements."""
    errors = [error(fine) for fine in (1.0, 2.0, 4.0)]
    assert errors[-1] < 2e-3
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.15)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2, abs=0.15)


def solid_valve(width, m):
    """B2 with tunnel contacts as a solid: a bar with square cross-section and two pillars on it, 300 nm apart."""
    step = width / 2
    fine = np.arange(-2, 3) * step / 2
    far = 150.0 + width / 2 + np.geomspace(step, 3000.0, 14)
    between = np.linspace(-150 + width / 2, 150 - width / 2, 9)
    x = np.unique(np.concatenate([-150 + fine, 150 + fine, far, -far, between]).round(9))
    y = np.linspace(-width / 2, width / 2, 3)
    z = np.concatenate([np.linspace(-width, 0, 4), [width]])
    points, cells = box("hexahedron", x, y, z)
    centre = points[cells].mean(axis=1)
    bar, on = centre[:, 2] < 0, [np.abs(centre[:, 0] - place) < width / 2 for place in (-150, 150)]
    keep = bar | on[0] | on[1]
    used = np.unique(cells[keep])
    number = np.full(len(points), -1)
    number[used] = np.arange(len(used))
    points, cells, bar, centre = points[used], number[cells[keep]], bar[keep], centre[keep]
    top = points[:, 2] == z[-1]
    marks = {"start": points[:, 0] == x[0], "end": points[:, 0] == x[-1], "injector": top & (points[:, 0] < 0),
             "detector": top & (points[:, 0] > 0)}  # fmt: skip
    mesh = Mesh(points=points, cells=cells, cell_type="hexahedron",
                regions={"N": bar, "F1": ~bar & (centre[:, 0] < 0), "F2": ~bar & (centre[:, 0] > 0)},
                boundaries={n: facets_at("hexahedron", points, cells, on) for n, on in marks.items()})  # fmt: skip
    metal = NormalMetal(conductivity=5e7, spin_diffusion_length=400e-9)
    lead = Ferromagnet(conductivity=1e7, polarization=0.0)
    g = 1e7  # far below sigma/lambda
    contact = {"conductance_up": 1.25 * g, "conductance_down": 0.75 * g, "mixing_conductance": g}
    return Device.from_mesh(
        mesh,
        regions={"N": metal, "F1": (lead, (0, 0, 1)), "F2": (lead, (0, 0, m))},
        terminals=list(marks),
        interfaces={n: Interface(between=("N", n), **contact) for n in ("F1", "F2")},
        length_unit="nm",
    )


def test_solid_lateral_valve_approaches_the_thin_wire():
    """B2, tunnel limit: Delta R = P^2 R_N exp(-L/lambda) without width; a bar of width w deviates as w^2.

    (w/lambda)^2/10 here, 0.33 % at w = lambda/5 and 0.08 % at lambda/10; the ends are 7 lambda away.
    """
    deviation = []
    for width in (80.0, 40.0):
        signal = []
        for m in (1, -1):
            G = fespin.conductance(solid_valve(width, m), order=2)
            signal.append(float(nonlocal_signal(G, inject=("injector", "start"), detect=("detector", "end"),
                                                spin="grounded")))  # fmt: skip
        R_N = 400e-9 / (5e7 * (width * 1e-9) ** 2)
        deviation.append((signal[0] - signal[1]) / (0.25**2 * R_N * np.exp(-300 / 400)) - 1)
    assert 0 < deviation[0] < 0.005
    assert deviation[0] / deviation[1] == pytest.approx(4, rel=0.15)


# ---- limits and second routes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_large_conductances_approach_the_ohmic_contact(kind):
    """g_up, g_dn, g_mix -> infinity: all of G, with an error of first order in 1/g."""
    layers, regions = [(0.6, 3), (0.4, 3)], [(COBALT, (0.6, 0.0, 0.8)), COPPER]
    ohmic = fespin.conductance(layered(kind, layers, regions)).values
    errors = []
    for g in (1e3, 1e4):
        contact = Interface(between=("L0", "L1"), conductance_up=g, conductance_down=g, mixing_conductance=g)
        G = fespin.conductance(layered(kind, layers, regions).replace(interfaces={"i": contact}))
        errors.append(np.abs(G.values - ohmic).max())
    assert errors[1] < 2e-3 * np.abs(ohmic).max()
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_no_conductance_is_an_insulating_barrier(kind):
    """g = 0: nothing passes, and each side is a device of its own with a free end."""
    layers, regions = [(0.6, 3), (0.4, 3)], [COPPER, COPPER]
    G = fespin.conductance(layered(kind, layers, regions).replace(interfaces={"i": tunnel("L0", "L1", g=0.0)}), order=2)
    assert np.abs(G["left", "right"]).max() < 1e-14
    assert abs(G["left", "e", "left", "e"]) < 1e-13
    expected = -2.0 / 1.3 * np.tanh(0.6 / 1.3)  # a wire of length L with an open end
    assert G["left", "x", "left", "x"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_interface_between_normal_metals_is_a_resistor(kind):
    """Charge: three resistances in series. Spin without relaxation: the same."""
    layers = [(0.6, 2), (0.4, 2)]
    G = fespin.conductance(layered(kind, layers, [FREE, FREE]).replace(interfaces={"i": tunnel("L1", "L0")}))
    expected = 1 / (1.0 / 2.0 + 1 / 1.4)
    assert G["left", "e", "right", "e"] == pytest.approx(expected, rel=1e-12)
    assert G["left", "y", "right", "y"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("delta", [0.3, 2.0])
@pytest.mark.parametrize("normal", [False, True])
def test_memory_loss_is_a_thin_layer(delta, normal):
    """The interface equals a layer of polarization gamma and thickness delta lambda as lambda -> 0 at fixed AR*.

    The layer is a mesh of its own: resistivity AR/t with t = delta lambda; its error falls with t.
    """
    gamma, AR = (0.0 if normal else 0.7), 0.4
    outer = COPPER if normal else (COBALT, (0, 0, 1))
    mix = None if normal else 5.0
    contact = Interface.from_area_resistance(between=("A", "B"), area_resistance=AR, asymmetry=gamma,
                                             spin_memory_loss=delta, mixing_conductance=mix)  # fmt: skip
    device = stack([("A", 1.0, 30, outer), ("B", 1.0, 30, COPPER)], interfaces={"i": contact})
    G = fespin.conductance(device, order=2)
    t = 1e-4
    sigma = t * contact.conductance
    layer = (
        NormalMetal(conductivity=sigma, spin_diffusion_length=t / delta)
        if normal
        else (Ferromagnet(conductivity=sigma, polarization=gamma, spin_diffusion_length=t / delta), (0, 0, 1))
    )
    device = stack([("A", 1.0, 30, outer), ("I", t, 30, layer), ("B", 1.0, 30, COPPER)])
    other = fespin.conductance(device, order=2)
    pick = np.ix_([0, 3, 4, 7], [0, 3, 4, 7])  # charge and spin along z; transverse spins obey g_mix, not the layer
    assert G.values[pick] == pytest.approx(other.values[pick], rel=1e-5, abs=1e-9)


def test_memory_loss_between_normal_metals_has_the_closed_form():
    """Charge 1/AR, spin diagonal (1/AR) delta/tanh delta, off-diagonal (1/AR) delta/sinh delta."""
    AR, delta = 0.25, 0.8
    contact = Interface.from_area_resistance(between=("A", "B"), area_resistance=AR, spin_memory_loss=delta)
    metal = NormalMetal(conductivity=1e9)
    G = fespin.conductance(stack([("A", 1.0, 1, metal), ("B", 1.0, 1, metal)], interfaces={"i": contact}))
    assert G["left", "e", "right", "e"] == pytest.approx(1 / AR, rel=1e-7)
    assert -G["left", "z", "left", "z"] == pytest.approx(delta / np.tanh(delta) / AR, rel=1e-7)
    assert G["left", "z", "right", "z"] == pytest.approx(delta / np.sinh(delta) / AR, rel=1e-7)


def test_notation_of_cpp_magnetoresistance():
    """AR_up,dn = 1/g_up,dn = 2 AR* (1 -+ gamma); the charge conductance is 1/(AR* (1 - gamma^2))."""
    contact = Interface.from_area_resistance(between=("A", "B"), area_resistance=0.5, asymmetry=0.6)
    assert 1 / contact.conductance_up == pytest.approx(2 * 0.5 * (1 - 0.6))
    assert 1 / contact.conductance_down == pytest.approx(2 * 0.5 * (1 + 0.6))
    assert contact.conductance == pytest.approx(1 / (0.5 * (1 - 0.6**2)))
    assert contact.area_resistance == pytest.approx(0.5)
    assert contact.asymmetry == pytest.approx(0.6)


# ---- between magnets -------------------------------------------------------------------------------------------------

IRON = Ferromagnet(conductivity=1e9, polarization=0.3)


def junction(theta, *, g_up=3.0, g_down=0.75, one=IRON, two=IRON, turn=(0, 0, 1)):
    m = (np.sin(theta), 0.0, np.cos(theta))
    contact = Interface(between=("A", "B"), conductance_up=g_up, conductance_down=g_down)
    return stack([("A", 1.0, 2, (one, turn)), ("B", 1.0, 2, (two, m))], interfaces={"i": contact})


@pytest.mark.parametrize("theta", [0.0, 0.4, np.pi / 2, 2.5, np.pi])
def test_tunnel_magnetoresistance_between_magnets(theta):
    """Julliere and Slonczewski: G = ((a + b)^2 + (a - b)^2 cos theta)/2 with a^2 = g_up, b^2 = g_dn."""
    a, b = np.sqrt(3.0), np.sqrt(0.75)
    G = fespin.conductance(junction(theta))
    expected = ((a + b) ** 2 + (a - b) ** 2 * np.cos(theta)) / 2
    assert G["left", "e", "right", "e"] == pytest.approx(expected, rel=1e-7)
    assert G.identities()["asymmetry"] < 1e-14


def test_parallel_magnets_obey_the_law_of_one_magnet():
    """Between parallel magnets the channel conductances are g_up and g_dn, as from a normal metal."""
    G = fespin.conductance(junction(0.0))
    assert G["left", "e", "right", "e"] == pytest.approx(3.75, rel=1e-7)
    assert G["left", "e", "right", "z"] == pytest.approx(2.25, rel=1e-7)
    assert G["left", "z", "right", "z"] == pytest.approx(3.75, rel=1e-7)


def test_half_metals_across_a_barrier():
    """One channel on each side: G = g_up (1 + cos theta)/2; antiparallel ones conduct nothing."""
    half = HalfMetal(conductivity=1e9)
    for theta in (0.0, 1.0, np.pi):
        G = fespin.conductance(junction(theta, one=half, two=half))
        assert G["left", "e", "right", "e"] == pytest.approx(3.0 * (1 + np.cos(theta)) / 2, rel=1e-7, abs=1e-9)


def test_half_metal_to_normal_metal():
    """Only the conducting channel passes: in series with the metals, w = V_e + V_z on the side of the half metal."""
    half = HalfMetal(conductivity=1e9)
    contact = Interface(between=("A", "B"), conductance_up=0.8, conductance_down=0.0, mixing_conductance=0.5)
    G = fespin.conductance(stack([("A", 1.0, 2, (half, (0, 0, 1))), ("B", 1.0, 2, NormalMetal(conductivity=1e9))],
                                 interfaces={"i": contact}))  # fmt: skip
    assert G["right", "right"][np.ix_([0, 3], [0, 3])] == pytest.approx(-0.8 * np.ones((2, 2)), rel=1e-7)
    assert G["right", "x", "right", "x"] == pytest.approx(-2 * 0.5, rel=1e-7)


def test_spins_between_magnets_end_in_torques_normal_to_each():
    """J_1 m_1 + J_2 m_2 = T_1 + T_2 with T_i normal to m_i, and the ledger closes."""
    iron = Ferromagnet(conductivity=10.0, polarization=0.3, spin_diffusion_length=2.0)
    solution = fespin.solve(junction(1.1, one=iron, two=iron), {"left": {"e": 1.0}})
    torque = {name: value for (name, _), value in solution.absorbed.items()}
    assert abs(torque["A"] @ [0, 0, 1]) < 1e-12
    assert abs(torque["B"] @ [np.sin(1.1), 0, np.cos(1.1)]) < 1e-12
    assert np.linalg.norm(torque["A"]) > 0.1
    assert np.abs(solution.spin_balance).max() < 1e-13


# ---- where interfaces begin, end and meet ----------------------------------------------------------------------------


def quarters(kind="quad", n=8, interfaces=None, facets=None):
    """A square of four regions sw, se, nw, ne; terminals are the left and right sides."""
    edge = np.linspace(0.0, 1.0, n + 1)
    points, cells = box(kind, *[edge, edge, np.linspace(0, 1.0, 3)][: 3 if kind in ("tetra", "hexahedron") else 2])
    east, north = (points[cells].mean(axis=1)[:, axis] > 0.5 for axis in (0, 1))
    boundaries = {"left": points[:, 0] == 0.0, "right": points[:, 0] == 1.0, **(facets(points) if facets else {})}
    mesh = Mesh(points=points, cells=cells, cell_type=kind,
                regions={"sw": ~east & ~north, "se": east & ~north, "nw": ~east & north, "ne": east & north},
                boundaries={name: facets_at(kind, points, cells, on) for name, on in boundaries.items()})  # fmt: skip
    extra = {"thickness": 1.0} if kind in ("triangle", "quad") else {}
    return Device.from_mesh(mesh, regions=dict.fromkeys(("sw", "se", "nw", "ne"), FREE), terminals=["left", "right"],
                            interfaces=interfaces or {}, **extra)  # fmt: skip


def copies(device):
    """How many nodes the split has added."""
    return device.split.size - len(device.mesh.points)


@pytest.mark.parametrize("kind", ["triangle", "quad"])
def test_nodes_are_split_where_sides_come_apart(kind):
    """n = 8: half a line has 4 nodes from the edge to before the centre, and 5 with it."""
    half = {"a": tunnel("sw", "se")}
    assert copies(quarters(kind, interfaces=half)) == 4  # the centre can be walked around
    assert copies(quarters(kind, interfaces={**half, "b": tunnel("nw", "ne")})) == 9  # cut through: the centre too
    assert copies(quarters(kind, interfaces={**half, "b": tunnel("sw", "nw")})) == 9  # sw comes off
    cross = {**half, "b": tunnel("nw", "ne"), "c": tunnel("sw", "nw"), "d": tunnel("se", "ne")}
    assert copies(quarters(kind, interfaces=cross)) == 4 * 4 + 3  # the centre exists four times


@pytest.mark.parametrize("kind", ["tetra", "hexahedron"])
def test_triple_lines_in_three_dimensions(kind):
    assert copies(quarters(kind, n=4, interfaces={"a": tunnel("sw", "se")})) == 2 * 3
    assert copies(quarters(kind, n=4, interfaces={"a": tunnel("sw", "se"), "b": tunnel("nw", "ne")})) == 5 * 3


@pytest.mark.parametrize("kind", ["triangle", "quad", "tetra", "hexahedron"])
@pytest.mark.parametrize("order", [1, 2])
def test_barrier_across_the_middle_is_a_resistor(kind, order):
    """Two interfaces that meet at a triple line make one barrier: it reaches the boundary and crosses no terminal."""
    device = quarters(kind, n=4, interfaces={"a": tunnel("sw", "se"), "b": tunnel("nw", "ne")})
    G = fespin.conductance(device, order=order)
    assert G["left", "e", "right", "e"] == pytest.approx(1 / (1 / 2.0 + 1 / 1.4), rel=1e-12)


def test_barrier_along_the_current_meets_both_terminals():
    """A terminal may lie on both sides of an interface; nothing flows across it here, so it does not matter."""
    device = quarters(interfaces={"a": tunnel("sw", "nw", g=0.0), "b": tunnel("se", "ne", g=0.0)})
    assert fespin.conductance(device)["left", "e", "right", "e"] == pytest.approx(2.0, rel=1e-12)


def slit(n, g, order=1):
    """A barrier on the centre line from the edge to half height, as a group of facets across two regions' border."""
    half = lambda points: {"slit": (np.abs(points[:, 0] - 0.5) < 1e-9) & (points[:, 1] <= 0.5)}  # noqa: E731
    device = quarters("triangle", n=n, facets=half, interfaces={"i": Interface(group="slit", conductance_up=g,
                                                                             conductance_down=g)})  # fmt: skip
    return fespin.conductance(device, order=order)["left", "e", "right", "e"]


def test_interface_that_ends_inside_the_device():
    """An insulating slit of half the width in a square strip, length 1 and width 1, sigma t = 2 S.

    The second route is a slit drawn as a gap: the cells on both sides share no nodes there, which conducts the same.
    """
    values = [slit(n, 0.0) for n in (8, 16, 32)]
    assert values[0] > values[1] > values[2] > 1.0  # linear elements bound the conductance from above
    rate = (values[0] - values[1]) / (values[1] - values[2])
    assert rate == pytest.approx(2.0, abs=0.15)  # square-root singularity at the tip: h^1
    assert slit(16, 1e9) == pytest.approx(2.0, rel=1e-6)
    assert values[2] < slit(32, 1.0) < 2.0


def test_group_inside_one_region_and_order_of_sides():
    """A grain boundary: both sides are one region. `between` names the first side whatever the mesh says."""
    wall = lambda points: {"wall": np.abs(points[:, 0] - 0.25) < 1e-9}  # noqa: E731
    upper = {"i": Interface(group="wall", between=("sw", "sw"), conductance_up=1.0, conductance_down=1.0)}
    with pytest.raises(DeviceError, match=r"'sw' and 'sw'; 'nw' and 'nw'"):
        quarters(facets=wall, interfaces=upper)
    low = lambda points: {"wall": (np.abs(points[:, 0] - 0.25) < 1e-9) & (points[:, 1] <= 0.5)}  # noqa: E731
    assert copies(quarters(facets=low, interfaces=upper)) == 4
    side = lambda points: {"wall": (np.abs(points[:, 0] - 0.5) < 1e-9) & (points[:, 1] <= 0.5)}  # noqa: E731
    for order in itertools.permutations(("sw", "se")):
        contact = Interface(group="wall", between=order, conductance_up=1.0, conductance_down=1.0)
        device = quarters(facets=side, interfaces={"i": contact})
        first = device.split.contacts[0].cells[:, 0]
        assert set(device.cell_region[first]) == {list(device.regions).index(order[0])}


@settings(max_examples=25, deadline=None)
@given(up=st.floats(0.0, 3.0), down=st.floats(0.01, 3.0), extra=st.floats(0.0, 3.0), delta=st.floats(0.0, 2.0),
       m=directions(), kind=st.sampled_from(["line", "triangle", "hexahedron"]))  # fmt: skip
def test_any_real_interface_leaves_the_identities(up, down, extra, delta, m, kind):
    """Symmetry from reactions, charge conservation, gauge invariance, passivity for any conductances allowed."""
    contact = Interface(between=("L0", "L1"), conductance_up=up, conductance_down=down, spin_memory_loss=delta,
                        mixing_conductance=(up + down) / 2 + extra)  # fmt: skip
    device = layered(kind, [(0.5, 2), (0.5, 2)], [(COBALT, m), COPPER]).replace(interfaces={"i": contact})
    G = fespin.conductance(device)
    found = G.identities()
    assert G.info["solver"]["reaction_asymmetry"] < 1e-10
    assert max(found["charge_conservation"], found["gauge_invariance"]) < 1e-12
    assert found["passivity"] > -1e-12


@pytest.mark.parametrize("kind", ["triangle", "tetra"])
def test_currents_through_cuts_agree_with_interfaces_on_the_way(kind):
    """The cut surfaces may run along interfaces; their currents follow from the law there, and agree for linear
    fields."""
    layers = [(0.5, 2), (0.5, 2), (0.5, 2)]
    faces = {"i": tunnel("L0", "L1"), "j": tunnel("L1", "L2", g=0.3)}
    device = layered(kind, layers, [FREE, FREE, FREE]).replace(interfaces=faces)
    from fespin.transport.cuts import cut_currents
    from fespin.transport.response import unit_fields
    from fespin.transport.solve import conductance_responses, prepare

    problem = prepare(device)
    cut = cut_currents(problem, unit_fields(problem, conductance_responses(problem)))
    assert cut == pytest.approx(fespin.conductance(device).values, abs=1e-12)


# ---- bad inputs ------------------------------------------------------------------------------------------------------

FN = [("A", 1.0, 2, (COBALT, (0, 0, 1))), ("B", 1.0, 2, COPPER)]


@pytest.mark.parametrize(
    ("contact", "message"),
    [
        ({"between": ("A", "C")}, "no region 'C'"),
        ({"between": ("A", "B"), "conductance_up": -1.0}, "Interface.conductance_up must be a finite number"),
        ({"between": ("A", "B"), "conductance_up": float("inf")}, "finite"),
        ({"between": ("A", "A")}, "two different regions"),
        ({"between": "AB"}, "the names of two regions"),
        ({}, "unless a group of facets"),
        ({"group": "nowhere"}, "no group of boundary facets called 'nowhere'"),
        ({"group": "left"}, "not between two cells"),
        ({"between": ("A", "B"), "mixing_conductance": 0.5}, "at least"),
        ({"between": ("A", "B"), "mixing_conductance": "much"}, "complex number"),
        ({"between": ("A", "B"), "spin_memory_loss": -0.1}, "not negative"),
    ],
)
def test_bad_interface(contact, message):
    with pytest.raises(fespin.InputError, match=message):
        stack(FN, interfaces={"i": Interface(**{"conductance_up": 1.0, "conductance_down": 1.0, **contact})})


@pytest.mark.parametrize(
    ("one", "two", "contact", "message"),
    [
        (COPPER, COPPER, {"conductance_up": 2.0}, "two normal metals need equal conductances"),
        (COPPER, COPPER, {"mixing_conductance": 5.0}, "leave it out"),
        ((COBALT, (0, 0, 1)), (COBALT, (1, 0, 0)), {"spin_memory_loss": 1.0}, "put a thin layer there"),
        ((HalfMetal(conductivity=1.0), (0, 0, 1)), COPPER, {}, "a half metal has no channel down"),
    ],
)
def test_law_that_does_not_fit_the_regions(one, two, contact, message):
    face = Interface(between=("A", "B"), **{"conductance_up": 1.0, "conductance_down": 1.0, **contact})
    with pytest.raises(DeviceError, match=message):
        stack([("A", 1.0, 2, one), ("B", 1.0, 2, two)], interfaces={"i": face})


def test_part_behind_insulating_barriers_is_refused():
    layers = [("A", 1.0, 2, COPPER), ("B", 1.0, 2, COPPER), ("C", 1.0, 2, COPPER)]
    with pytest.raises(DeviceError, match="cut 'B' off from every terminal"):
        stack(layers, interfaces={"i": tunnel("A", "B", g=0.0), "j": tunnel("B", "C", g=0.0)})


def test_channel_behind_contacts_that_conduct_the_other_one_is_refused():
    layers = [("A", 1.0, 2, (COBALT, (0, 0, 1))), ("B", 1.0, 2, FREE), ("C", 1.0, 2, (COBALT, (0, 0, 1)))]
    faces = {n: Interface(between=(n, "B"), conductance_up=1.0, conductance_down=0.0, mixing_conductance=1.0)
             for n in ("A", "C")}  # fmt: skip
    with pytest.raises(DeviceError, match="in 'B' the spin channel"):
        stack(layers, interfaces=faces)
    stack([layers[0], ("B", 1.0, 2, COPPER), layers[2]], interfaces=faces)  # relaxation determines it


def test_missing_mixing_conductance_is_said():
    device = stack(FN, interfaces={"i": Interface(between=("A", "B"), conductance_up=1.0, conductance_down=0.5)})
    with pytest.warns(fespin.MeshWarning, match=r"lower bound \(g_up \+ g_dn\)/2 = 0.75"):
        fespin.conductance(device)


def test_two_interfaces_on_the_same_facets_are_refused():
    with pytest.raises(DeviceError, match="share facets"):
        stack(FN, interfaces={n: Interface(between=("A", "B"), conductance_up=1.0, conductance_down=1.0) for n in "ij"})


def test_interface_of_a_single_facet_inside_is_refused():
    """Both of its ends are inside the device: nothing comes apart."""
    tiny = lambda points: {"tiny": (np.abs(points[:, 0] - 0.5) < 1e-9) & (np.abs(points[:, 1] - 0.5625) < 0.07)}  # noqa: E731
    with pytest.raises(DeviceError, match="not resolved"):
        quarters("triangle", n=8, facets=tiny, interfaces={"i": Interface(group="tiny", conductance_up=1.0,
                                                                          conductance_down=1.0)})  # fmt: skip


def test_interfaces_survive_files_and_refinement(tmp_path):
    contact = Interface(between=("A", "B"), conductance_up=1.25, conductance_down=0.5, mixing_conductance=3 - 0.25j,
                        spin_memory_loss=0.125)  # fmt: skip
    device = stack(FN, interfaces={"a b": contact}, magnetic_field=(0.0, 0.0, 0.0), g_factor=2.5)
    device.write(tmp_path / "d.toml")
    again = fespin.load(tmp_path / "d.toml")
    assert again == device
    assert fespin.conductance(device.refined()).values.shape == (8, 8)
    assert Region(material=COPPER).reversed() == Region(material=COPPER)
