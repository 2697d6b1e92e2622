"""Nodes of a stack and the places of its unknowns: a channel has them only where it conducts.

Every layer has its own nodes, so that two lie at each interface. The potential of a channel is one unknown at both if
the interface is transparent to it, two if it has a resistance, and ends where the channel ends: nothing flows there,
which is the natural condition. At a reservoir both channels have one potential.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .stack import SpinValve

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StackMesh:
    """Nodes and unknowns of a valve.

    Attributes
    ----------
    valve : SpinValve
    """

    valve: SpinValve
    refinement: int = 1

    @cached_property
    def layer_nodes(self) -> tuple[Floats, ...]:
        """Positions of the nodes of each layer, m."""
        out = []
        for layer, start in zip(self.valve.layers, self.valve.edges, strict=False):
            if layer.nodes is None:
                nodes = np.linspace(0.0, layer.thickness, layer.mesh_cells() * self.refinement + 1)
            else:
                given = np.array(layer.nodes)
                parts = [np.linspace(a, b, self.refinement, endpoint=False) for a, b in pairwise(given)]
                nodes = np.concatenate([*parts, [layer.thickness]])
            out.append(start + nodes)
        return tuple(out)

    @cached_property
    def nodes(self) -> Floats:
        """All of them (n,), m; two at each interface."""
        return np.concatenate(self.layer_nodes)

    @cached_property
    def first(self) -> NDArray[np.intp]:
        """First node of each layer and the number of all, (layers + 1,)."""
        return np.concatenate([[0], np.cumsum([len(x) for x in self.layer_nodes])])

    @cached_property
    def layer_of(self) -> NDArray[np.intp]:
        """Layer of each node, (n,)."""
        return np.repeat(np.arange(len(self.valve.layers)), [len(x) for x in self.layer_nodes])

    @cached_property
    def cells(self) -> NDArray[np.intp]:
        """Nodes of each cell, (m, 2)."""
        left = np.concatenate([np.arange(a, b - 1) for a, b in pairwise(self.first)])
        return np.column_stack([left, left + 1])

    @cached_property
    def unknown(self) -> NDArray[np.intp]:
        """Number of the unknown of channel up and down at each node, (2, n); -1 where it does not exist.

        Unknown 0 is the left reservoir, the last one the right reservoir; in between they are numbered along the
        stack, both channels together, which keeps the matrices narrow.
        """
        layers, gates = self.valve.layers, self.valve.interfaces
        exists = np.array([layer.channels for layer in layers])[self.layer_of].T
        same = np.zeros_like(exists)  # one unknown with the node before
        for k, gate in enumerate(gates):
            node = self.first[k + 1]
            for s in (0, 1):
                both = exists[s, node] and exists[s, node - 1]
                same[s, node] = both and (gate is None or math.isinf(self.valve.gate(k)[s]))
        out = np.full(exists.shape, -1)
        last, count = len(self.nodes) - 1, 1
        for node in range(len(self.nodes)):
            for s in (0, 1):
                if not exists[s, node]:
                    continue
                if node == 0:
                    out[s, node] = 0
                elif same[s, node]:
                    out[s, node] = out[s, node - 1]
                elif node < last:
                    out[s, node], count = count, count + 1
        out[:, last][exists[:, last]] = count
        return out

    @property
    def size(self) -> int:
        """Number of unknowns, reservoirs included."""
        return int(self.unknown.max()) + 1

    def selection(self, channel: int) -> Any:
        """Sparse (n, unknowns): the potentials of a channel at the nodes, 0 where it does not exist."""
        found = np.flatnonzero(self.unknown[channel] >= 0)
        data = np.ones(len(found))
        return csr_array((data, (found, self.unknown[channel, found])), shape=(len(self.nodes), self.size))

    def values(self, potentials: NDArray[Any]) -> NDArray[Any]:
        """Potentials of up and down at the nodes from those of the unknowns, (2, n); NaN where there is none."""
        found = np.where(self.unknown >= 0, self.unknown, 0)
        return np.where(self.unknown >= 0, potentials[found], np.nan)
