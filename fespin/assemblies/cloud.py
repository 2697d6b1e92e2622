"""Monte Carlo of a cloud of spins that meet in pairs: what becomes of their directions (section 2, appendix 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import must_be
from .checks import Floats, choice, fraction
from .splitting import directions

RULES = ("conserving", "paper")


@dataclass(frozen=True, eq=False)
class Cloud:
    """A cloud sweep by sweep; t = sweeps + 1. Errors are of the order 1/sqrt(number of spins).

    Attributes
    ----------
    mean : ndarray (t, 3)
        Mean spin direction: its length is the share of TIA.
    second : ndarray (t, 3, 3)
        Mean of s_a s_b: 1/3 on the diagonal if isotropic.
    spins : ndarray (n, 3)
        Directions at the end.
    """

    mean: Floats
    second: Floats
    spins: Floats

    @property
    def polarization(self) -> Floats:
        """|mean| (t,)."""
        return np.linalg.norm(self.mean, axis=1)


def mixture(spins: int, polarization: float = 0.5, *, seed: int = 0) -> Floats:
    """Directions (n, 3): a share along z, the others isotropic.

    Examples
    --------
    >>> mixture(10, 1.0)[0]
    array([0., 0., 1.])
    """
    count = _count("spins", spins)
    share = float(fraction("polarization", polarization))
    out = _isotropic(np.random.default_rng(seed), count)
    out[: round(share * count)] = (0.0, 0.0, 1.0)
    return out


def scatter_cloud(spins: ArrayLike, *, sweeps: int = 10, rule: str = "conserving", seed: int = 0) -> Cloud:
    """Let all spins meet in random pairs, once each per sweep.

    Two spins at an angle phi become a full and an empty place with the weight of the singlet in their product state;
    from there they come out opposite, in any direction. Else they are in the triplet: each has the mean spin 2c/(1 +
    c^2), c = cos(phi/2), along the bisector, which is drawn as that direction or an isotropic one.

    The singlet's weight is sin^2(phi/2)/2 ("conserving"). Eq 4 forgets the 1/sqrt 2 of the singlet, takes sin^2(phi/2)
    and leaves both spins along the bisector ("paper"): then a meeting of TIA with TIS keeps 4/5 of the spin on average,
    and the share of TIA is not conserved, against appendix 1.

    Parameters
    ----------
    spins : array_like (n, 3)
        Directions; an odd one sits out.
    sweeps : int
    rule : {"conserving", "paper"}
    seed : int

    Raises
    ------
    InputError
        Not directions, an unknown rule.

    Examples
    --------
    >>> scatter_cloud(mixture(20000, 0.5), sweeps=1, rule="paper").polarization.round(2)
    array([0.5 , 0.45])
    """
    choice("rule", rule, RULES)
    s = directions("spins", spins, least=2)
    rng = np.random.default_rng(seed)
    mean, second = [s.mean(axis=0)], [s.T @ s / len(s)]
    for _ in range(_count("sweeps", sweeps)):
        s = _sweep(rng, s, rule)
        mean.append(s.mean(axis=0))
        second.append(s.T @ s / len(s))
    return Cloud(np.array(mean), np.array(second), s)


def _sweep(rng: np.random.Generator, s: Floats, rule: str) -> Floats:
    order = rng.permutation(len(s))
    half = len(s) // 2
    first, other = order[:half], order[half : 2 * half]
    total = s[first] + s[other]
    c = np.linalg.norm(total, axis=1) / 2  # cos(phi/2)
    out_of_full = _isotropic(rng, half)
    bisector = np.divide(total, 2 * c[:, None], out=_isotropic(rng, half), where=c[:, None] > 1e-12)
    weight = (1 - c**2) * (0.5 if rule == "conserving" else 1.0)
    singlet = (rng.random(half) < weight)[:, None]
    out = s.copy()
    for place, sign in ((first, 1.0), (other, -1.0)):
        triplet = bisector
        if rule == "conserving":
            along = (rng.random(half) < 2 * c / (1 + c**2))[:, None]
            triplet = np.where(along, bisector, _isotropic(rng, half))
        out[place] = np.where(singlet, sign * out_of_full, triplet)
    return out


def _isotropic(rng: np.random.Generator, count: int) -> Floats:
    v = rng.standard_normal((count, 3))
    return v / np.linalg.norm(v, axis=1, keepdims=True)


def _count(where: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise must_be(where, "a whole number, 1 or more", value)
    return int(value)
