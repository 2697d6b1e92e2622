"""The linear systems of a problem: components that do not couple apart, equal systems once, nodes as a projection.

The operator on all four components is a sum of terms, scalar operator (x) law; with the node bases as a projection P it
is restricted to x = P y. P^T K P stays symmetric where K is: no penalty, no dropped equation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

from .terms import Term, by_operator

if TYPE_CHECKING:
    from .system import Problem

_ROUNDING = 1e-13  # of unit vectors rotated into the spin frame


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """One decoupled system A y = b on amplitudes.

    Parameters
    ----------
    copies : tuple of tuple of int
        Groups of frame components that obey it: ((0, 1),) or, for spins that share a scalar problem, ((2,), (3,)).
    bases : tuple of ndarray (c, k)
        Per kind of node: components of a group out of its k amplitudes.
    traces : tuple of ndarray (k, c)
        Per kind of node: amplitudes imposed by potentials of a terminal.
    kind : ndarray (N,)
    offset : ndarray (N + 1,)
        Amplitudes of degree of freedom i are offset[i] ... offset[i + 1] - 1.
    terms : tuple of (Term, ndarray (c, c))
        With their laws between the components of a group.
    terminal_dofs : tuple of ndarray
    symmetric : bool
        Whether the matrix equals its transpose: no term of it breaks plain reciprocity.
    """

    copies: tuple[tuple[int, ...], ...]
    bases: tuple[np.ndarray, ...]
    traces: tuple[np.ndarray, ...]
    kind: np.ndarray
    offset: np.ndarray
    terms: tuple[tuple[Term, np.ndarray], ...]
    terminal_dofs: tuple[np.ndarray, ...]
    symmetric: bool = True

    @cached_property
    def matrix(self) -> csr_array:
        """A over all amplitudes, terminals included; multigrid does without it."""
        return _assemble(list(self.terms), self.bases, self.kind, self.offset)

    def transposed(self) -> Block:
        """The block of the transposed matrix."""
        turned = {id(term.operator): csr_array(term.operator.T.tocsr()) for term, _ in self.terms}
        terms = tuple((term._replace(operator=turned[id(term.operator)], law=term.law.T), law.T)
                      for term, law in self.terms)  # fmt: skip
        return replace(self, terms=terms)

    @property
    def dtype(self) -> type:
        """complex where a law is."""
        return complex if any(np.iscomplexobj(law) for _, law in self.terms) else float

    @property
    def size(self) -> int:
        """Number of amplitudes."""
        return int(self.offset[-1])

    @cached_property
    def fixed(self) -> np.ndarray:
        """Amplitudes that terminals impose, bool (size,)."""
        out = np.zeros(self.size, bool)
        for dofs in self.terminal_dofs:
            for _, first, k in self._by_kind(dofs):
                for slot in range(k):
                    out[first + slot] = True
        return out

    @cached_property
    def held(self) -> np.ndarray:
        """Degrees of freedom of all terminals, sorted, (d,)."""
        return np.unique(np.concatenate(self.terminal_dofs))

    def _by_kind(self, dofs: np.ndarray) -> list[tuple[int, np.ndarray, int]]:
        """(kind, first amplitudes, number of amplitudes) of the degrees of freedom of each kind."""
        kinds = self.kind[dofs]
        return [(int(q), self.offset[dofs[kinds == q]], self.bases[q].shape[1]) for q in np.unique(kinds)]

    def lift(self, terminal: int, potentials: np.ndarray) -> np.ndarray:
        """Amplitudes (size, j) that equal the trace of potentials (c, j) at a terminal and vanish elsewhere."""
        out = np.zeros((self.size, *potentials.shape[1:]))
        for q, first, k in self._by_kind(self.terminal_dofs[terminal]):
            values = self.traces[q] @ potentials
            for slot in range(k):
                out[first + slot] = values[slot]
        return out

    def imposed(self, terminal: int, potentials: np.ndarray) -> np.ndarray:
        """Components (d, c, j) at the d degrees of freedom of a terminal that potentials (c, j) impose there."""
        dofs = self.terminal_dofs[terminal]
        out = np.empty((len(dofs), *potentials.shape))
        for q in np.unique(self.kind[dofs]):
            out[self.kind[dofs] == q] = self.bases[q] @ (self.traces[q] @ potentials)
        return out

    def constant(self, potentials: np.ndarray) -> np.ndarray:
        """Components (N, c) of a potential (c,) that is the same everywhere, as far as amplitudes can give it."""
        of_kind = [basis @ (trace @ potentials) for basis, trace in zip(self.bases, self.traces, strict=True)]
        return np.array(of_kind)[self.kind]

    def expand(self, amplitudes: np.ndarray, dofs: np.ndarray | None = None) -> np.ndarray:
        """Amplitudes (size, j) -> components (N, c, j), or those of some degrees of freedom alone."""
        c = self.bases[0].shape[0]
        kind = self.kind if dofs is None else self.kind[dofs]
        out = np.zeros((len(kind), c, amplitudes.shape[1]), amplitudes.dtype)
        for q, basis in enumerate(self.bases):
            at = np.flatnonzero(kind == q)
            first = self.offset[at if dofs is None else dofs[at]]
            for slot in range(basis.shape[1]):
                out[at] += basis[:, slot][None, :, None] * amplitudes[first + slot][:, None, :]
        return out

    def restrict(self, components: np.ndarray) -> np.ndarray:
        """Components (N, c, j) that amplitudes can give -> these amplitudes (size, j)."""
        out = np.empty((self.size, components.shape[2]), components.dtype)
        for q, basis in enumerate(self.bases):
            dofs = np.flatnonzero(self.kind == q)
            first = self.offset[dofs]
            for slot in range(basis.shape[1]):
                out[first + slot] = np.einsum("c,ncj->nj", basis[:, slot], components[dofs])
        return out


def split_into_blocks(problem: Problem) -> tuple[Block, ...]:
    w = problem.frame
    laws = [_clean(w @ term.law @ w.T) for term in problem.terms]
    # the amplitudes of a normal node are its components, in whatever frame: there they are taken along the frame's axes
    free = [kind.basis.shape[1] == 4 for kind in problem.nodes.kinds]
    bases = [np.eye(4) if f else _clean(w @ kind.basis) for f, kind in zip(free, problem.nodes.kinds, strict=True)]
    traces = [np.eye(4) if f else _clean(kind.trace @ w.T) for f, kind in zip(free, problem.nodes.kinds, strict=True)]
    found: dict[tuple, list[tuple[int, ...]]] = {}
    for group in _coupled_components(laws, bases, traces):
        g = np.array(group)
        key: tuple = group
        if len(g) == 1:  # equal laws on the same nodes: the same scalar problem
            numbers = (complex(law[g[0], g[0]]) for law in laws)
            rounded = (part for value in numbers for part in (f"{value.real:.12g}", f"{value.imag:.12g}"))
            key = (*rounded, *((b[g] != 0).any() for b in bases))
        found.setdefault(key, []).append(group)
    return tuple(_block(problem, tuple(copies), laws, bases, traces) for copies in found.values())


def _clean(x: np.ndarray) -> np.ndarray:
    """Rounding of the rotation into the frame must not couple what is decoupled."""
    scale = np.abs(x).max(axis=(-2, -1), keepdims=True, initial=0.0)
    return np.where(np.abs(x) > _ROUNDING * scale, x, 0.0)


def _coupled_components(
    laws: list[np.ndarray], bases: list[np.ndarray], traces: list[np.ndarray]
) -> list[tuple[int, ...]]:
    """Groups of frame components that some law or some node ties together."""
    graph = np.any([law != 0 for law in laws], axis=0)
    for matrix in (*(b.T for b in bases), *traces):
        for row in matrix != 0:
            graph |= np.outer(row, row)
    graph |= graph.T | np.eye(len(graph), dtype=bool)
    for middle in range(len(graph)):  # S. Warshall, J. ACM 9, 11 (1962)
        graph |= np.outer(graph[:, middle], graph[middle])
    return [tuple(row) for row in dict.fromkeys(tuple(np.flatnonzero(row).tolist()) for row in graph)]


def _block(
    problem: Problem,
    copies: tuple[tuple[int, ...], ...],
    laws: list[np.ndarray],
    bases: list[np.ndarray],
    traces: list[np.ndarray],
) -> Block:
    """Assemble the system of the first of the copies; the others are equal to it."""
    g = np.array(copies[0])
    slots = [np.flatnonzero((b[g] != 0).any(axis=0)) for b in bases]
    own = tuple(b[g][:, s] for b, s in zip(bases, slots, strict=True))
    kind = problem.nodes.kind
    width = np.array([b.shape[1] for b in own])
    offset = np.concatenate([[0], np.cumsum(width[kind])])
    inside = [(term, law[np.ix_(g, g)]) for term, law in zip(problem.terms, laws, strict=True)]
    return Block(
        copies=copies,
        bases=own,
        traces=tuple(t[s][:, g] for t, s in zip(traces, slots, strict=True)),
        kind=kind,
        offset=offset,
        terms=tuple(inside),
        terminal_dofs=problem.terminal_dofs,
        symmetric=all(term.symmetric or not law.any() for term, law in inside),
    )


def _assemble(
    terms: list[tuple[Term, np.ndarray]], bases: tuple[np.ndarray, ...], kind: np.ndarray, offset: np.ndarray
) -> csr_array:
    """P^T K P, entry by entry of the scalar matrices, one pair of node kinds at a time: 4 N x 4 N never exists."""
    rows, columns, values = [], [], []
    for operators in _by_pattern(terms):
        i, j = _entries(operators[0][0])
        pair = kind[i] * len(bases) + kind[j]
        for code in np.unique(pair):
            a, b = divmod(int(code), len(bases))
            at = np.flatnonzero(pair == code)
            laws = np.array([bases[a].T @ law @ bases[b] for _, law in operators])
            for s, t in np.argwhere((laws != 0).any(axis=0)):
                value = sum(law[s, t] * op.data[at] for (op, _), law in zip(operators, laws, strict=True) if law[s, t])
                rows.append(offset[i[at]] + s)
                columns.append(offset[j[at]] + t)
                values.append(value)
    n = int(offset[-1])
    index = np.int32 if n < 2**31 else np.int64
    if not values:
        return csr_array((n, n))
    out = coo_array(
        (np.concatenate(values), (np.concatenate(rows).astype(index), np.concatenate(columns).astype(index))),
        shape=(n, n),
    ).tocsr()
    out.sum_duplicates()
    return out


def _by_pattern(terms: list[tuple[Term, np.ndarray]]) -> list[list[tuple[csr_array, np.ndarray]]]:
    """Operators of equal sparsity together; laws on the same operator are summed."""
    groups: dict[tuple, list[tuple[Term, np.ndarray]]] = {}
    for term, law in terms:
        if law.any():
            groups.setdefault(term.pattern, []).append((term, law))
    return [by_operator(group) for group in groups.values()]


def _entries(matrix: csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each stored entry."""
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr)), matrix.indices
