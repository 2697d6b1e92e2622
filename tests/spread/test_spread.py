"""Several processes solve a device together: the same matrix as one, whatever their number; errors end all of them.

These tests start mpirun with a Python that has petsc4py: that of FESPIN_MPI_PYTHON, of .venv-mpi in the checkout, or
this one. Without any they are skipped.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fespin
from fespin.cli import main

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).with_name("spread_cases.py")
TIGHT = 1e-10  # of the largest entry


@functools.cache
def missing() -> str:
    """What is missing to run several processes; empty if nothing is."""
    if launcher() is None:
        return "no mpirun here (Debian: openmpi-bin)"
    check = "import h5py, petsc4py; petsc4py.init([]); from mpi4py import MPI; from petsc4py import PETSc"
    done = subprocess.run([python(), "-c", check], capture_output=True, text=True, check=False)
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return f"{python()} cannot use PETSc over MPI: {last}" if done.returncode else ""


def python() -> str:
    beside = ROOT / ".venv-mpi" / "bin" / "python"
    return os.environ.get("FESPIN_MPI_PYTHON") or (str(beside) if beside.exists() else sys.executable)


def launcher() -> str | None:
    """The system's mpirun rather than one that came with a package of this Python."""
    return os.environ.get("FESPIN_MPIRUN") or next(
        (found for found in (shutil.which("mpirun", path="/usr/bin:/usr/local/bin"), shutil.which("mpirun")) if found),
        None,
    )


@pytest.fixture(autouse=True)
def _needs_mpi():
    if missing():
        pytest.skip(missing())


