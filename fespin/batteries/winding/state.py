"""State of the battery and its energy ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import must_be
from .battery import WindingBattery

Floats = NDArray[np.float64]

# energies that crossed the border of the battery since the start, J
BOOKS = ("source", "gate_work", "load", "contact", "gilbert", "switch")


@dataclass
class State:
    """What the next step depends on; the stepper changes it in place.

    Parameters
    ----------
    nodes : ndarray (n,)
        Positions, m.
    phi : ndarray (n,)
        Angle in the plane, rad.
    rho_s : ndarray (n - 1,)
        Spin density of each cell, J s/m.
    current : float
        In the inductance, A; positive in the charging direction.
    gate : float
        kg of the link between the ends, J.
    slip : float
        Last value of w = v_0 - v_L, where Newton's iteration starts, rad/s.
    books : ndarray (6,)
        `BOOKS`, J.
    flow : float
        Sum of the magnitudes of all energies booked, J.
    """

    nodes: Floats
    phi: Floats
    rho_s: Floats
    current: float = 0.0
    gate: float = 0.0
    slip: float = 0.0
    books: Floats = field(default_factory=lambda: np.zeros(len(BOOKS)))
    flow: float = 0.0

    @classmethod
    def spiral(cls, battery: WindingBattery, nodes: Floats, density: float = 0.0) -> State:
        """At rest with the uniform winding density -d phi/dx = `density`, 1/m."""
        return cls(nodes, -density * nodes, np.zeros(len(nodes) - 1))

    @classmethod
    def of(cls, nodes: Floats, phi: ArrayLike, rho_s: ArrayLike | None = None) -> State:
        """From arrays on the nodes and the cells; they are copied."""
        angles = np.array(phi, dtype=float)
        spins = np.zeros(len(nodes) - 1) if rho_s is None else np.array(rho_s, dtype=float)
        if angles.shape != nodes.shape or spins.shape != (len(nodes) - 1,):
            rule = f"arrays of {len(nodes)} nodes and {len(nodes) - 1} cells"
            raise must_be("State.phi and State.rho_s", rule, (angles.shape, spins.shape))
        if not (np.isfinite(angles).all() and np.isfinite(spins).all()):
            raise must_be("State.phi and State.rho_s", "finite", "nan or inf")
        return cls(nodes, angles, spins)

    def copy(self) -> State:
        """An independent copy."""
        return State(self.nodes, self.phi.copy(), self.rho_s.copy(), self.current, self.gate, self.slip,
                     self.books.copy(), self.flow)  # fmt: skip

    @property
    def drop(self) -> float:
        """X = phi_0 - phi_L, rad."""
        return float(self.phi[0] - self.phi[-1])

    @property
    def winding(self) -> float:
        """X/2 pi: turns along the wire, no integer while the link is open."""
        return self.drop / (2 * np.pi)

    @property
    def turns(self) -> int | None:
        """Whole turns of the closed loop, those of the link included; None while it is open."""
        return round(self.winding) if self.gate > 0 else None


def stored(battery: WindingBattery, state: State, inductance: float) -> dict[str, float]:
    """Stored energies in J: exchange, spin, anisotropy, link, inductor.

    Examples
    --------
    >>> from fespin.batteries.winding.magnets import yig_film
    >>> battery = yig_film()
    >>> rest = State.spiral(battery, np.linspace(0, battery.length, 11), 1e5)
    >>> round(stored(battery, rest, 0.0)["exchange"] / battery.energy(1e5), 12)
    1.0
    """
    h = np.diff(state.nodes)
    strain = np.diff(state.phi)
    n = battery.folds
    out = {
        "exchange": battery.stiffness / 2 * float(strain @ (strain / h)),
        "spin": float(state.rho_s @ (h * state.rho_s)) / (2 * battery.susceptibility),
        "anisotropy": 0.0,
        "link": state.gate * 2 * float(np.sin(state.drop / 2)) ** 2,
        "inductor": inductance * state.current * state.current / 2,
    }
    if battery.anisotropy:
        weights = np.convolve(h, [0.5, 0.5])
        out["anisotropy"] = battery.anisotropy / n**2 * 2 * float(weights @ np.sin(n * state.phi / 2) ** 2)
    return out
