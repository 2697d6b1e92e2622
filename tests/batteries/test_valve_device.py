"""The same stack as a device: the transport core gives the same static answers, half metals included."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from valve_cases import polarised, reduced, valves

import fespin
from fespin.batteries.valve import Interface, Layer, SpinValve, StackMesh, exact_admittance, resistance, solve_static
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


def test_interfaces_are_refused_in_one_sentence():
    valve = SpinValve(layers=reduced(1).layers, interfaces=(None, Interface(conductance_up=2, conductance_down=1)))
    text = "must have transparent interfaces to become a device, got a resistance or spin flip between spacer and"
    with pytest.raises(InputError, match=text):
        valve.to_device()


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
