"""Where a device ends: outer facets, lines between regions, rims, normals, places of the terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..device.topology import FACETS, facet_owners
from .coordinates import shown_points

if TYPE_CHECKING:
    from ..device.device import Device


def facets_of(cells: np.ndarray, cell_type: str) -> np.ndarray:
    """Facets of all cells by their nodes in drawing order, (m f, k), those of a cell after each other."""
    local = np.array(FACETS[cell_type])
    return cells[:, local].reshape(-1, local.shape[1])


def equal_facets(facets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows with the same nodes in any order, (p,) and (p,); the first row of a pair comes first."""
    keys = np.zeros(len(facets), np.int64)  # one number a facet: sorting rows takes far longer
    for nodes in np.sort(facets, axis=1)[:, :3].T:  # no two faces share three nodes
        keys = keys * (facets.max() + 1) + nodes
    order = np.argsort(keys, kind="stable")
    equal = np.flatnonzero(np.diff(keys[order]) == 0)
    return order[equal], order[equal + 1]


def rim(cells: np.ndarray, cell_type: str) -> tuple[np.ndarray, np.ndarray]:
    """Facets that one cell only has, by their nodes (f, k), and these cells (f,).

    The outer faces of a solid, the outline of a plane device, the edges around a patch of faces.
    """
    facets = facets_of(cells, cell_type)
    shared = np.zeros(len(facets), bool)
    shared[np.concatenate(equal_facets(facets))] = True
    lone = np.flatnonzero(~shared)
    return facets[lone], lone // len(FACETS[cell_type])


def outer_facets(device: Device) -> tuple[np.ndarray, np.ndarray]:
    """Facets on the boundary by their nodes (f, k) and their cells (f,)."""
    return rim(device.mesh.cells, device.mesh.cell_type)


def inner_facets(device: Device) -> np.ndarray:
    """Facets between two regions by their nodes, (f, k)."""
    facets = facets_of(device.mesh.cells, device.mesh.cell_type)
    region = np.repeat(device.cell_region, len(FACETS[device.mesh.cell_type]))
    one, other = equal_facets(facets)
    return facets[one[region[one] != region[other]]]


def on_terminal(device: Device, faces: np.ndarray) -> np.ndarray:
    """Which outer faces belong to a terminal, bool (f,)."""
    found, _ = equal_facets(np.vstack([faces, *device.terminal_facets.values()]))
    return np.isin(np.arange(len(faces)), found)


def terminal_places(device: Device) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Terminal -> centre, in the unit shown, and unit vector that points out of the device."""
    points, _ = shown_points(device)
    cells = device.mesh.cells
    out = {}
    for name, facets in device.terminal_facets.items():
        centres = points[facets].mean(axis=1)
        owners = facet_owners(cells, device.mesh.cell_type, facets).cell
        outwards = outward_normals(points[facets], points[cells[owners]].mean(axis=1))
        middle, away = centres.mean(axis=0), outwards.mean(axis=0)
        distance = np.linalg.norm(centres - middle, axis=1)
        if distance.min() > np.ptp(points[facets[0]], axis=0).max():  # a bent terminal: its centre is not on it
            middle, away = centres[distance.argmin()], outwards[distance.argmin()]
        out[name] = middle, away / (np.linalg.norm(away) or 1.0)
    return out


def unit_normals(corners: np.ndarray) -> np.ndarray:
    """Unit normals (f, d) of edges in the plane or faces in space with corners (f, k, d), to either side."""
    along = corners[:, 1] - corners[:, 0]
    if corners.shape[1] == 2:
        normals = along[:, ::-1] * [1, -1]
    else:
        normals = np.cross(along, corners[:, 2] - corners[:, 0])
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def outward_normals(corners: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Unit normals (f, d) of facets with corners (f, k, d), away from a point inside (f, d) of each."""
    away = corners.mean(axis=1) - inside
    if corners.shape[1] == 1:  # the end of a line
        return away / np.linalg.norm(away, axis=1, keepdims=True)
    normals = unit_normals(corners)
    return normals * np.sign(np.einsum("fd,fd->f", normals, away))[:, None]
