"""Devices that many processes solve together; run by mpirun, it compares each with the serial direct solver.

    mpirun -n 2 python spread_cases.py [NAME ...]

The first process prints one JSON object: name -> differences and the numbers of the solver.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from grids import EXTRA, box, facets_at, fn_device, half_metal, layered, stack

import fespin
from fespin import Device, Ferromagnet, Mesh, NormalMetal, Region

UP, TILTED, ACROSS = (0.0, 0.0, 1.0), (0.6, 0.0, 0.8), (0.0, 0.6, -0.8)


def normal(conductivity: float = 1.0, length: float = 1.5) -> Region:
    return Region(material=NormalMetal(conductivity=conductivity, spin_diffusion_length=length))


def magnet(m: tuple, p: float = 0.5, conductivity: float = 0.7, length: float = 0.4, **more: float) -> Region:
    material = Ferromagnet(conductivity=conductivity, polarization=p, spin_diffusion_length=length, **more)
    return Region(material=material, magnetization=m)


def block(kind: str, counts: tuple[int, ...], regions: dict[str, Region], stretch: float = 1.0) -> Device:
    """A box 4 x 3 (x 1) with two magnets at its sides and terminals at its ends and on one magnet."""
    edges = [np.linspace(0, length, n + 1) for length, n in zip((4.0, 3.0, stretch), counts, strict=False)]
    points, cells = box(kind, *edges)
    x, y = points[cells].mean(axis=1).T[:2]
    part = np.where((x < 2) & (x > 1) & (y > 2), 1, np.where((x > 2.5) & (x < 3.5) & (y < 1), 2, 0))
    ends = {"west": points[:, 0] == 0, "east": points[:, 0] == 4,
            "top": (points[:, 1] == 3) & (points[:, 0] >= 1.25) & (points[:, 0] <= 1.75)}  # fmt: skip
    mesh = Mesh(points=points, cells=cells, cell_type=kind,
                regions={name: np.flatnonzero(part == i) for i, name in enumerate("NBC")},
                boundaries={name: facets_at(kind, points, cells, on) for name, on in ends.items()})  # fmt: skip
    return Device.from_mesh(mesh, regions=regions, terminals=list(ends), **EXTRA[len(counts)])


def solid(b: Region, c: Region, n: Region | None = None, counts: tuple = (16, 12, 4), stretch: float = 1.0) -> Device:
    return block("tetra", counts, {"N": n or normal(), "B": b, "C": c}, stretch)


def plane(b: Region, c: Region, n: Region | None = None, counts: tuple = (32, 24)) -> Device:
    return block("triangle", counts, {"N": n or normal(), "B": b, "C": c})


CASES: dict[str, Callable[[], Device]] = {
    "line": lambda: fn_device("line", 400, TILTED),
    "few nodes": lambda: fn_device("line", 1),
    "line, half metals": lambda: stack(
        [("H", 1.0, 50, half_metal(1.0, UP)), ("N", 1.0, 60, normal()), ("F", 0.7, 40, magnet(TILTED))]
    ),
    "plane, one magnet": lambda: layered("triangle", [(1.0, 20), (2.0, 40)], [magnet(UP), normal()], across=20),
    "plane, two magnets": lambda: plane(magnet(TILTED), magnet(ACROSS)),
    "solid, collinear": lambda: solid(magnet(UP), magnet((0.0, 0.0, -1.0), p=-0.4)),
    "solid, two magnets": lambda: solid(magnet(TILTED), magnet(ACROSS)),
    "solid, half metals": lambda: solid(half_metal(0.8, TILTED), half_metal(2.0, ACROSS)),
    "solid, half metal in contact": lambda: layered(
        "tetra", [(1.0, 4), (1.0, 4), (1.0, 6)], [half_metal(0.8, UP), magnet(UP), normal()], across=5
    ),
    "solid, half metals, no relaxation": lambda: solid(
        half_metal(0.8, TILTED), half_metal(2.0, UP), normal(1.0, np.inf)
    ),
    "solid, weak magnet": lambda: solid(magnet(TILTED, transverse_length=0.3), magnet(ACROSS)),
    "solid, no relaxation": lambda: solid(magnet(TILTED, length=np.inf), magnet(ACROSS), normal(1.0, np.inf)),
}
HARD: dict[str, Callable[[], Device]] = {
    "nearly half metallic": lambda: solid(magnet(TILTED, p=0.999), magnet(ACROSS, p=-0.99)),
    "contrast": lambda: solid(magnet(TILTED, conductivity=1e-3), magnet(ACROSS, conductivity=1e3)),
    "contrast 1e6": lambda: solid(magnet(TILTED, conductivity=1e-3), magnet(ACROSS), normal(1e3)),
    "short lengths": lambda: solid(magnet(TILTED, length=1e-3), magnet(ACROSS, length=1e-2), normal(1.0, 1e-2)),
    "stretched": lambda: solid(magnet(TILTED), magnet(ACROSS), stretch=0.04),
    "very stretched": lambda: solid(magnet(TILTED), magnet(ACROSS), stretch=100.0),
    "flat triangles": lambda: plane(magnet(TILTED), magnet(ACROSS), counts=(16, 600)),
    "larger, stretched": lambda: solid(magnet(TILTED), magnet(ACROSS), counts=(32, 24, 20), stretch=0.1),
    "larger": lambda: solid(magnet(TILTED), magnet(ACROSS), counts=(48, 36, 12)),
}


def main(names: list[str]) -> None:
    from fespin.distributed.ranks import world
    from fespin.distributed.solve import conductance

    comm, found = world(), {}
    warnings.simplefilter("ignore")
    for name in names or list(CASES):
        device = {**CASES, **HARD}[name]()
        G = conductance(device)
        if comm.rank == 0:
            expected = fespin.conductance(device, backend="direct").values
            scale = np.abs(expected).max()
            solver = G.info["solver"]
            found[name] = {
                "difference": float(np.abs(G.values - expected).max() / scale),
                "identities": max(G.identities()[k] for k in ("asymmetry", "charge_conservation", "gauge_invariance")),
                **{k: solver[k] for k in ("ranks", "largest_piece", "iterations", "levels", "residual", "error_of_G")},
                "values": G.values.tolist(),
            }
    if comm.rank == 0:
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
