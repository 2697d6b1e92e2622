"""Circuits of elements joined at nodes by Kirchhoff's rules: `Circuit` to build and solve, `join` in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import InputError, must_be, suggest
from . import kirchhoff
from .conductance import ConductanceMatrix
from .nodes import Branch, NodeTable, check_connections
from .operating_point import CircuitSolution, operating_point
from .sources import Source, from_reduced
from .terminal import COMPONENTS

Element = tuple[ConductanceMatrix, Mapping[str, str]]
_EXTERNAL = "an external node; make it external or connect it"
_HELD = "a held node; ground it, hold it or connect it"


class Circuit:
    """Elements in named places between named nodes, and the nodes that are held at given potentials.

    Every node holds one potential of each component, and the currents of all elements at a node that is not held
    add up to zero. A node that touches a ferromagnet keeps V_e and the spin amplitude along m; its transverse
    potential is zero and the transverse current that arrives there is absorbed.
    A half metal acts as the limit p -> +-1 of a ferromagnet: it pins the transverse potential as well and
    couples to w = V_e + q.V_s alone. A node that touches half metals of one channel and nothing else keeps w.
    A spin potential that no element at its node depends on is zero.

    Parameters
    ----------
    name : str
        For reports.

    Examples
    --------
    A battery of 1 V behind 1 ohm drives a wire of 3 ohm:

    >>> from fespin.network.elements import normal_wire
    >>> from fespin.network.sources import voltage_source
    >>> circuit = Circuit("lamp")
    >>> circuit.add("battery", voltage_source(voltage=1, resistance=1, spin="transmitted"), ["a", "0"])
    >>> circuit.add("wire", normal_wire(conductivity=1, length=3, area=1), {"1": "a", "2": "0"})
    >>> circuit.ground("0")
    >>> circuit
    <Circuit 'lamp': 2 elements, 1 of them a source, 2 nodes, 1 held>
    >>> round(circuit.solve().potentials["a"]["e"], 12)
    0.75
    """

    def __init__(self, name: str = "circuit") -> None:
        self.name = name
        self._elements: dict[str, tuple[ConductanceMatrix | Source, dict[str, str]]] = {}
        self._held: dict[str, dict[str, float]] = {}

    @property
    def elements(self) -> dict[str, tuple[ConductanceMatrix | Source, dict[str, str]]]:
        """Every element and the nodes of its terminals, by name; a copy."""
        return {name: (element, dict(nodes)) for name, (element, nodes) in self._elements.items()}

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the nodes in order of first appearance."""
        return tuple(dict.fromkeys(node for _, nodes in self._elements.values() for node in nodes.values()))

    @property
    def held(self) -> dict[str, dict[str, float]]:
        """Potentials in volt of the nodes that are held, component by component; a copy."""
        return {node: dict(values) for node, values in self._held.items()}

    def add(self, name: str, element: ConductanceMatrix | Source, nodes: Mapping[str, str] | Sequence[str]) -> None:
        """Connect an element.

        Parameters
        ----------
        name : str
            Not yet used in this circuit.
        element : ConductanceMatrix or Source
            A lumped element, the matrix of a meshed device, another circuit reduced to its terminals.
        nodes : mapping or sequence of str
            ``{terminal: node}`` for every terminal, or the nodes in the order of the terminals.

        Raises
        ------
        InputError
            The name is taken, this is no element, or terminals are left without a node.
        """
        if not isinstance(name, str) or not name.strip() or name in self._elements:
            raise must_be("the name of an element", "a text that no other element of the circuit has", name)
        if not isinstance(element, (ConductanceMatrix, Source)):
            raise must_be(f"element {name!r}", "a ConductanceMatrix or a Source", type(element).__name__)
        matrix = element.matrix if isinstance(element, Source) else element
        if not isinstance(nodes, Mapping):
            places = [nodes] if isinstance(nodes, str) else list(nodes)
            if len(places) != len(matrix.terminals):
                rule = f"to one node for each of the terminals {', '.join(matrix.terminals)}"
                raise must_be(f"the connections of element {name!r}", rule, places)
            nodes = dict(zip(matrix.terminals, places, strict=True))
        check_connections(f"element {name!r}", matrix, nodes)
        self._elements[name] = (element, dict(nodes))

    def hold(self, node: str, potentials: Mapping[str, float], *, components: Sequence[str] = COMPONENTS) -> None:
        """Hold a node at potentials, as an ideal reservoir does; holding it again replaces what was said before.

        Parameters
        ----------
        node : str
            Of this circuit, or of an element still to be added.
        potentials : mapping of str to float
            Component to volt; a component that is held and not named is at zero.
        components : sequence of {"e", "x", "y", "z"}
            Which potentials are held. ``("e",)`` ties down the voltage alone and lets the spin potential float.
            Components that a magnetization ties together are held all or none: x, y, z along a tilted axis.

        Raises
        ------
        InputError
            No such component, or a potential that is not a finite number.
        """
        wanted = tuple(components)
        for component in (*wanted, *potentials):
            if component not in COMPONENTS:
                raise InputError(f"no component {component!r} at node {node!r}; {suggest(component, COMPONENTS)}")
        for component, value in potentials.items():
            if component not in wanted:
                raise must_be(f"the held components of node {node!r}", f"with {component} to give it a value", wanted)
            if isinstance(value, str) or not np.isscalar(value) or not np.isfinite(value):
                raise must_be(f"the potential {node}:{component}", "a finite number in V", value)
        self._held[node] = {c: potentials.get(c, 0.0) for c in COMPONENTS if c in wanted}

    def ground(self, node: str, components: Sequence[str] = COMPONENTS) -> None:
        """Hold a node at zero: all four components, a large normal reservoir, or those named."""
        self.hold(node, {}, components=components)

    def solve(self) -> CircuitSolution:
        """Potentials of all nodes, currents and powers of all elements.

        Raises
        ------
        InputError
            Nothing is held, a node or amplitude floats, ferromagnets with different axes meet at one node.
        """
        branches = self._branches()
        if not any("e" in values for values in self._held.values()):
            raise InputError(
                f"circuit {self.name!r} has no node with a held voltage, so that all voltages float; "
                f"ground one of {', '.join(map(repr, self.nodes[:12]))}"
            )
        return operating_point(branches, NodeTable.of(branches), self._checked_held(), _HELD)

    def reduce(self, external: Sequence[str] | Mapping[str, str]) -> ConductanceMatrix:
        """Conductance matrix between external nodes; sources and held nodes with a potential are refused.

        Parameters
        ----------
        external : sequence of str, or mapping of str to str
            Nodes that become terminals of the result, or ``{name of the new terminal: node}``. What is said about
            holding them does not count; internal nodes at ground stay there.

        Raises
        ------
        InputError
            As `solve`, or the circuit holds a source: see `equivalent`.
        """
        source = self.equivalent(external)
        if source.currents.any():
            raise InputError(
                f"circuit {self.name!r} drives currents of up to {np.abs(source.currents).max():.3g} A through its "
                "external nodes; a matrix alone cannot say that, use Circuit.equivalent"
            )
        return source.matrix

    def equivalent(self, external: Sequence[str] | Mapping[str, str]) -> Source:
        """The circuit seen from external nodes: their matrix and the currents it sends out at zero potentials.

        The theorems of Thevenin and Norton for any number of terminals; the result is an element again.
        """
        return _reduced(self._branches(), external, self._checked_held())

    def _branches(self) -> list[Branch]:
        return [
            Branch(name, e.matrix, e.currents, nodes)
            if isinstance(e, Source)
            else Branch(name, e.as_device(), None, nodes)
            for name, (e, nodes) in self._elements.items()
        ]

    def _checked_held(self) -> dict[str, dict[str, float]]:
        nodes = set(self.nodes)
        for node in self._held:
            if node not in nodes:
                raise InputError(f"no node {node!r} in circuit {self.name!r} to be held; {suggest(node, self.nodes)}")
        return self._held

    def __repr__(self) -> str:
        active = sum(isinstance(element, Source) for element, _ in self._elements.values())
        drives = f", {active} of them {'a source' if active == 1 else 'sources'}" if active else ""
        count = len(self._elements)
        return (
            f"<Circuit {self.name!r}: {count} element{'' if count == 1 else 's'}{drives}, "
            f"{len(self.nodes)} nodes, {len(self._held)} held>"
        )


