"""Units that device files use most are read without pint: they must be what pint says."""

import pytest

from fespin.units import _COMMON, _registry, quantity


@pytest.mark.parametrize(("target", "unit"), [(t, u) for t, units in _COMMON.items() for u in units])
def test_common_units_are_those_of_pint(target, unit):
    expected = _registry().Quantity(1.0, unit).to(target).magnitude
    assert quantity(f"1 {unit}", target, "here") == pytest.approx(expected, rel=1e-14)
