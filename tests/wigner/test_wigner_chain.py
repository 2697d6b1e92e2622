"""One chain at T = 0: reference values, sum rule, ring enumeration, symmetries, other potentials."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fespin.wigner import (
    ConvexPotential,
    Ladder,
    PowerLaw,
    Units,
    chemical_potential,
    filling,
    ground_sites,
    staircase,
    step,
    width,
)
from fespin.wigner.stairs import neighbours

ZETA2 = math.pi**2 / 6

# p, q, eps, mu_low, mu_high, P_low, P_high of U = l^-2
STEPS = [
    (1, 2, 0.411233516712, 0.951786886288, 2.338081247408, 0.270276684788, 0.963423865348),
    (1, 3, 0.182770451872, 0.452897427435, 0.770207303207, 0.090042325188, 0.195812283778),
    (2, 3, 0.913852259360, 2.519660830490, 2.836970706261, 1.070539047420, 1.282078964601),
    (1, 4, 0.102808379178, 0.265081984216, 0.388837160879, 0.040568401260, 0.071507195425),
    (2, 5, 0.284028687903, 0.814743321148, 0.875950625131, 0.212285853298, 0.236768774891),
    (3, 7, 0.323885684537, 0.888635733316, 0.910297529622, 0.242035735191, 0.251319362179),
    (5, 12, 0.307792574651, 0.881102366154, 0.885318244149, 0.238879079793, 0.240635695624),
    (1, 10, 0.016449340668, 0.046128404625, 0.053445868768, 0.002967906396, 0.003699652810),
]


@pytest.fixture(scope="module")
def stairs():
    return staircase(200)


@pytest.mark.parametrize(("p", "q", "energy", "mu_low", "mu_high", "P_low", "P_high"), STEPS)
def test_reference_steps(p, q, energy, mu_low, mu_high, P_low, P_high):
    """Twelve digits, alone and within the whole staircase."""
    found = step(p, q)
    values = (energy, mu_low, mu_high, P_low, P_high)
    own = (found.energy_per_particle, *found.edges(), *found.edges("pressure"))
    assert own == pytest.approx(values, abs=6e-13)
    assert found.energy_per_site == pytest.approx(energy * p / q, abs=6e-13)
    stairs = staircase(12)
    row = stairs[int(np.flatnonzero((stairs.p == p) & (stairs.q == q))[0])]
    assert (row.energy_per_particle, *row.edges(), *row.edges("pressure")) == pytest.approx(own, rel=1e-14)


def test_reference_energies_per_site():
    """e(1/3), e(2/5), e(1/2)."""
    found = [step(p, q).energy_per_site for p, q in ((1, 3), (2, 5), (1, 2))]
    assert found == pytest.approx([0.0609234839573, 0.113611475161, 0.205616758356], abs=6e-13)


def test_reference_widths():
    """The width in mu depends on q alone; in pressure it is p/q of that. At q = 1000 differences would lose digits."""
    values = {2: 1.386294361120, 3: 0.317309875772, 4: 0.123755176663, 5: 0.061207303982, 7: 0.021661796306,
              10: 0.007317464142}  # fmt: skip
    for q, value in values.items():
        for p in range(1, q):
            if math.gcd(p, q) == 1:
                assert width(p, q) == pytest.approx(value, abs=6e-13)
                assert width(p, q, variable="pressure") == pytest.approx(value * p / q, abs=6e-13)
    assert width(1, 1000) == pytest.approx(7.212351788e-09, rel=1e-10)
    assert width(1, 5000) * 5000**3 == pytest.approx(6 * 1.2020569031595942, rel=1e-6)  # 6 zeta(3)/q^3
    assert width(1, 2) == pytest.approx(2 * math.log(2), rel=1e-15)
    assert width(1, 2, potential=3.0) == pytest.approx(ZETA2, rel=1e-14)
    assert width(1, 2, potential=1.5) == pytest.approx(1.209797286843, abs=6e-13)
    assert width(1, 2, potential=lambda r: np.exp(-r / 2)) == pytest.approx(0.470007424403, abs=6e-13)


def test_width_is_the_difference_of_the_edges(stairs):
    """The upper edge by its own sum: m -> m - 1 where l v is whole. Two routes, rounding of the sums apart."""
    U = stairs.potential
    for p, q in ((1, 2), (2, 5), (3, 7), (7, 30), (29, 30)):
        l = np.arange(1, 400001)  # noqa: E741
        m = (l * q - 1) // p  # just below v = q/p
        end = (l[-1] + 0.5) * q / p
        direct = (l * (U(m) - U(m + 1.0))).sum() + 2 * (p / q) ** 2 / end  # l 2/m^3 from there on
        assert step(p, q).pressure_high == pytest.approx(direct, abs=20 * end**-2 + 1e-13)


def test_sum_rule(stairs):
    """All widths add up to 2 zeta(2) in mu and zeta(2) in pressure: only q in eq 11 gives the first, p the second."""
    for variable, total in (("mu", 2 * ZETA2), ("pressure", ZETA2)):
        low, high = stairs.edges(variable)
        assert low[-1] - high[0] == pytest.approx(total, rel=1e-15)
        assert (low[1:] - high[:-1] > 0).all()  # no two steps overlap
    # q <= 2000 by the number phi(q) of fractions; what is left has the tail 36 zeta(3)/(pi^2 Q)
    Q = np.arange(2, 2001)
    phi = np.array([sum(math.gcd(p, q) == 1 for p in range(1, q)) for q in range(2, 301)])
    sieve = np.arange(2001)
    for p in range(2, 2001):
        if sieve[p] == p:
            sieve[p::p] -= sieve[p::p] // p
    assert (sieve[2:301] == phi).all()
    total = (sieve[2:] * stairs.potential.widths(Q)).sum()
    assert total == pytest.approx(3.28767650, abs=6e-9)
    assert 2 * ZETA2 - total == pytest.approx(36 * 1.2020569 / (math.pi**2 * 2000), rel=2e-3)
    assert stairs.missing() == pytest.approx(36 * 1.2020569 / (math.pi**2 * 200), rel=1e-2)


@pytest.mark.parametrize("alpha", [1.2, 1.5, 2.5, 4.0])
def test_sum_rule_of_other_powers(alpha):
    """What is missing shrinks as q^(1-alpha), to a tenth of it at these q; for alpha = 12 nothing is missing."""
    few, many = staircase(20, potential=alpha), staircase(40, potential=alpha)
    assert many.mu_low[-1] == pytest.approx(2 * PowerLaw(alpha).total(), rel=1e-14)
    assert many.pressure_low[-1] == pytest.approx(PowerLaw(alpha).total(), rel=1e-14)
    assert many.missing() / few.missing() == pytest.approx(2.0 ** (1 - alpha), rel=0.1)
    assert abs(staircase(20, potential=12.0).missing()) < 1e-12


def test_particle_hole_symmetry(stairs):
    """c(mu_ph + y) = 1 - c(mu_ph - y) with mu_ph = zeta(2); the pressure has no such symmetry."""
    assert stairs.mu_low[1:] + stairs.mu_high[::-1][1:] == pytest.approx(2 * ZETA2, abs=1e-12)
    assert stairs.filling == pytest.approx(1 - stairs.filling[::-1], abs=1e-15)
    low, high = stairs.edges("pressure")
    assert np.ptp(low[1:] + high[::-1][1:]) > 0.1


def ring_minima(L):
    """Lowest energy of N = 0 ... L particles on a ring with all periodic images, by all 2^L states."""
    ladder = Ladder(length=L, chains=1, boundary="images")
    bits = np.arange(2**L)[:, None] >> np.arange(L) & 1
    energies = ((bits @ ladder.interaction()) * bits).sum(axis=1) / 2 + ladder.self_energy * bits.sum(axis=1)
    return np.array([energies[bits.sum(axis=1) == N].min() for N in range(L + 1)])


@pytest.mark.parametrize("L", [12, 15, 16])
def test_ring_enumeration_is_hubbard(L):
    """E_min(N) = N eps(L/N) for every N, and Hubbard's sites have it."""
    found = ring_minima(L)
    ladder = Ladder(length=L, chains=1, boundary="images")
    for N in range(1, L + 1):
        ratio = Fraction(N, L)
        exact = N * step(ratio.numerator, ratio.denominator).energy_per_particle
        assert found[N] == pytest.approx(exact, abs=1e-12)
        n = np.zeros((1, L))
        period = ground_sites(ratio.numerator, ratio.denominator, phase="1/3")
        n[0, (period + np.arange(0, L, ratio.denominator)[:, None]).ravel()] = 1
        assert ladder.energy(n) == pytest.approx(exact, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(rate=st.floats(0.2, 3.0), L=st.integers(3, 11))
def test_hubbard_for_any_convex_potential(rate, L):
    """Enumeration on a ring of U = exp(-rate r) + exp(-3 rate r), images summed, equals Hubbard's energies."""
    U = ConvexPotential(lambda r: np.exp(-rate * r) + np.exp(-3 * rate * r), reach=400)
    k = np.arange(L)
    copies = np.arange(-600 // L, 600 // L + 1)[:, None] * L
    r = np.abs(k + copies).astype(float)
    pair = np.where(r > 0, U(np.where(r > 0, r, 1)), 0).sum(axis=0)
    bits = np.arange(2**L)[:, None] >> k & 1
    matrix = pair[np.abs(np.subtract.outer(k, k))]  # the diagonal is twice the energy with the own images
    energies = ((bits @ matrix) * bits).sum(axis=1) / 2
    for N in range(1, L + 1):
        ratio = Fraction(N, L)
        found = energies[bits.sum(axis=1) == N].min()
        assert found == pytest.approx(N * step(ratio.numerator, ratio.denominator, potential=U).energy_per_particle,
                                      abs=1e-12)  # fmt: skip


def test_addition_energies_decide_between_mu_and_pressure():
    """E(N+1) - 2 E(N) + E(N-1) on given sites tends to q sum k F = 2 ln 2; changing the sites at given N gives ln 2."""

    def E(N, L):
        ratio = Fraction(N, L)
        return N * step(ratio.numerator, ratio.denominator).energy_per_particle

    found = ring_minima(20)
    assert found[11] - 2 * found[10] + found[9] == pytest.approx(1.402881, abs=6e-7)
    for L, value in ((100, 1.386953), (400, 1.386335), (2000, 1.386296)):
        assert E(L // 2 + 1, L) - 2 * E(L // 2, L) + E(L // 2 - 1, L) == pytest.approx(value, abs=6e-7)
    for L, value in ((20, 0.695214), (2000, 0.693147)):
        assert E(L // 2, L + 1) - 2 * E(L // 2, L) + E(L // 2, L - 1) == pytest.approx(value, abs=6e-7)
    for p in (2, 3):
        L = 2000
        second = E(p * L // 5 + 1, L) - 2 * E(p * L // 5, L) + E(p * L // 5 - 1, L)
        assert second == pytest.approx(0.061207, abs=5e-6)  # 1/L^2


@pytest.mark.parametrize("alpha", [1.3, 1.5, 2.0, 2.5, 3.7])
def test_closed_forms_are_the_direct_sums(alpha):
    """Hurwitz zeta functions, continued analytically below alpha = 2, against two million terms and their tail."""
    U = PowerLaw(alpha)
    l = np.arange(1, 2_000_001)  # noqa: E741
    for p, q in ((1, 2), (2, 5), (7, 9)):
        m, rest = np.divmod(l * q, p)
        m = m.astype(float)
        near, far = U(m), U(m + 1)
        end = (l[-1] + 0.5) * q / p
        energy = (near + rest / p * (far - near)).sum() + p / q * end ** (1 - alpha) / (alpha - 1)
        # l [U(m) - U(m+1)] with m = l q/p - f; the mean of f over a period shifts the tail at the next order
        pressure = (l * (near - far)).sum() + (p / q) ** 2 * alpha / (alpha - 1) * end ** (1 - alpha)
        found = step(p, q, potential=alpha)
        assert found.energy_per_particle == pytest.approx(energy, abs=20 * end**-alpha + 1e-14)
        assert found.pressure_low == pytest.approx(pressure, abs=20 * end**-alpha + 1e-14)
        assert found.mu_low == pytest.approx(found.energy_per_particle + found.pressure_low * q / p, rel=1e-15)


def test_convex_potential_is_the_power_law():
    """l^-6, where sums to 4096 are exact to rounding: two routes to every step."""
    sums, closed = staircase(15, potential=lambda r: r**-6.0), staircase(15, potential=6)
    for name in ("energy_per_particle", "mu_low", "pressure_low"):
        assert getattr(sums, name)[1:] == pytest.approx(getattr(closed, name)[1:], rel=1e-12)
    assert (sums.mu_high - sums.mu_low)[1:-1] == pytest.approx((closed.mu_high - closed.mu_low)[1:-1], rel=1e-9)


def test_scalar_functions_are_taken():
    """A function that knows only floats is called one by one."""
    U = ConvexPotential(lambda r: math.exp(-r))
    assert step(1, 2, potential=U).mu_low == pytest.approx(step(1, 2, potential=lambda r: np.exp(-r)).mu_low, rel=1e-14)


def test_ground_sites():
    """Reference sites, any phase is a shift or a rearrangement of the same gaps."""
    assert ground_sites(3, 7).tolist() == [0, 2, 4]
    assert ground_sites(2, 5).tolist() == [0, 2]
    assert ground_sites(3, 8, phase=Fraction(1, 2)).tolist() == [0, 3, 5]
    assert ground_sites(1, 1, phase=7).tolist() == [0]
    q = 10**6 + 3
    assert ground_sites(2, q).tolist() == [0, q // 2]


def test_filling_at_given_variable(stairs):
    """Reference c(mu) and c(P); descent and table agree; a gap is bracketed by neighbours and shrinks."""
    assert [filling(mu).low for mu in (0.5, 1, 2.4)] == [Fraction(1, 3), Fraction(1, 2), Fraction(4, 7)]
    assert [filling(P, variable="pressure").low for P in (0.25, 0.6)] == [Fraction(3, 7), Fraction(1, 2)]
    assert filling(-1).low == 0
    assert filling(4).high == 1
    rng = np.random.default_rng(1)
    for variable, top in (("mu", 3.3), ("pressure", 1.7)):
        x = rng.uniform(0, top, 40)
        low, high = stairs.filling_at(x, variable)
        for one, a, b in zip(x, low, high, strict=True):
            found = filling(one, variable=variable, q_max=200)
            assert (float(found.low), float(found.high)) == (a, b)
    inside = float(stairs.mu_high[500] + stairs.mu_low[501]) / 2
    coarse, fine = filling(inside, q_max=50), filling(inside, q_max=2000)
    assert coarse.low <= fine.low <= fine.high <= coarse.high
    assert fine.exact or fine.gap < coarse.gap


@settings(max_examples=100, deadline=None)
@given(c=st.floats(1e-4, 1 - 1e-4), q_max=st.integers(2, 300))
def test_neighbours(c, q_max):
    """They enclose c, are neighbours (q p' - p q' = 1), and their mediant is beyond q_max."""
    near = Fraction(c).limit_denominator(q_max)
    if near == Fraction(c):
        return
    a, b = neighbours(c, q_max)
    assert a < Fraction(c) < b
    assert b.numerator * a.denominator - a.numerator * b.denominator == 1
    assert max(a.denominator, b.denominator) <= q_max < a.denominator + b.denominator


@settings(max_examples=30, deadline=None)
@given(c=st.floats(0, 1))
def test_mu_of_c(c):
    """Scalar and vectorised bounds agree, hold the exact edges of a nearby fraction, and grow with c."""
    stairs = STAIRS
    low, high = (x[0] for x in stairs.edges_at([c]))
    assert (low, high) == pytest.approx(chemical_potential(c, q_max=60), rel=1e-10, abs=1e-12)
    exact = Fraction(c).limit_denominator(700)
    if abs(exact - Fraction(c)) > 1e-12 or exact.denominator <= 60:
        return
    a, b = step(exact.numerator, exact.denominator).edges()
    assert low - 1e-9 <= a <= b <= high + 1e-9


STAIRS = staircase(60)


def test_energy_bounds_hold_the_energy(stairs):
    """e(p/q) of q > q_max lies between tangents and chord, and mu = de/dc between the bounds of mu."""
    for p, q in ((70, 99), (101, 307), (1, 400)):
        exact = step(p, q).energy_per_site
        low, high = (float(x[0]) for x in STAIRS.energy_at([p / q]))
        assert low - 1e-15 <= exact <= high + 1e-15
    c = stairs.filling
    slope = np.diff(stairs.energy_per_site) / np.diff(c)
    assert (slope >= stairs.mu_high[:-1] - 1e-9).all()
    assert (slope <= stairs.mu_low[1:] + 1e-9).all()


def test_chemical_potential_of_fractions():
    """'1/2', Fraction and 0.5 are one filling; 0.1 + 0.2 is 3/10; the ends are half-lines."""
    values = {chemical_potential(c) for c in ("1/2", Fraction(1, 2), 0.5)}
    assert len(values) == 1
    assert chemical_potential(0.1 + 0.2) == chemical_potential("3/10")
    assert chemical_potential(0) == (-math.inf, 0.0)
    assert chemical_potential(1.0)[1] == math.inf
    assert chemical_potential("1/2", variable="pressure")[0] == pytest.approx(0.270276684788, abs=6e-13)


def test_units():
    """a = 4 angstrom: 3.600 eV and 41775 K over eps; T = 1e-2 is 557, 418, 334 K/eps at 3, 4, 5 angstrom."""
    assert Units(lattice_constant=4e-10).volt == pytest.approx(3.600, abs=6e-4)
    assert Units(lattice_constant=4e-10).kelvin == pytest.approx(41775, abs=0.6)
    found = [Units(lattice_constant=a * 1e-10).kelvin / 100 for a in (3, 4, 5)]
    assert found == pytest.approx([557, 418, 334], abs=0.6)
    half = Units(lattice_constant=4e-10, permittivity=2.0)
    assert half.joule / Units(lattice_constant=4e-10).joule == pytest.approx(0.5)
    assert half.newton == half.joule / 4e-10
