"""What the nodes of a circuit can hold: the spin rules of nodes that touch a ferromagnet or a half metal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, must_be
from .conductance import ConductanceMatrix
from .spaces import merged
from .terminal import TerminalSpace

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Branch:
    """An element in its place: matrix with currents counted out, currents at zero potentials (4T,), nodes."""

    name: str
    matrix: ConductanceMatrix
    currents: Array | None
    nodes: Mapping[str, str]

    @property
    def label(self) -> str:
        """How errors call it."""
        return f"element {self.name}"


@dataclass(frozen=True, eq=False)
class NodeTable:
    """The amplitudes of all nodes in a row: `where` they lie, their (node, amplitude) `labels`, their `spaces`."""

    spaces: Mapping[str, TerminalSpace]
    where: Mapping[str, slice]
    labels: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, branches: Sequence[Branch], *, first: Sequence[str] = ()) -> NodeTable:
        """The table of all nodes that branches meet at, those named `first` in front."""
        found = node_spaces(branches)
        order = [*(node for node in first if node in found), *(node for node in found if node not in set(first))]
        spaces = {node: found[node] for node in order}
        edges = np.concatenate([[0], np.cumsum([len(space.labels) for space in spaces.values()])]).tolist()
        where = {node: slice(a, b) for node, (a, b) in zip(spaces, pairwise(edges), strict=True)}
        return cls(spaces, where, [(node, label) for node, space in spaces.items() for label in space.labels])


def check_connections(label: str, matrix: ConductanceMatrix, nodes: Mapping[str, str]) -> None:
    """Refuse connections that leave a terminal without a node, or name one that does not exist.

    Raises
    ------
    InputError
        Names the element and its terminals.
    """
    if set(nodes) != set(matrix.terminals):
        rule = "a node for every terminal and for nothing else: " + ", ".join(matrix.terminals)
        raise must_be(f"the connections of {label}", rule, dict(nodes))
    for node in nodes.values():
        if not isinstance(node, str) or not node.strip():
            raise must_be(f"the connections of {label}", "to nodes with names", dict(nodes))


def node_spaces(branches: Sequence[Branch]) -> dict[str, TerminalSpace]:
    """What each node can hold, from the terminals that meet there; in order of first appearance."""
    touching: dict[str, list[tuple[str, TerminalSpace]]] = {}
    for branch in branches:
        for terminal, node in branch.nodes.items():
            label = f"{branch.label} (terminal {terminal})"
            touching.setdefault(node, []).append((label, branch.matrix.spaces[terminal]))
    return {node: _node_space(node, meeting) for node, meeting in touching.items()}


def _node_space(node: str, meeting: Sequence[tuple[str, TerminalSpace]]) -> TerminalSpace:
    magnetic = [(label, space) for label, space in meeting if space.axis is not None]
    partial = any(space.kind == "partial" for _, space in meeting)
    if not magnetic:
        return merged(node, [space for _, space in meeting]) if partial else TerminalSpace.normal()
    # a ferromagnet, if there is one, decides which way the amplitude m of the node counts
    first, reference = min(magnetic, key=lambda entry: entry[1].kind == "half-metal")
    axis = np.array(reference.axis)
    for label, space in magnetic:
        sine = np.linalg.norm(np.cross(axis, np.array(space.axis)))
        if sine > 1e-9:
            angle = math.degrees(math.atan2(sine, axis @ np.array(space.axis)))
            raise InputError(
                f"{first} and {label} meet at node {node!r} and their axes differ by {angle:.4g} deg; "
                "put a normal element between them"
            )
    if partial:
        return merged(node, [space for _, space in meeting])
    same_channel = all(space.kind == "half-metal" and axis @ np.array(space.axis) > 0 for _, space in magnetic)
    if same_channel and len(magnetic) == len(meeting):
        return reference
    return TerminalSpace.ferromagnet(axis)
