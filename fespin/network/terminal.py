"""Which potentials a terminal can hold: all four, charge and one spin amplitude, one channel, or some of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import must_be
from .checks import Vector, unit_vector

COMPONENTS = ("e", "x", "y", "z")
Column = tuple[float, float, float, float]
_LABELS = {"normal": COMPONENTS, "ferromagnet": ("e", "m"), "half-metal": ("channel",)}
_KINDS = (*_LABELS, "partial")
_ORTHOGONAL = 1e-12


@dataclass(frozen=True, kw_only=True)
class TerminalSpace:
    """The potentials that exist at a terminal, as columns of a (4, k) matrix.

    A terminal in a normal metal holds V_e and three spin potentials. In a ferromagnet the spin potential is
    parallel to the magnetization m, in a half metal only one channel conducts. A
    "partial" terminal is what is left of one of these when some of its potentials were held at zero (grounded)
    or left without current (open). The two differ in what another element on the same node sees: a grounded
    potential is zero there for all, an open one is free.

    Parameters
    ----------
    kind : {"normal", "ferromagnet", "half-metal", "partial"}
        What the terminal touches.
    axis : tuple of 3 float or None
        Unit vector: m of a ferromagnet, q = p m of a half metal (the channel's spin); None for the others.
    amplitudes : tuple of (str, tuple of 4 float)
        Of a partial terminal: a label and a column over e, x, y, z for each amplitude that is left. The
        columns are orthonormal.
    grounded : tuple of tuple of 4 float
        Of a partial terminal: orthonormal columns of the potentials held at zero. What is in neither is open.

    Raises
    ------
    InputError
        Unknown kind, an axis that is missing, superfluous or not of unit length, columns that are not
        orthonormal.

    Examples
    --------
    >>> TerminalSpace.ferromagnet([0, 0, 2]).axis
    (0.0, 0.0, 1.0)
    >>> TerminalSpace.half_metal([0, 0, -1]).basis.T
    array([[ 1.,  0.,  0., -1.]])
    >>> TerminalSpace.normal().without(["x", "y"], grounded=True).labels
    ('e', 'z')
    """

    kind: Literal["normal", "ferromagnet", "half-metal", "partial"] = "normal"
    axis: tuple[float, float, float] | None = None
    amplitudes: tuple[tuple[str, Column], ...] = ()
    grounded: tuple[Column, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise must_be("TerminalSpace.kind", "one of " + ", ".join(_KINDS), self.kind)
        if (self.axis is None) != (self.kind in ("normal", "partial")):
            raise must_be("TerminalSpace.axis", "given for a magnetic terminal and for no other", self.axis, self.kind)
        if self.axis is not None:
            axis = unit_vector("TerminalSpace.axis", self.axis)
            if not np.allclose(axis, self.axis, rtol=0, atol=1e-12):
                raise must_be("TerminalSpace.axis", "a unit vector", self.axis, "use .ferromagnet(m)")
            object.__setattr__(self, "axis", tuple(axis.tolist()))
        if bool(self.amplitudes) != (self.kind == "partial") or (self.grounded and self.kind != "partial"):
            got = (self.amplitudes, self.grounded)
            raise must_be("TerminalSpace.amplitudes", "given for a partial terminal and for no other", got, self.kind)
        if self.kind == "partial":
            self._check_columns()

    def _check_columns(self) -> None:
        try:
            labels = [label for label, _ in self.amplitudes]
            columns = np.array([c for _, c in self.amplitudes] + list(self.grounded), dtype=float)
            good = columns.shape == (len(columns), 4) and all(isinstance(label, str) for label in labels)
            # charge (label e, the whole column) or spin, never a mixture
            good = good and all(c[0] == 0 or (c[0] == 1 and not c[1:].any()) for c in columns)
            good = good and all((label == "e") == (c[0] == 1) for label, c in zip(labels, columns, strict=False))
            good = good and len(set(labels)) == len(labels)
            good = good and bool(np.abs(columns @ columns.T - np.eye(len(columns))).max() < _ORTHOGONAL)
        except (TypeError, ValueError):
            good = False
        if not good:
            rule = "labelled columns over e, x, y, z, of charge (e) or of spin, orthonormal with the grounded ones"
            raise must_be("TerminalSpace.amplitudes", rule, (self.amplitudes, self.grounded))
        rows = [_column(row) for row in columns]
        object.__setattr__(self, "amplitudes", tuple(zip(labels, rows, strict=False)))
        object.__setattr__(self, "grounded", tuple(rows[len(labels) :]))

    @classmethod
    def normal(cls) -> TerminalSpace:
        """All four potentials: labels e, x, y, z."""
        return cls()

    @classmethod
    def ferromagnet(cls, m: Vector) -> TerminalSpace:
        """V_e and the spin amplitude along `m`, a direction of any length: labels e, m."""
        return cls(kind="ferromagnet", axis=tuple(unit_vector("magnetization", m).tolist()))

    @classmethod
    def half_metal(cls, q: Vector) -> TerminalSpace:
        """The channel with spin along `q` = p m alone, amplitude w = V_e + q.V_s: label channel."""
        return cls(kind="half-metal", axis=tuple(unit_vector("channel direction", q).tolist()))

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the k amplitudes."""
        if self.kind == "partial":
            return tuple(label for label, _ in self.amplitudes)
        return _LABELS[self.kind]

    @property
    def basis(self) -> NDArray[np.float64]:
        """Matrix B of shape (4, k) with orthogonal columns; rows e, x, y, z.

        The amplitudes of a potential V are v = B^T V, the currents of amplitudes i are I = B i. The power
        I.V = i.v is the same in both, so a symmetric matrix stays symmetric.
        """
        if self.kind == "partial":
            return np.array([column for _, column in self.amplitudes]).T
        if self.axis is None:
            return np.eye(4)
        if self.kind == "half-metal":
            return np.array([[1.0, *self.axis]]).T
        return np.array([[1.0, 0.0, 0.0, 0.0], [0.0, *self.axis]]).T

    @property
    def dual(self) -> NDArray[np.float64]:
        """Matrix D of shape (4, k) with B^T D = 1: the potential of amplitudes v is V = D v.

        D = B except at half metals. The column (1, q) of a half metal has the square 2, so its D is (1, q)/2:
        the shortest of the potentials with V_e + q.V_s = w.
        """
        basis = self.basis
        return basis / np.sum(basis**2, axis=0)

    @property
    def pinned(self) -> NDArray[np.float64]:
        """Orthonormal columns, shape (4, p), of the potentials that are zero here for every element that meets.

        The transverse spin potentials of a magnetic terminal, and what was grounded of a partial one.
        """
        if self.axis is not None:
            return np.concatenate([np.zeros((1, 2)), perpendicular(np.array(self.axis))])
        return np.array(self.grounded).reshape(-1, 4).T

    @property
    def charge(self) -> int | None:
        """Index of the amplitude that carries charge, e or channel; None if it is gone."""
        return next((k for k, label in enumerate(self.labels) if label in ("e", "channel")), None)

    def without(self, labels: Iterable[str], *, grounded: bool) -> TerminalSpace | None:
        """The terminal less some amplitudes, which are held at zero (`grounded`) or carry no current.

        Returns
        -------
        TerminalSpace or None
            None if no amplitude is left.

        Examples
        --------
        >>> space = TerminalSpace.ferromagnet([0, 0, 1]).without(["m"], grounded=False)
        >>> space.labels, space.pinned.shape
        (('e',), (4, 2))
        """
        gone = set(labels)
        if not gone:
            return self
        kept = tuple((name, _column(c)) for name, c in zip(self.labels, self.basis.T, strict=True) if name not in gone)
        held = [c for name, c in zip(self.labels, self.basis.T, strict=True) if name in gone and grounded]
        if not kept:
            return None
        zero = tuple(_column(c) for c in [*self.pinned.T, *held])
        return TerminalSpace(kind="partial", amplitudes=kept, grounded=zero)

    def rotated(self, rotation: NDArray[Any]) -> TerminalSpace:
        """The same kind of terminal with its directions turned by a 3x3 rotation.

        Labels x, y, z of a partial terminal whose columns no longer are those axes become m1, m2, m3.
        """
        if self.axis is not None:
            return TerminalSpace(kind=self.kind, axis=tuple((rotation @ np.array(self.axis)).tolist()))
        if self.kind != "partial":
            return self
        columns = np.concatenate([self.basis, self.pinned], axis=1)
        spin = columns[0] == 0
        # turning keeps right angles to rounding only, and roundings would add up over many turns
        columns[1:, spin] = _orthonormal(rotation @ columns[1:, spin])
        labels = [
            f"m{COMPONENTS.index(label)}" if label in ("x", "y", "z") and not np.array_equal(new, old) else label
            for label, new, old in zip(self.labels, columns.T, self.basis.T, strict=False)
        ]
        rows = [_column(column) for column in columns.T]
        return TerminalSpace(
            kind="partial",
            amplitudes=tuple(zip(labels, rows, strict=False)),
            grounded=tuple(rows[len(labels) :]),
        )

    def as_dict(self) -> dict[str, Any]:
        """What files hold: kind and axis, with amplitudes and grounded columns of a partial terminal only."""
        plain: dict[str, Any] = {"kind": self.kind, "axis": self.axis}
        if self.kind == "partial":
            plain |= {"amplitudes": self.amplitudes, "grounded": self.grounded}
        return plain


def perpendicular(axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two orthonormal columns, shape (3, 2), at right angles to a unit vector.

    Examples
    --------
    >>> perpendicular(np.array([0.0, 0.0, 1.0])).T
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """
    helper = np.eye(3)[np.argmin(np.abs(axis))]
    first = helper - (helper @ axis) * axis
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(axis, first)], axis=1)


def _orthonormal(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearest orthonormal columns."""
    left, _, right = np.linalg.svd(columns, full_matrices=False)
    return left @ right


def _column(values: Sequence[float] | NDArray[Any]) -> Column:
    e, x, y, z = (float(v) + 0.0 for v in values)  # + 0.0: no minus zeros in files and comparisons
    return (e, x, y, z)
