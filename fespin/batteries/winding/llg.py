"""The full easy-plane Landau-Lifshitz-Gilbert equation on a line mesh: instability and phase slips included.

The order parameter n, |n| = 1, along the angular momentum (opposite to M for electrons), obeys at each node

    s dn/dt = n x (h - alpha s dn/dt - g_i dn/dt + tau_i z x n),    h = A n'' - K n_z z,

with the interface conductance g_i (J s) and the torque tau_i (J) at the two ends only: +tau at the left one and -tau at
the right one, tau = theta I of the paper's eq 6. Linear elements with mass lumped at the nodes; the energy is
sum A |n_i+1 - n_i|^2/(2 h) + sum m_i K n_z^2/2. For |n_z| << 1 this is the hydrodynamics of eqs 1-6 with
rho_s = s n_z and chi = s^2/K; beyond the Landau limit it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import must_be
from ...network.checks import positive, real
from .limits import not_negative
from .midpoint import MidpointSolver, cross

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class EasyPlaneLine:
    """An easy-plane magnet on a line mesh, open or closed to a ring.

    Parameters
    ----------
    A, K, s : float
        Stiffness J m, easy-plane constant J/m, spin density J s/m (line values); positive.
    alpha : float
        Gilbert damping, not negative.
    points : array, shape (n,)
        Nodes of the line mesh in m, ascending: `np.sort(mesh.p[0])` of a scikit-fem mesh. In a ring the last point is
        where the first one comes again: n - 1 nodes of their own.
    ring : bool
        Whether the ends are joined.
    g : float
        Interface conductance of each end contact, J s, not negative; a ring has none.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> line = EasyPlaneLine(A=1.0, K=1.0, s=1.0, alpha=0.1, points=np.linspace(0, 32, 129), ring=True)
    >>> n = line.spiral(turns=3)
    >>> n.shape, round(line.winding(n), 12)
    ((3, 128), 3.0)
    """

    A: float
    K: float
    s: float
    alpha: float
    points: Array
    ring: bool = False
    g: float = 0.0

    def __post_init__(self) -> None:
        positive("EasyPlaneLine.A", self.A, "J m")
        positive("EasyPlaneLine.K", self.K, "J/m")
        positive("EasyPlaneLine.s", self.s, "J s/m")
        not_negative("EasyPlaneLine.alpha", self.alpha, "")
        not_negative("EasyPlaneLine.g", self.g, "J s")
        points = np.array(self.points, dtype=float)
        if points.ndim != 1 or points.size < 4 or not np.isfinite(points).all() or not (np.diff(points) > 0).all():
            raise must_be("EasyPlaneLine.points", "at least 4 ascending positions in m", self.points)
        if self.ring and self.g > 0:
            raise must_be("EasyPlaneLine.g", "0 in a ring, which has no ends", self.g)
        points.flags.writeable = False
        object.__setattr__(self, "points", points)

    @property
    def nodes(self) -> int:
        """Number of nodes with an n of their own."""
        return self.points.size - self.ring

    @property
    def length(self) -> float:
        """m."""
        return float(self.points[-1] - self.points[0])

    @property
    def cells(self) -> Array:
        """Lengths of the cells in m, shape (e,); the last one of a ring joins the last node to the first."""
        return np.diff(self.points)

    @property
    def masses(self) -> Array:
        """Length in m that belongs to each node, shape (n,): half of each adjoining cell."""
        half = self.cells / 2
        if self.ring:
            return half + np.roll(half, 1)
        return np.append(half, 0.0) + np.append(0.0, half)

    def spiral(self, *, turns: float, tilt: Array | float = 0.0) -> Array:
        """n of the winding phi = -2 pi turns x/L, with n_z = tilt; shape (3, n). Rings need whole turns.

        Raises
        ------
        InputError
            Fractional turns in a ring, or a tilt outside [-1, 1].
        """
        if self.ring and turns != round(turns):
            raise must_be("EasyPlaneLine.spiral turns", "whole in a ring", turns)
        nz = np.broadcast_to(np.asarray(tilt, dtype=float), self.nodes)
        if not (np.abs(nz) <= 1).all():
            raise must_be("EasyPlaneLine.spiral tilt", "within [-1, 1]", tilt)
        phi = -2 * np.pi * turns * (self.points[: self.nodes] - self.points[0]) / self.length
        return np.stack([np.sqrt(1 - nz**2) * np.cos(phi), np.sqrt(1 - nz**2) * np.sin(phi), nz])

    def differences(self, field: Array) -> Array:
        """Right end minus left end of each cell along the last axis, shape (..., e)."""
        right = np.roll(field, -1, axis=-1) if self.ring else field[..., 1:]
        return np.asarray(right - (field if self.ring else field[..., :-1]))

    def angles_of_cells(self, n: Array) -> Array:
        """Angle in rad by which the in-plane part turns in each cell, within [-pi, pi), shape (e,)."""
        return _wrapped(self.differences(np.arctan2(n[1], n[0])))

    def winding(self, n: Array) -> float:
        """Turns of n in the plane, [phi(0) - phi(L)]/2 pi: whole in a ring, any number in an open line (not rounded).

        Positive for a positive rho = -d(phi)/dx of the paper. Needs cells that turn by less than pi.
        """
        return -float(self.angles_of_cells(n).sum() / (2 * np.pi))

    def energy(self, n: Array) -> float:
        """J of the field n, shape (3, n)."""
        bend = (self.differences(n) ** 2).sum(axis=0) / self.cells
        return float(self.A * bend.sum() / 2 + self.K * (self.masses * n[2] ** 2).sum() / 2)

    def force(self, n: Array) -> Array:
        """-dE/dn in J at each node, shape (3, n): the nodal version of h, times the length of the node."""
        tension = self.A * self.differences(n) / self.cells
        if self.ring:
            force = tension - np.roll(tension, 1, axis=-1)
        else:
            force = np.zeros_like(n)
            force[:, :-1] += tension
            force[:, 1:] -= tension
        force[2] -= self.K * self.masses * n[2]
        return np.asarray(force)


@dataclass(frozen=True, kw_only=True, eq=False)
class LLGRun:
    """What `evolve` found at the times `t`, shape (m + 1,), s.

    `energy` is the line's (J); `work` that of the torques and `heat_bulk`, `heat_contacts` the losses by Gilbert
    damping and at the contacts, all counted from t[0] (J); `winding` in turns; `slips` the phase slips so far, +1 for
    each turn gained inside (turning ends change the winding of an open line, but are no slips); `tilt` the largest
    |n_z|; `fields` are n at every `keep`-th time, shape (f, 3, n), and `final` is the last one.
    """

    line: EasyPlaneLine
    t: Array
    energy: Array
    work: Array
    heat_bulk: Array
    heat_contacts: Array
    winding: Array
    slips: NDArray[np.int64]
    tilt: Array
    fields: Array
    final: Array

    @property
    def ledger_error(self) -> float:
        """Largest |E - E0 - work + heat| over the largest of the terms: rounding and Newton's tolerance only."""
        heat = self.heat_bulk + self.heat_contacts
        gap = np.abs(self.energy - self.energy[0] - self.work + heat).max()
        scale = max(np.abs(v).max() for v in (self.energy, self.work, heat))
        return float(gap / scale) if scale > 0 else 0.0


