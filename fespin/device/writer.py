"""Device files: TOML out, atomically, so that it reads back equal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import DeviceError, InputError
from ..materials import Ferromagnet, Material, NormalMetal, is_magnetic
from ..units import quantity
from .device import Device
from .exchange_entry import exchange_lines
from .interface import Interface
from .material_entry import KINDS
from .region import Region


def write(device: Device, path: Path, *, overwrite: bool) -> Path:
    """Write the device file and, for a mesh without a file, ``<stem>.msh`` beside it; both atomically."""
    from ..atomic import write_atomic

    source = device.mesh.source
    if path.suffix != ".toml":
        raise DeviceError(f"{path} must end in .toml to be a device file")
    beside = path.with_suffix(".msh")
    in_the_way = [p for p in ([path, beside] if source is None else [path]) if p.exists()]
    if in_the_way and not overwrite:
        raise DeviceError(f"{in_the_way[0]} exists already; pass overwrite=True or choose another name")
    try:
        if source is None:
            from .msh_writer import msh_text

            write_atomic(beside, msh_text(device.mesh))
            mesh_path = beside.name
        else:
            mesh_path = _relative(source, path.parent)
        write_atomic(path, _toml(device, mesh_path, path.parent))
    except DeviceError:
        raise
    except InputError as error:
        raise DeviceError(str(error)) from None
    return path


def _relative(target: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(target.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return target.resolve().as_posix()


def _toml(device: Device, mesh_path: str, folder: Path) -> str:
    lines = ["[device]", f"name = {quoted(device.name)}", f"mesh = {quoted(mesh_path)}"]
    if device.mesh.tag_array is not None:
        lines.append(f"mesh_tags = {quoted(device.mesh.tag_array)}")
    lines.append(f'length_unit = "{_unit(device.length_unit)}"')
    if device.thickness is not None:
        lines.append(f'thickness = "{device.thickness!r} m"')
    if device.cross_section is not None:
        lines.append(f'cross_section = "{device.cross_section!r} m^2"')
    names: dict[Material, str] = {}
    for region_name, region in device.regions.items():
        names.setdefault(region.material, region_name)
    for material, name in names.items():
        lines += ["", f"[materials.{quoted(name)}]", *_material_lines(material)]
    lines += ["", "[regions]"]
    lines += [f"{quoted(name)} = {_region_value(region, names, folder)}" for name, region in device.regions.items()]
    lines += ["", "[terminals]"]
    lines += [f"{quoted(name)} = {_group(group)}" for name, group in device.terminals.items()]
    for name, interface in device.interfaces.items():
        lines += ["", f"[interfaces.{quoted(name)}]", *_interface_lines(interface)]
    if device.magnetic_field is not None:
        parts = ", ".join(f'"{b!r} T"' for b in device.magnetic_field)
        lines += ["", "[field]", f"magnetic_field = [{parts}]", f"g_factor = {device.g_factor!r}"]
    lines += exchange_lines(device.exchanges, quoted)
    return "\n".join(lines) + "\n"


def _unit(metres: float) -> str:
    """The unit's usual name where reading it back gives the same float."""
    for unit in ("m", "mm", "um", "nm"):
        if quantity(f"1 {unit}", "m", "") == metres:
            return unit
    return f"{metres!r} m"


def _material_lines(material: Material) -> list[str]:
    kind = next(k for k, cls in KINDS.items() if isinstance(material, cls))
    spread = dict(material.uncertainty)
    number = lambda key, unit: _number(getattr(material, key), spread.get(key), unit)  # noqa: E731
    lines = [f'kind = "{kind}"', f"conductivity = {number('conductivity', 'S/m')}"]
    lines.append(f"spin_diffusion_length = {number('spin_diffusion_length', 'm')}")
    if is_magnetic(material):
        lines.append(f"polarization = {number('polarization', '')}")
    if material.diffusivity is not None:
        lines.append(f"diffusivity = {number('diffusivity', 'm^2/s')}")
    if isinstance(material, NormalMetal) and (material.spin_hall_angle or "spin_hall_angle" in spread):
        lines.append(f"spin_hall_angle = {number('spin_hall_angle', '')}")
    if isinstance(material, Ferromagnet) and material.transverse_length is not None:
        lines.append(f"transverse_length = {number('transverse_length', 'm')}")
        lines.append(f"precession_length = {number('precession_length', 'm')}")
    return lines


def _number(value: float, spread: float | None, unit: str) -> str:
    """As a TOML value: bare without a unit, and with its uncertainty where there is one."""
    if spread is None:
        return f'"{value!r} {unit}"' if unit else f"{value!r}"
    tail = f" {unit}" if unit else ""
    return f'"{value!r}{tail} +- {spread!r}{tail}"'


def _interface_lines(interface: Interface) -> list[str]:
    lines = []
    if interface.between is not None:
        lines.append(f"between = [{', '.join(map(quoted, interface.between))}]")
    if interface.group is not None:
        lines.append(f"group = {_group(interface.group)}")
    spread = dict(interface.uncertainty)
    units = {"conductance_up": "S/m^2", "conductance_down": "S/m^2"}
    if {"area_resistance", "asymmetry"} & set(spread):  # equal to rounding: conductances are what an interface keeps
        units = {"area_resistance": "ohm m^2", "asymmetry": ""}
    lines += [f"{key} = {_number(getattr(interface, key), spread.get(key), unit)}" for key, unit in units.items()]
    mix = interface.mixing_conductance
    if mix is not None:
        parts = [_number(getattr(mix, part), spread.get(f"mixing_conductance.{part}"), "S/m^2")
                 for part in ("real", "imag")]  # fmt: skip
        lines.append(f"mixing_conductance = [{', '.join(parts)}]")
    if interface.spin_memory_loss or "spin_memory_loss" in spread:
        lines.append(f"spin_memory_loss = {_number(interface.spin_memory_loss, spread.get('spin_memory_loss'), '')}")
    return lines


def _magnetization(region: Region, folder: Path) -> str:
    if not region.is_textured:
        return f"{list(region.magnetization)!r}"
    source = region.magnetization.source
    if source is None:
        raise DeviceError(
            f"a magnetization given by a {region.magnetization.origin} cannot be written to a device file; write it as "
            "point data of a mesh file and use MagnetizationField.from_file"
        )
    return f"{{ file = {quoted(_relative(Path(source[0]), folder))}, data = {quoted(source[1])} }}"


def _region_value(region: Region, names: Mapping[Material, str], folder: Path) -> str:
    parts = [f"material = {quoted(names[region.material])}"]
    if region.magnetization is not None:
        parts.append(f"magnetization = {_magnetization(region, folder)}")
    if region.group is not None:
        parts.append(f"group = {_group(region.group)}")
    return "{ " + ", ".join(parts) + " }"


def _group(group: str | int) -> str:
    return str(group) if isinstance(group, int) else quoted(group)


def quoted(text: str) -> str:
    escape: Callable[[str], str] = lambda c: c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}"  # noqa: E731
    return '"' + "".join(map(escape, text)) + '"'
