"""Energy of fields in a region: the dissipated power of one field, the conductances of several."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from .system import Problem

_CHUNK = 2_000_000  # numbers per work array


def region_energy(problem: Problem, region: int, fields: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Bilinear form of a region, X^T (S (x) Sigma + M (x) R) X, between all pairs of fields.

    Stiffness is summed over differences, -S_ij (x_i - x_j) . Sigma (x_i - x_j), which is exactly zero for a constant:
    charge is conserved to rounding on any mesh, where S x itself loses digits as cells become small.

    Parameters
    ----------
    problem : Problem
    region : int
    fields : ndarray (N, c, j)
        Potentials of c components, V.
    axes : ndarray (c, 4)
        These components out of e, x, y, z.

    Returns
    -------
    ndarray (j, j)
        W for fields in V.
    """
    j = fields.shape[2]
    if j == 0:  # spins normal to every magnet, and no terminal that could drive them
        return np.zeros((0, 0))
    sigma = axes @ problem.conduction[region] @ axes.T
    rate = axes @ problem.relaxation[region] @ axes.T
    total = _difference_energy(problem.operators.stiffness[region], fields, sigma)
    mass = problem.operators.mass[region]
    if mass is not None and rate.any():
        inside = np.flatnonzero(np.diff(mass.indptr))
        flat = (mass[inside] @ fields.reshape(len(fields), -1)).reshape(len(inside), -1, j)
        total += np.einsum("ncj,cd,ndk->jk", fields[inside], rate, flat, optimize=True)
    return total


def _difference_energy(stiffness: csr_array, fields: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Sum over pairs i < j of -S_ij (x_i - x_j)^T sigma (x_i - x_j), in chunks of bounded memory."""
    c, j = fields.shape[1:]
    total = np.zeros((j, j))
    row = np.repeat(np.arange(stiffness.shape[0], dtype=np.int32), np.diff(stiffness.indptr))
    upper = np.flatnonzero(row < stiffness.indices)
    i, k, value = row[upper], stiffness.indices[upper], stiffness.data[upper]
    chunk = max(1, _CHUNK // (c * j))
    for start in range(0, len(i), chunk):
        at = slice(start, start + chunk)
        difference = fields[i[at]] - fields[k[at]]
        weighted = np.einsum("cd,ndj->ncj", sigma, difference) * value[at, None, None]
        total -= difference.reshape(-1, j).T @ weighted.reshape(-1, j)
    return total
