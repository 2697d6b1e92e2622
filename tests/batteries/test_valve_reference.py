"""The reference table of the locked valve: closed forms to 12 digits, finite elements to the error of their mesh."""

import math

import numpy as np
import pytest
from scipy.constants import e
from valve_cases import polarised, reduced, spacer

from fespin import HalfMetal, NormalMetal
from fespin.batteries.valve import (
    COPPER_DENSITY,
    COPPER_MASS_DENSITY,
    DoubleLayers,
    FreeElectrons,
    Phase,
    charge,
    decay_numbers,
    decay_rates,
    discharge,
    discharge_share,
    exact_admittance,
    free_electron_metal,
    half_metal_valve,
    impedance,
    impedance_of,
    load_share,
    neutral_emf,
    polarised_resistance,
    resistance,
    screened,
    screening_length,
    simulate,
    solve_static,
    step_current,
)
from fespin.wigner import ThermalChain, step, width

DIGITS = {"rel": 5e-12}  # half a unit of the twelfth
CODATA = {"rel": 1e-9}  # between two adjustments of the constants of nature


@pytest.mark.parametrize(("tau", "R"), [(0.05, 0.858681505211), (1, 1.86136306973), (100, 100.866611138)])
def test_rows_1_to_3_locked(tau, R):
    """Closed form, layers in closed form, and finite elements with the error that they estimate."""
    assert impedance_of(spacer(tau)).real == pytest.approx(R, **DIGITS)
    assert 1 / exact_admittance(reduced(tau)).real == pytest.approx(R, **DIGITS)
    found = solve_static(reduced(tau))
    assert found.resistance == pytest.approx(R, rel=4e-5)
    assert found.mesh_error == pytest.approx(abs(found.resistance / R - 1), rel=1e-2)


def test_row_4_parallel():
    assert impedance_of(spacer(1), configuration="parallel").real == pytest.approx(1.13052858579, **DIGITS)
    valve = reduced(1, configuration="parallel")
    assert 1 / exact_admittance(valve).real == pytest.approx(1.13052858579, **DIGITS)
    assert resistance(valve) == pytest.approx(1.13052858579, rel=2e-6)


@pytest.mark.parametrize(
    ("tau", "Z"), [(1, 0.959347421507 - 0.314903583969j), (math.inf, 0.86433860628 - 0.349650889621j)]
)
def test_rows_5_and_6_impedance(tau, Z):
    assert complex(impedance_of(spacer(tau), 3.0)) == pytest.approx(Z, **DIGITS)
    assert complex(exact_admittance(reduced(tau), 3 / (2 * math.pi))) == pytest.approx(1 / Z, **DIGITS)
    assert complex(impedance(reduced(tau), 3 / (2 * math.pi))) == pytest.approx(Z, rel=2e-5)


@pytest.mark.parametrize(
    ("beta", "AP", "P"),
    [
        (0.5, 0.747266553215, 0.737032531158),
        (0.9, 1.10850470937, 0.935156797971),
        (0.99, 1.70158469644, 1.10164439974),
    ],
)
def test_rows_7_to_9_polarised(beta, AP, P):
    plates = {"polarization": beta, "conductivity": 3.0, "spin_diffusion_length": 0.4, "length": 0.3}
    for direction, name, R in (("down", "locked", AP), ("up", "parallel", P)):
        assert polarised_resistance(spacer(1), **plates, configuration=name) == pytest.approx(R, **DIGITS)
        assert 1 / exact_admittance(polarised(beta, direction)).real == pytest.approx(R, **DIGITS)
        assert resistance(polarised(beta, direction)) == pytest.approx(R, rel=1e-5)


def test_rows_10_and_11_decay():
    assert decay_numbers(spacer(), 0.5, count=3) == pytest.approx(
        [0.60393138681, 3.26839235976, 6.34872133407], **DIGITS
    )
    assert decay_rates(spacer(), 0.5, count=2) == pytest.approx([-0.729466239948, -21.3647772347], **DIGITS)


@pytest.mark.parametrize(
    ("tau", "currents"),
    [
        (math.inf, [0.683282349026, 0.50492725643, 0.350611387799, 0.169052989448]),
        (2, [0.685559761876, 0.530585303127, 0.423442549459, 0.334168478276]),
    ],
)
def test_rows_12_and_13_step(tau, currents):
    """The modes; and finite elements with steps of their own choice, at the ends of runs of different lengths."""
    times = [0.1, 0.5, 1, 2]
    assert step_current(spacer(tau), times, external=0.5) == pytest.approx(currents, rel=5e-12)
    for t, j in zip(times, currents, strict=True):
        result = simulate(reduced(tau), charge(voltage=1.0, duration=t, series=0.5), records=2)
        assert result["current"][0] == pytest.approx(1 / 1.2, rel=1e-12)  # V/R0 at 0+: an open bracket
        assert result["current"][-1] == pytest.approx(j, rel=4e-5)


def test_row_14_share():
    """Lumped; exactly; by finite elements. The table's 0.21439570 is itself of finite elements: 1.2e-5 off."""
    assert load_share(spacer(50), 0.3, rest=0.2) == pytest.approx(0.213671831722, **DIGITS)
    exact = discharge_share(spacer(50), 0.3, rest=0.2)
    assert exact == pytest.approx(0.21439570, rel=2e-5)
    result = simulate(reduced(50, cells=200), discharge(load=0.3, series=0.2, duration=20.0), splitting=1.0)
    assert result["load"][-1] / result.energy[0] == pytest.approx(exact, rel=4e-6)


