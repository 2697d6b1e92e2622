"""Hanle precession: closed forms of the nonlocal signal, limits, cross-checks."""

import numpy as np
import pytest
from grids import branched, layered, stack
from scipy.constants import hbar, physical_constants
from scipy.integrate import quad
from scipy.optimize import brentq

import fespin
from fespin import DeviceError, Ferromagnet, HalfMetal, Interface, NormalMetal
from fespin.network.experiments import nonlocal_signal

D, TAU, L = 5e-3, 100e-12, 650e-9
LAMBDA = np.sqrt(D * TAU)


def nonlocal_resistance(field, m=1, g_factor=2.0, g=1e-9, *, fine=1.0, order=2):
    """Tunnel contacts at a distance of 650 nm on a wire that is long on both sides; field normal to the
    magnetizations."""
    metal = NormalMetal(conductivity=1e-6, spin_diffusion_length=LAMBDA, diffusivity=D)
    lead = Ferromagnet(conductivity=1.0, polarization=0.0)
    far, near = int(500 * fine), int(40 * fine)
    wires = [("N", 0, 1, 10e-6, far, metal), ("N", 1, 2, L, near, metal), ("N", 2, 3, 10e-6, far, metal),
             ("F1", 1, 4, 1e-6, 2, (lead, (0, 0, 1))), ("F2", 2, 5, 1e-6, 2, (lead, (0, 0, m)))]  # fmt: skip
    contact = {"conductance_up": 1.25 * g, "conductance_down": 0.75 * g, "mixing_conductance": g}
    device = branched(wires, {"start": 0, "end": 3, "injector": 4, "detector": 5},
                      interfaces={n: Interface(between=(n, "N"), **contact) for n in ("F1", "F2")},
                      magnetic_field=(field, 0, 0), g_factor=g_factor)  # fmt: skip
    G = fespin.conductance(device, order=order)
    return float(nonlocal_signal(G, inject=("injector", "start"), detect=("detector", "end"), spin="grounded"))


def signal(field, **changes):
    return nonlocal_resistance(field, 1, **changes) - nonlocal_resistance(field, -1, **changes)


@pytest.mark.parametrize(("field", "value"), [(0.02, 0.90683324), (0.05, 0.59740628), (0.1, 0.21454819),
                                              (0.2, -0.04360320), (0.3, -0.09682742)])  # fmt: skip
def test_hanle_curve(field, value):
    """B5, Johnson and Silsbee; Jedema et al, Nature 416, 713 (2002): Re[lambda_w exp(-L/lambda_w)], g = 2 exactly.

    The finite contact conductance (1e-9 of 1e-6/lambda S/m^2) and the mesh leave 1e-6.
    """
    assert signal(field) / signal(0.0) == pytest.approx(value, abs=2e-6)


def test_curve_converges_with_the_square_of_the_cells():
    """Linear elements at 0.1 T."""
    exact = closed_form(0.1) / closed_form(0.0)
    options = [{"fine": fine, "order": 1} for fine in (0.25, 0.5, 1.0)]
    errors = [abs(signal(0.1, **o) / signal(0.0, **o) - exact) for o in options]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.1)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2, abs=0.1)


def closed_form(field, g_factor=2.0):
    omega = g_factor * physical_constants["Bohr magneton"][0] * field / hbar
    length = LAMBDA / np.sqrt(1 + 1j * omega * TAU)
    return float((length * np.exp(-L / length)).real)


def test_first_zero_of_the_curve():
    """0.168492 T for g = 2, 0.168297 T for g = 2.00232."""
    for g_factor, zero in ((2.0, 0.168492), (2.00232, 0.168297)):
        assert brentq(closed_form, 0.1, 0.2, args=(g_factor,)) == pytest.approx(zero, abs=5e-7)
        low, high = (signal(zero * (1 + d), g_factor=g_factor) for d in (-1e-5, 1e-5))
        assert low > 0 > high


def test_closed_form_is_the_integral_over_diffusion_times():
    """Independent route: cos(omega t) exp(-t/tau) over the diffusion kernel, factor 1/(2 D)."""
    omega = 2.0 * physical_constants["Bohr magneton"][0] * 0.1 / hbar

    def integrand(t):
        kernel = np.exp(-(L**2) / (4 * D * t)) / np.sqrt(4 * np.pi * D * t)
        return kernel * np.cos(omega * t) * np.exp(-t / TAU)

    value = quad(integrand, 1e-14, 60 * TAU, limit=500, points=[TAU / 10, TAU])[0]
    assert closed_form(0.1) / (2 * D) == pytest.approx(value, rel=1e-6)


METAL = NormalMetal(conductivity=2.0, spin_diffusion_length=1.3, diffusivity=0.4)
OMEGA_PER_TESLA = 2.00232 * physical_constants["Bohr magneton"][0] / hbar


