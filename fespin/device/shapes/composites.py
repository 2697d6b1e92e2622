"""Plane elements of normal metal and ferromagnets with magnetizations that are not collinear."""

from __future__ import annotations

import math
from typing import Annotated, Any

from . import drawing
from .metals import COBALT, COPPER
from .shape import Groups, Plan, Region, nm, refuse, shape

TILTED = (0.6, 0.48, 0.64)
"""A unit vector with three different components and short decimals."""


def _refine_interfaces(gmsh: Any, ferromagnets: list[tuple[int, int]], size: float) -> None:
    """Halve the cells where spin currents are absorbed."""
    edges = sorted({e for f in ferromagnets for e in drawing.outline(gmsh, [f])})
    drawing.refine(gmsh, edges, fine=size / 2, coarse=size, reach=4 * size)


@shape(
    summary="Normal element with three ferromagnets that are not collinear; terminals on normal metal.",
    figure='Fig. 3 of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits".',
)
def composite(
    *,
    length: Annotated[float, nm("between the terminals")] = 400.0,
    width: Annotated[float, nm("of the normal strip")] = 160.0,
    block_width: Annotated[float, nm("of the two rectangular ferromagnets, along the strip")] = 80.0,
    block_height: Annotated[float, nm("of the two rectangular ferromagnets")] = 50.0,
    disk_radius: Annotated[float, nm("of the round ferromagnet in the middle")] = 36.0,
    thickness: Annotated[float, nm("of the film")] = 20.0,
    mesh_size: Annotated[float, nm("largest cells; half of it at the ferromagnets")] = 10.0,
) -> Plan:
    """One block sits on the upper edge, the disk inside, one block is let into the lower edge."""
    centre, half = {"top": length / 4, "bottom": 3 * length / 4}, block_width / 2
    if block_width >= length / 2:
        raise refuse("composite", "block_width must be less than length/2", block_width=block_width, length=length)
    if 2 * disk_radius >= width:
        raise refuse("composite", "the disk must fit into the strip", disk_radius=disk_radius, width=width)
    # nearest point of the lower block to the centre of the disk
    distance = math.hypot(length / 4 - half, max(0.0, width / 2 - block_height))
    if distance <= disk_radius or block_height >= width:
        rule = "normal metal must separate the disk from the lower block"
        values = {"disk_radius": disk_radius, "block_width": block_width, "block_height": block_height}
        raise refuse("composite", rule, **values)

    def draw(gmsh: Any) -> Groups:
        strip = drawing.rectangle(gmsh, (0, length), (0, width))
        blocks = {name: (x - half, x + half) for name, x in centre.items()}
        inserts = {
            "ferro_top": drawing.rectangle(gmsh, blocks["top"], (width, width + block_height)),
            "ferro_disk": (2, gmsh.model.occ.addDisk(length / 2, width / 2, 0, disk_radius, disk_radius)),
            "ferro_bottom": drawing.rectangle(gmsh, blocks["bottom"], (0, block_height)),
        }
        parts = drawing.partition(gmsh, [strip], inserts)
        normal = parts.pop("base")
        _refine_interfaces(gmsh, [entity for part in parts.values() for entity in part], mesh_size)
        ends = {"left": 0.0, "right": length}
        terminals = {name: drawing.boundary(gmsh, normal, drawing.flat(0, x)) for name, x in ends.items()}
        return {"normal": normal, **parts, **terminals}

    return Plan(
        draw=draw,
        dimension=2,
        extent=length * width + block_width * block_height,
        mesh_size=mesh_size,
        thickness=thickness,
        materials={"Co": COBALT, "Cu": COPPER},
        regions={
            "normal": Region("Cu"),
            "ferro_top": Region("Co", (0, 0, 1)),
            "ferro_disk": Region("Co", (1, 0, 0)),
            "ferro_bottom": Region("Co", TILTED),
        },
        terminals=("left", "right"),
    )


@shape(
    summary="Normal body between two ferromagnets that are not collinear; terminals on the ferromagnets.",
    figure='Fig. 4 of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits".',
)
def ferro_contacts(
    *,
    body_length: Annotated[float, nm("of the normal body")] = 200.0,
    body_width: Annotated[float, nm("of the normal body")] = 140.0,
    left_length: Annotated[float, nm("of the left ferromagnet")] = 80.0,
    right_length: Annotated[float, nm("of the right ferromagnet")] = 110.0,
    ferro_width: Annotated[float, nm("of both ferromagnets")] = 60.0,
    offset: Annotated[float, nm("of the ferromagnets: left from the lower, right from the upper edge",
                                zero=True)] = 20.0,
    thickness: Annotated[float, nm("of the film")] = 20.0,
    mesh_size: Annotated[float, nm("largest cells; half of it at the ferromagnets")] = 8.0,
) -> Plan:  # fmt: skip
    """The left ferromagnet is attached low and the right one high: no symmetry helps."""
    if ferro_width + offset > body_width:
        rule = "ferro_width + offset must not exceed body_width"
        raise refuse("ferro_contacts", rule, ferro_width=ferro_width, offset=offset, body_width=body_width)
    low, high = (offset, offset + ferro_width), (body_width - offset - ferro_width, body_width - offset)

    def draw(gmsh: Any) -> Groups:
        body = drawing.rectangle(gmsh, (0, body_length), (0, body_width))
        inserts = {
            "ferro_left": drawing.rectangle(gmsh, (-left_length, 0), low),
            "ferro_right": drawing.rectangle(gmsh, (body_length, body_length + right_length), high),
        }
        parts = drawing.partition(gmsh, [body], inserts)
        normal = parts.pop("base")
        _refine_interfaces(gmsh, [entity for part in parts.values() for entity in part], mesh_size)
        terminals = {
            "left": drawing.boundary(gmsh, parts["ferro_left"], drawing.flat(0, -left_length)),
            "right": drawing.boundary(gmsh, parts["ferro_right"], drawing.flat(0, body_length + right_length)),
        }
        return {"normal": normal, **parts, **terminals}

    return Plan(
        draw=draw,
        dimension=2,
        extent=body_length * body_width + (left_length + right_length) * ferro_width,
        mesh_size=mesh_size,
        thickness=thickness,
        materials={"Co": COBALT, "Cu": COPPER},
        regions={
            "normal": Region("Cu"),
            "ferro_left": Region("Co", (0, 0, 1)),
            "ferro_right": Region("Co", TILTED),
        },
        terminals=("left", "right"),
        notes=("Each terminal is a ferromagnet: it has two components of the potential, not four.",),
    )
