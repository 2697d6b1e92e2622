"""Ferromagnets of finite strength: closed forms of transverse spins, the strong limit, textures."""

import numpy as np
import pytest
from grids import box, facets_at, layered, stack

import fespin
from fespin import Device, Ferromagnet, InputError, MagnetizationField, Mesh, NormalMetal, Region

pytestmark = pytest.mark.filterwarnings("ignore::fespin.MeshWarning")
STRONG = Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5)
COPPER = NormalMetal(conductivity=2.0, spin_diffusion_length=1.3)


def weak(transverse=1.0, precession=np.inf, **changes):
    values = {"conductivity": 0.5, "polarization": 0.6, "spin_diffusion_length": 0.5, **changes}
    return Ferromagnet(transverse_length=transverse, precession_length=precession, **values)


def test_longitudinal_spins_are_those_of_the_strong_magnet():
    m = (0.0, 0.6, 0.8)
    G = [fespin.conductance(stack([("w", 1.0, 40, (material, m))])).tensor for material in (STRONG, weak())]
    axes = np.array([[1, 0, 0, 0], [0, *m]], float)
    blocks = [np.einsum("ca,taub,db->tcud", axes, tensor, axes) for tensor in G]
    assert blocks[1] == pytest.approx(blocks[0], rel=1e-12)


def test_transverse_spins_decay_and_turn():
    """1/l^2 = 1/lambda_perp^2 - i/lambda_J^2 for V_x + i V_y about m = z, and G = (sigma/l) coth, csch."""
    G = fespin.conductance(stack([("w", 1.0, 60, (weak(0.7, 0.4), (0, 0, 1)))]), order=2)
    k = np.sqrt(1 / 0.7**2 - 1j / 0.4**2)
    across = 0.5 * k / np.sinh(k)
    assert G["right", "x", "left", "x"] == pytest.approx(across.real, rel=1e-6)
    assert G["right", "y", "left", "x"] == pytest.approx(across.imag, rel=1e-6)
    assert G["right", "x", "left", "y"] == pytest.approx(-across.imag, rel=1e-6)
    own = -0.5 * k / np.tanh(k)
    assert G["left", "y", "left", "x"] == pytest.approx(own.imag, rel=1e-6)


@pytest.mark.parametrize("shrink", ["transverse", "precession"])
@pytest.mark.parametrize("kind", ["line", "quad"])
def test_short_lengths_approach_the_strong_magnet(shrink, kind):
    """lambda_perp -> 0, or lambda_J -> 0: a normal terminal sees the strong magnet, with an error of first order."""
    m, layers = (0.6, 0.0, 0.8), [(1.0, 10), (0.05, 25), (1.0, 10)]
    regions = lambda magnet: [COPPER, (magnet, m), COPPER]  # noqa: E731
    ohmic = fespin.conductance(layered(kind, layers, regions(STRONG), across=1), order=2)["left", "left"]
    errors = []
    for length in (0.008, 0.004, 0.002):
        magnet = weak(length) if shrink == "transverse" else weak(1.0, length)
        block = fespin.conductance(layered(kind, layers, regions(magnet), across=1), order=2)["left", "left"]
        errors.append(np.abs(block - ohmic).max() / np.abs(ohmic).max())
    assert errors[-1] < 2e-2
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1, abs=0.2)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("kind", ["line", "triangle", "quad", "tetra", "hexahedron"])
@pytest.mark.parametrize("order", [1, 2])
def test_uniform_field_is_a_uniform_magnetization(kind, order):
    """The weighted operators of a texture that does not vary against the plain ones, to rounding."""
    m = (0.48, 0.6, 0.64)
    layers = [(0.5, 3), (0.5, 3)]
    plain, field = (
        fespin.conductance(layered(kind, layers, [Region(material=weak(0.7, 0.4), magnetization=value), COPPER],
                                   across=2), order=order).values
        for value in (m, lambda x: np.array(m)[:, None] * np.ones(x.shape[1]))
    )  # fmt: skip
    assert field == pytest.approx(plain, abs=1e-12)


def wall(length):
    """A Neel wall from +z to -z in the middle of a line of length 1."""
    return lambda x: [np.sin(np.pi / (1 + np.exp(-(x[0] - 0.5) / length))), 0 * x[0],
                      np.cos(np.pi / (1 + np.exp(-(x[0] - 0.5) / length)))]  # fmt: skip


def test_texture_converges_and_equals_many_uniform_layers():
    """A domain wall: as one field, and as 64 layers of uniform magnetization (a staircase, error h^2)."""
    material = weak(0.2, 0.15)
    exact = fespin.conductance(stack([("w", 1.0, 128, (material, wall(0.05)))]), order=2).values
    errors = []
    for n in (32, 64):
        m = [wall(0.05)(np.array([[(i + 0.5) / n]])) for i in range(n)]
        layers = [(f"w{i}", 1 / n, 256 // n, (material, tuple(float(c[0]) for c in m[i]))) for i in range(n)]
        errors.append(np.abs(fespin.conductance(stack(layers), order=2).values - exact).max())
    assert errors[1] < 1e-3 * np.abs(exact).max()
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.3)
    # linear elements converge to it with h^2
    errors = [np.abs(fespin.conductance(stack([("w", 1.0, n, (material, wall(0.05)))])).values - exact).max()
              for n in (64, 128)]  # fmt: skip
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.2)


