"""What every program of the comparison gets: a mesh file and a few numbers, without fespin; and the clock over it.

Needs numpy, SciPy and meshio alone, so that it runs in whatever environment another package lives in. Lengths inside
are in units of the mesh.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from ..transport.stages import peak_memory


@dataclass(frozen=True, kw_only=True)
class Part:
    """A region: conductivity in S/m, spin diffusion length in units of the mesh, polarization, direction."""

    conductivity: float
    spin_diffusion_length: float
    polarization: float = 0.0
    magnetization: tuple[float, float, float] | None = None

    @property
    def relaxation(self) -> float:
        """(1 - p^2) sigma/lambda^2 of the spins that exist."""
        return self.conductivity * (1 - self.polarization**2) / self.spin_diffusion_length**2


@dataclass(frozen=True, kw_only=True)
class Job:
    """A device file and the same device in plain numbers.

    Parameters
    ----------
    device, mesh : str
        Paths.
    dimension : int
    scale : float
        G in S is this times the G of a mesh whose lengths are taken as metres: unit^(d - 2) times the thickness.
    regions : dict of Part
        By name of the group of cells.
    terminals : list of str
        Names of groups of facets.
    """

    device: str
    mesh: str
    dimension: int
    scale: float
    regions: dict[str, Part]
    terminals: list[str]

    @classmethod
    def read(cls, path: str | Path) -> Job:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        found["regions"] = {name: Part(**part) for name, part in found["regions"].items()}
        return cls(**found)


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """A mesh as arrays: points (n, d), cells (m, d + 1), number of the region of each cell, nodes of each terminal."""

    points: np.ndarray
    cells: np.ndarray
    region: np.ndarray
    terminals: list[np.ndarray]


def read_cells(job: Job) -> Cells:
    """The mesh file through meshio."""
    import meshio

    with contextlib.redirect_stdout(io.StringIO()):
        mesh = meshio.read(job.mesh)
    kind, facet = ("tetra", "triangle") if job.dimension == 3 else ("triangle", "line")
    tag = {(int(d), int(t)): name for name, (t, d) in mesh.field_data.items()}
    cells, region = [], []
    terminals: dict[str, list[np.ndarray]] = {name: [] for name in job.terminals}
    names = list(job.regions)
    for block, tags in zip(mesh.cells, mesh.cell_data["gmsh:physical"], strict=True):
        for t in np.unique(tags).tolist() if block.type in (kind, facet) else []:
            own = block.data[tags == t]
            if block.type == kind:
                cells.append(own)
                region.append(np.full(len(own), names.index(tag[job.dimension, t])))
            elif tag.get((job.dimension - 1, t)) in terminals:
                terminals[tag[job.dimension - 1, t]].append(own.ravel())
    return Cells(points=mesh.points[:, : job.dimension], cells=np.concatenate(cells), region=np.concatenate(region),
                 terminals=[np.unique(np.concatenate(parts)) for parts in terminals.values()])  # fmt: skip


def node_magnet(job: Job, cells: Cells) -> np.ndarray:
    """Number of the magnet each node belongs to, (n,); -1 in the open normal metal."""
    out = np.full(len(cells.points), -1)
    for r, part in enumerate(job.regions.values()):
        if part.magnetization is not None:
            out[cells.cells[cells.region == r]] = r
    return out


def directions(job: Job) -> np.ndarray:
    """Direction of each region's magnetization, (R, 3); zeros for normal metals."""
    return np.array([part.magnetization or (0.0, 0.0, 0.0) for part in job.regions.values()])


@dataclass(frozen=True, kw_only=True, eq=False)
class Reduction:
    """Which potentials exist: charge everywhere, three spins at nodes of the normal metal, one along m in magnets.

    Parameters
    ----------
    basis : csr_array (4n, r)
        P: all e, all x, all y, all z out of the unknowns.
    drives : ndarray (r, k)
        Unknowns at the terminals for a basis of the potentials that terminals can hold.
    potentials : ndarray (4T, k)
        The potentials of the terminals that these are.
    fixed : ndarray of bool (r,)
        Unknowns at terminals.
    """

    basis: csr_array
    drives: np.ndarray
    potentials: np.ndarray
    fixed: np.ndarray


def reduction(job: Job, cells: Cells) -> Reduction:
    """Unknowns of the fields that strong ferromagnets leave: P^T A P is the system."""
    n, magnet, m = len(cells.points), node_magnet(job, cells), directions(job)
    normal, magnetic = np.flatnonzero(magnet < 0), np.flatnonzero(magnet >= 0)
    own = n + 3 * len(normal) + np.arange(len(magnetic))
    rows = [np.arange(n), *(n * (a + 1) + normal for a in range(3)), *(n * (a + 1) + magnetic for a in range(3))]
    columns = [np.arange(n + 3 * len(normal)), own, own, own]
    values = [np.ones(n + 3 * len(normal)), m[magnet[magnetic]].T.ravel()]
    shape = (4 * n, n + 3 * len(normal) + len(magnetic))
    P = csr_array(coo_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape))
    P.eliminate_zeros()
    unit = csr_array((4 * n, 4 * len(cells.terminals)))
    at = [(4 * t + a, n * a + nodes) for t, nodes in enumerate(cells.terminals) for a in range(4)]
    row = np.concatenate([nodes for _, nodes in at])
    column = np.repeat([c for c, _ in at], [len(nodes) for _, nodes in at])
    unit = csr_array(coo_array((np.ones(len(row)), (row, column)), shape=unit.shape))
    held = (P.T @ unit).toarray()  # columns of P are orthonormal
    potentials = independent(held.T @ held)
    return Reduction(basis=P, drives=held @ potentials, potentials=potentials, fixed=held.any(axis=1))


def independent(gram: np.ndarray) -> np.ndarray:
    """Orthonormal potentials (4T, k) that are drives of their own: spins normal to a magnet drive nothing.

    Takes the products of all drives, (4T, 4T).
    """
    size, vectors = np.linalg.eigh(gram)
    return vectors[:, size > 1e-9 * size.max()]


class Clock:
    """Wall and user seconds, memory before and at the peak, and the stages between."""

    def __init__(self) -> None:
        self.memory = peak_memory()
        self.user = _user()
        self.start = self.last = time.perf_counter()
        self.stages: dict[str, float] = {}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - start

    def measured(self) -> dict[str, float]:
        """Wall and user seconds so far, peak memory and that before, MB."""
        return {"job": time.perf_counter() - self.start, "user": _user() - self.user, "memory": peak_memory(),
                "before": self.memory}  # fmt: skip

    def report(self, G: np.ndarray, **extra: Any) -> None:
        """Print what the benchmark reads, in one line; `extra` adds to what is measured, or replaces it."""
        found = {**self.measured(), "seconds": self.stages, "G": np.asarray(G).tolist(), **extra}
        sys.stdout.write("\n" + json.dumps(found) + "\n")
        sys.stdout.flush()


def _user() -> float:
    return os.times().user
