"""The solver: exactness, rates, energy law, symmetries, links, inductors, anisotropy, contacts."""

import numpy as np
import pytest
import skfem
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.constants import e, hbar
from winding_cases import reduced

import fespin
from fespin.batteries.winding import (
    ContactFilm,
    Phase,
    State,
    WindingWarning,
    best_charge,
    charge,
    discharge,
    film_contact,
    held,
    hold,
    impedance,
    nodes_from_mesh,
    scaling,
    simulate,
    yig_film,
)
from fespin.batteries.winding.line import matrices, uniform


def traveller(x, t):
    """A pulse that moves to the right at u = 1."""
    return np.exp(-(((x - t - 0.3) / 0.05) ** 2))


def test_box_scheme_is_exact_for_waves():
    """dt = h/u and no damping: a pulse moves on without dispersion, to rounding, on any mesh of equal cells."""
    x = uniform(1.0, 60)
    h = x[1]
    spin = -(traveller(x[1:], 0) - traveller(x[:-1], 0)) / h  # rho_s = d phi/dt = -d phi/dx, mean of each cell
    initial = State.of(x, traveller(x, 0), spin)
    result = simulate(reduced(0.1, 0), Phase(kind="open", duration=20 * h), initial=initial, records=1)
    assert result.phi[-1] == pytest.approx(traveller(x, 20 * h), abs=1e-13)


def test_second_order_away_from_the_exact_step():
    """dt = 0.4 h/u, a smooth pulse: error of order h^2."""
    errors = []
    for cells in (100, 200, 400):
        x = uniform(1.0, cells)
        spin = -(traveller(x[1:], 0) - traveller(x[:-1], 0)) / x[1]
        initial = State.of(x, traveller(x, 0), spin)
        result = simulate(reduced(0.1, 0), Phase(kind="open", duration=0.3, courant=0.4), initial=initial, records=1)
        errors.append(np.abs(result.phi[-1] - traveller(x, 0.3)).max())
    rates = np.log2(np.array(errors[:-1]) / errors[1:])
    assert rates == pytest.approx([2, 2], abs=0.15)
    assert errors[-1] < 5e-3


@pytest.mark.parametrize("courant", [1.0, 5.0])
def test_second_order_with_damping(courant):
    """A current exp(t) with Gilbert damping: X = 2 theta I/(A q coth(qL/2) + g), A q^2 = chi + alpha s."""
    battery = reduced(5, 1, 0.5, 0.5)
    q = np.sqrt(1.5)
    exact = 2 / (q / np.tanh(q / 2) + 5)
    errors = []
    for cells in (25, 50, 100, 200):
        phase = charge(current=1.0, shape="exponential", time=1.0, duration=25, courant=courant)
        errors.append(abs(simulate(battery, phase, cells=cells, records=1).final.drop / exact - 1))
    errors = np.array(errors)
    assert np.log2(errors[:-1] / errors[1:]) == pytest.approx([2, 2, 2], abs=0.05)
    assert errors[-1] < 6e-5


def test_first_order_after_a_jump():
    """A link that opens at once sends out waves of two cells, which Gilbert damping does not see: order h.

    The load share of row 9 of the notes, 0.36316 on 100 cells, goes to 0.36303.
    """
    battery = reduced(5, 1, 0.5, 0.5)
    shares = []
    for cells in (50, 100, 200, 400):
        result = simulate(battery, discharge(load=0.25, duration=40), cells=cells, density=1.0, records=1)
        shares.append(result["load"][-1] / result.energy[0])
    steps = np.diff(shares)
    assert np.log2(steps[:-1] / steps[1:]) == pytest.approx([1, 1], abs=0.05)
    assert 2 * shares[-1] - shares[-2] == pytest.approx(0.363033, abs=1e-6)


def test_matrices_are_those_of_finite_elements():
    """Tridiagonals against the textbook on unequal cells; the mass form with one point a cell."""
    x = np.array([0, 0.1, 0.4, 0.5, 1.0])
    h = np.diff(x)
    found = matrices(x)
    assert found["box"][1] == pytest.approx(h / 4)
    assert found["box"][0] == pytest.approx(np.convolve(h, [0.25, 0.25]))
    assert found["stiffness"][1] == pytest.approx(-1 / h)
    assert found["lumped"][0] == pytest.approx(np.convolve(h, [0.5, 0.5]))


