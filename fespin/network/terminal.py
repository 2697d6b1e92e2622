"""Which potentials a terminal can hold: all four, charge and one spin amplitude, or one channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import must_be
from .checks import Vector, unit_vector

COMPONENTS = ("e", "x", "y", "z")
_LABELS = {"normal": COMPONENTS, "ferromagnet": ("e", "m"), "half-metal": ("channel",)}


@dataclass(frozen=True, kw_only=True)
class TerminalSpace:
    """The potentials that exist at a terminal, as columns of a (4, k) matrix.

    A terminal in a normal metal holds V_e and three spin potentials. In a ferromagnet the spin potential is
    parallel to the magnetization m (transport notes, section 2), in a half metal only one channel conducts.

    Parameters
    ----------
    kind : {"normal", "ferromagnet", "half-metal"}
        What the terminal touches.
    axis : tuple of 3 float or None
        Unit vector: m of a ferromagnet, q = p m of a half metal (the channel's spin); None for "normal".

    Raises
    ------
    InputError
        Unknown kind, or an axis that is missing, superfluous or not of unit length.

    Examples
    --------
    >>> TerminalSpace.ferromagnet([0, 0, 2]).axis
    (0.0, 0.0, 1.0)
    >>> TerminalSpace.half_metal([0, 0, -1]).basis.T
    array([[ 1.,  0.,  0., -1.]])
    """

    kind: Literal["normal", "ferromagnet", "half-metal"] = "normal"
    axis: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if self.kind not in _LABELS:
            raise must_be("TerminalSpace.kind", "one of " + ", ".join(_LABELS), self.kind)
        if (self.axis is None) != (self.kind == "normal"):
            raise must_be("TerminalSpace.axis", "given for a magnetic terminal and for no other", self.axis, self.kind)
        if self.axis is not None:
            axis = unit_vector("TerminalSpace.axis", self.axis)
            if not np.allclose(axis, self.axis, rtol=0, atol=1e-12):
                raise must_be("TerminalSpace.axis", "a unit vector", self.axis, "use .ferromagnet(m)")
            object.__setattr__(self, "axis", tuple(axis.tolist()))

    @classmethod
    def normal(cls) -> TerminalSpace:
        """All four potentials: labels e, x, y, z."""
        return cls()

    @classmethod
    def ferromagnet(cls, m: Vector) -> TerminalSpace:
        """V_e and the spin amplitude along `m`, a direction of any length: labels e, m."""
        return cls(kind="ferromagnet", axis=tuple(unit_vector("magnetization", m).tolist()))

    @classmethod
    def half_metal(cls, q: Vector) -> TerminalSpace:
        """The channel with spin along `q` = p m alone, amplitude w = V_e + q.V_s: label channel."""
        return cls(kind="half-metal", axis=tuple(unit_vector("channel direction", q).tolist()))

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the k amplitudes."""
        return _LABELS[self.kind]

    @property
    def basis(self) -> NDArray[np.float64]:
        """Matrix B of shape (4, k) with orthogonal columns; rows e, x, y, z.

        The amplitudes of a potential V are v = B^T V, the currents of amplitudes i are I = B i. The power
        I.V = i.v is the same in both, so a symmetric matrix stays symmetric.
        """
        if self.axis is None:
            return np.eye(4)
        if self.kind == "half-metal":
            return np.array([[1.0, *self.axis]]).T
        return np.array([[1.0, 0.0, 0.0, 0.0], [0.0, *self.axis]]).T

    @property
    def dual(self) -> NDArray[np.float64]:
        """Matrix D of shape (4, k) with B^T D = 1: the potential of amplitudes v is V = D v.

        D = B for normal and ferromagnetic terminals. The column (1, q) of a half metal has the square 2, so
        its D is (1, q)/2: the shortest of the potentials with V_e + q.V_s = w.
        """
        basis = self.basis
        return basis / np.sum(basis**2, axis=0)

    def rotated(self, rotation: NDArray[Any]) -> TerminalSpace:
        """The same kind of terminal with its axis turned by a 3x3 rotation."""
        if self.axis is None:
            return self
        return TerminalSpace(kind=self.kind, axis=tuple((rotation @ np.array(self.axis)).tolist()))
