"""The same stack as a device: the transport core gives the same static answers, half metals included."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from valve_cases import polarised, reduced, valves

import fespin
from fespin.batteries.valve import (
    Interface,
    Layer,
    SpinValve,
    StackMesh,
    exact_admittance,
    impedance,
    resistance,
    solve_static,
)
from fespin.errors import DeviceError, InputError

MESHES = Path(__file__).parents[2] / "meshes"
pytestmark = pytest.mark.filterwarnings("ignore::fespin.errors.MeshWarning")


def core_resistance(valve):
    """Through the 4T x 4T matrix, spins of both reservoirs in equilibrium."""
    return 1 / fespin.conductance(valve.to_device())["right", "e", "left", "e"]


@pytest.mark.parametrize("configuration", ["locked", "parallel"])
@pytest.mark.parametrize("tau", [0.05, 1, 100])
def test_half_metal_valve(configuration, tau):
    """On one mesh the two routes have the same matrices."""
    valve = reduced(tau, configuration=configuration)
    assert core_resistance(valve) == pytest.approx(resistance(valve), rel=1e-10)


def test_locked_without_spin_flip():
    """No current: the core's number is rounding."""
    G = fespin.conductance(reduced().to_device())
    assert abs(G["right", "e", "left", "e"]) < 1e-12
    assert solve_static(reduced()).conductance == 0


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("direction", ["up", "down"])
def test_polarised_plates(beta, direction):
    valve = polarised(beta, direction)
    assert core_resistance(valve) == pytest.approx(resistance(valve), rel=1e-10)


@settings(max_examples=15, deadline=None)
@given(valve=valves(gated=False))
def test_any_stack(valve):
    """There and back, and through the core; the quadratic core against layers in closed form."""
    if valve.layers[-1].channels == valve.layers[0].channels == (True, True) or len(valve.layers) > 1:
        assert core_resistance(valve) == pytest.approx(resistance(valve), rel=1e-8)
    G = fespin.conductance(valve.to_device(), order=2)["right", "e", "left", "e"]
    assert pytest.approx(float(exact_admittance(valve).real), rel=2e-5) == G
    back = SpinValve.from_device(valve.to_device())
    assert resistance(back) == pytest.approx(resistance(valve), rel=1e-10)
    assert [layer.name for layer in back.layers] == [layer.name for layer in valve.layers]


def test_potentials_of_the_core():
    """w_up,dn = V_e +- V_s at every node of the spacer."""
    valve = reduced(1)
    solved = fespin.solve(valve.to_device(), {"left": {"e": 1.0}})
    found = solve_static(valve, 1.0)
    mesh = StackMesh(valve)
    inner = np.arange(mesh.first[1] + 1, mesh.first[2] - 1)
    at = np.searchsorted(solved.problem.device.points[:, 0], mesh.nodes[inner] - 1e-9)
    e, z = solved.potential("e")[at], solved.potential("z")[at]
    assert e + z == pytest.approx(found.potentials[0, inner], abs=1e-10)
    assert e - z == pytest.approx(found.potentials[1, inner], abs=1e-10)


def test_shipped_line_meshes_are_stacks():
    """A device file on a line is a valve; collinear magnets only."""
    device = fespin.load(MESHES / "fn_wire_1d.toml")
    valve = SpinValve.from_device(device)
    assert [layer.name for layer in valve.layers] == ["ferro", "normal"]
    assert core_resistance(valve) == pytest.approx(resistance(valve), rel=1e-8)
    assert valve.cross_section == pytest.approx(8e-16)
    angular = fespin.load(MESHES / "angular_valve_1d.toml")
    magnets = [name for name, region in angular.regions.items() if region.magnetization is not None]
    for axis in ((0, 0, 1), (0, 0, -1)):
        turned = angular
        for name in magnets:
            turned = turned.with_region(name, magnetization=axis if name == magnets[-1] else (0, 0, 1))
        valve = SpinValve.from_device(turned)
        assert core_resistance(valve) == pytest.approx(resistance(valve), rel=1e-8)
    tilted = turned.with_region(magnets[-1], magnetization=(1, 0, 1))
    with pytest.raises(DeviceError, match=r"must be parallel or antiparallel, got .* at 45 deg"):
        SpinValve.from_device(tilted)


