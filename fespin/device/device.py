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
from ..materials import HalfMetal
from ..units import quantity
from . import cautions, checks, topology
from .interface import Interface
from .mesh import Group, Mesh
from .region import Region, as_region, direction_text, three_numbers
from .split import SplitMesh, split_mesh

if TYPE_CHECKING:
    from ..exchange.attachment import ExchangeCoupling

# of electrons in most metals; [field] g_factor overrides it
G_FACTOR = 2.00232


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
    interfaces : mapping of str to Interface
        Contacts that are not ohmic and spin-inactive.
    magnetic_field : sequence of 3 floats, optional
        B in T, uniform; spins in normal metals and in ferromagnets of finite strength precess about it (Hanle). Needs
        the diffusivity of these materials.
    g_factor : float
        Of the conduction electrons: they precess at g mu_B B/hbar.
    exchanges : mapping of str to ExchangeCoupling
        Exchange across tunnel barriers between magnetic regions; it turns magnetizations (`fespin.switching`) and has
        no part in the transport.

    Raises
    ------
    DeviceError
        Names the region, terminal, interface or group, what was found and what to do.

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
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    magnetic_field: tuple[float, float, float] | None = None
    g_factor: float = G_FACTOR
    exchanges: Mapping[str, ExchangeCoupling] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("regions", "terminals", "interfaces", "exchanges"):
            if not isinstance(getattr(self, name), Mapping):
                raise must_be(f"Device.{name}", "a mapping from names", getattr(self, name))
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        if not isinstance(self.mesh, Mesh):
            raise must_be("Device.mesh", "a fespin.Mesh", self.mesh, "Device.from_mesh takes files and other meshes")
        if not isinstance(self.name, str):
            raise must_be("Device.name", "a string", self.name)
        for name in (*self.regions, *self.terminals, *self.interfaces):
            if not isinstance(name, str):
                raise must_be("names of regions, terminals and interfaces", "strings", name)
        check_lengths(self)
        for name, region in self.regions.items():
            if not isinstance(region, Region):
                raise must_be(f"Device.regions[{name!r}]", "a Region", region)
        for name, interface in self.interfaces.items():
            if not isinstance(interface, Interface):
                raise must_be(f"Device.interfaces[{name!r}]", "an Interface", interface)
        _check_field(self)
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
        interfaces: Mapping[str, Interface] | None = None,
        magnetic_field: tuple[float, float, float] | None = None,
        g_factor: float = G_FACTOR,
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
        interfaces, magnetic_field, g_factor, exchanges
            As for the constructor.

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
            regions={str(k): as_region(k, v) for k, v in regions.items()},
            terminals={str(k): v for k, v in pairs.items()},
            length_unit=length_of(length_unit),
            thickness=None if thickness is None else quantity(thickness, "m", "Device.thickness"),
            cross_section=None if cross_section is None else quantity(cross_section, "m^2", "Device.cross_section"),
            name=name,
            interfaces={} if interfaces is None else interfaces,
            magnetic_field=magnetic_field,
            g_factor=g_factor,
            exchanges={} if exchanges is None else exchanges,
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
    def terminal_owners(self) -> Mapping[str, topology.Owners]:
        """Cells behind the facets of each terminal."""
        return MappingProxyType(topology.owners_of(self.mesh.cells, self.mesh.cell_type, self.terminal_facets))

    @cached_property
    def split(self) -> SplitMesh:
        """The mesh torn open along the interfaces; without any, the mesh itself."""
        return split_mesh(self)

    @cached_property
    def precession(self) -> np.ndarray | None:
        """Angular velocity omega = g mu_B B/hbar of the spins, (3,), rad/s; None without a field."""
        if self.magnetic_field is None or not any(self.magnetic_field):
            return None
        from scipy.constants import hbar, physical_constants

        return self.g_factor * physical_constants["Bohr magneton"][0] / hbar * np.array(self.magnetic_field)

    @property
    def precession_axis(self) -> tuple[float, float, float] | None:
        """Unit vector along the magnetic field; None without one."""
        if self.precession is None or not self.precession.any():
            return None
        axis = self.precession / np.abs(self.precession).max()  # first: the squares of a weak field are zero
        x, y, z = (axis / np.linalg.norm(axis)).tolist()
        return (x, y, z)

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

    def with_interface(self, name: str, **changes: Any) -> Device:
        """A copy in which fields of one interface differ: ``with_interface("fn", conductance_up=1e14)``."""
        if name not in self.interfaces:
            from ..errors import suggest

            raise DeviceError(f"Device {self.name!r} has no interface {name!r}; {suggest(name, self.interfaces)}")
        return replace(self, interfaces={**self.interfaces, name: replace(self.interfaces[name], **changes)})

    def reversed(self) -> Device:
        """The device with every magnetization and the magnetic field turned around, as Onsager's relation needs it."""
        back: Any = None if self.magnetic_field is None else tuple(-b + 0.0 for b in self.magnetic_field)
        return replace(self, regions={n: r.reversed() for n, r in self.regions.items()}, magnetic_field=back)

    def __getstate__(self) -> dict[str, Any]:
        """For other processes: views of dictionaries cannot be sent, the dictionaries can."""
        return {k: dict(v) if isinstance(v, MappingProxyType) else v for k, v in self.__dict__.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A device that was sent has been checked; what it knows of itself comes along."""
        self.__dict__.update({k: MappingProxyType(v) if type(v) is dict else v for k, v in state.items()})

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
            m = "" if region.magnetization is None else f", m = {direction_text(region)}"
            lines.append(f"  region {name}: {region.material}{m}, {volume:.4g} m^3")
        for name, facets in self.terminal_facets.items():
            lines.append(f"  terminal {name}: {len(facets)} facets")
        for contact in self.split.contacts:
            lines.append(f"  interface {contact.name}: {len(contact.cells)} facets, {contact.interface}")
        if self.magnetic_field is not None:
            lines.append(f"  magnetic field {self.magnetic_field} T, g = {self.g_factor}")
        return "\n".join(lines) + ">"

    def _repr_html_(self) -> str:
        """Regions, terminals and interfaces as a table for notebooks."""
        from ..notebook import html_table

        rows: list[tuple[str, str, str]] = []
        for (name, region), volume in zip(self.regions.items(), self.volumes().values(), strict=True):
            m = "" if region.magnetization is None else f"; m = {direction_text(region)}"
            rows.append((f"region {name}", f"{region.material}{m}", f"{volume:.4g} m^3"))
        rows += [(f"terminal {name}", "", f"{len(facets)} facets") for name, facets in self.terminal_facets.items()]
        rows += [(f"interface {c.name}", str(c.interface), f"{len(c.cells)} facets") for c in self.split.contacts]
        if self.magnetic_field is not None:
            rows.append(("magnetic field", f"{self.magnetic_field} T", f"g = {self.g_factor}"))
        size = f"{self.dimension}D, {len(self.mesh.points)} nodes, {len(self.mesh.cells)} {self.mesh.cell_type} cells"
        return html_table(["", "what", "size"], rows, caption=f"device {self.name}: {size}")


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


def _check_field(device: Device) -> None:
    """A field of three numbers, a positive g factor, and the diffusivities that precession needs."""
    g = device.g_factor
    if not isinstance(g, Real) or isinstance(g, bool) or not 0 < abs(g) <= sys.float_info.max:
        raise must_be("Device.g_factor", "a finite number that is not zero", g)
    object.__setattr__(device, "g_factor", float(g))
    if device.magnetic_field is None:
        return
    vector = three_numbers("Device.magnetic_field", device.magnetic_field, "three finite numbers in T")
    object.__setattr__(device, "magnetic_field", tuple((vector + 0.0).tolist()))
    if vector.any():
        require_diffusivity(device, "a magnetic field")


def require_diffusivity(device: Device, what: str) -> None:
    """Refuse a device in which a material that takes part in `what` has no diffusivity."""
    for name, region in device.regions.items():
        if region.material.diffusivity is None and (not region.is_strong or what != "a magnetic field"):
            if isinstance(region.material, HalfMetal):
                continue  # a single channel stores no spin
            raise DeviceError(
                f"region {name!r}: {what} needs the diffusivity (or density_of_states) of its material, got none"
            )


def check_lengths(device: Any) -> None:
    """Thickness or cross-section where the dimension asks for them, and only there; positive numbers."""
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
