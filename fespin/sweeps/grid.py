"""The grid of a sweep: one axis a varied parameter, every combination a point."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .values import shown


@dataclass(frozen=True, kw_only=True, eq=False)
class Axis:
    """A parameter and its values, (n,), in its SI unit; the values of a fixed parameter are one."""

    name: str
    unit: str
    values: np.ndarray

    def __post_init__(self) -> None:
        values = np.array(self.values, float)
        values.flags.writeable = False
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Axes and parameters that are held; the last axis runs fastest.

    Examples
    --------
    >>> z = Axis(name="field.z", unit="T", values=[0, 1])
    >>> grid = Grid(axes=(z,), fixed=(Axis(name="frequency", unit="Hz", values=[1e9]),))
    >>> list(grid)
    [(0.0, 1000000000.0), (1.0, 1000000000.0)]
    >>> grid.describe((1.0, 1e9))
    'field.z = 1 T, frequency = 1e+09 Hz'
    """

    axes: tuple[Axis, ...]
    fixed: tuple[Axis, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values on each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    def __len__(self) -> int:
        return math.prod(self.shape)

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters in the order of the coordinates of a point: axes, then those that are fixed."""
        return tuple(axis.name for axis in (*self.axes, *self.fixed))

    def __iter__(self) -> Iterator[tuple[float, ...]]:
        return map(self.point, np.ndindex(*self.shape))

    def point(self, index: tuple[int, ...]) -> tuple[float, ...]:
        """Coordinates of the point at one place on each axis."""
        moved = (float(axis.values[i]) for axis, i in zip(self.axes, index, strict=True))
        return (*moved, *(float(axis.values[0]) for axis in self.fixed))

    def describe(self, point: tuple[float, ...]) -> str:
        """The coordinates of a point in words."""
        pairs = zip((*self.axes, *self.fixed), point, strict=True)
        return ", ".join(f"{axis.name} = {shown(value, axis.unit)}" for axis, value in pairs)
