"""Reservoirs as the N layer: V(Q) single valued, neutrality, steps, charging through a circuit."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from valve_cases import numbers

from fespin.batteries.valve import (
    COPPER_DENSITY,
    EMFCurve,
    FreeElectronReservoir,
    FreeElectrons,
    LadderReservoir,
    Phase,
    ReservoirValve,
    WignerReservoir,
    capacity,
    charge,
    discharge,
    hold,
    ladder_emf,
    neutral_emf,
    staircase_emf,
    thermal_emf,
)
from fespin.errors import InputError
from fespin.wigner import Ladder, ThermalChain, Units, chemical_potential, exact_table, staircase, width

CRYSTAL = {"thickness": 1e-6, "cross_section": 1e-12, "lattice_constant": 4e-10, "spacing": 1e-9}


@st.composite
def curves(draw):
    """Pieces with slopes and jumps."""
    n = draw(st.integers(1, 5))
    q = np.concatenate([[0.0], np.cumsum([draw(numbers(0.1, 1)) for _ in range(n)])])
    steps = [draw(st.one_of(st.just(0.0), numbers(0.01, 1))) for _ in range(2 * n)]
    along = np.cumsum(steps)
    along[-1] += 0.1
    return EMFCurve(q, along[::2], np.maximum(along[1::2], along[::2]))


@settings(max_examples=100, deadline=None)
@given(curve=curves(), share=numbers(-1, 1))
def test_curve_is_odd_and_its_energy_convex(curve, share):
    """V between its limits; E' = V; E(0) = 0; midpoint below the chord."""
    q = share * curve.largest
    low, high = curve.limits(q)
    assert low <= curve.voltage(q) <= high
    assert curve.voltage(-q) == pytest.approx(-curve.voltage(q))
    assert curve.energy(q) == pytest.approx(curve.energy(-q))
    assert curve.energy(0.0) == 0
    x = np.linspace(-curve.largest, curve.largest, 41)
    E = curve.energy(x)
    assert (E[2:] + E[:-2] - 2 * E[1:-1] >= -1e-12).all()
    d = 1e-7 * curve.largest
    if abs(share) < 0.999:
        slope = (curve.energy(q + d) - curve.energy(q)) / d
        assert slope == pytest.approx(float(curve.limits(q + d)[1]), abs=1e-5 + float(np.ptp(curve.limits(q))))


@settings(max_examples=60, deadline=None)
@given(curve=curves(), data=st.data())
def test_ledger_of_any_reservoir(curve, data):
    """Exact for any circuit, with and without leak; the charge stays within the reservoir."""

    class Sample:
        def curve(self):
            return curve

    valve = ReservoirValve(reservoir=Sample(), resistance=data.draw(numbers(0.1, 2)), leak=data.draw(numbers(0, 1)))
    sign = data.draw(st.sampled_from([-1, 1]))
    phases = [
        Phase(kind="voltage", amplitude=sign * data.draw(numbers(0.01, 3)), duration=2.0, load=0.1, time=0.7,
              shape=data.draw(st.sampled_from(["step", "ramp", "sine"]))),
        hold(duration=0.5),
        discharge(load=data.draw(numbers(0, 2)), duration=4.0),
    ]  # fmt: skip
    result = valve.simulate(phases, records=60)
    assert result.ledger_error.max() < 1e-12
    assert (np.diff(result["leak"]) >= -1e-15).all()


@settings(max_examples=40, deadline=None)
@given(curve=curves(), V=numbers(0.1, 3))
def test_charging_ends_where_the_source_holds(curve, V):
    """The charge Q with V(Q) = V_s, or on the step in which V_s lies; not one coulomb below the first step."""

    class Sample:
        def curve(self):
            return curve

    result = ReservoirValve(reservoir=Sample(), resistance=1.0).simulate(charge(voltage=V, duration=4e3))
    low, high = curve.limits(result["charge"][-1])
    assert low <= V + 1e-9
    assert high >= V - 2e-2  # a piece whose V is just below the source's takes for ever
    if curve.start[0] > V:
        assert result["charge"][-1] == 0
        assert result.energy[-1] == 0


