"""Bounds of large ladders: never violated, reference values, each ingredient on its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_wigner_ladder import every_state

from fespin.wigner import Ladder, bounds, exact_table, step, thermal_bound, thermal_means
from fespin.wigner.polish import polish, value
from fespin.wigner.split import split
from fespin.wigner.transfer import Transfer


def exact_minimum(table, mu, delta_eta):
    N = np.arange(table.ladder.length + 1)
    return (table.energy - mu * (N[:, None] + N) - delta_eta * (N[:, None] - N) / 2).min()


@st.composite
def cases(draw):
    """One to three short chains over distance, boundary and power."""
    chains = draw(st.integers(1, 3))
    boundary = draw(st.sampled_from(["open", "ring", "images"]))
    alpha = 2.0 if boundary == "images" else draw(st.floats(0.5, 4.0))
    length, distance = draw(st.integers(3, 12 // chains)), draw(st.floats(0.2, 4.0))
    ladder = Ladder(length=length, chains=chains, distance=distance, boundary=boundary, potential=alpha)
    return ladder, draw(st.floats(-0.5, 5.0)), draw(st.floats(-2.0, 2.0)), draw(st.integers(1, 3))


@settings(max_examples=60, deadline=None)
@given(case=cases())
def test_bounds_hold_the_exact_minimum(case):
    """lower <= exact <= upper by all states, whatever the boundary, distance, power and reach; upper is a state's."""
    ladder, mu, delta_eta, reach = case
    energies, particles = every_state(ladder)
    exact = (energies - particles @ ladder.potentials(mu, delta_eta)).min()
    found = bounds(ladder, mu=mu, delta_eta=delta_eta, reach=reach, iterations=4, kicks=10)
    slack = 1e-8 if ladder.boundary == "images" else 1e-12  # of the images summed one by one
    assert found.lower <= exact + slack
    assert found.upper >= exact - slack
    own = ladder.energy(found.occupations) - found.occupations.sum(axis=1) @ ladder.potentials(mu, delta_eta)
    assert found.upper == pytest.approx(own, abs=1e-10)


@pytest.mark.parametrize("boundary", ["open", "ring", "images"])
def test_bounds_find_the_exact_state(boundary):
    """2 x 10, 24 points each at d = 0.3, 1, 3: the best state is the exact one, the gap below 0.04 (0.25 if closed)."""
    for d in (0.3, 1.0, 3.0):
        table = exact_table(Ladder(length=10, distance=d, boundary=boundary))
        reach = 6 if boundary == "open" else 3
        for mu in np.linspace(-0.2, 4, 6 if boundary == "open" else 3):
            for delta_eta in (0.0, 0.05, 0.3, 1.0):
                exact = exact_minimum(table, mu, delta_eta)
                found = bounds(table.ladder, mu=mu, delta_eta=delta_eta, reach=reach)
                assert found.upper == pytest.approx(exact, abs=1e-9)
                assert found.lower <= exact
                assert found.gap < (0.04 if boundary == "open" else 0.6)


@pytest.mark.parametrize(
    ("L", "mu", "delta_eta", "upper", "state", "lower"),
    [
        (24, 1.5, 0.1, -16.119230118, (9, 8), -16.124788),
        (24, 2.6, 0.0, -39.553428790, (13, 13), -39.564083),
        (24, 0.5, 0.1, -3.567434, (9, 0), -3.570213),
        (100, 1.5, 0.1, -60.753001, (38, 25), -60.759880),
    ],
)
def test_reference_of_long_ladders(L, mu, delta_eta, upper, state, lower):
    """Best known states; lower bounds as tight as the reference's to a tenth of its gap."""
    found = bounds(Ladder(length=L), mu=mu, delta_eta=delta_eta)
    assert found.upper <= upper + 1e-6
    assert (found.up, found.down) == state
    assert found.lower == pytest.approx(lower, abs=0.1 * (upper - lower))
    assert found.lower <= upper


def test_short_exact_ladders_agree():
    """2 x 12 and 2 x 14 as in the exact table."""
    for L in (12, 14):
        table = exact_table(Ladder(length=L))
        for mu, delta_eta in ((0.2, 0.1), (1.0, 0.1), (2.0, 0.0), (3.0, 0.7)):
            found = bounds(table.ladder, mu=mu, delta_eta=delta_eta, reach=7)
            assert found.upper == pytest.approx(exact_minimum(table, mu, delta_eta), abs=1e-9)
            assert found.gap < 0.034 * 1.5


@settings(max_examples=30, deadline=None)
@given(d=st.floats(0.05, 5.0), alpha=st.floats(0.3, 5.0), reach=st.integers(1, 6), chains=st.integers(1, 3),
       boundary=st.sampled_from(["open", "ring", "images"]))  # fmt: skip
def test_long_part_is_positive_semidefinite(d, alpha, reach, chains, boundary):
    """In any geometry; what the split leaves out is positive, and on open ladders and rings nothing within reach."""
    power = 2.0 if boundary == "images" else alpha
    ladder = Ladder(length=15, chains=chains, distance=d, boundary=boundary, potential=power)
    parts = split(ladder, reach)
    assert np.linalg.eigvalsh(parts.long)[0] > -1e-11 * np.trace(parts.long)
    assert (parts.short >= 0).all()
    chain, site = np.divmod(np.arange(15 * chains), 15)
    apart = ladder.separations()[np.abs(np.subtract.outer(site, site))].astype(int)
    between = np.abs(np.subtract.outer(chain, chain))
    kept = (apart <= reach) & ~np.eye(len(chain), dtype=bool)
    short = np.where(kept, parts.short[between, np.minimum(apart, reach)], 0)
    left_out = ladder.interaction() - parts.long - short
    scale = 1e-10 * ladder.interaction().max()
    assert left_out[~np.eye(len(chain), dtype=bool)].min() > -scale
    if boundary != "images":  # there the short part of further images is dropped
        assert np.abs(left_out[kept]).max() < scale


