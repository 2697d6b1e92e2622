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
        from .cells import curve_keys

        scale = 1.0 / (float(np.ptp(points, axis=0).max()) or 1.0)
        keys = np.empty(len(points), np.uint64)
        curve_keys(points, points.min(axis=0), scale, keys, np.empty(points.shape[1], np.uint64))
        return np.argsort(keys, kind="stable")
    dims = points.shape[1]
    bits = 63 // dims if dims > 1 else 52
    low, width = points.min(axis=0), float(np.ptp(points, axis=0).max()) or 1.0
    grid = ((points - low) / width * (2**bits - 1)).astype(np.uint64)
    code = np.zeros(len(points), np.uint64)
    for bit in range(bits):
        for axis in range(dims):
            code |= ((grid[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(dims * bit + dims - 1 - axis)
    return np.argsort(code, kind="stable")


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
