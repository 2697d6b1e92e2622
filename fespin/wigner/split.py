"""Repulsion split into a short-ranged part and a positive semidefinite rest (Ewald), for rigorous bounds.

U(r) = short(r) + long(r), long(r) = r^-alpha P(alpha/2, r^2/s^2) with the regularised incomplete gamma function. long
is a positive mixture of Gaussians, so its matrix W between sites is positive semidefinite in any geometry, and for any
density rho

    n.W.n/2 >= (W rho).n - rho.W.rho/2,

which turns the long part into a field. Short pairs more than `reach` rungs apart are dropped: they are positive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gamma, gammainc, gammaincc

from ..errors import must_be
from .ladder import Ladder
from .potential import PowerLaw

_DECAY = 2.2  # reach over the range s of the short part: what is dropped is exp(-4.8)
_SLACK = 1e-12  # share of the trace that covers the rounding of eigenvalues


@dataclass(frozen=True, eq=False)
class Split:
    """Short pairs, long matrix and the energy that its diagonal counts too much.

    Parameters
    ----------
    ladder : Ladder
    reach : int
        Rungs over which short pairs are kept, R.
    short : ndarray, shape (n, R + 1)
        Short energies between chains j apart and sites k apart; 0 for a site with itself.
    long : ndarray, shape (n L, n L)
        W, positive semidefinite.
    surplus : float
        Half the diagonal of W that belongs to no pair: subtracted for each particle.
    """

    ladder: Ladder
    reach: int
    short: np.ndarray
    long: np.ndarray
    surplus: float


def split(ladder: Ladder, reach: int) -> Split:
    """Split the repulsion of a ladder of l^-alpha.

    Raises
    ------
    InputError
        Another potential than l^-alpha.
    """
    if not isinstance(ladder.potential, PowerLaw):
        raise must_be("Ladder.potential", "l^-alpha (PowerLaw) for bounds", ladder.potential,
                      "two chains of up to 14 sites: exact_table takes any potential")  # fmt: skip
    alpha, s, n, L = ladder.potential.alpha, reach / _DECAY, ladder.chains, ladder.length
    k = ladder.separations()
    r = np.sqrt(k**2 + (np.arange(n)[:, None] * ladder.distance) ** 2)  # (n, L)
    total = np.array([ladder.pair_energies(j) for j in range(n)])
    short = _short(r, alpha, s)
    zero = s**-alpha / gamma(alpha / 2 + 1)  # long(0)
    if ladder.boundary == "images":
        copies = np.arange(1, 4)[:, None, None] * L  # further ones are below exp(-(3 L/s)^2)
        y = (np.arange(n)[:, None] * ladder.distance) ** 2
        far = [_short(np.sqrt((k + sign * copies) ** 2 + y), alpha, s).sum(axis=0) for sign in (1, -1)]
        rest = total - short - far[0] - far[1]
        own = 2 * _short(copies[:, 0, 0].astype(float), alpha, s).sum()
        rest[0, 0] = zero + 2 * ladder.self_energy - own
    else:
        # r^-alpha P, not a difference, which would cancel where short is nearly all
        rest = np.where(r > 0, np.where(r > 0, r, 1) ** -alpha * gammainc(alpha / 2, (r / s) ** 2), zero)
    index = np.abs(np.subtract.outer(np.arange(L), np.arange(L)))
    blocks = [rest[j][index] for j in range(n)]
    W = np.block([[blocks[abs(a - b)] for b in range(n)] for a in range(n)])
    lift = 0.0
    if ladder.closed:  # cut at half a turn or summed over images: lifted by what its lowest eigenvalue lacks
        lift = max(0.0, -float(np.linalg.eigvalsh(W)[0])) + _SLACK * float(np.trace(W))
        W[np.diag_indices(len(W))] += lift
    kept = np.zeros((n, reach + 1))
    kept[:, : min(L, reach + 1)] = short[:, : reach + 1]
    return Split(ladder, reach, kept, W, (zero + lift) / 2)


def _short(r: np.ndarray, alpha: float, s: float) -> np.ndarray:
    """r^-alpha Q(alpha/2, r^2/s^2); 0 at r = 0."""
    safe = np.where(r > 0, r, 1.0)
    return np.where(r > 0, safe**-alpha * gammaincc(alpha / 2, (safe / s) ** 2), 0.0)
