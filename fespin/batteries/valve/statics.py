"""Direct current and equilibrium: potentials, resistance, leak, what is stored."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import InputError, must_be
from ...network.checks import real
from .banded import Cholesky, solve_complex
from .mesh import Floats, StackMesh
from .operators import Operators
from .stack import SpinValve

NO_LEAK = 1e-12  # of sigma/d: a current below it is round-off and no leak


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StaticSolution:
    """A valve between reservoirs at V and 0, both spins of each at one potential.

    Attributes
    ----------
    valve : SpinValve
    mesh : StackMesh
    voltage : float
        V.
    potentials : ndarray (2, n)
        w_up and w_dn = mu/e at the nodes, V; NaN where a channel does not exist.
    conductance : float
        Current per volt, S; exactly 0 if nothing connects the reservoirs.
    mesh_error : float
        Estimate of the relative error of `conductance` from the mesh cut in half; NaN if it was not asked for.
    """

    valve: SpinValve
    mesh: StackMesh
    voltage: float
    potentials: Floats
    conductance: float
    mesh_error: float
    heats: dict[str, float] = field(default_factory=dict)

    @property
    def current(self) -> float:
        """A, from left to right."""
        return self.conductance * self.voltage

    @property
    def resistance(self) -> float:
        """Ohm; infinite if nothing leaks."""
        return 1 / self.conductance if self.conductance > 0 else math.inf

    @property
    def splitting(self) -> Floats:
        """m = w_up - w_dn at the nodes (n,), V; NaN in half metals."""
        return self.potentials[0] - self.potentials[1]

    @property
    def energy(self) -> float:
        """Stored in the splitting, int c_q m^2/2, J."""
        m = np.nan_to_num(self.splitting)
        mass = Operators(self.mesh).assembled(
            np.array([layer.spin_capacitance for layer in self.valve.layers]), mass=True
        )
        return float(m @ (mass @ m)) / 2

    def __repr__(self) -> str:
        return (
            f"<StaticSolution of {self.valve.name!r} at {self.voltage:.6g} V: R {self.resistance:.9g} ohm, "
            f"mesh error {self.mesh_error:.1e}>"
        )


def _response(operators: Operators, omega: float = 0.0) -> tuple[NDArray[Any], Any]:
    """Potentials of the unknowns with the left reservoir at 1, the right one at 0, and the admittance.

    The admittance is w.A.w, of second order in the error of w: digits survive that differences of w would lose.
    """
    n = operators.mesh.size
    matrix, between = operators.static, operators.relaxation
    if omega > 0:
        matrix, between = (part + 1j * omega * operators.capacitance for part in (matrix, between))
    w = np.zeros(n, dtype=matrix.dtype)
    w[0] = 1.0
    if n > 2:
        inner, right = matrix[1:-1, 1:-1], -(matrix[1:-1, [0]].toarray()[:, 0])
        w[1:-1] = solve_complex(inner, right) if omega > 0 else Cholesky(inner).solve(right)
    return w, operators.conduction.heat(w) + w @ (between @ w)


def _conductance(operators: Operators) -> tuple[Floats, float]:
    valve = operators.mesh.valve
    connected = operators.refuse_floating(operators.static)
    w, found = _response(operators)
    if not connected:
        return w, 0.0
    noise = NO_LEAK * valve.cross_section * min(layer.material.conductivity / layer.thickness for layer in valve.layers)
    if found < noise:
        stored = "" if any(layer.material.diffusivity is None for layer in valve.layers if layer.two_channels) else (
            f"; its capacitance is {valve.capacitance:.6g} F"
        )  # fmt: skip
        raise InputError(
            f"the leak of {valve.name!r} is below 1e-12 of the conductance of its layers, got {found:.1e} S, which is "
            f"round-off and no leak; give spin_diffusion_length = inf for a valve without leak{stored}"
        )
    return w, float(found)


def solve_static(valve: SpinValve, voltage: float = 1.0, *, estimate: bool = True) -> StaticSolution:
    """Direct current between reservoirs at `voltage` in V and 0, by finite elements.

    Without spin flip a locked valve carries exactly none: then `conductance` is 0 and the potentials are those of the
    charged valve at equilibrium (fig 2 of the paper), w_up = V and w_dn = 0 wherever they exist.

    Parameters
    ----------
    valve : SpinValve
    voltage : float
        V.
    estimate : bool
        Solve on halved cells too and estimate the error of the mesh.

    Raises
    ------
    InputError
        A channel whose potential nothing determines; a leak too small to be told from round-off.

    Examples
    --------
    >>> from fespin.batteries.valve import half_metal_valve
    >>> from fespin import HalfMetal, NormalMetal
    >>> valve = half_metal_valve(NormalMetal(conductivity=2, spin_diffusion_length=0.5**0.5, diffusivity=0.5),
    ...                          thickness=1, plate=HalfMetal(conductivity=10), plate_thickness=1)
    >>> found = solve_static(valve)
    >>> abs(found.resistance / 1.86136306973 - 1) < 2 * found.mesh_error < 2e-5
    True
    """
    if not isinstance(valve, SpinValve):
        raise must_be("valve", "a SpinValve", valve)
    V = real("voltage", voltage, "a finite number in V")
    if not math.isfinite(V):
        raise must_be("voltage", "a finite number in V", voltage)
    operators = Operators.of(valve)
    w, G = _conductance(operators)
    error = math.nan
    if estimate:
        finer = _conductance(Operators.of(valve, 2))[1]
        error = 4 / 3 * abs(finer - G) / G if G > 0 else 0.0
    heats = {"ohmic": operators.layers.heat(w), "contact": operators.contacts.heat(w),
             "leak": float(w @ (operators.relaxation @ w))}  # fmt: skip
    heats = {name: heat * V * V for name, heat in heats.items()}
    return StaticSolution(valve=valve, mesh=operators.mesh, voltage=V, potentials=operators.mesh.values(w * V),
                          conductance=G, mesh_error=error, heats=heats)  # fmt: skip


def resistance(valve: SpinValve) -> float:
    """Direct-current resistance by finite elements, ohm; infinite if nothing leaks. See `solve_static`."""
    return solve_static(valve, estimate=False).resistance


def impedance(valve: SpinValve, frequency: ArrayLike) -> NDArray[np.complex128]:
    """Z(f) between the reservoirs by finite elements, ohm; time dependence exp(i omega t).

    Parameters
    ----------
    frequency : array_like
        Hz, >= 0, any shape. At 0 it is the resistance, infinite if nothing leaks.

    Examples
    --------
    >>> from fespin.batteries.valve import half_metal_valve
    >>> from fespin import HalfMetal, NormalMetal
    >>> valve = half_metal_valve(NormalMetal(conductivity=2, diffusivity=0.5), thickness=1,
    ...                          plate=HalfMetal(conductivity=10), plate_thickness=1)
    >>> print(f"{impedance(valve, 3 / (2 * np.pi)):.5f}")
    0.86432-0.34965j
    """
    f = np.asarray(frequency, dtype=float)
    if not (np.isfinite(f).all() and (f >= 0).all()):
        raise must_be("frequency", "finite numbers >= 0 in Hz", frequency)
    operators = Operators.of(valve)
    out = np.empty(f.shape, dtype=complex)
    for place in np.ndindex(f.shape):
        omega = 2 * math.pi * float(f[place])
        if omega == 0:
            G = _conductance(operators)[1]
            out[place] = 1 / G if G > 0 else math.inf
        else:
            operators.refuse_floating(operators.static + operators.capacitance)
            out[place] = 1 / _response(operators, omega)[1]
    return out
