"""Every example runs, writes its picture and gives the number that its docstring promises."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import pytest
from ngspice import needs_ngspice

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def example(name: str) -> ModuleType:
    """The script as a module; examples are no package."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def ran(name: str, folder: Path) -> dict[str, float]:
    """The key numbers of an example that drew its picture into a folder."""
    result = example(name).run(folder)
    assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert example(name).run() == pytest.approx(result, rel=1e-12)  # no picture, same numbers
    return result


def test_every_example_is_tested() -> None:
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in EXAMPLES.glob("*.py")} <= tested


def test_fig8_fn_wire(tmp_path: Path) -> None:
    """Eqs 52, 55; quadratic elements with h = lambda_F/4 at the shortest length: errors of (h/lambda)^4/1000."""
    result = ran("fig8_fn_wire", tmp_path)
    assert result["worst_error"] < 1e-5
    # eq 56 for R_N = 1, R_F = 0.1, p = 0.6; what is left at lambda = 30 L is of order (L/lambda)^2
    assert result["limit"] == pytest.approx((1.1 - 0.36) / (1.21 - 0.36), rel=1e-14)
    assert result["G_at_30"] == pytest.approx(result["limit"], rel=5e-3)
    assert result["minus_G_zz_at_30"] == pytest.approx(result["limit"], rel=1e-2)


def test_fig2_asymmetric_element(tmp_path: Path) -> None:
    """Equal both ways from independent currents; at lambda = 20 um spin is conserved up to (800 nm/lambda)^2."""
    result = ran("fig2_asymmetric_element", tmp_path)
    assert result["difference"] < 1e-9
    assert result["drawn_ratio"] > 1.3
    assert result["fraction_forward"] / result["fraction_backward"] == pytest.approx(result["drawn_ratio"], rel=1e-9)
    assert 0 < 1 - result["long_over_charge"] < (0.8 / 20) ** 2


def test_fig3_composite_element(tmp_path: Path) -> None:
    """28 independent entries; magnets along three directions mix all components."""
    result = ran("fig3_composite_element", tmp_path)
    assert result["independent_entries"] == 28
    assert result["asymmetry"] < 1e-10
    assert result["charge_conservation"] < 1e-10
    assert result["least_spin_from_charge"] > 1e-3
    assert result["largest_mixing_of_spins"] > 1e-3


def test_fig4_ferro_contacts(tmp_path: Path) -> None:
    """Six independent entries at any angle; the charge conductance falls with the angle."""
    result = ran("fig4_ferro_contacts", tmp_path)
    assert result["independent_entries"] == 6
    assert result["asymmetry"] < 1e-10
    assert result["largest_rise"] < 0
    assert 0 < result["antiparallel"] < result["parallel"]
    assert result["spin_antiparallel"] < result["spin_parallel"]


def test_fig5_one_way_coupling(tmp_path: Path) -> None:
    """C_2/G is proportional to 1/sinh(L_N/lambda_N): at 8 lambdas a pure exponential to exp(-16)."""
    result = ran("fig5_one_way_coupling", tmp_path)
    assert result["worst_error"] < 1e-6  # quadratic elements, h = lambda_F/12
    assert result["decay_length"] == pytest.approx(100e-9, rel=1e-6)
    assert result["C1_kept"] == pytest.approx(1, abs=1e-6)
    assert result["C2_over_C1"] < 1e-3


def test_fig6_ratchet(tmp_path: Path) -> None:
    """Equal both ways to solver precision; the strip against sinh and coth to the error of its mesh of 16 nm."""
    result = ran("fig6_ratchet", tmp_path)
    assert result["difference"] < 1e-9
    assert abs(result["drawn_left"] / result["drawn_right"] - 1) > 0.01  # an arrow does have two ends
    assert result["fraction_along"] == pytest.approx(result["along"] / result["drawn_left"], rel=1e-12)
    assert result["strip"] == pytest.approx(result["strip_exact"], rel=1e-6)
    assert result["strip_drawn"] == pytest.approx(result["strip_drawn_exact"], rel=1e-6)


