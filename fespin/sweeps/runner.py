"""Who solves which points: this process, a pool of its own, or any executor of the `concurrent.futures` kind."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from ..errors import InputError, SolverError
from . import worker
from .plan import Plan
from .point import Evaluator, Point, PointResult

log = logging.getLogger("fespin")

Report = Callable[[list[PointResult]], None]

_PILOTS = 2  # points solved here before the choice; the first one pays for the operators
_WORTH = 3.0  # seconds of work left for each of two processes that make starting them worth while
_CHUNK_SECONDS = 1.0  # of work between two reports
_MOST_AT_ONCE = 16  # points of a chunk whose cost is not known
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def processors() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def run_points(
    plan: Plan, points: list[Point], report: Report, *, executor: Executor | None, jobs: int | None
) -> dict[str, Any]:
    """Solve points and report them as they come, in any order.

    Parameters
    ----------
    plan : Plan
    points : list of tuple
    report : callable
        Takes a list of results.
    executor : Executor, optional
    jobs : int, optional
        Processes; 1 stays in this one. Left out, the first points decide: more processes if they save seconds.

    Returns
    -------
    dict
        "executor" and "jobs": what was done.
    """
    if executor is not None:
        chunks = _chunks(points, _size(len(points), _width(executor, jobs), None))
        _through(executor, worker.pack(plan), chunks, report, plan)
        return {"executor": type(executor).__name__, "jobs": _width(executor, jobs)}
    seconds = None
    if jobs is None:
        evaluator = Evaluator(plan)
        for point in points[:_PILOTS]:
            result = evaluator(point)
            report([result])
            seconds = result.seconds
        points = points[_PILOTS:]
        jobs = min(processors(), len(points)) if seconds and seconds * len(points) > 2 * _WORTH else 1
        if jobs < 2 or not _can_be_sent(plan):
            for point in points:
                report([evaluator(point)])
            return {"executor": "this process", "jobs": 1}
    elif jobs == 1:
        evaluator = Evaluator(plan)
        for point in points:
            report([evaluator(point)])
        return {"executor": "this process", "jobs": 1}
    jobs = max(1, min(jobs, len(points)))
    with own_pool(plan, jobs) as pool:
        _through(pool, None, _chunks(points, _size(len(points), jobs, seconds)), report, plan)
    return {"executor": "processes", "jobs": jobs}


def _can_be_sent(plan: Plan) -> bool:
    """Nobody asked for processes: what cannot be sent to them stays here."""
    try:
        worker.pack(plan)
    except InputError:
        log.info("the sweep stays in this process: its functions cannot be sent to others")
        return False
    return True


@contextmanager
def own_pool(plan: Plan, jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes that have the plan; one thread each, for the processes share the processors."""
    from multiprocessing import get_context

    payload = worker.pack(plan)
    # spawned, not forked: numerical libraries have threads by now, and a fork in their midst may hang
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=worker.start, initargs=(payload,))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@contextmanager
def _one_thread() -> Iterator[None]:
    """What numerical libraries read when a process begins; a user's own choice stands."""
    mine = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(mine, "1"))
    try:
        yield
    finally:
        for name in mine:
            del os.environ[name]


def _through(executor: Executor, payload: bytes | None, chunks: list[list[Point]], report: Report, plan: Plan) -> None:
    """Submit all chunks and report each as it is done; an executor that fails loses only what is not done."""
    key = uuid.uuid4().hex
    futures: dict[Future[list[PointResult]], list[Point]] = {}
    try:
        with _one_thread():
            for chunk in chunks:
                futures[executor.submit(worker.compute, key, payload, chunk)] = chunk
        for future in as_completed(futures):
            report(future.result())
    except BrokenProcessPool as error:
        lost = next((chunk for future, chunk in futures.items() if not _fine(future)), chunks[-1])
        raise SolverError(
            f"a process of the sweep ended abruptly, at {plan.grid.describe(lost[0])} or near it: out of memory (start "
            "fewer jobs), or a script that calls fespin.sweep outside of \"if __name__ == '__main__':\""
        ) from error
    finally:
        for future in futures:
            future.cancel()


def _fine(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _width(executor: Executor, jobs: int | None) -> int:
    """How many workers an executor has, as far as it tells."""
    return jobs or getattr(executor, "_max_workers", None) or processors()


def _size(points: int, jobs: int, seconds: float | None) -> int:
    """Points of a chunk: neighbours share work, but all workers shall have some, and reports shall come."""
    even = -(-points // (4 * jobs))
    wanted = _MOST_AT_ONCE if seconds is None else int(_CHUNK_SECONDS / max(seconds, 1e-6))
    return max(1, min(even, wanted))


def _chunks(points: list[Point], size: int) -> list[list[Point]]:
    return [points[i : i + size] for i in range(0, len(points), size)]
