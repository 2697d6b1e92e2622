"""Pictures of what was checked: identities against their tolerances, convergence with the mesh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import must_be
from .coordinates import scaled
from .figure import OUTLINE, pyplot

if TYPE_CHECKING:
    from ..audit.convergence import Convergence
    from ..audit.report import ReciprocityReport

PASSED, FAILED = "#2b6ca3", "#c0392b"
_LEAST = 1e-18  # where bars begin; numbers below rounding are as good as 0


def plot_reciprocity(report: ReciprocityReport, ax: Any = None, **kw: Any) -> Any:
    """Draw how far each identity of a conductance matrix is from exact, as a bar up to its tolerance mark.

    Bars are violations relative to max |G| on a logarithmic scale: of a quantity that must not be negative, how far it
    is below 0. Counts are written, not drawn. Blue bars pass, red hatched ones fail.

    Parameters
    ----------
    report : ReciprocityReport
        Of `fespin.check_reciprocity`.
    ax : matplotlib Axes, optional
    **kw
        To ``barh``.

    Returns
    -------
    matplotlib Axes
    """
    checks = [check for check in report if check.name != "independent entries"]
    if ax is None:
        figure = pyplot().figure(figsize=(6.4, 1.3 + 0.34 * len(checks)), layout="constrained")
        ax = figure.add_subplot()
    # a lower bound -t on a value is an upper bound t on its violation
    values = np.array([max(-c.value, 0.0) if c.at_least else abs(c.value) for c in checks])
    bounds = np.array([abs(c.tolerance) for c in checks])
    places = np.arange(len(checks))
    for place, check, value, bound in zip(places, checks, values, bounds, strict=True):
        style = {"color": PASSED} if check.passed else {"color": FAILED, "hatch": "//", "edgecolor": "white"}
        ax.barh(place, max(value, _LEAST) - _LEAST, left=_LEAST, **{"height": 0.62, **style, **kw})
        ax.plot([bound, bound], [place - 0.42, place + 0.42], color=OUTLINE, lw=2.2)
        words = f"{check.value:.1e}" if check.value else "0"
        ax.annotate(
            f"{words}  {'pass' if check.passed else 'FAIL'}", (1.01, place), xycoords=("axes fraction", "data"),
            va="center", fontsize=8, color=OUTLINE if check.passed else FAILED,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(_LEAST, 10 * max(1.0, *bounds, *values) if len(checks) else 1.0)
    ax.set_yticks(places, [check.name for check in checks])
    ax.set_ylim(len(checks) - 0.4, -0.6)
    ax.set_xlabel("deviation relative to max |G|; black mark: tolerance")
    ax.spines[["right", "top"]].set_visible(False)
    return ax


def plot_convergence(
    found: Convergence | Sequence[float], errors: Sequence[float] | None = None, ax: Any = None, **kw: Any
) -> Any:
    """Draw errors against the cell size on logarithmic scales, with the slope between the last two.

    Parameters
    ----------
    found : Convergence or sequence of float
        What `fespin.check_convergence` returns, whose changes of G from one mesh to the next are drawn; or cell sizes
        in m, together with `errors`.
    errors : sequence of float, optional
        Relative errors, positive, one for each cell size.
    ax : matplotlib Axes, optional
    **kw
        To ``loglog``.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        Sizes and errors that are not positive or not as many.

    Examples
    --------
    >>> ax = plot_convergence([4e-9, 2e-9, 1e-9], [1.6e-3, 4e-4, 1e-4])
    >>> ax.get_xlabel(), ax.get_legend().get_texts()[-1].get_text()
    ('cell size (nm)', 'slope 2.00')
    """
    label = "relative error"
    if errors is None:
        label = "relative change of $G$ on halving the cells"
        sizes, errors = found.sizes[:-1], found.changes  # type: ignore[union-attr]
    else:
        sizes = found  # type: ignore[assignment]
    h, e = np.asarray(sizes, float), np.asarray(errors, float)
    if h.shape != e.shape or h.ndim != 1 or not len(h) or not (np.isfinite(h) & (h > 0)).all() or (e < 0).any():
        raise must_be("sizes and errors", "as many positive numbers each", f"{h.tolist()} and {e.tolist()}")
    factor, unit = scaled(h, "m")
    if ax is None:
        ax = pyplot().figure(figsize=(5.2, 3.8), layout="constrained").add_subplot()
    shown = e > 0
    ax.loglog(h[shown] * factor, e[shown], **{"marker": "o", "color": PASSED, "label": label, **kw})
    _draw_slope(ax, h[shown] * factor, e[shown])
    ax.set(xlabel=f"cell size ({unit})", ylabel=label)
    _plain_ticks(ax, h * factor)
    ax.grid(visible=True, which="major", color="0.9")
    return ax


def _draw_slope(ax: Any, h: np.ndarray, e: np.ndarray) -> None:
    """A dashed line through the two finest points."""
    if len(h) < 2:
        return
    order = np.argsort(h)[:2]
    slope = float(np.diff(np.log(e[order]))[0] / np.diff(np.log(h[order]))[0])
    reach = np.array([h.min(), h.max()])
    line = e[order[0]] * (reach / h[order[0]]) ** slope
    ax.loglog(reach, line, "--", color="0.5", lw=1, zorder=1, label=f"slope {slope:.2f}")
    ax.legend(frameon=False, fontsize=8)


def _plain_ticks(ax: Any, sizes: np.ndarray) -> None:
    """The cell sizes themselves as ticks: less than a decade has hardly any others."""
    from matplotlib.ticker import NullFormatter, NullLocator

    ax.set_xticks(sizes, [f"{size:.3g}" for size in sizes])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(sizes.min() / 1.3, sizes.max() * 1.3)
