"""The linear systems of a device, out of scalar operators, 4 x 4 laws and node spaces.

The primary form is scalar: stiffness S_r and mass M_r of each region, the laws Sigma_r and R_r, and the amplitudes of
each node. The operator on all four components is sum_r S_r (x) Sigma_r + M_r (x) R_r; with the node bases as a
projection P it is restricted to x = P y, and P^T K P stays symmetric (no penalty, no dropped equation). Components
that do not couple become systems of their own, and equal systems (spins normal to every magnet) are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from ..device.device import Device
from ..network.terminal import TerminalSpace
from .constraints import NodeSpaces, node_spaces
from .frame import spin_frame
from .laws import conduction, relaxation
from .operators import ScalarOperators, Space, assemble

_ROUNDING = 1e-13  # of unit vectors rotated into the spin frame


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Everything that the solution of a device needs, still in scalar form.

    Parameters
    ----------
    device : Device
    space : Space
    operators : ScalarOperators
    nodes : NodeSpaces
        In the lab frame.
    conduction, relaxation : ndarray (R, 4, 4)
        Laws of each region in the lab frame.
    frame : ndarray (4, 4)
        Orthogonal; lab components -> frame components (charge first, then the axes of `spin_frame`).
    terminal_dofs : tuple of ndarray
        Degrees of freedom of each terminal.
    terminal_spaces : tuple of TerminalSpace
    """

    device: Device
    space: Space
    operators: ScalarOperators
    nodes: NodeSpaces
    conduction: np.ndarray
    relaxation: np.ndarray
    frame: np.ndarray
    terminal_dofs: tuple[np.ndarray, ...]
    terminal_spaces: tuple[TerminalSpace, ...]

    def apply(self, potentials: np.ndarray, region: int | None = None) -> np.ndarray:
        """K x from the scalar operators, without constraints: lab potentials (N, 4[, c]) -> nodal currents (N, 4[, c]).

        Entry i, a is the current of component a that flows out of node i into the device (or into one region).
        """
        x = np.asarray(potentials)
        flat = x.reshape(x.shape[0], 4, -1)
        out = np.zeros_like(flat)
        chosen = range(len(self.conduction)) if region is None else [region]
        for r in chosen:
            out += _scalar_times(self.operators.stiffness[r], np.einsum("ab,nbc->nac", self.conduction[r], flat))
            mass = self.operators.mass[r]
            if mass is not None and self.relaxation[r].any():
                out += _scalar_times(mass, np.einsum("ab,nbc->nac", self.relaxation[r], flat))
        return out.reshape(x.shape)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The systems that do not couple, each listing the frame components it serves."""
        return _blocks(self)


def _scalar_times(matrix: csr_array, x: np.ndarray) -> np.ndarray:
    return (matrix @ np.ascontiguousarray(x.reshape(len(x), -1))).reshape(x.shape)


def build(device: Device, *, order: int = 1) -> Problem:
    """Assemble the problem of a device with elements of order 1 or 2."""
    space = Space(points=device.points, cells=device.mesh.cells, cell_type=device.mesh.cell_type, order=order)
    relaxing = tuple(bool(relaxation(r.material, r.magnetization).any()) for r in device.regions.values())
    operators = assemble(space, device.cell_region, len(relaxing), factor=device.transverse_measure,
                         with_mass=relaxing)  # fmt: skip
    return from_operators(device, space, operators)


def from_operators(device: Device, space: Space, operators: ScalarOperators) -> Problem:
    """A problem on scalar operators that exist already: sweeps over materials and magnetizations start here."""
    regions = list(device.regions.values())
    frame = np.eye(4)
    frame[1:, 1:] = spin_frame(r.magnetization for r in regions if r.magnetization is not None)
    facets = device.terminal_facets.values()
    return Problem(
        device=device,
        space=space,
        operators=operators,
        nodes=node_spaces(space.element_dofs, space.size, device.cell_region, regions),
        conduction=np.array([conduction(r.material, r.magnetization) for r in regions]),
        relaxation=np.array([relaxation(r.material, r.magnetization) for r in regions]),
        frame=frame,
        terminal_dofs=tuple(space.facet_dofs(f) for f in facets),
        terminal_spaces=tuple(terminal_space(device, name) for name in device.terminals),
    )


def terminal_space(device: Device, name: str) -> TerminalSpace:
    """Which potentials a terminal can hold: those of the region its facets belong to."""
    from ..device.contacts import channel, space
    from ..device.topology import facet_owners

    owner = facet_owners(device.mesh.cells, device.mesh.cell_type, device.terminal_facets[name][:1]).cell[0]
    region = list(device.regions.values())[device.cell_region[owner]]
    if space(region) == "half-metal":
        return TerminalSpace.half_metal(channel(region))
    return TerminalSpace.normal() if region.magnetization is None else TerminalSpace.ferromagnet(region.magnetization)


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """One decoupled system A y = b on amplitudes.

    Parameters
    ----------
    copies : tuple of tuple of int
        Groups of frame components that obey it: ((0, 1),) or, for spins that share a scalar problem, ((2,), (3,)).
    bases : tuple of ndarray (c, k)
        Per kind of node: components of a group out of its k amplitudes.
    traces : tuple of ndarray (k, c)
        Per kind of node: amplitudes imposed by potentials of a terminal.
    kind : ndarray (N,)
    offset : ndarray (N + 1,)
        Amplitudes of degree of freedom i are offset[i] ... offset[i + 1] - 1.
    matrix : csr_array
        Symmetric, over all amplitudes, terminals included.
    terminal_dofs : tuple of ndarray
    """

    copies: tuple[tuple[int, ...], ...]
    bases: tuple[np.ndarray, ...]
    traces: tuple[np.ndarray, ...]
    kind: np.ndarray
    offset: np.ndarray
    matrix: csr_array
    terminal_dofs: tuple[np.ndarray, ...]

    @property
    def size(self) -> int:
        """Number of amplitudes."""
        return int(self.offset[-1])

    @cached_property
    def fixed(self) -> np.ndarray:
        """Amplitudes that terminals impose, bool (size,)."""
        out = np.zeros(self.size, bool)
        for dofs in self.terminal_dofs:
            for _, first, k in self._by_kind(dofs):
                for slot in range(k):
                    out[first + slot] = True
        return out

    def _by_kind(self, dofs: np.ndarray) -> list[tuple[int, np.ndarray, int]]:
        """(kind, first amplitudes, number of amplitudes) of the degrees of freedom of each kind."""
        kinds = self.kind[dofs]
        return [(int(q), self.offset[dofs[kinds == q]], self.bases[q].shape[1]) for q in np.unique(kinds)]

    def lift(self, terminal: int, potentials: np.ndarray) -> np.ndarray:
        """Amplitudes (size, j) that equal the trace of potentials (c, j) at a terminal and vanish elsewhere."""
        return self._traced(self.terminal_dofs[terminal], potentials)

    def constant(self, potentials: np.ndarray) -> np.ndarray:
        """Amplitudes (size,) of a potential (c,) that is the same everywhere."""
        return self._traced(np.arange(len(self.kind)), potentials)

    def _traced(self, dofs: np.ndarray, potentials: np.ndarray) -> np.ndarray:
        """Amplitudes (size[, j]): the trace of potentials (c[, j]) at some degrees of freedom, zero at the others."""
        out = np.zeros((self.size, *potentials.shape[1:]))
        for q, first, k in self._by_kind(dofs):
            values = self.traces[q] @ potentials
            for slot in range(k):
                out[first + slot] = values[slot]
        return out

    def expand(self, amplitudes: np.ndarray) -> np.ndarray:
        """Amplitudes (size, j) -> components (N, c, j)."""
        c = self.bases[0].shape[0]
        out = np.zeros((len(self.kind), c, amplitudes.shape[1]))
        for q, basis in enumerate(self.bases):
            dofs = np.flatnonzero(self.kind == q)
            first = self.offset[dofs]
            for slot in range(basis.shape[1]):
                out[dofs] += basis[:, slot][None, :, None] * amplitudes[first + slot][:, None, :]
        return out


def _blocks(problem: Problem) -> tuple[Block, ...]:
    w = problem.frame
    sigma = _clean(np.einsum("ab,rbc,dc->rad", w, problem.conduction, w))
    rate = _clean(np.einsum("ab,rbc,dc->rad", w, problem.relaxation, w))
    # the amplitudes of a normal node are its components, in whatever frame: there they are taken along the frame's axes
    free = [kind.basis.shape[1] == 4 for kind in problem.nodes.kinds]
    bases = [np.eye(4) if f else _clean(w @ kind.basis) for f, kind in zip(free, problem.nodes.kinds, strict=True)]
    traces = [np.eye(4) if f else _clean(kind.trace @ w.T) for f, kind in zip(free, problem.nodes.kinds, strict=True)]
    found: dict[tuple, list[tuple[int, ...]]] = {}
    for group in _coupled_components(sigma, rate, bases, traces):
        g = np.array(group)
        key: tuple = group
        if len(g) == 1:  # equal laws on the same nodes: the same scalar problem
            laws = (float(f"{value:.12g}") for law in (sigma, rate) for value in law[:, g, g].ravel())
            key = (*laws, *((b[g] != 0).any() for b in bases))
        found.setdefault(key, []).append(group)
    return tuple(_block(problem, tuple(copies), sigma, rate, bases, traces) for copies in found.values())


def _clean(x: np.ndarray) -> np.ndarray:
    """Rounding of the rotation into the frame must not couple what is decoupled."""
    scale = np.abs(x).max(axis=(-2, -1), keepdims=True, initial=0.0)
    return np.where(np.abs(x) > _ROUNDING * scale, x, 0.0)


def _coupled_components(
    sigma: np.ndarray, rate: np.ndarray, bases: list[np.ndarray], traces: list[np.ndarray]
) -> list[tuple[int, ...]]:
    """Groups of frame components that some law or some node ties together."""
    graph = (sigma != 0).any(axis=0) | (rate != 0).any(axis=0)
    for matrix in (*(b.T for b in bases), *traces):
        for row in matrix != 0:
            graph |= np.outer(row, row)
    count, label = connected_components(graph, directed=False)
    return [tuple(np.flatnonzero(label == i).tolist()) for i in range(count)]


def _block(
    problem: Problem,
    copies: tuple[tuple[int, ...], ...],
    sigma: np.ndarray,
    rate: np.ndarray,
    bases: list[np.ndarray],
    traces: list[np.ndarray],
) -> Block:
    """Assemble the system of the first of the copies; the others are equal to it."""
    g = np.array(copies[0])
    slots = [np.flatnonzero((b[g] != 0).any(axis=0)) for b in bases]
    own = tuple(b[g][:, s] for b, s in zip(bases, slots, strict=True))
    kind = problem.nodes.kind
    width = np.array([b.shape[1] for b in own])
    offset = np.concatenate([[0], np.cumsum(width[kind])])
    pick = np.ix_(np.arange(len(sigma)), g, g)
    return Block(
        copies=copies,
        bases=own,
        traces=tuple(t[s][:, g] for t, s in zip(traces, slots, strict=True)),
        kind=kind,
        offset=offset,
        matrix=_assemble(problem.operators, sigma[pick], rate[pick], own, kind, offset),
        terminal_dofs=problem.terminal_dofs,
    )


def _assemble(
    operators: ScalarOperators,
    sigma: np.ndarray,
    rate: np.ndarray,
    bases: tuple[np.ndarray, ...],
    kind: np.ndarray,
    offset: np.ndarray,
) -> csr_array:
    """P^T K P, entry by entry of the scalar matrices, one pair of node kinds at a time: 4 N x 4 N never exists."""
    rows, columns, values = [], [], []
    for r, stiffness in enumerate(operators.stiffness):
        i = np.repeat(np.arange(len(kind), dtype=np.int32), np.diff(stiffness.indptr))
        j = stiffness.indices
        pair = kind[i] * len(bases) + kind[j]
        mass = operators.mass[r]
        for code in np.unique(pair):
            a, b = divmod(int(code), len(bases))
            at = np.flatnonzero(pair == code)
            conduct, relax = bases[a].T @ sigma[r] @ bases[b], bases[a].T @ rate[r] @ bases[b]
            for s, t in np.argwhere((conduct != 0) | (relax != 0)):
                value = conduct[s, t] * stiffness.data[at]
                if mass is not None and relax[s, t]:
                    value = value + relax[s, t] * mass.data[at]
                rows.append(offset[i[at]] + s)
                columns.append(offset[j[at]] + t)
                values.append(value)
    n = int(offset[-1])
    index = np.int32 if n < 2**31 else np.int64
    if not values:
        return csr_array((n, n))
    out = coo_array(
        (np.concatenate(values), (np.concatenate(rows).astype(index), np.concatenate(columns).astype(index))),
        shape=(n, n),
    ).tocsr()
    out.sum_duplicates()
    return out
