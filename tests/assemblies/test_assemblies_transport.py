"""Spin torque transport: printed numbers, closed forms, rates, conservation, two methods against each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fespin.assemblies import TransportLaw, direction_rate, loss_rate, spin_torque_transport
from fespin.assemblies.hops import Hops
from fespin.errors import InputError, SolverError


def cells(n, length=2 * math.pi):
    return (np.arange(n) + 0.5) * length / n


def helix(x, q=1.0):
    return np.stack([np.cos(q * x), np.sin(q * x), 0 * x], axis=1)


@pytest.mark.parametrize(
    ("B", "printed", "exact", "continuum"),
    [(1, 0.7789572498, 0.7789571299, 0.7788007831), (2, 0.6067743970, 0.6067742102, 0.6065306597)],
)
def test_helix(B, printed, exact, continuum):
    """n_TIA = exp(-B D q^2 t), direction fixed: Heun's digits as printed; both methods reach the discrete solution."""
    x = cells(64)
    law = TransportLaw(diffusivity=1.0, tis=B, boundary="periodic")
    result = spin_torque_transport(law, x, helix(x), duration=0.25, method="heun")
    assert result.tia[-1] == pytest.approx(np.full(64, printed), abs=6e-11)
    fine = spin_torque_transport(law, x, helix(x), duration=0.25, tolerance=1e-10)
    assert fine.tia[-1] == pytest.approx(np.full(64, exact), abs=2e-8)
    assert exact == pytest.approx(continuum, abs=3e-4)
    assert np.abs(fine.direction[-1] - helix(x)).max() < 1e-12
    dx = x[1] - x[0]
    assert exact == pytest.approx(math.exp(-B * 2 * (1 - math.cos(dx)) / dx**2 * 0.25), abs=6e-11)


@pytest.mark.parametrize(
    ("A", "B", "spin", "tis"),
    [
        (1, 1, (1, 0, 0.0099998380), 0.9999500029),
        (1, 2, (0.9900010095, 0, 0.0099995027), 1.0099484897),
        ("angle", "angle", (0.9945135803, 0, 0.0063790694), 1.0054659609),
    ],
)
def test_injection(A, B, spin, tis):
    """Conversion along z into s = x, Heun's six and eleven steps.

    S to all printed digits. The printed n_TIS of the last two cases miss |S| + n_TIS = 2 by up to 2e-9; here it holds.
    """
    law = TransportLaw(diffusivity=1.0, torque=A, tis=B, conversion_rate=0.01, magnetization=(0, 0, 1))
    result = spin_torque_transport(law, np.arange(5.0), np.tile([1.0, 0, 0], (5, 1)), 1.0, duration=1.0, method="heun")
    assert result.spin[-1, 2] == pytest.approx(spin, abs=6e-11)
    assert result.tis[-1, 2] == pytest.approx(tis, abs=3e-9)
    assert result.tia[-1] + result.tis[-1] == pytest.approx(np.full(5, 2.0), abs=1e-14)
    fine = spin_torque_transport(law, np.arange(5.0), np.tile([1.0, 0, 0], (5, 1)), 1.0, duration=1.0, tolerance=1e-10)
    assert fine.spin[-1, 2] == pytest.approx(spin, abs=3e-8)  # what six steps of Heun leave


def test_uniform_steady_state():
    """x = rate tau/(1 + rate tau), eq 58, from any start."""
    law = TransportLaw(diffusivity=1.0, spin_lifetime=0.5, conversion_rate=3.0, magnetization=(1, 2, 2))
    for start in (np.zeros((4, 3)), np.tile([0.3, 0.2, 0.1], (4, 1))):
        result = spin_torque_transport(law, cells(4), start, 1.0, duration=12.0, tolerance=1e-9)
        assert result.polarization[-1] == pytest.approx(np.full(4, 1.5 / 2.5), abs=1e-8)
        assert result.direction[-1] == pytest.approx(np.tile([1, 2, 2], (4, 1)) / 3, abs=1e-8)


def wall_error(n):
    """A reservoir S_z = 1 at 0, D tau = 1, closed at 5: cosh(5 - x)/cosh 5."""
    x = np.arange(n + 1) * 5 / (n + 0.5)
    start = np.zeros((n + 1, 3))
    start[:, 2] = np.cosh(5 - x) / np.cosh(5) if n > 40 else 0.0
    start[0, 2] = 1
    law = TransportLaw(diffusivity=1.0, spin_lifetime=1.0, boundary=("held", "closed"))
    result = spin_torque_transport(law, x, start, 1.0, duration=20.0, tolerance=1e-9)
    return np.abs(result.spin[-1, :, 2] - np.cosh(5 - x) / np.cosh(5)).max()


