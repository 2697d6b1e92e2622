"""Results as .npz files: arrays with a header in JSON, written whole or not at all."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import InputError


def npz(arrays: Mapping[str, Any]) -> bytes:
    """Arrays as the bytes of an .npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def open_npz(path: str | os.PathLike[str], *, kind: str, form: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and arrays of a file whose array "head" holds JSON with the key "format".

    Parameters
    ----------
    path : path
    kind : str
        What the file should be, for messages.
    form : str
        Its format, as in the header.

    Raises
    ------
    InputError
        Not such a file.

    Examples
    --------
    >>> open_npz("none.npz", kind="result", form="fespin 1")
    Traceback (most recent call last):
    ...
    fespin.errors.InputError: none.npz cannot be read: No such file or directory
    """
    try:
        with np.load(path, allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        head = json.loads(str(arrays.pop("head")))
    except FileNotFoundError:
        raise InputError(f"{path} cannot be read: No such file or directory") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, TypeError, AttributeError) as error:
        raise InputError(f"{path} is not a {kind}: {error}") from None
    if not isinstance(head, dict) or head.get("format") != form:
        raise InputError(f"{path} is not a {kind}")
    return head, arrays
