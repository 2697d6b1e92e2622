"""Other packages: where they are, what is said if they are not there, and that they are compared on equal terms."""

import ast
import os
import stat
import subprocess
import sys

import numpy as np
import pytest

from fespin import InputError, SolverError
from fespin.benchmark import measure
from fespin.benchmark.cases import write_case
from fespin.benchmark.job import Job, read_cells, reduction
from fespin.benchmark.measure import benchmark
from fespin.benchmark.peers import PEERS, available, chosen_peers, command_of, pythons_of


def program(path, *lines):
    """A script that stands for an interpreter."""
    path.write_text("\n".join([f"#!{sys.executable}", *lines, ""]))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_what_is_not_installed_is_named_with_the_way_to_it(tmp_path):
    """An environment without the package: an error that says what to install, or where to point."""
    empty = program(tmp_path / "python", "import sys; sys.exit(1)")
    for name in ("ngsolve", "dolfinx-mumps"):
        package = PEERS[name].package
        with pytest.raises(InputError, match=rf"{name} needs .*{package}.*--python {package}=PATH"):
            chosen_peers([name], {package: empty})


def test_peers_of_another_environment_are_found_there(tmp_path):
    """--compare takes those that an interpreter answers for."""
    full = program(tmp_path / "python", "import sys; sys.exit(0)")
    assert available("ngsolve", {"ngsolve": full})
    assert "ngsolve" in chosen_peers(None, {"ngsolve": full})
    assert "scikit-fem" in chosen_peers(None, {})


def test_environment_names_interpreters(monkeypatch):
    """FESPIN_PYTHON_DOLFINX and the like; what the command line says wins."""
    monkeypatch.delenv("FESPIN_PYTHON_NGSOLVE", raising=False)
    monkeypatch.setenv("FESPIN_PYTHON_DOLFINX", sys.executable)
    monkeypatch.setenv("FESPIN_PYTHON_SCIKITFEM", "/bin/sh")
    found = pythons_of([f"scikit-fem={sys.executable}"])
    assert found == {"dolfinx": sys.executable, "scikit-fem": sys.executable}


def test_interpreters_may_be_named_from_here(tmp_path, monkeypatch):
    """A path relative to the working folder, as runs have another one."""
    python = program(tmp_path / "python", "print()")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FESPIN_PYTHON_NGSOLVE", raising=False)
    assert pythons_of(["ngsolve=./python"])["ngsolve"] == python


def test_another_environment_sees_fespin_and_nothing_beside_it(tmp_path):
    """The folder on its path holds fespin alone, so that numpy is its own."""
    other = program(tmp_path / "python", "print()")
    command, environment = command_of("ngsolve", tmp_path / "job.json", tmp_path, {"ngsolve": other})
    assert command == [other, "-m", "fespin.benchmark.ngsolve_peer", str(tmp_path / "job.json")]
    assert os.listdir(environment["PYTHONPATH"]) == ["fespin"]  # noqa: PTH208
    code = "import fespin, sys; print(fespin.__file__, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout.startswith(environment["PYTHONPATH"])


@pytest.mark.parametrize("module", ["job", "skfem_peer"])
def test_peers_need_nothing_of_the_solver(module):
    """Neither pint nor fespin's devices and transport are loaded (but the clock's measure of memory)."""
    code = (f"import sys, fespin.benchmark.{module}; "
            "print([m for m in sys.modules if m.startswith('fespin.')], 'pint' in sys.modules)")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded, pint = done.stdout.strip().rsplit(" ", 1)
    assert pint == "False"
    allowed = ("_version", "benchmark", "benchmark.job", "benchmark.skfem_peer", "transport", "transport.stages")
    assert set(ast.literal_eval(loaded)) <= {f"fespin.{name}" for name in allowed}


def test_reduction_keeps_what_strong_magnets_leave(tmp_path):
    """Orthonormal columns; one spin along m at magnetic nodes; 14 independent drives.

    Three terminals on the normal metal hold 4 potentials each, the magnetic one 2.
    """
    job = Job.read(write_case("2d_1e3", tmp_path)[0])
    cells = read_cells(job)
    found = reduction(job, cells)
    P = found.basis
    np.testing.assert_allclose((P.T @ P - np.eye(P.shape[1])), 0, atol=1e-14)
    magnetic = np.unique(cells.cells[cells.region == 1])
    n = len(cells.points)
    assert P.shape == (4 * n, 4 * n - 2 * len(magnetic))
    spin = P[[n * (a + 1) + int(magnetic[0]) for a in range(3)]].toarray()
    np.testing.assert_allclose(spin @ spin.T, np.outer((0.6, 0, 0.8), (0.6, 0, 0.8)), atol=1e-15)
    assert found.drives.shape[1] == 14
    assert not found.drives[~found.fixed].any()


