"""Bad input of every kind: one sentence, never a plausible number."""

import math

import numpy as np
import pytest

from fespin.assemblies import (
    ElectronGas,
    TransportLaw,
    angular_density,
    balance,
    consistent_lifetime,
    conversion_coefficient,
    conversion_rate,
    damped_angle,
    damping_time,
    equilibrium_polarization,
    flavour,
    interact,
    load_transport,
    magnetization,
    mean_cosine,
    merged,
    mixture,
    polarization,
    scatter_cloud,
    small_injection,
    spin_density,
    spin_diffusion_length,
    spin_number,
    spin_states,
    spin_torque,
    spin_torque_transport,
    split,
    tis_coefficient,
    torque_coefficient,
)
from fespin.errors import InputError

GAS = {"density_of_states": 1e47, "temperature": 300, "spin_lifetime": 1e-12}


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: spin_states(0, 1.5), r"x must lie in \[0, 1\]"),
        (lambda: spin_states(0, -0.1), r"x must lie in \[0, 1\]"),
        (lambda: spin_number(math.nan), r"x must lie in \[0, 1\]"),
        (lambda: balance("much"), r"x must lie in \[0, 1\]"),
        (lambda: spin_states(math.inf), "z must be finite numbers"),
        (lambda: spin_states("zero"), "z must be finite numbers"),
        (lambda: spin_states(0, rule="fermi"), "rule must be one of complete, isotropic, paper"),
        (lambda: spin_density(density_of_states=1e47, temperature=0), "temperature must be a positive number in K"),
        (lambda: spin_density(density_of_states=-1, temperature=1), "density_of_states must be a positive number"),
        (lambda: conversion_coefficient(-1), "r must be zero or positive, got -1"),
        (lambda: conversion_coefficient(1, convention="printed"), "convention must be one of spin, paper"),
        (lambda: conversion_coefficient(1, waiting="fix"), "did you mean 'fixed'"),
        (lambda: mean_cosine([0.1, -2]), "time must be zero or positive, got -2"),
        (lambda: damped_angle(145, 1), "angles are in radians.*degrees"),
        (lambda: damped_angle(-0.1, 1), "between 0 and pi"),
        (lambda: angular_density(3.2, 1), "between 0 and pi"),
        (lambda: damping_time(damping=1e33, field=0), "field must be a positive number in T"),
        (lambda: damping_time(damping=-1, field=1), "damping must be a positive number"),
        (lambda: conversion_rate(0), "damping_time must be a positive number in s"),
        (lambda: conversion_rate(1e-12, scattering_time=-1), "scattering_time must be zero or positive"),
        (lambda: conversion_rate(1e-12, scattering_time=[1e-12, 2e-12]), "one number"),
        (lambda: polarization(conversion_rate=-1, spin_lifetime=1), "conversion_rate must be a number >= 0"),
        (lambda: polarization(conversion_rate=1, spin_lifetime=0), "spin_lifetime must be a positive number in s"),
        (lambda: polarization(conversion_rate=0, spin_lifetime=math.inf), "positive if the spin life time is infinite"),
        (lambda: magnetization(-1), "spins must be a number >= 0"),
        (lambda: equilibrium_polarization(field=-1, temperature=1), "field must be a number >= 0"),
        (lambda: equilibrium_polarization(field=1, temperature=-1), "temperature must be a positive"),
        (lambda: consistent_lifetime(damping=0, temperature=1), "damping must be a positive"),
        (lambda: spin_diffusion_length(diffusivity=0, spin_lifetime=1), "diffusivity must be a positive"),
        (lambda: ElectronGas(**{**GAS, "temperature": 0}), "ElectronGas.temperature must be a positive"),
        (lambda: ElectronGas(**GAS, field=1), "ElectronGas.damping must be positive where there is a field"),
        (lambda: ElectronGas(**GAS, damping=-1), "ElectronGas.damping must be positive"),
        (lambda: ElectronGas(**GAS, flavour="papr"), "flavour must be one of.*did you mean 'paper'"),
        (lambda: ElectronGas(**GAS, waiting="poisson"), "waiting must be one of fixed, exponential"),
        (lambda: ElectronGas(**GAS, field=1, damping=1e33).normal_metal(1e7), "0 in a normal metal"),
        (lambda: ElectronGas(**GAS).ferromagnet(1e7), "positive in a ferromagnet"),
        (lambda: flavour("both"), "flavour must be one of conserving, paper"),
        (lambda: interact(-0.1, 1, 1), "populations must be non-negative, got -0.1"),
        (lambda: interact(1, 1, 1, n_tis=-1), "populations must be non-negative"),
        (lambda: interact(0, 0, 1), "populations must be non-negative and not both zero"),
        (lambda: merged([1, 0], [1, 0], 1.0), "not both zero"),
        (lambda: interact(1, 1, 145), "angles are in radians"),
        (lambda: interact(1, 1, 3.5), "between 0 and pi"),
        (lambda: interact(1, 1, 1, rule="eq59"), "rule must be one of conserving, paper"),
        (lambda: interact([1, 2], 1, 1), "merged\\(\\) takes arrays"),
        (lambda: interact(1, 0.5, 1).steps(0), "below must be a positive number in rad"),
        (lambda: torque_coefficient(-1), "between 0 and pi"),
        (lambda: tis_coefficient(90), "angles are in radians"),
        (lambda: tis_coefficient(1, rule="x"), "rule must be one of"),
        (lambda: small_injection(-0.1, 1), "ratio must be zero or positive"),
        (lambda: spin_torque([0, 0, 0], [1, 0, 0], n1=1, rate=1), "s1 must be a direction"),
        (lambda: spin_torque([0, 0, 1], [1, 0, 0], n1=0, rate=1), "n1 must be a positive"),
        (lambda: spin_torque([0, 0, 1], [1, 0, 0], n1=1, rate=-1), "rate must be zero or positive"),
        (lambda: split([[0, 0, 1]], -1), "populations must be non-negative"),
        (lambda: split([[0, 0, 1]], [1, 2]), r"numbers must be one number or of shape \(1,\)"),
        (lambda: split([0, 0, 1]), "spins must be 1 directions or more"),
        (lambda: mixture(0), "spins must be a whole number"),
        (lambda: mixture(10, 2), r"polarization must lie in \[0, 1\]"),
        (lambda: scatter_cloud([[0, 0, 1]]), "2 directions or more"),
        (lambda: scatter_cloud([[0, 0, 1], [0, 0, 0]]), "directions, not 0"),
        (lambda: scatter_cloud([[0, 0, 1], [0, 1, 0]], sweeps=0), "sweeps must be a whole number"),
        (lambda: scatter_cloud([[0, 0, 1], [0, 1, 0]], rule="eq4"), "rule must be one of"),
    ],
)  # fmt: skip
def test_functions(call, text):
    """Values out of range, unknown words, degrees for radians."""
    with pytest.raises(InputError, match=text):
        call()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"diffusivity": -1}, "diffusivity must be a number >= 0"),
        ({"spin_lifetime": 0}, "spin_lifetime must be a positive number in s"),
        ({"conversion_rate": -1}, "conversion_rate must be a number >= 0"),
        ({"conversion_rate": 1}, "magnetization must be given"),
        ({"damping_time": 1}, "magnetization must be given"),
        ({"damping_time": -1}, "damping_time must be a positive"),
        ({"magnetization": (0, 0, 0)}, "magnetization must be a direction"),
        ({"magnetization": np.zeros((4, 3))}, "a direction in every cell, got 0 in cell 0"),
        ({"magnetization": (0, 1)}, r"of shape \(3,\) or \(n, 3\)"),
        ({"precession": (0, 0, math.nan)}, "precession must be finite vectors"),
        ({"injection": "all"}, "injection must be finite vectors"),
        ({"torque": 57}, "A is in radians: 1, not 57"),
        ({"torque": 0}, r"torque A must be a number in \(0, 2\]"),
        ({"torque": -1}, r"torque A must be a number in \(0, 2\]"),
        ({"torque": "phi"}, "torque A must be a number"),
        ({"tis": -1}, "conversion B must be a number >= 0"),
        ({"tis": math.nan}, "conversion B must be a number >= 0"),
        ({"boundary": "open"}, "boundary must be 'periodic', 'closed', 'held', or a pair"),
        ({"boundary": ("periodic", "closed")}, "boundary must be"),
        ({"boundary": 3}, "boundary must be"),
        ({"flavour": "original"}, "flavour must be one of"),
    ],
)
def test_laws(values, text):
    """Parameters of the transport law."""
    with pytest.raises(InputError, match=text):
        TransportLaw(**{"diffusivity": 1.0, **values})


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"x": [0, 1, 3, 4]}, "uniform, increasing grid, got steps from 1 to 2"),
        ({"x": [3, 2, 1, 0]}, "uniform, increasing grid"),
        ({"x": [0, 1]}, "3 cells or more"),
        ({"x": "line"}, "3 cells or more"),
        ({"x": [0, 1, math.nan, 3]}, "3 cells or more"),
        ({"spin": np.ones((3, 3))}, r"spin must be of shape \(4, 3\)"),
        ({"spin": "up"}, "arrays of numbers"),
        ({"spin": np.full((4, 3), math.inf)}, "must be finite"),
        ({"tis": -1}, "tis must be zero or positive"),
        ({"tis": np.ones(3)}, r"tis must be a number or of shape \(4,\)"),
        ({"spin": np.zeros((4, 3)), "tis": 0}, "must hold spins somewhere"),
        ({"duration": 0}, "duration must be a positive number in s"),
        ({"records": 0}, "records must be a whole number"),
        ({"records": 2.5}, "records must be a whole number"),
        ({"method": "euler"}, "method must be one of imex, heun"),
        ({"tolerance": 0}, "tolerance must be a positive"),
        ({"law": "diffusion"}, "law must be a TransportLaw"),
        ({"law": TransportLaw(diffusivity=1, precession=np.zeros((5, 3)))}, r"precession must be of shape \(3,\)"),
    ],
)
def test_runs(change, text):
    """Grids, starts and options."""
    law = TransportLaw(diffusivity=1.0)
    run = {"law": law, "x": np.arange(4.0), "spin": np.ones((4, 3)), "tis": 1.0, "duration": 1.0, **change}
    with pytest.raises(InputError, match=text):
        spin_torque_transport(run.pop("law"), run.pop("x"), run.pop("spin"), run.pop("tis"), **run)


