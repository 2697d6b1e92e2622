"""Monte Carlo of spins that meet: what is conserved and what is not."""

import numpy as np
import pytest

from fespin.assemblies import interact, mixture, scatter_cloud

N = 100_000
NOISE = 4 / N**0.5  # four standard deviations and more of a mean of spins


def test_normalised_singlet_conserves_the_share_of_tia():
    """Half TIA, half TIS: 0.5 stays 0.5; each sweep adds noise of 1/sqrt(N)."""
    cloud = scatter_cloud(mixture(N), sweeps=5, seed=1)
    assert cloud.polarization == pytest.approx(np.full(6, cloud.polarization[0]), abs=2 * NOISE)
    assert cloud.polarization[0] == pytest.approx(0.5, abs=NOISE)


def test_printed_singlet_loses_it():
    """Eqs 4, 5: 0.500 0.451 0.397 0.342 0.291 0.243 ... 0.088; the first loses a fifth of each TIA-TIS meeting."""
    found = scatter_cloud(mixture(N), sweeps=10, rule="paper", seed=2).polarization
    assert found[[0, 1, 2, 3, 4, 5, 10]] == pytest.approx([0.5, 0.451, 0.397, 0.342, 0.291, 0.243, 0.088], abs=NOISE)
    assert found[1] == pytest.approx(0.25 + 0.25 * 0.8, abs=NOISE)


@pytest.mark.parametrize("rule", ["conserving", "paper"])
def test_up_and_down_becomes_isotropic(rule):
    """<s_z^2> = 0.668 0.500 0.418 0.375 -> 1/3 within 8 collisions, whatever the weight of the singlet."""
    spins = np.zeros((N, 3))
    spins[:, 2] = np.where(np.arange(N) % 2, 1, -1)
    cloud = scatter_cloud(spins, sweeps=8, rule=rule, seed=3)
    zz = cloud.second[:, 2, 2]
    assert zz[0] == 1
    assert zz[1:5] == pytest.approx([0.668, 0.500, 0.418, 0.375], abs=2 * NOISE)
    assert cloud.second[8] == pytest.approx(np.eye(3) / 3, abs=1.5 * NOISE)
    assert np.trace(cloud.second, axis1=1, axis2=2) == pytest.approx(np.ones(9))


def test_two_assemblies_end_as_the_vector_sum():
    """The merged state of the conserving rule is what a cloud of both relaxes to: direction, share, isotropic rest."""
    phi = 2.0
    spins = np.tile([0.0, 0.0, 1.0], (N, 1))
    spins[: N // 4] = (np.sin(phi), 0, np.cos(phi))
    cloud = scatter_cloud(spins, sweeps=12, seed=4)
    final = interact(0.75, 0.25, phi)
    tia = final.tia[-1]
    along = np.array([np.sin(final.rotation), 0, np.cos(final.rotation)])
    assert cloud.mean[-1] == pytest.approx(tia * along, abs=2 * NOISE)
    # TIA along one direction, TIS in all: the second moments, which meetings must bring about
    assert cloud.second[-1] != pytest.approx(cloud.second[0], abs=2 * NOISE)
    assert np.linalg.eigvalsh(cloud.second[-1])[:2] == pytest.approx(
        np.full(2, np.linalg.eigvalsh(cloud.second[-1])[:2].mean()), abs=2 * NOISE
    )


def test_details():
    """Equal seeds, equal clouds; an odd spin sits out; parallel spins stay."""
    a, b = (scatter_cloud(mixture(1001, 0.3, seed=5), sweeps=2, seed=6).spins for _ in range(2))
    assert np.array_equal(a, b)
    assert a.shape == (1001, 3)
    assert np.linalg.norm(a, axis=1) == pytest.approx(np.ones(1001))
    parallel = scatter_cloud(np.tile([0, 3.0, 4.0], (10, 1)), sweeps=3)
    assert parallel.mean == pytest.approx(np.tile([0, 0.6, 0.8], (4, 1)))
