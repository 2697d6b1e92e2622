"""Any distribution of spins as one TIA and one TIS (eqs 6, 7, appendix 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, must_be
from .checks import Floats


@dataclass(frozen=True, eq=False)
class Split:
    """The two assemblies of a distribution.

    Attributes
    ----------
    tia, tis : float
        Numbers of spins in each.
    direction : ndarray (3,)
        Of TIA; NaN if there is none.
    """

    tia: float
    tis: float
    direction: Floats

    @property
    def polarization(self) -> float:
        """n_TIA/(n_TIA + n_TIS)."""
        return self.tia / (self.tia + self.tis)


def split(spins: ArrayLike, numbers: ArrayLike = 1.0) -> Split:
    """n_TIA is the length of the sum of spin directions, TIS the rest: the only split that scattering keeps.

    A density matrix (1 + P.sigma)/2 is |P| times a pure state along P plus (1 - |P|) times 1/2, and in no other way a
    directed and an isotropic part. Eqs 6, 7 and A1.7, A1.8 have twice the sum along a given z axis: all spins along z
    would make p_TIA = 2 and p_TIS = -1.

    Parameters
    ----------
    spins : array_like (n, 3)
        Directions; normalised.
    numbers : array_like (n,) or float
        How many spins have each direction.

    Raises
    ------
    InputError
        Not directions, negative numbers or none.

    Examples
    --------
    >>> found = split([[0, 0, 1], [1, 0, 0]], [3.0, 4.0])
    >>> found.tia, found.tis, found.direction
    (5.0, 2.0, array([0.8, 0. , 0.6]))
    """
    s = directions("spins", spins)
    n = np.asarray(numbers, dtype=float)
    if n.shape not in ((), (len(s),)):
        raise must_be("numbers", f"one number or of shape ({len(s)},)", n.shape)
    n = np.broadcast_to(n, (len(s),))
    if not np.isfinite(n).all() or (n < 0).any() or not n.any():
        raise InputError("populations must be non-negative and not all zero")
    total = n @ s
    tia = float(np.linalg.norm(total))
    along = total / tia if tia > 0 else np.full(3, np.nan)
    return Split(tia, max(float(n.sum()) - tia, 0.0), along)


def directions(where: str, value: ArrayLike, least: int = 1) -> Floats:
    """Unit vectors (n, 3)."""
    try:
        s = np.array(value, dtype=float)
    except (TypeError, ValueError):
        s = np.empty(0)
    if s.ndim != 2 or s.shape[1] != 3 or len(s) < least or not np.isfinite(s).all():
        raise must_be(where, f"{least} directions or more, of shape (n, 3)", s.shape)
    lengths = np.linalg.norm(s, axis=1)
    if (lengths == 0).any():
        raise must_be(where, "directions, not 0", f"0 in row {int(np.argmin(lengths))}")
    return s / lengths[:, None]