@pytest.mark.parametrize(("B", "degrees", "fine"), [(2, 59.9, True), (2, 60.1, False), (1, 120, True), (1.5, 71, False),
                                                    ("angle", 170, True)])  # fmt: skip
def test_angles_between_neighbours(B, degrees, fine):
    """A constant B = 2 beyond 60 deg takes more spins than arrive."""
    turn = np.radians(degrees) * np.array([0, 1, 0, 1])
    spin = np.stack([np.cos(turn), np.sin(turn), 0 * turn], axis=1)
    law = TransportLaw(diffusivity=1.0, tis=B, torque="angle" if B == "angle" else 1.0)
    if fine:
        spin_torque_transport(law, np.arange(4.0), spin, 1.0, duration=1e-3)
    else:
        with pytest.raises(InputError, match="refine the grid or use B='angle'"):
            spin_torque_transport(law, np.arange(4.0), spin, 1.0, duration=1e-3)


FILE = """
[line]
length = "10 nm"
cells = 10
[law]
diffusivity = "1e-3 m^2/s"
[initial]
directions = [1, 0, 0]
density = "1e25 1/m^3"
[run]
duration = "1 ps"
"""


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("[law]", "[lwa]", "unknown key 'lwa'; did you mean 'law'"),
        ("cells = 10", "cell = 10", r"\[line\] has the unknown key 'cell'; did you mean 'cells'"),
        ("cells = 10", "", r"\[line\] must have the key 'cells'"),
        ("cells = 10", "cells = 2", "a whole number, 3 or more"),
        ('"10 nm"', '"10 nA"', r"\[line\] length must be a quantity with a unit that converts to m"),
        ('"10 nm"', '"-1 nm"', r"\[line\] length must be a positive"),
        ('diffusivity = "1e-3 m^2/s"', "", r"\[law\] must have the key 'diffusivity'"),
        ('"1e-3 m^2/s"', '"1e-3 m^2/s"\ntorque = 57', "A is in radians"),
        ('"1e-3 m^2/s"', '"1e-3 m^2/s"\nprecession = [1, 2]', "a list of 3 quantities in rad/s"),
        ("[1, 0, 0]", "[0, 0, 0]", r"\[initial\] directions must be a direction"),
        ("[1, 0, 0]", '"x"', "a list of directions"),
        ("[1, 0, 0]", "[[1, 0, 0], [0, 1, 0]]", r"\[initial\] must have the key 'positions'"),
        ("[1, 0, 0]", '[[1, 0, 0], [-1, 0, 0]]\npositions = ["0 nm", "9 nm"]', "must not be opposite"),
        ("[1, 0, 0]", '[[1, 0, 0], [0, 1, 0]]\npositions = ["9 nm", "0 nm"]', "positions must be increasing"),
        ('density = "1e25 1/m^3"', "", r"\[initial\] must have the key density"),
        ('"1e25 1/m^3"', '["1e25 1/m^3", "2e25 1/m^3"]', "a list of 1 quantities"),
        ('duration = "1 ps"', "", r"\[run\] must have the key 'duration'"),
        ('"1 ps"', '"1 ps"\nmethod = "euler"', "method must be one of"),
        (
            "[run]",
            "[gas]\ntemperature = 3\n[run]",
            "must have the key 'density_of_states'",
        ),
        ("[line]", "line = 3\n[other]", "unknown key 'other'"),
    ],
)
def test_run_files(tmp_path, old, new, text):
    """One line that begins with the path."""
    path = tmp_path / "line.toml"
    path.write_text(FILE.replace(old, new))
    with pytest.raises(InputError, match=text) as caught:
        load_transport(path).run()
    if "method" not in new and "torque" not in new:
        assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_run_file_with_gas_takes_its_rates_from_it(tmp_path):
    """A life time beside [gas] is refused."""
    gas = '[gas]\ndensity_of_states = 1e47\ntemperature = 300\nspin_lifetime = "1 ps"\ndamping = 1e33\nfield = 100\n'
    path = tmp_path / "line.toml"
    path.write_text(FILE.replace("[run]", f"{gas}[run]").replace("[law]", "[law]\nmagnetization = [0, 0, 1]"))
    law = load_transport(path).law
    assert law.conversion_rate > 0
    path.write_text(path.read_text().replace("[law]", "[law]\nspin_lifetime = 1e-12"))
    with pytest.raises(InputError, match="spin_lifetime must be left out where there is a table"):
        load_transport(path)
