"""Netlists: TOML in, `Circuit` out. Everything in a file is checked; what is not understood is refused."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..device.material_entry import read_material
from ..errors import InputError, must_be, suggest
from ..network.circuit import Circuit
from ..network.terminal import COMPONENTS
from ..tomlfile import read_toml
from ..units import quantity
from .entry import Entry
from .kinds import Context, connections, make

_TABLES = ("circuit", "materials", "nodes", "elements")


def load_circuit(path: str | os.PathLike[str]) -> Circuit:
    """Read a netlist; devices that it names are meshed and solved by finite elements.

    Parameters
    ----------
    path : path
        TOML file with the tables ``[circuit]``, ``[materials.NAME]`` (as in device files), ``[nodes.NAME]`` and
        ``[elements.NAME]``; files it names are looked for relative to it.

    Returns
    -------
    Circuit

    Raises
    ------
    InputError
        One or two lines that name the file, the table and the key, what was found and what was expected.

    Examples
    --------
    >>> load_circuit("no_such_file.toml")
    Traceback (most recent call last):
        ...
    fespin.errors.InputError: no_such_file.toml cannot be read: No such file or directory
    """
    return read_toml(path, _circuit, what="a netlist")


def _circuit(document: Mapping[str, Any], path: Path) -> Circuit:
    Entry("the file", document).only(_TABLES)
    if "device" in document:
        raise InputError("[device] makes this a device file")
    head = Entry("[circuit]", document.get("circuit", {}))
    head.only(("name",))
    circuit = Circuit(head.text("name") if "name" in head else path.stem)
    materials = {name: read_material(name, table) for name, table in _tables(document, "materials").items()}
    context = Context(path.parent, materials)
    entries = _tables(document, "elements")
    if not entries:
        raise InputError("the file must have a table [elements.NAME] for every element, got none")
    for name, table in entries.items():
        entry = Entry(f"[elements.{name}]", table)
        element = make(entry, context)
        nodes = connections(entry, element)
        try:
            circuit.add(name, element, nodes)
        except InputError as error:
            raise InputError(f"{entry.where}: {error}") from None
    for name, table in _tables(document, "nodes").items():
        if name not in circuit.nodes:
            raise InputError(f"[nodes.{name}] is at no terminal of an element; {suggest(name, circuit.nodes)}")
        _hold(circuit, name, Entry(f"[nodes.{name}]", table))
    return circuit


def _tables(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name, {})
    if not isinstance(value, Mapping):
        raise must_be(f"[{name}]", "a table of tables", value)
    return value


def _hold(circuit: Circuit, node: str, entry: Entry) -> None:
    """``ground = true`` or ``ground = ["e"]``; ``potential = { e = "1 mV" }``, with ``hold = ["e"]`` if not all."""
    entry.only(("ground", "potential", "hold"))
    if ("ground" in entry) == ("potential" in entry):
        raise InputError(f"{entry.where} must have exactly one of 'ground' and 'potential'; leave free nodes out")
    if "ground" in entry:
        if "hold" in entry:
            raise InputError(f"{entry.where} hold goes with 'potential'; write ground = [\"e\"] to ground components")
        value = entry.get("ground")
        if value is not True and not isinstance(value, list):
            raise must_be(f"{entry.where} ground", 'true or a list of components like ["e"]', value)
        circuit.ground(node, COMPONENTS if value is True else entry.components("ground"))
        return
    inside = Entry(f"{entry.where} potential", entry.table("potential"))
    inside.only(COMPONENTS)
    volts = {c: quantity(v, "V", f"{inside.where} {c}") for c, v in entry.table("potential").items()}
    circuit.hold(node, volts, components=entry.components("hold") if "hold" in entry else COMPONENTS)
