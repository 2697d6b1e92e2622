"""The picture of a conductance matrix."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import must_be
from ..network.terminal import COMPONENTS
from .coordinates import scaled
from .figure import OUTLINE, pyplot

if TYPE_CHECKING:
    from ..network.conductance import ConductanceMatrix


def plot_conductance(G: ConductanceMatrix, ax: Any = None, **kw: Any) -> Any:
    """Draw the conductance matrix: columns are potentials, rows currents, blocks terminals.

    Colours are symmetric about 0 and logarithmic over four decades, linear below. Up to two terminals the
    numbers are written.

    Parameters
    ----------
    G : ConductanceMatrix
        Real.
    ax : matplotlib Axes, optional
    **kw
        To ``imshow``.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        A complex matrix, or no matplotlib.
    """
    plt = pyplot()
    if np.iscomplexobj(G.values):
        raise must_be("G", "real to be drawn", "a complex admittance", "draw one with values=G.values.real")
    from matplotlib.colors import SymLogNorm

    factor, unit = scaled(G.values, "S")
    values = G.values * factor
    top = float(np.abs(values).max()) or 1.0
    count = len(G.terminals)
    if ax is None:
        side = min(2.2 + 0.42 * 4 * count, 11.0)
        ax = plt.figure(figsize=(side + 0.9, side), layout="constrained").add_subplot()
    norm = SymLogNorm(linthresh=1e-4 * top, linscale=1.0, vmin=-top, vmax=top)
    image = ax.imshow(values, **{"cmap": "RdBu_r", "norm": norm, **kw})
    names = [f"{t}:{c}" for t in G.terminals for c in COMPONENTS]
    ax.set_xticks(range(4 * count), names, rotation=90)
    ax.set_yticks(range(4 * count), names)
    for line in range(count + 1):  # the frame too: spines alone are thinner
        ax.axhline(4 * line - 0.5, color=OUTLINE, lw=1.2)
        ax.axvline(4 * line - 0.5, color=OUTLINE, lw=1.2)
    ax.set(xlabel="potential", ylabel=f"current {'out of' if G.convention == 'out' else 'into'} the device")
    decades = 10.0 ** (math.floor(math.log10(top)) - np.arange(4))
    ticks = None if "norm" in kw else [*-decades, 0, *decades]
    ax.figure.colorbar(image, ax=ax, label=f"$G$ ({unit})", shrink=0.8, ticks=ticks)
    if count <= 2:
        _write_entries(ax, image, values, top)
    return ax


def _write_entries(ax: Any, image: Any, values: np.ndarray, top: float) -> None:
    """Write each number in black or white, whichever its cell allows; rounding noise is written as 0."""
    for (row, column), value in np.ndenumerate(values):
        brightness = np.dot((0.3, 0.59, 0.11), image.cmap(image.norm(value))[:3])
        text = "0" if abs(value) < 1e-12 * top else f"{value:.3g}"
        ax.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if brightness < 0.5 else "black")
