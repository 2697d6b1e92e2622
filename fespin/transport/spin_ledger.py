"""Where the spin current of a solution goes: relaxation, precession, torque on magnets. It closes to rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..device import topology
from ..device.contacts import COLLINEAR

if TYPE_CHECKING:
    from .solution import Solution

Ledger = dict[tuple[str, str], np.ndarray]


def relaxation(solution: Solution) -> dict[str, np.ndarray]:
    """Region or interface (spin memory loss) -> spin current lost to relaxation there, (3,), A."""
    device = solution.problem.device
    out = {name: _taken(solution, ("region", r), {"relaxation"}) for r, name in enumerate(device.regions)}
    for c, contact in enumerate(device.split.contacts):
        if contact.interface.spin_memory_loss:
            magnets = _magnets(solution, c)
            lost = np.sum(_into_interface(solution, c), axis=0)
            if magnets:
                axis = magnets[0][1]
                lost = np.dot(lost, axis) * axis
            out[contact.name] = out.get(contact.name, np.zeros(3)) + lost
    return out


def precession(solution: Solution) -> dict[str, np.ndarray]:
    """Region -> spin current turned away by the magnetic field in its volume, (3,), A."""
    device = solution.problem.device
    if device.precession is None:
        return {}
    return {name: _taken(solution, ("region", r), {"precession"}) for r, name in enumerate(device.regions)
            if not device.regions[name].is_strong}  # fmt: skip


def absorbed(solution: Solution) -> Ledger:
    """(magnet, where) -> transverse spin current that the magnet absorbs there, (3,), A."""
    out: Ledger = {}
    for part in (_inside_magnets, _at_ohmic_contacts, _at_interfaces):
        for place, current in part(solution).items():  # an interface may have the name of a region
            out[place] = out.get(place, 0.0) + current
    return out


def _taken(solution: Solution, owner: tuple[str, int], causes: set[str]) -> np.ndarray:
    """Spin current that some terms of a region take out of it, (3,), A."""
    return solution.problem.apply(solution.fields, owner=owner, causes=causes)[:, 1:].sum(axis=0)


def _inside_magnets(solution: Solution) -> Ledger:
    """Dephasing in the volume of ferromagnets of finite strength, and precession about their magnetization."""
    return {(name, name): _taken(solution, ("region", r), {"dephasing", "exchange"})
            for r, (name, region) in enumerate(solution.problem.device.regions.items())
            if region.magnetization is not None and not region.is_strong}  # fmt: skip


def _at_ohmic_contacts(solution: Solution) -> Ledger:
    """The nodal currents that the condition V_alpha = m_alpha u suppresses, by where they came from.

    A node of several magnets shares its part equally among them.
    """
    problem, device = solution.problem, solution.problem.device
    regions = list(device.regions.items())
    magnets = [r for r, (_, region) in enumerate(regions) if region.is_strong]
    if not magnets:
        return {}
    touching = topology.touching(problem.space.element_dofs.T, device.cell_region, len(regions), problem.space.size)
    share = np.maximum(touching[magnets].sum(axis=0), 1)
    sources = [(name, ("region", r)) for r, (name, region) in enumerate(regions) if not region.is_strong]
    sources += [(contact.name, ("interface", c)) for c, contact in enumerate(device.split.contacts)]
    out: Ledger = {}
    for source, owner in sources:
        flow = -problem.apply(solution.fields, owner=owner)[:, 1:] / share[:, None]
        for f in magnets:
            at = touching[f] & flow.any(axis=1)
            if at.any():
                m = np.array(regions[f][1].magnetization)
                total = flow[at].sum(axis=0)
                name = (regions[f][0], source)
                out[name] = out.get(name, 0.0) + total - np.dot(total, m) * m
    return out


def _at_interfaces(solution: Solution) -> Ledger:
    """What enters an interface and does not come out along the magnetization of a magnet."""
    out: Ledger = {}
    for c, contact in enumerate(solution.problem.device.split.contacts):
        magnets, flows = _magnets(solution, c), _into_interface(solution, c)
        if len(magnets) == 1:
            ((name, m),) = magnets
            lost = np.sum(flows, axis=0)
            out[name, contact.name] = lost - np.dot(lost, m) * m
        elif len(magnets) == 2:
            for (name, _), torque in zip(magnets, _shared(flows, *(m for _, m in magnets)), strict=True):
                out[name, contact.name] = out.get((name, contact.name), 0.0) + torque
    return out


def _shared(flows: tuple[np.ndarray, np.ndarray], one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The spin lost between two magnets, split into a part normal to each magnetization, in the plane of both.

    J_1 m_1 + J_2 m_2 = t_1 (m_2 - c m_1) + t_2 (m_1 - c m_2) has one solution unless they are collinear, when nothing
    is lost.
    """
    c = float(np.dot(one, other))
    if np.linalg.norm(np.cross(one, other)) < COLLINEAR:
        return np.zeros(3), np.zeros(3)
    t = np.linalg.solve([[-c, 1.0], [1.0, -c]], [np.dot(flows[0], one), np.dot(flows[1], other)])
    return t[0] * (other - c * one), t[1] * (one - c * other)


def _magnets(solution: Solution, c: int) -> list[tuple[str, np.ndarray]]:
    """Names and magnetizations of the magnets at an interface, first side first."""
    device = solution.problem.device
    sides = [list(device.regions.items())[r] for r in device.split.contacts[c].regions]
    return [(name, np.array(region.magnetization)) for name, region in sides if region.magnetization is not None]


def _into_interface(solution: Solution, c: int) -> tuple[np.ndarray, np.ndarray]:
    """Spin current that enters an interface from its first and second side, (3,) each, A."""
    out = [np.zeros(3), np.zeros(3)]
    for term in solution.problem.terms:
        if term.owner == ("interface", c):
            side = 0 if term.pattern[-1] in ("first", "across") else 1
            out[side] += (term.operator @ (solution.fields @ term.law.T))[:, 1:].sum(axis=0)
    return out[0], out[1]
