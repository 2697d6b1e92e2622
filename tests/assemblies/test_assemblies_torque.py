"""The torque picture of section 10 on solved devices: signs, balance, limits, the same from a line."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.constants import e, hbar

import fespin
from fespin.assemblies import ElectronGas, absorb, spin_torque_transport, torque_picture
from fespin.errors import InputError, SolverError

MESHES = Path(__file__).parents[2] / "meshes"
IRON = {"density_of_states": 1.5e47, "temperature": 300.0, "spin_lifetime": 2e-13, "damping": 5e32, "field": 500.0}
VOLUME = 1e-22


@pytest.fixture(scope="module")
def valve():
    """F/N/F with perpendicular magnets, electrons flowing from the free to the fixed one."""
    device = fespin.load(MESHES / "angular_valve_1d.toml")
    return fespin.solve(device, {"left": {"e": 1e-3}})


def test_spins_arrive_where_the_current_says(valve):
    """Electrons come from the free magnet: its moments (x) enter the fixed one, which turns towards x; the free one
    loses those that the fixed one (z) likes and turns away from z."""
    assert valve.currents["right"]["e"] > 0  # charge to the right, electrons to the left
    fixed = torque_picture(valve, ElectronGas(**IRON), magnet="fixed", volume=1e-18)
    free = torque_picture(valve, ElectronGas(**IRON), magnet="free", volume=1e-18)
    assert fixed.arrivals[0] > 0
    assert free.arrivals[2] < 0
    assert fixed.spin[0] > 0  # TIA leans towards x before the local moments do
    # a torque on angular momentum -hbar/2 m: moments turn by its opposite
    assert -fixed.torque[0] > 0


def test_applied_torque_is_that_of_the_solution(valve):
    """hbar/2e times the absorbed current; all of it reaches the moments when exchange beats relaxation."""
    gas = ElectronGas(**{**IRON, "spin_lifetime": 1e-9})
    for magnet in ("fixed", "free"):
        picture = torque_picture(valve, gas, magnet=magnet, volume=1e-15)
        assert picture.applied == pytest.approx(valve.torques[magnet], abs=1e-12 * np.abs(valve.torques[magnet]).max())
        assert picture.torque == pytest.approx(picture.applied, abs=1e-4 * np.linalg.norm(picture.applied))
        assert picture.efficiency == pytest.approx(1, abs=1e-4)


def test_volume_of_the_region_is_the_default(valve):
    """The tilt depends on it, the torque does not while it is small."""
    device = valve.problem.device
    own = torque_picture(valve, ElectronGas(**IRON), magnet="free", volume=device.volumes()["free"])
    other = torque_picture(valve, ElectronGas(**IRON), magnet="free", volume=2 * device.volumes()["free"])
    same = torque_picture(valve, ElectronGas(**IRON), magnet="free")
    assert same.tilt == own.tilt
    assert own.tilt / other.tilt == pytest.approx(2, rel=1e-6)
    assert own.torque == pytest.approx(other.torque, abs=1e-9 * np.linalg.norm(own.torque))


def linear(gas, current, m):
    """S transverse from (1/tau + 1/t_lambda) S - omega x S = Gamma, small tilts, A = B = 1."""
    G = -np.asarray(current) / e
    G = G - m * (m @ G)
    a, w = 1 / gas.spin_lifetime + 1 / gas.damping_time, gas.precession_rate
    return (a * G + w * np.cross(m, G)) / (a**2 + w**2)


@settings(max_examples=40, deadline=None)
@given(
    current=st.lists(st.floats(-1, 1), min_size=3, max_size=3).filter(lambda v: np.linalg.norm(v) > 0.1),
    m=st.lists(st.floats(-1, 1), min_size=3, max_size=3).filter(lambda v: np.linalg.norm(v) > 0.1),
    tau=st.floats(-14, -11),
    field=st.floats(0, 3),
)
def test_balance_and_closed_form(current, m, tau, field):
    """Applied = on the moments + to the lattice; the tilted TIA by complex arithmetic of the linear equation."""
    m = np.array(m) / np.linalg.norm(m)
    if np.linalg.norm(np.cross(m, current)) < 0.05:
        return
    gas = ElectronGas(**{**IRON, "spin_lifetime": 10.0**tau, "field": 10.0**field})
    picture = absorb(1e-9 * np.array(current), gas, magnetization=m, volume=VOLUME)
    assert picture.unaccounted < 1e-8
    across = picture.spin - m * (m @ picture.spin)
    expected = linear(gas, 1e-9 * np.array(current), m)
    assert across == pytest.approx(expected, abs=1e-5 * np.linalg.norm(expected))
    assert picture.applied == pytest.approx(
        hbar / (2 * e) * 1e-9 * (np.array(current) - m * (m @ np.array(current))), abs=1e-12 * 1e-9 * hbar / e
    )
    assert 0 < picture.efficiency <= 1 + 1e-9


def test_line_gives_the_same_torque():
    """Spins fed into one end of a magnet spread by diffusion: the exchange torque of the line is the lumped one."""
    gas = ElectronGas(**IRON)
    area, n, length = 1e-15, 80, 8e-9
    x = (np.arange(n) + 0.5) * length / n
    current, m = np.array([2e-6, 0, 0]), np.array([0, 0, 1.0])
    lumped = absorb(current, gas, magnetization=m, volume=area * length)
    injection = np.zeros((n, 3))
    injection[0] = -current / e / (area * length / n)
    law = gas.transport_law(diffusivity=1e-3, magnetization=m, injection=injection)
    start = np.tile(gas.tia_density * m, (n, 1))
    end = spin_torque_transport(law, x, start, gas.spin_density - gas.tia_density, duration=3e-12, tolerance=1e-8)
    S, cell = end.spin[-1], area * length / n
    precession = hbar / 2 * np.cross(law.precession, S).sum(axis=0) * cell
    lattice = -hbar / 2 * (S - np.outer(S @ m, m)).sum(axis=0) * cell / gas.spin_lifetime
    size = np.linalg.norm(lumped.applied)
    assert precession == pytest.approx(lumped.precession, abs=2e-3 * size)
    assert lattice == pytest.approx(lumped.lattice, abs=2e-3 * size)
    # the torque sits where the spins come in: it decays with the transverse length
    tilt = np.linalg.norm(np.cross(S, m), axis=1)
    a, w = 1 / gas.spin_lifetime + 1 / gas.damping_time, gas.precession_rate
    profile = np.abs(np.cosh(np.sqrt(complex(a, -w) / 1e-3) * (length - x)))
    assert tilt / tilt[20] == pytest.approx(profile / profile[20], rel=5e-3)


def test_paper_flavour_loses_spin():
    """With B = 2 part of the longitudinal spin goes; the transverse balance closes for small tilts, fails for large."""
    gas = ElectronGas(**IRON, flavour="paper")
    small = absorb([1e-9, 0, 0], gas, magnetization=[0, 0, 1], volume=VOLUME)
    assert small.unaccounted < 1e-5
    current = 0.2 * gas.tia_density * VOLUME * gas.precession_rate * e
    large = absorb([current, 0, 0], gas, magnetization=[0, 0, 1], volume=VOLUME)
    right = absorb([current, 0, 0], gas, magnetization=[0, 0, 1], volume=VOLUME, torque=1.0, tis=1.0)
    assert right.unaccounted < 1e-8
    assert large.unaccounted > 1e-3
    assert large.tilt > 0.1


def test_no_current_no_torque():
    """A current along m is left out."""
    picture = absorb([0, 0, 1e-3], ElectronGas(**IRON), magnetization=[0, 0, 1], volume=VOLUME)
    assert picture.tilt == 0
    assert not picture.torque.any()
    assert math.isnan(picture.efficiency)
    assert picture.unaccounted == 0


def test_what_cannot_be(valve):
    """Too many spins, no such magnet, no exchange field, something else than a solution."""
    gas = ElectronGas(**IRON)
    with pytest.raises(SolverError, match="no steady state"):
        absorb([1e3, 0, 0], gas, magnetization=[0, 0, 1], volume=VOLUME)
    with pytest.raises(InputError, match="did you mean 'free'"):
        torque_picture(valve, gas, magnet="fre")
    with pytest.raises(InputError, match="known: fixed, free"):
        torque_picture(valve, gas)
    with pytest.raises(InputError, match="the exchange field of the magnet"):
        torque_picture(valve, ElectronGas(density_of_states=1e47, temperature=300, spin_lifetime=1e-12), magnet="free")
    with pytest.raises(InputError, match=r"solution must be a fespin\.Solution"):
        torque_picture("valve", gas)
    with pytest.raises(InputError, match="gas must be an ElectronGas"):
        absorb([1, 0, 0], "iron", magnetization=[0, 0, 1], volume=1.0)
    with pytest.raises(InputError, match="three finite numbers in A"):
        absorb([1, 0], gas, magnetization=[0, 0, 1], volume=1.0)
