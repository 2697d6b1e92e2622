"""Figures 2 to 9 of Udalov and Beloborodov, arXiv:1607.00403, computed again: curves, and what differs and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..errors import InputError
from .constants import ELECTRONVOLT, NANOMETRE
from .coupling import Coupling
from .junction import ExchangeModel, Junction
from .sweeps import exchange_map

WELL, PERMITTIVITY, WIDTH = 5.0, 4.5, 1.0  # eV; of SiO2; nm: unless a figure says otherwise
EQ29 = ExchangeModel(hop="asymptotic")


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A line of a panel: x in the unit of the axis, y in mJ/m^2 (= erg/cm^2)."""

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str
    style: str = "-"  # thin dotted lines are what the paper has instead


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """Curves on common axes; on a logarithmic axis magnitudes are shown, dashed where negative."""

    title: str
    x_label: str
    curves: tuple[Curve, ...]
    logarithmic: bool = False
    y_label: str = "coupling (mJ/m²)"


@dataclass(frozen=True, kw_only=True, eq=False)
class PaperFigure:
    """A figure of the paper with the corrected theory, and a caption that says what differs from the print and why."""

    number: int
    panels: tuple[Panel, ...]
    caption: str
    numbers: dict[str, float] = field(default_factory=dict)  # those of the caption


def paper_figure(number: int, *, points: int = 61) -> PaperFigure:
    """Compute a figure of the paper again.

    Parameters
    ----------
    number : int
        2 to 9.
    points : int
        On each curve.

    Returns
    -------
    PaperFigure

    Raises
    ------
    InputError
        Another number.

    Examples
    --------
    >>> figure = paper_figure(7, points=5)
    >>> [curve.name for curve in figure.panels[0].curves][0]
    'J = 5.2 eV, h_B = 0.6 eV'
    """
    from . import figures_terms, figures_total

    known: dict[int, Callable[[int], PaperFigure]] = {
        2: figures_terms.figure_2, 3: figures_terms.figure_3, 4: figures_terms.figure_4, 5: figures_terms.figure_5,
        6: figures_total.figure_6, 7: figures_total.figure_7, 8: figures_total.figure_8, 9: figures_total.figure_9,
    }  # fmt: skip
    if type(number) is not int or number not in known:
        raise InputError(f"the paper has no figure {number!r} to compute; known: {', '.join(map(str, known))}")
    if type(points) is not int or points < 2:
        raise InputError(f"points must be a whole number, 2 or more, got {points!r}")
    return known[number](points)


def computed(splitting: object, height: object, width: object = WIDTH, model: ExchangeModel | None = None) -> Coupling:
    """The coupling for parameters in eV and nm, U = 5 eV."""
    return exchange_map(
        well_depth=WELL * ELECTRONVOLT,
        splitting=np.asarray(splitting) * ELECTRONVOLT,
        barrier_height=np.asarray(height) * ELECTRONVOLT,
        thickness=np.asarray(width) * NANOMETRE,
        model=model,
    )


def junction(splitting: float, height: float, width: float = WIDTH) -> Junction:
    """One junction for parameters in eV and nm, U = 5 eV."""
    U, J = WELL * ELECTRONVOLT, splitting * ELECTRONVOLT
    return Junction(well_depth=(U, U), splitting=(J, J), barrier_height=height * ELECTRONVOLT,
                    thickness=width * NANOMETRE)  # fmt: skip


def splittings(height: float, points: int) -> np.ndarray:
    """Splittings in eV from 0 to 6, denser at the edge of the half metal, J = U - h_B."""
    edge = WELL - height
    near = np.geomspace(2e-3, 0.6, max(points // 6, 2))
    return np.unique([*np.linspace(0.0, 6.0, points), *(edge - near), edge, *(edge + near)])


def line(name: str, x: np.ndarray, y: np.ndarray, colour: str, style: str = "-") -> Curve:
    """A curve of energies given in J/m^2."""
    return Curve(name=name, x=np.asarray(x, float), y=np.asarray(y, float) * 1e3, colour=colour, style=style)
