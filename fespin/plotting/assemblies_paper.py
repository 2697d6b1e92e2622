"""Figures 5-7 and 9-11 of Zayets, JMMM 356, 52 (2014), computed again; each caption says what does not hold and why."""

from __future__ import annotations

import math
import os
import textwrap
from typing import Any

import numpy as np

from ..assemblies.coefficients import tis_coefficient, torque_coefficient
from ..assemblies.damping import angular_density, conversion_coefficient, mean_cosine
from ..assemblies.interaction import Interaction, interact, merged
from ..assemblies.statistics import spin_number, spin_states
from ..errors import InputError
from . import assemblies as plots
from .figure import pyplot
from .files import save_figure

PAPER_FIGURES = (5, 6, 7, 9, 10, 11)

_DASHED = {"ls": "--", "lw": 1.1}
_WIDTH = 118  # letters of a caption line


def _words(text: str) -> str:
    """A caption as one line."""
    return " ".join(text.split())


def _figure5(figure: Any) -> str:
    for ax, x in zip(figure.subplots(1, 2), (0.0, 0.75), strict=True):
        plots.plot_spin_states(x, ax, rule="paper")
        plots.plot_spin_states(x, ax, rule="complete", **_DASHED)
        ax.set_title(f"x = {x:g}", fontsize=9)
        ax.legend(frameon=False, fontsize=6.5, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.17))
    paper, fermi = (spin_states(2.0, rule=rule) for rule in ("paper", "complete"))
    n = float(spin_number(0.0, rule="paper"))
    return _words(f"""
        Fig. 5: occupation of spin places without and with 75 % spin polarization. Solid: as printed; dashed:
        angles between spins in space and TIA-TIS pairs counted, which is Fermi statistics exactly. What differs:
        eqs 12-15 take |theta1 - theta2| for the angle between two spins, true in a plane only; that makes n_spin
        = {n:.6f} D kT (1.1428 in eq 21 is a slip of digits) instead of 1. The claim that above 2 kT almost all
        electrons are in spin states holds either way: at 2 kT F_spin = {float(paper.spin):.4f} and F_full =
        {float(paper.full):.4f} as printed, {float(fermi.spin):.4f} and {float(fermi.full):.4f} in Fermi
        statistics.
    """)


def _figure6(figure: Any) -> str:
    plots.plot_angular_density(ax=figure.subplots())
    nodes, weights = np.polynomial.legendre.leggauss(40)
    norm = math.pi / 2 * float(weights @ angular_density(math.pi / 2 * (1 + nodes), 1.0))
    return _words(f"""
        Fig. 6: directions of spins that are isotropic at t = 0 and turn towards the field by damped precession,
        by the closed form sin(theta)/[2 (cosh t - sinh t cos theta)^2] of eq 38 (its integral at t = 1 is
        {norm:.9f}); the paper integrates eq 38 numerically. What differs: nothing in the curves. Printed slips:
        the times are in units of t_lambda, labelled t_gamma; eq 31 has the sign with which a moment turns away
        from the field; eq 36 misses a d in dt; eq 42 has a factor n_spin although rho is normalised.
    """)


def _figure7(figure: Any) -> str:
    ax = figure.subplots()
    for convention, colour in (("paper", plots.TIA), ("spin", plots.FULL)):
        for waiting, style in (("fixed", "-"), ("exponential", "--")):
            plots.plot_conversion_coefficient(ax, convention=convention, waiting=waiting, color=colour, ls=style)
    end = float(conversion_coefficient(3.0, convention="paper"))
    share = float(2 * mean_cosine(3.0))
    return _words(f"""
        Fig. 7: conversion coefficient k against the scattering time. Solid red: eqs 38, 43 and 45 with equal times
        between scatterings, 4/3 at 0 as printed, falling to {end:.3f} at 3. What differs: k is twice too large by
        the factor 2 of eqs 6, 43 and A1.7, which counts spins along z double; at t_scattering = 3 t_lambda it would
        convert {share:.2f} of every spin state there is. Blue: n_TIA as the vector sum of spin directions, k(0) =
        2/3. Dashed: scatterings at random times.
    """)


def comparable(result: Interaction) -> int:
    """First scattering after which the smaller assembly has at least half the number of the larger one."""
    ratio = np.minimum(result.n1, result.n2) / np.maximum(result.n1, result.n2)
    return int(np.argmax(ratio >= 0.5))


