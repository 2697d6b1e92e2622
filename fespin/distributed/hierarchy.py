"""One scalar hierarchy for all components: PETSc's GAMG interpolates, PETSc's products coarsen.

The cycle of `cycle.py` needs interpolation that keeps to the spaces of amplitudes: a node of a magnet must not
interpolate from a normal metal, where other spins exist. GAMG is therefore given the stiffness cut between nodes of
different spaces (what is cut goes to the diagonal, so that constants stay without energy) and held at the terminals;
the operators themselves are coarsened whole, K_c = P^T K P.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from .matrices import Columns, Spread, of_petsc, single
from .scalars import Scalars

COARSEST = 200  # nodes at which GAMG stops
_SHIFT = 1e-6  # of the diagonal: parts that the cut leaves without terminals must not be singular
_OPTIONS = {
    "pc_gamg_type": "agg",
    "pc_gamg_agg_nsmooths": 1,
    "pc_gamg_aggressive_coarsening": 20,  # on all levels: aggregates of radius two
    "pc_gamg_threshold": 0.05,
    "pc_gamg_threshold_scale": 0.5,
    "pc_gamg_coarse_eq_limit": COARSEST,
    "pc_gamg_process_eq_limit": 200,
    # of GAMG only the interpolations are used: its own smoothers and coarse solver do nothing
    "mg_levels_ksp_type": "preonly",
    "mg_levels_pc_type": "none",
    "mg_coarse_ksp_type": "preonly",
    "mg_coarse_pc_type": "none",
}


@dataclass(eq=False)
class ScalarLevel:
    """One level, in single precision: own rows of everything.

    Parameters
    ----------
    columns : Columns
        Of stiffness, both and extras.
    stiffness, both : csr_array
        K, and K + M.
    extras : list of csr_array
    label, active : ndarray (own,)
    down, up : (csr_array, Columns)
        Restriction to the next level, and interpolation from it; None on the last.
    """

    columns: Columns
    stiffness: csr_array
    both: csr_array
    extras: list[csr_array]
    label: np.ndarray
    active: np.ndarray
    down: tuple[csr_array, Columns] | None = None
    up: tuple[csr_array, Columns] | None = None


@dataclass(frozen=True, eq=False)
class Fine:
    """Own rows of the finest level in double precision.

    Parameters
    ----------
    columns : Columns
    stiffness, both : csr_array
        K, and K + M.
    extras : list of csr_array
    """

    columns: Columns
    stiffness: csr_array
    both: csr_array
    extras: list[csr_array]


def build_levels(comm: Any, system: Scalars) -> tuple[Fine, list[ScalarLevel]]:
    """The finest level in double precision, and all of them from the finest to the coarsest in single precision.

    The entries that `system` came with are released on the way.
    """
    both, label, active = system.both, system.label, system.active
    columns = Columns(comm, both, *[e.operator for e in system.extras])
    has_mass = bool(comm.allreduce(int((both.data.imag != 0.0).any())))
    data = [np.ascontiguousarray(both.data.real)]
    if has_mass:
        data.append(both.data.real + both.data.imag)
    own = columns.local(both, *data)
    fine = Fine(columns, own[0], own[-1], [columns.local(e.operator, e.operator.data)[0] for e in system.extras])
    interpolations = _interpolations(both.to_petsc(comm, _cut(both, columns, label, active)))
    operators = [both.to_petsc(comm, values) for values in data]
    extras = [e.operator.to_petsc(comm, e.operator.data) for e in system.extras]
    system.release()
    del both, data, own
    stiffness = single(fine.stiffness)
    levels = [ScalarLevel(columns, stiffness, single(fine.both) if has_mass else stiffness,
                          [single(e) for e in fine.extras], label, active)]  # fmt: skip
    for interpolation in interpolations:
        label = _below(comm, levels[-1], interpolation, label)
        operators = [_coarsened(matrix, interpolation) for matrix in operators]
        extras = [_coarsened(matrix, interpolation) for matrix in extras]
        interpolation.destroy()
        levels.append(_level(comm, operators, extras, label))
    return fine, levels


def _coarsened(matrix: Any, interpolation: Any) -> Any:
    """P^T A P; A is gone."""
    out = matrix.ptap(interpolation)
    matrix.destroy()
    return out


def _level(comm: Any, operators: list[Any], extras: list[Any], label: np.ndarray) -> ScalarLevel:
    """Own rows of PETSc's matrices."""
    spread = [of_petsc(comm, m) for m in (*operators, *extras)]
    columns = Columns(comm, *spread)
    own = [columns.local(s, s.data.astype(np.float32))[0] for s in spread]
    n = len(operators)
    return ScalarLevel(columns, own[0], own[n - 1], own[n:], label, np.ones(len(label), bool))


def _cut(both: Spread, columns: Columns, label: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Entries of the stiffness without couplings between different labels, to terminals, and of the wrong sign."""
    rows, value = both.rows, both.data.real
    own = columns.places(both)
    labels, actives = columns.with_fetched(label), columns.with_fetched(active.astype(np.uint8)).astype(bool)
    first = columns.first
    diagonal = both.columns == rows + first
    alive = actives[rows] & actives[own] & ~diagonal
    kept = alive & (labels[rows] == labels[own]) & (value < 0.0)
    sums = np.bincount(rows, np.where(alive & ~kept, value, 0.0), minlength=len(label))
    out = np.where(kept, value, 0.0)
    on = np.flatnonzero(diagonal)
    least = _SHIFT * value[on]
    out[on] = np.where(active[rows[on]], np.maximum(value[on] + sums[rows[on]], 0.0) + least, value[on])
    return out


def _interpolations(cut: Any) -> list[Any]:
    """GAMG's, from the finest level on. Options with the prefix fespin_ in PETSC_OPTIONS override ours."""
    from petsc4py import PETSc

    options = PETSc.Options()
    for name, value in _OPTIONS.items():
        if not options.hasName(f"fespin_{name}"):
            options[f"fespin_{name}"] = value
    cut.setOption(PETSc.Mat.Option.SPD, True)
    gamg = PETSc.PC().create(cut.getComm())
    gamg.setOptionsPrefix("fespin_")
    gamg.setType("gamg")
    gamg.setOperators(cut)
    gamg.setFromOptions()
    gamg.setUp()
    out = [gamg.getMGInterpolation(level) for level in range(gamg.getMGLevels() - 1, 0, -1)]
    gamg.destroy()  # with its own coarse operators
    cut.destroy()
    return out


def _below(comm: Any, level: ScalarLevel, interpolation: Any, label: np.ndarray) -> np.ndarray:
    """Connect a level with the next one; the labels there."""
    up = of_petsc(comm, interpolation)
    turned = interpolation.copy().transpose()
    down = of_petsc(comm, turned)
    turned.destroy()
    columns_up, columns_down = Columns(comm, up), Columns(comm, down)
    level.up = columns_up.local(up, up.data.astype(np.float32))[0], columns_up
    level.down = columns_down.local(down, down.data.astype(np.float32))[0], columns_down
    found = np.full(columns_up.count, -1, np.int32)
    matrix = level.up[0]
    entries = matrix.data != 0.0
    np.maximum.at(
        found, matrix.indices[entries], label[np.repeat(np.arange(len(label)), np.diff(matrix.indptr))[entries]]
    )
    own = columns_up.last - columns_up.first
    below = found[:own].copy()
    columns_up.halo.give_back(below, found[own:], np.maximum)
    return below
