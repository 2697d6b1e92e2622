"""How many entries of G are independent: the dimension that random materials and magnetizations span on one mesh."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np

from ..device.contacts import region_nodes
from ..device.device import Device
from ..device.region import Region
from ..materials import Ferromagnet, Material, NormalMetal
from ..network import identities
from ..transport.operators import region_mass
from ..transport.solve import CONDUCTANCE_TOLERANCE, conductance_matrix, conductance_responses, prepare
from ..transport.system import Problem, from_operators

log = logging.getLogger("fespin")


@dataclass(frozen=True, kw_only=True)
class IndependentEntries:
    """Result of the count.

    Parameters
    ----------
    rank : int
        Dimension of the span found.
    bound : int
        n (n + 1)/2 - n for n terminal amplitudes: symmetry and charge conservation (28 for two normal terminals); T^2
        without magnets, where charge and spin do not couple.
    draws : int
    gap : float
        First singular value left out over the last one kept; the smaller, the clearer the count.
    """

    rank: int
    bound: int
    draws: int
    gap: float


def count_independent_entries(
    device: Device,
    *,
    draws: int | None = None,
    seed: int = 0,
    order: int = 1,
    backend: str = "auto",
    tolerance: float = CONDUCTANCE_TOLERANCE,
) -> IndependentEntries:
    """Count the independent entries of G over random draws of materials and magnetizations.

    Conductivities, spin diffusion lengths, polarizations and directions are drawn for every region; the scalar
    operators are assembled once. Section III of Bazaliy and Ramazashvili counts 28 for a composite element with two
    normal terminals (64 entries, 28 reciprocity relations, 8 of charge conservation) and 6 between two ferromagnetic
    terminals (eq 22); devices with fewer magnets span less.

    Parameters
    ----------
    device : Device
    draws : int, optional
        Number of random devices; by default the bound plus eight.
    seed : int
    order, backend, tolerance
        As for `conductance`.

    Returns
    -------
    IndependentEntries
    """
    problem = _with_all_masses(prepare(device, order, warn=False))
    bound = _bound(device, problem)
    draws = bound + 8 if draws is None else draws
    rng = np.random.default_rng(seed)
    groups = _touching_magnets(device)
    samples = []
    for k in range(draws):
        log.info("independent entries: draw %d of %d", k + 1, draws)
        drawn = _redrawn(problem, groups, rng)
        responses = conductance_responses(drawn, backend=backend, tolerance=tolerance)
        reduced, _ = conductance_matrix(drawn, responses).reduced()
        samples.append(reduced / np.abs(reduced).max())
    span = identities.count_independent(np.array(samples))
    values = span.singular_values
    gap = float(values[span.rank] / values[span.rank - 1]) if 0 < span.rank < len(values) else 0.0
    return IndependentEntries(rank=span.rank, bound=bound, draws=draws, gap=gap)


def _bound(device: Device, problem: Problem) -> int:
    """Entries that symmetry and charge conservation leave free; without magnets spin is also isotropic and
    uncoupled."""
    if all(isinstance(r.material, NormalMetal) for r in device.regions.values()):
        return len(device.terminals) ** 2  # T (T - 1)/2 for charge, T (T + 1)/2 for spin
    return identities.independent_entries_bound(problem.terminal_spaces)


def _with_all_masses(problem: Problem) -> Problem:
    """The problem with the mass of every region: a draw relaxes where the device itself may not."""
    device = problem.device
    cells = (np.flatnonzero(device.cell_region == r) for r in range(len(device.regions)))
    masses = tuple(region_mass(problem.space, c, device.transverse_measure) for c in cells)
    return from_operators(device, problem.space, replace(problem.operators, mass=masses))


def _touching_magnets(device: Device) -> list[int]:
    """Group number per region: magnets that touch keep one direction between them."""
    touching = region_nodes(device)
    magnetic = [r.is_strong for r in device.regions.values()]
    group = list(range(len(magnetic)))
    for i in range(len(group)):
        for j in range(i):
            if magnetic[i] and magnetic[j] and (touching[i] & touching[j]).any():
                group = [group[j] if g == group[i] else g for g in group]
    return group


def _redrawn(problem: Problem, groups: list[int], rng: np.random.Generator) -> Problem:
    device = problem.device
    directions = rng.standard_normal((len(groups), 3))
    size = float(np.ptp(device.points, axis=0).max())
    regions = {}
    for (name, region), group in zip(device.regions.items(), groups, strict=True):
        m = None if region.magnetization is None else tuple(directions[group])
        regions[name] = Region(material=_drawn(region.material, size, rng), magnetization=m, group=region.group)
    drawn = device.replace(regions=regions)
    return from_operators(drawn, problem.space, problem.operators)


def _drawn(material: Material, size: float, rng: np.random.Generator) -> Material:
    """The same kind of material with other values: comparable conductances, lengths that matter on this device."""
    changes = {
        "conductivity": 1e7 * 3.0 ** rng.uniform(-1, 1),
        "spin_diffusion_length": size * 4.0 ** rng.uniform(-1, 0.5),
    }
    if isinstance(material, Ferromagnet):
        changes["polarization"] = rng.uniform(-0.9, 0.9)
    return replace(material, **changes)
