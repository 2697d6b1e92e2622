"""``fespin mesh NAME --param k=v --out DIR`` and ``fespin mesh convert FILE OUT.h5``."""

from __future__ import annotations

import argparse
import contextlib

from ..device.shapes import SHAPES, build
from ..errors import InputError


def run(arguments: argparse.Namespace) -> int:
    """Make a device, or list what can be made."""
    if arguments.shape is None:
        print(_catalogue())
        return 0
    if arguments.shape == "convert":
        return _convert(arguments)
    if arguments.files:
        raise InputError(f"fespin mesh {arguments.shape} takes no file, got {arguments.files[0]!r}; did you mean "
                         f"fespin mesh convert {arguments.files[0]} OUT.h5?")  # fmt: skip
    path = build(
        arguments.shape,
        arguments.out,
        params=_parameters(arguments.param),
        file_name=arguments.name,
        overwrite=arguments.overwrite,
    )
    print(f"wrote {path} and {path.with_suffix('.msh')}")
    return 0


def _convert(arguments: argparse.Namespace) -> int:
    """Store a mesh so that it can be read by slices."""
    from ..device.file import load
    from ..device.reader import read_mesh
    from ..device.stored import write_stored

    if len(arguments.files) != 2:
        raise InputError("fespin mesh convert needs two files, DEVICE.toml or a mesh, and OUT.h5 or OUT.xdmf, got "
                         f"{len(arguments.files)}")  # fmt: skip
    source, out = arguments.files
    device = source.endswith(".toml")
    mesh = load(source).mesh if device else read_mesh(source)
    data, shown = write_stored(mesh, out, overwrite=arguments.overwrite)
    print(
        f"wrote {data} and, for ParaView, {shown}: {len(mesh.points)} nodes, {len(mesh.cells)} {mesh.cell_type} cells"
    )
    print(f'the device file names it: mesh = "{data.name}"' + (", without mesh_tags" if mesh.tag_array else ""))
    return 0


def _parameters(pairs: list[str]) -> dict[str, float | str]:
    out: dict[str, float | str] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--param must be like mesh_size=10, got {pair!r}")
        value: float | str = text.strip()
        with contextlib.suppress(ValueError):  # a word, such as cells=hexahedron: the shape decides about it
            value = float(text)
        out[key.strip()] = value
    return out


def _catalogue() -> str:
    lines = []
    for name, shape in SHAPES.items():
        lines.append(f"{name}: {shape.summary}")
        lines += [f"    {key} = {p.default}   {p.meaning}" for key, p in shape.parameters.items()]
    return "\n".join(lines)