def test_wall():
    """Second order; below 3e-4 at dx = 0.05."""
    errors = [wall_error(n) for n in (25, 50, 100)]
    assert errors[2] < 3e-4
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.05)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2, abs=0.05)


def modes_error(n):
    """Linear vector diffusion of three Fourier modes on a closed line of length pi, with relaxation and precession."""
    x = cells(n, math.pi)
    law = TransportLaw(diffusivity=1.0, spin_lifetime=2.0, precession=(0, 0, 0.7))
    start = np.stack([1 + 0.5 * np.cos(x), 0.4 * np.cos(2 * x), 0.3 * np.cos(3 * x)], axis=1)
    t = 0.2
    result = spin_torque_transport(law, x, start, 0.5, duration=t, tolerance=1e-9)
    decay = math.exp(-t / 2)
    free = np.stack([1 + 0.5 * np.cos(x) * math.exp(-t), 0.4 * np.cos(2 * x) * math.exp(-4 * t),
                     0.3 * np.cos(3 * x) * math.exp(-9 * t)], axis=1)  # fmt: skip
    c, s = math.cos(0.7 * t), math.sin(0.7 * t)
    exact = decay * free @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T
    return np.abs(result.spin[-1] - exact).max()


def test_three_modes():
    """Error 2.2e-4 and 5.4e-5 or better on 100 and 200 cells, second order."""
    errors = [modes_error(n) for n in (50, 100, 200)]
    assert errors[1] < 2.2e-4
    assert errors[2] < 5.4e-5
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.03)


def continuum_error(n, A=0.6, B=1.7):
    """Hop rates of smooth fields against the differential form, inside; direction and density separately."""
    dx = 1.0 / n
    x = np.linspace(-3, n + 2, n + 6) * dx
    a, b = 0.4 * np.sin(2 * x), 0.5 * x**2
    a1, a2, b1, b2 = 0.8 * np.cos(2 * x), -1.6 * np.sin(2 * x), x, np.ones_like(x)
    s = np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=1)
    along = np.stack([-np.sin(a) * np.cos(b), -np.sin(a) * np.sin(b), np.cos(a)], axis=1)
    around = np.stack([-np.sin(b), np.cos(b), 0 * b], axis=1)
    radial = np.stack([np.cos(b), np.sin(b), 0 * b], axis=1)
    s1 = along * a1[:, None] + around * (np.cos(a) * b1)[:, None]
    s2 = (along * a2[:, None] - s * (a1**2)[:, None] - around * (2 * np.sin(a) * a1 * b1)[:, None]
          + around * (np.cos(a) * b2)[:, None] - radial * (np.cos(a) * b1**2)[:, None])  # fmt: skip
    n0 = 2 + np.cos(3 * x)
    n1, n2 = -3 * np.sin(3 * x), -9 * np.cos(3 * x)
    t0, t2 = 1 + 0.3 * np.sin(x), -0.3 * np.sin(x)
    D = 0.7
    law = TransportLaw(diffusivity=D, torque=A, tis=B)
    dS, dT = Hops(law, len(x), dx, 1.0).rates(n0[:, None] * s, t0)
    inside = slice(2, -2)
    loss = loss_rate(s1, n0, diffusivity=D, tis=B)
    turn = direction_rate(s, s1, s2, n0, n1, diffusivity=D, torque=A)
    expected = n0[:, None] * turn + s * (D * n2 - loss)[:, None]
    return max(np.abs(dS - expected)[inside].max(), np.abs(dT - D * t2 - loss)[inside].max())


def test_hops_tend_to_the_differential_equations():
    """A = 0.6, B = 1.7: eqs 64-67 with the corrected signs and s_xx; the error falls four times per halving."""
    errors = [continuum_error(n) for n in (40, 80, 160)]
    assert errors[0] / errors[1] == pytest.approx(4, abs=0.1)
    assert errors[1] / errors[2] == pytest.approx(4, abs=0.05)


