"""Thin helpers over gmsh: a session that leaves nothing behind, and the few operations that the shapes share.

gmsh is imported only when a mesh is made, because it is an optional package that needs system libraries.
All shapes draw with the OpenCASCADE kernel; entities are told apart by where they lie, never by a tag number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...errors import FespinError, InputError, MeshError
from .shape import MOST_CELLS, Entities, Groups
from .signals import kept_signals

Box = tuple[float, float, float, float, float, float]
Point = tuple[float, float]

# Everything that changes the file is set here, so that the same parameters give the same file again.
OPTIONS = {
    "General.Terminal": 0,
    "General.NumThreads": 1,
    "Mesh.MshFileVersion": 4.1,
    "Mesh.Binary": 0,
    "Mesh.SaveAll": 0,
    "Mesh.Algorithm": 6,
    "Mesh.Algorithm3D": 1,
    "Mesh.ElementOrder": 1,
    "Mesh.MeshSizeExtendFromBoundary": 0,
    "Mesh.MeshSizeFromPoints": 0,
    "Mesh.MeshSizeFromCurvature": 0,
    "Mesh.RandomSeed": 1,
}


SYSTEM_LIBRARIES = "libglu1-mesa libxft2 libxrender1 libxcursor1 libxinerama1 libxfixes3"
"""Debian packages that the gmsh of PyPI links to."""


def import_gmsh() -> Any:
    """Import gmsh, or say what to install.

    Raises
    ------
    FespinError
        The Python package or one of the system libraries that it links to is missing.
    """
    try:
        import gmsh
    except (ImportError, OSError) as error:
        raise FespinError(
            f"meshes are made with gmsh, which cannot be imported ({error}): pip install fespin[gmsh]; "
            f"on Debian also apt-get install {SYSTEM_LIBRARIES}"
        ) from error
    return gmsh


@contextmanager
def session(name: str) -> Iterator[Any]:
    """Open gmsh with fixed options and an empty model; close it whatever happens."""
    gmsh = import_gmsh()
    if gmsh.isInitialized():
        # its options and models belong to the caller: neither may they change the mesh nor we lose them
        raise InputError("gmsh is in use in this process; call gmsh.finalize() before building a shape")
    # no configuration files: a user's ~/.gmshrc would change the mesh; no signal handler: threads may build
    with kept_signals():
        gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        for option, value in OPTIONS.items():
            gmsh.option.setNumber(option, value)
        gmsh.model.add(name)
        yield gmsh
    finally:
        with kept_signals():
            gmsh.finalize()


def write_mesh(path: Path, *, name: str, draw: Callable[[Any], Groups], dimension: int, size: float) -> None:
    """Draw, mark every region and terminal by name, mesh and write.

    Raises
    ------
    MeshError
        gmsh could not draw or mesh the geometry.
    """
    with session(name) as gmsh:
        gmsh.option.setNumber("Mesh.MeshSizeMax", size)
        try:
            groups = draw(gmsh)
            for label, entities in groups.items():
                assert entities, f"{name}: nothing was found for {label}"
                gmsh.model.addPhysicalGroup(entities[0][0], [tag for _, tag in entities], name=label)
            gmsh.model.mesh.generate(dimension)
            if dimension == 2:
                _face_up(gmsh)
            gmsh.write(str(path))
        except AssertionError:
            raise
        except Exception as error:  # gmsh raises nothing more specific
            raise MeshError(f"gmsh could not mesh {name}: {error}; try another mesh_size") from error


def _face_up(gmsh: Any) -> None:
    """Turn all plane cells counterclockwise: sweeps leave some the other way round."""
    for surface in gmsh.model.getEntities(2):
        nodes = gmsh.model.mesh.getElements(*surface)[2][0]
        (ax, ay, _), (bx, by, _), (cx, cy, _) = (gmsh.model.mesh.getNode(node)[0] for node in nodes[:3])
        if (bx - ax) * (cy - ay) < (by - ay) * (cx - ax):
            gmsh.model.mesh.reverse([surface])


def polygon(gmsh: Any, points: Sequence[Point]) -> tuple[int, int]:
    """Add a plane surface with these corners."""
    occ = gmsh.model.occ
    corners = [occ.addPoint(x, y, 0) for x, y in points]
    lines = [occ.addLine(a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    return (2, occ.addPlaneSurface([occ.addCurveLoop(lines)]))


def rectangle(gmsh: Any, x: Point, y: Point) -> tuple[int, int]:
    """Add the rectangle between the limits `x` and `y`."""
    return (2, gmsh.model.occ.addRectangle(x[0], y[0], 0, x[1] - x[0], y[1] - y[0]))


def partition(gmsh: Any, base: Iterable[tuple[int, int]], inserts: Mapping[str, tuple[int, int]]) -> Groups:
    """Cut `base` along the inserts and return what each insert, and the rest ("base"), became.

    An insert wins where it overlaps the base, and may stick out of it.
    """
    base = list(base)
    _, parts = gmsh.model.occ.fragment(base, list(inserts.values()))
    pieces = {name: parts[len(base) + i] for i, name in enumerate(inserts)}
    taken = {entity for entities in pieces.values() for entity in entities}
    rest = [entity for part in parts[: len(base)] for entity in part if entity not in taken]
    gmsh.model.occ.synchronize()
    return {"base": list(dict.fromkeys(rest)), **pieces}


def boundary(gmsh: Any, entities: Entities, where: Callable[[Box], bool]) -> Entities:
    """Return the outer facets of these entities whose bounding box fulfils a condition."""
    facets = gmsh.model.getBoundary(entities, combined=True, oriented=False)
    return sorted({facet for facet in facets if where(gmsh.model.getBoundingBox(*facet))})


def flat(axis: int, position: float, *, tolerance: float = 1e-3) -> Callable[[Box], bool]:
    """Condition of `boundary`: the facet lies in the plane where the coordinate `axis` has this value."""

    def lies_there(box: Box) -> bool:
        # gmsh pads bounding boxes by about 1e-7
        return abs(box[axis] - position) < tolerance and abs(box[axis + 3] - position) < tolerance

    return lies_there


def refine(gmsh: Any, entities: Entities, *, fine: float, coarse: float, reach: float) -> None:
    """Let the cell size grow from `fine` at these curves or points to `coarse` at the distance `reach`."""
    add, number = gmsh.model.mesh.field.add, gmsh.model.mesh.field.setNumber
    distance, threshold = add("Distance"), add("Threshold")
    for dimension, option in ((0, "PointsList"), (1, "CurvesList"), (2, "SurfacesList")):
        tags = [tag for d, tag in entities if d == dimension]
        gmsh.model.mesh.field.setNumbers(distance, option, tags)
    number(distance, "Sampling", 100)
    for option, value in {
        "InField": distance,
        "SizeMin": fine,
        "SizeMax": coarse,
        "DistMin": 0,
        "DistMax": reach,
    }.items():
        number(threshold, option, value)
    gmsh.model.mesh.field.setAsBackgroundMesh(threshold)


def outline(gmsh: Any, entities: Entities) -> Entities:
    """Return the boundary of these entities taken together."""
    return sorted(set(gmsh.model.getBoundary(entities, combined=True, oriented=False)))


def uniform(length: float, size: float) -> list[float]:
    """Cut a length into equal steps not longer than `size`; return the ends of the steps over the length.

    Examples
    --------
    >>> uniform(10, 5)
    [0.5, 1.0]
    """
    steps = max(1, math.ceil(length / size - 1e-9))
    if steps > MOST_CELLS:
        raise InputError(f"mesh_size = {size:g} nm would cut {length:g} nm into {steps} cells; choose a coarser one")
    return [(i + 1) / steps for i in range(steps)]


def graded(length: float, *, fine: float, coarse: float, growth: float = 1.4) -> list[float]:
    """Cut a length into steps that grow from `fine` at its start up to `coarse`; return the relative ends.

    Examples
    --------
    >>> [round(end, 3) for end in graded(7, fine=1, coarse=10, growth=2)]
    [0.143, 0.429, 1.0]
    """
    step, ends = fine, [fine]
    while ends[-1] < length * (1 - 1e-9):
        step = min(step * growth, coarse)
        ends.append(ends[-1] + step)
    # the last step rarely fits: all of them shrink a little instead
    return [end / ends[-1] for end in ends]


def mirrored(ends: list[float]) -> list[float]:
    """Turn relative steps around: fine at the end instead of at the start."""
    return [1.0 - end for end in reversed(ends[:-1])] + [1.0]


def extrude(
    gmsh: Any,
    entities: Entities,
    direction: tuple[float, float, float],
    ends: list[float],
    *,
    bricks: bool = False,
) -> tuple[Entities, Entities]:
    """Extrude in layers that end at the relative positions `ends`; return the swept parts and their tops.

    Parts that share an edge share the swept facet, and so do sweeps to both sides of one surface.
    """
    swept = gmsh.model.occ.extrude(entities, *direction, numElements=[1] * len(ends), heights=ends, recombine=bricks)
    gmsh.model.occ.synchronize()
    dimension = entities[0][0] + 1
    # gmsh lists each part after its top
    places = [i for i, (d, _) in enumerate(swept) if d == dimension]
    return [swept[i] for i in places], [swept[i - 1] for i in places]
