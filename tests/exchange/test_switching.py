"""Macrospins against closed forms, and devices whose magnets they turn."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fespin
from fespin.errors import DeviceError, InputError
from fespin.exchange import MagneticLayer
from fespin.network.experiments import resistance
from fespin.switching import (
    Macrospins,
    equilibrium,
    ground_state,
    is_stable,
    loop,
    macrospins,
    nearest_minimum,
    switching_curve,
    with_conditions,
    with_directions,
)

FILES = Path(__file__).parents[2] / "examples" / "exchange"
UP = np.array([0.0, 0.0, 1.0])
MS, T = 1e6, 1e-9


def layer(name, K=0.0, axis=(0, 0, 1), **more):
    """1 nm of 1 MA/m with a uniaxial anisotropy."""
    return MagneticLayer(region=name, thickness=T, saturation_magnetization=MS, anisotropy=K,
                         easy_axis=axis if K else None, **more)  # fmt: skip


@st.composite
def directions(draw, n):
    """Unit vectors in any direction."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    m = rng.normal(size=(n, 3))
    return m / np.linalg.norm(m, axis=1)[:, None]


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 1.45), st.floats(0.1, 3.0))
def test_stoner_wohlfarth_astroid(angle, strength):
    """A magnet switches at h = (cos^(2/3) + sin^(2/3))^(-3/2) times 2 K/M_s, field at an angle to its easy axis."""
    K = strength * 1e4
    field = np.array([math.sin(angle), 0, -math.cos(angle)]) * 2 * K / MS
    critical = (math.cos(angle) ** (2 / 3) + math.sin(angle) ** (2 / 3)) ** -1.5
    pair = [layer("a", K), layer("b", K)]
    before = nearest_minimum(Macrospins.of(pair, {}, 0.999 * critical * field), np.array([UP, UP]))
    after = nearest_minimum(Macrospins.of(pair, {}, 1.001 * critical * field), before)
    assert before[0, 2] > 0 > after[0, 2]
    assert np.allclose(before[0], before[1], atol=1e-10)  # uncoupled, alike


@settings(max_examples=25, deadline=None)
@given(st.floats(-5e-4, -1e-6), st.floats(0.05, 0.95))
def test_canted_antiferromagnet(energy, share):
    """Two equal layers, H_ex < 0, no anisotropy: cos(half the angle) = B M_s t/|H_ex|, until the field saturates it."""
    saturation = abs(energy) / (MS * T)
    pair = [layer("a"), layer("b")]
    start = np.array([[0.6, 0.0, 0.8], [-0.8, 0.0, 0.6]])
    found = nearest_minimum(Macrospins.of(pair, {("a", "b"): energy}, share * saturation * UP), start)
    assert found[:, 2] == pytest.approx([share, share], abs=1e-8)
    assert (found[0] + found[1])[:2] == pytest.approx([0, 0], abs=1e-8)
    beyond = nearest_minimum(Macrospins.of(pair, {("a", "b"): energy}, 1.01 * saturation * UP), start)
    assert beyond == pytest.approx(np.array([UP, UP]), abs=1e-7)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e2, 1e5), st.floats(-1, 1))
def test_reversal_of_a_soft_layer(K, pull):
    """E = -J_b cos - K t cos^2: the parallel state lasts until J_b = -2 K t, whatever the sign of what comes before."""
    hard = 1e9
    bonds = {("a", "b"): pull * 8 * K * T}
    system = Macrospins.of([layer("a", hard), layer("b", K)], bonds)
    found = nearest_minimum(system, np.array([UP, UP]))
    expected = -1 if pull < -0.5 - 1e-6 * K / hard else 1
    if abs(pull + 0.5) > 1e-3:
        assert found[1] @ found[0] == pytest.approx(expected, abs=1e-9)