def test_printed_eq_64_points_the_other_way():
    """s1 x (s1 x s2) = s1 (s1.s2) - s2; with the printed sign a torque turns away from the neighbours."""
    s, s_x = np.array([1.0, 0, 0]), np.array([0, 0.3, 0])
    right = direction_rate(s, s_x, np.zeros(3), 1.0, 2.0, diffusivity=1.0)
    printed = 2 * 2.0 * np.cross(s, np.cross(s, s_x))
    assert right == pytest.approx(-printed)


@st.composite
def lines(draw):
    """Random smooth starts and laws; neighbouring angles small enough for a constant B."""
    n = draw(st.integers(8, 24))
    x = cells(n)
    phase, tilt, wave = draw(st.floats(0, 6)), draw(st.floats(-1, 1)), draw(st.floats(0, 0.5))
    turns = draw(st.integers(-1, 1))
    density = 1 + wave * np.cos(x + phase)
    angle = turns * x
    s = np.stack([np.cos(angle), np.sin(angle), np.full(n, tilt)], axis=1)
    spin = density[:, None] * s / np.linalg.norm(s, axis=1, keepdims=True)
    A, B = draw(st.sampled_from([(1, 1), (1, 2), (0.6, 1.7), (1.5, 0.5), ("angle", "angle")]))
    law = TransportLaw(
        diffusivity=draw(st.floats(0.1, 2)), torque=A, tis=B, spin_lifetime=draw(st.sampled_from([math.inf, 1.0, 5.0])),
        conversion_rate=draw(st.floats(0, 1)), magnetization=(0.2, -0.3, 1), precession=draw(st.sampled_from(
            [(0, 0, 0), (1, 0, 2)])), boundary=draw(st.sampled_from(["closed", "periodic"])),
    )  # fmt: skip
    return law, x, spin


@settings(max_examples=25, deadline=None)
@given(line=lines())
def test_number_is_kept_and_methods_agree(line):
    """n_TIA + n_TIS to rounding; explicit and implicit steps agree to their errors; TIS stays positive.

    Heun takes the largest steps that are stable: its errors are up to 4e-3 on eight cells.
    """
    law, x, spin = line
    results = [spin_torque_transport(law, x, spin, 1.0, duration=0.2, method=m) for m in ("heun", "imex")]
    for result in results:
        assert result.number == pytest.approx(np.full(2, result.number[0]), rel=1e-12)
        assert result.tis.min() > 0
    assert np.abs(results[0].spin[-1] - results[1].spin[-1]).max() < 1e-2 * np.abs(spin).max()


@settings(max_examples=10, deadline=None)
@given(line=lines(), angle=st.floats(0, 6))
def test_turning_everything_turns_the_result(line, angle):
    """No direction in space is special."""
    law, x, spin = line
    c, s = math.cos(angle), math.sin(angle)
    R = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    turned = TransportLaw(diffusivity=law.diffusivity, torque=law.torque, tis=law.tis, boundary=law.boundary,
                          spin_lifetime=law.spin_lifetime, conversion_rate=law.conversion_rate,
                          magnetization=R @ law.magnetization, precession=R @ law.precession)  # fmt: skip
    one = spin_torque_transport(law, x, spin, 1.0, duration=0.1, method="heun")
    two = spin_torque_transport(turned, x, spin @ R.T, 1.0, duration=0.1, method="heun")
    assert two.spin[-1] == pytest.approx(one.spin[-1] @ R.T, abs=1e-10)


def test_paper_loses_spin_twice_as_fast():
    """B = 2 doubles the loss of vector diffusion, where directions vary."""
    x = cells(64)

    def rate(flavour):
        law = TransportLaw(diffusivity=1.0, flavour=flavour, boundary="periodic")
        return -math.log(spin_torque_transport(law, x, helix(x), duration=0.1, tolerance=1e-9).tia[-1, 0])

    assert rate("paper") / rate("conserving") == pytest.approx(2, rel=1e-6)


