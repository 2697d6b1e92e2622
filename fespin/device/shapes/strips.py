"""Plane normal metals with straight edges: the strip, the arrow wire and its reference, the T element."""

from __future__ import annotations

from typing import Annotated, Any

from . import drawing
from .metals import COPPER
from .shape import Groups, Plan, Region, count, nm, refuse, shape

CORNERS = 0.35
"""Cells at a re-entrant corner over cells elsewhere: the current density is singular there."""


def _plan(points: list[drawing.Point], *, thickness: float, mesh_size: float, notes: tuple[str, ...] = ()) -> Plan:
    """Plan a copper polygon whose terminals are its leftmost and rightmost edges."""

    def draw(gmsh: Any) -> Groups:
        metal = [drawing.polygon(gmsh, points)]
        gmsh.model.occ.synchronize()
        corners = [
            gmsh.model.getEntitiesInBoundingBox(x - 1e-4, y - 1e-4, -1, x + 1e-4, y + 1e-4, 1, 0)
            for x, y in _reentrant(points)
        ]
        if corners:
            tags = [entity for found in corners for entity in found]
            drawing.refine(gmsh, tags, fine=CORNERS * mesh_size, coarse=mesh_size, reach=4 * mesh_size)
        ends = {"left": min(x for x, _ in points), "right": max(x for x, _ in points)}
        terminals = {name: drawing.boundary(gmsh, metal, drawing.flat(0, x)) for name, x in ends.items()}
        return {"normal": metal, **terminals}

    return Plan(
        draw=draw,
        dimension=2,
        extent=abs(_area(points)),
        mesh_size=mesh_size,
        thickness=thickness,
        materials={"Cu": COPPER},
        regions={"normal": Region("Cu")},
        terminals=("left", "right"),
        notes=notes,
    )


def _turns(points: list[drawing.Point]) -> list[float]:
    """Cross products of consecutive edges: negative where a counterclockwise outline turns inwards."""
    before, after = points[-1:] + points[:-1], points[1:] + points[:1]
    return [
        (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
        for a, b, c in zip(before, points, after, strict=True)
    ]


def _reentrant(points: list[drawing.Point]) -> list[drawing.Point]:
    return [point for point, turn in zip(points, _turns(points), strict=True) if turn < 0]


def _area(points: list[drawing.Point]) -> float:
    """Area of a polygon, positive if counterclockwise."""
    after = points[1:] + points[:1]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, after, strict=True)) / 2


@shape(
    summary="Plain strip of a normal metal.",
    figure="The reference of every other strip; exact results exist.",
)
def normal_strip(
    *,
    length: Annotated[float, nm("between the terminals")] = 400.0,
    width: Annotated[float, nm("of the strip")] = 100.0,
    thickness: Annotated[float, nm("of the film")] = 20.0,
    mesh_size: Annotated[float, nm("largest cells")] = 10.0,
) -> Plan:
    """Rectangle with the terminals left (x = 0) and right (x = length)."""
    corners = [(0.0, 0.0), (length, 0.0), (length, width), (0.0, width)]
    return _plan(corners, thickness=thickness, mesh_size=mesh_size)


ARROW_NOTES = (
    "Dimensions are free: those of Abdullah et al, J. Phys. D 47, 482001 (2014), were not at hand;",
    "enter them by the parameters below.",
)


def _wire_length(arrows: float, arrow_length: float, spacing: float, lead: float) -> float:
    return 2 * lead + arrows * arrow_length + (arrows - 1) * spacing


