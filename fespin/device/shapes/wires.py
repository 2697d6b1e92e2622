"""Wires of parts in series, in one, two and three dimensions: the solution depends on x alone."""

from __future__ import annotations

import math
from typing import Annotated, Any

from . import drawing
from .metals import COBALT, COPPER, MODEL_FERROMAGNET, MODEL_SPACER
from .shape import Groups, Plan, Region, choice, degrees, nm, shape

FIG_5 = 'Fig. 5 and appendix D of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits".'


def _line(gmsh: Any, parts: dict[str, tuple[float, list[float]]]) -> Groups:
    """Draw parts along x, each with its length and the relative ends of its cells, from left to right."""
    end = [(0, gmsh.model.occ.addPoint(0, 0, 0))]
    groups: Groups = {}
    left = end
    for name, (length, ends) in parts.items():
        groups[name], end = drawing.extrude(gmsh, end, (length, 0, 0), ends)
    return {**groups, "left": left, "right": end}


def _thicken(gmsh: Any, groups: Groups, axis: int, width: float, size: float, *, bricks: bool) -> Groups:
    """Extrude all parts of a wire along one more axis; the ends grow with the wire."""
    direction = (0.0, width, 0.0) if axis == 1 else (0.0, 0.0, width)
    parts = [name for name in groups if name not in ("left", "right")]
    before = [entity for name in parts for entity in groups[name]]
    swept, _ = drawing.extrude(gmsh, before, direction, drawing.uniform(width, size), bricks=bricks)
    made = dict(zip(before, swept, strict=True))
    grown = {name: [made[entity] for entity in groups[name]] for name in parts}
    boxes = [gmsh.model.getBoundingBox(*entity) for entity in swept]
    ends = {"left": min(box[0] for box in boxes), "right": max(box[3] for box in boxes)}
    return grown | {name: drawing.boundary(gmsh, swept, drawing.flat(0, x)) for name, x in ends.items()}


def _fn_plan(
    *, ferro_length: float, normal_length: float, width: float, thickness: float, mesh_size: float,
    dimension: int, bricks: bool = False,
) -> Plan:  # fmt: skip
    """Plan the F/N wire of appendix D; the three dimensions share sizes, materials and names."""

    def draw(gmsh: Any) -> Groups:
        parts = {"ferro": ferro_length, "normal": normal_length}
        groups = _line(gmsh, {name: (length, drawing.uniform(length, mesh_size)) for name, length in parts.items()})
        for axis, extent in ((1, width), (2, thickness))[: dimension - 1]:
            groups = _thicken(gmsh, groups, axis, extent, mesh_size, bricks=bricks)
        return groups

    return Plan(
        draw=draw,
        dimension=dimension,
        extent=(ferro_length + normal_length) * math.prod((width, thickness)[: dimension - 1]),
        mesh_size=mesh_size,
        thickness=thickness if dimension == 2 else None,
        cross_section=width * thickness if dimension == 1 else None,
        materials={"Co": COBALT, "Cu": COPPER},
        regions={"ferro": Region("Co", (0, 0, 1)), "normal": Region("Cu")},
        terminals=("left", "right"),
        notes=("The terminal left is on the ferromagnet, right on the normal metal; G is known in closed form.",),
    )


@shape(summary="Ferromagnet and normal metal in series, one dimension.", figure=FIG_5)
def fn_wire_1d(
    *,
    ferro_length: Annotated[float, nm("of the ferromagnet, at the left")] = 100.0,
    normal_length: Annotated[float, nm("of the normal metal, at the right")] = 300.0,
    width: Annotated[float, nm("of the wire")] = 40.0,
    thickness: Annotated[float, nm("of the wire")] = 20.0,
    mesh_size: Annotated[float, nm("length of the cells")] = 1.0,
) -> Plan:
    """Line mesh; the cross section is width times thickness."""
    return _fn_plan(
        ferro_length=ferro_length, normal_length=normal_length, width=width, thickness=thickness,
        mesh_size=mesh_size, dimension=1,
    )  # fmt: skip


