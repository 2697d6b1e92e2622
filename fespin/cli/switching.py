"""``fespin exchange equilibrium | sweep``: devices whose magnets are coupled."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from ..device.device import Device
from ..errors import InputError
from ..exchange.attachment import unit_vector
from ..switching import SwitchingCurve, equilibrium, switching_curve, with_conditions
from ..switching.curve import UNITS
from .common import one_stdout, progress_of, read_device, write_json, write_text
from .ranges import is_range, pair_of, range_of, value_of, vector_of


def run(arguments: argparse.Namespace) -> int:
    """Equilibrium or sweep."""
    (_sweep if arguments.action == "sweep" else _equilibrium)(arguments)
    return 0


def _conditions(arguments: argparse.Namespace) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Options with one value, and those with a range."""
    fixed: dict[str, float] = {}
    swept: dict[str, np.ndarray] = {}
    for name, unit in UNITS.items():
        text = getattr(arguments, name)
        option = "--" + name.replace("_", "-")
        if text is not None and is_range(text):
            swept[name] = range_of(text, unit, option)
        elif text is not None:
            fixed[name] = value_of(text, unit, option)
    return fixed, swept


def _at(device: Device, arguments: argparse.Namespace, fixed: dict[str, float]) -> Device:
    """The device at the temperature and fields of the options."""
    values: dict[str, Any] = dict(fixed)
    if "applied_field" in fixed:
        values["applied_field"] = tuple(fixed["applied_field"] * a for a in _direction(device, arguments))
    return with_conditions(device, **values) if values else device


def _direction(device: Device, arguments: argparse.Namespace) -> tuple[float, float, float]:
    if arguments.along is not None:
        return unit_vector(vector_of(arguments.along, "--along"), "--along")
    for exchange in device.exchanges.values():
        if any(exchange.applied_field):
            return unit_vector(exchange.applied_field, "applied_field")
    raise InputError("--applied-field needs the direction of the field, got none; add --along 0,0,1")


def _equilibrium(arguments: argparse.Namespace) -> None:
    taken = one_stdout(json=arguments.json)
    fixed, swept = _conditions(arguments)
    if swept:
        raise InputError(f"--{next(iter(swept)).replace('_', '-')} must be one value here; fespin exchange sweep takes "
                         "ranges")  # fmt: skip
    device = read_device(arguments.device)[0]
    found = equilibrium(_at(device, arguments, fixed), start="ground" if arguments.ground else "drawn")
    energies = {name: exchange.energy() for name, exchange in found.exchanges.items()}
    magnets = {name: list(r.magnetization) for name, r in found.regions.items() if r.magnetization is not None}
    if arguments.out:
        found.write(arguments.out)
    if arguments.json:
        write_json(arguments.json, {"coupling": energies, "magnetization": magnets, "unit": "J/m^2"})
    if not taken:
        lines = [f"{name:16} H_ex {energy:16.8e} J/m^2, eps {found.exchanges[name].permittivity_now():.6g}"
                 for name, energy in energies.items()]  # fmt: skip
        lines += [f"{name:16} m = " + ", ".join(f"{x + 0.0:.8f}" for x in m) for name, m in magnets.items()]
        print("\n".join(lines))


def _sweep(arguments: argparse.Namespace) -> None:
    taken = one_stdout(json=arguments.json, csv=arguments.csv)
    fixed, swept = _conditions(arguments)
    if len(swept) != 1:
        raise InputError("one of --temperature, --electric-field and --applied-field must be a range like 30K:80K:101, "
                         f"got {len(swept)}")  # fmt: skip
    ((parameter, values),) = swept.items()
    if arguments.loop:
        values = np.concatenate([values, values[-2::-1]])
    device = read_device(arguments.device)[0]
    along = _direction(device, arguments) if parameter == "applied_field" else None
    curve = switching_curve(
        _at(device, arguments, fixed), parameter, values, spin=arguments.spin, along=along,
        current=pair_of(arguments.current, "--current"), voltage=pair_of(arguments.voltage, "--voltage"),
        start="ground" if arguments.ground else "drawn", order=arguments.order, backend=arguments.backend,
        progress=progress_of(arguments),
    )  # fmt: skip
    if arguments.plot:
        from ..plotting.exchange import save_switching

        save_switching(curve, arguments.plot)
    if arguments.csv:
        write_text(arguments.csv, curve.to_csv().rstrip("\n"))
    if arguments.json:
        write_json(arguments.json, curve.to_dict())
    if not taken:
        print(_text(curve))


def _text(curve: SwitchingCurve) -> str:
    """Every point of a short sweep; of a long one the ends and the points around each switch."""
    unit = UNITS[curve.parameter]
    names = list(curve.coupling)
    head = f"{curve.parameter + ', ' + unit:>20}{'resistance, ohm':>18}"
    head += "".join(f"{'H_ex, J/m^2':>16}{'angle, deg':>12}" for _ in names)
    angles = {name: np.degrees(curve.angle(*curve.pairs[name])) for name in names}
    rows = _rows(curve)
    lines, before = [head], -1
    for k in rows:
        if k > before + 1:
            lines.append("...")
        row = f"{curve.values[k]:20.8g}{curve.resistance[k]:18.8g}"
        lines.append(row + "".join(f"{curve.coupling[n][k]:16.6e}{angles[n][k]:12.4f}" for n in names))
        before = k
    switches = curve.switches()
    found = ", ".join(f"{value:.6g} {unit}" for value in switches) or "none"
    ratio = curve.resistance.max() / curve.resistance.min() - 1
    return "\n".join([*lines, "", f"switches by more than 90 deg: {found}; resistance varies by {100 * ratio:.4g} %; "
                      f"{len(curve.values)} points, {curve.solutions} transport solutions"])  # fmt: skip


def _rows(curve: SwitchingCurve) -> list[int]:
    n = len(curve.values)
    if n <= 25:
        return list(range(n))
    jump = np.abs(np.diff(curve.resistance)) > 0.05 * np.ptp(curve.resistance)
    near = {0, n - 1, *(np.flatnonzero(jump)[:20]).tolist(), *(np.flatnonzero(jump)[:20] + 1).tolist()}
    return sorted(near)
