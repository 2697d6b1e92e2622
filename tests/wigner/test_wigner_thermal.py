"""One chain at T > 0: reference values, both ensembles against each other, brute force, limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from fespin.wigner import ThermalChain, nearest_step, polarization


@pytest.mark.parametrize(
    ("P", "T", "c", "mu", "s"),
    [
        (0.05, 0.01, 0.284799932993, 0.254549436363, 0.8074182449),
        (0.1, 0.05, 0.327628130123, 0.378789713647, 1.1669172353),
        (0.5, 0.1, 0.512581976743, 1.239617583406, 0.3789527880),
        (1, 0.1, 0.929467577672, 1.992109645317, 0.2686998587),
    ],
)
def test_reference_at_pressure(P, T, c, mu, s):
    """Twelve digits of c and mu, ten of the entropy."""
    state = ThermalChain(T).at(P, variable="pressure")
    assert (state.filling, state.mu) == pytest.approx((c, mu), abs=6e-13)
    assert state.entropy == pytest.approx(s, abs=6e-11)


@pytest.mark.parametrize(
    ("mu", "P", "c"),
    [
        (0.2, 0.049111565987, 0.239760427171),
        (0.5, 0.143182771902, 0.385046329797),
        (1.0, 0.375234456064, 0.497946915635),
        (1.5, 0.627052928411, 0.520489042572),
    ],
)
def test_reference_at_mu(mu, P, c):
    """T = 0.05; and back from c."""
    chain = ThermalChain(0.05)
    state = chain.at(mu)
    assert (state.pressure, state.filling) == pytest.approx((P, c), abs=6e-13)
    assert chain.at_filling(state.filling).mu == pytest.approx(mu, abs=1e-11)


def test_reference_emf():
    """mu(c0 + delta) - mu(c0 - delta), delta = 0.1, T = 0.05."""
    chain = ThermalChain(0.05)
    for c0, value in ((0.5, 1.12873141152), (0.4, 0.81836376448)):
        low, high = chain.chemical_potential([c0 - 0.1, c0 + 0.1])
        assert high - low == pytest.approx(value, abs=6e-12)


@pytest.mark.parametrize(
    ("x", "delta_eta", "variable", "values"),
    [
        (0.5, 0.5, "pressure", {0.01: 0.142860803, 0.05: 0.166917438, 0.1: 0.211540091}),
        (0.5, 0.5, "mu", {0.01: 0.279551470, 0.05: 0.284633102, 0.1: 0.246426803}),
        (0.1, 0.1, "pressure", {0.01: 0.219408558, 0.1: 0.268062237}),
    ],
)
def test_reference_polarization(x, delta_eta, variable, values):
    """The same numbers on the axes of mu and of the pressure are different states."""
    for T, m in values.items():
        low, high = polarization(x, delta_eta, variable=variable, temperature=T)
        assert low == high == pytest.approx(m, abs=6e-10)


def grand_canonical(mu, T):
    """c and P on an infinite ring: largest root of sum_l exp((mu - U(l))/T) lambda^-l = 1, P = T ln lambda."""
    l = np.arange(1, 20001.0)  # noqa: E741
    weights = (mu - l**-2) / T
    log_root = brentq(lambda x: np.exp(weights - l * x).sum() - 1, 1e-3, 50, xtol=1e-15)
    w = np.exp(weights - l * log_root)
    return w.sum() / (w @ l), T * log_root


@pytest.mark.parametrize(("mu", "T"), [(0.5, 0.1), (1.0, 0.05), (1.9, 0.2), (-0.3, 0.1)])
def test_both_ensembles_agree(mu, T):
    """The grand-canonical root and the isobaric sum, to 12 digits."""
    state = ThermalChain(T).at(mu)
    assert (state.filling, state.pressure) == pytest.approx(grand_canonical(mu, T), rel=1e-11)


def test_brute_force_ring():
    """2^16 states of a ring with repulsion of nearest particles: finite-size corrections below 1e-7."""
    L, mu, T = 16, 0.5, 0.1
    masks = np.arange(1, 2**L)
    bits = masks[:, None] >> np.arange(L) & 1
    energy = np.zeros(len(masks))
    for gap in range(1, L + 1):  # a particle and the next one `gap` sites on
        between = np.ones(bits.shape, bool)
        for k in range(1, gap):
            between &= np.roll(bits, -k, axis=1) == 0
        energy += (bits & np.roll(bits, -gap, axis=1) & between).sum(axis=1) / gap**2
    N = bits.sum(axis=1)
    w = np.exp(np.r_[0.0, (mu * N - energy) / T])
    assert (w @ np.r_[0, N]) / w.sum() / L == pytest.approx(0.36624242, abs=6e-9)
    assert ThermalChain(T).at(mu).filling == pytest.approx(0.366242545985, abs=6e-13)


@settings(max_examples=25, deadline=None)
@given(T=st.floats(0.01, 2.0), c=st.floats(0.01, 0.99), alpha=st.floats(0.5, 4.0))
def test_thermodynamics(T, c, alpha):
    """mu(c) inverts c(mu) and c(P); dmu/dP = 1/c; f = mu c - P has the slope mu; s = -d mu/dT at fixed P."""
    chain = ThermalChain(T, alpha)
    state = chain.at_filling(c)
    assert state.filling == pytest.approx(c, rel=1e-9)
    assert chain.at(state.pressure, variable="pressure").mu == pytest.approx(state.mu, rel=1e-12, abs=1e-12)
    h = 1e-4 * state.pressure
    up, down = (chain.at(state.pressure + sign * h, variable="pressure") for sign in (1, -1))
    assert (up.mu - down.mu) / (2 * h) == pytest.approx(1 / c, rel=1e-4)
    assert state.dc_dmu == pytest.approx(c * state.dc_dpressure, rel=1e-12)
    k = 1e-3 * c * (1 - c)
    slope = (chain.at_filling(c + k).free_energy_per_site - chain.at_filling(c - k).free_energy_per_site) / (2 * k)
    assert slope == pytest.approx(state.mu, rel=1e-4, abs=1e-4)
    hot, cold = (ThermalChain(T * (1 + sign * 1e-4), alpha).at(state.pressure, variable="pressure") for sign in (1, -1))
    assert -(hot.mu - cold.mu) / (2e-4 * T) == pytest.approx(state.entropy, rel=1e-3, abs=1e-5)


def test_response_is_the_derivative():
    """dc/dmu and dc/dP from the variance of the gaps."""
    chain, h = ThermalChain(0.05), 1e-5
    for variable, name in (("mu", "dc_dmu"), ("pressure", "dc_dpressure")):
        up, down = chain.filling([0.4 + h, 0.4 - h], variable=variable)
        assert getattr(chain.at(0.4, variable=variable), name) == pytest.approx((up - down) / (2 * h), rel=1e-6)


def test_cold_chain_is_the_staircase():
    """T = 1e-3: c = 1/l inside its step in mu and in pressure, between 1/l and 1/(l - 1) at its edge."""
    chain = ThermalChain(1e-3)
    for gap in (1, 2, 3, 4):
        for variable in ("mu", "pressure"):
            low, high = nearest_step(gap, variable=variable)
            middle = (low + high) / 2 if math.isfinite(high) else low + 0.1
            assert chain.filling([middle], variable=variable)[0] == pytest.approx(1 / gap, abs=3e-3)
    # at a kink two gaps are equally likely, 1/(l + 1/2), and exactly so as T -> 0
    edge = nearest_step(2, variable="pressure")[0]
    assert chain.filling(edge, variable="pressure") == pytest.approx(1 / 2.5, abs=1e-6)
    # mu(1/2) at T -> 0 is the middle of its step in pressure, as computed without cancellation
    assert chain.at_filling("1/2").pressure == pytest.approx((1 / 4 - 1 / 9 + 1 - 1 / 4) / 2, abs=1e-9)


def test_steps_survive_up_to_a_ninth_of_their_width():
    """Width in pressure 0.61111, 0.09028, 0.02611; dc/dmu in the middle over that at the edge, T = 0.01 and 0.1."""
    chain, ratios = ThermalChain(0.01), []
    for gap, expected in ((2, 0.61111), (3, 0.09028), (4, 0.02611)):
        low, high = nearest_step(gap, variable="pressure")
        assert high - low == pytest.approx(expected, abs=6e-6)
        middle, edge = (chain.at(P, variable="pressure").dc_dmu for P in ((low + high) / 2, low))
        ratios.append(middle / edge)
    assert ratios == pytest.approx([8e-13, 0.11, 0.88], rel=0.06)
    low, high = nearest_step(2, variable="pressure")
    warm = ThermalChain(0.1)
    middle, edge = (warm.at(P, variable="pressure").dc_dmu for P in ((low + high) / 2, low))
    assert middle / edge == pytest.approx(0.29, abs=0.01)


def test_dilute_and_full_limits():
    """A lattice gas without neighbours: c/(1-c) = exp(mu/T) at low density; at high mu the chain is full."""
    chain = ThermalChain(0.5)
    assert chain.at(-6.0).filling == pytest.approx(math.exp(-12), rel=2e-4)
    assert chain.at(20.0).filling == pytest.approx(1, abs=1e-12)
    assert chain.at(20.0).pressure == pytest.approx(19.0, rel=1e-12)  # mu = U(1) + P
    assert chain.at_filling(1e-5).filling == pytest.approx(1e-5, rel=1e-9)
    assert chain.at_filling(1 - 1e-9).mu == pytest.approx(
        0.5 * math.log(1e9) + 2 * 1 - 0.25, abs=0.01
    )  # U(1) + P with exp(-(U(2) - U(1) + P)/T) = 1e-9
