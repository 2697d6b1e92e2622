"""What an accuracy of G costs: order 1 against order 2, against a closed form and against an extrapolation."""

import json

import numpy as np
import pytest

import fespin
from fespin import InputError
from fespin.benchmark.accuracy import accuracy, bar, bar_matrix
from fespin.cli import main


@pytest.fixture(scope="module", autouse=True)
def few_unknowns():
    """Quadratic elements on two meshes, linear ones on three: seconds instead of minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fespin.benchmark.accuracy.MOST_UNKNOWNS", 7e4)
        yield


@pytest.fixture(scope="module")
def smooth():
    return accuracy("bar_400")


def errors(report, order):
    return [row["error"] for row in report["rows"] if row["order"] == order]


def test_bar_has_the_matrix_of_a_wire():
    """The strip's solution varies along it only: G of the closed form, within the error h^2 of linear elements."""
    G = fespin.conductance(bar(1e3)).values
    assert np.abs(G - bar_matrix()).max() < 1e-4 * np.abs(bar_matrix()).max()


def test_orders_converge_as_theory_says_where_smooth(smooth):
    """Error of G: h^2 with linear elements, h^4 with quadratic ones, until rounding and the solver's 1e-12."""
    first, second = errors(smooth, 1), errors(smooth, 2)
    rates = np.log2(np.array(first[:-1]) / first[1:])
    np.testing.assert_allclose(rates, 2.0, atol=0.05)
    assert np.log2(second[0] / second[1]) == pytest.approx(4.0, abs=0.15)
    assert smooth["rate"] == pytest.approx(rates[-1])


def test_order_2_beats_order_1_on_the_refined_mesh_where_smooth(smooth):
    """The same number of unknowns, a hundredth of the error; order 1 would need thousands of times the nodes."""
    linear = next(row for row in smooth["rows"] if (row["order"], row["refined"]) == (1, 1))
    quadratic = next(row for row in smooth["rows"] if (row["order"], row["refined"]) == (2, 0))
    assert quadratic["unknowns"] == linear["unknowns"]
    assert quadratic["error"] < 1e-2 * linear["error"]
    assert smooth["nodes_for_order_2"] > 1e3 * linear["nodes"]


def test_order_2_is_ahead_at_corners_too():
    """Less so: potentials grow as r^(1/2) there, both errors fall as h; on the same mesh several times smaller."""
    report = accuracy("2d_1e3")
    assert report["reference"] == "extrapolated"
    first, second = errors(report, 1), errors(report, 2)
    assert second[0] < 0.2 * first[0]
    assert second[0] < first[1]
    assert report["reference_error"] < second[0]
    assert 0.7 < np.log2(second[0] / second[1]) < 1.4


def test_accuracy_through_the_command_line(capsys, tmp_path):
    assert main(["benchmark", "--accuracy", "bar_400", "--json", str(tmp_path / "out.json"), "--quiet"]) == 0
    printed = capsys.readouterr().out
    (report,) = json.loads((tmp_path / "out.json").read_text())["accuracy"]
    assert [(row["order"], row["refined"]) for row in report["rows"]] == [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1)]
    assert all(f"{row['error']:.1e}" in printed for row in report["rows"])
    assert "against it closed form" in printed


def test_meshes_that_cannot_be_refined_are_refused(monkeypatch):
    monkeypatch.setattr("fespin.benchmark.accuracy.MOST_UNKNOWNS", 1e3)
    with pytest.raises(InputError, match="can be refined"):
        accuracy("2d_1e3")
