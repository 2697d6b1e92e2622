"""What a new user meets: help that works, drafts of device files, completion, messages that lead on, notebooks."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import fespin
from fespin.cli import main
from fespin.cli.common import bar
from fespin.cli.completion import collect
from fespin.cli.options.examples import EXAMPLES
from fespin.cli.parser import build_parser
from fespin.network.table import format_table

ROOT = Path(__file__).parents[1]
MESHES = ROOT / "meshes"
WALK = Path(__file__).parent / "data"
pytestmark = pytest.mark.filterwarnings("ignore::fespin.MaterialWarning")


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A working folder that sees meshes/ and examples/ but keeps what is written."""
    for name in ("meshes", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(MESHES / "fn_wire_2d.msh", tmp_path / "my_mesh.msh")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---- help and completion ----


@pytest.mark.parametrize("line", sorted({line for lines in EXAMPLES.values() for line in lines}))
def test_examples_of_the_help_run(line, elsewhere, capsys):
    if line.startswith("mesh n"):
        try:
            import gmsh  # noqa: F401
        except (ImportError, OSError) as error:
            pytest.skip(f"gmsh cannot be imported: {error}")
    assert main(shlex.split(line)) == 0, capsys.readouterr().err


def test_help_shows_the_examples(capsys):
    known = {word.path for word in collect(build_parser())}
    assert set(EXAMPLES) <= known
    for path, lines in EXAMPLES.items():
        assert main([*path.split(), "--help"]) == 0
        out = capsys.readouterr().out
        assert all(f"fespin {line}" in out for line in lines)


def complete(words, shell="bash"):
    """What a shell offers for the last of some words."""
    script = subprocess.run([sys.executable, "-m", "fespin", "completion", shell], capture_output=True, text=True,
                            check=True).stdout  # fmt: skip
    if shell == "fish":
        ask = f"{script}\ncomplete -C {shlex.quote(' '.join(words))}"
    else:
        ask = f"{script}\nCOMP_WORDS=({' '.join(map(shlex.quote, words))}); COMP_CWORD={len(words) - 1}; _fespin; " \
              'printf "%s\\n" "${COMPREPLY[@]}"'  # fmt: skip
    done = subprocess.run([shell, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return {line.split("\t")[0] for line in done.stdout.split("\n") if line}


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_completion(shell, tmp_path, monkeypatch):
    """Commands, sub-commands, options, choices, then files."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cross.toml").touch()
    assert complete(["fespin", "con"], shell) == {"conductance"}
    assert {"winding", "wigner"} <= complete(["fespin", "w"], shell)
    assert complete(["fespin", "winding", "r"], shell) == {"run"}
    assert complete(["fespin", "conductance", "--unc"], shell) == {"--uncertainty"}
    assert complete(["fespin", "conductance", "--order", ""], shell) == {"1", "2"}
    assert complete(["fespin", "completion", "z"], shell) == {"zsh"}
    assert "cross.toml" in complete(["fespin", "info", "cr"], shell)


def test_completion_of_zsh_is_its_language(capsys):
    if shutil.which("zsh") is None:
        pytest.skip("no zsh here")
    assert main(["completion", "zsh"]) == 0
    script = capsys.readouterr().out
    # what compadd is handed, without the line editor that it needs
    ask = f"compadd() {{ shift; print -l -- $@ }}\n_files() {{ print FILES }}\n{script}\n" \
          "words=(fespin winding ''); CURRENT=3; _fespin; words=(fespin conductance --order ''); CURRENT=4; _fespin; " \
          "words=(fespin info ''); CURRENT=3; _fespin"  # fmt: skip
    done = subprocess.run(["zsh", "-fc", ask], capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == (["run", "info", "1", "2", "FILES"], "")


def test_completion_knows_every_option():
    words = {word.path: word for word in collect(build_parser())}
    assert "--quiet" in {s for spellings, *_ in words["conductance"].options for s in spellings}
    assert {"run", "info"} == {name for name, _ in words["winding"].commands}


def test_short_forms(capsys):
    path = str(MESHES / "fn_wire_1d.toml")
    assert main(["conductance", path, "-v"]) == 0
    assert "solving" in capsys.readouterr().err
    assert main(["conductance", path, "-q"]) == 0
    assert capsys.readouterr().err == ""


# ---- from a mesh to a result ----


def told(capsys, *words):
    """Exit code and the text of a command."""
    code = main([str(w) for w in words])
    out, err = capsys.readouterr()
    return code, out + err


def next_command(text):
    """The command that a message asks for."""
    found = re.search(r"fespin (init|info|conductance) (\S+)", text)
    assert found, text
    return found[1], found[2]


def test_from_a_drawing_to_a_result(tmp_path, capsys, monkeypatch):
    """Without groups, with unnamed ones, with names: each message alone says what to do next."""
    monkeypatch.chdir(tmp_path)
    for kind in ("none", "unnamed", "named"):
        shutil.copy(WALK / f"gui_{kind}.msh", tmp_path / f"{kind}.msh")
    # the mesh itself is no device, and the message says what makes one of it
    code, text = told(capsys, "conductance", "none.msh")
    assert code == 2
    assert next_command(text) == ("init", "none.msh")
    # without groups there is nothing to name: where to click
    code, text = told(capsys, "init", "none.msh")
    assert code == 2
    assert "Physical groups > Add > Surface" in text
    assert "curves for the terminals" in text
    assert not (tmp_path / "none.toml").exists()
    # groups that were added without a name
    code, text = told(capsys, "info", "unnamed.msh")
    assert code == 0
    assert "groups without a name go by their number" in text
    assert next_command(text) == ("init", "unnamed.msh")
    code, text = told(capsys, "init", "unnamed.msh")
    assert code == 0
    assert "guesses marked CHECK" in text
    assert next_command(text) == ("info", "unnamed.toml")
    code, text = told(capsys, "conductance", "unnamed.toml")
    assert code == 0
    assert "terminal_3" in text
    assert "unconfirmed" in text  # nobody has said yet what the metals are
    # with names the guesses come closer
    code, text = told(capsys, "init", "named.msh")
    assert code == 0
    draft = (tmp_path / "named.toml").read_text()
    assert 'ferro = { material = "Co", magnetization = [0, 0, 1] }' in draft
    code, text = told(capsys, "init", "named.msh")
    assert code == 2
    assert "--overwrite" in text
    assert (tmp_path / "named.toml").read_text() == draft
    code, text = told(capsys, "conductance", "named.toml")
    assert code == 0
    assert "left  e" in text
    # the user's numbers replace the guesses
    edited = draft.replace('# resistivity = "21 uohm cm"', 'resistivity = "20 uohm cm +- 5 %"')
    assert edited != draft
    (tmp_path / "named.toml").write_text(edited)
    code, text = told(capsys, "conductance", "named.toml", "--uncertainty")
    assert code == 0
    assert "+- " in text
    assert fespin.load("named.toml").regions["ferro"].material.conductivity == pytest.approx(5e6)


@pytest.mark.parametrize("path", sorted(MESHES.glob("*.msh")), ids=lambda p: p.stem)
def test_drafts_of_all_shipped_meshes_load(path, tmp_path, capsys):
    """Lines, planes and solids."""
    out = tmp_path / "device.toml"
    assert main(["init", str(path), "-o", str(out)]) == 0
    device = fespin.load(out)
    assert set(device.regions) == set(fespin.read_mesh(path).regions)
    assert device.terminals
    again = tmp_path / "a b.toml"
    assert main(["init", str(path), "-o", str(again), "--overwrite"]) == 0
    assert fespin.load(again).regions == device.regions


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nowhere.msh"], "must be a mesh file"), (["x.toml"], "takes the mesh"),
     (["my_mesh.msh", "-o", "device.txt"], "must end in .toml")],
)  # fmt: skip
def test_init_refuses(arguments, message, elsewhere, capsys):
    assert main(["init", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_strange_names_survive(tmp_path, capsys):
    """Groups with spaces, quotes and dots, an interface inside."""
    text = (WALK / "gui_named.msh").read_text()
    (tmp_path / "odd.msh").write_text(text.replace('"ferro"', '"Py. film"').replace('"left"', '"contact (1)"'))
    assert main(["init", str(tmp_path / "odd.msh")]) == 0
    device = fespin.load(tmp_path / "odd.toml")
    assert list(device.regions) == ["Py. film", "normal"]
    assert device.regions["Py. film"].magnetization == (0.0, 0.0, 1.0)
    assert list(device.terminals) == ["contact (1)", "right"]


def test_groups_by_cell_data(tmp_path, capsys):
    """A VTU file with two integer arrays: the message says which to choose, and the draft keeps the choice."""
    import meshio

    mesh = meshio.read(MESHES / "fn_wire_2d.msh")
    tags = [block.astype(int) for block in mesh.cell_data["gmsh:physical"]]
    path = tmp_path / "wire.vtu"
    cells = [(block.type, block.data) for block in mesh.cells]
    meshio.Mesh(mesh.points, cells, cell_data={"part": tags, "other": [0 * t + 1 for t in tags]}).write(path)
    assert main(["init", str(path)]) == 2
    err = capsys.readouterr().err
    assert "part" in err
    assert "--mesh-tags NAME" in err
    assert main(["init", str(path), "--mesh-tags", "part"]) == 0
    device = fespin.load(tmp_path / "wire.toml")
    assert len(device.regions) == 2
    assert len(device.terminals) == 2


# ---- uncertainty on the command line ----


def test_uncertainty_is_printed_beside_each_entry(capsys):
    path = str(ROOT / "examples" / "devices" / "uncertain.toml")
    assert main(["conductance", path, "--uncertainty"]) == 0
    out = capsys.readouterr().out
    assert "independent of each other, to first order" in out
    assert "area_resistance of interface fn" in out
    assert main(["conductance", path, "--uncertainty", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = fespin.sensitivities(fespin.load(path))
    assert np.array(found["uncertainty"]["standard"]) == pytest.approx(expected.uncertainty(), rel=1e-9)
    assert np.array(found["conductance"]) == pytest.approx(fespin.conductance(fespin.load(path)).values, rel=1e-9)
    value, u = expected.conductance.values[0, 0], expected.uncertainty()[0, 0]
    assert f"{value:.3e}+-{u:.1e}" in out
    squares = sum(np.square(s["contribution"]) for s in found["uncertainty"]["sources"].values())
    assert np.sqrt(squares) == pytest.approx(expected.uncertainty(), rel=1e-9)


def test_uncertainty_of_nothing_is_refused(capsys):
    assert main(["conductance", str(MESHES / "fn_wire_1d.toml"), "--uncertainty"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "has no uncertain value" in err


def test_uncertainty_of_an_admittance(tmp_path, capsys):
    text = (ROOT / "examples" / "devices" / "uncertain.toml").read_text().replace("../../meshes", str(MESHES))
    path = tmp_path / "d.toml"
    path.write_text(text.replace("spin_diffusion", 'diffusivity = "0.01 +- 0.001 m^2/s"\nspin_diffusion'))
    assert main(["conductance", str(path), "--uncertainty", "--frequency", "10GHz", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)["uncertainty"]
    assert np.shape(found["standard"]) == (8, 8, 2)
    assert "diffusivity of normal" in found["sources"]


# ---- tables and notebooks ----


@pytest.mark.parametrize("columns", [40, 60, 80, 118, 200])
def test_tables_keep_to_the_terminal(columns, monkeypatch, capsys):
    """All entries are there, whatever the width; lines are no longer than it."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["conductance", str(MESHES / "cross.toml")]) == 0
    table = capsys.readouterr().out.split("asymmetry")[0].splitlines()[1:]
    assert max(map(len, table)) <= columns
    G = fespin.conductance(fespin.load(MESHES / "cross.toml"))
    assert len(re.findall(r"\d\.\d{3}e[+-]\d+", "\n".join(table))) == np.count_nonzero(G.values)


def test_tables_of_complex_and_uncertain_entries_wrap_inside_a_terminal():
    G = fespin.conductance(fespin.load(MESHES / "fn_wire_1d.toml"))
    for line in (format_table(G, uncertainty=0.1 * np.abs(G.values), line=80), format_table(G.with_info(), line=30)):
        assert max(map(len, line.splitlines()[1:])) <= 80


class _Checker(HTMLParser):
    """Every tag is closed, and none came out of the user's text."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], set(), ""

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_notebooks_show_tables():
    """Device, matrix, solution, reports; names of the user are text, not markup."""
    evil = "<script>alert(1)</script>"
    device = fespin.load(MESHES / "fn_wire_1d.toml").replace(name=evil)
    device = device.replace(terminals={evil: "left", "right": "right"})
    results = [device, fespin.conductance(device), fespin.solve(device, {evil: {"e": 1e-3}}),
               fespin.check_reciprocity(device), fespin.check_ratchet(device, evil, "right"),
               fespin.sensitivities(device)]  # fmt: skip
    for result in results:
        checker = _Checker()
        checker.feed(result._repr_html_())
        assert not checker.open
        assert checker.seen <= {"table", "caption", "tr", "th", "td", "pre"}
    assert evil in _text(results[1])
    assert "PASS" in _text(results[3])


def _text(result):
    checker = _Checker()
    checker.feed(result._repr_html_())
    return checker.text


# ---- progress ----


def test_bar_of_progress():
    import logging

    record = logging.LogRecord("fespin", logging.INFO, "", 0, "x", None, None)
    assert bar(record) == ""
    record.done, record.total = 1, 4
    assert bar(record, width=8) == "[##------] "


def test_progress_on_a_terminal_is_one_line_that_goes_away():
    """A pseudo terminal: the line is rewritten, and wiped in the end; numbers go elsewhere."""
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    code = ("import fespin.cli.common as c; c._PATIENCE = 0.0; from fespin.cli import main; "
            f"main(['conductance', {str(MESHES / 'cross.toml')!r}])")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=follower, check=True)
    os.close(follower)
    shown = os.read(leader, 100_000).decode()
    os.close(leader)
    assert b"conductance in S" in done.stdout
    assert "[----" in shown
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[2K")


# ---- the table of interfaces ----


def test_interfaces_are_shown(capsys):
    assert main(["materials", "--interfaces"]) == 0
    out = capsys.readouterr().out
    assert "printed as 2AR* = 1.7 (+0.4 -0.3)" in out
    assert main(["materials", "Co/Pt"]) == 0
    assert capsys.readouterr().out.startswith("Co/Pt: cobalt on platinum")
    assert main(["materials", "Co/Pd"]) == 2
    assert "did you mean 'Co/Pt'" in capsys.readouterr().err
