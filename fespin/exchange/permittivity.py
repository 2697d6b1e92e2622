"""Permittivity of ferroelectric barriers: a peak at the Curie point, or a table over the electric field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..errors import InputError, must_be
from ..units import quantity
from .coupling import checked_permittivity

Branch = Literal["increasing", "decreasing"]


@dataclass(frozen=True, kw_only=True)
class CuriePeak:
    """eps(T) = background + height/(1 + (T - T_C)^2/width^2), the form of eq 33 of arXiv:1607.00403.

    Parameters
    ----------
    background : float
        eps far from the Curie point, at least 1.
    height : float
        Of the peak, not negative.
    curie_temperature, width : float or str
        K, positive.

    Raises
    ------
    InputError
        A value out of range.

    Examples
    --------
    >>> TTF_CA(56.0), TTF_CA(1e9)
    (35.0, 10.0)
    """

    background: float
    height: float
    curie_temperature: float
    width: float

    def __post_init__(self) -> None:
        units = {"background": "", "height": "", "curie_temperature": "K", "width": "K"}
        for name, unit in units.items():
            object.__setattr__(self, name, quantity(getattr(self, name), unit, f"CuriePeak.{name}"))
        checked_permittivity(self.background)
        for name, least in (("height", 0.0), ("curie_temperature", math.ulp(0.0)), ("width", math.ulp(0.0))):
            value = getattr(self, name)
            if not least <= value < math.inf:
                rule = f"{'positive' if least else 'not negative'} and finite"
                raise must_be(f"CuriePeak.{name}", rule, value)

    def __call__(self, temperature: Any) -> Any:
        """Eps at temperatures in K; shape kept."""
        T = np.asarray(temperature, float)
        if not ((T >= 0) & np.isfinite(T)).all():
            raise must_be("temperature", "finite and not negative, K", temperature)
        eps = self.background + self.height / (1 + ((T - self.curie_temperature) / self.width) ** 2)
        return eps if T.ndim else float(eps)


# tetrathiafulvalene p-chloranil, eq 33 of arXiv:1607.00403 after Huth et al, Mater. Res. Expr. 1, 046303 (2014)
TTF_CA = CuriePeak(background=10.0, height=25.0, curie_temperature=56.0, width=1.5)


@dataclass(frozen=True, kw_only=True)
class FieldTable:
    """eps(E) of a ferroelectric with hysteresis: one branch while the field grows, one while it falls.

    Parameters
    ----------
    field : sequence of float
        Electric field in the barrier, V/m, strictly increasing.
    increasing, decreasing : sequence of float
        eps >= 1 at these fields on the two branches; without `decreasing` there is no hysteresis.
    interpolation : {"linear", "pchip"}
        Between the points; pchip is smooth and does not overshoot.
    clip : bool
        Beyond the table take its ends instead of refusing.

    Raises
    ------
    InputError
        Fields that do not increase, lengths that differ, eps below 1.

    Examples
    --------
    >>> table = FieldTable(field=[-1e8, 0.0, 1e8], increasing=[20, 22, 30], decreasing=[30, 22, 20])
    >>> table(5e7), table(5e7, "decreasing")
    (26.0, 21.0)
    """

    field: tuple[float, ...]
    increasing: tuple[float, ...]
    decreasing: tuple[float, ...] | None = None
    interpolation: Literal["linear", "pchip"] = "linear"
    clip: bool = False

    def __post_init__(self) -> None:
        for name in ("field", "increasing", "decreasing"):
            values = getattr(self, name)
            if values is not None or name != "decreasing":
                object.__setattr__(self, name, _numbers(name, values))
        if len(self.field) < 2 or not (np.diff(self.field) > 0).all():
            raise must_be("FieldTable.field", "two or more strictly increasing fields in V/m", _short(self.field))
        for name in ("increasing", "decreasing"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.field):
                raise must_be(f"FieldTable.{name}", f"{len(self.field)} values, one a field", len(values))
            if values is not None:
                checked_permittivity(values)
        if self.interpolation not in ("linear", "pchip"):
            raise must_be("FieldTable.interpolation", "'linear' or 'pchip'", self.interpolation)
        if not isinstance(self.clip, bool):
            raise must_be("FieldTable.clip", "True or False", self.clip)

    def __call__(self, field: Any, branch: Branch = "increasing") -> Any:
        """Eps at fields in V/m on a branch; shape kept."""
        if branch not in ("increasing", "decreasing"):
            raise must_be("branch", "'increasing' or 'decreasing'", branch)
        E = np.asarray(field, float)
        low, high = self.field[0], self.field[-1]
        if not np.isfinite(E).all():
            raise must_be("field", "finite, V/m", field)
        if not self.clip and not ((low <= E) & (high >= E)).all():
            wrong = E[(low > E) | (high < E)] if E.ndim else E
            raise must_be("field", f"inside the table, {low:.6g} to {high:.6g} V/m", float(wrong.flat[0]),
                          "clip=True takes its ends beyond")  # fmt: skip
        values = self.increasing if branch == "increasing" or self.decreasing is None else self.decreasing
        eps = _interpolate(np.clip(E, low, high), self.field, values, self.interpolation)
        return eps if E.ndim else float(eps)


Permittivity = float | CuriePeak | FieldTable


def branches(fields: Sequence[float], first: Branch = "increasing") -> list[Branch]:
    """The branch at each point of a sweep: that of the change which led there; `first` where nothing has changed.

    Examples
    --------
    >>> branches([0.0, 1.0, 2.0, 1.0])
    ['increasing', 'increasing', 'increasing', 'decreasing']
    """
    steps = np.sign(np.diff(fields))
    moving = steps[steps != 0]
    now: Branch = first if len(moving) == 0 else _BRANCH[int(moving[0])]
    out = [now]
    for step in steps:
        now = _BRANCH.get(int(step), now)
        out.append(now)
    return out


_BRANCH: dict[int, Branch] = {1: "increasing", -1: "decreasing"}


def _interpolate(E: np.ndarray, x: Sequence[float], y: Sequence[float], how: str) -> np.ndarray:
    if how == "linear":
        return np.interp(E, x, y)
    from scipy.interpolate import PchipInterpolator

    return np.asarray(PchipInterpolator(x, y)(E))


def _numbers(name: str, values: Any) -> tuple[float, ...]:
    try:
        array = np.asarray(values, float)
    except (TypeError, ValueError):
        raise must_be(f"FieldTable.{name}", "a sequence of numbers", _short(values)) from None
    if array.ndim != 1 or not np.isfinite(array).all():
        raise must_be(f"FieldTable.{name}", "a sequence of finite numbers", _short(values))
    return tuple(array.tolist())


def _short(values: Any) -> str:
    text = str(values)
    return text if len(text) < 80 else text[:77] + "..."


def checked_law(value: Any, where: str = "permittivity") -> Permittivity:
    """A number, a `CuriePeak` or a `FieldTable`."""
    if isinstance(value, (CuriePeak, FieldTable)):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating)):
        raise InputError(f"{where} must be a number of at least 1, a CuriePeak or a FieldTable, got {value!r}")
    return float(checked_permittivity(value))
