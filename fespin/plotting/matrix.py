"""The picture of a conductance or admittance matrix."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import must_be
from ..network.terminal import COMPONENTS
from .coordinates import scaled
from .figure import OUTLINE, plain, pyplot

if TYPE_CHECKING:
    from ..network.conductance import ConductanceMatrix

PARTS = ("real", "imaginary", "magnitude", "phase")
_DECADES = 4
_NOISE = 1e-12  # of the largest entry: below, an entry counts as 0


def plot_conductance(G: ConductanceMatrix, ax: Any = None, *, part: str | None = None, **kw: Any) -> Any:
    """Draw the conductance matrix: columns are potentials, rows currents, blocks terminals.

    Signed parts have colours symmetric about 0, logarithmic over four decades and linear below; the magnitude is
    logarithmic over four decades, the phase cyclic. Up to two terminals the numbers are written.

    Parameters
    ----------
    G : ConductanceMatrix
    ax : matplotlib Axes, optional
    part : {"real", "imaginary", "magnitude", "phase"}, optional
        Of a complex admittance, for which it must be given; the phase is in degrees. Left out for a real matrix.
    **kw
        To ``imshow``.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        A complex matrix without a part, an unknown part, or no matplotlib.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=1e7, length=1e-7, area=1e-14, terminals=("left", "right"))
    >>> plot_conductance(wire).get_ylabel()
    'current out of the device'
    """
    plt = pyplot()
    values, label, style = _part(G, part)
    count = len(G.terminals)
    if ax is None:
        side = min(2.2 + 0.42 * 4 * count, 11.0)
        ax = plt.figure(figsize=(side + 0.9, side), layout="constrained").add_subplot()
    ticks = None if {"norm", "vmin", "vmax"} & kw.keys() else style.pop("ticks", None)
    style.pop("ticks", None)
    image = ax.imshow(values, **{**style, **kw})
    ax.set_facecolor("0.93")  # of entries without a magnitude or phase: zeros
    names = [f"{plain(t)}:{c}" for t in G.terminals for c in COMPONENTS]
    small = {} if count <= 6 else {"fontsize": max(3.0, 60 / count)}
    ax.set_xticks(range(4 * count), names, rotation=90, **small)
    ax.set_yticks(range(4 * count), names, **small)
    for line in range(count + 1):  # the frame too: spines alone are thinner
        ax.axhline(4 * line - 0.5, color=OUTLINE, lw=1.2)
        ax.axvline(4 * line - 0.5, color=OUTLINE, lw=1.2)
    ax.set(xlabel="potential", ylabel=f"current {'out of' if G.convention == 'out' else 'into'} the device")
    ax.figure.colorbar(image, ax=ax, label=label, shrink=0.8, ticks=ticks)
    if count <= 2:
        _write_entries(ax, image, values)
    return ax


def _part(G: ConductanceMatrix, part: str | None) -> tuple[np.ndarray, str, dict[str, Any]]:
    """Values in the unit shown, label of the colour bar, and how they become colours."""
    is_complex = np.iscomplexobj(G.values)
    if part not in PARTS and (is_complex or part is not None):
        what = "a complex admittance" if is_complex else "a conductance matrix"
        raise must_be("part", f"one of {', '.join(PARTS)} for {what}", part)
    symbol = "Y" if is_complex else "G"
    factor, unit = scaled(G.values, "S")
    values = G.values * factor
    top = float(np.abs(values).max()) or 1.0
    if part == "phase":
        degrees = np.where(np.abs(values) > _NOISE * top, np.degrees(np.angle(values)), np.nan)
        cyclic = {"cmap": "twilight_shifted", "vmin": -180, "vmax": 180, "ticks": np.arange(-180, 181, 90)}
        return degrees, rf"phase of ${symbol}$ (deg)", cyclic
    if part == "magnitude":
        return _magnitude(np.abs(values), top, rf"$|{symbol}|$ ({unit})")
    from matplotlib.colors import SymLogNorm

    values, name = {
        "real": (values.real, rf"Re ${symbol}$"), "imaginary": (values.imag, rf"Im ${symbol}$"), None: (values, "$G$")
    }[part]  # fmt: skip
    top = float(np.abs(values).max()) or 1.0
    norm = SymLogNorm(linthresh=10.0**-_DECADES * top, linscale=1.0, vmin=-top, vmax=top)
    decades = 10.0 ** (math.floor(math.log10(top)) - np.arange(_DECADES))
    return values, f"{name} ({unit})", {"cmap": "RdBu_r", "norm": norm, "ticks": [*-decades, 0, *decades]}


def _magnitude(values: np.ndarray, top: float, label: str) -> tuple[np.ndarray, str, dict[str, Any]]:
    from matplotlib.colors import LogNorm

    shown = np.where(values > _NOISE * top, values, np.nan)
    return shown, label, {"cmap": "viridis", "norm": LogNorm(vmin=10.0**-_DECADES * top, vmax=top)}


def _write_entries(ax: Any, image: Any, values: np.ndarray) -> None:
    """Write each number in black or white, whichever its cell allows; rounding noise is written as 0."""
    top = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value):
            continue
        brightness = np.dot((0.3, 0.59, 0.11), image.cmap(image.norm(value))[:3])
        text = "0" if abs(value) < _NOISE * top else f"{value:.3g}"
        ax.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if brightness < 0.5 else "black")
