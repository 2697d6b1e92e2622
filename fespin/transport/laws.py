"""The local laws as 4 x 4 matrices: what a material does to (V_e, V_x, V_y, V_z)."""

from __future__ import annotations

import math

import numpy as np

from ..materials import Material, NormalMetal


def conduction(material: Material, magnetization: tuple[float, float, float] | None) -> np.ndarray:
    """Generalised conductivity Sigma of J_a = -Sigma_ab grad V_b, (4, 4), S/m.

    Eqs (1), (2), (7)-(9) of Bazaliy and Ramazashvili, in volts: sigma times the identity in a normal metal,
    sigma [[1, p m^T], [p m, m m^T]] in a strong ferromagnet, sigma (1, q)(1, q)^T with q = p m in a half metal.
    Symmetric, as their appendix B shows.

    Examples
    --------
    >>> conduction(NormalMetal(conductivity=2.0), None).diagonal()
    array([2., 2., 2., 2.])
    """
    if magnetization is None:
        return material.conductivity * np.eye(4)
    m = np.array(magnetization)
    p = material.polarization  # type: ignore[union-attr]
    out = np.empty((4, 4))
    out[0, 0] = 1.0
    out[0, 1:] = out[1:, 0] = p * m
    out[1:, 1:] = np.outer(m, m)
    return material.conductivity * out


def relaxation(material: Material, magnetization: tuple[float, float, float] | None) -> np.ndarray:
    """Relaxation R of div J_a = -R_ab V_b, (4, 4), S/m^3.

    sigma/lambda^2 on every spin component of a normal metal, sigma (1 - p^2)/lambda^2 along m in a ferromagnet. Eq (4)
    of the paper prints the opposite sign of the right-hand side; its own solution, eq (40), decays only with this one.
    """
    out = np.zeros((4, 4))
    length = material.spin_diffusion_length
    if math.isinf(length):
        return out
    rate = material.conductivity / length**2
    if isinstance(material, NormalMetal) or magnetization is None:
        out[1:, 1:] = rate * np.eye(3)
    else:
        m = np.array(magnetization)
        out[1:, 1:] = rate * (1.0 - material.polarization**2) * np.outer(m, m)
    return out
