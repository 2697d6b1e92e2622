"""The same numbers by routes that share no line with the module: quadrature, diagonalisation, quasi Monte Carlo."""

import itertools
import math

import numpy as np
import pytest
from exchange_cases import junction
from scipy.constants import e, epsilon_0, hbar, m_e
from scipy.integrate import dblquad, quad
from scipy.linalg import eigh_tridiagonal
from scipy.stats import qmc

from fespin.exchange import exchange_coupling
from fespin.exchange.hopping import _reflected
from fespin.exchange.insulator import momentum_transfer
from fespin.exchange.kernel import slab_element

A = hbar**2 / (2 * m_e) / e * 1e18  # eV nm^2


def green(X, z, other):
    """Potential at z of a charge wave at `other` between grounded planes at +-1/2, times eps0 eps."""
    low, high = np.minimum(z, other), np.maximum(z, other)
    return np.sinh(X * (0.5 - high)) * np.sinh(X * (0.5 + low)) / (X * np.sinh(X))


@pytest.mark.parametrize("X", [0.02, 0.3, 1.0, 4.0, 9.0])
@pytest.mark.parametrize("Y", [0.0, 0.3, 1.001, 4.2, 9.0])
def test_slab_element_is_a_double_integral(X, Y):
    """F = int int exp(-Y (z + z')) G(z, z'), twice the triangle z' < z; the closed form is singular at X = Y."""
    exact, _ = dblquad(lambda other, z: math.exp(-Y * (z + other)) * green(X, z, other), -0.5, 0.5, -0.5,
                       lambda z: z, epsabs=0, epsrel=1e-11)  # fmt: skip
    found = slab_element(np.array([X]), np.array([Y]))[0] * math.exp(Y)
    assert found == pytest.approx(2 * exact, rel=1e-10)


def test_momentum_transfer_is_an_integral_over_two_disks():
    """J(K1, K2) from the definition: two disks of in-plane momenta, their distance q."""
    j = junction(5, 5.2, 0.4, 1.0)
    K1, K2, k0 = 1.3, 4.1, j.decay
    Y = math.sqrt(k0**2 + K2**2) - math.sqrt(k0**2 + K1**2)

    def shells(a, b):
        """Mean of F over the angle between momenta a and b."""
        angle = (np.arange(64) + 0.5) * math.pi / 64
        q = np.sqrt(a * a + b * b - 2 * a * b * np.cos(angle))
        return slab_element(q, np.full_like(q, Y)).mean() * math.exp(Y)

    inner = lambda b: quad(lambda a: 2 * math.pi * a * shells(a, b), 0, K1, epsrel=1e-9)[0]  # noqa: E731
    disks = quad(lambda b: 2 * math.pi * b * inner(b), 0, K2, epsrel=1e-8, limit=100)[0]
    exact = math.exp(-math.sqrt(k0**2 + K1**2) - math.sqrt(k0**2 + K2**2)) * disks / (2 * math.pi)
    found = momentum_transfer(j, np.array([K1]), np.array([K2]), 32)[0]
    assert found == pytest.approx(exact, rel=1e-6)