def test_fig7_regimes(tmp_path: Path) -> None:
    """Relaxation enters as (L/lambda)^2; eq 56 without it; one inner node makes the circuit exact to the solver."""
    result = ran("fig7_regimes", tmp_path)
    assert result["slope"] == pytest.approx(-2, abs=0.05)
    assert result["contact_at_0.5"] > 0.1
    assert result["circuit_worst"] < 1e-10
    assert result["most_inner_nodes"] == 1
    assert result["free_residual"] < 1e-12
    assert result["free_conductance"] == pytest.approx(result["free_exact"], rel=1e-12)


def test_nonlocal_valve(tmp_path: Path) -> None:
    """Takahashi and Maekawa at 21 points; quadratic elements with h = lambda_F/5."""
    result = ran("nonlocal_valve", tmp_path)
    assert result["worst_error"] < 3e-6
    assert result["transparent_at_500nm"] == pytest.approx(1.483328e-3, rel=3e-6)
    assert result["tunnel_at_500nm"] == pytest.approx(28.709389e-3, rel=1e-6)
    assert result["decay_length"] == pytest.approx(500e-9, rel=1e-4)


def test_cpp_magnetoresistance(tmp_path: Path) -> None:
    """Valet and Fert at eight spacers; layers of 20 l_F; 1/sinh(d/l_N) is exponential to exp(-2 d/l_N) at 700 nm."""
    result = ran("cpp_magnetoresistance", tmp_path)
    assert result["difference_at_10nm"] == pytest.approx(2.366936e-15, rel=1e-6)
    assert result["worst_error"] < 1e-6
    assert result["decay_length"] == pytest.approx(500e-9, rel=0.02)
    assert result["largest_ratio"] > 10 * result["ratio_at_300nm"] > 0.5


def test_circuit_valve(tmp_path: Path) -> None:
    """The published signal; meshed against exact wires to the error of h = 5 nm in quadratic elements."""
    result = ran("circuit_valve", tmp_path)
    assert result["netlist_signal"] == pytest.approx(28.709389e-3, rel=1e-6)
    assert result["worst_error"] < 1e-6
    assert result["worst_error_of_V_y"] < 1e-6
    assert result["largest_rise"] < 0
    assert result["V_y_at_90"] < -1e-3


def test_exchange_figures(tmp_path: Path) -> None:
    """Signs and numbers of the captions."""
    result = ran("exchange_figures", tmp_path)
    assert result["half_metal_sign_changes"] == 0
    assert result["other_sign_changes"] == 6
    assert result["reversing_permittivity"] == pytest.approx(4.51958, abs=1e-5)
    assert result["window_low"] == pytest.approx(4.8294, abs=5e-5)
    assert result["window_high"] == pytest.approx(4.8336, abs=5e-5)


def test_valve_contact(tmp_path: Path) -> None:
    """Linear elements, 400 cells graded towards the contact: errors of 5e-6."""
    result = ran("valve_contact", tmp_path)
    assert max(result[name] for name in ("splitting", "jump", "resistance")) < 1e-5
    assert result["half_metal_jump"] == pytest.approx(result["half_metal_jump_exact"], rel=1e-5)


def test_fnf_angle(tmp_path: Path) -> None:
    """Closed form of a valve of thick magnets; what it leaves out is exp(-32), the mesh error of order (h/l)^4."""
    result = ran("fnf_angle", tmp_path)
    assert result["R_parallel"] == pytest.approx(32.5242063751, rel=1e-7)
    assert result["R_90"] == pytest.approx(32.6088232841, rel=1e-7)
    assert result["R_antiparallel"] == pytest.approx(33.0551536479, rel=1e-7)
    assert result["worst_error"] < 1e-6


