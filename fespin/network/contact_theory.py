"""Circuit theory against diffusion: is the conductance matrix of an F/N device that of one contact (eq 28)?

Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits", section V: without spin relaxation
and with spin-inactive interfaces it is; with relaxation S^z differs from -G, and inner nodes are needed
(`relaxing_circuit`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, must_be
from .checks import Vector, unit_vector
from .conductance import ConductanceMatrix
from .elements import contact

# a mesh keeps S^z = -G to the accuracy of the linear solver, which is 1e-10 for multigrid
_TOLERANCE = 1e-8


@dataclass(frozen=True, kw_only=True)
class ContactReport:
    """How well one contact of circuit theory represents a two-terminal matrix.

    Parameters
    ----------
    normal, ferromagnet : str
        Names of the terminals.
    magnetization : tuple of 3 float
        The axis m that the conductances refer to.
    conductance_up, conductance_down : float
        g_up, g_dn of the nearest contact, siemens (totals, not per area).
    mixing_conductance : complex
        g_mix, siemens.
    residual : float
        max |G_NN - eq 28| / max |G_NN|, the comparison of the paper.
    full_residual : float
        The same for all entries of both terminals.
    misfit : dict of str to float
        What eq 28 cannot hold, each over max |G_NN|: "relaxation" (S^z + G, signed as -S^z - G: positive where
        spin is lost), "cross terms" (C^x, C^y, S^xz, S^yz), "anisotropy" (S^x - S^y, symmetric S^xy),
        "asymmetry" (G^ez - G^ze).
    tolerance : float
        Largest residual of a single contact.
    """

    normal: str
    ferromagnet: str
    magnetization: tuple[float, float, float]
    conductance_up: float
    conductance_down: float
    mixing_conductance: complex
    residual: float
    full_residual: float
    misfit: dict[str, float]
    tolerance: float

    @property
    def single_contact(self) -> bool:
        """Whether G_NN has the form of eq 28 to the tolerance."""
        return self.residual <= self.tolerance

    @property
    def allowed(self) -> bool:
        """Whether g_up, g_dn > 0 and Re g_mix >= (g_up + g_dn)/2, as for every real contact."""
        up, down = self.conductance_up, self.conductance_down
        return min(up, down) > 0 and self.mixing_conductance.real >= (up + down) / 2 * (1 - 1e-12)

    def element(self) -> ConductanceMatrix:
        """The contact as an element.

        Raises
        ------
        InputError
            Its conductances are not `allowed`.
        """
        return contact(
            conductance_up=self.conductance_up,
            conductance_down=self.conductance_down,
            mixing_conductance=self.mixing_conductance,
            magnetization=self.magnetization,
            area=1.0,
            terminals=(self.normal, self.ferromagnet),
        )

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.single_contact:
            return "one contact of circuit theory represents it (eq 28)" + (
                "" if self.allowed else ", with conductances that no real contact has"
            )
        why = {
            "cross terms": "charge or longitudinal spin couples to transverse spin: the device is not collinear",
            "anisotropy": "transverse spin is not absorbed alike in both directions: the device is not collinear",
            "asymmetry": "charge to spin differs from spin to charge: the matrix is not reciprocal",
            "relaxation": "spin relaxes inside (S^z differs from -G); relaxing_circuit adds the inner node it needs",
        }
        # S^z differs from -G in all of these cases: relaxation is the reason that remains
        worst = next((name for name in why if abs(self.misfit[name]) > self.tolerance), "relaxation")
        return f"one contact of circuit theory does not represent it: {why[worst]}"

    def __str__(self) -> str:
        g = self.mixing_conductance
        rows = [
            f"{self.verdict}",
            f"g_up   {self.conductance_up:12.6g} S",
            f"g_dn   {self.conductance_down:12.6g} S",
            f"g_mix  {g.real:12.6g} S real, {g.imag + 0.0:.6g} S imaginary",
            f"residual of eq 28 {self.residual:.1e} at {self.normal}, {self.full_residual:.1e} at both terminals; "
            f"tolerance {self.tolerance:.1e}",
            *(f"    {name:12} {value:+.3e}" for name, value in self.misfit.items()),
        ]
        return "\n".join(rows)


def as_contact(
    G: ConductanceMatrix,
    *,
    normal: str,
    ferromagnet: str,
    magnetization: Vector | None = None,
    tolerance: float = _TOLERANCE,
) -> ContactReport:
    """The contact nearest to a two-terminal matrix, and how far away it is.

    Least squares of eq 28 against G_NN (eq 29), with m instead of z: g_up + g_dn = (G - S^z)/2 in the letters of
    the paper, g_up - g_dn = -C^z, Re g_mix = -(S^x + S^y)/4, Im g_mix = (S^yx - S^xy)/4.

    Parameters
    ----------
    G : ConductanceMatrix
        Two terminals.
    normal, ferromagnet : str
        Which is which.
    magnetization : array_like, shape (3,)
        m; left out, the axis of the ferromagnetic terminal, or else the spin that charge drives at `normal`.
    tolerance : float
        Residual below which one contact is said to represent the matrix.

    Returns
    -------
    ContactReport
        Conductances in siemens.

    Raises
    ------
    InputError
        Not two terminals of these names, or no way to tell m.

    Examples
    --------
    Appendix D without relaxation, eq 56: G = -S^z = (R - p^2 R_N)/(R^2 - p^2 R_N^2), R = R_N + R_F

    >>> from fespin.network.circuit import join
    >>> from fespin.network.elements import ferromagnetic_wire, normal_wire
    >>> N = normal_wire(conductivity=1, length=1, area=1)
    >>> F = ferromagnetic_wire(conductivity=10, polarization=0.6, spin_diffusion_length=float("inf"),
    ...                        magnetization=[0, 0, 1], length=1, area=1)
    >>> G = join([(F, {"1": "F", "2": "a"}), (N, {"1": "a", "2": "N"})], external=["N", "F"])
    >>> report = as_contact(G, normal="N", ferromagnet="F")
    >>> report.single_contact, round(report.conductance_up + report.conductance_down, 12)
    (True, 0.870588235294)
    >>> round((1.1 - 0.36) / (1.21 - 0.36), 12)
    0.870588235294
    """
    G = two_terminal(G, normal, ferromagnet)
    own = -G[normal, normal]  # positive: eq 28 without its minus sign
    m = _axis(G, normal, ferromagnet, magnetization)
    S, along = own[1:, 1:], float(m @ own[1:, 1:] @ m)
    to_spin, to_charge = float(m @ own[1:, 0]), float(own[0, 1:] @ m)
    total, difference = (float(own[0, 0]) + along) / 2, (to_spin + to_charge) / 2
    across = np.eye(3) - np.outer(m, m)
    turn = np.array([[0, -m[2], m[1]], [m[2], 0, -m[0]], [-m[1], m[0], 0]])
    mixing = complex(np.trace(across @ S @ across) / 4, -np.sum(turn * S) / 4)
    plane = across @ S @ across
    skew = plane - mixing.real * 2 * across
    size = float(np.abs(own).max())
    cross = max(np.abs(v).max() for v in (across @ own[1:, 0], own[0, 1:] @ across, across @ S @ m, m @ S @ across))
    fit = contact_values(total, difference, mixing, m)
    return ContactReport(
        normal=normal,
        ferromagnet=ferromagnet,
        magnetization=(float(m[0]), float(m[1]), float(m[2])),
        conductance_up=(total + difference) / 2,
        conductance_down=(total - difference) / 2,
        mixing_conductance=mixing,
        residual=float(np.abs(own + fit[:4, :4]).max()) / size,
        full_residual=float(np.abs(G.values - fit).max() / np.abs(G.values).max()),
        misfit={
            "relaxation": (along - float(own[0, 0])) / size,
            "cross terms": float(cross) / size,
            "anisotropy": float(np.abs(skew + skew.T).max() / 2) / size,
            "asymmetry": (to_charge - to_spin) / size,
        },
        tolerance=tolerance,
    )


def two_terminal(G: ConductanceMatrix, normal: str, ferromagnet: str) -> ConductanceMatrix:
    """The matrix with currents counted out and the terminals in the order normal, ferromagnet."""
    if len(G.terminals) != 2 or {normal, ferromagnet} != set(G.terminals):
        rule = f"the two terminals of the matrix ({', '.join(G.terminals)})"
        raise must_be("normal, ferromagnet", rule, (normal, ferromagnet), "reduce a circuit to two terminals first")
    if np.iscomplexobj(G.values):
        raise InputError("a complex admittance has no real contact; take the static matrix")
    if not G.values.any():
        raise must_be("the matrix of a contact", "different from zero", "zeros")
    return G.as_device().reordered([normal, ferromagnet])


def contact_values(total: float, difference: float, mixing: complex, m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Both terminals of eq 28, (8, 8), currents out, without asking whether a contact may be like that."""
    B = np.array([[1.0, 0, 0, 0], [0, *m]]).T
    values = np.kron([[-1, 1], [1, -1]], B @ np.array([[total, difference], [difference, total]]) @ B.T)
    turn = np.array([[0, -m[2], m[1]], [m[2], 0, -m[0]], [-m[1], m[0], 0]])
    values[1:4, 1:4] -= 2 * mixing.real * (np.eye(3) - np.outer(m, m)) - 2 * mixing.imag * turn
    return values


def _axis(G: ConductanceMatrix, normal: str, ferromagnet: str, magnetization: Vector | None) -> NDArray[np.float64]:
    if magnetization is not None:
        return unit_vector("magnetization", magnetization)
    axis = G.spaces[ferromagnet].axis
    if axis is not None:
        return np.array(axis)
    driven = -G[normal, normal][1:, 0]
    if np.linalg.norm(driven) <= 1e-9 * np.abs(G.values).max():
        raise InputError(
            f"terminal {ferromagnet!r} is not ferromagnetic and charge drives no spin at {normal!r}: "
            "say which axis is meant by magnetization="
        )
    return driven / np.linalg.norm(driven)
