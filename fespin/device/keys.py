"""Keys of device files: unknown ones are refused with the nearest known one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import DeviceError, suggest


def refuse_unknown(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raise DeviceError for the first key of a table that is not known."""
    known = tuple(known)
    for key in table:
        if key not in known:
            raise DeviceError(f"{where} has the unknown key {key!r}; {suggest(key, known)}")
