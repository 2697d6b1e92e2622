"""The full Landau-Lifshitz-Gilbert equation on a line: exact laws, planar limit, Landau instability, phase slips."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fespin import InputError, SolverError
from fespin.batteries.winding.battery import WindingBattery
from fespin.batteries.winding.capacity import landau_energy_density
from fespin.batteries.winding.llg import EasyPlaneLine, LLGRun, evolve
from fespin.batteries.winding.phase import Phase
from fespin.batteries.winding.simulate import simulate
from fespin.batteries.winding.stability import spiral_mode

TWO_PI = 2 * math.pi


def make(cells: int, length: float, **values: Any) -> EasyPlaneLine:
    return EasyPlaneLine(
        **{"A": 1.0, "K": 1.0, "s": 1.0, "alpha": 0.0, "points": np.linspace(0, length, cells + 1), **values}
    )


def noisy_spiral(line: EasyPlaneLine, turns: float, tilt: float = 1e-3) -> np.ndarray:
    return line.spiral(turns=turns, tilt=tilt * np.random.default_rng(1).standard_normal(line.nodes))


def turning(ring: EasyPlaneLine, turns: int, steps: int, dt: float, tilt: float = 1e-3) -> LLGRun:
    return evolve(ring, noisy_spiral(ring, turns, tilt), dt=dt, steps=steps)


def test_operators_are_those_of_linear_elements() -> None:
    """Stiffness and lumped mass of scikit-fem on the same uneven line mesh; the force is the slope of the energy."""
    skfem = pytest.importorskip("skfem")
    rng = np.random.default_rng(3)
    mesh = skfem.MeshLine(np.cumsum(rng.uniform(0.2, 1.0, 12)))
    basis = skfem.Basis(mesh, skfem.ElementLineP1())
    stiffness = skfem.BilinearForm(lambda u, v, w: u.grad[0] * v.grad[0]).assemble(basis)
    mass = np.asarray(skfem.BilinearForm(lambda u, v, w: u * v).assemble(basis).sum(axis=1)).ravel()
    order = np.argsort(mesh.p[0])
    line = make(11, 1, A=1.7, K=0.6, points=mesh.p[0][order])
    n = rng.standard_normal((3, 12))
    n /= np.sqrt((n**2).sum(axis=0))
    assert line.masses == pytest.approx(mass[order], rel=1e-12)
    field = np.empty_like(n)
    field[:, order] = n
    energy = 1.7 / 2 * sum(f @ (stiffness @ f) for f in field) + 0.6 / 2 * (mass * field[2] ** 2).sum()
    assert line.energy(n) == pytest.approx(energy, rel=1e-13)
    delta = rng.standard_normal((3, 12))
    slope = (line.energy(n + 1e-4 * delta) - line.energy(n - 1e-4 * delta)) / 2e-4
    assert -(line.force(n) * delta).sum() == pytest.approx(slope, rel=1e-9)  # quadratic: differences are exact


@given(
    seed=st.integers(0, 2**31),
    alpha=st.floats(0, 1),
    g=st.floats(0, 3),
    tau=st.floats(-1, 1),
    dt=st.floats(0.01, 0.15),
    ring=st.booleans(),
)
@settings(deadline=None, max_examples=25)
def test_length_and_energy_law(seed: int, alpha: float, g: float, tau: float, dt: float, ring: bool) -> None:
    """|n| = 1 and E - E0 = work - heat to rounding, from any field, on uneven meshes, open or closed."""
    rng = np.random.default_rng(seed)
    points = np.cumsum(rng.uniform(0.3, 1.0, 20))
    line = make(19, 1, alpha=alpha, points=points, ring=ring, g=0.0 if ring else g)
    n = rng.standard_normal((3, line.nodes))
    n /= np.sqrt((n**2).sum(axis=0))
    run = evolve(line, n, dt=dt, steps=30, torque=0.0 if ring else tau)
    assert np.abs((run.final**2).sum(axis=0) - 1).max() < 1e-12
    assert run.ledger_error < 1e-12
    assert (np.diff(run.heat_bulk) >= 0).all()
    assert (np.diff(run.heat_contacts) >= 0).all()


def test_units_do_not_matter() -> None:
    """YIG strip in SI units: the run is that of reduced units, rounding apart."""
    A, K, s = 1.48e-25, 4.93e-10, 7.96e-7 * 2e-14 * 1e6
    length, clock = math.sqrt(A / K), s / K
    reduced = make(40, 10.0, alpha=0.05, g=0.7)
    si = make(40, 10.0 * length, A=A, K=K, s=s, alpha=0.05, g=0.7 * s * length)
    runs = [
        evolve(line, line.spiral(turns=0.3, tilt=0.1), dt=0.1 * unit, steps=50, torque=0.4 * force)
        for line, unit, force in ((reduced, 1.0, 1.0), (si, clock, math.sqrt(A * K)))
    ]
    assert runs[1].final == pytest.approx(runs[0].final, abs=1e-11)
    assert runs[1].ledger_error < 1e-12


def test_second_order_in_time_and_space() -> None:
    """A smooth undamped wave on a spiral: errors fall as dt^2 and h^2."""

    def final(cells: int, dt: float) -> np.ndarray:
        line = make(cells, 16.0, ring=True, alpha=0.05)
        x = TWO_PI * line.points[:-1] / 16
        run = evolve(line, line.spiral(turns=1, tilt=0.3 * np.sin(x)), dt=dt, steps=round(4 / dt))
        return run.final[:, :: cells // 16]

    in_time = [final(32, dt) for dt in (0.2, 0.1, 0.05, 0.025)]
    gaps = [np.abs(b - a).max() for a, b in itertools.pairwise(in_time)]
    assert np.diff(np.log2(gaps)) == pytest.approx([-2, -2], abs=0.05)
    in_space = [final(cells, 0.05) for cells in (32, 64, 128, 256)]
    gaps = [np.abs(b - a).max() for a, b in itertools.pairwise(in_space)]
    assert np.diff(np.log2(gaps)) == pytest.approx([-2, -2], abs=0.1)


def planar(K: float, cells: int, **values: float) -> EasyPlaneLine:
    """A = chi = L = 1: s = sqrt(chi K), so that n_z falls as 1/sqrt(K)."""
    return make(cells, 1.0, K=K, s=math.sqrt(K), **values)


def test_matched_charge() -> None:
    """g = Z = 1, torque 0.7: charged at t = L/u with E = 0.245; work twice that, the rest pumped out (row 1)."""
    line = planar(4e6, 400, g=1.0)
    run = evolve(line, line.spiral(turns=0), dt=1 / 800, steps=800, torque=0.4 * 1.75)
    # fronts of a step on lumped masses: the error is not of second order (section 3)
    assert run.energy[-1] == pytest.approx(0.245, rel=0.02)
    assert run.work[-1] == pytest.approx(0.49, rel=0.02)
    assert run.heat_contacts[-1] == pytest.approx(0.245, rel=0.02)
    assert run.tilt.max() < 1e-3


def test_open_discharge_in_transits() -> None:
    """g = 0.2: E/E0 after one, two and three transits is (2/3)^2k (row 5)."""
    line = planar(4e6, 400, g=0.2)
    run = evolve(line, line.spiral(turns=0.05), dt=1 / 800, steps=2400)
    assert run.energy[[800, 1600, 2400]] / run.energy[0] == pytest.approx([4 / 9, 16 / 81, 64 / 729], rel=0.02)


def phase_only(line: EasyPlaneLine, torque: Callable[[float], float], dt: float, steps: int) -> np.ndarray:
    """phi of the linear model of eqs 1-6 on the same mesh, chi = s^2/K, implicit midpoint; solved densely."""
    size = line.nodes
    stiffness = np.zeros((size, size))
    for i, h in enumerate(line.cells):
        stiffness[i : i + 2, i : i + 2] += line.A / h * np.array([[1, -1], [-1, 1]])
    mass = np.diag(line.s**2 / line.K * line.masses)
    friction = np.diag(line.alpha * line.s * line.masses)
    friction[0, 0] += line.g
    friction[-1, -1] += line.g
    load = np.zeros(size)
    load[0], load[-1] = 1, -1
    phi, v = np.zeros(size), np.zeros(size)
    step = np.linalg.inv(mass / dt + friction / 2 + dt / 4 * stiffness)
    for i in range(steps):
        pull = torque((i + 0.5) * dt) * load
        new = step @ (mass @ v / dt - friction @ v / 2 - dt / 4 * stiffness @ v + pull - stiffness @ phi)
        phi, v = phi + dt * (v + new) / 2, new
    return phi


def test_reduces_to_the_phase_model() -> None:
    """With n_z ~ 1/sqrt(K) the angle tends to that of the linear model as 1/K; a ramp, for the long waves only."""

    def ramp(t: float) -> float:
        return 0.2 * math.sin(math.pi / 2 * min(t, 1)) ** 2

    errors = []
    for K in (4e2, 16e2, 64e2):
        line = make(32, 1.0, K=K, s=math.sqrt(K), g=0.5, alpha=0.3 / math.sqrt(K))
        run = evolve(line, line.spiral(turns=0), dt=0.01, steps=150, torque=ramp)
        angle = np.arctan2(run.final[1], run.final[0])
        errors.append(np.abs(angle - phase_only(line, ramp, 0.01, 150)).max())
    assert errors[-1] < 1e-4
    assert np.diff(np.log2(errors)) == pytest.approx([-2, -2], abs=0.2)


def test_agrees_with_the_hydrodynamic_solver() -> None:
    """`simulate` integrates eqs 1-6 with other elements: the same run of a ramped current, with damping."""
    gaps = []
    for cells, K in ((32, 1600.0), (64, 6400.0)):
        s = math.sqrt(K)
        battery = WindingBattery(
            length=1, stiffness=1, susceptibility=1, spin_density=s, damping=0.3 / s, contact_conductance=0.5,
            spin_torque=0.4, wire_resistance=1.0,
        )  # fmt: skip
        phase = Phase(kind="current", duration=1.5, amplitude=0.5, shape="ramp", time=1.0, dt=0.01)
        hydro = simulate(battery, phase, cells=cells)
        line = make(cells, 1.0, K=K, s=s, g=0.5, alpha=0.3 / s)
        run = evolve(line, line.spiral(turns=0), dt=0.01, steps=150, torque=lambda t: 0.4 * 0.5 * min(t, 1))
        angle = np.arctan2(run.final[1], run.final[0])
        gaps.append(np.abs(angle - hydro.phi[-1]).max())
        assert run.winding[-1] == pytest.approx(hydro.winding[-1], rel=3e-3)
        assert run.energy[-1] == pytest.approx(hydro.energy[-1], rel=1e-2)
    assert gaps[1] < 1e-4
    assert gaps[0] > 2 * gaps[1]  # the ramp has corners


def test_steady_winding_of_a_torque() -> None:
    """Eqs 7, 8: rho = torque/A; on the mesh A sin(k h)/h carries it."""
    line = make(80, 20.0, alpha=0.2, g=1.0)
    run = evolve(line, line.spiral(turns=0), dt=0.2, steps=1500, torque=lambda t: 0.3 * min(t / 20, 1))
    h = 0.25
    assert run.winding[-1] * TWO_PI / 20 == pytest.approx(math.asin(0.3 * h) / h, rel=1e-5)
    assert run.energy[-1] == pytest.approx(0.3**2 * 20 / 2, rel=2e-3)
    assert run.slips[-1] == 0
    assert run.ledger_error < 1e-12


def test_growth_rate_of_the_unstable_spiral() -> None:
    """L = 32, N = 6, second mode, 256 cells: fitted growth 0.187788 (row 19), the mesh's rate to dt^2."""
    line = make(256, 32.0, ring=True)
    q = 2 * TWO_PI / 32
    run = evolve(line, line.spiral(turns=6, tilt=1e-7 * np.cos(q * line.points[:-1])), dt=0.02, steps=2500, keep=50)
    amplitude = 2 * (run.fields[:, 2] * np.cos(q * line.points[:-1])).mean(axis=1)
    t = 0.02 * 50 * np.arange(len(amplitude))
    late = (t > 25) & (amplitude < 1e-2)
    rate = np.polyfit(t[late], np.log(amplitude[late]), 1)[0]
    formula = spiral_mode(q, k=6 * TWO_PI / 32, A=1, K=1, s=1, cell=1 / 8).real
    assert rate == pytest.approx(formula, rel=1e-5)
    assert rate == pytest.approx(0.187788, rel=2e-5)


