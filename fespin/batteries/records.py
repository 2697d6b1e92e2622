"""What the results of all batteries share: labelled columns over time, and the rows of their phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, suggest

Floats = NDArray[np.float64]


class Named(Protocol):
    """A phase, as far as records care."""

    @property
    def name(self) -> str:
        """Its name."""


class Records:
    """Columns (t,) by name, among them "time" in s and "phase", the index of the phase of each record.

    Examples
    --------
    >>> class Log(Records):
    ...     columns, phases = {"time": np.arange(3.0), "phase": np.zeros(3), "load": np.array([0.0, 1.0, 3.0])}, ()
    >>> Log().over("load", 0)
    3.0
    """

    columns: Mapping[str, Floats]
    phases: Sequence[Named]

    def __getitem__(self, name: str) -> Floats:
        if name not in self.columns:
            raise InputError(f"no column {name!r} in the result; {suggest(name, self.columns)}")
        return self.columns[name]

    @property
    def time(self) -> Floats:
        """Times of the records (t,), s."""
        return self["time"]

    def rows(self, phase: int | str) -> NDArray[np.intp]:
        """Indices of the records of a phase, by its number or name; its first one is the end of the phase before."""
        names = [p.name for p in self.phases]
        if isinstance(phase, str):
            if phase not in names:
                raise InputError(f"no phase {phase!r}; {suggest(phase, names)}")
            phase = names.index(phase)
        found = np.flatnonzero(self["phase"] == phase)
        return np.concatenate([[max(found[0] - 1, 0)], found]) if len(found) and found[0] > 0 else found

    def over(self, name: str, phase: int | str) -> float:
        """Change of a column over a phase."""
        rows = self.rows(phase)
        return float(self[name][rows[-1]] - self[name][rows[0]])


def unexplained(energy: Floats, crossed: Floats, flow: Floats) -> Floats:
    """Energy that no book explains, over the throughput so far (t,): the largest store plus all that flowed.

    Parameters
    ----------
    energy, crossed, flow : ndarray (t,)
        Stored; booked in less booked out; sum of the magnitudes of all that was booked. J.
    """
    scale = flow + energy.max()
    missing = energy - energy[0] - (crossed - crossed[0])
    return np.abs(missing) / np.where(scale > 0, scale, 1.0)
