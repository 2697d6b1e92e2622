"""The index of the examples: complete, its links resolve, its pictures are those of the examples."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
Image = pytest.importorskip("PIL.Image")

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
THUMBNAILS = EXAMPLES / "thumbnails"
INDEX = (EXAMPLES / "README.md").read_text(encoding="utf-8")
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.py"))

# figures of each paper
FIGURES = {"Bazaliy": 8, "Pastur": 11, "Tserkovnyak": 1, "Zayets": 11, "Udalov": 9}


def maker():
    spec = importlib.util.spec_from_file_location("make_thumbnails", THUMBNAILS / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def links(text):
    return re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", text)


def anchors(text):
    """Those of the headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", ["README.md", "examples/README.md"])
def test_links_resolve(page):
    """Files exist; places on the page are headings of it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = [one or other for one, other in links(text)]
    assert found
    for link in found:
        if link.startswith(("http:", "https:")):
            continue
        path, _, place = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        if place:
            assert place in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_in_the_index_with_its_picture(name):
    """One row: thumbnail, name, what it shows."""
    rows = [row for row in INDEX.splitlines() if f"]({name}.py)" in row and "<img" in row]
    assert len(rows) == 1
    assert f'src="thumbnails/{name}.png"' in rows[0]
    assert len(rows[0].split("|")[3].strip()) > 20


def test_thumbnails_are_small_and_none_is_left_over():
    """320 pixels wide at most, below 20 kB; one per example, and the picture of the README."""
    assert {path.stem for path in THUMBNAILS.glob("*.png")} == {*NAMES, "overview"}
    for path in THUMBNAILS.glob("*.png"):
        with Image.open(path) as image:
            assert image.format == "PNG"
            if path.stem != "overview":
                assert max(image.size) == 320
                assert path.stat().st_size < 20_000
            else:
                assert path.stat().st_size < 80_000


def test_every_figure_of_the_papers_is_in_the_table():
    """A row per figure, with an example or the word drawing; no example is named that does not exist."""
    for author, count in FIGURES.items():
        table = INDEX.split(f"### {author}")[1].split("\n#")[0]
        listed = set()
        for row in re.findall(r"^\| (\d[^|]*)\|[^|]*\|([^|]*)\|", table, re.M):
            for part in row[0].replace(" ", "").split(","):
                first, _, last = part.partition("-")
                listed |= set(range(int(first), int(last or first) + 1))
            assert "](" in row[1] or "`fespin" in row[1] or "drawing" in row[1], row
        assert listed == set(range(1, count + 1)), author


def test_thumbnails_are_those_of_the_examples(tmp_path):
    """Drawn again: the same shape, and the same picture up to fonts (one that takes no time)."""
    make = maker()
    for name in ("fnf_angle", "fig5_one_way_coupling"):
        fresh = make.shrink(make.drawn(name, tmp_path))
        with Image.open(THUMBNAILS / f"{name}.png") as kept:
            assert kept.size == fresh.size
            old, new = (np.asarray(image.convert("L"), dtype=float) for image in (kept, fresh))
        assert np.abs(old - new).mean() < 8  # of 255
        make.save(fresh, tmp_path / "small.png")
        assert (tmp_path / "small.png").stat().st_size < 20_000
