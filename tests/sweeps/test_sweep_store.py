"""Finished points on disk: taken over to the last bit, never for another sweep, and there after a real SIGKILL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sweep_cases import METAL, TESLA, fails_above, slow, turned, valve, wire

import fespin
from fespin import InputError
from fespin.sweeps.fingerprint import device_hash, digest

FIELDS = {"field.z": np.array([0.5, 1.0, 2.0]) * TESLA}


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


@pytest.mark.parametrize(
    "vary", [FIELDS, {"frequency": [0.0, 0.3, 1.0]}, {"regions.N.spin_diffusion_length": [1, "inf"]}]
)
def test_finished_points_are_taken_over_to_the_last_bit(vary, tmp_path):
    """Also complex ones, and coordinates that are infinite."""
    store = tmp_path / "points"
    first = fespin.sweep(wire(), vary, store=store, jobs=1)
    second = fespin.sweep(wire(), vary, store=store, jobs=1)
    assert (first.info["points_solved"], first.info["points_from_store"]) == (len(first.grid), 0)
    assert (second.info["points_solved"], second.info["points_from_store"]) == (0, len(first.grid))
    assert np.array_equal(first.values, second.values)
    assert first.spaces == second.spaces
    assert np.array_equal(first.columns["seconds"], second.columns["seconds"])  # what they took then


def test_a_grid_that_grows_solves_what_is_new(tmp_path):
    store = tmp_path / "points"
    fespin.sweep(wire(), {"field.z": np.linspace(0, 1, 3) * TESLA}, store=store, jobs=1)
    finer = fespin.sweep(wire(), {"field.z": np.linspace(0, 1, 5) * TESLA}, store=store, jobs=1)
    assert (finer.info["points_solved"], finer.info["points_from_store"]) == (2, 3)
    alone = fespin.sweep(wire(), {"field.z": np.linspace(0, 1, 5) * TESLA}, jobs=1)
    np.testing.assert_allclose(finer.values, alone.values, rtol=0, atol=1e-13)


def test_half_a_line_is_solved_again(tmp_path):
    """What a kill leaves in the midst of writing."""
    store = tmp_path / "points"
    whole = fespin.sweep(wire(), FIELDS, store=store, jobs=1)
    raw = store.read_bytes()
    store.write_bytes(raw[:-100])
    again = fespin.sweep(wire(), FIELDS, store=store, jobs=1)
    assert again.info["points_solved"] == 1
    np.testing.assert_allclose(again.values, whole.values, rtol=0, atol=1e-13)
    assert len(lines(store)) == 4
    assert all(json.loads(line) for line in lines(store))


def test_failed_points_are_tried_again(tmp_path):
    store, vary = tmp_path / "points", {"model": [1.0, 2.0, 3.0]}
    with pytest.warns(fespin.SolverWarning, match="1 of 3 points failed"):
        fespin.sweep(wire(), vary, functions={"model": fails_above}, store=store, jobs=1)
    assert len(lines(store)) == 3
    with pytest.warns(fespin.SolverWarning, match="1 of 3 points failed"):
        again = fespin.sweep(wire(), vary, functions={"model": fails_above}, store=store, jobs=1)
    assert again.info["points_solved"] == 1


def test_points_of_another_sweep_are_refused(tmp_path):
    """Other device, elements, solver or parameters: the message says which."""
    store = tmp_path / "points"
    fespin.sweep(wire(), FIELDS, store=store, jobs=1)
    before = store.read_bytes()
    stiff = wire().with_region("N", material=replace(METAL, conductivity=2.1))
    for device, vary, keywords, what in (
        (stiff, FIELDS, {}, "device"),
        (wire(41), FIELDS, {}, "device"),
        (wire(), FIELDS, {"order": 2}, "order"),
        (wire(), FIELDS, {"backend": "direct"}, "backend"),
        (wire(), {"field.x": [1.0]}, {}, "parameters"),
    ):
        with pytest.raises(InputError, match=f"points of another sweep \\(other {what}"):
            fespin.sweep(device, vary, store=store, jobs=1, **keywords)
    assert store.read_bytes() == before


def test_a_function_that_has_changed_is_refused(tmp_path):
    store, vary = tmp_path / "points", {"turn": [0.1, 0.2]}
    fespin.sweep(valve(), vary, functions={"turn": turned}, store=store, jobs=1)
    with pytest.raises(InputError, match="other functions"):
        fespin.sweep(valve(), vary, functions={"turn": lambda device, a: turned(device, -a)}, store=store, jobs=1)


@pytest.mark.parametrize("text", [b"", b"hello\n", b'{"format": 3}\n', b"\x00\xff\n", b"[1]\n"])
def test_other_files_are_refused_and_left_alone(text, tmp_path):
    store = tmp_path / "points"
    store.write_bytes(text)
    with pytest.raises(InputError, match="is no file of the points of a sweep"):
        fespin.sweep(wire(), FIELDS, store=store, jobs=1)
    assert store.read_bytes() == text


def test_damaged_lines_and_bad_folders(tmp_path):
    store = tmp_path / "points"
    fespin.sweep(wire(), FIELDS, store=store, jobs=1)
    store.write_bytes(store.read_bytes().replace(b'"re"', b'"ro"', 1))
    with pytest.raises(InputError, match="line 2 is damaged"):
        fespin.sweep(wire(), FIELDS, store=store, jobs=1)
    with pytest.raises(InputError, match="cannot be written"):
        fespin.sweep(wire(), FIELDS, store=tmp_path / "nowhere" / "points", jobs=1)
    with pytest.raises(InputError, match="cannot be opened"):
        fespin.sweep(wire(), FIELDS, store=tmp_path, jobs=1)


def test_two_sweeps_do_not_write_to_one_file(tmp_path):
    """The second is refused while the first runs."""
    pytest.importorskip("fcntl", reason="file locks are those of POSIX")
    store, seen = tmp_path / "points", []

    def meddle(fraction: float) -> None:
        with pytest.raises(InputError, match="in use by another sweep"):
            fespin.sweep(wire(), FIELDS, store=store, jobs=1)
        seen.append(fraction)

    fespin.sweep(wire(), FIELDS, store=store, jobs=1, progress=meddle)
    assert seen == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_hashes_are_of_contents():
    """Equal in every process, different for different physics; functions count by what they close over."""
    assert device_hash(wire()) == device_hash(wire())
    different = [wire(), wire(39), valve(), valve().replace(g_factor=2.0), valve().reversed(),
                 valve().with_interface("fn", mixing_conductance=3.0), wire().replace(cross_section=2.0)]  # fmt: skip
    assert len({device_hash(device) for device in different}) == len(different)
    code = """if True:
        import sys
        sys.path[:0] = ["tests", "tests/sweeps"]
        from sweep_cases import wire
        from fespin.sweeps.fingerprint import device_hash
        print(device_hash(wire()))"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == device_hash(wire())

    def times(factor):
        return lambda device, value: factor * value

    assert digest(times(2)) == digest(times(2)) != digest(times(3))


