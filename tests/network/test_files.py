"""Matrices in files: exact round trips, contents, damaged files, whole-or-nothing writing."""

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from network_strategies import stars

from fespin.atomic import write_atomic
from fespin.errors import InputError
from fespin.network import files
from fespin.network.conductance import ConductanceMatrix
from fespin.network.elements import normal_wire
from fespin.network.terminal import TerminalSpace

SUFFIXES = ("csv", "json", "npz", "nc")


def awkward(scale=1.0):
    """Numbers, names and axes that a careless format would change."""
    values = np.random.default_rng(3).normal(size=(12, 12)) * 10.0 ** np.arange(-180, 180, 30) * scale
    values[0, 0], values[0, 1], values[1, 0] = 5e-324, -0.0, 0.1 + 0.2
    return ConductanceMatrix(
        values=values,
        terminals=('a,"b"', "Größe 1", "#c e"),
        spaces={
            "Größe 1": TerminalSpace.ferromagnet([1, 2, 3]),
            "#c e": TerminalSpace.half_metal([0, 0, -1]),
        },
        convention="in",
        info={"mesh": {"nodes": 5, "name": "µ.msh"}, "solver": {"residual": 1e-13}, "note": "x: y\n# z"},
    )


def assert_same(again, G):
    assert again == G
    assert again.info == G.info
    assert again.values.dtype == G.values.dtype
    assert np.array_equal(np.signbit(again.values.real), np.signbit(G.values.real))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("scale", [1.0, 1 - 2j])
def test_files_restore_every_bit(suffix, scale, tmp_path):
    G = awkward(scale)
    path = G.save(tmp_path / f"G.{suffix}")
    assert_same(ConductanceMatrix.load(path), G)
    assert [p.name for p in tmp_path.iterdir()] == [f"G.{suffix}"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(G=stars())
@settings(deadline=None, max_examples=10)
def test_random_circuits_survive_their_files(suffix, G, tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "anything"
    G.save(path, format=suffix)
    assert_same(ConductanceMatrix.load(path, format=suffix), G)


def test_json_holds_what_scripts_rely_on():
    G = normal_wire(conductivity=2, spin_diffusion_length=0.5, length=1, area=1).with_info(
        mesh={"nodes": 3, "cells": 2, "dimension": 1}, solver={"backend": "direct", "residual": 1e-15}
    )
    data = json.loads(G.to_json())
    assert data["terminals"] == ["1", "2"]
    assert data["components"] == ["e", "x", "y", "z"]
    assert data["unit"] == "S"
    assert data["convention"] == "out"
    assert np.array_equal(data["conductance"], G.values)
    assert data["reciprocity"] == G.identities()
    assert data["mesh"] == {"nodes": 3, "cells": 2, "dimension": 1}
    assert data["solver"]["backend"] == "direct"


def test_json_admittance_has_pairs():
    G = ConductanceMatrix(values=np.full((4, 4), 1 - 2j), terminals=["a"])
    assert json.loads(G.to_json())["conductance"][3][2] == [1.0, -2.0]


def test_csv_is_a_labelled_table_with_a_header():
    lines = normal_wire(conductivity=2, length=1, area=1, terminals=("in", "out")).to_csv().splitlines()
    assert '# unit: "S"' in lines
    assert '# convention: "out"' in lines
    table = [line for line in lines if not line.startswith("#")]
    assert table[0] == "terminal,component,in e,in x,in y,in z,out e,out x,out y,out z"
    assert table[1].startswith("in,e,-2.0,0.0,0.0,0.0,2.0,")
    assert len(table) == 9


def broken(suffix):
    """Bytes that are no file of ours, or only part of one, by what is wrong with them."""
    G = awkward()
    writer, _ = files._FORMATS[suffix]
    raw = writer(G)
    raw = raw.encode() if isinstance(raw, str) else raw
    foreign = io.BytesIO()
    np.savez(foreign, something=np.zeros(3))
    return {
        "empty": b"",
        "noise": bytes(range(256)) * 8,
        "half": raw[: len(raw) // 2],
        "last byte missing": raw.rstrip()[:-1],
        "foreign json": b'{"a": [1, 2]}',
        "json list": b"[1, 2]\n",
        "foreign table": b"x,y\n1,2\n",
        "foreign npz": foreign.getvalue(),
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", broken("json"))
def test_damaged_and_foreign_files_are_refused_by_name(suffix, kind, tmp_path):
    path = tmp_path / f"bad.{suffix}"
    path.write_bytes(broken(suffix)[kind])
    with pytest.raises(InputError, match=rf"bad\.{suffix} must be a {suffix} file of a fespin conductance matrix"):
        ConductanceMatrix.load(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("unit", "mS"),
        ("components", ["e", "z", "y", "x"]),
        ("convention", "outwards"),
        ("format", "fespin conductance matrix, version 9"),
        ("terminals", ["a"]),
        ("spaces", [{"kind": "normal", "axis": None}]),
        ("spaces", None),
        ("conductance", [[1, 2], [3]]),
        ("conductance", None),
    ],
)
def test_altered_json_entries_are_refused(key, value, tmp_path):
    data = {**json.loads(awkward().to_json()), key: value}
    (tmp_path / "a.json").write_text(json.dumps(data))
    with pytest.raises(InputError, match=r"a\.json must be"):
        ConductanceMatrix.load(tmp_path / "a.json")
    del data[key]
    (tmp_path / "a.json").write_text(json.dumps(data))
    with pytest.raises(InputError, match=key):
        ConductanceMatrix.load(tmp_path / "a.json")


def test_csv_rows_in_another_order_are_refused(tmp_path):
    lines = awkward().to_csv().splitlines(keepends=True)
    (tmp_path / "a.csv").write_text("".join(lines[:-2] + [lines[-1], lines[-2]]), encoding="utf-8")
    with pytest.raises(InputError, match="labelled by the terminals of the header"):
        ConductanceMatrix.load(tmp_path / "a.csv")


def test_unknown_suffix_missing_file_and_missing_folder_are_named(tmp_path):
    with pytest.raises(InputError, match=r"no format 'jsn' .*did you mean 'json'"):
        awkward().save(tmp_path / "a.jsn")
    with pytest.raises(InputError, match="cannot be read: No such file"):
        ConductanceMatrix.load(tmp_path / "a.json")
    with pytest.raises(InputError, match="cannot be written: No such file"):
        awkward().save(tmp_path / "nowhere" / "a.json")


def test_netcdf_without_xarray_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    for action in (awkward().save, ConductanceMatrix.load):
        with pytest.raises(InputError, match=r"install fespin\[xarray\]"):
            action(tmp_path / "a.nc")


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(monkeypatch, tmp_path):
    target = tmp_path / "a.json"
    target.write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="No space left on device"):
        write_atomic(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_writing_follows_links_and_keeps_devices(tmp_path):
    """A link stays a link to the rewritten file; a pipe or device is written to, not replaced."""
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    link.symlink_to(real)
    write_atomic(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    null = tmp_path / "null"
    null.symlink_to("/dev/null")
    write_atomic(null, "gone")
    assert null.is_char_device()
