"""The linear systems of a device, out of scalar operators, 4 x 4 laws and node spaces.

The primary form is scalar: stiffness S_r and mass M_r of each region, the laws Sigma_r and R_r, and the amplitudes of
each node. The operator on all four components is sum_r S_r (x) Sigma_r + M_r (x) R_r; with the node bases as a
projection P it is restricted to x = P y, and P^T K P stays symmetric (no penalty, no dropped equation). Components
that do not couple become systems of their own, and equal systems (spins normal to every magnet) are one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from ..device.contacts import terminal_nodes
from ..device.device import Device, require_diffusivity
from ..network.terminal import TerminalSpace
from .constraints import NodeSpaces, node_spaces
from .frame import spin_frame
from .laws import conduction, spin_hall
from .operators import (
    ScalarOperators,
    Space,
    assemble_contact,
    assemble_curl,
    assemble_texture,
    region_mass,
    region_stiffness,
)
from .terms import Term, device_terms, needs_mass

_ROUNDING = 1e-13  # of unit vectors rotated into the spin frame


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Everything that the solution of a device needs, still in scalar form.

    Parameters
    ----------
    device : Device
    space : Space
        On the mesh that is split at the interfaces.
    operators : ScalarOperators
    nodes : NodeSpaces
        In the lab frame.
    terms : tuple of Term
        Scalar operators with their laws in the lab frame.
    frame : ndarray (4, 4)
        Orthogonal; lab components -> frame components (charge first, then the axes of `spin_frame`).
    terminal_dofs : tuple of ndarray
        Degrees of freedom of each terminal.
    terminal_spaces : tuple of TerminalSpace
    omega : float
        Angular frequency, rad/s; 0 is static.
    """

    device: Device
    space: Space
    operators: ScalarOperators
    nodes: NodeSpaces
    terms: tuple[Term, ...]
    frame: np.ndarray
    terminal_dofs: tuple[np.ndarray, ...]
    terminal_spaces: tuple[TerminalSpace, ...]
    omega: float = 0.0

    def apply(self, potentials: np.ndarray, *, causes: Collection[str] | None = None,
              owner: tuple[str, int] | None = None) -> np.ndarray:  # fmt: skip
        """K x from the scalar operators, without constraints: lab potentials (N, 4[, c]) -> nodal currents (N, 4[, c]).

        Entry i, a is the current of component a that flows out of node i into the device (or what some terms take of
        it: those of given causes, or of one region or interface).
        """
        x = np.asarray(potentials)
        flat = x.reshape(x.shape[0], 4, -1)
        dtype = np.result_type(flat, *{term.law.dtype for term in self.terms})
        out = np.zeros(flat.shape, dtype)
        for term in self.terms:
            if (causes is None or term.cause in causes) and (owner is None or term.owner == owner):
                out += _scalar_times(term.operator, np.einsum("ab,nbc->nac", term.law, flat))
        return out.reshape(x.shape)

    def conduction_at(self, cells: np.ndarray) -> np.ndarray:
        """Generalised conductivity at the centres of some cells, (m, 4, 4), S/m."""
        device = self.device
        owner = device.cell_region[cells]
        out = np.empty((len(cells), 4, 4))
        for r, region in enumerate(device.regions.values()):
            at = np.flatnonzero(owner == r)
            if not region.is_textured:
                out[at] = conduction(region.material, region.magnetization)
                continue
            centres = device.points[device.mesh.cells[cells[at]]].mean(axis=1)
            m = region.magnetization(centres.T)
            out[at] = conduction(region.material, (0.0, 0.0, 0.0))
            out[at, 0, 1:] = out[at, 1:, 0] = region.material.conductivity * region.material.polarization * m.T  # type: ignore[union-attr]
        return out

    @cached_property
    def spin_hall_conductivity(self) -> np.ndarray:
        """theta sigma of each region, (R,), S/m; it does nothing on a line."""
        regions = self.device.regions.values()
        return np.array([spin_hall(r.material)[0, 0, 1] if self.device.dimension > 1 else 0.0 for r in regions])

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The systems that do not couple, each listing the frame components it serves."""
        return _blocks(self)


def _scalar_times(matrix: csr_array, x: np.ndarray) -> np.ndarray:
    return (matrix @ np.ascontiguousarray(x.reshape(len(x), -1))).reshape(x.shape)


def build(device: Device, *, order: int = 1, frequency: float = 0.0) -> Problem:
    """Assemble the problem of a device with elements of order 1 or 2, at a frequency in Hz."""
    split = device.split
    space = Space(points=device.points[split.parent], cells=split.cells, cell_type=device.mesh.cell_type, order=order)
    return from_operators(device, space, assemble_for(device, space, frequency=frequency), frequency=frequency)


def assemble_for(device: Device, space: Space, *, frequency: float = 0.0) -> ScalarOperators:
    """The scalar operators that a device needs."""
    cells = [np.flatnonzero(device.cell_region == r) for r in range(len(device.regions))]
    operators = operators_on(device, space, cells, frequency)
    factor = device.transverse_measure
    curl = [assemble_curl(space, c, factor) if device.dimension > 1 and spin_hall(r.material).any() else None
            for r, c in zip(device.regions.values(), cells, strict=True)]  # fmt: skip
    contacts = [assemble_contact(space, c.cells, c.facets, factor) for c in device.split.contacts]
    return replace(operators, curl=tuple(curl), contacts=tuple(contacts))


def operators_on(device: Device, space: Space, cells: list[np.ndarray], frequency: float) -> ScalarOperators:
    """Stiffness, and where something reacts mass and weighted operators, of each region over some of its cells."""
    factor, stiffness, mass, texture = device.transverse_measure, [], [], []
    for region, part in zip(device.regions.values(), cells, strict=True):
        stiffness.append(region_stiffness(space, part, factor))
        mass.append(region_mass(space, part, factor) if needs_mass(device, region, frequency) else None)
        texture.append(assemble_texture(space, part, region.magnetization, factor) if region.is_textured else None)
    return ScalarOperators(stiffness=tuple(stiffness), mass=tuple(mass), texture=tuple(texture))


def from_operators(device: Device, space: Space, operators: ScalarOperators, *, frequency: float = 0.0) -> Problem:
    """A problem on scalar operators that exist already: sweeps over materials and magnetizations start here."""
    if frequency:
        require_diffusivity(device, "a frequency")
    regions = list(device.regions.values())
    frame = np.eye(4)
    directions = [r.magnetization for r in regions if r.magnetization is not None and not r.is_textured]
    if device.precession is not None:
        directions.append(tuple(device.precession / np.linalg.norm(device.precession)))
    frame[1:, 1:] = spin_frame(directions)
    omega = 2.0 * np.pi * frequency
    return Problem(
        device=device,
        space=space,
        operators=operators,
        nodes=node_spaces(space.element_dofs, space.size, device.cell_region, regions),
        terms=device_terms(device, operators, omega),
        frame=frame,
        terminal_dofs=tuple(space.facet_dofs(f) for f in terminal_nodes(device).values()),
        terminal_spaces=tuple(terminal_space(device, name) for name in device.terminals),
        omega=omega,
    )


def terminal_space(device: Device, name: str) -> TerminalSpace:
    """Which potentials a terminal can hold: those of the region its facets belong to."""
    from ..device.contacts import channel, space
    from ..device.topology import facet_owners

    owner = facet_owners(device.mesh.cells, device.mesh.cell_type, device.terminal_facets[name][:1]).cell[0]
    region = list(device.regions.values())[device.cell_region[owner]]
    if space(region) == "half-metal":
        return TerminalSpace.half_metal(channel(region))
    return TerminalSpace.ferromagnet(region.magnetization) if region.is_strong else TerminalSpace.normal()


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
        Over all amplitudes, terminals included.
    terminal_dofs : tuple of ndarray
    symmetric : bool
        Whether the matrix equals its transpose: no term of it breaks plain reciprocity.
    """

    copies: tuple[tuple[int, ...], ...]
    bases: tuple[np.ndarray, ...]
    traces: tuple[np.ndarray, ...]
    kind: np.ndarray
    offset: np.ndarray
    matrix: csr_array
    terminal_dofs: tuple[np.ndarray, ...]
    symmetric: bool = True

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
        out = np.zeros((len(self.kind), c, amplitudes.shape[1]), amplitudes.dtype)
        for q, basis in enumerate(self.bases):
            dofs = np.flatnonzero(self.kind == q)
            first = self.offset[dofs]
            for slot in range(basis.shape[1]):
                out[dofs] += basis[:, slot][None, :, None] * amplitudes[first + slot][:, None, :]
        return out


