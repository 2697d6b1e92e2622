"""Parametric shapes: the shipped files against hand-made measures, rebuilding, and errors.

Meshes are read with meshio, not with fespin's own reader, so that a mistake there cannot hide one here.
"""

from __future__ import annotations

import importlib
import itertools
import math
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import meshio
import numpy as np
import pytest

from fespin.device.shapes import SHAPES, build, files
from fespin.errors import FespinError, InputError, MeshError

SHIPPED = Path(__file__).parents[2] / "meshes"

try:
    importlib.import_module("gmsh")
    NO_GMSH = ""
except (ImportError, OSError) as error:
    NO_GMSH = f"gmsh cannot be imported: {error}"

needs_gmsh = pytest.mark.skipif(bool(NO_GMSH), reason=NO_GMSH or "gmsh is there")

DIMENSION = {"vertex": 0, "line": 1, "triangle": 2, "quad": 2, "tetra": 3, "hexahedron": 3}
SPLIT = {
    "vertex": [[0]],
    "line": [[0, 1]],
    "triangle": [[0, 1, 2]],
    "quad": [[0, 1, 2], [0, 2, 3]],
    "tetra": [[0, 1, 2, 3]],
    "hexahedron": [[0, 1, 3, 4], [1, 2, 3, 6], [1, 4, 5, 6], [3, 4, 6, 7], [1, 3, 4, 6]],
}
FACETS = {
    "line": [[0], [1]],
    "triangle": [[0, 1], [1, 2], [2, 0]],
    "quad": [[0, 1], [1, 2], [2, 3], [3, 0]],
    "tetra": [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]],
    "hexahedron": [[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]],
}


@dataclass(frozen=True)
class Expected:
    """Measures in nm, nm^2, nm^3 by hand; `surface` is the whole outer boundary of the device.

    `terminals` gives the measure of each and the region it is on; `error` is the discretisation error
    allowed, for curved boundaries only.
    """

    dimension: int
    regions: dict[str, float]
    terminals: dict[str, tuple[float, str]]
    surface: float
    error: float = 1e-9
    nodes: tuple[int, int] = (200, 4000)
    ferromagnets: tuple[str, ...] = field(default=())


def _arrow_wire() -> Expected:
    """Four triangles of 200 x 100 on each side of a strip of 1120 x 80."""
    slant = math.hypot(200, 100)
    straight = 1120 - 4 * 200
    return Expected(
        2,
        {"normal": 1120 * 80 + 8 * 200 * 100 / 2},
        {"left": (80, "normal"), "right": (80, "normal")},
        2 * 80 + 2 * straight + 8 * (100 + slant),
    )


def _fn_wire(dimension: int) -> Expected:
    section, rim = {1: (1, 0), 2: (40, 2), 3: (800, 120)}[dimension]
    return Expected(
        dimension,
        {"ferro": 100 * section, "normal": 300 * section},
        {"left": (section, "ferro"), "right": (section, "normal")},
        2 * section + 400 * rim,
        ferromagnets=("ferro",),
    )


def _cone() -> Expected:
    tilt = math.radians(30)
    solid = 2 * math.pi * (1 - math.cos(tilt))
    side = math.pi * math.sin(tilt) * (200**2 - 50**2)
    return Expected(
        3,
        {"normal": solid * (200**3 - 50**3) / 3},
        {"inner": (solid * 50**2, "normal"), "outer": (solid * 200**2, "normal")},
        solid * (200**2 + 50**2) + side,
        error=0.02,
    )


def _lateral_valve() -> Expected:
    end, bar = 80 * 60, 60 * 20
    surface = 2 * (800 * 80 + 800 * 60 + end)  # the wire
    surface += 2 * 2 * (200 * 60 + 200 * 20 + bar) - 2 * 2 * (80 * 60)  # two bars less both sides of the contacts
    return Expected(
        3,
        {"normal": 800 * end, "ferro_injector": 200 * bar, "ferro_detector": 200 * bar},
        {
            "injector": (bar, "ferro_injector"),
            "detector": (bar, "ferro_detector"),
            "left": (end, "normal"),
            "right": (end, "normal"),
        },
        surface,
        nodes=(1500, 4000),
        ferromagnets=("ferro_injector", "ferro_detector"),
    )


