"""Checks of scalar parameters and directions, shared by the elements and closed forms."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import must_be

Vector = Sequence[float] | NDArray[np.float64]


def positive(where: str, value: float, unit: str, *, allow_inf: bool = False) -> float:
    """Return `value` as a float if it is a positive number, else say what is wrong.

    Parameters
    ----------
    where, unit : str
        Name and unit of the parameter, for the message.
    value : float
        The number to check.
    allow_inf : bool
        Whether infinity is meaningful (a spin diffusion length).

    Raises
    ------
    InputError
        Not a number, not positive, or infinite where that is not allowed.

    Examples
    --------
    >>> positive("wire.length", 2, "m")
    2.0
    """
    number = real(where, value, f"a positive number in {unit}")
    if not number > 0 or (math.isinf(number) and not allow_inf):
        raise must_be(where, f"a positive number in {unit}" + (" or inf" if allow_inf else ""), value)
    return number


def real(where: str, value: float, rule: str) -> float:
    """Return `value` as a float; NaN and what is not a number are refused with `rule`.

    Examples
    --------
    >>> real("wire.length", "long", "a number in m")
    Traceback (most recent call last):
        ...
    fespin.errors.InputError: wire.length must be a number in m, got 'long'
    """
    try:
        number = math.nan if isinstance(value, str) else float(value)  # float("2") would be let through
    except (TypeError, ValueError):
        raise must_be(where, rule, value) from None
    if math.isnan(number):
        raise must_be(where, rule, value)
    return number


def not_negative(where: str, value: float, unit: str) -> float:
    """Return `value` as a float if it is finite and >= 0, else say what is wrong.

    Examples
    --------
    >>> not_negative("damping", 0, "")
    0.0
    """
    rule = "a number >= 0" + (f" in {unit}" if unit else "")
    number = real(where, value, rule)
    if not 0 <= number < math.inf:
        raise must_be(where, rule, value)
    return number


def unit_vector(where: str, vector: Vector) -> NDArray[np.float64]:
    """Normalise a direction of three components, shape (3,).

    A vector that is a unit vector to a few roundings is returned as it is, so that normalising twice or
    reading a file back changes no bit.

    Raises
    ------
    InputError
        Not three finite numbers, or all of them zero.

    Examples
    --------
    >>> unit_vector("Ferromagnet.magnetization", [0, 3, 4])
    array([0. , 0.6, 0.8])
    """
    try:
        array = np.array(vector, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.shape != (3,) or not np.isfinite(array).all() or not array.any():
        raise must_be(where, "a direction of three numbers, not all zero", vector)
    if abs(array @ array - 1) < 1e-15:
        return array
    array /= np.abs(array).max()  # squares of tiny or huge components would under- or overflow
    return array / np.linalg.norm(array)
