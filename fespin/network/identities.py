"""What any charge-spin conductance matrix must obey, as numbers.

Every function takes an array of shape (4T, 4T), terminal-major with components e, x, y, z, currents counted
out of the device, or a `ConductanceMatrix`. Errors are relative to the largest entry; a zero matrix has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import must_be
from .terminal import TerminalSpace

Array = NDArray[Any]


def asymmetry(G: Any) -> float:
    """max |G - G^T| / max |G|: zero for every device without terms odd in m or B (eq 16).

    Examples
    --------
    >>> asymmetry(np.diag([1.0, 1.0, 1.0, 1.0]))
    0.0
    """
    G = _matrix(G)
    return _relative(np.abs(G - G.T).max(), G)


def charge_conservation(G: Any) -> float:
    """Largest |sum over terminals of the charge rows| / max |G|: what flows in flows out (eq 25).

    Examples
    --------
    >>> charge_conservation(np.diag([-1.0, 0, 0, 0]))  # charge leaves and comes from nowhere
    1.0
    """
    G = _matrix(G)
    return _relative(np.abs(G[0::4].sum(axis=0)).max(), G)


def gauge_invariance(G: Any) -> float:
    """Largest |sum over terminals of the charge columns| / max |G|: a common voltage drives nothing (eq 25).

    Examples
    --------
    >>> gauge_invariance(np.diag([0.0, 0, 0, -1.0]))
    0.0
    """
    G = _matrix(G)
    return _relative(np.abs(G[:, 0::4].sum(axis=1)).max(), G)


def passivity(G: Any) -> float:
    """Smallest eigenvalue of the Hermitian part of -G, over max |G|: negative if the device gives energy.

    Rounding leaves a passive device at some -1e-16, because a common voltage has the eigenvalue zero.

    Examples
    --------
    >>> passivity(np.diag([0.0, 2.0, 0, 0]))
    -1.0
    """
    G = _matrix(G)
    return _relative(np.linalg.eigvalsh(-(G + G.conj().T) / 2)[0], G)


def independent_entries_bound(spaces: Iterable[TerminalSpace]) -> int:
    """Number of independent entries that symmetry, conservation and gauge invariance leave: n(n+1)/2 - n.

    n counts the amplitudes of all terminals: 4 normal, 2 ferromagnetic (eq 22), 1 half-metallic. The one
    channel of a half metal carries charge too, so that a common voltage is a null vector there as well.

    Parameters
    ----------
    spaces : iterable of TerminalSpace
        One for each terminal, for instance ``G.spaces.values()``.

    Examples
    --------
    >>> independent_entries_bound([TerminalSpace.normal()] * 2)
    28
    >>> independent_entries_bound([TerminalSpace.ferromagnet([0, 0, 1])] * 2)
    6
    """
    n = sum(len(space.labels) for space in spaces)
    return n * (n + 1) // 2 - n


class SpanRank(NamedTuple):
    """Dimension of a span, and the singular values (descending) that show how clear the gap is."""

    rank: int
    singular_values: Array


def count_independent(samples: Any, *, gap: float = 1e-10) -> SpanRank:
    """Dimension of the space spanned by matrices: how many of their entries vary independently.

    Parameters
    ----------
    samples : array, shape (s, n, n)
        Matrices of one family of devices, more of them than the dimension to be found. Each is divided by its
        largest entry, so that devices of different size weigh the same.
    gap : float
        Singular values below `gap` times the largest count as zero.

    Returns
    -------
    SpanRank
        `rank` and `singular_values`.

    Raises
    ------
    InputError
        Not a stack of matrices, or an empty one.

    Examples
    --------
    >>> count_independent([[[1, 1], [1, 1]], [[2, 2], [2, 2]], [[0, 1], [1, 0]]]).rank
    2
    """
    stack = np.asarray(samples)
    if stack.ndim != 3 or stack.size == 0:
        raise must_be("samples", "a stack of matrices of shape (s, n, n)", stack.shape)
    flat = stack.reshape(len(stack), -1)
    scale = np.abs(flat).max(axis=1, keepdims=True)
    sizes = np.linalg.svd(flat / np.where(scale > 0, scale, 1), compute_uv=False)
    return SpanRank(int(np.sum(sizes > gap * sizes[0])), sizes)


def _matrix(G: Any) -> Array:
    array = np.asarray(G.as_device().values if hasattr(G, "as_device") else G)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size or array.shape[0] % 4:
        raise must_be("a conductance matrix", "of shape (4T, 4T)", array.shape)
    return array


def _relative(error: float, G: Array) -> float:
    largest = np.abs(G).max()
    return float(error / largest) if largest > 0 else 0.0
