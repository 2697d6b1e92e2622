"""Matrices of finite elements as circuit elements: a device cut in two and rejoined; reciprocity of resistances."""

import dataclasses
import itertools
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from grids import box, facets_at

from fespin import Device, Ferromagnet, Mesh, NormalMetal, Region, conductance, load
from fespin.network.experiments import delta_nonlocal, resistance
from fespin.network.joining import connect

MESHES = Path(__file__).parents[2] / "meshes"
NORMAL = NormalMetal(conductivity=2.0, spin_diffusion_length=0.8)
FERRO = Ferromagnet(conductivity=0.7, polarization=0.5, spin_diffusion_length=0.5)
WIDTH_CELLS = 48


def plate(start, stop, groups, *, magnet=None):
    """Quadrilaterals of the plate 2 x 1 between two abscissae; groups: name -> (x, mask of the width cells).

    With a `magnet` the metal at x < 0.5 is a ferromagnet of that magnetization.
    """
    y = np.linspace(0, 1, WIDTH_CELLS + 1)
    x = np.linspace(start, stop, round((stop - start) * WIDTH_CELLS) + 1)
    points, cells = box("quad", x, y)
    centre = points[cells].mean(axis=1)
    regions = {"N": np.flatnonzero((centre[:, 0] > 0.5) | (magnet is None))}
    materials = {"N": NORMAL}
    if magnet is not None and start < 0.5:
        regions["F"] = np.flatnonzero(centre[:, 0] < 0.5)
        materials["F"] = Region(material=FERRO, magnetization=magnet)
    boundaries = {}
    for name, (at, mask) in groups.items():
        facets = facets_at("quad", points, cells, np.isclose(points[:, 0], at))
        middle = points[facets, 1].mean(axis=1)
        boundaries[name] = facets[mask[np.floor(middle * WIDTH_CELLS).astype(int)]]
    mesh = Mesh(points=points, cells=cells, cell_type="quad", regions=regions, boundaries=boundaries)
    return conductance(Device.from_mesh(mesh, regions=materials, terminals=list(groups), thickness=1.0))


def ends():
    """Current enters low on the left and leaves high on the right: the cut is nowhere an equipotential."""
    height = np.arange(WIDTH_CELLS)
    return {"left": (0.0, height < WIDTH_CELLS // 3), "right": (2.0, height >= 2 * WIDTH_CELLS // 3)}


def rejoined(count, magnet=None):
    """The plate cut at x = 1 into terminals, `count` on each side, with one cell between neighbours."""
    period = WIDTH_CELLS // count
    height = np.arange(WIDTH_CELLS)
    covered = (height % period > 0) | (height == 0)  # every node of the cut lies on a terminal
    strips = {f"c{k}": (1.0, (height // period == k) & covered) for k in range(count)}
    first = plate(0.0, 1.0, {"left": ends()["left"], **strips}, magnet=magnet)
    second = plate(1.0, 2.0, {"right": ends()["right"], **strips}, magnet=magnet)
    G = connect({"1": first, "2": second}, {name: [("1", name), ("2", name)] for name in strips})
    return G.renamed({"1.left": "left", "2.right": "right"})


@pytest.mark.parametrize("magnet", [None, (0.6, 0.0, 0.8)])
def test_a_device_cut_in_two_and_rejoined_converges_to_the_uncut_one(magnet):
    """Many small normal terminals on the cut, one potential each, a gap of one cell between neighbours.

    Where they end at neighbouring nodes both halves interpolate alike, so that rejoining restricts the fields of
    the uncut device and nothing else: it dissipates more, ever less so for ever smaller terminals.
    """
    whole = plate(0.0, 2.0, ends(), magnet=magnet)
    scale = np.abs(whole.values).max()
    errors, charge = [], []
    for count in (1, 2, 4, 8, 16, 24):
        G = rejoined(count, magnet)
        assert max(list(G.identities().values())[:3]) < 1e-10
        assert list(G.spaces.values()) == list(whole.spaces.values())
        more = whole.values - G.values
        assert np.linalg.eigvalsh(more)[0] > -1e-12 * scale
        errors.append(np.abs(more).max() / scale)
        charge.append(abs(G["left", "e", "right", "e"] / whole["left", "e", "right", "e"] - 1))
    for found in (errors, charge):
        assert all(finer < 0.65 * coarser for coarser, finer in itertools.pairwise(found))
    # terminals of one cell and gaps of one cell: of the largest entry, and of the charge conductance
    assert errors[-1] < 3e-5
    assert charge[-1] < 6e-5


@cache
def resistances_of(name, sign):
    """All four-terminal resistances R_{ij,kl} of a shipped device with its magnetizations times `sign`."""
    device = load(MESHES / f"{name}.toml")
    regions = {
        key: region
        if region.magnetization is None
        else dataclasses.replace(region, magnetization=tuple(sign * np.array(region.magnetization)))
        for key, region in device.regions.items()
    }
    G = conductance(device.replace(regions=regions))
    pairs = list(itertools.combinations(G.terminals, 2))
    return {
        (spin, i, j): resistance(G, current=i, voltage=j, spin=spin).value
        for spin in ("open", "grounded")
        for i in pairs
        for j in pairs
    }


@pytest.mark.parametrize("name", ["cross", "lateral_valve"])
def test_four_terminal_resistances_of_devices_are_reciprocal(name):
    """R_{ij,kl}(m) = R_{kl,ij}(-m) for all pairs of pairs, with spin open or grounded at the terminals."""
    there, back = resistances_of(name, 1), resistances_of(name, -1)
    largest = max(abs(value) for value in there.values())
    worst = max(abs(value - back[spin, j, i]) for (spin, i, j), value in there.items())
    assert len(there) == 72
    assert worst < 1e-10 * largest  # rounding; the linear solver's residual enters G squared


def test_nonlocal_signal_of_the_shipped_valve():
    """The detector turned over: a positive spin signal that falls when the terminals take up the spin."""
    device = load(MESHES / "lateral_valve.toml")
    states = [conductance(device.with_region("ferro_detector", magnetization=(0, y, 0))) for y in (1, -1)]
    open_ends, grounded = (
        delta_nonlocal(*states, inject=("injector", "left"), detect=("detector", "right"), spin=spin)
        for spin in ("open", "grounded")
    )
    assert 0 < grounded.value < open_ends.value
