"""Devices spread over the processes of an MPI run, with PETSc."""
