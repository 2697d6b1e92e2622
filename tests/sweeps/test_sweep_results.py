"""Labels, files and pictures of the result: every number where its name says."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest
from sweep_cases import METAL, TESLA, fails_above, turned, valve, wire

import fespin
from fespin import InputError, SweepResult
from fespin.sweeps.entries import chosen_entries, parse_entry

FIELDS = np.array([0.5, 1.0, 2.0]) * TESLA


@pytest.fixture(scope="module")
def static() -> SweepResult:
    """Two axes and a parameter that is held."""
    vary = {"turn": [0.0, 1.0], "field.z": FIELDS, "regions.N.resistivity": 0.3}
    return fespin.sweep(valve(), vary, functions={"turn": turned}, units={"turn": "rad"}, jobs=1)


@pytest.fixture(scope="module")
def dynamic() -> SweepResult:
    return fespin.sweep(
        wire(), {"frequency": "0.1:10:3:log", "regions.N.spin_diffusion_length": [0.5, math.inf]}, jobs=1
    )


def test_labels(static):
    assert static.shape == (2, 3)
    assert [axis.name for axis in static.axes] == ["turn", "field.z"]
    assert [axis.unit for axis in static.axes] == ["rad", "T"]
    assert [axis.name for axis in static.fixed] == ["regions.N.resistivity"]
    assert static.coordinate("field.z").tolist() == FIELDS.tolist()
    assert static.values.shape == (2, 3, 8, 8)
    metal = fespin.NormalMetal(conductivity=1 / 0.3, spin_diffusion_length=1.3, diffusivity=0.7)
    for i, angle in enumerate((0.0, 1.0)):
        for k, field in enumerate(FIELDS):
            device = turned(valve().with_region("N", material=metal), angle)
            G = fespin.conductance(device.replace(magnetic_field=(0, 0.2 * TESLA, field)))
            assert static["right", "x", "left", "e"][i, k] == pytest.approx(G["right", "x", "left", "e"], rel=1e-9)
            found = static.at({"turn": angle, "field.z": field})
            assert found.spaces == G.spaces  # the terminal on the magnet turns with it
            np.testing.assert_allclose(found.values, G.values, atol=1e-13)


def test_what_is_not_there_is_refused(static):
    with pytest.raises(InputError, match=r"did you mean 'field\.z'"):
        static.coordinate("field.y")
    with pytest.raises(InputError, match="did you mean 'left'"):
        static["lft", "e", "right", "e"]
    with pytest.raises(InputError, match="no component 'w'"):
        static["left", "w", "right", "e"]
    with pytest.raises(InputError, match="must be \\[out, component, in, component\\]"):
        static["left", "right"]
    with pytest.raises(InputError, match="at needs a value of 'turn'"):
        static.at({"field.z": FIELDS[0]})
    with pytest.raises(InputError, match="one of the 3 values of the sweep"):
        static.at({"turn": 0, "field.z": 0.7 * TESLA})


def test_provenance(static):
    """What made the numbers: contents of the device, versions, solver, measured residuals, time."""
    info = static.info
    assert info["version"] == fespin.__version__
    assert set(info["versions"]) == {"numpy", "scipy"}
    assert len(info["device_hash"]) == 64
    assert info["backend"] == "direct"
    assert 0 < info["residual"] < 1e-12
    assert info["residual"] == static.columns["residual"].max()
    assert info["points"] == info["points_solved"] == 6
    assert static.columns["seconds"].shape == (2, 3)
    assert (static.columns["seconds"] > 0).all()
    assert "6 points, real, terminals left, right" in repr(static)
    assert "regions.N.resistivity = 0.3 ohm m" in repr(static)


@pytest.mark.parametrize("which", ["static", "dynamic"])
def test_json_comes_back_to_the_last_bit(which, request, tmp_path):
    result = request.getfixturevalue(which)
    back = SweepResult.load(result.save(tmp_path / "a.json"))
    assert np.array_equal(back.values, result.values)
    assert back.values.dtype == result.values.dtype
    assert back.grid.names == result.grid.names
    assert list(back.grid) == list(result.grid)
    assert json.dumps(back.spaces) == json.dumps(result.spaces)
    assert back.info == result.info
    point = dict(zip(back.grid.names, list(back.grid)[1], strict=True))
    held = {axis.name for axis in back.fixed}
    where = {name: value for name, value in point.items() if name not in held}
    assert back.at(where) == result.at(where)
    json.loads(result.to_json(), parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))


def test_failed_points_in_files(tmp_path):
    with pytest.warns(fespin.SolverWarning):
        result = fespin.sweep(wire(), {"model": [1.0, 3.0]}, functions={"model": fails_above}, jobs=1)
    data = json.loads(result.to_json())
    assert data["conductance"][1] is None
    assert data["failures"] == [{"point": 1, "at": [3.0], "error": "RuntimeError: no such device"}]
    back = SweepResult.load(result.save(tmp_path / "a.json"))
    assert np.isnan(back.values[1]).all()
    assert back.failures == result.failures
    assert result.to_csv().splitlines()[-1] == "3.0" + "," * 64


@pytest.mark.parametrize(
    ("text", "message"),
    [("{}", "is not 'fespin sweep"), ("[", "must be the JSON file of a sweep"), ("[1]", "JSON file of a sweep")],
)
def test_other_files_are_refused(text, message, tmp_path):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError, match=message):
        SweepResult.load(tmp_path / "a.json")
    with pytest.raises(InputError, match="cannot be read"):
        SweepResult.load(tmp_path / "b.json")


def test_csv_has_a_row_for_each_point(static, dynamic):
    """Coordinates, then entries by name; a complex one in two columns."""
    for result, head in ((static, "right x / left e"), (dynamic, "Im right x / left x")):
        rows = csv.DictReader(io.StringIO("".join(
            line + "\n" for line in result.to_csv().splitlines() if not line.startswith("# "))))  # fmt: skip
        table = list(rows)
        assert len(table) == len(result.grid)
        key = tuple(head.removeprefix("Im ").replace(" / ", " ").split())
        values = result[key].ravel()  # type: ignore[index]
        wanted = values.imag if head.startswith("Im") else values
        assert [float(row[head]) for row in table] == wanted.tolist()
        names = [f"{axis.name} ({axis.unit})" for axis in result.axes]
        assert [tuple(float(row[n]) for n in names) for row in table] == [p[: len(names)] for p in result.grid]


@pytest.mark.parametrize("which", ["static", "dynamic"])
def test_xarray_and_netcdf(which, request, tmp_path):
    xarray = pytest.importorskip("xarray")
    result = request.getfixturevalue(which)
    found = result.to_xarray()
    entry = found["conductance"].sel(terminal_out="right", component_out="x", terminal_in="left", component_in="x")
    assert np.array_equal(entry.values, result["right", "x", "left", "x"])
    for axis in result.axes:
        assert found[axis.name].attrs["units"] == axis.unit
        assert np.array_equal(found[axis.name].values, axis.values)
    for axis in result.fixed:
        assert found[axis.name].item() == axis.values[0]
    path = result.save(tmp_path / "a.nc")
    with xarray.open_dataset(path, engine="scipy") as back:
        if np.iscomplexobj(result.values):
            values = back["conductance_real"].values + 1j * back["conductance_imag"].values
        else:
            values = back["conductance"].values
        assert np.array_equal(values, result.tensor)
        assert json.loads(back.attrs["info"])["device_hash"] == result.info["device_hash"]


def test_formats_are_known(static, tmp_path):
    with pytest.raises(InputError, match="did you mean 'json'"):
        static.save(tmp_path / "a.jsn")


@pytest.mark.parametrize("text", ["right:z", "right:z,left:e,left:x", "right z,left e", ":z,left:e", "", 3])
def test_entries_are_written_in_one_way(text):
    with pytest.raises(InputError, match="right:z,left:e"):
        parse_entry(text, ["left", "right"])


def test_entries_that_change_are_chosen(dynamic):
    """Charge on charge, then what changes; nothing of rounding."""
    found = chosen_entries(dynamic)
    assert found[0] == ("right", "e", "left", "e")
    assert {entry[1] + entry[3] for entry in found[1:]} == {"xx", "yy", "zz"}
    assert chosen_entries(dynamic, ["left:y, right:y"]) == [("left", "y", "right", "y")]


# ---- pictures --------------------------------------------------------------------------------------------------------


@pytest.fixture
def plot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from fespin.plotting import plot_sweep

    yield plot_sweep
    plt.close("all")


def test_curves(plot):
    """Values in the unit shown; imaginary parts dashed; equal ratios on a logarithmic axis."""
    result = fespin.sweep(wire(), {"frequency": "1:1000:4:log"}, jobs=1)
    ax = plot(result, ["right:x,left:x"])
    real, imaginary = ax.lines
    np.testing.assert_allclose(real.get_xdata(), [0.001, 0.01, 0.1, 1])
    scale = {"S": 1, "mS": 1e3}[ax.get_ylabel().split("(")[1].split(";")[0]]
    np.testing.assert_allclose(real.get_ydata(), result["right", "x", "left", "x"].real * scale)
    np.testing.assert_allclose(imaginary.get_ydata(), result["right", "x", "left", "x"].imag * scale)
    assert imaginary.get_linestyle() == "--"
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "frequency (kHz)"


def test_angles_are_shown_in_degrees(plot):
    result = fespin.sweep(valve(), {"regions.F.theta": "0deg:180deg:3"}, jobs=1)
    ax = plot(result, ["right:e,left:e"])
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [0, 90, 180])
    assert ax.get_xlabel() == "regions.F.theta (°)"


def test_families_and_maps(plot, static):
    """The axis with few values makes curves; two long ones a map that is centred at 0 where the sign changes."""
    ax = plot(static, ["right:x,left:e"])
    assert [len(line.get_xdata()) for line in ax.lines] == [2, 2, 2] or [len(x.get_xdata()) for x in ax.lines] == [3, 3]
    assert ax.get_legend().get_title().get_text() in ("turn", "field.z")
    fields = np.linspace(-2, 2, 9) * TESLA
    both = fespin.sweep(wire(), {"field.z": fields, "field.x": fields}, jobs=1)
    ax = plot(both, ["right:y,left:x"])
    (mesh,) = ax.collections
    values = both["right", "y", "left", "x"]
    scale = np.abs(mesh.get_array()).max() / np.abs(values).max()
    np.testing.assert_allclose(mesh.get_array().reshape(9, 9), values.T * scale, atol=1e-12 * scale)
    assert mesh.get_clim()[0] == -mesh.get_clim()[1]


def test_what_cannot_be_drawn_is_refused(plot, tmp_path):
    from fespin.plotting import save_sweep

    point = fespin.sweep(wire(), {"regions.N.resistivity": 0.3}, jobs=1)
    with pytest.raises(InputError, match="over one or two parameters, got '0 axes'"):
        plot(point)
    with pytest.raises(InputError, match="did you mean 'png'"):
        save_sweep(point, tmp_path / "a.pgn")
    assert METAL.conductivity == 2.0
