"""Admittance matrices: closed forms, the static limit, Onsager, passivity, files."""

import json

import numpy as np
import pytest
from grids import KINDS, layered, stack
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import small_devices

import fespin
from fespin import ConductanceMatrix, DeviceError, Ferromagnet, HalfMetal, InputError, NormalMetal

pytestmark = pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
METAL = NormalMetal(conductivity=2.0, spin_diffusion_length=1.3, diffusivity=0.4)
COBALT = Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5, diffusivity=0.2)


def length(frequency, lam, D):
    """Complex spin diffusion length lambda/sqrt(1 + i omega tau)."""
    return 1 / np.sqrt(1 / lam**2 + 2j * np.pi * frequency / D)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frequency", [0.01, 0.3])
def test_normal_wire(kind, frequency):
    """coth and csch of the complex length; charge stays what it is."""
    Y = fespin.conductance(layered(kind, [(1.0, 16)], [METAL], across=1), order=2, frequency=frequency)
    ell = length(frequency, 1.3, 0.4)
    assert np.iscomplexobj(Y.values)
    assert Y["left", "e", "right", "e"] == pytest.approx(2.0, rel=1e-12)
    for a in "xyz":
        assert Y["left", a, "right", a] == pytest.approx(2.0 / ell / np.sinh(1 / ell), rel=1e-5)
        assert Y["left", a, "left", a] == pytest.approx(-2.0 / ell / np.tanh(1 / ell), rel=1e-5)


def test_ferromagnetic_wire():
    """p^2 g + s coth(L/l) with s = sigma (1 - p^2)/l: relaxation and storage of u share the factor 1 - p^2."""
    Y = fespin.conductance(stack([("w", 1.0, 40, (COBALT, (0, 0, 1)))]), order=2, frequency=0.2)
    ell, g, p = length(0.2, 0.5, 0.2), 0.5, 0.6
    expected = -(p**2 * g + 0.5 * (1 - p**2) / ell / np.tanh(1 / ell))
    assert Y["left", "z", "left", "z"] == pytest.approx(expected, rel=1e-6)
    assert Y["left", "e", "right", "z"] == pytest.approx(p * g, rel=1e-9)


def test_storage_without_relaxation():
    """lambda = inf: a closed end stores spin, Y -> -i omega C at low frequency with C = e^2 N times the volume."""
    free = NormalMetal(conductivity=2.0, diffusivity=0.4)
    device = stack([("w", 1.0, 40, free)]).replace(terminals={"left": "left"})
    Y = fespin.conductance(device, order=2, frequency=1e-4)
    assert Y["left", "x", "left", "x"] == pytest.approx(-2j * np.pi * 1e-4 * 2.0 / 0.4, rel=2e-3)


@settings(max_examples=25, deadline=None)
@given(device=small_devices(), frequency=st.sampled_from([1e-9, 0.02, 0.5]))
def test_symmetric_passive_and_static_in_the_limit(device, frequency):
    """Without breaking terms Y = Y^T at every frequency; omega -> 0 gives G with a difference of order omega."""
    from dataclasses import replace

    regions = {n: replace(r, material=replace(r.material, diffusivity=0.8)) for n, r in device.regions.items()}
    device = device.replace(regions=regions)
    Y, G = fespin.conductance(device, frequency=frequency), fespin.conductance(device)
    scale = np.abs(Y.values).max()
    assert np.abs(Y.values - Y.values.T).max() < 1e-10 * scale
    assert Y.identities()["passivity"] > -1e-12
    if frequency == 1e-9:
        assert np.abs(Y.values - G.values).max() < 1e-6 * scale


def test_difference_from_the_static_matrix_is_of_first_order():
    device = stack([("f", 0.5, 10, (COBALT, (0.6, 0, 0.8))), ("n", 1.0, 20, METAL)])
    G = fespin.conductance(device).values
    change = [np.abs(fespin.conductance(device, frequency=f).values - G).max() for f in (2e-4, 1e-4)]
    assert change[0] / change[1] == pytest.approx(2, rel=1e-3)


def test_iteration_agrees_with_factors():
    device = layered("triangle", [(0.5, 12), (1.0, 24)], [(COBALT, (0.6, 0, 0.8)), METAL], across=12)
    direct, iterated = (fespin.conductance(device, frequency=0.3, backend=b).values for b in ("direct", "multigrid"))
    assert np.abs(direct - iterated).max() < 1e-9 * np.abs(direct).max()


def test_half_metal_stores_nothing():
    device = stack([("h", 0.5, 4, (HalfMetal(conductivity=1.0), (0, 0, 1))), ("n", 1.0, 20, METAL)])
    assert np.isfinite(fespin.conductance(device, frequency=0.1).values).all()


def test_frequency_needs_diffusivity():
    with pytest.raises(DeviceError, match="region 'w': a frequency needs the diffusivity"):
        fespin.conductance(stack([("w", 1.0, 2, NormalMetal(conductivity=1.0))]), frequency=1.0)


@pytest.mark.parametrize("frequency", [-1.0, float("nan"), float("inf"), "1 GHz", True, 1j])
def test_bad_frequency(frequency):
    with pytest.raises(InputError, match="frequency must be a finite number in Hz"):
        fespin.conductance(stack([("w", 1.0, 2, METAL)]), frequency=frequency)


def test_files_keep_complex_entries(tmp_path):
    """JSON holds [re, im] pairs; what is read back is equal."""
    Y = fespin.conductance(stack([("w", 1.0, 4, METAL)]), frequency=0.1)
    entry = json.loads(Y.to_json())["conductance"][1][1]
    assert entry == [Y.values[1, 1].real, Y.values[1, 1].imag]
    for suffix in ("json", "csv", "npz"):
        assert ConductanceMatrix.load(Y.save(tmp_path / f"y.{suffix}")) == Y
    assert Y.info["frequency"] == pytest.approx(0.1)
