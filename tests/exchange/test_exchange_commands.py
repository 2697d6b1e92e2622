"""``fespin exchange``: what it prints, writes, draws and refuses."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import fespin
from fespin.cli import main
from fespin.exchange.figures import paper_figure
from fespin.switching import loop, switching_curve

FILES = Path(__file__).parents[2] / "examples" / "exchange"
CURIE, FIELD = str(FILES / "curie.toml"), str(FILES / "field.toml")
JUNCTION = ["--well-depth", "5eV", "--splitting", "5.2eV", "--barrier-height", "0.6eV", "--thickness", "1nm"]


def with_option(name, value):
    """The junction with another value of an option."""
    words = list(JUNCTION)
    words[words.index(name) + 1] = value
    return words


def test_coupling(capsys, tmp_path):
    """Three terms in both units, H0, I1, where the sign changes."""
    out = tmp_path / "c.json"
    assert main(["exchange", "coupling", *JUNCTION, "--permittivity", "4.5", "--json", str(out)]) == 0
    text, err = capsys.readouterr()
    assert err == ""
    assert "1.7534623e-09" not in text  # it is the accuracy of the table that counts
    assert "hopping              -1.09317004e-06" in text
    assert "changes sign at eps = 4.51958; leads: half metal" in text
    data = json.loads(out.read_text())
    assert data["total"] == pytest.approx(1.75346258e-09, abs=1e-12)
    assert data["independent"] + data["insulator_at_unity"] / 4.5 == pytest.approx(data["total"], rel=1e-9)


def test_coupling_of_different_leads(capsys):
    """A pair of values; the reference of asymmetric leads."""
    words = ["--well-depth", "5eV,4eV", "--splitting", "4eV,1.5eV", "--barrier-height", "0.4eV", "--thickness", "1nm"]
    assert main(["exchange", "coupling", *words, "--permittivity", "4.5", "--json", "-"]) == 0
    data = json.loads(capsys.readouterr().out)
    found = [data[name] for name in ("insulator", "leads", "hopping")]
    assert found == pytest.approx([-1.60310123e-07, -9.55475583e-07, 9.61168003e-07], rel=1e-6)


def test_thermal_permittivity(capsys):
    """TTF-CA takes the temperature."""
    assert main(["exchange", "coupling", *JUNCTION, "--permittivity", "TTF-CA", "--temperature", "56K"]) == 0
    assert "eps = 35: antiferromagnetic" in capsys.readouterr().out


def test_map(capsys, tmp_path):
    """Two ranges, CSV and picture; the numbers of single junctions; progress on standard error only."""
    pytest.importorskip("matplotlib")
    words = with_option("--splitting", "4eV:5.2eV:4")
    words[words.index("--barrier-height") + 1] = "0.2eV:0.6eV:3"
    table, picture, numbers = tmp_path / "m.csv", tmp_path / "m.png", tmp_path / "m.json"
    command = ["exchange", "map", *words, "--permittivity", "4.5", "--accuracy", "fast", "--workers", "1"]
    assert main([*command, "--csv", str(table), "--plot", str(picture), "--json", str(numbers)]) == 0
    out = capsys.readouterr().out
    assert "12 junctions" in out
    assert "largest" in out
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert len(rows) == 12
    last = rows[-1]
    assert float(last["splitting (J)"]) == pytest.approx(5.2 * 1.602176634e-19)
    assert float(last["H_ex (J/m^2)"]) == pytest.approx(1.75346258e-09, abs=1e-10)  # fast: 1e-4 of its terms
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert np.shape(json.loads(numbers.read_text())["total"]) == (4, 3)


def test_map_over_one_range(tmp_path, capsys):
    """A curve; here over the thickness, of unequal leads."""
    pytest.importorskip("matplotlib")
    words = with_option("--thickness", "0.8nm:1.6nm:5")
    words[words.index("--splitting") + 1] = "4eV,3eV"
    command = ["exchange", "map", *words, "--accuracy", "fast", "--workers", "1", "--quiet"]
    assert main([*command, "--plot", str(tmp_path / "m.svg")]) == 0
    assert "5 junctions" in capsys.readouterr().out
    assert (tmp_path / "m.svg").read_text().startswith("<?xml")
    assert main([*command, "--csv", "-"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("thickness (m),H_hop (J/m^2)")
    assert len(out.splitlines()) == 6


def test_critical(capsys):
    """Zeros along a range; none is said."""
    words = with_option("--splitting", "4.5eV")
    words[words.index("--barrier-height") + 1] = "0.1eV:1eV:19"
    assert main(["exchange", "critical", *words, "--contribution", "hopping"]) == 0
    assert capsys.readouterr().out.startswith("barrier_height 0.23208")
    assert (
        main(["exchange", "critical", *words, "--contribution", "hopping", "--hop", "asymptotic", "--json", "-"]) == 0
    )
    found = json.loads(capsys.readouterr().out)["values"]
    assert found == pytest.approx([0.475 * 1.602176634e-19], rel=1e-9)
    assert (
        main(["exchange", "critical", *with_option("--barrier-height", "0.1eV:1eV:5"), "--contribution", "leads"]) == 0
    )
    assert "does not change sign" in capsys.readouterr().out


def test_figures(capsys, tmp_path):
    """Captions say what differs from the print; curves as JSON, picture with caption."""
    pytest.importorskip("matplotlib")
    picture, numbers = tmp_path / "f.png", tmp_path / "f.json"
    assert main(["exchange", "figure", "8", "--plot", str(picture), "--json", str(numbers)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Figure 8. TTF-CA")
    assert "4.8294 eV" in out
    assert "printed J = 4.75 eV" in out
    data = json.loads(numbers.read_text())
    assert data["numbers"]["low"] == pytest.approx(4.8294, abs=1e-4)
    assert data["numbers"]["high"] == pytest.approx(4.8336, abs=1e-4)
    assert data["numbers"]["printed_low"] == pytest.approx(4.7894, abs=1e-4)
    assert len(data["panels"]) == 2
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert main(["exchange", "figure", "1"]) == 2


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6, 7, 9])
def test_every_figure(number):
    """Few points of each: curves of their length, captions with their numbers, finite values."""
    figure = paper_figure(number, points=7)
    assert len(figure.panels) == {7: 1, 9: 2}.get(number, 3)
    for panel in figure.panels:
        for curve in panel.curves:
            assert len(curve.x) == len(curve.y) >= 7
            assert np.isfinite(curve.y).all()
    assert "paper" in figure.caption
    expected = {
        2: {"hopping_zero_4.5": 0.2321, "eq29_zero_4.0": 0.9}, 3: {"coulomb_zero_4.0": 0.5334},
        4: {"coulomb_zero": 1.2925}, 5: {"I_over_L_0.5": 0.50, "I_over_L_0.1": 0.17}, 6: {}, 7: {"zero": 4.5196},
        9: {"peak": -1.126e-3},
    }[number]  # fmt: skip
    for name, value in expected.items():
        assert figure.numbers[name] == pytest.approx(value, rel=3e-2 if number == 5 else 1e-3)


def test_equilibrium(capsys, tmp_path):
    """The directions, and a device file that holds them."""
    out = tmp_path / "hot.toml"
    assert main(["exchange", "equilibrium", CURIE, "--temperature", "56K", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "H_ex  -8.35718907e-07 J/m^2, eps 35" in text
    assert "free             m = " in text
    assert fespin.load(out).regions["free"].magnetization[2] == pytest.approx(-1)
    assert main(["exchange", "equilibrium", CURIE, "--temperature", "30K:40K:3"]) == 2


def test_sweep(capsys, tmp_path):
    """Conductance against temperature through the reversal in one command; files equal those of Python."""
    pytest.importorskip("matplotlib")
    table, picture, numbers = tmp_path / "s.csv", tmp_path / "s.png", tmp_path / "s.json"
    command = ["exchange", "sweep", CURIE, "--temperature", "50K:62K:49", "--loop", "--spin", "open"]
    assert main([*command, "--csv", str(table), "--plot", str(picture), "--json", str(numbers)]) == 0
    text, err = capsys.readouterr()
    assert err == ""
    assert "switches by more than 90 deg: 54.5 K, 60 K, 57.5 K, 51.75 K" in text
    assert "97 points, 2 transport solutions" in text
    assert "..." in text
    curve = switching_curve(fespin.load(CURIE), "temperature", loop(50, 62, 49), spin="open")
    assert table.read_text() == curve.to_csv()
    assert json.loads(numbers.read_text())["resistance"] == curve.resistance.tolist()
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_sweep_of_fields(capsys):
    """Values that begin with a minus; an applied field on top; the direction of the field is asked for."""
    words = ["exchange", "sweep", FIELD, "--spin", "grounded", "--current", "left,right", "--voltage", "left,right"]
    assert main([*words, "--electric-field", "-3MV/cm:3MV/cm:13", "--json", "-"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["values"][0] == -3e8
    assert data["wiring"] == {"current": ["left", "right"], "voltage": ["left", "right"], "spin": "grounded"}
    assert main([*words, "--applied-field", "-0.4mT:0.4mT:5", "--along", "0,0,1", "--electric-field", "1MV/cm"]) == 0
    out = capsys.readouterr().out
    assert "applied_field, T" in out
    assert len([line for line in out.splitlines() if "180.0000" in line]) == 3
    assert main([*words, "--applied-field", "-0.4mT:0.4mT:5"]) == 2
    assert "add --along 0,0,1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["coupling", *with_option("--thickness", "0nm")], "thickness must be a positive"),
        (["coupling", *with_option("--thickness", "1eV")], "converts to m"),
        (["coupling", *with_option("--thickness", "1nm:2nm:3")], "takes no range"),
        (["coupling", *JUNCTION, "--permittivity", "0.5"], "at least 1"),
        (["coupling", *JUNCTION, "--permittivity", "HZO"], "--permittivity must be a number"),
        (["coupling", *JUNCTION, "--temperature", "-3K"], "temperature must be"),
        (["coupling", *JUNCTION, "--hop", "both"], "invalid choice"),
        (["map", *JUNCTION], "takes one or two ranges"),
        (["map", *with_option("--thickness", "1nm:2nm:1")], "a range with 2 to"),
        (["map", *with_option("--thickness", "1nm:2nm:3"), "--workers", "0"], "workers must be"),
        (["map", *with_option("--thickness", "1nm:2nm:3"), "--csv", "-", "--json", "-"], "only one of"),
        (["critical", *with_option("--thickness", "2nm:1nm:3")], "growing range"),
        (["critical", *with_option("--thickness", "1nm:2nm:3"), "--contribution", "rkky"], "contribution must be"),
        (["figure", "11"], "no figure 11"),
        (["sweep", CURIE, "--spin", "open"], "must be a range"),
        (["sweep", CURIE, "--temperature", "30K:80K:5"], "required: --spin"),
        (["sweep", CURIE, "--temperature", "30K:80K:5", "--spin", "open", "--current", "left"], "two terminals"),
        (["sweep", CURIE, "--temperature", "30K:80K:5", "--spin", "open", "--plot", "x.nope"], "format that"),
        (["sweep", CURIE, "--applied-field", "0:1mT:3", "--along", "0,1", "--spin", "open"], "must be three numbers"),
        (["sweep", "none.toml", "--temperature", "30K:80K:5", "--spin", "open"], "cannot be read"),
        (["sweep", FIELD, "--electric-field", "-9MV/cm:0:3", "--spin", "open"], "inside the table"),
        (["equilibrium", str(FILES.parents[1] / "meshes" / "fn_wire_1d.toml")], "must have exchange between two"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(words, match, capsys):
    """Exit code 2, nothing on standard output."""
    assert main(["exchange", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") <= 2
    assert match in err


def test_pictures():
    """Axes in, axes out; labels with units."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from fespin import plotting

    curve = switching_curve(fespin.load(CURIE), "temperature", loop(50, 60, 5), spin="open")
    labels = {plotting.plot_switching: "resistance (ohm)", plotting.plot_coupling: "coupling (nJ/m²)",
              plotting.plot_angles: "angle (deg)"}  # fmt: skip
    for draw, label in labels.items():
        ax = plt.figure().add_subplot()
        assert draw(curve, ax) is ax
        assert ax.get_xlabel() == "temperature (K)"
        assert ax.get_ylabel() == label
        assert {text.get_text() for text in ax.get_legend().get_texts()} == {"up", "down"}
    panel = paper_figure(3, points=9).panels[1]
    ax = plotting.plot_exchange_panel(panel, lw=2)
    assert ax.get_yscale() == "log"
    assert ax.get_ylabel() == "|coupling| (mJ/m²)"
    ax = plotting.plot_exchange_map(np.array([1.0, 2.0]), np.array([1.0, 2.0]), np.array([[1e-6, -1e-6], [2e-6, 0.0]]))
    assert len(ax.figure.axes) == 2
    plt.close("all")
