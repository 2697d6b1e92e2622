"""The same matrix with NGSolve: its mesh, its assembly, its sparse Cholesky factors, one drive after the other.

    python -m fespin.benchmark.ngsolve_peer JOB.json

What NGSolve does not have (directions of magnets as constraints) is put on its matrices with SciPy. Needs ngsolve and
meshio. Nothing of fespin's solver.
"""

from __future__ import annotations

import sys
from typing import Any

import netgen.meshing as netgen
import ngsolve as ng
import numpy as np
from scipy.sparse import block_diag, coo_array, csr_array

from .job import Cells, Clock, Job, directions, node_magnet, read_cells, reduction


def conductance(job: Job, clock: Clock) -> tuple[np.ndarray, int]:
    """G (4T, 4T) in S, and the number of unknowns."""
    with clock.stage("read"):
        cells = read_cells(job)
    with clock.stage("mesh"):
        mesh = _mesh(job, cells)
    with clock.stage("assemble"), ng.TaskManager():
        stiffness, spin, coupling = _forms(job, mesh)
    with clock.stage("reduce"):
        reduced = reduction(job, cells)
        n = len(cells.points)
        full = csr_array(block_diag([stiffness, spin, spin, spin], format="csr"))
        full = full + _across(
            coupling, directions(job)[node_magnet(job, cells)] * (node_magnet(job, cells) >= 0)[:, None], n
        )
        A = csr_array(reduced.basis.T @ full @ reduced.basis)
        right = -(A @ reduced.drives)
        right[reduced.fixed] = 0.0
    size = A.shape[0]
    with clock.stage("factor"), ng.TaskManager():
        free = ng.BitArray(size)
        free[:] = True
        for i in np.flatnonzero(reduced.fixed).tolist():
            free[i] = False
        coo = A.tocoo()
        own = ng.la.SparseMatrixd.CreateFromCOO(
            coo.row.astype(np.int32), coo.col.astype(np.int32), coo.data, size, size
        )
        inverse = own.Inverse(free, inverse="sparsecholesky")
    with clock.stage("solve"), ng.TaskManager():
        b, y = own.CreateColVector(), own.CreateColVector()
        x = reduced.drives.copy()
        for k in range(x.shape[1]):
            b.FV().NumPy()[:] = right[:, k]
            y.data = inverse * b
            x[:, k] += y.FV().NumPy()
        G = -(x.T @ (A @ x))
    return job.scale * (reduced.potentials @ G @ reduced.potentials.T), size - int(reduced.fixed.sum())


def _mesh(job: Job, cells: Cells) -> Any:
    """The mesh handed over as arrays."""
    dims, corners = job.dimension, np.array(cells.cells)
    turned = np.linalg.det(cells.points[corners[:, 1:]] - cells.points[corners[:, :1]]) * (1 if dims == 3 else -1) > 0
    corners[turned, :2] = corners[turned, 1::-1]
    raw = netgen.Mesh(dim=dims)
    raw.AddPoints(np.ascontiguousarray(np.pad(cells.points, ((0, 0), (0, 3 - dims)))))
    for r, name in enumerate(job.regions):
        if dims == 2 or r == 0:
            raw.Add(netgen.FaceDescriptor(surfnr=r + 1, domin=1, bc=1))
        raw.SetMaterial(r + 1, name)
    for r in range(len(job.regions)):
        own = np.ascontiguousarray(corners[cells.region == r].astype(np.int32))
        raw.AddElements(dim=dims, index=r + 1, data=own, base=0)
    return ng.Mesh(raw)


def _forms(job: Job, mesh: Any) -> tuple[csr_array, csr_array, csr_array]:
    """Conduction, conduction with relaxation, and p times conduction in the magnets, (n, n) each."""
    space = ng.H1(mesh, order=1)
    u, v = space.TnT()
    parts = job.regions.items()
    sigma = mesh.MaterialCF({name: part.conductivity for name, part in parts})
    relaxation = mesh.MaterialCF({name: part.relaxation for name, part in parts})
    polarized = mesh.MaterialCF({name: part.conductivity * part.polarization for name, part in parts})
    magnets = "|".join(name for name, part in parts if part.magnetization is not None)
    forms = (sigma * ng.grad(u) * ng.grad(v) * ng.dx,
             sigma * ng.grad(u) * ng.grad(v) * ng.dx + relaxation * u * v * ng.dx,
             polarized * ng.grad(u) * ng.grad(v) * ng.dx(magnets))  # fmt: skip
    first, second, third = (_scipy(ng.BilinearForm(form).Assemble(), space.ndof) for form in forms)
    return first, second, third


def _across(coupling: csr_array, m: np.ndarray, n: int) -> csr_array:
    """p K between charge and the spin along m, (4n, 4n); two magnets never share a node."""
    coo = coo_array(coupling)
    row, column = np.tile(coo.row, 3), np.concatenate([(a + 1) * n + coo.col for a in range(3)])
    value = np.concatenate([coo.data * m[coo.col, a] for a in range(3)])
    half = csr_array(coo_array((value, (row, column)), shape=(4 * n, 4 * n)))
    return csr_array(half + half.T)


def _scipy(form: Any, n: int) -> csr_array:
    value, column, row = form.mat.CSR()
    return csr_array((np.array(value), np.array(column), np.array(row)), shape=(n, n))


def main(path: str) -> None:
    ng.ngsglobals.msg_level = 0
    job = Job.read(path)
    clock = Clock()
    G, unknowns = conductance(job, clock)
    clock.report(G, backend="sparsecholesky", iterations=0, unknowns=unknowns)


if __name__ == "__main__":
    main(sys.argv[1])