def test_meshes_of_the_user(tmp_path):
    """Unequal cells of a mesh file, nodes in any order: steady state and ledger as always."""
    x = np.sort(np.random.default_rng(3).uniform(0, 1, 30))
    x = np.concatenate([[0], x, [1]])
    mesh = skfem.MeshLine(x[np.newaxis, ::-1].copy(), np.array([np.arange(31), np.arange(1, 32)]))
    nodes = nodes_from_mesh(mesh)
    assert nodes == pytest.approx(x)
    result = simulate(reduced(friction=0.3), charge(current=1.0, duration=40, dt=0.02), nodes=nodes)
    assert result.density[-1] == pytest.approx(np.ones(31), rel=1e-6)
    assert result.ledger_error.max() < 1e-12
    with pytest.raises(fespin.MeshError, match="as long as the battery"):
        simulate(reduced(), charge(current=1.0, duration=1), nodes=2 * x)
    square = skfem.MeshTri()
    with pytest.raises(fespin.MeshError, match="must be of lines"):
        nodes_from_mesh(square)


positive = st.floats(0.05, 20)
either_sign = st.floats(-5, 5).map(lambda value: round(value, 6))  # squares of 1e-160 are no numbers


@st.composite
def batteries(draw):
    g, theta, zeta = draw(positive), draw(st.floats(0.05, 3)), draw(st.floats(0.01, 1))
    return reduced(
        g, theta, 2 * theta**2 / (g * zeta), draw(st.floats(0, 5)), length=draw(st.floats(0.3, 3)),
        susceptibility=draw(st.floats(0.2, 5)), anisotropy=draw(st.sampled_from([0.0, 0.0, 2.0])),
        folds=draw(st.integers(1, 4)),
    )  # fmt: skip


@st.composite
def phase_lists(draw):
    out = []
    for kind in draw(st.lists(st.sampled_from(["current", "voltage", "load", "open"]), min_size=1, max_size=4)):
        source = kind in ("current", "voltage")
        out.append(Phase(
            kind=kind, duration=draw(st.floats(0.1, 2)), amplitude=draw(either_sign) if source else 0.0,
            shape=draw(st.sampled_from(["step", "ramp", "exponential", "sine"])), time=draw(st.floats(0.1, 1)),
            load=draw(st.floats(0, 2)), inductance=draw(st.sampled_from([0.0, 0.3])),
            gate=draw(st.sampled_from([0.0, 3.0])), gate_time=draw(st.sampled_from([0.0, 0.1])), courant=0.5,
        ))  # fmt: skip
    return out