def _cross() -> Expected:
    area = 80**2 + 4 * 150 * 80
    surface = 2 * area + 30 * (8 * 150 + 4 * 80) + 2 * 15 * 2 * (60 + 50)  # the top of a block replaces its foot
    return Expected(
        3,
        {"normal": area * 30, "ferro_west": 60 * 50 * 15, "ferro_north": 60 * 50 * 15},
        dict.fromkeys(("west", "east", "south", "north"), (80 * 30, "normal")),
        surface,
        nodes=(1500, 4000),
        ferromagnets=("ferro_west", "ferro_north"),
    )


SECTOR = math.pi / 3
DISK = math.pi * 36**2
ENDS = ("left", "right")
EXPECTED = {
    "normal_strip": Expected(2, {"normal": 40000}, dict.fromkeys(ENDS, (100, "normal")), 1000),
    "t_element": Expected(2, {"normal": 80000 + 36000}, dict.fromkeys(ENDS, (100, "normal")), 1800 + 600),
    "arrow_wire": _arrow_wire(),
    "arrow_reference": Expected(2, {"normal": 1120 * 80}, dict.fromkeys(ENDS, (80, "normal")), 2400),
    "annular_sector": Expected(
        2,
        {"normal": SECTOR / 2 * (200**2 - 50**2)},
        {"inner": (SECTOR * 50, "normal"), "outer": (SECTOR * 200, "normal")},
        SECTOR * 250 + 300,
        error=1e-3,
    ),
    "cone": _cone(),
    "fn_wire_1d": _fn_wire(1),
    "fn_wire_2d": _fn_wire(2),
    "fn_wire": _fn_wire(3),
    "angular_valve_1d": Expected(
        1,
        {"fixed": 80, "spacer": 8, "free": 80},
        {"left": (1, "fixed"), "right": (1, "free")},
        2,
        ferromagnets=("fixed", "free"),
    ),
    "composite": Expected(
        2,
        {"normal": 400 * 160 - DISK - 4000, "ferro_top": 4000, "ferro_disk": DISK, "ferro_bottom": 4000},
        dict.fromkeys(ENDS, (160, "normal")),
        2 * 560 + 100,
        error=0.01,
        ferromagnets=("ferro_top", "ferro_disk", "ferro_bottom"),
    ),
    "ferro_contacts": Expected(
        2,
        {"normal": 28000, "ferro_left": 4800, "ferro_right": 6600},
        {"left": (60, "ferro_left"), "right": (60, "ferro_right")},
        2 * 340 + 2 * 190,
        ferromagnets=("ferro_left", "ferro_right"),
    ),
    "lateral_valve": _lateral_valve(),
    "cross": _cross(),
}


def read(path: Path) -> tuple[np.ndarray, dict[str, list[tuple[str, np.ndarray]]]]:
    """Nodes, and the blocks of elements of each named group; every element must be in one."""
    mesh = meshio.read(path)
    names = {(tag, dim): name for name, (tag, dim) in mesh.field_data.items()}
    groups: dict[str, list[tuple[str, np.ndarray]]] = {}
    for block, tags in zip(mesh.cells, mesh.cell_data["gmsh:physical"], strict=True):
        for tag in np.unique(tags):
            name = names[int(tag), DIMENSION[block.type]]
            groups.setdefault(name, []).append((block.type, block.data[tags == tag]))
    return mesh.points, groups


def simplex_measure(points: np.ndarray, simplices: np.ndarray) -> float:
    """Total length, area or volume, from the Gram determinant of the edges; points count one each."""
    edges = points[simplices[:, 1:]] - points[simplices[:, :1]]
    dimension = edges.shape[1]
    gram = np.linalg.det(edges @ edges.transpose(0, 2, 1)) if dimension else np.ones(len(simplices))
    return float(np.sqrt(gram).sum()) / math.factorial(dimension)


def measure(points: np.ndarray, blocks: list[tuple[str, np.ndarray]]) -> float:
    return sum(simplex_measure(points, cells[:, part]) for kind, cells in blocks for part in SPLIT[kind])


def oriented(points: np.ndarray, kind: str, cells: np.ndarray) -> bool:
    """Tell whether all cells are right-handed (counterclockwise in the plane)."""
    parts = [points[cells[:, part]] for part in SPLIT[kind]]
    return all((np.linalg.det(part[:, 1:] - part[:, :1]) > 0).all() for part in parts)


