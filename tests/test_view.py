"""Views with PyVista: rendered here, without a display; the picture holds what was asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fespin
from fespin.errors import InputError

MESHES = Path(__file__).resolve().parents[1] / "meshes"
_PROBE = """
import pyvista
with pyvista.vtk_verbosity("off"):
    plotter = pyvista.Plotter(off_screen=True, window_size=(40, 40))
    plotter.add_mesh(pyvista.Sphere(), color="red")
    assert plotter.screenshot(return_img=True).any()
"""


@pytest.fixture(scope="module")
def renders() -> None:
    """Skips where PyVista is missing or finds nothing to render with; VTK may end the process then."""
    pytest.importorskip("pyvista")
    done = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        pytest.skip("PyVista cannot render here; on Debian install libgl1 libegl1 libgl1-mesa-dri")


@pytest.fixture(scope="module")
def valve() -> fespin.Solution:
    return fespin.solve(fespin.load(MESHES / "lateral_valve.toml"), {"injector": {"e": 1e-3}})


def pixels(path: Path) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def test_every_view_is_rendered(renders: None, valve: fespin.Solution, tmp_path: Path) -> None:
    """Not an empty sheet, not one colour, and no two alike."""
    device = valve.problem.device
    pictures = []
    for k, (what, options) in enumerate([
        (device, {}),
        (valve, {}),
        (valve, {"quantity": "spin"}),
        (valve, {"quantity": "y", "clip": "z"}),
        (valve, {"quantity": "e", "arrows": "e"}),
    ]):  # fmt: skip
        path = tmp_path / f"{k}.png"
        from fespin.plotting import save_view

        assert save_view(what, path, size=(480, 360), **options) == path
        image = pixels(path)
        assert (image < 250).any(axis=2).mean() > 0.02
        assert len(np.unique(image.reshape(-1, 3), axis=0)) > 100
        pictures.append(image)
    assert len(list(tmp_path.iterdir())) == 5
    for k, image in enumerate(pictures[1:]):
        assert np.abs(image - pictures[k]).mean() > 0.5


def test_colours_are_the_potential(renders: None, valve: fespin.Solution) -> None:
    """Values on the mesh that is drawn, in the unit of the bar; spin around a fixed zero."""
    from fespin.plotting import view

    plotter = view(valve, "y")
    try:
        drawn = next(a.mapper for a in plotter.actors.values() if hasattr(a, "mapper") and "V_y (µV)" in
                     getattr(a.mapper.dataset, "point_data", {}))  # fmt: skip
        np.testing.assert_allclose(drawn.dataset.point_data["V_y (µV)"], valve.potential("y") * 1e6)
        low, high = drawn.scalar_range
        assert low == -high == pytest.approx(-1e6 * np.abs(valve.potential("y")).max())
    finally:
        plotter.close()


@pytest.mark.parametrize("name", ["fn_wire_1d", "composite"])
def test_lines_and_planes_are_viewed_too(renders: None, name: str, tmp_path: Path) -> None:
    from fespin.plotting import save_view

    device = fespin.load(MESHES / f"{name}.toml")
    save_view(fespin.solve(device, {"left": {"e": 1e-3}}), tmp_path / "view.png")
    assert (pixels(tmp_path / "view.png") < 250).any(axis=2).mean() > 0.005


def test_wrong_arguments(valve: fespin.Solution, tmp_path: Path) -> None:
    pytest.importorskip("pyvista")
    from fespin.plotting import save_view, view

    device = valve.problem.device
    for match, call in (
        ("quantity must be one of", lambda: view(valve, "s")),
        ("without a solution", lambda: view(device, "e")),
        ("arrows must be", lambda: view(device, arrows="e")),
        ("clip must be", lambda: view(valve, clip="w")),
        ("ends in .png", lambda: save_view(valve, tmp_path / "view.jpg")),
    ):
        with pytest.raises(InputError, match=match):
            call()


def test_without_pyvista(monkeypatch: pytest.MonkeyPatch) -> None:
    from fespin.plotting import view

    monkeypatch.setitem(sys.modules, "pyvista", None)
    with pytest.raises(InputError, match=r"pip install 'fespin\[view\]'"):
        view(fespin.load(MESHES / "fn_wire_1d.toml"))
