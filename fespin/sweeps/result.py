"""The labelled result of a sweep: conductances over the swept coordinates, and how they came about."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._version import __version__
from ..errors import InputError, must_be, suggest
from ..network.conductance import ConductanceMatrix
from ..network.terminal import COMPONENTS, TerminalSpace
from .fingerprint import device_hash
from .grid import Axis, Grid
from .plan import Plan
from .point import PointResult
from .values import axis_values, shown

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SweepResult:
    """Conductance matrices on a grid of parameters.

    Parameters
    ----------
    grid : Grid
        Axes with names, units and values; parameters that were held.
    terminals : tuple of T str
    values : ndarray (..., 4T, 4T)
        Siemens, currents positive out of the device; the leading axes are those of the grid. Complex if frequencies are
        among the parameters. NaN where a point failed.
    spaces : tuple of tuple of dict
        For each point, the last axis running fastest, what the terminals can hold; empty where it failed.
    columns : mapping of str to ndarray
        Per point, in the shape of the grid: "residual" (of the linear solver), "reaction_difference" (largest
        difference between G and the currents at the terminals over max |G|), "seconds", "blocks", "reused".
    failures : mapping
        Coordinates of a failed point -> why.
    info : mapping
        Device and its hash, mesh, order, backend, tolerance, versions, seconds, jobs.

    Examples
    --------
    >>> import fespin
    >>> found = fespin.sweep("meshes/fn_wire_1d.toml", {"regions.ferro.polarization": [0.0, 0.36, 0.5]})
    >>> found["right", "z", "left", "e"].round(5)         # vanishes with the polarization
    array([0.     , 0.00386, 0.0056 ])
    >>> found.at({"regions.ferro.polarization": 0.36})["right", "e", "left", "e"].__round__(5)
    0.02648
    """

    grid: Grid
    terminals: tuple[str, ...]
    values: np.ndarray
    spaces: tuple[tuple[dict[str, Any], ...], ...]
    columns: Mapping[str, np.ndarray]
    failures: Mapping[tuple[float, ...], str]
    info: Mapping[str, Any]

    def __post_init__(self) -> None:
        for array in (self.values, *self.columns.values()):
            array.flags.writeable = False

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The swept parameters with unit and values."""
        return self.grid.axes

    @property
    def fixed(self) -> tuple[Axis, ...]:
        """Parameters that were held at one value."""
        return self.grid.fixed

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values on each axis."""
        return self.grid.shape

    @property
    def components(self) -> tuple[str, ...]:
        """e, x, y, z."""
        return COMPONENTS

    def coordinate(self, name: str) -> np.ndarray:
        """Values of a swept parameter, (n,), in its SI unit."""
        return self.axes[self._axis(name)].values

    def _axis(self, name: str) -> int:
        names = [axis.name for axis in self.axes]
        if name not in names:
            raise InputError(f"the sweep has no axis {name!r}; {suggest(name, names)}")
        return names.index(name)

    @property
    def tensor(self) -> np.ndarray:
        """The values with separate axes for terminal and component, (..., T, 4, T, 4)."""
        count = len(self.terminals)
        return self.values.reshape(*self.shape, count, 4, count, 4)

    def __getitem__(self, key: tuple[str, str, str, str]) -> np.ndarray:
        """``found[out, component, in, component]``: one entry over the grid, in siemens."""
        if not isinstance(key, tuple) or len(key) != 4:
            raise must_be("the index of a SweepResult", "[out, component, in, component]", key)
        for name, known in zip(key, (self.terminals, COMPONENTS) * 2, strict=True):
            if name not in known:
                what = "terminal" if known is self.terminals else "component"
                raise InputError(f"no {what} {name!r} in the sweep; {suggest(name, known)}")
        t, a, u, b = key
        places = self.terminals.index(t), COMPONENTS.index(a), self.terminals.index(u), COMPONENTS.index(b)
        return self.tensor[(..., *places)].copy()

    def at(self, coordinates: Mapping[str, Any] | None = None) -> ConductanceMatrix:
        """The matrix of one point.

        Parameters
        ----------
        coordinates : mapping
            Value of each axis, a number in its SI unit or text with a unit; it must be one that was computed.

        Raises
        ------
        InputError
            A value that is not on its axis, or a point that failed.
        """
        given = dict(coordinates or {})
        index = []
        for name in given:
            self._axis(name)
        for axis in self.axes:
            if axis.name not in given:
                raise InputError(f"at needs a value of {axis.name!r}, got none")
            wanted = axis_values(given[axis.name], axis.unit, axis.name)[0]
            near = np.flatnonzero(np.isclose(axis.values, wanted[0], rtol=1e-9, atol=1e-12 * _span(axis.values)))
            if len(wanted) != 1 or len(near) == 0:
                rule = f"one of the {len(axis.values)} values of the sweep ({_ends(axis)})"
                raise must_be(axis.name, rule, given[axis.name])
            index.append(int(near[np.argmin(np.abs(axis.values[near] - wanted[0]))]) if len(near) > 1 else int(near[0]))
        return self._matrix(tuple(index))

    def _matrix(self, index: tuple[int, ...]) -> ConductanceMatrix:
        number = int(np.ravel_multi_index(index, self.shape)) if index else 0
        point = self.grid.point(index)
        if point in self.failures:
            raise InputError(f"the point at {self.grid.describe(point)} failed: {self.failures[point]}")
        spaces = [TerminalSpace(**space) for space in self.spaces[number]]
        place = {axis.name: x for axis, x in zip((*self.axes, *self.fixed), point, strict=True) if np.isfinite(x)}
        return ConductanceMatrix(
            values=self.values[index],
            terminals=self.terminals,
            spaces=dict(zip(self.terminals, spaces, strict=True)),
            info={"parameters": place, **{k: self.info[k] for k in ("device", "version") if k in self.info}},
        )

    def to_xarray(self) -> xarray.Dataset:
        """A Dataset with the swept parameters as dimensions and coordinates (with units); needs xarray."""
        from .files import to_xarray

        return to_xarray(self)

    def to_json(self) -> str:
        """Everything as JSON text; complex entries as [re, im] pairs, failed points as null."""
        from .files import to_json

        return to_json(self)

    def to_csv(self) -> str:
        """A table with a row for each point, below commented header lines."""
        from .files import to_csv

        return to_csv(self)

    def save(self, path: str | os.PathLike[str], *, format: str | None = None) -> Path:
        """Write json, csv or nc by the suffix of `path`, or by `format`."""
        from .files import save

        return save(self, path, format=format)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> SweepResult:
        """Read a JSON file that `save` wrote."""
        from .files import load

        return load(path)

    def __repr__(self) -> str:
        axes = [f"  {a.name}: {len(a.values)} values, {_ends(a)}" for a in self.axes]
        held = [f"  {a.name} = {shown(float(a.values[0]), a.unit)}" for a in self.fixed]
        failed = [f"  {len(self.failures)} points failed"] if self.failures else []
        kind = "complex" if np.iscomplexobj(self.values) else "real"
        head = f"<fespin.SweepResult of {self.info.get('device', 'a device')!r}: {len(self.grid)} points, {kind}, "
        worst = float(np.nanmax(self.columns["residual"], initial=0.0))
        return "\n".join([f"{head}terminals {', '.join(self.terminals)}, residuals up to {worst:.1g}",
                          *axes, *held, *failed]) + ">"  # fmt: skip


def _ends(axis: Axis) -> str:
    return " to ".join(shown(float(x), axis.unit) for x in (axis.values.min(), axis.values.max()))


def _span(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max(initial=0.0))


_COLUMNS = ("residual", "reaction_difference", "seconds", "blocks", "reused")


def collect(plan: Plan, results: Sequence[PointResult], how: Mapping[str, Any]) -> SweepResult:
    """The labelled result out of those of all points, in the order of the grid."""
    device, grid = plan.device, plan.grid
    n = 4 * len(device.terminals)
    # a sweep of frequencies is complex as a whole, also at 0 Hz
    dynamic = any(p.kind == "frequency" for p in plan.parameters)
    values = np.full((len(results), n, n), np.nan, complex if dynamic else float)
    for k, result in enumerate(results):
        if result.values is not None:
            values[k] = result.values
    good = [r for r in results if not r.error]
    import scipy

    info = {
        "device": device.name,
        "device_hash": device_hash(device),
        "mesh": {"nodes": len(device.mesh.points), "cells": len(device.mesh.cells), "dimension": device.dimension},
        "order": plan.order,
        "backend": "+".join(sorted({part for r in good for part in r.backend.split("+")})),
        "tolerance": plan.tolerance,
        "residual": max((r.residual for r in good), default=0.0),
        "reaction_difference": max((r.reaction_difference for r in good), default=0.0),
        "points": len(results),
        "points_failed": len(results) - len(good),
        **how,
        "version": __version__,
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
    }
    return SweepResult(
        grid=grid,
        terminals=tuple(device.terminals),
        values=values.reshape(*grid.shape, n, n),
        spaces=tuple(r.spaces for r in results),
        columns={name: np.array([getattr(r, name) for r in results]).reshape(grid.shape) for name in _COLUMNS},
        failures={r.point: r.error for r in results if r.error},
        info=info,
    )
