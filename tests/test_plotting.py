"""Pictures: the right values, units and names; nothing is shown, saved or changed globally."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fespin
from fespin.errors import InputError
from fespin.plotting.coordinates import scaled

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402  the backend is chosen before

from fespin import plotting  # noqa: E402

MESHES = Path(__file__).resolve().parents[1] / "meshes"
SHIPPED = ("fn_wire_1d", "arrow_wire", "composite", "t_element", "annular_sector", "cross", "lateral_valve")
N = fespin.NormalMetal(conductivity=1e7, spin_diffusion_length=1e-7)
F = fespin.Ferromagnet(conductivity=5e6, polarization=0.4, spin_diffusion_length=4e-8)


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    yield
    plt.close("all")


def solved(device: fespin.Device) -> fespin.Solution:
    first = next(iter(device.terminals))
    return fespin.solve(device, {first: {"e": 1e-3, "z": 5e-4}})


def branching_wire(dimension: int) -> fespin.Device:
    """Three arms that meet at the origin, one of them magnetic."""
    ends = np.array([[-100.0, 0, 0], [100, 0, 0], [0, 80, 60]])[:, :dimension]
    fractions = np.linspace(0, 1, 6)[1:, None]
    points = np.vstack([np.zeros((1, dimension)), *(fractions * end for end in ends)])
    cells = [[0 if k == 0 else 5 * arm + k, 5 * arm + k + 1] for arm in range(3) for k in range(5)]
    mesh = fespin.Mesh(
        points=points,
        cells=cells,
        cell_type="line",
        regions={"n": np.arange(10), "f": np.arange(10, 15)},
        boundaries={"a": [[5]], "b": [[10]], "c": [[15]]},
    )
    return fespin.Device.from_mesh(
        mesh,
        regions={"n": N, "f": (F, [0.6, 0.8, 0])},
        terminals=["a", "b", "c"],
        length_unit="nm",
        cross_section=1e-16,
    )


def block(cell_type: str) -> fespin.Device:
    """A strip of quadrilaterals or a bar of hexahedra."""
    skfem = pytest.importorskip("skfem")
    axes = [np.linspace(0, 4, 5), np.linspace(0, 1, 3), np.linspace(0, 1, 3)]
    mesh = skfem.MeshQuad.init_tensor(*axes[:2]) if cell_type == "quad" else skfem.MeshHex.init_tensor(*axes)
    mesh = mesh.with_subdomains({"n": lambda x: x[0] < 2, "f": lambda x: x[0] > 2}).with_boundaries(
        {"left": lambda x: x[0] < 1e-9, "right": lambda x: x[0] > 4 - 1e-9}
    )
    thickness = {"thickness": "20 nm"} if cell_type == "quad" else {}
    return fespin.Device.from_mesh(
        mesh,
        regions={"n": N, "f": (F, [0, 0, -1])},
        terminals=["left", "right"],
        length_unit="10 nm",
        **thickness,
    )


def every_device() -> list[Any]:
    made = [("network", lambda: branching_wire(2)), ("network in space", lambda: branching_wire(3))]
    made += [(kind, lambda kind=kind: block(kind)) for kind in ("quad", "hexahedron")]
    made += [(name, lambda name=name: fespin.load(MESHES / f"{name}.toml")) for name in SHIPPED]
    return [pytest.param(make, id=name) for name, make in made]


def words(ax: Any) -> str:
    """All text in the figure, for names and units."""
    found = [text.get_text() for text in ax.figure.findobj(matplotlib.text.Text)]
    return " ".join(found)


@pytest.mark.parametrize("make", every_device())
def test_every_picture_of_every_kind_of_device(make: Any) -> None:
    """Draws without a warning, names terminals and regions, gives units."""
    device = make()
    solution = solved(device)
    drawn = [plotting.plot_device(device)]
    for component in ("e", "x", "z"):
        drawn.append(plotting.plot_potential(solution, component))
        drawn.append(plotting.plot_current(solution, component))
    for ax in drawn:
        ax.figure.canvas.draw()
        text = words(ax)
        assert all(name in text for name in device.terminals)
        assert "nm" in text
    assert all(name in words(drawn[0]) for name in device.regions)
    assert "$V_e$ (mV)" in words(drawn[1])
    assert "A/m$^2$)" in words(drawn[2])


@pytest.mark.parametrize("name", ["fn_wire_1d", "arrow_wire", "cross"])
def test_draws_into_given_axes_and_changes_nothing_else(name: str) -> None:
    device = fespin.load(MESHES / f"{name}.toml")
    solution = solved(device)
    style = dict(matplotlib.rcParams)
    figure = plt.figure()
    solid = {"projection": "3d"} if device.dimension == 3 else {}
    axes = [figure.add_subplot(2, 2, k + 1, **solid) for k in range(3)]
    assert plotting.plot_device(device, axes[0]) is axes[0]
    assert plotting.plot_potential(solution, "z", axes[1]) is axes[1]
    assert plotting.plot_current(solution, "z", ax=axes[2]) is axes[2]
    last = figure.add_subplot(2, 2, 4)
    assert plotting.plot_conductance(fespin.conductance(device), last) is last
    assert plt.get_fignums() == [figure.number]
    assert dict(matplotlib.rcParams) == style


def test_curve_is_the_potential() -> None:
    solution = solved(fespin.load(MESHES / "fn_wire_1d.toml"))
    line = plotting.plot_potential(solution, "e", color="black", lw=3).lines[0]
    assert (line.get_color(), line.get_linewidth()) == ("black", 3)
    x, y = line.get_data()
    nodes = solution.problem.device.mesh.points[:, 0]
    order = np.argsort(nodes)
    expected = np.interp(x, nodes[order], 1e3 * solution.potential("e")[order])
    np.testing.assert_allclose(y, expected, atol=1e-9)  # millivolts at nanometres; x went through metres
    assert (x.min(), x.max()) == (0.0, pytest.approx(400.0))


def test_curve_of_the_current_is_flat_for_charge() -> None:
    """div J_e = 0: the axis must not magnify the rounding of a constant."""
    solution = solved(fespin.load(MESHES / "fn_wire_1d.toml"))
    ax = plotting.plot_current(solution, "e")
    low, high = ax.get_ylim()
    y = ax.lines[0].get_ydata()
    assert low == 0.0
    assert np.ptp(y) < 1e-6 * high
    area = 800e-18  # J times the area is the current that enters at the left; the axis is in GA/m^2
    assert y.mean() * 1e9 * area == pytest.approx(-solution.currents["left"]["e"], rel=1e-3)  # h^2 of the mesh


def test_colours_are_the_potential_and_spin_is_centred() -> None:
    solution = solved(fespin.load(MESHES / "composite.toml"))
    charge = plotting.plot_potential(solution, "e").collections[0]
    np.testing.assert_allclose(charge.get_array(), solution.potential("e") * 1e3)
    spin = plotting.plot_potential(solution, "z").collections[0]
    low, high = spin.get_clim()
    assert low == -high
    assert high == pytest.approx(500.0)  # microvolts
    assert spin.get_cmap().name == "RdBu_r"


def test_keywords_reach_matplotlib() -> None:
    solution = solved(fespin.load(MESHES / "composite.toml"))
    drawn = plotting.plot_potential(solution, "z", cmap="PuOr", vmin=-100, vmax=50).collections[0]
    assert drawn.get_cmap().name == "PuOr"
    assert drawn.get_clim() == (-100, 50)
    solid = solved(fespin.load(MESHES / "cross.toml"))
    assert plotting.plot_potential(solid, "e", alpha=0.5).collections[0].get_alpha() == 0.5
    with pytest.raises(AttributeError, match="nonsense"):
        plotting.plot_device(solid.problem.device, nonsense=1)


def test_potential_without_a_drive() -> None:
    device = fespin.load(MESHES / "composite.toml")
    solution = fespin.solve(device, {})
    for component in ("e", "z"):
        plotting.plot_potential(solution, component).figure.canvas.draw()
        plotting.plot_current(solution, component).figure.canvas.draw()


def test_solid_device_has_equal_scales() -> None:
    ax = plotting.plot_device(fespin.load(MESHES / "cross.toml"))
    spans = [np.ptp(getattr(ax, f"get_{axis}lim")()) for axis in "xyz"]
    shown = ax._box_aspect  # there is no public getter
    np.testing.assert_allclose(np.array(spans) / spans[0], np.array(shown) / shown[0], rtol=1e-12)


def test_conductance_image() -> None:
    G = fespin.conductance(fespin.load(MESHES / "fn_wire_1d.toml"))
    ax = plotting.plot_conductance(G)
    image = ax.images[0]
    np.testing.assert_allclose(image.get_array(), G.values * 1e3)
    assert image.norm.vmin == -image.norm.vmax == pytest.approx(-1e3 * np.abs(G.values).max())
    assert [label.get_text() for label in ax.get_xticklabels()][:5] == [
        "left:e",
        "left:x",
        "left:y",
        "left:z",
        "right:e",
    ]
    text = words(ax)
    assert "(mS)" in text
    assert f"{1e3 * G['right', 'z', 'left', 'e']:.3g}" in text
    assert "current out of the device" in text
    assert "current into the device" in words(plotting.plot_conductance(G.as_network()))


def test_conductance_of_many_terminals_has_no_numbers() -> None:
    G = fespin.conductance(fespin.load(MESHES / "cross.toml"))
    assert len(plotting.plot_conductance(G, cmap="PuOr").texts) == 0


def admittance() -> fespin.ConductanceMatrix:
    G = fespin.conductance(fespin.load(MESHES / "fn_wire_1d.toml"))
    return replace(G, values=G.values * (1 - 1j))


def test_complex_admittance_is_drawn_part_by_part() -> None:
    """Real and imaginary part around a fixed zero, magnitude and phase in degrees; zeros have no phase."""
    Y = admittance()
    seen = Y.values != 0
    expected = {"real": 1e3 * Y.values.real, "imaginary": 1e3 * Y.values.imag, "magnitude": 1e3 * np.abs(Y.values),
                "phase": np.degrees(np.angle(Y.values))}  # fmt: skip
    labels = {
        "real": "Re $Y$ (mS)",
        "imaginary": "Im $Y$ (mS)",
        "magnitude": "$|Y|$ (mS)",
        "phase": "phase of $Y$ (deg)",
    }
    for part, values in expected.items():
        ax = plotting.plot_conductance(Y, part=part)
        ax.figure.canvas.draw()
        shown = np.ma.filled(ax.images[0].get_array(), np.nan)
        np.testing.assert_allclose(shown[seen], values[seen], rtol=1e-12)
        assert labels[part] in words(ax)
        low, high = ax.images[0].get_clim()
        assert low == -high or part == "magnitude"
        if part in ("magnitude", "phase"):
            assert np.isnan(shown[~seen]).all()
    with pytest.raises(InputError, match="part must be one of real, imaginary, magnitude, phase"):
        plotting.plot_conductance(Y)
    with pytest.raises(InputError, match="part must be one of"):
        plotting.plot_conductance(Y, part="abs")


def test_spin_accumulation_is_the_vector() -> None:
    """Colours are V_z around 0, arrows point along (V_x, V_y), and the longest one is named."""
    device = fespin.load(MESHES / "composite.toml")
    solution = fespin.solve(device, {"left": {"x": -3e-4, "y": 4e-4, "z": 1e-4}})
    ax = plotting.plot_spin_accumulation(solution)
    image, arrows = ax.collections[0], next(c for c in ax.collections if isinstance(c, matplotlib.quiver.Quiver))
    np.testing.assert_allclose(image.get_array(), solution.potential("z") * 1e6)
    low, high = image.get_clim()
    assert low == -high == pytest.approx(-1e6 * np.linalg.norm(solution.spin_accumulation, axis=1).max())
    near = np.argmin(arrows.X)
    assert np.degrees(np.arctan2(arrows.V[near], arrows.U[near])) == pytest.approx(np.degrees(np.arctan2(4, -3)), abs=3)
    longest = float(re.search(r"longest ([0-9.e+-]+) µV", ax.get_xlabel())[1])
    assert longest == pytest.approx(np.hypot(arrows.U, arrows.V).max(), rel=1e-2)
    assert "$V_z$ (µV)" in words(ax)


def test_spin_accumulation_of_a_wire_has_three_curves() -> None:
    device = fespin.load(MESHES / "fn_wire_1d.toml")
    solution = fespin.solve(device, {"right": {"x": 1e-3, "z": 5e-4}})
    curves = {line.get_label(): line.get_ydata() for line in plotting.plot_spin_accumulation(solution).lines}
    for name in "xyz":
        assert np.abs(curves[f"$V_{name}$"]).max() == pytest.approx(1e3 * np.abs(solution.potential(name)).max())


@pytest.mark.parametrize("make", every_device())
def test_spin_accumulation_of_every_kind_of_device(make: Any) -> None:
    device = make()
    for solution in (solved(device), fespin.solve(device, {})):
        ax = plotting.plot_spin_accumulation(solution)
        ax.figure.canvas.draw()
        assert all(name in words(ax) for name in device.terminals)


def test_reciprocity_bars_are_the_checks() -> None:
    report = fespin.check_reciprocity(fespin.load(MESHES / "fn_wire_1d.toml"))
    ax = plotting.plot_reciprocity(report)
    ax.figure.canvas.draw()
    assert [label.get_text() for label in ax.get_yticklabels()] == [check.name for check in report]
    for check, bar, mark in zip(report, ax.patches, ax.lines, strict=True):
        violation = max(-check.value, 0.0) if check.at_least else check.value
        assert bar.get_x() + bar.get_width() == pytest.approx(max(violation, 1e-18))
        assert mark.get_xdata()[0] == abs(check.tolerance)
    failed = replace(report, checks=tuple(replace(check, tolerance=-1.0) for check in report.checks[:1]))
    assert "FAIL" in words(plotting.plot_reciprocity(failed))


def test_convergence_plot_wants_positive_numbers() -> None:
    for sizes, errors in (([1e-9], [1e-3, 1e-4]), ([0.0], [1e-3]), ([1e-9], [-1.0]), ([], [])):
        with pytest.raises(InputError, match="as many positive numbers"):
            plotting.plot_convergence(sizes, errors)


def test_names_are_drawn_letter_by_letter() -> None:
    """Dollars start no formula and a leading underscore hides no label."""
    wire = fespin.load(MESHES / "fn_wire_1d.toml")
    device = wire.replace(
        terminals={"_left$_$^": "left", "$x": "right"},
        regions={"_f$": replace(wire.regions["ferro"], group="ferro"), "$n$": replace(wire.regions["normal"],
                                                                                      group="normal")},
    )  # fmt: skip
    for ax in (plotting.plot_device(device), plotting.plot_potential(fespin.solve(device, {}), "e"),
               plotting.plot_conductance(fespin.conductance(device))):  # fmt: skip
        ax.figure.canvas.draw()
        assert r"\$x" in words(ax)


def test_axes_of_the_wrong_dimension() -> None:
    solution = solved(fespin.load(MESHES / "cross.toml"))
    with pytest.raises(InputError, match="ax must be three-dimensional axes"):
        plotting.plot_potential(solution, "e", plt.figure().add_subplot())
    flat = solved(fespin.load(MESHES / "arrow_wire.toml"))
    with pytest.raises(InputError, match="ax must be two-dimensional axes"):
        plotting.plot_current(flat, "e", plt.figure().add_subplot(projection="3d"))


def test_wrong_arguments() -> None:
    solution = solved(fespin.load(MESHES / "fn_wire_1d.toml"))
    for draw in (plotting.plot_potential, plotting.plot_current):
        with pytest.raises(InputError, match="component must be one of e, x, y, z, got 's'"):
            draw(solution, "s")
    with pytest.raises(InputError, match="device must be a fespin"):
        plotting.plot_device("meshes/cross.toml")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["fn_wire_1d", "composite", "cross"])
def test_save_potentials(name: str, tmp_path: Path) -> None:
    solution = solved(fespin.load(MESHES / f"{name}.toml"))
    target = tmp_path / "picture.svg"
    assert plotting.save_potentials(solution, target) == target
    assert "<svg" in target.read_text()
    assert plt.get_fignums() == []  # nothing is left open, no window was made
    assert [path.name for path in tmp_path.iterdir()] == ["picture.svg"]


def test_save_potentials_refuses_what_it_cannot_write(tmp_path: Path) -> None:
    solution = solved(fespin.load(MESHES / "fn_wire_1d.toml"))
    with pytest.raises(InputError, match=r"a.pgn must end in a format.*did you mean 'png'"):
        plotting.save_potentials(solution, tmp_path / "a.pgn")
    with pytest.raises(InputError, match="must end in a format"):
        plotting.save_potentials(solution, tmp_path / "a")
    with pytest.raises(InputError, match="cannot be written"):
        plotting.save_potentials(solution, tmp_path / "missing" / "a.png")


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    device = fespin.load(MESHES / "fn_wire_1d.toml")
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(InputError, match=r"pip install 'fespin\[plot\]'"):
        plotting.plot_device(device)


@pytest.mark.parametrize(
    ("top", "unit"),
    [(0.0, "V"), (1.0, "V"), (0.9999, "mV"), (1e-3, "mV"), (5e-7, "nV"), (2e-30, "aV"), (3e4, "kV")],
)
def test_prefixes(top: float, unit: str) -> None:
    factor, found = scaled(np.array([-top, top / 2]), "V")
    assert found == unit
    assert top * factor < 1000


def test_device_on_a_straight_wire_in_space_is_drawn():
    """Three coordinates, a magnet and one direction: the arrow of the magnetization finds its place."""
    from grids import wire_network

    from fespin import Ferromagnet, Region

    f = Region(
        material=Ferromagnet(conductivity=1.0, polarization=0.5, spin_diffusion_length=1.0), magnetization=(0, 1, 0)
    )
    device = wire_network([("a", "b", f, 4)], {"a": (0.0, 0.0, 0.0), "b": (1.0, 1.0, 1.0)}, ["a", "b"])
    assert plotting.plot_device(device).get_xlabel()


def test_names_of_crowded_terminals_do_not_overlap():
    """Seven pairs of terminals on a tenth of a long strip: their names are turned away from it."""
    skfem = pytest.importorskip("skfem")
    mesh = skfem.MeshQuad.init_tensor(np.linspace(0, 60, 121), np.linspace(0, 1, 3))
    sides = {"low": 0.0, "high": 1.0}
    boundaries = {
        f"{side}{k}": lambda x, k=k, y=y: (np.abs(x[1] - y) < 1e-9) & (np.abs(x[0] - 30.25 - 2 * k) < 0.3)
        for k in range(7)
        for side, y in sides.items()
    }
    mesh = mesh.with_boundaries(boundaries).with_subdomains({"n": lambda x: x[0] < 1e9})
    device = fespin.Device.from_mesh(mesh, regions={"n": N}, terminals=list(boundaries), length_unit="40 nm",
                                     thickness=1e-8)  # fmt: skip
    ax = plotting.plot_device(device)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text() in boundaries]
    assert len(boxes) == 14
    for k, box in enumerate(boxes):
        assert ax.get_window_extent().padded(1).contains(*box.get_points().mean(axis=0))
        assert not any(box.overlaps(other) for other in boxes[:k])
