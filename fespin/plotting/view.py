"""Views of devices in three dimensions with PyVista: rendered off screen as PNG, or in a window to turn around."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..atomic import write_atomic
from ..device.device import Device
from ..errors import InputError, must_be
from .coordinates import scaled, shown_points
from .figure import TERMINAL, region_colours

if TYPE_CHECKING:
    from ..transport.solution import Solution

_VTK_CELLS = {"line": 3, "triangle": 5, "quad": 9, "tetra": 10, "hexahedron": 12}
_QUANTITIES = ("regions", "e", "x", "y", "z", "spin")
_ARROWS = ("e", "x", "y", "z")
_BOXES = 26  # of the coarse grid that holds an arrow each, along the longest edge


_BAR = {"vertical": False, "position_y": 0.02, "width": 0.4, "height": 0.12, "title_font_size": 22,
        "label_font_size": 18, "n_labels": 3, "color": "black", "fmt": "%.3g"}  # fmt: skip


def view(
    what: Solution | Device,
    quantity: str | None = None,
    plotter: Any = None,
    *,
    arrows: str | None = None,
    clip: str | None = None,
    **kw: Any,
) -> Any:
    """Draw a device or a solution into a PyVista plotter; ``view(solution).show()`` opens a window.

    Parameters
    ----------
    what : Solution or Device
    quantity : {"regions", "e", "x", "y", "z", "spin"}, optional
        Colours: of the regions (the default for a device), the charge potential (the default for a solution), a
        component of the spin accumulation around a fixed zero, or its size with arrows along it.
    plotter : pyvista.Plotter, optional
        By default a new one, off screen where there is no display.
    arrows : {"e", "x", "y", "z"}, optional
        Arrows along this current density, lengths like its square root.
    clip : {"x", "y", "z"}, optional
        Cut the device open through its middle, normal to this axis.
    **kw
        To ``add_mesh`` of the device.

    Returns
    -------
    pyvista.Plotter

    Raises
    ------
    InputError
        An unknown quantity, one that needs a solution, or no PyVista.
    """
    pyvista = _pyvista()
    solution = None if isinstance(what, Device) else what
    device: Device = what if isinstance(what, Device) else what.problem.device
    quantity = ("regions" if solution is None else "e") if quantity is None else quantity
    if quantity not in _QUANTITIES or (solution is None and quantity != "regions"):
        allowed = (
            "'regions' for a device without a solution" if solution is None else f"one of {', '.join(_QUANTITIES)}"
        )
        raise must_be("quantity", allowed, quantity)
    if arrows is not None and (arrows not in _ARROWS or solution is None):
        raise must_be("arrows", "one of e, x, y, z, of a solution", arrows)
    if clip is not None and clip not in ("x", "y", "z"):
        raise must_be("clip", "one of x, y, z", clip)
    if plotter is None:
        plotter = pyvista.Plotter(off_screen=_no_display(), window_size=(1280, 960))
    grid = _grid(pyvista, device)
    style, bar = _colours(grid, device, solution, quantity, two=arrows is not None)
    body = grid if clip is None else grid.clip(clip, crinkle=True)
    faded = arrows is not None or quantity == "spin"
    # light would change the colours that stand for values
    lit = {"lighting": True, "ambient": 0.25, "diffuse": 0.75} if quantity == "regions" else {"lighting": False}
    look = {"opacity": 0.25 if faded else 1.0, "line_width": 6 if device.dimension == 1 else 1, **lit}
    plotter.add_mesh(body, **{**look, **style, **kw}, scalar_bar_args=bar)
    if quantity == "spin" and solution is not None:
        _add_arrows(plotter, body, "spin accumulation", style, bar)
    elif arrows is not None and solution is not None:
        _add_current(plotter, grid, clip, solution, arrows)
    _surround(pyvista, plotter, device, body, clip)
    return plotter


def save_view(
    what: Solution | Device,
    path: str | os.PathLike[str],
    quantity: str | None = None,
    *,
    size: tuple[int, int] = (1280, 960),
    **kw: Any,
) -> Path:
    """Render a `view` without a window, `size` pixels wide and high, and write it as PNG, whole or not at all.

    Raises
    ------
    InputError
        As for `view`; another suffix than .png; a folder that cannot be written to.
    """
    pyvista = _pyvista()
    if Path(path).suffix.lower() != ".png":
        raise must_be("path", "a file that ends in .png", str(path))
    with _quiet(pyvista):
        plotter = pyvista.Plotter(off_screen=True, window_size=size)
        try:
            view(what, quantity, plotter, **kw)
            image = plotter.screenshot(return_img=True)
        finally:
            plotter.close()
    return write_atomic(path, _png(image))


def _pyvista() -> Any:
    try:
        import pyvista
    except ImportError:
        raise InputError("views in 3D need PyVista, which is not installed; pip install 'fespin[view]'") from None
    return pyvista


def _no_display() -> bool:
    return os.name == "posix" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _quiet(pyvista: Any) -> Iterator[None]:
    """VTK tries a display first and complains before it renders without one."""
    with pyvista.vtk_verbosity("off"):
        yield


def _png(image: np.ndarray) -> bytes:
    import io

    from PIL import Image  # a requirement of PyVista

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="png")
    return buffer.getvalue()


def _grid(pyvista: Any, device: Device) -> Any:
    """The mesh in the unit shown; nodes at interfaces once for each side."""
    points = shown_points(device)[0][device.split.parent]
    cells = device.split.cells
    rows = np.c_[np.full(len(cells), cells.shape[1]), cells]
    kinds = np.full(len(cells), _VTK_CELLS[device.mesh.cell_type], np.uint8)
    return pyvista.UnstructuredGrid(rows.ravel(), kinds, np.pad(points, ((0, 0), (0, 3 - points.shape[1]))))


def _colours(
    grid: Any, device: Device, solution: Solution | None, quantity: str, *, two: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put the values on the grid; keywords of the mesh and of its colour bar."""
    bar = {**_BAR, "position_x": 0.05 if two else 0.3}
    if quantity == "regions" or solution is None:
        from matplotlib.colors import to_rgb

        palette = np.array([to_rgb(colour) for colour in region_colours(device).values()])
        grid.cell_data["colours"] = (255 * palette[device.cell_region]).astype(np.uint8)
        return {"scalars": "colours", "rgb": True, "show_edges": True, "edge_color": "#7a7a7a"}, bar
    potentials = solution.potentials[: grid.n_points]
    if quantity == "spin":
        values = np.linalg.norm(potentials[:, 1:], axis=1)
        factor, unit = scaled(values, "V")
        title = f"size of V_s ({unit})"
        grid.point_data["spin accumulation"] = potentials[:, 1:] * factor
        limits: tuple[float, float] = (0.0, float(values.max() * factor) or 1.0)
    else:
        values = potentials[:, "exyz".index(quantity)]
        factor, unit = scaled(values, "V")
        title = f"V_{quantity} ({unit})"
        top = float(np.abs(values).max() * factor) or 1.0
        limits = (float(values.min() * factor), float(values.max() * factor)) if quantity == "e" else (-top, top)
    grid.point_data[title] = values * factor
    colours = "RdBu_r" if quantity in ("x", "y", "z") else "viridis"
    return {"scalars": title, "cmap": colours, "clim": limits}, {**bar, "title": f"{title}\n"}


