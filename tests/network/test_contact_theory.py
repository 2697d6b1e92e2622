"""Section V and fig 7: where one contact of circuit theory stands for diffusion, and what else does."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_strategies import directions, polarizations, sizes

import fespin
from fespin.errors import InputError
from fespin.network.circuit import join
from fespin.network.closed_forms import fn_wire
from fespin.network.conductance import ConductanceMatrix
from fespin.network.contact_theory import as_contact
from fespin.network.elements import contact, ferromagnetic_wire, half_metal_wire, normal_wire
from fespin.network.relaxing_circuit import relaxing_circuit

Z = [0, 0, 1]
B1 = {"L_F": 1.3, "L_N": 2.0, "l_F": 0.4, "l_N": 1.1, "R_F": 0.7, "R_N": 1.9, "p": 0.35}


def device(*, L_F, L_N, l_F, l_N, R_F, R_N, p, m=Z, face=None):
    """F/N wire with terminals F and N, with a contact between the two parts if wanted."""
    F = ferromagnetic_wire(
        conductivity=L_F / R_F, polarization=p, spin_diffusion_length=l_F, magnetization=m, length=L_F, area=1
    )
    N = normal_wire(conductivity=L_N / R_N, spin_diffusion_length=l_N, length=L_N, area=1)
    parts = [(F, {"1": "F", "2": "j"}), (N, {"1": "n" if face else "j", "2": "N"})]
    if face:
        parts.append((face, {"normal": "n", "ferromagnet": "j"}))
    return join(parts, external=["F", "N"])


def closed_form(*, L_F, L_N, l_F, l_N, R_F, R_N, p):
    return fn_wire(
        resistance_F=R_F,
        resistance_N=R_N,
        length_F=L_F,
        length_N=L_N,
        spin_diffusion_length_F=l_F,
        spin_diffusion_length_N=l_N,
        polarization=p,
    )


def report_of(G, **kwargs):
    return as_contact(G, normal="N", ferromagnet="F", **kwargs)


@given(R_F=sizes, R_N=sizes, p=polarizations, m=directions())
@settings(deadline=None, max_examples=40)
def test_without_relaxation_a_wire_is_one_contact(R_F, R_N, p, m):
    """Eq 56: eq 29 becomes eq 28 with g_up + g_dn = (R - p^2 R_N)/(R^2 - p^2 R_N^2), R = R_N + R_F."""
    inf = math.inf
    report = report_of(device(L_F=1, L_N=1, l_F=inf, l_N=inf, R_F=R_F, R_N=R_N, p=p, m=m))
    assert report.single_contact
    assert report.residual < 1e-13
    assert report.full_residual < 1e-13  # the sectors NF and FF too, although the paper compares NN alone
    up, down = report.conductance_up, report.conductance_down
    R = R_N + R_F
    assert up + down == pytest.approx((R - p**2 * R_N) / (R**2 - p**2 * R_N**2), rel=1e-12)
    # channel by channel: half the conductance of N in series with sigma_up,dn of F
    assert up == pytest.approx(1 / (2 * R_N + 2 * R_F / (1 + p)), rel=1e-12)
    assert down == pytest.approx(1 / (2 * R_N + 2 * R_F / (1 - p)), rel=1e-12)
    assert report.mixing_conductance == pytest.approx(1 / (2 * R_N), rel=1e-12)
    assert report.allowed
    assert "one contact of circuit theory represents it" in str(report)


@pytest.mark.parametrize("scale", [1.0, 3.0, 10.0, 100.0])
def test_relaxation_defeats_a_single_contact_by_what_R_eff_says(scale):
    """B1: -S^z - G, all that keeps eq 29 from eq 28, is that of eqs 52 and 55 and falls as 1/lambda^2."""
    parameters = {**B1, "l_F": B1["l_F"] * scale, "l_N": B1["l_N"] * scale}
    exact, report = closed_form(**parameters), report_of(device(**parameters))
    size = max(-exact.S_x, -exact.G_ee, -exact.S_z)
    gap = -exact.S_z + exact.G_ee
    assert report.misfit["relaxation"] == pytest.approx(gap / size, rel=1e-9)
    # least squares shares the gap between the two diagonal entries
    assert report.residual == pytest.approx(gap / 2 / size, rel=1e-9)
    assert report.conductance_up + report.conductance_down == pytest.approx((-exact.S_z - exact.G_ee) / 2, rel=1e-12)
    assert report.conductance_up - report.conductance_down == pytest.approx(-exact.C_z, rel=1e-11)
    assert report.mixing_conductance.real == pytest.approx(-exact.S_x / 2, rel=1e-12)
    assert not report.single_contact
    assert "spin relaxes inside" in report.verdict
    if scale == 1:
        assert exact.R_eff == pytest.approx(0.194468519094, abs=1e-12)
        assert gap == pytest.approx(0.988931373104 - 0.381091361895, abs=1e-12)
        assert report.residual == pytest.approx(0.607840011209 / 2 / 1.008729154215, abs=1e-11)
    if scale == 100:
        # dissipation at unit V_s in N: V_s = 1 - x (1 - w) along N, then down to zero in F, to lowest order
        up, down = (1 / (2 * B1["R_N"] + 2 * B1["R_F"] / (1 + s * B1["p"])) for s in (1, -1))
        w, w_e = 1 - (up + down) * B1["R_N"], (down - up) * B1["R_N"]  # V_s at the junction
        in_N = B1["L_N"] ** 2 / B1["R_N"] / (scale * B1["l_N"]) ** 2 * (1 + w + w * w - w_e**2) / 3
        in_F = (1 - B1["p"] ** 2) * B1["L_F"] ** 2 / B1["R_F"] / (scale * B1["l_F"]) ** 2 * (w * w - w_e**2) / 3
        assert gap == pytest.approx(in_N + in_F, rel=1e-3)


@given(up=sizes, down=sizes, extra=sizes, im=st.floats(-2, 2), m=directions())
@settings(deadline=None, max_examples=40)
def test_a_contact_is_recognised(up, down, extra, im, m):
    """Eq 28 back from eq 28, Im g_mix with its sign, at any axis; the element made of the report is the contact."""
    mix = complex((up + down) / 2 + extra, im)
    G = contact(conductance_up=up, conductance_down=down, mixing_conductance=mix, magnetization=m, area=1)
    report = as_contact(G, normal="normal", ferromagnet="ferromagnet")
    assert report.conductance_up == pytest.approx(up, rel=1e-12)
    assert report.conductance_down == pytest.approx(down, rel=1e-12)
    assert report.mixing_conductance == pytest.approx(mix, rel=1e-12)
    assert report.full_residual < 1e-14
    assert np.allclose(report.element().values, G.values, rtol=0, atol=1e-13 * np.abs(G.values).max())


def test_what_keeps_a_matrix_from_being_a_contact_is_named():
    """Magnets that are not collinear, memory loss in the interface, a spin-active interface."""
    face = contact(conductance_up=2, conductance_down=1, mixing_conductance=2, magnetization=[1, 0, 1], area=1)
    N = normal_wire(conductivity=1, length=1, area=1)
    free = {**B1, "l_F": math.inf, "l_N": math.inf}
    two = join(
        [
            (device(**free), {"F": "F", "N": "a"}),
            (face, {"normal": "a", "ferromagnet": "b"}),
            (N, {"1": "a", "2": "N"}),
        ],
        external=["F", "N"],
    )
    report = report_of(two)
    assert not report.single_contact
    assert report.misfit["cross terms"] > 1e-3
    assert report.misfit["anisotropy"] > 1e-3
    assert "not collinear" in report.verdict
    forgetful = contact(
        conductance_up=2, conductance_down=1, mixing_conductance=2, magnetization=Z, area=1, memory_loss=0.3
    )
    lossy = as_contact(forgetful, normal="normal", ferromagnet="ferromagnet")
    assert max(lossy.misfit, key=lossy.misfit.get) == "relaxation"
    active = contact(conductance_up=2, conductance_down=1, mixing_conductance=2 + 1j, magnetization=Z, area=1)
    report = report_of(device(**free, face=active))
    assert report.single_contact  # eq 28 has room for Im g_mix; it is eq 29 that has none
    assert report.mixing_conductance.imag > 0.01


def test_the_axis_is_found_where_no_terminal_tells():
    """Both terminals normal: charge drives spin along m, which is the axis with g_up > g_dn."""
    lead = normal_wire(conductivity=5, length=1, area=1)
    G = join([(device(**B1, m=[0, 3, -4]), {"F": "a", "N": "N"}), (lead, {"1": "a", "2": "F"})], external=["F", "N"])
    hidden = ConductanceMatrix(values=G.values, terminals=G.terminals)
    report = report_of(hidden)
    assert report.magnetization == pytest.approx((0, 0.6, -0.8))
    assert report_of(hidden, magnetization=[0, -3, 4]).conductance_up == pytest.approx(report.conductance_down)


wires = st.fixed_dictionaries(
    {"L_F": sizes, "L_N": sizes, "l_F": sizes, "l_N": sizes, "R_F": sizes, "R_N": sizes, "p": polarizations}
)


@given(parameters=wires, m=directions())
@settings(deadline=None, max_examples=60)
def test_an_inner_relaxing_node_makes_the_circuit_exact(parameters, m):
    """Fig 7: contacts and relaxing nodes have all of eq 19, not G_NN alone; all conductances are allowed ones."""
    found = relaxing_circuit(device(**parameters, m=m), normal="N", ferromagnet="F")
    assert 1 <= len(found.inner) <= 2
    assert found.error < 1e-10
    assert found.error_normal < 1e-10
    assert found.contact.residual > 1e3 * found.error
    assert "relaxation at" in str(found)
    identities = found.reduce().identities()
    assert identities["passivity"] > -1e-11


def test_fig7_for_the_numbers_of_appendix_d():
    """B1: a contact misses G_NN by 30 per cent, the circuit with one inner node by nothing."""
    found = relaxing_circuit(device(**B1), normal="N", ferromagnet="F")
    assert len(found.inner) == 1
    assert found.contact.residual == pytest.approx(0.3013, abs=1e-4)
    block = found.reduce()["N", "N"]
    assert block[0, 0] == pytest.approx(-0.381091361895, abs=1e-11)
    assert block[0, 3] == pytest.approx(-0.008352713957, abs=1e-11)
    assert block[1, 1] == pytest.approx(-1.008729154215, abs=1e-11)
    assert block[3, 3] == pytest.approx(-0.988931373104, abs=1e-11)


def test_one_contact_stays_one_contact():
    free = device(**{**B1, "l_F": math.inf, "l_N": math.inf})
    found = relaxing_circuit(free, normal="N", ferromagnet="F")
    assert found.inner == ()
    assert list(found.circuit.elements) == ["contact"]
    assert found.error < 1e-13


@pytest.mark.parametrize("p", [0.0, 1e-3])
def test_hardly_polarised_magnets(p):
    """C -> 0: charge and spin part; the inner node is put in the middle of what is left."""
    found = relaxing_circuit(device(**{**B1, "p": p}), normal="N", ferromagnet="F")
    assert found.error < 1e-10


@pytest.mark.parametrize("p", [0.0, 0.35])
def test_long_normal_parts(p):
    """Ten lambda of N: hardly any spin gets through, and F alone could not load a node in the middle."""
    long = {"L_F": 0.5, "L_N": 3.0, "l_F": 2.0, "l_N": 0.3046875, "R_F": 1.0, "R_N": 1.0, "p": p}
    assert relaxing_circuit(device(**long), normal="N", ferromagnet="F").error < 1e-10


def test_equal_halves_without_polarization():
    """The middle is the interface, where all transverse spin is absorbed: the node is put elsewhere."""
    even = {"L_F": 1.0, "L_N": 1.0, "l_F": 1.0, "l_N": 1.0, "R_F": 1.5, "R_N": 1.5, "p": 0.0}
    assert relaxing_circuit(device(**even, m=[0.9, 0.5, 0.1]), normal="N", ferromagnet="F").error < 1e-10


def test_spin_active_interface_with_relaxation():
    """Im g_mix survives the way through N."""
    face = contact(conductance_up=2, conductance_down=1, mixing_conductance=2 + 1j, magnetization=Z, area=1)
    found = relaxing_circuit(device(**B1, face=face), normal="N", ferromagnet="F")
    assert found.error < 1e-10


def test_half_metals_are_exact_at_the_normal_terminal():
    """No g_dn: no circuit of contacts is exact everywhere; G_NN still is, and the error elsewhere is said."""
    half = half_metal_wire(conductivity=1, magnetization=Z, length=1, area=1)
    N = normal_wire(conductivity=1, spin_diffusion_length=0.7, length=1, area=1)
    G = join([(half, {"1": "F", "2": "j"}), (N, {"1": "j", "2": "N"})], external=["F", "N"])
    found = relaxing_circuit(G, normal="N", ferromagnet="F")
    assert found.error_normal < 1e-9
    assert found.error > 1e-3


def test_what_is_not_collinear_gets_the_nearest_circuit_and_its_error():
    face = contact(conductance_up=2, conductance_down=1, mixing_conductance=2, magnetization=[1, 0, 0], area=1)
    G = join([(device(**B1), {"F": "F", "N": "N"}), (face, {"normal": "N", "ferromagnet": "b"})], external=["F", "N"])
    G = join(
        [(G, {"F": "F", "N": "a"}), (normal_wire(conductivity=1, length=1, area=1), {"1": "a", "2": "N"})],
        external=["F", "N"],
    )
    found = relaxing_circuit(G, normal="N", ferromagnet="F")
    assert 1e-3 < found.error_normal < 1


@pytest.mark.parametrize("name", ["fn_wire_1d", "fn_wire_2d", "fn_wire"])
def test_meshed_devices(name):
    """The same of finite elements in one, two and three dimensions: S^z = -G holds on every mesh, not in its limit."""
    ends = {"normal": "right", "ferromagnet": "left"}
    meshed = fespin.load(Path(__file__).parents[2] / "meshes" / f"{name}.toml")
    G = fespin.conductance(meshed)
    found = relaxing_circuit(G, **ends)
    assert found.contact.misfit["relaxation"] == pytest.approx(0.48, abs=0.01)
    assert len(found.inner) == 1
    assert found.error < 1e-9
    still = {
        key: replace(region, material=replace(region.material, spin_diffusion_length=math.inf))
        for key, region in meshed.regions.items()
    }
    assert as_contact(fespin.conductance(replace(meshed, regions=still)), **ends).full_residual < 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: as_contact(device(**B1), normal="N", ferromagnet="G"), "the two terminals of the matrix"),
        (lambda: as_contact(device(**B1), normal="N", ferromagnet="N"), "the two terminals of the matrix"),
        (lambda: report_of(ConductanceMatrix(values=1j * np.eye(8), terminals=["F", "N"])), "complex admittance"),
        (lambda: report_of(ConductanceMatrix(values=np.zeros((8, 8)), terminals=["F", "N"])), "different from zero"),
        (
            lambda: report_of(normal_wire(conductivity=1, length=1, area=1, terminals=("F", "N"))),
            "say which axis is meant",
        ),
        (
            lambda: relaxing_circuit(
                ConductanceMatrix(values=np.eye(8), terminals=["F", "N"]).as_network(),
                normal="N",
                ferromagnet="F",
                magnetization=Z,
            ),
            "is it passive",
        ),
    ],
)
def test_refusals(call, message):
    with pytest.raises(InputError, match=message):
        call()
