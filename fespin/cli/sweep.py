"""``fespin sweep DEVICE --vary NAME=VALUES``."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

import numpy as np

from ..errors import InputError, must_be
from ..sweeps.entries import chosen_entries, entry_label, parse_entry
from ..sweeps.plan import terminal_names
from ..sweeps.result import SweepResult
from ..sweeps.sweep import sweep
from .common import one_stdout, progress_of, write_text

_MOST_FAILURES = 10  # listed one by one
_log = logging.getLogger("fespin")


def run(arguments: argparse.Namespace) -> int:
    """Solve every point, print the entries, write the files asked for; exit code 1 if some points failed."""
    targets = {kind: getattr(arguments, kind) for kind in ("json", "csv", "netcdf")}
    taken = one_stdout(**targets)
    for target in (*targets.values(), arguments.plot):
        if target not in (None, "-") and not Path(target).resolve().parent.is_dir():
            raise InputError(f"{target} cannot be written: its folder does not exist; choose a writable folder")
    if arguments.plot:
        from ..plotting.files import check_format

        check_format(arguments.plot)
    for entry in arguments.entry:  # before anything is solved
        parse_entry(entry, terminal_names(arguments.device))
    store, own = _store(arguments, targets)
    if store is not None and store.exists():
        _log.info("takes finished points from %s", store)
    try:
        result = sweep(arguments.device, _vary(arguments.vary), order=arguments.order, backend=arguments.backend,
                       jobs=arguments.jobs, store=store, progress=progress_of(arguments))  # fmt: skip
    except KeyboardInterrupt:
        if store is not None and store.exists():
            print(f"fespin: finished points are in {store}; the same command goes on from there", file=sys.stderr)
        raise
    _write(result, arguments, taken)
    if own and store is not None and not result.failures:
        store.unlink(missing_ok=True)
    return 1 if result.failures else 0


def _vary(texts: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for text in texts:
        name, equals, values = text.rpartition("=")
        if not equals or not name.strip() or not values.strip():
            raise must_be("--vary", "written NAME=VALUES like field.z=-1T:1T:201", text)
        if name.strip() in out:
            raise InputError(f"--vary {name.strip()} is given twice; write all its values into one, with commas")
        out[name.strip()] = values.strip()
    return out


def _store(arguments: argparse.Namespace, targets: dict[str, str | None]) -> tuple[Path | None, bool]:
    """Where finished points are kept, and whether that is only for the time of the sweep: beside the first output."""
    if arguments.store is not None:
        return Path(arguments.store), False
    named = [target for target in targets.values() if target not in (None, "-") and Path(target).suffix]
    return (Path(f"{named[0]}.part"), True) if named else (None, True)


def _write(result: SweepResult, arguments: argparse.Namespace, taken: bool) -> None:
    entries = chosen_entries(result, arguments.entry)
    if not taken:
        print(table(result, entries))
    if arguments.json:
        write_text(arguments.json, result.to_json())
    if arguments.csv:
        write_text(arguments.csv, result.to_csv())
    if arguments.netcdf == "-":
        from ..sweeps.files import to_netcdf

        sys.stdout.buffer.write(to_netcdf(result))
    elif arguments.netcdf:
        result.save(arguments.netcdf, format="nc")
    if arguments.plot:
        from ..plotting.sweep import save_sweep

        save_sweep(result, arguments.plot, entries)


def table(result: SweepResult, entries: list[tuple[str, str, str, str]]) -> str:
    """One line a point: coordinates, entries in siemens (real and imaginary part), then how it went."""
    is_complex = np.iscomplexobj(result.values)
    heads = [f"{axis.name} ({axis.unit})" if axis.unit else axis.name for axis in result.axes]
    labels = [entry_label(entry) for entry in entries]
    heads += [f"{part} {label}" for label in labels for part in ("Re", "Im")] if is_complex else labels
    width = [max(13, len(head) + 2) for head in heads]
    rows = ["".join(f"{head:>{w}}" for head, w in zip(heads, width, strict=True))] if heads else []
    columns = [result[entry].reshape(-1) for entry in entries]
    for number, point in enumerate(result.grid):
        values = [value for column in columns for value in
                  ((column[number].real, column[number].imag) if is_complex else (column[number],))]  # fmt: skip
        cells = [*(f"{x:.6g}" for x in point[: len(result.axes)]), *(f"{x:.6e}" for x in values)]
        rows.append("".join(f"{cell:>{w}}" for cell, w in zip(cells, width, strict=True)))
    return "\n".join([f"{result.info['device']}: conductance in S; current out of the first per volt at the second",
                      *_held(result), "", *rows, "", *_summary(result)])  # fmt: skip


def _held(result: SweepResult) -> list[str]:
    return [f"{axis.name} = {axis.values[0]:.6g} {axis.unit}".rstrip() for axis in result.fixed]


def _summary(result: SweepResult) -> list[str]:
    info, blocks = result.info, result.columns["blocks"].sum()
    reused = result.columns["reused"].sum()
    failed = [f"failed at {result.grid.describe(point)}: {text}" for point, text in result.failures.items()]
    if len(failed) > _MOST_FAILURES:
        failed = [*failed[:_MOST_FAILURES], f"... and {len(failed) - _MOST_FAILURES} points more"]
    return [
        *failed,
        f"{info['points']} points ({info['points_from_store']} from the store) in {info['seconds']:.2f} s by "
        f"{info['executor']}" + (f" ({info['jobs']})" if info["jobs"] > 1 else ""),
        f"{blocks} systems of equations, {reused} of them unchanged from the point before",
        f"largest solver residual {info['residual']:.1e}, energy - reactions {info['reaction_difference']:.1e}",
    ]
