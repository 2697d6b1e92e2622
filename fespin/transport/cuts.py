"""Terminal currents by a second route: flux through a surface inside the device that encloses the terminal.

Nodal reactions give a symmetric matrix by construction, so their symmetry verifies the solver and not the physics.
Here each current is integrated from gradients on facets between cells, with what relaxes and what magnets absorb
inside the surface added; it shares nothing with the reactions but the fields, and must converge to them as the mesh
is refined.
"""

from __future__ import annotations

import numpy as np

from ..device import topology
from ..errors import InputError
from .facets import flux_weights
from .operators import region_mass
from .system import Problem


def cut_currents(problem: Problem, fields: np.ndarray) -> np.ndarray:
    """Currents out of every terminal from fluxes through cut surfaces.

    Parameters
    ----------
    problem : Problem
    fields : ndarray (N, 4, 4T)
        Lab potentials for unit drives, as `unit_fields` gives them.

    Returns
    -------
    ndarray (4T, 4T)
        Siemens: an estimate of the conductance matrix.

    Raises
    ------
    InputError
        A cell touches two terminals: the mesh is too coarse to cut between them.
    """
    rows = [
        _terminal_current(problem, fields, _enclosed(problem, fields, t)) for t in range(len(problem.terminal_dofs))
    ]
    return np.concatenate(rows)


def _enclosed(problem: Problem, fields: np.ndarray, terminal: int) -> np.ndarray:
    """Cells around a terminal, bool (m,), bounded by a level of its own charge potential.

    The level is one half, or halfway between the terminal and the nearest interface of normal metal and magnet where
    that is higher: at the corners of magnets gradients are singular, and a surface that stays clear of them converges
    faster.
    """
    dofs = problem.space.element_dofs
    at = [np.isin(dofs, d).any(axis=0) for d in problem.terminal_dofs]
    others = np.any([a for t, a in enumerate(at) if t != terminal] or [np.zeros(dofs.shape[1], bool)], axis=0)
    if (at[terminal] & others).any():
        name = list(problem.device.terminals)[terminal]
        where = problem.device.mesh.where
        raise InputError(f"{where}: a cell touches terminal {name!r} and another one; refine the mesh to cut there")
    potential = fields[:, 0, 4 * terminal]
    level = max(0.5, 0.5 * (1.0 + float(potential[_interface_dofs(problem)].max(initial=0.0))))
    inside = (potential[dofs] > level).all(axis=0)
    return (inside | at[terminal]) & ~others


def _interface_dofs(problem: Problem) -> np.ndarray:
    """Degrees of freedom shared by normal metal and magnets."""
    magnetic = np.array([r.magnetization is not None for r in problem.device.regions.values()])
    of_cell = magnetic[problem.device.cell_region]
    dofs = problem.space.element_dofs
    return np.intersect1d(dofs[:, of_cell], dofs[:, ~of_cell])


def _terminal_current(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Current (4, 4T) that leaves through the terminal: minus what crosses the cut, relaxes and is absorbed inside."""
    lost = (
        _relaxed(problem, fields, inside) + _absorbed(problem, fields, inside) + _through_cut(problem, fields, inside)
    )
    return -lost


def _through_cut(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Flux from the inner to the outer cells: mean of both sides where they agree in kind, else that of the inner side.

    At a magnet only the inner value is right: transverse spin current ends there.
    """
    device = problem.device
    cells, kind = device.mesh.cells, device.mesh.cell_type
    inner, outer = topology.shared_facets(cells, kind, np.flatnonzero(inside), np.flatnonzero(~inside))
    if len(inner) == 0:
        return np.zeros(fields.shape[1:])
    one_sided = _outflow(problem, fields, inner)
    if len(inner) != len(outer):  # junctions of lines
        return one_sided.sum(axis=0)
    other = -_outflow(problem, fields, outer)
    magnetic = np.array([r.magnetization is not None for r in device.regions.values()])
    regions_in, regions_out = device.cell_region[inner[:, 0]], device.cell_region[outer[:, 0]]
    mixed = (regions_in != regions_out) & (magnetic[regions_in] | magnetic[regions_out])
    return np.where(mixed[:, None, None], one_sided, 0.5 * (one_sided + other)).sum(axis=0)


def _absorbed(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Transverse spin current that normal cells lose to magnets, both inside the surface (eq 14)."""
    device = problem.device
    regions = list(device.regions.values())
    total = np.zeros(fields.shape[1:])
    normal = [r for r, region in enumerate(regions) if region.magnetization is None]
    source = np.flatnonzero(inside & np.isin(device.cell_region, normal))
    for r, region in enumerate(regions):
        if region.magnetization is None:
            continue
        target = np.flatnonzero(inside & (device.cell_region == r))
        facets, _ = topology.shared_facets(device.mesh.cells, device.mesh.cell_type, source, target)
        if len(facets):
            flow = _outflow(problem, fields, facets).sum(axis=0)
            m = np.array(region.magnetization)
            total[1:] += flow[1:] - np.outer(m, m @ flow[1:])
    return total


def _relaxed(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Spin current (4, 4T) lost to relaxation in the enclosed cells."""
    total = np.zeros(fields.shape[1:])
    for r, rate in enumerate(problem.relaxation):
        cells = np.flatnonzero(inside & (problem.device.cell_region == r))
        if rate.any() and len(cells):
            mass = region_mass(problem.space, cells, problem.device.transverse_measure)
            weight = np.asarray(mass.sum(axis=0)).ravel()  # integrals of the basis functions
            total += rate @ np.einsum("n,naj->aj", weight, fields)
    return total


def _outflow(problem: Problem, fields: np.ndarray, facets: np.ndarray) -> np.ndarray:
    """Current (f, 4, 4T) out of a cell through one of its facets; `facets` (f, 2) lists cell and local facet."""
    weights, dofs = flux_weights(problem.space, facets[:, 0], facets[:, 1])
    slope = np.einsum("kf,kfaj->faj", weights, fields[dofs], optimize=True)
    sigma = problem.conduction[problem.device.cell_region[facets[:, 0]]] * problem.device.transverse_measure
    return -np.einsum("fab,fbj->faj", sigma, slope)
