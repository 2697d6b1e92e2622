"""fespin itself under the clock of the others.

    python -m fespin.benchmark.own JOB.json

As with the others the clock starts after imports, here also of what fespin imports when it is needed, and, for large
meshes, of the machine code.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from ..device.file import load
from ..kernels import compiled
from ..transport.solve import conductance
from .job import Clock, Job

_LARGE = 2e6  # bytes of a mesh file; below, compiled loops are not used
_FACTORS = ("scipy.sparse.csgraph", "threadpoolctl", "fespin.transport.linsolve.direct", "scipy.sparse.linalg")
_LOOPS = (
    *(f"fespin.kernels.{name}" for name in ("cells", "curve", "energies", "graphs", "rows")),
    *(f"fespin.transport.linsolve.{name}" for name in ("compiled", "lifted")),
)
_WITHOUT_LOOPS = ("fespin.transport.linsolve.lifted", "pyamg.aggregation.aggregate")


def _import(job: Job) -> None:
    large = Path(job.mesh).stat().st_size > _LARGE
    iteration = _LOOPS if large and compiled(10**9) else _WITHOUT_LOOPS  # fetches the machine code
    for name in (*_FACTORS, *(iteration if large else ())):
        importlib.import_module(name)


def main(path: str) -> None:
    job = Job.read(path)
    _import(job)
    clock = Clock()
    with clock.stage("read"):
        device = load(job.device)
    G = conductance(device)
    solver = G.info["solver"]
    clock.stages |= solver["seconds"]
    clock.report(G.values, backend=solver["backend"], iterations=solver["iterations"], unknowns=solver["unknowns"])


if __name__ == "__main__":
    main(sys.argv[1])
