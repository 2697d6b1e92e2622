"""Two assemblies: printed numbers, the recursion against closed forms, the vector sum, A and B."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from fespin.assemblies import interact, merged, small_injection, spin_torque, split, tis_coefficient, torque_coefficient
from fespin.assemblies.coefficients import conversion_of_cosine, torque_of_cosine

angles = st.floats(0.0, math.pi)
populations = st.floats(0.001, 1.0)


@pytest.mark.parametrize(
    ("n1", "n2", "degrees", "rotation", "tis", "tia", "steps", "time"),
    [
        (0.8, 0.2, 145, 2.5070804157, 0.4054357877, 0.5945642123, 11, 23.28573887),
        (0.98, 0.02, 145, 0.1552794528, 0.0406503263, 0.9593496737, 11, 13.11578450),
        (0.5, 0.5, 90, 45, 0.5, 0.5, 1, 2),
        (0.99, 0.01, 67, 0.4195774241, 0.0104943499, 0.9895056501, 10, 12.41123495),
        (0.99, 0.01, 120, 0.2092436940, 0.0194385067, 0.9805614933, 11, 12.96170302),
    ],
)
def test_paper(n1, n2, degrees, rotation, tis, tia, steps, time):
    """Reference values as printed to ten digits; the vectorised form gives the same."""
    result = interact(n1, n2, math.radians(degrees), rule="paper")
    assert math.degrees(result.rotation) == pytest.approx(rotation, abs=6e-11)
    assert result.tis[-1] == pytest.approx(tis, abs=6e-11)
    assert result.tia[-1] == pytest.approx(tia, abs=6e-11)
    assert result.steps() == steps
    assert result.time[steps] == pytest.approx(time, abs=6e-9)
    final = merged(n1, n2, math.radians(degrees), rule="paper")
    assert float(final.rotation) == pytest.approx(result.rotation, rel=1e-14)
    assert float(final.tis) == pytest.approx(result.tis[-1], rel=1e-14)


@pytest.mark.parametrize(
    ("n1", "n2", "degrees", "rotation", "tis"),
    [
        (0.8, 0.2, 145, 10.2218354838, 0.3535703087),
        (0.98, 0.02, 145, 0.6820543447, 0.0363147610),
        (0.5, 0.5, 90, 45, 0.2928932188),
        (0.99, 0.01, 67, 0.5306283056, 0.0060500635),
    ],
)
def test_conserving(n1, n2, degrees, rotation, tis):
    """Reference values."""
    final = merged(n1, n2, math.radians(degrees))
    assert math.degrees(float(final.rotation)) == pytest.approx(rotation, abs=6e-11)
    assert float(final.tis) == pytest.approx(tis, abs=6e-11)


def test_first_scattering():
    """Step 1 of 80/20 at 145 deg; TIA2 rotates first, TIA1 falls, against the text of figure 9."""
    result = interact(0.8, 0.2, math.radians(145), rule="paper")
    assert (result.n1[1], result.n2[1], result.tis[1]) == pytest.approx((0.6, 0.0361695911, 0.3638304089), abs=6e-11)
    assert result.direction1[1] == 0
    assert result.angle[1] == pytest.approx(math.radians(72.5))


@given(n1=populations, n2=populations, phi=angles, tis=st.floats(0, 1), rule=st.sampled_from(["paper", "conserving"]))
def test_number_is_conserved(n1, n2, phi, tis, rule):
    """n1 + n2 + n_TIS at every scattering; nothing negative; the angle halves."""
    result = interact(n1, n2, phi, n_tis=tis, rule=rule)
    assert result.tia + result.tis == pytest.approx(np.full(len(result.n1), n1 + n2 + tis), rel=1e-12)
    assert min(result.n1.min(), result.n2.min(), result.tis.min()) >= 0
    assert np.diff(result.time).min(initial=1) > 0
    if len(result.n1) > 2:
        assert result.angle[1] == pytest.approx(phi / 2)


@given(n1=populations, n2=populations, phi=st.floats(0.0, 3.1))
def test_conserving_is_the_vector_sum(n1, n2, phi):
    """Rotation atan2(n2 sin, n1 + n2 cos), TIS = n1 + n2 - |S| (to the rounding of 1 - cos at small angles)."""
    final = merged(n1, n2, phi)
    total = complex(n1 + n2 * math.cos(phi), n2 * math.sin(phi))
    assert float(final.rotation) == pytest.approx(math.atan2(total.imag, total.real), abs=1e-13)
    assert float(final.tia) == pytest.approx(abs(total), rel=1e-13)
    assert float(final.tis) == pytest.approx(n1 + n2 - abs(total), abs=1e-13)


def test_opposite_spins():
    """At pi exactly: no rotation, 2 min(n1, n2) go to TIS."""
    for n1, n2 in ((0.7, 0.3), (0.3, 0.7), (0.5, 0.5)):
        for rule in ("paper", "conserving"):
            final = merged(n1, n2, math.pi, rule=rule)
            assert float(final.rotation) in (0.0, pytest.approx(math.pi if n2 > n1 else 0.0))
            assert float(final.tis) == pytest.approx(2 * min(n1, n2), rel=1e-14)
    assert float(merged(0.7, 0.3, math.pi).rotation) == 0


def test_one_assembly_alone():
    """Nothing to meet: nothing happens."""
    result = interact(0.6, 0.0, 1.0)
    assert len(result.n1) == 1
    assert result.rotation == 0
    assert float(merged(0.0, 0.4, 1.0).rotation) == 1.0


def test_verdicts_on_the_printed_claims():
    """11 scatterings to 0.1 deg; comparable numbers after 5 (80/20) and 9 (98/2); largest rotation and thresholds."""
    from fespin.plotting.assemblies_paper import comparable

    assert comparable(interact(0.8, 0.2, math.radians(145), rule="paper")) == 5
    assert comparable(interact(0.98, 0.02, math.radians(145), rule="paper")) == 9
    phi = np.radians(np.linspace(0, 180, 18001))
    paper, vector = (merged(0.99, 0.01, phi, rule=rule) for rule in ("paper", "conserving"))
    assert np.degrees(phi[np.argmax(paper.rotation)]) == pytest.approx(67.26, abs=0.011)
    assert np.degrees(phi[np.argmax(vector.rotation)]) == pytest.approx(90.6, abs=0.05)
    assert np.degrees(phi[np.argmax(paper.tis)]) == pytest.approx(146, abs=0.5)
    assert paper.tis.max() == pytest.approx(0.02033, abs=5e-6)
    assert np.degrees(phi[np.argmax(paper.tis > 0.01)]) == pytest.approx(64.9, abs=0.05)
    for degrees, steps in ((145, 11), (67, 10), (120, 11)):  # at least log2 of the angle over 0.1 deg
        assert interact(0.99, 0.01, math.radians(degrees), rule="paper").steps() == steps
        assert steps >= math.log2(degrees / 0.1)


@pytest.mark.parametrize(
    ("degrees", "A", "in_degrees", "B"),
    [
        (0, 1, 57.2957795131, 2),
        (30, 0.954929658551, 54.7134391669, 1.942243242693),
        (60, 0.826993343133, 47.3832282469, 1.780633762577),
        (90, 0.636619772368, 36.4756261112, 1.548531450983),
        (120, 0.413496671566, 23.6916141235, 1.296772293763),
        (150, 0.190985931710, 10.9426878334, 1.088898170373),
        (180, 0, 0, 1),
    ],
)
def test_coefficients(degrees, A, in_degrees, B):
    """Reference values; 57 is 1 rad in degrees."""
    phi = math.radians(degrees)
    assert float(torque_coefficient(phi, rule="paper")) == pytest.approx(A, abs=6e-13)
    assert math.degrees(float(torque_coefficient(phi, rule="paper"))) == pytest.approx(in_degrees, abs=6e-11)
    assert float(tis_coefficient(phi, rule="paper")) == pytest.approx(B, abs=6e-13)
    assert float(torque_coefficient(phi)) == float(tis_coefficient(phi)) == 1


@given(phi=st.floats(0.05, 3.1), rule=st.sampled_from(["paper", "conserving"]))
def test_coefficients_are_the_limit_of_the_recursion(phi, rule):
    """n2/n1 = 1e-7: rotation and conversion of the recursion to the next order in n2/n1."""
    final = merged(1.0, 1e-7, phi, rule=rule)
    rotation, tis = small_injection(1e-7, phi, rule=rule)
    assert float(final.rotation) == pytest.approx(float(rotation), rel=3e-6)
    assert float(final.tis) == pytest.approx(float(tis), rel=3e-6)


@given(phi=angles)
def test_sum_of_b(phi):
    """The printed sum term by term, sixty of them."""
    total = sum(2.0**-j / math.cos(phi / 2**j) ** 2 for j in range(2, 60))
    B = 1 + (1 + math.cos(phi)) * total
    assert float(conversion_of_cosine(np.array(math.cos(phi)))) == pytest.approx(B, rel=1e-13)
    assert float(torque_of_cosine(np.array(math.cos(phi)))) == pytest.approx(np.sinc(phi / math.pi), abs=1e-7)


def test_extremes_of_a_small_injection():
    """tan(theta) = 2 theta at 66.7817 deg; conversion equals the injection at 64.6629 deg."""
    phi = np.radians(np.linspace(60, 72, 120001))
    rotation, _ = small_injection(1.0, phi, rule="paper")
    assert np.degrees(phi[np.argmax(rotation)]) == pytest.approx(66.7817, abs=1e-3)
    root = brentq(lambda t: math.sin(t) - 2 * t * math.cos(t), 1.0, 1.4)
    assert math.degrees(root) == pytest.approx(66.7817, abs=5e-5)
    threshold = brentq(lambda p: float(small_injection(1.0, p, rule="paper")[1]) - 1, 1.0, 1.3)
    assert math.degrees(threshold) == pytest.approx(64.6629, abs=5e-5)


def test_torque_turns_towards_what_is_injected():
    """Eq 62 corrected: ds1 = A rate/n1 (s2 - s1 (s1.s2)), the reverse of the printed sign."""
    s2 = np.array([0.6, 0.0, 0.8])
    ds, lost = spin_torque([1, 0, 0], s2, n1=2.0, rate=0.1)
    assert ds == pytest.approx([0, 0, 0.04])
    assert lost == pytest.approx(0.1 * 0.4)
    ds, lost = spin_torque([1, 0, 0], s2, n1=2.0, rate=0.1, rule="paper")
    phi = math.acos(0.6)
    assert ds == pytest.approx([0, 0, 0.04 * math.sin(phi) / phi])
    assert lost == pytest.approx(0.04 * float(tis_coefficient(phi, rule="paper")))


@given(n1=populations, n2=populations, phi=st.floats(0.0, 3.1))
def test_split_is_what_two_assemblies_become(n1, n2, phi):
    """The vector sum of directions, by another road than the recursion."""
    final = merged(n1, n2, phi)
    found = split([[0, 0, 1], [math.sin(phi), 0, math.cos(phi)]], [n1, n2])
    assert found.tia == pytest.approx(float(final.tia), rel=1e-12)
    assert found.tis == pytest.approx(float(final.tis), abs=1e-12)
    assert math.atan2(found.direction[0], found.direction[2]) == pytest.approx(float(final.rotation), abs=1e-12)


def test_split_counts_every_spin_once():
    """All spins along z are all of TIA (eq 6 makes them 2, eq 7 leaves -1); opposite ones are all TIS."""
    aligned = split([[0, 0, 2.0]] * 5)
    assert (aligned.tia, aligned.tis, aligned.polarization) == (5, 0, 1)
    opposite = split([[0, 0, 1], [0, 0, -1]])
    assert (opposite.tia, opposite.tis) == (0, 2)
    assert np.isnan(opposite.direction).all()
    # a distribution over the angle to z: n_TIA is the integral of p cos(theta), here that of damped precession
    from fespin.assemblies import angular_density, mean_cosine

    theta = (np.arange(4000) + 0.5) * math.pi / 4000
    c, p = np.cos(theta), angular_density(theta, 1.0) * math.pi / 4000
    up = split([[0, 0, 1], [0, 0, -1]], [p @ (1 + c) / 2, p @ (1 - c) / 2])  # p_up and p_down of A1.1
    assert up.tia == pytest.approx(float(mean_cosine(1.0)), rel=1e-6)
