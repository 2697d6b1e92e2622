"""Two assemblies of different spin directions meeting: they merge into one, the rest goes to TIS (eqs 59-61)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, must_be
from .checks import Floats, angle, choice, number_or_array, positive, shown

RULES = ("conserving", "paper")

_MERGED = 1e-12  # rad between two assemblies that count as one
_TENTH_OF_A_DEGREE = math.radians(0.1)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Numbers and directions of both assemblies, number of TIS and time; arrays of one shape."""

    n1: Floats
    n2: Floats
    tis: Floats
    direction1: Floats
    direction2: Floats
    time: Floats


@dataclass(frozen=True, eq=False, repr=False)
class Interaction:
    """Two assemblies scattering by scattering; t = scatterings + 1, angles in the plane of both, from TIA1 at first.

    Attributes
    ----------
    n1, n2, tis : ndarray (t,)
        Populations of TIA1, TIA2 and TIS.
    direction1, direction2 : ndarray (t,)
        Spin directions, rad.
    time : ndarray (t,)
        Times the probability p0 of one scattering (eq 61): a number of scattering times.
    rule : str
    """

    n1: Floats
    n2: Floats
    tis: Floats
    direction1: Floats
    direction2: Floats
    time: Floats
    rule: str

    @property
    def angle(self) -> Floats:
        """Angle between the assemblies (t,), rad."""
        return self.direction2 - self.direction1

    @property
    def tia(self) -> Floats:
        """n1 + n2 (t,)."""
        return self.n1 + self.n2

    @property
    def rotation(self) -> float:
        """Angle by which TIA1 has turned at the end, rad."""
        return float(_direction(self.n1[-1], self.n2[-1], self.direction1[-1], self.direction2[-1]))

    def steps(self, below: float = _TENTH_OF_A_DEGREE) -> int:
        """Scatterings until the angle is below a limit in rad (default 0.1 deg), or one assembly is used up."""
        one = (self.angle < positive("below", below, "rad")) | (np.minimum(self.n1, self.n2) == 0)
        return int(np.argmax(one)) if one.any() else len(self.n1)

    def __repr__(self) -> str:
        return (f"<fespin Interaction, rule {self.rule!r}: TIA1 turned by {math.degrees(self.rotation):.6g} deg, TIA "
                f"{self.tia[-1]:.6g}, TIS {self.tis[-1]:.6g}, {self.steps()} scatterings to 0.1 deg>")  # fmt: skip


def interact(n1: float, n2: float, phi: float, *, n_tis: float = 0.0, rule: str = "conserving") -> Interaction:
    """Let two assemblies scatter until they are one.

    In one scattering every spin of the minority n_b meets one of the majority n_a: n_a falls by n_b, the pairs go on
    along the bisector, the angle halves. Of 2 n_b spins 2 n_b cos^2(phi/2) stay by eq 59 ("paper"; its first line
    prints n_TIA1 - n_TIA1, and eq 60 the number of TIA2 for that of TIA1), which loses spin; 2 n_b cos(phi/2) is the
    vector sum ("conserving"), and so is then the final state, |n1 s1 + n2 s2|, to rounding.

    Parameters
    ----------
    n1, n2 : float
        Populations, zero or positive, not both zero.
    phi : float
        Angle between their spins, rad, in [0, pi].
    n_tis : float
        Population of TIS at first.
    rule : {"conserving", "paper"}

    Returns
    -------
    Interaction

    Raises
    ------
    InputError
        A negative population, an angle outside [0, pi], an unknown rule.

    Examples
    --------
    >>> import math
    >>> interact(0.8, 0.2, math.radians(145), rule="paper")
    <fespin Interaction, rule 'paper': TIA1 turned by 2.50708 deg, TIA 0.594564, TIS 0.405436,
     11 scatterings to 0.1 deg>
    """
    pair = _start(n1, n2, phi, n_tis, rule)
    if pair.n1.shape:
        raise must_be("n1, n2, phi", "single numbers; merged() takes arrays", f"shape {pair.n1.shape}")
    history = [pair]
    while _apart(pair).any():
        pair = _scatter(pair, rule)
        history.append(pair)
    names = ("n1", "n2", "tis", "direction1", "direction2", "time")
    return Interaction(**{name: np.array([float(getattr(p, name)) for p in history]) for name in names}, rule=rule)