def test_stiff_lines_do_not_crawl():
    """Hops of 1e17/s: the explicit method refuses 1e8 steps; once spins have settled, decades of time cost nothing."""
    x = cells(100, 10e-9)
    law = TransportLaw(diffusivity=1e-3, spin_lifetime=2e-13, conversion_rate=1e12, magnetization=(0, 0, 1),
                       precession=(0, 0, 1e14), damping_time=5e-13)  # fmt: skip
    start = 1e26 * helix(x, 1 / 3e-9)
    with pytest.raises(SolverError, match="use method='imex'"):
        spin_torque_transport(law, x, start, 5e26, duration=1e-9, method="heun")
    short, long = (spin_torque_transport(law, x, start, 5e26, duration=t, tolerance=1e-5) for t in (1e-11, 1e-8))
    assert long.info["steps"] < 2000
    assert long.info["steps"] < short.info["steps"] + 300
    for result in (short, long):
        assert result.polarization[-1] == pytest.approx(np.full(100, 0.2 / 1.2), rel=1e-6)
        assert result.number[-1] == pytest.approx(result.number[0], rel=1e-12)


@pytest.mark.parametrize(("A", "B"), [(1.5, "angle"), ("angle", "angle"), (0.1, 0.5), (2.0, 1.0)])
def test_rough_and_empty_cells(A, B):
    """Random directions, every third cell empty: B > 1 takes more than arrives there; steps do not collapse, and
    tighter ones agree."""
    rng = np.random.default_rng(7)
    start = rng.standard_normal((24, 3)) * (np.arange(24) % 3 > 0)[:, None]
    law = TransportLaw(diffusivity=1.0, torque=A, tis=B, boundary="periodic")
    x = cells(24, 7.2)
    coarse, fine = (spin_torque_transport(law, x, start, 5.0, duration=0.3, tolerance=t) for t in (1e-6, 1e-8))
    assert coarse.info["steps"] < 2000
    assert np.abs(coarse.spin[-1] - fine.spin[-1]).max() < 1e-2
    assert coarse.number[-1] == pytest.approx(coarse.number[0], rel=1e-12)


def test_damping_turns_the_assembly():
    """tan(theta/2) falls as exp(-t/t_lambda), eq 33, and n_TIA stays."""
    law = TransportLaw(diffusivity=1.0, damping_time=0.5, magnetization=(0, 0, 1))
    start = np.tile([math.sin(2.0), 0, math.cos(2.0)], (3, 1))
    for method in ("heun", "imex"):
        end = spin_torque_transport(law, np.arange(3.0), start, duration=1.0, method=method, tolerance=1e-9)
        theta = math.acos(end.direction[-1, 1, 2])
        assert math.tan(theta / 2) == pytest.approx(
            math.exp(-2) * math.tan(1.0), rel=3e-2 if method == "heun" else 1e-6
        )


def test_injection_is_an_exchange():
    """Spins fed in come out of TIS; along the spins that are there, n_TIA grows as they arrive."""
    law = TransportLaw(diffusivity=1.0, injection=(0, 0, 0.25))
    result = spin_torque_transport(law, np.arange(4.0), np.tile([0, 0, 1.0], (4, 1)), 2.0, duration=2.0)
    assert result.tia[-1] == pytest.approx(np.full(4, 1.5), rel=1e-9)
    assert result.tis[-1] == pytest.approx(np.full(4, 1.5), rel=1e-9)
    empty = spin_torque_transport(law, np.arange(4.0), np.zeros((4, 3)), 2.0, duration=2.0)
    assert empty.spin[-1] == pytest.approx(np.tile([0, 0, 0.5], (4, 1)), rel=1e-9)
    with pytest.raises(SolverError, match="n_TIS falls to"):
        spin_torque_transport(law, np.arange(4.0), np.tile([0, 0, 1.0], (4, 1)), 0.1, duration=2.0)


def test_angles_that_grow_are_refused():
    """With B = 2 neighbours must stay within 60 deg during the run, not only at its start."""
    x = cells(6)
    law = TransportLaw(diffusivity=1.0, tis=2.0, precession=np.linspace(0, 5, 6)[:, None] * [0, 0, 1.0])
    with pytest.raises(InputError, match="refine the grid or use B='angle'"):
        spin_torque_transport(law, x, np.tile([1.0, 0, 0], (6, 1)), duration=5.0)


def test_reports_progress_and_itself():
    """Shares done, records, a short repr."""
    seen = []
    law = TransportLaw(diffusivity=1.0)
    result = spin_torque_transport(law, np.arange(3.0), np.eye(3) + 1, duration=1.0, records=4, progress=seen.append)
    assert set(seen) >= {0.25, 0.5, 0.75, 1.0}
    assert seen == sorted(seen)
    assert result.time == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert "3 cells, 5 records" in repr(result)
