"""What a parametric shape is: parameters with limits, and the plan that it makes of them.

A shape is written as a function of keyword-only arguments whose annotation carries unit, meaning and limits,
and becomes a `Shape` by the decorator `shape`. It returns a `Plan`, which needs no mesh generator: every
mistake in the parameters shows before gmsh is asked for.
"""

from __future__ import annotations

import inspect
import math
import numbers
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, get_origin, get_type_hints

from ...errors import InputError, must_be, suggest

Value = float | str
Entities = list[tuple[int, int]]
"""Parts of a gmsh model: pairs of dimension and tag."""
Groups = dict[str, Entities]

MOST_CELLS = 5_000_000
"""A mesh_size that leads beyond this number of cells is a slip of the unit, not a wish."""


class Parameter(NamedTuple):
    """Default and meaning (unit first) of one parameter of a shape."""

    default: Value
    meaning: str


@dataclass(frozen=True)
class Domain:
    """Unit, meaning and limits of a parameter; stands in the annotation of the argument."""

    unit: str
    meaning: str
    rule: str
    low: float = 0.0
    high: float = math.inf
    closed: bool = False
    whole: bool = False
    choices: tuple[str, ...] = ()

    def check(self, where: str, value: object) -> Value:
        """Return the value as float, int or str, or raise the error that names the rule."""
        if self.choices:
            if not isinstance(value, str) or value not in self.choices:
                raise must_be(where, self.rule, value, suggest(value, self.choices))
            return value
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise must_be(where, self.rule, value)
        number: Any = value
        # nan is on neither side of a limit, inf and huge integers are beyond every limit
        inside = self.low <= number <= self.high if self.closed else self.low < number < self.high
        if not inside or (self.whole and number != int(number)):
            raise must_be(where, self.rule, value)
        return int(number) if self.whole else float(number)


def nm(meaning: str, *, zero: bool = False) -> Domain:
    """Describe a length in nm, positive unless zero is allowed."""
    if zero:
        return Domain("nm", meaning, "a length in nm, zero or positive", high=1e9, closed=True)
    # below a picometre it is a slip of the unit: metres instead of nm
    return Domain("nm", meaning, "a positive length in nm (0.001 or more)", low=1e-3, high=1e9, closed=True)


def degrees(meaning: str, low: float, high: float, *, closed: bool = False) -> Domain:
    """Describe an angle in degrees between two limits."""
    rule = f"an angle in degrees from {low:g} to {high:g}" + ("" if closed else ", both excluded")
    return Domain("deg", meaning, rule, low=low, high=high, closed=closed)


def count(meaning: str) -> Domain:
    """Describe a number of things, at least one."""
    return Domain("", meaning, "a whole number, 1 or more", low=1, high=1000, closed=True, whole=True)


def choice(meaning: str, *choices: str) -> Domain:
    """Describe a word out of a few."""
    return Domain("", meaning, " or ".join(repr(c) for c in choices), choices=choices)


class Region(NamedTuple):
    """Material of a region and, for a ferromagnet, its magnetization."""

    material: str
    magnetization: tuple[float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a shape makes of its parameters: how to draw it and what its device file says.

    `draw` fills the open gmsh model and returns the entities of every region and terminal; `materials` maps a
    name to its lines of TOML; `extent` is the length, area or volume in nm, nm^2 or nm^3.
    """

    draw: Callable[[Any], Groups]
    dimension: int
    extent: float
    mesh_size: float
    materials: Mapping[str, tuple[str, ...]]
    regions: Mapping[str, Region]
    terminals: tuple[str, ...]
    thickness: float | None = None
    cross_section: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A parametric device geometry.

    Attributes
    ----------
    name, summary : str
        Name on the command line, and one line that says what it is.
    parameters : mapping of str to Parameter
        Default and meaning of every parameter; lengths in nm.
    build : callable
        Makes the `Plan` from parameters that were already checked; use `plan` instead.
    figure : str
        Where the geometry comes from.
    """

    name: str
    summary: str
    parameters: Mapping[str, Parameter]
    build: Callable[..., Plan]
    figure: str
    domains: Mapping[str, Domain] = field(repr=False)

    def values(self, params: Mapping[str, object] | None = None) -> dict[str, Value]:
        """Complete the parameters with the defaults and check every one of them.

        Raises
        ------
        InputError
            A name is unknown or a value is out of range.
        """
        params = {} if params is None else params
        for name in params:
            if name not in self.parameters:
                raise InputError(f"{self.name} has no parameter {name!r}; {suggest(name, self.parameters)}")
        given = {name: params.get(name, parameter.default) for name, parameter in self.parameters.items()}
        return {name: self.domains[name].check(f"{self.name}.{name}", value) for name, value in given.items()}

    def plan(self, params: Mapping[str, object] | None = None) -> Plan:
        """Check the parameters and make the plan of the device; needs no gmsh."""
        plan = self.build(**self.values(params))
        cells = plan.extent / plan.mesh_size**plan.dimension
        if cells > MOST_CELLS:
            raise InputError(
                f"{self.name}.mesh_size = {plan.mesh_size:g} nm would make about {cells:.1g} cells "
                f"of {plan.extent:.3g} nm^{plan.dimension}; choose a coarser one"
            )
        return plan


def shape(*, summary: str, figure: str) -> Callable[[Callable[..., Plan]], Shape]:
    """Turn a function of annotated keyword-only arguments into a `Shape` of the same name."""

    def register(function: Callable[..., Plan]) -> Shape:
        domains, parameters = {}, {}
        hints = get_type_hints(function, include_extras=True)
        for name, argument in inspect.signature(function).parameters.items():
            assert get_origin(hints[name]) is Annotated, f"{function.__name__}.{name} lacks its domain"
            domain = hints[name].__metadata__[0]
            domains[name] = domain
            meaning = f"{domain.unit}; {domain.meaning}" if domain.unit else domain.meaning
            parameters[name] = Parameter(argument.default, meaning)
        frozen = types.MappingProxyType
        return Shape(function.__name__, summary, frozen(parameters), function, figure, frozen(domains))

    return register


def refuse(where: str, rule: str, **values: float) -> InputError:
    """Word the error of a geometry that cannot be drawn: the rule, then the lengths that break it."""
    found = ", ".join(f"{name} = {value:g}" for name, value in values.items())
    return InputError(f"{where}: {rule}, got {found} (nm)")
