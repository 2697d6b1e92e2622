"""The report page: what it says is what was computed, text is text, files are whole."""

from __future__ import annotations

import hashlib
import html
import json
import re
import shlex
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import fespin
from fespin.cli import main

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from report_cases import EVIL, MESHES, evil_wire  # noqa: E402  after the backend is chosen

from fespin.report.page import page  # noqa: E402

PARTS = ("summary", "device", "mesh", "matrix", "checks", "fields", "ratchet", "provenance")
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Reader(HTMLParser):
    """Elements with attributes; refuses what does not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.caption = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.caption = dict(attrs).get("id") or ""
            self.tables[self.caption] = []
        if tag == "tr":
            self.tables[self.caption].append([])
        if tag in ("td", "th"):
            self.tables[self.caption][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "caption":
            self.tables[data] = self.tables.pop(self.caption)
            self.caption = data
        if {"td", "th"} & set(self.open):
            self.tables[self.caption][-1][-1] += data.strip()

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The report of a shipped device with two terminals and three magnets."""
    path = tmp_path_factory.mktemp("report") / "composite.html"
    report = fespin.write_report(MESHES / "composite.toml", path)
    return report, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def evil(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "evil.html"
    report = fespin.write_report(evil_wire(), path)
    return report, path.read_text(encoding="utf-8")


def data(text):
    return json.loads(re.search(r'id="matrix-data">(.*?)</script>', text)[1])


def test_all_parts_are_there_and_linked(written):
    """Headings, contents, pictures with alternative text, tables with captions."""
    reader = Reader(written[1])
    assert [a["id"] for a in reader.all("section")] == list(PARTS)
    assert [a["href"] for a in reader.all("a")] == ["#main", *(f"#{name}" for name in PARTS)]
    assert len(reader.all("img")) == 8
    assert all(a["alt"] and a["src"].startswith("data:image/png;base64,") for a in reader.all("img"))
    assert reader.all("html") == [{"lang": "en"}]
    assert {a["scope"] for a in reader.all("th")} == {"col", "row"}
    identifiers = [a["id"] for _, a in reader.found if "id" in a]
    assert len(identifiers) == len(set(identifiers))


def test_nothing_comes_from_elsewhere(written):
    """No address in the page, and a policy that forbids the browser to follow one."""
    reader = Reader(written[1])
    sources = [a[key] for _, a in reader.found for key in ("src", "href") if key in a]
    assert all(s.startswith(("data:", "#")) for s in sources)
    assert "http:" not in written[1]
    assert "https:" not in written[1]
    policy = next(a["content"] for a in reader.all("meta") if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy


def test_matrix_is_the_one_computed(written):
    """In full precision for the script, rounded in the table."""
    report, text = written
    G = fespin.conductance(fespin.load(MESHES / "composite.toml"))
    found = data(text)
    assert np.array_equal(found["values"], G.values)
    assert found["terminals"] == list(G.terminals)
    from scipy.constants import e, h

    assert found["units"]["e²/h"] == pytest.approx(h / e**2)
    rows = Reader(text).tables["matrix-table"]
    assert rows[0] == ["G in S", *(f"{t}:{c}" for t in G.terminals for c in "exyz")]
    shown = np.array([[float(v) for v in row[1:]] for row in rows[1:]])
    np.testing.assert_allclose(shown, G.values, rtol=6e-4, atol=1e-12)
    assert report.findings.G == G


def test_checks_materials_currents_and_transmissions_are_the_ones_computed(written):
    report, text = written
    tables = Reader(text).tables
    device = fespin.load(MESHES / "composite.toml")
    audit = fespin.check_reciprocity(device)
    assert [row[0] for row in tables["Identities of the matrix"][1:]] == [check.name for check in audit]
    assert [row[3] for row in tables["Identities of the matrix"][1:]] == ["pass"] * len(audit.checks)
    assert [row[0] for row in tables["Regions and materials"][1:]] == list(device.regions)
    assert tables["Regions and materials"][1][1:5] == ["normal metal", "34.48 MS/m", "2.9 µΩ cm", "350 nm"]
    assert "(0.6, 0.48, 0.64)" in tables["Regions and materials"][4]
    solution = fespin.solve(device, {"left": {"e": 1e-3}})
    assert tables["Currents out of the device"][1][1] == f"{1e6 * solution.currents['left']['e']:.4g} µA"
    ratchet = fespin.check_ratchet(device, "left", "right")
    (found,) = report.findings.ratchets
    assert found.verdict == ratchet.verdict
    assert html.escape(ratchet.verdict) in text
    assert [row[1] for row in tables["Spin transmission both ways"][1:]] == ["x", "y", "z"]
    sizes = [row[0] for row in tables["Conductance matrix on refined meshes"][1:]]
    assert len(sizes) == 3


def test_files_are_named_with_their_hashes(written):
    """Without folders: a page is passed on."""
    report, text = written
    rows = Reader(text).tables["Files"][1:]
    assert [row[:2] for row in rows] == [["device", "composite.toml"], ["mesh", "composite.msh"]]
    for row in rows:
        assert row[3] == hashlib.sha256((MESHES / row[1]).read_bytes()).hexdigest()
    assert str(MESHES) not in text
    assert report.findings.versions["fespin"] == fespin.__version__


def test_names_are_text_everywhere(evil):
    """Markup in names of device, regions, terminals and interfaces is shown, not obeyed."""
    text = evil[1]
    reader = Reader(text)
    assert EVIL not in text
    assert "<img src=x" not in text
    assert "<i>" not in text
    assert html.escape(EVIL) in text
    assert len(reader.all("script")) == 2
    assert not [a for _, a in reader.found if any(key.startswith("on") for key in a)]
    assert data(text)["terminals"][0] == f'"><img src=x onerror=alert(1)>{EVIL}'


def test_what_breaks_reciprocity_is_named(evil):
    """Onsager's relation instead of symmetry, its terms, interfaces with complex mixing conductances."""
    report, text = evil
    tables = Reader(text).tables
    assert report.passed
    assert "Onsager" in [row[0] for row in tables["Identities of the matrix"]]
    assert len(tables["Terms that break plain reciprocity"]) == 2
    assert tables["Interfaces that are not ohmic"][1][0] == "<i>"
    assert "The device was made in Python" in text


def test_failed_checks_are_said(evil):
    """A matrix that fails shows in verdict, table and exit code of the command."""
    found = evil[0].findings
    audit = found.reciprocity
    failing = replace(audit, checks=(replace(audit.checks[0], value=1.0), *audit.checks[1:]))
    text = page(replace(found, reciprocity=failing))
    assert 'class="verdict bad"' in text
    assert "Checks FAIL" in text
    assert 'class="bad">FAIL' in text


def test_warnings_are_on_the_page_and_given_on(tmp_path):
    """Each once, though the device is solved many times."""
    device = fespin.load(MESHES / "fn_wire_1d.toml")
    coarse = device.with_region("ferro", material=replace(device.regions["ferro"].material,
                                                           spin_diffusion_length=5e-10))  # fmt: skip
    with pytest.warns(fespin.MeshWarning) as said:
        report = fespin.write_report(coarse, tmp_path / "a.html", refine=False)
    assert len({str(w.message) for w in said}) == len(said) == len(report.findings.warnings) >= 1
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert html.escape(str(said[0].message)) in text
    assert "not measured: no refined mesh was solved" in text


def test_large_error_of_the_mesh_is_a_caution(evil):
    """Two per cent of G and more."""
    found = evil[0].findings
    c = found.convergence
    rough = replace(c, matrices=(replace(c.matrices[0], values=1.1 * c.matrices[0].values), *c.matrices[1:]))
    assert "the mesh leaves an error of about" not in evil[1]
    assert "the mesh leaves an error of about" in page(replace(found, convergence=rough))


def test_solid_device_and_drive(tmp_path, capsys):
    """Four terminals in three dimensions: six pairs; the drive is the one chosen."""
    out = tmp_path / "cross.html"
    command = ["report", str(MESHES / "cross.toml"), "-o", str(out), "--set", "north:e=2mV", "--no-refine", "--quiet"]
    assert main(command) == 0
    printed, err = capsys.readouterr()
    assert "cross.html: cross: all" in printed
    assert err == ""
    text = out.read_text(encoding="utf-8")
    assert "Drive: north:e = 2 mV" in text
    pairs = {row[0] for row in Reader(text).tables["Spin transmission both ways"][1:]}
    assert len(pairs) == 6
    assert [path.name for path in tmp_path.iterdir()] == ["cross.html"]


def test_ratchets_of_all_pairs_are_those_of_single_ones():
    """One solution for all, the same numbers."""
    from fespin.audit.ratchet import check_ratchets

    for device in (evil_wire(), fespin.load(MESHES / "t_element.toml")):
        one, two = device.terminals
        (every,) = check_ratchets(device)
        single = fespin.check_ratchet(device, one, two)
        assert every.to_dict() == single.to_dict()


@pytest.mark.parametrize(
    ("path", "match"),
    [("a.txt", "ends in .html"), ("missing/a.html", "folder that is there"), (".", "ends in .html")],
)
def test_paths_are_checked_before_the_work(path, match, tmp_path, monkeypatch):
    monkeypatch.setattr("fespin.report.write.gather", lambda *_, **__: pytest.fail("worked"))
    with pytest.raises(fespin.InputError, match=match):
        fespin.write_report(evil_wire(), tmp_path / path)


def test_bad_input_writes_nothing(tmp_path, capsys):
    """One line, exit code 2, and the page that was there stays."""
    out = tmp_path / "r.html"
    out.write_text("old")
    wire = str(MESHES / "fn_wire_1d.toml")
    for command, words in (
        (["report", "missing.toml", "-o", str(out)], "missing.toml cannot be read"),
        (["report", wire, "-o", str(out), "--set", "lift:e=1mV"], "left"),
        (["report", wire, "-o", wire], "ends in .html"),
    ):
        assert main(command) == 2
        printed, err = capsys.readouterr()
        assert printed == ""
        assert words in err
    assert out.read_text() == "old"
    with pytest.raises(fespin.InputError, match="device must be"):
        fespin.write_report(3, out)


def test_without_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(fespin.InputError, match=r"pip install 'fespin\[plot\]'"):
        fespin.write_report(evil_wire(), tmp_path / "a.html")


def test_help_says_what_the_page_holds(capsys):
    assert main(["report", "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    for word in ("without a network", "materials", "ratchet", "examples: fespin report", "--set", "-o FILE"):
        assert word in out


def test_command_in_the_readme(tmp_path, monkeypatch, capsys):
    """Runs as printed."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (tmp_path / "meshes").symlink_to(MESHES)
    monkeypatch.chdir(tmp_path)
    (command,) = re.findall(r"^fespin report meshes.*$", readme, re.M)
    assert main([*shlex.split(command)[1:], "--quiet"]) == 0
    assert "wire.html: fn_wire_1d: all 7 checks pass" in capsys.readouterr().out
    assert (tmp_path / "wire.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_template_and_style_are_package_data():
    """An installed package has them too."""
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["fespin"]
    folder = Path(fespin.__file__).parent
    shipped = {path for pattern in patterns for path in folder.glob(pattern)}
    assert {folder / "report" / name for name in ("page.html", "style.css", "script.js")} <= shipped
