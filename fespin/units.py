"""Unit strings of device files and of the command line -> plain SI floats.

This is the only module that uses pint; inside fespin every quantity is a float in SI units.
"""

from __future__ import annotations

import functools
import math
import re
from numbers import Real
from typing import Any

from .errors import must_be

_NUMBER = re.compile(r"\s*([+-]?(?:inf(?:inity)?|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))(.*)$", re.IGNORECASE)


@functools.cache
def _registry() -> Any:
    import pint  # building the registry takes a fifth of a second: only when a unit string is met

    return pint.UnitRegistry()


# what no unit needs and what would keep pint's arithmetic busy for ever: long numbers, powers of numbers or powers
_NO_UNIT = re.compile(r"\d{3}|\d\s*(?:\^|\*\*)|(?:\^|\*\*)[^*/^a-zA-Z]*(?:\^|\*\*)|.{60}", re.DOTALL)


# units of most device files, so that reading one takes no registry (a third of a second)
_COMMON = {
    "m": {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "cm": 1e-2},
    "m^2": {"nm^2": 1e-18, "um^2": 1e-12, "nm**2": 1e-18},
    "S/m": {"MS/m": 1e6, "1/(ohm m)": 1.0, "S/cm": 1e2},
    "ohm m": {"uohm cm": 1e-8, "nohm m": 1e-9, "ohm cm": 1e-2},
}


@functools.cache
def _factor(unit: str, target: str) -> float | None:
    """Multiplier that takes `unit` to `target`; None if pint cannot read it or the dimensions differ."""
    if unit == target:
        return 1.0
    if unit in _COMMON.get(target, ()):
        return _COMMON[target][unit]
    import pint

    if _NO_UNIT.search(unit):
        return None
    try:
        factor = float(_registry().Quantity(1.0, unit).to(target).magnitude)
    except (pint.errors.PintError, ValueError, TypeError, AttributeError, SyntaxError, AssertionError,
            ArithmeticError, LookupError, RecursionError):  # fmt: skip
        return None
    except Exception as error:  # pint lets errors of the tokenizer through, whose class is private
        if type(error).__module__.split(".")[0] in ("tokenize", "pint"):
            return None
        raise
    return factor if 0 < factor < math.inf else None


def quantity(value: object, unit: str, where: str) -> float:
    """Read a quantity: a number is SI, a string carries its unit.

    Parameters
    ----------
    value : float, int or str
        ``2e-8``, ``"20 nm"`` or ``"inf"``.
    unit : str
        The SI unit of the result, e.g. ``"m"``; ``""`` for a pure number.
    where : str
        File and key, for the error message.

    Returns
    -------
    float
        The value in `unit`; may be infinite, never NaN.

    Raises
    ------
    InputError
        Not a number, an unknown unit, or a unit of another dimension.

    Examples
    --------
    >>> quantity("20 nm", "m", "thickness")
    2e-08
    >>> quantity("21 uohm cm", "ohm m", "resistivity")
    2.1e-07
    """
    rule = f"a number in {unit}" if unit else "a number without unit"
    if isinstance(value, bool) or not isinstance(value, (Real, str)):
        raise must_be(where, rule, value)
    if not isinstance(value, str):
        try:
            number, text = float(value), ""
        except OverflowError:
            raise must_be(where, rule, "an integer beyond all floats") from None
    else:
        match = _NUMBER.match(value)
        if match is None:
            raise must_be(where, f"{rule}, written like '20 {unit}'" if unit else rule, value)
        number, text = float(match[1]), match[2].strip()
    if math.isnan(number):
        raise must_be(where, rule, value)
    if not text:
        return number
    factor = _factor(text, unit)
    if factor is None:
        raise must_be(where, f"a quantity with a unit that converts to {unit or 'a pure number'}", value)
    return _scale(number, factor)


_BETWEEN = re.compile(r"\s*(?:\+-|\+/-|±)\s*")


def measured(value: object, unit: str, where: str) -> tuple[float, float]:
    """Read a quantity with its standard uncertainty: (value, uncertainty), both in `unit`; 0 where none is given.

    ``"38 +- 12 nm"``, ``"38 nm +- 12 nm"``, ``"38 nm +- 5 %"`` and ``"(38 +- 12) nm"`` are understood, and plus-minus
    signs for ``+-``.

    Raises
    ------
    InputError
        As for `quantity`, and for an uncertainty that is negative, infinite or given twice.

    Examples
    --------
    >>> measured("38 +- 12 nm", "m", "length")
    (3.8e-08, 1.2e-08)
    >>> measured("0.36 +- 5 %", "", "polarization")
    (0.36, 0.018)
    """
    parts = _BETWEEN.split(value) if isinstance(value, str) else [value]
    if len(parts) == 1:
        return quantity(value, unit, where), 0.0
    example = f"written like '38 +- 2 {unit}' or '38 {unit} +- 5 %'".replace(" '", "'")
    if len(parts) > 2:
        raise must_be(where, "one value with one uncertainty", value, example)
    first, second = (str(part).strip() for part in parts)
    if first.startswith("(") and ")" in second:  # (38 +- 12) nm
        first, second = first[1:].strip(), second.replace(")", " ", 1)
    bare, tail = _NUMBER.match(first), _NUMBER.match(second)
    if bare is None or tail is None:
        raise must_be(where, "a value and its uncertainty", value, example)
    if tail[2].strip() == "%":
        number = quantity(first, unit, where)
        spread = abs(number) * float(tail[1]) / 100.0
    else:
        number = quantity(first if bare[2].strip() else f"{first} {tail[2]}", unit, where)
        if bare[2].strip() and unit and not tail[2].strip():
            raise must_be(where, "given with the unit of its uncertainty as well", value, example)
        spread = quantity(second, unit, where)
    if not 0 <= spread < math.inf or not math.isfinite(number):
        raise must_be(where, "a finite value with an uncertainty that is not negative", value, example)
    return number, spread


def _scale(number: float, factor: float) -> float:
    """number * factor, correctly rounded for powers of ten: '21 uohm cm' is 2.1e-07, not 2.0999999999999998e-07."""
    if not math.isfinite(number) or number == 0.0:
        return number
    power = math.log10(factor)
    if abs(power - round(power)) < 1e-12:
        mantissa, _, exponent = f"{number!r}".lower().partition("e")
        return float(f"{mantissa}e{int(exponent or 0) + round(power)}")
    return number * factor
