"""Derivatives of the conductance matrix as a labelled value, and the uncertainty that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..device.device import Device
from ..errors import InputError, must_be, suggest
from ..network.conductance import ConductanceMatrix
from .parameters import depends_on, parameter_value


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sensitivities:
    """dG/dp of every entry of a conductance matrix with respect to parameters of its device.

    Parameters
    ----------
    device : Device
    parameters : tuple of P str
        ``"regions.ferro.polarization"``, ``"interfaces.fn.conductance_up"``, ...
    values : ndarray (P, 4T, 4T)
        Siemens per SI unit of the parameter.
    conductance : ConductanceMatrix
        The matrix itself.
    """

    device: Device
    parameters: tuple[str, ...]
    values: np.ndarray
    conductance: ConductanceMatrix

    def __getitem__(self, key: str | tuple[str, ...]) -> Any:
        """``s[parameter]``: (4T, 4T); ``s[parameter, out, component, in, component]``: one number."""
        name, *entry = (key,) if isinstance(key, str) else key
        if name not in self.parameters:
            raise InputError(f"no sensitivity to {name!r}; {suggest(name, self.parameters)}")
        matrix = self.values[self.parameters.index(name)]
        if not entry:
            return matrix.copy()
        from dataclasses import replace

        return replace(self.conductance, values=matrix)[tuple(entry)]  # type: ignore[index]

    def uncertainty(self, standard: Mapping[str, float] | None = None) -> np.ndarray:
        """Standard uncertainty of every entry of G, (4T, 4T), S: independent parameters, to first order.

        u^2 = sum over sources of (sum over what moves together of dG/dp u_p)^2. Of a complex matrix real and imaginary
        part have their own, as the parts of the result.

        Parameters
        ----------
        standard : mapping, optional
            Parameter -> standard uncertainty in SI units, each a source of its own. Left out: those that the materials
            and interfaces of the device carry; regions of one material move together.
        """
        parts = self.contributions(standard).values()
        zero = np.zeros(self.conductance.values.shape)
        real = np.sqrt(sum((part.real**2 for part in parts), zero))
        return (
            real + 1j * np.sqrt(sum((part.imag**2 for part in parts), zero)) if np.iscomplexobj(self.values) else real
        )

    def contributions(self, standard: Mapping[str, float] | None = None) -> dict[str, np.ndarray]:
        """Source -> the change of G when it moves by its standard uncertainty, (4T, 4T), S."""
        if standard is None:
            sources = uncertain_parameters(self.device)
        else:
            sources = {name: {name: _size(name, value)} for name, value in standard.items()}
        out = {}
        for label, moves in sources.items():
            # a diffusivity, say, does not matter where nothing depends on time
            moving = [u * self[name] for name, u in moves.items() if standard is not None or self._has(name)]
            if moving:
                out[label] = np.sum(moving, axis=0)
        return out

    def _has(self, name: str) -> bool:
        frequency = float(self.conductance.info.get("frequency", 0.0))
        return name in self.parameters or depends_on(self.device, name, frequency=frequency)

    def _repr_html_(self) -> str:
        from ..notebook import html_text

        return html_text(repr(self))

    def __repr__(self) -> str:
        count = len(self.conductance.terminals)
        lines = [f"<fespin.Sensitivities of a {4 * count} x {4 * count} matrix to {len(self.parameters)} parameters; "
                 "largest |dG| for a change of 1 % (of 0.01 rad or 0.01 T), in % of the largest entry"]  # fmt: skip
        largest = float(np.abs(self.conductance.values).max()) or 1.0
        for name, matrix in zip(self.parameters, self.values, strict=True):
            size = abs(parameter_value(self.device, name)) or 1.0
            lines.append(f"  {name}: {np.abs(matrix).max() * size / largest:.3g}")
        return "\n".join(lines) + ">"


def _size(name: str, value: object) -> float:
    from numbers import Real

    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < np.inf:
        raise must_be(f"the uncertainty of {name}", "a finite number that is not negative, in SI units", value)
    return float(value)


def uncertain_parameters(device: Device) -> dict[str, dict[str, float]]:
    """What the device says of its uncertainties: source -> parameters that it moves, by how much (SI).

    Regions of equal material share it, and with it its error; materials and interfaces are independent of each other.
    """
    regions: dict[Any, list[str]] = {}
    for name, region in device.regions.items():
        regions.setdefault(region.material, []).append(name)
    out: dict[str, dict[str, float]] = {}
    for material, names in regions.items():
        for key, u in material.uncertainty:
            out[f"{key} of {', '.join(names)}"] = {f"regions.{name}.{key}": u for name in names}
    for name, interface in device.interfaces.items():
        for key, u in interface.uncertainty:
            out[f"{key} of interface {name}"] = {f"interfaces.{name}.{key}": u}
    return out
