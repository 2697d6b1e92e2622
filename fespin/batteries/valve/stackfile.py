"""The stack of a valve file: materials, layers, interfaces, meshes, reservoirs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...device.device import Device, Region, length_of
from ...device.keys import refuse_unknown
from ...device.material_entry import read_material
from ...errors import DeviceError, InputError, suggest
from ...materials import HalfMetal, Material, is_magnetic
from ...units import quantity
from ..entries import quantities, subtable, tables
from .layers import Interface, Layer
from .reservoir import FreeElectronReservoir, WignerReservoir
from .reservoir_run import ReservoirValve
from .stack import SpinValve

_EXTRA = {"relaxation_time": "s", "spin_capacitance": "F/m^3", "density_polarization": ""}
_INTERFACE = {"conductance_up": "S/m^2", "conductance_down": "S/m^2", "area_resistance": "ohm m^2", "asymmetry": "",
              "spin_memory_loss": "", "spin_flip_conductance": "S/m^2"}  # fmt: skip
_WIGNER = {"thickness": "m", "lattice_constant": "m", "spacing": "m", "permittivity": "", "temperature": "K"}
_RESERVOIR = {"wigner": (*_WIGNER, "filling", "q_max", "exponent"), "free-electrons": ("thickness", "density")}
_CIRCUIT = {"series_resistance": "ohm", "leak_conductance": "S"}  # of a reservoir, beside its kind


def read_stack(document: Mapping[str, Any], path: Path) -> SpinValve:
    """A stack of metals, from [[layer]] tables or a line mesh."""
    head = _head(document)
    materials = {name: _material(name, entry) for name, entry in subtable(document, "materials").items()}
    entries = tables(document, "layer")
    if ("mesh" in head) == bool(entries):
        raise DeviceError("the file must have tables [[layer]] or a mesh in [valve], got " +
                          ("both" if entries else "neither"))  # fmt: skip
    if entries:
        layers = tuple(_layer(entry, k, materials) for k, entry in enumerate(entries, 1))
        valve = SpinValve(layers=layers, cross_section=_cross_section(head), name=head.get("name", path.stem))
    else:
        valve = _on_mesh(document, head, path, materials)
    gates: list[Interface | None] = [None] * (len(valve.layers) - 1)
    names = [layer.name for layer in valve.layers]
    for name, entry in subtable(document, "interfaces").items():
        k, gate = _interface(f"[interfaces.{name}]", entry, names)
        if gates[k] is not None:
            raise DeviceError(
                f"[interfaces.{name}] is the second between {names[k]!r} and {names[k + 1]!r}; remove one"
            )
        gates[k] = gate
    return replace(valve, interfaces=tuple(gates))


def _head(document: Mapping[str, Any]) -> Mapping[str, Any]:
    head = subtable(document, "valve")
    refuse_unknown(head, ("name", "cross_section", "mesh", "length_unit"), "[valve]")
    for key in ("name", "mesh"):
        if not isinstance(head.get(key, ""), str):
            raise DeviceError(f"[valve] {key} must be a string, got {head[key]!r}")
    return head


def _cross_section(head: Mapping[str, Any]) -> float:
    if "cross_section" not in head:
        raise DeviceError("[valve] must have the key 'cross_section', got none; '1 m^2' gives results per square metre")
    return quantity(head["cross_section"], "m^2", "[valve] cross_section")


def _material(name: str, entry: Any) -> tuple[Material, float | None]:
    """A material of device files, with the time scale and states given in the words of valves; and P of its states."""
    where = f"[materials.{name}]"
    if not isinstance(entry, Mapping):
        raise DeviceError(f"{where} must be a table, got {entry!r}")
    extra = quantities(entry, _EXTRA, where)
    plain = {key: value for key, value in entry.items() if key not in _EXTRA}
    half = plain.get("kind") == "half-metal"
    if "relaxation_time" in extra:
        if "spin_diffusion_length" in plain:
            raise DeviceError(f"{where} must have one of 'relaxation_time' and 'spin_diffusion_length', got both")
        if not extra["relaxation_time"] > 0:
            raise DeviceError(f"{where} relaxation_time must be a positive number in s or inf, got "
                              f"{entry['relaxation_time']!r}")  # fmt: skip
        plain["spin_diffusion_length"] = "inf"  # until the diffusivity is known
    c_q = extra.get("spin_capacitance")
    if c_q is not None:
        if half and c_q != 0:
            raise DeviceError(f"{where} spin_capacitance must be 0 or left out in a half metal, whose one channel has "
                              f"no splitting, got {entry['spin_capacitance']!r}")  # fmt: skip
        if not half and not 0 < c_q < math.inf:
            raise DeviceError(f"{where} spin_capacitance must be a positive number in F/m^3, got "
                              f"{entry['spin_capacitance']!r}")  # fmt: skip
        for other in ("diffusivity", "density_of_states"):
            if other in plain and not half:
                raise DeviceError(f"{where} must have one of 'spin_capacitance' and {other!r}, got both")
    material = read_material(name, plain)
    P = extra.get("density_polarization")
    try:
        probe = Layer(material=material, thickness=1.0, density_polarization=P, name=name,
                      magnetization="up" if is_magnetic(material) else None)  # fmt: skip
        if c_q and not half:
            material = replace(material, diffusivity=_diffusivity(where, material, c_q, probe))
            probe = replace(probe, material=material)
        tau = extra.get("relaxation_time", math.inf)
        if math.isfinite(tau) and not isinstance(material, HalfMetal):
            if material.diffusivity is None:
                raise DeviceError(f"{where} must have spin_capacitance, diffusivity or density_of_states beside "
                                  "relaxation_time, got none; or give spin_diffusion_length")  # fmt: skip
            material = replace(material, spin_diffusion_length=math.sqrt(probe.spin_diffusivity * tau))
    except DeviceError:
        raise
    except InputError as error:
        raise DeviceError(f"{where}: {error}") from None
    return material, P


def _diffusivity(where: str, material: Material, c_q: float, probe: Layer) -> float:
    """D with c_q = sigma (1 - P^2)/(4 D)."""
    if probe.density_polarization is None:
        raise DeviceError(
            f"{where} must have a density_polarization beside spin_capacitance in a ferromagnet, got none"
        )
    return material.conductivity * (1 - probe.density_polarization**2) / (4 * c_q)


def _layer(entry: Mapping[str, Any], k: int, materials: Mapping[str, tuple[Material, float | None]]) -> Layer:
    where = f"[[layer]] {k}"
    refuse_unknown(entry, ("name", "material", "thickness", "magnetization", "cells"), where)
    found = entry.get("material")
    if not isinstance(found, str) or found not in materials:
        raise DeviceError(f"{where} material must be one of [materials], got {found!r}; {suggest(found, materials)}")
    if "thickness" not in entry:
        raise DeviceError(f"{where} must have the key 'thickness', got none")
    material, P = materials[found]
    try:
        return Layer(
            material=material,
            thickness=quantity(entry["thickness"], "m", f"{where} thickness"),
            magnetization=entry.get("magnetization"),
            density_polarization=P,
            cells=entry.get("cells"),
            name=entry.get("name", f"{found}_{k}"),
        )
    except InputError as error:
        text = str(error)
        raise DeviceError(text if text.startswith(where) else f"{where}: {text}") from None


def _interface(where: str, entry: Any, names: list[str]) -> tuple[int, Interface]:
    if not isinstance(entry, Mapping):
        raise DeviceError(f"{where} must be a table, got {entry!r}")
    refuse_unknown(entry, ("between", *_INTERFACE), where)
    between = entry.get("between")
    if not isinstance(between, list) or len(between) != 2 or not all(isinstance(name, str) for name in between):
        raise DeviceError(f"{where} between must be the names of two layers, got {between!r}")
    for name in between:
        if name not in names:
            raise DeviceError(f"{where} names the layer {name!r}, which is not in the stack; {suggest(name, names)}")
    a, b = sorted(names.index(name) for name in between)
    if b != a + 1:
        raise DeviceError(f"{where} must be between neighbours, got {between[0]!r} and {between[1]!r}")
    values = quantities(entry, _INTERFACE, where)
    loss, flip = values.get("spin_memory_loss", 0.0), values.get("spin_flip_conductance", 0.0)
    pair = [key for key in ("conductance_up", "conductance_down") if key in values]
    try:
        if "area_resistance" in values:
            if pair:
                raise DeviceError(f"{where} must have area_resistance or {pair[0]}, got both")
            gate = Interface.of_resistance(values["area_resistance"], asymmetry=values.get("asymmetry", 0.0),
                                           memory_loss=loss)  # fmt: skip
            return a, replace(gate, spin_flip_conductance=flip)
        if "asymmetry" in values or len(pair) == 1:
            raise DeviceError(f"{where} must have conductance_up and conductance_down, or area_resistance with "
                              f"asymmetry, got {', '.join(values)}")  # fmt: skip
        return a, Interface(**{key: values[key] for key in pair}, memory_loss=loss, spin_flip_conductance=flip)
    except DeviceError:
        raise
    except InputError as error:
        raise DeviceError(f"{where}: {error}") from None


def _on_mesh(
    document: Mapping[str, Any],
    head: Mapping[str, Any],
    path: Path,
    materials: Mapping[str, tuple[Material, float | None]],
) -> SpinValve:
    """The layers that a line mesh draws."""
    regions: dict[str, Region] = {}
    weights: dict[str, float | None] = {}
    for name, value in subtable(document, "regions").items():
        where = f"[regions] {name}"
        entry = {"material": value} if isinstance(value, str) else value
        if not isinstance(entry, Mapping):
            raise DeviceError(f"{where} must be the name of a material or a table with 'material', got {value!r}")
        refuse_unknown(entry, ("material", "magnetization", "group"), where)
        found, turned = entry.get("material"), entry.get("magnetization")
        if not isinstance(found, str) or found not in materials:
            raise DeviceError(
                f"{where} material must be one of [materials], got {found!r}; {suggest(found, materials)}"
            )
        axis: Any = {"up": (0, 0, 1), "down": (0, 0, -1)}.get(turned, turned) if isinstance(turned, str) else turned
        try:
            regions[name] = Region(material=materials[found][0], magnetization=axis, group=entry.get("group"))
        except InputError as error:
            raise DeviceError(f"{where}: {error}") from None
        weights[name] = materials[found][1]
    device = Device.from_mesh(path.parent / head["mesh"], regions=regions, terminals=subtable(document, "terminals"),
                              length_unit=length_of(head.get("length_unit", "m"), "[valve] length_unit"),
                              cross_section=_cross_section(head), name=head.get("name", path.stem))  # fmt: skip
    valve = SpinValve.from_device(device)
    return replace(
        valve, layers=tuple(replace(layer, density_polarization=weights[layer.name]) for layer in valve.layers)
    )


def read_reservoir_valve(document: Mapping[str, Any], path: Path) -> ReservoirValve:
    """A reservoir between plates: its layer has a kind, all other layers are resistances in series with it."""
    head = _head(document)
    if "mesh" in head or document.get("interfaces"):
        raise DeviceError("a valve with a reservoir is lumped: leave out mesh and [interfaces], give series_resistance")
    area = _cross_section(head)
    materials = {name: _material(name, entry) for name, entry in subtable(document, "materials").items()}
    plates, reservoir = 0.0, None
    circuit: dict[str, float] = {}
    layers: list[Layer] = []
    for k, entry in enumerate(tables(document, "layer"), 1):
        if "kind" not in entry:
            layers.append(_layer(entry, k, materials))
            plates += layers[-1].thickness / (layers[-1].material.conductivity * area)
            continue
        if reservoir is not None:
            raise DeviceError(f"[[layer]] {k}: the file must have one reservoir, got two")
        reservoir, circuit = _reservoir(entry, f"[[layer]] {k}", area)
    _check_locked(layers)
    name = head.get("name", path.stem)
    return ReservoirValve(reservoir=reservoir, resistance=plates + circuit.get("series_resistance", 0.0),  # type: ignore[arg-type]
                          leak=circuit.get("leak_conductance", 0.0), name=name)  # fmt: skip


def _check_locked(layers: list[Layer]) -> None:
    kinds = [layer for layer in layers if isinstance(layer.material, HalfMetal)]
    if len(kinds) != len(layers) or len({layer.channels for layer in kinds}) != 2:
        raise DeviceError("a reservoir must lie between half metals of opposite channels, which alone lock it; got "
                          + ", ".join(f"{layer.name} ({layer.magnetization})" for layer in layers))  # fmt: skip


def _reservoir(
    entry: Mapping[str, Any], where: str, area: float
) -> tuple[WignerReservoir | FreeElectronReservoir, dict[str, float]]:
    kind = entry["kind"]
    if not isinstance(kind, str) or kind not in _RESERVOIR:
        raise DeviceError(f"{where} kind must be one of {', '.join(_RESERVOIR)}, got {kind!r}")
    refuse_unknown(entry, ("kind", "name", *_RESERVOIR[kind], *_CIRCUIT), where)
    circuit = quantities(entry, _CIRCUIT, where)
    needed = {"wigner": ("thickness", "lattice_constant", "spacing", "filling"), "free-electrons": _RESERVOIR[kind]}[
        kind
    ]
    for key in needed:
        if key not in entry:
            raise DeviceError(f"{where} must have the key {key!r}, got none")
    try:
        if kind == "wigner":
            values = quantities(entry, _WIGNER, where)
            options: dict[str, Any] = {"q_max": entry["q_max"]} if "q_max" in entry else {}
            if "exponent" in entry:
                options["potential"] = quantity(entry["exponent"], "", f"{where} exponent")
            return WignerReservoir(**values, **options, filling=entry["filling"], cross_section=area,
                                   name=entry.get("name", "crystal")), circuit  # fmt: skip
        return FreeElectronReservoir(density=quantity(entry["density"], "1/m^3", f"{where} density"),
                                     thickness=quantity(entry["thickness"], "m", f"{where} thickness"),
                                     cross_section=area, name=entry.get("name", "electrons")), circuit  # fmt: skip
    except InputError as error:
        text = str(error)
        raise DeviceError(text if text.startswith(where) else f"{where}: {text}") from None
