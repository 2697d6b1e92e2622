"""Bad files, meshes, materials and calls: each gives its own message of a line or two, none a traceback or a number."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import meshio
import numpy as np
import pytest
from mesh_builders import (
    DATA,
    DEVICE_TOML,
    FERRO,
    NORMAL,
    STRIP_CELLS,
    STRIP_POINTS,
    changed,
    line_device,
    line_mesh,
    strip_text,
    write_strip,
)

import fespin
from fespin import Device, DeviceError, Ferromagnet, HalfMetal, InputError, NormalMetal, Region
from fespin.cli import main


@dataclass(frozen=True)
class Bad:
    """A device file and a mesh, one of them wrong, and what the message must hold."""

    name: str
    parts: tuple[str, ...]
    toml: str | bytes = DEVICE_TOML
    mesh: str | bytes | None = None

    def write(self, folder: Path) -> Path:
        path = write_strip(folder, mesh=self.mesh)
        path.write_bytes(self.toml if isinstance(self.toml, bytes) else self.toml.encode())
        return path


BETWEEN = 'between = ["ferro", "normal"]\n'
G_UP_DOWN = 'conductance_up = "1e14 S/m^2"\nconductance_down = "1e14 S/m^2"\n'


def toml(name: str, old: str, new: str, *parts: str) -> Bad:
    return Bad(name, parts, toml=changed(old, new))


def mesh(name: str, text: str | bytes, *parts: str, **keywords: str) -> Bad:
    return Bad(name, ("strip.msh", *parts), mesh=text, **keywords)


def moved(node: int, *place: object) -> list[object]:
    points: list[object] = list(STRIP_POINTS)
    points[node] = place
    return points


BINARY = (DATA / "quad_41b.msh").read_bytes()
NO_REGIONS = DEVICE_TOML[: DEVICE_TOML.index("[regions]")] + DEVICE_TOML[DEVICE_TOML.index("[terminals]") :]
NAMED_4 = {(1, 1): "left", (1, 2): "right", (2, 3): "4"}

FILES = [
    # the file itself
    Bad("empty file", ("[device]", "got none"), toml=""),
    Bad("not TOML", ("not valid TOML", "line 2"), toml="[device]\nname = strip\n"),
    Bad("a mesh instead", ("not valid TOML",), toml=strip_text()),
    Bad("binary bytes", ("UTF-8", "is it the mesh?"), toml=BINARY),
    Bad("nesting without end", ("cannot be read as TOML",), toml="x = " + 5000 * "["),
    Bad("integer without end", ("cannot be read as TOML",), toml="x = " + 5000 * "1"),
    Bad("key twice", ("not valid TOML",), toml=DEVICE_TOML + "left = 3\n"),
    Bad("table that is none", ("[regions]", "must be a table", "'Cu'"), toml='regions = "Cu"\n' + NO_REGIONS),
    toml("unknown table", "[terminals]", "[contacts]\n[terminals]", "the file", "unknown key 'contacts'"),
    toml("misspelt table", "[materials.Co]", "[material.Co]", "unknown key 'material'", "did you mean 'materials'"),
    toml(
        "unknown device key",
        "[device]\n",
        "[device]\ntemperature = 4\n",
        "[device]",
        "'temperature'",
        "known: name, mesh",
    ),
    # [device]
    toml("no mesh", 'mesh = "strip.msh"\n', "", "[device]", "'mesh'", "got none"),
    toml("mesh that is not there", '"strip.msh"', '"stripe.msh"', "stripe.msh", "nothing there"),
    toml("mesh that is a folder", '"strip.msh"', '"."', "a folder"),
    toml("mesh that is a number", '"strip.msh"', "3", "[device] mesh must be a string", "3"),
    toml("mesh with a null", '"strip.msh"', r'"a\u0000b"', "nothing there"),
    toml("mesh path too long", '"strip.msh"', '"' + 300 * "a" + '"', "cannot be read"),
    toml("mesh of unknown format", '"strip.msh"', '"strip.toml"', "cannot be read as a mesh"),
    toml("name that is a number", 'name = "strip"', "name = 3", "[device] name must be a string"),
    toml(
        "length_unit of an area", 'length_unit = "nm"', 'length_unit = "nm^2"', "length_unit", "converts to m", "nm^2"
    ),
    toml("length_unit unknown", 'length_unit = "nm"', 'length_unit = "nanometre-ish"', "length_unit", "nanometre-ish"),
    toml("length_unit empty", 'length_unit = "nm"', 'length_unit = ""', "length_unit", "a number in m"),
    toml("length_unit zero", 'length_unit = "nm"', 'length_unit = "0 nm"', "length_unit", "positive"),
    toml("length_unit a boolean", 'length_unit = "nm"', "length_unit = true", "length_unit", "True"),
    toml("thickness missing", 'thickness = "1 nm"\n', "", "thickness", "plane (2D)", "got nothing"),
    toml("thickness a time", '"1 nm"', '"1 ns"', "[device] thickness", "converts to m", "'1 ns'"),
    toml("thickness without number", '"1 nm"', '"nm"', "[device] thickness", "a number in m", "'nm'"),
    toml("thickness negative", '"1 nm"', '"-1 nm"', "thickness", "positive number in m", "-1e-09"),
    toml("thickness nan", '"1 nm"', "nan", "thickness", "nan"),
    toml("thickness infinite", '"1 nm"', "inf", "thickness", "positive number in m", "inf"),
    toml("thickness a list", '"1 nm"', "[1]", "[device] thickness", "[1]"),
    toml(
        "cross_section of a plane mesh",
        'thickness = "1 nm"',
        'thickness = "1 nm"\ncross_section = "1 nm^2"',
        "cross_section",
        "left out for a 2D mesh",
    ),
    toml(
        "mesh_tags of a gmsh file",
        'name = "strip"',
        'mesh_tags = "zone"',
        "strip.msh",
        "mesh_tags must be left out",
        "'zone'",
    ),
    # [materials]
    toml("no kind", 'kind = "normal"\n', "", "[materials.Cu] kind", "normal, ferromagnet, half-metal", "None"),
    toml("unknown kind", 'kind = "normal"', 'kind = "superconductor"', "[materials.Cu] kind", "'superconductor'"),
    toml("kind that is a list", 'kind = "normal"', 'kind = ["normal"]', "[materials.Cu] kind", "['normal']"),
    toml(
        "neither resistivity nor conductivity",
        'resistivity = "10 uohm cm"\n',
        "",
        "[materials.Cu]",
        "exactly one",
        "got none",
    ),
    toml(
        "both resistivity and conductivity",
        'kind = "normal"',
        'kind = "normal"\nconductivity = 1e7',
        "[materials.Cu]",
        "exactly one",
        "got resistivity and conductivity",
    ),
    toml(
        "resistivity in siemens",
        '"10 uohm cm"',
        '"10 S/m"',
        "[materials.Cu] resistivity",
        "converts to ohm m",
        "'10 S/m'",
    ),
    toml("resistivity zero", '"10 uohm cm"', "0.0", "[materials.Cu] resistivity", "positive finite number in ohm m"),
    toml("resistivity negative", '"10 uohm cm"', '"-1 ohm m"', "[materials.Cu] resistivity", "positive"),
    toml("conductivity infinite", '"5e6 S/m"', "inf", "[materials.Co]", "conductivity", "finite", "inf"),
    toml(
        "no spin diffusion length",
        'spin_diffusion_length = "inf"\n',
        "",
        "[materials.Cu]",
        "'spin_diffusion_length'",
        "inf switches relaxation off",
    ),
    toml(
        "spin diffusion length zero", '"38 nm"', "0", "[materials.Co]", "spin_diffusion_length", "positive number in m"
    ),
    toml("spin diffusion length an area", '"38 nm"', '"38 nm^2"', "[materials.Co] spin_diffusion_length", "'38 nm^2'"),
    toml("no polarization", "polarization = 0.4\n", "", "[materials.Co]", "'polarization'"),
    toml(
        "polarization beyond 1",
        "polarization = 0.4",
        "polarization = 1.4",
        "[materials.Co]",
        "polarization",
        "between -1 and 1",
        "1.4",
    ),
    toml(
        "polarization of a half metal",
        "polarization = 0.4",
        "polarization = 1",
        "[materials.Co]",
        "polarization",
        "HalfMetal",
    ),
    toml(
        "polarization with a unit",
        "polarization = 0.4",
        'polarization = "0.4 m"',
        "[materials.Co] polarization",
        "pure number",
    ),
    toml(
        "polarization of a normal metal",
        'kind = "normal"',
        'kind = "normal"\npolarization = 0.1',
        "[materials.Cu] polarization",
        "left out for a normal metal",
    ),
    toml(
        "half metal of 0.4",
        'kind = "ferromagnet"',
        'kind = "half-metal"',
        "[materials.Co]",
        "polarization",
        "+1 or -1",
        "0.4",
    ),
    toml(
        "unknown material key",
        "polarization = 0.4",
        "polarization = 0.4\nspin_diffusion_lenght = 1",
        "[materials.Co]",
        "did you mean 'spin_diffusion_length'",
    ),
    toml(
        "material that is no table",
        "[materials.Cu]\n",
        "[materials]\nAg = 3\n[materials.Cu]\n",
        "[materials.Ag] must be a table",
        "3",
    ),
    toml(
        "diffusivity and density of states",
        "polarization = 0.4",
        "polarization = 0.4\ndiffusivity = 1e-3\ndensity_of_states = 1e47",
        "[materials.Co]",
        "at most one",
    ),
    toml(
        "density of states too small",
        "polarization = 0.4",
        "polarization = 0.4\ndensity_of_states = 1e-300",
        "[materials.Co] density_of_states",
        "1e-300",
    ),
    toml(
        "base that is unknown",
        'kind = "normal"',
        'base = "Unobtainium"\nkind = "normal"',
        "[materials.Cu]",
        "Unobtainium",
    ),
    toml("base that is a number", 'kind = "normal"', 'base = 3\nkind = "normal"', "[materials.Cu] base", "3"),
    toml(
        "spin Hall angle",
        "polarization = 0.4",
        "polarization = 0.4\nspin_hall_angle = 0.1",
        "[materials.Co] spin_hall_angle is for materials of kind 'normal'",
        "leave it out",
    ),
    toml(
        "precession length of a normal metal",
        'kind = "normal"',
        'kind = "normal"\nprecession_length = "1 nm"',
        "[materials.Cu] precession_length is for materials of kind 'ferromagnet'",
    ),
    toml(
        "precession without transverse length",
        "polarization = 0.4",
        'polarization = 0.4\nprecession_length = "1 nm"',
        "[materials.Co] Ferromagnet.transverse_length",
        "given beside a precession_length",
    ),
    toml(
        "spin Hall angle in per cent",
        'kind = "normal"',
        'kind = "normal"\nspin_hall_angle = 6',
        "[materials.Cu] NormalMetal.spin_hall_angle must be between -1 and 1",
        "6",
    ),
    toml(
        "transverse length in tesla",
        "polarization = 0.4",
        'polarization = 0.4\ntransverse_length = "1 T"',
        "[materials.Co] transverse_length",
        "converts to m",
        "1 T",
    ),
    # [interfaces] and [field]
    *(
        Bad(name, what, toml=DEVICE_TOML + f"[interfaces.x]\n{text}\n")
        for name, text, *what in (
            ("interface without a place", G_UP_DOWN, "[interfaces.x] Interface.between"),
            ("interface without conductances", BETWEEN, "[interfaces.x]", "'conductance_up'", "area_resistance"),
            ("interface with one conductance", BETWEEN + 'conductance_up = "1 S/m^2"', "'conductance_down'"),
            ("interface in two notations", BETWEEN + G_UP_DOWN + 'area_resistance = "1 fohm m^2"', "either"),
            ("asymmetry alone", BETWEEN + "asymmetry = 0.5", "AR* = (AR_up + AR_dn)/4", "2AR*"),
            ("asymmetry above one", BETWEEN + 'area_resistance = "1 fohm m^2"\nasymmetry = 1.5', "Interface.asymmetry"),
            ("area resistance in ohm", BETWEEN + 'area_resistance = "1 ohm"', "area_resistance", "converts to ohm m^2"),
            ("conductance in S", BETWEEN + 'conductance_up = "1 S"\nconductance_down = "1 S/m^2"', "conductance_up"),
            ("negative conductance", BETWEEN + "conductance_up = -1\nconductance_down = 1", "Interface.conductance_up"),
            (
                "mixing conductance of three parts",
                BETWEEN + G_UP_DOWN + "mixing_conductance = [1, 2, 3]",
                "real and imag",
            ),
            ("mixing conductance too small", BETWEEN + G_UP_DOWN + 'mixing_conductance = "1e3 S/m^2"', "at least"),
            ("interface of an unknown region", BETWEEN.replace("ferro", "feero") + G_UP_DOWN, "'feero'", "ferro"),
            ("interface between three regions", 'between = ["a", "b", "c"]\n' + G_UP_DOWN, "names of two regions"),
            ("interface of an unknown group", 'group = "barrier"\n' + G_UP_DOWN, "called 'barrier'"),
            ("interface on a terminal", 'group = "left"\n' + G_UP_DOWN, "not between two cells"),
            ("misspelt interface key", BETWEEN + G_UP_DOWN + "spin_memory = 0.3", "'spin_memory'", "spin_memory_loss"),
            ("negative memory loss", BETWEEN + G_UP_DOWN + "spin_memory_loss = -0.3", "Interface.spin_memory_loss"),
        )
    ),
    Bad("interface that is no table", ("[interfaces.x] must be a table",), toml=DEVICE_TOML + "[interfaces]\nx = 3\n"),
    *(
        Bad(name, what, toml=DEVICE_TOML + f"[field]\n{text}\n")
        for name, text, *what in (
            ("field without diffusivity", 'magnetic_field = ["0 T", "0 T", "1 T"]', "needs the diffusivity"),
            (
                "field of two components",
                'magnetic_field = ["0 T", "1 T"]',
                "[field] magnetic_field",
                "three components",
            ),
            ("field in ampere", 'magnetic_field = ["0 A", "0 T", "1 T"]', "magnetic_field x", "converts to T"),
            ("field without a value", "g_factor = 2", "[field] magnetic_field"),
            ("misspelt field", 'magnetic_filed = ["0 T", "0 T", "1 T"]', "'magnetic_filed'", "magnetic_field"),
            ("g factor of zero", 'magnetic_field = ["0 T", "0 T", "1 T"]\ng_factor = 0', "Device.g_factor"),
        )
    ),
    toml(
        "texture of a strong magnet",
        "magnetization = [0, 0, 1]",
        'magnetization = { file = "m.vtu" }',
        "[regions] ferro magnetization must name a 'file' and its 'data'",
    ),
    toml(
        "texture in a file that is not there",
        "magnetization = [0, 0, 1]",
        'magnetization = { file = "m.vtu", data = "m" }',
        "[regions] ferro magnetization",
        "no such file",
    ),
    # [regions]
    toml(
        "region that is not in the mesh",
        'normal = "Cu"',
        'normal = "Cu"\ncap = "Cu"',
        "strip.msh",
        "no group of cells called 'cap'",
        "known: normal, ferro",
    ),
    toml(
        "region with an unknown tag",
        'normal = "Cu"',
        'normal = { material = "Cu", group = 77 }',
        "strip.msh",
        "called 77",
        "known: normal, ferro",
    ),
    toml(
        "region with a boolean tag",
        'normal = "Cu"',
        'normal = { material = "Cu", group = true }',
        "[regions] normal group",
        "True",
    ),
    toml("group without a material", 'normal = "Cu"\n', "", "strip.msh", "group 'normal' has no material", "[regions]"),
    toml(
        "region of an unknown material", 'normal = "Cu"', 'normal = "Al"', "[regions] normal", "'Al'", "known: Cu, Co"
    ),
    toml("region of a list", 'normal = "Cu"', 'normal = ["Cu"]', "[regions] normal", "['Cu']"),
    toml("material of a list", 'normal = "Cu"', 'normal = { material = ["Cu"] }', "[regions] normal", "['Cu']"),
    toml("region without material", 'normal = "Cu"', "normal = { group = 3 }", "[regions] normal", "'material'"),
    toml(
        "no magnetization",
        ", magnetization = [0, 0, 1]",
        "",
        "[regions] ferro",
        "magnetization",
        "Ferromagnet",
        "[0, 0, 1]",
    ),
    toml(
        "magnetization of a normal metal",
        'normal = "Cu"',
        'normal = { material = "Cu", magnetization = [0, 0, 1] }',
        "[regions] normal",
        "left out for a NormalMetal",
    ),
    toml("magnetization zero", "[0, 0, 1]", "[0, 0, 0]", "[regions] ferro", "not all zero"),
    toml(
        "magnetization of two numbers",
        "[0, 0, 1]",
        "[0, 1]",
        "[regions] ferro",
        "three numbers like [0, 0, 1]",
        "[0, 1]",
    ),
    toml("magnetization a letter", "[0, 0, 1]", '"z"', "[regions] ferro", "three numbers", "'z'"),
    toml("magnetization nan", "[0, 0, 1]", "[nan, 0, 1]", "[regions] ferro", "finite", "nan"),
    toml("magnetization infinite", "[0, 0, 1]", "[inf, 0, 1]", "[regions] ferro", "three finite numbers"),
    toml(
        "axes in contact",
        'normal = "Cu"',
        'normal = { material = "Co", magnetization = [1, 0, 0] }',
        "'normal' and 'ferro'",
        "90 deg",
        "normal metal",
    ),
    # [terminals]
    toml(
        "terminal that is not in the mesh",
        'left = "left"',
        'left = "T1"',
        "strip.msh",
        "no group of boundary facets called 'T1'",
        "known: left, right",
    ),
    toml("terminal on a region", 'left = "left"', 'left = "ferro"', "'ferro' is a group of cells there"),
    toml("terminal of a boolean", 'left = "left"', "left = true", "[terminals] left", "True"),
    toml("terminal of a list", 'left = "left"', 'left = ["left"]', "[terminals] left", "['left']"),
    toml("terminal twice", 'right = "right"', 'right = "left"', "'left' and 'right' overlap", "2 nodes"),
    toml("no terminals", 'left = "left"\nright = "right"\n', "", "[terminals]", "at least one entry"),
    # the mesh
    mesh("empty mesh", b"", "$MeshFormat"),
    mesh("mesh of another program", "*HEADING\nabaqus\n", "$MeshFormat", "*HEADING"),
    mesh("old gmsh format", strip_text().replace("2.2 0 8", "1.0 0 8"), "2.2 or 4.1", "1.0", "Mesh.MshFileVersion"),
    mesh("big-endian", BINARY.replace(b"\x01\x00\x00\x00\n$End", b"\x00\x00\x00\x01\n$End"), "little-endian"),
    mesh("truncated", BINARY[:-200], "damaged gmsh 4.1 file", "write the mesh again"),
    mesh("truncated text", strip_text()[:-40], "damaged gmsh 2.2 file", "section Elements does not end"),
    mesh("nodes missing", strip_text().replace("$Nodes\n10", "$Nodes\n12"), "12 nodes announced, 10 found"),
    mesh("letters for numbers", strip_text().replace("\n2 1 0 0\n", "\n2 one 0 0\n"), "not a number"),
    mesh("unknown element", strip_text().replace("\n3 3 2 3", "\n3 93 2 3"), "element type 93 is not supported"),
    mesh(
        "node that is not there",
        strip_text(cells=[*STRIP_CELLS[:-1], ("quad", 4, (3, 4, 99, 8))]),
        "node that is not in the file",
    ),
    mesh("no cells", strip_text(cells=[]), "must have cells", "got none"),
    mesh("points only", strip_text(cells=[("vertex", 1, (0,))]), "must have cells", "got none"),
    mesh("wedges", strip_text(cells=[("wedge", 3, (0, 1, 2, 5, 6, 7))]), "cells of one type", "wedge"),
    mesh(
        "two cell types",
        strip_text(cells=[*STRIP_CELLS, ("triangle", 4, (3, 4, 9))]),
        "cells of one type",
        "quad and triangle",
    ),
    mesh("groups dropped by SaveAll", (DATA / "saveall_22a.msh").read_bytes(), "normal, ferro", "Mesh.SaveAll=0"),
    mesh("region lost", strip_text(cells=STRIP_CELLS[:-1]), "'right' has facets on no cell", "physical group"),
    mesh(
        "cells of no group",
        strip_text(cells=[*STRIP_CELLS[:-1], ("quad", 0, (3, 4, 9, 8))]),
        "1 cells are in no physical group",
    ),
    mesh(
        "cell in two regions",
        strip_text(cells=[*STRIP_CELLS, ("quad", 4, (0, 1, 6, 5))]),
        "'normal' and 'ferro'",
        "a cell must be in one",
    ),
    mesh("NaN coordinate", strip_text(moved(2, "nan", 0)), "finite", "nan", "node 2"),
    mesh("infinite coordinate", strip_text(moved(2, "inf", 0)), "finite", "inf", "node 2"),
    mesh("NaN height", strip_text(moved(2, 2, 0, "nan")), "finite", "nan", "node 2"),
    mesh("mesh not in a plane", strip_text(moved(2, 2, 0, 5)), "plane z = constant", "rotate"),
    mesh(
        "flat cell",
        strip_text(cells=[*STRIP_CELLS[:3], ("quad", 3, (1, 2, 2, 1)), *STRIP_CELLS[4:]]),
        "no volume",
        "quad 1",
    ),
    mesh(
        "folded cell",
        strip_text(cells=[*STRIP_CELLS[:3], ("quad", 3, (1, 2, 6, 7)), *STRIP_CELLS[4:]]),
        "folded",
        "order of their nodes",
    ),
    mesh(
        "coincident nodes",
        strip_text([*STRIP_POINTS, (2, 0), (2, 1)], [*STRIP_CELLS[:4], ("quad", 4, (10, 3, 8, 11)), STRIP_CELLS[5]]),
        "seam",
        "'normal' from region 'ferro'",
    ),
    mesh(
        "floating part",
        strip_text([*STRIP_POINTS, (9, 0), (10, 0), (10, 1), (9, 1)], [*STRIP_CELLS, ("quad", 4, (10, 11, 12, 13))]),
        "2 parts",
        "floats",
    ),
    mesh("empty terminal", strip_text(cells=STRIP_CELLS[1:]), "terminal 'left'", "empty"),
    mesh(
        "terminal inside",
        strip_text(cells=[*STRIP_CELLS, ("line", 1, (1, 6))]),
        "terminal 'left' must lie on the boundary",
    ),
    mesh(
        "terminal off the cells",
        strip_text(cells=[*STRIP_CELLS, ("line", 1, (0, 6))]),
        "terminal 'left'",
        "facets of no cell",
    ),
    mesh(
        "terminal on two materials",
        strip_text(cells=[*STRIP_CELLS, ("line", 1, (0, 1)), ("line", 1, (1, 2)), ("line", 1, (2, 3))]),
        "terminal 'left' is shared by",
        "'normal'",
        "'ferro'",
    ),
    mesh("group name that is a number", strip_text(names=NAMED_4), "group 4 has no name"),
    Bad(
        "solid mesh with a thickness",
        ("Device.thickness", "left out for a 3D mesh"),
        mesh=(DATA / "hexahedron_41a.msh").read_bytes(),
    ),
    Bad(
        "line mesh with a thickness",
        ("Device.thickness", "left out for a 1D mesh"),
        mesh=(DATA / "line_41a.msh").read_bytes(),
    ),
]


@pytest.mark.parametrize("bad", FILES, ids=lambda bad: bad.name)
def test_bad_file(tmp_path, bad):
    """fespin.DeviceError, one or two short lines that name the file and what is wrong in it."""
    path = bad.write(tmp_path)
    with pytest.raises(DeviceError) as caught:
        fespin.load(path)
    check_message(str(caught.value), str(path), str(tmp_path), bad.parts)


@pytest.mark.parametrize("command", ["conductance", "info"])
@pytest.mark.parametrize("bad", FILES, ids=lambda bad: bad.name)
def test_bad_file_on_the_command_line(tmp_path, capfd, bad, command):
    """Exit code 2, one or two lines on standard error, nothing on standard output."""
    path = bad.write(tmp_path)
    assert main([command, str(path)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.endswith("\n")
    check_message(err.rstrip("\n"), str(path), str(tmp_path), bad.parts)


def check_message(message: str, path: str, folder: str, parts: tuple[str, ...]) -> None:
    """One or two lines of less than 400 characters besides the folder's name; all parts are there."""
    assert path in message
    for part in parts:
        assert part in message
    lines = message.replace(folder, "").splitlines()
    assert len(lines) <= 2
    assert max(map(len, lines)) < 400
    assert "Traceback" not in message


