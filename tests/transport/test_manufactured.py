"""Rates of the fields, B10: every element, every block, magnetization tilted to the axes."""

import numpy as np
import pytest
from grids import DIMENSION, EXTRA, KINDS, box, facets_at, layered

import fespin
from fespin import Device, Ferromagnet, Mesh, NormalMetal
from fespin.network.circuit import join
from fespin.network.elements import ferromagnetic_wire, normal_wire
from fespin.transport.laws import conduction, relaxation
from fespin.transport.system import build

M = (0.6, 0.48, 0.64)
CELLS = {"line": (16, 32), "triangle": (8, 16), "quad": (8, 16), "tetra": (4, 8), "hexahedron": (4, 8)}


def cube(kind, n, region):
    """Unit cube of one region whose whole surface is a single terminal."""
    dims = DIMENSION[kind]
    points, cells = box(kind, *[np.linspace(0, 1, n + 1)] * dims)
    on = ((points == 0) | (points == 1)).any(axis=1)
    facets = facets_at(kind, points, cells, on)
    centre = points[facets].mean(axis=1)
    facets = facets[((centre == 0) | (centre == 1)).any(axis=1)]
    mesh = Mesh(
        points=points, cells=cells, cell_type=kind, regions={"R": np.arange(len(cells))}, boundaries={"skin": facets}
    )
    return Device.from_mesh(mesh, regions={"R": region}, terminals=["skin"], **EXTRA[dims])


def wave(x):
    """A smooth field, and minus its Laplacian; x (d, ...)."""
    k = np.array([2.0, 1.0, 1.5])[: len(x)]
    value = np.sin(np.tensordot(k, x, 1) + 0.3)
    return value, (k @ k) * value


def dof_points(space):
    """Coordinates of all degrees of freedom, (d, N)."""
    if space.cell_type == "line":
        middle = space.points[space.cells].mean(axis=1)
        return np.vstack([space.points, middle] if space.order == 2 else [space.points]).T
    return space.skfem_mesh.with_subdomains({}) and fine_basis(space).doflocs


def fine_basis(space):
    import skfem

    return skfem.CellBasis(space.skfem_mesh, space.element, intorder=8)


def l2_error(space, values):
    """L2 norm of the error against `wave`, with quadrature finer than the elements."""
    basis = fine_basis(space)
    if space.cell_type == "line":
        local = space.element_dofs
        total = 0.0
        for s, w in zip(*np.polynomial.legendre.leggauss(5), strict=True):
            t = (s + 1) / 2
            phi = np.array([1 - t, t]) if space.order == 1 else np.array([1 - t, t, 4 * t * (1 - t)])
            phi = phi if space.order == 1 else np.array([phi[0] * (1 - 2 * t), phi[1] * (2 * t - 1), phi[2]])
            ends = space.points[space.cells]
            x = ends[:, 0].T * (1 - t) + ends[:, 1].T * t
            h = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
            total += w / 2 * np.sum(h * (np.einsum("k,km->m", phi, values[local]) - wave(x)[0]) ** 2)
        return np.sqrt(total)
    difference = np.asarray(basis.interpolate(values)) - wave(np.asarray(basis.global_coordinates()))[0]
    return np.sqrt(np.sum(difference**2 * basis.dx))


def manufactured_error(kind, n, region, order, amplitude):
    """Solve -div(Sigma grad V) + R V = f for V_a = amplitude_a * wave on the block that holds these amplitudes."""
    device = cube(kind, n, region)
    problem = build(device, order=order)
    space = problem.space
    exact, minus_laplacian = wave(dof_points(space))
    metal = next(iter(device.regions.values()))
    sigma, rate = conduction(metal.material, metal.magnetization), relaxation(metal.material, metal.magnetization)
    source = np.einsum("ab,b,n->na", sigma, amplitude, minus_laplacian) + np.einsum(
        "ab,b,n->na", rate, amplitude, exact
    )
    load = problem.operators.mass[0] @ source  # the load of the interpolated source: an error of order h^(k+1)
    fields = np.zeros((space.size, 4))
    for block in problem.blocks:
        for copy in block.copies:
            axes = problem.frame[list(copy)]
            lifted = np.zeros(block.size)
            rhs = np.zeros(block.size)
            for q, (basis, trace) in enumerate(zip(block.bases, block.traces, strict=True)):
                dofs = np.flatnonzero(block.kind == q)
                for slot in range(basis.shape[1]):
                    at = block.offset[dofs] + slot
                    lifted[at] = exact[dofs] * (trace[slot] @ axes @ amplitude)
                    rhs[at] = load[dofs] @ axes.T @ basis[:, slot]
            free = ~block.fixed
            matrix = block.matrix
            x = np.where(block.fixed, lifted, 0.0)
            if free.any():
                from scipy.sparse.linalg import spsolve

                inner = matrix[np.flatnonzero(free)]
                x[free] = spsolve(inner[:, np.flatnonzero(free)].tocsc(), rhs[free] - inner @ x)
            fields += block.expand(x[:, None])[:, :, 0] @ axes
    return np.array([l2_error(space, fields[:, a] / amplitude[a]) for a in range(4) if abs(amplitude[a]) > 1e-12])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("metal", ["N", "F"])