@shape(summary="Ferromagnet and normal metal in series, two dimensions.", figure=FIG_5)
def fn_wire_2d(
    *,
    ferro_length: Annotated[float, nm("of the ferromagnet, at the left")] = 100.0,
    normal_length: Annotated[float, nm("of the normal metal, at the right")] = 300.0,
    width: Annotated[float, nm("of the wire")] = 40.0,
    thickness: Annotated[float, nm("of the wire")] = 20.0,
    mesh_size: Annotated[float, nm("length of the cells")] = 5.0,
    cells: Annotated[str, choice("kind of the cells", "triangle", "quadrilateral")] = "triangle",
) -> Plan:
    """Structured plane mesh."""
    return _fn_plan(
        ferro_length=ferro_length, normal_length=normal_length, width=width, thickness=thickness,
        mesh_size=mesh_size, dimension=2, bricks=cells == "quadrilateral",
    )  # fmt: skip


@shape(summary="Ferromagnet and normal metal in series, three dimensions.", figure=FIG_5)
def fn_wire(
    *,
    ferro_length: Annotated[float, nm("of the ferromagnet, at the left")] = 100.0,
    normal_length: Annotated[float, nm("of the normal metal, at the right")] = 300.0,
    width: Annotated[float, nm("of the wire")] = 40.0,
    thickness: Annotated[float, nm("of the wire")] = 20.0,
    mesh_size: Annotated[float, nm("length of the cells")] = 6.7,
    cells: Annotated[str, choice("kind of the cells", "tetrahedron", "hexahedron")] = "tetrahedron",
) -> Plan:
    """Structured solid mesh."""
    return _fn_plan(
        ferro_length=ferro_length, normal_length=normal_length, width=width, thickness=thickness,
        mesh_size=mesh_size, dimension=3, bricks=cells == "hexahedron",
    )  # fmt: skip


@shape(
    summary="Spin valve of two thick ferromagnets and a spacer, one dimension, for any angle between them.",
    figure="Exact resistance times area at 0, 90, 180 deg: 32.5242, 32.6088, 33.0552 fohm m^2.",
)
def angular_valve_1d(
    *,
    ferro_length: Annotated[float, nm("of each ferromagnet, many diffusion lengths (5 nm)")] = 80.0,
    spacer: Annotated[float, nm("thickness of the normal metal between them")] = 8.0,
    angle: Annotated[float, degrees("between the magnetizations", -360, 360, closed=True)] = 90.0,
    width: Annotated[float, nm("of the pillar")] = 100.0,
    depth: Annotated[float, nm("of the pillar, the other side")] = 100.0,
    mesh_size: Annotated[float, nm("cells at the interfaces; they grow away from them")] = 0.1,
) -> Plan:
    """F1 has m along z, F2 has it turned by `angle` towards x."""

    def draw(gmsh: Any) -> Groups:
        away = drawing.graded(ferro_length, fine=mesh_size, coarse=10 * mesh_size, growth=1.05)
        between = drawing.uniform(spacer, mesh_size)
        near = drawing.mirrored(away)
        return _line(gmsh, {"fixed": (ferro_length, near), "spacer": (spacer, between), "free": (ferro_length, away)})

    # the exact zeros of right angles: 6e-17 in a file looks like a mistake
    turned = (
        round(math.sin(math.radians(angle)), 15) + 0.0,
        0.0,
        round(math.cos(math.radians(angle)), 15) + 0.0,
    )
    return Plan(
        draw=draw,
        dimension=1,
        extent=2 * ferro_length + spacer,
        mesh_size=mesh_size,
        cross_section=width * depth,
        materials={"F": MODEL_FERROMAGNET, "N": MODEL_SPACER},
        regions={"fixed": Region("F", (0, 0, 1)), "spacer": Region("N"), "free": Region("F", turned)},
        terminals=("left", "right"),
        notes=(
            "R A = 2 rho_F L_F + rho_N d + 2 beta^2/{1/r_F + [coth(d/l_N) + cos(angle)/sinh(d/l_N)]/r_N},",
            "r_F = rho_F l_F/(1 - beta^2), r_N = rho_N l_N; currents driven without spin at the far ends.",
        ),
    )
