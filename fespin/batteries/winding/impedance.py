"""Small signals: the impedance between the terminals and the leaky capacitor that it is at low frequency."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import must_be
from ...network.conductance import ConductanceMatrix
from ...network.spice_names import node_name
from .battery import WindingBattery


def impedance(battery: WindingBattery, frequency: ArrayLike, *, link: float = 0.0) -> NDArray[np.complex128]:
    """Z(f) = R_w - 2 theta^2 i omega/(A q coth(qL/2) + i omega g + 2 link), A q^2 = i omega alpha s - omega^2 chi.

    Exact for any uniform winding (the equations are linear in phi without in-plane anisotropy); time dependence
    exp(i omega t), current positive in the charging direction.

    Parameters
    ----------
    frequency : array_like
        Hz, any shape, >= 0.
    link : float
        Stiffness kg cos(2 pi N - X) of the closed link, J; 0 if it is open.

    Returns
    -------
    ndarray of complex
        Ohm; its real part is never negative (zeta <= 1).

    Examples
    --------
    >>> battery = WindingBattery(length=1, stiffness=1, susceptibility=1, spin_density=1, damping=0,
    ...                          contact_conductance=5, spin_torque=1, wire_resistance=0.5)
    >>> complex(impedance(battery, 0.0))
    (0.5+0j)
    """
    if battery.anisotropy > 0:
        raise must_be("battery.anisotropy", "0 for the impedance of a uniform winding", battery.anisotropy)
    f = np.asarray(frequency, dtype=float)
    if not (np.isfinite(f).all() and (f >= 0).all()):
        raise must_be("frequency", "finite numbers >= 0 in Hz", frequency)
    omega = 2 * np.pi * f
    A, L = battery.stiffness, battery.length
    x = L / 2 * np.sqrt((1j * omega * battery.damping_per_length - omega**2 * battery.susceptibility + 0j) / A)
    small = np.abs(x) < 1e-4
    safe = np.where(small, 1.0, x)
    coth = 2 * A / L * np.where(small, 1 + x**2 / 3, safe / np.tanh(safe))
    bottom = coth + 1j * omega * battery.contact_conductance + 2 * link
    Z = battery.wire_resistance - 2 * battery.spin_torque**2 * 1j * omega / bottom
    return np.asarray(Z, dtype=np.complex128)


def admittance(battery: WindingBattery, frequency: float, *, link: float = 0.0) -> ConductanceMatrix:
    """The battery between terminals "plus" and "minus" as a complex matrix at one frequency in Hz.

    Only charge flows; the matrix joins others of the same frequency in `fespin.network.circuit`.

    Examples
    --------
    >>> battery = WindingBattery(length=1, stiffness=1, susceptibility=1, spin_density=1, damping=0,
    ...                          contact_conductance=5, spin_torque=1, wire_resistance=0.5)
    >>> complex(admittance(battery, 0.0)["plus", "e", "minus", "e"])
    (2+0j)
    """
    values = np.zeros((8, 8), dtype=complex)
    Y = 1 / impedance(battery, frequency, link=link)
    values[np.ix_([0, 4], [0, 4])] = Y * np.array([[-1, 1], [1, -1]])
    info = {"frequency_hz": float(frequency), "solver": {"backend": "closed form"}}
    return ConductanceMatrix(values=values, terminals=("plus", "minus"), info=info)


@dataclass(frozen=True)
class LeakyCapacitor:
    """R_series in series with R_leak || C: the open battery at its terminals, slow against L/u.

    R_leak = 2 theta^2/g', C = g'^2 L/(4 A theta^2), R_series = R_w - R_leak, g' = g + alpha s L/6. The energy
    C V^2/2 is that of the winding (eq 8).

    Attributes
    ----------
    series_resistance, leak_resistance : float
        ohm.
    capacitance : float
        F.
    volts_per_density : float
        V of the capacitor per winding density: 2 A theta/g', V m.
    name : str
    """

    series_resistance: float
    leak_resistance: float
    capacitance: float
    volts_per_density: float
    name: str = "battery"

    def impedance(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z in ohm at frequencies in Hz."""
        s = 2j * np.pi * np.asarray(frequency, dtype=float)
        return self.series_resistance + self.leak_resistance / (1 + s * self.leak_resistance * self.capacitance)

    @property
    def time_constant(self) -> float:
        """R_leak C = g' L/2A: decay of the open battery, s."""
        return self.leak_resistance * self.capacitance

    def to_spice(self, *, density: float = 0.0) -> str:
        """A subcircuit with the pins plus and minus for ngspice and LTspice, charged to a winding density in 1/m.

        The initial voltage holds for transient analyses with UIC. The positive current of charging goes into plus.

        Examples
        --------
        >>> print(LeakyCapacitor(0.1, 0.4, 6.25, 2.0, "my cell").to_spice(density=0.5))
        * winding battery as a leaky capacitor; valid well below u/L; initial voltage needs UIC
        .subckt my_cell plus minus
        Rseries plus core 0.1
        Rleak core minus 0.4
        Ccore core minus 6.25 IC=1.0
        .ends my_cell
        """
        if not math.isfinite(density):
            raise must_be("density", "a finite number in 1/m", density)
        name = node_name(self.name)
        series = "Rseries plus core" if self.series_resistance > 0 else "Vseries plus core"
        return "\n".join([
            "* winding battery as a leaky capacitor; valid well below u/L; initial voltage needs UIC",
            f".subckt {name} plus minus",
            f"{series} {self.series_resistance!r}",
            f"Rleak core minus {self.leak_resistance!r}",
            f"Ccore core minus {self.capacitance!r} IC={density * self.volts_per_density!r}",
            f".ends {name}",
        ])  # fmt: skip


def leaky_capacitor(battery: WindingBattery) -> LeakyCapacitor:
    """The lumped equivalent of a battery whose link is open.

    Raises
    ------
    InputError
        Without spin torque the terminals are a resistor; with in-plane anisotropy there is no such equivalent.

    Examples
    --------
    >>> battery = WindingBattery(length=1, stiffness=1, susceptibility=1, spin_density=1, damping=0,
    ...                          contact_conductance=5, spin_torque=1, wire_resistance=0.5)
    >>> found = leaky_capacitor(battery)
    >>> round(found.capacitance, 12), round(found.leak_resistance, 12)
    (6.25, 0.4)
    """
    theta: Any = battery.spin_torque
    if theta == 0 or battery.anisotropy > 0:
        raise must_be("battery", "with a spin torque and without in-plane anisotropy", battery)
    g = battery.contact_conductance + battery.damping_per_length * battery.length / 6
    leak = 2 * theta / g * theta
    return LeakyCapacitor(
        max(0.0, battery.wire_resistance - leak),
        leak,
        (g / theta) ** 2 * battery.length / (4 * battery.stiffness),
        2 * battery.stiffness * theta / g,
        battery.name,
    )
