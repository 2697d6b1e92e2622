"""The state of a driven circuit: potentials of nodes, currents and powers of elements, and how well they balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import kirchhoff
from .nodes import Branch, NodeTable
from .terminal import COMPONENTS

Array = NDArray[Any]
Values = dict[str, dict[str, float]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CircuitSolution:
    """What `Circuit.solve` finds.

    Parameters
    ----------
    potentials : dict of node to component to float
        Volt.
    currents : dict of element to terminal to component to float
        Ampere, out of the element.
    supply : dict of node to component to float
        Ampere, out of the circuit into what holds the node; zero for components that are not held.
    absorbed : dict of node to array (3,)
        Spin current in ampere that the magnets at a node absorb, transverse to their axis: the spin torque times
        2e/hbar. Only nodes that touch a magnet; what a contact absorbs never reaches its magnetic node, it is what
        the spin currents of its terminals lack.
    power : dict of element to float
        Watt that flow into the element, sum over terminals of -I.V; negative for one that delivers power.
    supply_power : float
        Watt that the held nodes deliver to the circuit.
    balance : float
        |sum of powers - supply_power| over the sum of all terms |V G V| and |V I_0| that make them up.
    kirchhoff : float
        Largest sum of element currents at a node where it should be zero, over the largest |G| |V| + |I_0|.
    residual : float
        Largest residual of the linear system, over the largest current that enters it, measured after the solve.
    info : dict
        Unknowns and elements.

    Notes
    -----
    Complex potentials and currents (admittances) are read as effective values, and power as Re(V* I).
    """

    potentials: Values
    currents: dict[str, Values]
    supply: Values
    absorbed: dict[str, Array]
    power: dict[str, float]
    supply_power: float
    balance: float
    kirchhoff: float
    residual: float
    info: dict[str, Any]

    def __repr__(self) -> str:
        return (
            f"<CircuitSolution of {len(self.currents)} elements, {len(self.potentials)} nodes: residual "
            f"{self.residual:.1e}, Kirchhoff {self.kirchhoff:.1e}, power balance {self.balance:.1e}>"
        )

    def __str__(self) -> str:
        wide = max(8, *(len(name) for name in (*self.potentials, *self.currents)))
        head = "".join(f"{c:>15}" for c in COMPONENTS)
        lines = [f"{'node potentials, V':{wide + 12}}{head}"]
        lines += [f"{node:{wide + 12}}{_row(values)}" for node, values in self.potentials.items()]
        lines += ["", f"{'currents out of the elements, A':{wide + 12}}"]
        for name, terminals in self.currents.items():
            for terminal, values in terminals.items():
                lines.append(f"{name:{wide}} {terminal:11}{_row(values)}")
        lines += ["", "currents into what holds a node, A"]
        lines += [f"{node:{wide + 12}}{_row(values)}" for node, values in self.supply.items()]
        if self.absorbed:
            lines += ["", "transverse spin current absorbed by magnets, A"]
            lines += [f"{n:{wide + 12}}{'':15}" + "".join(cell(x) for x in v) for n, v in self.absorbed.items()]
        lines += ["", "power into the elements, W"]
        lines += [f"{name:{wide + 12}}{cell(watt)}" for name, watt in self.power.items()]
        lines.append(f"{'from held nodes':{wide + 12}}{cell(self.supply_power)}")
        lines += ["", f"residual {self.residual:.1e}, Kirchhoff {self.kirchhoff:.1e}, power balance {self.balance:.1e}"]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain dictionaries, lists and numbers, complex ones as [re, im]."""
        fields = ("potentials", "currents", "supply", "absorbed", "power", "supply_power", "balance", "kirchhoff")
        out = {name: plain(getattr(self, name)) for name in fields}
        units = {"potentials": "V", "currents": "A", "supply": "A", "absorbed": "A", "power": "W", "supply_power": "W"}
        return {**out, "residual": self.residual, "units": units, **self.info}


