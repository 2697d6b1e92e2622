"""Rows of the reference table of the winding notes (section 5) and closed forms (section 4)."""

import math

import numpy as np
import pytest
from winding_cases import reduced

from fespin.batteries.winding import (
    STRIP,
    WIRE,
    ContactFilm,
    Phase,
    best_charge,
    cautions,
    charge,
    current_for,
    discharge,
    discharge_time,
    film_contact,
    first_transit,
    held,
    hematite_film,
    hold,
    impedance,
    leaky_capacitor,
    load_share,
    loaded_conductance,
    paper_contact,
    reflection,
    round_trip,
    simulate,
    slow_load_share,
    slowest_odd_mode,
    vi_curve,
    yig_film,
)
from fespin.batteries.winding.magnets import PT, landau_energy_per_mass

# with dt = h/u and alpha = 0 the scheme is exact: only rounding is left
EXACT = {"rel": 1e-11}


def test_row_1_matched_step_charge():
    """E(L/u), source and contact heat at g = Z: charged exactly after one transit; half of the work stays."""
    result = simulate(reduced(1, 0.4, 0.4), charge(current=1.75, duration=1), cells=50)
    assert result.energy[-1] == pytest.approx(0.245, **EXACT)
    assert result["source"][-1] == pytest.approx(0.735, **EXACT)
    assert result["contact"][-1] == pytest.approx(0.49, **EXACT)
    assert np.ptp(result.density[-1]) < 1e-13
    # source = R I^2 L/u - 2 E: a step also loses E by pumping, which eq 9 leaves out
    assert (0.4 * 1.75**2 - result["source"][-1]) / result.energy[-1] == pytest.approx(2, rel=1e-10)


def test_row_2_and_3_plateau_of_a_discharge():
    """Current, load voltage and precession until the first reflection; EMF and internal resistance."""
    battery = reduced(0.2, 0.2, 0.5)
    result = simulate(battery, discharge(load=1, duration=0.9), cells=50, density=0.7)
    inside = result["current"][1:]
    assert inside == pytest.approx(np.full(len(inside), -0.162790697674), rel=1e-10)
    assert result["voltage"][-1] == pytest.approx(0.162790697674, rel=1e-10)
    assert result["slip"][-1] / 2 == pytest.approx(-0.610465116279, rel=1e-10)
    source = first_transit(battery, 0.7)
    assert source.emf == pytest.approx(0.233333333333, rel=1e-10)
    assert source.resistance == pytest.approx(0.433333333333, rel=1e-10)
    curve = vi_curve(battery, 0.7, [0.0, 0.05, 0.1, 0.3])
    assert curve.emf == pytest.approx(source.emf, **EXACT)
    assert curve.resistance == pytest.approx(source.resistance, **EXACT)
    assert curve.voltage == pytest.approx(source.voltage(curve.current), **EXACT)


@pytest.mark.parametrize(("load", "share"), [(1, 0.242424242424), (0.1, 0.333333333333), (0.2236067977, 0.38196601125)])
def test_row_4_load_share(load, share):
    """Closed form and simulation to the end of the discharge."""
    battery = reduced(0.2, 0.2, 0.5)
    assert load_share(battery, load) == pytest.approx(share, rel=1e-10)
    phase = discharge(load=load, duration=discharge_time(battery, load))
    result = simulate(battery, phase, cells=50, density=0.7, records=10)
    assert result["load"][-1] / result.energy[0] == pytest.approx(share, rel=1e-8)  # exp(-24) is left


def test_row_5_reflections_of_an_open_battery():
    """E falls by r^2 each transit."""
    battery = reduced(0.2, 0.2, 0.5)
    result = simulate(battery, Phase(kind="open", duration=3), cells=50, density=0.7, records=3)
    expected = [0.444444444444, 0.197530864198, 0.0877914951989]
    assert result.energy[1:] / result.energy[0] == pytest.approx(expected, rel=1e-10)
    assert reflection(battery) ** 2 == pytest.approx(expected[0], rel=1e-10)


