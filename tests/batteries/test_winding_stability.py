"""Landau limit, growth rates, phase-slip barriers and lifetimes of the winding."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.constants import mu_0
from scipy.integrate import solve_ivp

from fespin import InputError
from fespin.batteries.winding import stability
from fespin.batteries.winding.llg import EasyPlaneLine
from fespin.batteries.winding.saddle import mesh_saddle

BARRIERS = {0.0: 2, 0.3: 1.14821619917, 0.5: 0.684853256372, 0.6: 0.487245738398, 0.9: 0.0599315274749}
REVERSE = {0.3: 3.03317179132, 0.6: 4.25715692271, 0.9: 5.71479830394}
positive = st.floats(0.05, 20)


def jacobian_rates(line: EasyPlaneLine, turns: int) -> np.ndarray:
    """Eigenvalues of the linearised LLG on a ring, by differences of its right side: no formula of `spiral_mode`."""
    n = line.spiral(turns=turns)
    in_plane = np.stack([-n[1], n[0], np.zeros(line.nodes)])

    def rates(phi: np.ndarray, nz: np.ndarray) -> np.ndarray:
        length = np.sqrt(1 + phi**2 + nz**2)
        m = (n + phi * in_plane + [[0], [0], [1]] * nz) / length
        # s dn/dt = m x (f - alpha s dn/dt) solved for dn/dt
        torque = np.cross(m, line.force(m) / line.masses, axis=0)
        motion = (torque - line.alpha * np.cross(m, torque, axis=0)) / (line.s * (1 + line.alpha**2))
        return np.concatenate([(motion * in_plane).sum(axis=0), motion[2]])

    size, step = line.nodes, 1e-5
    matrix = np.empty((2 * size, 2 * size))
    for column in range(2 * size):
        delta = np.zeros(2 * size)
        delta[column] = step
        matrix[:, column] = (rates(delta[:size], delta[size:]) - rates(-delta[:size], -delta[size:])) / (2 * step)
    return np.linalg.eigvals(matrix)


@pytest.mark.parametrize(("turns", "alpha"), [(3, 0.0), (6, 0.0), (6, 0.3), (7, 0.1)])
def test_rates_are_those_of_the_linearised_llg(turns: int, alpha: float) -> None:
    """Fastest mode on the mesh: formula against the eigenvalues of a numerical Jacobian (differences: 1e-8)."""
    line = EasyPlaneLine(A=1.3, K=0.9, s=0.7, alpha=alpha, points=np.linspace(0, 32, 65), ring=True)
    found = jacobian_rates(line, turns).real.max()
    case = {"k": 2 * math.pi * turns / 32, "A": 1.3, "K": 0.9, "s": 0.7, "alpha": alpha, "cell": 0.5}
    formula = max(stability.spiral_mode(2 * math.pi * j / 32, **case).real for j in range(33))
    assert found == pytest.approx(formula, abs=2e-6 if formula < 1e-6 else 1e-7)


def test_reference_growth_rates() -> None:
    """L = 32, N = 6, second mode: continuum and mesh of 256 cells."""
    q, k = 4 * math.pi / 32, 12 * math.pi / 32
    assert stability.spiral_mode(q, k=k, A=1, K=1, s=1).real == pytest.approx(0.189840886425, rel=1e-11)
    assert stability.spiral_mode(q, k=k, A=1, K=1, s=1, cell=1 / 8).real == pytest.approx(0.187789231679, rel=1e-11)


def test_mesh_rates_are_of_second_order() -> None:
    q, k = 4 * math.pi / 32, 12 * math.pi / 32
    exact = stability.spiral_mode(q, k=k, A=1, K=1, s=1).real
    errors = [
        abs(stability.spiral_mode(q, k=k, A=1, K=1, s=1, cell=32 / c).real - exact) for c in (128, 256, 512, 1024)
    ]
    assert np.diff(np.log2(errors)) == pytest.approx([-2, -2, -2], abs=0.05)


@given(A=positive, K=positive, s=positive, alpha=st.floats(0, 2), ratio=st.floats(0, 3), q=st.floats(0.01, 5))
@settings(deadline=None)
def test_landau_criterion(A: float, K: float, s: float, alpha: float, ratio: float, q: float) -> None:
    """A mode grows only beyond kc, damping or not; below, damping makes it decay; at large q nothing grows."""
    kc = stability.landau_wave_number(A=A, K=K)
    q, k = q * kc, ratio * kc
    rate = stability.spiral_mode(q, k=k, A=A, K=K, s=s, alpha=alpha).real * s / K
    growing = q**2 < k**2 - kc**2
    assert (rate > 1e-9) <= growing
    if growing and abs(q**2 / (k**2 - kc**2) - 1) > 1e-6:
        assert rate > 0
    fastest_q, fastest = stability.fastest_growth(k=k, A=A, K=K, s=s)
    assert rate <= fastest * s / K + 1e-9
    if fastest > 0:
        assert stability.spiral_mode(fastest_q, k=k, A=A, K=K, s=s).real == pytest.approx(fastest, rel=1e-9)


@pytest.mark.parametrize("k", BARRIERS)
def test_barriers(k: float) -> None:
    """Reference table; the difference of both ways is the work of the current in one turn."""
    forward = stability.slip_barrier(A=1, K=1, k=k)
    reverse = stability.slip_barrier(A=1, K=1, k=-k, reverse=True)
    assert forward == pytest.approx(BARRIERS[k], rel=2e-11)
    if k in REVERSE:
        assert reverse == pytest.approx(REVERSE[k], rel=1e-11)
    assert reverse - forward == pytest.approx(2 * math.pi * k, rel=1e-14)


def test_barrier_ends_at_the_landau_limit() -> None:
    """0 at and beyond kc, and 2 sqrt(AK) c^3/3 just below, kappa = cos c, without loss of digits."""
    assert stability.slip_barrier(A=2, K=8, k=2.0) == 0
    assert stability.slip_barrier(A=2, K=8, k=3.0) == 0
    assert stability.slip_barrier(A=1, K=1, k=3.0, reverse=True) == pytest.approx(6 * math.pi, rel=1e-15)
    assert stability.slip_barrier(A=1, K=1, k=math.cos(1e-3)) == pytest.approx(2e-9 / 3, rel=1e-6)
    c = 0.05  # both branches
    series, closed = (2 * c**3 * (1 / 3 - c**2 / 30 + c**4 / 840), 2 * (math.sin(c) - c * math.cos(c)))
    assert series == pytest.approx(closed, rel=1e-11)


def test_scaling_of_barriers() -> None:
    """sqrt(A K) times a function of k sqrt(A/K)."""
    assert stability.slip_barrier(A=3, K=12, k=0.5 * 2) == pytest.approx(6 * BARRIERS[0.5], rel=1e-11)


@pytest.mark.parametrize("k", BARRIERS)
def test_saddle_on_a_mesh(k: float) -> None:
    """Newton's method on the discretised energy: one downhill direction, the barrier to order h^2."""
    saddles = [mesh_saddle(A=1.0, K=1.0, k=k, cell=h) for h in (0.2, 0.1, 0.05, 0.025)]
    errors = [abs(saddle.barrier - BARRIERS[k]) for saddle in saddles]
    assert all(saddle.downhill == 1 and saddle.gradient < 1e-12 for saddle in saddles)
    assert np.diff(np.log2(errors)) == pytest.approx([-2, -2, -2], abs=0.03)
    assert errors[-1] < 6e-5
    nz, _ = stability.slip_profile(saddles[-1].line.points, A=1.0, K=1.0, k=k)
    assert saddles[-1].field[2] == pytest.approx(nz, abs=1e-3)


