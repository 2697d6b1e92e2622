"""dG/dp from one solution against difference quotients of whole solutions, for every kind of parameter."""

from dataclasses import replace

import numpy as np
import pytest
from grids import box, facets_at, half_metal, layered, stack
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from strategies import OMEGA_PER_TESLA, breaking_devices

import fespin
from fespin import Device, Ferromagnet, InputError, Interface, Mesh, NormalMetal, Region, sensitivities
from fespin.transport.parameters import parameter_names, parameter_value, split_name

pytestmark = pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
METAL = NormalMetal(conductivity=2.0, spin_diffusion_length=1.3, diffusivity=0.4)
STRONG = Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5, diffusivity=0.9)
WEAK = Ferromagnet(conductivity=0.7, polarization=-0.4, spin_diffusion_length=0.8, diffusivity=0.7,
                   transverse_length=0.6, precession_length=0.9)  # fmt: skip
M1, M2 = (0.6, 0.0, 0.8), (0.48, 0.6, 0.64)


def moved(device, name, step):
    """The device with one parameter changed by a step."""
    kind, owner, key = split_name(name)
    if kind == "device":
        return device.replace(**{key: getattr(device, key) + step})
    if kind == "field":
        field = np.array(device.magnetic_field)
        field["xyz".index(key)] += step
        return device.replace(magnetic_field=tuple(field))
    if kind == "interfaces":
        return device.with_interface(owner, **_interface_changes(device.interfaces[owner], key, step))
    region = device.regions[owner]
    if key.startswith("rotation"):
        axis = np.eye(3)["xyz".index(key[-1])]
        m = np.array(region.magnetization)  # Rodrigues' formula
        turned = m * np.cos(step) + np.cross(axis, m) * np.sin(step) + axis * (axis @ m) * (1 - np.cos(step))
        return device.with_region(owner, magnetization=tuple(turned))
    return device.with_region(owner, material=replace(region.material, **{key: getattr(region.material, key) + step}))


def _interface_changes(interface, key, step):
    if key.startswith("mixing"):
        change = step if key.endswith("real") else 1j * step
        return {"mixing_conductance": interface.mixing_conductance + change}
    if key in ("area_resistance", "asymmetry"):
        values = {k: getattr(interface, k) for k in ("area_resistance", "asymmetry")}
        values[key] += step
        other = Interface.from_area_resistance(group=1, **values)
        return {k: getattr(other, k) for k in ("conductance_up", "conductance_down")}
    return {key: getattr(interface, key) + step}


def worst(device, names=None, *, frequency=0.0, order=1, relative=2e-3):
    """Largest error of dG/dp over the largest |dG/dp|, against central differences of fourth order."""
    found = sensitivities(device, names, frequency=frequency, order=order)
    out = {}
    for name in found.parameters:
        h = relative * (abs(parameter_value(device, name)) or 1.0)
        if name.startswith("field"):
            h = relative / OMEGA_PER_TESLA
        G = {k: fespin.conductance(moved(device, name, k * h), frequency=frequency, order=order).values
             for k in (-2, -1, 1, 2)}  # fmt: skip
        quotient = (8 * (G[1] - G[-1]) - (G[2] - G[-2])) / (12 * h)
        scale = max(np.abs(quotient).max(), 1e-6 * np.abs(found.conductance.values).max() / (relative and h / relative))
        difference = np.abs(found[name] - quotient).max()
        out[name] = difference / scale if difference else 0.0  # underflow of both is agreement
    assert out
    return out


def _with_room(device):
    """Parameters that can be changed both ways: not a memory loss of 0."""
    return [n for n in parameter_names(device) if not n.endswith("memory_loss") or parameter_value(device, n)]


def check(device, names=None, **options):
    errors = worst(device, names, **options)
    assert max(errors.values()) < 1e-6, {name: error for name, error in errors.items() if error >= 1e-6}
    return errors


FACE = Interface(between=("N", "F"), conductance_up=1.0, conductance_down=0.4, mixing_conductance=1.1,
                 spin_memory_loss=0.3)  # fmt: skip
