"""Block-diagonal matrices: what belongs to each terminal of an element, put side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def direct_sum(blocks: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """The real matrix with the given ones, of any shapes, along its diagonal; a single one is returned as it is.

    Examples
    --------
    >>> direct_sum([np.eye(1), np.array([[2.0, 3.0]])])
    array([[1., 0., 0.],
           [0., 2., 3.]])
    """
    if len(blocks) == 1:
        return blocks[0]
    out = np.zeros((sum(block.shape[0] for block in blocks), sum(block.shape[1] for block in blocks)))
    i = j = 0
    for block in blocks:
        out[i : i + block.shape[0], j : j + block.shape[1]] = block
        i, j = i + block.shape[0], j + block.shape[1]
    return out
