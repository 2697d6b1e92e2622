"""Checks of numbers, and the warning of results that the hydrodynamic model does not cover."""

from __future__ import annotations

import math

from ...errors import must_be
from ...network.checks import positive, real

__all__ = ["WindingWarning", "not_negative", "positive", "real"]


class WindingWarning(UserWarning):
    """The result may mislead: outside easy-plane hydrodynamics, or a link that cannot hold the winding."""


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
