"""``fespin conductance DEVICE``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from ..errors import InputError
from ..network.conductance import ConductanceMatrix
from ..network.table import format_table
from ..transport.solve import conductance
from ..units import quantity
from .common import line_width, one_stdout, read_device, write_json, write_text
from .uncertainty import with_uncertainty


def run(arguments: argparse.Namespace) -> int:
    """Compute the matrix, print it with its checks, write the files asked for."""
    frequency = 0.0 if arguments.frequency is None else quantity(arguments.frequency, "Hz", "--frequency")
    taken = one_stdout(json=arguments.json, csv=arguments.csv, netcdf=arguments.netcdf)
    options = {"order": arguments.order, "backend": arguments.backend, "frequency": frequency}
    if arguments.backend == "petsc":
        return _together(arguments, options, taken)
    device, reading = read_device(arguments.device)
    spread = None
    if arguments.uncertainty:
        G, spread = with_uncertainty(device, options)
    else:
        G = conductance(device, **options)
    solver = dict(G.info["solver"])
    solver["seconds"] = {"read": round(reading.seconds["read"], 4), **solver["seconds"]}
    solver["peak_memory_mb"] = {"read": round(reading.memory["read"], 1), **solver["peak_memory_mb"]}
    return _output(arguments, G.with_info(solver=solver), taken, spread)


def _together(arguments: argparse.Namespace, options: dict[str, Any], taken: bool) -> int:
    """By all processes of an MPI run, each reading its slices of the mesh; the first one writes."""
    from ..distributed.ranks import launched_rank
    from ..distributed.solve import conductance as spread_out

    if arguments.uncertainty:
        raise InputError("--uncertainty is not there with --backend petsc; leave one of them out")
    del options["backend"]
    G = spread_out(arguments.device, **options)
    return 0 if launched_rank() else _output(arguments, G, taken, None)


def _output(arguments: argparse.Namespace, G: ConductanceMatrix, taken: bool, spread: Any) -> int:
    """Table and checks, and the files asked for."""
    if not taken:
        frequency = G.info.get("frequency")
        what = f"admittance at {frequency:g} Hz; " if frequency else ""
        table = format_table(G, line=line_width(), uncertainty=None if spread is None else spread.standard)
        lines = [f"{G.info['device']}: {what}{table}", checks(G)]
        print("\n\n".join([lines[0], *([spread.text()] if spread else []), lines[1]]))
    if arguments.json:
        document = json.loads(G.to_json())
        write_json(arguments.json, document if spread is None else {**document, "uncertainty": spread.to_dict()})
    if arguments.csv:
        write_text(arguments.csv, G.to_csv())
    if arguments.netcdf == "-":
        from ..network.files import to_netcdf

        sys.stdout.buffer.write(to_netcdf(G))
    elif arguments.netcdf:
        G.save(arguments.netcdf, format="nc")
    return 0


def checks(G: ConductanceMatrix) -> str:
    """The identities of the matrix and how it was solved, in a few lines."""
    found, solver, mesh = G.identities(), G.info["solver"], G.info["mesh"]
    memory = solver["peak_memory_mb"]
    by = solver["backend"] + (f" on {solver['ranks']} processes" if "ranks" in solver else "")
    stages = ", ".join(f"{name} {value:.2f} s {memory[name]:.0f} MB" for name, value in solver["seconds"].items())
    rows = [
        ("asymmetry", found["asymmetry"], "max |G - G^T| / max |G|"),
        ("  from reactions", solver["reaction_asymmetry"], "the same from terminal currents, which know no symmetry"),
        ("charge conservation", found["charge_conservation"], "largest column sum of the charge rows / max |G|"),
        ("gauge invariance", found["gauge_invariance"], "largest row sum of the charge columns / max |G|"),
        ("passivity", found["passivity"], "smallest eigenvalue of -G / max |G|"),
        ("energy - reactions", solver["reaction_difference"], "G from dissipated energy against G from currents"),
        ("solver residual", solver["residual"], f"{by}, order {solver['order']}, {solver['unknowns']} "
         f"unknowns, {solver['iterations']} iterations"),
        ("error of G", solver["error_of_G"], "relative, as the solver measured it; of the mesh not counted"),
    ]  # fmt: skip
    return "\n".join([
        *(f"{name:<20} {value:>8.1e}   {meaning}" for name, value, meaning in rows),
        f"mesh                 {mesh['nodes']} nodes, {mesh['cells']} {mesh['cell_type']} cells, {mesh['dimension']}D",
        f"time, peak memory    {stages}",
    ])  # fmt: skip
