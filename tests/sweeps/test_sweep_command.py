"""``fespin sweep`` as scripts use it: exit codes, streams, files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sweep_cases import TESLA, wire

import fespin
from fespin import SweepResult
from fespin.cli import main

MESHES = Path(__file__).parents[2] / "meshes"
VALVE = str(MESHES / "angular_valve_1d.toml")
ANGLES = ["--vary", "regions.free.theta=0deg:180deg:3"]


def test_table_and_files(tmp_path, capsys):
    """A line a point on standard output; files besides; nothing left over."""
    pytest.importorskip("matplotlib").use("Agg")
    files = {kind: tmp_path / f"a.{suffix}" for kind, suffix in (("json", "json"), ("csv", "csv"), ("plot", "png"))}
    arguments = [item for kind, path in files.items() for item in (f"--{kind}", str(path))]
    assert main(["sweep", VALVE, *ANGLES, "--order", "2", "--entry", "right:e,left:e", "--jobs", "1", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    table = [line.split() for line in out.splitlines()]
    assert ["regions.free.theta", "(rad)", "right:e,left:e"] in table
    found = SweepResult.load(files["json"])
    for angle, value in zip(found.coordinate("regions.free.theta"), found["right", "e", "left", "e"], strict=True):
        assert [f"{angle:.6g}", f"{value:.6e}"] in table
    device = fespin.load(VALVE)
    np.testing.assert_allclose(device.transverse_measure * 1e15 / found["right", "e", "left", "e"],
                               [32.5242063751, 32.6088232841, 33.0551536479], rtol=1e-7)  # fmt: skip
    assert files["plot"].read_bytes().startswith(b"\x89PNG")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.json", "a.png"]


def test_grids_materials_and_held_values(capsys):
    """Several --vary make a grid, names of materials are those of the file, a single value is held."""
    vary = ["--vary", "materials.F.polarization=0.2,0.5", "--vary", "regions.free.angle.y=0deg:90deg:2",
            "--vary", "materials.N.spin_diffusion_length=10 nm"]  # fmt: skip
    assert main(["sweep", VALVE, *vary, "--json", "-", "--quiet"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [axis["name"] for axis in data["axes"]] == ["materials.F.polarization", "regions.free.angle.y"]
    assert data["fixed"] == [{"name": "materials.N.spin_diffusion_length", "unit": "m", "values": [1e-8]}]
    assert np.array(data["conductance"]).shape == (4, 8, 8)


def test_netcdf_on_standard_output(capfdbinary):
    pytest.importorskip("xarray")
    assert main(["sweep", VALVE, *ANGLES, "--netcdf", "-"]) == 0
    assert capfdbinary.readouterr().out[:3] == b"CDF"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--vary", "feld.z=0T:1T:3"], "did you mean 'field.z'"),
        (["--vary", "materials.N.spin_difusion_length=1nm"], "did you mean 'spin_diffusion_length'"),
        (["--vary", "materials.M.resistivity=1"], "no material 'M'"),
        (["--vary", "materials.N.resistivity=1 nm"], "converts to ohm m"),
        (["--vary", "regions.free.theta"], "written NAME=VALUES"),
        (["--vary", "=3"], "written NAME=VALUES"),
        ([*ANGLES, *ANGLES], "given twice"),
        ([*ANGLES, "--entry", "rigt:e,left:e"], "did you mean 'right'"),
        ([*ANGLES, "--entry", "right:e"], "current first, like right:z,left:e"),
        ([*ANGLES, "--plot", "a.pgn"], "did you mean 'png'"),
        ([*ANGLES, "--json", "nowhere/a.json"], "its folder does not exist"),
        ([*ANGLES, "--json", "-", "--csv", "-"], "only one of"),
        ([*ANGLES, "--jobs", "0"], "jobs must be a positive number"),
        ([*ANGLES, "--backend", "drect"], "did you mean 'direct'"),
        (["--vary", "field.z=1T,2T"], "all 2 points failed"),
        (["--vary", "field.z=1T,2T", "--json", "a.json"], "all 2 points failed"),
        ([], "--vary"),
    ],
)
def test_bad_input_is_one_line_and_code_2(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", VALVE, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") <= 2
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_failed_points_give_code_1_and_are_named(capsys):
    """The others are printed."""
    assert main(["sweep", VALVE, "--vary", "materials.N.spin_diffusion_length=-1nm,10nm,20nm"]) == 1
    out, err = capsys.readouterr()
    assert "failed at materials.N.spin_diffusion_length = -1e-09 m: NormalMetal.spin_diffusion_length must be" in out
    assert out.count("nan") >= 1
    assert "1 of 3 points failed" in err


def test_a_store_is_kept_and_used(tmp_path, capsys):
    store = tmp_path / "points"
    arguments = ["sweep", VALVE, *ANGLES, "--store", str(store), "--quiet"]
    assert main(arguments) == 0
    assert "3 points (0 from the store)" in capsys.readouterr().out
    assert main(arguments) == 0
    assert "3 points (3 from the store)" in capsys.readouterr().out
    assert store.exists()


def test_a_killed_command_goes_on(tmp_path):
    """SIGKILL to the real command; the same command again takes over what is beside its output."""
    device, out = tmp_path / "wire.toml", tmp_path / "a.json"
    wire(3000).replace(name="wire").write(device)
    vary = f"field.z={0.01 * TESLA!r}:{TESLA!r}:60"
    command = [sys.executable, "-m", "fespin", "sweep", str(device), "--vary", vary, "--json", str(out), "--jobs", "1"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    part, deadline = tmp_path / "a.json.part", time.monotonic() + 60
    while not part.exists() or part.read_bytes().count(b"\n") < 6:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    raw = part.read_bytes()
    kept = raw[: raw.rfind(b"\n") + 1].count(b"\n") - 1
    assert not out.exists()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f"60 points ({kept} from the store)" in done.stdout
    assert not part.exists()
    found = SweepResult.load(out)
    assert (found.info["points_from_store"], found.info["points_solved"]) == (kept, 60 - kept)
    length = 1.3 / np.sqrt(1 - 1j * found.coordinate("field.z") / TESLA * 1.3**2 / 0.7)
    np.testing.assert_allclose(found["right", "x", "left", "x"], (2 / (length * np.sinh(2 / length))).real, rtol=1e-5)
