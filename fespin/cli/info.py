"""``fespin info DEVICE``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..device import topology
from ..device.device import Device
from ..device.draft import draft_device
from ..device.mesh import Mesh
from ..device.reader import read_mesh
from ..device.region import direction_text
from ..errors import DeviceError
from .common import read_device


def run(arguments: argparse.Namespace) -> int:
    """Describe a device, or the groups of a bare mesh that still needs a device file."""
    if Path(arguments.device).suffix == ".toml":
        print(describe_device(read_device(arguments.device)[0]))
    else:
        mesh = read_mesh(arguments.device)
        print("\n".join([describe_mesh(mesh), *_next_steps(mesh, arguments.device)]))
    return 0


def _next_steps(mesh: Mesh, path: str) -> list[str]:
    """What lies between a bare mesh and its matrix."""
    lines = []
    if any(name.isdecimal() for name in (*mesh.regions, *mesh.boundaries)):
        lines.append("note        groups without a name go by their number; a name is given where the group is added")
    try:
        draft_device(mesh, Path(path).with_suffix(".toml"))
    except DeviceError as error:
        return [*lines, f"missing     {error}"]
    return [*lines, f"next        fespin init {path}"]


def describe_mesh(mesh: Mesh) -> str:
    """Cells, groups and quality of a mesh."""
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    box = " x ".join(f"[{a:g}, {b:g}]" for a, b in zip(low, high, strict=True))
    size = f"{len(mesh.points)} nodes, {len(mesh.cells)} {mesh.cell_type} cells, {mesh.dimension}D"
    lines = [f"mesh        {mesh.where}: {size}", f"box         {box} in units of the file", quality(mesh)]
    numbers = {name: tag for (_, tag), name in mesh.tags.items()}
    for kind, groups in (("region", mesh.regions), ("boundary", mesh.boundaries)):
        for name, items in groups.items():
            tag = f" (tag {numbers[name]})" if name in numbers else ""
            lines.append(f"{kind:<11} {name}{tag}: {len(items)} {'cells' if kind == 'region' else 'facets'}")
    return "\n".join([*lines, *(f"note        {note}" for note in mesh.notes)])


def quality(mesh: Mesh) -> str:
    """Cell sizes, and how far the worst cell is from a regular one."""
    longest = topology.longest_edges(mesh.points, mesh.cells, mesh.cell_type)
    flat = topology.heights(mesh.points, mesh.cells, mesh.cell_type) / longest
    size = f"edges up to {longest.min():.3g} .. {longest.max():.3g}"
    return f"quality     {size}; flattest cell has height/length {flat.min():.2g}, median {np.median(flat):.2g}"


def describe_device(device: Device) -> str:
    """Everything that the solution of a device will use, and what looks wrong or is left over."""
    mesh = device.mesh
    unit = f"length unit {device.length_unit:g} m"
    extra = {1: f", cross-section {device.cross_section} m^2", 2: f", thickness {device.thickness} m", 3: ""}[
        mesh.dimension
    ]
    lines = [f"device      {device.name}, {unit}{extra}", describe_mesh(mesh)]
    for (name, region), volume in zip(device.regions.items(), device.volumes().values(), strict=True):
        m = "" if region.magnetization is None else f", magnetization {direction_text(region)}"
        lines.append(f"material    {name}: {region.material}{m}; {volume:.6g} m^3")
    for name, facets in device.terminal_facets.items():
        lines.append(f"terminal    {name}: {len(facets)} facets, {len(np.unique(facets))} nodes")
    for contact in device.split.contacts:
        one, other = (list(device.regions)[r] for r in contact.regions)
        lines.append(f"interface   {contact.name}: {one} | {other}, {len(contact.cells)} facets; {contact.interface}")
    if device.magnetic_field is not None:
        lines.append(f"field       {device.magnetic_field} T, g factor {device.g_factor}")
    for name, exchange in device.exchanges.items():
        lines.append(f"exchange    {name}: {' and '.join(exchange.regions)}, H_ex = {exchange.energy():.6g} J/m^2")
    inside = {mesh.boundary_group(i.group)[0] for i in device.interfaces.values() if i.group is not None}
    used = {mesh.boundary_group(g)[0] for g in device.terminals.values()} | inside
    unused = [name for name in mesh.boundaries if name not in used]
    if unused:
        lines.append(f"unused      boundary groups that are no terminal (insulating): {', '.join(unused)}")
    lines += [f"caution     {caution}" for caution in device.cautions]
    missing = [p for p, extra in _OPTIONAL.items() if not _installed(p)]
    if missing:
        lines.append("missing     optional packages: " + ", ".join(f"{p} ({_OPTIONAL[p]})" for p in missing))
    return "\n".join(lines)


_OPTIONAL = {"matplotlib": "plots", "xarray": "labelled arrays, netCDF", "h5py": "XDMF meshes", "gmsh": "fespin mesh",
             "pyvista": "views in 3D"}  # fmt: skip


def _installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None
