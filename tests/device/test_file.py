"""Device files: what may be written in them, what comes back out, what is refused."""

from __future__ import annotations

import dataclasses
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mesh_builders import (
    DATA,
    DEVICE_TOML,
    NORMAL,
    changed,
    line_device,
    line_mesh,
    strip_text,
    wire_device,
    write_strip,
)
from scipy.constants import e

import fespin
from fespin import Device, DeviceError, Ferromagnet, HalfMetal, InputError, Mesh, NormalMetal, Region

CU = 'kind = "normal"\nresistivity = "10 uohm cm"\nspin_diffusion_length = "inf"\n'
CO = DEVICE_TOML[DEVICE_TOML.index('kind = "ferromagnet"') : DEVICE_TOML.index("\n[regions]")]


def load(folder: Path, toml: str = DEVICE_TOML) -> Device:
    return fespin.load(write_strip(folder, toml))


def material(folder: Path, entry: str) -> object:
    """The material that this table describes, in place of Cu."""
    device = load(folder, changed(CU, entry + "\n"))
    return device.regions["normal"].material


def error(folder: Path, toml: str) -> str:
    path = write_strip(folder, toml)
    with pytest.raises(DeviceError) as caught:
        fespin.load(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


class TestForms:
    def test_contract_example(self, tmp_path):
        device = load(tmp_path)
        assert device.name == "strip"
        assert device.length_unit == 1e-9
        assert device.thickness == 1e-9
        assert device.regions["normal"].material == NormalMetal(conductivity=1e7)
        assert device.regions["normal"].magnetization is None
        co = Ferromagnet(conductivity=5e6, polarization=0.4, spin_diffusion_length=38e-9)
        assert device.regions["ferro"] == Region(material=co, magnetization=(0, 0, 1))
        assert dict(device.terminals) == {"left": "left", "right": "right"}
        assert device.volumes() == pytest.approx({"normal": 2e-27, "ferro": 2e-27})

    def test_defaults(self, tmp_path):
        """Metres, and the name of the file."""
        device = load(tmp_path, changed('name = "strip"\n', "").replace('length_unit = "nm"\n', ""))
        assert device.name == "strip"
        assert device.length_unit == 1.0

    @pytest.mark.parametrize(
        "unit", ['"nm"', '"1 nm"', '"1e-9 m"', '"1e-9"', "1e-9", '"0.001 um"', '" nm"', '"10 angstrom"']
    )
    def test_length_unit(self, tmp_path, unit):
        assert load(tmp_path, changed('length_unit = "nm"', f"length_unit = {unit}")).length_unit == 1e-9

    @pytest.mark.parametrize(
        "entry",
        [
            'resistivity = "10 uohm cm"',
            'resistivity = "1e-7 ohm m"',
            'resistivity = "100 nohm*m"',
            "resistivity = 1e-7",
            'resistivity = "1e-7"',
            'conductivity = "1e7 S/m"',
            'conductivity = "1e5 S/cm"',
            'conductivity = "10 MS/m"',
            "conductivity = 10_000_000",
            'conductivity = "1e7 (ohm m)^-1"',
        ],
    )
    def test_resistivity_or_conductivity(self, tmp_path, entry):
        """Every unit of the right dimension; a bare number is SI."""
        found = material(tmp_path, f'kind = "normal"\nspin_diffusion_length = inf\n{entry}')
        assert found.conductivity == pytest.approx(1e7, rel=1e-15)

    @pytest.mark.parametrize("value", ['"350 nm"', '"0.35 um"', '"3500 angstrom"', "3.5e-7", '"3.5e-7 m"', '"350nm"'])
    def test_spin_diffusion_length(self, tmp_path, value):
        found = material(tmp_path, f'kind = "normal"\nconductivity = 1e7\nspin_diffusion_length = {value}')
        assert found.spin_diffusion_length == pytest.approx(350e-9, rel=1e-15)

    @pytest.mark.parametrize("value", ["inf", '"inf"', '"inf nm"', '"Infinity"', '"+inf m"'])
    def test_no_relaxation(self, tmp_path, value):
        found = material(tmp_path, f'kind = "normal"\nconductivity = 1e7\nspin_diffusion_length = {value}')
        assert found.spin_diffusion_length == math.inf

    def test_diffusivity_or_density_of_states(self, tmp_path):
        """sigma = e^2 N D with N the states of both spins together."""
        common = 'kind = "normal"\nconductivity = 1e7\nspin_diffusion_length = inf\n'
        assert material(tmp_path, common + 'diffusivity = "200 cm^2/s"').diffusivity == pytest.approx(0.02)
        states = 1e7 / (e**2 * 0.02)
        found = material(tmp_path, common + f'density_of_states = "{states!r} 1/(J m^3)"')
        assert found.diffusivity == pytest.approx(0.02)
        found = material(tmp_path, common + f'density_of_states = "{states * e!r} 1/(eV m^3)"')
        assert found.diffusivity == pytest.approx(0.02)

    def test_half_metal(self, tmp_path):
        toml = changed('kind = "ferromagnet"', 'kind = "half-metal"').replace("polarization = 0.4", "polarization = -1")
        found = load(tmp_path, toml).regions["ferro"].material
        assert found == HalfMetal(conductivity=5e6, polarization=-1, spin_diffusion_length=38e-9)

    @pytest.mark.parametrize("polarization", ["0.36", '"36 %"', '"0.36"'])
    def test_pure_numbers(self, tmp_path, polarization):
        device = load(tmp_path, changed("polarization = 0.4", f"polarization = {polarization}"))
        assert device.regions["ferro"].material.polarization == pytest.approx(0.36)

    def test_groups_by_number(self, tmp_path):
        toml = changed('normal = "Cu"', 'normal = { material = "Cu", group = 3 }')
        toml = changed('left = "left"', "left = 1", toml)
        assert load(tmp_path, toml).volumes() == load(tmp_path).volumes()

    def test_quoted_keys(self, tmp_path):
        """Names with dots, spaces and quotes are TOML's quoted keys."""
        names = {(1, 1): "left", (1, 2): "right", (2, 3): "layer 1.5 (Cu)", (2, 4): "ferro"}
        toml = changed('normal = "Cu"', '"layer 1.5 (Cu)" = "Cu"')
        device = fespin.load(write_strip(tmp_path, toml, strip_text(names=names)))
        assert "layer 1.5 (Cu)" in device.regions

    def test_mesh_path_is_relative_to_the_file(self, tmp_path, monkeypatch):
        """Not to the current folder."""
        (tmp_path / "a" / "meshes").mkdir(parents=True)
        write_strip(tmp_path / "a" / "meshes")
        path = tmp_path / "a" / "strip.toml"
        path.write_text(changed('mesh = "strip.msh"', 'mesh = "meshes/../meshes/strip.msh"'))
        monkeypatch.chdir(tmp_path)
        assert len(fespin.load("a/strip.toml").mesh.cells) == 4
        monkeypatch.chdir(tmp_path / "a" / "meshes")
        assert len(fespin.load("../strip.toml").mesh.cells) == 4

    def test_absolute_mesh_path(self, tmp_path):
        write_strip(tmp_path)
        (tmp_path / "b").mkdir()
        toml = changed('mesh = "strip.msh"', f'mesh = "{(tmp_path / "strip.msh").as_posix()}"')
        (tmp_path / "b" / "device.toml").write_text(toml)
        assert len(fespin.load(tmp_path / "b" / "device.toml").mesh.cells) == 4

    def test_byte_order_mark(self, tmp_path):
        path = write_strip(tmp_path)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert fespin.load(path).name == "strip"

    def test_path_or_string(self, tmp_path):
        path = write_strip(tmp_path)
        assert fespin.load(str(path)) == fespin.load(path)


QUANTITIES = {  # key -> (the line to replace, unit of a wrong dimension, SI unit in the message)
    "length_unit": ('length_unit = "nm"', "s", "m"),
    "thickness": ('thickness = "1 nm"', "nm^2", "m"),
    "resistivity": ('resistivity = "10 uohm cm"', "S/m", "ohm m"),
    "conductivity": ('conductivity = "5e6 S/m"', "ohm m", "S/m"),
    "spin_diffusion_length": ('spin_diffusion_length = "38 nm"', "1/nm", "m"),
    "polarization": ("polarization = 0.4", "m", "pure number"),
}


class TestQuantities:
    @pytest.mark.parametrize("key", QUANTITIES)
    def test_wrong_dimension(self, tmp_path, key):
        line, unit, si = QUANTITIES[key]
        message = error(tmp_path, changed(line, f'{key} = "0.5 {unit}"'))
        assert key in message
        assert f"converts to {si}" in message or f"converts to a {si}" in message
        assert f"got '0.5 {unit}'" in message

    @pytest.mark.parametrize("key", QUANTITIES)
    @pytest.mark.parametrize(
        "value",
        [
            "true",
            "nan",
            '"nan"',
            '"nan m"',
            '""',
            '"nm"',
            '"abc"',
            "[1]",
            "{ a = 1 }",
            "1979-05-27",
            '"1 parsec per fortnight"',
            '"1 nm nm"',
            '"1 -nm"',
            '"1 9**9**9"',
            '"1 m/0"',
            '"1,5 nm"',
            '"1 nm; 2"',
            '"1 ("',
            "1" + 400 * "0",
        ],
    )
    def test_not_a_quantity(self, tmp_path, key, value):
        line, _, _ = QUANTITIES[key]
        if (key, value) == ("length_unit", '"nm"'):
            assert load(tmp_path, changed(line, f"{key} = {value}")).length_unit == 1e-9
        else:
            assert key in error(tmp_path, changed(line, f"{key} = {value}"))

    @pytest.mark.parametrize("key", QUANTITIES)
    @pytest.mark.parametrize("value", ["inf", '"-inf"', "-1e3", '"-2"'])
    def test_out_of_range(self, tmp_path, key, value):
        """Infinite or negative; only the spin diffusion length may be infinite."""
        line, _, _ = QUANTITIES[key]
        toml = changed(line, f"{key} = {value}")
        if (key, value) == ("spin_diffusion_length", "inf"):
            assert load(tmp_path, toml).regions["ferro"].material.spin_diffusion_length == math.inf
        else:
            assert key in error(tmp_path, toml)

    @pytest.mark.parametrize(
        "key", ["length_unit", "thickness", "resistivity", "conductivity", "spin_diffusion_length"]
    )
    def test_zero(self, tmp_path, key):
        assert key in error(tmp_path, changed(QUANTITIES[key][0], f"{key} = 0"))

    @pytest.mark.parametrize("key", ["diffusivity", "density_of_states"])
    @pytest.mark.parametrize("value", ['"1 m"', "0", "-1", "inf", "nan", "true", "1e-300"])
    def test_time_scales(self, tmp_path, key, value):
        line = "polarization = 0.4"
        toml = changed(line, f"{line}\n{key} = {value}")
        if (key, value) == ("diffusivity", "1e-300"):
            assert load(tmp_path, toml)
        else:
            assert key in error(tmp_path, toml)


class TestUnknownAndMissing:
    @pytest.mark.parametrize(
        ("old", "new", "what"),
        [
            (
                "[device]\n",
                "[device]\nthicknes = 1\n",
                "[device] has the unknown key 'thicknes'; did you mean 'thickness'?",
            ),
            (
                CO,
                CO + "polarisation = 0.1\n",
                "[materials.Co] has the unknown key 'polarisation'; did you mean 'polarization'?",
            ),
            ("magnetization = [0, 0, 1]", "magnetisation = [0, 0, 1]", "did you mean 'magnetization'?"),
            (
                "[terminals]",
                "[terminal]\n[terminals]",
                "the file has the unknown key 'terminal'; did you mean 'terminals'?",
            ),
            (
                'normal = "Cu"',
                'normal = "Cuu"',
                "names the material 'Cuu', which is not under [materials]; did you mean 'Cu'?",
            ),
            ('left = "left"', 'left = "lefft"', "called 'lefft'; did you mean 'left'?"),
            ("ferro = {", "fero = {", "no group of cells called 'fero'; did you mean 'ferro'?"),
            ('kind = "normal"', 'kind = "metal"', "kind must be one of normal, ferromagnet, half-metal, got 'metal'"),
        ],
    )
    def test_suggestions(self, tmp_path, old, new, what):
        assert what in error(tmp_path, changed(old, new))

    @pytest.mark.parametrize(
        ("old", "what"),
        [
            ('mesh = "strip.msh"\n', "[device] must have the key 'mesh'"),
            ('kind = "normal"\n', "[materials.Cu] kind must be one of"),
            (
                'resistivity = "10 uohm cm"\n',
                "[materials.Cu] must have exactly one of 'resistivity' and 'conductivity', got none",
            ),
            (
                'spin_diffusion_length = "inf"\n',
                "[materials.Cu] must have the key 'spin_diffusion_length', got none; inf switches",
            ),
            ("polarization = 0.4\n", "[materials.Co] must have the key 'polarization'"),
            (
                ", magnetization = [0, 0, 1]",
                "[regions] ferro: Region.magnetization must be three numbers for a Ferromagnet",
            ),
            ('left = "left"\nright = "right"\n', "must have a table [terminals]"),
        ],
    )
    def test_missing_keys(self, tmp_path, old, what):
        assert what in error(tmp_path, changed(old, ""))

    @pytest.mark.parametrize("table", ["device", "materials", "regions", "terminals"])
    def test_missing_tables(self, tmp_path, table):
        message = error(tmp_path, DEVICE_TOML.replace(f"[{table}", f"[x{table}"))
        assert table in message

    @pytest.mark.parametrize("section", ["interfaces.fn", "field", "interfaces"])
    def test_unknown_keys_of_optional_tables(self, tmp_path, section):
        assert "x" in error(tmp_path, DEVICE_TOML + f"\n[{section}]\nx = 1\n")

    @pytest.mark.parametrize("key", ["spin_hall_angle", "transverse_length", "precession_length"])
    def test_material_keys_of_other_kinds(self, tmp_path, key):
        old = CO if key == "spin_hall_angle" else 'kind = "normal"\n'
        message = error(tmp_path, changed(old, old + f"{key} = 0.1\n"))
        assert key in message
        assert "leave it out" in message


NAME = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12
) | st.sampled_from(['a"b', "a\\b", "a.b", " a b ", "Größe µm", "\t", "'", "#", "[x]", "\U0001f9f2", "true", "1"])
POSITIVE = st.floats(min_value=1e-30, max_value=1e30)
DIFFUSIVITY = st.none() | POSITIVE
LENGTH = st.just(math.inf) | POSITIVE
NORMALS = st.builds(NormalMetal, conductivity=POSITIVE, spin_diffusion_length=LENGTH, diffusivity=DIFFUSIVITY)
MAGNETS = st.builds(
    Ferromagnet,
    conductivity=POSITIVE,
    spin_diffusion_length=LENGTH,
    diffusivity=DIFFUSIVITY,
    polarization=st.floats(-1, 1, exclude_min=True, exclude_max=True),
) | st.builds(
    HalfMetal,
    conductivity=POSITIVE,
    spin_diffusion_length=LENGTH,
    diffusivity=DIFFUSIVITY,
    polarization=st.sampled_from([1, -1]),
)
AXES = st.tuples(*[st.floats(-1e3, 1e3)] * 3).filter(any)
# between half metals spins must relax, or a channel is undetermined
SPACERS = st.builds(
    Region,
    material=st.builds(NormalMetal, conductivity=POSITIVE, spin_diffusion_length=POSITIVE, diffusivity=DIFFUSIVITY),
)
REGIONS = st.builds(Region, material=NORMALS) | st.builds(Region, material=MAGNETS, magnetization=AXES)


