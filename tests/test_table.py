"""The built-in table of materials: every number has a source, and device files can start from it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import fespin
from fespin import interface_table, table
from fespin.errors import DeviceError, InputError
from fespin.units import measured, quantity

MESHES = Path(__file__).resolve().parents[1] / "meshes"
UNITS = {
    "resistivity": "ohm m",
    "spin_diffusion_length": "m",
    "polarization": "",
    "spin_hall_angle": "",
    "resistivity_times_length": "ohm m^2",
    "spin_hall_conductivity": "S/m",
    "spin_hall_magnitude": "",
    "spin_lifetime": "s",
    "tunnel_polarization": "",
    "area_resistance": "ohm m^2",
    "asymmetry": "",
    "spin_memory_loss": "",
    "mixing_conductance": "S/m^2",
    "mixing_conductance_imaginary": "S/m^2",
}


@pytest.fixture(params=interface_table.interfaces())
def contact(request: pytest.FixtureRequest) -> table.Entry:
    return interface_table.interface_entry(request.param)


@pytest.fixture(params=table.materials())
def entry(request: pytest.FixtureRequest) -> table.Entry:
    return table.entry(request.param)


def test_every_number_has_a_unit_a_source_a_temperature_and_a_method(entry: table.Entry) -> None:
    assert entry.kind in ("normal", "ferromagnet")
    check_rows(entry)


def test_every_number_of_an_interface_has_them_too(contact: table.Entry) -> None:
    check_rows(contact)


def check_rows(entry: table.Entry) -> None:
    assert entry.title
    assert entry.rows
    assert len({row.quantity for row in entry.rows}) == len(entry.rows)
    for row in entry.rows:
        value = quantity(row.value, UNITS[row.quantity], row.quantity)
        assert math.isfinite(value)
        if row.uncertainty:
            assert 0 < quantity(row.spread, UNITS[row.quantity], row.quantity) < 1.5 * abs(value)
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
    assert ferro == fespin.Ferromagnet(conductivity=1 / 21e-8, spin_diffusion_length=38e-9, polarization=0.4,
                                       uncertainty={"spin_diffusion_length": 12e-9})  # fmt: skip


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


# value, uncertainty (the larger of two), whether the number was read in its source; as the literature has it
PUBLISHED = [
    ("Cu-10K", "spin_diffusion_length", 200e-9, 20e-9, True),
    ("Cu", "spin_diffusion_length", 350e-9, 0, False),
    ("Cu-4K", "spin_diffusion_length", 1000e-9, 0, False),
    ("Cu98Ge2", "spin_diffusion_length", 117e-9, 10e-9, True),
    ("Ag96Sn4", "spin_diffusion_length", 39e-9, 3e-9, True),
    ("Al", "spin_diffusion_length", 500e-9, 0, True),
    ("Al-4K", "spin_diffusion_length", 650e-9, 0, False),
    ("Al-island", "spin_lifetime", 60e-12, 0, True),
    ("Al-island", "tunnel_polarization", 0.08, 0, True),
    ("Ag", "spin_diffusion_length", 449e-9, 30e-9, True),
    ("Ag-epitaxial", "spin_diffusion_length", 823e-9, 59e-9, True),
    ("Au", "spin_diffusion_length", 63e-9, 15e-9, True),
    ("Py", "resistivity_times_length", 0.91e-15, 0.04e-15, True),
    ("Py-4K", "spin_diffusion_length", 5.5e-9, 1e-9, True),
    ("Py-4K", "polarization", 0.65, 0.1, True),
    ("Ni", "spin_diffusion_length", 21e-9, 2e-9, True),
    ("Co-4K", "spin_diffusion_length", 59e-9, 18e-9, False),
    ("Co", "spin_diffusion_length", 38e-9, 12e-9, False),
    ("CoFe-4K", "spin_diffusion_length", 12e-9, 1e-9, False),
    ("Fe", "spin_diffusion_length", 8.5e-9, 1.5e-9, False),
    ("Pt-product", "spin_hall_conductivity", 1.6e5, 0.15e5, True),
    ("Pt-short", "spin_diffusion_length", 1.4e-9, 0.3e-9, True),
    ("Pt", "spin_diffusion_length", 3.4e-9, 0.4e-9, True),
    ("Pt", "spin_hall_angle", 0.051, 0.004, True),
    ("Pt-YIG", "spin_hall_angle", 0.11, 0.08, True),
    ("Pt-YIG", "spin_diffusion_length", 1.5e-9, 0.5e-9, True),
    ("Pt-YIG-angle", "spin_diffusion_length", 1.1e-9, 0.3e-9, True),
    ("Pt-YIG-angle", "spin_hall_angle", 0.08, 0, True),
    ("Ta-resistive", "spin_hall_conductivity", -0.82e5, 0.12e5, True),
    ("Ta-resistive", "spin_hall_angle", -0.35, 0.03, True),
    ("Ta-torque", "spin_hall_magnitude", 0.15, 0.03, True),
    ("Ta", "spin_diffusion_length", 2.5e-9, 0, True),
    ("Ta", "spin_hall_angle", -0.1, 0.01, True),
    ("W", "spin_hall_magnitude", 0.30, 0.02, True),
    ("W-alpha", "spin_hall_conductivity", 3.71e5, 0, True),
    ("Co/Pt", "spin_memory_loss", 0.9, 0.5, True),
    ("Co/Pt", "area_resistance", 0.74e-15, 0.15e-15, True),
    ("Co/Pt", "asymmetry", 0.58, 0.12, True),
    ("Co/Cu", "spin_memory_loss", 0.33, 0.08, True),
    ("Co/Cu", "asymmetry", 0.77, 0.04, False),
    ("Co/Cu", "area_resistance", 0.51e-15, 0.02e-15, False),
    ("Co/Cu", "mixing_conductance", 0.55e15, 0, False),
    ("Co90Fe10/Cu", "spin_memory_loss", 0.19, 0.04, True),
    ("Co90Fe10/Cu", "area_resistance", 1.1e-15 / 2, 0.2e-15 / 2, True),
    ("Co90Fe10/Cu", "asymmetry", 0.8, 0.1, True),
    ("Co/Ru", "spin_memory_loss", 0.34, 0.04, True),
    ("Ni/Ru", "area_resistance", 1.7e-15 / 2, 0.4e-15 / 2, True),
    ("Ni/Ru", "asymmetry", 0.15, 0.03, True),
    ("Pd/Ir", "area_resistance", 1.02e-15 / 2, 0.06e-15 / 2, True),
    ("Py/Cu", "area_resistance", 0.5e-15, 0.04e-15, False),
    ("Py/Cu", "asymmetry", 0.76, 0.1, True),
    ("Pt/YIG", "mixing_conductance", 7e14, 3e14, True),
    ("Pt/YIG", "mixing_conductance_imaginary", 5e13, 3e13, True),
]


@pytest.mark.parametrize(("name", "key", "value", "spread", "confirmed"), PUBLISHED)
def test_rows_are_as_published(name: str, key: str, value: float, spread: float, confirmed: bool) -> None:
    row = (interface_table.interface_entry if "/" in name else table.entry)(name).get(key)
    assert row is not None
    assert quantity(row.value, UNITS[key], "") == pytest.approx(value, rel=1e-9)
    found = quantity(row.spread, UNITS[key], "") if row.uncertainty else 0
    assert found == pytest.approx(spread, rel=1e-9)
    assert row.confirmed is confirmed


def test_channels_per_area_become_siemens() -> None:
    """1.3e18 channels per m^2 times e^2/h."""
    from scipy.constants import e, h

    row = interface_table.interface_entry("Pt/YIG-channels").get("mixing_conductance")
    assert row is not None
    assert quantity(row.value, "S/m^2", "") == pytest.approx(1.3e18 * e**2 / h, rel=2e-3)


def test_uncertainties_of_the_table_reach_the_device(tmp_path: Path) -> None:
    """Py of another resistivity: the length has the relative error of the product; what the user gives has his."""
    path = device_file(tmp_path, 'base = "Py"\nresistivity = "50 uohm cm +- 10 %"', 'base = "Pt"')
    with pytest.warns(fespin.MaterialWarning):
        device = fespin.load(path)
    py, pt = (dict(device.regions[name].material.uncertainty) for name in ("ferro", "normal"))
    assert py == {"conductivity": pytest.approx(0.1 / 50e-8), "spin_diffusion_length": pytest.approx(0.08e-9)}
    assert pt == {"spin_diffusion_length": 0.4e-9}


@pytest.mark.filterwarnings("ignore::fespin.errors.MaterialWarning")
def test_interface_starts_from_the_table(tmp_path: Path) -> None:
    """AR*, asymmetry and memory loss with their errors; conductances of the user replace the first two."""
    path = device_file(tmp_path, 'base = "Co"', 'base = "Cu"')
    text = path.read_text() + '[interfaces.fn]\nbetween = ["ferro", "normal"]\nbase = "Co/Pt"\n'
    path.write_text(text)
    with pytest.warns(fespin.MaterialWarning):
        face = fespin.load(path).interfaces["fn"]
    assert (face.area_resistance, face.asymmetry) == (pytest.approx(0.74e-15), pytest.approx(0.58))
    assert dict(face.uncertainty) == {"area_resistance": pytest.approx(0.15e-15), "asymmetry": 0.12,
                                      "spin_memory_loss": 0.5}  # fmt: skip
    path.write_text(text + 'conductance_up = "1e15 S/m^2"\nconductance_down = "5e14 +- 1e14 S/m^2"\n')
    with pytest.warns(fespin.MaterialWarning):
        face = fespin.load(path).interfaces["fn"]
    assert dict(face.uncertainty) == {"conductance_down": 1e14, "spin_memory_loss": 0.5}
    path.write_text(text.replace("Co/Pt", "Co/Cu"))
    with pytest.warns(fespin.MaterialWarning, match=r"\[interfaces.fn\] takes asymmetry.*unconfirmed"):
        fespin.load(path)
    path.write_text(text.replace("Co/Pt", "Co/Pd"))
    with pytest.raises(DeviceError, match="did you mean 'Co/Pt'"), pytest.warns(fespin.MaterialWarning):
        fespin.load(path)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"38 +- 12 +- 3 nm"', "one value with one uncertainty"),
        ('"38 nm +- 12"', "unit of its uncertainty"),
        ('"38 nm +- -12 nm"', "not negative"),
        ('"38 nm +- 1 kg"', "unit that converts to m"),
        ('"38 nm +- inf nm"', "finite"),
        ('"inf +- 1 nm"', "finite"),
        ('"+- 12 nm"', "a value and its uncertainty"),
        ('"38 nm +-"', "a value and its uncertainty"),
    ],
)
def test_nonsense_uncertainties_are_refused(value: str, message: str, tmp_path: Path) -> None:
    path = device_file(tmp_path, 'base = "Co"', f'kind = "normal"\nresistivity = 3e-8\nspin_diffusion_length = {value}')
    with pytest.raises(DeviceError, match=message), pytest.warns(fespin.MaterialWarning):
        fespin.load(path)


@pytest.mark.parametrize("text", ["38 +- 12 nm", "38 nm +- 12 nm", "(38 +- 12) nm", "38±12 nm", "38 nm +/- 12 nm"])
def test_ways_to_write_an_uncertainty(text: str) -> None:
    assert measured(text, "m", "") == (38e-9, 12e-9)


def test_mixing_conductance_in_channels_per_area(tmp_path: Path) -> None:
    """1/m^2 is taken times e^2/h; other units are refused."""
    ferro = 'kind = "ferromagnet"\nresistivity = 2e-7\nspin_diffusion_length = 4e-8\npolarization = 0.4'
    path = device_file(tmp_path, ferro, 'kind = "normal"\nresistivity = 3e-8\nspin_diffusion_length = "inf"')
    text = path.read_text() + '[interfaces.fn]\nbetween = ["ferro", "normal"]\nconductance_up = 1e13\n'
    text += 'conductance_down = 1e13\nmixing_conductance = "1.3e18 +- 1e17 1/m^2"\n'
    path.write_text(text)
    face = fespin.load(path).interfaces["fn"]
    assert face.mixing_conductance == pytest.approx(1.3e18 * 3.874046e-5, rel=1e-6)
    assert dict(face.uncertainty)["mixing_conductance.real"] == pytest.approx(3.874046e12, rel=1e-6)
    path.write_text(text.replace("1/m^2", "1/m"))
    with pytest.raises(DeviceError, match="unit that converts to S/m"):
        fespin.load(path)
