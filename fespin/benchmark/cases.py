"""Files of a case: mesh, device file, and the plain numbers that other packages read."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

import numpy as np

from ..device.device import Device
from ..device.mesh import Mesh
from ..device.topology import FACET_TYPE
from ..errors import must_be
from ..materials import Ferromagnet
from .devices import NAMES, device_on, parse_case, standard_device
from .job import Job, Part

log = logging.getLogger("fespin")
MESHES = ("structured", "unstructured")


def write_case(case: str, folder: Path, *, mesh: str = "structured") -> tuple[Path, Device]:
    """Write what all programs read; files of the same name that exist are taken.

    Parameters
    ----------
    case : str
        Like "3d_1e5".
    folder : pathlib.Path
    mesh : str
        "structured": grid; "unstructured": by gmsh.

    Returns
    -------
    pathlib.Path, Device
        Of the job.
    """
    dimension, nodes = parse_case(case)
    if mesh not in MESHES:
        raise must_be("mesh", " or ".join(MESHES), mesh)
    stem = f"{case}_{mesh}"
    path, at = folder / f"{stem}.json", folder / f"{stem}.msh"
    if not at.exists():
        log.info("%s: making the mesh", case)
        scratch = folder / f".{stem}.msh"
        if mesh == "structured":
            _write_binary(standard_device(dimension, nodes).mesh, scratch)
        else:
            from .unstructured import mesh_by_gmsh

            mesh_by_gmsh(scratch, dimension, nodes)
        scratch.replace(at)
    device = device_on(at, dimension, f"{NAMES[dimension]}_{case[3:]}")
    device.write(folder / f"{stem}.toml", overwrite=True)
    path.write_text(json.dumps(asdict(job_of(device, folder / f"{stem}.toml", at))), encoding="utf-8")
    return path, device


def job_of(device: Device, path: Path, mesh: Path) -> Job:
    """A device of normal metals and strong ferromagnets with ohmic contacts in plain numbers."""
    parts = {}
    for name, region in device.regions.items():
        material = region.material
        parts[name] = Part(
            conductivity=material.conductivity,
            spin_diffusion_length=material.spin_diffusion_length / device.length_unit,
            polarization=material.polarization if isinstance(material, Ferromagnet) else 0.0,
            magnetization=region.magnetization,
        )
    scale = device.length_unit ** (device.dimension - 2) * device.transverse_measure
    return Job(device=str(path.resolve()), mesh=str(mesh.resolve()), dimension=device.dimension, scale=scale,
               regions=parts, terminals=list(device.terminals))  # fmt: skip


def _write_binary(mesh: Mesh, path: Path) -> None:
    """As binary gmsh 2.2, which every package reads; group names and numbers as gmsh gives them."""
    import meshio

    facet, d = FACET_TYPE[mesh.cell_type], mesh.dimension
    tags = {name: t for t, name in enumerate([*mesh.boundaries, *mesh.regions], start=1)}
    region = np.zeros(len(mesh.cells), int)
    for name, cells in mesh.regions.items():
        region[cells] = tags[name]
    blocks = [*((facet, nodes) for nodes in mesh.boundaries.values()), (mesh.cell_type, mesh.cells)]
    groups = [*(np.full(len(nodes), tags[name]) for name, nodes in mesh.boundaries.items()), region]
    names = {name: np.array([tags[name], d - 1 if name in mesh.boundaries else d]) for name in tags}
    points = np.pad(mesh.points, ((0, 0), (0, 3 - d)))
    data = {"gmsh:physical": groups, "gmsh:geometrical": groups}
    meshio.write(path, meshio.Mesh(points, blocks, cell_data=data, field_data=names), file_format="gmsh22", binary=True)
