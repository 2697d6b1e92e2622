"""Large meshes from file to matrix, through the command line; correctness only, speed is not a test."""

import json

import numpy as np
import pytest
from grids import EXTRA, box, facets_at

import fespin
from fespin import Device, Ferromagnet, Mesh, NormalMetal
from fespin.cli import main


def large_device(kind, counts):
    """A bar with two magnets at its sides and four terminals at its ends and edges."""
    dims = len(counts)
    edges = [np.linspace(0, 400.0, counts[0]), np.linspace(0, 400.0, counts[1]), np.linspace(0, 100.0, counts[-1])][
        :dims
    ]
    points, cells = box(kind, *edges)
    centre = points[cells].mean(axis=1)
    magnets = [(centre[:, 0] > 120) & (centre[:, 0] < 180) & (centre[:, 1] > 330),
               (centre[:, 0] > 220) & (centre[:, 0] < 280) & (centre[:, 1] < 70)]  # fmt: skip
    x, y = points[:, 0], points[:, 1]
    ends = {
        "west": x == 0,
        "east": x == 400.0,
        "south": (y == 0) & (x > 50) & (x < 150),
        "north": (y == 400.0) & (x > 250) & (x < 350),
    }
    mesh = Mesh(
        points=points, cells=cells, cell_type=kind,
        regions={"N": np.flatnonzero(~magnets[0] & ~magnets[1]), "F1": np.flatnonzero(magnets[0]),
                 "F2": np.flatnonzero(magnets[1])},
        boundaries={name: facets_at(kind, points, cells, on) for name, on in ends.items()},
    )  # fmt: skip
    n = NormalMetal(conductivity=3e7, spin_diffusion_length=3e-7)
    f = Ferromagnet(conductivity=5e6, polarization=0.5, spin_diffusion_length=20e-9)
    return Device.from_mesh(
        mesh,
        regions={"N": n, "F1": (f, (0.6, 0, 0.8)), "F2": (f, (0, 0, 1))},
        terminals=list(ends), length_unit="nm", **dict.fromkeys(EXTRA[dims], 2e-08),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "counts"), [("triangle", (450, 450)), ("tetra", (70, 70, 21))])
def test_large_device_goes_through_the_command_line(kind, counts, tmp_path, capsys):
    """200 000 nodes in 2D, 100 000 in 3D: iterated, reciprocal, without a fill explosion (memory is reported)."""
    path = large_device(kind, counts).write(tmp_path / "large.toml")
    assert main(["conductance", str(path), "--json", "-", "--quiet"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["mesh"]["nodes"] >= 100_000
    assert "multigrid" in result["solver"]["backend"]
    assert result["solver"]["peak_memory_mb"]["solve"] < 4000
    assert result["reciprocity"]["charge_conservation"] < 1e-14
    assert result["solver"]["error_of_G"] < 1e-10
    assert result["solver"]["reaction_difference"] < 1e-6  # of first order in the error of the fields, 1e-5


@pytest.mark.slow
def test_audit_of_a_large_device_passes():
    """The audit asks the iterative solver for more digits, so that reactions are symmetric to 1e-10."""
    report = fespin.check_reciprocity(large_device("triangle", (250, 250)), refine=False)
    assert report["asymmetry"].value < 1e-10
    assert report.passed, str(report)
