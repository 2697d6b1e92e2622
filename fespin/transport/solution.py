"""The fields of a solved device and what they say: currents, relaxation, heat, absorbed spin, torques."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import must_be
from ..network.terminal import COMPONENTS
from . import spin_ledger
from .energy import bilinear_form
from .system import Problem

_LEVI_CIVITA = ((0, 1, 2, 1.0), (1, 2, 0, 1.0), (2, 0, 1, 1.0), (0, 2, 1, -1.0), (2, 1, 0, -1.0), (1, 0, 2, -1.0))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Solution:
    """Charge and spin potentials in a device, in volts, and quantities derived from them.

    Parameters
    ----------
    problem : Problem
    potentials : ndarray (N, 4)
        V_e, V_x, V_y, V_z at every degree of freedom; the first n are the mesh nodes, copies of nodes at interfaces
        follow. Inside a half metal the potential of its conducting channel stands for V_e and the spin potential is 0:
        the other channel has no states there.
    currents : mapping
        Terminal -> component -> A, positive out of the device.
    applied : ndarray (T, 4)
        Potentials of the terminals, V.
    info : mapping
        Mesh, solver, version.
    """

    problem: Problem
    potentials: np.ndarray
    currents: Mapping[str, Mapping[str, float]]
    applied: np.ndarray
    info: Mapping[str, Any] = field(default_factory=dict)

    def potential(self, component: str) -> np.ndarray:
        """Potential of a component at the mesh nodes, (n,), V. V_x, V_y, V_z are mu_s/(2e).

        At an interface with conductances of its own potentials jump: a node there shows one side, `cell_potentials`
        both.
        """
        return self.potentials[: len(self.problem.device.mesh.points), _component(component)].copy()

    def cell_potentials(self, component: str) -> np.ndarray:
        """Potential of a component at the corners of each cell, seen from inside it, (m, k), V."""
        return self.potentials[self.problem.device.split.cells, _component(component)]

    @property
    def charge_potential(self) -> np.ndarray:
        """V_e at the mesh nodes, (n,), V."""
        return self.potential("e")

    @property
    def spin_accumulation(self) -> np.ndarray:
        """(V_x, V_y, V_z) at the mesh nodes, (n, 3), V."""
        return self.potentials[: len(self.problem.device.mesh.points), 1:].copy()

    @cached_property
    def fields(self) -> np.ndarray:
        """The potentials as the operators of the problem take them, (N, 4), V."""
        return self.problem.space.from_nodes(self.potentials)

    @cached_property
    def _densities(self) -> np.ndarray:
        """Current densities at the cell centres, (m, d, 4), A/m^2."""
        problem = self.problem
        gradients = np.stack([_centre_gradient(problem, self.fields[:, a]) for a in range(4)], axis=-1)
        cells = np.arange(len(gradients))
        out = np.einsum("mab,mdb->mda", problem.conduction_at(cells), gradients)
        theta = problem.spin_hall_conductivity[problem.device.cell_region]
        for i, alpha, k, sign in _LEVI_CIVITA if theta.any() else ():
            if max(i, k) < gradients.shape[1]:
                out[:, i, alpha + 1] += sign * theta * gradients[:, k, 0]
                out[:, i, 0] += sign * theta * gradients[:, k, alpha + 1]
        return -out

    def current_density(self, component: str) -> np.ndarray:
        """Current density at the centre of each cell, (m, d), A/m^2; spin currents count charge (J_up - J_down)."""
        return self._densities[:, :, _component(component)].copy()

    @cached_property
    def relaxation(self) -> dict[str, np.ndarray]:
        """Region or interface (spin memory loss) -> spin current lost to relaxation there, (3,), A."""
        return spin_ledger.relaxation(self)

    @cached_property
    def precession(self) -> dict[str, np.ndarray]:
        """Region -> spin current turned away by the magnetic field in its volume, (3,), A; empty without a field."""
        return spin_ledger.precession(self)

    @cached_property
    def absorbed(self) -> dict[tuple[str, str], np.ndarray]:
        """(magnet, where) -> transverse spin current that the magnet absorbs there, (3,), A.

        Where is the normal region at an ohmic contact (eq 14), the interface if the contact is one, or the magnet
        itself for one of finite strength, whose volume dephases transverse spins.
        """
        return spin_ledger.absorbed(self)

    @property
    def torques(self) -> dict[str, np.ndarray]:
        """Magnet -> spin-transfer torque on it, (3,), N m: hbar/(2 |e|) times the transverse spin current it absorbs.

        Spin components are those of the magnetic moment, as the magnetization is. An electron of moment +m has charge
        -|e| and angular momentum -hbar/2 m, so the two signs cancel.
        """
        from scipy.constants import e, hbar

        out = {name: np.zeros(3) for name, r in self.problem.device.regions.items() if r.magnetization is not None}
        for (magnet, _), current in self.absorbed.items():
            out[magnet] = out[magnet] + hbar / (2 * e) * current
        return out

    @property
    def spin_balance(self) -> np.ndarray:
        """What is left of spin current when all is counted, (3,), A: zero to rounding.

        Terminal currents (out of the device) + relaxation + precession + what magnets absorb as torque.
        """
        terminals = [np.array([values[a] for a in "xyz"]) for values in self.currents.values()]
        lost = [*self.relaxation.values(), *self.precession.values(), *self.absorbed.values()]
        return np.sum([*terminals, *lost], axis=0)

    @cached_property
    def dissipated_power(self) -> dict[str, float]:
        """Region or interface -> power turned into heat by conduction, relaxation and dephasing, W.

        The sum equals the power that the terminals deliver, -sum_t sum_a V_a I_a.
        """
        fields, device = self.fields[:, :, None], self.problem.device
        owners = [(name, ("region", r)) for r, name in enumerate(device.regions)]
        owners += [(contact.name, ("interface", c)) for c, contact in enumerate(device.split.contacts)]
        out: dict[str, float] = {}
        for name, owner in owners:
            terms = (t for t in self.problem.terms if t.owner == owner)
            out[name] = out.get(name, 0.0) + float(bilinear_form(terms, fields, np.eye(4))[0, 0])
        return out

    def write(self, path: str | Path) -> Path:
        """Write potentials, current densities and regions for ParaView (.vtu) or any format of meshio that fits."""
        from .export import write_fields

        return write_fields(self, Path(path))

    def _repr_html_(self) -> str:
        """The currents as a table for notebooks."""
        from ..notebook import html_table

        rows = [(t, *(f"{values[c]:.6g}" for c in COMPONENTS)) for t, values in self.currents.items()]
        name = self.problem.device.name
        return html_table(["terminal", *COMPONENTS], rows, caption=f"{name}: currents out of the device in A")

    def __repr__(self) -> str:
        lines = [f"<fespin.Solution of {self.problem.device.name!r}; currents out of the device in A"]
        for terminal, values in self.currents.items():
            lines.append(f"  {terminal}: " + ", ".join(f"{c} {v:.6g}" for c, v in values.items()))
        return "\n".join(lines) + ">"


def _component(name: str) -> int:
    if name not in COMPONENTS:
        raise must_be("component", "one of e, x, y, z", name)
    return COMPONENTS.index(name)


def _centre_gradient(problem: Problem, values: np.ndarray) -> np.ndarray:
    """Gradient of a field at the cell centres, (m, d); along the line for line meshes."""
    space = problem.space
    mesh = space.skfem_mesh
    k = len(mesh.elem.refdom.p[0])
    centre = mesh.elem.refdom.p.mean(axis=1)[:, None] if k else None
    mapping = mesh._mapping()
    total = 0.0
    for i, dofs in enumerate(space.element_dofs):
        total = total + space.element.gbasis(mapping, centre, i)[0].grad[:, :, 0] * values[dofs]
    gradient = np.asarray(total).T
    if space.cell_type == "line":
        along = space.points[space.cells[:, 1]] - space.points[space.cells[:, 0]]
        return gradient * along / np.linalg.norm(along, axis=1, keepdims=True)
    return gradient
