"""Make the small gmsh files that the reader's tests use: ``python tests/data/make_fixtures.py`` (needs gmsh).

One wire along x, from 0 to 64, half "normal" and half "ferro", in every cell type, format and order; then the same
drawing with each of the habits of gmsh that have bitten readers. Coordinates are exact in binary, so that text and
binary files hold the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gmsh

HERE = Path(__file__).parent
DIMENSION = {"line": 1, "triangle": 2, "quad": 2, "tetra": 3, "hexahedron": 3}
FORMATS = {"22a": (2.2, 0), "22b": (2.2, 1), "41a": (4.1, 0), "41b": (4.1, 1)}


def begin(name: str) -> None:
    gmsh.clear()
    gmsh.model.add(name)
    for option, value in {"ElementOrder": 1, "SecondOrderIncomplete": 0, "SaveAll": 0, "SaveParametric": 0}.items():
        gmsh.option.setNumber(f"Mesh.{option}", value)


def wire(dimension: int) -> dict[str, list[int]]:
    """Points or curves or surfaces of a wire of two parts, in gmsh's own kernel; entities by role."""
    geo = gmsh.model.geo
    points = [geo.addPoint(x, 0, 0) for x in (0, 32, 64)]
    curves = [geo.addLine(points[0], points[1]), geo.addLine(points[1], points[2])]
    if dimension == 1:
        geo.synchronize()
        return {
            "normal": [curves[0]],
            "ferro": [curves[1]],
            "left": [points[0]],
            "interface": [points[1]],
            "right": [points[2]],
        }
    faces, ends = [], {}
    for i, curve in enumerate(curves):
        out = geo.extrude([(1, curve)], 0, 16, 0)
        faces.append(out[1][1])
        ends[i] = (abs(out[2][1]), abs(out[3][1]))
    geo.synchronize()
    if dimension == 2:
        return {"normal": [faces[0]], "ferro": [faces[1]], **_sides(1)}
    volumes = []
    for face in faces:
        volumes.append(geo.extrude([(2, face)], 0, 0, 16)[1][1])
    geo.synchronize()
    return {"normal": [volumes[0]], "ferro": [volumes[1]], **_sides(2)}


def _sides(dimension: int) -> dict[str, list[int]]:
    """Entities that lie in the planes x = 0, 32, 64."""
    roles = {}
    for name, x in {"left": 0, "interface": 32, "right": 64}.items():
        box = (x - 1e-3, -1, -1, x + 1e-3, 99, 99)
        roles[name] = [tag for _, tag in gmsh.model.getEntitiesInBoundingBox(*box, dimension)]
    return roles


def structure(cell_type: str, cells: int = 2) -> None:
    """A structured mesh, recombined where the cell type asks for it."""
    for _, curve in gmsh.model.getEntities(1):
        x = gmsh.model.getBoundingBox(1, curve)
        along = x[3] - x[0] > 1
        gmsh.model.mesh.setTransfiniteCurve(curve, cells + 1 if along else 2)
    if cell_type in ("quad", "hexahedron"):
        for _, face in gmsh.model.getEntities(2):
            gmsh.model.mesh.setTransfiniteSurface(face)
            gmsh.model.mesh.setRecombine(2, face)
        for _, volume in gmsh.model.getEntities(3):
            gmsh.model.mesh.setTransfiniteVolume(volume)


def groups(dimension: int, roles: dict[str, list[int]], leave_out: tuple[str, ...] = (), unnamed: bool = False) -> None:
    for tag, (name, entities) in enumerate(roles.items(), start=1):
        if name not in leave_out:
            d = dimension if name in ("normal", "ferro") else dimension - 1
            gmsh.model.addPhysicalGroup(d, entities, 10 + tag, "" if unnamed else name)


def save(name: str, formats: tuple[str, ...]) -> None:
    for key in formats:
        version, binary = FORMATS[key]
        gmsh.option.setNumber("Mesh.MshFileVersion", version)
        gmsh.option.setNumber("Mesh.Binary", binary)
        gmsh.write(str(HERE / f"{name}_{key}.msh"))


def make(
    name: str,
    cell_type: str,
    formats: tuple[str, ...],
    after: Callable[[], None] = lambda: None,
    *,
    cells: int = 2,
    **choices: object,
) -> None:
    dimension = DIMENSION[cell_type]
    begin(name)
    roles = wire(dimension)
    groups(dimension, roles, **choices)  # type: ignore[arg-type]
    structure(cell_type, cells)
    gmsh.model.mesh.generate(dimension)
    after()
    save(name, formats)


def second_order(incomplete: int) -> Callable[[], None]:
    def act() -> None:
        gmsh.option.setNumber("Mesh.SecondOrderIncomplete", incomplete)
        gmsh.model.mesh.setOrder(2)

    return act


def option(name: str, value: float) -> Callable[[], None]:
    return lambda: gmsh.option.setNumber(f"Mesh.{name}", value)


def two_groups() -> None:
    """The normal half is in the group 'everything' as well, the left end in 'ends'."""
    gmsh.model.addPhysicalGroup(2, [tag for _, tag in gmsh.model.getEntities(2)], 31, "everything")
    gmsh.model.addPhysicalGroup(1, _sides(1)["left"] + _sides(1)["right"], 32, "ends")


def seam() -> None:
    """Two rectangles side by side that were never fragmented: the nodes of the common edge exist twice."""
    begin("seam")
    tags = [gmsh.model.occ.addRectangle(x, 0, 0, 32, 16) for x in (0, 32)]
    gmsh.model.occ.synchronize()
    roles = {"normal": [tags[0]], "ferro": [tags[1]], **_sides(1)}
    roles.pop("interface")
    groups(2, roles)
    structure("triangle")
    gmsh.model.mesh.generate(2)
    save("seam", ("22a", "41b"))


def orphans() -> None:
    """A node that no cell uses, with a number far from the others."""
    face = gmsh.model.getEntities(2)[0][1]
    gmsh.model.mesh.addNodes(2, face, [1000], [16, 12, 0])


def partition() -> None:
    gmsh.model.mesh.partition(2)


def main() -> None:
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setNumber("General.NumThreads", 1)
    every = tuple(FORMATS)
    for cell_type in DIMENSION:
        make(cell_type, cell_type, every)
        make(f"{cell_type}_order2", cell_type, ("22a", "41b"), second_order(0))
    for cell_type in ("quad", "hexahedron"):
        make(f"{cell_type}_serendipity", cell_type, ("22b", "41a"), second_order(1))
    make("unnamed", "triangle", every, unnamed=True)
    make("saveall", "triangle", every, option("SaveAll", 1), leave_out=("interface",))
    make("lost_region", "triangle", every, leave_out=("normal",))
    make("lost_region_saveall", "triangle", every, option("SaveAll", 1), leave_out=("normal",))
    make("two_groups", "triangle", every, two_groups)
    make("parametric", "triangle", every, option("SaveParametric", 1))
    make("orphan", "triangle", every, orphans)
    make("partitioned", "triangle", every, partition)
    seam()
    gmsh.finalize()


if __name__ == "__main__":
    main()
