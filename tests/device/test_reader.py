"""Reading meshes: every format and every habit of gmsh gives the same mesh, or a message."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import meshio
import numpy as np
import pytest
import skfem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mesh_builders import (
    CELL_TYPES,
    DATA,
    DEVICE_TOML,
    DIMENSION,
    EXTENT,
    FACET_TYPE,
    FORMATS,
    NORMAL,
    STRIP_CELLS,
    STRIP_NAMES,
    STRIP_POINTS,
    changed,
    msh22,
    strip_text,
    summary,
    wire_device,
    write_strip,
)

import fespin
from fespin import Device, DeviceError, MeshError, read_mesh

T = TypeVar("T")
# whole length of the wire 64, width and height 16
MEASURE = {"line": 64.0, "triangle": 64.0 * 16, "quad": 64.0 * 16, "tetra": 64.0 * 256, "hexahedron": 64.0 * 256}
SECOND_ORDER = [f"{t}_order2_{f}" for t in CELL_TYPES for f in ("22a", "41b")] + [
    f"{t}_serendipity_{f}" for t in ("quad", "hexahedron") for f in ("22b", "41a")
]


def read(name: str) -> fespin.Mesh:
    return read_mesh(DATA / f"{name}.msh")


def text_mesh(folder: Path, text: str | bytes, name: str = "mesh.msh") -> fespin.Mesh:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_mesh(path)


def conductance(device: Device) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fespin.MeshWarning)
        return fespin.conductance(device).values


def in_memory(cell_type: str) -> meshio.Mesh:
    """The wire as meshio keeps it, tags and names included, from what fespin read (tested against meshio below)."""
    mesh = read(f"{cell_type}_41a")
    tags = {name: tag for (_, tag), name in mesh.tags.items()}
    cells, data = [], []
    for name, index in mesh.regions.items():
        cells.append((cell_type, mesh.cells[index]))
        data.append(np.full(len(index), tags[name]))
    for name, facets in mesh.boundaries.items():
        cells.append((FACET_TYPE[cell_type], facets))
        data.append(np.full(len(facets), tags[name]))
    points = np.pad(mesh.points, ((0, 0), (0, 3 - mesh.points.shape[1])))
    return meshio.Mesh(points, cells, cell_data={"tag": data})


class TestGmshFormats:
    """2.2 and 4.1, ASCII and binary, all cell types."""

    @pytest.mark.parametrize("form", FORMATS)
    @pytest.mark.parametrize("cell_type", CELL_TYPES)
    def test_every_format_reads_to_the_same_mesh(self, cell_type, form):
        """Same cells, same groups, whatever the version and encoding."""
        mesh = read(f"{cell_type}_{form}")
        assert mesh.cell_type == cell_type
        assert mesh.notes == ()
        assert summary(mesh) == summary(read(f"{cell_type}_22a"))

    @pytest.mark.parametrize("form", FORMATS)
    @pytest.mark.parametrize("cell_type", CELL_TYPES)
    def test_groups_are_where_they_were_drawn(self, cell_type, form):
        """normal is x < 32, ferro x > 32; the three boundary groups are at x = 0, 32, 64; measures add up."""
        mesh = read(f"{cell_type}_{form}")
        x = mesh.points[:, 0]
        assert (x[mesh.cells[mesh.regions["normal"]]] <= 32).all()
        assert (x[mesh.cells[mesh.regions["ferro"]]] >= 32).all()
        for name, at in {"left": 0, "interface": 32, "right": 64}.items():
            assert len(mesh.boundaries[name])
            assert (x[mesh.boundaries[name]] == at).all()
        assert mesh.measures().sum() == pytest.approx(MEASURE[cell_type], rel=1e-12)
        assert mesh.dimension == DIMENSION[cell_type]

    @pytest.mark.parametrize("cell_type", CELL_TYPES)
    def test_meshio_agrees(self, cell_type):
        """meshio's own reader (ASCII 2.2, all entities grouped) finds the same cells and tags."""
        path = DATA / f"{cell_type}_22a.msh"
        assert summary(read_mesh(meshio.read(path))) == summary(read_mesh(path))

    @pytest.mark.parametrize("form", FORMATS)
    @pytest.mark.parametrize("cell_type", CELL_TYPES)
    def test_conductance_does_not_depend_on_the_format(self, cell_type, form):
        """G of the four files is one G, to solver precision."""
        first = conductance(wire_device(DATA / f"{cell_type}_22a.msh", cell_type))
        other = conductance(wire_device(DATA / f"{cell_type}_{form}.msh", cell_type))
        assert other == pytest.approx(first, abs=1e-9 * np.abs(first).max())

    @pytest.mark.parametrize("name", SECOND_ORDER)
    def test_second_order_cells_are_used_as_linear_ones(self, name):
        """Corner nodes only, the same mesh as the linear file, and a note that says so."""
        mesh = read(name)
        assert summary(mesh) == summary(read(f"{mesh.cell_type}_22a"))
        assert len(mesh.points) == len(read(f"{mesh.cell_type}_22a").points)
        assert any("linear geometry" in note for note in mesh.notes)
        assert not any("belong to no cell" in note for note in mesh.notes)

    def test_integer_tags_address_named_groups(self):
        """A group has its number besides its name."""
        named = wire_device(DATA / "triangle_41b.msh", "triangle")
        regions = {
            "normal": fespin.Region(material=NORMAL, group=11),
            "ferro": fespin.Region(material=NORMAL, group="12"),
        }
        numbered = wire_device(
            DATA / "triangle_41b.msh", "triangle", regions=regions, terminals={"left": 13, "right": "15"}
        )
        assert np.array_equal(named.cell_region, numbered.cell_region)
        assert np.array_equal(named.terminal_facets["right"], numbered.terminal_facets["right"])

    @pytest.mark.parametrize("form", FORMATS)
    def test_unnamed_groups_are_called_by_their_number(self, form):
        mesh = read(f"unnamed_{form}")
        assert set(mesh.regions) == {"11", "12"}
        assert set(mesh.boundaries) == {"13", "14", "15"}
        regions = {"n": fespin.Region(material=NORMAL, group=11), "12": NORMAL}
        device = wire_device(mesh, "triangle", regions=regions, terminals={"a": 13, "b": "15"})
        assert list(device.volumes().values()) == pytest.approx([8192e-27, 8192e-27])

    @pytest.mark.parametrize("form", FORMATS)
    def test_interior_interface_group_is_kept(self, form):
        """meshio loses interior groups in some 2.2 files; here every one arrives."""
        assert len(read(f"triangle_{form}").boundaries["interface"]) == 1

    @pytest.mark.parametrize("form", ["41a", "41b"])
    def test_interfaces_need_no_group(self, form):
        """saveall has no group on the interface: same G as with one."""
        with_group = conductance(wire_device(read(f"triangle_{form}"), "triangle"))
        without = conductance(wire_device(read(f"saveall_{form}"), "triangle"))
        assert without == pytest.approx(with_group, abs=1e-9 * np.abs(with_group).max())

    @pytest.mark.parametrize("form", ["22a", "22b"])
    def test_save_all_in_22_drops_the_groups(self, form):
        """gmsh then writes 0 for the group of every cell, and only the names remain."""
        with pytest.raises(MeshError, match=r"saveall_22.\.msh: no cell .* groups normal, ferro; .* Mesh\.SaveAll=0"):
            read(f"saveall_{form}")

    @pytest.mark.parametrize("form", ["41a", "41b"])
    def test_save_all_with_entities_of_no_group(self, form):
        """Points and curves without a group are read over (meshio fails on the 4.1 files)."""
        mesh = read(f"saveall_{form}")
        assert summary(mesh)["regions"] == summary(read("triangle_22a"))["regions"]
        assert set(mesh.boundaries) == {"left", "right"}
        assert mesh.notes == ()

    @pytest.mark.parametrize("form", FORMATS)
    def test_bounding_entities_never_become_a_group(self, form):
        """meshio offers gmsh:bounding_entities as a cell set; it is bookkeeping."""
        path = DATA / f"triangle_{form}.msh"
        for mesh in (read_mesh(path), read_mesh(meshio.read(path))):
            assert not [g for g in (*mesh.regions, *mesh.boundaries) if "gmsh" in g]

    @pytest.mark.parametrize("form", FORMATS)
    def test_a_cell_in_two_groups_is_one_cell(self, form):
        """2.2 writes it twice, 4.1 once: 16 cells either way, member of both groups."""
        mesh = read(f"two_groups_{form}")
        assert len(mesh.cells) == 16
        assert set(mesh.regions["everything"]) == set(mesh.regions["normal"]) | set(mesh.regions["ferro"])
        assert len(mesh.boundaries["ends"]) == 2
        device = wire_device(mesh, "triangle")
        assert sum(device.volumes().values()) == pytest.approx(64 * 16 * 16e-27)

    @pytest.mark.parametrize("form", ["41a", "41b"])
    def test_parametric_nodes(self, form):
        """4.1 may carry u, v after x, y, z."""
        assert summary(read(f"parametric_{form}")) == summary(read("triangle_22a"))

    @pytest.mark.parametrize("form", ["22a", "22b"])
    def test_parametric_nodes_of_22_say_the_option(self, form):
        with pytest.raises(MeshError, match=r"parametric_22.*ParametricNodes.*Mesh\.SaveParametric=0"):
            read(f"parametric_{form}")

    @pytest.mark.parametrize("form", ["41a", "41b"])
    def test_partitioned_41_is_refused(self, form):
        with pytest.raises(MeshError, match=r"partitioned_41.\.msh.*partitioned.*unpartition"):
            read(f"partitioned_{form}")

    @pytest.mark.parametrize("form", ["22a", "22b"])
    def test_partitioned_22_has_more_tags_and_the_same_mesh(self, form):
        assert summary(read(f"partitioned_{form}")) == summary(read("triangle_22a"))

    @pytest.mark.parametrize("form", ["41a", "41b"])
    def test_orphan_node_and_gaps_in_the_numbering(self, form):
        """Node 1000 belongs to no cell: left out, and said so."""
        mesh = read(f"orphan_{form}")
        assert summary(mesh) == summary(read("triangle_22a"))
        assert len(mesh.points) == 14
        assert "1 nodes of the file belong to no cell" in mesh.notes[0]


