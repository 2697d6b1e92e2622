"""Many junctions at once: parameters broadcast, processes share the work."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

import numpy as np

from ..errors import InputError, SolverError, must_be
from .coupling import Coupling, checked_temperature, terms
from .junction import ExchangeModel, Junction, warn_of

_NAMES = ("well_depth", "splitting", "barrier_height", "thickness", "effective_mass", "temperature")
_CHUNK = 16  # junctions that a process takes at a time


def exchange_map(
    *,
    well_depth: Any,
    splitting: Any,
    barrier_height: Any,
    thickness: Any,
    right_well_depth: Any = None,
    right_splitting: Any = None,
    effective_mass: Any = 1.0,
    temperature: Any = 0.0,
    model: ExchangeModel | None = None,
    workers: int | None = 1,
    progress: Callable[[float], None] | None = None,
) -> Coupling:
    """Compute the coupling for arrays of parameters, which broadcast.

    Parameters
    ----------
    well_depth, splitting, barrier_height : array_like
        J; of both leads, see `Junction`.
    thickness : array_like
        m.
    right_well_depth, right_splitting : array_like, optional
        J; where the right lead differs.
    effective_mass, temperature : array_like
        m*/m_e; K.
    model : ExchangeModel, optional
    workers : int or None
        Processes that share the work; None: one for each processor. Scripts that ask for more than one guard their
        main part by ``if __name__ == "__main__":``, because the processes import them.
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    Coupling
        Arrays of the shape to which all parameters broadcast; the permittivity comes afterwards, at no cost.

    Raises
    ------
    InputError
        Shapes that do not broadcast, or a junction that `Junction` refuses.
    SolverError
        The processes could not start.

    Examples
    --------
    >>> eV = 1.602176634e-19
    >>> found = exchange_map(well_depth=5*eV, splitting=np.array([0, 4.5])*eV, barrier_height=0.4*eV, thickness=1e-9)
    >>> (found.total(4.5) * 1e6).round(6)
    array([ 0.      , -0.719828])
    """
    right = [well_depth if right_well_depth is None else right_well_depth,
             splitting if right_splitting is None else right_splitting]  # fmt: skip
    shape, rows = _broadcast([well_depth, splitting, barrier_height, thickness, effective_mass, temperature, *right])
    junctions = [_junction(row) for row in rows.T]
    warn_of([text for (junction, T) in junctions for text in junction.cautions(T)])
    found = np.empty((3, len(junctions)))
    jobs = [(k, junctions[k : k + _CHUNK], model or ExchangeModel()) for k in range(0, len(junctions), _CHUNK)]
    for (start, part, _), values in zip(jobs, _results(jobs, _count(workers, len(jobs))), strict=True):
        found[:, start : start + len(part)] = values
        if progress is not None:
            progress((start + len(part)) / len(junctions))
    hopping, leads, insulator = found.reshape(3, *shape)
    return Coupling(hopping=hopping, leads=leads, insulator_at_unity=insulator)


def _broadcast(values: list[Any]) -> tuple[tuple[int, ...], np.ndarray]:
    try:
        arrays = np.broadcast_arrays(*(np.asarray(v, float) for v in values))
    except (TypeError, ValueError) as error:
        raise InputError(f"parameters of exchange_map must be numbers whose shapes broadcast: {error}") from None
    return arrays[0].shape, np.array([a.ravel() for a in arrays])


def _junction(row: np.ndarray) -> tuple[Junction, float]:
    U, J, height, d, mass, T, right_U, right_J = row.tolist()
    junction = Junction(well_depth=(U, right_U), splitting=(J, right_J), barrier_height=height, thickness=d,
                        effective_mass=mass)  # fmt: skip
    return junction, checked_temperature(T)


def _count(workers: int | None, jobs: int) -> int:
    if workers is not None and (type(workers) is not int or workers < 1):
        raise must_be("workers", "a whole number, 1 or more, or None", workers)
    return min(workers or os.cpu_count() or 1, max(jobs, 1))


def _results(jobs: list[Any], workers: int) -> Iterator[np.ndarray]:
    if workers == 1:
        yield from map(_job, jobs)
        return
    # "spawn" everywhere: a fork beside the threads of a linear algebra library may never come back
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(_job, jobs)
        except BrokenProcessPool:
            raise SolverError(
                "the processes of exchange_map could not start; guard the main part of the script by "
                "if __name__ == '__main__':, or take workers=1"
            ) from None


def _job(job: tuple[int, list[tuple[Junction, float]], ExchangeModel]) -> np.ndarray:
    """Three terms (3, k) of a chunk of junctions."""
    _, junctions, model = job
    out = np.full((3, len(junctions)), math.nan)
    for k, (junction, temperature) in enumerate(junctions):
        found = terms(junction, temperature, model)
        out[:, k] = found.hopping, found.leads, found.insulator_at_unity
    return out
