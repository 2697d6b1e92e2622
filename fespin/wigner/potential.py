"""Repulsion between particles on a chain: l^-alpha with closed forms, or any convex decreasing function.

Energies are in units of E0 = e^2/(4 pi eps0 eps a), lengths in units of the lattice constant a (see `units`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from scipy.special import zeta

from ..errors import InputError, must_be
from ..network.checks import positive
from .zeta import even_zeta_series, progression, progression_difference

_STEEPEST = 100.0
_RULE = "Hubbard's ground state needs a convex decreasing U"


class Potential(Protocol):
    """What chains and ladders ask of a repulsion."""

    def __call__(self, r: Any) -> np.ndarray:
        """U at the distances r, in E0; same shape as `r`."""

    def total(self) -> float:
        """sum_{l>=1} U(l), the energy per particle of the full chain."""

    def crystals(self, p: np.ndarray, q: int) -> tuple[np.ndarray, np.ndarray]:
        """Energy per particle and lower edge in pressure of the crystals p/q, both of the shape (n,) of `p`."""

    def widths(self, q: np.ndarray) -> np.ndarray:
        """Widths in mu of the steps p/q, q >= 2, same shape as `q`."""


@dataclass(frozen=True)
class PowerLaw:
    """U(l) = l^-alpha: sums over the infinite chain in closed form.

    Parameters
    ----------
    alpha : float
        Positive; infinite chains need alpha > 1, finite ladders take any.

    Raises
    ------
    InputError
        alpha is not a positive number up to 100.

    Examples
    --------
    >>> float(PowerLaw(2)(3.0)) == 1 / 9
    True
    """

    alpha: float = 2.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", positive("PowerLaw.alpha", self.alpha, "powers of 1/l"))
        if self.alpha > _STEEPEST:
            raise must_be("PowerLaw.alpha", f"at most {_STEEPEST:g}", self.alpha,
                          "beyond it only nearest neighbours repel each other")  # fmt: skip

    def __call__(self, r: Any) -> np.ndarray:
        """U at the distances r > 0."""
        return np.asarray(r, float) ** -self.alpha

    def total(self) -> float:
        """zeta(alpha)."""
        self._summable()
        return float(zeta(self.alpha, 1.0))

    def crystals(self, p: np.ndarray, q: int) -> tuple[np.ndarray, np.ndarray]:
        """Energy per particle and lower pressure edge by Hurwitz zeta functions, O(q) of them for all p together."""
        self._summable()
        a = np.arange(1.0, q + 2)
        H = np.r_[0.0, progression(self.alpha, a, q)]  # H[a], a = 0 never asked for
        W = np.r_[0.0, progression_difference(self.alpha - 1, a, q)]
        p = np.asarray(p, np.int64)[:, None]
        s = np.arange(1, int(p.max()) + 1)
        m, rest = np.divmod(s * q, p)  # the s-th neighbours sit at m or m + 1
        inside = s <= p
        m, f = np.where(inside, m, 1), rest / p
        near, far = H[m], H[m + 1]
        energy = np.where(inside, (1 - f) * near + f * far, 0).sum(axis=1)
        pressure = np.where(inside, W[m] + f * near + (1 - f) * far, 0).sum(axis=1) * p[:, 0] / q
        return energy, pressure

    def widths(self, q: np.ndarray) -> np.ndarray:
        """A series in 1/q^2 of positive terms."""
        self._summable()
        return even_zeta_series(self.alpha, q)

    def _summable(self) -> None:
        if not self.alpha > 1:
            raise must_be("PowerLaw.alpha", "above 1 in an infinite chain", self.alpha,
                          "the energy of l**-alpha diverges; finite open ladders take any alpha > 0")  # fmt: skip


@dataclass(frozen=True, eq=False)
class ConvexPotential:
    """Any convex decreasing repulsion, summed directly up to a distance.

    Parameters
    ----------
    function : callable
        U(r) in E0 for r > 0; called with arrays if it takes them, else with floats.
    reach : int
        Distances up to which sums run, in lattice constants.
    tolerance : float
        Largest share of sum U(l) that may lie beyond `reach`; the estimate takes the power with which U falls there.

    Raises
    ------
    InputError
        U is not finite, positive, decreasing and convex on 1 ... reach, or falls too slowly.

    Examples
    --------
    >>> U = ConvexPotential(lambda r: np.exp(-r / 2))
    >>> round(float(U.widths(np.array([2]))[0]), 12)
    0.470007424403
    """

    function: Callable[[Any], Any]
    reach: int = 4096
    tolerance: float = 1e-12
    values: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise must_be("ConvexPotential.function", "a function of the distance", self.function)
        if isinstance(self.reach, bool) or not isinstance(self.reach, int) or not 4 <= self.reach <= 10**7:
            raise must_be("ConvexPotential.reach", "a whole number from 4 to 1e7", self.reach)
        positive("ConvexPotential.tolerance", self.tolerance, "the sum of U")
        U = self(np.arange(1.0, 2 * self.reach + 1))
        if not (np.isfinite(U).all() and (U >= 0).all() and U[0] > 0):
            raise must_be("ConvexPotential.function", "finite and positive at 1, 2, 3, ...", "other values", _RULE)
        slack = 4 * np.finfo(float).eps * U[:-2] + np.finfo(float).tiny  # rounding of the function itself
        if (np.diff(U) > 0).any() or (U[2:] + U[:-2] - 2 * U[1:-1] < -slack).any():
            raise must_be("ConvexPotential.function", "decreasing and convex", "another one", _RULE)
        self._check_tail(U)
        values = np.zeros(self.reach + 2)
        values[1:-1] = U[: self.reach]
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def _check_tail(self, U: np.ndarray) -> None:
        end, far = float(U[self.reach - 1]), float(U[-1])
        if end == 0:
            return
        power = math.log2(end / far) if far > 0 else math.inf
        tail = self.reach * end / (power - 1) if power > 1 else math.inf
        if tail > self.tolerance * float(U[: self.reach].sum()):
            raise InputError(
                f"ConvexPotential.function must fall faster: beyond reach = {self.reach} lies about {tail:.1g} of the "
                f"sum of U, tolerance {self.tolerance:g}; {_RULE} that can be summed: raise reach or tolerance, "
                "or use PowerLaw"
            )

    def __call__(self, r: Any) -> np.ndarray:
        """U at the distances r > 0."""
        r = np.asarray(r, float)
        with np.errstate(all="ignore"):  # what is not finite is refused
            try:
                out = np.asarray(self.function(r), float)
            except (TypeError, ValueError):  # a function of one number
                out = np.empty(0)
            if out.shape != r.shape:
                try:
                    out = np.array([float(self.function(float(x))) for x in r.ravel()]).reshape(r.shape)
                except (TypeError, ValueError, ArithmeticError) as error:
                    raise must_be("ConvexPotential.function", "a function of one number that returns a number",
                                  str(error)) from None  # fmt: skip
        return out

    def total(self) -> float:
        """The sum up to `reach`."""
        return float(self.values.sum())

    def crystals(self, p: np.ndarray, q: int) -> tuple[np.ndarray, np.ndarray]:
        """Energy per particle and lower pressure edge sum_l l [U(m) - U(m + 1)], m = floor(l q/p)."""
        pairs = [self._crystal(int(one), q) for one in np.asarray(p)]
        return np.array([e for e, _ in pairs]), np.array([P for _, P in pairs])

    def _crystal(self, p: int, q: int) -> tuple[float, float]:
        U = self.values
        l = np.arange(1, self.reach * p // q + 1)  # noqa: E741 the symbol of the paper
        m, rest = np.divmod(l * q, p)
        near, far = U[m], U[np.minimum(m + 1, len(U) - 1)]
        return float((near + rest / p * (far - near)).sum()), float((l * (near - far)).sum())

    def widths(self, q: np.ndarray) -> np.ndarray:
        """q sum_k k [U(kq + 1) + U(kq - 1) - 2 U(kq)]."""
        return np.array([self._width(int(one)) for one in np.ravel(q)]).reshape(np.shape(q))

    def _width(self, q: int) -> float:
        U = self.values
        k = np.arange(1, (len(U) - 2) // q + 1)
        return float(q * (k * (U[k * q + 1] + U[k * q - 1] - 2 * U[k * q])).sum()) if len(k) else 0.0


def as_potential(potential: Potential | float | Callable[[Any], Any]) -> Potential:
    """A potential as it is; a number alpha as l^-alpha; a function as `ConvexPotential`.

    Examples
    --------
    >>> as_potential(3)
    PowerLaw(alpha=3.0)
    """
    if isinstance(potential, (PowerLaw, ConvexPotential)):
        return potential
    if callable(potential):
        return ConvexPotential(potential)
    return PowerLaw(potential)