def test_flat_pieces_charge_at_constant_current():
    """t = R sum dQ_k/(V_s - V_k) to the piece where the source stops."""
    curve = EMFCurve(np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0]), np.array([1.0, 2.0]))

    class Sample:
        def curve(self):
            return curve

    valve = ReservoirValve(reservoir=Sample(), resistance=0.5)
    result = valve.simulate(charge(voltage=2.5, duration=1 / 3 + 1.0, series=0.0), records=4)
    assert result["charge"] == pytest.approx(np.interp(result.time, [0, 1 / 3, 4 / 3], [0, 1, 2.0]), rel=1e-12)
    assert result["source"][-1] == pytest.approx(2.5 * 2.0, rel=1e-12)
    assert result.energy[-1] == pytest.approx(1.0 + 2.0, rel=1e-12)


@pytest.mark.parametrize("q_max", [30, 60])
def test_staircase_at_half_filling(q_max):
    """First charge above 2 ln 2, jumps at every fraction by the widths of its two steps, full at 2 zeta(2)."""
    curve = staircase_emf("1/2", q_max=q_max)
    assert curve.limits(0.0)[1] == pytest.approx(2 * math.log(2), rel=1e-12)
    assert curve.held_at(2 * math.log(2) * 0.999) == 0
    # m = 2 delta at eV = 1.5, 2, 3: 1/7, 1/3, 2/3; at half filling the fixed chemical potential of eq 15 is neutral
    assert [2 * curve.held_at(V) for V in (1.5, 2, 3)] == pytest.approx([1 / 7, 1 / 3, 2 / 3], rel=1e-12)
    for p, q in ((3, 5), (2, 3), (3, 4), (5, 7)):
        low, high = curve.limits(p / q - 0.5)
        assert high - low == pytest.approx(width(p, q) + width(q - p, q), rel=1e-10)
    assert curve.end[-1] == pytest.approx(math.pi**2 / 3, rel=1e-12)
    stairs = staircase(q_max)
    exact = [stairs.energy_at([0.5 + x, 0.5 - x])[0].sum() - 2 * stairs.energy_at([0.5])[0][0] for x in (0.1, 0.25)]
    assert curve.energy([0.1, 0.25]) == pytest.approx(exact, abs=0.5 / q_max**3)  # the fractal between


@settings(max_examples=25, deadline=None)
@given(p=st.integers(1, 9), q=st.integers(10, 12), share=numbers(0.05, 0.95))
def test_staircase_at_any_filling(p, q, share):
    """V(Q) lies between the edges of mu(c_0 + delta) - mu(c_0 - delta), neutral at every charge."""
    c = Fraction(p, q)
    curve = staircase_emf(c, q_max=40)
    delta = Fraction(share * curve.largest).limit_denominator(60)
    if 0 < delta < min(c, 1 - c):
        up, down = (chemical_potential(x, q_max=400) for x in (c + delta, c - delta))
        assert up[0] - down[1] - 2e-2 < curve.voltage(float(delta)) < up[1] - down[0] + 2e-2
    assert curve.largest == pytest.approx(float(min(c, 1 - c)), rel=1e-12)


@pytest.mark.parametrize(("filling", "temperature"), [(0.5, 0.05), (0.4, 0.05), (0.4, 0.01), (0.25, 0.1)])
def test_thermal_curve(filling, temperature):
    """Against the chain itself; it tends to the steps c = 1/l of nearest neighbours as T -> 0."""
    curve = thermal_emf(filling, temperature)
    chain = ThermalChain(temperature)
    for delta in (0.03, 0.12, 0.21):  # not where a step is all but vertical
        exact = chain.chemical_potential(filling + delta) - chain.chemical_potential(filling - delta)
        low, high = curve.limits(delta)
        assert low - 2e-4 <= exact <= high + 2e-4
    exact = neutral_emf(filling, 0.12, temperature=temperature)[0]
    assert curve.voltage(0.12) == pytest.approx(exact, abs=1e-4)
    assert curve.limits(0.0)[1] == pytest.approx(0.0, abs=1e-6)


def test_neutrality_against_fixed_chemical_potential():
    """The paper's eq 14 at c_0 = 0.4, T = 0.05, eV = 1: the total filling would go from 0.8 to 0.6388."""
    chain = ThermalChain(0.05)
    mu = float(chain.chemical_potential(0.4))
    printed = float(chain.filling(mu + 0.5) + chain.filling(mu - 0.5))
    assert printed == pytest.approx(0.6388, abs=5e-5)
    reservoir = WignerReservoir(filling="2/5", temperature=0.05 * 41775.0, **CRYSTAL)
    up, down = reservoir.fillings(0.1 * reservoir.charge_per_filling)
    assert up + down == pytest.approx(0.8, rel=1e-15)
    symmetric = float(chain.chemical_potential(0.6) - chain.chemical_potential(0.4))
    assert neutral_emf("1/2", 0.1, temperature=0.05)[0] == pytest.approx(symmetric, rel=1e-12)