def together(ranks: int, *words: str, seconds: float = 120.0, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the other Python on several processes."""
    more = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMP_NUM_THREADS": "1",
            "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
            "OMPI_MCA_orte_base_help_aggregate": "1"}  # fmt: skip
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OMPI_", "PMI"))}
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run([str(launcher()), "-n", str(ranks), python(), *words], text=True, check=False,
                          timeout=seconds, capture_output=True,
                          env={**clean, **more, "PYTHONPATH": path, **environment})  # fmt: skip


@functools.cache
def solved(ranks: int, *names: str) -> dict:
    done = together(ranks, str(CASES), *names)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("ranks", [1, 2])
def test_every_kind_of_device(ranks):
    """Lines, planes, solids; collinear, tilted, half metallic, weak magnets; fewer nodes than processes."""
    for name, found in solved(ranks).items():
        assert found["ranks"] == ranks
        assert found["difference"] < TIGHT, name
        assert found["identities"] < 1e-14, name
        assert found["iterations"] <= 27, name
        assert found["error_of_G"] <= 1e-10, name
        if ranks > 1 and name.startswith(("solid", "plane")):  # none holds the whole mesh
            assert found["largest_piece"] < 0.75 * found["levels"][0], name


def test_the_number_of_processes_does_not_matter():
    one, two = solved(1), solved(2)
    four = solved(4, "solid, two magnets", "line, half metals", "few nodes")
    for name, found in {**two, **four}.items():
        scale = np.abs(one[name]["values"]).max()
        assert np.abs(np.array(found["values"]) - one[name]["values"]).max() < TIGHT * scale, name


@pytest.mark.parametrize("name", ["nearly half metallic", "contrast 1e6", "short lengths", "very stretched"])
def test_hard_devices(name):
    """Polarization 0.999, contrasts of 1e6, decay far below the cells, cells stretched 400 times."""
    found = solved(2, "nearly half metallic", "contrast 1e6", "short lengths", "very stretched")[name]
    assert found["difference"] < TIGHT
    assert found["iterations"] <= 25


def test_command_line(tmp_path):
    """A stored mesh, two processes, one output; the matrix that one process finds."""
    from test_stored import converted

    pytest.importorskip("h5py")
    path = converted("cross", tmp_path)
    done = together(2, "-m", "fespin", "conductance", str(path), "--backend", "petsc", "--json", "-", "-q")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = json.loads(done.stdout)
    expected = fespin.conductance(fespin.load(path), backend="direct").values
    assert np.abs(np.array(found["conductance"]) - expected).max() < TIGHT * np.abs(expected).max()
    solver = found["solver"]
    assert (solver["backend"], solver["ranks"]) == ("petsc", 2)
    assert set(solver["seconds"]) == set(solver["peak_memory_mb"]) == {"read", "assemble", "setup", "solve", "energy"}
    table = together(2, "-m", "fespin", "conductance", str(path), "--backend", "petsc")
    assert table.stdout.count("conductance in S") == 1
    assert "petsc on 2 processes" in table.stdout


def test_other_meshes_are_stored_on_the_way(tmp_path):
    """With a notice, and nothing is left behind."""
    shutil.copy(ROOT / "meshes" / "fn_wire_1d.msh", tmp_path)
    shutil.copy(ROOT / "meshes" / "fn_wire_1d.toml", tmp_path)
    path = tmp_path / "fn_wire_1d.toml"
    done = together(2, "-m", "fespin", "conductance", str(path), "--backend=petsc", "--csv", "-", TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("fespin mesh convert") == 1
    assert not list(tmp_path.glob("fespin_*"))


@pytest.mark.parametrize(("words", "message"), [
    (["meshes/contact_wire_1d.toml"], "interfaces with conductances of their own are not supported"),
    (["meshes/cross.toml", "--order", "2"], "order must be 1"),
    (["meshes/cross.toml", "--nonsense"], "unrecognized arguments"),
    (["nothing.toml"], "cannot be read"),
])  # fmt: skip
def test_bad_input_is_said_once(words, message):
    """By one process, in one line, exit code 2, nothing on standard output."""
    words = [str(ROOT / w) if w.endswith(".toml") else w for w in words]
    done = together(2, "-m", "fespin", "conductance", *words, "--backend", "petsc", seconds=60)
    assert done.returncode == 2
    assert done.stdout == ""
    own = [line for line in done.stderr.splitlines() if line.startswith("fespin")]
    assert len(own) == 1
    assert message in own[0]
    assert "Traceback" not in done.stderr


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("old", "new"), [
    (r'"350 nm"', '"1 nm"'),  # warnings
    (r'normal = "Cu"', 'normal = { material = "Co", magnetization = [1, 0, 0] }'),  # magnets that touch
])  # fmt: skip
def test_warnings_and_errors_of_pieces_are_those_of_the_whole(old, new, tmp_path, capsys):
    """What is found on slices of the mesh reads as what is found on all of it."""
    from test_stored import converted

    pytest.importorskip("h5py")
    path = converted("fn_wire_2d", tmp_path)
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    code = main(["conductance", str(path), "--csv", str(tmp_path / "one.csv")])
    expected = [line for line in capsys.readouterr().err.splitlines() if line.startswith("fespin: ")]
    done = together(2, "-m", "fespin", "conductance", str(path), "--backend", "petsc")
    assert done.returncode == code
    assert expected
    kinds = ("fespin: warning: ", "fespin: /")
    assert [line for line in done.stderr.splitlines() if line.startswith(kinds)] == expected


def test_a_channel_that_nothing_determines_is_found_on_pieces(tmp_path, capsys):
    """Between two half metals of one channel, in a metal without relaxation that reaches over both pieces."""
    from grids import half_metal, stack
    from spread_cases import normal

    layers = [("one", 1.0, 9, half_metal(1.0, (0, 0, 1))), ("N", 1.0, 60, normal()), ("two", 1.0, 7,
              half_metal(2.0, (0, 0, 1)))]  # fmt: skip
    device = stack(layers)
    assert main(["mesh", "convert", str(device.write(tmp_path / "d.toml")), str(tmp_path / "d.h5")]) == 0
    path, text = tmp_path / "e.toml", (tmp_path / "d.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("1.5 m", "inf").replace("d.msh", "d.h5"), encoding="utf-8")
    assert main(["conductance", str(path)]) == 2
    expected = capsys.readouterr().err.splitlines()[-1]
    assert "undetermined" in expected
    done = together(2, "-m", "fespin", "conductance", str(path), "--backend", "petsc")
    assert [line for line in done.stderr.splitlines() if line.startswith("fespin: /")] == [expected]
    assert done.returncode == 2


@pytest.mark.parametrize(("error", "code"), [("fespin.InputError('lost')", 2), ("MemoryError('lost')", 1)])
def test_a_process_that_fails_alone_ends_all(error, code):
    """Not even those that wait for its messages go on."""
    script = ("import fespin; from fespin.distributed.ranks import nobody_waits, world; comm = world()\n"
              "with nobody_waits(comm):\n"
              f"    if comm.rank: raise {error}\n"
              "    comm.recv(source=1)\n")  # fmt: skip
    done = together(2, "-c", script, seconds=30)
    assert done.returncode == code
    assert [line for line in done.stderr.splitlines() if line.startswith("fespin: process 1 of 2 failed")]


def test_errors_that_one_process_meets_are_raised_by_all():
    script = ("import fespin; from fespin.distributed.ranks import together, world; comm = world()\n"
              "def work():\n"
              "    if comm.rank: raise fespin.MeshError('torn slice')\n"
              "try: together(comm, work)\n"
              "except fespin.MeshError as error: text = f'{comm.rank} {error}\\n'\n"
              "import sys; sys.stdout.write(text)\n")  # fmt: skip
    done = together(2, "-c", script, seconds=30)
    assert sorted(done.stdout.splitlines()) == ["0 torn slice", "1 torn slice"]
