"""The spin valve as a value: layers one after the other between two reservoirs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ...errors import InputError, must_be, suggest
from ...materials import HalfMetal, NormalMetal
from ...network.checks import positive
from .layers import Direction, Interface, Layer

if TYPE_CHECKING:
    from ...device.device import Device

Configuration = Literal["parallel", "locked"]


@dataclass(frozen=True, kw_only=True, repr=False)
class SpinValve:
    """A stack of collinear layers from the left reservoir to the right one.

    Parameters
    ----------
    layers : sequence of Layer
        From left to right, with different names.
    interfaces : sequence of (Interface or None), optional
        Between them, one fewer than layers; None: transparent.
    cross_section : float
        m^2; the default of 1 gives all results per square metre.
    name : str

    Raises
    ------
    InputError
        No layers, a name twice, interfaces that do not fit, half metals in contact that conduct different channels.

    Examples
    --------
    >>> valve = half_metal_valve(NormalMetal(conductivity=2, spin_diffusion_length=0.5, diffusivity=0.5), thickness=1,
    ...                          plate=HalfMetal(conductivity=10), plate_thickness=1)
    >>> valve
    <SpinValve 'valve', locked: plate_left | spacer | plate_right; C 1 F>
    >>> valve.configured("parallel").configuration
    'parallel'
    """

    layers: tuple[Layer, ...]
    interfaces: tuple[Interface | None, ...] = ()
    cross_section: float = 1.0
    name: str = "valve"

    def __post_init__(self) -> None:
        if not isinstance(self.layers, Sequence) or not all(isinstance(layer, Layer) for layer in self.layers):
            raise must_be("SpinValve.layers", "a sequence of Layer", self.layers)
        if not self.layers:
            raise must_be("SpinValve.layers", "one or more", "none")
        object.__setattr__(self, "layers", tuple(self.layers))
        names = [layer.name for layer in self.layers]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise must_be("SpinValve.layers", "of different names", f"{twice!r} twice")
        given = tuple(self.interfaces) or (None,) * (len(self.layers) - 1)
        if len(given) != len(self.layers) - 1 or not all(i is None or isinstance(i, Interface) for i in given):
            raise must_be("SpinValve.interfaces", f"{len(self.layers) - 1} of Interface or None", self.interfaces)
        object.__setattr__(self, "interfaces", given)
        positive("SpinValve.cross_section", self.cross_section, "m^2")
        for left, right, between in zip(self.layers, self.layers[1:], given, strict=False):
            self._check_contact(left, right, between)

    @staticmethod
    def _check_contact(left: Layer, right: Layer, between: Interface | None) -> None:
        if not any(a and b for a, b in zip(left.channels, right.channels, strict=True)):
            raise InputError(
                f"layers {left.name!r} and {right.name!r} are half metals that conduct different channels: nothing "
                "flows between them; put a normal metal between them"
            )
        if between is not None and between.spin_flip_conductance > 0 and not (left.two_channels or right.two_channels):
            raise InputError(f"the interface of {left.name!r} and {right.name!r} must have two channels on one side to "
                             "flip spins; leave out its spin_flip_conductance")  # fmt: skip

    @property
    def thickness(self) -> float:
        """Of all layers, m."""
        return sum(layer.thickness for layer in self.layers)

    @property
    def edges(self) -> tuple[float, ...]:
        """Positions of the outer faces and of the interfaces, m."""
        out = [0.0]
        for layer in self.layers:
            out.append(out[-1] + layer.thickness)
        return tuple(out)

    @property
    def capacitance(self) -> float:
        """Sum of c_q d times the cross-section, F: e^2 Pi_N d/2 per area of one normal layer (Pi_N per spin)."""
        return self.cross_section * sum(layer.spin_capacitance * layer.thickness for layer in self.layers)

    @property
    def magnets(self) -> tuple[int, ...]:
        """Indices of the magnetic layers."""
        return tuple(k for k, layer in enumerate(self.layers) if layer.magnetization is not None)

    @property
    def configuration(self) -> str:
        """The first and the last magnet: "parallel", "antiparallel", "locked" if no channel passes, or "none"."""
        if all(any(not layer.channels[s] for layer in self.layers) for s in (0, 1)):
            return "locked"
        if len(self.magnets) < 2:
            return "none"
        first, last = (self.layers[k] for k in (self.magnets[0], self.magnets[-1]))
        return "parallel" if first.magnetization == last.magnetization else "antiparallel"

    def configured(self, configuration: Configuration) -> SpinValve:
        """A copy whose last magnet is parallel to the first, or opposite to it ("locked", also of ferromagnets).

        Raises
        ------
        InputError
            Fewer than two magnets.
        """
        if configuration not in ("parallel", "locked"):
            raise must_be("configuration", "'parallel' or 'locked'", configuration)
        if len(self.magnets) < 2:
            raise must_be(f"{self.name!r}: the number of magnetic layers", "2 or more to be turned", len(self.magnets))
        first = self.layers[self.magnets[0]].magnetization
        turned: Direction | None = first if configuration == "parallel" else "down" if first == "up" else "up"
        k = self.magnets[-1]
        layers = (*self.layers[:k], replace(self.layers[k], magnetization=turned), *self.layers[k + 1 :])
        return replace(self, layers=layers)

    def layer(self, name: str) -> Layer:
        """The layer of a name."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise InputError(f"{self.name!r} has no layer {name!r}; {suggest(name, [x.name for x in self.layers])}")

    def gate(self, k: int) -> tuple[float, float]:
        """Conductances of the interface after layer k for spins up and down along the common axis, S/m^2."""
        gate = self.interfaces[k]
        if gate is None:
            return math.inf, math.inf
        magnets = [layer for layer in self.layers[k : k + 2] if layer.magnetization is not None]
        up, down = gate.conductance_up, gate.conductance_down
        return (down, up) if magnets and magnets[0].magnetization == "down" else (up, down)

    @classmethod
    def from_device(cls, device: Device) -> SpinValve:
        """Of a device on one straight line of cells with a terminal at each end and collinear magnets."""
        from .device import from_device

        return from_device(device)

    def to_device(self) -> Device:
        """As a device on the same line mesh, for the transport core."""
        from .device import to_device

        return to_device(self)

    def __repr__(self) -> str:
        stack = " | ".join(layer.name for layer in self.layers)
        try:
            capacitance = f"C {self.capacitance:.6g} F"
        except InputError:
            capacitance = "static: states not given"
        return f"<SpinValve {self.name!r}, {self.configuration}: {stack}; {capacitance}>"


def half_metal_valve(
    spacer: NormalMetal,
    *,
    thickness: float,
    plate: HalfMetal,
    plate_thickness: float,
    configuration: Configuration = "locked",
    cells: int | None = None,
    cross_section: float = 1.0,
    name: str = "valve",
) -> SpinValve:
    """The ideal valve of the paper (fig 1): a normal metal between two equal half-metal plates.

    Lengths in m, `cross_section` in m^2; `cells` are those of the spacer.
    """
    last: Direction = "down" if configuration == "locked" else "up"
    return SpinValve(
        layers=(
            Layer(material=plate, thickness=plate_thickness, magnetization="up", name="plate_left"),
            Layer(material=spacer, thickness=thickness, cells=cells, name="spacer"),
            Layer(material=plate, thickness=plate_thickness, magnetization=last, name="plate_right"),
        ),
        cross_section=cross_section,
        name=name,
    )
