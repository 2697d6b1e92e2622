"""Laws of the layered valve, for any stack: the second route without a mesh, energy, symmetry, limits, rates."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from valve_cases import numbers, polarised, reduced, spacer, valves

from fespin import HalfMetal, NormalMetal
from fespin.batteries.valve import (
    Interface,
    Phase,
    SpinValve,
    StackMesh,
    best_load,
    charge,
    contact_jumps,
    discharge,
    exact_admittance,
    half_metal_valve,
    hold,
    impedance,
    impedance_of,
    low_frequency,
    potentials,
    resistance,
    round_trip,
    series_resistance,
    simulate,
    solve_static,
    step_current,
)
from fespin.batteries.valve.phase import plan
from fespin.errors import InputError

few = settings(max_examples=20, deadline=None)


@few
@given(valve=valves(), frequency=numbers(0.01, 2.0))
def test_finite_elements_equal_layers_in_closed_form(valve, frequency):
    """Statics and impedance of any stack with any interfaces; 60 cells leave (h/lambda)^2/10, h up to lambda/9."""
    assert complex(impedance(valve, frequency)) == pytest.approx(
        1 / complex(exact_admittance(valve, frequency)), rel=4e-3
    )
    if valve.configuration != "locked" or any(layer.two_channels for layer in valve.layers):
        found = solve_static(valve)
        exact = exact_admittance(valve).real
        assert found.conductance == pytest.approx(float(exact), rel=2e-3)
        assert abs(found.conductance / exact - 1) < 1.5 * found.mesh_error + 1e-11


@few
@given(valve=valves(), frequency=numbers(0.0, 2.0))
def test_passive_and_the_same_from_both_sides(valve, frequency):
    """Re Z >= 0 and reciprocity: a stack turned round has the same impedance."""
    Y = complex(exact_admittance(valve, frequency))
    assert Y.real >= 0
    mirrored = SpinValve(layers=valve.layers[::-1], interfaces=_mirrored(valve), cross_section=valve.cross_section)
    assert complex(exact_admittance(mirrored, frequency)) == pytest.approx(Y, rel=1e-9)
    flipped = replace(valve, layers=tuple(_turned(layer) for layer in valve.layers))
    if all(any(x.magnetization for x in valve.layers[k : k + 2]) or g is None or g.conductance_up == g.conductance_down
           for k, g in enumerate(valve.interfaces)):  # fmt: skip
        assert complex(exact_admittance(flipped, frequency)) == pytest.approx(Y, rel=1e-9)


def _turned(layer):
    return replace(layer, magnetization={"up": "down", "down": "up", None: None}[layer.magnetization])


def _mirrored(valve):
    """Up and down of an interface follow its left magnet: what was right is left now."""
    out = []
    for k, gate in enumerate(valve.interfaces):
        pair = [layer.magnetization for layer in valve.layers[k : k + 2]]
        turned = gate is not None and None not in pair and pair[0] != pair[1]
        out.append(replace(gate, conductance_up=gate.conductance_down, conductance_down=gate.conductance_up)
                   if turned else gate)  # fmt: skip
    return tuple(out[::-1])


@few
@given(valve=valves(), data=st.data())
def test_ledger_closes_for_any_stack_and_circuit(valve, data):
    """V j = R j^2 + heats + dE/dt at every record, to 1e-12 of the throughput; heats are never negative."""
    phases = [
        Phase(kind="voltage", amplitude=data.draw(numbers(-2, 2)), duration=data.draw(numbers(0.1, 3)), load=0.1,
              series=data.draw(numbers(0, 1)), shape=data.draw(st.sampled_from(["step", "ramp", "sine"])), time=0.7),
        Phase(kind=data.draw(st.sampled_from(["open", "load"])), duration=data.draw(numbers(0.1, 3)), load=0.3),
        Phase(kind="current", amplitude=data.draw(numbers(-1, 1)), duration=0.5),
    ]  # fmt: skip
    result = simulate(valve, phases, splitting=data.draw(numbers(-1, 1)), records=20)
    assert result.ledger_error.max() < 1e-12
    scale = result["flow"][-1] + result.energy.max()
    for name in ("load", "series", "ohmic", "contact", "leak"):
        assert (np.diff(result[name]) >= -1e-12 * scale).all(), name
    w = result.potentials
    assert np.nanmax(np.abs(w[:, :, -1])) == 0  # the right reservoir is grounded
    assert np.nanmax(np.abs(np.nanmax(w[:, :, 0], axis=1) - result["voltage"])) < 1e-12 * max(1, np.nanmax(np.abs(w)))


@few
@given(valve=valves(), V=numbers(0.1, 2))
def test_long_charging_reaches_the_static_state(valve, V):
    """The end of a transient is the solution without time."""
    found = solve_static(valve, V, estimate=False)
    tau = max(layer.relaxation_time for layer in valve.layers if layer.two_channels)
    result = simulate(valve, charge(voltage=V, duration=15 * tau, dt=tau / 20), records=1)
    assert result["current"][-1] == pytest.approx(found.current, rel=1e-4)
    assert result.energy[-1] == pytest.approx(found.energy, rel=1e-4)
    assert found.current * V == pytest.approx(sum(found.heats.values()), rel=1e-9)


def test_locked_valve_without_spin_flip_blocks_the_current():
    """Exactly zero, whatever the voltage; capacitance and splitting V are what is left (fig 2 of the paper)."""
    found = solve_static(reduced(), 0.7)
    assert found.current == 0
    assert found.resistance == math.inf
    assert found.energy == pytest.approx(0.49 / 2, rel=1e-11)
    inside = found.splitting[np.isfinite(found.splitting)]
    assert inside == pytest.approx(np.full(len(inside), 0.7), rel=1e-11)  # delta eta = eV
    assert [jump.value for jump in contact_jumps(found)] == pytest.approx([-0.35, -0.35], rel=1e-11)
    spins = potentials(found).chemical
    middle = slice(5, 106)
    assert spins[0, middle] == pytest.approx(np.full(101, 0.35), rel=1e-11)
    assert spins[1, middle] == pytest.approx(np.full(101, -0.35), rel=1e-11)


def test_the_potential_is_neutral_with_the_states_of_each_spin():
    """sum Pi_s eta_s = 0: eq 2 of the paper with the numerator Pi_-s; as printed it fails where Pi_up != Pi_dn."""
    valve = polarised(0.6, "down")
    layers = tuple(replace(x, density_polarization=0.3) if x.magnetization else x for x in valve.layers)
    metal = tuple(replace(x, material=replace(x.material, diffusivity=0.2)) for x in layers)
    found = potentials(solve_static(replace(valve, layers=metal)))
    mesh = StackMesh(replace(valve, layers=metal))
    states = np.array([layer.states for layer in metal])[mesh.layer_of].T
    neutral = (states * found.chemical).sum(0) / states.sum(0)
    assert np.abs(neutral).max() < 1e-15
    m = found.electrochemical[0] - found.electrochemical[1]
    right = states[1] / states.sum(0) * m
    printed = states[0] / states.sum(0) * m
    assert found.chemical[0] == pytest.approx(right, abs=1e-15)
    assert np.abs(found.chemical[0] - printed).max() > 0.01
    jump = contact_jumps(solve_static(replace(valve, layers=metal)))[0]
    at = mesh.first[1]
    assert jump.value == pytest.approx(-0.3 * m[at] / 2, rel=1e-9)  # P of the states, not beta = 0.6


def test_polarised_plates_need_the_polarization_of_their_states():
    with pytest.raises(InputError, match="must have a density_polarization, got none; it is that of the states"):
        potentials(solve_static(polarised(0.6, "down")))


def test_leak_of_thin_and_thick_spacers():
    """d << lambda: C/tau; d >> lambda: an ordinary wire of (d + 2 lambda)/s_N: nothing is locked."""
    thin = reduced(1e6)
    assert solve_static(thin).conductance == pytest.approx(1e-6, rel=2e-6)
    thick = reduced(1e-3, cells=2000)  # lambda = 0.0224
    assert resistance(thick) - 0.2 == pytest.approx((1 + 2 * math.sqrt(5e-4)) / 2, rel=1e-4)


def test_leak_of_polarised_plates_next_to_unity():
    """d << lambda_N, beta -> 1: C/tau + 1/R_F."""
    beta = 1 - 1e-7
    valve = polarised(beta, "down")
    long = replace(valve.layers[1].material, spin_diffusion_length=200.0)
    layers = (valve.layers[0], replace(valve.layers[1], material=long), valve.layers[2])
    tau = layers[1].relaxation_time
    G_F = 3 * (1 - beta**2) / (2 * 0.4 * math.tanh(0.3 / 0.4))
    found = exact_admittance(replace(valve, layers=layers)).real
    assert found == pytest.approx(1 / tau + G_F, rel=1e-4)
    assert solve_static(replace(valve, layers=layers)).conductance == pytest.approx(float(found), rel=1e-4)


def test_capacitor_window():
    """1/tau << omega << 4D/d^2: a capacitor; below it leaks, above it is d/s_N and a Warburg element."""
    low, high = spacer(1e4).window
    assert (low, high) == pytest.approx((1e-4, 2.0))
    omega = math.sqrt(low * high)
    Z = complex(impedance_of(spacer(1e4), omega))
    assert Z.imag == pytest.approx(-1 / omega, rel=1e-3)
    assert complex(low_frequency(spacer(1e4), omega)) == pytest.approx(Z, rel=1e-3)
    fast = 1e4 * high
    Z = complex(impedance_of(spacer(1e4), fast)) - 0.7
    assert math.degrees(math.atan2(Z.imag, Z.real)) == pytest.approx(-45, abs=1e-3)
    assert series_resistance(spacer()) == pytest.approx(0.2 + 2 / 3)
    short, long = spacer(0.1).window  # d > 2 lambda: no such frequency
    assert short > long


@settings(max_examples=100, deadline=None)
@given(duration=numbers(1e-12, 1e3), diffusion=numbers(0, 1e3), relaxation=numbers(1e-3, 1e6), dt=numbers(1e-3, 1e3))
def test_steps_add_up(duration, diffusion, relaxation, dt):
    """Four backward-Euler steps first; lengths that never fall; the whole duration."""
    for phase in (Phase(kind="open", duration=duration), Phase(kind="open", duration=duration, dt=dt)):
        if phase.dt is None and duration / relaxation > 1e5:
            continue
        steps = plan(phase, diffusion=diffusion, relaxation=relaxation)
        assert sum(s.count * s.dt for s in steps) == pytest.approx(duration, rel=1e-9)
        assert (steps[0].count, steps[0].theta) == (4, 1.0)
        assert all(s.theta == 0.5 for s in steps[1:])


def test_steps_end_however_fast_spins_diffuse():
    """d^2/D that all but underflows: steps double from a length that is not zero."""
    for diffusion in (5e-324, 1e-320, 1e-30):
        steps = plan(Phase(kind="open", duration=1.0), diffusion=diffusion, relaxation=1.0)
        assert len(steps) < 100
        assert sum(s.count * s.dt for s in steps) == pytest.approx(1.0, rel=1e-9)


def test_step_response_in_space_and_time():
    """Second order in the cells, and in the step."""
    exact = float(step_current(spacer(2), 0.5, external=0.5))

    def error(cells, dt):
        phase = charge(voltage=1.0, duration=0.5, series=0.5, dt=dt)
        return float(simulate(reduced(2, cells=cells), phase, records=1)["current"][-1]) / exact - 1

    errors = [error(n, 5e-4) for n in (20, 40)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)
    assert abs(errors[1]) < 6e-5
    best = error(400, 1e-4)
    assert (error(400, 0.01) - best) / (error(400, 0.005) - best) == pytest.approx(4, rel=0.3)


def test_self_discharge_of_any_profile():
    """Open plates: the mean decays as exp(-t/tau) whatever the profile; the energy of a uniform one as exp(-2t/tau)."""
    valve, tau = reduced(2), 2.0
    flat = simulate(valve, hold(duration=3.0, dt=0.01), splitting=1.0)
    assert flat.energy[-1] / flat.energy[0] == pytest.approx(math.exp(-2 * 3 / tau), rel=5e-5)  # dt^2, and a first jump
    x = StackMesh(valve).nodes
    bump = simulate(valve, hold(duration=3.0, dt=0.01), splitting=1 + np.cos(np.pi * (x - 1)) ** 3)
    mean = bump["splitting"]
    assert mean[-1] / mean[0] == pytest.approx(math.exp(-3 / tau), rel=5e-5)
    assert bump.energy[-1] / bump.energy[0] < flat.energy[-1] / flat.energy[0]  # diffusion burns its variation
    long = simulate(reduced(2, cells=20), hold(duration=40.0))
    assert long.energy.max() == 0


def test_charging_at_constant_voltage_loses_as_much_as_it_stores():
    """The RC law, from nothing to full, whatever the resistances; a discharge gives its share to the load."""
    for series in (0.0, 0.5, 20.0):
        result = simulate(reduced(), charge(voltage=1.0, duration=25 * (series + 0.9), series=series))
        assert result.energy[-1] == pytest.approx(result["source"][-1] / 2, rel=1e-8)
    found = round_trip(reduced(1e5), voltage=1.0, load=2.0, series=0.1)
    R = 2.1 + series_resistance(spacer())
    assert found.efficiency == pytest.approx(0.5 * 2 / R, rel=5e-3)


def test_best_load():
    """sqrt(R_rest (R_rest + tau/C)): loads on either side get less in the simulation too."""
    best = best_load(spacer(50))
    shares = []
    for load in (0.6 * best, best, 1.7 * best):
        result = simulate(reduced(50, cells=30), discharge(load=load, duration=150.0), splitting=1.0)
        shares.append(result["load"][-1])
    assert shares[1] == max(shares)
    assert best_load(spacer()) == math.inf


@few
@given(scale=numbers(0.1, 10), area=numbers(0.1, 10))
def test_scaling(scale, area):
    """All lengths times x: R times x at the same conductivities; the area divides it."""
    N = NormalMetal(conductivity=2, spin_diffusion_length=scale, diffusivity=0.5)
    H = HalfMetal(conductivity=10)
    valve = half_metal_valve(N, thickness=scale, plate=H, plate_thickness=scale, cross_section=area)
    one = half_metal_valve(replace(N, spin_diffusion_length=1.0), thickness=1, plate=H, plate_thickness=1)
    assert resistance(valve) == pytest.approx(resistance(one) * scale / area, rel=1e-9)


def test_interface_resistance_and_spin_flip():
    """In series with the channel that crosses; a flip at the contact leaks even if the bulk does not."""
    gate = Interface(conductance_up=2.0, conductance_down=1.0)
    valve = replace(reduced(1), interfaces=(gate, gate))
    # each half metal lets its majority through: 1/2 at both
    assert resistance(valve) == pytest.approx(resistance(reduced(1)) + 1.0, rel=1e-9)
    leaky = replace(reduced(), interfaces=(Interface(spin_flip_conductance=0.01), None))
    assert resistance(leaky) == pytest.approx(1 / float(exact_admittance(leaky).real), rel=1e-9)
    assert resistance(leaky) == pytest.approx(
        100 + 1.2, rel=1e-9
    )  # up in, flip, down through N and out: 0.1, 1/s_dn = 1, 0.1
    found = solve_static(leaky)
    assert found.heats["leak"] == 0
    assert found.heats["contact"] == pytest.approx(found.conductance**2 / 0.01, rel=1e-6)


def test_free_stack_of_one_layer():
    """A wire."""
    wire = SpinValve(layers=(reduced().layers[0],))
    assert resistance(wire) == pytest.approx(0.1)
    with pytest.raises(InputError, match="nothing stores charge"):
        simulate(wire, charge(voltage=1, duration=1))
