"""The fields of a solved device and what they say: currents, relaxation, heat, absorbed spin, torques."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..device import topology
from ..errors import must_be
from ..network.terminal import COMPONENTS
from .energy import region_energy
from .system import Problem


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Solution:
    """Charge and spin potentials in a device, in volts, and quantities derived from them.

    Parameters
    ----------
    problem : Problem
    potentials : ndarray (N, 4)
        V_e, V_x, V_y, V_z at every degree of freedom; the first n are the mesh nodes. Inside a half metal the
        potential of its conducting channel stands for V_e and the spin potential is 0: the other channel has no
        states there.
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
        """Potential of a component at the mesh nodes, (n,), V. V_x, V_y, V_z are mu_s/(2e)."""
        return self.potentials[: len(self.problem.device.mesh.points), _component(component)].copy()

    @property
    def charge_potential(self) -> np.ndarray:
        """V_e at the mesh nodes, (n,), V."""
        return self.potential("e")

    @property
    def spin_accumulation(self) -> np.ndarray:
        """(V_x, V_y, V_z) at the mesh nodes, (n, 3), V."""
        return self.potentials[: len(self.problem.device.mesh.points), 1:].copy()

    @cached_property
    def _densities(self) -> np.ndarray:
        """Current densities at the cell centres, (m, d, 4), A/m^2."""
        problem = self.problem
        gradients = np.stack([_centre_gradient(problem, self.potentials[:, a]) for a in range(4)], axis=-1)
        sigma = problem.conduction[problem.device.cell_region]  # (m, 4, 4)
        return -np.einsum("mab,mdb->mda", sigma, gradients)

    def current_density(self, component: str) -> np.ndarray:
        """Current density at the centre of each cell, (m, d), A/m^2; spin currents count charge (J_up - J_down)."""
        return self._densities[:, :, _component(component)].copy()

    @cached_property
    def relaxation(self) -> dict[str, np.ndarray]:
        """Region -> spin current lost to relaxation in its volume, (3,), A."""
        out = {}
        for r, name in enumerate(self.problem.device.regions):
            mass = self.problem.operators.mass[r]
            total = np.zeros(4) if mass is None else (mass @ self.potentials).sum(axis=0)
            out[name] = (self.problem.relaxation[r] @ total)[1:]
        return out

    @cached_property
    def dissipated_power(self) -> dict[str, float]:
        """Region -> power turned into heat by conduction and spin relaxation, W.

        The sum over regions equals the power that the terminals deliver, -sum_t sum_a V_a I_a.
        """
        fields = self.potentials[:, :, None]
        names = enumerate(self.problem.device.regions)
        return {name: float(region_energy(self.problem, r, fields, np.eye(4))[0, 0]) for r, name in names}

    @cached_property
    def absorbed(self) -> dict[tuple[str, str], np.ndarray]:
        """(magnet, normal region) -> transverse spin current absorbed at their interface, (3,), A (eq 14).

        Read off the nodal currents that the condition V_alpha = m_alpha u suppresses; a node of several magnets shares
        its part equally among them.
        """
        problem, device = self.problem, self.problem.device
        regions = list(device.regions.items())
        magnets = [r for r, (_, region) in enumerate(regions) if region.magnetization is not None]
        space = problem.space
        touching = topology.touching(space.element_dofs.T, device.cell_region, len(regions), space.size)
        share = np.maximum(touching[magnets].sum(axis=0), 1) if magnets else np.ones(0)
        out = {}
        for n, (normal, region) in enumerate(regions):
            shared = [f for f in magnets if (touching[f] & touching[n]).any()]
            if region.magnetization is not None or not shared:
                continue
            flow = -problem.apply(self.potentials, region=n)[:, 1:]
            for f in shared:
                magnet, m = regions[f][0], np.array(regions[f][1].magnetization)
                at = touching[f] & touching[n]
                total = (flow[at] / share[at, None]).sum(axis=0)
                out[magnet, normal] = total - np.dot(total, m) * m
        return out

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

    def write(self, path: str | Path) -> Path:
        """Write potentials, current densities and regions for ParaView (.vtu) or any format of meshio that fits."""
        from .export import write_fields

        return write_fields(self, Path(path))

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