def test_slips_above_the_landau_limit() -> None:
    """k = 1.374 kc, alpha = 0.1: the spiral of seven turns slips down to a stable one; slips count the turns."""
    ring = make(128, 32.0, alpha=0.1, ring=True)
    run = turning(ring, 7, 2000, 0.1)
    assert run.winding[0] == pytest.approx(7, abs=1e-12)
    assert run.winding[-1] == pytest.approx(1, abs=1e-10)
    assert run.winding == pytest.approx(7 + run.slips, abs=1e-9)  # whole at all times
    assert run.tilt.max() > 0.9  # a slip goes through the pole
    assert run.energy[-1] < 0.1 * run.energy[0]
    assert (np.diff(run.energy) <= 1e-12 * run.energy[0]).all()
    assert run.ledger_error < 1e-12


def test_holds_below_the_landau_limit() -> None:
    """k = 0.98 kc: the noise decays, no turn is lost; the density stays below K/2."""
    ring = make(128, 32.0, alpha=0.1, ring=True)
    run = turning(ring, 5, 2000, 0.1)
    assert run.winding[-1] == pytest.approx(5, abs=1e-10)
    assert not run.slips.any()
    assert run.tilt[-1] < 0.1 * run.tilt[0]
    assert run.energy[-1] / 32 < landau_energy_density(K=1.0)