@st.composite
def devices(draw) -> Device:
    """Lines of up to four regions with normal metal between magnets, so that any axes are allowed."""
    names = draw(st.lists(NAME.filter(lambda n: "\n" not in n), min_size=1, max_size=4, unique=True))
    regions = [draw((SPACERS, REGIONS)[i % 2] if i else st.builds(Region, material=NORMALS)) for i in range(len(names))]
    owner = np.array(draw(st.lists(st.integers(0, len(names) - 1), min_size=8, max_size=8)))
    owner[: len(names)] = range(len(names))
    owner = np.sort(owner)
    ends = draw(st.lists(NAME.filter(lambda n: "\n" not in n), min_size=2, max_size=2, unique=True))
    terminals = draw(st.lists(NAME, min_size=2, max_size=2, unique=True))
    steps = draw(st.lists(st.floats(0.1, 10), min_size=8, max_size=8))
    mesh = line_mesh(
        8,
        points=np.concatenate([[0], np.cumsum(steps)])[:, None],
        regions={name: np.flatnonzero(owner == i) for i, name in enumerate(names)},
        boundaries={ends[0]: [[0]], ends[1]: [[8]]},
    )
    return Device(
        mesh=mesh,
        regions=dict(zip(names, regions, strict=True)),
        terminals=dict(zip(terminals, ends, strict=True)),
        length_unit=draw(POSITIVE),
        cross_section=draw(POSITIVE),
        name=draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=12)),
    )


