"""Damped precession: printed numbers, the equation of motion integrated, quadrature of the density, random waiting."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from fespin.assemblies import (
    angular_density,
    conversion_coefficient,
    conversion_rate,
    damped_angle,
    damping_time,
    mean_cosine,
)

R = np.array([0.01, 0.1, 0.5, 1, 2, 3, 10])


def test_mean_cosine():
    """Reference values, and the series t < 0.02."""
    expected = (0.006666577779, 0.066577904593, 0.322606225323, 0.588973624533, 0.885271061051, 0.975076786000,
                0.999999921676)  # fmt: skip
    assert mean_cosine(R) == pytest.approx(expected, abs=6e-13)
    t = np.array([1e-12, 1e-3, 0.01])
    assert mean_cosine(t) == pytest.approx(2 * t / 3 - 4 * t**3 / 45 + 4 * t**5 / 315, rel=1e-13)
    assert float(mean_cosine(1e3)) == 1
    assert float(mean_cosine(0.0)) == 0


def test_conversion_coefficient():
    """Reference values of both waiting rules; 0.650 ends figure 7; half of the paper's if spins are counted once."""
    fixed = (1.333315555810, 1.331558091856, 1.290424901292, 1.177947249066, 0.885271061051, 0.650051190667,
             0.199999984335)  # fmt: skip
    random = (1.333226697126, 1.322955737115, 1.159472534786, 0.934802200545, 0.649666144313, 0.493278262680,
              0.181532357342)  # fmt: skip
    for waiting, expected in (("fixed", fixed), ("exponential", random)):
        paper = conversion_coefficient(R, convention="paper", waiting=waiting)
        assert paper == pytest.approx(expected, abs=6e-13)
        assert conversion_coefficient(R, waiting=waiting) == pytest.approx(paper / 2, rel=1e-15)
    assert float(conversion_coefficient(0.0, convention="paper")) == pytest.approx(4 / 3, rel=1e-15)
    assert float(conversion_coefficient(0.0)) == pytest.approx(2 / 3, rel=1e-15)
    assert float(conversion_coefficient(0.0, waiting="exponential")) == pytest.approx(2 / 3, rel=1e-15)


@given(r=st.floats(1e-6, 200.0))
@example(r=143.6015625)  # the default accuracy of the quadrature is not enough there
def test_random_waiting_is_the_mean_over_poisson_times(r):
    """The trigamma form against quadrature of exp(-u) C(u r), both sides of its seam at r = 0.05."""
    integral = quad(lambda u: math.exp(-u) * float(mean_cosine(u * r)), 0, 1, epsabs=1e-13, epsrel=1e-12)[0]
    integral += quad(lambda u: math.exp(-u) * float(mean_cosine(u * r)), 1, 60, epsabs=1e-13, epsrel=1e-12)[0]
    assert float(conversion_coefficient(r, waiting="exponential")) == pytest.approx(integral / r, rel=1e-8)


@given(r=st.floats(0, 100), factor=st.floats(1.001, 3), waiting=st.sampled_from(["fixed", "exponential"]))
def test_coefficient_falls(r, factor, waiting):
    """k decreases with r, as printed, and never converts more spins than there are: k r <= 1."""
    k = float(conversion_coefficient(r, waiting=waiting))
    assert float(conversion_coefficient(r * factor, waiting=waiting)) <= k + 1e-13
    assert k * r <= 1 + 1e-12


def test_the_factor_two_converts_more_than_there_is():
    """With the paper's convention k r tends to 2: twice all spin states."""
    assert float(conversion_coefficient(1e4, convention="paper")) * 1e4 == pytest.approx(2, rel=1e-12)


@pytest.mark.parametrize(("theta", "t", "expected"), [(math.pi / 2, 0.5, 0.393223866483), (1, 1, 0.510182791832),
                                                      (3, 2, 0.001305142051)])  # fmt: skip
def test_density_values(theta, t, expected):
    """Reference values."""
    assert float(angular_density(theta, t)) == pytest.approx(expected, abs=6e-13)


@pytest.mark.parametrize("t", [0.0, 0.02, 0.5, 2.0, 5.0])
def test_density_by_quadrature(t):
    """Norm 1 and mean cosine C to 1e-12 by Gauss-Legendre over the angle at the start."""
    u, w = np.polynomial.legendre.leggauss(200)
    start = math.pi / 2 * (1 + u)
    theta = damped_angle(start, t)
    weight = math.pi / 2 * w * np.sin(theta) / np.sin(start) * angular_density(theta, t)
    assert weight.sum() == pytest.approx(1, abs=1e-12)
    assert float(weight @ np.cos(theta)) == pytest.approx(float(mean_cosine(t)), abs=1e-12)


def test_density_solves_eq_38():
    """d rho/dt = d(sin(theta) rho)/d theta by central differences."""
    theta, t, h = np.linspace(0.2, 2.9, 40), 0.7, 1e-4
    rate = (angular_density(theta, t + h) - angular_density(theta, t - h)) / (2 * h)
    flow = [np.sin(theta + s * h) * angular_density(theta + s * h, t) for s in (1, -1)]
    assert rate == pytest.approx((flow[0] - flow[1]) / (2 * h), abs=1e-7)
    assert np.isfinite(angular_density(np.array([0, 1e-8, math.pi]), 400.0)).all()


@pytest.mark.parametrize(("theta", "t", "expected"), [(1, 1, 0.396662796990), (3, 2, 2.176276941689)])
def test_damped_angle(theta, t, expected):
    """Reference values."""
    assert float(damped_angle(theta, t)) == pytest.approx(expected, abs=6e-13)


def test_damped_angle_is_the_landau_lifshitz_equation():
    """dS/dt = -omega S x z - S x (S x z): the polar angle, whatever the precession (eqs 31-33, A2)."""
    z = np.array([0, 0, 1.0])

    def motion(_, s):
        return -7.0 * np.cross(s, z) - np.cross(s, np.cross(s, z))

    start = np.array([np.sin(2.5), 0, np.cos(2.5)])
    end = solve_ivp(motion, (0, 1.3), start, rtol=1e-12, atol=1e-13, method="DOP853").y[:, -1]
    assert math.acos(end[2]) == pytest.approx(float(damped_angle(2.5, 1.3)), abs=1e-10)
    assert float(damped_angle(0.0, 1.0)) == 0


@given(theta=st.floats(0, math.pi), a=st.floats(0, 5), b=st.floats(0, 5))
def test_damping_composes(theta, a, b):
    """a then b is a + b; angles only fall."""
    twice = damped_angle(damped_angle(theta, a), b)
    assert float(twice) == pytest.approx(float(damped_angle(theta, a + b)), abs=1e-12)
    assert float(twice) <= theta + 1e-15


def test_times_in_si():
    """t_lambda = 2/(lambda g muB B); k/t_lambda."""
    t = damping_time(damping=1e33, field=2.0, g=2.0)
    assert t == pytest.approx(1 / (1e33 * 9.2740100783e-24 * 2), rel=1e-9)
    assert conversion_rate(t) == pytest.approx(2 / 3 / t)
    assert conversion_rate(t, scattering_time=3 * t, convention="paper") == pytest.approx(0.650051190667 / t, rel=1e-11)
    assert conversion_rate(math.inf) == 0