def _blocks(problem: Problem) -> tuple[Block, ...]:
    w = problem.frame
    laws = [_clean(w @ term.law @ w.T) for term in problem.terms]
    # the amplitudes of a normal node are its components, in whatever frame: there they are taken along the frame's axes
    free = [kind.basis.shape[1] == 4 for kind in problem.nodes.kinds]
    bases = [np.eye(4) if f else _clean(w @ kind.basis) for f, kind in zip(free, problem.nodes.kinds, strict=True)]
    traces = [np.eye(4) if f else _clean(kind.trace @ w.T) for f, kind in zip(free, problem.nodes.kinds, strict=True)]
    found: dict[tuple, list[tuple[int, ...]]] = {}
    for group in _coupled_components(laws, bases, traces):
        g = np.array(group)
        key: tuple = group
        if len(g) == 1:  # equal laws on the same nodes: the same scalar problem
            numbers = (complex(law[g[0], g[0]]) for law in laws)
            rounded = (part for value in numbers for part in (f"{value.real:.12g}", f"{value.imag:.12g}"))
            key = (*rounded, *((b[g] != 0).any() for b in bases))
        found.setdefault(key, []).append(group)
    return tuple(_block(problem, tuple(copies), laws, bases, traces) for copies in found.values())


def _clean(x: np.ndarray) -> np.ndarray:
    """Rounding of the rotation into the frame must not couple what is decoupled."""
    scale = np.abs(x).max(axis=(-2, -1), keepdims=True, initial=0.0)
    return np.where(np.abs(x) > _ROUNDING * scale, x, 0.0)


