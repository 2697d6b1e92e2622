"""Steps in time of the splitting, with the circuit as one scalar equation.

Only the splitting m is stored; the potentials follow from it without delay (charge is conserved at every instant: a
differential-algebraic system of index 1). With A = K + G + C/(theta dt) one step is

    A w = C m/(theta dt) + j at the left reservoir,    m += (w_up - w_dn - m)/theta,

so that the algebraic part never rings. The circuit gives j from w = y + j z at the left reservoir. theta = 1/2 closes
the energy ledger exactly; backward Euler (theta = 1) after a jump loses energy to the method, which is booked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from .banded import Cholesky
from .operators import Operators
from .phase import Phase

Floats = NDArray[np.float64]
# energies booked since the start, J
BOOKS = ("source", "load", "series", "ohmic", "contact", "leak", "method")


class Splitting:
    """The stored variable: m at the places where two channels are and charge is stored.

    Attributes
    ----------
    difference : sparse (k, unknowns)
        m of the unknowns.
    mass : sparse (k, k)
        E = m.mass.m/2, in F.
    """

    def __init__(self, operators: Operators) -> None:
        mesh = operators.mesh
        up, down = mesh.unknown
        stores = np.array([layer.spin_capacitance > 0 for layer in mesh.valve.layers])[mesh.layer_of]
        self.at = np.flatnonzero(stores & (up >= 0) & (down >= 0) & (up != down))  # nodes
        pairs, place = np.unique(np.column_stack([up[self.at], down[self.at]]), axis=0, return_inverse=True)
        self.place = place.reshape(-1)  # of each of those nodes
        self.pairs = pairs
        k = len(pairs)
        rows = np.concatenate([np.arange(k)] * 2)
        data = np.concatenate([np.ones(k), -np.ones(k)])
        self.difference = csr_array((data, (rows, pairs.T.ravel())), shape=(k, mesh.size))
        spread = csr_array((np.ones(len(self.at)), (self.at, self.place)), shape=(len(mesh.nodes), k))
        capacitances = np.array([layer.spin_capacitance for layer in mesh.valve.layers])
        self.mass = csr_array(spread.T @ operators.assembled(capacitances, mass=True) @ spread)
        self.weights = self.mass @ np.ones(k)

    def energy(self, m: Floats) -> float:
        """m.C.m/2, J."""
        return float(m @ (self.mass @ m)) / 2

    def mean(self, m: Floats) -> float:
        """Mean of m weighted with the capacitance, V."""
        return float(self.weights @ m) / float(self.weights.sum()) if len(m) else 0.0


class Momentary:
    """Potentials at an instant for a given splitting: what the records show.

    Unknowns tied together by the splitting move as one; their differences are given, and Kirchhoff's law of the sum of
    both channels gives the rest.
    """

    def __init__(self, operators: Operators, splitting: Splitting) -> None:
        n = operators.mesh.size
        first, second = splitting.pairs.T if len(splitting.pairs) else (np.zeros(0, int), np.zeros(0, int))
        tie = np.arange(1, len(first) + 1)
        links = csr_array(
            (np.concatenate([tie, -tie]), (np.r_[first, second], np.r_[second, first])), shape=(n, n), dtype=int
        )
        owner = np.full(n, -1)
        rows: list[dict[int, float]] = [{} for _ in range(n)]  # w = w of the owner + sum of these times m
        count = 0
        for start in range(n - 1, -1, -1):  # the right reservoir first: what is tied to it is known
            if owner[start] >= 0:
                continue
            order, before = breadth_first_order(links, start, directed=True)
            for node in order.tolist():
                owner[node] = count
                if node != start:
                    above = int(before[node])
                    k = int(links[above, node])  # +: above is the up channel of tie k
                    rows[node] = dict(rows[above])
                    rows[node][abs(k) - 1] = rows[node].get(abs(k) - 1, 0.0) - np.sign(k)
            count += 1
        owner = count - 1 - owner  # along the stack again, which keeps the matrix narrow
        data = [(i, k, v) for i, row in enumerate(rows) for k, v in row.items()]
        at, of, factors = np.array(data).T if data else np.zeros((3, 0))
        self.offset = csr_array((factors, (at.astype(int), of.astype(int))), shape=(n, len(splitting.pairs)))
        self.follow = csr_array((np.ones(n), (np.arange(n), owner)), shape=(n, count))
        K = csr_array(operators.ohmic + operators.interfaces)
        self.conduction = operators.conduction
        self.last = int(owner[-1])
        keep = np.delete(np.arange(count), self.last)
        self.keep, self.left = keep, int(owner[0])
        reduced = csr_array(self.follow.T @ K @ self.follow)
        self.factor = Cholesky(reduced[keep][:, keep])
        unit = np.zeros(count)
        unit[self.left] = 1.0
        self.z = self._solve(unit)

    def _solve(self, right: Floats) -> Floats:
        out = np.zeros(self.follow.shape[1])

        def multiply(x: Floats) -> Floats:
            out[self.keep] = x
            return (self.follow.T @ self.conduction.currents(self.follow @ out))[self.keep]

        out[self.keep] = self.factor.solve(right[self.keep], multiply)
        return out

    def __call__(self, m: Floats, circuit: Circuit) -> tuple[Floats, float]:
        """Potentials of the unknowns (n,), V, and the current, A."""
        offset = self.offset @ m
        y = self._solve(-(self.follow.T @ self.conduction.currents(offset)))
        j = circuit.current(float(y[self.left] + offset[0]), float(self.z[self.left]))
        return self.follow @ (y + j * self.z) + offset, j


class Circuit(NamedTuple):
    """What is connected at one instant: a voltage behind a resistance, or a current."""

    voltage: float | None  # V; None: a given current
    given: float  # A
    resistance: float

    @classmethod
    def of(cls, phase: Phase, t: float) -> Circuit:
        """Of a phase at the time t after its start."""
        if phase.kind == "open":
            return cls(None, 0.0, phase.resistance)
        if phase.kind == "current":
            return cls(None, phase.value(t), phase.resistance)
        return cls(phase.value(t) if phase.kind == "voltage" else 0.0, 0.0, phase.resistance)

    def current(self, y: float, z: float) -> float:
        """j in A with the left reservoir at y + j z."""
        return self.given if self.voltage is None else (self.voltage - y) / (self.resistance + z)


class Stepper:
    """Steps of one length and theta."""

    def __init__(self, operators: Operators, splitting: Splitting, dt: float, theta: float) -> None:
        self.operators, self.splitting, self.dt, self.theta = operators, splitting, dt, theta
        self.drive = csr_array(splitting.difference.T @ splitting.mass / (theta * dt))[:-1]
        self.between = csr_array(operators.relaxation + operators.capacitance / (theta * dt))
        A = operators.ohmic + operators.interfaces + self.between
        self.factor = Cholesky(A[:-1, :-1])
        self.w = np.zeros(operators.mesh.size)
        unit = np.zeros(operators.mesh.size - 1)
        unit[0] = 1.0
        self.z = self.factor.solve(unit, self._multiply)

    def _multiply(self, y: Floats) -> Floats:
        w = self.w
        w[:-1] = y
        return (self.operators.conduction.currents(w) + self.between @ w)[:-1]

    def step(self, m: Floats, phase: Phase, t: float, books: Floats) -> tuple[Floats, float]:
        """The splitting after a step from the time t of the phase, and the mean current; books are kept."""
        dt, theta, operators, w = self.dt, self.theta, self.operators, self.w
        circuit = Circuit.of(phase, t + theta * dt)
        y = self.factor.solve(self.drive @ m, self._multiply)
        j = circuit.current(float(y[0]), float(self.z[0]))
        w[:-1] = y + j * self.z
        change = (self.splitting.difference @ w - m) / theta
        burnt = dt * j * j
        load, series = burnt * phase.load, burnt * phase.series
        work = dt * j * float(w[0]) + load + series if circuit.voltage is None else dt * j * circuit.voltage
        if phase.kind == "open":
            work = 0.0
        method = (theta - 0.5) * float(change @ (self.splitting.mass @ change)) if theta != 0.5 else 0.0
        leak = dt * float(w @ (operators.relaxation @ w))
        ohmic, contact = (dt * float(part.heat(w)) for part in (operators.layers, operators.contacts))
        books += (work, load, series, ohmic, contact, leak, method)
        return m + change, j


def fastest_diffusion(operators: Operators) -> float:
    """Smallest d^2/D of the layers that store charge, s; 0 if there is none."""
    times: list[Any] = [layer.thickness**2 / layer.spin_diffusivity for layer in operators.mesh.valve.layers
                        if layer.spin_capacitance > 0]  # fmt: skip
    return min(times, default=0.0)
