"""JSON Schema of the device file, for editors: made of the same keys, units and kinds that the reader goes by."""

from __future__ import annotations

from typing import Any

from .exchange_entry import BARRIER as EXCHANGE_BARRIER
from .exchange_entry import KEYS as EXCHANGE_KEYS
from .file import DEVICE_KEYS
from .interface_entry import BOTH, CONDUCTANCES, PLACE, RESISTANCES
from .interface_entry import UNITS as INTERFACE_UNITS
from .material_entry import KEYS, KINDS, ONLY, PAIR, REQUIRED
from .material_entry import UNITS as MATERIAL_UNITS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_FLOAT = r"[+-]?(?:[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_TEXT = {
    "base": "an entry of the built-in table to start from; other keys override it",
    "kind": "which model of a metal",
    "resistivity": "of both spins together; or conductivity",
    "conductivity": "of both spins together; or resistivity",
    "spin_diffusion_length": "inf switches relaxation off",
    "polarization": "(sigma_up - sigma_down)/(sigma_up + sigma_down); 1 or -1 in a half metal",
    "diffusivity": "needed for fields and frequencies; or density_of_states",
    "density_of_states": "of both spins; or diffusivity",
    "spin_hall_angle": "J_s/J_e, a ratio between -1 and 1",
    "transverse_length": "dephasing of transverse spins: makes the ferromagnet one of finite strength",
    "precession_length": "turning of transverse spins about the magnetization",
    "between": "two regions, the side called first and the other one",
    "group": "name or integer tag of a group of facets inside the mesh",
    "conductance_up": "per area",
    "conductance_down": "per area",
    "area_resistance": "AR* = (AR_up + AR_dn)/4; tables often print 2AR*",
    "asymmetry": "AR_up,dn = 2 AR* (1 -+ asymmetry)",
    "mixing_conductance": "real part, or real and imaginary part",
    "spin_memory_loss": "delta, 0 is none",
    "name": "of the device",
    "mesh": "path of the mesh file, relative to this file",
    "length_unit": "of the mesh coordinates, like \"nm\"",
    "thickness": "of a plane device",
    "cross_section": "of a line device",
    "mesh_tags": "integer cell data that numbers the groups (VTU, XDMF)",
}  # fmt: skip


def device_schema() -> dict[str, Any]:
    """The schema, JSON-able. It knows keys, kinds and forms; units and what the mesh holds are checked by `load`.

    Examples
    --------
    >>> sorted(device_schema()["properties"])
    ['device', 'exchange', 'field', 'interfaces', 'materials', 'regions', 'terminals']
    """
    group = {"type": ["string", "integer"]}
    return {
        "$schema": DRAFT,
        "title": "fespin device file",
        "type": "object",
        "properties": {
            "device": _device(),
            "materials": _named(_material()),
            "regions": _named(_region(group)),
            "terminals": _named({**group, "description": "group of boundary facets (a point of a line mesh)"}),
            "interfaces": {"type": "object", "additionalProperties": _interface(group)},
            "field": _field(),
            "exchange": {"type": "object", "additionalProperties": _exchange()},
        },
        "required": ["device", "materials", "regions", "terminals"],
        "additionalProperties": False,
    }


def _quantity(unit: str, text: str = "", *, uncertain: bool = True) -> dict[str, Any]:
    """A number in SI units, or a string of number and unit, with an uncertainty where that means something."""
    tail = r"\s*(?:(?:\+-|\+/-|±).*)?" if uncertain else r"\s*"
    pattern = rf"^\s*\(?\s*{_FLOAT}\s*[^+±]*?{tail}$"
    said = f"in {unit} as a number, or a string with a unit" if unit else "a number without unit"
    spread = ', like "38 +- 2 nm"' if uncertain and unit == "m" else ""
    return {
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": pattern}],
        "description": f"{text}; {said}{spread}" if text else said,
    }


def _named(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "minProperties": 1, "additionalProperties": value}