def test_slow_wall_carries_spin_along_its_magnetization():
    """A wall much longer than the transverse lengths turns the spin with it: +z in, -z out, and charge with the
    sign."""
    material = weak(0.01, 0.01, spin_diffusion_length=5.0)
    G = fespin.conductance(stack([("w", 1.0, 800, (material, wall(0.08)))]), order=2)
    assert G["right", "z", "left", "z"] < 0
    assert G["right", "z", "left", "e"] == pytest.approx(-G["left", "z", "right", "e"], rel=0.05)


def test_onsager_of_a_texture():
    """Reverse m(r) everywhere; the texture breaks plain symmetry by precession about m."""
    device = stack([("w", 1.0, 60, (weak(0.2, 0.15), wall(0.1))), ("n", 0.5, 10, COPPER)])
    eps = np.tile([1.0, -1.0, -1.0, -1.0], 2)
    G, back = (fespin.conductance(d).values for d in (device, device.reversed()))
    assert np.abs(G - eps[:, None] * eps * back.T).max() < 1e-12 * np.abs(G).max()
    assert np.abs(G - G.T).max() > 1e-3 * np.abs(G).max()


def test_torque_on_a_wall_closes_the_balance():
    device = stack([("w", 1.0, 80, (weak(0.1, 0.15), wall(0.1)))])
    solution = fespin.solve(device, {"left": {"e": 1.0}}, order=2)
    assert np.abs(solution.spin_balance).max() < 1e-12
    assert np.linalg.norm(solution.torques["w"]) > 0


def vortex_mesh(n=12):
    edge = np.linspace(-1.0, 1.0, n + 1)
    points, cells = box("triangle", edge, edge)
    return Mesh(points=points, cells=cells, cell_type="triangle", regions={"disk": np.arange(len(cells))},
                boundaries={"left": facets_at("triangle", points, cells, points[:, 0] == -1.0),
                            "right": facets_at("triangle", points, cells, points[:, 0] == 1.0)})  # fmt: skip


def vortex(x):
    return np.array([-x[1], x[0], np.full(x.shape[1], 0.3)])


def test_magnetization_from_a_file(tmp_path):
    """Point data of a VTU on a finer grid, as a micromagnetic code writes it, read back through the device file."""
    import meshio

    fine = vortex_mesh(48)
    points = np.pad(fine.points, ((0, 0), (0, 1)))
    meshio.Mesh(points, [("triangle", fine.cells)], point_data={"m": vortex(fine.points.T).T}).write(tmp_path / "m.vtu")
    field = MagnetizationField.from_file(tmp_path / "m.vtu", "m")
    device = Device.from_mesh(vortex_mesh(), regions={"disk": (weak(0.3, 0.2), field)}, terminals=["left", "right"],
                              thickness=1.0)  # fmt: skip
    device.write(tmp_path / "vortex.toml")
    again = fespin.load(tmp_path / "vortex.toml")
    assert again == device
    exact = fespin.conductance(device.with_region("disk", magnetization=vortex)).values
    assert fespin.conductance(again).values == pytest.approx(exact, abs=2e-3 * np.abs(exact).max())
    (tmp_path / "bad.toml").write_text((tmp_path / "vortex.toml").read_text().replace('data = "m"', 'data = "q"'))
    with pytest.raises(fespin.DeviceError, match="no point or cell data called 'q'; there: m"):
        fespin.load(tmp_path / "bad.toml")


def test_data_at_points_are_interpolated():
    x = np.linspace(0, 1, 11)
    field = MagnetizationField.from_points(x[:, None], np.stack([np.sin(x), 0 * x, np.cos(x)], axis=1))
    m = field(np.array([[0.0, 0.05, 0.5]]))
    assert m[:, 2] == pytest.approx([np.sin(0.5), 0, np.cos(0.5)])
    assert m[:, 1] == pytest.approx([np.sin(0.05), 0, np.cos(0.05)], abs=1e-12)


def test_function_cannot_be_written(tmp_path):
    device = stack([("w", 1.0, 4, (weak(), wall(0.1)))])
    with pytest.raises(fespin.DeviceError, match="cannot be written"):
        device.write(tmp_path / "d.toml")
    assert not (tmp_path / "d.toml").exists()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: weak(-1.0), "Ferromagnet.transverse_length must be a positive number in m"),
        (lambda: weak(None, 1.0), "given beside a precession_length"),
        (lambda: weak(1.0, 0.0), "Ferromagnet.precession_length"),
        (
            lambda: stack([("w", 1.0, 2, (Ferromagnet(conductivity=1.0, polarization=0.1), wall(1.0)))]),
            "transverse_length",
        ),
        (lambda: fespin.conductance(stack([("w", 1.0, 2, (weak(), lambda x: [0, 0]))])), "three components"),
        (lambda: fespin.conductance(stack([("w", 1.0, 2, (weak(), lambda x: np.zeros((3, x.shape[1]))))])), "not zero"),
        (lambda: MagnetizationField.from_points([[0.0]], [[0.0, 0.0, 0.0]]), "not zero"),
        (lambda: MagnetizationField.from_points([[0.0]], [[1.0, 0.0]]), "directions"),
        (lambda: MagnetizationField("z"), "a function of positions"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(InputError, match=message):
        make()
