"""The verbs: `conductance(device)` and `solve(device, potentials)`."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from .._version import __version__
from ..device.device import Device, check_device
from ..errors import InputError, MeshWarning, must_be, suggest
from ..kernels import compiled
from ..network.conductance import ConductanceMatrix
from ..network.terminal import COMPONENTS
from .linsolve import LinearReport
from .response import BlockResponse, assemble_conductance, respond, solve_block
from .solution import Solution
from .stages import Stages
from .system import Problem, build

log = logging.getLogger("fespin")

# energy-norm errors at which an iterative backend stops: that of G is the square, that of fields and currents the same
CONDUCTANCE_TOLERANCE = 1e-5
FIELD_TOLERANCE = 1e-10


def conductance(
    device: Device,
    *,
    order: int = 1,
    backend: str = "auto",
    tolerance: float = CONDUCTANCE_TOLERANCE,
    frequency: float = 0.0,
) -> ConductanceMatrix:
    """Compute the conductance matrix of a device.

    Solves the diffusion of charge and spin (eqs (1)-(16) of Bazaliy and Ramazashvili, "Reciprocity in diffusive
    spin-current circuits", with interfaces, precession and the spin Hall effect where the device has them) for a unit
    potential of every component at every terminal.

    Parameters
    ----------
    device : Device
    order : int
        1: linear elements, 2: quadratic ones (far more accurate where the solution is smooth).
    backend : str
        "direct", "multigrid" or "auto", which chooses by size; "petsc": all processes of an MPI run together, see
        `fespin.distributed` (order 1, no frequency).
    tolerance : float
        Relative energy-norm error at which the iterative backend stops; the error of G is its square.
    frequency : float
        Hz, not negative. Other than 0 it makes the result the complex admittance matrix Y of potentials that vary as
        exp(+i 2 pi f t): spins are stored as they accumulate, sigma/lambda^2 -> sigma/lambda^2 + i omega sigma/D, while
        charge stays neutral. Every material with two spin channels then needs its diffusivity.

    Returns
    -------
    ConductanceMatrix
        (4T, 4T) in siemens, currents positive out of the device. `info["solver"]` holds backend, unknowns, measured
        residual and error of G, seconds per stage.

    Raises
    ------
    InputError
        Not a device, an unknown order or backend, a frequency without diffusivities.
    SolverError
        The system could not be solved to the accuracy asked for.

    Warns
    -----
    MeshWarning
        The mesh does not resolve a spin diffusion length, or a terminal touches a magnet.

    Examples
    --------
    >>> import numpy as np
    >>> from fespin import Device, Mesh, NormalMetal, conductance
    >>> wire = Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...             regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> device = Device.from_mesh(wire, regions={"wire": NormalMetal(conductivity=1e7)},
    ...                           terminals=["left", "right"], length_unit="nm", cross_section="1e4 nm^2")
    >>> round(conductance(device)["right", "e", "left", "e"], 12)   # sigma A / L
    1.0
    """
    _check_arguments(device, order, tolerance, frequency)
    if backend == "petsc":
        from ..distributed.solve import conductance as spread

        return spread(device, order=order, tolerance=tolerance, frequency=frequency)
    stages = Stages()
    problem = _build(device, order, stages, frequency=frequency)
    responses = conductance_responses(problem, backend=backend, tolerance=tolerance, stages=stages)
    return conductance_matrix(problem, responses, stages)


def prepare(
    device: Device, order: int = 1, *, warn: bool = True, frequency: float = 0.0, stages: Stages | None = None
) -> Problem:
    """Check the arguments, warn of what may mislead, and assemble the problem of a device."""
    _check_arguments(device, order, CONDUCTANCE_TOLERANCE, frequency)
    return _build(device, order, stages or Stages(), warn=warn, frequency=frequency)


def conductance_matrix(
    problem: Problem, responses: list[BlockResponse], stages: Stages | None = None
) -> ConductanceMatrix:
    """The labelled matrix out of the responses of all blocks."""
    device = problem.device
    values = assemble_conductance(problem, responses)
    return ConductanceMatrix(
        values=values,
        terminals=tuple(device.terminals),
        spaces=dict(zip(device.terminals, problem.terminal_spaces, strict=True)),
        info=_info(problem, responses, values, stages or Stages()),
    )


def conductance_responses(
    problem: Problem,
    *,
    backend: str = "auto",
    tolerance: float = CONDUCTANCE_TOLERANCE,
    stages: Stages | None = None,
) -> list[BlockResponse]:
    """Solve every block of a problem for all its drives."""
    stages = Stages() if stages is None else stages
    with stages.stage("system"):
        blocks = problem.blocks
    with stages.stage("solve"):
        return respond(problem, blocks, backend=backend, tolerance=tolerance)


def solve(
    device: Device,
    potentials: Mapping[str, Mapping[str, float]],
    *,
    order: int = 1,
    backend: str = "auto",
    tolerance: float = FIELD_TOLERANCE,
) -> Solution:
    """Solve a device for given potentials of its terminals.

    Parameters
    ----------
    device : Device
    potentials : mapping
        Terminal -> component ("e", "x", "y", "z") -> volts. What is not named is 0. At a ferromagnetic terminal only
        the part of the spin potential along the magnetization acts.
    order, backend, tolerance
        As for `conductance`.

    Returns
    -------
    Solution
        Fields, currents, relaxation, dissipation, torques.

    Raises
    ------
    InputError
        An unknown terminal or component, a potential that is not a finite number.
    SolverError
        The system could not be solved to the accuracy asked for.

    Examples
    --------
    >>> import numpy as np
    >>> from fespin import Device, Mesh, NormalMetal, solve
    >>> wire = Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...             regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> device = Device.from_mesh(wire, regions={"wire": NormalMetal(conductivity=1e7)},
    ...                           terminals=["left", "right"], length_unit="nm", cross_section="1e4 nm^2")
    >>> solution = solve(device, {"left": {"e": 1e-3}})
    >>> round(solution.currents["right"]["e"], 12), solution.potential("e")[5].round(12).item()
    (0.001, 0.0005)
    """
    _check_arguments(device, order, tolerance)
    applied = _potentials(device, potentials)
    stages = Stages()
    problem = _build(device, order, stages)
    fields = np.zeros((problem.space.size, 4))
    currents = np.zeros((len(device.terminals), 4))
    reports = []
    with stages.stage("solve"):
        for block in problem.blocks:
            field, current, report = _drive_block(problem, block, applied, backend=backend, tolerance=tolerance)
            fields += field
            currents += current
            reports.append(report)
    table = dict(
        zip(
            device.terminals,
            ({c: float(v) for c, v in zip(COMPONENTS, row, strict=True)} for row in currents),
            strict=True,
        )
    )
    info = {"mesh": _mesh_info(device), "solver": _solver_info(problem, reports, stages), "version": __version__}
    fields = problem.space.per_node(fields)
    return Solution(problem=problem, potentials=fields, currents=table, applied=applied, info=info)


def _drive_block(
    problem: Problem, block: Any, applied: np.ndarray, *, backend: str, tolerance: float
) -> tuple[np.ndarray, np.ndarray, LinearReport]:
    """Lab potentials (N, 4) and terminal currents (T, 4) that one block contributes."""
    in_frame = applied @ problem.frame.T  # (T, 4)
    lifted = np.zeros((block.size, len(block.copies)))
    for t in range(len(applied)):
        lifted += block.lift(t, np.array([in_frame[t, list(copy)] for copy in block.copies]).T)
    x, report = solve_block(block, lifted, problem, backend=backend, tolerance=tolerance)
    flow = block.matrix @ x
    components = block.expand(x)  # (N, c, copies)
    fields, currents = np.zeros((len(components), 4)), np.zeros_like(applied)
    for k, copy in enumerate(block.copies):
        fields[:, list(copy)] += components[:, :, k]
        for t in range(len(applied)):
            unit = block.lift(t, np.eye(len(copy)))
            currents[t, list(copy)] -= unit.T @ flow[:, k]
    return fields @ problem.frame, currents @ problem.frame, report


def _potentials(device: Device, potentials: Mapping[str, Mapping[str, float]]) -> np.ndarray:
    """Applied potentials (T, 4), volts; every name and number checked."""
    if not isinstance(potentials, Mapping):
        raise must_be("potentials", "a mapping like {'left': {'e': 1e-3}}", potentials)
    out = np.zeros((len(device.terminals), 4))
    names = list(device.terminals)
    for terminal, values in potentials.items():
        if terminal not in device.terminals:
            raise InputError(f"potentials: no terminal {terminal!r}; {suggest(terminal, names)}")
        if not isinstance(values, Mapping):
            raise must_be(f"potentials[{terminal!r}]", "a mapping like {'e': 1e-3}", values)
        for component, value in values.items():
            if component not in COMPONENTS:
                raise must_be(f"potentials[{terminal!r}]", "given per component e, x, y, z", component)
            if not isinstance(value, Real) or isinstance(value, bool) or not abs(value) <= sys.float_info.max:
                raise must_be(f"potentials[{terminal!r}][{component!r}]", "a finite number in V", value)
            out[names.index(terminal), COMPONENTS.index(component)] = value
    return out


def _check_arguments(device: Device, order: int, tolerance: float, frequency: float = 0.0) -> None:
    check_device(device)
    if not isinstance(order, Integral) or isinstance(order, bool) or order not in (1, 2):
        raise must_be("order", "1 or 2", order)
    if not isinstance(tolerance, Real) or not 0 < tolerance < 1:
        raise must_be("tolerance", "a number between 0 and 1", tolerance)
    if not isinstance(frequency, Real) or isinstance(frequency, bool) or not 0 <= frequency <= sys.float_info.max:
        raise must_be("frequency", "a finite number in Hz that is not negative", frequency)


def _build(device: Device, order: int, stages: Stages, *, warn: bool = True, frequency: float = 0.0) -> Problem:
    for caution in device.cautions if warn else ():
        warnings.warn(caution, MeshWarning, stacklevel=3)
    with stages.stage("assemble"):
        return build(device, order=order, frequency=frequency)


def _info(problem: Problem, responses: list[BlockResponse], values: np.ndarray, stages: Stages) -> dict[str, Any]:
    """Where the numbers come from, and how well the two ways to read them off agree."""
    scale = float(np.abs(values).max()) or 1.0
    reactions = assemble_conductance(problem, responses, "reactions")
    solver = _solver_info(problem, [r.report for r in responses], stages)
    solver["reaction_difference"] = float(np.abs(reactions - values).max()) / scale
    solver["reaction_asymmetry"] = float(np.abs(reactions - reactions.T).max()) / scale
    info: dict[str, Any] = {
        "device": problem.device.name,
        "mesh": _mesh_info(problem.device),
        "solver": solver,
        "version": __version__,
    }
    if problem.omega:
        info["frequency"] = problem.omega / (2.0 * np.pi)
    return info


def _mesh_info(device: Device) -> dict[str, Any]:
    return {"nodes": len(device.mesh.points), "cells": len(device.mesh.cells), "dimension": device.dimension,
            "cell_type": device.mesh.cell_type}  # fmt: skip


def _solver_info(problem: Problem, reports: list[LinearReport], stages: Stages) -> dict[str, Any]:
    backends = sorted({r.backend for r in reports})
    return {
        "backend": "+".join(backends),
        "symmetric": all(block.symmetric for block in problem.blocks),
        "order": problem.space.order,
        "loops": "compiled" if compiled(problem.space.size) else "plain",
        "unknowns": sum(r.unknowns for r in reports),
        "iterations": max((r.iterations for r in reports), default=0),
        "residual": max((r.residual for r in reports), default=0.0),
        "error_of_G": max((r.error for r in reports), default=0.0),
        "seconds": {name: round(value, 4) for name, value in stages.seconds.items()},
        "peak_memory_mb": {name: round(value, 1) for name, value in stages.memory.items()},
    }
