"""The command line as scripts use it: exit codes, streams, files."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import meshio
import numpy as np
import pytest

import fespin
from fespin.cli import main

MESHES = Path(__file__).parents[1] / "meshes"
WIRE = str(MESHES / "fn_wire_2d.toml")


def test_conductance_prints_the_matrix_and_its_checks(capsys):
    """Table and checks on standard output, nothing on standard error."""
    assert main(["conductance", WIRE]) == 0
    out, err = capsys.readouterr()
    assert "left  e" in out
    assert "charge conservation" in out
    assert "peak memory" in out
    assert err == ""


def test_json_on_standard_output_is_all_there_is(capsys):
    """The contract's keys; the matrix equals the Python one; nothing else on standard output."""
    assert main(["conductance", WIRE, "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    G = fespin.conductance(fespin.load(WIRE))
    assert np.array_equal(found["conductance"], G.values)
    assert found["terminals"] == ["left", "right"]
    assert found["components"] == ["e", "x", "y", "z"]
    assert found["unit"] == "S"
    assert set(found["reciprocity"]) >= {"asymmetry", "charge_conservation", "gauge_invariance", "passivity"}
    assert set(found["mesh"]) >= {"nodes", "cells", "dimension"}
    assert set(found["solver"]) >= {"backend", "residual", "seconds"}
    assert set(found["solver"]["seconds"]) >= {"read", "assemble", "solve"}
    assert 0 < found["solver"]["residual"] < 1e-10


def test_files_hold_the_matrix(tmp_path, capsys):
    """--json, --csv and --netcdf together; each reads back exactly, the table is still printed."""
    files = {kind: tmp_path / f"G.{suffix}" for kind, suffix in (("json", "json"), ("csv", "csv"), ("netcdf", "nc"))}
    arguments = [item for kind, path in files.items() for item in (f"--{kind}", str(path))]
    assert main(["conductance", WIRE, *arguments]) == 0
    assert "left  e" in capsys.readouterr().out
    G = fespin.conductance(fespin.load(WIRE))
    for path in files.values():
        assert fespin.ConductanceMatrix.load(path) == G
    rows = [row for row in csv.reader(files["csv"].read_text().splitlines()) if not row[0].startswith("#")]
    assert len(rows) >= 9


def test_netcdf_goes_to_standard_output_as_bytes(capfdbinary):
    """'-' works for the binary format too."""
    assert main(["conductance", WIRE, "--netcdf", "-"]) == 0
    assert capfdbinary.readouterr().out[:3] == b"CDF"


def test_two_files_cannot_share_standard_output(capsys):
    """Bad input: exit code 2, one line."""
    assert main(["conductance", WIRE, "--json", "-", "--csv", "-"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


@pytest.mark.parametrize("order", ["1", "2"])
@pytest.mark.parametrize("backend", ["auto", "direct", "multigrid"])
def test_order_and_backend_can_be_chosen(order, backend, capsys):
    """The JSON says what was used."""
    assert main(["conductance", WIRE, "--order", order, "--backend", backend, "--json", "-"]) == 0
    solver = json.loads(capsys.readouterr().out)["solver"]
    assert solver["order"] == int(order)
    assert backend in ("auto", solver["backend"])


def test_frequency_gives_a_complex_admittance(tmp_path, capsys):
    """[re, im] pairs in JSON; without diffusivities, and for what is no frequency, a line that says so."""
    assert main(["conductance", WIRE, "--frequency", "10GHz"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "a frequency needs the diffusivity" in err
    assert main(["conductance", WIRE, "--frequency", "10 nm"]) == 2
    assert "--frequency" in capsys.readouterr().err
    text = Path(WIRE).read_text().replace("spin_diff", 'diffusivity = "0.01 m^2/s"\nspin_diff')
    mesh = Path(WIRE).with_suffix(".msh")
    (tmp_path / "wire.toml").write_text(text.replace(f'"{mesh.name}"', f'"{mesh.resolve()}"'))
    assert main(["conductance", str(tmp_path / "wire.toml"), "--frequency", "10GHz", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["conductance"][0][0]) == 2
    assert found["reciprocity"]["asymmetry"] < 1e-10
    assert main(["conductance", str(tmp_path / "wire.toml"), "--frequency", "10GHz"]) == 0
    assert "admittance at 1e+10 Hz" in capsys.readouterr().out


def test_reciprocity_prints_one_line_per_check(capsys):
    """PASS lines, then the verdict; exit code 0."""
    assert main(["reciprocity", WIRE]) == 0
    out = capsys.readouterr().out
    assert out.count("PASS") >= 6
    assert out.rstrip().endswith("the device is reciprocal")


def test_reciprocity_counts_independent_entries_on_request(capsys):
    """Eq 22: six between ferromagnetic contacts; as JSON."""
    path = str(MESHES / "ferro_contacts.toml")
    assert main(["reciprocity", path, "--independent-entries", "--no-refine", "--json", "-"]) == 0
    checks = {c["name"]: c for c in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["independent entries"]["value"] == 6
    assert "cut surfaces" not in checks


def test_failed_check_gives_exit_code_1(monkeypatch, capsys):
    """A number above its tolerance must reach the shell."""
    monkeypatch.setattr("fespin.network.identities.passivity", lambda G: -1.0)
    assert main(["reciprocity", WIRE, "--no-refine"]) == 1
    assert "FAIL  passivity" in capsys.readouterr().out


def test_ratchet_gives_both_directions_and_a_verdict(capsys):
    """Transmissions, fractions, enhancement over the reference strip."""
    assert main(["ratchet", str(MESHES / "arrow_wire.toml"), "left", "right",
                 "--reference", str(MESHES / "arrow_reference.toml")]) == 0  # fmt: skip
    out = capsys.readouterr().out
    assert "left -> right" in out
    assert "Not a ratchet" in out
    assert "times the reference 'arrow_reference'" in out


def test_solve_prints_currents_and_writes_fields(tmp_path, capsys):
    """Potentials with units; VTU and JSON agree with the Python result."""
    vtu, js = tmp_path / "o.vtu", tmp_path / "o.json"
    assert main(["solve", WIRE, "--set", "left:e=1mV", "--set", "right:e=0", "--vtu", str(vtu), "--json", str(js)]) == 0
    assert "currents out of the device" in capsys.readouterr().out
    solution = fespin.solve(fespin.load(WIRE), {"left": {"e": 1e-3}})
    assert json.loads(js.read_text())["currents"]["right"]["e"] == pytest.approx(
        solution.currents["right"]["e"], rel=1e-12
    )
    assert np.array_equal(meshio.read(vtu).point_data["charge_potential"], solution.charge_potential)


def test_solve_draws_a_picture(tmp_path):
    """--plot writes the format of the suffix."""
    picture = tmp_path / "o.png"
    assert main(["solve", WIRE, "--set", "left:e=1mV", "--plot", str(picture)]) == 0
    assert picture.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    "setting", ["left", "left=1", "left:e", "left:q=1", "lft:e=1", "left:e=1 nm", "left:e=nan", ":e=1", "left:e=1V"]
)
def test_wrong_settings_are_refused(setting, capsys):
    """One line, exit code 2; the last case gives a value twice."""
    again = ["--set", "left:e=2V"] if setting == "left:e=1V" else []
    assert main(["solve", WIRE, "--set", setting, *again]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fespin: ")
    assert err.count("\n") == 1


def test_info_describes_devices_and_bare_meshes(capsys):
    """Regions, terminals, materials, quality; a mesh file alone lists its groups."""
    assert main(["info", str(MESHES / "composite.toml")]) == 0
    out = capsys.readouterr().out
    for word in ("device", "region", "terminal", "material", "quality", "magnetization"):
        assert word in out
    assert main(["info", str(MESHES / "composite.msh")]) == 0
    assert "boundary    left" in capsys.readouterr().out


def test_mesh_lists_shapes_without_gmsh(capsys):
    """The catalogue needs no mesh generator."""
    assert main(["mesh"]) == 0
    assert "arrow_wire" in capsys.readouterr().out


def test_mesh_makes_a_device_that_loads(tmp_path, capsys):
    """fespin mesh NAME --param k=v --out DIR, then the same file again is refused unless asked for."""
    try:
        import gmsh  # noqa: F401
    except (ImportError, OSError) as error:  # the package, or the system libraries that it loads
        pytest.skip(f"gmsh cannot be imported: {error}")
    arguments = ["mesh", "normal_strip", "--param", "mesh_size=25", "--out", str(tmp_path), "--name", "strip"]
    assert main(arguments) == 0
    assert fespin.load(tmp_path / "strip.toml").terminals
    assert main(arguments) == 2
    assert "overwrite" in capsys.readouterr().err
    assert main([*arguments, "--overwrite"]) == 0
    assert main(["mesh", "normal_strip", "--param", "mesh_size"]) == 2


def test_materials_are_listed_with_their_sources(capsys):
    """All of them, or one."""
    assert main(["materials"]) == 0
    assert main(["materials", "Cu"]) == 0
    assert "Cu" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["conductance"], ["conductance", "x", "--order", "3"], ["ratchet", "x", "a"]]
)
def test_wrong_usage_is_one_line_and_exit_code_2(arguments, capsys):
    """No page of usage, no traceback."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def test_version_and_help(capsys):
    """Both go to standard output with exit code 0."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"fespin {fespin.__version__}"
    assert main(["--help"]) == 0
    assert "conductance" in capsys.readouterr().out


def test_verbose_shows_stages_and_quiet_shows_nothing(tmp_path, capsys):
    """Progress goes to standard error; warnings too, as single lines."""
    main(["conductance", WIRE, "--verbose"])
    assert "assemble" in capsys.readouterr().err
    text = Path(WIRE).read_text().replace("fn_wire_2d.msh", str(MESHES / "fn_wire_2d.msh"))
    assert "38 nm" in text
    coarse = tmp_path / "coarse.toml"
    coarse.write_text(text.replace('"38 nm"', '"0.1 nm"'))
    main(["conductance", str(coarse)])
    err = capsys.readouterr().err
    assert err.startswith("fespin: warning: region 'ferro'")
    assert err.count("\n") == 1
    main(["conductance", str(coarse), "--quiet"])
    assert capsys.readouterr().err == ""


def test_installed_command_and_module_run():
    """`fespin` and `python -m fespin` are the same program; bad input leaves no traceback."""
    program = shutil.which(
        "fespin", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    assert program is not None
    for command in ([program], [sys.executable, "-m", "fespin"]):
        done = subprocess.run([*command, "info", "nowhere.toml"], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert done.stderr == "fespin: nowhere.toml cannot be read: No such file or directory\n"


def test_output_may_be_cut_short():
    """`fespin ... | head -1` ends quietly."""
    command = f"{sys.executable} -m fespin conductance {WIRE} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert "conductance in S" in done.stdout


def test_files_may_be_pipes():
    """--json /dev/stdout writes into the pipe instead of replacing it."""
    command = f"{sys.executable} -m fespin reciprocity {WIRE} --no-refine --json /dev/stdout | tail -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
