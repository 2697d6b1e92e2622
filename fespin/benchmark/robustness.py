"""How the iteration takes what is hard: contrasts, lengths, polarizations and cells far from those of a good device."""

from __future__ import annotations

import logging
import math
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..device.device import Device
from ..errors import MeshWarning, SolverError, SolverWarning
from ..materials import Ferromagnet
from ..transport.solve import conductance
from .cases import write_case

log = logging.getLogger("fespin")

CONTRASTS = (1e-6, 1e-3, 1e3, 1e6)
LENGTHS = (1e-3, 1e-1, 1.0, 1e2, math.inf)
POLARIZATIONS = (-0.999, 0.0, 0.999)
ASPECTS = (3.0, 10.0, 30.0, 100.0)
DIRECT_UP_TO = 40_000  # nodes; factors of larger solid devices fill the memory


def variations(device: Device) -> Iterator[tuple[str, float, Device]]:
    """Kind, value and device of each variation of a standard device; the first is the device itself.

    Examples
    --------
    >>> from fespin.benchmark.devices import standard_device
    >>> found = list(variations(standard_device(2, 400)))
    >>> found[0][:2], len(found)
    (('standard', 1.0), 22)
    """
    yield "standard", 1.0, device
    for contrast in CONTRASTS:
        yield "conductivity of N", contrast, with_contrast(device, contrast)
    for ratio in LENGTHS:
        yield "lambda / cell size", ratio, with_length(device, ratio * cell_size(device))
    for p in POLARIZATIONS:
        yield "polarization", p, with_polarization(device, p)
    for axis in range(device.dimension):
        for aspect in ASPECTS:
            yield f"cells stretched along {'xyz'[axis]}", aspect, stretched(device, aspect, axis)
    hard = with_length(with_polarization(with_contrast(device, 1e6), 0.999), 1e-3 * cell_size(device))
    yield "1e6, 1e-3 and 0.999 at once", 1.0, hard


def cell_size(device: Device) -> float:
    """Shortest edge of the first cell, m."""
    corners = device.points[device.mesh.cells[0]]
    return float(min(np.linalg.norm(b - a) for k, a in enumerate(corners) for b in corners[k + 1 :]))


def with_contrast(device: Device, factor: float) -> Device:
    """With the conductivity of the normal metal times a factor."""
    metal = device.regions["N"].material
    return device.with_region("N", material=replace(metal, conductivity=factor * metal.conductivity))


def with_length(device: Device, length: float) -> Device:
    """With one spin diffusion length everywhere, m."""
    return _changed(device, lambda r: replace(r, material=replace(r.material, spin_diffusion_length=length)))


def with_polarization(device: Device, p: float) -> Device:
    """With one polarization in all magnets."""
    return _changed(device, lambda r: replace(r, material=replace(r.material, polarization=p))
                    if isinstance(r.material, Ferromagnet) else r)  # fmt: skip


def stretched(device: Device, aspect: float, axis: int) -> Device:
    """With all coordinates along one axis multiplied: the cells become that much longer than wide."""
    points = np.array(device.mesh.points)
    points[:, axis] *= aspect
    return device.replace(mesh=replace(device.mesh, points=points, source=None))


def _changed(device: Device, change: Any) -> Device:
    return device.replace(regions={name: change(region) for name, region in device.regions.items()})


def iterate(device: Device) -> dict[str, Any]:
    """Iterations of multigrid and what the automatic choice does, with the error against factors where they fit.

    Returns
    -------
    dict
        iterations (None: did not converge), seconds, error (largest |dG_ij| / sqrt(G_ii G_jj) against the direct
        backend; None for large meshes), auto (backend chosen), said (whether the automatic choice fell back on factors,
        with a warning).
    """
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)
        try:
            iterated = conductance(device, backend="multigrid")
        except SolverError as failure:
            log.info("%s", failure)
            iterated = None
        seconds = time.perf_counter() - start
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always", SolverWarning)
            chosen = conductance(device)
    small = len(device.mesh.points) <= DIRECT_UP_TO
    error = None
    if small and iterated is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MeshWarning)
            error = energy_error(iterated.values, conductance(device, backend="direct").values)
    return {
        "iterations": None if iterated is None else iterated.info["solver"]["iterations"],
        "seconds": seconds,
        "error": error,
        "auto": chosen.info["solver"]["backend"],
        "said": any(issubclass(w.category, SolverWarning) for w in heard),
    }


def energy_error(values: np.ndarray, exact: np.ndarray) -> float:
    """Largest |dG_ij| / sqrt(|G_ii G_jj|) over the components that exist."""
    scale = np.sqrt(np.abs(np.diag(exact)))
    there = np.flatnonzero(scale > 0.0)
    size = np.outer(scale[there], scale[there])
    return float((np.abs(values - exact)[np.ix_(there, there)] / size).max())


def robustness(cases: Sequence[str], *, mesh: str = "structured") -> list[dict[str, Any]]:
    """Every variation of the standard device of every case, on a grid or on gmsh's mesh.

    Returns
    -------
    list of dict
        case, nodes, kind, value, and what `iterate` found.
    """
    out: list[dict[str, Any]] = []
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="fespin-") as folder:
            device = write_case(case, Path(folder), mesh=mesh)[1]
        found = list(variations(device))
        for done, (kind, value, varied) in enumerate(found):
            log.info("%s: %s %g", case, kind, value, extra={"done": done, "total": len(found)})
            row = {"case": case, "nodes": len(varied.mesh.points), "kind": kind, "value": value}
            out.append(row | iterate(varied))
    return out
