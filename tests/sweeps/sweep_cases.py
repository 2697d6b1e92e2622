"""Devices and functions of the tests of sweeps; at the top level, so that other processes find them."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
from grids import layered, stack

from fespin import Device, Ferromagnet, Interface, NormalMetal

METAL = NormalMetal(conductivity=2.0, spin_diffusion_length=1.3, diffusivity=0.7)
TAU = 1.3**2 / 0.7
MAGNET = Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5, diffusivity=0.2)
WEAK = replace(MAGNET, transverse_length=0.3, precession_length=0.2)
CONTACT = Interface(between=("F", "N"), conductance_up=0.9, conductance_down=0.3, mixing_conductance=1.1 + 0.4j)
# the field in which spins turn by one radian in a second: fields of the tests are of its order
TESLA = 1.054571817e-34 / (2.00232 * 9.2740100657e-24)


def wire(cells: int = 40) -> Device:
    """A normal wire of length 2 whose spins relax in 1.3."""
    return stack([("N", 2.0, cells, METAL)])


def valve() -> Device:
    """A strong magnet on a contact of its own, a normal layer, a weak magnet."""
    layers = [("F", 1.0, 12, (MAGNET, (0, 0, 1))), ("N", 0.8, 10, METAL), ("W", 1.0, 12, (WEAK, (1, 0, 1)))]
    return stack(layers, interfaces={"fn": CONTACT}, magnetic_field=(0.0, 0.2 * TESLA, 0.5 * TESLA))


def plate() -> Device:
    """A plane device in which every law takes part: spin Hall metal, contact, magnets strong and weak, field."""
    hall = replace(METAL, spin_hall_angle=0.2)
    device = layered("triangle", [(1.0, 4), (0.8, 4), (1.0, 4)],
                     [(MAGNET, (0, 0, 1)), hall, (WEAK, (1.0, 0.0, 1.0))])  # fmt: skip
    contact = replace(CONTACT, between=("L0", "L1"))
    return device.replace(interfaces={"fn": contact}, magnetic_field=(0.0, 0.2 * TESLA, 0.5 * TESLA))


def turned(device: Device, angle: float) -> Device:
    """The user's own parameter: both magnets of `valve` in a plane."""
    m = (math.sin(angle), math.cos(angle), 0.0)
    return device.with_region("F", magnetization=m).with_region("W", magnetization=m)


def finer(device: Device, times: float) -> Device:
    """Another mesh at every value."""
    for _ in range(int(times)):
        device = device.refined()
    return device


def slow(device: Device, seconds: float) -> Device:
    """A point that takes its time; the value itself changes nothing."""
    time.sleep(0.02 + 0 * seconds)
    return device


def fails_above(device: Device, value: float) -> Device:
    """A model with an end."""
    if value > 2.5:
        raise RuntimeError("no such device")
    return device


def wall(x: np.ndarray) -> np.ndarray:
    """A domain wall along x."""
    return np.array([np.sin(x[0]), 0 * x[0], np.cos(x[0])])
