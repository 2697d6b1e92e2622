"""Fields and what follows from them: currents, balances of spin and energy, torques, files."""

import dataclasses

import meshio
import numpy as np
import pytest
from grids import KINDS, fn_device, half_metal, layered, stack
from hypothesis import given, settings
from scipy.constants import e, hbar
from strategies import breaking_devices, magnets, small_devices

import fespin
from fespin import Ferromagnet, InputError, NormalMetal
from fespin.transport.solve import prepare

APPLIED = {"west": {"e": 1e-3, "x": 2e-4, "z": -1e-4}, "east": {"y": 3e-4}}


def quiet_solve(device, applied):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fespin.MeshWarning)
        return fespin.solve(device, applied), fespin.conductance(device)


@settings(deadline=None, max_examples=20)
@given(small_devices(magnets))
def test_currents_of_a_solution_are_those_of_the_matrix(device):
    """solve() and conductance() are one linear map."""
    solution, G = quiet_solve(device, APPLIED)
    expected = G.currents(APPLIED)
    scale = np.abs(G.values).max() * 1e-3
    for t in device.terminals:
        for c in "exyz":
            assert solution.currents[t][c] == pytest.approx(expected[t][c], abs=1e-10 * scale)


@settings(deadline=None, max_examples=20)
@given(small_devices())
def test_spin_is_conserved_but_for_relaxation_and_absorption(device):
    """Terminal spin currents + relaxation in the volumes + transverse spin absorbed at the interfaces = 0."""
    solution, G = quiet_solve(device, APPLIED)
    out = sum(np.array([solution.currents[t][c] for c in "xyz"]) for t in device.terminals)
    lost = sum(solution.relaxation.values()) + sum(solution.absorbed.values())
    np.testing.assert_allclose(out + lost, 0, atol=1e-10 * 1e-3 * np.abs(G.values).max())


@settings(deadline=None, max_examples=40)
@given(breaking_devices())
def test_angular_momentum_and_power_balance_with_every_term(device):
    """Terminal spin currents + relaxation + precession + torques = 0, and heat = power delivered, to 1e-10."""
    solution, G = quiet_solve(device, APPLIED)
    scale = np.abs(G.values).max()
    assert np.abs(solution.spin_balance).max() < 1e-10 * 1e-3 * scale
    delivered = -sum(APPLIED[t].get(c, 0.0) * solution.currents[t][c] for t in APPLIED for c in "exyz")
    assert sum(solution.dissipated_power.values()) == pytest.approx(delivered, abs=1e-10 * 1e-6 * scale)
    assert min(solution.dissipated_power.values()) >= -1e-12 * 1e-6 * scale


def test_torque_of_a_mixing_conductance():
    """(hbar/2|e|)[2 Re g_mix V_perp - 2 Im g_mix m x V_perp] times the area, for a spin potential that is held."""
    metal, magnet = NormalMetal(conductivity=1e9), Ferromagnet(conductivity=1e9, polarization=0.0)
    contact = fespin.Interface(
        between=("N", "F"), conductance_up=0.1, conductance_down=0.1, mixing_conductance=2 - 0.5j
    )
    device = stack([("N", 1.0, 2, metal), ("F", 1.0, 2, (magnet, (0, 0, 1)))], interfaces={"i": contact})
    solution = fespin.solve(device, {"left": {"x": 1.0}})
    expected = hbar / (2 * e) * np.array([4.0, 1.0, 0.0])  # m x x = y
    np.testing.assert_allclose(solution.torques["F"], expected, rtol=1e-6, atol=1e-24)


def test_memory_loss_is_relaxation_at_the_interface():
    """Without relaxation elsewhere, what is lost between the terminals is lost at the interface."""
    contact = fespin.Interface(between=("A", "B"), conductance_up=1.0, conductance_down=1.0, spin_memory_loss=0.7)
    metal = NormalMetal(conductivity=3.0)
    device = stack([("A", 1.0, 2, metal), ("B", 1.0, 2, metal)], interfaces={"i": contact})
    solution = fespin.solve(device, {"left": {"z": 1.0}})
    lost = sum(solution.currents[t]["z"] for t in ("left", "right"))
    assert solution.relaxation["i"][2] == pytest.approx(-lost)
    assert solution.relaxation["i"][2] > 0.1


