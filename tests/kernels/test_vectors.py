"""Loops whose rows stay in registers, against dense NumPy, for every way in which columns fill vectors."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse import random as random_sparse

pytest.importorskip("numba")

from fespin.kernels import energies, rows
from fespin.kernels.memory import apart, zeros
from fespin.kernels.sparse import with_int32
from fespin.kernels.threads import Pieces

N = 300
# of charge alone, spins alone and all of them; from less than the shortest vector to more than four of the longest
CASES = [(c, j) for c in (1, 3, 4) for j in (1, 2, 3, 5, 8, 9, 16, 17, 23)]


@dataclass
class System:
    """sum of operator (x) law on N nodes, of which every fifth is special: two more operators act on it."""

    number: type
    c: int
    j: int

    def __post_init__(self):
        rng = np.random.default_rng(self.c * 100 + self.j)
        self.k, self.m = (self._sparse(0.03, seed) for seed in (1, 2))
        self.m = self.k.copy()
        self.m.data = rng.random(len(self.k.data)).astype(self.number)
        self.special = np.arange(0, N, 5)
        self.place = np.full(N, -1, np.int32)
        self.place[self.special] = np.arange(len(self.special))
        self.law = rng.standard_normal((2, self.c, self.c)).astype(self.number)
        self.law[0, 0, -1] = 0.0  # terms that vanish are passed over
        self.further = [self._sparse(0.02, seed)[self.special] for seed in (3, 4)]
        self.inverse = rng.standard_normal((len(self.special), self.c, self.c)).astype(self.number)
        self.offset = np.arange(self.c + 1, dtype=np.int64) * self.j
        self.split = int(self.offset[1])
        self.parts = Pieces.of(N, 37)

    def _sparse(self, density, seed):
        return csr_array(random_sparse(N, N, density, "csr", dtype=self.number, random_state=seed))

    @property
    def laws(self):
        """As loops take them."""
        pointer = np.zeros((2, len(self.special) + 1), np.int32)
        start = 0
        for e, operator in enumerate(self.further):
            pointer[e] = operator.indptr + start
            start = pointer[e, -1]
        index = np.concatenate([o.indices for o in self.further]).astype(np.int32)
        return self.place, self.law, pointer, index, np.concatenate([o.data for o in self.further])

    def table(self, seed):
        return np.random.default_rng(seed).standard_normal((N, self.c * self.j)).astype(self.number)

    def on_components(self, law, x):
        return np.einsum("ab,nbj->naj", law, x.reshape(len(x), self.c, self.j)).reshape(len(x), -1)

    def product(self, x, mass):
        """A x, dense, with the mass on all components but the first."""
        out = self.k @ x
        out[:, self.split :] += (mass @ x)[:, self.split :]
        for law, operator in zip(self.law, self.further, strict=True):
            out[self.special] += self.on_components(law, operator @ x)
        return out


@pytest.mark.parametrize(("c", "j"), CASES)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_product_of_the_iteration_and_its_sums(c, j, kind):
    system = System(np.float64, c, j)
    x = system.table(5).astype(kind)
    out, sums, work = np.full(x.shape, np.nan), apart(system.parts.count, c * j), apart(system.parts.count, c * j)
    rows.apply.over(system.parts, *with_int32(system.k), system.m.data, *system.laws, system.offset, system.split,
                    x, out, sums, work)  # fmt: skip
    expected = system.product(x.astype(float), system.m)
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(sums[:, : c * j].sum(axis=0), (x * expected).sum(axis=0), rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize(("c", "j"), CASES)
@pytest.mark.parametrize("relax", [False, True])
def test_defects_and_damped_steps(c, j, relax):
    system = System(np.float32, c, j)
    rng = np.random.default_rng(9)
    mass, charge, spin = (rng.random(N).astype(np.float32) for _ in range(3))
    r, x = system.table(6), system.table(7)
    out, work = np.full_like(x, np.nan), apart(system.parts.count, c * j, np.float32)
    place, law, *entries = system.laws
    rows.smooth.over(system.parts, *with_int32(system.k), mass, charge, spin, system.inverse, place, -law, *entries,
                     system.offset, system.split, relax, r, x, out, work)  # fmt: skip
    defect = r - system.product(x, csr_array((mass, (np.arange(N), np.arange(N))), shape=(N, N)))
    expected = x + _stepped(system, charge, spin, defect) if relax else defect
    np.testing.assert_allclose(out, expected, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize(("c", "j"), CASES)
def test_steps_from_zero(c, j):
    system = System(np.float32, c, j)
    charge, spin = (np.random.default_rng(k).random(N).astype(np.float32) for k in (1, 2))
    r, out = system.table(8), np.full((N, c * j), np.nan, np.float32)  # what was there before must not matter
    rows.step_from_zero.over(system.parts, charge, spin, system.inverse, system.place, system.offset, system.split, r,
                             out)  # fmt: skip
    np.testing.assert_allclose(out, _stepped(system, charge, spin, r), rtol=1e-5, atol=1e-6)


def _stepped(system, charge, spin, r):
    """D^-1 r."""
    out = np.hstack([charge[:, None] * r[:, : system.split], spin[:, None] * r[:, system.split :]])
    own = r[system.special].reshape(-1, system.c, system.j)
    out[system.special] = np.einsum("nab,nbj->naj", system.inverse, own).reshape(len(own), -1)
    return out


@pytest.mark.parametrize(("c", "j"), CASES)
def test_energies_by_rows_are_those_by_pairs(c, j):
    """The rows of a stiffness sum to zero; then rows and pairs give the same form."""
    system = System(np.float64, c, j)
    symmetric = system.k + system.k.T
    stiffness = csr_array(symmetric - csr_array((symmetric.sum(axis=1), (range(N), range(N))), shape=(N, N)))
    law, x = system.law[1] + system.law[1].T, system.table(5)
    totals = [apart(system.parts.count, j * j) for _ in range(2)]
    for total in totals:
        total[:] = 0.0
    arrays = with_int32(stiffness)
    room = np.full((system.parts.count * rows.RESTING, c * j), np.nan), apart(system.parts.count, c * j)
    energies.pair_energy.over(system.parts, *arrays, law, j, x, totals[0], *room)
    energies.row_energy.over(system.parts, *arrays, True, law, j, x, totals[1], *room)
    pairs, by_rows = (total[:, : j * j].sum(axis=0) for total in totals)
    np.testing.assert_allclose(by_rows, pairs, rtol=1e-10, atol=1e-10 * np.abs(pairs).max())
    dense = np.einsum("nai,ab,nbk->ik", x.reshape(N, c, j), law, (stiffness @ x).reshape(N, c, j))
    np.testing.assert_allclose(pairs.reshape(j, j), dense, rtol=1e-9, atol=1e-9 * np.abs(dense).max())


def test_a_constant_dissipates_nothing_by_rows():
    """Exactly, whatever the stiffness: the sums are over differences."""
    system = System(np.float64, 1, 3)
    totals = apart(system.parts.count, 9)
    totals[:] = 0.0
    work, x = np.empty((system.parts.count * rows.RESTING, 3)), np.full((N, 3), 0.7)
    energies.row_energy.over(system.parts, *with_int32(system.k), True, np.ones((1, 1)), 3, x, totals, work,
                             apart(system.parts.count, 3))  # fmt: skip
    assert (totals[:, :9] == 0.0).all()


@pytest.mark.parametrize("kind", ["numpy", "numba"])
@pytest.mark.parametrize("number", [np.float32, np.float64])
def test_tables_of_zeros(monkeypatch, kind, number):
    monkeypatch.setenv("FESPIN_KERNELS", kind)
    used = np.full((30_000, 7), 3.0, number)  # memory that is taken again is not zero by itself
    del used
    table = zeros((30_000, 7), number)
    assert table.dtype == number
    assert table.shape == (30_000, 7)
    assert not table.any()
