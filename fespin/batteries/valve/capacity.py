"""What a valve holds, in the units of batteries."""

from __future__ import annotations

from typing import NamedTuple

from .emf import EMFCurve
from .estimates import AMPERE_HOUR, WATT_HOUR
from .stack import SpinValve


class Capacity(NamedTuple):
    """Charge in C and energy in J."""

    charge: float
    energy: float

    @property
    def ampere_hours(self) -> float:
        """Charge in A h."""
        return self.charge / AMPERE_HOUR

    @property
    def watt_hours(self) -> float:
        """Energy in W h."""
        return self.energy / WATT_HOUR


def capacity(curve: EMFCurve, voltage: float | None = None) -> Capacity:
    """Of a reservoir charged by a source of `voltage` in V, or full.

    Examples
    --------
    >>> import numpy as np
    >>> curve = EMFCurve(np.array([0.0, 3600.0]), np.array([2.0]), np.array([2.0]))
    >>> capacity(curve).ampere_hours, capacity(curve).watt_hours, capacity(curve, 1.0).charge
    (1.0, 2.0, 0.0)
    """
    charge = curve.largest if voltage is None else curve.held_at(voltage)
    return Capacity(charge, float(curve.energy(charge)))


def linear_capacity(valve: SpinValve, voltage: float) -> Capacity:
    """Of a stack: Q = C V and C V^2/2, for eV << E_F."""
    C = valve.capacitance
    return Capacity(C * voltage, C * voltage**2 / 2)
