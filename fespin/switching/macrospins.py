"""Magnetic layers as macrospins: their energy is a quadratic form on a product of unit spheres."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.constants import mu_0

from ..errors import must_be
from ..exchange.attachment import MagneticLayer


@dataclass(frozen=True, eq=False)
class Macrospins:
    """Energy per area of n layers, E(x) = x.Q x/2 - h.x with all directions stacked in x, (3n,).

    E = sum_i t_i [-M_s B.m + (mu0 M_s^2/2) (m.n)^2 - K (m.a)^2]_i - sum_bonds J_b m_i.m_j, with J_b = H_ex/2.

    Parameters
    ----------
    layers : tuple of MagneticLayer
    stiffness : (3n, 3n) array
        Q, J/m^2.
    force : (3n,) array
        h, J/m^2.
    """

    layers: tuple[MagneticLayer, ...]
    stiffness: np.ndarray
    force: np.ndarray

    @classmethod
    def of(
        cls,
        layers: Iterable[MagneticLayer],
        bonds: Mapping[tuple[str, str], float],
        applied_field: Sequence[float] = (0.0, 0.0, 0.0),
    ) -> Macrospins:
        """Build the energy.

        Parameters
        ----------
        layers : iterable of MagneticLayer
        bonds : mapping of (region, region) to float
            H_ex of each pair of layers, J/m^2.
        applied_field : sequence of 3 floats
            B = mu0 H, tesla.

        Examples
        --------
        >>> free, fixed = (MagneticLayer(region=name, thickness=1e-9, saturation_magnetization=1e6) for name in "ab")
        >>> pair = Macrospins.of([free, fixed], {("a", "b"): 2e-6})
        >>> round(pair.energy([(0, 0, 1), (0, 0, 1)]) * 1e6, 12), round(pair.energy([(0, 0, 1), (0, 0, -1)]) * 1e6, 12)
        (-1.0, 1.0)
        """
        chosen = tuple(layers)
        index = {layer.region: k for k, layer in enumerate(chosen)}
        Q, h = np.zeros((3 * len(chosen), 3 * len(chosen))), np.zeros(3 * len(chosen))
        for k, layer in enumerate(chosen):
            block = slice(3 * k, 3 * k + 3)
            h[block] = layer.moment * np.asarray(applied_field, float)
            if layer.easy_axis is not None:
                a = np.array(layer.easy_axis)
                Q[block, block] -= 2 * layer.thickness * layer.anisotropy * np.outer(a, a)
            if layer.film_normal is not None:
                n = np.array(layer.film_normal)
                Q[block, block] += mu_0 * layer.saturation_magnetization * layer.moment * np.outer(n, n)
        for (first, second), energy in bonds.items():
            i, j = 3 * index[first], 3 * index[second]
            Q[i : i + 3, j : j + 3] -= energy / 2 * np.eye(3)
            Q[j : j + 3, i : i + 3] -= energy / 2 * np.eye(3)
        return cls(chosen, Q, h)

    def energy(self, directions: Sequence[Sequence[float]] | np.ndarray) -> float:
        """E, J/m^2, of unit vectors (n, 3)."""
        x = np.asarray(directions, float).ravel()
        if x.shape != self.force.shape:
            raise must_be("directions", f"{len(self.layers)} vectors of three numbers", np.shape(directions))
        return float(x @ self.stiffness @ x / 2 - self.force @ x)
