"""Winding under in-plane anisotropy: sine-Gordon solitons and their lattice.

With an n-fold anisotropy U = (kap/n^2) (1 - cos n phi) per length the spin current is no longer conserved, but the
winding still is: it comes in solitons, in each of which phi turns by 2 pi/n over a length delta = sqrt(A/kap). A
winding of mean density k is a lattice of spacing 2 pi/(n k). Statics of F = A phi'^2/2 + U; energies are counted from
phi = 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import must_be
from ...network.checks import positive
from .limits import not_negative

# spacing/delta: below, the lattice is a uniform winding to 1e-13; above, 1 - k^2 leaves the range of floats
_TIGHT, _WIDE = 1e-6, 690.0


def kink_energy(*, A: float, kap: float, n: int = 2) -> float:
    """Energy (8/n^2) sqrt(A kap) of one isolated soliton, J for line values.

    Examples
    --------
    >>> kink_energy(A=1.0, kap=100.0)
    20.0
    """
    A, kap, n = _checked("kink_energy", A, kap, n)
    return 8 / n**2 * math.sqrt(A * kap)


def injection_threshold(*, A: float, kap: float, n: int = 2) -> float:
    """Boundary torque (2/n) sqrt(A kap) in J below which no soliton enters: the pinned edge turns back instead.

    The pinned edge phi(0) obeys A phi'^2/2 = U, so that its torque is (2/n) sqrt(A kap) |sin(n phi(0)/2)| at most.

    Examples
    --------
    >>> injection_threshold(A=1.0, kap=100.0)
    10.0
    """
    A, kap, n = _checked("injection_threshold", A, kap, n)
    return 2 / n * math.sqrt(A * kap)


@dataclass(frozen=True, kw_only=True)
class SolitonLattice:
    """A periodic array of solitons; made by `soliton_lattice`.

    `modulus2` is k^2 and `complement` 1 - k^2 (kept apart: for wide spacings k^2 rounds to 1); `energy` in J is that
    of one soliton, `slope_min` and `slope_max` in 1/m are the extremes of d(phi)/dx; A, kap, n, spacing as given.
    """

    A: float
    kap: float
    n: int
    spacing: float
    modulus2: float
    complement: float
    energy: float
    slope_min: float
    slope_max: float

    @property
    def winding_density(self) -> float:
        """Mean |d(phi)/dx| = 2 pi/(n spacing), 1/m."""
        return 2 * math.pi / (self.n * self.spacing)

    @property
    def energy_density(self) -> float:
        """Mean energy per length, J/m."""
        return self.energy / self.spacing

    def angle(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """phi(x) in rad, growing, with the middle of a soliton (phi = pi/n) at x = 0.

        n phi = pi + 2 am(x/(k delta), k); x in m, any shape.
        """
        from scipy import special

        x = np.asarray(x, dtype=float)
        quarter = _quarter(special, math.log(self.modulus2 / self.complement))
        periods = np.round(x / self.spacing)  # scipy's amplitude near k = 1 holds in the first period only
        u = (x - periods * self.spacing) * 2 * quarter / self.spacing
        amplitude = special.ellipj(u, self.modulus2)[3]
        return (math.pi + 2 * (amplitude + math.pi * periods)) / self.n


def soliton_lattice(*, A: float, kap: float, spacing: float, n: int = 2) -> SolitonLattice:
    """The equilibrium lattice of solitons of a given spacing.

    The first integral of A phi'' = (kap/n) sin(n phi) gives, with the modulus k from spacing = 2 k delta K(k),

        energy per soliton = (A/(n^2 delta)) [8 E(k) - 4 (1 - k^2) K(k)]/k,
        slopes from (2/(n k delta)) sqrt(1 - k^2) to 2/(n k delta).

    k grows with the spacing, and the search is on the logit of k^2, so that dense lattices (k -> 0) and sparse ones
    (1 - k^2 far below the rounding unit) both come out to full precision.

    Parameters
    ----------
    A, kap : float
        Stiffness J m and anisotropy J/m of the line, positive.
    spacing : float
        Distance of solitons in m: the line's length over n times its turns.
    n : int
        Fold of the anisotropy, 1, 2, ...

    Raises
    ------
    InputError
        A parameter is out of range; or the spacing is so small that the anisotropy is without effect (use a uniform
        winding), or so large that the solitons are independent (use `kink_energy`).

    Examples
    --------
    >>> lattice = soliton_lattice(A=1.0, kap=100.0, spacing=0.25)
    >>> round(lattice.energy, 10), round(lattice.modulus2, 12)
    (25.7429907832, 0.467756137153)
    """
    from scipy import special
    from scipy.optimize import brentq

    A, kap, n = _checked("soliton_lattice", A, kap, n)
    spacing = positive("soliton_lattice.spacing", spacing, "m")
    if kap == 0:
        raise must_be("soliton_lattice.kap", "positive in J/m", kap, "without anisotropy use a uniform winding")
    delta = math.sqrt(A / kap)
    ratio = spacing / delta
    if ratio < _TIGHT:
        hint = "there the anisotropy changes nothing: use a uniform winding (winding_energy_density)"
        raise must_be("soliton_lattice.spacing", f"at least {_TIGHT:g} delta, delta = {delta:.6g} m", spacing, hint)
    if ratio > _WIDE:
        hint = "so far apart they are independent: use kink_energy"
        raise must_be("soliton_lattice.spacing", f"at most {_WIDE:g} delta, delta = {delta:.6g} m", spacing, hint)

    def excess(logit: float) -> float:
        return math.log(2 * math.sqrt(special.expit(logit)) * _quarter(special, logit) / ratio)

    logit = brentq(excess, -45.0, 700.0, xtol=1e-14, rtol=1e-15)
    m, m1 = float(special.expit(logit)), float(special.expit(-logit))
    k = math.sqrt(m)
    bracket = 8 * special.ellipe(m) - 4 * m1 * _quarter(special, logit)
    return SolitonLattice(
        A=A,
        kap=kap,
        n=n,
        spacing=spacing,
        modulus2=m,
        complement=m1,
        energy=float(A / (n**2 * delta) * bracket / k),
        slope_min=2 * math.sqrt(m1) / (n * k * delta),
        slope_max=2 / (n * k * delta),
    )


def _quarter(special: Any, logit: float) -> float:
    """K(k) with k^2 = 1/(1 + exp(-logit)); scipy's parameter is m = k^2, and K needs 1 - m where m is near 1."""
    if logit < 0:
        return float(special.ellipk(special.expit(logit)))
    return float(special.ellipkm1(special.expit(-logit)))


def _checked(where: str, A: float, kap: float, n: int) -> tuple[float, float, int]:
    A = positive(f"{where}.A", A, "J m")
    kap = not_negative(f"{where}.kap", kap, "J/m")
    if isinstance(n, bool) or n != int(n) or n < 1:
        raise must_be(f"{where}.n", "a whole number from 1", n)
    return A, kap, int(n)
