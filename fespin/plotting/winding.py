"""Pictures of winding batteries: density in space and time, ledger, circuit and winding of a cycle, V-I curve."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import scaled
from .figure import OUTLINE, TERMINAL, plain_axes, pyplot
from .files import save_figure

if TYPE_CHECKING:
    from ..batteries.winding.protocols import Curve
    from ..batteries.winding.result import WindingResult

_BOOKS = (
    ("energy", "stored", "#2b6ca3"),
    ("load", "load", "#3f8f4f"),
    ("contact", "contact heat", "#c8553d"),
    ("gilbert", "Gilbert damping", "#e0a030"),
    ("switch", "switch", "#8a7f72"),
)


def _time(result: WindingResult) -> tuple[np.ndarray, str]:
    factor, unit = scaled(result.time, "s")
    return result.time * factor, f"time ({unit})"


def _mark_phases(ax: Any, result: WindingResult, time: np.ndarray, *, names: bool) -> None:
    """A thin line where a phase ends and its name above the axes."""
    edges = [time[0]]
    for k in range(len(result.phases)):
        rows = np.flatnonzero(result["phase"] == k)
        if len(rows):
            edges.append(time[rows[-1]])
    for edge in edges[1:-1]:
        ax.axvline(edge, color=OUTLINE, lw=0.6, ls=":", zorder=3)
    if names:
        span = edges[-1] - edges[0]
        for phase, start, end in zip(result.phases, edges[:-1], edges[1:], strict=False):
            if end - start > 0.08 * span:  # no room for the name otherwise
                ax.annotate(phase.name, ((start + end) / 2, 1), (0, 3), xycoords=("data", "axes fraction"), ha="center",
                            textcoords="offset points", fontsize=8, color="0.35")  # fmt: skip


def plot_winding(result: WindingResult, ax: Any = None, **kw: Any) -> Any:
    """Draw the winding density -d phi/dx over position and time.

    Parameters
    ----------
    result : WindingResult
    ax : matplotlib Axes, optional
    **kw
        To ``pcolormesh``.

    Returns
    -------
    matplotlib Axes
    """
    ax = plain_axes(ax, (6.4, 3.6))
    time, label = _time(result)
    length, unit = scaled(result.nodes, "m")
    factor, per = scaled(result.density, "rad/m")
    values = (result.density[1:] + result.density[:-1]) / 2 * factor
    style: dict[str, Any] = {"cmap": "viridis", "rasterized": True, **kw}
    if "cmap" not in kw and values.min(initial=0.0) < -0.02 * np.abs(values).max(initial=0.0):
        top = float(np.abs(values).max())
        style |= {"cmap": "RdBu_r"} | ({} if {"norm", "vmin", "vmax"} & kw.keys() else {"vmin": -top, "vmax": top})
    keep = np.concatenate([[True], np.diff(time) > 0])
    drawn = ax.pcolormesh(time[keep], result.nodes * length, values[keep[1:]].T, **style)
    ax.figure.colorbar(drawn, ax=ax, label=f"$-\\partial_x\\varphi$ ({per})")
    ax.set(xlabel=label, ylabel=f"position ({unit})")
    _mark_phases(ax, result, time, names=True)
    return ax


def plot_ledger(result: WindingResult, ax: Any = None, **kw: Any) -> Any:
    """Draw where the energy is or went, stacked; their sum is what the source and the gate paid (line).

    Further keywords go to ``stackplot``. Negative stores (none without a source that takes energy back) would overlap.
    """
    ax = plain_axes(ax, (6.4, 3.6))
    time, label = _time(result)
    parts = [(name, colour, result.energy if key == "energy" else result[key]) for key, name, colour in _BOOKS]
    paid = result["source"] + result["gate_work"] + result.energy[0]
    top = max(float(np.abs(values).max()) for *_, values in parts)
    factor, unit = scaled(np.array([max(top, float(np.abs(paid).max()))]), "J")
    shown = [(name, colour, values * factor) for name, colour, values in parts if np.abs(values).max() > 1e-9 * top]
    ax.stackplot(time, [v for *_, v in shown], labels=[n for n, *_ in shown], colors=[c for _, c, _ in shown],
                 **{"alpha": 0.85, **kw})  # fmt: skip
    ax.plot(time, paid * factor, color=OUTLINE, lw=1.2, label="paid in and stored before")
    ax.set(xlabel=label, ylabel=f"energy ({unit})", xlim=(time[0], time[-1]))
    ax.margins(y=0.05)
    ax.legend(frameon=False, fontsize=8, ncols=5, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    _mark_phases(ax, result, time, names=True)
    return ax


def plot_cycle(result: WindingResult, ax: Any = None, **kw: Any) -> Any:
    """Draw the voltage at the terminals (left) and the turns on the wire (right) over time; keywords go to ``plot``."""
    ax = plain_axes(ax, (6.4, 3.6))
    time, label = _time(result)
    factor, unit = scaled(result["voltage"], "V")
    ax.plot(time, result["voltage"] * factor, **{"color": TERMINAL, "lw": 1.2, **kw})
    ax.set(xlabel=label, xlim=(time[0], time[-1]))
    ax.set_ylabel(f"voltage ({unit})", color=TERMINAL)
    right = ax.twinx()
    right.plot(time, result.winding, color="#2b6ca3", lw=1.2)
    right.set_ylabel("turns on the wire", color="#2b6ca3")
    _mark_phases(ax, result, time, names=True)
    return ax


def plot_vi(curve: Curve, ax: Any = None, **kw: Any) -> Any:
    """Draw a voltage-current curve with its straight line; keywords go to ``plot`` of the points."""
    ax = plain_axes(ax, (6.4, 3.6))
    (i, i_unit), (v, v_unit) = scaled(curve.current, "A"), scaled(curve.voltage, "V")
    J = np.array([curve.current.min(), curve.current.max()])
    ax.plot(J * i, (curve.emf - curve.resistance * J) * v, color="0.6", lw=1,
            label=f"EMF {curve.emf * v:.4g} {v_unit}, {curve.resistance:.4g} Ω")  # fmt: skip
    ax.plot(
        curve.current * i, curve.voltage * v, **{"marker": "o", "ls": "none", "mfc": "none", "color": OUTLINE, **kw}
    )
    ax.set(xlabel=f"discharge current ({i_unit})", ylabel=f"voltage ({v_unit})")
    ax.legend(frameon=False)
    return ax


def save_winding(result: WindingResult, path: str | os.PathLike[str]) -> Path:
    """Draw winding density, cycle and ledger one above the other and write the picture; the suffix is the format."""
    plt = pyplot()
    figure = plt.Figure(figsize=(7, 9), layout="constrained")  # no window belongs to it
    top, middle, bottom = figure.subplots(3, 1)
    plot_winding(result, top)
    plot_cycle(result, middle)
    plot_ledger(result, bottom)
    return save_figure(figure, path)
