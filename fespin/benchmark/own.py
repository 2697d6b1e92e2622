"""fespin itself under the clock of the others.

    python -m fespin.benchmark.own JOB.json

As with the others the clock starts after imports: here those of SciPy and, for large meshes, of the machine code.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ..device.file import load
from ..kernels import compiled
from ..transport.solve import conductance
from .job import Clock, Job

_LARGE = 2e6  # bytes of a mesh file; below, compiled loops are not used


def _import(job: Job) -> None:
    import scipy.sparse.csgraph
    import scipy.sparse.linalg  # noqa: F401

    if Path(job.mesh).stat().st_size > _LARGE:
        compiled(10**9)  # fetches it


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
