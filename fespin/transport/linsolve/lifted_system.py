"""Systems that are sums of scalar operators times small laws on components: applied, never formed.

What all components share is one matrix K (stiffness with the conductivities, and conductances of contacts), what spins
share beside it one matrix M (relaxation); the rest (polarization, contacts, whatever else) acts on few rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ...kernels.morton import inverse_order
from ...kernels.threads import by_rows, for_each, pieces


@dataclass(frozen=True, kw_only=True, eq=False)
class Extra:
    """A scalar operator that has few rows, times a law (c, c) without what K and M already hold."""

    rows: np.ndarray
    columns: np.ndarray
    operator: csr_array  # (rows, columns)
    law: np.ndarray

    @classmethod
    def of(cls, operator: csr_array, law: np.ndarray, order: np.ndarray | None = None) -> Extra:
        """Without the empty rows and columns of an operator (n, n), whose nodes may be put into another order."""
        rows, indices = np.flatnonzero(np.diff(operator.indptr)), operator.indices
        if order is not None:
            number = inverse_order(order)
            rows = rows[np.argsort(number[rows])]
        kept = operator[rows]
        indices = kept.indices
        if order is not None:
            rows, indices = number[rows], number[indices]
        met = np.zeros(operator.shape[1], bool)
        met[indices] = True
        columns, place = np.flatnonzero(met), np.cumsum(met, dtype=np.int32) - np.int32(1)
        small = csr_array((kept.data, place[indices], kept.indptr), shape=(len(rows), len(columns)))
        return cls(rows=rows, columns=columns, operator=small, law=law)

    def whole(self, n: int) -> csr_array:
        """The operator (n, n)."""
        indptr = np.zeros(n + 1, np.int32)
        indptr[self.rows + 1] = np.diff(self.operator.indptr)
        indices = self.columns[self.operator.indices].astype(np.int32)
        return csr_array((self.operator.data, indices, np.cumsum(indptr, dtype=np.int32)), shape=(n, n))


@dataclass(frozen=True, kw_only=True, eq=False)
class LiftedSystem:
    """sum of operator (x) law on nodes with c components.

    Parameters
    ----------
    stiffness : csr_array (n, n)
        K, on every component.
    mass : ndarray
        M in the places of K, on the components from `split` on.
    extras : sequence of Extra
    label : ndarray (n,)
        Kind of amplitudes of each node.
    bases : sequence of ndarray (c, k)
        Orthonormal; by label.
    bound : ndarray of bool
        By label: whether some block has fewer amplitudes than components there.
    active : ndarray of bool (n,)
        False where potentials are imposed.
    split : int
        1 if the first component is charge, 0 if there are spins only.
    first : (csr_array, ndarray), optional
        Interpolation to the finest level from a coarser space (elements of lower order) and its labels; aggregates
        begin below it.
    groups, drives : tuple of int, optional
        Numbers of components and of columns per component, where systems that do not couple are solved side by side.
    """

    stiffness: csr_array
    mass: np.ndarray
    extras: Sequence[Extra]
    label: np.ndarray
    bases: Sequence[np.ndarray]
    bound: np.ndarray
    active: np.ndarray
    split: int
    first: tuple[csr_array, np.ndarray] | None = None
    groups: tuple[int, ...] = ()
    drives: tuple[int, ...] = ()
    hierarchy: list[Any] = field(default_factory=list)  # filled by the first block that needs it, shared by others

    @property
    def components(self) -> int:
        return self.bases[0].shape[0]

    def offsets(self, width: int) -> np.ndarray:
        """First column of each component among so many, and `width`: as many for each, or those of the groups."""
        each = [width // self.components] * self.components
        if self.drives and width != self.components:
            each = [j for c, j in zip(self.groups, self.drives, strict=True) for _ in range(c)]
        return np.concatenate([[0], np.cumsum(each)])

    def parts(self, width: int) -> list[tuple[slice, slice]]:
        """Components and columns of each group."""
        ends = np.cumsum([0, *(self.groups or (self.components,))]).tolist()
        at = self.offsets(width).tolist()
        return [(slice(a, b), slice(at[a], at[b])) for a, b in itertools.pairwise(ends)]

    def drive_of_column(self, width: int) -> np.ndarray:
        """To which drive each column belongs."""
        out, first = [], 0
        for components, columns in self.parts(width):
            c = components.stop - components.start
            j = (columns.stop - columns.start) // c
            out.append(np.tile(np.arange(first, first + j), c))
            first += j
        return np.concatenate(out)

    @cached_property
    def _pieces(self) -> list[tuple[slice, csr_array, csr_array]]:
        k = self.stiffness
        both = csr_array((k.data + self.mass, k.indices, k.indptr), shape=k.shape) if self.mass.any() else k
        return list(zip(pieces(k.shape[0]), by_rows(k), by_rows(both), strict=True))

    def apply(self, x: np.ndarray, out: np.ndarray) -> np.ndarray:
        """A x on (n, w), components outermost; not projected."""
        s = int(self.offsets(x.shape[1])[self.split])
        charge, spin = np.ascontiguousarray(x[:, :s]), np.ascontiguousarray(x[:, s:])

        def work(k: int) -> None:
            part, stiffness, both = self._pieces[k]
            out[part, :s] = stiffness @ charge
            out[part, s:] = both @ spin

        for_each(work, len(self._pieces), len(x))
        for own, columns in self.parts(x.shape[1]):
            laws = [replace(extra, law=extra.law[own, own]) for extra in self.extras]
            add_extras(out[:, columns], x[:, columns], [e for e in laws if e.law.any()], own.stop - own.start)
        return out

    def project(self, x: np.ndarray) -> None:
        """Take (n, c j) to the amplitudes that exist, in place."""
        c = self.components
        for q, basis in enumerate(self.bases):
            if basis.shape[1] < c:
                at = np.flatnonzero(self.label == q)
                own = x[at].reshape(len(at), c, x.shape[1] // c)
                x[at] = np.einsum("ab,nbj->naj", basis @ basis.T, own).reshape(len(at), x.shape[1])


def add_extras(out: np.ndarray, x: np.ndarray, extras: Sequence[Extra], c: int, sign: float = 1.0) -> None:
    for extra in extras:
        flow = (extra.operator @ x[extra.columns]).reshape(len(extra.rows), c, x.shape[1] // c)
        out[extra.rows] += np.matmul((sign * extra.law).astype(x.dtype), flow).reshape(len(flow), x.shape[1])
