"""The built-in table of materials: every number has a source, and device files can start from it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import fespin
from fespin import table
from fespin.errors import DeviceError, InputError
from fespin.units import quantity

MESHES = Path(__file__).resolve().parents[1] / "meshes"
UNITS = {
    "resistivity": "ohm m",
    "spin_diffusion_length": "m",
    "polarization": "",
    "spin_hall_angle": "",
    "resistivity_times_length": "ohm m^2",
}


@pytest.fixture(params=table.materials())
def entry(request: pytest.FixtureRequest) -> table.Entry:
    return table.entry(request.param)


def test_every_number_has_a_unit_a_source_a_temperature_and_a_method(entry: table.Entry) -> None:
    assert entry.kind in ("normal", "ferromagnet")
    assert entry.title
    assert entry.rows
    assert len({row.quantity for row in entry.rows}) == len(entry.rows)
    for row in entry.rows:
        value = quantity(row.value, UNITS[row.quantity], row.quantity)
        assert math.isfinite(value)
        assert isinstance(row.confirmed, bool)
        assert row.citation
        assert row.temperature
        assert row.method
        assert not row.doi or re.fullmatch(r"10\.\d{4,5}/\S+", row.doi)
        assert not row.arxiv or re.fullmatch(r"\d{4}\.\d{4,5}|[a-z-]+/\d{7}", row.arxiv)


def test_numbers_have_the_size_of_metals(entry: table.Entry) -> None:
    """Catches a unit slip by a factor of ten: resistivities of 1 to 300 uohm cm, lengths of 1 to 2000 nm."""
    known = table.base_entry(entry.name)
    if "resistivity" in known:
        assert 1e-8 < quantity(known["resistivity"], "ohm m", "") < 3e-6
    if "spin_diffusion_length" in known:
        assert 1e-9 < quantity(known["spin_diffusion_length"], "m", "") < 2e-6
    assert abs(float(known.get("polarization", 0))) < 1
    assert ("polarization" in known) <= (entry.kind == "ferromagnet")


def test_base_entry_has_only_keys_of_device_files(entry: table.Entry) -> None:
    known = table.base_entry(entry.name)
    assert set(known) <= {"kind", "resistivity", "spin_diffusion_length", "polarization"}
    assert known["kind"] == entry.kind


def test_a_metal_has_more_than_one_entry() -> None:
    """Length scales with purity: there is no such thing as the spin diffusion length of copper."""
    for metal in ("Cu", "Al", "Ag", "Au", "Pt", "Py", "Co", "CoFe"):
        assert sum(name == metal or name.startswith(metal + "-") for name in table.materials()) >= 2


def test_length_of_permalloy_follows_its_resistivity() -> None:
    """lambda = 0.91(4) fohm m^2/rho, Sagasta et al, arXiv:1904.01921."""
    assert table.base_entry("Py")["spin_diffusion_length"] == "3.64 nm"  # 0.91e-15/25e-8
    assert table.base_entry("Py", resistivity=0.5e-6)["spin_diffusion_length"] == "1.82 nm"
    assert table.base_entry("Py", resistivity=0.5e-6)["resistivity"] == "5e-07 ohm m"
    assert table.base_entry("Cu", resistivity=1e-8)["spin_diffusion_length"] == "350 nm"  # no product published
    assert "spin_diffusion_length" not in table.base_entry("Pt-product")
    assert table.base_entry("Pt-product", resistivity=2e-7)["spin_diffusion_length"] == "3.05 nm"


def test_cobalt_of_valet_and_fert_is_turned_into_conductivities() -> None:
    """rho = rho* (1 - beta^2) with rho* = 75 nohm m and beta = 0.46 (Bass and Pratt 1999), two digits."""
    rho = quantity(table.base_entry("Co-4K")["resistivity"], "ohm m", "")
    assert rho == pytest.approx(75e-9 * (1 - 0.46**2), rel=0.01)


def test_unconfirmed_numbers_are_marked(entry: table.Entry) -> None:
    text = table.describe(entry.name)
    assert text.count("UNCONFIRMED") == sum(not row.confirmed for row in entry.rows)
    assert all(row.source in text for row in entry.rows)
    assert text.startswith(f"{entry.name}: ")


def test_description_says_what_is_missing() -> None:
    assert table.describe("CoFe-4K").endswith("not known, to be given: resistivity, polarization")
    assert table.describe("Pt-product").endswith("not known, to be given: resistivity")
    assert "to be given" not in table.describe("Py")
    assert "3.64 nm at this resistivity" in table.describe("Py")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Cuu", "no material 'Cuu' in the built-in table; did you mean 'Cu'"),
        ("unobtainium", "no material 'unobtainium'.*known: Cu"),
        (3, "base must be the name of a material in the built-in table, got 3"),
        (None, "got None"),
        (["Cu"], r"got \['Cu'\]"),
    ],
)
def test_unknown_names(name: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        table.base_entry(name)


@pytest.mark.parametrize("resistivity", [0.0, -1e-8, math.inf, math.nan])
def test_resistivity_out_of_range(resistivity: float) -> None:
    with pytest.raises(InputError, match="resistivity must be a positive finite number"):
        table.base_entry("Py", resistivity=resistivity)


def device_file(folder: Path, ferro: str, normal: str) -> Path:
    path = folder / "device.toml"
    path.write_text(f"""