def test_undamped_instability_keeps_its_turns_for_a_while() -> None:
    """k = 1.178 kc without damping: six turns until t = 40, while n_z grows a hundredfold."""
    ring = make(128, 32.0, ring=True)
    run = evolve(ring, ring.spiral(turns=6, tilt=1e-4 * np.cos(2 * TWO_PI * ring.points[:-1] / 32)), dt=0.05, steps=800)
    assert run.winding[-1] == pytest.approx(6, abs=1e-10)
    assert run.tilt[-1] > 100 * run.tilt[0]
    assert run.energy[-1] == pytest.approx(run.energy[0], rel=1e-12)


def driven(tau: float) -> LLGRun:
    """Torque in units of sqrt(A K), ramped up over 50 s/K, on a wire of 40 healing lengths."""
    line = make(160, 40.0, alpha=0.1, g=1.0)
    return evolve(line, noisy_spiral(line, 0), dt=0.2, steps=2000, torque=lambda t: tau * min(t / 50, 1))


@pytest.mark.parametrize(("tau", "measured"), [(0.5, 3.191), (0.9, 5.811)])
def test_below_the_landau_torque(tau: float, measured: float) -> None:
    """The stored winding follows tau L/(2 pi A); the notes' numbers were still ringing."""
    run = driven(tau)
    assert run.winding[-1] == pytest.approx(measured, rel=0.01)
    assert run.winding[-1] == pytest.approx(tau * 40 / TWO_PI, rel=0.015)
    assert run.tilt[-1] < 0.01


