"""Conductance matrices as subcircuits of circuit simulators: resistors and voltage-controlled current sources."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .._version import __version__
from ..errors import InputError, must_be
from .conductance import ConductanceMatrix
from .files import to_json
from .spice_cards import absorbing_cards, conductance_cards
from .spice_names import Pin, node_name, pins_of

Dialect = Literal["ngspice", "ltspice"]
ORDERS = ("exyz", "ezxy")

PAYLOAD = "*| "  # these comment lines hold the matrix as JSON, exactly
_PRECISION = {
    "ngspice": "Results have 6 digits unless .control says: set numdgt=15.",
    "ltspice": "Results are single precision unless the circuit says: .options numdgt=15.",
}
_LAW = 1e-9  # far above rounding, far below any physics: what a law of the matrix may be violated by


def to_spice(
    G: ConductanceMatrix,
    *,
    name: str | None = None,
    dialect: Dialect = "ngspice",
    order: str = "exyz",
    reduced: bool = False,
    absorbing: bool | Collection[str] = False,
) -> str:
    """Write a matrix as one ``.subckt`` of R and G cards, with pins named terminal_component.

    Nodes are volts: V_e = mu_e/e at the pins ``_e`` and V_alpha = mu_alpha/(2e) at ``_x _y _z``. Branch currents
    are ampere, spin currents count charge, and a current is positive **into** a pin, I = N V with
    N = ``G.as_network()``. Node 0 is spin equilibrium, V_alpha = 0: relaxation is a resistor to it. No charge
    flows there: charge conductances are resistors between terminals, charge driven by spin goes from one
    terminal to another, and spin is driven by differences of charge potentials, so that the charge currents add
    up to zero and a common voltage drives nothing, exactly.

    A positive conductance is an R card, so that no resistance is negative; all else are G cards. The matrix
    itself stands in comment lines, from which `from_spice` restores every bit.

    Parameters
    ----------
    G : ConductanceMatrix
        Real, passive, charge conserving and gauge invariant to 1e-9 of its largest entry; either convention.
    name : str or None
        Name of the subcircuit; by default that of the device in ``G.info``. Letters, digits and ``_`` survive.
    dialect : {"ngspice", "ltspice"}
        The cards are the same; the notes on how to use them differ.
    order : {"exyz", "ezxy"}
        Order of a terminal's pins.
    reduced : bool
        Pins only for the amplitudes that exist: ``_e`` and ``_m`` (V_s along m, positive along +m) at a
        ferromagnet, ``_channel`` (w = V_e + q.V_s) at a half metal.
    absorbing : bool or collection of str
        Hold the transverse spin potentials of magnetic terminals, all or those named, at zero, by lossless
        gyrators of G cards, and take up whatever transverse current arrives: the rule of the nodes of
        `fespin.network.circuit.join`. Once at a node is enough, twice is singular. Otherwise the subcircuit is
        I = N V and nothing more, and transverse pins carry no current at all.

    Returns
    -------
    str
        ASCII text that ends in a line break.

    Raises
    ------
    InputError
        A matrix that is complex, not passive, that loses charge or depends on a common voltage; an unknown
        dialect or order; `absorbing` together with `reduced`.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> text = to_spice(normal_wire(conductivity=1, length=2, area=1), name="wire")
    >>> print(*[line for line in text.splitlines() if not line.startswith("*")], sep="\\n")
    .subckt wire 1_e 1_x 1_y 1_z 2_e 2_x 2_y 2_z
    R1 1_e 2_e 2.0000000000000000e+00
    R2 1_x 2_x 2.0000000000000000e+00
    R3 1_y 2_y 2.0000000000000000e+00
    R4 1_z 2_z 2.0000000000000000e+00
    .ends wire
    """
    ranks = pin_order(order)
    if dialect not in get_args(Dialect):
        raise must_be("to_spice.dialect", "'ngspice' or 'ltspice'", dialect)
    holding = _absorbing(G, absorbing)
    if reduced and holding:
        raise must_be("to_spice.absorbing", "left out of a reduced export, which has no transverse pins", absorbing)
    _check(G)
    pins, matrix = pins_of(G, reduced=reduced), network_matrix(G, reduced=reduced)
    groups = conductance_cards(matrix, pins)
    groups |= absorbing_cards(G, pins, holding, scale=float(np.abs(matrix).max()))
    subcircuit = node_name(name or str(G.info.get("device") or "device"))
    lines = _header(G, subcircuit, dialect, pins, matrix, holding)
    lines += [PAYLOAD + line for line in to_json(G).splitlines()]
    listed = sorted(pins, key=lambda pin: (pin.terminal, (ranks + "m").find(pin.label)))
    lines += _wrapped(f".subckt {subcircuit} " + " ".join(pin.node for pin in listed), "+ ")
    numbers = {"R": 0, "G": 0}
    for title, cards in groups.items():
        lines += [f"* {title}"] if cards else []
        for kind, nodes, value in cards:
            numbers[kind] += 1
            lines.append(f"{kind}{numbers[kind]} {' '.join(nodes)} {value:.16e}")
    return "\n".join([*lines, f".ends {subcircuit}"]) + "\n"


def network_matrix(G: ConductanceMatrix, *, reduced: bool) -> NDArray[np.float64]:
    """Currents into the pins per potentials, siemens; between amplitudes, shape (K, K), if reduced."""
    N = G.as_network()
    return N.reduced()[0] if reduced else N.values


def pin_order(order: str) -> str:
    """The order of pins without commas, or an error.

    Examples
    --------
    >>> pin_order("e,z,x,y")
    'ezxy'
    """
    plain = order.replace(",", "").replace(" ", "") if isinstance(order, str) else order
    if plain not in ORDERS:
        raise must_be("to_spice.order", "'exyz' or 'ezxy'", order)
    return plain


def _absorbing(G: ConductanceMatrix, chosen: bool | Collection[str]) -> list[str]:
    """Names of the magnetic terminals that absorb transverse spin, in the order of the matrix."""
    magnetic = [name for name, space in G.spaces.items() if space.axis is not None]
    if isinstance(chosen, bool):
        return magnetic if chosen else []
    if isinstance(chosen, str) or not set(chosen) <= set(magnetic):
        rule = "True, False or magnetic terminals, here " + (", ".join(magnetic) or "none")
        raise must_be("to_spice.absorbing", rule, chosen)
    return [name for name in magnetic if name in chosen]


def _check(G: ConductanceMatrix) -> None:
    if np.iscomplexobj(G.values):
        raise InputError(
            "a complex admittance holds at one frequency and cannot be exported: a subcircuit needs dynamic elements "
            "fitted over many frequencies, which this version does not have; export the static conductances"
        )
    found = G.identities()
    if found["passivity"] < -_LAW:
        rule = f"passive, its smallest eigenvalue of -(G + G^T)/2 at least {-_LAW:g} max |G|"
        raise must_be("a matrix for SPICE", rule, found["passivity"], "the element would give energy to the circuit")
    for law, meaning in (
        ("charge_conservation", "charge rows that sum to zero"),
        ("gauge_invariance", "charge columns that sum to zero"),
    ):
        if found[law] > _LAW:
            hint = "no charge may flow to the simulator's ground: keep a grounded terminal external and ground it there"
            raise must_be("a matrix for SPICE", f"one with {meaning} to {_LAW:g} max |G|", found[law], hint)


def _header(
    G: ConductanceMatrix,
    name: str,
    dialect: str,
    pins: Sequence[Pin],
    matrix: NDArray[Any],
    holding: Sequence[str],
) -> list[str]:
    found = G.identities()
    used = np.any(matrix != 0, axis=0) | np.any(matrix != 0, axis=1)
    held = [G.terminals.index(terminal) for terminal in holding]
    unused = " ".join(
        pin.node for pin, inside in zip(pins, list(used), strict=True) if not inside and pin.terminal not in held
    )
    magnetic = _absorbing(G, True)
    paragraphs = [
        f"{name}: passive subcircuit of a spintronic device, {dialect} dialect, written by fespin {__version__}",
        f"device {json.dumps(G.info.get('device', name))}; passivity {found['passivity']:.2e} (smallest eigenvalue of "
        f"-(G + G^T)/2 over max |G|), asymmetry {found['asymmetry']:.2e} (max |G - G^T| over max |G|)",
        "units: volt, ampere, ohm, siemens. _e: charge potential V_e = mu_e/e. _x _y _z: spin potentials "
        "V_alpha = mu_alpha/(2e), so that V_up = V_e + V_s and V_down = V_e - V_s. _m: V_s along m. "
        "_channel: w = V_e + q.V_s. Spin currents count charge, I_s = I_up - I_down.",
        "sign: currents are positive INTO a pin, as always in SPICE: I = -G V with fespin's G, whose currents are "
        "positive out of the device.",
        "node 0 is spin equilibrium; spin relaxes to it. No charge flows to it: ground one charge node of your "
        "circuit yourself. To let a terminal end in a large reservoir, connect its spin pins to 0.",
    ]
    for t, terminal in enumerate(G.terminals):
        space = G.spaces[terminal]
        axis = "" if space.axis is None else f" along ({', '.join(f'{x:.6g}' for x in space.axis)})"
        nodes = " ".join(pin.node for pin in pins if pin.terminal == t)
        paragraphs.append(f"terminal {json.dumps(terminal)}: {space.kind}{axis}; pins {nodes}")
    if unused:
        paragraphs.append(f"connected to nothing inside: {unused}; tie them to 0 or to another element")
    if holding:
        names = ", ".join(json.dumps(name) for name in holding)
        paragraphs.append(
            f"transverse spin potentials held at zero, by G cards that dissipate nothing, at {names}: the current that "
            "arrives is absorbed. Neither tie these pins to 0 nor to voltage sources, and hold them once at a node: "
            "whatever says the same again makes the equations singular."
        )
    if len(holding) < len(magnetic) and len(pins) == 4 * len(G.terminals):
        paragraphs.append(
            "where a ferromagnet meets a normal element the transverse spin potential of the node is zero: tie the "
            "pins to 0 if m is along x, y or z, else export with gyrators that hold it (fespin export --absorbing)"
        )
    paragraphs += [
        f'use: .include "FILE" and X1 NODES {name}, nodes in the order of the pins below. {_PRECISION[dialect]}',
        "the lines '*|' are the matrix G in fespin's own sign; from_spice reads them and holds the cards against them",
    ]
    return [line for text in paragraphs for line in _wrapped(text, "*   ", "* ")]


def _wrapped(text: str, continuation: str, first: str = "") -> list[str]:
    return textwrap.wrap(
        text, 100, initial_indent=first, subsequent_indent=continuation, break_long_words=False, break_on_hyphens=False
    )