@shape(
    summary="Wire of a normal metal whose edges carry arrows that point to the terminal right.",
    figure='Fig. 6(a) of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits".',
)
def arrow_wire(
    *,
    arrows: Annotated[int, count("how many arrows follow each other")] = 4,
    arrow_length: Annotated[float, nm("from the barbs of an arrow to its tip")] = 200.0,
    neck_width: Annotated[float, nm("of the wire between and outside the arrows")] = 80.0,
    barb_width: Annotated[float, nm("across the barbs, the widest place")] = 280.0,
    barb_sweep: Annotated[float, nm("how far the barbs lean backwards; 0 is a sawtooth", zero=True)] = 0.0,
    spacing: Annotated[float, nm("straight wire between two arrows", zero=True)] = 40.0,
    lead: Annotated[float, nm("straight wire at each end")] = 100.0,
    thickness: Annotated[float, nm("of the film")] = 20.0,
    mesh_size: Annotated[float, nm("largest cells")] = 16.0,
) -> Plan:
    """Sawtooth edges: wide at once, then narrowing along +x; compare with `arrow_reference`."""
    if barb_width <= neck_width:
        raise refuse("arrow_wire", "barb_width must exceed neck_width", barb_width=barb_width, neck_width=neck_width)
    room = min(lead, spacing) if arrows > 1 else lead
    if barb_sweep > 0 and barb_sweep >= room:
        rule = "barb_sweep must stay below spacing and lead, or the barbs touch what is behind them"
        raise refuse("arrow_wire", rule, barb_sweep=barb_sweep, spacing=spacing, lead=lead)
    length = _wire_length(arrows, arrow_length, spacing, lead)
    edge = [(0.0, neck_width / 2)]
    for i in range(arrows):
        base = lead + i * (arrow_length + spacing)
        # without spacing the tip of the last arrow is the base of this one: one corner, not two
        if i == 0 or spacing > 0:
            edge.append((base, neck_width / 2))
        edge += [(base - barb_sweep, barb_width / 2), (base + arrow_length, neck_width / 2)]
    edge.append((length, neck_width / 2))
    outline = [(x, -y) for x, y in edge] + edge[::-1]
    return _plan(outline, thickness=thickness, mesh_size=mesh_size, notes=ARROW_NOTES)


@shape(
    summary="Plain strip as long as arrow_wire and as wide as its neck.",
    figure='Fig. 6(b) of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits".',
)
def arrow_reference(
    *,
    arrows: Annotated[int, count("arrows of the wire it is compared with")] = 4,
    arrow_length: Annotated[float, nm("of that wire")] = 200.0,
    neck_width: Annotated[float, nm("of that wire: the width of the strip")] = 80.0,
    spacing: Annotated[float, nm("of that wire", zero=True)] = 40.0,
    lead: Annotated[float, nm("of that wire")] = 100.0,
    thickness: Annotated[float, nm("of the film")] = 20.0,
    mesh_size: Annotated[float, nm("largest cells")] = 16.0,
) -> Plan:
    """Rectangle about the axis y = 0; the parameters that make the length are those of `arrow_wire`."""
    length, half = _wire_length(arrows, arrow_length, spacing, lead), neck_width / 2
    corners = [(0.0, -half), (length, -half), (length, half), (0.0, half)]
    return _plan(corners, thickness=thickness, mesh_size=mesh_size)


@shape(
    summary="Strip of a normal metal with a vertical bar near the terminal right.",
    figure='Fig. 2 of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits".',
)
def t_element(
    *,
    length: Annotated[float, nm("between the terminals")] = 800.0,
    width: Annotated[float, nm("of the strip")] = 100.0,
    bar_width: Annotated[float, nm("of the bar, along the strip")] = 120.0,
    bar_length: Annotated[float, nm("of the bar, from the edge of the strip")] = 300.0,
    bar_gap: Annotated[float, nm("from the bar to the terminal right")] = 60.0,
    thickness: Annotated[float, nm("of the film")] = 20.0,
    mesh_size: Annotated[float, nm("largest cells")] = 14.0,
) -> Plan:
    """Spins put in at the right end also diffuse into the bar, so that more of them enter there."""
    start, end = length - bar_gap - bar_width, length - bar_gap
    if start <= 0:
        rule = "bar_width + bar_gap must be less than length"
        raise refuse("t_element", rule, bar_width=bar_width, bar_gap=bar_gap, length=length)
    top = width + bar_length
    corners = [(0.0, 0.0), (length, 0.0), (length, width), (end, width)]
    corners += [(end, top), (start, top), (start, width), (0.0, width)]
    return _plan(corners, thickness=thickness, mesh_size=mesh_size)