def _figure9(figure: Any) -> str:
    a, b = (interact(n1, n2, math.radians(145), rule="paper") for n1, n2 in ((0.8, 0.2), (0.98, 0.02)))
    upper, lower = figure.subplots(2, 2, sharex=True, height_ratios=(2, 1))
    for result, above, below in zip((a, b), upper, lower, strict=True):
        plots.plot_interaction(result, above)
        plots.plot_interaction_angles(result, below)
        above.set_xlabel("")
    vector = [math.degrees(interact(n1, 1 - n1, math.radians(145)).rotation) for n1 in (0.8, 0.98)]
    return _words(f"""
        Fig. 9: two assemblies at 145 deg, 80/20 (left) and 98/2 (right), by eq 59. The angle falls below 0.1 deg
        after {a.steps()} and {b.steps()} scatterings (printed: 10-15), which takes {a.time[a.steps()]:.1f} and
        {b.time[b.steps()]:.1f} scattering times by eq 61 (printed: 10-100 ps at 1/ps). What differs: the numbers
        become comparable after {comparable(a)} scatterings in the left case, but {comparable(b)} in the right one
        (printed: 5-7 in both); TIA2 grows and rotates at first and TIA1 falls, where the text says the reverse;
        and eq 59 loses spin: TIA1 ends up turned by {math.degrees(a.rotation):.2f} and
        {math.degrees(b.rotation):.3f} deg, the vector sum of the spins by {vector[0]:.2f} and {vector[1]:.3f}
        deg.
    """)


def _figure10(figure: Any) -> str:
    ax = figure.subplots()
    plots.plot_merging(0.99, 0.01, ax, rule="paper")
    plots.plot_merging(0.99, 0.01, ax, rule="conserving", **_DASHED)
    ax.legend(frameon=False, loc="upper left")
    phi = np.radians(np.linspace(0, 180, 18001))
    paper, vector = (merged(0.99, 0.01, phi, rule=rule) for rule in ("paper", "conserving"))
    largest = [math.degrees(phi[int(np.argmax(m.rotation))]) for m in (paper, vector)]
    threshold = math.degrees(phi[int(np.argmax(paper.tis > 0.01))])
    at120 = 100 * float(merged(0.99, 0.01, math.radians(120), rule="paper").tis)
    return _words(f"""
        Fig. 10: rotation of TIA1 and conversion to TIS when 1 % of the spins meets 99 %. Solid: eq 59; dashed:
        spin conserved. As printed, rotation is largest near 67 deg ({largest[0]:.2f}) and conversion about 2 %
        from 120 deg on ({at120:.3f} % there, at most {100 * float(paper.tis.max()):.3f} %, 2 % at 180 deg). What
        differs: conversion exceeds the 1 % injected from {threshold:.1f} deg on, not from the angle of the
        largest rotation; and eq 59 keeps a factor cos(phi/2) of the spin too little: with spin conserved rotation
        is largest at {largest[1]:.1f} deg.
    """)


def _figure11(figure: Any) -> str:
    ax = figure.subplots()
    plots.plot_torque_coefficients(ax, rule="paper")
    plots.plot_torque_coefficients(ax, rule="conserving", **_DASHED)
    ax.legend(frameon=False, loc="lower left")
    A, B = math.degrees(float(torque_coefficient(0.0, rule="paper"))), float(tis_coefficient(0.0, rule="paper"))
    return _words(f"""
        Fig. 11: coefficients A of eq 62 and B of eq 63 for a small injection by eq 59 (solid): A(0) = {A:.4f} deg
        and B(0) = {B:g} as printed; in closed form A = sin(phi)/phi and B = (1 + cos phi) sum
        2^-j/cos^2(phi/2^j). What differs: A is an angle, 1 rad, so that eqs 64 and 66 need A = 1, not 57; eq 62
        has the sign with which TIA1 turns away from what is injected; the caption cites eq 19 for eq 63; with
        spin conserved (dashed) A = 1 rad and B = 1 at every angle: B = 2 is the spin that eq 59 loses.
    """)


_DRAW = {5: (_figure5, 9.0, 4.2), 6: (_figure6, 7.0, 4.2), 7: (_figure7, 7.0, 4.2), 9: (_figure9, 9.0, 5.2),
         10: (_figure10, 7.0, 4.2), 11: (_figure11, 7.0, 4.2)}  # fmt: skip


def paper_figure(number: int) -> tuple[Any, str]:
    """Draw a figure of the paper with its caption below.

    Parameters
    ----------
    number : int
        5, 6, 7, 9, 10 or 11.

    Returns
    -------
    figure : matplotlib Figure
    caption : str
        What is drawn, what differs from the printed claim, and why; its numbers are computed.

    Raises
    ------
    InputError
        The paper has no such computed figure.
    """
    if number not in _DRAW:
        raise InputError(f"figure must be one of {', '.join(map(str, PAPER_FIGURES))}, got {number!r}")
    draw, width, height = _DRAW[number]
    text_lines = 7
    figure = pyplot().Figure(figsize=(width, height + 0.16 * text_lines), layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=(height, 0.16 * text_lines))
    caption = draw(top)
    letters = round(_WIDTH * width / 6.6)
    bottom.text(0.02, 0.98, textwrap.fill(caption, letters), fontsize=7.5, va="top", ha="left")
    return figure, caption


def save_paper_figure(number: int, path: str | os.PathLike[str]) -> str:
    """Write a figure of the paper as a picture, the suffix is the format; returns the caption.

    Raises
    ------
    InputError
        No such figure, a format that matplotlib does not write, a folder that cannot be written to.
    """
    figure, caption = paper_figure(number)
    save_figure(figure, path)
    return caption
