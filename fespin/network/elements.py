"""Exact lumped elements: wires, the contact of a ferromagnet and a metal, resistors, relaxing nodes.

Closed forms follow from eqs (1)-(16) of Bazaliy and Ramazashvili. Conductances are written as g = sigma A/L
times x coth(x) and x / sinh(x) with x = L/lambda, which hold from lambda = inf (x = 0) to L >> lambda.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..errors import must_be
from .checks import Vector, positive, real, unit_vector
from .conductance import ConductanceMatrix
from .hyperbolic import x_coth, x_csch
from .terminal import TerminalSpace

_INFO = {"solver": {"backend": "closed form"}}


def normal_wire(
    *,
    conductivity: float,
    spin_diffusion_length: float = math.inf,
    length: float,
    area: float,
    terminals: tuple[str, str] = ("1", "2"),
) -> ConductanceMatrix:
    """Exact conductance matrix of a normal wire with a terminal at each end.

    Solves V_a'' = V_a/lambda^2 for spin and V_e'' = 0 for charge:
    G^ee_12 = g, G^aa_11 = -g x coth(x), G^aa_12 = g x/sinh(x).

    Parameters
    ----------
    conductivity, spin_diffusion_length : float
        sigma in S/m and lambda in m, positive; lambda = inf switches relaxation off.
    length, area : float
        m and m^2, positive.
    terminals : tuple of 2 str
        Names of the ends.

    Returns
    -------
    ConductanceMatrix
        Siemens; currents out of the wire positive.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> wire = normal_wire(conductivity=1e7, spin_diffusion_length=1e-7, length=1e-7, area=1e-14)
    >>> wire["1", "e", "2", "e"], round(wire["1", "z", "2", "z"], 6)
    (1.0, 0.850918)
    """
    g = _charge_conductance("normal_wire", conductivity, length, area)
    x = length / positive("normal_wire.spin_diffusion_length", spin_diffusion_length, "m", allow_inf=True)
    own = np.diag([g] + 3 * [g * x_coth(x)])
    through = np.diag([g] + 3 * [g * x_csch(x)])
    return _two_ends(own, through, TerminalSpace.normal(), terminals)


def ferromagnetic_wire(
    *,
    conductivity: float,
    polarization: float,
    spin_diffusion_length: float,
    magnetization: Vector,
    length: float,
    area: float,
    terminals: tuple[str, str] = ("1", "2"),
) -> ConductanceMatrix:
    """Exact conductance matrix of a ferromagnetic wire in the strong limit.

    In (V_e, u) with u = m.V_s the own block of an end is -[[g, p g], [p g, p^2 g + (1-p^2) g x coth(x)]], the
    block between the ends +[[g, p g], [p g, p^2 g + (1-p^2) g x/sinh(x)]]. Transverse spin finds no entry.

    Parameters
    ----------
    conductivity : float
        sigma of both spin channels together, S/m.
    polarization : float
        p = (sigma_up - sigma_down)/sigma, between -1 and 1, both excluded.
    spin_diffusion_length : float
        lambda of u'' = u/lambda^2, in m; inf allowed.
    magnetization : array_like, shape (3,)
        Direction m of any length.
    length, area : float
        m and m^2.
    terminals : tuple of 2 str
        Names of the ends.

    Returns
    -------
    ConductanceMatrix
        Siemens; currents out of the wire positive; both terminals ferromagnetic.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> wire = ferromagnetic_wire(conductivity=2, polarization=0.5, spin_diffusion_length=1,
    ...                           magnetization=[1, 0, 0], length=1, area=1)
    >>> wire["1", "x", "2", "e"], wire["1", "z", "2", "e"]
    (1.0, 0.0)
    """
    g = _charge_conductance("ferromagnetic_wire", conductivity, length, area)
    where = "ferromagnetic_wire.spin_diffusion_length"
    x = length / positive(where, spin_diffusion_length, "m", allow_inf=True)
    p = real("ferromagnetic_wire.polarization", polarization, "a number between -1 and 1")
    if not abs(p) < 1:
        rule = "between -1 and 1, both excluded"
        raise must_be("ferromagnetic_wire.polarization", rule, polarization, "use half_metal_wire for -1 and 1")
    own, through = _polarised(g, p, x)
    return _two_ends(own, through, TerminalSpace.ferromagnet(magnetization), terminals)


def half_metal_wire(
    *,
    conductivity: float,
    polarization: float = 1,
    magnetization: Vector,
    length: float,
    area: float,
    terminals: tuple[str, str] = ("1", "2"),
) -> ConductanceMatrix:
    """Conductance matrix of a half-metallic wire: g = sigma A/L between w = V_e + q.V_s, q = p m.

    Parameters
    ----------
    conductivity : float
        sigma of the conducting channel, S/m.
    polarization : {1, -1}
        Which channel conducts: spin along m or against it.
    magnetization : array_like, shape (3,)
        Direction m of any length.
    length, area : float
        m and m^2.
    terminals : tuple of 2 str
        Names of the ends.

    Returns
    -------
    ConductanceMatrix
        I_a = g (1, q)_a (1, q).V in siemens; currents out of the wire positive.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> wire = half_metal_wire(conductivity=2, polarization=-1, magnetization=[0, 0, 1], length=1, area=1)
    >>> wire["1", "z", "2", "e"], wire["1", "z", "2", "z"]
    (-2.0, 2.0)
    """
    g = np.array([[_charge_conductance("half_metal_wire", conductivity, length, area)]])
    if polarization not in (1, -1):
        raise must_be("half_metal_wire.polarization", "1 or -1", polarization, "use ferromagnetic_wire in between")
    q = polarization * unit_vector("half_metal_wire.magnetization", magnetization)
    return _two_ends(g, g, TerminalSpace.half_metal(q), terminals)


def contact(
    *,
    conductance_up: float,
    conductance_down: float,
    mixing_conductance: complex,
    magnetization: Vector,
    area: float,
    memory_loss: float = 0.0,
    terminals: tuple[str, str] = ("normal", "ferromagnet"),
) -> ConductanceMatrix:
    """Interface of a normal metal and a ferromagnet in circuit theory (eq 28 of Bazaliy and Ramazashvili).

    Charge and longitudinal spin pass as through a ferromagnetic wire of conductance g = g_up + g_dn,
    polarisation gamma = (g_up - g_dn)/g and length delta in units of its spin diffusion length. Transverse
    spin is absorbed: J_perp = 2 Re(g_mix) V_perp - 2 Im(g_mix) m x V_perp leaves the normal metal and arrives
    nowhere. With Im(g_mix) the matrix is not symmetric: it obeys Onsager's relation with m reversed.

    Parameters
    ----------
    conductance_up, conductance_down : float
        g_up, g_dn in S/m^2, positive.
    mixing_conductance : complex
        g_mix in S/m^2 with Re(g_mix) >= (g_up + g_dn)/2.
    magnetization : array_like, shape (3,)
        Direction m of any length.
    area : float
        m^2.
    memory_loss : float
        delta >= 0.
    terminals : tuple of 2 str
        The side of the normal metal, then that of the ferromagnet.

    Returns
    -------
    ConductanceMatrix
        Siemens; currents out of the contact positive.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> G = contact(conductance_up=3, conductance_down=1, mixing_conductance=2 + 0.5j,
    ...             magnetization=[0, 0, 1], area=1)
    >>> G["ferromagnet", "z", "normal", "e"], G["normal", "x", "normal", "y"], G["normal", "y", "normal", "x"]
    (2.0, -1.0, 1.0)
    """
    up = positive("contact.conductance_up", conductance_up, "S/m^2")
    down = positive("contact.conductance_down", conductance_down, "S/m^2")
    g, gamma = up + down, (up - down) / (up + down)
    if not (np.isfinite(mixing_conductance) and complex(mixing_conductance).real >= g / 2 * (1 - 1e-12)):
        rule = f"finite with a real part of at least (up + down)/2 = {g / 2:g} S/m^2"
        raise must_be("contact.mixing_conductance", rule, mixing_conductance)
    if not 0 <= real("contact.memory_loss", memory_loss, "a number, 0 or more") < math.inf:
        raise must_be("contact.memory_loss", "a number, 0 or more", memory_loss)
    m = unit_vector("contact.magnetization", magnetization)
    own, through = (positive("contact.area", area, "m^2") * part for part in _polarised(g, gamma, memory_loss))
    side = TerminalSpace.ferromagnet(m)
    values = np.array(_two_ends(own, through, side, terminals).values)
    values[1:4, 1:4] -= area * _transverse(complex(mixing_conductance), m)
    return ConductanceMatrix(values=values, terminals=terminals, spaces={terminals[1]: side}, info=_INFO)


def resistor(*, resistance: float, spin: str, terminals: tuple[str, str] = ("1", "2")) -> ConductanceMatrix:
    """A resistance of which nothing but its charge resistance is known.

    Parameters
    ----------
    resistance : float
        Ohm, positive.
    spin : {"blocked", "transmitted"}
        "blocked": no spin current enters at either end, as if the spin potential were the same everywhere in the
        lead. "transmitted": spin passes as charge does, a `normal_wire` without relaxation. A lead much longer
        than its spin diffusion length, which drains spin from what it touches, is neither: use `normal_wire`.
    terminals : tuple of 2 str
        Names of the ends.

    Returns
    -------
    ConductanceMatrix
        Siemens; currents out of the resistor positive.

    Raises
    ------
    InputError
        A parameter is out of range.

    Examples
    --------
    >>> R = resistor(resistance=4, spin="blocked")
    >>> R["1", "e", "2", "e"], R["1", "z", "2", "z"]
    (0.25, 0.0)
    """
    g = 1 / positive("resistor.resistance", resistance, "ohm")
    if spin not in ("blocked", "transmitted"):
        raise must_be("resistor.spin", "'blocked' or 'transmitted'", spin)
    block = np.diag([g] + 3 * [g if spin == "transmitted" else 0.0])
    return _two_ends(block, block, TerminalSpace.normal(), terminals)


def spin_relaxing_node(*, conductance: float, terminal: str = "1") -> ConductanceMatrix:
    """Relaxation of the spin of a node: I_s = -conductance V_s, the same in all directions, and no charge.

    The node of circuit theory of volume v has the conductance sigma v/lambda^2 = e^2 N v/tau_s (N the density of
    states of both spins): what div J_s = -(sigma/lambda^2) V_s takes away in it.

    Parameters
    ----------
    conductance : float
        Siemens, positive.
    terminal : str
        Name of the only terminal.

    Returns
    -------
    ConductanceMatrix
        Siemens; currents out of the element positive.

    Raises
    ------
    InputError
        The conductance is out of range.

    Examples
    --------
    >>> spin_relaxing_node(conductance=2).values.diagonal()
    array([ 0., -2., -2., -2.])
    """
    g = positive("spin_relaxing_node.conductance", conductance, "S")
    return ConductanceMatrix(values=np.diag([0.0, -g, -g, -g]), terminals=[terminal], info=_INFO)


def _charge_conductance(where: str, conductivity: float, length: float, area: float) -> float:
    sigma = positive(f"{where}.conductivity", conductivity, "S/m")
    return sigma * positive(f"{where}.area", area, "m^2") / positive(f"{where}.length", length, "m")


def _polarised(g: float, p: float, x: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Own and through block in (V_e, u) of a polarised conductor of conductance g and length x lambda."""
    relaxing = (1 - p) * (1 + p)
    return tuple(  # type: ignore[return-value]
        g * np.array([[1, p], [p, p * p + relaxing * shape]]) for shape in (x_coth(x), x_csch(x))
    )


def _transverse(g_mix: complex, m: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix 2 Re(g) (1 - m m^T) - 2 Im(g) m x, acting on the spin potential."""
    cross = np.array([[0, -m[2], m[1]], [m[2], 0, -m[0]], [-m[1], m[0], 0]])
    return 2 * g_mix.real * (np.eye(3) - np.outer(m, m)) - 2 * g_mix.imag * cross


def _two_ends(
    own: NDArray[np.float64], through: NDArray[np.float64], space: TerminalSpace, terminals: tuple[str, str]
) -> ConductanceMatrix:
    matrix = np.block([[-own, through], [through, -own]])
    return ConductanceMatrix.from_reduced(matrix, terminals=terminals, spaces=[space, space], info=_INFO)
