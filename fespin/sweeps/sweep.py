"""The verb: `sweep(device, {"field.z": ...})`."""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import nullcontext
from numbers import Integral
from typing import Any

from ..device.device import Device
from ..errors import InputError, MeshWarning, SolverWarning, must_be
from ..transport.solve import CONDUCTANCE_TOLERANCE
from .grid import Grid
from .plan import make_plan
from .point import Point, PointResult
from .result import SweepResult, collect
from .runner import run_points
from .store import Store

_NUMBER = re.compile(r"[-+]?\d[\d.]*(e[-+]?\d+)?")


def sweep(
    device: Device | str | os.PathLike[str],
    vary: Mapping[str, Any],
    *,
    functions: Mapping[str, Callable[[Device, float], Device]] | None = None,
    units: Mapping[str, str] | None = None,
    order: int = 1,
    backend: str = "auto",
    tolerance: float = CONDUCTANCE_TOLERANCE,
    executor: Executor | None = None,
    jobs: int | None = None,
    store: str | os.PathLike[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> SweepResult:
    """Conductance matrices of a device over a grid of parameters.

    Scalar operators are assembled once in each process, and parts of the system that a parameter leaves alone are not
    solved again (see `fespin.sweeps.workspace`).

    Parameters
    ----------
    device : Device or path
        The path of a device file lets parameters name its materials.
    vary : mapping
        Parameter -> values; all combinations are solved, the last parameter running fastest. Names are those of
        `fespin.sweeps.parameter.find_parameter`: ``field.z``, ``regions.free.angle.y``, ``materials.Cu.resistivity``,
        ``interfaces.fn.conductance_up``, ``frequency``, ... Values are numbers in SI units or text with units
        (``"-1T:1T:201"``, ``"1GHz:1THz:7:log"``, ``"0 T, 0.5 T"``); a single value is held and makes no axis.
    functions : mapping, optional
        Parameters of your own: name -> function of (device, value) that returns a device. They act after all others, on
        the device that these have made.
    units : mapping, optional
        SI units of the parameters of functions.
    order, backend, tolerance
        As for `fespin.conductance`.
    executor : concurrent.futures.Executor, optional
        Where the points are solved: threads, processes, ``client.get_executor()`` of dask.distributed, or
        ``mpi4py.futures.MPIPoolExecutor``.
    jobs : int, optional
        Number of processes where no executor is given; 1 stays in this process. Left out, as many as there are
        processors if that saves time.
    store : path, optional
        File in which finished points are kept. Points that are in it are not solved again, so that a sweep that was
        killed goes on, and one whose grid has grown solves what is new.
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    SweepResult

    Raises
    ------
    InputError
        An unknown parameter, values that do not fit, a store of another sweep, or every point failed.
    SolverError
        A process ended abruptly.

    Warns
    -----
    SolverWarning
        Points that failed; their conductances are NaN and they are listed in the result.
    MeshWarning
        Once for each thing that may mislead.

    Examples
    --------
    >>> import fespin
    >>> found = fespin.sweep("meshes/angular_valve_1d.toml", {"regions.free.theta": "0deg:180deg:3"}, order=2)
    >>> (1 / found["right", "e", "left", "e"]).round(5)     # ohm: parallel, at a right angle, antiparallel
    array([3.25242, 3.26088, 3.30552])
    """
    start = time.perf_counter()
    plan = make_plan(device, vary, functions=functions or {}, units=units or {}, order=order, backend=backend,
                     tolerance=tolerance)  # fmt: skip
    _check_workers(executor, jobs)
    wanted = list(plan.grid)
    with Store(store, plan) if store is not None else nullcontext() as kept:
        done = {} if kept is None else {point: kept.found[point] for point in wanted if point in kept.found}
        stored, todo = len(done), [point for point in wanted if point not in done]

        def report(results: list[PointResult]) -> None:
            done.update({result.point: result for result in results})
            if kept is not None:
                kept.add(results)
            if progress is not None:
                progress(len(done) / len(wanted))

        how = run_points(plan, todo, report, executor=executor, jobs=jobs) if todo else {"executor": "none", "jobs": 0}
    if progress is not None and not todo:
        progress(1.0)
    results = [done[point] for point in wanted]
    _refuse_if_all_failed(plan.grid, results)
    _warn(plan.grid, results)
    return collect(plan, results, {**how, "points_solved": len(todo), "points_from_store": stored,
                                   "seconds": round(time.perf_counter() - start, 3)})  # fmt: skip


def _check_workers(executor: Any, jobs: Any) -> None:
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise must_be("executor", "an executor of concurrent.futures, with a method submit", executor)
    if jobs is not None and (not isinstance(jobs, Integral) or isinstance(jobs, bool) or jobs < 1):
        raise must_be("jobs", "a positive number of processes", jobs)


def _refuse_if_all_failed(grid: Grid, results: list[PointResult]) -> None:
    failed = [r for r in results if r.error]
    if len(failed) < len(results):
        return
    what = "the point" if len(results) == 1 else f"all {len(results)} points failed, the first"
    raise InputError(f"{what} at {grid.describe(failed[0].point)}: {failed[0].error}")


def _warn(grid: Grid, results: list[PointResult]) -> None:
    """Each caution once, however many points have it and whatever numbers it shows; the points that failed."""
    failed = [r for r in results if r.error]
    if failed:
        warnings.warn(f"{len(failed)} of {len(results)} points failed, the first at {grid.describe(failed[0].point)}: "
                      f"{failed[0].error}", SolverWarning, stacklevel=3)  # fmt: skip
    for name, category in (("cautions", MeshWarning), ("remarks", SolverWarning)):
        kinds: dict[str, list[tuple[Point, str]]] = {}
        for result in results:
            for text in getattr(result, name):
                kinds.setdefault(_NUMBER.sub("#", text), []).append((result.point, text))
        for found in kinds.values():
            everywhere = len(found) >= len(results) and len({text for _, text in found}) == 1
            where = "" if everywhere else f" (at {grid.describe(found[0][0])}{_others(len(found) - 1)})"
            warnings.warn(found[0][1] + where, category, stacklevel=3)


def _others(count: int) -> str:
    return "" if count == 0 else f" and {count} other point{'s' * (count > 1)}"
