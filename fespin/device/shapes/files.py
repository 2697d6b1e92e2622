"""Write a shape as two files: the mesh, and the device file beside it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ...errors import InputError, must_be
from .drawing import write_mesh
from .shape import Plan, Region, Shape, Value


def write_files(
    shape: Shape,
    folder: str | Path,
    params: Mapping[str, object] | None,
    file_name: str | None,
    overwrite: bool,
) -> Path:
    """Build the shape into `folder`; both files appear complete or not at all."""
    stem = shape.name if file_name is None else file_name
    if not re.fullmatch(r"\w[\w.-]*", str(stem), re.ASCII) or str(stem).endswith((".toml", ".msh")):
        raise must_be("file_name", "a name of letters, digits, '_', '-' and '.', without folder and suffix", stem)
    plan = shape.plan(params)
    folder = Path(folder)
    mesh, device = folder / f"{stem}.msh", folder / f"{stem}.toml"
    _make_room(folder, mesh, device, overwrite=overwrite)
    text = device_text(shape, shape.values(params), plan, stem)
    try:
        # in the same folder, because os.replace is atomic only within a file system
        with tempfile.TemporaryDirectory(prefix=".fespin-", dir=folder) as scratch:
            new_mesh, new_device = Path(scratch) / mesh.name, Path(scratch) / device.name
            write_mesh(new_mesh, name=stem, draw=plan.draw, dimension=plan.dimension, size=plan.mesh_size)
            new_device.write_text(text, encoding="utf-8")
            os.replace(new_mesh, mesh)  # noqa: PTH105 - says "atomic" where Path.replace does not
            os.replace(new_device, device)  # noqa: PTH105
    except OSError as error:
        raise InputError(f"cannot write into the folder {folder}: {error.strerror or error}") from error
    return device


def _make_room(folder: Path, *files: Path, overwrite: bool) -> None:
    """Create the folder; refuse to write over files unless asked to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write into the folder {folder}: {error.strerror or error}") from error
    there = [path.name for path in files if path.exists()]
    if there and not overwrite:
        raise InputError(
            f"{folder} holds {' and '.join(there)} already; choose another file_name or folder, or overwrite"
        )


def device_text(shape: Shape, values: Mapping[str, Value], plan: Plan, stem: str) -> str:
    """Compose the device file: where it comes from, then the tables of the contract."""
    lines = [*_header(shape, values, plan, stem), "", "[device]", f'name = "{stem}"', f'mesh = "{stem}.msh"']
    lines.append('length_unit = "nm"')
    if plan.thickness is not None:
        lines.append(f'thickness = "{plan.thickness:.10g} nm"')
    if plan.cross_section is not None:
        lines.append(f'cross_section = "{plan.cross_section:.10g} nm^2"')
    for name, material in plan.materials.items():
        lines += ["", f"[materials.{name}]", *material]
    lines += ["", "[regions]", *(_region(name, region) for name, region in plan.regions.items())]
    lines += ["", "[terminals]", *(f'{name} = "{name}"' for name in plan.terminals)]
    return "\n".join(lines) + "\n"


def _header(shape: Shape, values: Mapping[str, Value], plan: Plan, stem: str) -> list[str]:
    """Say in comments what the device is and which command makes it again."""
    changed = [f"--param {k}={_plain(v)}" for k, v in values.items() if v != shape.parameters[k].default]
    command = ["fespin mesh", shape.name, *changed, *([] if stem == shape.name else [f"--name {stem}"])]
    return [
        f"# {shape.summary}",
        *([f"# {shape.figure}"] if shape.figure else []),
        *(f"# {note}" for note in plan.notes),
        "#",
        f"# Made again by: {' '.join(command)}",
        "# Parameters:",
        *(f"#   {k} = {_plain(v)}".ljust(36) + f"# {shape.parameters[k].meaning}" for k, v in values.items()),
    ]


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"


def _region(name: str, region: Region) -> str:
    if region.magnetization is None:
        return f'{name} = "{region.material}"'
    components = ", ".join(f"{component:.12g}" for component in region.magnetization)
    return f'{name} = {{ material = "{region.material}", magnetization = [{components}] }}'
