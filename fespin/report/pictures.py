"""Pictures of a report as PNG."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..audit.convergence import Convergence
from ..audit.report import ReciprocityReport
from ..device.device import Device
from ..network.conductance import ConductanceMatrix
from ..plotting import (
    plot_conductance,
    plot_convergence,
    plot_current,
    plot_device,
    plot_potential,
    plot_reciprocity,
    plot_spin_accumulation,
)
from ..plotting.coordinates import direction, in_space
from ..plotting.figure import new_axes, pyplot
from ..plotting.files import png
from ..transport.solution import Solution

_NOISE = 1e-9  # of the charge current density: spin currents below are the solver's


def draw_device(device: Device) -> bytes:
    """Regions, mesh, terminals."""
    return png(plot_device(device, new_axes(device)).figure)


def _axes(width: float, height: float) -> Any:
    return pyplot().Figure(figsize=(width, height), layout="constrained").add_subplot()


def draw_matrix(G: ConductanceMatrix) -> bytes:
    """The heat map."""
    side = min(2.2 + 0.42 * 4 * len(G.terminals), 8.0)
    return png(plot_conductance(G, _axes(side + 0.9, side)).figure)


def draw_checks(report: ReciprocityReport) -> bytes:
    """Bars against tolerances."""
    return png(plot_reciprocity(report, _axes(6.4, 1.3 + 0.34 * len(report.checks))).figure)


def draw_convergence(found: Convergence) -> bytes:
    """Changes of G against cell size."""
    return png(plot_convergence(found, ax=_axes(5.2, 3.6)).figure)


def draw_fields(solution: Solution) -> Iterator[tuple[bytes, str, str]]:
    """Pictures with alternative text and caption: charge potential and current, spin accumulation, strongest spin
    current."""
    device = solution.problem.device
    new = lambda: new_axes(device)  # noqa: E731  four uses below
    yield png(plot_potential(solution, "e", new()).figure), "Charge potential.", "Charge potential V_e."
    ends = "; colours end at the 99.5 % quantile, as corners diverge" if device.dimension == 2 else ""
    yield png(plot_current(solution, "e", new()).figure), "Charge current density.", f"Charge current density{ends}."
    yield (png(plot_spin_accumulation(solution, new()).figure), "Spin accumulation.", _spin_caption(device))
    sizes = {c: float(np.abs(solution.current_density(c)).max()) for c in "exyz"}
    strongest = max("xyz", key=lambda c: sizes[c])
    if sizes[strongest] > _NOISE * max(sizes.values()):
        yield (png(plot_current(solution, strongest, new()).figure), f"Density of the spin-{strongest} current.",
               f"Density of the spin-{strongest} current, the strongest of the three.")  # fmt: skip


def _spin_caption(device: Device) -> str:
    if direction(device) is not None:
        how = "its components along the wire"
    elif in_space(device):
        how = "arrows coloured by its size, lengths like the square root"
    else:
        how = "V_z as colours, (V_x, V_y) as arrows"
    return f"Spin accumulation V_s = µ_s/(2e): {how}."
