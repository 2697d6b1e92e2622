"""What cannot be computed is refused in one sentence, what misleads is said."""

import math

import numpy as np
import pytest
from exchange_cases import junction
from scipy.constants import e, hbar, k, m_e

from fespin.errors import InputError
from fespin.exchange import (
    TTF_CA,
    CuriePeak,
    ExchangeModel,
    ExchangeWarning,
    FieldTable,
    Junction,
    branches,
    bruno_factor,
    decompose,
    exchange_coupling,
    exchange_field,
    exchange_map,
    sign_changes,
)
from fespin.exchange.figures import paper_figure

GOOD = {"well_depth": "5 eV", "splitting": "4 eV", "barrier_height": "0.5 eV", "thickness": "1 nm"}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"thickness": 0}, "thickness must be a positive finite number in m"),
        ({"thickness": "-1 nm"}, "thickness must be"),
        ({"barrier_height": 0}, "barrier_height must be"),
        ({"barrier_height": math.inf}, "barrier_height must be"),
        ({"barrier_height": "5 eV"}, "well_depth must be more than the barrier_height, 5 eV"),
        ({"well_depth": ("5 eV", "0.4 eV")}, "well_depth must be more than"),
        ({"splitting": "-1 eV"}, "splitting must be a finite number in J, not negative"),
        ({"splitting": math.nan}, "splitting must be"),
        ({"splitting": ("1 eV", "2 eV", "3 eV")}, "one number or a pair"),
        ({"splitting": "1 nm"}, "converts to J"),
        ({"effective_mass": 0}, "effective_mass must be"),
        ({"well_depth": True}, "well_depth must be"),
        ({"well_depth": None}, "well_depth must be"),
    ],
)
def test_junctions(change, match):
    """Non-finite, out of range, the wrong dimension."""
    with pytest.raises(InputError, match=match):
        Junction(**{**GOOD, **change})


def test_conditions():
    """Permittivity below 1 or infinite, temperature below zero, not a junction."""
    found = exchange_coupling(Junction(**GOOD))
    for eps in (0.5, 0, -3, math.inf, math.nan, "x", [1.0, 0.9]):
        with pytest.raises(ValueError, match="permittivity must be"):
            found.total(eps)
    for temperature in (-1, math.inf, "3 eV"):
        with pytest.raises(ValueError, match="temperature must be"):
            exchange_coupling(Junction(**GOOD), temperature=temperature)
    with pytest.raises(InputError, match="must be a fespin"):
        exchange_coupling(5)
    assert decompose(Junction(**GOOD))[1] == found.insulator_at_unity  # eps = inf: use H0


def test_models():
    """Unknown words."""
    for name, value in (("hop", "both"), ("contact", "hubbard"), ("accuracy", 3), ("printed_prefactor", 1)):
        with pytest.raises(InputError, match=name):
            ExchangeModel(**{name: value})


def test_bruno_factor_ends_at_pi():
    """x >= pi is refused with the temperature at which it is reached; the integral goes on."""
    thick = junction(5, 4, 0.1, 5)
    with pytest.raises(ValueError, match="K for the asymptotic hopping term"):
        bruno_factor(thick, 300)
    limit = hbar**2 * thick.decay * 1e9 / (2 * m_e * k * thick.thickness)
    assert limit == pytest.approx(143.3, abs=0.1)
    assert bruno_factor(thick, 0.999 * limit) > 100
    with pytest.raises(ValueError, match="hop='integral' holds at any temperature"):
        exchange_coupling(thick, temperature=300, model=ExchangeModel(hop="asymptotic"))
    assert math.isfinite(exchange_coupling(thick, temperature=300).hopping)


def test_fields():
    """Ms and thickness positive."""
    for Ms, t in ((0, 1e-9), (1e6, 0), (-1, 1e-9), (1e6, math.inf)):
        with pytest.raises(ValueError, match="positive finite"):
            exchange_field(1e-3, saturation_magnetization=Ms, thickness=t)


@pytest.mark.parametrize(
    ("parameters", "temperature", "match"),
    [
        ((5, 4, 2, 0.2), 0, "thinner than 0.3 nm"),
        ((5, 4, 0.03, 1), 0, "kappa_0 d = 0.887 < 1"),
        ((5, 4.49, 0.5, 1), 300, "edge of the half metal"),
    ],
)
def test_warnings(parameters, temperature, match):
    """Computed, with a warning."""
    with pytest.warns(ExchangeWarning, match=match):
        found = exchange_coupling(junction(*parameters), temperature=temperature)
    assert math.isfinite(found.total(4.5))


