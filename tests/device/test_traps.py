"""Known traps of meshes: each is handled right, or refused with the file, the part, what was found and the way out."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from mesh_builders import (
    DATA,
    FERRO,
    FORMATS,
    NORMAL,
    STRIP_CELLS,
    STRIP_NAMES,
    STRIP_POINTS,
    changed,
    line_device,
    line_mesh,
    strip_text,
    wire_device,
    write_strip,
)

import fespin
from fespin import Device, DeviceError, HalfMetal, MeshError


def refusal(folder: Path, mesh: str | None = None, toml: str | None = None) -> str:
    """The message for a strip with this mesh or this device file; it names the device file and is short."""
    path = write_strip(folder, **({} if toml is None else {"toml": toml}), mesh=mesh)
    with pytest.raises(DeviceError) as caught:
        fespin.load(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.count("\n") < 2
    return message.removeprefix(f"{path}: ").replace(str(folder / "strip.msh"), "strip.msh")


def quads(*tags: int) -> list[tuple[str, int, tuple[int, ...]]]:
    """The strip's cells with other region tags."""
    return [*STRIP_CELLS[:2], *(("quad", t, c[2]) for t, c in zip(tags, STRIP_CELLS[2:], strict=True))]


class TestGroups:
    @pytest.mark.parametrize("form", FORMATS)
    def test_region_without_a_group(self, form):
        """2.2 drops its cells and the mesh shrinks; 4.1 tells which surface it was."""
        with pytest.raises(MeshError) as caught:
            wire_device(DATA / f"lost_region_{form}.msh", "triangle", regions={"ferro": NORMAL})
        message = str(caught.value)
        assert f"lost_region_{form}.msh" in message
        assert ("boundary group 'left' has facets on no cell" if "22" in form else "surface 6") in message
        assert "physical group" in message

    @pytest.mark.parametrize("form", ["41a", "41b"])
    def test_region_without_a_group_but_saved(self, form):
        with pytest.raises(MeshError, match=r"surface 6 .* belongs to no physical group.*give it a group or remove it"):
            wire_device(DATA / f"lost_region_saveall_{form}.msh", "triangle", regions={"ferro": NORMAL})

    def test_lost_middle_leaves_two_parts(self, tmp_path):
        """Where no boundary group hangs on the lost region, the device falls apart."""
        cells = [c for i, c in enumerate(quads(3, 3, 3, 4)) if i not in (3, 4)]
        message = refusal(tmp_path, strip_text(cells=cells))
        assert "falls into 2 parts" in message

    def test_lost_end_with_its_terminal_group(self, tmp_path):
        message = refusal(tmp_path, strip_text(cells=STRIP_CELLS[:-1]))
        assert message == (
            "strip.msh: boundary group 'right' has facets on no cell; was a region left without a physical group, so "
            "that its cells were not saved?"
        )

    def test_cells_of_no_group(self, tmp_path):
        message = refusal(tmp_path, strip_text(cells=quads(3, 3, 4, 0)))
        assert message == (
            "strip.msh: 1 cells are in no physical group and have no material; every group of cells must appear "
            "under [regions]"
        )

    def test_group_without_a_material(self, tmp_path):
        names = {**STRIP_NAMES, (2, 9): "cap"}
        message = refusal(tmp_path, strip_text(cells=quads(3, 3, 4, 9), names=names))
        assert message == "strip.msh: group 'cap' has no material; every group of cells must appear under [regions]"

    def test_region_that_is_not_in_the_mesh(self, tmp_path):
        message = refusal(tmp_path, toml=changed('normal = "Cu"', 'normall = "Cu"'))
        assert message == "strip.msh has no group of cells called 'normall'; did you mean 'normal'?"

    def test_region_that_is_a_boundary(self, tmp_path):
        message = refusal(tmp_path, toml=changed('normal = "Cu"', 'left = "Cu"'))
        assert "'left' is a group of boundary facets there" in message

    def test_empty_region(self, tmp_path):
        message = refusal(tmp_path, strip_text(cells=quads(3, 3, 3, 3)))
        assert message == "strip.msh: region 'ferro' must have cells, but group 'ferro' is empty"

    def test_cell_in_two_regions(self, tmp_path):
        """A cell may be in two groups, but only one of them may be a region."""
        cells = [*STRIP_CELLS, ("quad", 4, STRIP_CELLS[3][2])]
        message = refusal(tmp_path, strip_text(cells=cells))
        assert message == "strip.msh: 1 cells belong to two regions, 'normal' and 'ferro'; a cell must be in one"

    @pytest.mark.parametrize("form", FORMATS)
    def test_cell_in_two_groups_of_gmsh(self, form):
        with pytest.raises(MeshError, match=r"8 cells belong to two regions, 'normal' and 'everything'"):
            wire_device(DATA / f"two_groups_{form}.msh", "triangle", regions={"normal": NORMAL, "everything": NORMAL})