def test_thin_film_lies_in_its_plane():
    """Demagnetising energy mu0 M_s^2/2 (m.n)^2; it saturates along its normal at mu0 M_s."""
    from scipy.constants import mu_0

    films = [layer(name, film_normal=(0, 0, 1)) for name in "ab"]
    tilted = np.array([[0.1, 0.0, 0.995], [0.1, 0.0, 0.995]])
    assert nearest_minimum(Macrospins.of(films, {}), tilted)[:, 2] == pytest.approx([0, 0], abs=1e-10)
    half = nearest_minimum(Macrospins.of(films, {}, 0.5 * mu_0 * MS * UP), tilted)
    assert half[:, 2] == pytest.approx([0.5, 0.5], rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(directions(3), st.integers(0, 1000))
def test_descent_ends_in_a_minimum(start, seed):
    """Random energies of three layers: lower than the start, without torque, stable, unit vectors."""
    rng = np.random.default_rng(seed)
    layers = [layer(name, 10 ** rng.uniform(2, 5) * rng.choice([-1, 1]), rng.normal(size=3)) for name in "abc"]
    bonds = {("a", "b"): rng.normal() * 1e-5, ("b", "c"): rng.normal() * 1e-4}
    system = Macrospins.of(layers, bonds, rng.normal(size=3) * 0.02)
    found = nearest_minimum(system, start)
    assert system.energy(found) <= system.energy(start) + 1e-18
    assert is_stable(system, found)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(3), abs=1e-14)
    torque = np.cross(found, (system.force - system.stiffness @ found.ravel()).reshape(3, 3))
    scale = np.abs(system.stiffness).sum(axis=1).max()
    assert np.abs(torque).max() < 1e-12 * scale
    if seed < 3:  # many descents
        assert system.energy(ground_state(system, start)) <= system.energy(found) + 1e-12 * scale


def test_unstable_symmetry_is_left():
    """Exactly against the field there is no torque, but no rest either; without any energy nothing moves."""
    pair = [layer("a", 1e4), layer("b", 1e4)]
    system = Macrospins.of(pair, {}, (0, 0, -1.0))
    assert nearest_minimum(system, np.array([UP, UP]))[:, 2] == pytest.approx([-1, -1], abs=1e-12)
    free = Macrospins.of([layer("a"), layer("b")], {})
    start = np.array([[0.6, 0.0, 0.8], UP])
    assert np.array_equal(nearest_minimum(free, start), start)
    together = nearest_minimum(Macrospins.of([layer("a"), layer("b")], {("a", "b"): 1e-6}), start)
    assert together[0] @ together[1] == pytest.approx(1, abs=1e-12)  # the common rotation costs nothing


def test_equilibrium_of_a_device():
    """Parallel below the Curie point, antiparallel on it; the drawn state lasts, the ground state does not ask."""
    device = fespin.load(FILES / "curie.toml")
    assert equilibrium(device) == device
    hot = equilibrium(with_conditions(device, temperature=56))
    assert hot.regions["free"].magnetization == pytest.approx((0, 0, -1), abs=1e-12)
    assert hot.regions["fixed"].magnetization == pytest.approx((0, 0, 1), abs=1e-12)
    between = with_conditions(device, temperature=53.9)  # AFM, but within the anisotropy
    assert -4e-7 < between.exchanges["barrier"].energy() < 0
    assert equilibrium(between).regions["free"].magnetization == (0, 0, 1)
    ground = equilibrium(between, start="ground")
    assert np.dot(*(ground.regions[name].magnetization for name in ("free", "fixed"))) == pytest.approx(-1, abs=1e-12)
    assert macrospins(device.exchanges).energy([UP, UP]) < macrospins(device.exchanges).energy([UP, -UP])


def test_applied_field_turns_the_layers():
    """Along a hard axis: 2 K t sin(phi) cos(phi) + J_b sin(phi - psi) = B M_s t cos(phi), psi of the hard layer."""
    device = fespin.load(FILES / "curie.toml")
    free, energy = device.exchanges["barrier"].layers[1], device.exchanges["barrier"].energy()
    field = 1e-4
    turned = equilibrium(with_conditions(device, applied_field=(field, 0, 0)))
    phi, psi = (math.atan2(m[0], m[2]) for m in (turned.regions[name].magnetization for name in ("free", "fixed")))
    pull = 2 * free.anisotropy * free.thickness * math.sin(phi) * math.cos(phi) + energy / 2 * math.sin(phi - psi)
    assert pull == pytest.approx(field * free.moment * math.cos(phi), rel=1e-9)
    assert 0.2 < phi < 0.4
    assert 1e-3 < psi < 2e-3