def test_row_6_slowest_mode():
    """ln 2 at g = 3; with alpha s = 0.4 from the transcendental equation, and in the simulated decay."""
    assert slowest_odd_mode(reduced(3, 0.4)) == pytest.approx(0.69314718056, rel=1e-10)
    battery = reduced(3, 0.4, friction=0.4)
    rate = slowest_odd_mode(battery)
    assert rate == pytest.approx(0.677055447647, rel=1e-10)
    result = simulate(battery, Phase(kind="open", duration=20), cells=100, density=1.0, records=20)
    amplitude = smooth_part(result)
    assert np.log(amplitude[-2] / amplitude[-1]) == pytest.approx(rate.real, rel=1e-4)


@pytest.mark.parametrize("friction", [0.05, 0.1, 0.2])
@pytest.mark.parametrize("g", [0.1, 0.2, 0.3])
def test_ringing_with_damping_is_that_of_a_larger_contact(g, friction):
    """Item 6: g -> g + alpha s L/4 estimates the decay of ringing (g < Z) to 1-3 %; against the exact root."""
    estimate = slowest_odd_mode(reduced(g + friction / 4, 0.1)).real
    exact = slowest_odd_mode(reduced(g, 0.1, friction=friction)).real
    assert estimate == pytest.approx(exact, rel=0.03)
    assert abs(estimate - exact) < 0.5 * abs(slowest_odd_mode(reduced(g, 0.1)).real - exact)  # better than none


def smooth_part(result):
    """Projection on a smooth odd function: waves of two cells, which Gilbert damping does not see, drop out."""
    x = result.nodes
    return result.phi @ (np.gradient(x) * np.sin(np.pi * (0.5 - x)))


@pytest.mark.parametrize(("g", "friction"), [(0.3, 20.0), (3.0, 13.0), (3.0, 1.0), (40.0, 0.0)])
def test_slowest_mode_is_the_one_that_is_left(g, friction):
    """Decay of an aperiodic mode over the last of several decay times."""
    battery = reduced(g, 0.1, friction=friction)
    rate = slowest_odd_mode(battery).real
    result = simulate(battery, Phase(kind="open", duration=8 / rate), cells=200, density=1.0, records=100)
    amplitude = smooth_part(result)
    decay = np.log(amplitude[-10] / amplitude[-1]) / (result.time[-1] - result.time[-10])
    assert decay == pytest.approx(rate, rel=5e-3)


def test_ringing_modes():
    """g_e < Z: the mode turns its sign every transit."""
    assert slowest_odd_mode(reduced(0.3, 0.1)) == pytest.approx(complex(np.log(1.3 / 0.7), np.pi), rel=1e-12)


def test_row_7_the_bound_is_reached():
    """Exponential charging gains the largest share, (1 - m)/(1 + m); the round trip its square."""
    battery = reduced()
    assert battery.best_rate == pytest.approx(0.962423650119, rel=1e-11)
    assert battery.one_way_bound == pytest.approx(0.38196601125, rel=1e-10)
    assert battery.round_trip_bound == pytest.approx(0.14589803375, rel=1e-10)
    result = simulate(battery, best_charge(battery, current=1.0, rises=25))
    assert result.energy[-1] / result["source"][-1] == pytest.approx(0.38196601125, rel=1e-10)
    found = round_trip(battery, charging=best_charge(battery, current=1.0))
    assert found.round_trip == pytest.approx(0.14589803375, rel=1e-7)


def test_row_8_leaky_capacitor():
    """C and R_leak; impedance at low frequency; the energy C V^2/2 is that of the winding."""
    battery = reduced()
    cell = leaky_capacitor(battery)
    assert cell.capacitance == pytest.approx(6.25, rel=1e-14)
    assert cell.leak_resistance == pytest.approx(0.4, rel=1e-14)
    assert cell.series_resistance == pytest.approx(0.1, rel=1e-14)
    assert cell.capacitance * (cell.volts_per_density * 0.7) ** 2 / 2 == pytest.approx(battery.energy(0.7), rel=1e-14)
    f = np.array([1e-4, 1e-3])
    assert cell.impedance(f) == pytest.approx(impedance(battery, f), rel=1e-6)


