"""What the constructor of `ConductanceMatrix` demands of its arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import must_be
from .terminal import TerminalSpace


def checked_terminals(terminals: Sequence[str]) -> tuple[str, ...]:
    """Names as a tuple of different printable strings."""
    where, rule = "ConductanceMatrix.terminals", "a sequence of different printable names"
    # a bare string would fall apart into one-letter terminals; blanks at the ends do not survive in files
    names = () if isinstance(terminals, str) else tuple(terminals)
    good = all(isinstance(n, str) and n.strip() == n != "" and n.isprintable() for n in names)
    if not names or not good or len(set(names)) < len(names):
        raise must_be(where, rule, terminals)
    return tuple(str(n) for n in names)


def checked_values(values: ArrayLike, count: int) -> NDArray[Any]:
    """A read-only float or complex array of shape (4 count, 4 count), all finite."""
    try:
        array = np.array(values, dtype=complex if np.iscomplexobj(values) else float)
    except (TypeError, ValueError):
        raise must_be("ConductanceMatrix.values", "an array of numbers", type(values).__name__) from None
    if array.shape != (4 * count, 4 * count):
        shape = (4 * count, 4 * count)
        raise must_be("ConductanceMatrix.values", f"of shape {shape} for {count} terminals", array.shape)
    if not np.isfinite(array).all():
        raise must_be("ConductanceMatrix.values", "finite", array[~np.isfinite(array)][0].item())
    array.setflags(write=False)
    return array


def checked_spaces(spaces: Mapping[str, TerminalSpace], terminals: tuple[str, ...]) -> dict[str, TerminalSpace]:
    """One space for every terminal, in their order; what is not named is normal."""
    for name, space in spaces.items():
        if name not in terminals or not isinstance(space, TerminalSpace):
            rule = f"TerminalSpace objects by terminal ({', '.join(terminals)})"
            raise must_be("ConductanceMatrix.spaces", rule, {name: space})
    return {name: spaces.get(name, TerminalSpace.normal()) for name in terminals}


def checked_info(info: Mapping[str, Any]) -> dict[str, Any]:
    """A plain copy in the form that JSON files return."""
    try:
        # through text and back: a copy that later changes outside cannot reach, in the form that files return
        return dict(json.loads(json.dumps(dict(info), allow_nan=False, default=lambda value: value.tolist())))
    except (TypeError, ValueError, AttributeError) as error:
        rule = "JSON-able (strings, finite numbers, lists, mappings)"
        raise must_be("ConductanceMatrix.info", rule, str(error)) from None
