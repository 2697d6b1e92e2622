"""Figures 6 to 9: the total coupling, and how permittivity, temperature and electric field drive it."""

from __future__ import annotations

import numpy as np

from .constants import ELECTRONVOLT
from .critical import critical_splitting
from .figures import EQ29, PERMITTIVITY, Curve, Panel, PaperFigure, computed, junction, line, splittings
from .junction import ExchangeModel
from .permittivity import TTF_CA, FieldTable

_COLOURS = ("black", "tab:red", "tab:blue", "tab:green", "tab:brown")
_PRINTED = ExchangeModel(printed_prefactor=True, hop="asymptotic")


def figure_6(points: int) -> PaperFigure:
    """Total against barrier height, thickness and splitting."""
    height, width = np.linspace(0.05, 1.0, points), np.linspace(0.7, 2.0, points)
    by_height = [line(f"J = {j} eV", height, computed(j, height).total(PERMITTIVITY), c)
                 for j, c in zip((5.2, 4.5, 4.0), _COLOURS, strict=False)]  # fmt: skip
    by_width = [line(f"J = {j} eV, h_B = {h} eV", width, computed(j, h, width).total(PERMITTIVITY), c)
                for (j, h), c in zip(((5.2, 0.5), (4.5, 0.6), (4.0, 0.6)), _COLOURS, strict=False)]  # fmt: skip
    by_splitting = []
    for (h, factor), colour in zip(((1.0, 100), (0.5, 10), (0.1, 1)), _COLOURS, strict=False):
        J = splittings(h, points)
        name = f"h_B = {h} eV" + (f", x {factor}" if factor > 1 else "")
        by_splitting.append(line(name, J, factor * computed(J, h).total(PERMITTIVITY), colour))
    low = by_splitting[-1]
    high = computed(np.array([2.0, 5.2]), 1.0).total(PERMITTIVITY) * 1e3
    numbers = {"half_metal": float(np.interp(5.2, low.x, low.y)), "lowest": float(low.y.min()),
               "lowest_J": float(low.x[low.y.argmin()]), "high_2": float(high[0]),
               "high_5.2": float(high[1])}  # fmt: skip
    caption = (
        "Total with the corrected Coulomb prefactors (the paper's are pi too large) and the hopping integral (the "
        "paper: eq 29). It decays with thickness and height, as printed. (c) At low barriers small splittings couple "
        f"AFM and half metals FM ({numbers['half_metal']:.3f} mJ/m² at h_B = 0.1 eV, J = 5.2 eV), as printed; but the "
        f"largest magnitude is AFM, {numbers['lowest']:.3f} mJ/m² at J = {numbers['lowest_J']:.1f} eV. At h_B = 1 eV "
        f"signs are opposite to the print, {numbers['high_2']:.1e} mJ/m² for J = 2 eV and {numbers['high_5.2']:.1e} "
        "for J = 5.2 eV: hopping outweighs the Coulomb terms without their factor pi. The paper's text names no curves "
        "of (a) and (b); those of figures 2 to 4 are taken."
    )
    panels = (
        Panel(title="(a) d = 1 nm", x_label="barrier height (eV)", curves=tuple(by_height)),
        Panel(title="(b)", x_label="thickness (nm)", curves=tuple(by_width), logarithmic=True),
        Panel(title="(c) d = 1 nm", x_label="splitting J (eV)", curves=tuple(by_splitting)),
    )
    return PaperFigure(number=6, panels=panels, caption=caption, numbers=numbers)


def figure_7(points: int) -> PaperFigure:
    """Total against permittivity."""
    eps = np.linspace(1.0, 20.0, points)
    cases = ((5.2, 0.6), (5.2, 0.4), (4.5, 0.3), (4.0, 0.6))
    found = [computed(J, height) for J, height in cases]
    curves = tuple(line(f"J = {J} eV, h_B = {h} eV", eps, c.total(eps) / max(abs(c.total(eps))), colour)
                   for (J, h), c, colour in zip(cases, found, _COLOURS, strict=False))  # fmt: skip
    curves = tuple(Curve(name=c.name, x=c.x, y=c.y / 1e3, colour=c.colour) for c in curves)
    zero = float(found[0].critical_permittivity)
    caption = (
        "H = H0 + I1/eps (eq 32), each curve over its largest magnitude; the paper does not name its junctions in the "
        "text. With H0 < 0 < I1 the coupling goes from FM to AFM as the permittivity grows, as printed: for J = 5.2 "
        f"eV, h_B = 0.6 eV at eps = {zero:.2f}. Corrected prefactors and the hopping integral; with eq 29 such "
        "junctions exist in narrow windows of J only."
    )
    panel = Panel(title="d = 1 nm", x_label="permittivity", curves=curves, y_label="coupling over its largest value")
    return PaperFigure(number=7, panels=(panel,), caption=caption, numbers={"zero": zero})


def _reversing(height: float, permittivity: float, model: ExchangeModel | None = None) -> float:
    """Splitting in eV at which the total changes sign for a permittivity, near the half metal."""
    low, high = (4.74, 4.86) if height == 0.1 else (4.45, 4.76)
    found = critical_splitting(junction(4.7, height), low * ELECTRONVOLT, high * ELECTRONVOLT, samples=13,
                               permittivity=permittivity, model=model)  # fmt: skip
    return found[-1] / ELECTRONVOLT


