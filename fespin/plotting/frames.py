"""What surrounds a drawing: labels of the axes, limits and named terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..device.topology import FACET_TYPE
from .coordinates import direction, in_space, shown_points
from .figure import TERMINAL, plain, view
from .surfaces import rim, terminal_places

if TYPE_CHECKING:
    from ..device.device import Device


def frame(ax: Any, device: Device) -> None:
    """Label the axes, set their limits, draw and name the terminals."""
    along = direction(device)
    if along is not None:
        _frame_bar(ax, device, along)
    elif in_space(device):
        _frame_space(ax, device)
    else:
        _frame_plane(ax, device)


def _frame_bar(ax: Any, device: Device, along: np.ndarray) -> None:
    """Around a straight wire drawn as a bar from -0.5 to 0.5."""
    points, unit = shown_points(device)
    x = points @ along
    ax.set(xlabel=f"position ({unit})", yticks=[], ylim=(-1.0, 1.0))
    for name, (centre, away) in terminal_places(device).items():
        place = centre @ along
        ax.plot([place, place], [-0.5, 0.5], color=TERMINAL, lw=3.5, zorder=4)
        _write_name(ax, name, (place, 0), np.array([away @ along, 0]), gap=9)
    ax.set_xlim(x.min() - 0.06 * np.ptp(x), x.max() + 0.06 * np.ptp(x))
    ax.spines[["left", "right", "top"]].set_visible(False)


def _frame_plane(ax: Any, device: Device) -> None:
    """Around a plane device or a network of lines in the plane."""
    from matplotlib.collections import LineCollection

    points, unit = shown_points(device)
    low, high = points.min(axis=0), points.max(axis=0)
    pad = 0.04 * (high - low).max()
    ax.set(xlabel=f"$x$ ({unit})", ylabel=f"$y$ ({unit})", aspect="equal")
    ax.set(xlim=(low[0] - pad, high[0] + pad), ylim=(low[1] - pad, high[1] + pad))
    texts = []
    for name, (centre, away) in terminal_places(device).items():
        if device.dimension == 2:
            lines = points[device.terminal_facets[name]]
            ax.add_collection(LineCollection(lines, colors=TERMINAL, linewidths=3.5, zorder=4))
        else:
            ax.plot(*centre, "o", color=TERMINAL, ms=7, zorder=4)
        texts.append(_write_name(ax, name, centre, away, gap=9 if device.dimension == 2 else 13))
    _make_room(ax, texts)


def _frame_space(ax: Any, device: Device) -> None:
    """Around a solid device or a network of lines in space; equal scales."""
    from matplotlib.ticker import MaxNLocator
    from mpl_toolkits.mplot3d.art3d import Line3DCollection

    points, unit = shown_points(device)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = np.maximum(high - low, 0.02 * (high - low).max())
    for name, axis, a, size in zip("xyz", (ax.xaxis, ax.yaxis, ax.zaxis), low, extent, strict=True):
        ax.set(**{f"{name}lim": (a, a + size), f"{name}label": f"${name}$ ({unit})"})
        # labels at the upper ends of x and y would meet those at the lower ends of y and z
        prune = None if name == "z" else "upper"
        axis.set_major_locator(MaxNLocator(max(1, round(4 * size / extent.max())), prune=prune))
        axis.labelpad = 2 + 9 * size / extent.max()
    ax.tick_params(pad=0, labelsize="small")
    ax.set_box_aspect(extent, zoom=1.0)
    box = {"boxstyle": "round,pad=0.1", "fc": (1, 1, 1, 0.7), "ec": "none"}
    for name, (centre, away) in terminal_places(device).items():
        place = centre + 0.1 * extent.max() * away
        ax.text(*place, plain(name), color=TERMINAL, ha="center", va="center", zorder=9, bbox=box)
        if device.dimension == 1:
            ax.plot(*centre[:, None], "o", color=TERMINAL, ms=6, zorder=8)
        elif away @ view(ax) > 0:  # rims are drawn over everything: only of terminals seen from outside
            edges, _ = rim(device.terminal_facets[name], FACET_TYPE[device.mesh.cell_type])
            ax.add_collection3d(Line3DCollection(points[edges], colors=TERMINAL, linewidths=1.8, zorder=7))


def _write_name(ax: Any, name: str, centre: Any, away: np.ndarray, *, gap: float) -> Any:
    """Write the name outside a terminal, `gap` points from it, sideways where there is more room along it."""
    return ax.annotate(
        plain(name),
        centre,
        gap * away,
        textcoords="offset points",
        color=TERMINAL,
        zorder=5,
        rotation=90 if abs(away[0]) > abs(away[1]) else 0,
        ha="center",
        va="center",
    )


def _make_room(ax: Any, texts: list[Any]) -> None:
    """Turn names that lie on each other and widen the limits until all lie within the frame."""
    ax.apply_aspect()
    _turn_crowded(texts)
    for _ in range(3):  # wider limits make smaller scales: a few rounds settle it
        ax.apply_aspect()
        to_data = ax.transData.inverted()
        boxes = [to_data.transform(text.get_window_extent().padded(3).get_points()) for text in texts]
        corners = np.vstack([np.transpose([ax.get_xlim(), ax.get_ylim()]), *boxes])
        ax.set(xlim=(corners[:, 0].min(), corners[:, 0].max()), ylim=(corners[:, 1].min(), corners[:, 1].max()))


def _turn_crowded(texts: list[Any]) -> None:
    """Names that overlap are written away from the device instead of along it, and smaller."""
    boxes = [text.get_window_extent() for text in texts]
    for k, text in enumerate(texts):
        if not any(boxes[k].overlaps(other) for j, other in enumerate(boxes) if j != k):
            continue
        x, y = text.xyann
        along = abs(x) > abs(y)
        side = {"ha": ("left" if x > 0 else "right") if along else "center",
                "va": "center" if along else ("bottom" if y > 0 else "top")}  # fmt: skip
        text.set(rotation=0 if along else 90, fontsize="x-small", **side)
        text.xyann = (0.5 * x, 0.5 * y)