class TestRoundTrip:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(device=devices())
    def test_any_device_reads_back_equal(self, tmp_path, device):
        """To the last bit: materials, magnetizations, lengths, coordinates and names."""
        path = device.write(tmp_path / "device.toml", overwrite=True)
        assert fespin.load(path) == device

    @settings(max_examples=200, deadline=None)
    @given(axis=AXES)
    def test_unit_vectors_stay_what_they_are(self, axis):
        """Normalising twice changes nothing, so files keep directions."""
        once = Region(material=Ferromagnet(conductivity=1, polarization=0), magnetization=axis)
        assert dataclasses.replace(once) == once
        assert np.linalg.norm(once.magnetization) == pytest.approx(1, abs=1e-15)

    @pytest.mark.parametrize("form", ["22a", "41b"])
    def test_device_from_a_file_keeps_its_mesh(self, tmp_path, form):
        """The device file points at the mesh where it is; nothing is copied."""
        (tmp_path / "in").mkdir()
        (tmp_path / "out").mkdir()
        (tmp_path / "in" / "wire.msh").write_bytes((DATA / f"quad_{form}.msh").read_bytes())
        device = wire_device(tmp_path / "in" / "wire.msh", "quad")
        path = device.write(tmp_path / "out" / "copy.toml")
        assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["copy.toml"]
        assert 'mesh = "../in/wire.msh"' in path.read_text()
        assert fespin.load(path) == device

    def test_regions_that_alternate(self, tmp_path):
        """Cells keep their order, whatever region they are in."""
        mesh = line_mesh(regions={"a": np.arange(0, 10, 2), "b": np.arange(9, 0, -2)})
        device = line_device(mesh=mesh, regions={"a": NORMAL, "b": NormalMetal(conductivity=2e7)})
        assert fespin.load(device.write(tmp_path / "x.toml")) == device

    def test_cell_in_two_groups(self, tmp_path):
        mesh = line_mesh(regions={"wire": np.arange(10), "part": [2, 3]})
        device = line_device(mesh=mesh)
        assert fespin.load(device.write(tmp_path / "x.toml")) == device

    def test_equal_materials_are_written_once(self, tmp_path):
        mesh = line_mesh(regions={"a": np.arange(5), "b": np.arange(5, 10)})
        path = line_device(mesh=mesh, regions={"a": NORMAL, "b": NORMAL}).write(tmp_path / "x.toml")
        assert path.read_text().count("conductivity") == 1

    def test_group_names_that_gmsh_files_cannot_hold(self, tmp_path):
        mesh = line_mesh(boundaries={"two\nlines": [[0]], "right": [[10]]})
        device = line_device(mesh=mesh, terminals={"left": "two\nlines", "right": "right"})
        with pytest.raises(DeviceError, match="must have a name of one line"):
            device.write(tmp_path / "x.toml")
        assert list(tmp_path.iterdir()) == []


