"""``[exchange.NAME]`` of device files, in and out: two magnetic layers and the tunnel junction between them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DeviceError, InputError, must_be
from ..units import quantity
from .keys import refuse_unknown

if TYPE_CHECKING:
    from ..exchange.attachment import ExchangeCoupling, MagneticLayer
    from ..exchange.permittivity import Permittivity

_LAYER = {"thickness": "m", "saturation_magnetization": "A/m", "anisotropy": "J/m^3"}
_AXES = ("easy_axis", "film_normal")
KEYS = ("layers", *_LAYER, *_AXES, "barrier", "temperature", "electric_field", "applied_field")
BARRIER = ("well_depth", "splitting", "height", "thickness", "effective_mass", "permittivity", "hop", "contact",
            "printed_prefactor", "accuracy")  # fmt: skip
_PEAK = {"background": "", "height": "", "curie_temperature": "K", "width": "K"}
_TABLE = ("field", "increasing", "decreasing", "interpolation", "clip")
_FILE = ("file", "interpolation", "clip")
_COLUMNS = {"field": "V/m", "increasing": "", "decreasing": ""}


def read_exchanges(table: Any, folder: Path) -> dict[str, ExchangeCoupling]:
    """All ``[exchange.NAME]`` tables; files they name are looked for in `folder`.

    Raises
    ------
    DeviceError
        Names the table and the key, what was found and what was expected.

    Examples
    --------
    >>> read_exchanges({"barrier": {"layers": ["fixed"]}}, Path())
    Traceback (most recent call last):
    ...
    fespin.errors.DeviceError: [exchange.barrier] layers must be the names of two regions, got ['fixed']
    """
    if not isinstance(table, Mapping):
        raise DeviceError(f"[exchange] must hold tables [exchange.NAME], got {table!r}")
    out = {}
    for name, entry in table.items():
        where = f"[exchange.{name}]"
        if not isinstance(entry, Mapping):
            raise DeviceError(f"[exchange] {name} must be a table, got {entry!r}")
        try:
            out[name] = _exchange(entry, where, folder)
        except DeviceError:
            raise
        except InputError as error:
            raise DeviceError(f"{where}: {error}") from None
    return out


def _exchange(entry: Mapping[str, Any], where: str, folder: Path) -> ExchangeCoupling:
    from ..exchange.attachment import ExchangeCoupling

    refuse_unknown(entry, KEYS, where)
    names = entry.get("layers")
    if not isinstance(names, list) or len(names) != 2 or not all(isinstance(n, str) for n in names):
        raise must_be_error(f"{where} layers", "the names of two regions", names)
    barrier = entry.get("barrier")
    if not isinstance(barrier, Mapping):
        raise must_be_error(f"{where} barrier", "a table with well_depth, splitting, height, thickness, permittivity",
                            barrier)  # fmt: skip
    inside = f"{where[:-1]}.barrier]"
    refuse_unknown(barrier, BARRIER, inside)
    return ExchangeCoupling(
        layers=(_layer(entry, 0, names[0], where), _layer(entry, 1, names[1], where)),
        junction=_junction(barrier, inside),
        permittivity=_permittivity(_required(barrier, "permittivity", inside), f"{inside} permittivity", folder),
        temperature=entry.get("temperature"),
        electric_field=entry.get("electric_field"),
        applied_field=entry.get("applied_field", (0.0, 0.0, 0.0)),
        model=_model(barrier),
    )


def must_be_error(where: str, rule: str, got: object) -> DeviceError:
    """The standard wording as a DeviceError."""
    return DeviceError(str(must_be(where, rule, got)))


def _required(table: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in table:
        raise DeviceError(f"{where} must have the key {key!r}, got none")
    return table[key]


def _layer(entry: Mapping[str, Any], index: int, region: str, where: str) -> MagneticLayer:
    """One of the two layers: every key holds one value for both or a list of two."""
    from ..exchange.attachment import MagneticLayer

    for key in ("thickness", "saturation_magnetization"):
        _required(entry, key, where)
    values = {key: _of_two(entry[key], index, f"{where} {key}") for key in _LAYER if key in entry}
    for key in _AXES:
        if key in entry:
            axes = entry[key]
            nested = isinstance(axes, list) and any(isinstance(a, list) for a in axes)
            values[key] = _of_two(axes, index, f"{where} {key}") if nested else axes
        if values.get(key) == []:  # of the other layer alone
            del values[key]
    return MagneticLayer(region=region, **values)


def _of_two(value: Any, index: int, where: str) -> Any:
    if not isinstance(value, list):
        return value
    if len(value) != 2:
        raise must_be_error(where, "one value or a list of two, one a layer", value)
    return value[index]


def _junction(barrier: Mapping[str, Any], where: str) -> Any:
    from ..exchange.junction import Junction

    for key in ("well_depth", "splitting", "height", "thickness"):
        _required(barrier, key, where)
    if isinstance(barrier["height"], list):
        raise must_be_error(f"{where} height", "one number: the leads share one Fermi level", barrier["height"])
    return Junction(
        well_depth=barrier["well_depth"],
        splitting=barrier["splitting"],
        barrier_height=barrier["height"],
        thickness=barrier["thickness"],
        effective_mass=barrier.get("effective_mass", 1.0),
    )


def _model(barrier: Mapping[str, Any]) -> Any:
    from ..exchange.junction import ExchangeModel

    return ExchangeModel(**{k: barrier[k] for k in ("hop", "contact", "printed_prefactor", "accuracy") if k in barrier})


def _permittivity(value: Any, where: str, folder: Path) -> Permittivity:
    """A number, "TTF-CA", the peak at a Curie point, or a table over the electric field, inline or in a CSV file."""
    from ..exchange.permittivity import TTF_CA, CuriePeak, FieldTable

    if value == "TTF-CA":
        return TTF_CA
    if not isinstance(value, Mapping):
        if isinstance(value, str):
            raise must_be_error(where, "a number, 'TTF-CA' or a table", value)
        return quantity(value, "", where)
    if "curie_temperature" in value:
        refuse_unknown(value, tuple(_PEAK), where)
        return CuriePeak(**{key: _required(value, key, where) for key in _PEAK})
    if "file" in value:
        refuse_unknown(value, _FILE, where)
        columns: Mapping[str, Any] = _columns(folder / str(value["file"]))
    else:
        refuse_unknown(value, (*_TABLE, *_PEAK, "file"), where)
        columns = {key: _numbers(_required(value, key, where), unit, f"{where} {key}")
                   for key, unit in _COLUMNS.items() if key in value or key != "decreasing"}  # fmt: skip
    return FieldTable(**columns, **{key: value[key] for key in ("interpolation", "clip") if key in value})


def _numbers(values: Any, unit: str, where: str) -> list[float]:
    if not isinstance(values, list):
        raise must_be_error(where, "a list of numbers", values)
    return [quantity(v, unit, where) for v in values]


def _columns(path: Path) -> dict[str, list[float]]:
    """CSV with a header: field (V/m, increasing), eps on the branch of growing fields, and of falling ones."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = [row for row in csv.reader(stream) if row and not row[0].lstrip().startswith("#")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DeviceError(f"{path} cannot be read as a table of permittivities: {error}") from None
    head = [name.strip() for name in rows[0]] if rows else []
    if head not in (["field", "increasing"], list(_COLUMNS)):
        raise DeviceError(f"{path} must begin with the line 'field,increasing,decreasing' (or without decreasing), got "
                          f"{','.join(head)!r}")  # fmt: skip
    if any(len(row) != len(head) for row in rows):
        raise DeviceError(f"{path} must have {len(head)} numbers in every line")
    return {key: [quantity(row[k], _COLUMNS[key], f"{path}, {key}") for row in rows[1:]] for k, key in enumerate(head)}


