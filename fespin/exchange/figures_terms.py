"""Figures 2 to 5: the three terms of the coupling against barrier height, thickness and splitting."""

from __future__ import annotations

import numpy as np

from .constants import ELECTRONVOLT, NANOMETRE
from .critical import critical_barrier, sign_changes
from .figures import EQ29, PERMITTIVITY, Curve, Panel, PaperFigure, computed, junction, line, splittings
from .junction import ExchangeModel

BLACK, BLUE, RED = "black", "tab:blue", "tab:red"  # the paper's colours
FAST = ExchangeModel(accuracy="fast")
_PI = ("Both Coulomb terms are pi times smaller than in the paper, whose prefactors (eqs 19-21, 25, 26) do not follow "
       "from its eqs 16 and 23.")  # fmt: skip


def _barrier_zero(J: float, contribution: str, model: ExchangeModel) -> float:
    found = critical_barrier(junction(J, 0.3), 0.1 * ELECTRONVOLT, 1.1 * ELECTRONVOLT, permittivity=PERMITTIVITY,
                             contribution=contribution, model=model, samples=21)  # fmt: skip
    return found[0] / ELECTRONVOLT


def figure_2(points: int) -> PaperFigure:
    """|I_ex|, |L_ex|, |H_hop| against barrier height."""
    height, panels, ratio = np.geomspace(0.045, 1.5, points), [], {}
    for letter, J in zip("abc", (5.2, 4.5, 4.0), strict=True):
        found, old = computed(J, height), computed(J, height, model=EQ29)
        curves = (
            line("I", height, found.insulator(PERMITTIVITY), BLACK),
            line("L", height, found.leads, BLUE),
            line("H", height, found.hopping, RED),
            line("H, eq 29", height, old.hopping, RED, ":"),
        )
        panels.append(Panel(title=f"({letter}) J = {J} eV", x_label="barrier height (eV)", curves=curves,
                            logarithmic=True))  # fmt: skip
        high = computed(J, 1.0)
        ratio[f"coulomb_over_hopping_{J}"] = abs(float(high.coulomb(PERMITTIVITY) / high.hopping))
    exact = {J: _barrier_zero(J, "hopping", FAST) for J in (4.5, 4.0)}
    old_zero = {J: _barrier_zero(J, "hopping", EQ29) for J in (4.5, 4.0)}
    caption = (
        f"{_PI} Hopping is the integral over energies; the paper's eq 29 (dotted) is its limit for thick barriers and "
        f"changes sign at {old_zero[4.5]:.3f} and {old_zero[4.0]:.3f} eV instead of {exact[4.5]:.3f} and "
        f"{exact[4.0]:.3f} eV. Signs and the single change of sign of every term are those of the text. Not so its "
        "claim that the Coulomb terms dominate above 0.3 eV (J = 4.5) and 0.6 eV (J = 4.0): at 1 eV |I + L| is "
        f"{ratio['coulomb_over_hopping_4.5']:.2f} and {ratio['coulomb_over_hopping_4.0']:.2f} of |H|."
    )
    numbers = {**ratio, **{f"hopping_zero_{J}": z for J, z in exact.items()},
               **{f"eq29_zero_{J}": z for J, z in old_zero.items()}}  # fmt: skip
    return PaperFigure(number=2, panels=tuple(panels), caption=caption, numbers=numbers)


def figure_3(points: int) -> PaperFigure:
    """|I + L| and |H_hop| against barrier height."""
    height, panels = np.geomspace(0.045, 1.5, points), []
    for letter, J in zip("abc", (5.2, 4.5, 4.0), strict=True):
        found, old = computed(J, height), computed(J, height, model=EQ29)
        curves = (
            line("I + L", height, found.coulomb(PERMITTIVITY), BLACK),
            line("H", height, found.hopping, RED),
            line("H, eq 29", height, old.hopping, RED, ":"),
        )
        panels.append(Panel(title=f"({letter}) J = {J} eV", x_label="barrier height (eV)", curves=curves,
                            logarithmic=True))  # fmt: skip
    numbers = {f"{name}_zero_{J}": _barrier_zero(J, name, FAST) for J in (4.5, 4.0) for name in ("coulomb", "hopping")}
    caption = (
        f"{_PI} The Coulomb term changes sign at {numbers['coulomb_zero_4.5']:.3f} eV (J = 4.5) and "
        f"{numbers['coulomb_zero_4.0']:.3f} eV (J = 4.0), above the hopping term ({numbers['hopping_zero_4.5']:.3f}, "
        f"{numbers['hopping_zero_4.0']:.3f} eV), as the text says; with eq 29 (dotted), which the paper plots, it lies "
        "below. Outside the window between the two zeros the signs are opposite. The claim that the Coulomb term "
        "mostly exceeds hopping needs the factor pi: without it hopping wins at all high barriers."
    )
    return PaperFigure(number=3, panels=tuple(panels), caption=caption, numbers=numbers)


