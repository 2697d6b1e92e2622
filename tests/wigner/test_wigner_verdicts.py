"""What the paper claims of its Wigner chains, decided by numbers; the table is in the docstring of fespin.wigner."""

import math

import numpy as np
import pytest
from scipy.constants import e

from fespin.wigner import (
    Ladder,
    Units,
    bounds,
    estimated_energy,
    exact_table,
    full_polarization_splitting,
    polarization,
    staircase,
    sweep_mu,
    width,
)

DISTANCES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)


@pytest.mark.parametrize("boundary", ["open", "ring", "images"])
def test_no_spontaneous_polarization(boundary):
    """delta_eta = 0: every stable phase has |N_up - N_dn| <= 1, the parity of N, for L = 8 ... 11 and all distances."""
    for L in range(8, 12):
        for d in DISTANCES:
            sweep = sweep_mu(exact_table(Ladder(length=L, distance=d, boundary=boundary)))
            assert np.abs(sweep.up - sweep.down).max() <= 1
            odd = (sweep.up + sweep.down) % 2
            assert np.array_equal(np.abs(sweep.up - sweep.down), odd)
            particles = np.maximum(sweep.up + sweep.down, 1)
            assert sweep.polarization == pytest.approx(odd / particles)


@pytest.mark.parametrize("boundary", ["open", "ring", "images"])
def test_no_spontaneous_polarization_at_the_paper_s_size(boundary):
    """The same at L = 12."""
    for d in (0.05, 0.3, 1, 2, 10):
        sweep = sweep_mu(exact_table(Ladder(length=12, distance=d, boundary=boundary)))
        assert np.abs(sweep.up - sweep.down).max() <= 1


def test_no_spontaneous_polarization_of_long_ladders():
    """2 x 24 and 2 x 48 at d = 1, 2: in the best states found; m falls as 1/N."""
    for L in (24, 48):
        for d in (1.0, 2.0):
            for mu in (0.3, 1.1, 2.2):
                found = bounds(Ladder(length=L, distance=d), mu=mu, reach=6)
                assert abs(found.up - found.down) <= 1


def test_giant_response():
    """2 x 48 at mu = 0.2: nothing is polarised at delta_eta = 0, everything at 0.01."""
    none, some = (bounds(Ladder(length=48), mu=0.2, delta_eta=x) for x in (0.0, 0.01))
    assert (some.up, some.down) == (11, 0)
    assert abs(none.up - none.down) <= 1
    assert none.up + none.down in (11, 12)


def test_splitting_that_polarises_a_crystal():
    """Closed form, reference values, and the sum it stands for."""
    values = (0.1097784585, 0.0242085244, 0.0079877457, 0.0033381582)
    assert [full_polarization_splitting(spacing) for spacing in (2, 3, 4, 5)] == pytest.approx(values, abs=6e-11)
    j = np.arange(1, 200001.0)
    for spacing in (1, 2, 5, 40, 400, 1000):
        for d in (0.1, 1.0, 3.0):
            k = j * spacing
            terms = d**2 / (k**2 * (k**2 + d**2))  # U(k) - U(sqrt(k^2 + d^2)) without cancellation
            found = full_polarization_splitting(spacing, d)
            assert found == pytest.approx(2 * terms.sum(), rel=1e-9)


def test_polarization_of_crystals_at_that_splitting():
    """Ring of images, 2 x 12, c = 1/2 in all: below the splitting (3, 3), above it (6, 0); exact."""
    table = exact_table(Ladder(length=12, boundary="images"))
    # E(6,0) - 3 delta = E(Nu, Nd) - (Nu - Nd) delta/2: the last of the Ising chain's steps
    steps = [(table.energy[6, 0] - table.energy[5, 1]) * 1.0, (table.energy[6, 0] - table.energy[4, 2]) / 2,
             (table.energy[6, 0] - table.energy[3, 3]) / 3]  # fmt: skip
    assert max(steps) == pytest.approx(full_polarization_splitting(2), rel=0.001)  # the images of 12 sites
    assert steps[0] == max(steps)


def test_polarization_comes_and_goes_with_mu():
    """Figs 5, 8 at delta_eta = 0.1: windows of m = 0, with m > 0 between them, for both boundaries."""
    expected = {
        "open": [(6, 6, 1.9811, 2.4843), (7, 7, 2.5965, 3.8164)],
        "ring": [(4, 4, 1.3221, 1.6375), (6, 6, 1.9797, 3.7969), (8, 8, 4.1391, 4.4545)],
    }
    for boundary, windows in expected.items():
        sweep = sweep_mu(exact_table(Ladder(length=12, boundary=boundary)), 0.1)
        ends = list(zip(sweep.up, sweep.down, np.r_[-np.inf, sweep.edges], np.r_[sweep.edges, np.inf], strict=True))
        found = [row for row in ends if row[0] == row[1] and 0 < row[0] < 12]
        assert [row[:2] for row in found] == [row[:2] for row in windows]
        for row, window in zip(found, windows, strict=True):
            assert row[2:] == pytest.approx(window[2:], abs=6e-5)
    sweep = sweep_mu(exact_table(Ladder(length=12, boundary="ring")), 0.1)
    m = sweep.polarization[sweep.at([1.25, 1.5, 1.7, 3.0, 4.0, 4.3])]
    assert m == pytest.approx([3 / 7, 0, 1 / 3, 0, 1 / 5, 0], abs=1e-12)


