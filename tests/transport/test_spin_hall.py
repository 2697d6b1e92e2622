"""Spin Hall effect: strip and film in closed form, signs, rates, spin Hall magnetoresistance."""

import numpy as np
import pytest
from grids import box, facets_at, layered

import fespin
from fespin import Device, Ferromagnet, InputError, Interface, Mesh, NormalMetal
from fespin.transport.couplings import assemble_curl
from fespin.transport.space import Space

THETA, LAMBDA, WIDTH = 0.06, 2.0, 10.0
PLATINUM = NormalMetal(conductivity=1.0, spin_diffusion_length=LAMBDA, spin_hall_angle=THETA)


def strip(kind, length, n, *, width=WIDTH, metal=PLATINUM, magnet=None, contact=None):
    """A strip along x of given width along y, and below it, if wanted, a magnet of its own terminal on an interface."""
    x = np.linspace(0, length, int(length / width * n) + 1)
    y = np.concatenate([np.linspace(-1.0, 0.0, 2)[:-1] if magnet else [], np.linspace(0, width, n + 1)])
    points, cells = box(kind, *[x, y, np.linspace(0, 1.0, 2)][: 2 if kind in ("triangle", "quad") else 3])
    above = points[cells].mean(axis=1)[:, 1] > 0
    on = {"left": (points[:, 0] == 0) & (points[:, 1] >= 0), "right": (points[:, 0] == length) & (points[:, 1] >= 0),
          "gate": points[:, 1] == -1.0}  # fmt: skip
    regions = {"strip": above, **({"magnet": ~above} if magnet else {})}
    names = ["left", "right", *(["gate"] if magnet else [])]
    mesh = Mesh(points=points, cells=cells, cell_type=kind, regions=regions,
                boundaries={name: facets_at(kind, points, cells, on[name]) for name in names})  # fmt: skip
    extra = {"thickness": 1.0} if kind in ("triangle", "quad") else {}
    return Device.from_mesh(mesh, regions={"strip": metal, **({"magnet": magnet} if magnet else {})}, terminals=names,
                            interfaces={"i": contact} if contact else {}, **extra)  # fmt: skip


pytestmark = pytest.mark.filterwarnings("ignore:spin Hall effect of:fespin.MeshWarning")


def edges(solution):
    """V_z at the lower and upper edge half way along the strip, and the field E there."""
    device = solution.problem.device
    points = device.mesh.points
    middle = np.abs(points[:, 0] - np.median(np.unique(points[:, 0]))) < 1e-9
    line = np.flatnonzero(middle)[np.argsort(points[middle, 1])]
    return solution.potential("z")[line[[0, -1]]]


@pytest.mark.parametrize(
    ("kind", "order", "rate"), [("triangle", 1, 2), ("quad", 1, 2), ("triangle", 2, 3), ("quad", 2, 4)]
)
def test_edge_accumulation_converges_at_the_rate_of_the_element(kind, order, rate):
    """B6, Dyakonov, PRL 99, 126601 (2007): V_s = +-theta lambda E tanh(w/2 lambda), + on the left of the field.

    E is the field in the middle of the strip, where the ends (20 lambda away) no longer matter. At the corner nodes
    quadratic triangles converge with h^3, quadratic quadrilaterals, which form a grid, with h^4.
    """
    errors = []
    for n in (6, 12, 24):
        device = strip(kind, 80.0, n)
        solution = fespin.solve(device, {"left": {"e": 80.0}}, order=order)
        expected = THETA * LAMBDA * mean_field(solution) * np.tanh(WIDTH / 2 / LAMBDA)
        low, high = edges(solution)
        assert low == pytest.approx(-high, rel=1e-6)
        errors.append(abs(high / expected - 1))
    assert errors[-1] < (1e-2 if order == 1 else 1e-4)
    assert np.log2(errors[-2] / errors[-1]) == pytest.approx(rate, abs=0.4)


def mean_field(solution):
    """-dV_e/dx over the middle half of the strip."""
    points = solution.problem.device.mesh.points
    quarter = [np.abs(points[:, 0] - x) < 1e-9 for x in (20.0, 60.0)]
    V = [solution.potential("e")[at].mean() for at in quarter]
    return (V[0] - V[1]) / 40.0


def test_published_numbers():
    """theta = 0.06, lambda = 2 nm, E = 1e4 V/m, w = 10 nm: V_s = 1.183937e-6 V."""
    assert 0.06 * 2e-9 * 1e4 * np.tanh(2.5) == pytest.approx(1.183937e-6, rel=1e-6)


@pytest.mark.parametrize("kind", ["quad", "hexahedron"])
def test_conductance_change(kind):
    """+theta^2 (2 lambda/w) tanh(w/2 lambda) of the conductance per length: B6's resistivity change to order theta^2.

    In this model it is exact to all orders in theta. A solid of thickness t has as much again from the spins along y
    that accumulate at its other faces. The difference of two lengths removes what the ends do.
    """
    R = [1 / fespin.conductance(strip(kind, length, 12), order=2)["left", "e", "right", "e"] for length in (20.0, 40.0)]
    change = 20.0 / WIDTH / (R[1] - R[0]) - 1
    sizes = [WIDTH] if kind == "quad" else [WIDTH, 1.0]
    expected = sum(THETA**2 * (2 * LAMBDA / w) * np.tanh(w / 2 / LAMBDA) for w in sizes)
    assert change == pytest.approx(expected, rel=2e-3)


