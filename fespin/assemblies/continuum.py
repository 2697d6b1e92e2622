"""Eqs 64-67 and A3.4-A3.9 with their signs and missing terms: rates of direction and density in derivatives."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .checks import Floats, positive


def direction_rate(
    s: ArrayLike,
    s_x: ArrayLike,
    s_xx: ArrayLike,
    n: ArrayLike,
    n_x: ArrayLike,
    *,
    diffusivity: float,
    torque: float = 1.0,
) -> Floats:
    """ds/dt = A D [s_xx + 2 (n_x/n) s_x]_perp: torque by spins that diffuse in from regions of other directions.

    Eq 64 has the other sign (that of eq 62), A = 57 (degrees for 1 rad) and no s_xx. By itself, it advects s with
    velocity -2 A D n_x/n, against the gradient as printed, and smooths nothing; with n = n0 exp(-x/l) it is eq 66.

    Parameters
    ----------
    s, s_x, s_xx : array_like (..., 3)
        Direction and its derivatives, 1, 1/m, 1/m^2.
    n, n_x : array_like (...)
        n_TIA and its derivative.
    diffusivity : float
        m^2/s.
    torque : float
        A, rad.

    Returns
    -------
    ndarray (..., 3)
        1/s.

    Examples
    --------
    >>> direction_rate([1, 0, 0], [0, 0, 0.2], [-0.04, 0, 0], 1.0, -1.0, diffusivity=1.0).round(12) + 0.0
    array([ 0. ,  0. , -0.4])
    """
    s, s_x, s_xx = (np.asarray(v, dtype=float) for v in (s, s_x, s_xx))
    ratio = np.asarray(n_x, dtype=float) / np.asarray(n, dtype=float)
    flow = s_xx + 2 * ratio[..., None] * s_x
    across = flow - s * np.sum(s * flow, axis=-1, keepdims=True)
    return positive("torque", torque, "rad") * positive("diffusivity", diffusivity, "m^2/s") * across


def loss_rate(s_x: ArrayLike, n: ArrayLike, *, diffusivity: float, tis: float = 1.0) -> Floats:
    """dn_TIS/dt = B D n |s_x|^2: spins that diffusion between different directions takes out of TIA.

    Eq 65 prints +B [n s.s_xx + 2 n_x s.s_x] D, negative since s.s_xx = -|s_x|^2, beside a term s.s_x that is zero.
    With B = 1 this is the loss of linear vector diffusion; the paper's B = 2 doubles it.

    Examples
    --------
    >>> float(loss_rate([0, 0, 0.5], 2.0, diffusivity=1.0))
    0.5
    """
    slope = np.sum(np.asarray(s_x, dtype=float) ** 2, axis=-1)
    return (
        positive("tis", tis, "1") * positive("diffusivity", diffusivity, "m^2/s") * np.asarray(n, dtype=float) * slope
    )
