"""Along a line mesh from its one end to the other."""

from __future__ import annotations

from ..device.mesh import Mesh
from ..errors import MeshError


def walk(mesh: Mesh, *, what: str) -> list[int]:
    """Nodes in the order in which a line without branches passes them, from its lower end.

    Parameters
    ----------
    mesh : Mesh
    what : str
        Whose mesh it is, for messages.

    Raises
    ------
    MeshError
        Not a line mesh, branches, or more than one piece.

    Examples
    --------
    >>> import numpy as np
    >>> from fespin import Mesh
    >>> mesh = Mesh(points=np.array([[0.0], [2.0], [1.0]]), cells=np.array([[0, 2], [2, 1]]), cell_type="line",
    ...             regions={}, boundaries={})
    >>> walk(mesh, what="a wire")
    [0, 2, 1]
    """
    if mesh.cell_type != "line":
        raise MeshError(f"the mesh of {what} must be of lines, got cells of type {mesh.cell_type!r}")
    neighbours: dict[int, list[int]] = {}
    for a, b in mesh.cells.tolist():
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    ends = [node for node, near in neighbours.items() if len(near) == 1]
    if len(ends) != 2 or max(map(len, neighbours.values())) > 2:
        raise MeshError(f"the mesh of {what} must be one line with two ends and no branches")
    order = [min(ends, key=lambda node: tuple(mesh.points[node]))]
    while len(order) < len(neighbours):
        order.append(next((n for n in neighbours[order[-1]] if len(order) < 2 or n != order[-2]), -1))
        if order[-1] < 0:
            raise MeshError(f"the mesh of {what} must be one line, got several pieces")
    return order
