"""Explicit steps of spins on a line: Heun's method."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..errors import SolverError
from .checks import Floats
from .hops import Hops

_SAFETY = 0.4  # of 2, the end of the real axis that Heun's method keeps stable
_MOST_STEPS = 1e7

State = tuple[Floats, Floats]  # S (n, 3) and N = n_TIA + n_TIS (n,)
Step = Callable[[Floats, float], None]  # told S and the share of the interval after each step


def length(spin: Floats) -> Floats:
    """n_TIA = |S| (n,)."""
    return np.sqrt(np.einsum("ij,ij->i", spin, spin))


def fastest(vectors: object) -> float:
    """Largest magnitude of vectors (3,) or (n, 3)."""
    return float(np.linalg.norm(np.atleast_2d(np.asarray(vectors, dtype=float)), axis=1).max())


class Heun:
    """Second order; the step follows from the fastest rate.

    Carries S and the number N = n_TIA + n_TIS, which does nothing but diffuse; n_TIS = N - |S| after each step keeps
    the number of spins to rounding, whatever the method does to the length of S.
    """

    def __init__(self, hops: Hops) -> None:
        law, self.hops = hops.law, hops
        A = 1.0 if isinstance(law.A, str) else law.A
        B = 2.0 if isinstance(law.B, str) else law.B  # B(0) is the largest
        rate = 2 * hops.hop * max(A, B, 1.0) + 1 / law.spin_lifetime + 4 * fastest(law.precession)
        rate += 1 / law.damping_time
        rate += (law.conversion_rate + fastest(law.injection) / hops.scale) * max(B, 1.0)
        self.limit = _SAFETY / rate if rate > 0 else math.inf

    def advance(self, state: State, interval: float, after: Step) -> tuple[State, int]:
        """The state after an interval in s, and the steps it took.

        Raises
        ------
        SolverError
            Stiffness asks for too many steps.
        """
        if interval > self.limit * _MOST_STEPS:
            raise SolverError(f"the explicit method needs {interval / self.limit:.1e} steps; use method='imex'")
        steps = max(1, math.ceil(interval / self.limit))
        for k in range(steps):
            state = self._step(state, interval / steps)
            after(state[0], (k + 1) / steps)
        return state, steps

    def _step(self, state: State, dt: float) -> State:
        spin, total = state
        hops = self.hops
        tis = total - length(spin)
        dS, dT = hops.rates(spin, tis)
        ahead, tis_ahead = spin + dt * dS, tis + dt * dT
        dS2, _ = hops.rates(ahead, tis_ahead)
        dN = hops.diffuse(total) + hops.diffuse(length(ahead) + tis_ahead)
        return spin + dt / 2 * (dS + dS2), total + dt / 2 * dN * hops.free
