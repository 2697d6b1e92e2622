"""Spin resistance, effective polarisation and the Thevenin source that a driven device is to a spin load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...errors import InputError, must_be
from ..amplitudes import Amplitudes
from ..conductance import ConductanceMatrix
from ..drive import Rule, Spin
from .measurement import Array, Experiment, Measurement, distinct

Pair = tuple[str, str]


def spin_resistance(G: ConductanceMatrix, terminal: str, component: str, *, charge: Rule, spin: Spin) -> Measurement:
    """R_s = V_s/I_s: spin potential at a port per spin current into it, everything else as stated.

    With V_s = (mu_up - mu_down)/(2e) and I_s = I_up - I_down a long normal wire has R_s = rho lambda/A, a long
    ferromagnetic one with its charge current kept at zero rho lambda/((1 - p^2) A).

    Parameters
    ----------
    G : ConductanceMatrix
    terminal, component : str
        The spin port: x, y, z or m.
    charge : {"open", "grounded"}
        No charge current anywhere, or all charge potentials zero.
    spin : {"open", "grounded"} or mapping of str to these
        What holds at all other spin ports.

    Returns
    -------
    Measurement
        Ohm.

    Raises
    ------
    InputError
        Unknown port, one of charge, potentials that float (a device without relaxation and open spin).

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=1e7, spin_diffusion_length=5e-7, length=2e-5, area=4e-14)
    >>> round(spin_resistance(wire, "1", "z", charge="open", spin="open").value, 12)  # rho lambda/A
    1.25
    """
    if charge not in ("open", "grounded"):
        raise must_be("charge", "'open' or 'grounded'", charge)
    k, _ = _spin_port(G, terminal, component)
    reference = _first_with_charge(G, terminal) if charge == "open" else None
    experiment = Experiment(G, spin=spin, reference=reference, driven=[(terminal, component)])
    return experiment.read("spin resistance", "ohm", experiment.inject((k, 1.0)), potential=[(k, 1.0)])


def effective_polarization(G: ConductanceMatrix, *, current: Pair, at: str, component: str, spin: Spin) -> Measurement:
    """P = I_s/I_e: spin current along with the charge current through a terminal that is spin grounded.

    Current enters at a and leaves at b; `at` is one of them, and its spin `component` is held at zero (it takes
    up all spin current that arrives). The two currents count in the same direction, so that a ferromagnetic wire
    of polarisation p has P = p at either end.

    Parameters
    ----------
    G : ConductanceMatrix
    current : (a, b)
    at : str
        a or b.
    component : str
        x, y, z or m.
    spin : {"open", "grounded"} or mapping of str to these
        What holds at all other spin ports.

    Returns
    -------
    Measurement
        Unit 1.

    Raises
    ------
    InputError
        `at` carries no current, unknown ports, potentials that float.

    Examples
    --------
    >>> from fespin.network.elements import ferromagnetic_wire
    >>> wire = ferromagnetic_wire(conductivity=1, polarization=0.36, spin_diffusion_length=0.5,
    ...                           magnetization=[0, 0, 1], length=2, area=1)
    >>> P = effective_polarization(wire, current=("1", "2"), at="2", component="m", spin="grounded")
    >>> round(P.value, 12)
    0.36
    """
    a, b = distinct("current", current)
    if at not in (a, b):
        raise must_be("effective_polarization.at", f"a terminal that carries the current, {a} or {b}", at)
    k, sign = _spin_port(G, at, component)
    experiment = Experiment(G, spin=spin, reference=b, held=[(at, component)])
    state = experiment.inject((experiment.charge(a), 1.0), (experiment.charge(b), -1.0))
    return experiment.read("effective polarization", "1", state, current=[(k, sign if at == a else -sign)])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpinSource:
    """A driven device as seen by a spin load: I_s = drive * Y V_oc - Y V_s out of the device at n spin ports.

    Parameters
    ----------
    ports : tuple of (str, str)
        The n ports: terminal and label.
    open_circuit : tuple of Measurement
        V_oc: spin potentials without spin current, per ampere (unit ohm) or per volt (unit 1) of the drive.
    short_circuit : tuple of Measurement
        Y V_oc: spin currents out of the device into a load of zero resistance, per ampere (1) or per volt (S).
    conductance : tuple of tuple of Measurement
        Y, n x n, siemens: the source conductance with the drive switched off.
    """

    ports: tuple[Pair, ...]
    open_circuit: tuple[Measurement, ...]
    short_circuit: tuple[Measurement, ...]
    conductance: tuple[tuple[Measurement, ...], ...]

    @property
    def potentials(self) -> Array:
        """V_oc as an array of shape (n,)."""
        return np.array([part.value for part in self.open_circuit])

    @property
    def matrix(self) -> Array:
        """Y as an array of shape (n, n), siemens."""
        return np.array([[part.value for part in row] for row in self.conductance])

    def into(self, load: Array) -> Array:
        """Spin currents out of the device per unit of drive into a load conductance Y_L, shape (n, n), siemens.

        I = Y_L (Y + Y_L)^-1 Y V_oc.
        """
        Y = self.matrix
        return np.asarray(load) @ np.linalg.solve(Y + np.asarray(load), Y @ self.potentials)

    def __repr__(self) -> str:
        parts = ", ".join(f"{t} {c} {m.value:.4g}" for (t, c), m in zip(self.ports, self.open_circuit, strict=True))
        return f"<SpinSource, open circuit in {self.open_circuit[0].unit}: {parts}>"


def thevenin_spin_source(
    G: ConductanceMatrix,
    output: str | Sequence[str],
    *,
    through: Pair,
    per: Literal["ampere", "volt"],
    spin: Spin,
) -> SpinSource:
    """The spin source that a device driven by charge is at one terminal, at a pair or at more.

    Parameters
    ----------
    G : ConductanceMatrix
    output : str or sequence of str
        Terminals whose spin ports feed the load.
    through : (a, b)
        Terminals of the charge drive: current into a and out of b, or V_a - V_b. Other terminals carry no charge.
    per : {"ampere", "volt"}
        Whether the drive is a current source or a voltage source; Y differs, since a voltage source lets charge
        flow while the load draws spin.
    spin : {"open", "grounded"} or mapping of str to these
        What holds at the spin ports of the other terminals; those of `output` need not be named.

    Returns
    -------
    SpinSource

    Raises
    ------
    InputError
        A terminal without spin, unknown terminals, potentials that float at open circuit.

    Examples
    --------
    A ferromagnetic contact injects; at the end of the wire the source has p times the voltage of the contact:

    >>> from fespin.network.elements import ferromagnetic_wire
    >>> wire = ferromagnetic_wire(conductivity=1, polarization=0.5, spin_diffusion_length=1,
    ...                           magnetization=[0, 0, 1], length=1, area=1)
    >>> source = thevenin_spin_source(wire, "2", through=("1", "2"), per="ampere", spin="grounded")
    >>> source.ports, round(source.short_circuit[0].value, 12)
    ((('2', 'm'),), 0.5)
    """
    a, b = distinct("through", through)
    if per not in ("ampere", "volt"):
        raise must_be("per", "'ampere' or 'volt'", per)
    ports = _spin_ports(G, [output] if isinstance(output, str) else list(output))
    if not isinstance(spin, str):
        spin = {**{name: "open" for name, _ in ports}, **spin}
    extra = [(a, "e"), (b, "e")] if per == "volt" else []
    # the same wiring twice: with the ports open for V_oc, with them held for Y and the short circuit
    is_open = Experiment(G, spin=spin, reference=b, held=extra, driven=ports)
    shorted = Experiment(G, spin=spin, reference=b, held=[*extra, *ports])
    at = [is_open.amplitudes.port(*port)[0] for port in ports]

    def driven(experiment: Experiment) -> tuple[Array, Array]:
        if per == "volt":
            return experiment.apply((experiment.charge(a), 1.0), (experiment.charge(b), 0.0))
        return experiment.inject((experiment.charge(a), 1.0), (experiment.charge(b), -1.0))

    opened, short = driven(is_open), driven(shorted)
    units = ("ohm", "1") if per == "ampere" else ("1", "S")
    states = [shorted.apply((k, 1.0)) for k in at]
    return SpinSource(
        ports=tuple(ports),
        open_circuit=tuple(is_open.read("open-circuit spin", units[0], opened, potential=[(k, 1.0)]) for k in at),
        short_circuit=tuple(shorted.read("short-circuit spin", units[1], short, current=[(k, -1.0)]) for k in at),
        conductance=tuple(
            tuple(shorted.read("source conductance", "S", state, current=[(k, 1.0)]) for state in states) for k in at
        ),
    )


def _spin_ports(G: ConductanceMatrix, terminals: Sequence[str]) -> list[Pair]:
    ports = []
    for name in terminals:
        if name not in G.terminals:
            raise must_be("output", "terminals of the matrix: " + ", ".join(G.terminals), name)
        labels = [label for label in G.spaces[name].labels if label not in ("e", "channel")]
        if not labels:
            raise InputError(f"terminal {name!r} has no spin port of its own; it holds {G.spaces[name].labels[0]} only")
        ports += [(name, label) for label in labels]
    return ports


def _spin_port(G: ConductanceMatrix, terminal: str, component: str) -> tuple[int, float]:
    """Position and sign of a port that is one of spin."""
    amplitudes = Amplitudes(G)
    k, sign = amplitudes.port(terminal, component)
    if k in amplitudes.charge:
        raise must_be("component", "one of spin: x, y, z or m", component)
    return k, sign


def _first_with_charge(G: ConductanceMatrix, terminal: str) -> str | None:
    """Where charge potentials count from: at `terminal` itself if it has one."""
    names = [name for name in (terminal, *G.terminals) if name in G.terminals and G.spaces[name].charge is not None]
    return names[0] if names else None
