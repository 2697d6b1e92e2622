"""Finite chains side by side: geometry, boundary and energies of occupations.

H = sum over pairs U n n' - mu_up N_up - mu_dn N_dn (eq 12 of the paper without self-interaction), with
r^2 = (k - k')^2 + (j d)^2 between chains j apart: the distance d between neighbouring chains, which eq 16 leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np

from ..errors import InputError, must_be, suggest
from ..network.checks import positive, real
from .potential import PowerLaw, as_potential

BOUNDARIES = ("open", "ring", "images")


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """`chains` parallel chains of `length` sites; even ones carry spin up, odd ones spin down.

    Parameters
    ----------
    length : int
        Sites per chain, at least 1.
    chains : int
        At least 1.
    distance : float
        d between neighbouring chains in lattice constants, positive.
    boundary : str
        ``"open"``: chains that end. ``"ring"``: closed, shortest distance along the chain. ``"images"``: all periodic
        copies, for comparison with infinite chains; closed forms for l^-2.
    potential : Potential, float or callable
        A number alpha stands for l^-alpha; any alpha > 0 where chains end.

    Raises
    ------
    InputError
        A parameter is out of range, or images are asked for with another potential than l^-2.

    Examples
    --------
    >>> ladder = Ladder(length=12)
    >>> every_second = np.array([[1, 0] * 6, [0] * 12])
    >>> f"{ladder.energy(every_second):.12f}"
    '1.624583333333'
    """

    length: int
    chains: int = 2
    distance: float = 1.0
    boundary: str = "open"
    potential: Any = field(default=PowerLaw(2.0))

    def __post_init__(self) -> None:
        for name in ("length", "chains"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
                raise must_be(f"Ladder.{name}", "a whole number, at least 1", value)
        positive("Ladder.distance", self.distance, "lattice constants")
        if self.boundary not in BOUNDARIES:
            raise must_be("Ladder.boundary", " or ".join(map(repr, BOUNDARIES)), self.boundary,
                          suggest(self.boundary, BOUNDARIES))  # fmt: skip
        object.__setattr__(self, "potential", as_potential(self.potential))
        if self.boundary == "images" and self.potential != PowerLaw(2.0):
            raise InputError(
                f"Ladder.boundary 'images' has closed forms for l^-2 only, got {self.potential}; use 'open' or 'ring'"
            )
        if not all(np.isfinite(self.pair_energies(j)).all() for j in range(self.chains)):
            raise must_be("Ladder.potential", "finite at all distances of the ladder", self.potential)

    @property
    def closed(self) -> bool:
        """Whether the chains have no ends."""
        return self.boundary != "open"

    @property
    def self_energy(self) -> float:
        """Energy of a particle with its own images, zeta(2)/L^2."""
        return np.pi**2 / 6 / self.length**2 if self.boundary == "images" else 0.0

    def separations(self) -> np.ndarray:
        """Distance along the chain between sites k apart, k = 0 ... L - 1, shape (L,)."""
        k = np.arange(self.length, dtype=float)
        return np.minimum(k, self.length - k) if self.closed else k

    def pair_energies(self, apart: int) -> np.ndarray:
        """U between sites k = 0 ... L - 1 apart in chains `apart` apart, shape (L,); 0 for a site with itself."""
        k, L, y = self.separations(), self.length, apart * self.distance
        out = np.zeros(L)
        if self.boundary != "images":
            r = np.sqrt(k**2 + y**2)
            out[r > 0] = self.potential(r[r > 0])
        elif apart == 0:
            out[1:] = (np.pi / L / np.sin(np.pi * k[1:] / L)) ** 2
        else:
            # sinh x/(cosh x - cos t) in exponentials that do not overflow
            x, t = 2 * np.pi * y / L, 2 * np.pi * k / L
            shrunk = np.exp(-x)
            out[:] = np.pi / (L * y) * -np.expm1(-2 * x) / (1 - 2 * shrunk * np.cos(t) + shrunk**2)
        return out

    def interaction(self) -> np.ndarray:
        """U between all sites, shape (n L, n L), sites of a chain together; zero diagonal."""
        k = np.abs(np.subtract.outer(np.arange(self.length), np.arange(self.length)))
        blocks = [self.pair_energies(j)[k] for j in range(self.chains)]
        return np.block([[blocks[abs(a - b)] for b in range(self.chains)] for a in range(self.chains)])

    def energy(self, occupations: Any) -> float:
        """Energy in E0 of occupations 0 or 1, shape (n, L), without chemical potentials."""
        n = np.asarray(occupations, float)
        if n.shape != (self.chains, self.length) or not np.isin(n, (0, 1)).all():
            raise must_be("occupations", f"0 or 1, of shape ({self.chains}, {self.length})", occupations)
        n = n.ravel()
        return float(n @ self.interaction() @ n / 2 + self.self_energy * n.sum())

    def potentials(self, mu: float, delta_eta: float) -> np.ndarray:
        """mu +- delta_eta/2 of each chain, shape (n,): up in even, down in odd chains."""
        mu, delta_eta = (real(f"Ladder.{name}", x, "a finite number in E0")
                         for name, x in (("mu", mu), ("delta_eta", delta_eta)))  # fmt: skip
        if not (isfinite(mu) and isfinite(delta_eta)):
            raise must_be("Ladder.mu and delta_eta", "finite", (mu, delta_eta))
        return mu + np.where(np.arange(self.chains) % 2 == 0, 0.5, -0.5) * delta_eta
