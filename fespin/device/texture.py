"""Magnetization that varies in space: a function of position, or directions at points that are interpolated."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError, must_be


@dataclass(frozen=True, eq=False, repr=False)
class MagnetizationField:
    """Direction of the magnetization as a field m(r), for ferromagnets of finite strength.

    Parameters
    ----------
    function : callable
        Takes positions (d, n) in m and returns directions (3, n) of any length but zero.
    origin : str
        Where it came from, for messages.
    source : (str, str), optional
        File and name of the data it was read from; such fields compare equal and can be written to device files.

    Examples
    --------
    >>> wall = MagnetizationField(lambda x: [np.zeros(x.shape[1]), np.sin(x[0]), np.cos(x[0])])
    >>> wall(np.array([[0.0, np.pi / 2]])).round(12)
    array([[0., 0.],
           [0., 1.],
           [1., 0.]])
    """

    function: Callable[[np.ndarray], Any]
    origin: str = "function"
    source: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise must_be("MagnetizationField.function", "a function of positions (d, n)", self.function)

    @classmethod
    def from_points(
        cls, points: Any, directions: Any, *, origin: str = "points", source: tuple[str, str] | None = None
    ) -> MagnetizationField:
        """Directions (n, 3) given at points (n, d) in m: linear between them, the nearest one outside their hull.

        Raises
        ------
        InputError
            Arrays that do not fit together, or directions that are zero or not finite.
        """
        try:
            x, m = np.array(points, float), np.array(directions, float)
        except (TypeError, ValueError):
            raise must_be("MagnetizationField.from_points", "given arrays of numbers", "something else") from None
        if x.ndim != 2 or m.shape != (len(x), 3) or len(x) == 0:
            raise must_be("MagnetizationField.from_points", "given points (n, d) and directions (n, 3)",
                          (x.shape, m.shape))  # fmt: skip
        _check_directions(m.T, origin)
        return cls(_Interpolated(x, m), origin, source)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], data: str, *, length_unit: float = 1.0) -> MagnetizationField:
        """Point or cell data of a mesh file that meshio reads (VTU, XDMF, ...), three numbers for each.

        Raises
        ------
        InputError
            The file cannot be read, or holds no such data.
        """
        points, directions = _read(Path(path), data)
        return cls.from_points(
            points * length_unit, directions, origin=f"{data} of {path}", source=(str(Path(path).resolve()), data)
        )

    def __call__(self, positions: np.ndarray) -> np.ndarray:
        """Unit vectors (3, n) at positions (d, n) in m.

        Raises
        ------
        InputError
            The function returned something else than directions.
        """
        try:
            m = np.array(self.function(positions), float)
            m = np.array(np.broadcast_to(m.reshape(3, -1), (3, positions.shape[1])))
        except (TypeError, ValueError):
            n = positions.shape[1]
            raise must_be("a magnetization field", f"three components for each of {n} positions, (3, {n})",
                          "something else") from None  # fmt: skip
        _check_directions(m, self.origin)
        m /= np.abs(m).max(axis=0)
        return m / np.linalg.norm(m, axis=0)

    def reversed(self) -> MagnetizationField:
        """The opposite field, -m(r)."""
        return MagnetizationField(lambda x: -self(x), f"minus {self.origin}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MagnetizationField):
            return NotImplemented
        return self is other or (self.source is not None and self.source == other.source)

    def __hash__(self) -> int:
        return hash(self.source or id(self))

    def __repr__(self) -> str:
        return f"MagnetizationField({self.origin})"


def _check_directions(m: np.ndarray, origin: str) -> None:
    bad = np.flatnonzero(~(np.isfinite(m).all(axis=0) & m.any(axis=0)))
    if len(bad):
        raise InputError(f"magnetization from {origin} must be finite and not zero, got {m[:, bad[0]].tolist()} at "
                         f"point {bad[0]} ({len(bad)} such points)")  # fmt: skip


class _Interpolated:
    """Linear interpolation between points, the nearest one where that is undefined."""

    def __init__(self, points: np.ndarray, directions: np.ndarray) -> None:
        self.points, self.directions = points, directions
        self.varying = np.flatnonzero(np.ptp(points, axis=0) > 0)

    def __call__(self, positions: np.ndarray) -> np.ndarray:
        from scipy.interpolate import LinearNDInterpolator, interp1d
        from scipy.spatial import cKDTree

        width = max(self.points.shape[1], len(positions))
        known, wanted = (np.pad(x, ((0, 0), (0, width - x.shape[1]))) for x in (self.points, positions.T))
        distance, near = cKDTree(known).query(wanted)
        out = self.directions[near]
        scale = float(np.ptp(known, axis=0).max()) or 1.0
        between = np.flatnonzero(distance > 1e-12 * scale)  # elsewhere the data themselves
        if len(between) and len(self.varying) == 1:
            axis = self.varying[0]
            x, first = np.unique(known[:, axis], return_index=True)
            line = interp1d(x, self.directions[first], axis=0, bounds_error=False, fill_value=np.nan)
            inside = line(wanted[between, axis])
        elif len(between) and len(self.points) > len(self.varying) > 1:
            flat = LinearNDInterpolator(known[:, self.varying], self.directions)
            inside = flat(wanted[between][:, self.varying])
        else:
            return out.T
        good = np.isfinite(inside).all(axis=1) & (np.abs(inside).max(axis=1) > 1e-9)
        out[between[good]] = inside[good]
        return out.T


def _read(path: Path, data: str) -> tuple[np.ndarray, np.ndarray]:
    import contextlib
    import io

    import meshio

    if not path.is_file():
        raise InputError(f"{path} cannot be read: no such file")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            mesh = meshio.read(path)
    except (Exception, SystemExit) as error:  # readers of many formats fail in as many ways
        raise InputError(f"{path} must be a mesh file that meshio reads, got {type(error).__name__}: {error}") from None
    if data in mesh.point_data:
        return np.asarray(mesh.points, float), _three(path, data, mesh.point_data[data])
    if data in mesh.cell_data:
        centres = [mesh.points[block.data].mean(axis=1) for block in mesh.cells]
        return np.concatenate(centres), _three(path, data, np.concatenate(mesh.cell_data[data]))
    there = ", ".join([*mesh.point_data, *mesh.cell_data]) or "none"
    raise InputError(f"{path} has no point or cell data called {data!r}; there: {there}")


def _three(path: Path, data: str, values: np.ndarray) -> np.ndarray:
    if values.ndim != 2 or values.shape[1] != 3:
        raise InputError(f"{path}: data {data!r} must be three numbers for each point, got shape {values.shape}")
    return np.asarray(values, float)
