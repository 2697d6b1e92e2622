"""Resistance against temperature, electric field or applied field: the magnets follow, the transport is solved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from ..device.device import Device
from ..errors import InputError, must_be, suggest
from ..exchange.attachment import ExchangeCoupling, unit_vector
from ..exchange.junction import warn_of
from ..exchange.permittivity import Branch, branches
from ..network.drive import Spin
from ..network.experiments import resistance
from ..transport.solve import conductance
from .curve import UNITS, SwitchingCurve
from .descent import nearest_minimum
from .equilibrium import changed, check_coupled, drawn, ground_state, macrospins, with_directions
from .macrospins import Macrospins

log = logging.getLogger("fespin")

_SAME = 1e-9  # directions that differ by less share one transport solution


def switching_curve(
    device: Device,
    parameter: str,
    values: Sequence[float] | np.ndarray,
    *,
    spin: Spin,
    current: tuple[str, str] | None = None,
    voltage: tuple[str, str] | None = None,
    along: Sequence[float] | None = None,
    start: Literal["drawn", "ground"] = "drawn",
    order: int = 1,
    backend: str = "auto",
    progress: Callable[[float], None] | None = None,
) -> SwitchingCurve:
    """Sweep a condition slowly; at each value the magnets go to the minimum next to where they were.

    So the curve shows hysteresis: a state lasts until it is unstable, not until another one is lower. Macrospins at
    zero temperature: no thermal jumps, no domains. The directions enter the transport as magnetizations of the
    regions.

    Parameters
    ----------
    device : Device
        With at least one exchange.
    parameter : {"temperature", "electric_field", "applied_field"}
    values : sequence of float
        K, V/m or T, in the order to go through; back and forth for a loop. A permittivity with hysteresis takes the
        branch of the change.
    spin : {"open", "grounded"} or mapping
        What is done with spin at the terminals; see `fespin.network.experiments.resistance`.
    current, voltage : (str, str), optional
        Terminals of current and voltage; of a device with two terminals, these.
    along : sequence of 3 floats, optional
        Direction of the applied field that is swept; by default that of the device's applied field.
    start : {"drawn", "ground"}
        The first state: next to the directions of the device, or the lowest one.
    order, backend
        Of the transport; see `fespin.conductance`.
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    SwitchingCurve

    Raises
    ------
    InputError
        No exchange, an unknown parameter, values out of range.

    Warns
    -----
    ExchangeWarning
        The theory of the coupling is weak there.
    """
    check_coupled(device)
    points = _points(parameter, values)
    pair = _terminals(device, current)
    steps = list(_conditions(device, parameter, points, along))
    warn_of([text for exchanges, _ in steps for x in exchanges.values() for text in x.cautions])
    measure = _Meter(device, pair, voltage, spin, order, backend)
    state, rows, readings = drawn(device), [], []
    for k, (exchanges, branch) in enumerate(steps):
        system = macrospins(exchanges, branch)
        state = ground_state(system, state) if k == 0 and start == "ground" else nearest_minimum(system, state)
        rows.append(state)
        with _without_stages():
            readings.append(measure(system, state))
        if progress is not None:
            progress((k + 1) / len(steps))
    names = [layer.region for layer in system.layers]
    log.info("%d points, %d transport solutions", len(points), measure.count)
    return SwitchingCurve(
        parameter=parameter,
        values=points,
        coupling=_along(steps, lambda x, branch: x.energy(branch)),
        permittivity=_along(steps, lambda x, branch: x.permittivity_now(branch)),
        directions={name: np.array([row[k] for row in rows]) for k, name in enumerate(names)},
        resistance=np.array(readings),
        solutions=measure.count,
        wiring={"current": pair, "voltage": voltage or pair, "spin": spin,
                "layers": {name: x.regions for name, x in device.exchanges.items()}},
    )  # fmt: skip


def loop(first: float, last: float, points: int) -> np.ndarray:
    """Values from `first` to `last` and back, 2 points - 1 of them.

    Examples
    --------
    >>> loop(0.0, 2.0, 3)
    array([0., 1., 2., 1., 0.])
    """
    there = np.linspace(first, last, points)
    return np.concatenate([there, there[-2::-1]])


@contextmanager
def _without_stages() -> Iterator[None]:
    """Keep the stages of every single solution out of the log: the sweep reports its own progress."""

    def own(record: logging.LogRecord) -> bool:
        return "transport" not in record.pathname

    log.addFilter(own)
    try:
        yield
    finally:
        log.removeFilter(own)


class _Meter:
    """The resistance for directions; states that come back are not solved again."""

    def __init__(self, device: Device, current: tuple[str, str], voltage: tuple[str, str] | None, spin: Spin,
                 order: int, backend: str) -> None:  # fmt: skip
        self.device, self.wiring = device, {"current": current, "voltage": voltage, "spin": spin}
        self.numerics: dict[str, Any] = {"order": order, "backend": backend}
        self.known: list[tuple[np.ndarray, float]] = []

    @property
    def count(self) -> int:
        return len(self.known)

    def __call__(self, system: Macrospins, state: np.ndarray) -> float:
        for directions, value in reversed(self.known):
            if np.abs(directions - state).max() < _SAME:
                return value
        names = (layer.region for layer in system.layers)
        turned = with_directions(self.device, dict(zip(names, state, strict=True)))
        value = resistance(conductance(turned, **self.numerics), **self.wiring).value  # type: ignore[arg-type]
        self.known.append((state, value))
        return value


def _points(parameter: str, values: Any) -> np.ndarray:
    if parameter not in UNITS:
        raise InputError(f"a sweep has no parameter {parameter!r}; {suggest(parameter, UNITS)}")
    try:
        points = np.array(values, float)
    except (TypeError, ValueError):
        raise must_be("values", "a sequence of numbers", values) from None
    if points.ndim != 1 or len(points) == 0 or not np.isfinite(points).all():
        raise must_be("values", f"one or more finite numbers in {UNITS[parameter]}", values)
    return points


def _terminals(device: Device, current: tuple[str, str] | None) -> tuple[str, str]:
    if current is not None:
        return current
    if len(device.terminals) != 2:
        raise must_be("current", "the two terminals of the current", None,
                      f"the device has {', '.join(device.terminals)}")  # fmt: skip
    first, second = device.terminals
    return first, second


def _conditions(
    device: Device, parameter: str, points: np.ndarray, along: Sequence[float] | None
) -> Iterator[tuple[dict[str, ExchangeCoupling], Branch]]:
    """Exchanges and branch at every point."""
    axis = None
    if parameter == "applied_field":
        axis = _axis(device, along)
    elif along is not None:
        raise must_be("along", "left out unless the applied field is swept", along)
    going = branches(points.tolist()) if parameter == "electric_field" else ["increasing"] * len(points)
    for value, branch in zip(points.tolist(), going, strict=True):
        condition = value if axis is None else tuple(value * a for a in axis)
        yield changed(device.exchanges, **{parameter: condition}), branch  # type: ignore[misc]


def _axis(device: Device, along: Sequence[float] | None) -> tuple[float, float, float]:
    field = next(iter(device.exchanges.values())).applied_field
    if along is None and not any(field):
        raise must_be("along", "the direction of the applied field, for example (0, 0, 1)", None)
    return unit_vector(field if along is None else along, "along")


def _along(
    steps: list[tuple[dict[str, ExchangeCoupling], Branch]], read: Callable[[ExchangeCoupling, Branch], float]
) -> Mapping[str, np.ndarray]:
    return {name: np.array([read(exchanges[name], branch) for exchanges, branch in steps]) for name in steps[0][0]}
