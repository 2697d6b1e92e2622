"""Poisson screening at the contacts: the double layers that neutrality leaves out, in direct current.

    eps phi'' = -sum_s e^2 Pi_s (w_s - phi),   phi' = 0 at the outer faces,

linear in phi with the potentials w_s of transport given. It decays from a contact over r = sqrt(eps/(e^2 sum Pi_s)),
angstroms in a metal, where the continuum of states is itself an idealisation. In time the same equation would relax
within eps/sigma ~ 1e-19 s: transients are computed neutral.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import e, epsilon_0

from ...network.checks import positive
from .layers import Layer
from .mesh import Floats
from .statics import StaticSolution

_FIRST, _GROWTH, _FEWEST = 0.02, 1.1, 100  # first cell in units of r, growth to the middle, cells at least


@dataclass(frozen=True, kw_only=True, eq=False)
class Screened:
    """Electric potential with its double layers.

    Attributes
    ----------
    position, electric : ndarray (n,)
        m, V; quadratic elements, one node at each interface.
    charges : tuple of (float, float)
        Charge of spin up and of spin down in each layer above that of the metal alone, C.
    """

    position: Floats
    electric: Floats
    charges: tuple[tuple[float, float], ...]
    _basis: Any
    _values: Floats

    def at(self, x: ArrayLike) -> Floats:
        """Potential at positions in m, V."""
        return np.asarray(self._basis.interpolator(self._values)(np.atleast_1d(np.asarray(x, dtype=float))[None, :]))

    @property
    def charge(self) -> float:
        """That spin up has gained, C: it flowed in from the left."""
        return sum(up for up, _ in self.charges)


def screening_length(layer: Layer, permittivity: float = epsilon_0) -> float:
    """r = sqrt(eps/(e^2 (Pi_up + Pi_dn))), m.

    Examples
    --------
    >>> from fespin.batteries.valve.free_electrons import free_electron_metal
    >>> copper = free_electron_metal(8.47e28, conductivity=5.96e7)
    >>> f"{screening_length(Layer(material=copper, thickness=1e-6)):.8e}"
    '5.53088683e-11'
    """
    return math.sqrt(positive("permittivity", permittivity, "F/m") / (e**2 * sum(layer.states)))


@dataclass(frozen=True, kw_only=True)
class DoubleLayers:
    """Closed form of the screened potential of a charged locked valve H | N | H with equal plates, V = 1.

    phi in H at the distance x from the outer face is 1 - a cosh(x/r_H)/cosh(L_H/r_H) and 1/2 + ... in N, antisymmetric
    about the middle, with a = (1/2)/(1 + (r_N/r_H) tanh(d/2r_N) tanh(L_H/r_H)).

    Parameters
    ----------
    thickness, plate : float
        d and L_H, m.
    normal, half : float
        Screening lengths r_N and r_H, m.
    permittivity : float
        F/m.

    Examples
    --------
    >>> layers = DoubleLayers(thickness=1e-9, plate=0.4e-9, normal=5.87305369182e-11, half=1.07226799615e-10)
    >>> round(layers.at_contact, 11), round(layers.at(0.7e-9), 11), round(layers.capacitance, 9)
    (0.67681318014, 0.50106813706, 0.026656273)
    """

    thickness: float
    plate: float
    normal: float
    half: float
    permittivity: float = epsilon_0

    @property
    def _a(self) -> float:
        ratio = self.normal / self.half
        return 0.5 / (1 + ratio * math.tanh(self.thickness / (2 * self.normal)) * math.tanh(self.plate / self.half))

    @property
    def at_contact(self) -> float:
        """phi/V at the left contact H | N."""
        return 1 - self._a

    def at(self, x: float) -> float:
        """phi/V at x in m from the left face, up to the middle of N."""
        if x <= self.plate:
            return 1 - self._a * math.cosh(x / self.half) / math.cosh(self.plate / self.half)
        middle = self.plate + self.thickness / 2
        ratio = math.sinh((middle - x) / self.normal) / math.sinh(self.thickness / (2 * self.normal))
        return 0.5 + (0.5 - self._a) * ratio

    @property
    def capacitance(self) -> float:
        """(eps/2)/(r_H coth(L_H/r_H) + r_N tanh(d/2r_N)), F/m^2: in parallel with the spin capacitance."""
        H = self.half / math.tanh(self.plate / self.half)
        N = self.normal * math.tanh(self.thickness / (2 * self.normal))
        return self.permittivity / 2 / (H + N)


def screened(solution: StaticSolution, *, permittivity: float = epsilon_0) -> Screened:
    """Solve Poisson's equation under the potentials of a static solution.

    Parameters
    ----------
    solution : StaticSolution
    permittivity : float
        Of the lattice, F/m, the same in all layers.

    Raises
    ------
    InputError
        A layer without states.
    """
    import skfem

    eps = positive("permittivity", permittivity, "F/m")
    valve, mesh = solution.valve, solution.mesh
    pieces = [start + _graded(layer, eps) for layer, start in zip(valve.layers, valve.edges, strict=False)]
    nodes = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    owner = np.repeat(np.arange(len(pieces)), [len(piece) - 1 for piece in pieces])
    line = skfem.MeshLine1(nodes[None, :], np.array([np.arange(len(nodes) - 1), np.arange(1, len(nodes))]))
    basis = skfem.Basis(line, skfem.ElementLineP2(), intorder=4)
    x = np.asarray(basis.global_coordinates())[0]
    c = e**2 * np.array([layer.states for layer in valve.layers]).T  # F/m^3, (2, layers)
    w = np.zeros((2, *x.shape))
    for k, layer in enumerate(valve.layers):
        inside, own = owner == k, slice(mesh.first[k], mesh.first[k + 1])
        for s in (0, 1):
            if layer.channels[s]:
                w[s, inside] = np.interp(x[inside], mesh.nodes[own], solution.potentials[s, own])

    @skfem.BilinearForm
    def operator(u: Any, v: Any, data: Any) -> Any:
        return eps * u.grad[0] * v.grad[0] + data.c * u * v

    @skfem.LinearForm
    def source(v: Any, data: Any) -> Any:
        return data.f * v

    f = c[0, owner, None] * w[0] + c[1, owner, None] * w[1]
    A = operator.assemble(basis, c=c.sum(0)[owner, None] * np.ones_like(x))
    values = np.asarray(skfem.solve(A, source.assemble(basis, f=f)))
    phi = np.asarray(basis.interpolate(values))
    density = c[:, owner, None] * (w - phi)  # C/m^3
    per_cell = valve.cross_section * (density * basis.dx).sum(-1)
    sums = [per_cell[:, owner == k].sum(1).tolist() for k in range(len(valve.layers))]
    charges = tuple((up, down) for up, down in sums)
    order = np.argsort(basis.doflocs[0])
    return Screened(position=basis.doflocs[0][order], electric=values[order], charges=charges, _basis=basis,
                    _values=values)  # fmt: skip


def _graded(layer: Layer, eps: float) -> Floats:
    """Nodes from 0 to the thickness, fine within a screening length of both faces."""
    d, r = layer.thickness, screening_length(layer, eps)
    half, step = [0.0], min(_FIRST * r, d / (2 * _FEWEST))
    while half[-1] < d / 2:
        half.append(half[-1] + step)
        # fine as long as the potential decays, to rounding; then as coarse as the layer allows
        step = min(step * _GROWTH, r / 20 if half[-1] < 15 * r else d / _FEWEST)
    one = np.array(half) * (d / 2 / half[-1])
    return np.concatenate([one, d - one[-2::-1]])
