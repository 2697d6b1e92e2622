"""A number that an experiment gives, with its derivative to every entry of the matrices it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..amplitudes import Amplitudes
from ..conductance import ConductanceMatrix
from ..drive import Spin, Wiring, spin_held

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Measurement:
    """A quantity measured on one device.

    Parameters
    ----------
    name : str
        What was measured.
    value : float
        In `unit`; complex for an admittance.
    unit : str
        SI; "1" for a ratio.
    sensitivity : array, shape (4T, 4T)
        d value / d G[i, j] in `unit` per siemens, all entries taken as independent, in the order and sign
        convention of the values of G. A change of G that keeps charge conserved changes the value by the sum
        of sensitivity * change; single entries depend on which terminal the potentials count from (the second
        of the pair that carries the current). Zero outside the spaces of the terminals.
    """

    name: str
    value: Any
    unit: str
    sensitivity: Array

    def __post_init__(self) -> None:
        self.sensitivity.setflags(write=False)

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.value:.6g} {self.unit}>"

    def scaled(self, factor: float, *, name: str) -> Measurement:
        """The same quantity times a number without unit."""
        return Measurement(name=name, value=factor * self.value, unit=self.unit, sensitivity=factor * self.sensitivity)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison:
    """A quantity from measurements on several devices, or on one device in several states.

    Parameters
    ----------
    name, unit : str
    value : float
        In `unit`.
    parts : tuple of Measurement
        What was compared.
    weights : tuple of float
        d value / d part, in `unit` per unit of the part.
    """

    name: str
    value: Any
    unit: str
    parts: tuple[Measurement, ...]
    weights: tuple[Any, ...]

    @property
    def sensitivities(self) -> tuple[Array, ...]:
        """d value / d G of each part, shape (4T, 4T), `unit` per siemens; add those of parts with the same G."""
        return tuple(w * part.sensitivity for w, part in zip(self.weights, self.parts, strict=True))

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.value:.6g} {self.unit}>"


class Experiment:
    """A matrix with its ports wired, for readouts that are linear in the drive.

    Parameters
    ----------
    G : ConductanceMatrix
    spin : {"open", "grounded"} or mapping of str to these
        What holds at the spin ports that the experiment itself does not use.
    reference : str or None
        Terminal whose charge potential is zero and which takes the current that the others leave. None: all
        charge potentials are zero.
    held : sequence of (str, str)
        Ports with a fixed potential besides these.
    driven : sequence of (str, str)
        Spin ports with a fixed current, whatever `spin` says.
    """

    def __init__(
        self,
        G: ConductanceMatrix,
        *,
        spin: Spin,
        reference: str | None,
        held: Sequence[tuple[str, str]] = (),
        driven: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.amplitudes = Amplitudes(G)
        self._sign = -1.0 if G.convention == "out" else 1.0  # of a current into the device
        fixed = spin_held(self.amplitudes, spin)
        if reference is None:
            fixed[self.amplitudes.charge] = True
        # once charge is grounded elsewhere, potentials count from there and nothing more may be tied to zero
        elif self.amplitudes.conserves_charge:
            fixed[self.charge(reference)] = True
        for port in held:
            fixed[self.amplitudes.port(*port)[0]] = True
        for port in driven:
            fixed[self.amplitudes.port(*port)[0]] = False
        self.wiring = Wiring(self.amplitudes, fixed)

    def charge(self, terminal: str) -> int:
        """Position of the charge port of a terminal."""
        return self.amplitudes.port(terminal, "e")[0]

    def inject(self, *entries: tuple[int, float]) -> tuple[Array, Array]:
        """State with currents into the device, (position, ampere) each, and zero potentials where held."""
        zero = np.zeros(len(self.amplitudes.labels))
        currents = zero.copy()
        for k, value in entries:
            currents[k] += self._sign * value
        return self.wiring.solve(zero, currents)

    def apply(self, *entries: tuple[int, float]) -> tuple[Array, Array]:
        """State with potentials at held ports, (position, volt) each, and zero currents elsewhere."""
        zero = np.zeros(len(self.amplitudes.labels))
        potentials = zero.copy()
        for k, value in entries:
            potentials[k] = value
        return self.wiring.solve(potentials, zero)

    def read(
        self,
        name: str,
        unit: str,
        state: tuple[Array, Array],
        *,
        potential: Sequence[tuple[int, float]] = (),
        current: Sequence[tuple[int, float]] = (),
    ) -> Measurement:
        """Sum of weights times potentials, and times currents into the device, with its sensitivity."""
        v, i = state
        c, d = np.zeros(len(v)), np.zeros(len(v))
        for k, weight in potential:
            c[k] += weight
        for k, weight in current:
            d[k] += self._sign * weight
        D = self.amplitudes.dual
        # currents that are fixed do not depend on G
        a = self.wiring.adjoint(c, np.where(self.wiring.held, d, 0.0))
        value = (c @ v + d @ i).item()
        return Measurement(name=name, value=value, unit=unit, sensitivity=np.outer(D @ a, D @ v))


def distinct(where: str, pair: tuple[str, str]) -> tuple[str, str]:
    """A pair of two different terminals."""
    names = (pair,) if isinstance(pair, str) else tuple(pair)
    if len(names) != 2 or names[0] == names[1]:
        raise InputError(f"{where} must be a pair of two different terminals, got {pair!r}")
    return names[0], names[1]


def ratio(
    name: str, top: Sequence[tuple[Measurement, float]], bottom: Sequence[tuple[Measurement, float]]
) -> Comparison:
    """Comparison of one sum of measurements with another: sum(w m)/sum(w' m'), unit 1.

    Raises
    ------
    InputError
        The denominator is zero.
    """
    over = sum(weight * part.value for part, weight in top)
    under = sum(weight * part.value for part, weight in bottom)
    if under == 0:
        raise InputError(f"the {name} has no value: what it is measured in, the {bottom[0][0].name}, is zero")
    value = over / under
    weights: dict[int, Any] = {}
    parts: dict[int, Measurement] = {}
    for part, weight in top:
        weights[id(part)] = weights.get(id(part), 0.0) + weight / under
        parts[id(part)] = part
    for part, weight in bottom:
        weights[id(part)] = weights.get(id(part), 0.0) - value * weight / under
        parts[id(part)] = part
    return Comparison(name=name, value=value, unit="1", parts=tuple(parts.values()), weights=tuple(weights.values()))
