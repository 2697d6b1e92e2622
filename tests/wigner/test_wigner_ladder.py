"""Two chains: reference values, brute force, exact sweeps and phase diagrams, finite temperature."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fespin.wigner import (
    ConvexPotential,
    Ladder,
    exact_table,
    phase_diagram,
    step,
    sweep_delta_eta,
    sweep_mu,
    thermal_means,
)
from fespin.wigner.envelope import area, lower_cells, lower_envelope

GROUPS = ((2, 3), (3, 3), (4, 4), (6, 6), (7, 5), (12, 12), (6, 0))
ENERGIES = {
    "open": (0.631399755701, 1.197888079336, 3.229285092870, 9.997181665988, 10.423007633936, 62.409225356858,
             1.410291421742),
    "ring": (1.030534188034, 1.656081081081, 4.189140271493, 11.578205128205, 12.427090891797, 69.319165953284,
             1.958333333333),
    "images": (1.373332906520, 2.162028962011, 5.086195046091, 13.578759320410, 14.426731211460, 77.318594743603,
               2.467401100272),
}  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    return {bc: exact_table(Ladder(length=12, boundary=bc), temperatures=[0.01, 0.1]) for bc in ENERGIES}


@pytest.mark.parametrize("bc", ENERGIES)
def test_reference_energies(tables, bc):
    """Twelve digits, and the states kept have these energies."""
    table = tables[bc]
    assert [table.energy[group] for group in GROUPS] == pytest.approx(ENERGIES[bc], abs=6e-13)
    for up, down in GROUPS:
        state = table.state(up, down)
        assert state.sum(axis=1).tolist() == [up, down]
        assert table.ladder.energy(state) == pytest.approx(table.energy[up, down], abs=1e-12)
    assert np.array_equal(table.energy, table.energy.T)


def test_reference_ground_states(tables):
    """delta_eta = 0.1, mu = 0.5 ... 2.5."""
    expected = {"open": [(5, 0), (5, 2), (5, 4), (6, 6), (7, 6)], "ring": [(4, 0), (4, 2), (4, 4), (6, 6), (6, 6)],
                "images": [(4, 0), (4, 2), (5, 2), (6, 3), (6, 6)]}  # fmt: skip
    for bc, states in expected.items():
        sweep = sweep_mu(tables[bc], 0.1)
        k = sweep.at([0.5, 1, 1.5, 2, 2.5])
        assert list(zip(sweep.up[k].tolist(), sweep.down[k].tolist(), strict=True)) == states


def test_reference_breakpoints(tables):
    """Open, delta_eta = 0, N = 0 ... 13; and m(delta_eta) at mu = 1."""
    sweep = sweep_mu(tables["open"])
    edges = [0, 0.0082, 0.0656, 0.1881, 0.3695, 0.5665, 0.8648, 1.1666, 1.3945, 1.6513, 1.7910, 1.9311, 2.5343]
    assert sweep.edges[:13] == pytest.approx(edges, abs=6e-5)
    assert (sweep.up + sweep.down)[:14].tolist() == list(range(14))
    expected = {
        "open": [(4, 3, 0.0), (5, 2, 0.09226331), (6, 1, 0.10701035), (6, 0, 0.29669058), (7, 0, 0.81284266),
                 (8, 0, 2.24192744), (9, 0, 2.71106324), (10, 0, 3.24371914), (11, 0, 3.61288265), (12, 0, 3.91)],
        "ring": [(3, 3, 0.0), (4, 2, 0.08754637), (5, 1, 0.10660219), (6, 0, 0.10810369), (7, 0, 2.38277778),
                 (8, 0, 2.52055556), (9, 0, 3.285), (10, 0, 3.59055556), (11, 0, 3.85444444), (12, 0, 3.91)],
    }  # fmt: skip
    for bc, phases in expected.items():
        found = sweep_delta_eta(tables[bc], 1.0)
        assert list(zip(found.up, found.down, strict=True)) == [(up, down) for up, down, _ in phases]
        assert np.r_[0, found.edges] == pytest.approx([edge for *_, edge in phases], abs=6e-9)


def test_reference_finite_temperature(tables):
    """mu = 1, delta_eta = 0.1, d = 1."""
    cold, warm = (thermal_means(tables["open"], T, 1.0, 0.1) for T in (0.01, 0.1))
    assert (cold.up, cold.down, cold.polarization) == pytest.approx(
        (5.0036886969, 1.9962742894, 0.4296329014), abs=6e-11
    )
    assert (warm.up, warm.down, warm.polarization) == pytest.approx(
        (4.2063121608, 2.6871350122, 0.2203798927), abs=6e-11
    )
    for bc, values in (("ring", (3.7740290469, 2.3804714674)), ("images", (3.5702344008, 2.0803896448))):
        means = thermal_means(tables[bc], 0.1, 1.0, 0.1)
        assert (means.up, means.down) == pytest.approx(values, abs=6e-10)
    assert tables["open"].log_weights(0.1)[6, 6] == pytest.approx(-97.9456516753, abs=6e-10)


POTENTIALS = st.one_of(
    st.floats(0.3, 6.0), st.floats(0.3, 2.0).map(lambda rate: ConvexPotential(lambda r: np.exp(-rate * r), reach=200))
)


@st.composite
def ladders(draw, most=4):
    """Small ladders over distance, boundary and potential; images for l^-2."""
    boundary = draw(st.sampled_from(["open", "ring", "images"]))
    potential = 2.0 if boundary == "images" else draw(POTENTIALS)
    length, distance = draw(st.integers(1, most)), draw(st.floats(0.1, 5.0))
    return Ladder(length=length, distance=distance, boundary=boundary, potential=potential)


def pair(ladder, k, apart):
    """U between sites k along and `apart` chains across by definition; images summed one by one, with their tail."""
    L, y = ladder.length, apart * ladder.distance
    if ladder.boundary == "open":
        return float(ladder.potential(math.hypot(k, y)))
    if ladder.boundary == "ring":
        return float(ladder.potential(math.hypot(min(k, L - k), y)))
    m = np.arange(-20000, 20001) * L + k
    near = 1 / (m**2.0 + y**2)
    edge = (20000 + 0.5) * L  # beyond it the integral of 1/x^2 - y^2/x^4 on both sides
    return float(near.sum() + (1 / (edge + k) + 1 / (edge - k)) / L)


def every_state(ladder):
    """Energies of all occupations from a matrix of own pairs, and the particles of each chain."""
    n, L = ladder.chains, ladder.length
    sites = [(a, k) for a in range(n) for k in range(L)]
    U = np.zeros((n * L, n * L))
    for i, (a, k) in enumerate(sites):
        for j, (b, q) in enumerate(sites[:i]):
            U[i, j] = pair(ladder, abs(k - q), abs(a - b))
    states = (np.arange(2 ** (n * L))[:, None] >> np.arange(n * L) & 1).astype(float)
    own = math.pi**2 / 6 / L**2 if ladder.boundary == "images" else 0.0
    return ((states @ U) * states).sum(axis=1) + own * states.sum(axis=1), states.reshape(-1, n, L).sum(axis=2)


@settings(max_examples=40, deadline=None)
@given(ladder=ladders(), T=st.floats(0.02, 2.0))
def test_table_is_brute_force(ladder, T):
    """Minima and ln Z of all 4^L states, over distance, boundary and potential."""
    table = exact_table(ladder, temperatures=[T])
    energies, particles = every_state(ladder)
    for up in range(ladder.length + 1):
        for down in range(ladder.length + 1):
            group = energies[(particles == (up, down)).all(axis=1)]
            scale = (1e-9 if ladder.boundary == "images" else 1e-12) * (1 + abs(group.min()))
            assert table.energy[up, down] == pytest.approx(group.min(), abs=scale)
            shift = group.min()
            log_z = math.log(np.exp(-(group - shift) / T).sum()) - shift / T
            assert table.log_weights(T)[up, down] == pytest.approx(log_z, abs=2 * scale / T + 1e-11)


@settings(max_examples=25, deadline=None)
@given(ladder=ladders(most=3), mu=st.floats(-1, 6), delta_eta=st.floats(-3, 3), T=st.floats(0.05, 2.0))
def test_means_are_brute_force(ladder, mu, delta_eta, T):
    """<N_up>, <N_dn>, <|N_up - N_dn|> and Omega by summing all states."""
    energies, N = every_state(ladder)
    x = -(energies - N @ ladder.potentials(mu, delta_eta)) / T
    w = np.exp(x - x.max())
    means = thermal_means(exact_table(ladder, [T]), T, mu, delta_eta)
    for found, values in ((means.up, N[:, 0]), (means.down, N[:, 1]), (means.imbalance, np.abs(N[:, 0] - N[:, 1]))):
        assert found == pytest.approx(w @ values / w.sum(), abs=1e-7)
    assert means.grand_potential == pytest.approx(-T * (math.log(w.sum()) + x.max()), abs=1e-7)


def test_exact_sweeps_are_the_grid(tables):
    """At 3000 random points the phase of the sweep has the lowest energy of all (N_up, N_dn)."""
    rng = np.random.default_rng(3)
    N = np.arange(13)
    for table in tables.values():
        for fixed in rng.uniform(0, 3, 5):
            for sweep in (sweep_mu(table, fixed), sweep_delta_eta(table, fixed)):
                assert (np.diff(sweep.edges) > 0).all()
                for x in rng.uniform(0, 5, 100):
                    mu, eta = (x, fixed) if sweep.variable == "mu" else (fixed, x)
                    values = table.energy - mu * (N[:, None] + N) - eta * (N[:, None] - N) / 2
                    k = sweep.at(x)
                    assert values[sweep.up[k], sweep.down[k]] == pytest.approx(values.min(), abs=1e-11)


def test_phases_tile_the_window(tables):
    """Areas add up; inside each cell its phase is the lowest; spins reversed mirror it; sweeps cross its edges."""
    rng = np.random.default_rng(5)
    for table in tables.values():
        diagram = phase_diagram(table, (-0.5, 7.0), (-2.0, 2.0))
        assert sum(phase.area for phase in diagram.phases) == pytest.approx(7.5 * 4.0, rel=1e-12)
        N = np.arange(13)
        for phase in diagram.phases:
            weights = rng.dirichlet(np.ones(len(phase.corners)))
            mu, eta = weights @ phase.corners
            values = table.energy - mu * (N[:, None] + N) - eta * (N[:, None] - N) / 2
            assert values[phase.up, phase.down] == pytest.approx(values.min(), abs=1e-11)
            found = diagram.at(mu, eta)
            assert (found.up, found.down) == (phase.up, phase.down)
            mirror = [p for p in diagram.phases if (p.up, p.down) == (phase.down, phase.up)]
            assert mirror[0].area == pytest.approx(phase.area, rel=1e-9, abs=1e-11)
        sweep = sweep_mu(table, 0.5)
        for edge in sweep.edges[(sweep.edges > -0.5) & (sweep.edges < 7)]:
            below, above = diagram.at(edge - 1e-9, 0.5), diagram.at(edge + 1e-9, 0.5)
            assert (below.up, below.down) != (above.up, above.down)


def test_default_window_holds_all_corners(tables):
    """Above it only strips go on: no phase has its first corner there."""
    table = tables["open"]
    shown = {(p.up, p.down) for p in phase_diagram(table).phases}
    everything = {(p.up, p.down) for p in phase_diagram(table, (-30, 30), (0, 60)).phases}
    # strips of fully polarised phases begin at corners outside in mu only
    assert everything <= shown


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-6, 6), st.floats(-3, 3)), min_size=1, max_size=15))
def test_lower_envelope(lines):
    """The envelope is the minimum of all lines, everywhere, and its breakpoints are where two of them meet."""
    slopes, values = (np.array(x, float) for x in zip(*lines, strict=True))
    kept, edges = lower_envelope(slopes, values)
    assert (np.diff(slopes[kept]) > 0).all()
    x = np.concatenate([edges - 1e-3, edges + 1e-3, np.linspace(-20, 20, 81)])
    k = kept[np.searchsorted(edges, x)]
    assert values[k] - slopes[k] * x == pytest.approx((values - np.multiply.outer(x, slopes)).min(axis=1), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4), st.floats(0, 6)), min_size=1, max_size=20,
                unique_by=lambda plane: plane[:2]))  # fmt: skip
def test_lower_cells(planes):
    """Cells of any planes tile the window."""
    table = np.array(planes, float)
    window = np.array([[-2.0, -1], [3, -1], [3, 2], [-2, 2]])
    cells = lower_cells(table[:, :2], table[:, 2], window)
    assert sum(map(area, cells.values())) == pytest.approx(15.0, rel=1e-9)
    for k, corners in cells.items():
        point = corners.mean(axis=0)
        values = table[:, 2] - table[:, :2] @ point
        assert values[k] == pytest.approx(values.min(), abs=1e-10)


def test_means_follow_from_the_grand_potential(tables):
    """N_up + N_dn = -d Omega/d mu, (N_up - N_dn)/2 = -d Omega/d delta_eta; arrays broadcast."""
    table, h = tables["ring"], 1e-5
    mu, eta = np.array([0.4, 1.0, 2.0])[:, None], np.array([0.0, 0.3])
    means = thermal_means(table, 0.1, mu, eta)
    assert means.up.shape == (3, 2)
    slope = (thermal_means(table, 0.1, mu + h, eta).grand_potential
             - thermal_means(table, 0.1, mu - h, eta).grand_potential) / (2 * h)  # fmt: skip
    assert means.up + means.down == pytest.approx(-slope, rel=1e-7)
    slope = (thermal_means(table, 0.1, mu, eta + h).grand_potential
             - thermal_means(table, 0.1, mu, eta - h).grand_potential) / (2 * h)  # fmt: skip
    assert (means.up - means.down) / 2 == pytest.approx(-slope, rel=1e-7, abs=1e-7)


def test_images_tend_to_the_infinite_chains():
    """Far apart and closed by images, each chain is Hubbard's ring: E = sum N eps; near, E adds the mean of U1."""
    table = exact_table(Ladder(length=12, boundary="images", distance=20.0))
    x = math.pi / (12 * 20)  # pi/(L d): every site sees pi/d of the other chain per full period
    for up, down, p, q in ((6, 6, 1, 2), (4, 4, 1, 3)):
        alone = (up + down) * step(p, q).energy_per_particle
        assert table.energy[up, down] - alone == pytest.approx(x * up * down, rel=1e-6)
