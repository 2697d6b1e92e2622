"""Each point against a device made by hand and solved alone, and against closed forms; what is kept is what it was."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_cases import CONTACT, METAL, TAU, TESLA, finer, plate, turned, valve, wall, wire

import fespin
from fespin import Interface, MagnetizationField
from fespin.sweeps.plan import make_plan
from fespin.sweeps.point import Evaluator
from fespin.sweeps.variant import rotation
from fespin.sweeps.workspace import Workspace

MESHES = Path(__file__).parents[2] / "meshes"


def one(device, frequency=0.0, order=1):
    return fespin.conductance(device, frequency=frequency, order=order).values


def same(found, expected):
    """Equal to rounding: the parts of a system may be added up in another order."""
    assert np.abs(found - expected).max() <= 1e-12 * np.abs(expected).max()


# ---- closed forms ----------------------------------------------------------------------------------------------------


def test_hanle_of_a_wire_between_two_terminals():
    """G_out,in = Re and Im of sigma A/(lambda_w sinh(L/lambda_w)) for spins normal to the field (Johnson and Silsbee,
    PRL 55, 1790 (1985)).

    From D lap V = V/tau - omega x V with W = V_x + i V_y follows lambda_w^2 = lambda^2/(1 - i omega tau): a field along
    z turns the spin that comes in along x towards y, with the sign that this fixes.
    """
    turn = np.linspace(-4, 4, 9)  # omega tau
    found = fespin.sweep(wire(), {"field.z": turn / TAU * TESLA}, order=2, jobs=1)
    length = 1.3 / np.sqrt(1 - 1j * turn)
    expected = 2.0 / (length * np.sinh(2.0 / length))
    np.testing.assert_allclose(found["right", "x", "left", "x"], expected.real, atol=1e-6)
    np.testing.assert_allclose(found["right", "y", "left", "x"], expected.imag, atol=1e-6)
    np.testing.assert_allclose(found["right", "x", "left", "y"], -expected.imag, atol=1e-6)
    np.testing.assert_allclose(found["right", "z", "left", "z"], 2.0 / (1.3 * np.sinh(2 / 1.3)), atol=1e-6)


def test_admittance_of_a_wire_between_two_terminals():
    """lambda -> lambda/sqrt(1 + i omega tau); at 0 Hz the static matrix, in a complex result."""
    f = np.array([0.0, 0.1, 1.0])
    found = fespin.sweep(wire(), {"frequency": f}, order=2, jobs=1)
    assert np.iscomplexobj(found.values)
    length = 1.3 / np.sqrt(1 + 2j * np.pi * f * TAU)
    np.testing.assert_allclose(found["right", "x", "left", "x"], 2.0 / (length * np.sinh(2.0 / length)), atol=1e-6)
    assert np.array_equal(found.values[0], one(wire(), order=2))


def test_valve_against_angle():
    """B3 at 0, 90 and 180 degrees: 32.524206, 32.608823, 33.055154 fohm m^2, on the shipped device."""
    device = fespin.load(MESHES / "angular_valve_1d.toml")
    found = fespin.sweep(device, {"regions.free.theta": "0deg:180deg:3"}, order=2, jobs=1)
    resistance = device.transverse_measure / found["right", "e", "left", "e"]
    np.testing.assert_allclose(resistance * 1e15, [32.5242063751, 32.6088232841, 33.0551536479], rtol=1e-7)


# ---- each parameter against a device made by hand --------------------------------------------------------------------

B = (0.0, 0.2 * TESLA, 0.5 * TESLA)  # of the valve
SIZE = math.hypot(*B)
E = 1.602176634e-19


def made_of(region, **changes):
    return lambda d: d.with_region(region, material=replace(d.regions[region].material, **changes))


def contact(**changes):
    return {"interfaces": {"fn": replace(CONTACT, **changes)}}


BY_HAND = {
    "regions.N.resistivity": (0.25, made_of("N", conductivity=4.0)),
    "regions.N.conductivity": (3.0, made_of("N", conductivity=3.0)),
    "regions.N.spin_diffusion_length": (0.3, made_of("N", spin_diffusion_length=0.3)),
    "regions.N.spin_hall_angle": (0.3, made_of("N", spin_hall_angle=0.3)),
    "regions.N.diffusivity": (0.3, made_of("N", diffusivity=0.3)),
    "regions.N.density_of_states": (9e37, made_of("N", diffusivity=2 / (E**2 * 9e37))),
    "regions.F.polarization": (-0.4, made_of("F", polarization=-0.4)),
    "regions.W.transverse_length": (0.1, made_of("W", transverse_length=0.1)),
    "regions.W.precession_length": (0.1, made_of("W", precession_length=0.1)),
    "regions.F.theta": (math.pi / 2, lambda d: d.with_region("F", magnetization=(1, 0, 0))),
    "regions.W.phi": (math.pi / 2, lambda d: d.with_region("W", magnetization=(0, 1, 1))),
    "regions.W.angle.y": (math.pi / 4, lambda d: d.with_region("W", magnetization=(1, 0, 0))),
    "regions.W.angle[1,0,1]": (1.0, lambda d: d),
    "interfaces.fn.conductance": (0.8, lambda d: d.replace(**contact(conductance_up=0.6, conductance_down=0.2))),
    "interfaces.fn.conductance_up": (0.7, lambda d: d.replace(**contact(conductance_up=0.7))),
    "interfaces.fn.conductance_down": (0.0, lambda d: d.replace(**contact(conductance_down=0.0))),
    "interfaces.fn.spin_memory_loss": (0.3, lambda d: d.replace(**contact(spin_memory_loss=0.3))),
    "interfaces.fn.mixing_conductance.real": (2.0, lambda d: d.replace(**contact(mixing_conductance=2 + 0.4j))),
    "interfaces.fn.mixing_conductance.imag": (-1.0, lambda d: d.replace(**contact(mixing_conductance=1.1 - 1j))),
    "interfaces.fn.asymmetry": (0.1, lambda d: d.replace(interfaces={"fn": Interface.from_area_resistance(
        area_resistance=CONTACT.area_resistance, asymmetry=0.1, between=("F", "N"), mixing_conductance=1.1 + 0.4j)})),
    "interfaces.fn.area_resistance": (2.0, lambda d: d.replace(interfaces={"fn": Interface.from_area_resistance(
        area_resistance=2.0, asymmetry=0.5, between=("F", "N"), mixing_conductance=1.1 + 0.4j)})),
    "field.x": (0.3 * TESLA, lambda d: d.replace(magnetic_field=(0.3 * TESLA, *B[1:]))),
    "field.z": (-0.1 * TESLA, lambda d: d.replace(magnetic_field=(0.0, B[1], -0.1 * TESLA))),
    "field": (-SIZE, lambda d: d.replace(magnetic_field=tuple(-b for b in B))),
    "field.theta": (0.0, lambda d: d.replace(magnetic_field=(0.0, 0.0, SIZE))),
    "field.phi": (math.pi, lambda d: d.replace(magnetic_field=(-B[1], 0.0, B[2]))),
    "field.g_factor": (-1.0, lambda d: d.replace(g_factor=-1.0)),
    "device.cross_section": (7.0, lambda d: d.replace(cross_section=7.0)),
    "device.length_unit": (2.0, lambda d: d.replace(length_unit=2.0)),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
@pytest.mark.parametrize("name", BY_HAND)
def test_a_parameter_means_what_it_says(name):
    """Set by name, and by hand on the device, which is then solved alone."""
    value, by_hand = BY_HAND[name]
    found = fespin.sweep(valve(), {name: [value]}, jobs=1)
    expected = one(by_hand(valve()))
    same(found.values[0], expected)
    if (
        "angle[1,0,1]" not in name and "spin_hall" not in name
    ):  # a turn about m itself, a line without a spin Hall effect
        assert np.abs(expected - one(valve())).max() > 1e-6 * np.abs(expected).max()


def test_names_of_materials_are_those_of_the_file():
    """All regions of the material change; those of other materials do not."""
    path = MESHES / "angular_valve_1d.toml"
    found = fespin.sweep(path, {"materials.F.polarization": [0.2, 0.5]}, jobs=1)
    device = fespin.load(path)
    for k, p in enumerate((0.2, 0.5)):
        changed = device
        for name in ("fixed", "free"):
            changed = changed.with_region(name, material=replace(device.regions[name].material, polarization=p))
        same(found.values[k], one(changed))


def test_parameters_are_set_together():
    """Conductivity and density of states of one point make the diffusivity; a field comes with what it needs."""
    bare = wire().with_region("N", material=replace(METAL, diffusivity=None))
    vary = {"regions.N.density_of_states": [9e37], "regions.N.conductivity": [3.0], "field.z": 0.4 * TESLA}
    found = fespin.sweep(bare, vary, jobs=1)
    metal = replace(METAL, conductivity=3.0, diffusivity=3.0 / (E**2 * 9e37))
    same(found.values[0, 0], one(wire().replace(magnetic_field=(0, 0, 0.4 * TESLA)).with_region("N", material=metal)))


@pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
def test_functions_of_the_user():
    """Act on the device that the other parameters have made; another mesh is another assembly."""
    found = fespin.sweep(valve(), {"turn": [0.0, 1.0], "field.z": [0.0, TESLA]}, functions={"turn": turned}, jobs=1)
    same(found.values[1, 1], one(turned(valve().replace(magnetic_field=(0.0, B[1], TESLA)), 1.0)))
    plan = make_plan(valve(), {"finer": [0, 1]}, functions={"finer": finer}, units={}, order=1, backend="auto",
                     tolerance=1e-8)  # fmt: skip
    evaluator = Evaluator(plan)
    coarse, fine = (evaluator(point) for point in plan.grid)
    same(fine.values, one(valve().refined()))
    assert evaluator.workspace.assemblies == 2
    assert np.abs(fine.values - coarse.values).max() > 1e-4


@pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
def test_a_texture_turns():
    """Every direction of a field m(r), about one axis."""
    device = valve().replace(interfaces={}).with_region("W", magnetization=wall)
    found = fespin.sweep(device, {"regions.W.angle[0,1,1]": [0.0, 0.7]}, jobs=1)
    turn = rotation((0, math.sqrt(0.5), math.sqrt(0.5)), 0.7)
    by_hand = device.with_region("W", magnetization=MagnetizationField(lambda x: turn @ wall(x)))
    same(found.values[1], one(by_hand))
    same(found.values[0], one(device))
    assert np.abs(found.values[1] - found.values[0]).max() > 1e-3


@pytest.mark.parametrize(
    ("axis", "v", "expected"), [((0, 0, 1), (1, 0, 0), (0, 1, 0)), ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
)
def test_rotations_are_right_handed(axis, v, expected):
    np.testing.assert_allclose(rotation(axis, math.pi / 2) @ v, expected, atol=1e-15)


# ---- what is kept ----------------------------------------------------------------------------------------------------

POINTS = st.tuples(
    st.sampled_from([0.0, 0.5, 2.0]),  # field along z
    st.sampled_from([0.0, 1.0]),  # angle of a strong magnet
    st.sampled_from([0.0, 0.2]),  # spin Hall angle
    st.sampled_from([0.0, 1.3]),  # frequency
    st.sampled_from([0.3, math.inf]),  # length of relaxation
    st.sampled_from([0.0, 2.0]),  # conductance of a contact, channel up
)
VARY = {"field.z": [0.0, 1.0], "regions.L0.angle.y": [0.0, 1.0], "regions.L1.spin_hall_angle": [0.0, 1.0],
        "frequency": [0.0, 1.0], "regions.L1.spin_diffusion_length": [0.0, 1.0],
        "interfaces.fn.conductance_up": [0.0, 1.0]}  # fmt: skip


@pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
@settings(max_examples=15, deadline=None)
@given(st.lists(POINTS, min_size=2, max_size=5))
def test_any_order_of_points_gives_what_each_gives_alone(points):
    """Operators and blocks that were kept belong to the point: a workspace has no memory that shows."""
    device = plate().replace(interfaces={"fn": replace(plate().interfaces["fn"], mixing_conductance=5 + 0.4j)})
    plan = make_plan(device, VARY, functions={}, units={}, order=1, backend="direct", tolerance=1e-8)
    evaluator = Evaluator(plan)
    for field, angle, hall, frequency, length, up in points:
        found = evaluator((field * TESLA, angle, hall, frequency, length, up))
        assert not found.error
        alone = device.replace(
            magnetic_field=(0.0, 0.2 * TESLA, field * TESLA),
            interfaces={"fn": replace(device.interfaces["fn"], conductance_up=up)},
        )
        alone = alone.with_region("L0", magnetization=(math.sin(angle), 0, math.cos(angle)))
        metal = replace(METAL, spin_hall_angle=hall, spin_diffusion_length=length)
        same(found.values, one(alone.with_region("L1", material=metal), frequency))
    assert evaluator.workspace.assemblies == 1


def test_operators_are_assembled_once_and_charge_is_solved_once():
    """Over fields the charge of a normal device does not change, nor the spins along the field."""
    found = fespin.sweep(wire(), {"field.z": np.linspace(0.1, 1, 7) * TESLA}, jobs=1)
    assert found.columns["blocks"].tolist() == [3] * 7  # e, z, and x with y
    assert found.columns["reused"].tolist() == [0] + [2] * 6


def test_a_block_that_differs_in_one_number_is_solved_again():
    """The comparison sees every number of the matrix, and what terminals hold."""
    workspace, device = Workspace(1), wire()
    first = workspace.problem(device, 0.0)
    assert workspace.respond(first, backend="direct", tolerance=1e-8)[1] == 0
    again = workspace.problem(device, 0.0)
    assert workspace.respond(again, backend="direct", tolerance=1e-8)[1] == len(again.blocks)
    changed = device.with_region("N", material=replace(METAL, conductivity=np.nextafter(2.0, 3.0)))
    other = workspace.problem(changed, 0.0)
    assert workspace.respond(other, backend="direct", tolerance=1e-8)[1] == 0


def test_cautions_come_once():
    """One warning for a kind of caution, whatever the numbers in it and however many points have it."""
    coarse = wire(4)
    with pytest.warns(fespin.MeshWarning) as caught:
        fespin.sweep(coarse, {"field.z": np.array([0.1, 20.0, 40.0, 80.0]) * TESLA}, jobs=1)
    assert len(caught) == 1
    assert "length of precession in the field" in str(caught[0].message)
    assert "(at field.z = " in str(caught[0].message)
    assert "and 2 other points)" in str(caught[0].message)


@pytest.mark.parametrize(("name", "values"), [("cross_section", [1.0, 7.0]), ("length_unit", [1.0, 3.0])])
def test_lengths_that_operators_hold_make_new_ones(name, values):
    """From one point to the next."""
    found = fespin.sweep(wire(), {f"device.{name}": values}, jobs=1)
    same(found.values[1], one(wire().replace(**{name: values[1]})))


def test_operators_that_only_a_later_point_needs():
    """Nothing reacts in a metal without relaxation, until it stores spin at a frequency: i omega sigma/D alone."""
    device = wire().with_region("N", material=replace(METAL, spin_diffusion_length=math.inf))
    found = fespin.sweep(device, {"frequency": [0.0, 1.0]}, order=2, jobs=1)
    length = 1 / np.sqrt(2j * np.pi / 0.7)
    assert found["right", "z", "left", "z"] == pytest.approx([1.0, 2 / (length * np.sinh(2 / length))], abs=1e-6)
