"""A block in the form that multigrid takes: what its components share, and what is left on few rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array

from ..kernels import compiled
from ..kernels.morton import inverse_order, morton_order
from ..kernels.threads import Pieces
from .blocks import Block
from .linsolve.cycle import LiftedHierarchy
from .linsolve.lifted_system import Extra, LiftedSystem
from .operators import SIMPLICES
from .terms import Term, by_operator

if TYPE_CHECKING:
    from .system import Problem

_ROUNDING = 1e-13


class Shared(NamedTuple):
    """What all blocks of a problem have in common."""

    stiffness: csr_array
    mass: np.ndarray
    parts: list[tuple[float, float]]  # of each term: how much of its operator is in K and in M
    order: np.ndarray | None  # neighbours next to each other, for the cache; None: as they are in the space
    label: np.ndarray
    kinds: np.ndarray  # a kind of node with each label
    hierarchy: list

    def ordered(self, values: np.ndarray) -> np.ndarray:
        """Values per degree of freedom in the order of the nodes here."""
        return values if self.order is None else values[self.order]

    def numbered(self, dofs: np.ndarray) -> np.ndarray:
        """The places of degrees of freedom here."""
        return dofs if self.order is None else inverse_order(self.order)[dofs]

    def unordered(self, values: np.ndarray) -> np.ndarray:
        """Values per node here in the order of the degrees of freedom."""
        if self.order is None:
            return values
        out = np.empty_like(values)
        out[self.order] = values
        return out


def share(problem: Problem) -> Shared:
    """K: what every component feels; M: what every spin feels beside it."""
    parts = []
    for term in problem.terms:
        law = symmetric_part(term)
        charge = float(law[0, 0])
        rank = np.linalg.matrix_rank(law[1:, 1:])
        spin = float(np.trace(law[1:, 1:])) / rank if charge == 0.0 and rank else 0.0
        parts.append((charge, max(spin, 0.0)))
    weighted = [(term, *weights) for term, weights in zip(problem.terms, parts, strict=True) if any(weights)]
    if problem.space.number is not None:
        stiffness, mass, order = *_in_place(problem, weighted), None
    else:
        add_up = _row_by_row if compiled(problem.space.size) else _entry_by_entry
        stiffness, mass, order = add_up(problem, weighted)
    bases = [kind.basis for kind in problem.nodes.kinds]
    same = [next(k for k, other in enumerate(bases) if np.array_equal(other, basis)) for basis in bases]
    kinds, of_kind = np.unique(same, return_inverse=True)
    kind = problem.nodes.kind if order is None else problem.nodes.kind[order]
    return Shared(stiffness, mass, parts, order, of_kind[kind], kinds, [])


_Weighted = list[tuple[Term, float, float]]  # how much of each operator is in K and in M


def _entry_by_entry(problem: Problem, weighted: _Weighted) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """K, the values of M in the places of K, and the order of the nodes of both."""
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    n = problem.space.size
    total = csr_array((n, n), dtype=complex)
    for inside in _by_pattern(weighted):
        data = sum((a + 1j * b) * term.operator.data for term, a, b in inside)
        first = inside[0][0].operator
        total = total + csr_array((data, first.indices, first.indptr), shape=(n, n))
    order = reverse_cuthill_mckee(total, symmetric_mode=True)
    total = csr_array(total[order][:, order])
    total.sort_indices()
    stiffness = csr_array((np.ascontiguousarray(total.data.real), total.indices, total.indptr), shape=(n, n))
    return stiffness, np.ascontiguousarray(total.data.imag), order


def _row_by_row(problem: Problem, weighted: _Weighted) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """The same, compiled, in an order along a curve that fills space."""
    from ..kernels.cells import combined_rows
    from ..kernels.sparse import in_rows

    n = problem.space.size
    order = morton_order(problem.space.positions)
    pointers, indices, first, second, start = [], [], [], [], 0
    for inside in _by_pattern(weighted):
        operator = inside[0][0].operator
        pointers.append(operator.indptr + start)
        indices.append(operator.indices)
        first.append(sum(a * term.operator.data for term, a, _ in inside))
        second.append(sum(b * term.operator.data for term, _, b in inside))
        start += operator.nnz
    pointer = np.array(pointers, np.int32)
    number = inverse_order(order).astype(np.int32)
    indptr, columns, stiffness, mass = in_rows(
        combined_rows,
        (n, n),
        order,
        number,
        pointer,
        np.concatenate(indices).astype(np.int32, copy=False),
        np.concatenate(first),
        np.concatenate(second),
        values=2,
    )
    return csr_array((stiffness, columns, indptr), shape=(n, n)), mass, order


def _in_place(problem: Problem, weighted: _Weighted) -> tuple[csr_array, np.ndarray]:
    """The same, compiled, where nodes are numbered along such a curve already.

    Few rows belong to several patterns, those of nodes at interfaces: the others are copied.
    """
    from ..kernels.curve import add_rows
    from ..kernels.sparse import with_int32

    n, patterns = problem.space.size, _by_pattern(weighted)
    length, several = np.zeros(n, np.int32), np.zeros(n, bool)
    for inside in patterns:
        own = np.diff(inside[0][0].operator.indptr)
        several |= (length > 0) & (own > 0)
        length += own
    mixed = np.flatnonzero(several)
    both = csr_array((len(mixed), n), dtype=complex)
    for term, a, b in weighted:
        both = both + (a + 1j * b) * term.operator[mixed]
    both.sort_indices()
    length[mixed] = np.diff(both.indptr)
    indptr = np.zeros(n + 1, np.int32)
    np.cumsum(length, out=indptr[1:])
    columns, stiffness, mass = np.empty(indptr[-1], np.int32), np.zeros(indptr[-1]), np.zeros(indptr[-1])
    alone = ~several
    for operator, (a, b) in by_operator((term, np.array(weights)) for term, *weights in weighted):
        add_rows.over(Pieces.of(n), *with_int32(operator), a, b, alone, indptr, columns, stiffness, mass)
    at = np.repeat(indptr[mixed] - both.indptr[:-1], np.diff(both.indptr)) + np.arange(both.nnz)
    columns[at], stiffness[at], mass[at] = both.indices, both.data.real, both.data.imag
    return csr_array((stiffness, columns, indptr), shape=(n, n)), mass


def _by_pattern(weighted: _Weighted) -> list[_Weighted]:
    """Those of equal sparsity together."""
    patterns = dict.fromkeys(term.pattern for term, *_ in weighted)
    return [[entry for entry in weighted if entry[0].pattern == pattern] for pattern in patterns]


def symmetric_part(term: Term) -> np.ndarray:
    """The law without what turns spins, and with the size of what stores them: the positive part of the system."""
    if not term.symmetric:
        return np.zeros_like(term.law.real)
    return term.law.real + term.law.imag


class Cycle:
    """The cycle of a block on its free amplitudes, as a preconditioner for whatever system has this positive part."""

    def __init__(self, problem: Problem, block: Block, free: np.ndarray) -> None:
        self.block, self.free, self.shared = block, free, problem.shared
        self.hierarchy = LiftedHierarchy(lifted_system(problem, [block]))
        self._single = np.empty((0, 0), np.float32)  # the same for all cycles, which are prepared for it

    def cycle(self, r: np.ndarray) -> np.ndarray:
        """One cycle on real residuals (free, j)."""
        size = np.linalg.norm(r, axis=0) / np.sqrt(max(len(r), 1))
        size[size == 0.0] = 1.0
        whole = np.zeros((self.block.size, r.shape[1]))
        whole[self.free] = r / size
        fields = self.shared.ordered(self.block.expand(whole))
        flat = fields.reshape(len(fields), -1)
        if flat.shape != self._single.shape:
            self._single = np.empty(flat.shape, np.float32)
        np.copyto(self._single, flat, casting="same_kind")
        out = self.shared.unordered(self.hierarchy.cycle(self._single).reshape(fields.shape).astype(float))
        return self.block.restrict(out)[self.free] * size


def lifted_system(problem: Problem, blocks: Sequence[Block], drives: Sequence[int] = ()) -> LiftedSystem:
    """The symmetric and real part of the systems of some blocks (of the first copy of each) side by side, with their
    numbers of drives; the nodes in the order of `Shared`."""
    shared = problem.shared
    components = [component for block in blocks for component in block.copies[0]]
    axes = problem.frame[components]
    bases = [_side_by_side([block.bases[q] for block in blocks]) for q in range(len(problem.nodes.kinds))]
    spins = np.diag([0.0 if component == 0 else 1.0 for component in components])
    active = np.ones(problem.space.size, bool)
    for dofs in problem.terminal_dofs:
        active[dofs] = False
    extras = []
    for term, (charge, spin) in zip(problem.terms, shared.parts, strict=True):
        rest = axes @ symmetric_part(term) @ axes.T - charge * np.eye(len(axes)) - spin * spins
        rest[np.abs(rest) <= _ROUNDING * np.abs(term.law).max()] = 0.0
        rows = np.flatnonzero(np.diff(term.operator.indptr))
        met = np.flatnonzero(np.bincount(problem.nodes.kind[rows], minlength=1))
        if not rest.any() or _unseen(rest, [bases[q] for q in met]):
            continue
        extras.append(Extra.of(term.operator, rest, shared.order))
    return LiftedSystem(
        stiffness=shared.stiffness,
        mass=shared.mass,
        extras=extras,
        label=shared.label,
        bases=[bases[q] for q in shared.kinds],
        bound=np.array([problem.nodes.kinds[q].basis.shape[1] < 4 for q in shared.kinds]),
        active=shared.ordered(active),
        split=int(components[0] == 0),
        first=_from_linear(problem, shared, active),
        groups=tuple(len(block.copies[0]) for block in blocks),
        drives=tuple(drives),
        hierarchy=shared.hierarchy,
    )


def _side_by_side(bases: list[np.ndarray]) -> np.ndarray:
    """Block diagonal; a base without amplitudes keeps its rows."""
    rows, columns = np.cumsum([[0, 0], *(basis.shape for basis in bases)], axis=0).T
    out = np.zeros((rows[-1], columns[-1]))
    for k, basis in enumerate(bases):
        out[rows[k] : rows[k + 1], columns[k] : columns[k + 1]] = basis
    return out


def _from_linear(problem: Problem, shared: Shared, active: np.ndarray) -> tuple[csr_array, np.ndarray] | None:
    """Interpolation from linear elements to quadratic ones on simplices, and the labels of the nodes; terminals stay
    out. Linear functions are quadratic ones, so that the coarse system is that of linear elements."""
    space = problem.space
    if space.order == 1 or space.cell_type not in SIMPLICES or shared.hierarchy:
        return None
    k = space.cells.shape[1]
    at = np.asarray(space.element.doflocs)  # on the reference cell: corners first, then the middles of edges
    shares = np.column_stack([1.0 - at.sum(axis=1), at])
    rows, columns = [np.arange(len(space.points))], [np.arange(len(space.points))]
    values = [np.ones(len(space.points))]
    for middle in range(k, len(space.element_dofs)):
        own, first = np.unique(space.element_dofs[middle], return_index=True)
        for corner in np.flatnonzero(shares[middle] > 0.25):
            rows.append(own)
            columns.append(space.element_dofs[corner, first])
            values.append(np.full(len(own), 0.5))
    row, column, value = (np.concatenate(v) for v in (rows, columns, values))
    # an edge between two cells is met twice, with the same ends: once is enough
    _, once = np.unique(row * np.int64(space.size) + column, return_index=True)
    row, column, value = row[once], column[once], value[once]
    keep = active[row] & active[column]
    nodes = np.flatnonzero(active[: len(space.points)])
    place = np.full(len(space.points), -1)
    place[nodes] = np.arange(len(nodes))
    entries = (shared.numbered(row[keep]), place[column[keep]])
    found = coo_array((value[keep], entries), shape=(space.size, len(nodes)))
    return csr_array(found.tocsr()), shared.label[shared.numbered(nodes)]


def _unseen(law: np.ndarray, bases: list[np.ndarray]) -> bool:
    """Whether no amplitudes that exist where the operator acts feel a law: m m^T is 1 along m."""
    scale = _ROUNDING * np.abs(law).max()
    return all(np.abs(a.T @ law @ b).max(initial=0.0) <= scale for a in bases for b in bases)
