"""Drawing on plane meshes: triangles, cells, outlines, streamlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import shown_points
from .figure import OUTLINE
from .surfaces import inner_facets, outer_facets

if TYPE_CHECKING:
    from ..device.device import Device


def draw_field(ax: Any, device: Device, values: np.ndarray, kw: dict[str, Any]) -> Any:
    """Values at the corners of each cell (m, k), smooth but for jumps at interfaces."""
    nodal = np.empty(device.split.size)
    nodal[device.split.cells] = values
    triangles, _ = triangulation(device, device.split.cells, device.split.parent)
    return ax.tripcolor(triangles, nodal, **{"shading": "gouraud", **kw})


def triangulation(
    device: Device, cells: np.ndarray | None = None, parent: np.ndarray | None = None
) -> tuple[Any, np.ndarray]:
    """The mesh as triangles in the unit shown, quadrilaterals cut in two, and the cell of each triangle.

    Other cells over copies of the nodes, with the node that each is a copy of, keep jumps apart.
    """
    from matplotlib.tri import Triangulation

    cells = device.mesh.cells if cells is None else cells
    points = shown_points(device)[0] if parent is None else shown_points(device)[0][parent]
    owner = np.arange(len(cells))
    if device.mesh.cell_type == "quad":
        cells, owner = np.vstack([cells[:, [0, 1, 2]], cells[:, [0, 2, 3]]]), np.tile(owner, 2)
    return Triangulation(*points.T, cells), owner


def draw_cells(ax: Any, device: Device, colours: np.ndarray, kw: dict[str, Any]) -> None:
    """The cells with their colours (m, 3)."""
    from matplotlib.collections import PolyCollection

    style = {"facecolors": colours, "edgecolors": (0, 0, 0, 0.12), "linewidths": 0.4}
    ax.add_collection(PolyCollection(shown_points(device)[0][device.mesh.cells], **{**style, **kw}))


def draw_outlines(ax: Any, device: Device, inner: str = OUTLINE) -> None:
    """The edge of the device and, in a colour that suits what they cross, the lines between its regions."""
    from matplotlib.collections import LineCollection

    points, _ = shown_points(device)
    for edges, colour in ((outer_facets(device)[0], OUTLINE), (inner_facets(device), inner)):
        ax.add_collection(LineCollection(points[edges], colors=colour, linewidths=0.8, capstyle="round"))


def draw_streams(ax: Any, device: Device, density: np.ndarray, kw: dict[str, Any]) -> Any:
    """Streamlines of a density per cell (m, 2) over its magnitude."""
    triangles, owner = triangulation(device)
    size = np.linalg.norm(density, axis=1)
    top = float(np.quantile(size, 0.995)) or 1.0
    colours = {"cmap": "viridis", "vmin": 0, "vmax": top}
    solid = {"edgecolors": "none", "antialiased": False, "rasterized": True}  # no seams between triangles
    drawn = ax.tripcolor(triangles, facecolors=size[owner], **colours, **solid)
    if size.max() > 0:
        weak = size < 2e-3 * top  # streamlines would make much of next to nothing
        _draw_lines(ax, triangles, np.where(weak[:, None], np.nan, density)[owner], kw)
    return drawn


def _draw_lines(ax: Any, triangles: Any, density: np.ndarray, kw: dict[str, Any]) -> None:
    """White streamlines of a density per triangle (t, 2), where it is a number."""
    from matplotlib.patheffects import withStroke

    extent = np.array([np.ptp(triangles.x), np.ptp(triangles.y)])
    counts = np.maximum(200 * extent / extent.max(), 20).astype(int)
    x = np.linspace(triangles.x.min(), triangles.x.max(), counts[0])
    y = np.linspace(triangles.y.min(), triangles.y.max(), counts[1])
    triangle = triangles.get_trifinder()(*np.meshgrid(x, y))
    # as they are per triangle: averages would blur the jumps at interfaces; -1 is outside
    u, v = np.where(triangle >= 0, density[triangle].transpose(2, 0, 1), np.nan)
    style = {"color": (1, 1, 1, 0.85), "linewidth": 0.8, "arrowsize": 0.8, "minlength": 0.2}
    style["density"] = 1.3 * np.maximum(counts / 200, 0.15)
    streams = ax.streamplot(x, y, u, v, **{**style, **kw})
    # a dark rim keeps white lines visible on the bright end of the map
    streams.lines.set_path_effects([withStroke(linewidth=1.6, foreground=(0, 0, 0, 0.35))])
