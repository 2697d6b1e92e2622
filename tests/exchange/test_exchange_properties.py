"""Laws that hold for every junction: symmetry, scaling, zeros, agreement of routes."""

import math

import numpy as np
import pytest
from exchange_cases import junction
from hypothesis import given, settings
from hypothesis import strategies as st

from fespin.exchange import Coupling, ExchangeModel, exchange_coupling, exchange_map
from fespin.exchange.constants import ELECTRONVOLT
from fespin.exchange.hopping import hopping_term
from fespin.exchange.insulator import insulator_term, polarised_weight, spin_weight
from fespin.exchange.kernel import lens_area, slab_element
from fespin.exchange.leads import leads_term

FAST = ExchangeModel(accuracy="fast")
sizes = st.floats(0.0, 40.0)


@st.composite
def junctions(draw, symmetric=False):
    """Barriers above kappa_0 d = 1; metals and half metals, equal and different leads."""
    height = draw(st.floats(0.1, 2.0))
    U = [height + draw(st.floats(0.5, 9.0)) for _ in range(2)]
    J = [draw(st.floats(0.05, 7.0)) for _ in range(2)]
    if symmetric:
        U[1], J[1] = U[0], J[0]
    return junction(tuple(U), tuple(J), height, draw(st.floats(0.7, 3.0)))


def parts(j, model=FAST):
    found = exchange_coupling(j, model=model)
    return np.array([found.hopping, found.leads, found.insulator_at_unity])


@settings(max_examples=30, deadline=None)
@given(junctions())
def test_leads_may_be_exchanged(j):
    """All three terms, for any leads."""
    mirrored = j.replace(well_depth=j.well_depth[::-1], splitting=j.splitting[::-1])
    assert parts(mirrored) == pytest.approx(parts(j), rel=1e-11, abs=1e-30)


@settings(max_examples=20, deadline=None)
@given(junctions(), st.integers(0, 1))
def test_no_splitting_no_coupling(j, which):
    """One unpolarised lead is enough."""
    split = list(j.splitting)
    split[which] = 0.0
    assert parts(j.replace(splitting=tuple(split))).tolist() == [0.0, 0.0, 0.0]


@settings(max_examples=20, deadline=None)
@given(junctions(symmetric=True), st.floats(1.0, 100.0))
def test_insulator_term_goes_as_one_over_eps(j, eps):
    """I eps is constant; H = H0 + I1/eps; the critical permittivity is where it vanishes."""
    found = exchange_coupling(j, model=FAST)
    assert found.insulator(eps) * eps == pytest.approx(found.insulator_at_unity, rel=1e-14)
    assert found.total(eps) == pytest.approx(found.independent + found.insulator_at_unity / eps, rel=1e-14, abs=1e-40)
    if not math.isnan(found.critical_permittivity):
        scale = abs(found.independent)
        assert found.total(found.critical_permittivity) == pytest.approx(0, abs=1e-12 * scale)


@settings(max_examples=20, deadline=None)
@given(st.floats(-200, -4), st.floats(0.1, 2.0), st.floats(0.5, 3.0))
def test_product_of_small_splittings(power, height, ratio):
    """All terms go as J_L J_R, without cancellation down to where floats end; the next order is (J/(U - h_B))^2."""
    reference = parts(junction(5, (1e-4, 2e-4), height, 1.0))
    J = 10.0**power
    found = (
        parts(junction(5, (J, ratio * J), height, 1.0)) if power > -150 else parts(junction(5, (J, 1e-4), height, 1.0))
    )
    scale = J * ratio * J if power > -150 else J * 1e-4
    assert found / scale == pytest.approx(reference / 2e-8, rel=2e-5)


@settings(max_examples=12, deadline=None)
@given(junctions())
def test_normal_accuracy_against_high(j):
    """Within 1e-5 of the size of the terms it is made of, for metals, half metals and different leads."""
    high = insulator_term(j, "high")
    left, right = j.leads
    size = abs(left.gap * right.gap) / (left.majority * right.majority)
    assert insulator_term(j) == pytest.approx(high, rel=1e-5, abs=1e-12 * size * math.exp(-2 * j.decay * j.width))
    assert leads_term(j) == pytest.approx(leads_term(j, accuracy="high"), rel=1e-7)
    assert hopping_term(j) == pytest.approx(hopping_term(j, accuracy="high"), rel=1e-9, abs=1e-40)


