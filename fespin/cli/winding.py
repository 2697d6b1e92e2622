"""``fespin winding run FILE`` and ``fespin winding info FILE``."""

from __future__ import annotations

import argparse
import logging
import warnings
from typing import Any

from ..batteries.winding.files import checkpoint_path, run_to_file
from ..batteries.winding.info import cautions, describe
from ..batteries.winding.limits import WindingWarning
from ..batteries.winding.protocols import efficiency
from ..batteries.winding.result import WindingResult
from ..batteries.winding.runfile import RunFile, load_run
from ..batteries.winding.simulate import simulate
from .common import one_stdout, progress_of, write_json

_log = logging.getLogger("fespin")


def run(arguments: argparse.Namespace) -> int:
    """Describe the battery, or run it."""
    file = load_run(arguments.file)
    if arguments.action == "info":
        print(describe(file.battery))
        for k, phase in enumerate(file.phases, 1):
            print(f"phase {k} {phase.name:<19} {phase.kind}, {phase.duration:.6g} s")
        for text in cautions(file.battery, file.phases, file.density):
            warnings.warn(text, WindingWarning, stacklevel=1)
        return 0
    taken = one_stdout(json=arguments.json)
    result = _result(file, arguments)
    if not taken:
        print(_text(result))
    if arguments.json:
        write_json(arguments.json, _dict(result))
    if arguments.plot:
        from ..plotting import save_winding

        save_winding(result, arguments.plot)
    return 0


def _result(file: RunFile, arguments: argparse.Namespace) -> WindingResult:
    progress = progress_of(arguments)
    if arguments.out is None:
        return simulate(file.battery, file.phases, cells=file.cells, nodes=file.nodes, records=file.records,
                        density=file.density, progress=progress)  # fmt: skip
    if checkpoint_path(arguments.out).exists():
        _log.info("continues %s", checkpoint_path(arguments.out))
    return run_to_file(file.simulation(), arguments.out, progress=progress)


def _text(result: WindingResult) -> str:
    rows = [f"{'phase':<20}{'time, s':>12}{'turns':>10}{'stored, J':>13}{'source, J':>13}{'gate, J':>13}{'load, J':>13}"
            f"{'contacts, J':>13}{'Gilbert, J':>13}"]  # fmt: skip
    for k, phase in enumerate(result.phases):
        end = result.rows(k)[-1]
        values = [
            result.energy[end],
            *(result.over(n, k) for n in ("source", "gate_work", "load", "contact", "gilbert")),
        ]
        rows.append(f"{phase.name:<20}{result.time[end]:12.5g}{result.winding[end]:10.4f}"
                    + "".join(f"{value:13.5e}" for value in values))  # fmt: skip
    found = efficiency(result)
    rows += [
        "",
        f"charged/paid {found.charging:.6g}, load/charged {found.discharging:.6g}, load/paid {result.efficiency:.6g}; "
        f"bound of a round trip {found.bound:.6g}",
        f"{result.steps} steps of {result.phi.shape[1] - 1} cells, energy unaccounted for "
        f"{result.ledger_error.max():.1e} of the throughput",
    ]
    return "\n".join(rows)


def _dict(result: WindingResult) -> dict[str, Any]:
    found = efficiency(result)
    numbers = {"charging": found.charging, "discharging": found.discharging, "round_trip": result.efficiency,
               "bound": found.bound}  # fmt: skip
    return {
        "phases": [
            {"name": phase.name, "time": float(result.time[result.rows(k)[-1]]),
             "winding": float(result.winding[result.rows(k)[-1]]), "energy": float(result.energy[result.rows(k)[-1]]),
             **{n: result.over(n, k) for n in ("source", "gate_work", "load", "contact", "gilbert", "switch")}}
            for k, phase in enumerate(result.phases)
        ],
        "units": {"time": "s", "winding": "turns", "energy": "J"},
        "efficiency": {name: value if value == value else None for name, value in numbers.items()},
        "ledger": float(result.ledger_error.max()),
        "steps": result.steps,
    }  # fmt: skip
