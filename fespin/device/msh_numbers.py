"""The numbers of a section of a gmsh file, written as text or in binary."""

from __future__ import annotations

import struct
import warnings

import numpy as np


class Malformed(Exception):
    """A section does not hold what its header promises."""


def numbers(text: bytes | memoryview) -> np.ndarray:
    """All numbers of an ASCII section; anything else in it is damage."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # how numpy reports text that is not a number
        try:
            return np.fromstring(str(text, "ascii"), sep=" ")
        except (DeprecationWarning, ValueError):
            raise Malformed("a section holds something that is not a number") from None


def integers(values: np.ndarray) -> np.ndarray:
    """The same numbers as integers; counts and node numbers of a damaged ASCII file may be anything."""
    if not (np.abs(values) < 2**53).all() or (values != np.round(values)).any():  # NaN fails the first
        raise Malformed("a section holds something else where an integer is due")
    return values.astype(np.int64)


_TYPES = {"i": "<i4", "u": "<i8", "d": "<f8"}
_FORMATS = {"i": "<i", "u": "<q", "d": "<d"}
_SIZES = {"i": 4, "u": 8, "d": 8}


class Cursor:
    """Walks through the numbers of a section, whatever its encoding."""

    def __init__(self, data: bytes | memoryview, binary: bool) -> None:
        self.binary = binary
        self.data = data if binary else numbers(data)
        self.position = 0

    def take(self, count: int, kind: str) -> np.ndarray:
        """The next `count` numbers: kind 'i' (int32), 'u' (8-byte size) or 'd' (double)."""
        count = int(count)
        if self.binary:
            dtype = np.dtype(_TYPES[kind])
            if count < 0 or self.position + count * dtype.itemsize > len(self.data):
                raise Malformed("a section ends early")
            out = np.frombuffer(self.data, dtype, count, self.position)  # type: ignore[arg-type]
            self.position += count * dtype.itemsize
            return out
        out = self.data[self.position : self.position + count]  # type: ignore[assignment]
        if count < 0 or len(out) < count:
            raise Malformed("a section ends early")
        self.position += count
        return out if kind == "d" else integers(out)

    def skip(self, count: int, kind: str) -> None:
        """Pass over so many numbers."""
        end = self.position + count * (_SIZES[kind] if self.binary else 1)
        if count < 0 or end > len(self.data):
            raise Malformed("a section ends early")
        self.position = end

    def one(self, kind: str) -> int:
        """The next number; of the thousands of a drawing, most are taken one by one."""
        if not self.binary:
            return int(self.take(1, kind)[0])
        try:
            (out,) = struct.unpack_from(_FORMATS[kind], self.data, self.position)  # type: ignore[arg-type]
        except struct.error:
            raise Malformed("a section ends early") from None
        self.position += _SIZES[kind]
        return out