def test_fields_converge_at_the_rate_of_the_element(kind, order, metal):
    """L2 error h^2 with linear and h^3 with quadratic elements, in every component, for N and tilted F."""
    if metal == "N":
        region, amplitude = NormalMetal(conductivity=2.0, spin_diffusion_length=0.7), np.array([1.0, -0.5, 2.0, 0.7])
    else:
        f = Ferromagnet(conductivity=2.0, polarization=0.6, spin_diffusion_length=0.7)
        region, amplitude = (f, M), np.concatenate([[1.0], -0.8 * np.array(M)])
    coarse, fine = (manufactured_error(kind, n, region, order, amplitude) for n in CELLS[kind])
    assert fine.max() < {1: 0.02, 2: 1e-3}[order]
    np.testing.assert_allclose(np.log2(coarse / fine), order + 1, atol=0.25)


def exact_fields(x, device, applied):
    """Potentials (n, 4) of the F/N wire at x from closed forms in each wire and Kirchhoff's rules at the interface."""
    f, n = (r.material for r in device.regions.values())
    m = np.array(device.regions["L0"].magnetization)
    ferro = ferromagnetic_wire(conductivity=f.conductivity, polarization=f.polarization, magnetization=m, area=1.0,
                               spin_diffusion_length=f.spin_diffusion_length, length=1.3)  # fmt: skip
    normal = normal_wire(
        conductivity=n.conductivity, spin_diffusion_length=n.spin_diffusion_length, length=2.0, area=1.0
    )
    G = join([(ferro, {"1": "l", "2": "i"}), (normal, {"1": "i", "2": "r"})], external=["l", "i", "r"])
    # potentials of the inner node: no net current of e and of spin along m flows into it
    g = G.values
    basis = np.zeros((4, 2))
    basis[0, 0], basis[1:, 1] = 1.0, m
    ends = np.concatenate([applied["l"], np.zeros(4), applied["r"]])
    inner = basis @ np.linalg.solve(basis.T @ g[4:8, 4:8] @ basis, -basis.T @ (g[4:8] @ ends))
    left = np.concatenate([[applied["l"][0]], m * (m @ applied["l"][1:])])
    out = np.zeros((len(x), 4))
    inside = x <= 1.3

    def decay(a, b, s, length, lam):
        return (a * np.sinh((length - s) / lam) + b * np.sinh(s / lam)) / np.sinh(length / lam)

    u = decay(m @ left[1:], m @ inner[1:], x[inside], 1.3, f.spin_diffusion_length)
    t = x[inside] / 1.3
    p = f.polarization
    whole = (left[0] + p * (m @ left[1:])) * (1 - t) + (inner[0] + p * (m @ inner[1:])) * t  # V_e + p u is linear
    out[inside, 0], out[inside, 1:] = whole - p * u, u[:, None] * m
    s = x[~inside] - 1.3
    out[~inside, 0] = inner[0] + (applied["r"][0] - inner[0]) * s / 2.0
    for a in (1, 2, 3):
        out[~inside, a] = decay(inner[a], applied["r"][a], s, 2.0, n.spin_diffusion_length)
    return out


@pytest.mark.parametrize("kind", ["line", "triangle", "hexahedron"])
@pytest.mark.parametrize(("order", "rate"), [(1, 2), (2, 3)])
def test_fields_across_an_fn_interface_converge(kind, order, rate):
    """Nodal potentials of the F/N wire with m tilted to the axes, all four components driven at both ends."""
    applied = {"l": np.array([0.3, 0.2, -0.4, 0.5]), "r": np.array([-0.2, 0.7, 0.1, -0.6])}
    f = Ferromagnet(conductivity=1.3 / 0.7, polarization=0.35, spin_diffusion_length=0.4)
    n = NormalMetal(conductivity=2 / 1.9, spin_diffusion_length=1.1)
    errors = []
    for cells in (6, 12) if kind == "hexahedron" else (12, 24):
        device = layered(kind, [(1.3, cells), (2.0, cells)], [(f, M), n], across=cells // 3)
        drives = {t: dict(zip("exyz", v, strict=True)) for t, v in (("left", applied["l"]), ("right", applied["r"]))}
        solution = fespin.solve(device, drives, order=order)
        nodes = np.stack([solution.potential(c) for c in "exyz"], axis=1)
        errors.append(np.abs(nodes - exact_fields(device.points[:, 0], device, applied)).max())
    assert errors[1] < {1: 5e-3, 2: 2e-5}[order]
    assert (
        np.log2(errors[0] / errors[1]) > rate - 0.25
    )  # largest nodal error: at the corners of the grid rates set in late
