"""`check_reciprocity`: every identity that applies to a device, measured."""

from __future__ import annotations

import logging
import math

import numpy as np

from ..device.contacts import collinear
from ..device.device import Device
from ..errors import InputError
from ..materials import NormalMetal
from ..network import identities
from ..network.conductance import ConductanceMatrix
from ..transport.cuts import cut_currents
from ..transport.frame import spin_frame
from ..transport.response import assemble_conductance, unit_fields
from ..transport.solve import conductance_matrix, conductance_responses, prepare
from ..transport.system import Problem
from ..transport.terms import BREAKING
from . import onsager
from .independent import count_independent_entries
from .onsager import breaking_causes, breaking_terms, onsager_residual
from .report import Check, ReciprocityReport

log = logging.getLogger("fespin")

# identities that hold in exact arithmetic for the discrete system; what remains is the linear solver
SOLVER_PRECISION = 1e-10
# the same for two devices solved one by one
ONSAGER_PRECISION = 1e-9
# reactions carry the error of the fields to first order, so an iterative solver must go further than for G itself
AUDIT_TOLERANCE = 1e-12
# a flux that agrees this well with the reactions has nothing left to converge
CONVERGED = 1e-9
# nodes of the refined mesh beyond which the cut surfaces are not compared unless asked for
REFINE_UP_TO = 150_000


def check_reciprocity(
    device: Device,
    *,
    order: int = 1,
    backend: str = "auto",
    tolerance: float = AUDIT_TOLERANCE,
    refine: bool | None = None,
    independent_entries: bool = False,
) -> ReciprocityReport:
    """Measure every identity that the conductance matrix of a device must obey.

    Where nothing in the device breaks it, reciprocity is plain symmetry, G^ab_tt' = G^ba_t't (eq 16 of Bazaliy and
    Ramazashvili). With a magnetic field, spin Hall angles, complex mixing conductances or precession about the
    magnetization it is Onsager's relation, G^ab_tt'(m, B) = eps_a eps_b G^ba_t't(-m, -B) with eps = (1, -1, -1, -1):
    the reversed device is solved as well, and the size of each term is reported.

    Parameters
    ----------
    device : Device
    order, backend
        As for `conductance`.
    tolerance : float
        As for `conductance`, but smaller by default: reactions are less forgiving than G.
    refine : bool, optional
        Solve once more on the uniformly refined mesh, to see that currents through cut surfaces converge to the
        reaction currents. By default this is done up to 150 000 nodes of the refined mesh.
    independent_entries : bool
        Also count the independent entries of G over random draws of materials and magnetizations on the same mesh
        (dozens of solutions: for small meshes).

    Returns
    -------
    ReciprocityReport
        Numbers, tolerances, verdicts; ``print(report)`` gives one line each.

    Raises
    ------
    InputError, SolverError
        As for `conductance`.

    Notes
    -----
    The matrix itself is symmetric by construction. "asymmetry" is therefore measured on the nodal reactions at the
    terminals, which know nothing of symmetry, and "cut surfaces" compares with currents integrated from gradients
    inside the device, which share only the fields with them.

    Examples
    --------
    >>> import numpy as np
    >>> from fespin import Device, Ferromagnet, Mesh, check_reciprocity
    >>> wire = Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...             regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> cobalt = Ferromagnet(conductivity=5e6, polarization=0.4, spin_diffusion_length=4e-8)
    >>> device = Device.from_mesh(wire, regions={"wire": (cobalt, (0, 0, 1))}, name="wire",
    ...                           terminals=["left", "right"], length_unit="nm", cross_section="1e4 nm^2")
    >>> print(check_reciprocity(device).verdict)
    wire: all 7 checks pass; the device is reciprocal
    """
    problem = prepare(device, order)
    responses = conductance_responses(problem, backend=backend, tolerance=tolerance)
    G = conductance_matrix(problem, responses)
    reactions = assemble_conductance(problem, responses, "reactions")
    broken = breaking_causes(problem)
    checks = [*_reciprocity(problem, reactions, broken, order, backend, tolerance), *_always(G, reactions),
              *_for_kind(device, G, broken)]  # fmt: skip
    skipped = _reasons(device, broken)
    for outcome in (_cut_checks(problem, responses, G, order, backend, tolerance, refine),
                    _count_checks(device, order, backend, tolerance, independent_entries, broken)):  # fmt: skip
        if isinstance(outcome, str):
            skipped.append(outcome)
        else:
            checks += outcome
    return ReciprocityReport(
        device=device.name,
        checks=tuple(checks),
        not_applicable=tuple(skipped),
        conductance=G,
        asymmetry=identities.asymmetry(reactions),
        breaking=breaking_terms(problem, reactions, backend=backend, tolerance=tolerance),
    )


