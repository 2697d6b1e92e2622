"""Bad inputs of winding batteries are refused in one sentence; files come back as they were written."""

import contextlib
import copy
import math
import re
import tomllib
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from winding_cases import reduced

import fespin
from fespin.batteries.winding import (
    ContactFilm,
    Phase,
    Simulation,
    WindingResult,
    WindingWarning,
    best_charge,
    cautions,
    charge,
    describe,
    discharge,
    held,
    hold,
    impedance,
    leaky_capacitor,
    load_run,
    run_to_file,
    scaling,
    simulate,
    strip_battery,
    vi_curve,
    yig_film,
)
from fespin.batteries.winding.files import checkpoint_path, fingerprint, write_checkpoint
from fespin.batteries.winding.magnets import PT, STRIP, WIRE, YIG
from fespin.batteries.winding.runfile import read_document
from fespin.errors import DeviceError, InputError, SolverError


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"stiffness": 0}, "stiffness must be a positive number in J m, got 0"),
        ({"susceptibility": -1}, "susceptibility must be a positive number"),
        ({"length": math.inf}, "length must be a positive number in m"),
        ({"damping": -1e-3}, "damping must be a number >= 0"),
        ({"contact_conductance": -1}, "contact_conductance must be a number >= 0"),
        ({"anisotropy": -1}, "anisotropy must be a number >= 0"),
        ({"anisotropy": math.nan}, "anisotropy must be a number >= 0"),
        ({"wire_resistance": 0}, "wire_resistance must be a positive number"),
        ({"contact_conductance": 0}, "contact_conductance must be positive if there is a spin torque"),
        ({"folds": 0}, "folds must be a whole number"),
        ({"easy_plane": "1"}, "easy_plane must be a positive number"),
        ({"name": 3}, "name must be a string"),
        ({"length": 1e300}, "scales lie within"),
    ],
)
def test_battery(changes, text):
    """A, chi <= 0; alpha, g, kap < 0; g = 0 with a spin torque."""
    with pytest.raises(InputError, match=text):
        replace(reduced(), **changes)


def test_second_law():
    """zeta > 1 names theta and g; zeta = 1 is allowed; the paper's contact can violate it."""
    with pytest.raises(InputError, match=r"zeta .*theta = spin_torque = 2 .*g = contact_conductance = 5 "):
        reduced(theta=2.0)
    perfect = reduced(theta=math.sqrt(1.25))
    assert perfect.coupling == pytest.approx(1)
    assert perfect.one_way_bound == pytest.approx(1, abs=1e-7)
    film = ContactFilm(length=1e-6, **WIRE, **{**PT, "spin_hall_angle": 0.46}, mixing_conductance=1.3e18)
    with pytest.raises(InputError, match="second law"):
        strip_battery(YIG, film, **STRIP, contact_model="paper")
    assert strip_battery(YIG, replace(film, spin_hall_angle=0.44), **STRIP, contact_model="paper").coupling < 1
    assert strip_battery(YIG, film, **STRIP).coupling < 1
    with pytest.raises(InputError, match="'diffusion' or 'paper'"):
        yig_film(contact_model="bare")
    with pytest.raises(InputError, match=r"ContactFilm.thickness must be a positive number"):
        replace(film, thickness=0)


@pytest.mark.parametrize("length", [1e-9, 1.5e-9, 1e-6, 1.0, math.inf])
@pytest.mark.parametrize("thickness", [1e-10, 5e-9, 1e-5])
def test_film_contact_in_the_limits(length, thickness):
    """Any film obeys the second law, also far thicker or thinner than its spin diffusion length."""
    film = ContactFilm(length=1e-6, width=2e-7, thickness=thickness, resistivity=4e-7, spin_hall_angle=1.0,
                       spin_diffusion_length=length, mixing_conductance=1e19)  # fmt: skip
    battery = strip_battery(YIG, film, **STRIP)
    assert 0 <= battery.coupling < 1
    assert battery.contact_conductance >= 0


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"kind": "current", "duration": 1, "dt": 0}, "dt must be a positive number in s"),
        ({"kind": "current", "duration": 1, "dt": -1}, "dt must be a positive number in s"),
        ({"kind": "current", "duration": 0}, "duration must be a positive number in s"),
        ({"kind": "curent", "duration": 1}, "kind must be one of current, voltage, load, open"),
        ({"kind": "load", "duration": 1, "amplitude": 1}, "amplitude must be 0 in a phase of kind 'load'"),
        ({"kind": "current", "duration": 1, "amplitude": math.inf}, "finite number in A or V"),
        ({"kind": "current", "duration": 1, "shape": "ramp"}, "time must be given for the shape 'ramp'"),
        ({"kind": "current", "duration": 1, "shape": "saw"}, "shape must be one of"),
        ({"kind": "open", "duration": 1, "gate": -1}, "gate must be a number >= 0"),
        ({"kind": "load", "duration": 1, "load": -1}, "load must be a number >= 0"),
        ({"kind": "open", "duration": 1, "courant": 0}, "courant must be a positive number"),
        ({"kind": "open", "duration": math.inf}, "duration must be a positive number"),
    ],
)
def test_phase(values, text):
    """dt <= 0, unknown kinds, a source in a discharge."""
    with pytest.raises(InputError, match=text):
        Phase(**values)


