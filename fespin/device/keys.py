"""Keys of device files: unknown ones are refused with the nearest known one, later ones with what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from ..errors import DeviceError, suggest

# known to the file format, but not part of the transport model of this version
LATER = {
    "interfaces": "interfaces with conductances of their own",
    "field": "precession in a magnetic field",
    "spin_hall_angle": "the spin Hall effect",
    "transverse_length": "ferromagnets of finite strength",
    "precession_length": "ferromagnets of finite strength",
}


def refuse_unknown(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raise DeviceError for the first key of a table that is not known."""
    known = tuple(known)
    for key in table:
        if key not in known:
            raise DeviceError(f"{where} has the unknown key {key!r}; {suggest(key, known)}")


def refuse_later(where: str, key: str) -> NoReturn:
    """Raise DeviceError for physics that the format knows and this version does not."""
    raise DeviceError(f"{where}: {LATER[key]} are not part of this version's transport model; remove it")
