"""Pictures of interlayer exchange: figures of the paper, maps over two parameters, curves of a reversal."""

from __future__ import annotations

import itertools
import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import scaled
from .figure import OUTLINE, TERMINAL, plain_axes, pyplot
from .files import save_figure

if TYPE_CHECKING:
    from ..exchange.figures import Panel, PaperFigure
    from ..switching.curve import SwitchingCurve

_NAMES = {"temperature": "temperature", "electric_field": "electric field", "applied_field": "applied field"}


def plot_exchange_panel(panel: Panel, ax: Any = None, **kw: Any) -> Any:
    """Draw a panel of a figure of the paper; on a logarithmic axis magnitudes, dashed where negative.

    Parameters
    ----------
    panel : Panel
    ax : matplotlib Axes, optional
    **kw
        To ``plot`` of the curves.

    Returns
    -------
    matplotlib Axes
    """
    ax = plain_axes(ax, (5.4, 3.6))
    for curve in panel.curves:
        thin = curve.style == ":"
        style = {"color": curve.colour, "lw": 0.9 if thin else 1.4, "ls": curve.style, **kw}
        if not panel.logarithmic:
            ax.plot(curve.x, curve.y, label=curve.name, **style)
            continue
        x, y = _with_zeros(curve.x, curve.y)
        (drawn,) = ax.plot(x, np.where(y >= 0, y, np.nan), label=curve.name, **style)
        ax.plot(x, np.where(y <= 0, -y, np.nan), **{**style, "ls": (0, (1, 2.5)) if thin else "--",
                                                    "color": drawn.get_color()})  # fmt: skip
    if panel.logarithmic:
        ax.set_yscale("log", nonpositive="clip")  # zeros go to the lower edge
        top = max(float(np.abs(c.y).max()) for c in panel.curves)
        low = min(float(np.abs(c.y[-1])) for c in panel.curves)
        ax.set_ylim(max(low / 3, top * 1e-9), 2 * top)
    else:
        ax.axhline(0, color="0.7", lw=0.6, zorder=0)
    ax.set_title(panel.title, fontsize=9)
    label = f"|{panel.y_label.split(' (')[0]}| ({panel.y_label.split(' (')[1]}" if panel.logarithmic else panel.y_label
    ax.set(xlabel=panel.x_label, ylabel=label)
    ax.margins(x=0.01, y=0.05 if panel.logarithmic else 0.2)  # room for the legend
    ax.legend(frameon=False, fontsize=7)
    return ax


