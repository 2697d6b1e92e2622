"""What spins on a line obey: diffusion, spin torque, conversion, relaxation, precession, boundaries."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, must_be
from .checks import Floats, not_negative, positive, real, unit_vector
from .coefficients import Coefficient
from .flavours import flavour

BOUNDARIES = ("closed", "held")
_MOST_TORQUE = 2.0


@dataclass(frozen=True, kw_only=True, eq=False)
class TransportLaw:
    """Parameters of `spin_torque_transport`.

    Parameters
    ----------
    diffusivity : float
        D, m^2/s, zero or positive.
    spin_lifetime : float
        tau_spin, s; inf (default): no relaxation.
    conversion_rate : float
        k/t_lambda of TIS into TIA along `magnetization`, 1/s.
    magnetization : array_like (3,) or (n, 3), optional
        Direction m of the field or of the local moments; needed with a conversion rate.
    damping_time : float
        t_lambda of eq 33, s: TIA itself turns towards `magnetization`; inf (default): it does not.
    precession : array_like (3,) or (n, 3)
        omega of dS/dt = omega x S, rad/s.
    injection : array_like (3,) or (n, 3)
        Spins fed into each cell in exchange for spins of TIS, along the vector, 1/(m^3 s).
    boundary : str or pair of str
        "closed": nothing leaves; "held": the outermost cell keeps its spins, a reservoir; or "periodic". A pair is for
        the left and the right end.
    flavour : {"conserving", "paper"}
        Default of the two coefficients: A = B = 1, or A = 1 and B = 2.
    torque : float or "angle", optional
        A, rad, in (0, 2]; "angle": A(phi) of the paper's recursion. The printed 57 is in degrees.
    tis : float or "angle", optional
        B, zero or positive, or "angle".

    Raises
    ------
    InputError
        A value out of range, an unknown boundary, coefficient or flavour.

    Examples
    --------
    >>> TransportLaw(diffusivity=0.01, flavour="paper").tis
    2.0
    """

    diffusivity: float
    spin_lifetime: float = math.inf
    conversion_rate: float = 0.0
    magnetization: ArrayLike | None = None
    damping_time: float = math.inf
    precession: ArrayLike = (0.0, 0.0, 0.0)
    injection: ArrayLike = (0.0, 0.0, 0.0)
    boundary: str | tuple[str, str] = "closed"
    flavour: str = "conserving"
    torque: Coefficient | None = None
    tis: Coefficient | None = None

    def __post_init__(self) -> None:
        kind = flavour(self.flavour)
        checked = {
            "diffusivity": not_negative("diffusivity", self.diffusivity, "m^2/s"),
            "spin_lifetime": positive("spin_lifetime", self.spin_lifetime, "s", allow_inf=True),
            "conversion_rate": not_negative("conversion_rate", self.conversion_rate, "1/s"),
            "damping_time": positive("damping_time", self.damping_time, "s", allow_inf=True),
            "torque": _torque(kind.torque if self.torque is None else self.torque),
            "tis": _tis(kind.conversion if self.tis is None else self.tis),
            "boundary": _boundary(self.boundary),
            "precession": _vectors("precession", self.precession),
            "injection": _vectors("injection", self.injection),
            "magnetization": None if self.magnetization is None else _directions(self.magnetization),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.magnetization is None and (self.conversion_rate > 0 or self.damping_time < math.inf):
            raise must_be("magnetization", "given where there is a conversion rate or a damping time", None)

    @property
    def A(self) -> Coefficient:
        """The torque coefficient in use."""
        return 1.0 if self.torque is None else self.torque

    @property
    def B(self) -> Coefficient:
        """The conversion coefficient in use."""
        return 1.0 if self.tis is None else self.tis

    @property
    def linear(self) -> bool:
        """A = B = 1: linear diffusion of the spin vector."""
        return self.A == 1 and self.B == 1

    @property
    def periodic(self) -> bool:
        """Whether both ends are one."""
        return self.boundary == ("periodic", "periodic")

    @property
    def held(self) -> tuple[bool, bool]:
        """Whether the left and the right cell are reservoirs."""
        left, right = self.boundary[0], self.boundary[1]
        return left == "held", right == "held"

    def check_cells(self, cells: int) -> None:
        """Refuse vectors given for another number of cells."""
        for name in ("magnetization", "precession", "injection"):
            value = getattr(self, name)
            if value is not None and value.ndim == 2 and len(value) != cells:
                raise must_be(name, f"of shape (3,) or ({cells}, 3)", value.shape)


def _torque(value: Any) -> Coefficient:
    if value == "angle":
        return "angle"
    rule = "a number in (0, 2] or 'angle'"
    number = real("torque A", value, rule)
    if not 0 < number <= _MOST_TORQUE:
        raise must_be("torque A", rule, value, "A is in radians: 1, not 57" if number > _MOST_TORQUE else "")
    return number


def _tis(value: Any) -> Coefficient:
    if value == "angle":
        return "angle"
    rule = "a number >= 0 or 'angle'"
    number = real("conversion B", value, rule)
    if not 0 <= number < math.inf:
        raise must_be("conversion B", rule, value)
    return number


def _boundary(value: Any) -> tuple[str, str]:
    pair = (value, value) if isinstance(value, str) else tuple(value) if isinstance(value, (list, tuple)) else ()
    if pair == ("periodic", "periodic"):
        return ("periodic", "periodic")
    if len(pair) != 2 or any(side not in BOUNDARIES for side in pair):
        raise must_be("boundary", "'periodic', 'closed', 'held', or a pair of the last two for left and right", value)
    return (str(pair[0]), str(pair[1]))


def _vectors(where: str, value: ArrayLike) -> Floats:
    rule = "finite vectors, of shape (3,) or (n, 3)"
    try:
        array = np.array(value, dtype=float)
    except (TypeError, ValueError):
        raise must_be(where, rule, value) from None
    if array.ndim not in (1, 2) or array.shape[-1] != 3:
        raise must_be(where, rule, array.shape)
    if not np.isfinite(array).all():
        raise must_be(where, rule, "infinite or NaN components")
    return array


def _directions(value: ArrayLike) -> Floats:
    array = _vectors("magnetization", value)
    if array.ndim == 1:
        return unit_vector("magnetization", array)
    lengths = np.linalg.norm(array, axis=1)
    if (lengths == 0).any():
        raise InputError(f"magnetization must be a direction in every cell, got 0 in cell {int(np.argmin(lengths))}")
    return array / lengths[:, None]