def _add_arrows(plotter: Any, body: Any, name: str, style: dict[str, Any], bar: dict[str, Any]) -> None:
    """Arrows along a vector on the points, one per box of a coarse grid, inside the body too."""
    vectors = np.asarray(body.point_data[name])
    _glyphs(plotter, np.asarray(body.points), vectors, style, bar)


def _add_current(plotter: Any, grid: Any, clip: str | None, solution: Solution, component: str) -> None:
    density = solution.current_density(component)
    factor, unit = scaled(np.linalg.norm(density, axis=1), "A/m^2")
    grid.cell_data["current"] = np.pad(density * factor, ((0, 0), (0, 3 - density.shape[1])))
    body = grid if clip is None else grid.clip(clip, crinkle=True)
    title = f"size of J_{component} ({unit})"
    vectors = np.asarray(body.cell_data["current"])
    top = float(np.quantile(np.linalg.norm(vectors, axis=1), 0.995)) or 1.0
    bar = {**_BAR, "position_x": 0.55, "title": f"{title}\n"}
    style = {"scalars": title, "cmap": "plasma", "clim": (0.0, top)}
    _glyphs(plotter, np.asarray(body.cell_centers().points), vectors, style, bar)


def _glyphs(plotter: Any, points: np.ndarray, vectors: np.ndarray, style: dict[str, Any], bar: dict[str, Any]) -> None:
    pyvista = _pyvista()
    extent = float(np.ptp(points, axis=0).max()) or 1.0
    _, chosen = np.unique(np.floor(points / (extent / _BOXES)), axis=0, return_index=True)
    points, vectors = points[chosen], vectors[chosen]
    size = np.linalg.norm(vectors, axis=1)
    top = float(style["clim"][1])
    seen = size > 1e-4 * top
    if not seen.any():
        return
    cloud = pyvista.PolyData(points[seen])
    cloud["direction"] = vectors[seen] / size[seen, None]
    cloud["length"] = np.sqrt(np.minimum(size[seen] / top, 1.0))
    cloud[style["scalars"]] = size[seen]
    cloud.set_active_scalars(style["scalars"])
    arrows = cloud.glyph(orient="direction", scale="length", factor=1.8 * extent / _BOXES)
    plotter.add_mesh(arrows, **style, scalar_bar_args=bar)


