"""The audit measures every identity, and fails what breaks one."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from grids import KINDS, fn_device, layered
from hypothesis import given, settings
from strategies import magnets, small_devices

import fespin
from fespin import Ferromagnet, NormalMetal
from fespin.audit import reciprocity as audit
from fespin.audit.independent import count_independent_entries
from fespin.transport.cuts import cut_currents
from fespin.transport.response import assemble_conductance, unit_fields
from fespin.transport.solve import conductance_responses, prepare

MESHES = Path(__file__).parents[2] / "meshes"
SHIPPED = sorted(p.stem for p in MESHES.glob("*.toml"))


def cut_distance(device, order=1):
    problem = prepare(device, order, warn=False)
    responses = conductance_responses(problem, tolerance=1e-12)
    G = assemble_conductance(problem, responses)
    return np.abs(cut_currents(problem, unit_fields(problem, responses)) - G).max() / np.abs(G).max()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_device_passes_every_check(name):
    """Asymmetry (in a field Onsager's residual), charge and gauge <= 1e-10; cut currents converge to the reactions."""
    report = fespin.check_reciprocity(fespin.load(MESHES / f"{name}.toml"))
    assert report.passed, str(report)
    for check in ("Onsager" if report.breaking else "asymmetry", "charge conservation", "gauge invariance"):
        assert report[check].value <= 1e-10
    assert bool(report.breaking) == (name == "contact_wire_1d")
    assert "cut surfaces" in {check.name for check in report}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", [1, 2])
def test_cut_surface_currents_converge_to_reactions_as_h_squared(kind, order):
    """The second route shares only the fields; its distance falls at the rate of averaged gradients."""
    coarse, fine = (cut_distance(fn_device(kind, n, m=(0.48, 0.6, 0.64)), order) for n in (8, 16))
    assert fine < 2e-3
    assert np.log2(coarse / fine) == pytest.approx(2, abs=0.15)


def test_cut_surface_inside_a_network_of_lines():
    """At a junction three wires meet; what flows into the enclosed part still balances."""
    from grids import wire_network

    from fespin import Region

    n = Region(material=NormalMetal(conductivity=1.0, spin_diffusion_length=0.7))
    f = Region(
        material=Ferromagnet(conductivity=2.0, polarization=0.5, spin_diffusion_length=0.4), magnetization=(0, 0.6, 0.8)
    )

    def star(cells):
        nodes = {"c": (0, 0), "a": (1, 0), "b": (0, 1), "d": (-1, 0)}
        return wire_network([("c", "a", n, cells), ("c", "b", n, cells), ("d", "c", f, cells)], nodes, ["a", "b", "d"])

    coarse, fine = cut_distance(star(10)), cut_distance(star(20))
    assert fine < coarse / 3


def test_composite_element_has_28_independent_entries():
    """Section III: 64 entries, 28 reciprocity relations, 8 of charge conservation."""
    found = count_independent_entries(fespin.load(MESHES / "composite.toml"))
    assert (found.rank, found.bound) == (28, 28)
    assert found.gap < 1e-6  # no doubt where the singular values end


def test_ferromagnetic_contacts_leave_6_independent_entries():
    """Eq 22."""
    found = count_independent_entries(fespin.load(MESHES / "ferro_contacts.toml"))
    assert (found.rank, found.bound) == (6, 6)


@pytest.mark.parametrize(("name", "count"), [("normal_strip", 4), ("t_element", 4)])
def test_normal_devices_have_t_squared_independent_entries(name, count):
    """Without magnets charge and isotropic spin decouple: T(T-1)/2 + T(T+1)/2."""
    found = count_independent_entries(fespin.load(MESHES / f"{name}.toml"))
    assert (found.rank, found.bound) == (count, count)


def test_report_lists_numbers_tolerances_and_verdicts():
    """One line per check, a sentence at the end, the same as JSON."""
    report = fespin.check_reciprocity(fn_device("triangle", 8))
    text = str(report)
    assert text.count("PASS") == len(report.checks)
    assert report.verdict in text
    assert json.loads(json.dumps(report.to_dict()))["passed"] is True
    with pytest.raises(KeyError, match="no check 'nonsense'"):
        report["nonsense"]


def test_collinear_and_normal_devices_get_their_own_identities():
    """Zeros of appendix C for collinear devices, S = G without relaxation, signs of spin loss in normal metal."""
    names = {c.name for c in fespin.check_reciprocity(fn_device("line", 8))}
    assert "collinear zeros" in names
    assert "spin follows charge" not in names
    names = {c.name for c in fespin.check_reciprocity(fn_device("line", 8, l_F=np.inf, l_N=np.inf))}
    assert "spin follows charge" in names
    names = {
        c.name
        for c in fespin.check_reciprocity(
            layered("quad", [(1, 4)], [NormalMetal(conductivity=1.0, spin_diffusion_length=1.0)])
        )
    }
    assert {"spin transmission", "spin loss"} <= names


@settings(deadline=None, max_examples=10)
@given(small_devices(magnets))
def test_audit_passes_on_random_devices(device):
    """Every identity holds for any shape, material and direction."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fespin.MeshWarning)
        report = fespin.check_reciprocity(device, refine=False)
    assert report.passed, str(report)


class TestBrokenDevicesFail:
    """Each check must be able to fail: the matrix or the fields are spoilt on purpose."""

    def spoil(self, monkeypatch, change):
        original = audit.assemble_conductance

        def spoilt(problem, responses, entries="energy"):
            values = original(problem, responses, entries)
            return change(values) if entries == "reactions" else values

        monkeypatch.setattr(audit, "assemble_conductance", spoilt)

    def failed(self, device):
        return {c.name for c in fespin.check_reciprocity(device, refine=False) if not c.passed}

    def test_asymmetric_reactions(self, monkeypatch):
        def change(values):
            values = values.copy()
            values[0, 7] *= 1 + 1e-6
            return values

        self.spoil(monkeypatch, change)
        assert "asymmetry" in self.failed(fn_device("triangle", 6))

    def test_current_that_does_not_return(self, monkeypatch):
        original = audit.conductance_matrix
        monkeypatch.setattr(audit, "conductance_matrix", lambda p, r: dataclasses.replace(
            original(p, r), values=original(p, r).values + np.diag([1e-6] + [0.0] * 7)))  # fmt: skip
        assert {"charge conservation", "gauge invariance"} <= self.failed(fn_device("triangle", 6))

    def test_device_that_gives_power(self, monkeypatch):
        original = audit.conductance_matrix
        monkeypatch.setattr(audit, "conductance_matrix", lambda p, r: dataclasses.replace(
            original(p, r), values=-original(p, r).values))  # fmt: skip
        assert "passivity" in self.failed(fn_device("triangle", 6))

    def test_fluxes_that_do_not_converge(self, monkeypatch):
        """An unphysical factor in the fluxes stays at any mesh size."""
        original = audit.cut_currents
        monkeypatch.setattr(audit, "cut_currents", lambda p, f: 1.5 * original(p, f))
        report = fespin.check_reciprocity(fn_device("quad", 8), refine=True)
        assert report["cut surfaces"].value > 0.1


def test_law_that_breaks_onsager_is_caught(monkeypatch):
    """A conduction matrix that couples charge to spin but not back: reactions lose their symmetry."""
    from fespin.transport import laws

    original = laws.conduction

    def one_way(material, magnetization):
        law = original(material, magnetization)
        law[0, 1:] *= 0.9
        return law

    monkeypatch.setattr(laws, "conduction", one_way)
    monkeypatch.setattr("fespin.transport.linsolve._WORST_RESIDUAL", np.inf)
    report = fespin.check_reciprocity(fn_device("triangle", 6), refine=False)
    assert not report.passed
    assert not report["asymmetry"].passed
