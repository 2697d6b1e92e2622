"""Users' TOML files: parsed, or refused in one line that names the file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from .errors import InputError, must_be, suggest

T = TypeVar("T")


def read_toml(
    path: str | os.PathLike[str],
    build: Callable[[dict[str, Any], Path], T],
    *,
    what: str,
    error: type[InputError] = InputError,
) -> T:
    """Parse a file and build something of it; every error is of one kind and begins with the path.

    Parameters
    ----------
    path : path
    build : callable
        Takes the parsed document and the path.
    what : str
        What the file should be, for messages.
    error : type
        Kind of the errors; a more special kind raised by `build` is kept.

    Raises
    ------
    InputError
        The file cannot be read or parsed, or `build` refuses it.

    Examples
    --------
    >>> read_toml("no_such_file.toml", lambda document, path: document, what="a device file")
    Traceback (most recent call last):
    ...
    fespin.errors.InputError: no_such_file.toml cannot be read: No such file or directory
    """
    if not isinstance(path, (str, os.PathLike)):
        raise must_be("path", f"the path of {what}", path)
    path = Path(path)
    document = _parse(path, what, error)
    try:
        return build(document, path)
    except InputError as found:
        text = str(found)
        kind = type(found) if isinstance(found, error) else error
        raise kind(text if text.startswith(str(path)) else f"{path}: {text}") from None


def _parse(path: Path, what: str, error: type[InputError]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark before the first line
    except OSError as found:
        raise error(f"{path} cannot be read: {found.strerror or found}") from None
    except UnicodeDecodeError:
        hint = "; is it the mesh? fespin init MESH drafts its device file" if "device" in what else ""
        raise error(f"{path} must be a TOML text file in UTF-8, got other bytes{hint}") from None
    except tomllib.TOMLDecodeError as found:
        hint = ""
        if "device" in what and path.suffix != ".toml":
            hint = f"; if it is a mesh, fespin init {path} drafts its device file"
        raise error(f"{path} is not valid TOML: {found}{hint}") from None
    except (ValueError, RecursionError) as found:  # a null in the path; integers and nesting without end
        raise error(f"{path} cannot be read as TOML: {str(found)[:200]}") from None


def refuse_unknown(
    table: Mapping[str, Any], known: Iterable[str], where: str, *, error: type[InputError] = InputError
) -> None:
    """Raise `error` for the first key of a table that is not known, with the nearest known one.

    Examples
    --------
    >>> refuse_unknown({"lenght": 1}, ("length", "width"), "[wire]")
    Traceback (most recent call last):
    ...
    fespin.errors.InputError: [wire] has the unknown key 'lenght'; did you mean 'length'?
    """
    known = tuple(known)
    for key in table:
        if key not in known:
            raise error(f"{where} has the unknown key {key!r}; {suggest(key, known)}")
