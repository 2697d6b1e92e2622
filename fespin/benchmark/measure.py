"""Whole commands timed from outside, one after the other in turn, so that a busy machine treats all alike."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError, SolverError
from .devices import parse_case, standard_device

log = logging.getLogger("fespin")
PEERS = {"ngsolve": ("ngsolve", "fespin.benchmark.ngsolve_peer")}


def available_peers() -> list[str]:
    """Packages to compare with that are installed."""
    return [name for name, (package, _) in PEERS.items() if importlib.util.find_spec(package)]


def benchmark(cases: list[str], *, repeat: int = 3, peers: list[str] | None = None, limit: float = 600.0) -> list[dict]:
    """Time `fespin conductance` on standard devices, and other packages on the same files.

    Parameters
    ----------
    cases : list of str
        Like "2d_1e4" or "3d_1e5".
    repeat : int
        Rounds; every round runs fespin and then each peer.
    peers : list of str, optional
        Out of "ngsolve"; by default none.
    limit : float
        Seconds after which a run is given up.

    Returns
    -------
    list of dict
        Per case nodes, iterations and, per program, medians of wall and user seconds of the whole command, seconds of
        the job itself (mesh file to matrix), peak memory in MB, ratios to fespin, and max |dG| / max |G|.

    Raises
    ------
    InputError
        An unknown case or peer.
    """
    sizes = [parse_case(case) for case in cases]
    if repeat < 1:
        raise InputError(f"repeat must be 1 or more, got {repeat}")
    for peer in peers or []:
        if peer not in PEERS:
            raise InputError(f"peers must be among {', '.join(PEERS)}, got {peer!r}")
    out = []
    with tempfile.TemporaryDirectory() as folder:
        for case, size in zip(cases, sizes, strict=True):
            device = standard_device(*size)
            path = device.write(Path(folder) / f"{case}.toml")
            programs = {"fespin": [sys.executable, "-m", "fespin", "conductance", str(path), "--json", "-", "--quiet"]}
            programs |= {p: [sys.executable, "-m", PEERS[p][1], str(path)] for p in peers or []}
            runs: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
            for turn in range(repeat):
                for name, command in programs.items():
                    if runs[name] and runs[name][0].get("stopped"):
                        continue
                    log.info("%s: %s, round %d of %d", case, name, turn + 1, repeat)
                    runs[name].append(_run(command, limit))
            out.append({"case": case, "nodes": len(device.mesh.points), "cells": len(device.mesh.cells),
                        "programs": _summary(runs)})  # fmt: skip
    return out


def _run(command: list[str], limit: float) -> dict[str, Any]:
    """One run in a process of its own."""
    before, start = os.times(), time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"stopped": True, "wall": limit}
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode:
        raise SolverError(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")
    result = json.loads(done.stdout)
    solver = result["solver"]
    return {
        "wall": wall,
        "user": after.children_user - before.children_user,
        "job": sum(solver["seconds"].values()),
        "seconds": solver["seconds"],
        "memory": max(solver["peak_memory_mb"].values()),
        "iterations": solver.get("iterations", 0),
        "backend": solver["backend"],
        "G": np.array(result["conductance"], float),
    }


def _summary(runs: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    own = runs["fespin"]
    base = {key: statistics.median(r[key] for r in own) for key in ("wall", "user", "job")}
    G = own[0]["G"]
    out: dict[str, dict[str, Any]] = {}
    for name, found in runs.items():
        if found[0].get("stopped"):
            out[name] = {"stopped_after": found[0]["wall"]}
            continue
        out[name] = {key: statistics.median(r[key] for r in found) for key in ("wall", "user", "job", "memory")}
        out[name] |= {f"{key}_ratio": out[name][key] / base[key] if base[key] else None for key in base}
        out[name] |= {key: found[0][key] for key in ("iterations", "backend", "seconds")}
        out[name]["difference"] = float(np.abs(found[0]["G"] - G).max() / np.abs(G).max())
    return out


def exponents(results: list[dict]) -> dict[str, float]:
    """Exponent a of job time ~ nodes^a for each dimension with two sizes or more, by least squares."""
    out = {}
    for kind in ("2d", "3d"):
        points = [(r["nodes"], r["programs"]["fespin"]["job"]) for r in results if r["case"].startswith(kind)]
        if len({n for n, _ in points}) > 1:
            x, y = np.log(np.array(points, float).T)
            out[kind] = float(np.polyfit(x, y, 1)[0])
    return out
