"""The standard devices meshed by gmsh, as users mesh theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..device.shapes.drawing import Box as Bounds
from ..device.shapes.drawing import boundary, flat, session
from .devices import DRAWINGS, NAMES, Drawing

# nodes per cell size: measured, equilateral triangles and Delaunay tetrahedra
_FILL = {2: 0.866, 3: 1.25}
_LARGE = 200_000  # nodes from which Delaunay's method is taken in the plane, for its speed
_DELAUNAY, _PARALLEL = 5, 10


def mesh_by_gmsh(path: Path, dimension: int, nodes: float) -> None:
    """Write a mesh of a standard device with about as many nodes, gmsh 4.1 and binary.

    Raises
    ------
    FespinError
        gmsh is not installed.
    """
    drawing = DRAWINGS[dimension]
    size = (_measure(drawing) / (nodes * _FILL[dimension])) ** (1 / dimension)
    with session(NAMES[dimension]) as gmsh:
        options = {"Mesh.Binary": 1, "Mesh.MeshSizeMin": size, "Mesh.MeshSizeMax": size}
        options["Mesh.Algorithm3D"] = _PARALLEL
        if nodes > _LARGE:
            options["Mesh.Algorithm"] = _DELAUNAY
        for option, value in options.items():
            gmsh.option.setNumber(option, value)
        _draw(gmsh, drawing, dimension)
        gmsh.model.mesh.generate(dimension)
        gmsh.write(str(path))


def _measure(drawing: Drawing) -> float:
    """Area or volume of all boxes; where two bars cross is counted twice."""
    total = 0.0
    for parts in drawing.boxes.values():
        for box in parts:
            volume = 1.0
            for start, stop in box:
                volume *= stop - start
            total += volume
    return total


def _draw(gmsh: Any, drawing: Drawing, dimension: int) -> None:
    """Boxes that share their facets, marked by region and terminal."""
    occ = gmsh.model.occ
    boxes, owner = [], []
    for name, parts in drawing.boxes.items():
        for box in parts:
            corner = [float(start) for start, _ in box] + [0.0] * (3 - dimension)
            sides = [float(stop - start) for start, stop in box]
            boxes.append(
                (dimension, occ.addRectangle(*corner, *sides) if dimension == 2 else occ.addBox(*corner, *sides))
            )
            owner.append(name)
    _, pieces = occ.fragment(boxes[:1], boxes[1:])
    occ.synchronize()
    regions = {
        name: {e for own, part in zip(owner, pieces, strict=True) if own == name for e in part} for name in owner
    }
    for name, entities in regions.items():
        gmsh.model.addPhysicalGroup(dimension, sorted(tag for _, tag in entities), name=name)
    outer = sorted(set().union(*regions.values()))
    for name, (axis, position) in drawing.planes.items():

        def there(bounds: Bounds, name: str = name, axis: int = axis, position: float = position) -> bool:
            return flat(axis, position)(bounds) and drawing.mine(name, (bounds[0] + bounds[3]) / 2)

        facets = boundary(gmsh, outer, there)
        gmsh.model.addPhysicalGroup(dimension - 1, [tag for _, tag in facets], name=name)
