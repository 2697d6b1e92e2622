"""``fespin export`` as scripts use it."""

from pathlib import Path

import pytest

import fespin
from fespin.cli import main
from fespin.network.spice_read import from_spice

MESHES = Path(__file__).parents[1] / "meshes"
WIRE = str(MESHES / "fn_wire_1d.toml")


@pytest.mark.parametrize("dialect", ["ngspice", "ltspice"])
def test_standard_output_is_the_subcircuit_and_nothing_else(dialect, capsys):
    assert main(["export", WIRE, "--spice", dialect]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("* fn_wire_1d: passive subcircuit")
    assert out.endswith(".ends fn_wire_1d\n")
    assert from_spice(out) == fespin.conductance(fespin.load(WIRE))
    assert err == ""


def test_options_reach_the_file(tmp_path, capsys):
    """Order, name, reduced and quadratic elements; the file is named on standard output."""
    path = tmp_path / "wire.cir"
    options = ["--order", "ezxy", "--name", "my wire", "--reduced", "--element-order", "2", "--out", str(path)]
    assert main(["export", WIRE, "--spice", "ngspice", *options]) == 0
    assert capsys.readouterr().out == f"wrote {path}\n"
    assert "\n.subckt my_wire left_e left_m right_e right_z right_x right_y\n" in path.read_text()
    assert from_spice(path) == fespin.conductance(fespin.load(WIRE), order=2)


def test_magnetic_terminals_can_absorb(capsys):
    assert main(["export", WIRE, "--spice", "ngspice", "--absorbing"]) == 0
    assert "left_absorb1" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["json", "csv", "npz", "nc"])
def test_saved_matrices_are_exported(suffix, tmp_path, capsys):
    """The subcircuit is named after the device, whatever the file is called."""
    G = fespin.conductance(fespin.load(WIRE))
    path = G.save(tmp_path / f"G.{suffix}")
    assert main(["export", str(path), "--spice", "ltspice"]) == 0
    out = capsys.readouterr().out
    assert from_spice(out) == G
    assert ".ends fn_wire_1d" in out


def test_matrix_without_a_device_is_named_after_its_file(tmp_path, capsys):
    G = fespin.conductance(fespin.load(WIRE))
    path = fespin.ConductanceMatrix(values=G.values, terminals=G.terminals).save(tmp_path / "mine.json")
    assert main(["export", str(path), "--spice", "ngspice"]) == 0
    assert ".ends mine" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([WIRE, "--spice", "spectre"], "--spice"),
        ([WIRE], "--spice"),
        ([WIRE, "--spice", "ngspice", "--order", "xyze"], "'exyz' or 'ezxy', got 'xyze'"),
        ([WIRE, "--spice", "ngspice", "--reduced", "--absorbing"], "not allowed with"),
        (["wire.msh", "--spice", "ngspice"], "device file (.toml) or a saved matrix"),
        (["none.json", "--spice", "ngspice"], "none.json cannot be read"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(arguments, message, capsys):
    assert main(["export", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_active_matrix_is_refused(tmp_path, capsys):
    G = fespin.conductance(fespin.load(WIRE))
    path = fespin.ConductanceMatrix(values=-G.values, terminals=G.terminals).save(tmp_path / "active.json")
    assert main(["export", str(path), "--spice", "ngspice"]) == 2
    assert "must be passive" in capsys.readouterr().err
