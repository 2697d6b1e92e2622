"""Scalar stiffness and mass per region: the only place where finite elements are integrated.

Meshes and floats in, sparse matrices out; nothing here knows of spins, materials or terminals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array

from ..device.reader import SKFEM_HEXAHEDRON
from ..device.topology import EDGES, FACET_TYPE

_SKFEM = {"line": "Line", "triangle": "Tri", "quad": "Quad", "tetra": "Tet", "hexahedron": "Hex"}

_CELLS_AT_ONCE = 50_000  # the basis of scikit-fem holds every function at every quadrature point
_SIMPLICES = ("line", "triangle", "tetra")


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """Continuous finite elements of order 1 or 2 on a mesh of straight cells.

    Parameters
    ----------
    points : ndarray (n, d)
        m.
    cells : ndarray (m, k)
        In gmsh/VTK order.
    cell_type : str
    order : int
        1 (linear: one degree of freedom per node) or 2 (quadratic: edges, quadrilateral facets and hexahedra have
        their own as well).
    """

    points: np.ndarray
    cells: np.ndarray
    cell_type: str
    order: int

    @cached_property
    def skfem_mesh(self) -> Any:
        """The mesh of scikit-fem. Lines are laid out one by one, so that networks of wires may branch and close."""
        import skfem

        if self.cell_type == "line":
            length = np.linalg.norm(self.points[self.cells[:, 1]] - self.points[self.cells[:, 0]], axis=1)
            ends = np.zeros((len(length), 2))
            ends[:, 1] = length
            return skfem.MeshLine1(ends.reshape(1, -1), np.arange(2 * len(length)).reshape(-1, 2).T)
        cells = self.cells[:, SKFEM_HEXAHEDRON] if self.cell_type == "hexahedron" else self.cells
        mesh_class = getattr(skfem, f"Mesh{_SKFEM[self.cell_type]}1")
        return mesh_class(np.ascontiguousarray(self.points.T), np.ascontiguousarray(cells.T))

    @cached_property
    def element(self) -> Any:
        import skfem

        letter = "" if self.cell_type in ("quad", "hexahedron") else "P"
        return getattr(skfem, f"Element{_SKFEM[self.cell_type]}{letter}{self.order}")()

    @cached_property
    def _skfem_dofs(self) -> Any:
        from skfem.assembly.dofs import Dofs

        return Dofs(self.skfem_mesh, self.element)

    @cached_property
    def element_dofs(self) -> np.ndarray:
        """Degrees of freedom of each cell, (k, m). The first n are the nodes of the mesh, in their order."""
        if self.cell_type != "line":
            return self._skfem_dofs.element_dofs
        nodes = self.cells.T
        if self.order == 1:
            return nodes
        return np.vstack([nodes, len(self.points) + np.arange(len(self.cells))])

    @cached_property
    def size(self) -> int:
        """Number of degrees of freedom."""
        if self.cell_type == "line":
            return len(self.points) + (len(self.cells) if self.order == 2 else 0)
        return int(self._skfem_dofs.N)

    def facet_dofs(self, facets: np.ndarray) -> np.ndarray:
        """Degrees of freedom on facets given by their nodes (f, k), sorted and unique.

        For linear elements these are the nodes; no table of facets is built.
        """
        dofs = [np.unique(facets)]
        if self.order == 2 and self.cell_type != "line":
            mesh, own = self.skfem_mesh, self._skfem_dofs
            edges = np.unique(np.sort(facets[:, EDGES[FACET_TYPE[self.cell_type]]].reshape(-1, 2), axis=1), axis=0)
            flat = self.points.shape[1] == 2
            table, numbers = (mesh.facets, own.facet_dofs) if flat else (mesh.edges, own.edge_dofs)
            dofs.append(numbers[:, _rows_in(table.T, edges)].ravel())
            if self.cell_type == "hexahedron":
                dofs.append(own.facet_dofs[:, _rows_in(mesh.facets.T, facets)].ravel())
        return np.unique(np.concatenate(dofs))

    def cell_basis(self, cells: np.ndarray | None = None, quadrature: int | None = None) -> Any:
        """scikit-fem basis on some cells (all of them by default), exact to degree `quadrature`."""
        import skfem

        return skfem.CellBasis(self.skfem_mesh, self.element, elements=cells, intorder=quadrature,
                               dofs=self._skfem_dofs, disable_doflocs=True)  # fmt: skip


def _rows_in(table: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Row number in `table` of each row of `wanted`, both taken as sets of nodes."""
    both = np.vstack([np.sort(table, axis=1), np.sort(wanted, axis=1)])
    _, ids = np.unique(both, axis=0, return_inverse=True)
    ids = ids.reshape(-1)
    position = np.full(int(ids.max()) + 1, -1)
    position[ids[: len(table)]] = np.arange(len(table))
    return position[ids[len(table) :]]


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
    mass_pairs: dict[tuple[int, int], csr_array]  # int m_a m_b phi_i phi_j, a <= b


