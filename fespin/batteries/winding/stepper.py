"""Implicit midpoint steps of phi in P1 and rho_s in P0, with circuit and gate as one scalar equation.

With v = (phi1 - phi0)/dt the spin density is eliminated, rho1 = 2 chi mean(v) - rho0, and

    B v = r + b F,   B = (2 chi/dt + alpha s) M_box + (dt/2) A K + g (e_0 e_0^T + e_L e_L^T),   b = e_0 - e_L,

so that v = y + z F with y = B^-1 r and z = B^-1 b, where F = theta I + torque of the link depends on
w = v_0 - v_L alone. B is factorised once per step length. Cosines of the link and of the anisotropy enter by
their exact difference quotients, so that the energy ledger closes to rounding.

Steps dt = h/u on equal cells are exact for waves, any dt is stable, smooth drives give second order. The mass with one
point a cell does not see waves of two cells: Gilbert damping leaves them, they decay at the contacts alone. Jumps (a
link that opens at once) send out such waves, which makes damped discharges first order in h.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgtsv, dpttrf, dpttrs

from ...errors import SolverError
from .battery import WindingBattery
from .line import matrices
from .phase import Phase
from .state import State

_MOST_ITERATIONS = 60
_STALLED = 3e-16  # a Newton step below rounding of the unknown
_NOISE = 1e-12  # of the terms of an equation: far above their rounding, far below a step that still converges


def sinc(x: float) -> float:
    """sin(x)/x, 1 at 0."""
    return math.sin(x) / x if abs(x) > 1e-5 else 1.0 - x * x / 6


def sinc_slope(x: float) -> float:
    """Derivative of sin(x)/x."""
    return (math.cos(x) - math.sin(x) / x) / x if abs(x) > 1e-3 else -x / 3 * (1 - x * x / 10)


class Stepper:
    """Steps of one length `dt` through one phase of a battery on given nodes."""

    def __init__(self, battery: WindingBattery, nodes: NDArray[np.float64], phase: Phase, dt: float) -> None:
        self.battery, self.phase, self.dt = battery, phase, dt
        self.h = np.diff(nodes)
        found = matrices(nodes)
        (box, box1), (stiff, stiff1) = found["box"], found["stiffness"]
        self.weights = found["lumped"][0]
        inertia = 2 * battery.susceptibility / dt + battery.damping_per_length
        elastic = dt / 2 * battery.stiffness
        self.diagonal = inertia * box + elastic * stiff
        self.diagonal[[0, -1]] += battery.contact_conductance
        self.off = inertia * box1 + elastic * stiff1
        self.d, self.e, info = dpttrf(self.diagonal, self.off)
        if info != 0:
            raise SolverError(f"the matrix of the step is not positive definite at dt = {dt:.6g} s; check the mesh")
        b = np.zeros(len(nodes))
        b[0], b[-1] = 1.0, -1.0
        self.b = b
        self.z = dpttrs(self.d, self.e, b)[0]
        self.z_w = float(self.z[0] - self.z[-1])
        self.last = (0.0, 0.0, 0.0)  # current, voltage of the terminals, w of the last step

    def circuit(self, state: State, t: float) -> tuple[float, float]:
        """Mean current of the step from t as c0 + c1 w."""
        phase, dt, theta = self.phase, self.dt, self.battery.spin_torque
        if phase.kind == "open":
            return 0.0, 0.0
        if phase.kind == "current":
            if phase.inductance > 0:
                return (state.current + phase.value(t + dt)) / 2, 0.0
            return phase.value(t + dt / 2), 0.0
        R = self.battery.wire_resistance + phase.load + 2 * phase.inductance / dt
        source = phase.value(t + dt / 2) if phase.kind == "voltage" else 0.0
        return (source + 2 * phase.inductance / dt * state.current) / R, theta / R

    def advance(self, state: State, first: int, last: int, gate_before: float) -> None:
        """Take the steps first..last-1 of the phase, whose link was at `gate_before` when it began."""
        battery, phase, dt = self.battery, self.phase, self.dt
        theta, g, R_w, R_L = (battery.spin_torque, battery.contact_conductance, battery.wire_resistance, phase.load)
        gilbert = battery.damping_per_length * dt
        uniform = float(np.ptp(self.h)) < 1e-9 * float(self.h[0])
        inertia: Any = float(self.h[0]) / dt if uniform else self.h / dt
        tension: Any = battery.stiffness / float(self.h[0]) if uniform else battery.stiffness / self.h
        quarter: Any = float(self.h[0]) / 4 if uniform else self.h / 4
        chi, d, e, z, z_w = battery.susceptibility, self.d, self.e, self.z, self.z_w
        phi, rho = state.phi, state.rho_s
        r, a, tau = np.empty_like(phi), np.empty_like(rho), np.empty_like(rho)
        source = gate_work = load = contact = damped = flow = 0.0
        current = voltage = 0.0
        w = state.slip
        bulk = battery.anisotropy > 0
        linked = phase.gate > 0 or gate_before > 0 or state.gate > 0
        for k in range(first, last):
            t = k * dt
            np.subtract(phi[1:], phi[:-1], out=tau)
            tau *= tension
            np.multiply(rho, inertia, out=a)
            np.add(a, tau, out=r[:-1])
            r[-1] = 0.0
            a -= tau
            r[1:] += a
            c0, c1 = self.circuit(state, t)
            k0 = k1 = drop = 0.0
            if linked:
                k0, k1, drop = state.gate, phase.kg(t + dt, gate_before), float(phi[-1] - phi[0])
            if bulk:
                v = self._bulk(r, phi, c0, c1, (k0 + k1) / 2, drop, w)
            else:
                y = dpttrs(d, e, r)[0]
                y_w = float(y[0] - y[-1])
                w = (y_w + z_w * theta * c0) / (1 - z_w * theta * c1)
                torque = 0.0
                if k0 + k1 > 0:
                    w = self._link(y_w + z_w * theta * c0, 1 - z_w * theta * c1, (k0 + k1) / 2, drop, state.slip)
                    torque = (k0 + k1) / 2 * math.sin(drop - dt * w / 2) * sinc(dt * w / 2)
                v = z * (theta * (c0 + c1 * w) + torque)
                v += y
            v_0, v_L = float(v[0]), float(v[-1])
            w = v_0 - v_L
            np.add(v[1:], v[:-1], out=a)
            v *= dt
            phi += v
            np.multiply(a, chi, out=tau)
            np.subtract(tau, rho, out=rho)
            # ledger
            current = c0 + c1 * w
            voltage = R_w * current - theta * w
            heat = dt * (current * (voltage - theta * w) + g * (v_0 * v_0 + v_L * v_L))
            lost = gilbert * float(np.dot(quarter * a, a)) if gilbert else 0.0
            contact += heat
            damped += lost
            flow += abs(heat) + lost
            if phase.kind != "open":
                burnt = dt * R_L * current * current
                work = 0.0
                before = state.current
                state.current = current
                if phase.inductance > 0:
                    state.current = phase.value(t + dt) if phase.kind == "current" else 2 * current - before
                if phase.kind == "voltage":
                    work = dt * phase.value(t + dt / 2) * current
                elif phase.kind == "current":
                    work = burnt + dt * voltage * current
                    work += phase.inductance * (state.current - before) * current
                load += burnt
                source += work
                flow += burnt + abs(work)
            if k0 != k1:
                work = (k1 - k0) * (math.sin(drop / 2) ** 2 + math.sin((drop - dt * w) / 2) ** 2)
                gate_work += work
                flow += abs(work)
            if linked:
                state.gate = k1
            state.slip = w
        state.books += (source, gate_work, load, contact, damped, 0.0)
        state.flow += flow
        self.last = (current, voltage, w)

    def _link(self, offset: float, slope: float, kg: float, drop: float, w: float) -> float:
        """Root w of slope w = offset + z_w kg sin(drop - dt w/2) sinc(dt w/2)."""
        half, stiffness = self.dt / 2, self.z_w * kg
        last = math.inf
        for _ in range(_MOST_ITERATIONS):
            x = half * w
            sine, cosine = math.sin(drop - x), math.cos(drop - x)
            torque = stiffness * sine * sinc(x)
            value = slope * w - offset - torque
            rate = slope + stiffness * half * (cosine * sinc(x) - sine * sinc_slope(x))
            if rate <= 0:
                break
            step = value / rate
            w -= step
            # rounding may keep the last bits moving: what cannot be improved is the root
            noise = _NOISE * (abs(offset) + abs(torque) + slope * abs(w)) / rate
            if abs(step) <= _STALLED * abs(w) or (abs(step) <= noise and abs(step) >= last / 2):
                return w
            last = abs(step)
        raise SolverError(_many_roots(self.dt))

    def _bulk(self, r: Any, phi: Any, c0: float, c1: float, kg: float, drop: float, w: float) -> Any:
        """Newton's method for all v with the anisotropy: a tridiagonal matrix and one rank."""
        battery, dt, theta, b = self.battery, self.dt, self.battery.spin_torque, self.b
        n, kap = battery.folds, battery.anisotropy
        v = dpttrs(self.d, self.e, r + b * theta * c0)[0]
        last = math.inf
        for _ in range(_MOST_ITERATIONS):
            w = float(v[0] - v[-1])
            x, y = dt * w / 2, n * dt / 2 * v
            sine, cosine = math.sin(drop - x), math.cos(drop - x)
            mid = n * phi + y
            s, slope = np.sinc(y / np.pi), _sinc_slopes(y)
            F = theta * (c0 + c1 * w) + kg * sine * sinc(x)
            F_w = theta * c1 - kg * dt / 2 * (cosine * sinc(x) - sine * sinc_slope(x))
            residual = self.diagonal * v - r - b * F + kap / n * self.weights * np.sin(mid) * s
            residual[:-1] += self.off * v[1:]
            residual[1:] += self.off * v[:-1]
            worst = float(np.abs(residual).max())
            scale = float(np.abs(self.diagonal * v).max()) + float(np.abs(r).max()) + abs(F)
            if worst <= 1e-16 * scale or (worst <= _NOISE * scale and worst >= last / 2):
                return v
            last = worst
            diagonal = self.diagonal + kap / 2 * dt * self.weights * (np.cos(mid) * s + np.sin(mid) * slope)
            solved = dgtsv(self.off, diagonal, self.off, np.column_stack([residual, b]))
            step, z = solved[3][:, 0], solved[3][:, 1]
            bottom = 1 - F_w * (z[0] - z[-1])
            if solved[4] != 0 or bottom <= 0:
                break
            v = v - step - z * (F_w * (step[0] - step[-1]) / bottom)
        raise SolverError(_many_roots(self.dt))


def _sinc_slopes(x: Any) -> Any:
    small = np.abs(x) < 1e-3
    safe = np.where(small, 1.0, x)
    return np.where(small, -x / 3 * (1 - x * x / 10), (np.cos(safe) - np.sin(safe) / safe) / safe)


def _many_roots(dt: float) -> str:
    return (
        f"the step of dt = {dt:.6g} s has no unique solution while the link or the anisotropy slips; "
        "take dt <= min(h/u, sqrt(chi h/kg)) and ramp the current over several steps"
    )
