"""fespin itself under the clock of the others.

    python -m fespin.benchmark.own JOB.json

Imports that the two verbs do not need before they run count as part of the job.
"""

from __future__ import annotations

import sys

from ..device.file import load
from ..transport.solve import conductance
from .job import Clock, Job


def main(path: str) -> None:
    job = Job.read(path)
    clock = Clock()
    with clock.stage("read"):
        device = load(job.device)
    G = conductance(device)
    solver = G.info["solver"]
    clock.stages |= solver["seconds"]
    clock.report(G.values, backend=solver["backend"], iterations=solver["iterations"], unknowns=solver["unknowns"])


if __name__ == "__main__":
    main(sys.argv[1])