class Contact(NamedTuple):
    """int phi_i phi_j over an interface, both on the first side, both on the second, and one on each."""

    first: csr_array
    second: csr_array
    across: csr_array  # rows on the first side


def assemble(space: Space, cell_region: np.ndarray, n_regions: int, *, factor: float = 1.0,
             with_mass: tuple[bool, ...] | None = None) -> ScalarOperators:  # fmt: skip
    """Assemble the scalar operators of every region.

    Parameters
    ----------
    space : Space
    cell_region : ndarray (m,)
        Region of each cell.
    n_regions : int
    factor : float
        Thickness (m) of a plane mesh, cross-section (m^2) of a line mesh, 1 of a solid one.
    with_mass : tuple of bool, optional
        Regions whose mass is needed; all by default.

    Returns
    -------
    ScalarOperators
        Matrices (N, N) with N = space.size.

    Examples
    --------
    >>> line = Space(points=np.array([[0.0], [2.0]]), cells=np.array([[0, 1]]), cell_type="line", order=1)
    >>> assemble(line, np.zeros(1, int), 1).stiffness[0].toarray()
    array([[ 0.5, -0.5],
           [-0.5,  0.5]])
    """
    stiffness, mass = [], []
    for r in range(n_regions):
        cells = np.flatnonzero(cell_region == r)
        stiffness.append(region_stiffness(space, cells, factor))
        wanted = with_mass is None or with_mass[r]
        mass.append(region_mass(space, cells, factor) if wanted else None)
    return ScalarOperators(stiffness=tuple(stiffness), mass=tuple(mass))


def assemble_curl(space: Space, cells: np.ndarray, factor: float) -> tuple[csr_array, csr_array, csr_array]:
    """The antisymmetric operators of the three spin directions over some cells.

    Inside a region neighbouring cells cancel (the curl of a gradient vanishes): what rounding leaves there is removed.
    """
    d = space.skfem_mesh.p.shape[0] if space.cell_type != "line" else 1
    k, quadrature = space.element_dofs.shape[0], max(2 * (space.order - 1), 1)
    if space.cell_type not in _SIMPLICES:
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

        matrix = _gathered(space, cells, factor, local)
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

        return _gathered(space, cells, factor, local)

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


def positions(space: Space, cells: np.ndarray, basis: Any) -> np.ndarray:
    """Quadrature points of a basis on some cells in coordinates of the device, (d, m, q)."""
    if space.cell_type != "line":
        return np.asarray(basis.global_coordinates())
    ends = space.points[space.cells[cells]]  # (m, 2, d); lines are laid out one by one in scikit-fem's mesh
    t = basis.X[0]
    return (ends[:, 0, :, None] * (1 - t) + ends[:, 1, :, None] * t).transpose(1, 0, 2)


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
    from .facets import facet_traces

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


def region_stiffness(space: Space, cells: np.ndarray, factor: float) -> csr_array:
    """Stiffness matrix (N, N) over some cells."""
    # exact on simplices: products of gradients have degree 2 (order - 1)
    quadrature = max(2 * (space.order - 1), 1) if space.cell_type in _SIMPLICES else None
    return _integrate(space, cells, quadrature, "stiffness", factor)


def region_mass(space: Space, cells: np.ndarray, factor: float) -> csr_array:
    """Mass matrix (N, N) over some cells."""
    return _integrate(space, cells, 2 * space.order if space.cell_type in _SIMPLICES else None, "mass", factor)


def _integrate(space: Space, cells: np.ndarray, quadrature: int | None, what: str, factor: float) -> csr_array:
    """Sum of cell matrices over some cells, (N, N)."""
    return _gathered(space, cells, factor, lambda piece: _cell_matrices(space, piece, quadrature, what))


def _gathered(
    space: Space, cells: np.ndarray, factor: float, local_of: Callable[[np.ndarray], np.ndarray]
) -> csr_array:
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
