"""Conductance matrices in files: csv, json, npz and netCDF, every float restored to the last bit.

Each file holds names, unit, sign convention, terminal spaces and the provenance `info` beside the numbers.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..atomic import write_atomic
from ..errors import InputError, must_be, suggest
from .conductance import ConductanceMatrix
from .terminal import COMPONENTS, TerminalSpace

if TYPE_CHECKING:
    import xarray

FORMAT = "fespin conductance matrix, version 1"
DIMS = ("terminal_out", "component_out", "terminal_in", "component_in")


def save(G: ConductanceMatrix, path: str | os.PathLike[str], *, format: str | None = None) -> Path:
    """Write `G` whole or not at all, in the format of the suffix (.csv .json .npz .nc) or in `format`.

    Raises
    ------
    InputError
        Unknown format, a folder that cannot be written to, or netCDF without xarray.
    """
    writer, _ = _FORMATS[_format_of(path, format)]
    return write_atomic(path, writer(G))


def load(path: str | os.PathLike[str], *, format: str | None = None) -> ConductanceMatrix:
    """Read what `save` wrote.

    Raises
    ------
    InputError
        No such file, or its contents are damaged or of another kind.
    """
    kind = _format_of(path, format)
    if kind == "nc":
        _import_xarray()
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return _FORMATS[kind][1](raw)
    except Exception as error:  # a damaged file can make the readers raise anything; nothing is carried on
        what = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        raise InputError(f"{path} must be a {kind} file of a fespin conductance matrix; {what}") from error


def to_json(G: ConductanceMatrix) -> str:
    """JSON text, one matrix row a line; complex entries as [re, im] pairs.

    Beside what the matrix itself holds there are ``reciprocity``, its identities, and at top level the parts
    ``mesh`` and ``solver`` of `info`.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> data = json.loads(to_json(normal_wire(conductivity=1, length=1, area=1)))
    >>> data["terminals"], data["unit"], data["convention"], data["reciprocity"]["asymmetry"]
    (['1', '2'], 'S', 'out', 0.0)
    """
    header = _header(G)
    info = header.pop("info")
    header["reciprocity"] = G.identities()
    header |= {key: info.pop(key) for key in ("mesh", "solver") if key in info}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in {**header, "info": info}.items()]
    values = G.values
    pairs = np.stack([values.real, values.imag], axis=-1) if np.iscomplexobj(values) else values
    rows = ",\n  ".join(json.dumps(row) for row in pairs.tolist())
    return "{" + ",\n ".join([*lines, f'"conductance": [\n  {rows}\n ]']) + "}\n"


def to_csv(G: ConductanceMatrix) -> str:
    """A labelled table: a row for each current, a column for each potential, below header lines with '#'.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> lines = to_csv(normal_wire(conductivity=1, length=1, area=1)).splitlines()
    >>> lines[-9]
    'terminal,component,1 e,1 x,1 y,1 z,2 e,2 x,2 y,2 z'
    >>> lines[-1]
    '2,z,0.0,0.0,0.0,1.0,0.0,0.0,0.0,-1.0'
    """
    text = io.StringIO()
    for key, value in _header(G).items():
        text.write(f"# {key}: {json.dumps(value)}\n")
    table = csv.writer(text, lineterminator="\n")
    labels = [(name, component) for name in G.terminals for component in COMPONENTS]
    table.writerow(["terminal", "component", *(" ".join(label) for label in labels)])
    table.writerows([*label, *row] for label, row in zip(labels, G.values.tolist(), strict=True))
    return text.getvalue()


def to_xarray(G: ConductanceMatrix) -> xarray.DataArray:
    """An xarray.DataArray with named axes, the header as attributes.

    Raises
    ------
    InputError
        xarray is not installed.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> array = to_xarray(normal_wire(conductivity=3, length=1, area=1))
    >>> array.sel(terminal_out="1", component_out="e", terminal_in="2", component_in="e").item()
    3.0
    """
    labels = (G.terminals, COMPONENTS, G.terminals, COMPONENTS)
    return _import_xarray().DataArray(
        G.tensor.copy(),
        dims=DIMS,
        coords={dim: list(label) for dim, label in zip(DIMS, labels, strict=True)},
        name="conductance",
        attrs={key: v if isinstance(v, str) else json.dumps(v) for key, v in _header(G).items()},
    )


def _header(G: ConductanceMatrix) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "terminals": list(G.terminals),
        "components": list(COMPONENTS),
        "unit": "S",
        "convention": G.convention,
        "spaces": [G.spaces[name].as_dict() for name in G.terminals],
        "info": json.loads(json.dumps(G.info)),
    }


def _from_header(header: Mapping[str, Any], values: ArrayLike) -> ConductanceMatrix:
    missing = [key for key in ("terminals", "components", "unit", "convention", "spaces") if key not in header]
    if missing:
        raise InputError("missing there: " + ", ".join(missing))
    if header.get("format") != FORMAT:
        raise must_be("format", repr(FORMAT), header.get("format"))
    if header["unit"] != "S" or list(header["components"]) != list(COMPONENTS):
        raise must_be("unit and components", "S and e, x, y, z", (header["unit"], header["components"]))
    names = header["terminals"]
    spaces = {name: TerminalSpace(**space) for name, space in zip(names, header["spaces"], strict=True)}
    return ConductanceMatrix(
        values=np.asarray(values),
        terminals=names,
        spaces=spaces,
        convention=header["convention"],
        info=header.get("info", {}),
    )


def from_json(raw: bytes) -> ConductanceMatrix:
    """The matrix in what `to_json` wrote."""
    data = json.loads(raw)
    if not isinstance(data, dict) or "conductance" not in data:
        found = list(data)[:6] if isinstance(data, dict) else type(data).__name__
        raise must_be("the top level", "an object with the key conductance", found)
    values = np.array(data["conductance"], dtype=float)
    if values.ndim == 3 and values.shape[2] == 2:
        values = _complex(values[..., 0], values[..., 1])
    parts = {key: data[key] for key in ("mesh", "solver") if key in data}
    return _from_header({**data, "info": {**data.get("info", {}), **parts}}, values)


def _from_csv(raw: bytes) -> ConductanceMatrix:
    if not raw.endswith(b"\n"):  # else a file cut off inside its last number would pass
        raise must_be("the file", "complete to the end of its last line", raw[-20:].decode(errors="replace"))
    lines = raw.decode().splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if not line.startswith("# ")), len(lines))
    header = {}
    for line in lines[:count]:
        key, _, value = line.removeprefix("# ").partition(": ")
        header[key] = json.loads(value)
    head, *rows = [row for row in csv.reader(lines[count:]) if row] or [[]]
    labels = [[name, component] for name in header.get("terminals", []) for component in COMPONENTS]
    if head[2:] != [" ".join(label) for label in labels] or [row[:2] for row in rows] != labels:
        raise must_be("the table", "labelled by the terminals of the header", head)
    cells = [row[2:] for row in rows]
    number = complex if any("j" in cell for row in cells for cell in row) else float
    return _from_header(header, np.array([[number(cell) for cell in row] for row in cells]))


def _to_npz(G: ConductanceMatrix) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, conductance=G.values, header=np.array(json.dumps(_header(G))))
    return stream.getvalue()


def _from_npz(raw: bytes) -> ConductanceMatrix:
    if not raw.startswith(b"PK"):  # numpy would take it for a pickle and advise to load it unsafely
        raise must_be("the file", "a zip archive", raw[:8])
    with np.load(io.BytesIO(raw), allow_pickle=False) as data:
        return _from_header(json.loads(data["header"].item()), data["conductance"])


def to_netcdf(G: ConductanceMatrix) -> bytes:
    array = to_xarray(G)
    if np.iscomplexobj(G.values):  # netCDF 3 has no complex numbers
        xarray = _import_xarray()
        array = xarray.concat([array.real, array.imag], dim="part").assign_attrs(array.attrs)
    return bytes(array.to_dataset().to_netcdf(engine="scipy"))


def _from_netcdf(raw: bytes) -> ConductanceMatrix:
    with _import_xarray().open_dataset(io.BytesIO(raw), engine="scipy") as dataset:
        array = dataset["conductance"].load()
    values = array.transpose(..., *DIMS).values
    if "part" in array.dims:
        values = _complex(values[0], values[1])
    header = {
        key: value if key in ("format", "unit", "convention") else json.loads(value)
        for key, value in array.attrs.items()
    }
    names = [str(name) for name in array["terminal_out"].values]
    if names != header.get("terminals"):
        raise must_be("the coordinate terminal_out", "the terminals of the header", names)
    size = 4 * len(names)
    return _from_header(header, values.reshape(size, size))


def _complex(real: NDArray[Any], imag: NDArray[Any]) -> NDArray[Any]:
    # filled part by part: real + 1j*imag would lose the sign of zeros
    out = np.empty(real.shape, dtype=complex)
    out.real, out.imag = real, imag
    return out


def _format_of(path: str | os.PathLike[str], format: str | None) -> str:
    kind = (format or Path(path).suffix).lower().removeprefix(".")
    if kind not in _FORMATS:
        raise InputError(f"no format {kind!r} for the conductance matrix {path}; {suggest(kind, _FORMATS)}")
    return kind


def _import_xarray() -> Any:
    try:
        import xarray
    except ImportError as error:
        raise InputError("labelled arrays and netCDF files need xarray; pip install fespin[xarray]") from error
    return xarray


_Writer = Callable[[ConductanceMatrix], bytes | str]
_FORMATS: dict[str, tuple[_Writer, Callable[[bytes], ConductanceMatrix]]] = {
    "json": (to_json, from_json),
    "csv": (to_csv, _from_csv),
    "npz": (_to_npz, _from_npz),
    "nc": (to_netcdf, _from_netcdf),
}
