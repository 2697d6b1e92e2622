"""Pictures of Wigner chains: staircases, phases along a line and over (mu, delta_eta), states of ladders.

Axes say which variable they are: the true chemical potential mu in E0, or the pressure P in E0/a.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import must_be
from .figure import OUTLINE, plain_axes, pyplot

if TYPE_CHECKING:
    from ..wigner.ladder import Ladder
    from ..wigner.phases import PhaseDiagram, Sweep
    from ..wigner.stairs import Staircase
    from ..wigner.thermal import ThermalChain

LABELS = {
    "mu": "chemical potential $\\mu$ ($E_0$)",
    "pressure": "pressure $P$ ($E_0/a$)",
    "delta_eta": "splitting $\\delta\\eta$ ($E_0$)",
}
_UP, _DOWN = "#b3202c", "#2b6ca3"
_ROOM = 0.03  # share of an axis that a label needs


def plot_staircase(stairs: Staircase, ax: Any = None, *, variable: str = "mu", **kw: Any) -> Any:
    """Draw the filling c over mu or the pressure; wide steps carry their fraction.

    Parameters
    ----------
    stairs : Staircase
    ax : matplotlib Axes, optional
    variable : str
        ``"mu"`` or ``"pressure"``.
    **kw
        To ``plot``.

    Returns
    -------
    matplotlib Axes
    """
    ax = plain_axes(ax, (6.4, 4.0))
    low, high = (x.copy() for x in stairs.edges(variable))
    margin = 0.04 * (low[-1] - high[0])
    low[0], high[-1] = high[0] - margin, low[-1] + margin
    x = np.column_stack([low, high]).ravel()
    ax.plot(x, np.repeat(stairs.filling, 2), **{"color": OUTLINE, "lw": 1.1, **kw})
    for k in np.flatnonzero(high - low > _ROOM * (high[-1] - low[0]))[1:-1]:
        text = f"{stairs.p[k]}/{stairs.q[k]}"
        ax.annotate(text, ((low[k] + high[k]) / 2, stairs.filling[k]), (0, 3), textcoords="offset points", ha="center",
                    fontsize=8, color="0.35")  # fmt: skip
    ax.set(xlabel=LABELS[variable], ylabel="filling $c$ (particles per site)", xlim=(x[0], x[-1]), ylim=(-0.03, 1.06))
    return ax


def plot_thermal_filling(chain: ThermalChain, x: Any, ax: Any = None, *, variable: str = "mu", **kw: Any) -> Any:
    """Draw the filling of a chain at T > 0 over mu or pressures `x`; keywords go to ``plot``."""
    ax = plain_axes(ax, (6.4, 4.0))
    ax.plot(x, chain.filling(x, variable=variable), **{"lw": 1.2, "label": f"T = {chain.temperature:g}", **kw})
    ax.set(xlabel=LABELS[variable], ylabel="filling $c$ (particles per site)")
    return ax


def plot_polarization(sweep: Sweep, ends: tuple[float, float], ax: Any = None, **kw: Any) -> Any:
    """Draw the polarization m over what is swept, with its exact steps; keywords go to ``plot``.

    Parameters
    ----------
    sweep : Sweep
    ends : (float, float)
        Range to show, in E0.
    """
    ax = plain_axes(ax, (6.4, 4.0))
    if not ends[0] < ends[1]:
        raise must_be("ends", "a range that grows", ends)
    inside = sweep.edges[(sweep.edges > ends[0]) & (sweep.edges < ends[1])]
    edges = np.r_[ends[0], inside, ends[1]]
    m = sweep.polarization[sweep.at((edges[:-1] + edges[1:]) / 2)]
    ax.plot(np.repeat(edges, 2)[1:-1], np.repeat(m, 2), **{"lw": 1.2, **kw})
    ax.set(xlabel=LABELS[sweep.variable], ylabel="polarization $m$", xlim=ends)
    if (m >= 0).all():
        ax.set_ylim(-0.04, 1.06)
    return ax


def plot_phase_diagram(diagram: PhaseDiagram, ax: Any = None, **kw: Any) -> Any:
    """Draw the phases of two chains over (mu, delta_eta), coloured by m; large cells carry (N_up, N_dn).

    Every boundary is exact: the cells are polygons between corners, not pixels. Keywords go to ``PolyCollection``.
    """
    from matplotlib.collections import PolyCollection

    ax = plain_axes(ax, (6.4, 4.0))
    m = np.array([phase.polarization for phase in diagram.phases])
    style = {"cmap": "RdBu_r" if diagram.delta_eta[0] < 0 else "YlOrRd", "edgecolor": OUTLINE, "linewidth": 0.5, **kw}
    cells = PolyCollection([phase.corners for phase in diagram.phases], array=m, **style)
    if not {"norm", "clim"} & kw.keys():
        cells.set_clim(-1 if diagram.delta_eta[0] < 0 else 0, 1)
    ax.add_collection(cells)
    ax.figure.colorbar(cells, ax=ax, label="polarization $m$")
    size = np.array([np.ptp(diagram.mu), np.ptp(diagram.delta_eta)])
    for phase in diagram.phases:
        text, centre = f"{phase.up},{phase.down}", _centre(phase.corners)
        room = [_chord(phase.corners, centre, axis) / size[axis] for axis in (0, 1)]
        if room[0] > 0.4 * _ROOM * len(text) and room[1] > 1.4 * _ROOM:
            ax.annotate(text, centre, ha="center", va="center", fontsize=7,
                        color="white" if abs(phase.polarization) > 0.7 else OUTLINE)  # fmt: skip
    ax.set(xlabel=LABELS["mu"], ylabel=LABELS["delta_eta"], xlim=diagram.mu, ylim=diagram.delta_eta)
    return ax


def _centre(corners: np.ndarray) -> np.ndarray:
    """Centre of mass of a polygon."""
    a, b = corners, np.roll(corners, -1, axis=0)
    cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return ((a + b) * cross[:, None]).sum(axis=0) / (3 * cross.sum())


def _chord(corners: np.ndarray, point: np.ndarray, axis: int) -> float:
    """Length of the line through a point inside a convex polygon along an axis."""
    other = 1 - axis
    ends = []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if (a[other] < point[other]) != (b[other] < point[other]):
            ends.append(a[axis] + (point[other] - a[other]) / (b[other] - a[other]) * (b[axis] - a[axis]))
    return float(max(ends) - min(ends))


def plot_state(ladder: Ladder, occupations: Any, ax: Any = None, **kw: Any) -> Any:
    """Draw the particles of a ladder (n, L): red with spin up, blue with spin down; keywords go to ``scatter``."""
    n = np.asarray(occupations)
    if n.shape != (ladder.chains, ladder.length):
        raise must_be("occupations", f"of shape ({ladder.chains}, {ladder.length})", n.shape)
    if ax is None:
        size = (min(max(0.16 * ladder.length + 1, 4.0), 14.0), 1.1 + 0.3 * ladder.chains)
        ax = pyplot().figure(figsize=size, layout="constrained").add_subplot()
    for chain in range(ladder.chains):
        y = -chain * ladder.distance
        colour = _DOWN if chain % 2 else _UP
        for value, style in ((0, {"facecolor": "white", "edgecolor": "0.75"}), (1, {"color": colour})):
            k = np.flatnonzero(n[chain] == value)
            ax.scatter(k, np.full(len(k), y), **{"s": min(22.0, 1500 / ladder.length), **style, **kw})
    heights = [-chain * ladder.distance for chain in range(ladder.chains)]
    ax.set(xlabel="site (a)", yticks=heights, ylim=(heights[-1] - 0.6 * ladder.distance, 0.6 * ladder.distance))
    ax.set_yticklabels(["up" if chain % 2 == 0 else "down" for chain in range(ladder.chains)])
    return ax