def test_sweep_hanle(tmp_path: Path) -> None:
    """B5 with g = 2; what is left is the spin that contacts of 1e7 spin resistances and the stubs take, 3e-7."""
    result = ran("sweep_hanle", tmp_path)
    assert result["peak"] == pytest.approx(result["peak_exact"], rel=1e-6)
    fields, signals = (0.02, 0.05, 0.1, 0.2, 0.3), (0.90683324, 0.59740628, 0.21454819, -0.04360320, -0.09682742)
    for field, signal in zip(fields, signals, strict=True):
        assert result[f"normalised_at_{field}"] == pytest.approx(signal, abs=1e-7)
    assert result["first_zero"] == pytest.approx(0.168492, abs=5e-7)
    assert result["worst_error"] < 1e-6


def test_tapers(tmp_path: Path) -> None:
    """Bessel functions; linear elements on 64 cells along the radius, error of order n^-2."""
    result = ran("tapers", tmp_path)
    assert result["transfer"] == pytest.approx(0.4192638079, rel=1e-4)
    assert result["difference"] < 1e-10
    assert result["fraction_inner"] == pytest.approx(0.4192638079 / 1.0674852764, rel=3e-4)
    assert result["fraction_outer"] == pytest.approx(0.4192638079 / 2.0526865820, rel=3e-4)
    assert result["error"] < 1e-4
    assert result["rate"] == pytest.approx(2, abs=0.05)


def test_from_scikit_fem(tmp_path: Path) -> None:
    """Eq 53; quadratic elements with h = lambda_F/8."""
    result = ran("from_scikit_fem", tmp_path)
    assert result["G_ez"] == pytest.approx(result["exact"], rel=1e-5)


@needs_ngspice
def test_spice_lateral_valve(tmp_path: Path) -> None:
    """Two linear solvers, each at rounding; the amplifier's exponential to the tolerance of ngspice's time steps."""
    result = ran("spice_lateral_valve", tmp_path)
    assert result["worst_error"] < 1e-9
    for state in ("parallel", "antiparallel"):
        assert result[f"R_{state}"] == pytest.approx(result[f"R_{state}_matrix"], rel=1e-9)
    assert result["R_parallel"] > 0 > result["R_antiparallel"]
    # a ramp of 0.1 ns, then 1.9 ns of constant current, through a low pass of 0.3 ns
    missing = 0.3 / 0.1 * (math.exp(0.1 / 0.3) - 1) * math.exp(-2.0 / 0.3)
    assert result["amplified"] == pytest.approx((1 - missing) * result["R_parallel"], rel=1e-4)


def test_winding_cycle(tmp_path: Path) -> None:
    """At rest the closed form, to what is left after 400 transits; the load gets less than zeta allows."""
    result = ran("winding_cycle", tmp_path)
    assert result["turns_held"] == 3
    assert result["energy_held"] == pytest.approx(177.209773157, rel=1e-9)
    assert result["current_of_discharge"] < 0
    assert 0.9 * result["bound"] < result["efficiency"] < result["bound"]
    assert result["ledger"] < 1e-12


def test_winding_vi_curve(tmp_path: Path) -> None:
    """Gilbert damping of half a transit, L/u = 0.058 tau_alpha, takes 1.4 % of the lossless values."""
    result = ran("winding_vi_curve", tmp_path)
    assert result["emf"] == pytest.approx(result["emf_lossless"], rel=0.02)
    assert result["emf"] == pytest.approx(0.55e-6, rel=0.01)
    assert result["resistance_drop"] == pytest.approx(result["resistance_drop_lossless"], rel=0.02)
    assert 1 - result["damping_shorted_over_open"] == pytest.approx(9.45137e-5, rel=1e-5)


