"""The local laws as 4 x 4 matrices: what a material does to (V_e, V_x, V_y, V_z), and what it does it by.

Sigma conducts, J_a = -Sigma_ab grad V_b; reactions R take spin away, div J_a = -R_ab V_b, and are kept apart by cause:
relaxation and dephasing are symmetric, precession is antisymmetric, storage comes with i omega.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..materials import Ferromagnet, Material, NormalMetal

Vector = tuple[float, float, float]


def conduction(material: Material, magnetization: Vector | None) -> np.ndarray:
    """Generalised conductivity Sigma of J_a = -Sigma_ab grad V_b, (4, 4), S/m.

    Eqs (1), (2), (7)-(9) of Bazaliy and Ramazashvili, in volts: sigma times the identity in a normal metal,
    sigma [[1, p m^T], [p m, m m^T]] in a strong ferromagnet, sigma (1, q)(1, q)^T with q = p m in a half metal. A
    ferromagnet of finite strength lets transverse spins diffuse too: the identity stands for m m^T. Symmetric, as their
    appendix B shows.

    Examples
    --------
    >>> conduction(NormalMetal(conductivity=2.0), None).diagonal()
    array([2., 2., 2., 2.])
    """
    if magnetization is None:
        return material.conductivity * np.eye(4)
    m = np.array(magnetization)
    p = material.polarization  # type: ignore[union-attr]
    out = np.eye(4)
    out[0, 1:] = out[1:, 0] = p * m
    if not is_weak(material):
        out[1:, 1:] = np.outer(m, m)
    return material.conductivity * out


def is_weak(material: Material) -> bool:
    """Whether this is a ferromagnet of finite strength, which holds transverse spins."""
    return isinstance(material, Ferromagnet) and material.transverse_length is not None


def relaxation(material: Material, magnetization: Vector | None) -> np.ndarray:
    """Relaxation of div J_a = -R_ab V_b into the lattice, (4, 4), S/m^3.

    sigma/lambda^2 on every spin component of a normal metal, sigma (1 - p^2)/lambda^2 along m in a ferromagnet. Eq (4)
    of the paper prints the opposite sign of the right-hand side; its own solution, eq (40), decays only with this one.
    """
    length = material.spin_diffusion_length
    return np.zeros((4, 4)) if math.isinf(length) else _spin(_density(material, magnetization) / length**2)


def dephasing(material: Material, magnetization: Vector | None) -> np.ndarray:
    """sigma/lambda_perp^2 on the spins normal to m in a ferromagnet of finite strength, (4, 4), S/m^3: a torque."""
    length = material.transverse_length if isinstance(material, Ferromagnet) else None
    if length is None or magnetization is None:
        return np.zeros((4, 4))
    return _spin(material.conductivity / length**2 * (np.eye(3) - np.outer(magnetization, magnetization)))


def exchange_precession(material: Material, magnetization: Vector | None) -> np.ndarray:
    """-(sigma/lambda_J^2) m x V in a ferromagnet of finite strength, (4, 4), S/m^3: antisymmetric, odd in m."""
    if not isinstance(material, Ferromagnet) or magnetization is None or math.isinf(material.precession_length):
        return np.zeros((4, 4))
    return _spin(-material.conductivity / material.precession_length**2 * cross_matrix(magnetization))


def field_precession(material: Material, magnetization: Vector | None, omega: np.ndarray | None) -> np.ndarray:
    """-(sigma/D) omega x V, (4, 4), S/m^3: spins precess in a magnetic field (Hanle); antisymmetric, odd in B.

    A strong ferromagnet ties its spins to m, and a half metal has one channel: both are left alone.
    """
    free = isinstance(material, NormalMetal) or is_weak(material)
    if omega is None or not free or material.diffusivity is None:
        return np.zeros((4, 4))
    return _spin(-material.conductivity / material.diffusivity * cross_matrix(omega))


def storage(material: Material, magnetization: Vector | None) -> np.ndarray:
    """Spin capacitance e^2 N = sigma/D per volume, (4, 4), F/m^3: with i omega it joins relaxation.

    sigma/lambda^2 becomes (sigma/lambda^2)(1 + i omega tau) with lambda^2 = D tau; along m in a ferromagnet both carry
    the factor 1 - p^2. A half metal stores no spin.
    """
    if material.diffusivity is None:
        return np.zeros((4, 4))
    density = _density(material, magnetization) / material.diffusivity
    if is_weak(material) and magnetization is not None:
        density = density + material.conductivity / material.diffusivity * (
            np.eye(3) - np.outer(magnetization, magnetization)
        )
    return _spin(density)


def spin_hall(material: Material) -> np.ndarray:
    """Couplings of the spin Hall effect, (3, 4, 4), S/m: for spin alpha, theta sigma between e and alpha both ways.

    J_alpha,i gains -theta sigma eps_{i alpha k} d_k V_e, and J_e,i gains -theta sigma eps_{i alpha k} d_k V_alpha
    (Dyakonov, PRL 99, 126601 (2007)). One number stands for both: with the antisymmetric operators of eps the direct
    and the inverse effect obey Onsager's relation whatever the angle.
    """
    out = np.zeros((3, 4, 4))
    if isinstance(material, NormalMetal) and material.spin_hall_angle:
        for alpha in range(3):
            out[alpha, 0, alpha + 1] = out[alpha, alpha + 1, 0] = material.spin_hall_angle * material.conductivity
    return out


def cross_matrix(a: Any) -> np.ndarray:
    """The matrix of v -> a x v, (3, 3).

    Examples
    --------
    >>> cross_matrix((0, 0, 1)) @ [1, 0, 0]
    array([0., 1., 0.])
    """
    x, y, z = (float(c) for c in a)
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def _density(material: Material, magnetization: Vector | None) -> np.ndarray:
    """What relaxes, (3, 3), S/m: sigma in all directions, or sigma (1 - p^2) along m."""
    if isinstance(material, NormalMetal) or magnetization is None:
        return material.conductivity * np.eye(3)
    return material.conductivity * (1.0 - material.polarization**2) * np.outer(magnetization, magnetization)


def _spin(block: np.ndarray) -> np.ndarray:
    """A (3, 3) law of spins among all four components."""
    out = np.zeros((4, 4))
    out[1:, 1:] = block
    return out
