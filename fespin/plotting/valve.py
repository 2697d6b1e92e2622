"""Pictures of spin valves: potentials, ledger and circuit of a run, impedance, EMF of a reservoir."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import scaled
from .figure import OUTLINE, TERMINAL, plain_axes, pyplot
from .files import save_figure

if TYPE_CHECKING:
    from ..batteries.valve.emf import EMFCurve
    from ..batteries.valve.result import ValveResult
    from ..batteries.valve.screening import Screened
    from ..batteries.valve.stack import SpinValve
    from ..batteries.valve.statics import StaticSolution

AMPERE_HOUR = 3600.0  # C
UP, DOWN, ELECTRIC = "#b3202c", "#2b6ca3", OUTLINE
_COLOURS = (OUTLINE, "#2b6ca3", "#c8553d", "#3f8f4f")
_BOOKS = (
    ("stored", "stored", "#2b6ca3"),
    ("load", "load", "#3f8f4f"),
    ("series", "source and wires", "#8a7f72"),
    ("ohmic", "layers", "#c8553d"),
    ("contact", "interfaces", "#a58cc4"),
    ("leak", "spin flip", "#e0a030"),
    ("method", "time steps", "#cccccc"),
)


def plot_valve_potentials(
    solution: StaticSolution, ax: Any = None, *, screened: Screened | None = None, **kw: Any
) -> Any:
    """Draw the electrochemical, electric and chemical potentials over position (fig 2 of the locked valve's paper).

    Parameters
    ----------
    solution : StaticSolution
    ax : matplotlib Axes, optional
    screened : Screened, optional
        The electric potential with its double layers, drawn besides.
    **kw
        To ``plot`` of every line.

    Returns
    -------
    matplotlib Axes
    """
    from ..batteries.valve.potentials import potentials

    ax = plain_axes(ax, (6.4, 3.6))
    found = potentials(solution)
    valve, mesh = solution.valve, solution.mesh
    length, unit = scaled(np.array(valve.edges), "m")
    volts = np.concatenate([found.electric, *found.electrochemical])
    factor, volt = scaled(volts[np.isfinite(volts)], "V")
    lines: list[tuple[Any, str | None, dict[str, Any]]] = [
        (found.electrochemical[0], r"$\mu_\uparrow/e$", {"color": UP, "lw": 2.6}),
        (found.electrochemical[1], r"$\mu_\downarrow/e$", {"color": DOWN, "lw": 2.6}),
        (found.electric, r"$\varphi$", {"color": ELECTRIC, "lw": 1.1}),
        (found.chemical[0], r"$\eta_\uparrow/e$", {"color": UP, "lw": 1.2, "ls": "--"}),
        (found.chemical[1], r"$\eta_\downarrow/e$", {"color": DOWN, "lw": 1.2, "ls": "--"}),
    ]
    for values, label, style in lines:
        for k in range(len(valve.layers)):
            own = slice(mesh.first[k], mesh.first[k + 1])
            if np.isfinite(values[own]).any():
                ax.plot(found.position[own] * length, values[own] * factor, label=label, **{**style, **kw})
                label = None  # one entry of the legend for all layers
    for node in mesh.first[1:-1].tolist():  # the jumps of the electric potential
        ax.plot(found.position[[node, node]] * length, found.electric[[node - 1, node]] * factor, color=ELECTRIC,
                lw=0.8, ls=":")  # fmt: skip
    if screened is not None:
        ax.plot(screened.position * length, screened.electric * factor, color="#e0a030", lw=1.2,
                label=r"$\varphi$ screened")  # fmt: skip
    ax.set(xlabel=f"position ({unit})", ylabel=f"potential ({volt})", xlim=(0, valve.edges[-1] * length))
    _shade(ax, valve, length)
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def _shade(ax: Any, valve: SpinValve, length: float) -> None:
    """Magnetic layers in grey, with their names above."""
    for layer, a, b in zip(valve.layers, valve.edges, valve.edges[1:], strict=False):
        if layer.magnetization is not None:
            ax.axvspan(a * length, b * length, color="0.92", zorder=-2, lw=0)
        arrow = {"up": " ↑", "down": " ↓"}.get(layer.magnetization or "", "")
        if b - a > 0.06 * valve.edges[-1]:
            ax.annotate(layer.name + arrow, ((a + b) / 2 * length, 1), (0, 3), xycoords=("data", "axes fraction"),
                        textcoords="offset points", ha="center", fontsize=8, color="0.35")  # fmt: skip


def _mark_phases(ax: Any, result: ValveResult, factor: float) -> None:
    """A thin line where a phase ends and its name above the axes."""
    ends = np.concatenate([[0.0], np.cumsum([phase.duration for phase in result.phases])]) * factor
    for edge in ends[1:-1]:
        ax.axvline(edge, color=OUTLINE, lw=0.6, ls=":", zorder=3)
    for phase, start, end in zip(result.phases, ends, ends[1:], strict=False):
        if end - start > 0.08 * ends[-1]:  # no room for the name otherwise
            ax.annotate(phase.name, ((start + end) / 2, 1), (0, 3), xycoords=("data", "axes fraction"), ha="center",
                        textcoords="offset points", fontsize=8, color="0.35")  # fmt: skip


def plot_valve_run(result: ValveResult, ax: Any = None, **kw: Any) -> Any:
    """Draw voltage and splitting (left) and current (right) over time; keywords go to ``plot`` of all three."""
    ax = plain_axes(ax, (6.4, 3.6))
    t, t_unit = scaled(result.time, "s")
    v, v_unit = scaled(np.concatenate([result["voltage"], result["splitting"]]), "V")
    i, i_unit = scaled(result["current"], "A")
    ax.plot(result.time * t, result["voltage"] * v, **{"color": OUTLINE, "lw": 1.3, "label": "terminals", **kw})
    label = "EMF" if not len(result.nodes) else r"$\mu_\uparrow-\mu_\downarrow$ over $e$, mean"
    ax.plot(result.time * t, result["splitting"] * v, **{"color": DOWN, "lw": 1.3, "label": label, **kw})
    ax.set(xlabel=f"time ({t_unit})", ylabel=f"voltage ({v_unit})", xlim=(0, result.time[-1] * t))
    right = ax.twinx()
    right.plot(result.time * t, result["current"] * i, **{"color": TERMINAL, "lw": 1.1, **kw})
    right.axhline(0, color=TERMINAL, lw=0.5, alpha=0.5)
    right.set_ylabel(f"current ({i_unit})", color=TERMINAL)
    ax.legend(frameon=False, fontsize=8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    _mark_phases(ax, result, t)
    return ax


def plot_valve_ledger(result: ValveResult, ax: Any = None, **kw: Any) -> Any:
    """Draw where the energy is or went, stacked; their sum is what the source paid (line). Keywords: ``stackplot``."""
    ax = plain_axes(ax, (6.4, 3.6))
    t, t_unit = scaled(result.time, "s")
    paid = result["source"] + result.energy[0]
    top = max(float(np.abs(paid).max()), *(float(np.abs(result[key]).max()) for key, *_ in _BOOKS))
    factor, unit = scaled(np.array([top]), "J")
    shown = [
        (name, colour, result[key] * factor) for key, name, colour in _BOOKS if np.abs(result[key]).max() > 1e-4 * top
    ]
    if shown:
        names, colours, values = zip(*shown, strict=True)
        ax.stackplot(result.time * t, values, labels=names, colors=colours, **{"alpha": 0.85, **kw})
    ax.plot(result.time * t, paid * factor, color=OUTLINE, lw=1.2, label="paid in and stored before")
    ax.set(xlabel=f"time ({t_unit})", ylabel=f"energy ({unit})", xlim=(0, result.time[-1] * t))
    ax.margins(y=0.05)
    ax.legend(frameon=False, fontsize=8, ncols=5, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    _mark_phases(ax, result, t)
    return ax


def plot_emf(
    curve: EMFCurve | Mapping[str, EMFCurve], ax: Any = None, *, voltage: float | None = None, **kw: Any
) -> Any:
    """Draw the EMF of a reservoir over its charge; at a `voltage` in V of the source, what it drives in is shaded.

    Parameters
    ----------
    curve : EMFCurve or mapping of str to EMFCurve
        Several are drawn on the same scales, with their names.
    ax : matplotlib Axes, optional
    voltage : float, optional
        V; the charge axis ends a little beyond what it drives in.
    **kw
        To ``plot``.

    Returns
    -------
    matplotlib Axes
    """
    ax = plain_axes(ax, (6.4, 3.6))
    curves = curve if isinstance(curve, Mapping) else {"": curve}
    largest = max(one.largest for one in curves.values())
    if voltage is not None:
        held = max(one.held_at(voltage) for one in curves.values())
        largest = min(largest, 1.15 * held) if held > 0 else largest
    c, c_unit = scaled(np.array([largest / AMPERE_HOUR]), "A h")
    top = max(float(one.end[np.searchsorted(one.charge, largest) - 1 if one.largest > largest else -1])
              for one in curves.values())  # fmt: skip
    v, v_unit = scaled(np.array([top]), "V", reach=1e4)
    for k, (name, one) in enumerate(curves.items()):
        charge = np.repeat(one.charge, 2)[1:-1] / AMPERE_HOUR * c
        emf = np.column_stack([one.start, one.end]).ravel() * v
        style = {"color": _COLOURS[k % len(_COLOURS)], "lw": 1.2, "label": name or None, **kw}
        ax.plot(np.concatenate([[0], charge]), np.concatenate([[0], emf]), **style)
        if voltage is not None:
            inside = charge <= one.held_at(voltage) / AMPERE_HOUR * c * (1 + 1e-9)
            ax.fill_between(charge[inside], emf[inside], color=style["color"], alpha=0.15, lw=0)
    if voltage is not None:
        ax.axhline(voltage * v, color=TERMINAL, lw=0.8, ls="--")
    if len(curves) > 1:
        ax.legend(frameon=False, fontsize=8)
    ax.set(xlabel=f"charge ({c_unit})", ylabel=f"EMF ({v_unit})")
    ax.set(xlim=(0, largest / AMPERE_HOUR * c * 1.02), ylim=(0, 1.05 * top * v))
    return ax


def plot_valve_impedance(frequency: Any, impedance: Any, ax: Any = None, **kw: Any) -> Any:
    """Draw Re Z and -Im Z over frequency, both axes logarithmic; keywords go to ``plot``."""
    ax = plain_axes(ax, (6.4, 3.6))
    f, f_unit = scaled(np.asarray(frequency), "Hz")
    ax.loglog(np.asarray(frequency) * f, np.real(impedance), **{"color": OUTLINE, "label": "Re Z", **kw})
    ax.loglog(np.asarray(frequency) * f, -np.imag(impedance), **{"color": DOWN, "label": "-Im Z", **kw})
    ax.set(xlabel=f"frequency ({f_unit})", ylabel="impedance (Ω)")
    ax.legend(frameon=False)
    return ax


def save_valve_run(result: ValveResult, path: str | os.PathLike[str]) -> Path:
    """Draw circuit and ledger one above the other and write the picture."""
    figure = pyplot().Figure(figsize=(7, 6.4), layout="constrained")  # no window belongs to it
    top, bottom = figure.subplots(2, 1)
    plot_valve_run(result, top)
    plot_valve_ledger(result, bottom)
    return save_figure(figure, path)