def _reciprocity(
    problem: Problem, reactions: np.ndarray, broken: tuple[str, ...], order: int, backend: str, tolerance: float
) -> list[Check]:
    """Plain symmetry where nothing breaks it, else Onsager's relation to the reversed device."""
    if not broken:
        law = "G^ab_tt' = G^ba_t't, from terminal reactions (eq 16)"
        return [_small("asymmetry", identities.asymmetry(reactions), law)]
    log.info("solving the reversed device")
    back = onsager.reactions(prepare(problem.device.reversed(), order, warn=False), backend=backend,
                             tolerance=tolerance)  # fmt: skip
    law = "G^ab_tt'(m, B) = eps_a eps_b G^ba_t't(-m, -B), from terminal reactions of both devices (Onsager)"
    return [_small("Onsager", onsager_residual(reactions, back), law, ONSAGER_PRECISION)]


def _small(name: str, value: float, statement: str, tolerance: float = SOLVER_PRECISION) -> Check:
    return Check(name=name, value=float(value), tolerance=tolerance, statement=statement)


def _not_negative(name: str, value: float, statement: str) -> Check:
    return Check(name=name, value=float(value), tolerance=-SOLVER_PRECISION, at_least=True, statement=statement)


def _scale(G: ConductanceMatrix) -> float:
    return float(np.abs(G.values).max()) or 1.0


def _always(G: ConductanceMatrix, reactions: np.ndarray) -> list[Check]:
    """Identities of every device of this model."""
    difference = np.abs(reactions - G.values).max() / _scale(G)
    return [
        _small("energy = reactions", difference, "dissipated energy and terminal currents give the same G", 1e-8),
        _small("charge conservation", identities.charge_conservation(G), "sum over t of G^ea_tt' vanishes (eq 25)"),
        _small("gauge invariance", identities.gauge_invariance(G), "sum over t' of G^ae_tt' vanishes (eq 25)"),
        _not_negative("passivity", identities.passivity(G), "no eigenvalue of -G is negative"),
    ]  # fmt: skip


def _magnetizations(device: Device) -> list[tuple[float, float, float]]:
    magnets = (r for r in device.regions.values() if r.magnetization is not None and not r.is_textured)
    return [r.magnetization for r in magnets]


def _is_collinear(device: Device) -> bool:
    """Whether all magnetizations, and a magnetic field, lie along one axis."""
    if any(r.is_textured for r in device.regions.values()):
        return False
    found = _magnetizations(device)
    if device.precession_axis is not None:
        found.append(device.precession_axis)
    return all(collinear(found[0], m) for m in found[1:])


def _axes(device: Device) -> np.ndarray:
    """Rotation whose first row is the common axis of magnetization (z for normal devices)."""
    return spin_frame(_magnetizations(device)[:1] or [(0.0, 0.0, 1.0)])


def _relaxes(device: Device) -> bool:
    """Whether spins along the common axis get lost anywhere."""
    lossy = any(i.spin_memory_loss for i in device.interfaces.values())
    return lossy or any(math.isfinite(r.material.spin_diffusion_length) for r in device.regions.values())


def _for_kind(device: Device, G: ConductanceMatrix, broken: tuple[str, ...]) -> list[Check]:
    """Identities of collinear, non-relaxing and normal devices."""
    checks = []
    if _is_collinear(device) and "spin Hall" not in broken:
        turned = np.eye(4)
        turned[1:, 1:] = _axes(device)
        tensor = np.einsum("ab,tbuc,dc->taud", turned, G.tensor, turned)
        cross = max(np.abs(tensor[:, a][..., b]).max() for a in (0, 1) for b in (2, 3))
        law = "charge and longitudinal spin do not mix with transverse spin (appendix C)"
        checks.append(_small("collinear zeros", cross / _scale(G), law))
        if not _relaxes(device):
            gap = np.abs(tensor[:, 1, :, 1] - tensor[:, 0, :, 0]).max() / _scale(G)
            checks.append(_small("spin follows charge", gap, "without relaxation G^mm = G^ee (appendix C)"))
    if not broken and all(isinstance(r.material, NormalMetal) for r in device.regions.values()):
        checks += _normal_signs(G)
    return checks