class TestWriting:
    def test_overwriting_is_asked_for(self, tmp_path):
        device = line_device()
        path = device.write(tmp_path / "x.toml")
        before = path.read_bytes(), path.with_suffix(".msh").read_bytes()
        with pytest.raises(DeviceError, match=r"x\.toml exists already; pass overwrite=True or choose another name"):
            line_device(cross_section=1).write(path)
        assert (path.read_bytes(), path.with_suffix(".msh").read_bytes()) == before
        line_device(cross_section=1).write(path, overwrite=True)
        assert fespin.load(path).cross_section == 1

    def test_a_mesh_in_the_way_is_not_overwritten(self, tmp_path):
        """x.msh may be somebody's work of a day."""
        (tmp_path / "x.msh").write_text("precious")
        with pytest.raises(DeviceError, match=r"x\.msh exists already"):
            line_device().write(tmp_path / "x.toml")
        assert (tmp_path / "x.msh").read_text() == "precious"
        assert not (tmp_path / "x.toml").exists()

    def test_a_failed_write_leaves_the_old_file(self, tmp_path, monkeypatch):
        """Whole or not at all; no debris either."""
        path = line_device().write(tmp_path / "x.toml")
        before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(DeviceError, match=r"x\..* cannot be written: No space left on device"):
            line_device(cross_section=1).write(path, overwrite=True)
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before

    def test_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(DeviceError, match=r"cannot be written: No such file or directory"):
            line_device().write(tmp_path / "no" / "x.toml")

    def test_suffix(self, tmp_path):
        with pytest.raises(DeviceError, match=r"x\.msh must end in \.toml"):
            line_device().write(tmp_path / "x.msh")
        assert list(tmp_path.iterdir()) == []

    def test_mesh_without_a_device_file_is_left_alone(self, tmp_path):
        """A device read from a file does not touch the mesh when written elsewhere."""
        path = write_strip(tmp_path)
        before = (tmp_path / "strip.msh").read_bytes()
        fespin.load(path).write(path, overwrite=True)
        assert (tmp_path / "strip.msh").read_bytes() == before