SCRIPT = """
import sys
sys.path[:0] = [{tests!r}, {cases!r}]
import fespin
from sweep_cases import slow, wire

if __name__ == "__main__":
    fespin.sweep(wire(), {{"wait": "1:60:60"}}, functions={{"wait": slow}}, store={store!r}, jobs={jobs})
"""


def workers_of(script: Path) -> list[int]:
    """Processes whose command or parent's command names the script; by /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if f"SWEEP_TEST={script}".encode() in environment and state != "Z":
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_sweep_goes_on_after_a_real_sigkill(jobs, tmp_path):
    """Killed half-way: finished points are there and not solved again, no process is left behind."""
    store, script = tmp_path / "points", tmp_path / "run.py"
    tests = Path(__file__).parents[1]
    script.write_text(SCRIPT.format(tests=str(tests), cases=str(tests / "sweeps"), store=str(store), jobs=jobs))
    environment = {**os.environ, "SWEEP_TEST": str(script)}
    process = subprocess.Popen([sys.executable, str(script)], env=environment, cwd=tests.parent)
    deadline = time.monotonic() + 60
    while not store.exists() or len(lines(store)) < 12:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    while workers_of(script):  # they see that their parent is gone
        assert time.monotonic() < deadline
        time.sleep(0.05)
    left = store.read_bytes()
    kept = left[: left.rfind(b"\n") + 1].count(b"\n") - 1
    assert 10 <= kept < 60
    vary = {"wait": "1:60:60"}
    found = fespin.sweep(wire(), vary, functions={"wait": slow}, store=store, jobs=1)
    assert (found.info["points_from_store"], found.info["points_solved"]) == (kept, 60 - kept)
    assert store.read_bytes().startswith(left[: left.rfind(b"\n") + 1])
    expected = fespin.conductance(wire()).values
    np.testing.assert_allclose(found.values, np.broadcast_to(expected, found.values.shape), rtol=0, atol=1e-13)
