"""The same numbers whoever solves the points: this process, our own pool, threads, dask, MPI."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sweep_cases import TESLA, fails_above, turned, valve, wall, wire

import fespin
from fespin import InputError, SolverError

VARY = {"turn": [0.0, 0.5, 1.0], "field.z": np.array([0.0, 0.3, 0.6, 0.9]) * TESLA}
FUNCTIONS = {"turn": turned}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def expected() -> np.ndarray:
    return fespin.sweep(valve(), VARY, functions=FUNCTIONS, jobs=1).values


def check(found: fespin.SweepResult, expected: np.ndarray) -> None:
    assert np.abs(found.values - expected).max() <= 1e-12 * np.abs(expected).max()


def test_processes_of_its_own(expected, tmp_path):
    """Two of them; progress goes up to one; every point is kept."""
    seen: list[float] = []
    found = fespin.sweep(valve(), VARY, functions=FUNCTIONS, jobs=2, progress=seen.append, store=tmp_path / "points")
    check(found, expected)
    assert (found.info["executor"], found.info["jobs"]) == ("processes", 2)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len((tmp_path / "points").read_text().splitlines()) == 13


def test_points_that_fail_in_a_process():
    """They come back with their values as they do here."""
    with pytest.warns(fespin.SolverWarning, match="1 of 3 points failed, the first at model = 3: RuntimeError"):
        found = fespin.sweep(wire(), {"model": [1.0, 2.0, 3.0]}, functions={"model": fails_above}, jobs=2)
    assert np.isnan(found.values).any(axis=(1, 2)).tolist() == [False, False, True]


def test_threads(expected):
    """Each has its own matrices."""
    with ThreadPoolExecutor(3) as executor:
        check(fespin.sweep(valve(), VARY, functions=FUNCTIONS, executor=executor), expected)


def test_anything_with_the_interface_of_an_executor(expected):
    """submit and futures are all it takes."""

    class Immediate:
        def submit(self, function, *arguments):
            future: Future = Future()
            future.set_result(function(*arguments))
            return future

    check(fespin.sweep(valve(), VARY, functions=FUNCTIONS, executor=Immediate()), expected)  # type: ignore[arg-type]


def test_few_quick_points_stay_in_this_process():
    """Processes are started where that saves seconds."""
    assert fespin.sweep(wire(), {"field.z": [0.0, TESLA]}).info["executor"] == "this process"


def test_what_cannot_be_sent_is_refused():
    """In one sentence, with the way out; here it works."""
    lock = __import__("threading").Lock()

    def locked(device, value):
        with lock:
            return device

    vary = {"it": [1.0, 2.0]}
    with pytest.raises(InputError, match=r"cannot be sent to other processes .* or use jobs=1"):
        fespin.sweep(wire(), vary, functions={"it": locked}, jobs=2)
    assert len(fespin.sweep(wire(), vary, functions={"it": locked}, jobs=1).grid) == 2


def test_a_process_that_dies_is_reported(tmp_path):
    """Which point, and what to do; finished points are kept."""
    store = tmp_path / "points"
    with pytest.raises(SolverError, match="a process of the sweep ended abruptly, at it = 3 or near it: out of memory"):
        fespin.sweep(wire(), {"it": [1.0, 2.0, 3.0]}, functions={"it": dies_at_three}, jobs=1 + 1, store=store)
    again = fespin.sweep(wire(), {"it": [1.0, 2.0]}, functions={"it": dies_at_three}, jobs=1, store=store)
    assert again.info["points_from_store"] == 2


def dies_at_three(device, value):
    """As if the system had taken it out of memory, after the other points."""
    if value == 3:
        __import__("time").sleep(1.0)
        os._exit(9)
    return device


def test_devices_can_be_sent():
    """Equal, read-only as before, with what they knew of themselves."""
    device = valve()
    _ = device.split
    there = pickle.loads(pickle.dumps(device))
    assert there == device
    assert "split" in there.__dict__
    for mapping in (there.regions, there.terminals, there.interfaces, there.terminal_facets, there.mesh.regions,
                    there.mesh.boundaries, there.mesh.tags):  # fmt: skip
        with pytest.raises(TypeError):
            mapping["new"] = None
    for array in (there.mesh.points, there.mesh.cells, *there.mesh.regions.values(), *there.mesh.boundaries.values()):
        assert not array.flags.writeable
    textured = device.replace(interfaces={}).with_region("W", magnetization=wall)
    moved = pickle.loads(pickle.dumps(textured))
    np.testing.assert_array_equal(fespin.conductance(moved).values, fespin.conductance(textured).values)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_cluster_of_dask(expected):
    """A local one with two workers, through its executor."""
    distributed = pytest.importorskip("distributed", reason="distributed is not installed; pip install '.[parallel]'")
    paths = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "sweeps")]
    with distributed.Client(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as client:
        client.run(lambda: __import__("sys").path.extend(paths))
        found = fespin.sweep(valve(), VARY, functions=FUNCTIONS, executor=client.get_executor())
        where = set(client.run(os.getpid).values())
    check(found, expected)
    assert found.info["executor"] == "ClientExecutor"
    assert len(where) == 2
    assert os.getpid() not in where


MPI = """
import sys
import numpy as np
sys.path[:0] = {paths!r}
import fespin
from mpi4py import MPI
from mpi4py.futures import MPIPoolExecutor
from sweep_cases import TESLA, turned, valve

if __name__ == "__main__":
    vary = {{"turn": [0.0, 0.5, 1.0], "field.z": np.array([0.0, 0.3, 0.6, 0.9]) * TESLA}}
    with MPIPoolExecutor() as executor:
        found = fespin.sweep(valve(), vary, functions={{"turn": turned}}, executor=executor)
    np.save({out!r}, found.values)
    print(MPI.COMM_WORLD.size, found.info["executor"])
"""


def test_two_ranks_of_mpi(expected, tmp_path):
    """One leads, one solves, by mpi4py's pool."""
    pytest.importorskip("mpi4py", reason="mpi4py is not installed; pip install '.[parallel]'")
    here = Path(sys.executable).parent / "mpiexec"
    launcher = str(here) if here.exists() else shutil.which("mpiexec")
    if launcher is None:
        pytest.skip("mpiexec is not installed; pip install '.[parallel]' brings it on Linux")
    out, script = tmp_path / "values.npy", tmp_path / "run.py"
    paths = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "sweeps")]
    script.write_text(MPI.format(paths=paths, out=str(out)))
    command = [launcher, "-n", "2", sys.executable, "-m", "mpi4py.futures", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    if "Cannot load MPI library" in done.stderr or "cannot load MPI" in done.stderr:
        pytest.skip("mpi4py finds no MPI library")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2", "MPIPoolExecutor"]
    values = np.load(out)
    assert np.abs(values - expected).max() <= 1e-12 * np.abs(expected).max()