def test_map_warns_once():
    """A hundred thin barriers make one sentence."""
    with pytest.warns(ExchangeWarning) as caught:
        exchange_map(well_depth=5 * e, splitting=4 * e, barrier_height=2 * e,
                     thickness=np.linspace(1.6e-10, 2.9e-10, 20), model=ExchangeModel(accuracy="fast"))  # fmt: skip
    assert len([w for w in caught if "0.3 nm" in str(w.message)]) == 1


def test_maps():
    """Shapes, words, workers."""
    good = {"well_depth": 5 * e, "splitting": 4 * e, "barrier_height": 0.5 * e, "thickness": 1e-9}
    with pytest.raises(InputError, match="shapes broadcast"):
        exchange_map(**{**good, "splitting": np.zeros(3), "thickness": np.ones(2)})
    with pytest.raises(InputError, match="shapes broadcast"):
        exchange_map(**{**good, "splitting": "many"})
    with pytest.raises(InputError, match="workers must be"):
        exchange_map(**good, workers=0)
    with pytest.raises(InputError, match="well_depth must be more"):
        exchange_map(**{**good, "barrier_height": [0.5 * e, 6 * e]})


def test_sign_changes_refuse():
    """Unknown parameters and contributions, bounds the wrong way."""
    j = Junction(**GOOD)
    for change, match in (({"parameter": "mass"}, "parameter must"), ({"contribution": "rkky"}, "contribution must"),
                          ({"low": "2 eV"}, "low must be below high"), ({"samples": 1}, "samples must")):  # fmt: skip
        options = {"parameter": "barrier_height", "low": "0.1 eV", "high": "1 eV", **change}
        with pytest.raises(InputError, match=match):
            sign_changes(j, options.pop("parameter"), options.pop("low"), options.pop("high"), **options)


def test_curie_peak():
    """Eq 33, and what a peak cannot be."""
    assert TTF_CA(56) == 35
    assert TTF_CA(57.5) == 22.5
    assert np.array_equal(TTF_CA(np.array([56.0, 57.5])), [35.0, 22.5])
    for change in ({"background": 0.5}, {"height": -1}, {"width": 0}, {"curie_temperature": "5 m"}):
        with pytest.raises(InputError):
            CuriePeak(**{"background": 10, "height": 25, "curie_temperature": 56, "width": 1.5, **change})
    with pytest.raises(InputError, match="temperature must be"):
        TTF_CA(-1.0)


def test_field_table():
    """Two branches, linear and pchip, refusal outside unless clipped."""
    table = FieldTable(field=[-1, 0, 2], increasing=[2, 3, 9], decreasing=[9, 3, 2])
    assert table(1.0) == 6
    assert table(1.0, "decreasing") == 2.5
    assert table(np.array([-1.0, 2.0]), "decreasing").tolist() == [9, 2]
    with pytest.raises(InputError, match="inside the table, -1 to 2 V/m"):
        table(2.5)
    clipped = FieldTable(field=[-1, 0, 2], increasing=[2, 3, 9], clip=True, interpolation="pchip")
    assert clipped(50.0) == 9
    assert 3 < clipped(1.0) < 6  # no overshoot, no straight line
    assert clipped(1.0, "decreasing") == clipped(1.0)  # no second branch
    for change, match in (({"field": [0, 0, 1]}, "strictly increasing"), ({"increasing": [1, 2]}, "3 values"),
                          ({"increasing": [1, 2, 0.5]}, "at least 1"), ({"decreasing": [1, math.nan, 2]}, "finite"),
                          ({"interpolation": "cubic"}, "linear"), ({"clip": 1}, "True or False"),
                          ({"field": "abc"}, "sequence of numbers")):  # fmt: skip
        with pytest.raises(InputError, match=match):
            FieldTable(**{"field": [-1, 0, 2], "increasing": [2, 3, 9], "decreasing": [9, 3, 2], **change})
    with pytest.raises(InputError, match="branch must be"):
        table(0.0, "up")


def test_branches_follow_the_change():
    """The first point belongs to the way that the sweep sets out; a rest changes nothing."""
    up, down = "increasing", "decreasing"
    assert branches([3.0, 1.0, 1.0, 2.0]) == [down, down, down, up]
    assert branches([1.0, 1.0]) == [up, up]
    assert branches([1.0]) == [up]


def test_paper_figures_refuse():
    """Numbers and points."""
    for number in (1, 10, "2", 2.0):
        with pytest.raises(InputError, match="no figure"):
            paper_figure(number)
    with pytest.raises(InputError, match="points must be"):
        paper_figure(7, points=1)
