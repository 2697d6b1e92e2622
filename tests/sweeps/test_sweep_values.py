"""Values and names as users write them: what is meant is found, what is not is refused in one sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweep_cases import METAL, fails_above, turned, valve, wire

import fespin
from fespin import InputError
from fespin.sweeps.values import axis_values


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("-1T:1T:5", "T", [-1, -0.5, 0, 0.5, 1]),
        ("-1mT:1mT:3", "T", [-1e-3, 0, 1e-3]),
        ("0:10 nm:3", "m", [0, 5e-9, 1e-8]),
        ("1GHz:100GHz:3:log", "Hz", [1e9, 1e10, 1e11]),
        ("-1:-100:3:log", "", [-1, -10, -100]),
        ("0deg, 90deg, 180deg", "rad", [0, math.pi / 2, math.pi]),
        ("0 T, 1T:2T:3, 5 T", "T", [0, 1, 1.5, 2, 5]),
        (["1 nm", 2e-9, "inf"], "m", [1e-9, 2e-9, math.inf]),
        (np.array([3, 1, 2]), "", [3, 1, 2]),
        (range(3), "", [0, 1, 2]),
    ],
)
def test_values_are_read(text, unit, expected):
    values, single = axis_values(text, unit, "it")
    assert not single
    np.testing.assert_allclose(values, expected, rtol=1e-15)


@pytest.mark.parametrize("value", [0.3, 3, "0.3 T", "300 mT", np.float64(0.3), np.int64(3)])
def test_one_value_is_held(value):
    values, single = axis_values(value, "T", "it")
    assert single
    assert values.tolist() in ([0.3], [3.0])


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        ("10:20nm:3", "m", "a unit at both ends or at neither"),  # ten metres are not meant
        ("1T:2T", "T", "from, to, how many"),
        ("1T:2T:3:lin", "T", "from, to, how many"),
        ("1T:2T:1", "T", "with 2 to 1000000 values"),
        ("1T:2T:1e3", "T", "with 2 to 1000000 values"),
        ("1T:inf:3", "T", "finite ends"),
        ("0T:1T:3:log", "T", "both not zero"),
        ("-1T:1T:3:log", "T", "both not zero"),
        ("1nm:2nm:3", "T", "converts to T"),
        ("1T,1T", "T", "1 twice"),
        ("0T:1T:3,1T:2T:3", "T", "1 twice"),
        ("1T,,2T", "T", "a number in T"),
        ("", "T", "a number in T"),
        ([], "T", "at least one value"),
        ([1, "x"], "T", "a number in T"),
        ([[1, 2], [3, 4]], "T", "a number in T"),
        ([math.nan], "T", "a number in T"),
        (None, "T", "from, to, how many"),
        (True, "T", "a number in T"),
    ],
)
def test_bad_values_are_refused(value, unit, message):
    with pytest.raises(InputError, match=message) as caught:
        axis_values(value, unit, "field.z")
    assert str(caught.value).startswith("field.z must be")
    assert "\n" not in str(caught.value)


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.integers(2, 50))
def test_a_range_has_its_ends_and_equal_steps(a, b, n):
    if abs(a - b) < 1e-6:
        return
    values, _ = axis_values(f"{a!r} mT:{b!r} mT:{n}", "T", "it")
    assert len(values) == n
    assert values[[0, -1]] == pytest.approx([a * 1e-3, b * 1e-3], rel=1e-12)
    assert np.ptp(np.diff(values)) < 1e-12


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("feld.z", "did you mean 'field.z'"),
        ("field.zz", "field has no parameter 'zz'"),
        ("frequncy", "did you mean 'frequency'"),
        ("region.F.theta", "did you mean 'regions'"),
        ("regions.G.theta", "no region 'G'"),
        ("regions.F.polarisation", "did you mean 'polarization'"),
        ("regions.F.spin_hall_angle", "regions.F has no parameter 'spin_hall_angle'"),
        ("regions.N.polarization", "regions.N has no parameter 'polarization'"),
        ("regions.N.theta", "it is a normal metal"),
        ("regions.F.tetha", "did you mean 'theta'"),
        ("regions.F.angle", "an axis to turn about"),
        ("regions.F.angle.w", "an axis to turn about"),
        ("regions.F.angle[0,0,0]", "an axis to turn about"),
        ("regions.F.angle[1,1]", "an axis to turn about"),
        ("interfaces.nf.asymmetry", "no interface 'nf' to sweep; known: fn"),
        ("interfaces.fn.conductance_upp", "did you mean 'conductance_up'"),
        ("interfaces.fn.mixing_conductance", "did you mean 'mixing_conductance.real'"),
        ("materials.Cu.resistivity", "the path of the file"),
        ("device.thicknes", "did you mean 'thickness'"),
        ("nonsense", "no parameter 'nonsense'"),
        (3, "a string like 'field.z'"),
    ],
)
def test_a_typo_gets_the_near_miss(name, message):
    with pytest.raises(InputError, match=message) as caught:
        fespin.sweep(valve(), {name: [0.1, 0.2]})
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ({}, "at least one parameter"),
        ({"regions.N.resistivity": [1, 2], "regions.N.conductivity": [1, 2]}, "set the same number"),
        ({"regions.N.diffusivity": [1, 2], "regions.N.density_of_states": [1, 2]}, "set the same number"),
        ({"field.z": [1, 2], "field.theta": [1, 2]}, "components of the field or its magnitude and angles"),
        ({"interfaces.fn.conductance_up": [1, 2], "interfaces.fn.asymmetry": 0.1}, "both conductances, or other"),
        ({"interfaces.fn.conductance": [1, 2], "interfaces.fn.area_resistance": 0.1}, "the conductance alone"),
        ({"regions.F.spin_diffusion_length": "1T:2T:3"}, "converts to m"),
    ],
)
def test_parameters_that_do_not_go_together_are_refused(vary, message):
    with pytest.raises(InputError, match=message):
        fespin.sweep(valve(), vary)


def test_a_field_without_direction_is_refused():
    """Of what points nowhere neither magnitude nor angle can be varied."""
    with pytest.raises(InputError, match="'field' has no direction"):
        fespin.sweep(wire(), {"field": [0.1, 0.2]})
    with pytest.raises(InputError, match="turns no field"):
        fespin.sweep(wire(), {"field.theta": [0.1, 0.2]})


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"functions": {"twist": 3}}, "functions must be a mapping"),
        ({"functions": {"twist": turned}}, "'twist' is not among the varied parameters"),
        ({"units": {"field.z": "T"}}, "has its own unit"),
        ({"order": 3}, "order must be 1 or 2"),
        ({"backend": "drect"}, "did you mean 'direct'"),
        ({"jobs": 0}, "jobs must be a positive number"),
        ({"jobs": True}, "jobs must be a positive number"),
        ({"executor": 3}, "an executor of concurrent.futures"),
    ],
)
def test_arguments_are_checked_first(keywords, message):
    with pytest.raises(InputError, match=message):
        fespin.sweep(wire(), {"field.z": [0.1, 0.2]}, **keywords)


def test_not_a_device():
    with pytest.raises(InputError, match="device must be a fespin"):
        fespin.sweep(METAL, {"field.z": [0.1]})
    with pytest.raises(InputError, match="cannot be read"):
        fespin.sweep("no_such_file.toml", {"field.z": [0.1]})


def test_a_point_that_fails_is_named_and_the_others_stay():
    """With its values; nothing plausible stands in its place."""
    vary = {"model": [1.0, 2.0, 3.0], "regions.N.resistivity": [0.1, 0.2]}
    with pytest.warns(
        fespin.SolverWarning, match=r"2 of 6 points failed, the first at model = 3, regions.N.resistivity = 0.1 ohm m"
    ):
        found = fespin.sweep(wire(), vary, functions={"model": fails_above}, jobs=1)
    assert np.isfinite(found.values[:2]).all()
    assert np.isnan(found.values[2]).all()
    assert found.failures == {(3.0, 0.1): "RuntimeError: no such device", (3.0, 0.2): "RuntimeError: no such device"}
    with pytest.raises(
        InputError, match=r"the point at model = 3, regions.N.resistivity = 0.2 ohm m failed: RuntimeError"
    ):
        found.at({"model": 3, "regions.N.resistivity": 0.2})
    with pytest.raises(InputError, match="all 2 points failed, the first at model = 3: RuntimeError"):
        fespin.sweep(wire(), {"model": [3.0, 4.0]}, functions={"model": fails_above}, jobs=1)


def test_a_function_must_return_a_device():
    with pytest.raises(InputError, match="must be a fespin"):
        fespin.sweep(wire(), {"it": [1.0, 2.0]}, functions={"it": lambda device, value: None}, jobs=1)