@settings(max_examples=60, deadline=None)
@given(battery=batteries(), phases=phase_lists(), density=either_sign)
def test_energy_law(battery, phases, density):
    """The ledger closes for whatever battery, circuit, gate and anisotropy; every heat is positive (second law)."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", WindingWarning)
        result = simulate(battery, phases, cells=12, density=density)
    assert result.ledger_error.max() < 1e-12
    for name in ("load", "contact", "gilbert", "switch"):
        assert np.diff(result[name]).min() >= -1e-13 * (result["flow"][-1] + 1e-300)


@settings(max_examples=40, deadline=None)
@given(battery=batteries(), seed=st.integers(0, 99))
def test_no_charge_beats_the_bound(battery, seed):
    """Energy gained over work of the source, in every stretch of any current with the link open."""
    rng = np.random.default_rng(seed)
    phases = [Phase(kind="current", amplitude=a, duration=t, shape="ramp", time=t) for a, t in
              zip(rng.normal(size=4), rng.uniform(0.1, 2, size=4), strict=True)]  # fmt: skip
    result = simulate(battery, phases, cells=10)
    gained, paid = np.diff(result.energy), np.diff(result["source"])
    assert (gained <= battery.one_way_bound * np.maximum(paid, 0) + 1e-12 * result["flow"][-1]).all()


@settings(max_examples=30, deadline=None)
@given(anisotropy=st.sampled_from([0.0, 5.0]), density=st.floats(-4, 4), gate=st.sampled_from([0.0, 2.0]))
def test_time_reversal(anisotropy, density, gate):
    """Without damping and contacts the steps run backwards when the spin density is turned round."""
    battery = reduced(0.0, 0.0, friction=0.0, anisotropy=anisotropy)
    x = uniform(1.0, 20)
    phase = Phase(kind="open", duration=3, courant=0.5, gate=gate)
    initial = State.of(x, -density * x + 0.3 * np.cos(3 * x), np.sin(5 * x[1:]))
    initial.gate = gate
    there = simulate(battery, phase, initial=initial, records=1)
    turned = there.final
    turned.rho_s *= -1
    back = simulate(battery, phase, initial=turned, records=1)
    assert back.phi[-1] == pytest.approx(initial.phi, abs=1e-10)
    assert -back.rho_s[-1] == pytest.approx(initial.rho_s, abs=1e-9)
    assert there.energy == pytest.approx(np.full(2, there.energy[0]), rel=1e-12)


def test_spin_motive_force_from_the_film():
    """Spin diffusion solved by finite elements, without the formulas: sign and size of all coefficients.

    Currents j_c = sigma (E + theta V'), j_s = sigma (theta E - V') across the film with V = mu/2e. The bottom
    (y = 0) loses 2 G (V - m), m = hbar v/2e, into the magnet; the torque is (hbar/2e) times that current.
    """
    film = ContactFilm(length=1e-6, width=2e-7, thickness=5e-9, resistivity=4e-7, spin_hall_angle=0.3,
                       spin_diffusion_length=1.5e-9, mixing_conductance=5e18)  # fmt: skip
    sigma, length, t, theta, G = 1 / 4e-7, 1.5e-9, 5e-9, 0.3, film.interface_conductance
    basis = skfem.Basis(skfem.MeshLine(np.linspace(0, t, 2001)), skfem.ElementLineP2())
    K = skfem.BilinearForm(lambda u, v, _: sigma * (u.grad[0] * v.grad[0] + u * v / length**2)).assemble(basis).tolil()
    drift = skfem.LinearForm(lambda v, _: sigma * theta * v.grad[0]).assemble(basis)
    bottom = basis.get_dofs(lambda x: x[0] == 0).flatten()[0]
    top = basis.get_dofs(lambda x: x[0] == t).flatten()[0]
    K[bottom, bottom] += 2 * G

    def answer(U, v):
        E, m = U / film.length, hbar * v / (2 * e)
        right = drift * E
        right[bottom] += 2 * G * m
        V = skfem.solve(K.tocsc(), right)
        current = film.width * sigma * (t * E + theta * (V[top] - V[bottom]))
        torque = film.length * film.width * hbar / (2 * e) * 2 * G * (V[bottom] - m)
        return current, torque

    (I_U, tau_U), (I_v, tau_v) = answer(1.0, 0.0), answer(0.0, 1.0)
    assert I_v == pytest.approx(tau_U, rel=1e-6)  # Onsager: the same sign
    contact = film_contact(film)
    # at constant current: V = R I - theta v, torque = theta I - g v; the film's own axis may point either way
    assert I_U * contact.resistance == pytest.approx(1, rel=1e-6)
    assert abs(tau_U) / I_U == pytest.approx(contact.spin_torque, rel=1e-6)
    assert -tau_v + tau_U * I_v / I_U == pytest.approx(contact.conductance, rel=1e-6)
    emf = -I_v / I_U  # voltage at v = 1 and no current, relative to the torque's sign: opposite
    assert emf * tau_U < 0
    assert -tau_v < contact.conductance  # shorting the metal lowers the damping


def test_discharge_runs_against_the_charging_current():
    """And driven precession lowers the voltage of the wires."""
    battery = reduced()
    driven = simulate(battery, charge(current=1.0, duration=0.5))
    assert driven["voltage"][-1] < battery.wire_resistance
    both = simulate(battery, [charge(current=1.0, duration=5), discharge(load=1.0, duration=0.5)])
    assert both["current"][-1] < 0 < both["voltage"][-1]


def test_small_signal_impedance():
    """A sine current at late times against the formula, in phase and out of phase."""
    battery = reduced(5, 1, 0.5, 0.3)
    for f in (0.05, 0.4):
        result = simulate(battery, Phase(kind="current", amplitude=1, shape="sine", time=1 / f, duration=10 / f),
                          cells=200, records=10**6)  # fmt: skip
        t = result.time[1:] - np.diff(result.time) / 2  # means of steps belong to their middle
        late = t > 5 / f
        basis = np.column_stack([np.sin(2 * np.pi * f * t), np.cos(2 * np.pi * f * t)])[late]
        real, imaginary = np.linalg.lstsq(basis, result["voltage"][1:][late], rcond=None)[0]
        assert complex(real, imaginary) == pytest.approx(complex(impedance(battery, f)), rel=5e-4)
    spectrum = impedance(battery, np.logspace(-4, 2, 300))
    assert spectrum.real.min() > 0  # passive
    closed = impedance(battery, 1e-4, link=400.0)
    assert abs(closed - 0.5) < abs(impedance(battery, 1e-4) - 0.5)


def test_inductance():
    """Without a magnet's voltage an L-R circuit: I = (V/R)(1 - exp(-R t/L)); opened, its energy goes to the switch."""
    battery = reduced(5, 1e-9, 0.5)
    phases = [Phase(kind="voltage", amplitude=1, load=0.5, inductance=2.0, duration=2), Phase(kind="open", duration=1)]
    result = simulate(battery, phases, cells=400)
    end = result.rows(0)[-1]
    assert result["inductor_current"][end] == pytest.approx(1 - np.exp(-1), rel=1e-5)
    assert result["switch"][-1] == pytest.approx(2.0 * result["inductor_current"][end] ** 2 / 2, rel=1e-12)
    assert result.ledger_error.max() < 1e-13


