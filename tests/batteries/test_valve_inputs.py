"""Bad inputs of valves are refused in one sentence; files come back as they were written."""

import copy
import math
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from valve_cases import polarised, reduced, spacer

from fespin import Ferromagnet, HalfMetal, NormalMetal
from fespin.batteries.valve import (
    Interface,
    Layer,
    Phase,
    Spacer,
    SpinValve,
    ValveResult,
    ampere_hours,
    cautions,
    charge,
    describe,
    discharge,
    exact_admittance,
    impedance,
    impedance_of,
    load_valve,
    polarised_resistance,
    resistance,
    simulate,
    solve_static,
    step_current,
)
from fespin.batteries.valve.runfile import read_document
from fespin.device.msh_writer import msh_text
from fespin.errors import DeviceError, InputError

FILES = Path(__file__).parents[2] / "examples" / "valve"
N = NormalMetal(conductivity=2, spin_diffusion_length=1, diffusivity=0.5)
F = Ferromagnet(conductivity=2, polarization=0.5, spin_diffusion_length=1, diffusivity=0.5)
H = HalfMetal(conductivity=2)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"material": N, "thickness": 0}, "thickness must be a positive number in m"),
        ({"material": "Cu", "thickness": 1}, "material must be a NormalMetal, Ferromagnet or HalfMetal"),
        ({"material": F, "thickness": 1}, "magnetization must be 'up' or 'down' in a magnet"),
        ({"material": N, "thickness": 1, "magnetization": "up"}, "must be left out for a NormalMetal"),
        ({"material": H, "thickness": 1, "magnetization": "up", "density_polarization": 0.5}, "must be 1 or left out"),
        ({"material": F, "thickness": 1, "magnetization": "up", "density_polarization": 1}, "between -1 and 1"),
        ({"material": N, "thickness": 1, "cells": 0}, "cells must be a whole number"),
        ({"material": N, "thickness": 1, "name": 3}, "name must be a string"),
    ],
)
def test_layers(values, text):
    with pytest.raises(InputError, match=re.escape(text)):
        Layer(**values)


def test_states_are_asked_for_only_where_they_matter():
    """Statics need none; capacitance, time and screening say what is missing."""
    bare = NormalMetal(conductivity=2, spin_diffusion_length=1)
    valve = SpinValve(layers=(Layer(material=bare, thickness=1, name="Cu"),))
    assert resistance(valve) == pytest.approx(0.5)
    with pytest.raises(InputError, match="layer 'Cu' must have the diffusivity, density_of_states or spin_capacitance"):
        _ = valve.capacitance
    with pytest.raises(InputError, match="layer 'Cu' must have the diffusivity"):
        simulate(valve, charge(voltage=1, duration=1))
    assert "static: states not given" in repr(valve)
    magnet = SpinValve(layers=(Layer(material=F, thickness=1, magnetization="up", name="Co"),))
    with pytest.raises(InputError, match="layer 'Co' must have a density_polarization"):
        simulate(magnet, charge(voltage=1, duration=1))


