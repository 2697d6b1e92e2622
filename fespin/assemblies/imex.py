"""Steps of spins on a line with diffusion, relaxation and precession implicit: stiff lines do not crawl."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import SolverError
from .checks import Floats
from .heun import State, Step, length
from .hops import Hops

_GAMMA = 1 - 1 / math.sqrt(2)
_DELTA = 1 - 1 / (2 * _GAMMA)
_FINEST = 60  # halvings of an interval
_EASY = 0.1  # of the error allowed: the next step may be twice as long, whose error is 8 times as large


class Imex:
    """The scheme (2, 2, 2) of Ascher, Ruuth and Spiteri, second order, L-stable in what is implicit.

    Implicit are a D S_xx, -S/tau and omega x S with a = max(A, 1), so that what A != 1 leaves to the explicit part is
    damped as well, and the decay towards m by conversion and damping as it is near m. The number N = n_TIA + n_TIS
    diffuses implicitly on its own and keeps its sum to rounding. Every step is compared with its two halves; steps are
    an interval over powers of two, so that few matrices are factorised.

    Parameters
    ----------
    hops : Hops
    tolerance : float
        Error of a step relative to the largest density.
    """

    def __init__(self, hops: Hops, tolerance: float) -> None:
        self.hops, self.error = hops, tolerance * hops.scale
        self._factors: dict[float, tuple[Any, Any]] = {}
        self._level = 0
        self._number: float | None = None  # of all spins, where none can leave

    @cached_property
    def _matrix(self) -> Any:
        """Implicit part for the components of S, cell by cell, (3 n, 3 n)."""
        from scipy import sparse

        hops, law = self.hops, self.hops.law
        A = 1.0 if isinstance(law.A, str) else max(law.A, 1.0)
        x, y, z = np.broadcast_to(np.asarray(law.precession), (hops.cells, 3)).T
        o = np.zeros_like(x)
        turn = np.array([[o, -z, y], [z, o, -x], [-y, x, o]]).transpose(2, 0, 1)
        local = turn - np.eye(3) / law.spin_lifetime
        if law.magnetization is not None:
            m = np.broadcast_to(np.asarray(law.magnetization), (hops.cells, 3))
            along = m[:, :, None] * m[:, None, :]
            local = local - law.conversion_rate * along - (np.eye(3) - along) / law.damping_time
        local = local * hops.free[:, None, None]
        return (sparse.kron(A * hops.matrix, sparse.eye(3)) + sparse.block_diag(list(local))).tocsc()

    def _factorised(self, dt: float) -> tuple[Any, Any]:
        """Solvers of 1 - gamma dt M for S and N."""
        if dt not in self._factors:
            from scipy import sparse
            from scipy.sparse.linalg import splu

            n = self.hops.cells
            self._factors[dt] = (
                splu((sparse.eye(3 * n) - _GAMMA * dt * self._matrix).tocsc()),
                splu((sparse.eye(n) - _GAMMA * dt * self.hops.matrix).tocsc()),
            )
        return self._factors[dt]

    def advance(self, state: State, interval: float, after: Step) -> tuple[State, int]:
        """The state after an interval in s, and the steps it took, rejected ones included.

        Raises
        ------
        SolverError
            The steps become too short.
        """
        done, steps, level = 0, 0, self._level  # done in units of the finest step
        unit = 2**_FINEST
        while done < unit:
            size = unit >> level
            dt = interval / 2**level
            coarse = self._step(state, dt)
            halfway = self._step(state, dt / 2)
            fine = self._step(halfway, dt / 2)
            steps += 3
            error = float(np.abs(fine[0] - coarse[0]).max()) / 3
            if error > self.error or not math.isfinite(error):
                level += 1
                if level > _FINEST:
                    raise SolverError(f"steps of {dt:.1e} s are still too long; refine the grid or relax the tolerance")
                continue
            state, done = fine, done + size
            after(fine[0], done / unit)
            if error < _EASY * self.error and level > 0 and done % (2 * size) == 0:
                level -= 1
        self._level = level
        return state, steps

    def _step(self, state: State, dt: float) -> State:
        spin, total = state
        shape = spin.shape
        solve_spin, solve_total = self._factorised(dt)
        E0 = self._explicit(spin, total)
        spin1 = solve_spin.solve((spin + dt * _GAMMA * E0).ravel()).reshape(shape)
        total1 = solve_total.solve(total)
        E1 = self._explicit(spin1, total1)
        stiff = (self._matrix @ spin1.ravel()).reshape(shape)
        known = spin + dt * (_DELTA * E0 + (1 - _DELTA) * E1 + (1 - _GAMMA) * stiff)
        ahead = total + dt * (1 - _GAMMA) * (self.hops.matrix @ total1)
        number = solve_total.solve(ahead)
        if not any(self.hops.law.held):
            # rounding of 1 + 2 gamma dt D/dx^2 touches the uniform part alone, which no hop changes
            self._number = total.sum() if self._number is None else self._number
            number = number + (self._number - number.sum()) / len(number)
        return solve_spin.solve(known.ravel()).reshape(shape), number

    def _explicit(self, spin: Floats, total: Floats) -> Floats:
        """What the implicit part leaves of dS/dt."""
        rates, _ = self.hops.rates(spin, total - length(spin))
        return rates - (self._matrix @ spin.ravel()).reshape(spin.shape)