def test_winding_efficiency(tmp_path: Path) -> None:
    """Bounded by zeta alone and reached: what is left after 10 e-folds of charging is exp(-20)."""
    result = ran("winding_efficiency", tmp_path)
    assert result["bound_yig"] == pytest.approx(5.58e-10, rel=1e-3)
    assert result["largest_over_bound"] < 1
    assert result["reached_over_bound_at_0.8"] == pytest.approx(1, abs=1e-7)
    assert result["spread_with_length"] < 1e-9
    assert result["charging_at_0.8"] == pytest.approx(0.38196601125, rel=1e-7)
    assert result["best_step_at_0.8"] < 0.5 * 0.38196601125


def test_spice_example_says_that_ngspice_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says what to install."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="apt-get install ngspice"):
        example("spice_lateral_valve").run()


def test_winding_capacity(tmp_path: Path) -> None:
    """The paper's 200 Wh/kg is 235 or 118, the Landau limit 6.6e-4; no ring of the full LLG keeps more than K/2."""
    result = ran("winding_capacity", tmp_path)
    assert result["J_per_site"] == pytest.approx(235.475695767, rel=1e-10)
    assert result["eq_11"] == pytest.approx(117.737847884, rel=1e-10)
    assert result["eq_11"] / result["smooth_10"] == pytest.approx(1e3, rel=1e-12)
    assert result["eq_11"] / result["smooth_100"] == pytest.approx(1e5, rel=1e-12)
    assert result["yig"] == pytest.approx(6.61672211948e-4, rel=2e-9)  # digits of mu_0
    assert result["hematite"] == pytest.approx(6.89163498099e-4, rel=1e-10)
    assert 5.4 < result["orders_below_lithium"] < 5.5
    assert 0.9 * result["landau_density"] < result["largest_density_kept"] < result["landau_density"]
    assert result["worst_error_below"] < 1e-6
    assert result["turns_kept_of_8"] < 5  # 5.09 turns are the limit


def test_winding_phase_slip(tmp_path: Path) -> None:
    """Saddles on a mesh of xi/40: h^2/12 of the closed form at most; growth to dt^2; seven turns do not hold."""
    result = ran("winding_phase_slip", tmp_path)
    assert result["worst_barrier_error"] < 0.025**2 / 11
    assert result["log10_lifetime_half"] == pytest.approx(20.7, abs=0.05)
    assert result["ratio_ten_years"] == pytest.approx(0.64, abs=0.005)
    assert abs(result["growth_error"]) < 1e-4
    assert result["turns_left"] == pytest.approx(7 - result["slips"], abs=1e-9)
    assert result["turns_left"] < 5
    assert result["ledger_error"] < 1e-12
    assert result["film_barrier_kT"] == pytest.approx(270, rel=0.01)


def test_valve_potentials(tmp_path: Path) -> None:
    """Exactly no current; fourth order in cells of r/50 at the contacts."""
    result = ran("valve_potentials", tmp_path)
    assert result["current"] == 0
    assert result["splitting"] == pytest.approx(1, rel=1e-11)
    assert result["jump"] == pytest.approx(-0.5, rel=1e-11)
    assert result["contact"] == pytest.approx(0.676813180141, rel=1e-7)
    assert result["worst_error"] < 1e-7
    assert result["capacitance_ratio"] == pytest.approx(1, rel=1e-7)


def test_valve_cycle(tmp_path: Path) -> None:
    """Second order in 100 cells and in steps of a fiftieth of RC."""
    result = ran("valve_cycle", tmp_path)
    assert result["first_current"] == pytest.approx(result["first_current_exact"], rel=1e-11)
    assert result["worst_current_error"] < 2e-4
    assert result["decay"] == pytest.approx(result["decay_exact"], rel=1e-3)  # what diffuses first is in it too
    assert result["share"] == pytest.approx(result["share_exact"], rel=2e-4)
    assert result["gain_over_plates"] == pytest.approx(8.17241599308e7, rel=1e-9)
    assert result["ledger"] < 1e-12