[device]
mesh = '{MESHES / "fn_wire_1d.msh"}'
length_unit = "nm"
cross_section = "800 nm^2"
[materials.F]
{ferro}
[materials.N]
{normal}
[regions]
ferro = {{ material = "F", magnetization = [0, 0, 1] }}
normal = "N"
[terminals]
left = "left"
right = "right"
""")
    return path


@pytest.mark.filterwarnings("ignore::fespin.errors.MaterialWarning")
def test_device_file_starts_from_the_table(tmp_path: Path) -> None:
    device = fespin.load(device_file(tmp_path, 'base = "Co"\npolarization = 0.4', 'base = "Cu"'))
    ferro, normal = (device.regions[name].material for name in ("ferro", "normal"))
    assert normal == fespin.NormalMetal(conductivity=1 / 2.9e-8, spin_diffusion_length=350e-9)
    assert ferro == fespin.Ferromagnet(conductivity=1 / 21e-8, spin_diffusion_length=38e-9, polarization=0.4)


@pytest.mark.filterwarnings("ignore::fespin.errors.MaterialWarning")
def test_device_file_has_to_give_what_the_table_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"materials.F.*polarization"):
        fespin.load(device_file(tmp_path, 'base = "CoFe-4K"\nresistivity = "7 uohm cm"', 'base = "Cu"'))
    with pytest.raises(DeviceError, match=r"materials.N.*resistivity"):
        fespin.load(device_file(tmp_path, 'base = "Co"', 'base = "Au"'))


@pytest.mark.filterwarnings("ignore::fespin.errors.MaterialWarning")
def test_device_file_names_the_near_miss(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"device.toml.*\[materials.N\].*'Cuu'.*did you mean 'Cu'"):
        fespin.load(device_file(tmp_path, 'base = "Co"', 'base = "Cuu"'))


def test_unconfirmed_values_are_named_when_they_are_used(tmp_path: Path) -> None:
    """A value whose source was not read is no silent default; one that the user gives is not talked about."""
    path = device_file(tmp_path, 'base = "Co"\npolarization = 0.4', 'base = "Cu"\nresistivity = "3 uohm cm"')
    with pytest.warns(fespin.MaterialWarning) as caught:
        fespin.load(path)
    messages = [str(w.message) for w in caught]
    assert [m.split(" = ")[0] for m in messages] == [
        "[materials.F] takes resistivity",
        "[materials.F] takes spin_diffusion_length",
        "[materials.N] takes spin_diffusion_length",
    ]
    assert all("unconfirmed" in m for m in messages)


@pytest.mark.filterwarnings("ignore::fespin.errors.MaterialWarning")
@pytest.mark.parametrize("own", ['resistivity = "50 uohm cm"', 'conductivity = "2e6 S/m"'])
def test_length_scales_with_the_resistivity_of_the_film(tmp_path: Path, own: str) -> None:
    """Py: rho lambda = 0.91 fohm m^2 (Sagasta et al), so a film of 50 uohm cm has 1.82 nm."""
    device = fespin.load(device_file(tmp_path, f'base = "Py"\n{own}', 'base = "Cu"'))
    assert device.regions["ferro"].material.spin_diffusion_length == pytest.approx(1.82e-9)
