"""The labelled charge and spin conductance matrix of a device with any number of terminals."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, must_be, suggest
from . import identities
from .direct_sum import direct_sum
from .terminal import COMPONENTS, TerminalSpace
from .validation import checked_info, checked_spaces, checked_terminals, checked_values

if TYPE_CHECKING:
    import xarray

    from .amplitudes import Ports

Array = NDArray[Any]
_SHOWN_WHOLE = 6  # terminals up to which the prompt shows the whole table


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ConductanceMatrix:
    """The matrix G of I = G V: currents in ampere (spin currents count charge), potentials in volt.

    Parameters
    ----------
    values : array, shape (4T, 4T)
        Siemens, real, or complex for an admittance. Terminal-major: t1 e, t1 x, t1 y, t1 z, t2 e, ...; the
        row is the current, the column the potential. Kept as a read-only copy.
    terminals : sequence of T str
        Unique printable names.
    spaces : mapping of str to TerminalSpace
        What the terminals can hold; those not named are normal.
    convention : {"out", "in"}
        "out": currents are positive out of the device (negative diagonal); "in": those of circuit simulators.
    info : mapping
        How the numbers came about (mesh, solver, versions), of what JSON holds: text, finite numbers, lists.

    Raises
    ------
    InputError
        Wrong shape, entries that are not finite, names that repeat, spaces of unknown terminals.

    Notes
    -----
    Two matrices are equal if labels, spaces, convention and all values are exactly; `info` does not count.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> G = normal_wire(conductivity=1e7, length=1e-7, area=1e-14, terminals=("left", "right"))
    >>> G["right", "e", "left", "e"]
    1.0
    >>> G["right", "left"].shape
    (4, 4)
    >>> G
    <ConductanceMatrix of 2 terminals (left, right), out: asymmetry 0, charge 0, gauge 0, passivity 0>
    conductance in S; row: current out of the device, column: potential
    ...
    """

    values: Array
    terminals: Sequence[str]
    spaces: Mapping[str, TerminalSpace] = field(default_factory=dict)
    convention: Literal["out", "in"] = "out"
    info: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        terminals = checked_terminals(self.terminals)
        for name, value in {
            "terminals": terminals,
            "values": checked_values(self.values, len(terminals)),
            "spaces": checked_spaces(self.spaces, terminals),
            "info": checked_info(self.info),
        }.items():
            object.__setattr__(self, name, value)
        if self.convention not in ("out", "in"):
            raise must_be("ConductanceMatrix.convention", "'out' or 'in'", self.convention)

    @classmethod
    def from_reduced(
        cls,
        matrix: ArrayLike,
        *,
        terminals: Sequence[str],
        spaces: Sequence[TerminalSpace],
        info: Mapping[str, Any] | None = None,
    ) -> ConductanceMatrix:
        """Build G = B g B^T from the matrix g, shape (K, K), between the amplitudes of the terminals.

        The inverse of `reduced`: `spaces` has one entry a terminal and K is their number of amplitudes.

        Examples
        --------
        >>> up = TerminalSpace.half_metal([0, 0, 1])
        >>> G = ConductanceMatrix.from_reduced([[-2, 2], [2, -2]], terminals=["1", "2"], spaces=[up, up])
        >>> G["1", "z", "2", "e"]
        2.0
        """
        basis = direct_sum([space.basis for space in spaces])
        return cls(
            values=basis @ np.asarray(matrix) @ basis.T,
            terminals=terminals,
            spaces=dict(zip(terminals, spaces, strict=True)),
            info=info or {},
        )

    @property
    def components(self) -> tuple[str, ...]:
        """The four components of every terminal: e, x, y, z."""
        return COMPONENTS

    @property
    def tensor(self) -> Array:
        """The values with separate axes (terminal, component, terminal, component), shape (T, 4, T, 4)."""
        count = len(self.terminals)
        return self.values.reshape(count, 4, count, 4)

    @overload
    def __getitem__(self, key: tuple[str, str]) -> Array: ...
    @overload
    def __getitem__(self, key: tuple[str, str, str, str]) -> Any: ...
    def __getitem__(self, key: tuple[str, ...]) -> Any:
        """``G[out, in]``: 4x4 block; ``G[out, component, in, component]``: one entry, in siemens."""
        if isinstance(key, tuple) and len(key) == 2:
            return self.tensor[self._terminal(key[0]), :, self._terminal(key[1]), :]
        if isinstance(key, tuple) and len(key) == 4:
            row = 4 * self._terminal(key[0]) + _component(key[1])
            return self.values[row, 4 * self._terminal(key[2]) + _component(key[3])].item()
        raise must_be("the index of a ConductanceMatrix", "[out, in] or [out, component, in, component]", key)

    def _terminal(self, name: str) -> int:
        if name not in self.terminals:
            raise InputError(f"no terminal {name!r} in the conductance matrix; {suggest(name, self.terminals)}")
        return self.terminals.index(name)

    def currents(self, potentials: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
        """Currents in ampere at every terminal for potentials in volt; what is not named is held at zero.

        A ferromagnetic or half-metallic terminal holds no other potential than those of its space, so that
        the rest of what is asked for there has no effect.

        Raises
        ------
        InputError
            A terminal or component that does not exist, a potential that is not a finite number.

        Examples
        --------
        >>> from fespin.network.elements import normal_wire
        >>> wire = normal_wire(conductivity=2.0, length=1.0, area=1.0)
        >>> wire.currents({"1": {"e": 0.5}})["2"]["e"]
        1.0
        """
        V = np.zeros(len(self.values), dtype=complex if np.iscomplexobj(self.values) else float)
        for name, parts in potentials.items():
            for component, value in parts.items():
                V[4 * self._terminal(name) + _component(component)] = _finite(f"{name}:{component}", value)
        I = (self.values @ V).reshape(-1, 4).tolist()  # noqa: E741 the symbol of the formula
        return {name: dict(zip(COMPONENTS, row, strict=True)) for name, row in zip(self.terminals, I, strict=True)}

    def reduced(self) -> tuple[Array, list[tuple[str, str]]]:
        """The matrix g, shape (K, K), between the amplitudes that exist, and their (terminal, amplitude).

        i = g v with v = B^T V and I = B i, where the columns of B are the bases of the spaces: V_e and
        m.V_s at a ferromagnetic terminal (eq 22), w = V_e + q.V_s and its current at a half metal.

        Raises
        ------
        InputError
            The matrix has entries outside the spaces that it was given.

        Examples
        --------
        >>> from fespin.network.elements import half_metal_wire
        >>> g, labels = half_metal_wire(
        ...     conductivity=2, polarization=1, magnetization=[0, 1, 0], length=1, area=1
        ... ).reduced()
        >>> g
        array([[-2.,  2.],
               [ 2., -2.]])
        >>> labels
        [('1', 'channel'), ('2', 'channel')]
        """
        basis = direct_sum([self.spaces[name].basis for name in self.terminals])
        dual = direct_sum([self.spaces[name].dual for name in self.terminals])
        small = dual.T @ self.values @ dual
        outside = np.abs(self.values - basis @ small @ basis.T).max()
        if outside > 1e-9 * np.abs(self.values).max():  # far above rounding, far below any physics
            raise must_be(
                "ConductanceMatrix.values",
                "zero outside the spaces of its terminals",
                f"{outside:.3g} S there",
            )
        return small, [(name, label) for name in self.terminals for label in self.spaces[name].labels]

    def identities(self) -> dict[str, float]:
        """asymmetry, charge_conservation, gauge_invariance and passivity, each relative to max |G|."""
        names = ("asymmetry", "charge_conservation", "gauge_invariance", "passivity")
        return {name: getattr(identities, name)(self) for name in names}

    def as_network(self) -> ConductanceMatrix:
        """The same device with currents counted into it, as circuit simulators do."""
        return self if self.convention == "in" else replace(self, values=-self.values, convention="in")

    def as_device(self) -> ConductanceMatrix:
        """The same device with currents counted out of it, the convention of fespin."""
        return self if self.convention == "out" else replace(self, values=-self.values, convention="out")

    def rotated(self, rotation: ArrayLike) -> ConductanceMatrix:
        """The matrix of the device with all spin directions turned by a proper rotation, shape (3, 3).

        Examples
        --------
        >>> from fespin.network.elements import half_metal_wire
        >>> wire = half_metal_wire(conductivity=2, polarization=1, magnetization=[0, 0, 1], length=1, area=1)
        >>> wire.rotated([[0, 0, 1], [0, 1, 0], [-1, 0, 0]])["1", "x", "2", "e"]
        2.0
        """
        R = np.asarray(rotation, dtype=float)
        if R.shape != (3, 3) or np.abs(R @ R.T - np.eye(3)).max() > 1e-12 or np.linalg.det(R) < 0:
            raise must_be("rotation", "a 3x3 rotation matrix (orthogonal, determinant 1)", R.tolist())
        turn = np.kron(np.eye(len(self.terminals)), direct_sum([np.eye(1), R]))
        spaces = {name: space.rotated(R) for name, space in self.spaces.items()}
        return replace(self, values=turn @ self.values @ turn.T, spaces=spaces)

    def renamed(self, names: Mapping[str, str]) -> ConductanceMatrix:
        """The same matrix with terminals called otherwise, old name to new; the others keep theirs."""
        for name in names:
            self._terminal(name)
        new = [names.get(name, name) for name in self.terminals]
        spaces = dict(zip(new, self.spaces.values(), strict=True))
        return replace(self, terminals=new, spaces=spaces)

    def reordered(self, terminals: Sequence[str]) -> ConductanceMatrix:
        """The same matrix with its terminals in another order, all of them named once."""
        order = [self._terminal(name) for name in terminals]
        if sorted(order) != list(range(len(self.terminals))):
            raise must_be("terminals", "every terminal once: " + ", ".join(self.terminals), list(terminals))
        values = self.tensor[order][:, :, order].reshape(self.values.shape)
        return replace(self, values=values, terminals=terminals)

    def grounded(self, ports: Ports) -> ConductanceMatrix:
        """The matrix with the potentials of ports held at zero; see `ports.ground`."""
        from .ports import ground

        return ground(self, ports)

    def with_open(self, ports: Ports) -> ConductanceMatrix:
        """The matrix with no current at ports; see `ports.open_ports`."""
        from .ports import open_ports

        return open_ports(self, ports)

    def without(self, terminals: str | Iterable[str]) -> ConductanceMatrix:
        """The matrix with terminals made internal, no current of any kind there; see `ports.eliminate`."""
        from .ports import eliminate

        return eliminate(self, terminals)

    def with_info(self, **entries: Any) -> ConductanceMatrix:
        """The same matrix with entries added to `info`, or replaced there."""
        return replace(self, info={**self.info, **entries})

    def to_xarray(self) -> xarray.DataArray:
        """A labelled array with dims terminal_out, component_out, terminal_in, component_in; needs xarray."""
        from .files import to_xarray

        return to_xarray(self)

    def to_json(self) -> str:
        """The matrix with labels, unit, sign convention, identities and info as JSON text."""
        from .files import to_json

        return to_json(self)

    def to_csv(self) -> str:
        """The matrix as a labelled comma-separated table below commented header lines."""
        from .files import to_csv

        return to_csv(self)

    def save(self, path: str | os.PathLike[str], *, format: str | None = None) -> Path:
        """Write csv, json, npz or nc by the suffix of `path`, or by `format`; floats survive exactly."""
        from .files import save

        return save(self, path, format=format)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, format: str | None = None) -> ConductanceMatrix:
        """Read a file that `save` wrote."""
        from .files import load

        return load(path, format=format)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConductanceMatrix):
            return NotImplemented
        labels = (self.terminals, self.convention, self.spaces)
        return labels == (other.terminals, other.convention, other.spaces) and bool(
            np.array_equal(self.values, other.values)
        )

    def __repr__(self) -> str:
        shown = ", ".join(self.terminals[:6]) + (", ..." if len(self.terminals) > 6 else "")
        a, c, g, p = (f"{value + 0.0:.2g}" for value in self.identities().values())
        head = (
            f"<ConductanceMatrix of {len(self.terminals)} terminals ({shown}), {self.convention}: "
            f"asymmetry {a}, charge {c}, gauge {g}, passivity {p}>"
        )
        return f"{head}\n{self}" if len(self.terminals) <= _SHOWN_WHOLE else f"{head}; print it for the table"

    def _repr_html_(self) -> str:
        """The table for notebooks; of many terminals the head alone."""
        from .table import html_table_of

        return html_table_of(self)

    def __str__(self) -> str:
        from .table import format_table

        return format_table(self)


def _component(name: str) -> int:
    if name not in COMPONENTS:
        raise InputError(f"no component {name!r} in a conductance matrix; {suggest(name, COMPONENTS)}")
    return COMPONENTS.index(name)


def _finite(where: str, value: float) -> complex:
    try:
        number = complex(value) if isinstance(value, complex) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not np.isfinite(number):
        raise must_be(f"the potential {where}", "a finite number in V", value)
    return number
