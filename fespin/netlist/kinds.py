"""The kinds of elements a netlist knows, each made from its table by the function of the same name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import InputError, must_be, suggest
from ..materials import Ferromagnet, HalfMetal, Material
from ..network import elements, sources
from ..network.conductance import ConductanceMatrix
from ..network.sources import Source
from .entry import Entry

Element = ConductanceMatrix | Source
PLACES = ("nodes", "between", "at")  # keys that say where an element is connected


@dataclass
class Context:
    """What the elements of one file share: its folder, its materials, the matrices of files that were read."""

    folder: Path
    materials: Mapping[str, Material]
    matrices: dict[tuple[Path, int], ConductanceMatrix] = field(default_factory=dict)


def make(entry: Entry, context: Context) -> Element:
    """The element that a table describes.

    Raises
    ------
    InputError
        Names the table and the key.
    """
    kind = entry.text("kind", "one of " + ", ".join(KINDS))
    if kind not in KINDS:
        raise InputError(f"{entry.where} has the unknown kind {kind!r}; {suggest(kind, KINDS)}")
    keys, maker = KINDS[kind]
    entry.only(("kind", *PLACES, *keys))
    try:
        return maker(entry, context)
    except InputError as error:
        text = str(error)
        raise InputError(text if text.startswith(entry.where) else f"{entry.where} {text}") from None


def connections(entry: Entry, element: Element) -> dict[str, str]:
    """``{terminal: node}`` from ``nodes = {...}``, ``between = [a, b]`` or ``at = a``.

    Raises
    ------
    InputError
        None or several of these, or one that does not fit the element.
    """
    terminals = list(element.terminals)
    given = [key for key in PLACES if key in entry]
    one = "exactly one of 'at' (one terminal), 'between' (two) and 'nodes' (a node for every terminal)"
    if len(given) != 1:
        raise InputError(f"{entry.where} must have {one}, got {' and '.join(given) or 'none'}")
    (key,) = given
    if key == "nodes":
        table = entry.table(key)
        return {str(terminal): node for terminal, node in table.items()}
    places = [entry.text(key)] if key == "at" else entry.names(key)
    named = entry.get("kind") in ("contact", "device", "matrix")
    if named or len(places) != len(terminals):
        form = "{ " + ", ".join(f'{terminal} = "..."' for terminal in terminals) + " }"
        # the sides of a contact differ: a list would let them be confused without a word
        raise must_be(f"{entry.where} {key}", f"replaced by nodes = {form}" if named else one, entry.get(key))
    return dict(zip(terminals, places, strict=True))


def _wire(entry: Entry, context: Context) -> Element:
    name = entry.text("material")
    if name not in context.materials:
        known = suggest(name, context.materials)
        raise InputError(f"{entry.where} names the material {name!r}, which is not under [materials]; {known}")
    material = context.materials[name]
    size: dict[str, Any] = {"length": entry.quantity("length", "m"), "area": entry.quantity("area", "m^2")}
    size["conductivity"] = material.conductivity
    if not isinstance(material, HalfMetal):
        size["spin_diffusion_length"] = material.spin_diffusion_length
    if not isinstance(material, (Ferromagnet, HalfMetal)):
        if "magnetization" in entry:
            raise InputError(f"{entry.where} magnetization must be left out for the normal metal {name}")
        return elements.normal_wire(**size)
    wire = elements.half_metal_wire if isinstance(material, HalfMetal) else elements.ferromagnetic_wire
    return wire(polarization=material.polarization, magnetization=entry.vector("magnetization"), **size)


def _contact(entry: Entry, _: Context) -> Element:
    unit = "S/m^2" if "area" in entry else "S"  # per area with an area, else totals
    return elements.contact(
        conductance_up=entry.quantity("conductance_up", unit),
        conductance_down=entry.quantity("conductance_down", unit),
        mixing_conductance=entry.complex_quantity("mixing_conductance", unit),
        magnetization=entry.vector("magnetization"),
        area=entry.quantity("area", "m^2", 1.0),
        memory_loss=entry.quantity("memory_loss", "", 0.0),
    )


def _resistor(entry: Entry, _: Context) -> Element:
    hint = "'blocked' or 'transmitted'"
    return elements.resistor(resistance=entry.quantity("resistance", "ohm"), spin=entry.text("spin", hint))


def _relaxing_node(entry: Entry, _: Context) -> Element:
    return elements.spin_relaxing_node(conductance=entry.quantity("conductance", "S"))


def _voltage_source(entry: Entry, _: Context) -> Element:
    return sources.voltage_source(
        voltage=entry.quantity("voltage", "V"),
        resistance=entry.quantity("resistance", "ohm"),
        spin=entry.text("spin", "'blocked' or 'transmitted'"),
    )


def _current_source(entry: Entry, _: Context) -> Element:
    return sources.current_source(
        current=entry.quantity("current", "A"),
        spin_polarization=entry.vector("spin_polarization") if "spin_polarization" in entry else (0.0, 0.0, 0.0),
        conductance=entry.quantity("conductance", "S", 0.0),
    )


def _spin_battery(entry: Entry, _: Context) -> Element:
    return sources.spin_battery(
        direction=entry.vector("direction"),
        accumulation=entry.quantity("accumulation", "V") if "accumulation" in entry else None,
        spin_current=entry.quantity("spin_current", "A") if "spin_current" in entry else None,
        conductance=entry.quantity("conductance", "S", 0.0),
    )


def _device(entry: Entry, context: Context) -> Element:
    path = context.folder / entry.text("file")
    order = entry.get("order") if "order" in entry else 1
    if type(order) is not int or order not in (1, 2):
        raise must_be(f"{entry.where} order", "1 or 2", order)
    if path.suffix != ".toml":
        raise must_be(f"{entry.where} file", "a device file (.toml)", str(path), 'kind = "matrix" reads saved matrices')
    key = (path.resolve(), order)
    if key not in context.matrices:
        from ..device.file import load
        from ..transport.solve import conductance

        context.matrices[key] = conductance(load(path), order=order)
    return context.matrices[key]


def _matrix(entry: Entry, context: Context) -> Element:
    path = context.folder / entry.text("file")
    key = (path.resolve(), 0)
    if key not in context.matrices:
        context.matrices[key] = ConductanceMatrix.load(path)
    return context.matrices[key]


_CONTACT = ("conductance_up", "conductance_down", "mixing_conductance", "magnetization", "area", "memory_loss")
KINDS: dict[str, tuple[tuple[str, ...], Callable[[Entry, Context], Element]]] = {
    "wire": (("material", "length", "area", "magnetization"), _wire),
    "contact": (_CONTACT, _contact),
    "resistor": (("resistance", "spin"), _resistor),
    "relaxing node": (("conductance",), _relaxing_node),
    "voltage source": (("voltage", "resistance", "spin"), _voltage_source),
    "current source": (("current", "spin_polarization", "conductance"), _current_source),
    "spin battery": (("direction", "accumulation", "spin_current", "conductance"), _spin_battery),
    "device": (("file", "order"), _device),
    "matrix": (("file",), _matrix),
}
