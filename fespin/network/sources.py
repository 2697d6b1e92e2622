"""Elements that drive a circuit: a conductance matrix and the currents it sends out at zero potentials.

Whatever can be written as I = G V + I_0 is a `Source`: a battery of charge or spin, a pumping ferromagnet, a
device under light. Currents are counted out of the element, as everywhere in fespin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import must_be
from .checks import Vector, positive, real, unit_vector
from .conductance import ConductanceMatrix
from .elements import resistor, spin_relaxing_node
from .terminal import COMPONENTS, TerminalSpace

Potentials = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Source:
    """An active element, I = G V + I_0.

    Parameters
    ----------
    matrix : ConductanceMatrix
        G of the element with its drive off; its sign convention may be either.
    currents : array, shape (4T,)
        I_0 in ampere, out of the element with all terminals at zero potential (the Norton currents), in the order
        of the rows of the matrix. Kept as a read-only copy.

    Raises
    ------
    InputError
        Currents of another length, not finite, or of a spin that a terminal cannot carry.

    Examples
    --------
    >>> battery = thevenin(resistor(resistance=2, spin="blocked"), {"1": {"e": 1.0}})
    >>> battery.currents[[0, 4]]
    array([ 0.5, -0.5])
    """

    matrix: ConductanceMatrix
    currents: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not isinstance(self.matrix, ConductanceMatrix):
            raise must_be("Source.matrix", "a ConductanceMatrix", type(self.matrix).__name__)
        object.__setattr__(self, "matrix", self.matrix.as_device())
        rule = f"{4 * len(self.terminals)} finite numbers in A"
        try:
            currents = np.array(self.currents, dtype=complex if np.iscomplexobj(self.currents) else float)
        except (TypeError, ValueError):
            raise must_be("Source.currents", rule, self.currents) from None
        if currents.shape != (4 * len(self.terminals),) or not np.isfinite(currents).all():
            raise must_be("Source.currents", rule, self.currents)
        for part, (name, space) in zip(currents.reshape(-1, 4), self.matrix.spaces.items(), strict=True):
            if np.abs(part - space.basis @ (space.dual.T @ part)).max() > 1e-9 * np.abs(part).max():
                raise must_be(f"Source.currents at {name}", f"of a kind that a {space.kind} terminal carries", part)
        currents.setflags(write=False)
        object.__setattr__(self, "currents", currents)

    @property
    def terminals(self) -> Sequence[str]:
        """Names of the terminals, those of the matrix."""
        return self.matrix.terminals

    def __repr__(self) -> str:
        largest = float(np.abs(self.currents).max())
        return f"<Source of {len(self.terminals)} terminals ({', '.join(self.terminals)}), up to {largest:.4g} A>"


def thevenin(element: ConductanceMatrix, open_circuit: Potentials) -> Source:
    """The source made of a passive element that shows the given potentials at its terminals when left open.

    I = G (V - E): ideal sources E in series with the terminals of the element.

    Parameters
    ----------
    element : ConductanceMatrix
        The internal conductance.
    open_circuit : mapping
        E in volt, ``{terminal: {component: volt}}``; what is not named is zero.

    Examples
    --------
    The same drive in both forms:

    >>> inside = resistor(resistance=4, spin="transmitted")
    >>> a = thevenin(inside, {"1": {"z": 2e-3}})
    >>> b = norton(inside, {"1": {"z": 5e-4}, "2": {"z": -5e-4}})
    >>> bool(np.allclose(a.currents, b.currents))
    True
    """
    matrix = element.as_device()
    drawn = matrix.currents(open_circuit)
    return Source(matrix=matrix, currents=-np.array([[row[c] for c in COMPONENTS] for row in drawn.values()]).ravel())


def norton(element: ConductanceMatrix, short_circuit: Potentials) -> Source:
    """The source made of a passive element that sends the given currents out into a short circuit.

    Parameters
    ----------
    element : ConductanceMatrix
        The internal conductance.
    short_circuit : mapping
        I_0 in ampere, out of the element, ``{terminal: {component: ampere}}``; what is not named is zero.
    """
    matrix = element.as_device()
    matrix.currents(short_circuit)  # refuses names that do not exist and numbers that are none
    rows = [[short_circuit.get(name, {}).get(c, 0.0) for c in COMPONENTS] for name in matrix.terminals]
    return Source(matrix=matrix, currents=np.array(rows).ravel())


def voltage_source(
    *, voltage: float, resistance: float, spin: str, terminals: tuple[str, str] = ("plus", "minus")
) -> Source:
    """A battery: `voltage` between "plus" and "minus" when open, with a `resistor` inside.

    Parameters
    ----------
    voltage : float
        V_plus - V_minus with no current, V.
    resistance : float
        Internal resistance in ohm, positive. An ideal voltage against ground is a held node, `Circuit.hold`.
    spin : {"blocked", "transmitted"}
        What the internal resistor does with spin.
    terminals : tuple of 2 str
        Names of the poles.

    Examples
    --------
    >>> voltage_source(voltage=1, resistance=0.5, spin="blocked")
    <Source of 2 terminals (plus, minus), up to 2 A>
    """
    inside = resistor(resistance=resistance, spin=spin, terminals=terminals)
    return thevenin(inside, {terminals[0]: {"e": real("voltage_source.voltage", voltage, "a number in V")}})


def current_source(
    *,
    current: float,
    spin_polarization: Vector = (0.0, 0.0, 0.0),
    conductance: float = 0.0,
    terminals: tuple[str, str] = ("plus", "minus"),
) -> Source:
    """Charge current out of "plus" and back into "minus", spin polarised at "plus" if wanted.

    Parameters
    ----------
    current : float
        I_e in ampere out of "plus".
    spin_polarization : array_like, shape (3,)
        I_s/I_e at "plus", of length 1 at most; "minus" takes the charge back without spin.
    conductance : float
        Internal charge conductance in siemens, 0 or more; spin does not pass through the source.
    terminals : tuple of 2 str
        Names of the poles.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> current_source(current=1e-3, spin_polarization=[0, 0, 0.4]).currents[:4]
    array([0.001 , 0.    , 0.    , 0.0004])
    """
    amount = real("current_source.current", current, "a number in A")
    P = np.array(spin_polarization, dtype=float)
    if P.shape != (3,) or not np.linalg.norm(P) <= 1:
        raise must_be("current_source.spin_polarization", "three numbers, of length 1 at most", spin_polarization)
    if conductance:
        positive("current_source.conductance", conductance, "S")
        matrix = resistor(resistance=1 / conductance, spin="blocked", terminals=terminals)
    else:
        matrix = ConductanceMatrix(values=np.zeros((8, 8)), terminals=terminals)
    return Source(matrix=matrix, currents=amount * np.array([1, *P, -1, 0, 0, 0]))


def spin_battery(
    *,
    direction: Vector,
    accumulation: float | None = None,
    spin_current: float | None = None,
    conductance: float = 0.0,
    terminal: str = "1",
) -> Source:
    """A source of pure spin current at one node, such as a precessing ferromagnet beside a normal metal.

    I_s = conductance (accumulation direction - V_s): it drives spin current out and takes spin back in, charge
    neither way. Give the open-circuit `accumulation` or the short-circuit `spin_current`.

    Parameters
    ----------
    direction : array_like, shape (3,)
        Of the spin, any length.
    accumulation : float
        V_s = mu_s/2e in volt that the battery reaches when no spin current is drawn.
    spin_current : float
        Ampere out of the battery at V_s = 0.
    conductance : float
        Internal spin conductance in siemens, the same for all directions; 0 (an ideal current) needs `spin_current`.
    terminal : str
        Name of the terminal.

    Raises
    ------
    InputError
        Both or none of accumulation and spin_current, or a parameter out of range.

    Examples
    --------
    >>> spin_battery(direction=[0, 0, 1], accumulation=2e-6, conductance=3).currents.tolist()
    [0.0, 0.0, 0.0, 6e-06]
    """
    if (accumulation is None) == (spin_current is None):
        both = (accumulation, spin_current)
        raise must_be("spin_battery", "given exactly one of accumulation (V) and spin_current (A)", both)
    axis = unit_vector("spin_battery.direction", direction)
    if conductance or spin_current is None:
        inside = spin_relaxing_node(conductance=conductance, terminal=terminal)
    else:
        inside = ConductanceMatrix(values=np.zeros((4, 4)), terminals=[terminal])
    if spin_current is None:
        total = conductance * real("spin_battery.accumulation", accumulation or 0.0, "a number in V")
    else:
        total = real("spin_battery.spin_current", spin_current, "a number in A")
    return Source(matrix=inside, currents=np.array([0.0, *(total * axis)]))


def from_reduced(
    matrix: ArrayLike, currents: ArrayLike, *, terminals: Sequence[str], spaces: Sequence[TerminalSpace]
) -> Source:
    """The source of which g, (K, K), and i_0, (K,), are known between the amplitudes of the terminals."""
    G = ConductanceMatrix.from_reduced(matrix, terminals=terminals, spaces=spaces)
    parts, start = [], 0
    for space in spaces:
        parts.append(space.basis @ np.asarray(currents)[start : start + len(space.labels)])
        start += len(space.labels)
    return Source(matrix=G, currents=np.concatenate(parts))