def test_valve_staircase(tmp_path: Path) -> None:
    """Widths of steps are exact; pieces between them are integrated exactly."""
    result = ran("valve_staircase", tmp_path)
    assert result["first"] == pytest.approx(result["first_exact"], rel=1e-11)
    assert result["last"] == pytest.approx(result["last_exact"], rel=1e-11)
    assert result["below_first_step"] == 0
    assert result["ampere_hours"] == pytest.approx(2.78155656e-14, rel=1e-8)
    assert result["share"] == pytest.approx(2 / 3, rel=1e-9)
    assert result["paper_ampere_hours"] == pytest.approx(4.45e-13, rel=1e-3)
    assert result["first_warm"] < result["first"]
    assert result["ledger"] < 1e-12


def test_exchange_curie(tmp_path: Path) -> None:
    """Four switches, each within a step of 0.125 K after its state became unstable; resistances of exact wires."""
    result = ran("exchange_curie", tmp_path)
    assert result["switches"] == 4
    assert result["late_by"] < 0.125
    assert result["switch_1"] > result["switch_1_exact"]
    assert result["R_error"] < 1e-6  # quadratic elements, h = lambda/8
    assert result["R_antiparallel"] / result["R_parallel"] > 2.7


def test_exchange_field(tmp_path: Path) -> None:
    """Minor loops shifted by -H_ex/(2 M_s t), 2 K/M_s wide, in steps of 2 uT; the electric loop is symmetric."""
    result = ran("exchange_field", tmp_path)
    assert result["electric_switches"] == 4
    assert result["asymmetry"] == 0
    assert 0 <= result["late_by"] < 2e-6
    for name in ("off", "peak"):
        assert result[f"centre_{name}"] == pytest.approx(result[f"centre_{name}_exact"], abs=1.1e-6)
    assert result["centre_off_exact"] < 0 < result["centre_peak_exact"]


def test_exchange_coulomb(tmp_path: Path) -> None:
    """The claim holds with the printed prefactor and eq 29, not with the corrected ones."""
    result = ran("exchange_coulomb", tmp_path)
    for splitting in (4.5, 4.0):
        assert result[f"printed_smallest_{splitting}"] > 1
        assert result[f"corrected_largest_{splitting}"] < 1
    assert result["critical_permittivity"] == pytest.approx(4.51958, abs=1e-5)
    assert abs(result["at_critical"]) < 1e-15


def test_angular_spin_valve(tmp_path: Path) -> None:
    """B7: the metals in series with the contacts leave 4e-5; tan^2 -> inf at 180 deg gives 1 - p^2."""
    result = ran("angular_spin_valve", tmp_path)
    assert result["worst_error"] < 1e-4
    assert result["antiparallel"] == pytest.approx(1 - 0.6**2, rel=1e-4)


def test_spin_hall_cross(tmp_path: Path) -> None:
    """The decay length is that of the metal; corrections of order w/lambda = 0.1 and of the terminals' size remain."""
    result = ran("spin_hall_cross", tmp_path)
    assert result["decay_length"] == pytest.approx(400e-9, rel=2e-3)
    assert result["worst_error"] < 0.1
    assert result["not_reciprocal"] < 1e-8
    assert result["R_first"] < 0


def test_spin_absorption(tmp_path: Path) -> None:
    """B8: junctions of finite width (w/lambda = 0.02) leave half a per cent."""
    result = ran("spin_absorption", tmp_path)
    assert result["worst_error"] < 6e-3
    assert result["strongest"] < 0.3 < 0.9 < result["weakest"]


