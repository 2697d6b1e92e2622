"""Quantities of options: one value with its unit, or a range first:last:points."""

from __future__ import annotations

import math

import numpy as np

from ..errors import InputError
from ..sweeps.values import axis_values
from ..units import quantity


def is_range(text: str) -> bool:
    """Whether an option holds a range."""
    return ":" in text


def value_of(text: str, unit: str, option: str) -> float:
    """One finite quantity in SI.

    Examples
    --------
    >>> value_of("30K", "K", "--temperature")
    30.0
    """
    number = quantity(text.strip(), unit, option)
    if not math.isfinite(number):
        raise InputError(f"{option} must be finite, got {text!r}")
    return number


def range_of(text: str, unit: str, option: str) -> np.ndarray:
    """Values of ``first:last:number``, of ``first:last:number:log`` or of a list, in SI; as `fespin sweep` takes them.

    Examples
    --------
    >>> range_of("0:2mT:3", "T", "--applied-field")
    array([0.   , 0.001, 0.002])
    """
    return axis_values(text, unit, option)[0]


def vector_of(text: str, option: str) -> tuple[float, float, float]:
    """Three numbers with commas.

    Examples
    --------
    >>> vector_of("0,0,1", "--along")
    (0.0, 0.0, 1.0)
    """
    parts = text.split(",")
    if len(parts) != 3:
        raise InputError(f"{option} must be three numbers like 0,0,1, got {text!r}")
    x, y, z = (value_of(part, "", option) for part in parts)
    return (x, y, z)


def pair_of(text: str | None, option: str) -> tuple[str, str] | None:
    """Two names with a comma."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(parts):
        raise InputError(f"{option} must be two terminals like left,right, got {text!r}")
    return parts[0], parts[1]
