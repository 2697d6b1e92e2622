"""``fespin valve info|static|impedance|run|emf FILE``."""

from __future__ import annotations

import argparse
import math
import warnings
from typing import Any

import numpy as np

from ..batteries.valve.capacity import capacity
from ..batteries.valve.emf import EMFCurve
from ..batteries.valve.exact import exact_admittance
from ..batteries.valve.info import cautions, describe
from ..batteries.valve.layers import ValveWarning
from ..batteries.valve.potentials import contact_jumps
from ..batteries.valve.reservoir_run import ReservoirValve
from ..batteries.valve.result import ValveResult
from ..batteries.valve.runfile import RunFile, load_valve
from ..batteries.valve.screening import screened
from ..batteries.valve.stack import SpinValve
from ..batteries.valve.statics import impedance, solve_static
from ..errors import InputError
from ..units import quantity
from .common import one_stdout, progress_of, write_json

_BOOKS = ("source", "load", "series", "ohmic", "contact", "leak", "method")


def run(arguments: argparse.Namespace) -> int:
    """One action on a valve file."""
    file = load_valve(arguments.file)
    for text in cautions(file.valve):
        warnings.warn(text, ValveWarning, stacklevel=1)
    if arguments.action == "info":
        print(describe(file.valve, file.phases))
        return 0
    taken = one_stdout(json=arguments.json)
    if arguments.plot:
        from ..plotting.files import check_format

        check_format(arguments.plot)  # before anything is computed
    action = {"static": _static, "impedance": _impedance, "run": _run, "emf": _emf}[arguments.action]
    text, numbers, draw = action(file, arguments)
    if arguments.plot:  # first of all: a refused file leaves nothing on standard output
        draw(arguments.plot)
    if arguments.json:
        write_json(arguments.json, numbers)
    if not taken:
        print(text)
    return 0


def _stack(file: RunFile, action: str) -> SpinValve:
    if isinstance(file.valve, ReservoirValve):
        raise InputError(f"fespin valve {action} needs a stack of metals, got a reservoir; use emf or run")
    return file.valve


def _static(file: RunFile, arguments: argparse.Namespace) -> tuple[str, dict[str, Any], Any]:
    valve = _stack(file, "static")
    voltage = quantity(arguments.voltage, "V", "--voltage")
    if arguments.configuration:
        valve = valve.configured(arguments.configuration)
    found = solve_static(valve, voltage)
    exact = float(exact_admittance(valve).real)
    rows = [
        ("configuration", valve.configuration),
        ("resistance", f"{found.resistance:.9g} ohm, mesh error {found.mesh_error:.1e}"),
        ("  layers in closed form", f"{1 / exact if exact > 0 else math.inf:.9g} ohm"),
        ("current", f"{found.current:.6g} A at {voltage:.6g} V"),
    ]
    numbers: dict[str, Any] = {
        "configuration": valve.configuration, "voltage": voltage, "current": found.current,
        "conductance": found.conductance, "conductance_exact": exact, "mesh_error": found.mesh_error,
        "heat": found.heats, "units": {"voltage": "V", "current": "A", "conductance": "S", "heat": "W"},
    }  # fmt: skip
    if _has_states(valve):
        rows += [("capacitance", f"{valve.capacitance:.9g} F"), ("stored", f"{found.energy:.6g} J")]
        numbers |= {"capacitance": valve.capacitance, "energy": found.energy}
        numbers["units"] |= {"capacitance": "F", "energy": "J"}
    if all(layer.density_polarization is not None for layer in valve.layers):
        jumps = contact_jumps(found)
        rows += [(f"  jump {jump.left} | {jump.right}", f"{jump.value:.6g} V") for jump in jumps]
        numbers["jumps"] = [{"between": [jump.left, jump.right], "value": jump.value} for jump in jumps]

    def draw(path: str) -> None:
        from ..plotting import plot_valve_potentials, save_picture

        layers = screened(found) if arguments.screening else None
        save_picture(path, lambda ax: plot_valve_potentials(found, ax, screened=layers), (7.0, 4.0))

    return _table(valve.name, rows), numbers, draw


def _has_states(valve: SpinValve) -> bool:
    return all(layer.material.diffusivity is not None and layer.density_polarization is not None
               for layer in valve.layers if layer.two_channels)  # fmt: skip