def nodes_of(blocks: list[tuple[str, np.ndarray]]) -> set[int]:
    return set(np.concatenate([cells.ravel() for _, cells in blocks]).tolist())


def outer_facets(blocks: list[tuple[str, np.ndarray]]) -> np.ndarray:
    """Facets that belong to one cell only (one row each); asserts that none belongs to three."""
    facets = np.vstack([cells[:, local] for kind, cells in blocks for local in FACETS[kind]])
    _, first, uses = np.unique(np.sort(facets, axis=1), axis=0, return_index=True, return_counts=True)
    assert uses.max() <= 2
    return facets[first[uses == 1]]


def cells_of(groups: dict[str, list[tuple[str, np.ndarray]]], dimension: int) -> list[tuple[str, np.ndarray]]:
    return [block for blocks in groups.values() for block in blocks if DIMENSION[block[0]] == dimension]


def check_mesh(path: Path, expected: Expected) -> None:
    """Groups, measures, conformity and tidiness of a mesh file."""
    points, groups = read(path)
    assert set(groups) == {*expected.regions, *expected.terminals}
    for name, size in expected.regions.items():
        assert {DIMENSION[kind] for kind, _ in groups[name]} == {expected.dimension}
        assert measure(points, groups[name]) == pytest.approx(size, rel=expected.error)
    for name, (size, region) in expected.terminals.items():
        assert {DIMENSION[kind] for kind, _ in groups[name]} == {expected.dimension - 1}
        assert measure(points, groups[name]) == pytest.approx(size, rel=expected.error)
        others = [nodes_of(groups[other]) for other in expected.regions if other != region]
        assert not any(nodes_of(groups[name]) & nodes for nodes in others)

    # regions that do not share their nodes would show as additional outer boundary
    outer = outer_facets(cells_of(groups, expected.dimension))
    kind = {1: "vertex", 2: "line", 3: "triangle", 4: "quad"}[outer.shape[1]]
    assert measure(points, [(kind, outer)]) == pytest.approx(expected.surface, rel=expected.error)
    rows = {tuple(row) for row in np.sort(outer, axis=1).tolist()}
    for name in expected.terminals:
        assert {tuple(sorted(f)) for _, facets in groups[name] for f in facets.tolist()} <= rows

    assert nodes_of(cells_of(groups, expected.dimension)) == set(range(len(points)))
    assert len(np.unique(points.round(6), axis=0)) == len(points)
    assert not points[:, expected.dimension :].any()
    assert all(oriented(points[:, : expected.dimension], *b) for b in cells_of(groups, expected.dimension))
    together = np.vstack([np.sort(cells, axis=1) for _, cells in cells_of(groups, expected.dimension)])
    assert len(np.unique(together, axis=0)) == len(together)


# ---- shipped files: no gmsh needed


def test_every_shape_is_shipped():
    assert set(EXPECTED) == set(SHAPES)
    assert all((SHIPPED / f"{name}{suffix}").is_file() for name in SHAPES for suffix in (".toml", ".msh"))


@pytest.mark.parametrize("name", EXPECTED)
def test_shipped_mesh(name):
    path = SHIPPED / f"{name}.msh"
    check_mesh(path, EXPECTED[name])
    least, most = EXPECTED[name].nodes
    assert least <= len(meshio.read(path).points) <= most
    assert path.stat().st_size < 500_000
    assert path.read_text(encoding="ascii").startswith("$MeshFormat\n4.1 0 8\n")


@pytest.mark.parametrize("name", EXPECTED)
def test_shipped_device_file(name):
    expected = EXPECTED[name]
    text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    assert data["device"]["name"] == name
    assert data["device"]["mesh"] == f"{name}.msh"
    assert data["device"]["length_unit"] == "nm"
    assert ("thickness" in data["device"]) == (expected.dimension == 2)
    assert ("cross_section" in data["device"]) == (expected.dimension == 1)
    assert set(data["regions"]) == set(expected.regions)
    assert data["terminals"] == {terminal: terminal for terminal in expected.terminals}
    for region, value in data["regions"].items():
        magnetic = isinstance(value, dict)
        assert magnetic == (region in expected.ferromagnets)
        material = data["materials"][value["material"] if magnetic else value]
        assert material["kind"] == ("ferromagnet" if magnetic else "normal")
        assert len({"resistivity", "conductivity"} & set(material)) == 1
        assert "spin_diffusion_length" in material
        assert ("polarization" in material) == magnetic
        if magnetic:
            assert np.linalg.norm(value["magnetization"]) == pytest.approx(1)
    assert f"fespin mesh {name}\n" in text
    assert all(f"#   {parameter} = " in text for parameter in SHAPES[name].parameters)


