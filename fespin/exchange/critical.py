"""Where the coupling changes sign: critical barrier heights, splittings, thicknesses, permittivities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from ..errors import must_be
from ..units import quantity
from .coupling import checked_permittivity, terms
from .hopping import hopping_term
from .junction import ExchangeModel, Junction
from .leads import leads_term

Contribution = Literal["total", "coulomb", "insulator", "leads", "hopping"]
_UNITS = {"barrier_height": "J", "splitting": "J", "well_depth": "J", "thickness": "m"}
_PARTS = ("total", "coulomb", "insulator", "leads", "hopping")


def sign_changes(
    junction: Junction,
    parameter: str,
    low: float | str,
    high: float | str,
    *,
    permittivity: float = 1.0,
    contribution: Contribution = "total",
    temperature: float = 0.0,
    model: ExchangeModel | None = None,
    samples: int = 41,
) -> list[float]:
    """All values of a parameter between two bounds at which a contribution changes sign.

    Parameters
    ----------
    junction : Junction
        The other parameters.
    parameter : {"barrier_height", "splitting", "well_depth", "thickness"}
    low, high : float or str
        Bounds, J or m.
    permittivity : float
        For "total", "coulomb" and "insulator".
    contribution : {"total", "coulomb", "insulator", "leads", "hopping"}
    temperature : float
        K.
    model : ExchangeModel, optional
    samples : int
        Points, both bounds included, between which a sign change is looked for; two zeros between neighbours are not
        seen.

    Returns
    -------
    list of float
        Increasing; to 1e-10 of the parameter.

    Examples
    --------
    >>> junction = Junction(well_depth="5 eV", splitting="4.5 eV", barrier_height="0.2 eV", thickness="1 nm")
    >>> found = sign_changes(junction, "barrier_height", "0.1 eV", "1 eV", contribution="hopping")
    >>> [round(height / 1.602176634e-19, 4) for height in found]
    [0.2321]
    """
    from scipy.optimize import brentq

    if parameter not in _UNITS:
        raise must_be("parameter", " or ".join(_UNITS), parameter)
    if contribution not in _PARTS:
        raise must_be("contribution", " or ".join(_PARTS), contribution)
    if type(samples) is not int or samples < 2:
        raise must_be("samples", "a whole number, 2 or more", samples)
    a, b = (quantity(v, _UNITS[parameter], f"bound of {parameter}") for v in (low, high))
    if not a < b:
        raise must_be("low", f"below high, {b:.6g}", a)
    eps = checked_permittivity(permittivity)
    chosen = model or ExchangeModel()

    def value(x: float) -> float:
        return _part(junction.replace(**{parameter: x}), contribution, eps, temperature, chosen)

    grid = np.linspace(a, b, samples)
    signs = np.array([value(x) for x in grid.tolist()])
    out = grid[signs == 0].tolist() if parameter != "splitting" or a > 0 else grid[1:][signs[1:] == 0].tolist()
    for k in np.flatnonzero(signs[:-1] * signs[1:] < 0):
        scale = max(abs(signs[k]), abs(signs[k + 1]))
        out.append(brentq(lambda x, s=scale: value(x) / s, grid[k], grid[k + 1], xtol=1e-12 * b, rtol=1e-12))
    return sorted(out)


def _part(junction: Junction, name: str, eps: float, temperature: float, model: ExchangeModel) -> float:
    """One contribution, without the integrals that it does not need; the scale does not matter."""
    if name == "hopping":
        return hopping_term(junction, model.hop, model.accuracy, temperature)
    if name == "leads":
        return leads_term(junction, model.contact, model.accuracy)
    found = terms(junction, temperature, model)
    part: Callable[[Any], Any] = getattr(found, name)
    return float(part(eps))


def critical_barrier(junction: Junction, low: float | str, high: float | str, **options: Any) -> list[float]:
    """Barrier heights in J at which a contribution changes sign; see `sign_changes`.

    The asymptotic hopping term of equal leads does so at h_B = (U^2 - J^2)/(2 U).

    Examples
    --------
    >>> junction = Junction(well_depth="5 eV", splitting="4 eV", barrier_height="0.2 eV", thickness="1 nm")
    >>> asymptotic = ExchangeModel(hop="asymptotic")
    >>> found = critical_barrier(junction, "0.1 eV", "2 eV", contribution="hopping", model=asymptotic)
    >>> [round(height / 1.602176634e-19, 9) for height in found]
    [0.9]
    """
    return sign_changes(junction, "barrier_height", low, high, **options)


def critical_splitting(junction: Junction, low: float | str, high: float | str, **options: Any) -> list[float]:
    """Splittings in J at which a contribution changes sign; see `sign_changes`."""
    return sign_changes(junction, "splitting", low, high, **options)
