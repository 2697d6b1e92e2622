"""Ladders of any length: a configuration and a rigorous interval [lower, upper] for the lowest E - mu.N.

The lower bound minimises exactly, by a transfer matrix, what `split` puts below the energy for a density rho; moving
rho towards the minimiser raises it. The upper bound is the full energy of that minimiser, polished and shaken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import must_be
from .ladder import Ladder
from .pace import Pace
from .phases import polarization_of
from .polish import polish, shake, value
from .split import split
from .thermal import check_temperature
from .transfer import Transfer, check_reach

_ROUNDING = 1e-13  # of the sums of absolute energies: lower bounds stay below, upper ones above
_START = 0.3  # density to begin with


@dataclass(frozen=True, eq=False)
class Bounds:
    """Rigorous bounds of the lowest E - sum mu N of a ladder, in E0, and the best state found, which has `upper`.

    Parameters
    ----------
    ladder : Ladder
    mu, delta_eta : float
    lower, upper : float
    occupations : ndarray of int, shape (n, L)
    reach, iterations : int
        Rungs kept by the transfer matrix; densities tried.
    """

    ladder: Ladder
    mu: float
    delta_eta: float
    lower: float
    upper: float
    occupations: np.ndarray
    reach: int
    iterations: int

    @property
    def up(self) -> int:
        """Particles in even chains."""
        return int(self.occupations[::2].sum())

    @property
    def down(self) -> int:
        """Particles in odd chains."""
        return int(self.occupations[1::2].sum())

    @property
    def polarization(self) -> float:
        """m of the best state found."""
        return float(polarization_of(self.up, self.down))

    @property
    def gap(self) -> float:
        """upper - lower."""
        return self.upper - self.lower

    @property
    def gap_per_site(self) -> float:
        """Gap over the number of sites."""
        return self.gap / self.occupations.size


def bounds(
    ladder: Ladder,
    *,
    mu: float,
    delta_eta: float = 0.0,
    reach: int | None = None,
    iterations: int = 8,
    kicks: int = 100,
) -> Bounds:
    """Best state and certified interval of the lowest E - sum mu N of a ladder of any length and number of chains.

    Parameters
    ----------
    ladder : Ladder
        Of l^-alpha.
    mu, delta_eta : float
        In E0.
    reach : int, optional
        Rungs R that the transfer matrix keeps, at most L - 1 ((L - 1)/2 in closed ladders): (2^n)^R states, that many
        squared in closed ladders, and as many bytes per rung. By default 8 for two open chains, 4 for closed ones.
    iterations : int
        Densities tried.
    kicks : int
        Shakes of the best state, each followed by another descent; they lower `upper` only.

    Raises
    ------
    InputError
        R or the number of iterations is out of range; another potential than l^-alpha.

    Examples
    --------
    >>> found = bounds(Ladder(length=24), mu=1.5, delta_eta=0.1)
    >>> (found.up, found.down), f"{found.upper:.9f}", bool(found.gap < 0.006)
    ((9, 8), '-16.119230118', True)
    """
    reach = check_reach(reach, ladder.length, ladder.chains, closed=ladder.closed)
    for name, number, least in (("iterations", iterations, 1), ("kicks", kicks, 0)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
            raise must_be(name, f"a whole number, at least {least}", number)
    mus = np.repeat(ladder.potentials(mu, delta_eta), ladder.length)
    U = ladder.interaction()
    gain = mus - ladder.self_energy
    parts = split(ladder, reach)
    transfer = Transfer(parts)
    rho, pace = np.full(len(U), _START), Pace()
    lower, upper, best = -np.inf, np.inf, np.zeros(len(U))
    for k in range(iterations):
        pull = parts.long @ rho
        energy, n = transfer.minimise(pull - parts.surplus - mus)
        lower = max(lower, energy - rho @ pull / 2 - _ROUNDING * (np.abs(pull + mus).sum() + U.sum()))
        polished = polish(U, gain, n)
        if (found := value(U, gain, polished)) < upper:
            upper, best = found, polished
        pace.tell("bounds: density %d of %d, gap %.2g E0", k + 1, iterations, upper - lower)
        rho = rho + 2 / (k + 3) * (n - rho)
    best = shake(ladder, U, gain, best, kicks, pace)
    upper = value(U, gain, best) + _ROUNDING * (np.abs(gain) @ best + best @ U @ best)
    state = best.reshape(ladder.chains, ladder.length).astype(int)
    return Bounds(ladder, float(mu), float(delta_eta), float(lower), float(upper), state, reach, iterations)


@dataclass(frozen=True, eq=False)
class ThermalBound:
    """Rigorous lower bound of the grand potential Omega(T) in E0, and the mean occupations (n, L) of its model.

    The means are an estimate (errors of a few hundredths of a particle per chain); only `grand_potential` is a bound.
    `upper` is the energy of the best state: Omega is below it at any T.
    """

    temperature: float
    grand_potential: float
    upper: float
    occupations: np.ndarray


def thermal_bound(
    ladder: Ladder, temperature: float, *, mu: float, delta_eta: float = 0.0, reach: int | None = 6, iterations: int = 8
) -> ThermalBound:
    """Lower bound of Omega of an open ladder: the same split with -T ln sum exp in place of the minimum.

    Parameters
    ----------
    temperature : float
        In E0/k_B, positive.
    others
        As in `bounds`.

    Raises
    ------
    InputError
        T <= 0; a closed ladder (use `exact_table`); as in `bounds`.

    Examples
    --------
    >>> found = thermal_bound(Ladder(length=10), 0.1, mu=1.0, reach=4)
    >>> found.grand_potential < found.upper
    True
    """
    T = check_temperature(temperature)
    reach = check_reach(reach, ladder.length, ladder.chains, closed=ladder.closed)
    ground = bounds(ladder, mu=mu, delta_eta=delta_eta, reach=reach, iterations=iterations)
    mus = np.repeat(ladder.potentials(mu, delta_eta), ladder.length)
    parts = split(ladder, reach)
    transfer = Transfer(parts)
    rho, pace = ground.occupations.ravel().astype(float), Pace()
    best, means = -np.inf, rho
    for k in range(iterations):
        pull = parts.long @ rho
        energy, n = transfer.free_energy(pull - parts.surplus - mus, T)
        low = energy - rho @ pull / 2 - _ROUNDING * (np.abs(pull + mus).sum() + parts.long.sum() + T * len(rho))
        if low > best:
            best, means = low, n
        pace.tell("bounds at T = %g: density %d of %d", T, k + 1, iterations)
        rho = rho + 2 / (k + 3) * (n - rho)
    return ThermalBound(T, float(best), ground.upper, means.reshape(ladder.chains, ladder.length))
