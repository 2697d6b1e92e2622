"""A device as scalar operators, 4 x 4 laws and node spaces: all that its solution needs, still without a matrix."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from ..device.contacts import region_behind, terminal_nodes
from ..device.device import Device, require_diffusivity
from ..device.region import Region
from ..network.terminal import TerminalSpace
from .blocks import Block, split_into_blocks
from .constraints import NodeSpaces, node_spaces
from .couplings import assemble_contact, assemble_curl, assemble_texture
from .frame import spin_frame
from .laws import conduction, spin_hall
from .lift import Shared, share
from .numbering import device_space, region_cells
from .operators import ScalarOperators, region_operators
from .space import Space
from .terms import Term, device_terms, needs_mass


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
    def shared(self) -> Shared:
        """What multigrid builds once for all blocks."""
        return share(self)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The systems that do not couple, each listing the frame components it serves."""
        return split_into_blocks(self)


def _scalar_times(matrix: csr_array, x: np.ndarray) -> np.ndarray:
    return (matrix @ np.ascontiguousarray(x.reshape(len(x), -1))).reshape(x.shape)


def build(device: Device, *, order: int = 1, frequency: float = 0.0) -> Problem:
    """Assemble the problem of a device with elements of order 1 or 2, at a frequency in Hz."""
    space = device_space(device, order)
    return from_operators(device, space, assemble_for(device, space, frequency=frequency), frequency=frequency)


def assemble_for(device: Device, space: Space, *, frequency: float = 0.0) -> ScalarOperators:
    """The scalar operators that a device needs."""
    cells = region_cells(device, space)
    operators = operators_on(device, space, cells, frequency)
    factor = device.transverse_measure
    curl = [assemble_curl(space, c, factor) if device.dimension > 1 and spin_hall(r.material).any() else None
            for r, c in zip(device.regions.values(), cells, strict=True)]  # fmt: skip
    contacts = [assemble_contact(space, c.cells, space.numbered(c.facets), factor) for c in device.split.contacts]
    return replace(operators, curl=tuple(curl), contacts=tuple(contacts))


def operators_on(device: Device, space: Space, cells: list[np.ndarray], frequency: float) -> ScalarOperators:
    """Stiffness, and where something reacts mass and weighted operators, of each region over some of its cells."""
    factor, stiffness, mass, texture = device.transverse_measure, [], [], []
    for region, part in zip(device.regions.values(), cells, strict=True):
        S, M = region_operators(space, part, factor, mass=needs_mass(device, region, frequency))
        stiffness.append(S)
        mass.append(M)
        texture.append(assemble_texture(space, part, region.magnetization, factor) if region.is_textured else None)
    return ScalarOperators(stiffness=tuple(stiffness), mass=tuple(mass), texture=tuple(texture))


def from_operators(device: Device, space: Space, operators: ScalarOperators, *, frequency: float = 0.0) -> Problem:
    """A problem on scalar operators that exist already: sweeps over materials and magnetizations start here."""
    if frequency:
        require_diffusivity(device, "a frequency")
    regions = list(device.regions.values())
    frame = np.eye(4)
    directions = [r.magnetization for r in regions if r.magnetization is not None and not r.is_textured]
    if device.precession_axis is not None:
        directions.append(device.precession_axis)
    frame[1:, 1:] = spin_frame(directions)
    omega = 2.0 * np.pi * frequency
    return Problem(
        device=device,
        space=space,
        operators=operators,
        nodes=node_spaces(space.cell_dofs, space.size, device.cell_region, regions),
        terms=device_terms(device, operators, omega),
        frame=frame,
        terminal_dofs=tuple(space.facet_dofs(space.numbered(f)) for f in terminal_nodes(device).values()),
        terminal_spaces=tuple(terminal_space(device, name) for name in device.terminals),
        omega=omega,
    )


def terminal_space(device: Device, name: str) -> TerminalSpace:
    """Which potentials a terminal can hold: those of the region its facets belong to."""
    return space_on(region_behind(device, name))


def space_on(region: Region) -> TerminalSpace:
    """Which potentials a terminal on a region can hold."""
    from ..device.contacts import channel, space

    if space(region) == "half-metal":
        return TerminalSpace.half_metal(channel(region))
    return TerminalSpace.ferromagnet(region.magnetization) if region.is_strong else TerminalSpace.normal()
