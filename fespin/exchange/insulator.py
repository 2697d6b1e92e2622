"""I_ex: exchange of electrons of both leads by their Coulomb interaction inside the barrier."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .constants import COULOMB
from .junction import Junction, Lead
from .kernel import lens_area, slab_element
from .panels import breaks, fermi_momenta, gauss, graded, rooted

NODES = {"fast": (8, 8, 10), "normal": (14, 14, 18), "high": (20, 22, 32)}  # in K1, K2 and q
_CHUNK = 20_000  # points at a time: their arrays stay in the cache
# glibc gives freed memory back beyond twice the largest block that was ever freed, and faulting it in again for every
# chunk takes as long as the integral: one large block that nobody touches moves that limit
np.empty(2_000_000)

Weight = Callable[[np.ndarray], np.ndarray]


def spin_weight(lead: Lead, spin: str) -> Weight:
    """w_s(K) = 4 K sqrt(kF_s^2 - K^2)/(kF_s^2 + kappa_0^2), the states of spin `spin` ("-" majority, "+" minority).

    |tau|^2 dk_z = w_s dK, where K is the largest in-plane momentum of a slice of the Fermi sphere.
    """
    square = lead.majority if spin == "-" else lead.minority

    def weight(K: np.ndarray) -> np.ndarray:
        return 4 * K * np.sqrt(np.maximum(square - K * K, 0.0)) / (square + lead.decay) if square > 0 else 0.0 * K

    return weight


def polarised_weight(lead: Lead) -> Weight:
    """dw = w_- - w_+ of a lead, written without the cancellation of small splittings."""
    high, low, gap = lead.majority, lead.minority, lead.gap
    if low <= 0:
        return spin_weight(lead, "-")

    def weight(K: np.ndarray) -> np.ndarray:
        square = K * K
        upper = np.sqrt(np.maximum(high - square, 0.0))
        lower = np.sqrt(np.maximum(low - square, 0.0))
        # upper - lower = gap/(upper + lower) where both subbands have states
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.where(square < low, gap / (upper + lower), upper)
        return 4 * K * (apart - lower * gap / (low + lead.decay)) / (high + lead.decay)

    return weight


def insulator_term(junction: Junction, accuracy: str = "normal") -> float:
    """I_ex at permittivity 1, eV/nm^2; I_ex(eps) is this over eps.

    I_ex = e^2/(32 pi^5 eps0 eps) int int_0^kF- dK1 dK2 dw_L(K1) dw_R(K2) J(K1, K2),
    J = exp(-d (kappa_1 + kappa_2)) d^3 int_0^(K1 + K2) q F(q d, (kappa_1 - kappa_2) d) A(q; K1, K2) dq,

    eqs 16-22 and 46-67 of arXiv:1607.00403 in one bilinear form: no channels cancel for small splittings, half metals
    have w_+ = 0 and different leads need no other formula. The printed prefactor (eqs 19-21, 62) has pi^4 for pi^5.
    """
    left, right = junction.leads
    if left.gap == 0 or right.gap == 0:
        return 0.0
    return _bilinear(junction, polarised_weight(left), polarised_weight(right), accuracy)


def insulator_channels(junction: Junction, accuracy: str = "normal") -> dict[str, float]:
    """The channels of eqs 19-21 at permittivity 1, eV/nm^2: "-" and "+" (parallel), "-+" (antiparallel, both spins).

    I_ex = "-+" - "+" - "-". The printed triangle k2 < k1 of eqs 19 and 20 is half of the square that is meant.
    """
    left, right = junction.leads
    w = {(k, s): spin_weight(lead, s) for k, lead in enumerate((left, right)) for s in "-+"}
    pair = {(a, b): _bilinear(junction, w[0, a], w[1, b], accuracy) for a in "-+" for b in "-+"}
    return {"-": -pair["-", "-"], "+": -pair["+", "+"], "-+": -pair["-", "+"] - pair["+", "-"]}


def _bilinear(junction: Junction, left: Weight, right: Weight, accuracy: str) -> float:
    """C int int w_L(K1) w_R(K2) J over the quadrant, twice its symmetrised triangle K1 < K2."""
    K1, K2, weight = _outer(junction, *NODES[accuracy][:2])
    weight = weight * (left(K1) * right(K2) + left(K2) * right(K1))
    keep = weight != 0
    K1, K2, weight = K1[keep], K2[keep], weight[keep]
    total, step = 0.0, max(_CHUNK // (3 * NODES[accuracy][2]), 1)
    for k in range(0, len(K1), step):
        part = slice(k, k + step)
        total += float(weight[part] @ momentum_transfer(junction, K1[part], K2[part], NODES[accuracy][2]))
    return COULOMB / (32 * math.pi**5) * total


def _outer(junction: Junction, n1: int, n2: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs K1 < K2 and their weights, flat: K2 breaks where exp(-d (kappa_2 - kappa_1)) has fallen off."""
    decay, d, leads = junction.decay, junction.width, junction.leads
    ends = fermi_momenta(leads)
    top = float(ends.max())
    edges = breaks(leads, decay, d)
    node, weight = rooted(edges[:-1], edges[1:], ends, n1)
    K1, w1 = node.ravel(), weight.ravel()
    kappa = np.sqrt(decay**2 + K1 * K1)
    fallen = [np.sqrt(K1 * K1 + (y / d) * (2 * kappa + y / d)) for y in (2.5, 10.0)]
    fixed = [np.full_like(K1, p) for p in (*ends, *graded(leads))]
    edge = np.sort(np.clip(np.stack([K1, *fallen, *fixed], axis=1), K1[:, None], top), axis=1)
    row, column = np.nonzero(np.diff(edge, axis=1) > 0)
    low, high = edge[row, column], edge[row, column + 1]
    K2, w2 = rooted(low, high, ends, n2)
    return np.repeat(K1[row], n2), K2.ravel(), (w1[row, None] * w2).ravel()


def momentum_transfer(junction: Junction, K1: np.ndarray, K2: np.ndarray, n: int) -> np.ndarray:
    """J(K1, K2) for K1 <= K2, (k,): the integral over the momentum q that the two electrons exchange.

    Below q = K2 - K1 the disks overlap wholly; above, q = K2 - K1 + 2 K1 sin^2(theta/2) removes the powers 3/2 at both
    ends of the lens. exp(-|Y|) is in `slab_element`, which leaves exp(-2 d kappa_1) outside.
    """
    decay, d = junction.decay, junction.width
    kappa1, kappa2 = np.sqrt(decay**2 + K1 * K1), np.sqrt(decay**2 + K2 * K2)
    Y = (d * (K2 - K1) * (K2 + K1) / (kappa1 + kappa2))[:, None]
    t, w = gauss(n)
    gap = (K2 - K1)[:, None]
    first = np.minimum(gap, 4 / d)
    inner = np.concatenate([first * t, first + (gap - first) * t], axis=1)
    weight = np.concatenate([first * w, (gap - first) * w], axis=1)
    angle = math.pi * t
    outer = gap + 2 * K1[:, None] * np.sin(angle / 2) ** 2
    lens = K1[:, None] * math.pi * np.sin(angle) * w * lens_area(outer, K1[:, None], K2[:, None])
    q = np.concatenate([inner, outer], axis=1)
    area = np.concatenate([weight * (math.pi * K1 * K1)[:, None], lens], axis=1)
    F = slab_element(q * d, Y)
    return d**3 * np.exp(-2 * d * kappa1) * np.einsum("ij,ij,ij->i", q, F, area)
