"""Lower envelopes of lines and of planes, with their exact corners."""

from __future__ import annotations

import numpy as np

TIE = 1e-12  # energies nearer than this are equal


def tie(values: np.ndarray) -> float:
    """`TIE`, or the rounding of large energies."""
    return max(TIE, 1e-14 * float(np.abs(values).max()))


def lower_envelope(slopes: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lines values - slopes x that are lowest somewhere, by growing slope, and where each gives way to the next.

    Parameters
    ----------
    slopes, values : ndarray, shape (n,)
        Of several lines with one slope the lowest counts, the first of them if equal within `tie`.

    Returns
    -------
    ndarray of int, shape (k,)
        Indices of the lines, from x = -inf to inf.
    ndarray, shape (k - 1,)
        Breakpoints, growing.

    Examples
    --------
    >>> lower_envelope(np.array([0, 1, 2]), np.array([0.0, 0.5, 2.0]))
    (array([0, 1, 2]), array([0.5, 1.5]))
    """
    hull: list[int] = []
    least = tie(values)
    for k in _lowest(slopes, values):
        while len(hull) > 1:
            (s0, v0), (s1, v1) = ((slopes[i], values[i]) for i in hull[-2:])
            if (v1 - v0) / (s1 - s0) < (values[k] - v1) / (slopes[k] - s1) - least:
                break
            hull.pop()  # lowest nowhere, or at a point
        hull.append(int(k))
    lines = np.array(hull)
    return lines, np.diff(values[lines]) / np.diff(slopes[lines])


def _lowest(slopes: np.ndarray, values: np.ndarray) -> list[int]:
    """One line per slope, by growing slope."""
    out = []
    for slope in np.unique(slopes):
        rows = np.flatnonzero(slopes == slope)
        out.append(int(rows[np.argmax(values[rows] <= values[rows].min() + tie(values))]))
    return out


def lower_cells(slopes: np.ndarray, values: np.ndarray, window: np.ndarray) -> dict[int, np.ndarray]:
    """Convex polygons of a window on which the plane values - slopes.x is the lowest.

    Parameters
    ----------
    slopes : ndarray, shape (n, 2)
        All different.
    values : ndarray, shape (n,)
    window : ndarray, shape (4, 2)
        Corners of a rectangle, counterclockwise.

    Returns
    -------
    dict
        Index of a plane -> corners of its cell, shape (v, 2), counterclockwise. Cells tile the window; those of no
        area are left out.
    """
    out = {}
    least, slack = 1e-14 * area(window), tie(values)
    for k in range(len(values)):
        cell = _cell(slopes - slopes[k], values - values[k], window, slack)
        if len(cell) > 2 and area(cell) > least:
            out[k] = cell
    return out


def _cell(slopes: np.ndarray, values: np.ndarray, polygon: np.ndarray, slack: float) -> np.ndarray:
    """Part of a convex polygon where all values - slopes.x >= 0: the worst offender cuts first."""
    for _ in range(len(values)):
        height = values[:, None] - slopes @ polygon.T
        worst = int(np.argmin(height.min(axis=1)))
        if height[worst].min() >= -slack:
            return polygon
        polygon = _cut(polygon, height[worst])
        if len(polygon) < 3:
            break
    return polygon


def _cut(polygon: np.ndarray, height: np.ndarray) -> np.ndarray:
    """The part where the height, given at the corners and linear between them, is not negative."""
    corners = []
    for k in range(len(polygon)):
        a, b = height[k - 1], height[k]
        if (a < 0) != (b < 0):
            corners.append(polygon[k - 1] + a / (a - b) * (polygon[k] - polygon[k - 1]))
        if b >= 0:
            corners.append(polygon[k])
    return np.array(corners).reshape(-1, 2)


def area(polygon: np.ndarray) -> float:
    """Area of a polygon with corners (v, 2), counterclockwise."""
    x, y = (polygon - polygon[0]).T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