def operating_point(
    branches: Sequence[Branch], table: NodeTable, held: Mapping[str, Mapping[str, float]], tie: str
) -> CircuitSolution:
    """Solve K v + b = supply with v given at the held amplitudes and no supply at the others."""
    K, b = kirchhoff.assemble(branches, table)
    fixed, v = kirchhoff.held_amplitudes(table, held)
    free = np.flatnonzero(~fixed)
    drive = b + K[:, fixed] @ v[fixed]
    v = v.astype(np.result_type(v, drive))
    factors = kirchhoff.Factors(K[free][:, free], [table.labels[i] for i in free.tolist()], drive[free], tie)
    v[free] = factors.solve(-drive[free, None])[:, 0]
    left = K @ v + b
    scale = max((abs(K) @ abs(v)).max(initial=0), abs(b).max(initial=0))
    residual = float(abs(left[free]).max(initial=0) / scale) if scale else 0.0
    return _measure(branches, table, fixed, v, residual)


def _measure(branches: Sequence[Branch], table: NodeTable, fixed: Array, v: Array, residual: float) -> CircuitSolution:
    """Everything that follows from the potentials; the currents come from the full matrices of the elements."""
    potentials = {node: space.dual @ v[table.where[node]] for node, space in table.spaces.items()}
    arriving = {node: np.zeros(4, dtype=v.dtype) for node in potentials}
    currents, power, largest, total = {}, {}, 0.0, 0.0
    for branch in branches:
        V = np.concatenate([potentials[branch.nodes[t]] for t in branch.matrix.terminals])
        I = branch.matrix.values @ V  # noqa: E741 the symbol of the formula
        if branch.currents is not None:
            I = I + branch.currents  # noqa: E741
        for terminal, part in zip(branch.matrix.terminals, I.reshape(-1, 4), strict=True):
            arriving[branch.nodes[terminal]] += part
        currents[branch.name] = dict(zip(branch.matrix.terminals, map(_named, I.reshape(-1, 4)), strict=True))
        power[branch.name] = -float(np.vdot(V, I).real)
        # what the terms of the sums are, not what is left of them: equal potentials drive currents of mere rounding
        terms = abs(branch.matrix.values) @ abs(V) + (0 if branch.currents is None else abs(branch.currents))
        largest, total = max(largest, float(terms.max())), total + float(abs(V) @ terms)
    supply, absorbed, worst, delivered = {}, {}, 0.0, 0.0
    for node, space in table.spaces.items():
        inside = space.basis @ (space.dual.T @ arriving[node])
        if space.axis is not None:
            absorbed[node] = (arriving[node] - inside)[1:]
        held = fixed[table.where[node]]
        amplitudes = space.dual.T @ arriving[node]
        if held.any():
            supply[node] = _named(space.basis @ np.where(held, amplitudes, 0))
            delivered -= float(np.vdot(potentials[node], space.basis @ np.where(held, amplitudes, 0)).real)
        worst = max(worst, float(abs(amplitudes[~held]).max(initial=0)))
    return CircuitSolution(
        potentials={node: _named(V) for node, V in potentials.items()},
        currents=currents,
        supply=supply,
        absorbed=absorbed,
        power=power,
        supply_power=delivered,
        balance=abs(sum(power.values()) - delivered) / total if total else 0.0,
        kirchhoff=worst / largest if largest else 0.0,
        residual=residual,
        info={"unknowns": len(v), "elements": len(branches)},
    )


def _named(row: Array) -> dict[str, float]:
    return dict(zip(COMPONENTS, row.tolist(), strict=True))


def _row(values: Mapping[str, float]) -> str:
    return "".join(cell(values[c]) for c in COMPONENTS)


def cell(value: complex) -> str:
    """A number as a column of a table."""
    if isinstance(value, complex):
        return f"{value.real:15.6e}{value.imag:+.6e}j"
    return f"{value + 0.0:15.6e}"


def plain(value: Any) -> Any:
    """Arrays as lists and complex numbers as [re, im], as JSON has them."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return [value.real, value.imag] if isinstance(value, complex) else value
