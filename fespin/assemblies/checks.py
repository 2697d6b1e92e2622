"""Checks of arguments: numbers, fractions, angles, choices; scalars or arrays that broadcast."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import must_be, suggest
from ..network.checks import positive, real, unit_vector

__all__ = ["Floats", "angle", "choice", "fraction", "not_negative", "number_or_array", "positive", "ratio", "real",
           "shown", "unit_vector"]  # fmt: skip

Floats = NDArray[np.float64]


def _array(where: str, rule: str, value: ArrayLike) -> Floats:
    """Finite floats of any shape."""
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "fiu":
            raise TypeError
        array = array.astype(float)
    except (TypeError, ValueError):
        raise must_be(where, rule, value) from None
    if not np.isfinite(array).all():
        raise must_be(where, rule, shown(array, ~np.isfinite(array)))
    return array


def shown(array: Floats, wrong: NDArray[np.bool_]) -> float:
    """The first wrong value, for a message."""
    return float(array[wrong].flat[0])


def _within(where: str, rule: str, value: ArrayLike, low: float, high: float, hint: str = "") -> Floats:
    array = _array(where, rule, value)
    wrong = (array < low) | (array > high)
    if wrong.any():
        raise must_be(where, rule, shown(array, wrong), hint)
    return array


def number_or_array(where: str, value: ArrayLike) -> Floats:
    """Finite numbers."""
    return _array(where, "finite numbers", value)


def fraction(where: str, value: ArrayLike) -> Floats:
    """Numbers in [0, 1].

    Examples
    --------
    >>> fraction("x", 1.5)
    Traceback (most recent call last):
        ...
    fespin.errors.InputError: x must lie in [0, 1], got 1.5
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "fiu" or not np.all((array >= 0) & (array <= 1)):
            raise TypeError
    except (TypeError, ValueError):
        from ..errors import InputError

        raise InputError(f"{where} must lie in [0, 1], got {value!r}") from None
    return array.astype(float)


def ratio(where: str, value: ArrayLike) -> Floats:
    """Numbers that are zero or positive, for ratios of times."""
    return _within(where, "zero or positive", value, 0.0, math.inf)


def angle(where: str, value: ArrayLike) -> Floats:
    """Angles between two directions, rad.

    Examples
    --------
    >>> angle("angle", 145)
    Traceback (most recent call last):
        ...
    fespin.errors.InputError: angle must be between 0 and pi (angles are in radians), got 145.0; this looks like degrees
    """
    array = _array(where, "between 0 and pi (angles are in radians)", value)
    hint = "this looks like degrees" if (np.abs(array) > 2 * math.pi).any() else ""
    return _within(where, "between 0 and pi (angles are in radians)", array, 0.0, math.pi, hint)


def not_negative(where: str, value: float, unit: str) -> float:
    """A finite number >= 0."""
    rule = f"a number >= 0 in {unit}" if unit else "a number >= 0"
    number = real(where, value, rule)
    if not 0 <= number < math.inf:
        raise must_be(where, rule, value)
    return number


def choice(where: str, value: Any, known: Iterable[str]) -> str:
    """One of several words.

    Examples
    --------
    >>> choice("rule", "papre", ("paper", "complete"))
    Traceback (most recent call last):
        ...
    fespin.errors.InputError: rule must be one of paper, complete, got 'papre'; did you mean 'paper'?
    """
    names = tuple(known)
    if not isinstance(value, str) or value not in names:
        hint = suggest(value, names)
        raise must_be(where, f"one of {', '.join(names)}", value, hint if hint.startswith("did") else "")
    return value