@pytest.mark.parametrize("boundary", ["open", "ring", "images"])
def test_polarization_is_no_function_of_the_voltage_alone(boundary):
    """At delta_eta = 0.1 m takes many values as mu grows, at any distance; from d = 0.3 on it falls and rises again."""
    for d in DISTANCES:
        sweep = sweep_mu(exact_table(Ladder(length=10, distance=d, boundary=boundary)), 0.1)
        m = sweep.polarization[1:-1]
        assert len(np.unique(m.round(9))) > 5
        if d >= 0.3:
            falls, rises = np.flatnonzero(np.diff(m) < -1e-9), np.flatnonzero(np.diff(m) > 1e-9)
            assert rises.max() > falls.min()


def test_staircase_of_the_polarization():
    """Fig 4: m is a rational function of two staircases; at mu = zeta(2) m = 0 while eV < 2 ln 2."""
    stairs = staircase(200)
    ph = math.pi**2 / 6
    low, high = polarization(ph, [1.5, 2.0, 3.0], stairs=stairs)
    assert low == pytest.approx([1 / 7, 1 / 3, 2 / 3], abs=1e-14)
    assert high == pytest.approx(low, abs=1e-14)
    low, high = polarization(0.9, [0.2, 0.5, 1.0], stairs=stairs)
    assert low == pytest.approx([1 / 7, 1 / 5, 5 / 17], abs=1e-10)
    assert pytest.approx(0.2941176471, abs=6e-11) == 5 / 17
    edge = 2 * math.log(2)
    assert polarization(ph, edge - 1e-9, stairs=stairs)[1] == 0
    assert polarization(ph, edge + 1e-3, stairs=stairs)[0] > 0


def test_fixed_mu_does_not_keep_the_valve_neutral():
    """Eq 14 with one mu: the two fillings add up to a constant at half filling only (particle-hole symmetry)."""
    stairs = staircase(200)
    V = np.linspace(0, 3, 31)

    def total(mu):
        ends = (stairs.filling_at(mu + sign * V / 2) for sign in (1, -1))
        return sum((low + high) / 2 for low, high in ends)

    assert total(math.pi**2 / 6) == pytest.approx(1.0, abs=3e-3)
    assert np.ptp(total(0.85)) > 0.1


def test_eq_11_is_the_width_in_pressure():
    """With the printed p the steps of all p/q leave half of the range of mu empty; 2 ln 2, not ln 2, at 1/2."""
    stairs = staircase(100)
    inner = slice(1, -1)
    printed = (stairs.pressure_high - stairs.pressure_low)[inner].sum()
    true = (stairs.mu_high - stairs.mu_low)[inner].sum()
    assert true == pytest.approx(2 * printed, rel=1e-12)  # p/q averages to 1/2
    assert width(1, 2) == pytest.approx(2 * width(1, 2, variable="pressure"), rel=1e-15)


def test_hundred_kelvin_need_a_dielectric():
    """T = 1e-2 E0/k_B is 100 K for eps = 3.3 to 5.6; without the 4 pi it would be 4200 to 7000 K."""
    needed = [Units(lattice_constant=a * 1e-10).kelvin / 1e2 / 100 for a in (5, 4, 3)]
    assert needed == pytest.approx([3.342, 4.178, 5.570], abs=2e-3)
    wrong = [4 * math.pi * Units(lattice_constant=a * 1e-10).kelvin / 100 for a in (5, 3)]
    assert wrong == pytest.approx([4200, 7000], rel=0.01)


def test_stored_energy_of_the_conclusion():
    """1 um^3 at 10 mV: 1e8 eV, 4.45e-13 A h (not 1e-16); 1 cm^3 at 1 V: 1e24 eV, 44.5 W h (not 1e26, 4.45 kW h)."""
    micron = estimated_energy(volume=1e-18, voltage=0.01, fermi_energy=e, fermi_wavelength=1e-10)
    assert micron / e == pytest.approx(1e8)
    assert micron / 0.01 / 3600 == pytest.approx(4.45e-13, rel=1e-3)
    assert micron * 0.01 / 3600 == pytest.approx(4.45e-17, rel=1e-3)  # times V instead of over V: the paper's order
    cube = estimated_energy(volume=1e-6, voltage=1.0, fermi_energy=e, fermi_wavelength=1e-10)
    assert cube / e == pytest.approx(1e24)
    assert cube / 3600 == pytest.approx(44.5, rel=1e-3)
    assert estimated_energy(volume=1e-4, voltage=1.0, fermi_energy=e, fermi_wavelength=1e-10) / e == pytest.approx(1e26)


def test_interaction_across_is_not_convex():
    """Eq 16 with the distance: 1/(k^2 + d^2) is concave for k < d/sqrt 3, where Hubbard's theorem ends."""
    k, d = np.linspace(0, 6, 601), 3.0
    second = np.diff(1 / (k**2 + d**2), 2)
    turn = k[1:-1][np.flatnonzero(np.diff(np.sign(second)))[0]]
    assert turn == pytest.approx(d / math.sqrt(3), abs=0.02)
    across = Ladder(length=12, distance=d).pair_energies(1)
    assert np.diff(across, 2)[0] < 0
