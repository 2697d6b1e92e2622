"""The scalar operators that all components share, spread over the processes, and what is left on few rows.

As in serial (`transport.lift`): K on every component, M on the spins beside it, and extras, scalar operator (x) law,
where magnets are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..transport.blocks import Block
from ..transport.lift import symmetric_part
from ..transport.system import Problem
from .matrices import Spread, assembled
from .piece import Piece
from .problem import Patterns

_ROUNDING = 1e-13
_SPINS = np.diag([0.0, 1.0, 1.0, 1.0])


@dataclass(kw_only=True, eq=False)
class SpreadExtra:
    """A scalar operator of few rows times a 4 x 4 law, without what K and M already hold.

    Parameters
    ----------
    operator : Spread
    law : ndarray (4, 4)
        Lab components, largest entry 1.
    kinds : ndarray of bool
        Kinds of nodes on which the operator acts.
    """

    operator: Spread
    law: np.ndarray
    kinds: np.ndarray

    def law_in(self, problem: Problem, block: Block) -> np.ndarray | None:
        """The law between the components of a block; None if no amplitudes that exist there feel it."""
        axes = problem.frame[list(block.copies[0])]
        law = axes @ self.law @ axes.T
        law[np.abs(law) <= _ROUNDING] = 0.0
        bases = [block.bases[q] for q in np.flatnonzero(self.kinds)]
        felt = any(np.abs(a.T @ law @ b).max(initial=0.0) > _ROUNDING for a in bases for b in bases)
        return law if felt else None


@dataclass(kw_only=True, eq=False)
class Scalars:
    """K + i M (real and imaginary parts of one matrix), extras, and what nodes are.

    Parameters
    ----------
    both : Spread
        K + i M.
    extras : list of SpreadExtra
    label : ndarray (own,)
        Number of the space of amplitudes of each own node.
    kinds : ndarray
        A kind of node with each label.
    active : ndarray of bool (own,)
        False where terminals impose potentials.
    """

    both: Spread
    extras: list[SpreadExtra]
    label: np.ndarray
    kinds: np.ndarray
    active: np.ndarray

    def release(self) -> None:
        """Let go of the entries, which others hold now in the form that they need."""
        nothing = np.zeros(0)
        self.both = Spread(indptr=nothing, columns=nothing, data=nothing, starts=self.both.starts)
        for extra in self.extras:
            extra.operator = self.both


def scalars(comm: Any, problem: Problem, patterns: Patterns, piece: Piece) -> Scalars:
    """Assemble them from the terms of all processes."""
    n = len(piece.points)
    total = csr_array((n, n), dtype=complex)
    left: dict[bytes, tuple[np.ndarray, csr_array, np.ndarray]] = {}
    for term in problem.terms:
        law = symmetric_part(term)
        charge = float(law[0, 0])
        rank = np.linalg.matrix_rank(law[1:, 1:])
        spin = max(float(np.trace(law[1:, 1:])) / rank, 0.0) if charge == 0.0 and rank else 0.0
        if charge or spin:
            total = total + (charge + 1j * spin) * term.operator
        rest = law - charge * np.eye(4) - spin * _SPINS
        size = np.abs(rest).max()
        if size <= _ROUNDING * np.abs(law).max(initial=0.0):
            continue
        unit = np.round(rest / size, 12) + 0.0  # magnets of equal laws are one extra
        kinds = patterns.regions[term.owner[1]]
        before = left.get(unit.tobytes())
        operator = size * term.operator
        left[unit.tobytes()] = (
            (rest / size, operator, kinds) if before is None else (before[0], before[1] + operator, before[2] | kinds)
        )
    starts, ghosts = piece.starts, piece.halo.ghosts
    extras = [SpreadExtra(operator=assembled(comm, starts, ghosts, csr_array(op)), law=law, kinds=kinds)
              for law, op, kinds in left.values() if _felt_at_all(problem, law, kinds)]  # fmt: skip
    bases = [kind.basis for kind in problem.nodes.kinds]
    same = [next(k for k, other in enumerate(bases) if np.array_equal(other, basis)) for basis in bases]
    first, of_kind = np.unique(same, return_inverse=True)
    active = np.ones(n, bool)
    for nodes in problem.terminal_dofs:
        active[nodes] = False
    label = of_kind.reshape(-1)[problem.nodes.kind[: piece.own]].astype(np.int32)
    both = assembled(comm, starts, ghosts, csr_array(total))
    return Scalars(both=both, extras=extras, label=label, kinds=first, active=active[: piece.own])


def _felt_at_all(problem: Problem, law: np.ndarray, kinds: np.ndarray) -> bool:
    """Whether some amplitudes that exist where an operator acts feel its law."""
    bases = [problem.nodes.kinds[q].basis for q in np.flatnonzero(kinds)]
    return any(np.abs(a.T @ law @ b).max(initial=0.0) > _ROUNDING for a in bases for b in bases)