def test_wire_in_a_field_has_a_complex_diffusion_length():
    """Field along z: V_x + i V_y decays with 1/l^2 = (1 - i omega tau)/lambda^2, spins turn as dV/dt = omega x V.

    So G_xx = -(sigma/l) coth(L/l) has a real part in xx and yy and an imaginary one in yx and -xy: this pins index
    order and handedness, a transposed matrix has the other sign.
    """
    field = 3.0 / OMEGA_PER_TESLA
    G = fespin.conductance(stack([("w", 1.0, 60, METAL)], magnetic_field=(0, 0, field)), order=2)
    tau = 1.3**2 / 0.4
    k = np.sqrt(1 - 3j * tau) / 1.3
    own, across = -2.0 * k / np.tanh(k), 2.0 * k / np.sinh(k)
    for t, expected in (("left", own), ("right", across)):
        assert G["left", "x", t, "x"] == pytest.approx(expected.real, rel=1e-6)
        assert G["left", "y", t, "x"] == pytest.approx(expected.imag, rel=1e-6)
        assert G["left", "x", t, "y"] == pytest.approx(-expected.imag, rel=1e-6)
    assert G["left", "z", "right", "z"] == pytest.approx(2.0 / 1.3 / np.sinh(1 / 1.3), rel=1e-6)
    # a spin along x, on its way to the other end, turns towards +y about +z
    assert G["right", "y", "left", "x"] > 0


def test_charge_does_not_feel_the_field_in_a_normal_metal():
    bare = fespin.conductance(stack([("w", 1.0, 10, METAL)]))
    G = fespin.conductance(stack([("w", 1.0, 10, METAL)], magnetic_field=(1e-12, 2e-12, 3e-12)))
    assert G["left", "e", "right", "e"] == pytest.approx(bare["left", "e", "right", "e"], rel=1e-12)
    assert np.abs(G["left", "right"][0, 1:]).max() < 1e-14


@pytest.mark.parametrize("kind", ["triangle", "hexahedron"])
def test_field_along_the_magnetization_of_everything_leaves_charge_alone(kind):
    """Collinear spins along B do not precess: the block of e and z is that without the field."""
    cobalt = Ferromagnet(conductivity=0.5, polarization=0.6, spin_diffusion_length=0.5)
    device = layered(kind, [(0.5, 3), (0.5, 3)], [(cobalt, (0, 0, 1)), METAL])
    bare = fespin.conductance(device).tensor[:, [0, 3]][..., [0, 3]]
    G = fespin.conductance(device.replace(magnetic_field=(0, 0, 5.0 / OMEGA_PER_TESLA))).tensor
    assert G[:, [0, 3]][..., [0, 3]] == pytest.approx(bare, abs=1e-12)


def test_strong_field_quenches_transverse_spins():
    """omega tau >> 1: spins normal to B decay over sqrt(2 D/omega)."""
    rates = []
    for w in (400.0, 1600.0):
        G = fespin.conductance(stack([("w", 1.0, 400, METAL)], magnetic_field=(0, 0, w / OMEGA_PER_TESLA)), order=2)
        rates.append(np.log(np.hypot(G["left", "x", "right", "x"], G["left", "y", "right", "x"])))
    k = [np.sqrt(1 / 1.3**2 - 1j * w / 0.4) for w in (400.0, 1600.0)]
    expected = np.log(abs(k[0] / np.sinh(k[0]))) - np.log(abs(k[1] / np.sinh(k[1])))
    assert rates[0] - rates[1] == pytest.approx(expected, rel=1e-4)


def test_field_needs_diffusivity_where_spins_are_free():
    plain = NormalMetal(conductivity=1.0)
    with pytest.raises(DeviceError, match="region 'w': a magnetic field needs the diffusivity"):
        stack([("w", 1.0, 2, plain)], magnetic_field=(0, 0, 1))
    strong = Ferromagnet(conductivity=1.0, polarization=0.5)
    stack([("w", 1.0, 2, METAL), ("f", 1.0, 2, (strong, (0, 0, 1)))], magnetic_field=(0, 0, 1))
    stack([("w", 1.0, 2, METAL), ("h", 1.0, 2, (HalfMetal(conductivity=1.0), (0, 0, 1)))], magnetic_field=(0, 0, 1))


@pytest.mark.parametrize("field", [(0, 0), (0, 0, float("nan")), "strong", 1.0, (0, "x", 1)])
def test_bad_fields(field):
    with pytest.raises(fespin.InputError, match=r"Device.magnetic_field must be three finite numbers in T"):
        stack([("w", 1.0, 2, METAL)], magnetic_field=field)


def test_zero_field_is_no_field():
    device = stack([("w", 1.0, 2, NormalMetal(conductivity=1.0))], magnetic_field=(0, 0, 0))
    assert device.precession is None
    assert fespin.conductance(device).info["solver"]["symmetric"]
