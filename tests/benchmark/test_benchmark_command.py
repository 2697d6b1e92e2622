"""The command: standard devices of any size, files for other packages, runs in turn, and what is printed."""

import json
import logging

import numpy as np
import pytest

import fespin
from fespin.benchmark.cases import write_case
from fespin.benchmark.devices import parse_case, standard_device
from fespin.benchmark.job import Job, read_cells
from fespin.cli import main


def has_gmsh():
    """Whether gmsh can be imported: it may lack system libraries."""
    try:
        import gmsh  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


needs_gmsh = pytest.mark.skipif(not has_gmsh(), reason="gmsh cannot be imported")
VOLUMES = [("2d_2e3", 150_000e-27), ("3d_2e3", 12e6 * 1e-27)]


@pytest.mark.parametrize(("case", "volume"), VOLUMES)
def test_standard_devices_have_the_size_asked_for(case, volume):
    """About as many nodes, and the volume of the drawing: 10^5 + 3 10^4 + 2 10^4 nm^2, 1.2 10^7 nm^3."""
    dimension, nodes = parse_case(case)
    device = standard_device(dimension, nodes)
    assert 0.4 * nodes < len(device.mesh.points) < 2.5 * nodes
    assert sum(device.volumes().values()) == pytest.approx(volume)
    assert list(device.terminals) == ["T1", "T2", "T3", "T4"]


@needs_gmsh
@pytest.mark.parametrize(("case", "volume"), VOLUMES)
def test_gmsh_meshes_the_same_devices(case, volume, tmp_path):
    """Same drawing, another mesh: volumes and terminals agree, and G up to the error of these coarse meshes."""
    device = write_case(case, tmp_path, mesh="unstructured")[1]
    grid = standard_device(*parse_case(case))
    assert 0.4 * parse_case(case)[1] < len(device.mesh.points) < 2.5 * parse_case(case)[1]
    assert device.volumes() == pytest.approx(grid.volumes())
    assert list(device.terminals) == list(grid.terminals)
    here, there = (fespin.conductance(d).values for d in (device, grid))
    assert np.abs(here - there).max() < 0.2 * np.abs(there).max()


@pytest.mark.parametrize("mesh", ["structured", pytest.param("unstructured", marks=needs_gmsh)])
def test_job_says_what_the_device_file_says(mesh, tmp_path):
    """The plain numbers of other packages and the device file are one device: points, cells, regions, terminals."""
    path, device = write_case("3d_1e3", tmp_path, mesh=mesh)
    job = Job.read(path)
    cells, read = read_cells(job), fespin.load(job.device)
    np.testing.assert_array_equal(cells.points, device.mesh.points)
    assert sorted(map(sorted, cells.cells.tolist())) == sorted(map(sorted, read.mesh.cells.tolist()))
    assert [int((cells.region == r).sum()) for r in range(3)] == [len(read.mesh.regions[name]) for name in job.regions]
    for name, nodes in zip(job.terminals, cells.terminals, strict=True):
        np.testing.assert_array_equal(nodes, np.unique(read.terminal_facets[name]))
    metal = job.regions["F2"]
    assert (metal.conductivity, metal.polarization) == (4e6, 0.5)
    assert metal.spin_diffusion_length * 1e-9 == pytest.approx(12e-9)
    assert write_case("3d_1e3", tmp_path, mesh=mesh)[0] == path  # again: the mesh is taken as it is


def test_benchmark_reports_times_and_exponents(capsys):
    """Two sizes give exponents; the whole command takes longer than the job in it; fespin agrees with itself."""
    assert main(["benchmark", "2d_400", "2d_1e3", "--repeat", "1", "--json", "-", "--quiet"]) == 0
    report = json.loads(capsys.readouterr().out)
    case = report["cases"][1]
    own = case["programs"]["fespin"]
    assert case["command"] > own["job"] > 0
    assert own["wall"] > own["job"]
    assert own["memory"] > own["before"] > 10
    assert own["difference"] == 0.0
    (fit,) = report["exponents"]
    assert (fit["dimension"], fit["program"], fit["sizes"]) == (2, "fespin", 2)
    assert np.isfinite(fit["time"])


def test_plain_scikit_fem_gives_the_same_matrix(capsys, tmp_path):
    """To 1e-10 of the largest entry, in three dimensions; every run of a peer follows one of fespin."""
    log = logging.getLogger("fespin")
    heard = []
    log.addHandler(handler := logging.Handler())
    handler.emit = lambda record: heard.append(record.getMessage())
    try:
        words = ["benchmark", "3d_1e3", "--repeat", "2", "--peers", "scikit-fem", "--folder", str(tmp_path)]
        assert main([*words, "--json", str(tmp_path / "out.json"), "--verbose"]) == 0
    finally:
        log.removeHandler(handler)
    programs = json.loads((tmp_path / "out.json").read_text())["cases"][0]["programs"]
    assert programs["scikit-fem"]["difference"] < 1e-10
    assert programs["scikit-fem"]["same"]
    assert programs["scikit-fem"]["job_ratio"] == programs["scikit-fem"]["job"] / programs["fespin"]["job"]
    turns = [line.split(": ")[1].split(",")[0] for line in heard if "round" in line]
    assert turns == ["command", "fespin", "scikit-fem"] * 2
    printed = capsys.readouterr().out
    assert "scikit-fem" in printed
    assert "superlu: read" in printed  # stages, since verbose
    assert (tmp_path / "3d_1e3_structured.msh").exists()


@pytest.mark.parametrize("case", ["4d_1e4", "2d", "2d_-5", "3d_1e12", "2d_nan"])
@pytest.mark.parametrize("study", [[], ["--robustness"], ["--accuracy"]])
def test_unknown_cases_are_refused(case, study, capsys):
    assert main(["benchmark", case, *study]) == 2
    assert "2d_N or 3d_N" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "message"), [
    (["--repeat", "0"], "repeat must be 1 or more"),
    (["--limit", "0"], "limit must be a positive number"),
    (["--peers", "ngsolv"], "did you mean 'ngsolve'"),
    (["--python", "/usr/bin/python3"], "PACKAGE=PATH"),
    (["--python", "dolfinx=/nowhere/python"], "must be a program that can be run, got '/nowhere/python'"),
    (["--python", "dolfinx="], "must be a program that can be run"),
    (["--accuracy", "--robustness"], "one at a time"),
    (["--accuracy", "--compare"], "fespin alone; leave out --compare"),
    (["--robustness", "--repeat", "2"], "fespin alone; leave out --repeat"),
    (["--accuracy", "--mesh", "unstructured"], "refines grids"),
    (["--folder", "/dev/null/x"], "cannot write into the folder"),
])  # fmt: skip
def test_bad_options_are_refused(words, message, capsys):
    """Exit code 2 and one line; nothing on standard output."""
    assert main(["benchmark", "2d_400", *words]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert not printed.out
