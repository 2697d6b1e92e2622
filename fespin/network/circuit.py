"""Joining elements at nodes by Kirchhoff's rules, with the spin rules of nodes that touch a ferromagnet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, must_be, suggest
from .conductance import ConductanceMatrix
from .elimination import schur_complement
from .spaces import merged
from .terminal import TerminalSpace

Array = NDArray[Any]
Element = tuple[ConductanceMatrix, Mapping[str, str]]


def join(elements: Iterable[Element], *, external: Sequence[str] | Mapping[str, str]) -> ConductanceMatrix:
    """Conductance matrix between the external nodes of a circuit of elements.

    Every node holds one potential of each component, and the currents of all elements at an internal node
    add up to zero. A node that touches a ferromagnet keeps V_e and the spin amplitude along m; its transverse
    potential is zero and the transverse current that arrives there is absorbed (transport notes, section 3).
    What was grounded at a terminal (see `TerminalSpace`) is zero at its node, what was left open there is free.
    A half metal acts as the limit p -> +-1 of a ferromagnet: it pins the transverse potential as well and
    couples to w = V_e + q.V_s alone. A node that touches half metals of one channel and nothing else keeps w.
    Elements between the same nodes are in parallel: their matrices add.

    Parameters
    ----------
    elements : iterable of (ConductanceMatrix, mapping)
        Each element with the node of every one of its terminals, ``{terminal: node}``.
    external : sequence of str, or mapping of str to str
        Nodes that become terminals of the result, or ``{name of the new terminal: node}``.

    Returns
    -------
    ConductanceMatrix
        Siemens; currents out of the circuit positive; spaces as the nodes have them.

    Raises
    ------
    InputError
        A terminal without a node, an unknown node, ferromagnets with different axes at one node, a potential
        that nothing ties to the external nodes.

    Examples
    --------
    Two normal wires in series, of 1 and 3 ohm:

    >>> from fespin.network.elements import normal_wire
    >>> a = normal_wire(conductivity=1.0, length=1.0, area=1.0)
    >>> b = normal_wire(conductivity=1.0, length=3.0, area=1.0)
    >>> G = join([(a, {"1": "left", "2": "middle"}), (b, {"1": "middle", "2": "right"})],
    ...          external=["left", "right"])
    >>> round(G["right", "e", "left", "e"], 12)
    0.25
    """
    parts = [(matrix.as_device(), dict(nodes)) for matrix, nodes in elements]
    spaces = _node_spaces(parts)
    ports = _ports(external, spaces)
    # external nodes first, in the order asked for, so that the result is the leading block
    order = [*ports.values(), *(node for node in spaces if node not in ports.values())]
    counts = [len(spaces[node].labels) for node in order]
    edges = np.concatenate([[0], np.cumsum(counts)])
    where = {node: slice(int(a), int(b)) for node, (a, b) in zip(order, pairwise(edges), strict=True)}
    labels = [(node, label) for node in order for label in spaces[node].labels]
    K = _assemble(parts, spaces, where, len(labels))
    kept = sum(counts[: len(ports)])
    reduced = schur_complement(
        K,
        range(kept),
        range(kept, len(K)),
        refuse=lambda loose: _floating([labels[kept + k] for k in loose]),
    )
    return ConductanceMatrix.from_reduced(
        reduced,
        terminals=list(ports),
        spaces=[spaces[node] for node in ports.values()],
        info={"solver": {"backend": "circuit", "unknowns": len(labels), "elements": len(parts)}},
    )


def _ports(external: Sequence[str] | Mapping[str, str], spaces: Mapping[str, TerminalSpace]) -> dict[str, str]:
    ports = dict(external) if isinstance(external, Mapping) else {name: name for name in external}
    if not ports or isinstance(external, str) or len(set(ports.values())) < len(external):
        raise must_be("join.external", "at least one node, each named once", external)
    for node in ports.values():
        if node not in spaces:
            raise InputError(f"no node {node!r} in the circuit to be external; {suggest(node, spaces)}")
    return ports


def _node_spaces(parts: Sequence[tuple[ConductanceMatrix, dict[str, str]]]) -> dict[str, TerminalSpace]:
    """What each node can hold, from the terminals that meet there."""
    touching: dict[str, list[tuple[str, TerminalSpace]]] = {}
    for number, (matrix, nodes) in enumerate(parts, start=1):
        if set(nodes) != set(matrix.terminals):
            rule = "a node for every terminal and for nothing else: " + ", ".join(matrix.terminals)
            raise must_be(f"the connections of element {number}", rule, nodes)
        for terminal, node in nodes.items():
            label = f"element {number} (terminal {terminal})"
            touching.setdefault(node, []).append((label, matrix.spaces[terminal]))
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


def _assemble(
    parts: Sequence[tuple[ConductanceMatrix, dict[str, str]]],
    spaces: Mapping[str, TerminalSpace],
    where: Mapping[str, slice],
    size: int,
) -> Array:
    """The matrix between all node amplitudes: the sum of A^T g A over the elements.

    A takes node amplitudes to terminal amplitudes, B^T V = B^T D v with B of the terminal and D of the node.
    """
    K = np.zeros((size, size), dtype=np.result_type(float, *(matrix.values for matrix, _ in parts)))
    for matrix, nodes in parts:
        g, labels = matrix.reduced()
        A = np.zeros((len(labels), size))
        row = 0
        for terminal in matrix.terminals:
            basis, node = matrix.spaces[terminal].basis, nodes[terminal]
            A[row : row + basis.shape[1], where[node]] = basis.T @ spaces[node].dual
            row += basis.shape[1]
        used = np.flatnonzero(A.any(axis=0))
        K[np.ix_(used, used)] += A[:, used].T @ g @ A[:, used]
    return K


def _floating(labels: Sequence[tuple[str, str]]) -> InputError:
    names = ", ".join(f"{node!r} ({component})" for node, component in labels[:6])
    more = f" and {len(labels) - 6} more" if len(labels) > 6 else ""
    return InputError(
        f"the circuit leaves node {names}{more} floating: no element ties it to an external node; "
        "make it external or connect it"
    )