class TestGmshText:
    """Hand-written 2.2 files: what other programs write."""

    def test_reference(self, tmp_path):
        mesh = text_mesh(tmp_path, strip_text())
        assert len(mesh.cells) == 4
        assert mesh.regions["ferro"].tolist() == [2, 3]

    @pytest.mark.parametrize("first", [0, 1, 1000, 5_000_000_000])
    def test_node_numbers_may_start_anywhere(self, tmp_path, first):
        mesh = text_mesh(tmp_path, msh22(STRIP_POINTS, STRIP_CELLS, STRIP_NAMES, first=first))
        assert mesh == text_mesh(tmp_path, strip_text())

    def test_node_numbers_with_gaps(self, tmp_path):
        text = (
            strip_text().replace("\n10 4 1 0\n", "\n77 4 1 0\n").replace(" 10\n", " 77\n").replace("5 10 9", "5 77 9")
        )
        text = text.replace("4 5 10", "4 5 77").replace("5 10", "5 77")
        assert summary(text_mesh(tmp_path, text)) == summary(text_mesh(tmp_path, strip_text()))

    def test_orphan_nodes_are_dropped_and_noted(self, tmp_path):
        mesh = text_mesh(tmp_path, strip_text(points=[*STRIP_POINTS, (9, 9), (8, 8)]))
        assert mesh.notes == ("2 nodes of the file belong to no cell and were left out",)
        assert mesh == text_mesh(tmp_path, strip_text())

    def test_orphan_node_with_nan_harms_nobody(self, tmp_path):
        mesh = text_mesh(tmp_path, strip_text(points=[*STRIP_POINTS, (float("nan"), 9)]))
        assert np.isfinite(mesh.points).all()

    def test_reversed_cells_give_the_same_conductance(self, tmp_path):
        """Orientation is a convention of the mesher: G does not know it."""
        turned = [(k, t, tuple(reversed(n)) if i % 2 else n) for i, (k, t, n) in enumerate(STRIP_CELLS)]
        a = text_mesh(tmp_path, strip_text())
        b = text_mesh(tmp_path, strip_text(cells=turned))
        first, other = (conductance(wire_device(m, "quad")) for m in (a, b))
        assert other == pytest.approx(first, abs=1e-9 * np.abs(first).max())

    @pytest.mark.parametrize("cell_type", CELL_TYPES)
    def test_mirrored_mesh_gives_the_same_conductance(self, cell_type):
        """y -> -y turns every cell inside out."""
        mesh = read(f"{cell_type}_22a")
        mirror = np.ones(mesh.points.shape[1])
        mirror[-1] = -1 if cell_type != "line" else 1
        cells = mesh.cells[:, ::-1] if cell_type == "line" else mesh.cells
        other = fespin.Mesh(
            points=mesh.points * mirror,
            cells=cells,
            cell_type=cell_type,
            regions=mesh.regions,
            boundaries=mesh.boundaries,
        )
        first, second = (conductance(wire_device(m, cell_type)) for m in (mesh, other))
        assert second == pytest.approx(first, abs=1e-9 * np.abs(first).max())

    def test_same_name_for_a_region_and_a_boundary(self, tmp_path):
        """As in the contract's example: left = "left" is the boundary, whatever a region is called."""
        names = {(1, 1): "left", (1, 2): "right", (2, 3): "left", (2, 4): "right"}
        mesh = text_mesh(tmp_path, strip_text(names=names))
        device = wire_device(mesh, "quad", regions={"left": NORMAL, "right": NORMAL})
        assert device.volumes().keys() == {"left", "right"}
        assert device.terminal_facets["left"].tolist() == [[0, 5]]

    def test_two_tags_of_one_name_are_one_group(self, tmp_path):
        names = {**STRIP_NAMES, (2, 3): "wire", (2, 4): "wire"}
        mesh = text_mesh(tmp_path, strip_text(names=names))
        assert mesh.regions["wire"].tolist() == [0, 1, 2, 3]

    def test_facet_listed_twice_counts_once(self, tmp_path):
        mesh = text_mesh(tmp_path, strip_text(cells=[*STRIP_CELLS, ("line", 1, (5, 0))]))
        assert len(mesh.boundaries["left"]) == 1

    @pytest.mark.parametrize("name", ["a b", 'with "quotes"', "back\\slash", "Größe µ", "a.b", " padded "])
    def test_names_of_groups_arrive_as_written(self, tmp_path, name):
        assert name in text_mesh(tmp_path, strip_text(names={**STRIP_NAMES, (2, 3): name})).regions

    @pytest.mark.parametrize("where", ["start", "middle", "end"])
    def test_comment_sections_are_skipped(self, tmp_path, where):
        """Even when they quote the marks of other sections."""
        comment = "$Comments\n$Nodes\n1\n1 9 9 9\n$EndNodes\n$EndComments\n"
        text = strip_text()
        at = {"start": 0, "middle": text.index("$Nodes"), "end": len(text)}[where]
        assert text_mesh(tmp_path, text[:at] + comment + text[at:]) == text_mesh(tmp_path, text)

    def test_unknown_sections_are_skipped(self, tmp_path):
        text = strip_text() + "$NodeData\n1\n1 2 3\n$EndNodeData\n"
        assert len(text_mesh(tmp_path, text).cells) == 4

    def test_text_between_sections_is_skipped(self, tmp_path):
        """Sections are found one after the other, or each by itself."""
        text = strip_text()
        at = text.index("$Nodes")
        for odd in ("made by hand\n", "$NodeData\n1\n"):  # the second does not end
            assert text_mesh(tmp_path, text[:at] + odd + text[at:]) == text_mesh(tmp_path, text)

    @pytest.mark.parametrize("first", [0, 1, 400])
    def test_nodes_counted_from_any_number(self, first):
        from fespin.device import msh
        from fespin.device.raw import Block

        ids, nodes = np.arange(first, first + 20), np.array([[3, 0, 19], [4, 5, 6]])
        (block,) = msh._renumber(Path("a.msh"), [Block("triangle", nodes + first, ())], ids)
        np.testing.assert_array_equal(block.nodes, nodes)
        for missing in (first - 1, first + 20):
            with pytest.raises(MeshError, match="refers to a node that is not in the file"):
                msh._renumber(Path("a.msh"), [Block("triangle", np.array([[first, first, missing]]), ())], ids)

    def test_windows_line_ends(self, tmp_path):
        assert text_mesh(tmp_path, strip_text().replace("\n", "\r\n")) == text_mesh(tmp_path, strip_text())

    def test_suffix_in_capitals(self, tmp_path):
        assert text_mesh(tmp_path, strip_text(), "MESH.MSH") == text_mesh(tmp_path, strip_text())

    def test_cells_without_any_tag(self, tmp_path):
        """No names and no tags: cells of no group, which [regions] cannot name."""
        text = msh22(STRIP_POINTS, STRIP_CELLS).replace(" 2 3 1 ", " 0 ").replace(" 2 4 1 ", " 0 ")
        mesh = text_mesh(tmp_path, text)
        assert dict(mesh.regions) == {}
        with pytest.raises(DeviceError, match="no group of cells called 'normal'; known: none"):
            wire_device(mesh, "quad")

    @pytest.mark.parametrize("dimension", [2, 3])
    def test_line_networks_in_the_plane_and_in_space(self, tmp_path, dimension):
        """A Y of three wires of length 5: the network's G, by Kirchhoff's rules."""
        ends = [(5, 0, 0), (-3, 4, 0), (-3, 0, 4)] if dimension == 3 else [(5, 0), (-3, 4), (-3, -4)]
        cells = [("vertex", t, (t,)) for t in (1, 2, 3)] + [("line", 9, (0, t)) for t in (1, 2, 3)]
        names = {(0, 1): "a", (0, 2): "b", (0, 3): "c", (1, 9): "wire"}
        mesh = text_mesh(tmp_path, msh22([(0, 0, 0), *ends], cells, names))
        assert mesh.points.shape == (4, dimension)
        device = Device.from_mesh(
            mesh, regions={"wire": NORMAL}, terminals=["a", "b", "c"], length_unit="nm", cross_section="5 nm^2"
        )
        g = 1e7 * 5e-18 / 5e-9
        charge = conductance(device).reshape(3, 4, 3, 4)[:, 0, :, 0]
        assert charge == pytest.approx(g * (np.full((3, 3), 1 / 3) - np.eye(3)), rel=1e-9)

    def test_plane_mesh_at_constant_height(self, tmp_path):
        points = [(x, y, 7) for x, y in STRIP_POINTS]
        assert text_mesh(tmp_path, strip_text(points=points)) == text_mesh(tmp_path, strip_text())