def _surround(pyvista: Any, plotter: Any, device: Device, body: Any, clip: str | None) -> None:
    """Edges of the body, terminals with names, axes with the unit, a camera that sees it all."""
    from .surfaces import terminal_places

    points, unit = shown_points(device)
    points = np.pad(points, ((0, 0), (0, 3 - points.shape[1])))
    plotter.set_background("white")
    if device.dimension == 3:
        edges = body.extract_surface(algorithm="dataset_surface").extract_feature_edges(feature_angle=30)
        plotter.add_mesh(edges, color="#404040", line_width=1.5)
    extent = float(np.ptp(points, axis=0).max())
    for name, facets in device.terminal_facets.items():
        rows = np.c_[np.full(len(facets), facets.shape[1]), facets].ravel()
        if facets.shape[1] == 1:
            shape = pyvista.PolyData(points[facets[:, 0]])
        else:
            shape = pyvista.PolyData(points, **{"lines" if facets.shape[1] == 2 else "faces": rows})
        centre, away = (np.pad(v, (0, 3 - len(v))) for v in terminal_places(device)[name])
        shape = shape.translate(0.002 * extent * away)  # before the faces of the body, not in them
        if clip is not None:
            shape = shape.clip(clip, origin=(points.min(axis=0) + points.max(axis=0)) / 2)
            if not shape.n_points:
                continue  # on the side that is cut away
        plotter.add_mesh(shape, color=TERMINAL, lighting=False, line_width=6, point_size=14, style="surface")
        label = {"text_color": TERMINAL, "font_size": 24, "shape": None, "show_points": False}
        plotter.add_point_labels([centre + 0.07 * extent * away], [name], always_visible=True, **label)
    low, high = points.min(axis=0), points.max(axis=0)
    titles = {f"{axis}title": f"{axis} ({unit})" for axis in "xyz"}
    counts = {"n_xlabels": 3, "n_ylabels": 2, "n_zlabels": 2, "fmt": "%.3g"}
    bounds = np.c_[low, high].ravel().tolist()
    plotter.show_bounds(bounds=bounds, grid=False, location="outer", color="black", font_size=11, use_3d_text=False,
                        **titles, **counts)  # fmt: skip
    if device.dimension == 3:
        plotter.view_vector((0.6, -0.75, 0.55), viewup=(0, 0, 1))
    else:
        plotter.view_xy()
    plotter.camera.zoom(1.15 if device.dimension == 3 else 0.95)
