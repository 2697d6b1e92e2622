"""Pictures of devices: regions, mesh, magnetizations and terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .coordinates import direction, shown_points
from .figure import INTERFACE, TERMINAL, axes_for, plain, region_colours
from .frames import frame
from .lines import draw_bar, draw_segments
from .magnets import draw_magnetizations
from .planes import draw_cells, draw_outlines
from .solids import draw_edges, draw_faces
from .surfaces import on_terminal, outer_facets

if TYPE_CHECKING:
    from ..device.device import Device


def plot_device(device: Device, ax: Any = None, **kw: Any) -> Any:
    """Draw regions, mesh, magnetizations and terminals.

    Arrows show the magnetization with its x, y, z along the coordinate axes of the drawing; a dot in a
    circle is the part towards the viewer, a cross the part away from her.

    Parameters
    ----------
    device : Device
    ax : matplotlib Axes, optional
        Three-dimensional ones for a solid device.
    **kw
        To the collection that draws the cells (``LineCollection``, ``PolyCollection``, ``Poly3DCollection``).

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        Not a device, axes of the wrong dimension, or no matplotlib.
    """
    from ..device.device import check_device

    check_device(device)
    ax = axes_for(device, ax)
    _draw_regions(ax, device, kw)
    frame(ax, device)
    _draw_interfaces(ax, device)
    draw_magnetizations(ax, device)
    _write_legend(ax, device)
    return ax


def _draw_regions(ax: Any, device: Device, kw: dict[str, Any]) -> None:
    """Cells, or faces of a solid, in the colours of their regions."""
    from matplotlib.colors import to_rgb, to_rgba_array

    colours = to_rgba_array(list(region_colours(device).values()))[device.cell_region, :3]
    along = direction(device)
    if along is not None:
        draw_bar(ax, device, along, colours, kw)
    elif device.dimension == 1:
        draw_segments(ax, device, {"colors": colours, **kw})
    elif device.dimension == 2:
        draw_cells(ax, device, colours, kw)
        draw_outlines(ax, device)
    else:
        faces, owners = outer_facets(device)
        colours = colours[owners]
        colours[on_terminal(device, faces)] = to_rgb(TERMINAL)
        draw_faces(ax, device, faces, colours, {"edgecolors": (0, 0, 0, 0.25), "linewidths": 0.25, **kw})
        draw_edges(ax, device)


def _draw_interfaces(ax: Any, device: Device) -> None:
    """Interfaces with conductances of their own: lines in the plane, marks on a wire; inside a solid they are
    hidden."""
    from matplotlib.collections import LineCollection

    points, along = shown_points(device)[0][device.split.parent], direction(device)
    for contact in device.split.contacts:
        places = points[contact.facets[:, 0]]
        if along is not None:
            for place in places[:, 0] @ along:
                ax.plot([place, place], [-0.5, 0.5], color=INTERFACE, lw=2)
        elif device.dimension == 2:
            ax.add_collection(LineCollection(list(places), colors=INTERFACE, linewidths=2, capstyle="round", zorder=3))


def _write_legend(ax: Any, device: Device) -> None:
    from matplotlib.patches import Patch

    colours = region_colours(device).items()
    handles = [Patch(facecolor=colour, edgecolor="0.4", label=plain(name)) for name, colour in colours]
    handles.append(Patch(facecolor=TERMINAL, label="terminals"))
    if device.split.contacts and (device.dimension == 2 or direction(device) is not None):
        handles.append(Patch(facecolor=INTERFACE, label="interfaces"))
    style = {"ncols": min(len(handles), 5), "frameon": False, "columnspacing": 1.2, "handlelength": 1.2}
    above = (0.5, 0.9 if device.dimension == 3 else 1.0)
    ax.legend(handles=handles, loc="lower center", bbox_to_anchor=above, **style)
