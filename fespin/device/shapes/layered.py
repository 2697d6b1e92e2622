"""Films that cross or sit on each other: the plane mesh of the common face, swept down and up in layers.

Sweeping keeps the cells thin where the spin accumulation decays within a few nm of the interface and long
elsewhere, at a small part of the cells that tetrahedra of one size would need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from . import drawing
from .metals import COBALT, COPPER, PERMALLOY
from .shape import Entities, Groups, Plan, Region, nm, refuse, shape


def _sweep(
    gmsh: Any,
    *,
    normal: Entities,
    ferro: Mapping[str, Entities],
    down: tuple[float, list[float]],
    up: tuple[float, list[float]],
) -> Groups:
    """Sweep the normal surfaces of the plane z = 0 down and the ferromagnetic ones up, each in layers."""
    groups: Groups = {"normal": drawing.extrude(gmsh, normal, (0, 0, -down[0]), down[1])[0]}
    everything = [entity for entities in ferro.values() for entity in entities]
    swept, _ = drawing.extrude(gmsh, everything, (0, 0, up[0]), up[1])
    solid = dict(zip(everything, swept, strict=True))
    return groups | {name: [solid[entity] for entity in entities] for name, entities in ferro.items()}


def _contacts(gmsh: Any, base: Entities, ferro: Mapping[str, tuple[int, int]]) -> tuple[Entities, dict[str, Entities]]:
    """Cut plane surfaces along each other; return those under normal metal and those under each ferromagnet.

    The faces of contact are in both.
    """
    _, parts = gmsh.model.occ.fragment(base, list(ferro.values()))
    gmsh.model.occ.synchronize()
    normal = [entity for part in parts[: len(base)] for entity in part]
    return list(dict.fromkeys(normal)), dict(zip(ferro, parts[len(base) :], strict=True))


def _refine_contacts(gmsh: Any, normal: Entities, ferro: Mapping[str, Entities], fine: float, coarse: float) -> None:
    """Refine at the edges of the faces of contact, where the current crowds."""
    shared = [entity for entities in ferro.values() for entity in entities if entity in normal]
    edges = sorted({edge for face in shared for edge in drawing.outline(gmsh, [face])})
    drawing.refine(gmsh, edges, fine=fine, coarse=coarse, reach=3 * coarse)


@shape(
    summary="Lateral spin valve: a copper wire along x under two permalloy wires along y.",
    figure="Compare with Takahashi and Maekawa, PRB 67, 052409 (2003), whose contacts are points.",
)
def lateral_valve(
    *,
    separation: Annotated[float, nm("between the axes of the ferromagnets")] = 300.0,
    normal_width: Annotated[float, nm("of the normal wire")] = 80.0,
    normal_thickness: Annotated[float, nm("of the normal wire")] = 60.0,
    arm: Annotated[float, nm("of normal wire from the axis of a ferromagnet to the terminal beyond")] = 250.0,
    ferro_width: Annotated[float, nm("of the ferromagnetic wires")] = 60.0,
    ferro_thickness: Annotated[float, nm("of the ferromagnetic wires")] = 20.0,
    overhang: Annotated[float, nm("of the ferromagnetic wires beyond the normal one, both sides")] = 60.0,
    first_layer: Annotated[float, nm("thickness of the layer of cells at the interface")] = 1.2,
    mesh_size: Annotated[float, nm("largest cells in the plane; a third of it at the contacts")] = 40.0,
) -> Plan:
    """Terminals: injector and detector at the ends y > 0 of the ferromagnets, left and right of the wire."""
    if ferro_width >= separation:
        raise refuse(
            "lateral_valve",
            "separation must exceed ferro_width",
            separation=separation,
            ferro_width=ferro_width,
        )
    if arm <= ferro_width / 2:
        raise refuse("lateral_valve", "arm must exceed ferro_width/2", arm=arm, ferro_width=ferro_width)
    places = {"injector": -separation / 2, "detector": separation / 2}
    reach, side = separation / 2 + arm, normal_width / 2 + overhang

    def draw(gmsh: Any) -> Groups:
        wire = drawing.rectangle(gmsh, (-reach, reach), (-normal_width / 2, normal_width / 2))
        bars = {
            name: drawing.rectangle(gmsh, (x - ferro_width / 2, x + ferro_width / 2), (-side, side))
            for name, x in places.items()
        }
        normal, ferro = _contacts(gmsh, [wire], {f"ferro_{name}": bar for name, bar in bars.items()})
        _refine_contacts(gmsh, normal, ferro, mesh_size / 3, mesh_size)
        layers = drawing.graded(ferro_thickness, fine=first_layer, coarse=ferro_thickness, growth=1.6)
        deep = drawing.graded(normal_thickness, fine=4 * first_layer, coarse=mesh_size, growth=1.6)
        groups = _sweep(gmsh, normal=normal, ferro=ferro, down=(normal_thickness, deep), up=(ferro_thickness, layers))
        ends = {name: drawing.boundary(gmsh, groups[f"ferro_{name}"], drawing.flat(1, side)) for name in places}
        ends |= {
            name: drawing.boundary(gmsh, groups["normal"], drawing.flat(0, x))
            for name, x in {"left": -reach, "right": reach}.items()
        }
        return {**groups, **ends}

    along = (0.0, 1.0, 0.0)
    volume = 2 * reach * normal_width * normal_thickness + 4 * side * ferro_width * ferro_thickness
    return Plan(
        draw=draw,
        dimension=3,
        extent=volume,
        mesh_size=mesh_size,
        materials={"Cu": COPPER, "Py": PERMALLOY},
        regions={
            "normal": Region("Cu"),
            "ferro_injector": Region("Py", along),
            "ferro_detector": Region("Py", along),
        },
        terminals=("injector", "detector", "left", "right"),
        notes=(
            "Usual measurement: current from injector to left, voltage between detector and right.",
            "For the antiparallel state write [0, -1, 0] at ferro_detector.",
        ),
    )


@shape(
    summary="Cross of a normal metal with four terminals; two ferromagnets on it are not collinear.",
    figure="A device of four terminals without any symmetry, for reciprocity in general.",
)
def cross(
    *,
    arm_length: Annotated[float, nm("of each arm, from the square in the middle to its terminal")] = 150.0,
    arm_width: Annotated[float, nm("of the arms")] = 80.0,
    normal_thickness: Annotated[float, nm("of the cross")] = 30.0,
    block_length: Annotated[float, nm("of the ferromagnets, along the arm they sit on")] = 60.0,
    block_width: Annotated[float, nm("of the ferromagnets, across the arm")] = 50.0,
    block_thickness: Annotated[float, nm("of the ferromagnets")] = 15.0,
    block_gap: Annotated[float, nm("from the square in the middle to the ferromagnets")] = 25.0,
    mesh_size: Annotated[float, nm("largest cells in the plane; half of it at the ferromagnets")] = 22.0,
) -> Plan:
    """The ferromagnets sit in the middle of the arms west and north."""
    if block_width >= arm_width:
        raise refuse("cross", "block_width must be less than arm_width", block_width=block_width, arm_width=arm_width)
    if block_gap + block_length >= arm_length:
        values = {"block_gap": block_gap, "block_length": block_length, "arm_length": arm_length}
        raise refuse("cross", "block_gap + block_length must be less than arm_length", **values)
    half = arm_width / 2
    reach, start = half + arm_length, half + block_gap
    across, along = (-block_width / 2, block_width / 2), (start, start + block_length)

    def draw(gmsh: Any) -> Groups:
        corners = [
            (-reach, -half),
            (-half, -half),
            (-half, -reach),
            (half, -reach),
            (half, -half),
            (reach, -half),
        ]
        corners += [(-x, -y) for x, y in corners]
        bars = {
            "ferro_west": drawing.rectangle(gmsh, (-along[1], -along[0]), across),
            "ferro_north": drawing.rectangle(gmsh, across, along),
        }
        normal, ferro = _contacts(gmsh, [drawing.polygon(gmsh, corners)], bars)
        _refine_contacts(gmsh, normal, ferro, mesh_size / 2, mesh_size)
        layers = drawing.graded(block_thickness, fine=mesh_size / 6, coarse=mesh_size, growth=1.5)
        deep = drawing.graded(normal_thickness, fine=mesh_size / 5, coarse=mesh_size, growth=1.5)
        groups = _sweep(gmsh, normal=normal, ferro=ferro, down=(normal_thickness, deep), up=(block_thickness, layers))
        ends = {"west": (0, -reach), "east": (0, reach), "south": (1, -reach), "north": (1, reach)}
        return groups | {
            name: drawing.boundary(gmsh, groups["normal"], drawing.flat(*place)) for name, place in ends.items()
        }

    area = arm_width**2 + 4 * arm_length * arm_width
    return Plan(
        draw=draw,
        dimension=3,
        extent=area * normal_thickness + 2 * block_length * block_width * block_thickness,
        mesh_size=mesh_size,
        materials={"Co": COBALT, "Cu": COPPER},
        regions={
            "normal": Region("Cu"),
            "ferro_west": Region("Co", (0.6, 0.0, 0.8)),
            "ferro_north": Region("Co", (0.0, 0.6, 0.8)),
        },
        terminals=("west", "east", "south", "north"),
    )
