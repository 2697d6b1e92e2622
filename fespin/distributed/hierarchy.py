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

from .matrices import Columns, Spread, of_petsc
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


def build_levels(comm: Any, system: Scalars) -> list[ScalarLevel]:
    """From the finest to the coarsest."""
    both = system.both
    columns = Columns(comm, both, *[e.operator for e in system.extras])
    has_mass = bool(comm.allreduce(int((both.data.imag != 0.0).any())))
    stiff = both.to_petsc(comm, both.data.real)
    massive = both.to_petsc(comm, both.data.real + both.data.imag) if has_mass else stiff
    extras = [e.operator.to_petsc(comm, e.operator.data) for e in system.extras]
    label, active = system.label, system.active
    levels = [_level(comm, columns, stiff, massive, extras, label, active)]
    for interpolation in _interpolations(both.to_petsc(comm, _cut(both, columns, label, active))):
        label = _below(comm, levels[-1], interpolation, label)
        active = np.ones(len(label), bool)
        stiff, old = stiff.ptap(interpolation), (stiff, massive)
        massive = old[1].ptap(interpolation) if has_mass else stiff
        extras = [e.ptap(interpolation) for e in extras]
        for matrix in old:
            matrix.destroy()
        levels.append(_level(comm, None, stiff, massive, extras, label, active))
    return levels


def _level(comm: Any, columns: Columns | None, stiff: Any, massive: Any, extras: list[Any],
           label: np.ndarray, active: np.ndarray) -> ScalarLevel:  # fmt: skip
    """Own rows of PETSc's matrices."""
    spread = [of_petsc(comm, m) for m in (stiff, *extras)]
    columns = Columns(comm, *spread) if columns is None else columns
    single = columns.local(spread[0], np.float32)
    both = single if massive is stiff else columns.local(of_petsc(comm, massive), np.float32)
    return ScalarLevel(columns=columns, stiffness=single, both=both, label=label, active=active,
                       extras=[columns.local(s, np.float32) for s in spread[1:]])  # fmt: skip


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
    return [gamg.getMGInterpolation(level) for level in range(gamg.getMGLevels() - 1, 0, -1)]


def _below(comm: Any, level: ScalarLevel, interpolation: Any, label: np.ndarray) -> np.ndarray:
    """Connect a level with the next one; the labels there."""
    up = of_petsc(comm, interpolation)
    down = of_petsc(comm, interpolation.copy().transpose())
    columns_up, columns_down = Columns(comm, up), Columns(comm, down)
    level.up = columns_up.local(up, np.float32), columns_up
    level.down = columns_down.local(down, np.float32), columns_down
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