REAL = [("N", 1.0, 6, METAL), ("F", 0.7, 6, (STRONG, M1)), ("W", 0.5, 6, METAL)]


def test_strong_magnet_with_an_interface():
    """Symmetric: no further solution. All of material, interface, direction and cross-section."""
    errors = check(stack(REAL, interfaces={"i": FACE}))
    keys = {name.split(".", 2)[-1] for name in errors}
    assert keys >= {"conductivity", "spin_diffusion_length", "polarization", "rotation_x", "conductance_up",
                    "conductance_down", "mixing_conductance.real", "mixing_conductance.imag", "area_resistance",
                    "asymmetry", "spin_memory_loss", "cross_section"}  # fmt: skip


def test_quadratic_elements():
    check(stack(REAL, interfaces={"i": replace(FACE, mixing_conductance=1.1 + 0.8j)}), order=2)


@pytest.mark.parametrize("frequency", [0.0, 0.2])
def test_all_that_breaks_reciprocity(frequency):
    """Field, weak magnet, complex mixing conductance; static and at a frequency."""
    layers = [("N", 1.0, 5, METAL), ("F", 0.7, 5, (STRONG, M1)), ("W", 0.5, 5, METAL), ("B", 0.6, 5, (WEAK, M2))]
    face = replace(FACE, mixing_conductance=1.1 + 0.8j)
    field = tuple(np.array([0.3, -0.8, 0.5]) / OMEGA_PER_TESLA)
    device = stack(layers, interfaces={"i": face}, magnetic_field=field)
    errors = check(device, frequency=frequency)
    keys = {name.split(".", 2)[-1] for name in errors}
    assert keys >= {"diffusivity", "transverse_length", "precession_length", "x", "z", "rotation_y"} - {"x", "z"}
    assert {"field.x", "field.y", "field.z"} <= set(errors)


@settings(max_examples=12, deadline=None, phases=[Phase.generate])
@given(device=breaking_devices(), data=st.data())
def test_random_plane_devices(device, data):
    """Any combination of terms, spin Hall angles included; two parameters drawn of each device."""
    names = data.draw(st.lists(st.sampled_from(_with_room(device)), min_size=2, max_size=2, unique=True))
    assert max(worst(device, names).values()) < 2e-6


def solid(theta=0.2, **changes):
    """A cube of two regions with terminals on four faces, so that all three spins couple to currents."""
    points, cells = box("tetra", *[np.linspace(0, 1, 3)] * 3)
    upper = points[cells].mean(axis=1)[:, 2] > 0.5
    faces = {
        "left": points[:, 0] == 0,
        "right": points[:, 0] == 1,
        "front": points[:, 1] == 0,
        "top": points[:, 2] == 1,
    }
    ends = {"left": faces["left"] & (points[:, 2] <= 0.5), "right": faces["right"] & (points[:, 2] <= 0.5),
            "top": faces["top"]}  # fmt: skip
    mesh = Mesh(points=points, cells=cells, cell_type="tetra", regions={"N": ~upper, "F": upper},
                boundaries={name: facets_at("tetra", points, cells, on) for name, on in ends.items()})  # fmt: skip
    heavy = replace(METAL, spin_hall_angle=theta)
    face = replace(FACE, mixing_conductance=1.1 + 0.3j)
    return Device.from_mesh(mesh, regions={"N": heavy, "F": (STRONG, M2)}, terminals=list(ends),
                            interfaces={"i": face}, **changes)  # fmt: skip


def test_spin_hall_angle_in_a_solid():
    """With the angle of the table, and where it is 0 and its operators have to be made."""
    check(solid(), ["regions.N.spin_hall_angle", "regions.N.conductivity", "regions.F.rotation_z"])
    check(solid(0.0), ["regions.N.spin_hall_angle"])


def test_thickness_of_a_plane():
    check(layered("triangle", [(1.0, 3), (0.5, 3)], [METAL, (STRONG, M1)]), ["device.thickness"])