@pytest.mark.parametrize(("tau", "measured", "tilt"), [(1.1, 5.869, 0.43), (1.5, 4.469, 0.75)])
def test_above_the_landau_torque_the_winding_falls(tau: float, measured: float, tilt: float) -> None:
    """More torque stores less: the texture leaves the plane and precesses."""
    run = driven(tau)
    assert run.winding[-1] == pytest.approx(measured, rel=0.02)
    assert run.winding[-1] < 0.85 * tau * 40 / TWO_PI
    assert run.tilt[-1] == pytest.approx(tilt, abs=0.02)
    assert run.ledger_error < 1e-12


def test_open_winding_is_not_rounded() -> None:
    line = make(40, 10.0)
    assert line.winding(line.spiral(turns=0.37)) == pytest.approx(0.37, abs=1e-14)
    assert line.winding(line.spiral(turns=-1.2)) == pytest.approx(-1.2, abs=1e-14)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"A": 0}, "A must be a positive number"),
        ({"K": -1}, "K must be a positive number"),
        ({"s": 0}, "s must be a positive number"),
        ({"alpha": -0.1}, "alpha must be a number >= 0"),
        ({"g": -1}, "g must be a number >= 0"),
        ({"g": 1.0, "ring": True}, "g must be 0 in a ring"),
        ({"points": [0, 1, 1, 2]}, "points must be at least 4 ascending positions"),
        ({"points": [0, 1, 2]}, "points must be at least 4 ascending positions"),
        ({"points": [0, 1, 2, math.nan]}, "points must be at least 4 ascending positions"),
    ],
)
def test_bad_line(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make(10, 1.0, **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dt": 0}, "dt must be a positive number"),
        ({"dt": -1}, "dt must be a positive number"),
        ({"steps": -1}, "steps must be a whole number"),
        ({"steps": 1.5}, "steps must be a whole number"),
        ({"n": np.zeros((3, 5))}, r"n must be an array of shape \(3, 10\)"),
        ({"n": np.ones((3, 10))}, "n must be of unit length"),
        ({"n": np.full((3, 10), np.nan)}, "n must be of unit length"),
        ({"torque": 1.0}, "torque must be 0 in a ring"),
        ({"torque": "strong"}, "torque must be a number in J"),
    ],
)
def test_bad_run(change: dict[str, Any], message: str) -> None:
    ring = make(10, 1.0, ring=True)
    with pytest.raises(InputError, match=message):
        evolve(ring, **{"n": ring.spiral(turns=0), "dt": 0.1, "steps": 1, **change})


def test_bad_spiral() -> None:
    with pytest.raises(InputError, match="whole in a ring"):
        make(10, 1.0, ring=True).spiral(turns=0.5)
    with pytest.raises(InputError, match=r"within \[-1, 1\]"):
        make(10, 1.0).spiral(turns=0, tilt=2.0)


def test_too_large_a_step_says_so() -> None:
    """Newton's method has several roots then; it must not return just any."""
    line = make(40, 10.0, alpha=0.1)
    n = np.random.default_rng(0).standard_normal((3, 41))
    n /= np.sqrt((n**2).sum(axis=0))
    with pytest.raises(SolverError, match="take a smaller dt"):
        evolve(line, n, dt=1e3, steps=20)
