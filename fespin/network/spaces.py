"""What a node can hold where terminals meet of which some were grounded or left open in part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .terminal import COMPONENTS, TerminalSpace

_ZERO = 1e-9  # of unit vectors: directions closer than this are the same, as in `circuit`


def merged(node: str, spaces: Sequence[TerminalSpace]) -> TerminalSpace:
    """The space of a node at which terminals meet.

    What is pinned at one of them (grounded, or transverse to a magnetization) is zero for all. Of the rest the
    node keeps what at least one of them carries; a potential that is open at all of them is no potential of
    the node.

    Parameters
    ----------
    node : str
        For the message.
    spaces : sequence of TerminalSpace
        Of the terminals that meet; axes of magnetic ones are collinear.

    Raises
    ------
    InputError
        Everything is pinned, so that nothing is left of the node.

    Examples
    --------
    A contact whose spin was left open touches a normal metal, one whose spin was grounded does too:

    >>> normal = TerminalSpace.normal()
    >>> merged("n", [normal, normal.without("xyz", grounded=False)]).kind
    'normal'
    >>> merged("n", [normal, normal.without("xyz", grounded=True)]).labels
    ('e',)
    """
    pinned = _span(np.concatenate([space.pinned for space in spaces], axis=1))
    free = np.eye(4) - pinned @ pinned.T
    kept = _span(free @ np.concatenate([space.basis for space in spaces], axis=1))
    if not kept.size:
        raise InputError(f"every potential of node {node!r} is grounded by what meets there; leave one of them open")
    axes = [np.array(space.axis) for space in spaces if space.axis is not None]
    charge = np.linalg.norm(kept[0])
    if _ZERO < charge < 1 - _ZERO:  # (1, q): half metals and nothing else that carries
        return TerminalSpace.half_metal(axes[0] if axes[0] @ kept[1:, 0] * kept[0, 0] > 0 else -axes[0])
    has_charge = bool(charge > 0.5)
    spin = _span(kept[1:] - kept[1:] @ np.outer(kept[0], kept[0]) if has_charge else kept[1:])
    return _named(has_charge, spin, pinned, axes)


def _named(
    has_charge: bool, spin: NDArray[np.float64], pinned: NDArray[np.float64], axes: Sequence[NDArray[np.float64]]
) -> TerminalSpace:
    """The space with charge or not, the span of `spin` and zeros in `pinned`, in plain terms where there are."""
    if has_charge and spin.shape[1] == 3:
        return TerminalSpace.normal()
    if has_charge and spin.shape[1] == 1 and axes and pinned.shape[1] == 2:
        return TerminalSpace.ferromagnet(axes[0])
    columns = [("e", np.array([1.0, 0, 0, 0]))] if has_charge else []
    if axes and spin.shape[1] == 1:
        columns.append(("m", np.array([0.0, *axes[0]])))
    else:
        columns += [(name, np.array([0.0, *vector])) for name, vector in _axes_of(spin)]
    rest = pinned - sum((np.outer(c, c @ pinned) for _, c in columns), np.zeros((4, 1)))
    return TerminalSpace(
        kind="partial",
        amplitudes=tuple((name, tuple(c.tolist())) for name, c in columns),
        grounded=tuple(tuple(c.tolist()) for c in _split(_span(rest)).T),
    )


def _axes_of(spin: NDArray[np.float64]) -> list[tuple[str, NDArray[np.float64]]]:
    """Orthonormal vectors of a span in three dimensions: coordinate axes as far as they lie in it."""
    found, left = [], spin
    for name, axis in zip(COMPONENTS[1:], np.eye(3), strict=True):
        if np.linalg.norm(spin.T @ axis) > 1 - _ZERO:
            found.append((name, axis))
            left = left - np.outer(axis, axis @ left)
    rest = _span(left)
    names = ["m"] if rest.shape[1] == 1 else [f"m{k}" for k in (1, 2, 3)]
    return [*found, *zip(names, rest.T, strict=False)]


def _split(pinned: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orthonormal columns of the same span, of charge or of spin each."""
    spin = _span(pinned[1:])
    if np.linalg.norm(pinned[0]) > 0.5:
        return np.concatenate([np.eye(4)[:, :1], np.concatenate([np.zeros((1, spin.shape[1])), spin])], axis=1)
    return np.concatenate([np.zeros((1, spin.shape[1])), spin])


def _span(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orthonormal columns of the space that columns of order one span."""
    vectors, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return vectors[:, sizes > _ZERO]
