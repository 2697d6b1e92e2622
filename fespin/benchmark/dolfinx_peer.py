"""The same matrix with DOLFINx and PETSc: four fields in one blocked space, spins of magnets turned into their axis.

    [mpirun -n RANKS] python -m fespin.benchmark.dolfinx_peer JOB.json mumps|gamg

What DOLFINx does not have (directions of magnets as constraints) is a rotation of each node's unknowns, R^T A R, after
which two spins of every magnetic node are held at zero: blocks of four stay whole, as multigrid wants them. Needs
dolfinx with petsc4py, and meshio. Nothing of fespin's solver. Run with DOLFINx 0.5.2; later names of functions are
used where they exist.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

import dolfinx
import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem.petsc import assemble_matrix
from mpi4py import MPI
from petsc4py import PETSc

from .job import Cells, Clock, Job, directions, independent, node_magnet, read_cells

_CG_TOLERANCE = 3e-8  # measured: then G, whose error is the square, agrees to 1e-8


def conductance(job: Job, clock: Clock, solver: str) -> dict[str, Any]:
    """G (4T, 4T) in S, unknowns, iterations; the same on every rank."""
    comm = MPI.COMM_WORLD
    with clock.stage("read"):
        cells = read_cells(job) if comm.rank == 0 else None
    with clock.stage("mesh"):
        mesh, region, magnet, terminal = _distribute(comm, job, cells)
    with clock.stage("form"):
        form, V = _form(job, mesh, region)
    with clock.stage("assemble"):
        A = assemble_matrix(form)
        A.assemble()
    with clock.stage("reduce"):
        node = _original_nodes(mesh, V)
        first = 4 * V.dofmap.index_map.local_range[0]
        R, blocks = _rotation(comm, job, magnet[node], first)
        A = A.PtAP(R)
        A.setBlockSize(4)
        drives, fixed = _drives(job, blocks, magnet[node], terminal[node])
        potentials = independent(comm.allreduce(drives.T @ drives))
        x = drives @ potentials
        right = -_times(A, x)
        right[fixed] = 0.0
        inside = A.copy()
        largest = max(part.conductivity for part in job.regions.values())
        inside.zeroRowsColumns((first + np.flatnonzero(fixed)).astype(np.int32), largest)
    with clock.stage("setup"):
        ksp = _solver(comm, inside, solver, job.dimension)
    with clock.stage("solve"):
        b, y, iterations = inside.createVecLeft(), inside.createVecRight(), 0
        for k in range(x.shape[1]):
            b.array[:] = right[:, k]
            ksp.solve(b, y)
            x[:, k] += y.array
            iterations = max(iterations, ksp.getIterationNumber())
        G = -comm.allreduce(x.T @ _times(A, x))
    unknowns = comm.allreduce(int(len(fixed) - fixed.sum()))
    G = job.scale * (potentials @ G @ potentials.T)
    return {"G": G, "unknowns": unknowns, "iterations": 0 if solver == "mumps" else iterations}


def _distribute(comm: Any, job: Job, cells: Cells | None) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
    """The mesh in parts; region of each own cell; magnet and terminal of each node of the file, -1 without one."""
    k, d = job.dimension + 1, job.dimension
    tables: Any = None
    corners, points = np.zeros((0, k), np.int64), np.zeros((0, d))
    if cells is not None:
        corners, points = cells.cells.astype(np.int64), np.ascontiguousarray(cells.points)
        terminal = np.full(len(points), -1)
        for t, nodes in enumerate(cells.terminals):
            terminal[nodes] = t
        tables = cells.region, node_magnet(job, cells), terminal
    region, magnet, terminal = comm.bcast(tables)
    mesh = _create(comm, corners, points)
    return mesh, region[np.asarray(mesh.topology.original_cell_index)], magnet, terminal


def _create(comm: Any, corners: np.ndarray, points: np.ndarray) -> Any:
    """A mesh of simplices from arrays, in the words of the installed version."""
    shape = {3: "triangle", 4: "tetrahedron"}[corners.shape[1]]
    words = inspect.signature(dolfinx.mesh.create_mesh).parameters
    try:
        from basix.ufl import element

        coordinates = element("Lagrange", shape, 1, shape=(points.shape[1],))
    except ImportError:  # before 0.6
        coordinates = ufl.VectorElement("Lagrange", ufl.Cell(shape, geometric_dimension=points.shape[1]), 1)
    options: dict[str, Any] = {"domain" if "domain" in words else "e": ufl.Mesh(coordinates)}
    if "ghost_mode" in words:
        options["ghost_mode"] = dolfinx.mesh.GhostMode.none
    return dolfinx.mesh.create_mesh(comm, corners, x=points, **options)


def _space(mesh: Any, family: str, degree: int, size: int = 0) -> Any:
    if hasattr(fem, "functionspace"):
        return fem.functionspace(mesh, (family, degree, (size,)) if size else (family, degree))
    return (
        fem.VectorFunctionSpace(mesh, (family, degree), dim=size) if size else fem.FunctionSpace(mesh, (family, degree))
    )


def _form(job: Job, mesh: Any, region: np.ndarray) -> tuple[Any, Any]:
    """Conduction of e, x, y, z with relaxation of the spins and the polarization between charge and spins."""
    constants = _space(mesh, "DG", 0)
    of_cell = _table(constants.dofmap.list, 1)[: len(region), 0]

    def piecewise(values: list[float]) -> Any:
        out = fem.Function(constants)
        out.x.array[of_cell] = np.array(values)[region]
        return out

    parts = list(job.regions.values())
    sigma = piecewise([part.conductivity for part in parts])
    relaxation = piecewise([part.relaxation for part in parts])
    m = directions(job)
    polarized = [piecewise([q.conductivity * q.polarization * m[r, a] for r, q in enumerate(parts)]) for a in range(3)]
    V = _space(mesh, "Lagrange", 1, 4)
    u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
    grad, inner = ufl.grad, ufl.inner
    form = sigma * inner(grad(u), grad(v)) * ufl.dx + relaxation * sum(u[a] * v[a] for a in (1, 2, 3)) * ufl.dx
    for a in range(3):
        form += polarized[a] * (inner(grad(u[0]), grad(v[a + 1])) + inner(grad(u[a + 1]), grad(v[0]))) * ufl.dx
    return fem.form(form), V


def _table(dofmap: Any, k: int) -> np.ndarray:
    """Degrees of freedom of each cell, (m, k)."""
    return np.asarray(getattr(dofmap, "array", dofmap)).reshape(-1, k)


def _original_nodes(mesh: Any, V: Any) -> np.ndarray:
    """Node of the file behind each own block of unknowns."""
    k = mesh.topology.dim + 1
    index_map = V.dofmap.index_map
    out = np.zeros(index_map.size_local + index_map.num_ghosts, int)
    out[_table(V.dofmap.list, k)] = np.asarray(mesh.geometry.input_global_indices)[_table(mesh.geometry.dofmap, k)]
    return out[: index_map.size_local]


def _rotation(comm: Any, job: Job, magnet: np.ndarray, first: int) -> tuple[Any, np.ndarray]:
    """R as a matrix, and its blocks (n, 4, 4): lab components out of e, the spin along m and two normal to it."""
    frames = np.zeros((len(job.regions) + 1, 4, 4))
    frames[-1] = np.eye(4)
    for r, m in enumerate(directions(job)):
        axes, _ = np.linalg.qr(np.column_stack([m, np.eye(3)]))
        frames[r] = np.eye(4)
        frames[r, 1:, 1:] = axes if m.any() else np.eye(3)
        if m.any():
            frames[r, 1:, 1] = m
    blocks = frames[magnet]  # -1 is the last, the identity
    n = len(magnet)
    columns = first + 4 * np.arange(n)[:, None, None] + np.zeros((1, 4, 1), int) + np.arange(4)
    R = PETSc.Mat().createAIJ(((4 * n, None), (4 * n, None)), nnz=4, bsize=4, comm=comm)
    R.setPreallocationCSR((4 * np.arange(4 * n + 1, dtype=np.int32), columns.astype(np.int32).ravel(), blocks.ravel()))
    R.assemble()
    return R, blocks


def _drives(job: Job, blocks: np.ndarray, magnet: np.ndarray, terminal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turned unknowns of unit potentials (4n, 4T), and which unknowns are held: terminals, spins normal to a magnet."""
    n = len(magnet)
    out, fixed = np.zeros((n, 4, 4 * len(job.terminals))), np.zeros((n, 4), bool)
    for t in range(len(job.terminals)):
        at = np.flatnonzero(terminal == t)
        out[at, :, 4 * t : 4 * t + 4] = blocks[at].transpose(0, 2, 1)
        fixed[at] = True
    dead = magnet >= 0
    out[dead, 2:], fixed[dead, 2:] = 0.0, True
    return out.reshape(4 * n, -1), fixed.ravel()


