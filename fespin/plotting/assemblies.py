"""Pictures of spin assemblies: occupation, damped precession, conversion, two assemblies merging, spins on a line."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import scaled
from .figure import OUTLINE, plain_axes, pyplot
from .files import save_figure

if TYPE_CHECKING:
    from ..assemblies.interaction import Interaction
    from ..assemblies.transport import SpinTransport

TIS, TIA, FULL, EMPTY = "#d9a321", "#b3202c", "#2b6ca3", "#3f8f4f"
_STATES = (("tis", r"$F_\mathrm{TIS}$", TIS), ("tia", r"$F_\mathrm{TIA}$", TIA), ("full", r"$F_\mathrm{full}$", FULL),
           ("empty", r"$F_\mathrm{empty}$", EMPTY))  # fmt: skip


def _axes(ax: Any, width: float = 5.4, height: float = 3.6) -> Any:
    return plain_axes(ax, (width, height))


def plot_spin_states(x: float = 0.0, ax: Any = None, *, rule: str = "complete", **kw: Any) -> Any:
    """Draw the occupation of spin places over the energy (figure 5).

    Parameters
    ----------
    x : float
        Spin polarization, in [0, 1].
    ax : matplotlib Axes, optional
    rule : {"complete", "isotropic", "paper"}
        Of `fespin.assemblies.spin_states`.
    **kw
        To ``plot``.

    Returns
    -------
    matplotlib Axes
    """
    from ..assemblies.statistics import spin_states

    ax = _axes(ax)
    z = np.linspace(-6, 6, 481)
    states = spin_states(z, x, rule=rule)
    for name, label, colour in _STATES:
        values = getattr(states, name)
        if values.any():
            ax.plot(z, values, **{"color": colour, "label": f"{label}, {rule}", "lw": 1.4, **kw})
    ax.set(xlabel=r"$(E - E_F)/kT$", ylabel="states per spin place", xlim=(-6, 6), ylim=(0, 0.52))
    ax.legend(frameon=False, fontsize=8)
    return ax


def plot_angular_density(times: Sequence[float] = (0, 0.25, 0.5, 1, 1.5, 2), ax: Any = None, **kw: Any) -> Any:
    """Draw the density of spin directions after times in units of t_lambda (figure 6); keywords go to ``plot``."""
    from ..assemblies.damping import angular_density

    ax = _axes(ax)
    theta = np.linspace(0, math.pi, 721)
    colours = pyplot().get_cmap("viridis")(np.linspace(0, 0.9, len(times)))
    for t, colour in zip(times, colours, strict=True):
        style = {"color": colour, "label": f"{t:g}", "lw": 1.4, **kw}
        ax.plot(np.degrees(theta), angular_density(theta, t), **style)
    ax.set(xlabel="angle between spin and field (deg)", ylabel=r"density $\rho(\theta, t)$ (1/rad)", xlim=(0, 180))
    ax.set_xticks(range(0, 181, 45))
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, title=r"$t/t_\lambda$")
    return ax


def plot_conversion_coefficient(
    ax: Any = None, *, convention: str = "spin", waiting: str = "fixed", largest: float = 3.0, **kw: Any
) -> Any:
    """Draw k over t_scattering/t_lambda (figure 7); keywords go to ``plot``."""
    from ..assemblies.damping import conversion_coefficient

    ax = _axes(ax)
    r = np.linspace(0, largest, 301)
    k = conversion_coefficient(r, convention=convention, waiting=waiting)
    ax.plot(r, k, **{"label": f"{convention}, {waiting} waiting", "lw": 1.4, **kw})
    ax.set(xlabel=r"$t_\mathrm{scattering}/t_\lambda$", ylabel="conversion coefficient $k$", xlim=(0, largest))
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    return ax


def plot_interaction(result: Interaction, ax: Any = None, *, scatterings: int = 15, **kw: Any) -> Any:
    """Draw the populations of two merging assemblies after each scattering (figure 9).

    Parameters
    ----------
    result : Interaction
    ax : matplotlib Axes, optional
    scatterings : int
        How many are drawn.
    **kw
        To ``plot`` of the populations.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax)
    shown = slice(0, scatterings + 1)
    steps = np.arange(len(result.n1))[shown]
    lines = (("TIA1", result.n1, TIA), ("TIA2", result.n2, FULL), ("TIA1 + TIA2", result.tia, EMPTY),
             ("TIS", result.tis, TIS))  # fmt: skip
    for label, values, colour in lines:
        ax.plot(steps, values[shown], **{"color": colour, "label": label, "marker": ".", "lw": 1.2, **kw})
    ax.set(xlabel="scatterings", ylabel="share of spin states", xlim=(0, scatterings), ylim=(0, 1))
    ax.legend(frameon=False, fontsize=8, loc="upper center", ncols=4, bbox_to_anchor=(0.5, 1.14))
    return ax