def test_stacks():
    a, b = (Layer(material=N, thickness=1, name=name) for name in "ab")
    up, down = (Layer(material=H, thickness=1, magnetization=m, name=m) for m in ("up", "down"))
    for values, text in [
        ({"layers": ()}, "one or more, got 'none'"),
        ({"layers": (a, a)}, "different names, got \"'a' twice\""),
        ({"layers": (a, 3)}, "a sequence of Layer"),
        ({"layers": (a, b), "interfaces": (None, None)}, "must be 1 of Interface or None"),
        ({"layers": (a,), "cross_section": -1}, "cross_section must be a positive number"),
        ({"layers": (up, down)}, "half metals that conduct different channels: nothing flows"),
    ]:
        with pytest.raises(InputError, match=re.escape(text)):
            SpinValve(**values)
    again = replace(up, name="again")
    with pytest.raises(InputError, match="must have two channels on one side to flip spins"):
        SpinValve(layers=(up, again), interfaces=(Interface(spin_flip_conductance=1),))
    with pytest.raises(InputError, match="2 or more to be turned, got 0"):
        SpinValve(layers=(a, b)).configured("locked")
    with pytest.raises(InputError, match="'parallel' or 'locked', got 'up'"):
        reduced().configured("up")
    with pytest.raises(InputError, match="has no layer 'spacr'; did you mean 'spacer'"):
        reduced().layer("spacr")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"conductance_up": -1}, "conductance_up must be a number >= 0 in S/m^2 or inf"),
        ({"conductance_up": 0, "conductance_down": 0}, "conductance_up must be positive unless conductance_down is"),
        ({"conductance_up": 1, "conductance_down": 1, "memory_loss": -1}, "memory_loss must be a number >= 0"),
        ({"memory_loss": 0.1}, "memory_loss must be 0 unless both conductances are finite"),
        ({"spin_flip_conductance": math.inf}, "spin_flip_conductance must be a number >= 0 in S/m^2"),
    ],
)
def test_interfaces(values, text):
    with pytest.raises(InputError, match=re.escape(text)):
        Interface(**values)
    with pytest.raises(InputError, match="asymmetry must be between -1 and 1"):
        Interface.of_resistance(1.0, asymmetry=1)
    g = Interface.of_resistance(0.5, asymmetry=0.6)
    total, difference = g.conductance_up + g.conductance_down, g.conductance_up - g.conductance_down
    assert (difference / total, 1 / total) == pytest.approx((0.6, 0.5 * (1 - 0.36)))


def test_full_polarization_is_a_half_metal():
    """With one channel missing, (mu_e, mu_s) and p = +-1 would give a singular matrix."""
    with pytest.raises(InputError, match=r"between -1 and 1, both excluded \(a half metal, \+-1, is a HalfMetal\)"):
        Ferromagnet(conductivity=1, polarization=1)
    with pytest.raises(InputError, match="conductivity must be a positive finite number"):
        NormalMetal(conductivity=0)


def test_floating_channels_are_named():
    """Parallel half metals, direct current, no flip: w_dn of the spacer floats; alternating current is fine."""
    parallel = reduced(configuration="parallel")
    for solve in (solve_static, lambda valve: impedance(valve, 0.0)):
        with pytest.raises(InputError, match="spin down of spacer has no path to a reservoir and no spin flip"):
            solve(parallel)
    with pytest.raises(InputError, match="no path to a reservoir"):
        exact_admittance(parallel)
    Z = complex(impedance(parallel, 1.0))
    assert pytest.approx(complex(impedance_of(spacer(), 2 * math.pi, configuration="parallel")), rel=1e-3) == Z
    assert simulate(parallel, charge(voltage=1, duration=1)).ledger_error.max() < 1e-12


