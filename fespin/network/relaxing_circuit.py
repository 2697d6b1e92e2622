"""The circuit of contacts and relaxing nodes that represents an F/N device with spin relaxation (fig 7).

Longitudinally a collinear device is a network of six conductances between the up and down channels of its two ends.
One inner node between two contacts, with relaxation at it and at the ends, has all of them: a closed form.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .checks import Vector
from .circuit import Circuit
from .conductance import ConductanceMatrix
from .contact_theory import ContactReport, as_contact, two_terminal
from .elements import contact, resistor, spin_relaxing_node
from .two_channels import behind_resistor, best_star, channels, without_resistor

Array = NDArray[Any]
Recipe = list[tuple[str, ConductanceMatrix, tuple[str, ...]]]
_EXACT = 1e-9
_NOTHING = 1e-12  # conductances below this fraction of the device's are left out
_MOST_MIXING = 1e5  # a larger g_mix, turned to a tilted m, would cost the other conductances digits that count


@dataclass(frozen=True, kw_only=True, eq=False)
class RelaxingCircuit:
    """A circuit that stands for a two-terminal matrix.

    Parameters
    ----------
    circuit : Circuit
        Contacts, resistors and relaxing nodes; its outer nodes are called as the terminals.
    inner : tuple of str
        Names of its inner nodes; none if one contact is enough.
    error : float
        max |G_circuit - G| / max |G| over all entries.
    error_normal : float
        The same at the normal terminal alone: G_NN, which section V of the paper compares.
    contact : ContactReport
        What one contact alone would do.
    """

    circuit: Circuit
    inner: tuple[str, ...]
    error: float
    error_normal: float
    contact: ContactReport

    def reduce(self) -> ConductanceMatrix:
        """The matrix of the circuit between its terminals."""
        return self.circuit.reduce([self.contact.normal, self.contact.ferromagnet])

    def __str__(self) -> str:
        nodes = ", ".join(self.inner) or "none"
        lines = [
            f"inner nodes: {nodes}",
            f"error {self.error_normal:.1e} at {self.contact.normal}, {self.error:.1e} at both terminals "
            f"(one contact: {self.contact.residual:.1e}, {self.contact.full_residual:.1e})",
        ]
        for name, (_, places) in self.circuit.elements.items():
            lines.append(f"    {name:24} {' - '.join(places.values())}")
        return "\n".join(lines)


def relaxing_circuit(
    G: ConductanceMatrix, *, normal: str, ferromagnet: str, magnetization: Vector | None = None
) -> RelaxingCircuit:
    """Build the smallest circuit of circuit theory that represents a two-terminal F/N matrix.

    Tried in turn, until one is exact: a contact; a contact with relaxing ends; a resistor, a normal inner node and
    a contact; two contacts with a magnetic inner node; a resistor, a normal and a magnetic inner node with two
    contacts; all with g >= 0 and Re g_mix >= (g_up + g_dn)/2. A matrix that none of them has, such as one that
    is not collinear, gets the circuit with the smallest error at the normal terminal.

    F/N wires are exact up to some ten spin diffusion lengths of the normal part. What spin a longer one transmits,
    exp(-L/lambda), may not be resolved well enough to place the node; then G_NN is exact and the error of the rest is
    said.

    Parameters
    ----------
    G : ConductanceMatrix
        Two terminals.
    normal, ferromagnet : str
        Which is which.
    magnetization : array_like, shape (3,)
        As in `as_contact`.

    Returns
    -------
    RelaxingCircuit
        The circuit and its errors.

    Raises
    ------
    InputError
        As `as_contact`, or the matrix is not one of a passive device.

    Examples
    --------
    >>> from fespin.network.circuit import join
    >>> from fespin.network.elements import ferromagnetic_wire, normal_wire
    >>> N = normal_wire(conductivity=1, spin_diffusion_length=0.8, length=1, area=1)
    >>> F = ferromagnetic_wire(conductivity=2, polarization=0.5, spin_diffusion_length=0.3,
    ...                        magnetization=[0, 0, 1], length=1, area=1)
    >>> G = join([(F, {"1": "F", "2": "a"}), (N, {"1": "a", "2": "N"})], external=["N", "F"])
    >>> found = relaxing_circuit(G, normal="N", ferromagnet="F")
    >>> len(found.inner), found.error < 1e-12, found.contact.residual > 0.1
    (1, True, True)
    """
    report = as_contact(G, normal=normal, ferromagnet=ferromagnet, magnetization=magnetization)
    G = two_terminal(G, normal, ferromagnet)
    found: list[RelaxingCircuit] = []
    for recipe in _Builder(G, report).recipes():
        found.append(_measured(recipe, G, report))
        if found[-1].error < _EXACT:
            break
    if not found:
        raise InputError(
            f"no circuit of contacts and relaxing nodes with positive conductances has this matrix at {normal!r}; "
            "is it passive, and is the magnetization right?"
        )
    return min(found, key=_rank)


def _rank(found: RelaxingCircuit) -> tuple[bool, bool, float]:
    """Exact everywhere, then exact at the normal terminal, then the smaller error."""
    at_normal = found.error_normal < _EXACT
    return found.error >= _EXACT, not at_normal, found.error if at_normal else found.error_normal


def _measured(recipe: Recipe, G: ConductanceMatrix, report: ContactReport) -> RelaxingCircuit:
    circuit = Circuit(f"{report.normal}-{report.ferromagnet}")
    for name, element, nodes in recipe:
        circuit.add(name, element, nodes)
    outer = [report.normal, report.ferromagnet]
    off = np.abs(circuit.reduce(outer).values - G.values)
    return RelaxingCircuit(
        circuit=circuit,
        inner=tuple(node for node in circuit.nodes if node not in outer),
        error=float(off.max() / np.abs(G.values).max()),
        error_normal=float(off[:4, :4].max() / np.abs(G.values[:4, :4]).max()),
        contact=report,
    )


class _Builder:
    """The longitudinal conductances L, (4, 4), in (e, m) of N and F, the transverse one, and what can be made of them.

    Positive where the paper's are negative. In the plane across m a spin current is a complex number: a contact has
    2 conj(g_mix) there.
    """

    def __init__(self, G: ConductanceMatrix, report: ContactReport) -> None:
        self.m = np.array(report.magnetization)
        B = np.kron(np.eye(2), np.array([[1.0, 0, 0, 0], [0, *self.m]]).T)
        L = -B.T @ G.values @ B
        self.L = (L + L.T) / 2
        self.across = 2 * report.mixing_conductance.conjugate()
        self.scale = float(np.abs(self.L).max())
        self.N, self.F = report.normal, report.ferromagnet
        taken = {self.N, self.F}
        self.middle, self.magnet = ("inner" if "inner" not in taken else "inner node",
                                    "magnet" if "magnet" not in taken else "inner magnet")  # fmt: skip

    def recipes(self) -> Iterator[Recipe]:
        """All circuits that come into question and may exist, the simplest first."""
        ch = channels(self.L)
        r_N, r_F = 4 * ch.flip_N, 4 * ch.flip_F
        ends = (self._relaxing(self.N, r_N), self._relaxing(self.F, r_F))
        single = self._contact("contact", ch.up, ch.down, (self.across - r_N).conjugate() / 2, self.N, self.F)
        yield from self._all(single, *ends)
        yield from self._normal_inner()
        yield from self._magnetic_inner(self.N, self.L, self.across, ())
        yield from self._two_inner()
        yield from self._normal_terminal_only()
        yield from self._nearest_contact()

    def _normal_inner(self) -> Iterator[Recipe]:
        """A resistor g to a normal node with relaxation r, a contact from there: T (g - T)^-1 (g + r) = contact."""
        (G, C2), (C1, S) = -self.L[:2, 2:]
        if abs(C1) + abs(C2) >= _NOTHING * self.scale:
            bottom = C1 * G - C2 * S
            if C1 != 0 and bottom != 0:
                g = (C1 - C2) * (G * S - C1 * C2) / bottom
                yield from self._behind_resistor(g, g * (C2 / C1 - 1))
        elif 0 < S <= G:  # unpolarised: one freedom is left, the place of the node; in the middle if it can be there
            for share in (0.5, *np.linspace(0.02, 0.98, 49)):
                g, rest = G / share, G / (1 - share)
                found = list(self._behind_resistor(g, g * rest / S - g - rest))
                if found:
                    yield from found
                    return

    def _behind_resistor(self, g: float, r: float) -> Iterator[Recipe]:
        T = -self.L[:2, 2:]
        if not 0 < g < math.inf or np.linalg.cond(g * np.eye(2) - T) > 1e12:
            return
        c = np.diag([g, g + r]) @ T @ np.linalg.inv(g * np.eye(2) - T)
        inner = np.linalg.inv(g * np.eye(2) + c + np.diag([0, r]))
        r_N = self.L[1, 1] - (g - g * g * inner[1, 1])
        r_F = self.L[3, 3] - (c - c @ inner @ c)[1, 1]
        behind = behind_resistor(self.across - r_N, g)
        if behind is None:
            return
        mixing = (behind - r).conjugate() / 2
        up, down = (c[0, 0] + c[0, 1]) / 2, (c[0, 0] - c[0, 1]) / 2
        yield from self._all(
            self._resistor(g),
            self._relaxing(self.middle, r),
            self._contact("contact", up, down, mixing, self.middle, self.F),
            self._relaxing(self.N, r_N),
            self._relaxing(self.F, r_F),
        )

    def _magnetic_inner(
        self, start: str, L: Array, across: complex, before: tuple[Recipe | None, ...]
    ) -> Iterator[Recipe]:
        """Two contacts with a relaxing magnetic node between them; `start` is the node on the normal side."""
        star = best_star(L, across)
        if star is None:
            return
        mixing = (across - star.flip_N).conjugate() / 2
        least = (star.up_N + star.down_N) / 2
        mixing = complex(max(mixing.real, least), mixing.imag)  # a bound that is met to rounding
        yield from self._all(
            *before,
            self._relaxing(start, star.flip_N),
            self._contact("contact", star.up_N, star.down_N, mixing, start, self.magnet),
            self._relaxing(self.magnet, star.flip),
            self._contact("inner contact", star.up_F, star.down_F, (star.up_F + star.down_F) / 2, self.magnet, self.F),
            self._relaxing(self.F, star.flip_F),
        )

    def _two_inner(self) -> Iterator[Recipe]:
        """Take relaxation and a resistor away at N until the rest is a pair of contacts."""
        top = 4 * channels(self.L).flip_N
        for r_N in np.linspace(0, max(top, 0), 13)[:-1]:
            across = self.across - r_N
            if across.real <= 0:  # spins that precess on the way: no resistor there has this
                continue
            for g in across.real * (1 + np.geomspace(1e-3, 10, 25)):
                rest = without_resistor(self.L, r_N, g)
                behind = behind_resistor(across, g)
                if rest is None or behind is None:
                    continue
                found = list(
                    self._magnetic_inner(self.middle, rest, behind, (self._relaxing(self.N, r_N), self._resistor(g)))
                )
                if found:
                    yield from found
                    return

    def _normal_terminal_only(self) -> Iterator[Recipe]:
        """Resistor, relaxing node and contact that have G_NN, whatever happens at F: Y = (1/L_NN - 1/g)^-1."""
        own = self.L[:2, :2]
        for factor in (2.0, 4.0, 8.0, 64.0, 1e4, 1e8):
            g = factor * max(self.across.real, float(np.linalg.norm(own, 2)))
            Y = np.linalg.inv(np.linalg.inv(own) - np.eye(2) / g) if abs(np.linalg.det(own)) > 0 else own
            r = float(Y[1, 1] - Y[0, 0])
            mixing = ((behind_resistor(self.across, g) or 0j) - r).conjugate() / 2
            up, down = (Y[0, 0] + Y[0, 1]) / 2, (Y[0, 0] - Y[0, 1]) / 2
            floor = _NOTHING * self.scale  # a half metal has no g_dn, a contact must have one
            if min(up, down) > -floor:
                contact = self._contact("contact", max(up, floor), max(down, floor), mixing, self.middle, self.F)
                yield from self._all(self._resistor(g), self._relaxing(self.middle, r), contact)

    def _nearest_contact(self) -> Iterator[Recipe]:
        """What least squares found, with g_mix raised to what a contact must have."""
        up, down = ((self.L[0, 0] + self.L[1, 1]) / 4 + sign * self.L[0, 1] / 2 for sign in (1, -1))
        mixing = complex(max(self.across.real, up + down), -self.across.imag) / 2
        yield from self._all(self._contact("contact", up, down, mixing, self.N, self.F))

    def _all(self, *parts: Recipe | None) -> Iterator[Recipe]:
        if all(part is not None for part in parts):
            yield [entry for part in parts if part is not None for entry in part]

    def _relaxing(self, node: str, conductance: float) -> Recipe | None:
        if conductance < -_NOTHING * self.scale:
            return None
        if conductance <= _NOTHING * self.scale:
            return []
        return [(f"relaxation at {node}", spin_relaxing_node(conductance=conductance), (node,))]

    def _resistor(self, g: float) -> Recipe:
        return [("resistor", resistor(resistance=1 / g, spin="transmitted"), (self.N, self.middle))]

    def _contact(self, name: str, up: float, down: float, mixing: complex, a: str, b: str) -> Recipe | None:
        if not (min(up, down) > 0 and mixing.real >= (up + down) / 2 * (1 - 1e-9)):
            return None
        if abs(mixing) > _MOST_MIXING * self.scale:
            return None
        mixing = complex(max(mixing.real, (up + down) / 2), mixing.imag)
        element = contact(
            conductance_up=up, conductance_down=down, mixing_conductance=mixing, magnetization=self.m, area=1.0
        )
        return [(name, element, (a, b))]
