"""Numbers and coordinates as they are shown: SI prefixes, straight wires, what needs three dimensions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..device.device import Device

_PREFIXES = ("a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E")  # 10^-18 to 10^18


def scaled(values: np.ndarray, unit: str, *, reach: float = 1e3) -> tuple[float, str]:
    """Factor and unit with the SI prefix that brings the largest magnitude between reach/1000 and reach.

    Examples
    --------
    >>> scaled(np.array([-0.25, 0.1]), "V")
    (1000.0, 'mV')
    """
    top = float(np.abs(values).max(initial=0.0))
    power = 0 if top == 0 else math.floor((math.log10(top / reach) + 3) / 3 + 1e-9)  # of 1000
    power = min(max(power, -6), 6)
    return 10.0 ** (-3 * power), _PREFIXES[power + 6] + unit


def shown_points(device: Device) -> tuple[np.ndarray, str]:
    """Node coordinates (n, d) in the unit shown, and that unit: nanometres up to ten micrometres."""
    factor, unit = scaled(device.points, "m", reach=1e4)
    return device.points * factor, unit


def direction(device: Device) -> np.ndarray | None:
    """Unit vector along a straight wire without branches, (d,), towards growing coordinates; None for all else."""
    if device.dimension > 1 or np.bincount(device.mesh.cells.ravel()).max() > 2:
        return None
    points = device.mesh.points - device.mesh.points.mean(axis=0)
    _, spread, axes = np.linalg.svd(points, full_matrices=False)
    if len(spread) > 1 and spread[1] > 1e-9 * np.abs(points).max():
        return None
    return axes[0] * np.sign(axes[0, np.abs(axes[0]).argmax()])


def in_space(device: Device) -> bool:
    """Whether the drawing needs three dimensions: solids, and networks of lines in space."""
    return device.points.shape[1] == 3 and direction(device) is None
