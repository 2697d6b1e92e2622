"""Pictures of the charge potential and of the spin accumulation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..network.terminal import COMPONENTS
from .coordinates import direction, in_space, scaled
from .figure import axes_for, colour_bar, figure_size, potential_colours, pyplot
from .files import save_figure
from .frames import frame
from .lines import draw_curve, draw_network
from .planes import draw_field, draw_outlines
from .solids import draw_edges, draw_surface

if TYPE_CHECKING:
    from ..transport.solution import Solution


def plot_potential(solution: Solution, component: str = "e", ax: Any = None, **kw: Any) -> Any:
    """Draw the charge potential ("e") or a component of the spin accumulation ("x", "y", "z").

    Lines: a curve along a straight wire, coloured segments for a network. Plane devices: colours, with
    outlines of the regions. Solid devices: colours on the outer faces.

    Parameters
    ----------
    solution : Solution
    component : str
        V_e, or V_x, V_y, V_z = mu_s/(2e); spin has a diverging map centred at 0.
    ax : matplotlib Axes, optional
        Three-dimensional ones for a solid device.
    **kw
        To ``plot``, ``LineCollection``, ``tripcolor`` or ``Poly3DCollection``; vmin and vmax in the unit shown.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        An unknown component, axes of the wrong dimension, or no matplotlib.

    Examples
    --------
    >>> import numpy as np, fespin
    >>> wire = fespin.Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...                    regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> device = fespin.Device.from_mesh(wire, regions={"wire": fespin.NormalMetal(conductivity=1e7)},
    ...                                  terminals=["left", "right"], length_unit="nm", cross_section=1e-14)
    >>> plot_potential(fespin.solve(device, {"left": {"e": 1e-3}}), color="black").get_ylabel()
    '$V_e$ (mV)'
    """
    device = solution.problem.device
    values = solution.cell_potentials(component)  # at an interface both sides
    factor, unit = scaled(values, "V")
    values = values * factor
    label = f"$V_{component}$ ({unit})"
    ax = axes_for(device, ax)
    along = direction(device)
    if along is not None:
        return draw_curve(ax, device, along, values, label, kw)
    kw = potential_colours(kw, values, spin=component != "e")
    if device.dimension == 1:
        drawn = draw_network(ax, device, values.mean(axis=1), kw)
    elif device.dimension == 2:
        drawn = draw_field(ax, device, values, kw)
        draw_outlines(ax, device)
    else:
        drawn = draw_surface(ax, device, values, kw)
        draw_edges(ax, device)
    frame(ax, device)
    colour_bar(ax, drawn, label, device)
    return ax


def save_potentials(solution: Solution, path: str | os.PathLike[str]) -> Path:
    """Draw V_e and every component of the spin accumulation that is not zero, and write the picture.

    Parameters
    ----------
    solution : Solution
    path : path
        The suffix gives the format: png, pdf, svg and others of matplotlib.

    Returns
    -------
    Path
        The path as given.

    Raises
    ------
    InputError
        A format that matplotlib does not write, a folder that is not there, or no matplotlib.
    """
    plt = pyplot()
    tops = {c: float(np.abs(solution.potential(c)).max()) for c in COMPONENTS}
    shown = [c for c in COMPONENTS if c == "e" or tops[c] > 1e-12 * max(tops.values())]
    device = solution.problem.device
    columns = min(len(shown), 2)
    rows = -(-len(shown) // columns)
    width, height = figure_size(device)
    figure = plt.Figure(figsize=(columns * width, rows * height), layout="constrained")  # no window belongs to it
    kind = {"projection": "3d"} if in_space(device) else {}
    for k, component in enumerate(shown):
        plot_potential(solution, component, ax=figure.add_subplot(rows, columns, k + 1, **kind))
    return save_figure(figure, path)
