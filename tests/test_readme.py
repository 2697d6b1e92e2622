"""What the README prints is what happens."""

import importlib
import re
import shlex
from pathlib import Path

import pytest

import fespin
from fespin.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A working folder that sees meshes/ but keeps what is written."""
    (tmp_path / "meshes").symlink_to(ROOT / "meshes")
    monkeypatch.chdir(tmp_path)
    return tmp_path


BLOCKS = ["quickstart", "from_scikit_fem", "sweeps", "experiments", "circuits", "wigner", "exchange"]


@pytest.mark.parametrize("code", blocks("python"), ids=BLOCKS)
def test_python_blocks_run(code, elsewhere, capsys):
    """Every block runs as printed."""
    exec(compile(code, "README.md", "exec"), {})
    assert elsewhere.exists()


def test_two_set_up_commands_that_make_their_environment():
    """Exactly two lines set up a fresh machine: the main job and the tests."""
    commands = [line for block in blocks("sh") for line in block.splitlines() if "-m venv" in line]
    assert len(commands) == 2
    assert all(line.startswith("python3 -m venv .venv && .venv/bin/pip install ") for line in commands)
    assert commands[0].endswith("fespin conductance meshes/fn_wire_2d.toml")
    assert commands[1].endswith(".venv/bin/python -m pytest")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("line", [line for b in blocks("sh") for line in b.splitlines() if line.startswith("fespin ")])
def test_shell_commands_run(line, elsewhere, capsys):
    """Every line of a shell block, in a folder beside meshes/."""
    assert main(shlex.split(line, comments=True)[1:]) == 0, capsys.readouterr().err


def test_modules_that_the_readme_names_exist():
    """Where a misprint is mended, and where to look further."""
    for name in set(re.findall(r"`(fespin(?:\.\w+)+)`", README)):
        module, _, attribute = name.rpartition(".")
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            assert hasattr(importlib.import_module(module), attribute), name


def test_citation_is_of_this_version():
    """BibTeX."""
    assert f"version = {{{fespin.__version__}}}" in README


def test_printed_matrix_is_the_one_computed(elsewhere, capsys):
    """The table in the README is the output of its first command."""
    command = next(line for block in blocks("sh") for line in block.splitlines() if "fespin conductance" in line)
    assert main(shlex.split(command.split("/fespin ")[1])) == 0
    out = capsys.readouterr().out
    assert blocks("text")[0].strip() in out


def test_device_file_in_the_readme_loads(tmp_path):
    """The example file, on the shipped plane mesh."""
    text = blocks("toml")[0].replace("fn_wire.msh", str(ROOT / "meshes" / "fn_wire_2d.msh"))
    path = tmp_path / "fn.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.warns(UserWarning, match="unconfirmed"):
        device = fespin.load(path)
    assert list(device.terminals) == ["left", "right"]


def test_every_shipped_device_is_listed():
    """The table names what is there; examples have an index of their own (tests/test_gallery.py)."""
    for path in (ROOT / "meshes").glob("*.toml"):
        assert f"`{path.stem}`" in README, path.name
    assert "(examples/README.md)" in README


def test_shipped_meshes_are_small():
    """Each well under 1 MB."""
    for path in (ROOT / "meshes").iterdir():
        assert path.stat().st_size < 700_000


def test_exchange_tables_in_the_readme_load(tmp_path):
    """The tables in the text are those of the shipped device."""
    shipped = ROOT / "examples" / "exchange" / "curie.toml"
    head = shipped.read_text(encoding="utf-8").split("[exchange.barrier]")[0].replace("junction.msh", "j.msh")
    (tmp_path / "j.msh").write_bytes(shipped.with_name("junction.msh").read_bytes())
    tables = next(block for block in blocks("toml") if block.startswith("[exchange."))
    (tmp_path / "d.toml").write_text(head + tables, encoding="utf-8")
    assert fespin.load(tmp_path / "d.toml").exchanges == fespin.load(shipped).exchanges


# what stands for a capital word of the command list, by the command
WORDS = {"DEVICE": "meshes/fn_wire_2d.toml", "MESH": "my_mesh.msh", "T1": "left", "T2": "right", "N": "2", "X": "1"}
FILES = {"winding": "examples/winding/tight.toml", "valve": "examples/valve/copper.toml",
         "circuit": "examples/circuits/lateral_valve.toml"}  # fmt: skip
SLOW = ("wigner benchmark", "exchange sweep", "wigner phase-diagram")  # run by the tests of these commands
CLOSER = {
    "exchange figure N": "exchange figure 3",
    "assemblies ACTION": "assemblies coefficients",
    "sweep DEVICE --vary field.z=-1T:1T:201":
        "sweep meshes/fn_wire_1d.toml --vary regions.ferro.angle.y=0deg:90deg:3",
}  # fmt: skip


def listed_commands():
    """First columns of the command list."""
    block = next(b for b in blocks("text") if b.startswith("fespin"))
    return [re.split(r"\s{2,}", line)[0].removeprefix("fespin ") for line in block.splitlines() if line[:6] == "fespin"]


def in_sentences():
    """Commands in the running text that name a file."""
    found = re.findall(r"`fespin ([^`]*examples/[^`]*)`", README)
    return [line for line in found if not line.startswith(SLOW)]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("line", [*listed_commands(), *in_sentences()])
def test_every_command_runs(line, elsewhere, capsys):
    """As listed, with files for its capital words; what takes long is known to the parser."""
    (elsewhere / "examples").symlink_to(ROOT / "examples")
    (elsewhere / "my_mesh.msh").write_bytes((ROOT / "meshes" / "fn_wire_2d.msh").read_bytes())
    if line.startswith(SLOW):
        assert main([*" ".join(line.split()[:2]).split(), "--help"]) == 0
        return
    line = re.sub(r"\[.*?\]", "", CLOSER.get(line, line))
    words = [FILES.get(line.split()[0], "") if word == "FILE" else WORDS.get(word, word) for word in shlex.split(line)]
    assert main(words) == 0, capsys.readouterr().err


def test_every_command_is_listed():
    """The list and the parser name the same commands."""
    from fespin.cli.completion import collect
    from fespin.cli.parser import build_parser

    known = {name for name, _ in collect(build_parser())[0].commands}
    assert {line.split()[0] for line in listed_commands()} == known
