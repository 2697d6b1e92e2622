"""Polarization of two chains that do not interact (eqs 14-15 of the paper), and the splitting that polarises a crystal.

Both need the same variable throughout: the paper takes mu in eq 14 and, in figs 8 and 9, the pressure of eq 21.
"""

from __future__ import annotations

from math import isfinite, pi, tanh
from typing import Any

import numpy as np

from ..errors import must_be
from ..network.checks import positive, real
from .phases import polarization_of
from .stairs import Staircase, staircase
from .thermal import ThermalChain
from .variable import check_variable


def polarization(
    x: Any,
    delta_eta: Any,
    *,
    variable: str = "mu",
    temperature: float = 0.0,
    potential: Any = 2.0,
    stairs: Staircase | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of m = (c_up - c_dn)/(c_up + c_dn) with c_up,dn = c(x +- delta_eta/2) of two independent chains.

    Parameters
    ----------
    x, delta_eta : array_like
        mu in E0 or pressure in E0/a, and the splitting in the same unit; broadcast against each other.
    variable : str
        ``"mu"`` or ``"pressure"``.
    temperature : float
        0: complete staircase of the full interaction. T > 0: chain of nearest-particle interaction.
    potential : Potential, float or callable
        A number alpha stands for l^-alpha.
    stairs : Staircase, optional
        To take at T = 0; by default all steps to q = 200.

    Returns
    -------
    ndarray, ndarray
        Lower and upper bound, equal on steps and at T > 0.

    Raises
    ------
    InputError
        T < 0; at T > 0 a pressure that is not positive in one of the chains.

    Examples
    --------
    >>> low, high = polarization(np.pi**2 / 6, [1.3, 1.5, 2.0])
    >>> np.round(low, 6).tolist(), bool((low == high).all())
    ([0.0, 0.142857, 0.333333], True)
    """
    check_variable(variable)
    x, delta_eta = np.broadcast_arrays(*(_finite(name, y) for name, y in (("x", x), ("delta_eta", delta_eta))))
    T = real("polarization.temperature", temperature, "a number >= 0 in E0/k_B")
    if not (T >= 0 and isfinite(T)):
        raise must_be("polarization.temperature", "a number >= 0 in E0/k_B", temperature, "T must be positive")
    ends = (x + delta_eta / 2, x - delta_eta / 2)
    if T > 0:
        lowest = float(np.minimum(*ends).min())
        if variable == "pressure" and not lowest > 0:
            raise must_be("P - delta_eta/2", "positive: the sum over gaps diverges at P <= 0", lowest,
                          "use variable='mu' or a smaller delta_eta")  # fmt: skip
        chain = ThermalChain(T, potential)
        m = np.asarray(polarization_of(*(chain.filling(end, variable=variable) for end in ends)))
        return m, m
    stairs = stairs if stairs is not None else staircase(200, potential=potential)
    (up_low, up_high), (down_low, down_high) = (stairs.filling_at(end, variable) for end in ends)
    return np.asarray(polarization_of(up_low, down_high)), np.asarray(polarization_of(up_high, down_low))


def _finite(name: str, value: Any) -> np.ndarray:
    try:
        out = np.asarray(value, float)
    except (TypeError, ValueError):
        raise must_be(f"polarization.{name}", "numbers", value) from None
    if not np.isfinite(out).all():
        raise must_be(f"polarization.{name}", "finite", value)
    return out


def full_polarization_splitting(spacing: int, distance: float = 1.0) -> float:
    """delta_eta above which a crystal of one particle every l rungs of two chains is fully polarised, U = r^-2.

    2 sum_j [U(j l) - U(sqrt(j^2 l^2 + d^2))] = pi^2/(3 l^2) - (x coth x - 1)/d^2, x = pi d/l. It is small at low
    density: the response to delta_eta is giant although there is no polarisation without it.

    Parameters
    ----------
    spacing : int
        l, at least 1.
    distance : float
        d between the chains, positive.

    Examples
    --------
    >>> [f"{full_polarization_splitting(l):.10f}" for l in (2, 3)]
    ['0.1097784585', '0.0242085244']
    """
    if isinstance(spacing, bool) or not isinstance(spacing, (int, np.integer)) or spacing < 1:
        raise must_be("spacing", "a whole number of lattice constants, at least 1", spacing)
    d = positive("distance", distance, "lattice constants")
    x = pi * d / spacing
    # (x coth x - 1)/d^2 = (pi/l)^2 (1/3 - x^2/45 + ...): the difference cancels at small x
    if x < 1e-2:
        return (pi / spacing) ** 2 * (x**2 / 45 - 2 * x**4 / 945)
    return pi**2 / (3 * spacing**2) - (x / tanh(x) - 1) / d**2
