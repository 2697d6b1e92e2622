"""Exchange between two magnetic regions of a device: the junction between them and the layers it acts on."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import InputError, must_be
from ..units import quantity
from .coupling import Coupling, checked_temperature, terms
from .junction import ExchangeModel, Junction
from .permittivity import Branch, CuriePeak, FieldTable, Permittivity, checked_law

Vector = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class MagneticLayer:
    """A region of a device as a macrospin.

    It faces the other layer over its whole area. Energy per area: -t M_s B.m - t K (m.a)^2 + t (mu0 M_s^2/2) (m.n)^2.

    Parameters
    ----------
    region : str
        Name of a magnetic region.
    thickness : float or str
        t, m, of the layer along the normal of the barrier.
    saturation_magnetization : float or str
        M_s, A/m.
    anisotropy : float or str
        K, J/m^3; positive: `easy_axis` is easy, negative: hard.
    easy_axis : sequence of 3 floats, optional
        a; required with an anisotropy, its length does not matter.
    film_normal : sequence of 3 floats, optional
        n: the layer is a thin film with this normal and its stray field demagnetises it; without, no stray field.

    Raises
    ------
    InputError
        A value out of range, an anisotropy without axis.

    Examples
    --------
    >>> MagneticLayer(region="free", thickness="1 nm", saturation_magnetization="8e5 A/m").moment
    0.0008
    """

    region: str
    thickness: float
    saturation_magnetization: float
    anisotropy: float = 0.0
    easy_axis: Vector | None = None
    film_normal: Vector | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.region, str) or not self.region:
            raise must_be("MagneticLayer.region", "the name of a region", self.region)
        for name, unit in (("thickness", "m"), ("saturation_magnetization", "A/m")):
            value = quantity(getattr(self, name), unit, f"MagneticLayer.{name}")
            if not 0 < value < math.inf:
                raise must_be(f"MagneticLayer.{name}", f"a positive finite number in {unit}", getattr(self, name))
            object.__setattr__(self, name, value)
        K = quantity(self.anisotropy, "J/m^3", "MagneticLayer.anisotropy")
        if not math.isfinite(K):
            raise must_be("MagneticLayer.anisotropy", "a finite number in J/m^3", self.anisotropy)
        object.__setattr__(self, "anisotropy", K)
        for name in ("easy_axis", "film_normal"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, unit_vector(getattr(self, name), f"MagneticLayer.{name}"))
        if K != 0 and self.easy_axis is None:
            raise must_be("MagneticLayer.easy_axis", "given with an anisotropy", None, "for example [0, 0, 1]")
        if K == 0:
            object.__setattr__(self, "easy_axis", None)

    @property
    def moment(self) -> float:
        """M_s t, magnetic moment per area, A."""
        return self.saturation_magnetization * self.thickness


@dataclass(frozen=True, kw_only=True)
class ExchangeCoupling:
    """Exchange between two magnetic layers of a device across a tunnel barrier.

    Parameters
    ----------
    layers : (MagneticLayer, MagneticLayer)
        Left and right lead of the junction.
    junction : Junction
    permittivity : float, CuriePeak or FieldTable
    temperature : float or str, optional
        K; required by a `CuriePeak`, else 0.
    electric_field : float or str, optional
        V/m in the barrier; required by a `FieldTable`, refused without one: it acts through the permittivity alone.
    applied_field : sequence of 3 floats
        B = mu0 H on the magnets, tesla.
    model : ExchangeModel

    Raises
    ------
    InputError
        One layer twice, a missing temperature or field, a value out of range.
    """

    layers: tuple[MagneticLayer, MagneticLayer]
    junction: Junction
    permittivity: Permittivity
    temperature: float | None = None
    electric_field: float | None = None
    applied_field: Vector = (0.0, 0.0, 0.0)
    model: ExchangeModel = field(default_factory=ExchangeModel)

    def __post_init__(self) -> None:
        layers = tuple(self.layers)
        if len(layers) != 2 or not all(isinstance(layer, MagneticLayer) for layer in layers):
            raise must_be("ExchangeCoupling.layers", "two MagneticLayers", self.layers)
        if layers[0].region == layers[1].region:
            raise must_be("ExchangeCoupling.layers", "two different regions", layers[0].region)
        object.__setattr__(self, "layers", layers)
        if not isinstance(self.junction, Junction):
            raise must_be("ExchangeCoupling.junction", "a Junction", self.junction)
        if not isinstance(self.model, ExchangeModel):
            raise must_be("ExchangeCoupling.model", "an ExchangeModel", self.model)
        object.__setattr__(self, "permittivity", checked_law(self.permittivity, "ExchangeCoupling.permittivity"))
        self._check_conditions()

    def _check_conditions(self) -> None:
        if self.temperature is not None:
            object.__setattr__(self, "temperature", checked_temperature(self.temperature))
        elif isinstance(self.permittivity, CuriePeak):
            raise must_be("ExchangeCoupling.temperature", "given for a permittivity that depends on it", None)
        if self.electric_field is not None:
            E = quantity(self.electric_field, "V/m", "ExchangeCoupling.electric_field")
            if not math.isfinite(E):
                raise must_be("ExchangeCoupling.electric_field", "finite, V/m", self.electric_field)
            if not isinstance(self.permittivity, FieldTable):
                rule = "left out for a permittivity that does not depend on it"
                raise must_be("ExchangeCoupling.electric_field", rule, self.electric_field, "a FieldTable does")
            object.__setattr__(self, "electric_field", E)
        elif isinstance(self.permittivity, FieldTable):
            raise must_be("ExchangeCoupling.electric_field", "given for a permittivity that depends on it", None)
        object.__setattr__(self, "applied_field", _field_vector(self.applied_field))

    @property
    def regions(self) -> tuple[str, str]:
        """Names of the two regions."""
        return self.layers[0].region, self.layers[1].region

    def replace(self, **changes: Any) -> ExchangeCoupling:
        """A copy with other values, checked again."""
        return replace(self, **changes)

    @functools.cached_property
    def coupling(self) -> Coupling:
        """The three terms at the temperature given; `cautions` says where they are weak."""
        return terms(self.junction, self.temperature or 0.0, self.model)

    @property
    def cautions(self) -> list[str]:
        """Where the theory behind the coupling is weak, a sentence each."""
        return self.junction.cautions(self.temperature or 0.0)

    def permittivity_now(self, branch: Branch = "increasing") -> float:
        """Eps at the temperature or field given; `branch` of a table with hysteresis."""
        if isinstance(self.permittivity, CuriePeak):
            return float(self.permittivity(self.temperature))
        if isinstance(self.permittivity, FieldTable):
            return float(self.permittivity(self.electric_field, branch))
        return float(self.permittivity)

    def energy(self, branch: Branch = "increasing") -> float:
        """H_ex, J/m^2: (E_antiparallel - E_parallel)/S."""
        return float(self.coupling.total(self.permittivity_now(branch)))


def unit_vector(value: Any, where: str) -> Vector:
    """Three finite numbers, not all zero, scaled to length 1."""
    x, y, z = three(value, where)
    top = max(abs(x), abs(y), abs(z))
    if top == 0:
        raise must_be(where, "three finite numbers, not all zero", value)
    length = math.hypot(x / top, y / top, z / top)
    if abs(length * top - 1) < 4e-16:  # a unit vector stays what it is, to the last bit
        return (x, y, z)
    return (x / top / length, y / top / length, z / top / length)


def three(value: Any, where: str) -> Vector:
    """Three finite numbers."""
    try:
        numbers = [float(v) for v in value if not isinstance(v, (bool, str))]
        whole = len(numbers) == len(value) == 3 and all(map(math.isfinite, numbers))
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise must_be(where, "three finite numbers", value)
    x, y, z = numbers
    return (x, y, z)


def _field_vector(value: Any) -> Vector:
    where = "ExchangeCoupling.applied_field"
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 3:
        return three(value, where)
    return three([quantity(v, "T", where) for v in value], where)


def check_layers(exchanges: dict[str, ExchangeCoupling], magnets: Sequence[str], regions: Sequence[str]) -> None:
    """Refuse layers that are no magnetic regions, and tables that contradict each other.

    Raises
    ------
    InputError
        Names the table and the region.
    """
    from ..errors import suggest

    seen: dict[str, tuple[str, MagneticLayer]] = {}
    first: tuple[str, ExchangeCoupling] | None = None
    for name, exchange in exchanges.items():
        for layer in exchange.layers:
            if layer.region not in regions:
                raise InputError(f"exchange {name!r} names the region {layer.region!r}, which the device does not "
                                 f"have; {suggest(layer.region, magnets)}")  # fmt: skip
            if layer.region not in magnets:
                raise InputError(f"exchange {name!r} names the region {layer.region!r}, which is no magnet; "
                                 f"{suggest(layer.region, magnets)}")  # fmt: skip
            other, same = seen.setdefault(layer.region, (name, layer))
            if same != layer:
                raise InputError(f"exchanges {other!r} and {name!r} describe the layer {layer.region!r} differently; "
                                 "give it the same thickness, magnetization and anisotropy")  # fmt: skip
        first = first or (name, exchange)
        if exchange.applied_field != first[1].applied_field:
            raise InputError(f"exchanges {first[0]!r} and {name!r} give different applied fields; one field acts on "
                             "all layers")  # fmt: skip
