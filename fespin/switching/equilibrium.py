"""The directions in which the magnets of a device come to rest under exchange, anisotropy and an applied field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from ..device.device import Device, check_device
from ..errors import DeviceError, must_be, suggest
from ..exchange.attachment import ExchangeCoupling, MagneticLayer, three
from ..exchange.junction import warn_of
from ..exchange.permittivity import Branch, FieldTable
from .descent import nearest_minimum
from .macrospins import Macrospins

_STARTS = 24  # random ones, besides the drawn directions and all layers along or against each other
CONDITIONS = ("temperature", "electric_field", "applied_field")


def with_conditions(device: Device, **conditions: Any) -> Device:
    """A copy in which temperature, electric field or applied field of every exchange differ.

    Parameters
    ----------
    device : Device
    **conditions
        ``temperature`` (K), ``electric_field`` (V/m), ``applied_field`` (three values, T).

    Raises
    ------
    DeviceError
        A device without exchange, an unknown condition.
    """
    check_coupled(device)
    return device.replace(exchanges=changed(device.exchanges, **conditions))


def changed(exchanges: Mapping[str, ExchangeCoupling], **conditions: Any) -> dict[str, ExchangeCoupling]:
    """The exchanges at other conditions."""
    for name in conditions:
        if name not in CONDITIONS:
            raise DeviceError(f"conditions of an exchange have no {name!r}; {suggest(name, CONDITIONS)}")
    return {
        name: exchange.replace(**_meant_for(exchange, exchanges, conditions)) for name, exchange in exchanges.items()
    }


def _meant_for(
    exchange: ExchangeCoupling, exchanges: Mapping[str, ExchangeCoupling], conditions: dict[str, Any]
) -> dict[str, Any]:
    """The conditions without an electric field where another exchange has the permittivity that depends on it."""
    if isinstance(exchange.permittivity, FieldTable):
        return conditions
    if not any(isinstance(x.permittivity, FieldTable) for x in exchanges.values()):
        return conditions  # refused with the reason
    return {name: value for name, value in conditions.items() if name != "electric_field"}


def with_directions(device: Device, directions: Mapping[str, Any]) -> Device:
    """A copy whose regions are magnetised along the directions given."""
    for name in directions:
        if name not in device.regions:
            raise DeviceError(f"Device {device.name!r} has no region {name!r}; {suggest(name, device.regions)}")
    turned = {name: replace(device.regions[name], magnetization=three(m, f"direction of {name!r}"))
              for name, m in directions.items()}  # fmt: skip
    return device.replace(regions={**device.regions, **turned})


def macrospins(exchanges: Mapping[str, ExchangeCoupling], branch: Branch = "increasing") -> Macrospins:
    """The energy of all layers that exchange couples, at the temperature and the fields given there.

    Parameters
    ----------
    exchanges : mapping of str to ExchangeCoupling
        `Device.exchanges`.
    branch : {"increasing", "decreasing"}
        Of permittivities with hysteresis.
    """
    bonds: dict[tuple[str, str], float] = {}
    for exchange in exchanges.values():
        bonds[exchange.regions] = bonds.get(exchange.regions, 0.0) + exchange.energy(branch)
    first = next(iter(exchanges.values()))  # they agree on the field
    return Macrospins.of(layers_of(exchanges), bonds, first.applied_field)


def layers_of(exchanges: Mapping[str, ExchangeCoupling]) -> list[MagneticLayer]:
    """The layers that exchange couples, each once."""
    return list({layer.region: layer for x in exchanges.values() for layer in x.layers}.values())


def drawn(device: Device) -> np.ndarray:
    """Their directions in the device, (n, 3)."""
    return np.array([device.regions[layer.region].magnetization for layer in layers_of(device.exchanges)])


def equilibrium(
    device: Device, *, start: Literal["drawn", "ground"] = "drawn", branch: Branch = "increasing"
) -> Device:
    """Turn the magnets to where they come to rest.

    Parameters
    ----------
    device : Device
        With at least one exchange.
    start : {"drawn", "ground"}
        The minimum next to the directions of the device, which keeps its history; or the lowest one of many starts.
    branch : {"increasing", "decreasing"}
        Of permittivities with hysteresis over the electric field.

    Returns
    -------
    Device
        The same with other magnetizations; regions that no exchange couples keep theirs.

    Raises
    ------
    DeviceError
        No exchange, or magnets that touch and are no longer collinear.

    Warns
    -----
    ExchangeWarning
        The theory of the coupling is weak there.
    """
    if start not in ("drawn", "ground"):
        raise must_be("start", "'drawn' or 'ground'", start)
    check_coupled(device)
    warn_of([text for x in device.exchanges.values() for text in x.cautions])
    system = macrospins(device.exchanges, branch)
    found = nearest_minimum(system, drawn(device)) if start == "drawn" else ground_state(system, drawn(device))
    return with_directions(device, dict(zip((la.region for la in system.layers), found, strict=True)))


def ground_state(system: Macrospins, near: np.ndarray) -> np.ndarray:
    """The lowest minimum of many starts; the one next to `near` if none is lower. (n, 3)."""
    n = len(near)
    rng = np.random.default_rng(0)
    starts = [near, -near, *rng.normal(size=(_STARTS, n, 3))]
    for axis in np.eye(3):
        starts += [np.array([axis if (k >> i) & 1 else -axis for i in range(n)]) for k in range(2 ** min(n, 6))]
    best = nearest_minimum(system, near)
    lowest, scale = system.energy(best), np.abs(system.stiffness).max() + np.abs(system.force).max()
    for start in starts[1:]:
        m = nearest_minimum(system, start)
        energy = system.energy(m)
        if energy < lowest - 1e-12 * scale:
            best, lowest = m, energy
    return best


def check_coupled(device: Device) -> None:
    """Refuse a device without exchange."""
    check_device(device)
    if not device.exchanges:
        raise DeviceError(f"Device {device.name!r} must have exchange between two of its magnets, got none; add "
                          "[exchange.NAME] to its file")  # fmt: skip