def from_mesh(**changes: object) -> object:
    return line_device(**changes)


def strip(tmp: Path) -> Device:
    return fespin.load(write_strip(tmp))


BIG = 10**400
CALLS: list[tuple[str, Callable[[Path], object], type, tuple[str, ...]]] = [
    # materials
    (
        "conductivity 0",
        lambda t: NormalMetal(conductivity=0),
        InputError,
        ("NormalMetal.conductivity", "positive finite", "got 0"),
    ),
    ("conductivity -3", lambda t: NormalMetal(conductivity=-3), InputError, ("positive finite number in S/m, got -3",)),
    ("conductivity nan", lambda t: NormalMetal(conductivity=math.nan), InputError, ("NormalMetal.conductivity", "nan")),
    ("conductivity inf", lambda t: NormalMetal(conductivity=math.inf), InputError, ("finite", "inf")),
    ("conductivity True", lambda t: NormalMetal(conductivity=True), InputError, ("NormalMetal.conductivity", "True")),
    (
        "conductivity '5'",
        lambda t: NormalMetal(conductivity="5 S/m"),
        InputError,
        ("NormalMetal.conductivity", "'5 S/m'"),
    ),
    ("conductivity None", lambda t: NormalMetal(conductivity=None), InputError, ("NormalMetal.conductivity", "None")),
    ("conductivity complex", lambda t: NormalMetal(conductivity=1j), InputError, ("NormalMetal.conductivity", "1j")),
    ("conductivity array", lambda t: NormalMetal(conductivity=np.ones(2)), InputError, ("NormalMetal.conductivity",)),
    ("conductivity beyond floats", lambda t: NormalMetal(conductivity=BIG), InputError, ("NormalMetal.conductivity",)),
    (
        "length 0",
        lambda t: NormalMetal(conductivity=1, spin_diffusion_length=0),
        InputError,
        ("spin_diffusion_length", "positive"),
    ),
    ("diffusivity 0", lambda t: NormalMetal(conductivity=1, diffusivity=0), InputError, ("diffusivity", "m^2/s")),
    (
        "polarization 1",
        lambda t: Ferromagnet(conductivity=1, polarization=1),
        InputError,
        ("between -1 and 1", "HalfMetal"),
    ),
    (
        "polarization nan",
        lambda t: Ferromagnet(conductivity=1, polarization=math.nan),
        InputError,
        ("Ferromagnet.polarization",),
    ),
    (
        "polarization '0.4'",
        lambda t: Ferromagnet(conductivity=1, polarization="0.4"),
        InputError,
        ("Ferromagnet.polarization",),
    ),
    (
        "half metal 0.5",
        lambda t: HalfMetal(conductivity=1, polarization=0.5),
        InputError,
        ("HalfMetal.polarization", "+1 or -1"),
    ),
    # regions
    ("region of a string", lambda t: Region(material="Cu"), InputError, ("Region.material", "'Cu'")),
    (
        "magnetization of 2",
        lambda t: Region(material=FERRO, magnetization=(0, 1)),
        InputError,
        ("Region.magnetization", "(0, 1)"),
    ),
    (
        "magnetization 'xyz'",
        lambda t: Region(material=FERRO, magnetization="xyz"),
        InputError,
        ("three finite numbers", "'xyz'"),
    ),
    ("magnetization 5", lambda t: Region(material=FERRO, magnetization=5), InputError, ("three finite numbers", "5")),
    ("magnetization zero", lambda t: Region(material=FERRO, magnetization=(0, 0, 0)), InputError, ("not all zero",)),
    (
        "magnetization nan",
        lambda t: Region(material=FERRO, magnetization=(0, 0, math.nan)),
        InputError,
        ("finite", "nan"),
    ),
    (
        "magnetization beyond floats",
        lambda t: Region(material=FERRO, magnetization=(0, 0, BIG)),
        InputError,
        ("three finite",),
    ),
    ("no magnetization", lambda t: Region(material=FERRO), InputError, ("three numbers for a Ferromagnet",)),
    ("normal magnetization", lambda t: Region(material=NORMAL, magnetization=(0, 0, 1)), InputError, ("left out",)),
    ("group True", lambda t: Region(material=NORMAL, group=True), InputError, ("Region.group", "True")),
    ("group 1.5", lambda t: Region(material=NORMAL, group=1.5), InputError, ("Region.group", "1.5")),
    # Device.from_mesh
    ("mesh None", lambda t: from_mesh_of(None), DeviceError, ("mesh must be a path", "NoneType")),
    ("mesh 3", lambda t: from_mesh_of(3), DeviceError, ("mesh must be a path", "int")),
    ("mesh not there", lambda t: from_mesh_of(t / "no.msh"), DeviceError, ("no.msh", "nothing there")),
    (
        "meshio without cells",
        lambda t: from_mesh_of(meshio.Mesh(np.zeros((2, 2)), [])),
        DeviceError,
        ("meshio mesh", "got none"),
    ),
    (
        "meshio node 9",
        lambda t: from_mesh_of(meshio.Mesh(np.zeros((2, 2)), [("line", [[0, 9]])])),
        DeviceError,
        ("nodes 0 to 1",),
    ),
    ("regions a list", lambda t: from_mesh(regions=["wire"]), InputError, ("Device.regions", "mapping")),
    ("regions None", lambda t: from_mesh(regions=None), InputError, ("Device.regions", "None")),
    ("no regions", lambda t: from_mesh(regions={}), DeviceError, ("must have regions",)),
    ("region a number", lambda t: from_mesh(regions={"wire": 3}), DeviceError, ("region 'wire'", "NormalMetal", "3")),
    ("region a triple", lambda t: from_mesh(regions={"wire": (FERRO, 0, 1)}), DeviceError, ("region 'wire'",)),
    ("region unknown", lambda t: from_mesh(regions={"wir": NORMAL}), DeviceError, ("'wir'", "did you mean 'wire'?")),
    ("terminals a string", lambda t: from_mesh(terminals="left"), InputError, ("Device.terminals", "'left'")),
    ("terminals None", lambda t: from_mesh(terminals=None), InputError, ("Device.terminals", "None")),
    ("no terminals", lambda t: from_mesh(terminals=[]), DeviceError, ("must have terminals",)),
    ("terminal a list", lambda t: from_mesh(terminals=[["left"]]), InputError, ("Device.terminals", "['left']")),
    ("terminal None", lambda t: from_mesh(terminals={"left": None}), DeviceError, ("name or an integer tag", "None")),
    ("terminal 1.5", lambda t: from_mesh(terminals={"left": 1.5}), DeviceError, ("name or an integer tag", "1.5")),
    ("terminal unknown", lambda t: from_mesh(terminals=["lft"]), DeviceError, ("'lft'", "did you mean 'left'?")),
    ("length_unit 'apple'", lambda t: from_mesh(length_unit="apple"), InputError, ("Device.length_unit", "apple")),
    ("length_unit None", lambda t: from_mesh(length_unit=None), InputError, ("Device.length_unit", "None")),
    ("length_unit 0", lambda t: from_mesh(length_unit=0), InputError, ("Device.length_unit", "positive")),
    ("length_unit beyond floats", lambda t: from_mesh(length_unit=BIG), InputError, ("Device.length_unit",)),
    ("no cross_section", lambda t: from_mesh(cross_section=None), DeviceError, ("Device.cross_section", "line (1D)")),
    (
        "cross_section a length",
        lambda t: from_mesh(cross_section="1 nm"),
        InputError,
        ("Device.cross_section", "m^2", "'1 nm'"),
    ),
    ("cross_section nan", lambda t: from_mesh(cross_section=math.nan), InputError, ("Device.cross_section", "nan")),
    (
        "thickness of a line",
        lambda t: from_mesh(thickness=1e-9),
        DeviceError,
        ("Device.thickness", "left out for a 1D mesh"),
    ),
    ("name 3", lambda t: from_mesh(name=3), InputError, ("Device.name", "3")),
    ("mesh_tags 3", lambda t: from_mesh(mesh_tags=3), DeviceError, ("mesh_tags", "3")),
    (
        "Device of a path",
        lambda t: Device(mesh="a.msh", regions={}, terminals={}),
        InputError,
        ("Device.mesh", "'a.msh'"),
    ),
    ("cells of 0.5", lambda t: line_mesh(cells=[[0.5, 1]]), DeviceError, ("cells", "node numbers")),
    ("node out of range", lambda t: line_mesh(cells=[[0, 11]]), DeviceError, ("cells", "nodes 0 to 10", "11")),
    ("with_region unknown", lambda t: line_device().with_region("x"), DeviceError, ("no region 'x'", "known: wire")),
    ("replace thickness", lambda t: strip(t).replace(thickness=0), InputError, ("Device.thickness", "positive")),
    ("write a .msh", lambda t: line_device().write(t / "a.msh"), DeviceError, ("a.msh", ".toml")),
    # load, conductance, solve
    ("load None", lambda t: fespin.load(None), InputError, ("path", "None")),
    ("load 3", lambda t: fespin.load(3), InputError, ("path", "3")),
    ("load a folder", lambda t: fespin.load(t), DeviceError, ("cannot be read", "directory")),
    ("load nothing", lambda t: fespin.load(t / "no.toml"), DeviceError, ("no.toml cannot be read", "No such file")),
    ("load a null", lambda t: fespin.load("a\0b"), DeviceError, ("cannot be read", "null")),
    ("order 3", lambda t: fespin.conductance(line_device(), order=3), InputError, ("order must be 1 or 2, got 3",)),
    ("order '2'", lambda t: fespin.conductance(line_device(), order="2"), InputError, ("order must be 1 or 2", "'2'")),
    (
        "order True",
        lambda t: fespin.conductance(line_device(), order=True),
        InputError,
        ("order must be 1 or 2", "True"),
    ),
    (
        "backend foo",
        lambda t: fespin.conductance(line_device(), backend="foo"),
        InputError,
        ("backend", "'foo'", "direct"),
    ),
    ("backend None", lambda t: fespin.conductance(line_device(), backend=None), InputError, ("backend", "None")),
    ("tolerance 0", lambda t: fespin.conductance(line_device(), tolerance=0), InputError, ("tolerance", "0")),
    (
        "tolerance nan",
        lambda t: fespin.conductance(line_device(), tolerance=math.nan),
        InputError,
        ("tolerance", "nan"),
    ),
    ("conductance of a path", lambda t: fespin.conductance("a.toml"), InputError, ("fespin.Device", "fespin.load")),
    ("solve unknown terminal", lambda t: solve({"lft": {"e": 1}}), InputError, ("'lft'", "did you mean 'left'?")),
    ("solve unknown component", lambda t: solve({"left": {"s": 1}}), InputError, ("left", "e, x, y, z", "'s'")),
    ("solve nan", lambda t: solve({"left": {"e": math.nan}}), InputError, ("left", "finite number in V", "nan")),
    ("solve inf", lambda t: solve({"left": {"e": math.inf}}), InputError, ("left", "finite number in V", "inf")),
    ("solve '1 mV'", lambda t: solve({"left": {"e": "1 mV"}}), InputError, ("left", "finite number in V", "'1 mV'")),
    ("solve a number", lambda t: solve({"left": 1e-3}), InputError, ("left", "mapping", "0.001")),
    ("solve a list", lambda t: solve([1, 2]), InputError, ("potentials", "mapping")),
    ("solve None", lambda t: solve(None), InputError, ("potentials", "None")),
    (
        "G of an unknown terminal",
        lambda t: fespin.conductance(line_device())["lft", "left"],
        InputError,
        ("lft", "left"),
    ),
]


