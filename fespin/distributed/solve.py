"""The conductance matrix of a device that is spread over the processes of an MPI run."""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .._version import __version__
from ..device.device import Device
from ..device.file import describe
from ..device.stored import is_stored, write_stored
from ..device.stored_header import Header
from ..errors import InputError, SolverError, SolverWarning, must_be
from ..kernels.memory import give_back
from ..network.conductance import ConductanceMatrix
from ..transport.blocks import Block
from ..transport.energy import bilinear_form, reaction_form
from ..transport.linsolve import LinearReport
from ..transport.response import BlockResponse, assemble_conductance, driven
from ..transport.solve import CONDUCTANCE_TOLERANCE
from ..transport.stages import Stages
from ..transport.system import Problem
from .cycle import Cycle, filled
from .drawing import SERIAL, Drawing, check_names, drawing_of_device, drawing_of_file, refuse_laws
from .halo import equal_ranges
from .hierarchy import Fine, ScalarLevel, build_levels
from .iterate import SpreadSystem, iterate
from .piece import Piece, exchange_piece, header_of, read_slices
from .problem import local_problem, widest_terminal
from .ranks import agreed, nobody_waits, together, world
from .scalars import Scalars, scalars

log = logging.getLogger("fespin")


def conductance(
    device: Device | str | os.PathLike[str],
    *,
    order: int = 1,
    tolerance: float = CONDUCTANCE_TOLERANCE,
    frequency: float = 0.0,
    comm: Any = None,
) -> ConductanceMatrix:
    """Compute the conductance matrix with all processes of an MPI run; every process calls this and gets the matrix.

    Parameters
    ----------
    device : path or Device
        A device file whose mesh was stored (`fespin mesh convert`): each process reads its slices of it. A device file
        with another mesh, or a device in memory, is stored in a temporary file by the first process; then that process
        (for a `Device` every one) holds the whole mesh once.
    order, frequency
        1 and 0: there is nothing else yet.
    tolerance : float
        Relative energy-norm error at which the iteration stops; the error of G is its square.
    comm : mpi4py communicator, optional
        All processes by default.

    Returns
    -------
    ConductanceMatrix
        As `fespin.conductance` gives it; `info["solver"]` has the number of ranks, and times and peak memory of the
        slowest and largest of them.

    Raises
    ------
    InputError
        On all processes: petsc4py is missing, something in the device that this backend does not solve, a bad device.
    SolverError
        On all processes: no convergence.
    """
    if order != 1:
        raise must_be("order", "1 with the backend 'petsc'", order, SERIAL)
    if frequency:
        raise must_be("frequency", "0 with the backend 'petsc'", frequency, SERIAL)
    comm = world() if comm is None else comm
    with nobody_waits(comm), _naming(device):
        stages = Stages()
        with stages.stage("read"):
            drawing, header, piece, of_combination = _read(comm, device)
        return _solved(comm, drawing, header, piece, of_combination, tolerance, stages)


@contextmanager
def _naming(device: Any) -> Iterator[None]:
    """Errors begin with the device file, if there is one."""
    try:
        yield
    except InputError as error:
        if isinstance(device, Device) or str(error).startswith(str(device)):
            raise
        named = type(error)(f"{device}: {error}")
        named.agreed = getattr(error, "agreed", False)  # type: ignore[attr-defined]
        raise named from None