def test_sweep_through_the_curie_point():
    """End to end from the file: four switches, two resistances, those of the matrix with these directions."""
    device = fespin.load(FILES / "curie.toml")
    seen = []
    curve = switching_curve(device, "temperature", loop(50, 62, 49), spin="open", progress=seen.append)
    assert seen[-1] == 1
    assert curve.solutions == 2
    assert len(curve.switches()) == 4
    free = device.exchanges["barrier"].layers[1]
    limit = 4 * free.anisotropy * free.thickness
    angle, energy = curve.angle("fixed", "free"), curve.coupling["barrier"]
    assert (angle[energy < -limit] > 3.1).all()
    assert (angle[energy > limit] < 0.1).all()
    held = np.abs(energy) < limit
    assert {round(a) for a in angle[held]} == {0, 3}  # hysteresis: both states
    for m, index in (((0, 0, 1), 0), ((0, 0, -1), int(np.argmin(energy)))):
        exact = resistance(fespin.conductance(device.with_region("free", magnetization=m)), current=("left", "right"),
                           spin="open")  # fmt: skip
        assert curve.resistance[index] == pytest.approx(exact.value, rel=1e-9)
    assert curve.permittivity["barrier"].max() == 35
    assert curve.conductance * curve.resistance == pytest.approx(np.ones(97))


def test_sweep_of_the_electric_field_takes_both_branches():
    """The loop of the field is its mirror image."""
    curve = switching_curve(fespin.load(FILES / "field.toml"), "electric_field", loop(-3e8, 3e8, 61), spin="grounded")
    n = 61
    assert curve.coupling["barrier"][: n - 1] == pytest.approx(curve.coupling["barrier"][n - 1 : -1], rel=2e-2)
    assert curve.resistance[1 : n - 1] == pytest.approx(curve.resistance[n:-1], rel=1e-9)
    assert len(curve.switches()) == 4
    assert curve.switches()[0] == -curve.switches()[2] > 0


def test_sweep_of_the_applied_field():
    """Rotation of the free layer: the resistance follows the angle; along is asked for."""
    device = with_conditions(fespin.load(FILES / "curie.toml"), temperature=56)
    curve = switching_curve(device, "applied_field", np.linspace(0, 2e-3, 9), spin="open", along=(1, 0, 0))
    angle = curve.angle("fixed", "free")
    assert (np.diff(angle) < 0).all()
    assert (np.diff(curve.resistance) < 0).all()
    assert angle[0] == pytest.approx(math.pi, abs=1e-3)
    with pytest.raises(InputError, match="along must be the direction"):
        switching_curve(device, "applied_field", [0.0, 1e-3], spin="open")
    fixed = with_conditions(device, applied_field=(1e-3, 0, 0))
    again = switching_curve(fixed, "applied_field", np.linspace(0, 2e-3, 9), spin="open")
    assert again.resistance == pytest.approx(curve.resistance, rel=1e-6)
    with pytest.raises(InputError, match="left out unless the applied field"):
        switching_curve(device, "temperature", [56.0], spin="open", along=(1, 0, 0))


def test_three_layers_of_a_stack():
    """Two tables share a layer: the energy is the sum of both bonds; the outer layers follow the middle one."""
    device = stack()
    turned = equilibrium(device)
    m = {name: np.array(turned.regions[name].magnetization) for name in ("one", "two", "three")}
    assert m["one"] @ m["two"] == pytest.approx(1, abs=1e-9)
    assert m["two"] @ m["three"] == pytest.approx(-1, abs=1e-9)
    assert m["one"] @ UP == pytest.approx(1, abs=1e-9)
    curve = switching_curve(device, "applied_field", [0.0, 1.0], spin="open", along=(0, 0, 1))
    assert curve.angle("two", "three")[-1] == pytest.approx(0, abs=1e-6)


def test_electric_field_reaches_the_permittivity_that_depends_on_it():
    """Of two barriers, one with a table."""
    from fespin.exchange import FieldTable

    device = stack()
    low = device.exchanges["low"]
    table = FieldTable(field=(-1.0, 1.0), increasing=(4.0, 8.0))
    mixed = device.replace(exchanges={**device.exchanges, "low": low.replace(permittivity=table, electric_field=0.0)})
    at = with_conditions(mixed, electric_field=1.0)
    assert at.exchanges["low"].permittivity_now() == 8
    assert at.exchanges["high"].permittivity_now() == 4.5
    assert at.exchanges["high"].electric_field is None


def test_textures_are_no_macrospins():
    """A magnetization that varies cannot turn as one."""
    from fespin import Ferromagnet

    soft = Ferromagnet(conductivity=1e6, polarization=0.5, spin_diffusion_length=5e-9, transverse_length=1e-9,
                       precession_length=1e-9)  # fmt: skip
    with pytest.raises(DeviceError, match="magnetization of 'three' varies, but exchange couples uniform layers"):
        stack().with_region("three", material=soft, magnetization=lambda x: [0 * x[0], x[0], 1 + 0 * x[0]])


