"""``fespin exchange coupling | map | critical | figure``: the interlayer exchange of a junction by itself."""

from __future__ import annotations

import argparse
import csv
import io
from typing import Any

import numpy as np

from ..errors import InputError
from ..exchange import TTF_CA, Coupling, ExchangeModel, Junction, exchange_coupling, exchange_map, sign_changes
from ..exchange.constants import ELECTRONVOLT
from ..exchange.coupling import checked_permittivity, checked_temperature
from ..exchange.figures import PaperFigure, paper_figure
from .common import one_stdout, progress_of, write_json, write_text
from .ranges import is_range, range_of, value_of

_RANGES = {"well_depth": "J", "splitting": "J", "barrier_height": "J", "thickness": "m"}
_SHOWN = {"J": (ELECTRONVOLT, "eV"), "m": (1e-9, "nm")}


def run(arguments: argparse.Namespace) -> int:
    """One of the four actions."""
    actions = {"coupling": _coupling, "map": _map, "critical": _critical, "figure": _figure}
    actions[arguments.action](arguments)
    return 0


def _model(arguments: argparse.Namespace) -> ExchangeModel:
    return ExchangeModel(hop=arguments.hop, contact=arguments.contact, accuracy=arguments.accuracy,
                         printed_prefactor=arguments.printed_prefactor)  # fmt: skip


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _values(arguments: argparse.Namespace, ranges: int) -> dict[str, Any]:
    """Parameter -> a pair of floats, or the points of a range."""
    out: dict[str, Any] = {}
    for name, unit in _RANGES.items():
        text = getattr(arguments, name)
        if is_range(text):
            out[name] = range_of(text, unit, _option(name))
        elif "," in text and name in ("well_depth", "splitting"):
            parts = text.split(",")
            if len(parts) != 2:
                raise InputError(f"{_option(name)} must be one value or two, left and right, got {text!r}")
            out[name] = tuple(value_of(part, unit, _option(name)) for part in parts)
        else:
            out[name] = value_of(text, unit, _option(name))
    swept = [name for name, value in out.items() if isinstance(value, np.ndarray)]
    if len(swept) > ranges or (ranges and not swept):
        need = {0: "no range", 1: "one range", 2: "one or two ranges"}[ranges]
        raise InputError(f"fespin exchange {arguments.action} takes {need} among {', '.join(map(_option, _RANGES))}, "
                         f"got {len(swept)}")  # fmt: skip
    return out


def _permittivity(arguments: argparse.Namespace) -> float:
    if arguments.permittivity == "TTF-CA":
        return float(TTF_CA(_temperature(arguments)))
    return float(checked_permittivity(value_of(arguments.permittivity, "", "--permittivity")))


def _temperature(arguments: argparse.Namespace) -> float:
    return checked_temperature(value_of(arguments.temperature, "K", "--temperature"))


def _mass(arguments: argparse.Namespace) -> float:
    return value_of(arguments.effective_mass, "", "--effective-mass")


def _coupling(arguments: argparse.Namespace) -> None:
    taken = one_stdout(json=arguments.json)
    junction = Junction(**_values(arguments, 0), effective_mass=_mass(arguments))
    eps = _permittivity(arguments)
    found = exchange_coupling(junction, temperature=_temperature(arguments), model=_model(arguments))
    numbers = {
        "hopping": found.hopping,
        "leads": found.leads,
        "insulator": found.insulator(eps),
        "total": found.total(eps),
        "independent": found.independent,
        "insulator_at_unity": found.insulator_at_unity,
        "bilinear": found.bilinear(eps),
    }
    if arguments.json:
        critical = found.critical_permittivity
        write_json(arguments.json, {**numbers, "unit": "J/m^2", "permittivity": eps,
                                    "critical_permittivity": critical if critical == critical else None,
                                    "half_metal": list(junction.half_metal)})  # fmt: skip
    if not taken:
        print(_text(numbers, found, eps, junction))


_MEANING = {
    "hopping": "H_hop, virtual hopping",
    "leads": "L_ex, Coulomb exchange in the leads",
    "insulator": "I_ex, Coulomb exchange in the barrier",
    "total": "H_ex = (E_antiparallel - E_parallel)/S",
    "independent": "H0 of H_ex = H0 + I1/eps",
    "insulator_at_unity": "I1",
    "bilinear": "J_b = H_ex/2 of E/S = -J_b cos",
}


def _text(numbers: dict[str, Any], found: Coupling, eps: float, junction: Junction) -> str:
    lines = [f"{'':20}{'J/m^2':>16}{'erg/cm^2':>16}"]
    lines += [f"{name:20}{value:16.8e}{value * 1e3:16.8e}  {_MEANING[name]}" for name, value in numbers.items()]
    total, critical = numbers["total"], found.critical_permittivity
    state = "ferromagnetic" if total > 0 else "antiferromagnetic" if total < 0 else "none"
    kinds = ["half metal" if half else "two subbands" for half in junction.half_metal]
    reverses = "changes sign at eps = " + f"{critical:.6g}" if critical == critical else "no change of sign with eps"
    leads = kinds[0] if kinds[0] == kinds[1] else f"{kinds[0]} and {kinds[1]}"
    return "\n".join([*lines, "", f"eps = {eps:g}: {state}; {reverses}; leads: {leads}"])


