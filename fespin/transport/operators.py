"""Scalar operators of each region: where finite elements are integrated.

Meshes and floats in, sparse matrices out; nothing here knows of spins, materials or terminals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array

from .simplices import stiffness_and_mass
from .space import Space

_CELLS_AT_ONCE = 50_000  # the basis of scikit-fem holds every function at every quadrature point
SIMPLICES = ("line", "triangle", "tetra")


@dataclass(frozen=True, kw_only=True, eq=False)
class ScalarOperators:
    """Per region: stiffness S_ij = int grad phi_i . grad phi_j and mass M_ij = int phi_i phi_j, over its cells.

    Lengths in m; thickness or cross-section included, so that conductivity times S is in siemens. Both matrices of a
    region have the same sparsity pattern. The mass is left out (None) where nothing relaxes, and so are the other ones
    where they are not needed.

    Parameters
    ----------
    stiffness, mass : tuple of csr_array (N, N)
    curl : tuple of None or 3 csr_array
        Per region A^alpha_ij = int eps_{a alpha b} d_a phi_i d_b phi_j, antisymmetric; only edges of the region count.
    texture : tuple of None or Texture
        Per region operators weighted with a magnetization that varies.
    contacts : tuple of Contact
        Per interface int phi_i phi_j over its area, between the traces of both sides.
    """

    stiffness: tuple[csr_array, ...]
    mass: tuple[csr_array | None, ...]
    curl: tuple[tuple[csr_array, csr_array, csr_array] | None, ...] = ()
    texture: tuple[Texture | None, ...] = ()
    contacts: tuple[Contact, ...] = ()


class Texture(NamedTuple):
    """Operators with a direction field m(r) as weight."""

    stiffness: tuple[csr_array, csr_array, csr_array]  # int m_a grad phi_i . grad phi_j
    mass: tuple[csr_array, csr_array, csr_array]  # int m_a phi_i phi_j
    mass_pairs: dict[tuple[int, ...], csr_array]  # int m_a m_b phi_i phi_j, a <= b


class Contact(NamedTuple):
    """int phi_i phi_j over an interface, both on the first side, both on the second, and one on each."""

    first: csr_array
    second: csr_array
    across: csr_array  # rows on the first side


def region_operators(
    space: Space, cells: np.ndarray, factor: float, *, mass: bool
) -> tuple[csr_array, csr_array | None]:
    """Stiffness over some cells and, where it is wanted, mass: in closed form where there is one, else by quadrature.

    Parameters
    ----------
    space : Space
    cells : ndarray (m,)
    factor : float
        Thickness (m) of a plane mesh, cross-section (m^2) of a line mesh, 1 of a solid one.
    mass : bool

    Returns
    -------
    csr_array, csr_array or None
        Matrices (N, N) with N = space.size.

    Examples
    --------
    >>> line = Space(points=np.array([[0.0], [2.0]]), cells=np.array([[0, 1]]), cell_type="line", order=1)
    >>> region_operators(line, np.zeros(1, int), 1.0, mass=False)[0].toarray()
    array([[ 0.5, -0.5],
           [-0.5,  0.5]])
    """
    if space.order == 1 and space.cell_type in SIMPLICES and len(cells):
        # several times as fast as space.cells[cells]
        stiffness, massive = stiffness_and_mass(space.points, np.take(space.cells, cells, axis=0), factor)
        return stiffness, massive if mass else None
    return quadrature_stiffness(space, cells, factor), quadrature_mass(space, cells, factor) if mass else None


def region_stiffness(space: Space, cells: np.ndarray, factor: float) -> csr_array:
    """Stiffness matrix (N, N) over some cells."""
    return region_operators(space, cells, factor, mass=False)[0]


def region_mass(space: Space, cells: np.ndarray, factor: float) -> csr_array:
    """Mass matrix (N, N) over some cells."""
    mass = region_operators(space, cells, factor, mass=True)[1]
    assert mass is not None
    return mass


def quadrature_stiffness(space: Space, cells: np.ndarray, factor: float) -> csr_array:
    """Stiffness by quadrature, for all elements."""
    # exact on simplices: products of gradients have degree 2 (order - 1)
    quadrature = max(2 * (space.order - 1), 1) if space.cell_type in SIMPLICES else None
    return _integrate(space, cells, quadrature, "stiffness", factor)


def quadrature_mass(space: Space, cells: np.ndarray, factor: float) -> csr_array:
    """Mass by quadrature, for all elements."""
    return _integrate(space, cells, 2 * space.order if space.cell_type in SIMPLICES else None, "mass", factor)


def _integrate(space: Space, cells: np.ndarray, quadrature: int | None, what: str, factor: float) -> csr_array:
    """Sum of cell matrices over some cells, (N, N)."""
    return gathered(space, cells, factor, lambda piece: _cell_matrices(space, piece, quadrature, what))


def gathered(space: Space, cells: np.ndarray, factor: float, local_of: Callable[[np.ndarray], np.ndarray]) -> csr_array:
    """Matrix (N, N) out of cell matrices (k, k, m), computed in pieces of bounded memory."""
    if len(cells) == 0:
        return csr_array((space.size, space.size))
    pieces = np.array_split(cells, max(1, -(-len(cells) // _CELLS_AT_ONCE)))
    local = np.concatenate([local_of(piece) for piece in pieces], axis=2)
    local *= factor
    dofs = space.element_dofs[:, cells].astype(np.int32)
    rows = np.broadcast_to(dofs[:, None, :], local.shape).ravel()
    columns = np.broadcast_to(dofs[None, :, :], local.shape).ravel()
    out = coo_array((local.ravel(), (rows, columns)), shape=(space.size, space.size)).tocsr()
    out.sum_duplicates()
    return out


def _cell_matrices(space: Space, cells: np.ndarray, quadrature: int | None, what: str) -> np.ndarray:
    """Stiffness or mass of each cell, (k, k, m); symmetric in the first two axes."""
    from skfem import BilinearForm
    from skfem.helpers import dot, grad

    forms = {
        "stiffness": BilinearForm(lambda u, v, w: dot(grad(u), grad(v))),
        "mass": BilinearForm(lambda u, v, w: u * v),
    }
    k = space.element_dofs.shape[0]
    return forms[what].coo_data(space.cell_basis(cells, quadrature)).data.reshape(k, k, len(cells))
