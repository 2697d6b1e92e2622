"""``fespin assemblies``, its run files and pictures."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from fespin.assemblies import (
    ElectronGas,
    interact,
    load_transport,
    merged,
    spin_states,
    tis_coefficient,
    torque_coefficient,
)
from fespin.cli import main

ROOT = Path(__file__).parents[2]
FILES = ROOT / "examples" / "assemblies"
VALVE = str(ROOT / "meshes" / "angular_valve_1d.toml")
GAS = ["--density-of-states", "1.5e47 1/(J m^3)", "--spin-lifetime", "0.2 ps", "--damping", "5e32 1/(J s)",
       "--field", "500 T"]  # fmt: skip


def printed(capsys, *arguments, code=0):
    assert main(["assemblies", *arguments]) == code
    out, err = capsys.readouterr()
    return err if code else out


def as_json(capsys, *arguments):
    return json.loads(printed(capsys, *arguments, "--json", "-"))


def test_statistics(capsys):
    """Tables and JSON are the functions'."""
    assert "n_spin = 1.34490997438 D kT" in printed(capsys, "statistics", "--x", "0.75", "--flavour", "paper")
    data = as_json(capsys, "statistics", "--x", "0.75", "--z", "-2", "0", "--rule", "isotropic")
    assert data["F_TIA"] == spin_states([-2, 0], 0.75, rule="isotropic").tia.tolist()
    assert data["rule"] == "isotropic"


def test_conversion(capsys):
    """Both waiting rules side by side."""
    assert "0.6500511907" in printed(capsys, "conversion", "--r", "3", "--flavour", "paper")
    assert as_json(capsys, "conversion", "--r", "0")["fixed"] == [2 / 3]


def test_interact(capsys):
    """Angles with their unit; the final state."""
    out = printed(capsys, "interact", "0.8", "0.2", "145deg", "--flavour", "paper")
    assert "2.507080416 deg" in out
    assert len(out.splitlines()) == 15
    data = as_json(capsys, "interact", "0.8", "0.2", "145deg")
    assert data["final"]["rotation"] == pytest.approx(interact(0.8, 0.2, math.radians(145)).rotation)


def test_coefficients(capsys):
    """A in both units."""
    out = printed(capsys, "coefficients", "--flavour", "paper", "--angles", "90deg")
    assert "36.47562611" in out
    assert "1.548531451" in out


def test_material_is_a_table_of_a_device_file(capsys, tmp_path):
    """What is printed can be pasted into a device file and gives the same material."""
    text = printed(capsys, "material", "--conductivity", "1e7 S/m", "--name", "Fe", *GAS)
    gas = ElectronGas(density_of_states=1.5e47, temperature=300, spin_lifetime=2e-13, damping=5e32, field=500)
    import tomllib

    from fespin.device.material_entry import read_material

    assert read_material("Fe", tomllib.loads(text)["materials"]["Fe"]) == gas.ferromagnet(1e7)
    data = as_json(capsys, "material", "--conductivity", "1e7 S/m", *GAS)
    assert data["polarization"] == gas.polarization
    normal = as_json(
        capsys, "material", "--conductivity", "1e7", "--density-of-states", "1e47", "--spin-lifetime", "inf"
    )
    assert normal["kind"] == "normal"
    assert normal["spin_diffusion_length"] is None


@pytest.mark.parametrize("name", ["helix", "ferromagnet"])
def test_transport(name, capsys, tmp_path):
    """The shipped run files; picture and records."""
    pytest.importorskip("matplotlib")
    picture, numbers = tmp_path / "line.png", tmp_path / "line.json"
    out = printed(capsys, "transport", str(FILES / f"{name}.toml"), "--plot", str(picture), "--json", str(numbers))
    assert "n_TIS, 1/m^3" in out
    assert picture.read_bytes()[:4] == b"\x89PNG"
    data = json.loads(numbers.read_text())
    assert np.shape(data["spin"])[:2] == np.shape(data["tis"])
    run = load_transport(FILES / f"{name}.toml")
    assert np.array(data["spin"][0]) == pytest.approx(run.spin)


def test_helix_file_is_a_helix():
    """Directions turn evenly along great circles; n_TIA falls as vector diffusion and relaxation say."""
    run = load_transport(FILES / "helix.toml")
    turn = 2 * np.pi * run.x / 100e-9
    assert run.spin == pytest.approx(1e25 * np.stack([np.cos(turn), np.sin(turn), 0 * turn], axis=1), abs=1e12)
    end = run.run()
    decay = math.exp(-(0.005 * (2 * np.pi / 100e-9) ** 2 + 1 / 2e-12) * 1e-13)
    assert end.tia[-1] == pytest.approx(np.full(100, 1e25 * decay), rel=1e-3)