def test_real_units():
    """Charge e delta per site of one spin; capacity in A h and W h; everything scales with eps as it must."""
    reservoir = WignerReservoir(filling="1/2", permittivity=4.0, **CRYSTAL)
    sites = 1e-18 / (2 * 4e-10 * 1e-18)
    assert reservoir.sites == pytest.approx(sites)
    curve = reservoir.curve()
    full = capacity(curve)
    assert full.ampere_hours == pytest.approx(1.602176634e-19 * sites * 0.5 / 3600, rel=1e-12)
    stairs = staircase(60)
    stored = stairs.energy_per_site[-1] + stairs.energy_per_site[0] - 2 * stairs.energy_at([0.5])[0][0]
    assert full.watt_hours == pytest.approx(sites * stored * reservoir.units.joule / 3600, rel=1e-4)
    assert reservoir.units.volt == pytest.approx(3.600 / 4, rel=1e-3)
    volts = 2 * math.log(2) * reservoir.units.volt
    assert capacity(curve, 0.99 * volts).charge == 0
    assert capacity(curve, 1.01 * volts).charge > 0
    loose = WignerReservoir(filling="1/2", permittivity=8.0, **CRYSTAL).curve()
    assert loose.end[-1] == pytest.approx(curve.end[-1] / 2)


def test_charge_and_discharge_of_a_crystal():
    """The load gets its share of the stored energy on every flat piece: R_L/R; the EMF falls in steps."""
    reservoir = WignerReservoir(filling="1/2", permittivity=10.0, **CRYSTAL)
    valve = ReservoirValve(reservoir=reservoir, resistance=1000.0)
    phases = [charge(voltage=0.7, duration=2e-6), discharge(load=3000.0, duration=4e-6)]
    result = valve.simulate(phases)
    end = result.rows("charge")[-1]
    assert result["charge"][end] == pytest.approx(reservoir.curve().held_at(0.7), rel=1e-9)
    assert result["splitting"][end] == pytest.approx(0.7, rel=1e-9)  # anywhere within the step of 2/3 and 1/3
    assert result["charge"][-1] == pytest.approx(0, abs=1e-9 * reservoir.curve().largest)
    assert result.over("load", "discharge") == pytest.approx(0.75 * result.energy[end], rel=1e-9)
    assert result["current"][result.rows("discharge")[1]] < 0
    assert result.ledger_error.max() < 1e-13
    current = valve.simulate(Phase(kind="current", amplitude=1e-4, duration=1e-7))
    assert current["charge"][-1] == pytest.approx(1e-11, rel=1e-12)
    with pytest.raises(InputError, match="beyond its largest charge"):
        valve.simulate(Phase(kind="current", amplitude=1e-4, duration=1.0))


def test_leak_and_hold():
    """With spin flips a held reservoir loses its charge: dQ/dt = -G V on each piece."""
    reservoir = WignerReservoir(filling="1/2", permittivity=10.0, **CRYSTAL)
    valve = ReservoirValve(reservoir=reservoir, resistance=1000.0, leak=1e-5)
    result = valve.simulate([charge(voltage=0.7, duration=2e-6), hold(duration=1e-4)])
    assert result.energy[-1] == pytest.approx(0.0, abs=1e-20)
    rows = result.rows("hold")
    assert result.over("leak", "hold") == pytest.approx(result.energy[rows[0]], rel=1e-9)
    tight = ReservoirValve(reservoir=reservoir, resistance=1000.0).simulate(
        [charge(voltage=0.7, duration=2e-6), hold(duration=1.0)]
    )
    assert np.ptp(tight.energy[tight.rows("hold")]) == 0


