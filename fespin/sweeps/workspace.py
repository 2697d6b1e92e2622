"""What stays from point to point: scalar operators on the mesh, and blocks of the system that a parameter leaves alone.

Operators know no material: they are assembled when the first point needs them, and again only if the mesh, the place of
an interface or a magnetization texture changes. A decoupled block whose matrix is the one of the point before (charge
where the field only turns spins, spins along the field) is not solved again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from ..device.device import Device
from ..device.texture import MagnetizationField
from ..transport.couplings import assemble_contact, assemble_curl, assemble_texture
from ..transport.laws import spin_hall
from ..transport.numbering import device_space, region_cells
from ..transport.operators import Contact, ScalarOperators, Texture, region_mass, region_stiffness
from ..transport.response import BlockResponse, Drive, respond, unit_drives
from ..transport.system import Block, Problem, from_operators
from ..transport.terms import needs_mass


class Workspace:
    """Operators and solved blocks of the latest device.

    Parameters
    ----------
    order : int
        Of the elements.

    Attributes
    ----------
    assemblies : int
        How often the mesh was gone through for the stiffness of all regions.
    """

    def __init__(self, order: int) -> None:
        self.order = order
        self.assemblies = 0
        self._device: Device | None = None
        self._solved: list[BlockResponse] = []

    def problem(self, device: Device, frequency: float) -> Problem:
        """The problem of a device on the operators that are there, completed by those that it needs besides."""
        if self._device is None or not _same_geometry(self._device, device):
            self._assemble(device)
        self._device = device
        self._complete(device, frequency)
        operators = ScalarOperators(
            stiffness=self._stiffness,
            mass=tuple(self._mass),
            curl=tuple(self._curl),
            texture=tuple(found[1] if found else None for found in self._texture),
            contacts=self._contacts,
        )
        return from_operators(device, self._space, operators, frequency=frequency)

    def respond(self, problem: Problem, *, backend: str, tolerance: float) -> tuple[list[BlockResponse], int]:
        """Responses of all blocks, and how many were taken over from the point before."""
        out, kept = [], []
        for block in problem.blocks:
            drives = unit_drives(problem, block)
            known = next((old for old in self._solved if _equal(old, block, drives)), None)
            if known is None:
                (response,) = respond(problem, [block], backend=backend, tolerance=tolerance)
                known = replace(response, solved=np.empty((0, 0, 0)))  # the fields are not needed again
            kept.append(known)
            out.append(replace(known, driven=replace(known.driven, block=block, drives=drives)))
        reused = sum(any(k is old for old in self._solved) for k in kept)
        self._solved = kept
        return out, reused

    def _assemble(self, device: Device) -> None:
        split, factor = device.split, device.transverse_measure
        self._space = device_space(device, self.order)
        self._cells = region_cells(device, self._space)
        self._stiffness = tuple(region_stiffness(self._space, cells, factor) for cells in self._cells)
        self._contacts: tuple[Contact, ...] = tuple(
            assemble_contact(self._space, c.cells, self._space.numbered(c.facets), factor) for c in split.contacts
        )
        count = len(device.regions)
        self._mass: list[csr_array | None] = [None] * count
        self._curl: list[tuple[csr_array, csr_array, csr_array] | None] = [None] * count
        self._texture: list[tuple[MagnetizationField, Texture] | None] = [None] * count
        self._solved = []
        self.assemblies += 1

    def _complete(self, device: Device, frequency: float) -> None:
        """Operators of one region that nothing needed so far; a texture that has changed."""
        space, factor = self._space, device.transverse_measure
        for r, (region, cells) in enumerate(zip(device.regions.values(), self._cells, strict=True)):
            if self._mass[r] is None and needs_mass(device, region, frequency):
                self._mass[r] = region_mass(space, cells, factor)
            if self._curl[r] is None and device.dimension > 1 and spin_hall(region.material).any():
                self._curl[r] = assemble_curl(space, cells, factor)
            if region.is_textured:
                m, known = region.magnetization, self._texture[r]
                if known is None or known[0] != m:
                    self._texture[r] = (m, assemble_texture(space, cells, m, factor))


def _same_geometry(a: Device, b: Device) -> bool:
    """Whether the same operators belong to both: mesh, lengths, and where regions and interfaces are."""
    if a is b:
        return True
    places = [(list(d.regions), [r.group for r in d.regions.values()], d.length_unit, d.transverse_measure,
               [(name, i.between, i.group) for name, i in d.interfaces.items()]) for d in (a, b)]  # fmt: skip
    return places[0] == places[1] and (a.mesh is b.mesh or a.mesh == b.mesh)


def _equal(old: BlockResponse, block: Block, drives: tuple[Drive, ...]) -> bool:
    """Whether a block is the system that was solved, number by number."""
    a, b = old.block, block
    return (
        a.matrix.shape == b.matrix.shape
        and a.matrix.dtype == b.matrix.dtype
        and a.symmetric == b.symmetric
        and len(old.drives) == len(drives)
        and all(map(_same_drive, old.drives, drives))
        and _same_arrays(a.bases, b.bases)
        and _same_arrays(a.traces, b.traces)
        and _same_arrays((a.kind, a.offset, *a.terminal_dofs), (b.kind, b.offset, *b.terminal_dofs))
        and _same_arrays((a.matrix.indptr, a.matrix.indices, a.matrix.data),
                         (b.matrix.indptr, b.matrix.indices, b.matrix.data))
    )  # fmt: skip


def _same_drive(a: Drive, b: Drive) -> bool:
    return a.terminal == b.terminal and a.charge == b.charge and _same_arrays(a[2:], b[2:])


def _same_arrays(a: tuple[np.ndarray, ...], b: tuple[np.ndarray, ...]) -> bool:
    return len(a) == len(b) and all(map(np.array_equal, a, b))
