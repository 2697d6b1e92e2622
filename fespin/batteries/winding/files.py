"""Results and unfinished runs as .npz files, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._version import __version__
from ...atomic import write_atomic
from ...errors import InputError
from ..archive import npz, open_npz
from .battery import WindingBattery
from .phase import Phase
from .result import MEANING, UNITS, WindingResult
from .simulate import Simulation, warned

if TYPE_CHECKING:
    import xarray

_FORMAT = "fespin winding 1"
_PATIENCE = 5.0  # seconds between two checkpoints


def _head(battery: WindingBattery, phases: tuple[Phase, ...], **more: Any) -> str:
    return json.dumps({"format": _FORMAT, "fespin": __version__, "battery": asdict(battery),
                       "phases": [asdict(phase) for phase in phases], "units": UNITS, **more})  # fmt: skip


def _open(path: str | os.PathLike[str], kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return open_npz(path, kind=f"{kind} of a winding battery", form=_FORMAT)


def save(result: WindingResult, path: str | os.PathLike[str]) -> Path:
    """Write a result as .npz.

    Raises
    ------
    InputError
        Another suffix, or a folder that cannot be written to.
    """
    if Path(path).suffix != ".npz":
        raise InputError(f"{path} must end in .npz")
    head = _head(result.battery, result.phases, steps=result.steps, info=dict(result.info))
    arrays = {"head": np.array(head), "nodes": result.nodes, "phi": result.phi, "rho_s": result.rho_s}
    return write_atomic(path, npz(arrays | {f"column {k}": v for k, v in result.columns.items()}))


def load(path: str | os.PathLike[str]) -> WindingResult:
    """Read what `save` wrote.

    Raises
    ------
    InputError
        Not such a file.
    """
    head, arrays = _open(path, "result")
    try:
        return WindingResult(
            battery=WindingBattery(**head["battery"]),
            phases=tuple(Phase(**phase) for phase in head["phases"]),
            nodes=arrays["nodes"],
            phi=arrays["phi"],
            rho_s=arrays["rho_s"],
            columns={k.removeprefix("column "): v for k, v in arrays.items() if k.startswith("column ")},
            steps=head["steps"],
            info=head["info"],
        )
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} is not a result of a winding battery: {error} is missing or unknown") from None


def to_xarray(result: WindingResult) -> xarray.Dataset:
    """Labelled dataset: dims time, node, cell; units and meaning as attributes."""
    try:
        import xarray
    except ImportError:
        raise InputError("to_xarray needs xarray, which is not installed; pip install 'fespin[xarray]'") from None
    x = result.nodes
    data: dict[str, Any] = {
        name: ("time", values, {"units": UNITS.get(name, ""), "long_name": MEANING.get(name, name)})
        for name, values in result.columns.items()
        if name != "time"
    }
    data["phi"] = (("time", "node"), result.phi, {"units": "rad", "long_name": "angle in the easy plane"})
    data["rho_s"] = (("time", "cell"), result.rho_s, {"units": "J s/m", "long_name": "spin density"})
    data["density"] = (("time", "cell"), result.density, {"units": "1/m", "long_name": "winding density"})
    coordinates = {
        "time": ("time", result.time, {"units": "s"}),
        "node": ("node", x, {"units": "m"}),
        "cell": ("cell", (x[1:] + x[:-1]) / 2, {"units": "m"}),
    }
    head = json.loads(_head(result.battery, result.phases))
    attributes = {"battery": json.dumps(head["battery"]), "phases": json.dumps(head["phases"]), "fespin": __version__}
    return xarray.Dataset(data, coordinates, attributes)


def fingerprint(simulation: Simulation) -> str:
    """Of everything that decides the records of a run that has not begun."""
    text = _head(simulation.battery, simulation.phases, every=simulation.every)
    state = simulation.state
    parts = [text.encode(), state.nodes.tobytes(), state.phi.tobytes(), state.rho_s.tobytes(),
             repr((state.current, state.gate, state.slip)).encode()]  # fmt: skip
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def checkpoint_path(out: str | os.PathLike[str]) -> Path:
    """Where the unfinished run of a result is kept: beside it."""
    path = Path(out)
    return path.with_name(path.name + ".part")


def write_checkpoint(simulation: Simulation, mark: str, path: Path) -> None:
    """Keep a run that can be continued."""
    s, state = simulation, simulation.state
    head = {"format": _FORMAT, "mark": mark, "index": s.index, "step": s.step, "done": s.done}
    write_atomic(path, npz({
        "head": np.array(json.dumps(head)),
        "numbers": np.array([s.start, s.gate_before, state.current, state.gate, state.slip, state.flow]),
        "state_phi": state.phi, "state_rho": state.rho_s, "books": state.books, "scalars": np.array(s.scalars),
        "phi": np.array([phi for phi, _ in s.fields]), "rho": np.array([rho for _, rho in s.fields]),
    }))  # fmt: skip


def read_checkpoint(simulation: Simulation, mark: str, path: Path) -> None:
    """Bring a run that has not begun to where the file left off.

    Raises
    ------
    InputError
        The file belongs to another run.
    """
    head, arrays = _open(path, "checkpoint")
    if head.get("mark") != mark:
        raise InputError(f"{path} was left by another run (other parameters or version); remove it to start anew")
    s, state = simulation, simulation.state
    s.index, s.step, s.done = head["index"], head["step"], head["done"]
    s.start, s.gate_before, state.current, state.gate, state.slip, state.flow = arrays["numbers"].tolist()
    state.phi[:], state.rho_s[:], state.books[:] = arrays["state_phi"], arrays["state_rho"], arrays["books"]
    s.scalars = arrays["scalars"].tolist()
    s.fields = list(zip(arrays["phi"], arrays["rho"], strict=True))


def run_to_file(
    simulation: Simulation,
    out: str | os.PathLike[str],
    *,
    progress: Callable[[float], None] | None = None,
    patience: float = _PATIENCE,
) -> WindingResult:
    """Run to the end, keeping a checkpoint beside `out`, and write the result; continue where a kill left off.

    Parameters
    ----------
    simulation : Simulation
        That has not begun.
    out : path
        Ends in .npz.
    progress : callable or None
        Called with the fraction done after each record.
    patience : float
        Seconds between checkpoints.

    Returns
    -------
    WindingResult
        The same, bit for bit, as of a run that was not interrupted.
    """
    if Path(out).suffix != ".npz":
        raise InputError(f"{out} must end in .npz")
    if not Path(out).resolve().parent.is_dir():
        raise InputError(f"{out} cannot be written: its folder does not exist; choose a writable folder")
    part, mark = checkpoint_path(out), fingerprint(simulation)
    if part.exists():
        read_checkpoint(simulation, mark, part)
    last = time.monotonic()
    while not simulation.finished:
        simulation.advance()
        if progress is not None:
            progress(simulation.done / simulation.total)
        if time.monotonic() - last >= patience and not simulation.finished:
            write_checkpoint(simulation, mark, part)
            last = time.monotonic()
    result = warned(simulation.result())
    save(result, out)
    part.unlink(missing_ok=True)
    return result
