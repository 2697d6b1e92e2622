"""Figures 2 to 9 of the theory of Coulomb exchange in tunnel junctions, computed again with corrected prefactors.

Udalov and Beloborodov, arXiv:1607.00403: two magnets couple across a barrier by hopping, by Coulomb exchange in the
leads and by Coulomb exchange in the barrier, and only the last knows the permittivity:

    H_ex = H0 + I1/eps,   H0 = H_hop + L_ex.

The two Coulomb prefactors are printed pi times too large, and at 1 nm the hopping of eq 29 (thick barriers) is replaced
by its integral over energies; dotted lines show what the paper has. Expected, for U = 5 eV and d = 1 nm:

* figs 2, 3: all terms of J = 4.5 and 4 eV change sign with the barrier height, those of the half metal (5.2 eV) do not;
* fig 7: the half metal with h_B = 0.6 eV reverses at eps = 4.52;
* figs 8, 9: a reversal by the ferroelectric at h_B = 0.1 eV needs J between 4.8294 and 4.8336 eV, a window of 4 meV,
  so that the printed 4.75 eV (fig 8) and 4.79 eV (fig 9) of one junction cannot both show it.

`fespin exchange figure N --plot FILE` draws each of them large, with a caption that says what differs from the print.
"""

from __future__ import annotations

from pathlib import Path

from fespin.exchange.figures import PaperFigure, paper_figure

POINTS = 31  # on each curve


def signs(figure: PaperFigure, panel: int) -> int:
    """How many solid curves of a panel change their sign."""
    curves = [curve.y for curve in figure.panels[panel].curves if curve.style == "-"]
    return sum(bool(y.min() < 0 < y.max()) for y in curves)


def run(out: Path | None = None) -> dict[str, float]:
    """Numbers of the captions and signs of the curves; `out` is the folder for the pictures."""
    figures = {number: paper_figure(number, points=POINTS) for number in range(2, 10)}
    if out is not None:
        draw(out, figures)
    zeros = figures[7].numbers["zero"]
    return {
        "half_metal_sign_changes": signs(figures[2], 0),
        "other_sign_changes": signs(figures[2], 1) + signs(figures[2], 2),
        "reversing_permittivity": zeros,
        "window_low": figures[8].numbers["low"],
        "window_high": figures[8].numbers["high"],
    }


def draw(out: Path, figures: dict[int, PaperFigure]) -> None:
    """All panels on one sheet."""
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_exchange_panel

    panels = [(figure.number, panel) for figure in figures.values() for panel in figure.panels]
    rows = -(-len(panels) // 5)
    sheet, axes = plt.subplots(rows, 5, figsize=(20, 3.4 * rows), layout="constrained")
    for ax in axes.ravel()[len(panels) :]:
        ax.remove()
    for ax, (number, panel) in zip(axes.ravel(), panels, strict=False):
        plot_exchange_panel(panel, ax)
        ax.set_title(f"Fig {number} {panel.title}", fontsize=9)
    sheet.savefig(out / "exchange_figures.png", dpi=90)
    plt.close(sheet)


if __name__ == "__main__":
    result = run(Path())
    print(f"fig 2: {result['half_metal_sign_changes']} of 3 terms of the half metal change sign, "
          f"{result['other_sign_changes']} of 6 of the others")  # fmt: skip
    print(f"fig 7: reversal at eps = {result['reversing_permittivity']:.4f}")
    print(f"fig 8: window {result['window_low']:.4f} to {result['window_high']:.4f} eV")
