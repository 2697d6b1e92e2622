"""Energy densities of a winding: eq 11, the Landau limit and the paper's estimates."""

import math
import warnings

import pytest
from scipy.constants import electron_volt, mu_0

from fespin import InputError
from fespin.batteries.winding import capacity
from fespin.batteries.winding.limits import WindingWarning

YIG = {"A": 2 * 3.7e-12, "K": mu_0 * 1.4e5**2}  # winding notes, section 6
HEMATITE_K = 2 * 8.7e5 * 15e-3


def test_paper_estimate_of_200_watt_hours() -> None:
    """1 eV, 3 angstrom, 7e3 kg/m^3: 235 Wh/kg as printed, 118 with the 1/2 of eq 11."""
    found = [
        capacity.watt_hours_per_kg(
            capacity.atomistic_energy_density(exchange=electron_volt, lattice_constant=3e-10, prefactor=prefactor),
            mass_density=7e3,
        )
        for prefactor in (1.0, 0.5)
    ]
    assert found == pytest.approx([235.475695767, 117.737847884], rel=1e-11)


def test_three_orders_lower() -> None:
    """J/10 and a texture 10 to 100 times smoother: 3 to 5 orders below the atomistic limit."""
    limit = capacity.atomistic_energy_density(exchange=electron_volt, lattice_constant=3e-10)
    for smoother, orders in ((10, 3), (100, 5)):
        smooth = capacity.smooth_energy_density(
            exchange=electron_volt / 10, lattice_constant=3e-10, wave_number=1 / (smoother * 3e-10)
        )
        assert math.log10(limit / smooth) == pytest.approx(orders, abs=1e-12)


def test_landau_limits_of_materials() -> None:
    """YIG film and hematite: 6.6e-4 and 6.9e-4 Wh/kg, 5.5 orders below lithium ions."""
    yig = capacity.landau_capacity(**YIG, mass_density=5170)
    # mu_0 differs in its tenth digit between editions of CODATA
    assert yig.gravimetric == pytest.approx(6.61672211948e-4, rel=2e-9)
    assert yig.wave_number == pytest.approx(5.76922010017e7, rel=2e-9)
    assert yig.period == pytest.approx(2 * math.pi / yig.wave_number, rel=1e-15)
    assert yig.orders_below_lithium == pytest.approx(5.48, abs=0.01)
    hematite = capacity.watt_hours_per_kg(capacity.landau_energy_density(K=HEMATITE_K), mass_density=5260)
    assert hematite == pytest.approx(6.89163498099e-4, rel=1e-11)


def test_hematite_landau_wave_number() -> None:
    """A = chi u^2 with u = 22.5 km/s, chi = M_sub/(gamma^2 B_E): kc of the reference table."""
    gamma = 1.76085963023e11  # electron, 1/(s T)
    chi = 8.7e5 / (gamma**2 * 1000)
    found = capacity.landau_capacity(A=chi * 22.5e3**2, K=HEMATITE_K, mass_density=5260)
    assert found.wave_number == pytest.approx(4.28650017756e7, rel=1e-7)  # digits of gamma


def test_density_at_the_landau_limit() -> None:
    """A kc^2/2 = K/2, for bulk and line values alike."""
    kc = capacity.landau_capacity(**YIG, mass_density=1.0).wave_number
    assert capacity.winding_energy_density(A=YIG["A"], k=kc * (1 - 1e-15), K=YIG["K"]) == pytest.approx(
        capacity.landau_energy_density(K=YIG["K"]), rel=1e-14
    )


def test_charge_of_the_default_strip() -> None:
    """1e12 A/m^2 in Pt on the YIG strip: rho/kc = 0.033, three turns, 2.6e-18 J; the Landau limit needs 3e13 A/m^2."""
    section, length = 1e-6 * 20e-9, 10e-6
    A, K = YIG["A"] * section, YIG["K"] * section
    torque = 2.78413160599e-16 * 1e12 * 200e-9 * 5e-9  # theta I
    k = torque / A
    assert k / capacity.landau_wave_number(A=A, K=K) == pytest.approx(0.033, rel=0.02)
    assert k * length / (2 * math.pi) == pytest.approx(3.0, rel=0.01)
    assert capacity.winding_energy_density(A=A, k=k, K=K) * length == pytest.approx(2.6e-18, rel=0.02)
    assert 1e12 * math.sqrt(A * K) / torque == pytest.approx(3e13, rel=0.03)


def test_warns_beyond_the_landau_limit() -> None:
    """|k| > sqrt(K/A) is outside the easy-plane hydrodynamics; the limit itself is inside."""
    with pytest.warns(WindingWarning, match="outside easy-plane hydrodynamics.*use the full LLG"):
        capacity.winding_energy_density(A=1.0, k=-2.1, K=4.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        capacity.winding_energy_density(A=1.0, k=-2.0, K=4.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: capacity.winding_energy_density(A=0, k=1), "A must be a positive number"),
        (lambda: capacity.winding_energy_density(A=1, k=math.nan), "k must be a number"),
        (lambda: capacity.winding_energy_density(A=1, k=1, K=-1), "K must be a positive number"),
        (lambda: capacity.landau_energy_density(K=-1), "K must be a positive number"),
        (lambda: capacity.watt_hours_per_kg(1.0, mass_density=0), "mass_density must be a positive number"),
        (lambda: capacity.atomistic_energy_density(exchange=0, lattice_constant=1), "exchange must be"),
        (lambda: capacity.atomistic_energy_density(exchange=1, lattice_constant=-1), "lattice_constant must be"),
        (lambda: capacity.smooth_energy_density(exchange=1, lattice_constant=1, wave_number=0), "wave_number must"),
        (lambda: capacity.landau_capacity(A=-1, K=1, mass_density=1), "A must be a positive number"),
    ],
)
def test_bad_input(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
