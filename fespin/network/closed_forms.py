"""Devices of which the whole answer is a formula: F/N wire, F/N/F valve, annular sector, cone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import must_be
from .checks import positive, real
from .conductance import ConductanceMatrix
from .hyperbolic import x_coth, x_csch

_INFO = {"solver": {"backend": "closed form"}}


@dataclass(frozen=True, kw_only=True)
class FNWire:
    """The block G_NN at the normal end of an F/N wire with m along +z; currents out of the device positive.

    R_eff is the effective spin resistance of the contact in ohm; G_ee, C_z = G^ez = G^ze, S_x = G^xx = G^yy
    and S_z = G^zz are siemens. The diagonal entries are negative: the paper's G is -G_ee.
    """

    R_eff: float
    G_ee: float
    C_z: float
    S_x: float
    S_z: float


def fn_wire(
    *,
    resistance_F: float,
    resistance_N: float,
    length_F: float,
    length_N: float,
    spin_diffusion_length_F: float,
    spin_diffusion_length_N: float,
    polarization: float,
) -> FNWire:
    """Normal end of a ferromagnetic and a normal wire in series, m = +z.

    Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits", appendix D, eqs 52-55:
    with t = (lambda/L) tanh(L/lambda) and s = (lambda/L) sinh(L/lambda) in each part,
    1/R_eff = 1/(R_N t_N) + p^2/(R_N + R_F) + (1 - p^2)/(R_F t_F), and from it the four entries.

    Parameters
    ----------
    resistance_F, resistance_N : float
        Total charge resistances L/(sigma A) in ohm.
    length_F, length_N : float
        m.
    spin_diffusion_length_F, spin_diffusion_length_N : float
        m; inf allowed.
    polarization : float
        p of the ferromagnet, between -1 and 1.

    Returns
    -------
    FNWire
        Ohm and siemens; out of the device positive.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> wire = fn_wire(resistance_F=0.7, resistance_N=1.9, length_F=1.3, length_N=2.0,
    ...                spin_diffusion_length_F=0.4, spin_diffusion_length_N=1.1, polarization=0.35)
    >>> round(wire.R_eff, 12), round(wire.C_z, 12)
    (0.194468519094, -0.008352713957)
    """
    R_F = positive("fn_wire.resistance_F", resistance_F, "ohm")
    R_N = positive("fn_wire.resistance_N", resistance_N, "ohm")
    x_F = _ratio("fn_wire", "_F", length_F, spin_diffusion_length_F)
    x_N = _ratio("fn_wire", "_N", length_N, spin_diffusion_length_N)
    p = _polarization("fn_wire", polarization)
    one_over_t, one_over_s = x_coth(x_N), x_csch(x_N)  # of the normal part
    R = R_N + R_F
    R_eff = 1 / (one_over_t / R_N + p**2 / R + (1 - p**2) * x_coth(x_F) / R_F)
    return FNWire(
        R_eff=R_eff,
        G_ee=-(1 - p**2 * R_eff / R) / R,
        C_z=-p * R_eff * one_over_s / (R_N * R),
        S_x=-one_over_t / R_N,
        S_z=-(one_over_t - R_eff * one_over_s**2 / R_N) / R_N,
    )


def fnf_resistance(
    theta: float | NDArray[np.float64],
    *,
    resistivity_F: float,
    resistivity_N: float,
    length_F: float,
    length_N: float,
    spin_diffusion_length_F: float,
    spin_diffusion_length_N: float,
    polarization: float,
) -> float | NDArray[np.float64]:
    """Area resistance of an F/N/F valve with the angle theta between the two magnetizations.

    For ferromagnets much longer than their lambda, ohmic interfaces and spin potentials zero at both ends:

        R = 2 rho_F L_F + rho_N d + 2 p^2/{1/r_F + [coth(d/l_N) + cos(theta) csch(d/l_N)]/r_N}

    with r_F = rho_F l_F/(1 - p^2), r_N = rho_N l_N, derived for the boundary conditions of Bazaliy and
    Ramazashvili (V_e and m.V_s continuous, transverse spin absorbed). What is left out is of the order
    exp(-2 L_F/l_F).

    Parameters
    ----------
    theta : float or array
        Angle in radian.
    resistivity_F, resistivity_N : float
        ohm m.
    length_F, length_N : float
        Length of each ferromagnet and of the spacer (d), m.
    spin_diffusion_length_F, spin_diffusion_length_N : float
        m; that of the spacer may be inf.
    polarization : float
        p of both ferromagnets, between -1 and 1.

    Returns
    -------
    float or array
        Resistance times area in ohm m^2, shaped like `theta`.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> R = fnf_resistance(math.pi, resistivity_F=2, resistivity_N=0.5, length_F=8, length_N=0.8,
    ...                    spin_diffusion_length_F=0.5, spin_diffusion_length_N=1.3, polarization=0.6)
    >>> round(float(R), 10)
    33.0551536479
    """
    rho_F = positive("fnf_resistance.resistivity_F", resistivity_F, "ohm m")
    rho_N = positive("fnf_resistance.resistivity_N", resistivity_N, "ohm m")
    l_F = positive("fnf_resistance.spin_diffusion_length_F", spin_diffusion_length_F, "m")
    L_F = positive("fnf_resistance.length_F", length_F, "m")
    x = _ratio("fnf_resistance", "_N", length_N, spin_diffusion_length_N)
    p = _polarization("fnf_resistance", polarization)
    # coth(x) + cos(theta) csch(x) as a sum of positive terms: no cancellation for antiparallel thin spacers
    c2, s2 = np.cos(np.asarray(theta) / 2) ** 2, np.sin(np.asarray(theta) / 2) ** 2
    spacer = (2 * c2 * x_coth(x / 2) + s2 * x * math.tanh(x / 2)) / (rho_N * length_N)
    return 2 * rho_F * L_F + rho_N * length_N + 2 * p**2 / ((1 - p**2) / (rho_F * l_F) + spacer)


def annular_sector(
    *,
    conductivity: float,
    spin_diffusion_length: float = math.inf,
    inner_radius: float,
    outer_radius: float,
    angle: float,
    thickness: float,
    terminals: tuple[str, str] = ("inner", "outer"),
) -> ConductanceMatrix:
    """Sector of a ring of normal metal with its two arcs as terminals: modified Bessel functions of r/lambda.

    With Delta = I0(x2) K0(x1) - K0(x2) I0(x1), x = r/lambda and c = angle sigma thickness, the spin transfer
    is c/Delta **both ways**, although a larger part of the injected current arrives one way than the other.
    Charge: c/ln(r2/r1).

    Parameters
    ----------
    conductivity, spin_diffusion_length : float
        S/m and m; lambda = inf switches relaxation off.
    inner_radius, outer_radius, thickness : float
        m; inner < outer.
    angle : float
        Opening in radian, up to 2 pi.
    terminals : tuple of 2 str
        Names of the inner and the outer arc.

    Returns
    -------
    ConductanceMatrix
        Siemens; currents out of the device positive.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> G = annular_sector(conductivity=1, spin_diffusion_length=0.8, inner_radius=0.5, outer_radius=2,
    ...                    angle=1, thickness=1)
    >>> round(G["inner", "z", "outer", "z"], 10), round(G["outer", "z", "outer", "z"], 10)
    (0.4192638079, -2.052686582)
    """
    c = positive("annular_sector.conductivity", conductivity, "S/m")
    c *= positive("annular_sector.thickness", thickness, "m")
    opening = positive("annular_sector.angle", angle, "radian")
    if opening > 2 * math.pi * (1 + 1e-12):
        raise must_be("annular_sector.angle", "at most 2 pi", angle)
    c *= opening
    r1, r2 = _radii("annular_sector", inner_radius, outer_radius)
    scale = positive("annular_sector.spin_diffusion_length", spin_diffusion_length, "m", allow_inf=True)
    charge = c / math.log1p((r2 - r1) / r1)
    if math.isinf(scale):
        return _tapered(charge, (charge, charge, charge), terminals)
    spin = _bessel_shapes(r1 / scale, r2 / scale)
    return _tapered(charge, (c * spin[0], c * spin[1], c * spin[2]), terminals)


def cone(
    *,
    conductivity: float,
    spin_diffusion_length: float = math.inf,
    inner_radius: float,
    outer_radius: float,
    solid_angle: float,
    terminals: tuple[str, str] = ("inner", "outer"),
) -> ConductanceMatrix:
    """Cone of normal metal between two spherical caps as terminals: V = sinh and cosh of r/lambda over r.

    With d = r2 - r1, x = d/lambda and c = Omega sigma: transfer c r1 r2 (x/sinh x)/d both ways,
    G_11 = c r1^2 (1/r1 + x coth(x)/d), G_22 = c r2^2 (x coth(x)/d - 1/r2). Charge: c r1 r2/d.

    Parameters
    ----------
    conductivity, spin_diffusion_length : float
        S/m and m; lambda = inf switches relaxation off.
    inner_radius, outer_radius : float
        Distances of the caps from the apex, m; inner < outer.
    solid_angle : float
        Omega in steradian, up to 4 pi.
    terminals : tuple of 2 str
        Names of the inner and the outer cap.

    Returns
    -------
    ConductanceMatrix
        Siemens; currents out of the device positive.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> G = cone(conductivity=1, spin_diffusion_length=0.8, inner_radius=0.5, outer_radius=2, solid_angle=1)
    >>> round(G["inner", "z", "outer", "z"], 10), round(G["outer", "z", "outer", "z"], 10)
    (0.3926209775, -3.2408415079)
    """
    c = positive("cone.conductivity", conductivity, "S/m") * positive("cone.solid_angle", solid_angle, "sr")
    if solid_angle > 4 * math.pi * (1 + 1e-12):
        raise must_be("cone.solid_angle", "at most 4 pi", solid_angle)
    r1, r2 = _radii("cone", inner_radius, outer_radius)
    d = r2 - r1
    x = d / positive("cone.spin_diffusion_length", spin_diffusion_length, "m", allow_inf=True)
    first = c * r1 * (1 + r1 * x_coth(x) / d)
    second = c * r2 * (r2 * (x_coth(x) - 1) + r1) / d  # 1/d - 1/r2 = r1/(d r2), taken out by hand
    transfer = c * r1 * r2 / d
    return _tapered(transfer, (transfer * x_csch(x), first, second), terminals)


def _bessel_shapes(x1: float, x2: float) -> tuple[float, float, float]:
    """Transfer, G_11 and G_22 over c, with the exponentials taken out: I0 itself overflows at x = 713."""
    from scipy.special import ive, kve

    h = x2 - x1
    back = math.exp(-2 * h)
    delta = ive(0, x2) * kve(0, x1) - kve(0, x2) * ive(0, x1) * back
    first = x1 * (ive(1, x1) * kve(0, x2) * back + kve(1, x1) * ive(0, x2)) / delta
    second = x2 * (ive(1, x2) * kve(0, x1) + kve(1, x2) * ive(0, x1) * back) / delta
    return math.exp(-h) / delta, first, second


def _tapered(charge: float, spin: tuple[float, float, float], terminals: tuple[str, str]) -> ConductanceMatrix:
    """Matrix of a normal two-terminal device from its charge transfer and spin (transfer, own 1, own 2)."""
    tensor = np.zeros((2, 4, 2, 4))
    tensor[:, 0, :, 0] = [[-charge, charge], [charge, -charge]]
    for a in (1, 2, 3):
        tensor[:, a, :, a] = [[-spin[1], spin[0]], [spin[0], -spin[2]]]
    return ConductanceMatrix(values=tensor.reshape(8, 8), terminals=terminals, info=_INFO)


def _ratio(where: str, part: str, length: float, spin_diffusion_length: float) -> float:
    L = positive(f"{where}.length{part}", length, "m")
    name = f"{where}.spin_diffusion_length{part}"
    return L / positive(name, spin_diffusion_length, "m", allow_inf=True)


def _radii(where: str, inner: float, outer: float) -> tuple[float, float]:
    r1, r2 = positive(f"{where}.inner_radius", inner, "m"), positive(f"{where}.outer_radius", outer, "m")
    if r1 >= r2:
        raise must_be(f"{where}.inner_radius", f"smaller than the outer radius {outer} m", inner)
    return r1, r2


def _polarization(where: str, value: float) -> float:
    p = real(f"{where}.polarization", value, "a number between -1 and 1")
    if not abs(p) < 1:
        raise must_be(f"{where}.polarization", "between -1 and 1, both excluded", value)
    return p
