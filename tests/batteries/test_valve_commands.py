"""``fespin valve`` and its pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.constants import e
from valve_cases import reduced

from fespin.batteries.valve import (
    COPPER_DENSITY,
    FreeElectrons,
    Spacer,
    ValveResult,
    ampere_hours,
    charge,
    discharge,
    load_valve,
    resistance,
    simulate,
    solve_static,
)
from fespin.cli import main
from fespin.wigner import estimated_energy

FILES = Path(__file__).parents[2] / "examples" / "valve"
COPPER, CRYSTAL = str(FILES / "copper.toml"), str(FILES / "crystal.toml")


def test_info(capsys):
    assert main(["valve", "info", COPPER]) == 0
    assert main(["valve", "info", CRYSTAL]) == 0
    out, err = capsys.readouterr()
    for text in ("locked", "tau 4.9e-11 s", "capacitor between", "best load", "phase 3 discharge", "energy scale E0/e"):
        assert text in out
    assert err == ""


def test_static(capsys, tmp_path):
    """Numbers of Python; both configurations; potentials drawn."""
    pytest.importorskip("matplotlib")
    picture, numbers = tmp_path / "o.png", tmp_path / "o.json"
    command = ["valve", "static", COPPER, "--voltage", "10mV", "--json", str(numbers), "--plot", str(picture)]
    assert main(command) == 0
    valve = load_valve(COPPER).valve
    found = solve_static(valve, 0.01)
    data = json.loads(numbers.read_text())
    assert data["conductance"] == pytest.approx(found.conductance)
    assert data["conductance"] == pytest.approx(data["conductance_exact"], rel=1e-5)
    assert data["jumps"][0]["value"] < -0.0048
    assert data["capacitance"] == pytest.approx(valve.capacitance)
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert main(["valve", "static", COPPER, "--configuration", "parallel"]) == 0
    out, _ = capsys.readouterr()
    assert f"{resistance(valve.configured('parallel')):.9g} ohm" in out


def test_screening_is_drawn(tmp_path):
    """Without the states of the half metals there is nothing to draw it from."""
    pytest.importorskip("matplotlib")
    text = (FILES / "copper.toml").read_text()
    (tmp_path / "a.toml").write_text(
        text.replace("polarization = 1\n", 'polarization = 1\ndiffusivity = "1e-3 m^2/s"\n')
    )
    assert main(["valve", "static", str(tmp_path / "a.toml"), "--screening", "--plot", str(tmp_path / "a.svg")]) == 0
    assert "screened" in (tmp_path / "a.svg").read_text() or (tmp_path / "a.svg").stat().st_size > 10_000
    assert main(["valve", "static", COPPER, "--screening", "--plot", str(tmp_path / "b.svg")]) == 2


def test_impedance(capsys):
    assert main(["valve", "impedance", COPPER, "--frequency", "1GHz", "--to", "1THz", "--points", "4"]) == 0
    out, _ = capsys.readouterr()
    assert len(out.splitlines()) == 5
    assert main(["valve", "impedance", COPPER, "--frequency", "1GHz", "--frequency", "2GHz", "--json", "-"]) == 0
    out, _ = capsys.readouterr()
    data = json.loads(out)
    assert data["frequency"] == [1e9, 2e9]
    assert data["impedance"][0][1] < 0


def test_run(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    for file in (COPPER, CRYSTAL):
        out, picture, numbers = tmp_path / "o.npz", tmp_path / "o.png", tmp_path / "o.json"
        assert main(["valve", "run", file, "--out", str(out), "--plot", str(picture), "--json", str(numbers)]) == 0
        text, err = capsys.readouterr()
        assert "discharge" in text
        assert err == ""
        expected = load_valve(file).run()
        assert np.array_equal(ValveResult.load(out)["current"], expected["current"])
        data = json.loads(numbers.read_text())
        assert data["efficiency"] == pytest.approx(expected.efficiency)
        assert data["ledger"] < 1e-12
        assert picture.read_bytes()[:4] == b"\x89PNG"


def test_emf(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "o.pdf"
    assert main(["valve", "emf", CRYSTAL, "--voltage", "0.9 V", "--steps", "3", "--plot", str(picture)]) == 0
    out, _ = capsys.readouterr()
    assert "0.499053683" in out  # 2 ln 2 e/(4 pi eps0 eps a)
    assert "A h" in out
    assert picture.read_bytes()[:4] == b"%PDF"
    warm = tmp_path / "warm.toml"
    warm.write_text((FILES / "crystal.toml").read_text().replace('"0 K"', '"300 K"'))
    assert main(["valve", "emf", str(warm)]) == 0
    assert "V(Q) has no jumps" in capsys.readouterr().out
    assert main(["valve", "emf", CRYSTAL, "--json", "-"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["capacity"]["voltage"] is None
    assert data["capacity"]["ampere_hours"] == pytest.approx(2.78155656e-14, rel=1e-8)


def test_bad_input_is_one_line(tmp_path, capsys):
    """Exit code 2, nothing on standard output."""
    commands = [
        ["valve"],
        ["valve", "run", str(tmp_path / "none.toml")],
        ["valve", "emf", COPPER],
        ["valve", "static", CRYSTAL],
        ["valve", "static", COPPER, "--voltage", "1 A"],
        ["valve", "impedance", COPPER, "--frequency", "1GHz", "--to", "1MHz"],
        ["valve", "impedance", COPPER, "--frequency", "1GHz", "--points", "0"],
        ["valve", "run", COPPER, "--out", str(tmp_path / "o.csv")],
        ["valve", "run", COPPER, "--plot", str(tmp_path / "o.nope")],
    ]
    for command in commands:
        assert main([*command, "--quiet"] if len(command) > 2 else command) == 2, command
        out, err = capsys.readouterr()
        assert out == ""
        assert 1 <= err.count("\n") <= 2, err


def test_warning_of_a_thick_spacer(tmp_path, capsys):
    text = (FILES / "copper.toml").read_text().replace("100 nm", "5 um")
    (tmp_path / "a.toml").write_text(text)
    assert main(["valve", "info", str(tmp_path / "a.toml")]) == 0
    assert "nothing is locked" in capsys.readouterr().err


def test_pictures():
    """Axes in, axes out; labels with units."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from fespin import plotting

    result = simulate(reduced(2, cells=20), [charge(voltage=1.0, duration=2), discharge(load=1.0, duration=2)])
    for draw in (plotting.plot_valve_run, plotting.plot_valve_ledger):
        ax = plt.figure().add_subplot()
        assert draw(result, ax) is ax
        assert ax.get_xlabel() == "time (s)"
        assert "(" in ax.get_ylabel()
    ax = plotting.plot_valve_potentials(solve_static(reduced(2), 1.0))
    assert ax.get_xlabel() == "position (m)"
    assert len(ax.get_legend().get_texts()) == 5
    ax = plotting.plot_emf(load_valve(CRYSTAL).valve.reservoir.curve())
    assert ax.get_xlabel() == "charge (fA h)"
    ax = plotting.plot_valve_impedance([1e9, 1e10], [1 - 1j, 1 - 0.1j])
    assert ax.get_ylabel() == "impedance (Ω)"
    plt.close("all")


