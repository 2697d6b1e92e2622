"""``fespin winding``, its pictures and its subcircuit."""

import json
from pathlib import Path

import numpy as np
import pytest
from ngspice import needs_ngspice, operating_point
from winding_cases import reduced

from fespin.batteries.winding import WindingResult, charge, leaky_capacitor, load_run, simulate, vi_curve
from fespin.cli import main

FILES = Path(__file__).parents[2] / "examples" / "winding"
TIGHT = str(FILES / "tight.toml")


def test_info(capsys):
    """Scales and bounds on standard output, cautions on standard error."""
    assert main(["winding", "info", str(FILES / "yig.toml")]) == 0
    out, err = capsys.readouterr()
    for text in ("536.964 m/s", "coupling zeta", "round trip 5.58356e-10", "Landau wave number", "phase 3 discharge"):
        assert text in out
    assert "much longer than L/u" in err


def test_info_warns_beyond_kc(tmp_path, capsys):
    """A current that winds beyond kc, a link that is too weak."""
    text = (FILES / "yig.toml").read_text().replace('"1 mA"', '"40 mA"').replace("1.4e-18 J", "1e-19 J")
    (tmp_path / "yig.toml").write_text(text)
    assert main(["winding", "info", str(tmp_path / "yig.toml")]) == 0
    err = capsys.readouterr().err
    assert "beyond kc" in err
    assert "it slips" in err


def test_run_prints_writes_and_draws(tmp_path, capsys):
    """A table per phase, efficiencies, records and picture; the file is the result of Python."""
    pytest.importorskip("matplotlib")
    out, picture, numbers = tmp_path / "o.npz", tmp_path / "o.png", tmp_path / "o.json"
    assert main(["winding", "run", TIGHT, "--out", str(out), "--plot", str(picture), "--json", str(numbers)]) == 0
    text, err = capsys.readouterr()
    assert "charge" in text
    assert "bound of a round trip 0.145898" in text
    assert err == ""
    file = load_run(TIGHT)
    expected = simulate(file.battery, file.phases, cells=file.cells)
    found = WindingResult.load(out)
    assert np.array_equal(found.phi, expected.phi)
    assert picture.read_bytes()[:4] == b"\x89PNG"
    data = json.loads(numbers.read_text())
    assert data["efficiency"]["round_trip"] == pytest.approx(expected.efficiency)
    assert data["ledger"] < 1e-12
    assert [phase["name"] for phase in data["phases"]] == ["charge", "hold", "discharge"]


def test_bad_input_is_one_line(tmp_path, capsys):
    """Exit code 2."""
    assert main(["winding", "run", str(tmp_path / "none.toml")]) == 2
    assert main(["winding", "run", TIGHT, "--out", str(tmp_path / "o.csv")]) == 2
    assert main(["winding"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 3


def test_pictures():
    """Axes in, axes out; labels with units."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from fespin import plotting
    from fespin.errors import InputError

    result = simulate(reduced(), [charge(current=1.0, duration=2), charge(current=-1.0, duration=2)], cells=20)
    for draw in (plotting.plot_winding, plotting.plot_ledger, plotting.plot_cycle):
        ax = plt.figure().add_subplot()
        assert draw(result, ax) is ax
        assert ax.get_xlabel() == "time (s)"
        assert "(" in ax.get_ylabel()
    ax = plotting.plot_vi(vi_curve(reduced(), 1.0, [0, 1.0], cells=10))
    assert ax.get_xlabel() == "discharge current (A)"
    with pytest.raises(InputError, match="format that matplotlib writes"):
        plotting.save_winding(result, "x.nope")
    plt.close("all")


@needs_ngspice
def test_leaky_capacitor_in_ngspice(tmp_path):
    """At rest the open battery is its wires: R_w between plus and minus."""
    cell = leaky_capacitor(reduced())
    found = operating_point(tmp_path, [cell.to_spice()], ["I1 0 p 1", "X1 p 0 battery"])
    assert found["v(p)"] == pytest.approx(0.5, rel=1e-9)
