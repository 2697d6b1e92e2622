"""Memory that stays with the process, in large pages where the system has them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fespin.kernels import memory

ROOM = """
import re, sys
from fespin.kernels import memory
memory.compiled = lambda nodes: nodes > 10
for nodes in map(int, sys.argv[1:]):
    memory.make_room(nodes)
import numpy as np
array = np.ones((250_000,))
place = array.__array_interface__["data"][0] + array.nbytes - 1
inside = False
for line in open("/proc/self/smaps"):
    bounds = re.match("([0-9a-f]+)-([0-9a-f]+) ", line)
    if bounds:
        inside = int(bounds[1], 16) <= place < int(bounds[2], 16)
    if inside and line.startswith("VmFlags:"):
        print("hg" in line.split())
"""
CHOICE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
large_pages = pytest.mark.skipif(not CHOICE.exists() or "[never]" in CHOICE.read_text(), reason="no large pages here")


@large_pages
@pytest.mark.parametrize(
    ("nodes", "choice", "expected"),
    [("100000", "1", "True"), ("100000 100000", "1", "True"), ("5", "1", "False"), ("100000", "0", "False")],
)
def test_arrays_of_large_devices_lie_in_large_pages(nodes, choice, expected):
    """Those of 2 MB, for which NumPy does not ask; not those of small devices, nor where it is switched off."""
    environment = {**os.environ, "NUMPY_MADVISE_HUGEPAGE": choice}
    done = subprocess.run([sys.executable, "-c", ROOM, *nodes.split()], capture_output=True, text=True, check=False,
                          env=environment)  # fmt: skip
    assert done.stdout.strip() == expected, done.stderr


@pytest.mark.parametrize("missing", ["mallopt", "madvise"])
def test_libraries_without_these_calls_are_left_alone(monkeypatch, missing):
    """Others than glibc."""

    class Library:
        def __getattr__(self, name):
            if name == missing:
                raise AttributeError(name)
            return lambda *arguments: 0

    monkeypatch.setattr(memory, "compiled", lambda nodes: True)
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: Library())
    memory._library.cache_clear()
    memory.make_room(100_000)
    memory._library.cache_clear()


def test_zeros_are_zero():
    """Whoever clears them."""
    for shape in ((3, 2), (30_000, 5)):
        for dtype in (float, np.float32):
            found = memory.zeros(shape, dtype)
            assert found.shape == shape
            assert found.dtype == dtype
            assert not found.any()