class TestDamage:
    """Truncated, foreign and contradictory files: one message that names the file."""

    @pytest.mark.parametrize("form", FORMATS)
    def test_truncated_anywhere(self, tmp_path, form):
        """Cut after any section or inside: never a mesh with fewer cells."""
        data = (DATA / f"quad_{form}.msh").read_bytes()
        for end in range(0, data.index(b"$EndElements"), 7):
            with pytest.raises(MeshError, match=r"mesh\.msh"):
                text_mesh(tmp_path, data[:end])

    @pytest.mark.parametrize("version", ["1", "2.1", "3.0", "4", "4.0", "4.2", "5", "x"])
    def test_wrong_version(self, tmp_path, version):
        with pytest.raises(MeshError, match=rf"2\.2 or 4\.1, got {version}; set Mesh\.MshFileVersion=4\.1"):
            text_mesh(tmp_path, strip_text().replace("2.2 0 8", f"{version} 0 8"))

    @pytest.mark.parametrize("form", ["22b", "41b"])
    def test_big_endian_mark(self, tmp_path, form):
        data = (
            (DATA / f"quad_{form}.msh")
            .read_bytes()
            .replace(b"\x01\x00\x00\x00\n$EndMesh", b"\x00\x00\x00\x01\n$EndMesh")
        )
        with pytest.raises(MeshError, match=r"mesh\.msh: binary gmsh files must be little-endian .* ASCII"):
            text_mesh(tmp_path, data)

    @pytest.mark.parametrize(
        ("old", "new", "what"),
        [
            ("$Nodes\n10\n", "$Nodes\n11\n", "11 nodes announced"),
            ("$Nodes\n10\n", "$Nodes\n9\n", "9 nodes announced"),
            ("$Nodes\n10\n", "$Nodes\n-1\n", "damaged"),
            ("$Nodes\n10\n", "$Nodes\nten\n", "damaged"),
            ("$Elements\n6\n", "$Elements\n7\n", "7 elements announced, 6 found"),
            ("$Elements\n6\n", "$Elements\n5\n", "5 elements announced, more found"),
            ("$Elements\n6\n", "$Elements\n0\n", "0 elements announced"),
            ("\n3 3 2 3 1 1 2 7 6\n", "\n3 3 -2 3 1 1 2 7 6\n", "ends early"),
            ("\n3 3 2 3 1 1 2 7 6\n", "\n3 3 2 3 1 1 2 7.5 6\n", "integer"),
            ("\n3 3 2 3 1 1 2 7 6\n", "\n3 3 2 3 1 1 2 nan 6\n", "integer"),
            ("\n3 3 2 3 1 1 2 7 6\n", "\n3 3 2 3 1 1 2 99 6\n", "node that is not in the file"),
            ("\n3 3 2 3 1 1 2 7 6\n", "\n3 3 2 3 1 1 2 -7 6\n", "node that is not in the file"),
            ("\n3 3 2 3 1 1 2 7 6\n", "\n3 99 2 3 1 1 2 7 6\n", "element type 99 is not supported"),
            ("\n3 3 2 3 1 1 2 7 6\n", "\n3 3 2 3 1 1 2 seven 6\n", "not a number"),
            ("\n2 1 0 0\n", "\n1 1 0 0\n", "node 1 is in the file twice"),
            ('2 4 "ferro"', "2 4 ferro", "PhysicalNames"),
            ('2 4 "ferro"\n', "", "4 names of groups announced, 3 found"),
            ("$Elements", "$Elephants", r"section \$Elements"),
            ("$Nodes", "$Knots", r"section \$Nodes"),
            ("$MeshFormat", "$MashFormat", r"starting with \$MeshFormat"),
        ],
    )
    def test_contradictions(self, tmp_path, old, new, what):
        text = strip_text()
        assert text.count(old) == 1
        with pytest.raises(MeshError, match=what) as caught:
            text_mesh(tmp_path, text.replace(old, new))
        assert "mesh.msh" in str(caught.value)

    def test_unnamed_group_must_not_meet_a_name(self, tmp_path):
        """Group 4 has no name and group 3 is called "4": which one is meant?"""
        names = {(1, 1): "left", (1, 2): "right", (2, 3): "4"}
        with pytest.raises(MeshError, match="group 4 has no name, and another group is called '4'"):
            text_mesh(tmp_path, strip_text(names=names))

    def test_empty_file(self, tmp_path):
        with pytest.raises(MeshError, match=r"starting with \$MeshFormat"):
            text_mesh(tmp_path, b"")

    def test_wild_node_numbers_claim_no_memory(self, tmp_path):
        """Node number 9e15: a table of that length would not fit anywhere."""
        text = strip_text().replace("\n10 4 1 0\n", "\n9000000000000000 4 1 0\n")
        with pytest.raises(MeshError, match="node that is not in the file"):
            text_mesh(tmp_path, text)