def test_insulator_term_by_quasi_monte_carlo():
    """Eq 17 itself for a half metal: seven-dimensional Sobol points in states and positions; 4.041(4)e-7 J/m^2."""
    U, J, height, d, eps = 5, 5.2, 0.6, 1.0, 4.5
    kF2, k02, bottom = (U - height + J) / A, height / A, (U + J) / A
    kF = math.sqrt(kF2)
    estimates = []
    for seed in range(4):
        u = qmc.Sobol(7, seed=seed).random_base2(17).T
        k1, k2 = kF * u[0], kF * u[1]  # along z
        r1, r2 = np.sqrt((kF2 - k1**2) * u[2]), np.sqrt((kF2 - k2**2) * u[3])  # in the plane, uniform on the disks
        q = np.sqrt(np.maximum(r1**2 + r2**2 - 2 * r1 * r2 * np.cos(math.pi * u[4]), 1e-12))
        z, other = d * (u[5] - 0.5), d * (u[6] - 0.5)
        kappa1, kappa2 = np.sqrt(bottom - k1**2), np.sqrt(bottom - k2**2)
        states = 4 * k1**2 / (kF2 + k02) * 4 * k2**2 / (kF2 + k02) * math.pi**2 * (kF2 - k1**2) * (kF2 - k2**2)
        tails = np.exp(-d * (kappa1 + kappa2) - (kappa1 - kappa2) * (z + other))
        potential = green(q * d, z / d, other / d) * d  # per length
        estimates.append(np.mean(states * tails * potential) * kF**2 * d**2 / (2 * math.pi) ** 6)
    mean, error = np.mean(estimates), np.std(estimates) / 2
    coulomb = e / epsilon_0 * 1e9  # eV nm
    value = coulomb / eps * mean * e * 1e18
    found = exchange_coupling(junction(U, J, height, d)).insulator(eps)
    assert error / mean < 3e-3
    assert found == pytest.approx(value, rel=max(4 * error / mean, 1e-3))
    assert value == pytest.approx(4.041e-7, rel=5e-3)


def box_energy(left, right, length, d, thermal, fermi, step):
    """Grand potential in eV of electrons of one spin in a box: wells of these depths beside a barrier of height 0."""
    n = [round(x / step) for x in (length, d, length)]
    depth = np.repeat([-left, 0.0, -right], n)
    # a point on an edge feels the mean of both sides: the error of the edges is then of second order
    potential = np.convolve(depth, [0.5, 0.5], mode="valid")
    diagonal, beside = potential + 2 * A / step**2, np.full(len(potential) - 1, -A / step**2)
    levels = eigh_tridiagonal(diagonal, beside, eigvals_only=True, select="v",
                              select_range=(-50.0, fermi + 25 * thermal))  # fmt: skip
    return -thermal * np.logaddexp(0.0, (fermi - levels) / thermal).sum()


@pytest.mark.parametrize(("J", "height", "given"), [(3.5, 1.25, 2.3839e-3), (2.0, 0.5, -7.432e-4)])
def test_sign_of_hopping_by_diagonalising_a_box(J, height, given):
    """E_parallel - E_antiparallel of electrons in one dimension, U = 5 eV, d = 0.4 nm, k_B T = 0.05 eV.

    The perturbation theory of the barrier is (1/pi) int dE f(E) Im[dr_L dr_R] exp(-2 kappa d) for each channel, which
    the coupling per area integrates over in-plane momenta. Lengths of the leads are averaged over: their levels are
    discrete.
    """
    U, d, thermal, step = 5.0, 0.4, 0.05, 0.01
    found = []
    for length in 12 + 0.09 * np.arange(8):
        args = {"length": length, "d": d, "thermal": thermal, "fermi": -height, "step": step}
        parallel = box_energy(U + J, U + J, **args) + box_energy(U - J, U - J, **args)
        antiparallel = 2 * box_energy(U + J, U - J, **args)
        found.append(parallel - antiparallel)
    formula = -first_order(U, J, height, d, thermal)
    assert formula == pytest.approx(given, rel=2e-4)
    assert np.mean(found) == pytest.approx(formula, rel=0.03)  # exp(-2 kappa d) and the grid


def first_order(U, J, height, d, thermal):
    """(1/pi) int dE f(E) Im[dr^2] exp(-2 kappa d), eV; the module's dr at energies below the Fermi level."""
    lead, _ = junction(U, J, height, d).leads
    top = height * (1 - 1e-9)

    def integrand(E):  # counted from the Fermi level
        x = -E / A
        phase = (_reflected(lead, x) ** 2).imag
        return phase * math.exp(-2 * math.sqrt(lead.decay + x) * d) / (1 + math.exp(min(E / thermal, 700)))

    edges = [-(U + J - height), -(U - J - height), -10 * thermal, 0.0, min(10 * thermal, top)]
    edges = sorted(edge for edge in edges if edge <= top)
    parts = [quad(integrand, a, b, limit=200, epsrel=1e-9)[0] for a, b in itertools.pairwise(edges)]
    return sum(parts) / math.pi
