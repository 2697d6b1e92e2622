"""Ports of a matrix by name: (terminal, component) to a row of the matrix between amplitudes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, must_be, suggest
from .conductance import ConductanceMatrix
from .terminal import COMPONENTS, TerminalSpace

Array = NDArray[Any]
Ports = str | Mapping[str, str | Iterable[str]]
GROUPS = ("charge", "spin", "all")
# a tie this much weaker than what else holds a potential is not told from the errors of a computed matrix
WEAKEST_TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Amplitudes:
    """The matrix g, shape (K, K), of a ConductanceMatrix between its amplitudes, and how to name them.

    A port is a terminal and a component: e, x, y, z at a normal terminal, e and m at a ferromagnetic one, and
    channel at a half metal, where e names the same port, since the channel is what carries the charge there.
    x, y, z also name the spin amplitude of a magnetic terminal if they are its axis, up to the sign.
    """

    matrix: ConductanceMatrix

    @cached_property
    def _reduced(self) -> tuple[Array, list[tuple[str, str]]]:
        return self.matrix.reduced()

    @property
    def g(self) -> Array:
        """Conductances in siemens, in the sign convention of the matrix."""
        return self._reduced[0]

    @property
    def labels(self) -> list[tuple[str, str]]:
        """(terminal, label) of the K amplitudes."""
        return self._reduced[1]

    @cached_property
    def charge(self) -> list[int]:
        """Positions of the amplitudes that carry charge."""
        return [k for k, (_, label) in enumerate(self.labels) if label in ("e", "channel")]

    @cached_property
    def spin(self) -> list[int]:
        """Positions of the spin amplitudes."""
        return [k for k in range(len(self.labels)) if k not in self.charge]

    @cached_property
    def dual(self) -> Array:
        """D of all terminals, shape (4T, K): derivatives to g become derivatives to G as D d D^T."""
        out = np.zeros((4 * len(self.matrix.terminals), len(self.labels)))
        column = 0
        for t, name in enumerate(self.matrix.terminals):
            dual = self.matrix.spaces[name].dual
            out[4 * t : 4 * t + 4, column : column + dual.shape[1]] = dual
            column += dual.shape[1]
        return out

    def names(self, positions: Iterable[int]) -> str:
        """Words for some amplitudes, for messages."""
        labels = [self.labels[k] for k in positions]
        more = f" and {len(labels) - 6} more" if len(labels) > 6 else ""
        return ", ".join(f"{terminal!r} ({label})" for terminal, label in labels[:6]) + more

    def port(self, terminal: str, component: str) -> tuple[int, float]:
        """Position of a port, and the sign with which its potential counts there.

        Raises
        ------
        InputError
            No such terminal, or a component that is no single amplitude of it.
        """
        space = self._space(terminal)
        start = self.labels.index((terminal, space.labels[0]))
        if component in space.labels:
            return start + space.labels.index(component), 1.0
        if component == "e" and "channel" in space.labels:
            return start, 1.0
        spins = [k for k, label in enumerate(space.labels) if label not in ("e", "channel")]
        if component == "m" and len(spins) == 1:
            return start + spins[0], 1.0
        if component in COMPONENTS[1:]:
            along = space.basis[COMPONENTS.index(component)]
            for k in spins:
                if abs(along[k]) > 1 - 1e-12:
                    return start + k, float(np.sign(along[k]))
        raise InputError(
            f"terminal {terminal!r} ({_describe(space)}) holds no potential {component!r} that could be driven or "
            f"read by itself; there: {', '.join(space.labels)}"
        )

    def select(self, ports: Ports) -> list[int]:
        """Positions of ports given by terminal: components, or "charge", "spin", "all".

        A string alone means that group at every terminal. Sorted, each once.
        """
        if isinstance(ports, str):
            if ports not in GROUPS:
                raise must_be("ports", "a mapping of terminals to components, or one of " + ", ".join(GROUPS), ports)
            ports = dict.fromkeys(self.matrix.terminals, ports)
        found: set[int] = set()
        for terminal, components in ports.items():
            self._space(terminal)  # must exist
            own = [k for k, (name, _) in enumerate(self.labels) if name == terminal]
            if isinstance(components, str) and components in GROUPS:
                found |= {k for k in own if components == "all" or (k in self.charge) == (components == "charge")}
                continue
            # "xy" is x and y; "m1", "channel" and what is misspelt are one name each
            spelt = isinstance(components, str) and not set(components) <= {*COMPONENTS, "m"}
            wanted = [str(components)] if spelt else components
            found |= {self.port(terminal, component)[0] for component in wanted}
        return sorted(found)

    def _space(self, terminal: str) -> TerminalSpace:
        if terminal not in self.matrix.terminals:
            known = suggest(terminal, self.matrix.terminals)
            raise InputError(f"no terminal {terminal!r} in the conductance matrix; {known}")
        return self.matrix.spaces[terminal]

    @property
    def conserves_charge(self) -> bool:
        """Whether a common shift of all charge potentials drives nothing: no charge port was grounded."""
        rows = self.g[self.charge]
        own = np.abs(rows[range(len(rows)), self.charge])
        # row by row, since a tunnel contact is much weaker than a metal; 1e-7 is far above the error of a
        # computed matrix and below any path to ground that matters beside the row's other paths
        return bool(self.charge) and bool(np.all(np.abs(rows[:, self.charge].sum(axis=1)) <= 1e-7 * own))


def _describe(space: TerminalSpace) -> str:
    if space.axis is None:
        return space.kind
    return f"{space.kind} along {', '.join(f'{a:.4g}' for a in space.axis)}"
