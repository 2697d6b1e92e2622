"""Rates of spins that hop between the cells of a line and meet the spins there (eqs 62, 63 with a random walk).

Written in hops rather than in derivatives of the direction, as appendix 3 is, so that nothing has to be left out: the
printed eqs 64-67 drop D s_xx, which is of the same order as what they keep, and inherit the wrong sign of eq 62.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ..errors import InputError
from .checks import Floats
from .coefficients import conversion_of_cosine, torque_of_cosine
from .law import TransportLaw

_EMPTY = 1e-12  # of the largest density: below it a cell has no spin direction
_FAINT = 0.05  # of its neighbours' density: below it a cell's direction counts less and less


class Hops:
    """Rates on a line of equal cells.

    Parameters
    ----------
    law : TransportLaw
    cells : int
    dx : float
        Size of a cell, m.
    scale : float
        Largest density of spins, 1/m^3: what is far below it counts as none.
    """

    def __init__(self, law: TransportLaw, cells: int, dx: float, scale: float) -> None:
        self.law, self.cells, self.scale = law, cells, scale
        self.floor = _EMPTY * scale
        self.hop = law.diffusivity / dx**2  # rate of hops to one side, 1/s

    @cached_property
    def free(self) -> Floats:
        """0 in cells that are reservoirs, 1 elsewhere (n,)."""
        free = np.ones(self.cells)
        left, right = self.law.held
        free[0], free[-1] = 1.0 - left, 1.0 - right
        return free

    @cached_property
    def _doors(self) -> tuple[Floats, Floats]:
        """1 where a cell has a left, a right neighbour (n,)."""
        left, right = np.ones(self.cells), np.ones(self.cells)
        if not self.law.periodic:
            left[0] = right[-1] = 0.0
        return left, right

    def diffuse(self, values: Floats) -> Floats:
        """What hops in less what hops out, per second; (n,) or (n, 3)."""
        left, right = self._doors
        if values.ndim == 2:
            left, right = left[:, None], right[:, None]
        total = left * (np.roll(values, 1, axis=0) - values) + right * (np.roll(values, -1, axis=0) - values)
        return self.hop * total

    @cached_property
    def matrix(self) -> Any:
        """`diffuse` as a sparse matrix (n, n), empty rows for reservoirs; columns sum to zero where it is closed."""
        from scipy import sparse

        left, right = self._doors
        here = np.arange(self.cells)
        rows, columns = np.tile(here, 3), np.concatenate([here, here - 1, here + 1]) % self.cells
        values = self.hop * np.concatenate([-(left + right), left, right]) * np.tile(self.free, 3)
        return sparse.csc_matrix((values, (rows, columns)), shape=(self.cells, self.cells))

    def rates(self, spin: Floats, tis: Floats) -> tuple[Floats, Floats]:
        """dS/dt (n, 3) and dn_TIS/dt (n,) for S and n_TIS."""
        law = self.law
        n = np.sqrt(np.einsum("ij,ij->i", spin, spin))
        here = n > self.floor
        s = np.divide(spin, n[:, None], out=np.zeros_like(spin), where=here[:, None])
        solid = np.where(here, self._solid(n), 0.0)
        if law.linear:
            dS = self.diffuse(spin)
            lost = np.where(here, self.diffuse(n) - np.einsum("ij,ij->i", s, dS), 0.0)  # what does not add up
        else:
            dS, lost = self._hopping(s, n, solid)
        dT = self.diffuse(tis) + lost
        if law.conversion_rate > 0:
            rate = law.conversion_rate * tis
            m = np.broadcast_to(np.asarray(law.magnetization), spin.shape)
            gained, back = self._arrive(s, solid, rate, m)
            dS, dT = dS + gained, dT - rate + back
        if np.any(law.injection):
            flow = np.broadcast_to(np.asarray(law.injection), spin.shape)
            rate = np.linalg.norm(flow, axis=1)
            u = np.divide(flow, rate[:, None], out=np.zeros_like(spin), where=rate[:, None] > 0)
            gained, back = self._arrive(s, solid, rate, u)
            dS, dT = dS + gained, dT - rate + back
        if law.damping_time < np.inf:
            m = np.broadcast_to(np.asarray(law.magnetization), spin.shape)
            across = m - s * np.einsum("ij,ij->i", s, m)[:, None]
            dS = dS + (n / law.damping_time)[:, None] * across
        decay = 1 / law.spin_lifetime
        dS = dS - decay * spin + np.cross(np.broadcast_to(np.asarray(law.precession), spin.shape), spin)
        return dS * self.free[:, None], (dT + decay * n) * self.free

    def _hopping(self, s: Floats, n: Floats, solid: Floats) -> tuple[Floats, Floats]:
        left, right = self._doors
        dS = -self.hop * (left + right)[:, None] * (n[:, None] * s)
        lost = np.zeros_like(n)
        for door, shift in ((left, 1), (right, -1)):
            gained, back = self._arrive(s, solid, self.hop * door * np.roll(n, shift), np.roll(s, shift, axis=0))
            dS, lost = dS + gained, lost + back
        return dS, lost

    def _solid(self, n: Floats) -> Floats:
        """1 where a cell has spins enough for a direction of its own, falling smoothly to 0 where it is nearly empty.

        B > 1 takes more spins out of an empty cell than come in, whatever its direction: without a floor S would sit at
        the singular point 0 and jump. On a grid that resolves the density nothing is below the floor.
        """
        left, right = self._doors
        around = (left * np.roll(n, 1) + right * np.roll(n, -1)) / 2
        t = np.minimum(n / np.maximum(_FAINT * around, self.floor), 1.0)
        return t**2 * (3 - 2 * t)

    def _arrive(self, s: Floats, solid: Floats, rate: Floats, u: Floats) -> tuple[Floats, Floats]:
        """Effect of `rate` spins of direction u on cells of direction s: dS, and what goes to TIS.

        Where a cell is not solid the vectors add up, as for A = B = 1.
        """
        A, B = self.law.A, self.law.B
        apart = u - s
        missing = np.minimum(np.einsum("ij,ij->i", apart, apart) / 2, 2.0)  # 1 - s.u without cancellation
        turn = torque_of_cosine(1 - missing) if isinstance(A, str) else np.full_like(missing, A)
        lost = missing * (conversion_of_cosine(1 - missing) if isinstance(B, str) else B)
        across = apart + s * missing[:, None]
        met = turn[:, None] * across + s * (1 - lost)[:, None]
        back = np.where(np.einsum("ij,ij->i", s, s) > 0, solid * lost + (1 - solid) * missing, 0.0)
        return rate[:, None] * (u + solid[:, None] * (met - u)), rate * back

    def check_angles(self, spin: Floats) -> None:
        """Refuse angles between neighbours for which a constant B takes more spins than arrive."""
        B = self.law.B
        if isinstance(B, str) or B <= 1:
            return
        n = np.linalg.norm(spin, axis=1)
        solid = n > 1e-6 * n.max(initial=0.0)
        s = spin / np.where(n > 0, n, 1.0)[:, None]
        both = solid & np.roll(solid, 1) & (self._doors[0] > 0)
        cosine = np.where(both, np.einsum("ij,ij->i", s, np.roll(s, 1, axis=0)), 1.0)
        worst = int(np.argmin(cosine))
        if 1 - B * (1 - cosine[worst]) < -1e-9:
            angle = float(np.degrees(np.arccos(np.clip(cosine[worst], -1, 1))))
            limit = float(np.degrees(np.arccos(1 - 1 / B)))
            raise InputError(
                f"the angle between neighbouring cells {(worst - 1) % self.cells} and {worst} must be at most "
                f"{limit:.3g} deg with a constant B = {B:g}, got {angle:.3g} deg; refine the grid or use B='angle'"
            )
