"""Results of valves as .npz files and labelled arrays."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._version import __version__
from ...atomic import write_atomic
from ...errors import InputError
from ..archive import npz, open_npz
from .phase import Phase
from .result import MEANING, UNITS, ValveResult

if TYPE_CHECKING:
    import xarray

_FORMAT = "fespin valve 1"


def save(result: ValveResult, path: str | os.PathLike[str]) -> Path:
    """Write a result as .npz.

    Raises
    ------
    InputError
        Another suffix, or a folder that cannot be written to.
    """
    if Path(path).suffix != ".npz":
        raise InputError(f"{path} must end in .npz")
    head = {"format": _FORMAT, "fespin": __version__, "name": result.name, "steps": result.steps, "units": UNITS,
            "meaning": MEANING, "phases": [asdict(phase) for phase in result.phases]}  # fmt: skip
    arrays = {"head": np.array(json.dumps(head)), "nodes": result.nodes, "potentials": result.potentials}
    return write_atomic(path, npz(arrays | {f"column {k}": v for k, v in result.columns.items()}))


def load(path: str | os.PathLike[str]) -> ValveResult:
    """Read what `save` wrote.

    Raises
    ------
    InputError
        Not such a file.
    """
    head, arrays = open_npz(path, kind="result of a spin valve", form=_FORMAT)
    try:
        return ValveResult(
            name=head["name"],
            phases=tuple(Phase(**phase) for phase in head["phases"]),
            columns={k.removeprefix("column "): v for k, v in arrays.items() if k.startswith("column ")},
            nodes=arrays["nodes"],
            potentials=arrays["potentials"],
            steps=head["steps"],
        )
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} is not a result of a spin valve: {error} is missing or unknown") from None


def to_xarray(result: ValveResult) -> xarray.Dataset:
    """Labelled dataset: dims time, spin, node; units and meaning as attributes."""
    try:
        import xarray
    except ImportError:
        raise InputError("labelled arrays need xarray, which is not installed; pip install 'fespin[xarray]'") from None
    data: dict[str, Any] = {
        name: ("time", values, {"units": UNITS.get(name, ""), "long_name": MEANING.get(name, name)})
        for name, values in result.columns.items()
        if name != "time"
    }
    data["potential"] = (("time", "spin", "node"), result.potentials,
                         {"units": "V", "long_name": "electrochemical potential over e"})  # fmt: skip
    coordinates = {
        "time": ("time", result.time, {"units": "s"}),
        "spin": ("spin", ["up", "down"]),
        "node": ("node", result.nodes, {"units": "m"}),
    }
    return xarray.Dataset(data, coordinates, {"name": result.name, "fespin": __version__})
