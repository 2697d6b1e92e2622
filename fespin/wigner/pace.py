"""Lines of progress, now and then."""

from __future__ import annotations

import logging
import time

_PATIENCE = 1.0  # seconds between lines
_log = logging.getLogger("fespin")


class Pace:
    """Logs at most one line a second, and none of short work."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def tell(self, text: str, *values: object) -> None:
        """Log a line if it is time."""
        if time.monotonic() - self._told > _PATIENCE:
            self._told = time.monotonic()
            _log.info(text, *values)