def figure_4(points: int) -> PaperFigure:
    """|I + L|, |H_hop| and |total| against thickness."""
    width, panels = np.linspace(0.5, 2.5, points), []
    cases = (("a", 4.0, 0.6, 4.5), ("b", 4.5, 0.6, 4.5), ("c", 2.0, 1.4, 15.0))
    for letter, J, height, eps in cases:
        found, old = computed(J, height, width), computed(J, height, width, EQ29)
        curves = (
            line("I + L", width, found.coulomb(eps), BLACK),
            line("H", width, found.hopping, RED),
            line("H, eq 29", width, old.hopping, RED, ":"),
            line("total", width, found.total(eps), BLUE),
        )
        panels.append(Panel(title=f"({letter}) J = {J} eV, h_B = {height} eV, eps = {eps:g}",
                            x_label="thickness (nm)", curves=curves, logarithmic=True))  # fmt: skip
    numbers = {}
    for name in ("coulomb", "hopping", "total"):
        zeros = sign_changes(junction(4.0, 0.6), "thickness", 0.6 * NANOMETRE, 2 * NANOMETRE, permittivity=4.5,
                             contribution=name, samples=15, model=FAST)  # fmt: skip
        numbers[f"{name}_zero"] = zeros[0] / NANOMETRE
    half = computed(4.5, 0.6)
    numbers["coulomb_b"], numbers["hopping_b"] = float(half.coulomb(4.5)) * 1e3, float(half.hopping) * 1e3
    caption = (
        f"{_PI} (a) The Coulomb term changes sign at {numbers['coulomb_zero']:.2f} nm and the total at "
        f"{numbers['total_zero']:.2f} nm, as in the text; but hopping, AFM for thin barriers, turns FM at "
        f"{numbers['hopping_zero']:.2f} nm: both are AFM from {numbers['coulomb_zero']:.2f} to "
        f"{numbers['hopping_zero']:.2f} nm, not in all thick barriers. (b) The decays are alike as the text says, but "
        f"at 1 nm I + L = {numbers['coulomb_b']:.2e} and H = {numbers['hopping_b']:.2e} mJ/m²: the Coulomb term "
        "dominates only with the factor pi. (c) Hopping dominates, as printed. Eq 29 (dotted) has the wrong sign in "
        "(a) below the zero of H."
    )
    return PaperFigure(number=4, panels=tuple(panels), caption=caption, numbers=numbers)


def figure_5(points: int) -> PaperFigure:
    """I_ex, L_ex and H_hop against splitting."""
    panels, numbers = [], {}
    for letter, height in zip("abc", (1.0, 0.5, 0.1), strict=True):
        J = splittings(height, points)
        found, old = computed(J, height), computed(J, height, model=EQ29)
        curves: tuple[Curve, ...] = (
            line("I", J, found.insulator(PERMITTIVITY), BLACK),
            line("L", J, found.leads, BLUE),
            line("H", J, found.hopping, RED),
            line("H, eq 29", J, old.hopping, RED, ":"),
        )
        panels.append(Panel(title=f"({letter}) h_B = {height} eV", x_label="splitting J (eV)", curves=curves))
        half = computed(5.2, height)
        numbers[f"I_over_L_{height}"] = float(half.insulator(PERMITTIVITY) / half.leads)
    caption = (
        f"{_PI} The text says that I dominates for half metals, J > 5 eV - h_B. It does not, with or without the "
        f"factor pi: at J = 5.2 eV I/L is {numbers['I_over_L_1.0']:.2f}, {numbers['I_over_L_0.5']:.2f} and "
        f"{numbers['I_over_L_0.1']:.2f} for h_B = 1, 0.5 and 0.1 eV. For small splittings hopping and L dominate, as "
        "printed. The cusp at J = 5 eV - h_B is the edge of the half metal. Dotted: eq 29, which the paper plots."
    )
    return PaperFigure(number=5, panels=tuple(panels), caption=caption, numbers=numbers)
