"""The same matrix with plain scikit-fem, as one writes it from its examples: one coupled matrix, factorised by SciPy.

    python -m fespin.benchmark.skfem_peer JOB.json superlu|cholmod

Needs scikit-fem and meshio, and scikit-sparse for CHOLMOD. Nothing of fespin's solver.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable

import numpy as np
import skfem
from scipy.sparse import bmat, csc_matrix, csr_array
from scipy.sparse.linalg import splu
from skfem.helpers import dot, grad

from .job import Cells, Clock, Job, reduction


def conductance(job: Job, clock: Clock, solver: str) -> tuple[np.ndarray, int]:
    """G (4T, 4T) in S, and the number of unknowns."""
    with clock.stage("read"), contextlib.redirect_stdout(io.StringIO()):
        mesh = skfem.Mesh.load(job.mesh)
        cells = _cells(job, mesh)
    with clock.stage("assemble"):
        full = _matrix(job, mesh)
    with clock.stage("reduce"):
        reduced = reduction(job, cells)
        A = csr_array(reduced.basis.T @ full @ reduced.basis)
        free = np.flatnonzero(~reduced.fixed)
        inside, right = csc_matrix(A[free][:, free]), -(A[free] @ reduced.drives)
    with clock.stage("factor"):
        solve = _factor(inside, solver)
    with clock.stage("solve"):
        x = reduced.drives.copy()
        x[free] = solve(right)
        G = -(x.T @ (A @ x))
    return job.scale * (reduced.potentials @ G @ reduced.potentials.T), len(free)


def _cells(job: Job, mesh: skfem.Mesh) -> Cells:
    region = np.zeros(mesh.t.shape[1], int)
    for r, name in enumerate(job.regions):
        region[mesh.subdomains[name]] = r
    return Cells(points=mesh.p.T, cells=mesh.t.T, region=region,
                 terminals=[np.unique(mesh.facets[:, mesh.boundaries[name]]) for name in job.terminals])  # fmt: skip


def _matrix(job: Job, mesh: skfem.Mesh) -> csr_array:
    """The coupled matrix of e, x, y, z, (4n, 4n): all e first."""

    @skfem.BilinearForm
    def laplace(u, v, _):  # type: ignore[no-untyped-def]
        return dot(grad(u), grad(v))

    @skfem.BilinearForm
    def product(u, v, _):  # type: ignore[no-untyped-def]
        return u * v

    element = skfem.ElementTetP1() if job.dimension == 3 else skfem.ElementTriP1()
    n = mesh.p.shape[1]
    blocks = [[csr_array((n, n)) for _ in range(4)] for _ in range(4)]
    for name, part in job.regions.items():
        basis = skfem.Basis(mesh, element, elements=name)
        K, M = csr_array(part.conductivity * laplace.assemble(basis)), csr_array(product.assemble(basis))
        blocks[0][0] = blocks[0][0] + K
        m, p = part.magnetization, part.polarization
        for a in range(3):
            if m is not None and m[a]:
                blocks[0][a + 1] = blocks[0][a + 1] + p * m[a] * K
                blocks[a + 1][0] = blocks[a + 1][0] + p * m[a] * K
            # directions normal to m drop out with the unknowns
            blocks[a + 1][a + 1] = blocks[a + 1][a + 1] + K + part.relaxation * M
    return csr_array(bmat(blocks, format="csr"))


def _factor(matrix: csc_matrix, solver: str) -> Callable[[np.ndarray], np.ndarray]:
    if solver == "cholmod":
        from sksparse.cholmod import cholesky

        return cholesky(matrix, ordering_method="metis")
    return splu(matrix).solve


def main(path: str, solver: str) -> None:
    job = Job.read(path)
    clock = Clock()
    G, unknowns = conductance(job, clock, solver)
    clock.report(G, backend=solver, iterations=0, unknowns=unknowns)


if __name__ == "__main__":
    main(*sys.argv[1:])
