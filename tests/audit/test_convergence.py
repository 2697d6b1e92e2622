"""The error of G that a mesh leaves: estimated from refined meshes, held against closed forms."""

import numpy as np
import pytest

import fespin
from fespin.network.elements import normal_wire


def wire(cells, **lengths):
    mesh = fespin.Mesh(points=np.linspace(0, 200, cells + 1)[:, None], cells=np.c_[0:cells, 1 : cells + 1],
                       cell_type="line", regions={"wire": np.arange(cells)},
                       boundaries={"left": [[0]], "right": [[cells]]})  # fmt: skip
    metal = fespin.NormalMetal(conductivity=1e7, **lengths)
    return fespin.Device.from_mesh(mesh, regions={"wire": metal}, terminals=["left", "right"], length_unit="nm",
                                   cross_section=1e-16)  # fmt: skip


@pytest.mark.parametrize(("order", "rate"), [(1, 2.0), (2, 4.0)])
def test_estimate_is_the_error_against_the_closed_form(order, rate):
    """A smooth solution: G converges with twice the order of the elements."""
    device = wire(16, spin_diffusion_length=7e-8)
    found = fespin.check_convergence(device, order=order)
    exact = normal_wire(conductivity=1e7, spin_diffusion_length=7e-8, length=2e-7, area=1e-16,
                        terminals=("left", "right"))  # fmt: skip
    error = np.abs(found.matrices[0].values - exact.values).max() / np.abs(exact.values).max()
    assert found.error == pytest.approx(error, rel=0.02)
    assert found.rate == pytest.approx(rate, abs=0.05)
    assert found.sizes == pytest.approx((12.5e-9, 6.25e-9, 3.125e-9))
    assert found.nodes == (17, 33, 65)
    assert f"h^{found.rate:.2f}" in str(found)
    assert str(found).splitlines()[-1] in repr(found)


def test_exact_solutions_leave_rounding_and_no_rate():
    """Without relaxation linear elements are exact: nothing converges, and no rate is made up."""
    found = fespin.check_convergence(wire(4))
    assert found.error < 1e-12
    assert found.rate is None


def test_one_level_is_cautious():
    """From a single change h is assumed: the estimate is twice the change."""
    found = fespin.check_convergence(wire(16, spin_diffusion_length=7e-8), levels=1)
    assert found.rate is None
    assert found.error == pytest.approx(2 * found.changes[0])


@pytest.mark.parametrize("levels", [0, -1, 1.5, True, "2"])
def test_levels_are_whole_numbers(levels):
    with pytest.raises(fespin.InputError, match="levels must be a whole number"):
        fespin.check_convergence(wire(4), levels=levels)


def test_large_meshes_ask_for_levels(monkeypatch):
    """Nothing is refined beyond the limit without being asked for."""
    for name in ("TWICE_UP_TO", "REFINE_UP_TO"):
        monkeypatch.setattr(f"fespin.audit.convergence.{name}", 8)
    with pytest.raises(fespin.InputError, match="levels must be given"):
        fespin.check_convergence(wire(8))
    monkeypatch.setattr("fespin.audit.convergence.TWICE_UP_TO", 20)
    monkeypatch.setattr("fespin.audit.convergence.REFINE_UP_TO", 20)
    assert len(fespin.check_convergence(wire(8)).changes) == 1