def test_runs():
    """Cells, records, nodes, initial values, steps without a unique solution."""
    battery, phase = reduced(), charge(current=1.0, duration=1)
    for options, text in [
        ({"cells": 1}, "cells must be"), ({"cells": 2.5}, "cells must be"), ({"records": 0}, "records must be"),
        ({"density": math.nan}, "density must be"), ({"nodes": [0, 0.5, 0.4, 1]}, "increasing"),
        ({"nodes": "line"}, "must be numbers"),
    ]:  # fmt: skip
        with pytest.raises(InputError, match=text):
            simulate(battery, phase, **options)
    with pytest.raises(InputError, match="a WindingBattery"):
        simulate("yig", phase)
    with pytest.raises(InputError, match="one Phase or more"):
        simulate(battery, [])
    with pytest.raises(InputError, match="at most 1e"):
        simulate(battery, Phase(kind="open", duration=1e12))
    stuck = Phase(kind="open", duration=100, gate=1e5, dt=10.0)
    with pytest.raises(SolverError, match=r"dt <= min\(h/u, sqrt\(chi h/kg\)\)"):
        simulate(battery, stuck, density=1e3, cells=10)


def test_functions():
    """Links too weak, curves of one point, what an anisotropic battery has not."""
    with pytest.raises(InputError, match="to hold 3 turns"):
        held(reduced(), 3, 18.0)
    with pytest.raises(InputError, match="whole number"):
        held(reduced(), 2.5, 400.0)
    with pytest.raises(InputError, match="two or more different currents"):
        vi_curve(reduced(), 1.0, [0.1])
    with pytest.raises(InputError, match="anisotropy"):
        impedance(reduced(anisotropy=1.0), 1.0)
    with pytest.raises(InputError, match="frequency"):
        impedance(reduced(), -1.0)
    with pytest.raises(InputError, match="with a spin torque"):
        leaky_capacitor(reduced(theta=0.0))
    with pytest.raises(InputError, match="one of length"):
        scaling(reduced(), "colour", [1.0])
    with pytest.raises(InputError, match=r"hold\.gate"):
        hold(gate=0, duration=1)


def test_winding_of_an_open_wire_is_not_rounded():
    """No integer until the link closes; a source in series with a load is allowed."""
    result = simulate(reduced(), charge(current=2.0, duration=20, load=1.0), records=5)
    assert result.winding[-1] == pytest.approx(2 / (2 * np.pi), rel=1e-2)
    assert np.isnan(result.turns).all()
    assert result["load"][-1] > 0
    assert result.efficiency == 0  # no discharge
    with pytest.raises(InputError, match="did you mean 'voltage'"):
        result["volage"]
    with pytest.raises(InputError, match="no phase"):
        result.rows("hold")
    assert "ledger" in repr(result)


PHASES = [
    Phase(kind="voltage", amplitude=1.0, shape="sine", time=1.3, duration=3, inductance=0.2, load=0.1, name="charge"),
    hold(gate=60.0, duration=2, gate_time=0.5),
    discharge(load=0.3, duration=3, inductance=0.2),
]


def killed(battery, out, at):
    """The checkpoint of a run that was killed after `at` records."""
    simulation = Simulation(battery, PHASES, cells=30, density=9.0)
    mark = fingerprint(simulation)
    for _ in range(at):
        simulation.advance()
    write_checkpoint(simulation, mark, checkpoint_path(out))


