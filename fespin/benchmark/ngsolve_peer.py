"""The same matrix with NGSolve: its mesh, its assembly, its sparse Cholesky factors, one drive after the other.

    python -m fespin.benchmark.ngsolve_peer DEVICE.toml

What NGSolve does not have (directions of magnets as constraints) is put on its matrices with SciPy. Needs ngsolve.
"""

from __future__ import annotations

import json
import sys

import numpy as np
from scipy.sparse import block_diag, csr_array, kron, lil_array

from ..device.device import Device
from ..device.file import load
from ..transport.laws import conduction, relaxation
from ..transport.solve import prepare
from ..transport.stages import Stages


def conductance(device: Device, stages: Stages) -> np.ndarray:
    """G (4T, 4T) in S."""
    import netgen.meshing as netgen
    import ngsolve as ng

    points, cells, dims = device.points * 1e9, np.array(device.mesh.cells), device.dimension
    turned = np.linalg.det(points[cells[:, 1:]] - points[cells[:, :1]]) * (1 if dims == 3 else -1) > 0
    cells[turned, :2] = cells[turned, 1::-1]
    with stages.stage("mesh"):
        raw = netgen.Mesh(dim=dims)
        raw.AddPoints(np.ascontiguousarray(np.pad(points, ((0, 0), (0, 3 - dims)))))
        for r, name in enumerate(device.regions):
            if dims == 2 or r == 0:
                raw.Add(netgen.FaceDescriptor(surfnr=r + 1, domin=1, bc=1))
            raw.SetMaterial(r + 1, name)
        for r in range(len(device.regions)):
            own = np.ascontiguousarray(cells[device.cell_region == r].astype(np.int32))
            raw.AddElements(dim=dims, index=r + 1, data=own, base=0)
        mesh = ng.Mesh(raw)
    with stages.stage("assemble"), ng.TaskManager():
        space = ng.H1(mesh, order=1)
        u, v = space.TnT()
        K = csr_array((4 * len(points),) * 2)
        for name, region in device.regions.items():
            stiffness, mass = (_scipy(ng.BilinearForm(form * ng.dx(name)).Assemble(), len(points))
                               for form in (ng.grad(u) * ng.grad(v), u * v))  # fmt: skip
            scale = 1e-9 ** (dims - 2) * device.transverse_measure
            K = K + kron(scale * stiffness, conduction(region.material, region.magnetization), format="csr")
            K = K + kron(scale * 1e-18 * mass, relaxation(region.material, region.magnetization), format="csr")
    with stages.stage("reduce"):
        problem = prepare(device, warn=False)
        kinds = problem.nodes.kinds
        P = block_diag([kinds[q].basis for q in problem.nodes.kind], format="csr")
        A = csr_array(P.T @ K @ P)
        U = lil_array((4 * len(points), 4 * len(device.terminals)))
        for t, nodes in enumerate(problem.terminal_dofs):
            for a in range(4):
                U[4 * nodes + a, 4 * t + a] = 1.0
        lift = (P.T @ U.tocsr()).toarray()
        fixed = np.asarray(
            P.T @ np.repeat(np.isin(np.arange(len(points)), np.concatenate(problem.terminal_dofs)), 4) != 0
        )
    with stages.stage("solve"), ng.TaskManager():
        size = A.shape[0]
        free = ng.BitArray(size)
        free[:] = True
        for i in np.flatnonzero(fixed).tolist():
            free[i] = False
        coo = A.tocoo()
        own = ng.la.SparseMatrixd.CreateFromCOO(
            coo.row.astype(np.int32), coo.col.astype(np.int32), coo.data, size, size
        )
        inverse = own.Inverse(free, inverse="sparsecholesky")
        right, x = own.CreateColVector(), own.CreateColVector()
        rhs, fields = -(A @ lift), lift.copy()
        rhs[fixed] = 0.0
        for j in np.flatnonzero(lift.any(axis=0)).tolist():
            right.FV().NumPy()[:] = rhs[:, j]
            x.data = inverse * right
            fields[:, j] += x.FV().NumPy()
        return -(fields.T @ (A @ fields))


def _scipy(form: object, n: int) -> csr_array:
    value, column, row = form.mat.CSR()  # type: ignore[attr-defined]
    return csr_array((np.array(value), np.array(column), np.array(row)), shape=(n, n))


def main(path: str) -> None:
    """Print what `fespin conductance --json -` prints, as far as the benchmark reads it."""
    import ngsolve

    ngsolve.ngsglobals.msg_level = 0
    stages = Stages()
    with stages.stage("read"):
        device = load(path)
    G = conductance(device, stages)
    solver = {"backend": "sparsecholesky", "seconds": stages.seconds, "peak_memory_mb": stages.memory}
    sys.stdout.write(json.dumps({"solver": solver, "conductance": G.tolist()}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