def figure_8(points: int) -> PaperFigure:
    """Total against temperature through the Curie point of TTF-CA."""
    T = np.unique(np.concatenate([np.linspace(30, 80, points), np.linspace(50, 62, points)]))
    window = [_reversing(0.1, eps) for eps in (10.0, 35.0)]
    flat = _reversing(0.2, 10.0)
    numbers = {"low": window[0], "high": window[1], "printed_low": _reversing(0.1, 10.0, _PRINTED),
               "printed_high": _reversing(0.1, 35.0, _PRINTED), "flat": flat}  # fmt: skip
    printed = [computed(4.75, 0.1).total(eps) * 1e3 for eps in (10.0, 35.0)] + [computed(4.58, 0.2).total(10.0) * 1e3]
    panels = []
    for letter, height, all_J in (("a", 0.1, (window[0], 4.831, window[1])), ("b", 0.2, (flat,))):
        curves = [line(f"J = {J:.4f} eV", T, computed(J, height).total(TTF_CA(T)), colour)
                  for J, colour in zip(all_J, ("tab:blue", "black", "tab:red") if letter == "a" else ("black",),
                                       strict=True)]  # fmt: skip
        panels.append(Panel(title=f"({letter}) h_B = {height} eV, d = 1 nm", x_label="temperature (K)",
                            curves=tuple(curves)))  # fmt: skip
    caption = (
        "TTF-CA, eq 33, T_C = 56 K. (a) The coupling changes sign near the Curie point for J from "
        f"{window[0]:.4f} eV (zero far away, eps = 10) to {window[1]:.4f} eV (zero at T_C, eps = 35). At the printed "
        f"J = 4.75 eV it does not: {float(printed[0]):.4f} to {float(printed[1]):.4f} mJ/m². The window depends on "
        f"the prefactors (the printed ones, pi too large, with eq 29: {numbers['printed_low']:.4f} to "
        f"{numbers['printed_high']:.4f} eV) and is far narrower than the difference between 4.75 eV here and 4.79 eV "
        "in figure 9 for one and the same junction: both cannot hold. (b) Zero away from T_C needs "
        f"J = {flat:.4f} eV; at the printed 4.58 eV it is {float(printed[2]):.4f} mJ/m². Hopping at zero temperature, "
        "as in the paper."
    )
    return PaperFigure(number=8, panels=tuple(panels), caption=caption, numbers=numbers)


def butterfly(points: int = 81) -> FieldTable:
    """A made-up permittivity with hysteresis: Gaussian peaks of height 25 on 10 at +-100 MV/m, 40 MV/m wide.

    Not Hf0.5Zr0.5O2: the paper has no table of it. Put in your own measurement.
    """
    E = np.linspace(-3e8, 3e8, points)
    peak = lambda centre: 10 + 25 * np.exp(-(((E - centre) / 4e7) ** 2) / 2)  # noqa: E731
    return FieldTable(field=E, increasing=peak(1e8), decreasing=peak(-1e8), interpolation="pchip")  # type: ignore[arg-type]


def figure_9(points: int) -> PaperFigure:
    """Total against electric field, both branches."""
    E, table, panels = np.linspace(-3e8, 3e8, 2 * points + 1), butterfly(), []
    flat = round(_reversing(0.2, 10.0), 4)
    for letter, J, height in (("a", 4.831, 0.1), ("b", flat, 0.2)):
        found = computed(J, height)
        curves = (
            line("field increasing", E / 1e8, found.total(table(E)), "black"),
            line("field decreasing", E / 1e8, found.total(table(E, "decreasing")), "tab:red"),
        )
        panels.append(Panel(title=f"({letter}) J = {J} eV, h_B = {height} eV", x_label="electric field (10⁸ V/m)",
                            curves=curves))  # fmt: skip
    found, old = computed(4.831, 0.1), computed(4.79, 0.1, model=EQ29)
    numbers = {"base": float(found.total(10.0)) * 1e3, "peak": float(found.total(35.0)) * 1e3,
               "printed_J_base": float(old.total(10.0)) * 1e3}  # fmt: skip
    caption = (
        "The paper plots Hf0.5Zr0.5O2 after measurements that it does not reproduce; here a made-up permittivity with "
        "hysteresis (10, peaks of 35 at +-10⁸ V/m) stands in for them, so only the shape compares. With I1 > 0 each "
        "peak of eps is a dip of the coupling, as printed. (a) J = 4.831 eV instead of the printed 4.79 eV, for which "
        "the corrected theory does not change sign (the printed value belongs to prefactors pi too large and eq 29): "
        f"FM away from the peaks, {numbers['base']:.1e}, AFM on them, {numbers['peak']:.1e} mJ/m²; the sign at zero "
        "field, AFM in the paper, is that of eps there. (b) "
        f"J = {flat} eV instead of 4.58 eV: zero away from the peaks."
    )
    return PaperFigure(number=9, panels=tuple(panels), caption=caption, numbers=numbers)
