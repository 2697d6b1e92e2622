"""Run files of spin torque transport: TOML in; what is not understood is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError, must_be
from ..tomlfile import read_toml, refuse_unknown
from ..units import quantity
from .checks import Floats, positive, unit_vector
from .gas import ElectronGas
from .law import TransportLaw
from .transport import SpinTransport, spin_torque_transport

_GAS = {"density_of_states": "1/(J m^3)", "temperature": "K", "spin_lifetime": "s", "damping": "1/(J s)", "field": "T",
        "g": "", "scattering_time": "s"}  # fmt: skip
_LAW = {"spin_lifetime": "s", "conversion_rate": "1/s", "damping_time": "s"}
_WORDS = ("flavour", "waiting")
_COEFFICIENTS = ("torque", "tis")
_TABLES = {
    "line": ("length", "cells", "boundary"),
    "law": ("diffusivity", "magnetization", "precession", "flavour", *_COEFFICIENTS, *_LAW),
    "gas": (*_GAS, *_WORDS),
    "initial": ("positions", "directions", "density", "tis"),
    "run": ("duration", "records", "method", "tolerance"),
}


@dataclass(frozen=True, eq=False)
class TransportRun:
    """A line, its law, what is on it at the start, and how long to follow it."""

    law: TransportLaw
    x: Floats
    spin: Floats
    tis: Floats
    duration: float
    records: int = 20
    method: str = "imex"
    tolerance: float = 1e-6

    def run(self, progress: Callable[[float], None] | None = None) -> SpinTransport:
        """Solve; see `spin_torque_transport`."""
        return spin_torque_transport(self.law, self.x, self.spin, self.tis, duration=self.duration,
                                     records=self.records, method=self.method, tolerance=self.tolerance,
                                     progress=progress)  # fmt: skip


def load_transport(path: str | os.PathLike[str]) -> TransportRun:
    """Read a run file with the tables [line], [law] and/or [gas], [initial], [run].

    Raises
    ------
    InputError
        One line that names the file, the key, what was found and what was expected.

    Examples
    --------
    >>> load_transport("no_such_file.toml")
    Traceback (most recent call last):
    ...
    fespin.errors.InputError: no_such_file.toml cannot be read: No such file or directory
    """
    return read_toml(path, lambda document, _: read_document(document), what="a run file of spin torque transport")


def read_document(document: Mapping[str, Any]) -> TransportRun:
    """A parsed run file."""
    refuse_unknown(document, _TABLES, "the file")
    for name, keys in _TABLES.items():
        if not isinstance(document.get(name, {}), Mapping):
            raise must_be(f"[{name}]", "a table", document[name])
        refuse_unknown(document.get(name, {}), keys, f"[{name}]")
    line, initial, run = (_table(document, name) for name in ("line", "initial", "run"))
    length = positive("[line] length", quantity(_needed(line, "line", "length"), "m", "[line] length"), "m")
    cells = _needed(line, "line", "cells")
    if type(cells) is not int or cells < 3:
        raise must_be("[line] cells", "a whole number, 3 or more", cells)
    x: Floats = np.asarray((np.arange(cells) + 0.5) * (length / cells), dtype=np.float64)
    boundary = line.get("boundary", "closed")
    spin, tis = _initial(initial, x)
    plain = {key: run[key] for key in ("records", "method") if key in run}
    if "tolerance" in run:
        plain["tolerance"] = quantity(run["tolerance"], "", "[run] tolerance")
    duration = quantity(_needed(run, "run", "duration"), "s", "[run] duration")
    return TransportRun(_law(document, boundary), x, spin, tis, duration, **plain)


def gas_of(table: Mapping[str, Any], where: str = "[gas]") -> ElectronGas:
    """An electron gas of quantities with units."""
    given = [key for key in _GAS if key in table]
    values: dict[str, Any] = {key: quantity(table[key], _GAS[key], f"{where} {key}") for key in given}
    for key in ("density_of_states", "temperature", "spin_lifetime"):
        if key not in values:
            raise InputError(f"{where} must have the key {key!r}, got none")
    return ElectronGas(**values, **{key: table[key] for key in _WORDS if key in table})


def _law(document: Mapping[str, Any], boundary: Any) -> TransportLaw:
    law = _table(document, "law")
    D = quantity(_needed(law, "law", "diffusivity"), "m^2/s", "[law] diffusivity")
    options: dict[str, Any] = {"boundary": tuple(boundary) if isinstance(boundary, list) else boundary}
    options |= {key: law[key] for key in _COEFFICIENTS if key in law}
    if "gas" in document:
        given = [key for key in (*_LAW, "precession", "flavour") if key in law]
        if given:
            raise InputError(f"[law] {given[0]} must be left out where there is a table [gas], which gives it")
        return gas_of(document["gas"]).transport_law(
            diffusivity=D, magnetization=_needed(law, "law", "magnetization"), **options
        )
    options |= {key: law[key] for key in ("magnetization", "flavour") if key in law}
    options |= {key: quantity(law[key], unit, f"[law] {key}") for key, unit in _LAW.items() if key in law}
    if "precession" in law:
        options["precession"] = _quantities(law["precession"], "rad/s", "[law] precession", 3)
    return TransportLaw(diffusivity=D, **options)


def _initial(table: Mapping[str, Any], x: Floats) -> tuple[Floats, Floats]:
    """S and n_TIS in the cells; directions turn steadily along great circles between the positions."""
    given = _needed(table, "initial", "directions")
    if not isinstance(given, list) or not given:
        raise must_be("[initial] directions", "a list of directions", given)
    many = given if isinstance(given[0], list) else [given]
    directions = np.array([unit_vector("[initial] directions", d) for d in many])
    count = len(directions)
    at = np.zeros(1)
    if count > 1:
        at = _quantities(_needed(table, "initial", "positions"), "m", "[initial] positions", count)
        if (np.diff(at) <= 0).any():
            raise must_be("[initial] positions", "increasing", table["positions"])
    density, tis = (
        np.interp(x, at, _per_point(table.get(key, default), f"[initial] {key}", count))
        for key, default in (("density", None), ("tis", 0.0))
    )
    return density[:, None] * _turning(x, at, directions), tis


def _turning(x: Floats, at: Floats, directions: Floats) -> Floats:
    if len(at) == 1:
        return np.broadcast_to(directions[0], (len(x), 3))
    k = np.clip(np.searchsorted(at, x) - 1, 0, len(at) - 2)
    a, b = directions[k], directions[k + 1]
    share = np.clip((x - at[k]) / (at[k + 1] - at[k]), 0, 1)[:, None]
    cosine = np.sum(a * b, axis=1, keepdims=True)
    if (cosine < -1 + 1e-12).any():
        raise InputError("[initial] directions of neighbouring positions must not be opposite; put a position between")
    angle = np.arctan2(np.linalg.norm(np.cross(a, b), axis=1, keepdims=True), cosine)
    sine = np.where(angle > 0, np.sin(angle), 1.0)
    arc = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / sine
    return np.where(angle > 1e-9, arc, a)


def _per_point(value: Any, where: str, count: int) -> Floats:
    if value is None:
        raise InputError(f"{where.replace('] ', '] must have the key ')}, got none")
    if isinstance(value, list):
        return _quantities(value, "1/m^3", where, count)
    return np.full(count, quantity(value, "1/m^3", where))


def _quantities(value: Any, unit: str, where: str, count: int) -> Floats:
    if not isinstance(value, list) or len(value) != count:
        raise must_be(where, f"a list of {count} quantities in {unit}", value)
    return np.array([quantity(v, unit, where) for v in value])


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    if value is None:
        raise InputError(f"the file must have a table [{name}], got none")
    return value  # type: ignore[no-any-return]


def _needed(table: Mapping[str, Any], name: str, key: str) -> Any:
    if key not in table:
        raise InputError(f"[{name}] must have the key {key!r}, got none")
    return table[key]