def plot_interaction_angles(result: Interaction, ax: Any = None, *, scatterings: int = 15, **kw: Any) -> Any:
    """Draw the directions of two merging assemblies after each scattering (inset of figure 9); keywords to ``plot``."""
    ax = _axes(ax, height=2.4)
    shown = slice(0, scatterings + 1)
    for label, values, colour in (("TIA1", result.direction1, TIA), ("TIA2", result.direction2, FULL)):
        degrees = np.degrees(values[shown])
        ax.plot(degrees, **{"color": colour, "label": label, "marker": ".", "lw": 1.2, **kw})
    ax.set(xlabel="scatterings", ylabel=r"direction $\theta$ (deg)", xlim=(0, scatterings))
    ax.legend(frameon=False, fontsize=8)
    return ax


def plot_merging(n1: float, n2: float, ax: Any = None, *, rule: str = "conserving", **kw: Any) -> Any:
    """Draw rotation (left) and conversion (right axis) of two assemblies over their angle (figure 10).

    The axes of the conversion are ``ax.conversion``, so that another rule is drawn into the same pair. Keywords go to
    both ``plot``.
    """
    from ..assemblies.interaction import merged

    ax = _axes(ax)
    phi = np.linspace(0, math.pi, 361)
    final = merged(n1, n2, phi, rule=rule)
    if not hasattr(ax, "conversion"):
        ax.conversion = ax.twinx()
        ax.conversion.set_ylabel("converted to TIS (%)", color="#8a6508")
        ax.set_ylabel("rotation of TIA1 (deg)", color=TIA)
    ax.plot(np.degrees(phi), np.degrees(final.rotation), **{"color": TIA, "lw": 1.4, "label": f"{rule}", **kw})
    ax.conversion.plot(np.degrees(phi), 100 * final.tis, **{"color": TIS, "lw": 1.4, **kw})
    ax.set(xlabel="angle between TIA1 and TIA2 (deg)", xlim=(0, 180))
    ax.set_xticks(range(0, 181, 30))
    for drawn in (ax, ax.conversion):
        drawn.set_ylim(0, 1.05 * max(float(np.max(line.get_ydata())) for line in drawn.get_lines()))
    return ax


def plot_torque_coefficients(ax: Any = None, *, rule: str = "conserving", **kw: Any) -> Any:
    """Draw A(phi) in degrees (left) and B(phi) (right axis, ``ax.conversion``) (figure 11); keywords go to ``plot``."""
    from ..assemblies.coefficients import tis_coefficient, torque_coefficient

    ax = _axes(ax)
    phi = np.linspace(0, math.pi, 361)
    if not hasattr(ax, "conversion"):
        ax.conversion = ax.twinx()
        ax.conversion.set_ylabel("conversion coefficient $B$", color="#8a6508")
        ax.set_ylabel("torque coefficient $A$ (deg)", color=TIA)
    degrees = np.degrees(phi)
    ax.plot(degrees, np.degrees(torque_coefficient(phi, rule=rule)), **{"color": TIA, "lw": 1.4, "label": rule, **kw})
    ax.conversion.plot(degrees, tis_coefficient(phi, rule=rule), **{"color": TIS, "lw": 1.4, **kw})
    ax.set(xlabel="angle between TIA1 and TIA2 (deg)", xlim=(0, 180), ylim=(0, 65))
    ax.conversion.set_ylim(0, 2.26)
    ax.set_xticks(range(0, 181, 30))
    return ax


def plot_spin_transport(result: SpinTransport, ax: Any = None, *, record: int = -1, **kw: Any) -> Any:
    """Draw the components of the spin density, n_TIA and n_TIS along a line at one record.

    Parameters
    ----------
    result : SpinTransport
    ax : matplotlib Axes, optional
    record : int
        Which one; the last by default.
    **kw
        To ``plot``.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax, 6.4, 3.8)
    length, unit = scaled(result.x, "m")
    x = result.x * length
    top = max(float(np.abs(result.tia[record]).max()), float(np.abs(result.tis[record]).max()))
    power = math.floor(math.log10(top)) if top > 0 else 0
    power = 0 if -2 <= power <= 3 else power
    scale = 10.0**-power
    unit_of_density = rf"$10^{{{power}}}$ m$^{{-3}}$" if power else "m$^{-3}$"
    lines = [(f"$S_{c}$", result.spin[record, :, i], colour, "-") for i, (c, colour) in
             enumerate(zip("xyz", (TIA, EMPTY, FULL), strict=True))]  # fmt: skip
    lines += [
        (r"$n_\mathrm{TIA}$", result.tia[record], OUTLINE, "--"),
        (r"$n_\mathrm{TIS}$", result.tis[record], TIS, "-"),
    ]
    for label, values, colour, style in lines:
        ax.plot(x, values * scale, **{"color": colour, "ls": style, "lw": 1.3, "label": label, **kw})
    time, time_unit = scaled(np.array([result.time[record]]), "s")
    ax.set(xlabel=f"position ({unit})", ylabel=f"density ({unit_of_density})", xlim=(x[0], x[-1]))
    ax.set_title(f"t = {result.time[record] * time:.4g} {time_unit}", fontsize=9)
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax


def save_spin_transport(result: SpinTransport, path: str | os.PathLike[str]) -> Path:
    """Draw the first and the last record one above the other and write the picture; the suffix is the format."""
    figure = pyplot().Figure(figsize=(6.8, 6.4), layout="constrained")  # no window belongs to it
    first, last = figure.subplots(2, 1)
    plot_spin_transport(result, first, record=0)
    plot_spin_transport(result, last)
    return save_figure(figure, path)
