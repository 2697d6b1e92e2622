"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from .errors import InputError


def write_atomic(path: str | os.PathLike[str], data: bytes | str) -> Path:
    """Write `data` to `path` so that a reader sees the old file or the new one, never a part.

    The bytes go to a temporary file in the same folder (a rename is atomic only inside one file system),
    which then replaces the target. Devices and pipes such as /dev/stdout are written directly: they must
    not be replaced by a regular file.

    Parameters
    ----------
    path : path-like
        Target; its folder must exist. A symbolic link is followed.
    data : bytes or str
        Contents; text is encoded as UTF-8.

    Returns
    -------
    Path
        The path as given.

    Raises
    ------
    InputError
        The folder is missing or not writable, the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomic(Path(folder) / "a.txt", "1\\n").read_text()
    '1\\n'
    """
    raw = data.encode() if isinstance(data, str) else data
    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(raw)  # as it is: a link such as /dev/stdout may point to a pipe without a name
        else:
            _replace(target.resolve(), raw)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}; choose a writable folder") from error
    return Path(path)


def _replace(target: Path, raw: bytes) -> None:
    # mode "x" rather than tempfile: mkstemp would leave the result readable by its owner alone
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
