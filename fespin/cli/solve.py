"""``fespin solve DEVICE --set left:e=1mV``."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import InputError
from ..network.terminal import COMPONENTS
from ..transport.solution import Solution
from ..transport.solve import solve
from ..units import quantity
from .common import one_stdout, read_device, write_json


def run(arguments: argparse.Namespace) -> int:
    """Solve, print currents and what becomes of them, write the files asked for."""
    taken = one_stdout(json=arguments.json)
    potentials = settings(arguments.settings)
    device, _ = read_device(arguments.device)
    solution = solve(device, potentials, order=arguments.order, backend=arguments.backend)
    if not taken:
        print(_text(solution))
    if arguments.json:
        write_json(arguments.json, _dict(solution))
    if arguments.vtu:
        solution.write(arguments.vtu)
    if arguments.plot:
        from ..plotting import save_potentials

        save_potentials(solution, arguments.plot)
    return 0


def settings(settings: list[str]) -> dict[str, dict[str, float]]:
    """``["left:e=1mV"]`` -> ``{"left": {"e": 1e-3}}``; names may hold colons, the last one counts."""
    out: dict[str, dict[str, float]] = {}
    for setting in settings:
        name, equals, value = setting.rpartition("=")
        terminal, colon, component = name.rpartition(":")
        if not equals or not colon or not terminal:
            raise InputError(f"--set must be like left:e=1mV, got {setting!r}")
        if component in out.setdefault(terminal, {}):
            raise InputError(f"--set gives {terminal}:{component} twice")
        out[terminal][component] = quantity(value, "V", f"--set {name}")
    return out


def _text(solution: Solution) -> str:
    lines = ["currents out of the device, A", f"{'':12}" + "".join(f"{c:>15}" for c in COMPONENTS)]
    lines += [f"{t:12}" + "".join(f"{values[c]:15.6e}" for c in COMPONENTS) for t, values in solution.currents.items()]
    lines += ["", f"{'region':12}{'heat, W':>15}{'relaxed spin current x, y, z, A':>45}"]
    for region, power in solution.dissipated_power.items():
        lines.append(f"{region:12}{power:15.6e}" + "".join(f"{v:15.6e}" for v in solution.relaxation[region]))
    if solution.torques:
        lines += ["", f"{'magnet':12}{'torque x, y, z, N m':>45}"]
        lines += [f"{name:12}" + "".join(f"{v:15.6e}" for v in torque) for name, torque in solution.torques.items()]
    solver = solution.info["solver"]
    lines += ["", f"{solver['backend']}, {solver['unknowns']} unknowns, residual {solver['residual']:.1e}"]
    return "\n".join(lines)


def _dict(solution: Solution) -> dict[str, Any]:
    return {
        "currents": {t: dict(v) for t, v in solution.currents.items()},
        "dissipated_power": solution.dissipated_power,
        "relaxation": {r: v.tolist() for r, v in solution.relaxation.items()},
        "absorbed": [{"magnet": m, "region": n, "current": v.tolist()} for (m, n), v in solution.absorbed.items()],
        "torques": {m: v.tolist() for m, v in solution.torques.items()},
        "units": {"currents": "A", "dissipated_power": "W", "relaxation": "A", "absorbed": "A", "torques": "N m"},
        **dict(solution.info),
    }
