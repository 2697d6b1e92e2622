"""Onsager's relation between a device and the reversed one, and what makes plain symmetry fail."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from ..transport.response import assemble_conductance
from ..transport.solve import conductance_responses
from ..transport.system import Problem
from ..transport.terms import BREAKING
from .report import BreakingTerm

log = logging.getLogger("fespin")

# charge is even, spin odd under time reversal
PARITY = np.array([1.0, -1.0, -1.0, -1.0])


def breaking_causes(problem: Problem) -> tuple[str, ...]:
    """Causes of terms that break plain reciprocity, in the order of `BREAKING`."""
    there = {term.cause for term in problem.terms}
    return tuple(cause for cause in BREAKING if cause in there)


def reactions(problem: Problem, *, backend: str, tolerance: float) -> np.ndarray:
    """(4T, 4T) from currents at the terminals, in which nothing makes two entries equal."""
    responses = conductance_responses(problem, backend=backend, tolerance=tolerance)
    return assemble_conductance(problem, responses, "reactions")


def reversed_transpose(G: np.ndarray) -> np.ndarray:
    """eps_a eps_b G^ba_t't: what Onsager's relation makes of the matrix of the reversed device.

    Examples
    --------
    >>> reversed_transpose(np.arange(16.0).reshape(4, 4))[0]
    array([  0.,  -4.,  -8., -12.])
    """
    parity = np.tile(PARITY, len(G) // 4)
    return parity[:, None] * parity * G.T


def onsager_residual(G: np.ndarray, back: np.ndarray) -> float:
    """max |G^ab_tt'(m, B) - eps_a eps_b G^ba_t't(-m, -B)| / max |G|."""
    return float(np.abs(G - reversed_transpose(back)).max() / (np.abs(G).max() or 1.0))


def breaking_terms(problem: Problem, G: np.ndarray, *, backend: str, tolerance: float) -> tuple[BreakingTerm, ...]:
    """How much each breaking term does: G without it, and with it alone."""
    causes = breaking_causes(problem)
    scale = float(np.abs(G).max()) or 1.0
    out = []
    for cause in causes:
        log.info("size of: %s", BREAKING[cause])
        without = replace(problem, terms=tuple(t for t in problem.terms if t.cause != cause))
        changed = reactions(without, backend=backend, tolerance=tolerance)
        alone = G
        if len(causes) > 1:
            others = set(causes) - {cause}
            only = replace(problem, terms=tuple(t for t in problem.terms if t.cause not in others))
            alone = reactions(only, backend=backend, tolerance=tolerance)
        asymmetry = float(np.abs(alone - alone.T).max() / (np.abs(alone).max() or 1.0))
        out.append(BreakingTerm(name=BREAKING[cause], size=float(np.abs(G - changed).max()) / scale,
                                asymmetry=asymmetry))  # fmt: skip
    return tuple(out)