class TestOtherFormats:
    """VTU and XDMF: integer tags, named in the device file."""

    TOML = changed('mesh = "strip.msh"', 'mesh = "wire.{suffix}"').replace(
        DEVICE_TOML[DEVICE_TOML.index("[regions]") :],
        '[regions]\nn = {{ material = "Cu", group = 11 }}\n'
        'f = {{ material = "Co", magnetization = [0, 0, 1], group = 12 }}\n\n[terminals]\nleft = 13\nright = 15\n',
    )

    def load(self, folder: Path, suffix: str, cell_type: str, extra: str = "") -> Device:
        extent = "".join(f'{k} = "{v}"\n' for k, v in EXTENT[cell_type].items())
        path = folder / "wire.toml"
        path.write_text(self.TOML.format(suffix=suffix).replace('thickness = "1 nm"\n', extent + extra))
        return fespin.load(path)

    @pytest.mark.parametrize(
        ("suffix", "cell_type"), [("vtu", t) for t in CELL_TYPES] + [("xdmf", t) for t in CELL_TYPES if t != "line"]
    )
    def test_integer_tags_mapped_in_the_device_file(self, tmp_path, suffix, cell_type):
        """The same G as from the gmsh file."""
        if suffix == "xdmf":
            pytest.importorskip("h5py")
        in_memory(cell_type).write(tmp_path / f"wire.{suffix}")
        device = self.load(tmp_path, suffix, cell_type)
        assert summary(device.mesh)["regions"]["11"] == summary(read(f"{cell_type}_22a"))["regions"]["normal"]
        lossless = {r: fespin.Region(material=NORMAL, group=t) for r, t in (("n", 11), ("f", 12))}
        here = conductance(device.replace(regions=lossless))
        there = conductance(
            wire_device(read(f"{cell_type}_22a"), cell_type, regions={"normal": NORMAL, "ferro": NORMAL})
        )
        assert here == pytest.approx(there, abs=1e-9 * np.abs(there).max())

    def test_points_in_xdmf(self, tmp_path):
        """meshio writes point cells into XDMF that it cannot read: refused with its reason, not misread."""
        pytest.importorskip("h5py")
        in_memory("line").write(tmp_path / "wire.xdmf")
        with pytest.raises(DeviceError, match=r"wire\.xdmf cannot be read as a mesh: meshio says KeyError"):
            self.load(tmp_path, "xdmf", "line")

    def test_several_integer_arrays_need_mesh_tags(self, tmp_path):
        mesh = in_memory("quad")
        mesh.cell_data["zone"] = [np.arange(len(b.data)) for b in mesh.cells]
        mesh.write(tmp_path / "wire.vtu")
        with pytest.raises(DeviceError, match=r"wire\.vtu has several integer cell arrays \(tag, zone\).*mesh_tags"):
            self.load(tmp_path, "vtu", "quad")
        device = self.load(tmp_path, "vtu", "quad", 'mesh_tags = "tag"\n')
        assert len(device.regions) == 2

    def test_mesh_tags_survive_writing(self, tmp_path):
        mesh = in_memory("quad")
        mesh.cell_data["zone"] = [np.arange(len(b.data)) for b in mesh.cells]
        mesh.write(tmp_path / "wire.vtu")
        device = self.load(tmp_path, "vtu", "quad", 'mesh_tags = "tag"\n')
        assert fespin.load(device.write(tmp_path / "again.toml")) == device

    @pytest.mark.parametrize(
        ("tags", "what"),
        [("zone", "has no cell data called 'zone'; there: tag, x"), ("x", "'x' must be one integer per cell")],
    )
    def test_mesh_tags_must_be_integer_cell_data(self, tmp_path, tags, what):
        mesh = in_memory("quad")
        mesh.cell_data["x"] = [np.linspace(0, 1, len(b.data)) for b in mesh.cells]
        mesh.write(tmp_path / "wire.vtu")
        with pytest.raises(DeviceError, match=what):
            self.load(tmp_path, "vtu", "quad", f'mesh_tags = "{tags}"\n')

    def test_mesh_tags_are_not_for_gmsh_files(self, tmp_path):
        toml = changed('mesh = "strip.msh"', 'mesh = "strip.msh"\nmesh_tags = "tag"')
        with pytest.raises(DeviceError, match=r"strip\.msh: mesh_tags must be left out for gmsh files"):
            fespin.load(write_strip(tmp_path, toml))

    def test_tag_zero_is_a_tag(self, tmp_path):
        """Only in gmsh's arrays 0 stands for no group; others count regions from 0."""
        mesh = in_memory("quad")
        mesh.cell_data["tag"] = [t - 11 for t in mesh.cell_data["tag"]]
        mesh.write(tmp_path / "wire.vtu")
        regions = {"n": fespin.Region(material=NORMAL, group=0), "f": fespin.Region(material=NORMAL, group=1)}
        device = wire_device(tmp_path / "wire.vtu", "quad", regions=regions, terminals={"left": 2, "right": 4})
        assert len(device.volumes()) == 2
        memory = device.replace(mesh=device.refined().mesh)
        assert fespin.load(memory.write(tmp_path / "fine.toml")).volumes() == pytest.approx(device.volumes())

    def test_field_data_of_other_kinds_is_ignored(self, tmp_path):
        """ParaView keeps the time in the field data."""
        mesh = in_memory("quad")
        mesh.field_data = {"TimeValue": np.array([0.5]), "two": np.array([0.1, 0.2])}
        assert set(read_mesh(mesh).regions) == {"11", "12"}

    @pytest.mark.parametrize("name", ["wire.vtu", "wire.xdmf", "wire.vtk", "wire.stl", "wire.unknown", "wire"])
    def test_garbage_in_any_format(self, tmp_path, capfd, name):
        """meshio prints and exits on damaged files: here one message, nothing printed."""
        (tmp_path / name).write_bytes(b"garbage \x00\x01 <xml>")
        with pytest.raises(MeshError, match=f"{name}"):
            read_mesh(tmp_path / name)
        assert capfd.readouterr() == ("", "")

    def test_unsupported_cells(self, tmp_path):
        points = np.random.default_rng(1).random((6, 3))
        with pytest.raises(MeshError, match=r"cells of one type among .*, got wedge"):
            read_mesh(meshio.Mesh(points, [("wedge", [range(6)])]))
        with pytest.raises(MeshError, match="cells of type 'polygon' are not supported"):
            read_mesh(meshio.Mesh(points, [("polygon", [range(6)])]))


