"""What a run leaves: labelled records of fields, circuit and energies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..records import Floats, Records, unexplained
from .battery import WindingBattery
from .phase import Phase
from .state import BOOKS, State

if TYPE_CHECKING:
    import xarray

UNITS = {
    "time": "s", "phase": "", "current": "A", "voltage": "V", "slip": "rad/s", "gate": "J", "inductor_current": "A",
    **dict.fromkeys([*BOOKS, "flow", "exchange", "spin", "anisotropy", "link", "inductor"], "J"),
}  # fmt: skip
MEANING = {
    "time": "end of the step",
    "phase": "index of the phase",
    "current": "mean of the last step, positive when charging",
    "voltage": "between the terminals of the battery, mean of the last step: R_w I - theta w",
    "slip": "w = d phi/dt at 0 less that at L, mean of the last step",
    "gate": "kg of the link",
    "inductor_current": "at the end of the step",
    "source": "work of the source", "gate_work": "work of the gate", "load": "heat in the load",
    "contact": "heat at the contacts: wires and spin pumping together", "gilbert": "heat of Gilbert damping",
    "switch": "energy of an inductor whose circuit was opened", "flow": "sum of the magnitudes of all of them",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WindingResult(Records):
    """Records of a run; t records, n nodes, m = n - 1 cells.

    Attributes
    ----------
    battery : WindingBattery
    phases : tuple of Phase
    nodes : ndarray (n,)
        m.
    phi : ndarray (t, n)
        Angle, rad.
    rho_s : ndarray (t, m)
        Spin density, J s/m.
    columns : mapping of str to ndarray (t,)
        Scalars in the units of `UNITS`; also ``result["time"]``.
    steps : int
        Steps that were taken.
    info : mapping
        How it was made.
    """

    battery: WindingBattery
    phases: tuple[Phase, ...]
    nodes: Floats
    phi: Floats
    rho_s: Floats
    columns: Mapping[str, Floats]
    steps: int
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def density(self) -> Floats:
        """Winding density rho = -d phi/dx of each cell (t, m), 1/m."""
        return -np.diff(self.phi, axis=1) / np.diff(self.nodes)

    @property
    def winding(self) -> Floats:
        """(phi_0 - phi_L)/2 pi at each record (t,): turns along the wire, no integer while it is open."""
        return (self.phi[:, 0] - self.phi[:, -1]) / (2 * np.pi)

    @property
    def turns(self) -> Floats:
        """Whole turns of the closed loop (t,); NaN while the link is open."""
        return np.where(self["gate"] > 0, np.round(self.winding), np.nan)

    @property
    def energy(self) -> Floats:
        """All that is stored (t,), J."""
        return np.sum([self[name] for name in ("exchange", "spin", "anisotropy", "link", "inductor")], axis=0)

    @property
    def ledger_error(self) -> Floats:
        """Energy that no book explains, over the throughput so far (t,): the largest store plus all that flowed."""
        crossed = self["source"] + self["gate_work"]
        for name in ("load", "contact", "gilbert", "switch"):
            crossed = crossed - self[name]
        return unexplained(self.energy, crossed, self["flow"])

    @property
    def efficiency(self) -> float:
        """Energy that loads got in discharges over the work of the sources and of the gate; NaN without work.

        What a load in series with a source takes is no energy of the battery and does not count.
        """
        paid = float(self["source"][-1] + self["gate_work"][-1])
        got = sum(self.over("load", k) for k, phase in enumerate(self.phases) if phase.kind == "load")
        return got / paid if paid > 0 else float("nan")

    @property
    def final(self) -> State:
        """State at the end, to start another run from; its books are empty."""
        return State(self.nodes, self.phi[-1].copy(), self.rho_s[-1].copy(), float(self["inductor_current"][-1]),
                     float(self["gate"][-1]), float(self["slip"][-1]))  # fmt: skip

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write .npz, whole or not at all, with all parameters; see `load`."""
        from .files import save

        return save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> WindingResult:
        """Read what `save` wrote."""
        from .files import load

        return load(path)

    def to_xarray(self) -> xarray.Dataset:
        """Labelled dataset with dims time, node, cell and units; needs xarray."""
        from .files import to_xarray

        return to_xarray(self)

    def __repr__(self) -> str:
        return (
            f"<WindingResult of {self.battery.name!r}: {len(self.phases)} phases, {self.steps} steps, "
            f"{len(self.time)} records of {self.phi.shape[1]} nodes, E {self.energy[-1]:.4g} J, "
            f"winding {self.winding[-1]:.4g}, ledger {self.ledger_error.max():.1e}>"
        )
