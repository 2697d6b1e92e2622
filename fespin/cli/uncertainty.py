"""``fespin conductance DEVICE --uncertainty``: what the errors of materials and interfaces do to the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..device.device import Device
from ..device.interface_entry import UNITS as INTERFACE_UNITS
from ..device.material_entry import UNITS as MATERIAL_UNITS
from ..errors import InputError
from ..network.conductance import ConductanceMatrix
from ..transport.parameters import split_name
from ..transport.sensitivities import uncertain_parameters
from ..transport.sensitivity import sensitivities

ASSUMPTION = "standard uncertainties; sources independent of each other, to first order in each"
UNITS = {**MATERIAL_UNITS, **INTERFACE_UNITS, "mixing_conductance.real": "S/m^2", "mixing_conductance.imag": "S/m^2"}
_SHOWN = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """Standard uncertainty of every entry, and the share of each source."""

    standard: np.ndarray  # (4T, 4T)
    contributions: dict[str, np.ndarray]
    sizes: dict[str, dict[str, float]]  # source -> parameters it moves, by how much in SI
    scale: float

    def text(self) -> str:
        """The assumption, and the sources by the largest change that they make."""
        order = sorted(self.contributions, key=lambda name: -float(np.abs(self.contributions[name]).max()))
        lines = [f"+-  {ASSUMPTION}"]
        for name in order[:_SHOWN]:
            largest = float(np.abs(self.contributions[name]).max()) / self.scale
            parameter, size = next(iter(self.sizes[name].items()))
            change = f"+- {size:.3g} {UNITS[split_name(parameter)[2]]}".rstrip()
            lines.append(f"    {name}: {change} changes G by up to {100 * largest:.2g} % of its largest entry")
        if len(order) > _SHOWN:
            lines.append(f"    ... and what changes less: {', '.join(order[_SHOWN:])}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """What JSON holds; of a complex matrix [re, im] pairs, as for the matrix."""
        return {"assumption": ASSUMPTION, "unit": "S", "standard": _plain(self.standard),
                "sources": {name: {"parameters": self.sizes[name], "contribution": _plain(part)}
                            for name, part in self.contributions.items()}}  # fmt: skip


def _plain(matrix: np.ndarray) -> list[Any]:
    return (np.stack([matrix.real, matrix.imag], axis=-1) if np.iscomplexobj(matrix) else matrix).tolist()


def with_uncertainty(device: Device, options: dict[str, Any]) -> tuple[ConductanceMatrix, Spread]:
    """The matrix and its uncertainty from one solution.

    Raises
    ------
    InputError
        Nothing in the device is uncertain.
    """
    sizes = uncertain_parameters(device)
    if not sizes:
        raise InputError(
            f"--uncertainty: device {device.name!r} has no uncertain value; write one in its materials or interfaces, "
            'like spin_diffusion_length = "38 +- 12 nm", or start them from the built-in table (base = "Pt")'
        )
    found = sensitivities(device, **options)
    parts = found.contributions()
    scale = float(np.abs(found.conductance.values).max()) or 1.0
    return found.conductance, Spread(standard=found.uncertainty(), contributions=parts, sizes=sizes, scale=scale)
