"""Drawing on solid meshes: shaded faces, edges of the body, arrows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..device.topology import FACET_TYPE
from .coordinates import shown_points
from .figure import mappable, view
from .lines import draw_segments
from .surfaces import equal_facets, facets_of, outer_facets, outward_normals, unit_normals

if TYPE_CHECKING:
    from ..device.device import Device

_LIGHT = (0.35, 0.5, 0.79)


def draw_faces(ax: Any, device: Device, faces: np.ndarray, colours: np.ndarray, kw: dict[str, Any]) -> None:
    """Faces (f, k) with colours (f, 3), lightly shaded."""
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    corners = shown_points(device)[0][faces]
    shade = 0.82 + 0.18 * np.abs(unit_normals(corners) @ _LIGHT)
    colours = colours * shade[:, None]
    style: dict[str, Any] = {"facecolors": colours, "edgecolors": colours, "linewidths": 0.4, "zorder": 1}
    ax.add_collection3d(Poly3DCollection(corners, **{**style, **kw}))


def draw_surface(ax: Any, device: Device, values: np.ndarray, kw: dict[str, Any]) -> Any:
    """The outer faces, coloured by values at the corners of each cell (m, k)."""
    faces, owners = outer_facets(device)
    corner = (device.mesh.cells[owners][:, None, :] == faces[:, :, None]).argmax(axis=2)
    drawn, kw = mappable(np.take_along_axis(values[owners], corner, axis=1).mean(axis=1), kw)
    draw_faces(ax, device, faces, drawn.to_rgba(drawn.get_array())[:, :3], kw)
    return drawn


def draw_edges(ax: Any, device: Device) -> None:
    """Edges of the body and lines between its regions, where a face beside them is turned to the viewer."""
    from mpl_toolkits.mplot3d.art3d import Line3DCollection

    faces, owners = outer_facets(device)
    points, _ = shown_points(device)
    normals = outward_normals(points[faces], points[device.mesh.cells[owners]].mean(axis=1))
    edges = facets_of(faces, FACET_TYPE[device.mesh.cell_type])
    pairs = equal_facets(edges)
    one, other = (pair // faces.shape[1] for pair in pairs)  # the faces on both sides
    bent = np.einsum("ed,ed->e", normals[one], normals[other]) < math.cos(math.radians(30))
    bent |= device.cell_region[owners[one]] != device.cell_region[owners[other]]
    seen = np.maximum(normals[one] @ view(ax), normals[other] @ view(ax)) > 1e-9
    segments = points[edges[pairs[0][bent & seen]]]
    ax.add_collection3d(Line3DCollection(segments, colors="0.35", linewidths=0.5, zorder=2))


def draw_arrows(ax: Any, device: Device, density: np.ndarray, kw: dict[str, Any]) -> Any:
    """Arrows of a vector per cell (m, 3) in cells at the surface, or along lines, one per box of a coarse grid."""
    if device.dimension == 1:
        owners = np.arange(len(device.mesh.cells))
        draw_segments(ax, device, {"colors": "0.8"})
    else:
        faces, owners = outer_facets(device)
        draw_faces(ax, device, faces, np.full((len(faces), 3), 0.85), {"alpha": 0.12, "linewidths": 0.0})
    points, _ = shown_points(device)
    extent = np.ptp(points, axis=0).max()
    owners = np.unique(owners)
    centres = points[device.mesh.cells[owners]].mean(axis=1)
    _, chosen = np.unique(np.floor(centres / (extent / 22)), axis=0, return_index=True)
    centres, density = centres[chosen], density[owners[chosen]]
    size = np.linalg.norm(density, axis=1)
    top = float(np.quantile(size, 0.98)) or 1.0
    drawn, kw = mappable(size, {"cmap": "viridis", "vmin": 0, "vmax": top, **kw})
    if size.max() > 0:
        # lengths like the square root: weak currents stay visible, colours tell the magnitude
        lengths = np.sqrt(np.minimum(size / top, 1)) / np.maximum(size, 1e-300)
        colours = drawn.to_rgba(size)
        style: dict[str, Any] = {
            "colors": np.vstack([colours, np.repeat(colours, 2, axis=0)]),  # shafts first, then two lines a head
            "length": 0.075 * extent,
            "lw": 1.1,
            "arrow_length_ratio": 0.4,
            "zorder": 3,
            "pivot": "middle",
        }
        ax.quiver(*centres.T, *(density * lengths[:, None]).T, **{**style, **kw})
    return drawn
