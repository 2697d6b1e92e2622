"""The processes that solve one device together: how they agree on errors, so that none waits for one that failed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ..errors import FespinError, InputError

T = TypeVar("T")
_INSTALL = (
    "on Debian: apt-get install openmpi-bin python3-petsc4py python3-mpi4py, see 'Larger than one machine' in README"
)
# what the launchers of Open MPI, MPICH and Slurm tell each process
_RANK = ("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID")
_SIZE = ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE")


def launched_rank() -> int:
    """Rank that the launcher gave this process, 0 without one; MPI itself is not touched."""
    return next((int(os.environ[name]) for name in _RANK if os.environ.get(name, "").isdecimal()), 0)


def world() -> Any:
    """All processes of this run.

    Raises
    ------
    InputError
        mpi4py or petsc4py is missing, or belongs to another MPI than the launcher.
    """
    try:
        import petsc4py

        petsc4py.init([])  # before the first import of PETSc, and without the arguments of fespin
        from mpi4py import MPI
        from petsc4py import PETSc
    except (ImportError, ValueError) as error:  # ValueError: compiled for another numpy
        raise InputError(f"backend 'petsc' needs petsc4py and mpi4py that work ({error}); {_INSTALL}") from None
    if PETSc.ScalarType().dtype.kind == "c":
        raise InputError("backend 'petsc' needs a PETSc of real numbers, got one of complex ones; set PETSC_ARCH")
    wanted = next((int(os.environ[name]) for name in _SIZE if os.environ.get(name, "").isdecimal()), 1)
    if wanted > 1 and MPI.COMM_WORLD.size == 1:
        raise InputError(f"mpirun started {wanted} processes, but the MPI of mpi4py sees one; start them with the "
                         "mpirun that belongs to it (Debian: /usr/bin/mpirun)")  # fmt: skip
    return MPI.COMM_WORLD


def together(comm: Any, work: Callable[[], T]) -> T:
    """Do something that needs no other process; if it fails on any, all raise the error of the first that failed."""
    error, out = None, None
    try:
        out = work()
    except (FespinError, MemoryError, OSError) as found:
        error = found
    errors = [e for e in comm.allgather(error) if e is not None]
    if errors:
        errors[0].agreed = True
        raise errors[0]
    return out  # type: ignore[return-value]


def agreed(error: FespinError) -> FespinError:
    """An error that every process raises at the same place."""
    error.agreed = True  # type: ignore[attr-defined]
    return error


@contextmanager
def nobody_waits(comm: Any) -> Iterator[None]:
    """An error on one process alone ends all of them: the others would wait for its messages for ever.

    Its message goes to standard error, and the exit code of the run is 2 for bad input, 1 for anything else.
    """
    try:
        yield
    except BaseException as error:
        if comm.size == 1 or getattr(error, "agreed", False):
            raise
        detail = f"{type(error).__name__}: {error}" if not isinstance(error, FespinError) else str(error)
        stream = sys.__stderr__
        if stream is not None:
            if not isinstance(error, (FespinError, MemoryError, KeyboardInterrupt)):
                import traceback

                traceback.print_exception(error, file=stream)
            stream.write(f"fespin: process {comm.rank} of {comm.size} failed: {detail}\n")
            stream.flush()
        comm.Abort(2 if isinstance(error, InputError) else 1)
