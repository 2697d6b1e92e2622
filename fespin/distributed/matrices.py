"""Scalar matrices whose rows are spread over the processes, times blocks of columns that hold all drives.

PETSc multiplies and coarsens them; products with many columns are done by SciPy on each process, with one exchange for
all columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from ..kernels import compiled
from ..kernels.threads import Pieces
from .halo import Halo, send_to_owners


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """Own rows of a sparse matrix (own, all columns), columns in numbers of the whole.

    Parameters
    ----------
    indptr, columns, data : ndarray
    starts : ndarray (ranks + 1,)
        Ownership of the columns.
    """

    indptr: np.ndarray
    columns: np.ndarray
    data: np.ndarray
    starts: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """Own row number of each entry."""
        return np.repeat(np.arange(len(self.indptr) - 1), np.diff(self.indptr))

    def to_petsc(self, comm: Any, data: np.ndarray) -> Any:
        """A square PETSc matrix of this pattern with other (real) entries."""
        from petsc4py import PETSc

        own, size = len(self.indptr) - 1, int(self.starts[-1])
        index = PETSc.IntType
        csr = (self.indptr.astype(index), self.columns.astype(index), np.ascontiguousarray(data, float))
        return PETSc.Mat().createAIJ(((own, size), (own, size)), csr=csr, comm=comm)


def of_petsc(comm: Any, matrix: Any) -> Spread:
    """The own rows of a PETSc matrix."""
    indptr, columns, data = matrix.getValuesCSR()
    ends = comm.allgather(matrix.getOwnershipRangeColumn()[1])
    return Spread(indptr=indptr, columns=columns.astype(np.int64), data=data, starts=np.array([0, *ends]))


def assembled(comm: Any, starts: np.ndarray, ghosts: np.ndarray, local: csr_array) -> Spread:
    """Own rows of a sum of contributions (own + ghosts)^2 that lie with all processes."""
    first, last = (int(s) for s in starts[comm.rank : comm.rank + 2])
    number = np.concatenate([np.arange(first, last), ghosts])
    entries = local.tocoo()
    away = entries.row >= last - first
    rows, columns = number[entries.row], number[entries.col]
    sent = send_to_owners(comm, starts, rows[away], columns[away], entries.data[away])
    rows = np.concatenate([rows[~away], sent[0]]) - first
    columns, data = np.concatenate([columns[~away], sent[1]]), np.concatenate([entries.data[~away], sent[2]])
    out = csr_array(coo_array((data, (rows, columns)), shape=(last - first, int(starts[-1]))).tocsr())
    out.sum_duplicates()
    return Spread(indptr=out.indptr, columns=out.indices, data=out.data, starts=starts)


class Columns:
    """Local numbers of the columns that own rows of some matrices have: own ones first, then those fetched."""

    def __init__(self, comm: Any, *matrices: Spread) -> None:
        starts = matrices[0].starts
        self.first, self.last = (int(s) for s in starts[comm.rank : comm.rank + 2])
        outside = [m.columns[(m.columns < self.first) | (m.columns >= self.last)] for m in matrices]
        self.halo = Halo(comm, starts, np.unique(np.concatenate(outside)).astype(np.int64))

    @property
    def count(self) -> int:
        return self.last - self.first + len(self.halo.ghosts)

    def places(self, matrix: Spread) -> np.ndarray:
        """Local number of the column of each entry."""
        inside = (matrix.columns >= self.first) & (matrix.columns < self.last)
        fetched = self.last - self.first + np.searchsorted(self.halo.ghosts, matrix.columns)
        return np.where(inside, matrix.columns - self.first, fetched).astype(np.int32)

    def local(self, matrix: Spread, *data: np.ndarray) -> list[csr_array]:
        """Own rows (own, own + fetched) of the pattern of a matrix with one or several sets of entries."""
        index = np.int32 if len(matrix.columns) < 2**31 else np.int64
        indices, indptr = self.places(matrix), matrix.indptr.astype(index)
        out = [csr_array((len(matrix.indptr) - 1, self.count), dtype=values.dtype) for values in data]
        for one, values in zip(out, data, strict=True):
            one.data, one.indices, one.indptr = values, indices, indptr
        return out

    def with_fetched(self, own: np.ndarray) -> np.ndarray:
        """Values (own + fetched, ...)."""
        return np.concatenate([own, self.halo.fetch(own)])


def single(matrix: csr_array) -> csr_array:
    """The same in single precision; the pattern is not copied."""
    out = csr_array(matrix.shape, dtype=np.float32)
    out.data, out.indices, out.indptr = matrix.data.astype(np.float32), matrix.indices, matrix.indptr
    return out


def times(matrix: csr_array, columns: Columns, x: np.ndarray) -> np.ndarray:
    """The matrix times own rows (own, j) of a block of columns."""
    return product(matrix, columns.with_fetched(x))


def product(matrix: csr_array, x: np.ndarray) -> np.ndarray:
    """A x for a block of columns; compiled where that pays."""
    if not compiled(matrix.shape[0]) or x.shape[1] == 0:
        return matrix @ x
    from ..kernels import rows
    from ..kernels.sparse import with_int32

    out = np.empty((matrix.shape[0], x.shape[1]), np.result_type(matrix.dtype, x.dtype))
    indptr, indices, data = with_int32(matrix)
    data = data.astype(out.dtype, copy=False)
    rows.product.over(Pieces.of(len(out)), indptr, indices, data, np.ascontiguousarray(x, out.dtype), out, False)
    return out