def test_magnetizations_of_the_composite_elements_are_not_collinear():
    for name in ("composite", "ferro_contacts", "cross"):
        regions = tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))["regions"]
        directions = [value["magnetization"] for value in regions.values() if isinstance(value, dict)]
        for one, other in itertools.combinations(directions, 2):
            assert np.linalg.norm(np.cross(one, other)) > 0.1


def test_ferromagnets_never_touch_each_other():
    for name, expected in EXPECTED.items():
        _, groups = read(SHIPPED / f"{name}.msh")
        for one, other in itertools.combinations(expected.ferromagnets, 2):
            assert not nodes_of(groups[one]) & nodes_of(groups[other])


def test_nodes_of_the_arcs_lie_on_them():
    for name in ("annular_sector", "cone"):
        points, groups = read(SHIPPED / f"{name}.msh")
        for terminal, radius in (("inner", 50), ("outer", 200)):
            distances = np.linalg.norm(points[sorted(nodes_of(groups[terminal]))], axis=1)
            assert distances == pytest.approx(np.full(len(distances), radius), rel=1e-9)


def test_arrows_point_to_the_right():
    """The edge jumps out and comes back slowly: a barb is wider just right of its base than further on."""
    points, _ = read(SHIPPED / "arrow_wire.msh")
    upper = {x: points[np.abs(points[:, 0] - x) < 12, 1].max() for x in (50, 110, 200, 290, 320, 350, 440, 530)}
    assert upper[110] > upper[200] > upper[290] > 40
    assert upper[350] > upper[440] > upper[530]
    assert upper[50] == pytest.approx(40)
    assert upper[320] < 50


def test_wires_in_three_dimensions_are_one_device():
    tables = [
        tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("fn_wire_1d", "fn_wire_2d", "fn_wire")
    ]
    for table in tables[1:]:
        assert {key: table[key] for key in table if key != "device"} == {
            key: tables[0][key] for key in tables[0] if key != "device"
        }
    assert tables[0]["device"]["cross_section"] == "800 nm^2"
    assert tables[1]["device"]["thickness"] == "20 nm"


# ---- building