@pytest.mark.parametrize(
    ("values", "load", "share", "duration"),
    [((5, 1, 0.5, 0.5), 0.25, 0.36316037, 60), ((0.05, 0.1, 0.5, 0.5), 0.3, 0.064084276, 150)],
)
def test_row_9_and_10_damped_discharges(values, load, share, duration):
    """ne = 100, dt = h/u: the same scheme gives the same digits."""
    g, theta, R_w, friction = values
    battery = reduced(g, theta, R_w, friction)
    result = simulate(battery, discharge(load=load, duration=duration), cells=100, density=1.0, records=20)
    assert result["load"][-1] / result.energy[0] == pytest.approx(share, rel=1e-7)
    if g == 5:  # a slow discharge: g + alpha s L/6, an estimate of 1 to 3 per cent
        assert slow_load_share(battery, load) == pytest.approx(share, rel=0.03)


def test_row_11_held_winding():
    """Equilibrium of wire and link."""
    found = held(reduced(), 3, 400.0)
    assert found.drop == pytest.approx(18.802532262820, rel=1e-13)
    assert found.energy == pytest.approx(177.209773157, rel=1e-11)


@pytest.mark.parametrize("friction", [0.0, 0.05])
def test_row_12_and_13_full_cycle(friction):
    """Charge, hold, discharge at zeta = 0.8 come within 10 % of the bound; the energy at rest is that of row 13.

    The notes do not say when their link closed, on which load/source = 0.1391 and 0.1283 depend; what is paid for
    closing the link is counted here.
    """
    battery = reduced(friction=friction)
    current = current_for(battery, best_charge(battery, current=1.0), 3)
    phases = [
        best_charge(battery, current=current),
        hold(gate=400.0, duration=400 if friction else 5),
        discharge(load=battery.best_load, duration=30),
    ]
    result = simulate(battery, phases, cells=50, records=100)
    end = result.rows("hold")[-1]
    assert result.turns[end] == 3
    assert (0.1334 if friction else 0.139) < result.efficiency < 0.14589803375
    if friction:
        assert result.energy[end] == pytest.approx(177.209773169, rel=1e-10)
    assert result.ledger_error.max() < 1e-13


def test_row_21_film_contact():
    """200 nm x 1 um, 5 nm of Pt; constants of 2018 and 2022 differ in the tenth digit."""
    film = ContactFilm(length=STRIP["width"], **WIRE, **PT, mixing_conductance=1.3e18)
    found = film_contact(film)
    assert found.spin_torque == pytest.approx(2.78413160599e-16, rel=2e-9)
    assert found.resistance == pytest.approx(398.612585361, rel=2e-9)
    assert found.conductance == pytest.approx(2.05747003898e-30, rel=2e-9)
    assert found.coupling == pytest.approx(9.45137499867e-05, rel=2e-9)
    bare = paper_contact(film)
    assert bare.spin_torque / found.spin_torque == pytest.approx(19, abs=0.1)
    assert bare.coupling / found.coupling == pytest.approx(336, abs=0.5)


def test_row_23_to_25_presets():
    """Scales of the YIG and hematite strips."""
    yig, afm = yig_film(), hematite_film()
    assert yig.wave_speed == pytest.approx(536.964443609, rel=3e-9)
    assert yig.impedance == pytest.approx(2.75623464014e-28, rel=3e-9)
    assert yig.landau_wave_number == pytest.approx(5.76922010017e7, rel=3e-9)
    assert landau_energy_per_mass(yig) / 3600 == pytest.approx(6.61672211948e-4, rel=3e-9)
    assert yig.damping_time == pytest.approx(3.22802852112e-7, rel=3e-9)
    assert yig.transit_time == pytest.approx(1.8623207028e-8, rel=3e-9)
    assert afm.impedance == pytest.approx(1.2626479931e-29, rel=3e-9)
    assert afm.landau_wave_number == pytest.approx(4.28650017756e7, rel=3e-9)
    assert landau_energy_per_mass(afm) / 3600 == pytest.approx(6.89163498099e-4, rel=3e-9)
    assert afm.damping_time == pytest.approx(2.58138381278e-10, rel=3e-9)
    assert afm.transit_time == pytest.approx(4.44444444444e-10, rel=1e-10)