def test_torque(capsys):
    """From the potentials of a device to the torque on one of its magnets."""
    out = printed(capsys, "torque", VALVE, "--set", "left:e=1mV", "--magnet", "free", "--volume", "1e-18 m^3", *GAS)
    assert "99.53" in out
    data = as_json(capsys, "torque", VALVE, "--set", "left:e=1mV", "--magnet", "free", *GAS)
    assert data["unaccounted"] < 1e-9
    assert data["applied_by_the_current"][2] == pytest.approx(4.12530919e-20, rel=1e-8)


def test_figures(capsys, tmp_path):
    """Six pictures, each with a caption that says what differs and why."""
    pytest.importorskip("matplotlib")
    captions = as_json(capsys, "figures", "--out", str(tmp_path))
    assert [Path(path).name for path in captions] == [f"assemblies_fig{n}.png" for n in (5, 6, 7, 9, 10, 11)]
    for path, caption in captions.items():
        assert Path(path).read_bytes()[:4] == b"\x89PNG"
        assert "What differs:" in caption
    text = " ".join(captions.values())
    for number in ("1.142295 D kT", "0.650", "after 5 scatterings in the left case, but 9", "64.9 deg", "67.26",
                   "1.944 %", "90.6 deg", "57.2958 deg", "11 and 11 scatterings", "23.3 and 13.1"):  # fmt: skip
        assert number in text
    assert "Fig. 6" in printed(capsys, "figures", "6", "--out", str(tmp_path), "--format", "svg")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["interact", "1", "2", "145"], "angles are in radians"),
        (["interact", "-1", "2", "1"], "populations must be non-negative"),
        (["statistics", "--x", "2"], "x must lie in [0, 1]"),
        (["conversion", "--r", "a"], "--r must be"),
        (["figures", "8"], "figures must be some of 5, 6, 7, 9, 10, 11"),
        (["figures", "5", "--format", "pgn"], "did you mean 'png'"),
        (["figures", "5", "--out", "no/such/folder"], "cannot be written"),
        (["transport", "no_such_file.toml"], "cannot be read"),
        (["transport", VALVE], "unknown key"),
        (["material", "--conductivity", "-1", *GAS], "conductivity must be a positive"),
        (["material", "--conductivity", "1e7", "--density-of-states", "1e47 1/J", "--spin-lifetime", "1 ps"],
         "density_of_states must be a quantity with a unit that converts to 1/(J m^3)"),
        (["torque", VALVE, *GAS], "magnet must be one of"),
        (["torque", VALVE, "--set", "left=1", *GAS], "--set must be like"),
        ([], "see fespin assemblies --help"),
        (["statistics", "--flavour", "mine"], "invalid choice"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(arguments, text, capsys):
    """Exit code 2, nothing on standard output."""
    assert main(["assemblies", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert text in err
    assert err.count("\n") == 1


def test_plots_show_what_is_computed():
    """Axes in, axes out; labels with units; the lines are the functions."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from fespin import plotting
    from fespin.assemblies.transport import spin_torque_transport

    run = load_transport(FILES / "helix.toml")
    result = interact(0.8, 0.2, 2.5, rule="paper")
    for draw, arguments in [
        (plotting.plot_spin_states, (0.75,)), (plotting.plot_interaction, (result,)),
        (plotting.plot_interaction_angles, (result,)), (plotting.plot_merging, (0.99, 0.01)),
        (plotting.plot_spin_transport, (run.run(),)),
    ]:  # fmt: skip
        ax = plt.figure().add_subplot()
        assert draw(*arguments, ax) is ax
        assert ax.get_xlabel()
        assert ax.get_ylabel()
    for draw in (
        plotting.plot_angular_density,
        plotting.plot_conversion_coefficient,
        plotting.plot_torque_coefficients,
    ):
        ax = plt.figure().add_subplot()
        assert draw(ax=ax) is ax
    ax = plotting.plot_torque_coefficients(rule="paper")
    degrees, A = ax.get_lines()[0].get_data()
    assert np.degrees(torque_coefficient(np.radians(degrees), rule="paper")) == pytest.approx(A)
    assert ax.conversion.get_lines()[0].get_ydata() == pytest.approx(tis_coefficient(np.radians(degrees), rule="paper"))
    ax = plotting.plot_merging(0.99, 0.01, rule="paper")
    rotation = merged(0.99, 0.01, np.radians(degrees), rule="paper").rotation
    assert ax.get_lines()[0].get_ydata() == pytest.approx(np.degrees(rotation))
    assert plotting.plot_interaction(result).get_lines()[0].get_ydata() == pytest.approx(result.n1[:16])
    single = spin_torque_transport(run.law, run.x, run.spin, run.tis, duration=1e-15)
    assert "fs" in plotting.plot_spin_transport(single).get_title()
    plt.close("all")


def test_figures_without_a_number():
    """Only those that the paper computes."""
    pytest.importorskip("matplotlib")
    from fespin.errors import InputError
    from fespin.plotting.assemblies_paper import paper_figure

    with pytest.raises(InputError, match="figure must be one of 5, 6, 7, 9, 10, 11, got 8"):
        paper_figure(8)
