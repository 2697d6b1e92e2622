"""Random directions, rotations, wires and circuits for the tests of the network floor."""

import numpy as np
from hypothesis import strategies as st

from fespin.network.circuit import join
from fespin.network.elements import ferromagnetic_wire, half_metal_wire, normal_wire

sizes = st.floats(0.3, 3)
# a circuit loses the digits by which its strongest wire exceeds the whole: 3^6 with these sizes, and more
ROUNDING = 1e-11
polarizations = st.floats(-0.95, 0.95)
finite_lengths = st.floats(0.05, 20)
relaxation = st.one_of(st.just(float("inf")), finite_lengths)
angles = st.floats(0, 2 * np.pi)


@st.composite
def directions(draw):
    """Unit vectors, the axes among them."""
    cosine, phi = draw(st.floats(-1, 1)), draw(angles)
    sine = np.sqrt(1 - cosine**2)
    return np.array([sine * np.cos(phi), sine * np.sin(phi), cosine])


@st.composite
def rotations(draw):
    """Proper rotations, by Rodrigues' formula."""
    x, y, z = draw(directions())
    cross, angle = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]]), draw(angles)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


@st.composite
def normal_wires(draw, relaxation=relaxation):
    return normal_wire(
        conductivity=draw(sizes), spin_diffusion_length=draw(relaxation), length=draw(sizes), area=draw(sizes)
    )


@st.composite
def magnetic_wires(draw):
    m, size = draw(directions()), {"conductivity": draw(sizes), "length": draw(sizes), "area": draw(sizes)}
    if draw(st.booleans()):
        return half_metal_wire(polarization=draw(st.sampled_from([1, -1])), magnetization=m, **size)
    return ferromagnetic_wire(
        polarization=draw(polarizations), spin_diffusion_length=draw(relaxation), magnetization=m, **size
    )


@st.composite
def stars(draw):
    """Two to four arms, each a wire of any kind and a normal one, that meet at an internal hub.

    The inner wires relax spin: between half metals alone a channel would float.
    """
    elements, ends = [], []
    for i in range(draw(st.integers(2, 4))):
        outer = draw(st.one_of(normal_wires(), magnetic_wires()))
        elements += [
            (outer, {"1": f"T{i}", "2": f"node{i}"}),
            (draw(normal_wires(finite_lengths)), {"1": f"node{i}", "2": "hub"}),
        ]
        ends.append(f"T{i}")
    return join(elements, external=ends)