def test_profile_solves_the_euler_equations() -> None:
    """Constant current (1 - n_z^2) phi' = k and the out-of-plane equation, by differences; extra angle 2 arccos."""
    k, h = 0.6, 1e-3
    x = h * np.arange(-20000, 20001)
    nz, phi = stability.slip_profile(x, A=1.0, K=1.0, k=k)
    slope = np.gradient(phi, h)
    assert (1 - nz**2) * slope == pytest.approx(np.full(x.size, k), abs=1e-5)
    theta = np.arcsin(nz)
    bend = (theta[2:] - 2 * theta[1:-1] + theta[:-2]) / h**2
    balance = bend + np.sin(theta[1:-1]) * np.cos(theta[1:-1]) * (slope[1:-1] ** 2 - 1)
    assert np.abs(balance).max() < 1e-5
    assert phi[-1] - phi[0] - k * (x[-1] - x[0]) == pytest.approx(2 * math.acos(k), abs=1e-6)
    assert stability.slip_profile(x, A=1.0, K=1.0, k=-k)[1] == pytest.approx(-phi, rel=1e-15)


def string_barrier(line: EasyPlaneLine, turns: int, images: int = 25) -> float:
    """Barrier from `turns` to `turns` - 1 on a ring by the string method with a climbing image.

    The first path adds the two spirals, so that they cancel at one place, and lifts n there: no saddle is put in.
    """
    share = np.linspace(0, 1, images)[:, None]
    x = 2 * np.pi * line.points[:-1] / line.length
    psi = (1 - share) * np.exp(-1j * turns * x) + share * np.exp(-1j * (turns - 1) * x)
    path = np.stack([psi.real, psi.imag, np.sqrt(1.02 - np.abs(psi) ** 2)], axis=1)
    path[0], path[-1] = line.spiral(turns=turns), line.spiral(turns=turns - 1)
    path /= np.sqrt((path**2).sum(axis=1, keepdims=True))
    h = line.cells[0]
    q2 = 2 * (1 - np.cos(2 * np.pi * np.fft.rfftfreq(line.nodes))) / h**2
    smoother = 0.4 / (h * (line.K + line.A * q2))  # step and preconditioner

    def descend(fields: np.ndarray, climb: np.ndarray | None = None) -> np.ndarray:
        force = np.stack([line.force(n) for n in fields])
        force -= (force * fields).sum(axis=1, keepdims=True) * fields
        if climb is not None:
            force -= 2 * (force * climb).sum() * climb
        move = np.fft.irfft(smoother * np.fft.rfft(force, axis=2), n=line.nodes, axis=2)
        fields = fields + move
        return fields / np.sqrt((fields**2).sum(axis=1, keepdims=True))

    for _ in range(300):
        path[1:-1] = descend(path[1:-1])
        arc = np.append(0, np.cumsum(np.sqrt((np.diff(path, axis=0) ** 2).sum(axis=(1, 2)))))
        flat = path.reshape(images, -1)
        even = np.linspace(0, arc[-1], images)
        path = np.stack([np.interp(even, arc, column) for column in flat.T], axis=1).reshape(path.shape)
        path /= np.sqrt((path**2).sum(axis=1, keepdims=True))
    top = int(np.argmax([line.energy(n) for n in path]))
    assert 0 < top < images - 1
    climb = path[top + 1] - path[top - 1]
    climb /= np.sqrt((climb**2).sum())
    saddle = path[top : top + 1]
    for _ in range(600):
        saddle = descend(saddle, climb)
    return line.energy(saddle[0]) - line.energy(path[0])


