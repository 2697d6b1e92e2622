"""Results of sweeps in files: json (which is read again), csv and netCDF, and as an xarray Dataset."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..atomic import write_atomic
from ..errors import InputError, suggest
from ..network.files import DIMS
from ..network.terminal import COMPONENTS
from .grid import Axis, Grid
from .result import SweepResult

if TYPE_CHECKING:
    import xarray

FORMAT = "fespin sweep, version 1"


def save(result: SweepResult, path: str | os.PathLike[str], *, format: str | None = None) -> Path:
    """Write a result whole or not at all, in the format of the suffix (.json .csv .nc) or in `format`.

    Raises
    ------
    InputError
        Unknown format, a folder that cannot be written to, or netCDF without xarray.
    """
    kind = (format or Path(path).suffix).lower().removeprefix(".")
    if kind not in _WRITERS:
        raise InputError(f"no format {kind!r} for the sweep {path}; {suggest(kind, _WRITERS)}")
    return write_atomic(path, _WRITERS[kind](result))


def load(path: str | os.PathLike[str]) -> SweepResult:
    """Read the JSON of a sweep; every float comes back to its last bit.

    Raises
    ------
    InputError
        No such file, or its contents are damaged or of another kind.
    """
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return _from_json(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} must be the JSON file of a sweep; {type(error).__name__}: {error}") from None


def to_json(result: SweepResult) -> str:
    """JSON text, the matrix of one point a line."""
    head = _header(result)
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    flat = result.values.reshape(len(result.grid), *result.values.shape[-2:])
    pairs = np.stack([flat.real, flat.imag], axis=-1) if np.iscomplexobj(flat) else flat
    failed = [point in result.failures for point in result.grid]
    rows = ",\n  ".join("null" if bad else json.dumps(one.tolist()) for one, bad in zip(pairs, failed, strict=True))
    return "{" + ",\n ".join([*lines, f'"conductance": [\n  {rows}\n ]']) + "}\n"


def _header(result: SweepResult) -> dict[str, Any]:
    points = list(result.grid)
    return {
        "format": FORMAT,
        "axes": [_axis_dict(axis) for axis in result.axes],
        "fixed": [_axis_dict(axis) for axis in result.fixed],
        "terminals": list(result.terminals),
        "components": list(COMPONENTS),
        "unit": "S",
        "convention": "out",
        "complex": bool(np.iscomplexobj(result.values)),
        "failures": [{"point": points.index(point), "at": [_plain(x) for x in point], "error": text}
                     for point, text in result.failures.items()],
        "columns": {name: [_plain(x) for x in values.ravel().tolist()] for name, values in result.columns.items()},
        "spaces": [list(spaces) for spaces in result.spaces],
        "info": dict(result.info),
    }  # fmt: skip


def _axis_dict(axis: Axis) -> dict[str, Any]:
    return {"name": axis.name, "unit": axis.unit, "values": [_plain(x) for x in axis.values.tolist()]}


def _plain(x: float) -> float | str | None:
    """JSON has no infinities and no NaN."""
    return x if math.isfinite(x) else None if math.isnan(x) else str(x)


def _number(x: float | str | None) -> float:
    return math.nan if x is None else float(x)


def _from_json(data: dict[str, Any]) -> SweepResult:
    if data.get("format") != FORMAT:
        raise ValueError(f"format {data.get('format')!r} is not {FORMAT!r}")
    axes, fixed = (
        tuple(
            Axis(name=a["name"], unit=a["unit"], values=np.array([_number(x) for x in a["values"]])) for a in data[key]
        )
        for key in ("axes", "fixed")
    )
    grid, n = Grid(axes=axes, fixed=fixed), 4 * len(data["terminals"])
    values = np.full((len(grid), n, n), np.nan, complex if data["complex"] else float)
    for k, matrix in enumerate(data["conductance"]):
        if matrix is not None:
            found = np.array(matrix, float)
            if data["complex"]:
                values[k].real, values[k].imag = found[..., 0], found[..., 1]
            else:
                values[k] = found
    points = list(grid)
    return SweepResult(
        grid=grid,
        terminals=tuple(data["terminals"]),
        values=values.reshape(*grid.shape, n, n),
        spaces=tuple(tuple(spaces) for spaces in data["spaces"]),
        columns={k: np.array([_number(x) for x in v]).reshape(grid.shape) for k, v in data["columns"].items()},
        failures={points[f["point"]]: f["error"] for f in data["failures"]},
        info=data["info"],
    )


def to_csv(result: SweepResult) -> str:
    """A row for each point: coordinates, then all entries, column ``right z / left e`` for the current z out of right
    per volt e at left; a complex entry has a column for each part, and a failed point no numbers."""
    text = io.StringIO()
    for key, value in _header(result).items():
        if key not in ("axes", "columns", "spaces"):
            text.write(f"# {key}: {json.dumps(value)}\n")
    table = csv.writer(text, lineterminator="\n")
    labels = [f"{t} {c}" for t in result.terminals for c in COMPONENTS]
    entries = [f"{out} / {into}" for out in labels for into in labels]
    parts = [f"{part} {entry}" for entry in entries for part in ("Re", "Im")]
    is_complex = np.iscomplexobj(result.values)
    table.writerow(
        [*(f"{a.name} ({a.unit})" if a.unit else a.name for a in result.axes), *(parts if is_complex else entries)]
    )
    flat = result.values.reshape(len(result.grid), -1)
    numbers = np.stack([flat.real, flat.imag], axis=-1).reshape(len(flat), -1) if is_complex else flat
    for point, row in zip(result.grid, numbers.tolist(), strict=True):
        shown = [""] * len(row) if point in result.failures else row
        table.writerow([*point[: len(result.axes)], *shown])
    return text.getvalue()


def to_xarray(result: SweepResult) -> xarray.Dataset:
    """Variables conductance, residual, reaction_difference, seconds, ...; swept parameters are dimensions, those that
    were held are coordinates without one.

    Raises
    ------
    InputError
        xarray is not installed.
    """
    try:
        import xarray
    except ImportError:
        raise InputError("to_xarray needs xarray, which is not installed; pip install 'fespin[xarray]'") from None
    names = [axis.name for axis in result.axes]
    coordinates: dict[str, Any] = {a.name: (a.name, a.values.copy(), {"units": a.unit}) for a in result.axes}
    coordinates |= {a.name: ((), float(a.values[0]), {"units": a.unit}) for a in result.fixed}
    labels = (result.terminals, COMPONENTS, result.terminals, COMPONENTS)
    coordinates |= {dim: list(label) for dim, label in zip(DIMS, labels, strict=True)}
    data: dict[str, Any] = {"conductance": ((*names, *DIMS), result.tensor.copy(), {"units": "S", "convention": "out"})}
    units = {"seconds": "s"}
    data |= {k: (names, v.copy(), {"units": units.get(k, "1")}) for k, v in result.columns.items()}
    head = _header(result)
    kept = {key: head[key] for key in ("format", "failures", "spaces", "info")}
    return xarray.Dataset(data, coordinates, {k: v if isinstance(v, str) else json.dumps(v) for k, v in kept.items()})


def to_netcdf(result: SweepResult) -> bytes:
    """The Dataset as netCDF 3; complex conductances as variables conductance_real and conductance_imag."""
    dataset = to_xarray(result)
    if np.iscomplexobj(result.values):  # netCDF 3 has no complex numbers
        G = dataset["conductance"]
        dataset = dataset.drop_vars("conductance").assign(
            conductance_real=G.real.assign_attrs(G.attrs), conductance_imag=G.imag.assign_attrs(G.attrs)
        )
    return bytes(dataset.to_netcdf(engine="scipy"))


_WRITERS: dict[str, Callable[[SweepResult], bytes | str]] = {"json": to_json, "csv": to_csv, "nc": to_netcdf}
