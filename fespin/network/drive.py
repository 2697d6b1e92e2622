"""Fixed potentials at some ports and fixed currents at the others: the state that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from ..errors import InputError, must_be, suggest
from .amplitudes import WEAKEST_TIE, Amplitudes, Array
from .conductance import ConductanceMatrix
from .elimination import Inner
from .terminal import COMPONENTS

Rule = Literal["open", "grounded"]
Spin = Rule | Mapping[str, Rule]
Values = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Wiring:
    """Which amplitudes have a fixed potential (`held`, shape (K,) of bool); the others have a fixed current.

    Raises
    ------
    InputError
        The amplitudes with a fixed current float.
    """

    amplitudes: Amplitudes
    held: Array

    def __post_init__(self) -> None:
        loose = self._inner.floating(WEAKEST_TIE)
        if loose:
            names = self.amplitudes.names(np.flatnonzero(~self.held)[k] for k in loose)
            raise InputError(
                f"the potential of {names} floats: only the current is fixed there, and nothing ties it to a fixed "
                "potential; fix a potential among them (charge), or ground the spin"
            )

    @cached_property
    def _inner(self) -> Inner:
        return Inner.of(self.amplitudes.g[np.ix_(~self.held, ~self.held)])

    def solve(self, potentials: Array, currents: Array) -> tuple[Array, Array]:
        """All potentials and currents, shape (K,) each; entries of the other kind in the arguments do not count."""
        g, held, free = self.amplitudes.g, self.held, ~self.held
        v = np.zeros(len(g), dtype=np.result_type(g, potentials, currents, float))
        v[held] = potentials[held]
        v[free] = self._inner.solve(currents[free] - g[np.ix_(free, held)] @ v[held])
        i = g @ v
        i[free] = currents[free]
        return v, i

    def adjoint(self, on_potentials: Array, on_currents: Array) -> Array:
        """The vector a of shape (K,) with dL/dg = a v^T for the readout L = on_potentials.v + on_currents.i.

        g_SS dv_S = -(dg v)_S and di_F = (dg v)_F + g_FS dv_S with F held and S free, so that a_F = on_currents_F
        and g_SS^T a_S = -(on_potentials + g_FS^T on_currents)_S.
        """
        g, held, free = self.amplitudes.g, self.held, ~self.held
        a = np.zeros(len(g), dtype=np.result_type(g, float))
        a[held] = on_currents[held]
        a[free] = self._inner.solve(-on_potentials[free] - g[np.ix_(held, free)].T @ on_currents[held], transposed=True)
        return a


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OperatingPoint:
    """Potentials in volt and currents in ampere at all ports of a matrix.

    Parameters
    ----------
    amplitudes : Amplitudes
        The matrix.
    v, i : array, shape (K,)
        Potentials and currents of its amplitudes, the currents in its sign convention.
    """

    amplitudes: Amplitudes
    v: Array
    i: Array

    @property
    def potentials(self) -> dict[str, dict[str, Any]]:
        """Volt, by terminal and label: e, x, y, z; e, m; channel (w = V_e + q.V_s); or what is left of them."""
        return self._by_label(self.v)

    @property
    def currents(self) -> dict[str, dict[str, Any]]:
        """Ampere, by terminal and label, in the sign convention of the matrix."""
        return self._by_label(self.i)

    def potential(self, terminal: str, component: str) -> Any:
        """The potential of one port in volt.

        Raises
        ------
        InputError
            No such terminal, or no such potential there.
        """
        k, sign = self.amplitudes.port(terminal, component)
        return sign * self.v[k].item()

    def current(self, terminal: str, component: str) -> Any:
        """The current of one port, or any of its components e, x, y, z, in ampere.

        Raises
        ------
        InputError
            No such terminal or component.
        """
        space = self.amplitudes.matrix.spaces.get(terminal)
        if space is None or component not in COMPONENTS:
            k, sign = self.amplitudes.port(terminal, component)
            return sign * self.i[k].item()
        own = [self.i[k] for k, (name, _) in enumerate(self.amplitudes.labels) if name == terminal]
        return (space.basis @ np.array(own))[COMPONENTS.index(component)].item()

    @property
    def power(self) -> float:
        """Power in watt that the sources at the ports deliver; the device turns it into heat.

        -V.I with currents out of the device, charge and spin together: 0 or more for a passive device. For a
        complex admittance Re(V* I) of effective values.
        """
        sign = -1.0 if self.amplitudes.matrix.convention == "out" else 1.0
        return sign * float(np.vdot(self.v, self.i).real)

    def _by_label(self, values: Array) -> dict[str, dict[str, Any]]:
        out: dict[str, dict[str, Any]] = {name: {} for name in self.amplitudes.matrix.terminals}
        for (terminal, label), value in zip(self.amplitudes.labels, values.tolist(), strict=True):
            out[terminal][label] = value
        return out

    def __repr__(self) -> str:
        return f"<OperatingPoint of {', '.join(self.amplitudes.matrix.terminals)}: {self.power:.4g} W delivered>"


def drive(
    G: ConductanceMatrix,
    *,
    potentials: Values | None = None,
    currents: Values | None = None,
    spin: Spin,
) -> OperatingPoint:
    """Fix potentials at some ports and currents at others, and find the rest.

    Parameters
    ----------
    G : ConductanceMatrix
    potentials, currents : mapping of str to mapping of str to float
        Volt and ampere by terminal and component (e, x, y, z, m, channel); currents in the sign convention of G,
        by default positive out of the device. Charge ports in neither have current zero.
    spin : {"open", "grounded"} or mapping of str to these
        What holds at spin ports in neither: no current, or potential zero; at all terminals or by terminal.

    Returns
    -------
    OperatingPoint

    Raises
    ------
    InputError
        Unknown terminal or component, a port in both mappings, a value that is no finite number, charge or spin
        that floats because only its currents are fixed.

    Examples
    --------
    >>> from fespin.network.elements import ferromagnetic_wire
    >>> wire = ferromagnetic_wire(conductivity=1, polarization=0.5, spin_diffusion_length=1,
    ...                           magnetization=[0, 0, 1], length=1, area=1)
    >>> point = drive(wire, potentials={"2": {"e": 0.0}}, currents={"1": {"e": -1.0}}, spin="grounded")
    >>> round(point.potential("1", "e"), 12), round(point.current("2", "z"), 12), round(point.power, 12)
    (1.0, 0.5, 1.0)
    """
    amplitudes = Amplitudes(G)
    number = complex if np.iscomplexobj(G.values) else float
    held = spin_held(amplitudes, spin)
    v, i = np.zeros(len(held), dtype=number), np.zeros(len(held), dtype=number)
    named: set[int] = set()
    for values, target, fixes in ((potentials or {}, v, True), (currents or {}, i, False)):
        for terminal, parts in values.items():
            for component, value in parts.items():
                k, sign = amplitudes.port(terminal, component)
                if k in named:
                    rule = "fixed once, as a potential or as a current"
                    raise must_be(f"the port {terminal}:{component}", rule, value)
                named.add(k)
                target[k] = sign * _finite(f"{terminal}:{component}", value, number, "V" if fixes else "A")
                held[k] = fixes
    wiring = Wiring(amplitudes, held)
    v, i = wiring.solve(v, i)
    return OperatingPoint(amplitudes=amplitudes, v=v, i=i)


def spin_held(amplitudes: Amplitudes, spin: Spin) -> Array:
    """Where the potential is fixed if spin is grounded or open and all charge is open, shape (K,) of bool.

    Raises
    ------
    InputError
        Another word, an unknown terminal, or one with spin that is not named.
    """
    terminals = amplitudes.matrix.terminals
    rules = dict(spin) if isinstance(spin, Mapping) else dict.fromkeys(terminals, spin)
    for name, rule in rules.items():
        if name not in terminals:
            raise InputError(f"no terminal {name!r} in the conductance matrix; {suggest(name, terminals)}")
        if rule not in ("open", "grounded"):
            raise must_be("spin", "'open' or 'grounded', for all terminals or by terminal", rule)
    held = np.zeros(len(amplitudes.labels), dtype=bool)
    for k in amplitudes.spin:
        name = amplitudes.labels[k][0]
        if name not in rules:
            raise must_be("spin", f"'open' or 'grounded' at every terminal with spin, {name} too", spin)
        held[k] = rules[name] == "grounded"
    return held


def _finite(where: str, value: Any, number: type, unit: str) -> Any:
    try:
        result = number(value) if not isinstance(value, (str, bool)) else np.nan
    except (TypeError, ValueError):
        result = np.nan
    if not np.isfinite(result):
        raise must_be(f"the value at {where}", f"a finite number in {unit}", value)
    return result