@pytest.mark.parametrize(("length", "turns"), [(16.0, 1), (16.0, 2), (24.0, 2)])
def test_barrier_of_a_ring_by_the_string_method(length: float, turns: int) -> None:
    """Minimum-energy path between neighbouring windings, with errors of order h^2 taken off by extrapolation."""
    coarse, fine = (
        string_barrier(EasyPlaneLine(A=1, K=1, s=1, alpha=0, points=np.linspace(0, length, c + 1), ring=True), turns)
        for c in (int(4 * length), int(8 * length))
    )
    exact = stability.ring_barrier(A=1, K=1, length=length, turns=turns)
    assert (4 * fine - coarse) / 3 == pytest.approx(exact, abs=1e-3 * exact)


def test_long_rings_are_wires() -> None:
    """The ring's barrier tends to the wire's as 1/L."""
    gaps = [
        stability.ring_barrier(A=1, K=1, length=20 * math.pi * m, turns=3 * m) - BARRIERS[0.3] for m in (1, 10, 100)
    ]
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.1)
    assert gaps[1] / gaps[2] == pytest.approx(10, rel=0.02)
    assert stability.ring_barrier(A=1, K=1, length=6.0, turns=1) == 0  # beyond kc


def test_lifetimes() -> None:
    """YIG wire of 50 nm x 20 nm at kc/2, 300 K: 10^20.7 s; a wide film at 0.033 kc: some 270 kT without its core."""
    section = 50e-9 * 20e-9
    A, K = 7.4e-12 * section, mu_0 * 1.4e5**2 * section
    kc = stability.landau_wave_number(A=A, K=K)
    barrier = stability.slip_barrier(A=A, K=K, k=kc / 2)
    assert stability.log10_lifetime(barrier) == pytest.approx(20.7, abs=0.05)
    film = {"A_bulk": 7.4e-12, "K_bulk": mu_0 * 1.4e5**2, "thickness": 20e-9, "k": 0.033 * kc}
    kT = 1.380649e-23 * 300
    assert stability.vortex_barrier(**film) / kT == pytest.approx(270, rel=0.01)
    assert stability.vortex_barrier(**film, core=1.0) > stability.vortex_barrier(**film)
    assert stability.vortex_barrier(**{**film, "k": kc}) == 0
    # the 1 um strip would hold for ever by the narrow-wire formula, which does not apply to it
    assert stability.slip_barrier(A=A * 20, K=K * 20, k=0.033 * kc) > 10 * stability.vortex_barrier(**film)


