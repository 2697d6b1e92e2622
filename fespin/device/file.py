"""Device files: TOML in and out. Everything in a file is checked; what is not understood is refused."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import DeviceError, InputError, must_be, suggest
from ..materials import Ferromagnet, HalfMetal, Material, NormalMetal, is_magnetic
from ..units import quantity
from .device import Device, Region, length_of

_KINDS: dict[str, type] = {"normal": NormalMetal, "ferromagnet": Ferromagnet, "half-metal": HalfMetal}
_DEVICE_KEYS = ("name", "mesh", "length_unit", "thickness", "cross_section", "mesh_tags")
_MATERIAL_KEYS = ("base", "kind", "resistivity", "conductivity", "spin_diffusion_length", "polarization",
                  "diffusivity", "density_of_states")  # fmt: skip
# known to the file format, but not part of the transport model of this version
_LATER = {
    "interfaces": "interfaces with conductances of their own",
    "field": "precession in a magnetic field",
    "spin_hall_angle": "the spin Hall effect",
    "transverse_length": "ferromagnets of finite strength",
    "precession_length": "ferromagnets of finite strength",
}


def load(path: str | os.PathLike[str]) -> Device:
    """Read a device file.

    Parameters
    ----------
    path : path
        TOML file; the mesh it names is looked for relative to it.

    Returns
    -------
    Device

    Raises
    ------
    DeviceError
        One or two lines that name the file, the key or group, what was found and what was expected.

    Examples
    --------
    >>> import fespin
    >>> fespin.load("no_such_file.toml")
    Traceback (most recent call last):
    ...
    fespin.errors.DeviceError: no_such_file.toml cannot be read: No such file or directory
    """
    if not isinstance(path, (str, os.PathLike)):
        raise must_be("path", "the path of a device file", path)
    path = Path(path)
    document = _parse(path)
    try:
        return _device(document, path)
    except InputError as error:
        text = str(error)
        kind = type(error) if isinstance(error, DeviceError) else DeviceError
        raise kind(text if text.startswith(str(path)) else f"{path}: {text}") from None


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark before the first line
    except OSError as error:
        raise DeviceError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise DeviceError(f"{path} must be a TOML text file in UTF-8, got other bytes; is it the mesh?") from None
    except tomllib.TOMLDecodeError as error:
        raise DeviceError(f"{path} is not valid TOML: {error}") from None
    except (ValueError, RecursionError) as error:  # a null in the path; integers and nesting without end
        raise DeviceError(f"{path} cannot be read as TOML: {str(error)[:200]}") from None


def _device(document: dict[str, Any], path: Path) -> Device:
    _only(document, ("device", "materials", "regions", "terminals", "interfaces", "field"), "the file")
    for name in ("interfaces", "field"):
        if document.get(name):
            _refuse_later(f"[{name}]", name)
    head = _table(document, "device", required=True)
    _only(head, _DEVICE_KEYS, "[device]")
    if "mesh" not in head:
        raise DeviceError("[device] must have the key 'mesh' with the path of the mesh file, got none")
    for key in ("name", "mesh", "mesh_tags"):
        if not isinstance(head.get(key, ""), str):
            raise DeviceError(f"[device] {key} must be a string, got {head[key]!r}")
    entries = _table(document, "materials", required=True)
    materials = {name: _material(name, entry) for name, entry in entries.items()}
    regions = _table(document, "regions", required=True)
    return Device.from_mesh(
        path.parent / head["mesh"],
        regions={name: _region(name, value, materials) for name, value in regions.items()},
        terminals=_terminals(_table(document, "terminals", required=True)),
        length_unit=length_of(head.get("length_unit", "m"), "[device] length_unit"),
        thickness=_optional(head, "thickness", "m"),
        cross_section=_optional(head, "cross_section", "m^2"),
        name=head.get("name", path.stem),
        mesh_tags=head.get("mesh_tags"),
    )


def _optional(table: Mapping[str, Any], key: str, unit: str) -> float | None:
    return None if key not in table else quantity(table[key], unit, f"[device] {key}")


def _table(document: Mapping[str, Any], name: str, *, required: bool) -> Mapping[str, Any]:
    value = document.get(name, {})
    if not isinstance(value, Mapping):
        raise DeviceError(f"[{name}] must be a table, got {value!r}")
    if required and not value:
        raise DeviceError(f"the file must have a table [{name}] with at least one entry, got none")
    return value


def _only(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise DeviceError(f"{where} has the unknown key {key!r}; {suggest(key, known)}")


def _refuse_later(where: str, key: str) -> None:
    raise DeviceError(f"{where}: {_LATER[key]} are not part of this version's transport model; remove it")


def _material(name: str, entry: Any) -> Material:
    """A material from its table; every error names the material and the key."""
    where = f"[materials.{name}]"
    if not isinstance(entry, Mapping):
        raise DeviceError(f"{where} must be a table, got {entry!r}")
    for key in entry:
        if key in _LATER:
            _refuse_later(f"{where} {key}", key)
    _only(entry, _MATERIAL_KEYS, where)
    merged = {**_base(where, entry), **entry}
    for one, other in (("resistivity", "conductivity"), ("conductivity", "resistivity")):
        if one in entry and other not in entry:
            merged.pop(other, None)  # overriding one of the pair replaces what the base said with the other
    kind = merged.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise DeviceError(f"{where} kind must be one of {', '.join(_KINDS)}, got {kind!r}")
    values = _material_values(where, merged)
    if kind == "normal" and "polarization" in values:
        raise DeviceError(f"{where} polarization must be left out for a normal metal, got {values['polarization']!r}")
    for key in ("spin_diffusion_length", "polarization"):
        if key not in values and (kind == "ferromagnet" or (kind == "normal" and key == "spin_diffusion_length")):
            hint = "; inf switches relaxation off" if key == "spin_diffusion_length" else ""
            raise DeviceError(f"{where} must have the key {key!r}, got none{hint}")
    if kind == "half-metal" and "polarization" not in values:
        raise DeviceError(f"{where} must have the key 'polarization' (1 or -1, the channel that conducts), got none")
    try:
        return _KINDS[kind](**values)
    except InputError as error:
        raise DeviceError(f"{where} {error}") from None


def _base(where: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    if "base" not in entry:
        return {}
    if not isinstance(entry["base"], str):
        raise DeviceError(f"{where} base must be the name of a material of the table, got {entry['base']!r}")
    from .. import table

    try:
        return table.base_entry(entry["base"])
    except InputError as error:
        raise DeviceError(f"{where} {error}") from None


def _material_values(where: str, entry: Mapping[str, Any]) -> dict[str, float]:
    def read(key: str, unit: str) -> float:
        return quantity(entry[key], unit, f"{where} {key}")

    given = [key for key in ("resistivity", "conductivity") if key in entry]
    if len(given) != 1:
        raise DeviceError(
            f"{where} must have exactly one of 'resistivity' and 'conductivity', got {' and '.join(given) or 'none'}"
        )
    values = {}
    if given == ["conductivity"]:
        values["conductivity"] = read("conductivity", "S/m")
    else:
        resistivity = read("resistivity", "ohm m")
        if not 0 < resistivity < float("inf"):
            raise DeviceError(
                f"{where} resistivity must be a positive finite number in ohm m, got {entry['resistivity']!r}"
            )
        values["conductivity"] = 1.0 / resistivity
    for key, unit in (("spin_diffusion_length", "m"), ("polarization", ""), ("diffusivity", "m^2/s")):
        if key in entry:
            values[key] = read(key, unit)
    if "density_of_states" in entry:
        if "diffusivity" in entry:
            raise DeviceError(f"{where} must have at most one of 'diffusivity' and 'density_of_states', got both")
        from scipy.constants import e

        states = read("density_of_states", "1/(J m^3)")
        if not 0 < states < float("inf") or states * e**2 == 0:
            raise DeviceError(
                f"{where} density_of_states must be positive and finite, got {entry['density_of_states']!r}"
            )
        values["diffusivity"] = values["conductivity"] / (e**2 * states)  # sigma = e^2 N D, N of both spins
    return values


def _region(name: str, value: Any, materials: Mapping[str, Material]) -> Region:
    """``region = "Cu"`` or ``region = { material = "Co", magnetization = [0, 0, 1], group = 3 }``."""
    where = f"[regions] {name}"
    entry = {"material": value} if isinstance(value, str) else value
    if not isinstance(entry, Mapping) or "material" not in entry:
        raise DeviceError(f"{where} must be the name of a material or a table with 'material', got {value!r}")
    _only(entry, ("material", "magnetization", "group"), where)
    if not isinstance(entry["material"], str):
        raise DeviceError(f"{where} material must be the name of a material, got {entry['material']!r}")
    if entry["material"] not in materials:
        raise DeviceError(f"{where} names the material {entry['material']!r}, which is not under [materials]; "
                          f"{suggest(entry['material'], materials)}")  # fmt: skip
    magnetization = entry.get("magnetization")
    if magnetization is not None and not (
        isinstance(magnetization, list)
        and len(magnetization) == 3
        and all(type(v) in (int, float) for v in magnetization)
    ):
        raise DeviceError(f"{where} magnetization must be three numbers like [0, 0, 1], got {magnetization!r}")
    group = entry.get("group")
    if group is not None and type(group) not in (str, int):
        raise DeviceError(f"{where} group must be a name or an integer tag, got {group!r}")
    try:
        axis: Any = magnetization
        return Region(material=materials[entry["material"]], magnetization=axis, group=group)
    except InputError as error:
        raise DeviceError(f"{where}: {error}") from None


def _terminals(table: Mapping[str, Any]) -> dict[str, str | int]:
    for name, group in table.items():
        if type(group) not in (str, int):
            raise DeviceError(f"[terminals] {name} must be a group's name or integer tag, got {group!r}")
    return dict(table)


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
        write_atomic(path, _toml(device, mesh_path))
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


def _toml(device: Device, mesh_path: str) -> str:
    lines = ["[device]", f"name = {_quoted(device.name)}", f"mesh = {_quoted(mesh_path)}"]
    if device.mesh.tag_array is not None:
        lines.append(f"mesh_tags = {_quoted(device.mesh.tag_array)}")
    lines.append(f'length_unit = "{_unit(device.length_unit)}"')
    if device.thickness is not None:
        lines.append(f'thickness = "{device.thickness!r} m"')
    if device.cross_section is not None:
        lines.append(f'cross_section = "{device.cross_section!r} m^2"')
    names: dict[Material, str] = {}
    for region_name, region in device.regions.items():
        names.setdefault(region.material, region_name)
    for material, name in names.items():
        lines += ["", f"[materials.{_quoted(name)}]", *_material_lines(material)]
    lines += ["", "[regions]"]
    lines += [f"{_quoted(name)} = {_region_value(region, names)}" for name, region in device.regions.items()]
    lines += ["", "[terminals]"]
    lines += [f"{_quoted(name)} = {_group(group)}" for name, group in device.terminals.items()]
    return "\n".join(lines) + "\n"


def _unit(metres: float) -> str:
    """The unit's usual name where reading it back gives the same float."""
    for unit in ("m", "mm", "um", "nm"):
        if quantity(f"1 {unit}", "m", "") == metres:
            return unit
    return f"{metres!r} m"


def _material_lines(material: Material) -> list[str]:
    kind = next(k for k, cls in _KINDS.items() if isinstance(material, cls))
    lines = [f'kind = "{kind}"', f'conductivity = "{material.conductivity!r} S/m"']
    lines.append(f'spin_diffusion_length = "{material.spin_diffusion_length!r} m"')
    if is_magnetic(material):
        lines.append(f"polarization = {material.polarization!r}")  # type: ignore[union-attr]
    if material.diffusivity is not None:
        lines.append(f'diffusivity = "{material.diffusivity!r} m^2/s"')
    return lines


def _region_value(region: Region, names: Mapping[Material, str]) -> str:
    parts = [f"material = {_quoted(names[region.material])}"]
    if region.magnetization is not None:
        parts.append(f"magnetization = {list(region.magnetization)!r}")
    if region.group is not None:
        parts.append(f"group = {_group(region.group)}")
    return "{ " + ", ".join(parts) + " }"


def _group(group: str | int) -> str:
    return str(group) if isinstance(group, int) else _quoted(group)


def _quoted(text: str) -> str:
    escape: Callable[[str], str] = lambda c: c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}"  # noqa: E731
    return '"' + "".join(map(escape, text)) + '"'