def test_link_holds_and_slips():
    """Above A 2 pi N/L the winding stays; below a warning, and it goes."""
    battery = reduced(friction=0.5)
    kept = simulate(battery, hold(gate=400.0, duration=60), density=6 * np.pi)
    assert kept.turns[-1] == 3
    assert kept.phi[-1, 0] - kept.phi[-1, -1] == pytest.approx(held(battery, 3, 400.0).drop, rel=1e-6)
    assert np.isnan(kept.turns[0])
    with pytest.warns(WindingWarning, match="cannot hold 3 turns"):
        lost = simulate(battery, hold(gate=10.0, duration=60), density=6 * np.pi)
    assert lost.turns[-1] < 3
    assert lost.ledger_error.max() < 1e-12


def test_gate_that_closes_slowly():
    """The work of a ramped gate is in the ledger."""
    result = simulate(reduced(), hold(gate=50.0, duration=5, gate_time=2.0), density=7.0)
    assert result["gate_work"][-1] > 0
    assert result["gate"][-1] == 50
    assert result.ledger_error.max() < 1e-13


@pytest.mark.parametrize(("fraction", "enters"), [(0.95, False), (1.05, True)])
def test_anisotropy_sets_a_threshold(fraction, enters):
    """Below the torque sqrt(A kap) (n = 2) the edge is pinned; above, kinks run in (notes, section 8)."""
    battery = reduced(1.0, 0.5, 0.6, 1.0, length=10.0, anisotropy=1.0)
    current = fraction * 1.0 / 0.5
    phase = Phase(kind="current", amplitude=current, shape="ramp", time=50, duration=300)
    result = simulate(battery, phase, cells=200)
    if enters:
        assert result.winding[-1] > 1
    else:
        assert result.winding[-1] == pytest.approx(0.399, abs=2e-3)
    assert result.ledger_error.max() < 1e-12


def test_landau_limit_is_warned_of():
    """Beyond kc the hydrodynamics are not the physics."""
    battery = reduced(easy_plane=1.0)
    with pytest.warns(WindingWarning, match="beyond the Landau wave number"):
        simulate(battery, Phase(kind="open", duration=0.1), density=1.5)


def test_scaling_of_the_efficiency():
    """Best charge: no length changes it; a larger g at fixed theta and R_w lowers zeta."""
    found = scaling(reduced(), "length", [0.5, 2.0], cells=20)
    assert found[0].charging == pytest.approx(found[1].charging, rel=1e-9)
    damped = scaling(reduced(), "damping", [0.0, 0.2, 0.5], cells=20)
    assert damped[0].round_trip > damped[1].round_trip > damped[2].round_trip
    larger = scaling(reduced(), "contact_conductance", [5.0, 10.0], cells=20)
    assert larger[0].round_trip > larger[1].round_trip
    for one in [*found, *damped, *larger]:
        assert one.round_trip < one.bound


def test_long_run():
    """20000 steps on 400 cells of the shipped strip: the ledger stays closed."""
    battery = yig_film()
    with pytest.raises(fespin.InputError, match="charge slowly"):
        best_charge(battery, current=1e-3)
    result = simulate(battery, charge(current=1e-3, duration=50 * battery.transit_time), cells=400, records=10)
    assert result.steps == 20000
    assert result.ledger_error.max() < 1e-12
