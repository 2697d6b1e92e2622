"""The sheet that is drawn on: axes, sizes, colours and colour bars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError, must_be
from .coordinates import direction, in_space

if TYPE_CHECKING:
    from ..device.device import Device

TERMINAL = "#b3202c"
INTERFACE = "#c2185b"
OUTLINE = "#222222"
_LONGEST_NAME = 24  # letters; longer ones leave no room for the drawing
_NORMAL_COLOURS = ("#e9c79a", "#d9d3c7", "#f0dd9c", "#d8b4a0")  # of metals without a magnetization
_MAGNET_COLOURS = ("#6f9fc8", "#8fbf8a", "#a58cc4", "#5fb3b3", "#c792b0")


def pyplot() -> Any:
    """matplotlib.pyplot, or InputError that says how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise InputError("plotting needs matplotlib, which is not installed; pip install 'fespin[plot]'") from None
    return plt


def plain(name: str) -> str:
    """A name as matplotlib draws it letter by letter: dollars start no formula, an underscore hides no label; long ones
    without their middle.

    Examples
    --------
    >>> plain("_T$1$")
    ' _T\\\\$1\\\\$'
    """
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME // 2]}…{name[1 - _LONGEST_NAME // 2 :]}"
    return (" " if name.startswith("_") else "") + name.replace("$", r"\$")


def axes_for(device: Device, ax: Any = None) -> Any:
    """The axes given, checked, or new ones in a figure shaped like the device."""
    plt = pyplot()
    solid = in_space(device)
    if ax is None:
        ax = new_axes(device, plt.figure)
    if solid != hasattr(ax, "get_zlim"):
        need = "three-dimensional axes, made with projection='3d'," if solid else "two-dimensional axes"
        raise must_be("ax", f"{need} for {device.name!r}", type(ax).__name__)
    if solid:
        ax.computed_zorder = False  # labels and arrows on top of the faces
    return ax


def new_axes(device: Device, make: Any = None) -> Any:
    """Axes of the kind that a device needs, in a figure shaped like it; without `make` one that no window belongs
    to."""
    # constrained layout wastes room around axes of equal scales, compressed layout is made for them
    layout, kind = ("constrained", {"projection": "3d"}) if in_space(device) else ("compressed", {})
    return (make or pyplot().Figure)(figsize=figure_size(device), layout=layout).add_subplot(**kind)


def figure_size(device: Device) -> tuple[float, float]:
    """Inches, shaped like the device."""
    if in_space(device):
        return 6.4, 4.8
    extent = np.ptp(device.points, axis=0)
    ratio = 0.5 if direction(device) is not None else extent[1] / extent[0]
    return 6.4, float(min(max(1.6 + 5.0 * ratio, 2.4), 6.4))


def plain_axes(ax: Any, size: tuple[float, float]) -> Any:
    """The given axes, or new ones in a figure of `size` inches with constrained layout."""
    return pyplot().figure(figsize=size, layout="constrained").add_subplot() if ax is None else ax


def view(ax: Any) -> np.ndarray:
    """Direction from the device to the viewer of three-dimensional axes, (3,)."""
    up, around = math.radians(ax.elev), math.radians(ax.azim)
    return np.array([math.cos(up) * math.cos(around), math.cos(up) * math.sin(around), math.sin(up)])


def region_colours(device: Device) -> dict[str, str]:
    """Region -> colour: warm ones for normal metals, cool ones for magnets."""
    counts = {False: 0, True: 0}
    out = {}
    for name, region in device.regions.items():
        magnet = region.magnetization is not None
        palette = _MAGNET_COLOURS if magnet else _NORMAL_COLOURS
        out[name] = palette[counts[magnet] % len(palette)]
        counts[magnet] += 1
    return out


def potential_colours(kw: dict[str, Any], values: np.ndarray, *, spin: bool) -> dict[str, Any]:
    """Keywords with a colour map: diverging and centred at 0 for spin unless the caller set limits."""
    out = {"cmap": "RdBu_r" if spin else "viridis", **kw}
    if spin and not {"norm", "vmin", "vmax"} & kw.keys():
        top = float(np.abs(values).max(initial=0.0)) or 1.0
        out |= {"vmin": -top, "vmax": top}
    return out


def mappable(values: np.ndarray, kw: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Values (k,) with their colours, for what cannot map them itself, and the keywords that are left."""
    from matplotlib.cm import ScalarMappable

    drawn = ScalarMappable(norm=kw.get("norm"), cmap=kw.get("cmap"))
    drawn.set_array(values)
    drawn.set_clim(kw.get("vmin"), kw.get("vmax"))
    return drawn, {k: v for k, v in kw.items() if k not in ("norm", "cmap", "vmin", "vmax")}


def colour_bar(ax: Any, drawn: Any, label: str, device: Device) -> None:
    """A colour bar where the shape of the device leaves room, with a tip if values lie beyond its end."""
    extent = np.ptp(device.points, axis=0)
    style: dict[str, Any]
    if in_space(device):
        style = {"shrink": 0.6, "pad": 0.14}
    elif extent[0] > 1.8 * extent[1]:
        style = {"location": "top", "shrink": 0.7, "aspect": 40}
    else:
        style = {"shrink": 0.9}
    beyond = np.max(drawn.get_array()) > drawn.get_clim()[1] * (1 + 1e-9)
    ax.figure.colorbar(drawn, ax=ax, label=label, extend="max" if beyond else "neither", **style)