def _impedance(file: RunFile, arguments: argparse.Namespace) -> tuple[str, dict[str, Any], Any]:
    valve = _stack(file, "impedance")
    f = np.array([quantity(value, "Hz", "--frequency") for value in arguments.frequency])
    if arguments.to is not None:
        if len(f) != 1:
            raise InputError("--to needs one --frequency to start from")
        top = quantity(arguments.to, "Hz", "--to")
        if not 0 < f[0] < top < math.inf:
            raise InputError(f"--frequency and --to must be positive and growing, got {arguments.frequency[0]} and "
                             f"{arguments.to}")  # fmt: skip
        f = np.geomspace(f[0], top, arguments.points)
    Z = impedance(valve, f)
    lines = [f"{'frequency, Hz':>16}{'Re Z, ohm':>18}{'Im Z, ohm':>18}"]
    lines += [f"{x:16.6e}{z.real:18.9e}{z.imag:18.9e}" for x, z in zip(f, Z, strict=True)]
    numbers = {"frequency": f.tolist(), "impedance": [[z.real, z.imag] if np.isfinite(z) else None for z in Z.tolist()],
               "units": {"frequency": "Hz", "impedance": "ohm"}}  # fmt: skip

    def draw(path: str) -> None:
        from ..plotting import plot_valve_impedance, save_picture

        save_picture(path, lambda ax: plot_valve_impedance(f, Z, ax), (7.0, 4.0))

    return "\n".join(lines), numbers, draw


def _run(file: RunFile, arguments: argparse.Namespace) -> tuple[str, dict[str, Any], Any]:
    result = file.run(progress_of(arguments))
    if arguments.out:
        result.save(arguments.out)

    def draw(path: str) -> None:
        from ..plotting import save_valve_run

        save_valve_run(result, path)

    return _run_text(result), _run_dict(result), draw


def _run_text(result: ValveResult) -> str:
    rows = [f"{'phase':<16}{'time, s':>12}{'EMF, V':>12}{'stored, J':>13}"
            + "".join(f"{name + ', J':>13}" for name in _BOOKS)]  # fmt: skip
    for k, phase in enumerate(result.phases):
        end = result.rows(k)[-1]
        rows.append(f"{phase.name:<16}{result.time[end]:12.5g}{result['splitting'][end]:12.5g}{result.energy[end]:13.5e}"
                    + "".join(f"{result.over(name, k):13.5e}" for name in _BOOKS))  # fmt: skip
    got = "no work was paid" if math.isnan(result.efficiency) else f"load/paid {result.efficiency:.6g}"
    rows += [
        "",
        f"{got}; {result.steps} steps, energy unaccounted for {result.ledger_error.max():.1e} of the throughput",
    ]
    return "\n".join(rows)


def _run_dict(result: ValveResult) -> dict[str, Any]:
    return {
        "phases": [
            {"name": phase.name, "time": float(result.time[result.rows(k)[-1]]),
             "emf": float(result["splitting"][result.rows(k)[-1]]), "energy": float(result.energy[result.rows(k)[-1]]),
             "charge": result.over("charge", k), **{name: result.over(name, k) for name in _BOOKS}}
            for k, phase in enumerate(result.phases)
        ],
        "units": {"time": "s", "emf": "V", "charge": "C", "energy": "J", **dict.fromkeys(_BOOKS, "J")},
        "efficiency": None if math.isnan(result.efficiency) else result.efficiency,
        "ledger": float(result.ledger_error.max()),
        "steps": result.steps,
    }  # fmt: skip


def _emf(file: RunFile, arguments: argparse.Namespace) -> tuple[str, dict[str, Any], Any]:
    if not isinstance(file.valve, ReservoirValve):
        raise InputError("fespin valve emf needs a layer of kind 'wigner' or 'free-electrons'; static shows a stack")
    curve: EMFCurve = file.valve.reservoir.curve()
    voltage = None if arguments.voltage is None else quantity(arguments.voltage, "V", "--voltage")
    held = capacity(curve, voltage)
    steps = curve.steps(arguments.steps)
    rows = ["V(Q) has no jumps"] if not steps else [f"{'charge, A h':>16}{'EMF below, V':>16}{'EMF above, V':>16}"]
    rows += [f"{q / 3600:16.6e}{low:16.9f}{high:16.9f}" for q, low, high in steps]
    where = "full" if voltage is None else f"at {voltage:.6g} V"
    rows += ["", f"{where}: {held.ampere_hours:.6e} A h, {held.watt_hours:.6e} W h"]
    numbers = {"steps": [{"charge": q, "below": low, "above": high} for q, low, high in steps],
               "capacity": {"voltage": voltage, "ampere_hours": held.ampere_hours, "watt_hours": held.watt_hours},
               "units": {"charge": "C", "below": "V", "above": "V", "voltage": "V"}}  # fmt: skip

    def draw(path: str) -> None:
        from ..plotting import plot_emf, save_picture

        save_picture(path, lambda ax: plot_emf(curve, ax, voltage=voltage), (7.0, 4.0))

    return "\n".join(rows), numbers, draw


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    return "\n".join([title, *(f"{name:<27}{value}" for name, value in rows)])
