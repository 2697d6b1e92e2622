"""Bilinear forms of fields: the dissipated power of one field, the conductances of several."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_array

from ..kernels import compiled
from ..kernels.memory import apart
from ..kernels.threads import Pieces
from .terms import Term, by_operator

_CHUNK = 100_000  # numbers per work array: they stay in the cache


def bilinear_form(terms: Iterable[Term], fields: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Sum over terms of X_j^T (operator (x) law) X_k, between all pairs of fields.

    Stiffness is summed over differences, -S_ij (x_i - x_j) . Sigma (x_i - x_j), which is exactly zero for a constant:
    charge is conserved to rounding on any mesh, where S x itself loses digits as cells become small.

    Parameters
    ----------
    terms : iterable of Term
    fields : ndarray (N, c, j)
        Potentials of c components, V.
    axes : ndarray (c, 4)
        These components out of e, x, y, z.

    Returns
    -------
    ndarray (j, j)
        W for fields in V; complex if laws or fields are.
    """
    j = fields.shape[2]
    total = np.zeros((j, j), fields.dtype)
    if j == 0:  # spins normal to every magnet, and no terminal that could drive them
        return total
    flat = np.ascontiguousarray(fields).reshape(len(fields), fields.shape[1] * j)
    for term in terms:
        law = axes @ term.law @ axes.T
        if not law.any():
            continue
        if compiled(len(fields)) and fields.dtype == float == law.dtype:
            total = total + _row_by_row(term, flat, law, j)
        elif term.cause == "conduction":
            total = total + _difference_energy(term.operator, fields, law)
        else:
            total = total + _product_energy(term.operator, fields, law)
    return total


def _row_by_row(term: Term, flat: np.ndarray, law: np.ndarray, j: int) -> np.ndarray:
    """The same, compiled, of one term; fields (N, c j).

    Of a single field the power is summed over pairs, each of which dissipates; of several over rows, which are fewer.
    """
    from ..kernels.energies import pair_energy, row_energy
    from ..kernels.rows import RESTING
    from ..kernels.sparse import with_int32

    parts, operator, law = Pieces.of(len(flat)), with_int32(term.operator), np.ascontiguousarray(law)
    totals, conducts, width = apart(parts.count, j * j), term.cause == "conduction", flat.shape[1]
    totals[:] = 0.0
    given = (law, j, flat, totals, np.empty((parts.count * RESTING, width)), apart(parts.count, width))
    if j == 1 and conducts:
        pair_energy.over(parts, *operator, *given)
    else:
        row_energy.over(parts, *operator, conducts, *given)
    return totals[:, : j * j].sum(axis=0).reshape(j, j)  # in one order, whoever computed them


def reaction_form(
    terms: Iterable[tuple[Term, np.ndarray]], rows: np.ndarray, values: np.ndarray, fields: np.ndarray
) -> np.ndarray:
    """Sum over terms of U_j^T (operator (x) law) X_k for U with `values` (r, c, j) in some rows and zero elsewhere."""
    total = np.zeros((values.shape[2], fields.shape[2]), fields.dtype)
    for operator, law in by_operator((term, law) for term, law in terms if law.any()):
        own = operator[rows]
        met = np.zeros(len(fields), bool)
        met[own.indices] = True
        near, place = np.flatnonzero(met), np.cumsum(met, dtype=own.indices.dtype) - 1
        small = csr_array((own.data, place[own.indices], own.indptr), shape=(len(rows), len(near)))
        flow = small @ fields[near].reshape(len(near), fields[0].size)
        total = total + _contracted(values, law, flow.reshape(len(rows), *fields.shape[1:]))
    return total


def _product_energy(operator: csr_array, fields: np.ndarray, law: np.ndarray) -> np.ndarray:
    """X^T (operator (x) law) X over the rows that the operator has."""
    inside = np.flatnonzero(np.diff(operator.indptr))
    flat = (operator[inside] @ fields.reshape(len(fields), -1)).reshape(len(inside), -1, fields.shape[2])
    return _contracted(fields[inside], law, flat)


def _contracted(left: np.ndarray, law: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum over n, c, d of left_ncj law_cd right_ndk: one product of matrices in the end."""
    flow = _driven(law, right)
    rows = left.shape[0] * left.shape[1]
    return left.reshape(rows, left.shape[2]).T @ flow.reshape(rows, flow.shape[2])


def _driven(law: np.ndarray, fields: np.ndarray) -> np.ndarray:
    """Sum over d of law_cd fields_ndj; laws are small, and most entries of theirs are zero."""
    out = np.zeros((len(fields), len(law), fields.shape[2]), np.result_type(law, fields))
    for c, d in np.argwhere(law):
        out[:, c] += law[c, d] * fields[:, d]
    return out


def _difference_energy(stiffness: csr_array, fields: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Sum over pairs i < j of -S_ij (x_i - x_j)^T sigma (x_i - x_j), in chunks of bounded memory."""
    c, j = fields.shape[1:]
    total = np.zeros((j, j), fields.dtype)
    row = np.repeat(np.arange(stiffness.shape[0], dtype=np.int32), np.diff(stiffness.indptr))
    upper = np.flatnonzero(row < stiffness.indices)
    i, k, value = row[upper], stiffness.indices[upper], stiffness.data[upper]
    chunk = max(1, _CHUNK // (c * j))
    for start in range(0, len(i), chunk):
        at = slice(start, start + chunk)
        difference = fields[i[at]] - fields[k[at]]
        weighted = _driven(sigma, difference)
        weighted *= value[at, None, None]
        total -= difference.reshape(-1, j).T @ weighted.reshape(-1, j)
    return total
