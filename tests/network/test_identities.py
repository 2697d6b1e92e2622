"""The laws as numbers: what they measure, and that they hold for every circuit."""

import numpy as np
import pytest
from hypothesis import given, settings
from network_strategies import ROUNDING, stars

from fespin.errors import InputError
from fespin.network import identities
from fespin.network.circuit import join
from fespin.network.elements import ferromagnetic_wire, normal_wire
from fespin.network.terminal import TerminalSpace

LAWS = ("asymmetry", "charge_conservation", "gauge_invariance", "passivity")


@given(G=stars())
@settings(deadline=None, max_examples=25)
def test_every_circuit_is_symmetric_conserving_gauge_invariant_and_passive(G):
    """Equations 16 and 25 and the second law, to rounding."""
    found = G.identities()
    assert found["asymmetry"] < ROUNDING
    assert found["charge_conservation"] < ROUNDING
    assert found["gauge_invariance"] < ROUNDING
    assert found["passivity"] > -ROUNDING


def test_each_law_measures_its_own_violation():
    """One entry moved by a tenth of the largest shows in the law that it breaks, with its size."""
    G = np.array(normal_wire(conductivity=1, length=1, area=1).values)
    G[1, 2] += 0.1  # a spin row and column: neither charge nor gauge
    assert [getattr(identities, law)(G) for law in LAWS[:3]] == pytest.approx([0.1, 0, 0], abs=1e-15)
    G = np.array(normal_wire(conductivity=1, length=1, area=1).values)
    G[4, 3] += 0.1  # charge out of terminal 2 per spin potential at 1
    assert [getattr(identities, law)(G) for law in LAWS[:3]] == pytest.approx([0.1, 0.1, 0], abs=1e-15)
    assert [getattr(identities, law)(G.T) for law in LAWS[:3]] == pytest.approx([0.1, 0, 0.1], abs=1e-15)
    assert identities.passivity(np.diag([-1.0, 0.25, 0, 0])) == -0.25


def test_passivity_of_an_admittance_uses_the_dissipative_part():
    """i omega C stores energy and dissipates none."""
    assert identities.passivity(-1j * np.eye(4)) == 0
    assert identities.passivity(-(1 + 1j) * np.eye(4)) == pytest.approx(1 / np.sqrt(2))
    exchange = np.zeros((4, 4), dtype=complex)
    exchange[0, 1], exchange[1, 0] = 1j, -1j  # Hermitian: eigenvalues 1 and -1, power in either direction
    assert identities.passivity(exchange) == pytest.approx(-1)


@pytest.mark.parametrize("law", LAWS)
def test_a_zero_matrix_breaks_no_law(law):
    assert getattr(identities, law)(np.zeros((8, 8))) == 0.0


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("shape", [(4,), (4, 8), (6, 6), (0, 0)])
def test_laws_refuse_what_is_no_conductance_matrix(law, shape):
    with pytest.raises(InputError, match=r"of shape \(4T, 4T\)"):
        getattr(identities, law)(np.zeros(shape))


def test_independent_entries_of_terminal_kinds():
    """28 for two normal terminals, 6 for two ferromagnetic ones (eq 22), 1 for two half metals."""
    normal, ferro, half = (
        TerminalSpace.normal(),
        TerminalSpace.ferromagnet([1, 0, 0]),
        TerminalSpace.half_metal([0, 0, 1]),
    )
    bound = identities.independent_entries_bound
    assert [bound([s, s]) for s in (normal, ferro, half)] == [28, 6, 1]
    assert bound([normal, ferro]) == bound([ferro, normal]) == 15
    assert bound([normal] * 3) == 12 * 13 // 2 - 12


def random_device(rng, *, ferromagnetic_ends):
    """Two terminals, joined through nodes that touch ferromagnets of different directions."""

    def normal():
        sigma, lam, length = rng.uniform(0.3, 3, 3)
        return normal_wire(conductivity=sigma, spin_diffusion_length=lam, length=length, area=1)

    def ferro(m):
        sigma, lam, length = rng.uniform(0.3, 3, 3)
        return ferromagnetic_wire(
            conductivity=sigma,
            polarization=rng.uniform(-0.9, 0.9),
            spin_diffusion_length=lam,
            magnetization=m,
            length=length,
            area=1,
        )

    pairs = [("1", "a"), ("a", "2"), ("1", "b"), ("b", "2"), ("a", "b"), ("1", "2")]
    elements = [(normal(), {"1": i, "2": j}) for i, j in pairs]
    elements += [(ferro(rng.normal(size=3)), {"1": "a", "2": "c"}), (normal(), {"1": "c", "2": "d"})]
    elements += [(ferro(rng.normal(size=3)), {"1": "b", "2": "d"})]
    if ferromagnetic_ends:
        elements += [
            (ferro([0, 0, 1]), {"1": "left", "2": "1"}),
            (ferro([0, 1, 1]), {"1": "2", "2": "right"}),
        ]
        return join(elements, external=["left", "right"])
    return join(elements, external=["1", "2"])


@pytest.mark.parametrize(("ends", "dimension"), [(False, 28), (True, 6)])
def test_general_devices_use_all_independent_entries(ends, dimension):
    """The paper's counts, 28 and 6 (eq 22), are reached: symmetry and gauge are all there is."""
    rng = np.random.default_rng(5)
    family = [random_device(rng, ferromagnetic_ends=ends) for _ in range(60)]
    rank, sizes = identities.count_independent([G.reduced()[0] for G in family])
    assert rank == dimension == identities.independent_entries_bound(family[0].spaces.values())
    assert sizes[dimension - 1] > 1e-6 * sizes[0] > 1e6 * sizes[dimension]


def test_count_independent_weighs_devices_of_all_sizes_alike():
    big, small = np.diag([1e9, 0]), np.diag([0, 1e-9])
    assert identities.count_independent([big, small, 2 * big]).rank == 2
    assert identities.count_independent(np.zeros((3, 4, 4))).rank == 0
    with pytest.raises(InputError, match="a stack of matrices"):
        identities.count_independent(np.zeros((4, 4)))
