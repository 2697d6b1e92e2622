"""``[exchange.NAME]`` of device files: read, checked, written, shown."""

import math
from pathlib import Path

import pytest

import fespin
from fespin.cli import main
from fespin.errors import DeviceError, InputError
from fespin.exchange import TTF_CA, CuriePeak, ExchangeCoupling, FieldTable, Junction, MagneticLayer

FILES = Path(__file__).parents[2] / "examples" / "exchange"
CURIE, FIELD = FILES / "curie.toml", FILES / "field.toml"


@pytest.fixture
def changed(tmp_path):
    """The shipped device with parts of its text replaced, loaded."""

    def load(*changes, source=CURIE):
        text = source.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        for name in ("junction.msh", "butterfly.csv"):
            (tmp_path / name).write_bytes((FILES / name).read_bytes())
        (tmp_path / "d.toml").write_text(text, encoding="utf-8")
        return fespin.load(tmp_path / "d.toml")

    return load


def test_what_the_file_says():
    """Layers, junction, permittivity and conditions of the shipped device."""
    exchange = fespin.load(CURIE).exchanges["barrier"]
    fixed, free = exchange.layers
    assert exchange.regions == ("fixed", "free")
    assert (fixed.thickness, free.thickness) == (10e-9, 2e-9)
    assert free.saturation_magnetization == 8e5
    assert (fixed.anisotropy, free.anisotropy) == (5e4, 50.0)
    assert free.easy_axis == (0, 0, 1)
    assert exchange.permittivity == TTF_CA
    assert exchange.temperature == 30
    expected = fespin.exchange.exchange_coupling(
        Junction(well_depth="5 eV", splitting="4.831 eV", barrier_height="0.1 eV", thickness="1 nm"), temperature=30
    )
    assert exchange.energy() == pytest.approx(expected.total(TTF_CA(30)), rel=1e-14)


@pytest.mark.parametrize("file", [CURIE, FIELD], ids=["curie", "field"])
def test_files_come_back_equal(file, tmp_path):
    """Written and read again: the same device."""
    device = fespin.load(file)
    again = fespin.load(device.write(tmp_path / "again.toml"))
    assert again == device
    assert again.exchanges["barrier"].energy() == device.exchanges["barrier"].energy()


def test_every_key_survives(changed, tmp_path):
    """Different leads, axes of single layers, film normals, an applied field, the model's words."""
    device = changed(
        ("easy_axis = [0, 0, 1]", "easy_axis = [[0, 0, 1], []]\nfilm_normal = [[], [1, 0, 0]]\n"
                                  'applied_field = ["1 mT", 0, "-2 mT"]'),
        ('["5e4 J/m^3", "50 J/m^3"]', '["5e4 J/m^3", 0]'),
        ('splitting = "4.831 eV"', 'splitting = ["4 eV", "1.5 eV"]\nhop = "asymptotic"\ncontact = "tf"\n'
                                   'printed_prefactor = true\naccuracy = "fast"\neffective_mass = 0.5'),
        ('"TTF-CA"', '{ background = 5, height = 1, curie_temperature = "9 K", width = 2 }'),
    )  # fmt: skip
    exchange = device.exchanges["barrier"]
    fixed, free = exchange.layers
    assert (fixed.easy_axis, free.easy_axis, fixed.film_normal, free.film_normal) == ((0, 0, 1), None, None, (1, 0, 0))
    assert exchange.applied_field == (1e-3, 0, -2e-3)
    assert exchange.permittivity == CuriePeak(background=5, height=1, curie_temperature=9, width=2)
    assert (exchange.model.hop, exchange.model.contact, exchange.model.accuracy) == ("asymptotic", "tf", "fast")
    assert exchange.junction.splitting[1] / exchange.junction.splitting[0] == 0.375
    assert fespin.load(device.write(tmp_path / "again.toml")) == device