def _table(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def _string(key: str) -> dict[str, Any]:
    return {"type": "string", "description": _TEXT[key]}


def _device() -> dict[str, Any]:
    lengths = {"length_unit": {"type": ["string", "number"], "description": _TEXT["length_unit"]},
               "thickness": _quantity("m", _TEXT["thickness"], uncertain=False),
               "cross_section": _quantity("m^2", _TEXT["cross_section"], uncertain=False)}  # fmt: skip
    return _table({key: lengths.get(key) or _string(key) for key in DEVICE_KEYS}, required=["mesh"])


def _material() -> dict[str, Any]:
    from .. import table

    special = {
        "base": {"enum": list(table.materials()), "description": _TEXT["base"]},
        "kind": {"enum": list(KINDS), "description": _TEXT["kind"]},
    }
    properties = {key: special.get(key) or _quantity(MATERIAL_UNITS[key], _TEXT[key]) for key in KEYS}
    either = [{"required": [key]} for key in PAIR]
    conditions: list[dict[str, Any]] = [
        {"not": {"required": list(PAIR)}},
        {"not": {"required": ["diffusivity", "density_of_states"]}},
        {"if": {"not": {"required": ["base"]}}, "then": {"required": ["kind"], "anyOf": either}},
    ]
    for kind, needed in REQUIRED.items():
        is_kind = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
        refused = [key for key, only in ONLY.items() if only != kind]
        refused += ["polarization"] if kind == "normal" else []
        conditions.append({"if": is_kind, "then": {"not": {"anyOf": [{"required": [key]} for key in refused]}}})
        own = {"allOf": [is_kind, {"not": {"required": ["base"]}}]}
        conditions.append({"if": own, "then": {"required": list(needed)}})
    return _table(properties, allOf=conditions)


def _region(group: dict[str, Any]) -> dict[str, Any]:
    direction = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
    file = _table({"file": {"type": "string"}, "data": {"type": "string"}}, required=["file", "data"])
    whole = _table({"material": {"type": "string"}, "magnetization": {"anyOf": [direction, file]}, "group": group},
                   required=["material"])  # fmt: skip
    return {"anyOf": [{"type": "string", "description": "a material"}, whole]}


def _interface(group: dict[str, Any]) -> dict[str, Any]:
    from ..interface_table import interfaces

    pair = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
    number = _quantity("S/m^2", _TEXT["mixing_conductance"])
    special: dict[str, Any] = {
        "base": {"enum": list(interfaces()), "description": _TEXT["base"]},
        "between": {**pair, "description": _TEXT["between"]},
        "group": {**group, "description": _TEXT["group"]},
        "mixing_conductance": {"anyOf": [number, {"type": "array", "items": number, "minItems": 2, "maxItems": 2}]},
    }
    keys = ("base", *PLACE, *CONDUCTANCES, *RESISTANCES, *BOTH)
    properties = {key: special.get(key) or _quantity(INTERFACE_UNITS[key], _TEXT[key]) for key in keys}
    mixed = [{"required": [a, b]} for a in CONDUCTANCES for b in RESISTANCES]
    laws = [{"required": list(CONDUCTANCES)}, {"required": ["area_resistance"]}, {"required": ["base"]}]
    return _table(properties, anyOf=laws, allOf=[{"not": {"anyOf": mixed}},
                                                 {"anyOf": [{"required": [key]} for key in PLACE]}])  # fmt: skip


def _field() -> dict[str, Any]:
    tesla = _quantity("T", uncertain=False)
    vector = {"type": "array", "items": tesla, "minItems": 3, "maxItems": 3}
    return _table({"magnetic_field": vector, "g_factor": _quantity("", uncertain=False)},
                  dependentRequired={"g_factor": ["magnetic_field"]})  # fmt: skip


def _exchange() -> dict[str, Any]:
    """Two magnetic layers and their junction; values may be pairs, tables or files, which the reader checks."""
    pair = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
    barrier = _table({key: {} for key in EXCHANGE_BARRIER})
    special: dict[str, Any] = {"layers": {**pair, "description": "two regions"}, "barrier": barrier}
    return _table({key: special.get(key, {}) for key in EXCHANGE_KEYS}, required=["layers", "barrier"])
