"""A collinear two-terminal device as conductances between the up and down channels of its ends, and its inner star.

Matrices L are (4, 4) in (e, m) of the normal and the ferromagnetic end, in siemens, positive where the conductance
matrix is negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Channels:
    """Conductances between up and down channels of the ends: up-up, down-down, up_N-down_F, down_N-up_F, flips."""

    up: float
    down: float
    cross_up: float
    cross_down: float
    flip_N: float
    flip_F: float


@dataclass(frozen=True)
class Star:
    """Contacts to N and to F, and relaxation in siemens at the inner node, at N and at F."""

    up_N: float
    down_N: float
    up_F: float
    down_F: float
    flip: float
    flip_N: float
    flip_F: float


def channels(L: Array) -> Channels:
    """From (e, m) to channels: V_e = (V_up + V_dn)/2, V_m = (V_up - V_dn)/2."""
    half = np.kron(np.eye(2), np.array([[0.5, 0.5], [0.5, -0.5]]))
    C = -half @ L @ half.T
    return Channels(C[0, 2], C[1, 3], C[0, 3], C[1, 2], C[0, 1], C[2, 3])


def best_star(L: Array, across: complex) -> Star | None:
    """The star of an inner node with which a contact at N may exist; relaxation at N as small as it can be."""
    ch = channels(L)
    c = ch.cross_up * ch.cross_down
    positive = min(ch.up, ch.down, ch.cross_up, ch.cross_down, ch.flip_N, ch.flip_F) > 0
    # for wires these hold because the channels lie in a plane: paths that cross are weaker than those that do not
    if not positive or c > ch.flip_N * ch.flip_F or c >= ch.up * ch.down:
        return None
    for share in np.geomspace(ch.flip_N, c / ch.flip_F, 40):
        star = _star(ch, share)
        if across.real - star.flip_N >= (star.up_N + star.down_N) * (1 - 1e-12):
            return star
    return None


def _star(ch: Channels, share: float) -> Star:
    """Inverse of the elimination of an inner node; `share` of the flip conductance at N goes through it."""
    b_dn, b_up = ch.cross_up / share, ch.cross_down / share  # contact to F over contact to N, channel by channel
    u, v = ch.up / ch.cross_down, ch.down / ch.cross_up
    P = (v * (1 + b_dn) + 1 + b_up) / (u * v - 1)  # of f/a_up and f/a_dn: solutions of two linear equations
    Q = (u * (1 + b_up) + 1 + b_dn) / (u * v - 1)
    f = share * ((1 + b_up) * (1 + b_dn) + (1 + b_up) * Q + (1 + b_dn) * P)
    up, down = f / P, f / Q
    through = share * b_up * b_dn
    return Star(up, down, b_up * up, b_dn * down, 4 * f, 4 * (ch.flip_N - share), 4 * (ch.flip_F - through))


def behind_resistor(y: complex, g: float) -> complex | None:
    """What lies behind a resistor g in a conductance y, 1/(1/y - 1/g); None where it would be infinite."""
    left = 1 - y / g
    return y / left if abs(left) > 1e-12 else None


def without_resistor(L: Array, r_N: float, g: float) -> Array | None:
    """The matrix behind a relaxation r_N at N and a resistor g from there on; None if there is no such passive rest."""
    Z = np.linalg.inv(L[:2, :2] - np.diag([0, r_N])) - np.eye(2) / g
    if not np.linalg.eigvalsh(Z)[0] > 0:
        return None
    Y = np.linalg.inv(Z)
    there = (np.eye(2) + Y / g) @ L[:2, 2:]
    own = L[2:, 2:] + there.T @ np.linalg.inv(g * np.eye(2) + Y) @ there
    return np.block([[Y, there], [there.T, own]])
