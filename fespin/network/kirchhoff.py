"""Kirchhoff's rules as one sparse system, and its solution by sparse LU factorisation.

With currents counted out of the elements the node matrix is K = sum A^T g A over the elements, where A takes node
amplitudes to terminal amplitudes, and K v + b is the current that arrives at the nodes: zero where nothing is held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import splu

from ..errors import InputError, must_be
from .direct_sum import direct_sum
from .nodes import Branch, NodeTable
from .terminal import COMPONENTS, TerminalSpace

Array = NDArray[Any]


def assemble(branches: Sequence[Branch], table: NodeTable) -> tuple[Any, Array]:
    """Node matrix K, sparse (n, n), siemens, and source currents b, (n,), ampere, into the nodes."""
    rows, columns, values = [np.empty(0, int)], [np.empty(0, int)], [np.empty(0)]
    complex_in = any(
        np.iscomplexobj(x) for branch in branches for x in (branch.matrix.values, branch.currents) if x is not None
    )
    b = np.zeros(len(table.labels), dtype=complex if complex_in else float)
    reduced: dict[int, Array] = {}  # the same element in many places is reduced once
    links: dict[tuple[TerminalSpace, TerminalSpace], Array] = {}
    for branch in branches:
        matrix = branch.matrix
        if id(matrix) not in reduced:
            reduced[id(matrix)] = matrix.reduced()[0]
        pairs = [(matrix.spaces[terminal], branch.nodes[terminal]) for terminal in matrix.terminals]
        # B^T V = B^T D v with B of the terminal and D of the node
        for space, node in pairs:
            key = (space, table.spaces[node])
            if key not in links:
                links[key] = space.basis.T @ key[1].dual
        A = direct_sum([links[space, table.spaces[node]] for space, node in pairs])
        index = np.concatenate([np.arange(table.where[node].start, table.where[node].stop) for _, node in pairs])
        rows.append(np.repeat(index, len(index)))
        columns.append(np.tile(index, len(index)))
        values.append((A.T @ reduced[id(matrix)] @ A).ravel())
        if branch.currents is not None:
            dual = direct_sum([space.dual for space, _ in pairs])
            np.add.at(b, index, A.T @ (dual.T @ branch.currents))
    shape = (len(b), len(b))
    place = (np.concatenate(rows), np.concatenate(columns))
    return sp.coo_matrix((np.concatenate(values), place), shape=shape).tocsc(), b


def eliminate(K: Any, b: Array, keep: int, labels: Sequence[tuple[str, str]], tie: str) -> tuple[Array, Array]:
    """Schur complement on the first `keep` amplitudes, no current leaving at the others: matrix and currents."""
    own, out, back, inner = K[:keep, :keep].toarray(), K[:keep, keep:], K[keep:, :keep], K[keep:, keep:]
    solved = Factors(inner, labels[keep:], b[keep:], tie).solve(np.column_stack([back.toarray(), b[keep:]]))
    return own - out @ solved[:, :-1], b[:keep] - out @ solved[:, -1]


class Factors:
    """LU factors of a square block of the node matrix; `solve` is exact to rounding.

    A spin amplitude to which no element and no source has an entry is zero: nothing depends on it.

    Parameters
    ----------
    matrix : sparse (n, n)
        Siemens.
    labels : sequence of (node, amplitude)
        What the rows are called, for errors.
    sources : array (n,)
        Source currents into these nodes.
    tie : str
        What a floating amplitude would have to be tied to, for errors.

    Raises
    ------
    InputError
        Some amplitude is not determined; names it.
    """

    def __init__(self, matrix: Any, labels: Sequence[tuple[str, str]], sources: Array, tie: str) -> None:
        touched = abs(matrix).sum(axis=0).A1 + abs(matrix).sum(axis=1).A1 + abs(sources) if len(labels) else np.empty(0)
        idle = np.array([label not in ("e", "channel") for _, label in labels], dtype=bool)
        self._live = np.flatnonzero((touched > 0) | ~idle)
        self._matrix = sp.csc_matrix(matrix)[self._live][:, self._live]
        # unit diagonal, so that a weak element somewhere is not taken for a missing one
        size = np.sqrt(np.abs(self._matrix.diagonal()))
        self._scale = 1 / np.where(size > 0, size, 1.0)
        scaled = sp.csc_matrix(sp.diags(self._scale) @ self._matrix @ sp.diags(self._scale))
        if len(self._live):
            self._lu = _factorise(scaled, [labels[i] for i in self._live.tolist()], tie)

    def solve(self, right: Array) -> Array:
        """X with matrix X = right, (n, k), and one step of refinement."""
        out = np.zeros(right.shape, dtype=np.result_type(self._matrix.dtype, right.dtype))
        if len(self._live):
            B = right[self._live]
            X = self._once(B)
            out[self._live] = X + self._once(B - self._matrix @ X)
        return out

    def _once(self, B: Array) -> Array:
        scale = self._scale[:, None]
        if np.iscomplexobj(B) and not np.iscomplexobj(self._matrix):
            return self._once(B.real) + 1j * self._once(B.imag)
        return scale * self._lu.solve(np.ascontiguousarray(scale * B, dtype=self._matrix.dtype))


def _factorise(scaled: Any, labels: Sequence[tuple[str, str]], tie: str) -> Any:
    # the symmetric part is definite for passive elements: pivots on the diagonal are safe and keep the factors sparse
    options = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.01, "options": {"SymmetricMode": True}}
    # n eps is the rounding of a unit-diagonal matrix; a tie weaker than that carries no correct digit anyway
    least = 64 * np.finfo(float).eps * len(labels)
    try:
        lu = probe = splu(scaled, **options)
    except RuntimeError:  # exactly singular; a shift below all that counts lets the culprits be found
        lu, probe = None, splu(sp.csc_matrix(scaled - least * sp.identity(len(labels))), **options)
    floating = _floating(scaled, probe, least)
    if lu is None or len(floating):
        _refuse_floating([labels[i] for i in floating], tie)
    return lu


def _floating(scaled: Any, lu: Any, least: float) -> Array:
    """Rows in which a vector lives that the matrix takes to zero; by inverse iteration on its singular values."""
    n = scaled.shape[0]
    X = np.random.default_rng(0).standard_normal((n, min(n, 4))).astype(scaled.dtype)
    for _ in range(3):
        X = np.linalg.qr(lu.solve(np.linalg.qr(lu.solve(X, "H"))[0]))[0]
    _, sizes, turns = np.linalg.svd(scaled @ X, full_matrices=False)
    null = X @ turns[sizes <= least].conj().T
    return np.flatnonzero(np.linalg.norm(null, axis=1) > 1e-6)


def _refuse_floating(floating: Sequence[tuple[str, str]], tie: str) -> None:
    names = ", ".join(f"{node!r} ({component})" for node, component in floating[:6])
    more = f" and {len(floating) - 6} more" if len(floating) > 6 else ""
    raise InputError(f"the circuit leaves node {names}{more} floating: no element ties it to {tie}")


def held_amplitudes(table: NodeTable, held: Mapping[str, Mapping[str, float]]) -> tuple[Array, Array]:
    """Which amplitudes are held, (n,) of bool, and at what, (n,) in volt.

    Raises
    ------
    InputError
        A magnetic node is asked to hold a potential that does not exist there, or a part of its amplitude.
    """
    fixed = np.zeros(len(table.labels), dtype=bool)
    complex_in = any(isinstance(v, complex) for values in held.values() for v in values.values())
    value = np.zeros(len(table.labels), dtype=complex if complex_in else float)
    for node, values in held.items():
        space, at = table.spaces[node], table.where[node]
        V = np.array([values.get(c, 0.0) for c in COMPONENTS])
        # an amplitude is held if all components are that make it up: all of x, y, z along a tilted axis
        groups = [np.flatnonzero(np.abs(column) > 1e-12).tolist() for column in space.basis.T]
        count = [sum(COMPONENTS[i] in values for i in group) for group in groups]
        for group, number in zip(groups, count, strict=True):
            if 0 < number < len(group):
                names = ", ".join(COMPONENTS[i] for i in group)
                rule = f"all of {names} or none of them, since a {space.kind} holds them together"
                raise must_be(f"the held components of node {node!r}", rule, list(values))
        axis = np.zeros(3) if space.axis is None else np.array(space.axis)
        exists = axis * (V[1:] @ axis) if space.axis is not None else (space.dual @ (space.basis.T @ V))[1:]
        if np.abs(V[1:] - exists).max() > 1e-9 * np.abs(V[1:]).max():
            rule = f"along {list(space.axis)}" if space.axis is not None else f"of {', '.join(space.labels)}"
            raise must_be(f"the held spin potential of node {node!r}", f"{rule}: no other exists there", V[1:].tolist())
        fixed[at] = [number > 0 for number in count]
        value[at] = np.where(fixed[at], space.basis.T @ V, 0)
    return fixed, value