@needs_gmsh
@pytest.mark.parametrize("name", EXPECTED)
def test_rebuilding_gives_the_shipped_device(name, tmp_path):
    """Groups and device file are the same; the count of nodes may shift a little with the version of gmsh."""
    device = build(name, tmp_path)
    shipped, again = (read(folder / f"{name}.msh") for folder in (SHIPPED, tmp_path))
    assert set(again[1]) == set(shipped[1])
    assert len(again[0]) == pytest.approx(len(shipped[0]), rel=0.02)
    assert device.read_text(encoding="utf-8") == (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    check_mesh(tmp_path / f"{name}.msh", EXPECTED[name])
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.msh", f"{name}.toml"]


@needs_gmsh
@pytest.mark.parametrize("name", EXPECTED)
def test_the_same_parameters_give_the_same_file(name, tmp_path):
    one, other = (build(name, tmp_path / folder).with_suffix(".msh") for folder in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


@needs_gmsh
@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [("fn_wire_2d", "quadrilateral", "quad"), ("fn_wire", "hexahedron", "hexahedron")],
)
def test_bricks(name, cells, kind, tmp_path):
    device = build(name, tmp_path, params={"cells": cells})
    check_mesh(device.with_suffix(".msh"), EXPECTED[name])
    assert kind in meshio.read(device.with_suffix(".msh")).cells_dict
    assert f"fespin mesh {name} --param cells={cells}\n" in device.read_text(encoding="utf-8")


@needs_gmsh
def test_swept_arrows_without_spacing(tmp_path):
    params = {"arrows": 2, "spacing": 30, "barb_sweep": 25, "arrow_length": 150.0}
    device = build("arrow_wire", tmp_path, params=params, file_name="swept")
    points, groups = read(tmp_path / "swept.msh")
    # the sweep moves the barb along the base line only: base (100) times height of the triangle is unchanged
    assert measure(points, groups["normal"]) == pytest.approx(530 * 80 + 4 * 150 * 100 / 2, rel=1e-9)
    assert tomllib.loads(device.read_text(encoding="utf-8"))["device"]["name"] == "swept"
    build("arrow_wire", tmp_path, params={"spacing": 0}, file_name="joined")
    points, groups = read(tmp_path / "joined.msh")
    assert measure(points, groups["normal"]) == pytest.approx(1000 * 80 + 8 * 200 * 100 / 2, rel=1e-9)


@needs_gmsh
@pytest.mark.parametrize("angle", [10, 119, 180, 350])
def test_sectors_of_any_angle(angle, tmp_path):
    build("annular_sector", tmp_path, params={"angle": angle, "inner_radius": 120})
    points, groups = read(tmp_path / "annular_sector.msh")
    opening = math.radians(angle)
    assert measure(points, groups["normal"]) == pytest.approx(opening / 2 * (200**2 - 120**2), rel=1e-3)
    assert measure(points, groups["inner"]) == pytest.approx(opening * 120, rel=1e-3)
    assert measure(points, groups["outer"]) == pytest.approx(opening * 200, rel=1e-3)


@needs_gmsh
@pytest.mark.parametrize("half_angle", [10, 60, 80])
def test_cones_of_any_angle(half_angle, tmp_path):
    build("cone", tmp_path, params={"half_angle": half_angle, "inner_radius": 100, "mesh_size": 15})
    points, groups = read(tmp_path / "cone.msh")
    solid = 2 * math.pi * (1 - math.cos(math.radians(half_angle)))
    assert measure(points, groups["normal"]) == pytest.approx(solid / 3 * (200**3 - 100**3), rel=0.04)
    assert measure(points, groups["outer"]) == pytest.approx(solid * 200**2, rel=0.04)


@needs_gmsh
def test_angle_of_the_valve(tmp_path):
    for angle, direction in ((0, [0, 0, 1]), (180, [0, 0, -1]), (30, [0.5, 0, math.sqrt(3) / 2])):
        device = build("angular_valve_1d", tmp_path, params={"angle": angle}, overwrite=True)
        regions = tomllib.loads(device.read_text(encoding="utf-8"))["regions"]
        assert regions["free"]["magnetization"] == pytest.approx(direction)
        assert regions["fixed"]["magnetization"] == [0, 0, 1]


@needs_gmsh
def test_gmsh_is_left_as_it_was_found(tmp_path):
    import gmsh

    build("normal_strip", tmp_path)
    assert not gmsh.isInitialized()
    gmsh.initialize(interruptible=False)
    try:
        with pytest.raises(InputError, match=r"gmsh\.finalize"):
            build("normal_strip", tmp_path, overwrite=True)
        assert gmsh.isInitialized()
    finally:
        gmsh.finalize()


SIGNALS = """
import faulthandler, os, sys
faulthandler.enable()
from fespin.device.shapes import build
build("fn_wire", sys.argv[1])
read, write = os.pipe()
os.close(read)
try:
    os.write(write, b"nobody reads this")
except BrokenPipeError:
    print("still here", flush=True)
faulthandler._sigsegv()
"""


@needs_gmsh
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals of this kind")
def test_signals_are_as_they_were(tmp_path):
    """The end of gmsh must not let a broken pipe end the process, nor silence what reports a crash."""
    command = [sys.executable, "-c", SIGNALS, str(tmp_path / "wire.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "still here\n", done.stderr
    assert "Fatal Python error: Segmentation fault" in done.stderr


@needs_gmsh
def test_existing_files_are_kept_unless_asked(tmp_path):
    device = build("normal_strip", tmp_path / "new" / "folder")
    before = device.read_bytes()
    with pytest.raises(InputError, match=r"normal_strip\.msh and normal_strip\.toml already"):
        build("normal_strip", device.parent, params={"length": 500})
    assert device.read_bytes() == before
    build("normal_strip", device.parent, params={"length": 500}, overwrite=True)
    assert "# Made again by: fespin mesh normal_strip --param length=500\n" in device.read_text(encoding="utf-8")


# ---- errors, without gmsh


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("normal_stripe", {}, "there is no shape 'normal_stripe'; did you mean 'normal_strip'?"),
        ("normal_strip", {"lenght": 3}, "normal_strip has no parameter 'lenght'; did you mean 'length'?"),
        ("normal_strip", {"width": -3}, "normal_strip.width must be a positive length in nm"),
        ("normal_strip", {"width": math.nan}, "got nan"),
        ("normal_strip", {"width": 10**400}, "normal_strip.width must be a positive length in nm"),
        ("normal_strip", {"width": True}, "got True"),
        ("normal_strip", {"width": "100 nm"}, "got '100 nm'"),
        ("normal_strip", {"length": 4e-7}, "0.001 or more"),
        (
            "normal_strip",
            {"mesh_size": 0.01},
            "normal_strip.mesh_size = 0.01 nm would make about 4e\\+08 cells",
        ),
        ("arrow_wire", {"arrows": 2.5}, "arrow_wire.arrows must be a whole number, 1 or more, got 2.5"),
        ("arrow_wire", {"arrows": 0}, "arrow_wire.arrows must be a whole number"),
        (
            "arrow_wire",
            {"barb_width": 70},
            "barb_width must exceed neck_width, got barb_width = 70, neck_width = 80",
        ),
        ("arrow_wire", {"barb_sweep": 40}, "barb_sweep must stay below spacing and lead"),
        ("t_element", {"bar_gap": 700}, "bar_width \\+ bar_gap must be less than length"),
        ("composite", {"block_width": 200}, "block_width must be less than length/2"),
        ("composite", {"disk_radius": 80}, "the disk must fit into the strip"),
        ("composite", {"disk_radius": 70}, "normal metal must separate the disk from the lower block"),
        ("ferro_contacts", {"offset": 90}, "ferro_width \\+ offset must not exceed body_width"),
        ("annular_sector", {"inner_radius": 300}, "outer_radius must exceed inner_radius"),
        ("annular_sector", {"angle": 360}, "an angle in degrees from 1 to 350, got 360"),
        ("cone", {"half_angle": 90}, "an angle in degrees from 1 to 85, got 90"),
        ("cone", {"outer_radius": 50}, "outer_radius must exceed inner_radius"),
        ("fn_wire", {"cells": "hexahedra"}, "'tetrahedron' or 'hexahedron', got 'hexahedra'; did you mean"),
        ("fn_wire_2d", {"cells": 3}, "must be 'triangle' or 'quadrilateral', got 3"),
        ("lateral_valve", {"separation": 50}, "separation must exceed ferro_width"),
        ("lateral_valve", {"arm": 30}, "arm must exceed ferro_width/2"),
        ("cross", {"block_width": 80}, "block_width must be less than arm_width"),
        ("cross", {"block_gap": 90}, "block_gap \\+ block_length must be less than arm_length"),
    ],
)
def test_wrong_parameters(name, params, message, tmp_path):
    with pytest.raises(InputError, match=message):
        build(name, tmp_path, params=params)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("file_name", ["", "a/b", "../a", ".hidden", "a b", 'a"b', "a.toml"])
def test_wrong_file_names(file_name, tmp_path):
    with pytest.raises(InputError, match="file_name must be a name of letters"):
        build("normal_strip", tmp_path, file_name=file_name)


def test_folder_that_is_a_file(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="cannot write into the folder"):
        build("normal_strip", tmp_path / "taken")


def test_folder_without_permission(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    # a test that runs as root may write everywhere
    monkeypatch.setattr(files.tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(InputError, match=r"cannot write into the folder .*: Permission denied"):
        build("normal_strip", tmp_path)


def test_without_gmsh_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "gmsh", None)
    with pytest.raises(FespinError, match=r"pip install fespin\[gmsh\]; on Debian also apt-get install libglu1-mesa"):
        build("normal_strip", tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_failed_build_leaves_the_old_files(monkeypatch, tmp_path):
    def fail(path, **_):
        path.write_text("half a mesh")
        raise MeshError("no")

    monkeypatch.setattr(files, "write_mesh", fail)
    (tmp_path / "normal_strip.msh").write_text("old")
    with pytest.raises(MeshError):
        build("normal_strip", tmp_path, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["normal_strip.msh"]
    assert (tmp_path / "normal_strip.msh").read_text() == "old"


def test_parameters_are_documented():
    for shape in SHAPES.values():
        assert shape.summary.endswith(".")
        assert "mesh_size" in shape.parameters
        for default, meaning in shape.parameters.values():
            assert isinstance(default, str | int | float)
            assert meaning
        assert shape.values() == {name: parameter.default for name, parameter in shape.parameters.items()}
        assert shape.plan().dimension in (1, 2, 3)
