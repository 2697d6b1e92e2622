"""The device: a mesh whose regions have materials and whose terminals have names. Values only, valid from birth."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DeviceError, must_be
from ..materials import Ferromagnet, HalfMetal, Material, NormalMetal, is_magnetic
from ..units import quantity
from . import cautions, checks
from .mesh import Group, Mesh

if TYPE_CHECKING:
    from ..exchange.attachment import ExchangeCoupling


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """What a group of cells is made of.

    Parameters
    ----------
    material : NormalMetal, Ferromagnet or HalfMetal
    magnetization : sequence of 3 floats, optional
        Direction of the magnetization (its length does not matter); required for magnetic materials, refused for
        normal metals.
    group : str or int, optional
        Name or integer tag of the group of cells, where it differs from the region's name.

    Raises
    ------
    InputError
        A magnetization that is missing, zero, or given to a normal metal.

    Examples
    --------
    >>> Region(material=Ferromagnet(conductivity=5e6, polarization=0.4), magnetization=(0, 0, 2)).magnetization
    (0.0, 0.0, 1.0)
    """

    material: Material
    magnetization: tuple[float, float, float] | None = None
    group: Group | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.material, (NormalMetal, Ferromagnet, HalfMetal)):
            raise must_be("Region.material", "a NormalMetal, Ferromagnet or HalfMetal", self.material)
        self._check_group()
        if self.magnetization is None:
            if is_magnetic(self.material):
                kind = type(self.material).__name__
                raise must_be(
                    "Region.magnetization", f"three numbers for a {kind}", None, "give a direction, [0, 0, 1]"
                )
            return
        if not is_magnetic(self.material):
            raise must_be("Region.magnetization", "left out for a NormalMetal", self.magnetization)
        object.__setattr__(self, "magnetization", _unit_vector(self.magnetization))

    def _check_group(self) -> None:
        if self.group is not None and type(self.group) not in (str, int):
            raise must_be("Region.group", "a name or an integer tag", self.group)


def _unit_vector(value: Any) -> tuple[float, float, float]:
    rule = "three finite numbers, not all zero"
    try:
        vector = np.array([float(v) for v in value if not isinstance(v, (bool, str))])
    except (TypeError, ValueError, OverflowError):
        raise must_be("Region.magnetization", rule, value) from None
    if vector.shape != (3,) or len(value) != 3 or not np.isfinite(vector).all() or not vector.any():
        raise must_be("Region.magnetization", rule, value)
    if abs(np.linalg.norm(vector) - 1) < 4e-16:  # a unit vector stays what it is, to the last bit
        x, y, z = vector.tolist()
        return (x, y, z)
    vector = vector / np.abs(vector).max()  # no overflow
    x, y, z = (vector / np.linalg.norm(vector)).tolist()
    return (x, y, z)


@dataclass(frozen=True, kw_only=True, eq=True, repr=False)
class Device:
    """A device ready to be solved.

    Parameters
    ----------
    mesh : Mesh
    regions : mapping of str to Region
        Every cell of the mesh belongs to exactly one region.
    terminals : mapping of str to (str or int)
        Terminal name -> group of boundary facets (points of a line mesh).
    length_unit : float
        Metres per unit of the mesh coordinates.
    thickness : float, optional
        m; of plane meshes, required there.
    cross_section : float, optional
        m^2; of line meshes, required there.
    name : str
    exchanges : mapping of str to ExchangeCoupling
        Exchange across tunnel barriers between magnetic regions; it turns magnetizations (`fespin.switching`) and has
        no part in the transport.

    Raises
    ------
    DeviceError
        Names the region, terminal or group, what was found and what to do.

    Examples
    --------
    >>> import numpy as np
    >>> from fespin import Device, Mesh, NormalMetal
    >>> wire = Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...             regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> device = Device.from_mesh(wire, regions={"wire": NormalMetal(conductivity=1e7)},
    ...                           terminals=["left", "right"], length_unit="nm", cross_section="1e4 nm^2")
    >>> device.dimension, list(device.terminals)
    (1, ['left', 'right'])
    """

    mesh: Mesh
    regions: Mapping[str, Region]
    terminals: Mapping[str, Group]
    length_unit: float = 1.0
    thickness: float | None = None
    cross_section: float | None = None
    name: str = "device"
    exchanges: Mapping[str, ExchangeCoupling] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("regions", "terminals", "exchanges"):
            if not isinstance(getattr(self, name), Mapping):
                raise must_be(f"Device.{name}", "a mapping from names", getattr(self, name))
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        if not isinstance(self.mesh, Mesh):
            raise must_be("Device.mesh", "a fespin.Mesh", self.mesh, "Device.from_mesh takes files and other meshes")
        if not isinstance(self.name, str):
            raise must_be("Device.name", "a string", self.name)
        for name in (*self.regions, *self.terminals):
            if not isinstance(name, str):
                raise must_be("names of regions and terminals", "strings", name)
        _check_lengths(self)
        for name, region in self.regions.items():
            if not isinstance(region, Region):
                raise must_be(f"Device.regions[{name!r}]", "a Region", region)
        checks.check_device(self)
        checks.check_exchanges(self)

    @classmethod
    def from_mesh(
        cls,
        mesh: Any,
        *,
        regions: Mapping[str, Any],
        terminals: Mapping[str, Group] | Iterable[str],
        length_unit: str | float = "m",
        thickness: str | float | None = None,
        cross_section: str | float | None = None,
        name: str = "device",
        mesh_tags: str | None = None,
        exchanges: Mapping[str, ExchangeCoupling] | None = None,
    ) -> Device:
        """Build a device from a mesh file, a meshio mesh or a scikit-fem mesh.

        Parameters
        ----------
        mesh : path, meshio.Mesh, skfem.Mesh or Mesh
        regions : mapping
            Region name -> material of a normal metal, ``(material, magnetization)`` or `Region`.
        terminals : mapping or sequence of names
            Terminal name -> group of boundary facets; a sequence names both at once.
        length_unit, thickness, cross_section : str or float
            Strings carry units ("nm", "20 nm", "1e4 nm^2"); numbers are SI.
        name : str
        mesh_tags : str, optional
            Integer cell data that numbers the groups, for formats other than gmsh's.
        exchanges : mapping of str to ExchangeCoupling, optional

        Returns
        -------
        Device

        Raises
        ------
        DeviceError
            As for the constructor; `MeshError` for the mesh.
        """
        from .reader import read_mesh

        if isinstance(terminals, str) or not isinstance(terminals, (Mapping, Iterable)):
            raise must_be("Device.terminals", "a mapping or a sequence of names", terminals)
        if not isinstance(regions, Mapping):
            raise must_be("Device.regions", "a mapping from region names to materials", regions)
        pairs = terminals if isinstance(terminals, Mapping) else _by_themselves(terminals)
        return cls(
            mesh=read_mesh(mesh, tag_array=mesh_tags),
            regions={str(k): _as_region(k, v) for k, v in regions.items()},
            terminals={str(k): v for k, v in pairs.items()},
            length_unit=length_of(length_unit),
            thickness=None if thickness is None else quantity(thickness, "m", "Device.thickness"),
            cross_section=None if cross_section is None else quantity(cross_section, "m^2", "Device.cross_section"),
            name=name,
            exchanges=exchanges or {},
        )

    @property
    def dimension(self) -> int:
        """Dimension of the mesh: 1, 2 or 3."""
        return self.mesh.dimension

    @cached_property
    def points(self) -> np.ndarray:
        """Node coordinates in metres, (n, d)."""
        return self.mesh.points * self.length_unit

    @property
    def transverse_measure(self) -> float:
        """What the mesh leaves out: cross-section in m^2 (line), thickness in m (plane), 1 (solid)."""
        return {1: self.cross_section, 2: self.thickness, 3: 1.0}[self.dimension]  # type: ignore[return-value]

    @cached_property
    def cell_region(self) -> np.ndarray:
        """Index into `regions` of each cell, (m,)."""
        return checks.assign_regions(self)

    @cached_property
    def terminal_facets(self) -> Mapping[str, np.ndarray]:
        """Facets of each terminal by their nodes, (f, k_f)."""
        return MappingProxyType({t: self.mesh.boundary_group(g)[1] for t, g in self.terminals.items()})

    @cached_property
    def cautions(self) -> tuple[str, ...]:
        """Where the mesh or the drawing of the device may mislead; solving the device warns of each."""
        return cautions.find_cautions(self)

    def volumes(self) -> dict[str, float]:
        """Volume of each region in m^3, thickness or cross-section included."""
        measures = self.mesh.measures() * (self.length_unit**self.dimension * self.transverse_measure)
        totals = np.bincount(self.cell_region, measures, minlength=len(self.regions))
        return dict(zip(self.regions, totals.tolist(), strict=True))

    def replace(self, **changes: Any) -> Device:
        """A copy with other fields, checked again: ``device.replace(thickness=5e-9)``."""
        return replace(self, **changes)

    def with_region(self, name: str, **changes: Any) -> Device:
        """A copy in which fields of one region differ: ``with_region("F1", magnetization=(1, 0, 0))``."""
        if name not in self.regions:
            from ..errors import suggest

            raise DeviceError(f"Device {self.name!r} has no region {name!r}; {suggest(name, self.regions)}")
        return replace(self, regions={**self.regions, name: replace(self.regions[name], **changes)})

    def refined(self) -> Device:
        """The same device on the mesh whose every cell is halved in each direction."""
        from .refine import refine

        return replace(self, mesh=refine(self.mesh))

    def write(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write a device file that reads back equal; a mesh that came from no file is written beside it.

        Raises
        ------
        DeviceError
            A file is in the way and `overwrite` is False, or it cannot be written.
        """
        from .writer import write

        return write(self, Path(path), overwrite=overwrite)

    def __repr__(self) -> str:
        lines = [f"<fespin.Device {self.name!r}: {self.dimension}D, {len(self.mesh.points)} nodes, "
                 f"{len(self.mesh.cells)} {self.mesh.cell_type} cells"]  # fmt: skip
        for (name, region), volume in zip(self.regions.items(), self.volumes().values(), strict=True):
            m = "" if region.magnetization is None else f", m = {tuple(round(x, 6) for x in region.magnetization)}"
            lines.append(f"  region {name}: {region.material}{m}, {volume:.4g} m^3")
        for name, facets in self.terminal_facets.items():
            lines.append(f"  terminal {name}: {len(facets)} facets")
        return "\n".join(lines) + ">"


