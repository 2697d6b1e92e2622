"""Solutions as files for ParaView."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..atomic import write_atomic
from ..errors import InputError
from ..network.terminal import COMPONENTS

if TYPE_CHECKING:
    from .solution import Solution


def write_fields(solution: Solution, path: Path) -> Path:
    """Write the fields of a solution with meshio; whole or not at all.

    Point data: charge_potential, spin_accumulation (V). Cell data: charge_current, spin_current_x, _y, _z (A/m^2),
    region (number in the order of the device). Coordinates in metres.

    Raises
    ------
    InputError
        meshio does not know the format, or the file cannot be written.
    """
    import meshio

    device = solution.problem.device
    at = device.points[device.split.parent]  # nodes at interfaces once for each side
    points = np.pad(at, ((0, 0), (0, 3 - at.shape[1])))
    potentials = solution.potentials[: len(points)]
    cell_data = {"region": [device.cell_region.astype(np.int32)]}
    for component in COMPONENTS:
        density = solution.current_density(component)
        name = "charge_current" if component == "e" else f"spin_current_{component}"
        cell_data[name] = [np.pad(density, ((0, 0), (0, 3 - density.shape[1])))]
    mesh = meshio.Mesh(
        points,
        [(device.mesh.cell_type, device.split.cells)],
        point_data={"charge_potential": potentials[:, 0].copy(), "spin_accumulation": potentials[:, 1:].copy()},
        cell_data=cell_data,
    )
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        try:
            mesh.write(draft)
        except (meshio.WriteError, meshio.ReadError, KeyError, ValueError, ImportError, SystemExit) as error:
            raise InputError(f"{path} must end in .vtu or another format that meshio writes with cell data, got "
                             f"{path.suffix or 'no suffix'} ({type(error).__name__}); use .vtu") from None  # fmt: skip
        return write_atomic(path, draft.read_bytes())