def _map(arguments: argparse.Namespace) -> None:
    taken = one_stdout(json=arguments.json, csv=arguments.csv)
    values, eps = _values(arguments, 2), _permittivity(arguments)
    swept = [name for name, value in values.items() if isinstance(value, np.ndarray)]
    grids = dict(zip(swept, np.meshgrid(*(values[name] for name in swept), indexing="ij"), strict=True))
    given: dict[str, Any] = {**values, **grids}
    for name in ("well_depth", "splitting"):
        if isinstance(given[name], tuple):
            given[name], given[f"right_{name}"] = given[name]
    found = exchange_map(**given, effective_mass=_mass(arguments), temperature=_temperature(arguments),
                         model=_model(arguments), workers=arguments.workers,
                         progress=progress_of(arguments))  # fmt: skip
    total = found.total(eps)
    if arguments.plot:
        _draw_map(swept, values, total, arguments.plot)
    if arguments.csv:
        write_text(arguments.csv, _map_csv(swept, grids, found, eps))
    if arguments.json:
        write_json(arguments.json, {
            **{name: values[name].tolist() for name in swept}, "axes": swept, "permittivity": eps,
            "hopping": found.hopping.tolist(), "leads": found.leads.tolist(),
            "insulator_at_unity": found.insulator_at_unity.tolist(), "total": total.tolist(),
            "units": {"energy": "J", "thickness": "m", "coupling": "J/m^2"},
        })  # fmt: skip
    if not taken:
        print(_summary(swept, grids, total))


def _shown(name: str, value: Any) -> tuple[Any, str]:
    """Values in eV or nm, and the label of the axis."""
    scale, unit = _SHOWN[_RANGES[name]]
    return value / scale, f"{name.replace('_', ' ')} ({unit})"


def _summary(swept: list[str], grids: dict[str, np.ndarray], total: np.ndarray) -> str:
    lines = [f"{total.size} junctions, {np.count_nonzero(total > 0)} ferromagnetic, "
             f"{np.count_nonzero(total < 0)} antiferromagnetic"]  # fmt: skip
    for word, at in (("largest", total.argmax()), ("smallest", total.argmin())):
        where = []
        for name in swept:
            value, label = _shown(name, grids[name].flat[at])
            where.append(f"{label} {value:.6g}")
        lines.append(f"{word:9} H_ex {total.flat[at]:16.8e} J/m^2 at {', '.join(where)}")
    return "\n".join(lines)


def _map_csv(swept: list[str], grids: dict[str, np.ndarray], found: Coupling, eps: float) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    columns = {f"{name} ({_RANGES[name]})": grids[name] for name in swept}
    columns |= {"H_hop (J/m^2)": found.hopping, "L_ex (J/m^2)": found.leads, "I_ex (J/m^2)": found.insulator(eps),
                "H_ex (J/m^2)": found.total(eps)}  # fmt: skip
    writer.writerow(columns)
    writer.writerows(zip(*(np.ravel(v).tolist() for v in columns.values()), strict=True))
    return stream.getvalue().rstrip("\n")


def _draw_map(swept: list[str], values: dict[str, Any], total: np.ndarray, path: str) -> None:
    from ..plotting.exchange import save_exchange_line, save_exchange_map

    shown = [_shown(name, values[name]) for name in swept]
    if len(swept) == 1:
        save_exchange_line(shown[0][0], total, path, label=shown[0][1])
        return
    (y, y_label), (x, x_label) = shown
    save_exchange_map(x, y, total, path, labels=(x_label, y_label))


def _critical(arguments: argparse.Namespace) -> None:
    taken = one_stdout(json=arguments.json)
    values, eps = _values(arguments, 1), _permittivity(arguments)
    name = next(name for name, value in values.items() if isinstance(value, np.ndarray))
    points = values[name]
    values[name] = float(points[0])
    if points[-1] <= points[0]:
        raise InputError(f"{_option(name)} must be a growing range, got {getattr(arguments, name)!r}")
    if name == "splitting" and points[0] == 0:
        values[name] = float(points[-1])
    junction = Junction(**values, effective_mass=_mass(arguments))
    found = sign_changes(junction, name, float(points[0]), float(points[-1]), permittivity=eps,
                         contribution=arguments.contribution, temperature=_temperature(arguments),
                         model=_model(arguments), samples=len(points))  # fmt: skip
    unit = _RANGES[name]
    scale, shown = _SHOWN[unit]
    if arguments.json:
        write_json(arguments.json, {"parameter": name, "values": found, "unit": unit,
                                    "contribution": arguments.contribution})  # fmt: skip
    if not taken:
        print("\n".join(f"{name} {value / scale:.8g} {shown}" for value in found) or
              f"the {arguments.contribution} term does not change sign there")  # fmt: skip


def _figure(arguments: argparse.Namespace) -> None:
    taken = one_stdout(json=arguments.json)
    figure = paper_figure(arguments.number)
    if arguments.plot:
        from ..plotting.exchange import save_exchange_figure

        save_exchange_figure(figure, arguments.plot)
    if arguments.json:
        write_json(arguments.json, _figure_dict(figure))
    if not taken:
        print(f"Figure {figure.number}. {figure.caption}")


def _figure_dict(figure: PaperFigure) -> dict[str, Any]:
    return {
        "number": figure.number, "caption": figure.caption, "numbers": figure.numbers,
        "panels": [
            {"title": panel.title, "x_label": panel.x_label, "y_label": panel.y_label,
             "curves": [{"name": c.name, "x": c.x.tolist(), "y": c.y.tolist()} for c in panel.curves]}
            for panel in figure.panels
        ],
    }  # fmt: skip