def _read(comm: Any, device: Any) -> tuple[Drawing, Header, Piece, np.ndarray]:
    """Each process its slices."""
    described: dict[str, Any] = {} if isinstance(device, Device) else together(comm, lambda: describe(device))
    together(comm, lambda: refuse_laws(device if isinstance(device, Device) else described))  # before any work
    mesh, temporary = described.get("mesh", ""), None
    if not together(comm, lambda: is_stored(mesh)):
        mesh = temporary = _store(comm, device)
    try:
        header = together(comm, lambda: _header(mesh, temporary))
        together(comm, lambda: _check_indices(header, comm.size))
        drawing = together(comm, lambda: drawing_of_device(device, header) if isinstance(device, Device)
                           else drawing_of_file(described, header))  # fmt: skip
        of_combination = together(comm, lambda: check_names(drawing, header))
        wanted = drawing.boundary_numbers
        first, last = (int(s) for s in equal_ranges(header.nodes, comm.size)[comm.rank : comm.rank + 2])
        slices = together(comm, lambda: read_slices(mesh, first, last, wanted))
    finally:
        if temporary is not None and comm.rank == 0:  # all have left the last of the steps above together
            for path in (temporary, temporary.with_suffix(".xdmf")):
                path.unlink(missing_ok=True)
    return drawing, header, exchange_piece(comm, header, slices, wanted), of_combination


def _store(comm: Any, device: Any) -> Path:
    """The mesh in a temporary file, by the first process."""

    def store() -> Path | None:
        if comm.rank:
            return None
        from ..device.file import load

        mesh = (device if isinstance(device, Device) else load(device)).mesh
        if not isinstance(device, Device):
            warnings.warn(f"{mesh.where} is read by one process and stored in a temporary file; so that none has to "
                          f"hold it whole, convert it once: fespin mesh convert {device} MESH.h5",
                          SolverWarning, stacklevel=2)  # fmt: skip
        handle, name = tempfile.mkstemp(suffix=".h5", prefix="fespin_")
        os.close(handle)
        return write_stored(mesh, name, overwrite=True)[0]

    path: Path = comm.bcast(together(comm, store))
    return path


def _check_indices(header: Header, ranks: int) -> None:
    """PETSc's integers number all nodes, and the entries of one process."""
    from petsc4py import PETSc

    largest = int(np.iinfo(PETSc.IntType).max)
    if header.nodes > largest or 15 * header.nodes // ranks > largest:
        raise InputError(f"{header.nodes} nodes on {ranks} processes need a PETSc with 64-bit indices "
                         "(--with-64-bit-indices), or more processes")  # fmt: skip


def _header(mesh: Any, temporary: Path | None) -> Header:
    if temporary is not None and not temporary.exists():
        raise InputError(f"{temporary} is not visible on every machine; convert the mesh on a file system that all of "
                         "them share: fespin mesh convert DEVICE MESH.h5")  # fmt: skip
    return header_of(mesh)


def _solved(
    comm: Any, drawing: Drawing, header: Header, piece: Piece, of_combination: np.ndarray, tolerance: float,
    stages: Stages,
) -> ConductanceMatrix:  # fmt: skip
    with stages.stage("assemble"):
        problem, patterns = local_problem(comm, drawing, header, piece, of_combination)
        shared = scalars(comm, problem, patterns, piece)
    give_back()
    with stages.stage("setup"):
        fine, levels = build_levels(comm, shared)
    responses = []
    blocks = problem.blocks
    last = widest_terminal(comm, drawing, header, piece, problem.terminal_dofs, of_combination)
    for number, block in enumerate(blocks):
        names = " and ".join("".join("e123"[c] for c in copy) for copy in block.copies)
        log.info("solving for components %s", names, extra={"done": number, "total": len(blocks)})
        responses.append(_respond(comm, problem, block, last, piece, shared, fine, levels, tolerance, stages))
    values = assemble_conductance(problem, responses)
    return ConductanceMatrix(
        values=values,
        terminals=tuple(drawing.terminals),
        spaces=dict(zip(drawing.terminals, problem.terminal_spaces, strict=True)),
        info=_info(comm, problem, header, responses, values, levels, stages),
    )


