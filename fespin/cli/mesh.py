"""``fespin mesh NAME --param k=v --out DIR``."""

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
    path = build(
        arguments.shape,
        arguments.out,
        params=_parameters(arguments.param),
        file_name=arguments.name,
        overwrite=arguments.overwrite,
    )
    print(f"wrote {path} and {path.with_suffix('.msh')}")
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