def test_written_fields_jump_at_interfaces(tmp_path):
    """Nodes of an interface are written once for each side."""
    contact = fespin.Interface(between=("A", "B"), conductance_up=0.5, conductance_down=0.5)
    metal = NormalMetal(conductivity=1e9)
    device = stack([("A", 1.0, 2, metal), ("B", 1.0, 2, metal)], interfaces={"i": contact})
    solution = fespin.solve(device, {"left": {"e": 1.0}})
    assert solution.cell_potentials("e")[[0, 1, 2, 3]] == pytest.approx(
        np.array([[1, 1], [1, 1], [0, 0], [0, 0]]), abs=1e-6
    )
    mesh = meshio.read(solution.write(tmp_path / "s.vtu"))
    at = np.abs(mesh.points[:, 0] - 1.0) < 1e-9
    assert sorted(mesh.point_data["charge_potential"][at]) == pytest.approx([0, 1], abs=1e-6)


@settings(deadline=None, max_examples=20)
@given(small_devices(magnets))
def test_heat_in_the_regions_is_the_power_of_the_terminals(device):
    """Dissipation is non-negative everywhere and sums to -sum V I."""
    solution, G = quiet_solve(device, APPLIED)
    delivered = -sum(APPLIED[t].get(c, 0.0) * solution.currents[t][c] for t in APPLIED for c in "exyz")
    scale = np.abs(G.values).max() * 1e-6
    assert sum(solution.dissipated_power.values()) == pytest.approx(delivered, abs=1e-10 * scale)
    assert min(solution.dissipated_power.values()) >= -1e-12 * scale


