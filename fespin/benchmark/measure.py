"""Programs timed on the same files, one after the other in turn, so that a busy machine treats all alike."""

from __future__ import annotations

import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError, SolverError
from .cases import write_case
from .devices import parse_case
from .peers import Pythons, chosen_peers, command_of, environment_of

log = logging.getLogger("fespin")

SAME = 1e-8  # of the largest entry: what counts as the same matrix
_WHOLE = "command"  # `fespin conductance` from outside


def benchmark(
    cases: Sequence[str],
    *,
    repeat: int = 3,
    peers: Sequence[str] | None = (),
    pythons: Pythons | None = None,
    mesh: str = "structured",
    limit: float = 600.0,
    folder: str | Path | None = None,
) -> list[dict]:
    """Time fespin on standard devices, and other packages on the same files.

    Parameters
    ----------
    cases : list of str
        Like "2d_1e4" or "3d_1e5".
    repeat : int
        Rounds, of which medians are taken; in each every peer follows a run of fespin.
    peers : list of str, optional
        Names of `peers.PEERS`; none by default, None for all that are installed.
    pythons : dict, optional
        Interpreters of packages that live in another environment.
    mesh : str
        "structured", or "unstructured" by gmsh.
    limit : float
        Seconds after which a run is given up, and the program with it.
    folder : path, optional
        Where meshes are kept; those that are there are taken.

    Returns
    -------
    list of dict
        Per case nodes, cells, wall seconds of the whole command `fespin conductance`, and per program medians of wall
        and user seconds of the job (mesh file to matrix, after imports), of the process, peak memory in MB and what of
        it came with the job, ratios to fespin, and max |dG| / max |G| with its verdict; or why it was given up.

    Raises
    ------
    InputError
        An unknown case or peer, a peer that is not installed.
    SolverError
        fespin itself failed or was given up.
    """
    for case in cases:
        parse_case(case)
    if repeat < 1:
        raise InputError(f"repeat must be 1 or more, got {repeat}")
    if not limit > 0:
        raise InputError(f"limit must be a positive number of seconds, got {limit}")
    names = chosen_peers(peers, pythons or {})
    out = []
    with nullcontext(folder) if folder else tempfile.TemporaryDirectory(prefix="fespin-") as place:
        kept = Path(str(place))
        try:
            kept.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write into the folder {kept}: {error.strerror or error}") from None
        with tempfile.TemporaryDirectory(prefix="fespin-") as scratch:
            for case in cases:
                job, device = write_case(case, kept, mesh=mesh)
                size = {"nodes": len(device.mesh.points), "cells": len(device.mesh.cells)}
                del device  # memory for the programs
                runs = _rounds(case, job, names, pythons or {}, Path(scratch), repeat, limit)
                out.append({"case": case, "mesh": mesh, **size, **_summary(runs)})
    return out


def _rounds(case: str, job: Path, peers: list[str], pythons: Pythons, scratch: Path, repeat: int, limit: float,
            ) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """What every run of every program measured."""
    device, environment = job.resolve().with_suffix(".toml"), environment_of(sys.executable, scratch)
    whole = [sys.executable, "-m", "fespin", "conductance", str(device), "--json", "-", "--quiet"]
    commands = {_WHOLE: (whole, environment),
                "fespin": ([sys.executable, "-m", "fespin.benchmark.own", str(job.resolve())], environment),
                **{name: command_of(name, job, scratch, pythons) for name in peers}}  # fmt: skip
    turns = [_WHOLE, *(name for peer in peers or [""] for name in ("fespin", peer) if name)]
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    for turn in range(repeat):
        for step, name in enumerate(turns):
            if runs[name] and "given_up" in runs[name][0]:
                continue
            log.info("%s: %s, round %d of %d", case, name, turn + 1, repeat,
                     extra={"done": turn * len(turns) + step, "total": repeat * len(turns)})  # fmt: skip
            runs[name].append(_run(name, *commands[name], scratch, limit))
    return runs


