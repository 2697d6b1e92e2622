"""``fespin wigner`` and its pictures."""

import json
import math

import numpy as np
import pytest

from fespin.cli import main
from fespin.wigner import Ladder, ThermalChain, bounds, exact_table, phase_diagram, staircase, step, sweep_mu


def numbers(capsys, *arguments):
    assert main(["wigner", *arguments, "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def test_staircase(capsys):
    """A table of the widest steps with its sum, the same numbers in JSON, and E0 in real units."""
    assert (
        main(["wigner", "staircase", "--q-max", "20", "--lattice-constant", "4 angstrom", "--permittivity", "2"]) == 0
    )
    out = capsys.readouterr().out
    assert "mu in E0" in out
    assert "1.386294361120" in out
    assert "E0 = 1.79996 eV" in out
    assert "E0/k_B = 20887.6 K" in out
    data = numbers(capsys, "staircase", "--q-max", "20", "--variable", "pressure")
    assert (data["variable"], data["unit"]) == ("pressure", "E0/a")
    assert data["steps"][0]["low"] is None
    half = next(one for one in data["steps"] if (one["p"], one["q"]) == (1, 2))
    assert (half["low"], half["high"]) == pytest.approx(step(1, 2).edges("pressure"), rel=1e-14)
    assert data["between_steps"] == pytest.approx(staircase(20).missing("pressure"), rel=1e-12)


def test_filling_at_points(capsys):
    """c(mu) at 0.5, 1, 2.4 and c(P) at 0.25; the axis is always named."""
    assert main(["wigner", "staircase", "--at", "0.5", "--at", "2.4"]) == 0
    out = capsys.readouterr().out
    assert "c = 1/3 at mu = 0.5" in out
    assert "c = 4/7 at mu = 2.4" in out
    assert main(["wigner", "staircase", "--at", "0.25", "--variable", "pressure"]) == 0
    assert "c = 3/7 at pressure = 0.25" in capsys.readouterr().out
    data = numbers(capsys, "staircase", "--temperature", "0.05", "--at", "1")
    assert data["states"][0]["filling"] == pytest.approx(0.497946915635, abs=6e-13)
    assert len(numbers(capsys, "staircase", "--temperature", "0.05")["states"]) == 40


def test_ladder(capsys):
    """Exact where it can be, proven bounds elsewhere; means at T > 0; sweeps."""
    exact = numbers(capsys, "ladder", "--mu", "1", "--delta-eta", "0.1")
    assert (exact["up"], exact["down"], exact["exact"]) == (5, 2, True)
    assert np.array(exact["occupations"]).sum(axis=1).tolist() == [5, 2]
    bound = numbers(capsys, "ladder", "--mu", "1", "--delta-eta", "0.1", "--reach", "5")
    assert bound["lower"] <= exact["grand_energy"] <= bound["upper"] + 1e-9
    assert bound["exact"] is False
    long = bounds(Ladder(length=30, chains=3), mu=1.0)
    found = numbers(capsys, "ladder", "--length", "30", "--chains", "3", "--mu", "1")
    assert (found["lower"], found["upper"]) == (long.lower, long.upper)
    warm = numbers(capsys, "ladder", "--mu", "1", "--delta-eta", "0.1", "--temperature", "0.1")
    assert warm["polarization"] == pytest.approx(0.2203798927, abs=6e-11)
    far = numbers(capsys, "ladder", "--length", "20", "--mu", "1", "--temperature", "0.1")
    assert far["grand_potential_lower"] < far["grand_potential_upper"]
    sweep = numbers(capsys, "ladder", "--sweep", "delta-eta", "--mu", "1")
    assert sweep["phases"][1]["low"] == pytest.approx(0.09226331, abs=6e-9)
    assert sweep["fixed"] == {"mu": 1.0}
    sweep = numbers(capsys, "ladder", "--sweep", "mu", "--boundary", "ring")
    assert sweep["phases"][0]["low"] is None
    assert main(["wigner", "ladder", "--mu", "1"]) == 0
    assert "exact ground state: N_up = 4, N_dn = 3" in capsys.readouterr().out


def test_phase_diagram(capsys):
    """Exact corners; the window is tiled."""
    data = numbers(capsys, "phase-diagram", "--length", "6", "--mu-range", "0", "4", "--delta-eta-range", "0", "1")
    expected = phase_diagram(exact_table(Ladder(length=6)), (0, 4), (0, 1))
    assert [(p["up"], p["down"]) for p in data["phases"]] == [(p.up, p.down) for p in expected.phases]
    assert np.array(data["phases"][0]["corners"]) == pytest.approx(expected.phases[0].corners)
    assert main(["wigner", "phase-diagram", "--length", "4", "--boundary", "images"]) == 0
    assert "2 x 4 sites, images, d = 1, U = r^-2" in capsys.readouterr().out


def test_benchmark(capsys):
    """Times and how they grow, measured."""
    assert main(["wigner", "benchmark", "--quick"]) == 0
    out = capsys.readouterr().out
    assert out.count("grows:") == 6
    assert "per site" in out
    assert all(len(one["seconds"]) == 2 and math.isfinite(one["growth"])
               for one in numbers(capsys, "benchmark", "--quick"))  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["ladder"], "needs --mu X for one state, or --sweep mu"),
        (["ladder", "--length", "15", "--sweep", "mu"], "at most 14 sites"),
        (["ladder", "--sweep", "delta-eta"], "must come with --mu"),
        (["ladder", "--sweep", "mu", "--mu", "1"], "must go without --mu"),
        (["ladder", "--sweep", "mu", "--temperature", "1"], "must go without --temperature"),
        (["ladder", "--mu", "1", "--temperature", "1", "--plot", "x.png"], "no single state to draw"),
        (["ladder", "--mu", "nan"], "finite number in E0"),
        (["ladder", "--mu", "one"], "invalid float value"),
        (["ladder", "--mu", "1", "--boundary", "rin"], "did you mean 'ring'"),
        (["ladder", "--mu", "1", "--distance", "0"], "distance must be a positive"),
        (["phase-diagram", "--mu-range", "2", "1"], "range that grows"),
        (["phase-diagram", "--length", "20"], "at most 14 sites"),
        (["phase-diagram", "--length", "4", "--plot", "x.nope"], "format that matplotlib writes"),
        (["staircase", "--alpha", "1"], "diverges"),
        (["staircase", "--variable", "P"], "invalid choice"),
        (["staircase", "--rows", "0"], "--rows must be at least 1"),
        (["staircase", "--temperature", "0"], "T must be positive"),
        (["staircase", "--permittivity", "4"], "must come with --lattice-constant"),
        (["staircase", "--lattice-constant", "4 eV"], "a unit that converts to m"),
        ([], "required: ACTION"),
    ],
)
def test_bad_input_is_one_line(arguments, text, capsys):
    """Exit code 2, nothing on standard output."""
    pytest.importorskip("matplotlib")
    assert main(["wigner", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert text in err


def test_commands_draw(tmp_path, capsys):
    """A picture from each."""
    pytest.importorskip("matplotlib")
    for k, arguments in enumerate((["staircase", "--q-max", "12"], ["staircase", "--temperature", "0.1"],
                                   ["ladder", "--mu", "1"], ["ladder", "--sweep", "mu"],
                                   ["phase-diagram", "--length", "5"])):  # fmt: skip
        path = tmp_path / f"{k}.png"
        assert main(["wigner", *arguments, "--plot", str(path)]) == 0
        assert path.read_bytes()[:4] == b"\x89PNG"
    assert capsys.readouterr().err == ""


def test_pictures():
    """Axes in, axes out; the axis says which variable it is; curves are the numbers."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from fespin import plotting

    table = exact_table(Ladder(length=6))
    ax = plt.figure().add_subplot()
    assert plotting.plot_staircase(staircase(10), ax, variable="pressure") is ax
    assert "pressure" in ax.get_xlabel()
    x, y = ax.lines[0].get_data()
    low, high = staircase(10).filling_at(x[2:-2], "pressure")
    assert ((low <= y[2:-2]) & (y[2:-2] <= high)).all()
    assert "chemical potential" in plotting.plot_staircase(staircase(10)).get_xlabel()

    ax = plotting.plot_thermal_filling(ThermalChain(0.1), [0.5, 1.0])
    assert ax.lines[0].get_ydata() == pytest.approx(ThermalChain(0.1).filling([0.5, 1.0]))
    sweep = sweep_mu(table, 0.1)
    ax = plotting.plot_polarization(sweep, (-1, 5))
    x, y = ax.lines[0].get_data()
    assert y[::2] == pytest.approx(sweep.polarization[sweep.at((x[::2] + x[1::2]) / 2)])
    assert "mu" in ax.get_xlabel()

    diagram = phase_diagram(table, (0, 4), (-1, 1))
    ax = plotting.plot_phase_diagram(diagram)
    assert len(ax.collections[0].get_paths()) == len(diagram.phases)
    assert "splitting" in ax.get_ylabel()
    ax = plotting.plot_state(table.ladder, table.state(2, 1))
    assert sum(len(one.get_offsets()) for one in ax.collections) == 12
    with pytest.raises(ValueError, match="of shape"):
        plotting.plot_state(table.ladder, [[1]])
    with pytest.raises(ValueError, match="range that grows"):
        plotting.plot_polarization(sweep, (1, 1))
    plt.close("all")
