"""``fespin wigner staircase``, ``ladder``, ``phase-diagram`` and ``benchmark``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np

from ..errors import InputError, must_be
from ..units import quantity
from ..wigner.ladder import Ladder
from ..wigner.phases import phase_diagram
from ..wigner.potential import PowerLaw
from ..wigner.stairs import Staircase, filling, staircase
from ..wigner.table import exact_table
from ..wigner.thermal import ThermalChain
from ..wigner.units import Units
from .common import one_stdout, write_json

UNITS = {"mu": "E0", "pressure": "E0/a"}


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says; numbers on standard output unless a file option takes it."""
    if arguments.action == "benchmark":
        return _benchmark(arguments)
    from . import wigner_ladder

    actions: dict[str, Callable[[argparse.Namespace], tuple[str, dict[str, Any], Any]]] = {
        "staircase": _staircase,
        "phase-diagram": _phase_diagram,
        "ladder": wigner_ladder.report,
    }
    taken, scale = one_stdout(json=arguments.json), _scale(arguments)
    text, numbers, draw = actions[arguments.action](arguments)
    if scale is not None:
        numbers["E0"] = {"J": scale.joule, "eV": scale.volt, "K": scale.kelvin}
    if arguments.plot:  # before anything is printed: it may be refused
        from ..plotting import save_picture

        save_picture(arguments.plot, draw, (7.2, 4.6))
    if arguments.json:
        write_json(arguments.json, finite(numbers))
    if not taken:
        print(text if scale is None else f"{text}\n\n{_scale_line(scale)}")
    return 0


def _scale(arguments: argparse.Namespace) -> Units | None:
    """E0 in real units if a lattice constant was given."""
    if arguments.lattice_constant is None:
        if arguments.permittivity is not None:
            raise InputError("--permittivity must come with --lattice-constant: both set E0")
        return None
    eps = 1.0 if arguments.permittivity is None else arguments.permittivity
    return Units(lattice_constant=quantity(arguments.lattice_constant, "m", "--lattice-constant"), permittivity=eps)


def _scale_line(scale: Units) -> str:
    return f"E0 = {scale.volt:.6g} eV = {scale.joule:.6g} J, E0/k_B = {scale.kelvin:.6g} K"