class TestInMemory:
    """meshio and scikit-fem meshes."""

    @pytest.mark.parametrize("cell_type", CELL_TYPES)
    def test_meshio_mesh(self, cell_type):
        regions = {"n": fespin.Region(material=NORMAL, group=11), "f": fespin.Region(material=NORMAL, group=12)}
        device = wire_device(in_memory(cell_type), cell_type, regions=regions, terminals={"left": 13, "right": 15})
        there = wire_device(read(f"{cell_type}_22a"), cell_type, regions={"normal": NORMAL, "ferro": NORMAL})
        assert list(device.volumes().values()) == pytest.approx(list(there.volumes().values()))
        expected = conductance(there)
        assert conductance(device) == pytest.approx(expected, abs=1e-9 * np.abs(expected).max())

    def test_meshio_cell_sets(self):
        """Named sets of cells are groups."""
        mesh = meshio.Mesh(
            np.array(STRIP_POINTS, float),
            [("quad", [c[2] for c in STRIP_CELLS[2:]]), ("line", [c[2] for c in STRIP_CELLS[:2]])],
            cell_sets={"normal": [[0, 1], []], "ferro": [[2, 3], None], "left": [[], [0]], "right": [None, [1]]},
        )
        assert summary(read_mesh(mesh)) == {
            "regions": {
                "normal": {frozenset({(x, 0.0), (x + 1.0, 0.0), (x, 1.0), (x + 1.0, 1.0)}) for x in (0.0, 1.0)},
                "ferro": {frozenset({(x, 0.0), (x + 1.0, 0.0), (x, 1.0), (x + 1.0, 1.0)}) for x in (2.0, 3.0)},
            },
            "boundaries": {
                "left": {frozenset({(0.0, 0.0), (0.0, 1.0)})},
                "right": {frozenset({(4.0, 0.0), (4.0, 1.0)})},
            },
        }

    @pytest.mark.parametrize(
        "mesh",
        [
            meshio.Mesh(np.zeros((2, 2)), [("line", [[0, 5]])]),
            meshio.Mesh(np.zeros((2, 2)), [("line", [[0, -1]])]),
            meshio.Mesh(np.zeros((2, 2)), [("line", [[0, 1]])], cell_sets={"a": [[7]]}),
            meshio.Mesh(np.zeros((2, 4)), [("line", [[0, 1]])]),
            meshio.Mesh(np.zeros((2, 2)), []),
        ],
        ids=["node 5 of 2", "node -1", "cell 7 of 1", "four coordinates", "no cells"],
    )
    def test_inconsistent_meshio_mesh(self, mesh):
        with pytest.raises(MeshError, match="meshio mesh"):
            read_mesh(mesh)

    @staticmethod
    def skfem_wire(cell_type: str) -> skfem.Mesh:
        """Unit box, two regions split at x = 1/2, ends at x = 0 and 1."""
        grid = np.linspace(0, 1, 5)
        mesh = {
            "line": lambda: skfem.MeshLine(grid),
            "triangle": lambda: skfem.MeshTri.init_tensor(grid, grid),
            "quad": lambda: skfem.MeshQuad.init_tensor(grid, grid),
            "tetra": lambda: skfem.MeshTet.init_tensor(grid, grid, grid),
            "hexahedron": lambda: skfem.MeshHex.init_tensor(grid, grid, grid),
        }[cell_type]()
        mesh = mesh.with_subdomains({"normal": lambda x: x[0] < 0.5, "ferro": lambda x: x[0] > 0.5})
        return mesh.with_boundaries({"left": lambda x: x[0] == 0, "right": lambda x: x[0] == 1})

    @pytest.mark.parametrize("cell_type", CELL_TYPES)
    def test_skfem_mesh(self, cell_type):
        """Volumes, boundary facets and the corner order (of hexahedra above all) are right: G = sigma A/L = 1e7 S."""
        source = self.skfem_wire(cell_type)
        unit = {"line": {"cross_section": 1.0}, "triangle": {"thickness": 1.0}, "quad": {"thickness": 1.0}}
        device = Device.from_mesh(
            source, regions={"normal": NORMAL, "ferro": NORMAL}, terminals=["left", "right"], **unit.get(cell_type, {})
        )
        assert device.mesh.cell_type == cell_type
        assert device.mesh.notes == ()
        assert list(device.volumes().values()) == pytest.approx([0.5, 0.5])
        facets = {"line": 1, "triangle": 4, "quad": 4, "tetra": 32, "hexahedron": 16}[cell_type]
        assert {len(f) for f in device.terminal_facets.values()} == {facets}
        assert fespin.conductance(device)["right", "e", "left", "e"] == pytest.approx(1e7, rel=1e-9)

    def test_hexahedron_facets_run_around(self):
        """The four corners of a boundary facet in cyclic order: neighbours share an edge, the diagonal is never one."""
        mesh = read_mesh(self.skfem_wire("hexahedron"))
        corners = mesh.points[mesh.boundaries["left"]]  # (f, 4, 3)
        sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
        assert sides == pytest.approx(0.25)

    @pytest.mark.parametrize("cell_type", CELL_TYPES)
    def test_skfem_reads_what_fespin_writes(self, tmp_path, cell_type):
        """A device from a scikit-fem mesh, written and read, is the same device."""
        unit = {"line": {"cross_section": 1.0}, "triangle": {"thickness": 1.0}, "quad": {"thickness": 1.0}}
        device = Device.from_mesh(
            self.skfem_wire(cell_type),
            regions={"normal": NORMAL, "ferro": NORMAL},
            terminals=["left", "right"],
            **unit.get(cell_type, {}),
        )
        assert fespin.load(device.write(tmp_path / "box.toml")).mesh == device.mesh

    @pytest.mark.parametrize("order2", [skfem.MeshTri2, skfem.MeshQuad2, skfem.MeshTet2, skfem.MeshHex2])
    def test_skfem_mesh_of_second_order(self, order2):
        """Corner nodes only, and a note."""
        linear = {
            "MeshTri2": skfem.MeshTri,
            "MeshQuad2": skfem.MeshQuad,
            "MeshTet2": skfem.MeshTet,
            "MeshHex2": skfem.MeshHex,
        }
        base = linear[order2.__name__]().refined(1)
        mesh = read_mesh(order2.from_mesh(base))
        assert len(mesh.points) == base.doflocs.shape[1]
        assert mesh.measures().sum() == pytest.approx(1)
        assert mesh.notes == ("cells of higher order are used as linear geometry (corner nodes only)",)

    def test_skfem_orphan_nodes(self):
        mesh = skfem.MeshTri(np.array([[5.0, 0, 1, 0, 5], [9.0, 0, 0, 1, 5]]), np.array([[1], [2], [3]]))
        read_back = read_mesh(mesh)
        assert read_back.notes == ("2 nodes of the file belong to no cell and were left out",)
        assert len(read_back.points) == 3

    @pytest.mark.parametrize(
        "mesh", [skfem.MeshWedge1(), skfem.MeshTri1DG.from_mesh(skfem.MeshTri())], ids=["wedge", "periodic"]
    )
    def test_other_skfem_meshes_are_refused(self, mesh):
        with pytest.raises(MeshError, match="skfem mesh must be of lines, triangles, quads, tets or hexes, got Mesh"):
            read_mesh(mesh)


