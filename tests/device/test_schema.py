"""The JSON Schema of device files: takes what the reader takes, refuses what it refuses by form alone."""

import json
import tomllib
from pathlib import Path

import pytest

import fespin
from fespin.cli import main
from fespin.device.schema import device_schema

jsonschema = pytest.importorskip("jsonschema")
MESHES = Path(__file__).resolve().parents[2] / "meshes"
GOOD = """
[device]
mesh = '%s'
length_unit = "nm"
cross_section = "800 nm^2"
[materials.F]
kind = "ferromagnet"
resistivity = "21 uohm cm +- 5 %%"
spin_diffusion_length = "(38 +- 12) nm"
polarization = "0.36 +- 0.02"
[materials.N]
base = "Cu"
resistivity = 3e-8
spin_diffusion_length = "inf"
diffusivity = "0.02 m^2/s"
[regions]
ferro = { material = "F", magnetization = [0, 0, 1] }
normal = "N"
[terminals]
left = "left"
right = "right"
[interfaces.fn]
between = ["ferro", "normal"]
area_resistance = "0.51 fohm m^2"
asymmetry = 0.77
mixing_conductance = ["4e15 S/m^2", "1e13 S/m^2"]
[field]
magnetic_field = ["0 T", 0, "0.1 T"]
""" % (MESHES / "fn_wire_1d.msh")


@pytest.fixture(scope="module")
def validator():
    schema = device_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", sorted(MESHES.glob("*.toml")), ids=lambda p: p.stem)
def test_shipped_devices_are_valid(path, validator):
    validator.validate(tomllib.loads(path.read_text()))


def test_a_file_with_everything_is_valid_and_loads(tmp_path, validator):
    validator.validate(tomllib.loads(GOOD))
    (tmp_path / "d.toml").write_text(GOOD)
    device = fespin.load(tmp_path / "d.toml")
    assert dict(device.regions["ferro"].material.uncertainty)["polarization"] == 0.02
    again = fespin.load(device.write(tmp_path / "again.toml"))
    assert again == device
    validator.validate(tomllib.loads((tmp_path / "again.toml").read_text()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mesh = ", "msh = "),
        ('base = "Cu"', 'base = "Cuu"'),
        ('kind = "ferromagnet"', 'kind = "magnet"'),
        ("polarization = ", "polarisation = "),
        ('polarization = "0.36 +- 0.02"', ""),
        ('resistivity = "21 uohm cm +- 5 %"', 'resistivity = "very low"'),
        ('resistivity = "21 uohm cm +- 5 %"', 'resistivity = 2e-7\nconductivity = "5e6 S/m"'),
        ('resistivity = "21 uohm cm +- 5 %"', ""),
        ("[0, 0, 1]", "[0, 1]"),
        ('normal = "N"', "normal = 3"),
        ('left = "left"', "left = 1.5"),
        ("asymmetry = 0.77", 'asymmetry = 0.77\nconductance_up = "1e14 S/m^2"'),
        ('between = ["ferro", "normal"]', 'between = ["ferro"]'),
        ('between = ["ferro", "normal"]', ""),
        ('"0.1 T"]', "]"),
        ("[terminals]", "[terminal]"),
        ('[materials.N]', '[materials.N]\nkind = "normal"\ntransverse_length = "1 nm"'),
    ],
)  # fmt: skip
def test_bad_files_are_refused_by_both(old, new, tmp_path, validator):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    assert list(validator.iter_errors(tomllib.loads(text)))
    (tmp_path / "d.toml").write_text(text)
    with pytest.raises(fespin.DeviceError):
        fespin.load(tmp_path / "d.toml")


def test_command_prints_the_schema_or_writes_it(tmp_path, capsys):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == device_schema()
    assert main(["schema", "--out", str(tmp_path / "s.json")]) == 0
    assert json.loads((tmp_path / "s.json").read_text()) == device_schema()


def test_every_key_of_the_reader_is_described():
    """A key that the reader learns appears in the schema, or its making fails."""
    material = device_schema()["properties"]["materials"]["additionalProperties"]["properties"]
    assert all("description" in value for value in material.values())
