"""Devices for reports: every kind of region, interface and name that a page has to show."""

from pathlib import Path

import numpy as np

import fespin

MESHES = Path(__file__).resolve().parents[2] / "meshes"
EVIL = '<script>alert("1")</script>'
NORMAL = fespin.NormalMetal(conductivity=1e7, spin_diffusion_length=1e-7, diffusivity=5e-3)


def evil_wire() -> fespin.Device:
    """A wire whose names are markup, with a mixing conductance that makes it Onsager's."""
    cells = 12
    mesh = fespin.Mesh(
        points=np.linspace(0, 120, cells + 1)[:, None],
        cells=np.c_[0:cells, 1 : cells + 1],
        cell_type="line",
        regions={"f": np.arange(4), "n": np.arange(4, 8), "g": np.arange(8, cells)},
        boundaries={"a": [[0]], "b": [[cells]]},
    )
    magnet = fespin.Ferromagnet(conductivity=5e6, polarization=0.4, spin_diffusion_length=4e-8, diffusivity=2e-3)
    contact = {"conductance_up": 4e14, "conductance_down": 2e14, "mixing_conductance": 5e14 + 2e14j}
    return fespin.Device.from_mesh(
        mesh,
        regions={
            f"f{EVIL}": fespin.Region(material=magnet, magnetization=(0, 0, 1), group="f"),
            "n&": fespin.Region(material=NORMAL, group="n"),
            "g": fespin.Region(material=magnet, magnetization=(1, 0, 0), group="g"),
        },
        terminals={f'"><img src=x onerror=alert(1)>{EVIL}': "a", "b,'c\"": "b"},
        interfaces={
            "<i>": fespin.Interface(between=(f"f{EVIL}", "n&"), **contact),
            "j": fespin.Interface(between=("n&", "g"), **contact),
        },
        length_unit="nm",
        cross_section=1e-15,
        name=f"</title>{EVIL}",
    )
