"""Drawing on line meshes: curves along straight wires, bars, coloured segments of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import shown_points
from .figure import TERMINAL, plain, region_colours
from .surfaces import terminal_places

if TYPE_CHECKING:
    from ..device.device import Device


def draw_curve(
    ax: Any,
    device: Device,
    along: np.ndarray,
    values: np.ndarray,
    label: str,
    kw: dict[str, Any],
    *,
    decorate: bool = True,
) -> Any:
    """Values at both ends of each cell (m, 2) along a straight wire, so that jumps between cells are kept.

    The regions and terminals behind it are drawn with the first curve only.
    """
    points, unit = shown_points(device)
    x = (points @ along)[device.mesh.cells]
    ends = np.argsort(x, axis=1)
    x, values = np.take_along_axis(x, ends, axis=1), np.take_along_axis(values, ends, axis=1)
    order = np.argsort(x[:, 0])
    ax.plot(x[order].ravel(), values[order].ravel(), **kw)
    if not decorate:
        return ax
    ax.set(xlabel=f"position ({unit})", ylabel=label)
    ax.margins(x=0.02, y=0.08)
    if np.ptp(values) < 1e-6 * np.abs(values).max():  # constant: do not magnify rounding
        ax.set_ylim(*sorted((0.0, 1.5 * values.mean())))
    at_top = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "ha": "center"}
    for r, (name, colour) in enumerate(region_colours(device).items()):
        mine = x[device.cell_region == r]
        ax.axvspan(mine.min(), mine.max(), color=colour, alpha=0.35, lw=0, zorder=0)
        ax.annotate(plain(name), (mine.mean(), 1), (0, -4), va="top", color="0.35", **at_top)
    for name, (centre, _) in terminal_places(device).items():
        ax.axvline(centre @ along, color=TERMINAL, lw=1.2, ls="--", zorder=1)
        ax.annotate(plain(name), (centre @ along, 1), (0, 3), va="bottom", color=TERMINAL, **at_top)
    return ax


def draw_bar(ax: Any, device: Device, along: np.ndarray, colours: np.ndarray, kw: dict[str, Any]) -> None:
    """A straight wire as a bar from -0.5 to 0.5 with the colours of its cells (m, 3)."""
    from matplotlib.collections import PolyCollection

    x = np.sort((shown_points(device)[0] @ along)[device.mesh.cells], axis=1)[:, [0, 1, 1, 0]]
    boxes: Any = np.stack([x, np.broadcast_to([-0.5, -0.5, 0.5, 0.5], x.shape)], axis=2)
    style = {
        "facecolors": colours,
        "edgecolors": (0, 0, 0, 0.3),
        "linewidths": 0.4 if len(x) <= 150 else 0.0,  # the edges of more cells would only darken the colours
        "antialiased": False,
    }
    ax.add_collection(PolyCollection(boxes, **{**style, **kw}))


def draw_segments(ax: Any, device: Device, kw: dict[str, Any]) -> Any:
    """The cells of a network as a collection of lines, in the plane or in space."""
    from matplotlib.collections import LineCollection
    from mpl_toolkits.mplot3d.art3d import Line3DCollection

    points, _ = shown_points(device)
    kind = LineCollection if points.shape[1] == 2 else Line3DCollection
    return ax.add_collection(kind(points[device.mesh.cells], **{"linewidths": 4, "capstyle": "round", **kw}))


def draw_network(ax: Any, device: Device, values: np.ndarray, kw: dict[str, Any]) -> Any:
    """Segments coloured by a value per cell (m,)."""
    draw_segments(ax, device, {"colors": "0.6"})  # a rim: white, which is spin around 0, would be lost on paper
    limits = [kw.get("vmin"), kw.get("vmax")]
    kw = {k: v for k, v in kw.items() if k not in ("vmin", "vmax")}
    drawn = draw_segments(ax, device, {"array": values, "linewidths": 3, **kw})
    drawn.set_clim(*limits)
    return drawn
