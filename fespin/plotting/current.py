"""Pictures of charge and spin currents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import direction, scaled
from .figure import axes_for, colour_bar
from .frames import frame
from .lines import draw_curve, draw_network
from .planes import draw_outlines, draw_streams
from .solids import draw_arrows

if TYPE_CHECKING:
    from ..transport.solution import Solution


def plot_current(solution: Solution, component: str = "e", ax: Any = None, **kw: Any) -> Any:
    """Draw the density of the charge current ("e") or of a spin current ("x", "y", "z").

    Lines: a curve along a straight wire, coloured segments for a network. Plane devices: streamlines on the
    magnitude, its colours ending at the 99.5 % quantile because it diverges at re-entrant corners. Solid
    devices: arrows near the surface.

    Parameters
    ----------
    solution : Solution
    component : str
        Spin currents count charge, J_up - J_down.
    ax : matplotlib Axes, optional
        Three-dimensional ones for a solid device.
    **kw
        To ``plot``, ``LineCollection``, ``streamplot`` or ``quiver``.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        As for `plot_potential`.
    """
    device = solution.problem.device
    density = solution.current_density(component)
    factor, unit = scaled(np.linalg.norm(density, axis=1), "A/m$^2$")
    density = density * factor
    ax = axes_for(device, ax)
    along = direction(device)
    if along is not None:
        values = np.tile((density @ along)[:, None], 2)
        return draw_curve(ax, device, along, values, f"$J_{component}$ ({unit})", kw)
    if device.dimension == 1:
        drawn = draw_network(ax, device, np.linalg.norm(density, axis=1), {"cmap": "viridis", "vmin": 0, **kw})
    elif device.dimension == 2:
        drawn = draw_streams(ax, device, density, kw)
        draw_outlines(ax, device, inner="0.6")
    else:
        drawn = draw_arrows(ax, device, density, kw)
    frame(ax, device)
    colour_bar(ax, drawn, f"$|J_{component}|$ ({unit})", device)
    return ax