def _mutate(data: bytes, edits: list[tuple[int, bytes | None]]) -> bytes:
    """Overwrite, insert or delete bytes."""
    out = bytearray(data)
    for place, new in edits:
        at = place % (len(out) + 1)
        if new is None:
            del out[at : at + 3]
        else:
            out[at : at + len(new)] = new
    return bytes(out)


EDITS = st.lists(
    st.tuples(
        st.integers(0, 2**16),
        st.none()
        | st.binary(min_size=1, max_size=8)
        | st.sampled_from([b"-", b"9", b"e", b"nan", b"inf", b"\n", b"\xff\xff\xff\x7f", b"\xff" * 8, b"0", b" 1 "]),
    ),
    min_size=1,
    max_size=6,
)


def device_or_message(build: Callable[[], T]) -> tuple[T | None, str]:
    """What came out, or the message of the DeviceError; anything else passes through and fails the test."""
    try:
        return build(), ""
    except DeviceError as error:
        return None, str(error)


class TestFuzz:
    """Whatever the bytes: a device or a DeviceError, at once."""

    @pytest.mark.parametrize("form", FORMATS)
    @pytest.mark.parametrize("cell_type", ["quad", "tetra"])
    @settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(edits=EDITS)
    def test_damaged_mesh(self, tmp_path, cell_type, form, edits):
        data = (DATA / f"{cell_type}_{form}.msh").read_bytes()
        path = tmp_path / "mesh.msh"
        path.write_bytes(_mutate(data, edits))
        device, message = device_or_message(lambda: wire_device(path, cell_type))
        assert "mesh.msh" in message if device is None else len(device.mesh.cells)

    @settings(max_examples=200, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(edits=EDITS)
    def test_damaged_device_file(self, tmp_path, edits):
        path = write_strip(tmp_path)
        path.write_bytes(_mutate(DEVICE_TOML.encode(), edits))
        device, message = device_or_message(lambda: fespin.load(path))
        assert "strip.toml" in message if device is None else device.terminal_facets.keys() == device.terminals.keys()

    @settings(max_examples=100, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(edits=EDITS)
    def test_damaged_vtu(self, tmp_path, edits):
        in_memory("quad").write(tmp_path / "good.vtu", binary=False)
        (tmp_path / "mesh.vtu").write_bytes(_mutate((tmp_path / "good.vtu").read_bytes(), edits))
        mesh, message = device_or_message(lambda: read_mesh(tmp_path / "mesh.vtu"))
        assert "mesh.vtu" in message if mesh is None else len(mesh.cells)