def stack():
    """A line of three magnets, the first hard; FM and AFM exchange."""
    from fespin import Device, Ferromagnet, Mesh, NormalMetal
    from fespin.exchange import ExchangeCoupling, Junction

    names = ("one", "a", "two", "b", "three")
    mesh = Mesh(points=np.arange(11.0)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
                regions={name: np.array([2 * k, 2 * k + 1]) for k, name in enumerate(names)},
                boundaries={"left": [[0]], "right": [[10]]})  # fmt: skip
    magnet = Ferromagnet(conductivity=1e6, polarization=0.5, spin_diffusion_length=5e-9)
    metal = NormalMetal(conductivity=1e6, spin_diffusion_length=1e-8)
    tilt = (0.1, 0, 1)
    layers = {"one": layer("one", 1e6), "two": layer("two"), "three": layer("three")}
    fm, afm = (Junction(well_depth="5 eV", splitting=J, barrier_height="0.1 eV", thickness="1 nm")
               for J in ("5.2 eV", "4.5 eV"))  # fmt: skip
    return Device.from_mesh(
        mesh,
        regions={"one": (magnet, (0, 0, 1)), "a": metal, "two": (magnet, tilt), "b": metal, "three": (magnet, tilt)},
        terminals=["left", "right"], length_unit="nm", cross_section="1e4 nm^2",
        exchanges={"low": ExchangeCoupling(layers=(layers["one"], layers["two"]), junction=fm, permittivity=4.5),
                   "high": ExchangeCoupling(layers=(layers["two"], layers["three"]), junction=afm, permittivity=4.5)},
    )  # fmt: skip


def test_refusals():
    """No exchange, unknown words, values and terminals."""
    device = fespin.load(FILES / "curie.toml")
    bare = device.replace(exchanges={})
    for call in (lambda: equilibrium(bare), lambda: switching_curve(bare, "temperature", [1.0], spin="open"),
                 lambda: with_conditions(bare, temperature=3)):  # fmt: skip
        with pytest.raises(DeviceError, match="must have exchange between two of its magnets, got none"):
            call()
    with pytest.raises(InputError, match="no parameter 'temperatur'; did you mean 'temperature'"):
        switching_curve(device, "temperatur", [1.0], spin="open")
    for values in ([], [math.nan], "x", [[1.0]]):
        with pytest.raises(InputError, match="values must be"):
            switching_curve(device, "temperature", values, spin="open")
    with pytest.raises(InputError, match="left out for a permittivity that does not depend on it"):
        switching_curve(device, "electric_field", [0.0, 1.0], spin="open")
    with pytest.raises(InputError, match="'drawn' or 'ground'"):
        equilibrium(device, start="lowest")
    with pytest.raises(DeviceError, match="have no 'pressure'"):
        with_conditions(device, pressure=3)
    with pytest.raises(DeviceError, match="no region 'fre'"):
        with_directions(device, {"fre": (0, 0, 1)})
    with pytest.raises(InputError, match="terminal"):
        switching_curve(device, "temperature", [30.0], spin="open", current=("left", "top"))
    with pytest.raises(InputError, match="no layer 'fre'"):
        switching_curve(device, "temperature", [30.0], spin="open").angle("fixed", "fre")
    with pytest.raises(InputError, match="directions must be"):
        macrospins(device.exchanges).energy([UP])


def test_files_of_a_sweep(tmp_path):
    """CSV with units in its head, JSON; other suffixes are refused."""
    import json

    curve = switching_curve(fespin.load(FILES / "curie.toml"), "temperature", [30.0, 56.0], spin="open")
    lines = curve.save(tmp_path / "c.csv").read_text().splitlines()
    assert lines[0].startswith(
        "temperature (K),resistance (ohm),conductance (S),H_ex barrier (J/m^2),permittivity barrier,angle"
    )
    assert len(lines) == 3
    assert float(lines[2].split(",")[1]) == curve.resistance[1]
    data = json.loads(curve.save(tmp_path / "c.json").read_text())
    assert data["magnetization"]["free"][1][2] == pytest.approx(-1)
    assert data["switches"] == [56.0]
    with pytest.raises(InputError, match=r"must end in .csv or .json"):
        curve.save(tmp_path / "c.txt")
