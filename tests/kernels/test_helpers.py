"""Threads that share loops: nothing is done twice or left out, whoever calls and whenever."""

import multiprocessing
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from scipy.sparse import csr_array, diags_array

pytest.importorskip("numba")

from fespin.kernels import helpers, rows, threads
from fespin.kernels.sparse import with_int32
from fespin.kernels.threads import Pieces

N = 40_000


def problem(seed):
    """A product whose result tells how often each row was done."""
    rng = np.random.default_rng(seed)
    matrix = csr_array(diags_array([np.ones(N), rng.random(N - 1)], offsets=[0, 1]))
    return matrix, rng.random((N, 9))


def added(seed, times):
    """Whether `times` additions give what one product says."""
    matrix, x = problem(seed)
    out, arrays = np.zeros((N, 9)), with_int32(matrix)
    for _ in range(times):
        rows.product.over(Pieces.of(N, 101), *arrays, x, out, True)
    return bool(np.allclose(out, times * (matrix @ x), rtol=1e-12))


@pytest.fixture
def three_threads(monkeypatch):
    """Even where there are fewer processors."""
    threads.number.cache_clear()
    helpers._team.cache_clear()
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: range(3), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    yield
    for helper in helpers._team():
        helper.end()
    threads.number.cache_clear()
    helpers._team.cache_clear()


def test_every_row_is_done_once_however_often(three_threads):
    assert added(0, 300)
    assert len(helpers._team()) == 2


def test_helpers_sleep_and_wake(three_threads):
    """After a while without work they are asleep, and work again when there is some."""
    for seed in range(5):
        assert added(seed, 3)
        for _ in range(5000):  # on a busy machine patience may last
            if all(helper._box[0] == helpers._ASLEEP for helper in helpers._team()):
                break
            time.sleep(0.001)
        else:
            pytest.fail("helpers do not sleep")


def test_several_callers_at_once(three_threads):
    """One of them has the helpers, the others work alone."""
    found = {}

    def call(seed):
        found[seed] = added(seed, 60)

    callers = [threading.Thread(target=call, args=(seed,)) for seed in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert found == dict.fromkeys(range(4), True)


def test_helpers_that_never_begin_are_not_waited_for(three_threads, monkeypatch):
    """All rows are done by the caller, and what comes late finds nothing."""
    with monkeypatch.context() as patch:
        patch.setattr(helpers._Helper, "_run", lambda self: None)
        idle = helpers._Helper(1)
        patch.setattr(helpers, "_team", lambda: (idle,))
        assert added(3, 5)
    assert idle._box[0] == 0


@pytest.mark.skipif(not hasattr(threads.os, "fork"), reason="no fork on this system")
def test_children_of_a_fork_have_helpers_of_their_own():
    assert added(4, 3)
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    child = context.Process(target=lambda: results.put(added(5, 3)))
    child.start()
    assert results.get(timeout=60)
    child.join(60)
    assert child.exitcode == 0


@pytest.mark.parametrize("end", ["", "; import sys; sys.exit(3)", "; raise SystemExit(3)"])
def test_processes_end_as_they_should(end):
    """Nobody is left in machine code that goes away."""
    code = (
        "import numpy as np; from fespin.kernels import rows; from fespin.kernels.threads import Pieces; "
        f"out = np.ones(({N}, 5)); rows.clear.over(Pieces.of({N}, 64), out); assert not out.any()"
    )
    done = subprocess.run([sys.executable, "-c", code + end], capture_output=True, text=True, timeout=120)
    assert done.returncode == (3 if end else 0), done.stderr
    assert done.stderr == ""
