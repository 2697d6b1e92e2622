"""Closed forms of the ideal valve H | N | H and of partially polarised plates, per area.

All take the reduced description of `Spacer`: thickness d, conductivity s_N of both spins, spin capacitance c_q and
relaxation time tau of the splitting, with D = s_N/(4 c_q) and lambda = sqrt(D tau). Resistances are ohm m^2, currents
A/m^2. The paper (section 2 there) gives the equilibrium alone; these follow from channels that diffuse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from ...errors import InputError, must_be
from ...materials import HalfMetal
from ...network.checks import not_negative, positive, real
from .exact import coth_and_csch
from .layers import Layer
from .stack import SpinValve


@dataclass(frozen=True, kw_only=True)
class Spacer:
    """The normal layer between half-metal plates.

    Parameters
    ----------
    thickness : float
        d, m.
    conductivity : float
        s_N of both spins, S/m.
    spin_capacitance : float
        c_q = e^2 Pi_N/2 with Pi_N per spin, F/m^3.
    relaxation_time : float
        tau, s; inf allowed.
    plates : float
        Resistance of both plates together, 2 L_H/s_H, ohm m^2.

    Examples
    --------
    >>> spacer = Spacer(thickness=1, conductivity=2, spin_capacitance=1, relaxation_time=1, plates=0.2)
    >>> spacer.diffusivity, spacer.capacitance
    (0.5, 1)
    """

    thickness: float
    conductivity: float
    spin_capacitance: float
    relaxation_time: float = math.inf
    plates: float = 0.0

    def __post_init__(self) -> None:
        for key, unit in {"thickness": "m", "conductivity": "S/m", "spin_capacitance": "F/m^3"}.items():
            positive(f"Spacer.{key}", getattr(self, key), unit)
        positive("Spacer.relaxation_time", self.relaxation_time, "s", allow_inf=True)
        not_negative("Spacer.plates", self.plates, "ohm m^2")

    @classmethod
    def of(cls, valve: SpinValve) -> Spacer:
        """The spacer of a valve H | N | H with transparent interfaces.

        Raises
        ------
        InputError
            Another stack: it has no closed form here; `exact_admittance` and the finite elements take any.
        """
        kinds = [isinstance(layer.material, HalfMetal) for layer in valve.layers]
        if kinds != [True, False, True] or any(valve.interfaces) or valve.layers[1].magnetization is not None:
            raise InputError(f"{valve.name!r} must be half metal | normal metal | half metal with transparent contacts "
                             "for these closed forms; exact_admittance takes any stack")  # fmt: skip
        left, middle, right = valve.layers
        return cls(thickness=middle.thickness, conductivity=middle.material.conductivity,
                   spin_capacitance=middle.spin_capacitance, relaxation_time=middle.relaxation_time,
                   plates=_ohmic(left) + _ohmic(right))  # fmt: skip

    @property
    def diffusivity(self) -> float:
        """D = s_N/(4 c_q), m^2/s (Einstein's relation s_N = 2 e^2 Pi_N D)."""
        return self.conductivity / (4 * self.spin_capacitance)

    @property
    def spin_diffusion_length(self) -> float:
        """Square root of D tau, m."""
        return math.sqrt(self.diffusivity * self.relaxation_time)

    @property
    def capacitance(self) -> float:
        """C = c_q d, F/m^2: e^2 Pi_N d/2, the prefactor that eq 6 of the paper leaves open."""
        return self.spin_capacitance * self.thickness

    @property
    def leak(self) -> float:
        """C/tau, S/m^2: the conductance of a locked valve much thinner than lambda."""
        return self.capacitance / self.relaxation_time

    @property
    def window(self) -> tuple[float, float]:
        """1/tau and 4 D/d^2, rad/s: the valve is a capacitor at frequencies far above the one and below the other.

        The paper names the first bound alone; if d is not far below 2 lambda there is no such frequency.
        """
        return 1 / self.relaxation_time, 4 * self.diffusivity / self.thickness**2


def _ohmic(layer: Layer) -> float:
    return layer.thickness / layer.material.conductivity


def impedance_of(
    spacer: Spacer, omega: ArrayLike = 0.0, *, configuration: Literal["locked", "parallel"] = "locked"
) -> NDArray[np.complex128]:
    """Z(omega), ohm m^2; X = (d/2) sqrt((1/tau + i omega)/D).

    Locked: plates + d/s_N + X coth X/(C (1/tau + i omega)), with (2 lambda/s_N) coth(d/2 lambda) at omega = 0.
    Parallel: plates + (d/s_N)(1 + tanh X/X).

    Raises
    ------
    InputError
        Direct current without relaxation: a locked valve carries none, in a parallel one a potential floats.

    Examples
    --------
    >>> spacer = Spacer(thickness=1, conductivity=2, spin_capacitance=1, relaxation_time=1, plates=0.2)
    >>> print(f"{impedance_of(spacer, 3.0):.12f}")
    0.959347421507-0.314903583969j
    """
    k = 1 / spacer.relaxation_time + 1j * np.asarray(omega, dtype=float)
    if np.any(k == 0):
        raise must_be("omega", "positive without spin relaxation", omega, "direct current needs a finite tau")
    X = spacer.thickness / 2 * np.sqrt(k / spacer.diffusivity)
    coth, _ = coth_and_csch(X)  # X coth X
    ohmic = spacer.thickness / spacer.conductivity
    if configuration == "parallel":
        return np.asarray(spacer.plates + ohmic * (1 + 1 / coth), dtype=complex)
    return np.asarray(spacer.plates + ohmic + coth / (spacer.capacitance * k), dtype=complex)


def low_frequency(spacer: Spacer, omega: ArrayLike) -> NDArray[np.complex128]:
    """Z of the leaky capacitor that a locked valve is far below 4 D/d^2: plates + 4d/(3 s_N) + 1/(C(1/tau + i omega)).

    Examples
    --------
    >>> spacer = Spacer(thickness=1, conductivity=2, spin_capacitance=1, relaxation_time=100, plates=0.2)
    >>> print(f"{low_frequency(spacer, 0.1) - impedance_of(spacer, 0.1):.4f}")
    0.0001+0.0006j
    """
    k = 1 / spacer.relaxation_time + 1j * np.asarray(omega, dtype=float)
    return np.asarray(series_resistance(spacer) + 1 / (spacer.capacitance * k), dtype=complex)


def series_resistance(spacer: Spacer) -> float:
    """Plates + 4d/(3 s_N), ohm m^2: what is in series with the capacitor."""
    return spacer.plates + 4 * spacer.thickness / (3 * spacer.conductivity)


def polarised_resistance(
    spacer: Spacer,
    *,
    polarization: float,
    conductivity: float,
    spin_diffusion_length: float,
    length: float,
    configuration: Literal["locked", "parallel"] = "locked",
) -> float:
    """R of ferromagnetic plates of finite length between reservoirs without splitting, ohm m^2.

    R = 2 L_F/s_F + d/s_N + beta^2/(T/R_N + 1/R_F), R_N = 2 lambda_N/s_N, 1/R_F = s_F (1 - beta^2) coth(L_F/lambda_F)/
    (2 lambda_F), T = tanh(d/2 lambda_N) antiparallel, coth parallel. `spacer.plates` is not used.

    Parameters
    ----------
    polarization, conductivity, spin_diffusion_length, length : float
        beta, s_F in S/m, lambda_F and L_F in m, of one plate.

    Examples
    --------
    >>> spacer = Spacer(thickness=1, conductivity=2, spin_capacitance=1, relaxation_time=1)
    >>> R = polarised_resistance(spacer, polarization=0.5, conductivity=3, spin_diffusion_length=0.4, length=0.3)
    >>> round(R, 12)
    0.747266553215
    """
    beta = real("polarization", polarization, "between -1 and 1")
    if not abs(beta) < 1:
        raise must_be("polarization", "between -1 and 1, both excluded; half metals have impedance_of", polarization)
    s_F, lam_F, L_F = conductivity, spin_diffusion_length, length
    lam_N = spacer.spin_diffusion_length
    T = math.tanh(spacer.thickness / (2 * lam_N))
    if configuration == "parallel":
        T = 1 / T
    R_N = 2 * lam_N / spacer.conductivity
    G_F = s_F * (1 - beta**2) / (2 * lam_F * math.tanh(L_F / lam_F))
    return 2 * L_F / s_F + spacer.thickness / spacer.conductivity + beta**2 / (T / R_N + G_F)


def decay_rates(spacer: Spacer, external: float = 0.0, *, count: int = 40) -> NDArray[np.float64]:
    """Rates s_n = -1/tau - 4 D q_n^2/d^2 of a locked valve whose reservoirs are joined by `external` ohm m^2, 1/s.

    q tan q = d/(s_N R0), R0 = d/s_N + plates + external; q_n between n pi and n pi + pi/2.

    Examples
    --------
    >>> spacer = Spacer(thickness=1, conductivity=2, spin_capacitance=1, plates=0.2)
    >>> [round(v, 8) for v in decay_rates(spacer, 0.5, count=2).tolist()]
    [-0.72946624, -21.36477723]
    """
    q = decay_numbers(spacer, external, count=count)
    return -1 / spacer.relaxation_time - 4 * spacer.diffusivity * q**2 / spacer.thickness**2


def decay_numbers(spacer: Spacer, external: float = 0.0, *, count: int = 40) -> NDArray[np.float64]:
    """Roots q_0 ... of q tan q = d/(s_N R0), (count,)."""
    ohmic = spacer.thickness / spacer.conductivity
    ratio = ohmic / (ohmic + spacer.plates + not_negative("external", external, "ohm m^2"))
    return np.array([
        brentq(lambda x, n=n: (n * math.pi + x) * math.sin(x) - ratio * math.cos(x), 0.0, math.pi / 2, xtol=1e-16)
        + n * math.pi
        for n in range(count)
    ])  # fmt: skip


def step_current(
    spacer: Spacer, time: ArrayLike, *, voltage: float = 1.0, external: float = 0.0, count: int = 400
) -> NDArray[np.float64]:
    """Current after a voltage step at t = 0 on a locked valve at rest, A/m^2.

    j = V/Z(0) + V sum exp(s_n t)/(s_n Z'(s_n)), Z' = -(d^3/(8 D s_N q^2))(1/sin^2 q + cot q/q); j(0+) = V/R0.

    Parameters
    ----------
    time : array_like
        s, positive; the sum converges like exp(-4 pi^2 n^2 D t/d^2).
    external : float
        Resistance outside the stack, ohm m^2.

    Examples
    --------
    >>> spacer = Spacer(thickness=1, conductivity=2, spin_capacitance=1, plates=0.2)
    >>> [round(v, 11) for v in step_current(spacer, [0.1, 1.0], external=0.5).tolist()]
    [0.68328234903, 0.3506113878]
    """
    t = np.asarray(time, dtype=float)
    if not (np.isfinite(t).all() and (t > 0).all()):
        raise must_be("time", "positive numbers in s", time, "at 0+ the current is V/R0")
    q = decay_numbers(spacer, external, count=count)
    s = decay_rates(spacer, external, count=count)
    slope = _mode_slopes(spacer, q)
    steady = 0.0 if math.isinf(spacer.relaxation_time) else 1 / (impedance_of(spacer).real + external)
    with np.errstate(under="ignore"):
        modes = np.exp(t[..., None] * s) / (s * slope)
    return np.asarray(voltage * (steady + modes.sum(-1)))


def _mode_slopes(spacer: Spacer, q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Z' at the zeros of Z + external: -(d^3/(8 D s_N q^2))(1/sin^2 q + cot q/q)."""
    scale = spacer.thickness**3 / (8 * spacer.diffusivity * spacer.conductivity)
    return -scale / q**2 * (1 / np.sin(q) ** 2 + 1 / (q * np.tan(q)))


def load_share(spacer: Spacer, load: float, *, rest: float = 0.0) -> float:
    """Share of the stored energy that a load gets in a slow discharge: (R_L/R)/(1 + R C/tau).

    Parameters
    ----------
    load : float
        R_L, ohm m^2.
    rest : float
        Other resistance outside the stack; R = load + rest + plates + 4d/(3 s_N). Lumped: right to a few times
        1e-3 where the discharge takes several d^2/D.

    Examples
    --------
    >>> spacer = Spacer(thickness=1, conductivity=2, spin_capacitance=1, relaxation_time=50, plates=0.2)
    >>> round(load_share(spacer, 0.3, rest=0.2), 12)
    0.213671831722
    """
    R = positive("load", load, "ohm m^2") + not_negative("rest", rest, "ohm m^2") + series_resistance(spacer)
    return load / R / (1 + R * spacer.leak)


def discharge_share(spacer: Spacer, load: float, *, rest: float = 0.0, count: int = 400) -> float:
    """The same exactly, from a uniform splitting: diffusion included, to what `count` modes leave out (1e-9).

    A uniform splitting that relaxes is exp(-t/tau) times one that does not, so the current is that of a voltage step
    without relaxation times -exp(-t/tau): with its modes A_n exp(s_n t) the load gets
    R_L sum A_n A_m/(2/tau - s_n - s_m).

    Examples
    --------
    >>> spacer = Spacer(thickness=1, conductivity=2, spin_capacitance=1, relaxation_time=50, plates=0.2)
    >>> round(discharge_share(spacer, 0.3, rest=0.2), 8)
    0.21439819
    """
    outside = positive("load", load, "ohm m^2") + not_negative("rest", rest, "ohm m^2")
    lasting = replace(spacer, relaxation_time=math.inf)
    q, s = decay_numbers(lasting, outside, count=count), decay_rates(lasting, outside, count=count)
    A = 1 / (s * _mode_slopes(lasting, q))
    heat = load * float((np.outer(A, A) / (2 / spacer.relaxation_time - s[:, None] - s)).sum())
    return heat / (spacer.capacitance / 2)


def best_load(spacer: Spacer, *, rest: float = 0.0) -> float:
    """The load of the largest share, sqrt(R_rest (R_rest + tau/C)), ohm m^2; infinite without relaxation."""
    R = rest + series_resistance(spacer)
    return math.sqrt(R * (R + 1 / spacer.leak)) if spacer.leak > 0 else math.inf
