"""``fespin init MESH [-o DEVICE.toml]``."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from ..atomic import write_atomic
from ..device.draft import MARK, draft_device
from ..device.reader import read_mesh
from ..errors import DeviceError, MeshError


def run(arguments: argparse.Namespace) -> int:
    """Write a commented device file for a mesh, and say what to do next."""
    mesh_path = Path(arguments.mesh)
    if mesh_path.suffix == ".toml":
        raise DeviceError(f"{mesh_path} is a device file already; fespin init takes the mesh")
    path = Path(arguments.out) if arguments.out else mesh_path.with_suffix(".toml")
    if path.suffix != ".toml":
        raise DeviceError(f"{path} must end in .toml to be a device file")
    if path.exists() and not arguments.overwrite:
        raise DeviceError(f"{path} exists already; pass --overwrite or choose another name with -o")
    try:
        mesh = read_mesh(mesh_path, tag_array=arguments.mesh_tags)
    except MeshError as error:
        if "mesh_tags" not in str(error):
            raise
        raise MeshError(f"{error}, here with --mesh-tags NAME") from None
    text = draft_device(mesh, path)
    write_atomic(path, text)
    name = shlex.quote(str(path))
    print(f"wrote {path}: {len(mesh.regions)} regions, {text.count(MARK) - 1} guesses marked {MARK}")
    print(f"next: edit it, then  fespin info {name}  and  fespin conductance {name}")
    return 0
