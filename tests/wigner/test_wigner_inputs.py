"""Bad inputs of the Wigner chains are refused in one sentence that says what to do."""

import math
from fractions import Fraction

import numpy as np
import pytest

from fespin.errors import InputError
from fespin.wigner import (
    ConvexPotential,
    Ladder,
    PowerLaw,
    ThermalChain,
    Units,
    bounds,
    chemical_potential,
    estimated_energy,
    exact_table,
    filling,
    full_polarization_splitting,
    ground_sites,
    nearest_step,
    phase_diagram,
    polarization,
    staircase,
    step,
    sweep_delta_eta,
    sweep_mu,
    thermal_bound,
    thermal_means,
    width,
)

TABLE = exact_table(Ladder(length=3))
CONVEX = "Hubbard's ground state needs a convex decreasing U"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: step(1, 2, potential=1.0), r"the energy of l\*\*-alpha diverges"),
        (lambda: staircase(5, potential=0.5), r"the energy of l\*\*-alpha diverges"),
        (lambda: width(1, 2, potential=1), "diverges"),
        (lambda: PowerLaw(0), "PowerLaw.alpha must be a positive number"),
        (lambda: PowerLaw(math.nan), "PowerLaw.alpha must be a positive number"),
        (lambda: PowerLaw(101), "PowerLaw.alpha must be at most 100"),
        (lambda: PowerLaw(math.inf), "PowerLaw.alpha must be a positive number"),
        (lambda: step(2, 4), "not in lowest terms"),
        (lambda: width(2, 4), "not in lowest terms"),
        (lambda: ground_sites(0, 3), "need 0 < p <= q"),
        (lambda: ground_sites(0, 1), "need 0 < p <= q"),
        (lambda: step(3, 2), "need 0 <= p <= q"),
        (lambda: step(-1, 2), "need 0 <= p <= q"),
        (lambda: step(1.0, 2), "p must be a whole number"),
        (lambda: step(True, 2), "p must be a whole number"),
        (lambda: ground_sites(1, 2, phase=math.nan), "phase must be a finite number"),
        (lambda: ground_sites(1, 2, phase="a half"), "phase must be a finite number"),
        (lambda: staircase(0), "q_max must be a whole number from 1"),
        (lambda: staircase(10**6), "q_max must be a whole number from 1"),
        (lambda: staircase(2.5), "q_max must be a whole number"),
        (lambda: filling(1.0, q_max=0), "q_max must be a whole number"),
        (lambda: filling(math.nan), "a mu, got nan"),
        (lambda: filling(1.0, variable="P"), "variable must be 'mu' or 'pressure'"),
        (lambda: step(1, 2).edges("presure"), "did you mean 'pressure'"),
        (lambda: chemical_potential(1.2), "from 0 .empty. to 1 .full., got 1.2"),
        (lambda: chemical_potential("x"), "a number or a fraction such as '3/7'"),
        (lambda: chemical_potential(math.nan), "from 0 .empty. to 1 .full."),
        (lambda: staircase(5).edges_at([0.5, -0.1]), "Staircase.edges_at must be from 0 .empty. to 1 .full., got -0.1"),
        (lambda: staircase(5).energy_at("half"), "Staircase.energy_at must be a filling from 0 to 1"),
        (lambda: staircase(5).filling_at([math.nan]), "Staircase.filling_at must be a mu in reduced units"),
        (lambda: ConvexPotential(lambda r: np.sin(r) + 2), CONVEX),
        (lambda: ConvexPotential(lambda r: 5000 - r + 0 * r, reach=100), "must fall faster|decreasing"),
        (lambda: ConvexPotential(lambda r: 1 / (1 + (r / 3) ** 8)), CONVEX),
        (lambda: ConvexPotential(lambda r: r), CONVEX),
        (lambda: ConvexPotential(lambda r: r * math.nan), CONVEX),
        (lambda: ConvexPotential(lambda r: 1 / (r - r)), "finite and positive|a function of one number"),
        (lambda: ConvexPotential(lambda r: "U"), "a function of one number that returns a number"),
        (lambda: ConvexPotential(lambda r: 1 / r), "must fall faster"),
        (lambda: ConvexPotential(lambda r: r**-2.0), "raise reach or tolerance, or use PowerLaw"),
        (lambda: ConvexPotential(3.0), "a function of the distance"),
        (lambda: ConvexPotential(np.exp, reach=1), "reach must be a whole number from 4"),
        (lambda: Units(lattice_constant=0), "Units.lattice_constant must be a positive number in m"),
        (lambda: Units(lattice_constant=4e-10, permittivity=-1), "Units.permittivity must be a positive"),
        (
            lambda: estimated_energy(volume=-1, voltage=1, fermi_energy=1, fermi_wavelength=1),
            "volume must be a positive",
        ),
        (lambda: full_polarization_splitting(0), "spacing must be a whole number"),
        (lambda: full_polarization_splitting(2, 0), "distance must be a positive"),
    ],
)
def test_single_chain(call, text):
    """alpha <= 1, fractions, potentials, variables."""
    with pytest.raises(InputError, match=text):
        call()


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: ThermalChain(0), "T must be positive; use the T = 0 staircase"),
        (lambda: ThermalChain(-1), "T must be positive"),
        (lambda: ThermalChain(math.nan), "temperature must be a positive number"),
        (lambda: ThermalChain(math.inf), "temperature must be between"),
        (lambda: ThermalChain(0.1).at(0, variable="pressure"), "diverges at P <= 0; .*use variable='mu'|P <= 0"),
        (lambda: ThermalChain(0.1).at(-1, variable="pressure"), "the sum over gaps diverges at P <= 0"),
        (lambda: ThermalChain(0.1).at(1e-9, variable="pressure"), "more than 5e.07 gaps"),
        (lambda: ThermalChain(0.1).at(-50.0), "is too dilute at T = 0.1: below a filling of"),
        (lambda: ThermalChain(0.1).at_filling(1e-8), "too dilute"),
        (lambda: ThermalChain(0.1).at(math.nan), "must be a mu"),
        (lambda: ThermalChain(0.1).at_filling(0), "between 0 and 1 at T > 0"),
        (lambda: ThermalChain(0.1).at_filling(1), "between 0 and 1 at T > 0"),
        (lambda: ThermalChain(0.1).at_filling(-0.1), "from 0 .empty. to 1"),
        (lambda: ThermalChain(0.1).filling([0.1], variable="x"), "variable must be"),
        (lambda: nearest_step(0), "gap must be a whole number"),
        (lambda: polarization(0.5, 1.0, variable="pressure", temperature=0.1), "P - delta_eta/2 must be positive"),
        (lambda: polarization(0.5, 0.1, temperature=-0.1), "T must be positive"),
        (lambda: polarization(0.5, math.inf), "polarization.delta_eta must be finite"),
        (lambda: polarization("a", 0.1), "polarization.x must be numbers"),
        (lambda: exact_table(Ladder(length=3), [0.0]), "T must be positive"),
        (lambda: thermal_means(TABLE, 0.1, 1.0), "one the table was made for"),
        (lambda: thermal_bound(Ladder(length=5), -0.1, mu=1.0), "T must be positive"),
        (lambda: thermal_bound(Ladder(length=15, boundary="ring"), 0.1, mu=1.0, reach=2), "must be 'open' at T > 0"),
    ],
)
def test_finite_temperature(call, text):
    """T <= 0, P <= 0, too dilute."""
    with pytest.raises(InputError, match=text):
        call()


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: Ladder(length=0), "Ladder.length must be a whole number"),
        (lambda: Ladder(length=12.0), "Ladder.length must be a whole number"),
        (lambda: Ladder(length=12, chains=0), "Ladder.chains must be a whole number"),
        (lambda: Ladder(length=12, distance=0), "Ladder.distance must be a positive number"),
        (lambda: Ladder(length=12, distance=-1), "Ladder.distance must be a positive number"),
        (lambda: Ladder(length=12, distance=math.inf), "Ladder.distance must be a positive number"),
        (lambda: Ladder(length=12, boundary="Ring"), "did you mean 'ring'"),
        (lambda: Ladder(length=12, boundary="periodic"), "known: open, ring, images"),
        (lambda: Ladder(length=12, boundary="images", potential=3), "closed forms for l\\^-2 only"),
        (lambda: Ladder(length=4, potential=math.nan), "PowerLaw.alpha"),
        (lambda: exact_table(Ladder(length=15)), "at most 14 sites per chain, got 15; use bounds, a transfer matrix"),
        (lambda: exact_table(Ladder(length=5, chains=3)), "of two chains"),
        (lambda: TABLE.state(4, 0), "whole numbers from 0 to 3"),
        (lambda: Ladder(length=3).energy([[1, 0, 2], [0, 0, 0]]), "0 or 1, of shape .2, 3."),
        (lambda: sweep_mu(TABLE, math.nan), "finite number"),
        (lambda: sweep_mu(TABLE, math.inf), "finite number"),
        (lambda: sweep_delta_eta(TABLE, math.nan), "finite number"),
        (lambda: phase_diagram(TABLE, (1, 1)), "a range that grows"),
        (lambda: phase_diagram(TABLE, (1, 2, 3)), "a range that grows, two numbers"),
        (lambda: phase_diagram(TABLE, 1.0), "a range that grows, two numbers"),
        (lambda: phase_diagram(TABLE, (0, math.inf)), "a range that grows"),
        (lambda: phase_diagram(TABLE, None, (2, 1)), "phase_diagram.delta_eta must be a range that grows"),
        (lambda: bounds(Ladder(length=20), mu=math.nan), "finite number"),
        (lambda: bounds(Ladder(length=20), mu=math.inf), "finite"),
        (
            lambda: bounds(Ladder(length=20), mu=1, reach=0),
            r"R from 1 to 10, got 0; the transfer matrix has 4\*\*R states",
        ),
        (lambda: bounds(Ladder(length=20), mu=1, reach=11), r"4\*\*R states"),
        (lambda: bounds(Ladder(length=20, boundary="ring"), mu=1, reach=6), r"R from 1 to 5, got 6"),
        (lambda: bounds(Ladder(length=20, chains=12), mu=1), "at most 11"),
        (lambda: bounds(Ladder(length=2, boundary="ring"), mu=1), "at least 3 in closed ladders"),
        (lambda: bounds(Ladder(length=20), mu=1, iterations=0), "iterations must be a whole number"),
        (lambda: bounds(Ladder(length=20), mu=1, kicks=-1), "kicks must be a whole number"),
        (
            lambda: bounds(Ladder(length=20, potential=lambda r: np.exp(-r)), mu=1),
            "must be l.-alpha .PowerLaw. for bounds",
        ),
    ],
)
def test_ladders(call, text):
    """Geometry, tables, windows, transfer matrices."""
    with pytest.raises(InputError, match=text):
        call()


def test_ends_are_allowed():
    """c = 0 and c = 1: infinite widths; m of an empty system is 0; one site; any alpha > 0 where chains end."""
    assert step(0, 1).width() == step(1, 1).width("pressure") == math.inf
    assert width(1, 1) == math.inf
    assert chemical_potential(Fraction(0)) == (-math.inf, 0.0)
    assert polarization(-1.0, 0.1) == (0.0, 0.0)
    assert thermal_means(exact_table(Ladder(length=2), [0.1]), 0.1, -1e3).polarization == 0
    assert exact_table(Ladder(length=1)).energy[1, 1] == pytest.approx(1.0)
    assert bounds(Ladder(length=1), mu=0.4).upper == pytest.approx(-0.4)
    assert exact_table(Ladder(length=4, potential=0.5)).energy[4, 0] > 0
    assert staircase(1).filling.tolist() == [0.0, 1.0]