def evolve(
    line: EasyPlaneLine,
    n: Array,
    *,
    dt: float,
    steps: int,
    torque: float | Callable[[float], float] = 0.0,
    keep: int = 0,
) -> LLGRun:
    """Integrate the Landau-Lifshitz-Gilbert equation by the implicit midpoint rule.

    With m = (n0 + n1)/2 in place of n and (n1 - n0)/dt in place of dn/dt the rule keeps |n| at each node and, the
    energy being quadratic, the energy law exactly:

        E1 - E0 = dt [tau w - sum (alpha s m_i + g_i) |dn_i/dt|^2],   w = (n x dn/dt)_z left minus right.

    Stable for any dt, and second order in dt and in the cells; but where n varies by order one from node to node, as
    in slips on coarse meshes, the step has several roots unless dt <~ s h^2/A, and Newton's method may find none: it
    raises then. A step costs three or four solutions of a banded system of three unknowns a node, so the whole run is
    linear in nodes and steps.

    Parameters
    ----------
    line : EasyPlaneLine
    n : array, shape (3, nodes)
        Unit vectors at the start.
    dt, steps : float, int
        s, positive; number of steps.
    torque : float or function of t in s
        theta I in J: acts as +torque on the left end and -torque on the right one.
    keep : int
        Store the field every so many steps; 0: only the last one.

    Returns
    -------
    LLGRun

    Raises
    ------
    InputError
        A parameter is out of range, n does not have unit length, or a ring is driven.
    SolverError
        Newton's method did not converge: dt is too large.

    Examples
    --------
    >>> line = EasyPlaneLine(A=1.0, K=1.0, s=1.0, alpha=0.2, g=1.0, points=np.linspace(0, 10, 41))
    >>> run = evolve(line, line.spiral(turns=0), dt=0.2, steps=500, torque=0.2)
    >>> print(f"{run.winding[-1]:.3f} {0.2 * 10 / (2 * np.pi):.3f} {run.ledger_error < 1e-12}")  # eq 7
    0.318 0.318 True
    """
    n, drive = _start(line, n, dt, steps, torque)
    solver = MidpointSolver(line, dt)
    record = np.zeros((steps + 1, 6))
    record[0] = line.energy(n), 0, 0, 0, line.winding(n), np.abs(n[2]).max()
    slips = np.zeros(steps + 1, dtype=np.int64)
    fields = [n]
    previous = n
    for step in range(steps):
        tau = drive((step + 0.5) * dt)
        middle = solver.middle(n, guess=n + (n - previous) / 2, tau=tau)
        previous, n = n, 2 * middle - n
        move = n - previous
        square = (move**2).sum(axis=0) / dt
        spin = cross(middle, move)[2]
        work = 0.0 if line.ring else tau * (spin[0] - spin[-1])
        contacts = line.g * (square[0] + square[-1])
        record[step + 1, :4] = line.energy(n), work, line.alpha * line.s * (line.masses @ square), contacts
        record[step + 1, 4:] = line.winding(n), np.abs(n[2]).max()
        slips[step + 1] = round(record[step + 1, 4] - record[step, 4] - _turn_of_ends(line, previous, n))
        if keep and (step + 1) % keep == 0:
            fields.append(n)
    energy, work, bulk, contacts, winding, tilt = record.T
    return LLGRun(
        line=line,
        t=np.asarray(dt * np.arange(steps + 1), dtype=np.float64),
        energy=energy,
        work=np.cumsum(work),
        heat_bulk=np.cumsum(bulk),
        heat_contacts=np.cumsum(contacts),
        winding=winding,
        slips=np.cumsum(slips),
        tilt=tilt,
        fields=np.array(fields if keep else [n]),
        final=n,
    )