def _with_zeros(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The curve with straight lines drawn out to where it changes sign: a logarithmic axis shows them as dips."""
    near = np.array([1e-1, 1e-2, 1e-3, 1e-4])
    more_x: list[Any] = [x]
    more_y: list[Any] = [y]
    for k in np.flatnonzero(y[:-1] * y[1:] < 0):
        zero = x[k] - y[k] * (x[k + 1] - x[k]) / (y[k + 1] - y[k])
        more_x += [zero + (x[k] - zero) * near, [zero], zero + (x[k + 1] - zero) * near]
        more_y += [y[k] * near, [0.0], y[k + 1] * near]
    xs, ys = np.concatenate(more_x), np.concatenate(more_y)
    order = np.argsort(xs, kind="stable")
    return xs[order], ys[order]


def save_exchange_figure(figure: PaperFigure, path: str | os.PathLike[str]) -> Path:
    """Draw the panels side by side with the caption below and write the picture; the suffix is the format."""
    n = len(figure.panels)
    width = max(4.4 * n, 6.4)
    lines = textwrap.wrap(f"Figure {figure.number}. {figure.caption}", int(width * 15.5))
    below = 0.15 * len(lines) + 0.2
    sheet = pyplot().Figure(figsize=(width, 3.6 + below), layout="constrained")  # no window belongs to it
    top, bottom = sheet.subfigures(2, 1, height_ratios=(3.6, below))
    for panel, ax in zip(figure.panels, np.atleast_1d(top.subplots(1, n)), strict=True):
        plot_exchange_panel(panel, ax)
    bottom.text(0.012, 0.98, "\n".join(lines), va="top", fontsize=8)
    return save_figure(sheet, path)


def plot_exchange_map(
    x: np.ndarray, y: np.ndarray, values: np.ndarray, ax: Any = None, *, labels: tuple[str, str] = ("", ""), **kw: Any
) -> Any:
    """Draw a coupling over two parameters with the line where it changes sign.

    Parameters
    ----------
    x, y : (m,), (n,) array
    values : (n, m) array
        J/m^2.
    ax : matplotlib Axes, optional
    labels : (str, str)
        Of the axes, with units.
    **kw
        To ``pcolormesh``.

    Returns
    -------
    matplotlib Axes
    """
    from matplotlib.colors import SymLogNorm

    ax = plain_axes(ax, (5.4, 3.6))
    mJ = np.asarray(values) * 1e3
    top = float(np.abs(mJ).max()) or 1.0
    decade = 10.0 ** np.floor(np.log10(top))
    norm = SymLogNorm(linthresh=decade * 1e-4, linscale=0.4, vmin=-top, vmax=top)
    style: dict[str, Any] = {"cmap": "RdBu_r", "shading": "nearest", "rasterized": True, **kw}
    drawn = ax.pcolormesh(x, y, mJ, **({} if {"norm", "vmin", "vmax"} & kw.keys() else {"norm": norm}), **style)
    if mJ.min() < 0 < mJ.max() and min(mJ.shape) > 1:
        ax.contour(x, y, mJ, levels=[0.0], colors=OUTLINE, linewidths=0.9)
    ticks = decade * 10.0 ** np.arange(-3, 1)
    bar = ax.figure.colorbar(drawn, ax=ax, label="coupling (mJ/m²); FM > 0")
    if drawn.norm is norm:
        bar.set_ticks([*-ticks[::-1], 0.0, *ticks])
    ax.set(xlabel=labels[0], ylabel=labels[1])
    return ax


def save_exchange_map(
    x: np.ndarray, y: np.ndarray, values: np.ndarray, path: str | os.PathLike[str], *, labels: tuple[str, str]
) -> Path:
    """Write the picture of a map."""
    sheet = pyplot().Figure(figsize=(5.8, 4.2), layout="constrained")  # no window belongs to it
    plot_exchange_map(x, y, values, sheet.subplots(), labels=labels)
    return save_figure(sheet, path)


def save_exchange_line(x: np.ndarray, values: np.ndarray, path: str | os.PathLike[str], *, label: str) -> Path:
    """Write the picture of a coupling (J/m^2) over one parameter."""
    sheet = pyplot().Figure(figsize=(5.8, 3.8), layout="constrained")  # no window belongs to it
    ax = sheet.subplots()
    factor, unit = scaled(np.asarray(values), "J/m²")
    ax.plot(x, np.asarray(values) * factor, color=OUTLINE)
    ax.axhline(0, color="0.7", lw=0.6, zorder=0)
    ax.set(xlabel=label, ylabel=f"coupling ({unit}); FM > 0")
    return save_figure(sheet, path)


def plot_switching(curve: SwitchingCurve, ax: Any = None, **kw: Any) -> Any:
    """Draw the resistance of a sweep; the way there and the way back in two colours; keywords go to ``plot``."""
    ax = plain_axes(ax, (5.4, 3.6))
    x, label = _swept(curve)
    factor, unit = scaled(curve.resistance, "ohm")
    _both_ways(ax, x, curve.resistance * factor, kw)
    ax.set(xlabel=label, ylabel=f"resistance ({unit})")
    return ax


def plot_coupling(curve: SwitchingCurve, ax: Any = None, **kw: Any) -> Any:
    """Draw the coupling H_ex of every exchange along a sweep; keywords go to ``plot``."""
    ax = plain_axes(ax, (5.4, 3.6))
    x, label = _swept(curve)
    factor, unit = scaled(np.concatenate(list(curve.coupling.values())), "J/m²")
    for name, values in curve.coupling.items():
        _both_ways(ax, x, values * factor, kw, f"{name}, " if len(curve.coupling) > 1 else "")
    ax.axhline(0, color="0.7", lw=0.6, zorder=0)
    ax.set(xlabel=label, ylabel=f"coupling ({unit})")
    return ax


def plot_angles(curve: SwitchingCurve, ax: Any = None, **kw: Any) -> Any:
    """Draw the angle between the layers of every exchange along a sweep; keywords go to ``plot``."""
    ax = plain_axes(ax, (5.4, 3.6))
    x, label = _swept(curve)
    for pair in curve.pairs.values():
        _both_ways(ax, x, np.degrees(curve.angle(*pair)), kw)
    ax.set(xlabel=label, ylabel="angle (deg)", ylim=(-8, 188), yticks=(0, 90, 180))
    return ax


def save_switching(curve: SwitchingCurve, path: str | os.PathLike[str]) -> Path:
    """Draw coupling, angle and resistance one above the other and write the picture."""
    sheet = pyplot().Figure(figsize=(6.0, 7.2), layout="constrained")  # no window belongs to it
    for draw, ax in zip((plot_coupling, plot_angles, plot_switching), sheet.subplots(3, 1, sharex=True), strict=True):
        draw(curve, ax)
        ax.label_outer()
    return save_figure(sheet, path)


def _swept(curve: SwitchingCurve) -> tuple[np.ndarray, str]:
    if curve.parameter == "temperature":
        return curve.values, "temperature (K)"
    unit = {"electric_field": "V/m", "applied_field": "T"}[curve.parameter]
    factor, unit = scaled(curve.values, unit)
    return curve.values * factor, f"{_NAMES[curve.parameter]} ({unit})"


def _both_ways(ax: Any, x: np.ndarray, y: np.ndarray, kw: dict[str, Any], name: str = "") -> None:
    """Stretches of growing and of falling x, in two colours, with a legend if there are both."""
    turn = np.flatnonzero(np.diff(np.sign(np.diff(x))) != 0) + 1
    edges = [0, *turn.tolist(), len(x) - 1]
    for first, last in itertools.pairwise(edges):
        part = slice(first, last + 1)
        up = x[last] >= x[first]
        style = {"color": TERMINAL if up else "#2b6ca3", "lw": 1.4, "ls": "-" if up else "--",
                 "label": f"{name}{'up' if up else 'down'}"}  # fmt: skip
        ax.plot(x[part], y[part], **{**style, **kw})
    if len(edges) > 2:
        handles = {h.get_label(): h for h in ax.get_lines()}
        ax.legend(handles.values(), handles.keys(), frameon=False, fontsize=8)
