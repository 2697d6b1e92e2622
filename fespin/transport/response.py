"""Unit drives of every terminal, solved together: fields, nodal reactions and the reduced conductances of a block."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..device.contacts import widest_terminal
from ..errors import SolverError, SolverWarning
from ..kernels import compiled
from ..kernels.memory import zeros
from ..kernels.threads import one_blas_thread
from .blocks import Block
from .energy import bilinear_form, reaction_form
from .lift import Cycle, lifted_system
from .linsolve import LinearReport, choose_backend, solve_linear
from .linsolve.lifted import solve_lifted
from .system import Problem

log = logging.getLogger("fespin")


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


def solve_block(
    block: Block, lifted: np.ndarray, problem: Problem, *, backend: str, tolerance: float
) -> tuple[np.ndarray, LinearReport]:
    """Amplitudes (size, j) that equal `lifted` at the terminals and carry no net current into any other node."""
    kind = "complex" if block.dtype is complex else "symmetric" if block.symmetric else "real"
    size = block.size - int(np.count_nonzero(block.fixed))
    chosen = choose_backend(backend, size, problem.device.dimension, kind, problem.space.order)
    if chosen == "multigrid" and kind == "symmetric" and size and lifted.shape[1]:
        try:
            held = block.held
            (fields, report), *_ = _iterate(problem, [(block, block.expand(lifted, held))], tolerance)
            return block.restrict(fields), report
        except SolverError as error:
            _factorise_instead(error, backend)
            chosen = "direct"
    free = np.flatnonzero(~block.fixed)
    rows = block.matrix[free]
    preconditioner = Cycle(problem, block, free) if chosen == "multigrid" and size and lifted.shape[1] else None
    system = (rows[:, free], -(rows @ lifted), block.symmetric)
    try:
        x, report = solve_linear(*system, tolerance=tolerance, preconditioner=preconditioner)
    except SolverError as error:
        _factorise_instead(error, backend if chosen == "multigrid" else chosen)
        x, report = solve_linear(*system, tolerance=tolerance)
    out = lifted.astype(x.dtype)
    out[free] = x
    return out, report


def _factorise_instead(error: SolverError, backend: str) -> None:
    """Say so, unless a backend was asked for."""
    if backend != "auto":
        raise error
    warnings.warn(f"{error}: factorised instead", SolverWarning, stacklevel=2)


def _iterate(
    problem: Problem, systems: Sequence[tuple[Block, np.ndarray]], tolerance: float
) -> list[tuple[np.ndarray, LinearReport]]:
    """Fields (N, c, j) of blocks by conjugate gradients side by side, without a matrix.

    Beside each block are the potentials (d, c, j) that all terminals impose, at their degrees of freedom in order.
    """
    shared, n = problem.shared, problem.space.size
    system = lifted_system(problem, [block for block, _ in systems], [imposed.shape[2] for _, imposed in systems])
    held = np.unique(np.concatenate(problem.terminal_dofs))
    rows = shared.numbered(held)
    width = sum(c * j for c, j in zip(system.groups, system.drives, strict=True))
    x = zeros((n, width))
    parts = [columns for _, columns in system.parts(width)]
    for (_, imposed), columns in zip(systems, parts, strict=True):
        x[rows, columns] = imposed.reshape(len(held), -1)
    iterations, residual, error = solve_lifted(system, x, tolerance=tolerance)
    out = []
    for (block, imposed), columns in zip(systems, parts, strict=True):
        fields = shared.unordered(x[:, columns].reshape(n, *imposed.shape[1:]))
        unknowns = block.size - int(np.count_nonzero(block.fixed))
        out.append((fields, LinearReport(backend="multigrid", unknowns=unknowns, iterations=iterations,
                                         residual=residual, error=error)))  # fmt: skip
    return out


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Driven:
    """A block with what drives it."""

    block: Block
    drives: tuple[Drive, ...]
    held: np.ndarray  # degrees of freedom of all terminals
    imposed: np.ndarray  # (d, c, j) what drives impose there
    charge: list[int]  # drives of charge, the one last that follows from the others

    @property
    def solved(self) -> list[int]:
        """The drives that must be solved for.

        All charge potentials at 1 V are 1 V everywhere: one charge drive follows from the others, which makes the
        charge rows of G sum to zero to rounding whatever the accuracy of the solver. It has the errors of the others.
        """
        return [k for k in range(len(self.drives)) if not self.charge or k != self.charge[-1]]

    @cached_property
    def of_solved(self) -> np.ndarray:
        """What the fields of all drives are made of (j, solved), but for what is the same everywhere."""
        solved = self.solved
        out = np.zeros((len(self.drives), len(solved)))
        out[solved, range(len(solved))] = 1.0
        if self.charge:
            out[self.charge[-1], [solved.index(k) for k in self.charge[:-1]]] = -1.0
        return out

    def complete(self, solved: np.ndarray) -> np.ndarray:
        """Fields (N, c, j) of all drives."""
        fields = np.empty((*solved.shape[:2], len(self.drives)), solved.dtype)
        for k, drive in enumerate(self.solved):
            fields[:, :, drive] = solved[:, :, k]
        if self.charge:
            last = self.block.constant((np.array(self.block.copies[0]) == 0).astype(float))
            for k in self.charge[:-1]:
                last = last - fields[:, :, k]
            fields[:, :, self.charge[-1]] = last
        return fields

    def response(self, problem: Problem, solved: np.ndarray, report: LinearReport) -> BlockResponse:
        """From the fields of the solved drives.

        A potential that is the same everywhere dissipates nothing, so that the energies of the last drive follow from
        the others; but entries of G that are small are more exact from its own field, as those of small devices are.
        """
        if compiled(len(solved)):
            fields, spread = solved, self.of_solved
        else:
            fields, spread = self.complete(solved), np.eye(len(self.drives))
        energy = bilinear_form(problem.terms, fields, problem.frame[list(self.block.copies[0])])
        reactions = reaction_form(self.block.terms, self.held, self.imposed, fields)
        return self.from_forms(energy, reactions, spread, solved, report)

    def from_forms(
        self, energy: np.ndarray, reactions: np.ndarray, spread: np.ndarray, solved: np.ndarray, report: LinearReport
    ) -> BlockResponse:
        """From the forms of k fields, of which those of all drives are made as `spread` (j, k) says."""
        return BlockResponse(driven=self, solved=solved, energy=-spread @ energy @ spread.T,
                             reactions=-reactions @ spread.T, report=report)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockResponse:
    """Solution of a block for all its drives.

    Parameters
    ----------
    driven : Driven
    solved : ndarray (N, c, k)
        Potentials of the components of the first copy for the drives that were solved for, V.
    energy : ndarray (j, j)
        -X^T A X, S, from the scalar operators: the conductances. Where A is symmetric their error is quadratic in that
        of X.
    reactions : ndarray (j, j)
        -U^T A X with U the bare terminal values, S: sums of nodal currents at the terminals, error linear in that of X.
    report : LinearReport
    """

    driven: Driven
    solved: np.ndarray
    energy: np.ndarray
    reactions: np.ndarray
    report: LinearReport

    @property
    def block(self) -> Block:
        return self.driven.block

    @property
    def drives(self) -> tuple[Drive, ...]:
        return self.driven.drives

    @cached_property
    def fields(self) -> np.ndarray:
        """Potentials (N, c, j) for all drives, V."""
        return self.driven.complete(self.solved)


def driven(problem: Problem, block: Block, last: int | None = None) -> Driven:
    """A block with its drives and what they impose; charge from terminal `last` (else the last one) follows."""
    drives = unit_drives(problem, block)
    held = block.held
    imposed = np.zeros((len(held), len(block.bases[0]), len(drives)))
    for k, drive in enumerate(drives):
        at = np.searchsorted(held, block.terminal_dofs[drive.terminal])
        imposed[at, :, k] = block.imposed(drive.terminal, drive.potential[:, None])[:, :, 0]
    charge = [k for k, drive in enumerate(drives) if drive.charge] if 0 in block.copies[0] else []
    charge.sort(key=lambda k: drives[k].terminal == last)
    return Driven(block=block, drives=drives, held=held, imposed=imposed, charge=charge)


def respond(problem: Problem, blocks: Sequence[Block], *, backend: str, tolerance: float) -> list[BlockResponse]:
    """Solve blocks for every drive; those that are iterated, side by side where loops are compiled."""
    with one_blas_thread():
        return _respond(problem, blocks, backend, tolerance)


def _respond(problem: Problem, blocks: Sequence[Block], backend: str, tolerance: float) -> list[BlockResponse]:
    widest = widest_terminal(problem.device)  # whose conductances bear what errors of others add up to
    jobs = [driven(problem, block, widest) for block in blocks]
    found: dict[int, tuple[np.ndarray, LinearReport]] = {}
    together = [k for k, job in enumerate(jobs) if _is_iterated(problem, job, backend)]
    if len(together) > 1 and compiled(problem.space.size):
        systems = [(jobs[k].block, jobs[k].imposed[:, :, jobs[k].solved]) for k in together]
        for number in together:
            _announce(jobs[number].block, number, len(jobs))
        try:
            found |= zip(together, _iterate(problem, systems, tolerance), strict=True)
        except SolverError as error:
            _factorise_instead(error, backend)
            backend = "direct"
    for number, job in enumerate(jobs):
        if number not in found:
            _announce(job.block, number, len(jobs))
            lifted = [job.block.lift(job.drives[k].terminal, job.drives[k].potential[:, None]) for k in job.solved]
            lifted.append(np.zeros((job.block.size, 0)))  # for spins that no terminal drives
            x, report = solve_block(job.block, np.hstack(lifted), problem, backend=backend, tolerance=tolerance)
            found[number] = job.block.expand(x), report
    return [job.response(problem, *found.pop(number)) for number, job in enumerate(jobs)]


def _announce(block: Block, number: int, total: int) -> None:
    names = " and ".join("".join("e123"[c] for c in copy) for copy in block.copies)
    log.info("solving %d unknowns for components %s", block.size, names, extra={"done": number, "total": total})


def _is_iterated(problem: Problem, job: Driven, backend: str) -> bool:
    """Whether conjugate gradients solve a block."""
    block = job.block
    size = block.size - int(np.count_nonzero(block.fixed))
    if not (block.symmetric and block.dtype is float and size and job.solved):
        return False
    return choose_backend(backend, size, problem.device.dimension, order=problem.space.order) == "multigrid"


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
        for components in response.block.copies:
            axes = problem.frame[list(components)]  # (c, 4)
            weights = np.zeros((len(response.drives), out.shape[2]))
            for k, drive in enumerate(response.drives):
                weights[k, 4 * drive.terminal : 4 * drive.terminal + 4] = drive.current @ axes
            out += np.einsum("ncj,ca->naj", response.fields, axes) @ weights
    return out
