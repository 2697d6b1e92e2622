"""Electric and chemical potentials of a valve, and the jumps of the electric one at its contacts.

Post-processing: transport knows the electrochemical potentials alone. At distances beyond the screening radius a metal
is neutral, sum Pi_s (mu_s - e phi) = 0, so that (eq 3 of the paper)

    e phi = (Pi_up mu_up + Pi_dn mu_dn)/(Pi_up + Pi_dn) = (mu_up + mu_dn)/2 + P (mu_up - mu_dn)/2,
    eta_s = mu_s - e phi = Pi_-s/(Pi_up + Pi_dn) (mu_s - mu_-s).

The paper's eq 2 prints Pi_s in the numerator, which contradicts its own eq 3 unless Pi_up = Pi_dn; its eq 4 prints
L_H < x for the plate that ends at x = L_H (x = 0 and L are the outer faces, not the contacts as the text says); and its
eq 1 holds as eV = mu_up(0) - mu_dn(L), since spin down does not exist at 0 nor spin up at L. P is the
polarization of the densities of states; the drop of the current through the layer is decided by that of the
conductivities. At a contact N | M the potential jumps by P m/2 (m/2 at a half metal): the magnetic-contact potential
difference of its appendix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .mesh import Floats, StackMesh
from .stack import SpinValve
from .statics import StaticSolution


@dataclass(frozen=True, kw_only=True, eq=False)
class Potentials:
    """All potentials over e at the nodes, V; two nodes lie at each interface.

    Attributes
    ----------
    position : ndarray (n,)
        m.
    electrochemical : ndarray (2, n)
        mu/e of spin up and down; NaN where a channel does not exist.
    electric : ndarray (n,)
        phi of neutral metal.
    chemical : ndarray (2, n)
        eta/e = mu/e - phi.
    """

    position: Floats
    electrochemical: Floats
    electric: Floats
    chemical: Floats


class Jump(NamedTuple):
    """Of the electric potential at a contact: phi on its right less that on its left, V."""

    left: str
    right: str
    position: float
    value: float


def potentials(solution: StaticSolution) -> Potentials:
    """Potentials of a static solution (fig 2 of the paper).

    Raises
    ------
    InputError
        A ferromagnet without a density polarization.

    Examples
    --------
    >>> from fespin.batteries.valve import half_metal_valve
    >>> from fespin import HalfMetal, NormalMetal
    >>> valve = half_metal_valve(NormalMetal(conductivity=2), thickness=1,
    ...                          plate=HalfMetal(conductivity=10), plate_thickness=1)
    >>> from fespin.batteries.valve.statics import solve_static
    >>> found = potentials(solve_static(valve, 1.0))
    >>> sorted(set(abs(found.electric.round(12)).tolist()))
    [0.0, 0.5, 1.0]
    """
    mesh = solution.mesh
    w = solution.potentials
    weight = np.array([_weight(mesh.valve, k) for k in range(len(mesh.valve.layers))])[mesh.layer_of]
    up, down = w
    with np.errstate(invalid="ignore"):
        electric = np.where(
            np.isnan(up), down, np.where(np.isnan(down), up, (up + down) / 2 + weight * (up - down) / 2)
        )
    return Potentials(position=mesh.nodes, electrochemical=w, electric=electric, chemical=w - electric)


def _weight(valve: SpinValve, k: int) -> float:
    layer = valve.layers[k]
    return layer.potential_weight if layer.two_channels else 0.0


def contact_jumps(solution: StaticSolution) -> list[Jump]:
    """The magnetic-contact potential differences, and ohmic drops of interfaces with a resistance.

    Examples
    --------
    >>> from fespin.batteries.valve import half_metal_valve
    >>> from fespin import HalfMetal, NormalMetal
    >>> valve = half_metal_valve(NormalMetal(conductivity=2), thickness=1,
    ...                          plate=HalfMetal(conductivity=10), plate_thickness=1)
    >>> from fespin.batteries.valve.statics import solve_static
    >>> [round(jump.value, 12) for jump in contact_jumps(solve_static(valve, 1e-3))]
    [-0.0005, -0.0005]
    """
    mesh: StackMesh = solution.mesh
    phi = potentials(solution).electric
    return [
        Jump(left.name, right.name, float(mesh.nodes[node]), float(phi[node] - phi[node - 1]))
        for left, right, node in zip(mesh.valve.layers, mesh.valve.layers[1:], mesh.first[1:-1].tolist(), strict=False)
    ]
