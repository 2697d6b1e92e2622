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
from .contact_law import contact_law
from .facets import facet_traces, flux_weights
from .system import Problem, operators_on
from .terms import REACTIONS, region_terms


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
    magnetic = np.array([r.is_strong for r in problem.device.regions.values()])
    of_cell = magnetic[problem.device.cell_region]
    dofs = problem.space.element_dofs
    return np.intersect1d(dofs[:, of_cell], dofs[:, ~of_cell])


def _terminal_current(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Current (4, 4T) that leaves through the terminal: minus what crosses the cut, relaxes and is absorbed inside."""
    parts = (_reacted, _absorbed, _through_cut, _into_interfaces)
    return -sum(part(problem, fields, inside) for part in parts)  # type: ignore[return-value]


def _through_cut(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Flux from the inner to the outer cells: mean of both sides where they agree in kind, else that of the inner side.

    At a magnet only the inner value is right: transverse spin current ends there.
    """
    device = problem.device
    cells, kind = problem.space.cells, device.mesh.cell_type
    inner, outer = topology.shared_facets(cells, kind, np.flatnonzero(inside), np.flatnonzero(~inside))
    if len(inner) == 0:
        return np.zeros(fields.shape[1:])
    one_sided = _outflow(problem, fields, inner)
    if len(inner) != len(outer):  # junctions of lines
        return one_sided.sum(axis=0)
    other = -_outflow(problem, fields, outer)
    magnetic = np.array([r.is_strong for r in device.regions.values()])
    regions_in, regions_out = device.cell_region[inner[:, 0]], device.cell_region[outer[:, 0]]
    mixed = (regions_in != regions_out) & (magnetic[regions_in] | magnetic[regions_out])
    return np.where(mixed[:, None, None], one_sided, 0.5 * (one_sided + other)).sum(axis=0)


def _absorbed(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Transverse spin current that normal cells lose to magnets, both inside the surface (eq 14)."""
    device = problem.device
    regions = list(device.regions.values())
    total = np.zeros(fields.shape[1:])
    normal = [r for r, region in enumerate(regions) if not region.is_strong]
    source = np.flatnonzero(inside & np.isin(device.cell_region, normal))
    for r, region in enumerate(regions):
        if not region.is_strong:
            continue
        target = np.flatnonzero(inside & (device.cell_region == r))
        facets, _ = topology.shared_facets(problem.space.cells, device.mesh.cell_type, source, target)
        if len(facets):
            flow = _outflow(problem, fields, facets).sum(axis=0)
            m = np.array(region.magnetization)
            total[1:] += flow[1:] - np.outer(m, m @ flow[1:])
    return total


def _into_interfaces(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Current (4, 4T) from the enclosed cells into interfaces, by the laws of these."""
    device = problem.device
    total = np.zeros(fields.shape[1:], fields.dtype)
    regions = list(device.regions.values())
    for contact in device.split.contacts:
        law = contact_law(contact.interface, *(regions[r] for r in contact.regions))
        facets = problem.space.numbered(contact.facets)
        traces = [facet_traces(problem.space, contact.cells[:, s], facets[:, s]) for s in (0, 1)]
        weights = traces[0][1] * device.transverse_measure
        at = [np.einsum("kfq,kfaj->fqaj", values, fields[dofs], optimize=True) for values, _, dofs in traces]
        for side, own, across in ((0, law.first, law.across), (1, law.second, law.across.T)):
            here = inside[contact.cells[:, side]]
            flow = np.einsum("ab,fqbj->fqaj", own, at[side][here]) + np.einsum(
                "ab,fqbj->fqaj", across, at[1 - side][here]
            )
            total += np.einsum("fq,fqaj->aj", weights[here], flow)
    return total


def _reacted(problem: Problem, fields: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Spin current (4, 4T) lost to relaxation, precession and dephasing in the enclosed cells."""
    device = problem.device
    enclosed = [np.flatnonzero(inside & (device.cell_region == r)) for r in range(len(device.regions))]
    operators = operators_on(device, problem.space, enclosed, problem.omega)
    total = np.zeros(fields.shape[1:], np.result_type(fields, complex if problem.omega else float))
    for term in region_terms(device, operators, problem.omega):
        if term.cause in REACTIONS:
            weight = np.asarray(term.operator.sum(axis=0)).ravel()  # integrals of the basis functions
            total += term.law @ np.einsum("n,naj->aj", weight, fields)
    return total


def _outflow(problem: Problem, fields: np.ndarray, facets: np.ndarray) -> np.ndarray:
    """Current (f, 4, 4T) out of a cell through one of its facets; `facets` (f, 2) lists cell and local facet."""
    weights = flux_weights(problem.space, facets[:, 0], facets[:, 1])
    slope = np.einsum("kdf,kfaj->dfaj", weights.gradients, fields[weights.dofs], optimize=True)
    normal = np.einsum("df,dfaj->faj", weights.normals, slope)
    flow = np.einsum("fab,fbj->faj", problem.conduction_at(facets[:, 0]), normal)
    theta = problem.spin_hall_conductivity[problem.device.cell_region[facets[:, 0]]]
    if theta.any():
        # eps_{i alpha k} n_i d_k V = (grad V x n)_alpha
        padded = [np.pad(x, ((0, 3 - len(x)), *[(0, 0)] * (x.ndim - 1))) for x in (slope, weights.normals)]
        turned = theta[None, :, None, None] * np.cross(padded[0], padded[1][:, :, None, None], axis=0)
        flow[:, 0] += sum(turned[alpha, :, alpha + 1] for alpha in range(3))
        flow[:, 1:] += turned[:, :, 0].transpose(1, 0, 2)
    return -flow * problem.device.transverse_measure
