"""Spin axes in which components decouple: directions normal to every magnetization are left to themselves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..device.contacts import COLLINEAR


def spin_frame(magnetizations: Iterable[tuple[float, float, float]]) -> np.ndarray:
    """Orthonormal axes (3, 3), one per row: the first ones span all magnetizations, the others are normal to them.

    Axes are taken over from the magnetizations one after the other (Gram-Schmidt), so that devices magnetised along
    x, y or z keep these axes and zeros stay exact.

    Examples
    --------
    >>> spin_frame([(0.0, 0.0, 1.0)])
    array([[0., 0., 1.],
           [1., 0., 0.],
           [0., 1., 0.]])
    """
    axes: list[np.ndarray] = []
    # half of a coordinate axis must be new to be taken: some remaining one always is, and nothing rests on rounding
    candidates = [(np.array(m, float), COLLINEAR) for m in magnetizations] + [(axis, 0.5) for axis in np.eye(3)]
    for rest, enough in candidates:
        for axis in (*axes, *axes):  # twice: the second pass removes what rounding left
            rest = rest - np.dot(axis, rest) * axis
        length = np.linalg.norm(rest)
        if len(axes) < 3 and length > enough:
            axes.append(rest / length)
    return np.array(axes) + 0.0  # no negative zeros