def exchange_lines(exchanges: Mapping[str, ExchangeCoupling], quoted: Callable[[str], str]) -> list[str]:
    """The tables as lines of TOML that read back equal."""
    lines: list[str] = []
    for name, exchange in exchanges.items():
        lines += ["", f"[exchange.{quoted(name)}]", *_layer_lines(exchange, quoted), *_condition_lines(exchange)]
        lines += ["", f"[exchange.{quoted(name)}.barrier]", *_barrier_lines(exchange)]
    return lines


def _layer_lines(exchange: ExchangeCoupling, quoted: Callable[[str], str]) -> list[str]:
    layers = exchange.layers
    lines = [f"layers = [{', '.join(quoted(layer.region) for layer in layers)}]"]
    for key, unit in _LAYER.items():
        lines.append(f"{key} = [{', '.join(f'{chr(34)}{getattr(la, key)!r} {unit}{chr(34)}' for la in layers)}]")
    for key in _AXES:
        axes = [getattr(layer, key) for layer in layers]
        if any(axes):
            lines.append(f"{key} = [{', '.join('[]' if a is None else repr(list(a)) for a in axes)}]")
    return lines


def _condition_lines(exchange: ExchangeCoupling) -> list[str]:
    lines = []
    if exchange.temperature is not None:
        lines.append(f'temperature = "{exchange.temperature!r} K"')
    if exchange.electric_field is not None:
        lines.append(f'electric_field = "{exchange.electric_field!r} V/m"')
    if any(exchange.applied_field):
        lines.append("applied_field = [" + ", ".join(f'"{b!r} T"' for b in exchange.applied_field) + "]")
    return lines


def _barrier_lines(exchange: ExchangeCoupling) -> list[str]:
    from ..exchange.permittivity import CuriePeak, FieldTable

    j, law, model = exchange.junction, exchange.permittivity, exchange.model
    lines = [f"{key} = [{', '.join(f'{chr(34)}{v!r} J{chr(34)}' for v in getattr(j, key))}]"
             for key in ("well_depth", "splitting")]  # fmt: skip
    lines += [f'height = "{j.barrier_height!r} J"', f'thickness = "{j.thickness!r} m"']
    lines += [f"effective_mass = {j.effective_mass!r}", f'hop = "{model.hop}"', f'contact = "{model.contact}"']
    lines += [f"printed_prefactor = {str(model.printed_prefactor).lower()}", f'accuracy = "{model.accuracy}"']
    if isinstance(law, CuriePeak):
        parts = [f'{key} = "{getattr(law, key)!r} {unit}"' if unit else f"{key} = {getattr(law, key)!r}"
                 for key, unit in _PEAK.items()]  # fmt: skip
        return [*lines, "permittivity = { " + ", ".join(parts) + " }"]
    if isinstance(law, FieldTable):
        parts = [f"{key} = {list(getattr(law, key))!r}" for key in _COLUMNS if getattr(law, key) is not None]
        parts += [f'interpolation = "{law.interpolation}"', f"clip = {str(law.clip).lower()}"]
        return [*lines, "permittivity = { " + ", ".join(parts) + " }"]
    return [*lines, f"permittivity = {law!r}"]
