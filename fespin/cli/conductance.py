"""``fespin conductance DEVICE``."""

from __future__ import annotations

import argparse
import sys

from ..errors import InputError
from ..network.conductance import ConductanceMatrix
from ..transport.solve import conductance
from .common import one_stdout, read_device, write_text


def run(arguments: argparse.Namespace) -> int:
    """Compute the matrix, print it with its checks, write the files asked for."""
    if arguments.frequency is not None:
        raise InputError("--frequency: frequency-dependent conductances are not part of this version; leave it out for the static ones")
    taken = one_stdout(json=arguments.json, csv=arguments.csv, netcdf=arguments.netcdf)
    device, reading = read_device(arguments.device)
    G = conductance(device, order=arguments.order, backend=arguments.backend)
    solver = {**G.info["solver"], "seconds": {"read": round(reading, 4), **G.info["solver"]["seconds"]}}
    G = G.with_info(solver=solver)
    if not taken:
        print(f"{device.name}: {G}\n\n{checks(G)}")
    if arguments.json:
        write_text(arguments.json, G.to_json())
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
    seconds = ", ".join(f"{name} {value:.2f}" for name, value in solver["seconds"].items())
    return "\n".join([
        f"asymmetry            {found['asymmetry']:.1e}   max |G - G^T| / max |G|; from terminal reactions {solver['reaction_asymmetry']:.1e}",
        f"charge conservation  {found['charge_conservation']:.1e}   largest column sum of the charge rows / max |G|",
        f"gauge invariance     {found['gauge_invariance']:.1e}   largest row sum of the charge columns / max |G|",
        f"passivity           {found['passivity']:8.1e}   smallest eigenvalue of -G / max |G|",
        f"solver residual      {solver['residual']:.1e}   {solver['backend']}, order {solver['order']}, {solver['unknowns']} unknowns"
        f", {solver['iterations']} iterations; G from energy and from reactions differ by {solver['reaction_difference']:.1e}",
        f"mesh                 {mesh['nodes']} nodes, {mesh['cells']} {mesh['cell_type']} cells, {mesh['dimension']}D",
        f"seconds              {seconds}; peak memory {solver['peak_memory_mb']:.0f} MB",
    ])  # fmt: skip
