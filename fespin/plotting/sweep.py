"""Pictures of sweeps: entries of the matrix as curves, families of curves or maps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import must_be
from ..sweeps.entries import Entry, chosen_entries
from .coordinates import scaled
from .figure import plain_axes
from .files import save_picture

if TYPE_CHECKING:
    from ..sweeps.grid import Axis
    from ..sweeps.result import SweepResult

_FAMILY = 8  # curves up to which a second parameter is told by colours


def plot_sweep(result: SweepResult, entries: Sequence[str | Entry] = (), ax: Any = None, **kw: Any) -> Any:
    """Draw entries of the conductance matrix over one parameter, or one entry over two.

    Parameters
    ----------
    result : SweepResult
        With one or two axes.
    entries : sequence, optional
        Like ``"right:z,left:e"`` or ``("right", "z", "left", "e")``: current, then potential. Left out, those that
        change most. Of two parameters, the one with up to eight values makes a family of curves of one entry; two
        longer ones make a map of it (of its real part).
    ax : matplotlib Axes, optional
    **kw
        To ``plot`` or ``pcolormesh``.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        No axis or more than two, an unknown entry, or no matplotlib.
    """
    shown = chosen_entries(result, entries)
    if len(result.axes) not in (1, 2):
        raise must_be("a sweep to be drawn", "over one or two parameters", f"{len(result.axes)} axes",
                      "give the others single values")  # fmt: skip
    ax = plain_axes(ax, (6.4, 4.2))
    if len(result.axes) == 1:
        _curves(ax, result.axes[0], {_label(entry): result[entry] for entry in shown}, kw)
        return ax
    entry = shown[0] if entries else shown[-1 if len(shown) == 1 else 1]
    if min(result.shape) > _FAMILY:
        _map(ax, result, entry, kw)
        return ax
    along = int(result.shape[0] < result.shape[1] or result.shape[1] > _FAMILY)
    across = result.axes[1 - along]
    values = np.moveaxis(result[entry], along, -1)
    factor, unit = _scale(across)
    names = [f"{x * factor:.4g} {unit}".rstrip() for x in across.values]
    _curves(ax, result.axes[along], dict(zip(names, values, strict=True)), kw, title=across.name, what=_label(entry))
    return ax


def _label(entry: Entry) -> str:
    out, a, into, b = entry
    return f"$G^{{{a}{b}}}$ {out}, {into}"


def _scale(axis: Axis) -> tuple[float, str]:
    """Factor and unit an axis is shown in; angles in degrees."""
    if axis.unit == "rad":
        return float(np.degrees(1.0)), "°"
    finite = axis.values[np.isfinite(axis.values)]
    if axis.unit in ("", "m^2", "m^2/s", "ohm m^2", "S/m^2", "1/(J m^3)"):
        return 1.0, axis.unit.replace("^2", "²").replace("^3", "³").replace("ohm", "Ω")
    factor, unit = scaled(finite, axis.unit.replace("ohm", "Ω"))
    return factor, unit


def _axis_label(axis: Axis, unit: str) -> str:
    return f"{axis.name} ({unit})" if unit else axis.name


def _curves(
    ax: Any, axis: Axis, curves: dict[str, np.ndarray], kw: dict[str, Any], *, title: str = "", what: str = ""
) -> None:
    """A line each; real parts drawn through, imaginary ones dashed; values at infinity left out."""
    factor, unit = _scale(axis)
    keep = np.flatnonzero(np.isfinite(axis.values))
    keep = keep[np.argsort(axis.values[keep], kind="stable")]
    x = axis.values[keep] * factor
    parts = np.concatenate([np.abs(np.nan_to_num(y)).ravel() for y in curves.values()])
    size, siemens = scaled(parts, "S")
    style: dict[str, Any] = {"lw": 1.4, "marker": "o" if len(x) <= 30 else "", "ms": 3, **kw}
    is_complex = any(np.iscomplexobj(y) for y in curves.values())
    for number, (name, y) in enumerate(curves.items()):
        colour = {} if {"color", "c"} & kw.keys() else {"color": f"C{number}"}
        ax.plot(x, y[keep].real * size, **{"label": name, **colour, **style})
        if is_complex:
            ax.plot(x, y[keep].imag * size, **{**colour, **style, "ls": "--"})
    if len(x) > 2 and (x > 0).all() and np.ptp(np.diff(np.log(x))) < 1e-6 * abs(np.log(x[-1] / x[0])):
        ax.set_xscale("log")
    note = "; dashed: imaginary part" if is_complex else ""
    ax.set(xlabel=_axis_label(axis, unit), ylabel=f"{what or 'conductance'} ({siemens}{note})")
    if len(curves) > 1 or not what:
        ax.legend(frameon=False, fontsize=9, title=title or None)


def _map(ax: Any, result: SweepResult, entry: Entry, kw: dict[str, Any]) -> None:
    """Colours over two parameters; diverging ones where the sign changes."""
    if not all(np.isfinite(axis.values).all() for axis in result.axes):
        raise must_be("the axes of a map", "finite", "an infinite value", "leave it out of the sweep")
    (xf, x_unit), (yf, y_unit) = (_scale(axis) for axis in result.axes)
    orders = [np.argsort(axis.values) for axis in result.axes]
    values = result[entry].real[np.ix_(*orders)]
    size, siemens = scaled(np.nan_to_num(values), "S")
    style: dict[str, Any] = {"cmap": "viridis", "rasterized": True, "shading": "nearest", **kw}
    if np.nanmin(values) < 0 < np.nanmax(values) and not {"norm", "vmin", "vmax"} & kw.keys():
        top = float(np.nanmax(np.abs(values))) * size
        style = {**style, "cmap": kw.get("cmap", "RdBu_r"), "vmin": -top, "vmax": top}
    x, y = (axis.values[order] * f for axis, order, f in zip(result.axes, orders, (xf, yf), strict=True))
    drawn = ax.pcolormesh(x, y, values.T * size, **style)
    part = "Re " if np.iscomplexobj(result.values) else ""
    ax.figure.colorbar(drawn, ax=ax, label=f"{part}{_label(entry)} ({siemens})")
    ax.set(xlabel=_axis_label(result.axes[0], x_unit), ylabel=_axis_label(result.axes[1], y_unit))


def save_sweep(result: SweepResult, path: str | os.PathLike[str], entries: Sequence[str | Entry] = ()) -> Path:
    """Draw a sweep and write the picture; the suffix is the format."""
    return save_picture(path, lambda ax: plot_sweep(result, entries, ax), (6.4, 4.2))