def _coupled_components(
    laws: list[np.ndarray], bases: list[np.ndarray], traces: list[np.ndarray]
) -> list[tuple[int, ...]]:
    """Groups of frame components that some law or some node ties together."""
    graph = np.any([law != 0 for law in laws], axis=0)
    for matrix in (*(b.T for b in bases), *traces):
        for row in matrix != 0:
            graph |= np.outer(row, row)
    count, label = connected_components(graph, directed=False)
    return [tuple(np.flatnonzero(label == i).tolist()) for i in range(count)]


def _block(
    problem: Problem,
    copies: tuple[tuple[int, ...], ...],
    laws: list[np.ndarray],
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
    inside = [(term, law[np.ix_(g, g)]) for term, law in zip(problem.terms, laws, strict=True)]
    return Block(
        copies=copies,
        bases=own,
        traces=tuple(t[s][:, g] for t, s in zip(traces, slots, strict=True)),
        kind=kind,
        offset=offset,
        matrix=_assemble(inside, own, kind, offset),
        terminal_dofs=problem.terminal_dofs,
        symmetric=all(term.symmetric or not law.any() for term, law in inside),
    )


def _assemble(
    terms: list[tuple[Term, np.ndarray]], bases: tuple[np.ndarray, ...], kind: np.ndarray, offset: np.ndarray
) -> csr_array:
    """P^T K P, entry by entry of the scalar matrices, one pair of node kinds at a time: 4 N x 4 N never exists."""
    rows, columns, values = [], [], []
    for operators in _by_pattern(terms):
        i, j = _entries(operators[0][0])
        pair = kind[i] * len(bases) + kind[j]
        for code in np.unique(pair):
            a, b = divmod(int(code), len(bases))
            at = np.flatnonzero(pair == code)
            laws = np.array([bases[a].T @ law @ bases[b] for _, law in operators])
            for s, t in np.argwhere((laws != 0).any(axis=0)):
                value = sum(law[s, t] * op.data[at] for (op, _), law in zip(operators, laws, strict=True) if law[s, t])
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


def _by_pattern(terms: list[tuple[Term, np.ndarray]]) -> list[list[tuple[csr_array, np.ndarray]]]:
    """Operators of equal sparsity together; laws on the same operator are summed."""
    groups: dict[tuple, dict[int, tuple[csr_array, np.ndarray]]] = {}
    for term, law in terms:
        if law.any():
            group = groups.setdefault(term.pattern, {})
            before = group.get(id(term.operator))
            group[id(term.operator)] = (term.operator, law if before is None else before[1] + law)
    return [list(group.values()) for group in groups.values()]


def _entries(matrix: csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each stored entry."""
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr)), matrix.indices
