"""L_ex: exchange of electrons inside the leads, where tails from across the barrier meet a screened interaction."""

from __future__ import annotations

import math

import numpy as np

from .insulator import polarised_weight
from .junction import Junction, Lead
from .panels import breaks, fermi_momenta, gauss, rooted

_NODES = {"fast": 10, "normal": 14, "high": 20}


def leads_term(junction: Junction, contact: str = "mean", accuracy: str = "normal") -> float:
    """L_ex, eV/nm^2.

    L_ex = sum over both leads b, tails from a: u_b/(64 pi^4) int dK K^2 exp(-2 d kappa) dw_a(K) [N_b-(kappa) -
    N_b+(kappa)], eqs 11 and 23-27 of arXiv:1607.00403. Eqs 25 and 26 are printed with the wrong sign and pi for pi^2,
    eq 24 with Delta/Omega for Delta/(2 Omega), and eq 11 with E_F for U + E_F.
    """
    left, right = junction.leads
    if left.gap == 0 or right.gap == 0:
        return 0.0
    n = _NODES[accuracy]
    edges = breaks((left, right), junction.decay, junction.width)
    node, weight = rooted(edges[:-1], edges[1:], fermi_momenta((left, right)), n)
    K, weight = node.ravel(), weight.ravel()
    kappa = np.sqrt(junction.decay**2 + K * K)
    common = weight * K * K * np.exp(-2 * junction.width * kappa)
    total = 0.0
    for tail, lead in ((left, right), (right, left)):
        density = _polarised_density(lead, kappa, n)
        total += contact_interaction(junction, lead, contact) * float(common * polarised_weight(tail)(K) @ density)
    return total / (64 * math.pi**4)


def contact_interaction(junction: Junction, lead: Lead, contact: str) -> float:
    """u of the contact interaction u delta(r), eV nm^3: mean level spacing (eq 11) or 1/D(E_F)."""
    high, low = lead.fermi
    if contact == "tf":
        return 4 * math.pi**2 * junction.kinetic / (high + low)
    mean = (lead.majority + lead.minority) / 2 * junction.kinetic  # U - h_B, eV
    return 3 * math.pi**2 * mean / (high**3 + low**3)


def _polarised_density(lead: Lead, kappa: np.ndarray, n: int) -> np.ndarray:
    """N_-(kappa) - N_+(kappa): what a tail exp(-kappa x) meets of each spin."""
    majority = _met_density(lead.majority, lead.decay, kappa, n)
    return majority - _met_density(lead.minority, lead.decay, kappa, n) if lead.minority > 0 else majority


def _met_density(square: float, decay: float, kappa: np.ndarray, n: int) -> np.ndarray:
    """N_s = int_0^kF dk (kF^2 - k^2) {1/kappa + Re[xi*/(kappa + i k)]}, with D = kF^2 + kappa_0^2,

    Re[...] = [kappa (2 k^2 - D) + 2 k^2 kappa_i]/[D (kappa^2 + k^2)], kappa_i^2 = D - k^2. k = sqrt(D) sin(theta) makes
    kappa_i smooth; panels shrink towards k = 0, where the poles k = +-i kappa are near.
    """
    D = square + decay
    top = math.asin(math.sqrt(square / D))
    ends = [top]
    while ends[-1] > math.sqrt(decay / D) and len(ends) < 30:
        ends.append(ends[-1] / 3)
    edges = np.array([0.0, *ends[::-1]])
    t, w = gauss(n)
    angle = (edges[:-1, None] + np.diff(edges)[:, None] * t).ravel()
    weight = (np.diff(edges)[:, None] * w).ravel()
    k2, cosine = D * np.sin(angle) ** 2, np.cos(angle)
    weight = weight * math.sqrt(D) * cosine * (square - k2)
    kappa = kappa[:, None]
    wave = (kappa * (2 * k2 - D) + 2 * k2 * math.sqrt(D) * cosine) / (D * (kappa * kappa + k2))
    return (1 / kappa + wave) @ weight
