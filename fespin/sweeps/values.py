"""Values of a swept parameter as users write them: ranges, lists and single values, with units."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np

from ..errors import must_be
from ..units import quantity

_MOST = 1_000_000  # values on one axis
_RULE = "values like 0T:1T:11 (from, to, how many), 1GHz:1THz:7:log, a list 0T,0.1T,0.5T, or one value"


def axis_values(value: Any, unit: str, where: str) -> tuple[np.ndarray, bool]:
    """Values of one parameter, and whether it is a single one, which is held fixed.

    Parameters
    ----------
    value : number, str, or iterable of them
        Numbers are SI. Strings carry units: ``"0.5 T"``, ``"-1T:1T:201"`` (both ends included), ``"1GHz:1THz:7:log"``
        (equal ratios), or several of these with commas between them.
    unit : str
        SI unit of the result.
    where : str
        Name of the parameter, for messages.

    Returns
    -------
    ndarray (n,), bool

    Raises
    ------
    InputError
        No values, values that repeat, not numbers, a unit of another dimension.

    Examples
    --------
    >>> axis_values("0mT:20mT:3", "T", "field.z")
    (array([0.  , 0.01, 0.02]), False)
    >>> axis_values("45 deg", "rad", "field.theta")
    (array([0.78539816]), True)
    """
    single = isinstance(value, Real) or (isinstance(value, str) and not set(value) & {":", ","})
    if single:
        return np.array([quantity(value, unit, where)]), True
    if isinstance(value, str):
        found = [x for item in value.split(",") for x in _item(item.strip(), unit, where)]
    elif isinstance(value, Iterable):
        items = np.asarray(value).tolist() if isinstance(value, np.ndarray) else list(value)
        found = [quantity(item, unit, where) for item in items]
    else:
        raise must_be(where, _RULE, value)
    if not found:
        raise must_be(where, "at least one value", value)
    out = np.array(found)
    known, count = np.unique(out, return_counts=True)
    if (count > 1).any():
        raise must_be(where, "values that differ", f"{known[count > 1][0]:g} twice")
    return out, False


def _item(text: str, unit: str, where: str) -> list[float]:
    """One value, or a range ``from:to:number[:log]``."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) == 1:
        return [quantity(parts[0], unit, where)]
    log = len(parts) == 4 and parts[3] == "log"
    if not (log or len(parts) == 3):
        raise must_be(where, _RULE, text)
    start, stop = (quantity(part, unit, where) for part in parts[:2])
    _check_ends(parts, (start, stop), text, where)
    if not parts[2].isascii() or not parts[2].isdecimal() or not 2 <= int(parts[2]) <= _MOST:
        raise must_be(where, f"a range with 2 to {_MOST} values, from:to:number", text)
    if not log:
        return np.linspace(start, stop, int(parts[2])).tolist()
    if start * stop <= 0:
        raise must_be(where, "a range with ends of one sign, both not zero, for equal ratios", text)
    return np.geomspace(start, stop, int(parts[2])).tolist()


def _check_ends(parts: list[str], ends: tuple[float, float], text: str, where: str) -> None:
    """Both finite, and both with a unit or neither: 10:20nm is not meant to begin at ten metres."""
    if not all(map(math.isfinite, ends)):
        raise must_be(where, "a range between finite ends", text)
    bare = [_is_number(part) for part in parts[:2]]
    if bare[0] != bare[1] and ends[bare.index(True)] != 0:
        raise must_be(where, "a range with a unit at both ends or at neither", text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def shown(value: float, unit: str) -> str:
    """A value with its unit, as messages show it.

    Examples
    --------
    >>> shown(0.25, "T"), shown(3.0, "")
    ('0.25 T', '3')
    """
    return f"{value:.6g} {unit}".rstrip()