def test_a_leak_of_rounding_is_no_leak():
    """Below 1e-12 s_N/d: refused with the capacitance; just above it, right to nine digits."""
    with pytest.raises(InputError, match=r"below 1e-12 .* round-off and no leak; .* capacitance is 1 F"):
        solve_static(reduced(1e13))
    assert solve_static(reduced(1e11)).conductance * 1e11 == pytest.approx(1, rel=1e-9)
    assert math.isinf(complex(impedance(reduced(), 0.0)).real)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: Phase(kind="open", duration=1, dt=0), "dt must be a positive number in s"),
        (lambda: Phase(kind="open", duration=1, dt=-1), "dt must be a positive number in s"),
        (lambda: Phase(kind="open", duration=1, dt=1e-12), "at most 1e\\+09 steps"),
        (lambda: Phase(kind="load", duration=1, amplitude=1), "amplitude must be 0 in a phase of kind 'load'"),
        (lambda: Phase(kind="load", duration=1, series=-1), "series must be a number >= 0 in ohm"),
        (lambda: Phase(kind="lod", duration=1), "kind must be one of current, voltage, load, open"),
        (lambda: solve_static("x"), "valve must be a SpinValve"),
        (lambda: solve_static(reduced(), math.inf), "voltage must be a finite number in V"),
        (lambda: impedance(reduced(), -1.0), "finite numbers >= 0 in Hz"),
        (lambda: exact_admittance(reduced(), math.nan), "finite numbers >= 0 in Hz"),
        (lambda: simulate(3, charge(voltage=1, duration=1)), "valve must be a SpinValve"),
        (lambda: simulate(reduced(), []), "one Phase or more"),
        (lambda: simulate(reduced(), charge(voltage=1, duration=1), splitting=[1.0]), "of them, one per node"),
        (lambda: simulate(reduced(), charge(voltage=1, duration=1), records=0), "records must be a whole number"),
        (lambda: Spacer(thickness=1, conductivity=2, spin_capacitance=1, relaxation_time=0), "relaxation_time must be"),
        (lambda: Spacer.of(polarised(0.5, "up")), "must be half metal \\| normal metal \\| half metal"),
        (lambda: impedance_of(spacer()), "positive without spin relaxation"),
        (lambda: step_current(spacer(), 0.0), "time must be positive numbers in s"),
        (
            lambda: polarised_resistance(
                spacer(1), polarization=1, conductivity=1, spin_diffusion_length=1, length=1
            ),
            "polarization must be between -1 and 1, both excluded; half metals",
        ),
        (lambda: ampere_hours(1, 0), "voltage must be a positive number"),
    ],
)  # fmt: skip
def test_calls(call, text):
    with pytest.raises(InputError, match=text):
        _run(call)


def _run(call):
    """A phase that could be made is refused when it is run."""
    found = call()
    if isinstance(found, Phase):
        simulate(reduced(1, cells=3), found)


def document(name="copper"):
    return tomllib.loads((FILES / f"{name}.toml").read_text())


def changed(path, value, name="copper"):
    """The document with one entry replaced; None removes it."""
    found = copy.deepcopy(document(name))
    at = found
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return found