@pytest.mark.parametrize("kind", KINDS)
def test_transverse_spin_entering_a_magnet_is_its_torque(kind):
    """N-F wire driven by x spin at N: all that reaches F along x is absorbed, hbar/2e per ampere (eq 14)."""
    device = fn_device(kind, 16)
    solution = fespin.solve(device, {"right": {"x": 1e-3}}, order=2)
    n = device.regions["L1"].material
    arriving = n.conductivity / n.spin_diffusion_length / np.sinh(2.0 / 1.1) * 1e-3
    absorbed = solution.absorbed["L0", "L1"]
    assert absorbed[0] == pytest.approx(arriving, rel=1e-4)
    np.testing.assert_allclose(absorbed[1:], 0, atol=1e-15)
    np.testing.assert_allclose(solution.torques["L0"], hbar / (2 * e) * absorbed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", [1, 2])
def test_current_density_of_a_uniform_wire(kind, order):
    """Charge flows uniformly, J = sigma V/L, from the higher potential to the lower; exact for any element."""
    device = layered(kind, [(2.0, 5)], [NormalMetal(conductivity=3.0)])
    solution = fespin.solve(device, {"left": {"e": 1.0}}, order=order)
    density = solution.current_density("e")
    expected = np.zeros(device.dimension)
    expected[0] = 1.5
    np.testing.assert_allclose(density, np.broadcast_to(expected, density.shape), atol=1e-12)
    assert solution.currents["right"]["e"] == pytest.approx(1.5)  # positive out of the device
    np.testing.assert_allclose(solution.charge_potential, 1 - device.points[:, 0] / 2, atol=1e-12)


def test_spin_potential_in_a_magnet_is_along_its_magnetization():
    """V_alpha = m_alpha u on the closed magnet; transverse components vanish there (eq 11)."""
    device = fn_device("triangle", 6, m=(0.6, 0.0, 0.8))
    solution = fespin.solve(device, {"left": {"e": 1.0}, "right": {"x": 1.0, "y": 1.0}})
    inside = np.unique(device.mesh.cells[device.mesh.regions["L0"]])
    spin = solution.spin_accumulation[inside]
    np.testing.assert_allclose(np.cross(spin, (0.6, 0.0, 0.8)), 0, atol=1e-14)
    assert np.abs(spin).max() > 1e-3


def test_one_value_per_mesh_node_whatever_the_order():
    """Quadratic elements have more unknowns, the user still gets nodes."""
    device = fn_device("tetra", 4)
    for order in (1, 2):
        assert fespin.solve(device, {}, order=order).potential("z").shape == (len(device.mesh.points),)


@pytest.mark.parametrize("kind", KINDS)
def test_fields_are_written_for_paraview(kind, tmp_path):
    """VTU with points in metres, potentials at points, current densities and region numbers in cells; reads back."""
    device = fn_device(kind, 4).replace(length_unit=1e-9)
    device = device.replace(regions={
        name: dataclasses.replace(r, material=dataclasses.replace(r.material, spin_diffusion_length=1e-9))
        for name, r in device.regions.items()
    })  # fmt: skip
    solution = fespin.solve(device, {"left": {"e": 1e-3}})
    path = solution.write(tmp_path / "out.vtu")
    mesh = meshio.read(path)
    np.testing.assert_allclose(mesh.points[:, : device.points.shape[1]], device.points)
    np.testing.assert_array_equal(mesh.point_data["charge_potential"], solution.charge_potential)
    np.testing.assert_array_equal(mesh.point_data["spin_accumulation"], solution.spin_accumulation)
    np.testing.assert_allclose(mesh.cell_data["spin_current_z"][0][:, 0], solution.current_density("z")[:, 0])
    np.testing.assert_array_equal(mesh.cell_data["region"][0], device.cell_region)
    assert [p.name for p in tmp_path.iterdir()] == ["out.vtu"]


def test_unknown_format_is_refused_and_writes_nothing(tmp_path):
    """A suffix that no writer knows gives an error with a way out."""
    solution = fespin.solve(fn_device("line", 2, l_F=2.0, l_N=2.0), {})
    with pytest.raises(InputError, match=r"use \.vtu"):
        solution.write(tmp_path / "out.nonsense")
    assert not list(tmp_path.iterdir())


def test_potential_inside_a_half_metal_is_that_of_its_channel():
    """The other channel has no states: w is shown as charge potential, spin as zero; both ends meet their terminals."""
    device = layered(
        "line",
        [(1.0, 4), (1.0, 8)],
        [half_metal(1.0, (0, 0, 1)), NormalMetal(conductivity=1.0, spin_diffusion_length=1.0)],
    )
    solution = fespin.solve(device, {"left": {"e": 1.0, "z": 0.5}})
    assert solution.potential("e")[0] == pytest.approx(1.5)
    assert solution.potential("z")[0] == 0.0
    interface = int(np.argmin(np.abs(device.points[:, 0] - 1.0)))
    assert solution.potential("z")[interface] > 0.01


def test_solution_and_problem_describe_themselves():
    """repr names terminals with their currents; info carries the measured residual."""
    solution = fespin.solve(fn_device("line", 4), {"left": {"e": 1.0}})
    assert "left: e" in repr(solution)
    assert 0 <= solution.info["solver"]["residual"] < 1e-12
    assert prepare(fn_device("line", 4)).space.size == 9


def test_warning_for_a_mesh_that_misses_the_decay_length():
    """Cells longer than lambda at an interface: both numbers are in the warning."""
    device = fn_device("line", 2, l_F=0.01)
    with pytest.warns(fespin.MeshWarning, match=r"region 'L0'.* 0\.65 m high.*length is 0\.01 m"):
        fespin.conductance(device)


def test_warning_for_a_normal_terminal_that_touches_a_magnet():
    """Transverse conductance diverges logarithmically there."""
    from grids import EXTRA, box, facets_at

    points, cells = box("quad", np.linspace(0, 2, 5), np.linspace(0, 2, 5))
    centre = points[cells].mean(axis=1)
    top = centre[:, 1] > 1
    west = facets_at("quad", points, cells, (points[:, 0] == 0) & (points[:, 1] <= 1))
    mesh = fespin.Mesh(points=points, cells=cells, cell_type="quad", boundaries={"west": west},
                       regions={"N": np.flatnonzero(~top), "F": np.flatnonzero(top)})  # fmt: skip
    f = Ferromagnet(conductivity=1.0, polarization=0.5, spin_diffusion_length=1.0)
    device = fespin.Device.from_mesh(mesh, regions={"N": NormalMetal(conductivity=1.0), "F": (f, (0, 0, 1))},
                                     terminals=["west"], **EXTRA[2])  # fmt: skip
    with pytest.warns(fespin.MeshWarning, match="logarithm"):
        fespin.conductance(device)
