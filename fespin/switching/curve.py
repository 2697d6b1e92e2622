"""What a sweep through a reversal found: coupling, directions and resistance at every point."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..atomic import write_atomic
from ..errors import InputError, suggest

UNITS = {"temperature": "K", "electric_field": "V/m", "applied_field": "T"}


@dataclass(frozen=True, kw_only=True, eq=False)
class SwitchingCurve:
    """Records of a sweep, in the order in which it went.

    Parameters
    ----------
    parameter : {"temperature", "electric_field", "applied_field"}
    values : (n,) array
        K, V/m or T.
    coupling : mapping of str to (n,) array
        H_ex of each exchange, J/m^2.
    permittivity : mapping of str to (n,) array
    directions : mapping of str to (n, 3) array
        Magnetization of each coupled region.
    resistance : (n,) array
        Ohm.
    solutions : int
        Transport problems solved; points with the same directions share one.
    wiring : mapping
        Terminals of current and voltage, and what is done with spin there.
    """

    parameter: str
    values: np.ndarray
    coupling: Mapping[str, np.ndarray]
    permittivity: Mapping[str, np.ndarray]
    directions: Mapping[str, np.ndarray]
    resistance: np.ndarray
    solutions: int
    wiring: Mapping[str, Any]

    @property
    def conductance(self) -> np.ndarray:
        """1/R, siemens, (n,)."""
        return 1 / self.resistance

    def angle(self, first: str, second: str) -> np.ndarray:
        """Angle between the magnetizations of two regions, rad, (n,)."""
        for name in (first, second):
            if name not in self.directions:
                raise InputError(f"the sweep has no layer {name!r}; {suggest(name, self.directions)}")
        a, b = self.directions[first], self.directions[second]
        return 2 * np.arctan2(np.linalg.norm(a - b, axis=1), np.linalg.norm(a + b, axis=1))

    @property
    def pairs(self) -> dict[str, tuple[str, str]]:
        """Exchange -> its two regions."""
        return {name: tuple(pair) for name, pair in self.wiring["layers"].items()}

    def switches(self, degrees: float = 90.0) -> list[float]:
        """Values at which a pair of coupled layers turned by more than `degrees` against each other in one step."""
        turned = np.zeros(len(self.values) - 1, bool)
        for pair in self.pairs.values():
            turned |= np.abs(np.diff(self.angle(*pair))) > np.radians(degrees)
        return self.values[1:][turned].tolist()

    def columns(self) -> dict[str, np.ndarray]:
        """Name with unit -> values, for files."""
        out = {f"{self.parameter} ({UNITS[self.parameter]})": self.values, "resistance (ohm)": self.resistance,
               "conductance (S)": self.conductance}  # fmt: skip
        for name in self.coupling:
            out[f"H_ex {name} (J/m^2)"] = self.coupling[name]
            out[f"permittivity {name}"] = self.permittivity[name]
            out[f"angle {name} (deg)"] = np.degrees(self.angle(*self.pairs[name]))
        for name, m in self.directions.items():
            out |= {f"m{axis} {name}": m[:, k] for k, axis in enumerate("xyz")}
        return out

    def to_csv(self) -> str:
        """A line a point, after a header with units."""
        columns = self.columns()
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(v.tolist() for v in columns.values()), strict=True))
        return stream.getvalue()

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain numbers and lists, SI."""
        return {
            "parameter": self.parameter,
            "unit": UNITS[self.parameter],
            "values": self.values.tolist(),
            "resistance": self.resistance.tolist(),
            "conductance": self.conductance.tolist(),
            "coupling": {name: v.tolist() for name, v in self.coupling.items()},
            "permittivity": {name: v.tolist() for name, v in self.permittivity.items()},
            "magnetization": {name: v.tolist() for name, v in self.directions.items()},
            "switches": self.switches(),
            "units": {"resistance": "ohm", "conductance": "S", "coupling": "J/m^2"},
            "solutions": self.solutions,
            "wiring": {k: v for k, v in self.wiring.items() if k != "layers"},
        }

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write as .csv or .json, whole or not at all."""
        suffix = Path(path).suffix
        if suffix not in (".csv", ".json"):
            raise InputError(f"{path} must end in .csv or .json")
        return write_atomic(path, self.to_csv() if suffix == ".csv" else json.dumps(self.to_dict(), indent=1) + "\n")