def test_inline_tables(changed):
    """A table of permittivities in the file itself, with units; one branch is enough."""
    inline = 'permittivity = { field = ["-1 MV/cm", "1 MV/cm"], increasing = [10, 20], clip = true }'
    device = changed(('permittivity = { file = "butterfly.csv", interpolation = "pchip" }', inline), source=FIELD)
    assert device.exchanges["barrier"].permittivity == FieldTable(field=(-1e8, 1e8), increasing=(10, 20), clip=True)
    assert device.exchanges["barrier"].permittivity_now() == 15


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('layers = ["fixed", "free"]', 'layers = ["fixed", "fre"]', "'fre', which the device does not have; did"),
        ('layers = ["fixed", "free"]', 'layers = ["fixed", "lead"]', "'lead', which is no magnet; known: fixed, free"),
        ('layers = ["fixed", "free"]', 'layers = ["fixed", "fixed"]', "two different regions, got 'fixed'"),
        ('layers = ["fixed", "free"]', 'layers = "fixed"', "layers must be the names of two regions"),
        ("[exchange.barrier]", "[exchange.barrier]\nfilm_norm = 1", "'film_norm'; did you mean 'film_normal'"),
        ('height = "0.1 eV"', 'heigt = "0.1 eV"', "unknown key 'heigt'; did you mean 'height'"),
        ('height = "0.1 eV"', 'height = ["0.1 eV", "0.2 eV"]', "the leads share one Fermi level|one number"),
        ('height = "0.1 eV"', 'height = "6 eV"', "well_depth must be more than the barrier_height"),
        ('height = "0.1 eV"\n', "", "must have the key 'height'"),
        ('well_depth = "5 eV"', 'well_depth = "5 nm"', "converts to J"),
        ('temperature = "30 K"\n', "", "temperature must be given for a permittivity that depends on it"),
        ('temperature = "30 K"', 'temperature = "-1 K"', "temperature must be a finite number in K, not negative"),
        ('permittivity = "TTF-CA"', "permittivity = 0.5", "permittivity must be finite and at least 1"),
        ('permittivity = "TTF-CA"', 'permittivity = "HZO"', "a number, 'TTF-CA' or a table"),
        ('permittivity = "TTF-CA"', 'permittivity = { file = "none.csv" }', "none.csv cannot be read as a table"),
        ('"TTF-CA"', "{ field = [0, 1], increasng = [1, 2] }", "did you mean 'increasing'"),
        ('"TTF-CA"', "{ field = [0, 1], increasing = [1, 2] }", "electric_field must be given"),
        ('["10 nm", "2 nm"]', '["10 nm", "2 nm", "3 nm"]', "one value or a list of two"),
        ('["10 nm", "2 nm"]', '["10 nm", "0 nm"]', "thickness must be a positive finite number in m"),
        ('["1.1e6 A/m", "8e5 A/m"]', '["1.1e6 A/m", "8e5 T"]', "converts to A/m"),
        ("easy_axis = [0, 0, 1]", "easy_axis = [0, 0, 0]", "not all zero"),
        ("easy_axis = [0, 0, 1]\n", "", "easy_axis must be given with an anisotropy"),
        ("easy_axis = [0, 0, 1]", 'easy_axis = [0, 0, 1]\napplied_field = ["1 mT"]', "three finite numbers"),
        ("easy_axis = [0, 0, 1]", 'easy_axis = [0, 0, 1]\napplied_field = [0, 0, "1 A/m"]', "converts to T"),
        ("[exchange.barrier]", "[exchange]\nother = 3\n\n[exchange.barrier]", r"\[exchange\] other must be a table"),
    ],
)  # fmt: skip
def test_bad_files(changed, old, new, match):
    """One sentence with file, table and key."""
    with pytest.raises(DeviceError, match=match) as caught:
        changed((old, new))
    assert str(caught.value).count("\n") == 0
    assert "d.toml" in str(caught.value)


def test_bad_tables_of_permittivity(changed, tmp_path):
    """Heads and columns of CSV files."""
    for text, match in (("E,eps\n1,2\n", "must begin with the line"), ("field,increasing\n1,2\n2\n", "2 numbers in"),
                        ("field,increasing\n1,x\n2,3\n", "increasing must be"), ("", "must begin"),
                        ("field,increasing\n2,3\n1,3\n", "strictly increasing")):  # fmt: skip
        (tmp_path / "t.csv").write_text(text)
        with pytest.raises(DeviceError, match=match):
            changed(('permittivity = { file = "butterfly.csv", interpolation = "pchip" }',
                     'permittivity = { file = "t.csv" }'), source=FIELD)  # fmt: skip


def test_layers_of_two_tables_must_agree():
    """A layer between two barriers is one layer, and one field acts on all."""
    device = fespin.load(CURIE)
    first = device.exchanges["barrier"]
    fixed, free = first.layers
    other = MagneticLayer(region="free", thickness=3e-9, saturation_magnetization=8e5)
    with pytest.raises(DeviceError, match="describe the layer 'free' differently"):
        device.replace(exchanges={"a": first, "b": first.replace(layers=(fixed, other))})
    with pytest.raises(DeviceError, match="give different applied fields"):
        device.replace(exchanges={"a": first, "b": first.replace(applied_field=(0, 0, 1e-3))})
    with pytest.raises(InputError, match="must be an ExchangeCoupling"):
        device.replace(exchanges={"a": 3})
    assert len(device.replace(exchanges={"a": first, "b": first.replace(layers=(free, fixed))}).exchanges) == 2


def test_values_are_checked_in_python():
    """The same rules without a file."""
    layers = fespin.load(CURIE).exchanges["barrier"].layers
    good = {"layers": layers, "junction": Junction(well_depth="5 eV", splitting="4 eV", barrier_height="0.5 eV",
                                                   thickness="1 nm"), "permittivity": 4.5}  # fmt: skip
    assert math.isfinite(ExchangeCoupling(**good).energy())
    for change, match in (({"layers": layers[:1]}, "two MagneticLayers"), ({"junction": 1}, "a Junction"),
                          ({"permittivity": "x"}, "must be a number"), ({"permittivity": math.inf}, "at least 1"),
                          ({"model": "fast"}, "ExchangeModel"), ({"electric_field": math.inf}, "finite, V/m"),
                          ({"electric_field": 1e6}, "left out for a permittivity that does not depend"),
                          ({"applied_field": 3}, "three finite numbers")):  # fmt: skip
        with pytest.raises(InputError, match=match):
            ExchangeCoupling(**{**good, **change})


def test_info_shows_the_coupling(capsys):
    """``fespin info``."""
    assert main(["info", str(CURIE)]) == 0
    assert "exchange    barrier: fixed and free, H_ex = 8.00543e-07 J/m^2" in capsys.readouterr().out


def test_transport_does_not_know_of_exchange():
    """The matrix is that of the drawn directions."""
    device = fespin.load(CURIE)
    with_it, without = fespin.conductance(device), fespin.conductance(device.replace(exchanges={}))
    assert (with_it.values == without.values).all()