def paper_energy(**values):
    """With E_F = 1 eV and lambda_F = 0.1 nm, as in the conclusion."""
    return estimated_energy(**values, fermi_energy=e, fermi_wavelength=1e-10)


def test_verdicts_of_the_conclusion():
    """1 um^3 at 10 mV: 4.45e-13 A h, not 1e-16, which multiplies by V; 1 cm^3: 44.5 W h, 1e26: 4.45 kW h."""
    energy = paper_energy(volume=1e-18, voltage=0.01)
    assert energy == pytest.approx(1.602e-11, rel=1e-3)
    assert ampere_hours(energy, 0.01) == pytest.approx(4.45e-13, rel=1e-3)
    assert energy * 0.01 / 3600 == pytest.approx(4.45e-17, rel=1e-3)  # the printed 1e-16
    assert paper_energy(volume=1e-6, voltage=1.0) / 3600 == pytest.approx(44.5, rel=1e-3)
    assert pytest.approx(1e24) == (1e-2 / 1e-10) ** 3
    assert paper_energy(volume=1e-4, voltage=1.0) / 3600 == pytest.approx(4450, rel=1e-3)
    copper = FreeElectrons(density=COPPER_DENSITY)
    assert copper.fermi_wavelength == pytest.approx(0.46e-9, rel=1e-2)
    assert energy / (copper.spin_capacitance * 1e-18 * 0.01**2 / 2) == pytest.approx(440, rel=1e-2)


def test_verdicts_on_real_copper():
    """lambda ~ 1 um means 1e10..1e11 Hz; a window below 4 D/d^2; one cubic centimetre would burn 7e13 W."""
    D, c_q = 0.0204, FreeElectrons(density=COPPER_DENSITY).spin_capacitance
    tau = (1e-6) ** 2 / D
    assert tau == pytest.approx(4.9e-11, rel=1e-2)
    assert 1e10 < 1 / tau < 1e11
    sample = Spacer(thickness=100e-9, conductivity=4 * c_q * D, spin_capacitance=c_q, relaxation_time=10e-12)
    low, high = (edge / (2 * np.pi) for edge in sample.window)
    assert (low, high) == (pytest.approx(16e9, rel=1e-2), pytest.approx(1.3e12, rel=1e-2))
    assert c_q * 1e-6 / 10e-12 == pytest.approx(7.2e13, rel=1e-2)  # C V^2/tau at 1 V
    assert pytest.approx(1.2e-3, rel=0.03) == 0.01**2 / (4 * D)
    assert pytest.approx(1e12) == (1e-2 / 1e-6) ** 3