def _times(A: Any, x: np.ndarray) -> np.ndarray:
    out, b, y = np.empty_like(x), A.createVecRight(), A.createVecLeft()
    for k in range(x.shape[1]):
        b.array[:] = x[:, k]
        A.mult(b, y)
        out[:, k] = y.array
    return out


def _solver(comm: Any, A: Any, solver: str, dimension: int) -> Any:
    """MUMPS's Cholesky factors, or conjugate gradients with PETSc's smoothed aggregation."""
    A.setOption(PETSc.Mat.Option.SPD, True)
    ksp = PETSc.KSP().create(comm)
    ksp.setOperators(A)
    pc = ksp.getPC()
    if solver == "mumps":
        ksp.setType("preonly")
        pc.setType("cholesky")
        pc.setFactorSolverType("mumps")
    else:
        ksp.setType("cg")
        ksp.setTolerances(rtol=_CG_TOLERANCE, max_it=500)
        pc.setType("gamg")
        options = PETSc.Options()
        options["pc_gamg_threshold"] = 0.02 if dimension == 3 else 0.0
        options["mg_levels_ksp_type"] = "chebyshev"
        options["mg_levels_pc_type"] = "jacobi"
        ksp.setFromOptions()
    ksp.setUp()
    return ksp


def _compile(job: Job) -> None:
    """Compile the form before the clock starts: DOLFINx keeps it for all meshes."""
    k = job.dimension + 1
    cell = _create(MPI.COMM_SELF, np.arange(k)[None].astype(np.int64), np.vstack([np.zeros(k - 1), np.eye(k - 1)]))
    _form(job, cell, np.zeros(1, int))


def main(path: str, solver: str, ranks: str = "1") -> None:
    comm = MPI.COMM_WORLD
    if comm.size != int(ranks):
        sys.exit(f"mpirun started {comm.size} ranks where {ranks} were wanted: it is not the one that mpi4py knows")
    job = Job.read(path)
    _compile(job)
    comm.barrier()
    clock = Clock()
    found = conductance(job, clock, solver)
    total = {key: comm.allreduce(value) for key, value in clock.measured().items() if key != "job"}
    if comm.rank == 0:
        clock.report(**found, **total, backend=f"{solver}, DOLFINx {dolfinx.__version__}")


if __name__ == "__main__":
    main(*sys.argv[1:])
