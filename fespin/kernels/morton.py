"""Points in an order in which neighbours in space come near each other, and orders turned round."""

from __future__ import annotations

import numpy as np

from . import compiled


def morton_order(points: np.ndarray) -> np.ndarray:
    """Places of points (n, d) along a Morton curve through their bounding box: neighbours there are near each other.

    Examples
    --------
    >>> morton_order(np.array([[0.0, 0.0], [1.0, 1.0], [0.1, 0.0], [1.0, 0.9]])).tolist()
    [0, 2, 3, 1]
    """
    if compiled(len(points)):
        return _compiled_order(points)
    dims = points.shape[1]
    bits = 63 // dims if dims > 1 else 52
    low, width = points.min(axis=0), float(np.ptp(points, axis=0).max()) or 1.0
    grid = ((points - low) / width * (2**bits - 1)).astype(np.uint64)
    code = np.zeros(len(points), np.uint64)
    for bit in range(bits):
        for axis in range(dims):
            code |= ((grid[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(dims * bit + dims - 1 - axis)
    return np.argsort(code, kind="stable")


def _compiled_order(points: np.ndarray) -> np.ndarray:
    """The same, compiled. Each number holds a place on the curve and below it that of the point, so that the numbers
    themselves are sorted: ten times as fast as sorting places by them. Points that differ in the bits that give way
    alone, closer than 1e-5 of the box for a million, keep their order."""
    from .cells import curve_keys
    from .memory import apart
    from .threads import Pieces

    low, high = (np.array([edge(column) for column in points.T]) for edge in (np.min, np.max))
    scale = 1.0 / (float((high - low).max()) or 1.0)
    keys, parts = np.empty(len(points), np.uint64), Pieces.of(len(points))
    curve_keys.over(parts, points, low, scale, keys, apart(parts.count, points.shape[1], np.uint64))
    bits = np.uint64(len(points).bit_length())
    keys >>= bits
    keys <<= bits
    keys |= np.arange(len(points), dtype=np.uint64)
    keys.sort()
    keys &= (np.uint64(1) << bits) - np.uint64(1)
    return keys.astype(np.int64)


def inverse_order(order: np.ndarray) -> np.ndarray:
    """The place of each item in an order.

    Examples
    --------
    >>> inverse_order(np.array([2, 0, 1])).tolist()
    [1, 2, 0]
    """
    out = np.empty(len(order), np.int64)
    out[order] = np.arange(len(order))
    return out