@settings(max_examples=60, deadline=None)
@given(sizes, sizes)
def test_kernel_is_positive_smooth_and_bounded(X, Y):
    """F > 0; even in Y; continuous where the two formulas meet; exp(-|Y|) F is at most 1/12."""
    X, Y = np.array([X]), np.array([Y])
    found = slab_element(X, Y)[0]
    assert 0 < found <= 1 / 12 + 1e-15
    assert slab_element(X, -Y)[0] == found
    step = 1e-7
    assert slab_element(X + step, Y)[0] == pytest.approx(found, rel=1e-5)
    assert slab_element(X, Y + step)[0] == pytest.approx(found, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 12.0), st.floats(0.01, 5.0), st.floats(0.01, 5.0))
def test_lens_against_its_chord(q, a, b):
    """Area = int of the overlapping chords along the line of centres."""
    x = np.linspace(-a, a, 20001)
    chord = np.minimum(np.sqrt(np.maximum(a * a - x * x, 0)), np.sqrt(np.maximum(b * b - (x - q) ** 2, 0)))
    found = lens_area(np.array([q]), np.array([a]), np.array([b]))[0]
    assert found == pytest.approx(2 * chord.sum() * (x[1] - x[0]), abs=2e-4 * (a * a + b * b))  # no ends: chord 0


@settings(max_examples=30, deadline=None)
@given(junctions(), st.floats(0.0, 1.0))
def test_polarised_weight_is_the_difference(j, share):
    """dw = w_- - w_+, written without cancellation."""
    for lead in j.leads:
        K = np.array([share * lead.fermi[0]])
        plain = spin_weight(lead, "-")(K) - spin_weight(lead, "+")(K)
        assert polarised_weight(lead)(K) == pytest.approx(plain, rel=1e-9, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(junctions(symmetric=True))
def test_hopping_is_continuous_in_temperature(j):
    """A tenth of a kelvin is nothing to a barrier of 0.1 eV: the quadrature of the warm edge joins the cold one."""
    cold = hopping_term(j)
    scale = abs(hopping_term(j.replace(splitting=(0.5 * ELECTRONVOLT, 0.5 * ELECTRONVOLT))))
    assert hopping_term(j, temperature=0.1) == pytest.approx(cold, rel=1e-4, abs=1e-4 * scale)


def test_no_overflow_in_thick_barriers():
    """Down to 1e-67 and below, without warnings."""
    found = exchange_coupling(junction(5, 4, 3.0, 20.0))
    assert all(math.isfinite(value) for value in (found.hopping, found.leads, found.insulator_at_unity))
    assert 0 < abs(found.hopping) < 1e-60
    assert exchange_coupling(junction(5, 4, 3.0, 200.0)).total(2.0) == pytest.approx(0, abs=1e-300)


def test_arrays_broadcast_and_processes_agree():
    """The map is the loop, in one process and in two; progress ends at 1."""
    J, height = np.array([4.0, 4.5, 0.0])[:, None] * ELECTRONVOLT, np.linspace(0.2, 0.8, 8) * ELECTRONVOLT
    seen = []
    options = {
        "well_depth": 5 * ELECTRONVOLT,
        "splitting": J,
        "barrier_height": height,
        "thickness": 1e-9,
        "model": FAST,
    }
    one = exchange_map(**options, progress=seen.append)
    two = exchange_map(**options, workers=2)
    assert one.total(4.5).shape == (3, 8)
    assert seen[-1] == 1
    assert np.array_equal(one.insulator_at_unity, two.insulator_at_unity)
    assert np.array_equal(one.hopping, two.hopping)
    single = exchange_coupling(junction(5, 4.5, 0.8, 1), model=FAST)
    assert one.total(4.5)[1, -1] == pytest.approx(single.total(4.5), rel=1e-12)
    assert not one.total(4.5)[2].any()
    eps = np.array([2.0, 8.0])
    assert one.total(eps[:, None, None]).shape == (2, 3, 8)
    different = exchange_map(**options, right_splitting=0.0)
    assert not different.total(1.0).any()


def test_coupling_of_arrays():
    """Critical permittivities come as an array with nan where there is none."""
    found = Coupling(hopping=np.array([-1.0, 1.0]), leads=np.zeros(2), insulator_at_unity=np.array([3.0, 3.0]))
    assert found.critical_permittivity.tolist()[0] == 3.0
    assert np.isnan(found.critical_permittivity[1])
