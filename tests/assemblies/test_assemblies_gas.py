"""Polarization, Pauli magnetization, materials: balances, identities, thermodynamics, the same from a line."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.constants import e, k, physical_constants

import fespin
from fespin.assemblies import (
    ElectronGas,
    consistent_lifetime,
    equilibrium_polarization,
    magnetization,
    pauli_magnetization,
    polarization,
    spin_density,
    spin_diffusion_length,
    spin_torque_transport,
)

MESHES = Path(__file__).parents[2] / "meshes"
MU_B = physical_constants["Bohr magneton"][0]
IRON = {"density_of_states": 1.5e47, "temperature": 300.0, "spin_lifetime": 2e-13, "damping": 5e32, "field": 500.0}
rates = st.floats(1e-2, 1e2)


@given(rate=rates, tau=rates)
def test_polarization_is_the_balance(rate, tau):
    """Eq 58: what is converted relaxes, (1 - x) rate = x/tau; eq 24 with tau_spin in the numerator."""
    x = polarization(conversion_rate=rate, spin_lifetime=tau)
    assert (1 - x) * rate == pytest.approx(x / tau, rel=1e-10)
    assert x == pytest.approx(tau / (tau + 1 / rate), rel=1e-12)
    assert polarization(conversion_rate=rate, spin_lifetime=math.inf) == 1


@pytest.mark.parametrize("flavour", ["conserving", "paper"])
@pytest.mark.parametrize("scattering_time", [0.0, 1e-13])
def test_magnetization_is_eq_53(flavour, scattering_time):
    """(g muB)^2/4 k tau lambda n_TIS B, an identity with (g muB/2) n_TIA; saturation, eq 54."""
    gas = ElectronGas(**IRON, flavour=flavour, scattering_time=scattering_time)
    k_r = gas.conversion_rate * gas.damping_time
    n_tis = gas.spin_density - gas.tia_density
    eq53 = (gas.g * MU_B) ** 2 / 4 * k_r * gas.spin_lifetime * gas.damping * n_tis * gas.field
    assert gas.magnetization == pytest.approx(eq53, rel=1e-12)
    saturated = ElectronGas(**{**IRON, "spin_lifetime": 1.0}, flavour=flavour)
    assert saturated.magnetization == pytest.approx(magnetization(saturated.spin_density), rel=1e-10)
    if scattering_time:
        assert k_r < 2 / 3 * (2 if flavour == "paper" else 1)


def test_pauli():
    """(g muB/2)^2 D B at small fields for any temperature; 14 % more with the paper's n_spin."""
    for T in (77, 300):
        M = pauli_magnetization(field=0.1, density_of_states=1.5e47, temperature=T)
        assert pytest.approx(MU_B**2 * 1.5e47 * 0.1, rel=1e-6) == M
        isotropic = pauli_magnetization(field=1e-6, density_of_states=1.5e47, temperature=T, rule="isotropic")
        assert isotropic == pytest.approx(MU_B**2 * 1.5e47 * 1e-6, rel=1e-6)
        paper = pauli_magnetization(field=1e-6, density_of_states=1.5e47, temperature=T, rule="paper")
        assert paper / isotropic == pytest.approx(1.142294704374, rel=1e-6)


@pytest.mark.parametrize("temperature", [10.0, 300.0])
def test_consistent_lifetime(temperature):
    """k tau lambda = 1/kT gives tanh(g muB B/2kT) at small fields, and so Pauli's magnetization."""
    tau = consistent_lifetime(damping=1e33, temperature=temperature)
    gas = ElectronGas(density_of_states=1e47, temperature=temperature, spin_lifetime=tau, damping=1e33, field=1e-3)
    assert gas.polarization == pytest.approx(MU_B * 1e-3 / (k * temperature), rel=1e-3)
    assert gas.polarization == pytest.approx(equilibrium_polarization(field=1e-3, temperature=temperature), rel=1e-3)
    assert gas.magnetization == pytest.approx(MU_B**2 * 1e47 * 1e-3, rel=1e-3)