def _run(name: str, command: list[str], environment: dict[str, str], folder: Path, limit: float) -> dict[str, Any]:
    """One run in a process and a folder of its own; its last line is what it measured."""
    start = time.perf_counter()
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=folder, env=environment,
                          start_new_session=True) as process:  # fmt: skip
        try:
            text, errors = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            _stop(process)
            return {"given_up": f"stopped after {limit:g} s", "after": limit}
        except BaseException:
            _stop(process)
            raise
    wall = time.perf_counter() - start
    if process.returncode:
        last = (errors.strip() or text.strip()).splitlines()[-1:] or ["no message"]
        return {"given_up": f"failed with exit code {process.returncode}: {last[0][-300:]}"}
    if name == _WHOLE:
        return {"wall": wall}
    found = json.loads(text.strip().splitlines()[-1])
    return {**found, "wall": wall, "G": np.array(found["G"], float)}


def _stop(process: subprocess.Popen) -> None:
    """End a program with all that it started (ranks of mpirun)."""
    import signal

    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


_MEASURED = ("job", "user", "wall", "memory", "before")


def _summary(runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Medians, ratios to fespin, and whether the matrices are the same."""
    whole, own = runs.pop(_WHOLE), runs["fespin"]
    for found in (whole, own):
        if "given_up" in found[0]:
            raise SolverError(f"fespin {found[0]['given_up']}")
    medians = {name: _medians(found) for name, found in runs.items()}
    base, G = medians["fespin"], own[0]["G"]
    for name, found in runs.items():
        row = medians[name]
        if "given_up" in row:
            if "after" in row:
                row["job_ratio_above"] = row["after"] / base["job"]
            continue
        row |= {
            f"{key}_ratio": row[key] / base[key] if base[key] else None for key in ("job", "user", "wall", "memory")
        }
        row["difference"] = float(np.abs(found[0]["G"] - G).max() / np.abs(G).max())
        row["same"] = row["difference"] <= SAME
    return {"command": statistics.median(run["wall"] for run in whole if "wall" in run), "programs": medians}


def _medians(found: list[dict[str, Any]]) -> dict[str, Any]:
    if "given_up" in found[0]:
        return dict(found[0])
    finished = [run for run in found if "given_up" not in run]
    out: dict[str, Any] = {key: statistics.median(run[key] for run in finished) for key in _MEASURED}
    out |= {key: finished[0][key] for key in ("iterations", "backend", "unknowns")}
    stages = finished[0]["seconds"]
    out["seconds"] = {name: statistics.median(run["seconds"][name] for run in finished) for name in stages}
    return {**out, "runs": len(finished)}


def exponents(results: list[dict]) -> list[dict[str, Any]]:
    """Exponents of quantity ~ nodes^a by least squares, per dimension and program, where there are two sizes or more.

    Returns
    -------
    list of dict
        dimension, program, sizes, and time (wall seconds of the job), user, memory (that came with the job).

    Examples
    --------
    >>> runs = [{"case": "2d_1e3", "nodes": n, "programs": {"fespin": {"job": n**1.1, "user": n, "memory": 50 + n,
    ...          "before": 50}}} for n in (1000, 8000)]
    >>> [(f["dimension"], f["sizes"], round(f["time"], 6), round(f["memory"], 6)) for f in exponents(runs)]
    [(2, 2, 1.1, 1.0)]
    """
    out = []
    for dimension in (2, 3):
        own = [r for r in results if r["case"].startswith(f"{dimension}d")]
        for name in dict.fromkeys(name for r in own for name in r["programs"]):
            rows = [(r["nodes"], m) for r in own if "job" in (m := r["programs"].get(name, {}))]
            if len({nodes for nodes, _ in rows}) < 2:
                continue
            nodes = np.array([n for n, _ in rows], float)
            measured = {"time": [m["job"] for _, m in rows], "user": [m["user"] for _, m in rows],
                        "memory": [m["memory"] - m["before"] for _, m in rows]}  # fmt: skip
            fits = {key: _slope(nodes, np.array(values)) for key, values in measured.items()}
            out.append({"dimension": dimension, "program": name, "sizes": len(set(nodes.tolist())), **fits})
    return out


def _slope(nodes: np.ndarray, values: np.ndarray) -> float | None:
    """None where something was too small to be measured."""
    return float(np.polyfit(np.log(nodes), np.log(values), 1)[0]) if (values > 0).all() else None
