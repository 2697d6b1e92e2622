"""Stored meshes: what goes in comes out, whole or by slices; no MPI here."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from grids import box, layered
from hypothesis import given, settings
from hypothesis import strategies as st
from mesh_builders import summary

import fespin
from fespin import InputError, Mesh, MeshError, NormalMetal
from fespin.cli import main

h5py = pytest.importorskip("h5py")

from fespin.device.stored import is_stored, morton_order, read_stored, write_stored  # noqa: E402
from fespin.device.stored_header import Header  # noqa: E402
from fespin.distributed.drawing import check_names, drawing_of_file  # noqa: E402
from fespin.distributed.halo import equal_ranges  # noqa: E402
from fespin.distributed.piece import header_of, read_slices  # noqa: E402

MESHES = Path(__file__).parents[2] / "meshes"
SHIPPED = ("fn_wire_1d", "fn_wire_2d", "cross")


def converted(name: str, folder: Path) -> Path:
    """A shipped device whose mesh was stored: its device file."""
    device = fespin.load(MESHES / f"{name}.toml")
    write_stored(device.mesh, folder / f"{name}.h5")
    text = (MESHES / f"{name}.toml").read_text(encoding="utf-8")
    path = folder / f"{name}.toml"
    path.write_text(re.sub(r'mesh = "[^"]*"', f'mesh = "{name}.xdmf"', text), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", SHIPPED)
def test_the_same_device_and_matrix(name, tmp_path):
    """Groups as sets of places in space, and G to rounding, from either of the two files."""
    stored, original = fespin.load(converted(name, tmp_path)), fespin.load(MESHES / f"{name}.toml")
    assert summary(stored.mesh) == summary(original.mesh)
    assert stored.mesh.tags == original.mesh.tags
    expected = fespin.conductance(original).values
    assert np.abs(fespin.conductance(stored).values - expected).max() <= 1e-13 * np.abs(expected).max()
    assert read_stored(tmp_path / f"{name}.h5") == stored.mesh


@pytest.mark.parametrize("name", SHIPPED)
def test_other_programs_read_it(name, tmp_path):
    """meshio takes the XDMF file as ParaView does: same cells, one number of groups each."""
    import meshio

    data, shown = write_stored(fespin.load(MESHES / f"{name}.toml").mesh, tmp_path / "mesh.xdmf")
    mesh, seen = read_stored(data), meshio.read(shown)
    assert np.array_equal(seen.cells[0].data, mesh.cells)
    assert np.allclose(seen.points[:, : mesh.points.shape[1]], mesh.points)
    assert len(np.unique(seen.cell_data["groups"][0])) == len(mesh.regions)


@given(kind=st.sampled_from(["line", "triangle", "tetra"]), parts=st.integers(1, 7), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_slices_make_up_the_mesh(kind, parts, seed, tmp_path_factory):
    """Any number of processes reads every node and cell once, cells with the owner of their lowest node."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(2, 6, {"line": 1, "triangle": 2, "tetra": 3}[kind])
    points, cells = box(kind, *[np.linspace(0, 1, n) for n in counts])
    middle = points[cells][:, :, 0].mean(axis=1) < 0.5
    mesh = Mesh(points=points, cells=cells, cell_type=kind,
                regions={"a": np.flatnonzero(middle), "b": np.flatnonzero(~middle), "all": np.arange(len(cells))},
                boundaries={"end": cells[:1, : cells.shape[1] - 1]})  # fmt: skip
    path = tmp_path_factory.mktemp("stored") / "mesh.h5"
    write_stored(mesh, path)
    whole, header = read_stored(path), header_of(path)
    starts = equal_ranges(header.nodes, parts)
    pieces = [read_slices(path, int(a), int(b), [0]) for a, b in itertools.pairwise(starts)]
    for (_, own, _, nodes), a, b in zip(pieces, starts[:-1], starts[1:], strict=True):
        assert ((own.min(axis=1) >= a) & (own.min(axis=1) < b)).all()
        assert ((nodes >= a) & (nodes < b)).all()
    points, cells, combinations, nodes = (np.concatenate(x) for x in zip(*pieces, strict=True))
    assert np.array_equal(points, whole.points)
    assert np.array_equal(cells, whole.cells)
    assert np.array_equal(nodes, np.unique(whole.boundaries["end"]))
    for g, name in enumerate(header.groups):
        assert np.array_equal(np.flatnonzero(header.combinations[combinations, g]), whole.regions[name])


def test_pieces_are_compact():
    """A quarter of a cube along the curve has far less surface than a quarter of its nodes in any order."""
    points, cells = box("tetra", *[np.linspace(0, 1, 17)] * 3)
    order = morton_order(points)
    place = np.argsort(order)[cells]
    for start, stop in itertools.pairwise(equal_ranges(len(points), 4)):
        near = np.unique(place[((place >= start) & (place < stop)).any(axis=1)])
        assert np.count_nonzero((near < start) | (near >= stop)) < 0.5 * (stop - start)


