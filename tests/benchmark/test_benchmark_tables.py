"""What is printed: ratios, marks, exponents."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fespin.benchmark.measure import exponents
from fespin.benchmark.tables import accuracies, hardships, scaling, times


def row(**changes):
    """A program's medians, twice those of fespin."""
    found = {"job": 2.0, "user": 4.0, "wall": 3.0, "memory": 200.0, "before": 100.0, "iterations": 7, "backend": "amg",
             "seconds": {"read": 0.5}, "job_ratio": 2.0, "user_ratio": 4.0, "wall_ratio": 1.5, "memory_ratio": 2.0,
             "difference": 1e-12, "same": True}  # fmt: skip
    return {**found, **changes}


def table(*, stages=False, **programs):
    return times([{"case": "2d_1e4", "nodes": 10557, "command": 0.6, "programs": programs}], stages=stages)


def test_table_shows_ratios_and_the_whole_command():
    text = table(fespin=row(job_ratio=1.0), other=row(job_ratio=12.34, user_ratio=None))
    command, own, other = text.splitlines()[1:]
    assert "0.60" in command
    assert "start to end" in command
    assert "1.0" in own
    assert "12.3" in other
    assert " - " in other  # nothing to divide by
    assert "1.0e-12 " in other
    assert "!" not in text
    assert "read 0.50" in table(fespin=row(), stages=True)


def test_another_matrix_is_marked():
    """An exclamation mark at the number, and a line that says what it means."""
    text = table(fespin=row(), other=row(difference=3e-8, same=False))
    assert "3.0e-08!" in text
    assert text.splitlines()[-1].startswith("! not the same matrix: off by more than 1e-08")


def test_given_up_programs_keep_their_bound():
    text = table(fespin=row(), slow={"given_up": "stopped after 170 s", "after": 170.0, "job_ratio_above": 26.2},
                 broken={"given_up": "failed with exit code 1: out of memory"})  # fmt: skip
    assert "> 26.2   stopped after 170 s" in text
    assert "out of memory" in text


@given(st.floats(0.5, 2.0), st.floats(0.5, 2.0), st.lists(st.integers(500, 10**7), min_size=2, max_size=5, unique=True))
def test_exponents_of_power_laws_are_found(a, b, sizes):
    """t = c n^a and memory = start + c n^b give a and b, whatever the sizes; sizes are counted."""
    results = [{"case": f"3d_{n}", "nodes": n, "programs": {"fespin": row(job=1e-6 * n**a, user=1e-5 * n**a,
                memory=80 + 1e-4 * n**b, before=80)}} for n in sizes]  # fmt: skip
    (fit,) = exponents(results)
    assert (fit["dimension"], fit["program"], fit["sizes"]) == (3, "fespin", len(sizes))
    assert fit["time"] == pytest.approx(a, abs=1e-6)
    assert fit["user"] == pytest.approx(a, abs=1e-6)
    # digits are lost where the sizes are close and little memory comes to 80 MB
    assert fit["memory"] == pytest.approx(b, abs=1e-3 / np.log(max(sizes) / min(sizes)))


def test_exponents_need_two_sizes_and_dimensions_stay_apart():
    """One size of a dimension gives nothing; a peer that was given up at one of two sizes neither."""
    results = [
        {"case": "2d_1e3", "nodes": 1000, "programs": {"fespin": row(job=1.0), "peer": row()}},
        {"case": "2d_1e4", "nodes": 10000, "programs": {"fespin": row(job=10.0), "peer": {"given_up": "stopped"}}},
        {"case": "3d_1e4", "nodes": 10000, "programs": {"fespin": row()}},
    ]
    (fit,) = exponents(results)
    assert (fit["dimension"], fit["program"]) == (2, "fespin")
    assert fit["time"] == pytest.approx(1.0)
    assert scaling([fit]).startswith("2D fespin, 2 sizes: time ~ nodes^1.00")


def test_memory_too_small_to_be_seen_has_no_exponent():
    results = [
        {"case": f"2d_{n}", "nodes": n, "programs": {"fespin": row(memory=80.0, before=80.0)}} for n in (500, 900)
    ]
    (fit,) = exponents(results)
    assert fit["memory"] is None
    assert "memory" not in scaling([fit])


def test_studies_have_tables_too():
    """Hard devices: what did not converge and what fell back is said."""
    text = hardships([
        {"case": "2d_5e3", "nodes": 5149, "kind": "standard", "value": 1.0, "iterations": 11, "seconds": 0.1,
         "error": 1e-12, "auto": "direct", "said": False},
        {"case": "2d_5e3", "nodes": 5149, "kind": "cells stretched along x", "value": 100.0, "iterations": None,
         "seconds": 0.1, "error": None, "auto": "direct", "said": True},
    ])  # fmt: skip
    assert "none" in text.splitlines()[2]
    assert "fell back and said so" in text.splitlines()[2]
    assert "iterations up to 11" in text
    text = accuracies([{"case": "bar_3e3", "reference": "closed form", "reference_error": 0.0, "rate": 2.0,
                        "nodes_for_order_2": 7e8, "user_for_order_2": 5e3, "rows": [
                            {"order": 2, "refined": 0, "nodes": 3078, "unknowns": 23730, "iterations": 0, "job": 0.1,
                             "user": 0.1, "error": 3.4e-11}]}])  # fmt: skip
    assert "3.4e-11" in text
    assert "7.0e+08 nodes" in text
