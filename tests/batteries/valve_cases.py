"""Valves in reduced units (s_N = 2, c_q = 1, d = 1, so that D = 1/2; plates of 0.2 together) for the tests."""

import math
from itertools import pairwise

from hypothesis import strategies as st

from fespin import Ferromagnet, HalfMetal, NormalMetal
from fespin.batteries.valve import Interface, Layer, Spacer, SpinValve, half_metal_valve


def reduced(tau=math.inf, *, configuration="locked", cells=100):
    """The valve H | N | H of the reference table."""
    normal = NormalMetal(conductivity=2, spin_diffusion_length=math.sqrt(tau / 2), diffusivity=0.5)
    return half_metal_valve(normal, thickness=1, plate=HalfMetal(conductivity=10), plate_thickness=1,
                            configuration=configuration, cells=cells)  # fmt: skip


def spacer(tau=math.inf):
    """The same for closed forms."""
    return Spacer(thickness=1, conductivity=2, spin_capacitance=1, relaxation_time=tau, plates=0.2)


def polarised(beta, direction, *, cells=None):
    """Ferromagnetic plates: s_F = 3, lambda_F = 0.4, L_F = 0.3, lambda_N = sqrt(1/2)."""
    F = Ferromagnet(conductivity=3, polarization=beta, spin_diffusion_length=0.4)
    N = NormalMetal(conductivity=2, spin_diffusion_length=math.sqrt(0.5), diffusivity=0.5)
    return SpinValve(layers=(
        Layer(material=F, thickness=0.3, magnetization="up", name="left", cells=cells),
        Layer(material=N, thickness=1.0, name="spacer", cells=cells),
        Layer(material=F, thickness=0.3, magnetization=direction, name="right", cells=cells),
    ))  # fmt: skip


def numbers(low, high):
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


@st.composite
def layers(draw, name, first=None):
    """Any metal; `first` is the layer before it, beside which a half metal must conduct the same channel."""
    kind = draw(st.sampled_from(["normal", "ferromagnet", "half-metal"]))
    sigma, thickness = draw(numbers(0.2, 5)), draw(numbers(0.2, 2))
    length, D = draw(numbers(0.3, 5)), draw(numbers(0.1, 3))
    turned = draw(st.sampled_from(["up", "down"]))
    if kind == "half-metal" and first is not None and not first.two_channels:
        turned = first.magnetization
    if kind == "normal":
        metal = NormalMetal(conductivity=sigma, spin_diffusion_length=length, diffusivity=D)
        return Layer(material=metal, thickness=thickness, name=name, cells=60)
    if kind == "half-metal":
        metal = HalfMetal(conductivity=sigma, diffusivity=D)
        return Layer(material=metal, thickness=thickness, magnetization=turned, name=name, cells=3)
    metal = Ferromagnet(conductivity=sigma, polarization=draw(numbers(-0.9, 0.9)), spin_diffusion_length=length,
                        diffusivity=D)  # fmt: skip
    return Layer(material=metal, thickness=thickness, magnetization=turned, name=name, cells=60,
                 density_polarization=draw(numbers(-0.8, 0.8)))  # fmt: skip


@st.composite
def gates(draw, left, right):
    """An interface, or none."""
    if not draw(st.booleans()):
        return None
    finite = draw(st.booleans())
    up, down = (draw(numbers(0.2, 5)) if finite or draw(st.booleans()) else math.inf for _ in range(2))
    flip = draw(numbers(0, 1)) if left.two_channels or right.two_channels else 0.0
    return Interface(conductance_up=up, conductance_down=down, spin_flip_conductance=flip,
                     memory_loss=draw(numbers(0, 1)) if finite else 0.0)  # fmt: skip


@st.composite
def contacts(draw, left, right):
    """An interface that devices have too, or none."""
    if not draw(st.booleans()):
        return None
    magnets = [layer for layer in (left, right) if layer.magnetization]
    up = draw(numbers(0.2, 5))
    same = not magnets or (len(magnets) == 2 and left.magnetization != right.magnetization)
    down = up if same else draw(numbers(0.2, 5))
    lossy = len(magnets) < 2 and left.two_channels and right.two_channels
    return Interface(conductance_up=up, conductance_down=down, memory_loss=draw(numbers(0, 1)) if lossy else 0.0)


@st.composite
def valves(draw, gated=True, devices=False):
    """Stacks of one to four layers with at least one of two channels."""
    stack = []
    for k in range(draw(st.integers(1, 4))):
        stack.append(draw(layers(f"layer_{k}", stack[-1] if stack else None)))
    if not any(layer.two_channels for layer in stack):
        metal = NormalMetal(conductivity=2, spin_diffusion_length=1, diffusivity=0.5)
        stack.append(Layer(material=metal, thickness=1, name="last", cells=60))
    kind = contacts if devices else gates
    between = tuple(draw(kind(a, b)) if gated else None for a, b in pairwise(stack))
    return SpinValve(layers=tuple(stack), interfaces=between, cross_section=draw(numbers(0.5, 2)))