def finite(value: Any) -> Any:
    """The same with None for what JSON has no number for, and lists for arrays."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [finite(one) for one in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def ladder_of(arguments: argparse.Namespace) -> Ladder:
    """The ladder that the options describe."""
    chains = getattr(arguments, "chains", 2)
    return Ladder(length=arguments.length, chains=chains, distance=arguments.distance, boundary=arguments.boundary,
                  potential=PowerLaw(arguments.alpha))  # fmt: skip


def ladder_dict(ladder: Ladder) -> dict[str, Any]:
    """What the numbers belong to."""
    return {"length": ladder.length, "chains": ladder.chains, "distance": ladder.distance,
            "boundary": ladder.boundary, "alpha": ladder.potential.alpha}  # fmt: skip


def ladder_line(ladder: Ladder) -> str:
    """The same in words."""
    return (f"{ladder.chains} x {ladder.length} sites, {ladder.boundary}, d = {ladder.distance:g}, "
            f"U = r^-{ladder.potential.alpha:g}")  # fmt: skip


def _staircase(arguments: argparse.Namespace) -> tuple[str, dict[str, Any], Any]:
    if arguments.temperature is not None:
        return _thermal(arguments)
    from ..plotting.wigner import plot_staircase

    variable, stairs = arguments.variable, staircase(arguments.q_max, potential=arguments.alpha)
    rows = [_header(arguments, f"complete staircase at T = 0, {len(stairs)} steps of q <= {stairs.q_max}")]
    numbers = _steps(stairs, variable)
    if arguments.at:
        numbers["at"] = [_point(x, arguments) for x in arguments.at]
        rows += [f"c = {_fraction(one)} at {variable} = {one[variable]:g}" for one in numbers["at"]]
    else:
        rows += _table(stairs, variable, arguments.rows)
    return "\n".join(rows), numbers, lambda ax: plot_staircase(stairs, ax, variable=variable)


def _header(arguments: argparse.Namespace, text: str) -> str:
    return f"U = l^-{arguments.alpha:g}, {text}; {arguments.variable} in {UNITS[arguments.variable]}"


def _steps(stairs: Staircase, variable: str) -> dict[str, Any]:
    low, high = stairs.edges(variable)
    return {"potential": {"alpha": stairs.potential.alpha},  # type: ignore[attr-defined]
            "temperature": 0.0, "variable": variable, "unit": UNITS[variable], "q_max": stairs.q_max,
            "between_steps": stairs.missing(variable),
            "steps": [{"p": p, "q": q, "low": a, "high": b, "energy_per_site": e}
                      for p, q, a, b, e in zip(stairs.p, stairs.q, low, high, stairs.energy_per_site, strict=True)],
            }  # fmt: skip


def _table(stairs: Staircase, variable: str, count: int) -> list[str]:
    if count < 1:
        raise must_be("--rows", "at least 1", count)
    low, high = stairs.edges(variable)
    width = high - low
    widest = np.flatnonzero(width >= np.sort(width)[-min(count, len(width))] * (1 - 1e-9))  # p/q comes with 1 - p/q
    rows = [f"{'c':>9}{'from':>19}{'to':>19}{'width':>19}{'e(c), E0 per site':>21}"]
    for k in widest:
        name = f"{stairs.p[k]}/{stairs.q[k]}"
        rows.append(f"{name:>9}{low[k]:19.12f}{high[k]:19.12f}{width[k]:19.12f}"
                    f"{stairs.energy_per_site[k]:21.12f}")  # fmt: skip
    span = low[-1] - high[0]
    total = span - stairs.missing(variable)
    rows.append(f"the {len(widest)} widest of {len(stairs)}; all widths add up to {total:.9f} of {span:.9f}, "
                "steps of larger q fill the rest")  # fmt: skip
    return rows


def _point(x: float, arguments: argparse.Namespace) -> dict[str, Any]:
    found = filling(x, variable=arguments.variable, potential=arguments.alpha)
    return {arguments.variable: x, "low": str(found.low), "high": str(found.high), "exact": found.exact}


def _fraction(one: dict[str, Any]) -> str:
    return one["low"] if one["exact"] else f"{one['low']} ... {one['high']}"


def _thermal(arguments: argparse.Namespace) -> tuple[str, dict[str, Any], Any]:
    """Chain of nearest-particle repulsion at T > 0 over a range."""
    from ..plotting.wigner import plot_thermal_filling

    variable, chain = arguments.variable, ThermalChain(arguments.temperature, arguments.alpha)
    if arguments.at:
        x = np.array(arguments.at)
    else:
        x = np.linspace(0.05, 2.0, 40)
    states = [chain.at(one, variable=variable) for one in x]
    rows = [_header(arguments, f"repulsion of nearest particles, T = {chain.temperature:g} E0/k_B"),
            f"{'mu':>16}{'pressure':>18}{'filling':>16}{'entropy, k_B':>16}{'dc/dmu, 1/E0':>16}"]  # fmt: skip
    rows += [f"{s.mu:16.12f}{s.pressure:18.12f}{s.filling:16.12f}{s.entropy:16.10f}{s.dc_dmu:16.8g}" for s in states]
    names = ("mu", "pressure", "filling", "energy", "entropy", "dc_dmu", "dc_dpressure")
    numbers = {"potential": {"alpha": arguments.alpha}, "temperature": chain.temperature, "variable": variable,
               "states": [{name: getattr(s, name) for name in names} for s in states]}  # fmt: skip

    def draw(ax: Any) -> None:
        low, high = (float(x.min()), float(x.max())) if np.ptp(x) > 0 else (0.05, 2.0)
        plot_thermal_filling(chain, np.linspace(low, high, 400), ax, variable=variable)
        ax.legend(frameon=False)

    return "\n".join(rows), numbers, draw


def _phase_diagram(arguments: argparse.Namespace) -> tuple[str, dict[str, Any], Any]:
    from ..plotting.wigner import plot_phase_diagram

    ladder = ladder_of(arguments)
    diagram = phase_diagram(exact_table(ladder), arguments.mu_range, arguments.delta_eta_range)
    (a, b), (c, d) = diagram.mu, diagram.delta_eta
    rows = [f"{ladder_line(ladder)}: {len(diagram.phases)} phases in mu {a:.6g} ... {b:.6g}, "
            f"delta_eta {c:.6g} ... {d:.6g} E0",
            f"{'N_up':>5}{'N_dn':>5}{'m':>10}{'mu from':>14}{'to':>14}"
            f"{'delta_eta from':>16}{'to':>14}{'corners':>9}"]  # fmt: skip
    for phase in diagram.phases:
        (a, c), (b, d) = phase.corners.min(axis=0), phase.corners.max(axis=0)
        rows.append(f"{phase.up:5}{phase.down:5}{phase.polarization:10.6f}{a:14.8f}{b:14.8f}{c:16.8f}{d:14.8f}"
                    f"{len(phase.corners):9}")  # fmt: skip
    numbers = {
        "ladder": ladder_dict(ladder),
        "unit": "E0",
        "mu": diagram.mu,
        "delta_eta": diagram.delta_eta,
        "phases": [{"up": p.up, "down": p.down, "polarization": p.polarization, "energy": p.energy,
                    "corners": p.corners} for p in diagram.phases],
    }  # fmt: skip
    return "\n".join(rows), numbers, lambda ax: plot_phase_diagram(diagram, ax)


def _benchmark(arguments: argparse.Namespace) -> int:
    from ..wigner.benchmark import benchmark

    taken = one_stdout(json=arguments.json)
    timings = benchmark(quick=arguments.quick)
    if not taken:
        for timing in timings:
            pairs = "  ".join(f"{n}: {s:.3g} s" for n, s in zip(timing.sizes, timing.seconds, strict=True))
            law = f"{timing.growth:.2f} times per site" if timing.per_site else f"power {timing.growth:.2f} of the size"
            print(f"{timing.job:<58}{pairs}  (grows: {law})")
    if arguments.json:
        write_json(arguments.json, [{"job": t.job, "sizes": t.sizes, "seconds": t.seconds, "growth": t.growth,
                                     "per_site": t.per_site} for t in timings])  # fmt: skip
    return 0
