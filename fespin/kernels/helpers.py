"""Threads that share loops over pieces of rows with whoever calls them.

A thread that sleeps takes 50 microseconds and more to wake, and the interpreter's lock to begin; a loop of the cycle on
1e5 nodes takes 300. So helpers look for work in machine code for a moment before they sleep, without that lock, and
nobody waits for one that has not begun: who is late finds nothing left. That is a twentieth of the time of a device of
1e5 nodes. On a busy machine, which shows by helpers that come late or stop in the middle, they sleep at once.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from . import machine
from .threads import Pieces, number, workers

_PATIENCE = 150e-6  # s for which helpers look for work, and for which they are waited for without sleeping
_NAP, _LATE = 20e-6, 1e-3  # s between looks at a helper that takes longer, and after which the machine must be busy
_CALM = 1000  # loops for which nobody looks around on a busy machine: who does is sent to sleep when there is work
_ASLEEP = 4  # what post returns if so
_AT_WORK, _NOT_BEGUN = 0, 2  # what finish returns if so
_PLACES = 8  # numbers in a mailbox, see `doors.mailbox`
_calm = 0  # how many are left
_busy = threading.Lock()  # loops that other threads call meanwhile are done by these alone


def share(door: Callable[..., int], pieces: Pieces, packed: bytes) -> int:
    """Call a door for all rows, by this thread and as many helpers as there is work for; 0 if all went well."""
    following = ctypes.c_int64(0)  # the next piece goes to whoever is free: busy neighbours hold up nobody
    job = (pieces.size, pieces.rows, ctypes.addressof(following), packed)
    if workers(pieces.work) == 1 or not _busy.acquire(blocking=False):
        return door(0, *job)
    global _calm
    _calm = max(0, _calm - 1)
    posted: list[_Helper] = []
    failed, begin = 0, time.perf_counter()
    try:
        for helper in _team():
            posted.append(helper)
            helper.post(door, job)
        failed = door(0, *job)
    finally:  # nobody goes on when arrays may be gone
        late = time.perf_counter() - begin > _LATE
        for helper in posted:
            failed = helper.finish(late) or failed
        _busy.release()
    return failed


class _Calls(NamedTuple):
    """What is done to a mailbox, and how often it is looked at before patience ends."""

    post: Callable[..., int]
    serve: Callable[..., int]
    finish: Callable[..., int]
    end: Callable[..., int]
    spins: int


@functools.cache
def _calls() -> _Calls:
    number, place = ctypes.c_int64, ctypes.c_void_p
    post = ctypes.CFUNCTYPE(number, place, place, number, number, place, place)(machine.address("fespin_post"))
    serve, finish = (ctypes.CFUNCTYPE(number, place, number)(machine.address(f"fespin_{name}"))
                     for name in ("serve", "finish"))  # fmt: skip
    end = ctypes.CFUNCTYPE(number, place)(machine.address("fespin_end"))
    box, trial = (number * _PLACES)(), 20_000
    begin = time.perf_counter()
    serve(ctypes.addressof(box), trial)
    spins = max(1, int(_PATIENCE * trial / max(time.perf_counter() - begin, 1e-9)))
    return _Calls(post, serve, finish, end, spins)


class _Helper:
    """A thread with a mailbox."""

    def __init__(self, number: int) -> None:
        self._box = (ctypes.c_int64 * _PLACES)(0, number)
        self._place = ctypes.addressof(self._box)
        self._wake = threading.Lock()
        self._wake.acquire()
        self._calls = _calls()
        self._thread = threading.Thread(target=self._run, name=f"fespin-{number}", daemon=True)
        self._thread.start()

    def post(self, door: Callable[..., int], job: tuple[int, int, int, bytes]) -> None:
        if self._calls.post(self._place, ctypes.cast(door, ctypes.c_void_p), *job) == _ASLEEP:  # type: ignore[arg-type]
            self._wake.release()

    def finish(self, late: bool) -> int:
        """Status of the work, 0 if it did not begin in time; from now on it does not. `late`: there was time enough."""
        global _calm
        state, begin = self._calls.finish(self._place, self._spins), time.perf_counter()
        while state == _AT_WORK:
            time.sleep(_NAP)
            state = self._calls.finish(self._place, 1)
        if (late and state == _NOT_BEGUN) or time.perf_counter() - begin > _LATE:
            _calm = _CALM
        return int(self._box[_PLACES - 1])

    def end(self) -> None:
        if self._calls.end(self._place) == _ASLEEP:
            self._wake.release()
        self._thread.join(1.0)

    def _run(self) -> None:
        while self._calls.serve(self._place, self._spins):
            self._wake.acquire()

    @property
    def _spins(self) -> int:
        return 1 if _calm else self._calls.spins


@functools.cache
def _team() -> tuple[_Helper, ...]:
    team = tuple(_Helper(k) for k in range(1, number()))
    for helper in team:  # before the machine code goes
        atexit.register(helper.end)
    return team


def _forget() -> None:
    """Threads stay behind in the parent of a fork: a child would wait for them."""
    global _busy
    _busy = threading.Lock()
    for helper in _team() if _team.cache_info().currsize else ():
        atexit.unregister(helper.end)
    _team.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