def test_normal_barrier_and_assumed_mixing():
    """AR* between normal metals; where the mixing conductance is left out its bound follows the conductances."""
    layers = [("A", 1.0, 5, METAL), ("N", 0.7, 5, METAL), ("F", 0.5, 5, (STRONG, M1))]
    faces = {"n": Interface(between=("A", "N"), conductance_up=0.8, conductance_down=0.8, spin_memory_loss=0.4),
             "f": Interface(between=("N", "F"), conductance_up=1.0, conductance_down=0.4)}  # fmt: skip
    device = stack(layers, interfaces=faces)
    assert "interfaces.n.conductance_up" not in parameter_names(device)
    check(device, [name for name in _with_room(device) if name.startswith("interfaces")])
    with pytest.raises(InputError, match="both spins move together"):
        sensitivities(device, "interfaces.n.conductance_up")


def test_tunnel_junction_between_magnets():
    """Non-collinear: sqrt(g_s g_s') and the angle; a half metal on one side lacks a channel."""
    layers = [("F", 0.7, 5, (STRONG, M1)), ("B", 0.5, 5, (STRONG, M2))]
    face = Interface(between=("F", "B"), conductance_up=1.0, conductance_down=0.4)
    check(stack(layers, interfaces={"t": face}))
    layers[0] = ("F", 0.7, 5, half_metal(0.7, M1))
    check(stack(layers, interfaces={"t": face}))
    with pytest.raises(InputError, match="a channel that does not"):
        sensitivities(stack(layers, interfaces={"t": replace(face, conductance_down=0.0)}),
                      "interfaces.t.conductance_down")  # fmt: skip


def test_half_metal_in_contact_with_a_normal_metal():
    """Terminals on both, direction included."""
    check(stack([("H", 0.7, 5, half_metal(0.7, M1)), ("N", 1.0, 5, METAL)]))


@pytest.mark.parametrize("delta", [0.0, 1e-4, 9.9e-3, 1.01e-2, 0.5, 5.0])
def test_slope_of_the_memory_loss(delta):
    """Series and closed form meet; 0 is flat."""
    layers = [("A", 1.0, 4, METAL), ("N", 0.7, 4, METAL)]
    make = lambda d: stack(layers, interfaces={"n": Interface(between=("A", "N"), conductance_up=0.8,  # noqa: E731
                                                              conductance_down=0.8, spin_memory_loss=d)})  # fmt: skip
    found = sensitivities(make(delta), "interfaces.n.spin_memory_loss")["interfaces.n.spin_memory_loss"]
    if delta == 0:
        assert np.abs(found).max() == 0
        return
    h = 0.02 * delta
    G = {k: fespin.conductance(make(delta + k * h)).values for k in (-2, -1, 1, 2)}
    quotient = (8 * (G[1] - G[-1]) - (G[2] - G[-2])) / (12 * h)
    assert found == pytest.approx(quotient, abs=1e-6 * np.abs(quotient).max() + 1e-12 / h)


def test_textured_magnet():
    """A wall: material parameters have derivatives, its direction has none."""
    wall = lambda x: [np.sin(3 * x[0]), 0 * x[0], np.cos(3 * x[0])]  # noqa: E731
    device = stack([("w", 1.0, 8, Region(material=WEAK, magnetization=wall)), ("N", 1.0, 4, METAL)])
    check(device)
    with pytest.raises(InputError, match="varies in space"):
        sensitivities(device, "regions.w.rotation_x")


def test_magnets_in_contact_turn_together_only():
    device = stack([("F", 0.7, 5, (STRONG, M1)), ("B", 0.5, 5, (STRONG, M1)), ("N", 0.5, 5, METAL)])
    assert not [name for name in parameter_names(device) if "rotation" in name]
    with pytest.raises(InputError, match=r"'F' touches 'B'.*turn together"):
        sensitivities(device, "regions.F.rotation_x")


@pytest.mark.parametrize(
    ("name", "message"),
    [("regions.F.polarisation", "did you mean 'regions.F.polarization'"), ("F", "none of this device"),
     ("regions.N.diffusivity", "does not depend on diffusivity"), (3, "none of this device")],
)  # fmt: skip
def test_unknown_parameters(name, message):
    with pytest.raises(InputError, match=message):
        sensitivities(stack(REAL), [name])


