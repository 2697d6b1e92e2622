"""A region: what a group of cells is made of, and how it is magnetised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import DeviceError, must_be
from ..materials import Ferromagnet, HalfMetal, Material, NormalMetal, is_magnetic, is_strong
from .mesh import Group
from .texture import MagnetizationField


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """What a group of cells is made of.

    Parameters
    ----------
    material : NormalMetal, Ferromagnet or HalfMetal
    magnetization : sequence of 3 floats, MagnetizationField or callable, optional
        Direction of the magnetization (its length does not matter); required for magnetic materials, refused for
        normal metals. In a ferromagnet of finite strength it may vary: a function of positions (d, n) in m that
        returns directions (3, n), or a `MagnetizationField`.
    group : str or int, optional
        Name or integer tag of the group of cells, where it differs from the region's name.

    Raises
    ------
    InputError
        A magnetization that is missing, zero, or given to a normal metal.

    Examples
    --------
    >>> Region(material=Ferromagnet(conductivity=5e6, polarization=0.4), magnetization=(0, 0, 2)).magnetization
    (0.0, 0.0, 1.0)
    """

    material: Material
    magnetization: Any = None
    group: Group | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.material, (NormalMetal, Ferromagnet, HalfMetal)):
            raise must_be("Region.material", "a NormalMetal, Ferromagnet or HalfMetal", self.material)
        self._check_group()
        if self.magnetization is None:
            if is_magnetic(self.material):
                kind = type(self.material).__name__
                raise must_be(
                    "Region.magnetization", f"three numbers for a {kind}", None, "give a direction, [0, 0, 1]"
                )
            return
        if not is_magnetic(self.material):
            raise must_be("Region.magnetization", "left out for a NormalMetal", self.magnetization)
        object.__setattr__(self, "magnetization", self._direction())

    @property
    def is_strong(self) -> bool:
        """Whether its spin potential is tied to its magnetization."""
        return is_strong(self.material)

    @property
    def is_textured(self) -> bool:
        """Whether its magnetization varies in space."""
        return isinstance(self.magnetization, MagnetizationField)

    def _direction(self) -> Any:
        m = self.magnetization
        if callable(m):
            if self.is_strong:
                raise must_be("Region.magnetization", "three numbers in a strong ferromagnet or half metal", m,
                              "give the ferromagnet a transverse_length for a magnetization that varies")  # fmt: skip
            return m if isinstance(m, MagnetizationField) else MagnetizationField(m)
        return _unit_vector(m)

    def reversed(self) -> Region:
        """The same region with its magnetization turned around."""
        m = self.magnetization
        if m is None:
            return self
        return replace(self, magnetization=m.reversed() if self.is_textured else tuple(-x + 0.0 for x in m))

    def _check_group(self) -> None:
        if self.group is not None and type(self.group) not in (str, int):
            raise must_be("Region.group", "a name or an integer tag", self.group)


def three_numbers(where: str, value: Any, rule: str) -> np.ndarray:
    try:
        vector = np.array([float(v) for v in value if not isinstance(v, (bool, str))])
        right = vector.shape == (3,) and len(value) == 3 and bool(np.isfinite(vector).all())
    except (TypeError, ValueError, OverflowError):
        right = False
    if not right:
        raise must_be(where, rule, value)
    return vector


def _unit_vector(value: Any) -> tuple[float, float, float]:
    rule = "three finite numbers, not all zero"
    vector = three_numbers("Region.magnetization", value, rule)
    if not vector.any():
        raise must_be("Region.magnetization", rule, value)
    if abs(np.linalg.norm(vector) - 1) < 4e-16:  # a unit vector stays what it is, to the last bit
        x, y, z = vector.tolist()
        return (x, y, z)
    vector = vector / np.abs(vector).max()  # no overflow
    x, y, z = (vector / np.linalg.norm(vector)).tolist()
    return (x, y, z)


def direction_text(region: Region) -> str:
    """The magnetization of a magnetic region in words."""
    if region.is_textured:
        return f"field from {region.magnetization.origin}"
    return f"({', '.join(f'{x + 0.0:.6g}' for x in region.magnetization)})"


def as_region(name: object, value: Any) -> Region:
    if isinstance(value, Region):
        return value
    try:
        if isinstance(value, (tuple, list)):
            if len(value) != 2:
                raise must_be(f"region {name!r}", "a material, (material, magnetization) or a Region", value)
            return Region(material=value[0], magnetization=value[1])
        return Region(material=value)
    except ValueError as error:
        raise DeviceError(f"region {name!r}: {error}") from None
