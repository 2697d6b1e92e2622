"""Lumped elements and closed forms: differential equations, limits, published numbers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_strategies import directions, magnetic_wires, normal_wires, polarizations, rotations, sizes

from fespin.errors import InputError
from fespin.network.closed_forms import annular_sector, cone, fn_wire, fnf_resistance
from fespin.network.elements import contact, ferromagnetic_wire, half_metal_wire, normal_wire
from fespin.network.hyperbolic import x_coth, x_csch

B1 = {
    "length_F": 1.3,
    "length_N": 2.0,
    "spin_diffusion_length_F": 0.4,
    "spin_diffusion_length_N": 1.1,
    "resistance_F": 0.7,
    "resistance_N": 1.9,
    "polarization": 0.35,
}
B3 = {
    "resistivity_F": 2,
    "resistivity_N": 0.5,
    "length_F": 8,
    "length_N": 0.8,
    "spin_diffusion_length_F": 0.5,
    "spin_diffusion_length_N": 1.3,
    "polarization": 0.6,
}
TAPER = {"conductivity": 1, "spin_diffusion_length": 0.8, "inner_radius": 0.5, "outer_radius": 2}


@given(st.floats(1e-3, 20))
@settings(deadline=None, max_examples=25)
def test_shape_functions_are_those_of_their_names(x):
    assert x_coth(x) == pytest.approx(x * math.cosh(x) / math.sinh(x), rel=1e-13)
    assert x_csch(x) == pytest.approx(x / math.sinh(x), rel=1e-13)


@pytest.mark.parametrize("exponent", range(-12, 4))
def test_wire_is_accurate_from_no_relaxation_to_a_thousand_lengths(exponent):
    """Series of x coth x and x/sinh x below 1e-2, exponentials above 1e2, without overflow."""
    x = 10.0**exponent
    G = normal_wire(conductivity=3, spin_diffusion_length=1 / x, length=1, area=2)
    own, through = -G["1", "z", "1", "z"] / 6, G["2", "z", "1", "z"] / 6
    if x <= 1e-2:
        assert own == pytest.approx(1 + x**2 / 3 - x**4 / 45, rel=1e-14)
        assert through == pytest.approx(1 - x**2 / 6 + 7 * x**4 / 360, rel=1e-14)
    elif x >= 1e2:
        assert own == pytest.approx(x, rel=1e-15)
        assert through == pytest.approx(2 * x * math.exp(-x), rel=1e-13)


def test_infinite_spin_diffusion_length_is_charge_four_times():
    G = normal_wire(conductivity=3, length=2, area=4)
    assert np.array_equal(G.values, 6 * np.kron([[-1, 1], [1, -1]], np.eye(4)))


@given(wire=normal_wires())
@settings(deadline=None, max_examples=25)
def test_normal_wire_transmits_spin_and_loses_some(wire):
    """G^aa_12 >= 0, and the loss -sum G^aa_1t >= 0."""
    assert wire["1", "z", "2", "z"] >= 0
    assert wire["1", "z", "1", "z"] + wire["1", "z", "2", "z"] <= 1e-15 * abs(wire["1", "z", "1", "z"])


def numerical_ferromagnet(sigma, p, lam, length, cells=2000):
    """Own and through blocks in (V_e, u) by finite volumes of the two equations of section 2."""
    h, S = length / cells, sigma * np.array([[1, p], [p, 1]])
    loss = np.diag([0, sigma * (1 - p**2) / lam**2])
    # eliminate the cells one by one: doubling joins two equal chains at their common node
    own, through = S / h + loss * h / 2, S / h
    for _ in range(round(math.log2(cells))):
        gain = through @ np.linalg.inv(2 * own)
        own, through = own - gain @ through.T, gain @ through
    return own, through


def test_ferromagnetic_wire_solves_its_differential_equation():
    """Second order in the cell size: 2048 cells of length lambda/1000 give seven digits."""
    own, through = numerical_ferromagnet(2.0, 0.6, 0.7, 1.4, cells=2048)
    m = np.array([2, -1, 2]) / 3
    wire = ferromagnetic_wire(
        conductivity=2, polarization=0.6, spin_diffusion_length=0.7, magnetization=m, length=1.4, area=1
    )
    g, _ = wire.reduced()
    assert np.allclose(g[:2, :2], -own, rtol=1e-6)
    assert np.allclose(g[:2, 2:], through, rtol=1e-6)


@given(m=directions(), R=rotations(), p=polarizations)
@settings(deadline=None, max_examples=25)
def test_turning_the_magnetization_turns_the_matrix(m, R, p):
    size = {"conductivity": 2, "length": 1, "area": 1}
    wires = [
        lambda m: ferromagnetic_wire(polarization=p, spin_diffusion_length=0.4, magnetization=m, **size),
        lambda m: half_metal_wire(polarization=-1, magnetization=m, **size),
        lambda m: contact(conductance_up=3, conductance_down=1, mixing_conductance=2 + 1j, magnetization=m, area=1),
    ]
    for wire in wires:
        assert np.allclose(wire(m).rotated(R).values, wire(R @ m).values, atol=1e-13 * 20)


@given(wire=magnetic_wires(), probe=directions())
@settings(deadline=None, max_examples=25)
def test_transverse_spin_finds_no_entry_in_a_magnetic_wire(wire, probe):
    axis = np.array(wire.spaces["1"].axis)
    across = np.cross(axis, probe)
    assert np.abs(wire.tensor[:, 1:, :, :].transpose(0, 2, 3, 1) @ across).max() < 1e-12 * np.abs(wire.values).max()


def test_ferromagnetic_wire_with_reversed_axis_and_polarization_is_the_same():
    args = {"conductivity": 2, "spin_diffusion_length": 0.5, "length": 1, "area": 1}
    one = ferromagnetic_wire(polarization=0.4, magnetization=[1, 1, 0], **args)
    other = ferromagnetic_wire(polarization=-0.4, magnetization=[-1, -1, 0], **args)
    assert np.allclose(one.values, other.values, rtol=1e-15)


def test_half_metal_is_the_limit_of_a_ferromagnet():
    args = {"conductivity": 2, "magnetization": [0, 1, 0], "length": 1, "area": 1}
    nearly = ferromagnetic_wire(polarization=-(1 - 1e-9), spin_diffusion_length=0.5, **args)
    assert np.allclose(nearly.values, half_metal_wire(polarization=-1, **args).values, atol=1e-7)


def test_contact_sign_of_the_mixing_conductance():
    """For m = z the current into F is J_x = 2 Re V_x + 2 Im V_y."""
    G = contact(conductance_up=3, conductance_down=1, mixing_conductance=5 + 2j, magnetization=[0, 0, 1], area=0.5)
    block = [[G["normal", a, "normal", b] for b in "xyz"] for a in "xyz"]
    assert np.allclose(block, -0.5 * np.array([[10, 4, 0], [-4, 10, 0], [0, 0, 4]]), rtol=1e-15)
    assert np.allclose(
        G["ferromagnet", "normal"], 0.5 * np.outer([1, 0, 0, 0.5], [4, 0, 0, 2]) + np.diag([0, 0, 0, 1.5])
    )


def test_contact_memory_loss_is_a_thin_ferromagnet():
    """delta acts like a wire of length delta lambda; delta -> 0 gives back the plain contact (section 3)."""
    args = {"conductance_up": 3, "conductance_down": 1, "mixing_conductance": 9, "magnetization": [0, 0, 1]}
    lossy = contact(area=2, memory_loss=0.3, **args)["normal", "ferromagnet"]
    layer = ferromagnetic_wire(
        conductivity=4,
        polarization=0.5,
        spin_diffusion_length=1 / 0.3,
        magnetization=[0, 0, 1],
        length=1,
        area=2,
    )
    assert np.allclose(lossy, layer["1", "2"], rtol=1e-14)
    plain = contact(area=2, **args).values
    assert np.allclose(contact(area=2, memory_loss=1e-9, **args).values, plain, rtol=1e-14)


def test_fn_wire_published_numbers():
    """Bazaliy and Ramazashvili, appendix D, eqs 52-55; numbers by an independent evaluation."""
    wire = fn_wire(**B1)
    assert wire.R_eff == pytest.approx(0.194468519094, abs=1e-12)
    assert wire.G_ee == pytest.approx(-0.381091361895, abs=1e-12)
    assert wire.C_z == pytest.approx(-0.008352713957, abs=1e-12)
    assert wire.S_x == pytest.approx(-1.008729154215, abs=1e-12)
    assert wire.S_z == pytest.approx(-0.988931373104, abs=1e-12)


@given(p=polarizations, R_F=sizes, R_N=sizes)
@settings(deadline=None, max_examples=25)
def test_fn_wire_without_relaxation(p, R_F, R_N):
    """Eq 56: G = -G^zz = ((R_N+R_F) - p^2 R_N)/((R_N+R_F)^2 - p^2 R_N^2)."""
    lam = {"spin_diffusion_length_F": math.inf, "spin_diffusion_length_N": math.inf}
    wire = fn_wire(**{**B1, **lam, "resistance_F": R_F, "resistance_N": R_N, "polarization": p})
    R = R_N + R_F
    expected = -(R - p**2 * R_N) / (R**2 - p**2 * R_N**2)
    assert wire.G_ee == pytest.approx(expected, rel=1e-12)
    assert wire.S_z == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("theta", "expected"), [(0, 32.5242063751), (math.pi / 2, 32.6088232841), (math.pi, 33.0551536479)]
)
def test_spin_valve_published_angles(theta, expected):
    """F/N/F valve with strong ferromagnets; numbers confirmed by a four-component 1D solution."""
    assert fnf_resistance(theta, **B3) == pytest.approx(expected, abs=1e-10)


def test_spin_valve_takes_arrays_and_thin_spacers():
    """A spacer without relaxation and antiparallel ferromagnets: both spin resistances r_F in series add."""
    angles = np.array([0, math.pi])
    assert np.array_equal(fnf_resistance(angles, **B3), [fnf_resistance(a, **B3) for a in angles])
    R = fnf_resistance(math.pi, **{**B3, "spin_diffusion_length_N": math.inf})
    r_F = 2 * 0.5 / (1 - 0.36)
    assert pytest.approx(2 * 2 * 8 + 0.5 * 0.8 + 2 * 0.36 * r_F, rel=1e-14) == R


@pytest.mark.parametrize(
    ("device", "transfer", "first", "second"),
    [
        (annular_sector(**TAPER, angle=1, thickness=1), 0.4192638079, 1.0674852764, 2.0526865820),
        (cone(**TAPER, solid_angle=1), 0.3926209775, 0.8275525942, 3.2408415079),
    ],
)
def test_tapered_conductors_are_no_ratchet(device, transfer, first, second):
    """Exact Bessel and spherical solutions: equal transfer both ways, unequal own conductances."""
    for a in "xyz":
        assert device["inner", a, "outer", a] == device["outer", a, "inner", a]
        assert device["inner", a, "outer", a] == pytest.approx(transfer, abs=1e-10)
        assert -device["inner", a, "inner", a] == pytest.approx(first, abs=1e-10)
        assert -device["outer", a, "outer", a] == pytest.approx(second, abs=1e-10)


TAPERS = {
    "sector": (lambda **k: annular_sector(**k, angle=1.5, thickness=2), lambda a, b: 3 / math.log(b / a)),
    "cone": (lambda **k: cone(**k, solid_angle=3), lambda a, b: 3 * a * b / (b - a)),
}


@pytest.mark.parametrize("shape", TAPERS)
def test_tapered_charge_is_laplace_and_spin_follows_without_relaxation(shape):
    make, laplace = TAPERS[shape]
    radii = {"inner_radius": 0.3, "outer_radius": 1.7}
    G = make(conductivity=1, **radii)
    assert G["inner", "e", "outer", "e"] == pytest.approx(laplace(0.3, 1.7), rel=1e-14)
    assert np.allclose(G.tensor[:, 3, :, 3], G.tensor[:, 0, :, 0], rtol=1e-14)
    slow = make(conductivity=1, spin_diffusion_length=1e5, **radii)
    assert np.allclose(slow.values, G.values, rtol=1e-9)


@pytest.mark.parametrize("shape", TAPERS)
def test_tapered_far_from_the_apex_is_a_straight_wire(shape):
    """Radii of a million lengths: curvature is of that order; long conductors do not overflow."""
    make, laplace = TAPERS[shape]
    for length in (1.0, 900.0):
        G = make(conductivity=1, spin_diffusion_length=1, inner_radius=1e6, outer_radius=1e6 + length)
        area = laplace(1e6, 1e6 + length) * length
        wire = normal_wire(conductivity=1, spin_diffusion_length=1, length=length, area=area)
        assert np.allclose(G.values, wire.values, rtol=2e-3 if length > 1 else 3e-6)


WIRE = {"conductivity": 1.0, "length": 1.0, "area": 1.0}
FERRO = {**WIRE, "polarization": 0.5, "spin_diffusion_length": 1.0, "magnetization": [0, 0, 1]}
HALF = {**WIRE, "magnetization": [0, 0, 1]}
CONTACT = {
    "conductance_up": 3,
    "conductance_down": 1,
    "mixing_conductance": 2,
    "magnetization": [0, 0, 1],
    "area": 1,
}
SECTOR = {**TAPER, "angle": 1, "thickness": 1}
CONE = {**TAPER, "solid_angle": 1}


@pytest.mark.parametrize(
    ("make", "args", "change", "message"),
    [
        (normal_wire, WIRE, {"conductivity": -3}, "normal_wire.conductivity must be a positive .* got -3"),
        (normal_wire, WIRE, {"length": 0}, "normal_wire.length must be a positive number in m"),
        (normal_wire, WIRE, {"length": "1"}, "normal_wire.length must be a positive number in m, got '1'"),
        (normal_wire, WIRE, {"area": math.inf}, "normal_wire.area must be a positive number in m"),
        (normal_wire, WIRE, {"spin_diffusion_length": 0}, "a positive number in m or inf, got 0"),
        (normal_wire, WIRE, {"spin_diffusion_length": math.nan}, "got nan"),
        (ferromagnetic_wire, FERRO, {"polarization": 1}, "both excluded, got 1; use half_metal_wire"),
        (ferromagnetic_wire, FERRO, {"polarization": None}, "a number between -1 and 1, got None"),
        (ferromagnetic_wire, FERRO, {"magnetization": [0, 0, 0]}, "a direction of three numbers"),
        (ferromagnetic_wire, FERRO, {"magnetization": "z"}, "a direction of three numbers"),
        (half_metal_wire, HALF, {"polarization": 0.9}, "1 or -1, got 0.9; use ferromagnetic_wire"),
        (contact, CONTACT, {"mixing_conductance": 1.9}, "a real part of at least .* = 2 S/m"),
        (contact, CONTACT, {"conductance_up": 0}, "contact.conductance_up"),
        (contact, CONTACT, {"memory_loss": -0.1}, "contact.memory_loss must be a number, 0 or more"),
        (fn_wire, B1, {"resistance_N": 0}, "fn_wire.resistance_N must be a positive number in ohm"),
        (fn_wire, B1, {"polarization": -1}, "fn_wire.polarization must be between -1 and 1"),
        (annular_sector, SECTOR, {"inner_radius": 2}, "smaller than the outer radius"),
        (annular_sector, SECTOR, {"angle": 7}, "at most 2 pi"),
        (cone, CONE, {"solid_angle": 13}, "at most 4 pi"),
    ],
)
def test_elements_refuse_what_is_out_of_range(make, args, change, message):
    make(**args)
    with pytest.raises(InputError, match=message):
        make(**{**args, **change})


def test_thick_valve_needs_a_finite_spin_diffusion_length():
    with pytest.raises(InputError, match="spin_diffusion_length_F must be a positive number in m, got inf"):
        fnf_resistance(0, **{**B3, "spin_diffusion_length_F": math.inf})
