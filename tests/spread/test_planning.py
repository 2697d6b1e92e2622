"""Plans of large devices follow from the costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fespin import InputError
from fespin.distributed import plan


@given(st.floats(1e4, 1e10), st.integers(1, 10_000), st.integers(2, 64))
def test_more_processes_share_memory_and_work(nodes, ranks, more):
    """Work and memory above the libraries' are divided; messages only begin."""
    few, many = plan(nodes, ranks), plan(nodes, more * ranks)
    assert many.computing == pytest.approx(few.computing / more)
    assert many.memory - 1.5e8 == pytest.approx((few.memory - 1.5e8) / more)
    assert plan(nodes, 1).messages == 0.0 < many.messages


@given(st.floats(1e5, 1e9), st.integers(2, 1000))
def test_faster_networks_and_fewer_columns_take_less(nodes, ranks):
    base = plan(nodes, ranks)
    assert plan(nodes, ranks, latency=1e-6).messages < base.messages
    assert plan(nodes, ranks, bandwidth=1e10).messages < base.messages
    assert plan(nodes, ranks, columns=10).memory < base.memory
    assert plan(nodes, ranks, columns=10).computing < base.computing


def test_what_was_measured_comes_out():
    """The device of 5e5 nodes on one and two processes, within a fifth."""
    assert plan(501_025, 1).computing == pytest.approx(26.5, rel=0.2)
    two = plan(501_025, 2)
    assert two.computing + two.messages == pytest.approx(14.3, rel=0.2)
    assert two.memory == pytest.approx(1.55e9 * 1.048, rel=0.2)


def test_width_of_the_indices():
    """Scalar matrices leave 32 bits at 2^31 nodes, not at a quarter of them; and where a process has many entries."""
    assert plan(1e9, 512).index_bits == 32
    assert plan(3e9, 512).index_bits == 64
    assert plan(1e9, 1).index_bits == 64
    with pytest.raises(InputError, match="at least one node"):
        plan(0, 1)