class TestTerminals:
    def test_empty(self, tmp_path):
        """A name without facets: gmsh keeps the name when the curve was deleted."""
        message = refusal(tmp_path, strip_text(cells=STRIP_CELLS[1:]))
        assert message == "strip.msh: terminal 'left' must have facets, but group 'left' is empty"

    def test_missing(self, tmp_path):
        message = refusal(tmp_path, toml=changed('left = "left"', 'left = "lft"'))
        assert message == "strip.msh has no group of boundary facets called 'lft'; did you mean 'left'?"

    def test_terminal_that_is_a_region(self, tmp_path):
        message = refusal(tmp_path, toml=changed('left = "left"', 'left = "normal"'))
        assert "'normal' is a group of cells there; known: left, right" in message

    @pytest.mark.parametrize("form", FORMATS)
    def test_not_on_the_boundary(self, form):
        with pytest.raises(MeshError) as caught:
            wire_device(DATA / f"triangle_{form}.msh", "triangle", terminals=["left", "interface"])
        assert f"triangle_{form}.msh: terminal 'interface' must lie on the boundary, but 1 of its 1 facets are" in str(
            caught.value
        )

    def test_partly_inside(self, tmp_path):
        cells = [*STRIP_CELLS, ("line", 1, (1, 6))]
        message = refusal(tmp_path, strip_text(cells=cells))
        assert "terminal 'left' must lie on the boundary, but 1 of its 2 facets are inside the device" in message

    def test_inside_a_line_mesh(self):
        with pytest.raises(MeshError, match="mesh: terminal 'right' must lie on the boundary, but 1 of its 1 facets"):
            line_device(mesh=line_mesh(boundaries={"left": [[0]], "right": [[5]]}))

    def test_facets_of_no_cell(self, tmp_path):
        """Two nodes of the mesh that no cell has as an edge."""
        message = refusal(tmp_path, strip_text(cells=[("line", 1, (0, 6)), *STRIP_CELLS[1:]]))
        assert "1 facets of terminal 'left' are facets of no cell" in message
        assert "mesh region and terminal together" in message

    def test_shared_by_a_normal_metal_and_a_ferromagnet(self, tmp_path):
        cells = [("line", 1, (x, x + 1)) for x in range(3)] + list(STRIP_CELLS[1:])
        message = refusal(tmp_path, strip_text(cells=cells))
        assert message == (
            "strip.msh: terminal 'left' is shared by 'normal' (normal metal) and 'ferro' (ferromagnet, magnetization "
            "(0, 0, 1)); split it, or lead both into one normal metal that carries the terminal"
        )

    @pytest.mark.parametrize(
        ("first", "second", "ok"),
        [
            ((FERRO, (0, 0, 1)), (FERRO, (0, 0, 1)), True),
            ((FERRO, (0, 0, 1)), (FERRO, (0, 0, -1)), True),
            ((HalfMetal(conductivity=1e6), (0, 0, 1)), (HalfMetal(conductivity=1e6), (0, 0, 1)), True),
            ((HalfMetal(conductivity=1e6), (0, 0, 1)), (HalfMetal(conductivity=1e6), (0, 0, -1)), False),
            ((HalfMetal(conductivity=1e6), (0, 0, 1)), (FERRO, (0, 0, 1)), False),
            (NORMAL, NORMAL, True),
        ],
    )
    def test_shared_by_two_regions(self, tmp_path, first, second, ok):
        """Allowed where both hold the same potentials: same axis, or both normal."""
        cells = [("line", 1, (1, 2)), ("line", 1, (2, 3)), *STRIP_CELLS[1:]]
        path = write_strip(tmp_path, mesh=strip_text(cells=cells)).with_suffix(".msh")
        build = lambda: Device.from_mesh(  # noqa: E731
            path, regions={"normal": first, "ferro": second}, terminals=["left", "right"], thickness=1e-9
        )
        if ok:
            assert len(build().terminal_facets["left"]) == 2
        else:
            with pytest.raises(MeshError, match=r"terminal 'left' is shared by 'normal' .* and 'ferro' .*; split it"):
                build()

    def test_overlapping(self, tmp_path):
        cells = [*STRIP_CELLS, ("line", 1, (4, 9))]
        message = refusal(tmp_path, toml=changed('right = "right"', 'right = "right"\nagain = "right"'))
        assert message == "strip.msh: terminals 'right' and 'again' overlap in 2 nodes; leave a gap between them"
        assert "'left' is shared by" in refusal(tmp_path, strip_text(cells=cells))

    def test_touching_at_a_corner(self, tmp_path):
        """Two terminals that share one node fix its potential twice."""
        names = {**STRIP_NAMES, (1, 5): "below"}
        mesh = strip_text(cells=[*STRIP_CELLS, ("line", 5, (0, 1))], names=names)
        message = refusal(tmp_path, mesh, changed('right = "right"', 'below = "below"'))
        assert "terminals 'left' and 'below' overlap in 1 nodes" in message