def _wrapped(angle: Array) -> Array:
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


def _turn_of_ends(line: EasyPlaneLine, before: Array, after: Array) -> float:
    """Turns by which the left end has moved on against the right one: what changes the winding without a slip."""
    if line.ring:
        return 0.0
    move = _wrapped(np.arctan2(after[1], after[0])[[0, -1]] - np.arctan2(before[1], before[0])[[0, -1]])
    return float((move[0] - move[1]) / (2 * np.pi))


def _start(
    line: EasyPlaneLine, n: Array, dt: float, steps: int, torque: float | Callable[[float], float]
) -> tuple[Array, Callable[[float], float]]:
    """Checked starting field, and the torque as a function."""
    positive("evolve.dt", dt, "s")
    if steps != int(steps) or steps < 0:
        raise must_be("evolve.steps", "a whole number from 0", steps)
    n = np.array(n, dtype=float)
    if n.shape != (3, line.nodes):
        raise must_be("evolve.n", f"an array of shape (3, {line.nodes})", n.shape)
    wrong = np.abs((n**2).sum(axis=0) - 1).max()
    if not wrong < 1e-9:
        raise must_be("evolve.n", "of unit length at each node", f"a deviation of {wrong:.1e}", "divide by the length")
    if callable(torque):
        drive = torque
    else:
        value = real("evolve.torque", torque, "a number in J or a function of time")

        def drive(t: float) -> float:
            return value

    if line.ring and (callable(torque) or torque != 0):
        raise must_be("evolve.torque", "0 in a ring, which has no ends", torque)
    return n, drive