def nanovalve():
    """Pi_N = 5e46 and Pi_H = 3e46 1/(J m^3), d = 1 nm, L_H = 0.4 nm."""
    normal = NormalMetal(conductivity=1e7, diffusivity=1e7 / (e**2 * 1e47))
    half = HalfMetal(conductivity=1e6, diffusivity=1e6 / (e**2 * 3e46))
    return half_metal_valve(normal, thickness=1e-9, plate=half, plate_thickness=0.4e-9)


def test_rows_15_to_17_double_layers():
    valve = nanovalve()
    r_H, r_N = (screening_length(layer) for layer in valve.layers[:2])
    assert [r_N, r_H] == pytest.approx([5.87305369182e-11, 1.07226799615e-10], **CODATA)
    assert valve.capacitance == pytest.approx(0.641742491634, **DIGITS)
    exact = DoubleLayers(thickness=1e-9, plate=0.4e-9, normal=r_N, half=r_H)
    assert [exact.at_contact, exact.at(0.7e-9)] == pytest.approx([0.676813180141, 0.50106813706], **CODATA)
    assert exact.capacitance == pytest.approx(0.0266562730919, **CODATA)
    found = screened(solve_static(valve, 1.0))
    assert found.at([0.4e-9, 0.7e-9]) == pytest.approx([exact.at_contact, exact.at(0.7e-9)], rel=1e-7)
    assert found.charge - valve.capacitance == pytest.approx(exact.capacitance, rel=1e-7)
    assert sum(up + down for up, down in found.charges) == pytest.approx(0.0, abs=1e-12)


def test_rows_18_and_19_staircase():
    """Widths in the true chemical potential go as q: the printed prefactor p of eq 11 is that of the pressure."""
    assert [width(1, q) for q in (2, 3, 4, 5)] == pytest.approx(
        [1.38629436112, 0.317309875772, 0.123755176663, 0.0612073039822], **DIGITS
    )
    found = [step(1, 3).energy_per_site, step(2, 5).energy_per_site, step(1, 2).energy_per_site]
    assert found == pytest.approx([0.0609234839573, 0.113611475161, 0.205616758356], **DIGITS)


def test_rows_20_and_21_thermal_chain():
    state = ThermalChain(0.05).at(1.0)
    assert [state.filling, state.pressure] == pytest.approx([0.497946915635, 0.375234456064], **DIGITS)
    for filling, emf in (("1/2", 1.12873141152), ("2/5", 0.81836376448)):
        assert neutral_emf(filling, 0.1, temperature=0.05)[0] == pytest.approx(emf, rel=1e-11)


def test_rows_22_to_26_copper():
    copper = FreeElectrons(density=COPPER_DENSITY)
    assert copper.states_per_spin * e == pytest.approx(9.03272517543e27, **CODATA)
    c_q = copper.spin_capacitance
    assert c_q == pytest.approx(7.23601060871e8, **CODATA)
    C = c_q * 1e-18
    assert pytest.approx([7.23601060871e-10, 2.01000294686e-15, 3.61800530435e-14], **CODATA) == [
        C,
        C * 0.01 / 3600,
        C * 0.01**2 / 2,
    ]
    E = c_q * 1e-6 / 2
    assert pytest.approx([361.800530435, 0.100500147343, 11.2165343017], **CODATA) == [
        E,
        E / 3600,
        E / 3600 / (COPPER_MASS_DENSITY * 1e-6),
    ]
    assert copper.screening_length == pytest.approx(5.53088682443e-11, **CODATA)
    assert copper.gain_over_plates(1e-6) == pytest.approx(8.17241599308e7, **CODATA)
    m = copper.polarization(1.0)
    assert m == pytest.approx(0.106553733277, **CODATA)
    scale = COPPER_DENSITY * copper.fermi_energy
    assert copper.stored(1.0) / scale == pytest.approx(0.00378616216943, **CODATA)
    assert c_q / 2 / scale == pytest.approx(0.00379096276066, **CODATA)
    metal = free_electron_metal(COPPER_DENSITY, conductivity=5.96e7)
    valve = half_metal_valve(metal, thickness=1e-6, plate=HalfMetal(conductivity=1e6), plate_thickness=1e-8)
    assert valve.layers[1].spin_capacitance == pytest.approx(c_q, rel=1e-14)


def test_convergence_of_the_table():
    """Errors of the resistance at tau = 1 with 20, 40, 80 cells: second order."""
    exact = 1.86136306973
    errors = [resistance(reduced(1, cells=n)) - exact for n in (20, 40, 80)]
    assert errors == pytest.approx([-4.19e-4, -1.05e-4, -2.62e-5], rel=5e-3)


def test_ledger_of_the_table():
    """At most 1e-12 of the throughput; nothing is left over by more than rounding."""
    phases = [charge(voltage=1.0, duration=5, series=0.5), Phase(kind="open", duration=3),
              Phase(kind="current", amplitude=-0.1, duration=1), discharge(load=0.3, duration=5)]  # fmt: skip
    result = simulate(reduced(50), phases)
    assert result.ledger_error.max() < 1e-13
    assert np.all(result["method"] < 1e-5 * result["source"][-1])
