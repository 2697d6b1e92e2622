"""Unit drives of every terminal, solved together: amplitudes, nodal reactions and the reduced conductances of a
block."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..errors import SolverError, SolverWarning
from .blocks import Block
from .energy import bilinear_form, reaction_form
from .lift import Cycle, lifted_system
from .linsolve import LinearReport, choose_backend, solve_linear
from .linsolve.lifted import solve_lifted
from .system import Problem


class Drive(NamedTuple):
    """One amplitude of one terminal set to 1 V, all others to 0."""

    terminal: int
    column: int  # of the terminal's basis; for a normal terminal the component of the frame
    potential: np.ndarray  # (c,) potentials of the block's components that set the amplitude
    current: np.ndarray  # (c,) how the current of the amplitude spreads over the components

    @property
    def charge(self) -> bool:
        """Whether a charge potential alone sets this amplitude to 1: V_e, or the channel of a half metal."""
        return self.column == 0


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockResponse:
    """Solution of a block for all its drives.

    Parameters
    ----------
    block : Block
    drives : tuple of Drive
    amplitudes : ndarray (size, j)
    energy : ndarray (j, j)
        -X^T A X, S, from the scalar operators: the conductances. Where A is symmetric their error is quadratic in that
        of X.
    reactions : ndarray (j, j)
        -U^T A X with U the bare terminal values, S: sums of nodal currents at the terminals, error linear in that of X.
    report : LinearReport
    """

    block: Block
    drives: tuple[Drive, ...]
    amplitudes: np.ndarray
    energy: np.ndarray
    reactions: np.ndarray
    report: LinearReport


def solve_block(
    block: Block, lifted: np.ndarray, problem: Problem, *, backend: str, tolerance: float
) -> tuple[np.ndarray, LinearReport]:
    """Amplitudes (size, j) that equal `lifted` at the terminals and carry no net current into any other node."""
    kind = "complex" if block.dtype is complex else "symmetric" if block.symmetric else "real"
    size = block.size - int(np.count_nonzero(block.fixed))
    chosen = choose_backend(backend, size, problem.device.dimension, kind)
    if chosen == "multigrid" and kind == "symmetric" and size and lifted.shape[1]:
        try:
            return _iterate(problem, block, lifted, size, tolerance)
        except SolverError as error:
            if backend != "auto":
                raise
            warnings.warn(f"{error}: factorised instead", SolverWarning, stacklevel=2)
            chosen = "direct"
    free = np.flatnonzero(~block.fixed)
    rows = block.matrix[free]
    preconditioner = Cycle(problem, block, free) if chosen == "multigrid" and size and lifted.shape[1] else None
    system = (rows[:, free], -(rows @ lifted), block.symmetric)
    try:
        x, report = solve_linear(*system, tolerance=tolerance, preconditioner=preconditioner)
    except SolverError as error:
        if backend != "auto" or chosen == "direct":
            raise
        warnings.warn(f"{error}: factorised instead", SolverWarning, stacklevel=2)
        x, report = solve_linear(*system, tolerance=tolerance)
    out = lifted.astype(x.dtype)
    out[free] = x
    return out, report


def _iterate(
    problem: Problem, block: Block, lifted: np.ndarray, size: int, tolerance: float
) -> tuple[np.ndarray, LinearReport]:
    """Conjugate gradients on the components; no matrix of the block is formed."""
    order = problem.shared.order
    fields = np.empty((len(order), len(block.bases[0]), lifted.shape[1]))
    start = block.expand(lifted)[order]
    fields[order], iterations, residual, error = solve_lifted(lifted_system(problem, block), start, tolerance=tolerance)
    report = LinearReport(backend="multigrid", unknowns=size, iterations=iterations, residual=residual, error=error)
    return block.restrict(fields), report


def unit_drives(problem: Problem, block: Block) -> tuple[Drive, ...]:
    """The drives of a block (of the first of its copies), terminal by terminal."""
    components = list(block.copies[0])
    drives = []
    for t, space in enumerate(problem.terminal_spaces):
        normal = space.kind == "normal"
        potentials = np.eye(4) if normal else problem.frame @ space.dual
        currents = np.eye(4) if normal else problem.frame @ space.basis
        for column in range(potentials.shape[1]):
            inside = potentials[components, column]
            if np.abs(inside).max() > 1e-9:
                drives.append(Drive(t, column, inside, currents[components, column]))
    return tuple(drives)


def respond(problem: Problem, block: Block, *, backend: str, tolerance: float) -> BlockResponse:
    """Solve a block for every drive.

    All charge potentials at 1 V are 1 V everywhere: the last charge drive follows from the others, which makes the
    charge rows of G sum to zero to rounding whatever the accuracy of the solver.
    """
    drives = unit_drives(problem, block)
    charge = [k for k, drive in enumerate(drives) if drive.charge] if 0 in block.copies[0] else []
    lifted = np.concatenate(
        [block.lift(d.terminal, d.potential[:, None]) for d in drives] or [np.zeros((block.size, 0))], axis=1
    )
    solved = [k for k in range(len(drives)) if not charge or k != charge[-1]]
    x: np.ndarray = np.empty(lifted.shape, block.dtype)
    x[:, solved], report = solve_block(block, lifted[:, solved], problem, backend=backend, tolerance=tolerance)
    if charge:
        unit = (np.array(block.copies[0]) == 0).astype(float)
        x[:, charge[-1]] = block.constant(unit) - x[:, charge[:-1]].sum(axis=1)
    return BlockResponse(
        block=block,
        drives=drives,
        amplitudes=x,
        energy=-energy_form(problem, block, x),
        reactions=-reaction_form(block.terms, block.expand(lifted), block.expand(x)),
        report=report,
    )


def energy_form(problem: Problem, block: Block, amplitudes: np.ndarray) -> np.ndarray:
    """X^T A X (j, j) of a block, from the scalar operators."""
    return bilinear_form(problem.terms, block.expand(amplitudes), problem.frame[list(block.copies[0])])


def assemble_conductance(problem: Problem, responses: list[BlockResponse], entries: str = "energy") -> np.ndarray:
    """The (4T, 4T) matrix in lab components out of the reduced conductances of all blocks (`energy` or `reactions`)."""
    n = 4 * len(problem.terminal_spaces)
    out = np.zeros((n, n), complex if problem.omega else float)
    for response in responses:
        reduced = getattr(response, entries)
        for components in response.block.copies:
            spread = np.zeros((n, len(response.drives)))
            for k, drive in enumerate(response.drives):
                rows = slice(4 * drive.terminal, 4 * drive.terminal + 4)
                spread[rows, k] = _lab_current(problem, drive, components)
            out += spread @ reduced @ spread.T
    return out


def _lab_current(problem: Problem, drive: Drive, components: tuple[int, ...]) -> np.ndarray:
    """How the current of a drive spreads over e, x, y, z; zeros of a magnetic terminal are exact."""
    space = problem.terminal_spaces[drive.terminal]
    current = problem.frame[list(components)].T @ drive.current
    return current if space.kind == "normal" else space.basis @ (space.dual.T @ current)


def unit_fields(problem: Problem, responses: list[BlockResponse]) -> np.ndarray:
    """Lab potentials (N, 4, 4T) for 1 V on each component of each terminal, terminal-major."""
    dtype = complex if problem.omega else float
    out = np.zeros((problem.space.size, 4, 4 * len(problem.terminal_spaces)), dtype)
    for response in responses:
        expanded = response.block.expand(response.amplitudes)  # (N, c, j)
        for components in response.block.copies:
            axes = problem.frame[list(components)]  # (c, 4)
            weights = np.zeros((len(response.drives), out.shape[2]))
            for k, drive in enumerate(response.drives):
                weights[k, 4 * drive.terminal : 4 * drive.terminal + 4] = drive.current @ axes
            out += np.einsum("ncj,ca->naj", expanded, axes) @ weights
    return out
