"""A device without its mesh: what every process knows. Checked by the same functions as a whole `Device`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..device import checks
from ..device.device import Device, check_lengths, length_of
from ..device.mesh import Group
from ..device.region import Region, as_region
from ..device.stored_header import Catalogue, Header
from ..errors import DeviceError, InputError, MeshError
from ..materials import NormalMetal
from ..transport.laws import spin_hall
from ..units import quantity

SERIAL = "leave out --backend petsc to have it solved by one process"


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawing:
    """Regions, terminals and lengths of a device whose mesh lies in slices with several processes.

    It has the attributes of `Device` that laws, cautions and checks of names ask for.
    """

    name: str
    mesh: Catalogue
    regions: Mapping[str, Region]
    terminals: Mapping[str, Group]
    length_unit: float
    thickness: float | None
    cross_section: float | None
    magnetic_field: tuple[float, float, float] | None = None
    interfaces: Mapping[str, Any] = field(default_factory=dict)
    precession: None = None
    precession_axis: None = None

    @property
    def dimension(self) -> int:
        return self.mesh.dimension

    @property
    def transverse_measure(self) -> float:
        """Cross-section in m^2 (line), thickness in m (plane), 1 (solid)."""
        return {1: self.cross_section, 2: self.thickness, 3: 1.0}[self.dimension]  # type: ignore[return-value]

    @property
    def boundary_numbers(self) -> list[int]:
        """Number of the boundary group of each terminal."""
        return [self.mesh.number[self.mesh.boundary_group(group)[0]] for group in self.terminals.values()]


def drawing_of_file(described: Mapping[str, Any], header: Header) -> Drawing:
    """Out of what `device.file.describe` found and the header of the stored mesh."""
    if described["mesh_tags"] is not None:
        raise DeviceError("[device] mesh_tags must be left out for a stored mesh, whose groups have names, "
                          f"got {described['mesh_tags']!r}")  # fmt: skip
    return _drawing(
        header,
        described["mesh"],
        name=described["name"],
        regions={str(k): as_region(k, v) for k, v in described["regions"].items()},
        terminals={str(k): v for k, v in described["terminals"].items()},
        length_unit=length_of(described["length_unit"]),
        thickness=_length(described["thickness"], "m"),
        cross_section=_length(described["cross_section"], "m^2"),
        magnetic_field=described["magnetic_field"],
        interfaces=described["interfaces"],
    )


def drawing_of_device(device: Device, header: Header) -> Drawing:
    """Out of a device in memory whose mesh was stored."""
    names = (
        "name",
        "regions",
        "terminals",
        "length_unit",
        "thickness",
        "cross_section",
        "magnetic_field",
        "interfaces",
    )
    return _drawing(header, device.mesh.where, **{name: getattr(device, name) for name in names})


def _length(value: Any, unit: str) -> float | None:
    return None if value is None else quantity(value, unit, "Device")


def _drawing(header: Header, where: Path | str, **values: Any) -> Drawing:
    drawing = Drawing(mesh=Catalogue(header, str(where)), **values)
    check_lengths(drawing)
    if header.cell_type not in ("line", "triangle", "tetra"):
        raise InputError(f"backend 'petsc', device {drawing.name!r}: cells must be lines, triangles or tetrahedra, got "
                         f"{header.cell_type}; {SERIAL}")  # fmt: skip
    refuse_laws(drawing, header.dimension)
    return drawing


def refuse_laws(source: Any, dimension: int = 1) -> None:
    """Physics that the processes together do not solve, in a device, a drawing, or what a device file says."""
    get = source.__getitem__ if isinstance(source, dict) else lambda key: getattr(source, key)
    where = f"backend 'petsc', device {get('name')!r}"
    regions, field = {name: as_region(name, r) for name, r in get("regions").items()}, get("magnetic_field")
    if get("interfaces"):
        names = ", ".join(map(repr, get("interfaces")))
        raise InputError(f"{where}: interfaces with conductances of their own are not supported, got {names}; {SERIAL}")
    for name, region in regions.items():
        material = region.material
        if region.is_textured:
            raise InputError(f"{where}: magnetizations that vary are not supported, got one in {name!r}; {SERIAL}")
        if spin_hall(material).any() and dimension > 1:
            raise InputError(f"{where}: the spin Hall effect (of {name!r}) is not supported; {SERIAL}")
        if math.isfinite(getattr(material, "precession_length", math.inf)):
            raise InputError(f"{where}: the precession_length of {name!r} is not supported; {SERIAL}")
        free = isinstance(material, NormalMetal) or (region.magnetization is not None and not region.is_strong)
        if field is not None and any(field) and free:
            raise InputError(f"{where}: precession in a magnetic field is not supported; {SERIAL}")


def check_names(drawing: Drawing, header: Header) -> np.ndarray:
    """Every cell in one region, every terminal on the boundary of one kind of metal; region of each combination of
    groups, (q,)."""
    if not drawing.regions or not drawing.terminals:
        missing = "terminals" if drawing.regions else "regions"
        raise DeviceError(f"Device {drawing.name!r} must have {missing}, got none")
    of_combination = checks.assign_regions(drawing)  # type: ignore[arg-type]
    where = drawing.mesh.where
    if header.parts > 1:
        raise MeshError(f"{where} falls into {header.parts} parts that share no nodes; fespin info tells which")
    for (name, group), number in zip(drawing.terminals.items(), drawing.boundary_numbers, strict=True):
        found = header.boundaries[number]
        if found.facets == 0:
            raise MeshError(f"{where}: terminal {name!r} must have facets, but group {group!r} is empty")
        if found.astray or found.inner:
            what = f"{found.astray} are facets of no cell" if found.astray else f"{found.inner} are inside the device"
            raise MeshError(f"{where}: terminal {name!r} must lie on the boundary, but of its {found.facets} facets "
                            f"{what}")  # fmt: skip
        checks.check_one_space(drawing, name, regions_behind(of_combination, header, number))  # type: ignore[arg-type]
    return of_combination


def regions_behind(of_combination: np.ndarray, header: Header, number: int) -> list[int]:
    """Regions of the cells behind a boundary group."""
    return sorted(set(of_combination[header.boundaries[number].combinations].tolist()))
