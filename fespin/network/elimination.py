"""Leaving out potentials that carry no current: Schur complements, and who floats if that cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Inner:
    """A block to be inverted, scaled to unit diagonal so that a weak element is not taken for a missing one."""

    scaled: Array
    scale: Array

    @classmethod
    def of(cls, block: Array) -> Inner:
        scale = np.sqrt(np.abs(np.diag(block)))
        scale = np.where(scale > 0, scale, 1.0)
        return cls(block / np.outer(scale, scale), scale)

    def floating(self, tolerance: float | None = None) -> list[int]:
        """Positions of the potentials in the null space.

        Parameters
        ----------
        tolerance : float, optional
            Singular values up to here count as zero; by default the rounding of a unit-diagonal matrix. A tie
            weaker than that carries no correct digit anyway.
        """
        if not len(self.scaled):
            return []
        limit = 64 * np.finfo(float).eps * len(self.scaled) if tolerance is None else tolerance
        _, sizes, vectors = np.linalg.svd(self.scaled)
        weight = np.linalg.norm(vectors[sizes <= limit], axis=0)
        return np.flatnonzero(weight > 1e-6).tolist()

    def solve(self, right: Array, *, transposed: bool = False) -> Array:
        """The inverse of the block, or of its transpose, times columns of shape (n,) or (n, c)."""
        matrix = self.scaled.T if transposed else self.scaled
        scale = self.scale if right.ndim == 1 else self.scale[:, None]
        return np.linalg.solve(matrix, right / scale) / scale


def schur_complement(
    K: Array,
    keep: Sequence[int],
    gone: Sequence[int],
    *,
    refuse: Callable[[list[int]], Exception],
    tolerance: float | None = None,
) -> Array:
    """The matrix between the potentials `keep` if no current flows into the potentials `gone`.

    K_kk - K_kg K_gg^-1 K_gk: Kron reduction. Symmetry, Onsager relations and passivity survive it.

    Parameters
    ----------
    K : array, shape (n, n)
        Conductances of either sign convention.
    keep, gone : sequence of int
        Rows and columns that stay, and that leave.
    refuse : callable
        Makes the error from the positions in `gone` of what floats.
    tolerance : float, optional
        See `Inner.floating`.

    Returns
    -------
    array, shape (len(keep), len(keep))

    Examples
    --------
    Two conductances of 1 and 3 in series:

    >>> K = np.array([[-1.0, 0, 1], [0, -3, 3], [1, 3, -4]])
    >>> schur_complement(K, [0, 1], [2], refuse=ValueError)
    array([[-0.75,  0.75],
           [ 0.75, -0.75]])
    """
    left, out = np.array(keep, dtype=int), np.array(gone, dtype=int)
    outer = K[np.ix_(left, left)]
    if not len(out):
        return outer
    inner = Inner.of(K[np.ix_(out, out)])
    loose = inner.floating(tolerance)
    if loose:
        raise refuse(loose)
    return outer - K[np.ix_(left, out)] @ inner.solve(K[np.ix_(out, left)])
