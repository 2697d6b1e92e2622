"""check_reciprocity and check_ratchet on devices whose matrix is not symmetric: the right law, and liars caught."""

import numpy as np
import pytest
from grids import stack
from hypothesis import given, settings
from strategies import OMEGA_PER_TESLA, breaking_devices

import fespin
from fespin import Ferromagnet, Interface, NormalMetal
from fespin.transport import laws

pytestmark = pytest.mark.filterwarnings("ignore::fespin.MeshWarning")

METAL = NormalMetal(conductivity=2.0, spin_diffusion_length=1.3, diffusivity=0.4)
COBALT = Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5)


def device(field=2.0, imaginary=0.8):
    contact = Interface(
        between=("N", "F"), conductance_up=1.0, conductance_down=0.5, mixing_conductance=1 + 1j * imaginary
    )
    layers = [("N", 1.0, 20, METAL), ("F", 1.0, 20, (COBALT, (0.6, 0, 0.8))), ("M", 1.0, 20, METAL)]
    return stack(layers, interfaces={"i": contact}, magnetic_field=(0, field / OMEGA_PER_TESLA, 0), name="mixed")


def test_onsager_takes_the_place_of_plain_symmetry():
    report = fespin.check_reciprocity(device())
    assert report.passed
    assert report["Onsager"].value < 1e-12
    assert not any(check.name == "asymmetry" for check in report)
    assert report.asymmetry > 1e-2
    assert "obeys Onsager's relation" in report.verdict
    assert {term.name.split()[0] for term in report.breaking} == {"precession", "imaginary"}
    assert all(term.size > 1e-3 for term in report.breaking)
    text = str(report)
    for part in ("plain asymmetry", "precession in the magnetic field (Hanle): changes G by", "cut surfaces"):
        assert part in text
    assert report.to_dict()["breaking"][0]["size"] == report.breaking[0].size


def test_sizes_are_differences_of_devices():
    """Leaving a term out of the sum equals a device without it."""
    report = fespin.check_reciprocity(device(), refine=False)
    sizes = {term.name.split()[0]: term.size for term in report.breaking}
    G = fespin.conductance(device()).values
    scale = np.abs(G).max()
    assert sizes["precession"] == pytest.approx(np.abs(fespin.conductance(device(0.0)).values - G).max() / scale)
    real = fespin.conductance(device(imaginary=0.0))
    assert sizes["imaginary"] == pytest.approx(np.abs(real.values - G).max() / scale)
    alone = fespin.conductance(device(imaginary=0.0)).identities()["asymmetry"]
    assert report.breaking[0].asymmetry == pytest.approx(alone, rel=1e-9)


@settings(max_examples=15, deadline=None)
@given(device=breaking_devices())
def test_any_combination_passes(device):
    report = fespin.check_reciprocity(device, refine=False)
    assert report.passed, report


def test_different_direct_and_inverse_coupling_is_caught(monkeypatch):
    """A spin Hall effect whose inverse is half as strong as the direct one obeys no Onsager relation."""
    original = laws.spin_hall

    def inconsistent(material):
        law = original(material)
        law[:, 0, 1:] *= 0.5
        return law

    monkeypatch.setattr(laws, "spin_hall", inconsistent)
    report = fespin.check_reciprocity(hall_bar(), refine=False)
    assert not report.passed
    assert not report["Onsager"].passed
    assert report["Onsager"].value > 1e-3


def hall_bar():
    """A cross of platinum: four terminals."""
    from grids import box, facets_at

    from fespin import Device, Mesh

    edge = np.linspace(0.0, 3.0, 13)
    points, cells = box("quad", edge, edge)
    x, y = points[cells].mean(axis=1).T
    keep = ((x > 1) & (x < 2)) | ((y > 1) & (y < 2))
    used = np.unique(cells[keep])
    number = np.full(len(points), -1)
    number[used] = np.arange(len(used))
    points, cells = points[used], number[cells[keep]]
    on = {"west": points[:, 0] == 0, "east": points[:, 0] == 3, "south": points[:, 1] == 0, "north": points[:, 1] == 3}
    mesh = Mesh(points=points, cells=cells, cell_type="quad", regions={"Pt": np.ones(len(cells), bool)},
                boundaries={name: facets_at("quad", points, cells, where) for name, where in on.items()})  # fmt: skip
    metal = NormalMetal(conductivity=1.0, spin_diffusion_length=1.0, spin_hall_angle=0.1)
    return Device.from_mesh(mesh, regions={"Pt": metal}, terminals=list(on), thickness=1.0)


def test_spin_hall_cross_obeys_onsager():
    report = fespin.check_reciprocity(hall_bar())
    assert report.passed
    assert report.breaking[0].name == "spin Hall effect"
    assert any("couples charge to all spins" in reason for reason in report.not_applicable)


def test_wrong_sign_of_precession_is_caught(monkeypatch):
    """A term that should be odd in B but is even: reversal does not undo it."""
    original = laws.field_precession
    monkeypatch.setattr(laws, "field_precession", lambda material, m, omega: np.abs(original(material, m, omega)) *
                        np.sign(np.triu(np.ones((4, 4))) - np.tril(np.ones((4, 4)))))  # fmt: skip
    assert not fespin.check_reciprocity(device(), refine=False)["Onsager"].passed


def test_collinear_field_keeps_its_identities():
    """Field along all magnetizations: collinear zeros are still checked."""
    turned = device(0.0, 0.0).replace(magnetic_field=(0.6 / OMEGA_PER_TESLA, 0, 0.8 / OMEGA_PER_TESLA))
    names = {check.name for check in fespin.check_reciprocity(turned, refine=False)}
    assert "collinear zeros" in names


def test_ratchet_verdict_names_the_field():
    """Forward and backward differ by precession: not a ratchet of shape, and the reversed device returns it."""
    layers = [("N", 1.0, 20, METAL), ("M", 0.7, 20, METAL)]
    field = (0, 1 / OMEGA_PER_TESLA, 0.4 / OMEGA_PER_TESLA)
    report = fespin.check_ratchet(stack(layers, magnetic_field=field), "left", "right")
    assert report.is_ratchet
    assert report.onsager < 1e-10
    assert "not by shape, but by precession in the magnetic field" in report.verdict
    assert report.to_dict()["breaking"] == ["precession in the magnetic field (Hanle)"]


def test_nearest_circuit_of_a_precessing_device_states_its_error():
    """No resistors and contacts represent precession: the nearest circuit comes with an error of order one."""
    G = fespin.conductance(device())
    found = fespin.relaxing_circuit(G, normal="left", ferromagnet="right")
    assert "error 9.8e-01" in str(found)
    assert "the device is not collinear" in str(fespin.as_contact(G, normal="left", ferromagnet="right"))


def test_matrix_without_symmetry_survives_circuit_simulators():
    """Subcircuits of controlled sources keep the antisymmetric part to the last bit."""
    G = fespin.conductance(hall_bar())
    assert np.array_equal(fespin.from_spice(fespin.to_spice(G)).as_device().values, G.values)
