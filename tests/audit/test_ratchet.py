"""Geometric spin ratchets: transmission is equal both ways, drawn currents and fractions are not."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from grids import fn_device

import fespin
from fespin import InputError
from fespin.network.closed_forms import annular_sector, cone

MESHES = Path(__file__).parents[2] / "meshes"


def load(name):
    return fespin.load(MESHES / f"{name}.toml")


@pytest.mark.parametrize("lam", [20e-9, 100e-9, 350e-9, 5e-6, np.inf])
def test_arrow_wire_is_no_ratchet_at_any_diffusion_length(lam):
    """Fig 6: |G12 - G21| / |G12| <= 1e-10 for every spin component, from independent terminal currents."""
    device = load("arrow_wire")
    ((name, region),) = device.regions.items()
    device = device.with_region(name, material=dataclasses.replace(region.material, spin_diffusion_length=lam))
    report = fespin.check_ratchet(device, "left", "right")
    assert [t.component for t in report.transmissions] == ["x", "y", "z"]
    for t in report.transmissions:
        assert t.difference <= 1e-10
        if np.isfinite(lam):
            assert abs(t.drawn_forward - t.drawn_backward) > 1e-4 * t.drawn_forward
            assert abs(t.fraction_forward - t.fraction_backward) > 1e-4 * t.fraction_forward
        else:
            assert t.fraction_forward == pytest.approx(1)  # nothing is lost, both fractions are one
    assert not report.is_ratchet
    assert report.verdict.startswith("Not a ratchet")


def test_asymmetric_element_draws_more_where_the_bar_is():
    """Fig 2: spins injected near the bar can also diffuse into it, so G22 < G11 < 0."""
    t = fespin.check_ratchet(load("t_element"), "left", "right").transmissions[0]
    assert t.drawn_backward > 1.05 * t.drawn_forward > 0
    assert t.fraction_backward < t.fraction_forward < 1


def test_reference_device_gives_the_enhancement():
    """Enhancement is the ratio of transmissions, the same in both directions."""
    arrow, strip = load("arrow_wire"), load("arrow_reference")
    report = fespin.check_ratchet(arrow, "left", "right", strip)
    G, H = fespin.conductance(arrow), fespin.conductance(strip)
    expected = G["right", "z", "left", "z"] / H["right", "z", "left", "z"]
    assert report.transmissions[2].enhancement == pytest.approx(expected, rel=1e-9)
    assert "arrow_reference" in report.verdict
    swapped = fespin.check_ratchet(arrow, "right", "left", strip)
    assert swapped.transmissions[2].enhancement == pytest.approx(expected, rel=1e-9)


def sector_exact(device):
    n = next(iter(device.regions.values())).material
    r = np.linalg.norm(device.points, axis=1)
    return annular_sector(
        conductivity=n.conductivity,
        spin_diffusion_length=n.spin_diffusion_length,
        inner_radius=r.min(),
        outer_radius=r.max(),
        angle=np.pi / 3,
        thickness=device.thickness,
    )


def test_annular_sector_equals_bessel_functions():
    """B4: one transfer both ways, two different diagonals; straight edges of the arcs leave 1e-3."""
    device = load("annular_sector")
    exact = sector_exact(device)
    G = fespin.conductance(device, order=2)
    assert_taper(G, exact, 1e-3)


def test_cone_equals_its_closed_form():
    """B4 in three dimensions; flat facets of the spherical caps leave per cents, less on a refined mesh."""
    device = load("cone")
    n = next(iter(device.regions.values())).material
    exact = cone(conductivity=n.conductivity, spin_diffusion_length=n.spin_diffusion_length, inner_radius=50e-9,
                 outer_radius=200e-9, solid_angle=2 * np.pi * (1 - np.cos(np.pi / 6)))  # fmt: skip
    assert_taper(fespin.conductance(device, order=2), exact, 3e-2)


def assert_taper(G, exact, tolerance):
    forward, backward = G["outer", "z", "inner", "z"], G["inner", "z", "outer", "z"]
    assert abs(forward - backward) <= 1e-12 * forward
    for got, expected in ((forward, exact["inner", "z", "outer", "z"]),
                          (G["inner", "x", "inner", "x"], exact["inner", "x", "inner", "x"]),
                          (G["outer", "y", "outer", "y"], exact["outer", "y", "outer", "y"])):  # fmt: skip
        assert got == pytest.approx(expected, rel=tolerance)
    assert forward / -G["inner", "z", "inner", "z"] > 1.5 * backward / -G["outer", "z", "outer", "z"]


def test_magnetic_terminals_compare_spin_along_their_axis():
    """Between F and N terminals the component along m is the one both can hold."""
    report = fespin.check_ratchet(fn_device("quad", 8, m=(0.6, 0, 0.8)), "left", "right")
    assert [t.component for t in report.transmissions] == ["m"]
    assert not report.is_ratchet


def test_violation_of_reciprocity_is_reported(monkeypatch):
    """The verdict can go the other way: spoil one direction."""
    import fespin.audit.ratchet as ratchet

    original = ratchet.assemble_conductance

    def spoilt(problem, responses, entries="energy"):
        values = original(problem, responses, entries).copy()
        values[5:8, 1:4] *= 1.01
        return values

    monkeypatch.setattr(ratchet, "assemble_conductance", spoilt)
    report = fespin.check_ratchet(load("normal_strip"), "left", "right")
    assert report.is_ratchet
    assert "contradicts reciprocity" in report.verdict


def test_report_reads_well():
    """Text holds both directions and the fractions; JSON the same numbers."""
    report = fespin.check_ratchet(load("t_element"), "left", "right")
    assert "left -> right" in str(report)
    assert "misread as a ratchet" in str(report)
    row = report.to_dict()["transmissions"][0]
    assert row["fraction_forward"] == pytest.approx(row["forward"] / row["drawn_forward"])


@pytest.mark.parametrize(("t1", "t2", "words"), [
    ("lft", "right", "did you mean 'left'"),
    ("left", "left", "another terminal than t1"),
    ("left", "top", "no terminal 'top'"),
])  # fmt: skip
def test_wrong_terminals_are_refused(t1, t2, words):
    """Names are checked on the device and on the reference."""
    with pytest.raises(InputError, match=words):
        fespin.check_ratchet(load("t_element"), t1, t2)


def test_magnets_that_are_not_collinear():
    """Each magnetic terminal has its own axis: spin along it is driven and read off; both ways agree."""
    m1, m2 = np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
    device = fespin.load(MESHES / "angular_valve_1d.toml").with_region("free", magnetization=tuple(m2))
    (t,) = fespin.check_ratchet(device, "left", "right").transmissions
    G = fespin.conductance(device)
    assert t.forward == pytest.approx(m2 @ G["right", "left"][1:, 1:] @ m1, abs=1e-12)
    assert t.backward == pytest.approx(t.forward, abs=1e-12)
    assert t.drawn_backward == pytest.approx(-m2 @ G["right", "right"][1:, 1:] @ m2, rel=1e-9)
    assert abs(t.fraction_backward) < 1
