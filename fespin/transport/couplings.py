"""Scalar operators beyond plain diffusion: the curl of the spin Hall effect, weights of a texture, traces at
interfaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from .facets import facet_traces
from .operators import SIMPLICES, Contact, Texture, gathered
from .space import Space, positions


def assemble_curl(space: Space, cells: np.ndarray, factor: float) -> tuple[csr_array, csr_array, csr_array]:
    """The antisymmetric operators of the three spin directions over some cells.

    Inside a region neighbouring cells cancel (the curl of a gradient vanishes): what rounding leaves there is removed.
    """
    d = space.skfem_mesh.p.shape[0] if space.cell_type != "line" else 1
    k, quadrature = space.element_dofs.shape[0], max(2 * (space.order - 1), 1)
    if space.cell_type not in SIMPLICES:
        quadrature = 2 * space.order + 1
    out = []
    for alpha in range(3):
        form = _curl_form(alpha, d)
        if form is None:
            out.append(csr_array((space.size, space.size)))
            continue

        def local(piece: np.ndarray, form: Any = form) -> np.ndarray:
            data = form.coo_data(space.cell_basis(piece, quadrature)).data
            return data.reshape(k, k, len(piece)).transpose(1, 0, 2)  # scikit-fem lists the column first

        matrix = gathered(space, cells, factor, local)
        matrix = csr_array(0.5 * (matrix - matrix.T))
        matrix.data[np.abs(matrix.data) < 1e-12 * np.abs(matrix.data).max(initial=0.0)] = 0.0
        matrix.eliminate_zeros()
        out.append(matrix)
    return out[0], out[1], out[2]


def _curl_form(alpha: int, d: int) -> Any:
    """int eps_{a alpha b} d_a v d_b u for directions a, b of the mesh; None if there are no two."""
    from skfem import BilinearForm

    pairs = [(a, b, sign) for a, b, sign in (((alpha + 2) % 3, (alpha + 1) % 3, 1.0),
                                             ((alpha + 1) % 3, (alpha + 2) % 3, -1.0)) if max(a, b) < d]  # fmt: skip
    if not pairs:
        return None
    return BilinearForm(lambda u, v, w: sum(sign * v.grad[a] * u.grad[b] for a, b, sign in pairs))


def assemble_texture(
    space: Space, cells: np.ndarray, direction: Callable[[np.ndarray], np.ndarray], factor: float
) -> Texture:
    """Operators weighted with a direction field, evaluated at the quadrature points.

    Parameters
    ----------
    direction : callable
        Positions (d, n) in m -> unit vectors (3, n).
    """
    from skfem import BilinearForm
    from skfem.helpers import dot, grad

    k, quadrature = space.element_dofs.shape[0], 2 * space.order + 2

    def integrate(form: Any, weight: Callable[[np.ndarray], np.ndarray]) -> csr_array:
        def local(piece: np.ndarray) -> np.ndarray:
            basis = space.cell_basis(piece, quadrature)
            x = positions(space, piece, basis)
            m = direction(x.reshape(len(x), -1)).reshape(3, *x.shape[1:])
            return form.coo_data(basis, w=weight(m)).data.reshape(k, k, len(piece))

        return gathered(space, cells, factor, local)

    stiff = BilinearForm(lambda u, v, w: w["w"] * dot(grad(u), grad(v)))
    mass = BilinearForm(lambda u, v, w: w["w"] * u * v)
    return Texture(
        stiffness=tuple(integrate(stiff, lambda m, a=a: m[a]) for a in range(3)),  # type: ignore[misc, arg-type]
        mass=tuple(integrate(mass, lambda m, a=a: m[a]) for a in range(3)),  # type: ignore[misc, arg-type]
        mass_pairs={
            (a, b): integrate(mass, lambda m, a=a, b=b: m[a] * m[b])  # type: ignore[misc]
            for a in range(3)
            for b in range(a, 3)
        },
    )


def assemble_contact(space: Space, cells: np.ndarray, facets: np.ndarray, factor: float) -> Contact:
    """Operators of an interface.

    Parameters
    ----------
    cells : ndarray (f, 2)
        Cell on each side of each facet.
    facets : ndarray (f, 2, k)
        Nodes of the facet as each side numbers them, in one order.
    factor : float
        Thickness of a plane mesh (m), cross-section of a line mesh (m^2), 1 of a solid one.
    """
    (one, weights, first), (other, _, second) = (facet_traces(space, cells[:, s], facets[:, s]) for s in (0, 1))
    weights = weights * factor
    return Contact(
        first=_scattered(space.size, one, one, weights, first, first),
        second=_scattered(space.size, other, other, weights, second, second),
        across=_scattered(space.size, one, other, weights, first, second),
    )


def _scattered(
    size: int, one: np.ndarray, other: np.ndarray, weights: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> csr_array:
    local = np.einsum("ifq,jfq,fq->ijf", one, other, weights)
    i = np.broadcast_to(rows[:, None, :], local.shape).ravel()
    j = np.broadcast_to(columns[None, :, :], local.shape).ravel()
    out = coo_array((local.ravel(), (i, j)), shape=(size, size)).tocsr()
    out.sum_duplicates()
    return out
