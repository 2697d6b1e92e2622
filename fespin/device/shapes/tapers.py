"""Tapered normal metals with an exact answer in both directions: the annular sector and the cone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any

from . import drawing
from .metals import model_metal
from .shape import Entities, Groups, Plan, Region, degrees, nm, refuse, shape

CONDUCTIVITY = "1e7 S/m"
EXACT = "Exact for spin and charge: the transfer is the same in both directions, however strong the taper."


def _check_radii(where: str, inner_radius: float, outer_radius: float) -> None:
    if inner_radius >= outer_radius:
        rule = "outer_radius must exceed inner_radius"
        raise refuse(where, rule, outer_radius=outer_radius, inner_radius=inner_radius)


def _geometric(inner: float, outer: float, size: float) -> list[float]:
    """Relative ends of radial steps in constant proportion to the radius, `size` at the outer radius."""
    steps = max(1, math.ceil(math.log(outer / inner) / (size / outer) - 1e-9))
    ends = [inner * ((outer / inner) ** ((i + 1) / steps) - 1) / (outer - inner) for i in range(steps)]
    return [*ends[:-1], 1.0]


@shape(
    summary="Annular sector of a normal metal between two arcs.",
    figure="Exact with Bessel functions: transfer phi sigma t/Delta, Delta = |I0(r1)K0(r2) - K0(r1)I0(r2)|.",
)
def annular_sector(
    *,
    inner_radius: Annotated[float, nm("of the terminal inner")] = 50.0,
    outer_radius: Annotated[float, nm("of the terminal outer")] = 200.0,
    angle: Annotated[float, degrees("of the opening", 1, 350, closed=True)] = 60.0,
    spin_diffusion_length: Annotated[float, nm("of the metal")] = 80.0,
    thickness: Annotated[float, nm("of the film")] = 20.0,
    mesh_size: Annotated[float, nm("cells at the outer arc; proportional to the radius elsewhere")] = 8.0,
) -> Plan:
    """Polar mesh about the x axis: all nodes of an arc lie on it."""
    _check_radii("annular_sector", inner_radius, outer_radius)
    opening = math.radians(angle)

    def draw(gmsh: Any) -> Groups:
        occ = gmsh.model.occ
        start = [inner_radius * math.cos(opening / 2), -inner_radius * math.sin(opening / 2)]
        corner = [(0, occ.addPoint(*start, 0))]
        along = [(outer_radius / inner_radius - 1) * x for x in start]
        ends = _geometric(inner_radius, outer_radius, mesh_size)
        side, _ = drawing.extrude(gmsh, corner, (along[0], along[1], 0.0), ends)
        sector: Entities = []
        # a revolution of gmsh is less than half a turn: put wide sectors together of equal pieces
        pieces = math.ceil(angle / 120)
        for _piece in range(pieces):
            cells = len(drawing.uniform(outer_radius * opening / pieces, mesh_size))
            swept = occ.revolve(side, 0, 0, 0, 0, 0, 1, opening / pieces, numElements=[cells])
            sector.append(next(entity for entity in swept if entity[0] == 2))
            side = [swept[0]]
        occ.synchronize()
        edges = drawing.outline(gmsh, sector)
        radii = {edge: _radii(gmsh, edge) for edge in edges}
        arcs = {"inner": inner_radius, "outer": outer_radius}
        lies = {name: [e for e in edges if all(abs(r - at) < 1e-6 * at for r in radii[e])] for name, at in arcs.items()}
        return {"normal": sector, **lies}

    return Plan(
        draw=draw,
        dimension=2,
        extent=opening / 2 * (outer_radius**2 - inner_radius**2),
        mesh_size=mesh_size,
        thickness=thickness,
        materials={"N": model_metal(CONDUCTIVITY, spin_diffusion_length)},
        regions={"normal": Region("N")},
        terminals=("inner", "outer"),
        notes=(EXACT,),
    )


def _radii(gmsh: Any, curve: tuple[int, int]) -> list[float]:
    """Distances from the origin of the two ends and the middle of a curve."""
    low, high = gmsh.model.getParametrizationBounds(*curve)
    places = [low[0], (low[0] + high[0]) / 2, high[0]]
    return [math.hypot(*gmsh.model.getValue(*curve, [place])) for place in places]


@shape(
    summary="Cone of a normal metal between two spherical caps about its apex.",
    figure="Exact: transfer Omega sigma r1 r2/[lambda sinh((r2 - r1)/lambda)] with the solid angle Omega.",
)
def cone(
    *,
    inner_radius: Annotated[float, nm("of the terminal inner")] = 50.0,
    outer_radius: Annotated[float, nm("of the terminal outer")] = 200.0,
    half_angle: Annotated[float, degrees("between axis and side", 1, 85, closed=True)] = 30.0,
    spin_diffusion_length: Annotated[float, nm("of the metal")] = 80.0,
    mesh_size: Annotated[float, nm("cells at the outer cap; proportional to the radius elsewhere")] = 20.0,
) -> Plan:
    """Axis along z, apex at the origin; the side is insulating."""
    _check_radii("cone", inner_radius, outer_radius)
    tilt = math.radians(half_angle)

    def draw(gmsh: Any) -> Groups:
        occ = gmsh.model.occ
        occ.addSphere(0, 0, 0, outer_radius, 1)
        occ.addSphere(0, 0, 0, inner_radius, 2)
        # reaches beyond the sphere, so that the outer cap is cut from the sphere alone
        height = 1.5 * outer_radius / math.cos(tilt)
        occ.addCone(0, 0, 0, 0, 0, height, 0, height * math.tan(tilt), 3)
        shell, _ = occ.cut([(3, 1)], [(3, 2)])
        solid, _ = occ.intersect(shell, [(3, 3)])
        occ.synchronize()
        size = gmsh.model.mesh.field.add("MathEval")
        gmsh.model.mesh.field.setString(size, "F", f"{mesh_size / outer_radius!r} * Sqrt(x^2 + y^2 + z^2)")
        gmsh.model.mesh.field.setAsBackgroundMesh(size)
        caps = {}
        for name, radius in {"inner": inner_radius, "outer": outer_radius}.items():
            caps[name] = drawing.boundary(gmsh, solid, _cap(radius, radius * math.cos(tilt)))
        return {"normal": solid, **caps}

    solid_angle = 2 * math.pi * (1 - math.cos(tilt))
    return Plan(
        draw=draw,
        dimension=3,
        extent=solid_angle / 3 * (outer_radius**3 - inner_radius**3),
        mesh_size=mesh_size,
        materials={"N": model_metal(CONDUCTIVITY, spin_diffusion_length)},
        regions={"normal": Region("N")},
        terminals=("inner", "outer"),
        notes=(EXACT,),
    )


def _cap(radius: float, rim: float) -> Callable[[drawing.Box], bool]:
    """Condition of `drawing.boundary`: a spherical cap about the z axis, known by its range of z."""
    return lambda box: abs(box[2] - rim) < 1e-4 * radius and abs(box[5] - radius) < 1e-4 * radius