def layer(k, key, value, name="copper"):
    return changed(("layer", k, key), value, name)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (changed(("valv",), {}), "unknown key 'valv'; did you mean 'valve'"),
        (changed(("valve", "cross_section"), None), "[valve] must have the key 'cross_section'"),
        (changed(("valve", "cross_section"), "1 um"), "a unit that converts to m^2"),
        (changed(("valve", "mesh"), "x.msh"), "[[layer]] or a mesh in [valve], got both"),
        (changed(("layer",), []), "got neither"),
        (layer(1, "material", "Ag"), "[[layer]] 2 material must be one of [materials], got 'Ag'"),
        (layer(1, "thickness", None), "[[layer]] 2 must have the key 'thickness'"),
        (layer(1, "thickness", "0 nm"), "thickness must be a positive number in m"),
        (layer(1, "colour", "red"), "[[layer]] 2 has the unknown key 'colour'"),
        (layer(0, "magnetization", "left"), "magnetization must be 'up' or 'down'"),
        (
            changed(("materials", "Cu", "relaxation_time"), "0 s"),
            "relaxation_time must be a positive number in s or inf",
        ),
        (changed(("materials", "Cu", "relaxation_time"), "-1 ps"), "relaxation_time must be a positive number"),
        (changed(("materials", "Cu", "spin_diffusion_length"), "1 um"), "one of 'relaxation_time' and"),
        (
            changed(("materials", "Cu", "spin_capacitance"), "1 F/m^3"),
            "one of 'spin_capacitance' and 'density_of_states'",
        ),
        (changed(("materials", "Cu", "density_of_states"), None), "must have spin_capacitance, diffusivity or density"),
        (changed(("materials", "H", "spin_capacitance"), "1 F/m^3"), "must be 0 or left out in a half metal"),
        (changed(("materials", "H", "density_polarization"), 0.5), "must be 1 or left out in this material"),
        (changed(("materials", "Cu", "conductivity"), "0 S/m"), "conductivity must be a positive finite number"),
        (changed(("interfaces",), {"a": {"between": ["left", "spacr"]}}), "did you mean 'spacer'"),
        (changed(("interfaces",), {"a": {"between": ["left", "right"]}}), "must be between neighbours"),
        (changed(("interfaces",), {"a": {"between": ["left", "spacer"], "conductance_up": 1}}), "conductance_up and"),
        (changed(("interfaces",), {"a": {"between": "left"}}), "must be the names of two layers"),
        (
            changed(("interfaces",), {k: {"between": ["left", "spacer"]} for k in "ab"}),
            "is the second between 'left' and 'spacer'",
        ),
        (changed(("phase", 0, "duration"), None), "[[phase]] 1 must have the key 'duration'"),
        (changed(("phase", 0, "voltage"), None), "must have the key 'voltage' if its kind is 'voltage'"),
        (changed(("phase", 2, "load"), None), "[[phase]] 3 must have the key 'load'"),
        (changed(("phase", 0, "dt"), "0 s"), "[[phase]] 1: Phase.dt must be a positive number"),
        (changed(("phase", 0, "kind"), 3), "must have the key 'kind'"),
        (changed(("initial",), {"charge": 1}), "[initial] has the unknown key 'charge'"),
        (changed(("solver",), {"records": 0}), "[solver] records must be a whole number"),
        (layer(1, "kind", "wignr", "crystal"), "kind must be one of wigner, free-electrons"),
        (layer(1, "filling", 1.5, "crystal"), "filling must be between 0 and 1"),
        (layer(1, "filling", None, "crystal"), "[[layer]] 2 must have the key 'filling'"),
        (layer(1, "temperature", "-1 K", "crystal"), "temperature must be a number >= 0"),
        (layer(2, "magnetization", "up", "crystal"), "must lie between half metals of opposite channels"),
        (layer(0, "kind", "wigner", "crystal"), "has the unknown key 'material'"),
        (changed(("interfaces",), {"a": {}}, "crystal"), "leave out mesh and [interfaces]"),
        (changed(("initial",), {"splitting": 1}, "crystal"), "unknown key 'splitting'"),
    ],
)
def test_files(found, text):
    with pytest.raises(InputError, match=re.escape(text)):
        read_document(found, FILES / "x.toml")


def test_files_that_are_none(tmp_path):
    with pytest.raises(DeviceError, match="cannot be read"):
        load_valve(tmp_path / "none.toml")
    (tmp_path / "x.toml").write_text("a = [")
    with pytest.raises(DeviceError, match="is not valid TOML"):
        load_valve(tmp_path / "x.toml")
    no_phases = document()
    del no_phases["phase"]
    with pytest.raises(InputError, match="at least one table"):
        read_document(no_phases, FILES / "x.toml").run()


def test_words_of_materials():
    """relaxation_time, spin_capacitance, density_of_states and diffusivity say the same thing."""
    one = read_document(document(), FILES / "x.toml").valve.layers[1]
    assert one.relaxation_time == pytest.approx(49e-12, rel=1e-12)
    found = document()
    Cu = found["materials"]["Cu"]
    del Cu["density_of_states"]
    Cu["spin_capacitance"] = f"{one.spin_capacitance!r} F/m^3"
    two = read_document(found, FILES / "x.toml").valve.layers[1]
    assert (two.spin_capacitance, two.relaxation_time) == pytest.approx((one.spin_capacitance, 49e-12), rel=1e-12)
    found["materials"]["Co"] = {"kind": "ferromagnet", "conductivity": "4e6 S/m", "polarization": 0.4,
                                "relaxation_time": "1 ps", "spin_capacitance": "2e8 F/m^3"}  # fmt: skip
    found["layer"][0]["material"] = "Co"
    with pytest.raises(DeviceError, match="must have a density_polarization beside spin_capacitance"):
        read_document(found, FILES / "x.toml")
    found["materials"]["Co"]["density_polarization"] = 0.2
    magnet = read_document(found, FILES / "x.toml").valve.layers[0]
    assert (magnet.spin_capacitance, magnet.relaxation_time) == pytest.approx((2e8, 1e-12), rel=1e-12)
    assert magnet.spin_diffusivity == pytest.approx(magnet.material.spin_diffusion_length**2 / 1e-12)
    up, down = magnet.states
    assert (up - down) / (up + down) == pytest.approx(0.2)


