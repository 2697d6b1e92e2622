"""Connecting matrices by the names of their terminals: in parallel, in series, in any way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..errors import InputError, must_be, suggest
from .circuit import join
from .conductance import ConductanceMatrix

Joint = Sequence[tuple[str, str]]


def connect(
    parts: Mapping[str, ConductanceMatrix], joints: Mapping[str, Joint], *, external: Iterable[str] = ()
) -> ConductanceMatrix:
    """Connect terminals of several matrices, or of one with itself, at nodes.

    All terminals on a node have the same potentials; the currents of an internal node balance. Nodes follow
    the rules of `circuit.join`: next to a ferromagnet the transverse spin potential is zero.

    Parameters
    ----------
    parts : mapping of str to ConductanceMatrix
        The matrices by name. The same matrix may stand for several parts.
    joints : mapping of str to sequence of (part, terminal)
        What is connected at each node.
    external : sequence of str
        Nodes that stay terminals of the result, under their names. The others become internal.

    Returns
    -------
    ConductanceMatrix
        Currents out of the circuit positive. Terminals: first the external nodes in the order of `joints`, then
        every terminal on no node, called "part.terminal".

    Raises
    ------
    InputError
        Unknown part, terminal or node, a terminal on two nodes, a floating node, nothing external.

    Examples
    --------
    A tee of three wires, one arm of which ends blind:

    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=1.0, spin_diffusion_length=1.0, length=1.0, area=1.0)
    >>> G = connect({"a": wire, "b": wire, "arm": wire}, {"tee": [("a", "2"), ("b", "1"), ("arm", "1")]})
    >>> G.terminals
    ('a.1', 'b.2', 'arm.2')
    """
    node_of: dict[tuple[str, str], str] = {}
    for node, members in joints.items():
        for part, terminal in members:
            if part not in parts:
                raise InputError(f"no part {part!r} to connect at node {node!r}; {suggest(part, parts)}")
            if terminal not in parts[part].terminals:
                known = suggest(terminal, parts[part].terminals)
                raise InputError(f"no terminal {terminal!r} of part {part!r} to connect at node {node!r}; {known}")
            if node_of.setdefault((part, terminal), node) != node:
                first = node_of[part, terminal]
                raise must_be(f"terminal {terminal!r} of part {part!r}", "on one node", (first, node), "join the nodes")
    kept = list(external)
    for node in kept:
        if node not in joints:
            raise InputError(f"no node {node!r} among the joints to be external; {suggest(node, joints)}")
    ports = {node: node for node in joints if node in kept}
    elements = []
    for part, matrix in parts.items():
        nodes = {}
        for terminal in matrix.terminals:
            free = f"{part}.{terminal}"
            if (part, terminal) not in node_of:
                if free in joints:
                    raise must_be("the names of joints", "different from those of free terminals", free)
                ports[free] = free
            nodes[terminal] = node_of.get((part, terminal), free)
        elements.append((matrix, nodes))
    if not ports:
        raise must_be("connect.external", "at least one node, since no terminal is left free", kept)
    return join(elements, external=ports)


def parallel(*matrices: ConductanceMatrix) -> ConductanceMatrix:
    """Connect terminals of equal name: the matrices add, where the spaces of their terminals agree.

    Raises
    ------
    InputError
        No matrix, different names, ferromagnets with different axes on one terminal.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=1.0, length=1.0, area=1.0)
    >>> parallel(wire, wire)["2", "e", "1", "e"]
    2.0
    """
    if not matrices or any(set(G.terminals) != set(matrices[0].terminals) for G in matrices):
        got = [list(G.terminals) for G in matrices]
        raise must_be("the matrices in parallel", "one or more with the same terminals", got, "use .renamed")
    names = {name: name for name in matrices[0].terminals}
    return join([(G, names) for G in matrices], external=names)


def series(*matrices: ConductanceMatrix, terminals: tuple[str, str] | None = None) -> ConductanceMatrix:
    """Two-terminal matrices in a row: the second terminal of each on the first of the next.

    Parameters
    ----------
    *matrices : ConductanceMatrix
        `reordered` turns one round.
    terminals : tuple of 2 str, optional
        Names of the two ends of the row; by default the first name of the first and the second name of the last.

    Raises
    ------
    InputError
        No matrix, one that has not two terminals, equal names of the ends, ferromagnets of different axes in
        direct contact.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=1.0, length=1.0, area=1.0)
    >>> round(series(wire, wire)["2", "e", "1", "e"], 12)
    0.5
    """
    if not matrices or any(len(G.terminals) != 2 for G in matrices):
        got = [list(G.terminals) for G in matrices]
        raise must_be("the matrices in series", "one or more with two terminals each", got, "eliminate the others")
    ends = terminals or (matrices[0].terminals[0], matrices[-1].terminals[1])
    if len(set(ends)) != 2:
        raise must_be("the ends of the series", "two different names", tuple(ends), "name them by terminals=")
    nodes = [f"node {k}" for k in range(len(matrices) + 1)]
    parts = [(G, dict(zip(G.terminals, nodes[k : k + 2], strict=True))) for k, G in enumerate(matrices)]
    return join(parts, external={ends[0]: nodes[0], ends[1]: nodes[-1]})
