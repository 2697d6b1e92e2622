"""Standard devices of any size, timed through the command line, and the same matrix from another package."""

import json

import numpy as np
import pytest

from fespin.benchmark.devices import parse_case, standard_device
from fespin.benchmark.measure import available_peers, exponents
from fespin.cli import main


@pytest.mark.parametrize(("case", "volume"), [("2d_2e3", 150_000e-27), ("3d_2e3", 12e6 * 1e-27)])
def test_standard_devices_have_the_size_asked_for(case, volume):
    """About as many nodes, and the volume of the drawing: 10^5 + 3 10^4 + 2 10^4 nm^2, 1.2 10^7 nm^3."""
    dimension, nodes = parse_case(case)
    device = standard_device(dimension, nodes)
    assert 0.4 * nodes < len(device.mesh.points) < 2.5 * nodes
    assert sum(device.volumes().values()) == pytest.approx(volume)
    assert list(device.terminals) == ["T1", "T2", "T3", "T4"]


def test_benchmark_reports_times_and_exponents(capsys):
    """Two sizes give an exponent; fespin agrees with itself."""
    assert main(["benchmark", "2d_400", "2d_1e3", "--repeat", "1", "--json", "-", "--quiet"]) == 0
    report = json.loads(capsys.readouterr().out)
    own = report["cases"][1]["programs"]["fespin"]
    assert own["wall"] > own["job"] > 0
    assert own["memory"] > 10
    assert own["difference"] == 0.0
    assert np.isfinite(report["exponents"]["2d"])
    assert main(["benchmark", "2d_400", "--repeat", "1", "--quiet"]) == 0
    assert "2d_400" in capsys.readouterr().out


def test_exponent_of_a_power_law_is_found():
    """t = n^1.2 gives 1.2."""
    results = [{"case": f"3d_{n}", "nodes": n, "programs": {"fespin": {"job": n**1.2}}} for n in (1000, 8000, 50_000)]
    assert exponents(results) == {"3d": pytest.approx(1.2)}


@pytest.mark.parametrize("case", ["4d_1e4", "2d", "2d_-5", "3d_1e12", "2d_nan"])
def test_unknown_cases_are_refused(case, capsys):
    assert main(["benchmark", case]) == 2
    assert "2d_N or 3d_N" in capsys.readouterr().err


@pytest.mark.skipif("ngsolve" not in available_peers(), reason="NGSolve is not installed")
def test_ngsolve_gives_the_same_matrix(capsys):
    """To 1e-10 of the largest entry, in three dimensions."""
    assert main(["benchmark", "3d_1e3", "--repeat", "1", "--compare", "--json", "-", "--quiet"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["cases"][0]["programs"]["ngsolve"]["difference"] < 1e-10