def test_wigner_figures(tmp_path: Path) -> None:
    """Exact steps to rounding; c = dP/dmu by a central difference of step 1e-4; reference values of figs 8 and 9."""
    result = ran("wigner_figures", tmp_path)
    assert result["m_before_the_first_step"] == 0
    assert result["m_at_2"] == pytest.approx(1 / 3, abs=1e-12)
    windows = [result[f"{k}_window_{end}"] for k in ("first", "second") for end in ("from", "to")]
    assert windows == pytest.approx([1.9811, 2.4843, 2.5965, 3.8164], abs=6e-5)
    assert result["full_polarization_from"] == pytest.approx(0.29669058, abs=6e-9)
    assert result["c_at_mu_1"] == pytest.approx(0.497946915635, abs=6e-13)
    assert result["dP_dmu_at_mu_1"] == pytest.approx(result["c_at_mu_1"], rel=1e-6)
    assert result["m_fig_8"] == pytest.approx(0.219408558, abs=6e-10)
    assert result["m_fig_9"] == pytest.approx(0.166917438, abs=6e-10)
    assert result["m_fig_9_true_mu"] == pytest.approx(0.284633102, abs=6e-10)


def test_assemblies_claims(tmp_path: Path) -> None:
    """Printed claims and what holds; closed forms, and angles on a grid of 0.01 deg."""
    result = ran("assemblies_claims", tmp_path)
    assert len(list(tmp_path.glob("assemblies_fig*.png"))) == 6
    assert result["n_spin_paper"] == pytest.approx(1.142294704374, rel=1e-12)
    assert result["n_spin"] == pytest.approx(1, rel=1e-12)
    assert result["full_over_spin_at_2kT"] < 0.03
    assert result["k_paper"] == pytest.approx(2 * result["k"]) == pytest.approx(4 / 3)
    assert result["steps_80_20"] == result["steps_98_2"] == 11
    assert result["time_80_20"] == pytest.approx(23.28573887, abs=6e-9)
    assert result["time_98_2"] == pytest.approx(13.11578450, abs=6e-9)
    assert result["largest_rotation_paper"] == pytest.approx(67.26, abs=0.011)
    assert result["largest_rotation"] == pytest.approx(90.6, abs=0.05)
    assert result["tis_at_120"] == pytest.approx(0.0194385067, abs=6e-11)
    assert result["threshold"] == pytest.approx(64.9, abs=0.05)
    assert result["rotation_of_a_small_injection"] == pytest.approx(1e-3, rel=1e-12)


def test_assemblies_helix(tmp_path: Path) -> None:
    """exp(-B D q^2 t) to (q dx)^2/12 of the exponent; the direction stays, the number of spins too."""
    result = ran("assemblies_helix", tmp_path)
    for flavour, exponent in (("conserving", 0.25), ("paper", 0.5)):
        assert result[f"error_{flavour}"] < exponent * (2 * math.pi / 64) ** 2 / 12
        assert result[f"rate_{flavour}"] == pytest.approx(2, abs=0.01)
        assert result[f"turned_{flavour}"] < 1e-12
        assert abs(result[f"number_{flavour}"]) < 1e-12


def test_assemblies_cloud(tmp_path: Path) -> None:
    """Noise of 1/sqrt(N) = 0.0022 per mean, more after ten sweeps."""
    result = ran("assemblies_cloud", tmp_path)
    assert result["kept"] == pytest.approx(0.5, abs=0.01)
    assert result["kept_paper"] == pytest.approx(0.088, abs=0.006)
    assert result["first_meeting_paper"] == pytest.approx(0.45, abs=0.005)
    assert result["worst_of_the_decay"] < 0.006
    assert result["anisotropy_after_8"] < 0.006


def test_assemblies_torque(tmp_path: Path) -> None:
    """Small tilts: the closed form to their square and to rounding of small shares; nothing is lost in between."""
    result = ran("assemblies_torque", tmp_path)
    assert result["applied"] == pytest.approx(4.12530919e-20, rel=1e-8)
    assert result["worst_error"] < 1e-6
    assert result["unaccounted"] < 1e-12
    assert result["strong_over_applied"] > 0.999
    assert result["weak_over_applied"] < 0.01
