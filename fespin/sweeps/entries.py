"""Which entries of a swept matrix to show: those asked for, or those that change most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import InputError, must_be, suggest
from ..network.terminal import COMPONENTS
from .result import SweepResult

Entry = tuple[str, str, str, str]  # current side: terminal and component; potential side: terminal and component
_MOST = 3  # entries shown where nothing is asked for, beside charge on charge


def parse_entry(text: str, terminals: Sequence[str]) -> Entry:
    """``right:z,left:e``: the current z out of right per volt e at left.

    Examples
    --------
    >>> parse_entry("right:z,left:e", ["left", "right"])
    ('right', 'z', 'left', 'e')
    """
    rule = "written TERMINAL:COMPONENT,TERMINAL:COMPONENT, current first, like right:z,left:e"
    sides = text.split(",") if isinstance(text, str) else []
    pairs = [side.strip().rpartition(":")[::2] for side in sides]
    if len(pairs) != 2 or not all(terminal for terminal, _ in pairs):
        raise must_be("an entry", rule, text)
    for terminal, component in pairs:
        for what, name, known in (("terminal", terminal, terminals), ("component", component, COMPONENTS)):
            if name not in known:
                raise InputError(f"entry {text!r}: no {what} {name!r}; {suggest(name, known)}")
    return (*pairs[0], *pairs[1])


def chosen_entries(result: SweepResult, asked: Sequence[str | Entry] = ()) -> list[Entry]:
    """The entries asked for, or charge from the first terminal to the last and what changes most between terminals."""
    if asked:
        return [parse_entry(e if isinstance(e, str) else "{}:{},{}:{}".format(*e), result.terminals) for e in asked]
    names = result.terminals
    first = (names[-1], "e", names[0], "e")
    flat = result.values.reshape(-1, *result.values.shape[-2:])
    flat = flat[np.isfinite(flat).all(axis=(1, 2))]
    change = np.abs(flat - flat.mean(axis=0)).max(axis=0) if len(flat) else np.zeros(flat.shape[1:])
    out, floor = [first], 1e-12 * float(np.abs(flat).max(initial=0.0))
    for place in np.argsort(-change, axis=None, kind="stable").tolist():
        row, column = divmod(place, change.shape[1])
        entry = (names[row // 4], COMPONENTS[row % 4], names[column // 4], COMPONENTS[column % 4])
        if len(out) > _MOST or change[row, column] <= floor:
            break
        if row // 4 > column // 4 and entry not in out:
            out.append(entry)
    return out


def entry_label(entry: Entry) -> str:
    """As it is written on the command line."""
    return "{}:{},{}:{}".format(*entry)