@pytest.mark.parametrize("boundary", ["open", "ring"])
@pytest.mark.parametrize(("chains", "L", "reach"), [(1, 9, 3), (2, 5, 2), (2, 5, 1), (3, 4, 1)])
def test_transfer_minimum_is_brute_force(boundary, chains, L, reach):
    """The short model in a random field, against all its states; at T > 0 its free energy and means."""
    rng = np.random.default_rng(chains * L + reach)
    ladder = Ladder(length=L, chains=chains, distance=0.8, boundary=boundary)
    parts = split(ladder, reach)
    n = chains * L
    a, k = np.divmod(np.arange(n), L)
    apart = np.abs(np.subtract.outer(k, k))
    if boundary == "ring":
        apart = np.minimum(apart, L - apart)
    between = np.abs(np.subtract.outer(a, a))
    M = np.where(apart <= reach, parts.short[between, np.minimum(apart, reach)], 0)
    states = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(float)
    for _ in range(5):
        field = rng.normal(-1, 1, n)
        energies = ((states @ M) * states).sum(axis=1) / 2 + states @ field
        transfer = Transfer(parts)
        energy, best = transfer.minimise(field)
        assert energy == pytest.approx(energies.min(), abs=1e-12)
        assert best == pytest.approx(states[energies.argmin()])
        if boundary == "open":
            w = np.exp(-(energies - energies.min()) / 0.3)
            free, means = transfer.free_energy(field, 0.3)
            assert free == pytest.approx(energies.min() - 0.3 * np.log(w.sum()), abs=1e-12)
            assert means == pytest.approx(w @ states / w.sum(), abs=1e-12)


def test_polish_ends_where_no_single_change_helps():
    """Adding, removing and moving one particle, each tried by hand."""
    ladder = Ladder(length=9)
    U, gain = ladder.interaction(), np.full(18, 1.3)
    n = polish(U, gain, np.zeros(18))
    best = value(U, gain, n)
    for i in range(18):
        other = n.copy()
        other[i] = 1 - other[i]
        assert value(U, gain, other) >= best - 1e-12
        for j in range(18):
            if n[i] == 1 and n[j] == 0:
                moved = n.copy()
                moved[i], moved[j] = 0, 1
                assert value(U, gain, moved) >= best - 1e-12


@pytest.mark.parametrize("T", [0.02, 0.05, 0.1])
def test_thermal_bound_is_below_the_exact_grand_potential(T):
    """2 x 12: Omega within 0.05, particles per chain within 0.15; and below the ground state's energy."""
    table = exact_table(Ladder(length=12), [T])
    for mu, delta_eta in ((0.5, 0.1), (1.0, 0.0), (2.0, 0.3)):
        exact = thermal_means(table, T, mu, delta_eta)
        found = thermal_bound(table.ladder, T, mu=mu, delta_eta=delta_eta)
        assert exact.grand_potential - 0.05 < found.grand_potential <= exact.grand_potential <= found.upper
        assert found.occupations.sum(axis=1) == pytest.approx([exact.up, exact.down], abs=0.15)


@settings(max_examples=30, deadline=None)
@given(chains=st.integers(1, 3), d=st.floats(0.2, 4.0), alpha=st.floats(0.5, 4.0), mu=st.floats(-0.5, 5.0),
       delta_eta=st.floats(-2.0, 2.0), reach=st.integers(1, 3), T=st.floats(0.01, 2.0))  # fmt: skip
def test_thermal_bound_is_never_violated(chains, d, alpha, mu, delta_eta, reach, T):
    """Below -T ln of the sum over all states, whatever the distance, power, reach and temperature."""
    ladder = Ladder(length=9 // chains, chains=chains, distance=d, potential=alpha)
    energies, particles = every_state(ladder)
    x = -(energies - particles @ ladder.potentials(mu, delta_eta)) / T
    exact = -T * (np.log(np.exp(x - x.max()).sum()) + x.max())
    found = thermal_bound(ladder, T, mu=mu, delta_eta=delta_eta, reach=reach, iterations=4)
    assert found.grand_potential <= exact + 1e-12 <= found.upper + 1e-10


def test_cold_thermal_bound_is_the_bound():
    """T -> 0 of the log-sum-exp is the minimum of the same model."""
    ladder = Ladder(length=20)
    cold = thermal_bound(ladder, 1e-4, mu=1.0, delta_eta=0.2, reach=5)
    found = bounds(ladder, mu=1.0, delta_eta=0.2, reach=5)
    assert cold.grand_potential <= found.upper
    assert cold.grand_potential == pytest.approx(found.lower, abs=0.01)


def test_long_single_chain_is_hubbard():
    """A ring of 60 sites with images at mu = 1: N/L = 1/2, E as Hubbard's crystal, within the bounds."""
    ladder = Ladder(length=60, chains=1, boundary="images")
    found = bounds(ladder, mu=1.0)
    exact = 60 * (step(1, 2).energy_per_site - 0.5)
    assert found.up == 30
    assert found.upper == pytest.approx(exact, abs=1e-9)
    assert found.lower <= exact