def test_spin_hall_magnetoresistance():
    """B6, Chen et al, PRB 87, 144411 (2013): d = 5 nm on an insulating magnet with G = 5e14 S/m^2: 4.57774146e-4.

    Spins along z accumulate at the faces; the magnet absorbs them when it is normal to z, and not when it is along z.
    Lengths in nm and conductances per nm: sigma = 2.5e6 S/m = 2.5e-3 S/nm, G = 5e-4 S/nm^2.
    """
    metal = NormalMetal(conductivity=2.5e-3, spin_diffusion_length=2.0, spin_hall_angle=0.06)
    contact = Interface(between=("strip", "magnet"), conductance_up=0.0, conductance_down=0.0, mixing_conductance=5e-4)
    per_length = []
    for m in ((0, 0, 1), (1, 0, 0)):
        magnet = (Ferromagnet(conductivity=1e-3, polarization=0.0), m)
        R = [1 / fespin.conductance(strip("quad", length, 10, width=5.0, metal=metal, magnet=magnet, contact=contact),
                                    order=2)["left", "e", "right", "e"] for length in (20.0, 40.0)]  # fmt: skip
        per_length.append(1 / (R[1] - R[0]))
    amplitude = (per_length[0] - per_length[1]) * 20.0 / (5.0 * 2.5e-3)
    lam, d, G, sigma = 2e-9, 5e-9, 5e14, 1 / 4e-7
    expected = 0.06**2 * (lam / d) * 2 * lam * G * np.tanh(d / 2 / lam) ** 2 / (sigma + 2 * lam * G / np.tanh(d / lam))
    assert expected == pytest.approx(4.57774146e-4, rel=1e-8)
    assert amplitude == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("kind", ["triangle", "tetra", "quad", "hexahedron"])
@pytest.mark.parametrize("order", [1, 2])
def test_curl_operators_are_antisymmetric_and_live_on_edges(kind, order):
    """A = -A^T exactly, A kills constants, and inside a region neighbouring cells cancel."""
    device = layered(kind, [(1.0, 4)], [PLATINUM], across=4)
    space = Space(points=device.points, cells=device.mesh.cells, cell_type=kind, order=order)
    inner = np.ones(space.size, bool)
    points = device.points
    on = ((points == points.min(axis=0)) | (points == points.max(axis=0))).any(axis=1)
    for matrix in assemble_curl(space, np.arange(len(device.mesh.cells)), 1.0):
        assert np.abs((matrix + matrix.T).data).max(initial=0.0) == 0.0
        assert np.abs(matrix @ np.ones(space.size)).max() < 1e-14
        inner[: len(points)] = ~on
        if order == 1 and matrix.nnz:
            assert np.abs(matrix[np.flatnonzero(inner[: len(points)])].data).max(initial=0.0) < 1e-13


def cube():
    """A cube with a terminal in the middle of every face: x0, x1, y0, ..."""
    edge = np.linspace(0.0, 1.0, 5)
    points, cells = box("hexahedron", edge, edge, edge)
    sides = {}
    for axis, name in enumerate("xyz"):
        others = [a for a in range(3) if a != axis]
        middle = (points[:, others] > 0.1).all(axis=1) & (points[:, others] < 0.9).all(axis=1)
        sides |= {f"{name}{end}": (points[:, axis] == end) & middle for end in (0, 1)}
    mesh = Mesh(points=points, cells=cells, cell_type="hexahedron", regions={"Pt": np.ones(len(cells), bool)},
                boundaries={n: facets_at("hexahedron", points, cells, on) for n, on in sides.items()})  # fmt: skip
    metal = NormalMetal(conductivity=1.0, spin_hall_angle=0.2)
    return fespin.conductance(Device.from_mesh(mesh, regions={"Pt": metal}, terminals=list(sides)))


def test_sign_in_three_dimensions_by_the_right_hand_rule():
    """J_s,alpha along i is eps_{i alpha k} theta J_e,k: a current along x sends spins z along +y and y along -z."""
    G = cube().with_open(dict.fromkeys(("y0", "y1", "z0", "z1"), "charge"))
    current = G.currents({"x0": {"e": 1.0}, "x1": {"e": 0.0}})  # J_e along +x
    assert current["y1"]["z"] > 1e-3
    assert current["y0"]["z"] == pytest.approx(-current["y1"]["z"], rel=1e-6)
    assert current["z1"]["y"] == pytest.approx(-current["y1"]["z"], rel=1e-6)  # eps_{z y x} = -1
    assert abs(current["y1"]["x"]) < 1e-9


def test_direct_and_inverse_effects_are_one():
    """Onsager: spin out per charge in equals minus charge out per spin in, from one angle; a transpose has its sign."""
    G = cube()
    assert G["y1", "z", "x0", "e"] > 1e-3
    for a in (1, 2, 3):
        assert G.tensor[:, a, :, 0] == pytest.approx(-G.tensor[:, 0, :, a].T, abs=1e-13)


@pytest.mark.parametrize("angle", [1.0, -1.5, "big", None, float("nan"), True])
def test_bad_angle(angle):
    with pytest.raises(InputError, match=r"NormalMetal.spin_hall_angle must be between -1 and 1"):
        NormalMetal(conductivity=1.0, spin_hall_angle=angle)
