"""What the stages of a solution take: seconds and peak memory, kept with the result and logged as progress."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger("fespin")


class Stages:
    """Seconds and peak memory (MB, of the process so far) by name of the stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.memory: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        log.info("%s ...", name)
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
        self.memory[name] = peak_memory()
        log.info("%s: %.2f s, peak memory so far %.0f MB", name, self.seconds[name], self.memory[name])


def peak_memory() -> float:
    """Largest resident memory of the process so far, MB; 0 where the system does not tell."""
    try:
        # getrusage would count what the process that started this one held
        status = Path("/proc/self/status").read_bytes()
        return int(status[status.index(b"VmHWM:") + 6 :].split(None, 1)[0]) / 2**10
    except (OSError, ValueError):
        pass
    try:
        import resource
    except ImportError:  # not on Windows
        return 0.0
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
