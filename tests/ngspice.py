"""The real ngspice, run on a deck in batch mode."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

needs_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")


def operating_point(folder: Path, subcircuits: list[str], cards: list[str]) -> dict[str, float]:
    """Node voltages "v(a)" and currents "i(v1)" of sources; all names in lower case, 16 digits.

    A current is positive from a source's + node through the source.
    """
    deck = [
        "a title",
        *("\n".join(subcircuits)).splitlines(),
        *cards,
        ".control",
        "set filetype=ascii",
        "op",
        "write out.raw",
        "quit",
        ".endc",
        ".end",
    ]
    (folder / "deck.cir").write_text("\n".join(deck) + "\n", encoding="ascii")
    (folder / "out.raw").unlink(missing_ok=True)
    done = subprocess.run(
        ["ngspice", "-n", "-b", "deck.cir"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    said = done.stdout + done.stderr
    assert (folder / "out.raw").exists(), said
    assert not any(word in said.lower() for word in ("warning", "error", "singular", "stepping")), said
    return read_raw(folder / "out.raw")


def read_raw(path: Path) -> dict[str, float]:
    """The one point of an ASCII raw file."""
    text = path.read_text(encoding="ascii")
    variables, values = text.split("Variables:\n")[1].split("Values:\n")
    names = [line.split()[1] for line in variables.splitlines() if line.strip()]
    numbers = [float(word) for word in values.split()[1:]]
    return dict(zip(names, numbers, strict=True))
