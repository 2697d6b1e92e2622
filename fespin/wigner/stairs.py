"""The complete staircase of one chain at T = 0: all steps p/q up to a largest q, the gaps between them certified."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import must_be
from ..network.checks import real
from .crystal import Step, as_filling, check_fraction, step
from .pace import Pace
from .potential import Potential, as_potential
from .variable import check_variable

_ULPS = 4 * np.finfo(float).eps  # a float this near to p/q stands for p/q: 0.1 + 0.2 is 3/10
Q_LARGEST = 5000  # of single fillings
_Q_TABLE = 1000  # of all steps together: 3e5 of them


@dataclass(frozen=True, eq=False)
class Staircase:
    """All steps with q <= q_max, in the order of their filling; n of them with the empty and the full chain.

    Between two neighbours lie all steps of larger q, in a gap of mu (and of pressure) that is known: what is asked for
    there comes as a lower and an upper bound.

    Parameters
    ----------
    potential : Potential
    q_max : int
    p, q : ndarray of int, shape (n,)
    energy_per_particle, mu_low, mu_high, pressure_low, pressure_high : ndarray, shape (n,)
        In E0 and E0/a.
    """

    potential: Potential
    q_max: int
    p: np.ndarray
    q: np.ndarray
    energy_per_particle: np.ndarray
    mu_low: np.ndarray
    mu_high: np.ndarray
    pressure_low: np.ndarray
    pressure_high: np.ndarray

    def __len__(self) -> int:
        return len(self.p)

    def __repr__(self) -> str:
        gap = self.missing("mu")
        return f"<Staircase of {self.potential}: {len(self)} steps, q <= {self.q_max}, {gap:.2g} E0 of mu between them>"

    def __getitem__(self, index: int) -> Step:
        rows = (self.energy_per_particle, self.mu_low, self.mu_high, self.pressure_low, self.pressure_high)
        return Step(Fraction(int(self.p[index]), int(self.q[index])), *(float(row[index]) for row in rows))

    @property
    def filling(self) -> np.ndarray:
        """p/q, shape (n,)."""
        return self.p / self.q

    @property
    def energy_per_site(self) -> np.ndarray:
        """e(p/q), shape (n,)."""
        return self.filling * self.energy_per_particle

    def edges(self, variable: str = "mu") -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper edges in ``"mu"`` or ``"pressure"``, each of shape (n,)."""
        if check_variable(variable) == "mu":
            return self.mu_low, self.mu_high
        return self.pressure_low, self.pressure_high

    def missing(self, variable: str = "mu") -> float:
        """Range of the variable between the steps, where q > q_max: 2 sum U (mu) or sum U (pressure) less their widths.

        For U = l^-2 it falls as 36 zeta(3)/(pi^2 q_max), of pi^2/3 in all.
        """
        low, high = self.edges(variable)
        return float(low[-1] - high[0] - (high[1:-1] - low[1:-1]).sum())

    def filling_at(self, x: Any, variable: str = "mu") -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bound of the filling at given mu or pressure; equal on every step.

        Parameters
        ----------
        x : array_like
        variable : str
            ``"mu"`` or ``"pressure"``.

        Returns
        -------
        ndarray, ndarray
            Same shape as `x`.

        Examples
        --------
        >>> low, high = staircase(20).filling_at([0.5, 1.0])
        >>> (low == high).tolist(), low.tolist()
        ([True, True], [0.3333333333333333, 0.5])
        """
        x = _numbers("Staircase.filling_at", x, f"a {variable} in reduced units")
        low, high = self.edges(variable)
        below = np.maximum(np.searchsorted(low, x, side="right") - 1, 0)
        above = np.where(x <= high[below], below, np.minimum(below + 1, len(self) - 1))
        return self.filling[below], self.filling[above]

    def edges_at(self, c: Any, variable: str = "mu") -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper edge of mu(c) or of the pressure P(c), vectorised over fillings.

        On a step both differ by its width. Between steps of q <= q_max they bound the value (or the step of larger q)
        that is there; their distance is the error. Floats within rounding of p/q stand for it. For the exact edges of
        a fraction of any q use `step`.

        Examples
        --------
        >>> low, high = staircase(50).edges_at([0.5, 0.3333333333333333])
        >>> [f"{x:.6f}" for x in (*low, *high)]
        ['0.951787', '0.452897', '2.338081', '0.770207']
        """
        below, above = self._neighbours("Staircase.edges_at", c)
        low, high = self.edges(variable)
        on = below == above
        return np.where(on, low[below], high[below]), np.where(on, high[below], low[above])

    def energy_at(self, c: Any) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bound of the energy per site e(c): tangents and chord of a convex function.

        Examples
        --------
        >>> low, high = staircase(50).energy_at([0.5, 1 / 2**0.5])
        >>> float(low[0]) == float(high[0]), float(high[1] - low[1]) < 1e-6
        (True, True)
        """
        below, above = self._neighbours("Staircase.energy_at", c)
        c = np.asarray(c, float)
        x, e = self.filling, self.energy_per_site
        on = below == above
        span = np.where(on, 1, x[above] - x[below])
        share = np.where(on, 0, (c - x[below]) / span)
        chord = e[below] + share * (e[above] - e[below])
        with np.errstate(invalid="ignore"):  # infinite edges of the empty and full chain times zero
            left = e[below] + np.where(on, 0, self.mu_high[below] * (c - x[below]))
            right = e[above] - np.where(on, 0, self.mu_low[above] * (x[above] - c))
        return np.minimum(np.maximum(left, right), chord), chord

    def _neighbours(self, where: str, c: Any) -> tuple[np.ndarray, np.ndarray]:
        c = _numbers(where, c, "a filling from 0 to 1")
        if ((c < 0) | (c > 1)).any():
            raise must_be(where, "from 0 (empty) to 1 (full)", float(c[(c < 0) | (c > 1)][0]))
        x = self.filling
        below = np.searchsorted(x, c * (1 + _ULPS), side="right") - 1
        return below, np.where(np.abs(c - x[below]) <= _ULPS * c, below, np.minimum(below + 1, len(x) - 1))


def _numbers(where: str, x: Any, rule: str) -> np.ndarray:
    try:
        out = np.asarray(x, float)
    except (TypeError, ValueError):
        raise must_be(where, rule, x) from None
    if np.isnan(out).any():
        raise must_be(where, rule, x)
    return out


def check_q_max(q_max: Any, largest: int = Q_LARGEST) -> int:
    """A whole number from 1 to `largest`."""
    if isinstance(q_max, bool) or not isinstance(q_max, (int, np.integer)) or not 1 <= q_max <= largest:
        raise must_be("q_max", f"a whole number from 1 to {largest}", q_max)
    return int(q_max)


def staircase(q_max: int = 60, *, potential: Any = 2.0) -> Staircase:
    """All steps p/q with q <= q_max, O(q_max^3) operations on arrays and O(q_max^2) special functions.

    Parameters
    ----------
    q_max : int
        Largest period; about 0.3 q_max^2 steps.
    potential : Potential, float or callable
        A number alpha stands for l^-alpha.

    Raises
    ------
    InputError
        q_max < 1 or > 1000; alpha <= 1; U not convex and decreasing.

    Examples
    --------
    >>> stairs = staircase(60)
    >>> len(stairs), f"{stairs.missing():.4f}"
    (1103, '0.0728')
    """
    q_max, U = check_q_max(q_max, _Q_TABLE), as_potential(potential)
    rows = [np.array([[0.0, 1, 0, -np.inf, 0, -np.inf, 0]]).T]
    total = U.total()
    rows.append(np.array([[1.0, 1, total, 2 * total, np.inf, total, np.inf]]).T)
    pace = Pace()
    for q in range(2, q_max + 1):
        pace.tell("staircase: q = %d of %d", q, q_max)
        p = np.arange(1, q)
        p = p[np.gcd(p, q) == 1]
        energy, pressure = U.crystals(p, q)
        rise = U.widths(np.array([q]))[0]
        mu = energy + pressure * q / p
        rows.append(np.array([p, np.full(len(p), q), energy, mu, mu + rise, pressure, pressure + rise * p / q]))
    table = np.concatenate(rows, axis=1)
    table = table[:, np.argsort(table[0] / table[1])]
    table.setflags(write=False)
    return Staircase(U, q_max, table[0].astype(int), table[1].astype(int), *table[2:])


@dataclass(frozen=True, slots=True)
class Filling:
    """Filling between two neighbouring fractions; they are equal if it is exact. `gap`: what lies between them, in
    the variable asked for."""

    low: Fraction
    high: Fraction
    gap: float

    @property
    def exact(self) -> bool:
        """Whether the chain is locked to one fraction."""
        return self.low == self.high


def filling(x: float, *, variable: str = "mu", potential: Any = 2.0, q_max: int = 1000) -> Filling:
    """Filling c of the infinite chain at one mu or pressure: descent of the Stern-Brocot tree.

    Parameters
    ----------
    x : float
        mu in E0 or pressure in E0/a.
    variable : str
        ``"mu"`` or ``"pressure"``.
    q_max : int
        Where the descent ends; what is left is a gap between neighbouring steps, of width O(q_max^-1-alpha).

    Examples
    --------
    >>> filling(1.0).low, filling(0.25, variable="pressure").low, filling(0.25, variable="pressure").exact
    (Fraction(1, 2), Fraction(3, 7), True)
    """
    x = real("filling", x, f"a {check_variable(variable)}")
    q_max, U = check_q_max(q_max), as_potential(potential)
    left, right = step(0, 1, potential=U), step(1, 1, potential=U)
    for end in (left, right):
        low, high = end.edges(variable)
        if low <= x <= high:
            return Filling(end.filling, end.filling, 0.0)
    while True:
        p = left.filling.numerator + right.filling.numerator
        q = left.filling.denominator + right.filling.denominator
        if q > q_max:
            return Filling(left.filling, right.filling, right.edges(variable)[0] - left.edges(variable)[1])
        middle = step(p, q, potential=U)
        low, high = middle.edges(variable)
        if low <= x <= high:
            return Filling(middle.filling, middle.filling, 0.0)
        left, right = (left, middle) if x < low else (middle, right)


def chemical_potential(c: Fraction | float | str, *, variable: str = "mu", potential: Any = 2.0,
                       q_max: int = 200) -> tuple[float, float]:  # fmt: skip
    """Lower and upper edge of mu(c) (or of the pressure) at T = 0.

    A fraction ('3/7', Fraction(3, 7)) or a float within rounding of one with q <= q_max gives the edges of its step,
    any other float the bounds set by its neighbours of q <= q_max.

    Examples
    --------
    >>> low, high = chemical_potential("1/2")
    >>> print(f"{high - low:.12f}")  # 2 ln 2
    1.386294361120
    """
    value = as_filling(c)
    if isinstance(value, Fraction):
        return step(*check_fraction(value.numerator, value.denominator), potential=potential).edges(variable)
    near = Fraction(value).limit_denominator(check_q_max(q_max))
    if abs(float(near) - value) <= _ULPS * value:
        return step(near.numerator, near.denominator, potential=potential).edges(variable)
    left, right = neighbours(value, q_max)
    U = as_potential(potential)
    ends = [step(one.numerator, one.denominator, potential=U).edges(variable) for one in (left, right)]
    return ends[0][1], ends[1][0]


def neighbours(c: float, q_max: int) -> tuple[Fraction, Fraction]:
    """The two neighbours of c in the Farey sequence of q_max, for c in (0, 1) and in none of them.

    Examples
    --------
    >>> neighbours(0.3, 5)
    (Fraction(1, 4), Fraction(1, 3))
    """
    exact = Fraction(c)
    near = exact.limit_denominator(q_max)
    # the neighbour on the other side solves a Bezout equation and has the largest denominator allowed
    p, q, up = near.numerator, near.denominator, near < exact
    inverse = pow(p, -1, q) if q > 1 else 0
    residue = -inverse % q if up else inverse % q  # q' = -p^-1 (right neighbour) or p^-1 (left) modulo q
    other = q_max - (q_max - residue) % q
    mate = Fraction((other * p + (1 if up else -1)) // q, other)
    return (near, mate) if up else (mate, near)