@pytest.fixture
def stand_in(monkeypatch, tmp_path):
    """A peer that prints what the test tells it to."""

    def make(*lines):
        python = program(tmp_path / "stand_in", *lines)
        monkeypatch.setattr(measure, "command_of", lambda *_: ([python], dict(os.environ)))

    return make


def test_another_matrix_is_not_the_same(stand_in):
    """Off by 2e-8 of the largest entry: marked, whatever the time."""
    stand_in("import json, subprocess, sys, glob",
             "G = [[0.0] * 16 for _ in range(16)]",
             "print(json.dumps(dict(job=1.0, user=1.0, memory=1.0, before=0.5, seconds={}, G=G, iterations=3,"
             "backend='none', unknowns=1)))")  # fmt: skip
    (found,) = benchmark(["2d_400"], repeat=1, peers=["scikit-fem"])
    other = found["programs"]["scikit-fem"]
    assert other["difference"] == 1.0
    assert not other["same"]


def test_peers_that_fail_are_given_up(stand_in):
    """The others go on, and the error keeps its last line."""
    stand_in("import sys; sys.exit('out of memory')")
    (found,) = benchmark(["2d_400"], repeat=2, peers=["scikit-fem"])
    assert found["programs"]["scikit-fem"] == {"given_up": "failed with exit code 1: out of memory"}
    assert found["programs"]["fespin"]["runs"] == 2


def test_peers_that_take_too_long_are_stopped(tmp_path):
    """With all that they started; what is left is a lower bound of the ratio."""
    slow = program(tmp_path / "slow", "import subprocess, time", "subprocess.Popen(['sleep', '60'])", "time.sleep(60)")
    run = measure._run("slow", [slow], dict(os.environ), tmp_path, 0.5)
    assert run == {"given_up": "stopped after 0.5 s", "after": 0.5}
    own = {"job": 0.1, "user": 0.1, "wall": 0.1, "memory": 1.0, "before": 1.0, "iterations": 0, "backend": "direct",
           "unknowns": 1, "seconds": {}, "G": np.eye(4)}  # fmt: skip
    found = measure._summary({"command": [own], "fespin": [own], "slow": [run]})
    assert found["programs"]["slow"]["job_ratio_above"] == pytest.approx(5.0)


def test_fespin_itself_must_finish():
    with pytest.raises(SolverError, match=r"fespin stopped after 0\.01 s"):
        benchmark(["2d_400"], repeat=1, limit=0.01)


@pytest.mark.parametrize("name", [name for name in PEERS if name != "scikit-fem"])
def test_installed_peers_give_the_same_matrix(name):
    """To 1e-8 of the largest entry, in both dimensions, in whatever environment they live."""
    pythons = pythons_of([])
    if not available(name, pythons):
        pytest.skip(f"{name} is not installed")
    for found in benchmark(["2d_400", "3d_1e3"], repeat=1, peers=[name], pythons=pythons):
        assert found["programs"][name]["same"], found["programs"][name]


UNDER_THE_CLOCK = """
import sys
from pathlib import Path
from fespin.benchmark import own
from fespin.benchmark.job import Job
job = Job.read(Path(sys.argv[1]))
own._import(job)
before = set(sys.modules)
own.conductance(own.load(job.device))
print(*sorted(name for name in set(sys.modules) - before if not name.startswith("encodings")))
"""


@pytest.mark.parametrize("case", ["2d_3e3", "3d_1.2e4"])
def test_nothing_is_imported_under_the_clock(tmp_path, monkeypatch, case):
    """Neither for factors nor for multigrid, as the other programs import at their beginning."""
    monkeypatch.delenv("FESPIN_KERNELS", raising=False)
    job, _ = write_case(case, tmp_path)
    command = [sys.executable, "-c", UNDER_THE_CLOCK, str(job)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_bytecode_is_kept(tmp_path, monkeypatch):
    """That of other packages is installed with them."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for pythons in ({}, {"ngsolve": program(tmp_path / "python", "print()")}):
        _, environment = command_of("ngsolve", tmp_path / "job.json", tmp_path, pythons)
        assert "PYTHONDONTWRITEBYTECODE" not in environment