@settings(max_examples=30, deadline=None)
@given(valve=valves(devices=True))
def test_any_stack_with_interfaces(valve):
    """Through the core, and back from it."""
    device = valve.to_device()
    G = fespin.conductance(device)["right", "e", "left", "e"]
    assert pytest.approx(solve_static(valve, estimate=False).conductance, rel=1e-8, abs=1e-12) == G
    assert resistance(SpinValve.from_device(device)) == pytest.approx(1 / G, rel=1e-8)


def stack(*gates):
    """Co | Cu | Co with interfaces, opposite magnets."""
    return replace(polarised(0.5, "down"), interfaces=gates)


def test_valve_of_multilayers():
    """CPP resistance with AR*, gamma and memory loss at both contacts: three routes."""
    gate = Interface.of_resistance(0.3, asymmetry=0.7, memory_loss=0.25)
    valve = stack(gate, gate)
    assert core_resistance(valve) == pytest.approx(resistance(valve), rel=1e-10)
    assert resistance(valve) == pytest.approx(1 / float(exact_admittance(valve).real), rel=1e-5)
    assert resistance(valve) > resistance(valve.configured("parallel"))


def test_impedance_through_the_core():
    """The core stores with the polarization of the conductivities: equal where that is the one of the states."""
    plates = [replace(layer, material=replace(layer.material, diffusivity=0.3), density_polarization=0.5)
              if layer.magnetization else layer for layer in polarised(0.5, "down").layers]  # fmt: skip
    for valve in (reduced(1), replace(polarised(0.5, "down"), layers=tuple(plates))):
        for f in (0.01, 0.5, 10.0):
            Y = fespin.conductance(valve.to_device(), frequency=f)["right", "e", "left", "e"]
            assert complex(Y) == pytest.approx(complex(1 / impedance(valve, f)), rel=1e-9)


@pytest.mark.parametrize(
    ("valve", "text"),
    [
        (stack(Interface(spin_flip_conductance=1), None), "have spin_memory_loss instead of a spin_flip_conductance"),
        (stack(Interface(conductance_up=1), None), "resist both channels or none"),
        (
            replace(
                reduced(1), interfaces=(Interface(conductance_up=1, conductance_down=1, memory_loss=0.1), None)
            ),
            "have no memory loss at a half metal",
        ),
        (
            SpinValve(
                layers=polarised(0.5, "down").layers[::2],
                interfaces=(Interface(conductance_up=1, conductance_down=2),),
            ),
            "lie between parallel magnets and lose no spin",
        ),
    ],
)  # fmt: skip
def test_interfaces_that_devices_do_not_have(valve, text):
    """One sentence that says what to do."""
    with pytest.raises(InputError, match=f"the interface between .* must {text} to be that of a device"):
        valve.to_device()


def test_devices_that_stacks_do_not_cover():
    device = polarised(0.5, "down").to_device()
    with pytest.raises(DeviceError, match="must have no magnetic field, in which spins precess"):
        SpinValve.from_device(device.replace(magnetic_field=(0.0, 0.0, 0.1)))
    pair = SpinValve(
        layers=polarised(0.5, "up").layers[::2], interfaces=(Interface(conductance_up=1, conductance_down=2),)
    )
    opposite = pair.to_device().with_region("right", magnetization=(0, 0, -1))
    with pytest.raises(DeviceError, match="must lie between parallel magnets; between opposite ones channels mix"):
        SpinValve.from_device(opposite)


def test_what_is_no_stack_is_refused():
    with pytest.raises(InputError, match="must be of lines"):
        SpinValve.from_device(fespin.load(MESHES / "fn_wire_2d.toml"))
    device = reduced(1).to_device()
    half = fespin.Device(mesh=device.mesh, regions=device.regions, terminals={"left": "left"}, cross_section=1.0)
    with pytest.raises(DeviceError, match="two terminals, one at each end"):
        SpinValve.from_device(half)
    N = fespin.NormalMetal(conductivity=1, spin_diffusion_length=math.inf)
    layers = tuple(Layer(material=N, thickness=1, name=name, cells=2) for name in "abc")
    device = SpinValve(layers=layers).to_device()
    mesh = device.mesh
    merged = fespin.Mesh(points=mesh.points, cells=mesh.cells, cell_type="line", boundaries=mesh.boundaries,
                         regions={"a": np.r_[0, 1, 4, 5], "b": np.r_[2, 3]})  # fmt: skip
    twice = fespin.Device(mesh=merged, regions={k: device.regions[k] for k in "ab"}, terminals=device.terminals,
                          cross_section=1.0)  # fmt: skip
    with pytest.raises(DeviceError, match="must be one layer, got two pieces"):
        SpinValve.from_device(twice)