@pytest.mark.parametrize("at", [1, 45, 90, 91, 150, 239])
@pytest.mark.parametrize("anisotropy", [0.0, 3.0])
def test_resume_equals_the_uninterrupted_run(tmp_path, at, anisotropy):
    """Every bit of every record, wherever it was killed."""
    battery = reduced(friction=0.2, anisotropy=anisotropy)
    whole = run_to_file(Simulation(battery, PHASES, cells=30, density=9.0), tmp_path / "whole.npz", patience=0.0)
    out = tmp_path / "resumed.npz"
    killed(battery, out, at)
    resumed = run_to_file(Simulation(battery, PHASES, cells=30, density=9.0), out)
    assert not checkpoint_path(out).exists()
    for found in (resumed, WindingResult.load(out), WindingResult.load(tmp_path / "whole.npz")):
        assert found.battery == battery
        assert found.phases == whole.phases
        assert np.array_equal(found.phi, whole.phi)
        assert np.array_equal(found.rho_s, whole.rho_s)
        for name, column in whole.columns.items():
            assert np.array_equal(found[name], column), name


def test_an_interrupted_run_goes_on(tmp_path):
    """Stopped while it runs; the file beside the output is all that is left, and enough."""
    out, battery = tmp_path / "out.npz", reduced(friction=0.2)

    def stop(fraction):
        if fraction > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_to_file(Simulation(battery, PHASES, cells=30), out, progress=stop, patience=0.0)
    assert not out.exists()
    begun = []
    found = run_to_file(Simulation(battery, PHASES, cells=30), out, progress=begun.append)
    assert begun[0] > 0.6
    assert np.array_equal(found.phi, simulate(battery, PHASES, cells=30).phi)


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    """No silent mixture of two runs; no result under a name that is not .npz."""
    out = tmp_path / "out.npz"
    killed(reduced(friction=0.2), out, 5)
    with pytest.raises(InputError, match="left by another run"):
        run_to_file(Simulation(reduced(friction=0.3), PHASES, cells=30, density=9.0), out)
    checkpoint_path(out).write_bytes(b"PK nonsense")
    with pytest.raises(InputError, match="not a checkpoint"):
        run_to_file(Simulation(reduced(), PHASES, cells=30), out)
    with pytest.raises(InputError, match=r"must end in \.npz"):
        run_to_file(Simulation(reduced(), PHASES, cells=30), tmp_path / "out.nc")
    with pytest.raises(InputError, match="folder does not exist"):
        run_to_file(Simulation(reduced(), PHASES, cells=30), tmp_path / "no" / "out.npz")
    with pytest.raises(InputError, match="cannot be read"):
        WindingResult.load(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", x=1)
    with pytest.raises(InputError, match="not a result"):
        WindingResult.load(tmp_path / "other.npz")


def test_xarray():
    """Dims, coordinates and units."""
    pytest.importorskip("xarray")
    result = simulate(reduced(), charge(current=1.0, duration=1), cells=10)
    found = result.to_xarray()
    assert found["phi"].dims == ("time", "node")
    assert found["density"].attrs["units"] == "1/m"
    assert float(found["source"][-1]) == result["source"][-1]
    assert found.sizes["cell"] == 10


GOOD = """
[parameters]
length = 1
stiffness = 1
susceptibility = 1
spin_density = 1
damping = 0
contact_conductance = 5
spin_torque = 1
wire_resistance = "500 mohm"
[solver]
cells = 20
[initial]
turns = 2
[[phase]]
kind = "load"
load = "0.2 ohm"
duration = "3 L/u"
"""


def test_run_file(tmp_path):
    """Units in strings, times in transits, turns."""
    path = tmp_path / "run.toml"
    path.write_text(GOOD)
    file = load_run(path)
    assert file.battery.wire_resistance == 0.5
    assert file.phases[0].duration == 3
    assert file.density == pytest.approx(4 * np.pi)
    assert len(file.simulation().state.nodes) == 21


def test_run_file_with_a_mesh(tmp_path):
    """The straight wire of a mesh file, as long as the battery."""
    mesh = Path(__file__).parents[2] / "meshes" / "fn_wire_1d.msh"
    wire = GOOD.replace("length = 1\n", 'length = "400 nm"\n').replace("cells = 20", f'mesh = "{mesh}"')
    (tmp_path / "run.toml").write_text(wire.replace("[initial]", 'length_unit = "nm"\n[initial]'))
    file = load_run(tmp_path / "run.toml")
    assert len(file.nodes) == 401
    assert file.simulation().state.winding == pytest.approx(2)
    (tmp_path / "run.toml").write_text(wire)
    with pytest.raises(fespin.MeshError, match="as long as the battery"):
        load_run(tmp_path / "run.toml").simulation()


@pytest.mark.parametrize("value", [3, -1, 0, 1e300, 1e-300, math.inf, math.nan, "x", "1 m", [1], {"a": 1}, True, None])
@pytest.mark.parametrize("name", ["yig", "tight"])
def test_any_value_anywhere_is_read_or_refused(tmp_path, name, value):
    """Each entry of the shipped files replaced, or left out: an answer or one of our errors."""
    base = tomllib.loads((Path(__file__).parents[2] / "examples" / "winding" / f"{name}.toml").read_text())
    for path in list(entries(base)):
        document = copy.deepcopy(base)
        table = document
        for key in path[:-1]:
            table = table[key]
        if value is None:
            del table[path[-1]]
        else:
            table[path[-1]] = value
        with contextlib.suppress(InputError):
            file = read_document(document, tmp_path / "x.toml")
            assert describe(file.battery)
            cautions(file.battery, file.phases, file.density)


def entries(node, path=()):
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from entries(value, (*path, key))


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("damping = 0", "dampnig = 0", "unknown key 'dampnig'; did you mean 'damping'"),
        ("damping = 0", "", "must have the key 'damping'"),
        ("spin_torque = 1", "spin_torque = 9", "zeta"),
        ('"500 mohm"', '"500 nm"', "converts to ohm"),
        ("cells = 20", "cells = 2.5", "cells must be a whole number"),
        ("cells = 20", 'mesh = "none.msh"', "none.msh"),
        ("turns = 2", "turns = 2\ndensity = 1", "one of 'density' and 'turns'"),
        ('kind = "load"', 'kind = "laod"', "kind must be one of"),
        ('kind = "load"', "", "must have the key 'kind'"),
        ('load = "0.2 ohm"', "", "must have the key 'load'"),
        ('load = "0.2 ohm"', 'load = "0.2 ohm"\ncurrent = 1', "must have the key 'current' if"),
        ('duration = "3 L/u"', "", "must have the key 'duration'"),
        ('duration = "3 L/u"', 'duration = "3 m"', "converts to s"),
        ("[[phase]]", "[phase]", "at least one table"),
        ("[solver]", "[solvr]", "unknown key 'solvr'; did you mean 'solver'"),
        ("[parameters]", "[magnet]\nkind = 3\n[parameters]", "[parameters] or [magnet]"),
        ("[parameters]", "[battery]\npreset = 'yig'\n[parameters]", "unknown key 'preset'"),
        (GOOD, "[battery]\npreset = 'ygi'\n[[phase]]\nkind='open'\nduration=1", "did you mean 'yig'"),
        (GOOD, "[[phase]]\nkind='open'\nduration=1", "must have the key 'length'"),
        (GOOD, "a = = 1", "not valid TOML"),
    ],
)
def test_bad_run_files(tmp_path, old, new, text):
    """One line with file, key, what came."""
    path = tmp_path / "run.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(DeviceError, match=re.escape(text)) as caught:
        load_run(path)
    assert "run.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_magnets_in_run_files(tmp_path):
    """The numbers of the presets spelled out give the presets."""
    path = tmp_path / "run.toml"
    wires = """[wires]\nwidth = "200 nm"\nthickness = "5 nm"\nresistivity = "40 uohm cm"\nspin_hall_angle = 0.08
    spin_diffusion_length = "1.5 nm"\nmixing_conductance = "1.3e18 1/m^2"\n"""
    strip = '[battery]\nname = "yig film"\nlength = "10 um"\nwidth = "1 um"\nthickness = "20 nm"\n'
    phase = '[[phase]]\nkind = "open"\nduration = "1 L/u"\n'
    path.write_text(
        strip
        + wires
        + phase
        + """[magnet]\nkind = "ferromagnet"\nsaturation_magnetization = "140 kA/m"
    exchange_stiffness = "3.7 pJ/m"\ndamping = 1e-4\nmass_density = "5.17 g/cm^3"\n"""
    )
    assert load_run(path).battery.impedance == pytest.approx(yig_film().impedance, rel=1e-12)
    assert load_run(path).battery.coupling == pytest.approx(yig_film().coupling, rel=1e-12)
    path.write_text(
        strip
        + wires
        + phase
        + """[magnet]\nkind = "antiferromagnet"\nsublattice_magnetization = "870 kA/m"
    exchange_field = "1000 T"\nanisotropy_field = "15 mT"\nwave_speed = "22.5 km/s"\ndamping = 1.1e-5\n"""
    )
    assert load_run(path).battery.wave_speed == pytest.approx(22500)
    path.write_text(strip + wires + phase)
    with pytest.raises(DeviceError, match="must have a preset"):
        load_run(path)


def test_no_warning_without_reason():
    """A plain run is silent."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", WindingWarning)
        simulate(yig_film(), charge(current=1e-3, duration=1e-8), cells=10)
        battery = reduced()
        simulate(battery, best_charge(battery, current=1.0, rises=1), cells=10)
