"""``fespin assemblies ACTION``."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..assemblies.coefficients import tis_coefficient, torque_coefficient
from ..assemblies.damping import conversion_coefficient
from ..assemblies.flavours import Flavour, flavour
from ..assemblies.gas import ElectronGas
from ..assemblies.interaction import interact
from ..assemblies.runfile import gas_of, load_transport
from ..assemblies.statistics import spin_number, spin_states
from ..assemblies.torques import torque_picture
from ..assemblies.transport import SpinTransport
from ..errors import InputError
from ..transport.solve import solve
from ..units import quantity
from .common import one_stdout, progress_of, read_device, write_json
from .solve import settings


def run(arguments: argparse.Namespace) -> int:
    """Compute what the action asks for, print it as a table, write the files asked for."""
    taken = one_stdout(json=getattr(arguments, "json", None))
    text, data = _ACTIONS[arguments.action](arguments)
    if not taken:
        print(text)
    if getattr(arguments, "json", None):
        write_json(arguments.json, data)
    return 0


def _numbers(texts: Sequence[str], unit: str, where: str) -> np.ndarray:
    return np.array([quantity(text, unit, where) for text in texts])


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = ["".join(f"{name:>16}" for name in head)]
    lines += ["".join(f"{value:16.10g}" for value in row) for row in rows]
    return "\n".join(lines)


def _columns(data: dict[str, np.ndarray]) -> str:
    return _table(tuple(data), zip(*data.values(), strict=True))


def _lists(data: dict[str, np.ndarray], **more: Any) -> dict[str, Any]:
    return {**more, **{name: np.asarray(values).tolist() for name, values in data.items()}}


def _kind(arguments: argparse.Namespace) -> Flavour:
    return flavour(arguments.flavour)


def _statistics(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    rule = arguments.rule or _kind(arguments).statistics
    x = quantity(arguments.x, "", "--x")
    z = _numbers(arguments.z, "", "--z")
    states = spin_states(z, x, rule=rule)
    data = {"z": z, "F_TIS": states.tis, "F_TIA": states.tia, "F_full": states.full, "F_empty": states.empty}
    number = float(spin_number(x, rule=rule))
    text = f"{_columns(data)}\n\nrule {rule}, polarization {x:g}: n_spin = {number:.12g} D kT"
    return text, _lists(data, rule=rule, x=x, spin_number=number)


def _conversion(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    convention = _kind(arguments).convention
    r = _numbers(arguments.r, "", "--r")
    data = {"r": r}
    for waiting in ("fixed", "exponential"):
        data[waiting] = conversion_coefficient(r, convention=convention, waiting=waiting)
    text = f"{_columns(data)}\n\nk of dn_TIA/dt = k n_TIS/t_lambda, r = t_scattering/t_lambda; convention {convention}"
    return text, _lists(data, convention=convention)


def _interact(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    rule = _kind(arguments).interaction
    given = (("N1", arguments.n1), ("N2", arguments.n2), ("--tis", arguments.tis))
    n1, n2, tis = (quantity(value, "", name) for name, value in given)
    result = interact(n1, n2, quantity(arguments.angle, "rad", "ANGLE"), n_tis=tis, rule=rule)
    last = result.steps() + 1
    data = {"scatterings": np.arange(last), "n_TIA1": result.n1[:last], "n_TIA2": result.n2[:last],
            "n_TIS": result.tis[:last], "angle, deg": np.degrees(result.angle[:last]),
            "time p0": result.time[:last]}  # fmt: skip
    final = {"rotation": result.rotation, "tia": float(result.tia[-1]), "tis": float(result.tis[-1])}
    text = (f"{_columns(data)}\n\nrule {rule}, merged: TIA1 has turned by {math.degrees(final['rotation']):.10g} deg, "
            f"n_TIA {final['tia']:.10g}, n_TIS {final['tis']:.10g}")  # fmt: skip
    return text, _lists(data, rule=rule, final=final, units={"rotation": "rad"})


def _coefficients(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    rule = _kind(arguments).interaction
    phi = _numbers(arguments.angles, "rad", "--angles")
    A, B = torque_coefficient(phi, rule=rule), tis_coefficient(phi, rule=rule)
    data = {"angle, deg": np.degrees(phi), "A, rad": A, "A, deg": np.degrees(A), "B": B}
    return f"{_columns(data)}\n\nrule {rule}", _lists(data, rule=rule)


def _gas(arguments: argparse.Namespace) -> ElectronGas:
    table = {key: getattr(arguments, key) for key in ("density_of_states", "temperature", "spin_lifetime", "damping",
                                                      "field", "scattering_time", "flavour", "waiting")}  # fmt: skip
    return gas_of({key: value for key, value in table.items() if value is not None}, "the electron gas")


def _material(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    gas = _gas(arguments)
    sigma = quantity(arguments.conductivity, "S/m", "--conductivity")
    magnetic = gas.field > 0
    material = gas.ferromagnet(sigma) if magnetic else gas.normal_metal(sigma)
    found = {"conductivity": sigma, "spin_diffusion_length": material.spin_diffusion_length,
             "diffusivity": gas.diffusivity(sigma)}  # fmt: skip
    if magnetic:
        found["polarization"] = gas.polarization
    units = {"damping_time": "s", "conversion_rate": "1/s", "precession_rate": "rad/s", "polarization": "",
             "spin_density": "1/m^3", "tia_density": "1/m^3", "magnetization": "A/m"}  # fmt: skip
    derived = {name: getattr(gas, name) for name in units}
    lines = [f"# {name.replace('_', ' ')} {value:.10g} {units[name]}".rstrip() for name, value in derived.items()]
    kind = "ferromagnet" if magnetic else "normal"
    lines += ["", f"[materials.{arguments.name}]", f'kind = "{kind}"']
    written = {"conductivity": "S/m", "spin_diffusion_length": "m", "diffusivity": "m^2/s", "polarization": ""}
    for key, value in found.items():
        unit = f" {written[key]}" if written[key] else ""
        lines.append(f'{key} = "{value!r}{unit}"' if unit else f"{key} = {value!r}")
    finite = {name: value if math.isfinite(value) else None for name, value in {**derived, **found}.items()}
    return "\n".join(lines), {"name": arguments.name, "kind": kind, **finite, "units": {**units, **written}}


def _transport(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    result = load_transport(arguments.file).run(progress_of(arguments))
    if arguments.plot:
        from ..plotting import save_spin_transport

        save_spin_transport(result, arguments.plot)
    return _transport_text(result), _transport_dict(result)


def _transport_text(result: SpinTransport) -> str:
    some = np.unique(np.linspace(0, len(result.x) - 1, 11).round().astype(int))
    spin = result.spin[-1, some]
    data = {"x, m": result.x[some], "S_x, 1/m^3": spin[:, 0], "S_y, 1/m^3": spin[:, 1], "S_z, 1/m^3": spin[:, 2],
            "n_TIA, 1/m^3": result.tia[-1, some], "n_TIS, 1/m^3": result.tis[-1, some]}  # fmt: skip
    change = result.number[-1] / result.number[0] - 1
    how = f"{result.info['method']}, {result.info['steps']} steps; number of spins changed by {change:.1e}"
    return f"after {result.time[-1]:.6g} s\n{_columns(data)}\n\n{how}"


def _transport_dict(result: SpinTransport) -> dict[str, Any]:
    arrays = {"x": result.x, "time": result.time, "spin": result.spin, "tis": result.tis}
    return _lists(arrays, info=result.info, units={"x": "m", "time": "s", "spin": "1/m^3", "tis": "1/m^3"})


def _torque(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    gas = _gas(arguments)
    volume = None if arguments.volume is None else quantity(arguments.volume, "m^3", "--volume")
    potentials = settings(arguments.settings)
    device, _ = read_device(arguments.device)
    solution = solve(device, potentials, order=arguments.order, backend=arguments.backend)
    picture = torque_picture(solution, gas, magnet=arguments.magnet, volume=volume)
    vectors = {"applied by the current": picture.applied, "on the local moments": picture.torque,
               "  by precession": picture.precession, "  by its damping": picture.damping,
               "lost to the lattice": picture.lattice}  # fmt: skip
    lines = [f"{picture.magnet}: {'torque x, y, z, N m':>60}"]
    lines += [f"{name:<24}" + "".join(f"{v:15.6e}" for v in value) for name, value in vectors.items()]
    share = f"{picture.efficiency:.4%} of the torque reaches it, {picture.unaccounted:.1e} unaccounted for"
    lines += ["", f"TIA tilted by {picture.tilt:.6g} rad from the magnetization; {share}"]
    data: dict[str, Any] = {name.strip().replace(" ", "_"): value.tolist() for name, value in vectors.items()}
    data |= {"magnet": picture.magnet, "tilt": picture.tilt, "efficiency": picture.efficiency,
             "unaccounted": picture.unaccounted, "units": {"torques": "N m", "tilt": "rad"}}  # fmt: skip
    return "\n".join(lines), data


def _figures(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    from ..plotting.assemblies_paper import PAPER_FIGURES, save_paper_figure

    known = {str(n): n for n in PAPER_FIGURES}
    wrong = [n for n in arguments.numbers if n not in known]
    if wrong:
        raise InputError(f"figures must be some of {', '.join(known)}, got {wrong[0]!r}")
    captions = {}
    for number in [known[n] for n in arguments.numbers] or PAPER_FIGURES:
        path = Path(arguments.out) / f"assemblies_fig{number}.{arguments.format}"
        captions[str(path)] = save_paper_figure(number, path)
    return "\n\n".join(f"{path}\n{caption}" for path, caption in captions.items()), captions


_ACTIONS: dict[str, Callable[[argparse.Namespace], tuple[str, dict[str, Any]]]] = {
    "statistics": _statistics,
    "conversion": _conversion,
    "interact": _interact,
    "coefficients": _coefficients,
    "material": _material,
    "transport": _transport,
    "torque": _torque,
    "figures": _figures,
}