class TestValues:
    def test_devices_are_frozen(self, tmp_path):
        device = load(tmp_path)
        with pytest.raises(dataclasses.FrozenInstanceError):
            device.thickness = 1.0
        with pytest.raises(dataclasses.FrozenInstanceError):
            device.regions["normal"].material = NORMAL
        with pytest.raises(TypeError):
            device.regions["normal"] = NORMAL
        with pytest.raises(ValueError, match="read-only"):
            device.mesh.points[0] = 0
        with pytest.raises(ValueError, match="read-only"):
            device.mesh.regions["normal"][0] = 1

    def test_what_went_in_is_not_shared(self):
        """Changing the arrays afterwards does not change the mesh."""
        points = np.linspace(0, 100, 11)[:, None]
        mesh = line_mesh(points=points)
        points[:] = 0
        assert mesh.points[-1] == 100

    def test_what_nobody_can_change_is_shared(self):
        """Arrays of one mesh serve the next; a read-only view of an array that can be written does not."""
        mesh = line_mesh(points=np.linspace(0, 100, 11)[:, None])
        assert dataclasses.replace(mesh, notes=("seen",)).cells is mesh.cells
        points = np.linspace(0, 100, 11)[:, None].copy()
        view = points[:]
        view.flags.writeable = False
        other = line_mesh(points=view)
        points[:] = 0
        assert other.points[-1] == 100

    def test_replace_checks_again(self, tmp_path):
        device = load(tmp_path)
        assert device.replace(thickness=2e-9).thickness == 2e-9
        assert device.thickness == 1e-9
        with pytest.raises(InputError, match=r"Device\.thickness must be a positive number in m, got -1"):
            device.replace(thickness=-1)
        with pytest.raises(DeviceError, match="called 'nowhere'"):
            device.replace(terminals={"left": "nowhere"})

    def test_with_region(self, tmp_path):
        device = load(tmp_path).with_region("ferro", magnetization=(1, 0, 0))
        assert device.regions["ferro"].magnetization == (1, 0, 0)
        with pytest.raises(DeviceError, match=r"Device 'strip' has no region 'fero'; did you mean 'ferro'\?"):
            device.with_region("fero")

    def test_repr_answers_what_a_user_asks(self, tmp_path):
        text = repr(load(tmp_path))
        for part in (
            "'strip'",
            "2D",
            "10 nodes",
            "4 quad cells",
            "region normal: NormalMetal(conductivity=1",
            "m = (0, 0, 1)",
            "2e-27 m^3",
            "terminal left: 1 facets",
        ):
            assert part in text
        assert "array" not in text
        assert repr(load(tmp_path).mesh) == (
            "<fespin.Mesh from strip.msh: 10 nodes, 4 quad cells; regions normal, ferro; boundaries left, right>"
        )

    def test_equality_sees_every_field(self, tmp_path):
        device = load(tmp_path)
        assert device == load(tmp_path)
        for change in ({"thickness": 2e-9}, {"length_unit": 1.0}, {"name": "x"}, {"terminals": {"left": "left"}}):
            assert device.replace(**change) != device
        assert device != device.refined()
        assert device.mesh != "mesh"

    def test_refined_twice_keeps_groups_and_volumes(self, tmp_path):
        device = load(tmp_path)
        fine = device.refined().refined()
        assert len(fine.mesh.cells) == 16 * 4
        assert fine.volumes() == pytest.approx(device.volumes())
        assert len(fine.terminal_facets["left"]) == 4

    @pytest.mark.parametrize(
        "change",
        [
            {"points": "abc"},
            {"points": [[0], [1, 2]]},
            {"points": 3.0},
            {"points": np.zeros((11, 4))},
            {"points": np.zeros(11)},
            {"points": [[1j]]},
            {"cells": [[0, 1, 2]]},
            {"cells": [[0.5, 1]]},
            {"cells": [[0, 11]]},
            {"cells": [[-1, 0]]},
            {"cells": []},
            {"cells": None},
            {"cell_type": "wedge"},
            {"cell_type": ["line"]},
            {"cell_type": None},
            {"regions": {"wire": [99]}},
            {"regions": {"wire": [-1]}},
            {"regions": {"wire": ["a"]}},
            {"regions": None},
            {"regions": {"wire": np.ones(3, bool)}},
            {"boundaries": [[0]]},
            {"boundaries": {"left": [[99]]}},
            {"boundaries": {"left": "x"}},
            {"boundaries": {"left": [[0.5]]}},
        ],
        ids=str,
    )
    def test_mesh_from_nonsense(self, change):
        with pytest.raises(fespin.MeshError, match="mesh"):
            line_mesh(**change)

    def test_mask_of_cells(self):
        """One truth value per cell is a way to give a region."""
        assert line_mesh(regions={"wire": np.ones(10, bool)}) == line_mesh()

    def test_mesh_is_not_a_mapping_key(self):
        with pytest.raises(TypeError, match="unhashable"):
            hash(line_mesh())
        assert isinstance(line_mesh(), Mesh)
