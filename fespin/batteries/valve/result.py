"""What a run of a valve leaves: labelled records of circuit, potentials and energies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..records import Floats, Records, unexplained
from .phase import Phase
from .stepper import BOOKS

if TYPE_CHECKING:
    import xarray

UNITS = {
    "time": "s", "phase": "", "current": "A", "voltage": "V", "splitting": "V", "charge": "C",
    **dict.fromkeys([*BOOKS, "flow", "stored"], "J"),
}  # fmt: skip
MEANING = {
    "time": "since the start",
    "phase": "index of the phase",
    "current": "at this instant, into the left reservoir: positive when charging",
    "voltage": "between the reservoirs at this instant",
    "splitting": "mean of w_up - w_dn over what stores charge; the EMF of a Wigner reservoir",
    "charge": "that has flowed through the circuit since the start",
    "stored": "energy of the splitting",
    "source": "work of the source", "load": "heat in the load", "series": "heat in source and wires",
    "ohmic": "heat of the channels in the layers", "contact": "heat at the interfaces",
    "leak": "heat of spin relaxation in the layers", "method": "lost by backward Euler steps after jumps",
    "flow": "sum of the magnitudes of all of them",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ValveResult(Records):
    """Records of a run; t records, n nodes.

    Attributes
    ----------
    name : str
        Of the valve.
    phases : tuple of Phase
    columns : mapping of str to ndarray (t,)
        Scalars in the units of `UNITS`; also ``result["time"]``.
    nodes : ndarray (n,)
        m; none in a lumped run.
    potentials : ndarray (t, 2, n)
        w_up and w_dn at each record, V; NaN where a channel does not exist.
    steps : int
        Steps that were taken.
    """

    name: str
    phases: tuple[Phase, ...]
    columns: Mapping[str, Floats]
    nodes: Floats
    potentials: Floats
    steps: int

    @property
    def energy(self) -> Floats:
        """All that is stored (t,), J."""
        return self["stored"]

    @property
    def ledger_error(self) -> Floats:
        """Energy that no book explains, over the throughput so far (t,)."""
        crossed = self["source"] - np.sum([self[name] for name in BOOKS[1:]], axis=0)
        return unexplained(self.energy, crossed, self["flow"])

    @property
    def efficiency(self) -> float:
        """Energy that loads got in discharges over the work of the sources; NaN without work."""
        paid = float(self["source"][-1])
        got = sum(self.over("load", k) for k, phase in enumerate(self.phases) if phase.kind == "load")
        return got / paid if paid > 0 else float("nan")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write .npz, whole or not at all; see `load`."""
        from .files import save

        return save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> ValveResult:
        """Read what `save` wrote."""
        from .files import load

        return load(path)

    def to_xarray(self) -> xarray.Dataset:
        """Labelled dataset with dims time, spin, node and units; needs xarray."""
        from .files import to_xarray

        return to_xarray(self)

    def __repr__(self) -> str:
        return (
            f"<ValveResult of {self.name!r}: {len(self.phases)} phases, {self.steps} steps, {len(self.time)} records, "
            f"E {self.energy[-1]:.4g} J, ledger {self.ledger_error.max():.1e}>"
        )


def columns_of(rows: list[list[Any]]) -> dict[str, Floats]:
    """Columns from the rows of `SCALARS`."""
    table = np.array(rows, dtype=float)
    return {name: table[:, k] for k, name in enumerate(SCALARS)}


SCALARS = ("time", "phase", "current", "voltage", "splitting", "charge", *BOOKS, "flow", "stored")
