"""Cards whose currents are a given matrix: resistors and voltage-controlled current sources.

A card is (kind, nodes, value): ``R a b ohm``, or ``G a b c d siemens`` with the current G (V_c - V_d) from a through
the source to b. A conductance g between a and b is therefore ``G a b a b g`` as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .conductance import ConductanceMatrix
from .spice_names import Pin

Card = tuple[str, tuple[str, ...], float]
Matrix = NDArray[Any]
_ROUNDING = 8 * np.finfo(float).eps


def conductance_cards(N: Matrix, pins: Sequence[Pin]) -> dict[str, list[Card]]:
    """Cards of the currents N V into the pins, in groups by what they mean.

    Parameters
    ----------
    N : array, shape (P, P)
        Siemens, currents into the pins; charge rows and columns sum to zero.
    pins : sequence of P Pin

    Returns
    -------
    dict of str to list
        Title of the group to its cards.

    Examples
    --------
    >>> pins = [Pin("a_e", 0, "e"), Pin("b_e", 1, "e"), Pin("b_z", 1, "z")]
    >>> N = np.array([[2, -2, 0.5], [-2, 2, -0.5], [0.5, -0.5, 4]])
    >>> for cards in conductance_cards(N, pins).values():
    ...     print(*cards, sep="\\n")
    ('R', ('a_e', 'b_e'), 0.5)
    ('G', ('a_e', 'b_e', 'b_z', '0'), 0.5)
    ('G', ('b_z', '0', 'a_e', 'b_e'), 0.5)
    ('R', ('b_z', '0'), 0.25)
    """
    # of the order of rounding in an entry of a positive matrix, where |N_ab| <= sqrt(N_aa N_bb)
    size = np.sqrt(np.abs(np.diag(N)))
    noise = _ROUNDING * np.outer(size, size)
    charge = [i for i, pin in enumerate(pins) if pin.carries_charge]
    labels = dict.fromkeys(pin.label for pin in pins if not pin.carries_charge)
    spins = [[i for i, pin in enumerate(pins) if pin.label == label] for label in labels]
    node = [pin.node for pin in pins]
    return {
        "charge between terminals": list(_charge(N, noise, charge, node)),
        "charge driven by spin, spin driven by charge": list(_mixed(N, charge, node, pins)),
        "spin between terminals and its relaxation to node 0": [c for s in spins for c in _spin(N, noise, s, node)],
        "one component of spin driven by another": [
            ("G", (node[a], "0", node[b], "0"), float(N[a, b]))
            for one, other in permutations(spins, 2)
            for a in one
            for b in other
            if N[a, b] != 0
        ],
    }


def _conductance(a: str, b: str, g: float) -> Iterator[Card]:
    resistance = 1 / g if g > 1e-300 else 0.0  # its reciprocal would overflow
    if resistance > 0:
        yield "R", (a, b), float(resistance)
    elif g != 0:
        yield "G", (a, b, a, b), float(g)


def _charge(N: Matrix, noise: Matrix, charge: Sequence[int], node: Sequence[str]) -> Iterator[Card]:
    """Resistors between terminals; what is not symmetric flows to the last of them and is driven against it."""
    for a, b in combinations(charge, 2):
        yield from _conductance(node[a], node[b], -(N[a, b] + N[b, a]) / 2)
    for a, b in permutations(charge[:-1], 2):
        odd = (N[a, b] - N[b, a]) / 2
        if abs(odd) > noise[a, b]:
            last = node[charge[-1]]
            yield "G", (node[a], last, node[b], last), float(odd)


def _mixed(N: Matrix, charge: Sequence[int], node: Sequence[str], pins: Sequence[Pin]) -> Iterator[Card]:
    """The last charge pin takes back what the others give, and is what their potentials are measured against."""
    spins = [i for i, pin in enumerate(pins) if not pin.carries_charge]
    for a in charge[:-1]:
        last = node[charge[-1]]
        for s in spins:
            if N[a, s] != 0:
                yield "G", (node[a], last, node[s], "0"), float(N[a, s])
            if N[s, a] != 0:
                yield "G", (node[s], "0", node[a], last), float(N[s, a])


def _spin(N: Matrix, noise: Matrix, spins: Sequence[int], node: Sequence[str]) -> Iterator[Card]:
    """One component at all terminals: conductances between them and to ground, and what is not symmetric."""
    block = N[np.ix_(spins, spins)]
    even, odd = (block + block.T) / 2, (block - block.T) / 2
    for i, j in combinations(range(len(spins)), 2):
        yield from _conductance(node[spins[i]], node[spins[j]], -even[i, j])
    for i, s in enumerate(spins):
        # without relaxation the sum is rounding, and a leak made of it would tie a floating circuit to nonsense
        if abs(even[i].sum()) > _ROUNDING * np.abs(even[i]).sum():
            yield from _conductance(node[s], "0", even[i].sum())
    for i, j in permutations(range(len(spins)), 2):
        if abs(odd[i, j]) > noise[spins[i], spins[j]]:
            yield "G", (node[spins[i]], "0", node[spins[j]], "0"), float(odd[i, j])


def absorbing_cards(
    G: ConductanceMatrix, pins: Sequence[Pin], names: Sequence[str], *, scale: float
) -> dict[str, list[Card]]:
    """Gyrators that hold a.V_s = 0 for both directions a across the axis of the magnetic terminals named.

    The current into an inner node is -scale a.V_s, which Kirchhoff makes zero; the inner potential u then
    sets the current scale a u that the pins take up. The power of the two is opposite: nothing is dissipated.

    Parameters
    ----------
    G : ConductanceMatrix
    pins : sequence of 4T Pin
    names : sequence of str
    scale : float
        Transconductance in siemens; any, best of the size of the matrix.
    """
    cards: list[Card] = []
    for name in names:
        own = [pin.node for pin in pins if pin.terminal == G.terminals.index(name)]
        for count, direction in enumerate(_across(np.array(G.spaces[name].axis)), start=1):
            inner = f"{own[0].removesuffix('_e')}_absorb{count}"
            for pin, a in zip(own[1:], direction, strict=True):
                if a != 0:
                    cards.append(("G", (pin, "0", inner, "0"), float(scale * a)))
                    cards.append(("G", (inner, "0", pin, "0"), float(-scale * a)))
    return {"transverse spin potentials of magnetic terminals are zero": cards}


def _across(m: Matrix) -> tuple[Matrix, Matrix]:
    """Two unit vectors across m and each other; along the axes if m is."""
    first = np.eye(3)[np.argmin(np.abs(m))]
    first = first - (first @ m) * m
    first /= np.linalg.norm(first)
    return first, np.cross(m, first)
