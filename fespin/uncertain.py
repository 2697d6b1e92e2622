"""Standard uncertainties beside the values they belong to: pairs (name, number), hashable, sorted by name."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

from .errors import InputError, must_be, suggest

Uncertainty = tuple[tuple[str, float], ...]


def checked_uncertainty(where: str, given: Any, known: Iterable[str]) -> Uncertainty:
    """A mapping (or pairs) name -> standard uncertainty in SI units, every name one of `known`.

    Examples
    --------
    >>> checked_uncertainty("NormalMetal", {"conductivity": 2e5}, ["conductivity"])
    (('conductivity', 200000.0),)
    """
    if not given:
        return ()
    try:
        pairs = dict(given)
    except (TypeError, ValueError):
        raise must_be(f"{where}.uncertainty", "a mapping like {'conductivity': 2e5}", given) from None
    known = tuple(known)
    for name, value in pairs.items():
        if name not in known:
            raise InputError(f"{where}.uncertainty: no parameter {name!r}; {suggest(name, known)}")
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < math.inf:
            raise must_be(f"{where}.uncertainty[{name!r}]", "a finite number that is not negative, in SI units", value)
    return tuple(sorted((str(name), float(value)) for name, value in pairs.items() if value))
