"""Finished points on disk, one line each, so that a sweep that was killed goes on where it stopped."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from .._version import __version__
from ..atomic import write_atomic
from ..errors import InputError
from .fingerprint import device_hash, digest
from .plan import Plan
from .point import Point, PointResult

FORMAT = "fespin sweep points, version 1"
_PATIENCE = 5.0  # seconds between two syncs: a kill loses nothing, a power cut that much at most


def mark_of(plan: Plan) -> dict[str, Any]:
    """What must agree for finished points to be used: device, elements, solver, names of the parameters.

    The values are not in it: a finer or wider grid takes over the points that it shares with the one before.
    """
    return {
        "device": device_hash(plan.device),
        "parameters": list(plan.grid.names),
        "functions": {p.name: digest(p.function) for p in plan.parameters if p.function is not None},
        "order": plan.order,
        "backend": plan.backend,
        "tolerance": plan.tolerance,
        "version": __version__,
    }


class Store:
    """A file of finished points, open for one sweep.

    Parameters
    ----------
    path : path
        Made if it is not there.
    plan : Plan

    Attributes
    ----------
    found : dict
        Point -> result, those that were there and belong to the plan.

    Raises
    ------
    InputError
        Another file, one of another sweep, one in use, or a folder that cannot be written to.
    """

    def __init__(self, path: str | os.PathLike[str], plan: Plan) -> None:
        self.path = Path(path)
        mark = mark_of(plan)
        self._empty = not self.path.exists()
        if self._empty:
            write_atomic(self.path, json.dumps({"format": FORMAT, **mark}) + "\n")
        try:
            self._stream = self.path.open("r+b")
        except OSError as error:
            raise InputError(f"{path} cannot be opened to keep the points of a sweep: {error.strerror}") from None
        try:
            self._lock()
            self.found = self._read(mark)
        except BaseException:
            self._stream.close()
            raise
        self._synced = time.monotonic()

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # not on Windows
            return
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{self.path} is in use by another sweep; wait for it, or choose another file") from None
        except OSError:  # file systems without locks
            return

    def _read(self, mark: dict[str, Any]) -> dict[Point, PointResult]:
        raw = self._stream.read()
        whole = raw[: raw.rfind(b"\n") + 1]  # a kill may leave half a line
        head, *lines = whole.splitlines() or [b""]
        self._check_head(head, mark)
        found = {}
        for number, line in enumerate(lines, 2):
            try:
                result = _from_line(line)
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"{self.path}, line {number} is damaged ({error}); remove the file to start anew"
                ) from None
            found[result.point] = result
        self._stream.seek(len(whole))
        self._stream.truncate()
        return found

    def _check_head(self, line: bytes, mark: dict[str, Any]) -> None:
        try:
            head = json.loads(line)
        except ValueError:
            head = None
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            raise InputError(f"{self.path} is no file of the points of a sweep; choose another one")
        different = [key for key, value in mark.items() if head.get(key) != value]
        if different:
            raise InputError(f"{self.path} holds the points of another sweep (other {', '.join(different)}); "
                             "remove it to start anew, or choose another file")  # fmt: skip

    def add(self, results: list[PointResult]) -> None:
        """Keep points; those that failed are not kept, so that they are tried again."""
        for result in results:
            if not result.error:
                self._stream.write(_to_line(result))
                self._empty = False
        self._stream.flush()
        if time.monotonic() - self._synced > _PATIENCE:
            os.fsync(self._stream.fileno())
            self._synced = time.monotonic()

    def close(self) -> None:
        """Write all to the disk and let go of the file; one that was made for nothing is removed."""
        if self._empty:
            self.path.unlink(missing_ok=True)
        with contextlib.suppress(ValueError):  # closed already
            self._stream.flush()
            os.fsync(self._stream.fileno())
        self._stream.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self.close()


_NUMBERS = ("residual", "reaction_difference", "seconds", "backend", "blocks", "reused")


def _to_line(result: PointResult) -> bytes:
    """JSON with every float to its last bit; infinite coordinates as text."""
    values = result.values
    assert values is not None
    line: dict[str, Any] = {"at": [x if np.isfinite(x) else str(x) for x in result.point], "re": values.real.tolist()}
    if np.iscomplexobj(values):
        line["im"] = values.imag.tolist()
    line |= {name: getattr(result, name) for name in _NUMBERS}
    return (
        json.dumps({**line, "spaces": result.spaces, "cautions": result.cautions, "remarks": result.remarks}).encode()
        + b"\n"
    )


def _from_line(line: bytes) -> PointResult:
    data = json.loads(line)
    values = np.array(data["re"], float)
    if "im" in data:
        parts, values = (values, np.array(data["im"], float)), np.empty(values.shape, complex)
        values.real, values.imag = parts  # part by part: a sum would lose the sign of zeros
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise ValueError("no square matrix")
    return PointResult(
        point=tuple(map(float, data["at"])),
        values=values,
        spaces=tuple(data["spaces"]),
        cautions=tuple(data["cautions"]),
        remarks=tuple(data["remarks"]),
        **{name: data[name] for name in _NUMBERS},
    )
