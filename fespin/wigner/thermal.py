"""One chain at T > 0 with the interaction of nearest particles: exact in both ensembles.

The gaps l between neighbours are independent with weights exp(-(U(l) + P l)/T). That is the sum of eqs 18-21 of the
paper, isothermal and *isobaric*: what is called mu there is the pressure P. The chemical potential is the Gibbs energy
per particle, mu = -T ln sum_l exp(-(U(l) + P l)/T), and c = 1/<l>, d mu/dP = 1/c.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, inf, log
from typing import Any

import numpy as np
from scipy.optimize import brentq

from ..errors import InputError, must_be
from ..network.checks import real
from .crystal import as_filling
from .potential import as_potential
from .variable import check_variable

MOST_GAPS = 5 * 10**7  # terms of a sum over gaps; below c of about 1e-6 more would be needed
_CHUNK = 2**18
_EXTREME = 1e-100  # what lies outside it or its inverse would overflow
_REACH = 45.0  # exp(-45) is below rounding


@dataclass(frozen=True, slots=True)
class ThermalState:
    """A chain in equilibrium. Energies in E0, pressure in E0/a; entropy, energy and gap are per particle.

    `dc_dmu` and `dc_dpressure` are the responses c^3 var(l)/T and c^2 var(l)/T.
    """

    temperature: float
    pressure: float
    mu: float
    filling: float
    energy: float
    entropy: float
    dc_dmu: float
    dc_dpressure: float

    @property
    def free_energy_per_site(self) -> float:
        """f = mu c - P, whose slope is mu(c)."""
        return self.mu * self.filling - self.pressure


def check_temperature(T: Any) -> float:
    """A positive finite temperature in E0/k_B."""
    T = real("temperature", T, "a positive number in E0/k_B")
    if not T > 0:
        raise must_be("temperature", "positive: T must be positive; use the T = 0 staircase", T)
    if not _EXTREME < T < 1 / _EXTREME:
        raise must_be("temperature", f"between {_EXTREME:g} and {1 / _EXTREME:g} E0/k_B", T)
    return T


class ThermalChain:
    """Chain at temperature T; solves for the pressure at given mu or filling.

    Parameters
    ----------
    temperature : float
        In E0/k_B, positive.
    potential : Potential, float or callable
        A number alpha stands for l^-alpha.

    Raises
    ------
    InputError
        T <= 0; P <= 0 where the pressure is given; so dilute that more than `MOST_GAPS` terms would be needed.

    Examples
    --------
    >>> chain = ThermalChain(0.05)
    >>> state = chain.at(1.0)
    >>> f"{state.filling:.12f} {state.pressure:.12f}"
    '0.497946915635 0.375234456064'
    >>> f"{chain.at(0.1, variable='pressure').mu:.12f}"
    '0.378789713647'
    """

    def __init__(self, temperature: float, potential: Any = 2.0) -> None:
        self.temperature = check_temperature(temperature)
        self.potential = as_potential(potential)
        self._some = 2.0 ** np.arange(
            27
        )  # gaps among which the cheapest is within a factor of two of the cheapest of all
        self._some_energies = self.potential(self._some)
        self._energies = np.empty(0)
        ends = log(self.temperature) - 50, log(max(self.temperature, 1.0)) + 50
        self._lowest = exp(brentq(lambda x: log(self._count(exp(x)) / MOST_GAPS), *ends)) * (1 + 1e-9)

    def __repr__(self) -> str:
        return f"<ThermalChain of {self.potential} at T = {self.temperature:g} E0/k_B>"

    def at(self, x: float, *, variable: str = "mu") -> ThermalState:
        """State at a chemical potential (any real number) or a pressure (positive)."""
        x = real("ThermalChain.at", x, f"a {check_variable(variable)}")
        if variable == "pressure":
            return self._at_pressure(x)
        return self._at_pressure(self._solve(lambda P: self._at_pressure(P).mu - x, self._guess(x), f"mu = {x:g}"))

    def at_filling(self, c: Any) -> ThermalState:
        """State at a filling 0 < c < 1; c may be a fraction such as '1/2'."""
        c = float(as_filling(c))
        if not 0 < c < 1:
            raise must_be("filling", "between 0 and 1 at T > 0", c, "mu is infinite in the empty and the full chain")
        guess = max(self.temperature * c, float(self.potential(np.array([1 / c]))[0]))
        return self._at_pressure(self._solve(lambda P: self._excess(P, 1 / c), guess, f"c = {c:g}"))

    def filling(self, x: Any, *, variable: str = "mu") -> np.ndarray:
        """c at given chemical potentials or pressures; same shape as `x`."""
        return _map(lambda one: self.at(one, variable=variable).filling, x)

    def chemical_potential(self, c: Any) -> np.ndarray:
        """mu at given fillings; same shape as `c`.

        Examples
        --------
        >>> mu = ThermalChain(0.05).chemical_potential([0.4, 0.6])
        >>> f"{mu[1] - mu[0]:.8f}"
        '1.12873141'
        """
        return _map(lambda one: self.at_filling(one).mu, c)

    def pressure(self, c: Any) -> np.ndarray:
        """P at given fillings; same shape as `c`."""
        return _map(lambda one: self.at_filling(one).pressure, c)

    def _at_pressure(self, P: float) -> ThermalState:
        T = self.temperature
        shift, (Z, dl, dl2, U), origin = self._moments(P)
        mean, gap = dl / Z, origin + dl / Z
        variance = max(dl2 / Z - mean**2, 0.0)
        mu, energy = shift - T * log(Z), U / Z
        entropy = (energy + P * gap - mu) / T
        numbers = (T, P, mu, 1 / gap, energy, entropy, variance / gap**3 / T, variance / gap**2 / T)
        return ThermalState(*map(float, numbers))

    def _count(self, P: float) -> float:
        """Gaps whose weights are not below rounding: an upper bound of (45 T + min_l [U(l) + P l])/P."""
        return (_REACH * self.temperature + float((self._some_energies + P * self._some).min())) / P

    def _moments(self, P: float) -> tuple[float, np.ndarray, int]:
        """Smallest exponent U + P l, and sums of 1, (l - l0), (l - l0)^2, U times the weights; l0 the likeliest gap."""
        origin, shift = 1, inf
        for l, U in self._gaps(P):  # noqa: E741 the symbol of the paper
            cost = U + P * l
            k = int(cost.argmin())
            if cost[k] < shift:
                origin, shift = int(l[k]), float(cost[k])
        total = np.zeros(4)
        for l, U in self._gaps(P):  # noqa: E741
            w, d = np.exp((shift - U - P * l) / self.temperature), l - origin
            total += w.sum(), w @ d, w @ (d * d), w @ U
        return shift, total, origin

    def _excess(self, P: float, gap: float) -> float:
        """ln of sum (gap - l) over smaller gaps by sum (l - gap) over larger ones: 0 at <l> = gap, no cancellation."""
        T, sums = self.temperature, [-inf, -inf]
        for l, U in self._gaps(P, least=ceil(gap) + 2):  # noqa: E741
            for side, lever in enumerate((gap - l, l - gap)):
                keep = lever > 0
                if keep.any():
                    x = np.log(lever[keep]) - (U[keep] + P * l[keep]) / T
                    sums[side] = float(np.logaddexp(sums[side], x.max() + log(np.exp(x - x.max()).sum())))
        return sums[0] - sums[1]

    def _gaps(self, P: float, least: int = 4) -> Any:
        """Blocks of gaps l and U(l), to where the weights are below rounding."""
        if not P > 0:
            raise must_be("pressure", "positive: the sum over gaps diverges at P <= 0", P, "use variable='mu'")
        if self._lowest > P:
            raise InputError(
                f"pressure must be at least {self._lowest:.3g} at T = {self.temperature:g}, got {P:g}; below it more "
                f"than {MOST_GAPS:.0e} gaps would have to be summed"
            )
        count = ceil(self._count(P)) + least
        for start in range(1, count + 1, _CHUNK):
            l = np.arange(start, min(start + _CHUNK, count + 1), dtype=float)  # noqa: E741
            yield l, self._energy(l)

    def _energy(self, l: np.ndarray) -> np.ndarray:  # noqa: E741
        """U, kept for the first block: solving asks for it again and again."""
        if l[0] != 1:
            return self.potential(l)
        if len(self._energies) < len(l):
            self._energies = self.potential(l)
        return self._energies[: len(l)]

    def _guess(self, mu: float) -> float:
        T = self.temperature
        return T * exp(max(mu / T, -700.0)) if mu <= 0 else max(T, mu / 2)

    def _solve(self, residual: Callable[[float], float], guess: float, what: str) -> float:
        """Pressure where a growing function vanishes, in ln P: both ends are moved out until they hold it."""
        low = high = min(max(guess, self._lowest), 1 / _EXTREME)
        while residual(low) > 0:
            if low == self._lowest:
                limit = self._at_pressure(self._lowest).filling
                raise InputError(f"{what} is too dilute at T = {self.temperature:g}: below a filling of {limit:.1e} "
                                 f"more than {MOST_GAPS:.0e} gaps would have to be summed")  # fmt: skip
            low, high = max(low / 8, self._lowest), low
        while residual(high) < 0:
            low, high = high, high * 8
            if high > 8 / _EXTREME:
                raise must_be("ThermalChain", f"asked for pressures below {1 / _EXTREME:g} E0/a", what)
        if low == high:
            return low
        return exp(brentq(lambda x: residual(exp(x)), log(low), log(high), xtol=1e-15, rtol=1e-15, maxiter=500))


def _map(function: Callable[[float], float], x: Any) -> np.ndarray:
    values = np.asarray(x)
    return np.array([function(one) for one in values.ravel()], float).reshape(values.shape)


def nearest_step(gap: int, *, variable: str = "mu", potential: Any = 2.0) -> tuple[float, float]:
    """Edges of the step c = 1/l of the chain of nearest-particle interaction at T = 0.

    U(l) - U(l+1) < P < U(l-1) - U(l), and mu = U(l) + P l; the full chain (l = 1) has no upper edge.

    Examples
    --------
    >>> low, high = nearest_step(2, variable="pressure")
    >>> f"{high - low:.5f}"  # visible for T < 0.61111/9
    '0.61111'
    """
    if isinstance(gap, bool) or not isinstance(gap, (int, np.integer)) or gap < 1:
        raise must_be("gap", "a whole number of lattice constants, at least 1", gap)
    check_variable(variable)
    near, mid, far = (float(u) for u in as_potential(potential)(np.array([max(gap - 1, 1), gap, gap + 1])))
    low, high = mid - far, near - mid if gap > 1 else inf
    return (low, high) if variable == "pressure" else (mid + gap * low, mid + gap * high)
