"""Onsager's relation G^ab_tt'(m, B) = eps_a eps_b G^ba_t't(-m, -B), on any device, and what it does not leave alone."""

import numpy as np
import pytest
from grids import stack
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import OMEGA_PER_TESLA, breaking_devices, small_devices

import fespin
from fespin import Ferromagnet, Interface, NormalMetal
from fespin.transport.response import assemble_conductance
from fespin.transport.solve import conductance_matrix, conductance_responses, prepare

pytestmark = pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
EPS = np.array([1.0, -1.0, -1.0, -1.0])


def reactions(device, *, frequency=0.0, backend="auto"):
    """G from terminal currents, in which nothing makes two entries equal, and G itself."""
    problem = prepare(device, warn=False, frequency=frequency)
    responses = conductance_responses(problem, backend=backend, tolerance=1e-12)
    return assemble_conductance(problem, responses, "reactions"), conductance_matrix(problem, responses)


def turned(G):
    """eps_a eps_b G^ba_t't of the reversed device."""
    eps = np.tile(EPS, len(G) // 4)
    return eps[:, None] * eps * G.T


@settings(max_examples=60, deadline=None)
@given(device=breaking_devices(), frequency=st.sampled_from([0.0, 0.0, 0.2]))
def test_onsager_for_any_combination_of_terms(device, frequency):
    """Residual below 1e-9; charge, gauge and passivity hold, at any frequency (in units of D/length^2)."""
    if frequency:
        device = device.replace(regions={n: _with_diffusivity(r) for n, r in device.regions.items()})
    there, G = reactions(device, frequency=frequency)
    back, _ = reactions(device.reversed(), frequency=frequency)
    scale = np.abs(there).max()
    assert np.abs(there - turned(back)).max() < 1e-9 * scale
    assert np.abs(there - G.values).max() < 1e-9 * scale
    found = G.identities()
    assert max(found["charge_conservation"], found["gauge_invariance"]) < 1e-12
    assert found["passivity"] > -1e-12


def _with_diffusivity(region):
    from dataclasses import replace

    return replace(region, material=replace(region.material, diffusivity=region.material.diffusivity or 1.3))


@settings(max_examples=25, deadline=None)
@given(device=small_devices(), extra=st.floats(0.0, 3.0))
def test_plain_symmetry_without_breaking_terms(device, extra):
    """Real interfaces, strong magnets: the matrix is symmetric to 1e-10 and the reversed device is not needed."""
    faces = {n: Interface(between=("N", n), conductance_up=1.0, conductance_down=0.4, mixing_conductance=0.7 + extra)
             for n in ("B", "C") if device.regions[n].magnetization is not None}  # fmt: skip
    there, G = reactions(device.replace(interfaces=faces))
    assert np.abs(there - there.T).max() < 1e-10 * np.abs(there).max()
    assert G.info["solver"]["symmetric"]


@settings(max_examples=20, deadline=None)
@given(device=breaking_devices())
def test_iteration_agrees_with_factors(device):
    """GMRES on the hierarchy of the symmetric part against sparse LU."""
    direct, _ = reactions(device, backend="direct")
    iterated, _ = reactions(device, backend="multigrid")
    assert np.abs(direct - iterated).max() < 1e-9 * np.abs(direct).max()


METAL = NormalMetal(conductivity=2.0, spin_diffusion_length=1.3, diffusivity=0.4)
COBALT = Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5)


@pytest.mark.parametrize(
    "changes",
    [
        {"magnetic_field": (0.0, 1 / OMEGA_PER_TESLA, 0.0)},
        {"mixing": 1.0 + 2.0j},
        {"weak": 0.4},
    ],
    ids=["field", "mixing", "weak"],
)
def test_plain_asymmetry_is_large_where_a_term_breaks_it(changes):
    """Each term alone makes G differ from its transpose by more than a per cent."""
    mixing, weak = changes.pop("mixing", None), changes.pop("weak", None)
    magnet = COBALT if weak is None else Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5,
                                                     transverse_length=1.0, precession_length=weak)  # fmt: skip
    faces = {} if mixing is None else {"i": Interface(between=("F", "N"), conductance_up=1.0, conductance_down=0.5,
                                                      mixing_conductance=mixing)}  # fmt: skip
    layers = [("N", 1.0, 20, METAL), ("F", 1.0, 20, (magnet, (0.6, 0, 0.8))), ("M", 1.0, 20, METAL)]
    G = fespin.conductance(stack(layers, interfaces=faces, **changes))
    assert G.identities()["asymmetry"] > 1e-2
    assert not G.info["solver"]["symmetric"]


def test_reversal_is_an_involution():
    device = stack([("N", 1.0, 4, METAL), ("F", 1.0, 4, (COBALT, (0.6, 0, 0.8)))], magnetic_field=(1.0, -2.0, 0.5))
    back = device.reversed()
    assert back.regions["F"].magnetization == (-0.6, 0.0, -0.8)
    assert back.magnetic_field == (-1.0, 2.0, -0.5)
    assert back.reversed() == device
