"""The phase-slip saddle on a mesh: a stationary point of the discretised energy, found and certified.

An independent route to `stability.slip_barrier`: nothing of the closed form enters but the first guess, and the answer
is accepted only if the gradient vanishes and exactly one direction goes downhill. By symmetry (n_z even and phi odd
about the bump) half of the wire is enough; its middle node stays in the plane phi = 0, its end is free and carries the
torque of the spiral, so that the energy is E - torque * phi(end), the one at constant spin current.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import SolverError, must_be
from ...network.checks import positive
from .llg import EasyPlaneLine
from .stability import healing_length, slip_profile

Array = NDArray[np.float64]
_ITERATIONS = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class Saddle:
    """A phase-slip saddle on half of a wire, made by `mesh_saddle`.

    `barrier` in J belongs to the whole wire; `field` is n at `line.points`, shape (3, n), the bump being at the first
    one; `gradient` in J is the largest component left; `downhill` the number of negative curvatures, 1 at a saddle.
    """

    barrier: float
    line: EasyPlaneLine
    field: Array
    gradient: float
    downhill: int


def mesh_saddle(*, A: float, K: float, k: float, cell: float, reach: float = 30.0) -> Saddle:
    """Barrier of a phase slip on a mesh of equal cells, by Newton's method on unit vectors.

    The spiral turns by k h in each cell and carries the current A sin(k h)/h; its energy is subtracted. The error
    against the continuum is of order h^2; that of the finite reach is of order exp(-2 z0 reach).

    Parameters
    ----------
    A, K, k : float
        Stiffness J m, easy-plane constant J/m, winding 1/m with 0 <= k < sqrt(K/A).
    cell : float
        h in m.
    reach : float
        Half the length of the wire in healing lengths.

    Raises
    ------
    InputError
        A parameter is out of range.
    SolverError
        No saddle was found: Newton's method failed, or what it found goes downhill in other than one direction.

    Examples
    --------
    >>> saddle = mesh_saddle(A=1.0, K=1.0, k=0.5, cell=0.05)
    >>> f"{saddle.barrier:.4f}", saddle.downhill  # the closed form has 0.684853
    ('0.6847', 1)
    """
    xi = healing_length(A=A, K=K)
    h = positive("mesh_saddle.cell", cell, "m")
    if not 0 <= k * xi < 1:
        raise must_be("mesh_saddle.k", f"from 0 to the Landau limit {1 / xi:.6g}/m", k)
    if h > xi:
        raise must_be("mesh_saddle.cell", f"at most a healing length, {xi:.6g} m", cell)
    cells = int(np.ceil(positive("mesh_saddle.reach", reach, "healing lengths") * xi / h))
    line = EasyPlaneLine(A=A, K=K, s=1.0, alpha=0.0, points=np.linspace(0, h * cells, cells + 1))
    torque = A * np.sin(k * h) / h
    nz, phi = slip_profile(line.points, A=A, K=K, k=k)
    planar = np.sqrt(1 - nz**2)
    field, gradient, downhill = _newton(line, np.stack([planar * np.cos(phi), planar * np.sin(phi), nz]), torque)
    if downhill != 1:
        raise SolverError(f"the stationary point of the phase slip goes downhill in {downhill} directions, not in one")
    spiral = cells * (A * (1 - np.cos(k * h)) / h - torque * k * h)
    turned = np.arctan2(field[1, 0], field[0, 0]) + line.angles_of_cells(field).sum()
    barrier = 2 * (line.energy(field) - torque * turned - spiral)
    return Saddle(barrier=float(barrier), line=line, field=field, gradient=gradient, downhill=downhill)


def _newton(line: EasyPlaneLine, n: Array, torque: float) -> tuple[Array, float, int]:
    """Stationary field near n, largest gradient component left, number of downhill directions."""
    scale = np.sqrt(line.A * line.K)
    gradient = np.inf
    for _ in range(_ITERATIONS):
        basis = _tangents(n)
        slope, diagonal, coupling = _derivatives(line, n, basis, torque)
        before, gradient = gradient, float(np.abs(slope).max())
        # the rounding of the forces is A/h times an epsilon: go on until nothing is gained any more
        if gradient < 1e-9 * scale and gradient > before / 4:
            return n, gradient, _negative(diagonal, coupling)
        step = _solve(diagonal, coupling, -slope)
        step *= min(1.0, 0.3 / np.abs(step).max())
        n = n + np.einsum("nia,ni->an", basis, step)
        n = n / np.sqrt((n**2).sum(axis=0))
    raise SolverError(f"no phase-slip saddle on this mesh (gradient {gradient / scale:.1e} sqrt(A K)); refine the mesh")


def _tangents(n: Array) -> Array:
    """Two unit vectors normal to n at each node, shape (n, 2, 3); at the middle node the first one is along y."""
    helper = np.zeros_like(n)
    helper[np.abs(n).argmin(axis=0), np.arange(n.shape[1])] = 1
    helper[:, 0] = 0, 1, 0
    first = helper - (helper * n).sum(axis=0) * n
    first /= np.sqrt((first**2).sum(axis=0))
    return np.stack([first.T, np.cross(n.T, first.T)], axis=1)


def _derivatives(line: EasyPlaneLine, n: Array, basis: Array, torque: float) -> tuple[Array, Array, Array]:
    """Gradient (n, 2), diagonal (n, 2, 2) and coupling (e, 2, 2) blocks of the Hessian on the unit spheres.

    On a sphere the Hessian of a function with gradient f in space is P (d2E - (n.f)) P.
    """
    force = -line.force(n)
    bond = line.A / line.cells
    own = np.append(bond, 0.0) + np.append(0.0, bond)
    full = own[:, None, None] * np.eye(3)
    full[:, 2, 2] += line.K * line.masses
    x, y = n[0, -1], n[1, -1]
    r2 = x * x + y * y
    force[:2, -1] -= torque * np.array([-y, x]) / r2
    full[-1, :2, :2] -= torque * np.array([[2 * x * y, y * y - x * x], [y * y - x * x, -2 * x * y]]) / r2**2
    full -= (n * force).sum(axis=0)[:, None, None] * np.eye(3)
    slope = np.einsum("nia,an->ni", basis, force)
    diagonal = np.einsum("nia,nab,njb->nij", basis, full, basis)
    coupling = -bond[:, None, None] * np.einsum("nia,nja->nij", basis[:-1], basis[1:])
    # the middle node moves in the plane y = 0 only
    slope[0, 0] = 0.0
    diagonal[0, 0] = own[0], 0.0
    diagonal[0, 1, 0] = 0.0
    coupling[0, 0] = 0.0
    return slope, diagonal, coupling


def _solve(diagonal: Array, coupling: Array, right: Array) -> Array:
    """Solution, shape (n, 2), of the symmetric system of 2 x 2 blocks."""
    from scipy.linalg import solve_banded

    count = len(diagonal)
    matrix = np.zeros((7, 2 * count))
    i, j = np.arange(2)[:, None], np.arange(2)[None, :]
    start = 2 * np.arange(count)[:, None, None]
    matrix[3 + i - j + 0 * start, start + j] = diagonal
    head, tail = start[:-1], start[1:]
    matrix[3 + head + i - tail - j, tail + j] = coupling
    matrix[3 + tail + j - head - i, head + i] = coupling
    return np.asarray(solve_banded((3, 3), matrix, right.ravel()).reshape(count, 2))


def _negative(diagonal: Array, coupling: Array) -> int:
    """Number of negative eigenvalues, by Sylvester's law of inertia on the pivots of the block elimination."""
    pivot = diagonal[0]
    count = int((np.linalg.eigvalsh(pivot) < 0).sum())
    for own, link in zip(diagonal[1:], coupling, strict=True):
        pivot = own - link.T @ np.linalg.solve(pivot, link)
        count += int((np.linalg.eigvalsh(pivot) < 0).sum())
    return count