def test_scaling_of_everything_is_an_identity():
    """Euler: G is homogeneous of degree one in conductivities and interface conductances together."""
    device = stack(REAL, interfaces={"i": FACE})
    found = sensitivities(device)
    names = [n for n in found.parameters if n.endswith((".conductivity", "conductance_up", "conductance_down", "real"))]
    total = sum(parameter_value(device, n) * found[n] for n in names)
    assert total == pytest.approx(found.conductance.values, abs=1e-12 * np.abs(total).max())


def test_backends_and_orders_agree():
    device = stack(REAL, interfaces={"i": replace(FACE, mixing_conductance=1.1 + 0.8j)})
    direct, iterated = (sensitivities(device, backend=b, order=2).values for b in ("direct", "multigrid"))
    assert iterated == pytest.approx(direct, abs=1e-7 * np.abs(direct).max())


def test_uncertainty_adds_in_quadrature_and_equal_materials_move_together():
    """Two copper wires in series with 5 % of the conductivity: 5 % of G; as two materials, less."""
    copper = NormalMetal(conductivity=2.0, uncertainty={"conductivity": 0.1})
    other = replace(copper, uncertainty={"conductivity": 0.1000001})
    together, apart = (sensitivities(stack([("A", 1.0, 2, copper), ("B", 1.0, 2, metal)])) for metal in (copper, other))
    entry = abs(together.conductance["left", "e", "left", "e"])
    assert together.uncertainty()[0, 0] == pytest.approx(0.05 * entry, rel=1e-9)
    assert apart.uncertainty()[0, 0] == pytest.approx(0.05 * entry / np.sqrt(2), rel=1e-5)
    assert list(together.contributions()) == ["conductivity of A, B"]
    assert together.uncertainty({"regions.A.conductivity": 0.1})[0, 0] == pytest.approx(0.025 * entry, rel=1e-9)
    with pytest.raises(InputError, match="not negative"):
        together.uncertainty({"regions.A.conductivity": -1.0})
    with pytest.raises(InputError, match="did you mean"):
        together.uncertainty({"regions.A.conductivty": 1.0})


def test_uncertainty_is_the_spread_of_random_devices():
    """Second route: the standard deviation over devices drawn with these errors."""
    device = stack([("N", 1.0, 4, replace(METAL, uncertainty={"conductivity": 0.02, "spin_diffusion_length": 0.02})),
                    ("F", 0.7, 4, (replace(STRONG, uncertainty={"polarization": 0.01}), M1))])  # fmt: skip
    found = sensitivities(device)
    rng = np.random.default_rng(5)
    sizes = {"regions.N.conductivity": 0.02, "regions.N.spin_diffusion_length": 0.02, "regions.F.polarization": 0.01}
    drawn = []
    for _ in range(150):
        one = device
        for name, u in sizes.items():
            one = moved(one, name, u * rng.standard_normal())
        drawn.append(fespin.conductance(one).values)
    spread = np.std(drawn, axis=0)
    assert spread == pytest.approx(found.uncertainty(), rel=0.2, abs=1e-9)


def test_no_uncertainty_is_dropped_in_silence():
    """A diffusivity without time does nothing; a conductance that has no derivative is refused, not forgotten."""
    spread = {"diffusivity": 0.1, "spin_hall_angle": 0.05}
    metal = replace(METAL, uncertainty=spread)
    found = sensitivities(layered("triangle", [(1.0, 3), (0.5, 3)], [metal, METAL]))
    assert list(found.contributions()) == ["spin_hall_angle of L0"]
    layers = [("A", 1.0, 2, METAL), ("N", 0.7, 2, METAL)]
    face = Interface(between=("A", "N"), conductance_up=0.8, conductance_down=0.8, uncertainty={"conductance_up": 0.1})
    with pytest.raises(InputError, match=r"uncertainty of interfaces.n.conductance_up.*both spins move together"):
        sensitivities(stack(layers, interfaces={"n": face})).uncertainty()
    face = Interface.from_area_resistance(between=("A", "N"), area_resistance=0.6, uncertainty={"area_resistance": 0.1})
    assert sensitivities(stack(layers, interfaces={"n": face})).uncertainty().max() > 0