def _normal_signs(G: ConductanceMatrix) -> list[Check]:
    """Spin passes forward and is lost, never gained, in a normal metal."""
    count = len(G.terminals)
    spin = np.array([G.tensor[:, a, :, a] for a in (1, 2, 3)])
    forward = np.where(np.eye(count, dtype=bool), np.inf, spin).min() / _scale(G) if count > 1 else 0.0
    loss = -spin.sum(axis=2).max() / _scale(G)
    return [
        _not_negative("spin transmission", forward, "G^aa_tt' is not negative for t != t' in a normal metal"),
        _not_negative("spin loss", loss, "-sum over t' of G^aa_tt' is not negative"),
    ]


def _reasons(device: Device, broken: tuple[str, ...]) -> list[str]:
    out = []
    if "spin Hall" in broken:
        out.append("collinear zeros, spin follows charge: the spin Hall effect couples charge to all spins")
    elif not _is_collinear(device):
        out.append("collinear zeros, spin follows charge: magnetizations and field are not collinear")
    elif _relaxes(device):
        out.append("spin follows charge: spins relax in this device")
    if _magnetizations(device):
        out.append("spin transmission and loss signs: not a fully normal device")
    elif broken:
        out.append(f"spin transmission and loss signs: the device has {', '.join(BREAKING[c] for c in broken)}")
    return out


def _distance(problem: Problem, responses: list, G: np.ndarray) -> float:
    fields = unit_fields(problem, responses)
    return float(np.abs(cut_currents(problem, fields) - G).max() / (np.abs(G).max() or 1.0))


def _cut_checks(
    problem: Problem,
    responses: list,
    G: ConductanceMatrix,
    order: int,
    backend: str,
    tolerance: float,
    refine: bool | None,
) -> list[Check] | str:
    """Distance of the cut-surface currents from the reactions, here and on the refined mesh."""
    device = problem.device
    try:
        here = _distance(problem, responses, G.values)
    except InputError as error:
        return f"cut surfaces: {error}"
    nodes = len(device.mesh.points) * 2**device.dimension
    if refine is False or (refine is None and nodes > REFINE_UP_TO):
        why = "not asked for" if refine is False else f"about {nodes} nodes, ask for it with refine=True"
        return f"cut surfaces: {here:.3g} from the reactions on this mesh; refined mesh not solved ({why})"
    log.info("solving the refined mesh for the cut surfaces")
    finer = prepare(device.refined(), order, warn=False)
    finer_responses = conductance_responses(finer, backend=backend, tolerance=tolerance)
    there = _distance(finer, finer_responses, assemble_conductance(finer, finer_responses))
    rate = math.log2(here / there) if here > 0 and there > 0 else math.inf
    statement = (
        f"flux through cuts around the terminals: {here:.3g} from the reactions on this mesh, {there:.3g} on "
        f"the refined one (rate h^{rate:.2f})"
    )
    return [Check(name="cut surfaces", value=there, tolerance=max(here, CONVERGED), statement=statement)]


def _count_checks(
    device: Device, order: int, backend: str, tolerance: float, wanted: bool, broken: tuple[str, ...]
) -> list[Check] | str:
    if broken:
        return "independent entries: the count is that of symmetric matrices"
    if not wanted:
        return "independent entries: expensive, ask with independent_entries=True (command line: --independent-entries)"
    found = count_independent_entries(device, order=order, backend=backend, tolerance=tolerance)
    statement = (
        f"{found.rank} found over {found.draws} random draws, at most {found.bound} allowed by reciprocity and charge "
        f"conservation (singular values drop by {found.gap:.1e})"
    )
    return [Check(name="independent entries", value=found.rank, tolerance=found.bound, statement=statement)]