def test_lifetime_of_huge_barriers_is_finite_in_log() -> None:
    assert stability.log10_lifetime(1.0, attempt_frequency=1.0) > 1e19
    assert stability.log10_lifetime(0.0, attempt_frequency=1e9) == -9


def test_undamped_mode_by_integration() -> None:
    """The two linear equations of a mode, integrated, against the closed frequency with damping."""
    A, K, s, alpha, q, k = 1.0, 2.0, 0.5, 0.2, 0.7, 0.4
    a, b = A * q**2, A * q**2 + K - A * k**2

    def motion(t: float, y: np.ndarray) -> list[float]:
        phi, nz = y
        # s nz' = -a phi - alpha s phi', s phi' = b nz + alpha s nz'
        norm = s * (1 + alpha**2)
        return [(b * nz - alpha * a * phi) / norm, (-a * phi - alpha * b * nz) / norm]

    rate = stability.spiral_mode(q, k=k, A=A, K=K, s=s, alpha=alpha)
    assert rate.imag > 0
    period = 2 * math.pi / rate.imag
    end = solve_ivp(motion, (0, period), [1.0, 0.0], rtol=1e-10, atol=1e-12).y[:, -1]
    assert end == pytest.approx([math.exp(rate.real * period), 0], abs=1e-7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stability.landau_wave_number(A=0, K=1), "A must be a positive number"),
        (lambda: stability.healing_length(A=1, K=-1), "K must be a positive number"),
        (lambda: stability.spiral_mode(1, k=1, A=1, K=1, s=0), "s must be a positive number"),
        (lambda: stability.spiral_mode(1, k=1, A=1, K=1, s=1, alpha=-1), "alpha must be a number >= 0"),
        (lambda: stability.spiral_mode(1, k=1, A=1, K=1, s=1, cell=0), "cell must be a positive number"),
        (lambda: stability.slip_barrier(A=1, K=1, k=math.nan), "k must be a number"),
        (lambda: stability.ring_barrier(A=1, K=1, length=9, turns=0), "turns must be a positive whole number"),
        (lambda: stability.ring_barrier(A=1, K=1, length=9, turns=1.5), "turns must be a positive whole number"),
        (lambda: stability.slip_profile(np.zeros(1), A=1, K=1, k=1.0), "k must be below the Landau limit"),
        (lambda: stability.log10_lifetime(-1e-20), "barrier must be a number >= 0"),
        (lambda: stability.log10_lifetime(1e-20, temperature=0), "temperature must be a positive number"),
        (lambda: stability.vortex_barrier(A_bulk=1, K_bulk=1, thickness=1, k=0), "k .* must be a positive number"),
        (lambda: mesh_saddle(A=1, K=1, k=1.0, cell=0.1), "k must be from 0 to the Landau limit"),
        (lambda: mesh_saddle(A=1, K=1, k=0.5, cell=2.0), "cell must be at most a healing length"),
    ],
)
def test_bad_input(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