def _respond(
    comm: Any, problem: Problem, block: Block, last: int, piece: Piece, shared: Scalars, fine: Fine,
    levels: list[ScalarLevel], tolerance: float, stages: Stages,
) -> BlockResponse:  # fmt: skip
    """Solve a block for every drive but that of charge from terminal `last`, which follows from the others."""
    job = driven(problem, block, last)
    held, solved = job.held, job.solved
    c, own, n = len(block.copies[0]), piece.own, len(piece.points)
    fields = np.zeros((n, c, len(solved)))
    found = (0, 0.0, 0.0)
    if solved:
        x = np.zeros((own, c, len(solved)))
        x[held[held < own]] = job.imposed[held < own][:, :, solved]
        with stages.stage("setup"):
            system, cycle = _system(comm, problem, block, shared, fine, levels)
        give_back()
        with stages.stage("solve"):
            found = iterate(comm, system, cycle, x.reshape(own, c * len(solved)), tolerance=tolerance)
            del system, cycle
        fields[:own] = x
        fields[own:] = piece.halo.fetch(x)
        del x
    with stages.stage("energy"):
        here = [term for term in problem.terms if term.operator.nnz]
        energy = comm.allreduce(bilinear_form(here, fields, problem.frame[list(block.copies[0])]))
        shape = (len(job.drives), len(solved))
        mine = reaction_form(block.terms, held, job.imposed, fields) if n else np.zeros(shape)
        reactions = comm.allreduce(mine)
    if not np.isfinite(energy).all():
        raise agreed(SolverError("the energies of the drives are not finite; check lengths and conductivities"))
    widths = np.where(shared.active, np.array([b.shape[1] for b in block.bases])[block.kind[:own]], 0)
    report = LinearReport(backend="petsc", unknowns=int(comm.allreduce(int(widths.sum()))), iterations=found[0],
                          residual=found[1], error=found[2])  # fmt: skip
    return job.from_forms(energy, reactions, job.of_solved, np.empty((0, c, len(solved))), report)


def _system(
    comm: Any, problem: Problem, block: Block, shared: Scalars, fine: Fine, levels: list[ScalarLevel]
) -> tuple[SpreadSystem, Cycle]:
    """The operator of a block in double precision, and the cycle that preconditions it."""
    bases, split = [block.bases[q] for q in shared.kinds], int(block.copies[0][0] == 0)
    laws = [extra.law_in(problem, block) for extra in shared.extras]
    system = SpreadSystem(
        columns=fine.columns,
        stiffness=fine.stiffness,
        both=fine.both,
        extras=[(*filled(extra), law) for extra, law in zip(fine.extras, laws, strict=True) if law is not None],
        label=shared.label,
        bases=bases,
        active=shared.active,
        split=split,
    )
    return system, Cycle(comm, levels, laws, bases, split)


def _info(
    comm: Any, problem: Problem, header: Header, responses: list[BlockResponse], values: np.ndarray,
    levels: list[ScalarLevel], stages: Stages,
) -> dict[str, Any]:  # fmt: skip
    """Where the numbers come from; seconds and memory of the slowest and largest process."""
    scale = float(np.abs(values).max()) or 1.0
    reactions = assemble_conductance(problem, responses, "reactions")
    reports = [r.report for r in responses]

    def largest(mine: dict[str, float], digits: int) -> dict[str, float]:
        everybody = comm.allgather(mine)
        return {name: round(max(one[name] for one in everybody), digits) for name in mine}

    sizes = [int(comm.allreduce(len(level.label))) for level in levels]
    return {
        "device": problem.device.name,
        "mesh": {"nodes": header.nodes, "cells": header.cells, "dimension": header.dimension,
                 "cell_type": header.cell_type},
        "solver": {
            "backend": "petsc",
            "ranks": comm.size,
            "largest_piece": max(comm.allgather(problem.space.size)),
            "levels": sizes,
            "symmetric": True,
            "order": 1,
            "unknowns": sum(r.unknowns for r in reports),
            "iterations": max((r.iterations for r in reports), default=0),
            "residual": max((r.residual for r in reports), default=0.0),
            "error_of_G": max((r.error for r in reports), default=0.0),
            "seconds": largest(stages.seconds, 4),
            "peak_memory_mb": largest(stages.memory, 1),
            "reaction_difference": float(np.abs(reactions - values).max()) / scale,
            "reaction_asymmetry": float(np.abs(reactions - reactions.T).max()) / scale,
        },
        "version": __version__,
    }  # fmt: skip