class TestMagnets:
    def test_two_axes_in_contact(self, tmp_path):
        """Outside the theory: a normal spacer is needed."""
        toml = changed('normal = "Cu"', 'normal = { material = "Co", magnetization = [1, 0, 1] }')
        message = refusal(tmp_path, toml=toml)
        assert "'normal' and 'ferro' touch at 2 nodes and their magnetizations differ by 45 deg" in message

    def test_touching_at_one_node(self):
        """A single shared node is contact enough."""
        points = [(0, 0), (1, 0), (1, 1), (0, 1), (2, 1), (2, 2), (1, 2)]
        mesh = fespin.Mesh(
            points=points,
            cells=[(0, 1, 2, 3), (2, 4, 5, 6)],
            cell_type="quad",
            regions={"a": [0], "b": [1]},
            boundaries={"left": [(0, 3)], "right": [(4, 5)]},
        )
        with pytest.raises(DeviceError, match="'a' and 'b' touch at 1 nodes and their magnetizations differ by 90 deg"):
            Device.from_mesh(
                mesh,
                regions={"a": (FERRO, (0, 0, 1)), "b": (FERRO, (1, 0, 0))},
                terminals=["left", "right"],
                thickness=1,
            )

    def test_antiparallel_is_fine(self, tmp_path):
        toml = changed('normal = "Cu"', 'normal = { material = "Co", magnetization = [0, 0, -2] }')
        assert len(fespin.load(write_strip(tmp_path, toml)).regions) == 2


