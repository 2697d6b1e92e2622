"""Magnetizations: an arrow in every magnet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import direction, in_space, shown_points

if TYPE_CHECKING:
    from ..device.device import Device


def draw_magnetizations(ax: Any, device: Device) -> None:
    """An arrow in every magnet, from its centre of mass."""
    points, _ = shown_points(device)
    measures = device.mesh.measures()
    centres = points[device.mesh.cells].mean(axis=1)
    length = 0.16 * np.ptp(points, axis=0).max()
    along = direction(device)
    for r, region in enumerate(device.regions.values()):
        if region.magnetization is None:
            continue
        mine = device.cell_region == r
        if region.is_textured:
            _draw_texture(ax, device, np.flatnonzero(mine), centres, along)
            continue
        centre = np.average(centres[mine], axis=0, weights=measures[mine])
        if in_space(device):
            style = {"color": "black", "lw": 1.6, "zorder": 6, "arrow_length_ratio": 0.3}
            ax.quiver(*centre, *region.magnetization, length=length, **style)
        else:
            _draw_vector(ax, centre if along is None else (centre @ along, 0.0), region.magnetization)


def _draw_texture(ax: Any, device: Device, cells: np.ndarray, centres: np.ndarray, along: np.ndarray | None) -> None:
    """Arrows of a magnetization that varies, one per box of a coarse grid."""
    extent = float(np.ptp(centres, axis=0).max()) or 1.0
    _, chosen = np.unique(np.floor(centres[cells] / (extent / 8)), axis=0, return_index=True)
    cells = cells[chosen]
    region = list(device.regions.values())[device.cell_region[cells[0]]]
    directions = region.magnetization(device.points[device.mesh.cells[cells]].mean(axis=1).T).T
    if in_space(device):
        style = {"color": "black", "lw": 1.2, "zorder": 6, "arrow_length_ratio": 0.3, "pivot": "middle"}
        ax.quiver(*centres[cells].T, *directions.T, length=0.1 * extent, **style)
        return
    for centre, m in zip(centres[cells], directions.tolist(), strict=True):
        _draw_vector(ax, centre if along is None else (centre @ along, 0.0), tuple(m), size=16)


def _draw_vector(ax: Any, place: Any, m: tuple[float, float, float], size: float = 30) -> None:
    """A unit vector seen from +z: an arrow in the plane, a dot or cross in a circle for the rest."""
    in_plane = size * np.array(m[:2])  # points
    if np.hypot(*in_plane) > 2:
        arrow = {"arrowstyle": "<|-", "lw": 1.6, "color": "black", "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", place, in_plane, textcoords="offset points", zorder=6, annotation_clip=False, arrowprops=arrow)
    if abs(m[2]) > 0.05:
        ax.plot(*place, "o", ms=9, mfc="white", mec="black", mew=1.2, zorder=7)
        ax.plot(*place, "." if m[2] > 0 else "x", ms=5, mfc="black", mec="black", mew=1.2, zorder=8)