def test_free_electrons():
    """Linear at first, steeper later, full at 2^(2/3) E_F; the energy to the square of the pieces."""
    copper = FreeElectronReservoir(density=COPPER_DENSITY, thickness=1e-6, cross_section=1e-12)
    gas = FreeElectrons(density=COPPER_DENSITY)
    curve = copper.curve()
    assert curve.end[-1] == pytest.approx(gas.largest_voltage)
    held = capacity(curve, 1.0)
    assert held.energy == pytest.approx(gas.stored(1.0) * 1e-18, rel=1e-5)
    assert held.charge == pytest.approx(gas.polarization(1.0) * curve.largest, rel=1e-5)
    assert capacity(curve).energy == pytest.approx(float(gas.energy(1.0)) * 1e-18, rel=1e-5)
    result = ReservoirValve(reservoir=copper, resistance=1.0).simulate(charge(voltage=1.0, duration=1e-7))
    assert result.ledger_error.max() < 1e-12
    assert result["charge"][-1] == pytest.approx(held.charge, rel=1e-6)
    with pytest.raises(InputError, match=r"must be within 2\^\(2/3\) E_F/e = 11.1638"):
        gas.polarization(12.0)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"filling": 0}, "between 0 and 1, both excluded"),
        ({"filling": 1.2}, "between 0 and 1, both excluded"),
        ({"filling": "half"}, "a number or fraction between 0 and 1"),
        ({"temperature": -1}, "temperature must be a number >= 0 in K"),
        ({"spacing": 0}, "spacing must be a positive number in m"),
        ({"lattice_constant": -1}, "lattice_constant must be a positive number"),
        ({"thickness": 1e-30}, "must hold one site or more"),
    ],
)
def test_bad_reservoirs(changes, text):
    with pytest.raises(InputError, match=text):
        WignerReservoir(**{"filling": "1/2", **CRYSTAL, **changes})


def test_bad_curves_and_circuits():
    with pytest.raises(InputError, match="growing from 0"):
        EMFCurve(np.array([0.0, 0.0]), np.array([1.0]), np.array([1.0]))
    with pytest.raises(InputError, match="never fall"):
        EMFCurve(np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.5]), np.array([1.0, 0.5]))
    with pytest.raises(InputError, match="n \\+ 1 charges"):
        EMFCurve(np.array([0.0, 1.0]), np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    reservoir = WignerReservoir(filling="1/2", **CRYSTAL)
    with pytest.raises(InputError, match="resistance must be a positive number in ohm"):
        ReservoirValve(reservoir=reservoir, resistance=0)
    with pytest.raises(InputError, match="a reservoir with curve"):
        ReservoirValve(reservoir=3, resistance=1.0)
    with pytest.raises(InputError, match="charge must be within"):
        ReservoirValve(reservoir=reservoir, resistance=1.0).simulate(hold(duration=1.0), charge=1.0)
    with pytest.raises(InputError, match="T must be positive"):
        thermal_emf(0.5, 0.0)
    with pytest.raises(InputError, match="filling must be between 0 and 1"):
        thermal_emf(1.5, 0.1)


@pytest.mark.parametrize("distance", [0.3, 1.0, 3.0])
def test_coupled_chains(distance):
    """The envelope of the exact minima: never above them, of them at its corners, and V(Q) through a circuit."""
    table = exact_table(Ladder(length=10, distance=distance))
    for electrons in (4, 10, 14):
        n = electrons // 2
        curve = ladder_emf(table, electrons)
        k = np.arange(min(n, 10 - n) + 1)
        exact = table.energy[n + k, n - k]
        lowest = exact.min()  # within parity the neutral ladder is unpolarised
        assert (curve.energy(k.astype(float)) + lowest <= exact + 1e-12).all()
        corners = curve.charge.astype(int)[1:]
        assert curve.energy(corners.astype(float)) + lowest == pytest.approx(exact[corners], rel=1e-12)
    assert ladder_emf(table, 10).largest == 5
    reservoir = LadderReservoir(table=table, electrons=10, number=1e6, units=Units(lattice_constant=4e-10))
    result = ReservoirValve(reservoir=reservoir, resistance=1e3).simulate(charge(voltage=20.0, duration=1e-12))
    assert result.ledger_error.max() < 1e-12


def test_chains_far_apart_are_independent():
    """At a large distance E[N_up, N_dn] is a sum, and the EMF a difference of addition energies."""
    table = exact_table(Ladder(length=8, distance=1e6))
    alone = table.energy[:, 0]
    curve = ladder_emf(table, 8)
    assert curve.energy(4.0) == pytest.approx(alone[8] + alone[0] - 2 * alone[4], rel=1e-9)
    assert curve.start[0] == pytest.approx(alone[5] + alone[3] - 2 * alone[4], rel=1e-9)
    near = ladder_emf(exact_table(Ladder(length=8, distance=1.0)), 8)
    assert near.start[0] < curve.start[0]  # repulsion between chains: a giant response instead of a plateau
    with pytest.raises(InputError, match="an even number of electrons between 2 and 14, got 7"):
        ladder_emf(table, 7)