def test_header_survives_json():
    """Names, tags and tables come back."""
    device = fespin.load(MESHES / "cross.toml")
    header = Header(cell_type="tetra", nodes=5, cells=2, groups=("ä", "b"), combinations=np.array([[True, False]]),
                    counts=np.array([2]), boundaries=(), tags=dict(device.mesh.tags), notes=("x",))  # fmt: skip
    back = Header.from_json(json.loads(json.dumps(header.to_json())))
    assert back.to_json() == header.to_json()


def test_convert_command(tmp_path, capsys):
    """From a device or from a bare mesh; it says what to write into the device file."""
    assert main(["mesh", "convert", str(MESHES / "cross.toml"), str(tmp_path / "a.h5")]) == 0
    assert main(["mesh", "convert", str(MESHES / "cross.msh"), str(tmp_path / "b.xdmf")]) == 0
    assert 'mesh = "b.h5"' in capsys.readouterr().out
    assert summary(read_stored(tmp_path / "a.h5")) == summary(read_stored(tmp_path / "b.xdmf"))
    assert main(["info", str(tmp_path / "b.xdmf")]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.h5", "a.xdmf", "b.h5", "b.xdmf"]


@pytest.mark.parametrize(("words", "message"), [
    (["cross.msh"], "needs two files"),
    (["cross.msh", "out.vtu"], "must end in .h5 or .xdmf"),
    (["cross.msh", "taken.h5"], "exists already"),
    (["nothing.msh", "out.h5"], "nothing there"),
])  # fmt: skip
def test_convert_refuses(words, message, tmp_path, capsys):
    (tmp_path / "taken.h5").touch()
    files = [str((MESHES if w == "cross.msh" else tmp_path) / w) for w in words]
    assert main(["mesh", "convert", *files]) == 2
    assert message in capsys.readouterr().err
    assert main(["mesh", "cross", *files]) == 2


def test_damaged_and_foreign_files(tmp_path):
    """HDF5 of others is left to meshio; a damaged header is named."""
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = [1]
    assert not is_stored(tmp_path / "other.h5")
    data, _ = write_stored(fespin.load(MESHES / "fn_wire_1d.toml").mesh, tmp_path / "wire.h5")
    with h5py.File(data, "r+") as file:
        file.attrs["header"] = "{}"
    with pytest.raises(MeshError, match="damaged header"):
        fespin.read_mesh(data)
    with h5py.File(data, "r+") as file:
        file.attrs["version"] = 99
    with pytest.raises(MeshError, match="newer fespin"):
        header_of(data)


def described(path: Path, **changes: object) -> tuple:
    from fespin.device.file import describe

    found = {**describe(path), **changes}
    return found, header_of(found["mesh"])


def test_what_many_processes_cannot_solve_is_refused(tmp_path):
    """Each thing by name, before anything is computed, with a way out."""
    path = converted("cross", tmp_path)
    text = path.read_text(encoding="utf-8")
    cases = {
        "interfaces": '[interfaces.x]\nbetween = ["ferro_west", "normal"]\narea_resistance = "1 fohm m^2"\n',
        "magnetic field": '[field]\nmagnetic_field = ["0 T", "0 T", "1 T"]\n',
    }
    for message, more in cases.items():
        path.write_text(text + "\n" + more, encoding="utf-8")
        with pytest.raises(InputError, match=f"{message}.*leave out --backend petsc"):
            drawing_of_file(*described(path))
    path.write_text(text, encoding="utf-8")
    found, header = described(path)
    name = next(iter(found["regions"]))
    heavy = NormalMetal(conductivity=1e7, spin_hall_angle=0.1)
    with pytest.raises(InputError, match=r"spin Hall.*leave out --backend petsc"):
        drawing_of_file({**found, "regions": {**found["regions"], name: heavy}}, header)
    with pytest.raises(InputError, match="order must be 1"):
        fespin.conductance(fespin.load(path), backend="petsc", order=2)
    with pytest.raises(InputError, match="frequency must be 0"):
        fespin.conductance(fespin.load(path), backend="petsc", frequency=1.0)
    write_stored(layered("quad", [(1.0, 2)], [NormalMetal(conductivity=1.0)]).mesh, tmp_path / "quads.h5")
    with pytest.raises(InputError, match="lines, triangles or tetrahedra, got quad"):
        drawing_of_file({**found, "thickness": 1.0}, header_of(tmp_path / "quads.h5"))


def test_names_are_checked_without_the_mesh(tmp_path):
    """The messages are those of a whole device."""
    found, header = described(converted("cross", tmp_path))
    regions, terminals = found["regions"], found["terminals"]
    left_out = {k: v for k, v in regions.items() if k != "normal"}
    with pytest.raises(fespin.DeviceError, match="group 'normal' has no material"):
        check_names(drawing_of_file({**found, "regions": left_out}, header), header)
    with pytest.raises(MeshError, match="did you mean 'west'"):
        check_names(drawing_of_file({**found, "terminals": {"west": "wset"}}, header), header)
    drawing = drawing_of_file({**found, "terminals": terminals}, header)
    for combination, region in enumerate(check_names(drawing, header)):
        assert header.combinations[combination].tolist() == [g == list(regions)[region] for g in header.groups]