def test_fixed_damping_is_not_pauli_like():
    """With lambda and tau_spin constant eq 53 makes the susceptibility proportional to the temperature."""
    hot, cold = (ElectronGas(density_of_states=1e47, temperature=T, spin_lifetime=1e-14, damping=1e32, field=1e-3)
                 for T in (300, 150))  # fmt: skip
    assert hot.magnetization / cold.magnetization == pytest.approx(2, rel=1e-9)


def test_flavours_go_together():
    """Statistics and convention of a gas follow its flavour."""
    ours, paper = ElectronGas(**IRON), ElectronGas(**IRON, flavour="paper")
    assert paper.conversion_rate == pytest.approx(2 * ours.conversion_rate)
    for gas, rule in ((ours, "complete"), (paper, "paper")):
        n = spin_density(gas.polarization, density_of_states=1.5e47, temperature=300, rule=rule)
        assert gas.spin_density == pytest.approx(n)
    assert paper.transport_law(diffusivity=1e-3, magnetization=(0, 0, 1)).tis == 2


def test_materials_for_devices():
    """Polarization by eq 58, sqrt(D tau (1 - x)), Einstein's D; a normal metal without a field."""
    gas = ElectronGas(**IRON)
    iron = gas.ferromagnet(1e7)
    assert isinstance(iron, fespin.Ferromagnet)
    assert iron.polarization == gas.polarization
    D = 1e7 / (e**2 * 1.5e47)
    assert iron.diffusivity == pytest.approx(D)
    assert iron.spin_diffusion_length == pytest.approx(math.sqrt(D * 2e-13 * (1 - gas.polarization)))
    copper = ElectronGas(density_of_states=1e47, temperature=300, spin_lifetime=1e-11).normal_metal(5e7)
    assert isinstance(copper, fespin.NormalMetal)
    assert copper.spin_diffusion_length == pytest.approx(math.sqrt(copper.diffusivity * 1e-11))
    endless = ElectronGas(density_of_states=1e47, temperature=300, spin_lifetime=math.inf)
    assert endless.normal_metal(5e7).spin_diffusion_length == math.inf
    assert endless.polarization == 0


def test_device_of_such_a_material():
    """The material enters a device and a solve."""
    device = fespin.load(MESHES / "angular_valve_1d.toml")
    gas = ElectronGas(**IRON)
    changed = device.with_region("free", material=gas.ferromagnet(5e6), magnetization=(1, 0, 0))
    G = fespin.conductance(changed)
    assert G.identities()["asymmetry"] < 1e-10


@pytest.mark.parametrize("rate", [0.0, 3.0])
def test_diffusion_length_is_that_of_a_line(rate):
    """A deviation of n_TIA from its equilibrium decays along a line as the closed form says."""
    D, tau, L = 1.0, 1.0, 4.0
    lam = spin_diffusion_length(diffusivity=D, spin_lifetime=tau, conversion_rate=rate)
    assert lam == pytest.approx(math.sqrt(D * tau * (1 - polarization(conversion_rate=rate, spin_lifetime=tau))))
    from fespin.assemblies import TransportLaw

    n = 200
    x = np.arange(n + 1) * L / (n + 0.5)
    equal = 2.0 * rate * tau / (1 + rate * tau)  # n_TIA of two spins in all
    start = np.zeros((n + 1, 3))
    start[:, 2] = equal
    start[0, 2] = equal + 0.1
    tis = np.full(n + 1, 2.0 - equal)
    tis[0] -= 0.1  # the same number everywhere: only its share in TIA differs
    law = TransportLaw(diffusivity=D, spin_lifetime=tau, conversion_rate=rate, magnetization=(0, 0, 1),
                       boundary=("held", "closed"))  # fmt: skip
    end = spin_torque_transport(law, x, start, tis, duration=15.0, tolerance=1e-9).spin[-1, :, 2]
    assert end == pytest.approx(equal + 0.1 * np.cosh((L - x) / lam) / np.cosh(L / lam), abs=3e-6)