def from_mesh_of(source: object) -> Device:
    return Device.from_mesh(source, regions={"wire": NORMAL}, terminals=["left", "right"], cross_section=1)


def solve(potentials: object) -> fespin.Solution:
    return fespin.solve(line_device(), potentials)  # type: ignore[arg-type]


@pytest.mark.parametrize(("call", "error", "parts"), [pytest.param(*rest, id=name) for name, *rest in CALLS])
def test_bad_call(tmp_path, call, error, parts):
    """A subclass of fespin.InputError (so a ValueError too) in one line that names the argument and what came."""
    with pytest.raises(error) as caught:
        call(tmp_path)
    assert isinstance(caught.value, InputError)
    assert isinstance(caught.value, ValueError)
    message = str(caught.value)
    for part in parts:
        assert part in message
    assert len(message.replace(str(tmp_path), "").splitlines()) == 1
    assert len(message.replace(str(tmp_path), "")) < 600


def test_the_table_is_long_enough():
    """Every case is there once."""
    names = [("file", bad.name) for bad in FILES] + [("call", name) for name, *_ in CALLS]
    assert len(set(names)) == len(names)
    assert len(names) >= 130


def test_the_unchanged_files_are_good(tmp_path):
    """The table's starting point works: every error above comes from its one change."""
    device = fespin.load(write_strip(tmp_path))
    values = fespin.conductance(device).values
    assert np.isfinite(values).all()
    assert np.abs(values).max() > 0


def test_no_traceback_from_a_fresh_interpreter(tmp_path):
    """As a user types it: python -m fespin."""
    path = write_strip(tmp_path, changed('normal = "Cu"', 'normal = "Cuu"'))
    run = subprocess.run(
        [sys.executable, "-m", "fespin", "conductance", str(path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) <= 2
    assert "did you mean 'Cu'?" in run.stderr


def test_messages_survive_a_narrow_encoding(tmp_path, monkeypatch):
    """A terminal that knows ASCII only must not turn the message about a name into a traceback."""
    path = write_strip(tmp_path, changed('left = "left"', 'left = "Größe"'))
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(["conductance", str(path)]) == 2
