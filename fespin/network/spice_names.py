"""Names of nodes in a netlist: letters, digits and underscores, and no difference between Left and left."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from .conductance import ConductanceMatrix
from .terminal import COMPONENTS


class Pin(NamedTuple):
    """A pin of a subcircuit: its node, the index of its terminal, and which amplitude it is."""

    node: str
    terminal: int
    label: str  # e, x, y, z, m or channel

    @property
    def carries_charge(self) -> bool:
        """Whether its current is a charge current; the channel of a half metal carries both."""
        return self.label in ("e", "channel")


def node_name(name: str) -> str:
    """Letters, digits and single underscores of a name; accents are dropped, all else becomes an underscore.

    Examples
    --------
    >>> node_name("größe 1 (left)")
    'gro_e_1_left'
    >>> node_name("漢字")
    't'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_") or "t"


def node_names(names: tuple[str, ...]) -> list[str]:
    """A different node name for each of `names`; those that SPICE cannot tell apart get a number.

    Examples
    --------
    >>> node_names(("Left", "left", "left 2"))
    ['Left', 'left_2', 'left_2_2']
    """
    out: list[str] = []
    for name in names:
        base = candidate = node_name(name)
        number = 1
        while candidate.lower() in (other.lower() for other in out):
            number += 1
            candidate = f"{base}_{number}"
        out.append(candidate)
    return out


def pins_of(G: ConductanceMatrix, *, reduced: bool) -> list[Pin]:
    """Pins in the order of the matrix: four a terminal, or one for each amplitude that exists.

    Examples
    --------
    >>> from fespin.network.elements import half_metal_wire
    >>> wire = half_metal_wire(conductivity=2, polarization=1, magnetization=[0, 0, 1], length=1, area=1)
    >>> [pin.node for pin in pins_of(wire, reduced=True)]
    ['1_channel', '2_channel']
    """
    return [
        Pin(f"{base}_{label}", number, label)
        for number, (name, base) in enumerate(zip(G.terminals, node_names(tuple(G.terminals)), strict=True))
        for label in (G.spaces[name].labels if reduced else COMPONENTS)
    ]
