"""Spin statistics: printed numbers, the balance itself, Fermi's two bands, integrals by quadrature."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from fespin.assemblies import balance, spin_density, spin_number, spin_states

RULES = ("complete", "isotropic", "paper")
rules = st.sampled_from(RULES)
fractions = st.floats(0.0, 1.0)
energies = st.floats(-40.0, 40.0)


@pytest.mark.parametrize(
    ("rule", "z", "x", "expected"),
    [
        ("paper", 0, 0, (0.308834350047, 0, 0.095582824977, 0.095582824977)),
        ("paper", 2, 0, (0.112849127789, 0, 0.003176897116, 0.383973975094)),
        ("paper", 0, 0.75, (0.108248752085, 0.324746256255, 0.033502495830, 0.033502495830)),
        ("paper", -2, 0.75, (0.029689927755, 0.089069783265, 0.381018683479, 0.000221605501)),
        ("complete", 0, 0, (0.25, 0, 0.125, 0.125)),
        ("complete", 2, 0, (0.104993585404, 0, 0.007104668309, 0.387901746287)),
        ("complete", 0, 0.75, (0.075236038274, 0.225708114823, 0.099527923452, 0.099527923452)),
        ("complete", -2, 0.75, (0.028014183986, 0.084042551957, 0.384370171017, 0.003573093040)),
        ("isotropic", 0, 0.75, (0.1, 0.3, 0.05, 0.05)),
        ("isotropic", -2, 0.75, (0.029515197068, 0.088545591205, 0.381368144852, 0.000571066874)),
    ],
)
def test_occupation(rule, z, x, expected):
    """Reference values to their twelve digits."""
    states = spin_states(z, x, rule=rule)
    found = [float(v) for v in (states.tis, states.tia, states.full, states.empty)]
    assert found == pytest.approx(expected, abs=6e-13)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("paper", (1.142294704374, 1.208715546774, 1.278227786487, 1.344909974378, 1.386294361120)),
        ("isotropic", (1, 1.089841053716, 1.192991503711, 1.304789311627, 1.386294361120)),
        ("complete", (1, 1.010686156863, 1.046496287529, 1.124896068635, 1.386294361120)),
    ],
)
def test_number(rule, expected):
    """Closed form against reference values, and against quadrature of the distribution."""
    x = np.array([0, 0.25, 0.5, 0.75, 1])
    assert spin_number(x, rule=rule) == pytest.approx(expected, abs=6e-13)
    for share, value in zip(x, expected, strict=True):
        integral = 2 * quad(lambda z, share=share: float(spin_states(z, share, rule=rule).spin), 0, 60, epsabs=1e-12)[0]
        assert integral == pytest.approx(value, abs=1e-10)


def test_the_printed_constants_are_a_slip_of_digits():
    """Eq 21 prints 1.1428; 0.6168 and 0.3832 of eqs 19, 27 are pi^2/16 and 1 - pi^2/16, rounded."""
    assert float(spin_number(0.0, rule="paper")) == pytest.approx(1.1423, abs=5e-5)
    assert float(balance(0.0, "paper")) == pytest.approx(0.3832, abs=6e-5)
    # eq 15's constant by integrating sin^2 of half the difference of angles over both distributions
    value = quad(
        lambda a: quad(lambda b: math.sin(a) * math.sin(b) / 4 * math.sin((a - b) / 2) ** 2, 0, math.pi)[0], 0, math.pi
    )[0]
    assert value == pytest.approx(0.19157486, abs=1e-8)
    assert value == pytest.approx((1 - math.pi**2 / 16) / 2, abs=1e-10)


@given(z=energies, x=fractions, rule=rules)
def test_balance_and_sums(z, x, rule):
    """Eqs 10, 17, 25: what fills adds up to Fermi functions, and the two kinds of scattering balance."""
    states = spin_states(z, x, rule=rule)
    F, full, empty = float(states.spin), float(states.full), float(states.empty)
    f = 1 / (1 + math.exp(z))
    assert F + 2 * full == pytest.approx(f, rel=1e-12, abs=1e-300)
    assert F + 2 * empty == pytest.approx(1 / (1 + math.exp(-z)), rel=1e-12, abs=1e-300)
    assert float(balance(x, rule)) * F**2 == pytest.approx(4 * full * empty, rel=1e-10, abs=1e-300)
    assert min(F, full, empty) >= 0
    assert float(states.electrons) == pytest.approx(f, rel=1e-12)


@given(z=energies, x=fractions)
def test_complete_is_two_fermi_bands(z, x):
    """N_up N_dn = N_full N_empty with N = full + F (1 +- x)/2 ... of the spin places: no correlation is left."""
    states = spin_states(z, x)
    up = float(states.full + states.spin * (1 + x) / 2) * 2
    down = float(states.full + states.spin * (1 - x) / 2) * 2
    assert 2 * float(states.full) == pytest.approx(up * down, rel=1e-10, abs=1e-300)
    assert 2 * float(states.empty) == pytest.approx((1 - up) * (1 - down), rel=1e-8, abs=1e-15)


@given(z=st.floats(-30, 30))
def test_limits(z):
    """Without polarization the uncorrelated Fermi gas; with all spins aligned min(f, 1 - f) in every rule."""
    f = 1 / (1 + math.exp(z))
    states = spin_states(z, 0.0)
    assert float(states.tis) == pytest.approx(f * (1 - f), rel=1e-12)
    assert float(states.full) == pytest.approx(f**2 / 2, rel=1e-12)
    for rule in RULES:
        aligned = spin_states(z, 1.0, rule=rule)
        assert float(aligned.tia) == pytest.approx(min(f, 1 / (1 + math.exp(-z))), rel=1e-12)
        assert min(float(aligned.full), float(aligned.empty)) == 0


def test_boltzmann_tail():
    """Eq 30: far above the Fermi energy x exp(-z) in TIA, (1 - x) exp(-z) in TIS, nearly nothing in full places."""
    states = spin_states(30.0, 0.4, rule="paper")
    assert float(states.tia) == pytest.approx(0.4 * math.exp(-30), rel=1e-12)
    assert float(states.tis) == pytest.approx(0.6 * math.exp(-30), rel=1e-12)
    assert float(states.full) < 1e-12 * float(states.spin)


@given(x=st.floats(0.0, 1.0), rule=rules)
def test_number_has_no_seam(x, rule):
    """Series and closed form agree with the integral at any x; monotonic."""
    value = float(spin_number(x, rule=rule))
    assert 1 - 1e-14 <= value <= 2 * math.log(2) + 1e-14
    nearby = float(spin_number(min(x + 1e-7, 1.0), rule=rule))
    assert -1e-13 <= nearby - value < 1e-5


def test_shapes_and_density():
    """Arrays broadcast; the density in SI."""
    states = spin_states(np.zeros((3, 1)), np.zeros(4))
    assert states.tis.shape == states.full.shape == states.empty.shape == (3, 4)
    n = spin_density(0.5, density_of_states=1e47, temperature=300)
    assert n == pytest.approx(1.046496287529 * 1e47 * 1.380649e-23 * 300, rel=1e-11)
