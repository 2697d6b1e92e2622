"""What runs in other processes: a plan arrives once, its operators are assembled once, then points come in chunks."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from typing import Any

from ..errors import InputError
from .plan import Plan
from .point import Evaluator, Point, PointResult

_here = threading.local()  # evaluators keep matrices that two threads must not share
_payload: bytes | None = None  # of the pool that this process belongs to


def pack(plan: Plan) -> bytes:
    """The plan as bytes, by cloudpickle where that is installed (it takes functions of the main script along).

    Raises
    ------
    InputError
        A function, of the user or of a magnetization texture, that cannot be sent.
    """
    try:
        import cloudpickle as pickler
    except ImportError:
        pickler = pickle
    try:
        return pickler.dumps(plan)
    except Exception as error:  # pickling raises whatever the objects do
        raise InputError(
            f"the sweep cannot be sent to other processes ({type(error).__name__}: {error}); define its functions at "
            "the top level of a module, or use jobs=1 or an executor of threads"
        ) from None


def start(payload: bytes) -> None:
    """Begin the life of a worker of our own pool: take the plan, leave Ctrl-C to the parent, end when it ends."""
    global _payload
    _payload = payload
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """A parent that is killed cannot end its workers, and they would wait for work for ever."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def compute(key: str, payload: bytes | None, points: list[Point]) -> list[PointResult]:
    """Results of some points of the plan in `payload`, or of the pool's; `key` tells plans apart."""
    if getattr(_here, "key", None) != key:
        packed: Any = _payload if payload is None else payload
        _here.key, _here.evaluator = key, Evaluator(pickle.loads(packed))
    return [_here.evaluator(point) for point in points]