class TestGeometry:
    @pytest.mark.parametrize("form", ["22a", "41b"])
    def test_seam_of_duplicate_nodes(self, form):
        """Two parts drawn side by side and never fragmented: the seam and both parts are named."""
        with pytest.raises(MeshError) as caught:
            wire_device(DATA / f"seam_{form}.msh", "triangle")
        message = str(caught.value)
        assert (
            f"seam_{form}.msh: 2 pairs of nodes lie on top of each other along a seam, first at [32.0, 0.0]" in message
        )
        assert "disconnect region 'normal' from region 'ferro'; merge them (gmsh: fragment the geometry" in message

    def test_seam_inside_one_part(self, tmp_path):
        """A slit: the part hangs together elsewhere, but no current crosses there."""
        points = [(x, y) for y in (0, 1, 1, 2) for x in (0, 1, 2)]
        points[6] = (0, 1)
        cells = [
            ("quad", 3, (0, 1, 4, 3)),
            ("quad", 3, (1, 2, 5, 4)),
            ("quad", 3, (6, 7, 10, 9)),
            ("quad", 3, (7, 5, 11, 10)),
        ]
        cells += [("line", 1, (0, 3)), ("line", 2, (9, 10))]
        message = refusal(tmp_path, strip_text(points=points, cells=cells))
        assert "2 pairs of nodes lie on top of each other" in message
        assert "no current crosses there" in message

    def test_floating_part_is_named(self, tmp_path):
        """An island at a distance, without a terminal."""
        points = [*STRIP_POINTS, (10, 0), (11, 0), (11, 1), (10, 1)]
        cells = [*STRIP_CELLS, ("quad", 9, (10, 11, 12, 13))]
        names = {**STRIP_NAMES, (2, 9): "island"}
        message = refusal(
            tmp_path, strip_text(points, cells, names), changed('normal = "Cu"', 'normal = "Cu"\nisland = "Cu"')
        )
        assert "strip.msh falls into 2 parts that share no nodes" in message
        assert "regions 'normal', 'ferro' (10 nodes, terminal left, right)" in message
        assert "region 'island' (4 nodes, no terminal: it floats)" in message
        assert "fragment the geometry" in message

    def test_many_coincident_nodes_need_no_memory_of_their_square(self):
        """One stray node far away makes all others look coincident: refused at once, not after 10^10 pairs."""
        n = 100_000
        x = np.append(np.arange(n, dtype=float), 1e40)[:, None]
        with pytest.raises(MeshError, match="lie on top of each other"):
            line_mesh(n, points=x)

    @pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e300"])
    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_coordinate_that_is_no_number(self, tmp_path, value, axis):
        """Also in the coordinate that a plane mesh does not use."""
        points = [[*p, 0] for p in STRIP_POINTS]
        points[3][axis] = value
        message = refusal(tmp_path, strip_text(points=points))
        assert "strip.msh: coordinates must be finite numbers, got [" in message
        assert "at node 3 (1 such nodes)" in message

    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_nan_in_a_line_mesh(self, tmp_path, axis):
        points = [[float(i), 0, 0] for i in range(3)]
        points[1][axis] = float("nan")
        cells = [("vertex", 1, (0,)), ("vertex", 2, (2,)), ("line", 3, (0, 1)), ("line", 3, (1, 2))]
        (tmp_path / "line.msh").write_text(strip_text(points, cells, {(0, 1): "left", (0, 2): "right", (1, 3): "wire"}))
        with pytest.raises(MeshError, match=r"line\.msh: coordinates must be finite numbers, got .*nan.* at node 1"):
            line_device(mesh=tmp_path / "line.msh")

    def test_nan_everywhere(self, tmp_path):
        message = refusal(tmp_path, strip_text(points=[("nan",) * 3] * 10))
        assert "(10 such nodes)" in message

    def test_cell_without_volume(self, tmp_path):
        points = [list(p) for p in STRIP_POINTS]
        for node in (0, 1, 5, 6):
            points[node][1] = 0.0
        message = refusal(tmp_path, strip_text(points=points))
        assert re.match(
            r"strip\.msh: 1 of 4 cells have no volume, the first is quad 0 near \[0\.5, 0\.0\]; repair or rem", message
        )

    def test_cell_that_repeats_a_node(self, tmp_path):
        cells = [*STRIP_CELLS[:3], ("quad", 3, (1, 2, 2, 1)), *STRIP_CELLS[4:]]
        assert "1 of 4 cells have no volume" in refusal(tmp_path, strip_text(cells=cells))

    def test_folded_cell(self, tmp_path):
        """Nodes in zigzag order: positive volume at two corners, negative at the others."""
        cells = [*STRIP_CELLS[:2], ("quad", 3, (0, 1, 5, 6)), *STRIP_CELLS[3:]]
        message = refusal(tmp_path, strip_text(cells=cells))
        assert "1 of 4 cells are folded (negative volume at a corner), the first is quad 0" in message
        assert "check the order of their nodes" in message

    def test_folded_hexahedron(self):
        box = [(x, y, z) for z in (0, 1) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
        box[6] = (-1, -1, 0.5)
        with pytest.raises(MeshError, match="1 of 1 cells are folded"):
            fespin.Mesh(points=box, cells=[range(8)], cell_type="hexahedron", regions={"a": [0]}, boundaries={})

    def test_two_cell_types(self, tmp_path):
        cells = [*STRIP_CELLS[:-1], ("triangle", 4, (3, 4, 9)), ("triangle", 4, (3, 9, 8))]
        message = refusal(tmp_path, strip_text(cells=cells))
        assert (
            "strip.msh must have cells of one type among line, triangle, quad, tetra, hexahedron, got quad and tri"
            in message
        )
        assert "recombine" in message

    def test_two_dimensions_in_doubt(self, tmp_path):
        """A plane part beside solid ones: the plane's cells are boundary facets of nothing."""
        points = [(x, y, z) for z in (0, 1) for x, y in STRIP_POINTS]
        solid = [("hexahedron", 3, (0, 1, 6, 5, 10, 11, 16, 15))]
        plane = [("quad", 4, (1, 2, 7, 6)), ("quad", 1, (0, 5, 15, 10)), ("quad", 2, (1, 6, 16, 11))]
        names = {(2, 1): "left", (2, 2): "right", (3, 3): "normal", (2, 4): "ferro"}
        toml = changed('thickness = "1 nm"\n', "")
        message = refusal(tmp_path, strip_text(points, solid + plane, names), toml)
        assert "boundary group 'ferro' has facets on no cell" in message

    def test_plane_mesh_that_is_not_in_the_plane(self, tmp_path):
        points = [(x, 0, y) for x, y in STRIP_POINTS]
        message = refusal(tmp_path, strip_text(points=points))
        assert "must lie in a plane z = constant, got z from 0 to 1; rotate it" in message

    def test_points_only(self, tmp_path):
        message = refusal(tmp_path, strip_text(cells=[("vertex", 1, (0,))]))
        assert "must have cells (lines, triangles, quadrilaterals, tetrahedra or hexahedra), got none" in message


class TestExtent:
    @pytest.mark.parametrize(
        ("new", "what"),
        [
            ("", "Device.thickness must be given for a plane (2D) mesh, got nothing"),
            ('cross_section = "1 nm^2"\n', "Device.thickness must be given for a plane (2D) mesh"),
            (
                'thickness = "1 nm"\ncross_section = "1 nm^2"\n',
                "Device.cross_section must be left out for a 2D mesh, got 1e-18",
            ),
            ('thickness = "0 nm"\n', "Device.thickness must be a positive number in m, got 0.0"),
            ('thickness = "-1 nm"\n', "Device.thickness must be a positive number in m, got -1e-09"),
            ('thickness = "inf"\n', "Device.thickness must be a positive number in m, got inf"),
        ],
    )
    def test_what_the_mesh_leaves_out_must_be_given(self, tmp_path, new, what):
        assert what in refusal(tmp_path, toml=changed('thickness = "1 nm"\n', new))
