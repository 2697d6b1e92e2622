"""Spin torque transport on a line: spins of position-dependent direction that diffuse and turn each other."""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, SolverError, must_be
from .checks import Floats, choice, positive
from .heun import Heun, length
from .hops import Hops
from .imex import Imex
from .law import TransportLaw

METHODS = ("imex", "heun")

_UNIFORM = 1e-6  # of dx, from rounding of grids
_NEGATIVE = 1e-2  # of the largest density: what n_TIS may fall below zero by errors of explicit steps
_ERRORS = 1e3  # tolerances of a step that may add up


@dataclass(frozen=True, eq=False, repr=False)
class SpinTransport:
    """Spins over time and position; t records, n cells.

    Attributes
    ----------
    law : TransportLaw
    x : ndarray (n,)
        Centres of the cells, m.
    time : ndarray (t,)
        s.
    spin : ndarray (t, n, 3)
        S = n_TIA s, 1/m^3.
    tis : ndarray (t, n)
        n_TIS, 1/m^3.
    info : mapping
        Method, steps, seconds.
    """

    law: TransportLaw
    x: Floats
    time: Floats
    spin: Floats
    tis: Floats
    info: dict[str, Any] = field(default_factory=dict)

    @property
    def tia(self) -> Floats:
        """n_TIA = |S| (t, n), 1/m^3."""
        return np.linalg.norm(self.spin, axis=2)

    @property
    def direction(self) -> Floats:
        """s (t, n, 3); NaN where there is no TIA."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.spin / self.tia[:, :, None]

    @property
    def polarization(self) -> Floats:
        """n_TIA/(n_TIA + n_TIS) (t, n)."""
        return self.tia / (self.tia + self.tis)

    @property
    def number(self) -> Floats:
        """Spins of both assemblies on the line (t,), 1/m^2."""
        return (self.tia + self.tis).sum(axis=1) * float(self.x[1] - self.x[0])

    def __repr__(self) -> str:
        return (f"<fespin SpinTransport: {len(self.x)} cells, {len(self.time)} records to {self.time[-1]:.6g} s, "
                f"{self.info.get('method')}, {self.info.get('steps')} steps>")  # fmt: skip


def spin_torque_transport(
    law: TransportLaw,
    x: ArrayLike,
    spin: ArrayLike,
    tis: ArrayLike = 0.0,
    *,
    duration: float,
    records: int = 1,
    method: str = "imex",
    tolerance: float = 1e-6,
    progress: Callable[[float], None] | None = None,
) -> SpinTransport:
    """Let the spins of a line diffuse, turn each other, convert, relax and precess.

    Per cell, with g spins of direction u that arrive per second (appendix 3 of the paper as a random walk, eqs 62 and
    63 with the sign corrected; u_perp = u - s (s.u)):

        dS/dt += g [A u_perp + s (1 - B (1 - s.u))],   dn_TIS/dt += g B (1 - s.u)

    from each neighbour with g = D n_TIA/dx^2 and from conversion with g = (k/t_lambda) n_TIS along m; the cell loses
    2 D S/dx^2 and S/tau, n_TIS diffuses, S precesses. In the limit of small cells

        n s_t = A D [n s_xx + 2 n_x s_x]_perp + ...,   n_t = D n_xx - B D n |s_x|^2 + ...

    where eqs 64-67 leave out s_xx, have the opposite sign and A = 57, which are degrees. A = B = 1 ("conserving") is
    linear diffusion of the vector S; the paper's B = 2 loses spins twice as fast where directions vary. For B != 1 the
    equations are singular where n_TIA vanishes: in cells of less than 5 % of their neighbours' density spins add up as
    vectors.

    Parameters
    ----------
    law : TransportLaw
    x : array_like (n,)
        Centres of equal cells, m, n >= 3.
    spin : array_like (n, 3)
        S at the start, 1/m^3: its length is n_TIA.
    tis : array_like (n,) or float
        n_TIS at the start, 1/m^3.
    duration : float
        s.
    records : int
        Equally spaced records after the first.
    method : {"imex", "heun"}
        "imex": diffusion, relaxation and precession implicit, steps by error control. "heun": explicit.
    tolerance : float
        Of a step of "imex", relative to the largest density.
    progress : callable, optional
        Called with the share of the duration that is done.

    Returns
    -------
    SpinTransport

    Raises
    ------
    InputError
        A grid that is not uniform, too short or of another shape; a negative density; with a constant B > 1 an angle
        between neighbours so large that more spins would be lost than arrive.
    SolverError
        Too many steps, or n_TIS becomes negative.

    Examples
    --------
    A helix keeps its direction and shrinks with exp(-D q^2 t):

    >>> import numpy as np
    >>> x = (np.arange(64) + 0.5) * 2 * np.pi / 64
    >>> helix = np.stack([np.cos(x), np.sin(x), 0 * x], axis=1)
    >>> law = TransportLaw(diffusivity=1.0, boundary="periodic")
    >>> result = spin_torque_transport(law, x, helix, duration=0.25)
    >>> bool(abs(result.tia[-1].mean() - np.exp(-0.25)) < 2e-4)
    True
    """
    choice("method", method, METHODS)
    x, dx = _grid(x)
    S, T = _start(law, len(x), spin, tis)
    duration = positive("duration", duration, "s")
    if isinstance(records, bool) or not isinstance(records, int) or records < 1:
        raise must_be("records", "a whole number, 1 or more", records)
    N = length(S) + T
    scale = float(max(N.max(), np.abs(np.asarray(law.injection)).max() * duration))
    if scale == 0:
        raise InputError("spin and tis must hold spins somewhere, got zeros everywhere")
    hops = Hops(law, len(x), dx, scale)
    hops.check_angles(S)
    stepper = Heun(hops) if method == "heun" else Imex(hops, positive("tolerance", tolerance, "1"))
    below = _NEGATIVE if method == "heun" else min(_ERRORS * tolerance, _NEGATIVE)
    begun, steps, state, rows = clock.perf_counter(), 0, (S, N), [(S, T)]
    for k in range(records):

        def after(spin: Floats, share: float, k: int = k) -> None:
            hops.check_angles(spin)
            if progress is not None:
                progress((k + share) / records)

        state, taken = stepper.advance(state, duration / records, after)
        steps += taken
        rows.append((state[0], state[1] - length(state[0])))
        _check_tis(rows[-1][1], below * scale)
    info = {"method": method, "steps": steps, "seconds": round(clock.perf_counter() - begun, 4)}
    return SpinTransport(law, x, np.linspace(0, duration, records + 1), np.array([r[0] for r in rows]),
                         np.array([r[1] for r in rows]), info)  # fmt: skip


def _check_tis(tis: Floats, below: float) -> None:
    if tis.min() < -below:
        raise SolverError(
            f"n_TIS falls to {tis.min():.3g} 1/m^3 in cell {int(tis.argmin())}: more spins are converted or fed in "
            "than there are; start with more, or lower the injection or A"
        )


def _grid(x: ArrayLike) -> tuple[Floats, float]:
    try:
        grid = np.array(x, dtype=float)
    except (TypeError, ValueError):
        grid = np.empty(0)
    if grid.ndim != 1 or len(grid) < 3 or not np.isfinite(grid).all():
        raise must_be("x", "the centres of 3 cells or more, in m", getattr(grid, "shape", x))
    steps = np.diff(grid)
    dx = float(grid[-1] - grid[0]) / (len(grid) - 1)
    if dx <= 0 or np.abs(steps - dx).max() > _UNIFORM * dx:
        raise InputError(
            f"x must be a uniform, increasing grid, got steps from {steps.min():.6g} to {steps.max():.6g} m"
        )
    return grid, dx


def _start(law: TransportLaw, cells: int, spin: ArrayLike, tis: ArrayLike) -> tuple[Floats, Floats]:
    if not isinstance(law, TransportLaw):
        raise must_be("law", "a TransportLaw", law)
    law.check_cells(cells)
    try:
        S, T = np.array(spin, dtype=float), np.array(tis, dtype=float)
    except (TypeError, ValueError):
        raise must_be("spin and tis", "arrays of numbers", type(spin).__name__) from None
    if S.shape != (cells, 3):
        raise must_be("spin", f"of shape ({cells}, 3)", S.shape)
    if T.shape not in ((), (cells,)):
        raise must_be("tis", f"a number or of shape ({cells},)", T.shape)
    if not (np.isfinite(S).all() and np.isfinite(T).all()):
        raise must_be("spin and tis", "finite", "infinite or NaN values")
    if (T < 0).any():
        raise must_be("tis", "zero or positive", float(T.min()))
    return S, np.broadcast_to(T, (cells,)).copy()