def join(elements: Iterable[Element], *, external: Sequence[str] | Mapping[str, str]) -> ConductanceMatrix:
    """Conductance matrix between the external nodes of elements joined by Kirchhoff's rules.

    The rules at the nodes are those of `Circuit`. Elements between the same nodes are in parallel.

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
    branches = [
        Branch(str(number), matrix.as_device(), None, dict(nodes))
        for number, (matrix, nodes) in enumerate(elements, start=1)
    ]
    for branch in branches:
        check_connections(branch.label, branch.matrix, branch.nodes)
    return _reduced(branches, external, {}).matrix


def _reduced(
    branches: Sequence[Branch], external: Sequence[str] | Mapping[str, str], held: Mapping[str, Mapping[str, float]]
) -> Source:
    ports = dict(external) if isinstance(external, Mapping) else {name: name for name in external}
    if not ports or isinstance(external, str) or len(set(ports.values())) < len(external):
        raise must_be("join.external", "at least one node, each named once", external)
    # external nodes first, in the order asked for, so that the result is the leading block
    table = NodeTable.of(branches, first=list(ports.values()))
    for node in ports.values():
        if node not in table.spaces:
            raise InputError(f"no node {node!r} in the circuit to be external; {suggest(node, table.spaces)}")
    inner = {node: values for node, values in held.items() if node not in ports.values()}
    K, b = kirchhoff.assemble(branches, table)
    labels: Sequence[tuple[str, str]] = table.labels
    if inner:
        fixed, value = kirchhoff.held_amplitudes(table, inner)
        free = np.flatnonzero(~fixed)
        b = (b + K[:, fixed] @ value[fixed])[free]
        K, labels = K[free][:, free], [labels[i] for i in free.tolist()]
    spaces = [table.spaces[node] for node in ports.values()]
    keep = sum(len(space.labels) for space in spaces)
    matrix, currents = kirchhoff.eliminate(K, b, keep, labels, _EXTERNAL)
    info: dict[str, Any] = {"backend": "circuit", "unknowns": len(table.labels), "elements": len(branches)}
    source = from_reduced(matrix, currents, terminals=list(ports), spaces=spaces)
    return Source(matrix=source.matrix.with_info(solver=info), currents=source.currents)
