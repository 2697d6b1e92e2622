"""Matrices of a stack: conduction, interfaces, relaxation and spin capacitance on its unknowns.

Weak form of div j_s +- (c_q/tau) m +- c_q dm/dt = 0 with j_s = -s_s dw_s/dx and m = w_up - w_dn:

    sum_s int s_s w_s' v_s' + int (c_q/tau) m (v_up - v_dn) + d/dt int c_q m (v_up - v_dn) = currents of the reservoirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from ...errors import InputError
from .banded import Conduction
from .exact import conductor
from .mesh import Floats, StackMesh
from .stack import SpinValve


@dataclass(frozen=True, eq=False)
class Operators:
    """Sparse symmetric matrices on the unknowns of a mesh, times the cross-section: S and F."""

    mesh: StackMesh

    @classmethod
    def of(cls, valve: SpinValve, refinement: int = 1) -> Operators:
        """On the mesh of a valve, every cell cut into `refinement`."""
        return cls(StackMesh(valve, refinement))

    def assembled(self, coefficient: Floats, *, mass: bool) -> Any:
        """Scalar matrix on the nodes with a coefficient of each layer."""
        import skfem

        @skfem.BilinearForm
        def form(u: Any, v: Any, w: Any) -> Any:
            return w.coefficient * (u * v if mass else u.grad[0] * v.grad[0])

        mesh = self.mesh
        line = skfem.MeshLine1(mesh.nodes[None, :], np.ascontiguousarray(mesh.cells.T))
        basis = skfem.CellBasis(line, skfem.ElementLineP1(), intorder=2)
        cells = (coefficient * mesh.valve.cross_section)[mesh.layer_of[mesh.cells[:, 0]]]
        return csr_array(form.assemble(basis, coefficient=np.tile(cells[:, None], (1, basis.X.shape[1]))))

    @cached_property
    def ohmic(self) -> Any:
        """Conduction of both channels in the layers."""
        out: Any = 0
        for s in (0, 1):
            P = self.mesh.selection(s)
            K = self.assembled(np.array([layer.conductivities[s] for layer in self.mesh.valve.layers]), mass=False)
            out = out + P.T @ K @ P
        return csr_array(out)

    @cached_property
    def interfaces(self) -> Any:
        """Resistances, memory loss and spin flips of the interfaces.

        With memory loss an end of a channel that does not exist beyond is kept as an unknown of the interface and
        eliminated at once: nothing flows out of it.
        """
        mesh, valve = self.mesh, self.mesh.valve
        rows: list[tuple[int, int, float]] = []
        for k, gate in enumerate(valve.interfaces):
            if gate is None:
                continue
            node = int(mesh.first[k + 1])
            ends = [int(mesh.unknown[s, n]) for n in (node - 1, node) for s in (0, 1)]  # up-, dn-, up+, dn+
            rows += _network(ends, *valve.gate(k), gate.memory_loss if gate.loses else 0.0)
            pairs = [(a, b) for a, b in (ends[:2], ends[2:]) if a >= 0 and b >= 0]
            for a, b in pairs:
                rows += _resistor(a, b, gate.spin_flip_conductance / len(pairs))
        i, j, values = np.array(rows).T if rows else np.zeros((3, 0))
        values = values * valve.cross_section
        return csr_array(coo_array((values, (i.astype(int), j.astype(int))), shape=(mesh.size, mesh.size)))

    @cached_property
    def splitting(self) -> Any:
        """Sparse (n, unknowns): m = w_up - w_dn at the nodes, 0 where there is one channel."""
        both = (self.mesh.unknown >= 0).all(axis=0)
        at = np.arange(len(self.mesh.nodes))
        keep = csr_array((both.astype(float), (at, at)), shape=(len(at), len(at)))
        return keep @ (self.mesh.selection(0) - self.mesh.selection(1))

    def _on_splitting(self, coefficient: list[float]) -> Any:
        return csr_array(self.splitting.T @ self.assembled(np.array(coefficient), mass=True) @ self.splitting)

    @cached_property
    def relaxation(self) -> Any:
        """Currents between the channels, c_q/tau."""
        return self._on_splitting([layer.relaxation for layer in self.mesh.valve.layers])

    @cached_property
    def capacitance(self) -> Any:
        """Spin capacitance c_q of the splitting."""
        return self._on_splitting([layer.spin_capacitance for layer in self.mesh.valve.layers])

    @cached_property
    def static(self) -> Any:
        """All that conducts without time."""
        return csr_array(self.ohmic + self.interfaces + self.relaxation)

    @cached_property
    def layers(self) -> Conduction:
        """Conduction in the layers, for heats and currents."""
        return Conduction(self.ohmic)

    @cached_property
    def contacts(self) -> Conduction:
        """The same of the interfaces, their spin flips included."""
        return Conduction(self.interfaces)

    @cached_property
    def conduction(self) -> Conduction:
        """Both together."""
        return Conduction(self.ohmic + self.interfaces)

    def parts(self, matrix: Any) -> NDArray[np.intp]:
        """Connected part of each unknown through the entries of a matrix that are not zero."""
        graph = csr_array(matrix)
        graph.eliminate_zeros()
        return connected_components(graph, directed=False)[1]

    def refuse_floating(self, matrix: Any) -> bool:
        """Whether the reservoirs are connected; InputError names the layers of a channel that reaches neither."""
        part = self.parts(matrix)
        for s, name in ((0, "up"), (1, "down")):
            there = np.flatnonzero(self.mesh.unknown[s] >= 0)
            found = part[self.mesh.unknown[s, there]]
            loose = there[np.asarray((found != part[0]) & (found != part[-1]))]
            if loose.size:
                names = sorted({self.mesh.valve.layers[k].name for k in self.mesh.layer_of[loose].tolist()})
                raise InputError(
                    f"spin {name} of {', '.join(names)} has no path to a reservoir and no spin flip: its potential is "
                    "undetermined in direct current; give a finite spin diffusion length or a time step"
                )
        return bool(part[0] == part[-1])


def _resistor(a: int, b: int, conductance: float) -> list[tuple[int, int, float]]:
    return [(a, a, conductance), (b, b, conductance), (a, b, -conductance), (b, a, -conductance)]


def _network(ends: list[int], up: float, down: float, loss: float) -> list[tuple[int, int, float]]:
    """Entries of the currents up-, dn-, up+, dn+ into an interface."""
    if loss == 0:
        rows = []
        for s, g in ((0, up), (1, down)):
            if np.isfinite(g) and ends[s] >= 0 and ends[s + 2] >= 0:
                rows += _resistor(ends[s], ends[s + 2], g)
        return rows
    Y = conductor(up, down, loss).real
    kept = [k for k, end in enumerate(ends) if end >= 0]
    gone = [k for k, end in enumerate(ends) if end < 0]
    if gone:
        Y = Y[np.ix_(kept, kept)] - Y[np.ix_(kept, gone)] @ np.linalg.solve(
            Y[np.ix_(gone, gone)], Y[np.ix_(gone, kept)]
        )
    return [(ends[a], ends[b], float(Y[i, j])) for i, a in enumerate(kept) for j, b in enumerate(kept)]
