"""Reading back the subcircuits that `to_spice` wrote, with their cards held against their matrix."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .conductance import ConductanceMatrix
from .files import from_json
from .spice import PAYLOAD, network_matrix
from .spice_names import pins_of

_AGREE = 1e-12  # of the largest entry: a diagonal entry is the sum of a few cards, each rounded


def from_spice(source: str | os.PathLike[str]) -> ConductanceMatrix:
    """The matrix in a subcircuit that `to_spice` wrote, equal to the one written in every bit.

    The matrix stands in the comment lines ``*|``. The cards are added up to the matrix between the pins
    independently, and both must agree to 1e-12 of the largest entry: what a simulator computes from the
    file is what fespin reads from it.

    Parameters
    ----------
    source : str or path-like
        The text (if it has more than one line), or the path of a file.

    Returns
    -------
    ConductanceMatrix
        Siemens, in the sign convention that it was written from.

    Raises
    ------
    InputError
        A file that cannot be read, that fespin did not write, or whose cards were changed by hand.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> from fespin.network.spice import to_spice
    >>> G = normal_wire(conductivity=3.0, spin_diffusion_length=0.7, length=1.0, area=1.0)
    >>> from_spice(to_spice(G, dialect="ltspice", order="ezxy")) == G
    True
    """
    text, where = _text(source)
    payload = "\n".join(line.removeprefix(PAYLOAD) for line in text.splitlines() if line.startswith(PAYLOAD))
    if not payload:
        raise InputError(f"{where} must be a subcircuit that fespin wrote, got one without the matrix in lines '*|'")
    try:
        G = from_json(payload.encode())
    except Exception as error:  # damaged text can make the reader raise anything; nothing is carried on
        raise InputError(f"{where} must hold a whole matrix in the lines '*|', got {error}") from error
    _compare(G, *_cards(text, where), where)
    return G


def _text(source: str | os.PathLike[str]) -> tuple[str, str]:
    if isinstance(source, str) and "\n" in source:
        return source, "the text"
    try:
        return Path(source).read_text(encoding="utf-8"), str(source)
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}") from error
    except ValueError as error:  # not UTF-8, or a null character in the name
        raise InputError(f"{source} must be the path of a text file, got {error}") from error


def _cards(text: str, where: str) -> tuple[list[str], list[list[str]]]:
    """Pins and element cards, both as lists of lower-case words."""
    joined: list[str] = []
    for line in text.splitlines():
        if line.startswith("+") and joined:
            joined[-1] += " " + line[1:]
        elif line.strip() and not line.startswith("*"):
            joined.append(line)
    words = [line.lower().split() for line in joined]
    head, tail = (words[0][0], words[-1][0]) if words else ("", "")
    if head != ".subckt" or tail != ".ends":
        raise InputError(f"{where} must be one subcircuit from .subckt to .ends, got {head or 'nothing'} .. {tail}")
    lengths = {"r": 4, "g": 6}
    for line, card in zip(joined[1:-1], words[1:-1], strict=True):
        if len(card) != lengths.get(card[0][0]):
            raise InputError(f"{where} must hold only cards 'R a b ohm' and 'G a b c d siemens', got {line!r}")
    return words[0][2:], words[1:-1]


def _compare(G: ConductanceMatrix, listed: list[str], cards: list[list[str]], where: str) -> None:
    for reduced in (False, True):
        pins = [pin.node.lower() for pin in pins_of(G, reduced=reduced)]
        if sorted(pins) == sorted(listed):
            break
    else:
        raise InputError(f"{where} must have the pins {' '.join(pins)} of its matrix, got {' '.join(listed)}")
    K = _assembled(cards, pins, where)
    count = len(pins)
    expected = network_matrix(G, reduced=reduced)
    largest = np.abs(K).max()
    error = np.abs(K[:count, :count] - expected)
    if error.max() > _AGREE * largest:
        a, b = np.unravel_index(np.argmax(error), error.shape)
        raise InputError(
            f"{where} must have cards that add up to its matrix, got {K[a, b]:.9g} S from {pins[b]} into {pins[a]} "
            f"against {expected[a, b]:.9g} S in the lines '*|'; export again instead of changing cards"
        )
    if not reduced:
        _check_inner(G, K, count, where)


def _assembled(cards: list[list[str]], pins: list[str], where: str) -> NDArray[np.float64]:
    """Currents into the nodes per potentials of the nodes: the pins first, then inner nodes; without node 0."""
    index = {node: i for i, node in enumerate(pins)}
    for card in cards:
        for node in card[1:-1]:
            if node != "0":
                index.setdefault(node, len(index))
    K = np.zeros((len(index) + 1, len(index) + 1))  # the last row and column are those of node 0
    index["0"] = len(index)
    for name, *nodes, text in cards:
        value = _value(text, name, where)
        a, b = (index[node] for node in nodes[:2])
        c, d = (index[node] for node in nodes[2:]) if name[0] == "g" else (a, b)
        for row, sign in ((a, 1.0), (b, -1.0)):
            K[row, c] += sign * value
            K[row, d] -= sign * value
    return K[:-1, :-1]


def _value(text: str, name: str, where: str) -> float:
    """Conductance of a card in siemens; there are no suffixes such as k or meg in what fespin writes."""
    try:
        value = float(text)
        if not np.isfinite(value):
            raise ValueError(text)
        return 1 / value if name[0] == "r" else value
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{where} must have a number as the value of {name}, got {text!r}") from None


def _check_inner(G: ConductanceMatrix, K: NDArray[Any], count: int, where: str) -> None:
    """Inner nodes may only absorb: lossless, and without effect on the potentials that terminals can hold."""
    down, up, inner = K[count:, :count], K[:count, count:], K[count:, count:]
    allowed = np.zeros((count, 0))
    for t, name in enumerate(G.terminals):
        dual = np.zeros((count, len(G.spaces[name].labels)))
        dual[4 * t : 4 * t + 4] = G.spaces[name].dual
        allowed = np.hstack([allowed, dual])
    errors = [np.abs(part).max(initial=0) for part in (down + up.T, inner, down @ allowed)]
    if max(errors) > _AGREE * np.abs(K).max():
        raise InputError(f"{where} must have inner nodes only in lossless gyrators across m, got cards that do more")
