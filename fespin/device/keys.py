"""Keys of device files: unknown ones are refused with the nearest known one."""

from __future__ import annotations

from functools import partial

from .. import tomlfile
from ..errors import DeviceError

refuse_unknown = partial(tomlfile.refuse_unknown, error=DeviceError)
