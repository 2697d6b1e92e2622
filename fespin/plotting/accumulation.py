"""The picture of the spin accumulation: its direction as arrows, its size as colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import direction, in_space, scaled, shown_points
from .figure import OUTLINE, axes_for, colour_bar
from .frames import frame
from .lines import draw_curve, draw_network
from .planes import draw_field, draw_outlines
from .solids import draw_arrows

if TYPE_CHECKING:
    from ..device.device import Device
    from ..transport.solution import Solution

_CURVES = {"x": "#d1495b", "y": "#2e7d4f", "z": "#1f5fa8"}
_WEAK = 0.03  # of the longest arrow: shorter ones would be dots
_NOISE = 1e-9  # of the largest |V_s|: smaller parts in the plane are the solver's
_BOXES = 18  # along the longest edge, an arrow each


def plot_spin_accumulation(solution: Solution, ax: Any = None, **kw: Any) -> Any:
    """Draw the spin accumulation V_s = mu_s/(2e) as a vector.

    Straight wires: a curve for each component. Plane devices and networks in the plane: V_z as colours around a fixed
    zero, (V_x, V_y) as arrows, the longest one named. Solid devices: arrows near the surface, coloured by |V_s|, their
    lengths like its square root. Spin components are along the axes of the drawing.

    Parameters
    ----------
    solution : Solution
    ax : matplotlib Axes, optional
        Three-dimensional ones for a solid device.
    **kw
        To ``plot``, ``tripcolor``, ``LineCollection`` or ``quiver``; vmin and vmax in the unit shown.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        Axes of the wrong dimension, or no matplotlib.

    Examples
    --------
    >>> import numpy as np, fespin
    >>> wire = fespin.Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...                    regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> device = fespin.Device.from_mesh(wire, regions={"wire": fespin.NormalMetal(conductivity=1e7)},
    ...                                  terminals=["left", "right"], length_unit="nm", cross_section=1e-14)
    >>> plot_spin_accumulation(fespin.solve(device, {"left": {"x": 1e-3}})).get_ylabel()
    '$V_s$ (mV)'
    """
    device = solution.problem.device
    corners = np.stack([solution.cell_potentials(c) for c in "xyz"], axis=-1)  # (m, k, 3), both sides of interfaces
    factor, unit = scaled(np.linalg.norm(corners, axis=-1), "V")
    corners = corners * factor
    ax = axes_for(device, ax)
    along = direction(device)
    if along is not None:
        return _draw_curves(ax, device, along, corners, unit, kw)
    vectors = corners.mean(axis=1)
    sizes = np.linalg.norm(corners, axis=-1)
    top = float(sizes.max()) or 1.0
    around_zero = {"cmap": "RdBu_r", "vmin": -top, "vmax": top, **kw}
    label = f"$V_z$ ({unit})"
    if device.dimension == 2:
        drawn = draw_field(ax, device, corners[:, :, 2], around_zero)
        draw_outlines(ax, device)
    elif in_space(device):
        drawn, label = draw_arrows(ax, device, vectors, kw), f"$|V_s|$ ({unit})"
    else:
        drawn = draw_network(ax, device, vectors[:, 2], around_zero)
    frame(ax, device)
    if not in_space(device):
        _draw_in_plane(ax, device, vectors, top, unit)
    colour_bar(ax, drawn, label, device)
    return ax


def _draw_curves(ax: Any, device: Device, along: np.ndarray, corners: np.ndarray, unit: str, kw: dict[str, Any]) -> Any:
    """V_x, V_y and V_z along a straight wire."""
    low, high = min(0.0, float(corners.min())), max(0.0, float(corners.max()))
    for k, (name, colour) in enumerate(_CURVES.items()):
        style = {"color": colour, "label": f"$V_{name}$", **kw}
        draw_curve(ax, device, along, corners[:, :, k], f"$V_s$ ({unit})", style, decorate=k == 0)
    ax.axhline(0, color="0.5", lw=0.6, zorder=1)
    pad = 0.08 * ((high - low) or 1.0)
    ax.set_ylim(low - pad, high + pad)
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax


def _draw_in_plane(ax: Any, device: Device, vectors: np.ndarray, top: float, unit: str) -> None:
    """(V_x, V_y) as arrows, one in the middle of each box of a coarse grid; the longest one is named below."""
    points, _ = shown_points(device)
    centres = points[device.mesh.cells].mean(axis=1)
    size = np.hypot(vectors[:, 0], vectors[:, 1])
    box = float(np.ptp(points, axis=0).max()) / _BOXES
    places = (centres - points.min(axis=0)) / box
    order = np.argsort(np.abs(places % 1 - 0.5).max(axis=1), kind="stable")
    _, first = np.unique(np.floor(places[order]), axis=0, return_index=True)
    chosen = order[first]
    longest = float(size[chosen].max())
    if longest < _NOISE * top:
        return
    chosen = chosen[size[chosen] > _WEAK * longest]
    style = {"angles": "xy", "scale_units": "xy", "scale": longest / (1.3 * box), "pivot": "middle", "zorder": 5}
    ax.quiver(*centres[chosen].T, *vectors[chosen, :2].T, color=OUTLINE, width=0.0035, headwidth=4, **style)
    ax.set_xlabel(f"{ax.get_xlabel()}\narrows: $(V_x, V_y)$, the longest {longest:.3g} {unit}")