def check_device(value: Any, argument: str = "device") -> None:
    """Refuse anything but a `Device`, naming the argument it came for."""
    if not isinstance(value, Device):
        raise must_be(argument, "a fespin.Device", value, "fespin.load reads one from a file")


def _by_themselves(terminals: Iterable[Any]) -> dict[Any, Any]:
    names = list(terminals)
    for name in names:
        if isinstance(name, bool) or not isinstance(name, (str, Integral)):
            raise must_be("Device.terminals", "names or integer tags of boundary groups", name)
    return {name: name for name in names}


def length_of(unit: str | float, where: str = "Device.length_unit") -> float:
    """Metres of a length unit: "nm" is short for "1 nm"."""
    if isinstance(unit, str) and unit.strip()[:1].isalpha() and unit.strip().lower() not in ("nan", "inf", "infinity"):
        unit = f"1 {unit.strip()}"
    return quantity(unit, "m", where)


def _as_region(name: object, value: Any) -> Region:
    if isinstance(value, Region):
        return value
    try:
        if isinstance(value, (tuple, list)):
            if len(value) != 2:
                raise must_be(f"region {name!r}", "a material, (material, magnetization) or a Region", value)
            return Region(material=value[0], magnetization=value[1])
        return Region(material=value)
    except ValueError as error:
        raise DeviceError(f"region {name!r}: {error}") from None


def _check_lengths(device: Device) -> None:
    needed = {1: ("cross_section",), 2: ("thickness",), 3: ()}[device.dimension]
    for name, unit in (("length_unit", "m"), ("thickness", "m"), ("cross_section", "m^2")):
        value = getattr(device, name)
        if value is None:
            if name in needed:
                kind = {"thickness": "plane (2D)", "cross_section": "line (1D)"}[name]
                raise DeviceError(
                    f"Device.{name} must be given for a {kind} mesh, got nothing; it sets the scale of currents"
                )
            continue
        if name != "length_unit" and name not in needed:
            raise DeviceError(f"Device.{name} must be left out for a {device.dimension}D mesh, got {value!r}")
        ok = isinstance(value, Real) and not isinstance(value, bool) and 0 < value <= sys.float_info.max  # type: ignore[operator]
        if not ok:
            raise must_be(f"Device.{name}", f"a positive number in {unit}", value)
        object.__setattr__(device, name, float(value))