@dataclass(frozen=True, eq=False)
class Merged:
    """Final state of two assemblies; arrays of one shape.

    Attributes
    ----------
    rotation : ndarray
        From the first direction of TIA1, rad.
    tia, tis : ndarray
        Populations.
    """

    rotation: Floats
    tia: Floats
    tis: Floats


def merged(n1: ArrayLike, n2: ArrayLike, phi: ArrayLike, *, n_tis: ArrayLike = 0.0, rule: str = "conserving") -> Merged:
    """Final state of two assemblies for arrays that broadcast; see `interact`.

    Raises
    ------
    InputError
        A negative population, an angle outside [0, pi], an unknown rule.

    Examples
    --------
    >>> import numpy as np
    >>> np.degrees(merged(0.99, 0.01, np.radians([67, 120]), rule="paper").rotation).round(10)
    array([0.41957742, 0.20924369])
    """
    pair = _start(n1, n2, phi, n_tis, rule)
    while _apart(pair).any():
        pair = _scatter(pair, rule)
    return Merged(_direction(pair.n1, pair.n2, pair.direction1, pair.direction2), pair.n1 + pair.n2, pair.tis)


def _start(n1: ArrayLike, n2: ArrayLike, phi: ArrayLike, n_tis: ArrayLike, rule: str) -> _Pair:
    choice("rule", rule, RULES)
    numbers = [number_or_array("populations", n) for n in (n1, n2, n_tis)]
    for n in numbers:
        if (n < 0).any():
            raise InputError(f"populations must be non-negative, got {shown(n, n < 0)}")
    angles = angle("phi", phi)
    a, b, tis, theta = (np.array(v, dtype=float) for v in np.broadcast_arrays(*numbers, angles))
    if ((a + b) == 0).any():
        raise InputError("populations must be non-negative and not both zero, got n1 = n2 = 0")
    return _Pair(a, b, tis, np.zeros_like(theta), theta, np.zeros_like(theta))


def _apart(pair: _Pair) -> np.ndarray:
    """Where there still are two assemblies."""
    return (pair.direction2 - pair.direction1 > _MERGED) & (np.minimum(pair.n1, pair.n2) > 0)


def _scatter(pair: _Pair, rule: str) -> _Pair:
    """One scattering of every pair that is apart."""
    n1, n2 = pair.n1, pair.n2
    phi = pair.direction2 - pair.direction1
    cosine = np.where(phi == math.pi, 0.0, np.cos(phi / 2))  # pi/2 is no float: opposite spins leave nothing
    few, many = np.minimum(n1, n2), np.maximum(n1, n2)
    kept = 2 * few * (cosine if rule == "conserving" else cosine**2)
    bisector = (pair.direction1 + pair.direction2) / 2
    first, moving = n1 < n2, _apart(pair)
    equal = n1 == n2  # both are minorities: everything is in TIA2 afterwards
    return _Pair(
        np.where(moving, np.where(first, kept, n1 - few), n1),
        np.where(moving, np.where(first, n2 - few, kept), n2),
        np.where(moving, pair.tis + 2 * few - kept, pair.tis),
        np.where(moving & (first | equal), bisector, pair.direction1),
        np.where(moving & ~first, bisector, pair.direction2),
        pair.time + np.where(moving, (n1 + n2 + pair.tis) / np.where(moving, many, 1.0), 0.0),
    )


def _direction(n1: ArrayLike, n2: ArrayLike, direction1: ArrayLike, direction2: ArrayLike) -> Floats:
    """Direction of the vector sum; no rotation where nothing is left."""
    n1, n2, a, b = (np.asarray(v) for v in (n1, n2, direction1, direction2))
    total = n1 + n2
    weight = np.divide(n2, total, out=np.zeros_like(total), where=total > 0)
    inside = a + np.arctan2(weight * np.sin(b - a), 1 - weight + weight * np.cos(b - a))
    return np.where(total > 0, inside, 0.0)