def test_a_line_mesh_is_a_stack(tmp_path):
    """The mesh of a stack, read back through [regions] and [terminals]."""
    valve = read_document(document(), FILES / "copper.toml").valve
    (tmp_path / "valve.msh").write_text(msh_text(valve.to_device().mesh))
    found = document()
    del found["layer"]
    found["valve"]["mesh"] = "valve.msh"
    found["regions"] = {"left": {"material": "H", "magnetization": "up"}, "spacer": "Cu",
                        "right": {"material": "H", "magnetization": [0, 0, -1]}}  # fmt: skip
    found["terminals"] = {"left": "left", "right": "right"}
    again = read_document(found, tmp_path / "valve.toml").valve
    assert again.configuration == "locked"
    assert resistance(again) == pytest.approx(resistance(valve), rel=1e-9)
    assert again.capacitance == pytest.approx(valve.capacitance, rel=1e-12)
    found["regions"]["spacer"] = "Ag"
    with pytest.raises(InputError, match=r"\[regions\] spacer material must be one of"):
        read_document(found, tmp_path / "valve.toml")


def test_interfaces_of_a_file():
    """AR* and gamma, up along the magnetization of the magnet: the half metal's channel is its majority."""
    found = document()
    found["interfaces"] = {"a": {"between": ["spacer", "left"], "area_resistance": "1e-15 ohm m^2", "asymmetry": 0.5},
                           "b": {"between": ["spacer", "right"], "conductance_up": "1e15 S/m^2",
                                 "conductance_down": "1 S/m^2", "spin_flip_conductance": "1e10 S/m^2"}}  # fmt: skip
    valve = read_document(found, FILES / "x.toml").valve
    assert valve.gate(0) == pytest.approx((1 / (2e-15 * 0.5), 1 / (2e-15 * 1.5)))
    assert valve.gate(1) == pytest.approx((1, 1e15))  # the right magnet points down
    assert resistance(valve) == pytest.approx(1 / float(exact_admittance(valve).real), rel=1e-6)


def test_results_come_back(tmp_path):
    result = simulate(reduced(2, cells=5), [charge(voltage=1.0, duration=1), discharge(load=1.0, duration=1)])
    path = result.save(tmp_path / "x.npz")
    again = ValveResult.load(path)
    assert again.phases == result.phases
    assert again.columns.keys() == result.columns.keys()
    assert all(np.array_equal(again[name], result[name]) for name in result.columns)
    assert np.array_equal(again.potentials, result.potentials, equal_nan=True)
    with pytest.raises(InputError, match=r"must end in \.npz"):
        result.save(tmp_path / "x.csv")
    (tmp_path / "y.npz").write_bytes(b"no")
    with pytest.raises(InputError, match="is not a result of a spin valve"):
        ValveResult.load(tmp_path / "y.npz")
    np.savez(tmp_path / "z.npz", head=np.array('{"format": "other"}'))
    with pytest.raises(InputError, match="is not a result of a spin valve"):
        ValveResult.load(tmp_path / "z.npz")
    with pytest.raises(InputError, match="no column 'curent' in the result; did you mean 'current'"):
        _ = result["curent"]
    xarray = pytest.importorskip("xarray")
    labelled = result.to_xarray()
    assert isinstance(labelled, xarray.Dataset)
    assert labelled["potential"].dims == ("time", "spin", "node")
    assert labelled["current"].attrs["units"] == "A"


def test_cautions():
    assert cautions(reduced(1)) == []
    assert "nothing is locked" in cautions(reduced(0.1))[0]
    assert "longer than a fifth" in cautions(reduced(0.1, cells=4))[0]
    assert "no such window" in describe(reduced(0.1))
    assert "lambda" in describe(polarised(0.5, "up"))