def test_steady_current():
    """Eqs 7, 8 for any damping and contact; the work done on the magnet is 2 E, so half is lost."""
    battery = reduced(3.0, 0.7, 0.6, friction=2.0)
    result = simulate(battery, charge(current=2.0, duration=60), cells=40, records=20)
    assert result.density[-1] == pytest.approx(np.full(40, battery.density(2.0)), rel=1e-9)
    assert result.energy[-1] == pytest.approx(battery.energy(battery.density(2.0)), rel=1e-9)
    work = 0.6 * 4 * 60 - result["source"][-1]  # theta I int w dt: on the magnet, and as much less from the source
    assert work == pytest.approx(2 * result.energy[-1], rel=1e-9)


def test_matched_charge_efficiency():
    """Eta of eq 9 is theta^2/(2 R Z) = zeta/4 for g = Z, with the prefactor that the paper leaves out."""
    battery = reduced(1, 0.4, 0.4)
    result = simulate(battery, charge(current=1.0, duration=1), cells=20)
    assert result.energy[-1] / (0.4 * 1.0) == pytest.approx(0.4**2 / (2 * 0.4), rel=1e-11)
    assert battery.coupling <= 1


def test_odd_modes_with_a_load():
    """Reflection at g_e = g - 2 theta^2/R."""
    battery = reduced(0.2, 0.2, 0.5)
    load = 0.3
    assert loaded_conductance(battery, load) == pytest.approx(0.2 - 0.08 / 0.8)
    result = simulate(battery, discharge(load=load, duration=2), cells=20, density=1.0, records=2)
    assert result.energy[2] / result.energy[0] == pytest.approx(reflection(battery, load) ** 4, rel=1e-11)


def test_yig_at_1e12():
    """Section 8: rho/kc = 0.033, three turns, EMF 0.56 uV, and almost nothing comes back."""
    battery = yig_film()
    rho = battery.density(1e12 * WIRE["width"] * WIRE["thickness"])
    assert rho / battery.landau_wave_number == pytest.approx(0.033, abs=5e-4)
    assert round(rho * battery.length / (2 * math.pi)) == 3
    assert battery.energy(rho) == pytest.approx(2.6e-18, rel=0.02)
    assert first_transit(battery, rho).emf == pytest.approx(0.56e-6, rel=0.01)
    phases = [charge(current=1e-3, duration=100 * battery.transit_time),
              discharge(load=battery.best_load, duration=300 * battery.transit_time)]  # fmt: skip
    result = simulate(battery, phases, cells=40, records=20)
    end = result.rows(0)[-1]
    assert result.energy[end] / result["source"][end] == pytest.approx(1.7e-9, rel=0.05)
    assert result.energy[end] / battery.energy(rho) == pytest.approx(0.973, abs=0.02)
    share = result.over("load", 1) / result.energy[end]
    assert share == pytest.approx(8.2e-6, rel=0.03)
    assert load_share(battery, battery.best_load) == pytest.approx(2.4e-5, rel=0.02)
    strong = yig_film(mixing_conductance=1e19)
    assert strong.coupling == pytest.approx(5.3e-4, rel=0.01)
    assert strong.density(1e-3) / strong.landau_wave_number == pytest.approx(0.18, abs=0.005)
    afm = hematite_film()
    assert afm.density(1e-3) * afm.length / (2 * math.pi) == pytest.approx(1.2, abs=0.05)
    assert first_transit(afm, afm.density(1e-3)).emf == pytest.approx(6.6e-6, rel=0.01)
    assert any("longer than L/u" in text for text in cautions(battery))


def test_battery_drives_a_circuit_as_it_drives_its_load():
    """Row 2 by Kirchhoff's rules: g = 0.2, theta = 0.2, R_w = 0.5, R_L = 1, rho_0 = 0.7."""
    import fespin
    from fespin.batteries.winding.source import battery_source
    from fespin.network.elements import resistor

    circuit = fespin.Circuit()
    circuit.add("battery", battery_source(reduced(0.2, 0.2, 0.5), 0.7), {"plus": "a", "minus": "0"})
    circuit.add("load", resistor(resistance=1.0, spin="blocked"), ["a", "0"])
    circuit.ground("0")
    assert circuit.solve().potentials["a"]["e"] == pytest.approx(0.162790697674, rel=1e-11)
