"""Phases of two chains over mu and delta_eta: everything at T = 0 is the lower envelope of the planes
E[N_up, N_dn] - mu (N_up + N_dn) - delta_eta (N_up - N_dn)/2, with exact corners and no grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import must_be
from ..network.checks import real
from .envelope import TIE, area, lower_cells, lower_envelope
from .ladder import Ladder
from .table import ExactTable

_FAR = 1e9  # windows end before it: corners keep seven digits


def polarization_of(up: Any, down: Any) -> Any:
    """m = (c_up - c_dn)/(c_up + c_dn); 0 where both are 0."""
    up, down = np.asarray(up, float), np.asarray(down, float)
    total = up + down
    out = np.where(total > 0, (up - down) / np.where(total > 0, total, 1), 0.0)
    return out if out.ndim else float(out)


@dataclass(frozen=True, eq=False)
class Sweep:
    """Phases along mu at fixed delta_eta, or along delta_eta at fixed mu, k of them.

    Parameters
    ----------
    variable : str
        ``"mu"`` or ``"delta_eta"``: what is swept.
    edges : ndarray, shape (k - 1,)
        Where a phase gives way to the next, in E0.
    up, down : ndarray of int, shape (k,)
        Particles in each phase.
    """

    variable: str
    edges: np.ndarray
    up: np.ndarray
    down: np.ndarray

    @property
    def polarization(self) -> np.ndarray:
        """m of each phase, shape (k,)."""
        return np.asarray(polarization_of(self.up, self.down))

    def at(self, x: Any) -> np.ndarray:
        """Index of the phase at x; at an edge the phase above it."""
        return np.searchsorted(self.edges, np.asarray(x, float), side="right")


def sweep_mu(table: ExactTable, delta_eta: float = 0.0) -> Sweep:
    """Phases over all mu at fixed delta_eta; of degenerate ones the one with more spins up.

    Examples
    --------
    >>> from fespin.wigner import Ladder, exact_table
    >>> sweep = sweep_mu(exact_table(Ladder(length=12)))
    >>> np.round(sweep.edges[:4], 4).tolist(), (sweep.up + sweep.down)[:5].tolist()
    ([0.0, 0.0082, 0.0656, 0.1881], [0, 1, 2, 3, 4])
    """
    up, down, E = _planes(table)
    delta_eta = _finite("sweep_mu.delta_eta", delta_eta)
    lines, edges = lower_envelope(up + down, E - delta_eta * (up - down) / 2)
    return Sweep("mu", edges, up[lines], down[lines])


def sweep_delta_eta(table: ExactTable, mu: float) -> Sweep:
    """Phases over delta_eta >= 0 at fixed mu.

    Examples
    --------
    >>> from fespin.wigner import Ladder, exact_table
    >>> sweep = sweep_delta_eta(exact_table(Ladder(length=12)), 1.0)
    >>> list(zip(sweep.up[:3].tolist(), sweep.down[:3].tolist())), np.round(sweep.edges[:2], 8).tolist()
    ([(4, 3), (5, 2), (6, 1)], [0.09226331, 0.10701035])
    """
    up, down, E = _planes(table)
    mu = _finite("sweep_delta_eta.mu", mu)
    lines, edges = lower_envelope((up - down) / 2, E - mu * (up + down))
    start = int(np.searchsorted(edges, TIE, side="right"))
    return Sweep("delta_eta", edges[start:], up[lines][start:], down[lines][start:])


def _finite(where: str, x: float) -> float:
    x = real(where, x, "a finite number in E0")
    if np.isinf(x):
        raise must_be(where, "a finite number in E0", x)
    return x


def _planes(table: ExactTable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """N_up, N_dn and energy of all planes, those with more spins up first: they win ties."""
    L = table.ladder.length
    up, down = (x.ravel() for x in np.indices((L + 1, L + 1)))
    order = np.lexsort((up + down, down - up))
    return up[order], down[order], table.energy.ravel()[order]


@dataclass(frozen=True, eq=False)
class Phase:
    """A cell of the phase diagram: particles, energy in E0, corners (v, 2) in (mu, delta_eta), counterclockwise."""

    up: int
    down: int
    energy: float
    corners: np.ndarray

    @property
    def polarization(self) -> float:
        """m of the phase."""
        return float(polarization_of(self.up, self.down))

    @property
    def area(self) -> float:
        """In E0^2."""
        return area(self.corners)


@dataclass(frozen=True, eq=False)
class PhaseDiagram:
    """All phases of a ladder in a window of (mu, delta_eta): convex polygons that tile it."""

    ladder: Ladder
    mu: tuple[float, float]
    delta_eta: tuple[float, float]
    phases: tuple[Phase, ...]

    def at(self, mu: float, delta_eta: float) -> Phase:
        """The phase at a point."""
        values = [p.energy - mu * (p.up + p.down) - delta_eta * (p.up - p.down) / 2 for p in self.phases]
        return self.phases[int(np.argmin(values))]


def phase_diagram(
    table: ExactTable, mu: tuple[float, float] | None = None, delta_eta: tuple[float, float] | None = None
) -> PhaseDiagram:
    """Exact phase diagram in a window.

    Parameters
    ----------
    table : ExactTable
    mu, delta_eta : (float, float), optional
        Ends of the window in E0; by default from the empty ladder to the full one, and from 0 to somewhat above the
        last corner, where only strips go on.

    Raises
    ------
    InputError
        A window without area.

    Examples
    --------
    >>> from fespin.wigner import Ladder, exact_table
    >>> diagram = phase_diagram(exact_table(Ladder(length=6)))
    >>> diagram.at(1.0, 0.0).up, diagram.at(1.0, 3.0).down
    (2, 0)
    """
    if mu is None:
        edges = sweep_mu(table).edges
        margin = 0.05 * (edges[-1] - edges[0] + 1)
        mu = float(edges[0] - margin), float(edges[-1] + margin)
    mu = _range("mu", mu)
    if delta_eta is None:
        far = 4 * (abs(mu[0]) + abs(mu[1]) + 1)
        corners = np.concatenate([phase.corners for phase in phase_diagram(table, (-far, far), (0, far)).phases])
        inside = corners[(np.abs(corners[:, 0]) < far * (1 - TIE)) & (corners[:, 1] < far * (1 - TIE))]
        delta_eta = 0.0, 1.25 * float(inside[:, 1].max(initial=0.0)) or 1.0
    delta_eta = _range("delta_eta", delta_eta)
    up, down, E = _planes(table)
    (a, b), (c, d) = mu, delta_eta
    window = np.array([[a, c], [b, c], [b, d], [a, d]])
    slopes = np.column_stack([up + down, (up - down) / 2]).astype(float)
    cells = lower_cells(slopes, E, window)
    phases = [Phase(int(up[k]), int(down[k]), float(E[k]), corners) for k, corners in cells.items()]
    phases.sort(key=lambda phase: (phase.up + phase.down, phase.up - phase.down))
    return PhaseDiagram(table.ladder, mu, delta_eta, tuple(phases))


def _range(name: str, pair: tuple[float, float]) -> tuple[float, float]:
    where, rule = f"phase_diagram.{name}", f"a range that grows, two numbers in E0 below {_FAR:g}"
    try:
        low, high = pair
    except (TypeError, ValueError):
        raise must_be(where, rule, pair) from None
    low, high = real(where, low, rule), real(where, high, rule)
    if not -_FAR < low < high < _FAR:
        raise must_be(where, rule, pair)
    return low, high


@dataclass(frozen=True, slots=True)
class Means:
    """Thermal means: particles per chain, m of the means, <|N_up - N_dn|>, grand potential in E0."""

    up: np.ndarray
    down: np.ndarray
    polarization: np.ndarray
    imbalance: np.ndarray
    grand_potential: np.ndarray


def thermal_means(table: ExactTable, temperature: float, mu: Any, delta_eta: Any = 0.0) -> Means:
    """Exact means of two chains in the grand-canonical ensemble at any (mu, delta_eta), broadcast against each other.

    Examples
    --------
    >>> from fespin.wigner import Ladder, exact_table
    >>> table = exact_table(Ladder(length=12), temperatures=[0.1])
    >>> means = thermal_means(table, 0.1, 1.0, 0.1)
    >>> f"{means.up:.10f} {means.polarization:.10f}"
    '4.2063121608 0.2203798927'
    """
    logs = table.log_weights(temperature)
    mu, delta_eta = np.broadcast_arrays(np.asarray(mu, float), np.asarray(delta_eta, float))
    if not (np.isfinite(mu).all() and np.isfinite(delta_eta).all()):
        raise must_be("thermal_means.mu and delta_eta", "finite numbers in E0", (mu, delta_eta))
    N = np.arange(table.ladder.length + 1)
    up, down = N[:, None], N
    x = logs + (mu[..., None, None] * (up + down) + delta_eta[..., None, None] * (up - down) / 2) / temperature
    top = x.max(axis=(-1, -2), keepdims=True)
    w = np.exp(x - top)
    Z = w.sum(axis=(-1, -2))
    ups, downs, gap = ((w * f).sum(axis=(-1, -2)) / Z for f in (up, down, np.abs(up - down)))
    omega = -temperature * (np.log(Z) + top[..., 0, 0])
    return Means(ups, downs, np.asarray(polarization_of(ups, downs)), gap, omega)
