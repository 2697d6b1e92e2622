"""Time to a given accuracy: linear elements, the same on refined meshes, and quadratic elements."""

from __future__ import annotations

import itertools
import logging
import math
import os
import time
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..device.device import Device
from ..device.region import Region
from ..errors import InputError, MeshWarning
from ..materials import NormalMetal
from ..network.conductance import ConductanceMatrix
from ..network.elements import normal_wire
from ..transport.solve import conductance
from .devices import Drawing, grid, parse_case, standard_device

log = logging.getLogger("fespin")

MOST_UNKNOWNS = 4e6  # nodes times four components, of the finest mesh that is solved
_CORNER = 1.0  # the error of G falls as h where an interface that absorbs a spin ends at a free surface, at any order
_METAL = NormalMetal(conductivity=3e7, spin_diffusion_length=4e-7)
_LENGTH, _WIDTH = 1000.0, 100.0  # of the bar, nm


def bar(nodes: float) -> Device:
    """A plane strip of normal metal with a terminal at each end: a smooth solution, known in closed form.

    Examples
    --------
    >>> len(bar(600).mesh.points)
    729
    """
    h = _WIDTH / max(2, round(_WIDTH / math.sqrt(_LENGTH * _WIDTH / nodes)))
    drawing = Drawing({"N": [((0, _LENGTH), (0, _WIDTH))]}, {"T1": (0, 0.0), "T2": (0, _LENGTH)},
                      {"N": Region(material=_METAL)})  # fmt: skip
    return Device.from_mesh(grid(drawing, h), regions=drawing.regions, terminals=list(drawing.planes),
                            length_unit="nm", thickness="1 nm", name=f"bar_{nodes:.0e}")  # fmt: skip


def bar_matrix() -> np.ndarray:
    """Exact G of the bar, (8, 8)."""
    return normal_wire(conductivity=_METAL.conductivity, spin_diffusion_length=_METAL.spin_diffusion_length,
                length=_LENGTH * 1e-9, area=_WIDTH * 1e-9 * 1e-9).values  # fmt: skip


def accuracy(case: str) -> dict[str, Any]:
    """What an accuracy of G costs with elements of order 1 and 2, and with order 1 on refined meshes.

    Parameters
    ----------
    case : str
        Like "2d_1e4", "3d_1e4", or "bar_1e4": a plane strip with a smooth solution, where quadratic elements do what
        they can. In the standard devices magnets that absorb spins end at free surfaces: there potentials grow as
        r^(1/2), and the error of G falls as h whatever the order.

    Returns
    -------
    dict
        case, reference ("closed form" or "extrapolated"), reference_error (estimated, relative to max |G|), and rows
        with order, refined (how often), nodes, unknowns, backend, iterations, job and user seconds (mesh in memory to
        matrix), error (max |dG| / max |G|).
    """
    smooth = case.startswith("bar_")
    dimension, nodes = parse_case(case.replace("bar_", "2d_") if smooth else case)
    device = bar(nodes) if smooth else standard_device(dimension, nodes)
    levels = _levels(device)
    _solve(bar(300), 2)  # imports
    rows, found = [], {}
    for order in (1, 2):
        for level, refined in enumerate(levels):
            if order == 2 and 4 * len(refined.mesh.points) * 2**dimension > MOST_UNKNOWNS and level:
                continue
            log.info("%s: order %d, refined %d times", case, order, level)
            row, found[order, level] = _solve(refined, order)
            rows.append({"order": order, "refined": level, **row})
    exact, uncertainty = (bar_matrix(), 0.0) if smooth else _extrapolated(found)
    scale = float(np.abs(exact).max())
    for row in rows:
        values = found[row["order"], row["refined"]].values
        row["error"] = float(np.abs(values - exact).max()) / scale
    return {"case": case, "reference": "closed form" if smooth else "extrapolated",
            "reference_error": uncertainty / scale, "rows": rows, **_verdict(rows, dimension)}  # fmt: skip


def _levels(device: Device) -> list[Device]:
    """The device and what refining it gives, as far as memory is to be had."""
    out = [device]
    growth = 2**device.dimension
    while len(out) < 3 and 4 * growth * len(out[-1].mesh.points) <= MOST_UNKNOWNS:
        out.append(out[-1].refined())
    if len(out) < 2:
        most = MOST_UNKNOWNS / 4 / growth
        raise InputError(
            f"accuracy needs a mesh that can be refined: at most {most:.0e} nodes, got {len(device.mesh.points)}"
        )
    return out


def _solve(device: Device, order: int) -> tuple[dict[str, Any], ConductanceMatrix]:
    user, start = os.times().user, time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)
        G = conductance(device, order=order)
    solver = G.info["solver"]
    measured = {"job": time.perf_counter() - start, "user": os.times().user - user}
    known = {key: solver[key] for key in ("unknowns", "backend", "iterations")}
    return {"nodes": len(device.mesh.points), **known, **measured}, G


def _extrapolated(found: dict[tuple[int, int], ConductanceMatrix]) -> tuple[np.ndarray, float]:
    """G at h -> 0 from quadratic elements on the finest meshes, and how much it depends on which of them."""
    finest = [found[key].values for key in sorted(key for key in found if key[0] == 2)]
    if len(finest) < 2:
        raise InputError("accuracy needs quadratic elements on two meshes; ask for fewer nodes")
    limits = [b + (b - a) / (2.0**_CORNER - 1.0) for a, b in itertools.pairwise(finest)]
    other = limits[-2] if len(limits) > 1 else finest[-1]
    return limits[-1], float(np.abs(limits[-1] - other).max())


def _verdict(rows: Sequence[dict[str, Any]], dimension: int) -> dict[str, Any]:
    """How much larger, and how much longer at time ~ nodes, order 1 would have to be for the error of order 2."""
    linear = [row for row in rows if row["order"] == 1]
    quadratic = next(row for row in rows if row["order"] == 2)
    rate = math.log2(linear[-2]["error"] / linear[-1]["error"])
    if rate <= 0.0 or quadratic["error"] <= 0.0:
        return {"rate": rate, "nodes_for_order_2": None, "user_for_order_2": None}
    factor = (linear[-1]["error"] / quadratic["error"]) ** (dimension / rate)
    return {"rate": rate, "nodes_for_order_2": linear[-1]["nodes"] * factor,
            "user_for_order_2": linear[-1]["user"] * factor}  # fmt: skip
